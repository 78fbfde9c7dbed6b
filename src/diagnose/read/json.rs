//! A JSON document: a HAR, an event of the System Log, an answer of some endpoint.

use super::{Raw, har, hop, log};
use crate::diagnose::address::Endpoint;
use crate::diagnose::evidence::Evidence;
use serde_json::{Map, Value};

/// Whether `text` is a JSON object or a list of them.
pub(super) fn read(text: &str, evidence: &mut Evidence) -> bool {
    if !text.starts_with(['{', '[']) {
        return false;
    }
    if text.starts_with('{') && text.contains("\"entries\"") && text.contains("\"log\"") {
        return har::read_into(text.as_bytes(), evidence);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(fields)) => object(text, &fields, evidence),
        Ok(Value::Array(list)) => {
            let events = list.iter().filter(|item| log::event(item, evidence)).count();
            if events > 0 {
                evidence.recognised.push("events of the System Log");
            }
            events > 0
        }
        _ => false,
    }
}

fn object(text: &str, fields: &Map<String, Value>, evidence: &mut Evidence) -> bool {
    if log::event(&Value::Object(fields.clone()), evidence) {
        evidence.recognised.push("an event of the System Log");
        return true;
    }
    let has = |name: &str| fields.contains_key(name);
    let raw = Raw { response_body: text.to_owned(), ..Raw::default() };
    let mut hop = hop(raw, &evidence.callbacks);
    let what = if has("access_token") || has("id_token") && has("token_type") {
        hop.endpoint = Endpoint::Token;
        "a token response"
    } else if has("authorization_endpoint") || has("token_endpoint") {
        hop.endpoint = Endpoint::Metadata;
        "metadata of an authorization server"
    } else if has("authorization_servers") || has("resource") && has("scopes_supported") {
        hop.endpoint = Endpoint::ResourceMetadata;
        "metadata of a protected resource"
    } else if has("jsonrpc") {
        hop.endpoint = Endpoint::Mcp;
        "an MCP message"
    } else if has("active") && fields.len() < 30 && fields.get("active").is_some_and(Value::is_boolean) {
        hop.endpoint = Endpoint::Use;
        "an introspection response"
    } else if hop.refusal.is_some() {
        "a JSON error"
    } else {
        "a JSON body"
    };
    // A bare `iss` and `exp` are the claims of a token that somebody decoded already.
    if super::token::of_claims(fields, evidence) {
        evidence.recognised.push("the claims of a token");
        return true;
    }
    evidence.recognised.push(what);
    super::token::in_answer(fields, Some(evidence.hops.len() + 1), evidence);
    evidence.push(hop);
    true
}
