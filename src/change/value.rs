//! Changes and plans as values.

use crate::okta::model::{
    App, AppId, ClientId, GroupId, PolicyId, RuleId, SecretId, ServerId, ServerKind, UserId,
};
use crate::text::Clean;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Identifies a plan in the journal and, as `oktui <id>`, in the notes of an app that the plan makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanId(pub String);

/// An app that exists, or that an earlier change of the same plan makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppRef {
    /// It exists.
    Known(AppId),
    /// The change with this number makes it; resolved from the journal, so that a resumed apply needs no memory.
    MadeBy(usize),
}

/// A policy that exists, or that an earlier change makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyRef {
    /// It exists.
    Known(PolicyId),
    /// The change with this number makes it.
    MadeBy(usize),
}

/// One field of an app before and after, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// What: `redirect URIs`.
    pub field: String,
    /// Before; empty when it was not set.
    pub from: Clean,
    /// After.
    pub to: Clean,
}

/// One write to Okta. Free of secrets: it goes into the journal as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Create the OIDC web application (`POST /api/v1/apps`).
    CreateApp {
        /// The whole body, with the plan's id in `settings.notes.admin`.
        body: Map<String, Value>,
    },
    /// Replace an app (`PUT`), every field that was read kept.
    EditApp {
        /// As it was read.
        before: App,
        /// As it will be.
        after: App,
        /// The difference in words.
        fields: Vec<FieldChange>,
    },
    /// Upload a logo (`POST …/logo`).
    UploadLogo {
        /// Which app.
        app: AppRef,
        /// The file.
        path: String,
    },
    /// `POST …/lifecycle/activate`.
    ActivateApp {
        /// Which app.
        app: AppId,
        /// Its label.
        label: Clean,
    },
    /// `POST …/lifecycle/deactivate`: its tokens die at once.
    DeactivateApp {
        /// Which app.
        app: AppId,
        /// Its label.
        label: Clean,
    },
    /// `DELETE`: the app must be inactive. Its client id and secrets do not come back.
    DeleteApp {
        /// Which app.
        app: AppId,
        /// Its label.
        label: Clean,
    },
    /// Assign a group.
    AssignGroup {
        /// To which app.
        app: AppRef,
        /// Which group.
        group: GroupId,
        /// Its name.
        name: Clean,
    },
    /// Take a group's assignment away.
    UnassignGroup {
        /// From which app.
        app: AppId,
        /// Which group.
        group: GroupId,
        /// Its name.
        name: Clean,
    },
    /// Assign a person by name.
    AssignPerson {
        /// To which app.
        app: AppRef,
        /// Who.
        person: UserId,
        /// Their login.
        login: Clean,
        /// The app profile to give back, when this undoes an unassignment.
        profile: Option<Map<String, Value>>,
    },
    /// Take a person's direct assignment away. Okta destroys their app profile.
    UnassignPerson {
        /// From which app.
        app: AppId,
        /// Who.
        person: UserId,
        /// Their login.
        login: Clean,
    },
    /// Change what the app calls a person (`credentials.userName` of their assignment).
    SetUserName {
        /// Which app.
        app: AppId,
        /// Who.
        person: UserId,
        /// Their login.
        login: Clean,
        /// What it calls them now.
        from: Option<Clean>,
        /// What it will call them.
        to: String,
    },
    /// Give an app a sign-in policy of the org (`PUT …/policies/{policyId}`, Identity Engine only). Only a new app is given one: what it
    /// had before is the org's default.
    SetSignInPolicy {
        /// Which app.
        app: AppRef,
        /// Which policy, of type `ACCESS_POLICY`.
        policy: PolicyId,
    },
    /// Make a client secret, active at once beside the old one.
    AddSecret {
        /// Which app.
        app: AppRef,
        /// The secrets that existed before: after a crash, a new one beside these is the one we made.
        known: Vec<SecretId>,
    },
    /// Activate a client secret again: the way back from deactivating it.
    ActivateSecret {
        /// Which app.
        app: AppId,
        /// Which secret.
        secret: SecretId,
    },
    /// Deactivate a client secret.
    DeactivateSecret {
        /// Which app.
        app: AppId,
        /// Which secret.
        secret: SecretId,
    },
    /// Delete an inactive client secret.
    DeleteSecret {
        /// Which app.
        app: AppId,
        /// Which secret.
        secret: SecretId,
    },
    /// Make an access policy that covers this client.
    CreatePolicy {
        /// On which server.
        server: ServerId,
        /// For which client: its id goes into `conditions.clients.include`.
        client: AppRef,
        /// The body without the client.
        body: Map<String, Value>,
    },
    /// Delete an access policy.
    DeletePolicy {
        /// On which server.
        server: ServerId,
        /// Which.
        policy: PolicyId,
        /// Its name.
        name: Clean,
    },
    /// Make a rule in an access policy.
    CreateRule {
        /// On which server.
        server: ServerId,
        /// In which policy.
        policy: PolicyRef,
        /// The body.
        body: Map<String, Value>,
    },
    /// Delete a rule.
    DeleteRule {
        /// On which server.
        server: ServerId,
        /// In which policy.
        policy: PolicyId,
        /// Which.
        rule: RuleId,
        /// Its name.
        name: Clean,
    },
}

