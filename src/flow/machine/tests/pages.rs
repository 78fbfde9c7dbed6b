//! Browsers, pasted answers, and plain forms.

use super::*;

#[test]
fn a_browser_signs_in_and_the_answer_is_pasted_back() {
    let browse = |pastes: &[&str]| drive(spec(Way::Browser), None, pastes, &mut good);
    let seen = browse(&["https://o/authorize?client_id=client", "https://g/cb?code=c0de&st\nate=STATE"]);
    assert_eq!(seen.asked, 2, "the address before the sign-in is asked for again");
    assert!(seen.browsed.starts_with(&format!("{ISSUER}/v1/authorize?response_type=code&client_id=client&")));
    assert!(!seen.browsed.contains("prompt="), "a browser may show a page");
    assert!(seen.told.starts_with("https://g/cb?code=c0de&state="));
    assert_eq!(seen.verdict("browser: GET /authorize → callback?code=…"), Some(Verdict::Pass));
    assert_eq!(seen.verdict("callback not sent"), None, "the browser went there");
    assert_eq!(seen.sent[..2], ["GET discovery", "POST /token"]);
    assert!(seen.left.iter().any(|left| left.starts_with("the session in your browser")), "{:?}", seen.left);

    let bare = browse(&["code=c0de&state=STATE"]);
    assert_eq!(bare.verdict("GET /userinfo"), Some(Verdict::Pass));
    let foreign = browse(&["https://g/cb?code=c0de&state=another"]);
    assert_eq!(foreign.verdict("browser:"), Some(Verdict::Fail));
    assert_eq!(foreign.sent, ["GET discovery"], "an answer to another request is not exchanged");
    let elsewhere = browse(&["https://evil/cb?code=c0de&state=STATE"]);
    assert_eq!(elsewhere.sent, ["GET discovery"]);
    let refused = browse(&["?error=access_denied&error_description=no&state=STATE"]);
    assert_eq!(refused.verdict("browser: GET /authorize → callback?error=…"), Some(Verdict::Fail));
    let given_up = browse(&[]);
    assert_eq!(given_up.verdict("answer from the browser"), Some(Verdict::NotRun));
    assert!(given_up.done.unwrap().0);
}

fn html(body: &str) -> Answered {
    Ok((200, vec![("content-type".into(), "text/html; charset=utf-8".into())], body.to_owned()))
}

/// Another provider: a redirect, a page for the login, one for the password, a consent.
fn pages(title: &str, call: &Call) -> Answered {
    let body = |call: &Call| match call {
        Call::Http(request) => String::from_utf8_lossy(&request.body).into_owned(),
        _ => String::new(),
    };
    match title {
        "GET /authorize" => to("/signin?tx=1".into()),
        "GET sign-in" => {
            html("<form method=post action=/who><input name=username><button>Next</button></form>")
        }
        "POST form with the login" => {
            assert_eq!((url(call), body(call).as_str()), ("https://o/who", "username=ana"));
            html(
                "<form method=post action=/password><input type=hidden name=t value=1><input name=password type=password></form>",
            )
        }
        "POST sign-in form" => {
            assert_eq!(body(call), "t=1&password=pw");
            html("<form method=post action=/consent><input type=hidden name=ok value=1></form>")
        }
        "POST form of the page" => {
            to(format!("{CALLBACK}?code=c0de&state={}", URL_SAFE_NO_PAD.encode([1; 24])))
        }
        title => good(title, call),
    }
}

#[test]
fn a_plain_form_is_filled_and_consented_to() {
    let spec = || Spec { org_url: None, ..spec(Way::Form) };
    let seen = drive(spec(), Some("pw"), &[], &mut pages);
    assert_eq!(
        seen.verdict("POST form of the page → callback?code=…"),
        Some(Verdict::Pass),
        "{:?}",
        seen.hops
    );
    assert_eq!(seen.verdict("GET /userinfo"), Some(Verdict::Pass));
    assert!(seen.left.contains(&"session at the server: closed".to_owned()), "{:?}", seen.left);

    let wrong = drive(spec(), Some("pw"), &[], &mut |title, call| match title {
        "POST sign-in form" => html("<p>Wrong<form method=post><input name=password type=password></form>"),
        title => pages(title, call),
    });
    assert_eq!(wrong.sent.iter().filter(|title| *title == "POST sign-in form").count(), 1, "sent once");
    assert_eq!(wrong.verdict("sign-in page"), Some(Verdict::Fail));

    let elsewhere = drive(spec(), Some("pw"), &[], &mut |title, call| match title {
        "GET sign-in" => html("<form method=post action=https://evil/in><input name=p type=password></form>"),
        title => pages(title, call),
    });
    assert_eq!(elsewhere.verdict("sign-in form on another host"), Some(Verdict::Fail));
    assert!(!elsewhere.sent.iter().any(|title| title.starts_with("POST")), "{:?}", elsewhere.sent);

    let script = drive(spec(), Some("pw"), &[], &mut |title, call| match title {
        "GET sign-in" => html("<script>document.write('<form>')</script>"),
        title => pages(title, call),
    });
    assert_eq!(script.verdict("sign-in page"), Some(Verdict::Fail));
}

#[test]
fn a_loop_of_redirects_ends() {
    let spec = Spec { org_url: None, ..spec(Way::Form) };
    let seen = drive(spec, Some("pw"), &[], &mut |title, call| match title {
        "GET /authorize" | "GET sign-in" => to("/again".into()),
        title => pages(title, call),
    });
    assert_eq!(seen.sent.iter().filter(|title| *title == "GET sign-in").count(), 19);
    assert_eq!(seen.hops.iter().filter(|(_, verdict)| *verdict == Verdict::Fail).count(), 1);
}

#[test]
fn an_answer_that_a_page_would_post_is_taken() {
    let spec = Spec { org_url: None, ..spec(Way::Form) };
    let seen = drive(spec, Some("pw"), &[], &mut |title, call| match title {
        "POST sign-in form" => {
            let state = URL_SAFE_NO_PAD.encode([1; 24]);
            html(&format!(
                "<form method=post action={CALLBACK}><input type=hidden name=code value=c0de><input type=hidden name=state value={state}></form>"
            ))
        }
        title => pages(title, call),
    });
    assert_eq!(seen.verdict("GET /userinfo"), Some(Verdict::Pass), "{:?}", seen.hops);
    assert!(!seen.sent.iter().any(|title| title.contains("form of the page")), "the gateway is never called");
}
