//! Text with holes, and the safe that holds what was in them.

use crate::secret::{FingerprintKey, Secret};
use crate::text::Clean;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
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
    /// A PKCE challenge. It is no key to anything, but it names one run.
    CodeChallenge,
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
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Code,
        Self::State,
        Self::Nonce,
        Self::CodeVerifier,
        Self::CodeChallenge,
        Self::ClientSecret,
        Self::AccessToken,
        Self::RefreshToken,
        Self::IdToken,
        Self::Session,
        Self::Password,
        Self::Passcode,
        Self::Credential,
    ];

    /// In words: `authorization code`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Code => "authorization code",
            Self::State => "state",
            Self::Nonce => "nonce",
            Self::CodeVerifier => "PKCE verifier",
            Self::CodeChallenge => "PKCE challenge",
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
    /// The run is an older one, read back from a file: the value is not kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
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

    /// Leaves a hole wherever a value of `safe` stands in the plain pieces.
    pub fn seal(&mut self, safe: &Safe) {
        let pieces = std::mem::take(&mut self.0);
        self.0 = pieces
            .into_iter()
            .flat_map(|piece| match piece {
                Piece::Plain(raw) => safe.seal(&raw).0,
                hole => vec![hole],
            })
            .collect();
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
        if self.gone {
            f.write_str(", value not kept")?;
        }
        f.write_str("»")
    }
}

/// The values that were lifted out of one run's trace. Dropped, and zeroed, when the run is closed; never written to disk.
#[derive(Debug)]
pub struct Safe {
    key: FingerprintKey,
    values: Vec<Kept>,
}

/// A value in the safe, with the ways in which it may be spelled in a text.
#[derive(Debug)]
struct Kept {
    kind: SecretKind,
    secret: Secret,
    spellings: Vec<Secret>,
}

/// A shorter value is only lifted where it stands alone, as the value of a parameter or a field: found by chance inside other
/// text, it would tear that text apart and hide nothing.
pub(super) const SHORTEST_IN_TEXT: usize = 6;

impl Safe {
    /// An empty safe; `key` makes the fingerprints.
    pub fn new(key: FingerprintKey) -> Self {
        Self { key, values: Vec::new() }
    }

    /// Puts a value in and gives the hole to leave in its place. Equal values share one hole.
    pub fn lift(&mut self, kind: SecretKind, value: &str) -> Hole {
        let secret = Secret::new(value);
        let index = self.values.iter().position(|kept| kept.secret == secret).unwrap_or_else(|| {
            let spellings = spellings(value);
            self.values.push(Kept { kind, secret, spellings });
            self.values.len() - 1
        });
        self.hole(index, kind)
    }

    fn hole(&self, index: usize, kind: SecretKind) -> Hole {
        let kept = self.values.get(index);
        let kind = kept.map_or(kind, |k| k.kind);
        Hole {
            id: HoleId(u32::try_from(index).unwrap_or(u32::MAX)),
            kind,
            chars: kept.map_or(0, |k| k.secret.chars()),
            fingerprint: kept.filter(|_| kind.has_fingerprint()).map(|k| self.key.of(&k.secret)),
            gone: false,
        }
    }

    /// `raw` with a hole wherever a value of this safe occurs: as it is, percent-encoded, in Base64, or escaped for JSON or
    /// HTML. Values of fewer than six characters are left alone here; they are lifted where they stand as a parameter. The rest
    /// is cleaned.
    pub fn seal(&self, raw: &str) -> Text {
        Text::of(self.seal_raw(raw))
    }

    /// As [`Safe::seal`], but the rest is not cleaned yet: for text that is escaped first.
    pub(super) fn seal_raw(&self, raw: &str) -> Vec<Piece> {
        let mut found: Vec<(usize, usize, usize)> = Vec::new();
        for (index, kept) in self.values.iter().enumerate() {
            for spelling in &kept.spellings {
                let found_here = raw.match_indices(spelling.expose());
                found.extend(found_here.map(|(at, text)| (at, text.len(), index)));
            }
        }
        found.sort_by_key(|&(at, len, _)| (at, std::cmp::Reverse(len)));
        let (mut pieces, mut done) = (Vec::new(), 0);
        for (at, len, index) in found.into_iter().filter(|&(_, len, _)| len > 0) {
            if at < done {
                continue;
            }
            if let Some(before) = raw.get(done..at).filter(|s| !s.is_empty()) {
                pieces.push(Piece::Plain(before.to_owned()));
            }
            pieces.push(Piece::Hole(self.hole(index, SecretKind::Credential)));
            done = at + len;
        }
        if let Some(rest) = raw.get(done..).filter(|s| !s.is_empty()) {
            pieces.push(Piece::Plain(rest.to_owned()));
        }
        pieces
    }

    /// How many values lie in it.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing lies in it.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of a hole.
    pub fn value(&self, id: HoleId) -> Option<&Secret> {
        self.values.get(id.0 as usize).map(|kept| &kept.secret)
    }

