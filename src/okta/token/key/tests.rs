use super::*;
use aws_lc_rs::encoding::AsBigEndian as _;
use jsonwebtoken::{DecodingKey, Validation, decode};
use proptest::prelude::*;

/// The claims of an assertion, if the public half of the key verifies it.
fn verified(key: &SigningKey, assertion: &Secret) -> Option<Value> {
    let public = key.public_jwk();
    let text = |name: &str| public[name].as_str().unwrap();
    let (decoding, algorithm) = match text("kty") {
        "RSA" => (DecodingKey::from_rsa_components(text("n"), text("e")).unwrap(), Algorithm::RS256),
        _ if text("crv") == "P-256" => {
            (DecodingKey::from_ec_components(text("x"), text("y")).unwrap(), Algorithm::ES256)
        }
        _ => (DecodingKey::from_ec_components(text("x"), text("y")).unwrap(), Algorithm::ES384),
    };
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&["https://acme.okta.com/oauth2/v1/token"]);
    validation.validate_exp = false;
    decode::<Value>(assertion.expose(), &decoding, &validation).ok().map(|data| data.claims)
}

fn assertion(key: &SigningKey) -> Secret {
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    key.assertion("0oa1", "https://acme.okta.com/oauth2/v1/token", now).unwrap()
}

fn der_of(pem: &Secret) -> Vec<u8> {
    let (_, body) = private_block(pem.expose()).unwrap();
    STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap()
}

#[test]
fn a_key_made_here_reads_back_and_signs_what_its_public_half_verifies() {
    for kind in [KeyKind::Rsa, KeyKind::Ec] {
        let (pem, made) = SigningKey::generate(kind).unwrap();
        let read = SigningKey::parse(pem.expose(), None).unwrap();
        assert_eq!((read.kid(), read.public_jwk()), (made.kid(), made.public_jwk()));
        let claims = verified(&made, &assertion(&read)).unwrap();
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!("0oa1"), &json!("0oa1")));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
        let (_, other) = SigningKey::generate(kind).unwrap();
        assert!(verified(&other, &assertion(&read)).is_none());
        for private in ["d", "p", "q", "k"] {
            assert!(made.public_jwk().get(private).is_none());
        }
        assert!(!format!("{made:?}").contains("PRIVATE"));
    }
}

#[test]
fn no_two_assertions_are_the_same() {
    let (_, key) = SigningKey::generate(KeyKind::Ec).unwrap();
    let jti = || verified(&key, &assertion(&key)).unwrap()["jti"].clone();
    assert_ne!(jti(), jti());
}

#[test]
fn a_private_jwk_is_the_same_key() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let pkcs8 = pair.to_pkcs8v1().unwrap();
    let from_pem = SigningKey::parse(&pem("PRIVATE KEY", pkcs8.as_ref()), None).unwrap();
    let d = encode(pair.private_key().as_be_bytes().unwrap().as_ref());
    let mut jwk = from_pem.public_jwk().clone();
    jwk["d"] = json!(d);
    jwk["kid"] = json!("mine");
    let from_jwk = SigningKey::parse(&jwk.to_string(), None).unwrap();
    assert_eq!(from_jwk.kid(), "mine");
    assert_eq!(SigningKey::parse(&jwk.to_string(), Some("given")).unwrap().kid(), "given");
    assert!(verified(&from_pem, &assertion(&from_jwk)).is_some());
    let set = json!({ "keys": [from_pem.public_jwk(), jwk] });
    assert_eq!(SigningKey::parse(&set.to_string(), None).unwrap().kid(), "mine");
    let two = json!({ "keys": [jwk, jwk] });
    assert_eq!(SigningKey::parse(&two.to_string(), None).unwrap_err(), KeyError::Several(2));
    jwk["d"] = json!("AAAA");
    assert_eq!(SigningKey::parse(&jwk.to_string(), None).unwrap_err(), KeyError::Numbers);
}

