//! A question with two answers, No under the cursor. Its *Yes* is never on the key that asked.

use super::rows::Rows;
use super::wrap::wrap;
use crate::tui::theme::Theme;
use ratatui::Frame;
use ratatui::text::{Line, Span};

/// A question that is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// In a sentence or two.
    pub text: String,
    /// What Yes does: `Yes, apply`.
    pub yes: &'static str,
    /// Whether Yes is under the cursor.
    pub on_yes: bool,
}

impl Question {
    /// A question with No under the cursor.
    pub fn new(text: impl Into<String>, yes: &'static str) -> Self {
        Self { text: text.into(), yes, on_yes: false }
    }
}

/// Draws it: the text, and the two answers with the marker before the one that Enter gives.
pub fn draw(frame: &mut Frame, rows: &mut Rows, question: &Question, theme: Theme) {
    for line in wrap(&question.text, rows.cells().saturating_sub(2)) {
        rows.push(frame, Line::styled(format!(" {line}"), theme.warn()));
    }
    let marker = |on: bool| if on { theme.marker() } else { " " };
    let style = |on: bool| if on { theme.focus() } else { theme.text() };
    rows.push(
        frame,
        Line::from(vec![
            Span::raw(format!(" {} ", marker(!question.on_yes))),
            Span::styled("[ No ]", style(!question.on_yes)),
            Span::raw(format!("  {} ", marker(question.on_yes))),
            Span::styled(format!("[ {} ]", question.yes), style(question.on_yes)),
        ]),
    );
}
