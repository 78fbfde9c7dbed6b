//! Keys of service apps: read from PEM or JWK, made new, and the assertion that is signed with one (RFC 7523). Pure but for the
//! randomness of a new key and of ECDSA.

use crate::secret::Secret;
use crate::text::Clean;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// How long an assertion is good, seconds. Okta takes up to an hour; it is used at once.
const ASSERTION_SECONDS: i64 = 300;

/// Why a key cannot be used. Nothing of the key is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither PEM nor JSON.
    #[error("it is neither a PEM file nor a JSON Web Key")]
    NoKey,
    /// PEM of something else.
    #[error("it holds {0}, and the private key is needed")]
    NotPrivate(&'static str),
    /// It needs a passphrase.
    #[error("it is locked by a passphrase; openssl pkey -in FILE -out NEWFILE takes that away")]
    Locked,
    /// OpenSSH's own form.
    #[error("it is in OpenSSH's own form; ssh-keygen -p -m PKCS8 -f FILE makes it one that can be read")]
    OpenSsh,
    /// The PEM is damaged.
    #[error("the PEM is damaged: {0}")]
    Damaged(&'static str),
    /// A key of a kind or curve that Okta does not take for `private_key_jwt`.
    #[error(
        "it is a key of the kind {0}; Okta takes RSA of 2048 bits and more, and elliptic curves P-256 and P-384"
    )]
    Kind(Clean),
    /// A JWK without a part that is needed.
    #[error("the JSON Web Key lacks {0}, or it cannot be read")]
    Part(&'static str),
    /// A key set with several keys.
    #[error("it is a set with {0} private keys; put the one that is meant into a file of its own")]
    Several(usize),
    /// Its numbers do not make a key.
    #[error("its numbers do not make a key")]
    Numbers,
    /// A key could not be made, or did not sign.
    #[error("the system could not make the key or the signature")]
    System,
}

/// Kinds of key that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA, 2048 bits, for RS256.
    Rsa,
    /// P-256, for ES256.
    Ec,
}

/// A private key that signs assertions. Its `Debug` shows the id alone.
#[derive(Clone)]
pub struct SigningKey {
    private: EncodingKey,
    algorithm: Algorithm,
    kid: String,
    public: Value,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Reads PEM (PKCS #8, PKCS #1, SEC 1) or a private JWK (RFC 7517), alone or as the only one of a set. The id is `kid` where given,
    /// else the JWK's own, else the key's thumbprint (RFC 7638), which is what [`SigningKey::generate`] gives it.
    ///
    /// # Errors
    /// It is no private key that Okta takes.
    pub fn parse(text: &str, kid: Option<&str>) -> Result<Self, KeyError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with('{') { from_jwk(text, kid) } else { from_pem(text, kid) }
    }

