//! Service apps at the org server: `private_key_jwt` (RFC 7523) and client credentials for `okta.*` scopes.

use super::apps::App;
use super::call::{Answer, Call, Reply, first};
use super::client_auth::{Refused, fail};
use super::error;
use super::issue::{Issue, answer, claims_of, tokens};
use super::keys::SigningKey;
use super::management;
use super::policy::ORG_LIFETIMES;
use super::state::Org;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use std::str::FromStr as _;

/// An assertion may be good for so long, seconds.
const LONGEST: i64 = 3600;

/// The client that a signed assertion proves. The words of the refusals are ours; Okta's internal codes are its own.
pub(super) fn authenticate(
    call: &Call,
    org: &mut Org,
    server: Option<&str>,
    form: &[(String, String)],
) -> Result<App, Reply> {
    let assertion = first(form, "client_assertion").unwrap_or_default();
    let claims = claims_of(assertion).unwrap_or_default();
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| claims.get(name).and_then(Value::as_i64);
    let id = text("sub");
    let Some(app) = org.apps.iter().find(|a| a.client_id() == id && a.active).cloned() else {
        return Err(error::unknown_client(401));
    };
    let issuer = server.and_then(|s| org.server(s)).map(|s| s.issuer(&call.base));
    let endpoint =
        issuer.map_or_else(|| format!("{}/oauth2/v1/token", call.base), |i| format!("{i}/v1/token"));
    let now = org.now();
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let fault = if first(form, "client_assertion_type") != Some(kind) {
        Some(("invalid_client_assertion_type", "The client_assertion_type is invalid."))
    } else if app.auth_method() != "private_key_jwt" {
        Some((
            "invalid_token_endpoint_auth_method",
            "The client is not configured for the private_key_jwt token_endpoint_auth_method.",
        ))
    } else if text("iss") != id {
        Some(("client_assertion_invalid_issuer", "The issuer of the client_assertion must be the client."))
    } else if text("aud") != endpoint {
        Some((
            "client_assertion_invalid_audience",
            "The audience claim for client_assertion must be the endpoint invoked for the request.",
        ))
    } else if number("exp").is_none_or(|end| end <= now) {
        Some(("client_assertion_expired_token", "The client_assertion token is expired."))
    } else if number("exp").is_some_and(|end| end > now + LONGEST) {
        Some((
            "client_assertion_expires_too_far_in_future",
            "The client_assertion token has an expiration too far into the future.",
        ))
    } else if number("iat").is_some_and(|at| at > now + 60) {
        Some(("client_assertion_issued_at_in_future", "The client_assertion token was issued in the future."))
    } else if org.login.spent.contains(text("jti")) {
        Some(("client_assertion_already_used", "The client_assertion token has already been used."))
    } else {
        signature_fault(&app, assertion)
    };
    if let Some((reason, text)) = fault {
        return Err(fail(call, org, server, &app, Refused::new(401, "invalid_client", reason, text)));
    }
    if !text("jti").is_empty() {
        org.login.spent.insert(text("jti").to_owned());
    }
    Ok(app)
}

fn signature_fault(app: &App, assertion: &str) -> Option<(&'static str, &'static str)> {
    let bad = Some(("client_assertion_invalid_signature", "The client_assertion signature is invalid."));
    let Some((signed, signature)) = assertion.rsplit_once('.') else { return bad };
    let header = signed.split('.').next().and_then(|h| URL_SAFE_NO_PAD.decode(h).ok());
    let header: Value = header.and_then(|h| serde_json::from_slice(&h).ok()).unwrap_or_default();
    let algorithm = header.get("alg").and_then(Value::as_str).and_then(|a| Algorithm::from_str(a).ok());
    let Some(algorithm) = algorithm else { return bad };
    let keys = app.body.pointer("/settings/oauthClient/jwks/keys").and_then(Value::as_array);
    let Some(keys) = keys.filter(|k| !k.is_empty()) else {
        return Some(("client_assertion_jwks_not_configured", "The client has no JWKS configured."));
    };
    let named = header.get("kid").and_then(Value::as_str);
    let mut fitting =
        keys.iter().filter(|k| named.is_none() || k.get("kid").and_then(Value::as_str) == named);
    let Some(first) = fitting.next() else {
        return Some((
            "client_assertion_invalid_kid",
            "The client_assertion's kid is not among the client's keys.",
        ));
    };
    let good = std::iter::once(first).chain(fitting).any(|jwk| {
        let part = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
        let key = match part("kty") {
            "RSA" => DecodingKey::from_rsa_components(part("n"), part("e")),
            "EC" => DecodingKey::from_ec_components(part("x"), part("y")),
            _ => return false,
        };
        key.is_ok_and(|key| {
            jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key, algorithm).unwrap_or(false)
        })
    });
    if good { None } else { bad }
}

/// Client credentials at the org server: the token has those of the scopes asked for that are granted to the app.
pub(super) fn grant(
    call: &Call,
    org: &mut Org,
    key: &SigningKey,
    app: &App,
    form: &[(String, String)],
) -> Answer {
    let mut refuse = |status, error: &str, reason: &str, text: &str| {
        Err(fail(call, org, None, app, Refused::new(status, error, reason, text)))
    };
    if app.setting("application_type") != Some("service") {
        let text = "Client Credentials requests to the Org Authorization Server need the application type 'service'.";
        return refuse(401, "invalid_client", "invalid_application_type_client_credentials", text);
    }
    let bound = app.body.pointer("/settings/oauthClient/dpop_bound_access_tokens").and_then(Value::as_bool);
    if bound == Some(true) {
        // The demo issues no bound tokens: a proof is asked for, and none is good enough.
        return match call.header("dpop") {
            None => refuse(
                400,
                "invalid_dpop_proof",
                "invalid_dpop_proof",
                "The DPoP proof JWT header is missing.",
            ),
            Some(_) => refuse(
                400,
                "use_dpop_nonce",
                "use_dpop_nonce",
                "Authorization server requires nonce in DPoP proof.",
            ),
        };
    }
    let asked: Vec<&str> = first(form, "scope").unwrap_or_default().split_whitespace().collect();
    if asked.is_empty() {
        return refuse(400, "invalid_scope", "missing_scopes", "'scope' must be provided.");
    }
    if asked.iter().any(|s| !management::is_scope(s)) {
        let text = "One or more scopes are not configured for the authorization server resource.";
        return refuse(400, "invalid_scope", "no_matching_scope", text);
    }
    let scopes = management::granted(app, &asked);
    if scopes.is_empty() || (org.login.all_or_nothing && scopes.len() < asked.len()) {
        let text = "You are not allowed any of the requested scopes.";
        let refused = Refused::new(400, "consent_required", "no_org_scopes_granted", text);
        return Err(fail(call, org, None, app, refused));
    }
    let family = org.next();
    let issue = Issue {
        server: None,
        app,
        person: None,
        scopes: &scopes,
        lifetimes: ORG_LIFETIMES,
        family,
        nonce: None,
    };
    Ok(answer(tokens(call, org, key, &issue)?))
}
