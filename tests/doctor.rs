//! `oktui doctor` against an org: an app that is well, one that is broken by somebody else, and a token that may not see everything.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::{Value, json};
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
