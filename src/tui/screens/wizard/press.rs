//! What a press on a row does, and what is added, removed, fixed and accepted.

use super::model::{Id, Model, step};
use super::update::{copy, go_to, open};
use super::{basic, grants, redirects};
use crate::okta::model::RefreshRotation;
use crate::run::job::{Job, Slot};
use crate::setup::{AccessMode, Draft, McpServer, Target};
use crate::tui::screens::people::staging::{self, Subject};
use crate::tui::screens::{Go, Next, Route};
use crate::tui::shared::{Directory, Remote, Shared, Work};

pub(super) fn press(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(id) = model.focused(shared) else { return Next::none() };
    model.focus = Some(id.clone());
    let now = step(shared);
    let missing = shared.work.as_ref().map(|w| redirects::missing(shared, w)).unwrap_or_default();
    let me = shared.work.as_ref().and_then(|w| staging::yourself(shared, w));
    let namesake = shared.work.as_ref().and_then(|w| basic::namesake(model, shared, w)?.id());
    let Some(work) = &mut shared.work else { return Next::go(Go::Back) };
    let setup = &mut work.draft.setup;
    match id {
        Id::Next => return go_to(model, shared, now + 1),
        Id::EditThatApp => {
            let Some(app) = namesake else { return Next::none() };
            let url = work.draft.org_url.clone();
            work.draft = Draft { target: Target::Existing(app.clone()), ..Draft::new(url) };
            work.loaded = Remote::Loading;
            model.adopt = Some(app.clone());
            model.focus = None;
            return Next::effects([shared.start(Slot::App, Job::LoadApp(app))]);
        }
        Id::Code => {
            shared.notice = Some(
                "A web application must have this grant: it is the one that people sign in with.".into(),
            );
        }
        Id::Refresh => setup.grants.refresh_token = !setup.grants.refresh_token,
        Id::Rotation(rotation) => {
            // Okta's own grace for rotating tokens is 30 seconds; 0 makes a lost answer cost a sign-in.
            if rotation == RefreshRotation::Rotate && setup.grants.refresh_rotation != rotation {
                setup.grants.refresh_leeway_seconds = setup.grants.refresh_leeway_seconds.max(30);
            }
            setup.grants.refresh_rotation = rotation;
        }
        Id::Method(method) => {
            setup.app.client_authentication = method;
            shared.notice = grants::method_warning(work).map(str::to_owned);
        }
        Id::Pkce => setup.app.pkce_required = !setup.app.pkce_required,
        Id::Known(at) => {
            if let Some(known) = missing.into_iter().nth(at) {
                let row = crate::setup::RedirectUri { environment: known.environment, uri: known.uri };
                setup.redirect_uris.push(row);
                model.focus = Some(Id::Uri(setup.redirect_uris.len().saturating_sub(1)));
            }
        }
        Id::AddUri | Id::AddSignOut | Id::AddMcp => return add(model, shared),
        Id::Removed(at) => {
            redirects::unstage(&mut work.draft, at);
        }
        Id::Mode(mode) => {
            staging::note(work);
            work.draft.setup.access.mode = mode;
            if staging::everyone_goes(work, &shared.directory.groups) {
                shared.notice =
                    Some("Everyone is assigned today: its removal is staged, and the plan counts who loses access. u takes it back.".into());
            }
            if mode == AccessMode::Controlled {
                model.focus = Some(Id::Choose);
            }
        }
        Id::Choose => return Next::go(Go::To(Route::People)),
        Id::Yourself => {
            if let Some(me) = me {
                staging::note(work);
                staging::assign(work, &shared.directory, &[me]);
                model.focus = Some(Id::Choose);
            }
        }
        Id::Person(_) | Id::Group(_) => {
            shared.notice = Some("Press d to stage the removal; nothing is written before the plan.".into());
        }
        Id::Server(server) => setup.authorization_server.id = server,
        Id::Scope(name) => {
            let scopes = &mut setup.authorization_server.scopes;
            match scopes.iter().position(|s| *s == name) {
                Some(at) => {
                    scopes.remove(at);
                }
                None => scopes.push(name),
            }
        }
        Id::Policy => setup.authorization_server.access_policy = !setup.authorization_server.access_policy,
        Id::ApiScopes => model.why = true,
        Id::Value(_) => return copy(model, shared),
        Id::Name
        | Id::Logo
        | Id::Leeway
        | Id::Environment(_)
        | Id::Uri(_)
        | Id::SignOut(_)
        | Id::AddPerson
        | Id::AddGroup
        | Id::OtherServer
        | Id::OwnScope
        | Id::McpName(_)
        | Id::McpUrl(_) => open(model, shared, id),
    }
    Next::none()
}

