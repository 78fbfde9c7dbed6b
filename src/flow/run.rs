//! Drives the machine: sends what it says through the recorder, hands back what came, asks the person.

mod stepping;

use super::explain;
use super::machine::{Action, Call, Input, Judgement, LocalHop, Machine, NoAnswer, Outgoing, Reply};
use super::record::Recorder;
use super::record::listener::Listener;
use super::trace::{Leg, Party, RunVerdict, Safe, SecretKind, Step, Trace, Way, lift};
use super::{Answer, ClientAuth, Event, Need, Random, Spec, words};
use crate::secret::{FingerprintKey, Secret};
use crate::text::Clean;
use crate::wire;
use jiff::Timestamp;
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClientId, ClientSecret, HttpRequest, HttpResponse,
    PkceCodeVerifier, RedirectUrl, RefreshToken, TokenUrl,
};
use std::borrow::Cow;
use std::pin::Pin;
use std::time::{Duration, Instant};
use stepping::{Stepping, experiment};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

/// How long each request of a clean-up may take once the user has stopped the run.
const PATIENCE_AFTER_STOP: Duration = Duration::from_secs(5);

/// Runs `spec` to its end and gives the trace with the safe that holds its secrets.
///
/// `password` is sent once, to the org's primary authentication, and never again. `random` must not have been used before.
/// `began` is the time now: the run's clock goes on from it. `key` makes the fingerprints. Hops arrive through `events` as they
/// happen; a dropped receiver does not end the run, a full one delays it. After [`Event::Need`] it waits for `answers`; a closed channel is
/// [`Answer::Stop`]. `stop` ends the run: what it obtained is still cleaned up, at most five seconds for each request.
#[expect(clippy::too_many_arguments, reason = "each is a different thing that only the runner has")]
pub async fn run(
    spec: Spec,
    password: Option<Secret>,
    random: Random,
    began: Timestamp,
    key: FingerprintKey,
    events: mpsc::Sender<Event>,
    answers: mpsc::Receiver<Answer>,
    stop: CancellationToken,
) -> (Trace, Safe) {
    let epoch = Instant::now();
    let trace = Trace {
        run: spec.run,
        title: title(&spec).into(),
        way: spec.way,
        login: spec.login.as_deref().filter(|_| spec.way.signs_in()).map(Clean::from),
        began,
        hops: Vec::new(),
        verdict: RunVerdict::Running,
        left: Vec::new(),
    };
    let standard = wire::Options::default();
    let options = wire::Options {
        connect_timeout: standard.connect_timeout.min(spec.patience),
        total_timeout: spec.patience,
        // A run's requests go one after another.
        measured: true,
        ..standard
    };
    // Cookies are the recorder's, so that the trace shows them.
    let client = match wire::Client::since(options, epoch) {
        Ok(client) => client,
        Err(e) => {
            let mut trace = trace;
            trace.verdict = no_client(&e);
            let _ = events.send(Event::Ended(trace.verdict.clone(), Vec::new())).await;
            return (trace, Safe::new(key));
        }
    };
    let mut recorder = Recorder::new(client, trace, Safe::new(key), epoch, events);
    if let Some(password) = &password {
        recorder.keep(SecretKind::Password, password);
    }
    if let Some(secret) = &spec.client_secret {
        recorder.keep(SecretKind::ClientSecret, secret);
    }

    let recorder = Mutex::new(recorder);
    let stepping = Mutex::new(Stepping::new(spec.stepping, answers));
    let mut machine = Machine::new(spec.clone(), password, &random);
    let mut input = Input::Start;
    let mut stopping = false;
    let verdict = 'run: loop {
        let (next, actions) = machine.step(input);
        machine = next;
        input = Input::Stop;
        for action in actions {
            match action {
                Action::Send { step, title, call } => {
                    if stop.is_cancelled() && !stopping {
                        stopping = true;
                        continue;
                    }
                    let never = CancellationToken::new();
                    let token = if stopping { &never } else { &stop };
                    if stopping {
                        stepping.lock().await.off();
                    }
                    let road =
                        Road { recorder: &recorder, stepping: &stepping, step, title: &title, stop: token };
                    let sending = send(&road, &spec, call);
                    let answer = if stopping {
                        // The future is dropped when time is up: that is what stopping means.
                        tokio::time::timeout(PATIENCE_AFTER_STOP, sending).await.unwrap_or_else(|_| {
                            Err(NoAnswer {
                                sentence: "No answer within five seconds.".into(),
                                maybe_sent: true,
                            })
                        })
                    } else {
                        sending.await
                    };
                    if stop.is_cancelled() && !stopping && answer.is_err() {
                        stopping = true;
                    } else {
                        input = Input::Answer(answer);
                    }
                }
                Action::Judge(judgement) => {
                    recorder.lock().await.judge(said(&spec, judgement)).await;
                }
                Action::Browse { step, title, request } => {
                    recorder.lock().await.browse(step, &title, request).await;
                }
                Action::Told(location) => recorder.lock().await.told(location.expose()).await,
                Action::Here(hop) => {
                    let judgement = said(&spec, hop.judgement);
                    recorder.lock().await.here(LocalHop { judgement, ..hop }).await;
                }
                Action::Show(need) => recorder.lock().await.tell_event(Event::Need(need)).await,
                Action::Wait(seconds) => {
                    input = tokio::select! {
                        biased;
                        () = stop.cancelled() => {
                            stopping = true;
                            Input::Stop
                        }
                        () = tokio::time::sleep(Duration::from_secs(seconds)) => Input::Waited,
                    };
                }
                Action::Left(line) => recorder.lock().await.left(line),
                Action::Ask(need) => {
                    let listening = Listening::to(&need, &spec.redirect_uri).await;
                    let need = listening.told(need);
                    recorder.lock().await.tell_event(Event::Need(need)).await;
                    let mut stepping = stepping.lock().await;
                    let answer = tokio::select! {
                        () = stop.cancelled() => None,
                        answer = stepping.answer() => answer,
                        answer = listening.answer() => Some(answer),
                    };
                    drop(stepping);
                    input = match answer {
                        Some(Answer::Passcode(code, factor)) => {
                            recorder.lock().await.keep(SecretKind::Passcode, &code);
                            Input::Passcode { code, factor }
                        }
                        Some(Answer::Pasted(text)) => Input::Pasted(text),
                        // The others answer no question of the machine's; no face gives them here.
                        Some(Answer::Stop | Answer::Send | Answer::RunOn | Answer::Alter(_)) | None => {
                            stopping = true;
                            Input::Stop
                        }
                    };
                }
                Action::Done { stopped, judged_not } => {
                    let recorder = recorder.lock().await;
                    let verdict = match (stopped, explain::explain(recorder.trace())) {
                        (true, _) => RunVerdict::Stopped,
                        (false, Some(failed)) => said_of(&spec, failed),
                        (false, None) => RunVerdict::Passed { judged_not },
                    };
                    break 'run experiment(verdict, &recorder.trace().hops);
                }
            }
        }
    };
    recorder.into_inner().end(verdict).await
}

