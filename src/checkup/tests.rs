use super::*;
use crate::okta::model::{ApiError, Assigned, Discovery, Problem, UserStatus};
use crate::setup::{self, Access, AccessMode, AuthorizationServer};
use serde_json::{Value, json};

fn app() -> Value {
    json!({
        "id": "0oaApp1", "name": "oidc_client", "label": "Cequence AI Gateway", "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"client_id": "0oaApp1", "token_endpoint_auth_method": "client_secret_basic", "pkce_required": false}},
        "settings": {"implicitAssignment": false, "oauthClient": {
            "application_type": "web", "grant_types": ["authorization_code"], "response_types": ["code"],
            "redirect_uris": [setup::GATEWAY_CALLBACK], "post_logout_redirect_uris": [], "consent_method": "TRUSTED"}}
    })
}

fn person(login: &str, status: UserStatus) -> (AppUser, Option<User>) {
    let user = User {
        id: format!("00u{}", login.len()).parse().unwrap(),
        login: login.into(),
        name: login.into(),
        email: login.into(),
        status,
        last_login: None,
    };
    let assignment = AppUser {
        id: user.id.clone(),
        via: Assigned::Directly,
        status: "ACTIVE".into(),
        user_name: None,
        profile: serde_json::Map::new(),
    };
    (assignment, Some(user))
}

fn policy(rule: Value) -> Policy {
    let raw = json!({"id": "00p1", "name": "Gateway", "priority": 1, "status": "ACTIVE", "conditions": {"clients": {"include": ["0oaApp1"]}}});
    Policy { raw: raw.as_object().unwrap().clone(), rules: vec![serde_json::from_value(rule).unwrap()] }
}

fn rule(access: u64, refresh: u64, idle: u64) -> Value {
    json!({"id": "0pr1", "name": "Code", "priority": 1, "status": "ACTIVE",
        "conditions": {"people": {"groups": {"include": ["EVERYONE"]}}, "grantTypes": {"include": ["authorization_code"]},
            "scopes": {"include": ["*"]}},
        "actions": {"token": {"accessTokenLifetimeMinutes": access, "refreshTokenLifetimeMinutes": refresh,
            "refreshTokenWindowMinutes": idle}}})
}

fn sign_on(mode: &str, access: &str) -> SignOnRule {
    let raw = json!({"id": "rul1", "name": "Catch-all", "status": "ACTIVE", "priority": 99,
        "actions": {"appSignOn": {"access": access, "verificationMethod": {"type": "ASSURANCE", "factorMode": mode}}}});
    SignOnRule(raw.as_object().unwrap().clone())
}

fn discovery() -> Discovery {
    serde_json::from_value(json!({
        "issuer": "https://acme.okta.com/oauth2/default",
        "authorization_endpoint": "https://acme.okta.com/oauth2/default/v1/authorize",
        "token_endpoint": "https://acme.okta.com/oauth2/default/v1/token",
        "scopes_supported": ["openid", "email", "profile", "offline_access"]
    }))
    .unwrap()
}

/// An app with nothing against it but that PKCE is not demanded, which is how it is meant: see the step's own rule.
fn well(app: Value) -> Facts {
    let app: App = serde_json::from_value(app).unwrap();
    let server = AuthorizationServer::default();
    let nobody = setup::Assignments {
        groups: &[],
        people: &[],
        logins: &std::collections::BTreeMap::new(),
        everyone: None,
    };
    let mut setup = setup::from_app(&app, nobody, server, &[]);
    setup.access =
        Access { mode: AccessMode::Controlled, people: vec!["ana@acme.example".into()], ..Access::default() };
    let context = Context {
        discovery: Readable::Known(Some(discovery())),
        app: Some(app.clone()),
        ..Context::with_gateway_callback()
    };
    Facts {
        server: setup.authorization_server.kind().unwrap(),
        app,
        setup,
        context,
        callbacks_told: false,
        policies: Readable::Known(vec![policy(rule(60, 0, 10_080))]),
        people: Readable::Known(vec![person("ana@acme.example", UserStatus::Active)]),
        groups: Readable::Known(Vec::new()),
        everyone: Readable::NotAsked,
        secrets: Readable::NotAsked,
        sign_on: Readable::Known(Some(vec![sign_on("2FA", "ALLOW")])),
        engine: Engine::Identity,
        prod: true,
        now: "2026-11-23T12:00:00Z".parse().unwrap(),
    }
}