    /// Makes a key: its PEM (PKCS #8), to be stored where only its owner reads it, and the key.
    ///
    /// # Errors
    /// [`KeyError::System`]
    pub fn generate(kind: KeyKind) -> Result<(Secret, Self), KeyError> {
        let system = |_| KeyError::System;
        let pem = match kind {
            KeyKind::Rsa => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(system)?;
                pem("PRIVATE KEY", pair.as_der().map_err(system)?.as_ref())
            }
            KeyKind::Ec => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(system)?;
                pem("PRIVATE KEY", pair.to_pkcs8v1().map_err(system)?.as_ref())
            }
        };
        let key = Self::parse(&pem, None)?;
        Ok((Secret::new(pem.as_str()), key))
    }

    /// `kid`.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JWK, as Okta's *Add key* takes it.
    pub fn public_jwk(&self) -> &Value {
        &self.public
    }

    /// The client assertion (RFC 7523 §3) for the token endpoint `audience`: `iss` and `sub` are the client, good for five minutes from
    /// `now`, which must be the server's time; `jti` makes it good once.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<Secret, KeyError> {
        provider();
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(self.algorithm) };
        let mut jti = [0; 24];
        aws_lc_rs::rand::fill(&mut jti).map_err(|_| KeyError::System)?;
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": audience, "iat": now.as_second(),
            "exp": now.as_second().saturating_add(ASSERTION_SECONDS), "jti": encode(&jti),
        });
        jsonwebtoken::encode(&header, &claims, &self.private).map(Secret::new).map_err(|_| KeyError::System)
    }

    fn rsa(
        private: EncodingKey,
        pair: &aws_lc_rs::signature::RsaKeyPair,
        kid: Option<&str>,
    ) -> Result<Self, KeyError> {
        let public = pair.public_key();
        let n = encode(public.modulus().big_endian_without_leading_zero());
        let e = encode(public.exponent().big_endian_without_leading_zero());
        let thumbprint = thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
        let kid = kid.map_or(thumbprint, str::to_owned);
        let public = json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "e": e, "n": n });
        Ok(Self { private, algorithm: Algorithm::RS256, kid, public })
    }

    fn ec(pair: &EcdsaKeyPair, curve: &'static str, kid: Option<&str>) -> Result<Self, KeyError> {
        let algorithm = if curve == "P-256" { Algorithm::ES256 } else { Algorithm::ES384 };
        let name = if curve == "P-256" { "ES256" } else { "ES384" };
        let point = pair.public_key().as_ref();
        // SEC 1 §2.3.3: 4, then both coordinates.
        let (x, y) =
            point.get(1..).and_then(|xy| xy.split_at_checked(xy.len() / 2)).ok_or(KeyError::Numbers)?;
        let (x, y) = (encode(x), encode(y));
        let thumbprint = thumbprint(&format!(r#"{{"crv":"{curve}","kty":"EC","x":"{x}","y":"{y}"}}"#));
        let kid = kid.map_or(thumbprint, str::to_owned);
        let public =
            json!({ "kty": "EC", "alg": name, "use": "sig", "kid": kid, "crv": curve, "x": x, "y": y });
        let der = pair.to_pkcs8v1().map_err(|_| KeyError::Numbers)?;
        Ok(Self { private: EncodingKey::from_ec_der(der.as_ref()), algorithm, kid, public })
    }
}

/// Curves by the name that RFC 7518 §6.2.1.1 gives them.
const CURVES: [(&str, &EcdsaSigningAlgorithm); 2] =
    [("P-256", &ECDSA_P256_SHA256_FIXED_SIGNING), ("P-384", &ECDSA_P384_SHA384_FIXED_SIGNING)];
/// Curves that are known, to be named in a refusal.
const OTHER_CURVES: [(&str, &EcdsaSigningAlgorithm); 2] =
    [("P-521", &ECDSA_P521_SHA512_FIXED_SIGNING), ("secp256k1", &ECDSA_P256K1_SHA256_FIXED_SIGNING)];

fn from_pem(text: &str, kid: Option<&str>) -> Result<SigningKey, KeyError> {
    let (label, body) = private_block(text)?;
    match label {
        "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Locked),
        "OPENSSH PRIVATE KEY" => return Err(KeyError::OpenSsh),
        _ if body.contains("Proc-Type:") => return Err(KeyError::Locked),
        _ => {}
    }
    let body = Zeroizing::new(body.split_whitespace().collect::<String>());
    let der = Zeroizing::new(
        STANDARD.decode(body.as_bytes()).map_err(|_| KeyError::Damaged("its inside is not Base64"))?,
    );
    let rsa = match label {
        "RSA PRIVATE KEY" => aws_lc_rs::signature::RsaKeyPair::from_der(&der).ok(),
        "PRIVATE KEY" => aws_lc_rs::signature::RsaKeyPair::from_pkcs8(&der).ok(),
        _ => None,
    };
    if let Some(pair) = rsa {
        provider();
        let private =
            EncodingKey::from_rsa_pem(pem(label, &der).as_bytes()).map_err(|_| KeyError::Numbers)?;
        return SigningKey::rsa(private, &pair, kid);
    }
    if label != "RSA PRIVATE KEY" {
        let read = |algorithm| EcdsaKeyPair::from_private_key_der(algorithm, &der).ok();
        for (curve, algorithm) in CURVES {
            if let Some(pair) = read(algorithm) {
                return SigningKey::ec(&pair, curve, kid);
            }
        }
        if let Some((curve, _)) = OTHER_CURVES.into_iter().find(|(_, algorithm)| read(algorithm).is_some()) {
            return Err(KeyError::Kind(Clean::new(curve)));
        }
    }
    // Ed25519 (RFC 8410): the identifier 1.3.101.112.
    if der.windows(5).any(|w| w == [0x06, 0x03, 0x2b, 0x65, 0x70]) {
        return Err(KeyError::Kind(Clean::new("Ed25519")));
    }
    Err(match label {
        "RSA PRIVATE KEY" => KeyError::Damaged("it is no RSA key of 2048 bits or more"),
        _ => KeyError::Damaged("its inside is no RSA key of 2048 bits or more, and no EC key"),
    })
}

/// Label and inside of the first private key; `openssl ecparam -genkey` puts a block of parameters before it.
fn private_block(text: &str) -> Result<(&str, &str), KeyError> {
    let mut other = None;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) =
            after.split_once("-----").ok_or(KeyError::Damaged("its first line is not whole"))?;
        let end = format!("-----END {label}-----");
        let (body, after) =
            after.split_once(&end).ok_or(KeyError::Damaged("the line that ends it is missing"))?;
        if label.ends_with("PRIVATE KEY") {
            return Ok((label, body));
        }
        other = Some(match label {
            "PUBLIC KEY" | "RSA PUBLIC KEY" => "the public key",
            "CERTIFICATE" => "a certificate",
            "CERTIFICATE REQUEST" => "a request for a certificate",
            _ => "something else",
        });
        rest = after;
    }
    Err(other.map_or(KeyError::NoKey, KeyError::NotPrivate))
}

