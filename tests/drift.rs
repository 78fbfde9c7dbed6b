//! Drift: a Setup that was applied has none; what others change is found by its field; either side can be taken.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use support::Tui;
use support::served::{Served, json as parsed, shown};

const SETUP: &str = r#"
version = 1
[app]
name = "Drifting Gateway"
[[redirect_uri]]
environment = "prod"
uri = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback"
[[redirect_uri]]
environment = "staging"
uri = "https://auth.stg.acme.example/v1/outbound/oauth/callback"
[access]
mode = "controlled"
people = ["ANA@acme.example"]
groups = ["MCP-Users"]
[grants]
refresh_token = true
refresh_rotation = "rotate"
refresh_leeway_seconds = 30
[authorization_server]
id = "default"
scopes = ["openid", "email", "profile", "offline_access"]
"#;

fn file(home: &Path, text: &str) -> PathBuf {
    let path = home.join("setup.toml");
    std::fs::write(&path, text).unwrap();
    path
}

/// An org with the Setup applied.
fn applied(home: &Path) -> (Served, PathBuf) {
    let (org, path) = (Served::start(&[]), file(home, SETUP));
    let ended = org.run(home, &["apply", path.to_str().unwrap(), "--yes"]);
    assert_eq!(ended.status.code(), Some(0), "{}", shown(&ended));
    (org, path)
}

/// What is not the same: field, kind.
fn drift(org: &Served, home: &Path, path: &Path) -> (Vec<(String, String)>, Option<i32>) {
    let ended = org.run(home, &["drift", path.to_str().unwrap(), "--json"]);
    let all = parsed(&ended);
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let fields = all["fields"].as_array().unwrap_or_else(|| panic!("{}", shown(&ended)));
    let other = fields.iter().filter(|f| f["kind"] != "same");
    (other.map(|f| (text(&f["field"]), text(&f["kind"]))).collect(), ended.status.code())
}

#[test]
fn a_setup_that_was_applied_has_no_drift() {
    let home = tempfile::tempdir().unwrap();
    let (org, path) = applied(home.path());
    assert_eq!(drift(&org, home.path(), &path), (Vec::new(), Some(0)));
}

#[test]
fn what_others_change_is_found_and_either_side_can_be_taken() {
    let home = tempfile::tempdir().unwrap();
    let (org, path) = applied(home.path());
    let app = org.get("/api/v1/apps?q=Drifting")[0].clone();
    let at = format!("/api/v1/apps/{}", app["id"].as_str().unwrap());
    let mut raw = app;
    raw["credentials"]["oauthClient"]["pkce_required"] = json!(true);
    raw["settings"]["oauthClient"]["grant_types"] =
        json!(["refresh_token", "implicit", "authorization_code"]);
    raw["settings"]["oauthClient"]["response_types"] = json!(["code", "token"]);
    raw["settings"]["oauthClient"]["redirect_uris"] = json!([
        "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback",
        "https://auth.stg.acme.example/v1/outbound/oauth/callback/"
    ]);
    raw["settings"]["oauthClient"]["refresh_token"]["leeway"] = json!(0);
    assert_eq!(org.request("PUT", &at, Some(raw)).0, 200);
    let groups = org.get(&format!("{at}/groups"));
    let group = groups[0]["id"].as_str().unwrap();
    assert_eq!(org.request("DELETE", &format!("{at}/groups/{group}"), None).0, 204);

    let (found, code) = drift(&org, home.path(), &path);
    assert_eq!(code, Some(1));
    let kinds = |field: &str| -> Vec<&str> {
        found.iter().filter(|(f, _)| f == field).map(|(_, kind)| kind.as_str()).collect()
    };
    assert_eq!(kinds("PKCE required"), ["differs"], "{found:?}");
    assert_eq!(kinds("grant"), ["only_live"], "{found:?}");
    assert_eq!(kinds("redirect URI"), ["only_wanted", "only_live"], "{found:?}");
    assert_eq!(kinds("refresh token"), ["differs"], "{found:?}");
    assert_eq!(kinds("group"), ["only_wanted"], "{found:?}");
    assert_eq!(found.len(), 6, "and nothing else: {found:?}");

    // The org's side, as a Setup of its own: against that there is no drift but the grant that no Setup can say.
    let writes = org.get("/__demo/writes");
    let theirs = home.path().join("theirs.toml");
    let args = ["drift", path.to_str().unwrap(), "--accept", "live", "--out", theirs.to_str().unwrap()];
    let taken = org.run(home.path(), &args);
    assert_eq!(taken.status.code(), Some(0), "{}", shown(&taken));
    let (left, _) = drift(&org, home.path(), &theirs);
    assert_eq!(left, [("grant".to_owned(), "only_live".to_owned())]);
    assert_ne!(org.run(home.path(), &args).status.code(), Some(0), "a file is not written over");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), SETUP, "the file of a person is never touched");

    // The file's side: the plan.
    let plan = org.run(home.path(), &["drift", path.to_str().unwrap(), "--accept", "file"]);
    assert!(shown(&plan).contains("MCP-Users"), "{}", shown(&plan));
    assert_eq!(org.get("/__demo/writes"), writes, "none of this wrote anything");
}

#[test]
fn what_may_not_be_read_is_no_difference_and_not_the_same_either() {
    let home = tempfile::tempdir().unwrap();
    let (org, path) = applied(home.path());
    let fault = json!({"match": "/policies", "kind": "status", "status": 403, "times": 20});
    assert!(org.request("POST", "/__demo/faults", Some(fault)).0 < 300);
    let (found, code) = drift(&org, home.path(), &path);
    assert_eq!(found, [("access policy".to_owned(), "not_readable".to_owned())]);
    assert_eq!(code, Some(6));
    let shows = org.run(home.path(), &["drift", path.to_str().unwrap()]);
    assert!(shown(&shows).contains("as the Setup says"), "{}", shown(&shows));
}

#[test]
fn on_screen_what_a_second_admin_changed_is_seen_and_put_back_by_keys() {
    let home = tempfile::tempdir().unwrap();
    let (org, path) = applied(home.path());
    let apps = org.get("/api/v1/apps?q=Drifting");
    let mut app = apps[0].clone();
    app["credentials"]["oauthClient"]["pkce_required"] = json!(true);
    let (status, said) =
        org.request("PUT", &format!("/api/v1/apps/{}", app["id"].as_str().unwrap()), Some(app));
    assert_eq!(status, 200, "{said}");

    let mut tui = Tui::start(home.path(), 80, 24, &[], &[]);
    tui.wait("Set up");
    tui.press(&["Down", "Down", "Enter"]);
    tui.wait("Org URL");
    tui.send(org.text("org_url"));
    tui.press(&["Tab"]);
    tui.send(org.text("api_token"));
    tui.press(&["Enter"]);
    tui.wait("Choose the app to check up");
    tui.wait("Drifting Gateway");
    tui.press(&["/"]);
    tui.send("drifting");
    tui.press(&["Enter", "Enter"]);
    tui.wait("9 drift");
    tui.press(&["9"]);
    tui.wait("Setup file");
    tui.send(path.to_str().unwrap());
    tui.press(&["Enter"]);
    tui.wait("PKCE required");
    tui.press(&["a"]);
    tui.wait("Reason or ticket");
    tui.press(&["Tab", "Tab", "Enter", "y"]);
    tui.wait("Applied: ");
    tui.press(&["9"]);
    tui.wait("Setup file");
    tui.press(&["r"]);
    tui.wait("No difference");
    assert_eq!(drift(&org, home.path(), &path), (Vec::new(), Some(0)));
}
