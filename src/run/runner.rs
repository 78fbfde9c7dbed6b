//! Carries jobs out on tokio and sends what comes back as events. One task a job; a read that is asked for again in the same slot
//! is cancelled, a write in flight never is.

use super::drafts::Drafts;
use super::error::RunError;
use super::job::{
    Capture, Connected, DeviceCode, Drift, Event, Job, LogoFile, Outcome, SignIn, Slot, Start, StepWord,
    TestRequest, Ticket, Trouble,
};
use super::session::{Access, DemoAccess, Session, demo_scenarios};
use super::{
    applying, bundle, capture, checkup, details, diagnosing, drift, history, inventory, live, logging, login,
    lookup, remember, reviewing, rotating, side, temporary, testing, tokens, undo,
};
use crate::diagnose;
use crate::flow;
use crate::flow::export::Format;
use crate::flow::trace::{HoleId, Safe, Trace};
use crate::okta::model::AppId;
use crate::okta::read::{GroupQuery, PeopleQuery};
use crate::secret::Secret;
use crate::setup::{Draft, Target};
use crate::store::{self, LockError, Places};
use crate::text::Clean;
use crate::uri::Callback;
use jiff::Timestamp;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Starts the demo org, once; given by `main`, because nothing below it may know the demo.
pub type DemoStarter =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<DemoAccess, String>> + Send>> + Send + Sync>;

/// The runner. Clones share it.
#[derive(Clone)]
pub struct Runner(Arc<Hub>);

struct Hub {
    places: Places,
    /// Drafts and journal of a demo org lie here; it goes away with the program.
    passing: Mutex<Option<(tempfile::TempDir, Places)>>,
    drafts: Mutex<HashMap<String, Drafts>>,
    /// Which job has saved or dropped a draft last, by org and app: where two overtake each other, the newer one stands.
    newest: Mutex<HashMap<(String, Target), Ticket>>,
    session: Mutex<Option<Session>>,
    slots: Mutex<HashMap<Slot, Running>>,
    /// The last run of the tester, with its secrets: for revealing one, and for searching what is saved.
    last: Mutex<Option<Arc<(Trace, Safe)>>>,
    events: mpsc::Sender<Event>,
    demo: Option<DemoStarter>,
    tasks: TaskTracker,
    /// No session may write, whatever it is asked for with.
    only_reads: AtomicBool,
}

struct Running {
    ticket: Ticket,
    stop: CancellationToken,
    answers: Option<mpsc::Sender<flow::Answer>>,
    /// Holds an apply while true.
    hold: watch::Sender<bool>,
}

/// How what runs in a slot is led.
struct Reins {
    stop: CancellationToken,
    held: watch::Receiver<bool>,
    replies: mpsc::Receiver<flow::Answer>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends the events of one job.
#[derive(Clone, Debug)]
pub struct Sink {
    ticket: Ticket,
    events: mpsc::Sender<Event>,
}

impl Sink {
    pub(super) async fn send(&self, outcome: Outcome) {
        // The face is gone: there is nobody left to tell.
        let _ = self.events.send(Event { ticket: self.ticket, outcome }).await;
    }
}

/// A sink with its receiver, for a face without slots: the command line.
pub fn channel() -> (Sink, mpsc::Receiver<Event>) {
    let (events, receiver) = mpsc::channel(256);
    (Sink { ticket: Ticket::default(), events }, receiver)
}

impl Runner {
    /// A runner that keeps its files in `places` and sends what comes back to `events`.
    pub fn new(places: Places, events: mpsc::Sender<Event>, demo: Option<DemoStarter>) -> Self {
        Self(Arc::new(Hub {
            places,
            passing: Mutex::default(),
            drafts: Mutex::default(),
            newest: Mutex::default(),
            session: Mutex::default(),
            slots: Mutex::default(),
            last: Mutex::default(),
            events,
            demo,
            tasks: TaskTracker::new(),
            only_reads: AtomicBool::new(false),
        }))
    }

