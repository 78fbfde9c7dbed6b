//! What is staged in the draft: assignments in its Setup, removals in its asks. Many at once, in proportion to what is there.

use crate::okta::model::{Assigned, Group, Readable};
use crate::setup::{Access, AccessMode, Ask, Draft};
use crate::text::{Clean, plural, thousands};
use crate::tui::directory::{Directory, key, place};
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
    /// People whom the Setup names and who are not assigned by name, by their place in it.
    pub(in crate::tui::screens) new_people: Vec<u32>,
    /// The same for groups.
    pub(in crate::tui::screens) new_groups: Vec<u32>,
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

/// A group may be called like a login.
fn named(group: bool, name: &str) -> u64 {
    if group { !key(name) } else { key(name) }
}

impl Standing {
    /// As the draft and the app are now.
    pub(in crate::tui::screens) fn of(work: &Work, directory: &Directory) -> Self {
        let access = &work.draft.setup.access;
        let (mut live, mut here) = (HashMap::new(), HashSet::new());
        if let Some(loaded) = work.loaded.value() {
            for group in loaded.groups.known().into_iter().flatten() {
                live.insert(key(group.id.as_str()), Assigned::Directly);
                let listed = directory.group(group.id.as_str()).map(|g| &g.name);
                here.extend(listed.or(group.name.as_ref()).map(|name| named(true, name.as_str())));
            }
            for user in loaded.users.known().into_iter().flatten() {
                live.insert(key(user.id.as_str()), user.via);
                if user.via == Assigned::Directly {
                    // What the app calls them is most often their login: where the directory is not read, that has to do.
                    let listed = directory.by_id(user.id.as_str()).map(|(_, u)| &u.login);
                    here.extend(listed.or(user.user_name.as_ref()).map(|name| named(false, name.as_str())));
                }
            }
        }
        let removed = work.draft.asks.iter().filter_map(|ask| match ask {
            Ask::UnassignPerson { id, .. } => Some(key(id.as_str())),
            Ask::UnassignGroup { id, .. } => Some(key(id.as_str())),
            _ => None,
        });
        let new = |group: bool, names: &[String]| -> Vec<u32> {
            let all = names.iter().enumerate();
            all.filter(|(_, name)| !here.contains(&named(group, name))).map(|(at, _)| place(at)).collect()
        };
        let people = access.people.iter().map(|p| named(false, p));
        Self {
            removed: removed.collect(),
            new_people: new(false, &access.people),
            new_groups: new(true, &access.groups),
            named: people.chain(access.groups.iter().map(|g| named(true, g))).collect(),
            live,
        }
    }

