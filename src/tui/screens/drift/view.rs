//! Draws the drift: only the visible rows are built.

use super::{Model, Row};
use crate::checkup::Drifted;
use crate::text::{cut_middle, pad, plural};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, first_row, rule};
use crate::tui::widgets::wrap::hard;
use crate::tui::widgets::{heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Cells of a field's name.
const NAME: usize = 22;
/// Rows of the detail below the list.
const DETAIL: usize = 5;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let explain = match model.field() {
        _ if model.open => "A Setup file of this machine: a path, ~ for your home folder.",
        Some(field) => match field.kind {
            Drifted::Same => "The same on both sides.",
            Drifted::Differs => "The two differ: a takes the file's side, e saves the org's.",
            Drifted::OnlyWanted => "Only the file has it: a plans to add it.",
            Drifted::OnlyLive => "Only the org has it: a Setup adds, and takes nothing away.",
            Drifted::NotReadable => "The org's side could not be read with this token.",
        },
        None => "Which Setup file the app is held against.",
    };
    let mut page = heading::page(shared, theme, explain);
    page.second = Line::raw(match model.read.value() {
        Some(drift) => {
            let same = drift.fields.iter().filter(|f| f.kind == Drifted::Same).count();
            format!(" {} as the file says, {} not", plural(same, "field"), drift.fields.len() - same)
        }
        None => " A Setup file against the app as it is in the org".to_owned(),
    });
    page.hints = hints(model);
    page
}

fn hints(model: &Model) -> Vec<(C, &'static str)> {
    if model.open {
        return vec![(C::Back, "stop editing")];
    }
    let mut hints = Vec::new();
    if model.cursor < model.rows().len() {
        hints.push((C::Down, "move"));
    }
    if model.cursor == 0 {
        hints.push((C::Open, "name the file"));
    }
    if model.read.value().is_some() {
        let view = if model.all { "differences" } else { "all" };
        hints.extend([(C::Add, "take the file's side"), (C::Export, "save the org's"), (C::View, view)]);
    }
    hints.extend([(C::Back, ""), (C::Help, "")]);
    hints
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, theme: Theme) {
    let mut rows = Rows::new(area);
    rows.push(frame, path(model, rows.cells(), theme));
    rows.gap();
    match &model.read {
        Remote::Idle => return,
        Remote::Loading => return rows.push(frame, Line::styled(" Reading both sides …", theme.quiet())),
        Remote::Failed(why, _) => {
            for line in trouble::lines(theme, "FAIL", why, "Enter names another file.", rows.cells()) {
                rows.push(frame, line);
            }
            return;
        }
        Remote::Ready(_) => {}
    }
    let all = model.rows();
    if all.is_empty() {
        return rows
            .push(frame, Line::styled(" No difference: the org has what the file says.", theme.good()));
    }
    let cells = rows.cells();
    let half = cells.saturating_sub(NAME + 8) / 2;
    let head = format!("     {}{}  {}", pad("field", NAME), pad("the file", half), "the org");
    rows.push(frame, Line::styled(head, theme.quiet()));
    let room = all.len().min(rows.left().saturating_sub(DETAIL)).max(1);
    let at = model.cursor.saturating_sub(1);
    let first = first_row(at, all.len(), room);
    for (n, field) in all.iter().enumerate().skip(first).take(room) {
        rows.push(frame, line_of(field, model.cursor == n + 1, half, theme));
    }
    let Some(field) = model.field() else { return };
    rows.push(frame, rule(theme, cells));
    for (head, value) in [("the file", &field.wanted), ("the org", &field.live)] {
        let value = if value.as_str().is_empty() { "-" } else { value.as_str() };
        for (n, part) in hard(value, cells.saturating_sub(11)).iter().enumerate() {
            let head = if n == 0 { head } else { "" };
            rows.push(frame, Line::raw(format!(" {}{part}", pad(head, 10))));
        }
    }
}

fn path(model: &Model, cells: usize, theme: Theme) -> Line<'static> {
    let room = cells.saturating_sub(18);
    let (shown, cursor) = model.path.shown(room);
    let on = model.cursor == 0 || model.open;
    let marker = if on { theme.marker() } else { " " };
    let mut spans = vec![Span::raw(format!(" {marker} Setup file  ["))];
    if model.open {
        let left: String = shown.chars().take(cursor).collect();
        let right: String = shown.chars().skip(cursor + 1).collect();
        spans.extend([Span::raw(left), Span::styled("_", theme.key()), Span::raw(right)]);
    } else {
        spans.push(Span::styled(shown, if on { theme.focus() } else { theme.text() }));
    }
    spans.push(Span::raw("]"));
    Line::from(spans)
}

fn line_of(field: &Row, on: bool, half: usize, theme: Theme) -> Line<'static> {
    let marker = if on { theme.marker() } else { " " };
    let (sign, look) = match field.kind {
        Drifted::Same => ("=", theme.quiet()),
        Drifted::NotReadable => ("?", theme.warn()),
        _ if theme.ascii() => ("!", theme.warn()),
        _ => ("≠", theme.warn()),
    };
    Line::from(vec![
        Span::raw(format!(" {marker} ")),
        Span::styled(format!("{sign} "), look),
        Span::styled(pad(field.name, NAME), if on { theme.focus() } else { theme.text() }),
        Span::raw(pad(&cut_middle(field.wanted.as_str(), half), half)),
        Span::raw("  "),
        Span::raw(cut_middle(field.live.as_str(), half)),
    ])
}
