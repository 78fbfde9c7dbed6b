//! The journal for people, and the plan that undoes what it tells: reads what is live for exactly the chosen writes.

use super::applying::{self, made, plan_id};
use super::error::RunError;
use super::job::{PlanMade, Trouble};
use super::live::everyone;
use super::session::Session;
use crate::change::undo::{self, AppNow, AppParts, History, Left, Needs, Now};
use crate::change::{PlanId, journal};
use crate::okta::address;
use crate::okta::model::{
    ApiError, AppId, AppStatus, Group, GroupId, Policy, Readable, ServerId, User, UserId,
};
use crate::okta::read::{PeopleQuery, Reader};
use crate::store::Places;
use futures_util::StreamExt;
use std::collections::{BTreeMap, BTreeSet};

/// How many lookups are under way at once.
const AT_ONCE: usize = 6;
/// From how many people on the whole list is read instead of one after the other: 200 come with one call.
const ONE_BY_ONE: usize = 50;
/// Up to how many members of a group are read for the sake of a count alone: ten calls.
const COUNTED: u64 = 2_000;

/// Every write that was ever made from here in this org.
///
/// # Errors
/// The journal is there and cannot be read.
pub fn history(places: &Places, org_url: &str) -> Result<History, RunError> {
    Ok(History::of(&applying::journal_of(places, org_url)?))
}

/// The histories of every org that has a journal here, by file name, each numbered for itself.
///
/// # Errors
/// The folder of journals, or one of them, cannot be read.
pub fn histories(places: &Places) -> Result<Vec<History>, RunError> {
    let journals = applying::journals(places)?;
    Ok(journals.iter().map(History::of).collect())
}

/// The histories that a command asks for: of the org at this URL, as typed, or of every org that has a journal here.
///
/// # Errors
/// The URL is none; a journal cannot be read.
pub fn asked_for(places: &Places, org_url: Option<&str>) -> Result<Vec<History>, RunError> {
    match org_url.map(str::trim).filter(|url| !url.is_empty()) {
        Some(url) => {
            let address = address::normalise(url).map_err(|e| RunError::Address(e.to_string()))?;
            Ok(vec![history(places, &address.url)?])
        }
        None => histories(places),
    }
}

/// As [`history`] of this org, or [`histories`] without one. A long journal is read beside the threads that draw.
///
/// # Errors
/// As those.
pub(super) async fn read_all(places: Places, org_url: Option<String>) -> Result<Vec<History>, RunError> {
    let read = move || match org_url {
        Some(url) => history(&places, &url).map(|one| vec![one]),
        None => histories(&places),
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => read,
        Err(gone) => std::panic::resume_unwind(gone.into_panic()),
    }
}

/// Reads what is live and makes the plan that undoes the writes with these numbers.
///
/// # Errors
/// [`RunError::NoPlan`] when none of them can be undone, with the reasons, or when it is not known how an interrupted apply left the
/// org; else what could not be read.
pub async fn plan(session: &Session, writes: &[usize], reason: &str) -> Result<PlanMade, RunError> {
    plan_as(session, writes, reason, plan_id()?.for_undo()).await
}

/// The same, under this id.
pub(super) async fn plan_as(
    session: &Session,
    writes: &[usize],
    reason: &str,
    id: PlanId,
) -> Result<PlanMade, RunError> {
    let org_url = &session.org().url;
    let history = history(session.places(), org_url)?;
    if let Some(left) = applying::not_known(session)? {
        let what = format!(
            "A plan for \"{}\" was interrupted, and what became of its last change is not known.",
            left.plan.label
        );
        let help = "Go on with it first, which finds out: Home offers it, and oktui apply does it by itself. Then undo what you like.";
        return Err(RunError::NoPlan(vec![Trouble::new(what, help)]));
    }
    let now = read(session, &undo::needs(&history, writes)).await?;
    let mut plan = undo::plan(id, org_url, reason, writes, &history, &now)
        .map_err(|left| RunError::NoPlan(left.iter().map(trouble).collect()))?;
    if now.apps.values().any(|app| app.secrets.known().is_some()) {
        plan.notes.push("Okta's System Log records that the client secrets were read for this plan.".into());
    }
    let open: Vec<String> = history.open_plans().map(|p| format!("{} ({})", p.label, p.id.0)).collect();
    if !open.is_empty() && !plan.changes.is_empty() {
        plan.notes.push(format!(
            "An interrupted apply is given up by this: {}. What it has not made stays not made.",
            open.join(", ")
        ));
    }
    Ok(made(session, plan))
}

/// Whether an undo was begun in this org and not finished: going on with it comes before another.
///
/// # Errors
/// The journal cannot be read.
pub fn interrupted(session: &Session) -> Result<bool, RunError> {
    let journal = applying::journal_of(session.places(), &session.org().url)?;
    Ok(journal::unfinished(&journal).first().is_some_and(|left| left.plan.id.is_undo()))
}

fn trouble(left: &Left) -> Trouble {
    Trouble::new(format!("{} {} is not undone.", left.number, left.title), &left.why)
}

