//! Looks up a list of people: whom each row means, and whether there is anything to do. Reads only; nothing is staged.

use super::error::RunError;
use super::job::Outcome;
use super::runner::Sink;
use super::session::Session;
use crate::okta::model::{ApiError, AppId, User, UserId};
use crate::okta::read::PeopleQuery;
use crate::people::bulk::{self, List};
use crate::people::resolve::{Assignments, Lookup};
use crate::people::{Preview, Purpose, Source};
use crate::text::{Clean, plural};
use futures_util::StreamExt;
use std::collections::{HashMap, HashSet};
use std::io::Read;

/// Up to how many rows are looked up one by one without asking how large the directory is.
const FEW: usize = 5;
/// Up to how many, where the org does not tell how large it is.
const FAIRLY_FEW: usize = 50;
/// How many people a page of the directory holds.
const PAGE: u64 = 200;
/// How many calls are under way at once.
const AT_ONCE: usize = 6;
/// How many of those that the whole list does not hold are looked up one by one: it leaves the deactivated out.
const LEFT_OVER: usize = 100;

/// Reads the list and looks it up.
///
/// # Errors
/// The source is no list, or the org refuses or cannot be reached. A single row that cannot be read is part of the answer.
pub(super) async fn look_up(
    session: &Session,
    source: Source,
    app: Option<AppId>,
    purpose: Purpose,
    sink: &Sink,
) -> Result<Preview, RunError> {
    let (name, bytes) = match source {
        Source::File(path) => (format!("{}: ", Clean::new(&path)), read(&path)?),
        Source::Text(text) => (String::new(), text.into_bytes()),
    };
    let list = bulk::parse(&bytes).map_err(|refusal| RunError::Missing {
        what: format!("{name}{refusal}"),
        help: "One login, e-mail address or id on each line is enough.".into(),
    })?;
    of_list(session, list, app.as_ref(), purpose, sink).await
}

fn read(path: &str) -> Result<Vec<u8>, RunError> {
    let shown = Clean::new(path);
    let missing = |e: std::io::Error| RunError::Missing {
        what: format!("{shown} cannot be read: {e}"),
        help: "Check the path; it is on the machine oktui runs on.".into(),
    };
    let mut bytes = Vec::new();
    let limit = u64::try_from(bulk::LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path).map_err(missing)?.take(limit).read_to_end(&mut bytes).map_err(missing)?;
    Ok(bytes)
}

/// Looks up a list that was read already.
///
/// # Errors
/// The org refuses or cannot be reached.
pub async fn of_list(
    session: &Session,
    list: List,
    app: Option<&AppId>,
    purpose: Purpose,
    sink: &Sink,
) -> Result<Preview, RunError> {
    let mut lookup = Lookup::new(list);
    let mut notes = Vec::new();
    let directory = if lookup.len() <= FEW { None } else { directory_size(session).await };
    // One call for 200 people, or one for each row: whichever are fewer.
    let one_by_one = match directory {
        Some(size) => count(lookup.len()) < size.div_ceil(PAGE),
        None => lookup.len() <= FAIRLY_FEW,
    };
    if one_by_one {
        let open = lookup.open();
        each(session, &mut lookup, open, sink).await?;
    } else {
        everybody(session, &mut lookup, directory, &mut notes, sink).await?;
    }
    let assignments = match app {
        None => None,
        Some(app) => match assignments(session, app, &lookup).await {
            Ok(read) => Some(read),
            Err(e) => {
                notes.push(format!(
                    "Who is assigned already could not be read ({e}): rows without anything to do may be planned, which changes nothing."
                ));
                None
            }
        },
    };
    Ok(lookup.preview(purpose, assignments.as_ref(), notes))
}

/// How many people the org has: the size of its group of everybody, where that may be seen.
async fn directory_size(session: &Session) -> Option<u64> {
    let everyone = session.reader().everyone().await.ok().flatten()?;
    session.reader().counted_group(&everyone.id).await.ok().flatten()?.members
}

