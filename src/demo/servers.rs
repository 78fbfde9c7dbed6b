//! Custom authorization servers: their scopes, claims, access policies and rules. The org server is not among them.

use super::call::{Answer, Call, Reply};
use super::log::Event;
use super::paging::Page;
use super::policy::Policy;
use super::state::Org;
use super::{Scenario, error, seed};
use http::Method;
use serde_json::{Value, json};

const CREATED: &str = "2025-01-15T08:00:00.000Z";

/// A custom authorization server.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) audience: String,
    /// Its issuer ends in `/oauth2/default` and `default` is an alias of its id.
    pub(super) default: bool,
    pub(super) active: bool,
    pub(super) created: String,
    pub(super) updated: String,
    pub(super) scopes: Vec<Value>,
    pub(super) claims: Vec<Value>,
    pub(super) policies: Vec<Policy>,
    /// Where its issuer is, when that is not the org's own URL.
    pub(super) custom_domain: Option<String>,
    /// Id of the signing key.
    kid: String,
}

impl Server {
    /// The part of the path after `/oauth2/`.
    pub(super) fn path_name(&self) -> &str {
        if self.default { "default" } else { &self.id }
    }

    pub(super) fn issuer(&self, base: &str) -> String {
        let base = self.custom_domain.as_deref().unwrap_or(base);
        format!("{base}/oauth2/{}", self.path_name())
    }

    pub(super) fn has_scope(&self, name: &str) -> bool {
        self.scopes.iter().any(|s| s.get("name").and_then(Value::as_str) == Some(name))
    }

    fn show(&self, call: &Call) -> Value {
        let here = format!("{}/api/v1/authorizationServers/{}", call.base, self.id);
        let link = |name: &str, method: &str| json!({ "href": format!("{here}{name}"), "hints": { "allow": [method] } });
        let issuer = self.issuer(&call.base);
        let lifecycle = if self.active { "deactivate" } else { "activate" };
        let mut shown = json!({
            "id": self.id, "name": self.name, "description": self.description, "audiences": [self.audience],
            "issuer": issuer, "issuerMode": if self.custom_domain.is_some() { "CUSTOM_URL" } else { "ORG_URL" }, "status": if self.active { "ACTIVE" } else { "INACTIVE" },
            "created": self.created, "lastUpdated": self.updated,
            "credentials": { "signing": {
                "kid": self.kid, "rotationMode": "AUTO", "lastRotated": CREATED, "nextRotation": "2027-01-15T08:00:00.000Z",
            } },
            "_links": {
                "self": link("", "GET"), "scopes": link("/scopes", "GET"), "claims": link("/claims", "GET"),
                "policies": link("/policies", "GET"), "rotateKey": link("/credentials/lifecycle/keyRotate", "POST"),
                lifecycle: link(&format!("/lifecycle/{lifecycle}"), "POST"),
                "metadata": [
                    { "name": "oauth-authorization-server", "href": format!("{issuer}/.well-known/oauth-authorization-server"), "hints": { "allow": ["GET"] } },
                    { "name": "openid-configuration", "href": format!("{issuer}/.well-known/openid-configuration"), "hints": { "allow": ["GET"] } },
                ],
            },
        });
        // Recorded answers hold this flag for the one server; the API description does not know it.
        if let (true, Some(fields)) = (self.default, shown.as_object_mut()) {
            fields.insert("default".into(), true.into());
        }
        shown
    }
}

/// The OIDC scopes that every server has.
pub(super) const SYSTEM_SCOPES: [&str; 7] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "device_sso"];

fn scope(seed: u64, n: u64, name: &str, system: bool, publish: &str) -> Value {
    json!({
        "id": seed::okta_id(seed, "scp", n), "name": name, "displayName": name, "description": format!("The scope {name}"),
        "consent": "IMPLICIT", "metadataPublish": publish, "default": false, "system": system, "optional": false,
    })
}

