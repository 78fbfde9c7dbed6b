//! A file with the secrets of a run in the clear: never by a key alone, its name has to be typed.

use super::super::Next;
use super::run::Run;
use crate::run::job::{Job, Slot};
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::rows::Rows;
use crate::tui::widgets::wrap::wrap;
use ratatui::Frame;
use ratatui::text::{Line, Span};

/// What is typed.
const WORD: &str = "unmasked";
/// Cells of its field.
const CELLS: usize = 12;
const WARNING: &str = "Unmasked, a file has this run's client secret, codes, tokens and cookies in the clear; of the password and one-time \
                       codes it never has any. Whoever gets it can use them until they end. The file is for you only: delete it soon.";

/// What is typed so far, and whether something else was.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    pub field: Field,
    pub wrong: bool,
}

pub(super) fn key(run: &mut Run, shared: &mut Shared, key: Key) -> Next {
    let Some(asked) = &mut run.unmasked else { return Next::none() };
    if key != Key::Enter {
        asked.wrong &= !asked.field.key(key);
        return Next::none();
    }
    let (true, Some(trace)) = (asked.field.text().trim() == WORD, &run.trace) else {
        asked.wrong = true;
        return Next::none();
    };
    let job = Job::SaveUnmasked(Box::new(trace.clone()));
    run.unmasked = None;
    run.saved = false;
    Next::effects([shared.start(Slot::Save, job)])
}

pub(super) fn draw(asked: &Asked, frame: &mut Frame, rows: &mut Rows, theme: Theme) {
    rows.push(frame, crate::tui::widgets::rows::rule(theme, rows.cells()));
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
