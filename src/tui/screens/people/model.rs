//! What the screen holds: which list is shown, what is typed, what is marked, and what stands over the lists.

use super::detail::{GroupView, PersonView, WhyView};
use super::import::ImportView;
use super::item::{Entry, FoundByOkta, Item};
use super::lists::{Lists, Only, Pane};
use super::staging::Subject;
use crate::people::Review;
use crate::run::job::{Slot, Trouble};
use crate::setup::{Access, Ask};
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::field::Field;
use std::collections::HashSet;

/// The field that is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Typing {
    /// None.
    #[default]
    Nothing,
    /// What narrows the lists.
    Filter,
    /// What Okta is asked for.
    Okta,
    /// The path of a file with people.
    Path,
    /// What the app is to call the person whose detail is shown.
    UserName,
}

/// What stands in place of the lists.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Over {
    Person(Box<PersonView>),
    Group(Box<GroupView>),
    Why(Box<WhyView>),
    Import(Box<ImportView>),
}

/// The state of the screen.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub(super) pane: Pane,
    /// Groups rather than people.
    pub(super) groups: bool,
    pub(super) filter: Field,
    /// The field of [`Typing::Okta`], [`Typing::Path`] and [`Typing::UserName`].
    pub(super) field: Field,
    pub(super) typing: Typing,
    pub(super) lists: Lists,
    /// Okta's answer stands in place of what was read.
    pub(super) found: Option<FoundByOkta>,
    /// Keys of the ids that are marked.
    pub(super) marked: HashSet<u64>,
    /// The row that was marked last, in the list that is shown.
    pub(super) last_mark: Option<usize>,
    /// Assignments and asks as they were before each staging.
    pub(super) undo: Vec<(Access, Vec<Ask>)>,
    pub(super) over: Option<Over>,
    pub(super) review: Remote<Review>,
    /// How far the review is: so many of so many.
    pub(super) reading: Option<(u64, u64)>,
    pub(super) only: Only,
    /// The review was saved as CSV: the next time as Markdown.
    pub(super) as_markdown: bool,
    pub(super) trouble: Option<Trouble>,
    /// The draft that the lists were made from: another one makes them anew.
    pub(super) of: Option<(Access, Vec<Ask>)>,
}

impl Model {
    pub(super) fn editing(&self) -> bool {
        self.typing != Typing::Nothing
    }

    pub(super) fn running(&self) -> Option<Slot> {
        if self.found.as_ref().is_some_and(|f| f.asking) {
            return Some(Slot::Search);
        }
        if self.review == Remote::Loading {
            return Some(Slot::Review);
        }
        matches!(&self.over, Some(Over::Import(import)) if import.reading()).then_some(Slot::People)
    }

    pub(super) fn len(&self) -> usize {
        self.lists.len(self.pane, self.groups, self.found.as_ref())
    }

    pub(super) fn cursor(&self) -> usize {
        self.lists.cursor(self.pane).min(self.len().saturating_sub(1))
    }

    pub(super) fn entry(&self, at: usize) -> Option<Entry> {
        self.lists.entry(self.pane, self.groups, self.found.as_ref(), at)
    }

    pub(super) fn item(&self, shared: &Shared, entry: Entry) -> Option<Item> {
        let work = shared.work.as_ref()?;
        let world = self.lists.world(shared, work, self.found.as_ref(), self.review.value());
        Item::of(entry, &world)
    }

    /// The row under the cursor.
    pub(super) fn here(&self, shared: &Shared) -> Option<Item> {
        self.item(shared, self.entry(self.cursor())?)
    }

    /// Whom a command is for: those marked, else the one under the cursor.
    pub(super) fn chosen(&self, shared: &Shared) -> Vec<Item> {
        if self.marked.is_empty() {
            return self.here(shared).into_iter().collect();
        }
        let mut seen = HashSet::new();
        self.lists
            .everything(self.found.as_ref())
            .filter_map(|entry| self.item(shared, entry))
            .filter(|item| {
                let key = mark(item);
                self.marked.contains(&key) && seen.insert(key)
            })
            .collect()
    }
}

/// What stands for a row among the marks.
pub(super) fn mark(item: &Item) -> u64 {
    let key = super::index::key(&item.id);
    if item.group { !key } else { key }
}

/// What staging takes.
pub(super) fn subject(item: &Item) -> Subject {
    let name = if item.group { item.name.clone() } else { item.login.clone() };
    Subject { id: item.id.clone(), group: item.group, name }
}
