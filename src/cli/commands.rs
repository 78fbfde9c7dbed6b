//! The commands. Each connects, asks `run` for the work, prints, and says how it ended.

use super::args::{ApplyArgs, OrgArgs, PlanArgs, SetupCommand};
use super::exit::Exit;
use super::input::{self, Refusal};
use super::print;
use crate::change::{Outcome as ChangeOutcome, Plan};
use crate::okta::model::{App, ServerKind};
use crate::run::error::RunError;
use crate::run::job::{Applied, Outcome, PlanMade, Trouble};
use crate::run::session::{Access, Session};
use crate::run::{applying, live, side, temporary, testing};
use crate::setup::{self, Draft, Setup};
use crate::store::Places;
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(super) type Result<T> = std::result::Result<T, Refusal>;

impl From<RunError> for Refusal {
    fn from(error: RunError) -> Self {
        let exit = if error.is_unreachable() {
            Exit::CannotReach
        } else if error.is_refused() {
            Exit::NotAllowed
        } else {
            match error {
                RunError::Address(_)
                | RunError::Missing { .. }
                | RunError::Store(_)
                | RunError::Lock(_)
                | RunError::Vault(_)
                | RunError::Profile(_) => Exit::Usage,
                _ => Exit::FoundWrong,
            }
        };
        Self { sentence: sentence(&error.trouble()), exit }
    }
}

pub(super) fn sentence(trouble: &Trouble) -> String {
    if trouble.help.as_str().is_empty() {
        trouble.what.to_string()
    } else {
        format!("{}\n{}", trouble.what, trouble.help)
    }
}

/// `oktui setup …`
///
/// # Errors
/// The file is not usable.
pub fn setup_command(command: &SetupCommand) -> Result<Exit> {
    match command {
        SetupCommand::Example => {
            out(&setup::example());
            Ok(Exit::Ok)
        }
        SetupCommand::Check { file, json } => {
            let setup = read_setup(file)?;
            let checks = setup::checks(&setup, &setup::Context::with_gateway_callback());
            let wrong = checks.iter().any(|c| c.severity == setup::Severity::Fail);
            if *json {
                let list: Vec<_> = checks
                    .iter()
                    .map(|c| json!({"check": c.name, "step": c.step, "severity": c.severity.word(), "sentence": c.sentence}))
                    .collect();
                out(&pretty(&json!({"ok": !wrong, "checks": list})));
            } else {
                for c in &checks {
                    out(&format!("{:<5} {}: {}", c.severity.word(), c.name, c.sentence));
                }
                if checks.is_empty() {
                    out("OK    nothing to say");
                }
            }
            Ok(if wrong { Exit::FoundWrong } else { Exit::Ok })
        }
    }
}

/// `oktui plan FILE`
///
/// # Errors
/// See the exit codes.
pub async fn plan(args: &PlanArgs, places: Places) -> Result<Exit> {
    let setup = read_setup(&args.file)?;
    let session = connect(&args.org, places, true).await?;
    let made = make_plan(&session, setup, String::new()).await?;
    if let Some(path) = &args.out {
        save_plan(path, &made.plan)?;
    }
    if args.org.json {
        out(&pretty(&print::plan_json(&made.plan, &made.estimate)));
    } else {
        out(&print::plan(&made.plan, &made.estimate));
    }
    Ok(Exit::Ok)
}

/// `oktui apply FILE`
///
/// # Errors
/// See the exit codes.
pub async fn apply(args: &ApplyArgs, places: Places) -> Result<Exit> {
    let text = input::file(&args.file)?;
    let saved = saved_plan(&text)?;
    let setup = if saved.is_some() { None } else { Some(parse_setup(&args.file, &text)?) };
    let session = connect(&args.org, places, false).await?;
    // An apply that was killed is finished first: its half-made app must be known before a new plan is made.
    if applying::unfinished(&session)? > 0 && !session.read_only() {
        eprintln!("An apply to this org was interrupted. Going on with it first.");
        go_on(&session, args.org.json).await?;
    }
    let made = match (saved, setup) {
        (Some(plan), _) => applying::again(&session, plan).await?,
        (None, Some(setup)) => make_plan(&session, setup, args.reason.clone()).await?,
        (None, None) => return Err(Refusal::usage("the file is neither a Setup nor a plan")),
    };
    let plan = made.plan.clone();
    if !args.org.json {
        eprint!("{}", print::plan(&plan, &made.estimate));
    }
    if session.read_only() {
        return Err(Refusal { sentence: "read-only: nothing was written".into(), exit: Exit::NotAllowed });
    }
    confirm(&made, args.yes)?;
    let mut applied = carry_out(&session, plan, args.org.json).await?;
    // The secret of an app that existed is read only when it is asked for: Okta's log records it.
    let show = args.show_secret && !applied.plan.id.is_undo();
    if let (true, None, Some(app)) = (show, &applied.secret, &applied.app) {
        let secrets = session.reader().secrets(app).await.map_err(RunError::from)?;
        let newest = secrets.into_iter().filter(|s| s.active && s.value.is_some()).max_by_key(|s| s.created);
        applied.secret = newest.and_then(|s| s.value);
    }
    Ok(report(&applied, args))
}