    /// From now on no session of this runner may write.
    pub fn only_reads(&self) {
        self.0.only_reads.store(true, Ordering::Relaxed);
    }

    /// Starts a job. What ran in its slot is told to stop.
    pub fn start(&self, ticket: Ticket, slot: Slot, job: Job) {
        let stop = CancellationToken::new();
        let (answers, replies) = mpsc::channel(1);
        let (hold, held) = watch::channel(false);
        let answers = matches!(job, Job::Test(_)).then_some(answers);
        let running = Running { ticket, stop: stop.clone(), answers, hold };
        if let Some(old) = lock(&self.0.slots).insert(slot, running) {
            old.stop.cancel();
        }
        let (runner, sink) = (self.clone(), Sink { ticket, events: self.0.events.clone() });
        self.0.tasks.spawn(async move {
            let writes = matches!(
                job,
                Job::Apply(_)
                    | Job::ResumeApply
                    | Job::Test(_)
                    | Job::SaveDraft(_)
                    | Job::DropDraft(_)
                    | Job::EditInventory(_)
            );
            let waits = tokio::spawn(runner.clone().tell_waits(sink.clone()));
            let work = runner.clone().perform(job, sink.clone(), Reins { stop: stop.clone(), held, replies });
            let result = if writes {
                work.await
            } else {
                tokio::select! {
                    () = stop.cancelled() => Ok(()),
                    result = work => result,
                }
            };
            waits.abort();
            if let Err(error) = result {
                sink.send(Outcome::Failed(error.trouble())).await;
            }
            if let Some(session) = runner.session() {
                sink.send(Outcome::Budget(session.reader().transport().budget())).await;
            }
            lock(&runner.0.slots).retain(|_, r| r.ticket != ticket);
        });
    }

    /// Passes on to what runs in this slot: an answer to the tester, a halt or the way on to an apply.
    pub fn answer(&self, slot: Slot, job: Job) {
        let slots = lock(&self.0.slots);
        let Some(running) = slots.get(&slot) else { return };
        match (job, &running.answers) {
            (Job::AnswerNeed { factor, passcode }, Some(answers)) => {
                // A run asks once and waits; a second answer has no place and may be dropped.
                let answer = match factor.as_str() {
                    "" => flow::Answer::Pasted(passcode),
                    _ => flow::Answer::Passcode(passcode, factor),
                };
                let _ = answers.try_send(answer);
            }
            (Job::Step(step), Some(answers)) => {
                let answer = match step {
                    StepWord::Send => flow::Answer::Send,
                    StepWord::RunOn => flow::Answer::RunOn,
                    StepWord::Alter(alteration) => flow::Answer::Alter(alteration),
                };
                let _ = answers.try_send(answer);
            }
            (Job::Pause(held), _) => {
                running.hold.send_replace(held);
            }
            _ => {}
        }
    }

    /// Tells what runs in this slot to stop.
    pub fn stop(&self, slot: Slot) {
        if let Some(running) = lock(&self.0.slots).get(&slot) {
            running.stop.cancel();
        }
    }

