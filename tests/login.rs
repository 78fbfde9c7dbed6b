//! `oktui login` and the ways to sign in to the management API, by the real binary against a served demo org.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use support::served::{Served, json as parsed, shown};

const READ: [&str; 8] = [
    "okta.apps.read",
    "okta.users.read",
    "okta.groups.read",
    "okta.authorizationServers.read",
    "okta.policies.read",
    "okta.logs.read",
    "okta.roles.read",
    "okta.appGrants.read",
];

/// A service app with a key made by the program, and how to sign in as it.
struct Service {
    org: Served,
    home: tempfile::TempDir,
    key: PathBuf,
    client_id: String,
    app_id: String,
}

impl Service {
    fn start(kind: &str, more: Value) -> Self {
        let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
        let key = home.path().join("key.pem");
        let made =
            org.run(home.path(), &["login", "new-key", "--kind", kind, "--out", key.to_str().unwrap()]);
        assert!(made.status.success(), "{}", shown(&made));
        let mut app =
            json!({ "jwks": { "keys": [parsed(&made)] }, "scopes": READ, "roles": ["SUPER_ADMIN"] });
        for (name, value) in more.as_object().unwrap() {
            app[name] = value.clone();
        }
        let (status, app) = org.request("POST", "/__demo/login/service-app", Some(app));
        assert_eq!(status, 201, "{app}");
        let text = |name: &str| app[name].as_str().unwrap().to_owned();
        let (client_id, app_id) = (text("client_id"), text("id"));
        Self { org, home, key, client_id, app_id }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.org.command(self.home.path(), args);
        command.env_remove("OKTUI_API_TOKEN");
        command.env("OKTUI_AUTH", "service").env("OKTUI_CLIENT_ID", &self.client_id);
        command.env("OKTUI_KEY", &self.key);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }
}

