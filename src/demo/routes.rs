//! Which path is answered where, and who may ask.

use super::call::{Answer, Call, Reply};
use super::keys::SigningKey;
use super::people::ADMIN;
use super::state::Org;
use super::{
    apps, assignments, authn, authorize, bearer, control, device, discovery, error, grants, groups, log,
    management, organization, page, secrets, servers, signon, token, users,
};
use http::Method;

/// Only these wait for the signing key.
pub(super) fn needs_key(segments: &[String]) -> bool {
    segments.first().is_some_and(|s| s == "oauth2")
        && segments.last().is_some_and(|s| s == "keys" || s == "token")
}

/// Answers one request.
pub(super) fn route(call: &Call, org: &mut Org, key: Option<&SigningKey>, segments: &[&str]) -> Answer {
    match segments {
        [".well-known", "okta-organization"] => Reply::ok(organization::well_known(call, org)),
        [".well-known", ..] | ["oauth2", _, ".well-known", _] | ["oauth2", ".well-known", _] => {
            discovery::route(call, org, segments)
        }
        ["api", "v1", "authn", rest @ ..] => authn::route(call, org, rest),
        ["api", "v1", "sessions", "me"] if call.method == Method::DELETE => {
            authorize::close_session(call, org)
        }
        ["api", "v1", rest @ ..] => manage(call, org, rest),
        ["oauth2", "v1", "clients", id, "roles"] => management::roles(call, org, id),
        ["oauth2", "v1", "clients", ..] => Err(error::okta(404, "E0000008")),
        ["oauth2", "v1", endpoint @ ..] => oauth(call, org, key, None, endpoint),
        ["oauth2", server, "v1", endpoint @ ..] => oauth(call, org, key, Some(server), endpoint),
        ["activate"] => device::activate(call, org),
        ["login", ..] => page::route(call, org, segments),
        ["gateway", "v1", "outbound", "oauth", "callback"] => control::callback(call, org),
        ["__demo", rest @ ..] => control::route(call, org, rest),
        _ => Err(error::okta(404, "E0000008")),
    }
}

fn oauth(
    call: &Call,
    org: &mut Org,
    key: Option<&SigningKey>,
    server: Option<&str>,
    endpoint: &[&str],
) -> Answer {
    let server = match server {
        None => None,
        Some(id) => match org.server(id).filter(|s| s.active) {
            Some(found) => Some(found.id.clone()),
            None => return Err(error::not_found(id, "AuthorizationServer")),
        },
    };
    let server = server.as_deref();
    let post = call.method == Method::POST;
    match endpoint {
        ["authorize"] => authorize::begin(call, org, server),
        ["keys"] => token::keys(key),
        ["token"] if post => token::token(call, org, key, server),
        ["device", "authorize"] if post => device::authorize(call, org, server),
        ["introspect"] if post => bearer::introspect(call, org, server),
        ["revoke"] if post => bearer::revoke(call, org, server),
        ["userinfo"] => bearer::userinfo(call, org, server),
        ["logout"] => authorize::logout(call, org, server),
        ["token" | "introspect" | "revoke"] => Err(error::okta(405, "E0000022")),
        _ => Err(error::okta(404, "E0000008")),
    }
}

/// Everything that needs a credential.
fn manage(call: &Call, org: &mut Org, rest: &[&str]) -> Answer {
    let caller = management::caller(call, org, rest)?;
    let weak = caller.weak;
    let only_reads = call.method == Method::GET || matches!(rest, ["policies", "simulate"]);
    // What a token with scopes may see, its scopes have said.
    let forbidden = !caller.by_scope
        && matches!(rest, ["logs", ..] | ["apps", _, "credentials", ..] | ["apps", _, "grants", ..]);
    if weak && (!only_reads || forbidden) {
        return Err(error::okta(403, "E0000006"));
    }
    // A service app is nobody; who that is does not matter, since `users/me` was refused above.
    let owner = caller.person.unwrap_or(ADMIN);
    match rest {
        ["org"] => Reply::ok(organization::org(call, org)),
        ["apps", id, "users", more @ ..] => assignments::route_users(call, org, id, more),
        ["apps", id, "groups", more @ ..] => assignments::route_groups(call, org, id, more),
        ["apps", id, "credentials", "secrets", more @ ..] => secrets::route(call, org, id, more),
        ["apps", id, "grants", more @ ..] => grants::route(call, org, id, more),
        ["apps", more @ ..] => apps::route(call, org, more),
        ["users", more @ ..] => users::route(call, org, more, owner),
        ["groups", more @ ..] => groups::route(call, org, more),
        ["authorizationServers", more @ ..] => servers::route(call, org, more),
        ["policies", more @ ..] => signon::route(call, org, more),
        ["domains"] if call.method == Method::GET => Reply::ok(organization::domains(call, org)),
        ["logs"] if call.method == Method::GET => log::list(call, org),
        _ => Err(error::okta(404, "E0000008")),
    }
}
