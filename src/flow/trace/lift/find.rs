//! Finding secrets inside text of no known structure: JWTs, parameters of URLs, values that a page's script or form holds.

use super::{kind_of, percent_decoded};
use crate::flow::trace::text::SHORTEST_IN_TEXT;
use crate::flow::trace::{Safe, SecretKind};

/// Lifts what looks like a secret anywhere in `text`. With `assignments`, also values assigned to a secret name, as in
/// `stateToken: "…"`, `"access_token":"…"`, `name="code" value="…"`: pages, and JSON that was cut short.
pub(super) fn scan(text: &str, assignments: bool, safe: &mut Safe) {
    for jwt in jwts(text) {
        safe.lift(SecretKind::Credential, jwt);
    }
    let mut found = url_parameters(text);
    if assignments {
        found.extend(assigned(text));
    }
    // Shorter ones would not be looked for in text anyway.
    for (kind, value) in found.into_iter().filter(|(_, value)| value.chars().count() >= SHORTEST_IN_TEXT) {
        safe.lift(kind, &value);
    }
}

/// Whether the whole of `text` has the shape of a signed JWT: three parts, the first two Base64url of JSON objects
/// (RFC 7515 §3.1).
pub(super) fn is_jwt(text: &str) -> bool {
    jwts(text).first().is_some_and(|jwt| *jwt == text)
}

/// JWT-shaped strings. Base64url of `{"` is `eyJ`.
fn jwts(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("eyJ")).map(|at| at + from) {
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
        let candidate = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().trim_end_matches('.');
        let parts: Vec<&str> = candidate.split('.').collect();
        if matches!(parts.len(), 3 | 5) && parts.iter().take(2).all(|part| part.len() >= 4) {
            found.push(candidate);
        }
        from = at + candidate.len().max(3);
    }
    found
}

/// `name=value` after `?`, `&`, `;` or `#`, for secret names. Also percent-encoded once, as in `fromURI=%2Fauthorize%3Fcode%3D…`.
fn url_parameters(text: &str) -> Vec<(SecretKind, String)> {
    let mut found = parameters_in(text);
    if text.contains("%3D") || text.contains("%3d") {
        found.extend(parameters_in(&percent_decoded(text)));
    }
    found
}

fn parameters_in(text: &str) -> Vec<(SecretKind, String)> {
    let stop = |c: char| matches!(c, '?' | '&' | ';' | '#' | '"' | '\'' | '<' | '>') || c.is_whitespace();
    let mut found = Vec::new();
    for part in text.split(stop) {
        let Some((name, value)) = part.split_once('=') else { continue };
        if let Some(kind) = kind_of(&percent_decoded(name)).filter(|_| !value.is_empty()) {
            found.push((kind, percent_decoded(value)));
        }
    }
    found
}

/// The password in `https://user:password@host/`.
pub(super) fn password_in_url(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password).filter(|p| !p.is_empty())
}

/// Values assigned to secret names in script, markup or broken JSON.
fn assigned(text: &str) -> Vec<(SecretKind, String)> {
    let mut found = Vec::new();
    let mut pending: Option<SecretKind> = None;
    let mut rest = text;
    // Word by word: a secret name arms, a quoted string after `:`, `=` or `value=` is its value, anything else disarms.
    while let Some(c) = rest.chars().next() {
        if is_word(c) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            rest = after;
            match kind_of(word) {
                Some(kind) => pending = Some(kind),
                None if word.eq_ignore_ascii_case("value") || word.eq_ignore_ascii_case("type") => {}
                None => pending = None,
            }
        } else if let Some((kind, quote)) = pending.filter(|_| matches!(c, '"' | '\'')).map(|kind| (kind, c))
        {
            let inner = rest.get(1..).unwrap_or_default();
            // A quote that only closes the name, as in `"code":`, is followed by no value.
            let closes_name = inner.trim_start().starts_with([':', '=', '>', '/'])
                || inner.starts_with(char::is_whitespace);
            if closes_name {
                rest = inner;
                continue;
            }
            let end = inner.find(quote).unwrap_or(inner.len());
            let value = inner.get(..end).unwrap_or_default();
            if kind_of(value).is_none() && !value.is_empty() && value != "hidden" {
                found.push((kind, value.replace("\\x2D", "-").replace("\\/", "/")));
                found.push((kind, value.to_owned()));
                pending = None;
            }
            rest = inner.get(end..).and_then(|s| s.get(1..)).unwrap_or_default();
        } else {
            if matches!(c, '{' | '}' | '\n' | '<') {
                pending = None;
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_jwt_is_known_by_its_shape() {
        assert!(is_jwt("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"));
        assert!(
            is_jwt("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.")
                || !jwts("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x").is_empty()
        );
        assert!(!is_jwt("eyJhbGciOiJSUzI1NiJ9.only-two"));
        assert_eq!(jwts("a eyJh.eyJz.sig, b").len(), 1);
    }

    #[test]
    fn assignments_of_scripts_forms_and_broken_json() {
        for text in [
            "var config = { stateToken: 'S3CR3T-value' };",
            r#"<input type="hidden" name="stateToken" value="S3CR3T-value">"#,
            r#"{"sessionToken":"S3CR3T-value""#,
            r#"{"status":"SUCCESS","sessionToken" : "S3CR3T-value"#,
        ] {
            assert!(assigned(text).iter().any(|(_, v)| v == "S3CR3T-value"), "{text}: {:?}", assigned(text));
        }
        assert!(
            assigned(r#"<label for="password">Your "secret" word</label>"#).iter().all(|(_, v)| v != "word")
        );
    }

    #[test]
    fn a_url_inside_a_parameter_is_looked_into() {
        assert_eq!(url_parameters("/login?fromURI=%2Fauth%3Fcode%3DabcDEF")[0].1, "abcDEF");
        assert_eq!(password_in_url("https://u:p%40w@h/x"), Some("p%40w"));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,200}") {
            let _ = (jwts(&text), url_parameters(&text), assigned(&text), password_in_url(&text));
        }
    }
}
