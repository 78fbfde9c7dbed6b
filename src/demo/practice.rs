//! The app of the scenarios: set up afresh when one begins, broken in its way, and gone with the next.
//!
//! What is wrong is written into the org's own objects wherever Okta keeps it there, so that it can be read and repaired through the API
//! like anything else. Only what no object holds (an expired code, a proxy) is behaviour: see [`Org::plays`].

use super::apps::{self, App};
use super::faults::{Fault, Kind};
use super::people::{ONE_TIME_CODE, Status};
use super::policy::Policy;
use super::secrets::Secret;
use super::state::Org;
use super::{Scenario, seed};
use serde_json::{Value, json};

/// The app's name.
const LABEL: &str = "Practice Gateway";
/// The gateway's public callback.
const CALLBACK: &str = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback";
/// Its number among the seeded apps, policies and rules.
const NUMBER: u64 = 500;
/// The person in whose shoes it is tried.
const ANA: u64 = 0;
/// The group `MCP-Users`.
const MCP_USERS: u64 = 2;
/// How far the clocks drift apart, seconds; more than the five minutes that are forgiven anywhere.
const SKEW: i64 = 600;

impl Org {
    /// Ends what is played and begins another.
    pub(super) fn play(&mut self, scenario: Scenario) {
        self.leave();
        self.scenario = scenario;
        if scenario.has_practice_app() {
            self.set_up();
            self.break_it();
        }
        if scenario == Scenario::DefaultWithoutPolicy
            && let Some(server) = self.server_mut("default")
        {
            self.policies_aside = std::mem::take(&mut server.policies);
        }
    }

    /// Whether this scenario is played, and this is the client that it is about.
    pub(super) fn plays(&self, scenario: Scenario, client_id: &str) -> bool {
        self.scenario == scenario && self.practice_app_id() == client_id
    }

    /// Id and client id of the app; they are the same each time.
    pub(super) fn practice_app_id(&self) -> String {
        seed::okta_id(self.seed, "0oa", NUMBER)
    }

    fn leave(&mut self) {
        let (app, policy) = (self.practice_app_id(), seed::okta_id(self.seed, "00p", NUMBER));
        self.apps.retain(|a| a.id != app);
        for server in &mut self.servers {
            server.policies.retain(|p| p.value.get("id").and_then(Value::as_str) != Some(&policy));
        }
        self.scenario_faults.clear();
        match self.scenario {
            Scenario::PersonSuspended | Scenario::PersonLocked => {
                self.status.remove(&ANA);
            }
            Scenario::ServerInactive => {
                if let Some(server) = self.server_mut("default") {
                    server.active = true;
                }
            }
            Scenario::DefaultWithoutPolicy => {
                let aside = std::mem::take(&mut self.policies_aside);
                if let Some(server) = self.server_mut("default") {
                    server.policies.splice(0..0, aside);
                }
            }
            Scenario::CustomDomain => {
                if let Some(server) = self.server_mut("default") {
                    server.custom_domain = None;
                }
            }
            Scenario::ClockSkew => self.clock.advance(-SKEW),
            _ => {}
        }
    }

    fn set_up(&mut self) {
        let body = json!({
            "name": "oidc_client", "label": LABEL, "signOnMode": "OPENID_CONNECT",
            "credentials": { "oauthClient": { "token_endpoint_auth_method": "client_secret_basic", "pkce_required": false } },
            "settings": { "oauthClient": {
                "application_type": "web", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "redirect_uris": [CALLBACK],
                "refresh_token": { "rotation_type": "ROTATE", "leeway": 30 },
            } },
        });
        let made = apps::seeded(self, NUMBER, &body, &[MCP_USERS]);
        self.apps.extend(made);
        let client = self.practice_app_id();
        let stamp = self.stamp();
        let policy = json!({
            "id": seed::okta_id(self.seed, "00p", NUMBER), "type": "OAUTH_AUTHORIZATION_POLICY", "status": "ACTIVE",
            "name": LABEL, "description": "Covers the practice app", "priority": 2, "system": false,
            "created": stamp, "lastUpdated": stamp, "conditions": { "clients": { "include": [client] } },
        });
        let rule = json!({
            "id": seed::okta_id(self.seed, "0pr", NUMBER), "type": "RESOURCE_ACCESS", "status": "ACTIVE", "name": "Sign-in",
            "priority": 1, "system": false, "created": stamp, "lastUpdated": stamp,
            "conditions": {
                "people": { "users": { "include": [], "exclude": [] }, "groups": { "include": ["EVERYONE"], "exclude": [] } },
                "grantTypes": { "include": ["authorization_code"] },
                "scopes": { "include": ["*"] },
            },
            "actions": { "token": {
                "accessTokenLifetimeMinutes": 60, "refreshTokenLifetimeMinutes": 0, "refreshTokenWindowMinutes": 10080,
            } },
        });
        if let Some(server) = self.server_mut("default") {
            server.policies.push(Policy { value: policy, rules: vec![rule] });
        }
    }