fn rules(facts: &Facts) -> Vec<(&'static str, Harm)> {
    check_up(facts).iter().map(|f| (f.rule, f.harm)).filter(|(rule, _)| *rule != "pkce-optional").collect()
}

fn forbidden() -> ApiError {
    ApiError::Okta(Problem {
        endpoint: "GET /api/v1/x".into(),
        status: 403,
        code: "E0000006".into(),
        summary: "You do not have permission".into(),
        causes: Vec::new(),
        error_id: None,
        request_id: None,
    })
}

#[track_caller]
fn has(facts: &Facts, rule: &'static str, harm: Harm) {
    assert!(rules(facts).contains(&(rule, harm)), "{rule}: {:?}", rules(facts));
}

#[test]
fn an_app_with_nothing_against_it_has_no_finding() {
    assert_eq!(rules(&well(app())), []);
    let all: Vec<_> = check_up(&well(app())).iter().map(|f| (f.rule, f.harm)).collect();
    assert_eq!(all, [("pkce-optional", Harm::Note)]);
}

#[test]
fn what_the_app_itself_says() {
    let one = |pointer: &str, value: Value, rule: &'static str, harm: Harm| {
        let mut raw = app();
        *raw.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        has(&well(raw), rule, harm);
    };
    one("/status", json!("INACTIVE"), "app-inactive", Harm::Everybody);
    one("/settings/oauthClient/application_type", json!("native"), "not-a-web-app", Harm::Everybody);
    one("/settings/implicitAssignment", json!(true), "federation-broker", Harm::Exposed);
    one("/settings/oauthClient/consent_method", json!("REQUIRED"), "consent", Harm::Note);
    one("/settings/oauthClient/grant_types", json!(["refresh_token"]), "no-code-grant", Harm::Everybody);
    one(
        "/settings/oauthClient/grant_types",
        json!(["authorization_code", "implicit"]),
        "weak-grant",
        Harm::Exposed,
    );
    one(
        "/settings/oauthClient/grant_types",
        json!(["authorization_code", "password"]),
        "weak-grant",
        Harm::Exposed,
    );
    one("/credentials/oauthClient/pkce_required", json!(true), "pkce-required", Harm::Some);
    one("/credentials/oauthClient/token_endpoint_auth_method", json!("none"), "public-client", Harm::Exposed);
    one(
        "/credentials/oauthClient/token_endpoint_auth_method",
        json!("private_key_jwt"),
        "key-client",
        Harm::Some,
    );
    one(
        "/settings/oauthClient/redirect_uris",
        json!([setup::GATEWAY_CALLBACK, "http://127.0.0.1:8765/callback"]),
        "loopback-redirect",
        Harm::Later,
    );
    let mut wild = app();
    wild["settings"]["oauthClient"]["wildcard_redirect"] = json!("SUBDOMAIN");
    has(&well(wild), "wildcard-redirect", Harm::Exposed);
    let mut bound = app();
    bound["settings"]["oauthClient"]["dpop_bound_access_tokens"] = json!(true);
    has(&well(bound), "dpop", Harm::Everybody);
}

#[test]
fn a_gateway_whose_callback_is_not_registered() {
    let uri = "/settings/oauthClient/redirect_uris";
    let mut raw = app();
    *raw.pointer_mut(uri).unwrap() = json!(["https://wiki.acme.example/callback"]);
    let mut facts = well(raw.clone());
    let found = check_up(&facts);
    let missing = found.iter().find(|f| f.rule == "no-gateway-callback").unwrap();
    assert_eq!(missing.harm, Harm::Later, "it may be another gateway's");
    assert!(setup::apply_fix(&mut facts.setup, missing.fix.as_ref().unwrap()));
    assert!(facts.setup.redirect_uris.iter().any(|row| row.uri == setup::GATEWAY_CALLBACK));
    let told = Facts { callbacks_told: true, ..well(raw.clone()) };
    assert!(rules(&told).contains(&("no-gateway-callback", Harm::Everybody)));
    // A slip is told as such, once.
    *raw.pointer_mut(uri).unwrap() = json!([format!("{}/", setup::GATEWAY_CALLBACK)]);
    let slip = rules(&well(raw));
    assert!(slip.contains(&("near-callback", Harm::Some)), "{slip:?}");
    assert!(!slip.iter().any(|(rule, _)| *rule == "no-gateway-callback"), "{slip:?}");
}

