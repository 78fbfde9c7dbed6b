//! Finds people of the directory by id and by login, and by what is typed. Built as pages arrive; holds places, no second copy.

use crate::okta::model::User;
use crate::people::matching::Haystacks;
use crate::tui::shared::Directory;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What stands for an id or a login in sets: without regard to ASCII case, as Okta compares logins.
pub(super) fn key(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.bytes().for_each(|b| b.to_ascii_lowercase().hash(&mut hasher));
    hasher.finish()
}

/// A place in a list. Lists longer than `u32` do not fit in memory.
pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Where people stand in the directory.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// What each person is found by: name, login, e-mail.
    pub(super) people: Haystacks,
    /// What each group is found by: name and description.
    pub(super) groups: Haystacks,
    ids: HashMap<u64, u32>,
    logins: HashMap<u64, u32>,
}

impl Index {
    /// Takes in the people that came since the last time.
    pub(super) fn take_people(&mut self, directory: &Directory) {
        if self.people.len() > directory.people.len() {
            self.forget_people();
        }
        for (at, user) in directory.people.iter().enumerate().skip(self.people.len()) {
            self.people.push(&[user.name.as_str(), user.login.as_str(), user.email.as_str()]);
            self.ids.insert(key(user.id.as_str()), place(at));
            self.logins.insert(key(user.login.as_str()), place(at));
        }
    }

    /// The directory is read anew.
    pub(super) fn forget_people(&mut self) {
        self.people.clear();
        self.ids.clear();
        self.logins.clear();
    }

    /// Takes in the groups; they come all at once.
    pub(super) fn take_groups(&mut self, directory: &Directory) {
        self.groups.clear();
        for group in directory.groups.known().into_iter().flatten() {
            let about = group.description.as_ref().map(|d| d.as_str()).unwrap_or_default();
            self.groups.push(&[group.name.as_str(), about]);
        }
    }

    /// The person with that id, and their place.
    pub(super) fn by_id<'a>(&self, directory: &'a Directory, id: &str) -> Option<(u32, &'a User)> {
        let at = *self.ids.get(&key(id))?;
        directory.people.get(at as usize).filter(|u| u.id.as_str() == id).map(|u| (at, u))
    }

    /// The person with that login, and their place.
    pub(super) fn by_login<'a>(&self, directory: &'a Directory, login: &str) -> Option<(u32, &'a User)> {
        let at = *self.logins.get(&key(login))?;
        let user = directory.people.get(at as usize)?;
        user.login.as_str().eq_ignore_ascii_case(login).then_some((at, user))
    }
}
