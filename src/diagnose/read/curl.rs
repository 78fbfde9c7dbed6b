//! What `curl -v` or `curl -i` prints, and requests and answers copied as HTTP text.

use super::{Raw, hop};
use crate::diagnose::evidence::Evidence;
use crate::text::Clean;

/// Requests in one paste that are read; a loop of curl prints more, and says the same.
const MOST: usize = 200;

/// Whether `text` holds at least one HTTP message, or an error of curl's.
pub(super) fn read(text: &str, evidence: &mut Evidence) -> bool {
    let looks = text.lines().any(|line| {
        let line = line.trim_start_matches(['<', '>', '*', ' ']);
        line.starts_with("HTTP/1.")
            || line.starts_with("HTTP/2")
            || line.starts_with("HTTP/3")
            || line.starts_with("curl: (")
            || is_request_line(line)
    });
    if !looks {
        return false;
    }
    let raws = messages(text);
    if raws.is_empty() {
        return false;
    }
    evidence.recognised.push("output of curl");
    for raw in raws.into_iter().take(MOST) {
        let hop = hop(raw, &evidence.callbacks);
        evidence.push(hop);
    }
    true
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Outside,
    RequestHead,
    RequestBody,
    ResponseHead,
    Body,
}

/// The messages in it, in order.
fn messages(text: &str) -> Vec<Raw> {
    let verbose = text.lines().any(|l| l.starts_with("> ") || l.starts_with("< "));
    let mut out: Vec<Raw> = Vec::new();
    let (mut part, mut host) = (Part::Outside, String::new());
    for line in text.lines() {
        let (mark, rest) = match line.split_at_checked(1) {
            // `< name: value` is a header, `<html>` is a body.
            Some((mark @ (">" | "<" | "*" | "}" | "{"), rest))
                if verbose && (rest.is_empty() || rest.starts_with(' ')) =>
            {
                (mark, rest.trim_start())
            }
            _ => ("", line),
        };
        let rest = rest.trim_end();
        if mark == "}" || mark == "{" {
            // curl's own notes on data sent and received, `{ [123 bytes data]`; a body may begin with the same character.
            if !rest.starts_with('[') && part == Part::Body {
                body(&mut out, line);
            } else if !rest.starts_with('[') {
                part = Part::Body;
                body(&mut out, line);
            }
            continue;
        }
        if mark == "*" {
            note(rest, &mut out, &mut host);
            continue;
        }
        if let Some(trouble) = line.trim().strip_prefix("curl: (") {
            last(&mut out).trouble = Some(format!("curl: ({trouble}"));
            continue;
        }
        if mark != "<" && is_request_line(rest) {
            let mut words = rest.split_whitespace();
            let method = words.next().unwrap_or_default().to_owned();
            let target = words.next().unwrap_or_default().to_owned();
            out.push(Raw { method, url: target, ..Raw::default() });
            part = Part::RequestHead;
        } else if mark != ">" && rest.starts_with("HTTP/") {
            if out.last().is_none_or(|raw| raw.status.is_some_and(|s| s >= 200)) {
                out.push(Raw::default());
            }
            let raw = last(&mut out);
            raw.status = rest.split_whitespace().nth(1).and_then(|s| s.parse().ok());
            raw.response_headers.clear();
            part = Part::ResponseHead;
            // A log has both on one line: `HTTP/1.1 401 Unauthorized: {"error": …}`.
            if let Some(at) = rest.find('{') {
                raw.response_body.push_str(rest.get(at..).unwrap_or_default());
            }
        } else if matches!(part, Part::RequestHead | Part::ResponseHead) && (verbose != mark.is_empty()) {
            if rest.is_empty() {
                part = if part == Part::RequestHead { Part::RequestBody } else { Part::Body };
            } else if let Some((name, value)) = rest.split_once(':') {
                let pair = (name.trim().to_owned(), value.trim().to_owned());
                let raw = last(&mut out);
                if part == Part::RequestHead {
                    raw.request_headers.push(pair)
                } else {
                    raw.response_headers.push(pair)
                }
            }
        } else if part == Part::RequestBody && mark.is_empty() && !rest.is_empty() {
            last(&mut out).request_body.push_str(rest);
        } else if matches!(part, Part::Body | Part::ResponseHead) && mark.is_empty() {
            part = Part::Body;
            body(&mut out, line);
        }
    }
    for raw in &mut out {
        let of_header = super::header(&raw.request_headers, "host").unwrap_or_default().to_owned();
        let host = if of_header.is_empty() { &host } else { &of_header };
        if raw.url.starts_with('/') && !host.is_empty() {
            raw.url = format!("https://{host}{}", raw.url);
        }
    }
    out
}

/// curl's own lines: what it connects to, and what went wrong below HTTP.
fn note(line: &str, out: &mut Vec<Raw>, host: &mut String) {
    const TROUBLES: [&str; 7] = [
        "SSL certificate problem",
        "Could not resolve",
        "Connection refused",
        "timed out",
        "Failed to connect",
        "handshake failure",
        "OpenSSL",
    ];
    if let Some(rest) = line.strip_prefix("Connected to ") {
        *host = rest.split_whitespace().next().unwrap_or_default().to_owned();
    }
    if let Some(rest) = line.strip_prefix("Host ") {
        *host = rest.split(':').next().unwrap_or_default().to_owned();
    }
    if TROUBLES.iter().any(|t| line.contains(t))
        && !line.starts_with("OpenSSL/")
        && !line.contains("OpenSSL SSL_read: No error")
    {
        if out.last().is_none_or(|raw| raw.status.is_some()) {
            out.push(Raw {
                url: if host.is_empty() { String::new() } else { format!("https://{host}/") },
                ..Raw::default()
            });
        }
        last(out).trouble = Some(Clean::new(line).to_string());
    }
}

fn body(out: &mut Vec<Raw>, line: &str) {
    let raw = last(out);
    raw.response_body.push_str(line);
    raw.response_body.push('\n');
}

fn last(out: &mut Vec<Raw>) -> &mut Raw {
    if out.is_empty() {
        out.push(Raw::default());
    }
    let at = out.len() - 1;
    &mut out[at]
}

fn is_request_line(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let method = words
        .next()
        .is_some_and(|w| matches!(w, "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH"));
    let target = words.next().is_some_and(|w| w.starts_with('/') || w.starts_with("http"));
    method && target && words.next().is_some_and(|w| w.starts_with("HTTP/"))
}
