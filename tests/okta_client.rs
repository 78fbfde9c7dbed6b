//! The Okta client against the demo org, which shares no type with it: every call that the program makes, end to end over HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use http::{HeaderMap, Method};
use oktui::demo::{self, Running};
use oktui::okta::model::{
    ApiError, App, AppId, Assigned, Engine, GroupId, NetKind, ServerId, ServerKind, UserId, UserStatus,
};
use oktui::okta::read::{GroupQuery, PeopleQuery, Reader};
use oktui::okta::write::Writer;
use oktui::okta::{Authorization, Transport};
use oktui::secret::Secret;
use oktui::wire::{Body, Client, Options, Request};
use serde_json::{Map, Value, json};

struct Org {
    demo: Running,
    reader: Reader,
    writer: Writer,
}

impl Org {
    async fn start() -> Self {
        Self::of(demo::Options::default()).await
    }

    async fn of(options: demo::Options) -> Self {
        let demo = demo::start(options).await.unwrap();
        let transport = session(&demo, demo.api_token());
        Self { reader: Reader::new(transport.clone()), writer: Writer::new(transport), demo }
    }

    async fn person(&self, login: &str) -> UserId {
        self.reader.person(login).await.unwrap().unwrap_or_else(|| panic!("no {login}")).id
    }

    async fn group(&self, name: &str) -> GroupId {
        let all = self.reader.groups(GroupQuery::All, false).all().await.unwrap();
        all.into_iter().find(|g| g.name.as_str() == name).unwrap_or_else(|| panic!("no {name}")).id
    }

    async fn new_app(&self, label: &str) -> (AppId, Option<Secret>) {
        let (app, secret) = self.writer.create_app(&web_app(label)).await.unwrap().value;
        (app.id().unwrap(), secret)
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let url = format!("{}/__demo/{path}", self.demo.org_url());
        let body =
            if method == Method::GET { Body::Empty } else { Body::Bytes(body.to_string().into_bytes()) };
        let request = Request { method, url, headers, body };
        let answer = Client::new(Options::default()).unwrap().send(request).await.unwrap();
        assert!((200..300).contains(&answer.status), "{path}: {}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    async fn fault(&self, fault: Value) {
        self.control(Method::POST, "faults", fault).await;
    }
}

fn session(demo: &Running, token: &str) -> Transport {
    let token = Authorization::ApiToken(Secret::new(token));
    Transport::new(demo.org_url(), token, Client::new(Options::default()).unwrap())
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn web_app(label: &str) -> Map<String, Value> {
    object(json!({
        "name": "oidc_client", "label": label, "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {
            "token_endpoint_auth_method": "client_secret_basic", "pkce_required": false, "autoKeyRotation": true,
        }},
        "settings": {"implicitAssignment": false, "notes": {"admin": "oktui test"}, "oauthClient": {
            "application_type": "web", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "redirect_uris": ["https://gateway.example/v1/outbound/oauth/callback"], "consent_method": "TRUSTED",
            "refresh_token": {"rotation_type": "STATIC", "leeway": 0},
        }},
    }))
}

#[tokio::test]
async fn the_org_and_who_we_are() {
    let org = Org::start().await;
    let facts = org.reader.org_facts().await.unwrap();
    assert_eq!((facts.engine, facts.url.as_str()), (Engine::Identity, org.demo.org_url()));
    let me = org.reader.identity().await.unwrap();
    assert!(me.user.login.as_str().starts_with("admin@"));
    assert!(me.roles.unwrap().iter().any(|r| r.kind.as_str() == "SUPER_ADMIN"));
    assert!(org.reader.transport().tightest().is_some(), "the demo tells its limits");
}

#[tokio::test]
async fn a_wrong_token_is_told_as_such() {
    let demo = demo::start(demo::Options::default()).await.unwrap();
    let reader = Reader::new(session(&demo, "00nonsense"));
    let e = reader.identity().await.unwrap_err();
    assert!(e.is_unauthorized() && matches!(&e, ApiError::Okta(p) if p.code.as_str() == "E0000011"), "{e}");
    assert!(reader.org_facts().await.is_ok(), "what an org tells anybody needs no token");
}

