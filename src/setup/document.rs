//! The Setup document as text: reading one with errors that point at the place, and writing our own, commented.

use super::{RedirectUri, Setup};
use crate::text::{Clean, is_unsafe};
use crate::uri::edits;
use serde::Serialize;

/// Why a text is no Setup document. Every sentence says where and what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// It is not TOML, or a value has the wrong type.
    #[error("line {line}, column {column}: {message}")]
    Unreadable {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What the parser says.
        message: Clean,
    },
    /// A name that a Setup does not have.
    #[error("line {line}, column {column}: \"{name}\" is not known here{}", meant(near.as_deref(), known))]
    Unknown {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// The name as it stands there.
        name: Clean,
        /// The known name that it is closest to.
        near: Option<String>,
        /// Every name that could stand there.
        known: Vec<String>,
    },
    /// There is no `version`.
    #[error(
        "there is no version: a Setup file begins with version = {}. `oktui setup example` prints one",
        Setup::VERSION
    )]
    NoVersion,
    /// A `version` that this program does not read.
    #[error(
        "this file has version {found}, and this oktui reads version {}: a newer oktui may read it",
        Setup::VERSION
    )]
    Version {
        /// As it stands there.
        found: Clean,
    },
}

fn meant(near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) => format!("; did you mean \"{near}\""),
        None if known.is_empty() => String::new(),
        None => format!("; known are {}", known.join(", ")),
    }
}

impl Setup {
    /// The version of the document's shape that this program reads and writes.
    pub const VERSION: u32 = 1;
}

/// Reads a Setup document. Whether its values are good is another question: see [`super::checks`].
pub fn parse(toml: &str) -> Result<Setup, SetupError> {
    // The version first: a newer document may have names that this program would call mistakes.
    let table: toml::Table = toml::from_str(toml).map_err(|e| explain(toml, &e))?;
    match table.get("version") {
        None => return Err(SetupError::NoVersion),
        Some(toml::Value::Integer(v)) if *v == i64::from(Setup::VERSION) => {}
        Some(other) => return Err(SetupError::Version { found: Clean::new(&other.to_string()) }),
    }
    toml::from_str(toml).map_err(|e| explain(toml, &e))
}

fn explain(toml: &str, error: &toml::de::Error) -> SetupError {
    let before = error.span().and_then(|span| toml.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let message = error.message();
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        // serde puts every name between backticks: first the unknown one, then those it knows.
        let mut names = message.split('`').skip(1).step_by(2).map(str::to_owned);
        let name = names.next().unwrap_or_default();
        let known: Vec<String> = names.collect();
        let near = nearest(&name, &known);
        return SetupError::Unknown { line, column, name: Clean::new(&name), near, known };
    }
    SetupError::Unreadable { line, column, message: Clean::new(message.lines().next().unwrap_or_default()) }
}

/// The known name that somebody most likely meant: at most a third of its letters differ.
fn nearest(name: &str, known: &[String]) -> Option<String> {
    let folded = |s: &str| s.to_lowercase().replace('-', "_");
    let name = folded(name);
    known
        .iter()
        .map(|k| (edits(&name, &folded(k)), k))
        .filter(|(edits, k)| {
            *edits <= (k.chars().count() / 3).max(1) || k.starts_with(&name) && name.len() > 2
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, k)| k.clone())
}

