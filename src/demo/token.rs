//! The token endpoint (RFC 6749 section 3.2) and the key set.

use super::Scenario;
use super::apps::App;
use super::assignments;
use super::call::{Answer, Call, Reply, first};
use super::client_auth::{Refused, client, fail};
use super::device;
use super::error;
use super::issue::{Issue, answer, put, record_grant, tokens};
use super::keys::{self, SigningKey};
use super::log::Event;
use super::policy::{self, Question};
use super::service;
use super::state::{Org, RefreshToken};
use serde_json::{Value, json};

/// `GET …/keys` (RFC 7517).
pub(super) fn keys(key: Option<&SigningKey>) -> Answer {
    let key = key.ok_or_else(|| error::okta(500, "E0000009"))?;
    Reply::ok(json!({ "keys": [key.jwk()] }))
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
    let app = if first(&form, "client_assertion").is_some() {
        service::authenticate(call, org, server, &form)?
    } else {
        client(call, org, server, &form)?
    };
    // The demo has no zones: where the app asks for one, no address is in it. Okta's words for the refusal are not documented.
    if app.body.pointer("/settings/oauthClient/network/connection").and_then(Value::as_str) == Some("ZONE") {
        let text = "The client is not allowed to connect from this network zone.";
        let refused = Refused::new(403, "access_denied", "disallowed_network_zone", text);
        return Err(fail(call, org, server, &app, refused));
    }
    let grant = first(&form, "grant_type").filter(|g| !g.is_empty());
    let Some(grant) = grant else {
        let text = "The token request must specify a grant type.";
        return Err(fail(
            call,
            org,
            server,
            &app,
            Refused::new(400, "invalid_request", "token_request_missing_grant_type", text),
        ));
    };
    if !["authorization_code", "refresh_token", "client_credentials", device::GRANT].contains(&grant) {
        let text = "The authorization grant type is not supported by the authorization server.";
        return Err(fail(
            call,
            org,
            server,
            &app,
            Refused::new(400, "unsupported_grant_type", "unsupported_grant_type", text),
        ));
    }
    let configured = app.settings("grant_types");
    if !configured.contains(&grant) {
        let text = format!(
            "The client is not authorized to use the provided grant type. Configured grant types: [{}].",
            configured.join(", ")
        );
        return Err(fail(
            call,
            org,
            server,
            &app,
            Refused::new(400, "unauthorized_client", "unauthorized_client", &text),
        ));
    }
    // RFC 9449 section 5. The demo issues no bound tokens: where the app demands a proof, none is good enough.
    let bound = app.body.pointer("/settings/oauthClient/dpop_bound_access_tokens").and_then(Value::as_bool);
    if bound == Some(true) && grant != "client_credentials" {
        let (error, text) = match call.header("dpop") {
            None => ("invalid_dpop_proof", "The DPoP proof JWT header is missing."),
            Some(_) => ("use_dpop_nonce", "Authorization server requires nonce in DPoP proof."),
        };
        return Err(fail(call, org, server, &app, Refused::new(400, error, error, text)));
    }
    match grant {
        "authorization_code" => redeem(call, org, key, server, &app, &form),
        "refresh_token" => refresh(call, org, key, server, &app, &form),
        device::GRANT => device::redeem(call, org, key, server, &app, &form),
        _ if server.is_none() && app.auth_method() == "private_key_jwt" => {
            service::grant(call, org, key, &app, &form)
        }
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
        Err(fail(call, org, server, app, Refused::new(400, error, reason, text)))
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
            let altered = org.plays(Scenario::VerifierWrong, app.client_id());
            if altered || keys::encode(&keys::sha256(verifier)) != *challenge {
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
        Err(fail(call, org, server, app, Refused::new(400, error, reason, text)))
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
    let reused = token.replaced.is_some_and(|at| now > at + leeway);
    if reused || org.plays(Scenario::RefreshReused, app.client_id()) {
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
            Refused::new(401, "invalid_client", "unsupported_auth_method_client_creds", text),
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
        return Err(fail(call, org, server, app, Refused::new(400, "invalid_scope", "missing_scopes", text)));
    }
    if odd {
        let text = "One or more scopes are not configured for the authorization server resource.";
        return Err(fail(
            call,
            org,
            server,
            app,
            Refused::new(400, "invalid_scope", "no_matching_scope", text),
        ));
    }
    let Some(lifetimes) = lifetimes else {
        let text = "Policy evaluation failed for this request, please check the policy configurations.";
        return Err(fail(
            call,
            org,
            server,
            app,
            Refused::new(400, "access_denied", "no_matching_policy", text),
        ));
    };
    let family = org.next();
    let issue = Issue { server, app, person: None, scopes: &scopes, lifetimes, family, nonce: None };
    Ok(answer(tokens(call, org, key, &issue)?))
}