#[tokio::test]
async fn a_token_that_may_only_read_is_refused_writing() {
    let org = Org::start().await;
    let describe = org.demo.describe();
    let token = describe["read_only_api_token"].as_str().unwrap();
    let weak = session(&org.demo, token);
    assert!(!Reader::new(weak.clone()).apps(None).await.unwrap().is_empty());
    let e = Writer::new(weak).create_app(&web_app("x")).await.unwrap_err();
    assert!(e.is_forbidden() && !e.outcome_unknown(), "{e}");
    assert_eq!(org.reader.find_apps_by_label("x").await.unwrap(), []);
}

#[tokio::test]
async fn people_page_by_page_by_search_and_by_name() {
    let org = Org::of(demo::Options { users: 450, ..Default::default() }).await;
    let mut pages = org.reader.people(PeopleQuery::All);
    let (mut count, mut sizes) = (0, Vec::new());
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert!(page.iter().all(|u| u.status != UserStatus::Deprovisioned), "a plain list leaves them out");
        count += page.len();
        sizes.push(page.len());
    }
    assert!(sizes.len() >= 3 && sizes.iter().all(|n| *n <= 200) && count > 400, "{sizes:?}");

    let ana = org.person("ana@acme.example").await;
    let found = org.reader.people(PeopleQuery::Search("ana@".into())).all().await.unwrap();
    assert!(found.iter().any(|u| u.id == ana));
    let found = org.reader.people(PeopleQuery::Login("ana@acme.example".into())).all().await.unwrap();
    assert_eq!(found.iter().map(|u| u.id.clone()).collect::<Vec<_>>(), std::slice::from_ref(&ana));
    assert_eq!(org.reader.person(ana.as_str()).await.unwrap().unwrap().id, ana);
    assert_eq!(org.reader.person("nobody@acme.example").await.unwrap(), None);
    let groups = org.reader.person_groups(&ana).await.unwrap();
    assert!(groups.iter().any(|g| g.name.as_str() == "MCP-Users") && groups.iter().any(|g| g.is_everyone()));
    let cho = org.person("cho@acme.example").await;
    assert!(org.reader.factors(&cho).await.unwrap().iter().any(|f| f.kind.as_str() == "token:software:totp"));
    assert_eq!(org.reader.person("dana@acme.example").await.unwrap().unwrap().status, UserStatus::LockedOut);
}

#[tokio::test]
async fn groups_with_clean_names_and_everyone_by_type() {
    let org = Org::start().await;
    let everyone = org.reader.everyone().await.unwrap().unwrap();
    let all = org.reader.groups(GroupQuery::All, true).all().await.unwrap();
    assert!(all.iter().any(|g| g.name.as_str() == "Everyone EU" && !g.is_everyone()), "the decoy");
    assert!(all.iter().all(|g| g.members.is_some()), "asked with counts");
    assert!(!all.iter().any(|g| g.name.as_str().chars().any(oktui::text::is_unsafe)));
    assert!(
        all.iter().any(|g| g.name.as_str().contains('␛')),
        "the demo has a group with an escape sequence in its name"
    );
    assert_eq!(org.reader.group(&everyone.id).await.unwrap().name, everyone.name);
    let found = org.reader.groups(GroupQuery::Search("MCP".into()), false).all().await.unwrap();
    assert!(found.iter().any(|g| g.name.as_str() == "MCP-Users"));
    let members = org.reader.group_members(&org.group("MCP-Users").await).all().await.unwrap();
    assert!(members.iter().any(|u| u.login.as_str() == "ana@acme.example"));
}

