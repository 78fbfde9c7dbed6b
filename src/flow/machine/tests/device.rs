//! The device authorization grant, with a server that answers from a list.

use super::*;

const CODE: &str = "device-code-of-this-run";

fn metadata_with_devices() -> String {
    let mut whole: serde_json::Value = serde_json::from_str(&metadata()).unwrap();
    whole["device_authorization_endpoint"] = json!(format!("{ISSUER}/v1/device/authorize"));
    whole.to_string()
}

fn codes(interval: Option<u64>, seconds: u64) -> String {
    let mut body = json!({"device_code": CODE, "user_code": "ABCD-EFGH", "verification_uri": "https://o/activate",
        "expires_in": seconds});
    if let Some(interval) = interval {
        body["interval"] = json!(interval);
    }
    body.to_string()
}

fn refusal(code: &str) -> Answered {
    Ok((400, Vec::new(), json!({"error": code, "error_description": "words"}).to_string()))
}

/// A run whose polls are answered by `polls` in order; the last one again and again.
fn polled(begins: &str, polls: &[&str]) -> Seen {
    let mut asked = 0;
    let spec = Spec { login: None, scopes: vec!["email".into()], ..spec(Way::Device) };
    drive(spec, None, &[], &mut |title, call| match (title, call) {
        ("GET discovery", _) => ok(metadata_with_devices()),
        ("POST device authorization", Call::Http(request)) => {
            assert_eq!(String::from_utf8_lossy(&request.body), "scope=email");
            assert!(request.headers.iter().any(|(name, _)| *name == "authorization"));
            ok(begins)
        }
        ("POST /token: device code", Call::Http(request)) => {
            assert!(String::from_utf8_lossy(&request.body).contains(&format!("device_code={CODE}")));
            let answer = polls[asked.min(polls.len() - 1)];
            asked += 1;
            match answer {
                "tokens" => {
                    ok(json!({"token_type": "Bearer", "access_token": "at-1", "expires_in": 60}).to_string())
                }
                "silence" => Err(NoAnswer { sentence: "No answer in time.".into(), maybe_sent: true }),
                code => refusal(code),
            }
        }
        _ => ok("{}"),
    })
}

#[test]
fn the_server_is_asked_at_its_pace_until_the_person_has_approved() {
    let seen = polled(&codes(Some(2), 60), &["authorization_pending", "slow_down", "silence", "tokens"]);
    assert_eq!(seen.waited, [2, 2, 7, 14], "slow_down adds five seconds, silence doubles the pause");
    assert_eq!(seen.verdict("POST /token: device code, slow_down"), Some(Verdict::Pass));
    assert_eq!(seen.hops.iter().filter(|(t, _)| t == "POST /token: device code").count(), 2);
    assert_eq!((seen.asked, seen.sent.last().map(String::as_str)), (1, Some("POST /revoke: access token")));
    assert_eq!(
        polled(&codes(None, 60), &["tokens"]).waited,
        [5],
        "RFC 8628 §3.2: five seconds where none are told"
    );
    assert!(seen.done.unwrap().1.contains("redirect URI"));
}

#[test]
fn who_refuses_or_comes_too_late_ends_the_run() {
    for code in ["access_denied", "expired_token", "invalid_client"] {
        let seen = polled(&codes(Some(1), 60), &["authorization_pending", code]);
        assert_eq!(seen.verdict("POST /token: device code"), Some(Verdict::Pass), "the pending one");
        assert_eq!(
            seen.hops.iter().filter(|(_, v)| *v == Verdict::Fail).count(),
            1,
            "{code}: {:?}",
            seen.hops
        );
        assert_eq!(seen.waited.len(), 2);
    }
    let seen = polled(&codes(Some(4), 10), &["authorization_pending"]);
    assert_eq!(seen.waited, [4, 4, 2], "a server that never says expired_token is not asked for ever");
    assert_eq!(seen.verdict("approval of the device"), Some(Verdict::Fail));
}

#[test]
fn an_answer_without_its_codes_and_a_server_without_the_grant_are_told() {
    let seen = polled(r#"{"user_code":"A"}"#, &["tokens"]);
    assert_eq!((seen.verdict("POST device authorization"), seen.waited.len()), (Some(Verdict::Fail), 0));
    let seen = drive(spec(Way::Device), None, &[], &mut |_, _| ok(metadata()));
    assert_eq!(seen.verdict("POST device authorization"), Some(Verdict::Fail));
    assert_eq!(seen.sent, ["GET discovery"]);
}