    /// How a person (by login) or a group (by name) comes to the app.
    pub(in crate::tui::screens) fn via(&self, group: bool, id: &str, name: &str) -> Via {
        let id = key(id);
        let wanted = self.named.contains(&named(group, name));
        match (self.live.get(&id), self.removed.contains(&id), wanted) {
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

/// Stages assignments, and says of how many; with a sentence about those that are passed over.
pub(in crate::tui::screens) fn assign(
    work: &mut Work,
    directory: &Directory,
    subjects: &[Subject],
) -> (usize, Option<String>) {
    let standing = Standing::of(work, directory);
    let (mut seen, mut back, mut through) = (HashSet::new(), HashSet::new(), Vec::new());
    let mut changed = 0;
    for subject in subjects.iter().filter(|s| seen.insert(s.id.as_str())) {
        match standing.of_subject(subject) {
            Via::Direct | Via::Added => continue,
            // They have access: assigned by name as well, they would keep it when they leave the group.
            Via::Group => {
                through.push(subject.name.as_str());
                continue;
            }
            Via::Removed => {
                back.insert(subject.id.as_str());
            }
            Via::None => {}
        }
        let access = &mut work.draft.setup.access;
        let list = if subject.group { &mut access.groups } else { &mut access.people };
        list.push(subject.name.clone());
        changed += 1;
    }
    keep(&mut work.draft, &back);
    (changed, passed_over(&through, "in already, through a group"))
}

fn passed_over(names: &[&str], words: &str) -> Option<String> {
    match names {
        [] => None,
        [one] => Some(format!("{} is {words}.", Clean::new(one))),
        many => Some(format!("{} are {words}.", persons(many.len()))),
    }
}

/// Stages removals, or takes staged assignments back, and says of how many; with a sentence about those that cannot be.
pub(in crate::tui::screens) fn unassign(
    work: &mut Work,
    directory: &Directory,
    subjects: &[Subject],
) -> (usize, Option<String>) {
    let standing = Standing::of(work, directory);
    let (mut changed, mut through, mut gone) = (0_usize, Vec::new(), HashSet::new());
    for subject in subjects {
        let via = standing.of_subject(subject);
        match via {
            Via::None | Via::Removed => continue,
            Via::Group => {
                through.push(subject.name.as_str());
                continue;
            }
            Via::Direct | Via::Added => {}
        }
        if !gone.insert(named(subject.group, &subject.name)) {
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
    access.people.retain(|p| !gone.contains(&named(false, p)));
    access.groups.retain(|g| !gone.contains(&named(true, g)));
    (changed, passed_over(&through, "in through a group: remove the group, or them from it"))
}

/// Takes back what is staged for these, and says for how many.
pub(in crate::tui::screens) fn unstage(
    work: &mut Work,
    directory: &Directory,
    subjects: &[Subject],
) -> usize {
    let standing = Standing::of(work, directory);
    let (mut back, mut gone, mut changed) = (HashSet::new(), HashSet::new(), 0);
    for subject in subjects {
        let access = &mut work.draft.setup.access;
        match standing.of_subject(subject) {
            Via::Added => {
                gone.insert(named(subject.group, &subject.name));
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
    access.people.retain(|p| !gone.contains(&named(false, p)));
    access.groups.retain(|g| !gone.contains(&named(true, g)));
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
    matches!(ask, Ask::UnassignPerson { .. } | Ask::UnassignGroup { .. } | Ask::SetUserName { .. })
}

/// What lists and counts are made from.
pub(in crate::tui::screens) fn stamp(draft: &Draft) -> (Access, Vec<Ask>) {
    (draft.setup.access.clone(), draft.asks.iter().filter(|a| is_access(a)).cloned().collect())
}

/// Whether nothing has been staged or taken back since.
pub(in crate::tui::screens) fn is_as(draft: &Draft, (access, asks): &(Access, Vec<Ask>)) -> bool {
    draft.setup.access == *access && draft.asks.iter().filter(|a| is_access(a)).eq(asks)
}

/// Notes the state that the next staging is taken back to.
pub(in crate::tui::screens) fn note(work: &mut Work) {
    work.stagings.push(stamp(&work.draft));
}

/// Takes the last staging of this session back; what other steps have staged since stays. False: there is none.
pub(in crate::tui::screens) fn take_back(work: &mut Work) -> bool {
    let Some((access, asks)) = work.stagings.pop() else { return false };
    work.draft.setup.access = access;
    work.draft.asks.retain(|a| !is_access(a));
    work.draft.asks.extend(asks);
    true
}

/// The session's own person, when they are not assigned yet.
pub(in crate::tui::screens) fn yourself(shared: &Shared, work: &Work) -> Option<Subject> {
    let me = &shared.session.as_ref()?.me.user;
    let named = work.draft.setup.access.people.iter().any(|p| p.eq_ignore_ascii_case(me.login.as_str()));
    let mut users = work.loaded.value().and_then(|l| l.users.known()).into_iter().flatten();
    let already = named || users.any(|u| u.id == me.id);
    (!already).then(|| Subject { id: me.id.to_string(), group: false, name: me.login.to_string() })
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
    /// People whom the app is to call otherwise.
    pub(in crate::tui::screens) names: usize,
}

/// `1 person`, `2 people`.
pub(in crate::tui::screens) fn persons(n: usize) -> String {
    if n == 1 { "1 person".to_owned() } else { format!("{} people", thousands(n)) }
}

impl Tally {
    /// Counts what is staged for who may sign in.
    pub(in crate::tui::screens) fn of(standing: &Standing, work: &Work, directory: &Directory) -> Self {
        let names = &work.draft.setup.access.groups;
        let groups = standing.new_groups.iter().filter_map(|at| names.get(*at as usize));
        let asks = &work.draft.asks;
        Self {
            people: standing.new_people.len(),
            groups: standing.new_groups.len(),
            members: groups.map(|name| directory.group_named(name)?.members).sum(),
            people_out: asks.iter().filter(|a| matches!(a, Ask::UnassignPerson { .. })).count(),
            groups_out: asks.iter().filter(|a| matches!(a, Ask::UnassignGroup { .. })).count(),
            names: asks.iter().filter(|a| matches!(a, Ask::SetUserName { .. })).count(),
        }
    }

    /// How many writes that is: Okta takes one person or group at a time.
    pub(in crate::tui::screens) fn calls(&self) -> usize {
        self.people + self.groups + self.people_out + self.groups_out + self.names
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
        if self.names > 0 {
            parts.push(plural(self.names, "user name"));
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
            format!(", about {} at Okta's {limit} a minute", crate::text::time::length(seconds.max(1)))
        });
        let hint = if self.people > 20 { "; a group: 1 call" } else { "; p shows who and what" };
        format!("{counted}{paced}{hint}")
    }
}
