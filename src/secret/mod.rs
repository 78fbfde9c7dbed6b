//! Secrets: one type that cannot be printed, and the fingerprint by which two of them are compared unseen.
//!
//! A leaf: names no other room. Passwords, tokens, codes, verifiers and client secrets live in [`Secret`] from the moment they
//! are read or received. Nothing else in the crate holds one.

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// A value that must not be shown, logged or stored. It has no `Display`, no `Serialize`, and its `Debug` tells only its length.
/// Its memory is zeroed when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the value over.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself. Call it only where the value goes on the wire, to the clipboard or, on the user's word, on the screen.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Length in characters.
    pub fn chars(&self) -> usize {
        self.expose().chars().count()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }

    /// What may be shown in its place: `•••••••• 64 characters`.
    pub fn mask(&self) -> String {
        format!("•••••••• {} characters", self.chars())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.expose().as_bytes(), other.expose().as_bytes())
            .is_ok()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} characters)", self.chars())
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

/// The key of fingerprints: made once for an installation, or once for an export, and never sent anywhere.
///
/// A plain hash of a short secret can be guessed by trying; with a key it cannot.
#[derive(Clone)]
pub struct FingerprintKey(hmac::Key);

impl FingerprintKey {
    /// A key from 32 random bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// Eight hexadecimal digits in two groups, as `a91c 07e2`: equal for equal secrets under one key.
    pub fn of(&self, secret: &Secret) -> String {
        let tag = hmac::sign(&self.0, secret.expose().as_bytes());
        let hex: String = tag.as_ref().iter().take(4).map(|b| format!("{b:02x}")).collect();
        let (left, right) = hex.split_at(4);
        format!("{left} {right}")
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_the_length_only() {
        assert_eq!(format!("{:?}", Secret::new("hunter2hunter2")), "Secret(14 characters)");
    }

    #[test]
    fn fingerprints_compare_unseen() {
        let key = FingerprintKey::new(&[7; 32]);
        assert_eq!(key.of(&Secret::new("one")), key.of(&Secret::new("one")));
        assert_ne!(key.of(&Secret::new("one")), key.of(&Secret::new("two")));
        assert_ne!(key.of(&Secret::new("one")), FingerprintKey::new(&[8; 32]).of(&Secret::new("one")));
        assert_eq!(key.of(&Secret::new("one")).len(), 9);
    }

    #[test]
    fn equality_is_by_value() {
        assert_eq!(Secret::new("a"), Secret::new("a"));
        assert_ne!(Secret::new("a"), Secret::new("ab"));
    }
}
