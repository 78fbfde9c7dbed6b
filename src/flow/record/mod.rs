//! The one recorder: every request of a flow goes through [`Recorder::send`], and is a hop of the trace before its answer is
//! here. Also what failed below HTTP is recorded.
//!
//! The client follows no redirect and keeps no cookies; the run's own are in [`jar::Jar`], fresh with each recorder.

pub mod jar;
pub mod listener;

use super::Event;
use super::machine::{Judgement, LocalHop, NoAnswer, Outgoing, Reply};
use super::trace::lift::{self, Raw, RawAnswer};
use super::trace::{
    Connection, Exchange, Hop, Party, Piece, RunVerdict, Safe, SecretKind, Step, Text, Trace, Verdict,
};
use crate::secret::Secret;
use crate::text::Clean;
use crate::wire;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jar::Jar;
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Records a run: its trace, its safe, its cookies.
pub struct Recorder {
    client: wire::Client,
    jar: Jar,
    trace: Trace,
    safe: Safe,
    /// How many values the safe held when all hops were last looked through.
    sealed: usize,
    epoch: Instant,
    /// What the browser was to open.
    browsed: Option<Outgoing>,
    /// What the next request that is sent was altered by.
    altered: Vec<String>,
    events: mpsc::Sender<Event>,
}

impl Recorder {
    /// A recorder of an empty trace. `epoch` is the moment at which the trace began.
    pub fn new(
        client: wire::Client,
        trace: Trace,
        safe: Safe,
        epoch: Instant,
        events: mpsc::Sender<Event>,
    ) -> Self {
        Self {
            client,
            jar: Jar::default(),
            trace,
            safe,
            sealed: 0,
            epoch,
            browsed: None,
            altered: Vec::new(),
            events,
        }
    }

    /// Puts a secret that is known beforehand into the safe, so that it is a hole from its first occurrence on.
    pub fn keep(&mut self, kind: SecretKind, secret: &Secret) {
        if !secret.is_empty() {
            self.safe.lift(kind, secret.expose());
        }
    }

