//! Who gets access and who loses it by the steps of an undo, each person counted once.

use super::live::{AppNow, Now};
use super::plan::{Step, known_app};
use crate::change::value::{AppRef, Change, People};
use crate::okta::model::{App, AppId, AppStatus, Assigned, GroupId, UserId};
use crate::text::Clean;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The people of each step, in order, with what there is to say of them.
pub(super) fn of(steps: &[Step], now: &Now) -> Vec<(People, Vec<String>)> {
    let mut counts: BTreeMap<AppId, Count<'_>> = BTreeMap::new();
    let mut found = Vec::new();
    for step in steps {
        let Some(id) = known_app(&step.change) else {
            found.push((People::None, Vec::new()));
            continue;
        };
        let Some(app) = now.apps.get(&id) else {
            found.push((People::Unknown, Vec::new()));
            continue;
        };
        let count = counts.entry(id.clone()).or_insert_with(|| Count::new(&id, app, now, steps));
        found.push(count.step(&step.change));
    }
    found
}

/// The count of one app.
struct Count<'a> {
    app: &'a AppNow,
    now: &'a Now,
    logins: HashMap<&'a UserId, Clean>,
    /// People who keep access: by name, or through a group whose members are known.
    stay: HashSet<&'a UserId>,
    /// Everyone stays assigned: nobody loses anything.
    all_stay: bool,
    /// A group stays whose members are not known: what is counted is a bound.
    bound: bool,
    /// The app is inactive or goes whole: its assignments give nobody access.
    no_access: bool,
    counted: HashSet<UserId>,
}

impl<'a> Count<'a> {
    fn new(id: &AppId, app: &'a AppNow, now: &'a Now, steps: &'a [Step]) -> Self {
        let (mut coming, mut going): (BTreeSet<&GroupId>, BTreeSet<&GroupId>) = Default::default();
        let (mut joining, mut leaving): (HashSet<&UserId>, HashSet<&UserId>) = Default::default();
        for step in steps {
            match &step.change {
                Change::AssignGroup { app: AppRef::Known(a), group, .. } if a == id => {
                    coming.insert(group);
                }
                Change::UnassignGroup { app, group, .. } if app == id => {
                    going.insert(group);
                }
                Change::AssignPerson { app: AppRef::Known(a), person, .. } if a == id => {
                    joining.insert(person);
                }
                Change::UnassignPerson { app, person, .. } if app == id => {
                    leaving.insert(person);
                }
                _ => {}
            }
        }
        let users = app.users.known().map(Vec::as_slice).unwrap_or_default();
        let mut logins = HashMap::new();
        let mut stay: HashSet<&UserId> = joining;
        for (user, person) in users {
            let named = person.as_ref().map(|p| p.login.clone()).or_else(|| user.user_name.clone());
            logins.insert(&user.id, named.unwrap_or_else(|| Clean::new(user.id.as_str())));
            if user.via == Assigned::Directly && !leaving.contains(&user.id) {
                stay.insert(&user.id);
            }
        }
        let mut bound = app.users.known().is_none() || app.groups.known().is_none();
        let assigned = app.groups.known().map(Vec::as_slice).unwrap_or_default();
        let staying: BTreeSet<&GroupId> =
            assigned.iter().map(|g| &g.id).filter(|g| !going.contains(g)).chain(coming).collect();
        let everyone = now.everyone.as_ref().map(|g| &g.id);
        for group in &staying {
            match now.members.get(*group) {
                Some(members) => stay.extend(members.iter().map(|m| &m.id)),
                None => bound = true,
            }
        }
        let no_access = app.app.as_ref().is_some_and(|a| a.status() == AppStatus::Inactive);
        Self {
            app,
            now,
            logins,
            stay,
            all_stay: everyone.is_some_and(|id| staying.contains(id)),
            bound,
            no_access,
            counted: HashSet::new(),
        }
    }

