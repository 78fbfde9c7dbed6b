//! A list of people from a file or a paste: asked for, looked up, and laid out row by row before anything is staged.

use super::staging::Subject;
use crate::people::{Found, Preview};
use crate::tui::shared::Remote;

/// A list that is looked up, or was.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ImportView {
    /// `people.csv`, or `the paste`.
    pub(super) source: String,
    pub(super) answer: Remote<Preview>,
    /// So many of so many are read.
    pub(super) read: Option<(u64, u64)>,
    pub(super) cursor: usize,
    /// How many rows there are of each kind.
    pub(super) counts: Vec<(&'static str, usize)>,
}

impl ImportView {
    pub(super) fn asked(source: impl Into<String>) -> Self {
        Self { source: source.into(), answer: Remote::Idle, read: None, cursor: 0, counts: Vec::new() }
    }

    pub(super) fn reading(&self) -> bool {
        self.answer == Remote::Loading
    }

    pub(super) fn take(&mut self, preview: Preview) {
        let kinds = ["found", "already", "inactive", "ambiguous", "not found", "repeated", "not read"];
        let mut counts = kinds.map(|kind| (kind, 0_usize));
        for row in &preview.rows {
            if let Some((_, n)) = counts.iter_mut().find(|(kind, _)| *kind == word(&row.found)) {
                *n += 1;
            }
        }
        self.counts = counts.into_iter().filter(|(_, n)| *n > 0).collect();
        (self.answer, self.cursor) = (Remote::Ready(preview), 0);
    }

    /// Those who are found and not assigned yet.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        let rows = self.answer.value().map(|p| p.rows.as_slice()).unwrap_or_default();
        let found = rows.iter().filter_map(|row| match &row.found {
            Found::One(user) => Some(user),
            _ => None,
        });
        found
            .map(|user| Subject { id: user.id.to_string(), group: false, name: user.login.to_string() })
            .collect()
    }

    pub(super) fn rows(&self) -> usize {
        self.answer.value().map_or(0, |p| p.rows.len())
    }
}

/// What became of a row, in a word.
pub(super) fn word(found: &Found) -> &'static str {
    match found {
        Found::One(_) => "found",
        Found::Ambiguous(_) => "ambiguous",
        Found::NotFound => "not found",
        Found::Already(..) => "already",
        Found::Inactive(_) => "inactive",
        Found::Repeated { .. } => "repeated",
        Found::NotRead(_) => "not read",
    }
}
