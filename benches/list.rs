//! What listing a large org costs: 100,000 people in pages of 200, read by the client and by a bare reader that follows the same
//! links and parses nothing. Run with `cargo bench --bench list`; `LATENCY_MS=40` adds latency to every answer (and lists 10,000).
#![allow(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use oktui::okta::read::{PeopleQuery, Reader};
use oktui::okta::{Authorization, Transport};
use oktui::secret::Secret;
use oktui::wire;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PAGE: usize = 200;

struct Org {
    people: usize,
    latency: Duration,
    origin: String,
}

async fn users(State(org): State<Arc<Org>>, Query(query): Query<HashMap<String, String>>) -> Response {
    tokio::time::sleep(org.latency).await;
    let from: usize = query.get("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let to = (from + PAGE).min(org.people);
    let mut body = String::with_capacity(PAGE * 700);
    for n in from..to {
        body.push(if n == from { '[' } else { ',' });
        body.push_str(&format!(
            r#"{{"id":"00u{n:017}","status":"ACTIVE","created":"2024-01-01T00:00:00.000Z","activated":null,"statusChanged":null,"lastLogin":"2026-11-01T10:00:00.000Z","lastUpdated":"2026-11-01T10:00:00.000Z","passwordChanged":null,"type":{{"id":"oty1"}},"profile":{{"firstName":"Given{n}","lastName":"Family{n}","mobilePhone":null,"secondEmail":null,"login":"person{n}@acme.example","email":"person{n}@acme.example"}},"_links":{{"self":{{"href":"https://acme.okta.com/api/v1/users/00u{n:017}"}}}}}}"#
        ));
    }
    body.push(']');
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/json".parse().expect("a header"));
    if to < org.people {
        let link = format!("<{}/api/v1/users?limit={PAGE}&after={to}>; rel=\"next\"", org.origin);
        headers.insert("link", link.parse().expect("a header"));
    }
    (headers, body).into_response()
}

async fn serve(people: usize, latency: Duration) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let org = Arc::new(Org { people, latency, origin: origin.clone() });
    let app = Router::new().route("/api/v1/users", get(users)).with_state(org);
    tokio::spawn(async move { axum::serve(listener, app).await });
    origin
}

async fn bare(origin: &str) -> (usize, usize) {
    let client = reqwest::Client::new();
    let mut next = Some(format!("{origin}/api/v1/users?limit={PAGE}"));
    let (mut pages, mut bytes) = (0, 0);
    while let Some(url) = next {
        let answer = client.get(url).send().await.expect("an answer");
        let link = answer.headers().get("link").and_then(|l| l.to_str().ok());
        next = link.and_then(|l| Some(l.split_once('<')?.1.split_once('>')?.0.to_owned()));
        bytes += answer.bytes().await.expect("a body").len();
        pages += 1;
    }
    (pages, bytes)
}

async fn ours(origin: &str) -> (usize, Duration) {
    let wire = wire::Client::new(wire::Options::default()).expect("a client");
    let transport = Transport::new(origin, Authorization::ApiToken(Secret::new("00token")), wire);
    let mut pages = Reader::new(transport).people(PeopleQuery::All).ahead();
    let begun = Instant::now();
    let mut first = Duration::ZERO;
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        all.extend(page.expect("a page"));
        if first.is_zero() {
            first = begun.elapsed();
        }
    }
    (all.len(), first)
}

/// Resident memory, in MiB, where the system tells.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS:"));
    let kib: f64 = line.and_then(|l| l.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0.0);
    kib / 1024.0
}

#[tokio::main]
async fn main() {
    let latency: u64 = std::env::var("LATENCY_MS").ok().and_then(|v| v.parse().ok()).unwrap_or(0);
    let people = if latency > 0 { 10_000 } else { 100_000 };
    let origin = serve(people, Duration::from_millis(latency)).await;
    // Once for whatever is set up at the first request.
    bare(&origin).await;
    let begun = Instant::now();
    let (pages, bytes) = bare(&origin).await;
    let floor = begun.elapsed();
    let before = resident();
    let begun = Instant::now();
    let (count, first) = ours(&origin).await;
    let took = begun.elapsed();
    assert_eq!(count, people);
    println!("{people} people, {pages} pages, {} MiB of JSON, {latency} ms latency", bytes / 1_048_576);
    println!("bare reader    {:>8.3} s", floor.as_secs_f64());
    println!(
        "client         {:>8.3} s   {:.2}x the bare reader; first page after {:.1} ms; {:.0} MiB more in memory at the end",
        took.as_secs_f64(),
        took.as_secs_f64() / floor.as_secs_f64(),
        first.as_secs_f64() * 1_000.0,
        resident() - before
    );
}
