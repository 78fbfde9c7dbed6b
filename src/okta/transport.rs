//! The one road of management API calls: path and headers, the wait for the rate budget, repetition of what is safe to repeat,
//! and the first reading of the answer.

use super::answer::{self, Answer};
use super::authorization::{Authorization, Missing, Refusal, Sent};
use super::budget::{Bucket, Budget, Decision, LONGEST_WAIT, Told};
use super::call::{Call, Target};
use super::link;
use super::model::{ApiError, BucketState, CallMade, NetKind};
use crate::secret::Secret;
use crate::text::Clean;
use crate::wire;
use backon::{BackoffBuilder, ExponentialBuilder};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use zeroize::Zeroizing;

/// How often a call that is safe to repeat is repeated after a fault.
const REPEATS: usize = 4;
/// How many calls may be made ready although as many as possible are under way: what comes before a call (a line on the disk) then
/// costs no time.
const BEFORE_THEIR_TURN: u32 = 16;
/// How often a call is tried again after a 429 before the caller is told.
const REFUSALS: usize = 5;

/// How many calls are remembered for people to look at.
const REMEMBERED: usize = 500;

/// A session with one org. Clones share the connections, the budget and the credential.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    org: String,
    authorization: Authorization,
    wire: wire::Client,
    budget: Mutex<Budget>,
    waiting: watch::Sender<Vec<Waiting>>,
    /// Told whenever a request has ended.
    ended: Notify,
    made: Mutex<VecDeque<CallMade>>,
}

/// A call that waits for its rate limit, for a screen to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The endpoint group: `apps`.
    pub bucket: String,
    /// When it goes on.
    pub until: Timestamp,
}

impl Transport {
    /// A session with the org at `org_url` (as [`super::address::normalise`] gives it). Sends nothing yet.
    pub fn new(org_url: &str, authorization: Authorization, wire: wire::Client) -> Self {
        let org = org_url.trim_end_matches('/').to_owned();
        let (budget, waiting) = (Mutex::default(), watch::Sender::new(Vec::new()));
        let made = Mutex::default();
        Self(Arc::new(Inner { org, authorization, wire, budget, waiting, ended: Notify::new(), made }))
    }

    /// The org URL, without a trailing slash.
    pub fn org_url(&self) -> &str {
        &self.0.org
    }

    /// Leaves this many percent of each rate limit to the org's other users, until the answer is dropped: while many calls are made
    /// that nobody waits for one by one.
    pub fn leave_headroom(&self, percent: u8) -> Headroom {
        self.0.budget().set_headroom(percent);
        Headroom(self.clone())
    }

    /// What is left of each rate-limit bucket of which an answer has told.
    pub fn budget(&self) -> Vec<BucketState> {
        self.0.budget().states(Timestamp::now())
    }

    /// The last calls that were made, the newest first.
    pub fn made(&self) -> Vec<CallMade> {
        self.0.made.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }

    /// The bucket with the smallest share left.
    pub fn tightest(&self) -> Option<BucketState> {
        self.0.budget().tightest(Timestamp::now())
    }

    /// The calls that wait for a rate limit at this moment; it changes as waits begin and end.
    pub fn waiting(&self) -> watch::Receiver<Vec<Waiting>> {
        self.0.waiting.subscribe()
    }

    /// Waits until one more request of this bucket could set out besides `ahead` others that are about to. Nothing is kept free for it:
    /// whoever is dropped while waiting here has sent nothing.
    pub(super) async fn room(&self, bucket: Bucket, ahead: u32) {
        let inner = &*self.0;
        loop {
            let ended = inner.ended.notified();
            let decision = inner.budget().room(bucket, ahead, BEFORE_THEIR_TURN, Timestamp::now());
            match decision {
                Decision::Go => return,
                Decision::Full => ended.await,
                Decision::WaitUntil(until) => inner.wait(bucket, until).await,
            }
        }
    }

