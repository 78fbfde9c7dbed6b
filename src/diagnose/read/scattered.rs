//! Text in which something is said about a failure: a line of a log, a chat, a mail. URLs, JSON bodies and error codes are picked out
//! of it; prose around them is not believed.

use super::{Raw, answer, hop};
use crate::diagnose::address::{Endpoint, Host};
use crate::diagnose::evidence::{Evidence, Hop, Provenance};
use crate::diagnose::mask;
use crate::flow::explain::Refusal;
use crate::flow::trace::lift::pairs;
use crate::text::Clean;
use serde_json::Value;

/// Pieces of one paste that are looked at.
const MOST: usize = 100;

/// Error codes that are looked for as whole words, the more telling ones first.
const CODES: &[&str] = &[
    "outbound_auth_failed",
    "access_control_denied",
    "authz_denied",
    "auth_denied",
    "rate_limit_exceeded",
    "interceptor_denied",
    "upstream_error",
    "circuit_breaker_open",
    "invalid_dpop_proof",
    "use_dpop_nonce",
    "invalid_client_metadata",
    "invalid_redirect_uri",
    "invalid_client",
    "invalid_grant",
    "invalid_scope",
    "invalid_target",
    "invalid_token",
    "insufficient_scope",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "unsupported_response_mode",
    "login_required",
    "interaction_required",
    "consent_required",
    "account_selection_required",
    "temporarily_unavailable",
    "access_denied",
    "server_error",
    "invalid_request",
    "E0000004",
    "E0000006",
    "E0000007",
    "E0000011",
    "E0000015",
    "E0000047",
    "E0000069",
    "E0000119",
    "E0000260",
];

/// Sentences of Okta's and of clients that say what happened without a code, in lower case, with the code that belongs to them.
const SENTENCES: &[(&str, &str)] = &[
    ("dynamic client registration", "invalid_client_metadata"),
    // As the MCP SDK says it (RFC 9728 §3.3).
    ("protected resource http", "invalid_request"),
    ("must be a login redirect uri", "invalid_request"),
    ("user is not assigned to the client application", "access_denied"),
    ("policy evaluation failed for this request", "access_denied"),
    ("client secret supplied for a confidential client is invalid", "invalid_client"),
    ("no client credentials found", "invalid_client"),
    ("invalid value for 'client_id' parameter", "invalid_client"),
    ("one or more scopes are not configured for the authorization server", "invalid_scope"),
    ("custom scopes are not allowed for this request", "invalid_scope"),
    ("authorization code is invalid or has expired", "invalid_grant"),
    ("pkce verification failed", "invalid_grant"),
    ("pkce code challenge is required", "invalid_request"),
    ("refresh token is invalid or expired", "invalid_grant"),
    ("dpop proof jwt header is missing", "invalid_dpop_proof"),
    ("api call exceeded rate limit", "E0000047"),
    ("api rate limit exceeded", "E0000047"),
];

/// Reads what it can.
pub(super) fn read(text: &str, evidence: &mut Evidence) {
    let before = evidence.hops.len() + evidence.events.len() + evidence.tokens.len();
    urls(text, evidence);
    objects(text, evidence);
    let found = evidence.hops.len() + evidence.events.len() + evidence.tokens.len() > before;
    let refused = evidence.hops.iter().any(Hop::failed);
    if !refused && let Some(hop) = words(text) {
        // The words of an error belong to the address beside them, where there is just one.
        match evidence.hops.as_mut_slice() {
            [one] if one.status.is_none() && one.endpoint != Endpoint::Unsaid => {
                (one.refusal, one.provenance) = (hop.refusal, hop.provenance);
            }
            // Two callbacks on the person's own machine, side by side: it is a client's, whichever of them was refused.
            [first, .., last] if of_client(first) && of_client(last) => {
                let (endpoint, address) = (first.endpoint, first.address.clone());
                evidence.push(Hop { endpoint, address, ..hop });
            }
            _ => evidence.push(hop),
        }
        evidence.recognised.push("an error in a text");
    } else if !refused && let Some(trouble) = trouble(text) {
        let hop = Hop {
            trouble: Some(mask::plain(trouble)),
            provenance: Some(Provenance::Observed),
            ..Hop::default()
        };
        evidence.push(hop);
        evidence.recognised.push("an error of the connection");
    } else if found {
        evidence.recognised.push("a text with addresses or answers in it");
    }
}