    fn break_it(&mut self) {
        let group =
            self.directory.groups.get(ONE_TIME_CODE as usize).map(|g| g.id.clone()).unwrap_or_default();
        match self.scenario {
            Scenario::RedirectSlash => self.register(&format!("{CALLBACK}/")),
            Scenario::RedirectScheme => self.register(&CALLBACK.replacen("https", "http", 1)),
            Scenario::RedirectCase => self.register(&CALLBACK.replacen("/oauth/", "/OAuth/", 1)),
            Scenario::RedirectPort => self.register(&CALLBACK.replacen(".ai/", ".ai:443/", 1)),
            Scenario::RedirectHost => self.register(&CALLBACK.replacen("auth.", "auth-staging.", 1)),
            Scenario::NotAssigned => self.change(|app| app.groups.clear()),
            Scenario::OtherGroup => self.change(|app| {
                if let Some(assigned) = app.groups.first_mut() {
                    assigned.id = group;
                }
            }),
            Scenario::PersonSuspended => drop(self.status.insert(ANA, Status::Suspended)),
            Scenario::PersonLocked => drop(self.status.insert(ANA, Status::LockedOut)),
            Scenario::AppInactive => self.change(|app| app.active = false),
            Scenario::PolicyWithoutClient => {
                if let Some(server) = self.server_mut("default") {
                    server.policies.pop();
                }
            }
            Scenario::PolicyWithoutGrant => {
                self.condition("/grantTypes/include", json!(["client_credentials"]))
            }
            Scenario::PolicyWithoutScope => self.condition("/scopes/include", json!(["openid"])),
            Scenario::PolicyWithoutPerson => self.condition("/people/groups/include", json!([group])),
            Scenario::ServerInactive => {
                if let Some(server) = self.server_mut("default") {
                    server.active = false;
                }
            }
            Scenario::GrantMissing => {
                self.set("/settings/oauthClient/grant_types", json!(["client_credentials"]));
            }
            Scenario::RefreshNotGranted => {
                self.set("/settings/oauthClient/grant_types", json!(["authorization_code"]));
            }
            Scenario::SecretInactive => {
                let (id, value) = (seed::okta_id(self.seed, "ocs", NUMBER + 1), Self::unguessable(64));
                let stamp = self.stamp();
                self.change(|app| {
                    app.secrets.iter_mut().for_each(|secret| secret.active = false);
                    app.secrets.push(Secret {
                        id,
                        value,
                        active: true,
                        created: stamp.clone(),
                        updated: stamp,
                    });
                });
            }
            Scenario::AuthMethod => {
                self.set("/credentials/oauthClient/token_endpoint_auth_method", json!("client_secret_post"));
            }
            Scenario::PkceRequired => self.set("/credentials/oauthClient/pkce_required", json!(true)),
            Scenario::DpopRequired => self.set("/settings/oauthClient/dpop_bound_access_tokens", json!(true)),
            Scenario::ClockSkew => self.clock.advance(SKEW),
            Scenario::NetworkZone => {
                let zone = json!({ "connection": "ZONE", "include": [seed::okta_id(self.seed, "nzo", NUMBER)], "exclude": [] });
                self.change(|app| {
                    if let Some(client) =
                        app.body.pointer_mut("/settings/oauthClient").and_then(Value::as_object_mut)
                    {
                        client.insert("network".into(), zone);
                    }
                });
            }
            Scenario::FederationBroker => self.change(|app| {
                app.groups.clear();
                if let Some(settings) = app.body.get_mut("settings").and_then(Value::as_object_mut) {
                    settings.insert("implicitAssignment".into(), true.into());
                }
            }),
            Scenario::CustomDomain => {
                if let Some(server) = self.server_mut("default") {
                    server.custom_domain = Some("https://id.acme.example".into());
                }
            }
            Scenario::GroupLost => {
                self.change(|app| {
                    if let Some(assigned) = app.groups.first_mut() {
                        assigned.id = group.clone();
                    }
                });
                self.left_group(ANA, &group);
            }
            Scenario::RateLimited => self.trouble("/v1/authorize", Kind::Status, 429),
            Scenario::HtmlForJson => self.trouble("/v1/token", Kind::Html, 200),
            _ => {}
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut App)) {
        let id = self.practice_app_id();
        if let Some(app) = self.app_mut(&id) {
            change(app);
        }
    }

    /// Sets a value of the app's object.
    fn set(&mut self, path: &str, value: Value) {
        self.change(|app| {
            if let Some(place) = app.body.pointer_mut(path) {
                *place = value;
            }
        });
    }

    fn register(&mut self, uri: &str) {
        self.set("/settings/oauthClient/redirect_uris", json!([uri]));
    }

    /// Sets a condition of the app's access rule.
    fn condition(&mut self, path: &str, value: Value) {
        let rule = self.server_mut("default").and_then(|s| s.policies.last_mut()?.rules.first_mut());
        if let Some(place) = rule.and_then(|r| r.pointer_mut(&format!("/conditions{path}"))) {
            *place = value;
        }
    }

    fn trouble(&mut self, matching: &str, kind: Kind, status: u16) {
        let matching = matching.to_owned();
        let fault =
            Fault { matching, method: None, kind, status, times: 0, delay_ms: 0, share: Some(10_000) };
        self.scenario_faults.push(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Options;

    #[test]
    fn every_scenario_leaves_the_org_as_it_found_it() {
        let mut org = Org::new(&Options::default());
        let state = |org: &Org| {
            let servers: Vec<_> = org
                .servers
                .iter()
                .map(|s| (s.active, s.policies.len(), s.policies.first().map(|p| p.rules.clone())))
                .collect();
            let apps: Vec<_> = org.apps.iter().map(|a| (a.id.clone(), a.body.clone(), a.active)).collect();
            (servers, apps, org.status.len(), org.scenario_faults.len(), org.clock.seconds() / 60)
        };
        let before = state(&org);
        for (name, _) in Scenario::list() {
            let scenario: Scenario = name.parse().expect("a name of the list");
            org.play(scenario);
            assert_eq!(org.scenario.name(), name);
            assert_eq!(org.apps.len(), if scenario.has_practice_app() { 3 } else { 2 }, "{name}");
            org.play(Scenario::Plain);
            let after = state(&org);
            assert_eq!(
                (&after.0, &after.1, after.2, after.3),
                (&before.0, &before.1, before.2, before.3),
                "{name}"
            );
            assert!((after.4 - before.4).abs() <= 1, "{name}");
        }
    }
}
