//! What was pasted or opened, what it means, and which part of that is looked at.

use crate::diagnose::{Diagnosis, Evidence, Finding, Need};
use crate::run::job::Trouble;
use crate::tui::widgets::field::Field;
use std::sync::Arc;

/// The state of Diagnose.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) field: Field,
    /// What the field, which is open, asks for.
    pub(super) asks: Option<Asks>,
    /// What is being read at this moment, in words.
    pub(super) reading: Option<String>,
    /// The org is being asked.
    pub(super) asking: bool,
    /// Why the last file could not be read, or the org not be asked.
    pub(super) trouble: Option<Trouble>,
    pub(super) looked: Option<Looked>,
    /// The finding under the cursor, from 0.
    pub(super) cursor: usize,
    pub(super) tab: Tab,
    /// What is below the tabs has the whole body.
    pub(super) whole: bool,
    /// Lines of it that are above the first one drawn.
    pub(super) scroll: usize,
    /// A file of this screen's is being written.
    pub(super) saving: bool,
}

/// What an open field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// Something to look at.
    Text,
    /// The path of a file.
    File,
    /// The login of the person who was refused.
    Who,
}

/// The two views of the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    /// Why, and what helps.
    Why,
    /// The hops in order.
    Evidence,
}

/// What was recognised, and what follows from it.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    pub(super) evidence: Arc<Evidence>,
    pub(super) diagnosis: Diagnosis,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            field: Field::default(),
            asks: Some(Asks::Text),
            reading: None,
            asking: false,
            trouble: None,
            looked: None,
            cursor: 0,
            tab: Tab::Why,
            whole: false,
            scroll: 0,
            saving: false,
        }
    }
}

impl Model {
    /// The finding under the cursor.
    pub(super) fn finding(&self) -> Option<&Finding> {
        self.looked.as_ref()?.diagnosis.findings.get(self.cursor)
    }

    /// How many findings there are.
    pub(super) fn count(&self) -> usize {
        self.looked.as_ref().map_or(0, |l| l.diagnosis.findings.len())
    }

    /// What the org could be asked, or was: there is something to ask about then.
    pub(super) fn can_ask(&self) -> bool {
        self.looked.as_ref().is_some_and(|l| !l.diagnosis.needs.is_empty() || !l.evidence.answers.is_empty())
    }

    /// Whether somebody has to say first who was refused.
    pub(super) fn who_is_missing(&self) -> bool {
        let missing = |need: &Need| matches!(need, Need::AppUser { login: None, .. });
        self.looked.as_ref().is_some_and(|l| {
            l.diagnosis.needs.iter().chain(l.evidence.answers.iter().map(|(need, _)| need)).any(missing)
        })
    }

    /// Takes what the org said: the tab stays, the findings may be in another order.
    pub(super) fn answered(&mut self, evidence: Arc<Evidence>) {
        let tab = self.tab;
        self.take(evidence);
        self.tab = tab;
    }

    /// Takes what was recognised; the cursor is on the first finding.
    pub(super) fn take(&mut self, evidence: Arc<Evidence>) {
        let diagnosis = crate::diagnose::judge(&evidence);
        self.looked = Some(Looked { evidence, diagnosis });
        self.reading = None;
        self.asking = false;
        self.trouble = None;
        self.close();
        (self.cursor, self.scroll, self.tab, self.whole) = (0, 0, Tab::Why, false);
    }

    /// Closes the field. What was typed may hold a code or a token: it does not stay.
    pub(super) fn close(&mut self) {
        self.asks = None;
        self.field = Field::default();
    }
}
