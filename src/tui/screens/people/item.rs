//! A row of a list, and what stands in it.

use super::staging::{Standing, Subject, Via};
use crate::okta::model::{AppUser, Group, User};
use crate::text::{Clean, thousands, time};
use crate::tui::directory::key;
use crate::tui::shared::{Shared, Work};
use jiff::Timestamp;

/// What a row stands for: a place in something that was read, or something that only the draft names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// In the directory's people.
    Person(u32),
    /// In the directory's groups.
    Group(u32),
    /// In the people that Okta's search found.
    Found(u32),
    /// In the groups that Okta's search found.
    FoundGroup(u32),
    /// In the app's people.
    User(u32),
    /// In the app's groups.
    AppGroup(u32),
    /// In the Setup's people.
    Named(u32),
    /// In the Setup's groups.
    NamedGroup(u32),
    /// In the rows of the review.
    Reviewed(u32),
}

/// What Okta's own search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FoundByOkta {
    /// What was looked for.
    pub(super) text: String,
    /// The answer is on its way.
    pub(super) asking: bool,
    pub(super) people: Vec<User>,
    pub(super) groups: Vec<Group>,
}

/// A row in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Okta's id; the login or name where it is not known.
    pub(super) id: String,
    pub(super) group: bool,
    pub(super) name: String,
    /// The login; a group's description.
    pub(super) login: String,
    /// The status; a group's number of members.
    pub(super) status: String,
    /// Whether they can sign in as they are.
    pub(super) able: bool,
    pub(super) last: Option<Timestamp>,
    pub(super) via: Via,
}

/// Who or what a row stands for, as far as it is known. Nothing is copied: marks and staging of a hundred thousand rows need no words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who<'a> {
    Person(&'a User),
    Group(&'a Group),
    /// Assigned, and not in the directory as it was read.
    AppUser(&'a AppUser),
    /// Of whom only these are known: whether it is a group, the id or what stands for it, the login or name.
    Named(bool, &'a str, &'a str),
}

impl<'a> Who<'a> {
    pub(super) fn group(self) -> bool {
        matches!(self, Self::Group(_) | Self::Named(true, ..))
    }

    /// Okta's id; the login or name where it is not known.
    pub(super) fn id(self) -> &'a str {
        match self {
            Self::Person(user) => user.id.as_str(),
            Self::Group(group) => group.id.as_str(),
            Self::AppUser(user) => user.id.as_str(),
            Self::Named(_, id, _) => id,
        }
    }

    /// A person's login, a group's name.
    pub(super) fn name(self) -> &'a str {
        match self {
            Self::Person(user) => user.login.as_str(),
            Self::Group(group) => group.name.as_str(),
            Self::AppUser(user) => user.user_name.as_ref().map_or(user.id.as_str(), Clean::as_str),
            Self::Named(_, _, name) => name,
        }
    }

    /// Whether a sign-in can succeed, as far as is known.
    pub(super) fn able(self) -> bool {
        !matches!(self, Self::Person(user) if !user.status.can_sign_in())
    }

    /// What a filter finds it by.
    pub(super) fn found_by(self) -> (&'a str, &'a str) {
        match self {
            Self::Person(user) => (user.name.as_str(), user.login.as_str()),
            Self::Group(group) => {
                (group.name.as_str(), group.description.as_ref().map(Clean::as_str).unwrap_or_default())
            }
            Self::AppUser(_) | Self::Named(..) => (self.name(), ""),
        }
    }

    /// What stands for it among the marks.
    pub(super) fn mark(self) -> u64 {
        if self.group() { !key(self.id()) } else { key(self.id()) }
    }

    /// What staging takes.
    pub(super) fn subject(self) -> Subject {
        Subject { id: self.id().to_owned(), group: self.group(), name: self.name().to_owned() }
    }

    /// In words.
    pub(super) fn item(self, standing: &Standing) -> Item {
        let group = self.group();
        let item = Item {
            id: self.id().to_owned(),
            group,
            name: Clean::new(self.name()).to_string(),
            login: if group { String::new() } else { self.name().to_owned() },
            status: String::new(),
            able: self.able(),
            last: None,
            via: standing.via(group, self.id(), self.name()),
        };
        match self {
            Self::Person(user) => Item {
                name: user.name.to_string(),
                status: user.status.words().to_owned(),
                last: user.last_login,
                ..item
            },
            Self::Group(group) => Item {
                login: group.description.as_ref().map(Clean::to_string).unwrap_or_default(),
                status: group
                    .members
                    .map_or_else(String::new, |n| thousands(usize::try_from(n).unwrap_or(usize::MAX))),
                ..item
            },
            Self::AppUser(user) => Item { status: user.status.to_string().to_lowercase(), ..item },
            Self::Named(..) => item,
        }
    }
}

impl Entry {
    /// Whom or what the row stands for; `None` where it is gone.
    pub(super) fn who<'a>(self, world: &World<'a>) -> Option<Who<'a>> {
        let World { shared, work, found, review, .. } = *world;
        let directory = &shared.directory;
        let loaded = work.loaded.value();
        let access = &work.draft.setup.access;
        let at = |n: u32| n as usize;
        Some(match self {
            Self::Person(n) => Who::Person(directory.people.get(at(n))?),
            Self::Group(n) => Who::Group(directory.groups.known()?.get(at(n))?),
            Self::Found(n) => Who::Person(found?.people.get(at(n))?),
            Self::FoundGroup(n) => Who::Group(found?.groups.get(at(n))?),
            Self::User(n) => {
                let user = loaded?.users.known()?.get(at(n))?;
                directory
                    .by_id(user.id.as_str())
                    .map_or(Who::AppUser(user), |(_, person)| Who::Person(person))
            }
            Self::AppGroup(n) => {
                let group = loaded?.groups.known()?.get(at(n))?;
                let name = group.name.as_ref().map_or(group.id.as_str(), Clean::as_str);
                let named = Who::Named(true, group.id.as_str(), name);
                directory.group(group.id.as_str()).map_or(named, Who::Group)
            }
            Self::Named(n) => {
                let login = access.people.get(at(n))?;
                let named = Who::Named(false, login, login);
                directory.by_login(login).map_or(named, |(_, person)| Who::Person(person))
            }
            Self::NamedGroup(n) => {
                let name = access.groups.get(at(n))?;
                directory.group_named(name).map_or(Who::Named(true, name, name), Who::Group)
            }
            Self::Reviewed(n) => {
                let row = review?.rows.get(at(n))?;
                let name = row.user_name.as_ref().map_or(row.id.as_str(), Clean::as_str);
                row.person.as_ref().map_or(Who::Named(false, row.id.as_str(), name), Who::Person)
            }
        })
    }
}

impl Item {
    /// The last sign-in to anything in this org.
    pub(super) fn last_words(&self, now: Timestamp) -> String {
        if self.group {
            String::new()
        } else {
            self.last.map_or_else(|| "never".into(), |at| time::ago(at, now))
        }
    }
}

/// What rows are made of.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) shared: &'a Shared,
    pub(super) work: &'a Work,
    pub(super) found: Option<&'a FoundByOkta>,
    pub(super) review: Option<&'a crate::people::Review>,
}
