//! What the screen holds: which list is shown, what is typed, what is marked, and what stands over the lists.

use super::detail::{GroupView, PersonView, WhyView};
use super::import::ImportView;
use super::item::{Entry, FoundByOkta, Item, Who, World};
use super::lists::{Lists, Only, Pane};
use crate::people::Review;
use crate::run::job::{Slot, Trouble};
use crate::setup::{Access, Ask, Target};
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
    /// The button below the lists that has the focus; the list has it where there is none.
    pub(super) button: Option<usize>,
    pub(super) lists: Lists,
    /// Okta's answer stands in place of what was read.
    pub(super) found: Option<FoundByOkta>,
    /// Keys of the ids that are marked.
    pub(super) marked: HashSet<u64>,
    /// The row that was marked last, in the list that is shown.
    pub(super) last_mark: Option<usize>,
    pub(super) over: Option<Over>,
    pub(super) review: Remote<Review>,
    /// How far the review is: so many of so many.
    pub(super) reading: Option<(u64, u64)>,
    pub(super) only: Only,
    /// The review was saved as CSV: the next time as Markdown.
    pub(super) as_markdown: bool,
    pub(super) trouble: Option<Trouble>,
    /// What the lists were made from: another draft makes them anew.
    pub(super) of: Option<(Access, Vec<Ask>)>,
    /// Which app of which org this is about: of another one nothing is kept.
    pub(super) about: Option<(String, Target)>,
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

    /// Finds the rows that match again. The cursor stays on the row that it was on, where that is still there.
    pub(super) fn find(&mut self, shared: &Shared, on: Option<Entry>) {
        self.lists.find(&shared.directory, self.filter.text());
        let (at, len) = (self.lists.cursor(self.pane), self.len());
        if on.is_some() && self.entry(at) != on {
            let there = (0..len).find(|row| self.entry(*row) == on);
            self.lists.set_cursor(self.pane, there.unwrap_or(at));
        }
        for pane in [Pane::Available, Pane::Assigned, Pane::Review] {
            let last = self.lists.len(pane, self.groups, self.found.as_ref()).saturating_sub(1);
            self.lists.set_cursor(pane, self.lists.cursor(pane).min(last));
        }
    }

    /// Whom or what a row stands for.
    pub(super) fn who<'a>(&'a self, shared: &'a Shared, entry: Entry) -> Option<Who<'a>> {
        let work = shared.work.as_ref()?;
        let world = World { shared, work, found: self.found.as_ref(), review: self.review.value() };
        entry.who(&world)
    }

    /// A row in words.
    pub(super) fn item(&self, shared: &Shared, entry: Entry) -> Option<Item> {
        Some(self.who(shared, entry)?.item(&self.lists.standing))
    }

    /// The row under the cursor.
    pub(super) fn here(&self, shared: &Shared) -> Option<Item> {
        self.item(shared, self.entry(self.cursor())?)
    }

    /// Whom a command is for: those marked, else the one under the cursor.
    pub(super) fn chosen<'a>(&'a self, shared: &'a Shared) -> Vec<Who<'a>> {
        if self.marked.is_empty() {
            let here = self.entry(self.cursor());
            return here.and_then(|entry| self.who(shared, entry)).into_iter().collect();
        }
        let mut seen = HashSet::new();
        self.lists
            .everything(&shared.directory, self.found.as_ref())
            .filter_map(|entry| self.who(shared, entry))
            .filter(|who| {
                let mark = who.mark();
                self.marked.contains(&mark) && seen.insert(mark)
            })
            .collect()
    }
}
