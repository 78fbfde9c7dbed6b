//! `oktui test`: one run of the flow tester, every redirect and token exchange shown.

use super::args::{ClientAuthArg, KindArg, SignInArg, TestArgs};
use super::commands::{Result, connect, find_app, out, pretty, server};
use super::exit::Exit;
use super::input::{self, Refusal};
use super::{history, print, side_app, this_machine};
use crate::change::temporary;
use crate::flow::export::Format;
use crate::flow::trace::{RunVerdict, Safe, Trace, Way};
use crate::flow::{Alteration, Answer, ClientAuth, Pause, Spec};
use crate::okta::model::{App, ServerKind};
use crate::run::applying;
use crate::run::error::RunError;
use crate::run::history::Subject;
use crate::run::job::{Event, Need, Outcome, TestRequest, Trouble};
use crate::run::runner::Sink;
use crate::run::session::Session;
use crate::run::{side, testing};
use crate::secret::Secret;
use crate::store::{self, Places};
use crate::text::Clean;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// `oktui test`
///
/// # Errors
/// See the exit codes.
pub async fn test(args: &TestArgs, places: Places) -> Result<Exit> {
    let (way, whole_life) = way(args)?;
    run(args, way, whole_life, places).await
}

/// `oktui battery`
///
/// # Errors
/// See the exit codes.
pub async fn battery(args: &TestArgs, places: Places) -> Result<Exit> {
    run(args, Way::Battery, false, places).await
}

async fn run(args: &TestArgs, way: Way, whole_life: bool, places: Places) -> Result<Exit> {
    if let Some(number) = args.history {
        return history::history(args, number, &places);
    }
    match (&args.app, &args.issuer) {
        (_, Some(issuer)) => alone(args, issuer, way, whole_life, &places).await,
        (Some(app), None) => of_app(args, app, way, whole_life, places).await,
        (None, None) => Err(Refusal::usage("say what to test: --app, or --issuer with --client-id")),
    }
}

/// The way, and whether the tokens are followed to their end.
fn way(args: &TestArgs) -> Result<(Way, bool)> {
    if args.this_machine.is_some() && args.sign_in.is_some_and(|s| s != SignInArg::Paste) {
        return Err(Refusal::usage("--this-machine waits for a browser: leave --sign-in out"));
    }
    let sign_in = match (args.sign_in, args.issuer.is_some()) {
        (None, false) if args.this_machine.is_some() || args.side_app.is_some() => Way::Browser,
        (Some(SignInArg::Paste), _) => Way::Browser,
        (Some(SignInArg::Form), _) | (None, true) => Way::Form,
        (Some(SignInArg::Terminal), true) => {
            return Err(Refusal::usage("--sign-in terminal is Okta's: with --issuer say form or paste"));
        }
        (Some(SignInArg::Terminal) | None, false) => Way::Terminal,
    };
    let somebody = args.login.is_some() || sign_in == Way::Browser;
    let usual = match (args.side_app.is_some(), somebody) {
        (true, _) => KindArg::Device,
        (false, true) => KindArg::Code,
        (false, false) => KindArg::Probe,
    };
    let kind = args.kind.unwrap_or(usual);
    match kind {
        KindArg::Probe => Ok((Way::Probe, false)),
        KindArg::Secret => Ok((Way::Secret, false)),
        KindArg::Battery => Ok((Way::Battery, false)),
        KindArg::ClientCredentials => Ok((Way::Client, false)),
        KindArg::Device => Ok((Way::Device, false)),
        KindArg::Code | KindArg::Refresh if !somebody => {
            Err(Refusal::usage("say who signs in with --as LOGIN, or use a browser: --sign-in paste"))
        }
        KindArg::Code => Ok((sign_in, false)),
        KindArg::Refresh => Ok((sign_in, true)),
    }
}

