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

/// The issuer and the client of `values`, as another provider's would be given.
fn alone<'a>(values: &'a Value, more: &[&'a str]) -> Vec<&'a str> {
    let issuer = values["authorizationUrl"].as_str().unwrap().split("/v1/authorize").next().unwrap();
    let mut args = vec!["test", "--issuer", issuer, "--client-id", values["clientId"].as_str().unwrap()];
    args.extend(["--redirect-uri", values["redirectUri"].as_str().unwrap()]);
    args.extend(more);
    args
}

#[test]
fn a_provider_is_tested_by_its_issuer_through_its_own_form() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let values = set_up(&org, home.path());
    let (ana, password) = org.person("ana@");
    let secret = values["clientSecret"].as_str().unwrap();
    let given = format!("{secret}\n{password}\n");
    let calls = org.get("/__demo/writes");
    let tested = org.run_with_input(home.path(), &alone(&values, &["--as", &ana, "--json"]), &given);
    assert_eq!(tested.status.code(), Some(0), "{}", shown(&tested));
    let trace = parsed(&tested);
    assert_eq!((trace["verdict"].as_str(), trace["way"].as_str()), (Some("passed"), Some("form")));
    assert_eq!(org.get("/__demo/writes"), calls);
    assert_eq!(org.get("/__demo/callbacks").as_array().map(Vec::len), Some(0), "the gateway is never called");

    let wrong =
        org.run_with_input(home.path(), &alone(&values, &["--as", &ana]), &format!("{secret}\nwrong\n"));
    assert_eq!(wrong.status.code(), Some(1), "{}", shown(&wrong));
    assert!(shown(&wrong).contains("were not accepted"), "{}", shown(&wrong));

    for (kind, code) in [("probe", 0), ("secret", 0), ("client-credentials", 1)] {
        let tested =
            org.run_with_input(home.path(), &alone(&values, &["--kind", kind]), &format!("{secret}\n"));
        assert_eq!(tested.status.code(), Some(code), "{kind}: {}", shown(&tested));
    }
    let nobody = org.run_with_input(home.path(), &alone(&values, &["--kind", "code"]), secret);
    assert_eq!(nobody.status.code(), Some(2), "{}", shown(&nobody));
    let both = org.run(home.path(), &["test", "--app", "x", "--issuer", "https://i", "--client-id", "c"]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn a_pasted_answer_of_another_run_is_refused() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let values = set_up(&org, home.path());
    let secret = values["clientSecret"].as_str().unwrap();
    let given = format!(
        "{secret}\nhttps://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?co\nde=abc&state=other\n"
    );
    let tested = org.run_with_input(home.path(), &alone(&values, &["--sign-in", "paste", "--json"]), &given);
    assert_eq!(tested.status.code(), Some(1), "{}", shown(&tested));
    let trace = parsed(&tested);
    assert!(trace["headline"].as_str().unwrap().starts_with("state:"), "{trace}");
    let talk = String::from_utf8_lossy(&tested.stderr).into_owned();
    let url = talk.lines().find(|line| line.starts_with("http")).unwrap();
    assert!(url.contains("/authorize?response_type=code&client_id="), "it stands alone on its line: {url}");
    assert!(!String::from_utf8_lossy(&tested.stdout).contains("code=abc"));
}

/// The files of runs of before.
fn kept(home: &std::path::Path) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(home.join("state/runs")).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).unwrap().flatten());
    let mut files: Vec<_> = files.map(|file| file.path()).collect();
    files.sort();
    files
}

#[test]
fn runs_are_found_again_masked_and_a_damaged_file_is_left_alone() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let values = set_up(&org, home.path());
    let client = values["clientId"].as_str().unwrap();
    let (ana, password) = org.person("ana@");
    let args = ["test", "--app", client, "--as", &ana];
    assert!(org.run_with_input(home.path(), &args, &password).status.success());
    assert!(org.run(home.path(), &["test", "--app", client]).status.success());
    let files = kept(home.path());
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(file).unwrap();
        for secret in [password.as_str(), values["clientSecret"].as_str().unwrap(), ana.as_str()] {
            assert!(!text.contains(secret), "{file:?}");
        }
    }
    let list = org.run(home.path(), &["test", "--history", "--app", "Cequence AI Gateway", "--json"]);
    let list = parsed(&list);
    let ways: Vec<&str> =
        list["runs"].as_array().unwrap().iter().map(|r| r["way"].as_str().unwrap()).collect();
    assert_eq!(ways, ["probe", "terminal"], "the newest first");
    let second = org.run(home.path(), &["test", "--history", "2"]);
    let said = String::from_utf8_lossy(&second.stdout).into_owned();
    assert!(
        said.contains("terminal") && said.contains("/token") && said.contains("PASSED"),
        "{}",
        shown(&second)
    );
    std::fs::write(&files[0], "{\"oktui_history\":1").unwrap();
    let list = org.run(home.path(), &["test", "--history"]);
    assert!(list.status.success());
    assert!(String::from_utf8_lossy(&list.stderr).contains("left as it is"), "{}", shown(&list));
    assert_eq!(String::from_utf8_lossy(&list.stdout).lines().count(), 1);
    assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), "{\"oktui_history\":1");
    let none = org.run(home.path(), &["test", "--history", "9"]);
    assert_eq!(none.status.code(), Some(2), "{}", shown(&none));
}

#[test]
fn a_run_goes_step_by_step_and_an_altered_request_is_an_experiment() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let values = set_up(&org, home.path());
    let secret = values["clientSecret"].as_str().unwrap();
    // Discovery is sent; the authorization request is altered, looked at, sent with all that follows.
    let given = format!("{secret}\n\nredirect_uri=https://other.example/cb\n-no-such\nr\n");
    let tested = org.run_with_input(home.path(), &alone(&values, &["--kind", "probe", "--step"]), &given);
    let talk = shown(&tested);
    assert!(
        talk.contains("Stopped before hop 1: GET http") && talk.contains("Stopped before hop 2: GET http"),
        "{talk}"
    );
    assert!(talk.contains("  redirect_uri = https://other.example/cb\n"), "{talk}");
    assert!(talk.contains("There is no parameter of that name."), "{talk}");
    assert!(talk.contains("altered for an experiment: redirect_uri changed"), "{talk}");
    assert!(talk.contains("an experiment (hop 2: redirect_uri changed) ended so:"), "{talk}");
    assert!(!talk.contains(secret), "{talk}");
    let stopped = org.run_with_input(
        home.path(),
        &alone(&values, &["--kind", "probe", "--step"]),
        &format!("{secret}\n"),
    );
    assert_eq!(stopped.status.code(), Some(1), "the end of the input stops it: {}", shown(&stopped));
}
