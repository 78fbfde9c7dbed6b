//! The requests that are built here, as values.

use crate::flow::trace::Place;
use crate::flow::{Alteration, ClientAuth, Spec};
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

    /// The parameters of the query and of the form, decoded, in order.
    pub fn parameters(&self) -> Vec<(Place, String, String)> {
        let decoded = |place: Place, raw: &str| {
            let pairs = form_urlencoded::parse(raw.as_bytes());
            pairs.map(move |(name, value)| (place, name.into_owned(), value.into_owned())).collect::<Vec<_>>()
        };
        let mut all = decoded(Place::Query, split(&self.url).1);
        all.extend(decoded(Place::Form, &self.form().unwrap_or_default()));
        all
    }

    /// With one parameter altered, and that in words. What is not altered stays as it was written, byte for byte. `None`: there is
    /// no such parameter, or no name.
    pub fn altered(&self, alteration: &Alteration) -> Option<(Self, String)> {
        let (base, query, fragment) = split(&self.url);
        let form = self.form();
        let mut queries: Vec<String> = pieces(query);
        let mut forms: Vec<String> = form.as_deref().map(pieces).unwrap_or_default();
        let said = match alteration {
            Alteration::Set(at, value) => {
                let (place, name, _) = self.parameters().into_iter().nth(*at)?;
                let piece = piece_at(place, &mut queries, &mut forms, *at)?;
                *piece = written(place, &name, value);
                format!("{name} changed")
            }
            Alteration::Remove(at) => {
                let (_, name, _) = self.parameters().into_iter().nth(*at)?;
                match at.checked_sub(queries.len()) {
                    None => drop(queries.remove(*at)),
                    Some(at) if at < forms.len() => drop(forms.remove(at)),
                    Some(_) => return None,
                }
                format!("{name} removed")
            }
            Alteration::Add(name, value) => {
                if name.is_empty() {
                    return None;
                }
                match &form {
                    Some(_) => forms.push(written(Place::Form, name, value)),
                    None => queries.push(written(Place::Query, name, value)),
                }
                format!("{name} added")
            }
            Alteration::Undo => return None,
        };
        let mut altered = self.clone();
        let mark = if queries.is_empty() { "" } else { "?" };
        altered.url = format!("{base}{mark}{}{fragment}", queries.join("&"));
        if form.is_some() {
            altered.body = forms.join("&").into_bytes();
        }
        Some((altered, said))
    }

    /// The body, where it is a form.
    fn form(&self) -> Option<String> {
        let form = self.headers.iter().any(|(name, value)| {
            *name == "content-type" && value.starts_with("application/x-www-form-urlencoded")
        });
        form.then(|| String::from_utf8_lossy(&self.body).into_owned())
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

/// An address as what comes before the query, the query, and what comes after it.
fn split(url: &str) -> (&str, &str, &str) {
    let (rest, fragment) = url.find('#').map_or((url, ""), |at| url.split_at(at));
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    (base, query, fragment)
}

/// The parameters as they are written, one by one.
fn pieces(raw: &str) -> Vec<String> {
    raw.split('&').filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

/// The one in this place, counted over both.
fn piece_at<'a>(
    place: Place,
    queries: &'a mut [String],
    forms: &'a mut [String],
    at: usize,
) -> Option<&'a mut String> {
    match place {
        Place::Query => queries.get_mut(at),
        _ => forms.get_mut(at.checked_sub(queries.len())?),
    }
}

/// A parameter as it is written in its place: see [`with_query`] for the blank.
fn written(place: Place, name: &str, value: &Secret) -> String {
    let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value.expose()).finish();
    if place == Place::Query { pair.replace('+', "%20") } else { pair }
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

    fn example() -> Outgoing {
        let mut one = Outgoing::get("https://h/token?a=1&&b=x+y%7E&a=3#end");
        one.headers.push(("content-type", "application/x-www-form-urlencoded".into()));
        one.body = b"code=c%2Fd&state=s".to_vec();
        one
    }

    fn alter(one: &Outgoing, alteration: Alteration) -> Option<(String, String, String)> {
        let (altered, said) = one.altered(&alteration)?;
        Some((altered.url, String::from_utf8(altered.body).unwrap(), said))
    }

    #[test]
    fn one_parameter_is_altered_and_the_others_stay_as_they_were_written() {
        let one = example();
        let names: Vec<_> = one.parameters().into_iter().map(|(_, n, v)| format!("{n}={v}")).collect();
        assert_eq!(names, ["a=1", "b=x y~", "a=3", "code=c/d", "state=s"]);
        let secret = |text: &str| Secret::new(text);
        let (url, body, said) = alter(&one, Alteration::Set(2, secret("q r&s"))).unwrap();
        assert_eq!(
            (url.as_str(), body.as_str()),
            ("https://h/token?a=1&b=x+y%7E&a=q%20r%26s#end", "code=c%2Fd&state=s")
        );
        assert_eq!(said, "a changed");
        let (url, body, _) = alter(&one, Alteration::Set(3, secret("z z"))).unwrap();
        assert_eq!(
            (url.as_str(), body.as_str()),
            ("https://h/token?a=1&b=x+y%7E&a=3#end", "code=z+z&state=s")
        );
        let (url, body, said) = alter(&one, Alteration::Remove(4)).unwrap();
        assert_eq!(
            (url.as_str(), body.as_str(), said.as_str()),
            ("https://h/token?a=1&b=x+y%7E&a=3#end", "code=c%2Fd", "state removed")
        );
        let (_, body, said) = alter(&one, Alteration::Add("x".into(), secret("1"))).unwrap();
        assert_eq!((body.as_str(), said.as_str()), ("code=c%2Fd&state=s&x=1", "x added"));
        let plain = Outgoing::get("https://h/a");
        assert_eq!(alter(&plain, Alteration::Add("x".into(), secret("1"))).unwrap().0, "https://h/a?x=1");
        let single = Outgoing::get("https://h/a?x=1");
        assert_eq!(alter(&single, Alteration::Remove(0)).unwrap().0, "https://h/a");
        for none in [
            Alteration::Set(5, secret("")),
            Alteration::Remove(5),
            Alteration::Add(String::new(), secret("")),
            Alteration::Undo,
        ] {
            assert!(alter(&one, none).is_none());
        }
    }

    proptest::proptest! {
        #[test]
        fn altering_any_request_touches_one_parameter(query in "[a-z=&%+]{0,20}", form in "[a-z=&%+]{0,20}", at in 0_usize..8) {
            let mut one = example();
            (one.url, one.body) = (format!("https://h/a?{query}"), form.into_bytes());
            let before = one.parameters();
            match one.altered(&Alteration::Set(at, Secret::new("new"))) {
                None => proptest::prop_assert!(at >= before.len()),
                Some((altered, _)) => {
                    let mut wanted = before.clone();
                    wanted[at].2 = "new".into();
                    proptest::prop_assert_eq!(altered.parameters(), wanted);
                }
            }
            if let Some((altered, _)) = one.altered(&Alteration::Remove(at)) {
                let mut wanted = before;
                wanted.remove(at);
                proptest::prop_assert_eq!(altered.parameters(), wanted);
            }
        }
    }
}
