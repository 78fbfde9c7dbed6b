//! What an answer means: a value, or one of the many shapes in which an error comes. Pure.

use super::model::{ApiError, NetKind, Problem};
use crate::text::Clean;
use crate::wire::{WireError, WireKind};
use http::HeaderMap;
use http::header::{CONTENT_TYPE, LOCATION};
use serde_json::Value;

/// One answer of the management API with a status of success.
pub(super) struct Answer {
    /// Method and path, for messages.
    pub(super) endpoint: String,
    /// HTTP status, 200 to 299.
    pub(super) status: u16,
    /// The headers.
    pub(super) headers: HeaderMap,
    /// The body; it may hold a client secret.
    pub(super) body: zeroize::Zeroizing<Vec<u8>>,
}

impl Answer {
    /// `X-Okta-Request-Id`.
    pub(super) fn request_id(&self) -> Option<Clean> {
        header(&self.headers, "x-okta-request-id")
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, ApiError> {
        match serde_json::from_slice(&self.body) {
            Ok(value) => Ok(value),
            Err(_) if !looks_like_json(&self.headers, &self.body) => {
                Err(not_json(&self.endpoint, self.status, &self.headers, &self.body))
            }
            // serde_json's words name a line and a column, never a value.
            Err(e) => Err(self.unreadable(&e.to_string())),
        }
    }

    /// An answer that is JSON, but not what was asked for.
    pub(super) fn unreadable(&self, detail: &str) -> ApiError {
        ApiError::Unreadable {
            endpoint: self.endpoint.clone(),
            status: self.status,
            detail: Clean::new(detail),
        }
    }
}

/// The error that an answer with a status of 300 and more is.
pub(super) fn error(endpoint: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> ApiError {
    if let Ok(Value::Object(o)) = serde_json::from_slice(body) {
        return ApiError::Okta(problem(endpoint, status, headers, &Value::Object(o)));
    }
    if body.iter().all(u8::is_ascii_whitespace) && !(300..400).contains(&status) {
        let mut p = problem(endpoint, status, headers, &Value::Null);
        p.summary = Clean::new(reason(status));
        return ApiError::Okta(p);
    }
    not_json(endpoint, status, headers, body)
}

/// Okta's error body, OAuth's, or neither. `errorCauses` is an array by the documentation and an object in one of its examples
/// (ErrorAppUserUpdateBadRequest), so both are read.
fn problem(endpoint: &str, status: u16, headers: &HeaderMap, body: &Value) -> Problem {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let causes = match body.get("errorCauses") {
        Some(Value::Array(list)) => list.iter().filter_map(cause).collect(),
        Some(one @ Value::Object(_)) => cause(one).into_iter().collect(),
        Some(Value::String(one)) => vec![Clean::new(one)],
        _ => Vec::new(),
    };
    // RFC 6749 §5.2: what a bearer token's check, and a few endpoints under /oauth2, answer with.
    let code = text("errorCode").or_else(|| text("error")).unwrap_or_default();
    let summary =
        text("errorSummary").or_else(|| text("error_description")).unwrap_or_else(|| reason(status));
    Problem {
        endpoint: endpoint.to_owned(),
        status,
        code: Clean::new(code),
        summary: Clean::new(summary),
        causes,
        error_id: text("errorId").map(Clean::new),
        request_id: header(headers, "x-okta-request-id"),
    }
}

fn cause(value: &Value) -> Option<Clean> {
    let summary = value.get("errorSummary").or_else(|| value.get("summary")).or(Some(value))?;
    summary.as_str().map(Clean::new)
}

fn not_json(endpoint: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> ApiError {
    let content_type =
        header(headers, CONTENT_TYPE.as_str()).unwrap_or_else(|| Clean::new("no content type"));
    let first_line = match headers.get(LOCATION).and_then(|l| l.to_str().ok()) {
        // The whole address may carry a token; where it leads is what helps.
        Some(to) if (300..400).contains(&status) => format!("it sends you on to {}", place(to)),
        _ => headline(body),
    };
    ApiError::NotJson {
        endpoint: endpoint.to_owned(),
        status,
        content_type,
        first_line: Clean::new(&first_line),
    }
}

fn place(location: &str) -> String {
    let end = location.find(['?', '#']).unwrap_or(location.len());
    location.get(..end).unwrap_or_default().chars().take(120).collect()
}

/// The title of a page, or its first line that is not markup.
fn headline(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..body.len().min(16 * 1024)).unwrap_or_default());
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|start| {
        let from = start + lower.get(start..)?.find('>')? + 1;
        let to = from + lower.get(from..)?.find("</title")?;
        text.get(from..to)
    });
    let line = title.unwrap_or_else(|| {
        let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
        lines.clone().find(|l| !l.starts_with('<')).or_else(|| lines.next()).unwrap_or("an empty body")
    });
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect()
}