    /// Sends `request` and records it. `stop` ends the waiting; what was sent may have arrived all the same.
    ///
    /// # Errors
    /// [`NoAnswer`] when there was none: it is recorded as the hop's trouble.
    pub async fn send(
        &mut self,
        step: Step,
        title: &str,
        request: &Outgoing,
        stop: &CancellationToken,
    ) -> Result<Reply, NoAnswer> {
        let headers = self.headers(request);
        let sent_at = self.epoch.elapsed();
        let number = self.begin(Party::Okta, step, title, sent_at);
        self.fill(number, request, &headers, None);
        self.tell(number).await;

        let answer = match wire_request(request, &headers) {
            Ok(wired) => {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => Err(NoAnswer { sentence: "You stopped the run while this hop waited for its answer.".into(), maybe_sent: true }),
                    answer = self.client.send(wired) => answer.map_err(|e| NoAnswer { sentence: format!("{e}."), maybe_sent: e.maybe_sent }),
                }
            }
            Err(sentence) => Err(NoAnswer { sentence, maybe_sent: false }),
        };
        let received_at = self.epoch.elapsed();
        let connection = answer.as_ref().ok().map(connection_of);
        let reply = answer.map(|response| Reply {
            status: response.status,
            headers: header_list(&response.headers),
            body: response.body,
            sent: self.at(sent_at),
            received: self.at(received_at),
        });
        if let Ok(reply) = &reply {
            let now = reply.received;
            for (_, cookie) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
                self.jar.take(&request.url, cookie, now);
            }
        }
        self.fill(number, request, &headers, Some(&reply));
        if let Some(hop) = self.hop(number) {
            hop.took_ms = millis(received_at.saturating_sub(sent_at));
            hop.connection = connection;
        }
        self.tell(number).await;
        reply
    }

    /// A request as the hop that it will be, and what can be altered in it. Told to the screen; not part of the trace, since nothing was
    /// sent.
    pub async fn preview(
        &mut self,
        step: Step,
        title: &str,
        request: &Outgoing,
        altered: &[String],
    ) -> super::Pause {
        let headers = self.headers(request);
        let exchange = self.lifted(request, &headers, None);
        let parameters = request.parameters();
        let lifted = parameters
            .iter()
            .filter_map(|(place, name, value)| lift::of_request(*place, name, value, &mut self.safe));
        let pause = super::Pause {
            hop: self.trace.hops.len() + 1,
            request: Text::of(
                std::iter::once(Piece::Plain(format!("{} ", exchange.method)))
                    .chain(exchange.url.pieces().iter().cloned())
                    .collect(),
            ),
            parameters: lifted.collect(),
            altered: altered.to_vec(),
        };
        let mut hop = self.blank(Party::Okta, step, title, self.epoch.elapsed());
        hop.exchange = Some(exchange);
        hop.why = vec!["It is not sent yet.".into()];
        hop.altered = altered.to_vec();
        hop.seal(&self.safe);
        self.tell_event(Event::Hop(hop)).await;
        pause
    }

    /// What the next request that is sent was altered by.
    pub fn altered(&mut self, altered: Vec<String>) {
        self.altered = altered;
    }

    /// Records a request that the person's browser makes; nothing is sent from here.
    pub async fn browse(&mut self, step: Step, title: &str, request: Outgoing) {
        let number = self.begin(Party::You, step, title, self.epoch.elapsed());
        self.fill(number, &request, &[], None);
        self.browsed = Some(request);
        self.tell(number).await;
    }

    /// Where the browser ended, as the person says. There is no status: nobody here saw it.
    pub async fn told(&mut self, location: &str) {
        let Some(request) = self.browsed.take() else { return };
        let number = self.trace.hops.len();
        let now = self.epoch.elapsed();
        let told = Reply {
            status: 0,
            headers: vec![("location".to_owned(), location.to_owned())],
            body: Vec::new(),
            sent: self.at(now),
            received: self.at(now),
        };
        self.fill(number, &request, &[], Some(&Ok(told)));
        if let Some(hop) = self.hop(number) {
            hop.took_ms = millis(now).saturating_sub(hop.at_ms);
            if let Some(exchange) = &mut hop.exchange {
                exchange.status = None;
            }
        }
        self.tell(number).await;
    }

    /// Judges the hop that came last.
    pub async fn judge(&mut self, judgement: Judgement) {
        let number = self.trace.hops.len();
        self.apply(number, judgement);
        for changed in self.seal() {
            self.tell(changed).await;
        }
        self.tell(number).await;
    }

    /// Records a hop on which nothing went on the wire.
    pub async fn here(&mut self, local: LocalHop) {
        let number = self.begin(local.to, local.step, &local.title, self.epoch.elapsed());
        self.apply(number, local.judgement);
        self.tell(number).await;
    }

    /// Notes what the run leaves behind.
    pub fn left(&mut self, line: String) {
        self.trace.left.push(line);
    }

    /// The trace so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Tells a screen something besides hops.
    pub async fn tell_event(&self, event: Event) {
        // Nobody listening is no reason to stop: the trace is handed out at the end.
        let _ = self.events.send(event).await;
    }

    /// Ends the run.
    pub async fn end(mut self, verdict: RunVerdict) -> (Trace, Safe) {
        self.seal();
        self.trace.verdict = verdict.clone();
        let left = self.trace.left.clone();
        self.tell_event(Event::Ended(verdict, left)).await;
        (self.trace, self.safe)
    }

    fn begin(&mut self, to: Party, step: Step, title: &str, at: Duration) -> usize {
        let mut hop = self.blank(to, step, title, at);
        hop.altered = std::mem::take(&mut self.altered);
        let number = hop.number;
        self.trace.hops.push(hop);
        number
    }

    /// The next hop, with nothing in it.
    fn blank(&self, to: Party, step: Step, title: &str, at: Duration) -> Hop {
        Hop {
            number: self.trace.hops.len() + 1,
            to,
            step,
            title: Text::plain(title),
            verdict: Verdict::NotRun,
            exchange: None,
            checks: Vec::new(),
            why: Vec::new(),
            connection: None,
            altered: Vec::new(),
            at_ms: millis(at),
            took_ms: 0,
        }
    }

    /// The headers as they go on the wire, with the run's cookies where they go with it.
    fn headers(&self, request: &Outgoing) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> =
            request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        if let Some(cookies) = self.jar.header(&request.url).filter(|_| request.cookies) {
            headers.push(("cookie".into(), cookies));
        }
        headers
    }

    fn fill(
        &mut self,
        number: usize,
        request: &Outgoing,
        headers: &[(String, String)],
        reply: Option<&Result<Reply, NoAnswer>>,
    ) {
        let exchange = self.lifted(request, headers, reply);
        if let Some(hop) = self.hop(number) {
            hop.exchange = Some(exchange);
        }
    }

    fn lifted(
        &mut self,
        request: &Outgoing,
        headers: &[(String, String)],
        reply: Option<&Result<Reply, NoAnswer>>,
    ) -> Exchange {
        let answer = reply.map(|reply| match reply {
            Ok(reply) => Ok(RawAnswer { status: reply.status, headers: &reply.headers, body: &reply.body }),
            Err(why) => Err(why.sentence.as_str()),
        });
        let raw = Raw {
            method: request.method,
            url: &request.url,
            request_headers: headers,
            request_body: &request.body,
            answer,
        };
        lift::exchange(&raw, &mut self.safe)
    }

    fn apply(&mut self, number: usize, judgement: Judgement) {
        let checks: Vec<_> =
            judgement.checks.into_iter().map(|check| check.into_check(&mut self.safe)).collect();
        if let Some(hop) = self.trace.hops.get_mut(number.wrapping_sub(1)) {
            hop.verdict = judgement.verdict.unwrap_or(Verdict::NotRun);
            hop.checks = checks;
            hop.why =
                judgement.why.iter().map(|line| crate::text::Clean::new(line).as_str().to_owned()).collect();
            hop.step = judgement.step.unwrap_or(hop.step);
            if let Some(title) = judgement.title {
                hop.title = Text::plain(&title);
            }
            hop.seal(&self.safe);
        }
    }

    /// A secret may be known only after a later answer: then the earlier hops are looked through again. Gives the numbers of
    /// those that changed.
    fn seal(&mut self) -> Vec<usize> {
        if self.safe.len() == self.sealed {
            return Vec::new();
        }
        self.sealed = self.safe.len();
        let mut changed = Vec::new();
        for hop in &mut self.trace.hops {
            let before = hop.clone();
            hop.seal(&self.safe);
            if *hop != before {
                changed.push(hop.number);
            }
        }
        changed
    }

    fn hop(&mut self, number: usize) -> Option<&mut Hop> {
        self.trace.hops.get_mut(number.wrapping_sub(1))
    }

    async fn tell(&mut self, number: usize) {
        if let Some(hop) = self.hop(number).map(|hop| hop.clone()) {
            self.tell_event(Event::Hop(hop)).await;
        }
    }

    fn at(&self, since: Duration) -> Timestamp {
        let since = SignedDuration::try_from(since).unwrap_or(SignedDuration::ZERO);
        self.trace.began.checked_add(since).unwrap_or(self.trace.began)
    }
}

fn connection_of(response: &wire::Response) -> Connection {
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let timing = response.timing;
    Connection {
        name_us: timing.name.map(micros),
        connect_us: timing.connection.map(micros),
        first_byte_us: micros(timing.first_byte),
        body_us: micros(timing.total.saturating_sub(timing.first_byte)),
        protocol: Clean::from(response.protocol),
        certificate: response.certificate.clone(),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn header_list(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

fn wire_request(request: &Outgoing, headers: &[(String, String)]) -> Result<wire::Request, String> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| "A header has no valid name.".to_owned())?;
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| format!("The header {name} would hold a character that HTTP does not allow."))?;
        value.set_sensitive(matches!(name.as_str(), "authorization" | "cookie"));
        map.append(name, value);
    }
    let method =
        Method::from_bytes(request.method.as_bytes()).map_err(|_| "The method is not valid.".to_owned())?;
    let body =
        if request.body.is_empty() { wire::Body::Empty } else { wire::Body::Bytes(request.body.clone()) };
    Ok(wire::Request { method, url: request.url.clone(), headers: map, body })
}

#[cfg(test)]
mod tests;