    /// Carries out one call. Waits for the rate limit where it must; a 429, which Okta answers before it does anything, is
    /// waited out for every method. A fault (5xx, broken connection, time-out) is tried again only where [`Call::repeatable`].
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, ApiError> {
        let inner = &*self.0;
        let (url, bucket, endpoint) = inner.resolve(call)?;
        let mut headers = inner.headers(call);
        let mut delays = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(Duration::from_secs(4))
            .with_max_times(REPEATS)
            .with_jitter()
            .build();
        let (mut attempts, mut refusals, mut time_outs) = (0usize, 0usize, 0usize);
        // An access token that the org refused before its time; it is replaced once.
        let mut stale = None;
        loop {
            attempts += 1;
            let credential = inner.authorize(call, &url, &mut headers, stale.as_ref()).await?;
            let pass = inner.admit(bucket).await;
            let set_out = Timestamp::now();
            let request = wire::Request {
                method: call.method.clone(),
                url: url.clone(),
                headers: headers.clone(),
                body: call.body.clone(),
            };
            let sent = inner.wire.send(request).await;
            let now = Timestamp::now();
            inner.note(call, &url, bucket, (set_out, now), attempts, &sent);
            let response = match sent {
                Ok(response) => response,
                Err(e) => {
                    drop(pass);
                    time_outs += usize::from(e.kind == wire::WireKind::Timeout);
                    // A second time-out already makes a minute: longer than anybody waits for a list.
                    let passing =
                        e.maybe_sent && matches!(e.kind, wire::WireKind::Closed | wire::WireKind::Timeout);
                    match delays.next().filter(|_| passing && call.repeatable() && time_outs < 2) {
                        Some(delay) => tokio::time::sleep(delay).await,
                        None => return Err(answer::net(e)),
                    }
                    continue;
                }
            };
            let told = inner.budget().read(&response.headers, now);
            pass.answered(told, now);
            let (status, body) = (response.status, Zeroizing::new(response.body));
            if status != 429 {
                inner.budget().went_well(bucket);
            }
            match status {
                200..=299 => return Ok(Answer { endpoint, status, headers: response.headers, body }),
                // The first DELETE was carried out although its answer was a fault.
                404 if attempts > 1 && call.method == Method::DELETE => {
                    return Ok(Answer {
                        endpoint,
                        status: 204,
                        headers: response.headers,
                        body: Zeroizing::default(),
                    });
                }
                429 => {
                    refusals += 1;
                    let until = inner.refused(bucket, told, &response.headers, refusals, set_out, now);
                    if refusals > REFUSALS {
                        return Err(ApiError::Limited { bucket: bucket.as_str().to_owned(), until });
                    }
                    if told.is_some_and(|t| t.is_concurrency()) {
                        inner.wait(bucket, until).await;
                    }
                }
                // 423 E0000239: Okta reorders policy priorities and has done nothing yet.
                500 | 502..=504 | 423 => match delays.next().filter(|_| call.repeatable() || status == 423) {
                    Some(delay) => tokio::time::sleep(delay).await,
                    None => return Err(answer::error(&endpoint, status, &response.headers, &body)),
                },
                // A 401 has done nothing, whatever the method.
                401 | 403 => match inner.authorization.judge(
                    status,
                    &response.headers,
                    &call.method,
                    path_of(&endpoint),
                ) {
                    Refusal::Stale if let (None, Sent::Token(token)) = (&stale, credential) => {
                        stale = Some(token);
                        attempts = 0;
                    }
                    refusal => {
                        let error = answer::error(&endpoint, status, &response.headers, &body);
                        return Err(named(error, refusal));
                    }
                },
                _ => return Err(answer::error(&endpoint, status, &response.headers, &body)),
            }
        }
    }
}

fn path_of(endpoint: &str) -> &str {
    endpoint.split_once(' ').map_or(endpoint, |(_, path)| path)
}

/// A refusal of the token under the name that RFC 6750 gives it, and with the scope that is missing: Okta's body may be empty.
fn named(mut error: ApiError, refusal: Refusal) -> ApiError {
    if let ApiError::Okta(problem) = &mut error {
        match refusal {
            Refusal::Stale => problem.code = Clean::new("invalid_token"),
            Refusal::Scope(scope) => {
                problem.code = Clean::new("insufficient_scope");
                problem.causes.push(Clean::new(&format!("the scope that is missing: {scope}")));
            }
            Refusal::Other => {}
        }
    }
    error
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3). Okta documents none; proxies send it.
fn retry_after(headers: &HeaderMap) -> Option<SignedDuration> {
    let seconds: i64 = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(SignedDuration::from_secs(seconds).clamp(SignedDuration::ZERO, LONGEST_WAIT))
}

