use super::*;
use crate::flow::trace::lift::{self, Raw, RawAnswer};
use crate::flow::trace::{Check, Connection, Hop, Leg, Party, Piece, RunVerdict, Step, Text, Verdict, Way};
use crate::secret::FingerprintKey;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const CODE: &str = "C0de-Of-This.Run";
const SECRET: &str = "cl13nt/secret+";

fn headers(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

fn hop(number: usize, raw: &Raw<'_>, safe: &mut Safe) -> Hop {
    Hop {
        number,
        to: Party::Okta,
        step: Step::Token,
        title: Text::plain("POST /token | a"),
        verdict: Verdict::Pass,
        exchange: Some(lift::exchange(raw, safe)),
        checks: Vec::new(),
        why: vec![
            "The code «authorization code, 16 characters, a91c 07e2» was taken for ana@acme.example.".into(),
        ],
        connection: Some(Connection {
            name_us: Some(300),
            connect_us: Some(41_300),
            first_byte_us: 90_000,
            body_us: 120,
            protocol: "HTTP/1.1".into(),
            certificate: Some("issued by Example CA, good until 2036-11-19".into()),
        }),
        altered: Vec::new(),
        at_ms: 10,
        took_ms: 5,
    }
}

/// A token request and its answer, userinfo, and a hop on which nothing was sent.
fn run() -> (Trace, Safe) {
    let mut safe = Safe::new(FingerprintKey::new(&[7; 32]));
    let claims = URL_SAFE_NO_PAD
        .encode(json!({"sub": "00u1", "email": "ana@acme.example", "name": "Ana ✨"}).to_string());
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{claims}.c2lnbmF0dXJl");
    let answer = json!({"access_token": "opaque-access-token", "id_token": token}).to_string();
    let basic = format!("Basic {}", STANDARD.encode(format!("client:{SECRET}")));
    let sent = headers(&[
        ("authorization", &basic),
        ("content-type", "application/x-www-form-urlencoded"),
        ("cookie", "sid=session-cookie; lang=en-long"),
    ]);
    let came = headers(&[
        ("content-type", "application/json"),
        ("set-cookie", "sid=session-cookie; Path=/; HttpOnly"),
    ]);
    safe.lift(SecretKind::ClientSecret, SECRET);
    let body = format!("grant_type=authorization_code&code={CODE}&redirect_uri=https%3A%2F%2Fg%2Fcb");
    let exchange = Raw {
        method: "POST",
        url: "https://o/token?login_hint=ana%40acme.example&state=st4te-value",
        request_headers: &sent,
        request_body: body.as_bytes(),
        answer: Some(Ok(RawAnswer { status: 200, headers: &came, body: answer.as_bytes() })),
    };
    let userinfo = Raw {
        method: "GET",
        url: "https://o/userinfo",
        request_headers: &[],
        request_body: b"",
        answer: Some(Ok(RawAnswer {
            status: 200,
            headers: &headers(&[("content-type", "application/json")]),
            body: br#"{"sub":"00u1","email":"ana@acme.example","given_name":"Ana","name":"Ana \u2728","note":"```"}"#,
        })),
    };
    let mut hops = vec![hop(1, &exchange, &mut safe), hop(2, &userinfo, &mut safe)];
    hops[1].checks.push(Check {
        name: "sub".into(),
        verdict: Verdict::Fail,
        expected: Some(Text::plain("00u1")),
        actual: Some(Text::of(vec![Piece::Hole(safe.lift(SecretKind::Code, CODE))])),
        sentence: "About ana@acme.example.".into(),
        source: "OIDC Core §5.3.2".into(),
    });
    hops.push(Hop {
        number: 3,
        exchange: None,
        to: Party::Gateway,
        title: Text::plain("callback not sent"),
        ..hops[0].clone()
    });
    let trace = Trace {
        run: 2,
        title: "authorization code + PKCE".into(),
        way: Way::Terminal,
        login: Some("ana@acme.example".into()),
        began: "2026-11-22T19:04:03Z".parse().unwrap(),
        hops,
        verdict: RunVerdict::Failed {
            leg: Leg::GatewayToOkta,
            step: Some(Step::Use),
            headline: "sub: About ana@acme.example.".into(),
            fixes: vec!["Ask.".into()],
        },
        left: vec!["refresh token: revoked".into()],
    };
    (trace, safe)
}

#[test]
fn no_file_holds_a_secret_or_names_the_person() {
    let (trace, safe) = run();
    for format in Format::ALL {
        let text = export(&trace, &safe, format).unwrap();
        for (kind, secret) in safe.values() {
            assert!(!text.contains(secret.expose()), "{format:?}: {}", kind.words());
        }
        for person in ["ana@acme.example", "ana%40acme.example", "\"Ana\"", "Ana ✨", "Ana \\u2728", "a91c"]
        {
            assert!(!text.contains(person), "{format:?}: {person}");
        }
        assert!(text.contains("masked-authorization-code"), "{format:?}");
        assert!(text.contains("Masked: passwords"), "{format:?}");
    }
}

#[test]
fn an_unmasked_file_says_so_and_has_no_password_all_the_same() {
    let (mut trace, mut safe) = run();
    let typed = Text::of(vec![
        Piece::Plain("password=".into()),
        Piece::Hole(safe.lift(SecretKind::Password, "Pa55-Word-Of-Ana")),
        Piece::Plain("&passCode=".into()),
        Piece::Hole(safe.lift(SecretKind::Passcode, "123456")),
    ]);
    trace.hops[1].exchange.as_mut().unwrap().request_body = typed;
    let text = unmasked(&trace, &safe);
    let archive: Value = serde_json::from_str(text.expose()).unwrap();
    assert!(archive["log"]["comment"].as_str().unwrap().starts_with("NOT masked"));
    for secret in [CODE, "opaque-access-token", "session-cookie", "ana@acme.example"] {
        assert!(text.expose().contains(secret), "{secret}");
    }
    let sent = archive["log"]["entries"][0]["request"]["postData"]["text"].as_str().unwrap();
    assert_eq!(sent, format!("grant_type=authorization_code&code={CODE}&redirect_uri=https%3A%2F%2Fg%2Fcb"));
    for secret in ["Pa55-Word-Of-Ana", "123456"] {
        assert!(!text.expose().contains(secret), "{secret}");
    }
}

#[test]
fn equal_values_have_equal_tags() {
    let (trace, safe) = run();
    let text = export(&trace, &safe, Format::Json).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let code = value["hops"][1]["checks"][0]["actual"].as_str().unwrap();
    assert!(value["hops"][0]["exchange"]["request_body"].as_str().unwrap().contains(code), "{text}");
    assert_eq!(value["result"]["verdict"], "failed");
    assert_eq!(value["hops"][2]["exchange"], Value::Null);
}

#[test]
fn a_har_has_the_members_that_the_format_demands() {
    let (trace, safe) = run();
    let archive: Value = serde_json::from_str(&export(&trace, &safe, Format::Har).unwrap()).unwrap();
    let log = &archive["log"];
    assert_eq!((log["version"].as_str(), log["creator"]["name"].as_str()), (Some("1.2"), Some("oktui")));
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "the hop on which nothing was sent is none");
    for entry in entries {
        for member in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
            assert!(!entry[member].is_null(), "{member}");
        }
        for member in
            ["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"]
        {
            assert!(!entry["request"][member].is_null(), "request.{member}");
        }
        for member in [
            "status",
            "statusText",
            "httpVersion",
            "cookies",
            "headers",
            "content",
            "redirectURL",
            "headersSize",
            "bodySize",
        ] {
            assert!(!entry["response"][member].is_null(), "response.{member}");
        }
        for member in ["send", "wait", "receive"] {
            assert!(entry["timings"][member].as_f64().unwrap() >= 0.0, "timings.{member}");
        }
        // HAR 1.2: the time is the sum of the parts that there are.
        let parts = entry["timings"].as_object().unwrap().values().map(|part| part.as_f64().unwrap());
        let sum: f64 = parts.filter(|part| *part > 0.0).sum();
        assert!((sum - entry["time"].as_f64().unwrap()).abs() < 0.001, "{}", entry["timings"]);
        let url = entry["request"]["url"].as_str().unwrap();
        assert_eq!(url::Url::parse(url).unwrap().as_str(), url, "a tag needs no encoding");
    }
    let first = &entries[0];
    assert_eq!(first["startedDateTime"], "2026-11-22T19:04:03.01Z");
    assert_eq!(first["response"]["statusText"], "OK");
    assert_eq!(first["response"]["cookies"][0]["httpOnly"], true);
    assert_eq!(first["request"]["cookies"].as_array().unwrap().len(), 2);
    assert_eq!(first["request"]["postData"]["mimeType"], "application/x-www-form-urlencoded");
    assert_eq!(first["request"]["queryString"][1]["name"], "state");
}

