//! What a redirect URI must be, and the forms that are allowed and seldom meant.

use super::super::characters::describe;
use super::super::compare::{single_slashes, without_dot_segments};
use super::super::encoding::{decode, encode, escape_bare_percents, has_bare_percent, is_unreserved};
use super::super::parts::{Parts, ascii_host, default_port};
use super::{Finding, LintContext, List, MAX_CHARS, Severity};
use Severity::{Fail, Info, Warn};

/// Schemes that run or show something on the spot: never a place to send a code to.
const DANGEROUS: [&str; 7] = ["javascript", "data", "vbscript", "file", "blob", "about", "view-source"];

pub(super) fn judge(uri: &str, context: &LintContext<'_>, out: &mut Vec<Finding>) {
    let parts = Parts::of(uri);
    if !absolute(uri, &parts, out) {
        return;
    }
    if let Some(fragment) = parts.fragment {
        let without = Parts { fragment: None, ..parts }.join();
        let what = if fragment.is_empty() { "It ends in \"#\"" } else { "It has a fragment, from \"#\" on" };
        let sentence = format!("{what}: a redirect URI must have none (RFC 6749 §3.1.2).");
        out.push(Finding::new("fragment", Fail, sentence).repair(without));
    }
    if parts.user_info.is_some() {
        let sentence = "It names a user before the host: browsers drop or refuse that, and it may be a \
            password (RFC 3986 §3.2.1).";
        out.push(Finding::new("user-info", Fail, sentence).repair(Parts { user_info: None, ..parts }.join()));
    }
    if parts.port.is_some_and(|p| !p.is_empty() && !is_port(p)) {
        let sentence = "What follows the last \":\" of the host is no port: 1 to 65535 is (RFC 3986 §3.2.3).";
        out.push(Finding::new("port", Fail, sentence));
    }
    wildcard(&parts, context, out);
    if !parts.host.is_some_and(|h| h.contains('*'))
        && !out.iter().any(|f| f.severity == Fail)
        && let Err(error) = url::Url::parse(uri)
    {
        out.push(Finding::new("not-a-uri", Fail, format!("It cannot be read as a URI: {error}.")));
    }
    scheme(&parts, context.list, out);
    characters(uri, &parts, out);
    if uri.chars().count() > MAX_CHARS {
        let sentence = format!(
            "It is longer than {MAX_CHARS} characters. That limit is oktui's, not Okta's: \
                few programs take more."
        );
        out.push(Finding::new("too-long", Warn, sentence));
    }
    unusual(&parts, context, out);
}

fn is_port(s: &str) -> bool {
    s.bytes().all(|b| b.is_ascii_digit()) && s.parse::<u16>().is_ok_and(|port| port > 0)
}

/// RFC 6749 §3.1.2: an absolute URI. Whether the rest is worth looking at.
fn absolute(uri: &str, parts: &Parts<'_>, out: &mut Vec<Finding>) -> bool {
    let scheme = parts.scheme.unwrap_or_default().to_ascii_lowercase();
    if DANGEROUS.contains(&scheme.as_str()) {
        let sentence = format!(
            "\"{scheme}:\" is no place to send a code to: the gateway's callback starts with https://."
        );
        out.push(Finding::new("scheme", Fail, sentence));
        return false;
    }
    if parts.scheme.is_some() && parts.host.is_some_and(|h| !h.is_empty()) {
        return true;
    }
    let found = Finding::new(
        "not-absolute",
        Fail,
        "It is no absolute URI: scheme, host and path belong to it, as https://host/path (RFC 6749 §3.1.2).",
    );
    // "auth.example.com/cb" and "//auth.example.com/cb" need a scheme; more would be a guess.
    let rest = uri.strip_prefix("//").unwrap_or(uri);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let could_be_host = host.contains('.')
        && !host.starts_with('.')
        && host.split('.').all(|l| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    out.push(if could_be_host && !host.is_empty() { found.repair(format!("https://{rest}")) } else { found });
    false
}

fn scheme(parts: &Parts<'_>, list: List, out: &mut Vec<Finding>) {
    let scheme = parts.scheme.unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "https" => {}
        "http" if parts.is_loopback() => {}
        "http" => {
            let sentence = match list {
                List::SignIn => {
                    "It is http: the code would cross the network readable by anybody on the way \
                    (RFC 6749 §3.1.2.1)."
                }
                List::SignOut => "It is http: anybody on the way can read and change what people see there.",
            };
            out.push(
                Finding::new("http", Warn, sentence).repair(Parts { scheme: Some("https"), ..*parts }.join()),
            );
        }
        other => {
            let sentence = format!(
                "\"{other}:\" opens a program on somebody's device: a web application is reached over https."
            );
            out.push(Finding::new("scheme", Warn, sentence));
        }
    }
    let host = parts.host.unwrap_or_default();
    if host.eq_ignore_ascii_case("localhost") {
        let sentence = "localhost may resolve to another address than the program listens on: name \
            127.0.0.1 (RFC 8252 §8.3).";
        let repair = Parts { host: Some("127.0.0.1"), ..*parts }.join();
        out.push(Finding::new("localhost", Warn, sentence).repair(repair));
    } else if parts.is_loopback() {
        let sentence = "Only a program on the person's own machine receives this. Okta wants the very \
            port that is sent.";
        out.push(Finding::new("loopback", Info, sentence));
    }
}

