//! What the commands print: lines for people, one JSON document for programs. Pure.

use crate::change::{Allowed, HandOver, Outcome, People, Plan, Planned, Risk};
use crate::flow::trace::{Hop, RunVerdict, Trace, Verdict};
use crate::secret::Secret;
use crate::text::plural;
use serde_json::{Value, json};
use std::fmt::Write;

/// How many people a change touches, in a few cells: `+212`, `−14`, `37`.
pub fn people(people: &People) -> String {
    match people {
        People::None => String::new(),
        People::Gain(n) => format!("+{n}"),
        People::Touched(n) => n.to_string(),
        People::Lose(logins) => format!("-{}", logins.len()),
        People::GainAtMost(n) => format!("+{n} at most"),
        People::LoseAtMost(n) => format!("-{n} at most"),
        People::Everybody => "everybody".into(),
        People::Unknown => "not counted".into(),
    }
}

/// A plan for people.
pub fn plan(plan: &Plan, estimate: &str) -> String {
    plan_up_to(plan, estimate, usize::MAX)
}

/// A plan for people, with so many of its changes: the rest of a plan with thousands of the same is counted.
pub fn plan_up_to(plan: &Plan, estimate: &str, most: usize) -> String {
    let mut out = String::new();
    if plan.changes.is_empty() {
        let _ = writeln!(out, "Everything is as wanted: nothing to write.");
    } else {
        let _ = writeln!(
            out,
            "Plan of {} for {} on {}: {estimate}",
            plural(plan.changes.len(), "change"),
            plan.label,
            plan.org_url
        );
        for change in plan.changes.iter().take(most) {
            let risk =
                if matches!(change.allowed, Allowed::No { .. }) { "NOT ALLOWED" } else { change.risk.word() };
            let _ = writeln!(
                out,
                "{:>3}  {:<11}  {}  {}",
                change.number,
                risk,
                change.title,
                people(&change.people)
            );
            for line in &change.details {
                let _ = writeln!(out, "       {line}");
            }
            if let Allowed::No { why, ask } = &change.allowed {
                let _ = writeln!(out, "       {why}\n       To send to an admin who may: {ask}");
            }
        }
        if let Some(more) = plan.changes.len().checked_sub(most).filter(|n| *n > 0) {
            let _ = writeln!(out, "     and {} more", plural(more, "change"));
        }
    }
    for note in &plan.notes {
        let _ = writeln!(out, "Note: {note}");
    }
    out
}

/// A plan for programs.
pub fn plan_json(plan: &Plan, estimate: &str) -> Value {
    json!({
        "plan": plan.id, "org": plan.org_url, "app": plan.label, "app_id": plan.app, "estimate": estimate,
        "changes": plan.changes.iter().map(change_json).collect::<Vec<_>>(), "notes": plan.notes,
        "values": values_json(&plan.hand_over, None, false),
    })
}

fn change_json(change: &Planned) -> Value {
    let (allowed, why) = match &change.allowed {
        Allowed::Yes => (true, None),
        Allowed::No { why, .. } => (false, Some(why)),
    };
    json!({"number": change.number, "title": change.title, "risk": change.risk.word(), "people": people(&change.people),
        "details": change.details, "allowed": allowed, "why_not": why})
}

/// What must be typed or answered before a plan is applied: whether it takes something away.
pub fn takes_away(plan: &Plan) -> bool {
    plan.changes.iter().any(|c| c.risk >= Risk::Cut)
}

/// What became of a change, in a line.
pub fn outcome(title: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done { request_id: Some(id), .. } => format!("done         {title}  (request {id})"),
        Outcome::Done { .. } => format!("done         {title}"),
        Outcome::AlreadySo => format!("already so   {title}"),
        Outcome::FoundDone { .. } => format!("found done   {title}"),
        Outcome::Failed { error, unknown } => {
            let unknown =
                if *unknown { " It may have been made all the same: apply again looks first." } else { "" };
            format!("FAILED       {title}\n             {error}\n             {}{unknown}", error.help())
        }
        Outcome::NotAllowed => format!("not allowed  {title}"),
        Outcome::NotTried => format!("not tried    {title}"),
    }
}

fn outcome_json(number: usize, outcome: &Outcome) -> Value {
    let (word, request, error) = match outcome {
        Outcome::Done { request_id, .. } => ("done", request_id.as_ref(), None),
        Outcome::AlreadySo => ("already-so", None, None),
        Outcome::FoundDone { .. } => ("found-done", None, None),
        Outcome::Failed { error, .. } => ("failed", None, Some(error.to_string())),
        Outcome::NotAllowed => ("not-allowed", None, None),
        Outcome::NotTried => ("not-tried", None, None),
    };
    json!({"number": number, "outcome": word, "request_id": request, "error": error})
}

/// How an apply ended, for programs.
pub fn applied_json(
    plan: &Plan,
    outcomes: &[(usize, Outcome)],
    hand_over: &HandOver,
    secret: Option<&Secret>,
    show_secret: bool,
    ok: bool,
) -> Value {
    json!({
        "ok": ok, "plan": plan.id, "org": plan.org_url, "app": plan.label, "app_id": hand_over.client_id,
        "outcomes": outcomes.iter().map(|(n, o)| outcome_json(*n, o)).collect::<Vec<_>>(),
        "values": values_json(hand_over, secret, show_secret),
    })
}

