//! Who may sign in: assignments added, and those taken away that were asked for by name.

use super::joining::Joining;
use super::leaving::Leaving;
use super::{PlanProblem, Planner};
use crate::change::value::{AppRef, Change, People};
use crate::okta::model::{App, AppId, AppUser, Assigned, Group, User, UserId};
use crate::setup::{AccessMode, Ask};
use crate::text::{Clean, thousands};
use std::collections::{BTreeMap, HashSet};

/// From how many people on a plan says that a group is the cheaper way.
const MANY: usize = 20;

/// Up to how many people a note names.
const NAMED: usize = 3;

/// People as the subject of a sentence, the first few by name, and the verb that goes with them.
fn named(people: &[&User]) -> (String, &'static str) {
    let names: Vec<&str> = people.iter().take(NAMED).map(|p| p.login.as_str()).collect();
    match people.len() - names.len() {
        0 => (names.join(", "), if names.len() == 1 { "is" } else { "are" }),
        more => (
            format!("{} people ({} and {} more)", thousands(people.len()), names.join(", "), thousands(more)),
            "are",
        ),
    }
}

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
        let mut joining = Joining::new(self.live, groups.len() + people.len());
        for group in &groups {
            self.assign_group(app, group, &mut joining);
        }
        let removes_groups = self.draft.asks.iter().any(|a| matches!(a, Ask::UnassignGroup { .. }));
        let before = self.changes.len();
        let in_already: Vec<&User> = people
            .iter()
            .filter(|person| !self.assign_person(app, person, removes_groups, &mut joining))
            .collect();
        if !in_already.is_empty() {
            let (who, _) = named(&in_already);
            let (have, are) = if in_already.len() == 1 { ("has", "is") } else { ("have", "are") };
            self.notes.push(format!(
                "{who} {have} access through a group already and {are} not assigned by name as well."
            ));
        }
        self.one_by_one(self.changes.len() - before);
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
        let mut seen = HashSet::new();
        for login in &self.setup.access.people {
            match self.live.people.get(login) {
                None => self.problems.push(PlanProblem::PersonNotFound(Clean::new(login))),
                Some(person) if seen.insert(&person.id) => found.push(person.clone()),
                Some(_) => {}
            }
        }
        let mut barred: BTreeMap<&str, Vec<&User>> = BTreeMap::new();
        for person in found.iter().filter(|p| !p.status.can_sign_in()) {
            barred.entry(person.status.words()).or_default().push(person);
        }
        for (status, people) in barred {
            let (who, are) = named(&people);
            self.notes.push(format!(
                "{who} {are} {status}: Okta may refuse the assignment, and they cannot sign in until that changes."
            ));
        }
        found
    }

    fn contradictions(&mut self, groups: &[Group], people: &[User]) {
        let people: HashSet<&UserId> = people.iter().map(|p| &p.id).collect();
        for ask in &self.draft.asks {
            match ask {
                Ask::UnassignGroup { id, name } if groups.iter().any(|g| g.id == *id) => {
                    self.problems.push(PlanProblem::Contradiction(name.clone()));
                }
                Ask::UnassignPerson { id, login } if people.contains(id) => {
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

    /// The cheaper way, where there may be one.
    fn one_by_one(&mut self, people: usize) {
        if people >= MANY {
            self.notes.push(format!(
                "{} people are assigned by name, one call each. A group takes one call, however many are in it, and whoever joins it \
                 later has access without another one.",
                thousands(people)
            ));
        }
    }

    fn assign_group(&mut self, app: &AppRef, group: &Group, joining: &mut Joining<'_>) {
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
            joining.group(group)
        };
        if let Some(members) = group.members.filter(|_| !group.is_everyone()) {
            details.push(format!("{} has {members} members; one call, however many they are.", group.name));
        }
        // A number of our own could clash with one that somebody gives at the same time.
        if let Some(lowest) = assigned.iter().filter_map(|g| g.priority).max() {
            details.push(format!(
                "It comes after the groups that are assigned now (priorities 0 to {lowest}): Okta numbers it."
            ));
        }
        details.push("Undo: takes the group's assignment away.".into());
        let change =
            Change::AssignGroup { app: app.clone(), group: group.id.clone(), name: group.name.clone() };
        self.push(change, people, details);
    }

    /// `false` where a group gives the person access already, so that nothing is planned.
    fn assign_person(
        &mut self,
        app: &AppRef,
        person: &User,
        removes_groups: bool,
        joining: &mut Joining<'_>,
    ) -> bool {
        let assigned = self.assigned(&person.id).map(|u| u.via);
        let people = match assigned {
            Some(Assigned::Directly) => return true,
            // They are in already. Whether assigning by name converts the assignment is not documented, so it is done only when
            // a group goes at the same time, which might be theirs.
            Some(Assigned::ThroughGroup) if !removes_groups => return false,
            Some(Assigned::ThroughGroup) => People::None,
            None => joining.person(&person.id),
        };
        let mut details = Vec::new();
        if !person.status.can_sign_in() {
            details.push(format!("They are {} in Okta, which may refuse this.", person.status.words()));
        }
        details.push("Undo: takes this direct assignment away.".to_owned());
        let change = Change::AssignPerson {
            app: app.clone(),
            person: person.id.clone(),
            login: person.login.clone(),
            profile: None,
        };
        self.push(change, people, details);
        true
    }

    fn assigned(&self, person: &UserId) -> Option<&AppUser> {
        self.assigned.get(person).copied()
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
                Ask::SetUserName { id, login, name } => self.user_name(app, id, login, name),
                Ask::RemoveRedirectUri(_) | Ask::RemoveSignOutUri(_) | Ask::Secret(_) => {}
            }
        }
    }

    fn user_name(&mut self, app: &AppId, person: UserId, login: Clean, to: String) {
        let assigned = self.assigned(&person).cloned();
        if self.live.app_users.known().is_some() && assigned.is_none() {
            self.notes
                .push(format!("{login} is not assigned yet: what the app calls them can be changed then."));
            return;
        }
        let from = assigned.and_then(|u| u.user_name);
        if from.as_ref() == Some(&Clean::new(&to)) {
            return;
        }
        let details = vec![
            "The app gets this name for them where a claim is mapped from it; they sign in to Okta as before.".to_owned(),
            "Undo: gives the name back that it had.".to_owned(),
        ];
        self.push(
            Change::SetUserName { app: app.clone(), person, login, from, to },
            People::Touched(1),
            details,
        );
    }
}
