//! From red to green by keys alone: what a scenario of the demo broke is found by the check-up, mended under one key, and tested again.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use oktui::setup::GATEWAY_CALLBACK;
use serde_json::Value;
use std::path::Path;
use support::Tui;
use support::served::{Served, json as parsed, shown};

const APP: &str = "Practice Gateway";

/// An org in that state, with a profile that says which server the gateway's form names.
fn org(scenario: &str, home: &Path) -> Served {
    let org = Served::start(&["--scenario", scenario, "--limit", "100000"]);
    for args in [
        &["profiles", "add", "practice", org.text("org_url")][..],
        &["profiles", "set", "practice", "authorization_server", "default"],
    ] {
        let done = org.run(home, args);
        assert_eq!(done.status.code(), Some(0), "{}", shown(&done));
    }
    org
}

/// A sign-in of Ana's as the gateway would do it: what the tester says, and the exit code.
fn test(org: &Served, home: &Path) -> (String, Option<i32>) {
    let (ana, password) = org.person("ana@");
    let args =
        ["test", "--app", APP, "--redirect-uri", GATEWAY_CALLBACK, "--server", "default", "--as", &ana];
    let ended = org.run_with_input(home, &args, &password);
    (shown(&ended), ended.status.code())
}

/// The rules of the check-up's findings, the worst first.
fn doctor(org: &Served, home: &Path) -> Vec<String> {
    let ended = org.run(home, &["doctor", "--app", APP, "--secrets", "--json"]);
    let rule = |f: &Value| f["rule"].as_str().unwrap().to_owned();
    parsed(&ended)["findings"]
        .as_array()
        .unwrap_or_else(|| panic!("{}", shown(&ended)))
        .iter()
        .map(rule)
        .collect()
}

/// What can be known without a sign-in, the check-up has first.
#[test]
fn the_check_up_names_the_cause_before_anybody_signs_in() {
    for (name, rule) in [
        ("redirect-slash", "near-callback"),
        ("redirect-case", "near-callback"),
        ("redirect-scheme", "near-callback"),
        ("redirect-port", "near-callback"),
        ("redirect-host", "no-gateway-callback"),
        ("not-assigned", "nobody-assigned"),
        ("app-inactive", "app-inactive"),
        ("policy-without-client", "no-policy"),
        ("policy-without-grant", "no-policy"),
        ("policy-without-scope", "no-policy"),
        ("policy-without-person", "policy-for-some"),
        ("grant-missing", "no-code-grant"),
        ("dpop-required", "dpop"),
        ("server-inactive", "no-server"),
        ("federation-broker", "federation-broker"),
        ("network-zone", "network-zone"),
        // Whether the gateway sends PKCE only the gateway knows.
        ("pkce-required", "pkce-required"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let org = org(name, home.path());
        let found = doctor(&org, home.path());
        assert_eq!(found.first().map(String::as_str), Some(rule), "{name}: {found:?}");
    }
}

/// Red, `f`, the plan, yes, green: by keys alone, for every state with a fix that oktui can make.
#[test]
fn from_red_to_green_by_keys() {
    for (name, row, then) in [
        ("redirect-slash", "Almost the callback of", After::Plan),
        ("redirect-case", "Almost the callback of", After::Plan),
        ("redirect-scheme", "Almost the callback of", After::Plan),
        ("redirect-port", "Almost the callback of", After::Plan),
        ("grant-missing", "authorization code grant is off", After::Plan),
        ("redirect-host", "No redirect URI is a callback", After::Plan),
        ("app-inactive", "The app is inactive", After::Plan),
        ("policy-without-client", "No access policy covers this client", After::Step),
        ("policy-without-grant", "No rule matches", After::Step),
        ("policy-without-scope", "No rule matches", After::Step),
        ("not-assigned", "Nobody is assigned", After::People),
    ] {
        let home = tempfile::tempdir().unwrap();
        let org = org(name, home.path());
        assert_ne!(test(&org, home.path()).1, Some(0), "{name} is not red");
        let mut tui = Tui::start(home.path(), 80, 24, &[], &[]);
        tui.wait("practice");
        tui.press(&["Down", "Down", "Enter"]);
        tui.wait("Org URL");
        tui.send(org.text("org_url"));
        tui.press(&["Tab"]);
        tui.send(org.text("api_token"));
        tui.press(&["Enter"]);
        tui.wait("Choose the app to check up");
        tui.wait("HR Portal");
        tui.press(&["/"]);
        tui.send("practice");
        tui.press(&["Enter", "Enter"]);
        tui.wait_until(row, |screen| screen.lines().any(|l| l.starts_with(" ▸ ") && l.contains(row)));
        tui.press(&["f"]);
        match then {
            After::Plan => {}
            After::Step => {
                tui.wait("▸5 Auth");
                tui.press(&["p"]);
            }
            After::People => {
                tui.wait("People");
                tui.press(&["v"]);
                tui.wait("Everyone");
                tui.press(&["/"]);
                tui.send("MCP-Users");
                tui.press(&["Enter", "a"]);
                tui.wait("Staged: +1 group");
                tui.press(&["p"]);
            }
        }
        let plan = tui.wait("pply");
        tui.wait("Reason or ticket");
        tui.press(&["Tab", "Tab"]);
        if plan.contains("Type ") || tui.screen().contains("Type ") {
            tui.send(APP);
            tui.press(&["Enter"]);
        } else {
            tui.press(&["Enter", "y"]);
        }
        tui.wait("Applied: ");
        let (verdict, code) = test(&org, home.path());
        assert_eq!(code, Some(0), "{name}: {verdict}\n{}", tui.screen());
    }
}

/// What a key leads to.
enum After {
    Plan,
    Step,
    People,
}

/// In the demo itself: the menu breaks the app, and the check-up finds it.
#[test]
fn the_menu_of_scenarios_breaks_the_app_to_practise_on() {
    let home = tempfile::tempdir().unwrap();
    let mut tui = Tui::start(home.path(), 80, 24, &["demo"], &[]);
    tui.wait("HR Portal");
    tui.press(&["Esc"]);
    tui.wait("Scenarios");
    tui.press(&["Down", "Down", "Down", "Down", "Enter"]);
    tui.wait("redirect-slash");
    while !tui.screen().lines().any(|l| l.starts_with(" ▸") && l.contains("redirect-slash")) {
        let before = tui.screen();
        tui.press(&["Down"]);
        tui.wait_until("the next row", |screen| screen != before);
    }
    tui.press(&["Enter"]);
    tui.wait("* redirect-slash");
    tui.press(&["Esc"]);
    tui.wait("Check up");
    tui.press(&["Home", "Down", "Down", "Enter"]);
    tui.wait("Practice Gateway");
    tui.press(&["/"]);
    tui.send("practice");
    tui.press(&["Enter", "Enter"]);
    tui.wait("Almost the callback of");
}
