//! Redirect URIs side by side: what was requested, what is registered, what the gateway's form holds.

use crate::text::Clean;
use crate::uri::{compare, describe, edits, marked};
use serde::Serialize;

/// Whose value one was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// A sign-in redirect URI of the app in Okta.
    Registered,
    /// A sign-out redirect URI of the app: right value, wrong list.
    SignOut,
    /// The gateway's callback, as somebody told us.
    Gateway,
    /// The redirect URI of the authorization request, seen from the token request.
    Authorize,
}

impl Against {
    /// As it stands before the URI, at most eleven cells.
    pub fn word(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignOut => "sign-out",
            Self::Gateway => "gateway",
            Self::Authorize => "authorize",
        }
    }
}

/// One URI compared with the one that was requested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Whose.
    pub against: Against,
    /// The URI that it was compared with, cleaned.
    pub uri: Clean,
    /// The one that was requested, cleaned.
    pub requested: Clean,
    /// Whether the two are equal, byte for byte.
    pub equal: bool,
    /// Where they differ, in characters from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    /// The character there in what was requested, with its code point; `nothing` past its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The character there in the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// What kind of difference it is, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<&'static str>,
    /// Where that is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// The two one above the other, with `^` below the first difference: each at most [`CELLS`] cells.
    #[serde(skip)]
    pub lines: [String; 3],
}

/// The width of [`Comparison::lines`]: what 80 columns leave beside the longest word of [`Against`].
pub const CELLS: usize = 64;

/// Compares what was requested with one other URI.
pub fn compared(requested: &str, against: Against, uri: &str) -> Comparison {
    let found = compare(uri, requested);
    let say = |c: Option<char>| c.map_or_else(|| "nothing".to_owned(), describe);
    Comparison {
        against,
        uri: Clean::new(uri),
        requested: Clean::new(requested),
        equal: found.is_none(),
        at: found.map(|d| d.index + 1),
        found: found.map(|d| say(d.sent)),
        wanted: found.map(|d| say(d.registered)),
        class: found.map(|d| d.class.words()),
        source: found.map(|d| d.class.source()),
        lines: marked(uri, requested, CELLS),
    }
}

/// Compares with all of them, the nearest first; equal ones before all.
pub fn nearest<'a>(requested: &str, others: impl IntoIterator<Item = (Against, &'a str)>) -> Vec<Comparison> {
    let mut all: Vec<(usize, Comparison)> = others
        .into_iter()
        .map(|(against, uri)| (edits(uri, requested), compared(requested, against, uri)))
        .collect();
    all.sort_by_key(|(edits, comparison)| (*edits, comparison.against));
    all.into_iter().map(|(_, comparison)| comparison).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_comes_first_and_names_the_character() {
        let all = nearest(
            "https://h.example/cb/",
            [(Against::Registered, "https://other.example/x"), (Against::Gateway, "https://h.example/cb")],
        );
        let first = all.first().unwrap();
        assert_eq!((first.against, first.at), (Against::Gateway, Some(21)));
        assert_eq!(
            (first.found.as_deref(), first.wanted.as_deref()),
            (Some("\"/\" (U+002F)"), Some("nothing"))
        );
        assert!(first.class.unwrap().contains("commonest"));
    }

    #[test]
    fn lines_are_no_wider_than_they_may_be() {
        let long = format!("https://auth.example/{}", "päth/".repeat(60));
        let one = compared(&format!("{long}x"), Against::Registered, &long);
        assert!(one.lines.iter().all(|line| crate::text::width(line) <= CELLS), "{:?}", one.lines);
    }
}
