//! Whole runs without a wire: a server of plain values answers what the machine sends.

mod battery;
mod device;
mod life;
mod pages;
mod secret;

use super::*;
use crate::flow::checks::verdict_of;
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

const ISSUER: &str = "https://o/oauth2/x";
const CALLBACK: &str = "https://g/cb";

fn spec(way: Way) -> Spec {
    Spec {
        issuer: ISSUER.into(),
        discovery_url: format!("{ISSUER}/.well-known/openid-configuration"),
        org_url: Some("https://o".into()),
        identity_engine: true,
        client_id: "client".into(),
        client_secret: Some(Secret::new("secret")),
        authentication: ClientAuth::Basic,
        redirect_uri: CALLBACK.into(),
        sign_out_uri: None,
        scopes: vec!["openid".into(), "offline_access".into()],
        way,
        whole_life: false,
        login: Some("ana".into()),
        patience: crate::flow::PATIENCE,
        stepping: None,
        run: 1,
    }
}

fn random() -> Random {
    let mut next = 0;
    Random::from(|bytes| {
        next += 1;
        bytes.fill(next);
    })
}

/// What one request looked like, and every judged hop.
#[derive(Default)]
struct Seen {
    sent: Vec<String>,
    hops: Vec<(String, Verdict)>,
    left: Vec<String>,
    asked: usize,
    waited: Vec<u64>,
    browsed: String,
    told: String,
    done: Option<(bool, String)>,
}

impl Seen {
    fn verdict(&self, title: &str) -> Option<Verdict> {
        self.hops.iter().find(|(t, _)| t.starts_with(title)).map(|(_, v)| *v)
    }
}

/// Status, headers, body.
type Answered = Result<(u16, Vec<(String, String)>, String), NoAnswer>;

type Server<'a> = &'a mut dyn FnMut(&str, &Call) -> Answered;

/// Drives a machine to its end.
fn drive(spec: Spec, password: Option<&str>, codes: &[&str], server: Server<'_>) -> Seen {
    let mut machine = Machine::new(spec, password.map(Secret::new), &random());
    let (mut seen, mut input, mut codes) = (Seen::default(), Input::Start, codes.iter());
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    while seen.done.is_none() {
        let (next, actions) = machine.step(input);
        machine = next;
        input = Input::Stop;
        assert!(!actions.is_empty(), "the machine stands still after {:?}", seen.hops);
        for action in actions {
            match action {
                Action::Send { title, call, .. } => {
                    seen.hops.push((title.clone(), Verdict::NotRun));
                    seen.sent.push(title.clone());
                    let answer = server(&title, &call);
                    input = Input::Answer(answer.map(|(status, headers, body)| Reply {
                        status,
                        headers,
                        body: body.into_bytes(),
                        sent: now,
                        received: now,
                    }));
                }
                Action::Judge(judgement) => {
                    let last = seen.hops.last_mut().unwrap();
                    last.1 = judgement.verdict.unwrap_or(verdict_of(&judgement.checks));
                    if let Some(title) = judgement.title {
                        last.0 = title;
                    }
                }
                Action::Here(hop) => seen.hops.push((hop.title, hop.judgement.verdict.unwrap())),
                Action::Browse { title, request, .. } => {
                    seen.hops.push((title, Verdict::NotRun));
                    seen.browsed = request.url;
                }
                Action::Told(location) => seen.told = location.expose().to_owned(),
                Action::Ask(Need::Browser { url, .. }) => {
                    seen.asked += 1;
                    assert_eq!(url.expose(), seen.browsed);
                    if let Some(paste) = codes.next() {
                        let pairs = crate::flow::trace::lift::pairs(&seen.browsed);
                        let state = pairs.iter().find(|(name, _)| name == "state").unwrap().1.clone();
                        input = Input::Pasted(Secret::new(paste.replace("STATE", &state)));
                    }
                }
                Action::Ask(Need::Passcode { factors, .. }) => {
                    seen.asked += 1;
                    if let Some(code) = codes.next() {
                        input = Input::Passcode { code: Secret::new(*code), factor: factors[0].id.clone() };
                    }
                }
                Action::Show(_) => seen.asked += 1,
                Action::Wait(seconds) => {
                    seen.waited.push(seconds);
                    input = Input::Waited;
                }
                Action::Ask(Need::Device { .. }) => panic!("a device is shown, and nothing is asked"),
                Action::Left(line) => seen.left.push(line),
                Action::Done { stopped, judged_not } => seen.done = Some((stopped, judged_not)),
            }
        }
    }
    seen
}

