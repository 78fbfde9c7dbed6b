//! A row of a list, and what stands in it.

use super::index::Index;
use super::staging::{Standing, Via};
use crate::okta::model::{AppUser, Group, User};
use crate::text::{Clean, time};
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
    /// It is the built-in group of everybody.
    pub(super) everyone: bool,
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

    fn person(user: &User, standing: &Standing) -> Self {
        Self {
            id: user.id.to_string(),
            group: false,
            name: user.name.to_string(),
            login: user.login.to_string(),
            status: user.status.words().to_owned(),
            able: user.status.can_sign_in(),
            last: user.last_login,
            via: standing.via(false, user.id.as_str(), user.login.as_str()),
            everyone: false,
        }
    }

    fn group(group: &Group, standing: &Standing) -> Self {
        Self {
            id: group.id.to_string(),
            group: true,
            name: group.name.to_string(),
            login: group.description.as_ref().map(Clean::to_string).unwrap_or_default(),
            status: group.members.map_or_else(String::new, |n| n.to_string()),
            able: true,
            last: None,
            via: standing.via(true, group.id.as_str(), group.name.as_str()),
            everyone: group.is_everyone(),
        }
    }

    /// Of whom only a name is known.
    fn named(group: bool, id: &str, name: &str, standing: &Standing) -> Self {
        Self {
            id: id.to_owned(),
            group,
            name: Clean::new(name).to_string(),
            login: if group { String::new() } else { name.to_owned() },
            status: String::new(),
            able: true,
            last: None,
            via: standing.via(group, id, name),
            everyone: false,
        }
    }

    /// What a row stands for, in words; `None` where it is gone.
    pub(super) fn of(entry: Entry, world: &World<'_>) -> Option<Self> {
        let World { shared, work, index, standing, found, review } = *world;
        let directory = &shared.directory;
        let loaded = work.loaded.value();
        let at = |n: u32| n as usize;
        Some(match entry {
            Entry::Person(n) => Self::person(directory.people.get(at(n))?, standing),
            Entry::Group(n) => Self::group(directory.groups.known()?.get(at(n))?, standing),
            Entry::Found(n) => Self::person(found?.people.get(at(n))?, standing),
            Entry::FoundGroup(n) => Self::group(found?.groups.get(at(n))?, standing),
            Entry::User(n) => {
                let user = loaded?.users.known()?.get(at(n))?;
                match index.by_id(directory, user.id.as_str()) {
                    Some((_, person)) => Self::person(person, standing),
                    None => Self::app_user(user, standing),
                }
            }
            Entry::AppGroup(n) => {
                let group = loaded?.groups.known()?.get(at(n))?;
                let known = directory.groups.known().and_then(|all| all.iter().find(|g| g.id == group.id));
                match known {
                    Some(known) => Self::group(known, standing),
                    None => {
                        let name = group.name.as_ref().map_or(group.id.as_str(), |n| n.as_str());
                        Self::named(true, group.id.as_str(), name, standing)
                    }
                }
            }
            Entry::Named(n) => {
                let login = work.draft.setup.access.people.get(at(n))?;
                match index.by_login(directory, login) {
                    Some((_, person)) => Self::person(person, standing),
                    None => Self::named(false, login, login, standing),
                }
            }
            Entry::NamedGroup(n) => {
                let name = work.draft.setup.access.groups.get(at(n))?;
                let known =
                    directory.groups.known().and_then(|all| all.iter().find(|g| g.name.as_str() == name));
                match known {
                    Some(known) => Self::group(known, standing),
                    None => Self::named(true, name, name, standing),
                }
            }
            Entry::Reviewed(n) => {
                let access = review?.rows.get(at(n))?;
                match &access.person {
                    Some(person) => Self::person(person, standing),
                    None => {
                        let name = access.user_name.as_ref().map_or(access.id.as_str(), |n| n.as_str());
                        Self::named(false, access.id.as_str(), name, standing)
                    }
                }
            }
        })
    }

    fn app_user(user: &AppUser, standing: &Standing) -> Self {
        let name = user.user_name.as_ref().map_or(user.id.as_str(), |n| n.as_str());
        Self {
            status: user.status.to_string().to_lowercase(),
            ..Self::named(false, user.id.as_str(), name, standing)
        }
    }
}

/// What rows are made of.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) shared: &'a Shared,
    pub(super) work: &'a Work,
    pub(super) index: &'a Index,
    pub(super) standing: &'a Standing,
    pub(super) found: Option<&'a FoundByOkta>,
    pub(super) review: Option<&'a crate::people::Review>,
}
