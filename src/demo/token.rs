//! The token endpoint and what stands around it: keys, introspection, revocation, userinfo.

use super::apps::App;
use super::assignments;
use super::call::{Answer, Call, Reply, first};
use super::error;
use super::keys::{self, SigningKey};
use super::log::Event;
use super::people::Person;
use super::policy::{self, Lifetimes, Question};
use super::secrets;
use super::state::{AccessToken, Org, RefreshToken, Session};
use base64::Engine as _;
use serde_json::{Value, json};

/// Lifetime of an ID token, seconds; not configurable at Okta.
const ID_TOKEN_SECONDS: i64 = 3600;

/// `GET …/keys` (RFC 7517).
pub(super) fn keys(key: Option<&SigningKey>) -> Answer {
    let key = key.ok_or_else(|| error::okta(500, "E0000009"))?;
    Reply::ok(json!({ "keys": [key.jwk()] }))
}

/// The claims of a JWT without any check; only for tokens whose origin is told by other means.
pub(super) fn claims_of(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Why a client was not let in.
struct Refused {
    status: u16,
    error: &'static str,
    reason: &'static str,
    description: &'static str,
}

/// Client authentication (RFC 6749 section 2.3.1): exactly one method, and the one the app is registered for.
fn client(call: &Call, org: &mut Org, server: Option<&str>, form: &[(String, String)]) -> Result<App, Reply> {
    let basic = call
        .header("authorization")
        .and_then(|h| h.split_once(' '))
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("basic"));
    let basic = basic.map(|(_, value)| {
        let bytes = base64::engine::general_purpose::STANDARD.decode(value.trim()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (id, secret) = text.split_once(':').unwrap_or((text.as_str(), ""));
        // RFC 6749 says both parts are form-encoded first; a value without `%` or `+` reads the same either way.
        (form_decoded(id), form_decoded(secret))
    });
    let posted = first(form, "client_secret").filter(|s| !s.is_empty());
    let id = basic.as_ref().map(|(id, _)| id.clone()).or_else(|| first(form, "client_id").map(str::to_owned));
    let refuse = |status, error, reason, description| Refused { status, error, reason, description };
    let none = refuse(401, "invalid_client", "missing_client_credentials", "No client credentials found.");
    let fault = match &id {
        None => Some(none),
        Some(_) if call.param("client_secret").is_some() => Some(refuse(
            400,
            "invalid_request",
            "client_credentials_in_query",
            "Cannot supply client credentials in the query parameters.",
        )),
        Some(_) if basic.is_some() && posted.is_some() => Some(refuse(
            401,
            "invalid_request",
            "multiple_client_credentials",
            "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.",
        )),
        Some(_) => None,
    };
    let id = id.unwrap_or_default();
    let app = org.apps.iter().find(|a| a.client_id() == id).cloned();
    if fault.is_none() && !app.as_ref().is_some_and(|a| a.active) {
        record_bad_client(call, org, server, &id, None, "invalid_client_id", None);
        return Err(error::unknown_client(401));
    }
    let fault = fault.or_else(|| {
        let app = app.as_ref()?;
        let used = if basic.is_some() {
            "client_secret_basic"
        } else if posted.is_some() {
            "client_secret_post"
        } else {
            "none"
        };
        if used == "none" && app.auth_method() != "none" {
            return Some(refuse(
                401,
                "invalid_client",
                "missing_client_credentials",
                "No client credentials found.",
            ));
        }
        if app.auth_method() != used {
            return Some(refuse(
                401,
                "invalid_client",
                "invalid_token_endpoint_auth_method",
                "The client is not configured for the token endpoint auth method that was used.",
            ));
        }
        let given = basic.as_ref().map(|(_, s)| s.as_str()).or(posted);
        let right = used == "none" || app.secrets.iter().any(|s| s.active && Some(s.value.as_str()) == given);
        (!right).then(|| {
            refuse(
                401,
                "invalid_client",
                "invalid_client_secret",
                "The client secret supplied for a confidential client is invalid.",
            )
        })
    });
    match (fault, app) {
        (None, Some(app)) => Ok(app),
        (Some(fault), app) => {
            let given = basic.as_ref().map(|(_, s)| s.as_str()).or(posted).map(secrets::hash);
            record_bad_client(call, org, server, &id, app.as_ref(), fault.reason, given);
            Err(error::oauth(fault.status, fault.error, fault.description))
        }
        (None, None) => Err(error::unknown_client(401)),
    }
}

fn form_decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('&', "%26").replace('=', "%3D"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
}

fn record_bad_client(
    call: &Call,
    org: &mut Org,
    server: Option<&str>,
    id: &str,
    app: Option<&App>,
    reason: &str,
    hash: Option<String>,
) {
    let label = app.map_or("unknown", App::label).to_owned();
    let build = |kind: &'static str| {
        let mut event = Event::failure(kind, "OAuth2 token request", reason).by_client(id, &label);
        if let Some(app) = app {
            event = event.target("AppInstance", &app.id, "oidc_client", &label);
        }
        if let Some(hash) = &hash {
            event = event.debug("clientSecret", hash.clone());
        }
        event
    };
    org.record(call, build(failed_kind(server)));
    org.record(call, build("app.oauth2.invalid_client_credentials"));
}