    fn step(&mut self, change: &Change) -> (People, Vec<String>) {
        match change {
            Change::UnassignGroup { group, name, .. } => self.group_goes(group, name),
            Change::UnassignPerson { person, login, .. } => self.person_goes(person, login),
            Change::AssignGroup { group, .. } => (self.group_comes(group), Vec::new()),
            Change::AssignPerson { person, .. } => {
                let has = self.logins.contains_key(person) || !self.counted.insert(person.clone());
                (if has || self.no_access { People::None } else { People::Gain(1) }, Vec::new())
            }
            Change::DeactivateApp { .. } | Change::DeleteApp { .. } => (self.app_goes(), Vec::new()),
            Change::EditApp { .. } | Change::ActivateApp { .. } | Change::DeletePolicy { .. } => {
                (self.users(), Vec::new())
            }
            Change::SetUserName { .. } => (People::Touched(1), Vec::new()),
            _ => (People::None, Vec::new()),
        }
    }

    fn users(&self) -> People {
        if self.app.app.as_ref().is_some_and(App::federation_broker) {
            return People::Unknown;
        }
        self.app.users.known().map_or(People::Unknown, |users| People::Touched(users.len() as u64))
    }

    fn app_goes(&mut self) -> People {
        if std::mem::replace(&mut self.no_access, true) {
            return People::None;
        }
        if self.app.app.as_ref().is_some_and(App::federation_broker) {
            return People::Unknown;
        }
        let Some(users) = self.app.users.known() else { return People::Unknown };
        let lost: Vec<Clean> =
            users.iter().filter_map(|(user, _)| self.logins.get(&user.id).cloned()).collect();
        if lost.is_empty() { People::None } else { People::Lose(lost) }
    }

    fn group_goes(&mut self, group: &GroupId, name: &Clean) -> (People, Vec<String>) {
        if self.all_stay {
            return (People::None, vec!["Everyone stays assigned: nobody loses access.".into()]);
        }
        let Some(members) = self.now.members.get(group) else {
            let why = format!("The members of {name} were not read: some may keep access by another way.");
            return (People::Unknown, vec![why]);
        };
        let lost: Vec<_> =
            members.iter().filter(|m| !self.stay.contains(&m.id) && !self.counted.contains(&m.id)).collect();
        self.counted.extend(lost.iter().map(|m| m.id.clone()));
        let mut details = vec![format!(
            "{name} has {} members; {} keep access by another way or are counted above, {} lose it.",
            members.len(),
            members.len() - lost.len(),
            lost.len()
        )];
        if lost.is_empty() {
            return (People::None, details);
        }
        if self.bound {
            details.push("Another assigned group's members were not read, so fewer may lose it.".into());
            return (People::LoseAtMost(lost.len() as u64), details);
        }
        (People::Lose(lost.iter().map(|m| m.login.clone()).collect()), details)
    }

    fn person_goes(&mut self, person: &UserId, login: &Clean) -> (People, Vec<String>) {
        if self.all_stay || self.stay.contains(person) {
            return (People::None, vec![format!("{login} keeps access through a group.")]);
        }
        if !self.counted.insert(person.clone()) {
            return (People::None, vec![format!("{login} is counted above.")]);
        }
        if self.bound {
            let why = format!("{login} may keep access through a group whose members were not read.");
            return (People::LoseAtMost(1), vec![why]);
        }
        (People::Lose(vec![login.clone()]), Vec::new())
    }

    fn group_comes(&mut self, group: &GroupId) -> People {
        if self.no_access {
            return People::None;
        }
        if self.now.everyone.as_ref().is_some_and(|e| e.id == *group) {
            return People::Everybody;
        }
        let size = self.now.groups.get(group).and_then(|g| g.known()?.as_ref()?.members);
        match (self.now.members.get(group), self.app.users.known()) {
            (Some(members), Some(_)) => {
                let (logins, counted) = (&self.logins, &mut self.counted);
                let new =
                    members.iter().filter(|m| !logins.contains_key(&m.id) && counted.insert(m.id.clone()));
                match new.count() as u64 {
                    0 => People::None,
                    n => People::Gain(n),
                }
            }
            _ => size.map_or(People::Unknown, People::GainAtMost),
        }
    }
}
