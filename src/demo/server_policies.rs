//! Access policies of a custom authorization server, and their rules.

use super::call::{Answer, Call, Reply};
use super::error;
use super::log::Event;
use super::policy::Policy;
use super::servers::text;
use super::state::Org;
use http::Method;
use serde_json::{Value, json};

/// `/api/v1/authorizationServers/{id}/policies…`
pub(super) fn route(call: &Call, org: &mut Org, server: &str, rest: &[&str]) -> Answer {
    let found = |org: &Org, id: &str| {
        let policies = org.server(server).map(|s| s.policies.as_slice()).unwrap_or_default();
        policies.iter().position(|p| text(&p.value, "id") == id).ok_or_else(|| error::not_found(id, "Policy"))
    };
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let list = org.server(server).map(|s| s.policies.as_slice()).unwrap_or_default();
            let mut list: Vec<&Policy> = list.iter().collect();
            list.sort_by_key(|p| priority(&p.value));
            Reply::ok(list.into_iter().map(|p| show_policy(call, server, &p.value)).collect())
        }
        (&Method::POST, []) => {
            let body = call.json()?;
            let value = policy(&body, &org.new_id("00p"), &org.stamp(), None)?;
            record(call, org, "policy.lifecycle.create", &value);
            let id = text(&value, "id");
            edit(org, server, |policies| {
                insert(policies, Policy { value, rules: Vec::new() }, |p| &mut p.value)
            });
            Ok(Reply::json(201, stored(call, org, server, &id)))
        }
        (_, [id, "rules", more @ ..]) => {
            let at = found(org, id)?;
            rules(call, org, server, at, id, more)
        }
        (method, [id]) => {
            let at = found(org, id)?;
            let before = org
                .server(server)
                .and_then(|s| s.policies.get(at))
                .map(|p| p.value.clone())
                .unwrap_or_default();
            match *method {
                Method::GET => Reply::ok(show_policy(call, server, &before)),
                Method::PUT => {
                    let body = call.json()?;
                    let value = policy(&body, id, &org.stamp(), Some(&before))?;
                    record(call, org, "policy.lifecycle.update", &value);
                    edit(org, server, |policies| {
                        let rules = if at < policies.len() { policies.remove(at).rules } else { Vec::new() };
                        insert(policies, Policy { value, rules }, |p| &mut p.value);
                    });
                    Reply::ok(stored(call, org, server, id))
                }
                Method::DELETE => {
                    record(call, org, "policy.lifecycle.delete", &before);
                    edit(org, server, |policies| {
                        policies.retain(|p| text(&p.value, "id") != *id);
                        renumber(policies, |p| &mut p.value);
                    });
                    Ok(Reply::empty(204))
                }
                _ => Err(error::okta(405, "E0000022")),
            }
        }
        (&Method::POST, [id, "lifecycle", change @ ("activate" | "deactivate")]) => {
            let at = found(org, id)?;
            edit(org, server, |policies| {
                if let Some(policy) = policies.get_mut(at) {
                    set_status(&mut policy.value, change);
                }
            });
            let value = org
                .server(server)
                .and_then(|s| s.policies.get(at))
                .map(|p| p.value.clone())
                .unwrap_or_default();
            record(
                call,
                org,
                if *change == "activate" {
                    "policy.lifecycle.activate"
                } else {
                    "policy.lifecycle.deactivate"
                },
                &value,
            );
            Ok(Reply::empty(204))
        }
        (_, [] | [_, "lifecycle", _]) => Err(error::okta(405, "E0000022")),
        _ => Err(error::okta(404, "E0000008")),
    }
}

/// A policy as it is after the server settled its priority.
fn stored(call: &Call, org: &Org, server: &str, id: &str) -> Value {
    let policies = org.server(server).map(|s| s.policies.as_slice()).unwrap_or_default();
    let found = policies.iter().find(|p| text(&p.value, "id") == id);
    found.map(|p| show_policy(call, server, &p.value)).unwrap_or_default()
}

