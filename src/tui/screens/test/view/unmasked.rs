//! Draws what is typed for a file that is not masked.

use super::super::unmasked::{Asked, WORD};
use crate::tui::theme::Theme;
use crate::tui::widgets::rows::{Rows, rule};
use crate::tui::widgets::wrap::wrap;
use ratatui::Frame;
use ratatui::text::{Line, Span};

/// Cells of its field.
const CELLS: usize = 12;
const WARNING: &str = "Unmasked, a file has this run's client secret, codes, tokens and cookies in the clear; of the password and one-time \
                       codes it never has any. Whoever gets it can use them until they end. The file is for you only: delete it soon.";

pub(super) fn draw(asked: &Asked, frame: &mut Frame, rows: &mut Rows, theme: Theme) {
    rows.push(frame, rule(theme, rows.cells()));
    for line in wrap(WARNING, rows.cells().saturating_sub(2)) {
        rows.push(frame, Line::styled(format!(" {line}"), theme.warn()));
    }
    let (shown, cursor) = asked.field.shown(CELLS);
    let left: String = shown.chars().take(cursor).collect();
    let right: String = shown.chars().skip(cursor + 1).collect();
    rows.push(
        frame,
        Line::from(vec![
            Span::raw(format!(" {} Type {WORD} to write it   [", theme.marker())),
            Span::raw(left),
            Span::styled("_", theme.key()),
            Span::raw(right),
            Span::raw("]"),
        ]),
    );
    if asked.wrong {
        rows.push(frame, Line::styled(format!("   That is not {WORD}. Nothing was written."), theme.bad()));
    }
}
