//! Who has access to an app, by which ways, and when they last used it: made from what was read, and nothing that was not read is taken
//! for *none*.

use super::{Access, LastSignIn, Review, Ways};
use crate::okta::model::{AppUser, Assigned, Group, GroupId, LogEvent, User, UserId};
use crate::text::time::utc;
use crate::text::{Clean, plural};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// What was read of one assigned group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    /// The built-in group of everybody: all are in it, so nobody reads its members.
    Everybody,
    /// All of them.
    All(HashSet<UserId>),
    /// They were not or could not be read to the end; why, as the rest of a sentence: `it has more than …`.
    NotRead(String),
}

/// The sign-ins that the System Log told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIns {
    /// The last of each person, read back to `since`.
    Known {
        /// By person.
        last: HashMap<UserId, Timestamp>,
        /// How far back the log was read.
        since: Timestamp,
    },
    /// The log could not be read; why.
    NotRead(String),
}

impl SignIns {
    /// Nothing is read yet, back to then.
    pub fn back_to(since: Timestamp) -> Self {
        Self::Known { last: HashMap::new(), since }
    }

    /// Takes a page of events, in any order.
    pub fn take(&mut self, events: &[LogEvent]) {
        let Self::Known { last, .. } = self else { return };
        for event in events {
            if let Some(actor) = &event.actor {
                let known = last.entry(actor.clone()).or_insert(event.published);
                *known = event.published.max(*known);
            }
        }
    }

    /// Whether each of these people has one already.
    pub fn cover(&self, people: &[UserId]) -> bool {
        matches!(self, Self::Known { last, .. } if people.iter().all(|p| last.contains_key(p)))
    }

    fn of(&self, person: &UserId) -> LastSignIn {
        match self {
            Self::NotRead(_) => LastSignIn::NotRead,
            Self::Known { last, since } => {
                last.get(person).map_or(LastSignIn::NoneSince(*since), |then| LastSignIn::At(*then))
            }
        }
    }
}

/// All that a review is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The app's label.
    pub label: Clean,
    /// When it was read.
    pub read: Timestamp,
    /// Whether everybody may sign in whatever the assignments say (Federation Broker Mode).
    pub everybody: bool,
    /// Whether the app is active.
    pub active: bool,
    /// Who is assigned, by name or through a group; or why that could not be read.
    pub users: Result<Vec<AppUser>, String>,
    /// The groups that are assigned, each with its members; or why that could not be read.
    pub groups: Result<Vec<(Group, Members)>, String>,
    /// People as far as they came along.
    pub people: HashMap<UserId, User>,
    /// Their sign-ins.
    pub sign_ins: SignIns,
}

/// Makes the review.
pub fn review(facts: Facts) -> Review {
    let notes = notes(&facts);
    let none = Vec::new();
    let groups = facts.groups.as_ref().unwrap_or(&none);
    let unread: Vec<&Group> =
        groups.iter().filter(|(_, m)| matches!(m, Members::NotRead(_))).map(|(g, _)| g).collect();
    let through = |id: &UserId| -> Vec<(GroupId, Clean)> {
        let has = |members: &Members| match members {
            Members::Everybody => true,
            Members::All(ids) => ids.contains(id),
            Members::NotRead(_) => false,
        };
        groups.iter().filter(|(_, m)| has(m)).map(|(g, _)| (g.id.clone(), g.name.clone())).collect()
    };
    let mut rows: Vec<Access> = Vec::new();
    let mut row = |id: &UserId, user_name: Option<Clean>, mut ways: Ways| {
        // Whoever comes through a group and is in none that was read comes through the one that was not.
        if ways.some_group
            && let [only] = &unread[..]
        {
            ways.groups.push((only.id.clone(), only.name.clone()));
            ways.some_group = false;
        }
        let person = facts.people.get(id).cloned();
        rows.push(Access { last: facts.sign_ins.of(id), id: id.clone(), person, user_name, ways });
    };
    match &facts.users {
        Ok(users) => {
            for user in users {
                let groups = through(&user.id);
                let direct = user.via == Assigned::Directly;
                let some_group = !direct && groups.is_empty();
                row(&user.id, user.user_name.clone(), Ways { direct, groups, some_group });
            }
        }
        // Assigned by name could not be read: members of the groups have access all the same.
        Err(_) => {
            let mut ids: Vec<&UserId> = groups
                .iter()
                .filter_map(|(_, m)| match m {
                    Members::All(ids) => Some(ids),
                    Members::Everybody | Members::NotRead(_) => None,
                })
                .flatten()
                .collect();
            ids.sort();
            ids.dedup();
            for id in ids {
                row(id, None, Ways { groups: through(id), ..Ways::default() });
            }
        }
    }
    rows.sort_by_cached_key(|a| (a.login().to_lowercase(), a.id.clone()));
    let groups = facts.groups.unwrap_or_default().into_iter().map(|(g, _)| g).collect();
    Review { label: facts.label, read: facts.read, rows, groups, notes }
}

