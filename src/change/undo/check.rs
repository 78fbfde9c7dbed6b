//! Whether the world still is as a way back expects it, for each kind of change.

use super::history::Written;
use super::live::AppNow;
use super::plan::{Checked, Object, Undoing, blocked, nothing};
use crate::change::done::{policy_made, rule_made};
use crate::change::value::{AppRef, Change, PolicyRef};
use crate::okta::model::{
    App, AppId, AppStatus, Assigned, ClientSecret, GroupId, Readable, SecretId, UserId, UserStatus,
};
use crate::text::Clean;
use std::collections::BTreeSet;

const APP_GONE: &str = "the app was deleted since.";
const SIGN_INS: &str =
    "New sign-ins stop at once; access tokens that are out live until they end (60 min by default).";
const SECRET_STOPS: &str = "Whoever sends it, the gateway if it was put in there, gets 401 invalid_client at the token endpoint from then on.";

impl Undoing<'_> {
    /// Whether `change` is still to be made, as it is to be made now. `false`: a pending change stands for it.
    pub(super) fn check(
        &mut self,
        written: &Written,
        change: &mut Change,
        details: &mut Vec<String>,
    ) -> Checked<bool> {
        match change {
            Change::UnassignGroup { app, group, name } => {
                self.unassign_group(written, app, group, name, details)
            }
            Change::AssignGroup { app: AppRef::Known(app), group, name } => {
                self.assign_group(written, app, group, name, details)
            }
            Change::UnassignPerson { app, person, login } => {
                self.unassign_person(written, app, person, login, details)
            }
            Change::AssignPerson { app: AppRef::Known(app), person, login, .. } => {
                self.assign_person(written, app, person, login, details)
            }
            Change::SetUserName { app, person, from, to, .. } => {
                self.user_name(written, app, person, from, to)
            }
            Change::ActivateApp { app, .. } => {
                let app = app.clone();
                let is = |c: &Change| matches!(c, Change::DeactivateApp { .. });
                self.status(written, &app, AppStatus::Active, is)
            }
            Change::DeactivateApp { app, .. } => {
                let app = app.clone();
                let is = |c: &Change| matches!(c, Change::ActivateApp { .. });
                self.status(written, &app, AppStatus::Inactive, is)
            }
            Change::DeleteApp { app, label } => {
                let now = self.present(app)?;
                if let Some(live) = &now.app {
                    *label = live.label();
                }
                details.push("Its client id, its secrets and all assignments go with it.".into());
                details.extend(self.by_others(app, now));
                Ok(true)
            }
            Change::DeactivateSecret { app, secret } => {
                let is = |c: &Change| matches!(c, Change::ActivateSecret { .. });
                if let Some(place) = self.pending(&Object::Secret(secret.clone()), is) {
                    self.cancel(place, written);
                    return Ok(false);
                }
                self.deactivate_secret(app, secret, details)
            }
            Change::ActivateSecret { app, secret } => {
                let is = |c: &Change| matches!(c, Change::DeactivateSecret { .. });
                if let Some(place) = self.pending(&Object::Secret(secret.clone()), is) {
                    self.cancel(place, written);
                    return Ok(false);
                }
                self.activate_secret(app, secret, details)
            }
            Change::DeleteSecret { app, secret } => {
                self.secret(app, secret)?;
                Ok(true)
            }
            Change::DeletePolicy { server, policy, name } => {
                match self.now.policies.get(server) {
                    Some(Readable::Known(None)) => {
                        return nothing("the authorization server was deleted since.");
                    }
                    Some(Readable::Known(Some(_))) => {}
                    _ => return Ok(true),
                }
                let Some(live) = self.policy(server, policy) else {
                    return nothing("the policy was deleted since.");
                };
                let clients = live.clients();
                if clients.len() > 1 || clients.iter().any(|c| c == "ALL_CLIENTS") {
                    return blocked(
                        "The policy was given to other clients as well since: deleting it would cut them off.",
                    );
                }
                *name = live.name();
                let theirs: Vec<String> = live
                    .rules
                    .iter()
                    .filter(|r| r.id().is_none_or(|id| !self.is_ours(id.as_str())))
                    .map(|r| format!("\"{}\"", r.name()))
                    .collect();
                if !theirs.is_empty() {
                    details
                        .push(format!("Rules that were made elsewhere go with it: {}.", theirs.join(", ")));
                }
                details.push(
                    "This client is refused by the server from then on, unless another policy covers it."
                        .into(),
                );
                Ok(true)
            }
            Change::DeleteRule { server, policy, rule, name } => {
                if !matches!(self.now.policies.get(server), Some(Readable::Known(_))) {
                    return Ok(true);
                }
                let live = self.policy(server, policy);
                match live.and_then(|p| p.rules.iter().find(|r| r.id().as_ref() == Some(rule))) {
                    Some(live) => {
                        *name = live.name();
                        details.push(
                            "What only this rule allowed is refused from then on: people cannot sign in by it.".into(),
                        );
                        Ok(true)
                    }
                    None => nothing("the rule was deleted since."),
                }
            }
            Change::CreatePolicy { server, client, body } => {
                let AppRef::Known(app) = client else { return Ok(true) };
                let live = match self.now.apps.get(app) {
                    Some(AppNow { app: Some(live), .. }) => live,
                    Some(_) => return blocked("The app that the policy was for was deleted since."),
                    None => return Ok(true),
                };
                match self.now.policies.get(server) {
                    Some(Readable::Known(None)) => blocked("The authorization server was deleted since."),
                    Some(Readable::Known(Some(list))) => match live.client_id() {
                        Some(client) if policy_made(body, &client, list).is_some() => {
                            nothing("a policy with this name covers the client again.")
                        }
                        _ => Ok(true),
                    },
                    _ => Ok(true),
                }
            }
            Change::CreateRule { server, policy: PolicyRef::Known(policy), body } => {
                if !matches!(self.now.policies.get(server), Some(Readable::Known(_))) {
                    return Ok(true);
                }
                match self.policy(server, policy) {
                    None => blocked("The policy that it was in was deleted since."),
                    Some(live) if rule_made(body, &live.rules).is_some() => {
                        nothing("a rule with this name is there again.")
                    }
                    Some(_) => Ok(true),
                }
            }
            // Edits are taken back together; the others lead back from nothing.
            Change::CreateRule { .. }
            | Change::AssignGroup { .. }
            | Change::AssignPerson { .. }
            | Change::EditApp { .. }
            | Change::CreateApp { .. }
            | Change::UploadLogo { .. }
            | Change::SetSignInPolicy { .. }
            | Change::AddSecret { .. } => Ok(true),
        }
    }

    /// The app as far as it was read, if it still exists.
    fn present(&self, app: &AppId) -> Checked<&AppNow> {
        match self.now.apps.get(app) {
            Some(AppNow { app: None, .. }) => nothing(APP_GONE),
            Some(now) => Ok(now),
            None => blocked("The app could not be read."),
        }
    }

    fn unassign_group(
        &mut self,
        written: &Written,
        app: &AppId,
        group: &GroupId,
        name: &mut Clean,
        details: &mut Vec<String>,
    ) -> Checked<bool> {
        let opposite = |c: &Change| matches!(c, Change::AssignGroup { .. });
        if let Some(place) = self.pending(&Object::Group(app.clone(), group.clone()), opposite) {
            self.cancel(place, written);
            return Ok(false);
        }
        match self.present(app)?.groups.known() {
            None => {}
            Some(groups) => match groups.iter().find(|g| g.id == *group) {
                None => return nothing(format!("{name} is not assigned any more.")),
                Some(live) => renamed(name, live.name.as_ref(), details),
            },
        }
        details.push(SIGN_INS.into());
        Ok(true)
    }

    fn assign_group(
        &mut self,
        written: &Written,
        app: &AppId,
        group: &GroupId,
        name: &mut Clean,
        details: &mut Vec<String>,
    ) -> Checked<bool> {
        let opposite = |c: &Change| matches!(c, Change::UnassignGroup { .. });
        if let Some(place) = self.pending(&Object::Group(app.clone(), group.clone()), opposite) {
            self.cancel(place, written);
            return Ok(false);
        }
        let groups = self.present(app)?.groups.known();
        if groups.is_some_and(|all| all.iter().any(|g| g.id == *group)) {
            return nothing(format!("{name} is assigned again already."));
        }
        match self.now.groups.get(group) {
            Some(Readable::Known(None)) => return blocked(format!("The group {name} was deleted since.")),
            Some(Readable::Known(Some(live))) => renamed(name, Some(&live.name), details),
            _ => {}
        }
        Ok(true)
    }

    fn unassign_person(
        &mut self,
        written: &Written,
        app: &AppId,
        person: &UserId,
        login: &Clean,
        details: &mut Vec<String>,
    ) -> Checked<bool> {
        let opposite = |c: &Change| matches!(c, Change::AssignPerson { .. });
        if let Some(place) = self.pending(&Object::Person(app.clone(), person.clone()), opposite) {
            self.cancel(place, written);
            return Ok(false);
        }
        let known = self.present(app)?.users.known().is_some();
        match self.assignment(app, person) {
            Some(user) if user.via == Assigned::Directly => {}
            None if !known => {}
            Some(_) => return nothing(format!("{login} is assigned through a group only by now.")),
            None => return nothing(format!("{login} is not assigned any more.")),
        }
        details.push(SIGN_INS.into());
        Ok(true)
    }

    fn assign_person(
        &mut self,
        written: &Written,
        app: &AppId,
        person: &UserId,
        login: &mut Clean,
        details: &mut Vec<String>,
    ) -> Checked<bool> {
        let opposite = |c: &Change| matches!(c, Change::UnassignPerson { .. });
        if let Some(place) = self.pending(&Object::Person(app.clone(), person.clone()), opposite) {
            self.cancel(place, written);
            return Ok(false);
        }
        self.present(app)?;
        if self.assignment(app, person).is_some_and(|u| u.via == Assigned::Directly) {
            return nothing(format!("{login} is assigned by name again already."));
        }
        match self.now.people.get(person) {
            Some(Readable::Known(None)) => return blocked(format!("{login} was deleted since.")),
            Some(Readable::Known(Some(user))) if user.status == UserStatus::Deprovisioned => {
                return blocked(format!("{login} is deactivated: Okta assigns nobody who is."));
            }
            Some(Readable::Known(Some(user))) => {
                renamed(login, Some(&user.login), details);
                if !user.status.can_sign_in() {
                    details.push(format!("{} is {}: Okta may refuse it.", user.login, user.status.words()));
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn user_name(
        &mut self,
        written: &Written,
        app: &AppId,
        person: &UserId,
        from: &mut Option<Clean>,
        to: &str,
    ) -> Checked<bool> {
        let same = |c: &Change| matches!(c, Change::SetUserName { .. });
        if let Some(place) = self.pending(&Object::Person(app.clone(), person.clone()), same) {
            let name = to.to_owned();
            let as_it_is =
                |c: &Change| matches!(c, Change::SetUserName { from: Some(is), .. } if *is == Clean::new(to));
            if self.steps.get(&place).is_some_and(|step| as_it_is(&step.change)) {
                self.cancel(place, written);
                return Ok(false);
            }
            self.join(place, written, |change| {
                if let Change::SetUserName { to, .. } = change {
                    *to = name;
                }
            });
            return Ok(false);
        }
        let comes = |c: &Change| matches!(c, Change::AssignPerson { .. });
        if self.pending(&Object::Person(app.clone(), person.clone()), comes).is_some() {
            return Ok(true);
        }
        let known = self.present(app)?.users.known().is_some();
        match self.assignment(app, person) {
            None if known => nothing("they are not assigned any more."),
            Some(user) if user.user_name == Some(Clean::new(to)) => nothing("it is so already."),
            Some(user) if user.user_name != *from => {
                let is = user.user_name.as_ref().map_or("nothing", Clean::as_str);
                blocked(format!(
                    "Somebody changed it since: the app calls them \"{is}\" now. That stays as it is."
                ))
            }
            _ => Ok(true),
        }
    }

    fn status(
        &mut self,
        written: &Written,
        app: &AppId,
        wanted: AppStatus,
        opposite: impl Fn(&Change) -> bool,
    ) -> Checked<bool> {
        if let Some(place) = self.pending(&Object::App(app.clone()), opposite) {
            self.cancel(place, written);
            return Ok(false);
        }
        match self.present(app)?.app.as_ref().map(App::status) {
            Some(status) if status == wanted => nothing("it is so already."),
            _ => Ok(true),
        }
    }

    /// The secret, if it still exists; `None` where secrets could not be read.
    fn secret(&self, app: &AppId, secret: &SecretId) -> Checked<Option<&ClientSecret>> {
        match self.present(app)?.secrets.known() {
            None => Ok(None),
            Some(all) => match all.iter().find(|s| s.id == *secret) {
                Some(found) => Ok(Some(found)),
                None => nothing("the secret was deleted since."),
            },
        }
    }

    fn activate_secret(&self, app: &AppId, secret: &SecretId, details: &mut Vec<String>) -> Checked<bool> {
        match self.present(app)?.secrets.known().map(|all| all.iter().find(|s| s.id == *secret)) {
            Some(None) => return blocked("The secret was deleted since: its value does not come back."),
            Some(Some(found)) if found.active => return nothing("the secret is active."),
            Some(Some(_)) | None => {}
        }
        details.push("Whoever still sends it gets tokens again.".into());
        Ok(true)
    }

    fn deactivate_secret(&self, app: &AppId, secret: &SecretId, details: &mut Vec<String>) -> Checked<bool> {
        match self.secret(app, secret)? {
            Some(found) if !found.active => return nothing("the secret is inactive."),
            Some(_) if !self.another_is_active(app, secret) => {
                return blocked("It is the app's only active secret by now: Okta deactivates no last one.");
            }
            Some(_) => {}
            None => details.push(
                "Whether another secret is active could not be read: without one Okta refuses this.".into(),
            ),
        }
        details.push(SECRET_STOPS.into());
        Ok(true)
    }

    /// Whether the app has another active secret when this undo comes to `secret`, newest first.
    fn another_is_active(&self, app: &AppId, secret: &SecretId) -> bool {
        let listed = self.now.apps.get(app).and_then(|now| now.secrets.known()).into_iter().flatten();
        let mut active: BTreeSet<&SecretId> = listed.filter(|s| s.active).map(|s| &s.id).collect();
        for step in self.steps.values() {
            match &step.change {
                Change::ActivateSecret { secret, .. } => active.insert(secret),
                Change::DeactivateSecret { secret, .. } => active.remove(secret),
                _ => continue,
            };
        }
        active.iter().any(|id| *id != secret)
    }

    /// Who and what else is assigned to an app that goes: it was not assigned from here, and goes all the same.
    fn by_others(&self, app: &AppId, now: &AppNow) -> Vec<String> {
        let made = self.history.writes.iter().filter(|w| w.app.as_ref() == Some(app) && w.is_made());
        let (mut groups, mut people): (Vec<&GroupId>, Vec<&UserId>) = (Vec::new(), Vec::new());
        for written in made {
            match &written.change {
                Some(Change::AssignGroup { group, .. }) => groups.push(group),
                Some(Change::AssignPerson { person, .. }) => people.push(person),
                _ => {}
            }
        }
        let names: Vec<String> = now
            .groups
            .known()
            .into_iter()
            .flatten()
            .filter(|g| !groups.contains(&&g.id))
            .map(|g| g.name.as_ref().map_or_else(|| g.id.to_string(), ToString::to_string))
            .chain(
                now.users
                    .known()
                    .into_iter()
                    .flatten()
                    .filter(|(u, _)| u.via == Assigned::Directly && !people.contains(&&u.id))
                    .map(|(u, p)| p.as_ref().map_or_else(|| u.id.to_string(), |p| p.login.to_string())),
            )
            .collect();
        match names.len() {
            0 => Vec::new(),
            n if n <= 10 => {
                vec![format!("Assigned by somebody else since, and goes with it: {}.", names.join(", "))]
            }
            n => vec![format!(
                "Assigned by somebody else since, and goes with it: {} and {} more.",
                names.iter().take(10).cloned().collect::<Vec<_>>().join(", "),
                n - 10
            )],
        }
    }
}

/// Says that something has another name by now, and uses that.
fn renamed(name: &mut Clean, now: Option<&Clean>, details: &mut Vec<String>) {
    if let Some(now) = now.filter(|now| *now != name) {
        details.push(format!("It was named {name} then, and is named {now} now."));
        *name = now.clone();
    }
}
