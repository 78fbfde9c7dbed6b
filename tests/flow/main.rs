//! The flow tester against the demo org: whole runs over loopback, judged by their traces.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod browser;
mod device;
mod org;
mod stepping;

use oktui::flow::trace::{Hop, Leg, Party, Place, RunVerdict, Step, Verdict, Way};
use oktui::flow::{self, ClientAuth, Event, Spec};
use oktui::secret::{FingerprintKey, Secret};
use org::{Org, random};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_good_person_goes_through_every_step() {
    let org = Org::start().await;
    let run = org.run(org.spec()).await;
    assert_eq!(
        run.passed(),
        "the app's own sign-in policy was not judged: this way meets the session policy only"
    );
    let verify = run.hop("ID token: 11 of 11 checks");
    assert_eq!((verify.verdict, verify.to), (Verdict::Pass, Party::Here));
    let callback = run.hop("callback not sent");
    assert_eq!((callback.verdict, callback.to), (Verdict::NotRun, Party::Gateway));
    for title in [
        "GET discovery",
        "POST sign-in",
        "GET /authorize → callback?code=…",
        "POST /token",
        "GET keys",
        "GET /userinfo",
    ] {
        assert_eq!(run.hop(title).verdict, Verdict::Pass, "{}", run.table());
    }
    // Each hop says how it went below HTTP: the first connects, and later ones use that connection again.
    let connections: Vec<_> = run.trace.hops.iter().filter_map(|hop| hop.connection.as_ref()).collect();
    assert_eq!(connections.len(), run.trace.hops.iter().filter(|hop| hop.exchange.is_some()).count());
    assert!(connections[0].connect_us.is_some() && connections[0].certificate.is_none());
    assert!(connections.iter().any(|c| c.connect_us.is_none()), "{connections:?}");
    let refresh = run.hop("POST /token: refresh");
    let rotation = refresh.checks.iter().find(|check| check.name == "rotation").unwrap();
    assert!(rotation.sentence.starts_with("Rotated"), "{}", rotation.sentence);
    assert!(run.trace.left.contains(&"refresh token: revoked".to_owned()), "{:?}", run.trace.left);
    assert!(run.trace.left.contains(&"Okta session: closed".to_owned()), "{:?}", run.trace.left);
    assert!(run.safe.len() > 8, "the secrets are in the safe");
    run.holds_no_secret();
}

#[tokio::test]
async fn the_gateway_is_never_called_and_nothing_goes_past_the_recorder() {
    let org = Org::start().await;
    let run = org.run(org.spec()).await;
    assert_eq!(org.call("GET", "/__demo/callbacks", None).await, json!([]));
    let list = org.call("GET", "/__demo/oauth", None).await;
    let text = |call: &Value, field: &str| call[field].as_str().unwrap().to_owned();
    let theirs: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|call| format!("{} {} {}", text(call, "method"), text(call, "path"), call["status"]))
        .collect();
    let ours: Vec<String> = run
        .trace
        .hops
        .iter()
        .filter_map(|hop| hop.exchange.as_ref())
        .filter_map(|exchange| {
            let path = url::Url::parse(&exchange.url.masked()).unwrap().path().to_owned();
            let counted = path.starts_with("/oauth2/") && !path.contains(".well-known");
            counted.then(|| format!("{} {path} {}", exchange.method, exchange.status.unwrap()))
        })
        .collect();
    assert_eq!(ours.len(), 9, "{ours:?}");
    assert_eq!(ours, theirs);
}

#[tokio::test]
async fn hops_arrive_while_they_happen() {
    let org = Org::start().await;
    let run = org.run(org.spec()).await;
    let hops: Vec<&Hop> = run
        .events
        .iter()
        .filter_map(|event| if let Event::Hop(hop) = event { Some(hop) } else { None })
        .collect();
    let first = hops.first().unwrap();
    assert_eq!((first.number, first.verdict), (1, Verdict::NotRun), "shown before its answer");
    assert!(first.exchange.as_ref().unwrap().status.is_none());
    assert_eq!(hops.last().copied(), run.trace.hops.last());
    assert!(
        matches!(run.events.last(), Some(Event::Ended(RunVerdict::Passed { .. }, left)) if *left == run.trace.left)
    );
}

