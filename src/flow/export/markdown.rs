//! Everything of a run, for people.

use super::masks::Masks;
use crate::flow::trace::{Connection, Exchange, Hop, RunVerdict, Text, Trace, Verdict};
use crate::text::Clean;
use std::fmt::Write;

pub(super) fn write(trace: &Trace, masks: &Masks<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n", masks.line(&trace.title));
    let login = trace.login.as_ref().map_or(String::new(), |l| format!(", as {}", masks.line(l.as_str())));
    let _ = writeln!(out, "oktui {}, {}{login}.\n{}\n", env!("CARGO_PKG_VERSION"), trace.began, masks.note());
    result(&mut out, trace, masks);
    let _ = writeln!(out, "| | # | to | hop | status | ms |\n| --- | --- | --- | --- | --- | --- |");
    for hop in &trace.hops {
        let status = hop.exchange.as_ref().and_then(|e| e.status).map_or(String::new(), |s| s.to_string());
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {status} | {} |",
            hop.verdict.word(),
            hop.number,
            hop.to.word(),
            cell(&masks.text(&hop.title)),
            hop.took_ms
        );
    }
    for hop in &trace.hops {
        section(&mut out, hop, masks);
    }
    out
}

fn result(out: &mut String, trace: &Trace, masks: &Masks<'_>) {
    let _ = match &trace.verdict {
        RunVerdict::Passed { judged_not } if judged_not.is_empty() => writeln!(out, "**PASSED**\n"),
        RunVerdict::Passed { judged_not } => {
            writeln!(out, "**PASSED**, as far as this way can judge: {judged_not}.\n")
        }
        RunVerdict::Failed { leg, step, headline, .. } => {
            let step = step.map_or(String::new(), |s| format!(", step {}", s.word()));
            writeln!(out, "**FAILED** {}{step}: {}\n", leg.words(), masks.line(headline))
        }
        RunVerdict::Stopped => writeln!(out, "**STOPPED**: what was not run is not judged.\n"),
        RunVerdict::Running => writeln!(out, "**NOT ENDED**\n"),
    };
    if let RunVerdict::Failed { fixes, .. } = &trace.verdict {
        list(out, "What helps:", fixes, masks);
    }
    list(out, "Left behind:", &trace.left, masks);
}

fn list(out: &mut String, head: &str, lines: &[String], masks: &Masks<'_>) {
    if !lines.is_empty() {
        let _ = writeln!(out, "{head}\n");
        for line in lines {
            let _ = writeln!(out, "- {}", masks.line(line));
        }
        out.push('\n');
    }
}

fn section(out: &mut String, hop: &Hop, masks: &Masks<'_>) {
    let _ = writeln!(out, "\n## {}. {} {}\n", hop.number, hop.verdict.word(), masks.text(&hop.title));
    if !hop.altered.is_empty() {
        let _ = writeln!(out, "**Altered for an experiment:** {}  ", masks.line(&hop.altered.join(", ")));
    }
    for line in &hop.why {
        let _ = writeln!(out, "{}  ", masks.line(line));
    }
    if !hop.checks.is_empty() {
        let _ = writeln!(out, "\n| | check | says | source |\n| --- | --- | --- | --- |");
    }
    for check in &hop.checks {
        let word = if check.verdict == Verdict::NotRun { "not run" } else { check.verdict.word() };
        let mut says = masks.line(&check.sentence);
        if check.verdict != Verdict::Pass {
            for (head, text) in [("Expected", &check.expected), ("actual", &check.actual)] {
                if let Some(text) = text {
                    let _ = write!(says, " {head}: `{}`", masks.text(text).replace('`', "'"));
                }
            }
        }
        let _ =
            writeln!(out, "| {word} | {} | {} | {} |", cell(&check.name), cell(&says), cell(&check.source));
    }
    if let Some(exchange) = &hop.exchange {
        wire(out, exchange, hop.connection.as_ref(), masks);
    }
}

fn wire(out: &mut String, exchange: &Exchange, connection: Option<&Connection>, masks: &Masks<'_>) {
    let mut sent = format!("{} {}\n", exchange.method, masks.text(&exchange.url));
    message(&mut sent, &exchange.request_headers, &exchange.request_body, masks);
    let _ = writeln!(out, "\nRequest\n\n{}", fenced(&sent));
    let mut came = match (exchange.status, &exchange.trouble) {
        (Some(status), _) => format!("{status}\n"),
        (None, Some(trouble)) => format!("No answer: {}\n", masks.line(trouble.as_str())),
        (None, None) => "No answer.\n".to_owned(),
    };
    message(&mut came, &exchange.response_headers, &exchange.response_body, masks);
    let _ = writeln!(out, "\nResponse, {} bytes\n\n{}", exchange.response_bytes, fenced(&came));
    if let Some(connection) = connection {
        let _ = writeln!(out, "{}: {}  ", connection.protocol, connection.in_words());
        if let Some(certificate) = &connection.certificate {
            let _ = writeln!(out, "Certificate: {}  ", masks.line(certificate.as_str()));
        }
    }
}

fn message(out: &mut String, headers: &[(Clean, Text)], body: &Text, masks: &Masks<'_>) {
    for (name, value) in headers {
        let _ = writeln!(out, "{name}: {}", masks.text(value));
    }
    if !body.is_empty() {
        let _ = writeln!(out, "\n{}", masks.text(body));
    }
}

/// A code block whose fence is longer than any that the text holds (CommonMark §4.5).
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}http\n{}\n{fence}", text.trim_end())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
