//! The whole program in a pseudo-terminal: what a person does with keys, and what a terminal, a signal, or a killed process does to it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use rustix::process::Signal;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use support::Tui;
use support::served::Served;

const SMALL: (u16, u16) = (80, 24);

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The demo, on the list of its apps.
fn demo(home: &Path, (cols, rows): (u16, u16)) -> Tui {
    let tui = Tui::start(home, cols, rows, &["demo"], &[]);
    tui.wait("HR Portal");
    tui
}

/// From the list of apps to the plan of a new app for MCP-Users, through the five steps.
fn to_plan(tui: &mut Tui) {
    to_access(tui);
    tui.press(&["Down", "Down", "Down", "Enter"]);
    tui.wait("Ana Petrović");
    tui.press(&["v"]);
    tui.wait("▸  Everyone");
    tui.press(&["Down", "Down"]);
    tui.wait("▸  MCP-Users");
    tui.press(&["a"]);
    tui.wait("Staged: +1 group");
    tui.press(&["n"]);
    tui.wait("▸5 Auth");
    tui.press(&["p"]);
    tui.wait("Apply 4 changes");
}

/// From the list of apps to the fourth step of a new app.
fn to_access(tui: &mut Tui) {
    tui.press(&["Enter"]);
    tui.wait("EDIT");
    tui.press(&["Esc", "n"]);
    tui.wait("▸2 Grants");
    tui.press(&["n"]);
    tui.wait("▸3 Redirects");
    tui.press(&["n"]);
    tui.wait("▸4 Access");
}

/// Says yes to the plan on the screen.
fn apply(tui: &mut Tui) {
    tui.press(&["Tab", "Tab"]);
    tui.wait("▸ [ Apply");
    tui.press(&["Enter"]);
    tui.wait("Yes, apply");
    tui.press(&["y"]);
}

/// From the list of apps to a test that passed.
fn to_green(tui: &mut Tui) {
    to_plan(tui);
    apply(tui);
    tui.wait("Applied: 4 of 4 changes as planned");
    tui.press(&["Enter"]);
    tui.wait("clientSecret");
    tui.press(&["t"]);
    tui.wait("ana@acme.example ");
    tui.wait("▸ [ Run ]");
    tui.press(&["Enter"]);
    tui.wait("PASSED  as far as this way can judge");
}

#[test]
fn zero_to_green_with_keys_alone() {
    for size in [SMALL, (120, 40)] {
        let home = home();
        let mut tui = demo(home.path(), size);
        to_green(&mut tui);
        let screen = tui.screen();
        assert!(screen.contains("run 1 PASSED"), "{screen}");
        assert!(tui.keys <= 40, "{} keys at {size:?}", tui.keys);
        // The tab to the left of the first is the last: what Okta's log has about this run.
        tui.press(&["Left", "Enter"]);
        tui.wait("app.oauth2.as.authorize.code   (hop ");
        tui.press(&["q"]);
        assert_eq!(tui.exit_code(), 0);
        tui.assert_restored();
    }
}

#[test]
fn people_are_found_assigned_taken_back_and_applied_by_keys() {
    let home = home();
    let mut tui = demo(home.path(), SMALL);
    to_access(&mut tui);
    tui.press(&["Down", "Down", "Down", "Enter"]);
    tui.wait("Available 59");
    tui.wait("all loaded");
    tui.press(&["/", "m", "a", "r", "t", "a"]);
    tui.wait("of 59");
    tui.press(&["Enter", "Space", "Space", "a"]);
    tui.wait("Staged: +2 people");
    tui.press(&["Tab"]);
    tui.wait("▸Assigned 2");
    tui.press(&["d"]);
    tui.wait("▸Assigned 1");
    tui.press(&["u"]);
    tui.wait("▸Assigned 2");
    // A list is pasted as it is: one is found, one is not.
    tui.send("\x1b[200~ana@acme.example\nnobody@acme.example\n\x1b[201~");
    tui.wait("1 not found");
    tui.press(&["Enter"]);
    tui.wait("Staged: +3 people");
    tui.press(&["p"]);
    tui.wait("Plan of 6 changes");
    apply(&mut tui);
    tui.wait("changes as planned");
    tui.press(&["q"]);
    assert_eq!(tui.exit_code(), 0);
    tui.assert_restored();
}

