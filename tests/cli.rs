//! The command line against a served demo org: the main job without a screen, and every way it can go wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::json;
use support::served::{Served, json as parsed, shown};

fn example(org: &Served, home: &std::path::Path) -> std::path::PathBuf {
    let printed = org.run(home, &["setup", "example"]);
    assert!(printed.status.success(), "{}", shown(&printed));
    let file = home.join("gateway.toml");
    std::fs::write(&file, printed.stdout).unwrap();
    file
}

#[test]
fn the_example_applies_unchanged_and_signs_somebody_in() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = example(&org, home.path());
    let file = file.to_str().unwrap();

    let plan = parsed(&org.run(home.path(), &["plan", file, "--json"]));
    assert!(plan["changes"].as_array().unwrap().len() >= 3, "{plan}");
    assert_eq!(org.get("/__demo/writes").as_array().map(Vec::len), Some(0), "a plan writes nothing");

    let applied = org.run(home.path(), &["apply", file, "--yes", "--json", "--show-secret"]);
    assert_eq!(applied.status.code(), Some(0), "{}", shown(&applied));
    let applied = parsed(&applied);
    let values = &applied["values"];
    for key in ["clientId", "clientSecret", "authorizationUrl", "tokenUrl", "redirectUri"] {
        assert!(values[key].as_str().is_some_and(|v| !v.is_empty()), "{key}: {applied}");
    }
    assert_eq!(values["scopes"], json!(["email", "profile", "openid"]));
    assert_eq!(values["redirectUri"], "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback");

    let (ana, password) = org.person("ana@");
    let client = values["clientId"].as_str().unwrap();
    for app in ["Cequence AI Gateway", client] {
        let tested =
            org.run_with_input(home.path(), &["test", "--app", app, "--as", &ana, "--json"], &password);
        assert_eq!(tested.status.code(), Some(0), "{}", shown(&tested));
        let trace = parsed(&tested);
        assert_eq!(trace["verdict"], "passed");
        assert!(trace["judged_not"].as_str().is_some_and(|s| s.contains("sign-in policy")), "{trace}");
        let printed = String::from_utf8_lossy(&tested.stdout).into_owned();
        assert!(!printed.contains(&password) && !printed.contains(values["clientSecret"].as_str().unwrap()));
    }
    let probed = org.run(home.path(), &["test", "--app", client]);
    assert_eq!(probed.status.code(), Some(0), "{}", shown(&probed));
    assert_eq!(
        org.get("/__demo/callbacks").as_array().map(Vec::len),
        Some(0),
        "the gateway's callback is never called"
    );
}

#[test]
fn applying_twice_changes_nothing() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = example(&org, home.path());
    let file = file.to_str().unwrap();
    let first = org.run(home.path(), &["apply", file, "--yes"]);
    assert_eq!(first.status.code(), Some(0), "{}", shown(&first));
    let writes = org.get("/__demo/writes");
    let second = org.run(home.path(), &["apply", file, "--yes", "--json"]);
    assert_eq!(second.status.code(), Some(0), "{}", shown(&second));
    assert_eq!(parsed(&second)["outcomes"].as_array().map(Vec::len), Some(0));
    assert_eq!(org.get("/__demo/writes"), writes);
    let shown_again = parsed(&org.run(home.path(), &["apply", file, "--yes", "--json", "--show-secret"]));
    assert!(shown_again["values"]["clientSecret"].as_str().is_some_and(|s| s.len() >= 14), "{shown_again}");
    assert_eq!(org.get("/__demo/writes"), writes);
}

#[test]
fn a_saved_plan_is_applied_by_a_second_person_unless_the_org_moved_on() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = example(&org, home.path());
    let plan = home.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    let saved = org.run(home.path(), &["plan", file.to_str().unwrap(), "--out", plan]);
    assert_eq!(saved.status.code(), Some(0), "{}", shown(&saved));
    let second = tempfile::tempdir().unwrap();
    let applied = org.run(second.path(), &["apply", plan, "--yes"]);
    assert_eq!(applied.status.code(), Some(0), "{}", shown(&applied));
    let writes = org.get("/__demo/writes");
    assert_eq!(writes.as_array().map(Vec::len), Some(4));
    let moved = org.run(second.path(), &["apply", plan, "--yes"]);
    assert_eq!(moved.status.code(), Some(1), "{}", shown(&moved));
    assert!(String::from_utf8_lossy(&moved.stderr).contains("was made since"), "{}", shown(&moved));
    assert_eq!(org.get("/__demo/writes"), writes);
}

#[test]
fn every_write_is_in_the_journal_by_its_request_id_and_no_secret_is() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = example(&org, home.path());
    let applied =
        org.run(home.path(), &["apply", file.to_str().unwrap(), "--yes", "--json", "--show-secret"]);
    let secret = parsed(&applied)["values"]["clientSecret"].as_str().unwrap().to_owned();
    let mut on_disk = String::new();
    let mut folders = vec![home.path().join("data"), home.path().join("state"), home.path().join("config")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                on_disk.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    assert!(!on_disk.contains(&secret) && !on_disk.contains(org.text("api_token")));
    for write in org.get("/__demo/writes").as_array().unwrap() {
        let id = write["request_id"].as_str().unwrap();
        assert!(on_disk.contains(id), "{write} is not in the journal");
    }
}

