//! What the detail says of the row under the cursor, tab by tab, as text with holes.

use super::body::pretty;
use super::form::SESSION_ONLY;
use super::run::{Row, Run, worst};
use super::{cause, log};
use crate::flow::trace::{
    Check, Connection, Exchange, HoleId, Hop, Parameter, Piece, RunVerdict, Text, Verdict, Way,
};
use crate::text::width;

/// A sentence of so many characters fits below the list in every terminal.
const SHORT: usize = 130;
/// A title of more cells is cut in the list.
const TITLE: usize = 31;

/// The lines of the open tab.
pub(super) fn lines(run: &Run, session_only: bool) -> Vec<Text> {
    if let Some((_, other, lines)) = &run.compared {
        return compared(*other, lines);
    }
    if run.tab == log::TAB {
        return log::lines(run);
    }
    match run.row() {
        None if run.request.side => vec![Text::plain(
            "Making the native app for this run, with the assignments and policies of the web app ...",
        )],
        None => vec![Text::plain("Waiting for the first answer ...")],
        Some(Row::End) => end(run, session_only),
        Some(Row::Group(from, to)) => group(run.hops.get(from..=to).unwrap_or_default()),
        Some(Row::Hop(at)) => match run.hops.get(at) {
            None => Vec::new(),
            Some(hop) if run.tab == 0 => why(run, hop, run.failed_hop() == Some(at)),
            Some(hop) => tab(hop, run.tab),
        },
    }
}

/// What is different from another run.
fn compared(other: u32, lines: &[String]) -> Vec<Text> {
    let head = match lines.len() {
        0 => format!("Nothing that means something is different from run {other}."),
        n => format!("{} from run {other}:", crate::text::plural(n, "difference")),
    };
    let lines = lines.iter().map(|line| Text::plain(&format!("  {line}")));
    std::iter::once(Text::plain(&head)).chain(lines).collect()
}

/// In which line, from 0, a hole is seen first; line feeds count.
pub(super) fn line_of(lines: &[Text], id: HoleId) -> usize {
    let mut at = 0;
    for line in lines {
        for piece in line.pieces() {
            match piece {
                Piece::Hole(hole) if hole.id == id => return at,
                Piece::Hole(_) => {}
                Piece::Plain(plain) => at += plain.matches('\n').count(),
            }
        }
        at += 1;
    }
    0
}

/// The secrets that are masked in these lines, each once, in order.
pub(super) fn holes(lines: &[Text]) -> Vec<HoleId> {
    let mut ids = Vec::new();
    for piece in lines.iter().flat_map(|line| line.pieces()) {
        if let Piece::Hole(hole) = piece
            && !ids.contains(&hole.id)
        {
            ids.push(hole.id);
        }
    }
    ids
}

/// The headline of a run in one sentence, for the line below the list.
pub(super) fn headline(run: &Run, session_only: bool) -> (&'static str, String) {
    if let Some(trouble) = &run.trouble {
        return ("FAILED", format!("{} {}", trouble.what, trouble.help));
    }
    match run.verdict() {
        RunVerdict::Running if run.need.as_ref().is_some_and(|need| need.code.is_some()) => {
            ("...", "Enter the code in any browser; Okta is asked until you have.".into())
        }
        RunVerdict::Running if run.need.as_ref().is_some_and(|need| need.open.is_some()) => {
            ("...", "Your browser is to sign in; what it ends at is pasted here.".into())
        }
        RunVerdict::Running if run.need.is_some() => ("...", "Okta asks for a one-time code.".into()),
        RunVerdict::Running if run.paused.is_some() => {
            let hop = run.paused.as_ref().map_or(0, |paused| paused.pause.hop);
            ("PAUSED", format!("Before hop {hop}. x sends it, r runs on, Enter alters it."))
        }
        RunVerdict::Running if run.stopping => ("...", "Stopping.".into()),
        RunVerdict::Running => ("...", "The run goes on; Ctrl-C stops it.".into()),
        RunVerdict::Stopped => ("STOPPED", "You stopped the run; what was not run is not judged.".into()),
        RunVerdict::Failed { .. } => ("FAILED", failure(run)),
        RunVerdict::Passed { judged_not } => match not_judged(run, judged_not, session_only) {
            Some(not) => ("PASSED", format!("as far as this way can judge: {not}")),
            None => ("PASSED", "Every check that this way makes was good.".into()),
        },
    }
}

