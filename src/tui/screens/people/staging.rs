//! What is staged in the draft: assignments in its Setup, removals in its asks. Many at once, in proportion to what is there.

use super::index::key;
use crate::okta::model::{Assigned, Group, Readable};
use crate::setup::{Access, AccessMode, Ask, Draft};
use crate::text::{Clean, plural};
use crate::tui::shared::{Shared, Work};
use std::collections::{HashMap, HashSet};

/// Somebody, or a group, that is to be assigned or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui::screens) struct Subject {
    /// Okta's id; the login or name where it is not known.
    pub(in crate::tui::screens) id: String,
    /// Whether it is a group.
    pub(in crate::tui::screens) group: bool,
    /// A person's login, a group's name.
    pub(in crate::tui::screens) name: String,
}

/// Where everybody stands: as it is in Okta, and what is staged. Made anew when either changes, never for a key that only moves.
#[derive(Clone, Debug, Default)]
pub(in crate::tui::screens) struct Standing {
    live: HashMap<u64, Assigned>,
    named: HashSet<u64>,
    removed: HashSet<u64>,
}

/// How somebody comes to the app, now and after the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui::screens) enum Via {
    /// Not at all.
    None,
    /// Assigned by name.
    Direct,
    /// Through a group; Okta does not say which.
    Group,
    /// The assignment is staged.
    Added,
    /// The removal is staged.
    Removed,
}

impl Via {
    /// As the column shows it.
    pub(in crate::tui::screens) fn words(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Direct => "direct",
            Self::Group => "a group",
            Self::Added => "+ direct",
            Self::Removed => "- direct",
        }
    }
}

impl Standing {
    /// As the draft and the app are now.
    pub(in crate::tui::screens) fn of(work: &Work) -> Self {
        let mut live = HashMap::new();
        if let Some(loaded) = work.loaded.value() {
            let groups = loaded.groups.known().into_iter().flatten();
            live.extend(groups.map(|g| (key(g.id.as_str()), Assigned::Directly)));
            let users = loaded.users.known().into_iter().flatten();
            live.extend(users.map(|u| (key(u.id.as_str()), u.via)));
        }
        let access = &work.draft.setup.access;
        // A group may be called like a login.
        let named = access.people.iter().map(|p| key(p)).chain(access.groups.iter().map(|g| !key(g)));
        let removed = work.draft.asks.iter().filter_map(|ask| match ask {
            Ask::UnassignPerson { id, .. } => Some(key(id.as_str())),
            Ask::UnassignGroup { id, .. } => Some(key(id.as_str())),
            _ => None,
        });
        Self { live, named: named.collect(), removed: removed.collect() }
    }

    /// How a person (by login) or a group (by name) comes to the app.
    pub(in crate::tui::screens) fn via(&self, group: bool, id: &str, name: &str) -> Via {
        let id = key(id);
        let named = if group { !key(name) } else { key(name) };
        match (self.live.get(&id), self.removed.contains(&id), self.named.contains(&named)) {
            (Some(Assigned::Directly), true, _) => Via::Removed,
            (Some(Assigned::Directly), false, _) => Via::Direct,
            (_, _, true) => Via::Added,
            (Some(Assigned::ThroughGroup), _, false) => Via::Group,
            (None, _, false) => Via::None,
        }
    }

    fn of_subject(&self, subject: &Subject) -> Via {
        self.via(subject.group, &subject.id, &subject.name)
    }
}

/// Takes staged removals of these back.
fn keep(draft: &mut Draft, ids: &HashSet<&str>) {
    draft.asks.retain(|ask| match ask {
        Ask::UnassignPerson { id, .. } => !ids.contains(id.as_str()),
        Ask::UnassignGroup { id, .. } => !ids.contains(id.as_str()),
        _ => true,
    });
}

/// Stages assignments and says of how many: whoever is assigned by name already is passed over, a staged removal is taken back.
pub(in crate::tui::screens) fn assign(work: &mut Work, subjects: &[Subject]) -> usize {
    let standing = Standing::of(work);
    let mut seen = HashSet::new();
    let mut back = HashSet::new();
    let mut changed = 0;
    for subject in subjects.iter().filter(|s| seen.insert(s.id.as_str())) {
        let via = standing.of_subject(subject);
        if matches!(via, Via::Direct | Via::Added) {
            continue;
        }
        if via == Via::Removed {
            back.insert(subject.id.as_str());
        }
        let access = &mut work.draft.setup.access;
        let list = if subject.group { &mut access.groups } else { &mut access.people };
        list.push(subject.name.clone());
        changed += 1;
    }
    keep(&mut work.draft, &back);
    changed
}

