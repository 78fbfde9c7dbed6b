//! The lists: which rows there are, which of them match, and where the cursor is. Rows are places; only those on the screen become words.

use super::item::{Entry, FoundByOkta, World};
use super::staging::{Standing, Tally};
use crate::people::matching::{Finder, Haystacks, Matching};
use crate::people::{LastSignIn, Review};
use crate::tui::directory::{Directory, place};
use crate::tui::shared::{Shared, Work};

/// Which list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pane {
    /// Everybody, or every group.
    #[default]
    Available,
    /// Those who are in already, or will be.
    Assigned,
    /// Who has access, by which way, and when they signed in last.
    Review,
}

/// Which rows of the review are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Only {
    /// All of them.
    #[default]
    Everybody,
    /// Those whose account lets nobody sign in.
    Inactive,
    /// Those who never signed in to this app, as far as the log tells.
    Never,
    /// Those who are assigned by name.
    ByName,
}

impl Only {
    /// The next one.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Everybody => Self::Inactive,
            Self::Inactive => Self::Never,
            Self::Never => Self::ByName,
            Self::ByName => Self::Everybody,
        }
    }

    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Inactive => "inactive accounts",
            Self::Never => "no sign-in to this app",
            Self::ByName => "assigned by name",
        }
    }

    fn takes(self, row: &crate::people::Access) -> bool {
        match self {
            Self::Everybody => true,
            Self::Inactive => row.person.as_ref().is_some_and(|p| !p.status.can_sign_in()),
            Self::Never => matches!(row.last, LastSignIn::NoneSince(_)),
            Self::ByName => row.ways.direct,
        }
    }
}

/// A list that is made anew when what it shows changes: the assigned ones, the review.
#[derive(Clone, Debug, Default)]
struct Made {
    entries: Vec<Entry>,
    texts: Haystacks,
    matching: Matching,
}

impl Made {
    fn clear(&mut self) {
        self.entries.clear();
        self.texts.clear();
        self.matching.reset();
    }
}

/// The lists of one screen.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    pub(super) standing: Standing,
    pub(super) tally: Tally,
    finder: Finder,
    people: Matching,
    groups: Matching,
    assigned: Made,
    review: Made,
    cursors: [usize; 3],
}

impl Lists {
    /// Other people or groups are listed than before.
    pub(super) fn forget(&mut self) {
        self.people.reset();
        self.groups.reset();
    }

    /// The draft or the app changed: who stands where.
    pub(super) fn restand(&mut self, shared: &Shared, groups: bool) {
        let Some(work) = &shared.work else { return };
        self.standing = Standing::of(work, &shared.directory);
        self.tally = Tally::of(&self.standing, work, &shared.directory);
        self.list_assigned(shared, work, groups);
    }

    fn list_assigned(&mut self, shared: &Shared, work: &Work, groups: bool) {
        let mut made = std::mem::take(&mut self.assigned);
        made.clear();
        let loaded = work.loaded.value();
        let live = if groups {
            loaded.and_then(|l| l.groups.known()).map_or(0, Vec::len)
        } else {
            loaded.and_then(|l| l.users.known()).map_or(0, Vec::len)
        };
        // What is to come stands first: it is what one has just done.
        let standing = &self.standing;
        if groups {
            made.entries.extend(standing.new_groups.iter().map(|at| Entry::NamedGroup(*at)));
            made.entries.extend((0..place(live)).map(Entry::AppGroup));
        } else {
            made.entries.extend(standing.new_people.iter().map(|at| Entry::Named(*at)));
            made.entries.extend((0..place(live)).map(Entry::User));
        }
        let world = World { shared, work, found: None, review: None };
        for entry in &made.entries {
            let (name, login) = entry.who(&world).map_or(("", ""), |who| who.found_by());
            made.texts.push(&[name, login]);
        }
        self.assigned = made;
    }

