//! Hostile and unlucky inputs: each gets a sentence with a way on and an exit code of the one table, and nothing is lost. Others are with
//! their subjects: profiles in `profiles.rs`, refusals of a sign-in in `login.rs`, the vault in `vault.rs`, kills in `kill.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod support;

use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use support::served::{Served, shown};

// Keys for these tests alone.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIKbajPsgSJgDLC9ELtPzxizExyXTYZNF1TbsQByOUoLN\n-----END PRIVATE KEY-----\n";
const RSA_1024: &str = "-----BEGIN PRIVATE KEY-----\nMIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAMzJjohttZORGfpq\nN+AayaY7tbsbBEkwvJ4F4vt+ULMr/JA9rVjiYFjcwug5P2go+UZtif9P6IhWuMhV\nOl3jZWehCAJHOyt3L9XZ+GgYhYqjTzXN30m/wESVTCmesHr0tbQ6yTCpIZFBzxHm\nApYc3tm3Z7H6HM7+yIyOQxkQxeO/AgMBAAECgYBgUuXyEfh4YqXffZqulKsIv8kp\nKvoHGx99DLPJK47119jCV+BzkHdVFPGwnUzPx4YItHlWV9W+W1wrDruXceA92JtD\ne3/Tx0ffWvvCN4Eav0BOXpHXpXbaatEqX6MZ/wJNzvGFpPubOD7b0PvkvsMcu4fV\ntViImq8U+xfWT+AZkQJBAO2aV82NblCNNGC/hBdCnZkBC6dLbwtt809OI8n8rRgi\nNAFmmP0OoiB15vnmj+SlTFbTlj7Gl9bnmXTs5qJVhkMCQQDcpMInZtKq3YFxjlo4\nRvn+GvYOdYHZnzyDsxJMPodN3binAy72bHTz/M1yNz/Qv+0XdZ6vztD/hUTMhzuV\n5jrVAkByChVAXDRpRwyvrtwYSenYSO8t8X+vrasNEkUNKlBt9+ScE4E0XDSmfdBJ\ne0bvCANW3SEMqkawZ+J4g0fC/Gd/AkEAiLtdSheRM6ui/OEPjdKGN28zzlAJkPf6\nA09kZnVVWe6t8Gmrn7AkZdLi6gXM+SsG3UPZe+95Wu+Wa/zd8w3CpQJBANhR9iku\nIPhK4fO87y9ihHUZMzOP/xFGh1D5bT3rcRKTK3oV63gZu4/qfWby7BrCdscklecY\nnVyH6ZgKceXuULM=\n-----END PRIVATE KEY-----\n";
const LOCKED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjT+w6N4O25rwICCAAw\nDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENiCa1nwssentIEufTPUj3gEgZBH\naUvlfw7YNcZfdou4YqsjnRGYfO3Eb90PX6u7FCibiF2sHni5v01k4qaICf3ySgAD\n/L9ZM++v374pax4+Ik9rVvlD0LACdWq8l6W9yox7RcyaZahEHAxJFqy16s0+XKib\nzgy5lnb2dz3kiBLqJcSeXJ0U/7l/NPVXokSAM2aJQvXICKCkIvFTCc+QaKGJEYM=\n-----END ENCRYPTED PRIVATE KEY-----\n";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEer4fYUNtgu3UDtshqnFLV0Iwgx/d\nl4i74/Wn/pXi7Xrr6+HP2wppJbywh5awpFjfRmcH9lU/uREauEHaEr7NUg==\n-----END PUBLIC KEY-----\n";