/// Okta's `wildcard_redirect: SUBDOMAIN`: one `*`, in the lowest label, https, a label between it and the top-level domain; never
/// in path or port, never for sign-out.
fn wildcard(parts: &Parts<'_>, context: &LintContext<'_>, out: &mut Vec<Finding>) {
    let (host, port) = (parts.host.unwrap_or_default(), parts.port.unwrap_or_default());
    if host.contains('*') || port.contains('*') {
        let labels: Vec<&str> = host.split('.').collect();
        let fits = context.list == List::SignIn
            && parts.scheme.is_some_and(|s| s.eq_ignore_ascii_case("https"))
            && !port.contains('*')
            && host.matches('*').count() == 1
            && labels.first().is_some_and(|l| l.contains('*'))
            && labels.len() >= 3
            && labels.iter().all(|l| !l.is_empty());
        out.push(match (context.wildcard, fits) {
            (true, true) => Finding::new(
                "wildcard",
                Info,
                "Every subdomain in the place of \"*\" receives codes. Okta allows it \
                    here and advises against it.",
            ),
            (true, false) => Finding::new(
                "wildcard",
                Fail,
                "Okta takes one \"*\" only in the lowest subdomain of an https sign-in \
                    URI, with a domain and a top-level domain after it.",
            ),
            (false, _) => Finding::new(
                "wildcard",
                Fail,
                "\"*\" matches nothing: this app does not allow wildcards \
                    (wildcard_redirect), and Okta advises against them. Name each host.",
            ),
        });
    }
    if parts.path.contains('*') {
        let sentence = "The \"*\" in the path is no wildcard at Okta: it stands for itself only.";
        out.push(Finding::new("wildcard-path", Warn, sentence));
    }
}

/// RFC 3986 §2: ASCII only, `%` only before two hexadecimal digits, and some characters never.
fn characters(uri: &str, parts: &Parts<'_>, out: &mut Vec<Finding>) {
    let host = parts.host.unwrap_or_default();
    if let Some(odd) = uri.chars().find(|c| !c.is_ascii()) {
        let found = if host.is_ascii() {
            let sentence =
                format!("{} is not ASCII: a URI has it percent-encoded (RFC 3986 §2.1).", describe(odd));
            Finding::new("non-ascii", Warn, sentence)
        } else {
            let form = ascii_host(host).map_or_else(String::new, |ascii| format!(": {ascii}"));
            let sentence =
                format!("The host is not ASCII. On the wire it has its xn-- form{form} (RFC 5891).");
            Finding::new("idn", Warn, sentence)
        };
        let host = if host.is_ascii() { Some(host.to_owned()) } else { ascii_host(host) };
        out.push(match host {
            Some(host) => found.repair(encoded(&Parts { host: Some(&host), ..*parts }, |c| !c.is_ascii())),
            None => found,
        });
    }
    if [Some(parts.path), parts.query].into_iter().flatten().any(has_bare_percent) {
        let sentence =
            "A \"%\" is not followed by two hexadecimal digits: written as itself it is %25 (RFC 3986 §2.1).";
        let (path, query) = (escape_bare_percents(parts.path), parts.query.map(escape_bare_percents));
        let repair = Parts { path: &path, query: query.as_deref(), ..*parts }.join();
        out.push(Finding::new("percent", Warn, sentence).repair(repair));
    }
    let rest = [Some(parts.path), parts.query];
    if let Some(odd) = rest.into_iter().flatten().flat_map(str::chars).find(|c| never(*c)) {
        let sentence =
            format!("{} does not occur in a URI: it is percent-encoded there (RFC 3986 §2).", describe(odd));
        out.push(Finding::new("character", Warn, sentence).repair(encoded(parts, never)));
    }
}