/// The listener for what a browser ends at, where the redirect URI leads to this machine.
struct Listening {
    listener: Option<Result<Listener, String>>,
    state: Secret,
}

impl Listening {
    async fn to(need: &Need, redirect_uri: &str) -> Self {
        let Need::Browser { url, .. } = need else {
            return Self { listener: None, state: Secret::new("") };
        };
        let pairs = lift::pairs(url.expose());
        let state = pairs.iter().find(|(name, _)| name == "state").map_or("", |(_, value)| value.as_str());
        Self { listener: Listener::at(redirect_uri).await, state: Secret::new(state) }
    }

    /// The question, with where the answer is waited for.
    fn told(&self, need: Need) -> Need {
        match (need, &self.listener) {
            (Need::Browser { url, message, .. }, Some(Ok(listener))) => {
                Need::Browser { url, message, port: Some(listener.port) }
            }
            (Need::Browser { url, message, port }, Some(Err(trouble))) => {
                let message = format!("{message} It cannot be waited for here ({trouble}).");
                Need::Browser { url, message, port }
            }
            (need, _) => need,
        }
    }

    async fn answer(&self) -> Answer {
        match &self.listener {
            Some(Ok(listener)) => Answer::Pasted(listener.answer(&self.state).await),
            _ => std::future::pending().await,
        }
    }
}

/// A judgement in words that fit the server: see [`words`].
fn said(spec: &Spec, mut judgement: Judgement) -> Judgement {
    if spec.org_url.is_none() {
        for line in &mut judgement.why {
            *line = words::neutral(line);
        }
        for check in &mut judgement.checks {
            check.sentence = words::neutral(&check.sentence);
        }
    }
    judgement
}

fn said_of(spec: &Spec, verdict: RunVerdict) -> RunVerdict {
    match verdict {
        RunVerdict::Failed { leg, step, headline, fixes } if spec.org_url.is_none() => RunVerdict::Failed {
            leg,
            step,
            headline: words::neutral(&headline),
            fixes: fixes.iter().map(|fix| words::neutral(fix)).collect(),
        },
        verdict => verdict,
    }
}

fn title(spec: &Spec) -> &'static str {
    match spec.way {
        Way::Probe => "probe without a person",
        Way::Secret => "the client's secret, without a person",
        Way::Battery => "mistakes and attacks, without a person",
        Way::Client => "client credentials",
        Way::Device if spec.whole_life => "device authorization, and the tokens' whole life",
        Way::Device => "device authorization",
        _ if spec.whole_life => "authorization code + PKCE, and the tokens' whole life",
        _ => "authorization code + PKCE",
    }
}

fn no_client(e: &wire::WireError) -> RunVerdict {
    RunVerdict::Failed {
        leg: Leg::Network,
        step: None,
        headline: e.to_string(),
        fixes: vec!["Look at this machine's certificates and proxy settings.".into()],
    }
}

