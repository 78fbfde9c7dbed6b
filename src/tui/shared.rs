//! State that several screens look at: the session, the app being worked on, what Okta told.

pub use super::directory::Directory;
use super::effect::Effect;
use crate::change::PlanId;
use crate::okta::model::{AppId, BucketState, Readable, Server, ServerKind};
use crate::run::job::{
    AppLoaded, Applied, Connected, Job, PlanMade, ServerProbe, Slot, Start, Ticket, Trouble,
};
use crate::setup::{Access, Ask, Context, Draft};
use crate::uri::Callback;
use jiff::Timestamp;
use std::collections::HashMap;

/// Something that is read from afar, in all its states. *Empty* and *not loaded* are different sentences.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Remote<T> {
    /// Not asked for.
    #[default]
    Idle,
    /// On its way.
    Loading,
    /// There.
    Ready(T),
    /// It failed; the value of before, if there was one, is still shown.
    Failed(Trouble, Option<T>),
}

impl<T> Remote<T> {
    /// The value, fresh or stale.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Ready(value) | Self::Failed(_, Some(value)) => Some(value),
            _ => None,
        }
    }
}

/// The app being worked on: wizard, plan, hand over and test all look at this.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// The draft.
    pub draft: Draft,
    /// The app as it is live; `Idle` for a new one.
    pub loaded: Remote<AppLoaded>,
    /// What the chosen authorization server answered.
    pub server: Remote<ServerProbe>,
    /// The plan, as of the draft it was made from; taken away by every change of the draft.
    pub plan: Remote<PlanMade>,
    /// Why a plan cannot be made as the Setup stands.
    pub problems: Vec<Trouble>,
    /// How the last apply ended: it holds the client secret, in memory only.
    pub applied: Option<Applied>,
    /// When the draft was last saved.
    pub saved: Option<Timestamp>,
    /// Set when another oktui has this draft open: then it is read-only here.
    pub held_by: Option<u32>,
    /// Set when this is the undo of writes of the journal: the plan comes from there, and the draft, which says nothing, is not saved.
    pub undo: Option<Box<Undo>>,
    /// Assignments, and what is asked about them, as they were before each staging of this session: for taking it back.
    pub stagings: Vec<(Access, Vec<Ask>)>,
}

/// An undo of writes of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// Which writes.
    pub writes: Vec<Chosen>,
    /// What was worked on before.
    pub aside: Option<Work>,
    /// It is being applied.
    pub applying: bool,
}

/// A write of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Its number in the history.
    pub number: usize,
    /// Its plan.
    pub plan: PlanId,
    /// Its number in the plan.
    pub in_plan: usize,
}

/// What a connection is wanted for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// The demo org.
    Demo,
    /// This org.
    Org {
        /// Its URL.
        url: String,
    },
    /// To go on with a draft.
    Draft(Box<Draft>),
    /// To undo writes of its journal.
    Journal {
        /// The org's URL.
        url: String,
    },
    /// To go on with an apply that was interrupted.
    Resume {
        /// The org's URL.
        url: String,
    },
}

impl Wanted {
    /// The org's URL, where it is known.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Demo => None,
            Self::Org { url } | Self::Resume { url } | Self::Journal { url } => Some(url),
            Self::Draft(draft) => Some(&draft.org_url),
        }
    }
}

/// A failed run of the tester whose cause is being mended: after the apply the same run is offered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mending {
    /// Of which app.
    pub app: AppId,
    /// How that run failed, in a sentence.
    pub failed: String,
    /// Something was applied since.
    pub applied: bool,
    /// The run is to begin when the tester is shown.
    pub again: bool,
}

/// What the screens share.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Now, as of the last message.
    pub now: Timestamp,
    /// What was remembered on disk.
    pub start: Remote<Start>,
    /// The session.
    pub session: Option<Connected>,
    /// Labels and ids of the OIDC apps, from one cached list.
    pub apps: Remote<Vec<crate::okta::model::App>>,
    /// The app being worked on.
    pub work: Option<Work>,
    /// People and groups.
    pub directory: Directory,
    /// Authorization servers.
    pub servers: Remote<Readable<Vec<Server>>>,
    /// Rate limits as last seen.
    pub budget: Vec<BucketState>,
    /// A request waits for this bucket until this time.
    pub waiting: Option<(String, Timestamp)>,
    /// What a connection is wanted for.
    pub wanted: Option<Wanted>,
    /// Where the list of apps leads: to the wizard, or straight to the test.
    pub door: Option<super::screens::Route>,
    /// Who is to sign in at the next test: the tester takes it when it is shown.
    pub test_as: Option<String>,
    /// A failed run that is being mended.
    pub mending: Option<Mending>,
    /// One line for the hint line's place until the next key: what was just done.
    pub notice: Option<String>,
    tickets: HashMap<Slot, Ticket>,
    last_ticket: u64,
}

impl Work {
    /// Work on a draft, nothing read yet.
    pub fn new(draft: Draft) -> Self {
        Self {
            draft,
            loaded: Remote::Idle,
            server: Remote::Idle,
            plan: Remote::Idle,
            problems: Vec::new(),
            applied: None,
            saved: None,
            held_by: None,
            undo: None,
            stagings: Vec::new(),
        }
    }
}

impl Shared {
    /// Nothing known yet, at this time.
    pub fn at(now: Timestamp) -> Self {
        Self { now, ..Self::default() }
    }

    /// An effect that starts `job` in `slot`; answers to earlier jobs of this slot are dropped from now on.
    pub fn start(&mut self, slot: Slot, job: Job) -> Effect {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        self.tickets.insert(slot, ticket);
        Effect::Start { ticket, slot, job }
    }

    /// An effect that stops what runs in a slot; what it still answers is dropped.
    pub fn give_up(&mut self, slot: Slot) -> Effect {
        self.tickets.remove(&slot);
        Effect::Stop(slot)
    }

    /// Whether an undo is being worked on.
    pub fn undoing(&self) -> bool {
        self.work.as_ref().is_some_and(|work| work.undo.is_some())
    }

    /// The gateway's callbacks that are known for this org; the one of the gateway's guide where none is.
    pub fn callbacks(&self) -> Vec<Callback> {
        let known = self.session.as_ref().map(|s| s.callbacks.as_slice()).unwrap_or_default();
        if known.is_empty() {
            return Context::with_gateway_callback().callbacks;
        }
        let callback = |(environment, uri): &(String, String)| Callback {
            environment: environment.clone(),
            uri: uri.clone(),
        };
        known.iter().map(callback).collect()
    }

    /// Whether a failed run is being mended, and something was applied since.
    pub fn mended(&self) -> bool {
        self.mending.as_ref().is_some_and(|mending| mending.applied)
    }

    /// The slot whose current job has this ticket.
    pub fn slot_of(&self, ticket: Ticket) -> Option<Slot> {
        self.tickets.iter().find(|(_, t)| **t == ticket).map(|(slot, _)| *slot)
    }

    /// Whether the draft belongs to an app that exists.
    pub fn existing(&self) -> bool {
        self.work.as_ref().is_some_and(|w| matches!(w.draft.target, crate::setup::Target::Existing(_)))
    }

    /// The authorization server that the draft names.
    pub fn server_kind(&self) -> Option<ServerKind> {
        self.work.as_ref()?.draft.setup.authorization_server.kind()
    }

    /// The bucket with the smallest part left: what the header shows.
    pub fn tightest(&self) -> Option<&BucketState> {
        self.budget
            .iter()
            .filter(|b| b.limit > 0)
            .min_by_key(|b| u64::from(b.remaining) * 1_000 / u64::from(b.limit))
    }
}
