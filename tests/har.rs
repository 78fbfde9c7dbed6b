//! HARs as browsers write them: how much memory a large one takes, and what is said about damaged ones.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use oktui::diagnose::{Evidence, har, judge};
use serde_json::{Value, json};
use std::io::Read;
use support::capture::{FAILED, browser_har, entry};

fn read(bytes: impl Read) -> Evidence {
    har::read(bytes, &[], None)
}

/// `oktui diagnose` with so much memory for its data; the system counts it.
#[cfg(target_os = "linux")]
fn within(kilobytes: usize, file: &std::path::Path) -> std::process::Output {
    std::process::Command::new("sh")
        .args(["-c", "ulimit -d $0 && exec \"$@\""])
        .arg(kilobytes.to_string())
        .arg(env!("CARGO_BIN_EXE_oktui"))
        .args(["diagnose", "--json", "--har"])
        .arg(file)
        .output()
        .unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn ten_thousand_entries_take_less_memory_than_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.har");
    let har = browser_har(10_000);
    std::fs::write(&file, &har).unwrap();
    assert!(har.len() > 40 << 20, "a file of {} bytes shows nothing", har.len());
    let output = within(har.len() / 1_024, &file);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"));
    assert_eq!(found["findings"][0]["rule"], FAILED, "{found}");
    // The limit is one that counts: with next to nothing the program does not even start.
    assert!(!within(64, &file).status.success());
}

#[test]
fn a_damaged_capture_gets_a_sentence_and_keeps_what_came_before() {
    let whole = browser_har(40);
    let deep = |n: usize| format!("{{\"log\":{{\"entries\":[{}", "[".repeat(n)).into_bytes();
    for (name, bytes, says) in [
        ("cut", whole[..whole.len() * 3 / 4].to_vec(), "cut short"),
        ("cut at once", whole[..30].to_vec(), "cut short"),
        ("nested", deep(10_000), "no HAR"),
        ("nested elsewhere", format!("{{\"log\":{{\"x\":{}", "[".repeat(10_000)).into_bytes(), "cut short"),
        ("no JSON", b"{\"log\": it is not".to_vec(), "no HAR"),
        ("no entries", b"{\"log\":{}}".to_vec(), "no log.entries"),
        ("entries are text", b"{\"log\":{\"entries\":\"none\"}}".to_vec(), "no HAR"),
        ("something after it", [whole.clone(), b"}}}".to_vec()].concat(), "damaged"),
        (
            "no sign-in",
            br#"{"log":{"entries":[{"request":{"method":"GET","url":"https://a.example/x.png"}}]}}"#.to_vec(),
            "record again",
        ),
    ] {
        let evidence = read(bytes.as_slice());
        assert!(evidence.notes.iter().any(|note| note.contains(says)), "{name}: {:?}", evidence.notes);
        // Whatever it is, it can be judged.
        assert!(!judge(&evidence).findings.is_empty(), "{name}");
    }
    let cut = read(&whole[..whole.len() - 10]);
    assert_eq!(judge(&cut).findings[0].rule, FAILED, "the failure came before the cut");
}

#[test]
fn a_body_in_base64_is_read_like_any_other() {
    let body = r#"{"error":"invalid_client","error_description":"The client secret supplied for a confidential client is invalid."}"#;
    let url = "https://acme.okta.com/oauth2/default/v1/token";
    let content = |content: Value| {
        let mut one = entry("POST", url, 401, "application/json", "");
        one["response"]["content"] = content;
        serde_json::to_vec(&json!({ "log": { "entries": [one] } })).unwrap()
    };
    let encoded = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(body)
    };
    let plain = read(content(json!({ "mimeType": "application/json", "text": body })).as_slice());
    let base64 = read(
        content(json!({ "mimeType": "application/json", "text": encoded, "encoding": "base64" })).as_slice(),
    );
    assert_eq!(judge(&plain).findings[0].rule, "client.secret-wrong");
    assert_eq!(plain, base64);
    let broken = content(json!({ "mimeType": "application/json", "text": "%%%", "encoding": "base64" }));
    assert!(read(broken.as_slice()).hops[0].failed());
}