fn failed_kind(server: Option<&str>) -> &'static str {
    if server.is_some() { "app.oauth2.as.token.grant" } else { "app.oauth2.token.grant" }
}

fn fail(
    call: &Call,
    org: &mut Org,
    server: Option<&str>,
    app: &App,
    status: u16,
    error: &str,
    reason: &str,
    description: &str,
) -> Reply {
    let event = Event::failure(failed_kind(server), "OAuth2 token request", reason)
        .by_client(app.client_id(), app.label())
        .target("AppInstance", &app.id, "oidc_client", app.label());
    org.record(call, event);
    error::oauth(status, error, description)
}

/// `POST …/token`.
pub(super) fn token(call: &Call, org: &mut Org, key: Option<&SigningKey>, server: Option<&str>) -> Answer {
    let key = key.ok_or_else(|| error::okta(500, "E0000009"))?;
    let kind = call.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(error::oauth(
            400,
            "invalid_request",
            "Accept and/or Content-Type headers do not match supported values.",
        ));
    }
    let form = call.form();
    let app = client(call, org, server, &form)?;
    let grant = first(&form, "grant_type").filter(|g| !g.is_empty());
    let Some(grant) = grant else {
        let text = "The token request must specify a grant type.";
        return Err(fail(
            call,
            org,
            server,
            &app,
            400,
            "invalid_request",
            "token_request_missing_grant_type",
            text,
        ));
    };
    if !["authorization_code", "refresh_token", "client_credentials"].contains(&grant) {
        let text = "The authorization grant type is not supported by the authorization server.";
        return Err(fail(
            call,
            org,
            server,
            &app,
            400,
            "unsupported_grant_type",
            "unsupported_grant_type",
            text,
        ));
    }
    let configured = app.settings("grant_types");
    if !configured.contains(&grant) {
        let text = format!(
            "The client is not authorized to use the provided grant type. Configured grant types: [{}].",
            configured.join(", ")
        );
        return Err(fail(call, org, server, &app, 400, "unauthorized_client", "unauthorized_client", &text));
    }
    match grant {
        "authorization_code" => redeem(call, org, key, server, &app, &form),
        "refresh_token" => refresh(call, org, key, server, &app, &form),
        _ => machine(call, org, key, server, &app, &form),
    }
}

