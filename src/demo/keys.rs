//! The signing key of the demo: made at start-up, never written anywhere.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// One RSA key that every authorization server of the demo signs with.
pub(super) struct SigningKey {
    private: EncodingKey,
    /// The header of every token.
    header: Header,
    /// The public half.
    jwk: Value,
}

/// The key could not be made or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the demo's signing key could not be made")]
pub(super) struct KeyFailure;

impl SigningKey {
    /// Takes up to a second of a processor: call it off the async threads.
    pub(super) fn generate(kid: String) -> Result<Self, KeyFailure> {
        // Okay when it was installed already: the provider is the process's, and only one is compiled in.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyFailure)?;
        let private = pair.as_der().map_err(|_| KeyFailure)?;
        // jsonwebtoken reads the PKCS #8 form from PEM alone.
        let body = STANDARD.encode(private.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        let private = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| KeyFailure)?;
        let public = pair.public_key();
        let jwk = json!({
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid,
            "e": encode(public.exponent().big_endian_without_leading_zero()),
            "n": encode(public.modulus().big_endian_without_leading_zero()),
        });
        // Okta's header holds `kid` and `alg` and no `typ`.
        let header = Header { typ: None, kid: Some(kid), ..Header::new(Algorithm::RS256) };
        Ok(Self { private, header, jwk })
    }

    /// A JSON Web Key (RFC 7517) of the public half.
    pub(super) fn jwk(&self) -> Value {
        self.jwk.clone()
    }

    /// A compact JWS (RFC 7515), RS256.
    pub(super) fn sign(&self, claims: &Value) -> Result<String, KeyFailure> {
        jsonwebtoken::encode(&self.header, claims, &self.private).map_err(|_| KeyFailure)
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
    fn a_token_is_verified_by_the_public_half() {
        use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
        let key = SigningKey::generate("k1".to_owned()).unwrap();
        let token = key.sign(&json!({ "sub": "ana" })).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let read = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let header: Value = serde_json::from_slice(&read(parts[0])).unwrap();
        assert_eq!(header, json!({ "kid": "k1", "alg": "RS256" }));
        assert_eq!(serde_json::from_slice::<Value>(&read(parts[1])).unwrap(), json!({ "sub": "ana" }));
        let jwk = key.jwk();
        let [n, e] = ["n", "e"].map(|name| read(jwk[name].as_str().unwrap()));
        let public = RsaPublicKeyComponents { n, e };
        let signed =
            |text: &str| public.verify(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), &read(parts[2])).is_ok();
        assert!(signed(&format!("{}.{}", parts[0], parts[1])));
        assert!(!signed(&format!("{}.{}x", parts[0], parts[1])));
    }

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
