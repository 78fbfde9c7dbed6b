//! The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2) as Okta behaves, and sign-out.

use super::call::{Answer, Call, Reply, first};
use super::clock::rfc3339;
use super::log::Event;
use super::people::{Person, Status};
use super::policy::{self, Question};
use super::state::{Code, Org, Pending, Session};
use super::{Scenario, assignments, error, page};
use http::Method;
use std::collections::HashSet;

/// Lifetime of a code and of a sign-in page, seconds.
pub(super) const CODE_SECONDS: i64 = 300;

/// An authorize request that passed every check that needs no person.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// `None`: the org authorization server.
    pub(super) server: Option<String>,
    pub(super) app_id: String,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) state: String,
    pub(super) nonce: Option<String>,
    pub(super) challenge: Option<String>,
    pub(super) response_mode: String,
    pub(super) login_hint: Option<String>,
}

/// Where an answer goes: redirect URI, how it is sent, and the state to repeat.
struct Back<'a> {
    redirect_uri: &'a str,
    mode: &'a str,
    state: Option<&'a str>,
}

/// An error on its way back to the client.
struct Refusal<'a> {
    error: &'a str,
    /// Okta's internal code, which only the log shows.
    reason: &'a str,
    description: &'a str,
}

/// `GET` or `POST …/authorize`.
pub(super) fn begin(call: &Call, org: &mut Org, server: Option<&str>) -> Answer {
    let params = match call.method {
        Method::GET => call.query.clone(),
        Method::POST => call.form(),
        _ => return Err(error::okta(405, "E0000022")),
    };
    let request = check(call, org, server, &params)?;
    let prompt = first(&params, "prompt").unwrap_or_default();
    let fresh = first(&params, "sessionToken").and_then(|token| org.session_tokens.remove(token));
    let now = org.now();
    let fresh = fresh.filter(|(_, expires)| *expires > now).map(|(session, _)| session);
    let stored = call.cookie("sid").and_then(|id| org.sessions.get(id)).cloned();
    let max_age = first(&params, "max_age").and_then(|s| s.parse::<i64>().ok());
    let young = |s: &Session| max_age.is_none_or(|most| now - s.since <= most);
    // Classic ignores a session token when the browser is signed in already.
    let classic = org.engine == super::Engine::Classic;
    let session = if classic { stored.or(fresh.clone()) } else { fresh.clone().or(stored) };
    let session = session.filter(|s| young(s) && (!prompt.contains("login") || fresh.is_some()));
    let refuse = |call: &Call, org: &mut Org, reason: &str, description: &str, who: Option<&Person>| {
        fail(call, org, &request, who, &Refusal { error: "login_required", reason, description })
    };
    match session {
        None if prompt == "none" => Ok(refuse(
            call,
            org,
            "no_existing_session",
            "The client specified not to prompt, but the user is not logged in.",
            None,
        )),
        None => Ok(sign_in_page(org, request)),
        Some(session) => {
            let person = org.person(session.person);
            if org.app_needs_two_factors() && !session.two_factors() {
                if prompt == "none" || fresh.is_some() {
                    let text = "The client specified not to prompt, but the client app requires re-authentication or MFA.";
                    return Ok(refuse(call, org, "app_sign_on_required", text, person.as_ref()));
                }
                return Ok(sign_in_page(org, request));
            }
            let cookie = fresh.is_some().then(|| keep_session(org, &session));
            let reply = grant(call, org, &request, &session);
            Ok(match cookie {
                Some(cookie) => reply.with("set-cookie", cookie),
                None => reply,
            })
        }
    }
}

/// Starts a browser session; the value of `Set-Cookie`.
pub(super) fn keep_session(org: &mut Org, session: &Session) -> String {
    let id = Org::unguessable(32);
    org.sessions.insert(id.clone(), session.clone());
    format!("sid={id}; Path=/; HttpOnly; SameSite=Lax")
}

fn sign_in_page(org: &mut Org, request: Request) -> Reply {
    let token = Org::unguessable(40);
    let expires = org.now() + CODE_SECONDS;
    let hint = request.login_hint.clone().unwrap_or_default();
    org.pending.insert(token.clone(), Pending { person: None, expires, authorize: Some(request) });
    Reply::html(200, page::password(&token, &hint, None))
}

