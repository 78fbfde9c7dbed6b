//! Wrong tokens, signed here with a key made here.

use super::*;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::sync::LazyLock;

const NOW: i64 = 1_800_000_000;
const ACCESS: &str = "access-token-value";

struct Pair {
    private: Vec<u8>,
    jwk: Value,
}

fn pair(kid: &str) -> Pair {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = key.public_key();
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let n = encode(public.modulus().big_endian_without_leading_zero());
    let e = encode(public.exponent().big_endian_without_leading_zero());
    let private: Pkcs8V1Der<'_> = key.as_der().unwrap();
    Pair {
        private: pkcs1_of_pkcs8(private.as_ref()),
        jwk: json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e}),
    }
}

/// The RSAPrivateKey inside a PKCS #8 document: the content of its last OCTET STRING. jsonwebtoken signs with that form.
fn pkcs1_of_pkcs8(der: &[u8]) -> Vec<u8> {
    // SEQUENCE (4 bytes of head), INTEGER 0 (3), AlgorithmIdentifier rsaEncryption (15), OCTET STRING (4 bytes of head).
    der[26..].to_vec()
}

static OURS: LazyLock<Pair> = LazyLock::new(|| pair("k1"));
static OTHER: LazyLock<Pair> = LazyLock::new(|| pair("k1"));

fn good() -> Value {
    json!({
        "iss": "https://issuer", "aud": "client", "sub": "ana", "exp": NOW + 3600, "iat": NOW,
        "nonce": "the-nonce", "at_hash": half_hash("RS256", ACCESS).unwrap(),
    })
}

fn sign(claims: &Value, kid: &str, key: &Pair) -> String {
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(kid.to_owned());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_rsa_der(&key.private)).unwrap()
}

fn run(token: &str, max_age: Option<i64>) -> Vec<Judged> {
    let keys = Keys::read(json!({"keys": [OURS.jwk]}).to_string().as_bytes()).unwrap();
    let (nonce, access, secret) =
        (Secret::new("the-nonce"), Secret::new(ACCESS), Secret::new("client secret"));
    check(
        token,
        &Expected {
            issuer: "https://issuer",
            client_id: "client",
            client_secret: Some(&secret),
            nonce: Some(&nonce),
            access_token: Some(&access),
            algorithms: &["RS256".to_owned(), "HS256".to_owned()],
            keys: Ok(&keys),
            now: Timestamp::from_second(NOW).unwrap(),
            skew: None,
            max_age,
        },
    )
}

fn worst(checks: &[Judged]) -> Vec<(&'static str, Verdict)> {
    let wrong = checks.iter().filter(|check| check.verdict != Verdict::Pass);
    wrong.map(|check| (check.name, check.verdict)).collect()
}

fn with(field: &str, value: Value) -> Value {
    let mut claims = good();
    claims[field] = value;
    claims
}

fn without(field: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(field);
    claims
}

#[test]
fn a_good_token_passes_every_check() {
    let checks = run(&sign(&good(), "k1", &OURS), None);
    assert_eq!(checks.len(), COUNT);
    assert_eq!(worst(&checks), []);
}

#[test]
fn each_wrong_claim_fails_its_own_check_and_no_other() {
    use Verdict::{Fail, NotRun, Warn};
    for (claims, expected) in [
        (with("iss", json!("https://issuer/")), vec![("iss", Fail)]),
        (with("aud", json!("other")), vec![("aud", Fail)]),
        (with("aud", json!(["client", "other"])), vec![("aud", Fail)]),
        (with("aud", json!(["client"])), vec![]),
        (with("azp", json!("other")), vec![("azp", Fail)]),
        (with("azp", json!("client")), vec![]),
        (with("exp", json!(NOW)), vec![("exp", Fail)]),
        (with("iat", json!(NOW + 10 * LEEWAY)), vec![("iat", Fail)]),
        (with("iat", json!(NOW - 3600)), vec![("iat", Warn)]),
        (with("nonce", json!("another")), vec![("nonce", Fail)]),
        (without("nonce"), vec![("nonce", Fail)]),
        (with("at_hash", json!("AAAA")), vec![("at_hash", Fail)]),
        (without("at_hash"), vec![("at_hash", NotRun)]),
        (without("sub"), vec![("claims", Fail)]),
        (without("exp"), vec![("exp", Fail), ("claims", Fail)]),
    ] {
        assert_eq!(worst(&run(&sign(&claims, "k1", &OURS), None)), expected, "{claims}");
    }
}

