//! Runs of the flow tester against the session's org: puts the facts together, passes hops on, hands answers in.

use super::error::RunError;
use super::history::{self, Subject};
use super::job::{Need, Outcome, TestRequest};
use super::runner::Sink;
use super::session::{Session, demo_people};
use super::{applying, live, remember, side};
use crate::flow;
use crate::flow::export::Format;
use crate::flow::trace::{Safe, Trace};
use crate::okta::model::{
    App, AppId, ClientAuthentication, ClientSecret, Engine, Readable, ServerId, ServerKind,
};
use crate::policy;
use crate::secret::{FingerprintKey, Secret};
use crate::setup::AuthorizationServer;
use crate::store::Places;
use crate::text::Clean;
use crate::uri::{Callback, is_near};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Runs the tester once. Hops go to `sink` as they come.
///
/// # Errors
/// What must be known before the first hop is missing. Everything after that is part of the trace.
pub async fn run(
    session: &Session,
    request: TestRequest,
    sink: &Sink,
    replies: mpsc::Receiver<flow::Answer>,
    stop: CancellationToken,
) -> Result<(Trace, Safe), RunError> {
    let org_url = session.org().url.clone();
    let secret = match request.secret.clone() {
        Some(secret) => Some(secret),
        None if request.authentication == ClientAuthentication::None => None,
        None => active_secret(session, &request).await?,
    };
    let issuer = request.server.issuer(&org_url);
    let spec = flow::Spec {
        discovery_url: format!("{issuer}/.well-known/openid-configuration"),
        issuer,
        org_url: Some(org_url),
        identity_engine: session.org().engine != Engine::Classic,
        client_id: request.client_id.to_string(),
        client_secret: secret,
        authentication: match request.authentication {
            ClientAuthentication::ClientSecretPost => flow::ClientAuth::Post,
            ClientAuthentication::None => flow::ClientAuth::None,
            _ => flow::ClientAuth::Basic,
        },
        redirect_uri: request.redirect_uri.clone(),
        sign_out_uri: request.sign_out_uri.clone(),
        scopes: request.scopes.clone(),
        way: request.way,
        whole_life: request.whole_life,
        login: (!request.login.is_empty()).then(|| request.login.clone()),
        stepping: request.stepping,
        patience: flow::PATIENCE,
        run: request.run,
    };
    let key = remember::fingerprint_key(session.places())?;
    let (mut trace, safe) = drive(Some(session), spec, request.password, key, sink, replies, stop).await?;
    if request.side {
        trace.verdict = side::said_of(trace.verdict, &request.label);
    }
    Ok((trace, safe))
}

/// Runs the tester against any OpenID provider, with nothing but what `spec` says: no org, no token, no draft.
///
/// # Errors
/// The key of fingerprints, or random bytes, cannot be had. Everything after that is part of the trace.
pub async fn alone(
    places: &Places,
    spec: flow::Spec,
    password: Option<Secret>,
    sink: &Sink,
    replies: mpsc::Receiver<flow::Answer>,
    stop: CancellationToken,
) -> Result<(Trace, Safe), RunError> {
    let key = remember::fingerprint_key(places)?;
    drive(None, spec, password, key, sink, replies, stop).await
}

/// What a run with an app of the org is kept as.
pub fn subject(session: &Session, request: &TestRequest) -> Subject {
    Subject {
        at: session.org().url.clone(),
        client_id: request.client_id.to_string(),
        label: request.label.to_string(),
    }
}

/// Keeps a run that has ended in the history.
///
/// # Errors
/// See [`history::keep`]. The run itself stands.
pub async fn keep(places: &Places, subject: Subject, ended: Arc<(Trace, Safe)>) -> Result<(), RunError> {
    let places = places.clone();
    let kept =
        tokio::task::spawn_blocking(move || history::keep(&places, &subject, &ended.0, &ended.1)).await;
    match kept {
        Ok(kept) => kept.map(drop),
        Err(_) => Err(RunError::Missing {
            what: "keeping the run broke off".into(),
            help: "The run itself stands: save it where you want it.".into(),
        }),
    }
}

