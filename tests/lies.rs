//! A provider that lies: every lie is caught by the check that is there for it, and nothing hangs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use oktui::flow::trace::{RunVerdict, Trace, Verdict, Way};
use oktui::flow::{self, ClientAuth, Random, Spec};
use oktui::secret::{FingerprintKey, Secret};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const CLIENT: &str = "client";
const CALLBACK: &str = "https://gateway.example/cb";
/// How long a request may take where the provider is slow on purpose. Elsewhere a busy machine must not look like a lie.
const SHORT: Duration = Duration::from_millis(600);

/// What the provider lies about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    Nothing,
    MetadataOfAnother,
    MetadataAPage,
    MetadataABomb,
    MetadataDrip,
    RedirectsWithoutEnd,
    RedirectLoop,
    OtherState,
    OtherIssParameter,
    TokensAPage,
    TokensDrip,
    TokensSilence,
    KeysAPage,
    OtherIss,
    OtherAud,
    AlgNone,
    PublicKeyAsSecret,
    Expired,
    NoKid,
    UnknownKid,
    OtherNonce,
    OtherAtHash,
    ForeignSignature,
    OtherSub,
}

struct Key {
    private: EncodingKey,
    jwk: Value,
}

fn key(kid: &str) -> Key {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    // The RSAPrivateKey inside the PKCS #8 document: after SEQUENCE, INTEGER, AlgorithmIdentifier and the head of OCTET STRING.
    let private = EncodingKey::from_rsa_der(&der.as_ref()[26..]);
    Key { private, jwk: json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e}) }
}

static OURS: LazyLock<Key> = LazyLock::new(|| key("ours"));
static OTHER: LazyLock<Key> = LazyLock::new(|| key("ours"));

/// An answer: its head without `Content-Length`, its body, and whether it comes drop by drop and never ends.
struct Reply {
    head: String,
    body: Vec<u8>,
    drip: bool,
}

