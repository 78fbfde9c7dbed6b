//! Reads who has access to an app, by which ways, and when they last signed in. Reads only.

use super::error::RunError;
use super::job::Outcome;
use super::runner::Sink;
use super::session::Session;
use crate::okta::model::{ApiError, App, AppGroup, AppStatus, AppUser, Group, GroupKind, User, UserId};
use crate::okta::read::{LOG_KEPT, LogQuery};
use crate::people::Review;
use crate::people::review::{Facts, Members, SignIns, review};
use crate::text::Clean;
use futures_util::StreamExt;
use jiff::Timestamp;
use std::collections::HashMap;

/// How many memberships are read in all: 500 calls. The small groups come first.
const MEMBERSHIPS: u64 = 100_000;
/// How many groups are asked for their size. Counting makes Okta slow.
const SIZED: usize = 50;
/// How many pages of the log are read: 30,000 sign-ins, or as many as it takes to know one of everybody's.
const LOG_PAGES: usize = 30;
/// How many people whom no list told are looked up one by one.
const LOOKUPS: usize = 200;
/// How many calls are under way at once.
const AT_ONCE: usize = 6;

/// Reads all of it. Progress goes to `sink`: people, memberships and sign-ins read so far.
///
/// # Errors
/// The app cannot be read, or neither its people nor its groups can. Whatever else may not be read is told in the review's notes.
pub async fn of_app(session: &Session, app: &App, sink: &Sink) -> Result<Review, RunError> {
    let Some(id) = app.id() else {
        return Err(RunError::Missing { what: "the app has no id".into(), help: "Read it again.".into() });
    };
    let reader = session.reader();
    let mut told = Told { sink, done: 0 };
    let mut people = HashMap::new();
    let (mut users, groups) =
        tokio::join!(assigned_people(session, app, &mut told, &mut people), reader.app_groups(&id));
    let groups = match (groups, &mut users) {
        // Nothing can be said then.
        (Err(e), Err(_)) => return Err(e.into()),
        (Err(e), Ok(_)) => Err(e.to_string()),
        (Ok(groups), _) => Ok(members(session, groups, &mut told, &mut people).await),
    };
    if let Ok(users) = &users {
        missing_people(session, users, &mut people).await;
    }
    let now = Timestamp::now();
    let ids: Vec<UserId> = users.iter().flatten().map(|u| u.id.clone()).collect();
    let sign_ins = sign_ins(session, app, &ids, now, &mut told).await;
    Ok(review(Facts {
        label: app.label(),
        read: now,
        everybody: app.federation_broker(),
        active: app.status() == AppStatus::Active,
        users: users.map_err(|e| e.to_string()),
        groups,
        people,
        sign_ins,
    }))
}

/// The progress of it all, in entries read; nobody knows of how many.
struct Told<'a> {
    sink: &'a Sink,
    done: u64,
}

impl Told<'_> {
    async fn read(&mut self, entries: usize) {
        self.done += u64::try_from(entries).unwrap_or(0);
        self.sink.send(Outcome::Reading(self.done, 0)).await;
    }
}

async fn assigned_people(
    session: &Session,
    app: &App,
    told: &mut Told<'_>,
    people: &mut HashMap<UserId, User>,
) -> Result<Vec<AppUser>, ApiError> {
    let mut all = Vec::new();
    let Some(id) = app.id() else { return Ok(all) };
    let mut pages = session.reader().app_people(&id).ahead();
    while let Some(page) = pages.next().await {
        let page = page?;
        told.read(page.len()).await;
        for (user, person) in page {
            people.extend(person.map(|p| (p.id.clone(), p)));
            all.push(user);
        }
    }
    Ok(all)
}

