//! Who may use an app: people and groups assigned to it.

use super::apps::App;
use super::call::{Answer, Call, Reply};
use super::error;
use super::log::Event;
use super::paging::Page;
use super::people::{Person, Status};
use super::state::Org;
use super::{groups, users};
use http::Method;
use serde_json::{Value, json};
use std::collections::HashSet;

/// A direct assignment.
#[derive(Debug, Clone)]
pub(super) struct AppUser {
    pub(super) user_name: Option<String>,
    pub(super) profile: Option<Value>,
    pub(super) created: String,
    pub(super) updated: String,
}

/// An assigned group; its place in the list is its priority.
#[derive(Debug, Clone)]
pub(super) struct AppGroup {
    pub(super) id: String,
    pub(super) updated: String,
    pub(super) profile: Value,
}

/// How a person comes to an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    User,
    Group,
}

/// Whether and how a person is assigned; a direct assignment wins over a group's.
pub(super) fn scope(org: &Org, app: &App, person: u64) -> Option<Scope> {
    if app.users.contains_key(&person) {
        return Some(Scope::User);
    }
    let assigned = app.groups.iter().filter_map(|g| org.directory.group(&g.id));
    assigned.into_iter().any(|g| org.directory.is_member(person, g)).then_some(Scope::Group)
}

/// Numbers of everybody assigned, direct or by group, from number `first` on, ascending.
fn people<'a>(org: &'a Org, app: &'a App, first: u64) -> impl Iterator<Item = u64> + 'a {
    let groups: Vec<_> = app.groups.iter().filter_map(|g| org.directory.group(&g.id)).collect();
    (first..org.directory.people)
        .filter(move |n| app.users.contains_key(n) || groups.iter().any(|g| org.directory.is_member(*n, g)))
}

/// Ids of everybody assigned.
pub(super) fn person_ids(org: &Org, app: &App) -> Vec<String> {
    people(org, app, 0).filter_map(|n| org.directory.person(n)).map(|p| p.id).collect()
}

/// Who may get an app: people who were not suspended or removed and have been activated.
fn inactive(status: Status) -> bool {
    matches!(status, Status::Suspended | Status::Deprovisioned)
}

fn show_user(call: &Call, org: &Org, app: &App, person: &Person, expand: bool) -> Value {
    let direct = app.users.get(&person.n);
    let here = format!("{}/api/v1/apps/{}", call.base, app.id);
    let stamp = direct.map_or(&app.created, |d| &d.created);
    let mut links = json!({
        "app": { "href": here },
        "user": { "href": format!("{}/api/v1/users/{}", call.base, person.id) },
    });
    if direct.is_none() {
        let group = app
            .groups
            .iter()
            .filter_map(|g| org.directory.group(&g.id))
            .find(|g| org.directory.is_member(person.n, g));
        if let (Some(group), Some(fields)) = (group, links.as_object_mut()) {
            fields.insert(
                "group".into(),
                json!({ "href": format!("{}/api/v1/groups/{}", call.base, group.id) }),
            );
        }
    }
    let user_name = direct.and_then(|d| d.user_name.clone()).unwrap_or_else(|| person.login.clone());
    let profile = direct.and_then(|d| d.profile.clone()).unwrap_or_else(|| {
        json!({ "name": person.display(), "given_name": person.first, "family_name": person.last, "email": person.login,
            "locale": "en_US", "zoneinfo": "America/Los_Angeles" })
    });
    let mut shown = json!({
        "id": person.id,
        "scope": if direct.is_some() { "USER" } else { "GROUP" },
        "status": "ACTIVE",
        "statusChanged": stamp,
        "created": stamp,
        "lastUpdated": direct.map_or(&app.created, |d| &d.updated),
        "syncState": "DISABLED",
        "passwordChanged": null,
        "credentials": { "userName": user_name },
        "profile": profile,
        "_links": links,
    });
    if let (true, Some(fields)) = (expand, shown.as_object_mut()) {
        fields.insert("_embedded".into(), json!({ "user": users::show(call, org, person) }));
    }
    shown
}

fn show_group(
    call: &Call,
    org: &Org,
    app: &App,
    priority: usize,
    group: &AppGroup,
    expand: Option<&str>,
) -> Value {
    let mut shown = json!({
        "id": group.id,
        "priority": priority,
        "lastUpdated": group.updated,
        "profile": group.profile,
        "_links": {
            "app": { "href": format!("{}/api/v1/apps/{}", call.base, app.id) },
            "self": { "href": format!("{}/api/v1/apps/{}/groups/{}", call.base, app.id, group.id) },
            "group": { "href": format!("{}/api/v1/groups/{}", call.base, group.id) },
        },
    });
    if let (Some("group"), Some(fields), Some(found)) =
        (expand, shown.as_object_mut(), org.directory.group(&group.id))
    {
        fields.insert("_embedded".into(), json!({ "group": groups::show(call, org, found, false) }));
    }
    shown
}