#[tokio::test]
async fn the_org_server_works_too() {
    let org = Org::start().await;
    let run = org.run(org.spec_at(org.running.org_url().to_owned())).await;
    run.passed();
    run.hop("ID token: 11 of 11 checks");
}

#[tokio::test]
async fn without_offline_access_nothing_is_refreshed_and_the_reason_is_said() {
    let org = Org::start().await;
    let run = org.run(Spec { scopes: vec!["openid".into()], identity_engine: false, ..org.spec() }).await;
    assert!(run.passed().starts_with("the gateway's half"));
    let check = run.hop("POST /token").checks.iter().find(|check| check.name == "refresh_token").unwrap();
    assert_eq!(check.verdict, Verdict::NotRun);
    assert!(check.sentence.contains("offline_access was not asked for"));
    assert!(!run.trace.hops.iter().any(|hop| hop.step == Step::Refresh));
}

#[tokio::test]
async fn an_app_without_the_refresh_grant_is_only_a_warning() {
    let org = Org::with(|app| {
        app["settings"]["oauthClient"]["grant_types"] = json!(["authorization_code"]);
        app["settings"]["oauthClient"].as_object_mut().unwrap().remove("refresh_token");
    })
    .await;
    let run = org.run(org.spec()).await;
    // Whether Okta leaves the token out or refuses the scope is not in the references: both are told.
    match &run.trace.verdict {
        RunVerdict::Passed { .. } => assert_eq!(run.hop("POST /token").verdict, Verdict::Warn),
        _ => assert!(!run.failed().2.is_empty()),
    }
}

#[tokio::test]
async fn a_persistent_refresh_token_is_told_from_a_rotated_one() {
    let org = Org::with(|app| {
        app["settings"]["oauthClient"]["refresh_token"] = json!({"rotation_type": "STATIC"});
    })
    .await;
    let run = org.run(org.spec()).await;
    run.passed();
    let rotation = run.hop("POST /token: refresh").checks.iter().find(|c| c.name == "rotation").unwrap();
    assert!(rotation.sentence.starts_with("Persistent"), "{}", rotation.sentence);
}

#[tokio::test]
async fn a_server_without_a_policy_for_the_client_says_so() {
    let org = Org::start().await;
    let run = org.run(org.spec_at(org.issuer("default"))).await;
    let (leg, step, headline, fixes) = run.failed();
    assert_eq!((leg, step), (Leg::GatewayToOkta, Step::Authorize));
    assert!(headline.contains("No access policy"), "{headline}");
    assert!(fixes[0].contains("policy"));
    let authorize = run.hop("GET /authorize");
    assert!(authorize.why[0].contains("Policy evaluation failed"), "Okta's own words: {:?}", authorize.why);
    assert_eq!(run.hop("POST /token").verdict, Verdict::NotRun);
    assert_eq!(run.hop("GET /userinfo").verdict, Verdict::NotRun);
    run.holds_no_secret();
}

#[tokio::test]
async fn each_noted_person_fails_with_a_sentence_of_their_own() {
    let org = Org::start().await;
    for (login, step, part) in [
        ("ben@acme.example", Step::Authorize, "not assigned"),
        ("dana@acme.example", Step::SignIn, "refused the sign-in"),
        ("eli@acme.example", Step::SignIn, "expired"),
        ("fay@acme.example", Step::SignIn, "refused the sign-in"),
        ("gus@acme.example", Step::SignIn, "refused the sign-in"),
    ] {
        let run = org.run_as(login).await;
        let (leg, failed, headline, fixes) = run.failed();
        assert_eq!((leg, failed), (Leg::GatewayToOkta, step), "{login}");
        assert!(headline.contains(part), "{login}: {headline}");
        assert!(!fixes.is_empty(), "{login}");
        let passwords = run.trace.hops.iter().filter(|hop| hop.title.masked().contains("password"));
        assert_eq!(passwords.count(), 1, "a password is never sent twice");
        run.holds_no_secret();
    }
}

