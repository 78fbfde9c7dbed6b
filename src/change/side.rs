//! A native app that is made for one run of the tester and deleted after it: a stand-in for a web app where a device code (RFC 8628), which
//! Okta gives native apps only, or a loopback redirect is to be tried. It has the web app's assignments, its sign-in policy and copies of
//! the access policies that are about it, so that people meet the same rules. The web app itself is not touched, and is not tested.

use super::describe::planned;
use super::plan::set;
use super::undo::{History, State, Written};
use super::value::{AppRef, Change, People, Plan, PlanId, PolicyRef};
use crate::okta::model::{
    App, AppId, ClientAuthentication, ClientId, Identity, Policy, PolicyId, Rule, ServerId, ServerKind,
};
use crate::setup::{AccessMode, Draft, RedirectUri, Setup};
use crate::text::Clean;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The device authorization grant (RFC 8628 §3.4).
pub const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What ends the id of a plan that makes such an app.
const SIDE: &str = "-side";

/// People assigned by name whom such an app gets; groups it gets all. More would take minutes for one test.
pub const MOST_PEOPLE: usize = 25;

impl PlanId {
    /// This id for a plan that makes an app for one run.
    pub fn for_side(self) -> Self {
        Self(self.0 + SIDE)
    }

    /// Whether the plan with this id makes an app for one run.
    pub fn is_side(&self) -> bool {
        self.0.ends_with(SIDE)
    }

    /// Whether the plan with this id deletes such an app.
    pub fn ends_side(&self) -> bool {
        self.0.ends_with(&Self(SIDE.into()).for_undo().0)
    }
}

/// What such an app is made from.
pub struct Model<'a> {
    /// The web app.
    pub web: &'a App,
    /// Who makes it.
    pub me: Option<&'a Identity>,
    /// The server that the gateway uses.
    pub server: &'a ServerKind,
    /// Its access policies with their rules; empty where there are none or they may not be read.
    pub policies: &'a [Policy],
}

/// The draft of the app: `setup` is the web app's. Its own are the name, the way it proves itself, which is none (RFC 8252 §8.4), and the
/// redirect URI; its access policies come with [`complete`].
pub fn draft(org_url: &str, mut setup: Setup, redirect_uri: String) -> (Draft, usize) {
    let left_out = match setup.access.mode {
        AccessMode::Everyone => 0,
        _ => setup.access.people.len().saturating_sub(MOST_PEOPLE),
    };
    setup.app.name = side_name(&setup.app.name);
    // A web app's; what a native one has instead comes with the rest of it.
    setup.app.client_authentication = ClientAuthentication::ClientSecretBasic;
    setup.app.logo = None;
    setup.sign_out.uris.clear();
    setup.mcp_servers.clear();
    setup.redirect_uris = vec![RedirectUri { environment: "this test".into(), uri: redirect_uri }];
    setup.access.people.truncate(MOST_PEOPLE);
    setup.authorization_server.access_policy = false;
    let mut draft = Draft::new(org_url);
    draft.setup = setup;
    draft.reason = "app for one test, deleted after it".into();
    (draft, left_out)
}

/// Makes the plan of [`draft`] that of a native app, with the sign-in policy of the web app and copies of the access policies that are
/// about it.
pub fn complete(mut plan: Plan, model: &Model<'_>, left_out: usize) -> Plan {
    plan.id = plan.id.for_side();
    let mark = plan.id.mark();
    for planned in &mut plan.changes {
        let Change::CreateApp { body } = &mut planned.change else { continue };
        let oauth = ["settings", "oauthClient"];
        set(body, &[&oauth[..], &["application_type"]].concat(), json!("native"));
        set(body, &["settings", "notes", "admin"], json!(mark));
        let client = ["credentials", "oauthClient"];
        let none = json!(ClientAuthentication::None.as_str());
        set(body, &[&client[..], &["token_endpoint_auth_method"]].concat(), none);
        set(body, &[&client[..], &["pkce_required"]].concat(), json!(true));
        let grants = body.get("settings").and_then(|s| s.get("oauthClient")?.get("grant_types")?.as_array());
        let mut grants = grants.cloned().unwrap_or_default();
        grants.push(json!(DEVICE));
        set(body, &[&oauth[..], &["grant_types"]].concat(), Value::Array(grants));
        planned.details = vec![
            "A native application for this run alone, without a secret: it has the device grant, which Okta gives to native apps only.".into(),
            "It is deleted after the run, whatever becomes of that; at the latest when oktui connects to this org again.".into(),
        ];
    }
    let app = AppRef::MadeBy(1);
    if let Some(policy) = model.web.sign_in_policy() {
        let why = vec!["The one of the web app, so that it decides as it does there.".to_owned()];
        push(&mut plan, model, Change::SetSignInPolicy { app: app.clone(), policy }, why);
    }
    if let ServerKind::Custom(server) = model.server {
        access_policies(&mut plan, model, server, &app);
    }
    plan.notes = vec![
        "It shares the server, the assignments and the policies; it does not test the web app itself: its client id, its secret, its redirect URIs."
            .into(),
    ];
    if left_out > 0 {
        plan.notes.push(format!(
            "Groups are assigned as they are, and {MOST_PEOPLE} of the people who are assigned by name; {left_out} more are not."
        ));
    }
    plan
}

