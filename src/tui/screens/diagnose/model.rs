//! What was pasted or opened, what it means, and which part of that is looked at.

use crate::diagnose::{Diagnosis, Evidence, Finding};
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
    /// Why the last file could not be read.
    pub(super) trouble: Option<Trouble>,
    pub(super) looked: Option<Looked>,
    /// The finding under the cursor, from 0.
    pub(super) cursor: usize,
    pub(super) tab: Tab,
    /// What is below the tabs has the whole body.
    pub(super) whole: bool,
    /// Lines of it that are above the first one drawn.
    pub(super) scroll: usize,
}

/// What an open field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// Something to look at.
    Text,
    /// The path of a file.
    File,
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
            trouble: None,
            looked: None,
            cursor: 0,
            tab: Tab::Why,
            whole: false,
            scroll: 0,
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

    /// Takes what was recognised; the cursor is on the first finding.
    pub(super) fn take(&mut self, evidence: Arc<Evidence>) {
        let diagnosis = crate::diagnose::judge(&evidence);
        self.looked = Some(Looked { evidence, diagnosis });
        self.reading = None;
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
