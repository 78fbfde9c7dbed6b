use super::*;
use crate::okta::model::{
    ApiError, Discovery, Group, GroupKind, NetKind, Readable, Scope, Server, User, UserStatus,
};
use crate::secret::Secret;
use crate::text::is_unsafe;
use serde_json::json;
use std::collections::BTreeMap;

fn found(setup: &Setup, context: &Context, name: &str) -> Option<Check> {
    checks(setup, context).into_iter().find(|c| c.name == name)
}

/// What a setup that was changed is told under one name: severity and field; the fix, where offered, must silence it.
fn told(change: impl FnOnce(&mut Setup), context: &Context, name: &str) -> Option<(Severity, Field)> {
    let mut setup = good();
    change(&mut setup);
    let check = found(&setup, context, name)?;
    if let Some(fix) = &check.fix {
        assert!(apply_fix(&mut setup, fix), "{fix:?}");
        assert_eq!(found(&setup, context, name).map(|c| c.field), None, "still there after {fix:?}");
    }
    Some((check.severity, check.field))
}

#[test]
fn a_good_setup_has_a_good_rail() {
    let all = checks(&good(), &context());
    let bad: Vec<_> = all.iter().filter(|c| c.severity >= Severity::Warn).collect();
    assert!(bad.is_empty(), "{bad:?}");
    assert_eq!(rail(&all), [StepState::Ok; 5]);
}

#[test]
fn a_new_draft_waits_at_the_steps_that_are_not_filled_in() {
    assert_eq!(
        rail(&checks(&Setup::default(), &context())),
        [StepState::Ok, StepState::Warn, StepState::Ok, StepState::Empty, StepState::Ok]
    );
    let mut setup = good();
    setup.app.name.clear();
    setup.redirect_uris.clear();
    setup.authorization_server.id = "a b".into();
    assert_eq!(
        rail(&checks(&setup, &context())),
        [StepState::Empty, StepState::Ok, StepState::Empty, StepState::Ok, StepState::Fail]
    );
}

#[test]
fn step_1_names() {
    use Severity::{Fail, Warn};
    for (name, rule, severity) in [
        ("", "name-empty", Fail),
        ("  ", "name-empty", Fail),
        ("Gate 😀 way", "name-characters", Fail),
        ("😀", "name-characters", Fail),
        ("Gate\u{200b}way", "name-control", Fail),
        ("Gate\tway", "name-control", Fail),
        (" Gateway", "name-blanks", Warn),
        (&"x".repeat(101), "name-long", Warn),
    ] {
        assert_eq!(
            told(|s| s.app.name = name.into(), &context(), rule),
            Some((severity, Field::Name)),
            "{name:?}"
        );
    }
    for name in ["ゲートウェイ", "Müller & Söhne", "שער"] {
        assert_eq!(told(|s| s.app.name = name.into(), &context(), "name"), Some((Severity::Ok, Field::Name)));
    }
    let taken = Context { labels_taken: vec!["cequence AI gateway".into()], ..context() };
    assert_eq!(told(|_| {}, &taken, "name-taken"), Some((Warn, Field::Name)));
}

#[test]
fn step_1_logos() {
    let facts = |bytes, width, height| {
        Ok(LogoFacts { bytes, width: Some(width), height: Some(height), kind: LogoKind::Png })
    };
    for (logo, rule, severity) in [
        (Some(facts(5_000, 420, 120)), "logo", Severity::Ok),
        (Some(facts(5_000, 200, 200)), "logo", Severity::Ok),
        (Some(facts(2_000_000, 420, 120)), "logo-size", Severity::Fail),
        (Some(facts(1_010_000, 420, 120)), "logo-size", Severity::Warn),
        (Some(facts(5_000, 64, 64)), "logo-resolution", Severity::Warn),
        (Some(facts(5_000, 300, 900)), "logo-proportions", Severity::Warn),
        (Some(facts(5_000, 2_000, 120)), "logo-proportions", Severity::Warn),
        (Some(Err(NotALogo::OtherKind)), "logo-type", Severity::Fail),
        (None, "logo-unread", Severity::Info),
    ] {
        let context = Context { logo, ..context() };
        assert_eq!(
            told(|s| s.app.logo = Some("logo.png".into()), &context, rule),
            Some((severity, Field::Logo)),
            "{context:?}"
        );
    }
    assert!(found(&good(), &context(), "logo").is_none());
}

