//! The cookies of one run (RFC 6265), kept here rather than in the HTTP library so that the trace shows what was sent.

use crate::secret::Secret;
use jiff::Timestamp;
use url::Url;

/// The cookies of one run.
#[derive(Default)]
pub struct Jar(Vec<Cookie>);

struct Cookie {
    name: String,
    value: Secret,
    host: String,
    /// Whether `Domain` was given: then hosts below `host` get it as well.
    below: bool,
    path: String,
    secure: bool,
}

impl Jar {
    /// Takes a `Set-Cookie` header of an answer from `url`. A cookie that has ended takes the old one out.
    pub fn take(&mut self, url: &str, header: &str, now: Timestamp) {
        let Some((url, host)) = parts(url) else { return };
        let mut attributes = header.split(';').map(str::trim);
        let Some((name, value)) = attributes.next().and_then(|pair| pair.split_once('=')) else { return };
        let mut cookie = Cookie {
            name: name.trim().to_owned(),
            value: Secret::new(value.trim()),
            host: host.clone(),
            below: false,
            path: default_path(url.path()),
            secure: false,
        };
        let (mut ended, mut max_age) = (false, false);
        for attribute in attributes {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.trim().to_ascii_lowercase().as_str() {
                "domain" => {
                    let domain = value.trim().trim_start_matches('.').to_ascii_lowercase();
                    if domain.is_empty() {
                        continue;
                    }
                    if !domain_matches(&host, &domain) {
                        return;
                    }
                    (cookie.host, cookie.below) = (domain, true);
                }
                "path" if value.starts_with('/') => cookie.path = value.to_owned(),
                "secure" => cookie.secure = true,
                // Max-Age wins over Expires (RFC 6265 §5.3).
                "max-age" => {
                    if let Ok(seconds) = value.trim().parse::<i64>() {
                        (ended, max_age) = (seconds <= 0, true);
                    }
                }
                "expires" if !max_age => {
                    let at = httpdate::parse_http_date(value.trim()).ok();
                    let at = at.and_then(|at| Timestamp::try_from(at).ok());
                    ended = at.is_some_and(|at| at <= now);
                }
                _ => {}
            }
        }
        self.0.retain(|c| !(c.name == cookie.name && c.host == cookie.host && c.path == cookie.path));
        if !ended && !cookie.name.is_empty() {
            self.0.push(cookie);
        }
    }

    /// The `Cookie` header for a request to `url`; longer paths first (RFC 6265 §5.4).
    pub fn header(&self, url: &str) -> Option<String> {
        let (url, host) = parts(url)?;
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let fits = |c: &&Cookie| {
            (c.host == host || (c.below && domain_matches(&host, &c.host)))
                && path_matches(url.path(), &c.path)
                && (!c.secure || url.scheme() == "https" || loopback)
        };
        let mut cookies: Vec<&Cookie> = self.0.iter().filter(fits).collect();
        cookies.sort_by_key(|c| std::cmp::Reverse(c.path.len()));
        let pairs: Vec<String> = cookies.iter().map(|c| format!("{}={}", c.name, c.value.expose())).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

fn parts(url: &str) -> Option<(Url, String)> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.to_ascii_lowercase();
    Some((url, host))
}

fn default_path(path: &str) -> String {
    match path.rfind('/') {
        Some(0) | None => "/".to_owned(),
        Some(at) => path.get(..at).unwrap_or("/").to_owned(),
    }
}

/// A public suffix (`com`) is not told apart from a domain: a run talks to one org, so nothing can be gained by it.
fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain
        || (host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
            && host.parse::<std::net::IpAddr>().is_err())
}

fn path_matches(path: &str, cookie: &str) -> bool {
    path == cookie
        || path.strip_prefix(cookie).is_some_and(|rest| cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jar(url: &str, headers: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for header in headers {
            jar.take(url, header, "2026-11-22T12:00:00Z".parse().unwrap());
        }
        jar
    }

    #[test]
    fn a_cookie_goes_back_to_its_host_and_path_only() {
        let jar = jar(
            "https://o.example/oauth2/x",
            &["sid=1; Path=/; Secure; HttpOnly", "p=2", "d=3; Domain=o.example"],
        );
        assert_eq!(jar.header("https://o.example/oauth2/y").as_deref(), Some("p=2; d=3; sid=1"));
        assert_eq!(jar.header("https://o.example/").as_deref(), Some("sid=1"));
        assert_eq!(jar.header("http://o.example/"), None);
        assert_eq!(jar.header("https://sub.o.example/oauth2/y").as_deref(), Some("d=3"));
        assert_eq!(jar.header("https://evil-o.example/oauth2/y"), None);
    }

    #[test]
    fn a_cookie_that_ends_is_taken_out() {
        let url = "https://o/";
        assert!(jar(url, &["a=1", "a=2"]).header(url).is_some_and(|h| h == "a=2"));
        for end in ["a=; Max-Age=0", "a=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert_eq!(jar(url, &["a=1", end]).header(url), None, "{end}");
        }
        let both = "a=x; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        assert!(jar(url, &[both]).header(url).is_some());
    }

    #[test]
    fn a_cookie_for_another_domain_is_refused() {
        assert_eq!(
            jar("https://o.example/", &["a=1; Domain=evil.example"]).header("https://evil.example/"),
            None
        );
    }
}