/// Asserts the exit code, and that every word is said; that it did not panic, and says nothing of a secret.
#[track_caller]
fn told(output: &Output, exit: i32, words: &[&str]) {
    let said = shown(output);
    assert_eq!(output.status.code(), Some(exit), "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains("panicked") && !said.contains("PRIVATE KEY"), "{said}");
}

fn file(home: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = home.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn keys_that_are_none() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let public_jwk = r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#;
    let cases: [(&str, &[u8], &str); 9] = [
        ("ed25519", ED25519.as_bytes(), "Ed25519; Okta takes RSA of 2048 bits"),
        ("rsa-1024", RSA_1024.as_bytes(), "2048 bits or more"),
        ("locked", LOCKED.as_bytes(), "locked by a passphrase"),
        ("public", PUBLIC.as_bytes(), "the private key is needed"),
        ("public.jwk", public_jwk.as_bytes(), "the private key is needed"),
        ("set.jwk", br#"{"keys":[{"kty":"EC"}]}"#, "public keys, and the private key is needed"),
        ("der", &[0x30, 0x82, 0x01, 0xff, 0x80], "DER has to be made PEM first"),
        ("list.jwk", b"[1, 2]", "cannot be used"),
        ("html", b"<!doctype html><title>Sign in</title>", "neither a PEM file nor"),
    ];
    for (name, content, words) in cases {
        let key = file(home.path(), name, content);
        let ended = org.run(
            home.path(),
            &["login", "--auth", "service", "--client-id", "0oaAbcdefg123", "--key", key.to_str().unwrap()],
        );
        told(&ended, 2, &["cannot be used", words, "oktui login new-key"]);
    }
}

#[test]
fn addresses_that_are_no_org() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    for (url, exit, words) in [
        ("http://127.0.0.1:1", 3, "Connection refused"),
        ("https://ana:secret@acme.okta.com", 2, "user name or password"),
        ("http://acme.okta.com", 2, "in the clear"),
        ("ftp://acme.okta.com", 2, "begins with https://"),
        ("https://login.okta.com", 2, "Okta's own site"),
        ("acme", 2, "acme.okta.com"),
        // A Cyrillic letter: the token would go to whoever owns that name.
        ("https://\u{430}cme.okta.com", 2, "U+0430"),
        ("https://", 2, "An org URL looks like"),
    ] {
        let ended = org.command(home.path(), &["people", "search", "ana"]).env("OKTUI_ORG_URL", url).output();
        let ended = ended.unwrap();
        told(&ended, exit, &[words]);
        assert!(!shown(&ended).contains("secret"), "{}", shown(&ended));
    }
}

#[test]
fn tokens_as_they_are_pasted() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let token = org.text("api_token");
    let quoted = format!("\"{token}\"");
    let with = |token: &str| {
        org.command(home.path(), &["people", "search", "ana"]).env("OKTUI_API_TOKEN", token).output().unwrap()
    };
    for odd in [&quoted, &format!("SSWS {token}"), &format!("\u{feff}{token}"), "a b"] {
        let ended = with(odd);
        told(&ended, 2, &["a character in it that no token has", "without quotes"]);
        assert!(!shown(&ended).contains(token));
    }
    told(&with(&format!("{token}x")), 4, &["E0000011", "Security > API > Tokens"]);
    // A line feed at its end comes with every copy.
    told(&with(&format!("{token}\n")), 0, &["ana@acme.example"]);
}

#[test]
fn files_that_are_no_setup() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let plan = |path: &Path| org.run(home.path(), &["plan", path.to_str().unwrap()]);
    for (name, content, words) in [
        ("nul.toml", b"a\0b".to_vec(), "line 1"),
        ("utf-16.toml", b"\xff\xfev\0e\0".to_vec(), "not UTF-8"),
        ("latin-1.toml", b"name = \"\xe9\"".to_vec(), "not UTF-8"),
        ("empty.toml", Vec::new(), "version"),
        ("big.toml", vec![b'#'; 10_000_000], "larger than 4 MiB"),
        ("deep.toml", format!("a = {}", "[".repeat(50_000)).into_bytes(), "line 1"),
    ] {
        told(&plan(&file(home.path(), name, content)), 2, &[words]);
    }
    told(&plan(home.path()), 2, &["cannot be read"]);
    told(&plan(Path::new("/nonexistent/setup.toml")), 2, &["No such file"]);
    assert_eq!(org.get("/__demo/writes").as_array().map(Vec::len), Some(0));
}

/// The folders that cannot be used, one after the other: nothing is written to Okta then.
#[test]
fn without_a_place_for_the_journal_nothing_is_written() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let example = org.run(home.path(), &["setup", "example"]);
    let setup = file(home.path(), "setup.toml", example.stdout);
    let apply = |home: &Path| org.run(home, &["apply", setup.to_str().unwrap(), "--yes"]);
    let at = |name: &str| home.path().join(name);
    // A file has the folder's name: not even root makes a folder there.
    file(&at("data-taken"), "data", "x");
    told(&apply(&at("data-taken")), 2, &["journal", "move it away, or set OKTUI_HOME"]);
    file(&at("config-taken"), "config", "x");
    told(&apply(&at("config-taken")), 2, &["orgs.toml", "--read-only"]);
    // Whoever only looks needs no folder.
    told(&org.run(&at("config-taken"), &["people", "search", "ana"]), 0, &["ana@acme.example"]);
    assert_eq!(org.get("/__demo/writes").as_array().map(Vec::len), Some(0));
}

/// The file of the journal of an org that was written to once.
fn journal(home: &Path) -> PathBuf {
    let mut found = std::fs::read_dir(home.join("data/journal")).unwrap().map(|entry| entry.unwrap().path());
    found.find(|path| path.extension().is_some_and(|end| end == "jsonl")).unwrap()
}

