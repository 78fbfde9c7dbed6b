use super::*;
use crate::okta::model::{
    ApiError, App, AppGroup, AppUser, Assigned, Discovery, Group, GroupKind, NetKind, Readable, Scope,
    Server, User, UserStatus,
};
use crate::secret::Secret;
use crate::text::is_unsafe;
use crate::uri::Callback;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

// ---- the document ----

#[test]
fn the_example_is_a_setup_that_only_waits_for_offline_access() {
    let setup = parse(&example()).unwrap();
    assert_eq!(setup.app.name, "Cequence AI Gateway");
    assert_eq!(
        setup.redirect_uris,
        [RedirectUri { environment: "prod".into(), uri: GATEWAY_CALLBACK.into() }]
    );
    assert_eq!(
        (setup.access.mode, &setup.access.groups[..]),
        (AccessMode::Controlled, &["MCP-Users".to_owned()][..])
    );
    assert_eq!(setup.access.people, [""; 0]);
    assert_eq!(
        setup.authorization_server,
        AuthorizationServer {
            id: "default".into(),
            scopes: ["email", "profile", "openid"].map(str::to_owned).to_vec(),
            access_policy: true
        }
    );
    let bad: Vec<_> = checks(&setup, &Context::with_gateway_callback())
        .into_iter()
        .filter(|c| c.severity >= Severity::Warn)
        .map(|c| c.name)
        .collect();
    assert_eq!(bad, ["offline-access"]);
}

#[test]
fn every_field_of_the_example_has_a_comment_above_it() {
    let text = example();
    let lines: Vec<&str> = text.lines().collect();
    for pair in lines.windows(2) {
        let key = pair[1].split(" = ").next().unwrap();
        if pair[1].contains(" = ")
            && !pair[1].starts_with('#')
            && !["environment", "uri", "refresh_token"].contains(&key)
        {
            assert!(pair[0].starts_with('#'), "{}", pair[1]);
        }
    }
    assert!(lines.iter().all(|l| l.len() <= 100));
    // What is commented out is good as well.
    let opened = text
        .replace("# logo", "logo")
        .replace("# [[mcp", "[[mcp")
        .replace("# name =", "name =")
        .replace("# url =", "url =");
    let setup = parse(&opened).unwrap();
    assert_eq!(setup.mcp_servers.len(), 1);
    assert!(setup.app.logo.is_some());
}

#[test]
fn the_smallest_document_has_the_defaults() {
    let setup = parse("version = 1\n[app]\nname = \"A\"\n").unwrap();
    assert_eq!(setup.grants, Grants::default());
    assert_eq!(setup.redirect_uris, []);
}

#[test]
fn a_document_that_cannot_be_read_says_where_and_what_helps() {
    for (text, said) in [
        (
            "version = 1\n[app]\nnam = \"A\"\n",
            "line 3, column 1: \"nam\" is not known here; did you mean \"name\"",
        ),
        (
            "version = 1\n[app]\nname = \"A\"\n[redirect_urls]\n",
            "line 4, column 2: \"redirect_urls\" is not known here; did you mean \"redirect_uri\"",
        ),
        (
            "version = 1\n[app]\nname = \"A\"\nzzz = 1\n",
            "line 4, column 1: \"zzz\" is not known here; known are name, logo, \
                client_authentication, pkce_required",
        ),
        (
            "version = 1\n[app]\nname = \"A\"\nclient_authentication = \"client-secret-basic\"\n",
            "line 4, column 25: \"client-secret-basic\" is not known here; did you mean \
                \"client_secret_basic\"",
        ),
        ("version = 1\n[app]\nname = \"A\n", "line 3, column 10: invalid basic string, expected `\"`"),
        ("version = 1\n[app]\nname = 7\n", "line 3, column 8: invalid type: integer `7`, expected a string"),
        ("version = 1\n[app]\nlogo = \"x\"\n", "line 2, column 1: missing field `name`"),
        (
            "[app]\nname = \"A\"\n",
            "there is no version: a Setup file begins with version = 1. `oktui setup example` prints one",
        ),
        (
            "version = 2\n",
            "this file has version 2, and this oktui reads version 1: a newer oktui may read it",
        ),
        (
            "version = \"1\"\n",
            "this file has version \"1\", and this oktui reads version 1: a newer oktui may read it",
        ),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(said), "{text}\n{error}\n{said}");
    }
}