/// Goes on with what was interrupted.
///
/// # Errors
/// It does not begin.
pub(super) async fn go_on(session: &Session, json: bool) -> Result<()> {
    let (sink, mut events) = applying::channel();
    let work = async move {
        // The sink goes with the work: without it nobody waits for events of an apply that did not begin.
        applying::resume(session, &sink, CancellationToken::new(), watch::channel(false).1).await
    };
    let (ended, _) = tokio::join!(work, show_to_end(&mut events, json, |_| String::new()));
    Ok(ended?)
}

/// Asks whether the plan is to be applied, as strictly as its risk wants. `yes` confirms without asking.
///
/// # Errors
/// It was not confirmed.
pub(super) fn confirm(made: &PlanMade, yes: bool) -> Result<()> {
    if made.plan.changes.is_empty() || yes {
        return Ok(());
    }
    let agreed = match &made.typed {
        Some((prompt, expected)) => input::typed(prompt) == *expected,
        None => input::yes("Apply?"),
    };
    if agreed {
        return Ok(());
    }
    Err(Refusal::usage("nothing was written: not confirmed (--yes confirms without asking)"))
}

/// Applies a plan and tells how it goes on standard error. Ctrl-C stops after the request in flight.
///
/// # Errors
/// It does not begin.
pub(super) async fn carry_out(session: &Session, plan: Plan, quiet: bool) -> Result<Applied> {
    let (sink, mut events) = applying::channel();
    let titles: HashMap<usize, String> =
        plan.changes.iter().map(|c| (c.number, c.title.to_string())).collect();
    let title = move |n: usize| titles.get(&n).cloned().unwrap_or_default();
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    let watch = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            eprintln!("Stopping after the request in flight.");
            interrupted.cancel();
        }
    });
    let work = async move {
        // The sink goes with the work: without it nobody waits for events of an apply that did not begin.
        applying::apply(session, plan, &sink, stop, watch::channel(false).1).await
    };
    let (ended, last) = tokio::join!(work, show_to_end(&mut events, quiet, title));
    watch.abort();
    ended?;
    last.ok_or_else(|| Refusal { sentence: "the apply did not end".into(), exit: Exit::PartlyDone })
}

/// How an apply ended, as an exit code.
pub(super) fn exit_of(applied: &Applied) -> Exit {
    let bad = |o: &ChangeOutcome| {
        matches!(o, ChangeOutcome::Failed { .. } | ChangeOutcome::NotTried | ChangeOutcome::NotAllowed)
    };
    let failed = applied.outcomes.iter().filter(|(_, o)| bad(o)).count();
    match failed {
        0 => Exit::Ok,
        n if n == applied.outcomes.len() => first_failure(applied),
        _ => Exit::PartlyDone,
    }
}

fn report(applied: &Applied, args: &ApplyArgs) -> Exit {
    let exit = exit_of(applied);
    let secret = applied.secret.as_ref();
    if args.org.json {
        let ok = exit == Exit::Ok;
        out(&pretty(&print::applied_json(
            &applied.plan,
            &applied.outcomes,
            &applied.hand_over,
            secret,
            args.show_secret,
            ok,
        )));
    } else if applied.app.is_some() && !applied.plan.id.is_undo() {
        out(&print::values(&applied.hand_over, secret, args.show_secret));
    }
    exit
}

fn first_failure(applied: &Applied) -> Exit {
    applied
        .outcomes
        .iter()
        .find_map(|(_, o)| match o {
            ChangeOutcome::Failed { error, .. } => Some(Refusal::from(RunError::Api(error.clone())).exit),
            ChangeOutcome::NotAllowed => Some(Exit::NotAllowed),
            _ => None,
        })
        .unwrap_or(Exit::FoundWrong)
}

/// The authorization server that was named, or the one that the app is most likely used with.
pub(super) async fn server(session: &Session, app: &App, named: Option<&str>) -> Result<ServerKind> {
    match named {
        Some(s) => {
            setup::AuthorizationServer { id: s.to_owned(), ..Default::default() }.kind().ok_or_else(|| {
                Refusal::usage(format!("{s} is no authorization server: say org, default or an id"))
            })
        }
        None => Ok(testing::server_for(session, app).await),
    }
}