fn metadata() -> String {
    let end = |path: &str| format!("{ISSUER}/v1/{path}");
    json!({
        "issuer": ISSUER, "authorization_endpoint": end("authorize"), "token_endpoint": end("token"),
        "jwks_uri": end("keys"), "userinfo_endpoint": end("userinfo"), "revocation_endpoint": end("revoke"),
        "end_session_endpoint": end("logout"), "code_challenge_methods_supported": ["S256"],
    })
    .to_string()
}

fn ok(body: impl Into<String>) -> Answered {
    Ok((200, vec![("content-type".into(), "application/json".into())], body.into()))
}

fn status(status: u16, body: impl Into<String>) -> Answered {
    Ok((status, vec![("content-type".into(), "application/json".into())], body.into()))
}

fn to(location: String) -> Answered {
    let headers = vec![("location".into(), location), ("set-cookie".into(), "idx=session; Path=/".into())];
    Ok((302, headers, String::new()))
}

fn url(call: &Call) -> &str {
    match call {
        Call::Http(request) => &request.url,
        Call::Exchange { endpoint, .. } | Call::Refresh { endpoint, .. } => endpoint,
    }
}

fn parameter(call: &Call, name: &str) -> String {
    let pairs = crate::flow::trace::lift::pairs(url(call));
    pairs.into_iter().find(|(n, _)| n == name).map(|(_, v)| v).unwrap_or_default()
}

