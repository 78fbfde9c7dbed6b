//! Who may sign in: assignments added, and those taken away that were asked for by name.

use super::{PlanProblem, Planner};
use crate::change::value::{AppRef, Change, People};
use crate::okta::model::{App, AppGroup, AppId, AppUser, Assigned, Group, GroupId, User, UserId};
use crate::setup::{AccessMode, Ask};
use crate::text::Clean;
use std::collections::BTreeSet;

impl Planner<'_> {
    pub(super) fn access(&mut self, app: &AppRef) {
        let groups = self.wanted_groups();
        let people = self.wanted_people();
        self.contradictions(&groups, &people);
        if self.live.app.as_ref().is_some_and(App::federation_broker) {
            // Okta refuses assignments then; the note about the mode says why none is planned.
            return;
        }
        self.unreadable_assignments(app);
        for group in &groups {
            self.assign_group(app, group);
        }
        for person in &people {
            self.assign_person(app, person);
        }
        if let AppRef::Known(app) = app {
            self.removals(app, &groups, &people);
        }
    }

    fn wanted_groups(&mut self) -> Vec<Group> {
        let access = &self.setup.access;
        let mut found: Vec<Group> = Vec::new();
        match access.mode {
            AccessMode::Later => {
                if !access.groups.is_empty() || !access.people.is_empty() {
                    self.notes.push(
                        "Assignments are skipped for now: the people and groups of step 4 are not assigned."
                            .into(),
                    );
                }
            }
            AccessMode::Everyone => match (self.live.everyone.known(), self.live.everyone.error()) {
                (Some(group), _) => found.push(group.clone()),
                (None, Some(e)) => {
                    self.problems.push(PlanProblem::EveryoneNotReadable(Clean::new(&e.to_string())));
                }
                (None, None) => {
                    self.problems.push(PlanProblem::EveryoneNotReadable("it was not asked for".into()))
                }
            },
            AccessMode::Controlled => {
                self.everyone_stays();
                for name in &access.groups {
                    match self.live.groups.get(name).map(Vec::as_slice).unwrap_or_default() {
                        [] => self.problems.push(PlanProblem::GroupNotFound(Clean::new(name))),
                        [one] if found.iter().any(|g| g.id == one.id) => {}
                        [one] => found.push(one.clone()),
                        many => self
                            .problems
                            .push(PlanProblem::GroupAmbiguous { name: Clean::new(name), count: many.len() }),
                    }
                }
            }
        }
        found
    }

    /// A Setup takes nothing away, so controlled access beside an assigned Everyone would look like what it is not.
    fn everyone_stays(&mut self) {
        let Some(everyone) = self.live.everyone.known().map(|g| &g.id) else { return };
        let assigned =
            self.live.app_groups.known().is_some_and(|groups| groups.iter().any(|g| g.id == *everyone));
        let goes = |a: &Ask| matches!(a, Ask::UnassignGroup { id, .. } if id == everyone);
        if assigned && !self.draft.asks.iter().any(goes) {
            self.notes.push(
                "The built-in group Everyone is still assigned: every person of the org may sign in. To limit access, remove it in \
                 step 4 (d on the group)."
                    .into(),
            );
        }
    }

    fn wanted_people(&mut self) -> Vec<User> {
        let mut found: Vec<User> = Vec::new();
        if self.setup.access.mode != AccessMode::Controlled {
            return found;
        }
        for login in &self.setup.access.people {
            match self.live.people.get(login) {
                None => self.problems.push(PlanProblem::PersonNotFound(Clean::new(login))),
                Some(person) if found.iter().any(|p| p.id == person.id) => {}
                Some(person) => found.push(person.clone()),
            }
        }
        for person in &found {
            if !person.status.can_sign_in() {
                self.notes.push(format!(
                    "{} is {}: Okta may refuse the assignment, and they cannot sign in until that changes.",
                    person.login,
                    person.status.words()
                ));
            }
        }
        found
    }

    fn contradictions(&mut self, groups: &[Group], people: &[User]) {
        for ask in &self.draft.asks {
            match ask {
                Ask::UnassignGroup { id, name } if groups.iter().any(|g| g.id == *id) => {
                    self.problems.push(PlanProblem::Contradiction(name.clone()));
                }
                Ask::UnassignPerson { id, login } if people.iter().any(|p| p.id == *id) => {
                    self.problems.push(PlanProblem::Contradiction(login.clone()));
                }
                _ => {}
            }
        }
    }

    fn unreadable_assignments(&mut self, app: &AppRef) {
        if !matches!(app, AppRef::Known(_)) {
            return;
        }
        for (what, error) in
            [("people", self.live.app_users.error()), ("groups", self.live.app_groups.error())]
        {
            if let Some(error) = error {
                self.notes.push(format!(
                    "The assigned {what} could not be read ({error}): what is assigned already is planned again, which changes nothing."
                ));
            }
        }
    }

    fn assign_group(&mut self, app: &AppRef, group: &Group) {
        let assigned = self.live.app_groups.known().map(Vec::as_slice).unwrap_or_default();
        if assigned.iter().any(|a| a.id == group.id) {
            return;
        }
        let mut details = Vec::new();
        let people = if group.is_everyone() {
            details.push(
                "The built-in group Everyone: every person of the org may sign in, now and later.".into(),
            );
            People::Everybody
        } else {
            match self.newcomers(group) {
                Some(n) => People::Gain(n),
                None => People::Unknown,
            }
        };
        if let Some(members) = group.members.filter(|_| !group.is_everyone()) {
            details.push(format!("{} has {members} members; one call, however many they are.", group.name));
        }
        details.push("Undo: takes the group's assignment away.".into());
        let change =
            Change::AssignGroup { app: app.clone(), group: group.id.clone(), name: group.name.clone() };
        self.push(change, people, details);
    }

    /// The members of a group who have no access yet, where both lists are known; else its size.
    fn newcomers(&self, group: &Group) -> Option<u64> {
        match (self.live.members.get(group.id.as_str()), self.live.app_users.known()) {
            (Some(members), Some(users)) => {
                Some(members.iter().filter(|m| !users.iter().any(|u| u.id == m.id)).count() as u64)
            }
            _ => group.members,
        }
    }

    fn assign_person(&mut self, app: &AppRef, person: &User) {
        let assigned = self.assigned(&person.id).map(|u| u.via);
        let removes_groups = self.draft.asks.iter().any(|a| matches!(a, Ask::UnassignGroup { .. }));
        let people = match assigned {
            Some(Assigned::Directly) => return,
            // They are in already. Whether assigning by name converts the assignment is not documented, so it is done only when
            // a group goes at the same time, which might be theirs.
            Some(Assigned::ThroughGroup) if !removes_groups => {
                self.notes.push(format!(
                    "{} has access through a group already and is not assigned by name as well.",
                    person.login
                ));
                return;
            }
            Some(Assigned::ThroughGroup) => People::None,
            None => People::Gain(1),
        };
        let details = vec!["Undo: takes this direct assignment away.".to_owned()];
        let change = Change::AssignPerson {
            app: app.clone(),
            person: person.id.clone(),
            login: person.login.clone(),
            profile: None,
        };
        self.push(change, people, details);
    }

    fn assigned(&self, person: &UserId) -> Option<&AppUser> {
        self.live.app_users.known()?.iter().find(|u| u.id == *person)
    }

    fn removals(&mut self, app: &AppId, groups: &[Group], people: &[User]) {
        let mut leaving = Leaving::new(self, groups, people);
        for ask in self.draft.asks.clone() {
            match ask {
                Ask::UnassignGroup { id, name } => {
                    let known = self.live.app_groups.known();
                    if known.is_some_and(|list| !list.iter().any(|g| g.id == id)) {
                        continue;
                    }
                    let (people, mut details) = leaving.group(self, &id, &name);
                    details.push("New sign-ins stop at once; access tokens that are out live until they end (60 min by default).".into());
                    details.push(
                        "Undo: assigns the group again; app profiles edited by hand do not come back.".into(),
                    );
                    self.push(Change::UnassignGroup { app: app.clone(), group: id, name }, people, details);
                }
                Ask::UnassignPerson { id, login } => {
                    match (self.live.app_users.known(), self.assigned(&id).map(|u| u.via)) {
                        (Some(_), None) => continue,
                        (_, Some(Assigned::ThroughGroup)) => {
                            self.notes.push(format!(
                                "{login} is not assigned by name but through a group: take them out of the group instead."
                            ));
                            continue;
                        }
                        _ => {}
                    }
                    let (people, mut details) = leaving.person(&id, &login);
                    details.push("New sign-ins stop at once; access tokens that are out live until they end (60 min by default).".into());
                    details.push("Undo: assigns them again, with the app profile from the journal.".into());
                    self.push(
                        Change::UnassignPerson { app: app.clone(), person: id, login },
                        people,
                        details,
                    );
                }
                Ask::RemoveRedirectUri(_) | Ask::RemoveSignOutUri(_) => {}
            }
        }
    }
}

