//! `/api/v1/users`: read only, plus the roles and factors of one user.

use super::call::{Answer, Call, Reply};
use super::clock::rfc3339;
use super::error;
use super::filter::Filter;
use super::groups;
use super::paging::{Page, links};
use super::people::{ADMIN, CHO, Person, Status};
use super::seed;
use super::state::Org;
use http::Method;
use serde_json::{Value, json};

const CREATED: &str = "2025-01-15T08:00:00.000Z";

/// A user object.
pub(super) fn show(call: &Call, org: &Org, person: &Person) -> Value {
    let activated = !matches!(person.status, Status::Staged);
    let here = format!("{}/api/v1/users/{}", call.base, person.id);
    json!({
        "id": person.id,
        "status": person.status.name(),
        "created": CREATED,
        "activated": activated.then_some(CREATED),
        "statusChanged": activated.then_some(CREATED),
        "lastLogin": org.last_login(person).map(rfc3339),
        "lastUpdated": CREATED,
        "passwordChanged": activated.then_some(CREATED),
        "type": { "id": seed::okta_id(org.seed, "oty", 0) },
        "profile": {
            "firstName": person.first,
            "lastName": person.last,
            "displayName": person.display(),
            "mobilePhone": null,
            "secondEmail": null,
            "login": person.login,
            "email": person.login,
        },
        "credentials": {
            "password": {},
            "provider": { "type": "OKTA", "name": "OKTA" },
        },
        "_links": { "self": { "href": here } },
    })
}

/// The values of a user under a SCIM path.
fn values(person: &Person, path: &str) -> Vec<String> {
    match path {
        "id" => vec![person.id.clone()],
        "status" => vec![person.status.name().to_owned()],
        "created" | "activated" | "statusChanged" | "lastUpdated" => vec![CREATED.to_owned()],
        "profile.login" | "profile.email" => vec![person.login.clone()],
        "profile.firstName" => vec![person.first.to_owned()],
        "profile.lastName" => vec![person.last.to_owned()],
        "profile.displayName" => vec![person.display()],
        _ => Vec::new(),
    }
}

/// `/api/v1/users…`
pub(super) fn route(call: &Call, org: &Org, rest: &[&str], owner: u64) -> Answer {
    if call.method != Method::GET {
        return Err(error::okta(405, "E0000022"));
    }
    let found = |id: &str| match id {
        "me" => org.person(owner).ok_or_else(|| error::not_found("me", "User")),
        _ => org.find_person(id).ok_or_else(|| error::not_found(id, "User")),
    };
    match rest {
        [] => list(call, org),
        [id] => Reply::ok(show(call, org, &found(id)?)),
        [id, "groups"] => {
            let person = found(id)?;
            let list = org.directory.groups_of(person.n).map(|g| groups::show(call, org, g, false)).collect();
            Ok(links(Reply::json(200, list), call, None))
        }
        [id, "roles"] => {
            let person = found(id)?;
            let list = if person.n == ADMIN { vec![role(call, org, &person)] } else { Vec::new() };
            Reply::ok(Value::Array(list))
        }
        [id, "factors"] => {
            let person = found(id)?;
            let list = if person.n == CHO { vec![factor(call, org, &person)] } else { Vec::new() };
            Reply::ok(Value::Array(list))
        }
        [id, "appLinks"] => app_links(call, org, &found(id)?),
        _ => Err(error::okta(404, "E0000008")),
    }
}

fn role(call: &Call, org: &Org, person: &Person) -> Value {
    let id = seed::okta_id(org.seed, "ra1", 0);
    json!({
        "id": id, "label": "Super Administrator", "type": "SUPER_ADMIN", "status": "ACTIVE",
        "created": CREATED, "lastUpdated": CREATED, "assignmentType": "USER",
        "_links": { "assignee": { "href": format!("{}/api/v1/users/{}", call.base, person.id) } },
    })
}

/// The id of the one enrolled factor.
pub(super) fn factor_id(org: &Org) -> String {
    seed::okta_id(org.seed, "uft", 0)
}

