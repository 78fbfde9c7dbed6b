//! Who loses access.

use super::Planner;
use crate::change::value::People;
use crate::okta::model::{AppGroup, AppUser, Assigned, Group, GroupId, User, UserId};
use crate::setup::Ask;
use crate::text::Clean;
use std::collections::HashSet;

/// Who loses access when all removals of a plan are carried out, each person counted once, at the first removal that names them.
pub(super) struct Leaving {
    /// People who keep access: by name, or through a group whose members are known.
    stay: HashSet<UserId>,
    /// Everyone stays assigned: nobody loses anything.
    all_stay: bool,
    /// A group stays whose members are not known: the count is a bound.
    bound: bool,
    counted: HashSet<UserId>,
}

impl Leaving {
    pub(super) fn new(planner: &Planner<'_>, groups: &[Group], people: &[User]) -> Self {
        let live = planner.live;
        let asks = &planner.draft.asks;
        let goes =
            |id: &GroupId| asks.iter().any(|a| matches!(a, Ask::UnassignGroup { id: g, .. } if g == id));
        let leaving: HashSet<&UserId> = asks
            .iter()
            .filter_map(|a| match a {
                Ask::UnassignPerson { id, .. } => Some(id),
                _ => None,
            })
            .collect();
        let assigned: &[AppGroup] = live.app_groups.known().map(Vec::as_slice).unwrap_or_default();
        let staying: HashSet<&GroupId> = assigned
            .iter()
            .map(|g| &g.id)
            .filter(|id| !goes(id))
            .chain(groups.iter().map(|g| &g.id))
            .collect();
        let everyone = live.everyone.known().map(|g| &g.id);
        let mut stay: HashSet<UserId> = people.iter().map(|p| p.id.clone()).collect();
        let users: &[AppUser] = live.app_users.known().map(Vec::as_slice).unwrap_or_default();
        stay.extend(
            users
                .iter()
                .filter(|u| u.via == Assigned::Directly && !leaving.contains(&u.id))
                .map(|u| u.id.clone()),
        );
        let mut bound = live.app_groups.known().is_none() || live.app_users.known().is_none();
        for group in &staying {
            match live.members.get(group.as_str()) {
                Some(members) => stay.extend(members.iter().map(|m| m.id.clone())),
                None => bound = true,
            }
        }
        let all_stay = everyone.is_some_and(|id| staying.contains(id));
        Self { stay, all_stay, bound, counted: HashSet::new() }
    }

    pub(super) fn group(
        &mut self,
        planner: &Planner<'_>,
        id: &GroupId,
        name: &Clean,
    ) -> (People, Vec<String>) {
        if self.all_stay {
            return (People::None, vec!["Everyone stays assigned: nobody loses access.".into()]);
        }
        let live = planner.live;
        let Some(members) = live.members.get(id.as_str()) else {
            let size = live.groups.values().flatten().find(|g| g.id == *id).and_then(|g| g.members);
            let people = size.map_or(People::Unknown, People::LoseAtMost);
            return (
                people,
                vec![format!("The members of {name} were not loaded: some may keep access by another way.")],
            );
        };
        let lost: Vec<&User> =
            members.iter().filter(|m| !self.stay.contains(&m.id) && !self.counted.contains(&m.id)).collect();
        let kept = members.len() - lost.len();
        self.counted.extend(lost.iter().map(|m| m.id.clone()));
        let mut details = vec![format!(
            "{name} has {} members; {kept} keep access by another way or are counted above, {} lose it.",
            members.len(),
            lost.len()
        )];
        if self.bound && !lost.is_empty() {
            details.push("Another assigned group's members were not loaded, so fewer may lose it.".into());
            return (People::LoseAtMost(lost.len() as u64), details);
        }
        match lost.is_empty() {
            true => (People::None, details),
            false => (People::Lose(lost.iter().map(|m| m.login.clone()).collect()), details),
        }
    }

    pub(super) fn person(&mut self, id: &UserId, login: &Clean) -> (People, Vec<String>) {
        if self.all_stay || self.stay.contains(id) {
            return (People::None, vec![format!("{login} keeps access through a group.")]);
        }
        if !self.counted.insert(id.clone()) {
            return (People::None, vec![format!("{login} is counted above.")]);
        }
        if self.bound {
            let why = format!("{login} may keep access through a group whose members were not loaded.");
            return (People::LoseAtMost(1), vec![why]);
        }
        (People::Lose(vec![login.clone()]), Vec::new())
    }
}