#[test]
fn a_redirect_uri_of_this_machine_is_told_from_one_that_only_looks_like_it() {
    for (uri, said) in [
        ("http://localhost/cb", true),
        ("http://localhost:8080/cb", true),
        ("http://[::1]:8765/cb", true),
        ("https://localhost.example/cb", false),
        ("https://example.com/127.0.0.1", false),
    ] {
        let mut raw = app();
        raw["settings"]["oauthClient"]["redirect_uris"] = json!([setup::GATEWAY_CALLBACK, uri]);
        assert_eq!(rules(&well(raw)).iter().any(|(r, _)| *r == "loopback-redirect"), said, "{uri}");
    }
}

#[test]
fn what_the_server_and_its_policies_say() {
    let mut facts = well(app());
    facts.policies = Readable::Known(Vec::new());
    has(&facts, "no-policy", Harm::Everybody);
    let mut some = rule(60, 0, 10_080);
    some["conditions"]["people"]["groups"]["include"] = json!(["00gSome"]);
    facts.policies = Readable::Known(vec![policy(some)]);
    has(&facts, "policy-for-some", Harm::Some);
    facts.policies = Readable::Known(vec![policy(rule(1_440, 0, 10_080))]);
    has(&facts, "long-access-token", Harm::Later);
    facts.policies = Readable::Known(vec![policy(rule(60, 0, 0))]);
    assert_eq!(rules(&facts), [], "without the grant nothing lives on");
    facts.setup.grants.refresh_token = true;
    has(&facts, "endless-refresh-token", Harm::Later);
    facts.context.discovery = Readable::Known(None);
    has(&facts, "no-server", Harm::Everybody);
}

#[test]
fn who_is_assigned() {
    let mut facts = well(app());
    facts.people = Readable::Known(Vec::new());
    has(&facts, "nobody-assigned", Harm::Everybody);
    let all = (0..9).map(|n| person(&format!("p{n}@acme.example"), UserStatus::Suspended)).collect();
    facts.people = Readable::Known(all);
    let found = check_up(&facts);
    let barred = found.iter().find(|f| f.rule == "assigned-and-barred").unwrap();
    assert_eq!((barred.harm, barred.evidence.len()), (Harm::Later, 6), "five by name, and how many more");
    assert!(barred.title.starts_with("9 people are") && barred.evidence[5].contains("4 more"), "{barred:?}");
    let everyone: Group = Group {
        id: "00gAll".parse().unwrap(),
        name: "Everyone".into(),
        description: None,
        kind: crate::okta::model::GroupKind::BuiltIn,
        members: None,
    };
    let group =
        AppGroup { id: everyone.id.clone(), name: None, priority: None, profile: serde_json::Map::new() };
    let mut facts = well(app());
    (facts.everyone, facts.groups) = (Readable::Known(everyone), Readable::Known(vec![group]));
    has(&facts, "everyone-in-production", Harm::Exposed);
    facts.prod = false;
    has(&facts, "everyone", Harm::Note);
}