fn reply(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Reply {
    let head = format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nCache-Control: no-store\r\n");
    Reply { head, body: body.into(), drip: false }
}

fn json_reply(value: &Value) -> Reply {
    reply(200, "application/json", value.to_string())
}

fn page(body: &str) -> Reply {
    reply(200, "text/html", format!("<!doctype html><title>Hello</title>{body}"))
}

fn to(location: &str) -> Reply {
    let mut answer = reply(302, "text/plain", "");
    answer.head.push_str(&format!("Location: {location}\r\n"));
    answer
}

/// A gzip stream of 64 MiB of zeros in some 400 kB: fixed Huffman codes, one literal, then matches of 258 at distance 1
/// (RFC 1951 §3.2.6). Nobody gets as far as its missing end.
fn bomb() -> Reply {
    let mut bits: Vec<bool> = vec![true, true, false];
    let mut code = |value: u32, length: u32| bits.extend((0..length).rev().map(|i| value >> i & 1 == 1));
    code(0b0011_0000, 8);
    for _ in 0..260_000 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    body.extend(bits.chunks(8).map(|c| c.iter().enumerate().fold(0, |b, (i, bit)| b | u8::from(*bit) << i)));
    let mut answer = reply(200, "application/json", body);
    answer.head.push_str("Content-Encoding: gzip\r\n");
    answer
}

/// What a run told the provider, for its later answers.
#[derive(Default)]
struct Told {
    state: String,
    nonce: String,
    requests: usize,
}

fn parameter(line: &str, name: &str) -> String {
    let query = line.split(['?', ' ']).nth(2).unwrap_or_default();
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn answer(origin: &str, lie: Lie, line: &str, told: &mut Told) -> Reply {
    told.requests += 1;
    let path = line.split(['?', ' ']).nth(1).unwrap_or_default();
    match path {
        "/.well-known/openid-configuration" => match lie {
            Lie::MetadataAPage => page("Welcome"),
            Lie::MetadataABomb => bomb(),
            Lie::MetadataDrip => Reply { drip: true, ..json_reply(&json!({})) },
            _ => metadata(origin, lie),
        },
        "/authorize" => {
            (told.state, told.nonce) = (parameter(line, "state"), parameter(line, "nonce"));
            match lie {
                Lie::RedirectsWithoutEnd | Lie::RedirectLoop => to("/on/0"),
                _ => page(
                    "<form method=post action=/login><input name=username><input name=password type=password></form>",
                ),
            }
        }
        "/login" => {
            let state = if lie == Lie::OtherState { "another" } else { &told.state };
            let iss = if lie == Lie::OtherIssParameter { "https://other.example" } else { origin };
            to(&format!("{CALLBACK}?code=c0de-of-the-run&state={state}&iss={iss}"))
        }
        "/token" => match lie {
            Lie::TokensAPage => page("Sign in"),
            Lie::TokensDrip => Reply { drip: true, ..json_reply(&json!({})) },
            Lie::TokensSilence => Reply { head: String::new(), body: Vec::new(), drip: true },
            _ => json_reply(&json!({
                "access_token": "opaque-access", "token_type": "Bearer", "expires_in": 600, "id_token": id_token(origin, lie, &told.nonce),
                "scope": "openid",
            })),
        },
        "/keys" if lie == Lie::KeysAPage => page("Keys"),
        "/keys" => {
            // A second key: a token without kid is then nobody's.
            let mut second = OTHER.jwk.clone();
            second["kid"] = json!("second");
            json_reply(&json!({"keys": [OURS.jwk, second]}))
        }
        "/userinfo" => json_reply(&json!({"sub": if lie == Lie::OtherSub { "ben" } else { "ana" }})),
        _ if lie == Lie::RedirectLoop => to("/on/0"),
        _ => to(&format!("/on/{}", told.requests)),
    }
}

fn metadata(origin: &str, lie: Lie) -> Reply {
    let issuer = if lie == Lie::MetadataOfAnother { "https://other.example" } else { origin };
    json_reply(&json!({
        "issuer": issuer, "authorization_endpoint": format!("{origin}/authorize"), "token_endpoint": format!("{origin}/token"),
        "jwks_uri": format!("{origin}/keys"), "userinfo_endpoint": format!("{origin}/userinfo"),
        "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid"], "authorization_response_iss_parameter_supported": true,
    }))
}

fn id_token(origin: &str, lie: Lie, nonce: &str) -> String {
    let now = jiff::Timestamp::now().as_second();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"opaque-access");
    let mut claims = json!({
        "iss": origin, "aud": CLIENT, "sub": "ana", "iat": now, "exp": now + 600, "nonce": nonce,
        "at_hash": URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]),
    });
    let (claim, value) = match lie {
        Lie::OtherIss => ("iss", json!("https://other.example")),
        Lie::OtherAud => ("aud", json!("another")),
        Lie::Expired => ("exp", json!(now - 60)),
        Lie::OtherNonce => ("nonce", json!("another")),
        Lie::OtherAtHash => ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        _ => ("sub", json!("ana")),
    };
    claims[claim] = value;
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some("ours".into());
    match lie {
        Lie::AlgNone => {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.", part(&json!({"alg": "none"})), part(&claims))
        }
        Lie::PublicKeyAsSecret => {
            header.alg = Algorithm::HS256;
            let public = EncodingKey::from_secret(OURS.jwk["n"].as_str().unwrap().as_bytes());
            jsonwebtoken::encode(&header, &claims, &public).unwrap()
        }
        _ => {
            header.kid = match lie {
                Lie::NoKid => None,
                Lie::UnknownKid => Some("unheard-of".into()),
                _ => header.kid,
            };
            let key = if lie == Lie::ForeignSignature { &OTHER.private } else { &OURS.private };
            jsonwebtoken::encode(&header, &claims, key).unwrap()
        }
    }
}

async fn serve(mut stream: TcpStream, origin: String, lie: Lie, told: Arc<Mutex<Told>>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    // The body is not looked at; what is left of it is dropped with the connection, after the answer was read.
    let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    let answer = answer(&origin, lie, &line, &mut told.lock().unwrap());
    if answer.drip {
        let _ = stream.write_all(answer.head.as_bytes()).await;
        let _ = stream.write_all(b"Content-Length: 1000\r\n\r\n").await;
        // A drop now and then keeps a time-out between bytes from ending it.
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        return;
    }
    let head = format!("{}Content-Length: {}\r\nConnection: close\r\n\r\n", answer.head, answer.body.len());
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&answer.body).await;
    let _ = stream.shutdown().await;
    let _ = stream.read(&mut [0; 4096]).await;
}

