//! Who calls the management API, and whether they may: an API token, or an access token of the org server with `okta.*` scopes.

use super::apps::App;
use super::call::{Answer, Call, Reply};
use super::error;
use super::people::ADMIN;
use super::state::Org;
use http::Method;
use serde_json::{Value, json};

/// The families of scopes that this org knows; each has `read` and `manage`.
const FAMILIES: [&str; 12] = [
    "apps",
    "appGrants",
    "authorizationServers",
    "clients",
    "domains",
    "groups",
    "logs",
    "orgs",
    "policies",
    "roles",
    "users",
    "features",
];

/// Who calls, and with which rights.
pub(super) struct Caller {
    /// Whom `users/me` is; nobody for a service app.
    pub(super) person: Option<u64>,
    /// The rights of a read-only administrator.
    pub(super) weak: bool,
    /// By a token with scopes.
    pub(super) by_scope: bool,
}

/// Whether it is a scope of the management API.
pub(super) fn is_scope(scope: &str) -> bool {
    scope.strip_prefix("okta.").and_then(|s| s.rsplit_once('.')).is_some_and(|(family, right)| {
        FAMILIES.contains(&family) && (right == "read" || (right == "manage" && family != "logs"))
    })
}

/// Those of the scopes asked for that are granted to the app.
pub(super) fn granted(app: &App, asked: &[&str]) -> Vec<String> {
    let has = |scope: &str| {
        app.grants.iter().any(|g| {
            g.get("scopeId").and_then(Value::as_str) == Some(scope)
                && g.get("status").and_then(Value::as_str) == Some("ACTIVE")
        })
    };
    asked.iter().filter(|s| has(s)).map(|s| (*s).to_owned()).collect()
}

/// Judges the credential of a call below `/api/v1`, or of `/oauth2/v1/clients`; `rest` is the path behind the version.
pub(super) fn caller(call: &Call, org: &Org, rest: &[&str]) -> Result<Caller, Reply> {
    let given = call.header("authorization").unwrap_or_default();
    if let Some(token) = given.strip_prefix("Bearer ") {
        return by_bearer(call, org, rest, token.trim());
    }
    // The description says "SSWS {token}"; Okta's own Python SDK (3.4) leaves the blank out, so Okta must take that too.
    match given.strip_prefix("SSWS").map(str::trim_start) {
        Some(token) if token == org.api_token => {
            Ok(Caller { person: Some(ADMIN), weak: false, by_scope: false })
        }
        // The weak token belongs to Ana, who has no role in Okta's sense; its rights are those of a read-only administrator.
        Some(token) if token == org.read_only_token => {
            Ok(Caller { person: Some(0), weak: true, by_scope: false })
        }
        _ => Err(error::okta(401, "E0000011")),
    }
}

fn by_bearer(call: &Call, org: &Org, rest: &[&str], token: &str) -> Result<Caller, Reply> {
    let challenge = |reply: Reply, error: &str, text: &str, more: &str| {
        let line = format!(
            "Bearer authorization_uri=\"{}/oauth2/v1/authorize\", realm=\"{}\"{more}, error=\"{error}\", error_description=\"{text}\", resource=\"{}\"",
            call.base, call.base, call.path
        );
        reply.with("www-authenticate", line)
    };
    let live = org
        .access
        .get(token)
        .filter(|t| t.server.is_empty() && t.expires > org.now() && !org.dead_families.contains(&t.family));
    let app = live.and_then(|t| org.apps.iter().find(|a| a.client_id() == t.client_id && a.active));
    let (Some(live), Some(app)) = (live, app) else {
        return Err(challenge(
            error::okta(401, "E0000011"),
            "invalid_token",
            "The access token is invalid.",
            "",
        ));
    };
    let needed = needed(&call.method, &call.segments);
    let has = |scope: &str| {
        let by_manage = scope.strip_suffix(".read").map(|family| format!("{family}.manage"));
        live.scopes.iter().any(|s| s == scope || Some(s) == by_manage.as_ref())
    };
    if let Some(scope) = needed.filter(|scope| !has(scope)) {
        return Err(challenge(
            error::okta(403, "E0000006"),
            "insufficient_scope",
            "The access token provided does not contain the required scopes.",
            &format!(", scope=\"{scope}\""),
        ));
    }
    if let Some(n) = live.person {
        return Ok(Caller { person: Some(n), weak: n != ADMIN, by_scope: true });
    }
    // "Silent downscoping": the token has the scopes, and the rights are those of the app's roles all the same.
    let roles = org.login.roles.get(app.client_id()).map(Vec::as_slice).unwrap_or_default();
    let weak = !roles.iter().any(|r| matches!(r.as_str(), "SUPER_ADMIN" | "APP_ADMIN" | "ORG_ADMIN"));
    if roles.is_empty() || matches!(rest, ["users", "me", ..]) {
        return Err(if roles.is_empty() {
            error::okta(403, "E0000006")
        } else {
            error::not_found("me", "User")
        });
    }
    Ok(Caller { person: None, weak, by_scope: true })
}

fn needed(method: &Method, segments: &[String]) -> Option<String> {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let right = if method == Method::GET || segments.last() == Some(&"simulate") { "read" } else { "manage" };
    let family = match segments.as_slice() {
        ["oauth2", "v1", "clients", _, "roles", ..] | ["api", "v1", "users", _, "roles", ..] => "roles",
        ["oauth2", "v1", "clients", ..] => "clients",
        ["api", "v1", "apps", _, "grants", ..] => "appGrants",
        ["api", "v1", "org", ..] => "orgs",
        ["api", "v1", family, ..] if FAMILIES.contains(family) => family,
        _ => return None,
    };
    Some(format!("okta.{family}.{right}"))
}

/// `/oauth2/v1/clients/{clientId}/roles`: the administrator roles of a client.
pub(super) fn roles(call: &Call, org: &mut Org, client: &str) -> Answer {
    let caller = caller(call, org, &[])?;
    if !org.apps.iter().any(|a| a.client_id() == client) {
        return Err(error::not_found(client, "PublicClientApp"));
    }
    let shown = |kind: &str| {
        json!({
            "id": format!("irb{kind}"), "label": label(kind), "type": kind, "status": "ACTIVE", "assignmentType": "CLIENT",
            "_links": { "assignee": { "href": format!("{}/oauth2/v1/clients/{client}", call.base) } },
        })
    };
    match call.method {
        Method::GET => {
            let list = org.login.roles.get(client).map(Vec::as_slice).unwrap_or_default();
            Reply::ok(list.iter().map(|kind| shown(kind)).collect())
        }
        Method::POST if caller.weak => Err(error::okta(403, "E0000006")),
        Method::POST => {
            let body = call.json()?;
            let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
            if label(kind).is_empty() {
                return Err(error::validation("type", "type: not a standard role"));
            }
            org.login.roles.entry(client.to_owned()).or_default().push(kind.to_owned());
            Ok(Reply::json(201, shown(kind)))
        }
        _ => Err(error::okta(405, "E0000022")),
    }
}

pub(super) fn label(kind: &str) -> &'static str {
    match kind {
        "SUPER_ADMIN" => "Super Administrator",
        "ORG_ADMIN" => "Organization Administrator",
        "APP_ADMIN" => "Application Administrator",
        "READ_ONLY_ADMIN" => "Read-only Administrator",
        _ => "",
    }
}
