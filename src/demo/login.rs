//! What the demo needs besides for sign-in to the management API: apps for it, lifetimes, and the control path that sets them.

use super::call::{Answer, Call, Reply};
use super::state::Org;
use super::{apps, device, error, management};
use http::Method;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// The state of it.
#[derive(Debug, Default)]
pub(super) struct Login {
    /// Ids of assertions that were used.
    pub(super) spent: HashSet<String>,
    /// Administrator roles by client id.
    pub(super) roles: HashMap<String, Vec<String>>,
    /// Lifetime of the org server's access tokens with `okta.*` scopes, seconds; an hour where it is not set.
    pub(super) lifetime: Option<i64>,
    /// A scope that is not granted makes the whole request fail.
    pub(super) all_or_nothing: bool,
    /// Device codes that wait.
    pub(super) devices: HashMap<String, device::Device>,
}

impl Login {
    /// The lifetime that goes for a token with these scopes, seconds.
    pub(super) fn lifetime(&self, server: Option<&str>, scopes: &[String], usual: i64) -> i64 {
        let for_management = server.is_none() && scopes.iter().any(|s| management::is_scope(s));
        self.lifetime.filter(|_| for_management).unwrap_or(usual)
    }
}

fn bad(text: &str) -> Reply {
    Reply::json(400, json!({ "error": text }))
}

/// `/__demo/login/…`
pub(super) fn route(call: &Call, org: &mut Org, rest: &[&str]) -> Answer {
    let body = call.json()?;
    match (&call.method, rest) {
        (&Method::POST, ["service-app"]) => register(call, org, &body, "service"),
        (&Method::POST, ["device-app"]) => register(call, org, &body, "native"),
        (&Method::POST, ["tokens"]) => {
            if let Some(seconds) = body.get("lifetime_seconds") {
                org.login.lifetime = seconds.as_i64().filter(|s| *s > 0);
            }
            if let Some(all) = body.get("all_or_nothing").and_then(Value::as_bool) {
                org.login.all_or_nothing = all;
            }
            Reply::ok(
                json!({ "lifetime_seconds": org.login.lifetime, "all_or_nothing": org.login.all_or_nothing }),
            )
        }
        (&Method::DELETE, ["tokens"]) => {
            let out = org.access.values().map(|t| t.family).collect::<Vec<_>>();
            if call.param("refresh") == Some("keep") {
                org.access.clear();
            } else {
                org.dead_families.extend(out);
            }
            Reply::ok(json!({}))
        }
        (_, ["device"]) => device::control(call, org, &body),
        _ => Err(error::okta(404, "E0000008")),
    }
}

/// An app as an admin would have made it in the console, with its grants and roles.
fn register(call: &Call, org: &mut Org, body: &Value, kind: &str) -> Answer {
    let service = kind == "service";
    let label = body.get("label").and_then(Value::as_str);
    let label = label.unwrap_or(if service { "oktui service" } else { "oktui device" });
    let credentials = if service {
        json!({ "token_endpoint_auth_method": "private_key_jwt" })
    } else {
        json!({ "token_endpoint_auth_method": "none", "pkce_required": true })
    };
    let mut settings = if service {
        let keys = body.get("jwks").cloned().unwrap_or_else(|| json!({ "keys": [] }));
        json!({ "application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"], "jwks": keys })
    } else {
        json!({
            "application_type": "native", "response_types": [],
            "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
        })
    };
    if let (Some(true), Some(fields)) = (body.get("dpop").and_then(Value::as_bool), settings.as_object_mut())
    {
        fields.insert("dpop_bound_access_tokens".into(), json!(true));
    }
    if let (Some(false), Some(fields)) =
        (body.get("refresh").and_then(Value::as_bool), settings.as_object_mut())
    {
        fields.insert("grant_types".into(), json!(["urn:ietf:params:oauth:grant-type:device_code"]));
    }
    let app = json!({
        "name": "oidc_client", "label": label, "signOnMode": "OPENID_CONNECT",
        "credentials": { "oauthClient": credentials }, "settings": { "implicitAssignment": !service, "oauthClient": settings },
    });
    let made = apps::route(
        &Call { method: Method::POST, body: app.to_string().into_bytes(), ..call.clone() },
        org,
        &[],
    )?;
    let super::call::Body::Json(made) = made.body else { return Err(bad("the app was not made")) };
    let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let texts = |name: &str| -> Vec<String> {
        let list = body.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let scopes = texts("scopes");
    if let Some(odd) = scopes.iter().find(|s| !management::is_scope(s)) {
        return Err(bad(&format!("scopes: {odd} is not known")));
    }
    for scope in scopes {
        let grant = json!({ "scopeId": scope, "issuer": call.base }).to_string().into_bytes();
        let call = Call { method: Method::POST, body: grant, ..call.clone() };
        super::grants::route(&call, org, &id, &[])?;
    }
    let client = org.app(&id).map(|a| a.client_id().to_owned()).unwrap_or_default();
    org.login.roles.insert(client.clone(), texts("roles"));
    Ok(Reply::json(201, json!({ "id": id, "client_id": client })))
}