/// The name of the app that stands in for one of this name; Okta takes 100 characters.
pub fn side_name(name: &str) -> String {
    const MARK: &str = " (oktui test)";
    let cut: String = name.trim().chars().take(100 - MARK.len()).collect();
    cut + MARK
}

fn push(plan: &mut Plan, model: &Model<'_>, change: Change, details: Vec<String>) -> usize {
    let number = plan.changes.len() + 1;
    let label = plan.label.clone();
    plan.changes.push(planned(number, change, People::None, details, model.me, &label));
    number
}

/// A copy of each policy that is about the web app, its rules with the device grant where they have the code. A policy for all clients is
/// about the new app as it stands; but its rules seldom name the device grant, so it is copied as well.
fn access_policies(plan: &mut Plan, model: &Model<'_>, server: &ServerId, app: &AppRef) {
    let client = model.web.client_id();
    let is_about = |policy: &&Policy| {
        let clients = policy.clients();
        policy.active()
            && clients.iter().any(|c| c == "ALL_CLIENTS" || client.as_ref().map(ClientId::as_str) == Some(c))
    };
    let mut policies: Vec<&Policy> = model.policies.iter().filter(is_about).collect();
    policies.sort_by_key(|policy| policy.priority());
    for (n, policy) in policies.into_iter().enumerate() {
        // The plan's number makes the name this run's own.
        let name = format!("{} {}", plan.id.mark(), n + 1);
        let body = without(&policy.raw, &["conditions", "priority"]);
        let body = with(body, "name", json!(name));
        let why =
            vec![format!("A copy of \"{}\" for this app alone; that one is not touched.", policy.name())];
        let change = Change::CreatePolicy { server: server.clone(), client: app.clone(), body };
        let made = push(plan, model, change, why);
        let mut rules: Vec<&Rule> = policy.rules.iter().filter(|rule| rule.active()).collect();
        rules.sort_by_key(|rule| rule.priority());
        for rule in rules {
            let mut body = without(&rule.0, &["priority", "system"]);
            let mut grants = rule.grant_types();
            let widened =
                grants.iter().any(|g| g == "authorization_code") && !grants.iter().any(|g| g == DEVICE);
            if widened {
                grants.push(DEVICE.into());
                set(&mut body, &["conditions", "grantTypes", "include"], json!(grants));
            }
            let with = if widened { ", with the device grant" } else { "" };
            let why = vec![format!("A copy of its rule \"{}\"{with}.", rule.name())];
            let policy = PolicyRef::MadeBy(made);
            push(plan, model, Change::CreateRule { server: server.clone(), policy, body }, why);
        }
    }
}

