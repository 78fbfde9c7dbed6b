//! `oktui journal` and `oktui undo` against a served demo org.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use std::path::Path;
use support::Tui;
use support::served::{Served, json as parsed, shown};

/// The example, applied for a ticket.
fn applied(org: &Served, home: &Path) -> String {
    let printed = org.run(home, &["setup", "example"]);
    let file = home.join("gateway.toml");
    std::fs::write(&file, printed.stdout).unwrap();
    let args = ["apply", file.to_str().unwrap(), "--yes", "--json", "--reason", "CHG0041234"];
    let applied = org.run(home, &args);
    assert_eq!(applied.status.code(), Some(0), "{}", shown(&applied));
    parsed(&applied)["plan"].as_str().unwrap().to_owned()
}

#[test]
fn the_journal_is_read_without_an_org_and_undone_with_one() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let apps = org.get("/api/v1/apps").as_array().unwrap().len();
    let empty = org.run(home.path(), &["journal"]);
    assert!(String::from_utf8_lossy(&empty.stdout).contains("Nothing was written from here."));
    let plan = applied(&org, home.path());

    // No token, and no org: only the files of this machine.
    let mut command = org.command(home.path(), &["journal", "--json"]);
    let listed = command.env_remove("OKTUI_API_TOKEN").env_remove("OKTUI_ORG_URL").output().unwrap();
    assert_eq!(listed.status.code(), Some(0), "{}", shown(&listed));
    let listed = parsed(&listed);
    let writes = listed["writes"].as_array().unwrap();
    assert!(writes.len() >= 3, "{listed}");
    for write in writes {
        assert_eq!((write["outcome"].as_str(), write["reason"].as_str()), (Some("done"), Some("CHG0041234")));
        assert_eq!(write["plan"].as_str(), Some(plan.as_str()));
        assert!(write["request_id"].is_string() && write["request"]["path"].is_string(), "{write}");
    }
    assert_eq!(writes[0]["request"]["method"], "POST");

    let text = org.run(home.path(), &["journal", "--app", "Cequence AI Gateway"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains(&plan) && text.contains("way back: exact") && text.contains("CHG0041234"),
        "{text}"
    );
    let other = org.run(home.path(), &["journal", "--app", "Another"]);
    assert!(String::from_utf8_lossy(&other.stdout).contains("Nothing was written"), "{}", shown(&other));

    // Nobody said yes.
    let before = org.get("/__demo/writes");
    let refused = org.run(home.path(), &["undo", &plan]);
    assert_eq!(refused.status.code(), Some(2), "{}", shown(&refused));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("GONE"), "{}", shown(&refused));
    let looked = org.run(home.path(), &["undo", &plan, "--read-only", "--json"]);
    assert_eq!(looked.status.code(), Some(4), "{}", shown(&looked));
    assert!(parsed(&looked)["changes"].as_array().unwrap().len() >= 2);
    assert_eq!(org.get("/__demo/writes"), before);

    // Saved for a second person, it is refused once the org moved on.
    let file = home.path().join("undo.json");
    let saved = org.run(home.path(), &["undo", &plan, "--out", file.to_str().unwrap(), "--json"]);
    assert_eq!(saved.status.code(), Some(0), "{}", shown(&saved));
    assert_eq!(org.get("/__demo/writes"), before);
    let last = parsed(&saved)["changes"].as_array().unwrap().len();
    let rule = writes.iter().find(|w| w["title"].as_str().unwrap().starts_with("rule")).unwrap();
    let number = rule["number"].to_string();
    let part = home.path().join("part.json");
    let args = ["undo", &number, "--out", part.to_str().unwrap()];
    assert_eq!(org.run(home.path(), &args).status.code(), Some(0));
    let applied = org.run(home.path(), &["apply", part.to_str().unwrap(), "--yes", "--json"]);
    assert_eq!(applied.status.code(), Some(0), "{}", shown(&applied));
    let applied = org.run(home.path(), &["apply", file.to_str().unwrap(), "--yes", "--json"]);
    assert_eq!(applied.status.code(), Some(0), "{}", shown(&applied));
    assert_eq!(parsed(&applied)["outcomes"].as_array().unwrap().len(), last);
    assert_eq!(org.get("/api/v1/apps").as_array().unwrap().len(), apps);
    let file = home.path().join("gateway.toml");
    let once_more = org.run(home.path(), &["apply", file.to_str().unwrap(), "--yes", "--json"]);
    let plan = parsed(&once_more)["plan"].as_str().unwrap().to_owned();

    let undone = org.run(home.path(), &["undo", &plan, "--yes", "--json", "--reason", "CHG0041235"]);
    assert_eq!(undone.status.code(), Some(0), "{}", shown(&undone));
    assert_eq!(parsed(&undone)["ok"], true);
    assert_eq!(org.get("/api/v1/apps").as_array().unwrap().len(), apps);
    let listed = parsed(&org.run(home.path(), &["journal", "--json"]));
    let of_plan = listed["writes"].as_array().unwrap().iter().filter(|w| w["plan"] == plan.as_str());
    assert!(of_plan.clone().all(|w| w["outcome"] == "undone" && w["undone_by"].is_string()), "{listed}");
    let again = org.run(home.path(), &["undo", "1", "--yes"]);
    assert_eq!(again.status.code(), Some(0), "{}", shown(&again));
    assert!(String::from_utf8_lossy(&again.stderr).contains("undone already"), "{}", shown(&again));
    let none = org.run(home.path(), &["undo", "99", "--yes"]);
    assert_eq!(none.status.code(), Some(2), "{}", shown(&none));
}