/// Printable ASCII that RFC 3986 has no place for in path and query.
fn never(c: char) -> bool {
    "\"<>\\^`{|}[]".contains(c)
}

/// The URI with those characters of path and query percent-encoded that pass `which`.
fn encoded(parts: &Parts<'_>, which: fn(char) -> bool) -> String {
    let (path, query) = (encode(parts.path, which), parts.query.map(|q| encode(q, which)));
    Parts { path: &path, query: query.as_deref(), ..*parts }.join()
}

/// What is allowed, and seldom what the other side sends: said once, as information. A known callback is taken as it is.
fn unusual(parts: &Parts<'_>, context: &LintContext<'_>, out: &mut Vec<Finding>) {
    let uri = parts.join();
    if context.known.iter().any(|known| known.uri == uri) {
        return;
    }
    let host = parts.host.unwrap_or_default();
    let scheme = parts.scheme.unwrap_or_default();
    let mut say = |check, sentence: &str, repair: String| {
        out.push(Finding::new(check, Info, sentence).repair(repair));
    };
    let lower = scheme.to_ascii_lowercase();
    if lower != scheme {
        say(
            "scheme-case",
            "Programs send the scheme in lower case.",
            Parts { scheme: Some(&lower), ..*parts }.join(),
        );
    }
    let lower = host.to_ascii_lowercase();
    if lower != host {
        say(
            "host-case",
            "Browsers and URL libraries send the host in lower case.",
            Parts { host: Some(&lower), ..*parts }.join(),
        );
    }
    if let Some(host) = host.strip_suffix('.').filter(|h| !h.is_empty()) {
        say(
            "trailing-dot",
            "The host ends in a dot, which most programs drop.",
            Parts { host: Some(host), ..*parts }.join(),
        );
    }
    if parts.port.is_some_and(|port| port.is_empty() || default_port(scheme) == Some(port)) {
        let repair = Parts { port: None, ..*parts }.join();
        say(
            "default-port",
            "The port is the scheme's own: most programs leave it out, and Okta compares it.",
            repair,
        );
    }
    if parts.path.is_empty() {
        say(
            "empty-path",
            "There is no path: many URL libraries send \"/\" then.",
            Parts { path: "/", ..*parts }.join(),
        );
    } else if let Some(path) = parts.path.strip_suffix('/').filter(|p| !p.is_empty() && !p.ends_with('/')) {
        say(
            "trailing-slash",
            "It ends in \"/\": right only if the slash is sent too.",
            Parts { path, ..*parts }.join(),
        );
    }
    let path = single_slashes(parts.path);
    if path != parts.path {
        say("double-slash", "The path has an empty segment, \"//\".", Parts { path: &path, ..*parts }.join());
    }
    let path = without_dot_segments(parts.path);
    if path != parts.path {
        say(
            "dot-segment",
            "The path has a \".\" or \"..\" segment: browsers remove it before they send.",
            Parts { path: &path, ..*parts }.join(),
        );
    }
    let once = parts.path.replace("%25", "%");
    if once != parts.path && !has_bare_percent(&once) {
        say(
            "double-encoding",
            "\"%25\" before two hexadecimal digits: it looks encoded twice.",
            Parts { path: &once, ..*parts }.join(),
        );
    }
    if let Ok(path) = String::from_utf8(decode(parts.path, is_unreserved))
        && path != parts.path
    {
        say(
            "encoded-unreserved",
            "It encodes a character that needs no encoding: most programs write it out.",
            Parts { path: &path, ..*parts }.join(),
        );
    }
    if parts.query.is_some() {
        let sentence =
            "It has a query: Okta compares that too, so it must never vary. What varies belongs into state.";
        out.push(Finding::new("query", Info, sentence));
    }
}