/// The six values in the order of the gateway's form. The secret only on the user's word.
pub fn values_json(hand_over: &HandOver, secret: Option<&Secret>, show_secret: bool) -> Value {
    json!({
        "clientId": hand_over.client_id,
        "clientSecret": secret.filter(|_| show_secret).map(Secret::expose),
        "authorizationUrl": hand_over.authorization_url,
        "tokenUrl": hand_over.token_url,
        "redirectUri": hand_over.redirect_uris.first().map(|(_, uri)| uri),
        "redirectUris": hand_over.redirect_uris.iter().map(|(e, u)| json!({"environment": e, "uri": u})).collect::<Vec<_>>(),
        "scopes": hand_over.scopes,
    })
}

/// The six values for people: label over value, the value from column 1, so that it can be selected clean.
pub fn values(hand_over: &HandOver, secret: Option<&Secret>, show_secret: bool) -> String {
    let mut out = String::new();
    let mut value = |label: &str, value: &str| {
        let _ = writeln!(out, "{label}\n{value}\n");
    };
    value("clientId", hand_over.client_id.as_ref().map_or("(made by apply)", |id| id.as_str()));
    match secret {
        Some(secret) if show_secret => value("clientSecret", secret.expose()),
        Some(secret) => value("clientSecret", &format!("{}  (--show-secret prints it)", secret.mask())),
        None => value("clientSecret", "(not read)"),
    }
    value("authorizationUrl", &hand_over.authorization_url);
    value("tokenUrl", &hand_over.token_url);
    match &hand_over.redirect_uris[..] {
        [(_, uri)] => value("redirectUri", uri),
        several => {
            several.iter().for_each(|(environment, uri)| value(&format!("redirectUri ({environment})"), uri))
        }
    }
    value("scopes", &hand_over.scopes_json());
    out
}

/// A hop in a line: `OK    3  Okta     POST /api/v1/authn   200   120 ms`.
pub fn hop(hop: &Hop) -> String {
    let status = hop.exchange.as_ref().and_then(|e| e.status).map_or(String::new(), |s| s.to_string());
    let mut out = format!(
        "{:<4} {:>3}  {:<8} {:<52} {:>4} {:>5} ms",
        hop.verdict.word(),
        hop.number,
        hop.to.word(),
        crate::text::cut_end(&hop.title.masked(), 52),
        status,
        hop.took_ms
    );
    if !hop.altered.is_empty() {
        let _ = write!(out, "\n             altered for an experiment: {}", hop.altered.join(", "));
    }
    if hop.verdict == Verdict::Fail {
        for line in &hop.why {
            let _ = write!(out, "\n             {line}");
        }
    }
    for check in hop.checks.iter().filter(|c| matches!(c.verdict, Verdict::Fail | Verdict::Warn)) {
        let _ = write!(
            out,
            "\n             {} {}: {} ({})",
            check.verdict.word(),
            check.name,
            check.sentence,
            check.source
        );
    }
    out
}

/// How a run ended, in a word.
pub fn verdict_word(verdict: &RunVerdict) -> &'static str {
    match verdict {
        RunVerdict::Passed { .. } => "PASSED",
        RunVerdict::Failed { .. } => "FAILED",
        RunVerdict::Stopped => "STOPPED",
        RunVerdict::Running => "NOT-ENDED",
    }
}

/// The end of a run for people.
pub fn verdict(trace: &Trace) -> String {
    let mut out = match &trace.verdict {
        RunVerdict::Passed { judged_not } if judged_not.is_empty() => "PASSED".to_owned(),
        RunVerdict::Passed { judged_not } => format!("PASSED, as far as this way can judge: {judged_not}"),
        RunVerdict::Failed { leg, step, headline, fixes } => {
            let step = step.map_or(String::new(), |s| format!(", step {}", s.word()));
            let mut out = format!("FAILED  {}{step}: {headline}", leg.words());
            for fix in fixes {
                let _ = write!(out, "\n  fix  {fix}");
            }
            out
        }
        RunVerdict::Stopped => "STOPPED".to_owned(),
        RunVerdict::Running => "NOT ENDED".to_owned(),
    };
    for left in &trace.left {
        let _ = write!(out, "\n  left behind: {left}");
    }
    out
}

/// A run for programs: the whole trace, secrets as holes, and its verdict in plain words first.
pub fn trace_json(trace: &Trace) -> Value {
    let (word, leg, step, headline, fixes, judged_not) = match &trace.verdict {
        RunVerdict::Passed { judged_not } => ("passed", None, None, None, Vec::new(), Some(judged_not)),
        RunVerdict::Failed { leg, step, headline, fixes } => {
            ("failed", Some(leg), step.as_ref(), Some(headline), fixes.clone(), None)
        }
        RunVerdict::Stopped => ("stopped", None, None, None, Vec::new(), None),
        RunVerdict::Running => ("not-ended", None, None, None, Vec::new(), None),
    };
    json!({"verdict": word, "judged_not": judged_not, "leg": leg, "step": step, "headline": headline, "fixes": fixes,
        "way": trace.way.word(), "left": trace.left, "hops": trace.hops})
}