fn from_jwk(text: &str, kid: Option<&str>) -> Result<SigningKey, KeyError> {
    let value: Value = serde_json::from_str(text).map_err(|_| KeyError::NoKey)?;
    let private = |key: &&Value| key.get("d").is_some() || key.get("k").is_some();
    let key = match value.get("keys").and_then(Value::as_array) {
        None => &value,
        Some(keys) => {
            let mut found = keys.iter().filter(private);
            match (found.next(), found.count()) {
                (Some(key), 0) => key,
                (Some(_), more) => return Err(KeyError::Several(more.saturating_add(1))),
                (None, _) => return Err(KeyError::NotPrivate("public keys")),
            }
        }
    };
    let text = |name: &'static str| key.get(name).and_then(Value::as_str).ok_or(KeyError::Part(name));
    let number = |name: &'static str| -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(text(name)?.trim_end_matches('='));
        bytes.map(Zeroizing::new).map_err(|_| KeyError::Part(name))
    };
    let kid = kid.or_else(|| key.get("kid").and_then(Value::as_str).filter(|k| !k.is_empty()));
    match text("kty")? {
        "RSA" | "EC" if key.get("d").is_none() => Err(KeyError::NotPrivate("the public key")),
        "RSA" => {
            let mut der = Zeroizing::new(vec![0x02, 0x01, 0x00]);
            for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
                integer(&number(name)?, &mut der);
            }
            let der = tagged(0x30, &der);
            let pair = aws_lc_rs::signature::RsaKeyPair::from_der(&der).map_err(|_| KeyError::Numbers)?;
            SigningKey::rsa(EncodingKey::from_rsa_der(&der), &pair, kid)
        }
        "EC" => {
            let named = text("crv")?;
            let (curve, algorithm) = CURVES
                .into_iter()
                .find(|(name, _)| *name == named)
                .ok_or_else(|| KeyError::Kind(Clean::new(named)))?;
            let point = [&[4], number("x")?.as_slice(), number("y")?.as_slice()].concat();
            let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &number("d")?, &point);
            SigningKey::ec(&pair.map_err(|_| KeyError::Numbers)?, curve, kid)
        }
        other => Err(KeyError::Kind(Clean::new(other))),
    }
}

/// An INTEGER of RSAPrivateKey (RFC 8017 A.1.2), which is written with DER's rules: no leading zeros but one before a high bit.
fn integer(bytes: &[u8], out: &mut Vec<u8>) {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    let bytes = bytes.get(start..).unwrap_or_default();
    let mut content = Zeroizing::new(Vec::with_capacity(bytes.len() + 1));
    if bytes.first().is_none_or(|b| *b >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(bytes);
    out.extend_from_slice(&tagged(0x02, &content));
}

/// Tag, length and content (X.690 §8.1).
fn tagged(tag: u8, content: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = content.len().to_be_bytes();
    let start = length.iter().position(|b| *b != 0).unwrap_or(length.len() - 1);
    let length = length.get(start..).unwrap_or_default();
    let mut out = Zeroizing::new(vec![tag]);
    match length {
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(0));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(der));
    let mut text = Zeroizing::new(format!("-----BEGIN {label}-----\n"));
    let mut rest = body.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    if !rest.is_empty() {
        text.push_str(rest);
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

fn thumbprint(members: &str) -> String {
    encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, members.as_bytes()).as_ref())
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn provider() {
    // Okay when it was installed already: the provider is the process's, and only one is compiled in.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

#[cfg(test)]
mod tests;