#[tokio::test]
async fn the_life_of_an_app() {
    let org = Org::start().await;
    let (id, secret) = org.new_app("Cequence AI Gateway").await;
    let secret = secret.expect("a create answers with the secret");
    let app = org.reader.app(&id).await.unwrap();
    assert!(app.is_oidc_web() && !format!("{app:?}").contains(secret.expose()));
    let listed = org.reader.secrets(&id).await.unwrap();
    assert_eq!(listed.iter().map(|s| s.value.clone()).collect::<Vec<_>>(), [Some(secret)]);

    let found = org.reader.find_apps_by_label("Cequence AI Gateway").await.unwrap();
    assert_eq!(found.iter().filter_map(App::id).collect::<Vec<_>>(), std::slice::from_ref(&id));
    assert_eq!(org.reader.find_apps_by_label("Cequence").await.unwrap(), [], "the whole label only");
    assert!(org.reader.apps(None).await.unwrap().len() >= 3, "with the two that were there");

    let mut wanted = app.clone();
    wanted.0["settings"]["oauthClient"]["redirect_uris"] =
        json!(["https://a.example/cb", "https://b.example/cb/"]);
    wanted.0.insert("profile".into(), json!({"team": "gateway"}));
    let read_at = app.last_updated().unwrap();
    let (replaced, _) = org.writer.replace_app(&id, read_at, &wanted).await.unwrap().value;
    assert_eq!(replaced.redirect_uris(), ["https://a.example/cb", "https://b.example/cb/"]);
    assert_eq!(org.reader.app(&id).await.unwrap().0["profile"], json!({"team": "gateway"}));
    assert_eq!(
        org.reader.secrets(&id).await.unwrap()[0].value,
        listed[0].value,
        "the secret stays as it was"
    );
    let e = org.writer.replace_app(&id, "2001-01-01T00:00:00.000Z", &wanted).await.unwrap_err();
    assert!(matches!(e, ApiError::Changed { .. }), "{e}");

    let png = base64_png();
    org.writer.upload_logo(&id, "logo.png", "image/png", png).await.unwrap();

    org.writer.deactivate_app(&id).await.unwrap();
    let inactive = org.reader.find_apps_by_label("Cequence AI Gateway").await.unwrap();
    assert_eq!(inactive.len(), 1, "inactive apps are found too");
    org.writer.activate_app(&id).await.unwrap();
    assert!(org.writer.delete_app(&id).await.unwrap_err().is_forbidden(), "an active app is not deleted");
    org.writer.deactivate_app(&id).await.unwrap();
    org.writer.delete_app(&id).await.unwrap();
    assert!(org.reader.app(&id).await.unwrap_err().is_not_found());
}

