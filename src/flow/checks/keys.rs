//! The issuer's public keys (JWKS, RFC 7517) and a signature judged by them.

use super::jwt::Jwt;
use crate::secret::Secret;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use std::str::FromStr;

/// A key set, read leniently: a key that cannot be used stays in it, with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Keys(Vec<Value>);

/// What came of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It is the issuer's.
    Good,
    /// It is not.
    Bad,
    /// It could not be judged: why.
    Unknown(String),
}

impl Keys {
    /// Reads `{"keys":[…]}`; `None` when the body is something else.
    pub fn read(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        value.get("keys")?.as_array().map(|keys| Self(keys.clone()))
    }

    /// The names of the keys.
    pub fn kids(&self) -> Vec<&str> {
        self.0.iter().filter_map(|key| key.get("kid")?.as_str()).collect()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key of this name, if it is one for signatures. A token without `kid` may use the only key there is
    /// (OIDC Core §10.1).
    pub fn find(&self, kid: Option<&str>) -> Option<&Value> {
        let mut usable = self.0.iter().filter(|key| matches!(text(key, "use"), None | Some("sig")));
        match kid {
            Some(kid) => usable.find(|key| text(key, "kid") == Some(kid)),
            None => usable.next().filter(|_| self.0.len() == 1),
        }
    }

    /// Judges the signature of `jwt`. With a MAC algorithm the key is the client secret (OIDC Core §3.1.3.7 (8)).
    pub fn judge(&self, jwt: &Jwt<'_>, client_secret: Option<&Secret>) -> Signature {
        // Okay when it was installed already: the provider is the process's, and only one is compiled in.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let Ok(algorithm) = Algorithm::from_str(jwt.alg()) else {
            return Signature::Unknown(format!("the algorithm {:?} is none that signs", jwt.alg()));
        };
        let key = if jwt.alg().starts_with("HS") {
            match client_secret {
                Some(secret) => DecodingKey::from_secret(secret.expose().as_bytes()),
                None => {
                    return Signature::Unknown(
                        "it is made with the client secret, which is not known here".into(),
                    );
                }
            }
        } else {
            let Some(jwk) = self.find(jwt.kid()) else {
                return Signature::Unknown("the key that it names is not in the key set".into());
            };
            match decoding_key(jwk) {
                Some(key) => key,
                None => return Signature::Unknown("the key that it names cannot be read".into()),
            }
        };
        match jsonwebtoken::crypto::verify(jwt.signature, jwt.signed.as_bytes(), &key, algorithm) {
            Ok(true) => Signature::Good,
            // An error here is a signature that is no Base64url, or a key of another family: not the issuer's either way.
            Ok(false) | Err(_) => Signature::Bad,
        }
    }
}

fn text<'a>(key: &'a Value, member: &str) -> Option<&'a str> {
    key.get(member).and_then(Value::as_str)
}

fn decoding_key(jwk: &Value) -> Option<DecodingKey> {
    match text(jwk, "kty")? {
        "RSA" => DecodingKey::from_rsa_components(text(jwk, "n")?, text(jwk, "e")?).ok(),
        "EC" => DecodingKey::from_ec_components(text(jwk, "x")?, text(jwk, "y")?).ok(),
        "OKP" => DecodingKey::from_ed_components(text(jwk, "x")?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_name_and_use() {
        let body = br#"{"keys":[{"kid":"a","use":"enc","kty":"RSA"},{"kid":"b","use":"sig","kty":"RSA"}]}"#;
        let keys = Keys::read(body).unwrap();
        assert!(
            keys.find(Some("a")).is_none() && keys.find(Some("b")).is_some() && keys.find(None).is_none()
        );
        assert_eq!(keys.kids(), ["a", "b"]);
        let only = Keys::read(br#"{"keys":[{"kty":"RSA"}]}"#).unwrap();
        assert!(only.find(None).is_some());
        assert!(Keys::read(b"<html>").is_none() && Keys::read(b"{\"keys\":1}").is_none());
    }
}
