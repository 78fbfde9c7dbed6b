//! What assigning a crowd costs: 2,000 people to one app of the demo org, with the journal on disk. Run with
//! `cargo bench --bench assign`; it prints, for each kind of org, the time beside the shortest possible one, and the requests.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up has nothing to measure"
)]

use jiff::Timestamp;
use oktui::change::apply::{JournalFile, Session, apply};
use oktui::change::{AppRef, Change, Live, Plan, PlanId};
use oktui::demo::{self, Options, Traffic};
use oktui::okta::model::{AppId, UserStatus};
use oktui::okta::read::{PeopleQuery, Reader};
use oktui::okta::write::Writer;
use oktui::okta::{Authorization, Transport};
use oktui::secret::Secret;
use oktui::setup::{AuthorizationServer, Draft, Target};
use oktui::wire;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const PEOPLE: usize = 2_000;

fn session(url: &str, token: &str) -> (Reader, Writer) {
    let wire = wire::Client::new(wire::Options::default()).expect("a client");
    let transport = Transport::new(url, Authorization::ApiToken(Secret::new(token)), wire);
    (Reader::new(transport.clone()), Writer::new(transport))
}

async fn control(demo: &demo::Running, method: reqwest::Method, path: &str, body: Value) -> Value {
    let url = format!("{}/__demo/{path}", demo.org_url());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let sent = client.request(method, url).header("content-type", "application/json").body(body.to_string());
    let text = sent.send().await.expect("an answer").text().await.expect("a body");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// A plan that assigns everybody who is active, on an app made for it.
async fn plan(org: &str, reader: &Reader, writer: &Writer, journal: &JournalFile) -> Plan {
    let mut draft = Draft::new(org);
    draft.setup.app.name = "Crowd".into();
    draft.setup.authorization_server = AuthorizationServer { id: "org".into(), ..Default::default() };
    let live = Live { me: reader.identity().await.ok(), ..Live::default() };
    let made = oktui::change::plan(PlanId("app".into()), &draft, &live).expect("a plan");
    let app: AppId = run(reader, writer, journal, &made).await.app.and_then(|app| app.id()).expect("an app");
    draft.target = Target::Existing(app.clone());
    let everybody = reader.people(PeopleQuery::All).all().await.expect("people");
    let active: Vec<_> =
        everybody.into_iter().filter(|u| u.status == UserStatus::Active).take(PEOPLE).collect();
    draft.setup.access.people = vec![active[0].login.to_string()];
    let mut live = Live { me: live.me, app: reader.app(&app).await.ok(), ..Live::default() };
    live.people.insert(active[0].login.to_string(), active[0].clone());
    let mut plan = oktui::change::plan(PlanId("crowd".into()), &draft, &live).expect("a plan");
    let sample =
        plan.changes.iter().find(|p| matches!(p.change, Change::AssignPerson { .. })).cloned().expect("one");
    plan.changes = active
        .into_iter()
        .enumerate()
        .map(|(n, user)| {
            let mut planned = sample.clone();
            planned.number = n + 1;
            let app = AppRef::Known(app.clone());
            planned.change = Change::AssignPerson { app, person: user.id, login: user.login, profile: None };
            planned
        })
        .collect();
    plan
}

async fn run(
    reader: &Reader,
    writer: &Writer,
    journal: &JournalFile,
    plan: &Plan,
) -> oktui::change::apply::Applied {
    let stop = CancellationToken::new();
    let session = Session {
        reader,
        writer,
        journal,
        who: "admin@acme.example".into(),
        clock: &Timestamp::now,
        progress: &|_| {},
        stop: &stop,
        hold: watch::channel(false).1,
    };
    apply(plan, &session).await.expect("an apply")
}

async fn measure(what: &str, floor: Duration, headroom: u8, traffic: Value, faults: &[Value]) -> f64 {
    if std::env::var("ONLY").is_ok_and(|only| !what.contains(&only)) {
        return 1.6;
    }
    let quiet = Traffic { limit: Some(1_000_000), ..Traffic::default() };
    let demo = demo::start(Options { users: PEOPLE * 2, traffic: quiet, ..Options::default() })
        .await
        .expect("a demo");
    let home = tempfile::tempdir().expect("a folder");
    let journal = JournalFile::open(&home.path().join("journal.jsonl")).expect("a journal");
    let (reader, writer) = session(demo.org_url(), demo.api_token());
    let plan = plan(demo.org_url(), &reader, &writer, &journal).await;
    control(&demo, reqwest::Method::POST, "traffic", traffic).await;
    for fault in faults {
        control(&demo, reqwest::Method::POST, "faults", fault.clone()).await;
    }
    control(&demo, reqwest::Method::DELETE, "counts", Value::Null).await;
    // A session that knows nothing of the org yet.
    let (reader, writer) = session(demo.org_url(), demo.api_token());
    let kept = reader.transport().leave_headroom(headroom);
    let begun = Instant::now();
    let applied = run(&reader, &writer, &journal, &plan).await;
    let took = begun.elapsed();
    drop(kept);
    let counts = control(&demo, reqwest::Method::GET, "counts", Value::Null).await;
    let made = applied.outcomes.values().filter(|o| o.is_so()).count();
    println!(
        "{what:<38} {:>7.2} s  {}  {made} of {PEOPLE} made; answers by status {counts}",
        took.as_secs_f64(),
        if floor.is_zero() {
            "      ".to_owned()
        } else {
            format!("{:.2}x", took.as_secs_f64() / floor.as_secs_f64())
        },
    );
    took.as_secs_f64()
}

#[tokio::main]
async fn main() {
    let plain =
        measure("40 ms, no limit", Duration::from_millis(1_600), 0, json!({"latency_ms": 40}), &[]).await;
    let fault =
        |kind: &str| json!({"kind": kind, "status": 503, "match": "/users", "method": "POST", "percent": 1});
    measure(
        "the same with 1 % + 1 % + 1 % faults",
        Duration::from_secs_f64(plain),
        0,
        json!({"latency_ms": 40}),
        &[fault("status"), fault("reset"), fault("reset_after")],
    )
    .await;
    let tight = |more: Value| {
        let mut all = json!({"limit": 600, "window_ms": 6_000});
        all.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        all
    };
    measure("600 in 6 s, all of it ours", Duration::from_secs(18), 0, tight(json!({})), &[]).await;
    measure("600 in 6 s, 10 % left to others", Duration::ZERO, 10, tight(json!({})), &[]).await;
    measure("others use 30 %", Duration::ZERO, 0, tight(json!({"others_percent": 30})), &[]).await;
    measure("15 at once", Duration::ZERO, 0, json!({"concurrent": 15, "latency_ms": 40}), &[]).await;
    measure("no headers", Duration::ZERO, 0, tight(json!({"headers": "none"})), &[]).await;
    measure("Retry-After only", Duration::ZERO, 0, tight(json!({"headers": "retry-after"})), &[]).await;
}
