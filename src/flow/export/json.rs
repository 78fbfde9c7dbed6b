//! Everything of a run, for programs.

use super::masks::Masks;
use crate::flow::trace::{Exchange, Hop, Parameter, RunVerdict, Text, Trace};
use crate::text::Clean;
use serde_json::{Value, json};

pub(super) fn write(trace: &Trace, masks: &Masks<'_>) -> String {
    let hops: Vec<Value> = trace.hops.iter().map(|hop| one(hop, masks)).collect();
    let whole = json!({
        "oktui_run": 1, "version": env!("CARGO_PKG_VERSION"), "masking": masks.note(), "began": trace.began.to_string(),
        "run": trace.run, "title": masks.line(&trace.title), "way": trace.way,
        "login": trace.login.as_ref().map(|login| masks.line(login.as_str())),
        "result": verdict(trace, masks), "hops": hops,
    });
    serde_json::to_string_pretty(&whole).unwrap_or_default()
}

/// How the run ended and what it left behind.
pub(super) fn verdict(trace: &Trace, masks: &Masks<'_>) -> Value {
    let lines = |list: &[String]| list.iter().map(|line| masks.line(line)).collect::<Vec<_>>();
    let left = lines(&trace.left);
    match &trace.verdict {
        RunVerdict::Passed { judged_not } => {
            json!({"verdict": "passed", "judged_not": judged_not, "left": left})
        }
        RunVerdict::Failed { leg, step, headline, fixes } => json!({
            "verdict": "failed", "leg": leg, "step": step, "headline": masks.line(headline), "fixes": lines(fixes),
            "left": left,
        }),
        RunVerdict::Stopped => json!({"verdict": "stopped", "left": left}),
        RunVerdict::Running => json!({"verdict": "not-ended", "left": left}),
    }
}

/// The checks of a hop.
pub(super) fn checks(hop: &Hop, masks: &Masks<'_>) -> Vec<Value> {
    let text = |text: &Option<Text>| text.as_ref().map(|text| masks.text(text));
    let one = |check: &crate::flow::trace::Check| {
        json!({"name": check.name, "verdict": check.verdict, "sentence": masks.line(&check.sentence),
            "expected": text(&check.expected), "actual": text(&check.actual), "source": check.source})
    };
    hop.checks.iter().map(one).collect()
}

fn one(hop: &Hop, masks: &Masks<'_>) -> Value {
    json!({
        "number": hop.number, "step": hop.step, "to": hop.to, "title": masks.text(&hop.title), "verdict": hop.verdict,
        "at_ms": hop.at_ms, "took_ms": hop.took_ms,
        "why": hop.why.iter().map(|line| masks.line(line)).collect::<Vec<_>>(), "checks": checks(hop, masks),
        "connection": hop.connection,
        "altered": hop.altered.iter().map(|line| masks.line(line)).collect::<Vec<_>>(),
        "exchange": hop.exchange.as_ref().map(|e| exchange(e, masks)),
    })
}

fn exchange(exchange: &Exchange, masks: &Masks<'_>) -> Value {
    let headers = |list: &[(Clean, Text)]| {
        list.iter().map(|(name, value)| json!([name, masks.text(value)])).collect::<Vec<_>>()
    };
    let parameters = |list: &[Parameter]| {
        list.iter()
            .map(|p| {
                json!({"place": p.place, "name": p.name, "value": masks.text(&p.value), "meaning": p.meaning})
            })
            .collect::<Vec<_>>()
    };
    json!({
        "method": exchange.method, "url": masks.text(&exchange.url), "status": exchange.status,
        "request_headers": headers(&exchange.request_headers), "request_body": masks.text(&exchange.request_body),
        "response_headers": headers(&exchange.response_headers),
        "response_body": masks.text(&exchange.response_body), "response_bytes": exchange.response_bytes,
        "trouble": exchange.trouble.as_ref().map(|t| masks.line(t.as_str())),
        "sent": parameters(&exchange.sent), "received": parameters(&exchange.received),
    })
}
