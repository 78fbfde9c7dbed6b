//! A redirect URI of this machine for one run of `oktui test`: added, used by a browser, and gone again, whatever happens in between.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};
use support::served::{Served, json as parsed, shown};

/// An org with the app of the example, and the app's id.
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

    /// The app as it is, but for what Okta writes by itself.
    fn live(&self) -> Value {
        let mut app = self.org.get(&format!("/api/v1/apps/{}", self.app));
        app.as_object_mut().unwrap().remove("lastUpdated");
        app
    }

    fn uris(&self) -> Vec<String> {
        let app = self.live();
        let uris = app["settings"]["oauthClient"]["redirect_uris"].as_array().unwrap();
        uris.iter().map(|uri| uri.as_str().unwrap().to_owned()).collect()
    }

    /// Starts a run, and waits until it shows the address to open.
    fn waiting(&self, port: u16) -> Waiting {
        let port = port.to_string();
        let args = ["test", "--app", &self.app, "--this-machine", &port, "--yes"];
        let mut child = self
            .org
            .command(self.home(), &args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap());
        let (mut said, mut address) = (String::new(), None);
        while address.is_none() {
            let mut line = String::new();
            assert!(talk.read_line(&mut line).unwrap() > 0, "it ended: {said}");
            address = line.trim().starts_with("http").then(|| line.trim().to_owned());
            said.push_str(&line);
        }
        Waiting { child, talk, said, address: address.unwrap() }
    }

    /// A browser of a few lines: cookies, one form, redirects followed. Gives the last status.
    fn browse(&self, url: &str) -> u16 {
        let (login, password) = self.org.person("ana@");
        let target = format!("{}/login/password", self.org.text("org_url"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().cookie_store(true).build().unwrap();
            let page =
                client.get(url).header("accept", "text/html").send().await.unwrap().text().await.unwrap();
            let token = page.split("name=\"stateToken\" value=\"").nth(1).unwrap().split('"').next().unwrap();
            let form = [("stateToken", token), ("username", &login), ("password", &password)];
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let request = client.post(target).header("content-type", "application/x-www-form-urlencoded");
            request.body(body).send().await.unwrap().status().as_u16()
        })
    }
}

/// A run that waits for a browser.
struct Waiting {
    child: Child,
    talk: BufReader<ChildStderr>,
    said: String,
    address: String,
}

impl Waiting {
    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.id().cast_signed()).unwrap(), signal).unwrap();
    }

    /// Waits for its end; gives the exit code, and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        self.talk.read_to_string(&mut self.said).unwrap();
        let output = self.child.wait_with_output().unwrap();
        (output.status.code(), self.said + &String::from_utf8_lossy(&output.stdout))
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_browser_brings_the_answer_and_the_redirect_uri_is_gone_after_it() {
    let set = Set::up();
    let port = free_port();
    let run = set.waiting(port);
    let uri = format!("http://127.0.0.1:{port}/callback");
    assert!(set.uris().contains(&uri), "{:?}", set.uris());
    assert!(run.address.contains(&format!("127.0.0.1%3A{port}")), "{}", run.address);
    assert_eq!(set.browse(&run.address), 200, "the browser is told that it is over");
    let (code, said) = run.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Taken back from"), "{said}");
    assert_eq!(set.live(), set.before, "nothing else was touched");
    let journal = parsed(&set.org.run(set.home(), &["journal", "--json"])).to_string();
    assert!(journal.contains("for one test") && journal.contains("taken back"), "{journal}");
}

#[test]
fn it_is_taken_back_from_a_run_that_is_stopped_and_what_others_changed_stays() {
    let set = Set::up();
    let run = set.waiting(free_port());
    let mut raw = set.org.get(&format!("/api/v1/apps/{}", set.app));
    raw["label"] = "Renamed elsewhere".into();
    let uris = raw["settings"]["oauthClient"]["redirect_uris"].as_array_mut().unwrap();
    uris.push("https://elsewhere.example/cb".into());
    assert_eq!(set.org.request("PUT", &format!("/api/v1/apps/{}", set.app), Some(raw)).0, 200);
    run.signal(Signal::INT);
    let (code, said) = run.end();
    assert_ne!(code, Some(0), "{said}");
    let mut wanted: Vec<String> =
        serde_json::from_value(set.before["settings"]["oauthClient"]["redirect_uris"].clone()).unwrap();
    wanted.push("https://elsewhere.example/cb".into());
    assert_eq!(set.uris(), wanted, "{said}");
    assert_eq!(set.live()["label"], "Renamed elsewhere");
}

#[test]
fn what_a_killed_run_has_left_is_taken_back_at_the_next_start() {
    let set = Set::up();
    let run = set.waiting(free_port());
    run.signal(Signal::KILL);
    run.end();
    assert_ne!(set.live(), set.before, "it is still there");
    // Any command that may write looks first.
    let nobody = set.home().join("nobody.txt");
    std::fs::write(&nobody, "nobody@acme.example\n").unwrap();
    let next = set
        .org
        .run(set.home(), &["assign", "--app", &set.app, "--people", nobody.to_str().unwrap(), "--yes"]);
    assert!(shown(&next).contains("A test that was cut off had left http://127.0.0.1:"), "{}", shown(&next));
    assert_eq!(set.live(), set.before);
    let again = set
        .org
        .run(set.home(), &["assign", "--app", &set.app, "--people", nobody.to_str().unwrap(), "--yes"]);
    assert!(!shown(&again).contains("cut off"), "{}", shown(&again));
}

#[test]
fn nothing_is_written_where_the_port_is_taken_or_nobody_agrees() {
    let set = Set::up();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let taken = set.org.run(set.home(), &["test", "--app", &set.app, "--this-machine", &port, "--yes"]);
    assert_eq!(taken.status.code(), Some(2), "{}", shown(&taken));
    assert!(shown(&taken).contains("cannot be listened at"), "{}", shown(&taken));
    let asked =
        set.org.run(set.home(), &["test", "--app", &set.app, "--this-machine", &free_port().to_string()]);
    assert_eq!(asked.status.code(), Some(2), "{}", shown(&asked));
    assert!(shown(&asked).contains("not confirmed"), "{}", shown(&asked));
    assert_eq!(set.live(), set.before);
}
