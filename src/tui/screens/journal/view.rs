//! Draws the journal: only the visible rows are built.

use super::detail;
use super::model::{Model, can_go_back};
use crate::change::undo::Written;
use crate::text::{Clean, cut_end, pad, plural};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, button, first_row};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Cells of the columns beside the title and the app.
const TIME: usize = 12;
const OUTCOME: usize = 11;
const BACK: usize = 8;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(shared, theme, "");
    let org = match &shared.session {
        Some(session) => Clean::new(session.org.host()).to_string(),
        None => "all orgs".into(),
    };
    page.title = format!("{org} {} journal", theme.crumb());
    page.second = Line::raw(format!(" {}", second(model)));
    page.explain = match &shared.notice {
        Some(notice) => notice.clone(),
        None if model.filtering => {
            "Part of a change, an app, a person, a reason, a plan or a request id.".into()
        }
        None => explain(model),
    };
    page.hints = hints(model);
    page
}

fn second(model: &Model) -> String {
    let all = plural(model.count(), "write");
    let mut text = match model.shown.len() {
        shown if shown == model.count() => format!("Every change made from here: {all}"),
        shown => format!("{shown} of {all}"),
    };
    if !model.marked.is_empty() {
        text.push_str(&format!(", {} marked", model.marked.len()));
    }
    if model.skipped() > 0 {
        text.push_str(&format!("; {} could not be read", plural(model.skipped(), "line")));
    }
    text
}

fn explain(model: &Model) -> String {
    match model.under_cursor() {
        _ if model.export.is_some() => "Saved into the working folder; only you can read it.".into(),
        _ if !model.marked.is_empty() => {
            "Undoing is a plan first: nothing is written before you have seen it.".into()
        }
        Some(written) if !model.on_button => written.way_back_words(),
        _ => "Undoing is a plan first: nothing is written before you have seen it.".into(),
    }
}

fn hints(model: &Model) -> Vec<(C, &'static str)> {
    if model.export.is_some() {
        return vec![(C::Right, "choose"), (C::Open, "save"), (C::Back, "close")];
    }
    if model.filtering {
        return vec![(C::Next, "to the list"), (C::Back, "close the filter, text stays")];
    }
    let back = match (model.filter.text(), model.marked.is_empty()) {
        ("", true) => "back",
        ("", false) => "unmark all",
        _ => "show all",
    };
    if model.whole {
        return vec![
            (C::Down, "move"),
            (C::Undo, ""),
            (C::Mark, "mark"),
            (C::Back, "back to the list"),
            (C::Help, ""),
        ];
    }
    if model.shown.is_empty() {
        return vec![(C::Again, "read again"), (C::Filter, ""), (C::Back, back), (C::Help, "")];
    }
    let open = if model.on_button { "plan it" } else { "detail" };
    vec![
        (C::Open, open),
        (C::Mark, "mark"),
        (C::MarkPlan, ""),
        (C::Undo, ""),
        (C::Filter, ""),
        (C::Export, ""),
        (C::Back, back),
        (C::Help, ""),
    ]
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut out = Rows::new(area);
    if model.whole {
        return draw_whole(model, frame, &mut out, theme);
    }
    draw_filter(model, frame, &mut out, theme);
    let cells = out.cells();
    if let Remote::Failed(what, _) = &model.histories {
        let lines = trouble::lines(theme, "FAIL", what, "r reads again.", cells);
        lines.into_iter().for_each(|line| out.push(frame, line));
        out.gap();
    }
    if model.shown.is_empty() {
        let text = match &model.histories {
            Remote::Idle | Remote::Loading => "Reading the journal …",
            Remote::Failed(_, None) => "",
            _ if model.count() > 0 => "No write matches.",
            _ => "Nothing was written to Okta from here yet. Each write is noted here before it is made.",
        };
        for line in wrap(text, cells.saturating_sub(2)) {
            out.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
        }
        return;
    }
    let columns = Columns::of(cells);
    out.push(frame, columns.head(theme));
    let room = out.left().saturating_sub(2);
    let first = first_row(model.cursor, model.shown.len(), room);
    for (i, place) in model.shown.iter().enumerate().skip(first).take(room) {
        let Some(written) = model.written(*place) else { continue };
        let on = i == model.cursor && !model.on_button;
        out.push(frame, columns.row(written, on, model.marked.contains(place), shared, theme));
    }
    out.down_to(1);
    match model.export {
        Some(json) => out.push(frame, forms(model, json, theme)),
        None => out.push(frame, undo_button(model, theme)),
    }
}