/// An object that Okta sent, as the body of a new one.
fn without(raw: &Map<String, Value>, more: &[&str]) -> Map<String, Value> {
    const OKTAS: [&str; 5] = ["id", "created", "lastUpdated", "_links", "_embedded"];
    let kept = |key: &str| !OKTAS.contains(&key) && !more.contains(&key);
    raw.iter().filter(|(key, _)| kept(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn with(mut body: Map<String, Value>, key: &str, value: Value) -> Map<String, Value> {
    body.insert(key.to_owned(), value);
    body
}

/// An app that was made for one run and is, as far as the journal knows, still there, with what was made beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// The app, and the number of the write that made it in the history of its org.
    pub app: Option<(usize, AppId)>,
    /// Access policies in the same way; their rules go with them.
    pub policies: Vec<(usize, ServerId, PolicyId)>,
    /// The app's name.
    pub label: Clean,
    /// Since when.
    pub at: Timestamp,
}

/// What was made for one run and not deleted, by plan, the oldest first.
pub fn left(history: &History) -> Vec<Side> {
    let still = |w: &&Written| {
        w.plan.is_side() && matches!(w.state, State::Made | State::Unknown) && w.undone_by.is_none()
    };
    let mut found: Vec<(PlanId, Side)> = Vec::new();
    for written in history.writes.iter().filter(still) {
        let made = written.made.as_deref();
        let at = match found.iter().position(|(plan, _)| *plan == written.plan) {
            Some(at) => at,
            None => {
                let side = Side { label: written.label.clone(), at: written.at, ..Side::default() };
                found.push((written.plan.clone(), side));
                found.len() - 1
            }
        };
        let Some((_, side)) = found.get_mut(at) else { continue };
        match &written.change {
            Some(Change::CreateApp { .. }) => {
                side.app = made.and_then(|id| id.parse().ok()).map(|id| (written.number, id));
            }
            Some(Change::CreatePolicy { server, .. }) => {
                let policy = made.and_then(|id| id.parse().ok());
                side.policies.extend(policy.map(|id| (written.number, server.clone(), id)));
            }
            _ => {}
        }
    }
    let sides = found.into_iter().map(|(_, side)| side);
    sides.filter(|side| side.app.is_some() || !side.policies.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::value::HandOver;

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn policy(name: &str, clients: Value, priority: i64, grants: Value) -> Policy {
        let raw = object(
            json!({"id": format!("00p{priority}"), "status": "ACTIVE", "name": name, "priority": priority,
            "type": "OAUTH_AUTHORIZATION_POLICY", "created": "2026-01-01T00:00:00Z", "_links": {},
            "conditions": {"clients": {"include": clients}}}),
        );
        let rule =
            object(json!({"id": "0pr1", "status": "ACTIVE", "name": "rule", "priority": 1, "system": false,
            "type": "RESOURCE_ACCESS", "conditions": {"grantTypes": {"include": grants},
            "people": {"groups": {"include": ["00gX"]}}, "scopes": {"include": ["openid"]}}}));
        let off = object(json!({"id": "0pr2", "status": "INACTIVE", "name": "off", "priority": 2}));
        Policy { raw, rules: vec![Rule(off), Rule(rule)] }
    }

    fn made(setup: Setup, web: &App, policies: &[Policy]) -> Plan {
        let (draft, left_out) =
            draft("https://acme.okta.com", setup, "http://127.0.0.1:8765/callback".into());
        let body = object(json!({"label": draft.setup.app.name, "settings": {"notes": {"admin": "oktui p"},
            "oauthClient": {"application_type": "web", "grant_types": ["authorization_code"]}}}));
        let label = Clean::new(&draft.setup.app.name);
        let create = planned(1, Change::CreateApp { body }, People::None, Vec::new(), None, &label);
        let server = ServerKind::Custom("default".parse().unwrap());
        let hand_over = HandOver {
            client_id: None,
            server: server.clone(),
            authorization_url: String::new(),
            token_url: String::new(),
            redirect_uris: Vec::new(),
            scopes: Vec::new(),
        };
        let plan = Plan {
            id: PlanId("20261122-1a2b3c4d".into()),
            org_url: draft.org_url.clone(),
            label,
            reason: draft.reason.clone(),
            app: None,
            app_read_at: None,
            changes: vec![create],
            notes: Vec::new(),
            hand_over,
        };
        complete(plan, &Model { web, me: None, server: &server, policies }, left_out)
    }

    fn web() -> App {
        App(object(
            json!({"id": "0oaWeb", "label": "Gateway", "credentials": {"oauthClient": {"client_id": "0oaWeb"}},
            "_links": {"accessPolicy": {"href": "https://acme.okta.com/api/v1/policies/rstAccess"}}}),
        ))
    }

    #[test]
    fn it_is_native_public_and_marked_with_the_plan() {
        let plan = made(Setup::default(), &web(), &[]);
        let Change::CreateApp { body } = &plan.changes[0].change else { panic!() };
        assert_eq!(body["settings"]["oauthClient"]["application_type"], "native");
        assert_eq!(body["settings"]["oauthClient"]["grant_types"], json!(["authorization_code", DEVICE]));
        assert_eq!(body["credentials"]["oauthClient"]["token_endpoint_auth_method"], "none");
        assert_eq!(body["credentials"]["oauthClient"]["pkce_required"], true);
        // By this a half-made app is found again.
        assert_eq!(body["settings"]["notes"]["admin"], plan.id.mark());
        assert!(plan.id.is_side() && plan.notes[0].contains("does not test the web app itself"));
        let Change::SetSignInPolicy { app: AppRef::MadeBy(1), policy } = &plan.changes[1].change else {
            panic!()
        };
        assert_eq!(policy.as_str(), "rstAccess");
        // On Classic no app names a policy.
        let classic = App(object(json!({"id": "0oaWeb", "label": "Gateway"})));
        assert_eq!(made(Setup::default(), &classic, &[]).changes.len(), 1);
    }

    #[test]
    fn the_policies_about_the_web_app_are_copied_in_their_order_and_no_others() {
        let code = json!(["authorization_code"]);
        let policies = [
            policy("everybody", json!(["ALL_CLIENTS"]), 3, code.clone()),
            policy("ours", json!(["0oaOther", "0oaWeb"]), 2, code.clone()),
            policy("theirs", json!(["0oaOther"]), 1, code),
            policy("machines", json!(["ALL_CLIENTS"]), 4, json!(["client_credentials"])),
        ];
        let plan = made(Setup::default(), &web(), &policies);
        let titles: Vec<&str> = plan.changes.iter().skip(2).map(|p| p.details[0].as_str()).collect();
        let of = |name: &str| format!("A copy of \"{name}\" for this app alone; that one is not touched.");
        let rule = "A copy of its rule \"rule\", with the device grant.";
        let plain = "A copy of its rule \"rule\".";
        assert_eq!(titles, [&of("ours"), rule, &of("everybody"), rule, &of("machines"), plain]);
        let Change::CreatePolicy { client: AppRef::MadeBy(1), body, .. } = &plan.changes[2].change else {
            panic!()
        };
        assert_eq!(
            body.keys().collect::<Vec<_>>(),
            ["name", "status", "type"],
            "what Okta sets itself is left out"
        );
        let Change::CreateRule { policy: PolicyRef::MadeBy(3), body, .. } = &plan.changes[3].change else {
            panic!()
        };
        assert_eq!(body["conditions"]["grantTypes"]["include"], json!(["authorization_code", DEVICE]));
        assert_eq!(body["conditions"]["people"]["groups"]["include"], json!(["00gX"]), "the same people");
        assert!(!body.contains_key("id") && !body.contains_key("priority") && !body.contains_key("system"));
        // A rule that no sign-in by code passes is not widened.
        let Change::CreateRule { body, .. } = &plan.changes[7].change else { panic!() };
        assert_eq!(body["conditions"]["grantTypes"]["include"], json!(["client_credentials"]));
    }

    #[test]
    fn of_many_people_the_first_are_assigned_and_that_is_said() {
        let mut setup = Setup::default();
        setup.access.mode = AccessMode::Controlled;
        setup.access.people = (0..40).map(|n| format!("p{n}@acme.example")).collect();
        let (short, left_out) =
            draft("https://acme.okta.com", setup.clone(), "http://127.0.0.1:1/callback".into());
        assert_eq!(side_name(&"é".repeat(100)).chars().count(), 100);
        assert_eq!((short.setup.access.people.len(), left_out), (MOST_PEOPLE, 15));
        let plan = made(setup, &web(), &[]);
        assert!(plan.notes.iter().any(|note| note.contains("15 more are not")), "{:?}", plan.notes);
    }

    #[test]
    fn the_marks_are_told_apart() {
        let plain = PlanId("20261122-1a2b3c4d".into());
        let made = plain.clone().for_side();
        let deleted = made.clone().for_undo();
        let marks = |id: &PlanId| (id.is_side(), id.ends_side(), id.is_temporary(), id.is_of_a_test());
        assert_eq!(marks(&plain), (false, false, false, false));
        assert_eq!(marks(&made), (true, false, false, true));
        assert_eq!(marks(&deleted), (false, true, false, true));
        assert_eq!(marks(&plain.for_temporary()), (false, false, true, true));
    }
}