/// The document as oktui writes it: every field, each with what it means. `parse` gives the same Setup back.
pub fn to_commented_toml(setup: &Setup) -> String {
    let mut out = Out::default();
    out.say("Okta sign-in for the Cequence AI Gateway, without secrets: fit for git.");
    out.say("`oktui plan FILE` shows what would change in Okta, `oktui apply FILE` does it.");
    out.say("What is not named here stays in Okta: nobody loses access by a name that is missing.");
    out.set("version", &setup.version.to_string());

    out.table("[app]");
    out.say("The app integration's name in Okta. No emoji: Okta stores none.");
    out.text("name", &setup.app.name);
    out.say("A logo file: PNG, JPG, GIF or SVG under 1 MB.");
    match &setup.app.logo {
        Some(path) => out.text("logo", path),
        None => out.say("logo = \"logo.png\""),
    }
    out.say(
        "How the gateway proves who it is at the token endpoint: client_secret_basic, client_secret_post,",
    );
    out.say("client_secret_jwt or private_key_jwt. Okta refuses any other than the one that stands here.");
    out.text("client_authentication", setup.app.client_authentication.as_str());
    out.say("true: Okta refuses a sign-in without PKCE. Whether the gateway sends PKCE is for the gateway's");
    out.say("team to say; what it sends is checked in either case.");
    out.set("pkce_required", &setup.app.pkce_required.to_string());

    out.table("[grants]");
    out.say("Authorization Code is always on. Refresh Token lets the gateway renew access without people.");
    out.set("refresh_token", &setup.grants.refresh_token.to_string());
    out.say("static: a refresh token stays the same. rotate: each use gives a new one.");
    out.text("refresh_rotation", wire(&setup.grants.refresh_rotation).as_str());
    out.say("When they rotate: for how many seconds (0 to 60) the old one stays good.");
    out.set("refresh_leeway_seconds", &setup.grants.refresh_leeway_seconds.to_string());

    out.blank();
    out.say("Where Okta sends people back to after sign-in: one for each environment of the gateway.");
    out.say("Okta compares character by character, a slash at the end included.");
    if setup.redirect_uris.is_empty() {
        out.say("[[redirect_uri]]");
        out.say("environment = \"prod\"");
        out.say(&format!("uri = \"{}\"", super::GATEWAY_CALLBACK));
    }
    for (at, RedirectUri { environment, uri }) in setup.redirect_uris.iter().enumerate() {
        if at > 0 {
            out.blank();
        }
        out.line("[[redirect_uri]]");
        out.text("environment", environment);
        out.text("uri", uri);
    }

    out.table("[sign_out]");
    out.say("Where Okta sends people back to after sign-out. A list of its own; the gateway needs none.");
    out.list("uris", &setup.sign_out.uris);

    out.table("[access]");
    out.say("controlled: only the people and groups below. everyone: all of the org. later: nobody yet.");
    out.text("mode", wire(&setup.access.mode).as_str());
    out.say("People by login.");
    if setup.access.people.is_empty() {
        out.say("people = [\"ana.silva@example.com\"]");
    }
    out.list("people", &setup.access.people);
    out.say("Groups by name. A group is one call for any number of people.");
    out.list("groups", &setup.access.groups);

    out.table("[authorization_server]");
    out.say("org, default, or the id of a custom authorization server (Okta: Security > API).");
    out.text("id", &setup.authorization_server.id);
    out.say(
        "What the gateway asks for. Add \"offline_access\" for a refresh token, unless the gateway adds it",
    );
    out.say("itself: without it people sign in again when the access token ends, after an hour by default.");
    out.list("scopes", &setup.authorization_server.scopes);
    out.say("Make an access policy for this app where none on that server covers it. The org's own server");
    out.say("has no access policies.");
    out.set("access_policy", &setup.authorization_server.access_policy.to_string());

    out.blank();
    out.say(
        "The MCP servers that use these values in their authentication step, for the notes you hand over.",
    );
    if setup.mcp_servers.is_empty() {
        out.say("[[mcp_server]]");
        out.say("name = \"Tickets\"");
        out.say("url = \"https://mcp.example.com/tickets\"");
    }
    for (at, server) in setup.mcp_servers.iter().enumerate() {
        if at > 0 {
            out.blank();
        }
        out.line("[[mcp_server]]");
        out.text("name", &server.name);
        out.text("url", &server.url);
    }
    out.0
}

/// What `oktui setup example` prints: the gateway's guide as a document. Nothing has to be changed to apply it to a demo org.
pub fn example() -> String {
    let mut setup = Setup::default();
    setup.access.groups.push("MCP-Users".into());
    to_commented_toml(&setup)
}

/// The name of a unit variant as serde writes it.
fn wire(value: &impl Serialize) -> String {
    match toml::Value::try_from(value) {
        Ok(toml::Value::String(name)) => name,
        _ => String::new(),
    }
}

#[derive(Default)]
struct Out(String);

impl Out {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }
    fn blank(&mut self) {
        self.0.push('\n');
    }
    fn say(&mut self, comment: &str) {
        self.line(&format!("# {comment}"));
    }
    fn table(&mut self, header: &str) {
        self.blank();
        self.line(header);
    }
    fn set(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {value}"));
    }
    fn text(&mut self, key: &str, value: &str) {
        self.set(key, &quoted(value));
    }
    fn list(&mut self, key: &str, values: &[String]) {
        match values {
            [] | [_] => {
                let inside: String = values.iter().map(|v| quoted(v)).collect();
                self.set(key, &format!("[{inside}]"));
            }
            many if many.iter().map(|v| v.chars().count() + 4).sum::<usize>() <= 80 => {
                let inside: Vec<String> = many.iter().map(|v| quoted(v)).collect();
                self.set(key, &format!("[{}]", inside.join(", ")));
            }
            many => {
                self.line(&format!("{key} = ["));
                for value in many {
                    self.line(&format!("    {},", quoted(value)));
                }
                self.line("]");
            }
        }
    }
}

/// A TOML basic string. Characters that an editor would hide or obey are escaped too, so that the file shows what is in it.
fn quoted(s: &str) -> String {
    let mut out = String::with_capacity(s.len() + 2);
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unsafe(c) && (c as u32) <= 0xFFFF => out.push_str(&format!("\\u{:04X}", c as u32)),
            c if is_unsafe(c) => out.push_str(&format!("\\U{:08X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
