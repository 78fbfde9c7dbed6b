//! People and groups of the org as they were read, and where each of them stands in the lists. Places are `u32`: there is no second copy
//! of anybody.

use crate::okta::model::{Group, Readable, User};
use crate::people::matching::Haystacks;
use crate::run::job::Trouble;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

/// People and groups of the org.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// People as they came, page by page. They are added with [`Directory::add`].
    pub people: Vec<User>,
    /// Groups. They are taken in with [`Directory::set_groups`].
    pub groups: Readable<Vec<Group>>,
    /// Whether the last page is there.
    pub complete: bool,
    /// Whether it is being read.
    pub loading: bool,
    /// Why people could not be read to the end.
    pub trouble: Option<Trouble>,
    /// Where they stand, and what each is found by.
    pub index: Index,
}

/// Where people stand in the directory, and what each row is found by. Built once for each page, as it comes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// What each person is found by: name, login, e-mail.
    pub people: Haystacks,
    /// What each group is found by: name and description.
    pub groups: Haystacks,
    ids: HashMap<u64, u32>,
    logins: HashMap<u64, u32>,
}

/// What stands for an id, a login or a name in sets, without regard to ASCII case, as Okta compares logins. Two that differ meet with a
/// chance of one in 2^64.
pub fn key(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.bytes().for_each(|b| hasher.write_u8(b.to_ascii_lowercase()));
    hasher.finish()
}

/// A place in a list. Lists longer than `u32` do not fit in memory.
pub fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Directory {
    /// A directory that was read to its end.
    pub fn of(people: Vec<User>, groups: Vec<Group>) -> Self {
        let mut directory = Self { complete: true, ..Self::default() };
        directory.add(people);
        directory.set_groups(Readable::Known(groups));
        directory
    }

    /// Adds a page of people.
    pub fn add(&mut self, page: impl IntoIterator<Item = User>) {
        for user in page {
            let at = place(self.people.len());
            let index = &mut self.index;
            index.people.push(&[user.name.as_str(), user.login.as_str(), user.email.as_str()]);
            index.ids.insert(key(user.id.as_str()), at);
            index.logins.insert(key(user.login.as_str()), at);
            self.people.push(user);
        }
    }

    /// Takes in the groups; they come all at once.
    pub fn set_groups(&mut self, groups: Readable<Vec<Group>>) {
        self.index.groups.clear();
        for group in groups.known().into_iter().flatten() {
            let about = group.description.as_ref().map(|d| d.as_str()).unwrap_or_default();
            self.index.groups.push(&[group.name.as_str(), about]);
        }
        self.groups = groups;
    }

    /// The person with that id, and their place.
    pub fn by_id(&self, id: &str) -> Option<(u32, &User)> {
        let at = *self.index.ids.get(&key(id))?;
        self.people.get(at as usize).filter(|u| u.id.as_str() == id).map(|u| (at, u))
    }

    /// The person with that login, and their place.
    pub fn by_login(&self, login: &str) -> Option<(u32, &User)> {
        let at = *self.index.logins.get(&key(login))?;
        let user = self.people.get(at as usize)?;
        user.login.as_str().eq_ignore_ascii_case(login).then_some((at, user))
    }

    /// The group with that id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.known()?.iter().find(|g| g.id.as_str() == id)
    }

    /// The group with that name.
    pub fn group_named(&self, name: &str) -> Option<&Group> {
        self.groups.known()?.iter().find(|g| g.name.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::okta::model::UserStatus;
    use crate::text::Clean;

    fn user(n: u32) -> User {
        User {
            id: format!("00u{n}").parse().unwrap(),
            login: Clean::new(&format!("Person{n}@acme.com")),
            name: Clean::new(&format!("Person {n}")),
            email: Clean::new(""),
            status: UserStatus::Active,
            last_login: None,
        }
    }

    #[test]
    fn people_are_found_by_id_and_by_login_in_any_case_page_after_page() {
        let mut directory = Directory::default();
        directory.add((0..3).map(user));
        directory.add((3..5).map(user));
        assert_eq!(directory.by_id("00u4").map(|(at, _)| at), Some(4));
        assert_eq!(directory.by_login("pERSON1@acme.com").map(|(at, _)| at), Some(1));
        assert_eq!(directory.by_login("person9@acme.com"), None);
        assert_eq!(directory.by_id("00U4"), None, "ids have a case");
        assert_eq!(directory.index.people.len(), 5);
    }
}
