//! A client secret rotated from start to end, each step a process of its own: what a kill between two steps leaves is what the next
//! one finds.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::Value;
use std::path::Path;
use support::served::{Served, json as parsed, shown};

const APP: &str = "Cequence AI Gateway";

fn set_up(home: &Path) -> Served {
    let org = Served::start(&["--window", "1"]);
    let file = home.join("gateway.toml");
    std::fs::write(&file, org.run(home, &["setup", "example"]).stdout).unwrap();
    let applied = org.run(home, &["apply", file.to_str().unwrap(), "--yes"]);
    assert_eq!(applied.status.code(), Some(0), "{}", shown(&applied));
    org
}

fn rotate(org: &Served, home: &Path, args: &[&str]) -> (Option<i32>, Value) {
    let all = [&["rotate"], args, &["--app", APP, "--json"]].concat();
    let output = org.run(home, &all);
    let document = if output.stdout.is_empty() { Value::Null } else { parsed(&output) };
    (output.status.code(), document)
}

/// The ids of the active secrets.
fn active(document: &Value) -> Vec<String> {
    let all = document["secrets"].as_array().unwrap();
    all.iter().filter(|s| s["active"] == true).map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn from_start_to_end_each_step_a_process() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(home);
    let (code, none) = rotate(&org, home, &[]);
    assert_eq!((code, &none["stage"]), (Some(0), &Value::Null));
    let old = active(&none);
    assert_eq!(rotate(&org, home, &["next"]).0, Some(2), "nothing is begun yet");

    let (code, begun) = rotate(&org, home, &["begin", "--place", "prod gateway", "--place", "Tickets"]);
    assert_eq!((code, begun["stage"].as_str()), (Some(0), Some("make")));
    let writes = org.get("/__demo/writes").as_array().unwrap().len();
    let (code, made) = rotate(&org, home, &["next", "--yes", "--show-secret"]);
    assert_eq!((code, made["stage"].as_str()), (Some(0), Some("prove")), "{made}");
    assert!(made["secret"].as_str().is_some_and(|s| s.len() >= 14));
    assert_eq!(active(&made).len(), 2);
    assert_eq!(org.get("/__demo/writes").as_array().unwrap().len(), writes + 1, "one write and no other");

    let (code, proved) = rotate(&org, home, &["next"]);
    assert_eq!((code, proved["stage"].as_str()), (Some(0), Some("update")), "{proved}");
    assert_eq!(rotate(&org, home, &["next", "--yes"]).0, Some(1), "two places have the old one still");
    assert_eq!(rotate(&org, home, &["tick", "--place", "nowhere"]).0, Some(2));
    rotate(&org, home, &["tick", "--place", "Prod gateway"]);
    let (_, ticked) = rotate(&org, home, &["tick", "--place", "tickets"]);
    assert_eq!(ticked["stage"], "deactivate");

    let (code, off) = rotate(&org, home, &["next", "--yes"]);
    assert_eq!((code, off["stage"].as_str()), (Some(0), Some("confirm")), "{off}");
    assert_ne!(active(&off), old);
    let (code, confirmed) = rotate(&org, home, &["next"]);
    assert_eq!((code, confirmed["stage"].as_str()), (Some(0), Some("delete")), "{confirmed}");
    let (code, done) = rotate(&org, home, &["next", "--yes"]);
    assert_eq!((code, done["stage"].as_str()), (Some(0), Some("done")), "{done}");
    assert_eq!(done["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(rotate(&org, home, &["back", "--yes"]).0, Some(1), "the old one does not come back");
}

#[test]
fn the_way_back_from_the_middle_activates_the_old_one() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(home);
    let old = active(&rotate(&org, home, &[]).1);
    rotate(&org, home, &["begin"]);
    for _ in 0..3 {
        rotate(&org, home, &["next", "--yes"]);
    }
    let (_, off) = rotate(&org, home, &[]);
    assert_eq!(off["stage"], "confirm");
    let (code, back) = rotate(&org, home, &["back", "--yes"]);
    assert_eq!(code, Some(0), "{back}");
    assert!(active(&back).contains(&old[0]) && active(&back).len() == 2, "{back}");
    let (code, gone) = rotate(&org, home, &["back", "--yes"]);
    assert_eq!((code, active(&gone)), (Some(0), old));
    assert_eq!(gone["stage"], Value::Null);
}

#[test]
fn the_places_come_from_the_inventory() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(home);
    let apps = org.get("/api/v1/apps");
    let client = apps.as_array().unwrap().iter().find(|a| a["label"] == APP).unwrap();
    let client = client["credentials"]["oauthClient"]["client_id"].as_str().unwrap().to_owned();
    let servers = |args: &[&str]| org.run(home, &[&["servers"], args].concat());
    for (name, environment, client) in [("Tickets", "prod", client.as_str()), ("Wiki", "prod", "0oaOther")] {
        let added = servers(&["add", name, "--environment", environment, "--client-id", client]);
        assert_eq!(added.status.code(), Some(0), "{}", shown(&added));
    }
    assert_eq!(
        servers(&["add", "tickets", "--environment", "PROD"]).status.code(),
        Some(2),
        "the name is taken"
    );
    assert_eq!(servers(&["set", "Tickets", "checked", "yesterday"]).status.code(), Some(2));
    assert_eq!(servers(&["set", "Tickets", "owner", "the tickets team"]).status.code(), Some(0));
    let listed = parsed(&servers(&["list", "--json"]));
    assert_eq!(listed["servers"][0]["owner"], "the tickets team");
    let (_, begun) = rotate(&org, home, &["begin"]);
    assert_eq!(begun["places"], serde_json::json!([{"name": "Tickets (prod)", "updated": null}]));
    // Ticking it off is noted in the inventory as well: which secret it has, and since when.
    let (_, made) = rotate(&org, home, &["next", "--yes"]);
    rotate(&org, home, &["next"]);
    let (code, ticked) = rotate(&org, home, &["tick", "--place", "tickets (PROD)"]);
    assert_eq!((code, ticked["stage"].as_str()), (Some(0), Some("deactivate")), "{made}");
    let noted = parsed(&servers(&["--json"]))["servers"][0].clone();
    let new = active(&made).into_iter().find(|id| !active(&begun).contains(id)).unwrap();
    assert_eq!(noted["secret_id"], new.as_str(), "{noted}");
    assert!(noted["updated"].is_string() && noted["checked"].is_null(), "{noted}");
    assert_eq!(servers(&["remove", "Wiki"]).status.code(), Some(0));
    assert_eq!(parsed(&servers(&["--json"]))["servers"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_write_that_is_not_confirmed_is_not_made() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(home);
    rotate(&org, home, &["begin"]);
    let writes = org.get("/__demo/writes");
    assert_eq!(rotate(&org, home, &["next"]).0, Some(2));
    assert_eq!(org.get("/__demo/writes"), writes);
}

#[test]
fn a_secret_that_somebody_removed_elsewhere_stops_the_rotation() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(home);
    rotate(&org, home, &["begin"]);
    let (_, made) = rotate(&org, home, &["next", "--yes"]);
    let new = made["secrets"].as_array().unwrap().iter().find(|s| s["role"] == "new").unwrap()["id"].clone();
    let apps = org.get("/api/v1/apps");
    let app = apps.as_array().unwrap().iter().find(|a| a["label"] == APP).unwrap()["id"].clone();
    let path =
        format!("/api/v1/apps/{}/credentials/secrets/{}", app.as_str().unwrap(), new.as_str().unwrap());
    assert_eq!(org.request("POST", &format!("{path}/lifecycle/deactivate"), Some(Value::Null)).0, 200);
    let (code, broken) = rotate(&org, home, &["next", "--yes"]);
    assert_eq!((code, broken["stage"].as_str()), (Some(1), Some("broken")), "{broken}");
    assert_eq!(active(&broken).len(), 1, "nothing was taken away");
}

/// Somebody was forgotten: the gateway still sends the old secret, and Okta's log tells.
#[test]
fn before_the_old_one_is_switched_off_the_log_says_whether_it_is_in_use() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(home);
    let apps = org.get("/api/v1/apps");
    let app = apps.as_array().unwrap().iter().find(|a| a["label"] == APP).unwrap();
    let id = app["id"].as_str().unwrap();
    let old = org.get(&format!("/api/v1/apps/{id}/credentials/secrets"))[0]["client_secret"]
        .as_str()
        .unwrap()
        .to_owned();
    rotate(&org, home, &["begin", "--place", "prod"]);
    let (_, made) = rotate(&org, home, &["next", "--yes"]);
    assert_eq!((made["stage"].as_str(), &made["used"]), (Some("prove"), &Value::Null));
    let (_, proved) = rotate(&org, home, &["next", "--yes"]);
    assert_eq!(proved["stage"], "update");
    assert!(proved["old_in_use"].as_str().unwrap().contains("has not seen the old secret"), "{proved}");

    let (ana, password) = org.person("ana@");
    let issuer = format!("{}/oauth2/default", org.text("org_url"));
    let callback = app["settings"]["oauthClient"]["redirect_uris"][0].as_str().unwrap();
    let client = app["credentials"]["oauthClient"]["client_id"].as_str().unwrap();
    let args = ["test", "--issuer", &issuer, "--client-id", client, "--redirect-uri", callback, "--as", &ana];
    let signed_in = org.run_with_input(home, &args, &format!("{old}\n{password}\n"));
    assert_eq!(signed_in.status.code(), Some(0), "{}", shown(&signed_in));

    let (_, seen) = rotate(&org, home, &[]);
    assert!(seen["old_in_use"].as_str().unwrap().contains("saw the old secret in use"), "{seen}");
    let fault = serde_json::json!({"match": "/api/v1/logs", "kind": "status", "status": 403, "times": 5});
    assert!(org.request("POST", "/__demo/faults", Some(fault)).0 < 300);
    let (_, blind) = rotate(&org, home, &[]);
    assert!(blind["old_in_use"].as_str().unwrap().contains("could not be read"), "{blind}");
    assert_eq!(blind["stage"], "update", "it goes on without the log");
}

