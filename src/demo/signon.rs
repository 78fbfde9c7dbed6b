//! The org's sign-in policies: the global session policy (`OKTA_SIGN_ON`) and the app sign-in policy (`ACCESS_POLICY`),
//! read only, and the simulation of both.

use super::assignments;
use super::call::{Answer, Call, Reply};
use super::people::{EVERYONE, ONE_TIME_CODE};
use super::servers::text;
use super::state::Org;
use super::{Engine, Scenario, error, seed};
use http::Method;
use serde_json::{Value, json};

const CREATED: &str = "2025-01-15T08:00:00.000Z";

/// Ids of the policies; what they say follows from the scenario.
#[derive(Debug, Clone, Default)]
pub(super) struct SignOn {
    access: String,
    session_code: String,
    session_default: String,
    group_code: String,
    group_everyone: String,
    seed: u64,
}

impl SignOn {
    pub(super) fn access_policy_id(&self) -> String {
        self.access.clone()
    }
}

/// The three policies of the demo.
pub(super) fn initial(org: &Org) -> SignOn {
    let group = |n: u64| org.directory.groups.get(n as usize).map(|g| g.id.clone()).unwrap_or_default();
    SignOn {
        access: seed::okta_id(org.seed, "rst", 0),
        session_code: seed::okta_id(org.seed, "00p", 900),
        session_default: seed::okta_id(org.seed, "00p", 901),
        group_code: group(ONE_TIME_CODE),
        group_everyone: group(EVERYONE),
        seed: org.seed,
    }
}

impl Org {
    /// Whether the global session policy asks this person for a second factor.
    pub(super) fn session_needs_code(&self, person: u64) -> bool {
        self.scenario == Scenario::SessionMfa
            || self.directory.groups_of(person).any(|g| g.n == ONE_TIME_CODE)
    }

    /// Whether the app's sign-in rule asks for a second factor. On Classic the rule exists all the same; its API does not.
    pub(super) fn app_needs_two_factors(&self) -> bool {
        self.scenario == Scenario::MfaRequired
    }
}

fn policies(call: &Call, org: &Org) -> Vec<Value> {
    let ids = &org.signon;
    let policy = |id: &str,
                  kind: &str,
                  name: &str,
                  description: &str,
                  priority: i64,
                  system: bool,
                  groups: &[&str]| {
        let here = format!("{}/api/v1/policies/{id}", call.base);
        let conditions = if groups.is_empty() {
            Value::Null
        } else {
            json!({ "people": { "groups": { "include": groups } } })
        };
        json!({
            "id": id, "type": kind, "name": name, "description": description, "status": "ACTIVE", "priority": priority,
            "system": system, "created": CREATED, "lastUpdated": CREATED, "conditions": conditions,
            "_links": {
                "self": { "href": here, "hints": { "allow": ["GET"] } },
                "rules": { "href": format!("{here}/rules"), "hints": { "allow": ["GET"] } },
            },
        })
    };
    let mut list = vec![
        policy(
            &ids.session_code,
            "OKTA_SIGN_ON",
            "One-time code",
            "Asks its group for a code",
            1,
            false,
            &[&ids.group_code],
        ),
        policy(
            &ids.session_default,
            "OKTA_SIGN_ON",
            "Default Policy",
            "Applies to everyone else",
            2,
            true,
            &[&ids.group_everyone],
        ),
    ];
    if org.engine == Engine::Identity {
        list.push(policy(
            &ids.access,
            "ACCESS_POLICY",
            "Default app sign-in policy",
            "Used by new apps",
            1,
            true,
            &[],
        ));
    }
    list
}

fn rules(call: &Call, org: &Org, policy: &str) -> Option<Vec<Value>> {
    let ids = &org.signon;
    let links = |id: &str| json!({ "self": { "href": format!("{}/api/v1/policies/{policy}/rules/{id}", call.base), "hints": { "allow": ["GET"] } } });
    if policy == ids.access && org.engine == Engine::Identity {
        let id = seed::okta_id(ids.seed, "rul", 0);
        let mode = if org.app_needs_two_factors() { "2FA" } else { "1FA" };
        let managed = org.scenario == Scenario::ManagedDevice;
        let mut list = Vec::new();
        if managed {
            let id = seed::okta_id(ids.seed, "rul", 1);
            list.push(json!({
                "id": id, "type": "ACCESS_POLICY", "name": "Managed devices", "status": "ACTIVE", "priority": 1, "system": false,
                "created": CREATED, "lastUpdated": CREATED,
                "conditions": { "device": { "registered": true, "managed": true } },
                "actions": { "appSignOn": { "access": "ALLOW", "verificationMethod": {
                    "type": "ASSURANCE", "factorMode": "1FA", "reauthenticateIn": "PT12H", "constraints": [],
                } } },
                "_links": links(&id),
            }));
        }
        let access = if managed { "DENY" } else { "ALLOW" };
        list.push(json!({
            "id": id, "type": "ACCESS_POLICY", "name": "Catch-all Rule", "status": "ACTIVE", "priority": 99, "system": true,
            "created": CREATED, "lastUpdated": CREATED,
            "actions": { "appSignOn": { "access": access, "verificationMethod": {
                "type": "ASSURANCE", "factorMode": mode, "reauthenticateIn": "PT12H", "constraints": [],
            } } },
            "_links": links(&id),
        }));
        return Some(list);
    }
    let (n, code) = if policy == ids.session_code {
        (900, true)
    } else if policy == ids.session_default {
        (901, org.scenario == Scenario::SessionMfa)
    } else {
        return None;
    };
    let id = seed::okta_id(ids.seed, "0pr", n);
    let mut signon = json!({
        "access": "ALLOW", "requireFactor": code, "primaryFactor": "PASSWORD_IDP",
        "rememberDeviceByDefault": false,
        "session": { "usePersistentCookie": false, "maxSessionIdleMinutes": 120, "maxSessionLifetimeMinutes": 1440 },
    });
    if let (true, Some(fields)) = (code, signon.as_object_mut()) {
        fields.insert("factorPromptMode".into(), "ALWAYS".into());
    }
    Some(vec![json!({
        "id": id, "type": "SIGN_ON", "name": if code { "Code every time" } else { "Password is enough" }, "status": "ACTIVE",
        "priority": 1, "system": n == 901, "created": CREATED, "lastUpdated": CREATED,
        "conditions": { "network": { "connection": "ANYWHERE" }, "authContext": { "authType": "ANY" } },
        "actions": { "signon": signon },
        "_links": links(&id),
    })])
}