/// Runs the tester against a provider that tells `lie`; gives the trace and what came of it in a sentence.
async fn run(lie: Lie) -> (Trace, String) {
    LazyLock::force(&OURS);
    LazyLock::force(&OTHER);
    let slow = matches!(lie, Lie::MetadataDrip | Lie::TokensDrip | Lie::TokensSilence);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (told, at) = (Arc::new(Mutex::new(Told::default())), origin.clone());
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, at.clone(), lie, Arc::clone(&told)));
        }
    });
    let spec = Spec {
        issuer: origin.clone(),
        discovery_url: format!("{origin}/.well-known/openid-configuration"),
        org_url: None,
        identity_engine: false,
        client_id: CLIENT.into(),
        client_secret: Some(Secret::new("the-secret")),
        authentication: ClientAuth::Basic,
        redirect_uri: CALLBACK.into(),
        sign_out_uri: None,
        scopes: vec!["openid".into()],
        way: Way::Form,
        whole_life: false,
        login: Some("ana".into()),
        stepping: None,
        patience: if slow { SHORT } else { flow::PATIENCE },
        run: 1,
    };
    let random = Random::from(|bytes| aws_lc_rs::rand::fill(bytes).unwrap());
    let (events, mut received) = mpsc::channel(64);
    let (_answers, answer) = mpsc::channel(1);
    let (now, key) = (jiff::Timestamp::now(), FingerprintKey::new(&[5; 32]));
    let password = Some(Secret::new("pass-word"));
    let running = flow::run(spec, password, random, now, key, events, answer, CancellationToken::new());
    let listening = async { while received.recv().await.is_some() {} };
    let ((trace, _), ()) = tokio::join!(running, listening);
    serving.abort();
    let said = match &trace.verdict {
        RunVerdict::Passed { .. } => "passed".to_owned(),
        RunVerdict::Failed { headline, .. } => headline.clone(),
        other => format!("{other:?}"),
    };
    (trace, said)
}

#[tokio::test]
async fn a_provider_that_does_not_lie_passes() {
    let (trace, said) = run(Lie::Nothing).await;
    let bad: Vec<_> = trace.hops.iter().filter(|hop| hop.verdict == Verdict::Fail).collect();
    assert_eq!(said, "passed", "{bad:?}");
}

#[tokio::test]
async fn every_lie_is_caught_by_the_check_for_it_and_none_takes_long() {
    let lies = [
        (Lie::MetadataOfAnother, "issuer: "),
        (Lie::MetadataAPage, "an HTML page instead of metadata"),
        (Lie::MetadataABomb, "more than 8192 KiB"),
        (Lie::MetadataDrip, "No answer"),
        (Lie::RedirectsWithoutEnd, "redirects: "),
        (Lie::RedirectLoop, "redirects: "),
        (Lie::OtherState, "state: "),
        (Lie::OtherIssParameter, "iss parameter: "),
        (Lie::TokensAPage, "an HTML page instead of tokens"),
        (Lie::TokensDrip, "No answer"),
        (Lie::TokensSilence, "No answer"),
        (Lie::KeysAPage, "an HTML page instead of keys"),
        (Lie::OtherIss, "iss: "),
        (Lie::OtherAud, "aud: "),
        (Lie::AlgNone, "alg: "),
        (Lie::PublicKeyAsSecret, "alg: "),
        (Lie::Expired, "exp: "),
        (Lie::NoKid, "kid: "),
        (Lie::UnknownKid, "kid: "),
        (Lie::OtherNonce, "nonce: "),
        (Lie::OtherAtHash, "at_hash: "),
        (Lie::ForeignSignature, "signature: "),
        (Lie::OtherSub, "sub: "),
    ];
    // The keys are made before the time is taken.
    LazyLock::force(&OURS);
    LazyLock::force(&OTHER);
    for (lie, caught) in lies {
        let begun = Instant::now();
        let (trace, said) = run(lie).await;
        assert!(said.contains(caught), "{lie:?}: {said}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{lie:?} took {:?}", begun.elapsed());
        assert!(trace.hops.len() < 40, "{lie:?}: {} hops", trace.hops.len());
        let sent =
            |hop: &oktui::flow::trace::Hop| hop.exchange.is_some() && hop.title.masked().contains("/token");
        let refused = [Lie::OtherState, Lie::OtherIssParameter, Lie::MetadataOfAnother];
        if refused.contains(&lie) {
            assert!(!trace.hops.iter().any(sent), "{lie:?}: the code goes nowhere");
        }
    }
}