pub(super) async fn find_app(session: &Session, wanted: &str) -> Result<App> {
    let apps = session.reader().apps(None).await.map_err(RunError::from)?;
    let is = |a: &&App| {
        a.raw_label() == wanted
            || a.client_id().is_some_and(|c| c.as_str() == wanted)
            || a.id().is_some_and(|c| c.as_str() == wanted)
    };
    let found: Vec<&App> = apps.iter().filter(is).collect();
    match &found[..] {
        [one] => Ok((*one).clone()),
        [] => {
            let known: Vec<String> = apps.iter().map(|a| a.label().to_string()).collect();
            Err(Refusal::usage(format!(
                "no OIDC app is named, or has the client id, {wanted}. There are: {}",
                known.join(", ")
            )))
        }
        _ => {
            let ids: Vec<String> =
                found.iter().filter_map(|a| a.client_id()).map(|c| c.to_string()).collect();
            Err(Refusal::usage(format!(
                "{} apps are named {wanted}: say which by its client id: {}",
                found.len(),
                ids.join(", ")
            )))
        }
    }
}

pub(super) async fn connect(args: &OrgArgs, places: Places, read_only: bool) -> Result<Session> {
    let url = super::profiles::org_url(args, &places)?;
    let read_only = read_only || args.read_only;
    let way = super::login::way(args, &places, &url).await?;
    let access = Access { url, way, label: String::new(), prod: false, read_only, headroom: args.headroom };
    let session = Session::connect(access, places, None, &super::login::show_code).await?;
    for note in session.notes() {
        eprintln!("{note}");
    }
    if !session.read_only() {
        // What a test that was killed has left is not left any longer.
        let mut left = temporary::end_left(&session).await;
        left.extend(side::end_left(&session).await);
        for said in left {
            eprintln!("{said}");
        }
    }
    Ok(session)
}

pub(super) async fn make_plan(session: &Session, setup: Setup, reason: String) -> Result<PlanMade> {
    let target = live::target(session, &setup).await?;
    let draft = Draft { setup, target, reason, ..Draft::new(session.org().url.clone()) };
    match applying::plan(session, &draft).await {
        Err(RunError::NoPlan(troubles)) => {
            let sentences: Vec<String> = troubles.iter().map(sentence).collect();
            Err(Refusal {
                sentence: format!("No plan can be made:\n{}", sentences.join("\n")),
                exit: Exit::FoundWrong,
            })
        }
        other => Ok(other?),
    }
}

pub(super) fn read_setup(file: &Path) -> Result<Setup> {
    parse_setup(file, &input::file(file)?)
}

fn parse_setup(file: &Path, text: &str) -> Result<Setup> {
    setup::parse(text)
        .map_err(|e| Refusal::usage(format!("{}: {e}", crate::text::Clean::new(&file.to_string_lossy()))))
}

/// Saves a plan for a second person to look at and apply.
pub(super) fn save_plan(path: &Path, plan: &Plan) -> Result<()> {
    let saved = json!({"oktui_plan": 1, "plan": plan});
    Ok(crate::store::write_private(path, pretty(&saved).as_bytes()).map_err(RunError::from)?)
}

/// The plan in a file that `oktui plan --out` wrote; `None` for any other file.
fn saved_plan(text: &str) -> Result<Option<Plan>> {
    #[derive(serde::Deserialize)]
    struct Saved {
        oktui_plan: u32,
        plan: Plan,
    }
    if !text.trim_start().starts_with('{') {
        return Ok(None);
    }
    match serde_json::from_str::<Saved>(text) {
        Ok(Saved { oktui_plan: 1, plan }) => Ok(Some(plan)),
        Ok(_) => Err(Refusal::usage("this plan was saved by a newer oktui")),
        Err(e) => Err(Refusal::usage(format!("this is no plan of oktui's: {e}"))),
    }
}

/// Prints the progress of an apply to standard error until its last event.
async fn show_to_end(
    events: &mut mpsc::Receiver<crate::run::job::Event>,
    quiet: bool,
    title: impl Fn(usize) -> String,
) -> Option<Applied> {
    while let Some(event) = events.recv().await {
        match event.outcome {
            Outcome::Change(n, outcome) if !quiet => {
                eprintln!("{n:>3}  {}", print::outcome(&title(n), &outcome))
            }
            Outcome::Waiting { bucket, seconds } if !quiet => {
                eprintln!("     waiting {seconds} s for Okta's limit on {bucket}")
            }
            Outcome::Applied(applied) => return Some(*applied),
            _ => {}
        }
    }
    None
}

pub(super) fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Prints to standard output. A reader that has gone away (a closed pipe) is no failure.
pub(super) fn out(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
