//! Where two URIs differ first, and of which kind that difference is.

use super::characters::{is_invisible, is_whitespace, look_alike};
use super::class::Class;
use super::encoding::{decode, is_unreserved, upper_hex};
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
    let index = registered.chars().zip(sent.chars()).take_while(|(a, b)| a == b).count();
    let (a, b) = (registered.chars().nth(index), sent.chars().nth(index));
    Some(Difference { index, registered: a, sent: b, class: classify(registered, sent, a, b) })
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

/// Texts longer than this are not counted by [`edits`].
const MAX_EDITS: usize = 2_000;

/// How many characters to add, remove or replace to make one text the other (Levenshtein); `usize::MAX` where one of them is longer
/// than 2,000 characters and it is not worth counting.
pub fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().max(b.len()) > MAX_EDITS {
        return usize::MAX;
    }
    // row[j]: from the first i characters of a to the first j of b.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, pair) in b.iter().zip(row.windows(2)) {
            if let [diagonal, up] = pair {
                left = (diagonal + usize::from(x != y)).min(up + 1).min(left + 1);
                next.push(left);
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
