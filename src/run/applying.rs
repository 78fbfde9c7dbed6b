//! Plans and their application against a session: reads what is live, hands the writer to `change::apply`, and tells how it goes.

use super::error::RunError;
use super::job::{Applied, Outcome, PlanMade, Trouble};
use super::live;
use super::pace::Meter;
use super::runner::Sink;
use super::session::Session;
use crate::change::apply::{self, JournalFile, Progress};
use crate::change::journal::{self, Entry, Journal, Unfinished};
use crate::change::{self, Change, HandOver, Outcome as ChangeOutcome, Plan, PlanId, PlanProblem};
use crate::okta::model::{App, AppId, ClientAuthentication, ClientId, User};
use crate::setup::{Draft, Target};
use crate::store::Places;
use crate::text::Clean;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

pub use super::runner::channel;

/// Where the journal of an org lies: one file an org, named by its host.
fn journal_path(places: &Places, org_url: &str) -> PathBuf {
    let host = org_url.split_once("://").map_or(org_url, |(_, host)| host);
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
    places.data.join("journal").join(format!("{}.jsonl", host.chars().map(fits).collect::<String>()))
}

/// What the journal of an org says, without taking its lock.
///
/// # Errors
/// It is there and cannot be read.
pub fn journal_of(places: &Places, org_url: &str) -> Result<Journal, RunError> {
    Ok(JournalFile::look(&journal_path(places, org_url))?)
}

/// What the journals of every org here say, by the names of their files.
///
/// # Errors
/// One of them cannot be read.
pub fn journals(places: &Places) -> Result<Vec<Journal>, RunError> {
    let folder = std::fs::read_dir(places.data.join("journal")).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    paths.sort();
    paths.iter().map(|path| Ok(JournalFile::look(path)?)).collect()
}

/// An interrupted plan of this org of whose last change nobody knows what became.
///
/// # Errors
/// The journal cannot be read.
pub(super) fn not_known(session: &Session) -> Result<Option<Unfinished>, RunError> {
    Ok(open(session)?.into_iter().find(|left| !left.open.is_empty()))
}

/// The values of the last plan for an app, as the journal has them.
pub fn last_hand_over(journal: &Journal, app: &AppId) -> Option<HandOver> {
    let mut plans: Vec<&Plan> = Vec::new();
    let mut last = None;
    for line in &journal.lines {
        match &line.entry {
            Entry::PlanStarted { plan, .. } => {
                plans.push(plan);
                // What a test adds for a moment says nothing about the values.
                if plan.app.as_ref() == Some(app) && !plan.id.is_of_a_test() {
                    last = Some(&plan.hand_over);
                }
            }
            Entry::Outcome { plan: id, outcome, .. } if outcome.made() == Some(app.as_str()) => {
                last = plans.iter().rev().find(|p| p.id == *id).map(|p| &p.hand_over).or(last);
            }
            _ => {}
        }
    }
    last.cloned()
}

/// How many plans for this org were begun and not finished.
///
/// # Errors
/// The journal cannot be read.
pub fn unfinished(session: &Session) -> Result<usize, RunError> {
    Ok(open(session)?.len())
}

fn open(session: &Session) -> Result<Vec<Unfinished>, RunError> {
    Ok(journal::unfinished(&journal_of(session.places(), &session.org().url)?))
}

/// Reads what is live and makes the plan.
///
/// # Errors
/// [`RunError::NoPlan`] with everything that stands in its way, or what could not be read.
pub async fn plan(session: &Session, draft: &Draft) -> Result<PlanMade, RunError> {
    plan_knowing(session, draft, &[]).await
}

/// The same, with people who were looked up a moment ago.
///
/// # Errors
/// As [`plan`].
pub async fn plan_knowing(session: &Session, draft: &Draft, known: &[User]) -> Result<PlanMade, RunError> {
    let mut draft = draft.clone();
    if draft.target == Target::New
        && let Some(id) = half_made(session).await?
    {
        // An apply that was cut short made this app: going on means editing it, not making a second one.
        draft.target = Target::Existing(id);
    }
    let live = live::read_knowing(session, &draft, known).await?;
    let plan = change::plan(plan_id()?, &draft, &live).map_err(|problems| {
        RunError::NoPlan(
            problems.iter().map(|p: &PlanProblem| Trouble::new(p.to_string(), p.fix())).collect(),
        )
    })?;
    Ok(made(session, plan))
}