fn password(way: Way) -> Result<Option<Secret>> {
    match way {
        Way::Terminal | Way::Form => {
            input::secret("OKTUI_TEST_PASSWORD", "password of the test person").map(Some)
        }
        _ => Ok(None),
    }
}

/// A run with an app of the org.
async fn of_app(args: &TestArgs, app: &str, way: Way, whole_life: bool, places: Places) -> Result<Exit> {
    if args.yes && args.this_machine.is_none() && args.side_app.is_none() {
        return Err(Refusal::usage("--yes is for --this-machine and --side-app: nothing else is written"));
    }
    let writes = args.this_machine.is_some() || args.side_app.is_some();
    let session = connect(&args.org, places, !writes).await?;
    let password = password(way)?;
    let app = find_app(&session, app).await?;
    let by = match (args.this_machine, args.side_app, &args.redirect_uri) {
        (Some(port), ..) => {
            By::own(this_machine::begin(&session, &app, port, args.yes, args.org.json).await?)
        }
        (None, Some(port), _) => {
            let asked = (args.yes, args.org.json);
            let made = side_app::begin(&session, &app, way, port, asked).await?;
            By { redirect_uri: temporary::uri(port), stand_in: Some(made) }
        }
        (None, None, Some(uri)) => By::own(uri.clone()),
        (None, None, None) => By::own(testing::redirect_uri(&session, &app)),
    };
    let ended = run_by(args, &session, &app, way, whole_life, password, by).await;
    let back = match (args.this_machine, args.side_app) {
        (Some(_), _) => this_machine::take_back(&session).await,
        (None, Some(_)) => side_app::take_back(&session).await,
        (None, None) => Exit::Ok,
    };
    ended.map(|exit| if back == Exit::Ok { exit } else { back })
}

/// By which redirect URI a run goes, and which app.
struct By {
    redirect_uri: String,
    /// The native app that stands in for the app.
    stand_in: Option<side::Made>,
}

impl By {
    fn own(redirect_uri: String) -> Self {
        Self { redirect_uri, stand_in: None }
    }
}

/// A run with an app of the org.
async fn run_by(
    args: &TestArgs,
    session: &Session,
    app: &App,
    way: Way,
    whole_life: bool,
    password: Option<Secret>,
    by: By,
) -> Result<Exit> {
    let missing = |what: &str, help: &str| RunError::Missing { what: what.into(), help: help.into() };
    let id = app.id().ok_or_else(|| missing("the app has no id", "Read it again."))?;
    let client_id = app
        .client_id()
        .ok_or_else(|| missing("the app has no client id", "Only OIDC apps can be tested."))?;
    let server = server(session, app, args.server.as_deref()).await?;
    if !args.org.json {
        let server = match &server {
            ServerKind::Org => "the org's own server".to_owned(),
            ServerKind::Custom(id) => format!("server {id}"),
        };
        out(&format!("{} at {server}, redirect URI {}", app.label(), Clean::new(&by.redirect_uri)));
    }
    let mut request = TestRequest {
        // It is there already: it was shown and confirmed before.
        temporary: None,
        side: false,
        app: id,
        client_id,
        label: app.label(),
        server,
        authentication: app.client_authentication().unwrap_or_default(),
        secret: None,
        redirect_uri: by.redirect_uri,
        sign_out_uri: args.sign_out_uri.clone().or_else(|| app.sign_out_uris().into_iter().next()),
        scopes: args.scopes.clone(),
        way,
        whole_life,
        login: args.login.clone().unwrap_or_default(),
        password,
        stepping: args.step,
        run: 1,
    };
    let subject = testing::subject(session, &request);
    if let Some(made) = by.stand_in {
        request.side = true;
        (request.app, request.client_id, request.authentication) =
            (made.app, made.client_id, made.authentication);
        // It has none: what is registered at the app is not at its stand-in.
        request.sign_out_uri = None;
    }
    let talk = Talk::begin();
    let running = testing::run(session, request, &talk.sink, talk.answers, talk.stop.clone());
    let ended = follow(running, talk.events, talk.replies, &talk.stop).await?;
    finish(session.places(), subject, ended, args).await
}