    /// The review came, or other rows of it are wanted.
    pub(super) fn list_review(&mut self, review: &Review, only: Only) {
        self.review.clear();
        for (at, row) in review.rows.iter().enumerate().filter(|(_, row)| only.takes(row)) {
            let name = row.person.as_ref().map_or("", |p| p.name.as_str());
            let login = row.person.as_ref().map(|p| p.login.as_str());
            let login = login.or(row.user_name.as_ref().map(|n| n.as_str())).unwrap_or_default();
            self.review.texts.push(&[name, login]);
            self.review.entries.push(Entry::Reviewed(place(at)));
        }
    }

    /// Finds the rows that match again. Where nothing changed that costs nothing.
    pub(super) fn find(&mut self, directory: &Directory, text: &str) {
        let index = &directory.index;
        let Self { finder, people, groups, assigned, review, .. } = self;
        people.find(finder, &index.people, text);
        groups.find(finder, &index.groups, text);
        assigned.matching.find(finder, &assigned.texts, text);
        review.matching.find(finder, &review.texts, text);
    }

    /// How many rows a list shows.
    pub(super) fn len(&self, pane: Pane, groups: bool, found: Option<&FoundByOkta>) -> usize {
        match (pane, groups, found) {
            (Pane::Available, false, Some(found)) => found.people.len(),
            (Pane::Available, true, Some(found)) => found.groups.len(),
            (Pane::Available, false, None) => self.people.rows().len(),
            (Pane::Available, true, None) => self.groups.rows().len(),
            (Pane::Assigned, ..) => self.assigned.matching.rows().len(),
            (Pane::Review, ..) => self.review.matching.rows().len(),
        }
    }

    /// How many rows a list has, whether or not they match.
    pub(super) fn all(&self, directory: &Directory, pane: Pane, groups: bool) -> usize {
        match (pane, groups) {
            (Pane::Available, false) => directory.people.len(),
            (Pane::Available, true) => directory.groups.known().map_or(0, Vec::len),
            (Pane::Assigned, _) => self.assigned.entries.len(),
            (Pane::Review, _) => self.review.entries.len(),
        }
    }

    /// The row at a place of a list.
    pub(super) fn entry(
        &self,
        pane: Pane,
        groups: bool,
        found: Option<&FoundByOkta>,
        at: usize,
    ) -> Option<Entry> {
        let made = |made: &Made| made.entries.get(*made.matching.rows().get(at)? as usize).copied();
        match (pane, groups, found) {
            (Pane::Available, false, Some(found)) => {
                (at < found.people.len()).then(|| Entry::Found(place(at)))
            }
            (Pane::Available, true, Some(found)) => {
                (at < found.groups.len()).then(|| Entry::FoundGroup(place(at)))
            }
            (Pane::Available, false, None) => self.people.rows().get(at).map(|n| Entry::Person(*n)),
            (Pane::Available, true, None) => self.groups.rows().get(at).map(|n| Entry::Group(*n)),
            (Pane::Assigned, ..) => made(&self.assigned),
            (Pane::Review, ..) => made(&self.review),
        }
    }

    /// Everything that could be marked.
    pub(super) fn everything<'a>(
        &'a self,
        directory: &Directory,
        found: Option<&'a FoundByOkta>,
    ) -> impl Iterator<Item = Entry> + use<'a> {
        let people = (0..place(directory.people.len())).map(Entry::Person);
        let groups = (0..place(directory.groups.known().map_or(0, Vec::len))).map(Entry::Group);
        let searched = (0..place(found.map_or(0, |f| f.people.len()))).map(Entry::Found);
        let searched_groups = (0..place(found.map_or(0, |f| f.groups.len()))).map(Entry::FoundGroup);
        let made = self.assigned.entries.iter().chain(&self.review.entries).copied();
        people.chain(groups).chain(searched).chain(searched_groups).chain(made)
    }

    /// The row under the cursor.
    pub(super) fn cursor(&self, pane: Pane) -> usize {
        self.cursors.get(pane as usize).copied().unwrap_or(0)
    }

    /// Puts the cursor on a row.
    pub(super) fn set_cursor(&mut self, pane: Pane, at: usize) {
        if let Some(cursor) = self.cursors.get_mut(pane as usize) {
            *cursor = at;
        }
    }
}