#[test]
fn an_export_is_for_its_owner_and_holds_no_secret() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    applied(&org, home.path());
    let app = org.get("/api/v1/apps?q=Cequence")[0]["id"].as_str().unwrap().to_owned();
    let secrets = org.get(&format!("/api/v1/apps/{app}/credentials/secrets"));
    let secret = secrets[0]["client_secret"].as_str().unwrap();
    for name in ["audit.md", "audit.json"] {
        let file = home.path().join(name);
        let saved = org.run(home.path(), &["journal", "--out", file.to_str().unwrap()]);
        assert_eq!(saved.status.code(), Some(0), "{}", shown(&saved));
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("CHG0041234") && text.contains("/api/v1/apps"), "{text}");
        assert!(!text.contains(secret) && !text.contains(org.text("api_token")));
        assert_eq!(text.starts_with('{'), name.ends_with("json"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

/// On the screen: marked in the journal, planned, typed, applied; and the journal says so.
#[test]
fn marked_and_undone_with_keys_alone() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let apps = org.get("/api/v1/apps").as_array().unwrap().len();
    applied(&org, home.path());
    let mut tui = Tui::start(home.path(), 80, 24, &[], &[]);
    tui.wait("Journal    every change");
    tui.press(&["z"]);
    tui.wait("create the app \"Cequence");
    // Undoing needs the org; the journal is there again once it is connected.
    tui.press(&["End", "a", "u"]);
    tui.wait("API token");
    tui.send(org.text("api_token"));
    tui.press(&["Enter"]);
    // What was marked still is.
    tui.wait_until("the journal of this org", |s| s.contains("marked") && !s.contains("all orgs"));
    tui.press(&["u"]);
    tui.wait("GONE");
    tui.press(&["Tab"]);
    tui.send("CHG77");
    tui.press(&["Enter"]);
    let screen = tui.wait("Type ");
    let word = screen.split_once("Type ").unwrap().1.split_once(" to apply").unwrap().0.to_owned();
    tui.send(&word);
    tui.press(&["Enter"]);
    tui.wait("Back to the journal");
    assert_eq!(org.get("/api/v1/apps").as_array().unwrap().len(), apps);
    tui.press(&["Enter"]);
    let screen = tui.wait("undone");
    assert!(screen.contains("delete the app"), "{screen}");
    tui.press(&["Home", "Enter"]);
    tui.wait("CHG77");
    tui.press(&["q"]);
    assert_eq!(tui.exit_code(), 0);
    tui.assert_restored();
}

/// Killed after each number of writes, and asked again: the interrupted undo is gone on with.
#[test]
fn an_undo_that_was_killed_goes_on() {
    for after in 0..=2 {
        let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
        let apps = org.get("/api/v1/apps").as_array().unwrap().len();
        let plan = applied(&org, home.path());
        let writes = || org.get("/__demo/writes").as_array().map_or(0, Vec::len);
        let before = writes();
        let mut child = org
            .command(home.path(), &["undo", &plan, "--yes"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while writes() < before + after && child.try_wait().unwrap().is_none() {}
        child.kill().unwrap();
        child.wait().unwrap();
        let again = org.run(home.path(), &["undo", &plan, "--yes"]);
        assert_eq!(again.status.code(), Some(0), "killed after {after}: {}", shown(&again));
        assert_eq!(org.get("/api/v1/apps").as_array().unwrap().len(), apps, "killed after {after}");
        let policies = org.get("/api/v1/authorizationServers/default/policies");
        let left = policies.as_array().unwrap().iter().filter(|p| p["name"] == "Cequence AI Gateway").count();
        assert_eq!(left, 0, "killed after {after}: {policies}");
        let listed = parsed(&org.run(home.path(), &["journal", "--json"]));
        let of_plan = listed["writes"].as_array().unwrap().iter().filter(|w| w["plan"] == plan.as_str());
        assert!(of_plan.clone().all(|w| w["outcome"] == "undone"), "killed after {after}: {listed}");
    }
}
