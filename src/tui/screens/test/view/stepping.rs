//! Draws the parameters of a request that a run has stopped before.

use super::super::stepping::{Paused, Typed};
use crate::text::{cut_end, pad};
use crate::tui::command::CommandId as C;
use crate::tui::theme::Theme;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::rows::{Rows, first_row, rule};
use crate::tui::widgets::wrap::wrap;
use ratatui::Frame;
use ratatui::text::{Line, Span};

/// Cells of the names.
const NAMES: usize = 24;

pub(super) fn hints(paused: &Paused) -> Vec<(C, &'static str)> {
    match (&paused.field, paused.open) {
        (Some(_), _) => vec![(C::Back, "leave it as it is"), (C::Cancel, "stop the run")],
        (None, true) => vec![
            (C::Open, "change"),
            (C::Add, "add"),
            (C::Remove, "take out"),
            (C::Unstage, "as it was"),
            (C::SendHop, ""),
            (C::Back, "look"),
            (C::Help, ""),
        ],
        (None, false) => vec![
            (C::SendHop, ""),
            (C::Open, "alter"),
            (C::RunOn, ""),
            (C::Cancel, "stop"),
            (C::Right, "tab"),
            (C::Show, "show"),
            (C::Help, ""),
        ],
    }
}

pub(super) fn draw(paused: &Paused, frame: &mut Frame, rows: &mut Rows, theme: Theme) {
    let cells = rows.cells();
    rows.push(frame, rule(theme, cells));
    let altered = match paused.pause.altered.is_empty() {
        true => Line::styled(
            " As oktui would send it. Once altered it is an experiment, and judges no app.",
            theme.quiet(),
        ),
        false => Line::styled(
            cut_end(&format!(" Altered: {}", paused.pause.altered.join(", ")), cells),
            theme.warn(),
        ),
    };
    rows.push(frame, altered);
    let all = &paused.pause.parameters;
    if all.is_empty() {
        rows.push(frame, Line::raw(" It has no parameters in its address or its form; a can add one."));
    }
    let room = rows.left().saturating_sub(2).max(1);
    let first = first_row(paused.at, all.len(), room);
    for (at, parameter) in all.iter().enumerate().skip(first).take(room) {
        let on = at == paused.at;
        let marker = if on && paused.field.is_none() { theme.marker() } else { " " };
        let value = parameter.value.masked().replace('\n', " ");
        rows.push(
            frame,
            Line::from(vec![
                Span::raw(format!(" {marker} ")),
                Span::styled(
                    pad(&cut_end(parameter.name.as_str(), NAMES - 1), NAMES),
                    if on { theme.focus() } else { theme.text() },
                ),
                Span::raw(cut_end(&value, cells.saturating_sub(NAMES + 4))),
            ]),
        );
    }
    match &paused.field {
        Some(Typed::Value(field)) => typed(frame, rows, theme, "New value", field),
        Some(Typed::More(field)) => typed(frame, rows, theme, "name=value", field),
        None => {
            if let Some(parameter) = all.get(paused.at).filter(|p| !p.meaning.is_empty()) {
                let meaning = format!("{}: {}", parameter.name, parameter.meaning);
                for line in wrap(&meaning, cells.saturating_sub(2)).into_iter().take(rows.left()) {
                    rows.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
                }
            }
        }
    }
}

fn typed(frame: &mut Frame, rows: &mut Rows, theme: Theme, label: &str, field: &Field) {
    let (shown, cursor) = field.shown(rows.cells().saturating_sub(label.len() + 32).max(10));
    let left: String = shown.chars().take(cursor).collect();
    let right: String = shown.chars().skip(cursor + 1).collect();
    rows.push(
        frame,
        Line::from(vec![
            Span::raw(format!(" {} {label} [", theme.marker())),
            Span::styled(left, theme.focus()),
            Span::styled("_", theme.key()),
            Span::styled(right, theme.focus()),
            Span::raw("]  Enter alters it"),
        ]),
    );
}