/// Who loses access when all removals of a plan are carried out, each person counted once, at the first removal that names them.
struct Leaving {
    /// People who keep access: by name, or through a group whose members are known.
    stay: BTreeSet<UserId>,
    /// Everyone stays assigned: nobody loses anything.
    all_stay: bool,
    /// A group stays whose members are not known: the count is a bound.
    bound: bool,
    counted: BTreeSet<UserId>,
}

impl Leaving {
    fn new(planner: &Planner<'_>, groups: &[Group], people: &[User]) -> Self {
        let live = planner.live;
        let asks = &planner.draft.asks;
        let goes =
            |id: &GroupId| asks.iter().any(|a| matches!(a, Ask::UnassignGroup { id: g, .. } if g == id));
        let leaves =
            |id: &UserId| asks.iter().any(|a| matches!(a, Ask::UnassignPerson { id: p, .. } if p == id));
        let assigned: &[AppGroup] = live.app_groups.known().map(Vec::as_slice).unwrap_or_default();
        let staying: BTreeSet<&GroupId> = assigned
            .iter()
            .map(|g| &g.id)
            .filter(|id| !goes(id))
            .chain(groups.iter().map(|g| &g.id))
            .collect();
        let everyone = live.everyone.known().map(|g| &g.id);
        let mut stay: BTreeSet<UserId> = people.iter().map(|p| p.id.clone()).collect();
        let users: &[AppUser] = live.app_users.known().map(Vec::as_slice).unwrap_or_default();
        stay.extend(
            users.iter().filter(|u| u.via == Assigned::Directly && !leaves(&u.id)).map(|u| u.id.clone()),
        );
        let mut bound = live.app_groups.known().is_none() || live.app_users.known().is_none();
        for group in &staying {
            match live.members.get(group.as_str()) {
                Some(members) => stay.extend(members.iter().map(|m| m.id.clone())),
                None => bound = true,
            }
        }
        let all_stay = everyone.is_some_and(|id| staying.contains(id));
        Self { stay, all_stay, bound, counted: BTreeSet::new() }
    }

    fn group(&mut self, planner: &Planner<'_>, id: &GroupId, name: &Clean) -> (People, Vec<String>) {
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

    fn person(&mut self, id: &UserId, login: &Clean) -> (People, Vec<String>) {
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
