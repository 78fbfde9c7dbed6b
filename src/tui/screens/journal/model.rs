//! The state of the journal's screen: what was read, what of it matches, and what is marked.

use crate::change::Inverse;
use crate::change::undo::{History, Written};
use crate::tui::shared::Remote;
use crate::tui::widgets::field::Field;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A write by the history it is in and its place there, both from 0.
pub(super) type Place = (usize, usize);

/// The screen's state.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub(super) histories: Remote<Arc<Vec<History>>>,
    /// What matches the filter, newest first.
    pub(super) shown: Vec<Place>,
    pub(super) cursor: usize,
    pub(super) filter: Field,
    pub(super) filtering: bool,
    pub(super) marked: BTreeSet<Place>,
    /// The focus is on the button below the list.
    pub(super) on_button: bool,
    /// The write under the cursor has the whole body.
    pub(super) whole: bool,
    pub(super) scroll: usize,
    /// The form of an export is being chosen: `true` is JSON.
    pub(super) export: Option<bool>,
}

impl Model {
    fn all(&self) -> &[History] {
        self.histories.value().map(|h| h.as_slice()).unwrap_or_default()
    }

    /// Takes a new reading. Marks and cursor stay on their writes, though these have another place now: with a session there is one
    /// history, and without one there are those of all orgs.
    pub(super) fn take(&mut self, histories: Arc<Vec<History>>) {
        let name = |w: &Written| (w.org.clone(), w.number);
        let marked: BTreeSet<_> = self.marked.iter().filter_map(|p| self.written(*p)).map(name).collect();
        let held = self.under_cursor().map(name);
        self.histories = Remote::Ready(histories);
        self.marked.clear();
        self.match_filter();
        let place_of = |wanted: &(String, usize)| {
            let is =
                |p: &&Place| self.written(**p).is_some_and(|w| w.number == wanted.1 && w.org == wanted.0);
            self.shown.iter().position(|p| is(&p))
        };
        self.cursor = held.as_ref().and_then(place_of).unwrap_or(0);
        let again = |(h, history): (usize, &History)| -> Vec<Place> {
            let marked = |w: &Written| can_go_back(w) && marked.contains(&name(w));
            history.writes.iter().enumerate().filter(|(_, w)| marked(w)).map(|(at, _)| (h, at)).collect()
        };
        let marked = if marked.is_empty() {
            Vec::new()
        } else {
            self.all().iter().enumerate().flat_map(again).collect()
        };
        self.marked.extend(marked);
    }

    /// The write at a place.
    pub(super) fn written(&self, (history, at): Place) -> Option<&Written> {
        self.all().get(history)?.writes.get(at)
    }

    /// The write under the cursor.
    pub(super) fn under_cursor(&self) -> Option<&Written> {
        self.written(*self.shown.get(self.cursor)?)
    }

    /// How many writes there are in all.
    pub(super) fn count(&self) -> usize {
        self.all().iter().map(|h| h.writes.len()).sum()
    }

    /// How many lines could not be read.
    pub(super) fn skipped(&self) -> usize {
        self.all().iter().map(|h| h.skipped).sum()
    }

    /// What is marked, else what is under the cursor, newest first.
    pub(super) fn chosen(&self) -> Vec<&Written> {
        if self.marked.is_empty() {
            return self.under_cursor().into_iter().collect();
        }
        let mut chosen: Vec<&Written> = self.marked.iter().filter_map(|p| self.written(*p)).collect();
        chosen.sort_by_key(|w| std::cmp::Reverse((w.at, w.number)));
        chosen
    }

    /// Looks anew which writes match the filter; the cursor stays on its write where that still matches.
    pub(super) fn match_filter(&mut self) {
        let held = self.shown.get(self.cursor).copied();
        let wanted = self.filter.text().to_lowercase();
        let mut shown: Vec<Place> = Vec::new();
        for (h, history) in self.all().iter().enumerate() {
            let fits = |(_, w): &(usize, &Written)| wanted.split_whitespace().all(|word| is_about(w, word));
            shown.extend(history.writes.iter().enumerate().filter(fits).map(|(at, _)| (h, at)));
        }
        let newest_first = |place: &Place| {
            std::cmp::Reverse((self.written(*place).map(|w| w.at).unwrap_or_default(), place.1))
        };
        shown.sort_by_key(newest_first);
        self.cursor = held.and_then(|p| shown.iter().position(|q| *q == p)).unwrap_or(0);
        self.shown = shown;
    }

    /// Marks or unmarks every write of the plan under the cursor that can be undone; `false` when there is none.
    pub(super) fn mark_plan(&mut self) -> bool {
        let Some((history, _)) = self.shown.get(self.cursor).copied() else { return false };
        let Some(plan) = self.under_cursor().map(|w| w.plan.clone()) else { return false };
        let Some(of) = self.all().get(history) else { return false };
        let places: Vec<Place> = of
            .writes
            .iter()
            .enumerate()
            .filter(|(_, w)| w.plan == plan && can_go_back(w))
            .map(|(at, _)| (history, at))
            .collect();
        if places.iter().all(|p| self.marked.contains(p)) {
            places.iter().for_each(|p| {
                self.marked.remove(p);
            });
        } else {
            self.marked.extend(places.iter().copied());
        }
        !places.is_empty()
    }
}

/// Whether there is anything to undo, and a way.
pub(super) fn can_go_back(written: &Written) -> bool {
    written.is_made() && written.undone_by.is_none() && !matches!(written.back, Inverse::None { .. })
}

fn is_about(written: &Written, word: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(word);
    has(written.title.as_str())
        || has(written.label.as_str())
        || has(written.who.as_str())
        || has(&written.reason)
        || has(&written.plan.0)
        || has(written.word())
        || written.request_id.as_ref().is_some_and(|id| has(id.as_str()))
}