/// `default` with a policy for one other client only, and `Gateway` with one for all clients.
pub(super) fn initial(org: &Org) -> Vec<Server> {
    let seed = org.seed;
    let portal = org.apps.first().map(|a| a.client_id().to_owned()).unwrap_or_default();
    let make = |n: u64, name: &str, description: &str, audience: &str, default: bool| {
        let mut scopes: Vec<Value> = SYSTEM_SCOPES
            .iter()
            .enumerate()
            .map(|(i, s)| scope(seed, n * 100 + i as u64, s, true, "ALL_CLIENTS"))
            .collect();
        if !default {
            scopes.push(scope(seed, n * 100 + 50, "mcp:tools", false, "ALL_CLIENTS"));
        }
        let claim = json!({
            "id": seed::okta_id(seed, "ocl", n), "name": "sub", "status": "ACTIVE", "claimType": "RESOURCE", "valueType": "EXPRESSION",
            "value": "(appuser != null) ? appuser.userName : app.clientId", "alwaysIncludeInToken": true, "system": true,
            "conditions": { "scopes": [] },
        });
        let clients = if default { json!([portal]) } else { json!(["ALL_CLIENTS"]) };
        let policy = json!({
            "id": seed::okta_id(seed, "00p", n), "type": "OAUTH_AUTHORIZATION_POLICY", "status": "ACTIVE",
            "name": if default { "HR Portal only" } else { "All clients" },
            "description": if default { "Covers one client" } else { "Covers every client" },
            "priority": 1, "system": false, "created": CREATED, "lastUpdated": CREATED,
            "conditions": { "clients": { "include": clients } },
        });
        let rule = json!({
            "id": seed::okta_id(seed, "0pr", n), "type": "RESOURCE_ACCESS", "status": "ACTIVE", "name": "Default Policy Rule",
            "priority": 1, "system": false, "created": CREATED, "lastUpdated": CREATED,
            "conditions": {
                "people": { "users": { "include": [], "exclude": [] }, "groups": { "include": ["EVERYONE"], "exclude": [] } },
                "grantTypes": { "include": ["authorization_code", "client_credentials"] },
                "scopes": { "include": ["*"] },
            },
            "actions": { "token": {
                "accessTokenLifetimeMinutes": 60, "refreshTokenLifetimeMinutes": 0, "refreshTokenWindowMinutes": 10080,
            } },
        });
        Server {
            id: seed::okta_id(seed, "aus", n),
            name: name.to_owned(),
            description: description.to_owned(),
            audience: audience.to_owned(),
            default,
            active: true,
            created: CREATED.to_owned(),
            updated: CREATED.to_owned(),
            scopes,
            claims: vec![claim],
            kid: org.signing_kid(),
            policies: vec![Policy { value: policy, rules: vec![rule] }],
            custom_domain: None,
        }
    };
    vec![
        make(0, "default", "Default Authorization Server for your Applications", "api://default", true),
        make(1, "Gateway", "For tools behind the AI gateway", "api://gateway", false),
    ]
}

