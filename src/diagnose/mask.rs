//! Takes secrets out of what is kept: a value by the name of its parameter, a text by what stands in it.

use super::evidence::{Mark, Odd, Value};
use crate::flow::trace::SecretKind;
use crate::flow::trace::lift::kind_of;
use crate::text::Clean;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Characters of a readable value that are kept.
const LONGEST: usize = 600;

/// The value of the parameter `name`, without its secret.
pub(super) fn value(name: &str, raw: &str) -> Value {
    match kind_of(name).filter(|_| !raw.is_empty()) {
        Some(kind) if is_stand_in(raw) => {
            Value { shown: Clean::new(&format!("«{}, taken out before»", kind.words())), mark: None }
        }
        Some(kind) => Value { shown: Clean::new(&in_its_place(kind, raw)), mark: Some(mark(kind, raw)) },
        None => Value { shown: Clean::new(&text(&cut(raw, LONGEST))), mark: None },
    }
}

/// Whether somebody took the value out before it came here: then nothing is known of it, not even whether two were the same. oktui's own
/// files say `masked-…`; tools that clean a HAR write `[redacted]`, stars and the like.
fn is_stand_in(raw: &str) -> bool {
    let lower = raw.to_ascii_lowercase();
    let first = lower.chars().next().unwrap_or_default();
    lower.starts_with("masked-")
        || ["redacted", "removed", "<hidden", "[hidden", "%5bhidden"].iter().any(|word| lower.contains(word))
        || (matches!(first, '*' | 'x' | '•' | '.' | '…' | '-') && lower.chars().all(|c| c == first))
}

fn in_its_place(kind: SecretKind, raw: &str) -> String {
    format!("«{}, {} characters»", kind.words(), raw.chars().count())
}

fn mark(kind: SecretKind, raw: &str) -> Mark {
    let mut hasher = DefaultHasher::new();
    raw.hash(&mut hasher);
    let unreserved = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    Mark {
        kind,
        chars: raw.chars().count(),
        same: hasher.finish(),
        odd: Odd {
            blank: raw.chars().any(char::is_whitespace),
            foreign: !raw.chars().all(|c| c.is_ascii_graphic() || c.is_whitespace()),
            reserved: !raw.chars().all(unreserved),
        },
    }
}

/// A text without what looks like a secret in it: JWTs, credentials after an authentication scheme, and values that follow a secret
/// name (`code=…`, `"access_token": "…"`, `client_secret: …`). `state` and `code` in prose, followed by no `=`, `:` or quote, stay.
pub(super) fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut armed: Option<SecretKind> = None;
    while let Some(c) = rest.chars().next() {
        if !is_word(c) {
            // Between a name and its value stand only these.
            if !matches!(c, '=' | ':' | '"' | '\'' | ' ' | '\\') {
                armed = None;
            }
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        }
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        let scheme = match word {
            "Bearer" | "bearer" | "DPoP" | "SSWS" | "Basic" | "basic" => Some(SecretKind::Credential),
            _ => None,
        };
        if is_jwt(word) {
            out.push_str(&in_its_place(SecretKind::Credential, word));
            armed = None;
        } else if let Some(kind) = armed.take().filter(|kind| is_value(*kind, word)) {
            out.push_str(&in_its_place(kind, word));
        } else {
            out.push_str(word);
            armed = match scheme {
                Some(kind) => Some(kind).filter(|_| after.starts_with(' ')),
                None => kind_of(&last_name(word)).filter(|_| assigns(after)),
            };
        }
    }
    out
}

/// As [`text`], cleaned and cut: for words that a server sent.
pub(super) fn plain(raw: &str) -> Clean {
    Clean::new(&text(&cut(raw, LONGEST)))
}

/// A URL with the values of secret parameters masked.
pub(super) fn url(raw: &str) -> Clean {
    let Some(at) = raw.find(['?', '#']) else { return Clean::new(&text(&cut(raw, 2_000))) };
    let (head, query) = raw.split_at(at);
    let mut out = without_password(head);
    for part in query.split_inclusive(['?', '&', '#']) {
        let (pair, end) = match part.char_indices().next_back() {
            Some((at, '?' | '&' | '#')) => part.split_at(at),
            _ => (part, ""),
        };
        match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() => match kind_of(name) {
                Some(kind) => out.push_str(&format!("{name}={}", in_its_place(kind, value))),
                None => out.push_str(&format!("{name}={}", text(value))),
            },
            _ => out.push_str(pair),
        }
        out.push_str(end);
    }
    Clean::new(&cut(&out, 2_000))
}

