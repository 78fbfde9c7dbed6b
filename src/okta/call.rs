//! One call of the management API as a value. Paths are made of segments, each percent-encoded, so that no name, login or id
//! can leave its place. Pure.

use super::budget::Bucket;
use crate::wire::Body;
use http::Method;
use serde_json::Value;

/// What to send and where.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) target: Target,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Body,
    pub(super) content_type: &'static str,
    /// Whether the session's credential goes along.
    pub(super) authorized: bool,
    repeatable: bool,
}

#[derive(Clone)]
pub(super) enum Target {
    /// Segments below the org URL, not encoded.
    Path(Vec<String>),
    /// An address that an answer gave us.
    Link(String),
}

impl Call {
    fn new<S: AsRef<str>>(method: Method, segments: &[S]) -> Self {
        // RFC 9110 §9.2.2 calls PUT and DELETE idempotent too, but a second PUT of an app could undo what somebody else did in
        // between, so those that may be repeated say so.
        let repeatable = method == Method::GET;
        Self {
            method,
            target: Target::Path(segments.iter().map(|s| s.as_ref().to_owned()).collect()),
            query: Vec::new(),
            body: Body::Empty,
            content_type: "application/json",
            authorized: true,
            repeatable,
        }
    }

    /// A GET.
    pub(super) fn get<S: AsRef<str>>(segments: &[S]) -> Self {
        Self::new(Method::GET, segments)
    }

    /// A GET of an address that an answer gave; refused if it is not the org's.
    pub(super) fn follow(link: &str) -> Self {
        Self { target: Target::Link(link.to_owned()), ..Self::new::<&str>(Method::GET, &[]) }
    }

    /// A POST.
    pub(super) fn post<S: AsRef<str>>(segments: &[S]) -> Self {
        Self::new(Method::POST, segments)
    }

    /// A PUT.
    pub(super) fn put<S: AsRef<str>>(segments: &[S]) -> Self {
        Self::new(Method::PUT, segments)
    }

    /// A DELETE. It is repeated after a fault: that it was done already shows as 404 and counts as done.
    pub(super) fn delete<S: AsRef<str>>(segments: &[S]) -> Self {
        Self::new(Method::DELETE, segments).and_repeat()
    }

    /// With this parameter.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// With this JSON body.
    pub(super) fn json(mut self, value: &Value) -> Self {
        self.body = Body::Bytes(value.to_string().into_bytes());
        self
    }

    /// With this body.
    pub(super) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// With this `Content-Type`.
    pub(super) fn content_type(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }

    /// Without a credential: for what an org tells anybody, so that a host that turns out to be no org never sees the token.
    pub(super) fn anonymous(mut self) -> Self {
        self.authorized = false;
        self
    }

    /// Doing it twice is the same as doing it once, whatever happens in between.
    pub(super) fn and_repeat(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Whether it may be sent again when it is not known whether it was carried out.
    pub(super) fn repeatable(&self) -> bool {
        self.repeatable
    }

    /// The path, encoded; `None` if a segment would not stay where it was put.
    pub(super) fn path(&self) -> Option<String> {
        let Target::Path(segments) = &self.target else { return None };
        let mut path = String::new();
        for segment in segments {
            // A segment of dots is resolved away even when it is encoded (WHATWG URL, "double-dot URL path segment").
            if segment.chars().all(|c| c == '.') {
                return None;
            }
            path.push('/');
            encode(segment, &mut path);
        }
        Some(path)
    }

    /// `?name=value&…`, encoded, or nothing.
    pub(super) fn query_string(&self) -> String {
        let mut out = String::new();
        for (name, value) in &self.query {
            out.push(if out.is_empty() { '?' } else { '&' });
            encode(name, &mut out);
            out.push('=');
            encode(value, &mut out);
        }
        out
    }

    /// The rate-limit bucket it counts in.
    pub(super) fn bucket(&self) -> Bucket {
        match &self.target {
            Target::Path(segments) => Bucket::of(segments),
            Target::Link(link) => {
                let url = url::Url::parse(link).ok();
                let segments = url.as_ref().and_then(url::Url::path_segments);
                Bucket::of(&segments.map(|s| s.map(str::to_owned).collect::<Vec<_>>()).unwrap_or_default())
            }
        }
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_stays_in_its_segment() {
        let call = Call::get(&["api", "v1", "users", "ana/../b?c#d@é"]).with("search", r#"a eq "b&c""#);
        assert_eq!(call.path().as_deref(), Some("/api/v1/users/ana%2F..%2Fb%3Fc%23d%40%C3%A9"));
        assert_eq!(call.query_string(), "?search=a%20eq%20%22b%26c%22");
        for climbing in ["", ".", ".."] {
            assert_eq!(Call::get(&["api", climbing]).path(), None);
        }
    }

    proptest! {
        #[test]
        fn an_encoded_path_has_as_many_segments_as_it_was_given(segments in proptest::collection::vec(".{1,12}", 1..5)) {
            let Some(path) = Call::get(&segments).path() else { return Ok(()) };
            let url = url::Url::parse(&format!("https://acme.okta.com{path}")).unwrap();
            prop_assert_eq!(url.path_segments().unwrap().count(), segments.len());
            prop_assert_eq!(url.host_str(), Some("acme.okta.com"));
        }
    }
}
