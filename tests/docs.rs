//! The README says what the program does: its key table is the program's own list of commands.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::tui::command::{COMMANDS, Scope};

fn table() -> String {
    let mut out = String::from("| keys | where | what |\n| --- | --- | --- |\n");
    for c in COMMANDS {
        let place = match c.scope {
            Scope::Always => "everywhere, also while typing",
            Scope::Global => "everywhere, no field open",
            Scope::List => "lists and forms",
            Scope::Wizard => "the five steps",
            Scope::App => "the screens of an app",
            Scope::People => "people and groups",
            Scope::Plan => "the plan",
            Scope::HandOver => "the values",
            Scope::Test => "the test",
            Scope::Paused => "the test, stopped before a request",
            Scope::Journal => "the journal",
            Scope::Question => "a question",
        };
        let keys: Vec<String> = c.keys.iter().map(|k| format!("`{k}`")).collect();
        out.push_str(&format!("| {} | {place} | {} |\n", keys.join(" "), c.title));
    }
    out
}

/// With `OKTUI_UPDATE_README=1` the table is written anew.
#[test]
fn the_readme_lists_every_key() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) =
        readme.split_once("<!-- keys -->\n").expect("README.md has lost its mark for the keys");
    let (shown, after) =
        rest.split_once("<!-- /keys -->").expect("README.md has lost its second mark for the keys");
    if std::env::var_os("OKTUI_UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}<!-- keys -->\n{}<!-- /keys -->{after}", table())).unwrap();
        return;
    }
    assert_eq!(shown, table(), "run: OKTUI_UPDATE_README=1 cargo test --test docs");
}

#[test]
fn the_readme_lists_every_exit_code() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let codes = readme
        .split_once("Exit codes:")
        .map(|(_, rest)| rest.split_once("\n\n").map_or(rest, |(codes, _)| codes))
        .unwrap();
    for line in oktui::cli::exit::TABLE.lines().skip(1) {
        for code in line.split_whitespace().take_while(|w| w.trim_end_matches(',').parse::<u8>().is_ok()) {
            assert!(codes.contains(code), "exit code {code} is missing");
        }
    }
}