/// A PNG of one pixel.
fn base64_png() -> Vec<u8> {
    use base64::Engine;
    let text =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[tokio::test]
async fn secrets_are_rotated_within_okta_s_rules() {
    let org = Org::start().await;
    let (id, _) = org.new_app("Rotation").await;
    let old = org.reader.secrets(&id).await.unwrap().remove(0);
    let new = org.writer.add_secret(&id).await.unwrap().value;
    assert!(new.active && new.value.is_some() && new.value != old.value);
    let refused = |e: &ApiError| matches!(e, ApiError::Okta(p) if p.status == 400 && !p.causes.is_empty());
    assert!(refused(&org.writer.add_secret(&id).await.unwrap_err()), "two at most");
    assert!(
        refused(&org.writer.delete_secret(&id, &old.id).await.unwrap_err()),
        "an active one is not deleted"
    );
    org.writer.deactivate_secret(&id, &old.id).await.unwrap();
    assert!(refused(&org.writer.deactivate_secret(&id, &new.id).await.unwrap_err()), "one stays active");
    org.writer.activate_secret(&id, &old.id).await.unwrap();
    org.writer.deactivate_secret(&id, &old.id).await.unwrap();
    org.writer.delete_secret(&id, &old.id).await.unwrap();
    let left = org.reader.secrets(&id).await.unwrap();
    assert_eq!(left.iter().map(|s| &s.id).collect::<Vec<_>>(), [&new.id]);
}

#[tokio::test]
async fn people_and_groups_are_assigned_and_taken_away() {
    let org = Org::start().await;
    let (id, _) = org.new_app("Access").await;
    let (ana, ben) = (org.person("ana@acme.example").await, org.person("ben@acme.example").await);
    let group = org.group("MCP-Users").await;
    assert_eq!(org.reader.app_user(&id, &ana).await.unwrap(), None);

    org.writer.assign_group(&id, &group).await.unwrap();
    org.writer.assign_group(&id, &group).await.unwrap();
    let groups = org.reader.app_groups(&id).await.unwrap();
    assert_eq!(groups.iter().map(|g| g.name.as_ref().unwrap().as_str()).collect::<Vec<_>>(), ["MCP-Users"]);
    assert_eq!(org.reader.app_user(&id, &ana).await.unwrap().unwrap().via, Assigned::ThroughGroup);

    org.writer.assign_person(&id, &ben, None).await.unwrap();
    org.writer.assign_person(&id, &ben, None).await.expect("again is done, whatever Okta calls it");
    let users = org.reader.app_users(&id).all().await.unwrap();
    let direct: Vec<_> = users.iter().filter(|u| u.via == Assigned::Directly).map(|u| u.id.clone()).collect();
    assert!(direct == [ben.clone()] && users.iter().any(|u| u.id == ana), "{users:?}");

    org.writer.unassign_person(&id, &ben).await.unwrap();
    org.writer.unassign_group(&id, &group).await.unwrap();
    assert!(org.reader.app_users(&id).all().await.unwrap().is_empty());
    assert!(org.reader.app_groups(&id).await.unwrap().is_empty());
}

#[tokio::test]
async fn authorization_servers_policies_rules_and_scopes() {
    let org = Org::start().await;
    let default: ServerId = "default".parse().unwrap();
    let found = org.reader.discovery(&ServerKind::Custom(default.clone()), None).await.unwrap().unwrap();
    assert_eq!(found.issuer, format!("{}/oauth2/default", org.demo.org_url()));
    assert!(found.scopes_supported.iter().any(|s| s == "openid"));
    assert!(org.reader.discovery(&ServerKind::Org, None).await.unwrap().is_some());
    assert_eq!(
        org.reader.discovery(&ServerKind::Custom("ausnothere".parse().unwrap()), None).await.unwrap(),
        None
    );
    let servers = org.reader.servers().await.unwrap();
    assert!(servers.len() >= 2 && servers.iter().filter(|s| s.is_default).count() == 1);
    assert!(org.reader.server(&default).await.unwrap().unwrap().is_default);
    assert_eq!(org.reader.server(&"ausnothere".parse().unwrap()).await.unwrap(), None);
    assert!(org.reader.scopes(&default).await.unwrap().iter().any(|s| s.name.as_str() == "openid"));

    let (app, _) = org.new_app("Policies").await;
    let before = org.reader.policies(&default).await.unwrap();
    assert!(
        !before.iter().any(|p| p.clients().iter().any(|c| c == app.as_str() || c == "ALL_CLIENTS")),
        "the trap"
    );
    let policy = object(json!({
        "type": "OAUTH_AUTHORIZATION_POLICY", "status": "ACTIVE", "name": "Gateway", "description": "oktui", "priority": 1,
        "conditions": {"clients": {"include": [app.as_str()]}},
    }));
    let mut policy = org.writer.create_policy(&default, &policy).await.unwrap().value;
    let policy_id = policy.id().unwrap();
    let rule = object(json!({
        "type": "RESOURCE_ACCESS", "name": "code flow", "priority": 1,
        "conditions": {"people": {"groups": {"include": ["EVERYONE"]}}, "grantTypes": {"include": ["authorization_code"]},
            "scopes": {"include": ["*"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": 60, "refreshTokenLifetimeMinutes": 0, "refreshTokenWindowMinutes": 10080}},
    }));
    let mut rule = org.writer.create_rule(&default, &policy_id, &rule).await.unwrap().value;
    let rule_id = rule.id().unwrap();
    rule.0["actions"]["token"]["accessTokenLifetimeMinutes"] = json!(30);
    org.writer.replace_rule(&default, &policy_id, &rule_id, &rule).await.unwrap();
    policy.raw["description"] = json!("changed");
    org.writer.replace_policy(&default, &policy_id, &policy).await.unwrap();
    let now = org.reader.policies(&default).await.unwrap();
    let ours = now.iter().find(|p| p.id().as_ref() == Some(&policy_id)).unwrap();
    assert_eq!((ours.rules.len(), ours.rules[0].lifetimes().access_token), (1, 30));
    assert_eq!(
        (ours.raw["description"].as_str(), ours.rules[0].scopes()),
        (Some("changed"), vec!["*".to_owned()])
    );
    org.writer.delete_rule(&default, &policy_id, &rule_id).await.unwrap();
    org.writer.delete_policy(&default, &policy_id).await.unwrap();
    assert_eq!(org.reader.policies(&default).await.unwrap().len(), before.len());

    let scope = object(json!({"name": "mcp:tools", "consent": "IMPLICIT", "metadataPublish": "ALL_CLIENTS"}));
    org.writer.create_scope(&default, &scope).await.unwrap();
    let scope = org
        .reader
        .scopes(&default)
        .await
        .unwrap()
        .into_iter()
        .find(|s| s.name.as_str() == "mcp:tools")
        .unwrap();
    assert!(scope.published && !scope.consent);
}

#[tokio::test]
async fn every_write_has_the_request_id_that_the_org_knows_it_by() {
    let org = Org::start().await;
    let group = org.group("MCP-Users").await;
    let created = org.writer.create_app(&web_app("Ids")).await.unwrap();
    let id = created.value.0.id().unwrap();
    let mut ours = vec![created.request_id];
    ours.push(org.writer.assign_group(&id, &group).await.unwrap().request_id);
    ours.push(org.writer.add_secret(&id).await.unwrap().request_id);
    ours.push(org.writer.unassign_group(&id, &group).await.unwrap().request_id);
    let writes = org.control(Method::GET, "writes", Value::Null).await;
    let theirs: Vec<_> =
        writes.as_array().unwrap().iter().map(|w| w["request_id"].as_str().unwrap().to_owned()).collect();
    let ours: Vec<_> = ours.into_iter().map(|id| id.expect("an id").as_str().to_owned()).collect();
    assert_eq!(ours, theirs, "no more and no fewer");
}

#[tokio::test]
async fn faults_on_the_way() {
    let org = Org::start().await;
    let apps = || async { org.reader.apps(None).await };
    for kind in ["status", "reset", "truncate"] {
        org.fault(json!({"match": "/api/v1/apps", "times": 2, "status": 500, "kind": kind})).await;
        let found = apps().await.unwrap_or_else(|e| panic!("{kind}: {e}"));
        assert!(!found.is_empty(), "a GET outlives two faults: {kind}");
    }
    org.fault(json!({"match": "/api/v1/apps", "times": 1, "kind": "html"})).await;
    assert!(matches!(apps().await, Err(ApiError::NotJson { status: 200, .. })));
    org.fault(json!({"match": "/api/v1/apps", "times": 1, "kind": "big"})).await;
    assert!(matches!(apps().await, Err(ApiError::Net { kind: NetKind::TooLarge, .. })));
    org.fault(json!({"match": "/api/v1/apps", "times": 1, "status": 429})).await;
    assert!(!apps().await.unwrap().is_empty(), "a 429 is waited out");
}

#[tokio::test]
async fn a_create_is_never_sent_twice_by_itself() {
    let org = Org::start().await;
    // `status` answers before anything is done, `truncate` after it: only looking can tell them apart.
    for (kind, made) in [("status", 0), ("truncate", 1)] {
        org.fault(
            json!({"match": "/api/v1/apps", "method": "POST", "times": 1, "status": 500, "kind": kind}),
        )
        .await;
        let e = org.writer.create_app(&web_app(kind)).await.unwrap_err();
        assert!(e.outcome_unknown(), "{e}");
        assert_eq!(org.reader.find_apps_by_label(kind).await.unwrap().len(), made, "{kind}");
    }
}

#[tokio::test]
async fn a_removal_whose_answer_is_lost_is_done() {
    let org = Org::start().await;
    let (id, _) = org.new_app("Lost").await;
    let group = org.group("MCP-Users").await;
    org.writer.assign_group(&id, &group).await.unwrap();
    org.fault(json!({"match": "/groups/", "method": "DELETE", "times": 1, "kind": "truncate"})).await;
    org.writer.unassign_group(&id, &group).await.unwrap();
    assert!(org.reader.app_groups(&id).await.unwrap().is_empty());
}