#[tokio::test]
async fn a_one_time_code_is_asked_for() {
    let org = Org::start().await;
    let run = org.run_as("cho@acme.example").await;
    run.passed();
    assert_eq!(run.events.iter().filter(|event| matches!(event, Event::Need(_))).count(), 1);
    assert_eq!(run.hop("POST sign-in: one-time code").verdict, Verdict::Pass);
    let received = &run.hop("POST /token").exchange.as_ref().unwrap().received;
    let amr = received.iter().find(|p| p.place == Place::JwtClaims && p.name.as_str() == "id_token.amr");
    assert!(amr.unwrap().value.masked().contains("otp"));
    run.holds_no_secret();
}

#[tokio::test]
async fn two_factors_for_the_app_end_in_login_required_said_plainly() {
    let org = Org::start().await;
    org.scenario("mfa-required").await;
    let run = org.run(org.spec()).await;
    let (_, step, headline, fixes) = run.failed();
    assert_eq!(step, Step::Authorize);
    assert_eq!(headline, "The password was accepted, but Okta wants more for this app.");
    assert!(fixes.iter().any(|fix| fix.contains("sign-in policy")));
    assert!(run.hop("GET /authorize").why[0].contains("login_required"));
}

#[tokio::test]
async fn wrong_values_fail_where_they_are_wrong() {
    let org = Org::start().await;
    let good = org.spec();
    let secret = Some(Secret::new("not-the-secret-of-this-app"));
    let nowhere = format!("{}/oauth2/nope/.well-known/openid-configuration", org.running.org_url());
    let scopes = vec!["openid".into(), "no.such".into()];
    let cases = [
        (Spec { client_secret: secret, ..good.clone() }, Step::Token, "client secret"),
        (
            Spec { client_id: "0oaNOSUCHCLIENT00000".into(), ..good.clone() },
            Step::Authorize,
            "know this client",
        ),
        (
            Spec { redirect_uri: format!("{}/", good.redirect_uri), ..good.clone() },
            Step::Authorize,
            "redirect URI",
        ),
        (Spec { scopes, ..good.clone() }, Step::Authorize, "does not know one"),
        (Spec { authentication: ClientAuth::Post, ..good.clone() }, Step::Token, "prove itself"),
        (Spec { issuer: format!("{}/", good.issuer), ..good.clone() }, Step::Authorize, "issuer"),
        (Spec { discovery_url: nowhere, ..good }, Step::Authorize, "no such authorization server"),
    ];
    for (spec, step, part) in cases {
        let run = org.run(spec).await;
        let (leg, failed, headline, _) = run.failed();
        assert_eq!((leg, failed), (Leg::GatewayToOkta, step), "{part}\n{}", run.table());
        assert!(headline.contains(part), "{part}: {headline}\n{}", run.table());
        run.holds_no_secret();
    }
}

#[tokio::test]
async fn an_app_that_demands_pkce_and_post_is_served() {
    let org = Org::with(|app| {
        app["credentials"]["oauthClient"]["pkce_required"] = json!(true);
        app["credentials"]["oauthClient"]["token_endpoint_auth_method"] = json!("client_secret_post");
    })
    .await;
    let run = org.run(Spec { authentication: ClientAuth::Post, ..org.spec() }).await;
    run.passed();
    let sent = &run.hop("POST /token").exchange.as_ref().unwrap().sent;
    let names: Vec<&str> = sent.iter().map(|p| p.name.as_str()).collect();
    for name in ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"] {
        assert!(names.contains(&name), "{names:?}");
    }
    run.holds_no_secret();
}