fn notes(facts: &Facts) -> Vec<String> {
    let mut notes = Vec::new();
    if facts.everybody {
        notes.push(
            "The app is in Federation Broker Mode: everybody in the org may sign in, assigned or not. The list shows assignments only."
                .to_owned(),
        );
    }
    if !facts.active {
        notes.push("The app is inactive: nobody can sign in through it until it is activated.".into());
    }
    if let Err(why) = &facts.users {
        notes.push(format!(
            "Who is assigned could not be read ({why}): people who are assigned by name are missing here, unless a group gives them access too."
        ));
    }
    match &facts.groups {
        Err(why) => notes.push(format!(
            "The assigned groups could not be read ({why}): the list does not say through which group somebody has access."
        )),
        Ok(groups) => {
            for (group, members) in groups {
                if let Members::NotRead(why) = members {
                    notes.push(format!(
                        "The members of {} were not read: {why}. Whoever is in it as well as elsewhere is not shown as being in it.",
                        group.name
                    ));
                }
            }
        }
    }
    if let SignIns::NotRead(why) = &facts.sign_ins {
        notes.push(format!(
            "The System Log could not be read ({why}): when somebody last signed in is not known, which is not \"never\"."
        ));
    }
    notes
}

impl Access {
    /// The login, where it is known, else what the app calls them, else the id.
    pub fn login(&self) -> &str {
        match (&self.person, &self.user_name) {
            (Some(person), _) => person.login.as_str(),
            (None, Some(name)) => name.as_str(),
            (None, None) => self.id.as_str(),
        }
    }

    /// Whether they have access and could not sign in. `false` where their status is not known.
    pub fn is_inactive(&self) -> bool {
        self.person.as_ref().is_some_and(|p| !p.status.can_sign_in())
    }

    /// Whether the log, as far back as it was read, has no sign-in of theirs.
    pub fn is_unused(&self) -> bool {
        matches!(self.last, LastSignIn::NoneSince(_))
    }
}

impl Ways {
    /// In words: `by name, Engineering and Sales`, `a group`.
    pub fn words(&self) -> String {
        let mut parts: Vec<&str> = self.direct.then_some("by name").into_iter().collect();
        parts.extend(self.groups.iter().map(|(_, name)| name.as_str()));
        if self.some_group {
            parts.push("a group");
        }
        parts.join(", ")
    }

    /// Whether they keep access when their direct assignment is taken away.
    pub fn has_group(&self) -> bool {
        self.some_group || !self.groups.is_empty()
    }
}

impl LastSignIn {
    /// In words: `2026-11-22 19:04:05 UTC`, `none since 2026-08-24 …`, `not known`.
    pub fn words(self) -> String {
        match self {
            Self::At(then) => utc(then),
            Self::NoneSince(since) => format!("none since {}", since.strftime("%Y-%m-%d")),
            Self::NotRead => "not known".into(),
        }
    }
}

impl Review {
    /// `212 people have access: 14 by name, 200 through 3 groups; 3 cannot sign in, 40 without a sign-in`.
    pub fn summary(&self) -> String {
        let count = |rule: &dyn Fn(&Access) -> bool| self.rows.iter().filter(|r| rule(r)).count();
        let have = if self.rows.len() == 1 {
            "1 person has".into()
        } else {
            format!("{} people have", self.rows.len())
        };
        format!(
            "{have} access: {} by name, {} through {}; {} cannot sign in, {} without a sign-in in the log",
            count(&|r| r.ways.direct),
            count(&|r| r.ways.has_group()),
            plural(self.groups.len(), "group"),
            count(&Access::is_inactive),
            count(&Access::is_unused),
        )
    }
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
