//! One request as the rooms of the demo see it, and one answer.

use super::error;
use http::{HeaderMap, Method};
use serde_json::Value;

/// A request, read whole.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    /// As sent, not decoded.
    pub(super) path: String,
    /// Path and query as sent.
    pub(super) target: String,
    /// Decoded path segments.
    pub(super) segments: Vec<String>,
    /// Decoded query, in order.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// `http://{Host}`: every link is built on it, so that a proxy in front works.
    pub(super) base: String,
    pub(super) request_id: String,
    pub(super) peer: String,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The first value of a query parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The body as JSON; an empty body reads as `{}`. Broken JSON is 400 E0000003, as Okta answers.
    pub(super) fn json(&self) -> Result<Value, Reply> {
        if self.body.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        serde_json::from_slice(&self.body).map_err(|_| error::okta(400, "E0000003"))
    }

    /// The body as `application/x-www-form-urlencoded`.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.header("cookie")?
            .split(';')
            .filter_map(|c| c.trim().split_once('='))
            .find(|(k, _)| *k == name)
            .map(|(_, v)| v)
    }
}

/// The first value under `name`.
pub(super) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
}

/// An answer before it becomes HTTP.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    Empty,
    Json(Value),
    Html(String),
    Text(String),
}

/// Errors travel as finished answers: they differ by endpoint, not by kind.
pub(super) type Answer = Result<Reply, Reply>;

impl Reply {
    pub(super) fn json(status: u16, value: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(value) }
    }

    pub(super) fn ok(value: Value) -> Answer {
        Ok(Self::json(200, value))
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    pub(super) fn html(status: u16, page: String) -> Self {
        Self { status, headers: Vec::new(), body: Body::Html(page) }
    }

    pub(super) fn redirect(location: String) -> Self {
        Self { status: 302, headers: vec![("location", location)], body: Body::Empty }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
