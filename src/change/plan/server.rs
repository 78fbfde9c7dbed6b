//! An access policy that covers this client, where the server has none.

use super::Planner;
use crate::change::value::{AppRef, Change, People, PolicyRef};
use crate::okta::model::{App, Policy, Readable, ServerId, ServerKind};
use crate::policy::{Cover, covers};
use crate::setup::AccessMode;
use crate::text::Clean;
use serde_json::{Map, Value, json};

impl Planner<'_> {
    pub(super) fn server(&mut self, app: &AppRef) {
        // The org's own server has no access policies: everybody who is assigned passes.
        let Some(ServerKind::Custom(server)) = self.server_kind() else { return };
        self.server_state(&server);
        match &self.live.policies {
            Readable::Known(policies) => self.cover(app, &server, policies),
            Readable::NotAsked => self.notes.push(
                "The access policies of the authorization server were not read: whether one covers this client is not known.".into(),
            ),
            Readable::Forbidden(e) => {
                let note = format!(
                    "This token may not read the access policies of \"{server}\" ({e}): whether one covers this client is not known. \
                     If none does, every sign-in ends in access_denied (no_matching_policy). Ask a Super Admin or an API Access \
                     Management Admin for one: grant authorization_code, scopes {}.",
                    self.setup.authorization_server.scopes.join(", ")
                );
                self.notes.push(note);
            }
            Readable::Failed(e) => self.notes.push(format!(
                "The access policies of \"{server}\" could not be read ({e}): whether one covers this client is not known."
            )),
        }
    }

    fn server_state(&mut self, server: &ServerId) {
        let servers = self.live.servers.known().map(Vec::as_slice).unwrap_or_default();
        let chosen =
            servers.iter().find(|s| s.id == *server || (server.as_str() == "default" && s.is_default));
        if chosen.is_some_and(|s| !s.active) {
            self.notes.push(format!(
                "The authorization server \"{server}\" is inactive: nobody can sign in through it."
            ));
        }
        if let Some(scopes) = self.live.scopes.known() {
            let missing: Vec<&str> = self
                .setup
                .authorization_server
                .scopes
                .iter()
                .map(String::as_str)
                .filter(|wanted| !scopes.iter().any(|s| s.name.as_str() == *wanted))
                .collect();
            if !missing.is_empty() {
                self.notes.push(format!(
                    "\"{server}\" has no scope {}: a sign-in that asks for it ends in invalid_scope.",
                    Clean::new(&missing.join(", "))
                ));
            }
        }
    }

    fn cover(&mut self, app: &AppRef, server: &ServerId, policies: &[Policy]) {
        let wanted = &self.setup.authorization_server;
        let client = self.live.app.as_ref().and_then(App::client_id);
        let everyone = self.live.everyone.known().map(|g| &g.id);
        match covers(policies, client.as_ref(), &wanted.scopes, everyone) {
            Cover::Yes { .. } => {}
            Cover::SomePeopleOnly { policy, rule, groups, users } => {
                if !self.only_these(&groups, &users) {
                    self.notes.push(format!(
                        "Policy \"{policy}\", rule \"{rule}\" covers this client for some people only; everybody else gets \
                         access_denied (no_matching_policy). oktui does not widen a rule that somebody narrowed."
                    ));
                }
            }
            Cover::No { why } if wanted.access_policy => {
                self.policy(app, server, policies, client.as_ref().map(|c| c.as_str()), &why.sentence());
            }
            Cover::No { why } => self.notes.push(format!(
                "{} Every sign-in ends in access_denied (no_matching_policy), and this setup makes no policy.",
                why.sentence()
            )),
        }
    }

    /// Whether everybody whom the Setup assigns is in a group, or named, that the rules include.
    fn only_these(&self, groups: &[String], users: &[String]) -> bool {
        let access = &self.setup.access;
        let group_in = |name: &String| {
            let found = self.live.groups.get(name).map(Vec::as_slice).unwrap_or_default();
            found.iter().all(|g| groups.iter().any(|id| id == g.id.as_str()))
        };
        let person_in = |login: &String| {
            let found = self.live.people.get(login);
            found.is_some_and(|p| users.iter().any(|id| id == p.id.as_str()))
        };
        access.mode == AccessMode::Controlled
            && access.groups.iter().all(group_in)
            && access.people.iter().all(person_in)
    }

    fn policy(
        &mut self,
        app: &AppRef,
        server: &ServerId,
        policies: &[Policy],
        client: Option<&str>,
        why: &str,
    ) {
        // A policy for this client alone, made by an earlier plan: the rule that is missing goes into it.
        let own =
            policies.iter().find(|p| p.active() && client.is_some() && p.clients() == client.as_slice());
        let followed = format!("{why} Without one every sign-in ends in access_denied (no_matching_policy).");
        let (policy, taken) = match own.and_then(|p| Some((p, p.id()?))) {
            Some((own, id)) => {
                let taken = own.rules.iter().map(|r| r.name().as_str().to_owned()).collect();
                (PolicyRef::Known(id), taken)
            }
            None => {
                let names: Vec<String> = policies.iter().map(|p| p.name().as_str().to_owned()).collect();
                let body = policy_body(&free_name(&self.setup.app.name, &names));
                let details = vec![
                    followed.clone(),
                    "It covers this client alone; other clients are not touched.".into(),
                    "Undo: deletes the policy.".into(),
                ];
                let change = Change::CreatePolicy { server: server.clone(), client: app.clone(), body };
                (PolicyRef::MadeBy(self.push(change, People::None, details)), Vec::new())
            }
        };
        let scopes = &self.setup.authorization_server.scopes;
        let body = rule_body(&free_name("Authorization code", &taken), scopes);
        let details = vec![
            match policy {
                PolicyRef::Known(_) => followed,
                PolicyRef::MadeBy(n) => format!("Goes into the policy that {n} makes: a policy without a rule matches nothing."),
            },
            format!(
                "Any user assigned to the app, grant authorization_code, scopes {}: what the gateway asks for and no more.",
                Clean::new(&scopes.join(", "))
            ),
            "Okta's default lifetimes: access tokens 60 min, refresh tokens without end unless idle for 7 days.".into(),
            "Undo: deletes the rule.".into(),
        ];
        self.push(Change::CreateRule { server: server.clone(), policy, body }, People::None, details);
    }
}