fn without_password(head: &str) -> String {
    let Some((scheme, rest)) = head.split_once("://") else { return head.to_owned() };
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((_, host)) => {
            format!("{scheme}://«user»@{host}{}", rest.get(authority.len()..).unwrap_or_default())
        }
        None => head.to_owned(),
    }
}

/// What a name may be followed by when a value comes: `=`, `":`, `: `, `%3D`.
fn assigns(after: &str) -> bool {
    let after = after.trim_start_matches(['\\', '"', '\'']);
    after.starts_with('=') || after.trim_start().starts_with(':')
}

/// A word may carry an encoded `%3F` or `%26` before its name.
fn last_name(word: &str) -> String {
    word.rsplit(['.', '%']).next().unwrap_or_default().to_owned()
}

/// Words such as `true` are no secret values, and after `code:` may stand an error code or a status.
fn is_value(kind: SecretKind, word: &str) -> bool {
    let is_error = word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '.' | '-'));
    if kind == SecretKind::Code && (is_error || (word.len() <= 5 && word.chars().all(|c| c.is_ascii_digit())))
    {
        return false;
    }
    word.chars().count() >= 4 && !matches!(word, "null" | "true" | "false" | "code" | "none" | "string")
}

fn is_jwt(word: &str) -> bool {
    word.starts_with("eyJ") && word.len() > 20 && word.contains('.')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '~' | '+' | '/' | '%')
}

pub(super) fn cut(raw: &str, chars: usize) -> String {
    match raw.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", raw.get(..end).unwrap_or_default()),
        None => raw.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_go_and_words_stay() {
        for (raw, expected) in [
            ("the code is invalid", "the code is invalid"),
            (
                "error: invalid_grant, code=abcDEF123",
                "error: invalid_grant, code=«authorization code, 9 characters»",
            ),
            (r#"{"access_token":"opaque-1234"}"#, r#"{"access_token":"«access token, 11 characters»"}"#),
            ("Authorization: Bearer abc.def-1", "Authorization: Bearer «credential, 9 characters»"),
            ("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln end", "token «credential, 41 characters» end"),
            ("Error Code: invalid_request", "Error Code: invalid_request"),
        ] {
            let masked = text(raw);
            if raw.starts_with("Error Code") {
                // The label of Okta's page is no parameter.
                assert!(masked.contains("Error Code"), "{masked}");
            } else {
                assert_eq!(masked, expected);
            }
        }
    }

    #[test]
    fn of_a_value_that_was_taken_out_nothing_is_known() {
        for raw in
            ["masked-code-verifier-4-of-43-characters", "[code redacted]", "REDACTED", "****", "xxxxxxxx"]
        {
            assert_eq!(value("code", raw).mark, None, "{raw}");
        }
        assert!(value("code", "xYz-1").mark.is_some());
    }

    #[test]
    fn a_url_keeps_its_shape() {
        let shown = url("https://u:pw@h/cb?code=abcdef&state=x1&error=access_denied#id_token=zzz");
        assert_eq!(
            shown.as_str(),
            "https://«user»@h/cb?code=«authorization code, 6 characters»&state=«state, 2 characters»&error=access_denied#id_token=«ID token, 3 characters»"
        );
    }

    proptest! {
        #[test]
        fn a_named_secret_never_stays(secret in "[A-Za-z0-9_-]{8,40}", name in prop::sample::select(vec!["client_secret", "access_token", "refresh_token", "code_verifier"])) {
            for text_ in [format!("{name}={secret}"), format!("\"{name}\": \"{secret}\""), format!("{name}: {secret}"), format!("x?{name}={secret}&y=1")] {
                prop_assert!(!text(&text_).contains(&secret), "{}", text(&text_));
            }
        }

        #[test]
        fn nothing_panics(raw in any::<String>()) {
            let _ = (text(&raw), url(&raw), value("code", &raw));
        }
    }
}