fn of_client(hop: &Hop) -> bool {
    hop.endpoint == Endpoint::Callback && hop.address.as_ref().is_some_and(|a| a.owner == Host::Loopback)
}

/// URLs that an OAuth flow would have.
fn urls(text: &str, evidence: &mut Evidence) {
    let stop = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '|' | '\\');
    for piece in text.split(stop).filter(|piece| piece.contains("://")).take(MOST) {
        let start = ["https://", "http://"].iter().filter_map(|scheme| piece.find(scheme)).min().unwrap_or(0);
        let url = piece.get(start..).unwrap_or_default().trim_end_matches(['.', ',', ';', ')', ']', '}']);
        let hop = hop(Raw { url: url.to_owned(), ..Raw::default() }, &evidence.callbacks);
        let telling = matches!(hop.endpoint, Endpoint::Authorize | Endpoint::Callback | Endpoint::Token)
            || pairs(url).iter().any(|(name, _)| name == "error");
        if telling {
            evidence.push(hop);
        }
    }
}

/// JSON objects that stand in the text.
fn objects(text: &str, evidence: &mut Evidence) {
    let mut from = 0;
    for _ in 0..MOST {
        let Some(at) = text.get(from..).and_then(|rest| rest.find('{')).map(|at| at + from) else { return };
        let rest = text.get(at..).unwrap_or_default();
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        match stream.next() {
            Some(Ok(Value::Object(fields))) => {
                let end = stream.byte_offset();
                if let Some(refusal) = answer::of_json(&fields, None) {
                    evidence.push(Hop {
                        refusal: Some(refusal),
                        provenance: Some(Provenance::Observed),
                        ..Hop::default()
                    });
                }
                from = at + end.max(1);
            }
            _ => from = at + 1,
        }
    }
}

/// The first error that the text names.
fn words(text: &str) -> Option<Hop> {
    let lower = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let status = status_in(text);
    let sentence = SENTENCES.iter().find(|(sentence, _)| lower.contains(sentence));
    let code = match sentence {
        Some((_, code)) => (*code).to_owned(),
        None => CODES.iter().find(|code| has_word(text, code)).map(|code| (*code).to_owned())?,
    };
    let refusal = Refusal {
        status,
        words: mask::plain(&around(text, &code, sentence.map(|(s, _)| *s))).to_string(),
        code,
    };
    // A sentence of Okta's is Okta's; a code alone in prose may be about anything.
    let provenance = Some(if sentence.is_some() { Provenance::Observed } else { Provenance::Inferred });
    Some(Hop { status, refusal: Some(refusal), provenance, ..Hop::default() })
}

/// The line that names the error, and the one after it, which may go on with its description. Addresses in them are read by
/// themselves: a parameter's name is no word of the error.
fn around(text: &str, code: &str, sentence: Option<&str>) -> String {
    let names = |line: &&str| match sentence {
        Some(sentence) => line.to_lowercase().contains(sentence),
        None => has_word(line, code),
    };
    let mut lines = text.lines().skip_while(|line| !names(line));
    let (first, next) = match lines.next() {
        Some(first) => (first, lines.next().unwrap_or_default()),
        // A sentence that is broken into lines is found in the whole only.
        None => (text, ""),
    };
    let words = first.split_whitespace().chain(next.split_whitespace());
    words.filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ")
}

fn has_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !(c.is_ascii_alphanumeric() || c == '_'));
    text.match_indices(word).any(|(at, _)| {
        edge(text.get(..at).and_then(|s| s.chars().next_back()))
            && edge(text.get(at + word.len()..).and_then(|s| s.chars().next()))
    })
}

/// `HTTP 403`, `status 401`, `401 Unauthorized`.
fn status_in(text: &str) -> Option<u16> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).peekable();
    let mut before = "";
    while let Some(word) = words.next() {
        let named = ["http", "status", "code", "statuscode"].iter().any(|n| before.eq_ignore_ascii_case(n));
        let followed = words.peek().is_some_and(|next| {
            ["unauthorized", "forbidden", "bad", "not", "internal", "too", "service"]
                .iter()
                .any(|n| next.eq_ignore_ascii_case(n))
        });
        if word.len() == 3
            && (named || followed)
            && let Ok(status @ 400..=599) = word.parse()
        {
            return Some(status);
        }
        before = word;
    }
    None
}

/// The line that tells of trouble below HTTP.
fn trouble(text: &str) -> Option<&str> {
    text.lines().find(|line| crate::diagnose::rules::network::is_trouble(&Clean::new(line)))
}
