//! Warnings that an admin has looked at and accepted.

use super::{Check, Field, Setup, Severity};

impl Check {
    /// What an accepted warning is remembered by ([`super::Draft::accepted`]): the rule and the value that it was about. When the
    /// value changes, the warning is back. `None` for what cannot be accepted: only a `Warn` can.
    pub fn acceptance(&self, setup: &Setup) -> Option<String> {
        (self.severity == Severity::Warn).then(|| format!("{} {}", self.name, value(setup, self.field)))
    }
}

/// Turns the warnings that were accepted into information, for lists and for [`super::rail`].
pub fn accept(checks: &mut [Check], setup: &Setup, accepted: &[String]) {
    for check in checks {
        if check.acceptance(setup).is_some_and(|key| accepted.contains(&key)) {
            check.severity = Severity::Info;
        }
    }
}

/// A field as one text. Rows are named by their value, not their number: rows move.
fn value(setup: &Setup, field: Field) -> String {
    let row = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
    let (grants, server) = (&setup.grants, &setup.authorization_server);
    let uris = || setup.redirect_uris.iter().map(|r| r.uri.as_str());
    match field {
        Field::Name => setup.app.name.clone(),
        Field::Logo => setup.app.logo.clone().unwrap_or_default(),
        Field::ClientAuthentication => setup.app.client_authentication.as_str().to_owned(),
        Field::PkceRequired => setup.app.pkce_required.to_string(),
        // A refresh token takes the grant and the scope.
        Field::RefreshToken => {
            format!("{} {}", grants.refresh_token, server.scopes.iter().any(|s| s == "offline_access"))
        }
        Field::RefreshRotation => grants.refresh_rotation.as_str().to_owned(),
        Field::RefreshLeeway => grants.refresh_leeway_seconds.to_string(),
        Field::RedirectUris => uris().collect::<Vec<_>>().join(" "),
        Field::RedirectUri(at) => uris().nth(at).unwrap_or_default().to_owned(),
        Field::RedirectEnvironment(at) => {
            setup.redirect_uris.get(at).map(|r| r.environment.clone()).unwrap_or_default()
        }
        Field::SignOutUris => setup.sign_out.uris.join(" "),
        Field::SignOutUri(at) => row(&setup.sign_out.uris, at),
        Field::AccessMode => format!("{:?}", setup.access.mode),
        Field::People => setup.access.people.join(" "),
        Field::Person(at) => row(&setup.access.people, at),
        Field::Groups => setup.access.groups.join(" "),
        Field::Group(at) => row(&setup.access.groups, at),
        Field::Server => server.id.clone(),
        Field::Scopes => server.scopes.join(" "),
        Field::Scope(at) => row(&server.scopes, at),
        Field::AccessPolicy => server.access_policy.to_string(),
        Field::McpServers => setup.mcp_servers.len().to_string(),
        Field::McpServer(at) => {
            setup.mcp_servers.get(at).map(|s| format!("{} {}", s.name, s.url)).unwrap_or_default()
        }
    }
}
