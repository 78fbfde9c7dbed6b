//! What a rule would like to know from the org. A rule never fetches: it says what it needs; whoever has a session answers, and the
//! rules look again, until no need is new.

use crate::text::Clean;
use serde::Serialize;

/// A question to the org.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "need", rename_all = "kebab-case")]
pub enum Need {
    /// The app behind a client ID: its status, redirect URIs, grants, and how its client proves itself.
    App {
        /// `client_id`.
        client_id: String,
    },
    /// Whether somebody is assigned to the app, and may sign in. Without a login the runner asks who was meant.
    AppUser {
        /// `client_id`.
        client_id: String,
        /// Who; `None` when the evidence does not say.
        login: Option<String>,
    },
    /// Which access policy and rule of the authorization server decide.
    AccessPolicy {
        /// `client_id`.
        client_id: String,
        /// The server's id; `None` is the org server, which has no access policies.
        server: Option<String>,
        /// The scopes that were asked for.
        scopes: Vec<String>,
    },
    /// Whether the authorization server exists, is active, and which scopes it has.
    Server {
        /// Its id.
        server: String,
    },
    /// The ages and states of the app's client secrets; never their values.
    Secrets {
        /// `client_id`.
        client_id: String,
    },
    /// What the System Log has about this client.
    LogEvents {
        /// `client_id`.
        client_id: String,
        /// Okta's request id, where an answer carried one.
        request_id: Option<String>,
    },
}

impl Need {
    /// What is looked at, in a few words.
    pub fn words(&self) -> &'static str {
        match self {
            Self::App { .. } => "the app and its redirect URIs",
            Self::AppUser { .. } => "whether the person is assigned",
            Self::AccessPolicy { .. } => "which access policy and rule decide",
            Self::Server { .. } => "the authorization server and its scopes",
            Self::Secrets { .. } => "which client secrets are active",
            Self::LogEvents { .. } => "the System Log",
        }
    }

    /// The scope that a token needs for it.
    pub fn scope(&self) -> &'static str {
        match self {
            Self::App { .. } | Self::AppUser { .. } | Self::Secrets { .. } => "okta.apps.read",
            Self::AccessPolicy { .. } | Self::Server { .. } => "okta.authorizationServers.read",
            Self::LogEvents { .. } => "okta.logs.read",
        }
    }
}

/// What the org said. Names and values come cleaned, but for URIs, which are compared as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The app.
    App(AppFacts),
    /// No app has this client ID.
    NoApp,
    /// The person and the app.
    AppUser(AppUserFacts),
    /// The policy and rule that decide, or why none does.
    AccessPolicy {
        /// Whether a rule lets this client in.
        allows: bool,
        /// In a sentence: which rule decides, or what every rule lacks.
        sentence: Clean,
    },
    /// The authorization server.
    Server {
        /// Whether it is active.
        active: bool,
        /// Its scopes.
        scopes: Vec<Clean>,
    },
    /// There is no such server.
    NoServer,
    /// The app's secrets, newest first: when each was made, and whether it is active.
    Secrets(Vec<(Clean, bool)>),
    /// Events, newest first.
    LogEvents(Vec<super::evidence::LogEvent>),
    /// It was not allowed: never to be taken for *nothing there*.
    NotAllowed,
    /// It could not be asked.
    NotReached,
}

/// What matters of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppFacts {
    /// Its name in the console.
    pub label: Clean,
    /// Whether it is active.
    pub active: bool,
    /// Its sign-in redirect URIs, not cleaned.
    pub redirect_uris: Vec<String>,
    /// Its sign-out redirect URIs, not cleaned.
    pub sign_out_uris: Vec<String>,
    /// Its grant types.
    pub grants: Vec<Clean>,
    /// `token_endpoint_auth_method`.
    pub auth_method: Clean,
    /// `pkce_required`.
    pub pkce_required: bool,
    /// `dpop_bound_access_tokens`.
    pub dpop: bool,
    /// Federation Broker Mode (`implicitAssignment`): then assignments say nothing.
    pub federation_broker: bool,
}

/// What matters of a person and an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppUserFacts {
    /// The login that was looked up.
    pub login: Clean,
    /// The person's status: `ACTIVE`, `LOCKED_OUT` …; empty when nobody has this login.
    pub status: Clean,
    /// Whether they are assigned, themselves or through a group.
    pub assigned: bool,
    /// The group through which, where there is one.
    pub via: Option<Clean>,
    /// When they were unassigned or left a group of the app, if the log says so.
    pub lost: Option<Clean>,
}
