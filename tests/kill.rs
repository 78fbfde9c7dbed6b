//! Killed in the middle of an apply, and started again: one app, one secret, all assignments.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use std::process::Stdio;
use support::served::{Served, shown};

const SETUP: &str = r#"
version = 1
[app]
name = "Killed Gateway"
[[redirect_uri]]
environment = "prod"
uri = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback"
[access]
mode = "controlled"
people = ["ana@acme.example", "ben@acme.example", "cho@acme.example", "admin@acme.example"]
groups = ["MCP-Users"]
[authorization_server]
id = "default"
scopes = ["openid", "email", "profile"]
"#;

fn writes(org: &Served) -> usize {
    org.get("/__demo/writes").as_array().map_or(0, Vec::len)
}

/// Kills the apply with SIGKILL when the org has seen `after` writes (or, between two writes, as soon as the next is on its way).
fn kill_after(after: usize, delay_ms: u64) {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = home.path().join("setup.toml");
    std::fs::write(&file, SETUP).unwrap();
    // Slow writes widen the window in which the answer is not yet back.
    let slow = serde_json::json!({"match": "/api/v1/apps", "method": "POST", "times": 1000, "kind": "slow", "delay_ms": delay_ms});
    org.request("POST", "/__demo/faults", Some(slow));
    let mut child = org
        .command(home.path(), &["apply", file.to_str().unwrap(), "--yes"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while writes(&org) < after && child.try_wait().unwrap().is_none() {}
    child.kill().unwrap();
    child.wait().unwrap();
    org.request("DELETE", "/__demo/faults", None);

    let again = org.run(home.path(), &["apply", file.to_str().unwrap(), "--yes"]);
    assert_eq!(again.status.code(), Some(0), "killed after {after}: {}", shown(&again));
    let apps = org.get("/api/v1/apps?q=Killed&limit=200");
    assert_eq!(apps.as_array().map(Vec::len), Some(1), "killed after {after}: {apps}");
    let id = apps[0]["id"].as_str().unwrap();
    let secrets = org.get(&format!("/api/v1/apps/{id}/credentials/secrets"));
    assert_eq!(secrets.as_array().map(Vec::len), Some(1), "killed after {after}: {secrets}");
    let direct = org.get(&format!("/api/v1/apps/{id}/users?limit=500"));
    let direct = direct.as_array().unwrap().iter().filter(|u| u["scope"] == "USER").count();
    assert_eq!(direct, 4, "killed after {after}");
    let groups = org.get(&format!("/api/v1/apps/{id}/groups?limit=200"));
    assert_eq!(groups.as_array().map(Vec::len), Some(1), "killed after {after}");
}

#[test]
fn killed_before_the_first_write() {
    kill_after(0, 0);
}

#[test]
fn killed_after_each_number_of_writes() {
    for after in 1..=8 {
        kill_after(after, 0);
    }
}

#[test]
fn killed_while_an_answer_is_on_its_way() {
    for after in 0..=5 {
        kill_after(after, 40);
    }
}

/// Two at once: the second is told who works there, at once, and neither loses anything.
#[test]
fn a_second_apply_is_told_who_works_there() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = home.path().join("setup.toml");
    std::fs::write(&file, SETUP).unwrap();
    let slow = serde_json::json!({"match": "/api/v1/apps", "method": "POST", "times": 1000, "kind": "slow", "delay_ms": 700});
    org.request("POST", "/__demo/faults", Some(slow));
    let args = ["apply", file.to_str().unwrap(), "--yes"];
    let mut first =
        org.command(home.path(), &args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while writes(&org) < 1 && first.try_wait().unwrap().is_none() {}
    let second = org.run(home.path(), &args);
    let said = shown(&second);
    assert_ne!(second.status.code(), Some(0), "{said}");
    assert!(said.contains(&format!("another oktui (process {}) works on this", first.id())), "{said}");
    org.request("DELETE", "/__demo/faults", None);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    let after = org.run(home.path(), &args);
    assert_eq!(after.status.code(), Some(0), "{}", shown(&after));
    let apps = org.get("/api/v1/apps?q=Killed&limit=200");
    assert_eq!(apps.as_array().map(Vec::len), Some(1), "{apps}");
}