#[tokio::test]
async fn the_probe_judges_without_anybody() {
    let org = Org::start().await;
    let probe = Spec { way: Way::Probe, login: None, ..org.spec() };
    let run = org.run(probe.clone()).await;
    assert!(run.passed().starts_with("nobody signed in"));
    assert_eq!(run.hop("GET /authorize → login_required").verdict, Verdict::Pass);
    assert_eq!(run.hop("GET /authorize, redirect URI altered").verdict, Verdict::Pass);
    let secret = run.hop("POST /token, made-up code, client_secret_basic");
    assert_eq!(secret.verdict, Verdict::Pass);
    assert!(secret.why[0].contains("invalid_grant"), "{:?}", secret.why);
    assert_eq!(org.call("GET", "/__demo/callbacks", None).await, json!([]));
    run.holds_no_secret();

    let run = org.run(Spec { client_secret: None, ..probe }).await;
    assert!(run.passed().contains("the secret"), "what was not judged is said");
    assert_eq!(run.hop("POST /token, made-up code").verdict, Verdict::NotRun);
}

#[tokio::test]
async fn the_probe_finds_what_is_wrong() {
    let org = Org::start().await;
    let probe = Spec { way: Way::Probe, login: None, ..org.spec() };
    let secret = Some(Secret::new("not-the-secret-of-this-app"));
    let scopes = vec!["openid".into(), "no.such".into()];
    for (spec, step, part) in [
        (
            Spec { redirect_uri: format!("{}/", probe.redirect_uri), ..probe.clone() },
            Step::Authorize,
            "redirect URI",
        ),
        (
            Spec { client_id: "0oaNOSUCHCLIENT00000".into(), ..probe.clone() },
            Step::Authorize,
            "know this client",
        ),
        (Spec { scopes, ..probe.clone() }, Step::Authorize, "does not know one"),
        (Spec { client_secret: secret, ..probe.clone() }, Step::Token, "client"),
        (Spec { authentication: ClientAuth::Post, ..probe.clone() }, Step::Token, "by client_secret_basic"),
    ] {
        let run = org.run(spec).await;
        let (_, failed, headline, _) = run.failed();
        assert_eq!(failed, step, "{part}\n{}", run.table());
        assert!(headline.contains(part), "{part}: {headline}\n{}", run.table());
    }
}

#[tokio::test]
async fn broken_answers_end_the_run_with_a_sentence() {
    let org = Org::start().await;
    for path in
        ["openid-configuration", "/api/v1/authn", "/v1/authorize", "/v1/token", "/v1/keys", "/v1/userinfo"]
    {
        for (kind, status) in
            [("html", 200), ("truncate", 200), ("reset", 200), ("status", 500), ("big", 200)]
        {
            org.fault(path, kind, status).await;
            let run = org.run(org.spec()).await;
            let (leg, _, headline, fixes) = run.failed();
            assert!((10..400).contains(&headline.len()), "{path} {kind}: {headline}");
            if matches!(kind, "reset" | "big" | "truncate") {
                assert_eq!(leg, Leg::Network, "{path} {kind}: {headline}\n{}", run.table());
                assert!(!fixes.is_empty());
            }
            let mut exchanges = run.trace.hops.iter().filter_map(|hop| hop.exchange.as_ref());
            assert!(exchanges.all(|e| e.response_body.masked().len() < 200_000), "{path} {kind}");
            run.holds_no_secret();
        }
    }
}

#[tokio::test]
async fn a_rate_limit_is_called_one() {
    let org = Org::start().await;
    org.fault("/v1/token", "status", 429).await;
    let run = org.run(org.spec()).await;
    assert!(run.failed().2.contains("rate limit"), "{}", run.table());
}

#[tokio::test]
async fn nobody_listening_is_the_networks_fault() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let org = Org::start().await;
    let run = org.run(org.spec_at(nowhere)).await;
    let (leg, _, headline, _) = run.failed();
    assert_eq!(leg, Leg::Network, "{headline}");
    assert!(run.trace.hops[0].exchange.as_ref().unwrap().trouble.is_some());
    assert_eq!(run.trace.hops.iter().filter(|hop| hop.exchange.is_some()).count(), 1, "no password was sent");
}

