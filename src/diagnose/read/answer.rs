//! What an answer says: its error, wherever it stands; its fields; its page.

use super::{Raw, header};
use crate::diagnose::address::Endpoint;
use crate::diagnose::evidence::Parameter;
use crate::diagnose::mask;
use crate::flow::explain::{Refusal, challenge_part};
use crate::flow::trace::lift::pairs;
use crate::flow::trace::{Place, page};
use crate::text::Clean;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// How much of a body is looked at, in bytes.
const BODY: usize = 256 * 1024;

/// The parts of an answer.
#[derive(Default)]
pub(super) struct Read {
    pub received: Vec<Parameter>,
    pub media_type: String,
    pub refusal: Option<Refusal>,
    pub page_title: Option<Clean>,
    pub challenge: Option<Clean>,
    pub server: Clean,
    pub date: Option<Timestamp>,
}

/// Reads the answer of `raw`; `query` is its URL's, in which a callback carries what the authorization server said.
pub(super) fn read(raw: &Raw, endpoint: Endpoint, query: &[(String, String)]) -> Read {
    let headers = &raw.response_headers;
    let end = (0..=raw.response_body.len().min(BODY)).rev().find(|i| raw.response_body.is_char_boundary(*i));
    let body = raw.response_body.get(..end.unwrap_or(0)).unwrap_or_default();
    let media_type = header(headers, "content-type").unwrap_or_default().to_ascii_lowercase();
    let mut out = Read {
        challenge: header(headers, "www-authenticate").map(mask::plain),
        server: Clean::new(&mask::cut(
            header(headers, "server").or_else(|| header(headers, "via")).unwrap_or_default(),
            60,
        )),
        date: header(headers, "date").and_then(http_date),
        ..Read::default()
    };
    let located = header(headers, "location").map(pairs).unwrap_or_default();
    out.received.extend(parameters(&located, Place::Location));
    out.refusal = of_pairs(&located, raw.status);
    if endpoint == Endpoint::Callback {
        out.refusal = out.refusal.or_else(|| of_pairs(query, None));
    }
    if let Some(Value::Object(fields)) = json_of(body) {
        out.received.extend(fields.iter().take(60).map(|(name, v)| field(name, v)));
        out.refusal = out.refusal.or_else(|| of_json(&fields, raw.status));
        if out.refusal.is_none()
            && fields.get("status").and_then(Value::as_str).is_some_and(|s| SIGN_IN.contains(&s))
        {
            out.refusal =
                Some(Refusal { status: raw.status, code: word(&fields, "status"), words: String::new() });
        }
    } else if page::is_html(&media_type, body) || body.to_ascii_lowercase().contains("error code:") {
        out.page_title = page::title_of(body).map(|title| mask::plain(&title));
        out.refusal = out.refusal.or_else(|| {
            let (code, words) = page::error_of(body)?;
            // A page that says "signed out" in the place of an error has none.
            let none = raw.status.is_some_and(|s| s < 400) && code.contains(' ');
            (!none).then_some(())?;
            Some(Refusal { status: raw.status, code: clean(&code), words: clean(&words) })
        });
    }
    if out.refusal.is_none()
        && let Some(challenge) = header(headers, "www-authenticate")
        && let Some(code) = challenge_part(challenge, "error")
    {
        let words = challenge_part(challenge, "error_description").unwrap_or_default();
        out.refusal = Some(Refusal { status: raw.status, code: clean(&code), words: clean(&words) });
    }
    out.media_type = media_type;
    out
}

/// A refusal that is known by its words only.
pub(super) fn of_words(code: &str, words: &str) -> Refusal {
    Refusal { status: None, code: code.into(), words: clean(words) }
}

/// States of Okta's primary authentication in which nobody is signed in yet.
const SIGN_IN: [&str; 8] = [
    "LOCKED_OUT",
    "PASSWORD_EXPIRED",
    "PASSWORD_RESET",
    "MFA_ENROLL",
    "MFA_ENROLL_ACTIVATE",
    "RECOVERY",
    "RECOVERY_CHALLENGE",
    "UNAUTHENTICATED",
];

fn of_pairs(pairs: &[(String, String)], status: Option<u16>) -> Option<Refusal> {
    let get = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| clean(v));
    let code = get("error").filter(|code| !code.is_empty())?;
    Some(Refusal { status, code, words: get("error_description").unwrap_or_default() })
}

/// The error of a JSON body: RFC 6749 §5.2, Okta's envelope, JSON-RPC, and the gateway's `code`.
pub(super) fn of_json(fields: &Map<String, Value>, status: Option<u16>) -> Option<Refusal> {
    let causes = || {
        let list = fields.get("errorCauses").and_then(Value::as_array)?;
        let words: Vec<String> =
            list.iter().map(|c| c.as_object().map(|c| word(c, "errorSummary")).unwrap_or_default()).collect();
        Some(words.join(" ")).filter(|w| !w.trim().is_empty())
    };
    let said_status = fields.get("status").and_then(Value::as_u64).and_then(|s| u16::try_from(s).ok());
    let status = status.or(said_status.filter(|s| (400..600).contains(s)));
    if let Some(error) = fields.get("error").and_then(Value::as_object) {
        let number = error.get("code").and_then(Value::as_i64).map(|n| n.to_string());
        let code = number.unwrap_or_else(|| word(error, "code"));
        let code = if code.is_empty() { word(error, "type") } else { code };
        return Some(Refusal { status, code, words: word(error, "message") }).filter(|r| !r.code.is_empty());
    }
    let first =
        |names: &[&str]| names.iter().map(|n| word(fields, n)).find(|w| !w.is_empty()).unwrap_or_default();
    let code = first(&["error", "errorCode", "error_code"]);
    let words = first(&["error_description", "errorSummary", "message", "detail"]);
    let words = match causes() {
        Some(causes) => format!("{words} {causes}"),
        None => words,
    };
    if !code.is_empty() {
        return Some(Refusal { status, code, words });
    }
    let code = word(fields, "code");
    let named = !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if named {
        return Some(Refusal { status, code, words });
    }
    let bad = word(fields, "status").eq_ignore_ascii_case("error") || status.is_some_and(|s| s >= 400);
    (bad && !words.is_empty()).then_some(Refusal { status, code: String::new(), words })
}

fn word(fields: &Map<String, Value>, name: &str) -> String {
    fields.get(name).and_then(Value::as_str).map(clean).unwrap_or_default()
}

fn field(name: &str, value: &Value) -> Parameter {
    let raw = match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list
            .iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    };
    Parameter { place: Place::Json, name: Clean::new(&mask::cut(name, 80)), value: mask::value(name, &raw) }
}

fn parameters(pairs: &[(String, String)], place: Place) -> Vec<Parameter> {
    pairs
        .iter()
        .take(60)
        .map(|(name, v)| Parameter {
            place,
            name: Clean::new(&mask::cut(name, 80)),
            value: mask::value(name, v),
        })
        .collect()
}

fn json_of(body: &str) -> Option<Value> {
    let body = body.trim_start_matches('\u{FEFF}').trim();
    if body.starts_with('{') {
        return serde_json::from_str(body).ok();
    }
    // An MCP server may answer with server-sent events: the last `data:` line is the message.
    let data = body.lines().filter_map(|line| line.strip_prefix("data:")).next_back()?;
    serde_json::from_str(data.trim()).ok()
}

fn http_date(raw: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(raw.trim()).ok().map(|zoned| zoned.timestamp())
}

fn clean(raw: &str) -> String {
    mask::plain(raw).to_string()
}