/// `/api/v1/apps/{id}/users…`
pub(super) fn route_users(call: &Call, org: &mut Org, app_id: &str, rest: &[&str]) -> Answer {
    let expand = call.param("expand") == Some("user");
    let app = org.app(app_id).ok_or_else(|| error::not_found(app_id, "AppInstance"))?;
    let found = |id: &str| org.find_person(id).ok_or_else(|| error::not_found(id, "User"));
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let mut page = Page::of(call, 50, 500)?;
            let first = page.first_person(org.seed);
            let q = call.param("q").map(str::to_lowercase);
            let list = people(org, app, first).filter_map(|n| org.person(n)).filter(|p| {
                q.as_ref().is_none_or(|q| {
                    p.login.starts_with(q.as_str()) || p.display().to_lowercase().starts_with(q)
                })
            });
            // In Federation Broker Mode nobody is listed: everybody passes.
            let hidden = app.implicit_assignment();
            Ok(page.cut(
                call,
                list.filter(|_| !hidden),
                |p| p.id.clone(),
                |p| show_user(call, org, app, &p, expand),
            ))
        }
        (&Method::GET, [user]) => {
            let person = found(user)?;
            match scope(org, app, person.n) {
                Some(_) if !app.implicit_assignment() => {
                    Reply::ok(show_user(call, org, app, &person, expand))
                }
                _ => Err(error::not_found(user, "AppUser")),
            }
        }
        (&Method::POST, []) => {
            let body = call.json()?;
            let Some(id) = body.get("id").and_then(Value::as_str) else {
                return Err(error::validation("id", "id: The field cannot be left blank"));
            };
            let person = org.find_person(id).ok_or_else(|| error::not_found(id, "User"))?;
            assign(call, org, app_id, &person, &body)
        }
        (&Method::POST, [user]) => {
            let body = call.json()?;
            let person = found(user)?;
            if scope(org, app, person.n).is_none() {
                return Err(error::not_found(user, "AppUser"));
            }
            let becomes_direct = body.get("scope").and_then(Value::as_str) == Some("USER");
            if app.users.contains_key(&person.n) || becomes_direct {
                return assign(call, org, app_id, &person, &body);
            }
            // A group assignment's profile belongs to the group. This is the one operation whose error Okta's own
            // example writes with `errorCauses` as an object.
            Err(error::with_summary(
                400,
                "E0000041",
                "Credentials should not be set on this resource based on the scheme.",
                json!({ "errorSummary": "User level profile should not be set on a group assignment." }),
            ))
        }
        (&Method::DELETE, [user]) => {
            let person = found(user)?;
            if scope(org, app, person.n).is_none() {
                return Err(error::not_found(user, "AppUser"));
            }
            let label = app.label().to_owned();
            // Somebody who also comes by a group stays, with scope GROUP (unverified at Okta, as is the answer when there
            // is no direct assignment to remove).
            if let Some(app) = org.app_mut(app_id) {
                app.users.remove(&person.n);
            }
            org.record(
                call,
                Event::success("application.user_membership.remove", "Remove user's application membership")
                    .target("AppUser", &person.id, &person.login, &person.display())
                    .target("AppInstance", app_id, "oidc_client", &label)
                    .target("User", &person.id, &person.login, &person.display()),
            );
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => Err(error::okta(405, "E0000022")),
        _ => Err(error::okta(404, "E0000008")),
    }
}

/// Makes or changes a direct assignment. A second POST of an assigned person answers 200, as a first does; Okta's
/// catalogue also holds 409 E0000062 for it (unverified), which scenario `assigned-twice-conflict` gives.
fn assign(call: &Call, org: &mut Org, app_id: &str, person: &Person, body: &Value) -> Answer {
    let stamp = org.stamp();
    let conflict = org.scenario == super::Scenario::AssignedTwiceConflict && call.segments.len() == 5;
    if inactive(person.status) {
        return Err(error::okta(403, "E0000117"));
    }
    let app = org.app_mut(app_id).ok_or_else(|| error::not_found(app_id, "AppInstance"))?;
    if app.implicit_assignment() {
        return Err(error::validation(
            "app",
            "app: Individual assignment is not possible with Federation Broker Mode",
        ));
    }
    let again = app.users.contains_key(&person.n);
    if again && conflict {
        return Err(error::okta(409, "E0000062"));
    }
    let entry = app.users.entry(person.n).or_insert_with(|| AppUser {
        user_name: None,
        profile: None,
        created: stamp.clone(),
        updated: stamp.clone(),
    });
    entry.updated = stamp;
    if let Some(name) = body.pointer("/credentials/userName").and_then(Value::as_str) {
        entry.user_name = Some(name.to_owned());
    }
    if let Some(profile) = body.get("profile").filter(|p| p.as_object().is_some_and(|p| !p.is_empty())) {
        entry.profile = Some(profile.clone());
    }
    let label = app.label().to_owned();
    let (kind, message) = if again {
        ("application.user_membership.update", "Update user's application membership")
    } else {
        ("application.user_membership.add", "Add user to application membership")
    };
    org.record(
        call,
        Event::success(kind, message)
            .target("AppUser", &person.id, &person.login, &person.display())
            .target("AppInstance", app_id, "oidc_client", &label)
            .target("User", &person.id, &person.login, &person.display()),
    );
    let app = org.app(app_id).ok_or_else(|| error::not_found(app_id, "AppInstance"))?;
    Reply::ok(show_user(call, org, app, person, false))
}

