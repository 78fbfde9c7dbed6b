//! `oktui diagnose`: what went wrong, from something at hand. It needs no session and sends nothing.

use super::args::DiagnoseArgs;
use super::exit::Exit;
use super::input::Refusal;
use crate::diagnose::{self, Diagnosis, Evidence, har, words};
use crate::setup::GATEWAY_CALLBACK;
use crate::text::{Clean, pad};
use crate::uri::Callback;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

/// The largest capture that is read, in bytes.
const LONGEST_CAPTURE: u64 = 1024 * 1024 * 1024;
/// Where a HAR says that it is one, in bytes from its beginning.
const HEAD: u64 = 4 * 1024;

/// `oktui diagnose [TEXT|-] [--har FILE]`
///
/// # Errors
/// The file or standard input cannot be read, or nothing in it was recognised.
pub fn diagnose(args: &DiagnoseArgs) -> Result<Exit, Refusal> {
    let mut callbacks: Vec<Callback> =
        args.callbacks.iter().map(|uri| Callback { environment: "given".into(), uri: uri.clone() }).collect();
    if callbacks.is_empty() {
        callbacks.push(Callback { environment: "public".into(), uri: GATEWAY_CALLBACK.into() });
    }
    let now = Some(Timestamp::now());
    let evidence = match (&args.har, args.text.as_deref()) {
        (Some(path), _) => capture(path, &callbacks, now)?,
        (None, Some(text)) if text != "-" => diagnose::paste(text, &callbacks, now),
        (None, None) if io::stdin().is_terminal() => {
            return Err(Refusal::usage(
                "nothing to look at: give a text, - for standard input, or --har FILE",
            ));
        }
        (None, _) => {
            stream(io::stdin().lock(), &callbacks, now).map_err(|e| refused("standard input", &e))?
        }
    };
    let diagnosis = diagnose::judge(&evidence);
    let printed = if args.json { json_text(&diagnosis, &evidence) } else { text(&diagnosis, &evidence) };
    // Whoever reads may have seen enough and closed the pipe.
    let _ = writeln!(io::stdout(), "{printed}");
    Ok(if evidence.is_empty() {
        Exit::Usage
    } else if diagnosis.found_wrong() {
        Exit::FoundWrong
    } else {
        Exit::Ok
    })
}

fn refused(what: &str, e: &io::Error) -> Refusal {
    Refusal::usage(format!("{what} cannot be read: {e}"))
}

fn capture(path: &Path, callbacks: &[Callback], now: Option<Timestamp>) -> Result<Evidence, Refusal> {
    let shown = Clean::new(&path.to_string_lossy()).to_string();
    let file = std::fs::File::open(path).map_err(|e| refused(&shown, &e))?;
    let about = file.metadata().map_err(|e| refused(&shown, &e))?;
    if about.is_dir() {
        return Err(Refusal::usage(format!("{shown} is a folder: give the capture in it")));
    }
    if about.len() > LONGEST_CAPTURE {
        return Err(Refusal::usage(format!(
            "{shown} is larger than 1 GiB: record the failing sign-in alone"
        )));
    }
    Ok(har::read(file.take(LONGEST_CAPTURE), callbacks, now))
}

/// Standard input may be a paste or a capture; a capture is not held in memory.
fn stream(mut input: impl Read, callbacks: &[Callback], now: Option<Timestamp>) -> io::Result<Evidence> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head)?;
    let begin = String::from_utf8_lossy(&head).into_owned();
    if begin.trim_start_matches('\u{FEFF}').trim_start().starts_with('{') && begin.contains("\"log\"") {
        return Ok(har::read(io::Cursor::new(head).chain(input).take(LONGEST_CAPTURE), callbacks, now));
    }
    input.take(diagnose::LONGEST as u64 + 1).read_to_end(&mut head)?;
    Ok(diagnose::paste(&String::from_utf8_lossy(&head), callbacks, now))
}

fn text(diagnosis: &Diagnosis, evidence: &Evidence) -> String {
    let mut out = Vec::new();
    if !diagnosis.recognised.is_empty() {
        out.push(format!("This is {}.", diagnosis.recognised.join(", and ")));
    }
    out.extend(diagnosis.notes.iter().cloned());
    for (at, finding) in diagnosis.findings.iter().enumerate() {
        out.push(String::new());
        out.push(format!("{}. {}", at + 1, finding.headline));
        out.push(format!("   {}", words::place(finding)));
        out.extend(
            words::rows(finding).into_iter().map(|row| format!("   {} {}", pad(row.head, 10), row.text)),
        );
    }
    if !diagnosis.needs.is_empty() {
        out.push(String::new());
        out.push(
            "The org could tell more: connect it in the full-screen program, and open this there.".into(),
        );
        out.extend(diagnosis.needs.iter().map(|need| format!("   {} ({})", need.words(), need.scope())));
    }
    if evidence.hops.len() > 1 {
        out.push(String::new());
        out.push("Hops, in order:".into());
        out.extend(words::hops(evidence));
    }
    out.join("\n")
}

fn json_text(diagnosis: &Diagnosis, evidence: &Evidence) -> String {
    let hops: Vec<Value> = evidence
        .hops
        .iter()
        .map(|hop| {
            json!({
                "number": hop.number,
                "what": hop.endpoint,
                "method": hop.method.as_str(),
                "url": hop.url.as_str(),
                "status": hop.status,
                "error": hop.refusal.as_ref().map(|r| r.code.as_str()),
            })
        })
        .collect();
    let mut value = serde_json::to_value(diagnosis).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("hops".into(), Value::Array(hops));
    }
    serde_json::to_string_pretty(&value).unwrap_or_default()
}
