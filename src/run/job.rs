//! What a face can ask for, and what comes back. Values only: the screens' state is made of these.

use crate::change::rotation::Standing;
use crate::change::undo::History;
use crate::change::{HandOver, Outcome as ChangeOutcome, Plan};
use crate::checkup::Finding;
use crate::diagnose::Evidence;
use crate::flow::trace::{HoleId, Hop, RunVerdict, Trace, Way};
use crate::flow::{Alteration, Pause};
use crate::inventory::{Advice, Edit, McpServer};
use crate::okta::model::{
    App, AppGroup, AppId, AppUser, BucketState, CallMade, ClientAuthentication, ClientId, ClientSecret,
    Discovery, Group, GroupId, Identity, LogEvent, OrgFacts, Policy, Readable, Scope, SecretId, Server,
    ServerKind, User, UserId,
};
use crate::people::{GroupDetail, PersonDetail, Preview, Purpose, Review, Source};
use crate::policy::why::Why;
use crate::secret::Secret;
use crate::setup::{Draft, Setup};
use crate::text::Clean;
use crate::uri::Callback;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;

/// A place on the screen that waits for something. A new job in the same slot makes the old one's answer worthless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// What is remembered: orgs, drafts, an unfinished apply.
    Start,
    /// Connecting to an org.
    Connect,
    /// The list of apps.
    Apps,
    /// One app with its assignments.
    App,
    /// People and groups.
    Directory,
    /// The list of authorization servers.
    Servers,
    /// The chosen authorization server.
    Server,
    /// The logo file.
    Logo,
    /// The plan.
    Plan,
    /// An apply. Never cancelled in the middle of a write.
    Apply,
    /// Client secrets, for the hand-over of an existing app.
    Secrets,
    /// The rotation of a client secret.
    Rotation,
    /// A run of the flow tester.
    Test,
    /// A revealed value.
    Reveal,
    /// Saving the draft.
    Draft,
    /// Saving a file that was asked for.
    Save,
    /// Okta's own search.
    Search,
    /// The detail of a person or a group.
    Detail,
    /// A list of people from a file or a paste.
    People,
    /// Who has access.
    Review,
    /// Why somebody can or cannot sign in.
    Why,
    /// The check-up of an app.
    CheckUp,
    /// The System Log beside a run of the tester.
    Log,
    /// The scenarios of the demo org.
    Scenarios,
    /// What the session may do.
    Rights,
    /// A Setup file against an app.
    Drift,
    /// The inventory of MCP servers.
    Inventory,
    /// The tester's runs of before.
    Runs,
    /// The journal.
    Journal,
    /// The calls that were made.
    Calls,
    /// A capture, or a long paste, that is to be diagnosed.
    Capture,
    /// Why a run of the tester failed, with what the org says about it.
    Cause,
}