#[test]
fn a_full_disk_stops_before_the_first_write() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let example = String::from_utf8(org.run(home.path(), &["setup", "example"]).stdout).unwrap();
    let setup = file(home.path(), "setup.toml", &example);
    told(&org.run(home.path(), &["apply", setup.to_str().unwrap(), "--yes"]), 0, &["clientId"]);
    let journal = journal(home.path());
    let kept = std::fs::read(&journal).unwrap();
    let before = org.get("/__demo/writes");
    let second = file(home.path(), "second.toml", example.replace("Cequence AI Gateway", "Second"));
    // No file may grow beyond what the journal has, in blocks of 512 bytes: as with a disk that is full, the next write fails.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kept.len() / 512);
    let limited = org.command(home.path(), &[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, "sh"]).arg(limited.get_program());
    shell.args(["apply", second.to_str().unwrap(), "--yes"]);
    shell.envs(limited.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ended = shell.stdin(Stdio::null()).output().unwrap();
    assert!(!ended.status.success(), "{}", shown(&ended));
    assert!(ended.status.code().is_some_and(|code| code != 101), "{}", shown(&ended));
    assert!(shown(&ended).contains("journal"), "{}", shown(&ended));
    assert_eq!(org.get("/__demo/writes"), before, "nothing is written that is not written down first");
    assert!(std::fs::read(&journal).unwrap().starts_with(&kept), "what was there is there");
    told(&org.run(home.path(), &["apply", second.to_str().unwrap(), "--yes"]), 0, &["clientId"]);
}

#[test]
fn a_damaged_journal_keeps_what_is_whole() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let example = org.run(home.path(), &["setup", "example"]);
    let setup = file(home.path(), "setup.toml", example.stdout);
    told(&org.run(home.path(), &["apply", setup.to_str().unwrap(), "--yes"]), 0, &["clientId"]);
    let path = journal(home.path());
    let whole = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let with = |odd: &str| {
        let mut all = lines.clone();
        all.insert(2, odd);
        all.join("\n") + "\n"
    };
    for content in [with("garbage{"), with("\0\0\0"), whole[..whole.len() - 20].to_owned()] {
        std::fs::write(&path, &content).unwrap();
        let ended = org.run(home.path(), &["journal"]);
        told(&ended, 0, &["assign group MCP-Users"]);
        let now = std::fs::read_to_string(&path).unwrap();
        assert_eq!(now, content, "looking changes nothing");
    }
}

/// Who reads the talk is gone after the first line: the apply goes on all the same.
#[test]
fn a_reader_that_leaves_does_not_end_an_apply() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let example = org.run(home.path(), &["setup", "example"]);
    let setup = file(home.path(), "setup.toml", example.stdout);
    let mut command: Command = org.command(home.path(), &["apply", setup.to_str().unwrap(), "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut talk = child.stderr.take().unwrap();
    talk.read_exact(&mut [0; 8]).unwrap();
    drop(talk);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    told(&org.run(home.path(), &["plan", setup.to_str().unwrap()]), 0, &["nothing to write"]);
}

/// Answers every request of one connection after the other with these bytes, and closes it.
fn server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer);
        }
    });
    url
}

#[test]
fn answers_that_are_none_of_oktas() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let html = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 27\r\nconnection: close\r\n\r\n<title>Guest portal</title>";
    let away = b"HTTP/1.1 302 Found\r\nlocation: https://portal.example/login\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let cut = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\nconnection: close\r\n\r\n{\"id\":";
    let gzip = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\nconnection: close\r\n\r\nnope";
    let noise = b"SSH-2.0-OpenSSH_9.6\r\n";
    let proxy =
        b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    for (name, answer) in [
        ("html", html.as_slice()),
        ("redirect", away),
        ("cut", cut),
        ("gzip", gzip),
        ("noise", noise),
        ("proxy", proxy),
        ("nothing", b""),
    ] {
        let url = server(answer);
        let ended = org
            .command(home.path(), &["people", "search", "ana"])
            .env("OKTUI_ORG_URL", &url)
            .output()
            .unwrap();
        let said = shown(&ended);
        assert!(matches!(ended.status.code(), Some(1 | 3 | 4)), "{name}: {said}");
        let talk = String::from_utf8_lossy(&ended.stderr);
        assert!(talk.starts_with("oktui: ") && talk.lines().count() >= 2, "{name}, what helps: {said}");
        assert!(!said.contains("panicked") && !said.contains(org.text("api_token")), "{name}: {said}");
    }
}

#[test]
fn a_token_that_ends_in_the_middle_of_an_apply_leaves_a_whole_journal() {
    let (org, home) = (Served::start(&[]), tempfile::tempdir().unwrap());
    let example = org.run(home.path(), &["setup", "example"]);
    let setup = file(home.path(), "setup.toml", example.stdout);
    let apply = || org.run(home.path(), &["apply", setup.to_str().unwrap(), "--yes"]);
    let fault = json!({ "match": "/groups/", "method": "PUT", "kind": "status", "status": 401, "times": 1 });
    assert!(org.request("POST", "/__demo/faults", Some(fault)).0 < 300);
    told(&apply(), 5, &["E0000011", "connect again"]);
    let history = org.run(home.path(), &["journal"]);
    told(&history, 0, &["create the app"]);
    told(&apply(), 0, &["clientId"]);
    told(&org.run(home.path(), &["plan", setup.to_str().unwrap()]), 0, &["nothing to write"]);
    let apps = org.get("/api/v1/apps?q=Cequence");
    assert_eq!(apps.as_array().map(Vec::len), Some(1), "one app, and not two: {apps}");
}