/// Runs `spec`: hops and questions go to `sink`, what the person answers comes from `replies`.
async fn drive(
    session: Option<&Session>,
    spec: flow::Spec,
    password: Option<Secret>,
    key: FingerprintKey,
    sink: &Sink,
    mut replies: mpsc::Receiver<flow::Answer>,
    stop: CancellationToken,
) -> Result<(Trace, Safe), RunError> {
    let (events, mut arriving) = mpsc::channel(64);
    let (answers, to_run) = mpsc::channel(1);
    let login = spec.login.clone().unwrap_or_default();
    let (random, began) = (random()?, Timestamp::now());
    let running = flow::run(spec, password, random, began, key, events, to_run, stop);
    let passing = async {
        loop {
            tokio::select! {
                event = arriving.recv() => match event {
                    None => return,
                    Some(flow::Event::Hop(hop)) => sink.send(Outcome::Hop(Box::new(hop))).await,
                    Some(flow::Event::Need(flow::Need::Passcode { factors, message })) => {
                        let factors = factors.into_iter().map(|f| (f.id, Clean::new(&f.label))).collect();
                        let message = match demo_code(session, &login).await {
                            Some(code) => format!("{message} In the demo the code is {} now.", code.expose()),
                            None => message,
                        };
                        let need = Need { message: Clean::new(&message), factors, open: None, code: None, waits: false };
                        sink.send(Outcome::Need(need)).await;
                    }
                    Some(flow::Event::Need(flow::Need::Browser { url, message, port })) => {
                        let message = match port {
                            Some(port) => format!("{message} {}", waited_for(port)),
                            None => message,
                        };
                        let need = Need { message: Clean::new(&message), factors: Vec::new(), open: Some(url), code: None, waits: port.is_some() };
                        sink.send(Outcome::Need(need)).await;
                    }
                    Some(flow::Event::Need(flow::Need::Device { user_code, url, url_with_code, message })) => {
                        let code = Clean::new(user_code.expose());
                        let message = format!("Open this address in any browser, and enter the code {code}. {message}");
                        let need = Need { message: Clean::new(&message), factors: Vec::new(), open: Some(url_with_code.unwrap_or(url)), code: Some(code), waits: true };
                        sink.send(Outcome::Need(need)).await;
                    }
                    Some(flow::Event::Paused(pause)) => sink.send(Outcome::Paused(Box::new(pause))).await,
                    Some(flow::Event::Ended(..)) => {}
                },
                Some(reply) = replies.recv() => {
                    let _ = answers.send(reply).await;
                }
            }
        }
    };
    let (ended, ()) = tokio::join!(running, passing);
    Ok(ended)
}

/// Where the answer of a browser is waited for, and how it gets here from another machine.
fn waited_for(port: u16) -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let user = variable("USER").unwrap_or_else(|| "you".into());
    // "client address, client port, server address, server port": set by sshd.
    let host = variable("SSH_CONNECTION").and_then(|line| line.split(' ').nth(2).map(str::to_owned));
    let host = host.unwrap_or_else(|| "this-machine".into());
    format!(
        "It is also waited for at port {port} of this machine: from a browser elsewhere it comes by ssh -N -L {port}:127.0.0.1:{port} {user}@{host}"
    )
}

/// The present one-time code of an invented person of the demo org; the one that the screen was given may be too old.
async fn demo_code(session: Option<&Session>, login: &str) -> Option<Secret> {
    let people = demo_people(&session?.demo()?.people_url).await.ok()?;
    people.into_iter().find(|p| p.login.as_str() == login)?.code
}

async fn active_secret(session: &Session, request: &TestRequest) -> Result<Option<Secret>, RunError> {
    let secrets: Vec<ClientSecret> = session.reader().secrets(&request.app).await?;
    let newest = secrets.into_iter().filter(|s| s.active && s.value.is_some()).max_by_key(|s| s.created);
    match newest.and_then(|s| s.value) {
        Some(value) => Ok(Some(value)),
        None => Err(RunError::Missing {
            what: format!("\"{}\" has no active client secret that this token may read", request.label),
            help: "A role with the permission okta.apps.clientCredentials.read sees the values; or run the probe, which needs none.".into(),
        }),
    }
}

