//! Management API calls that were made, for people to look at.

use crate::text::Clean;
use jiff::Timestamp;

/// A call that was made. It has neither headers nor bodies: no secret is in it. What a write said is in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallMade {
    /// From 1, in the order in which they ended.
    pub number: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// `GET`.
    pub method: String,
    /// Path and query, as sent.
    pub target: Clean,
    /// How it was answered; `None` where it was not.
    pub status: Option<u16>,
    /// In two or three words, why it was not answered.
    pub trouble: Option<&'static str>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How long the answer's body was, in bytes.
    pub bytes: usize,
    /// `X-Okta-Request-Id`: its name in Okta's System Log.
    pub request_id: Option<Clean>,
    /// The rate-limit bucket that it is taken from.
    pub bucket: String,
    /// How often it had been tried before.
    pub repeated: usize,
    /// It carried an access token (RFC 6750), not an API token.
    pub bearer: bool,
}

impl CallMade {
    /// The same call for a shell: the token stays in the environment. A body is not in it.
    pub fn curl(&self, org_url: &str) -> String {
        // Single quotes keep everything but themselves as it is.
        let url = format!("{org_url}{}", self.target).replace('\'', "'\\''");
        let token = if self.bearer { "Bearer $ACCESS_TOKEN" } else { "SSWS $OKTUI_API_TOKEN" };
        let method = if self.method == "GET" { String::new() } else { format!("-X {} ", self.method) };
        format!("curl {method}-H \"Authorization: {token}\" -H 'Accept: application/json' '{url}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_for_a_shell_quotes_what_comes_from_outside() {
        let mut call = CallMade {
            number: 1,
            at: Timestamp::UNIX_EPOCH,
            method: "GET".into(),
            target: "/api/v1/users?q=o'hara$(id)".into(),
            status: Some(200),
            trouble: None,
            took_ms: 3,
            bytes: 2,
            request_id: None,
            bucket: "users".into(),
            repeated: 0,
            bearer: false,
        };
        assert_eq!(
            call.curl("https://acme.okta.com"),
            "curl -H \"Authorization: SSWS $OKTUI_API_TOKEN\" -H 'Accept: application/json' \
             'https://acme.okta.com/api/v1/users?q=o'\\''hara$(id)'"
        );
        (call.method, call.bearer) = ("DELETE".into(), true);
        let said = call.curl("https://acme.okta.com");
        assert!(said.starts_with("curl -X DELETE -H \"Authorization: Bearer $ACCESS_TOKEN\""), "{said}");
    }
}
