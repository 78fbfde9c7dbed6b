//! Reads what is live in the org, as far as a plan needs it. Reads only.

use super::error::RunError;
use super::job::{AppLoaded, ServerProbe};
use super::session::Session;
use crate::change::Live;
use crate::okta::model::{
    App, AppId, AppStatus, Assigned, ClientId, Group, Readable, ServerKind, User, UserId,
};
use crate::setup::{self, Ask, Assignments, AuthorizationServer, Draft, Setup, Target};
use crate::uri::Callback;
use futures_util::StreamExt;
use std::collections::BTreeMap;

/// Everything that a plan for `draft` compares with.
///
/// # Errors
/// The app itself cannot be read, or a person or group cannot be looked up. What a token may not read is part of the answer.
pub async fn read(session: &Session, draft: &Draft) -> Result<Live, RunError> {
    let reader = session.reader();
    let setup = &draft.setup;
    let app = match &draft.target {
        Target::New => None,
        Target::Existing(id) => Some(reader.app(id).await?),
    };
    let id = app.as_ref().and_then(App::id);
    let mut same_label = reader.find_apps_by_label(&setup.app.name).await?;
    same_label.retain(|other| other.id() != id);
    let mut live = Live {
        org: Some(session.org().clone()),
        me: Some(session.me().clone()),
        same_label,
        ..Live::default()
    };
    if let Some(id) = &id {
        live.app_users = reader.app_users(id).all().await.into();
        live.app_groups = reader.app_groups(id).await.into();
    }
    live.people = people(session, setup).await?;
    live.groups = groups(session, setup).await?;
    // A rule may name Everyone by its id, and beside an assigned Everyone a removal takes nobody's access.
    live.everyone = everyone(session).await;
    for ask in &draft.asks {
        if let Ask::UnassignGroup { id, .. } = ask
            && let Ok(members) = reader.group_members(id).all().await
        {
            live.members.insert(id.to_string(), members);
        }
    }
    // Who keeps access through another group can only be told with that group's members.
    if !live.members.is_empty() {
        for group in live.app_groups.known().cloned().unwrap_or_default() {
            let key = group.id.to_string();
            if !live.members.contains_key(&key)
                && let Ok(members) = reader.group_members(&group.id).all().await
            {
                live.members.insert(key, members);
            }
        }
    }
    if let Some(kind) = setup.authorization_server.kind() {
        let client = app.as_ref().filter(|a| a.status() == AppStatus::Active).and_then(App::client_id);
        let probe = probe(session, &kind, client.as_ref()).await;
        live.discovery = probe.discovery;
        live.scopes = probe.scopes;
        live.policies = probe.policies;
    }
    live.servers = reader.servers().await.into();
    live.app = app;
    live.budget = reader.transport().budget();
    Ok(live)
}

async fn people(session: &Session, setup: &Setup) -> Result<BTreeMap<String, User>, RunError> {
    let mut found = BTreeMap::new();
    for login in &setup.access.people {
        if let Some(user) = session.reader().person(login).await? {
            found.insert(login.clone(), user);
        }
    }
    Ok(found)
}

async fn groups(session: &Session, setup: &Setup) -> Result<BTreeMap<String, Vec<Group>>, RunError> {
    let mut found = BTreeMap::new();
    for name in &setup.access.groups {
        found.insert(name.clone(), session.reader().groups_named(name).await?);
    }
    Ok(found)
}

/// The built-in group of everybody. A group administrator does not see it: that is *may not read*, not *there is none*.
pub async fn everyone(session: &Session) -> Readable<Group> {
    match session.reader().everyone().await {
        Ok(Some(group)) => Readable::Known(group),
        Ok(None) => Readable::Forbidden(crate::okta::model::ApiError::Okta(crate::okta::model::Problem {
            endpoint: "GET /api/v1/groups".into(),
            status: 403,
            code: "".into(),
            summary: "the built-in group Everyone is not visible to this token".into(),
            causes: Vec::new(),
            error_id: None,
            request_id: None,
        })),
        Err(e) => Err(e).into(),
    }
}

/// What an authorization server answers: whether it exists, its endpoints, scopes and policies.
pub async fn probe(session: &Session, server: &ServerKind, client: Option<&ClientId>) -> ServerProbe {
    let reader = session.reader();
    match server {
        ServerKind::Org => ServerProbe {
            server: server.clone(),
            discovery: reader.discovery(server, client).await.into(),
            scopes: Readable::NotAsked,
            policies: Readable::NotAsked,
        },
        ServerKind::Custom(id) => {
            let (discovery, scopes, policies) =
                tokio::join!(reader.discovery(server, client), reader.scopes(id), reader.policies(id));
            ServerProbe {
                server: server.clone(),
                discovery: discovery.into(),
                scopes: scopes.into(),
                policies: policies.into(),
            }
        }
    }
}

/// How many directly assigned people are looked up by id for their logins. A Setup is additive: leaving the others out takes
/// nobody's access away, and thousands of single reads would spend the org's rate limit.
const LOGINS: usize = 200;

/// An app with its assignments, and the Setup that describes it as it is. `server` is the authorization server to fill in: Okta does
/// not say which one an app is used with.
///
/// # Errors
/// The app cannot be read.
pub async fn app(
    session: &Session,
    id: &AppId,
    server: AuthorizationServer,
    callbacks: &[Callback],
) -> Result<AppLoaded, RunError> {
    let reader = session.reader();
    let app = reader.app(id).await?;
    let (users, groups, everyone) =
        tokio::join!(reader.app_users(id).all(), reader.app_groups(id), everyone(session));
    let (users, groups) = (Readable::from(users), Readable::from(groups));
    let empty = (Vec::new(), Vec::new());
    let people = users.known().unwrap_or(&empty.0);
    let direct: Vec<_> =
        people.iter().filter(|u| u.via == Assigned::Directly).take(LOGINS).cloned().collect();
    let logins: BTreeMap<UserId, String> =
        futures_util::stream::iter(direct.clone().into_iter().map(|user| {
            let reader = reader.clone();
            async move {
                let found = reader.person(user.id.as_str()).await.ok().flatten();
                (user.id, found.map(|u| u.login.to_string()))
            }
        }))
        .buffer_unordered(6)
        .filter_map(|(id, login)| async move { login.map(|l| (id, l)) })
        .collect()
        .await;
    let assigned = Assignments {
        groups: groups.known().unwrap_or(&empty.1),
        people: &direct,
        logins: &logins,
        everyone: everyone.known().map(|g| &g.id),
    };
    let setup = setup::from_app(&app, assigned, server, callbacks);
    Ok(AppLoaded { app, users, groups, setup })
}

/// Which app a Setup file is about: the one with its name, or a new one.
///
/// # Errors
/// Several apps have that name: it would be a guess which one is meant.
pub async fn target(session: &Session, setup: &Setup) -> Result<Target, RunError> {
    let found: Vec<App> = session
        .reader()
        .find_apps_by_label(&setup.app.name)
        .await?
        .into_iter()
        .filter(App::is_oidc_web)
        .collect();
    match &found[..] {
        [] => Ok(Target::New),
        [one] => Ok(one.id().map_or(Target::New, Target::Existing)),
        several => Err(RunError::Missing {
            what: format!(
                "{} apps are named \"{}\": it would be a guess which one is meant",
                several.len(),
                setup.app.name
            ),
            help: format!(
                "Rename one in Okta, or choose by hand in the full-screen program. Their ids: {}.",
                several.iter().filter_map(App::id).map(|id| id.to_string()).collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}
