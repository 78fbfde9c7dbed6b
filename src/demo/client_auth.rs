//! Who calls the token endpoint and its neighbours, and what a refusal looks like.

use super::apps::App;
use super::call::{Call, Reply, first};
use super::error;
use super::log::Event;
use super::secrets;
use super::state::Org;
use base64::Engine as _;

/// Why a request was refused.
#[derive(Clone, Copy)]
pub(super) struct Refused<'a> {
    status: u16,
    /// RFC 6749 section 5.2.
    error: &'a str,
    /// Okta's internal code, which only the log shows.
    reason: &'a str,
    description: &'a str,
}

impl<'a> Refused<'a> {
    pub(super) fn new(status: u16, error: &'a str, reason: &'a str, description: &'a str) -> Self {
        Self { status, error, reason, description }
    }
}

/// Client authentication (RFC 6749 section 2.3.1): exactly one method, and the one the app is registered for.
pub(super) fn client(
    call: &Call,
    org: &mut Org,
    server: Option<&str>,
    form: &[(String, String)],
) -> Result<App, Reply> {
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
    let none =
        Refused::new(401, "invalid_client", "missing_client_credentials", "No client credentials found.");
    let fault = match &id {
        None => Some(none),
        Some(_) if call.param("client_secret").is_some() => Some(Refused::new(
            400,
            "invalid_request",
            "client_credentials_in_query",
            "Cannot supply client credentials in the query parameters.",
        )),
        Some(_) if basic.is_some() && posted.is_some() => Some(Refused::new(
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
            return Some(Refused::new(
                401,
                "invalid_client",
                "missing_client_credentials",
                "No client credentials found.",
            ));
        }
        if app.auth_method() != used {
            return Some(Refused::new(
                401,
                "invalid_client",
                "invalid_token_endpoint_auth_method",
                "The client is not configured for the token endpoint auth method that was used.",
            ));
        }
        let given = basic.as_ref().map(|(_, s)| s.as_str()).or(posted);
        let right = used == "none" || app.secrets.iter().any(|s| s.active && Some(s.value.as_str()) == given);
        (!right).then(|| {
            Refused::new(
                401,
                "invalid_client",
                "invalid_client_secret",
                "The client secret supplied for a confidential client is invalid.",
            )
        })
    });
    match (fault, app) {
        (None, Some(app)) => {
            org.secret_sent = basic.as_ref().map(|(_, s)| s.as_str()).or(posted).map(secrets::hash);
            Ok(app)
        }
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

pub(super) fn fail(
    call: &Call,
    org: &mut Org,
    server: Option<&str>,
    app: &App,
    refused: Refused<'_>,
) -> Reply {
    let event = Event::failure(failed_kind(server), "OAuth2 token request", refused.reason)
        .by_client(app.client_id(), app.label())
        .target("AppInstance", &app.id, "oidc_client", app.label());
    org.record(call, event);
    error::oauth(refused.status, refused.error, refused.description)
}