/// Sends one call. Token requests are made by the `oauth2` crate with the recorder as its HTTP client; its own verdict is thrown
/// away, because for an answer that is not shaped as the RFC says (Okta's envelope, a page) it knows less than the hop.
async fn send(road: &Road<'_>, spec: &Spec, call: Call) -> Result<Reply, NoAnswer> {
    let (endpoint, authentication) = match &call {
        Call::Http(request) => return road.go(request.clone()).await,
        Call::Exchange { endpoint, authentication, .. } => (endpoint.clone(), *authentication),
        Call::Refresh { endpoint, .. } => (endpoint.clone(), spec.authentication),
    };
    let http = Recording { road, endpoint: &endpoint, outcome: Mutex::new(None) };
    let Ok(url) = TokenUrl::new(endpoint.clone()) else {
        return unsendable(road, "The token endpoint of the metadata is no URL.").await;
    };
    let mut client = BasicClient::new(ClientId::new(spec.client_id.clone())).set_token_uri(url);
    if let Some(secret) = spec.client_secret.as_ref().filter(|_| authentication != ClientAuth::None) {
        client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    let client = client.set_auth_type(match authentication {
        ClientAuth::Basic => AuthType::BasicAuth,
        ClientAuth::Post | ClientAuth::None => AuthType::RequestBody,
    });
    match call {
        Call::Exchange { code, verifier, .. } => {
            // `new` keeps the characters as they were given; `from_url` would normalise them.
            let Ok(redirect) = RedirectUrl::new(spec.redirect_uri.clone()) else {
                return unsendable(road, "The redirect URI is no URL: it cannot be sent.").await;
            };
            let request = client
                .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
                .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
                .set_redirect_uri(Cow::Owned(redirect));
            let _ = request.request_async(&http).await;
        }
        Call::Refresh { refresh_token, .. } => {
            let token = RefreshToken::new(refresh_token.expose().to_owned());
            let _ = client.exchange_refresh_token(&token).request_async(&http).await;
        }
        Call::Http(_) => {}
    }
    match http.outcome.into_inner() {
        Some(outcome) => outcome,
        None => unsendable(road, "The token request cannot be built from these values.").await,
    }
}

/// How one request gets to the recorder: which step it is, and who may stop before it.
struct Road<'a> {
    recorder: &'a Mutex<Recorder>,
    stepping: &'a Mutex<Stepping>,
    step: Step,
    title: &'a str,
    stop: &'a CancellationToken,
}

impl Road<'_> {
    /// Stops before it where the run does so, then sends it.
    async fn go(&self, request: Outgoing) -> Result<Reply, NoAnswer> {
        let mut stepping = self.stepping.lock().await;
        match stepping.before(self.recorder, self.step, self.title, request, self.stop).await {
            Some(request) => {
                self.recorder.lock().await.send(self.step, self.title, &request, self.stop).await
            }
            None => {
                Err(NoAnswer { sentence: "You stopped the run before this hop.".into(), maybe_sent: false })
            }
        }
    }
}

/// The recorder as the `oauth2` crate's HTTP client: it keeps what came of the request.
struct Recording<'a> {
    road: &'a Road<'a>,
    endpoint: &'a str,
    outcome: Mutex<Option<Result<Reply, NoAnswer>>>,
}

impl<'c> AsyncHttpClient<'c> for Recording<'_> {
    type Error = Unanswered;
    // Boxed, so that a run can be proven to be Send; with a closure that lends, as the crate proposes, it cannot.
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = outgoing(self.endpoint, request);
            let answer = self.road.go(request).await;
            let handed_on = match &answer {
                Ok(reply) => http_response(reply),
                Err(why) => Err(Unanswered(why.sentence.clone())),
            };
            *self.outcome.lock().await = Some(answer);
            handed_on
        })
    }
}

/// A request that could not be built is a hop too: the judgement that follows is of that hop, and not of the one before.
async fn unsendable(road: &Road<'_>, why: &str) -> Result<Reply, NoAnswer> {
    let judgement = Judgement { why: vec![why.to_owned()], ..Judgement::default() };
    let hop = LocalHop { to: Party::Here, step: road.step, title: road.title.to_owned(), judgement };
    road.recorder.lock().await.here(hop).await;
    Err(NoAnswer { sentence: why.to_owned(), maybe_sent: false })
}

/// The crate's request as ours, to the endpoint as the metadata wrote it.
fn outgoing(endpoint: &str, request: HttpRequest) -> Outgoing {
    let (parts, body) = request.into_parts();
    let names = ["accept", "content-type", "authorization"];
    let headers = names
        .into_iter()
        .filter_map(|name| Some((name, parts.headers.get(name)?.to_str().ok()?.to_owned())))
        .collect();
    Outgoing { method: "POST", url: endpoint.to_owned(), headers, body, cookies: false }
}

/// What the crate is told when no answer came. It only ends the crate's own work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unanswered(String);

fn http_response(reply: &Reply) -> Result<HttpResponse, Unanswered> {
    let mut builder = http::Response::builder().status(reply.status);
    if let Some(media_type) = reply.header("content-type") {
        builder = builder.header("content-type", media_type);
    }
    builder.body(reply.body.clone()).map_err(|e| Unanswered(e.to_string()))
}
