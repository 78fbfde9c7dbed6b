//! Grants of `okta.*` scopes to an app. The OIDC scopes need none: they belong to the authorization server.

use super::call::{Answer, Call, Reply};
use super::error;
use super::log::Event;
use super::state::Org;
use http::Method;
use serde_json::{Value, json};

/// `/api/v1/apps/{id}/grants…`
pub(super) fn route(call: &Call, org: &mut Org, app_id: &str, rest: &[&str]) -> Answer {
    let app = org.app(app_id).ok_or_else(|| error::not_found(app_id, "AppInstance"))?;
    let one = |id: &str| {
        let found = app.grants.iter().find(|g| g.get("id").and_then(Value::as_str) == Some(id));
        found.cloned().ok_or_else(|| error::not_found(id, "OAuth2ScopeConsentGrant"))
    };
    match (&call.method, rest) {
        (&Method::GET, []) => Reply::ok(Value::Array(app.grants.clone())),
        (&Method::GET, [id]) => Reply::ok(one(id)?),
        (&Method::POST, []) => {
            let body = call.json()?;
            let scope = body.get("scopeId").and_then(Value::as_str).unwrap_or_default().to_owned();
            // `openid` and its like are refused too; which words Okta uses for it is unverified.
            if !scope.starts_with("okta.") {
                return Err(error::validation("scopeId", "scopeId: Invalid scope"));
            }
            if body.get("issuer").and_then(Value::as_str).map(|i| i.trim_end_matches('/'))
                != Some(call.base.as_str())
            {
                return Err(error::validation("issuer", "issuer: must be the org's URL"));
            }
            let (client, label) = (app.client_id().to_owned(), app.label().to_owned());
            let (id, stamp) = (org.new_id("oag"), org.stamp());
            let owner = org.directory.person(super::people::ADMIN).map(|p| p.id).unwrap_or_default();
            let grant = json!({
                "id": id, "scopeId": scope, "clientId": client, "issuer": call.base, "source": "ADMIN", "status": "ACTIVE",
                "created": stamp, "lastUpdated": stamp, "createdBy": { "id": owner, "type": "User" },
                "_links": {
                    "app": { "href": format!("{}/api/v1/apps/{app_id}", call.base), "title": label },
                    "self": { "href": format!("{}/api/v1/apps/{app_id}/grants/{id}", call.base) },
                },
            });
            if let Some(app) = org.app_mut(app_id) {
                app.grants.push(grant.clone());
            }
            org.record(
                call,
                Event::success("app.oauth2.admin.consent.grant", "Grant OAuth scope consent").target(
                    "AppInstance",
                    app_id,
                    "oidc_client",
                    &label,
                ),
            );
            Ok(Reply::json(201, grant))
        }
        (&Method::DELETE, [id]) => {
            one(id)?;
            let label = app.label().to_owned();
            if let Some(app) = org.app_mut(app_id) {
                app.grants.retain(|g| g.get("id").and_then(Value::as_str) != Some(id));
            }
            org.record(
                call,
                Event::success("app.oauth2.admin.consent.revoke", "Revoke OAuth scope consent").target(
                    "AppInstance",
                    app_id,
                    "oidc_client",
                    &label,
                ),
            );
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => Err(error::okta(405, "E0000022")),
        _ => Err(error::okta(404, "E0000008")),
    }
}
