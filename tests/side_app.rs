//! A native app for one run of `oktui test`: made with the web app's assignments and policies, and deleted whatever happens in between.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};
use support::Tui;
use support::served::{Served, json as parsed, shown};

const POLICIES: &str = "/api/v1/authorizationServers/default/policies";

/// An org with the app of the example: its client id, and all apps and access policies as they were.
struct Set {
    org: Served,
    home: tempfile::TempDir,
    app: String,
    before: Value,
}

impl Set {
    fn up() -> Self {
        let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
        let file = home.path().join("gateway.toml");
        std::fs::write(&file, org.run(home.path(), &["setup", "example"]).stdout).unwrap();
        let applied = org.run(home.path(), &["apply", file.to_str().unwrap(), "--yes", "--json"]);
        assert!(applied.status.success(), "{}", shown(&applied));
        let app = parsed(&applied)["values"]["clientId"].as_str().unwrap().to_owned();
        let mut set = Self { org, home, app, before: Value::Null };
        set.before = set.live();
        set
    }

    fn home(&self) -> &Path {
        self.home.path()
    }

    fn live(&self) -> Value {
        json!({"apps": self.org.get("/api/v1/apps?limit=200"), "policies": self.org.get(POLICIES)})
    }

    fn side(&self) -> Option<Value> {
        let apps = self.org.get("/api/v1/apps?limit=200");
        apps.as_array()
            .unwrap()
            .iter()
            .find(|a| a["label"].as_str().unwrap().ends_with("(oktui test)"))
            .cloned()
    }

    fn groups(&self, app: &str) -> Vec<String> {
        let groups = self.org.get(&format!("/api/v1/apps/{app}/groups"));
        groups.as_array().unwrap().iter().map(|g| g["id"].as_str().unwrap().to_owned()).collect()
    }

    fn begin(&self, more: &[&str]) -> Run {
        let args = [&["test", "--app", &self.app, "--side-app"], more, &["--yes"]].concat();
        let mut command = self.org.command(self.home(), &args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let talk = BufReader::new(child.stderr.take().unwrap());
        Run { child, talk, said: String::new() }
    }

    /// A run that has shown its code.
    fn waiting(&self) -> Run {
        let mut run = self.begin(&[]);
        run.until("and enter the code");
        run
    }

    fn decide(&self, login: &str) -> u16 {
        let waiting = self.org.get("/__demo/login/device");
        let code = waiting[0]["user_code"].as_str().unwrap();
        let answer = json!({"user_code": code, "login": login});
        self.org.request("POST", "/__demo/login/device", Some(answer)).0
    }
}

struct Run {
    child: Child,
    talk: BufReader<ChildStderr>,
    said: String,
}

impl Run {
    fn until(&mut self, text: &str) {
        while !self.said.contains(text) {
            assert!(self.talk.read_line(&mut self.said).unwrap() > 0, "it ended: {}", self.said);
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.id().cast_signed()).unwrap(), signal).unwrap();
    }

    fn end(mut self) -> (Option<i32>, String) {
        self.talk.read_to_string(&mut self.said).unwrap();
        let output = self.child.wait_with_output().unwrap();
        (output.status.code(), self.said + &String::from_utf8_lossy(&output.stdout))
    }
}

#[test]
fn a_device_code_is_tried_with_the_web_apps_people_and_policies_and_the_app_is_gone_after_it() {
    let set = Set::up();
    let run = set.waiting();
    let side = set.side().unwrap();
    let (id, oauth) = (side["id"].as_str().unwrap(), &side["settings"]["oauthClient"]);
    assert_eq!(oauth["application_type"], "native");
    assert!(oauth["grant_types"].to_string().contains("device_code"), "{oauth}");
    assert_eq!(side["credentials"]["oauthClient"]["token_endpoint_auth_method"], "none");
    assert_eq!(set.groups(id), set.groups(&set.app));
    let policies = set.org.get(POLICIES);
    let own =
        policies.as_array().unwrap().iter().find(|p| p["conditions"]["clients"]["include"] == json!([id]));
    let own = own.unwrap_or_else(|| panic!("{policies}"));
    let rules = set.org.get(&format!("{POLICIES}/{}/rules", own["id"].as_str().unwrap()));
    assert!(rules[0]["conditions"]["grantTypes"].to_string().contains("device_code"), "{rules}");
    assert!(rules[0]["conditions"]["grantTypes"].to_string().contains("authorization_code"), "{rules}");
    assert_eq!(set.decide("ana@acme.example"), 200);
    let (code, said) = run.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("a native app stood in for"), "{said}");
    assert!(said.contains("Deleted again: the app"), "{said}");
    assert_eq!(set.live(), set.before, "and the web app was not touched");
    let journal = parsed(&set.org.run(set.home(), &["journal", "--json"])).to_string();
    assert!(journal.contains("app for one test") && journal.contains("app of a test, deleted"), "{journal}");
}

