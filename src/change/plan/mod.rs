//! The plan: what has to be written so that the org is as the draft wants it. Pure and deterministic.
//!
//! Additive: nothing is removed unless an [`Ask`](crate::setup::Ask) names it, and what is so already is no change, so that a plan
//! made after an apply is empty.

mod access;
mod app;
#[cfg(test)]
mod counts;
mod joining;
mod leaving;
mod problem;
#[cfg(test)]
mod properties;
mod secrets;
mod server;
#[cfg(test)]
mod tests;

pub use problem::PlanProblem;

use super::describe::planned;
use super::live::Live;
use super::value::{AppRef, Change, HandOver, People, Plan, PlanId, Planned};
use crate::okta::model::{App, AppUser, ServerKind, UserId};
use crate::setup::{Draft, Setup, Target};
use crate::text::Clean;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What a plan's id is written after in an app's `settings.notes.admin`.
const MARK: &str = "oktui ";

impl PlanId {
    /// The text in `settings.notes.admin` of an app that this plan makes; by it a half-made app is found again.
    pub fn mark(&self) -> String {
        format!("{MARK}{}", self.0)
    }
}

/// Makes the plan, or says everything that stands in its way.
pub fn plan(id: PlanId, draft: &Draft, live: &Live) -> Result<Plan, Vec<PlanProblem>> {
    let mut planner = Planner {
        id,
        draft,
        setup: &draft.setup,
        live,
        label: Clean::new(draft.setup.app.name.trim()),
        assigned: live.app_users.known().into_iter().flatten().map(|u| (&u.id, u)).collect(),
        changes: Vec::new(),
        notes: Vec::new(),
        problems: Vec::new(),
    };
    let app = planner.app();
    if let Some(app) = app {
        planner.access(&app);
        planner.server(&app);
        planner.secrets(&app);
    }
    let hand_over = planner.hand_over();
    planner.nobody_may();
    match hand_over {
        Some(hand_over) if planner.problems.is_empty() => Ok(Plan {
            id: planner.id,
            org_url: draft.org_url.clone(),
            label: planner.label,
            reason: draft.reason.clone(),
            app: live.app.as_ref().and_then(App::id),
            app_read_at: live.app.as_ref().and_then(App::last_updated).map(str::to_owned),
            changes: planner.changes,
            notes: planner.notes,
            hand_over,
        }),
        _ => Err(planner.problems),
    }
}

/// A plan in the making.
struct Planner<'a> {
    id: PlanId,
    draft: &'a Draft,
    setup: &'a Setup,
    live: &'a Live,
    label: Clean,
    /// Who is assigned now, by id.
    assigned: HashMap<&'a UserId, &'a AppUser>,
    changes: Vec<Planned>,
    notes: Vec<String>,
    problems: Vec<PlanProblem>,
}

impl Planner<'_> {
    fn push(&mut self, change: Change, people: People, details: Vec<String>) -> usize {
        let number = self.changes.len() + 1;
        let planned = planned(number, change, people, details, self.live.me.as_ref(), &self.label);
        self.changes.push(planned);
        number
    }

    /// The change that makes or edits the app; `None` when there is no app to go on with.
    fn app(&mut self) -> Option<AppRef> {
        self.setup_problems();
        match (&self.draft.target, &self.live.app) {
            (Target::New, None) => Some(self.create_app()),
            (_, Some(app)) => self.edit_app(app),
            (Target::Existing(id), None) => {
                self.problems.push(PlanProblem::AppGone(id.clone()));
                None
            }
        }
    }

    /// Where everything is refused for one reason, the reason is said once and above the list.
    fn nobody_may(&mut self) {
        let refused = |p: &Planned| matches!(p.allowed, super::value::Allowed::No { .. });
        if !self.changes.is_empty() && self.changes.iter().all(refused) {
            self.notes.push(
                "This token may make none of these changes; the plan can be saved for somebody who may."
                    .into(),
            );
        }
    }

    fn hand_over(&mut self) -> Option<HandOver> {
        let Some(server) = self.setup.authorization_server.kind() else {
            self.problems.push(PlanProblem::BadServer(Clean::new(&self.setup.authorization_server.id)));
            return None;
        };
        let (authorization_url, token_url) = match self.live.discovery.known() {
            Some(Some(found)) => (found.authorization_endpoint.clone(), found.token_endpoint.clone()),
            Some(None) => {
                self.problems.push(PlanProblem::NoServer(Clean::new(server.as_str())));
                return None;
            }
            None => {
                self.notes.push(
                    "The server's discovery document could not be read: both endpoints are built from the org URL, not confirmed."
                        .into(),
                );
                let base = server.base(&self.draft.org_url);
                (format!("{base}/authorize"), format!("{base}/token"))
            }
        };
        Some(HandOver {
            client_id: self.live.app.as_ref().and_then(App::client_id),
            server,
            authorization_url,
            token_url,
            redirect_uris: self
                .setup
                .redirect_uris
                .iter()
                .map(|r| (r.environment.clone(), r.uri.clone()))
                .collect(),
            scopes: self.setup.authorization_server.scopes.clone(),
        })
    }

    fn server_kind(&self) -> Option<ServerKind> {
        self.setup.authorization_server.kind()
    }
}

/// Sets the value at a path of object keys, making objects on the way where there are none.
pub(super) fn set(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [last] => {
            object.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let inner = object.entry((*first).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// Removes the value at a path of object keys, where there is one.
pub(super) fn unset(object: &mut Map<String, Value>, path: &[&str]) {
    match path {
        [] => {}
        [last] => {
            object.remove(*last);
        }
        [first, rest @ ..] => {
            if let Some(Value::Object(inner)) = object.get_mut(*first) {
                unset(inner, rest);
            }
        }
    }
}