/// How bad a change can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Risk {
    /// Something is added; nobody loses anything.
    Add,
    /// Something that exists is changed; nobody loses access.
    Change,
    /// Somebody loses access, or a client stops working. Typed to confirm.
    Cut,
    /// There is no way back. Typed to confirm.
    Gone,
}

impl Risk {
    /// As the plan shows it: `add`, `change`, `CUT`, `GONE`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Cut => "CUT",
            Self::Gone => "GONE",
        }
    }
}

/// How many people a change touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum People {
    /// Nobody's access changes.
    None,
    /// These many come to it.
    Gain(u64),
    /// At most these many come to it: not all members were loaded.
    GainAtMost(u64),
    /// These many use the app and notice the change.
    Touched(u64),
    /// These many lose access, by login.
    Lose(Vec<Clean>),
    /// At most these many lose access: the exact list was not loaded.
    LoseAtMost(u64),
    /// Everybody in the org.
    Everybody,
    /// It could not be counted.
    Unknown,
}

/// Whether this session may make the change, as far as can be known before the first write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Allowed {
    /// As far as we know.
    Yes,
    /// No: `why` in a sentence, `ask` is the text to send to somebody who can.
    No {
        /// Why, in a sentence.
        why: String,
        /// What to send to an admin who may do it.
        ask: String,
    },
}

/// The way back from a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Inverse {
    /// These changes restore what was (equal but for `lastUpdated`, `statusChanged` and group priorities).
    Exact(Vec<Change>),
    /// These changes restore most of it.
    Partial {
        /// The changes.
        changes: Vec<Change>,
        /// What does not come back, in a sentence.
        lost: String,
    },
    /// There is none.
    None {
        /// Why, in a sentence.
        why: String,
    },
}

/// A change in its place in a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// From 1.
    pub number: usize,
    /// The write.
    pub change: Change,
    /// In a few words: `assign group MCP-Users`.
    pub title: Clean,
    /// What it means, why it is there, what the way back is: for the detail below the list.
    pub details: Vec<String>,
    /// Its risk.
    pub risk: Risk,
    /// The people it touches.
    pub people: People,
    /// The rate-limit buckets of the calls that it takes, one entry a call.
    pub calls: Vec<String>,
    /// Whether it may be made.
    pub allowed: Allowed,
}

/// What the gateway's form will need, as far as it is known before apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// `clientId`; made by apply for a new app.
    pub client_id: Option<ClientId>,
    /// The server whose endpoints follow.
    pub server: ServerKind,
    /// `authorizationUrl`, from discovery.
    pub authorization_url: String,
    /// `tokenUrl`, from discovery.
    pub token_url: String,
    /// `redirectUri` for each environment.
    pub redirect_uris: Vec<(String, String)>,
    /// `scopes`, in the order of the Setup.
    pub scopes: Vec<String>,
}

impl HandOver {
    /// `scopes` as the gateway's form takes it: a JSON array, `["email", "profile", "openid"]`.
    pub fn scopes_json(&self) -> String {
        let quoted: Vec<String> = self.scopes.iter().map(|s| Value::from(s.as_str()).to_string()).collect();
        format!("[{}]", quoted.join(", "))
    }
}

/// Changes in order, each depending only on earlier ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Identifies it.
    pub id: PlanId,
    /// The org it is for. It is refused for any other.
    pub org_url: String,
    /// The app's name, for titles and typed confirmations.
    pub label: Clean,
    /// Reason or ticket.
    pub reason: String,
    /// The app, if it exists already.
    pub app: Option<AppId>,
    /// `lastUpdated` of the app when the plan was made: apply refuses when the world has moved on.
    pub app_read_at: Option<String>,
    /// The changes. Empty when everything is as wanted.
    pub changes: Vec<Planned>,
    /// What the admin should know and that is no change: duplicates of the name, things that could not be read ….
    pub notes: Vec<String>,
    /// What the gateway's form will need.
    pub hand_over: HandOver,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Made.
    Done {
        /// `X-Okta-Request-Id` of the call.
        request_id: Option<Clean>,
        /// The id of the object that it made, where it made one.
        made: Option<String>,
    },
    /// It was so already: no call was made.
    AlreadySo,
    /// A call of a run that was killed had made it; found by reading.
    FoundDone {
        /// The id of the object that it had made.
        made: Option<String>,
    },
    /// Okta refused, or could not be reached.
    Failed {
        /// Why, in a sentence.
        error: crate::okta::model::ApiError,
        /// Whether it may have been made all the same; the next start finds out.
        unknown: bool,
    },
    /// Left out: this session may not make it.
    NotAllowed,
    /// Left out: a change that it depends on was not made, or the run was stopped.
    NotTried,
}