fn draw_filter(model: &Model, frame: &mut Frame, out: &mut Rows, theme: Theme) {
    if !model.filtering && model.filter.text().is_empty() {
        return;
    }
    let (shown, column) = model.filter.shown(40);
    let Some(row) = out.next(1) else { return };
    frame.render_widget(Line::from(vec![Span::styled(" filter: ", theme.key()), Span::raw(shown)]), row);
    if model.filtering {
        frame.set_cursor_position((row.x + 9 + u16::try_from(column).unwrap_or(0), row.y));
    }
}

fn undo_button(model: &Model, theme: Theme) -> Line<'static> {
    let text = match model.marked.len() {
        0 => "Undo this write …".to_owned(),
        n => format!("Undo {} …", plural(n, "write")),
    };
    let chosen = model.chosen();
    let mut line = button(theme, &text, model.on_button);
    if !chosen.iter().any(|w| can_go_back(w)) {
        line = line.style(theme.quiet());
    }
    line
}

fn forms(model: &Model, json: bool, theme: Theme) -> Line<'static> {
    let count = if model.marked.is_empty() { model.shown.len() } else { model.marked.len() };
    let marker = |on: bool| if on { theme.marker() } else { " " };
    let style = |on: bool| if on { theme.focus() } else { theme.text() };
    Line::from(vec![
        Span::raw(format!(" Save {} as  {} ", plural(count, "write"), marker(!json))),
        Span::styled("[ Markdown ]", style(!json)),
        Span::raw(format!("  {} ", marker(json))),
        Span::styled("[ JSON ]", style(json)),
    ])
}

/// Widths of the columns that share what is left.
struct Columns {
    title: usize,
    app: usize,
    /// Only where there is room for it; the detail has it always.
    who: usize,
}

impl Columns {
    fn of(cells: usize) -> Self {
        let left = cells.saturating_sub(3 + TIME + OUTCOME + BACK + 1);
        let app = (left / 3).clamp(8, 24);
        let who = if cells >= 110 { 21 } else { 0 };
        Self { title: left.saturating_sub(app + 1 + who), app, who }
    }

    fn head(&self, theme: Theme) -> Line<'static> {
        let text = format!(
            "   {}{} {} {}{}{}",
            pad("Time (UTC)", TIME),
            pad("Change", self.title),
            pad("App", self.app),
            pad("Who", self.who),
            pad("Outcome", OUTCOME),
            pad("Way back", BACK)
        );
        Line::styled(text, theme.quiet())
    }

    fn row(&self, written: &Written, on: bool, marked: bool, shared: &Shared, theme: Theme) -> Line<'static> {
        let marker = if on { theme.marker() } else { " " };
        let mark = if marked { "*" } else { " " };
        // Of this year the time of day, of earlier ones the year.
        let this_year = written.at.strftime("%Y").to_string() == shared.now.strftime("%Y").to_string();
        let time = written.at.strftime(if this_year { "%m-%d %H:%M" } else { "%Y-%m-%d" }).to_string();
        let style = if on { theme.focus() } else { theme.text() };
        let word = written.word();
        let look = match word {
            "failed" => theme.bad(),
            "not known" => theme.warn(),
            _ => theme.text(),
        };
        Line::from(vec![
            Span::raw(format!(" {marker}")),
            Span::styled(mark, theme.key()),
            Span::styled(pad(&time, TIME), theme.quiet()),
            Span::styled(pad(written.title.as_str(), self.title), style),
            Span::raw(format!(" {} ", pad(written.label.as_str(), self.app))),
            Span::raw(match self.who {
                0 => String::new(),
                cells => pad(&cut_end(written.who.as_str(), cells - 1), cells),
            }),
            Span::styled(pad(word, OUTCOME), look),
            Span::styled(cut_end(written.way_back(), BACK), theme.quiet()),
        ])
    }
}

fn draw_whole(model: &Model, frame: &mut Frame, out: &mut Rows, theme: Theme) {
    let Some(written) = model.under_cursor() else { return };
    out.push(frame, Line::styled(format!(" {}  {}", written.number, written.title), theme.title()));
    out.gap();
    let cells = out.cells().saturating_sub(14);
    let mut lines: Vec<(String, String)> = Vec::new();
    for (name, text) in detail::lines(written) {
        for (i, part) in wrap(&text, cells).into_iter().enumerate() {
            lines.push((if i == 0 { name.to_owned() } else { String::new() }, part));
        }
    }
    let skip = model.scroll.min(lines.len().saturating_sub(out.left()));
    for (name, text) in lines.iter().skip(skip).take(out.left()) {
        out.push(
            frame,
            Line::from(vec![
                Span::styled(format!(" {}", pad(name, 12)), theme.quiet()),
                Span::raw(text.clone()),
            ]),
        );
    }
}