/// Stages removals, or takes staged assignments back, and says of how many; with a sentence about those that cannot be.
pub(in crate::tui::screens) fn unassign(work: &mut Work, subjects: &[Subject]) -> (usize, Option<String>) {
    let standing = Standing::of(work);
    let (mut changed, mut through) = (0_usize, Vec::new());
    let mut gone: HashSet<u64> = HashSet::new();
    for subject in subjects {
        let via = standing.of_subject(subject);
        let name = if subject.group { !key(&subject.name) } else { key(&subject.name) };
        match via {
            Via::None | Via::Removed => continue,
            Via::Group => {
                through.push(subject.name.as_str());
                continue;
            }
            Via::Direct | Via::Added => {}
        }
        if !gone.insert(name) {
            continue;
        }
        changed += 1;
        if via == Via::Direct {
            let name = Clean::new(&subject.name);
            let ask = if subject.group {
                subject.id.parse().ok().map(|id| Ask::UnassignGroup { id, name })
            } else {
                subject.id.parse().ok().map(|id| Ask::UnassignPerson { id, login: name })
            };
            work.draft.asks.extend(ask);
        }
    }
    let access = &mut work.draft.setup.access;
    access.people.retain(|p| !gone.contains(&key(p)));
    access.groups.retain(|g| !gone.contains(&!key(g)));
    let said = match through.as_slice() {
        [] => None,
        [one] => Some(format!("{one} comes through a group: remove the group, or them from it.")),
        many => Some(format!("{} come through a group: remove the group, or them from it.", many.len())),
    };
    (changed, said)
}

/// Takes back what is staged for these, and says for how many.
pub(in crate::tui::screens) fn unstage(work: &mut Work, subjects: &[Subject]) -> usize {
    let standing = Standing::of(work);
    let (mut back, mut gone, mut changed) = (HashSet::new(), HashSet::new(), 0);
    for subject in subjects {
        let access = &mut work.draft.setup.access;
        match standing.of_subject(subject) {
            Via::Added => {
                gone.insert(if subject.group { !key(&subject.name) } else { key(&subject.name) });
            }
            Via::Removed => {
                back.insert(subject.id.as_str());
                // The Setup of an app names who is assigned to it.
                let list = if subject.group { &mut access.groups } else { &mut access.people };
                list.push(subject.name.clone());
            }
            Via::None | Via::Direct | Via::Group => continue,
        }
        changed += 1;
    }
    keep(&mut work.draft, &back);
    let access = &mut work.draft.setup.access;
    access.people.retain(|p| !gone.contains(&key(p)));
    access.groups.retain(|g| !gone.contains(&!key(g)));
    changed
}

/// A Setup takes nothing away, so choosing another way than *Everyone* stages the removal of an assigned Everyone; choosing it again
/// takes that back. True when a removal was staged.
pub(in crate::tui::screens) fn everyone_goes(work: &mut Work, groups: &Readable<Vec<Group>>) -> bool {
    let Some(everyone) = groups.known().and_then(|all| all.iter().find(|g| g.is_everyone())) else {
        return false;
    };
    let ask = Ask::UnassignGroup { id: everyone.id.clone(), name: everyone.name.clone() };
    work.draft.asks.retain(|a| *a != ask);
    let live = work.loaded.value().and_then(|l| l.groups.known());
    let assigned = live.is_some_and(|all| all.iter().any(|g| g.id == everyone.id));
    let goes = assigned && work.draft.setup.access.mode != AccessMode::Everyone;
    if goes {
        work.draft.asks.push(ask);
    }
    goes
}

fn is_access(ask: &Ask) -> bool {
    matches!(ask, Ask::UnassignPerson { .. } | Ask::UnassignGroup { .. })
}

/// The state that a staging is taken back to.
pub(in crate::tui::screens) fn snapshot(draft: &Draft) -> (Access, Vec<Ask>) {
    (draft.setup.access.clone(), draft.asks.iter().filter(|a| is_access(a)).cloned().collect())
}

/// Whether nothing has been staged or taken back since.
pub(in crate::tui::screens) fn is_as(draft: &Draft, (access, asks): &(Access, Vec<Ask>)) -> bool {
    draft.setup.access == *access && draft.asks.iter().filter(|a| is_access(a)).eq(asks)
}

/// Takes the last staging back; what other steps have staged since stays.
pub(in crate::tui::screens) fn restore(draft: &mut Draft, (access, asks): (Access, Vec<Ask>)) {
    draft.setup.access = access;
    draft.asks.retain(|a| !is_access(a));
    draft.asks.extend(asks);
}