/// Okta allows 1 to 100 characters in a policy's and a rule's name.
const NAME_MAX: usize = 100;

fn free_name(wanted: &str, taken: &[String]) -> String {
    let cut = |n: usize| wanted.trim().chars().take(n).collect::<String>();
    let mut name = cut(NAME_MAX);
    let mut n = 2;
    while taken.contains(&name) {
        let suffix = format!(" ({n})");
        name = cut(NAME_MAX - suffix.len()) + &suffix;
        n += 1;
    }
    name
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The body of `POST …/policies`, without the client: apply puts `conditions.clients.include` in.
fn policy_body(name: &str) -> Map<String, Value> {
    object(json!({
        "type": "OAUTH_AUTHORIZATION_POLICY",
        "status": "ACTIVE",
        "name": name,
        "description": "Sign-in of people through the Cequence AI Gateway. Made by oktui.",
    }))
}

/// The body of `POST …/rules`: `scopes.include` must be given, because Okta stores a missing one as an empty list, which matches
/// nothing.
fn rule_body(name: &str, scopes: &[String]) -> Map<String, Value> {
    object(json!({
        "type": "RESOURCE_ACCESS",
        "name": name,
        "conditions": {
            "people": {"groups": {"include": ["EVERYONE"]}},
            "grantTypes": {"include": ["authorization_code"]},
            "scopes": {"include": scopes},
        },
        "actions": {"token": {
            "accessTokenLifetimeMinutes": 60,
            "refreshTokenLifetimeMinutes": 0,
            "refreshTokenWindowMinutes": 10080,
        }},
    }))
}
