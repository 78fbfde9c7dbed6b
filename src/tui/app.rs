//! The whole program's state: what is shared, the screens, where we are, and what stands above (help, commands). `update` takes every
//! message, never fails, and gives effects.

use super::command::{self, CommandId, Scope};
use super::effect::Effect;
use super::key::Key;
use super::popup::{self, Popup};
use super::screens::{
    Go, Msg, Next, Route, Screen, apps, calls, checkup, connect, diagnose, drift, handover, home, inventory,
    journal, people, plan, rights, rotation, scenarios, test, wizard,
};
use super::shared::{Remote, Shared};
use super::theme::Theme;
use crate::run::job::{Event, Job, Outcome, Slot};
use crate::setup::{Draft, Target};
use jiff::{SignedDuration, Timestamp};

/// A message to the program.
#[derive(Clone, Debug, PartialEq)]
pub enum AppMsg {
    /// A key.
    Key(Key, Timestamp),
    /// A paste.
    Paste(String, Timestamp),
    /// An event of a job.
    Event(Event, Timestamp),
    /// A wake-up that was asked for.
    Tick(Timestamp),
}

/// A draft is saved at most this often while it changes, and at once on leaving a field and on leaving oktui.
const SAVE_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// How soon a change wants to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Haste {
    /// Within a quarter of a second: one of many of its kind.
    Soon,
    /// With the next frame.
    Now,
}

/// The program.
#[derive(Debug)]
pub struct App {
    /// What the screens share.
    pub shared: Shared,
    pub(super) home: home::Model,
    pub(super) connect: connect::Model,
    pub(super) apps: apps::Model,
    pub(super) wizard: wizard::Model,
    pub(super) people: people::Model,
    pub(super) plan: plan::Model,
    pub(super) handover: handover::Model,
    pub(super) rotation: rotation::Model,
    pub(super) test: test::Model,
    pub(super) diagnose: diagnose::Model,
    pub(super) journal: journal::Model,
    pub(super) calls: calls::Model,
    pub(super) scenarios: scenarios::Model,
    pub(super) rights: rights::Model,
    pub(super) drift: drift::Model,
    pub(super) inventory: inventory::Model,
    pub(super) checkup: checkup::Model,
    /// Where we are, last, and how we came there.
    pub(super) way: Vec<Route>,
    pub(super) popup: Option<Popup>,
    pub(super) theme: Theme,
    dirty: Option<Haste>,
    /// The draft as it was last given to be saved.
    given: Option<Draft>,
    given_at: Timestamp,
    /// A wake-up for saving the draft is on its way.
    save_due: bool,
    /// Ctrl-C was pressed while something ran.
    warned: bool,
}

impl App {
    /// The program at its start, on Home.
    pub fn new(theme: Theme, now: Timestamp) -> Self {
        Self {
            shared: Shared::at(now),
            home: home::Model::default(),
            connect: connect::Model::default(),
            apps: apps::Model::default(),
            wizard: wizard::Model::default(),
            people: people::Model::default(),
            plan: plan::Model::default(),
            handover: handover::Model::default(),
            rotation: rotation::Model::default(),
            test: test::Model::default(),
            diagnose: diagnose::Model::default(),
            journal: journal::Model::default(),
            calls: calls::Model::default(),
            scenarios: scenarios::Model::default(),
            rights: rights::Model::default(),
            drift: drift::Model::default(),
            inventory: inventory::Model::default(),
            checkup: checkup::Model::default(),
            way: vec![Route::Home],
            popup: None,
            theme,
            dirty: Some(Haste::Now),
            given: None,
            given_at: Timestamp::UNIX_EPOCH,
            save_due: false,
            warned: false,
        }
    }

    /// What to do first: read what is remembered; with `demo`, open the demo org as well.
    pub fn first(&mut self, demo: bool) -> Vec<Effect> {
        self.shared.start = Remote::Loading;
        let mut effects = vec![self.shared.start(Slot::Start, Job::ReadStart)];
        if demo {
            effects.push(self.shared.start(Slot::Connect, Job::StartDemo));
            self.way.push(Route::Connect);
            self.connect.wait_for_demo();
        }
        effects
    }

    /// Which screen is shown.
    pub fn route(&self) -> Route {
        self.way.last().copied().unwrap_or(Route::Home)
    }

    /// Whether something visible changed since the last frame, and how soon it wants to be seen.
    pub fn dirty(&self) -> Option<Haste> {
        self.dirty
    }

