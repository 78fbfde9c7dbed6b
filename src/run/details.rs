//! What is known of one person or one group, what Okta's own search finds, and why somebody can or cannot sign in. Reads only.

use super::error::RunError;
use super::job::{Outcome, Trouble};
use super::runner::Sink;
use super::session::Session;
use crate::okta::model::{ApiError, App, AppId, Discovery, GroupId, Readable, ServerKind, User, UserId};
use crate::okta::read::{GroupQuery, LOG_KEPT, LogQuery, Pages, PeopleQuery};
use crate::people::{GroupDetail, PersonDetail};
use crate::policy::why::{Facts, Why, why as answer};
use jiff::Timestamp;

/// Everybody but the deactivated, or those whom Okta's search finds by the beginning of a name, a login or an address.
pub fn people(session: &Session, search: Option<&str>) -> Pages<User> {
    let query = search.map_or(PeopleQuery::All, |text| PeopleQuery::Search(text.to_owned()));
    session.reader().people(query)
}

/// Asks Okta's search.
///
/// # Errors
/// Those of the calls.
pub(super) async fn search(session: &Session, text: String, groups: bool) -> Result<Outcome, RunError> {
    let reader = session.reader();
    Ok(if groups {
        Outcome::FoundGroups(reader.groups(GroupQuery::Search(text), true).all().await?)
    } else {
        Outcome::FoundPeople(reader.people(PeopleQuery::Search(text)).all().await?)
    })
}

fn gone(what: &str, id: &str) -> RunError {
    RunError::Missing {
        what: format!("there is no {what} {id} any more"),
        help: "Read the list again with ^R: it was removed a moment ago, or by somebody else.".into(),
    }
}

async fn person(session: &Session, id: &str) -> Result<User, RunError> {
    session.reader().person(id).await?.ok_or_else(|| gone("person", id))
}

/// The detail of a person: up to six calls, side by side.
///
/// # Errors
/// The person cannot be read; what else may not be read is part of the answer.
pub(super) async fn of_person(
    session: &Session,
    id: UserId,
    app: Option<AppId>,
) -> Result<Outcome, RunError> {
    let reader = session.reader();
    let app_user = async {
        match &app {
            Some(app) => reader.app_user(app, &id).await.into(),
            None => Readable::NotAsked,
        }
    };
    let events = async {
        match &app {
            Some(app) => {
                let (now, query) =
                    (Timestamp::now(), LogQuery::OfPerson { person: id.clone(), app: app.clone() });
                let page = reader.log(&query, now.saturating_sub(LOG_KEPT).unwrap_or(now), now).next().await;
                page.unwrap_or_else(|| Ok(Vec::new())).into()
            }
            None => Readable::NotAsked,
        }
    };
    let (found, groups, factors, app_user, events) = tokio::join!(
        person(session, id.as_str()),
        reader.person_groups(&id),
        reader.factors(&id),
        app_user,
        events
    );
    Ok(Outcome::Person(Box::new(PersonDetail {
        person: found?,
        groups: groups.into(),
        factors: factors.into(),
        app_user,
        events,
    })))
}

/// How many members of a group are read for its detail: five calls. More would eat the org's budget for nobody's eyes.
const MEMBERS: usize = 1_000;

/// The detail of a group, and its first members page by page.
///
/// # Errors
/// The group cannot be read.
pub(super) async fn of_group(
    session: &Session,
    id: GroupId,
    app: Option<AppId>,
    sink: &Sink,
) -> Result<(), RunError> {
    let reader = session.reader();
    let app_group = async {
        match &app {
            Some(app) => reader.app_group(app, &id).await.into(),
            None => Readable::NotAsked,
        }
    };
    let (group, app_group) = tokio::join!(reader.counted_group(&id), app_group);
    let group = group?.ok_or_else(|| gone("group", id.as_str()))?;
    let everyone = group.is_everyone();
    let members = group.members;
    sink.send(Outcome::Group(Box::new(GroupDetail { group, app_group }))).await;
    let mut pages = reader.group_members(&id);
    let mut shown = 0;
    while let Some(page) = pages.next().await {
        match page {
            Ok(people) => {
                shown += people.len();
                sink.send(Outcome::Members(people)).await;
            }
            Err(e) => {
                sink.send(Outcome::MembersComplete(Some(e.into()))).await;
                return Ok(());
            }
        }
        if shown >= MEMBERS && pages.more() {
            let all = members.map_or_else(|| "more".to_owned(), |n| n.to_string());
            let help = if everyone {
                "It is the built-in group of everybody: the list of people is the same."
            } else {
                "`oktui review` reads all of them."
            };
            let told = Trouble::new(format!("the first {shown} of {all} members are shown"), help);
            sink.send(Outcome::MembersComplete(Some(told))).await;
            return Ok(());
        }
    }
    sink.send(Outcome::MembersComplete(None)).await;
    Ok(())
}

/// Reads what it takes to say why a person can or cannot sign in, and says it.
///
/// # Errors
/// The app or the person cannot be read. What else may not be read is part of the answer.
pub async fn why(
    session: &Session,
    app: &App,
    who: User,
    server: ServerKind,
    scopes: Vec<String>,
) -> Result<Why, RunError> {
    let reader = session.reader();
    let Some(id) = app.id() else {
        return Err(RunError::Missing { what: "the app has no id".into(), help: "Read it again.".into() });
    };
    let policies = async {
        match &server {
            ServerKind::Org => Readable::NotAsked,
            ServerKind::Custom(custom) => reader.policies(custom).await.into(),
        }
    };
    let (assignment, app_groups, groups, discovery, policies, sign_on, factors) = tokio::join!(
        reader.app_user(&id, &who.id),
        reader.app_groups(&id),
        reader.person_groups(&who.id),
        reader.discovery(&server, None),
        policies,
        reader.sign_on(session.org().engine, app, &who.id),
        reader.factors(&who.id),
    );
    let server_answers = Readable::from(discovery.map(|d: Option<Discovery>| d.is_some()));
    Ok(answer(&Facts {
        app: app.clone(),
        person: who,
        assignment: assignment.into(),
        app_groups: app_groups.into(),
        groups: groups.into(),
        server,
        server_answers,
        policies,
        scopes,
        sign_on: sign_on.into(),
        factors: factors.into(),
    }))
}

/// The same, by ids.
///
/// # Errors
/// As [`why`].
pub(super) async fn why_by_id(
    session: &Session,
    app: &AppId,
    who: &UserId,
    server: ServerKind,
    scopes: Vec<String>,
) -> Result<Outcome, RunError> {
    let app = async { session.reader().app(app).await.map_err(RunError::from) };
    let (app, who) = tokio::join!(app, person(session, who.as_str()));
    Ok(Outcome::Why(Box::new(why(session, &app?, who?, server, scopes).await?)))
}

/// Finds a person by login or id.
///
/// # Errors
/// There is none, or the call failed.
pub async fn find_person(session: &Session, login: &str) -> Result<User, RunError> {
    match session.reader().person(login).await {
        Ok(Some(user)) => Ok(user),
        Ok(None) => Err(RunError::Missing {
            what: format!("nobody has the login {}", crate::text::Clean::new(login)),
            help: "`oktui people search` finds people by the beginning of a name, a login or an address."
                .into(),
        }),
        Err(e) => Err(ApiError::into(e)),
    }
}
