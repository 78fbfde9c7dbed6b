//! A JSON Web Token, read without trusting it: header and claims are there even when the signature is wrong, since a tester's
//! job is to explain.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The three parts of a JWS compact serialization (RFC 7515 §3.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Jwt<'a> {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    /// What the signature is over: the first two parts with the dot between them.
    pub signed: &'a str,
    /// The signature, in Base64url.
    pub signature: &'a str,
}

/// Why a string is no JWT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not three parts.
    #[error("it has not three parts separated by dots")]
    Parts,
    /// Five parts: encrypted (RFC 7516).
    #[error("it is encrypted, and oktui has no key for it")]
    Encrypted,
    /// A part is not Base64url of a JSON object.
    #[error("its {0} is not Base64url of a JSON object")]
    Part(&'static str),
}

impl<'a> Jwt<'a> {
    /// Reads a token. Nothing is verified.
    pub fn read(raw: &'a str) -> Result<Self, JwtError> {
        match raw.matches('.').count() {
            2 => {}
            4 => return Err(JwtError::Encrypted),
            _ => return Err(JwtError::Parts),
        }
        let (signed, signature) = raw.rsplit_once('.').ok_or(JwtError::Parts)?;
        let (header, claims) = signed.split_once('.').ok_or(JwtError::Parts)?;
        Ok(Self {
            header: object(header).ok_or(JwtError::Part("header"))?,
            claims: object(claims).ok_or(JwtError::Part("payload"))?,
            signed,
            signature,
        })
    }

    /// `alg` of the header; empty when there is none.
    pub fn alg(&self) -> &str {
        self.header.get("alg").and_then(Value::as_str).unwrap_or_default()
    }

    /// `kid` of the header.
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// A claim that is a string.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// A claim that is a time in seconds since 1970; a fraction is cut (RFC 7519 §2, NumericDate).
    pub fn time(&self, claim: &str) -> Option<i64> {
        let value = self.claims.get(claim)?;
        #[expect(clippy::cast_possible_truncation, reason = "a fraction is to be cut, and `as` saturates")]
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    /// `aud`, which may be a string or an array of strings (RFC 7519 §4.1.3).
    pub fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn a_token_is_read_even_when_its_signature_is_nothing() {
        let raw =
            format!("{}.{}.", part(r#"{"alg":"none"}"#), part(r#"{"aud":["a","b"],"exp":12.5,"iss":"i"}"#));
        let jwt = Jwt::read(&raw).unwrap();
        assert_eq!(
            (jwt.alg(), jwt.kid(), jwt.audiences(), jwt.time("exp")),
            ("none", None, vec!["a", "b"], Some(12))
        );
    }

    #[test]
    fn what_is_no_token_says_why() {
        assert_eq!(Jwt::read("opaque"), Err(JwtError::Parts));
        assert_eq!(Jwt::read("a.b.c.d.e"), Err(JwtError::Encrypted));
        assert_eq!(Jwt::read("e30.W10.x"), Err(JwtError::Part("payload")));
        assert_eq!(Jwt::read("?.e30.x"), Err(JwtError::Part("header")));
    }

    proptest! {
        #[test]
        fn nothing_panics(raw in "[A-Za-z0-9._-]{0,80}") {
            let _ = Jwt::read(&raw);
        }
    }
}