#[test]
fn step_2_grants() {
    use crate::okta::model::{ClientAuthentication as C, RefreshRotation::Rotate};
    use Severity::{Fail, Info, Warn};
    let drop_offline = |s: &mut Setup| s.authorization_server.scopes.retain(|s| s != "offline_access");
    assert_eq!(told(drop_offline, &context(), "offline-access"), Some((Warn, Field::RefreshToken)));
    assert_eq!(
        told(|s| s.grants.refresh_token = false, &context(), "offline-access-without-grant"),
        Some((Warn, Field::RefreshToken))
    );
    assert_eq!(
        told(
            |s| {
                s.grants.refresh_token = false;
                drop_offline(s)
            },
            &context(),
            "refresh-token-off"
        ),
        Some((Info, Field::RefreshToken))
    );
    assert_eq!(
        told(|s| s.grants.refresh_leeway_seconds = 61, &context(), "refresh-leeway"),
        Some((Fail, Field::RefreshLeeway))
    );
    assert_eq!(told(|s| s.grants.refresh_leeway_seconds = 60, &context(), "refresh-leeway"), None);
    assert_eq!(
        told(|s| s.grants.refresh_leeway_seconds = 60, &context(), "refresh-leeway-unused"),
        Some((Info, Field::RefreshLeeway))
    );
    assert_eq!(
        told(|s| s.grants.refresh_rotation = Rotate, &context(), "refresh-leeway-none"),
        Some((Info, Field::RefreshLeeway))
    );
    assert_eq!(
        told(|s| s.app.pkce_required = true, &context(), "pkce-required"),
        Some((Warn, Field::PkceRequired))
    );
    for (method, rule, severity) in [
        (C::ClientSecretPost, "client-secret-post", Info),
        (C::ClientSecretJwt, "client-secret-jwt", Warn),
        (C::PrivateKeyJwt, "private-key-jwt", Warn),
        (C::None, "authentication-none", Fail),
    ] {
        assert_eq!(
            told(|s| s.app.client_authentication = method, &context(), rule),
            Some((severity, Field::ClientAuthentication))
        );
    }
}

#[test]
fn a_client_secret_of_ones_own_has_oktas_limits() {
    use crate::okta::model::ClientAuthentication as C;
    let problem = |s: &str, method| client_secret_problem(&Secret::new(s), method);
    assert_eq!(problem(&"x".repeat(14), C::ClientSecretBasic), None);
    assert_eq!(problem(&"x".repeat(100), C::ClientSecretPost), None);
    assert!(problem(&"x".repeat(13), C::ClientSecretBasic).unwrap().contains("14 to 100"));
    assert!(problem(&"x".repeat(101), C::ClientSecretBasic).is_some());
    assert!(problem(&"x".repeat(31), C::ClientSecretJwt).unwrap().contains("32 to 100"));
    assert!(problem("0123456789abcdef\n", C::ClientSecretBasic).is_some_and(|p| !p.contains("0123")));
    assert!(problem("0123456789abcdéf", C::ClientSecretBasic).is_some());
    assert!(problem(&"x".repeat(40), C::PrivateKeyJwt).is_some());
}

#[test]
fn step_3_redirect_uris() {
    use Severity::{Fail, Info, Warn};
    let row = |environment: &str, uri: &str| RedirectUri { environment: environment.into(), uri: uri.into() };
    assert_eq!(
        told(|s| s.redirect_uris.clear(), &context(), "redirect-uri-missing"),
        Some((Fail, Field::RedirectUris))
    );
    let slash = format!("{GATEWAY_CALLBACK}/");
    assert_eq!(
        told(|s| s.redirect_uris[0].uri = slash.clone(), &context(), "callback"),
        Some((Warn, Field::RedirectUri(0)))
    );
    // The right one is there already: the fix is to remove the row, not to make a duplicate.
    assert_eq!(
        told(|s| s.redirect_uris.push(row("dev", &slash)), &context(), "near-callback"),
        Some((Warn, Field::RedirectUri(1)))
    );
    assert_eq!(
        told(|s| s.redirect_uris.push(row("dev", GATEWAY_CALLBACK)), &context(), "duplicate"),
        Some((Warn, Field::RedirectUri(1)))
    );
    assert_eq!(
        told(|s| s.redirect_uris.push(row("Prod ", "https://h.x/cb")), &context(), "environment-twice"),
        Some((Warn, Field::RedirectEnvironment(1)))
    );
    assert_eq!(
        told(|s| s.redirect_uris.push(row("", "https://h.x/cb")), &context(), "environment-empty"),
        Some((Fail, Field::RedirectEnvironment(1)))
    );
    assert_eq!(
        told(|s| s.redirect_uris.push(row("dev", "https://h.x/cb#x")), &context(), "fragment"),
        Some((Fail, Field::RedirectUri(1)))
    );
    assert_eq!(
        told(|s| s.redirect_uris.push(row("dev", "")), &context(), "blank"),
        Some((Fail, Field::RedirectUri(1)))
    );
    assert_eq!(
        told(|s| s.redirect_uris.push(row("dev", "https://h.x/cb")), &context(), "own"),
        Some((Info, Field::RedirectUri(1)))
    );
    assert_eq!(
        told(|s| s.sign_out.uris.push("http://h.x/bye".into()), &context(), "http"),
        Some((Warn, Field::SignOutUri(0)))
    );
    let twice = |s: &mut Setup| s.sign_out.uris = vec!["https://h.x/bye".into(); 2];
    assert_eq!(told(twice, &context(), "duplicate"), Some((Warn, Field::SignOutUri(1))));
    let only_out = |s: &mut Setup| {
        s.redirect_uris = vec![row("dev", "https://h.x/cb")];
        s.sign_out.uris.push(GATEWAY_CALLBACK.into());
    };
    assert_eq!(told(only_out, &context(), "wrong-list"), Some((Warn, Field::SignOutUri(0))));
}

