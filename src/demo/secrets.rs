//! Client secrets: at most two, readable in plain text at any time, never the last active one switched off.

use super::call::{Answer, Call, Reply};
use super::error;
use super::keys;
use super::log::Event;
use super::state::Org;
use http::Method;
use serde_json::{Value, json};

/// One secret of a client. Made up by this demo, so its value may be shown and logged anywhere.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) active: bool,
    pub(super) created: String,
    pub(super) updated: String,
}

/// Whether a client with this authentication method has secrets at all.
pub(super) fn wanted(method: &str) -> bool {
    method.starts_with("client_secret_")
}

/// A secret somebody chose: 14 (32 for `client_secret_jwt`) to 100 printable ASCII characters.
pub(super) fn checked(value: &str, method: &str) -> Result<String, Reply> {
    let least = if method == "client_secret_jwt" { 32 } else { 14 };
    let refuse = |cause: String| Err(error::validation("client_secret", &format!("client_secret: {cause}")));
    if value.len() < least {
        return refuse(format!("The length of the client secret must be at least '{least}'."));
    }
    if value.len() > 100 {
        return refuse("The length of the client secret can't be more than '100'.".to_owned());
    }
    if !value.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return refuse("The client secret must only contain printable ASCII characters.".to_owned());
    }
    Ok(value.to_owned())
}

fn show(call: &Call, app_id: &str, secret: &Secret) -> Value {
    let here = format!("{}/api/v1/apps/{app_id}/credentials/secrets/{}", call.base, secret.id);
    let link =
        |name: &str, method: &str| json!({ "href": format!("{here}{name}"), "hints": { "allow": [method] } });
    let links = if secret.active {
        json!({ "deactivate": link("/lifecycle/deactivate", "POST") })
    } else {
        json!({ "activate": link("/lifecycle/activate", "POST"), "delete": link("", "DELETE") })
    };
    json!({
        "id": secret.id,
        "client_secret": secret.value,
        "secret_hash": hash(&secret.value),
        "status": if secret.active { "ACTIVE" } else { "INACTIVE" },
        "created": secret.created,
        "lastUpdated": secret.updated,
        "_links": links,
    })
}

/// The safe name of a secret, also what the log shows.
pub(super) fn hash(value: &str) -> String {
    keys::left_half(value)
}

/// `/api/v1/apps/{id}/credentials/secrets…`
pub(super) fn route(call: &Call, org: &mut Org, app_id: &str, rest: &[&str]) -> Answer {
    let app = org.app(app_id).ok_or_else(|| error::not_found(app_id, "AppInstance"))?;
    let (label, method) = (app.label().to_owned(), app.auth_method().to_owned());
    let one = |id: &str| {
        app.secrets.iter().find(|s| s.id == id).ok_or_else(|| error::not_found(id, "ClientSecret"))
    };
    let violated = |cause: &str| Err(error::validation("client_secret", cause));
    let event = |kind: &'static str, message: &str| {
        Event::success(kind, message).target("AppInstance", app_id, "oidc_client", &label)
    };
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let list: Vec<Value> = app.secrets.iter().map(|s| show(call, app_id, s)).collect();
            org.record(call, event("app.oauth2.client.read_client_secret", "Read OAuth client secret"));
            Reply::ok(Value::Array(list))
        }
        (&Method::GET, [id]) => {
            let shown = show(call, app_id, one(id)?);
            org.record(call, event("app.oauth2.client.read_client_secret", "Read OAuth client secret"));
            Reply::ok(shown)
        }
        (&Method::POST, []) => {
            let body = call.json()?;
            if !wanted(&method) {
                return violated(
                    "client_secret: A client secret can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'.",
                );
            }
            if app.secrets.len() >= 2 {
                return violated(
                    "client_secret: You have reached the maximum number of client secrets per client.",
                );
            }
            let value = match body.get("client_secret").and_then(Value::as_str).filter(|s| !s.is_empty()) {
                Some(given) => checked(given, &method)?,
                None => Org::unguessable(64),
            };
            let active = body.get("status").and_then(Value::as_str) != Some("INACTIVE");
            let (id, stamp) = (org.new_id("ocs"), org.stamp());
            let secret = Secret { id, value, active, created: stamp.clone(), updated: stamp };
            let shown = show(call, app_id, &secret);
            if let Some(app) = org.app_mut(app_id) {
                app.secrets.push(secret);
            }
            org.record(call, event("app.oauth2.credentials.lifecycle.create", "Create OAuth client secret"));
            Ok(Reply::json(201, shown))
        }
        (&Method::POST, [id, "lifecycle", change @ ("activate" | "deactivate")]) => {
            let activate = *change == "activate";
            let secret = one(id)?;
            let others = app.secrets.iter().any(|s| s.active && s.id != *id);
            if !activate && secret.active && !others {
                return violated(
                    "client_secret: You can't deactivate the only active client secret for a client.",
                );
            }
            let (stamp, mut changed) = (org.stamp(), secret.clone());
            changed.active = activate;
            changed.updated = stamp;
            let shown = show(call, app_id, &changed);
            if let Some(secret) = org.app_mut(app_id).and_then(|a| a.secrets.iter_mut().find(|s| s.id == *id))
            {
                *secret = changed;
            }
            let (kind, message) = if activate {
                ("app.oauth2.credentials.lifecycle.activate", "Activate OAuth client secret")
            } else {
                ("app.oauth2.credentials.lifecycle.deactivate", "Deactivate OAuth client secret")
            };
            org.record(call, event(kind, message));
            Reply::ok(shown)
        }
        (&Method::DELETE, [id]) => {
            if one(id)?.active {
                return violated("client_secret: You can't delete an active client secret.");
            }
            if let Some(app) = org.app_mut(app_id) {
                app.secrets.retain(|s| s.id != *id);
            }
            org.record(call, event("app.oauth2.credentials.lifecycle.delete", "Delete OAuth client secret"));
            Ok(Reply::empty(204))
        }
        (_, [] | [_] | [_, "lifecycle", _]) => Err(error::okta(405, "E0000022")),
        _ => Err(error::okta(404, "E0000008")),
    }
}
