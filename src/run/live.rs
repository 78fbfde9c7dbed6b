//! Reads what is live in the org, as far as a plan needs it. Reads only.

use super::error::RunError;
use super::job::{AppLoaded, ServerProbe};
use super::session::Session;
use crate::change::Live;
use crate::okta::model::{
    App, AppId, AppStatus, AppUser, Assigned, ClientId, Group, GroupId, Readable, ServerKind, User, UserId,
};
use crate::okta::read::PeopleQuery;
use crate::setup::{self, Ask, Assignments, AuthorizationServer, Draft, Setup, Target};
use crate::uri::Callback;
use futures_util::StreamExt;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Everything that a plan for `draft` compares with.
///
/// # Errors
/// The app itself cannot be read, or a person or group cannot be looked up. What a token may not read is part of the answer.
pub async fn read(session: &Session, draft: &Draft) -> Result<Live, RunError> {
    read_knowing(session, draft, &[]).await
}

/// The same, with people who were looked up a moment ago: a list of thousands is not looked up twice.
///
/// # Errors
/// As [`read`].
pub async fn read_knowing(session: &Session, draft: &Draft, known: &[User]) -> Result<Live, RunError> {
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
    let mut listed: HashMap<String, User> =
        known.iter().map(|p| (p.login.as_str().to_lowercase(), p.clone())).collect();
    if let Some(id) = &id {
        let (users, groups) = tokio::join!(reader.app_people(id).all(), reader.app_groups(id));
        live.app_users = Readable::from(users.map(|all| {
            let one = |(user, person): (AppUser, Option<User>)| {
                listed.extend(person.map(|p| (p.login.as_str().to_lowercase(), p)));
                user
            };
            all.into_iter().map(one).collect()
        }));
        live.app_groups = groups.into();
    }
    if let Some(id) = &id
        && draft.asks.iter().any(|a| matches!(a, Ask::Secret(_)))
    {
        live.secrets = reader.secrets(id).await.into();
        if let Readable::Known(secrets) = &mut live.secrets {
            // Only which there are, and whether they are active.
            secrets.iter_mut().for_each(|s| s.value = None);
        }
    }
    live.people = people(session, setup, &listed).await?;
    live.groups = groups(session, setup).await?;
    // A rule may name Everyone by its id, and beside an assigned Everyone a removal takes nobody's access.
    live.everyone = everyone(session).await;
    for id in to_be_counted(&live, draft) {
        // Where they may not be read, the plan says that it does not know.
        if let Ok(members) = reader.group_members(&id).all().await {
            live.members.insert(id.to_string(), members);
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

/// Up to how many members of a group are read for the sake of a count alone: ten calls.
const COUNTED: u64 = 2_000;

/// The groups whose members a plan needs: of those that go all, since they lose access by name, and then of those that stay and come
/// as well, since they keep it; else of the new ones that are small enough.
fn to_be_counted(live: &Live, draft: &Draft) -> BTreeSet<GroupId> {
    let goes: BTreeSet<GroupId> = draft
        .asks
        .iter()
        .filter_map(|ask| match ask {
            Ask::UnassignGroup { id, .. } => Some(id.clone()),
            _ => None,
        })
        .collect();
    let removes = !goes.is_empty() || draft.asks.iter().any(|a| matches!(a, Ask::UnassignPerson { .. }));
    let everyone = live.everyone.known().map(|g| &g.id);
    let assigned = live.app_groups.known().into_iter().flatten().map(|g| &g.id);
    let stays = assigned.filter(|_| removes);
    let new = live.groups.values().filter(|found| found.len() == 1).flatten();
    let new = new.filter(|g| removes || g.members.is_some_and(|n| n <= COUNTED)).map(|g| &g.id);
    let others: Vec<GroupId> = stays.chain(new).filter(|id| Some(*id) != everyone).cloned().collect();
    goes.into_iter().chain(others).collect()
}

/// From how many lookups on the whole list of people is read instead: 200 come with one call.
const ONE_BY_ONE: usize = 50;
/// How many lookups are under way at once.
const AT_ONCE: usize = 6;

/// The people whom a Setup names, by login as written there. `listed` are those that are known already, by login in lower case.
async fn people(
    session: &Session,
    setup: &Setup,
    listed: &HashMap<String, User>,
) -> Result<BTreeMap<String, User>, RunError> {
    let reader = session.reader();
    let mut found = BTreeMap::new();
    let mut open: HashMap<String, &String> = HashMap::new();
    for login in &setup.access.people {
        match listed.get(&login.to_lowercase()) {
            Some(user) => {
                found.insert(login.clone(), user.clone());
            }
            None => {
                open.insert(login.to_lowercase(), login);
            }
        }
    }
    if open.len() > ONE_BY_ONE {
        let mut pages = reader.people(PeopleQuery::All);
        while !open.is_empty()
            && let Some(page) = pages.next().await
        {
            for user in page? {
                if let Some(login) = open.remove(&user.login.as_str().to_lowercase()) {
                    found.insert(login.clone(), user);
                }
            }
        }
    }
    // The whole list leaves out the deactivated: who is not in it is looked up all the same, so that the plan can say why not.
    let lookups = open.into_values().cloned().map(|login| async move {
        let user = reader.person(&login).await?;
        Ok::<_, RunError>((login, user))
    });
    let mut lookups = futures_util::stream::iter(lookups).buffer_unordered(AT_ONCE);
    while let Some(looked_up) = lookups.next().await {
        let (login, user) = looked_up?;
        found.extend(user.map(|u| (login, u)));
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

/// How many directly assigned people a Setup names. It is additive: leaving the others out takes nobody's access away, and a draft with
/// thousands of names would be written at every change.
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
        tokio::join!(reader.app_people(id).all(), reader.app_groups(id), everyone(session));
    let (users, groups) = (Readable::from(users), Readable::from(groups));
    let listed = users.known().map(Vec::as_slice).unwrap_or_default();
    let mut logins: BTreeMap<UserId, String> = listed
        .iter()
        .filter_map(|(user, person)| Some((user.id.clone(), person.as_ref()?.login.to_string())))
        .collect();
    let mut direct: Vec<AppUser> = listed
        .iter()
        .map(|(user, _)| user)
        .filter(|u| u.via == Assigned::Directly)
        .take(LOGINS)
        .cloned()
        .collect();
    let unknown: Vec<UserId> =
        direct.iter().map(|u| &u.id).filter(|id| !logins.contains_key(id)).cloned().collect();
    let lookups = unknown.into_iter().map(|id| async move {
        let found = reader.person(id.as_str()).await.ok().flatten();
        (id, found.map(|u| u.login.to_string()))
    });
    let mut lookups = futures_util::stream::iter(lookups).buffer_unordered(AT_ONCE);
    while let Some((id, login)) = lookups.next().await {
        logins.extend(login.map(|l| (id, l)));
    }
    direct.retain(|u| logins.contains_key(&u.id));
    let users = match users {
        Readable::Known(all) => Readable::Known(all.into_iter().map(|(user, _)| user).collect()),
        Readable::NotAsked => Readable::NotAsked,
        Readable::Forbidden(e) => Readable::Forbidden(e),
        Readable::Failed(e) => Readable::Failed(e),
    };
    let no_groups = Vec::new();
    let assigned = Assignments {
        groups: groups.known().unwrap_or(&no_groups),
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