/// Numbers a started job. An answer with an old ticket is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What the faces ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// Reads what is remembered on disk.
    ReadStart,
    /// Connects to an org. What is secret in the way to sign in is kept in memory only. A device code comes first where there is one.
    Connect {
        /// As typed; it is normalised.
        url: String,
        /// How.
        way: SignIn,
        /// A name for the org in lists; its host when empty.
        label: String,
        /// Marks the org as production.
        prod: bool,
        /// No writes at all.
        read_only: bool,
        /// Opens the vault: an API token that is left empty is taken from it, and one that was given is kept in it once the org has
        /// taken it.
        passphrase: Option<Secret>,
    },
    /// Starts the built-in demo org, and connects to it.
    StartDemo,
    /// Lists the scenarios of the demo org that is connected; with a name, plays that one first.
    Scenario(Option<String>),
    /// Tries what the session may do: a small read for each feature. Nothing is written.
    Preflight,
    /// Forgets a remembered org.
    ForgetOrg {
        /// Its URL.
        url: String,
    },
    /// Lists OIDC apps.
    LoadApps,
    /// Reads an app with its assignments.
    LoadApp(AppId),
    /// Reads people and groups, page by page.
    LoadDirectory,
    /// Asks Okta's search for people and groups, the deactivated among them. It lags behind changes by seconds.
    Search {
        /// What their login, e-mail, first or last name begins with; a group's name.
        text: String,
        /// Groups rather than people.
        groups: bool,
    },
    /// Reads the detail of a person.
    LoadPerson {
        /// Who.
        person: UserId,
        /// For which app, if one is chosen.
        app: Option<AppId>,
    },
    /// Reads the detail of a group, and its members page by page.
    LoadGroup {
        /// Which.
        group: GroupId,
        /// For which app, if one is chosen.
        app: Option<AppId>,
    },
    /// Looks up a list of people.
    LookUp {
        /// Where it comes from.
        source: Source,
        /// For which app, if it exists already.
        app: Option<AppId>,
        /// What it is for.
        purpose: Purpose,
    },
    /// Reads who has access to an app, and by which ways.
    LoadReview(AppId),
    /// Finds out why a person can or cannot sign in through an app.
    Why {
        /// Through which app.
        app: AppId,
        /// Who.
        person: UserId,
        /// The authorization server that the gateway uses.
        server: ServerKind,
        /// The scopes that the gateway asks for.
        scopes: Vec<String>,
    },
    /// Reads the configuration of an app and judges it.
    CheckUp {
        /// Which app.
        app: AppId,
        /// Also how old its client secrets are: reading them leaves an event in Okta's log.
        secrets: bool,
    },
    /// Reads a Setup file, and holds an app as it is in the org against it.
    Drift {
        /// Which app.
        app: AppId,
        /// The file, as it was typed.
        path: String,
    },
    /// Lists authorization servers.
    LoadServers,
    /// Asks one authorization server for its discovery document, scopes and policies.
    ProbeServer {
        /// Which.
        server: ServerKind,
        /// For which client: the issuer can depend on it.
        client: Option<ClientId>,
    },
    /// Reads the size and the head of a logo file.
    ReadLogo {
        /// The file.
        path: String,
    },
    /// Reads what is live and makes the plan.
    MakePlan {
        /// The draft.
        draft: Box<Draft>,
        /// People whom it names, as they were read already: they are not looked up again.
        known: Vec<User>,
    },
    /// Gives the calls of the management API that the session made.
    LoadCalls,
    /// Reads the journal: of the org that is connected, else of every org that has one here.
    LoadJournal,
    /// Reads what is live for chosen writes of the journal, and makes the plan that undoes them.
    PlanUndo {
        /// Their numbers in the history of the org.
        writes: Vec<usize>,
        /// Reason or ticket.
        reason: String,
    },
    /// Applies a plan.
    Apply(Box<Plan>),
    /// Goes on with an apply that was interrupted.
    ResumeApply,
    /// Given as an answer in [`Slot::Apply`]: holds the run before its next calls, or lets it go on. What is under way ends.
    Pause(bool),
    /// Reads the client secrets with their values: Okta's log records that.
    LoadSecrets(AppId),
    /// Reads an app's client secrets without their values, and where their rotation stands. Okta's log records it.
    LoadRotation(AppId),
    /// Reads the inventory of MCP servers.
    LoadInventory,
    /// Changes it, in its file.
    EditInventory(Box<Edit>),
    /// Begins a rotation: a note on this machine, no write to Okta.
    BeginRotation {
        /// Of which app.
        app: AppId,
        /// The secret that goes, where two are active.
        old: Option<SecretId>,
        /// Where the new one has to be put in.
        places: Vec<String>,
    },
    /// Proves the new secret at the token endpoint.
    ProveSecret(AppId),
    /// Notes that a place has the new secret.
    TickPlace {
        /// Of which app.
        app: AppId,
        /// Which place.
        place: String,
    },
    /// Forgets a rotation that is done or went back.
    ForgetRotation(AppId),
    /// Runs the flow tester.
    Test(Box<TestRequest>),
    /// Lists the runs of before of a client at this org.
    LoadRuns(ClientId),
    /// Reads one of them.
    OpenRun(PathBuf),
    /// Reads what Okta's System Log has about a run.
    LoadRunLog(Box<LoggedRun>),
    /// Answers what a run of the tester asked for.
    AnswerNeed {
        /// The chosen factor.
        factor: String,
        /// The passcode.
        passcode: Secret,
    },
    /// Given as an answer in [`Slot::Test`]: how a run goes on that has stopped before a request.
    Step(StepWord),
    /// Gives the value of a hole of the current run.
    Reveal(HoleId),
    /// Writes the last run as HAR, JSON and Markdown, masked.
    SaveRun(Box<Trace>),
    /// Writes the last run as HAR with its secrets in the clear: only on the person's typed word.
    SaveUnmasked(Box<Trace>),
    /// Writes what is known about a failure into a folder of its own, masked: what was diagnosed, the app's configuration with its
    /// check-up, and the last run.
    SaveBundle {
        /// What was diagnosed.
        evidence: Option<Arc<Evidence>>,
        /// The app, where one is open.
        app: Option<AppId>,
    },
    /// Reads what is to be diagnosed.
    ReadCapture {
        /// Where it is.
        from: Capture,
        /// The gateway's callbacks that redirect URIs are compared with.
        callbacks: Vec<Callback>,
    },
    /// Asks the org what a diagnosis would like to know. Reads only.
    AnswerNeeds {
        /// What is known; answers in it are asked anew.
        evidence: Arc<Evidence>,
        /// The login of the person who was refused, where the evidence does not say.
        who: Option<String>,
    },
    /// Diagnoses a run of the tester, and asks the org what that would like to know. Reads only.
    FindCause {
        /// The run.
        trace: Box<Trace>,
        /// The login of the person who signed in, if anybody did.
        who: Option<String>,
        /// The gateway's callbacks that redirect URIs are compared with.
        callbacks: Vec<Callback>,
    },
    /// Saves the draft.
    SaveDraft(Box<Draft>),
    /// Removes the draft of an app: it was applied, or discarded.
    DropDraft(Box<Draft>),
    /// Writes a file with mode 0600.
    SaveFile {
        /// The proposed name, without a folder.
        name: String,
        /// What goes in it.
        content: Secret,
    },
}