/// What the preflight says of a feature.
fn row<'a>(document: &'a Value, feature: &str) -> &'a Value {
    let rows = document["preflight"].as_array().unwrap();
    rows.iter().find(|r| r["feature"] == feature).unwrap_or_else(|| panic!("{feature}: {document}"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_service_app_signs_in_with_a_key_made_here() {
    for kind in ["rsa", "ec"] {
        let service = Service::start(kind, json!({}));
        assert_eq!(std::fs::metadata(&service.key).unwrap().permissions().mode() & 0o777, 0o600);
        let signed_in = service.run(&["login", "--read-only", "--json"]);
        assert_eq!(signed_in.status.code(), Some(0), "{}", shown(&signed_in));
        let document = parsed(&signed_in);
        assert_eq!(
            (&document["way"], &document["client_id"]),
            (&json!("service"), &json!(service.client_id))
        );
        assert_eq!(document["roles"], json!(["SUPER_ADMIN"]));
        assert_eq!(document["who"]["name"], "oktui service");
        for feature in ["read apps", "people", "groups", "authorization servers", "System Log", "own roles"] {
            let row = row(&document, feature);
            assert_eq!(
                (&row["result"], &row["granted"], &row["configured"]),
                (&json!("works"), &json!(true), &json!(true))
            );
        }
        let asked: Vec<_> =
            document["scopes"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        assert!(asked.iter().all(|s| s.ends_with(".read")), "{asked:?}");
    }
}

#[test]
fn a_key_that_is_there_is_not_overwritten() {
    let service = Service::start("ec", json!({}));
    let before = std::fs::read(&service.key).unwrap();
    let again = service.run(&["login", "new-key", "--out", service.key.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2), "{}", shown(&again));
    assert_eq!(std::fs::read(&service.key).unwrap(), before);
}

#[test]
fn the_preflight_tells_a_missing_scope_from_a_missing_role() {
    let scopes: Vec<&str> =
        READ.iter().copied().filter(|s| *s != "okta.logs.read").chain(["okta.apps.manage"]).collect();
    let service = Service::start("ec", json!({ "scopes": scopes, "roles": ["READ_ONLY_ADMIN"] }));
    let signed_in = service.run(&["login", "--json"]);
    assert_eq!(signed_in.status.code(), Some(1), "{}", shown(&signed_in));
    let document = parsed(&signed_in);
    let log = row(&document, "System Log");
    assert_eq!(
        (&log["result"], &log["granted"], &log["configured"]),
        (&json!("no-scope"), &json!(false), &json!(false))
    );
    let write = row(&document, "write apps, secrets, assignments");
    assert_eq!((&write["result"], &write["granted"]), (&json!("no-role"), &json!(true)));
    let words = String::from_utf8_lossy(&service.run(&["login"]).stdout).into_owned();
    assert!(words.contains("okta.logs.read") && words.contains("APP_ADMIN"), "{words}");
}

/// Okta's documentation does not say whether one scope that is not granted refuses the others.
#[test]
fn scopes_are_found_one_by_one_where_the_org_refuses_them_together() {
    let service = Service::start("ec", json!({ "scopes": ["okta.apps.read", "okta.users.read"] }));
    service.org.request("POST", "/__demo/login/tokens", Some(json!({ "all_or_nothing": true })));
    let document = parsed(&service.run(&["login", "--json"]));
    assert_eq!(document["scopes"], json!(["okta.apps.read", "okta.users.read"]));
}

#[test]
fn each_refusal_has_a_sentence_and_a_way_on() {
    let service = Service::start("ec", json!({}));
    let refused = |command: &mut Command, exit: i32, words: &[&str]| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(exit), "{}", shown(&output));
        for word in words {
            assert!(said(&output).contains(word), "{word}: {}", shown(&output));
        }
    };
    let login = || service.command(&["login"]);
    refused(login().env("OKTUI_CLIENT_ID", "0oaNobody1234"), 4, &["no active app", "General tab"]);
    refused(login().env("OKTUI_CLIENT_ID", "0oa/../x"), 2, &["no client id"]);
    refused(login().env("OKTUI_KID", "other"), 4, &["no public key with the id", "--kid"]);
    refused(login().env_remove("OKTUI_CLIENT_ID"), 2, &["--client-id"]);
    refused(login().env_remove("OKTUI_KEY"), 2, &["new-key"]);
    refused(login().env("OKTUI_KEY", service.home.path()), 2, &["no file"]);
    let write = |name: &str, text: &str| -> PathBuf {
        let path = service.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    refused(login().env("OKTUI_KEY", write("empty", "")), 2, &["neither a PEM file nor"]);
    let pem = std::fs::read_to_string(&service.key).unwrap();
    refused(login().env("OKTUI_KEY", write("cut", &pem[..pem.len() - 30])), 2, &["damaged"]);
    let other = service.home.path().join("other.pem");
    service.run(&["login", "new-key", "--kind", "ec", "--out", other.to_str().unwrap()]);
    let own_kid = registered_kid(&service);
    refused(
        login().env("OKTUI_KEY", &other).env("OKTUI_KID", own_kid),
        4,
        &["does not belong to a public key of the app", "Add key"],
    );

    let bound = Service::start("ec", json!({ "dpop": true }));
    refused(&mut bound.command(&["login"]), 4, &["DPoP", "clear"]);
    let ungranted = Service::start("ec", json!({ "scopes": [] }));
    refused(&mut ungranted.command(&["login"]), 4, &["none of the scopes", "Super Admin"]);
    let keyless = Service::start("ec", json!({ "jwks": { "keys": [] } }));
    refused(&mut keyless.command(&["login"]), 4, &["no public key", "Paste"]);
}

/// The id of the key that is registered, as the app's JWKS has it.
fn registered_kid(service: &Service) -> String {
    let app = service.org.get(&format!("/api/v1/apps/{}", service.app_id));
    app["settings"]["oauthClient"]["jwks"]["keys"][0]["kid"].as_str().unwrap().to_owned()
}

#[test]
fn a_wrong_clock_is_put_right_by_the_orgs() {
    let service = Service::start("ec", json!({}));
    service.org.request("POST", "/__demo/clock", Some(json!({ "advance_seconds": 3_700 })));
    let signed_in = service.run(&["login", "--read-only", "--json"]);
    assert_eq!(signed_in.status.code(), Some(0), "{}", shown(&signed_in));
    let ahead = parsed(&signed_in)["clock_ahead_seconds"].as_i64().unwrap();
    assert!((3_690..3_710).contains(&ahead), "{ahead}");
    service.org.request("POST", "/__demo/clock", Some(json!({ "advance_seconds": -7_400 })));
    assert_eq!(service.run(&["login", "--read-only"]).status.code(), Some(0));
}

#[test]
fn the_commands_work_as_a_service_app_and_hold_no_secret() {
    let scopes: Vec<&str> =
        READ.iter().copied().chain(["okta.apps.manage", "okta.authorizationServers.manage"]).collect();
    let service = Service::start("rsa", json!({ "scopes": scopes }));
    let file = service.home.path().join("gateway.toml");
    std::fs::write(&file, service.run(&["setup", "example"]).stdout).unwrap();
    let applied = service.run(&["apply", file.to_str().unwrap(), "--yes", "--json"]);
    assert!(applied.status.success(), "{}", shown(&applied));
    let journal = parsed(&service.run(&["journal", "--json"]));
    assert_eq!(journal["writes"][0]["who"].as_str(), Some(service.client_id.as_str()));
    let pem = std::fs::read_to_string(&service.key).unwrap();
    let secret = pem.lines().nth(3).unwrap();
    for path in files(service.home.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        assert!(path == service.key || !text.contains(secret), "{}", path.display());
        // A JWT begins so.
        assert!(!text.contains("eyJ"), "{}", path.display());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[test]
fn a_missing_scope_is_named_where_a_command_needs_it() {
    let service = Service::start("ec", json!({ "scopes": ["okta.apps.read", "okta.roles.read"] }));
    let people = service.run(&["people", "list", "--limit", "1"]);
    assert_eq!(people.status.code(), Some(4), "{}", shown(&people));
    assert!(
        said(&people).contains("okta.users.read") && said(&people).contains("Okta API Scopes"),
        "{}",
        shown(&people)
    );
}

#[test]
fn the_profile_keeps_the_way_without_a_secret_and_a_flag_goes_before_it() {
    let service = Service::start("ec", json!({}));
    let saved = service.run(&["login", "--read-only", "--save"]);
    assert_eq!(saved.status.code(), Some(0), "{}", shown(&saved));
    let bare = |args: &[&str]| {
        let mut command = service.org.command(service.home.path(), args);
        command.env_remove("OKTUI_API_TOKEN");
        command
    };
    let by_profile = bare(&["login", "--read-only", "--json"]).output().unwrap();
    assert_eq!(parsed(&by_profile)["way"], "service", "{}", shown(&by_profile));
    let token = service.org.text("api_token");
    let by_flag =
        bare(&["login", "--auth", "token", "--json"]).env("OKTUI_API_TOKEN", token).output().unwrap();
    assert_eq!(parsed(&by_flag)["way"], "token", "{}", shown(&by_flag));
    let other_way = bare(&["login"]).env("OKTUI_AUTH", "device").output().unwrap();
    assert!(said(&other_way).contains("--auth device needs --client-id"), "{}", shown(&other_way));
}

/// Starts a sign-in by a device; gives the process and the code that it shows.
fn device(
    org: &Served,
    home: &Path,
    client_id: &str,
    args: &[&str],
) -> (std::process::Child, BufReader<std::process::ChildStderr>, String) {
    let mut command = org.command(home, args);
    command.env_remove("OKTUI_API_TOKEN").env("OKTUI_AUTH", "device").env("OKTUI_CLIENT_ID", client_id);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let code = line.trim().trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
    assert_eq!(code.len(), 8, "{line}");
    (child, reader, code)
}

fn device_app(org: &Served, more: Value) -> String {
    let mut app = json!({ "scopes": READ });
    for (name, value) in more.as_object().unwrap() {
        app[name] = value.clone();
    }
    org.request("POST", "/__demo/login/device-app", Some(app)).1["client_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_person_signs_in_by_a_code_or_says_no() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let client_id = device_app(&org, json!({}));
    let me = org.get("/api/v1/users/me");
    let admin = me["profile"]["login"].as_str().unwrap();
    let (child, _stderr, code) = device(&org, home.path(), &client_id, &["login", "--read-only", "--json"]);
    let answer = json!({ "user_code": code, "login": admin });
    assert_eq!(org.request("POST", "/__demo/login/device", Some(answer)).0, 200);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    let document = parsed(&output);
    assert_eq!((document["way"].as_str(), document["who"]["login"].as_str()), (Some("device"), Some(admin)));

    let (child, mut stderr, code) = device(&org, home.path(), &client_id, &["login"]);
    org.request("POST", "/__demo/login/device", Some(json!({ "user_code": code, "deny": true })));
    let output = child.wait_with_output().unwrap();
    let mut words = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut words).unwrap();
    assert_eq!(output.status.code(), Some(4), "{words}");
    assert!(words.contains("refused on Okta's page"), "{words}");
}