/// Everything that can be said without knowing the person. Errors before the redirect URI is known to be the client's own
/// stay at Okta; the rest goes back to the client.
fn check(
    call: &Call,
    org: &mut Org,
    server: Option<&str>,
    params: &[(String, String)],
) -> Result<Request, Reply> {
    let get = |name: &str| first(params, name).filter(|v| !v.is_empty());
    let client_id = get("client_id").unwrap_or_default().to_owned();
    let Some(app) = org.apps.iter().find(|a| a.client_id() == client_id && a.active).cloned() else {
        let event = Event::failure(failed_kind(server), "OAuth2 authorize request", "invalid_client_id");
        org.record(call, event.by_client(&client_id, "unknown"));
        return Err(error::unknown_client(400));
    };
    let redirect_uri = get("redirect_uri").unwrap_or_default().to_owned();
    let registered = app.settings("redirect_uris").iter().any(|uri| matches_uri(uri, &redirect_uri, &app));
    if !registered {
        let event = Event::failure(failed_kind(server), "OAuth2 authorize request", "illegal_redirect_uri")
            .by_client(&client_id, app.label())
            .target("AppInstance", &app.id, "oidc_client", app.label())
            .debug("redirectUri", redirect_uri.clone());
        org.record(call, event);
        return Err(Reply::html(400, page::bad_redirect(&call.base, &app.id)));
    }
    let server_record = server.and_then(|id| org.server(id));
    let scopes: Vec<String> =
        get("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let response_mode = get("response_mode").unwrap_or("query").to_owned();
    let state = get("state").unwrap_or_default().to_owned();
    let request = Request {
        server: server_record.map(|s| s.id.clone()),
        app_id: app.id.clone(),
        client_id: client_id.clone(),
        redirect_uri,
        scopes,
        state,
        nonce: get("nonce").map(str::to_owned),
        challenge: get("code_challenge").map(str::to_owned),
        response_mode,
        login_hint: get("login_hint").map(str::to_owned),
    };
    let known_scope = |name: &String| match server_record {
        Some(server) => server.has_scope(name),
        None => {
            super::servers::SYSTEM_SCOPES.contains(&name.as_str())
                || name == "groups"
                || app
                    .grants
                    .iter()
                    .any(|g| g.get("scopeId").and_then(serde_json::Value::as_str) == Some(name))
        }
    };
    let unknown: Vec<&String> = request.scopes.iter().filter(|s| !known_scope(s)).collect();
    let mut names = HashSet::new();
    let twice = params.iter().find(|(name, _)| !names.insert(name.as_str())).map(|(name, _)| name.as_str());
    let grants = app.settings("grant_types");
    let method = get("code_challenge_method");
    let found: Option<(&str, &str, String)> = if let Some(name) = twice {
        Some((
            "invalid_request",
            "duplicate_oauth_params",
            format!("The '{name}' parameter is included more than once."),
        ))
    } else if request.state.is_empty() {
        Some((
            "invalid_request",
            "invalid_state",
            "The authentication request has an invalid 'state' parameter.".into(),
        ))
    } else if get("response_type").is_none() {
        Some((
            "invalid_request",
            "missing_response_type",
            "The authentication request has an invalid 'response_type' parameter.".into(),
        ))
    } else if get("response_type") != Some("code") {
        let types = app.settings("response_types").join(", ");
        Some((
            "unsupported_response_type",
            "unsupported_response_type",
            format!(
                "The response type is not supported by the authorization server. Configured response types: [{types}]"
            ),
        ))
    } else if !["query", "fragment", "form_post"].contains(&request.response_mode.as_str()) {
        Some((
            "unsupported_response_mode",
            "unsupported_response_mode",
            "The response mode is not supported by the authorization server.".into(),
        ))
    } else if !grants.contains(&"authorization_code") {
        Some((
            "unauthorized_client",
            "unauthorized_client",
            format!(
                "The client is not authorized to use the provided grant type. Configured grant types: [{}].",
                grants.join(", ")
            ),
        ))
    } else if !["", "none", "login", "consent", "login consent", "enroll_authenticator"]
        .contains(&get("prompt").unwrap_or_default())
    {
        Some((
            "invalid_request",
            "invalid_prompt",
            "The authentication request has an invalid 'prompt' parameter.".into(),
        ))
    } else if app.pkce_required() && request.challenge.is_none() {
        Some((
            "invalid_request",
            "pkce_missing_challenge",
            "PKCE code challenge is required by the application.".into(),
        ))
    } else if request.challenge.is_some() && method != Some("S256") {
        Some((
            "invalid_request",
            "pkce_unsupported_code_challenge_method",
            "PKCE code challenge method is not supported. Supported values: S256.".into(),
        ))
    } else if request.scopes.is_empty() {
        Some(("invalid_scope", "missing_scopes", "No scopes were requested.".into()))
    } else if !unknown.is_empty() {
        Some((
            "invalid_scope",
            "no_matching_scope",
            "One or more scopes are not configured for the authorization server resource.".into(),
        ))
    } else if request.server.is_none() && !request.scopes.iter().any(|s| s == "openid") {
        Some((
            "invalid_scope",
            "openid_scope_required",
            "The authentication request requires the 'openid' scope.".into(),
        ))
    } else {
        None
    };
    match found {
        None => Ok(request),
        Some((error, reason, description)) => {
            Err(fail(call, org, &request, None, &Refusal { error, reason, description: &description }))
        }
    }
}

/// Exact and case-sensitive; with `wildcard_redirect: SUBDOMAIN` one `*` stands for a part of the lowest label.
fn matches_uri(registered: &str, sent: &str, app: &super::apps::App) -> bool {
    if app.setting("wildcard_redirect") == Some("SUBDOMAIN")
        && let Some((before, after)) = registered.split_once('*')
    {
        let middle = sent.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        return middle
            .is_some_and(|m| !m.is_empty() && m.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    }
    registered == sent
}

fn failed_kind(server: Option<&str>) -> &'static str {
    if server.is_some() { "app.oauth2.as.authorize" } else { "app.oauth2.authorize" }
}

/// Writes the failure to the log and sends it back to the client.
fn fail(
    call: &Call,
    org: &mut Org,
    request: &Request,
    person: Option<&Person>,
    refusal: &Refusal<'_>,
) -> Reply {
    let label = org.app(&request.app_id).map(|a| a.label().to_owned()).unwrap_or_default();
    let mut event =
        Event::failure(failed_kind(request.server.as_deref()), "OAuth2 authorize request", refusal.reason);
    if let Some(person) = person {
        event = event.by_person(person);
    }
    event = event
        .by_client(&request.client_id, &label)
        .target("AppInstance", &request.app_id, "oidc_client", &label)
        .debug("redirectUri", request.redirect_uri.clone())
        .debug("requestedScopes", request.scopes.join(","));
    if let Some(server) = request.server.as_deref().and_then(|id| org.server(id)) {
        event = event
            .debug("authorizationServer", server.id.clone())
            .debug("authorizationServerName", server.name.clone());
    }
    org.record(call, event);
    let state = Some(request.state.as_str()).filter(|s| !s.is_empty());
    let back = Back { redirect_uri: &request.redirect_uri, mode: &request.response_mode, state };
    send(&back, &[("error", refusal.error), ("error_description", refusal.description)])
}

fn send(back: &Back<'_>, pairs: &[(&str, &str)]) -> Reply {
    let pairs: Vec<(&str, &str)> =
        back.state.map(|s| ("state", s)).into_iter().chain(pairs.iter().copied()).collect();
    if back.mode == "form_post" {
        return Reply::html(200, page::form_post(back.redirect_uri, &pairs));
    }
    let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let joint = match (back.mode, back.redirect_uri.contains('?')) {
        ("fragment", _) => '#',
        (_, true) => '&',
        (_, false) => '?',
    };
    Reply::redirect(format!("{}{joint}{encoded}", back.redirect_uri)).with("cache-control", "no-store")
}

/// The part that needs a person: status, assignment, access policy. Ends in a code or an error at the client.
pub(super) fn grant(call: &Call, org: &mut Org, request: &Request, session: &Session) -> Reply {
    let person = org.person(session.person);
    let usable = person.clone().filter(|p| matches!(p.status, Status::Active | Status::PasswordExpired));
    let Some(person) = usable else {
        let refusal =
            Refusal { error: "access_denied", reason: "user_not_active", description: "User is not active." };
        return fail(call, org, request, person.as_ref(), &refusal);
    };
    let Some(app) = org.app(&request.app_id) else { return error::unknown_client(400) };
    if !app.implicit_assignment() && assignments::scope(org, app, person.n).is_none() {
        let description = "User is not assigned to the client application.";
        let refusal = Refusal { error: "access_denied", reason: "user_not_assigned", description };
        return fail(call, org, request, Some(&person), &refusal);
    }
    // What Okta answers a client about a device is not documented: its own page says it to the person. This is the refusal of a policy.
    if org.plays(Scenario::ManagedDevice, &request.client_id) {
        let description = "The device is not managed, as the sign-on policy of this app requires.";
        let refusal = Refusal { error: "access_denied", reason: "access_denied", description };
        return fail(call, org, request, Some(&person), &refusal);
    }
    let label = app.label().to_owned();
    let groups = assignments::group_ids(org, person.n);
    let lifetimes = match request.server.as_deref().and_then(|id| org.server(id)) {
        None => Some(policy::ORG_LIFETIMES),
        Some(server) => policy::decide(
            &server.policies,
            Question {
                client_id: &request.client_id,
                person: Some((&person.id, &groups)),
                grant: "authorization_code",
                scopes: &request.scopes,
            },
        ),
    };
    let Some(lifetimes) = lifetimes else {
        let description =
            "Policy evaluation failed for this request, please check the policy configurations.";
        let refusal = Refusal { error: "access_denied", reason: "no_matching_policy", description };
        return fail(call, org, request, Some(&person), &refusal);
    };
    let code = Org::unguessable(43);
    let now = org.now();
    if org.plays(Scenario::CodeUsed, &request.client_id) {
        let family = org.next();
        org.spent_codes.insert(code.clone(), family);
    }
    let lives = if org.plays(Scenario::CodeExpired, &request.client_id) { 0 } else { CODE_SECONDS };
    org.codes.insert(
        code.clone(),
        Code {
            request: request.clone(),
            session: session.clone(),
            scopes: request.scopes.clone(),
            lifetimes,
            expires: now + lives,
        },
    );
    let kind =
        if request.server.is_some() { "app.oauth2.as.authorize.code" } else { "app.oauth2.authorize.code" };
    let scopes = request.scopes.join(",");
    let event = |kind: &'static str, message: &str| {
        Event::success(kind, message)
            .by_person(&person)
            .by_client(&request.client_id, &label)
            .session(&session.id)
            .target("AppInstance", &request.app_id, "oidc_client", &label)
    };
    org.record(call, event("user.authentication.sso", "User single sign on to app"));
    org.signed_in.insert(person.n, org.clock.millis());
    let sign_on = Event::success("policy.evaluate_sign_on", "Evaluation of sign-on policy")
        .result("ALLOW")
        .by_person(&person);
    org.record(
        call,
        sign_on.session(&session.id).target("AppInstance", &request.app_id, "oidc_client", &label),
    );
    org.record(
        call,
        event(kind, "OAuth2 authorization code is granted")
            .target(
                "code",
                &format!("code until {}", rfc3339((now + CODE_SECONDS) * 1000)),
                "unknown",
                "Authorization Code",
            )
            .debug("requestedScopes", scopes.clone())
            .debug("grantedScopes", scopes)
            .debug("redirectUri", request.redirect_uri.clone()),
    );
    let back = Back {
        redirect_uri: &request.redirect_uri,
        mode: &request.response_mode,
        state: Some(&request.state),
    };
    send(&back, &[("code", &code)])
}