fn factor(call: &Call, org: &Org, person: &Person) -> Value {
    let here = format!("{}/api/v1/users/{}/factors/{}", call.base, person.id, factor_id(org));
    json!({
        "id": factor_id(org),
        "factorType": "token:software:totp",
        "provider": "GOOGLE",
        "vendorName": "GOOGLE",
        "status": "ACTIVE",
        "created": CREATED,
        "lastUpdated": CREATED,
        "profile": { "credentialId": person.login },
        "_links": {
            "self": { "href": here, "hints": { "allow": ["GET", "DELETE"] } },
            "verify": { "href": format!("{here}/verify"), "hints": { "allow": ["POST"] } },
            "user": { "href": format!("{}/api/v1/users/{}", call.base, person.id), "hints": { "allow": ["GET"] } },
        },
    })
}

fn app_links(call: &Call, org: &Org, person: &Person) -> Answer {
    let shown = org.apps.iter().filter(|a| {
        // Hidden apps are missing here, so this list is no proof of an assignment.
        a.active
            && a.body.pointer("/visibility/hide/web") == Some(&Value::Bool(false))
            && super::assignments::scope(org, a, person.n).is_some()
    });
    let list = shown.map(|a| {
        json!({
            "id": seed::okta_id(org.seed, "00l", person.n), "label": a.label(), "appName": "oidc_client",
            "appInstanceId": a.id, "appAssignmentId": seed::okta_id(org.seed, "0ua", person.n),
            "linkUrl": format!("{}/home/oidc_client/{}/aln1", call.base, a.id),
            "logoUrl": format!("{}/assets/img/logos/default.png", call.base),
            "credentialsSetup": false, "hidden": false, "sortOrder": 0,
        })
    });
    Reply::ok(list.collect())
}

fn list(call: &Call, org: &Org) -> Answer {
    let (q, search, filter) = (call.param("q"), call.param("search"), call.param("filter"));
    if q.is_some() && (filter.is_some() || search.is_some()) {
        return Err(error::okta(400, "E0000033"));
    }
    let everybody = |first: u64| (first..org.directory.people).filter_map(|n| org.person(n));
    if let Some(q) = q {
        // Not paged, ten unless a limit is given, never a deprovisioned user.
        let page = Page::of(call, 10, 200)?;
        let q = q.to_lowercase();
        let starts = |text: &str| text.to_lowercase().starts_with(&q);
        let found = everybody(0)
            .filter(|p| {
                p.status != Status::Deprovisioned && (starts(p.first) || starts(p.last) || starts(&p.login))
            })
            .take(page.limit);
        return Ok(links(Reply::json(200, found.map(|p| show(call, org, &p)).collect()), call, None));
    }
    let mut page = Page::of(call, 200, 200)?;
    let parsed = match search.or(filter) {
        None => None,
        Some(text) => Some(Filter::parse(text).ok_or_else(|| error::okta(400, "E0000031"))?),
    };
    let known = |path: &str| {
        let filterable = matches!(
            path,
            "status"
                | "lastUpdated"
                | "id"
                | "profile.login"
                | "profile.email"
                | "profile.firstName"
                | "profile.lastName"
        );
        if search.is_some() {
            filterable
                || path.starts_with("profile.")
                || matches!(path, "created" | "activated" | "statusChanged" | "type.id")
        } else {
            filterable
        }
    };
    if parsed.as_ref().is_some_and(|f| !f.uses_only(&known)) {
        return Err(error::okta(400, "E0000031"));
    }
    // A plain list leaves deprovisioned users out; search and filter show them.
    let sort = call.param("sortBy").filter(|_| search.is_some());
    let first = if sort.is_some() { 0 } else { page.first_person(org.seed) };
    let found = everybody(first).filter(|p| match &parsed {
        Some(filter) => filter.matches(&|path| values(p, path)),
        None => p.status != Status::Deprovisioned,
    });
    if let Some(attribute) = sort {
        let mut sorted: Vec<Person> = found.collect();
        sorted.sort_by_cached_key(|p| values(p, attribute));
        if call.param("sortOrder").is_some_and(|o| o.eq_ignore_ascii_case("desc")) {
            sorted.reverse();
        }
        return Ok(page.cut(call, sorted.into_iter(), |p| p.id.clone(), |p| show(call, org, &p)));
    }
    Ok(page.cut(call, found, |p| p.id.clone(), |p| show(call, org, &p)))
}
