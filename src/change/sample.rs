//! A small org for the tests of this room, and what a plan would make of it.

use super::live::Live;
use super::value::{Change, Plan, PolicyRef};
use crate::okta::model::{
    App, AppGroup, AppUser, Assigned, Discovery, Group, GroupKind, Identity, Policy, Readable, Role, Rule,
    User, UserStatus,
};
use crate::setup::{Draft, Target};
use serde_json::{Map, Value, json};

pub(super) const ORG: &str = "https://acme.okta.com";

pub(super) fn user(id: &str, login: &str) -> User {
    User {
        id: id.parse().unwrap(),
        login: login.into(),
        name: login.into(),
        email: login.into(),
        status: UserStatus::Active,
        last_login: None,
    }
}

pub(super) fn group(id: &str, name: &str, members: u64) -> Group {
    let kind = if name == "Everyone" { GroupKind::BuiltIn } else { GroupKind::Okta };
    Group { id: id.parse().unwrap(), name: name.into(), description: None, kind, members: Some(members) }
}

pub(super) fn app_group(group: &Group) -> AppGroup {
    AppGroup { id: group.id.clone(), name: Some(group.name.clone()), priority: Some(0), profile: Map::new() }
}

pub(super) fn app_user(user: &User, via: Assigned) -> AppUser {
    AppUser {
        id: user.id.clone(),
        via,
        status: "ACTIVE".into(),
        user_name: Some(user.login.clone()),
        profile: Map::new(),
    }
}

pub(super) fn app(value: Value) -> App {
    serde_json::from_value(value).unwrap()
}

/// An app as Okta answers a GET, with fields that oktui does not know.
pub(super) fn live_app() -> App {
    app(json!({
        "id": "0oaApp1", "name": "oidc_client", "label": "Cequence AI Gateway", "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT", "lastUpdated": "2026-11-01T10:00:00.000Z", "invented": {"kept": [1, null]},
        "credentials": {"oauthClient": {"client_id": "0oaApp1", "token_endpoint_auth_method": "client_secret_basic",
            "pkce_required": false, "autoKeyRotation": true}},
        "settings": {"implicitAssignment": false, "notes": {"admin": null, "enduser": "hello"}, "oauthClient": {
            "application_type": "web", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "redirect_uris": [crate::setup::GATEWAY_CALLBACK, "https://other.example/cb"], "post_logout_redirect_uris": [],
            "consent_method": "REQUIRED", "refresh_token": {"rotation_type": "STATIC", "leeway": 30}}},
        "_links": {"logo": [{"href": "https://ok1static.oktacdn.com/assets/img/logos/default.png"}]}
    }))
}

pub(super) fn policy(id: &str, name: &str, clients: &[&str], rules: Vec<Value>) -> Policy {
    let raw = json!({"id": id, "name": name, "priority": 1, "status": "ACTIVE", "conditions": {"clients": {"include": clients}}});
    Policy {
        raw: raw.as_object().unwrap().clone(),
        rules: rules.into_iter().map(|r| serde_json::from_value::<Rule>(r).unwrap()).collect(),
    }
}

pub(super) fn rule(name: &str, people: Value, scopes: &[&str]) -> Value {
    json!({"id": format!("0pr{name}"), "name": name, "priority": 1, "status": "ACTIVE", "conditions": {
        "people": people, "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": scopes}}})
}

pub(super) fn me(roles: &[&str]) -> Identity {
    let roles =
        roles.iter().map(|r| Role { kind: (*r).into(), label: r.to_lowercase().replace('_', " ").into() });
    Identity { user: user("00uAdmin", "admin@acme.example"), roles: Some(roles.collect()) }
}

/// An org with three groups, four people, and a server `default` whose one policy is for another client.
pub(crate) fn live() -> Live {
    let people =
        ["ana", "ben", "cho", "dana"].map(|n| user(&format!("00u{n}"), &format!("{n}@acme.example")));
    let groups = [group("00gMcp", "MCP-Users", 212), group("00gCon", "Contractors", 16)];
    let endpoint = |e: &str| format!("{ORG}/oauth2/default/v1/{e}");
    Live {
        me: Some(me(&["SUPER_ADMIN"])),
        app_users: Readable::Known(Vec::new()),
        app_groups: Readable::Known(Vec::new()),
        people: people.into_iter().map(|p| (p.login.as_str().to_owned(), p)).collect(),
        groups: groups.into_iter().map(|g| (g.name.as_str().to_owned(), vec![g])).collect(),
        everyone: Readable::Known(group("00gEveryone", "Everyone", 1204)),
        discovery: Readable::Known(Some(Discovery {
            issuer: format!("{ORG}/oauth2/default"),
            authorization_endpoint: endpoint("authorize"),
            token_endpoint: endpoint("token"),
            scopes_supported: Vec::new(),
            grant_types_supported: Vec::new(),
        })),
        policies: Readable::Known(vec![policy(
            "00pOther",
            "HR Portal",
            &["0oaOther"],
            vec![rule("any", json!({"groups": {"include": ["EVERYONE"]}}), &["*"])],
        )]),
        ..Live::default()
    }
}