#[test]
fn what_a_file_says_cannot_reach_the_terminal() {
    let error = parse("version = 1\n[app]\nname = \"A\"\n\"a\\u001b[31m\" = 1\n").unwrap_err().to_string();
    assert!(!error.contains('\u{1b}'), "{error:?}");
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(hostile_text(), 0..4)
}

fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x7f]{0,20}",
        prop::sample::select(vec![
            "\"\"\"",
            "'''",
            "\\",
            "\\u0000",
            "a\nb",
            "]\n[app]\nname=\"x\"",
            "# no",
            "\u{202e}",
            "\u{e0001}",
            "😀",
            "openid",
            "okta.users.read",
            GATEWAY_CALLBACK
        ])
        .prop_map(str::to_owned),
    ]
}

fn any_setup() -> impl Strategy<Value = Setup> {
    use crate::okta::model::{ClientAuthentication as C, RefreshRotation as R};
    let app = (
        hostile_text(),
        prop::option::of(hostile_text()),
        prop::sample::select(vec![
            C::ClientSecretBasic,
            C::ClientSecretPost,
            C::ClientSecretJwt,
            C::PrivateKeyJwt,
            C::None,
        ]),
        any::<bool>(),
    )
        .prop_map(|(name, logo, client_authentication, pkce_required)| AppSection {
            name,
            logo,
            client_authentication,
            pkce_required,
        });
    let grants = (any::<bool>(), prop::sample::select(vec![R::Static, R::Rotate]), any::<u32>()).prop_map(
        |(refresh_token, refresh_rotation, refresh_leeway_seconds)| Grants {
            refresh_token,
            refresh_rotation,
            refresh_leeway_seconds,
        },
    );
    let uris = prop::collection::vec(
        (hostile_text(), hostile_text()).prop_map(|(environment, uri)| RedirectUri { environment, uri }),
        0..4,
    );
    let access = (
        prop::sample::select(vec![AccessMode::Controlled, AccessMode::Everyone, AccessMode::Later]),
        texts(),
        texts(),
    )
        .prop_map(|(mode, people, groups)| Access { mode, people, groups });
    let server = (hostile_text(), texts(), any::<bool>())
        .prop_map(|(id, scopes, access_policy)| AuthorizationServer { id, scopes, access_policy });
    let mcp = prop::collection::vec(
        (hostile_text(), hostile_text()).prop_map(|(name, url)| McpServer { name, url }),
        0..3,
    );
    (app, grants, uris, texts(), access, server, mcp).prop_map(
        |(app, grants, redirect_uris, sign_out, access, authorization_server, mcp_servers)| Setup {
            version: 1,
            app,
            grants,
            redirect_uris,
            sign_out: SignOut { uris: sign_out },
            access,
            authorization_server,
            mcp_servers,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_written_is_read_back(setup in any_setup()) {
        let text = to_commented_toml(&setup);
        prop_assert_eq!(parse(&text), Ok(setup));
        prop_assert!(!text.chars().any(|c| c != '\n' && is_unsafe(c)), "an editor would hide something");
    }

    #[test]
    fn any_text_is_read_or_refused(text in hostile_text()) {
        let said = parse(&text).map_err(|e| e.to_string());
        prop_assert!(said.is_ok_and(|_| true) || !text.starts_with("version = 1\n[app]\nname = \"A\""));
    }

    #[test]
    fn checks_can_be_drawn_and_their_fixes_fix(setup in any_setup()) {
        let context = Context::with_gateway_callback();
        for check in checks(&setup, &context) {
            prop_assert!(!check.sentence.is_empty());
            prop_assert!(!check.sentence.chars().any(is_unsafe), "{:?}", check.sentence);
            prop_assert_eq!(check.step, check.field.step());
            let Some(fix) = &check.fix else { continue };
            let mut fixed = setup.clone();
            prop_assert!(apply_fix(&mut fixed, fix), "{:?}", check);
            // A row that goes away moves the others up; the same words about the same value must not come back.
            let removes = matches!(fix.edit, Edit::RemoveRedirectUri { .. } | Edit::RemoveSignOutUri { .. } | Edit::MoveToSignIn { .. } | Edit::RemovePerson { .. }
                | Edit::RemoveGroup { .. } | Edit::RemoveMcpServer { .. } | Edit::SetScopes(_));
            let again = checks(&fixed, &context).into_iter().any(|c| c.name == check.name && c.field == check.field && c.severity >= Severity::Warn);
            prop_assert!(removes || !again, "{:?} is still there after {:?}", check, fix);
        }
    }
}

// ---- the checks ----

fn good() -> Setup {
    let mut setup = Setup::default();
    setup.access.groups.push("MCP-Users".into());
    setup.authorization_server.scopes.push("offline_access".into());
    setup
}

fn context() -> Context {
    Context::with_gateway_callback()
}

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

// ---- an existing app ----

#[test]
fn an_existing_app_is_read_as_a_setup() {
    let app: App = serde_json::from_value(json!({
        "id": "0oa1", "label": "Gateway ", "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_post", "pkce_required": true}},
        "settings": {"oauthClient": {"application_type": "web", "grant_types": ["authorization_code", "refresh_token"],
            "redirect_uris": ["https://a.x/cb", GATEWAY_CALLBACK, "https://b.x/cb", "https://stg.x/cb"],
            "post_logout_redirect_uris": ["https://a.x/bye"], "refresh_token": {"rotation_type": "ROTATE", "leeway": 30}}}
    })).unwrap();
    let group = |id: &str, name: &str| AppGroup {
        id: id.parse().unwrap(),
        name: Some(name.into()),
        priority: None,
        profile: Default::default(),
    };
    let person = |id: &str, via, name: &str| AppUser {
        id: id.parse().unwrap(),
        via,
        status: "ACTIVE".into(),
        user_name: Some(name.into()),
        profile: Default::default(),
    };
    let everyone = "00g9".parse().unwrap();
    let groups = [group("00g1", "MCP-Users"), group("00g9", "Everyone")];
    let people = [
        person("00u1", Assigned::Directly, "ana"),
        person("00u2", Assigned::ThroughGroup, "ben"),
        person("00u3", Assigned::Directly, "eva"),
    ];
    let logins = BTreeMap::from([("00u1".parse().unwrap(), "ana@x".to_owned())]);
    let assigned =
        Assignments { groups: &groups, people: &people, logins: &logins, everyone: Some(&everyone) };
    let callbacks = [Callback { environment: "staging".into(), uri: "https://stg.x/cb".into() }];
    let server =
        AuthorizationServer { id: "aus1".into(), scopes: vec!["openid".into()], access_policy: false };
    let setup = from_app(&app, assigned, server.clone(), &callbacks);
    assert_eq!(setup.app.name, "Gateway ", "byte for byte: the check offers to trim it");
    assert_eq!(
        setup.grants,
        Grants {
            refresh_token: true,
            refresh_rotation: crate::okta::model::RefreshRotation::Rotate,
            refresh_leeway_seconds: 30
        }
    );
    let environments: Vec<&str> = setup.redirect_uris.iter().map(|r| r.environment.as_str()).collect();
    assert_eq!(environments, ["other", "prod", "other-2", "staging"]);
    assert_eq!(setup.redirect_uris.iter().map(|r| r.uri.clone()).collect::<Vec<_>>(), app.redirect_uris());
    assert_eq!(setup.sign_out.uris, ["https://a.x/bye"]);
    assert_eq!(
        setup.access,
        Access {
            mode: AccessMode::Everyone,
            people: vec!["ana@x".into(), "eva".into()],
            groups: vec!["MCP-Users".into()]
        }
    );
    assert_eq!(setup.authorization_server, server);
    assert!(setup.app.pkce_required);
    assert_eq!(parse(&to_commented_toml(&setup)), Ok(setup));
}
