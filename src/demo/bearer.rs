//! What can be done with tokens that are out: userinfo, introspection, revocation.

use super::call::{Answer, Call, Reply, first};
use super::client_auth::client;
use super::error;
use super::issue::{answer, put};
use super::log::Event;
use super::state::{AccessToken, Org};
use serde_json::json;

/// Whether an access token is good right now at this server.
fn live<'a>(org: &'a Org, server: Option<&str>, token: &str) -> Option<&'a AccessToken> {
    org.access.get(token).filter(|t| {
        t.server == server.unwrap_or_default()
            && t.expires > org.now()
            && !org.dead_families.contains(&t.family)
    })
}

/// `GET` or `POST …/userinfo` (OpenID Connect Core section 5.3).
pub(super) fn userinfo(call: &Call, org: &mut Org, server: Option<&str>) -> Answer {
    let bearer = call.header("authorization").and_then(|h| h.strip_prefix("Bearer "));
    let refuse = |status: u16, error: &str, text: &str| {
        let challenge = format!(
            "Bearer authorization_uri=\"{}\", realm=\"{}\", scope=\"openid\", error=\"{error}\", error_description=\"{text}\", resource=\"/userinfo\"",
            call.base, call.base
        );
        Err(Reply::empty(status).with("www-authenticate", challenge))
    };
    let Some(token) = bearer.and_then(|t| live(org, server, t)) else {
        return refuse(401, "invalid_token", "The token is not valid.");
    };
    let has = |scope: &str| token.scopes.iter().any(|s| s == scope);
    let Some(person) = token.person.and_then(|n| org.person(n)).filter(|_| has("openid")) else {
        return refuse(
            403,
            "insufficient_scope",
            "The access token must provide access to at least one of these scopes - openid",
        );
    };
    let mut claims = json!({ "sub": person.id });
    if has("profile") {
        for (name, value) in [
            ("name", person.display()),
            ("given_name", person.first.to_owned()),
            ("family_name", person.last.to_owned()),
            ("preferred_username", person.login.clone()),
            ("locale", "en-US".to_owned()),
            ("zoneinfo", "America/Los_Angeles".to_owned()),
        ] {
            put(&mut claims, name, value);
        }
        put(&mut claims, "updated_at", 1_736_928_000);
    }
    if has("email") {
        put(&mut claims, "email", person.login.clone());
        put(&mut claims, "email_verified", true);
    }
    if has("groups") {
        let names: Vec<&str> = org.directory.groups_of(person.n).map(|g| g.name.as_str()).collect();
        put(&mut claims, "groups", names);
    }
    Reply::ok(claims)
}

/// `POST …/introspect` (RFC 7662): what is not good is `{"active":false}` and no more.
pub(super) fn introspect(call: &Call, org: &mut Org, server: Option<&str>) -> Answer {
    let form = call.form();
    let app = client(call, org, server, &form)?;
    let Some(given) = first(&form, "token").filter(|t| !t.is_empty()) else {
        return Err(error::oauth(400, "invalid_request", "The 'token' parameter is missing."));
    };
    let now = org.now();
    let mut shown = json!({ "active": false });
    if let Some(token) = live(org, server, given) {
        let person = token.person.and_then(|n| org.person(n));
        shown = json!({
            "active": true, "scope": token.scopes.join(" "), "exp": token.expires, "iat": token.issued, "token_type": "Bearer",
            "aud": token.audience, "client_id": token.client_id, "jti": token.jti,
            "iss": server.and_then(|id| org.server(id)).map_or_else(|| call.base.clone(), |s| s.issuer(&call.base)),
            "sub": person.as_ref().map_or(token.client_id.as_str(), |p| p.login.as_str()),
        });
        if let Some(person) = person {
            put(&mut shown, "username", person.login);
            put(&mut shown, "uid", person.id);
        }
    } else if let Some(token) = org.refresh.get(given).filter(|t| {
        t.client_id == app.client_id()
            && t.server == server.unwrap_or_default()
            && !org.dead_families.contains(&t.family)
            && t.replaced.is_none()
            && t.expires.is_none_or(|e| e > now)
            && t.idle_until.is_none_or(|e| e > now)
    }) {
        let person = org.person(token.session.person);
        shown = json!({
            "active": true, "token_type": "Bearer", "scope": token.scopes.join(" "), "client_id": token.client_id,
            "username": person.as_ref().map(|p| p.login.clone()).unwrap_or_default(),
            "sub": person.map(|p| p.login).unwrap_or_default(),
        });
        if let Some(end) = token.idle_until.into_iter().chain(token.expires).min() {
            put(&mut shown, "exp", end);
        }
    }
    Ok(answer(shown))
}

/// `POST …/revoke` (RFC 7009): 200 even for a token nobody knows; only the client's own tokens.
pub(super) fn revoke(call: &Call, org: &mut Org, server: Option<&str>) -> Answer {
    let form = call.form();
    let app = client(call, org, server, &form)?;
    let given = first(&form, "token").unwrap_or_default().to_owned();
    let known = if org.access.get(&given).is_some_and(|t| t.client_id == app.client_id()) {
        org.access.remove(&given);
        Some("access_token")
    } else if let Some(family) =
        org.refresh.get(&given).filter(|t| t.client_id == app.client_id()).map(|t| t.family)
    {
        org.dead_families.insert(family);
        Some("refresh_token")
    } else {
        None
    };
    if let Some(what) = known {
        let kind = if server.is_some() { "app.oauth2.as.token.revoke" } else { "app.oauth2.token.revoke" };
        let event = Event::success(kind, "OAuth2 token is revoked").by_client(app.client_id(), app.label());
        org.record(
            call,
            event.target(what, "unknown", "unknown", what).target(
                "AppInstance",
                &app.id,
                "oidc_client",
                app.label(),
            ),
        );
    }
    Ok(Reply::empty(200).with("cache-control", "no-store"))
}
