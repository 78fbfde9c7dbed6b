//! `oktui diagnose`: what went wrong, from something at hand. It needs no session and sends nothing.

use super::args::DiagnoseArgs;
use super::exit::Exit;
use super::input::Refusal;
use crate::diagnose::{self, Diagnosis, Evidence, words};
use crate::run::capture;
use crate::run::job::Trouble;
use crate::setup::GATEWAY_CALLBACK;
use crate::text::pad;
use crate::uri::Callback;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Write};
use tokio_util::sync::CancellationToken;

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
    let now = Timestamp::now();
    let evidence = match (&args.har, args.text.as_deref()) {
        (Some(path), _) => {
            capture::open(path, true, &callbacks, now, &CancellationToken::new()).map_err(|e| refused(&e))?
        }
        (None, Some(text)) if text != "-" => diagnose::paste(text, &callbacks, Some(now)),
        (None, None) if io::stdin().is_terminal() => {
            return Err(Refusal::usage(
                "nothing to look at: give a text, - for standard input, or --har FILE",
            ));
        }
        (None, _) => capture::read(io::stdin().lock(), &callbacks, now)
            .map_err(|e| Refusal::usage(format!("standard input cannot be read: {e}")))?,
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

fn refused(trouble: &Trouble) -> Refusal {
    Refusal::usage(format!("{} {}", trouble.what, trouble.help))
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