fn rules(call: &Call, org: &mut Org, server: &str, at: usize, policy_id: &str, rest: &[&str]) -> Answer {
    let list =
        org.server(server).and_then(|s| s.policies.get(at)).map(|p| p.rules.clone()).unwrap_or_default();
    let show = |rule: &Value| show_rule(call, server, policy_id, rule);
    let place = |id: &str| {
        list.iter().position(|r| text(r, "id") == id).ok_or_else(|| error::not_found(id, "PolicyRule"))
    };
    let store = |org: &mut Org, rules: Vec<Value>| {
        edit(org, server, |policies| {
            if let Some(policy) = policies.get_mut(at) {
                policy.rules = rules;
            }
        });
    };
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let mut sorted = list;
            sorted.sort_by_key(priority);
            Reply::ok(sorted.iter().map(show).collect())
        }
        (&Method::POST, []) => {
            let value = rule(&call.json()?, &org.new_id("0pr"), &org.stamp(), None)?;
            record(call, org, "policy.rule.add", &value);
            let id = text(&value, "id");
            let mut rules = list;
            insert(&mut rules, value, |r| r);
            let shown = rules.iter().find(|r| text(r, "id") == id).map(show).unwrap_or_default();
            store(org, rules);
            Ok(Reply::json(201, shown))
        }
        (&Method::GET, [id]) => Reply::ok(list.get(place(id)?).map(show).unwrap_or_default()),
        (&Method::PUT, [id]) => {
            let at = place(id)?;
            let mut rules = list;
            let before = rules.remove(at);
            let value = rule(&call.json()?, id, &org.stamp(), Some(&before))?;
            record(call, org, "policy.rule.update", &value);
            insert(&mut rules, value, |r| r);
            let shown = rules.iter().find(|r| text(r, "id") == *id).map(show).unwrap_or_default();
            store(org, rules);
            Reply::ok(shown)
        }
        (&Method::DELETE, [id]) => {
            let at = place(id)?;
            let mut rules = list;
            let gone = rules.remove(at);
            renumber(&mut rules, |r| r);
            record(call, org, "policy.rule.delete", &gone);
            store(org, rules);
            Ok(Reply::empty(204))
        }
        (&Method::POST, [id, "lifecycle", change @ ("activate" | "deactivate")]) => {
            let at = place(id)?;
            let mut rules = list;
            if let Some(rule) = rules.get_mut(at) {
                set_status(rule, change);
                let kind =
                    if *change == "activate" { "policy.rule.activate" } else { "policy.rule.deactivate" };
                record(call, org, kind, &rule.clone());
            }
            store(org, rules);
            Ok(Reply::empty(204))
        }
        (_, [] | [_] | [_, "lifecycle", _]) => Err(error::okta(405, "E0000022")),
        _ => Err(error::okta(404, "E0000008")),
    }
}

fn priority(value: &Value) -> i64 {
    value.get("priority").and_then(Value::as_i64).unwrap_or(i64::MAX)
}

fn edit(org: &mut Org, server: &str, change: impl FnOnce(&mut Vec<Policy>)) {
    if let Some(server) = org.server_mut(server) {
        change(&mut server.policies);
    }
}

/// Puts an entry at the priority it asks for (at the end if it asks for none); the others move, without gaps.
fn insert<T>(list: &mut Vec<T>, mut entry: T, value: impl Fn(&mut T) -> &mut Value) {
    let wanted = priority(value(&mut entry)).max(1);
    let at = usize::try_from(wanted - 1).unwrap_or(usize::MAX).min(list.len());
    list.insert(at, entry);
    renumber(list, value);
}

fn renumber<T>(list: &mut [T], value: impl Fn(&mut T) -> &mut Value) {
    for (n, entry) in list.iter_mut().enumerate() {
        if let Some(fields) = value(entry).as_object_mut() {
            fields.insert("priority".into(), (n + 1).into());
        }
    }
}

fn set_status(value: &mut Value, change: &str) {
    if let Some(fields) = value.as_object_mut() {
        fields.insert("status".into(), if change == "activate" { "ACTIVE" } else { "INACTIVE" }.into());
    }
}

fn record(call: &Call, org: &mut Org, kind: &'static str, value: &Value) {
    let event = Event::success(kind, "Policy of an authorization server");
    org.record(call, event.target("PolicyEntity", &text(value, "id"), "unknown", &text(value, "name")));
}

fn status(body: &Value) -> &'static str {
    if body.get("status").and_then(Value::as_str) == Some("INACTIVE") { "INACTIVE" } else { "ACTIVE" }
}

fn named(body: &Value) -> Result<String, Reply> {
    let name = text(body, "name");
    if name.is_empty() || name.chars().count() > 100 {
        return Err(error::validation("name", "name: must be 1 to 100 characters"));
    }
    Ok(name)
}

/// A policy made complete; `before` keeps what only the server decides.
fn policy(body: &Value, id: &str, now: &str, before: Option<&Value>) -> Result<Value, Reply> {
    let name = named(body)?;
    if body.get("type").is_some_and(|t| t != "OAUTH_AUTHORIZATION_POLICY") {
        return Err(error::validation("type", "type: must be OAUTH_AUTHORIZATION_POLICY"));
    }
    let description = text(body, "description");
    if description.is_empty() || description.chars().count() > 255 {
        return Err(error::validation("description", "description: must be 1 to 255 characters"));
    }
    let clients = body.pointer("/conditions/clients/include").cloned().unwrap_or_default();
    if !clients.as_array().is_some_and(|l| l.iter().all(Value::is_string)) {
        return Err(error::validation(
            "conditions.clients",
            "conditions.clients.include: must be a list of client ids",
        ));
    }
    let kept = |field: &str, other: Value| before.and_then(|b| b.get(field)).cloned().unwrap_or(other);
    Ok(json!({
        "id": id, "type": "OAUTH_AUTHORIZATION_POLICY", "status": status(body), "name": name, "description": description,
        "priority": body.get("priority").cloned().unwrap_or_else(|| kept("priority", json!(i64::MAX))),
        "system": kept("system", json!(false)), "created": kept("created", json!(now)), "lastUpdated": now,
        "conditions": { "clients": { "include": clients } },
    }))
}

