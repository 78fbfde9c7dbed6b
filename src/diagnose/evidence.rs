//! What is known about a failure, as values: hops in order, refusals, tokens, log events. Secrets are not in it: a secret value is
//! replaced by its kind and length as soon as it is read, with a mark by which two equal ones are still seen to be equal.

use super::address::{Address, Endpoint};
use super::need::{Answer, Need};
use crate::flow::checks::sign_out::ELSEWHERE;
use crate::flow::explain::Refusal;
use crate::flow::trace::{Place, SecretKind};
use crate::text::Clean;
use crate::uri::Callback;
use jiff::Timestamp;
use serde::Serialize;

/// How something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provenance {
    /// It stands in what was pasted or opened, or the org answered it.
    Observed,
    /// It follows from what was seen.
    Inferred,
    /// Somebody said so: the gateway's callback in the profile, a value typed in.
    Told,
}

impl Provenance {
    /// The word on screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Inferred => "inferred",
            Self::Told => "told",
        }
    }
}

/// Everything that the rules may look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// What was recognised, in a few words each: `a callback with an error`, `a JWT`.
    pub recognised: Vec<&'static str>,
    /// The hops, in the order in which they happened.
    pub hops: Vec<Hop>,
    /// Tokens that were in it, decoded and not verified.
    pub tokens: Vec<Token>,
    /// Events of the System Log that were in it.
    pub events: Vec<LogEvent>,
    /// The gateway's callbacks, as somebody told us.
    pub callbacks: Vec<Callback>,
    /// The time at which the evidence is looked at; without it nothing is said about what has expired.
    pub now: Option<Timestamp>,
    /// What could not be read, in a sentence each.
    pub notes: Vec<String>,
    /// What the org answered to needs, so far.
    pub answers: Vec<(Need, Answer)>,
}

impl Evidence {
    /// Whether nothing was recognised that a rule could look at.
    pub fn is_empty(&self) -> bool {
        self.hops.is_empty() && self.tokens.is_empty() && self.events.is_empty()
    }

    /// The hops of one kind.
    pub fn at(&self, endpoint: Endpoint) -> impl Iterator<Item = &Hop> {
        self.hops.iter().filter(move |hop| hop.endpoint == endpoint)
    }

    /// Adds a hop at the end and numbers it. A sign-out by which the flow tester sees whether a server is an open redirector is left out:
    /// that it was refused is as it should be.
    pub fn push(&mut self, mut hop: Hop) {
        if hop.text("post_logout_redirect_uri") == ELSEWHERE {
            return;
        }
        hop.number = self.hops.len() + 1;
        self.hops.push(hop);
    }

    /// What was answered to a need.
    pub fn answer(&self, need: &Need) -> Option<&Answer> {
        self.answers.iter().find(|(asked, _)| asked == need).map(|(_, answer)| answer)
    }
}

/// A request with its answer, or as much of the two as was in the evidence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hop {
    /// From 1.
    pub number: usize,
    /// What the request was for.
    pub endpoint: Endpoint,
    /// Where it went; `None` when only an answer is known.
    pub address: Option<Address>,
    /// `GET`, `POST`; empty when not known.
    pub method: Clean,
    /// The URL, secrets masked, at most 2,000 characters.
    pub url: Clean,
    /// The request's parameters, from query and form.
    pub sent: Vec<Parameter>,
    /// The answer's parameters: a redirect's query, a JSON body.
    pub received: Vec<Parameter>,
    /// `redirect_uri` as it was sent, form-decoded once and not cleaned: it is compared, and drawn by `uri` only.
    pub redirect_uri: Option<String>,
    /// How the client proved itself at the token endpoint.
    pub client_auth: Option<ClientAuth>,
    /// What stood in its `Authorization: Basic` header.
    pub basic: Option<Basic>,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The answer's media type, in lower case.
    pub media_type: Clean,
    /// The server's own error, from a body, a page, a redirect or a challenge.
    pub refusal: Option<Refusal>,
    /// The title of an HTML answer.
    pub page_title: Option<Clean>,
    /// `WWW-Authenticate`, where there was one.
    pub challenge: Option<Clean>,
    /// Who answered, where a header says so (`Server`, `Via`).
    pub server_header: Clean,
    /// Why no answer came: TLS, name, connection.
    pub trouble: Option<Clean>,
    /// When the request was sent.
    pub sent_at: Option<Timestamp>,
    /// The answer's `Date`.
    pub date: Option<Timestamp>,
    /// How it is known.
    pub provenance: Option<Provenance>,
}