fn not_judged(run: &Run, judged_not: &str, session_only: bool) -> Option<String> {
    if !judged_not.is_empty() {
        return Some(judged_not.to_owned());
    }
    (run.request.way == Way::Terminal && session_only).then(|| SESSION_ONLY.to_owned())
}

fn failure(run: &Run) -> String {
    let RunVerdict::Failed { leg, step, headline, .. } = run.verdict() else { return String::new() };
    let step = step.map_or(String::new(), |s| format!(", step {}", s.word()));
    format!("{}{step}: {headline}", leg.words())
}

fn fixes(run: &Run) -> Vec<Text> {
    let RunVerdict::Failed { fixes, .. } = run.verdict() else { return Vec::new() };
    fixes.iter().map(|fix| Text::plain(&format!("Fix: {fix}"))).collect()
}

fn end(run: &Run, session_only: bool) -> Vec<Text> {
    let (word, sentence) = headline(run, session_only);
    let mut lines: Vec<Text> = cause::before(run).into_iter().collect();
    if run.whole || sentence.chars().count() > SHORT {
        // Else it stands whole right above, below the list.
        lines.push(Text::plain(&format!("{word}: {sentence}")));
    }
    if run.failed_hop().is_none() {
        lines.extend(cause::lines(run));
    }
    lines.extend(fixes(run));
    let left = run.trace.as_ref().map(|t| t.left.as_slice()).unwrap_or_default();
    if !left.is_empty() {
        lines.push(Text::plain("What this run leaves behind:"));
        lines.extend(left.iter().map(|l| Text::plain(&format!("  {l}"))));
    }
    if let Some(file) = &run.older {
        lines.push(Text::plain(&format!("A run of before, masked for good: {}", file.display())));
        lines.push(Text::plain("r runs what the form says, Esc goes to the list."));
        return lines;
    }
    lines.push(Text::plain(
        "r runs it again, c compares it with the run before, e saves it masked, Esc goes to the form.",
    ));
    lines
}

fn why(run: &Run, hop: &Hop, failed: bool) -> Vec<Text> {
    let mut lines: Vec<Text> = cause::before(run).into_iter().filter(|_| failed).collect();
    if failed {
        lines.extend(cause::lines(run));
    }
    if !hop.altered.is_empty() {
        lines.push(Text::plain(&format!("Altered by you, for an experiment: {}.", hop.altered.join(", "))));
    }
    if width(&hop.title.masked()) > TITLE {
        lines.push(hop.title.clone());
    }
    if failed && run.whole {
        // Else it stands right above, below the list.
        lines.push(Text::plain(&failure(run)));
    }
    lines.extend(hop.why.iter().map(|line| Text::plain(line)));
    if failed {
        lines.extend(fixes(run));
    }
    if let Some(trouble) = hop.exchange.as_ref().and_then(|e| e.trouble.as_ref()) {
        lines.push(Text::plain(&format!("No answer came: {trouble}")));
    }
    let bad = hop.checks.iter().filter(|c| matches!(c.verdict, Verdict::Fail | Verdict::Warn));
    lines.extend(bad.flat_map(check));
    if hop.why.is_empty() && !failed && hop.verdict != Verdict::Fail {
        lines.push(Text::plain(match hop.verdict {
            Verdict::NotRun => "It was not run, so it is not judged.",
            _ => "As it should be.",
        }));
    }
    lines
}

fn group(hops: &[Hop]) -> Vec<Text> {
    let mut lines = vec![Text::plain(&format!(
        "{} hops of the sign-in, {} at worst. Enter unfolds them; each has its request and response.",
        hops.len(),
        worst(hops).word()
    ))];
    for hop in hops {
        lines.push(joined(&format!("{:<5}{:>2}  ", hop.verdict.word(), hop.number), &hop.title, ""));
    }
    lines
}

