//! The Setup of an app that exists, so that the wizard's five steps edit it too.

use super::check::free_environment;
use super::{Access, AccessMode, AuthorizationServer, Grants, RedirectUri, Setup, SignOut};
use crate::okta::model::{App, AppGroup, AppUser, Assigned, GroupId, UserId};
use crate::uri::Callback;
use std::collections::BTreeMap;

/// Who is assigned to an app, with what an app's own lists do not tell.
#[derive(Clone, Copy, Debug)]
pub struct Assignments<'a> {
    /// Groups assigned to the app, read with their names.
    pub groups: &'a [AppGroup],
    /// People assigned to the app; those who come through a group are left out of the Setup.
    pub people: &'a [AppUser],
    /// Logins of the people, where they were read. The app's own user name stands in for a missing one.
    pub logins: &'a BTreeMap<UserId, String>,
    /// The built-in group of everybody, where it is known.
    pub everyone: Option<&'a GroupId>,
}

/// Reads an app as a Setup. Okta does not say which authorization server and which scopes its client uses: they come in, from the
/// policies that name the client or from the admin. Applying the result to the same app changes nothing but what its types cannot
/// say: an unknown client authentication is read as `client_secret_basic`.
pub fn from_app(
    app: &App,
    assigned: Assignments<'_>,
    server: AuthorizationServer,
    callbacks: &[Callback],
) -> Setup {
    let mut setup = Setup { authorization_server: server, ..Setup::default() };
    setup.app.name = app.raw_label().to_owned();
    setup.app.client_authentication = app.client_authentication().unwrap_or_default();
    setup.app.pkce_required = app.pkce_required();
    // Okta shows the behaviour only where the grant is on.
    let (refresh_rotation, refresh_leeway_seconds) = app.refresh_behaviour().unwrap_or_default();
    let refresh_token = app.grant_types().iter().any(|g| g == "refresh_token");
    setup.grants = Grants { refresh_token, refresh_rotation, refresh_leeway_seconds };
    setup.redirect_uris = Vec::new();
    for uri in app.redirect_uris() {
        let known = callbacks.iter().find(|c| c.uri == uri).map(|c| c.environment.as_str());
        let guide = (uri == super::GATEWAY_CALLBACK).then_some("prod");
        let environment = free_environment(&setup, known.or(guide).unwrap_or("other"));
        setup.redirect_uris.push(RedirectUri { environment, uri });
    }
    setup.sign_out = SignOut { uris: app.sign_out_uris() };
    setup.access = access(assigned);
    setup
}

fn access(assigned: Assignments<'_>) -> Access {
    let is_everyone = |g: &&AppGroup| assigned.everyone == Some(&g.id);
    let mode = if assigned.groups.iter().any(|g| is_everyone(&g)) {
        AccessMode::Everyone
    } else {
        AccessMode::Controlled
    };
    let groups = assigned.groups.iter().filter(|g| !is_everyone(g)).filter_map(|g| g.name.as_ref());
    let people = assigned.people.iter().filter(|p| p.via == Assigned::Directly);
    let login = |p: &AppUser| {
        assigned.logins.get(&p.id).cloned().or_else(|| p.user_name.as_ref().map(ToString::to_string))
    };
    Access {
        mode,
        people: people.filter_map(login).collect(),
        groups: groups.map(ToString::to_string).collect(),
    }
}