#[test]
fn a_difference_is_shown_beside_what_is_expected() {
    let mut setup = good();
    setup.redirect_uris[0].uri.push('/');
    let check = found(&setup, &context(), "callback").unwrap();
    assert_eq!(check.expected.as_deref(), Some(GATEWAY_CALLBACK));
    assert_eq!(check.difference.unwrap().index, GATEWAY_CALLBACK.len());
    assert!(check.why.unwrap().contains("RFC 3986"));
}

#[test]
fn what_the_app_has_and_the_setup_does_not_name_stays() {
    let app = serde_json::from_value(
        json!({"settings": {"oauthClient": {"redirect_uris": [GATEWAY_CALLBACK, "https://old.x/cb"]}}}),
    )
    .unwrap();
    let check = found(&good(), &Context { app: Some(app), ..context() }, "redirect-uri-kept").unwrap();
    assert!(check.sentence.contains("1 more redirect URI "), "{}", check.sentence);
}

fn group(name: &str, kind: GroupKind) -> Group {
    Group {
        id: format!("00g{}", name.len()).parse().unwrap(),
        name: name.into(),
        description: None,
        kind,
        members: None,
    }
}

#[test]
fn step_4_access() {
    use Severity::{Fail, Info, Warn};
    assert_eq!(
        told(|s| s.access.groups.clear(), &context(), "access-nobody"),
        Some((Warn, Field::AccessMode))
    );
    assert_eq!(
        told(|s| s.access.mode = AccessMode::Everyone, &context(), "access-everyone"),
        Some((Info, Field::AccessMode))
    );
    assert_eq!(
        told(|s| s.access.mode = AccessMode::Later, &context(), "access-later"),
        Some((Info, Field::AccessMode))
    );
    assert_eq!(
        told(|s| s.access.people.push(" ".into()), &context(), "person-blank"),
        Some((Fail, Field::Person(0)))
    );
    assert_eq!(
        told(|s| s.access.people.extend(["a@b".into(), "A@b".into()]), &context(), "person-twice"),
        Some((Warn, Field::Person(1)))
    );
    assert_eq!(
        told(|s| s.access.groups.push("".into()), &context(), "group-blank"),
        Some((Fail, Field::Group(1)))
    );
    assert_eq!(
        told(|s| s.access.groups.push("MCP-Users".into()), &context(), "group-twice"),
        Some((Warn, Field::Group(1)))
    );
    let user = |status| User {
        id: "00u1".parse().unwrap(),
        login: "ben@x".into(),
        name: "Ben".into(),
        email: "ben@x".into(),
        status,
        last_login: None,
    };
    let mut context = Context {
        people: Some(BTreeMap::from([("ben@x".to_owned(), user(UserStatus::Suspended))])),
        groups: Some(BTreeMap::from([
            ("MCP-Users".to_owned(), vec![group("MCP-Users", GroupKind::Okta)]),
            ("Twins".to_owned(), vec![group("Twins", GroupKind::Okta), group("Twins", GroupKind::App)]),
            ("Everyone".to_owned(), vec![group("Everyone", GroupKind::BuiltIn)]),
        ])),
        ..context()
    };
    assert_eq!(
        told(|s| s.access.people.push("ben@x".into()), &context, "person-status"),
        Some((Warn, Field::Person(0)))
    );
    assert_eq!(
        told(|s| s.access.people.push("eva@x".into()), &context, "person-unknown"),
        Some((Fail, Field::Person(0)))
    );
    assert_eq!(
        told(|s| s.access.groups.push("Nobody".into()), &context, "group-unknown"),
        Some((Fail, Field::Group(1)))
    );
    assert_eq!(
        told(|s| s.access.groups.push("Twins".into()), &context, "group-ambiguous"),
        Some((Fail, Field::Group(1)))
    );
    assert_eq!(
        told(|s| s.access.groups.push("Everyone".into()), &context, "group-everyone"),
        Some((Warn, Field::Group(1)))
    );
    assert_eq!(told(|s| s.access.mode = AccessMode::Everyone, &context, "group-everyone"), None);
    context.app = Some(serde_json::from_value(json!({"settings": {"implicitAssignment": true}})).unwrap());
    assert_eq!(told(|_| {}, &context, "federation-broker"), Some((Warn, Field::AccessMode)));
    assert_eq!(told(|s| s.access.groups.clear(), &context, "access-nobody"), None);
}