/// `/api/v1/policies…`
pub(super) fn route(call: &Call, org: &Org, rest: &[&str]) -> Answer {
    if let (&Method::POST, ["simulate"]) = (&call.method, rest) {
        return simulate(call, org);
    }
    if call.method != Method::GET {
        return Err(error::okta(405, "E0000022"));
    }
    let one = |id: &str| {
        policies(call, org)
            .into_iter()
            .find(|p| text(p, "id") == id)
            .ok_or_else(|| error::not_found(id, "Policy"))
    };
    match rest {
        [] => {
            let Some(kind) = call.param("type") else {
                return Err(error::validation("type", "type: The query parameter is required"));
            };
            Reply::ok(policies(call, org).into_iter().filter(|p| text(p, "type") == kind).collect())
        }
        [id] => Reply::ok(one(id)?),
        [id, "rules"] => {
            one(id)?;
            Reply::ok(rules(call, org, id).unwrap_or_default().into())
        }
        [id, "rules", rule] => {
            let found = rules(call, org, id).unwrap_or_default().into_iter().find(|r| text(r, "id") == *rule);
            found.map(|r| Reply::json(200, r)).ok_or_else(|| error::not_found(rule, "PolicyRule"))
        }
        [id, "mappings"] => {
            one(id)?;
            let apps = org.apps.iter().filter(|a| a.access_policy == *id);
            Reply::ok(
                apps.map(|a| {
                    json!({ "id": format!("map{}", a.id.get(3..).unwrap_or_default()), "_links": {
                        "application": { "href": format!("{}/api/v1/apps/{}", call.base, a.id) },
                        "policy": { "href": format!("{}/api/v1/policies/{id}", call.base) },
                    } })
                })
                .collect(),
            )
        }
        _ => Err(error::okta(404, "E0000008")),
    }
}

/// `POST /api/v1/policies/simulate`: the description says an array, Okta's guide posts one object; both are taken.
fn simulate(call: &Call, org: &Org) -> Answer {
    if org.engine == Engine::Classic {
        return Err(error::okta(404, "E0000008"));
    }
    let body = call.json()?;
    let questions = match body {
        Value::Array(list) => list,
        one => vec![one],
    };
    let mut answers = Vec::new();
    for question in &questions {
        let app_id = text(question, "appInstance");
        let app = org.app(&app_id).ok_or_else(|| error::not_found(&app_id, "AppInstance"))?;
        let user = question.pointer("/policyContext/user/id").and_then(Value::as_str);
        let groups: Vec<&str> = question
            .pointer("/policyContext/groups/ids")
            .and_then(Value::as_array)
            .map(|l| l.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let person =
            user.map(|id| org.find_person(id).ok_or_else(|| error::not_found(id, "User"))).transpose()?;
        if let Some(person) = &person
            && assignments::scope(org, app, person.n).is_none()
            && !app.implicit_assignment()
        {
            let cause = format!(
                "Access to {} is not allowed. {} is not assigned to this application.",
                app.label(),
                person.login
            );
            return Err(error::validation("policyContext", &cause));
        }
        for id in &groups {
            if !app.groups.iter().any(|g| g.id == *id) {
                let name =
                    org.directory.group(id).map(|g| g.name.clone()).unwrap_or_else(|| (*id).to_owned());
                let cause = format!(
                    "Access to {} is not allowed. {name} is not assigned to this application.",
                    app.label()
                );
                return Err(error::validation("policyContext", &cause));
            }
        }
        let in_code_group = person.as_ref().map_or_else(
            || groups.contains(&org.signon.group_code.as_str()),
            |p| org.directory.groups_of(p.n).any(|g| g.n == ONE_TIME_CODE),
        );
        let session = if in_code_group { &org.signon.session_code } else { &org.signon.session_default };
        let wanted: Vec<&str> = question
            .get("policyTypes")
            .and_then(Value::as_array)
            .map(|l| l.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        for (kind, policy) in [("OKTA_SIGN_ON", session), ("ACCESS_POLICY", &org.signon.access)] {
            if !wanted.is_empty() && !wanted.contains(&kind) {
                continue;
            }
            // Nothing that is asked names a managed device, so the rule for those never matches.
            let rule = rules(call, org, policy).unwrap_or_default().pop().unwrap_or_default();
            let name = policies(call, org)
                .iter()
                .find(|p| text(p, "id") == **policy)
                .map(|p| text(p, "name"))
                .unwrap_or_default();
            let matched = json!([{
                "id": policy, "name": name, "status": "MATCH", "conditions": [],
                "rules": [{ "id": text(&rule, "id"), "name": text(&rule, "name"), "status": "MATCH", "conditions": [] }],
            }]);
            answers.push(json!({
                "status": "MATCH", "policyType": [kind], "result": { "policies": matched },
                "evaluated": { "policies": matched }, "undefined": { "policies": [] },
            }));
        }
    }
    Reply::ok(Value::Array(answers))
}
