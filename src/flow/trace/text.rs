//! Text with holes, and the safe that holds what was in them.

use crate::secret::{FingerprintKey, Secret};
use crate::text::Clean;
use serde::{Deserialize, Serialize};

/// What kind of secret was lifted out of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKind {
    /// An authorization code.
    Code,
    /// `state`.
    State,
    /// `nonce`.
    Nonce,
    /// A PKCE verifier.
    CodeVerifier,
    /// A client secret.
    ClientSecret,
    /// An access token.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// An ID token.
    IdToken,
    /// A session token, state token or session cookie.
    Session,
    /// A password. It has no fingerprint: it could be guessed.
    Password,
    /// A one-time passcode or an answer. It has no fingerprint either.
    Passcode,
    /// An `Authorization` header or another credential.
    Credential,
}

impl SecretKind {
    /// In words: `authorization code`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Code => "authorization code",
            Self::State => "state",
            Self::Nonce => "nonce",
            Self::CodeVerifier => "PKCE verifier",
            Self::ClientSecret => "client secret",
            Self::AccessToken => "access token",
            Self::RefreshToken => "refresh token",
            Self::IdToken => "ID token",
            Self::Session => "session",
            Self::Password => "password",
            Self::Passcode => "passcode",
            Self::Credential => "credential",
        }
    }

    /// Whether a fingerprint may be shown. Passwords and passcodes are too easy to guess.
    pub fn has_fingerprint(self) -> bool {
        !matches!(self, Self::Password | Self::Passcode)
    }
}

/// Where in the safe a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HoleId(pub u32);

/// What is shown where a secret was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    /// Equal for equal values of one run.
    pub id: HoleId,
    /// What it is.
    pub kind: SecretKind,
    /// Length in characters.
    pub chars: usize,
    /// By which two values are compared unseen; absent for what could be guessed.
    pub fingerprint: Option<String>,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// Cleaned text; may have line feeds.
    Plain(String),
    /// A secret was here.
    Hole(Hole),
}

/// Cleaned text in which every secret is a hole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Vec<Piece>);

impl Text {
    /// Text without secrets. It is cleaned; line feeds stay.
    pub fn plain(raw: &str) -> Self {
        if raw.is_empty() {
            Self(Vec::new())
        } else {
            Self(vec![Piece::Plain(crate::text::clean_block(raw))])
        }
    }

    /// Text of pieces. Plain ones are cleaned.
    pub fn of(pieces: Vec<Piece>) -> Self {
        let clean = |p| match p {
            Piece::Plain(raw) => Piece::Plain(crate::text::clean_block(&raw)),
            hole => hole,
        };
        Self(pieces.into_iter().map(clean).collect())
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Masked: holes as `«authorization code, 43 characters, a91c 07e2»`.
    pub fn masked(&self) -> String {
        self.with(|_| None)
    }

    /// With the holes for which `reveal` has a value filled, the others masked. Filled values are cleaned as well.
    pub fn with(&self, reveal: impl Fn(HoleId) -> Option<Clean>) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Hole(hole) => match reveal(hole.id) {
                    Some(value) => out.push_str(value.as_str()),
                    None => out.push_str(&hole.to_string()),
                },
            }
        }
        out
    }
}

impl std::fmt::Display for Hole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "«{}, {} characters", self.kind.words(), self.chars)?;
        if let Some(fingerprint) = &self.fingerprint {
            write!(f, ", {fingerprint}")?;
        }
        f.write_str("»")
    }
}

/// The values that were lifted out of one run's trace. Dropped, and zeroed, when the run is closed; never written to disk.
#[derive(Debug)]
pub struct Safe {
    key: FingerprintKey,
    values: Vec<(SecretKind, Secret)>,
}

impl Safe {
    /// An empty safe; `key` makes the fingerprints.
    pub fn new(key: FingerprintKey) -> Self {
        Self { key, values: Vec::new() }
    }

    /// Puts a value in and gives the hole to leave in its place. Equal values share one hole.
    pub fn lift(&mut self, kind: SecretKind, value: &str) -> Hole {
        let secret = Secret::new(value);
        let found = self.values.iter().position(|(_, s)| *s == secret);
        let index = found.unwrap_or_else(|| {
            self.values.push((kind, secret.clone()));
            self.values.len() - 1
        });
        let kind = self.values.get(index).map_or(kind, |(k, _)| *k);
        Hole {
            id: HoleId(u32::try_from(index).unwrap_or(u32::MAX)),
            kind,
            chars: secret.chars(),
            fingerprint: kind.has_fingerprint().then(|| self.key.of(&secret)),
        }
    }

    /// The value of a hole.
    pub fn value(&self, id: HoleId) -> Option<&Secret> {
        self.values.get(id.0 as usize).map(|(_, secret)| secret)
    }

    /// Every value with its kind: for scanning an export for what must not be in it.
    pub fn values(&self) -> impl Iterator<Item = (SecretKind, &Secret)> {
        self.values.iter().map(|(kind, secret)| (*kind, secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe() -> Safe {
        Safe::new(FingerprintKey::new(&[1; 32]))
    }

    #[test]
    fn a_trace_shows_kind_length_and_fingerprint() {
        let mut safe = safe();
        let hole = safe.lift(SecretKind::Code, "abcdef");
        let text = Text::of(vec![Piece::Plain("code=".into()), Piece::Hole(hole.clone())]);
        assert!(text.masked().starts_with("code=«authorization code, 6 characters, "));
        assert!(!serde_json::to_string(&text).unwrap().contains("abcdef"));
        assert_eq!(text.with(|id| safe.value(id).map(|s| Clean::new(s.expose()))), "code=abcdef");
    }

    #[test]
    fn equal_values_share_a_hole() {
        let mut safe = safe();
        let first = safe.lift(SecretKind::Code, "abc");
        assert_eq!(safe.lift(SecretKind::Code, "abc"), first);
        assert_ne!(safe.lift(SecretKind::Code, "abd").id, first.id);
    }

    #[test]
    fn a_password_has_no_fingerprint() {
        assert_eq!(safe().lift(SecretKind::Password, "pw").fingerprint, None);
    }

    #[test]
    fn an_escape_sequence_in_a_revealed_value_stays_inside() {
        let mut safe = safe();
        let hole = safe.lift(SecretKind::State, "\x1b]52;c;x\x07");
        let text = Text::of(vec![Piece::Hole(hole)]);
        assert!(!text.with(|id| safe.value(id).map(|s| Clean::new(s.expose()))).contains('\x1b'));
    }
}