fn discovery(scopes: &[&str]) -> Readable<Option<Discovery>> {
    Readable::Known(Some(Discovery {
        issuer: "https://x".into(),
        authorization_endpoint: "https://x/a".into(),
        token_endpoint: "https://x/t".into(),
        scopes_supported: scopes.iter().map(|s| (*s).to_owned()).collect(),
        grant_types_supported: vec!["authorization_code".into()],
    }))
}

#[test]
fn step_5_server() {
    use Severity::{Fail, Info, Warn};
    assert_eq!(
        told(|s| s.authorization_server.id = "a/b".into(), &context(), "server-id"),
        Some((Fail, Field::Server))
    );
    assert_eq!(
        told(|s| s.authorization_server.id = "".into(), &context(), "server-id"),
        Some((Fail, Field::Server))
    );
    assert_eq!(
        told(|s| s.authorization_server.id = "org".into(), &context(), "server-org"),
        Some((Info, Field::Server))
    );
    assert_eq!(
        told(|s| s.authorization_server.access_policy = false, &context(), "access-policy"),
        Some((Info, Field::AccessPolicy))
    );
    let missing = Context { discovery: Readable::Known(None), ..context() };
    let check = found(&good(), &missing, "server-missing").unwrap();
    assert_eq!((check.severity, check.fix.unwrap().edit), (Fail, Edit::SetServer("org".into())));
    let error =
        ApiError::Net { host: "x".into(), kind: NetKind::Timeout, detail: "30 s".into(), maybe_sent: false };
    assert_eq!(
        told(|_| {}, &Context { discovery: Readable::Failed(error), ..context() }, "server-unread"),
        Some((Warn, Field::Server))
    );
    let server = |active| Server {
        id: "aus1".parse().unwrap(),
        name: "default".into(),
        audience: "api://default".into(),
        issuer: "https://x".into(),
        active,
        is_default: true,
    };
    let off = Context { servers: Readable::Known(vec![server(false)]), ..context() };
    assert_eq!(told(|_| {}, &off, "server-inactive"), Some((Fail, Field::Server)));
    assert_eq!(
        told(
            |_| {},
            &Context { servers: Readable::Known(vec![server(true)]), ..context() },
            "server-inactive"
        ),
        None
    );
}

