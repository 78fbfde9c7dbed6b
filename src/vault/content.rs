//! What a vault holds: tokens by the org's URL, as TOML.

use crate::secret::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The version that this program writes.
const VERSION: u32 = 1;

/// What is wrong with a vault's content.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// It is not the TOML that oktui writes. What stands there is not repeated: it may be a secret.
    #[error("what is sealed in it is not a vault of oktui's")]
    Shape,
    /// A newer oktui wrote it.
    #[error("a newer oktui wrote it (version {0}; this one knows {VERSION}). Use that one")]
    Newer(u32),
}

/// A token that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The API token.
    pub value: Secret,
    /// When it was put in.
    pub saved: Timestamp,
}

/// What a vault holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content(BTreeMap<String, Kept>);

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    #[serde(default)]
    api_token: Vec<Line>,
}

/// Lives between the file and [`Kept`] only; has no `Debug`.
#[derive(Serialize, Deserialize)]
struct Line {
    org: String,
    value: String,
    saved: Timestamp,
}

impl Content {
    /// Reads what was sealed.
    ///
    /// # Errors
    /// It is not what oktui writes, or a newer one wrote it.
    pub(super) fn parse(clear: &[u8]) -> Result<Self, ContentError> {
        // The parser's own error quotes the line that it stumbled over.
        let text = str::from_utf8(clear).map_err(|_| ContentError::Shape)?;
        let file: File = toml::from_str(text).map_err(|_| ContentError::Shape)?;
        if file.version > VERSION {
            return Err(ContentError::Newer(file.version));
        }
        let kept = |line: Line| (line.org, Kept { value: Secret::new(line.value), saved: line.saved });
        Ok(Self(file.api_token.into_iter().map(kept).collect()))
    }

    /// As it is sealed; zeroed when it is dropped.
    pub(super) fn write(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(format!("version = {VERSION}\n"));
        for (org, kept) in &self.0 {
            let quoted = |value: &str| Zeroizing::new(toml::Value::String(value.to_owned()).to_string());
            text.push_str("\n[[api_token]]\norg = ");
            text.push_str(&quoted(org));
            text.push_str("\nvalue = ");
            text.push_str(&quoted(kept.value.expose()));
            text.push_str(&format!("\nsaved = \"{}\"\n", kept.saved));
        }
        text
    }

    /// The token of the org at this URL.
    pub fn of(&self, org: &str) -> Option<&Kept> {
        self.0.get(org)
    }

    /// The URLs of the orgs that there is a token for, in order.
    pub fn orgs(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// Keeps a token, in place of an earlier one.
    pub fn put(&mut self, org: &str, kept: Kept) {
        self.0.insert(org.to_owned(), kept);
    }

    /// Forgets the token of an org; whether there was one.
    pub fn forget(&mut self, org: &str) -> bool {
        self.0.remove(org).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_ours_is_never_quoted() {
        for (text, newer) in
            [("version = 2", true), ("[[api_token]]", false), ("value = 00secret", false), ("", false)]
        {
            let error = Content::parse(text.as_bytes()).unwrap_err();
            assert_eq!(matches!(error, ContentError::Newer(2)), newer, "{text}");
            assert!(!error.to_string().contains("00secret"), "{error}");
        }
        assert!(Content::parse(&[0xff]).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(tokens in prop::collection::btree_map("https://[a-z.\"\\\\\u{1}é]{1,20}", "[ -~\\n\"é]{0,40}", 0..5)) {
            let mut content = Content::default();
            for (org, token) in &tokens {
                content.put(org, Kept { value: Secret::new(token.as_str()), saved: Timestamp::UNIX_EPOCH });
            }
            let read = Content::parse(content.write().as_bytes()).unwrap();
            prop_assert_eq!(&read, &content);
            prop_assert_eq!(read.orgs(), tokens.keys().map(String::as_str).collect::<Vec<_>>());
        }
    }
}
