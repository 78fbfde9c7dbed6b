//! `oktui bundle` and `oktui diagnose --ask`: what leaves the house is enough for support, and safe to send.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use oktui::setup::GATEWAY_CALLBACK;
use std::collections::BTreeMap;
use std::path::Path;
use support::served::{Served, json as parsed, shown};

const CODE: &str = "s3cr3tC0de-0123456789-abcdef";
const STATE: &str = "st4te-that-nobody-should-see";

/// The files of a folder.
fn read(folder: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|f| f.unwrap().path())
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(p).unwrap()))
        .collect()
}

/// The request that was refused, what came back, and a token endpoint's answer with tokens in it.
fn seen(org: &Served, client: &str) -> String {
    let callback: String = url::form_urlencoded::byte_serialize(GATEWAY_CALLBACK.as_bytes()).collect();
    let url = org.text("org_url");
    format!(
        "{url}/oauth2/default/v1/authorize?client_id={client}&response_type=code&scope=openid&state={STATE}&login_hint=ben%40acme.example&redirect_uri={callback}\n\
         {GATEWAY_CALLBACK}?state={STATE}&error=access_denied&error_description=User+is+not+assigned+to+the+client+application.\n\
         {GATEWAY_CALLBACK}?code={CODE}&state={STATE}\n"
    )
}

fn wiki(org: &Served) -> String {
    org.get("/api/v1/apps?q=Wiki")[0]["credentials"]["oauthClient"]["client_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_bundle_says_what_support_needs_and_nothing_that_is_secret() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let client = wiki(&org);
    let out = home.path().join("for-support");
    let args = ["bundle", "--app", "Wiki", "--json", "--out", out.to_str().unwrap(), &seen(&org, &client)];
    let before = org.get("/__demo/writes");
    let ended = org.run(home.path(), &args);
    assert_eq!(ended.status.code(), Some(0), "{}", shown(&ended));
    assert_eq!(org.get("/__demo/writes"), before, "it only reads");
    assert_eq!(parsed(&ended)["folder"], out.to_str().unwrap());

    let files = read(&out);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["check-up.json", "diagnosis.json", "report.md", "setup.toml"]);
    let report = &files["report.md"];
    for part in ["## What failed", "was never assigned", "## Configuration", &client, "Check-up: Wiki"] {
        assert!(report.contains(part), "{part}: {report}");
    }
    let secrets = [CODE, STATE, org.text("api_token"), "ben@acme.example", "ben%40acme.example"];
    for (name, text) in &files {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is in {name}: {text}");
        }
        assert!(!text.contains("acme.example\""), "{name} names somebody: {text}");
    }
    assert!(report.contains("masked-person-"), "{report}");

    // The next one has a folder of its own.
    let again = org.run(home.path(), &args);
    assert_eq!(parsed(&again)["folder"], format!("{}-2", out.to_str().unwrap()));
}

#[test]
fn without_an_org_it_holds_what_failed_and_says_what_is_missing() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let out = home.path().join("b");
    let ended = org.run_with_input(
        home.path(),
        &["bundle", "-", "--out", out.to_str().unwrap()],
        &seen(&org, "0oa1"),
    );
    assert_eq!(ended.status.code(), Some(0), "{}", shown(&ended));
    let files = read(&out);
    assert!(files["report.md"].contains("No org was connected") && !files.contains_key("check-up.json"));
    let nothing = org.run(home.path(), &["bundle"]);
    assert_eq!(nothing.status.code(), Some(2), "{}", shown(&nothing));
}

#[test]
fn diagnose_asks_the_org_when_it_is_told_to() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let text = seen(&org, &wiki(&org));
    let alone = parsed(&org.run(home.path(), &["diagnose", "--json", &text]));
    assert!(!alone["needs"].as_array().unwrap().is_empty(), "{alone}");
    let asked = parsed(&org.run(home.path(), &["diagnose", "--json", "--ask", &text]));
    assert_eq!(asked["findings"][0]["rule"], "assignment.none", "{asked}");
    assert!(asked["findings"][0]["headline"].as_str().unwrap().starts_with("ben@acme.example"), "{asked}");
    assert!(asked["needs"].as_array().unwrap().is_empty(), "{asked}");
}
