//! The Trace: what happened on the wire in one run, as values. Every screen, report and export of a flow is a view of it.
//!
//! A trace is text with holes. Secrets were lifted out as they were recorded and lie in the run's [`Safe`]; the trace itself can be
//! copied, printed and written to disk.

pub mod lift;
pub mod meaning;
pub mod page;
mod text;

pub use text::{Hole, HoleId, Piece, Safe, SecretKind, Text};

use crate::text::Clean;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Which of the three legs between a person and a tool failed. A closed list, the same words on screen and in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leg {
    /// Leg 1: MCP client → gateway.
    ClientToGateway,
    /// Leg 2: gateway → Okta.
    GatewayToOkta,
    /// Leg 3: gateway → upstream tool.
    GatewayToTool,
    /// The gateway's own policy.
    GatewayPolicy,
    /// The network below all of them.
    Network,
    /// None, or not known.
    Unknown,
}

/// The steps of leg 2. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The authorization request.
    Authorize,
    /// The person signs in.
    SignIn,
    /// Okta's answer to the redirect URI.
    Callback,
    /// The token request.
    Token,
    /// Checks of what came back.
    Verify,
    /// Using the tokens: userinfo, introspection, revocation.
    Use,
    /// Refreshing them.
    Refresh,
}

/// Who a hop goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The person.
    You,
    /// The authorization server: Okta, or another provider.
    Okta,
    /// The gateway.
    Gateway,
    /// This program: nothing went on the wire.
    Here,
}

/// How a hop, or a check, ended. What was not run is never green.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Noteworthy, not wrong.
    Warn,
    /// Wrong.
    Fail,
    /// It did not run, or does not apply.
    NotRun,
}

/// A check with the clause it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked: `nonce`, `at_hash`, `signature` ….
    pub name: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What was expected, where that says something.
    pub expected: Option<Text>,
    /// What was there.
    pub actual: Option<Text>,
    /// In a sentence.
    pub sentence: String,
    /// The clause: `OIDC Core §3.1.3.7 (11)`.
    pub source: Cow<'static, str>,
}

/// Where a parameter stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the query of the request's URL.
    Query,
    /// In a form body.
    Form,
    /// In a JSON body.
    Json,
    /// In the URL of a `Location` header.
    Location,
    /// In the header of a JWT.
    JwtHeader,
    /// In the claims of a JWT.
    JwtClaims,
    /// On an HTML page.
    Page,
}

/// A parameter, a field or a claim, with what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Where it stood.
    pub place: Place,
    /// Its name.
    pub name: Clean,
    /// Its value.
    pub value: Text,
    /// What it is, in a short sentence; empty where it is not known.
    pub meaning: Cow<'static, str>,
}

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// `GET`, `POST`.
    pub method: String,
    /// The URL.
    pub url: Text,
    /// Request headers as sent.
    pub request_headers: Vec<(Clean, Text)>,
    /// Request body; empty if there was none.
    pub request_body: Text,
    /// HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// Response headers.
    pub response_headers: Vec<(Clean, Text)>,
    /// Response body, cut at 64 KiB.
    pub response_body: Text,
    /// Bytes of the response body before it was cut.
    pub response_bytes: usize,
    /// Why no answer came.
    pub trouble: Option<Clean>,
    /// The request's parameters, parsed.
    pub sent: Vec<Parameter>,
    /// The answer's parameters, parsed: a redirect's query, a JSON body, the claims of tokens in it.
    pub received: Vec<Parameter>,
}

/// How an exchange went below HTTP, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The look-up of the name; `None`: none was made.
    pub name_us: Option<u64>,
    /// Name, TCP and TLS together; `None`: an open connection was used again.
    pub connect_us: Option<u64>,
    /// From sending out until the answer's headers were here, the connection included.
    pub first_byte_us: u64,
    /// From then until the last byte of the body.
    pub body_us: u64,
    /// `HTTP/1.1`, `HTTP/2`.
    pub protocol: Clean,
    /// Who issued the server's certificate, and until when it is good; `None` without TLS.
    pub certificate: Option<Clean>,
}

