//! What must hold for any input; what single inputs lead to is in `tests/cases`.

use super::*;
use crate::flow::trace::Leg;
use crate::uri::Callback;
use proptest::prelude::*;

fn callbacks() -> Vec<Callback> {
    vec![Callback { environment: "prod".into(), uri: crate::setup::GATEWAY_CALLBACK.into() }]
}

fn look(text: &str) -> (Evidence, Diagnosis) {
    let now = "2026-11-23T09:00:00Z".parse().unwrap();
    let evidence = paste(text, &callbacks(), Some(now));
    let diagnosis = judge(&evidence);
    (evidence, diagnosis)
}

/// All that the faces show of it.
fn shown(evidence: &Evidence, diagnosis: &Diagnosis) -> String {
    let mut out = words::hops(evidence).join("\n");
    for hop in &evidence.hops {
        words::hop_rows(hop).iter().for_each(|row| out.push_str(&row.text));
    }
    for token in &evidence.tokens {
        words::token_rows(token).iter().for_each(|row| out.push_str(&row.text));
    }
    for finding in &diagnosis.findings {
        words::rows(finding).iter().for_each(|row| out.push_str(&row.text));
        out.push_str(&words::message(finding));
        out.push_str(&finding.headline);
    }
    out.push_str(&serde_json::to_string(diagnosis).unwrap());
    out.push_str(&diagnosis.notes.join(" "));
    out
}

/// Pieces of real input, put together at random: nearer to what is pasted than random characters.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "https://acme.okta.com/oauth2/default/v1/authorize?",
        "http://127.0.0.1:1/callback#",
        "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?",
        "error=access_denied&error_description=User+is+not+assigned",
        "redirect_uri=https%3A%2F%2Fh%2Fcb%00%FF",
        "code=abc&state=%u12",
        "{\"error\":\"invalid_client\"",
        "\"errorCode\":\"E0000011\"}",
        "{\"log\":{\"entries\":[{\"request\":",
        "]}",
        "HTTP/1.1 401 \n",
        "< HTTP/2 302\n< location: ",
        "> POST /oauth2/v1/token HTTP/1.1\n> Host: x\n>\n",
        "WWW-Authenticate: Bearer error=\"",
        "* SSL certificate problem\n",
        "curl: (60) ",
        "eyJhbGciOiJub25lIn0.",
        "eyJpc3MiOiJodHRwczovL2FjbWUub2t0YS5jb20iLCJleHAiOi05ZTk5OX0.",
        "<html><title>",
        "Error Code: invalid_request\nDescription: ",
        "data: {\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32001}}\n",
        "\u{1b}]52;c;eA==\u{7}",
        "\u{202e}ä田\u{0301}",
        "%",
        "&",
        "=",
        "\"",
        "\\",
        "\r\n",
        "\0",
        "://",
        "?",
        "#",
    ]);
    prop::collection::vec(prop_oneof![4 => piece.prop_map(str::to_owned), 1 => ".{0,12}"], 0..14)
        .prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn no_paste_panics_or_reaches_a_terminal_raw(text in prop_oneof![any::<String>(), pieces()]) {
        let (evidence, diagnosis) = look(&text);
        prop_assert!(!diagnosis.findings.is_empty());
        let all = shown(&evidence, &diagnosis);
        let raw: Vec<char> = all.chars().filter(|c| crate::text::is_unsafe(*c) && *c != '\n').collect();
        prop_assert!(raw.is_empty(), "{raw:?} in {all}");
    }

    #[test]
    fn no_capture_panics(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        pieces().prop_map(String::into_bytes),
        (pieces(), 0usize..4000).prop_map(|(piece, cut)| {
            let text = serde_json::to_string(&piece).unwrap();
            let har = format!(
                r#"{{"log":{{"version":"1.2","entries":[{{"startedDateTime":{text},"request":{{"method":"POST","url":{text},"headers":[{{"name":"Host","value":{text}}}],"postData":{{"text":{text}}}}},"response":{{"status":400,"content":{{"text":{text}}},"redirectURL":{text}}}}},7,null,[],{{"request":[]}}]}}}}"#
            );
            har.into_bytes().into_iter().take(cut).collect()
        }),
    ]) {
        let evidence = har::read(bytes.as_slice(), &callbacks(), None);
        let diagnosis = judge(&evidence);
        prop_assert!(!diagnosis.findings.is_empty());
        let _ = shown(&evidence, &diagnosis);
    }

    #[test]
    fn a_secret_is_never_shown(
        secret in "[A-Za-z0-9_-]{12,40}",
        name in prop::sample::select(vec!["code", "access_token", "id_token", "refresh_token", "client_secret", "code_verifier", "client_assertion", "password", "sessionToken"]),
        form in 0usize..6,
    ) {
        let text = match form {
            0 => format!("https://h.example/cb?{name}={secret}&state=s"),
            1 => format!("https://h.example/cb#{name}={secret}"),
            2 => format!("{{\"{name}\":\"{secret}\",\"error\":\"invalid_grant\"}}"),
            3 => format!("> POST /oauth2/default/v1/token HTTP/1.1\n> Host: acme.okta.com\n>\n{name}={secret}&grant_type=x\n< HTTP/1.1 400 Bad Request\n<\n{{\"error\":\"invalid_grant\"}}\n"),
            4 => format!("it failed with {name}={secret} at https://h.example/cb?{name}={secret}"),
            _ => format!("{name}={secret}"),
        };
        let (evidence, diagnosis) = look(&text);
        prop_assert!(!shown(&evidence, &diagnosis).contains(&secret), "{}", shown(&evidence, &diagnosis));
        let debug = format!("{evidence:?}{diagnosis:?}");
        prop_assert!(!debug.contains(&secret), "{}", debug);
    }
}

#[test]
fn a_need_is_asked_once_and_its_answer_is_taken_in() {
    let text = "https://acme.okta.com/oauth2/default/v1/authorize?client_id=0oa1&response_type=code&scope=openid&state=abc123&redirect_uri=https%3A%2F%2Fh%2Fcb\nhttps://h/cb?error=access_denied&error_description=User+is+not+assigned+to+the+client+application.";
    let (evidence, first) = look(text);
    assert!(!first.needs.is_empty(), "{first:?}");
    let mut asked: Vec<Need> = Vec::new();
    let (_, settled) = settle(evidence.clone(), |need| {
        asked.push(need.clone());
        Answer::NotAllowed
    });
    let mut once = asked.clone();
    once.dedup();
    assert_eq!(once.len(), asked.len(), "{asked:?}");
    assert!(settled.needs.is_empty());
    assert!(settled.could_not_look.iter().any(|said| said.contains("okta.apps.read")), "{settled:?}");
    assert_eq!(first.findings.first().map(|f| f.leg), Some(Leg::GatewayToOkta));
}

#[test]
fn a_long_paste_is_looked_at_in_time() {
    // A loop of redirects, as a browser's console prints it.
    let line = "GET https://acme.okta.com/oauth2/default/v1/authorize?client_id=0oa1&state=abc&redirect_uri=https%3A%2F%2Fh%2Fcb 302\n";
    let text = line.repeat(1_000_000 / line.len());
    let began = std::time::Instant::now();
    let (_, diagnosis) = look(&text);
    assert!(!diagnosis.findings.is_empty());
    // Measured at well below a second without optimisation; a quadratic reading takes minutes.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