    /// Waits until every job has ended; reads are told to stop, a write in flight is waited for.
    pub async fn shut_down(&self) {
        for running in lock(&self.0.slots).values() {
            running.stop.cancel();
        }
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    fn session(&self) -> Option<Session> {
        lock(&self.0.session).clone()
    }

    fn need_session(&self) -> Result<Session, RunError> {
        self.session().ok_or(RunError::NoSession)
    }

    /// Reports waits for a rate limit while a job runs.
    async fn tell_waits(self, sink: Sink) {
        let Some(session) = self.session() else { return };
        let mut waiting = session.reader().transport().waiting();
        while waiting.changed().await.is_ok() {
            let first = waiting.borrow_and_update().iter().min_by_key(|w| w.until).cloned();
            if let Some(wait) = first {
                let seconds = wait.until.duration_since(Timestamp::now()).as_secs().max(1);
                let seconds = u64::try_from(seconds).unwrap_or(1);
                sink.send(Outcome::Waiting { bucket: wait.bucket, seconds }).await;
            }
        }
    }

    async fn perform(
        self,
        job: Job,
        sink: Sink,
        Reins { stop, held, replies }: Reins,
    ) -> Result<(), RunError> {
        let outcome = match job {
            Job::ReadStart => Outcome::Start(Box::new(self.read_start())),
            Job::Connect { url, way, label, prod, read_only, passphrase } => {
                let (way, keep) = self.with_vault(&url, way, passphrase).await?;
                let access = Access { url: url.clone(), way, label, prod, read_only, headroom: None };
                let mut connected = self.connect(access, None, &sink).await?;
                if let Some((token, passphrase)) = keep {
                    // The session stands; a token that is not kept is typed again the next time.
                    connected.notes.push(match tokens::put(&self.0.places, &url, token, &passphrase).await {
                        Ok(()) => "The token is in the vault now.".into(),
                        Err(e) => format!("The token was not kept: {}", e.trouble().what),
                    });
                }
                Outcome::Connected(Box::new(connected))
            }
            Job::StartDemo => Outcome::Connected(Box::new(self.start_demo(&sink).await?)),
            Job::Scenario(play) => {
                let session = self.need_session()?;
                let demo = session.demo().ok_or(RunError::NoSession)?;
                Outcome::Scenarios(demo_scenarios(demo, play.as_deref()).await?)
            }
            Job::ForgetOrg { url } => {
                remember::forget(&self.0.places, &url)?;
                Outcome::Forgotten
            }
            Job::LoadApps => Outcome::Apps(self.need_session()?.reader().apps(None).await?),
            Job::LoadApp(id) => {
                let session = self.need_session()?;
                let server = testing::server_of(&session, &id).await;
                let callbacks = remember::callbacks(&self.0.places, &session);
                let callbacks: Vec<_> =
                    callbacks.into_iter().map(|(environment, uri)| Callback { environment, uri }).collect();
                Outcome::App(Box::new(live::app(&session, &id, server, &callbacks).await?))
            }
            Job::LoadDirectory => return self.load_directory(sink).await,
            Job::Search { text, groups } => details::search(&self.need_session()?, text, groups).await?,
            Job::LoadPerson { person, app } => details::of_person(&self.need_session()?, person, app).await?,
            Job::LoadGroup { group, app } => {
                return details::of_group(&self.need_session()?, group, app, &sink).await;
            }
            Job::Why { app, person, server, scopes } => {
                details::why_by_id(&self.need_session()?, &app, &person, server, scopes).await?
            }
            Job::LoadRunLog(run) => Outcome::RunLog(logging::of_run(&self.need_session()?, &run).await?),
            Job::LoadRuns(client) => {
                let session = self.need_session()?;
                let (places, at) = (session.places().clone(), session.org().url.clone());
                let which = move || {
                    history::list(&places, history::Which { at: Some(&at), client: Some(client.as_str()) })
                };
                Outcome::Runs(off_the_loop(which).await?)
            }
            Job::OpenRun(file) => {
                Outcome::Opened(Box::new(off_the_loop(move || history::open(&file)).await?))
            }
            Job::CheckUp { app, secrets } => {
                let session = self.need_session()?;
                let app = session.reader().app(&app).await?;
                Outcome::CheckUp(checkup::of_app(&session, &app, secrets).await?)
            }
            Job::LookUp { source, app, purpose } => Outcome::LookedUp(Box::new(
                lookup::look_up(&self.need_session()?, source, app, purpose, &sink).await?,
            )),
            Job::LoadReview(id) => {
                let session = self.need_session()?;
                let app = session.reader().app(&id).await?;
                Outcome::Review(Box::new(reviewing::of_app(&session, &app, &sink).await?))
            }
            Job::LoadServers => Outcome::Servers(self.need_session()?.reader().servers().await.into()),
            Job::ProbeServer { server, client } => {
                Outcome::Server(Box::new(live::probe(&self.need_session()?, &server, client.as_ref()).await))
            }
            Job::ReadLogo { path } => Outcome::Logo(read_logo(&path)),
            Job::MakePlan { draft, known } => {
                match applying::plan_knowing(&self.need_session()?, &draft, &known).await {
                    Ok(made) => Outcome::Plan(Box::new(made)),
                    Err(RunError::NoPlan(troubles)) => Outcome::NoPlan(troubles),
                    Err(e) => return Err(e),
                }
            }
            Job::LoadCalls => Outcome::Calls(self.need_session()?.reader().transport().made()),
            Job::LoadJournal => {
                let (places, org) = match self.session() {
                    Some(session) => (session.places().clone(), Some(session.org().url.clone())),
                    None => (self.0.places.clone(), None),
                };
                Outcome::Journal(Arc::new(undo::read_all(places, org).await?))
            }
            Job::PlanUndo { writes, reason } => {
                match undo::plan(&self.need_session()?, &writes, &reason).await {
                    Ok(made) => Outcome::Plan(Box::new(made)),
                    Err(RunError::NoPlan(troubles)) => Outcome::NoPlan(troubles),
                    Err(e) => return Err(e),
                }
            }
            Job::Apply(plan) => {
                return applying::apply(&self.need_session()?, *plan, &sink, stop, held).await;
            }
            Job::ResumeApply => return applying::resume(&self.need_session()?, &sink, stop, held).await,
            Job::LoadSecrets(app) => {
                Outcome::Secrets(self.need_session()?.reader().secrets(&app).await.into())
            }
            Job::LoadRotation(app) => {
                rotating::job(&self.need_session()?, &app, rotating::Wish::Look).await?
            }
            Job::BeginRotation { app, old, places } => {
                rotating::job(&self.need_session()?, &app, rotating::Wish::Begin { old, places }).await?
            }
            Job::ProveSecret(app) => {
                rotating::job(&self.need_session()?, &app, rotating::Wish::Prove).await?
            }
            Job::LoadInventory => {
                let path = inventory::file(&self.places());
                let read = off_the_loop({
                    let path = path.clone();
                    move || inventory::read(&path)
                });
                Outcome::Inventory(Box::new(inventory::shown(&path, &read.await?)))
            }
            Job::EditInventory(edit) => {
                let path = inventory::file(&self.places());
                let changed = off_the_loop({
                    let path = path.clone();
                    move || inventory::change(&path, |all| all.edit(&edit))
                });
                Outcome::Inventory(Box::new(inventory::shown(&path, &changed.await?)))
            }
            Job::TickPlace { app, place } => {
                rotating::job(&self.need_session()?, &app, rotating::Wish::Tick(place)).await?
            }
            Job::ForgetRotation(app) => {
                rotating::job(&self.need_session()?, &app, rotating::Wish::Forget).await?
            }
            // Boxed: what it awaits is deep.
            Job::Test(request) => return Box::pin(self.test(*request, sink, replies, stop)).await,
            Job::AnswerNeed { .. } | Job::Step(_) | Job::Pause(_) => return Ok(()),
            Job::Drift { app, path } => {
                let wanted = drift::setup(&capture::typed(&path, std::env::home_dir().as_deref()))?;
                let session = self.need_session()?;
                let app = session.reader().app(&app).await?;
                let (fields, live) = checkup::against(&session, &app, &wanted).await?;
                Outcome::Drift(Box::new(Drift { fields, wanted, live }))
            }
            Job::Preflight => Outcome::Rights(login::preflight(&self.need_session()?).await?),
            Job::SaveRun(trace) => self.save_run(&trace)?,
            Job::SaveUnmasked(trace) => {
                let text = flow::export::unmasked(&trace, &self.values()?.1);
                Outcome::Saved(save_file(&format!("oktui-run-{}-unmasked.har", trace.run), &text)?)
            }
            Job::SaveBundle { evidence, app } => self.save_bundle(evidence.as_deref(), app).await?,
            Job::Reveal(hole) => self.reveal(hole)?,
            // A slow disk is not to hold up what else runs here.
            Job::SaveDraft(draft) => {
                let (runner, ticket) = (self.clone(), sink.ticket);
                off_the_loop(move || runner.save_draft(&draft, ticket)).await?
            }
            Job::DropDraft(draft) => {
                let (runner, ticket) = (self.clone(), sink.ticket);
                off_the_loop(move || runner.drop_draft(&draft, ticket)).await?
            }
            Job::AnswerNeeds { evidence, who } => {
                let session = self.need_session()?;
                let evidence = Arc::unwrap_or_clone(evidence);
                Outcome::Answered(Arc::new(diagnosing::answer(&session, evidence, who.as_deref()).await?))
            }
            Job::FindCause { trace, who, callbacks } => {
                let session = self.need_session()?;
                let evidence = self.evidence_of(&trace, &callbacks)?;
                Outcome::Answered(Arc::new(diagnosing::answer(&session, evidence, who.as_deref()).await?))
            }
            Job::ReadCapture { from, callbacks } => {
                let read = move || match from {
                    Capture::File(path) => {
                        let path = capture::typed(&path, std::env::home_dir().as_deref());
                        capture::open(&path, false, &callbacks, Timestamp::now(), &stop)
                    }
                    Capture::Text(text) => {
                        Ok(diagnose::paste(text.expose(), &callbacks, Some(Timestamp::now())))
                    }
                };
                match tokio::task::spawn_blocking(read).await {
                    Ok(Ok(evidence)) => Outcome::Evidence(Arc::new(evidence)),
                    Ok(Err(trouble)) => Outcome::Failed(trouble),
                    Err(_) => Outcome::Failed(Trouble::new(
                        "Reading it ended before its end.",
                        "Try a smaller part of it.",
                    )),
                }
            }
            Job::SaveFile { name, content } => Outcome::Saved(save_file(&name, &content)?),
        };
        sink.send(outcome).await;
        Ok(())
    }

    /// A run of the tester, with what has to be written for it before and taken back after it.
    async fn test(
        &self,
        mut request: TestRequest,
        sink: Sink,
        replies: mpsc::Receiver<flow::Answer>,
        stop: CancellationToken,
    ) -> Result<(), RunError> {
        let session = self.need_session()?;

        let (temporary, side) = (request.temporary, request.side);
        let subject = testing::subject(&session, &request);
        if let Some(port) = temporary {
            Box::pin(temporary::begin(&session, &request.app, port)).await?;
        }
        if side {
            // Boxed: reading, planning and applying in one future would fill a worker's stack.
            let made = Box::pin(side::begin(&session, &request.app)).await?;
            (request.app, request.client_id) = (made.app, made.client_id);
            (request.authentication, request.secret, request.sign_out_uri) =
                (made.authentication, None, None);
        }
        let ended = testing::run(&session, request, &sink, replies, stop).await;
        // Whatever became of the run.
        let back = match (temporary, side) {
            (Some(_), _) => Box::pin(temporary::take_back(&session)).await.map(drop),
            (None, true) => Box::pin(side::take_back(&session)).await.map(drop),
            (None, false) => Ok(()),
        };
        let mut ended = ended?;
        if temporary.is_some() || side {
            let what = if side { "native app of this run" } else { "redirect URI of this machine" };
            let became = match &back {
                Ok(()) => "taken back, and read back that it is gone".to_owned(),
                Err(_) => "STILL THERE; the next start tries again".to_owned(),
            };
            ended.0.left.push(format!("{what}: {became}"));
        }
        let ended = Arc::new(ended);
        *lock(&self.0.last) = Some(ended.clone());
        sink.send(Outcome::Tested(Box::new(ended.0.clone()))).await;
        if let Err(error) = testing::keep(session.places(), subject, ended).await {
            sink.send(Outcome::NotKept(error.trouble())).await;
        }
        // The run stands, and so does what could not be taken back: it is tried again at the next start.
        back?;
        Ok(())
    }

    /// Whether no newer job has dealt with this draft. Only while the drafts are locked.
    fn is_newest(&self, draft: &Draft, ticket: Ticket) -> bool {
        let mut newest = lock(&self.0.newest);
        let last = newest.entry((draft.org_url.clone(), draft.target.clone())).or_default();
        let newer = ticket >= *last;
        *last = ticket.max(*last);
        newer
    }

    fn save_draft(&self, draft: &Draft, ticket: Ticket) -> Result<Outcome, RunError> {
        let (places, now) = (self.places_for(&draft.org_url), Timestamp::now());
        let mut all = lock(&self.0.drafts);
        if !self.is_newest(draft, ticket) {
            return Ok(Outcome::DraftSaved(now));
        }
        let drafts = all.entry(draft.org_url.clone()).or_insert_with(|| Drafts::under(&places.data));
        match drafts.save(draft, now) {
            Ok(()) => Ok(Outcome::DraftSaved(now)),
            Err(LockError::Held { pid, .. }) => Ok(Outcome::DraftHeld { pid: pid.unwrap_or(0) }),
            Err(e) => Err(e.into()),
        }
    }

    fn drop_draft(&self, draft: &Draft, ticket: Ticket) -> Result<Outcome, RunError> {
        let places = self.places_for(&draft.org_url);
        let mut all = lock(&self.0.drafts);
        if !self.is_newest(draft, ticket) {
            return Ok(Outcome::DraftSaved(Timestamp::now()));
        }
        let drafts = all.entry(draft.org_url.clone()).or_insert_with(|| Drafts::under(&places.data));
        drafts.remove(draft)?;
        Ok(Outcome::DraftSaved(Timestamp::now()))
    }

    fn read_start(&self) -> Start {
        let (mut start, drafts) = (remember::start(&self.0.places), Drafts::under(&self.0.places.data));
        let (found, troubles) = drafts.list();
        start.drafts = found;
        match tokens::has_vault(&self.0.places) {
            Ok(there) => start.vault = there,
            Err(e) => start.troubles.push(e.trouble()),
        }
        start.troubles.extend(troubles);
        start.now = Timestamp::now();
        start
    }

    async fn connect(
        &self,
        access: Access,
        demo: Option<(DemoAccess, Places)>,
        sink: &Sink,
    ) -> Result<Connected, RunError> {
        let (access_demo, places) = match demo {
            Some((demo, places)) => (Some(demo), places),
            None => (None, self.0.places.clone()),
        };
        let is_demo = access_demo.is_some();
        let show = |code: DeviceCode| {
            let sink = sink.clone();
            tokio::spawn(async move { sink.send(Outcome::DeviceCode(code)).await });
        };
        let read_only = access.read_only || self.0.only_reads.load(Ordering::Relaxed);
        let access = Access { read_only, ..access };
        let session = Session::connect(access, places, access_demo, &show).await?;
        let callbacks = remember::callbacks(&self.0.places, &session);
        let mut connected = session.connected(callbacks).await?;
        connected.notes.extend(Box::pin(temporary::end_left(&session)).await);
        connected.notes.extend(Box::pin(side::end_left(&session)).await);
        if !is_demo {
            remember::used(&self.0.places, &connected)?;
            login::remember(&self.0.places, &session)?;
        }
        *lock(&self.0.session) = Some(session);
        Ok(connected)
    }

    /// The API token out of the vault where none was given; and what goes into it where one was.
    async fn with_vault(
        &self,
        url: &str,
        way: SignIn,
        passphrase: Option<Secret>,
    ) -> Result<(SignIn, Option<(Secret, Secret)>), RunError> {
        match (way, passphrase) {
            (SignIn::Token(token), Some(passphrase)) if token.is_empty() => {
                let missing = || RunError::Missing {
                    what: "the vault has no token for this org".into(),
                    help: "Give the token as well: it is kept there then.".into(),
                };
                let token = tokens::of(&self.0.places, url, &passphrase).await?.ok_or_else(missing)?;
                Ok((SignIn::Token(token), None))
            }
            (SignIn::Token(token), Some(passphrase)) => {
                Ok((SignIn::Token(token.clone()), Some((token, passphrase))))
            }
            (way, _) => Ok((way, None)),
        }
    }

    async fn start_demo(&self, sink: &Sink) -> Result<Connected, RunError> {
        let missing =
            |what: String| RunError::Missing { what, help: "Leave oktui and start it again.".into() };
        let starter =
            self.0.demo.clone().ok_or_else(|| missing("this program has no demo org in it".into()))?;
        let demo = starter().await.map_err(|e| missing(format!("the demo org did not start: {e}")))?;
        let folder =
            tempfile::tempdir().map_err(|e| missing(format!("no passing folder can be made: {e}")))?;
        let places = Places::under(folder.path());
        *lock(&self.0.passing) = Some((folder, places.clone()));
        let access = Access {
            url: demo.org_url.clone(),
            way: SignIn::Token(demo.api_token.clone()),
            label: "demo org".into(),
            prod: false,
            read_only: false,
            headroom: None,
        };
        self.connect(access, Some((demo, places)), sink).await
    }

    /// Where the files of what is connected lie: those of the demo org in its passing folder.
    fn places(&self) -> Places {
        self.session().map_or_else(|| self.0.places.clone(), |session| session.places().clone())
    }

    /// Where the drafts of an org lie: those of the demo org in its passing folder.
    fn places_for(&self, org_url: &str) -> Places {
        match self.session() {
            Some(session) if session.org().url == org_url => session.places().clone(),
            _ => self.0.places.clone(),
        }
    }

    async fn load_directory(&self, sink: Sink) -> Result<(), RunError> {
        let session = self.need_session()?;
        let reader = session.reader();
        // Counting members makes Okta slow, and people are of another bucket: neither waits for the other.
        let groups = async {
            sink.send(Outcome::Groups(reader.groups(GroupQuery::All, true).all().await.into())).await;
        };
        let people = async {
            let mut pages = reader.people(PeopleQuery::All).ahead();
            while let Some(page) = pages.next().await {
                match page {
                    Ok(people) => sink.send(Outcome::People(people)).await,
                    Err(e) => return Some(e.into()),
                }
            }
            None
        };
        let (trouble, ()) = tokio::join!(people, groups);
        sink.send(Outcome::DirectoryComplete(trouble)).await;
        Ok(())
    }

    /// A file of each format; each is searched for the secrets of the run first.
    fn save_run(&self, trace: &Trace) -> Result<Outcome, RunError> {
        let last = self.values()?;
        let mut texts = Vec::new();
        for format in Format::ALL {
            texts.push((format, testing::exported(trace, &last.1, format)?));
        }
        let mut names = Vec::new();
        for (format, text) in texts {
            let name = format!("oktui-run-{}.{}", trace.run, format.extension());
            names.push(save_file(&name, &Secret::new(text))?.to_string());
        }
        Ok(Outcome::Saved(Clean::new(&names.join(", "))))
    }

    /// A run as evidence: what its own export says, masked, read as that of any other tool.
    fn evidence_of(&self, trace: &Trace, callbacks: &[Callback]) -> Result<diagnose::Evidence, RunError> {
        let har = testing::exported(trace, &self.values()?.1, Format::Har)?;
        Ok(diagnose::har::read(har.as_bytes(), callbacks, Some(Timestamp::now())))
    }

    /// The last run with its values: without them no file can be searched for them.
    fn values(&self) -> Result<Arc<(Trace, Safe)>, RunError> {
        lock(&self.0.last).clone().ok_or_else(|| RunError::Missing {
            what: "the values of this run are not kept any more".into(),
            help: "Run the test again.".into(),
        })
    }

    /// What is known about a failure, in a folder of its own: the last run of the tester goes in where there was one.
    async fn save_bundle(
        &self,
        evidence: Option<&diagnose::Evidence>,
        app: Option<AppId>,
    ) -> Result<Outcome, RunError> {
        let session = self.session();
        let app = match (&session, app) {
            (Some(session), Some(id)) => Some(session.reader().app(&id).await?),
            _ => None,
        };
        let run = lock(&self.0.last).clone();
        let contents = bundle::Contents {
            evidence,
            app: app.as_ref(),
            secrets: false,
            run: run.as_deref().map(|(trace, safe)| (trace, safe)),
        };
        let files = bundle::make(session.as_ref(), contents).await?;
        let folder = working_folder()?.join("oktui-bundle");
        let folder =
            tokio::task::spawn_blocking(move || bundle::write(&files, &folder)).await.map_err(|_| {
                RunError::Missing { what: "the bundle could not be written".into(), help: String::new() }
            })??;
        Ok(Outcome::Saved(Clean::new(&folder.to_string_lossy())))
    }

    fn reveal(&self, hole: HoleId) -> Result<Outcome, RunError> {
        let last = lock(&self.0.last).clone();
        let value = last.and_then(|last| last.1.value(hole).cloned());
        value.map(|v| Outcome::Revealed(hole, v)).ok_or_else(|| RunError::Missing {
            what: "this value is not kept any more".into(),
            help: "Run the test again: values are kept for the last run only.".into(),
        })
    }
}

/// Reads files beside the tasks: a slow disk holds up nothing else.
async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RunError> + Send + 'static,
) -> Result<T, RunError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(RunError::Missing {
            what: "reading the files broke off".into(),
            help: "Try again; if it stays so, look into the folder of oktui's files.".into(),
        })
    })
}