/// A plan with its cost and its confirmation.
pub(super) fn made(session: &Session, plan: Plan) -> PlanMade {
    let budget = session.reader().transport().budget();
    let estimate = change::estimate(&plan, &budget, session.headroom()).sentence;
    let typed = change::needs_typing(&plan, session.prod()).map(|t| (t.prompt, t.expected));
    PlanMade { plan, estimate, typed }
}

/// A plan that was saved for approval, if the org is still as it was when the plan was made.
///
/// # Errors
/// The plan is for another org, the app was changed since, or an app with its name was made since. Nothing was written.
pub async fn again(session: &Session, plan: Plan) -> Result<PlanMade, RunError> {
    let moved = |what: String| {
        RunError::NoPlan(vec![Trouble::new(what, "Make the plan again, and have it approved again.")])
    };
    if plan.org_url != session.org().url {
        return Err(moved(format!(
            "This plan is for {}, and this session is with {}.",
            plan.org_url,
            session.org().url
        )));
    }
    match &plan.app {
        Some(id) => {
            let now = session.reader().app(id).await?;
            if now.last_updated() != plan.app_read_at.as_deref() {
                let before = plan.changes.iter().find_map(|planned| match &planned.change {
                    Change::EditApp { before, .. } => Some(before),
                    _ => None,
                });
                let fields = before.map(|before| change::moved(before, &now)).unwrap_or_default();
                let fields: Vec<&str> = fields.iter().map(Clean::as_str).collect();
                let what =
                    if fields.is_empty() { String::new() } else { format!(" ({})", fields.join("; ")) };
                return Err(moved(format!("\"{}\" was changed since this plan was made{what}.", plan.label)));
            }
        }
        None if !session.reader().find_apps_by_label(plan.label.as_str()).await?.is_empty() => {
            return Err(moved(format!("An app named \"{}\" was made since this plan was.", plan.label)));
        }
        None => {}
    }
    Ok(made(session, plan))
}