#[test]
fn step_5_scopes() {
    use Severity::{Fail, Info, Warn};
    let set = |scopes: &'static [&'static str]| {
        move |s: &mut Setup| s.authorization_server.scopes = scopes.iter().map(|s| (*s).to_owned()).collect()
    };
    for (scopes, rule, severity, field) in [
        (&[][..], "scopes-empty", Fail, Field::Scopes),
        (&["", " "], "scopes-empty", Fail, Field::Scopes),
        (&["email"], "scope-openid", Fail, Field::Scopes),
        (&["openid", ""], "scope-blank", Fail, Field::Scope(1)),
        (&["openid,email"], "scope-separator", Fail, Field::Scope(0)),
        (&["openid", "[\"email\", \"profile\"]"], "scope-separator", Fail, Field::Scope(1)),
        (&["openid", "a\"b"], "scope-characters", Fail, Field::Scope(1)),
        (&["openid", "tôols"], "scope-characters", Fail, Field::Scope(1)),
        (&["openid", "openid"], "scope-twice", Warn, Field::Scope(1)),
        (&["openid", "okta.users.read"], "scope-management", Warn, Field::Scope(1)),
    ] {
        assert_eq!(told(set(scopes), &context(), rule), Some((severity, field)), "{scopes:?}");
    }
    let mut setup = good();
    set(&["openid", "email, profile"])(&mut setup);
    let fix = found(&setup, &context(), "scope-separator").unwrap().fix.unwrap();
    assert!(apply_fix(&mut setup, &fix));
    assert_eq!(setup.authorization_server.scopes, ["openid", "email", "profile"]);
    assert!(!apply_fix(&mut setup, &fix), "a fix for what is gone changes nothing");

    let at_org = |s: &mut Setup| {
        set(&["openid", "mcp:tools"])(s);
        s.authorization_server.id = "org".into();
    };
    assert_eq!(told(at_org, &context(), "scope-custom-at-org"), Some((Fail, Field::Scope(1))));
    let published = Context { discovery: discovery(&["openid", "email", "a,b"]), ..context() };
    assert_eq!(
        told(set(&["openid", "mcp:tools"]), &published, "scope-not-offered"),
        Some((Warn, Field::Scope(1)))
    );
    assert_eq!(told(set(&["openid", "email"]), &published, "scope-not-offered"), None);
    // A scope that the server really has may contain a comma (RFC 6749 §3.3).
    assert_eq!(told(set(&["openid", "a,b"]), &published, "scope-separator"), None);
    let scope = |name: &str, consent| Scope { name: name.into(), consent, published: false };
    let listed = Context {
        scopes: Readable::Known(vec![scope("openid", false), scope("mcp:tools", true)]),
        ..published
    };
    assert_eq!(told(set(&["openid", "mcp:tools"]), &listed, "scope-not-offered"), None);
    assert_eq!(told(set(&["openid", "mcp:tools"]), &listed, "scope-consent"), Some((Info, Field::Scope(1))));
    assert_eq!(told(set(&["openid", "email"]), &listed, "scope-not-offered"), Some((Fail, Field::Scope(1))));
}

#[test]
fn step_5_mcp_servers() {
    let server = |name: &str, url: &str| McpServer { name: name.into(), url: url.into() };
    for (rows, rule, row) in [
        (vec![server("", "")], "mcp-server-blank", 0),
        (vec![server("A", ""), server("A", "")], "mcp-server-twice", 1),
        (vec![server("A", "mcp.x")], "mcp-server-url", 0),
    ] {
        assert_eq!(
            told(|s| s.mcp_servers = rows, &context(), rule),
            Some((Severity::Warn, Field::McpServer(row)))
        );
    }
}

#[test]
fn an_accepted_warning_is_information_until_its_value_changes() {
    let mut setup = good();
    setup.redirect_uris[0].uri.push('/');
    let warning = found(&setup, &context(), "callback").unwrap();
    let accepted = [warning.acceptance(&setup).unwrap()];
    let rail_of = |setup: &Setup| {
        let mut all = checks(setup, &context());
        accept(&mut all, setup, &accepted);
        rail(&all)[2]
    };
    assert_eq!(rail_of(&setup), StepState::Ok);
    setup.redirect_uris.insert(0, RedirectUri { environment: "dev".into(), uri: "https://h.x/cb".into() });
    assert_eq!(rail_of(&setup), StepState::Ok, "the row has moved");
    setup.redirect_uris[1].uri.push('/');
    assert_eq!(rail_of(&setup), StepState::Warn);
    setup.redirect_uris[1].uri = "https://h.x/cb#x".into();
    let broken = found(&setup, &context(), "fragment").unwrap();
    assert_eq!(broken.acceptance(&setup), None, "only a warning can be accepted");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn checks_can_be_drawn_and_their_fixes_fix(setup in any_setup()) {
        let context = Context::with_gateway_callback();
        let all = checks(&setup, &context);
        for check in &all {
            prop_assert!(!check.sentence.is_empty() && !check.sentence.chars().any(is_unsafe), "{:?}", check);
            prop_assert!(!check.why.as_deref().unwrap_or_default().chars().any(is_unsafe), "{:?}", check);
            prop_assert_eq!(check.step, check.field.step());
            let Some(fix) = &check.fix else { continue };
            prop_assert!(!fix.title.chars().any(is_unsafe), "{:?}", fix);
            let mut fixed = setup.clone();
            prop_assert!(apply_fix(&mut fixed, fix), "{:?}", check);
            let said = |checks: &[Check]| checks.iter().filter(|c| c.name == check.name).count();
            let left = checks(&fixed, &context);
            prop_assert!(said(&left) < said(&all), "{:?} changed nothing: {:?}", check, left);
        }
    }
}