    /// Something visible changed.
    pub fn touch(&mut self) {
        self.dirty = Some(Haste::Now);
    }

    /// A frame was drawn.
    pub fn drawn(&mut self) {
        self.dirty = None;
    }

    /// Whether a text field is open.
    pub fn editing(&self) -> bool {
        match &self.popup {
            Some(popup) => popup.editing(),
            None => self.screen().editing(&self.shared),
        }
    }

    /// The screen that is shown.
    pub(super) fn screen(&self) -> &dyn Screen {
        match self.route() {
            Route::Home => &self.home,
            Route::Connect => &self.connect,
            Route::Apps => &self.apps,
            Route::Wizard => &self.wizard,
            Route::People => &self.people,
            Route::Plan => &self.plan,
            Route::HandOver => &self.handover,
            Route::Rotation => &self.rotation,
            Route::Test => &self.test,
            Route::Diagnose => &self.diagnose,
            Route::Journal => &self.journal,
            Route::Calls => &self.calls,
            Route::Scenarios => &self.scenarios,
            Route::Rights => &self.rights,
            Route::Drift => &self.drift,
            Route::Inventory => &self.inventory,
            Route::CheckUp => &self.checkup,
        }
    }

    fn with<T>(&mut self, route: Route, work: impl FnOnce(&mut dyn Screen, &mut Shared) -> T) -> T {
        let screen: &mut dyn Screen = match route {
            Route::Home => &mut self.home,
            Route::Connect => &mut self.connect,
            Route::Apps => &mut self.apps,
            Route::Wizard => &mut self.wizard,
            Route::People => &mut self.people,
            Route::Plan => &mut self.plan,
            Route::HandOver => &mut self.handover,
            Route::Rotation => &mut self.rotation,
            Route::Test => &mut self.test,
            Route::Diagnose => &mut self.diagnose,
            Route::Journal => &mut self.journal,
            Route::Calls => &mut self.calls,
            Route::Scenarios => &mut self.scenarios,
            Route::Rights => &mut self.rights,
            Route::Drift => &mut self.drift,
            Route::Inventory => &mut self.inventory,
            Route::CheckUp => &mut self.checkup,
        };
        work(screen, &mut self.shared)
    }

