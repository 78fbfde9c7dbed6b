//! The A/B test of the client secret.

use super::*;

/// A token endpoint that knows the client where `known` says so, by the method and what the header or the body holds.
fn prove(
    secret: &str,
    authentication: ClientAuth,
    known: impl Fn(&str, &Outgoing) -> bool,
) -> (Seen, Vec<(&'static str, Verdict)>) {
    let spec = Spec { client_secret: Some(Secret::new(secret)), authentication, ..spec(Way::Secret) };
    let server = |title: &str, call: &Call| match call {
        Call::Http(request) if title.starts_with("POST /token") => {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            assert!(body.contains("grant_type=authorization_code&code="), "{body}");
            match known(title, request) {
                true => status(400, r#"{"error":"invalid_grant"}"#),
                false => status(401, r#"{"error":"invalid_client"}"#),
            }
        }
        _ => ok(metadata()),
    };
    let mut machine = Machine::new(spec, None, &random());
    let (mut seen, mut input, mut checks) = (Seen::default(), Input::Start, Vec::new());
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    while seen.done.is_none() {
        let (next, actions) = machine.step(input);
        (machine, input) = (next, Input::Stop);
        for action in actions {
            match action {
                Action::Send { title, call, .. } => {
                    seen.sent.push(title.clone());
                    let (status, headers, body) = server(&title, &call).unwrap();
                    let body = body.into_bytes();
                    input = Input::Answer(Ok(Reply { status, headers, body, sent: now, received: now }));
                }
                Action::Here(hop) => {
                    checks = hop.judgement.checks.iter().map(|check| (check.name, check.verdict)).collect();
                }
                Action::Left(line) => seen.left.push(line),
                Action::Done { stopped, judged_not } => seen.done = Some((stopped, judged_not)),
                _ => {}
            }
        }
    }
    (seen, checks)
}

#[test]
fn the_answers_side_by_side_tell_secret_method_and_encoding_apart() {
    use Verdict::{Fail, NotRun, Pass, Warn};
    let by_header = |request: &Outgoing| request.headers.iter().any(|(name, _)| *name == "authorization");
    let altered = |title: &str| title.ends_with("secret altered");
    let raw = |title: &str| title.ends_with("not form-encoded");

    let (seen, checks) = prove("plain", ClientAuth::Basic, |t, r| by_header(r) && !altered(t));
    assert_eq!(checks, [("secret", Pass), ("method", Pass), ("encoding", NotRun)]);
    assert_eq!(
        seen.sent[1..],
        [
            "POST /token, made-up code, client_secret_basic, as the app is set",
            "POST /token, made-up code, client_secret_post",
            "POST /token, made-up code, client_secret_basic, secret altered"
        ],
        "both spellings of the header are one for this secret"
    );
    assert_eq!(seen.left, ["the server's log: 3 failed token requests of this client, with a made-up code"]);

    let (_, checks) = prove("plain", ClientAuth::Basic, |t, r| !by_header(r) && !altered(t));
    assert_eq!(checks[..2], [("secret", Pass), ("method", Fail)]);
    let (_, checks) = prove("plain", ClientAuth::Post, |t, r| by_header(r) && !altered(t));
    assert_eq!(checks[..2], [("secret", Pass), ("method", Fail)]);
    let (_, checks) = prove("plain", ClientAuth::Post, |_, _| false);
    assert_eq!(checks, [("secret", Fail), ("method", NotRun)]);
    let (_, checks) = prove("plain", ClientAuth::Post, |_, _| true);
    assert_eq!(checks, [("order", Warn)], "a server that looks at the code first proves nothing");

    let (seen, checks) = prove("a+b%c", ClientAuth::Basic, |t, r| by_header(r) && !altered(t) && !raw(t));
    assert_eq!(checks, [("secret", Pass), ("method", Pass), ("encoding", Warn)]);
    assert_eq!(seen.sent.len(), 5);
    let (_, checks) = prove("a+b%c", ClientAuth::Basic, |t, _| raw(t));
    assert_eq!(checks, [("secret", Pass), ("encoding", Fail)]);
}

#[test]
fn the_two_spellings_of_the_header_are_what_they_say() {
    let mut headers = Vec::new();
    let headers_of = std::cell::RefCell::new(&mut headers);
    prove("a+b%c", ClientAuth::Basic, |_, request| {
        let found = request.headers.iter().find(|(name, _)| *name == "authorization");
        headers_of.borrow_mut().extend(found.map(|(_, value)| value.clone()));
        let body = String::from_utf8_lossy(&request.body);
        assert!(found.is_none() || !body.contains("client_id"), "one method at a time: {body}");
        true
    });
    let decoded = |at: usize| {
        let raw = headers[at].strip_prefix("Basic ").unwrap();
        String::from_utf8(base64::engine::general_purpose::STANDARD.decode(raw).unwrap()).unwrap()
    };
    assert_eq!(decoded(0), "client:a%2Bb%25c");
    assert_eq!(decoded(1), "client:a+b%c");
    assert_eq!(decoded(2), "client:a%2Bb%25a", "one character of the secret is another");
}
