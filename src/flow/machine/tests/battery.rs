//! The battery.

use super::*;

/// A server that takes whatever it is asked.
fn careless(_: &str, call: &Call) -> Answered {
    match call {
        Call::Http(request) if request.url.contains("openid-configuration") => ok(metadata()),
        Call::Http(request) if request.url.contains("/authorize") => {
            let redirect = parameter(call, "redirect_uri");
            let redirect = if redirect.is_empty() { CALLBACK.to_owned() } else { redirect };
            to(format!("{redirect}?error=login_required"))
        }
        Call::Http(request) if request.url.ends_with("/keys") => {
            ok(r#"{"keys":[{"kty":"RSA","d":"private"}]}"#)
        }
        _ => ok(r#"{"active":true,"access_token":"a"}"#),
    }
}

#[test]
fn a_server_that_takes_everything_fails_every_case() {
    let spec = || Spec { login: None, ..spec(Way::Battery) };
    let seen = drive(spec(), None, &[], &mut careless);
    let cases = &seen.hops[2..seen.hops.len() - 1];
    assert!(cases.len() > 20);
    let let_off: Vec<_> = cases.iter().filter(|(_, v)| !matches!(v, Verdict::Fail | Verdict::Warn)).collect();
    assert!(let_off.is_empty(), "{let_off:?}");

    let strict = drive(spec(), None, &[], &mut |title, call| match title {
        "GET discovery" | "GET /authorize, all as it should be" => careless(title, call),
        title if title.ends_with("private ones") => ok(r#"{"keys":[{"kty":"RSA","n":"public"}]}"#),
        _ => status(400, r#"{"error":"invalid_request"}"#),
    });
    let bad: Vec<_> = strict.hops.iter().filter(|(_, v)| matches!(v, Verdict::Fail)).collect();
    assert!(bad.is_empty(), "{bad:?}");
    assert!(strict.verdict("score: ").is_some());

    let limited = drive(spec(), None, &[], &mut |title, call| match title {
        "GET discovery" | "GET /authorize, all as it should be" => careless(title, call),
        _ => status(429, "{}"),
    });
    assert_eq!(limited.sent.len(), 3, "at a rate limit it stops");
    assert_eq!(limited.verdict("score: 0 of 0"), Some(Verdict::NotRun));
}