fn redeem(
    call: &Call,
    org: &mut Org,
    key: &SigningKey,
    server: Option<&str>,
    app: &App,
    form: &[(String, String)],
) -> Answer {
    let refuse = |org: &mut Org, error: &str, reason: &str, text: &str| {
        Err(fail(call, org, server, app, 400, error, reason, text))
    };
    let Some(given) = first(form, "code").filter(|c| !c.is_empty()) else {
        return refuse(
            org,
            "invalid_request",
            "missing_token_request_parameter",
            "The token request is missing the parameter 'code'.",
        );
    };
    let Some(sent_uri) = first(form, "redirect_uri").filter(|c| !c.is_empty()) else {
        return refuse(
            org,
            "invalid_request",
            "missing_token_request_parameter",
            "The token request is missing the parameter 'redirect_uri'.",
        );
    };
    let invalid = "The authorization code is invalid or has expired.";
    if let Some(family) = org.spent_codes.get(given).copied() {
        // A code used twice was stolen from somebody: what came of it dies too (RFC 6749 section 4.1.2).
        org.dead_families.insert(family);
        return refuse(org, "invalid_grant", "invalid_authorization_code", invalid);
    }
    let now = org.now();
    let Some(code) = org.codes.get(given).filter(|c| c.expires > now).cloned() else {
        org.codes.remove(given);
        return refuse(org, "invalid_grant", "invalid_authorization_code", invalid);
    };
    if code.request.client_id != app.client_id() {
        return refuse(
            org,
            "invalid_grant",
            "mismatched_client",
            "The authorization code was issued to another client.",
        );
    }
    if code.request.server.as_deref() != server {
        return refuse(
            org,
            "invalid_request",
            "mismatched_authorization_server",
            "The authorization code was issued by another authorization server.",
        );
    }
    if code.request.redirect_uri != sent_uri {
        let text = "The 'redirect_uri' does not match the redirect URI used in the authorization request.";
        return refuse(org, "invalid_grant", "mismatched_redirect_uri", text);
    }
    match (&code.request.challenge, first(form, "code_verifier").filter(|v| !v.is_empty())) {
        (None, None) => {}
        (Some(_), None) => {
            return refuse(
                org,
                "invalid_request",
                "pkce_missing_verifier",
                "PKCE code verifier is required when a code challenge was sent.",
            );
        }
        (None, Some(_)) => {
            let text = "PKCE code challenge was not sent in the authorization request, but a code verifier is present.";
            return refuse(org, "invalid_request", "pkce_missing_challenge_verifier_present", text);
        }
        (Some(challenge), Some(verifier)) => {
            if keys::encode(&keys::sha256(verifier)) != *challenge {
                return refuse(org, "invalid_grant", "pkce_verification_failed", "PKCE verification failed.");
            }
        }
    }
    org.codes.remove(given);
    let family = org.next();
    org.spent_codes.insert(given.to_owned(), family);
    let Some(person) = org.person(code.session.person) else { return Err(error::okta(500, "E0000009")) };
    let issue = Issue {
        server,
        app,
        person: Some((&person, &code.session)),
        scopes: &code.scopes,
        lifetimes: code.lifetimes,
        family,
        nonce: code.request.nonce.as_deref(),
    };
    let mut body = tokens(call, org, key, &issue)?;
    if code.scopes.iter().any(|s| s == "offline_access")
        && app.settings("grant_types").contains(&"refresh_token")
    {
        let value = Org::unguessable(43);
        let refresh = RefreshToken {
            server: server.unwrap_or_default().to_owned(),
            client_id: app.client_id().to_owned(),
            session: code.session.clone(),
            scopes: code.scopes.clone(),
            lifetimes: code.lifetimes,
            expires: (code.lifetimes.refresh > 0).then(|| now + code.lifetimes.refresh * 60),
            idle_until: (code.lifetimes.window > 0).then(|| now + code.lifetimes.window * 60),
            family,
            replaced: None,
            nonce: code.request.nonce.clone(),
        };
        org.refresh.insert(value.clone(), refresh);
        put(&mut body, "refresh_token", value);
        record_grant(call, org, &issue, "refresh_token");
    }
    Ok(answer(body))
}

fn put(body: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(fields) = body.as_object_mut() {
        fields.insert(name.to_owned(), value.into());
    }
}

fn answer(body: Value) -> Reply {
    Reply::json(200, body).with("cache-control", "no-store").with("pragma", "no-cache")
}