/// Where something is that is to be diagnosed.
#[derive(Clone, Debug, PartialEq)]
pub enum Capture {
    /// A file: a HAR, or a text.
    File(String),
    /// A paste too long to be read between two frames.
    Text(Secret),
}

/// What is to be tested.
#[derive(Clone, Debug, PartialEq)]
pub struct TestRequest {
    /// The app.
    pub app: AppId,
    /// Its client id.
    pub client_id: ClientId,
    /// Its label.
    pub label: Clean,
    /// Which server.
    pub server: ServerKind,
    /// How the client authenticates.
    pub authentication: ClientAuthentication,
    /// The client secret, if it is at hand; else the runner reads an active one.
    pub secret: Option<Secret>,
    /// The gateway's redirect URI.
    pub redirect_uri: String,
    /// A sign-out URI that the app has, to sign out to.
    pub sign_out_uri: Option<String>,
    /// The scopes.
    pub scopes: Vec<String>,
    /// How the person signs in, if anybody does.
    pub way: Way,
    /// The port of a redirect URI of this machine that the app is to have for this run alone; `redirect_uri` is that one then.
    pub temporary: Option<u16>,
    /// Whether a native app stands in for the app, made for this run and deleted after it.
    pub side: bool,
    /// Whether the tokens are followed to their end.
    pub whole_life: bool,
    /// Who signs in, for [`Way::Terminal`].
    pub login: String,
    /// Their password, for [`Way::Terminal`].
    pub password: Option<Secret>,
    /// From which hop on, by its number, the run stops before each request.
    pub stepping: Option<usize>,
    /// The number of the run.
    pub run: u32,
}

/// The inventory of MCP servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryRead {
    /// Its file.
    pub file: Clean,
    /// The servers, in the order of the file.
    pub servers: Vec<McpServer>,
    /// What is to be said of those that share an app.
    pub advice: Vec<Advice>,
}

/// How a run goes on that has stopped before a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepWord {
    /// It is sent.
    Send,
    /// It is sent, and so is all that follows.
    RunOn,
    /// It is altered for an experiment, and shown again.
    Alter(Alteration),
}

/// The tester's runs of before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptRuns {
    /// The newest first.
    pub runs: Vec<KeptRun>,
    /// Files that cannot be read; they were left as they are.
    pub damaged: Vec<Trouble>,
}

/// A run of before.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRun {
    /// Where it is.
    pub file: PathBuf,
    /// At which org or issuer.
    pub at: Clean,
    /// Of which client.
    pub client_id: Clean,
    /// The app's name then; empty where it was not known.
    pub label: Clean,
    /// When it began.
    pub began: Timestamp,
    /// How the person signed in.
    pub way: Way,
    /// How it ended.
    pub verdict: RunVerdict,
}