#[test]
fn people_who_have_not_signed_in_for_long_are_named() {
    let with = |status, last: Option<&str>| {
        let (user, mut known) = person("ana@acme.example", status);
        known.as_mut().unwrap().last_login = last.map(|t| t.parse().unwrap());
        Facts { people: Readable::Known(vec![(user, known)]), ..well(app()) }
    };
    let days_ago = |days: i64| {
        let then = well(app()).now.checked_sub(jiff::SignedDuration::from_hours(24 * days)).unwrap();
        then.to_string()
    };
    has(&with(UserStatus::Active, Some(&days_ago(91))), "assigned-and-silent", Harm::Note);
    for (status, last) in [
        (UserStatus::Active, Some(days_ago(89))),
        (UserStatus::Active, None),
        // Who cannot sign in is told by another rule.
        (UserStatus::Suspended, Some(days_ago(91))),
    ] {
        let found = check_up(&with(status, last.as_deref()));
        assert!(found.iter().all(|f| f.rule != "assigned-and-silent"), "{found:?}");
    }
}

#[test]
fn how_old_the_secrets_are() {
    let secret = |active, created: &str| SecretFacts { active, created: Some(created.parse().unwrap()) };
    let with = |secrets: Vec<SecretFacts>| Facts { secrets: Readable::Known(secrets), ..well(app()) };
    assert_eq!(rules(&with(vec![secret(true, "2026-10-01T00:00:00Z")])), []);
    has(&with(vec![secret(true, "2025-10-01T00:00:00Z")]), "old-secret", Harm::Later);
    has(&with(vec![secret(false, "2026-10-01T00:00:00Z")]), "no-active-secret", Harm::Everybody);
    let both = |old: &str| with(vec![secret(true, old), secret(true, "2026-11-20T00:00:00Z")]);
    assert_eq!(rules(&both("2026-11-01T00:00:00Z")), [], "a rotation that goes on");
    has(&both("2026-09-01T00:00:00Z"), "rotation-not-ended", Harm::Later);
}

#[test]
fn the_sign_in_policy() {
    let with =
        |rules: Vec<SignOnRule>, prod| Facts { sign_on: Readable::Known(Some(rules)), prod, ..well(app()) };
    has(&with(vec![sign_on("1FA", "ALLOW")], true), "one-factor", Harm::Exposed);
    has(&with(vec![sign_on("1FA", "ALLOW")], false), "one-factor", Harm::Note);
    has(&with(vec![sign_on("2FA", "DENY")], true), "sign-in-denied", Harm::Everybody);
    assert_eq!(rules(&with(vec![sign_on("2FA", "ALLOW"), sign_on("1FA", "DENY")], true)), []);
}

#[test]
fn what_may_not_be_read_is_a_finding_and_never_all_is_well() {
    let facts = Facts {
        policies: Readable::Forbidden(forbidden()),
        people: Readable::Forbidden(forbidden()),
        groups: Readable::Forbidden(forbidden()),
        secrets: Readable::Forbidden(forbidden()),
        sign_on: Readable::Forbidden(forbidden()),
        ..well(app())
    };
    let found = rules(&facts);
    assert_eq!(found, [("not-readable", Harm::NotRead); 5]);
}

#[test]
fn the_worst_comes_first_and_every_finding_says_what_helps() {
    let mut raw = app();
    raw["status"] = json!("INACTIVE");
    raw["settings"]["oauthClient"]["grant_types"] = json!(["authorization_code", "implicit"]);
    let found = check_up(&well(raw));
    let harms: Vec<Harm> = found.iter().map(|f| f.harm).collect();
    assert!(harms.is_sorted() && harms.len() >= 3, "{harms:?}");
    for f in found {
        assert!(!f.title.is_empty() && !f.help.is_empty(), "{f:?}");
    }
}

#[test]
fn a_setup_read_from_an_app_has_not_drifted_from_it() {
    let grants = "/settings/oauthClient/grant_types";
    for list in [json!(["authorization_code"]), json!(["refresh_token", "authorization_code"])] {
        let mut raw = app();
        *raw.pointer_mut(grants).unwrap() = list;
        let facts = Facts { groups: Readable::Known(Vec::new()), ..well(raw) };
        let other: Vec<_> =
            drift(&facts.setup, &facts).into_iter().filter(|f| f.kind != Drifted::Same).collect();
        // The built-in group was not asked for, so nobody knows whether everyone is let in.
        assert!(
            matches!(&other[..], [f] if f.name == "who has access" && f.kind == Drifted::NotReadable),
            "{other:?}"
        );
    }
}