    /// The scopes in force, narrowest first.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        self.screen().scopes(&self.shared)
    }

    /// Takes a message.
    pub fn update(&mut self, msg: AppMsg) -> Vec<Effect> {
        let editing = self.editing();
        let mut effects = match msg {
            AppMsg::Key(key, now) => {
                self.shared.now = now;
                self.shared.notice = None;
                self.touch();
                self.key(key)
            }
            AppMsg::Paste(text, now) => {
                self.shared.now = now;
                self.touch();
                match &mut self.popup {
                    Some(popup) => {
                        popup.paste(&text);
                        Vec::new()
                    }
                    None => self.tell(self.route(), Msg::Paste(text)),
                }
            }
            AppMsg::Event(event, now) => {
                self.shared.now = now;
                let Some(slot) = self.shared.slot_of(event.ticket) else { return Vec::new() };
                let haste = if event.outcome.is_of_many() { Haste::Soon } else { Haste::Now };
                self.dirty = self.dirty.max(Some(haste));
                let apart = matches!(
                    event.outcome,
                    Outcome::Begins(_)
                        | Outcome::Change(..)
                        | Outcome::Pace(_)
                        | Outcome::Waiting { .. }
                        | Outcome::Budget(_)
                );
                let effects = self.event(slot, event.outcome);
                if apart {
                    // No draft changes by these: there is none to compare.
                    return effects;
                }
                effects
            }
            AppMsg::Tick(now) => {
                self.shared.now = now;
                self.save_due = false;
                self.touch();
                if self.shared.waiting.as_ref().is_some_and(|(_, until)| *until <= now) {
                    self.shared.waiting = None;
                }
                let route = self.route();
                self.tell(route, Msg::Tick)
            }
        };
        let left_a_field = editing && !self.editing();
        let leaving = effects.contains(&Effect::Quit);
        effects.splice(0..0, self.save(left_a_field || leaving));
        effects
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        if self.popup.is_some() {
            return self.popup_key(key);
        }
        let editing = self.editing();
        match command::lookup(key, &self.scopes(), editing) {
            Some(id) => self.command(id),
            None if editing => self.tell(self.route(), Msg::Edit(key)),
            None => Vec::new(),
        }
    }

    fn popup_key(&mut self, key: Key) -> Vec<Effect> {
        let Some(mut popup) = self.popup.take() else { return Vec::new() };
        match popup.key(key) {
            popup::Answer::Stay => {
                self.popup = Some(popup);
                Vec::new()
            }
            popup::Answer::Close => Vec::new(),
            popup::Answer::Leave => self.command(CommandId::Cancel),
            popup::Answer::Run(id) => self.command(id),
        }
    }

    fn command(&mut self, id: CommandId) -> Vec<Effect> {
        if id != CommandId::Cancel {
            self.warned = false;
        }
        match id {
            CommandId::Help => {
                self.popup = Some(Popup::help(&self.scopes()));
                Vec::new()
            }
            CommandId::Palette => {
                self.popup = Some(Popup::palette(&self.scopes()));
                Vec::new()
            }
            CommandId::Diagnose if self.route() != Route::Diagnose => self.go(Go::To(Route::Diagnose)),
            CommandId::Journal => self.go(Go::To(Route::Journal)),
            CommandId::Calls => self.go(Go::To(Route::Calls)),
            // The list of apps has to read the app first.
            CommandId::People if self.route() != Route::Apps && self.has_app() => {
                self.go(Go::To(Route::People))
            }
            CommandId::CheckUp if self.route() != Route::Apps && self.has_app() => {
                self.go(Go::To(Route::CheckUp))
            }
            CommandId::Drift if self.route() != Route::Apps && self.has_app() => {
                self.go(Go::To(Route::Drift))
            }
            CommandId::Servers => self.go(Go::To(Route::Inventory)),
            CommandId::Quit => self.leave(),
            CommandId::Cancel => self.cancel(),
            CommandId::Suspend => vec![Effect::Suspend],
            CommandId::Redraw => vec![Effect::Redraw],
            id => self.tell(self.route(), Msg::Command(id)),
        }
    }

    /// Whether there is an app whose people can be chosen: an undo is about writes, not about an app.
    fn has_app(&self) -> bool {
        self.shared.work.as_ref().is_some_and(|w| w.undo.is_none())
    }

    /// What writes at this moment.
    fn writing(&self) -> bool {
        self.plan.running(&self.shared).is_some()
    }

    fn leave(&mut self) -> Vec<Effect> {
        if self.writing() && !self.warned {
            self.warned = true;
            self.shared.notice = Some(
                "An apply runs. q again leaves after the request in flight; oktui goes on at its next start."
                    .into(),
            );
            return vec![Effect::Stop(Slot::Apply)];
        }
        vec![Effect::Quit]
    }

    /// Ctrl-C: first stops what runs, else leaves.
    fn cancel(&mut self) -> Vec<Effect> {
        let running = self.screen().running(&self.shared).or_else(|| self.writing().then_some(Slot::Apply));
        match running {
            Some(slot) if !self.warned => {
                self.warned = true;
                self.shared.notice =
                    Some("Stopping after the request in flight. Ctrl-C again leaves.".into());
                // What was stopped answers nothing more: the screen has to hear of it here.
                let mut effects = self.tell(self.route(), Msg::Command(CommandId::Cancel));
                if !effects.contains(&Effect::Stop(slot)) {
                    effects.insert(0, Effect::Stop(slot));
                }
                self.warned = self.writing() || self.screen().running(&self.shared).is_some();
                effects
            }
            _ => vec![Effect::Quit],
        }
    }

    fn tell(&mut self, route: Route, msg: Msg) -> Vec<Effect> {
        let Next { mut effects, go } = self.with(route, |screen, shared| screen.update(shared, msg));
        if let Some(go) = go {
            effects.extend(self.go(go));
        }
        effects
    }

    fn go(&mut self, go: Go) -> Vec<Effect> {
        let from = self.route();
        match go {
            Go::To(route) => {
                // A screen is on the way once: going there again goes back to it.
                if let Some(at) = self.way.iter().position(|r| *r == route) {
                    self.way.truncate(at);
                }
                self.way.push(route);
            }
            Go::Instead(route) => {
                self.way.pop();
                self.way.retain(|r| *r != route);
                self.way.push(route);
            }
            Go::Back => {
                if self.way.len() > 1 {
                    self.way.pop();
                }
            }
        }
        if self.way.is_empty() {
            self.way.push(Route::Home);
        }
        if self.route() == from {
            return Vec::new();
        }
        // Terminals disagree about the width of some scripts' marks, and what they drew beside its cell would stay: another screen
        // begins on a clean one.
        let mut effects = vec![Effect::Redraw];
        effects.extend(self.tell(self.route(), Msg::Shown));
        effects
    }

    fn event(&mut self, slot: Slot, outcome: Outcome) -> Vec<Effect> {
        let mut effects = self.take_in(slot, &outcome);
        // These are for one screen, and can be as long as the org is large, or as many: they are not copied for each.
        let one = match (slot, &outcome) {
            (Slot::Search | Slot::Detail | Slot::People | Slot::Review | Slot::Why, _) => Some(Route::People),
            (_, Outcome::Begins(_) | Outcome::Change(..) | Outcome::Pace(_)) => Some(Route::Plan),
            _ => None,
        };
        if let Some(route) = one {
            let Next { effects: more, go } =
                self.with(route, |screen, shared| screen.update(shared, Msg::Done(slot, outcome)));
            effects.extend(more);
            if let (Some(go), true) = (go, route == self.route()) {
                effects.extend(self.go(go));
            }
            return effects;
        }
        // The frame around the screens shows these.
        if matches!(outcome, Outcome::Waiting { .. } | Outcome::Budget(_)) {
            return effects;
        }
        for route in [
            Route::Home,
            Route::Connect,
            Route::Apps,
            Route::Wizard,
            Route::People,
            Route::Plan,
            Route::HandOver,
            Route::Rotation,
            Route::Test,
            Route::Diagnose,
            Route::Journal,
            Route::Calls,
            Route::Scenarios,
            Route::Rights,
            Route::Drift,
            Route::Inventory,
            Route::CheckUp,
        ] {
            let Next { effects: more, go } =
                self.with(route, |screen, shared| screen.update(shared, Msg::Done(slot, outcome.clone())));
            effects.extend(more);
            // Only the screen that is shown may lead elsewhere: the others were left on purpose.
            if let (Some(go), true) = (go, route == self.route()) {
                effects.extend(self.go(go));
            }
        }
        effects
    }

    /// Takes what came into the shared state.
    fn take_in(&mut self, slot: Slot, outcome: &Outcome) -> Vec<Effect> {
        let shared = &mut self.shared;
        let now = shared.now;
        match outcome {
            Outcome::Start(start) => shared.start = Remote::Ready((**start).clone()),
            Outcome::Connected(connected) => {
                shared.session = Some((**connected).clone());
                shared.apps = Remote::Idle;
                shared.servers = Remote::Idle;
                shared.directory = super::shared::Directory::default();
                if shared.work.as_ref().is_some_and(|w| w.draft.org_url != connected.org.url) {
                    shared.work = None;
                }
            }
            Outcome::Apps(apps) => shared.apps = Remote::Ready(apps.clone()),
            Outcome::App(loaded) => {
                if let Some(work) = &mut shared.work
                    && work.draft.target == loaded.app.id().map_or(Target::New, Target::Existing)
                {
                    work.loaded = Remote::Ready((**loaded).clone());
                }
            }
            Outcome::People(people) => shared.directory.add(people.iter().cloned()),
            Outcome::Groups(groups) => shared.directory.set_groups(groups.clone()),
            Outcome::DirectoryComplete(trouble) => {
                shared.directory.loading = false;
                shared.directory.complete = trouble.is_none();
                shared.directory.trouble = trouble.clone();
            }
            Outcome::Servers(servers) => shared.servers = Remote::Ready(servers.clone()),
            Outcome::Server(probe) => {
                if let Some(work) = &mut shared.work
                    && work.draft.setup.authorization_server.kind().as_ref() == Some(&probe.server)
                {
                    work.server = Remote::Ready((**probe).clone());
                }
            }
            Outcome::Plan(made) => {
                if let Some(work) = &mut shared.work {
                    work.problems.clear();
                    work.plan = Remote::Ready((**made).clone());
                }
            }
            Outcome::NoPlan(problems) => {
                if let Some(work) = &mut shared.work {
                    work.problems = problems.clone();
                    work.plan = Remote::Idle;
                }
            }
            Outcome::Applied(applied) => {
                // The list of apps is not what it was.
                shared.apps = Remote::Idle;
                if let Some(work) = &mut shared.work {
                    work.plan = Remote::Idle;
                    work.draft.asks.clear();
                    let secret = work.applied.take().and_then(|a| a.secret);
                    let mut applied = (**applied).clone();
                    applied.secret = applied.secret.or(secret);
                    work.applied = Some(applied);
                }
            }
            Outcome::DraftSaved(at) => {
                if let Some(work) = &mut shared.work {
                    work.saved = Some(*at);
                    work.held_by = None;
                }
            }
            Outcome::DraftHeld { pid } => {
                if let Some(work) = &mut shared.work {
                    work.held_by = Some(*pid);
                }
            }
            Outcome::Budget(budget) => {
                shared.budget.clone_from(budget);
                shared.waiting = None;
            }
            Outcome::Pace(pace) => {
                // The badge on top tells of the same bucket: both say the same.
                if let Some(bucket) = &pace.bucket
                    && let Some(known) = shared.budget.iter_mut().find(|b| b.name == bucket.name)
                {
                    known.clone_from(bucket);
                }
            }
            Outcome::Waiting { bucket, seconds } => {
                let until = now + SignedDuration::from_secs(i64::try_from(*seconds).unwrap_or(60));
                shared.waiting = Some((bucket.clone(), until));
                return vec![Effect::Wake(seconds.saturating_mul(1_000))];
            }
            Outcome::Forgotten => return vec![shared.start(Slot::Start, Job::ReadStart)],
            Outcome::Failed(trouble) => self.failed(slot, trouble),
            _ => {}
        }
        Vec::new()
    }

    fn failed(&mut self, slot: Slot, trouble: &crate::run::job::Trouble) {
        fn fail<T: Clone>(remote: &mut Remote<T>, trouble: &crate::run::job::Trouble) {
            *remote = Remote::Failed(trouble.clone(), remote.value().cloned());
        }
        let shared = &mut self.shared;
        match slot {
            Slot::Start => fail(&mut shared.start, trouble),
            Slot::Apps => fail(&mut shared.apps, trouble),
            Slot::Servers => fail(&mut shared.servers, trouble),
            Slot::Directory => {
                shared.directory.loading = false;
                shared.directory.trouble = Some(trouble.clone());
            }
            Slot::App | Slot::Server | Slot::Plan => {
                if let Some(work) = &mut shared.work {
                    match slot {
                        // Another app was being opened: what is said of it is said by its screen.
                        Slot::App if work.loaded != Remote::Loading => {}
                        Slot::App => fail(&mut work.loaded, trouble),
                        Slot::Server => fail(&mut work.server, trouble),
                        _ => fail(&mut work.plan, trouble),
                    }
                }
            }
            Slot::Draft | Slot::Save => {
                shared.notice = Some(format!("{} {}", trouble.what, trouble.help).trim_end().to_owned());
            }
            Slot::Connect | Slot::Logo | Slot::Apply | Slot::Secrets | Slot::Test | Slot::Reveal => {}
            // Their screens say it themselves.
            Slot::Search
            | Slot::Detail
            | Slot::People
            | Slot::Review
            | Slot::Why
            | Slot::Rotation
            | Slot::Capture
            | Slot::Cause
            | Slot::CheckUp
            | Slot::Log
            | Slot::Scenarios
            | Slot::Rights
            | Slot::Drift
            | Slot::Inventory
            | Slot::Runs
            | Slot::Journal
            | Slot::Calls => {}
        }
    }

    /// Gives the draft to be saved when it changed: at most once a second, at once when `now` says so.
    fn save(&mut self, at_once: bool) -> Option<Effect> {
        let now = self.shared.now;
        let work = self.shared.work.as_ref()?;
        if work.undo.is_some() || work.held_by.is_some() || self.given.as_ref() == Some(&work.draft) {
            return None;
        }
        let draft = work.draft.clone();
        let first =
            self.given.as_ref().is_none_or(|g| g.org_url != draft.org_url || g.target != draft.target);
        if first {
            // Opening an app is not a change of it; what follows is.
            self.given = Some(draft);
            return None;
        }
        if !at_once && now.duration_since(self.given_at) < SAVE_EVERY {
            if std::mem::replace(&mut self.save_due, true) {
                return None;
            }
            return Some(Effect::Wake(SAVE_EVERY.as_millis().unsigned_abs().try_into().unwrap_or(1_000)));
        }
        self.given = Some(draft.clone());
        self.given_at = now;
        Some(self.shared.start(Slot::Draft, Job::SaveDraft(Box::new(draft))))
    }
}