/// What the System Log is asked for about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRun {
    /// The client.
    pub client: ClientId,
    /// Who signed in, where anybody did.
    pub login: Option<Clean>,
    /// When it began, by this machine's clock.
    pub began: Timestamp,
    /// When it had ended.
    pub ended: Timestamp,
    /// The hops by their `X-Okta-Request-Id`.
    pub requests: Vec<(Clean, usize)>,
}

/// An event of the System Log beside a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEvent {
    /// The event.
    pub event: LogEvent,
    /// By what it belongs to the run.
    pub by: Belongs,
}

/// By what an event belongs to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// The request id of this hop.
    Hop(usize),
    /// The client, and the time.
    Client,
    /// The person, and the time.
    Person,
}

/// What comes back from a job; several may come before the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Which job.
    pub ticket: Ticket,
    /// What came.
    pub outcome: Outcome,
}

/// An answer to a [`Job`].
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// To [`Job::ReadStart`].
    Start(Box<Start>),
    /// To [`Job::Connect`] by a device: what the person needs; [`Outcome::Connected`] follows when they have approved.
    DeviceCode(DeviceCode),
    /// To [`Job::Connect`] and [`Job::StartDemo`].
    Connected(Box<Connected>),
    /// To [`Job::Scenario`].
    Scenarios(Vec<DemoScenario>),
    /// What the session may do, a line for each feature.
    Rights(Vec<Feature>),
    /// A Setup file and an app, field by field.
    Drift(Box<Drift>),
    /// The inventory of MCP servers, as its file is now.
    Inventory(Box<InventoryRead>),
    /// To [`Job::LoadApps`].
    Apps(Vec<App>),
    /// To [`Job::LoadApp`].
    App(Box<AppLoaded>),
    /// To [`Job::LoadDirectory`]: a page of people. The answer [`Outcome::DirectoryComplete`] follows the last page.
    People(Vec<User>),
    /// To [`Job::LoadDirectory`]: groups, or why they may not be read.
    Groups(Readable<Vec<Group>>),
    /// To [`Job::LoadDirectory`]: it ended. An error says why people could not be read to the end.
    DirectoryComplete(Option<Trouble>),
    /// To [`Job::Search`]: what matches, in one list.
    FoundPeople(Vec<User>),
    /// To [`Job::Search`] for groups.
    FoundGroups(Vec<Group>),
    /// To [`Job::LoadPerson`].
    Person(Box<PersonDetail>),
    /// To [`Job::LoadGroup`].
    Group(Box<GroupDetail>),
    /// To [`Job::LoadGroup`]: a page of its members.
    Members(Vec<User>),
    /// To [`Job::LoadGroup`]: the last page was there. An error says why members could not be read to the end.
    MembersComplete(Option<Trouble>),
    /// To [`Job::LookUp`].
    LookedUp(Box<Preview>),
    /// To [`Job::LookUp`] and [`Job::LoadReview`]: so many of so many are read; the second is 0 while nobody knows.
    Reading(u64, u64),
    /// To [`Job::LoadReview`].
    Review(Box<Review>),
    /// To [`Job::Why`].
    Why(Box<Why>),
    /// To [`Job::CheckUp`]: what was found, the worst first.
    CheckUp(Vec<Finding>),
    /// To [`Job::LoadServers`].
    Servers(Readable<Vec<Server>>),
    /// To [`Job::ProbeServer`].
    Server(Box<ServerProbe>),
    /// To [`Job::ReadLogo`].
    Logo(Result<LogoFile, Trouble>),
    /// To [`Job::LoadCalls`]: the last ones, the newest first.
    Calls(Vec<CallMade>),
    /// To [`Job::LoadJournal`]: the history of each org.
    Journal(Arc<Vec<History>>),
    /// To [`Job::MakePlan`] and [`Job::PlanUndo`].
    Plan(Box<PlanMade>),
    /// To [`Job::MakePlan`]: it cannot be made as the Setup stands. To [`Job::PlanUndo`]: none of it can be undone.
    NoPlan(Vec<Trouble>),
    /// To [`Job::Apply`]: a change begins.
    Begins(usize),
    /// To [`Job::Apply`]: a change ended.
    Change(usize, ChangeOutcome),
    /// To [`Job::Apply`] and [`Job::ResumeApply`]: how fast it goes, at most four times a second.
    Pace(Pace),
    /// To [`Job::Apply`] and [`Job::ResumeApply`]: it ended.
    Applied(Box<Applied>),
    /// To [`Job::LoadSecrets`].
    Secrets(Readable<Vec<ClientSecret>>),
    /// To [`Job::LoadRotation`] and all that changes a rotation.
    Rotation(Box<Standing>),
    /// To [`Job::Test`]: a hop, new or replaced by its number.
    Hop(Box<Hop>),
    /// To [`Job::Test`]: the person must give a passcode.
    Need(Need),
    /// To [`Job::Test`]: the run has stopped before a request.
    Paused(Box<Pause>),
    /// To [`Job::Test`]: the run ended.
    Tested(Box<Trace>),
    /// To [`Job::Test`], after its end: the run is not in the history, and why.
    NotKept(Trouble),
    /// To [`Job::LoadRuns`].
    Runs(KeptRuns),
    /// To [`Job::OpenRun`]: masked for good.
    Opened(Box<Trace>),
    /// To [`Job::LoadRunLog`]: in the order of their times.
    RunLog(Vec<RunEvent>),
    /// To [`Job::Reveal`].
    Revealed(HoleId, Secret),
    /// To [`Job::SaveDraft`]: saved at this time. Also to [`Job::DropDraft`].
    DraftSaved(Timestamp),
    /// To [`Job::SaveDraft`]: another oktui has the draft open.
    DraftHeld {
        /// Its process id.
        pid: u32,
    },
    /// To [`Job::ReadCapture`].
    Evidence(Arc<Evidence>),
    /// To [`Job::AnswerNeeds`]: the evidence with what the org said.
    Answered(Arc<Evidence>),
    /// To [`Job::SaveFile`]: where it is.
    Saved(Clean),
    /// To [`Job::ForgetOrg`].
    Forgotten,
    /// A request waits for a rate limit to open. May come in the middle of any job.
    Waiting {
        /// The endpoint group.
        bucket: String,
        /// For how many seconds.
        seconds: u64,
    },
    /// What is left of the rate limits; may come after any job.
    Budget(Vec<BucketState>),
    /// The job failed.
    Failed(Trouble),
}