/// What is staged, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tui::screens) struct Tally {
    /// People to be assigned by name.
    pub(in crate::tui::screens) people: usize,
    /// Groups to be assigned.
    pub(in crate::tui::screens) groups: usize,
    /// How many members those have, at most; absent where one is not counted.
    pub(in crate::tui::screens) members: Option<u64>,
    /// People to be removed.
    pub(in crate::tui::screens) people_out: usize,
    /// Groups to be removed.
    pub(in crate::tui::screens) groups_out: usize,
}

/// `1 person`, `2 people`.
pub(in crate::tui::screens) fn persons(n: usize) -> String {
    if n == 1 { "1 person".to_owned() } else { format!("{} people", thousands(n)) }
}

/// `1,204`.
pub(in crate::tui::screens) fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Tally {
    /// Counts what the draft stages for who may sign in.
    pub(in crate::tui::screens) fn of(shared: &Shared, work: &Work) -> Self {
        let access = &work.draft.setup.access;
        let loaded = work.loaded.value();
        let mut people: HashSet<u64> = access.people.iter().map(|p| key(p)).collect();
        let users = loaded.and_then(|l| l.users.known()).map(Vec::as_slice).unwrap_or_default();
        let direct: HashSet<&str> =
            users.iter().filter(|u| u.via == Assigned::Directly).map(|u| u.id.as_str()).collect();
        if !people.is_empty() && !direct.is_empty() {
            for user in shared.directory.people.iter().filter(|u| direct.contains(u.id.as_str())) {
                people.remove(&key(user.login.as_str()));
            }
            // Whose name the directory does not have yet: the app's name for them is most often the login.
            for name in
                users.iter().filter(|u| direct.contains(u.id.as_str())).filter_map(|u| u.user_name.as_ref())
            {
                people.remove(&key(name.as_str()));
            }
        }
        let known = shared.directory.groups.known().map(Vec::as_slice).unwrap_or_default();
        let assigned = loaded.and_then(|l| l.groups.known()).map(Vec::as_slice).unwrap_or_default();
        let live = |name: &str| {
            let id = known.iter().find(|g| g.name.as_str() == name).map(|g| &g.id);
            assigned.iter().any(|a| Some(&a.id) == id || a.name.as_ref().is_some_and(|n| n.as_str() == name))
        };
        let groups: Vec<&String> = access.groups.iter().filter(|g| !live(g)).collect();
        let sizes = groups.iter().map(|name| known.iter().find(|g| g.name.as_str() == *name)?.members);
        Self {
            people: people.len(),
            groups: groups.len(),
            members: sizes.sum(),
            people_out: work.draft.asks.iter().filter(|a| matches!(a, Ask::UnassignPerson { .. })).count(),
            groups_out: work.draft.asks.iter().filter(|a| matches!(a, Ask::UnassignGroup { .. })).count(),
        }
    }

    /// How many writes that is: Okta takes one person or group at a time.
    pub(in crate::tui::screens) fn calls(&self) -> usize {
        self.people + self.groups + self.people_out + self.groups_out
    }

    /// `+2 people, +1 group (212 people), -1 person`; empty when nothing is staged.
    pub(in crate::tui::screens) fn words(&self) -> String {
        let mut parts = Vec::new();
        if self.people > 0 {
            parts.push(format!("+{}", persons(self.people)));
        }
        if self.groups > 0 {
            let reach = self.members.map_or("members not counted".to_owned(), |n| {
                persons(usize::try_from(n).unwrap_or(usize::MAX))
            });
            let most = if self.groups > 1 && self.members.is_some() { "at most " } else { "" };
            parts.push(format!("+{} ({most}{reach})", plural(self.groups, "group")));
        }
        if self.people_out > 0 {
            parts.push(format!("-{}", persons(self.people_out)));
        }
        if self.groups_out > 0 {
            parts.push(format!("-{}", plural(self.groups_out, "group")));
        }
        parts.join(", ")
    }

    /// What that costs in writes; a group is one, whoever is in it.
    pub(in crate::tui::screens) fn cost(&self, shared: &Shared) -> String {
        let calls = self.calls();
        let counted = if calls == 1 { "1 call".to_owned() } else { format!("{} calls", thousands(calls)) };
        // Okta takes assignments from the bucket of the list of apps.
        let limit = shared.budget.iter().find(|b| b.name == "apps").map(|b| b.limit).filter(|l| *l > 0);
        let paced = limit.map_or(String::new(), |limit| {
            let seconds = u64::try_from(calls).unwrap_or(u64::MAX).saturating_mul(60) / u64::from(limit);
            format!(
                ", about {} at this org's limit of {limit} a minute",
                crate::text::time::length(seconds.max(1))
            )
        });
        let hint = if self.people > 20 { "; a group: 1 call" } else { "; p shows who and what" };
        format!("{counted}{paced}{hint}")
    }
}