#[test]
fn somebody_who_is_not_assigned_is_refused_there_too() {
    let set = Set::up();
    let run = set.waiting();
    set.decide("ben@acme.example");
    let (code, said) = run.end();
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(set.live(), set.before, "{said}");
}

#[test]
fn a_browser_ends_at_this_machine() {
    let set = Set::up();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut run = set.begin(&[&port, "--kind", "code"]);
    run.until(&format!("ssh -N -L {port}:127.0.0.1:{port}"));
    let side = set.side().unwrap();
    let uri = format!("http://127.0.0.1:{port}/callback");
    assert_eq!(side["settings"]["oauthClient"]["redirect_uris"], json!([uri]));
    run.signal(Signal::INT);
    let (code, said) = run.end();
    assert_ne!(code, Some(0), "{said}");
    assert_eq!(set.live(), set.before, "a run that is stopped deletes it as well: {said}");
}

/// Any command that may write looks first.
fn next(set: &Set) -> String {
    let nobody = set.home().join("nobody.txt");
    std::fs::write(&nobody, "nobody@acme.example\n").unwrap();
    let args = ["assign", "--app", &set.app, "--people", nobody.to_str().unwrap(), "--yes"];
    shown(&set.org.run(set.home(), &args))
}

#[test]
fn what_a_killed_run_has_left_is_deleted_at_the_next_start() {
    let set = Set::up();
    let run = set.waiting();
    run.signal(Signal::KILL);
    run.end();
    assert!(set.side().is_some(), "it is still there");
    let said = next(&set);
    assert!(said.contains("A test that was cut off had left the app"), "{said}");
    assert_eq!(set.live(), set.before, "{said}");
    assert!(!next(&set).contains("cut off"));
}

#[test]
fn killed_while_it_is_being_made_nothing_of_it_stays_either() {
    for path in ["/groups/", "/policies", "/rules"] {
        let set = Set::up();
        let method = if path == "/groups/" { "PUT" } else { "POST" };
        let fault = json!({"match": path, "method": method, "times": 10, "kind": "slow", "delay_ms": 20_000});
        assert!(set.org.request("POST", "/__demo/faults", Some(fault)).0 < 300);
        let run = set.begin(&[]);
        // The write before the slow one is there: then that one is under way, or about to be.
        let before_it = || match path {
            "/rules" => {
                set.org.get(POLICIES).as_array().unwrap().len()
                    > set.before["policies"].as_array().unwrap().len()
            }
            _ => set.side().is_some(),
        };
        while !before_it() {
            std::thread::yield_now();
        }
        run.signal(Signal::KILL);
        run.end();
        assert!(set.org.request("DELETE", "/__demo/faults", None).0 < 300);
        let said = next(&set);
        assert!(said.contains("had left the app"), "{path}: {said}");
        assert_eq!(set.live(), set.before, "{path}: {said}");
    }
}

#[test]
fn nothing_is_written_where_nobody_agrees_or_the_way_does_not_fit() {
    let set = Set::up();
    let asked = set.org.run(set.home(), &["test", "--app", &set.app, "--side-app"]);
    assert_eq!(asked.status.code(), Some(2), "{}", shown(&asked));
    assert!(shown(&asked).contains("not confirmed"), "{}", shown(&asked));
    assert!(shown(&asked).contains("does not test the web app itself"), "{}", shown(&asked));
    let probe =
        set.org.run(set.home(), &["test", "--app", &set.app, "--side-app", "--kind", "probe", "--yes"]);
    assert_eq!(probe.status.code(), Some(2), "{}", shown(&probe));
    assert_eq!(set.live(), set.before);
}

#[test]
fn on_screen_it_is_asked_first_and_deleted_after_the_run() {
    let set = Set::up();
    let mut tui = Tui::start(set.home(), 80, 24, &[], &[]);
    tui.wait("Set up");
    tui.press(&["Down", "Enter"]);
    tui.wait("Org URL");
    tui.send(set.org.text("org_url"));
    tui.press(&["Tab"]);
    tui.send(set.org.text("api_token"));
    tui.press(&["Enter"]);
    tui.wait("HR Portal");
    tui.press(&["/"]);
    tui.send("cequence");
    tui.press(&["Enter", "Enter"]);
    tui.wait("( ) device code");
    tui.press(&["Home", "Down", "Down", "Down"]);
    tui.wait("▸ ( ) device code");
    tui.press(&["Enter", "r"]);
    tui.wait("Okta gives device codes to native apps only");
    assert!(set.side().is_none(), "nothing is written before the yes");
    tui.press(&["y"]);
    tui.wait("A phone's camera reads it too");
    assert!(set.side().is_some());
    assert_eq!(set.decide("ana@acme.example"), 200);
    tui.wait("a native app stood in");
    tui.wait_until("the app to be gone", |_| set.side().is_none());
    assert_eq!(set.live(), set.before);
}