impl Outcome {
    /// Whether it is one of many of its kind: a page of a list, a step of a long run.
    pub fn is_of_many(&self) -> bool {
        matches!(
            self,
            Self::People(_)
                | Self::Members(_)
                | Self::Begins(_)
                | Self::Change(..)
                | Self::Pace(_)
                | Self::Reading(..)
                | Self::Waiting { .. }
                | Self::Budget(_)
        )
    }
}

/// Something that went wrong, for people: what happened, what it means here, what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What happened, in a sentence.
    pub what: Clean,
    /// What it means here and what helps.
    pub help: Clean,
}

impl Trouble {
    /// From its two sentences.
    pub fn new(what: impl AsRef<str>, help: impl AsRef<str>) -> Self {
        Self { what: Clean::new(what.as_ref()), help: Clean::new(help.as_ref()) }
    }
}

impl From<crate::okta::model::ApiError> for Trouble {
    fn from(error: crate::okta::model::ApiError) -> Self {
        Self::new(error.to_string(), error.help())
    }
}

/// What is remembered on disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Start {
    /// Orgs, the last used first.
    pub orgs: Vec<RememberedOrg>,
    /// Drafts, the newest first.
    pub drafts: Vec<SavedDraft>,
    /// An apply that was interrupted: the plan, and how many of its changes are done.
    pub unfinished: Vec<Unfinished>,
    /// There is a vault of API tokens.
    pub vault: bool,
    /// What could not be read, in sentences.
    pub troubles: Vec<Trouble>,
    /// Now, for "12 min ago".
    pub now: Timestamp,
}

/// An org that was used before. Its token is not remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedOrg {
    /// Its name in lists.
    pub label: Clean,
    /// Its URL.
    pub url: String,
    /// Marked as production.
    pub prod: bool,
    /// Marked as read-only.
    pub read_only: bool,
    /// When it was last connected to.
    pub last_used: Option<Timestamp>,
    /// How it was signed in to, where that was not with an API token. No secret is in it.
    pub sign_in: Option<SignIn>,
}