#[tokio::test]
async fn stopping_ends_the_run_and_cleans_up() {
    let org = Org::start().await;
    let (events, mut received) = mpsc::channel(64);
    let (_answers, answer) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let password = Some(org.password("ana@acme.example"));
    let (now, key) = (jiff::Timestamp::now(), FingerprintKey::new(&[5; 32]));
    let running = flow::run(org.spec(), password, random(), now, key, events, answer, stop.clone());
    let stopping = async {
        while let Some(event) = received.recv().await {
            if let Event::Hop(hop) = &event
                && hop.title.masked().starts_with("GET keys")
            {
                stop.cancel();
            }
        }
    };
    let ((trace, _), ()) = tokio::join!(running, stopping);
    assert_eq!(trace.verdict, RunVerdict::Stopped);
    assert!(!trace.hops.iter().any(|hop| hop.title.masked().starts_with("POST /token: refresh")));
    assert!(trace.left.contains(&"refresh token: revoked".to_owned()), "{:?}", trace.left);
    assert!(trace.left.contains(&"Okta session: closed".to_owned()), "{:?}", trace.left);
}

#[tokio::test]
async fn an_unanswered_question_stops_the_run() {
    let org = Org::start().await;
    let (events, mut received) = mpsc::channel(64);
    let (answers, answer) = mpsc::channel(1);
    drop(answers);
    let spec = Spec { login: Some("cho@acme.example".into()), ..org.spec() };
    let password = Some(org.password("cho@acme.example"));
    let (now, key, stop) = (jiff::Timestamp::now(), FingerprintKey::new(&[5; 32]), CancellationToken::new());
    let running = flow::run(spec, password, random(), now, key, events, answer, stop);
    let listening = async { while received.recv().await.is_some() {} };
    let ((trace, _), ()) = tokio::join!(running, listening);
    assert_eq!(trace.verdict, RunVerdict::Stopped);
    assert_eq!(trace.left, ["sign-in half done: cancelled"]);
}

/// A runner spawns a run on tokio: this does not compile unless its future may move between threads.
#[tokio::test]
async fn a_run_may_move_between_threads() {
    fn movable<T: Send>(run: T) -> T {
        run
    }
    let org = Org::start().await;
    let (events, _received) = mpsc::channel(64);
    let (_answers, answer) = mpsc::channel(1);
    let (now, key, stop) = (jiff::Timestamp::now(), FingerprintKey::new(&[5; 32]), CancellationToken::new());
    let spec = Spec { way: Way::Probe, ..org.spec() };
    let run = movable(flow::run(spec, None, random(), now, key, events, answer, stop));
    let (trace, _) = tokio::spawn(run).await.unwrap();
    assert!(matches!(trace.verdict, RunVerdict::Passed { .. }));
}

#[tokio::test]
async fn the_whole_life_of_the_tokens_is_followed() {
    let org = Org::start().await;
    let run = org.run(Spec { whole_life: true, ..org.spec() }).await;
    run.passed();
    for title in [
        "POST /introspect: access token",
        "POST /introspect: revoked refresh token",
        "POST /introspect: revoked access token",
    ] {
        assert_eq!(run.hop(title).verdict, Verdict::Pass, "{}", run.table());
    }
    let gone = "refresh token: revoked, and gone when looked up";
    assert!(run.trace.left.iter().any(|left| left == gone), "{:?}", run.trace.left);
    let elsewhere = run.hop("GET /logout: unregistered URI");
    assert_eq!(elsewhere.verdict, Verdict::Pass, "{}", run.table());
    // The demo's clock stands still within a second and the app's leeway is none, so the replaced token may still be taken.
    let reuse = run.hop("POST /token: replaced refresh token again");
    assert!(matches!(reuse.verdict, Verdict::Pass | Verdict::Warn), "{}", run.table());
    run.holds_no_secret();
}