/// `/api/v1/apps/{id}/groups…`
pub(super) fn route_groups(call: &Call, org: &mut Org, app_id: &str, rest: &[&str]) -> Answer {
    let expand = call.param("expand");
    let app = org.app(app_id).ok_or_else(|| error::not_found(app_id, "AppInstance"))?;
    let place = |id: &str| app.groups.iter().position(|g| g.id == id);
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let page = Page::of(call, 20, 200)?;
            if page.limit < 20 && call.param("limit").is_some() {
                return Err(error::validation("limit", "limit: must be between 20 and 200"));
            }
            let q = call.param("q").map(str::to_lowercase);
            let names = |g: &&(usize, &AppGroup)| {
                let name = org.directory.group(&g.1.id).map(|g| g.name.to_lowercase()).unwrap_or_default();
                q.as_ref().is_none_or(|q| name.starts_with(q.as_str()))
            };
            let list = app.groups.iter().enumerate().filter(|g| names(&g));
            Ok(page.cut(call, list, |(_, g)| g.id.clone(), |(n, g)| show_group(call, org, app, n, g, expand)))
        }
        (&Method::GET, [id]) => match place(id).and_then(|n| app.groups.get(n).map(|g| (n, g))) {
            Some((n, group)) => Reply::ok(show_group(call, org, app, n, group, expand)),
            None => Err(error::not_found(id, "ApplicationGroupAssignment")),
        },
        (&Method::PUT, [id]) => put_group(call, org, app_id, id),
        (&Method::DELETE, [id]) => {
            let Some(at) = place(id) else { return Err(error::not_found(id, "ApplicationGroupAssignment")) };
            let name = org.directory.group(id).map(|g| g.name.clone()).unwrap_or_default();
            let label = app.label().to_owned();
            if let Some(app) = org.app_mut(app_id) {
                app.groups.remove(at);
            }
            org.record(
                call,
                Event::success(
                    "group.application_assignment.remove",
                    "Remove assigned application from group",
                )
                .target("UserGroup", id, "unknown", &name)
                .target("AppInstance", app_id, "oidc_client", &label),
            );
            Ok(Reply::empty(204))
        }
        (_, [] | [_]) => Err(error::okta(405, "E0000022")),
        _ => Err(error::okta(404, "E0000008")),
    }
}

fn put_group(call: &Call, org: &mut Org, app_id: &str, id: &str) -> Answer {
    let body = call.json()?;
    let name = org.directory.group(id).ok_or_else(|| error::not_found(id, "UserGroup"))?.name.clone();
    let stamp = org.stamp();
    let app = org.app_mut(app_id).ok_or_else(|| error::not_found(app_id, "AppInstance"))?;
    let before = app.groups.iter().position(|g| g.id == id);
    let old = before.map(|at| app.groups.remove(at));
    let profile = body.get("profile").filter(|p| p.is_object()).cloned();
    let entry = AppGroup {
        id: id.to_owned(),
        updated: stamp,
        profile: profile.or_else(|| old.map(|o| o.profile)).unwrap_or_else(|| json!({})),
    };
    // Priorities have no gaps and no doubles: a place asked for shifts the others down.
    let last = app.groups.len();
    let asked =
        body.get("priority").and_then(Value::as_u64).map(|p| usize::try_from(p).unwrap_or(last).min(last));
    let at = asked.unwrap_or_else(|| before.unwrap_or(last).min(last));
    app.groups.insert(at, entry);
    let label = app.label().to_owned();
    let (kind, message) = if before.is_some() {
        ("group.application_assignment.update", "Update assigned application of group")
    } else {
        ("group.application_assignment.add", "Assign application to group")
    };
    org.record(
        call,
        Event::success(kind, message).target("UserGroup", id, "unknown", &name).target(
            "AppInstance",
            app_id,
            "oidc_client",
            &label,
        ),
    );
    let app = org.app(app_id).ok_or_else(|| error::not_found(app_id, "AppInstance"))?;
    match app.groups.get(at) {
        Some(group) => Reply::ok(show_group(call, org, app, at, group, None)),
        None => Err(error::okta(500, "E0000009")),
    }
}

/// Ids of the groups a person is in.
pub(super) fn group_ids(org: &Org, person: u64) -> HashSet<String> {
    org.directory.groups_of(person).map(|g| g.id.clone()).collect()
}