/// A draft from an earlier session.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedDraft {
    /// The draft.
    pub draft: Draft,
    /// When it was saved.
    pub saved: Timestamp,
}

/// An apply that did not end.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// The plan.
    pub plan: Plan,
    /// How many of its changes have an outcome.
    pub done: usize,
}

/// How to sign in to an org's management API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// With an API token.
    Token(Secret),
    /// As a service app: client credentials with `private_key_jwt`.
    Service {
        /// Its client id.
        client_id: String,
        /// The file of its private key: PEM or JWK.
        key: PathBuf,
        /// The key's id in Okta, where it is not the JWK's own or the key's thumbprint.
        kid: Option<String>,
    },
    /// As a person, by a code that they enter in any browser (RFC 8628).
    Device {
        /// The client id of a native app with that grant.
        client_id: String,
    },
}

impl SignIn {
    /// `token`, `service` or `device`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::Service { .. } => "service",
            Self::Device { .. } => "device",
        }
    }
}

/// What a person needs to approve a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// What they type.
    pub user_code: Clean,
    /// Where.
    pub url: Clean,
    /// The same with the code in it.
    pub url_with_code: Option<Clean>,
    /// For how many minutes it is good.
    pub minutes: u64,
}

/// What may be shown of a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedIn {
    /// `token`, `service` or `device`; empty where it is not known.
    pub way: &'static str,
    /// The app; `None` for an API token.
    pub client_id: Option<Clean>,
    /// The scopes of the access token; `None` for an API token, which has none.
    pub scopes: Option<Vec<Clean>>,
    /// When the access token ends.
    pub until: Option<Timestamp>,
    /// Whether it is replaced before, without anybody signing in again.
    pub renews: bool,
    /// By how many seconds the org's clock is ahead of this machine's, where that matters.
    pub clock_ahead_seconds: Option<i64>,
}

/// A session with an org.
#[derive(Clone, Debug, PartialEq)]
pub struct Connected {
    /// The org.
    pub org: OrgFacts,
    /// Who we are there.
    pub me: Identity,
    /// Its name in lists.
    pub label: Clean,
    /// Marked as production.
    pub prod: bool,
    /// No writes at all.
    pub read_only: bool,
    /// What was changed in the URL as typed, in sentences.
    pub notes: Vec<String>,
    /// The gateway's callbacks that are known for this org, by environment.
    pub callbacks: Vec<(String, String)>,
    /// The authorization server that new apps are set up with, where the org's profile names one.
    pub authorization_server: Option<String>,
    /// How we signed in, and until when that is good.
    pub signed_in: SignedIn,
    /// Present in the demo org: people with passwords.
    pub demo: Option<Demo>,
}

/// What the demo org tells about itself, so that zero-to-green needs nothing but the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// People with a note.
    pub people: Vec<DemoPerson>,
}

/// A state that the demo org can be put into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoScenario {
    /// Its name: `redirect-slash`.
    pub name: Clean,
    /// What is the case then, in half a sentence.
    pub what: Clean,
    /// Whether it is played now.
    pub now: bool,
}

/// A person of the demo org.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    /// Their login.
    pub login: Clean,
    /// Their password: of an invented person, so it may be shown.
    pub password: Secret,
    /// What they are good for: `works`, `not assigned`, `locked out` ….
    pub note: Clean,
    /// The current one-time code, for the person who has one.
    pub code: Option<Secret>,
}

/// An app with its assignments, and the Setup that describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct AppLoaded {
    /// The app.
    pub app: App,
    /// People assigned.
    pub users: Readable<Vec<AppUser>>,
    /// Groups assigned.
    pub groups: Readable<Vec<AppGroup>>,
    /// The Setup that describes it as it is.
    pub setup: Setup,
}

/// What an authorization server answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerProbe {
    /// Which.
    pub server: ServerKind,
    /// Its discovery document; `Known(None)` when there is no such server.
    pub discovery: Readable<Option<Discovery>>,
    /// Its scopes; not asked for the org's own server.
    pub scopes: Readable<Vec<Scope>>,
    /// Its policies with their rules; not asked for the org's own server.
    pub policies: Readable<Vec<Policy>>,
}

