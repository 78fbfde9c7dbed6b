//! Runs whose person signs in with a browser.

use super::org::{Org, Run, random};
use oktui::flow::trace::{Party, Step, Way};
use oktui::flow::{self, Answer, Event, Need, Spec};
use oktui::secret::{FingerprintKey, Secret};
use oktui::wire;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A browser of a few lines: cookies, one form, redirects followed.
async fn browse(org: &Org, url: &str) -> Vec<u16> {
    let options = wire::Options { cookies: true, ..wire::Options::default() };
    let client = wire::Client::new(options).unwrap();
    let send = async |method: &str, url: &str, body: Option<String>| {
        let mut headers = http::HeaderMap::new();
        headers.insert("accept", "text/html".parse().unwrap());
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
        let body = body.map_or(wire::Body::Empty, |b| wire::Body::Bytes(b.into_bytes()));
        let request = wire::Request { method: method.parse().unwrap(), url: url.to_owned(), headers, body };
        client.send(request).await.unwrap()
    };
    let page = send("GET", url, None).await;
    let text = String::from_utf8(page.body).unwrap();
    let token = text.split("name=\"stateToken\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let password = org.password("ana@acme.example");
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("stateToken", token),
            ("username", "ana@acme.example"),
            ("password", password.expose()),
        ])
        .finish();
    let target = format!("{}/login/password", org.running.org_url());
    let mut answer = send("POST", &target, Some(body)).await;
    let mut seen = vec![answer.status];
    while let Some(location) = answer.headers.get("location").map(|l| l.to_str().unwrap().to_owned()) {
        let next = url::Url::parse(&target).unwrap().join(&location).unwrap();
        answer = send("GET", next.as_str(), None).await;
        seen.push(answer.status);
    }
    seen
}

/// A run by browser with a redirect URI on this machine; `answer` is given the address to open.
async fn run_by_browser(org: &Org, spec: Spec, answer: impl AsyncFn(&str) -> Option<Answer>) -> Run {
    let (events, mut received) = mpsc::channel(64);
    let (answers, from_person) = mpsc::channel(4);
    let (now, key, stop) = (jiff::Timestamp::now(), FingerprintKey::new(&[5; 32]), CancellationToken::new());
    let running = flow::run(spec, None, random(), now, key, events, from_person, stop);
    let listening = async {
        let mut all = Vec::new();
        while let Some(event) = received.recv().await {
            if let Event::Need(Need::Browser { url, port, message }) = &event {
                // The demo's own gateway has its port: then the answer can only be pasted, and the reason is said.
                assert_eq!(port.is_none(), message.contains("cannot be waited for"), "{message}");
                if let Some(answer) = answer(url.expose()).await {
                    answers.send(answer).await.unwrap();
                }
            }
            all.push(event);
        }
        all
    };
    let ((trace, safe), events) = tokio::join!(running, listening);
    assert_eq!(org.call("GET", "/__demo/callbacks", None).await, json!([]));
    Run { trace, safe, events }
}

#[tokio::test]
async fn a_browser_on_this_machine_brings_the_answer_by_itself() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let redirect_uri = format!("http://127.0.0.1:{port}/callback");
    let org = Org::with(|app| {
        app["settings"]["oauthClient"]["redirect_uris"] = json!([redirect_uri]);
    })
    .await;
    let spec = Spec { way: Way::Browser, login: None, redirect_uri: redirect_uri.clone(), ..org.spec() };
    let statuses = std::sync::Mutex::new(Vec::new());
    let run = run_by_browser(&org, spec, async |url: &str| {
        *statuses.lock().unwrap() = browse(&org, url).await;
        None
    })
    .await;
    assert_eq!(run.passed(), "the gateway's half was not judged: its callback, and the secret in its form");
    assert_eq!(statuses.lock().unwrap().last(), Some(&200), "the browser is told that it is over");
    let hop = run.hop("browser: GET /authorize → callback?code=…");
    assert_eq!(
        (hop.to, hop.exchange.as_ref().unwrap().status),
        (Party::You, None),
        "nobody here saw its status"
    );
    run.hop("ID token: 11 of 11 checks");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "nothing is left listening");
    run.holds_no_secret();
}

#[tokio::test]
async fn what_a_browser_ended_at_is_pasted_in_any_form() {
    let org = Org::start().await;
    let spec = Spec { way: Way::Browser, login: None, ..org.spec() };
    let state = |url: &str| {
        let url = url::Url::parse(url).unwrap();
        url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
    };
    let run = run_by_browser(&org, spec, async |url: &str| {
        let text = format!("error=access_denied&error_description=Not+today&state={}", state(url));
        Some(Answer::Pasted(Secret::new(text)))
    })
    .await;
    assert_eq!(run.failed().1, Step::Authorize);
    run.holds_no_secret();
}