/// `/api/v1/authorizationServers…`
pub(super) fn route(call: &Call, org: &mut Org, rest: &[&str]) -> Answer {
    if org.scenario == Scenario::NoApiAccessManagement {
        // The catalogue's "feature not enabled"; that Okta answers it here is unverified (403 is the other candidate).
        return Err(error::with_summary(
            401,
            "E0000015",
            "You do not have permission to access the feature you are requesting",
            json!([]),
        ));
    }
    let Some((id, rest)) = rest.split_first() else {
        if call.method != Method::GET {
            return Err(error::okta(405, "E0000022"));
        }
        let page = Page::of(call, 200, 200)?;
        let q = call.param("q").unwrap_or_default().to_lowercase();
        let found = org
            .servers
            .iter()
            .filter(|s| s.name.to_lowercase().contains(&q) || s.audience.to_lowercase().contains(&q));
        return Ok(page.cut(call, found, |s| s.id.clone(), |s| s.show(call)));
    };
    let server = org.server(id).ok_or_else(|| error::not_found(id, "AuthorizationServer"))?;
    let server_id = server.id.clone();
    match (&call.method, rest) {
        (&Method::GET, []) => Reply::ok(server.show(call)),
        (&Method::POST, ["lifecycle", change @ ("activate" | "deactivate")]) => {
            let activate = *change == "activate";
            let name = server.name.clone();
            if let Some(server) = org.server_mut(&server_id) {
                server.active = activate;
            }
            let kind = if activate { "oauth2.as.activated" } else { "oauth2.as.deactivated" };
            org.record(
                call,
                Event::success(kind, "Authorization server").target(
                    "AuthorizationServer",
                    &server_id,
                    "unknown",
                    &name,
                ),
            );
            Ok(Reply::empty(204))
        }
        (&Method::GET, ["scopes"]) => {
            let page = Page::of(call, 200, 200)?;
            let q = call.param("q").unwrap_or_default().to_lowercase();
            let name = |s: &Value| s.get("name").and_then(Value::as_str).unwrap_or_default().to_lowercase();
            let found = server.scopes.iter().filter(|s| name(s).starts_with(&q));
            Ok(page.cut(call, found, |s| text(s, "id"), |s| with_self(call, &server_id, "scopes", s)))
        }
        (&Method::POST, ["scopes"]) => create_scope(call, org, &server_id),
        (&Method::GET, ["scopes", one]) => match server.scopes.iter().find(|s| text(s, "id") == *one) {
            Some(found) => Reply::ok(with_self(call, &server_id, "scopes", found)),
            None => Err(error::not_found(one, "OAuth2Scope")),
        },
        (&Method::GET, ["claims"]) => {
            Reply::ok(server.claims.iter().map(|c| with_self(call, &server_id, "claims", c)).collect())
        }
        (&Method::GET, ["claims", one]) => match server.claims.iter().find(|c| text(c, "id") == *one) {
            Some(found) => Reply::ok(with_self(call, &server_id, "claims", found)),
            None => Err(error::not_found(one, "OAuth2Claim")),
        },
        (_, ["policies", more @ ..]) => super::server_policies::route(call, org, &server_id, more),
        (_, [] | ["scopes" | "claims"] | ["scopes" | "claims", _] | ["lifecycle", _]) => {
            Err(error::okta(405, "E0000022"))
        }
        _ => Err(error::okta(404, "E0000008")),
    }
}

/// A text field, or nothing.
pub(super) fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn with_self(call: &Call, server: &str, kind: &str, value: &Value) -> Value {
    let mut shown = value.clone();
    let href = format!("{}/api/v1/authorizationServers/{server}/{kind}/{}", call.base, text(value, "id"));
    if let Some(fields) = shown.as_object_mut() {
        fields.insert(
            "_links".into(),
            json!({ "self": { "href": href, "hints": { "allow": ["GET", "PUT", "DELETE"] } } }),
        );
    }
    shown
}

fn create_scope(call: &Call, org: &mut Org, server_id: &str) -> Answer {
    let body = call.json()?;
    let name = text(&body, "name");
    let printable = name.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'"' && b != b'\\');
    if name.is_empty() || !printable || name.starts_with("okta.") || name.starts_with("okta:") {
        return Err(error::validation("name", "name: Invalid scope name"));
    }
    if org.server(server_id).is_some_and(|s| s.has_scope(&name)) {
        return Err(error::validation("name", "name: A scope with this name already exists"));
    }
    let pick = |field: &str, default: &str| match text(&body, field) {
        given if given.is_empty() => default.to_owned(),
        given => given,
    };
    let scope = json!({
        "id": org.new_id("scp"), "name": name, "displayName": pick("displayName", &name), "description": pick("description", ""),
        "consent": pick("consent", "IMPLICIT"), "metadataPublish": pick("metadataPublish", "NO_CLIENTS"),
        "default": body.get("default").and_then(Value::as_bool).unwrap_or(false), "system": false,
        "optional": body.get("optional").and_then(Value::as_bool).unwrap_or(false),
    });
    if let Some(server) = org.server_mut(server_id) {
        server.scopes.push(scope.clone());
    }
    org.record(
        call,
        Event::success("oauth2.scope.created", "OAuth 2.0 scope created").target(
            "Scope",
            &text(&scope, "id"),
            "unknown",
            &name,
        ),
    );
    Ok(Reply::json(201, with_self(call, server_id, "scopes", &scope)))
}