async fn read(session: &Session, needs: &Needs) -> Result<Now, RunError> {
    let reader = session.reader();
    let mut now = Now { me: Some(session.me().clone()), ..Now::default() };
    for (id, parts) in &needs.apps {
        now.apps.insert(id.clone(), app(reader, id, *parts).await?);
    }
    now.groups = groups(reader, &needs.groups).await;
    now.people = people(reader, needs, &now).await?;
    if needs.apps.values().any(|parts| parts.groups) {
        now.everyone = everyone(session).await.known().cloned();
    }
    for id in to_be_counted(needs, &now) {
        // Where they may not be read, the plan says that it does not know.
        if let Ok(members) = reader.group_members(&id).all().await {
            now.members.insert(id, members);
        }
    }
    for server in &needs.servers {
        now.policies.insert(server.clone(), policies(reader, server).await);
    }
    Ok(now)
}

async fn app(reader: &Reader, id: &AppId, parts: AppParts) -> Result<AppNow, RunError> {
    let mut now = AppNow::default();
    match reader.app(id).await {
        Ok(app) => now.app = Some(app),
        Err(e) if e.is_not_found() => return Ok(now),
        Err(e) => return Err(e.into()),
    }
    // The status of Okta's that is neither: a deleted app is listed for a while.
    if now.app.as_ref().is_some_and(|a| a.status() == AppStatus::Other) {
        now.app = None;
        return Ok(now);
    }
    let (users, groups, secrets) = tokio::join!(
        async {
            match parts.users {
                true => reader.app_people(id).all().await.into(),
                false => Readable::NotAsked,
            }
        },
        async {
            match parts.groups {
                true => reader.app_groups(id).await.into(),
                false => Readable::NotAsked,
            }
        },
        async {
            match parts.secrets {
                true => Readable::from(reader.secrets(id).await),
                false => Readable::NotAsked,
            }
        }
    );
    (now.users, now.groups, now.secrets) = (users, groups, secrets);
    if let Readable::Known(secrets) = &mut now.secrets {
        // Only which there are, and whether they are active.
        secrets.iter_mut().for_each(|s| s.value = None);
    }
    Ok(now)
}

/// `Known(None)` for what Okta says is not there.
fn if_there<T>(result: Result<T, ApiError>) -> Readable<Option<T>> {
    match result {
        Err(e) if e.is_not_found() => Readable::Known(None),
        other => other.map(Some).into(),
    }
}

async fn groups(reader: &Reader, wanted: &BTreeSet<GroupId>) -> BTreeMap<GroupId, Readable<Option<Group>>> {
    let lookups = wanted.iter().cloned().map(|id| async move {
        let found = reader.group(&id).await;
        // Looked up by its id alone Okta does not count its members.
        let counted = match &found {
            Ok(group) => reader.groups_named(group.name.as_str()).await.ok(),
            Err(_) => None,
        };
        let group = counted.and_then(|all| all.into_iter().find(|g| g.id == id));
        (id, if_there(found.map(|g| group.unwrap_or(g))))
    });
    futures_util::stream::iter(lookups).buffer_unordered(AT_ONCE).collect().await
}

async fn people(
    reader: &Reader,
    needs: &Needs,
    now: &Now,
) -> Result<BTreeMap<UserId, Readable<Option<User>>>, RunError> {
    let mut found: BTreeMap<UserId, Readable<Option<User>>> = BTreeMap::new();
    let mut open: BTreeSet<&UserId> = needs.people.iter().collect();
    for (_, person) in now.apps.values().filter_map(|a| a.users.known()).flatten() {
        if let Some(person) = person
            && open.remove(&person.id)
        {
            found.insert(person.id.clone(), Readable::Known(Some(person.clone())));
        }
    }
    if open.len() > ONE_BY_ONE {
        let mut pages = reader.people(PeopleQuery::All);
        while !open.is_empty()
            && let Some(page) = pages.next().await
        {
            for user in page? {
                if open.remove(&user.id) {
                    found.insert(user.id.clone(), Readable::Known(Some(user)));
                }
            }
        }
    }
    let open: Vec<UserId> = open.into_iter().cloned().collect();
    let lookups = open.into_iter().map(|id| async move {
        let read = reader.person(id.as_str()).await;
        (id, Readable::from(read))
    });
    let mut lookups = futures_util::stream::iter(lookups).buffer_unordered(AT_ONCE);
    while let Some((id, person)) = lookups.next().await {
        found.insert(id, person);
    }
    Ok(found)
}

/// The groups whose members count: where somebody may lose access, those of all that are assigned; else of the new ones that are small.
fn to_be_counted(needs: &Needs, now: &Now) -> BTreeSet<GroupId> {
    let everyone = now.everyone.as_ref().map(|g| &g.id);
    let mut wanted: BTreeSet<GroupId> = BTreeSet::new();
    let loses = needs.apps.values().any(|parts| parts.members);
    for (id, parts) in &needs.apps {
        if parts.members {
            let assigned = now.apps.get(id).and_then(|a| a.groups.known());
            wanted.extend(assigned.into_iter().flatten().map(|g| g.id.clone()));
        }
    }
    for (id, group) in &now.groups {
        let size = group.known().and_then(|g| g.as_ref()?.members);
        let small = size.is_some_and(|n| n <= COUNTED);
        if loses || small {
            wanted.insert(id.clone());
        }
    }
    wanted.retain(|id| Some(id) != everyone);
    wanted
}

async fn policies(reader: &Reader, server: &ServerId) -> Readable<Option<Vec<Policy>>> {
    if_there(reader.policies(server).await)
}