#[tokio::test]
async fn a_sign_out_ends_at_the_registered_uri() {
    const BYE: &str = "https://g.example/bye?from=okta";
    let org = Org::with(|app| {
        app["settings"]["oauthClient"]["post_logout_redirect_uris"] = json!([BYE]);
    })
    .await;
    let run = org.run(Spec { sign_out_uri: Some(BYE.into()), ..org.spec() }).await;
    run.passed();
    let hop = run.hop("GET /logout: sign-out URI");
    let passed = hop.checks.iter().filter(|check| check.verdict == Verdict::Pass).count();
    assert_eq!((hop.verdict, passed), (Verdict::Pass, 2), "{}", run.table());
    assert!(run.trace.left.iter().any(|left| left == "Okta session: closed"), "{:?}", run.trace.left);
    run.holds_no_secret();

    let run = org.run(Spec { sign_out_uri: Some("https://g.example/bye".into()), ..org.spec() }).await;
    run.passed();
    let hop = run.hop("GET /logout: sign-out URI");
    assert_eq!(hop.verdict, Verdict::Warn, "{}", run.table());
    assert!(hop.why.iter().any(|line| line.contains("not sent to the app's sign-out URI")), "{:?}", hop.why);
}

#[tokio::test]
async fn client_credentials_need_the_grant_and_a_scope_of_the_server() {
    let org = Org::with(|app| {
        app["settings"]["oauthClient"]["grant_types"] = json!(["authorization_code", "client_credentials"]);
        app["settings"]["oauthClient"].as_object_mut().unwrap().remove("refresh_token");
    })
    .await;
    let of_client = |scopes: &[&str]| Spec {
        way: Way::Client,
        login: None,
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        ..org.spec()
    };
    let run = org.run(of_client(&["mcp:tools"])).await;
    run.passed();
    assert_eq!(run.trace.left, ["access token: revoked, and gone when looked up"], "{}", run.table());
    run.holds_no_secret();
    let run = org.run(of_client(&["openid"])).await;
    assert_eq!(run.failed().1, Step::Token);
}

#[tokio::test]
async fn the_client_is_judged_without_anybody() {
    let org = Org::start().await;
    let of_secret = |change: &dyn Fn(&mut Spec)| {
        let mut spec = Spec { way: Way::Secret, login: None, ..org.spec() };
        change(&mut spec);
        spec
    };
    let run = org.run(of_secret(&|_| {})).await;
    assert!(run.passed().starts_with("nobody signed in"));
    run.holds_no_secret();
    let run = org.run(of_secret(&|spec| spec.authentication = ClientAuth::Post)).await;
    assert!(run.failed().2.starts_with("method: The app takes the secret by client_secret_basic"));
    let run = org.run(of_secret(&|spec| spec.client_secret = Some(Secret::new("not-the-secret")))).await;
    assert!(run.failed().2.starts_with("secret: No way"), "{}", run.table());
    run.holds_no_secret();
}

#[tokio::test]
async fn the_battery_is_refused_and_scored() {
    let org = Org::start().await;
    let run = org.run(Spec { way: Way::Battery, login: None, ..org.spec() }).await;
    assert!(run.passed().starts_with("nobody signed in"), "{}", run.table());
    let score = run.hop("score: ");
    let warned: Vec<&str> =
        score.checks.iter().filter(|c| c.verdict == Verdict::Warn).map(|c| c.name.as_str()).collect();
    // The app of this test does not demand PKCE.
    assert_eq!(warned, ["PKCE: left out"], "{}", run.table());
    let refused = score.checks.iter().filter(|c| c.verdict == Verdict::Pass).count();
    assert!(refused >= 22, "{}", run.table());
    assert_eq!(org.call("GET", "/__demo/callbacks", None).await, json!([]));
    run.holds_no_secret();

    let wrong = org
        .run(Spec { way: Way::Battery, redirect_uri: "https://g.example/other".into(), ..org.spec() })
        .await;
    assert!(wrong.failed().0 == Leg::GatewayToOkta, "{}", wrong.table());
    assert_eq!(
        wrong.trace.hops.iter().filter(|hop| hop.exchange.is_some()).count(),
        2,
        "nothing is proved, so nothing is sent"
    );
}
