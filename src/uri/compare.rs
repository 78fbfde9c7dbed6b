//! Where two URIs differ first, and of which kind that difference is.

use super::characters::{is_invisible, is_whitespace, look_alike};
use super::class::Class;
use super::parts::{Parts, ascii_host, default_port};

/// The first difference between a registered URI and the one that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where, in characters from 0.
    pub index: usize,
    /// The character there in the registered URI; `None` past its end.
    pub registered: Option<char>,
    /// The character there in the URI that was sent; `None` past its end.
    pub sent: Option<char>,
    /// Of which kind the difference is.
    pub class: Class,
}

/// Compares as Okta does: byte for byte (RFC 3986 §6.2.1). `None` when the two are equal.
///
/// Decode the form encoding of a request's `redirect_uri` once before you pass it here, and nothing else.
pub fn compare(registered: &str, sent: &str) -> Option<Difference> {
    if registered == sent {
        return None;
    }
    let (mut left, mut right, mut index) = (registered.chars(), sent.chars(), 0);
    loop {
        let (a, b) = (left.next(), right.next());
        if a != b {
            return Some(Difference {
                index,
                registered: a,
                sent: b,
                class: classify(registered, sent, a, b),
            });
        }
        if a.is_none() {
            return None;
        }
        index += 1;
    }
}

fn classify(registered: &str, sent: &str, a: Option<char>, b: Option<char>) -> Class {
    let (r, s) = (Parts::of(registered), Parts::of(sent));
    let unseen = unseen(a, b);
    if r.scheme != s.scheme {
        return unseen.unwrap_or_else(|| scheme(r.scheme, s.scheme));
    }
    if r.user_info != s.user_info {
        return Class::UserInfo;
    }
    if r.host != s.host {
        return host(r.host.unwrap_or_default(), s.host.unwrap_or_default(), unseen);
    }
    if r.port != s.port {
        return unseen.unwrap_or_else(|| port(&r, &s));
    }
    if r.path != s.path {
        return path(r.path, s.path).or(unseen).unwrap_or_else(|| path_by_case(r.path, s.path));
    }
    if r.query != s.query {
        return query(r.query, s.query).or(unseen).unwrap_or(Class::Query);
    }
    Class::Fragment
}

/// What the two characters at the difference tell by themselves.
fn unseen(a: Option<char>, b: Option<char>) -> Option<Class> {
    let either = |test: fn(char) -> bool| a.is_some_and(test) || b.is_some_and(test);
    if either(is_whitespace) {
        Some(Class::Whitespace)
    } else if either(is_invisible) {
        Some(Class::Invisible)
    } else if let (Some(a), Some(b)) = (a, b) {
        look_alike(a, b).then_some(Class::LookAlike)
    } else {
        None
    }
}

fn scheme(r: Option<&str>, s: Option<&str>) -> Class {
    let (r, s) = (r.unwrap_or_default(), s.unwrap_or_default());
    let http = |x: &str| x.eq_ignore_ascii_case("http") || x.eq_ignore_ascii_case("https");
    if r.eq_ignore_ascii_case(s) {
        Class::SchemeCase
    } else if http(r) && http(s) {
        Class::SchemeHttp
    } else {
        Class::Other
    }
}

fn host(r: &str, s: &str, unseen: Option<Class>) -> Class {
    let loopback = super::parts::is_loopback;
    let below = |a: &str, b: &str| a.strip_suffix(b).is_some_and(|head| head.ends_with('.'));
    // Which of the two is the wildcard does not matter; a letter-for-letter match of a real host does.
    if r.contains('*') || s.contains('*') {
        Class::Wildcard
    } else if r.eq_ignore_ascii_case(s) {
        Class::HostCase
    } else if r.strip_suffix('.').unwrap_or(r) == s.strip_suffix('.').unwrap_or(s) {
        Class::TrailingDot
    } else if loopback(r) && loopback(s) {
        Class::Loopback
    } else if let Some(class @ (Class::Whitespace | Class::Invisible)) = unseen {
        class
    } else if (!r.is_ascii() || !s.is_ascii()) && ascii_host(r).is_some_and(|r| Some(r) == ascii_host(s)) {
        Class::Idn
    } else if let Some(class) = unseen {
        class
    } else if below(r, s) || below(s, r) {
        Class::Subdomain
    } else {
        Class::Host
    }
}

