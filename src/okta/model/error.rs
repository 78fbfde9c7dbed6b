//! What can go wrong with a call to the management API, as values that screens, reports and the journal can hold.

use crate::text::Clean;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A failed call. `Display` is one sentence for people; [`ApiError::help`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// Okta answered with its error body.
    #[error("{0}")]
    Okta(Problem),
    /// The rate limit of this endpoint group is used up, and waiting for it was not asked for or was cut short.
    #[error("Okta's limit for {bucket} is used up until {}", crate::text::time::utc(*until))]
    Limited {
        /// The endpoint group.
        bucket: String,
        /// When it opens again.
        until: Timestamp,
    },
    /// The answer was not JSON: a proxy's page, a sign-in page, a maintenance page.
    #[error("{endpoint} answered {status} with {content_type} instead of JSON: {first_line}")]
    NotJson {
        /// Method and path.
        endpoint: String,
        /// HTTP status.
        status: u16,
        /// `Content-Type`, or `no content type`.
        content_type: Clean,
        /// The beginning of the body, or the page's title.
        first_line: Clean,
    },
    /// The answer was JSON, but cut short or not of the documented shape.
    #[error("{endpoint} answered {status}, but the answer cannot be read: {detail}")]
    Unreadable {
        /// Method and path.
        endpoint: String,
        /// HTTP status.
        status: u16,
        /// What the parser said.
        detail: Clean,
    },
    /// Nothing, or nothing whole, came back.
    #[error("{host}: {}: {detail}", kind.words())]
    Net {
        /// The host that was asked.
        host: Clean,
        /// What kind of trouble.
        kind: NetKind,
        /// What the system said.
        detail: Clean,
        /// Whether the request may have reached Okta all the same, so that a write's outcome is unknown.
        maybe_sent: bool,
    },
    /// The session has no access token, and gets none. The call itself was not sent.
    #[error("{0}")]
    Token(super::TokenProblem),
    /// The object was changed by somebody else between reading and replacing it. Nothing was written.
    #[error("{what} was changed by {} at {at} (it was read as of {read}){}", named(by), listed(fields))]
    Changed {
        /// What: `the app "Cequence AI Gateway"`.
        what: Clean,
        /// `lastUpdated` now.
        at: Clean,
        /// `lastUpdated` when it was read.
        read: Clean,
        /// Who, as the System Log says; `None` where it does not, or may not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Clean>,
        /// What is different now, a field each: `redirect URI: added https://…`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Clean>,
    },
}

fn named(by: &Option<Clean>) -> &str {
    by.as_ref().map_or("somebody else", Clean::as_str)
}

fn listed(fields: &[Clean]) -> String {
    let fields: Vec<&str> = fields.iter().map(Clean::as_str).collect();
    if fields.is_empty() { String::new() } else { format!(": {}", fields.join("; ")) }
}

/// Okta's error body (Okta management API, Error schema) and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{endpoint}: Okta says {status} {code}: {summary}{}", self.causes_in_words())]
pub struct Problem {
    /// Method and path, ids included: `POST /api/v1/apps`.
    pub endpoint: String,
    /// HTTP status.
    pub status: u16,
    /// `errorCode`, such as `E0000006`; the only part to branch on. Empty when the body had none.
    pub code: Clean,
    /// `errorSummary`.
    pub summary: Clean,
    /// `errorCauses[].errorSummary`.
    pub causes: Vec<Clean>,
    /// `errorId`, for Okta's support.
    pub error_id: Option<Clean>,
    /// Header `X-Okta-Request-Id`, for Okta's support and the System Log.
    pub request_id: Option<Clean>,
}

impl Problem {
    fn causes_in_words(&self) -> String {
        if self.causes.is_empty() {
            return String::new();
        }
        let causes: Vec<&str> = self.causes.iter().map(Clean::as_str).collect();
        format!(" ({})", causes.join("; "))
    }
}

/// Kinds of trouble below HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetKind {
    /// The name could not be resolved.
    Name,
    /// No connection: refused, unreachable.
    Connect,
    /// The TLS handshake failed: certificate, interception, or no TLS there.
    Tls,
    /// No answer in time.
    Timeout,
    /// The connection broke in the middle.
    Closed,
    /// The answer was larger than we accept.
    TooLarge,
    /// The address is not one we send a token to.
    NotAllowed,
    /// Anything else.
    Other,
}

impl NetKind {
    /// In words, as a sentence's middle.
    pub fn words(self) -> &'static str {
        match self {
            Self::Name => "the name cannot be resolved",
            Self::Connect => "no connection",
            Self::Tls => "TLS failed",
            Self::Timeout => "no answer in time",
            Self::Closed => "the connection broke",
            Self::TooLarge => "the answer is too large",
            Self::NotAllowed => "not an address to send a token to",
            Self::Other => "the request failed",
        }
    }
}