/// A run with a client of any provider.
async fn alone(args: &TestArgs, issuer: &str, way: Way, whole_life: bool, places: &Places) -> Result<Exit> {
    let Some(redirect_uri) =
        args.redirect_uri.clone().or_else(|| matches!(way, Way::Client | Way::Device).then(String::new))
    else {
        return Err(Refusal::usage("say which redirect URI the client has: --redirect-uri"));
    };
    let authentication = match args.client_auth {
        ClientAuthArg::Basic => ClientAuth::Basic,
        ClientAuthArg::Post => ClientAuth::Post,
        ClientAuthArg::None => ClientAuth::None,
    };
    let client_secret = match authentication {
        ClientAuth::None => None,
        _ => Some(input::secret("OKTUI_CLIENT_SECRET", "client secret")?),
    };
    let password = password(way)?;
    let spec = Spec {
        issuer: issuer.to_owned(),
        // OIDC Discovery §4: a slash at the end is taken off before this is added.
        discovery_url: format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')),
        org_url: None,
        identity_engine: false,
        client_id: args.org.client_id.clone().unwrap_or_default(),
        client_secret,
        authentication,
        redirect_uri,
        sign_out_uri: args.sign_out_uri.clone(),
        scopes: args.scopes.clone(),
        way,
        whole_life,
        login: args.login.clone(),
        stepping: args.step,
        patience: Duration::from_secs(args.timeout),
        run: 1,
    };
    if !args.org.json {
        out(&format!("{} at {}", Clean::new(&spec.client_id), Clean::new(issuer)));
    }
    let subject =
        Subject { at: spec.issuer.clone(), client_id: spec.client_id.clone(), label: String::new() };
    let talk = Talk::begin();
    let running = testing::alone(places, spec, password, &talk.sink, talk.answers, talk.stop.clone());
    let ended = follow(running, talk.events, talk.replies, &talk.stop).await?;
    finish(places, subject, ended, args).await
}

/// What a run is talked to by.
struct Talk {
    sink: Sink,
    events: mpsc::Receiver<Event>,
    replies: mpsc::Sender<Answer>,
    answers: mpsc::Receiver<Answer>,
    stop: CancellationToken,
}

impl Talk {
    fn begin() -> Self {
        let (sink, events) = applying::channel();
        let (replies, answers) = mpsc::channel(1);
        Self { sink, events, replies, answers, stop: CancellationToken::new() }
    }
}

/// Follows a run to its end: asks the person what it asks for; Ctrl-C stops it.
async fn follow(
    running: impl Future<Output = std::result::Result<(Trace, Safe), RunError>>,
    mut events: mpsc::Receiver<Event>,
    replies: mpsc::Sender<Answer>,
    stop: &CancellationToken,
) -> Result<(Trace, Safe)> {
    let interrupted = stop.clone();
    let watch = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    tokio::pin!(running);
    // One question at a time; while the person thinks, the run goes on: the answer may come another way.
    let (answered, mut answers) = mpsc::channel(1);
    let ended = loop {
        tokio::select! {
            ended = &mut running => break ended?,
            Some(event) = events.recv() => {
                let answered = answered.clone();
                // A thread of its own: a line that is never typed must not keep the program from ending.
                match event.outcome {
                    Outcome::Need(need) => drop(std::thread::spawn(move || {
                        let waits = need.waits;
                        let reply = ask(need);
                        if reply.is_some() || !waits {
                            let _ = answered.blocking_send(reply);
                        }
                    })),
                    Outcome::Paused(pause) => drop(std::thread::spawn(move || {
                        let _ = answered.blocking_send(stepped(&pause));
                    })),
                    _ => {}
                }
            },
            Some(answer) = answers.recv() => match answer {
                Some(reply) => drop(replies.send(reply).await),
                None => stop.cancel(),
            },
        }
    };
    watch.abort();
    Ok(ended)
}

