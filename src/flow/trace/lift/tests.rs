use super::*;
use crate::secret::FingerprintKey;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

fn safe() -> Safe {
    Safe::new(FingerprintKey::new(&[3; 32]))
}

fn headers(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

fn answer(status: u16, headers: &[(String, String)], body: &str, safe: &mut Safe) -> Exchange {
    let answer = RawAnswer { status, headers, body: body.as_bytes() };
    let raw = Raw {
        method: "GET",
        url: "https://acme.okta.com/x",
        request_headers: &[],
        request_body: &[],
        answer: Some(Ok(answer)),
    };
    exchange(&raw, safe)
}

/// Whether `value` can be read in the exchange as it would be stored.
fn leaks(exchange: &Exchange, value: &str) -> bool {
    let json = serde_json::to_string(exchange).unwrap();
    let percent: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let spellings = [value.to_owned(), percent, STANDARD.encode(value), URL_SAFE_NO_PAD.encode(value)];
    spellings.iter().any(|s| json.contains(s.as_str()))
}

#[test]
fn the_code_in_a_location_is_a_hole_and_a_parameter() {
    let mut safe = safe();
    let head = headers(&[("Location", "https://gw.example/cb?code=C0DE-secret&state=ST4TE-secret")]);
    let exchange = answer(302, &head, "", &mut safe);
    assert!(!leaks(&exchange, "C0DE-secret") && !leaks(&exchange, "ST4TE-secret"));
    let location = exchange.response_headers[0].1.masked();
    assert!(
        location.starts_with("https://gw.example/cb?code=«authorization code, 11 characters"),
        "{location}"
    );
    assert_eq!(exchange.received[0].place, Place::Location);
    assert_eq!(exchange.received[0].name.as_str(), "code");
    assert!(exchange.received[0].meaning.contains("RFC 6749"));
}

#[test]
fn basic_credentials_and_cookies_are_holes_but_their_names_stay() {
    let mut safe = safe();
    let head = headers(&[
        ("authorization", "Basic aWQ6c2VjcmV0LXZhbHVl"),
        ("cookie", "sid=SESSION1; DT=DEVICE11"),
        ("user-agent", "oktui"),
    ]);
    let raw = Raw {
        method: "POST",
        url: "https://h/token",
        request_headers: &head,
        request_body: &[],
        answer: Some(Err("closed")),
    };
    let exchange = exchange(&raw, &mut safe);
    for value in ["aWQ6c2VjcmV0LXZhbHVl", "SESSION1", "DEVICE11"] {
        assert!(!leaks(&exchange, value), "{value}");
    }
    assert!(exchange.request_headers[0].1.masked().starts_with("Basic «credential, 20 characters"));
    assert!(exchange.request_headers[1].1.masked().contains("; DT=«session"));
    assert_eq!(exchange.request_headers[2].1.masked(), "oktui");
    assert_eq!(exchange.trouble.map(|t| t.as_str().to_owned()).as_deref(), Some("closed"));
}

#[test]
fn a_set_cookie_keeps_its_attributes() {
    let mut safe = safe();
    let exchange =
        answer(200, &headers(&[("set-cookie", "idx=VALUE-of-idx; Path=/; HttpOnly")]), "", &mut safe);
    let shown = exchange.response_headers[0].1.masked();
    assert!(shown.starts_with("idx=«session") && shown.ends_with("; Path=/; HttpOnly"), "{shown}");
}

#[test]
fn tokens_are_holes_and_their_claims_are_parameters() {
    let mut safe = safe();
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let claims = part(r#"{"iss":"https://i","nonce":"N0NCE-value","sub":"ana"}"#);
    let jwt = format!("{}.{claims}.c2lnbmF0dXJl", part(r#"{"alg":"RS256","kid":"k1"}"#));
    let body = format!(r#"{{"id_token":"{jwt}","token_type":"Bearer","expires_in":3600}}"#);
    let exchange = answer(200, &headers(&[("content-type", "application/json")]), &body, &mut safe);
    assert!(!leaks(&exchange, &jwt) && !leaks(&exchange, "N0NCE-value") && !leaks(&exchange, &claims));
    let find = |name: &str| exchange.received.iter().find(|p| p.name.as_str() == name).unwrap();
    assert_eq!(find("id_token.iss").value.masked(), "https://i");
    assert_eq!(find("id_token.kid").place, Place::JwtHeader);
    assert!(find("id_token.nonce").value.masked().contains("«nonce"));
    assert_eq!(find("expires_in").value.masked(), "3600");
    assert!(exchange.response_body.masked().contains("\"token_type\": \"Bearer\""));
}

#[test]
fn private_members_of_a_key_are_lifted_and_public_ones_stay() {
    let mut safe = safe();
    let body =
        r#"{"keys":[{"kty":"RSA","n":"MODULUS-public","e":"AQAB","d":"PRIVATE-part"}],"d":"not-a-key"}"#;
    let exchange = answer(200, &[], body, &mut safe);
    assert!(!leaks(&exchange, "PRIVATE-part"));
    assert!(leaks(&exchange, "MODULUS-public") && leaks(&exchange, "not-a-key"));
}

#[test]
fn a_page_that_holds_a_token_keeps_its_text_only() {
    let mut safe = safe();
    let body = "<html><script>var stateToken='PAGE-TOKEN-1';</script><a href=\"/x?code=PAGE-CODE-2&amp;state=PAGE-STATE-3\">\
                Error Code: invalid_request</a><br>Description: no \u{1b}[31m</html>";
    let exchange = answer(400, &headers(&[("content-type", "text/html")]), body, &mut safe);
    for value in ["PAGE-TOKEN-1", "PAGE-CODE-2", "PAGE-STATE-3"] {
        assert!(!leaks(&exchange, value), "{value}: {}", exchange.response_body.masked());
    }
    assert!(!serde_json::to_string(&exchange).unwrap().contains('\u{1b}'));
    assert_eq!(exchange.received[0].value.masked(), "invalid_request");
}

#[test]
fn a_long_body_is_cut_and_its_length_kept() {
    let mut safe = safe();
    let exchange = answer(200, &[], &"é".repeat(BODY_LIMIT), &mut safe);
    assert_eq!(exchange.response_bytes, 2 * BODY_LIMIT);
    assert!(exchange.response_body.masked().len() <= BODY_LIMIT);
}

#[test]
fn a_huge_json_body_is_text_and_its_tokens_are_still_lifted() {
    let mut safe = safe();
    let body = format!(r#"{{"access_token":"T0KEN-in-front","x":"{}"}}"#, "y".repeat(2 * 1024 * 1024));
    let exchange = answer(200, &headers(&[("content-type", "application/json")]), &body, &mut safe);
    assert!(!leaks(&exchange, "T0KEN-in-front"));
    assert!(exchange.response_body.masked().len() < 2 * BODY_LIMIT);
}

#[test]
fn an_encoded_url_is_shown_as_it_was_sent() {
    let mut safe = safe();
    assert_eq!(
        url_text("https://h/a?redirect_uri=https%3A%2F%2Fg%2Fcb&x=%zz+1#f", &mut safe).masked(),
        "https://h/a?redirect_uri=https%3A%2F%2Fg%2Fcb&x=%zz+1#f"
    );
}

#[test]
fn a_secret_known_only_later_is_taken_out_of_earlier_hops() {
    let mut safe = safe();
    let mut exchange = answer(200, &[], "plain text with LATER-SECRET in it", &mut safe);
    assert!(leaks(&exchange, "LATER-SECRET"));
    safe.lift(SecretKind::Session, "LATER-SECRET");
    exchange.seal(&safe);
    assert!(!leaks(&exchange, "LATER-SECRET"));
}

/// A value such as servers send, of at least the length that is searched for in free text.
fn value() -> impl Strategy<Value = String> {
    "[A-Za-z0-9+/=_.~&%\"'<> -]{8,40}".prop_map(|s| format!("v{}z", s.trim()))
}

proptest! {
    /// The property that the whole tester rests on.
    #[test]
    fn no_value_of_the_safe_can_be_read_in_the_trace(code in value(), password in value(), token in value(), cookie in "[A-Za-z0-9_-]{8,30}") {
        let mut safe = safe();
        let form = |v: &str| url::form_urlencoded::byte_serialize(v.as_bytes()).collect::<String>();
        let url = format!("https://h/authorize?x=1&code={}&next={}", form(&code), form(&format!("/p?token={}", form(&token))));
        let request_headers = headers(&[
            ("content-type", "application/json"),
            ("authorization", &format!("Basic {}", STANDARD.encode(format!("id:{}", form(&password))))),
            ("referer", &url),
        ]);
        let body = serde_json::json!({"username": "ana", "password": password}).to_string();
        let reply = serde_json::json!({
            "access_token": token, "list": [{"sessionToken": code}],
            "echo": format!("you sent {password} and {}", STANDARD.encode(&password)),
        }).to_string();
        let reply_headers = headers(&[
            ("content-type", "application/json"),
            ("set-cookie", &format!("sid={cookie}; Path=/")),
            ("x-echo", &format!("{token} {cookie}")),
        ]);
        let raw = Raw {
            method: "POST", url: &url, request_headers: &request_headers, request_body: body.as_bytes(),
            answer: Some(Ok(RawAnswer { status: 200, headers: &reply_headers, body: reply.as_bytes() })),
        };
        let mut exchange = exchange(&raw, &mut safe);
        exchange.seal(&safe);
        for (_, secret) in safe.values().filter(|(_, secret)| secret.chars() >= 6) {
            prop_assert!(!leaks(&exchange, secret.expose()), "{}", secret.expose());
        }
        for value in [&code, &password, &token, &cookie] {
            prop_assert!(!leaks(&exchange, value), "{}", value);
        }
    }

    #[test]
    fn no_body_panics(body in ".{0,300}", media_type in "(application/json|text/html|application/x-www-form-urlencoded|)") {
        let mut safe = safe();
        answer(200, &headers(&[("content-type", &media_type), ("location", &body), ("set-cookie", &body)]), &body, &mut safe);
    }
}
