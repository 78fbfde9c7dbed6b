//! The requests that are built here, as values.

use crate::flow::{ClientAuth, Spec};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

/// A request to send. It has no `Debug`: requests carry passwords and codes.
#[derive(Clone)]
pub struct Outgoing {
    /// `GET`, `POST`, `DELETE`.
    pub method: &'static str,
    /// The URL, as it goes on the wire.
    pub url: String,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Whether the run's cookies go with it: with what a browser would send, never with what the gateway would.
    pub cookies: bool,
}

impl Outgoing {
    /// A GET that wants JSON, as the gateway makes it: without cookies.
    pub fn get(url: impl Into<String>) -> Self {
        let headers = vec![("accept", "application/json".to_owned())];
        Self { method: "GET", url: url.into(), headers, body: Vec::new(), cookies: false }
    }

    /// A GET as a browser makes it, with cookies.
    pub fn browse(url: impl Into<String>) -> Self {
        let headers = vec![("accept", "text/html,application/json;q=0.9,*/*;q=0.8".to_owned())];
        Self { method: "GET", url: url.into(), headers, body: Vec::new(), cookies: true }
    }

    /// A POST of JSON, as a sign-in page makes it: with cookies.
    pub fn post_json(url: impl Into<String>, body: &serde_json::Value) -> Self {
        let headers =
            vec![("accept", "application/json".to_owned()), ("content-type", "application/json".to_owned())];
        Self { method: "POST", url: url.into(), headers, body: body.to_string().into_bytes(), cookies: true }
    }

    /// A form of the page at `page`, as a browser posts it: with cookies.
    pub fn submit(url: &str, page: &str, pairs: &[(String, String)]) -> Self {
        let mut headers = vec![
            ("accept", "text/html,application/json;q=0.9,*/*;q=0.8".to_owned()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        // Servers that guard against forged forms look at it.
        if let Ok(page) = url::Url::parse(page) {
            headers.push(("origin", page.origin().ascii_serialization()));
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes();
        Self { method: "POST", url: url.to_owned(), headers, body, cookies: true }
    }

    /// A form that is sent in the address: its fields replace the query.
    pub fn submit_get(url: &str, pairs: &[(String, String)]) -> Self {
        let bare = url.split(['?', '#']).next().unwrap_or_default();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        Self::browse(with_query(bare, &pairs))
    }

    /// A POST of a form, the client proving itself as `authentication` says; without cookies. Each part of Basic is form-encoded first
    /// (RFC 6749 §2.3.1, App. B), as the `oauth2` crate does.
    pub fn client_form(
        url: impl Into<String>,
        pairs: &[(&str, &str)],
        spec: &Spec,
        authentication: ClientAuth,
    ) -> Self {
        let mut headers = vec![
            ("accept", "application/json".to_owned()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        match (authentication, &spec.client_secret) {
            (ClientAuth::Basic, Some(secret)) => {
                let encode = |raw: &str| form_urlencoded::byte_serialize(raw.as_bytes()).collect::<String>();
                let both = format!("{}:{}", encode(&spec.client_id), encode(secret.expose()));
                headers.push(("authorization", format!("Basic {}", STANDARD.encode(both))));
            }
            (ClientAuth::Post, Some(secret)) => {
                form.append_pair("client_id", &spec.client_id).append_pair("client_secret", secret.expose());
            }
            // A client without an id proves itself in a header that is put in by hand.
            _ if spec.client_id.is_empty() => {}
            _ => {
                form.append_pair("client_id", &spec.client_id);
            }
        }
        Self { method: "POST", url: url.into(), headers, body: form.finish().into_bytes(), cookies: false }
    }

    /// With the access token as a bearer token (RFC 6750 §2.1).
    pub fn bearer(mut self, token: &Secret) -> Self {
        self.headers.push(("authorization", format!("Bearer {}", token.expose())));
        self
    }

    /// Without the run's cookies.
    pub fn without_cookies(mut self) -> Self {
        self.cookies = false;
        self
    }
}

/// `endpoint` with `pairs` as its query. A blank is `%20`, which every server reads; a query that the endpoint has already is
/// kept (RFC 6749 §3.1).
pub(super) fn with_query(endpoint: &str, pairs: &[(&str, &str)]) -> String {
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().replace('+', "%20");
    let separator = if endpoint.contains('?') { '&' } else { '?' };
    format!("{endpoint}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_reaches_the_server_as_it_was_given() {
        let uri = "HTTPS://H.example:443/a/../cb%7E+x y?z=1";
        let url = with_query("https://h/authorize?tenant=1", &[("redirect_uri", uri), ("scope", "a b")]);
        assert!(url.starts_with("https://h/authorize?tenant=1&redirect_uri="));
        let pairs = crate::flow::trace::lift::pairs(&url);
        assert_eq!(pairs[1], ("redirect_uri".into(), uri.into()));
        assert!(url.ends_with("scope=a%20b"));
    }
}