/// A server that others may use than the rest: an app of its own, as a plan, and the inventory knows it.
#[test]
fn a_server_is_split_off_to_an_app_of_its_own() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let org = set_up(home);
    let apps = org.get("/api/v1/apps");
    let shared = apps.as_array().unwrap().iter().find(|a| a["label"] == APP).unwrap();
    let client = shared["credentials"]["oauthClient"]["client_id"].as_str().unwrap().to_owned();
    for (name, environment) in [("Tickets", "prod"), ("Payroll", "staging")] {
        let args = ["servers", "add", name, "--environment", environment, "--client-id", &client];
        assert_eq!(org.run(home, &args).status.code(), Some(0));
    }
    let advice: Value =
        serde_json::from_slice(&org.run(home, &["servers", "advice", "--json"]).stdout).unwrap();
    assert_eq!(advice[0]["own_apps"], true, "{advice}");
    assert_eq!(org.run(home, &["servers", "split", "Payroll", "--yes"]).status.code(), Some(2), "for whom?");
    let ended = org.run(home, &["servers", "split", "Payroll", "--group", "MCP-Users", "--yes", "--json"]);
    assert_eq!(ended.status.code(), Some(0), "{}", shown(&ended));
    let made = org.get("/api/v1/apps?q=Payroll");
    let own = org
        .get("/api/v1/apps")
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["label"].as_str().unwrap().ends_with("- Payroll"))
        .cloned();
    let own = own.unwrap_or_else(|| panic!("{made}"));
    let own_client = own["credentials"]["oauthClient"]["client_id"].as_str().unwrap().to_owned();
    assert_ne!(own_client, client);
    assert_eq!(
        own["settings"]["oauthClient"]["redirect_uris"],
        shared["settings"]["oauthClient"]["redirect_uris"]
    );
    let listed: Value = serde_json::from_slice(&org.run(home, &["servers", "--json"]).stdout).unwrap();
    let of = |name: &str| {
        listed["servers"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap()["client_id"].clone()
    };
    assert_eq!((of("Payroll"), of("Tickets")), (own_client.into(), client.into()));
}
