use super::pasted::Finding;
use super::*;
use crate::flow::trace::{Leg, Step};
use crate::uri::Callback;
use proptest::prelude::*;

fn callbacks() -> Vec<Callback> {
    vec![Callback { environment: "prod".into(), uri: crate::setup::GATEWAY_CALLBACK.into() }]
}

fn first(text: &str) -> (Pasted, Finding) {
    let pasted = diagnose(text, &callbacks());
    let finding = pasted.findings.first().cloned().unwrap();
    (pasted, finding)
}

#[test]
fn a_callback_with_not_assigned_names_the_step_and_the_fix() {
    let url = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?state=abc&error=access_denied&error_description=User+is+not+assigned+to+the+client+application.";
    let (pasted, finding) = first(url);
    assert_eq!(pasted.recognised, "a callback with an error");
    assert_eq!((finding.leg, finding.step), (Leg::GatewayToOkta, Some(Step::Authorize)));
    assert!(finding.headline.contains("not assigned") && !finding.fix.is_empty(), "{finding:?}");
    assert!(
        pasted
            .parameters
            .iter()
            .any(|p| p.name.as_str() == "state" && p.value.as_str().contains("3 characters"))
    );
}

#[test]
fn a_callback_with_a_code_masks_it() {
    for text in [
        "https://h/cb?code=s3cr3tc0de&state=x",
        "code=s3cr3tc0de&state=x",
        "https://h/cb?code=s3cr3t\n  c0de&state=x",
    ] {
        let (pasted, finding) = first(text);
        assert_eq!(finding.step, Some(Step::Callback), "{text}");
        assert!(!format!("{pasted:?}").contains("s3cr3tc0de"));
    }
}

#[test]
fn an_authorize_url_with_a_slash_too_many_shows_it() {
    let url = "https://acme.okta.com/oauth2/default/v1/authorize?client_id=0oa1&response_type=code&scope=openid&state=x&redirect_uri=https%3A%2F%2Fauth.aigateway.cequence.ai%2Fv1%2Foutbound%2Foauth%2Fcallback%2F";
    let (_, finding) = first(url);
    assert!(finding.headline.contains("redirect URI"), "{finding:?}");
    assert!(finding.fix.iter().any(|f| f.ends_with("/oauth/callback")), "{finding:?}");
    let (_, right) = first(&url.replace("callback%2F", "callback"));
    assert!(right.headline.contains("Nothing is wrong"), "{right:?}");
    let (_, commas) =
        first(&url.replace("callback%2F", "callback").replace("scope=openid", "scope=openid,email"));
    assert!(commas.headline.contains("commas"), "{commas:?}");
}

#[test]
fn both_of_oktas_client_errors_and_its_page() {
    let (_, rfc) = first(
        r#"{"error":"invalid_client","error_description":"The client secret supplied for a confidential client is invalid."}"#,
    );
    assert_eq!(rfc.step, Some(Step::Token));
    let (_, okta) =
        first(r#"{"errorCode":"invalid_client","errorSummary":"Invalid value for 'client_id' parameter."}"#);
    assert_eq!(okta.leg, Leg::GatewayToOkta);
    let page = "<html><title>Error</title><body><p>Error Code: invalid_request</p><p>Description: The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: https://acme-admin.okta.com/admin/app/x</p></body></html>";
    let (pasted, on_page) = first(page);
    assert_eq!((pasted.recognised, on_page.step), ("Okta's error page", Some(Step::Authorize)));
    let (_, words) =
        first("The 'redirect_uri' parameter must be a Login redirect URI in the client app settings");
    assert_eq!(words.headline, on_page.headline);
}

#[test]
fn the_gateways_errors_are_not_oktas() {
    assert_eq!(first(r#"{"error":"outbound_auth_failed"}"#).1.leg, Leg::GatewayToOkta);
    assert_eq!(first("HTTP 403 access_control_denied").1.leg, Leg::GatewayPolicy);
    assert_eq!(first(r#"{"error":"upstream_error","status":502}"#).1.leg, Leg::GatewayToTool);
}

#[test]
fn what_is_not_known_is_said_so() {
    for text in ["", "hello", "https://example.com/", "{}", "<html><title>502 Bad Gateway</title></html>"] {
        let (_, finding) = first(text);
        assert_eq!(finding.leg, Leg::Unknown, "{text}");
        assert!(finding.headline.contains("does not say") && !finding.fix.is_empty());
    }
}

proptest! {
    #[test]
    fn nothing_pasted_panics_or_reaches_a_terminal_raw(text in any::<String>()) {
        let pasted = diagnose(&text, &callbacks());
        prop_assert!(!pasted.findings.is_empty());
        let all: String = pasted.findings.iter().flat_map(|f| f.cause.iter().chain(&f.fix).chain([&f.headline])).cloned().collect();
        prop_assert!(!all.chars().any(crate::text::is_unsafe));
    }

    #[test]
    fn a_secret_in_a_url_is_never_shown(code in "[A-Za-z0-9_-]{8,40}", name in prop::sample::select(vec!["code", "access_token", "id_token", "client_secret", "code_verifier"])) {
        let pasted = diagnose(&format!("https://h/cb?{name}={code}&state=s"), &callbacks());
        let all = format!("{pasted:?}");
        prop_assert!(!all.contains(&code));
    }
}