/// `GET …/logout`: ends the browser session. `id_token_hint` is required; the redirect must be registered exactly.
pub(super) fn logout(call: &Call, org: &mut Org, server: Option<&str>) -> Answer {
    let params = if call.method == Method::POST { call.form() } else { call.query.clone() };
    let get = |name: &str| first(&params, name).filter(|v| !v.is_empty());
    let claims = get("id_token_hint").and_then(super::issue::claims_of);
    let audience = claims.as_ref().and_then(|c| c.get("aud")?.as_str().map(str::to_owned));
    let issuer = claims.as_ref().and_then(|c| c.get("iss")?.as_str().map(str::to_owned));
    let expected =
        server.and_then(|id| org.server(id)).map_or_else(|| call.base.clone(), |s| s.issuer(&call.base));
    let app = audience.as_deref().and_then(|id| org.apps.iter().find(|a| a.client_id() == id));
    let Some(app) = app.filter(|_| issuer.as_deref() == Some(expected.as_str())) else {
        return Err(Reply::html(
            400,
            page::error("400", "invalid_request", "The 'id_token_hint' parameter is missing or invalid."),
        ));
    };
    let target = get("post_logout_redirect_uri");
    if target.is_some_and(|uri| !app.settings("post_logout_redirect_uris").contains(&uri)) {
        let text = "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.";
        return Err(Reply::html(400, page::error("400", "invalid_request", text)));
    }
    if let Some(id) = call.cookie("sid").map(str::to_owned) {
        org.sessions.remove(&id);
    }
    let subject = claims.as_ref().and_then(|c| c.get("sub")?.as_str()).unwrap_or_default();
    let mut event = Event::success("user.session.end", "User logout from Okta");
    if let Some(person) = org.find_person(subject) {
        event = event.by_person(&person);
    }
    org.record(call, event);
    let gone = "sid=; Path=/; Max-Age=0; HttpOnly";
    let reply = match target {
        Some(uri) => {
            let joint = if uri.contains('?') { '&' } else { '?' };
            let state = get("state").map(|s| {
                let encoded =
                    url::form_urlencoded::Serializer::new(String::new()).append_pair("state", s).finish();
                format!("{joint}{encoded}")
            });
            Reply::redirect(format!("{uri}{}", state.unwrap_or_default()))
        }
        None => Reply::html(200, page::error("200", "signed out", "You are signed out.")),
    };
    Ok(reply.with("set-cookie", gone))
}

/// `DELETE /api/v1/sessions/me`: closes the session of the cookie that came along (Okta, *Sessions*, close current session).
pub(super) fn close_session(call: &Call, org: &mut Org) -> Answer {
    match call.cookie("sid").map(str::to_owned).and_then(|id| org.sessions.remove(&id)) {
        Some(_) => Ok(Reply::empty(204).with("set-cookie", "sid=; Path=/; Max-Age=0; HttpOnly")),
        None => Err(super::error::not_found("me", "Session")),
    }
}
