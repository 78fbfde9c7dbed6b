//! The `okta.*` scopes: which call needs which, and which are asked for. Pure.
//!
//! From the `oauth2` security of each operation in Okta's management OpenAPI, release 2026.06.3.

use http::Method;

/// Scopes that reading needs, in all screens together.
const READ: [&str; 9] = [
    "okta.apps.read",
    "okta.users.read",
    "okta.groups.read",
    "okta.authorizationServers.read",
    "okta.policies.read",
    "okta.logs.read",
    "okta.roles.read",
    "okta.appGrants.read",
    "okta.clients.read",
];

/// Scopes that a session with writes asks for besides.
const MANAGE: [&str; 2] = ["okta.apps.manage", "okta.authorizationServers.manage"];

/// What to ask for: no right to write for a session that cannot write.
pub fn wanted(read_only: bool) -> Vec<String> {
    let manage: &[&str] = if read_only { &[] } else { &MANAGE };
    READ.iter().chain(manage).map(|s| (*s).to_owned()).collect()
}

/// Whether a token with `granted` covers `needed`: `manage` includes `read`.
pub fn covers(granted: &[String], needed: &str) -> bool {
    let by_manage = needed.strip_suffix(".read").map(|family| format!("{family}.manage"));
    granted.iter().any(|g| g == needed || Some(g) == by_manage.as_ref())
}

/// The scope that a call needs, by method and path; `None` for a path that needs none, or that is not known here.
pub fn needed(method: &Method, path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let reads = method == Method::GET;
    let family = match segments.as_slice() {
        ["api", "v1", "apps", _, "grants", ..] => "appGrants",
        ["api", "v1", "apps", ..] => "apps",
        ["api", "v1", "users", _, "roles", ..] => "roles",
        ["api", "v1", "users", ..] => "users",
        ["api", "v1", "groups", ..] => "groups",
        ["api", "v1", "authorizationServers", ..] => "authorizationServers",
        // A simulation is a POST that changes nothing.
        ["api", "v1", "policies", "simulate"] => return Some("okta.policies.read".to_owned()),
        ["api", "v1", "policies", ..] => "policies",
        ["api", "v1", "logs"] => "logs",
        ["api", "v1", "org", ..] => "orgs",
        ["api", "v1", "domains", ..] => "domains",
        ["oauth2", "v1", "clients", _, "roles", ..] => "roles",
        ["oauth2", "v1", "clients", ..] => "clients",
        _ => return None,
    };
    Some(format!("okta.{family}.{}", if reads { "read" } else { "manage" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_known_by_its_path() {
        let cases = [
            (Method::GET, "/api/v1/apps/0oa1/users", Some("okta.apps.read")),
            (Method::PUT, "/api/v1/apps/0oa1/policies/rst1", Some("okta.apps.manage")),
            (Method::GET, "/api/v1/apps/0oa1/grants", Some("okta.appGrants.read")),
            (Method::GET, "/api/v1/users/00u1/roles", Some("okta.roles.read")),
            (Method::POST, "/api/v1/policies/simulate", Some("okta.policies.read")),
            (Method::GET, "/oauth2/v1/clients/0oa1/roles", Some("okta.roles.read")),
            (Method::GET, "/.well-known/okta-organization", None),
        ];
        for (method, path, scope) in cases {
            assert_eq!(needed(&method, path).as_deref(), scope, "{method} {path}");
        }
    }

    #[test]
    fn manage_includes_read_and_not_the_other_way_round() {
        let granted = ["okta.apps.manage".to_owned(), "okta.users.read".to_owned()];
        assert!(covers(&granted, "okta.apps.read") && covers(&granted, "okta.apps.manage"));
        assert!(covers(&granted, "okta.users.read") && !covers(&granted, "okta.users.manage"));
        assert!(!covers(&granted, "okta.groups.read"));
    }

    #[test]
    fn a_session_that_cannot_write_asks_for_no_right_to() {
        assert!(!wanted(true).iter().any(|s| s.ends_with(".manage")));
        assert!(wanted(false).len() > wanted(true).len());
    }
}
