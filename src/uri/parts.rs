//! The five components of a URI reference, cut out and never changed.

/// A URI cut as RFC 3986 Appendix B cuts it, and its authority as §3.2 does. Every piece is a slice of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// Before the first `:`, where that is a scheme (§3.1).
    pub scheme: Option<&'a str>,
    /// Before the `@` of the authority.
    pub user_info: Option<&'a str>,
    /// The host, brackets of an IPv6 address included. `None` without an authority.
    pub host: Option<&'a str>,
    /// After the last `:` of the authority; may be empty.
    pub port: Option<&'a str>,
    /// The path.
    pub path: &'a str,
    /// After `?`.
    pub query: Option<&'a str>,
    /// After `#`.
    pub fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Cuts any text; text that is no URI ends up in `path`.
    pub fn of(uri: &'a str) -> Self {
        let (rest, fragment) = cut(uri, '#');
        let (rest, query) = cut(rest, '?');
        let (scheme, rest) = match rest.split_once(':') {
            Some((scheme, after)) if is_scheme(scheme) => (Some(scheme), after),
            _ => (None, rest),
        };
        let Some(after) = rest.strip_prefix("//") else {
            return Self { scheme, user_info: None, host: None, port: None, path: rest, query, fragment };
        };
        let (authority, path) = after.find('/').map_or((after, ""), |at| after.split_at(at));
        let (user_info, host_port) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        // The colons of an IPv6 address stand inside brackets.
        let (host, port) = match host_port.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (host_port, None),
        };
        Self { scheme, user_info, host: Some(host), port, path, query, fragment }
    }

    /// Whether the host is one of the names of this machine.
    pub fn is_loopback(&self) -> bool {
        self.host.is_some_and(is_loopback)
    }

    /// The URI put together again.
    pub fn join(&self) -> String {
        let mut out = String::new();
        if let Some(scheme) = self.scheme {
            out.push_str(scheme);
            out.push(':');
        }
        if let Some(host) = self.host {
            out.push_str("//");
            if let Some(user) = self.user_info {
                out.push_str(user);
                out.push('@');
            }
            out.push_str(host);
            if let Some(port) = self.port {
                out.push(':');
                out.push_str(port);
            }
        }
        out.push_str(self.path);
        for (sign, part) in [('?', self.query), ('#', self.fragment)] {
            if let Some(part) = part {
                out.push(sign);
                out.push_str(part);
            }
        }
        out
    }
}

fn cut(s: &str, at: char) -> (&str, Option<&str>) {
    s.split_once(at).map_or((s, None), |(before, after)| (before, Some(after)))
}

fn is_scheme(s: &str) -> bool {
    s.starts_with(|c: char| c.is_ascii_alphabetic())
        && s.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// `localhost` (RFC 6761 §6.3), 127.0.0.0/8 and `[::1]`.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host as it goes on the wire: internationalised labels as `xn--`, lower case (RFC 5891). `None` when it is no host.
pub(super) fn ascii_host(host: &str) -> Option<String> {
    url::Host::parse(host).ok().map(|h| h.to_string())
}

/// The port that a scheme stands for when none is written (RFC 9110 §4.2).
pub(super) fn default_port(scheme: &str) -> Option<&'static str> {
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some("443"),
        "http" => Some("80"),
        _ => None,
    }
}
