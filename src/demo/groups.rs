//! `/api/v1/groups`: read only.

use super::call::{Answer, Call, Reply};
use super::error;
use super::filter::Filter;
use super::paging::{Page, links};
use super::people::Group;
use super::state::Org;
use super::users;
use http::Method;
use serde_json::{Value, json};

const CREATED: &str = "2025-01-15T08:00:00.000Z";

/// A group object; `stats` counts its members.
pub(super) fn show(call: &Call, org: &Org, group: &Group, stats: bool) -> Value {
    let here = format!("{}/api/v1/groups/{}", call.base, group.id);
    let mut shown = json!({
        "id": group.id,
        "created": CREATED,
        "lastUpdated": CREATED,
        "lastMembershipUpdated": CREATED,
        "objectClass": ["okta:user_group"],
        "type": kind(group),
        "profile": { "name": group.name, "description": group.description },
        "_links": {
            "logo": [{ "name": "medium", "href": format!("{}/assets/img/logos/groups/odyssey/okta-medium.png", call.base), "type": "image/png" }],
            "users": { "href": format!("{here}/users") },
            "apps": { "href": format!("{here}/apps") },
        },
    });
    if let (true, Some(fields)) = (stats, shown.as_object_mut()) {
        let assigned = org.apps.iter().filter(|a| a.groups.iter().any(|g| g.id == group.id)).count();
        fields.insert(
            "_embedded".into(),
            json!({ "stats": {
                "usersCount": org.directory.members(group, 0).count(), "appsCount": assigned,
                "groupPushMappingsCount": 0, "hasAdminPrivilege": group.built_in && group.n != 0,
                "_links": { "self": { "href": format!("{here}/stats") } },
            } }),
        );
    }
    shown
}

fn kind(group: &Group) -> &'static str {
    if group.built_in { "BUILT_IN" } else { "OKTA_GROUP" }
}

fn values(group: &Group, path: &str) -> Vec<String> {
    match path {
        "id" => vec![group.id.clone()],
        "type" => vec![kind(group).to_owned()],
        "profile.name" => vec![group.name.clone()],
        "profile.description" => vec![group.description.to_owned()],
        "lastUpdated" | "lastMembershipUpdated" | "created" => vec![CREATED.to_owned()],
        _ => Vec::new(),
    }
}

/// `/api/v1/groups…`
pub(super) fn route(call: &Call, org: &Org, rest: &[&str]) -> Answer {
    let found = |id: &str| org.directory.group(id).ok_or_else(|| error::not_found(id, "UserGroup"));
    match (&call.method, rest) {
        (&Method::PUT | &Method::DELETE, [id, "users", _]) if found(id)?.n == 0 => {
            // Everyone is everyone: Okta answers 501.
            Err(error::okta(501, "E0000060"))
        }
        (&Method::GET, []) => list(call, org),
        (&Method::GET, [id]) => Reply::ok(show(call, org, found(id)?, call.param("expand") == Some("stats"))),
        (&Method::GET, [id, "users"]) => {
            let group = found(id)?;
            let mut page = Page::of(call, 1000, 1000)?;
            let first = page.first_person(org.seed);
            let members = org.directory.members(group, first).filter_map(|n| org.person(n));
            Ok(page.cut(call, members, |p| p.id.clone(), |p| users::show(call, org, &p)))
        }
        (&Method::GET, [id, "apps"]) => {
            let group = found(id)?;
            let page = Page::of(call, 20, 200)?;
            let apps = org.apps.iter().filter(|a| a.groups.iter().any(|g| g.id == group.id));
            Ok(page.cut(call, apps, |a| a.id.clone(), |a| a.show(&call.base, org.engine, None)))
        }
        (_, [] | [_] | [_, "users" | "apps"]) => Err(error::okta(405, "E0000022")),
        _ => Err(error::okta(404, "E0000008")),
    }
}

fn list(call: &Call, org: &Org) -> Answer {
    let stats = call.param("expand") == Some("stats");
    if let Some(q) = call.param("q") {
        let page = Page::of(call, 300, 300)?;
        let q = q.to_lowercase();
        let found =
            org.directory.groups.iter().filter(|g| g.name.to_lowercase().starts_with(&q)).take(page.limit);
        return Ok(links(Reply::json(200, found.map(|g| show(call, org, g, stats)).collect()), call, None));
    }
    let page = Page::of(call, 200, 10_000)?;
    let search = call.param("search");
    let parsed = match search.or(call.param("filter")) {
        None => None,
        Some(text) => Some(Filter::parse(text).ok_or_else(|| error::okta(400, "E0000031"))?),
    };
    let known = |path: &str| match path {
        "id" | "type" | "lastUpdated" | "lastMembershipUpdated" => true,
        _ => search.is_some() && (path.starts_with("profile.") || matches!(path, "source.id" | "created")),
    };
    if parsed.as_ref().is_some_and(|f| !f.uses_only(&known)) {
        return Err(error::okta(400, "E0000031"));
    }
    let found = org
        .directory
        .groups
        .iter()
        .filter(|g| parsed.as_ref().is_none_or(|f| f.matches(&|path| values(g, path))));
    Ok(page.cut(call, found, |g| g.id.clone(), |g| show(call, org, g, stats)))
}