impl Inner {
    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a call for people to look at.
    fn note(
        &self,
        call: &Call,
        url: &str,
        bucket: Bucket,
        (at, ended): (Timestamp, Timestamp),
        attempts: usize,
        sent: &Result<wire::Response, wire::WireError>,
    ) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let number = made.back().map_or(1, |last: &CallMade| last.number + 1);
        if made.len() >= REMEMBERED {
            made.pop_front();
        }
        let answer = sent.as_ref().ok();
        let header = |name: &str| Some(Clean::new(answer?.headers.get(name)?.to_str().ok()?));
        made.push_back(CallMade {
            number,
            at,
            method: call.method.to_string(),
            target: Clean::new(url.strip_prefix(&self.org).unwrap_or(url)),
            status: answer.map(|a| a.status),
            trouble: sent.as_ref().err().map(|e| answer::net_kind(e.kind).words()),
            took_ms: u64::try_from(ended.duration_since(at).as_millis()).unwrap_or(0),
            bytes: answer.map_or(0, |a| a.body.len()),
            request_id: header("x-okta-request-id"),
            bucket: bucket.as_str().to_owned(),
            repeated: attempts - 1,
            bearer: matches!(self.authorization, Authorization::Bearer(_)),
        });
    }

    /// Notes a 429: when to come back. A second after the reset where it is told; after a short while, and with fewer at once, where
    /// too many were under way; else by `Retry-After`, or after longer and longer pauses.
    fn refused(
        &self,
        bucket: Bucket,
        told: Option<Told>,
        headers: &HeaderMap,
        refusals: usize,
        set_out: Timestamp,
        now: Timestamp,
    ) -> Timestamp {
        let after = |wait: SignedDuration| {
            now.checked_add(wait.clamp(SignedDuration::ZERO, LONGEST_WAIT)).unwrap_or(now)
        };
        let mut budget = self.budget();
        match told {
            Some(told) if told.is_concurrency() => {
                budget.too_many_at_once(bucket, set_out, now);
                let base = 100u64 << refusals.min(6);
                after(SignedDuration::from_millis(
                    i64::try_from(base + fastrand::u64(0..base)).unwrap_or(1_000),
                ))
            }
            Some(told) => {
                let until = after(told.reset.duration_since(now) + SignedDuration::from_secs(1));
                budget.close(bucket, until);
                until
            }
            None => {
                let blind = budget.closed_blindly(bucket, fastrand::f64(), set_out, now);
                let Some(wait) = retry_after(headers) else { return blind };
                let until = after(wait);
                budget.close(bucket, until);
                until
            }
        }
    }

    /// Address, bucket and the name in messages.
    fn resolve(&self, call: &Call) -> Result<(String, Bucket, String), ApiError> {
        let refuse = |detail: &str| ApiError::Net {
            host: Clean::new(self.org.split_once("://").map_or(&self.org, |(_, host)| host)),
            kind: NetKind::NotAllowed,
            detail: Clean::new(detail),
            maybe_sent: false,
        };
        match &call.target {
            Target::Path(_) => {
                let path = call
                    .path()
                    .ok_or_else(|| refuse("a part of the path is empty or climbs out of its place"))?;
                let url = format!("{}{path}{}", self.org, call.query_string());
                Ok((url, call.bucket(), format!("{} {path}", call.method)))
            }
            Target::Link(url) => {
                if !link::same_origin(url, &self.org) {
                    return Err(refuse(
                        "the answer links to a page at another host; the token was not sent there",
                    ));
                }
                let path = url::Url::parse(url).map(|u| u.path().to_owned()).unwrap_or_default();
                Ok((url.clone(), call.bucket(), format!("{} {path}", call.method)))
            }
        }
    }

    fn headers(&self, call: &Call) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if !matches!(call.body, wire::Body::File { .. }) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(call.content_type));
        }
        headers
    }

    /// Adds the credential, where this call has one.
    async fn authorize(
        &self,
        call: &Call,
        url: &str,
        headers: &mut HeaderMap,
        stale: Option<&Secret>,
    ) -> Result<Sent, ApiError> {
        if !call.authorized {
            return Ok(Sent::Fixed);
        }
        let added = self.authorization.add(&call.method, url, headers, stale).await;
        added.map_err(|missing| match missing {
            Missing::NoAccess(error) => error,
            Missing::BadToken => ApiError::Net {
                host: Clean::new(&self.org),
                kind: NetKind::NotAllowed,
                detail: Clean::new(
                    "the API token has a character in it that no token has, such as a space or a line break",
                ),
                maybe_sent: false,
            },
        })
    }

    async fn admit(&self, bucket: Bucket) -> Pass<'_> {
        loop {
            // Made before the decision: what ends in between is not missed.
            let ended = self.ended.notified();
            let decision = self.budget().decide(bucket, Timestamp::now());
            match decision {
                Decision::Full => ended.await,
                Decision::Go => return Pass { inner: self, bucket, open: true },
                Decision::WaitUntil(until) => self.wait(bucket, until).await,
            }
        }
    }

    /// Sleeps until `until` and tells those who watch. Dropping the future ends the notice too.
    async fn wait(&self, bucket: Bucket, until: Timestamp) {
        let waiting = Waiting { bucket: bucket.as_str().to_owned(), until };
        self.waiting.send_modify(|all| all.push(waiting.clone()));
        let _notice = Notice { inner: self, waiting };
        let left = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
        tokio::time::sleep(left + Duration::from_millis(5)).await;
    }
}

/// Headroom for others, until it is dropped.
#[derive(Debug)]
pub struct Headroom(Transport);

impl Drop for Headroom {
    fn drop(&mut self) {
        self.0.0.budget().set_headroom(0);
        self.0.0.ended.notify_waiters();
    }
}

/// A request under way, counted until it is answered or dropped.
struct Pass<'a> {
    inner: &'a Inner,
    bucket: Bucket,
    open: bool,
}

impl Pass<'_> {
    fn answered(mut self, told: Option<Told>, now: Timestamp) {
        self.open = false;
        self.inner.budget().answered(self.bucket, told, now);
        self.inner.ended.notify_waiters();
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.open {
            self.inner.budget().given_up(self.bucket);
            self.inner.ended.notify_waiters();
        }
    }
}

struct Notice<'a> {
    inner: &'a Inner,
    waiting: Waiting,
}

impl Drop for Notice<'_> {
    fn drop(&mut self) {
        self.inner.waiting.send_modify(|all| {
            if let Some(at) = all.iter().position(|w| *w == self.waiting) {
                all.remove(at);
            }
        });
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Transport").field(&self.0.org).finish()
    }
}