/// A server where all is well, but for a token that is not signed.
fn good(title: &str, call: &Call) -> Answered {
    match title {
        "GET discovery" => ok(metadata()),
        "POST sign-in: password" => ok(r#"{"status":"SUCCESS","sessionToken":"token"}"#),
        "GET /authorize" => to(format!("{CALLBACK}?code=c0de&state={}", parameter(call, "state"))),
        "POST /token" => {
            let claims =
                URL_SAFE_NO_PAD.encode(json!({"iss": ISSUER, "aud": "client", "sub": "ana"}).to_string());
            ok(json!({"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r",
                "id_token": format!("e30.{claims}.x"), "scope": "openid offline_access"})
            .to_string())
        }
        "POST /token: refresh" => {
            ok(json!({"access_token": "b", "token_type": "Bearer", "refresh_token": "r2"}).to_string())
        }
        "GET keys" => ok(r#"{"keys":[]}"#),
        "GET /userinfo" => ok(r#"{"sub":"ana"}"#),
        title if title.starts_with("POST /revoke") => Ok((200, Vec::new(), String::new())),
        "GET /logout" => to("https://o/login".into()),
        "POST sign-in: cancel" => ok("{}"),
        "DELETE session" => Ok((204, Vec::new(), String::new())),
        other => panic!("unexpected {other}"),
    }
}

#[test]
fn a_server_that_takes_pushed_requests_only_is_told_at_discovery() {
    for (required, verdict) in
        [(json!(true), Verdict::Warn), (json!(false), Verdict::Pass), (json!("x"), Verdict::Pass)]
    {
        let mut whole: serde_json::Value = serde_json::from_str(&metadata()).unwrap();
        whole["require_pushed_authorization_requests"] = required;
        let spec = Spec { scopes: Vec::new(), ..spec(Way::Probe) };
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let headers = Vec::new();
        let reply =
            Reply { status: 200, headers, body: whole.to_string().into_bytes(), sent: now, received: now };
        let (_, judgement) = crate::flow::machine::metadata::judge(&reply, &spec);
        let check = judgement.checks.iter().find(|check| check.name == "PAR").unwrap();
        assert_eq!(check.verdict, verdict);
    }
}

#[test]
fn the_terminal_run_goes_through_every_step_and_cleans_up() {
    let mut revoked = Vec::new();
    let seen = drive(spec(Way::Terminal), Some("pw"), &[], &mut |title, call| {
        if let (true, Call::Http(request)) = (title.starts_with("POST /revoke"), call) {
            revoked.push(String::from_utf8_lossy(&request.body).into_owned());
        }
        good(title, call)
    });
    let tokens: Vec<&str> = revoked.iter().filter_map(|body| body.split('&').next()).collect();
    assert_eq!(tokens, ["token=r2", "token=b", "token=a"], "each that lives, and not the replaced one");
    assert_eq!(
        seen.sent,
        [
            "GET discovery",
            "POST sign-in: password",
            "GET /authorize",
            "POST /token",
            "GET keys",
            "GET /userinfo",
            "POST /token: refresh",
            "POST /revoke: refresh token",
            "POST /revoke: access token",
            "POST /revoke: access token",
            "GET /logout"
        ]
    );
    assert_eq!(seen.verdict("callback not sent"), Some(Verdict::NotRun));
    assert_eq!(seen.verdict("ID token"), Some(Verdict::Fail), "a token without alg must not pass");
    assert_eq!(seen.verdict("POST /token: refresh"), Some(Verdict::Pass));
    assert!(seen.left.contains(&"refresh token: revoked".to_owned()), "{:?}", seen.left);
    assert!(seen.left.contains(&"Okta session: closed".to_owned()));
    let (stopped, judged_not) = seen.done.unwrap();
    assert!(!stopped && judged_not.contains("session policy only"));
}

#[test]
fn the_requests_hold_what_the_standards_ask_for() {
    let mut authorize = None;
    drive(spec(Way::Terminal), Some("pw"), &[], &mut |title, call| {
        if title == "GET /authorize" {
            let names = [
                "response_type",
                "client_id",
                "redirect_uri",
                "scope",
                "code_challenge_method",
                "prompt",
                "sessionToken",
            ];
            authorize = Some(names.map(|name| parameter(call, name)));
        }
        good(title, call)
    });
    let expected = ["code", "client", CALLBACK, "openid offline_access", "S256", "none", "token"];
    assert_eq!(authorize.unwrap(), expected);
}

#[test]
fn an_answer_with_another_state_is_not_acted_on() {
    let seen = drive(spec(Way::Terminal), Some("pw"), &[], &mut |title, call| match title {
        "GET /authorize" => to(format!("{CALLBACK}?code=c0de&state=another")),
        _ => good(title, call),
    });
    assert_eq!(seen.verdict("GET /authorize"), Some(Verdict::Fail));
    assert!(!seen.sent.iter().any(|title| title == "POST /token"));
    assert_eq!(seen.verdict("POST /token"), Some(Verdict::NotRun));
}

#[test]
fn metadata_of_another_issuer_end_the_run_before_the_password() {
    let seen = drive(spec(Way::Terminal), Some("pw"), &[], &mut |title, call| match title {
        "GET discovery" => ok(metadata().replace(&format!("\"{ISSUER}\""), "\"https://evil\"")),
        _ => good(title, call),
    });
    assert_eq!(seen.sent, ["GET discovery"]);
    assert_eq!(seen.verdict("GET discovery"), Some(Verdict::Fail));
}

#[test]
fn a_wrong_one_time_code_is_asked_for_again_but_not_for_ever() {
    let mfa = r#"{"status":"MFA_REQUIRED","stateToken":"st","_embedded":{"factors":[{"id":"f","factorType":"token:software:totp","provider":"GOOGLE"}]}}"#;
    let server = |right: &'static str| {
        move |title: &str, call: &Call| match title {
            "POST sign-in: password" => ok(mfa),
            "POST sign-in: one-time code" => {
                let Call::Http(request) = call else { panic!("not a plain request") };
                if String::from_utf8_lossy(&request.body).contains(right) {
                    ok(r#"{"status":"SUCCESS","sessionToken":"token"}"#)
                } else {
                    status(403, r#"{"errorCode":"E0000068","errorSummary":"Invalid Passcode/Answer"}"#)
                }
            }
            _ => good(title, call),
        }
    };
    let seen = drive(spec(Way::Terminal), Some("pw"), &["111111", "222222"], &mut server("222222"));
    assert_eq!(seen.asked, 2);
    assert_eq!(seen.verdict("POST /token: refresh"), Some(Verdict::Pass));
    let seen = drive(spec(Way::Terminal), Some("pw"), &["1", "2", "3", "4"], &mut server("none"));
    assert_eq!(seen.asked, 3);
    assert!(!seen.sent.iter().any(|title| title == "GET /authorize"));
    let seen = drive(spec(Way::Terminal), Some("pw"), &[], &mut server("none"));
    assert_eq!(seen.done.map(|(stopped, _)| stopped), Some(true), "nobody answered: stopped");
    assert_eq!(seen.left, ["sign-in half done: cancelled"]);
}

#[test]
fn a_password_is_sent_once_whatever_comes_back() {
    for answer in [
        status(401, r#"{"errorCode":"E0000004"}"#),
        status(500, ""),
        ok("<html>"),
        ok(r#"{"status":"LOCKED_OUT"}"#),
    ] {
        let seen = drive(spec(Way::Terminal), Some("pw"), &[], &mut |title, call| match title {
            "POST sign-in: password" => answer.clone(),
            _ => good(title, call),
        });
        assert_eq!(seen.sent.iter().filter(|title| title.contains("password")).count(), 1);
        assert_eq!(seen.verdict("POST sign-in"), Some(Verdict::Fail));
        assert_eq!(seen.verdict("POST /token"), Some(Verdict::NotRun));
    }
}

#[test]
fn no_answer_at_any_step_ends_the_run_and_is_never_green() {
    let lost = || Err(NoAnswer { sentence: "closed.".into(), maybe_sent: true });
    let all = drive(spec(Way::Terminal), Some("pw"), &[], &mut good).sent;
    for lose in all {
        let seen = drive(spec(Way::Terminal), Some("pw"), &[], &mut |title, call| {
            if title == lose { lost() } else { good(title, call) }
        });
        let verdict = seen.verdict(&lose).unwrap();
        assert!(matches!(verdict, Verdict::Fail | Verdict::Warn), "{lose}: {verdict:?}");
        assert!(seen.done.is_some());
    }
}

#[test]
fn without_a_password_nothing_is_sent() {
    let seen = drive(spec(Way::Terminal), None, &[], &mut |title, _| panic!("sent {title}"));
    assert_eq!(seen.verdict("sign-in"), Some(Verdict::Fail));
}

/// A probe's server: what `/authorize` says to the right and to the altered redirect URI, and the token endpoint by method.
fn probe(right: u16, altered: u16, basic: &'static str, post: &'static str) -> Seen {
    let mut server = move |title: &str, call: &Call| {
        if title == "GET discovery" {
            return ok(metadata());
        }
        if let Call::Exchange { authentication, .. } = call {
            let code = if *authentication == ClientAuth::Basic { basic } else { post };
            return status(
                if code == "invalid_grant" { 400 } else { 401 },
                json!({"error": code}).to_string(),
            );
        }
        let uri = parameter(call, "redirect_uri");
        let code = if uri == CALLBACK { right } else { altered };
        if code == 302 {
            return to(format!("{uri}?error=login_required&state={}", parameter(call, "state")));
        }
        status(code, r#"{"errorCode":"invalid_client","errorSummary":"x"}"#)
    };
    drive(spec(Way::Probe), None, &[], &mut server)
}

#[test]
fn the_probe_judges_client_redirect_uri_and_secret() {
    let seen = probe(302, 400, "invalid_grant", "invalid_client");
    let verdicts: Vec<Verdict> = seen.hops.iter().map(|(_, verdict)| *verdict).collect();
    // discovery, authorize, callback not sent, control, secret
    assert_eq!(
        verdicts,
        [Verdict::Pass, Verdict::Pass, Verdict::NotRun, Verdict::Pass, Verdict::Pass],
        "{:?}",
        seen.hops
    );
    assert!(!seen.done.unwrap().1.contains("the secret"));
}

#[test]
fn the_probe_tells_a_wrong_method_from_a_wrong_secret() {
    let seen = probe(302, 400, "invalid_client", "invalid_grant");
    assert_eq!(seen.verdict("POST /token, made-up code, client_secret_basic"), Some(Verdict::Warn));
    assert_eq!(seen.verdict("POST /token, made-up code, client_secret_post"), Some(Verdict::Fail));
    let seen = probe(302, 400, "invalid_client", "invalid_client");
    assert_eq!(seen.verdict("POST /token, made-up code, client_secret_post"), Some(Verdict::Fail));
    let seen = probe(302, 400, "invalid_request", "");
    assert_eq!(
        seen.verdict("POST /token, made-up code"),
        Some(Verdict::Warn),
        "an odd answer proves neither"
    );
}

#[test]
fn a_control_that_is_accepted_weakens_the_probe() {
    let seen = probe(302, 302, "invalid_grant", "");
    assert_eq!(seen.verdict("GET /authorize, redirect URI altered"), Some(Verdict::Warn));
    let seen = probe(400, 400, "invalid_grant", "");
    assert_eq!(seen.verdict("GET /authorize, redirect URI altered"), Some(Verdict::NotRun));
    assert_eq!(seen.verdict("GET /authorize → error"), Some(Verdict::Fail));
}

#[test]
fn a_page_that_is_no_sign_in_page_proves_nothing() {
    let run = |page: &'static str| {
        drive(spec(Way::Probe), None, &[], &mut |title, _| match title {
            "GET discovery" => ok(metadata()),
            _ => Ok((200, vec![("content-type".into(), "text/html".into())], page.into())),
        })
    };
    assert_eq!(run("<title>It works</title>").verdict("GET /authorize → error"), Some(Verdict::Fail));
    assert_eq!(
        run("<form><input type=password></form>").verdict("GET /authorize → sign-in"),
        Some(Verdict::Warn)
    );
}

#[test]
fn what_the_gateway_would_send_carries_no_cookie_of_the_person() {
    let mut with_cookies = Vec::new();
    drive(spec(Way::Terminal), Some("pw"), &[], &mut |title, call| {
        if let Call::Http(request) = call
            && request.cookies
        {
            with_cookies.push(title.to_owned());
        }
        good(title, call)
    });
    assert_eq!(with_cookies, ["POST sign-in: password", "GET /authorize", "GET /logout"]);
}

/// Answers that fit nowhere, or only somewhere.
fn odd(choice: usize, call: &Call) -> Answered {
    let html = || vec![("content-type".to_owned(), "text/html".to_owned())];
    match choice {
        0 => ok("{}"),
        1 => ok("[]"),
        2 => status(500, ""),
        3 => Ok((200, html(), "<form>Error Code: x".into())),
        4 => Err(NoAnswer { sentence: "closed.".into(), maybe_sent: true }),
        5 => to(String::new()),
        6 => to(format!("{CALLBACK}?error=&state={}", parameter(call, "state"))),
        7 => to(format!("{CALLBACK}evil?code=c0de")),
        8 => ok(
            r#"{"access_token":7,"id_token":"a.b.c","status":"MFA_REQUIRED","stateToken":"s","_embedded":[]}"#,
        ),
        9 => ok(r#"{"keys":[{},{"kty":"RSA","n":"!","e":""}],"sub":null,"error":{},"errorCode":[]}"#),
        10 => ok(metadata().replace("https://o", "\u{1b}[31m")),
        _ => Ok((401, vec![("www-authenticate".into(), "Bearer error=".into())], "{\"error\":".into())),
    }
}

proptest! {
    /// Whatever a server answers, a run comes to its end, and in a bounded number of steps.
    #[test]
    fn every_run_ends(choices in proptest::collection::vec(0_usize..14, 1..14), probe in any::<bool>()) {
        let way = if probe { Way::Probe } else { Way::Terminal };
        let mut next = choices.iter().cycle();
        let seen = drive(spec(way), Some("pw"), &["1", "2"], &mut |title, call| match next.next() {
            // Most answers are good ones, so that the later steps are reached.
            Some(&choice) if choice < 12 && title != "GET discovery" => odd(choice, call),
            _ if !probe => good(title, call),
            _ => ok(metadata()),
        });
        prop_assert!(seen.sent.len() <= 14);
        prop_assert!(seen.done.is_some());
    }
}

#[test]
fn a_sign_in_page_is_told_from_any_other_page_and_from_an_empty_answer() {
    for (answer, title) in [
        (to("https://o/login/login.htm?fromURI=x".into()), "GET /authorize → sign-in"),
        (Ok((200, Vec::new(), "<html>It works".into())), "GET /authorize → page"),
        (status(404, r#"{"errorCode":"E0000007"}"#), "GET /authorize → error page"),
    ] {
        let seen = drive(spec(Way::Terminal), Some("pw"), &[], &mut |title, call| match title {
            "GET /authorize" => answer.clone(),
            _ => good(title, call),
        });
        assert_eq!(seen.verdict(title), Some(Verdict::Fail), "{:?}", seen.hops);
        assert!(!seen.sent.iter().any(|title| title == "POST /token"));
    }
}
