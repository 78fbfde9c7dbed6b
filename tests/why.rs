//! What `oktui why` says, against what happens when the same person really signs in.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::Value;
use std::path::Path;
use support::served::{Served, json as parsed, shown};

const APP: &str = "Cequence AI Gateway";

/// A demo org with the example Setup applied, with these lines of it changed.
fn set_up(args: &[&str], home: &Path, changes: &[(&str, &str)]) -> Served {
    let org = Served::start(args);
    let mut setup = String::from_utf8(org.run(home, &["setup", "example"]).stdout).unwrap();
    for (from, to) in changes {
        assert!(setup.contains(from), "{from} is not in\n{setup}");
        setup = setup.replace(from, to);
    }
    let file = home.join("gateway.toml");
    std::fs::write(&file, setup).unwrap();
    let applied = org.run(home, &["apply", file.to_str().unwrap(), "--yes"]);
    assert_eq!(applied.status.code(), Some(0), "{}", shown(&applied));
    org
}

fn why(org: &Served, home: &Path, person: &str) -> Value {
    let output = org.run(home, &["why", "--app", APP, "--person", person, "--server", "default", "--json"]);
    let why = parsed(&output);
    let code = match why["can_sign_in"].as_bool() {
        Some(true) => 0,
        Some(false) => 1,
        None => 6,
    };
    assert_eq!(output.status.code(), Some(code), "{}", shown(&output));
    why
}

/// The verdict of a question, and what was seen.
fn line<'a>(why: &'a Value, question: &str) -> (&'a str, &'a str) {
    let line = why["lines"].as_array().unwrap().iter().find(|l| l["question"] == question);
    let line = line.unwrap_or_else(|| panic!("{question} is missing in {why}"));
    (line["verdict"].as_str().unwrap(), line["saw"].as_str().unwrap())
}

/// Says yes only where the sign-in works, and no only where it does not. Gives what was said for each person.
fn agrees(org: &Served, home: &Path, people: &[&str]) -> Vec<Option<bool>> {
    people
        .iter()
        .map(|begins| {
            let (login, password) = org.person(begins);
            let why = why(org, home, &login);
            let tested =
                org.run_with_input(home, &["test", "--app", APP, "--as", &login, "--json"], &password);
            let works = tested.status.code() == Some(0);
            if let Some(said) = why["can_sign_in"].as_bool() {
                assert_eq!(said, works, "{login}: {why}\n{}", shown(&tested));
            }
            why["can_sign_in"].as_bool()
        })
        .collect()
}

#[test]
fn the_prediction_agrees_with_the_sign_in() {
    let home = tempfile::tempdir().unwrap();
    let org = set_up(
        &[],
        home.path(),
        &[
            ("groups = [\"MCP-Users\"]", "groups = []"),
            (
                "people = []",
                "people = [\"ana@acme.example\", \"cho@acme.example\", \"dana@acme.example\", \"eli@acme.example\"]",
            ),
        ],
    );
    let said = agrees(&org, home.path(), &["ana@", "ben@", "dana@", "eli@", "fay@"]);
    assert_eq!(said, [Some(true), Some(false), Some(false), None, Some(false)]);
    let (ben, _) = org.person("ben@");
    let why = why(&org, home.path(), &ben);
    assert_eq!(line(&why, "assignment").0, "fail");
    assert_eq!(line(&why, "status").0, "pass");
}

#[test]
fn a_server_without_a_policy_is_named() {
    let home = tempfile::tempdir().unwrap();
    let changes = [
        ("access_policy = true", "access_policy = false"),
        ("people = []", "people = [\"ana@acme.example\"]"),
    ];
    let org = set_up(&["--scenario", "default-without-policy"], home.path(), &changes);
    let (ana, _) = org.person("ana@");
    let output =
        org.run(home.path(), &["why", "--app", APP, "--person", &ana, "--server", "default", "--json"]);
    let told = parsed(&output);
    assert_eq!(line(&told, "access_policy"), ("fail", "The authorization server has no access policy."));
    assert_eq!(line(&told, "assignment").0, "pass");
}

#[test]
fn two_factors_are_seen_beforehand() {
    let home = tempfile::tempdir().unwrap();
    let org = set_up(&["--scenario", "mfa-required"], home.path(), &[]);
    let (cho, _) = org.person("cho@");
    let told = why(&org, home.path(), &cho);
    let (verdict, saw) = line(&told, "sign_on_policy");
    assert!(verdict == "pass" && saw.contains("asks for two factors"), "{told}");
    assert_eq!(line(&told, "factors").0, "pass");
    let (ana, _) = org.person("ana@");
    assert_eq!(line(&why(&org, home.path(), &ana), "factors").0, "not_judged");
    assert_eq!(agrees(&org, home.path(), &["ana@"]), [None]);
}

#[test]
fn classic_does_not_tell_its_sign_on_rules() {
    let home = tempfile::tempdir().unwrap();
    let org = set_up(&["--engine", "classic"], home.path(), &[]);
    let (ana, _) = org.person("ana@");
    assert_eq!(line(&why(&org, home.path(), &ana), "sign_on_policy").0, "not_judged");
}

#[test]
fn what_may_not_be_read_is_not_judged() {
    let home = tempfile::tempdir().unwrap();
    let org = set_up(&[], home.path(), &[("people = []", "people = [\"ana@acme.example\"]")]);
    let (ana, _) = org.person("ana@");
    for (path, times, question) in [
        ("/factors", 1, None),
        ("/default/policies", 1, Some("access_policy")),
        ("/users/00u", 3, Some("assignment")),
    ] {
        let refuse = serde_json::json!({"match": path, "method": "GET", "status": 403, "times": times});
        assert!(org.request("POST", "/__demo/faults", Some(refuse)).0 < 300);
        let told = why(&org, home.path(), &ana);
        match question {
            Some(question) => {
                assert_eq!(line(&told, question).0, "not_readable", "{told}");
                assert!(told["can_sign_in"].is_null());
            }
            // One factor is enough here: what is enrolled does not matter.
            None => assert_eq!(told["can_sign_in"], true, "{told}"),
        }
    }
}

#[test]
fn nobody_of_that_name_is_said() {
    let home = tempfile::tempdir().unwrap();
    let org = set_up(&[], home.path(), &[]);
    let output = org.run(home.path(), &["why", "--app", APP, "--person", "nobody@acme.example"]);
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody has the login nobody@acme.example"));
}