    /// The kind of the first value that can be read in `text`: as it is, percent-encoded (also twice), escaped for JSON or HTML, or in
    /// Base64, alone or as part of something longer. Values of fewer than six characters are not looked for: they are found by chance.
    pub fn found_in(&self, text: &str) -> Option<SecretKind> {
        let found = |kept: &&Kept| {
            kept.spellings.iter().any(|spelling| text.contains(spelling.expose()))
                || hidden(kept.secret.expose()).iter().any(|spelling| text.contains(spelling.expose()))
        };
        self.values.iter().find(found).map(|kept| kept.kind)
    }

    /// Every value with its kind: for scanning an export for what must not be in it.
    pub fn values(&self) -> impl Iterator<Item = (SecretKind, &Secret)> {
        self.values.iter().map(|kept| (kept.kind, &kept.secret))
    }
}

/// The ways in which `value` may stand in a text.
fn spellings(value: &str) -> Vec<Secret> {
    if value.chars().count() < SHORTEST_IN_TEXT {
        return Vec::new();
    }
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let strict = form.replace('+', "%20");
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.strip_prefix('"').and_then(|s| s.strip_suffix('"')).unwrap_or(value).to_owned();
    let html = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut all = vec![value.to_owned(), lower_hex(&form), lower_hex(&strict), form, strict, json];
    all.push(html.replace('"', "&quot;").replace('\'', "&#39;"));
    all.push(html.replace('"', "&#34;").replace('\'', "&#x27;"));
    all.extend([STANDARD.encode(value), STANDARD_NO_PAD.encode(value)]);
    all.extend([URL_SAFE.encode(value), URL_SAFE_NO_PAD.encode(value)]);
    let mut out: Vec<Secret> = Vec::new();
    for spelling in all.into_iter().map(Secret::new) {
        if !out.contains(&spelling) {
            out.push(spelling);
        }
    }
    out
}

/// The spellings that are only looked for in what leaves the program.
fn hidden(value: &str) -> Vec<Secret> {
    if value.chars().count() < SHORTEST_IN_TEXT {
        return Vec::new();
    }
    let once: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut all =
        vec![Secret::new(url::form_urlencoded::byte_serialize(once.as_bytes()).collect::<String>())];
    // In the middle of something longer a value begins at any of three places of a Base64 group; what stands in groups of its own
    // is the same whatever is around it.
    for before in 0..3_usize {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(value.as_bytes());
        let whole = bytes.len() / 3 * 3;
        let from = if before == 0 { 0 } else { 3 };
        let Some(inner) = bytes.get(from..whole).filter(|inner| inner.len() >= SHORTEST_IN_TEXT) else {
            continue;
        };
        all.extend([Secret::new(STANDARD.encode(inner)), Secret::new(URL_SAFE.encode(inner))]);
    }
    all
}

/// `%2F` as `%2f`: both are in use.
fn lower_hex(encoded: &str) -> String {
    let mut out = String::with_capacity(encoded.len());
    let mut digits = 0;
    for c in encoded.chars() {
        out.push(if digits > 0 { c.to_ascii_lowercase() } else { c });
        digits = if c == '%' { 2 } else { usize::saturating_sub(digits, 1) };
    }
    out
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

    #[test]
    fn a_known_value_is_found_in_every_spelling() {
        let mut safe = safe();
        let value = "p+/=&\"'<s3>";
        safe.lift(SecretKind::Password, value);
        for text in [
            format!("x {value} y"),
            "a=p%2B%2F%3D%26%22%27%3Cs3%3E&b".into(),
            "a=p%2b%2f%3d%26%22%27%3cs3%3e&b".into(),
            format!("Basic {}", STANDARD.encode(value)),
            serde_json::to_string(&value).unwrap(),
            "value=\"p+/=&amp;&quot;&#39;&lt;s3&gt;\"".into(),
        ] {
            let sealed = safe.seal(&text);
            assert!(sealed.pieces().iter().any(|p| matches!(p, Piece::Hole(_))), "{text}");
        }
    }

    #[test]
    fn a_value_is_found_wherever_it_can_be_read_and_nowhere_else() {
        let mut safe = safe();
        let value = "s3cret/with+more";
        safe.lift(SecretKind::ClientSecret, value);
        let once: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let twice: String = url::form_urlencoded::byte_serialize(once.as_bytes()).collect();
        for text in [format!("a {value}"), format!("a={once}"), format!("u={twice}"), STANDARD.encode(value)]
        {
            assert_eq!(safe.found_in(&text), Some(SecretKind::ClientSecret), "{text}");
        }
        for id in ["0", "0o", "0oa", "0oa1"] {
            let basic = STANDARD.encode(format!("{id}:{value}"));
            assert_eq!(safe.found_in(&basic), Some(SecretKind::ClientSecret), "{id}");
        }
        assert_eq!(safe.found_in("a masked-client-secret-1-of-16-characters"), None);
    }

    #[test]
    fn a_short_value_does_not_tear_other_text_apart() {
        let mut safe = safe();
        safe.lift(SecretKind::State, "ok");
        assert_eq!(safe.seal("a token is looked up").masked(), "a token is looked up");
    }
}