/// Looks up rows one by one.
async fn each(session: &Session, lookup: &mut Lookup, rows: Vec<Clean>, sink: &Sink) -> Result<(), RunError> {
    let total = count(rows.len());
    let calls = rows.into_iter().map(|asked| async move {
        let found = one(session, asked.as_str()).await;
        (asked, found)
    });
    let mut calls = futures_util::stream::iter(calls).buffer_unordered(AT_ONCE);
    let mut done = 0;
    while let Some((asked, found)) = calls.next().await {
        match found {
            Ok(people) => people.iter().for_each(|p| lookup.see(p)),
            // What stands in the way of every row is told once.
            Err(e) if e.is_forbidden() || e.is_unauthorized() || matches!(e, ApiError::Net { .. }) => {
                return Err(e.into());
            }
            Err(e) => lookup.failed(asked.as_str(), e.to_string()),
        }
        done += 1;
        sink.send(Outcome::Reading(done, total)).await;
    }
    Ok(())
}

/// Whom Okta finds by id, login or short name, else by e-mail address. [`Lookup`] judges whether the row means them: Okta takes `me` for
/// the token's owner.
async fn one(session: &Session, asked: &str) -> Result<Vec<User>, ApiError> {
    let reader = session.reader();
    if let Some(person) = reader.person(asked).await? {
        return Ok(vec![person]);
    }
    if !asked.contains('@') {
        return Ok(Vec::new());
    }
    let by_email = |email: &str| reader.people(PeopleQuery::Email(email.to_owned())).all();
    let found = by_email(asked).await?;
    let lower = asked.to_lowercase();
    // Whether `eq` looks at case here, the references do not say.
    if found.is_empty() && lower != asked { by_email(&lower).await } else { Ok(found) }
}

/// Looks up all rows in the list of everybody, then the few that are not in it one by one.
async fn everybody(
    session: &Session,
    lookup: &mut Lookup,
    size: Option<u64>,
    notes: &mut Vec<String>,
    sink: &Sink,
) -> Result<(), RunError> {
    let mut pages = session.reader().people(PeopleQuery::All).ahead();
    let (mut seen, mut calls) = (0, 0);
    while let Some(page) = pages.next().await {
        let page = page?;
        calls += 1;
        seen += count(page.len());
        page.iter().for_each(|p| lookup.see(p));
        sink.send(Outcome::Reading(seen, size.unwrap_or(0).max(seen))).await;
        if lookup.is_settled() {
            break;
        }
    }
    notes.push(format!("Looked up in the list of people: {}.", plural(calls, "call")));
    let mut open = lookup.open();
    if open.len() > LEFT_OVER {
        notes.push(format!(
            "{} rows are not in the list of people; the first {LEFT_OVER} were looked up among the deactivated as well.",
            open.len()
        ));
        open.truncate(LEFT_OVER);
    }
    each(session, lookup, open, sink).await
}

/// How the people who were found come to the app. Each call counts in the narrow limit for apps, of which a free org gives 20 a minute,
/// and a page tells of 500 people: so the list is read first, up to as many pages as there are people to ask for one by one.
async fn assignments(session: &Session, app: &AppId, lookup: &Lookup) -> Result<Assignments, ApiError> {
    let reader = session.reader();
    let mut open: HashSet<UserId> = lookup.people().into_iter().collect();
    let mut via = HashMap::new();
    let mut pages = reader.app_users(app);
    let mut allowance = open.len() / 2;
    while allowance > 0 && !open.is_empty() {
        let Some(page) = pages.next().await else { break };
        for user in page? {
            if open.remove(&user.id) {
                via.insert(user.id, user.via);
            }
        }
        allowance -= 1;
    }
    if pages.more() {
        let calls = open.into_iter().map(|id| async move { reader.app_user(app, &id).await });
        let mut calls = futures_util::stream::iter(calls).buffer_unordered(AT_ONCE);
        while let Some(answer) = calls.next().await {
            via.extend(answer?.map(|u| (u.id, u.via)));
        }
    }
    Ok(Assignments(via))
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
