//! The tokens' whole life, and client credentials.

use super::*;

/// As [`good`], with introspection, where the server notices a replaced refresh token.
fn watchful(title: &str, call: &Call) -> Answered {
    match title {
        "GET discovery" => {
            let mut value: serde_json::Value = serde_json::from_str(&metadata()).unwrap();
            value["introspection_endpoint"] = json!(format!("{ISSUER}/v1/introspect"));
            ok(value.to_string())
        }
        "POST /token: replaced refresh token again" => status(400, r#"{"error":"invalid_grant"}"#),
        "POST /introspect: access token" => ok(r#"{"active":true,"client_id":"client"}"#),
        title if title.starts_with("POST /introspect") => ok(r#"{"active":false}"#),
        "GET /logout: unregistered URI" => status(400, "<html>not registered</html>"),
        title => good(title, call),
    }
}

#[test]
fn the_whole_life_of_the_tokens_ends_with_proof_that_they_are_gone() {
    let spec = || Spec { whole_life: true, ..spec(Way::Terminal) };
    let seen = drive(spec(), Some("pw"), &[], &mut watchful);
    let after = seen.sent.iter().position(|title| title == "GET /userinfo").unwrap();
    assert_eq!(
        seen.sent[after + 1..],
        [
            "POST /introspect: access token",
            "POST /token: refresh",
            "POST /token: replaced refresh token again",
            "POST /introspect: newer refresh token",
            "POST /revoke: refresh token",
            "POST /introspect: revoked refresh token",
            "POST /revoke: access token",
            "POST /introspect: revoked access token",
            "POST /revoke: access token",
            "POST /introspect: revoked access token",
            "GET /logout: unregistered URI",
            "GET /logout"
        ]
    );
    assert_eq!(seen.verdict("POST /token: replaced"), Some(Verdict::Pass));
    assert_eq!(seen.verdict("POST /introspect: newer"), Some(Verdict::Pass));
    assert_eq!(seen.left[0], "refresh token: revoked, and gone when looked up");

    let careless = drive(spec(), Some("pw"), &[], &mut |title, call| match title {
        "POST /token: replaced refresh token again" => ok(r#"{"access_token":"c","refresh_token":"r3"}"#),
        title if title.starts_with("POST /introspect: revoked") => ok(r#"{"active":true}"#),
        title => watchful(title, call),
    });
    assert_eq!(careless.verdict("POST /token: replaced"), Some(Verdict::Warn));
    assert_eq!(careless.verdict("POST /introspect: revoked refresh"), Some(Verdict::Fail));
    assert!(careless.left[0].contains("STILL LIVE"), "{:?}", careless.left);
    let revoked = careless.sent.iter().filter(|title| title.starts_with("POST /revoke")).count();
    assert_eq!(revoked, 5, "what the replaced one gave is given back too: {:?}", careless.sent);
}

#[test]
fn what_cannot_be_looked_up_or_given_back_is_said() {
    let bare = |title: &str, call: &Call| match title {
        "GET discovery" => {
            let mut value: serde_json::Value = serde_json::from_str(&metadata()).unwrap();
            value.as_object_mut().unwrap().remove("revocation_endpoint");
            ok(value.to_string())
        }
        title => watchful(title, call),
    };
    let spec = Spec { whole_life: true, ..spec(Way::Terminal) };
    let seen = drive(spec, Some("pw"), &[], &mut { bare });
    assert_eq!(seen.verdict("POST /introspect: access token"), Some(Verdict::NotRun));
    let said = |what: &str| seen.left.iter().any(|left| left.starts_with(what));
    assert!(said("refresh token: NOT revoked, the metadata name no"), "{:?}", seen.left);
    assert!(said("access token: NOT revoked, the metadata name no"), "{:?}", seen.left);
    assert!(seen.left.iter().any(|left| left.ends_with("it ends by itself within 1 h")), "{:?}", seen.left);
}

fn client_credentials(server: Server<'_>) -> Seen {
    let spec = Spec { scopes: vec!["mcp".into()], login: None, ..spec(Way::Client) };
    drive(spec, None, &[], server)
}

#[test]
fn client_credentials_ask_look_up_and_give_back() {
    let mut asked = String::new();
    let mut server = |title: &str, call: &Call| match (title, call) {
        ("POST /token: client credentials", Call::Http(request)) => {
            asked = String::from_utf8_lossy(&request.body).into_owned();
            ok(r#"{"access_token":"m","token_type":"Bearer","expires_in":60,"scope":"mcp"}"#)
        }
        _ => watchful(title, call),
    };
    let seen = client_credentials(&mut server);
    assert_eq!(asked, "grant_type=client_credentials&scope=mcp");
    assert_eq!(
        seen.sent,
        [
            "GET discovery",
            "POST /token: client credentials",
            "POST /introspect: access token",
            "POST /revoke: access token",
            "POST /introspect: revoked access token"
        ]
    );
    assert_eq!(seen.left, ["access token: revoked, and gone when looked up"]);
    assert_eq!(seen.done, Some((false, "nobody signed in: the client asked for itself".into())));

    let refused = client_credentials(&mut |title, call| match title {
        "POST /token: client credentials" => status(401, r#"{"error":"invalid_client"}"#),
        title => watchful(title, call),
    });
    assert_eq!(refused.verdict("POST /token: client credentials"), Some(Verdict::Fail));
    assert_eq!(refused.verdict("POST /introspect"), Some(Verdict::NotRun));
    assert_eq!(refused.sent.len(), 2);

    let public = Spec { authentication: ClientAuth::None, client_secret: None, ..spec(Way::Client) };
    let seen = drive(public, None, &[], &mut |title, _| panic!("sent {title}"));
    assert_eq!(seen.hops[0].1, Verdict::Fail);
}

#[test]
fn a_sign_out_goes_to_the_registered_uri_and_to_no_other() {
    const BYE: &str = "https://g.example/bye";
    let spec = |whole_life| Spec { sign_out_uri: Some(BYE.into()), whole_life, ..spec(Way::Terminal) };
    let server = |title: &str, call: &Call| match title {
        "GET /logout: sign-out URI" => {
            assert_eq!(parameter(call, "post_logout_redirect_uri"), BYE);
            assert!(!parameter(call, "id_token_hint").is_empty());
            to(format!("{BYE}?state={}", parameter(call, "state")))
        }
        title => watchful(title, call),
    };
    let seen = drive(spec(true), Some("pw"), &[], &mut { server });
    let at = seen.sent.len() - 2;
    assert_eq!(seen.sent[at..], ["GET /logout: unregistered URI", "GET /logout: sign-out URI"]);
    assert_eq!(seen.verdict("GET /logout: unreg"), Some(Verdict::Pass));
    assert_eq!(seen.verdict("GET /logout: sign"), Some(Verdict::Pass));
    assert!(seen.left.contains(&"Okta session: closed".to_owned()));
    // Without the whole life nothing is tried that has to be refused.
    let seen = drive(spec(false), Some("pw"), &[], &mut { server });
    assert!(!seen.sent.contains(&"GET /logout: unregistered URI".to_owned()));

    let careless = drive(spec(true), Some("pw"), &[], &mut |title, call| match title {
        "GET /logout: unregistered URI" => to(parameter(call, "post_logout_redirect_uri")),
        "GET /logout: sign-out URI" => to("https://o/error?code=post_logout".into()),
        title => watchful(title, call),
    });
    assert_eq!(careless.verdict("GET /logout: unreg"), Some(Verdict::Fail), "an open redirector");
    assert_eq!(careless.verdict("GET /logout: sign"), Some(Verdict::Warn));
    assert!(
        careless.left.iter().any(|left| left.starts_with("Okta session: NOT closed")),
        "{:?}",
        careless.left
    );
}

#[test]
fn a_refresh_token_that_was_asked_for_and_did_not_come_fails_a_whole_life() {
    let bare = |title: &str, call: &Call| match title {
        "POST /token" => ok(r#"{"access_token":"a","token_type":"Bearer","expires_in":3600}"#),
        title => watchful(title, call),
    };
    let spec = |scope: &str, whole_life| Spec {
        scopes: vec!["profile".into(), scope.into()],
        whole_life,
        ..spec(Way::Terminal)
    };
    let seen = drive(spec("offline_access", true), Some("pw"), &[], &mut { bare });
    assert_eq!(seen.verdict("POST /token: refresh"), Some(Verdict::Fail));
    let seen = drive(spec("email", true), Some("pw"), &[], &mut { bare });
    assert_eq!(seen.verdict("POST /token: refresh"), Some(Verdict::NotRun));
    assert!(seen.done.unwrap().1.contains("no refresh was tried"));
    let seen = drive(spec("offline_access", false), Some("pw"), &[], &mut { bare });
    assert_eq!(seen.verdict("POST /token: refresh"), None, "and is a warning where nothing more was asked");
}