#[test]
fn another_key_and_a_changed_payload_fail_the_signature() {
    assert_eq!(worst(&run(&sign(&good(), "k1", &OTHER), None)), [("signature", Verdict::Fail)]);
    let token = sign(&good(), "k1", &OURS);
    let parts: Vec<&str> = token.split('.').collect();
    let claims = URL_SAFE_NO_PAD.encode(with("sub", json!("mallory")).to_string());
    let changed = format!("{}.{claims}.{}", parts[0], parts[2]);
    assert_eq!(worst(&run(&changed, None)), [("signature", Verdict::Fail)]);
}

#[test]
fn an_unknown_key_is_not_called_a_bad_signature() {
    let checks = run(&sign(&good(), "k9", &OURS), None);
    assert_eq!(worst(&checks), [("kid", Verdict::Fail), ("signature", Verdict::NotRun)]);
}

#[test]
fn a_token_without_signature_is_refused() {
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#);
    let token = format!("{none}.{}.", URL_SAFE_NO_PAD.encode(good().to_string()));
    let checks = run(&token, None);
    assert_eq!(worst(&checks)[0], ("alg", Verdict::Fail));
    assert!(worst(&checks).iter().any(|(name, verdict)| *name == "signature" && *verdict == Verdict::NotRun));
}

#[test]
fn a_mac_is_made_with_the_client_secret() {
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let sign = |secret: &[u8]| {
        let header = Header::new(Algorithm::HS256);
        jsonwebtoken::encode(&header, &good(), &EncodingKey::from_secret(secret)).unwrap()
    };
    let right = worst(&run(&sign(b"client secret"), None));
    assert!(!right.iter().any(|(name, _)| *name == "signature"), "{right:?}");
    assert!(worst(&run(&sign(b"guess"), None)).contains(&("signature", Verdict::Fail)));
}

#[test]
fn times_are_judged_by_the_servers_clock() {
    let token = sign(&good(), "k1", &OURS);
    let keys = Keys::read(json!({"keys": [OURS.jwk]}).to_string().as_bytes()).unwrap();
    let expected = |skew| Expected {
        issuer: "https://issuer",
        client_id: "client",
        client_secret: None,
        nonce: None,
        access_token: None,
        algorithms: &[],
        keys: Ok(&keys),
        // Our clock is two hours ahead of the server's.
        now: Timestamp::from_second(NOW + 7200).unwrap(),
        skew,
        max_age: None,
    };
    let exp = |skew| check(&token, &expected(skew)).into_iter().find(|c| c.name == "exp").unwrap().verdict;
    assert_eq!(exp(None), Verdict::Fail);
    assert_eq!(exp(Some(Skew { ms: -7_200_000, error_ms: 500 })), Verdict::Pass);
}

#[test]
fn auth_time_is_checked_only_where_it_was_asked_for() {
    let old = sign(&with("auth_time", json!(NOW - 4000)), "k1", &OURS);
    assert_eq!(worst(&run(&old, None)), []);
    assert_eq!(worst(&run(&old, Some(60))), [("auth_time", Verdict::Fail)]);
    assert_eq!(worst(&run(&sign(&good(), "k1", &OURS), Some(60))), [("auth_time", Verdict::Fail)]);
}

#[test]
fn without_keys_nothing_is_green_that_needs_them() {
    let token = sign(&good(), "k1", &OURS);
    let checks = check(
        &token,
        &Expected {
            issuer: "https://issuer",
            client_id: "client",
            client_secret: None,
            nonce: None,
            access_token: None,
            algorithms: &[],
            keys: Err("no answer."),
            now: Timestamp::from_second(NOW).unwrap(),
            skew: None,
            max_age: None,
        },
    );
    for name in ["kid", "signature", "nonce", "at_hash"] {
        assert_eq!(checks.iter().find(|c| c.name == name).unwrap().verdict, Verdict::NotRun, "{name}");
    }
    assert_eq!(check("opaque", &Expected { keys: Err(""), ..plain() })[0].verdict, Verdict::Fail);
}

fn plain() -> Expected<'static> {
    Expected {
        issuer: "",
        client_id: "",
        client_secret: None,
        nonce: None,
        access_token: None,
        algorithms: &[],
        keys: Err(""),
        now: Timestamp::UNIX_EPOCH,
        skew: None,
        max_age: None,
    }
}
