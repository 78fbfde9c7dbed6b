//! Two runs side by side, by what they mean: another verdict, a check that turned, a scope lost, another audience, a slower hop.
//!
//! What is new in every run (codes, tokens, times of issue) is no difference.

use super::trace::{Hop, Parameter, RunVerdict, Trace, Verdict};
use std::collections::BTreeMap;

/// Names whose values are new in every run.
const OF_ONE_RUN: [&str; 15] = [
    "auth_time",
    "at_hash",
    "c_hash",
    "code_challenge",
    "exp",
    "expires_in",
    "expiresAt",
    "iat",
    "jti",
    "nbf",
    "sid",
    "updated_at",
    "stateToken",
    "lastLogin",
    "id",
];

/// A hop is called slower when it took this much longer, in milliseconds, and twice as long.
const SLOWER_MS: u64 = 200;

/// What is different in `now` from `before`, the weightiest first, a sentence each; empty when they mean the same.
pub fn compare(before: &Trace, now: &Trace) -> Vec<String> {
    let mut lines = Vec::new();
    let (was, is) = (verdict(&before.verdict), verdict(&now.verdict));
    if was != is {
        lines.push(format!("The run {is}; before it {was}."));
    }
    if before.title != now.title {
        lines.push(format!("Another test: {} before, {} now.", before.title, now.title));
    }
    if before.login != now.login {
        let who = |trace: &Trace| trace.login.as_ref().map_or("nobody".to_owned(), ToString::to_string);
        lines.push(format!("Another person: {} before, {} now.", who(before), who(now)));
    }
    let (old, new) = (by_title(&before.hops), by_title(&now.hops));
    for (title, hop) in &new {
        match old.get(title) {
            None => lines.push(format!("{title}: new, {}.", hop.verdict.word())),
            Some(was) => hops(title, was, hop, &mut lines),
        }
    }
    let gone = old.keys().filter(|title| !new.contains_key(*title));
    lines.extend(gone.map(|title| format!("{title}: was there, and is not any more.")));
    lines
}

fn verdict(verdict: &RunVerdict) -> String {
    match verdict {
        RunVerdict::Passed { .. } => "passed".into(),
        RunVerdict::Failed { step, headline, .. } => {
            format!("failed{} ({headline})", step.map_or(String::new(), |s| format!(" at {}", s.word())))
        }
        RunVerdict::Stopped => "was stopped".into(),
        RunVerdict::Running => "has not ended".into(),
    }
}

/// Hops by their title without what was added to it once the answer was known; of two alike each has its number.
fn by_title(hops: &[Hop]) -> BTreeMap<String, &Hop> {
    let mut all = BTreeMap::new();
    for hop in hops {
        let masked = hop.title.masked();
        let bare = masked.split([':', '→']).next().unwrap_or_default().trim();
        // What follows a colon is a count of checks on some and names the token on others.
        let bare = if bare.starts_with("POST") || bare.starts_with("browser") {
            masked.split('→').next().unwrap_or_default().trim()
        } else {
            bare
        };
        let mut title = bare.to_owned();
        let mut n = 2;
        while all.contains_key(&title) {
            title = format!("{bare} ({n})");
            n += 1;
        }
        all.insert(title, hop);
    }
    all
}

fn hops(title: &str, was: &Hop, is: &Hop, lines: &mut Vec<String>) {
    let status = |hop: &Hop| hop.exchange.as_ref().and_then(|e| e.status);
    if was.verdict != is.verdict {
        lines.push(format!("{title}: {} now, {} before.", is.verdict.word(), was.verdict.word()));
    } else if status(was) != status(is) {
        let word = |hop: &Hop| status(hop).map_or("no answer".to_owned(), |status| status.to_string());
        lines.push(format!("{title}: status {} now, {} before.", word(is), word(was)));
    }
    for check in &is.checks {
        let old = was.checks.iter().find(|old| old.name == check.name).map(|old| old.verdict);
        if old.is_some_and(|old| old != check.verdict) {
            let word = |verdict: Verdict| if verdict == Verdict::NotRun { "not run" } else { verdict.word() };
            let before = old.map(word).unwrap_or_default();
            lines.push(format!(
                "{title}, {}: {} now, {before} before. {}",
                check.name,
                word(check.verdict),
                check.sentence
            ));
        }
    }
    if let (Some(was), Some(is)) = (&was.exchange, &is.exchange) {
        for (side, was, is) in [("sent", &was.sent, &is.sent), ("received", &was.received, &is.received)] {
            parameters(&format!("{title}, {side}"), was, is, lines);
        }
    }
    let longer = is.took_ms.saturating_sub(was.took_ms);
    if longer >= SLOWER_MS && is.took_ms >= was.took_ms.saturating_mul(2) {
        lines.push(format!("{title}: slower, {} ms now, {} ms before.", is.took_ms, was.took_ms));
    }
}