fn looks_like_json(headers: &HeaderMap, body: &[u8]) -> bool {
    let first = body.iter().find(|b| !b.is_ascii_whitespace());
    let said = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|t| t.contains("json"));
    said || matches!(first, Some(b'{' | b'['))
}

fn header(headers: &HeaderMap, name: &str) -> Option<Clean> {
    headers.get(name).map(|v| Clean::new(&String::from_utf8_lossy(v.as_bytes())))
}

fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("no reason given")
}

/// A transport's failure as the model has it.
/// A fault below HTTP as an error of the API's.
pub fn net(e: WireError) -> ApiError {
    let kind = net_kind(e.kind);
    ApiError::Net { host: Clean::new(&e.host), kind, detail: Clean::new(&e.detail), maybe_sent: e.maybe_sent }
}

/// The same trouble in the words of this room.
pub(super) fn net_kind(kind: WireKind) -> NetKind {
    match kind {
        WireKind::Name => NetKind::Name,
        WireKind::Connect => NetKind::Connect,
        WireKind::Tls => NetKind::Tls,
        WireKind::Timeout => NetKind::Timeout,
        WireKind::Closed => NetKind::Closed,
        WireKind::TooLarge => NetKind::TooLarge,
        WireKind::NotAllowed => NetKind::NotAllowed,
        WireKind::Other => NetKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(status: u16, body: &str) -> ApiError {
        let mut headers = HeaderMap::new();
        headers.insert("x-okta-request-id", "req1".parse().unwrap());
        headers.insert("content-type", "text/html".parse().unwrap());
        error("GET /x", status, &headers, body.as_bytes())
    }

    fn okta(e: ApiError) -> Problem {
        match e {
            ApiError::Okta(p) => p,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn oktas_own_shape_with_causes_as_array_or_object() {
        for causes in [r#"[{"errorSummary":"label: bad\u001b"}]"#, r#"{"errorSummary":"label: bad\u001b"}"#] {
            let body = format!(
                r#"{{"errorCode":"E0000001","errorSummary":"Api validation failed","errorId":"oae1","errorCauses":{causes}}}"#
            );
            let p = okta(at(400, &body));
            assert_eq!((p.status, p.code.as_str(), p.causes[0].as_str()), (400, "E0000001", "label: bad␛"));
            assert_eq!((p.error_id.unwrap().as_str(), p.request_id.unwrap().as_str()), ("oae1", "req1"));
        }
    }

    #[test]
    fn oauths_shape() {
        let p = okta(at(403, r#"{"error":"insufficient_scope","error_description":"needs more"}"#));
        assert_eq!((p.code.as_str(), p.summary.as_str()), ("insufficient_scope", "needs more"));
    }

    #[test]
    fn an_empty_body_is_its_status() {
        let p = okta(at(502, " \n"));
        assert_eq!((p.code.as_str(), p.summary.as_str()), ("", "Bad Gateway"));
    }

    #[test]
    fn a_page_is_known_by_its_title_or_first_line() {
        for (body, first) in [
            ("<!doctype html><html><TITLE>\n Blocked by \x1b[1mPolicy </title>", "Blocked by ␛[1mPolicy"),
            ("<html>\n<body>\nSorry\n", "Sorry"),
            ("upstream connect error", "upstream connect error"),
            ("[1]", "[1]"),
        ] {
            match at(503, body) {
                ApiError::NotJson { status: 503, first_line, content_type, .. } => {
                    assert_eq!((first_line.as_str(), content_type.as_str()), (first, "text/html"));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_redirect_says_where_to_without_what_it_carries() {
        let mut headers = HeaderMap::new();
        headers.insert("location", "https://login.example/start?token=s3cret".parse().unwrap());
        let said = error("GET /x", 302, &headers, b"").to_string();
        assert!(said.contains("https://login.example/start") && !said.contains("s3cret"), "{said}");
    }

    proptest! {
        #[test]
        fn any_body_is_an_error_that_can_be_drawn(status in 300u16..600, body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let said = error("GET /x", status, &HeaderMap::new(), &body).to_string();
            prop_assert!(!said.chars().any(crate::text::is_unsafe));
        }
    }
}
