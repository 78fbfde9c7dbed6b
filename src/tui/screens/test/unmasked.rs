//! A file with the secrets of a run in the clear: never by a key alone, its name has to be typed.

use super::super::Next;
use super::run::Run;
use crate::run::job::{Job, Slot};
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use crate::tui::widgets::field::Field;

/// What is typed.
pub(super) const WORD: &str = "unmasked";
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
