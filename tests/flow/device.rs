//! The device authorization grant (RFC 8628), the person approving over the demo's control path or on its page.

use super::org::{Org, Run, random};
use oktui::flow::trace::{RunVerdict, Step, Way};
use oktui::flow::{self, Event, Need, Spec};
use oktui::secret::{FingerprintKey, Secret};
use oktui::wire;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// An org whose app has the grant.
async fn org() -> Org {
    Org::with(|app| {
        let grants = app["settings"]["oauthClient"]["grant_types"].as_array_mut().unwrap();
        grants.push(json!("urn:ietf:params:oauth:grant-type:device_code"));
    })
    .await
}

fn spec(org: &Org) -> Spec {
    Spec {
        way: Way::Device,
        login: None,
        redirect_uri: String::new(),
        ..org.spec_at(org.running.org_url().to_owned())
    }
}

/// A run; the person does `answer` as soon as the code is shown: it is given the code, and the address with it.
async fn run(spec: Spec, stop: CancellationToken, answer: impl AsyncFn(&str, &str)) -> Run {
    let (events, mut received) = mpsc::channel(64);
    let (_answers, from_person) = mpsc::channel(4);
    let (now, key) = (jiff::Timestamp::now(), FingerprintKey::new(&[5; 32]));
    let running = flow::run(spec, None, random(), now, key, events, from_person, stop);
    let listening = async {
        let mut all = Vec::new();
        while let Some(event) = received.recv().await {
            if let Event::Need(Need::Device { user_code, url_with_code, .. }) = &event {
                answer(user_code.expose(), url_with_code.as_ref().map_or("", Secret::expose)).await;
            }
            all.push(event);
        }
        all
    };
    let ((trace, safe), events) = tokio::join!(running, listening);
    Run { trace, safe, events }
}

async fn decide(org: &Org, code: &str, login: &str, deny: bool) {
    let body = json!({"user_code": code, "login": login, "deny": deny});
    org.call("POST", "/__demo/login/device", Some(body)).await;
}

#[tokio::test]
async fn a_person_approves_in_a_browser_and_the_tokens_are_judged() {
    let org = org().await;
    let run = run(spec(&org), CancellationToken::new(), async |code: &str, _: &str| {
        decide(&org, code, "ana@acme.example", false).await;
    })
    .await;
    assert!(run.passed().contains("a device needs none of them"), "{}", run.table());
    for title in [
        "POST device authorization",
        "POST /token: device code",
        "GET /userinfo",
        "POST /token: refresh",
        "POST /revoke",
    ] {
        run.hop(title);
    }
    let nonce = run.hop("ID token:").checks.iter().find(|check| check.name == "nonce").unwrap();
    assert_eq!(nonce.sentence, "No nonce was sent.");
    run.holds_no_secret();
}

#[tokio::test]
async fn the_page_of_the_demo_approves_at_a_custom_server_as_its_policy_says() {
    let org = org().await;
    let spec = Spec { scopes: vec!["openid".into()], ..Spec { way: Way::Device, login: None, ..org.spec() } };
    let statuses = std::sync::Mutex::new(Vec::new());
    let run = run(spec, CancellationToken::new(), async |code: &str, url: &str| {
        let client = wire::Client::new(wire::Options::default()).unwrap();
        let send = async |method: &str, url: &str, body: String| {
            let mut headers = http::HeaderMap::new();
            headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
            let body = wire::Body::Bytes(body.into_bytes());
            let request =
                wire::Request { method: method.parse().unwrap(), url: url.to_owned(), headers, body };
            client.send(request).await.unwrap()
        };
        let page = send("GET", url, String::new()).await;
        assert!(String::from_utf8_lossy(&page.body).contains(code), "the address brings the code along");
        let login = "ana@acme.example";
        let password = org.password(login);
        let form = |password: &str| {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs([
                ("user_code", code),
                ("username", login),
                ("password", password),
                ("answer", "yes"),
            ]);
            form.finish()
        };
        for password in ["wrong", password.expose()] {
            let target = format!("{}/activate", org.running.org_url());
            let answer = send("POST", &target, form(password)).await;
            statuses.lock().unwrap().push(answer.status);
        }
    })
    .await;
    assert_eq!(*statuses.lock().unwrap(), [401, 200]);
    // The rule of that server has no such grant: Okta wants it named there as well.
    let (_, step, headline, fixes) = run.failed();
    assert_eq!(step, Step::Token, "{}", run.table());
    assert!(headline.starts_with("A policy refused") && !fixes.is_empty(), "{headline}");
}

#[tokio::test]
async fn a_refusal_is_told_as_one_and_an_app_without_the_grant_as_such() {
    let org = org().await;
    for (login, deny) in [("ana@acme.example", true), ("ben@acme.example", false)] {
        let run = run(spec(&org), CancellationToken::new(), async |code: &str, _: &str| {
            decide(&org, code, login, deny).await;
        })
        .await;
        assert_eq!(run.failed().1, Step::SignIn, "{login}: {}", run.table());
        run.holds_no_secret();
    }
    let org = Org::start().await;
    let run =
        run(spec(&org), CancellationToken::new(), async |_: &str, _: &str| panic!("no code was given")).await;
    assert!(run.failed().2.contains("grant"), "{}", run.table());
}

#[tokio::test]
async fn a_run_that_waits_for_a_person_stops_at_once() {
    let org = org().await;
    let stop = CancellationToken::new();
    let began = std::time::Instant::now();
    let run = run(spec(&org), stop.clone(), async |_: &str, _: &str| stop.cancel()).await;
    assert_eq!(run.trace.verdict, RunVerdict::Stopped, "{}", run.table());
    assert!(
        run.trace.left.iter().any(|left| left.starts_with("device code: not used")),
        "{:?}",
        run.trace.left
    );
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
}