impl Hop {
    /// A parameter of the request.
    pub fn sent(&self, name: &str) -> Option<&Value> {
        self.sent.iter().find(|p| p.name.as_str() == name).map(|p| &p.value)
    }

    /// A parameter of the answer.
    pub fn received(&self, name: &str) -> Option<&Value> {
        self.received.iter().find(|p| p.name.as_str() == name).map(|p| &p.value)
    }

    /// The text of a parameter of the request; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.sent(name).map_or("", |value| value.shown.as_str())
    }

    /// Whether the server refused, or nothing came back.
    pub fn failed(&self) -> bool {
        self.refusal.is_some() || self.trouble.is_some() || self.status.is_some_and(|s| s >= 400)
    }
}

/// Client ID and secret of an `Authorization: Basic` header (RFC 6749 §2.3.1), percent-decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basic {
    /// The client ID.
    pub client_id: Value,
    /// The secret: its kind and length.
    pub secret: Value,
}

/// A parameter with its value as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Where it stood.
    pub place: Place,
    /// Its name.
    pub name: Clean,
    /// Its value.
    pub value: Value,
}

/// A value: readable, or a secret's kind and length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// As it may be shown: `«authorization code, 43 characters»` for a secret.
    pub shown: Clean,
    /// What is known about a secret.
    pub mark: Option<Mark>,
}

/// What stays of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Of which kind it is.
    pub kind: SecretKind,
    /// Its length in characters.
    pub chars: usize,
    /// Equal for equal values, within this process; never shown.
    pub same: u64,
    /// What is odd about it.
    pub odd: Odd,
}

/// What is odd about a secret's characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Odd {
    /// White space at its beginning or end, or inside.
    pub blank: bool,
    /// A character outside printable ASCII.
    pub foreign: bool,
    /// A character that RFC 7636 §4.1 does not allow in a verifier, or Okta in a state: anything but letters, digits, `-._~`.
    pub reserved: bool,
}

/// How a client proves itself (RFC 6749 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
    /// Both at once, which no server may take.
    Both,
    /// `private_key_jwt`.
    Assertion,
    /// Only `client_id`: a public client.
    None,
}

/// A JWT, decoded. Its signature was not checked: the claims are what it says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Token {
    /// `typ` of its header.
    pub typ: Clean,
    /// `alg` of its header.
    pub alg: Clean,
    /// `iss`.
    pub issuer: Clean,
    /// `aud`.
    pub audiences: Vec<Clean>,
    /// `exp`, in seconds since 1970.
    pub expires: Option<i64>,
    /// `iat`.
    pub issued: Option<i64>,
    /// `scp` or `scope`.
    pub scopes: Vec<Clean>,
    /// `cid`, `azp` or `client_id`.
    pub client: Clean,
    /// Whether it has `nonce` or `at_hash`: an ID token then.
    pub is_id_token: bool,
    /// Every claim with its value; personal ones are masked.
    pub claims: Vec<Parameter>,
    /// The hop that it came in, from 1; `None` when it was pasted alone.
    pub hop: Option<usize>,
}

/// An event of Okta's System Log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogEvent {
    /// `app.oauth2.as.authorize` ….
    pub kind: Clean,
    /// `outcome.result`.
    pub result: Clean,
    /// `outcome.reason`: Okta's internal code.
    pub reason: Clean,
    /// `actor.alternateId`.
    pub actor: Clean,
    /// `client.id`, or the target of type `AppInstance`.
    pub client: Clean,
    /// The redirect URI in the debug context, not cleaned: it is compared.
    pub redirect_uri: Option<String>,
    /// `debugContext.debugData.requestedScopes`.
    pub scopes: Clean,
    /// When it was published.
    pub published: Clean,
}