/// A rule made complete. Scopes left out are stored as an empty list, which covers no scope.
fn rule(body: &Value, id: &str, now: &str, before: Option<&Value>) -> Result<Value, Reply> {
    let name = named(body)?;
    if body.get("type").is_none_or(|t| t != "RESOURCE_ACCESS") {
        return Err(error::validation("type", "type: must be RESOURCE_ACCESS"));
    }
    let Some(conditions) = body.get("conditions").filter(|c| c.is_object()) else {
        return Err(error::validation("conditions", "conditions: The field cannot be left blank"));
    };
    let list =
        |path: &str| conditions.pointer(path).filter(|l| l.is_array()).cloned().unwrap_or_else(|| json!([]));
    if list("/grantTypes/include").as_array().is_none_or(Vec::is_empty) {
        return Err(error::validation(
            "grantTypes",
            "conditions.grantTypes.include: The field cannot be left blank",
        ));
    }
    let minutes = |field: &str, default: i64, least: i64, most: i64| {
        let given =
            body.pointer("/actions/token").and_then(|t| t.get(field)).map_or(Some(default), Value::as_i64);
        match given {
            Some(n) if (least..=most).contains(&n) => Ok(n),
            _ => Err(error::validation(field, &format!("{field}: must be between {least} and {most}"))),
        }
    };
    let access = minutes("accessTokenLifetimeMinutes", 60, 5, 1440)?;
    let refresh = minutes("refreshTokenLifetimeMinutes", 0, 0, 2_628_000)?;
    let window = minutes("refreshTokenWindowMinutes", 10_080, 5, 2_628_000)?;
    if refresh != 0 && (refresh < access || window > refresh) || window < access.min(10) {
        return Err(error::validation(
            "refreshTokenWindowMinutes",
            "refreshTokenWindowMinutes: must lie between the lifetimes of access and refresh token",
        ));
    }
    let kept = |field: &str, other: Value| before.and_then(|b| b.get(field)).cloned().unwrap_or(other);
    Ok(json!({
        "id": id, "type": "RESOURCE_ACCESS", "status": status(body), "name": name,
        "priority": body.get("priority").cloned().unwrap_or_else(|| kept("priority", json!(i64::MAX))),
        "system": kept("system", json!(false)), "created": kept("created", json!(now)), "lastUpdated": now,
        "conditions": {
            "people": {
                "users": { "include": list("/people/users/include"), "exclude": list("/people/users/exclude") },
                "groups": { "include": list("/people/groups/include"), "exclude": list("/people/groups/exclude") },
            },
            "grantTypes": { "include": list("/grantTypes/include") },
            "scopes": { "include": list("/scopes/include") },
        },
        "actions": { "token": {
            "accessTokenLifetimeMinutes": access, "refreshTokenLifetimeMinutes": refresh, "refreshTokenWindowMinutes": window,
        } },
    }))
}

fn links(here: &str, value: &Value) -> Value {
    let lifecycle = if text(value, "status") == "ACTIVE" { "deactivate" } else { "activate" };
    json!({
        "self": { "href": here, "hints": { "allow": ["GET", "PUT", "DELETE"] } },
        lifecycle: { "href": format!("{here}/lifecycle/{lifecycle}"), "hints": { "allow": ["POST"] } },
    })
}

fn show_policy(call: &Call, server: &str, value: &Value) -> Value {
    let here = format!("{}/api/v1/authorizationServers/{server}/policies/{}", call.base, text(value, "id"));
    let mut shown = value.clone();
    let mut all = links(&here, value);
    if let Some(all) = all.as_object_mut() {
        all.insert("rules".into(), json!({ "href": format!("{here}/rules"), "hints": { "allow": ["GET"] } }));
    }
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("_links".into(), all);
    }
    shown
}

fn show_rule(call: &Call, server: &str, policy: &str, value: &Value) -> Value {
    let here = format!(
        "{}/api/v1/authorizationServers/{server}/policies/{policy}/rules/{}",
        call.base,
        text(value, "id")
    );
    let mut shown = value.clone();
    // Exclusions work but are not in the API description; they are shown only where somebody set them.
    for kind in ["users", "groups"] {
        let part = shown.pointer_mut(&format!("/conditions/people/{kind}")).and_then(Value::as_object_mut);
        if let Some(part) = part
            && part.get("exclude").and_then(Value::as_array).is_some_and(Vec::is_empty)
        {
            part.remove("exclude");
        }
    }
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("_links".into(), links(&here, value));
    }
    shown
}