pub(crate) fn draft() -> Draft {
    let mut draft = Draft::new(ORG);
    draft.setup.access.groups = vec!["MCP-Users".into()];
    draft.reason = "CHG0041234".into();
    draft
}

pub(super) fn existing() -> (Draft, Live) {
    let (mut draft, mut live) = (draft(), live());
    let app = live_app();
    draft.target = Target::Existing(app.id().unwrap());
    live.app = Some(app);
    live.app_groups = Readable::Known(vec![app_group(&group("00gMcp", "MCP-Users", 212))]);
    live.policies = Readable::Known(vec![policy(
        "00pMine",
        "Cequence AI Gateway",
        &["0oaApp1"],
        vec![rule(
            "Authorization code",
            json!({"groups": {"include": ["EVERYONE"]}}),
            &["openid", "email", "profile"],
        )],
    )]);
    (draft, live)
}

/// What is live after a plan: every change carried out as Okta would.
pub(super) fn after(plan: &Plan, live: &Live) -> Live {
    let mut live = live.clone();
    for planned in &plan.changes {
        carry_out(&planned.change, &mut live);
    }
    live
}

fn known<T>(list: &mut Readable<Vec<T>>) -> &mut Vec<T> {
    if !matches!(list, Readable::Known(_)) {
        *list = Readable::Known(Vec::new());
    }
    let Readable::Known(list) = list else { unreachable!() };
    list
}

fn carry_out(change: &Change, live: &mut Live) {
    match change {
        Change::CreateApp { body } => {
            let mut app = App(body.clone());
            app.0.insert("id".into(), json!("0oaNew"));
            app.0.insert("status".into(), json!("ACTIVE"));
            live.app = Some(app);
        }
        Change::EditApp { after, .. } => live.app = Some(after.clone()),
        Change::UploadLogo { .. } => {
            if let Some(app) = &mut live.app {
                app.0.insert(
                    "_links".into(),
                    json!({"logo": [{"href": "https://ok1static.oktacdn.com/fs/bcg/4/gfs1"}]}),
                );
            }
        }
        Change::ActivateApp { .. } => {
            if let Some(app) = &mut live.app {
                app.0.insert("status".into(), json!("ACTIVE"));
            }
        }
        Change::AssignGroup { group, name, .. } => known(&mut live.app_groups).push(AppGroup {
            id: group.clone(),
            name: Some(name.clone()),
            priority: Some(0),
            profile: Map::new(),
        }),
        Change::UnassignGroup { group, .. } => known(&mut live.app_groups).retain(|g| g.id != *group),
        Change::AssignPerson { person, login, .. } => {
            let list = known(&mut live.app_users);
            list.retain(|u| u.id != *person);
            list.push(app_user(&user(person.as_str(), login.as_str()), Assigned::Directly));
        }
        Change::UnassignPerson { person, .. } => known(&mut live.app_users).retain(|u| u.id != *person),
        Change::CreatePolicy { body, .. } => {
            let client = live.app.as_ref().unwrap().client_id().unwrap();
            let mut raw = body.clone();
            raw.insert("id".into(), json!("00pNew"));
            raw.insert("conditions".into(), json!({"clients": {"include": [client.as_str()]}}));
            known(&mut live.policies).push(Policy { raw, rules: Vec::new() });
        }
        Change::CreateRule { policy, body, .. } => {
            let id = match policy {
                PolicyRef::Known(id) => id.as_str().to_owned(),
                PolicyRef::MadeBy(_) => "00pNew".into(),
            };
            let mut raw = body.clone();
            raw.insert("id".into(), json!("0prNew"));
            let of = known(&mut live.policies).iter_mut().find(|p| p.id().unwrap().as_str() == id).unwrap();
            of.rules.push(Rule(raw));
        }
        other => panic!("no plan makes {other:?}"),
    }
}
