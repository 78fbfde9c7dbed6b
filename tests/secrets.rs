//! Where secrets are not: a whole session, on screen and from scripts, and then every file, everything that was written to the terminal,
//! the outputs, and what other users of the machine can see of the process are searched for every secret of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::path::{Path, PathBuf};
use support::Tui;
use support::served::{Served, shown};

const APP: &str = "Practice Gateway";

/// The ways in which a secret may stand somewhere.
fn spellings(secret: &str) -> Vec<String> {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![secret.to_owned(), form, STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)]
}

struct Search(Vec<(&'static str, String)>);

impl Search {
    #[track_caller]
    fn none_in(&self, place: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for (what, secret) in &self.0 {
            for spelling in spellings(secret) {
                assert!(!text.contains(&spelling), "the {what} is in {place}");
            }
        }
    }

    fn none_under(&self, folder: &Path) -> usize {
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                files += self.none_under(&path);
            } else {
                self.none_in(&path.to_string_lossy(), &std::fs::read(&path).unwrap());
                files += 1;
            }
        }
        files
    }
}

fn client_secrets(org: &Served) -> Vec<String> {
    let id = org.get("/__demo/describe")["practice_app"]["id"].as_str().unwrap().to_owned();
    let all = org.get(&format!("/api/v1/apps/{id}/credentials/secrets"));
    let value = |s: &Value| s["client_secret"].as_str().unwrap().to_owned();
    all.as_array().unwrap().iter().map(value).collect()
}

#[test]
fn a_whole_session_leaves_no_secret_anywhere() {
    let (org, home) =
        (Served::start(&["--scenario", "practice", "--limit", "100000"]), tempfile::tempdir().unwrap());
    let (ana, password) = org.person("ana@");
    let home = home.path();
    let passphrase = "a passphrase of this test";

    // From scripts: a test with its exports, the battery, a bundle, a rotation, the vault.
    let saved = |name: &str| home.join(name).to_string_lossy().into_owned();
    let (har, report) = (saved("run.har"), saved("run.md"));
    let mut outputs = Vec::new();
    for args in [
        &[
            "test", "--app", APP, "--server", "default", "--kind", "refresh", "--as", &ana, "--har", &har,
            "--report", &report,
        ][..],
        &["test", "--app", APP, "--server", "default", "--as", &ana, "--json"],
        &["battery", "--app", APP, "--server", "default"],
        &["rotate", "begin", "--app", APP, "--place", "prod"],
        &["rotate", "next", "--app", APP, "--yes"],
        &["rotate", "next", "--app", APP, "--yes"],
        &["bundle", "--app", APP, "--har", &har, "--secrets", "--out", &saved("bundle")],
        &["journal", "--json"],
        &["doctor", "--app", APP, "--secrets"],
        &["test", "--history", "--json"],
    ] {
        let ended = org.run_with_input(home, args, &format!("{password}\n"));
        assert!(matches!(ended.status.code(), Some(0 | 1)), "{args:?}: {}", shown(&ended));
        outputs.push((args.join(" "), shown(&ended)));
    }
    let mut put = org.command(home, &["vault", "put"]);
    let put = put.env("OKTUI_VAULT_PASSPHRASE", passphrase).output().unwrap();
    assert_eq!(put.status.code(), Some(0), "{}", shown(&put));
    outputs.push(("vault put".into(), shown(&put)));

    // On screen: signed in with a typed token, checked up with its secrets, the rotation looked at.
    let mut tui = Tui::start(home, 120, 40, &[], &[]);
    tui.wait("Set up");
    tui.press(&["Enter"]);
    tui.wait("Org URL");
    tui.send(org.text("org_url"));
    tui.press(&["Tab"]);
    tui.send(org.text("api_token"));
    tui.press(&["Enter"]);
    tui.wait("HR Portal");
    tui.press(&["/"]);
    tui.send("practice");
    tui.press(&["Enter", "0"]);
    tui.wait("Check-up:");
    tui.wait("Look at the client secrets too");
    tui.press(&["End", "Enter"]);
    tui.wait("Two client secrets are active");
    tui.press(&["e"]);
    tui.wait("Saved:");

    let mut secrets = vec![
        ("API token", org.text("api_token").to_owned()),
        ("person's password", password.clone()),
        ("vault's passphrase", passphrase.to_owned()),
    ];
    let of_client = client_secrets(&org);
    assert_eq!(of_client.len(), 2, "the rotation has made a second one");
    secrets.extend(of_client.into_iter().map(|s| ("client secret", s)));
    let search = Search(secrets);
    for what in ["cmdline", "environ"] {
        let seen = std::fs::read(format!("/proc/{}/{what}", tui.pid()));
        // Only Linux has it.
        if let Ok(seen) = seen {
            assert!(!seen.is_empty());
            search.none_in(&format!("/proc/PID/{what}"), &seen);
        }
    }
    tui.press(&["q"]);
    assert_eq!(tui.exit_code(), 0);
    search.none_in("what was written to the terminal", &tui.raw());
    for (command, output) in &outputs {
        search.none_in(command, output.as_bytes());
    }
    let files = search.none_under(home);
    assert!(files > 10, "{files} files: the search looked in the wrong place");
}