/// The picture of the README is this test's last screen: `OKTUI_UPDATE_PICTURE=1 cargo test --test session picture`.
#[test]
fn the_picture_shows_a_test_that_passed() {
    let home = home();
    let mut tui = demo(home.path(), (100, 30));
    to_green(&mut tui);
    tui.settle(Duration::from_millis(300));
    let picture = tui.picture();
    assert!(picture.contains("POST /token") && picture.contains("PASSED"), "{picture}");
    let at = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/oktui.svg");
    if std::env::var_os("OKTUI_UPDATE_PICTURE").is_some() {
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(&at, picture).unwrap();
    }
    assert!(at.exists(), "{} is missing: set OKTUI_UPDATE_PICTURE", at.display());
}

#[test]
fn the_terminal_is_given_back_however_it_ends() {
    type Way = fn(&mut Tui);
    let ways: [(&str, Way, u32); 4] = [
        ("q", |tui| tui.press(&["q"]), 0),
        ("Ctrl-C", |tui| tui.press(&["C-c"]), 0),
        ("SIGTERM", |tui| tui.signal(Signal::TERM), 143),
        ("SIGHUP", |tui| tui.signal(Signal::HUP), 129),
    ];
    for (name, end, code) in ways {
        let home = home();
        let mut tui = demo(home.path(), SMALL);
        end(&mut tui);
        assert_eq!(tui.exit_code(), code, "{name}");
        tui.assert_restored();
    }
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_comes_back_whole() {
    let home = home();
    // Job control as in a person's shell: it takes the terminal when the program stops.
    let mut tui = Tui::script(
        home.path(),
        "set -m; \"$OKTUI\" demo; echo \"stopped $?\"; read -r line; echo \"the shell read $line\"; read -r line; fg >/dev/null; echo \"ended $?\"",
    );
    tui.wait("HR Portal");
    tui.settle(Duration::from_millis(300));
    let before = tui.screen();
    tui.press(&["C-z"]);
    // 128 + SIGTSTP.
    tui.wait("stopped 148");
    assert!(!tui.screen().contains("HR Portal"));
    tui.send("typed\r");
    tui.wait("the shell read typed");
    tui.send("\r");
    let after = tui.wait("HR Portal");
    assert_eq!(lines(&after), lines(&before));
    tui.press(&["Down"]);
    tui.wait("▸ HR Portal");
    tui.press(&["q"]);
    tui.wait("ended 0");
    tui.exit_code();
    tui.assert_restored();
}

#[test]
fn silent_while_nothing_happens() {
    let home = home();
    let mut tui = demo(home.path(), SMALL);
    tui.settle(Duration::from_millis(500));
    // Two seconds are the promise itself, not a guess of how long something takes.
    assert!(tui.silent(Duration::from_secs(2)), "bytes without a reason");
    let before = tui.bytes();
    tui.press(&["Down"]);
    tui.wait("▸ HR Portal");
    tui.settle(Duration::from_millis(200));
    let answer = tui.bytes() - before;
    assert!(answer < 1_000, "{answer} bytes for one row down");
}

/// Every line of the screen, without what differs between two frames of the same state.
fn lines(screen: &str) -> Vec<String> {
    // A minute may pass meanwhile.
    let saved = |line: &str| line.split("  saved ").next().unwrap_or(line).trim_end().to_owned();
    screen.lines().map(saved).collect()
}

#[test]
fn every_size_shows_the_screen_whole_again() {
    let home = home();
    let mut tui = demo(home.path(), SMALL);
    to_access(&mut tui);
    tui.press(&["Down"]);
    tui.wait("▸ ( ) Everyone");
    tui.settle(Duration::from_millis(200));
    let before = tui.screen();
    tui.resize(120, 40);
    tui.wait_until("40 lines", |s| s.lines().count() == 40 && s.contains("▸ ( ) Everyone"));
    tui.resize(60, 20);
    tui.wait_until("20 lines", |s| s.lines().count() == 20 && s.contains("? "));
    tui.resize(40, 10);
    tui.wait("too small");
    // Keys that come meanwhile do not end it.
    tui.press(&["Down", "Up"]);
    tui.resize(80, 24);
    tui.wait_until("the screen of before", |s| lines(s) == lines(&before));
    tui.press(&["q"]);
    assert_eq!(tui.exit_code(), 0);
    tui.assert_restored();
}

/// crossterm's default reader is told once of what is there: where a key and a resize come together it may take one and leave the other
/// until the next key. Hence its feature `use-dev-tty`, which asks again.
#[test]
fn a_key_that_comes_with_a_resize_is_not_held_back() {
    let home = home();
    let mut tui = demo(home.path(), SMALL);
    to_access(&mut tui);
    for round in 0..6 {
        let (key, row) =
            if round % 2 == 0 { ("Down", "▸ ( ) Everyone") } else { ("Up", "▸ (*) Controlled") };
        let rows = if round % 2 == 0 { 30 } else { 24 };
        // Stopped, so that both are there when it looks again.
        tui.signal(Signal::STOP);
        tui.press(&[key]);
        tui.resize(80, rows);
        tui.signal(Signal::CONT);
        tui.wait_until(row, |s| s.contains(row) && s.lines().count() == usize::from(rows));
    }
    tui.press(&["q"]);
    assert_eq!(tui.exit_code(), 0);
}

/// The program connected to a served org, on the list of its apps.
fn connected(org: &Served, home: &Path) -> Tui {
    let mut tui = Tui::start(home, SMALL.0, SMALL.1, &[], &[]);
    tui.wait("Set up");
    tui.press(&["Enter"]);
    tui.wait("Org URL");
    connect(&mut tui, org.text("org_url"), org.text("api_token"));
    tui.wait("HR Portal");
    tui
}

/// Fills in the two fields; the first is open.
fn connect(tui: &mut Tui, url: &str, token: &str) {
    tui.send(url);
    tui.press(&["Tab"]);
    tui.send(token);
    tui.press(&["Enter"]);
}

/// Every answer to such a call comes late, until [`quick`].
fn slow(org: &Served, path: &str, method: &str, delay_ms: u64) {
    let fault = json!({"match": path, "method": method, "times": 1000, "kind": "slow", "delay_ms": delay_ms});
    let (status, answer) = org.request("POST", "/__demo/faults", Some(fault));
    assert!(status < 300, "{answer}");
}

fn quick(org: &Served) {
    let (status, answer) = org.request("DELETE", "/__demo/faults", None);
    assert!(status < 300, "{answer}");
}

fn made(org: &Served) -> Vec<Value> {
    let apps = org.get("/api/v1/apps?q=Cequence&limit=200");
    apps.as_array().cloned().unwrap_or_default()
}

/// One app, one secret, the group.
#[track_caller]
fn assert_made_once(org: &Served) {
    let apps = made(org);
    assert_eq!(apps.len(), 1, "{apps:?}");
    let id = apps[0]["id"].as_str().unwrap();
    let secrets = org.get(&format!("/api/v1/apps/{id}/credentials/secrets"));
    assert_eq!(secrets.as_array().map(Vec::len), Some(1), "{secrets}");
    let groups = org.get(&format!("/api/v1/apps/{id}/groups"));
    assert_eq!(groups.as_array().map(Vec::len), Some(1), "{groups}");
}

#[test]
fn a_resize_while_an_apply_and_a_test_run() {
    let (org, home) = (Served::start(&[]), home());
    let mut tui = connected(&org, home.path());
    to_plan(&mut tui);
    slow(&org, "/api/v1/", "POST", 400);
    apply(&mut tui);
    tui.wait("Applying");
    for size in [(120, 40), (40, 10), (60, 20), SMALL] {
        tui.resize(size.0, size.1);
        tui.wait_until("the new size", |s| s.contains("too small") == (size.0 == 40));
    }
    tui.wait("Applied: 4 of 4 changes as planned");
    quick(&org);
    assert_made_once(&org);
    tui.press(&["t"]);
    tui.wait("▸ [ Run ]");
    slow(&org, "/oauth2/", "GET", 300);
    tui.press(&["r"]);
    tui.wait("run 1");
    for size in [(120, 40), (40, 10), SMALL] {
        tui.resize(size.0, size.1);
        tui.wait_until("the new size", |s| s.contains("too small") == (size.0 == 40));
    }
    tui.wait("PASSED");
}

#[test]
fn killed_in_the_middle_of_an_apply_it_goes_on_at_the_next_start() {
    for (path, method) in [("/api/v1/apps", "POST"), ("/groups/", "PUT"), ("/policies", "POST")] {
        let (org, home) = (Served::start(&[]), home());
        let mut tui = connected(&org, home.path());
        to_plan(&mut tui);
        // The write that is on its way when the program dies: Okta does it, nobody hears the answer.
        slow(&org, path, method, 60_000);
        apply(&mut tui);
        tui.wait("Applying");
        tui.signal(Signal::KILL);
        tui.exit_code();
        quick(&org);

        let mut tui = Tui::start(home.path(), SMALL.0, SMALL.1, &[], &[]);
        tui.wait("apply stopped after");
        tui.press(&["Down", "Down", "Down", "Down", "Down", "Down", "Down", "Enter"]);
        tui.wait("API token");
        tui.send(org.text("api_token"));
        tui.press(&["Enter"]);
        tui.wait("An apply that did not end");
        tui.press(&["Enter"]);
        tui.wait("Applied: 4 of 4");
        assert_made_once(&org);
    }
}

#[test]
fn a_draft_survives_the_kill() {
    let (org, home) = (Served::start(&[]), home());
    let mut tui = connected(&org, home.path());
    tui.press(&["Enter"]);
    tui.wait("EDIT");
    tui.send(" Zürich 田");
    tui.press(&["Enter"]);
    tui.wait("saved ");
    tui.signal(Signal::KILL);
    tui.exit_code();
    let mut tui = Tui::start(home.path(), SMALL.0, SMALL.1, &[], &[]);
    tui.wait("step 1 of 5");
    tui.press(&["Down", "Down", "Down", "Down", "Down", "Down", "Down", "Enter"]);
    tui.wait("API token");
    tui.send(org.text("api_token"));
    tui.press(&["Enter"]);
    let screen = tui.wait("▸1 Basic");
    assert!(screen.contains("Cequence AI Gateway Zürich 田"), "{screen}");
}

/// What the program may write besides text: `CSI … letter`, and nothing else.
fn foreign(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut found = Vec::new();
    let mut parts = text.split('\x1b').skip(1).peekable();
    while let Some(part) = parts.next() {
        let end = part.find(|c: char| c.is_ascii_alphabetic());
        // The terminal may be read in the middle of a frame: the last sequence can be cut.
        if end.is_none() && parts.peek().is_none() && part.len() < 12 {
            continue;
        }
        let ours = end.is_some_and(|end| {
            let (parameters, last) = (&part[..end], &part[end..=end]);
            parameters.starts_with('[')
                && parameters[1..].chars().all(|c| c.is_ascii_digit() || ";?".contains(c))
                && "HJKmhl".contains(last)
        });
        if !ours {
            found.push(part.chars().take(20).collect());
        }
    }
    let bidi = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{80}'..='\u{9f}');
    found.extend(text.chars().filter(|c| bidi(*c)).map(|c| c.escape_unicode().to_string()));
    found
}

#[test]
fn hostile_names_are_shown_as_pictures() {
    let home = home();
    let mut tui = demo(home.path(), (120, 40));
    to_access(&mut tui);
    tui.press(&["Down", "Down", "Down", "Enter"]);
    tui.wait("Ana Petrović");
    tui.press(&["v"]);
    tui.wait("Finance ␛[31m");
    assert_eq!(foreign(&tui.raw()), Vec::<String>::new());
    // What the check finds: a name as it came.
    assert_eq!(foreign("\x1b[1mFinance \x1b]0;x\x07 \u{202e}".as_bytes()).len(), 2);
}

#[test]
fn connect_says_what_went_wrong_and_keeps_the_form() {
    let (org, home) = (Served::start(&[]), home());
    let mut tui = Tui::start(home.path(), SMALL.0, SMALL.1, &[], &[]);
    tui.wait("Set up");
    tui.press(&["Enter"]);
    tui.wait("Org URL");
    connect(&mut tui, "http://acme.example", "a-token");
    tui.wait("would send the token in the clear");
    tui.press(&["BackTab", "C-u"]);
    connect(&mut tui, "https://127.0.0.1:1", "a-token");
    tui.wait("no connection");
    tui.press(&["BackTab", "C-u"]);
    connect(&mut tui, org.text("org_url"), "wrong-token");
    tui.wait("E0000011");
    tui.send(org.text("api_token"));
    tui.press(&["Enter"]);
    tui.wait("HR Portal");
    assert!(!String::from_utf8_lossy(&tui.raw()).contains(org.text("api_token")), "the token was shown");
}

/// The parameters of every SGR sequence.
fn looks(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut found = Vec::new();
    for part in text.split("\x1b[").skip(1) {
        if let Some(end) = part.find(|c: char| c.is_ascii_alphabetic())
            && part[end..].starts_with('m')
        {
            found.extend(part[..end].split(';').map(str::to_owned));
        }
    }
    found
}

#[test]
fn no_color_leaves_bold_and_underline() {
    let colourful = |look: &String| {
        look.parse::<u8>().is_ok_and(|n| matches!(n, 30..=38 | 40..=48 | 58 | 90..=97 | 100..=107))
    };
    let home = home();
    let mut tui = Tui::start(home.path(), 80, 24, &["demo"], &[("NO_COLOR", "1")]);
    tui.wait("HR Portal");
    to_green(&mut tui);
    let plain = looks(&tui.raw());
    assert!(!plain.iter().any(colourful), "{plain:?}");
    assert!(
        plain.iter().any(|l| l == "1") && plain.iter().any(|l| l == "4"),
        "bold and underline: {plain:?}"
    );
    // The check sees colours where there are some.
    let home = crate::home();
    let tui = demo(home.path(), SMALL);
    assert!(looks(&tui.raw()).iter().any(colourful));
}

#[test]
fn ascii_draws_nothing_else() {
    let home = home();
    let mut tui = Tui::start(home.path(), 80, 24, &["--ascii", "demo"], &[]);
    tui.wait("HR Portal");
    tui.press(&["Enter"]);
    tui.wait("EDIT");
    tui.press(&["Esc", "?"]);
    tui.wait("valid here");
    tui.press(&["Esc", "n", "n", "n"]);
    tui.wait("Who may sign in");
    tui.press(&["Up", "BackTab", "Tab", "n"]);
    tui.wait("Authentication");
    tui.press(&["p"]);
    tui.wait("Apply");
    let raw = tui.raw();
    let at = raw.iter().position(|b| *b > 0x7e);
    let around = at.map(|at| {
        String::from_utf8_lossy(&raw[at.saturating_sub(40)..(at + 20).min(raw.len())]).into_owned()
    });
    assert_eq!(around, None);
}

#[test]
fn a_pasted_uri_loses_its_line_breaks() {
    let home = home();
    let mut tui = demo(home.path(), SMALL);
    tui.press(&["Enter"]);
    tui.wait("EDIT");
    tui.press(&["Esc", "n", "n"]);
    tui.wait("▸3 Redirects");
    tui.press(&["a"]);
    tui.settle(Duration::from_millis(300));
    eprintln!("{}", tui.screen());
    tui.send("\x1b[200~\r\nhttps://pasted.example/\r\ncall\nback\r\n\x1b[201~");
    eprintln!("{}", tui.wait("pasted.example"));
}
