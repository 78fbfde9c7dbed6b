//! Who gets access.

use crate::change::live::Live;
use crate::change::value::People;
use crate::okta::model::{Group, UserId};
use std::collections::HashSet;

/// Who comes to the app when all additions of a plan are carried out, each person counted once, at the first addition that brings
/// them.
pub(super) struct Joining<'a> {
    live: &'a Live,
    /// People who have access now; `None` where that could not be read.
    have: Option<HashSet<&'a UserId>>,
    counted: HashSet<UserId>,
    /// There is but one addition, so that nothing can overlap with it.
    alone: bool,
}

impl<'a> Joining<'a> {
    pub(super) fn new(live: &'a Live, additions: usize) -> Self {
        // A new app has nobody.
        let have = match &live.app {
            None => Some(HashSet::new()),
            Some(_) => live.app_users.known().map(|users| users.iter().map(|u| &u.id).collect()),
        };
        Self { live, have, counted: HashSet::new(), alone: additions == 1 }
    }

    /// The members of a group who have no access yet and are not counted.
    pub(super) fn group(&mut self, group: &Group) -> People {
        match (self.live.members.get(group.id.as_str()), &self.have) {
            (Some(members), Some(have)) => {
                let counted = &mut self.counted;
                let new = members.iter().filter(|m| !have.contains(&m.id) && counted.insert(m.id.clone()));
                match new.count() as u64 {
                    0 => People::None,
                    n => People::Gain(n),
                }
            }
            // Counted by its size alone, some may have access already or be counted elsewhere.
            (_, have) => match group.members {
                Some(n) if self.alone && have.as_ref().is_some_and(HashSet::is_empty) => People::Gain(n),
                Some(n) => People::GainAtMost(n),
                None => People::Unknown,
            },
        }
    }

    /// A person who is not assigned.
    pub(super) fn person(&mut self, person: &UserId) -> People {
        if self.counted.insert(person.clone()) { People::Gain(1) } else { People::None }
    }
}
