//! The edge: axum in front, one lock behind. Reads a request whole, applies faults and limits, asks `routes`, and writes
//! the headers that every answer of Okta carries.

use super::call::{Body, Call, Reply};
use super::faults::{self, Fault, Kind};
use super::keys::SigningKey;
use super::limits::{self, Verdict};
use super::log::Event;
use super::state::Org;
use super::{RateHeaders, Scenario, error, routes, seed};
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::{OnceCell, oneshot};

/// Largest request body, bytes: twice the largest logo.
const BODY_MAX: usize = 2 * 1_048_576;

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    org: Mutex<Org>,
    key: OnceCell<Option<Arc<SigningKey>>>,
    kid: String,
    /// Management calls under way.
    under_way: AtomicU32,
}

/// Counts a call as under way until it is dropped, whatever becomes of it.
struct UnderWay<'a>(&'a AtomicU32);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

impl Shared {
    pub(super) fn new(org: Org) -> Self {
        let kid = org.signing_kid();
        Self { org: Mutex::new(org), key: OnceCell::new(), kid, under_way: AtomicU32::new(0) }
    }

    /// A panic in another request must not end the demo: the state is plain data.
    pub(super) fn org(&self) -> MutexGuard<'_, Org> {
        self.org.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an answer to a management call, for the control path.
    fn counted(&self, path: &str, status: u16) {
        if path.starts_with("/api/") {
            *self.org().counts.entry(status).or_default() += 1;
        }
    }

    async fn key(&self) -> Option<Arc<SigningKey>> {
        self.key
            .get_or_init(|| async {
                let kid = self.kid.clone();
                let made = tokio::task::spawn_blocking(move || SigningKey::generate(kid)).await;
                made.ok().and_then(Result::ok).map(Arc::new)
            })
            .await
            .clone()
    }
}

/// Serves until told to stop.
pub(super) async fn run(
    listener: tokio::net::TcpListener,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) {
    let early = Arc::clone(&shared);
    let warm = tokio::spawn(async move {
        early.key().await;
    });
    let app = axum::Router::new().fallback(answer).with_state(shared);
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let end = async move {
        let _ = stopped.await;
    };
    // An error here means that the listener is gone; the handle's owner notices by the closed port.
    let _ = axum::serve(listener, service).with_graceful_shutdown(end).await;
    warm.abort();
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let head = parts.method == Method::HEAD;
    let no_length =
        !parts.headers.contains_key("content-length") && !parts.headers.contains_key("transfer-encoding");
    let missing_length = no_length && matches!(parts.method, Method::POST | Method::PUT);
    let Ok(body) = axum::body::to_bytes(body, BODY_MAX).await else {
        return finish(
            &json_reply(413, "E0000001"),
            &Stamp { request_id: "", seconds: shared.org().now() },
            None,
            head,
        );
    };
    let path = parts.uri.path().to_owned();
    let target = parts.uri.path_and_query().map_or_else(|| path.clone(), ToString::to_string);
    let host = parts.headers.get("host").and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1").to_owned();
    let query =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let mut call = Call {
        method: if head { Method::GET } else { parts.method },
        segments: path.split('/').skip(1).map(decode).collect(),
        path,
        target,
        query,
        headers: parts.headers,
        body: body.to_vec(),
        base: format!("http://{host}"),
        request_id: String::new(),
        peer: peer.ip().to_string(),
    };
    let control = call.path.starts_with("/__demo");
    let before = if control { 0 } else { shared.under_way.fetch_add(1, Ordering::Relaxed) };
    let _under_way = (!control).then(|| UnderWay(&shared.under_way));
    let (fault, traffic) = {
        let mut org = shared.org();
        let n = org.next();
        call.request_id = seed::text(org.seed, "request", n, 27);
        let dice = seed::mix(org.seed, "fault", n);
        let fault = if control {
            None
        } else {
            let (method, path) = (call.method.as_str(), &call.path);
            faults::take(&mut org.faults, method, path, dice)
                .or_else(|| faults::take(&mut org.scenario_faults, method, path, dice))
        };
        (fault, org.traffic)
    };
    if traffic.latency_ms > 0 && !control {
        tokio::time::sleep(Duration::from_millis(traffic.latency_ms)).await;
    }
    if let Some(fault) = &fault {
        if fault.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
        }
        if fault.kind == Kind::Reset {
            shared.counted(&call.path, 0);
            return broken(&[], 0);
        }
    }
    let key = if routes::needs_key(&call.segments) { shared.key().await } else { None };
    let crowded = call.path.starts_with("/api/v1/") && traffic.concurrent.is_some_and(|most| before >= most);
    let (mut reply, mut verdict, seconds) = {
        let mut org = shared.org();
        let (reply, verdict) = if crowded {
            // Okta: limit and remaining are both 0, and the reset is only a hint.
            let full = Verdict { limit: 0, remaining: 0, reset: org.now() + 1, allowed: false };
            (json_reply(429, "E0000047"), Some(full))
        } else {
            handle(&call, &mut org, key.as_deref(), fault.as_ref(), missing_length)
        };
        (reply, verdict, org.now())
    };
    if traffic.headers != RateHeaders::Okta {
        if let (429, RateHeaders::RetryAfter, Some(v)) = (reply.status, traffic.headers, &verdict) {
            let wait = (v.reset - seconds).max(1);
            reply = reply.with("retry-after", wait.to_string());
        }
        verdict = None;
    }
    if fault.as_ref().is_some_and(|f| f.kind == Kind::ResetAfter) {
        shared.counted(&call.path, 0);
        return broken(&[], 0);
    }
    if let Some(Fault { kind: Kind::Truncate, .. }) = fault {
        let text = render(&reply.body, &call.request_id).1;
        let half = text.get(..text.len() / 2).unwrap_or_default().to_vec();
        return broken(&half, text.len().max(2));
    }
    shared.counted(&call.path, reply.status);
    finish(&reply, &Stamp { request_id: &call.request_id, seconds }, verdict, head)
}

