//! The settings of an OIDC client: what Okta refuses, and what it fills in where the body says nothing.

use super::call::Reply;
use super::error;
use serde_json::{Map, Value, json};

/// The value under `name`, or the default when it is absent or null.
fn or<'a>(given: Option<&'a Value>, name: &str, default: &'a Value) -> Value {
    match given.and_then(|g| g.get(name)) {
        None | Some(Value::Null) => default.clone(),
        Some(value) => value.clone(),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().map(|l| l.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// The whole app object for a body sent by POST (`before` is `None`) or PUT. 400 E0000001 names the first thing wrong.
pub(super) fn complete(body: &Value, before: Option<&Value>, id: &str) -> Result<Value, Reply> {
    let refuse = |field: &str, cause: &str| Err(error::validation(field, &format!("{field}: {cause}")));
    if body.get("signOnMode").and_then(Value::as_str) != Some("OPENID_CONNECT") {
        return refuse("signOnMode", "This org only takes OPENID_CONNECT");
    }
    if before.is_none() && body.get("name").and_then(Value::as_str) != Some("oidc_client") {
        return refuse("name", "The app name must be oidc_client");
    }
    let label = body.get("label").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    if label.is_empty() {
        return refuse("label", "The field cannot be left blank");
    }
    // Okta stores at most three UTF-8 bytes a character.
    if label.len() > 255 || label.chars().any(|c| c > '\u{ffff}') {
        return refuse("label", "The field is too long or holds a character that is not supported");
    }
    let Some(client) = body.pointer("/settings/oauthClient") else {
        return refuse("settings.oauthClient", "The field cannot be left blank");
    };
    let credentials = body.pointer("/credentials/oauthClient");
    let settings = oauth_client(client, before.and_then(|b| b.pointer("/settings/oauthClient")))?;
    let kind = settings.get("application_type").and_then(Value::as_str).unwrap_or("web").to_owned();

    let method = or(credentials, "token_endpoint_auth_method", &json!("client_secret_basic"));
    let methods =
        ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];
    if !method.as_str().is_some_and(|m| methods.contains(&m)) {
        return refuse("token_endpoint_auth_method", "Invalid token endpoint auth method");
    }
    if method == "private_key_jwt" && client.get("jwks").is_none() && client.get("jwks_uri").is_none() {
        return refuse("jwks", "'jwks' or 'jwks_uri' is required with private_key_jwt");
    }
    // The description says the default is true; recorded answers say true only for browser and native apps.
    let pkce = or(credentials, "pkce_required", &json!(matches!(kind.as_str(), "browser" | "native")));
    if method == "none" && pkce == false {
        return refuse(
            "pkce_required",
            "'pkce_required' must be true when 'token_endpoint_auth_method' is 'none'",
        );
    }
    let client_id = match before.and_then(|b| b.pointer("/credentials/oauthClient/client_id")) {
        Some(kept) => kept.clone(),
        None => or(credentials, "client_id", &json!(id)),
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "$-_.+!*'(),".contains(c);
    match client_id.as_str() {
        Some(text)
            if (6..=100).contains(&text.len()) && text.chars().all(allowed) && text != "ALL_CLIENTS" => {}
        _ => return refuse("client_id", "Must be 6 to 100 letters, digits or $-_.+!*'(),"),
    }

    let mut notes = or(body.pointer("/settings"), "notes", &json!({}));
    if let Some(notes) = notes.as_object_mut() {
        for name in ["admin", "enduser"] {
            notes.entry(name).or_insert(Value::Null);
        }
    }
    let visibility = body.get("visibility");
    let hide = visibility.and_then(|v| v.get("hide"));
    let accessibility = body.get("accessibility");
    let mut app = json!({
        "name": "oidc_client",
        "label": label,
        "signOnMode": "OPENID_CONNECT",
        "accessibility": {
            "selfService": or(accessibility, "selfService", &json!(false)),
            "errorRedirectUrl": or(accessibility, "errorRedirectUrl", &Value::Null),
            "loginRedirectUrl": or(accessibility, "loginRedirectUrl", &Value::Null),
        },
        "visibility": {
            "autoLaunch": or(visibility, "autoLaunch", &json!(false)),
            "autoSubmitToolbar": or(visibility, "autoSubmitToolbar", &json!(false)),
            "hide": { "iOS": or(hide, "iOS", &json!(true)), "web": or(hide, "web", &json!(true)) },
            "appLinks": or(visibility, "appLinks", &json!({ "oidc_client_link": true })),
        },
        "credentials": {
            "userNameTemplate": or(body.get("credentials"), "userNameTemplate", &json!({ "template": "${source.login}", "type": "BUILT_IN" })),
            "oauthClient": {
                "autoKeyRotation": or(credentials, "autoKeyRotation", &json!(true)),
                "client_id": client_id,
                "token_endpoint_auth_method": method,
                "pkce_required": pkce,
            },
        },
        "settings": {
            "notifications": or(body.get("settings"), "notifications", &json!({
                "vpn": { "network": { "connection": "DISABLED" }, "message": null, "helpUrl": null },
            })),
            "implicitAssignment": or(body.get("settings"), "implicitAssignment", &json!(false)),
            "emOptInStatus": "NONE",
            "notes": notes,
            "oauthClient": settings,
        },
    });
    if let (Some(profile), Some(fields)) =
        (body.get("profile").filter(|p| p.is_object()), app.as_object_mut())
    {
        fields.insert("profile".into(), profile.clone());
    }
    Ok(app)
}

/// `settings.oauthClient`, complete.
fn oauth_client(given: &Value, before: Option<&Value>) -> Result<Value, Reply> {
    let refuse = |field: &str, cause: &str| Err(error::validation(field, &format!("{field}: {cause}")));
    let kind = or(Some(given), "application_type", &json!("web"));
    let kind_name = kind.as_str().unwrap_or_default();
    if !["web", "native", "browser", "service"].contains(&kind_name) {
        return refuse("application_type", "Must be web, native, browser or service");
    }
    if let Some(old) = before.and_then(|b| b.get("application_type"))
        && *old != kind
    {
        return refuse("application_type", "Cannot be changed");
    }
    let grants = or(Some(given), "grant_types", &json!([]));
    let names = texts(&grants);
    let known = [
        "authorization_code",
        "implicit",
        "password",
        "client_credentials",
        "refresh_token",
        "interaction_code",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "urn:openid:params:grant-type:ciba",
    ];
    if names.is_empty() {
        return refuse("grant_types", "The field cannot be left blank");
    }
    if let Some(odd) = names.iter().find(|n| !known.contains(n)) {
        return refuse("grant_types", &format!("Invalid grant type '{odd}'"));
    }
    if kind_name == "web" && !names.contains(&"authorization_code") {
        return refuse("grant_types", "'authorization_code' is required for application type 'web'");
    }
    let service = kind_name == "service";
    let default_types =
        if names.contains(&"authorization_code") { json!(["code"]) } else { json!(["token"]) };
    let response_types = or(Some(given), "response_types", &default_types);
    if names.contains(&"authorization_code") != texts(&response_types).contains(&"code") {
        return refuse("response_types", "'code' belongs to the grant type 'authorization_code'");
    }
    let redirects = or(Some(given), "redirect_uris", &json!([]));
    if redirects.as_array().is_none_or(Vec::is_empty) && !service && names.contains(&"authorization_code") {
        return refuse("redirect_uris", "At least one redirect URI is required");
    }
    let sign_outs = or(Some(given), "post_logout_redirect_uris", &json!([]));
    let wildcard = or(Some(given), "wildcard_redirect", &json!("DISABLED"));
    for (field, list) in [("redirect_uris", &redirects), ("post_logout_redirect_uris", &sign_outs)] {
        for uri in list.as_array().map(Vec::as_slice).unwrap_or_default() {
            let Some(text) = uri.as_str() else { return refuse(field, "Must be a list of URIs") };
            let parsed = url::Url::parse(text);
            if parsed.is_err() || text.contains(char::is_whitespace) {
                return refuse(field, &format!("'{text}' is not an absolute URI"));
            }
            if text.contains('#') {
                return refuse(field, &format!("'{text}' must not hold a fragment"));
            }
            if text.contains('*') && wildcard != "SUBDOMAIN" {
                return refuse(
                    field,
                    &format!("'{text}' holds a wildcard, which is not enabled for this client"),
                );
            }
        }
    }
    let mut out = Map::new();
    out.insert("application_type".into(), kind.clone());
    out.insert("grant_types".into(), grants.clone());
    out.insert("response_types".into(), response_types);
    out.insert("redirect_uris".into(), redirects);
    out.insert("wildcard_redirect".into(), wildcard);
    out.insert("post_logout_redirect_uris".into(), sign_outs);
    out.insert("consent_method".into(), or(Some(given), "consent_method", &json!("TRUSTED")));
    out.insert("issuer_mode".into(), or(Some(given), "issuer_mode", &json!("ORG_URL")));
    out.insert(
        "idp_initiated_login".into(),
        or(Some(given), "idp_initiated_login", &json!({ "mode": "DISABLED", "default_scope": [] })),
    );
    out.insert("dpop_bound_access_tokens".into(), or(Some(given), "dpop_bound_access_tokens", &json!(false)));
    for name in [
        "initiate_login_uri",
        "logo_uri",
        "client_uri",
        "tos_uri",
        "policy_uri",
        "sector_identifier_uri",
        "jwks",
        "jwks_uri",
        "network",
        "participate_slo",
        "frontchannel_logout_uri",
        "frontchannel_logout_session_required",
        "id_token_encrypted_response_alg",
        "request_object_signing_alg",
        "subject_type",
    ] {
        if let Some(value) = given.get(name).filter(|v| !v.is_null()) {
            out.insert(name.into(), value.clone());
        }
    }
    if texts(&grants).contains(&"refresh_token") {
        let kept = before.and_then(|b| b.get("refresh_token")).cloned();
        let rotation = if kind_name == "browser" { "ROTATE" } else { "STATIC" };
        let default = kept.unwrap_or_else(
            || json!({ "rotation_type": rotation, "leeway": if rotation == "STATIC" { 0 } else { 30 } }),
        );
        let mut value = or(Some(given), "refresh_token", &default);
        match value.get("rotation_type").and_then(Value::as_str) {
            Some("STATIC" | "ROTATE") => {}
            _ => return refuse("refresh_token.rotation_type", "Must be STATIC or ROTATE"),
        }
        match value.get("leeway") {
            None => {
                if let Some(fields) = value.as_object_mut() {
                    fields.insert("leeway".into(), 30.into());
                }
            }
            Some(leeway) if leeway.as_u64().is_some_and(|s| s <= 60) => {}
            Some(_) => return refuse("refresh_token.leeway", "Must be 0 to 60"),
        }
        out.insert("refresh_token".into(), value);
    }
    Ok(Value::Object(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> Value {
        json!({
            "name": "oidc_client", "label": "Gateway", "signOnMode": "OPENID_CONNECT",
            "credentials": { "oauthClient": { "token_endpoint_auth_method": "client_secret_basic", "pkce_required": false } },
            "settings": {
                "notes": { "admin": "plan 1", "enduser": null },
                "oauthClient": {
                    "application_type": "web", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                    "redirect_uris": ["https://gw.example/cb"], "post_logout_redirect_uris": ["https://gw.example/bye"],
                    "refresh_token": { "rotation_type": "ROTATE", "leeway": 7 },
                },
            },
        })
    }

    #[test]
    fn a_replace_loses_what_it_leaves_out_but_for_the_refresh_token() {
        let before = complete(&body(), None, "0oa1234").expect("created");
        let mut sent = body();
        let settings = sent.pointer_mut("/settings").and_then(Value::as_object_mut).expect("settings");
        settings.remove("notes");
        let client =
            sent.pointer_mut("/settings/oauthClient").and_then(Value::as_object_mut).expect("client");
        client.remove("refresh_token");
        client.remove("post_logout_redirect_uris");
        let after = complete(&sent, Some(&before), "0oa9999").expect("replaced");
        assert_eq!(after.pointer("/settings/notes/admin"), Some(&Value::Null));
        assert_eq!(after.pointer("/settings/oauthClient/post_logout_redirect_uris"), Some(&json!([])));
        assert_eq!(after.pointer("/settings/oauthClient/refresh_token/leeway"), Some(&json!(7)));
        assert_eq!(after.pointer("/credentials/oauthClient/client_id"), Some(&json!("0oa1234")));
    }

    #[test]
    fn a_body_okta_would_refuse_is_refused() {
        let cases: [(&str, Value); 7] = [
            ("/label", json!("  ")),
            ("/signOnMode", json!("SAML_2_0")),
            ("/settings/oauthClient/grant_types", json!(["refresh_token"])),
            ("/settings/oauthClient/redirect_uris", json!([])),
            ("/settings/oauthClient/redirect_uris", json!(["https://gw.example/cb#x"])),
            ("/settings/oauthClient/redirect_uris", json!(["/cb"])),
            ("/settings/oauthClient/refresh_token", json!({ "rotation_type": "SOMETIMES" })),
        ];
        for (path, value) in cases {
            let mut sent = body();
            *sent.pointer_mut(path).expect("path") = value;
            let reply = complete(&sent, None, "0oa1234").expect_err(path);
            assert_eq!(reply.status, 400, "{path}");
        }
    }
}
