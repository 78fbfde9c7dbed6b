//! `oktui test` as a script uses it: its files, its way with other providers, its exit codes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use support::served::{Served, json as parsed, shown};

/// An org with the app of the example; gives the values of its hand-over.
fn set_up(org: &Served, home: &std::path::Path) -> Value {
    let file = home.join("gateway.toml");
    std::fs::write(&file, org.run(home, &["setup", "example"]).stdout).unwrap();
    let applied = org.run(home, &["apply", file.to_str().unwrap(), "--yes", "--json", "--show-secret"]);
    assert!(applied.status.success(), "{}", shown(&applied));
    parsed(&applied)["values"].clone()
}

#[test]
fn a_run_is_saved_as_files_that_hold_no_secret() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let values = set_up(&org, home.path());
    let (ana, password) = org.person("ana@");
    let (har, report) = (home.path().join("run.har"), home.path().join("run.md"));
    let (har, report) = (har.to_str().unwrap(), report.to_str().unwrap());
    let client = values["clientId"].as_str().unwrap();
    let args = ["test", "--app", client, "--as", &ana, "--har", har, "--report", report];
    let tested = org.run_with_input(home.path(), &args, &password);
    assert_eq!(tested.status.code(), Some(0), "{}", shown(&tested));
    for file in [har, report] {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        let text = std::fs::read_to_string(file).unwrap();
        for secret in [password.as_str(), values["clientSecret"].as_str().unwrap(), ana.as_str()] {
            assert!(!text.contains(secret), "{file}");
        }
        assert!(text.contains("masked-access-token"), "{file}");
    }
    let archive: Value = serde_json::from_slice(&std::fs::read(har).unwrap()).unwrap();
    let urls: Vec<&str> = archive["log"]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["request"]["url"].as_str().unwrap())
        .collect();
    assert!(urls.iter().any(|url| url.contains("/authorize?")), "{urls:?}");
    assert!(urls.iter().any(|url| url.ends_with("/token")), "{urls:?}");
}
