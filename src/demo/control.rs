//! The control path `/__demo/…` and the stand-in for the gateway's callback.

use super::Scenario;
use super::call::{Answer, Call, Reply};
use super::error;
use super::faults::Fault;
use super::page;
use super::state::Org;
use http::Method;
use serde_json::{Map, Value, json};

/// `/gateway/v1/outbound/oauth/callback`: keeps what arrived and says so.
pub(super) fn callback(call: &Call, org: &mut Org) -> Answer {
    let pairs = if call.method == Method::POST { call.form() } else { call.query.clone() };
    let query: Map<String, Value> = pairs.into_iter().map(|(k, v)| (k, v.into())).collect();
    let title = if query.contains_key("error") { "Sign-in failed" } else { "Signed in" };
    Org::keep(&mut org.callbacks, json!({ "query": query, "at": org.clock.seconds() }));
    Ok(Reply::html(
        200,
        page::error(title, "none", "The gateway's stand-in received the answer. You can close this page."),
    ))
}

fn all(list: &std::collections::VecDeque<Value>) -> Answer {
    Reply::ok(list.iter().cloned().collect())
}

fn bad(text: &str) -> Reply {
    Reply::json(400, json!({ "error": text }))
}

/// `/__demo/…`
pub(super) fn route(call: &Call, org: &mut Org, rest: &[&str]) -> Answer {
    let body = call.json()?;
    match (&call.method, rest) {
        (&Method::GET, ["describe"]) => Reply::ok(org.describe(&call.base)),
        (&Method::GET, ["people"]) => {
            // Everybody with a note comes first.
            let shown = org.directory.people.min(60);
            Reply::ok((0..shown).filter_map(|n| org.person(n)).map(|p| org.card(&p)).collect())
        }
        (&Method::GET, ["writes"]) => all(&org.writes),
        (&Method::GET, ["counts"]) => {
            Reply::ok(org.counts.iter().map(|(status, n)| (status.to_string(), json!(n))).collect())
        }
        (&Method::DELETE, ["counts"]) => {
            org.counts.clear();
            Reply::ok(json!({}))
        }
        (&Method::GET, ["oauth"]) => all(&org.oauth_calls),
        (&Method::GET, ["callbacks"]) => all(&org.callbacks),
        (&Method::GET, ["scenario"]) => {
            let list: Vec<Value> =
                Scenario::list().map(|(name, what)| json!({ "name": name, "what": what })).collect();
            Reply::ok(json!({ "name": org.scenario.name(), "scenarios": list }))
        }
        (&Method::POST, ["scenario"]) => {
            let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
            org.play(name.parse().map_err(|e: super::UnknownName| bad(&e.to_string()))?);
            Reply::ok(json!({ "name": org.scenario.name() }))
        }
        (&Method::POST, ["faults"]) => {
            org.faults.push(Fault::read(&body).map_err(|e| bad(&e))?);
            Reply::ok(json!({ "waiting": org.faults.len() }))
        }
        (&Method::DELETE, ["faults"]) => {
            org.faults.clear();
            Reply::ok(json!({ "waiting": 0 }))
        }
        (&Method::GET, ["traffic"]) => Reply::ok(org.traffic.json()),
        (&Method::POST, ["traffic"]) => {
            let before = org.traffic;
            org.traffic = before.with(&body).map_err(|e| bad(&e))?;
            if (before.limit, before.window_ms) != (org.traffic.limit, org.traffic.window_ms) {
                org.limits = Default::default();
            }
            Reply::ok(org.traffic.json())
        }
        (_, ["login", more @ ..]) => super::login::route(call, org, more),
        (&Method::POST, ["clock"]) => {
            let Some(seconds) = body.get("advance_seconds").and_then(Value::as_i64) else {
                return Err(bad("advance_seconds: a whole number"));
            };
            org.clock.advance(seconds);
            Reply::ok(json!({ "now": org.stamp() }))
        }
        _ => Err(error::okta(404, "E0000008")),
    }
}