impl Connection {
    /// In words: `name 0.3 ms, connection 41 ms, first byte after 90 ms, body 0.1 ms`.
    pub fn in_words(&self) -> String {
        let ms = |us: u64| match us {
            0..10_000 => format!("{}.{} ms", us / 1000, us % 1000 / 100),
            _ => format!("{} ms", us / 1000),
        };
        let mut parts: Vec<String> = Vec::new();
        match self.connect_us {
            Some(all) => {
                parts.extend(self.name_us.map(|us| format!("name {}", ms(us))));
                let rest = all.saturating_sub(self.name_us.unwrap_or(0));
                let tls = if self.certificate.is_some() { "TCP and TLS" } else { "TCP" };
                parts.push(format!("{tls} {}", ms(rest)));
            }
            None => parts.push("an open connection was used again".into()),
        }
        parts.push(format!("first byte after {}", ms(self.first_byte_us)));
        parts.push(format!("body {}", ms(self.body_us)));
        parts.join(", ")
    }
}

/// One hop: an exchange, or something that happened here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// From 1.
    pub number: usize,
    /// To whom.
    pub to: Party,
    /// Which step of leg 2.
    pub step: Step,
    /// In a few words: `GET /authorize → sign-in`.
    pub title: Text,
    /// How it ended.
    pub verdict: Verdict,
    /// The exchange, when something went on the wire.
    pub exchange: Option<Exchange>,
    /// Its checks.
    pub checks: Vec<Check>,
    /// What happened and what it means, line by line: the *Why* of this hop.
    pub why: Vec<String>,
    /// How it went below HTTP, where an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
    /// What the person altered before it was sent, for an experiment: `nonce removed`. What comes of it says nothing about the app.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub altered: Vec<String>,
    /// Milliseconds from the start of the run to its beginning.
    pub at_ms: u64,
    /// Milliseconds that it took.
    pub took_ms: u64,
}

/// How a whole run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunVerdict {
    /// It is going on.
    Running,
    /// Everything that this way can judge passed. `judged_not` says what it could not judge; it is shown beside the verdict,
    /// so that a pass is never taken for more than it is.
    Passed {
        /// What this way cannot judge, in a sentence; empty when it judges all.
        judged_not: String,
    },
    /// It failed.
    Failed {
        /// Which leg.
        leg: Leg,
        /// Which step, on leg 2.
        step: Option<Step>,
        /// In a sentence.
        headline: String,
        /// What helps: one line each.
        fixes: Vec<String>,
    },
    /// It was stopped by the user.
    Stopped,
}

/// How the person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// In this terminal: primary authentication and a session token. On Identity Engine it judges the session policy only.
    Terminal,
    /// In a browser; the address that it ends at is pasted back.
    Browser,
    /// Through the server's own plain web form, filled in from here.
    Form,
    /// By a code that is entered in any browser: the device authorization grant (RFC 8628).
    Device,
    /// Without any user: how far does the configuration carry?
    Probe,
    /// Without any user: is the client's secret right, and sent in the right way? (A/B test with a made-up code.)
    Secret,
    /// Without any user: the mistakes and attacks that a server must refuse.
    Battery,
    /// The client asks for itself, with no person: client credentials (RFC 6749 §4.4).
    Client,
}

/// One run of the tester.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The number of the run in this session, from 1.
    pub run: u32,
    /// What was tested, in a few words: `authorization code + PKCE`.
    pub title: String,
    /// How the person signed in.
    pub way: Way,
    /// Who signed in.
    pub login: Option<Clean>,
    /// When it began.
    pub began: jiff::Timestamp,
    /// The hops in order.
    pub hops: Vec<Hop>,
    /// How it ended.
    pub verdict: RunVerdict,
    /// What a test leaves behind, each with what was done about it: `refresh token revoked`, `Okta session closed`.
    pub left: Vec<String>,
}

