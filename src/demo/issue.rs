//! Making tokens: the claims of Okta's access and ID tokens, signed, and the log events that go with them.

use super::apps::App;
use super::call::{Call, Reply};
use super::error;
use super::keys::{self, SigningKey};
use super::log::Event;
use super::people::Person;
use super::policy::Lifetimes;
use super::state::{AccessToken, Org, Session};
use base64::Engine as _;
use serde_json::{Value, json};

/// Lifetime of an ID token, seconds; not configurable at Okta.
const ID_TOKEN_SECONDS: i64 = 3600;

/// The claims of a JWT without any check; only for tokens whose origin is told by other means.
pub(super) fn claims_of(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Sets a field of a JSON object.
pub(super) fn put(body: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(fields) = body.as_object_mut() {
        fields.insert(name.to_owned(), value.into());
    }
}

/// 200, never to be cached.
pub(super) fn answer(body: Value) -> Reply {
    Reply::json(200, body).with("cache-control", "no-store").with("pragma", "no-cache")
}

/// What to put into tokens.
pub(super) struct Issue<'a> {
    pub(super) server: Option<&'a str>,
    pub(super) app: &'a App,
    pub(super) person: Option<(&'a Person, &'a Session)>,
    pub(super) scopes: &'a [String],
    pub(super) lifetimes: Lifetimes,
    pub(super) family: u64,
    pub(super) nonce: Option<&'a str>,
}

/// Writes the success event for one token; `what` is `access_token`, `id_token` or `refresh_token`.
pub(super) fn record_grant(call: &Call, org: &mut Org, issue: &Issue<'_>, what: &str) {
    let kind = match (issue.server.is_some(), what) {
        (true, "access_token") => "app.oauth2.as.token.grant.access_token",
        (true, "id_token") => "app.oauth2.as.token.grant.id_token",
        (true, _) => "app.oauth2.as.token.grant.refresh_token",
        (false, "access_token") => "app.oauth2.token.grant.access_token",
        (false, "id_token") => "app.oauth2.token.grant.id_token",
        (false, _) => "app.oauth2.token.grant.refresh_token",
    };
    let mut event =
        Event::success(kind, "OAuth2 token is granted").by_client(issue.app.client_id(), issue.app.label());
    if let Some((person, session)) = issue.person {
        event = event.target("User", &person.id, &person.login, &person.display()).session(&session.id);
    }
    if let Some(hash) = org.secret_sent.clone() {
        event = event.debug("clientSecret", hash);
    }
    let granted = issue.scopes.join(",");
    org.record(
        call,
        event
            .target("AppInstance", &issue.app.id, "oidc_client", issue.app.label())
            .debug("requestedScopes", granted.clone())
            .debug("grantedScopes", granted)
            .debug(
                "grantType",
                if issue.person.is_some() { "authorization_code" } else { "client_credentials" },
            ),
    );
}

/// An access token, and an ID token if `openid` was granted to a person: the body of a token answer.
pub(super) fn tokens(
    call: &Call,
    org: &mut Org,
    key: &SigningKey,
    issue: &Issue<'_>,
) -> Result<Value, Reply> {
    let now = org.now();
    let found = issue.server.and_then(|id| org.server(id));
    let issuer = found.map_or_else(|| call.base.clone(), |s| s.issuer(&call.base));
    let audience = found.map_or_else(|| call.base.clone(), |s| s.audience.clone());
    let client_id = issue.app.client_id();
    let expires_in = org.login.lifetime(issue.server, issue.scopes, issue.lifetimes.access * 60);
    let broken = |_| error::okta(500, "E0000009");
    let jti = format!("AT.{}", Org::unguessable(43));
    let mut claims = json!({
        "ver": 1, "jti": jti, "iss": issuer, "aud": audience, "iat": now, "exp": now + expires_in, "cid": client_id,
        "scp": issue.scopes, "sub": client_id,
    });
    if let Some((person, session)) = issue.person {
        put(&mut claims, "uid", person.id.clone());
        put(&mut claims, "sub", person.login.clone());
        put(&mut claims, "auth_time", session.since);
    }
    let access = key.sign(&claims).map_err(broken)?;
    let record = AccessToken {
        server: issue.server.unwrap_or_default().to_owned(),
        client_id: client_id.to_owned(),
        person: issue.person.map(|(p, _)| p.n),
        scopes: issue.scopes.to_vec(),
        issued: now,
        expires: now + expires_in,
        jti,
        audience,
        family: issue.family,
    };
    org.access.insert(access.clone(), record);
    record_grant(call, org, issue, "access_token");
    let mut body = json!({
        "token_type": "Bearer", "expires_in": expires_in, "access_token": access, "scope": issue.scopes.join(" "),
    });
    if let Some((person, session)) = issue.person.filter(|_| issue.scopes.iter().any(|s| s == "openid")) {
        let mut claims = json!({
            "sub": person.id, "ver": 1, "iss": issuer, "aud": client_id, "iat": now, "exp": now + ID_TOKEN_SECONDS,
            "jti": format!("ID.{}", Org::unguessable(43)), "amr": session.methods, "idp": org.org_id(),
            "auth_time": session.since, "at_hash": keys::left_half(&access),
        });
        if let Some(nonce) = issue.nonce {
            put(&mut claims, "nonce", nonce);
        }
        // With response_type=code the ID token carries a reduced set; userinfo has the rest.
        if issue.scopes.iter().any(|s| s == "profile") {
            put(&mut claims, "name", person.display());
            put(&mut claims, "preferred_username", person.login.clone());
        }
        if issue.scopes.iter().any(|s| s == "email") {
            put(&mut claims, "email", person.login.clone());
        }
        put(&mut body, "id_token", key.sign(&claims).map_err(broken)?);
        record_grant(call, org, issue, "id_token");
    }
    Ok(body)
}
