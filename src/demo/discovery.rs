//! Metadata documents: OpenID Connect Discovery 1.0 and RFC 8414, for the org server and every custom one.

use super::call::{Answer, Call, Reply};
use super::error;
use super::servers::SYSTEM_SCOPES;
use super::state::Org;
use serde_json::{Value, json};

/// All well-known addresses; the RFC 8414 form puts the issuer's path behind the well-known part.
pub(super) fn route(call: &Call, org: &Org, segments: &[&str]) -> Answer {
    let (document, server) = match segments {
        [".well-known", document] | ["oauth2", ".well-known", document] => (*document, None),
        [".well-known", document, "oauth2", id] => (*document, Some(*id)),
        ["oauth2", id, ".well-known", document] => (*document, Some(*id)),
        _ => return Err(error::okta(404, "E0000008")),
    };
    let openid = match document {
        "openid-configuration" => true,
        "oauth-authorization-server" => false,
        _ => return Err(error::okta(404, "E0000008")),
    };
    if let Some(client) = call.param("client_id")
        && !org.apps.iter().any(|a| a.client_id() == client)
    {
        return Err(error::unknown_client(400));
    }
    let server = match server {
        None => None,
        Some(id) => {
            let found = org.server(id).filter(|s| s.active);
            Some(found.ok_or_else(|| error::not_found(id, "AuthorizationServer"))?)
        }
    };
    let issuer = server.map_or_else(|| call.base.clone(), |s| s.issuer(&call.base));
    let endpoints = if server.is_some() { format!("{issuer}/v1") } else { format!("{issuer}/oauth2/v1") };
    let scopes: Vec<&str> = match server {
        None => SYSTEM_SCOPES.into_iter().chain(["groups", "okta.users.read", "okta.apps.read"]).collect(),
        Some(server) => server
            .scopes
            .iter()
            .filter(|s| s.get("metadataPublish").and_then(Value::as_str) == Some("ALL_CLIENTS"))
            .filter_map(|s| s.get("name").and_then(Value::as_str))
            .collect(),
    };
    let methods =
        ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];
    let mut doc = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{endpoints}/authorize"),
        "token_endpoint": format!("{endpoints}/token"),
        "registration_endpoint": format!("{}/oauth2/v1/clients", call.base),
        "jwks_uri": format!("{endpoints}/keys"),
        "response_types_supported": ["code", "token", "id_token", "code id_token", "code token", "id_token token", "code id_token token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", super::device::GRANT],
        "device_authorization_endpoint": format!("{endpoints}/device/authorize"),
        "subject_types_supported": ["public"],
        "scopes_supported": scopes,
        "token_endpoint_auth_methods_supported": methods,
        "claims_supported": ["iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name",
            "nickname", "preferred_username", "given_name", "middle_name", "family_name", "email", "email_verified",
            "profile", "zoneinfo", "locale", "address", "phone_number", "picture", "website", "gender", "birthdate",
            "updated_at", "at_hash", "c_hash"],
        "code_challenge_methods_supported": ["S256"],
        "introspection_endpoint": format!("{endpoints}/introspect"),
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": format!("{endpoints}/revoke"),
        "revocation_endpoint_auth_methods_supported": methods,
        "end_session_endpoint": format!("{endpoints}/logout"),
        "request_parameter_supported": false,
        "request_object_signing_alg_values_supported": ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
    });
    if let (true, Some(fields)) = (openid, doc.as_object_mut()) {
        fields.insert("userinfo_endpoint".into(), format!("{endpoints}/userinfo").into());
        fields.insert("id_token_signing_alg_values_supported".into(), json!(["RS256"]));
    }
    Ok(Reply::json(200, doc).with("cache-control", "max-age=86400"))
}
