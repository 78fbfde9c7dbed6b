//! The flow tester: the road to the wire (the second law). Every request of a flow goes through the one recorder; what was not
//! recorded did not happen.
//!
//! `trace`, `checks`, `compare`, `machine`, `explain` and `export` are pure. `record` and `run` stand on `wire`. This room names neither
//! `okta` nor `change`: it tests any OpenID provider by its issuer.

pub mod checks;
pub mod compare;
pub mod explain;
pub mod export;
pub mod machine;
pub mod record;
mod run;
pub mod trace;
mod words;

pub use machine::is_whole;
pub use run::run;

use crate::secret::Secret;
use std::time::Duration;
use trace::{Hop, Parameter, RunVerdict, Text, Way};

/// What to test: one client at one authorization server. Strings that are compared on the wire stay as they were given.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The issuer, as discovery must say it, character by character.
    pub issuer: String,
    /// Where the metadata are: the issuer with `/.well-known/openid-configuration` appended, or the form of RFC 8414.
    pub discovery_url: String,
    /// The Okta org, for primary authentication; without it [`Way::Terminal`] cannot be gone.
    pub org_url: Option<String>,
    /// Whether the org is on Identity Engine, where primary authentication meets the session policy only.
    pub identity_engine: bool,
    /// `client_id`.
    pub client_id: String,
    /// The client secret, if it is known here.
    pub client_secret: Option<Secret>,
    /// How the app wants the client to prove itself.
    pub authentication: ClientAuth,
    /// The gateway's callback. It is sent, and never called.
    pub redirect_uri: String,
    /// A registered sign-out URI of the client (`post_logout_redirect_uri`), to sign out to; it is never called either.
    pub sign_out_uri: Option<String>,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
    /// How the person signs in.
    pub way: Way,
    /// Whether the tokens are followed to their end: looked up, refreshed, the replaced refresh token sent once more, each revoked
    /// and looked up again. It spends the grant, so it is only done with tokens of the run's own.
    pub whole_life: bool,
    /// Who signs in.
    pub login: Option<String>,
    /// From which hop on, by its number, the run stops before each request, to be looked at and altered: see [`Event::Paused`]. `None`:
    /// it does not.
    pub stepping: Option<usize>,
    /// How long each request may take, the last byte of its answer included. A pause before it does not count.
    pub patience: Duration,
    /// The number of the run in this session, from 1.
    pub run: u32,
}

/// How long a request may take where nobody says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How the client proves itself at the token endpoint (RFC 6749 §2.3.1, OIDC Core §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_secret_basic`: in the `Authorization` header.
    Basic,
    /// `client_secret_post`: in the body.
    Post,
    /// `none`: a public client.
    None,
}

impl ClientAuth {
    /// The method's registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::None => "none",
        }
    }
}

/// What a run needs from the person in the middle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// A one-time code.
    Passcode {
        /// The factors that take one; never empty.
        factors: Vec<FactorChoice>,
        /// What to say above the field.
        message: String,
    },
    /// A browser is to be opened, and the address that it ends at to be pasted.
    Browser {
        /// What to open. It holds state, nonce and challenge of this run: show it, and keep it nowhere.
        url: Secret,
        /// What to say.
        message: String,
        /// The port of this machine where the answer is waited for as well; `None`: it can only be pasted.
        port: Option<u16>,
    },
    /// A code is to be entered in any browser (RFC 8628 §3.3). Nothing is waited for from here: the server is asked.
    Device {
        /// What to type.
        user_code: Secret,
        /// Where.
        url: Secret,
        /// The same with the code in it, where the server gives one.
        url_with_code: Option<Secret>,
        /// What to say.
        message: String,
    },
}

/// A second factor to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorChoice {
    /// Okta's id of it.
    pub id: String,
    /// In words: `authenticator app (GOOGLE)`.
    pub label: String,
}

/// The person's answer to a [`Need`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The code, and the id of the factor that made it.
    Passcode(Secret, String),
    /// What was pasted.
    Pasted(Secret),
    /// After [`Event::Paused`]: send it.
    Send,
    /// After [`Event::Paused`]: send it, and stop before no other.
    RunOn,
    /// After [`Event::Paused`]: make it another request, and show that one.
    Alter(Alteration),
    /// No more of this run.
    Stop,
}

/// A request that a run has stopped before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The number that it will have as a hop. An [`Event::Hop`] with it, which is not part of the trace yet, came before.
    pub hop: usize,
    /// Method and URL.
    pub request: Text,
    /// What can be altered, in the order of the request: its query and its form.
    pub parameters: Vec<Parameter>,
    /// What was altered so far, in words: `nonce removed`.
    pub altered: Vec<String>,
}

/// An experiment with the parameters of a request that a run has stopped before. Places count from 0 in [`Pause::parameters`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// Another value for the one in this place.
    Set(usize, Secret),
    /// Without the one in this place.
    Remove(usize),
    /// One more: in the form where there is one, else in the query.
    Add(String, Secret),
    /// As it was.
    Undo,
}

/// What a run tells while it goes on.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every event is a hop; a box would only add an allocation"
)]
pub enum Event {
    /// A hop, new or in place of the one with the same number.
    Hop(Hop),
    /// The run waits for an [`Answer`].
    Need(Need),
    /// The run has stopped before a request; it waits for [`Answer::Send`], [`Answer::RunOn`] or [`Answer::Alter`].
    Paused(Pause),
    /// It is over: how, and what it left behind.
    Ended(RunVerdict, Vec<String>),
}

/// The random values of one run, made by whoever starts it. Never use them for two runs.
#[derive(Clone)]
pub struct Random {
    /// For `state`.
    pub state: [u8; 24],
    /// For `nonce`.
    pub nonce: [u8; 24],
    /// For the PKCE verifier: 32 bytes give 43 characters (RFC 7636 §4.1).
    pub verifier: [u8; 32],
    /// For the made-up code of the probe, and for the `state` of a sign-out.
    pub code: [u8; 24],
}

impl Random {
    /// Fills all of them by `fill`, a source fit for keys.
    pub fn from(mut fill: impl FnMut(&mut [u8])) -> Self {
        let mut random = Self { state: [0; 24], nonce: [0; 24], verifier: [0; 32], code: [0; 24] };
        fill(&mut random.state);
        fill(&mut random.nonce);
        fill(&mut random.verifier);
        fill(&mut random.code);
        random
    }
}