#[test]
fn each_person_gets_the_reason_in_words() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = example(&org, home.path());
    assert!(org.run(home.path(), &["apply", file.to_str().unwrap(), "--yes"]).status.success());
    for (who, says) in [("ben@", "assigned"), ("dana@", ""), ("eli@", "password"), ("gus@", "")] {
        let (login, password) = org.person(who);
        let tested = org.run_with_input(
            home.path(),
            &["test", "--app", "Cequence AI Gateway", "--as", &login, "--json"],
            &password,
        );
        assert_eq!(tested.status.code(), Some(1), "{who} {}", shown(&tested));
        let headline = parsed(&tested)["headline"].as_str().unwrap_or_default().to_lowercase();
        assert!(!headline.is_empty() && headline.contains(says), "{who}: {headline}");
    }
    let wrong = org.run_with_input(
        home.path(),
        &["test", "--app", "Cequence AI Gateway", "--as", "ana@acme.example"],
        "no such password",
    );
    assert_eq!(wrong.status.code(), Some(1), "{}", shown(&wrong));
}

#[test]
fn a_one_time_code_is_asked_for_and_its_absence_does_not_hang() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = example(&org, home.path());
    assert!(org.run(home.path(), &["apply", file.to_str().unwrap(), "--yes"]).status.success());
    let (login, password) = org.person("cho@");
    let args = ["test", "--app", "Cequence AI Gateway", "--as", &login];
    let none = org.run_with_input(home.path(), &args, &password);
    assert_eq!(none.status.code(), Some(1), "{}", shown(&none));
    let people = org.get("/__demo/people");
    let people = people.as_array().or_else(|| people["people"].as_array()).unwrap();
    let code =
        people.iter().find(|p| p["login"] == login.as_str()).unwrap()["current_code"].as_str().unwrap();
    let passed = org.run_with_input(home.path(), &args, &format!("{password}\n{code}\n"));
    assert_eq!(passed.status.code(), Some(0), "{}", shown(&passed));
}

#[test]
fn what_cannot_work_says_why_and_ends_with_its_code() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = example(&org, home.path());
    let file = file.to_str().unwrap();
    let code = |output: &std::process::Output| output.status.code();

    let wrong_token =
        org.command(home.path(), &["plan", file]).env("OKTUI_API_TOKEN", "00wrong").output().unwrap();
    assert_eq!(code(&wrong_token), Some(4), "{}", shown(&wrong_token));
    let nowhere = org
        .command(home.path(), &["plan", file])
        .env("OKTUI_ORG_URL", "http://127.0.0.1:1")
        .output()
        .unwrap();
    assert_eq!(code(&nowhere), Some(3), "{}", shown(&nowhere));
    let no_org = org.command(home.path(), &["plan", file]).env_remove("OKTUI_ORG_URL").output().unwrap();
    assert_eq!(code(&no_org), Some(2), "{}", shown(&no_org));
    let plain_http = org
        .command(home.path(), &["plan", file])
        .env("OKTUI_ORG_URL", "http://acme.example")
        .output()
        .unwrap();
    assert_eq!(code(&plain_http), Some(2), "{}", shown(&plain_http));
    let no_file = org.run(home.path(), &["plan", "/nowhere/at/all.toml"]);
    assert_eq!(code(&no_file), Some(2), "{}", shown(&no_file));
    let bad = home.path().join("bad.toml");
    std::fs::write(&bad, "version = 1\n[app]\nnaem = \"x\"\n").unwrap();
    let bad = org.run(home.path(), &["plan", bad.to_str().unwrap()]);
    assert_eq!(code(&bad), Some(2), "{}", shown(&bad));
    assert!(
        String::from_utf8_lossy(&bad.stderr).contains("name"),
        "the nearest field is named: {}",
        shown(&bad)
    );
    let unconfirmed = org.run(home.path(), &["apply", file]);
    assert_eq!(code(&unconfirmed), Some(2), "{}", shown(&unconfirmed));
    assert_eq!(org.get("/__demo/writes").as_array().map(Vec::len), Some(0), "nothing was written");
    let no_app = org.run(home.path(), &["test", "--app", "No such app"]);
    assert_eq!(code(&no_app), Some(2), "{}", shown(&no_app));
    let usage = org.run(home.path(), &["no-such-command"]);
    assert_eq!(code(&usage), Some(2), "{}", shown(&usage));
}

#[test]
fn faults_of_the_org_are_sentences_and_nothing_hangs() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let file = example(&org, home.path());
    for kind in ["truncate", "html", "big", "reset"] {
        let (status, answer) = org.request(
            "POST",
            "/__demo/faults",
            Some(json!({"match": "/api/v1/apps", "times": 8, "kind": kind})),
        );
        assert!(status < 300, "{answer}");
        let planned = org.run(home.path(), &["plan", file.to_str().unwrap()]);
        assert!(planned.status.code() == Some(3), "{kind}: {}", shown(&planned));
        let said = String::from_utf8_lossy(&planned.stderr);
        assert!(said.lines().count() >= 2, "{kind}: {said}");
        org.request("DELETE", "/__demo/faults", None);
    }
}