/// The numbers of an RSAPrivateKey, read back: the JWK that another tool would have written.
#[test]
fn an_rsa_jwk_is_read_by_its_numbers() {
    let (pem, key) = SigningKey::generate(KeyKind::Rsa).unwrap();
    let pkcs8 = der_of(&pem);
    // RSAPrivateKey is the content of the last OCTET STRING of PKCS #8.
    let at =
        pkcs8.windows(4).position(|w| w[0] == 0x30 && w[1] == 0x82 && w.as_ptr() != pkcs8.as_ptr()).unwrap();
    let pkcs1 = &pkcs8[at..];
    let mut rest = &pkcs1[4..];
    let mut numbers = Vec::new();
    while rest.len() > 2 && rest[0] == 0x02 {
        let (length, skip) = match rest[1] {
            0x81 => (usize::from(rest[2]), 3),
            0x82 => (usize::from(rest[2]) << 8 | usize::from(rest[3]), 4),
            short => (usize::from(short), 2),
        };
        numbers.push(rest[skip..skip + length].to_vec());
        rest = &rest[skip + length..];
    }
    assert_eq!(numbers.len(), 9);
    let mut jwk = json!({ "kty": "RSA" });
    for (name, number) in ["n", "e", "d", "p", "q", "dp", "dq", "qi"].iter().zip(&numbers[1..]) {
        let start = number.iter().position(|b| *b != 0).unwrap();
        jwk[*name] = json!(encode(&number[start..]));
    }
    let read = SigningKey::parse(&jwk.to_string(), None).unwrap();
    assert_eq!(read.kid(), key.kid());
    assert!(verified(&key, &assertion(&read)).is_some());
    let as_pkcs1 = SigningKey::parse(&super::pem("RSA PRIVATE KEY", pkcs1), None).unwrap();
    assert_eq!(as_pkcs1.kid(), key.kid());
    jwk.as_object_mut().unwrap().remove("qi");
    assert_eq!(SigningKey::parse(&jwk.to_string(), None).unwrap_err(), KeyError::Part("qi"));
}

#[test]
fn what_is_no_key_for_okta_is_named() {
    let (good, key) = SigningKey::generate(KeyKind::Ec).unwrap();
    let p521 = EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING).unwrap();
    let p521 = pem("PRIVATE KEY", p521.to_pkcs8v1().unwrap().as_ref());
    let ed25519 =
        pem("PRIVATE KEY", &[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04]);
    let cut = good.expose().replace("-----END PRIVATE KEY-----", "");
    let cases: [(&str, KeyError); 14] = [
        ("", KeyError::NoKey),
        ("hello", KeyError::NoKey),
        ("{", KeyError::NoKey),
        ("{}", KeyError::Part("kty")),
        (&key.public_jwk().to_string(), KeyError::NotPrivate("the public key")),
        (r#"{"keys":[]}"#, KeyError::NotPrivate("public keys")),
        (r#"{"kty":"oct","k":"AA"}"#, KeyError::Kind(Clean::new("oct"))),
        (r#"{"kty":"EC","crv":"P-521","d":"AA"}"#, KeyError::Kind(Clean::new("P-521"))),
        (&cut, KeyError::Damaged("the line that ends it is missing")),
        (
            "-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----",
            KeyError::Damaged("its inside is not Base64"),
        ),
        (
            "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----",
            KeyError::NotPrivate("a certificate"),
        ),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----", KeyError::OpenSsh),
        (&p521, KeyError::Kind(Clean::new("P-521"))),
        (&ed25519, KeyError::Kind(Clean::new("Ed25519"))),
    ];
    for (text, error) in cases {
        assert_eq!(SigningKey::parse(text, None).err(), Some(error), "{text}");
    }
    for locked in [
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAA==\n-----END RSA PRIVATE KEY-----",
    ] {
        assert_eq!(SigningKey::parse(locked, None).err(), Some(KeyError::Locked));
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in ".{0,200}", label in "[A-Z ]{0,24}", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = SigningKey::parse(&text, None);
        let _ = SigningKey::parse(&pem(&label, &bytes), None);
        let _ = SigningKey::parse(&pem("PRIVATE KEY", &bytes), None);
        let _ = SigningKey::parse(&format!("{{{text}"), None);
    }
}
