//! The signing key of the demo: made at start-up, never written anywhere.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// One RSA key that every authorization server of the demo signs with.
pub(super) struct SigningKey {
    pair: KeyPair,
    kid: String,
}

/// The key could not be made or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the demo's signing key could not be made")]
pub(super) struct KeyFailure;

impl SigningKey {
    /// Takes up to a second of a processor: call it off the async threads.
    pub(super) fn generate(kid: String) -> Result<Self, KeyFailure> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyFailure)?;
        Ok(Self { pair, kid })
    }

    /// A JSON Web Key (RFC 7517) of the public half.
    pub(super) fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.kid,
            "e": encode(public.exponent().big_endian_without_leading_zero()),
            "n": encode(public.modulus().big_endian_without_leading_zero()),
        })
    }

    /// A compact JWS (RFC 7515), RS256. Okta's header holds `kid` and `alg` and no `typ`.
    pub(super) fn sign(&self, claims: &Value) -> Result<String, KeyFailure> {
        let header = encode(json!({ "kid": self.kid, "alg": "RS256" }).to_string().as_bytes());
        let input = format!("{header}.{}", encode(claims.to_string().as_bytes()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)
            .map_err(|_| KeyFailure)?;
        Ok(format!("{input}.{}", encode(&signature)))
    }
}

/// base64url without padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256.
pub(super) fn sha256(text: &str) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()).as_ref().to_vec()
}

/// `at_hash` of OpenID Connect Core section 3.1.3.6: the left half of the hash.
pub(super) fn left_half(text: &str) -> String {
    encode(sha256(text).get(..16).unwrap_or_default())
}

/// A six-digit time-based code (RFC 6238, HMAC-SHA-1, 30 s).
pub(super) fn totp(secret: &[u8], seconds: i64) -> String {
    let totp = totp_rs::Builder::new().with_secret(secret.to_vec()).build_noncompliant();
    totp.generate(seconds.max(0).unsigned_abs()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totp_is_rfc_6238() {
        // RFC 6238 appendix B, SHA-1, last six of eight digits.
        assert_eq!(totp(b"12345678901234567890", 59), "287082");
        assert_eq!(totp(b"12345678901234567890", 1_111_111_109), "081804");
        assert_eq!(totp(b"12345678901234567890", 20_000_000_000), "353130");
    }

    #[test]
    fn pkce_example_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(encode(&sha256(verifier)), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