/// What tells one answer from another.
struct Stamp<'a> {
    request_id: &'a str,
    /// Demo time, epoch seconds: `Date` and `X-Rate-Limit-Reset` must come from one clock.
    seconds: i64,
}

fn decode(segment: &str) -> String {
    // form_urlencoded reads `+` as a space, which a path does not.
    let plus = segment.replace('+', "%2B");
    url::form_urlencoded::parse(format!("x={plus}").as_bytes())
        .next()
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

fn json_reply(status: u16, code: &str) -> Reply {
    error::okta(status, code)
}

/// Everything that happens under the lock: the answer, and what the control path tells of it.
fn handle(
    call: &Call,
    org: &mut Org,
    key: Option<&SigningKey>,
    fault: Option<&Fault>,
    missing_length: bool,
) -> (Reply, Option<Verdict>) {
    let (reply, verdict, routed) = decide(call, org, key, fault, missing_length);
    remember(call, org, &reply, routed);
    (reply, verdict)
}

/// Limits, faults, then the route; the last part of the answer tells whether the route was reached.
fn decide(
    call: &Call,
    org: &mut Org,
    key: Option<&SigningKey>,
    fault: Option<&Fault>,
    missing_length: bool,
) -> (Reply, Option<Verdict>, bool) {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    if org.scenario == Scenario::OrgDeactivated && segments.first() != Some(&"__demo") {
        return (json_reply(403, "E0000260"), None, false);
    }
    let verdict = count(call, org, &segments);
    if let Some(fault) = fault {
        let reply = match fault.kind {
            Kind::Status if fault.status == 429 => {
                let verdict = Verdict {
                    limit: verdict.map_or(0, |v| v.limit),
                    remaining: 0,
                    reset: org.now() + 1,
                    allowed: false,
                };
                return (json_reply(429, "E0000047"), Some(verdict), false);
            }
            Kind::Status => Some(match fault.status {
                401 => json_reply(401, "E0000011"),
                403 => json_reply(403, "E0000006"),
                404 => json_reply(404, "E0000008"),
                500 => json_reply(500, "E0000009"),
                other => json_reply(other, "E0000009"),
            }),
            Kind::Html => Some(Reply::html(
                200,
                "<!doctype html><title>Sign in to the network</title><p>Guest portal".to_owned(),
            )),
            Kind::Big => Some(Reply {
                status: 200,
                headers: vec![("content-type", "application/json".into())],
                body: Body::Text(" ".repeat(64 * 1_048_576)),
            }),
            Kind::Truncate | Kind::Slow | Kind::Reset | Kind::ResetAfter => None,
        };
        if let Some(reply) = reply {
            return (reply, verdict, false);
        }
    }
    if verdict.is_some_and(|v| !v.allowed) {
        let kind = if segments.last() == Some(&"authorize") {
            "system.client.rate_limit.violation"
        } else {
            "system.org.rate_limit.violation"
        };
        org.record(call, Event::failure(kind, "Rate limit violation", "rate_limit").result("RATE_LIMIT"));
        return (json_reply(429, "E0000047"), verdict, false);
    }
    if missing_length && segments.first() == Some(&"api") {
        let reply = error::with_summary(411, "E0000002", "Length Required", json!([]));
        return (reply, verdict, false);
    }
    let reply = routes::route(call, org, key, &segments).unwrap_or_else(|refused| refused);
    (reply, verdict, true)
}

/// Counts the call in its bucket.
fn count(call: &Call, org: &mut Org, segments: &[&str]) -> Option<Verdict> {
    let now = org.clock.millis();
    if let ["oauth2", .., "authorize"] = segments {
        // 60 a minute for each client and address; a program without a device cookie has an empty device part.
        let client = call.param("client_id").unwrap_or_default();
        let key = format!("authorize {client} {} {}", call.peer, call.cookie("DT").unwrap_or_default());
        let traffic = org.traffic;
        return Some(org.limits.count(&key, 60, &traffic, now));
    }
    let (name, free, enterprise) = limits::bucket(&call.method, segments)?;
    let full = if org.scenario == Scenario::FreeOrg { free } else { enterprise };
    let token = call.header("authorization").unwrap_or_default();
    let limit = if token.starts_with("SSWS") { full / 2 } else { full };
    let traffic = org.traffic;
    let limit = traffic.limit.unwrap_or(limit);
    Some(org.limits.count(&format!("{name} {token}"), limit, &traffic, now))
}

fn remember(call: &Call, org: &mut Org, reply: &Reply, routed: bool) {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let entry = || {
        json!({
            "method": call.method.as_str(), "path": call.path, "status": reply.status, "request_id": call.request_id,
        })
    };
    match segments.as_slice() {
        ["api", "v1", "authn", ..] | ["api", "v1", "policies", "simulate"] => {}
        ["api", "v1", ..] if routed && call.method != Method::GET && reply.status < 400 => {
            Org::keep(&mut org.writes, entry())
        }
        ["oauth2", .., "authorize" | "token" | "userinfo" | "introspect" | "revoke" | "logout" | "keys"] => {
            Org::keep(&mut org.oauth_calls, entry());
        }
        _ => {}
    }
}

/// Content type and bytes of a body. The envelope's `errorId` is filled in here.
fn render(body: &Body, request_id: &str) -> (Option<&'static str>, Vec<u8>) {
    match body {
        Body::Empty => (None, Vec::new()),
        Body::Html(page) => (Some("text/html;charset=utf-8"), page.clone().into_bytes()),
        Body::Text(text) => (Some("text/plain;charset=utf-8"), text.clone().into_bytes()),
        Body::Json(value) => {
            let mut value = value.clone();
            if let Some(Value::String(id)) = value.get_mut("errorId") {
                *id = format!("oae{request_id}");
            }
            (Some("application/json"), value.to_string().into_bytes())
        }
    }
}

fn finish(reply: &Reply, stamp: &Stamp<'_>, verdict: Option<Verdict>, head: bool) -> Response {
    let (kind, bytes) = render(&reply.body, stamp.request_id);
    let length = bytes.len();
    let mut response =
        Response::new(if head { axum::body::Body::empty() } else { Bytes::from(bytes).into() });
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut add = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    };
    if let Some(kind) = kind
        && !reply.headers.iter().any(|(name, _)| *name == "content-type")
    {
        add("content-type", kind);
    }
    if head {
        add("content-length", &length.to_string());
    }
    add("x-okta-request-id", stamp.request_id);
    let time = UNIX_EPOCH + Duration::from_secs(u64::try_from(stamp.seconds).unwrap_or(0));
    add("date", &httpdate::fmt_http_date(time));
    if let Some(verdict) = verdict {
        add("x-rate-limit-limit", &verdict.limit.to_string());
        add("x-rate-limit-remaining", &verdict.remaining.to_string());
        add("x-rate-limit-reset", &verdict.reset.to_string());
    }
    for (name, value) in &reply.headers {
        add(name, value);
    }
    response
}

/// An answer that ends too early: the connection closes after `sent`, though `length` bytes were announced.
fn broken(sent: &[u8], length: usize) -> Response {
    let end =
        std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the demo was asked to break this answer");
    let parts = [Ok(Bytes::copy_from_slice(sent)), Err(end)];
    let mut response = Response::new(axum::body::Body::from_stream(futures_util::stream::iter(parts)));
    if length > 0 {
        response.headers_mut().insert("content-length", HeaderValue::from(length));
        response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    }
    response
}
