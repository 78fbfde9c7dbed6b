//! Profiles: what they say counts for every face, the order of flag, environment and profile, and files that are not as they should be.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use std::path::{Path, PathBuf};
use support::Tui;
use support::served::{Served, json as parsed, shown};

fn file(home: &Path) -> PathBuf {
    home.join("config/orgs.toml")
}

/// An org with the profile "prod".
fn org(home: &Path) -> Served {
    let org = Served::start(&[]);
    let added = org.run(home, &["profiles", "add", "prod", org.text("org_url")]);
    assert_eq!(added.status.code(), Some(0), "{}", shown(&added));
    org
}

fn set(org: &Served, home: &Path, key: &str, value: &str) {
    let done = org.run(home, &["profiles", "set", "prod", key, value]);
    assert_eq!(done.status.code(), Some(0), "{}", shown(&done));
}

fn example(org: &Served, home: &Path) -> String {
    let file = home.join("gateway.toml");
    std::fs::write(&file, org.run(home, &["setup", "example"]).stdout).unwrap();
    file.to_string_lossy().into_owned()
}

#[test]
fn a_read_only_profile_lets_nothing_write() {
    let home = tempfile::tempdir().unwrap();
    let org = org(home.path());
    let setup = example(&org, home.path());
    set(&org, home.path(), "read_only", "true");
    let before = org.get("/__demo/writes");
    // A note on this machine, no write to the org.
    assert_eq!(org.run(home.path(), &["rotate", "begin", "--app", "Wiki"]).status.code(), Some(0));
    for args in [
        &["apply", &setup, "--yes"][..],
        &["assign", "--app", "Wiki", "--groups", "MCP-Users", "--yes"],
        &["test", "--app", "Wiki", "--this-machine", "--yes"],
        &["rotate", "next", "--app", "Wiki", "--yes"],
    ] {
        let ended = org.run(home.path(), args);
        assert_ne!(ended.status.code(), Some(0), "{args:?}: {}", shown(&ended));
        assert!(shown(&ended).contains("read-only"), "{args:?}: {}", shown(&ended));
    }
    assert_eq!(org.get("/__demo/writes"), before, "nothing was written");
    set(&org, home.path(), "read_only", "false");
    for flag in [&["--read-only", "apply", &setup, "--yes"][..], &["apply", &setup, "--yes", "--read-only"]] {
        let ended = org.run(home.path(), flag);
        assert_eq!(ended.status.code(), Some(4), "{}", shown(&ended));
    }
    let mut by_environment = org.command(home.path(), &["apply", &setup, "--yes"]);
    let ended = by_environment.env("OKTUI_READ_ONLY", "1").output().unwrap();
    assert_eq!(ended.status.code(), Some(4), "{}", shown(&ended));
    assert_eq!(org.get("/__demo/writes"), before, "nothing was written");
    let ended = org.run(home.path(), &["apply", &setup, "--yes"]);
    assert_eq!(ended.status.code(), Some(0), "{}", shown(&ended));
}

#[test]
fn on_screen_the_marks_of_a_profile_hold_whoever_types_the_address() {
    let home = tempfile::tempdir().unwrap();
    let org = org(home.path());
    set(&org, home.path(), "read_only", "true");
    let mut tui = Tui::start(home.path(), 80, 24, &[], &[]);
    tui.wait("Set up");
    tui.press(&["Enter"]);
    tui.wait("Org URL");
    tui.send(org.text("org_url"));
    tui.press(&["Tab"]);
    tui.send(org.text("api_token"));
    tui.press(&["Enter"]);
    tui.wait("HR Portal");
    tui.wait("read-only");
    let known = parsed(&org.run(home.path(), &["profiles", "show", "prod", "--json"]));
    assert_eq!((&known["read_only"], &known["label"]), (&true.into(), &"prod".into()), "{known}");
}