/// A run as the text of a file.
///
/// # Errors
/// A value of the run would be readable in it.
pub fn exported(trace: &Trace, safe: &Safe, format: Format) -> Result<String, RunError> {
    flow::export::export(trace, safe, format).map_err(|leak| RunError::Missing {
        what: leak.to_string(),
        help: "A value that is also a common word is found in other words: test with another. Else it is a mistake of oktui's: tell its authors \
               which value it is, without the value."
            .into(),
    })
}

fn random() -> Result<flow::Random, RunError> {
    let mut failed = false;
    let source = SystemRandom::new();
    let random = flow::Random::from(|bytes| failed |= source.fill(bytes).is_err());
    if failed {
        return Err(RunError::Missing {
            what: "the system gives no random bytes".into(),
            help: "Start oktui again; if it stays so, the system's random source is broken.".into(),
        });
    }
    Ok(random)
}

/// The redirect URI to test an app with, as the gateway would: a callback of the gateway that the app has, else one that it has almost,
/// else the app's first.
pub fn redirect_uri(session: &Session, app: &App) -> String {
    let callback = |(environment, uri): (String, String)| Callback { environment, uri };
    let callbacks: Vec<Callback> =
        remember::callbacks(session.places(), session).into_iter().map(callback).collect();
    let registered = app.redirect_uris();
    if let Some(there) = callbacks.iter().find(|callback| registered.contains(&callback.uri)) {
        return there.uri.clone();
    }
    let almost = |callback: &&Callback| registered.iter().any(|uri| is_near(&callback.uri, uri));
    let meant = callbacks.iter().find(almost).map(|callback| callback.uri.clone());
    meant.or_else(|| registered.into_iter().next()).unwrap_or_default()
}

/// The authorization server to test an app with: the one that was set up from here, else a custom one with a policy that covers the
/// app, `default` first, else the org's own.
pub async fn server_for(session: &Session, app: &App) -> ServerKind {
    let (places, url) = (session.places(), &session.org().url);
    let remembered = app.id().and_then(|id| remember::server_of(places, url, &id));
    let remembered = remembered.or_else(|| remember::default_server(places, url));
    // The demo's gateway uses this one, also where a scenario has taken away what it needs there.
    let remembered = remembered.or_else(|| session.demo().map(|_| "default".to_owned()));
    if let Some(kind) = remembered.and_then(|s| AuthorizationServer { id: s, ..Default::default() }.kind()) {
        return kind;
    }
    let Some(client) = app.client_id() else { return ServerKind::Org };
    let mut servers: Vec<ServerId> = "default".parse().into_iter().collect();
    if let Ok(list) = session.reader().servers().await {
        servers.extend(list.into_iter().filter(|s| s.active && !s.is_default).map(|s| s.id));
    }
    let mut exists = None;
    for id in servers {
        let kind = ServerKind::Custom(id);
        let probe = live::probe(session, &kind, None).await;
        if !matches!(probe.discovery, Readable::Known(Some(_))) {
            continue;
        }
        // Sign-in scopes are on every server; what the gateway asks for beyond them is not known here.
        let scopes = ["openid".to_owned()];
        let covered =
            |p: &Vec<_>| !matches!(policy::covers(p, Some(&client), &scopes, None), policy::Cover::No { .. });
        if probe.policies.known().is_some_and(covered) {
            return kind;
        }
        exists.get_or_insert(kind);
    }
    exists.unwrap_or(ServerKind::Org)
}

/// The authorization server, with its scopes, that an app was set up with from here; else one that would serve it.
pub async fn server_of(session: &Session, app: &AppId) -> AuthorizationServer {
    let journal = applying::journal_of(session.places(), &session.org().url).unwrap_or_default();
    if let Some(hand_over) = applying::last_hand_over(&journal, app) {
        let id = hand_over.server.as_str().to_owned();
        return AuthorizationServer { id, scopes: hand_over.scopes, ..AuthorizationServer::default() };
    }
    let Ok(app) = session.reader().app(app).await else { return AuthorizationServer::default() };
    let kind = server_for(session, &app).await;
    AuthorizationServer { id: kind.as_str().to_owned(), ..AuthorizationServer::default() }
}

/// The key of fingerprints for a face that shows a trace of its own.
///
/// # Errors
/// The key's file cannot be read or made.
pub fn key(session: &Session) -> Result<FingerprintKey, RunError> {
    remember::fingerprint_key(session.places())
}