/// A new row of the list that the focus is in, open.
pub(super) fn add(model: &mut Model, shared: &mut Shared) -> Next {
    let focused = model.focused(shared);
    let now = step(shared);
    let Some(work) = &mut shared.work else { return Next::none() };
    if work.held_by.is_some() {
        shared.notice = Some("Another oktui has this draft open: you can only read it here.".into());
        return Next::none();
    }
    let draft = &mut work.draft;
    let id = match (now, focused) {
        (3, Some(Id::SignOut(_) | Id::AddSignOut)) => {
            draft.setup.sign_out.uris.push(String::new());
            Id::SignOut(draft.setup.sign_out.uris.len().saturating_sub(1))
        }
        (3, _) => redirects::add(draft),
        (4, _) if draft.setup.access.mode == AccessMode::Controlled => {
            return Next::go(Go::To(Route::People));
        }
        (5, Some(Id::Scope(_) | Id::OwnScope)) => Id::OwnScope,
        (5, _) => {
            draft.setup.mcp_servers.push(McpServer { name: String::new(), url: String::new() });
            Id::McpName(draft.setup.mcp_servers.len().saturating_sub(1))
        }
        _ => return Next::none(),
    };
    open(model, shared, id);
    Next::none()
}

pub(super) fn remove(model: &mut Model, shared: &mut Shared) {
    let Some(id) = model.focused(shared) else { return };
    let Some(work) = &mut shared.work else { return };
    let setup = &mut work.draft.setup;
    match &id {
        Id::Uri(_) | Id::Environment(_) | Id::SignOut(_) => {
            redirects::remove(work, &id);
        }
        Id::McpName(at) | Id::McpUrl(at) if *at < setup.mcp_servers.len() => {
            setup.mcp_servers.remove(*at);
        }
        Id::Scope(name) => setup.authorization_server.scopes.retain(|s| s != name),
        Id::Logo => setup.app.logo = None,
        Id::Person(at) | Id::Group(at) => {
            let group = matches!(id, Id::Group(_));
            let Some(subject) = subject(work, &shared.directory, group, *at) else { return };
            staging::note(work);
            shared.notice = staging::unassign(work, &shared.directory, &[subject]).1;
        }
        _ => {}
    }
}

/// A row of the Setup's people or groups, with the id where it is known.
fn subject(work: &Work, directory: &Directory, group: bool, at: usize) -> Option<Subject> {
    let access = &work.draft.setup.access;
    let name = if group { access.groups.get(at)? } else { access.people.get(at)? };
    let id = if group {
        directory.group_named(name).map(|g| g.id.to_string())
    } else {
        directory.by_login(name).map(|(_, user)| user.id.to_string())
    };
    Some(Subject { id: id.unwrap_or_else(|| name.clone()), group, name: name.clone() })
}

pub(super) fn unstage(model: &mut Model, shared: &mut Shared) {
    let now = step(shared);
    let focused = model.focused(shared);
    let Some(work) = &mut shared.work else { return };
    let draft = &mut work.draft;
    let done = match (now, focused) {
        (3, Some(Id::Removed(at))) => redirects::unstage(draft, at),
        (3, _) => {
            draft.asks.iter().rposition(redirects::is_uri).is_some_and(|at| redirects::unstage(draft, at))
        }
        (4, _) => staging::take_back(work),
        _ => false,
    };
    if !done {
        shared.notice = Some("Nothing is staged on this step in this session.".into());
    }
}

pub(super) fn fix(model: &mut Model, shared: &mut Shared) {
    let Some(fix) = model.check(shared).and_then(|c| c.fix.clone()) else { return };
    let Some(work) = &mut shared.work else { return };
    let live = work.loaded.value().map(|loaded| &loaded.app);
    if work.draft.mend(&fix, live) {
        shared.notice = Some(format!("Done: {}.", fix.title));
    }
}

pub(super) fn accept(model: &mut Model, shared: &mut Shared) {
    let Some(work) = &shared.work else { return };
    let key = model.check(shared).and_then(|c| c.acceptance(&work.draft.setup));
    match (key, &mut shared.work) {
        (Some(key), Some(work)) => work.draft.accepted.push(key),
        _ => shared.notice = Some("Only a warning can be accepted.".into()),
    }
}