#[test]
fn a_flag_goes_before_the_environment_and_a_contradiction_is_told() {
    let home = tempfile::tempdir().unwrap();
    let org = org(home.path());
    let people = |args: &[&str], env: &[(&str, &str)]| {
        let mut all = vec!["people", "search", "ana", "--json"];
        all.extend(args);
        let mut command = org.command(home.path(), &all);
        command.env_remove("OKTUI_ORG_URL").env_remove("OKTUI_PROFILE").envs(env.iter().copied());
        let ended = command.output().unwrap();
        (ended.status.code(), shown(&ended))
    };
    let (nobody, url) = ("https://nobody.okta.invalid", org.text("org_url").to_owned());
    for (args, env) in [
        (&["--profile", "prod"][..], &[][..]),
        (&[], &[("OKTUI_PROFILE", "prod")]),
        (&["--profile", "prod"], &[("OKTUI_ORG_URL", nobody)]),
        (&["--org", &url], &[("OKTUI_PROFILE", "elsewhere")]),
        (&["--org", &url, "--profile", "prod"], &[]),
    ] {
        let (code, said) = people(args, env);
        assert_eq!(code, Some(0), "{args:?} {env:?}: {said}");
    }
    for (args, said) in [
        (&["--org", nobody, "--profile", "prod"][..], "which of the two"),
        (&["--profile", "elsewhere"], "There are: prod."),
        (&[], "--profile"),
    ] {
        let (code, told) = people(args, &[]);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn what_a_profile_says_is_used() {
    let home = tempfile::tempdir().unwrap();
    let org = org(home.path());
    set(&org, home.path(), "callback.staging", "https://auth.stg.acme.example/v1/outbound/oauth/callback");
    let doctor = org.run(home.path(), &["doctor", "--app", "Wiki", "--json"]);
    let found = parsed(&doctor)["findings"].to_string();
    assert!(found.contains("no-gateway-callback") && found.contains("auth.stg.acme.example"), "{found}");
    let listed = parsed(&org.run(home.path(), &["profiles", "list", "--json"]));
    assert!(listed[0]["callbacks"]["staging"].as_str().unwrap().contains("auth.stg"), "{listed}");
    let forgotten = org.run(home.path(), &["profiles", "forget", "prod"]);
    assert_eq!(forgotten.status.code(), Some(0), "{}", shown(&forgotten));
    assert_eq!(parsed(&org.run(home.path(), &["profiles", "list", "--json"])), serde_json::json!([]));
}

#[test]
fn a_file_that_cannot_be_read_keeps_from_writing_and_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let org = org(home.path());
    let setup = example(&org, home.path());
    let whole = std::fs::read_to_string(file(home.path())).unwrap();
    let future = whole.replace("version = 1", "version = 2");
    for (text, said) in
        [("", "version"), (&future, "a newer one wrote it"), ("[[org]\n", "line 1"), ("\u{0}", "orgs.toml")]
    {
        std::fs::write(file(home.path()), text).unwrap();
        let before = org.get("/__demo/writes");
        let ended = org.run(home.path(), &["apply", &setup, "--yes"]);
        assert_eq!(ended.status.code(), Some(2), "{}", shown(&ended));
        assert!(shown(&ended).contains(said) && shown(&ended).contains("--read-only"), "{}", shown(&ended));
        assert_eq!(org.get("/__demo/writes"), before);
        let looks = org.run(home.path(), &["people", "search", "ana"]);
        assert_eq!(looks.status.code(), Some(0), "{}", shown(&looks));
        let list = org.run(home.path(), &["profiles", "list"]);
        assert_eq!(list.status.code(), Some(2), "{}", shown(&list));
        assert_eq!(std::fs::read_to_string(file(home.path())).unwrap(), text, "it is left as it was");
    }
}

#[test]
fn a_folder_that_may_not_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let org = org(home.path());
    let config = home.path().join("config");
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o500)).unwrap();
    let writable = std::fs::write(config.join("probe"), "").is_ok();
    let ended = org.run(home.path(), &["profiles", "set", "prod", "prod", "true"]);
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o700)).unwrap();
    // Root may write everywhere.
    if !writable {
        assert_eq!(ended.status.code(), Some(2), "{}", shown(&ended));
        assert!(shown(&ended).contains("orgs.toml"), "{}", shown(&ended));
    }
}