fn port(r: &Parts<'_>, s: &Parts<'_>) -> Class {
    let default = r.scheme.and_then(default_port);
    // "h:" and "h" and "h:443" are one place (RFC 3986 §6.2.3).
    let meant = |port: Option<&str>| match port {
        None | Some("") => default.map(str::to_owned),
        Some(port) => Some(port.to_owned()),
    };
    if meant(r.port) == meant(s.port) { Class::DefaultPort } else { Class::Port }
}

/// The classes that a path shares with nothing else, and those of encoding.
fn path(r: &str, s: &str) -> Option<Class> {
    if matches!((r, s), ("", "/") | ("/", "")) {
        Some(Class::EmptyPath)
    } else if r.strip_suffix('/') == Some(s) || s.strip_suffix('/') == Some(r) {
        Some(Class::TrailingSlash)
    } else if let Some(class) = encoding(r, s) {
        Some(class)
    } else if without_dot_segments(r) == without_dot_segments(s) {
        Some(Class::DotSegment)
    } else if single_slashes(r) == single_slashes(s) {
        Some(Class::DoubleSlash)
    } else {
        None
    }
}

fn path_by_case(r: &str, s: &str) -> Class {
    if r.to_lowercase() == s.to_lowercase() { Class::PathCase } else { Class::Path }
}

fn query(r: Option<&str>, s: Option<&str>) -> Option<Class> {
    let (Some(r), Some(s)) = (r, s) else { return Some(Class::QueryAdded) };
    let sorted = |q: &str| {
        let mut pairs: Vec<String> = q.split('&').map(str::to_owned).collect();
        pairs.sort();
        pairs
    };
    if sorted(r) == sorted(s) { Some(Class::QueryOrder) } else { encoding(r, s) }
}

/// The classes of percent-encoding, from the narrowest to the widest.
fn encoding(r: &str, s: &str) -> Option<Class> {
    let (hex_r, hex_s) = (upper_hex(r), upper_hex(s));
    if hex_r == hex_s {
        return Some(Class::HexCase);
    }
    if decode(&hex_r, is_unreserved) == decode(&hex_s, is_unreserved) {
        return Some(Class::EncodedUnreserved);
    }
    let once = |x: &str| x.replace("%25", "%");
    if once(&hex_r) == hex_s || once(&hex_s) == hex_r {
        return Some(Class::DoubleEncoding);
    }
    let (plain_r, plain_s) = (decode(r, |_| true), decode(s, |_| true));
    if plain_r == plain_s {
        return Some(Class::PercentEncoding);
    }
    // A pasted blank that was encoded on the way is still a blank.
    let packed =
        |bytes: &[u8]| bytes.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect::<Vec<u8>>();
    (packed(&plain_r) == packed(&plain_s)).then_some(Class::Whitespace)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// A percent-encoded triplet at the start of `bytes`: its value.
fn triplet(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', high, low, ..] => Some(hex(*high)? * 16 + hex(*low)?),
        _ => None,
    }
}

/// Decodes once those triplets whose value passes `which`.
pub(super) fn decode(s: &str, which: fn(u8) -> bool) -> Vec<u8> {
    let (mut rest, mut out) = (s.as_bytes(), Vec::with_capacity(s.len()));
    while let [first, tail @ ..] = rest {
        match triplet(rest) {
            Some(value) if which(value) => {
                out.push(value);
                rest = rest.get(3..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

/// The same text with the digits of every triplet in upper case (RFC 3986 §6.2.2.1).
fn upper_hex(s: &str) -> String {
    let (mut out, mut upper) = (String::with_capacity(s.len()), 0);
    for (at, c) in s.char_indices() {
        if triplet(s.as_bytes().get(at..).unwrap_or_default()).is_some() {
            upper = 3;
        }
        out.push(if upper > 0 { c.to_ascii_uppercase() } else { c });
        upper = usize::saturating_sub(upper, 1);
    }
    out
}

/// Whether a `%` stands there that begins no triplet.
pub(super) fn has_bare_percent(s: &str) -> bool {
    s.bytes()
        .enumerate()
        .any(|(at, b)| b == b'%' && triplet(s.as_bytes().get(at..).unwrap_or_default()).is_none())
}

/// RFC 3986 §5.2.4 for a path that starts with `/`.
pub(super) fn without_dot_segments(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." if last => out.push(""),
            "." => {}
            ".." => {
                if out.len() > 1 {
                    out.pop();
                }
                if last {
                    out.push("");
                }
            }
            segment => out.push(segment),
        }
    }
    out.join("/")
}

/// The path with runs of `/` made one.
pub(super) fn single_slashes(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !out.ends_with('/') {
            out.push(c);
        }
    }
    out
}
