//! An answer as the machine sees it.

use crate::flow::explain::{Refusal, challenge_part};
use crate::flow::trace::page;
use jiff::Timestamp;
use serde_json::Value;

/// An answer with its headers and body, and our times of it. It has no `Debug`: answers carry tokens.
#[derive(Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// When it was sent, by our clock.
    pub sent: Timestamp,
    /// When the answer was here, by our clock.
    pub received: Timestamp,
}

/// No answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer {
    /// Why, in a sentence.
    pub sentence: String,
    /// Whether the request may have arrived all the same.
    pub maybe_sent: bool,
}

impl Reply {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// `Content-Type`; empty when there is none.
    pub fn media_type(&self) -> &str {
        self.header("content-type").unwrap_or_default()
    }

    /// The body as a JSON object, whatever the media type says.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok().filter(Value::is_object)
    }

    /// Whether the answer is a redirect with a target.
    pub fn location(&self) -> Option<&str> {
        self.header("location").filter(|_| (300..400).contains(&self.status))
    }

    /// Whether the cookie `name` is set to a value.
    pub fn sets_cookie(&self, name: &str) -> bool {
        let cookies = self.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"));
        let mut pairs = cookies.filter_map(|(_, cookie)| cookie.split(';').next()?.split_once('='));
        pairs.any(|(n, value)| n.trim() == name && !value.trim().trim_matches('"').is_empty())
    }

    /// Whether it leads to a sign-in page: a redirect, or a page with a form or with Okta's sign-in script. Any other page, of a
    /// proxy or of a server that answers 200 to everything, says nothing about the client.
    pub fn starts_sign_in(&self) -> bool {
        let text = String::from_utf8_lossy(&self.body).to_ascii_lowercase();
        let marked = ["<form", "statetoken", "okta-sign-in"].iter().any(|mark| text.contains(mark));
        self.location().is_some() || (self.status == 200 && marked)
    }

    /// The refusal in it: RFC 6749's shape, Okta's envelope, a bearer challenge, or an HTML error page.
    pub fn refusal(&self) -> Refusal {
        let mut refusal = Refusal { status: Some(self.status), ..Refusal::default() };
        let text = String::from_utf8_lossy(&self.body);
        if let Some(value) = self.json() {
            let part = |names: [&str; 2]| {
                let found = names.iter().find_map(|name| value.get(*name)?.as_str());
                found.unwrap_or_default().to_owned()
            };
            refusal.code = part(["error", "errorCode"]);
            refusal.words = part(["error_description", "errorSummary"]);
        } else if page::is_html(self.media_type(), &text) {
            match page::error_of(&text) {
                Some((code, words)) => (refusal.code, refusal.words) = (code, words),
                None => refusal.words = page::title_of(&text).unwrap_or_default(),
            }
        }
        if let Some(challenge) = self.header("www-authenticate").filter(|_| refusal.code.is_empty()) {
            refusal.code = challenge_part(challenge, "error").unwrap_or_default();
            refusal.words = challenge_part(challenge, "error_description").unwrap_or(refusal.words);
        }
        refusal
    }

    /// What kind of body this is, for a sentence about one that was not expected.
    pub fn kind_of_body(&self) -> &'static str {
        if self.body.is_empty() {
            "nothing"
        } else if self.json().is_some() {
            "JSON"
        } else if page::is_html(self.media_type(), &String::from_utf8_lossy(&self.body)) {
            "an HTML page"
        } else if self.media_type().contains("json") {
            "JSON that is cut short or broken"
        } else {
            "neither JSON nor a page"
        }
    }
}