impl Leg {
    /// In words, as findings begin: `Leg 2 (gateway → Okta)`.
    pub fn words(self) -> &'static str {
        match self {
            Self::ClientToGateway => "Leg 1 (MCP client → gateway)",
            Self::GatewayToOkta => "Leg 2 (gateway → Okta)",
            Self::GatewayToTool => "Leg 3 (gateway → upstream tool)",
            Self::GatewayPolicy => "The gateway's policy",
            Self::Network => "The network",
            Self::Unknown => "No leg known",
        }
    }
}

impl Way {
    /// The word of the closed list: `terminal`, `probe` ….
    pub fn word(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Browser => "browser",
            Self::Form => "form",
            Self::Device => "device",
            Self::Probe => "probe",
            Self::Secret => "secret",
            Self::Battery => "battery",
            Self::Client => "client",
        }
    }

    /// Whether somebody signs in.
    pub fn signs_in(self) -> bool {
        matches!(self, Self::Terminal | Self::Browser | Self::Form | Self::Device)
    }
}

impl Step {
    /// The word of the closed list: `authorize`, `sign-in` ….
    pub fn word(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::SignIn => "sign-in",
            Self::Callback => "callback",
            Self::Token => "token",
            Self::Verify => "verify",
            Self::Use => "use",
            Self::Refresh => "refresh",
        }
    }
}

impl Party {
    /// As the trace's column `to` shows it.
    pub fn word(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::Okta => "Okta",
            Self::Gateway => "gateway",
            Self::Here => "here",
        }
    }
}

impl Verdict {
    /// As the state column shows it: `OK`, `WARN`, `FAIL`, `--`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "OK",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
            Self::NotRun => "--",
        }
    }
}

impl Hop {
    /// Leaves a hole wherever a value of `safe` still stands in plain text: a secret may be known only after a later answer.
    pub fn seal(&mut self, safe: &Safe) {
        self.title.seal(safe);
        self.why.iter_mut().chain(&mut self.altered).for_each(|line| seal_line(line, safe));
        for check in &mut self.checks {
            seal_line(&mut check.sentence, safe);
            check.expected.iter_mut().chain(&mut check.actual).for_each(|text| text.seal(safe));
        }
        if let Some(exchange) = &mut self.exchange {
            exchange.seal(safe);
        }
    }
}

impl Exchange {
    fn seal(&mut self, safe: &Safe) {
        for text in [&mut self.url, &mut self.request_body, &mut self.response_body] {
            text.seal(safe);
        }
        for (_, value) in self.request_headers.iter_mut().chain(&mut self.response_headers) {
            value.seal(safe);
        }
        for parameter in self.sent.iter_mut().chain(&mut self.received) {
            parameter.value.seal(safe);
        }
        if let Some(trouble) = &mut self.trouble {
            *trouble = Clean::new(&safe.seal(trouble.as_str()).masked());
        }
    }
}

fn seal_line(line: &mut String, safe: &Safe) {
    *line = safe.seal(line).masked();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_in_words() {
        let mut one = Connection {
            name_us: Some(12_345),
            connect_us: Some(53_400),
            first_byte_us: 90_000,
            body_us: 120,
            protocol: "HTTP/2".into(),
            certificate: Some("issued by Example CA".into()),
        };
        assert_eq!(one.in_words(), "name 12 ms, TCP and TLS 41 ms, first byte after 90 ms, body 0.1 ms");
        (one.name_us, one.certificate) = (None, None);
        assert_eq!(one.in_words(), "TCP 53 ms, first byte after 90 ms, body 0.1 ms");
        one.connect_us = None;
        assert_eq!(one.in_words(), "an open connection was used again, first byte after 90 ms, body 0.1 ms");
    }
}