/// The assigned groups with their members, the small ones first, as far as the allowance goes; in the order of their priority.
async fn members(
    session: &Session,
    assigned: Vec<AppGroup>,
    told: &mut Told<'_>,
    people: &mut HashMap<UserId, User>,
) -> Vec<(Group, Members)> {
    let reader = session.reader();
    let sized = assigned.len() <= SIZED;
    let everyone = reader.everyone().await.ok().flatten().map(|g| g.id);
    let calls = assigned.into_iter().enumerate().map(|(n, group)| async move {
        let counted = if sized { reader.counted_group(&group.id).await.ok().flatten() } else { None };
        let plain = || Group {
            id: group.id.clone(),
            name: group.name.clone().unwrap_or_else(|| Clean::new(group.id.as_str())),
            description: None,
            kind: GroupKind::Okta,
            members: None,
        };
        (n, counted.unwrap_or_else(plain))
    });
    let mut groups: Vec<(usize, Group)> =
        futures_util::stream::iter(calls).buffer_unordered(AT_ONCE).collect().await;
    groups.sort_by_key(|(n, group)| (group.members.unwrap_or(u64::MAX), *n));
    let mut left = MEMBERSHIPS;
    let mut read: Vec<(usize, Group, Members)> = Vec::new();
    for (n, group) in groups {
        let members = if group.is_everyone() || everyone.as_ref() == Some(&group.id) {
            Members::Everybody
        } else {
            of_group(session, &group, &mut left, told, people).await
        };
        read.push((n, group, members));
    }
    read.sort_by_key(|(n, ..)| *n);
    read.into_iter().map(|(_, group, members)| (group, members)).collect()
}

async fn of_group(
    session: &Session,
    group: &Group,
    left: &mut u64,
    told: &mut Told<'_>,
    people: &mut HashMap<UserId, User>,
) -> Members {
    let too_many = || {
        let size = group.members.map_or("it is large".to_owned(), |n| format!("it has {n}"));
        Members::NotRead(format!("{size}, and {MEMBERSHIPS} memberships are read at most"))
    };
    if group.members.is_some_and(|n| n > *left) {
        return too_many();
    }
    let mut ids = std::collections::HashSet::new();
    let mut pages = session.reader().group_members(&group.id).ahead();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                told.read(page.len()).await;
                *left = left.saturating_sub(u64::try_from(page.len()).unwrap_or(u64::MAX));
                for person in page {
                    ids.insert(person.id.clone());
                    people.entry(person.id.clone()).or_insert(person);
                }
                if *left == 0 && pages.more() {
                    return too_many();
                }
            }
            Err(e) => return Members::NotRead(e.to_string()),
        }
    }
    Members::All(ids)
}

/// Looks up those whom no list told, up to a number: without a person the list shows what the app calls them.
async fn missing_people(session: &Session, users: &[AppUser], people: &mut HashMap<UserId, User>) {
    let missing: Vec<UserId> =
        users.iter().map(|u| &u.id).filter(|id| !people.contains_key(id)).take(LOOKUPS).cloned().collect();
    let reader = session.reader();
    let calls = missing.into_iter().map(|id| async move { reader.person(id.as_str()).await.ok().flatten() });
    let mut calls = futures_util::stream::iter(calls).buffer_unordered(AT_ONCE);
    while let Some(person) = calls.next().await {
        people.extend(person.map(|p| (p.id.clone(), p)));
    }
}

/// The last sign-ins, newest first, until everybody has one, the log ends, or enough of it was read.
async fn sign_ins(
    session: &Session,
    app: &App,
    ids: &[UserId],
    now: Timestamp,
    told: &mut Told<'_>,
) -> SignIns {
    let Some(id) = app.id() else { return SignIns::NotRead("the app has no id".into()) };
    let back = now.saturating_sub(LOG_KEPT).unwrap_or(now);
    let mut found = SignIns::back_to(back);
    let mut pages = session.reader().log(&LogQuery::SignIns { app: id, client: app.client_id() }, back, now);
    let mut read = 0;
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            // What was read of the log before the error would pass for all of it.
            Err(e) => return SignIns::NotRead(e.to_string()),
        };
        told.read(page.len()).await;
        found.take(&page);
        if found.cover(ids) {
            break;
        }
        read += 1;
        if read == LOG_PAGES && pages.more() {
            // As far as this page went, and no further.
            if let (SignIns::Known { since, .. }, Some(oldest)) = (&mut found, page.last()) {
                *since = oldest.published;
            }
            break;
        }
    }
    found
}
