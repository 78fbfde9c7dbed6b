//! API tokens in the vault, as a script uses it: kept, found again by every command, never in the clear.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use std::path::Path;
use std::process::Output;
use support::Tui;
use support::served::{Served, json, shown};

const PASSPHRASE: &str = "correct horse battery";

/// Without a token in the environment, as somebody who has one in the vault.
fn run(org: &Served, home: &Path, passphrase: &str, args: &[&str]) -> Output {
    let mut command = org.command(home, args);
    command.env_remove("OKTUI_API_TOKEN").env("OKTUI_VAULT_PASSPHRASE", passphrase);
    command.output().unwrap()
}

fn every_file(folder: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every_file(&path, look);
        } else {
            look(&path, &std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn a_token_is_kept_found_again_and_forgotten() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let token = org.text("api_token").to_owned();

    let mut put = org.command(home.path(), &["vault", "put"]);
    let put = put.env("OKTUI_VAULT_PASSPHRASE", PASSPHRASE).output().unwrap();
    assert_eq!(put.status.code(), Some(0), "{}", shown(&put));
    assert!(shown(&put).contains("the org took it"), "{}", shown(&put));
    every_file(home.path(), &mut |path, bytes| {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains(&token) && !text.contains(PASSPHRASE), "{}", path.display());
    });

    let found = run(&org, home.path(), PASSPHRASE, &["people", "search", "ana", "--json"]);
    assert_eq!(found.status.code(), Some(0), "{}", shown(&found));
    assert!(shown(&found).contains("The API token is the one in the vault."), "{}", shown(&found));
    let listed = run(&org, home.path(), PASSPHRASE, &["vault", "list", "--json"]);
    assert_eq!(json(&listed)[0]["org"], org.text("org_url"), "{}", shown(&listed));

    let wrong = run(&org, home.path(), "not the passphrase", &["people", "search", "ana"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", shown(&wrong));
    assert!(shown(&wrong).contains("not the passphrase of the vault"), "{}", shown(&wrong));

    let forgotten = run(&org, home.path(), PASSPHRASE, &["vault", "forget"]);
    assert_eq!(forgotten.status.code(), Some(0), "{}", shown(&forgotten));
    let again = run(&org, home.path(), PASSPHRASE, &["vault", "forget"]);
    assert_eq!(again.status.code(), Some(2), "{}", shown(&again));
    let gone = run(&org, home.path(), PASSPHRASE, &["people", "search", "ana"]);
    assert_eq!(gone.status.code(), Some(2), "{}", shown(&gone));
    for output in [&put, &found, &listed, &wrong, &forgotten] {
        assert!(!shown(output).contains(&token), "{}", shown(output));
    }
}

#[test]
fn a_token_that_the_org_refuses_is_not_kept() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let mut put = org.command(home.path(), &["vault", "put"]);
    put.env("OKTUI_VAULT_PASSPHRASE", PASSPHRASE).env("OKTUI_API_TOKEN", "00not-a-token-of-this-org");
    let put = put.output().unwrap();
    assert_eq!(put.status.code(), Some(4), "{}", shown(&put));
    assert!(!home.path().join("config/vault.age").exists());
    let listed = run(&org, home.path(), PASSPHRASE, &["vault", "list", "--json"]);
    assert_eq!(json(&listed), serde_json::json!([]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_memory_in_a_file() {
    let org = Served::start(&[]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", org.pid())).unwrap();
    let core: Vec<&str> =
        limits.lines().find(|l| l.starts_with("Max core file size")).unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"], "{limits}");
}

#[test]
fn on_screen_the_passphrase_opens_it_and_nobody_sees_it() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let mut put = org.command(home.path(), &["vault", "put"]);
    let put = put.env("OKTUI_VAULT_PASSPHRASE", PASSPHRASE).output().unwrap();
    assert_eq!(put.status.code(), Some(0), "{}", shown(&put));

    let mut tui = Tui::start(home.path(), 80, 24, &[], &[]);
    tui.wait("Set up");
    tui.press(&["Enter"]);
    tui.wait("from the vault by its passphrase");
    tui.send(org.text("org_url"));
    tui.press(&["Tab", "Tab"]);
    tui.send("not the passphrase");
    tui.press(&["Enter"]);
    tui.wait("that is not the passphrase of the vault");
    tui.press(&["Tab"]);
    tui.send(PASSPHRASE);
    tui.press(&["Enter"]);
    tui.wait("HR Portal");
    let seen = String::from_utf8_lossy(&tui.raw()).into_owned();
    assert!(!seen.contains(PASSPHRASE) && !seen.contains(org.text("api_token")));
}