fn tab(hop: &Hop, tab: usize) -> Vec<Text> {
    if tab == 4 {
        if hop.checks.is_empty() {
            return vec![Text::plain("Nothing is checked on this hop.")];
        }
        return hop.checks.iter().flat_map(check).collect();
    }
    let Some(exchange) = &hop.exchange else {
        return vec![Text::plain("Nothing went on the wire: this happened here, or was left out.")];
    };
    match tab {
        1 => request(exchange),
        2 => response(exchange, hop.connection.as_ref()),
        _ => decoded(exchange),
    }
}

fn joined(before: &str, text: &Text, after: &str) -> Text {
    let mut pieces = vec![Piece::Plain(before.to_owned())];
    pieces.extend(text.pieces().iter().cloned());
    pieces.push(Piece::Plain(after.to_owned()));
    Text::of(pieces)
}

fn request(exchange: &Exchange) -> Vec<Text> {
    let mut lines = vec![joined(&format!("{} ", exchange.method), &exchange.url, "")];
    lines
        .extend(exchange.request_headers.iter().map(|(name, value)| joined(&format!("{name}: "), value, "")));
    if !exchange.request_body.is_empty() {
        lines.push(Text::default());
        lines.push(pretty(&exchange.request_body));
    }
    lines
}

fn response(exchange: &Exchange, connection: Option<&Connection>) -> Vec<Text> {
    let mut lines = Vec::new();
    match (exchange.status, &exchange.trouble) {
        (Some(status), _) => {
            lines.push(Text::plain(&format!("Status {status}, {} bytes", exchange.response_bytes)));
            if let Some(connection) = connection {
                lines.push(Text::plain(&format!("{}: {}", connection.protocol, connection.in_words())));
                let certificate = connection.certificate.as_ref();
                lines.extend(certificate.map(|c| Text::plain(&format!("Certificate: {c}"))));
            }
        }
        (None, Some(trouble)) => lines.push(Text::plain(&format!("No answer: {trouble}"))),
        (None, None) if !exchange.response_headers.is_empty() => {
            lines.push(Text::plain("As you pasted it; the status was seen by your browser only."));
        }
        (None, None) => lines.push(Text::plain("No answer yet ...")),
    }
    lines.extend(
        exchange.response_headers.iter().map(|(name, value)| joined(&format!("{name}: "), value, "")),
    );
    if !exchange.response_body.is_empty() {
        lines.push(Text::default());
        lines.push(pretty(&exchange.response_body));
    }
    lines
}

fn decoded(exchange: &Exchange) -> Vec<Text> {
    let mut lines = Vec::new();
    for (head, parameters) in [("sent", &exchange.sent), ("received", &exchange.received)] {
        if parameters.is_empty() {
            continue;
        }
        lines.push(Text::plain(head));
        lines.extend(parameters.iter().map(parameter));
    }
    if lines.is_empty() {
        lines.push(Text::plain("No parameters went either way."));
    }
    lines
}

fn parameter(parameter: &Parameter) -> Text {
    let meaning =
        if parameter.meaning.is_empty() { String::new() } else { format!("   ({})", parameter.meaning) };
    joined(&format!("  {} = ", parameter.name), &parameter.value, &meaning)
}

fn check(check: &Check) -> Vec<Text> {
    let word = if check.verdict == Verdict::NotRun { "not run" } else { check.verdict.word() };
    let mut lines =
        vec![Text::plain(&format!("{word:<8}{}: {} [{}]", check.name, check.sentence, check.source))];
    if check.verdict != Verdict::Pass {
        let told = [("expected", &check.expected), ("actual", &check.actual)];
        lines.extend(told.iter().filter_map(|(head, text)| {
            text.as_ref().map(|text| joined(&format!("        {head:<9}"), text, ""))
        }));
    }
    lines
}