#[test]
fn a_report_survives_what_a_server_writes() {
    let (trace, safe) = run();
    let text = export(&trace, &safe, Format::Markdown).unwrap();
    assert!(text.contains("````http"), "the fence is longer than the one in the body");
    assert!(text.contains("POST /token \\| a |"), "{text}");
    assert!(text.contains("- refresh token: revoked") && text.contains("**FAILED** Leg 2"));
}

#[test]
fn a_value_that_stayed_readable_keeps_the_file_from_being_written() {
    let (mut trace, mut safe) = run();
    // A slip elsewhere: the value was put into the trace before it was known as a secret, and nobody sealed it.
    trace.hops[0].why.push("token=late-known-secret".into());
    assert!(export(&trace, &safe, Format::Har).is_ok());
    safe.lift(SecretKind::AccessToken, "late-known-secret");
    for format in Format::ALL {
        assert_eq!(export(&trace, &safe, format), Err(Leak { kind: SecretKind::AccessToken }));
    }
    trace.hops[0].why.pop();
    trace.hops[0].why.push(STANDARD.encode("x late-known-secret y"));
    assert!(export(&trace, &safe, Format::Markdown).is_err(), "in Base64 it can be read as well");
}

#[test]
fn a_run_is_read_back_masked_with_its_values_gone() {
    let (trace, safe) = run();
    let written: Value = serde_json::from_str(&export(&trace, &safe, Format::Json).unwrap()).unwrap();
    let back = read(written.clone()).unwrap();
    assert_eq!(
        (back.run, back.way, back.began, &back.left),
        (trace.run, trace.way, trace.began, &trace.left)
    );
    assert_eq!((back.hops.len(), &back.login), (3, &None));
    let sent = |trace: &Trace| trace.hops[0].exchange.as_ref().unwrap().request_body.clone();
    let holes = |text: &Text| {
        let hole =
            |p: &Piece| if let Piece::Hole(hole) = p { Some((hole.id, hole.kind, hole.chars)) } else { None };
        text.pieces().iter().filter_map(hole).collect::<Vec<_>>()
    };
    assert_eq!(holes(&sent(&back)), holes(&sent(&trace)));
    assert!(sent(&back).masked().contains("code=«authorization code, 16 characters, value not kept»"));
    assert!(
        matches!(&back.verdict, RunVerdict::Failed { headline, step: Some(Step::Use), .. } if headline.contains("masked-login"))
    );
    let head: Summary = serde_json::from_value(written.clone()).unwrap();
    assert_eq!((head.began, head.way, head.verdict), (trace.began, trace.way, back.verdict));
    for (member, value) in [("oktui_run", json!(2)), ("hops", json!("none")), ("result", json!({}))] {
        let mut damaged = written.clone();
        damaged[member] = value;
        assert!(read(damaged).is_err(), "{member}");
    }
}

#[test]
fn what_only_looks_like_a_tag_stays_as_it_is() {
    let (mut trace, safe) = run();
    for title in [
        "masked-",
        "masked-state-",
        "masked-state-0-of-4-characters",
        "a masked-state-99999999999999999999-of-1-characters",
    ] {
        trace.hops[0].title = Text::plain(title);
        let written = serde_json::from_str(&export(&trace, &safe, Format::Json).unwrap()).unwrap();
        assert_eq!(read(written).unwrap().hops[0].title, Text::plain(title));
    }
}