/// The app that an unfinished plan of this org made, if it made one.
async fn half_made(session: &Session) -> Result<Option<AppId>, RunError> {
    for left in open(session)? {
        if left.plan.app.is_some() {
            continue;
        }
        let apps = session.reader().find_apps_by_label(left.plan.label.as_str()).await?;
        if let Some(id) = change::done::app_made(&left.plan.id, &apps).and_then(App::id) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

pub(super) fn plan_id() -> Result<PlanId, RunError> {
    let mut bytes = [0; 4];
    SystemRandom::new().fill(&mut bytes).map_err(|_| RunError::Missing {
        what: "the system gives no random bytes".into(),
        help: "Start oktui again; if it stays so, the system's random source is broken.".into(),
    })?;
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    Ok(PlanId(format!("{}-{hex}", Timestamp::now().strftime("%Y%m%d"))))
}

/// Applies a plan. Progress and the end go to `sink`. Plans that were begun before and not finished are given up first: this one was
/// made from what is live, so it contains what is left of them.
///
/// # Errors
/// It does not begin: nothing was written then.
pub async fn apply(
    session: &Session,
    plan: Plan,
    sink: &Sink,
    stop: CancellationToken,
    hold: watch::Receiver<bool>,
) -> Result<(), RunError> {
    if plan.changes.is_empty() {
        let applied = ended(&plan, BTreeMap::new(), plan.app.clone(), None, None, None);
        sink.send(Outcome::Applied(Box::new(applied))).await;
        return Ok(());
    }
    run(session, Work::Begin(Box::new(plan)), sink, stop, hold).await
}

/// Goes on with the oldest plan that was begun and not finished.
///
/// # Errors
/// There is none, or it does not begin.
pub async fn resume(
    session: &Session,
    sink: &Sink,
    stop: CancellationToken,
    hold: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let left = open(session)?.into_iter().next().ok_or_else(|| RunError::Missing {
        what: "there is no interrupted apply for this org".into(),
        help: "It may have been finished elsewhere. Make a new plan to see what is left.".into(),
    })?;
    run(session, Work::GoOn(Box::new(left)), sink, stop, hold).await
}

enum Work {
    Begin(Box<Plan>),
    GoOn(Box<Unfinished>),
}

async fn run(
    session: &Session,
    work: Work,
    sink: &Sink,
    stop: CancellationToken,
    mut hold: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let writer = session.writer().lock().await;
    let writer = writer.as_ref().ok_or(RunError::ReadOnly)?;
    let journal = JournalFile::open(&journal_path(session.places(), &session.org().url))?;
    let (told, mut telling) = mpsc::unbounded_channel();
    let progress = move |p: Progress| {
        // Nobody listens any more: the apply itself goes on.
        let _ = told.send(p);
    };
    let clock = Timestamp::now;
    if let Work::Begin(_) = work {
        for left in journal::unfinished(&journal.read()?) {
            apply::give_up(&left, &journal, Timestamp::now()).await?;
        }
    }
    let transport = session.reader().transport();
    let _kept_free = transport.leave_headroom(session.headroom());
    let mut meter = Meter::new(match &work {
        Work::Begin(plan) => plan,
        Work::GoOn(left) => &left.plan,
    });
    let mut ticks = tokio::time::interval(PACE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    let (plan, applied) = {
        let world = apply::Session {
            reader: session.reader(),
            writer,
            journal: &journal,
            who: session.me().user.login.clone(),
            clock: &clock,
            progress: &progress,
            stop: &stop,
            hold: hold.clone(),
        };
        let working = async {
            match work {
                Work::Begin(plan) => (plan.clone(), apply::apply(&plan, &world).await),
                Work::GoOn(left) => (Box::new(left.plan.clone()), apply::resume(*left, &world).await),
            }
        };
        tokio::pin!(working);
        loop {
            tokio::select! {
                biased;
                Some(progress) = telling.recv() => tell(sink, &mut meter, progress).await,
                done = &mut working => break done,
                Ok(()) = hold.changed() => tell_pace(session, sink, &meter, &hold).await,
                _ = ticks.tick() => tell_pace(session, sink, &meter, &hold).await,
            }
        }
    };
    while let Ok(progress) = telling.try_recv() {
        tell(sink, &mut meter, progress).await;
    }
    let applied = applied?;
    let app = applied.app.as_ref().and_then(App::id).or_else(|| plan.app.clone());
    let authentication = applied.app.as_ref().and_then(App::client_authentication);
    let failed = applied.journal_failed.clone();
    let ended = ended(&plan, applied.outcomes, app, applied.client_id, applied.secret, authentication);
    sink.send(Outcome::Applied(Box::new(ended))).await;
    match failed {
        Some(what) => {
            Err(RunError::Missing { what, help: "The apply stopped there. Free the disk and go on.".into() })
        }
        None => Ok(()),
    }
}

async fn tell(sink: &Sink, meter: &mut Meter, progress: Progress) {
    meter.saw(&progress, Timestamp::now());
    match progress {
        Progress::Begun(n) => sink.send(Outcome::Begins(n)).await,
        Progress::Ended(n, outcome) => sink.send(Outcome::Change(n, outcome)).await,
    }
}

/// How often the pace is told while a plan is applied.
const PACE_EVERY: Duration = Duration::from_millis(250);

async fn tell_pace(session: &Session, sink: &Sink, meter: &Meter, hold: &watch::Receiver<bool>) {
    let held = *hold.borrow();
    let budget = session.reader().transport().budget();
    sink.send(Outcome::Pace(meter.pace(&budget, session.headroom(), held, Timestamp::now()))).await;
}

fn ended(
    plan: &Plan,
    outcomes: BTreeMap<usize, ChangeOutcome>,
    app: Option<AppId>,
    client_id: Option<ClientId>,
    secret: Option<crate::secret::Secret>,
    authentication: Option<ClientAuthentication>,
) -> Applied {
    let hand_over = HandOver {
        client_id: client_id.or_else(|| plan.hand_over.client_id.clone()),
        ..plan.hand_over.clone()
    };
    Applied {
        plan: plan.clone(),
        outcomes: outcomes.into_iter().collect(),
        app,
        secret,
        hand_over,
        authentication: authentication.unwrap_or_default(),
    }
}
