//! A demo org served by the real binary, and the binary run against it.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A served demo org; it ends with the test.
pub struct Served {
    child: Child,
    /// What it printed.
    pub facts: Value,
}

impl Served {
    /// `oktui demo --serve` with these arguments besides.
    pub fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_oktui"))
            .args(["demo", "--serve"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let facts = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        Self { child, facts }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A text of the facts.
    pub fn text(&self, key: &str) -> &str {
        self.facts[key].as_str().unwrap_or_else(|| panic!("{key} is missing in {}", self.facts))
    }

    /// The password of a person by the beginning of their login; gives the login too.
    pub fn person(&self, begins: &str) -> (String, String) {
        let users = self.facts["users"].as_array().unwrap();
        let user = users.iter().find(|u| u["login"].as_str().unwrap().starts_with(begins)).unwrap();
        (user["login"].as_str().unwrap().to_owned(), user["password"].as_str().unwrap().to_owned())
    }

    /// The binary with this org in its environment, all its files under `home`.
    pub fn command(&self, home: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oktui"));
        command.args(args);
        command.env("OKTUI_HOME", home);
        command.env("OKTUI_ORG_URL", self.text("org_url"));
        command.env("OKTUI_API_TOKEN", self.text("api_token"));
        command.env_remove("OKTUI_TEST_PASSWORD");
        command.stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, home: &Path, args: &[&str]) -> Output {
        self.command(home, args).output().unwrap()
    }

    /// Runs it with something on standard input.
    pub fn run_with_input(&self, home: &Path, args: &[&str], input: &str) -> Output {
        let mut command = self.command(home, args);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that needs no input may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// A GET with the org's token, as JSON.
    pub fn get(&self, path: &str) -> Value {
        self.request("GET", path, None).1
    }

    /// A request with the org's token: status and JSON (`null` where there is none).
    pub fn request(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}{path}", self.text("org_url"));
        let token = format!("SSWS {}", self.text("api_token"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let mut request = client
                .request(method.parse().unwrap(), url)
                .header("authorization", token)
                .header("accept", "application/json");
            if let Some(body) = body {
                request = request.json(&body);
            }
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            (status, answer.json().await.unwrap_or(Value::Null))
        })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command printed, for messages.
pub fn shown(output: &Output) -> String {
    format!(
        "exit {:?}\n--- out\n{}\n--- err\n{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The JSON that a command printed.
#[track_caller]
pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", shown(output)))
}