/// STATIC gives no new refresh token; ROTATE does, and a token used again after the leeway kills its whole family.
/// Whether the access policy is judged again at a refresh is unverified; here the rule that decided first keeps deciding.
fn refresh(
    call: &Call,
    org: &mut Org,
    key: &SigningKey,
    server: Option<&str>,
    app: &App,
    form: &[(String, String)],
) -> Answer {
    let given = first(form, "refresh_token").unwrap_or_default().to_owned();
    let refuse = |org: &mut Org, error: &str, reason: &str, text: &str| {
        Err(fail(call, org, server, app, 400, error, reason, text))
    };
    let invalid = "The refresh token is invalid or expired.";
    let now = org.now();
    let rotation = app.body.pointer("/settings/oauthClient/refresh_token");
    let rotates = rotation.and_then(|r| r.get("rotation_type")).and_then(Value::as_str) == Some("ROTATE");
    let leeway = rotation.and_then(|r| r.get("leeway")).and_then(Value::as_i64).unwrap_or(30);
    let Some(token) = org.refresh.get(&given).cloned() else {
        return refuse(org, "invalid_grant", "invalid_refresh_token", invalid);
    };
    let alive = |t: &RefreshToken| t.expires.is_none_or(|e| e > now) && t.idle_until.is_none_or(|e| e > now);
    if token.client_id != app.client_id() || token.server != server.unwrap_or_default() || !alive(&token) {
        return refuse(org, "invalid_grant", "invalid_refresh_token", invalid);
    }
    if org.dead_families.contains(&token.family) {
        return refuse(org, "invalid_grant", "invalid_refresh_token", invalid);
    }
    if token.replaced.is_some_and(|at| now > at + leeway) {
        org.dead_families.insert(token.family);
        let kind = if server.is_some() {
            "app.oauth2.as.token.detect_reuse"
        } else {
            "app.oauth2.token.detect_reuse"
        };
        let event = Event::failure(kind, "One-time refresh token reused", "invalid_refresh_token");
        org.record(
            call,
            event.by_client(app.client_id(), app.label()).target(
                "AppInstance",
                &app.id,
                "oidc_client",
                app.label(),
            ),
        );
        return refuse(org, "invalid_grant", "invalid_refresh_token", invalid);
    }
    let asked: Vec<String> =
        first(form, "scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if asked.iter().any(|s| !token.scopes.contains(s)) {
        let text = "The requested scopes were not granted in the original authorization request.";
        return refuse(org, "access_denied", "refresh_scopes_denied", text);
    }
    let scopes = if asked.is_empty() { token.scopes.clone() } else { asked };
    let person = org.person(token.session.person);
    let allowed = person.filter(|p| {
        p.status == super::people::Status::Active
            && (app.implicit_assignment() || assignments::scope(org, app, p.n).is_some())
    });
    let Some(person) = allowed else { return refuse(org, "invalid_grant", "invalid_refresh_token", invalid) };
    let issue = Issue {
        server,
        app,
        person: Some((&person, &token.session)),
        scopes: &scopes,
        lifetimes: token.lifetimes,
        family: token.family,
        nonce: token.nonce.as_deref(),
    };
    let mut body = tokens(call, org, key, &issue)?;
    let idle_until = (token.lifetimes.window > 0).then(|| now + token.lifetimes.window * 60);
    if rotates {
        let value = Org::unguessable(43);
        if let Some(old) = org.refresh.get_mut(&given) {
            old.replaced = old.replaced.or(Some(now));
        }
        // Rotation never moves the end date.
        org.refresh.insert(value.clone(), RefreshToken { idle_until, replaced: None, ..token.clone() });
        put(&mut body, "refresh_token", value);
        record_grant(call, org, &issue, "refresh_token");
    } else {
        if let Some(same) = org.refresh.get_mut(&given) {
            same.idle_until = idle_until;
        }
        put(&mut body, "refresh_token", given);
    }
    Ok(answer(body))
}

/// Client credentials (RFC 6749 section 4.4) at a custom server; the org server takes only `private_key_jwt`.
fn machine(
    call: &Call,
    org: &mut Org,
    key: &SigningKey,
    server: Option<&str>,
    app: &App,
    form: &[(String, String)],
) -> Answer {
    let scopes: Vec<String> =
        first(form, "scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let Some(found) = server.and_then(|id| org.server(id)) else {
        let text = "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.";
        return Err(fail(
            call,
            org,
            server,
            app,
            401,
            "invalid_client",
            "unsupported_auth_method_client_creds",
            text,
        ));
    };
    let odd =
        scopes.iter().any(|s| !found.has_scope(s) || super::servers::SYSTEM_SCOPES.contains(&s.as_str()));
    let lifetimes = policy::decide(
        &found.policies,
        Question { client_id: app.client_id(), person: None, grant: "client_credentials", scopes: &scopes },
    );
    if scopes.is_empty() {
        let text = "The authorization server resource does not have any configured default scopes, 'scope' must be provided.";
        return Err(fail(call, org, server, app, 400, "invalid_scope", "missing_scopes", text));
    }
    if odd {
        let text = "One or more scopes are not configured for the authorization server resource.";
        return Err(fail(call, org, server, app, 400, "invalid_scope", "no_matching_scope", text));
    }
    let Some(lifetimes) = lifetimes else {
        let text = "Policy evaluation failed for this request, please check the policy configurations.";
        return Err(fail(call, org, server, app, 400, "access_denied", "no_matching_policy", text));
    };
    let family = org.next();
    let issue = Issue { server, app, person: None, scopes: &scopes, lifetimes, family, nonce: None };
    Ok(answer(tokens(call, org, key, &issue)?))
}

/// What to put into tokens.
struct Issue<'a> {
    server: Option<&'a str>,
    app: &'a App,
    person: Option<(&'a Person, &'a Session)>,
    scopes: &'a [String],
    lifetimes: Lifetimes,
    family: u64,
    nonce: Option<&'a str>,
}

fn record_grant(call: &Call, org: &mut Org, issue: &Issue<'_>, what: &str) {
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

fn tokens(call: &Call, org: &mut Org, key: &SigningKey, issue: &Issue<'_>) -> Result<Value, Reply> {
    let now = org.now();
    let found = issue.server.and_then(|id| org.server(id));
    let issuer = found.map_or_else(|| call.base.clone(), |s| s.issuer(&call.base));
    let audience = found.map_or_else(|| call.base.clone(), |s| s.audience.clone());
    let client_id = issue.app.client_id();
    let expires_in = issue.lifetimes.access * 60;
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