/// How much of a logo is read: enough for its type and size in pixels.
const LOGO_HEAD: usize = 64 * 1024;

fn read_logo(path: &str) -> Result<LogoFile, Trouble> {
    use std::io::Read;
    let trouble = |e: std::io::Error| {
        Trouble::new(
            format!("{path} cannot be read: {e}"),
            "Check the path; it is on the machine oktui runs on.",
        )
    };
    let file = std::fs::File::open(path).map_err(trouble)?;
    let facts = file.metadata().map_err(trouble)?;
    if !facts.is_file() {
        return Err(Trouble::new(format!("{path} is not a file"), "Name a PNG, JPG, GIF or SVG file."));
    }
    let mut head = Vec::new();
    file.take(LOGO_HEAD as u64).read_to_end(&mut head).map_err(trouble)?;
    Ok(LogoFile { path: path.to_owned(), bytes: facts.len(), head })
}

/// Writes a file that only this user can read into the working folder, never over another one.
fn working_folder() -> Result<std::path::PathBuf, RunError> {
    std::env::current_dir().map_err(|e| RunError::Missing {
        what: format!("the working folder cannot be used: {e}"),
        help: "Start oktui in a folder that you may write to.".into(),
    })
}

fn save_file(name: &str, content: &Secret) -> Result<Clean, RunError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name: String = name.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let (stem, end) = name.rsplit_once('.').unwrap_or((&name, "txt"));
    let folder = working_folder()?;
    for n in 1..1_000 {
        let numbered = if n == 1 { format!("{stem}.{end}") } else { format!("{stem}-{n}.{end}") };
        let path = folder.join(numbered);
        if store::write_private_new(&path, content.expose().as_bytes())? {
            return Ok(Clean::new(&path.to_string_lossy()));
        }
    }
    Err(RunError::Missing {
        what: format!("there are too many files named {stem} here"),
        help: "Remove some, or start oktui in another folder.".into(),
    })
}
