//! `oktui doctor` against an org: an app that is well, one that is broken by somebody else, and a token that may not see everything.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::{Value, json};
use support::Tui;
use support::served::{Served, json as parsed, shown};

/// The findings of the app's check-up, and the exit code.
fn doctor(org: &Served, home: &std::path::Path, app: &str, more: &[&str]) -> (Vec<Value>, Option<i32>) {
    let mut args = vec!["doctor", "--app", app, "--json"];
    args.extend(more);
    let ended = org.run(home, &args);
    (
        parsed(&ended)["findings"].as_array().unwrap_or_else(|| panic!("{}", shown(&ended))).clone(),
        ended.status.code(),
    )
}

fn rules(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|f| f["rule"].as_str().unwrap()).collect()
}

#[test]
fn what_others_break_is_found_and_the_worst_comes_first() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let home = home.path();
    let file = home.join("gateway.toml");
    std::fs::write(&file, org.run(home, &["setup", "example"]).stdout).unwrap();
    let applied = org.run(home, &["apply", file.to_str().unwrap(), "--yes", "--json"]);
    let app = parsed(&applied)["values"]["clientId"].as_str().unwrap().to_owned();
    let (writes, before) = (org.get("/__demo/writes"), doctor(&org, home, &app, &["--secrets"]).0);
    assert_eq!(org.get("/__demo/writes"), writes, "it only reads");
    assert!(
        !rules(&before).contains(&"no-policy") && !rules(&before).contains(&"not-readable"),
        "{before:?}"
    );

    // Somebody else takes the policy away, switches the implicit grant on, and deactivates the app.
    let policies = org.get("/api/v1/authorizationServers/default/policies");
    for policy in policies.as_array().unwrap() {
        let path =
            format!("/api/v1/authorizationServers/default/policies/{}", policy["id"].as_str().unwrap());
        assert_eq!(org.request("DELETE", &path, None).0, 204);
    }
    let path = format!("/api/v1/apps/{app}");
    let mut raw = org.get(&path);
    raw["settings"]["oauthClient"]["grant_types"] =
        json!(["authorization_code", "implicit", "refresh_token"]);
    raw["settings"]["oauthClient"]["response_types"] = json!(["code", "token"]);
    assert_eq!(org.request("PUT", &path, Some(raw)).0, 200);
    assert_eq!(org.request("POST", &format!("{path}/lifecycle/deactivate"), Some(json!({}))).0, 200);

    let (found, code) = doctor(&org, home, &app, &[]);
    assert_eq!(code, Some(1), "{found:?}");
    let first: Vec<&str> = rules(&found)[..2].to_vec();
    assert!(first.contains(&"app-inactive") && first.contains(&"no-policy"), "{:?}", rules(&found));
    let at = |rule: &str| rules(&found).iter().position(|r| *r == rule).unwrap_or_else(|| panic!("{rule}"));
    assert!(at("no-policy") < at("weak-grant"), "{:?}", rules(&found));
}

#[test]
fn a_token_that_may_not_see_everything_is_told_so() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let wiki = &org.get("/api/v1/apps?q=Wiki")[0];
    let path = format!("/api/v1/apps/{}", wiki["id"].as_str().unwrap());
    let mut raw = wiki.clone();
    raw["settings"]["oauthClient"]["redirect_uris"] = json!([oktui::setup::GATEWAY_CALLBACK]);
    assert_eq!(org.request("PUT", &path, Some(raw)).0, 200);
    let fault = json!({"match": "/policies", "kind": "status", "status": 403, "times": 20});
    let set = org.request("POST", "/__demo/faults", Some(fault));
    assert!(set.0 < 300, "{set:?}");
    let (found, code) = doctor(&org, home.path(), "Wiki", &[]);
    let policies = found.iter().find(|f| f["rule"] == "not-readable").unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!(policies["harm"], "not_read");
    assert_eq!(code, Some(6), "nothing is to be mended, as far as could be read: {found:?}");
    let nobody = org.run(home.path(), &["doctor", "--app", "No such app"]);
    assert_ne!(nobody.status.code(), Some(0), "{}", shown(&nobody));
}

/// An app that was set up and then broken by somebody else: red, `f`, the plan, yes, and the finding is gone. Keys alone.
#[test]
fn on_screen_from_the_finding_to_its_plan_and_gone() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = home.path().join("gateway.toml");
    std::fs::write(&file, org.run(home.path(), &["setup", "example"]).stdout).unwrap();
    let applied = org.run(home.path(), &["apply", file.to_str().unwrap(), "--yes", "--json"]);
    let app = parsed(&applied)["values"]["clientId"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/apps/{app}");
    let mut raw = org.get(&path);
    let uris = raw["settings"]["oauthClient"]["redirect_uris"].as_array_mut().unwrap();
    let slip = format!("{}/", uris[0].as_str().unwrap());
    uris[0] = json!(slip);
    assert_eq!(org.request("PUT", &path, Some(raw)).0, 200);

    let mut tui = Tui::start(home.path(), 80, 24, &[], &[]);
    tui.wait("Set up");
    // The door of the check-up leads over the connection to the list of apps.
    tui.press(&["Down", "Down", "Enter"]);
    tui.wait("Org URL");
    tui.send(org.text("org_url"));
    tui.press(&["Tab"]);
    tui.send(org.text("api_token"));
    tui.press(&["Enter"]);
    tui.wait("Choose the app to check up");
    tui.wait("HR Portal");
    tui.press(&["/"]);
    tui.send("cequence");
    tui.press(&["Enter", "Enter"]);
    tui.wait("▸ FAIL     Almost the callback of");
    tui.press(&["f"]);
    // A redirect URI goes away: that is not done by one key.
    tui.wait("Type Cequence AI Gateway to apply 1 change");
    tui.press(&["Tab", "Tab"]);
    tui.send("Cequence AI Gateway");
    tui.press(&["Enter"]);
    tui.wait("Applied: 1 of 1 change");
    tui.press(&["0"]);
    tui.wait("No longer found: Almost the callback of");
    let uris = org.get(&path)["settings"]["oauthClient"]["redirect_uris"].to_string();
    assert!(!uris.contains(&format!("{slip}\"")), "{uris}");
}