/// Asks the person; `None` when they give nothing.
fn ask(need: Need) -> Option<Answer> {
    eprintln!("{}", need.message);
    if let (Some(url), Some(code)) = (&need.open, &need.code) {
        eprintln!("\n{}\n{code}\n", Clean::new(url.expose()));
        return None;
    }
    let asked = if let Some(url) = need.open {
        // A line of its own from column 1: it can be selected clean. It is talk, so it does not mix with the data.
        eprintln!("\n{}\n", Clean::new(url.expose()));
        input::pasted().map(Answer::Pasted)
    } else {
        let factor = need.factors.first().map(|(factor, _)| factor.clone())?;
        input::secret("OKTUI_TEST_PASSCODE", "passcode").map(|code| Answer::Passcode(code, factor))
    };
    asked.inspect_err(|refusal| eprintln!("{}", refusal.sentence)).ok()
}

/// Shows a request that the run has stopped before, and asks how it goes on; `None`: it does not.
fn stepped(pause: &Pause) -> Option<Answer> {
    eprintln!("\nStopped before hop {}: {}", pause.hop, pause.request.masked());
    for parameter in &pause.parameters {
        eprintln!("  {} = {}", parameter.name, parameter.value.masked());
    }
    if !pause.altered.is_empty() {
        eprintln!("  altered: {}", Clean::new(&pause.altered.join(", ")));
    }
    loop {
        let typed = input::line("Enter sends it, r runs on, NAME=VALUE alters, -NAME takes out, q stops: ")?;
        let place = |name: &str| pause.parameters.iter().position(|p| p.name.as_str() == name);
        match (typed.trim(), typed.trim().split_once('=')) {
            ("", _) => return Some(Answer::Send),
            ("r", _) => return Some(Answer::RunOn),
            ("q", _) => return None,
            (_, Some((name, value))) => {
                let value = Secret::new(value);
                return Some(Answer::Alter(match place(name) {
                    Some(at) => Alteration::Set(at, value),
                    None => Alteration::Add(name.to_owned(), value),
                }));
            }
            (word, None) => match word.strip_prefix('-').and_then(place) {
                Some(at) => return Some(Answer::Alter(Alteration::Remove(at))),
                None => eprintln!("There is no parameter of that name."),
            },
        }
    }
}

async fn finish(places: &Places, subject: Subject, ended: (Trace, Safe), args: &TestArgs) -> Result<Exit> {
    let ended = Arc::new(ended);
    if let Err(e) = testing::keep(places, subject, ended.clone()).await {
        let Trouble { what, help } = e.trouble();
        eprintln!("The history does not have this run: {what} {help}");
    }
    let (trace, safe) = &*ended;
    save(trace, safe, args)?;
    print(trace, args.org.json);
    Ok(if matches!(trace.verdict, RunVerdict::Passed { .. }) { Exit::Ok } else { Exit::FoundWrong })
}

/// A run with all its hops: lines for people, one JSON document for programs.
pub(super) fn print(trace: &Trace, json: bool) {
    if json {
        return out(&pretty(&print::trace_json(trace)));
    }
    trace.hops.iter().for_each(|hop| out(&print::hop(hop)));
    out(&print::verdict(trace));
}

/// Writes the run where `--har` and `--report` say, masked. A file of that name is replaced.
fn save(trace: &Trace, safe: &Safe, args: &TestArgs) -> Result<()> {
    for (file, format) in [(&args.har, Format::Har), (&args.report, Format::Markdown)] {
        if let Some(file) = file {
            let text = testing::exported(trace, safe, format)?;
            write(file, &text)?;
        }
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    store::write_private(file, text.as_bytes()).map_err(|e| Refusal::usage(e.to_string()))?;
    eprintln!("Saved, masked, for you only: {}", Clean::new(&file.to_string_lossy()));
    Ok(())
}