fn parameters(at: &str, was: &[Parameter], is: &[Parameter], lines: &mut Vec<String>) {
    let readable = |list: &[Parameter]| -> BTreeMap<(String, String), String> {
        let of_one_run = |p: &&Parameter| {
            let name = p.name.as_str();
            let last = name.rsplit(['.', '/']).next().unwrap_or(name);
            OF_ONE_RUN.contains(&last)
                || p.value.pieces().iter().any(|piece| matches!(piece, super::trace::Piece::Hole(_)))
        };
        let kept = list.iter().filter(|p| !of_one_run(p));
        kept.map(|p| ((format!("{:?}", p.place), p.name.to_string()), p.value.masked())).collect()
    };
    let (old, new) = (readable(was), readable(is));
    for ((place, name), value) in &new {
        match old.get(&(place.clone(), name.clone())) {
            None => lines.push(format!("{at}: {name} is new: {}", short(value))),
            Some(before) if before == value => {}
            Some(before) if matches!(name.as_str(), "scope" | "scp") => {
                lines.push(scopes(at, name, before, value))
            }
            Some(before) => {
                lines.push(format!("{at}: {name} is {} now, {} before.", short(value), short(before)))
            }
        }
    }
    for (_, name) in old.keys().filter(|key| !new.contains_key(*key)) {
        lines.push(format!("{at}: {name} is gone."));
    }
}

fn scopes(at: &str, name: &str, before: &str, now: &str) -> String {
    let split = |line: &str| -> Vec<String> {
        let words = line.split(|c: char| !(c.is_alphanumeric() || ":/._-".contains(c)));
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (old, new) = (split(before), split(now));
    let missing = |from: &[String], other: &[String]| {
        from.iter().filter(|scope| !other.contains(scope)).cloned().collect::<Vec<_>>().join(", ")
    };
    let (lost, gained) = (missing(&old, &new), missing(&new, &old));
    let mut parts = Vec::new();
    if !lost.is_empty() {
        parts.push(format!("lost {lost}"));
    }
    if !gained.is_empty() {
        parts.push(format!("gained {gained}"));
    }
    if parts.is_empty() {
        format!("{at}: {name} has another order.")
    } else {
        format!("{at}: {name} {}.", parts.join(", "))
    }
}

fn short(value: &str) -> String {
    crate::text::cut_end(&value.replace('\n', " "), 120)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::trace::lift::{Raw, RawAnswer, exchange};
    use crate::flow::trace::{Check, Leg, Party, Safe, Step, Text, Way};
    use crate::secret::FingerprintKey;

    fn run(scope: &str, code: &str, took_ms: u64) -> Trace {
        let mut safe = Safe::new(FingerprintKey::new(&[1; 32]));
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let body = format!(
            r#"{{"access_token":"{code}-token","scope":"{scope}","expires_in":{took_ms},"token_type":"Bearer"}}"#
        );
        let raw = Raw {
            method: "POST",
            url: "https://o/token",
            request_headers: &[],
            request_body: b"",
            answer: Some(Ok(RawAnswer { status: 200, headers: &headers, body: body.as_bytes() })),
        };
        let hop = Hop {
            number: 1,
            to: Party::Okta,
            step: Step::Token,
            title: Text::plain(&format!("POST /token → {code}")),
            verdict: Verdict::Pass,
            exchange: Some(exchange(&raw, &mut safe)),
            checks: vec![Check {
                name: "nonce".into(),
                verdict: Verdict::Pass,
                expected: None,
                actual: None,
                sentence: "It is ours.".into(),
                source: "x".into(),
            }],
            why: Vec::new(),
            connection: None,
            altered: Vec::new(),
            at_ms: 0,
            took_ms,
        };
        Trace {
            run: 1,
            title: "code".into(),
            way: Way::Probe,
            login: None,
            began: jiff::Timestamp::UNIX_EPOCH,
            hops: vec![hop],
            verdict: RunVerdict::Passed { judged_not: String::new() },
            left: Vec::new(),
        }
    }

    #[test]
    fn what_is_new_in_every_run_is_no_difference() {
        assert_eq!(compare(&run("openid", "a-code-one", 10), &run("openid", "b-code-two", 20)), [""; 0]);
    }

    #[test]
    fn what_means_something_else_is_said() {
        let before = run("openid email mcp", "code-one", 10);
        let mut now = run("openid mcp groups", "code-two", 500);
        now.hops[0].verdict = Verdict::Fail;
        now.hops[0].checks[0].verdict = Verdict::Fail;
        now.verdict = RunVerdict::Failed {
            leg: Leg::GatewayToOkta,
            step: Some(Step::Token),
            headline: "nonce".into(),
            fixes: Vec::new(),
        };
        let mut more = before.hops[0].clone();
        more.title = Text::plain("GET keys");
        now.hops.push(more);
        assert_eq!(
            compare(&before, &now),
            [
                "The run failed at token (nonce); before it passed.",
                "GET keys: new, OK.",
                "POST /token: FAIL now, OK before.",
                "POST /token, nonce: FAIL now, OK before. It is ours.",
                "POST /token, received: scope lost email, gained groups.",
                "POST /token: slower, 500 ms now, 10 ms before.",
            ]
        );
        let back = compare(&now, &before);
        assert!(back.contains(&"GET keys: was there, and is not any more.".to_owned()), "{back:?}");
        assert!(!back.iter().any(|line| line.contains("slower")), "faster is no trouble");
    }
}