impl ApiError {
    /// Whether Okta said that this session may not do it (403), as opposed to *there is nothing*.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Okta(p) if p.status == 403)
    }

    /// Whether Okta said that there is no such object (404).
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Okta(p) if p.status == 404)
    }

    /// Whether the session itself is no longer good (401).
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Okta(p) if p.status == 401) || matches!(self, Self::Token(_))
    }

    /// Whether a write that failed so may have been carried out all the same.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Net { maybe_sent, .. } => *maybe_sent,
            Self::Okta(p) => p.status >= 500,
            Self::NotJson { status, .. } | Self::Unreadable { status, .. } => *status >= 500 || *status < 300,
            Self::Limited { .. } | Self::Token(_) | Self::Changed { .. } => false,
        }
    }

    /// What it means here and what helps, in a sentence or two.
    pub fn help(&self) -> String {
        match self {
            Self::Okta(p) => match (p.status, p.code.as_str()) {
                (401, "E0000015") => "This org does not have that feature. Custom authorization servers need API Access Management; the org's own server works without it.".into(),
                (401, "invalid_token") => "Okta refuses the access token although it is new: the app was deactivated, or somebody revoked its tokens. See the app in Okta, and connect again.".into(),
                (401, _) => "The API token is wrong, expired (30 days without use) or revoked, or its owner was deactivated. Make a new one in Okta under Security > API > Tokens and connect again.".into(),
                (_, "E0000117" | "E0000038") => "That person's status in Okta does not allow it: suspended or deactivated people cannot be assigned. Bring them back in Okta under Directory > People and plan again, or leave them out.".into(),
                (_, "E0000112") => "Okta is still activating that person. Try again in a minute.".into(),
                (_, "E0000040") => "Another app of this org has that name already. Choose another name, or set that app up.".into(),
                (403, "E0000043" | "E0000044" | "E0000046" | "E0000056" | "E0000143") => "Okta does not allow that for this app as it stands: Federation Broker Mode, provisioning, or an app that Okta itself keeps.".into(),
                (_, "E0000195" | "E0000239" | "E0000010") => "Okta is busy with another change there, or takes reads only for now. Nothing was written: try again in a minute.".into(),
                (403, "E0000260") => "Okta has deactivated this free org (180 days without use).".into(),
                (403, "insufficient_scope") => "The session's token lacks that scope. A Super Admin grants it in Okta: the app > Okta API Scopes; oktui login shows which are there. Then connect again.".into(),
                (403, _) => "This token may not do that: its owner lacks the administrator role. Ask a Super Admin for the role, or for the change.".into(),
                (404, _) => "There is no such object in this org. It may have been deleted, or the id belongs to another org.".into(),
                (429, _) => "Okta's rate limit is used up. oktui waits for the reset and goes on; other tools that use this org share the limit.".into(),
                (500.., _) => "Okta had trouble of its own. Trying again is safe: oktui looks first whether the write was made.".into(),
                _ => "Okta refused the request as it stands. The causes above name the fields.".into(),
            },
            Self::Limited { .. } => "oktui goes on by itself when the window opens. Other tools that use this org share the limit.".into(),
            Self::NotJson { .. } => "Something between here and Okta answered, or this is not an Okta org: check the org URL, and a proxy on the way.".into(),
            Self::Unreadable { .. } => "The answer was cut short on the way, or Okta changed its shape. Try again; if it stays so, report it with the request id.".into(),
            Self::Net { kind, .. } => match kind {
                NetKind::Name => "Check the org URL for a typing mistake, and that this machine has DNS.",
                NetKind::Connect => "Check the network and the firewall. Behind a proxy, set HTTPS_PROXY before starting oktui.",
                NetKind::Tls => "A proxy that intercepts TLS needs its certificate here: set SSL_CERT_FILE to it before starting oktui. Never switch the check off.",
                NetKind::Timeout | NetKind::Closed => "The link is slow or broke. Nothing is lost: try again.",
                NetKind::TooLarge => "That is not an answer Okta gives. Check what stands between here and Okta.",
                NetKind::NotAllowed => "Tokens go over https only; plain http is for a demo org on this machine (127.0.0.1).",
                NetKind::Other => "Try again; if it stays so, check the network and the org URL.",
            }
            .into(),
            Self::Token(p) => p.fault.help().into(),
            Self::Changed { .. } => "Nothing was written. Read it again, look at the difference, and make the plan anew.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(status: u16, code: &str) -> String {
        let problem = Problem {
            endpoint: "POST /api/v1/apps/0oa1/users".into(),
            status,
            code: code.into(),
            summary: String::new().into(),
            causes: Vec::new(),
            error_id: None,
            request_id: None,
        };
        ApiError::Okta(problem).help()
    }

    /// Okta answers 403 for far more than a missing role.
    #[test]
    fn only_a_403_about_rights_speaks_of_a_role() {
        assert!(help(403, "E0000006").contains("role"));
        for code in ["E0000117", "E0000038", "E0000046", "E0000143", "E0000260"] {
            assert!(!help(403, code).contains("role"), "{code}: {}", help(403, code));
        }
        assert!(help(403, "E0000117").contains("suspended"));
        assert!(help(400, "E0000040").contains("name"));
        assert!(help(423, "E0000239").contains("try again"));
    }
}