/// A logo file as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoFile {
    /// The file.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its first bytes, at most 64 KiB.
    pub head: Vec<u8>,
}

/// A plan with its cost and its confirmation.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanMade {
    /// The plan.
    pub plan: Plan,
    /// `9 calls, about 55 s at Okta's 10 a minute`.
    pub estimate: String,
    /// What must be typed to apply it: the prompt, and what to type. `None`: `y`, with No as the default.
    pub typed: Option<(String, String)>,
}

/// How fast an apply goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Changes that ended.
    pub done: usize,
    /// Changes in all.
    pub total: usize,
    /// Of those that ended, the ones that failed.
    pub failed: usize,
    /// Changes a minute, over the last minute; none in the first seconds, which tell nothing of a minute.
    pub per_minute: Option<u32>,
    /// The bucket that the calls come from, as last seen.
    pub bucket: Option<BucketState>,
    /// Percent of the limit that is left to the org's other users.
    pub headroom: u8,
    /// About how many seconds are left, where it can be told.
    pub seconds_left: Option<u64>,
    /// Whether it is held.
    pub paused: bool,
}

/// How an apply ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The plan.
    pub plan: Plan,
    /// What became of each change, in order.
    pub outcomes: Vec<(usize, ChangeOutcome)>,
    /// The app, if there is one now.
    pub app: Option<AppId>,
    /// The client secret, if apply made or found one.
    pub secret: Option<Secret>,
    /// The gateway's values, the client id filled in if there is one.
    pub hand_over: HandOver,
    /// How the client authenticates, for the test.
    pub authentication: ClientAuthentication,
}

/// A Setup file against an app as it is in the org.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// Every field that a Setup can say something about, in the order of the wizard's steps.
    pub fields: Vec<crate::checkup::Field>,
    /// What the file says.
    pub wanted: Setup,
    /// What the org has, as a Setup.
    pub live: Setup,
}

/// Whether a feature can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// It was tried, and works; a right to write is judged by scope and role, and never tried.
    Works,
    /// The token lacks the scope.
    NoScope,
    /// The scope is there; the administrator role behind it is not.
    NoRole,
    /// The roles may not be read, and it cannot be tried without writing.
    NotTold,
    /// The org does not have it, or answered something else.
    Not(Clean),
}

/// One line of the preflight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// What it is for.
    pub name: &'static str,
    /// The scope that it needs.
    pub scope: &'static str,
    /// The least standard role for it.
    pub role: &'static str,
    /// Whether the scope is granted to the app in Okta; `None` where that cannot be read, or for an API token.
    pub configured: Option<bool>,
    /// Whether the scope is in the token; `None` for an API token, which has none.
    pub granted: Option<bool>,
    /// Whether it works.
    pub right: Right,
}

impl Feature {
    /// Whether it certainly does not work, and could.
    pub fn is_missing(&self) -> bool {
        matches!(self.right, Right::NoScope | Right::NoRole)
    }

    /// What is missing, and who gives it; empty where it works.
    pub fn why(&self) -> String {
        match &self.right {
            Right::Works => String::new(),
            Right::NoScope if self.configured == Some(true) => {
                format!("{} is granted to the app, and not in the token: sign in again", self.scope)
            }
            Right::NoScope => {
                format!("needs {}: a Super Admin grants it, the app > Okta API Scopes", self.scope)
            }
            Right::NoRole if self.granted.is_some() => {
                format!("the scope is there; needs the role {} or more", self.role)
            }
            Right::NoRole => format!("needs the role {} or more", self.role),
            Right::NotTold => format!("cannot be told without writing; needs the role {} or more", self.role),
            Right::Not(why) => why.to_string(),
        }
    }
}

/// What a run of the tester needs from the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Why, in a sentence.
    pub message: Clean,
    /// Factors to choose from: id and label; none where something is to be pasted.
    pub factors: Vec<(String, Clean)>,
    /// The address to open in a browser; the one that it ends at is the answer.
    pub open: Option<Secret>,
    /// What is to be typed at that address: then there is nothing to answer here.
    pub code: Option<Clean>,
    /// Whether the answer may also come by itself, at a port of this machine.
    pub waits: bool,
}
