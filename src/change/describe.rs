//! A change in words, with its risk, the calls it takes and who may make it. All of it follows from the change alone, so that
//! every road to a plan (wizard, panes, rotation, fix) shows the same change in the same words.

use super::value::{Allowed, AppRef, Change, FieldChange, People, Planned, Risk};
use crate::okta::model::{App, Identity};
use crate::text::{Clean, plural};
use serde_json::{Map, Value};

/// Puts a change into its place in a plan. `label` is the app's name, for the text to send to an admin.
pub fn planned(
    number: usize,
    change: Change,
    people: People,
    details: Vec<String>,
    me: Option<&Identity>,
    label: &Clean,
) -> Planned {
    let risk = match (risk(&change), &people) {
        // Taking away an assignment from people who keep access by another one takes nothing from anybody.
        (Risk::Cut, People::None)
            if matches!(change, Change::UnassignGroup { .. } | Change::UnassignPerson { .. }) =>
        {
            Risk::Change
        }
        (risk, _) => risk,
    };
    Planned {
        number,
        title: title(&change),
        risk,
        calls: calls(&change).iter().map(|c| (*c).to_owned()).collect(),
        allowed: allowed(&change, me, label),
        people,
        details,
        change,
    }
}

/// A change in a few words: `assign group MCP-Users`.
pub fn title(change: &Change) -> Clean {
    let text = match change {
        Change::CreateApp { body } => format!("create the app \"{}\"", text_of(body, "label")),
        Change::EditApp { fields, .. } => edit_title(fields),
        Change::UploadLogo { path, .. } => {
            format!("upload the logo {}", path.rsplit('/').next().unwrap_or(path))
        }
        Change::ActivateApp { label, .. } => format!("activate the app \"{label}\""),
        Change::DeactivateApp { label, .. } => format!("deactivate the app \"{label}\""),
        Change::DeleteApp { label, .. } => format!("delete the app \"{label}\""),
        Change::AssignGroup { name, .. } => format!("assign group {name}"),
        Change::UnassignGroup { name, .. } => format!("remove group {name}"),
        Change::AssignPerson { login, .. } => format!("assign {login}"),
        Change::UnassignPerson { login, .. } => format!("remove {login}"),
        Change::SetUserName { login, to, .. } => format!("call {login} \"{to}\" in this app"),
        Change::SetSignInPolicy { policy, .. } => format!("give it the sign-in policy {policy}"),
        Change::AddSecret { .. } => "make a second client secret".into(),
        Change::ActivateSecret { secret, .. } => format!("activate client secret {secret}"),
        Change::DeactivateSecret { secret, .. } => format!("deactivate client secret {secret}"),
        Change::DeleteSecret { secret, .. } => format!("delete client secret {secret}"),
        Change::CreatePolicy { server, body, .. } => {
            format!("access policy \"{}\" on \"{server}\"", text_of(body, "name"))
        }
        Change::DeletePolicy { server, name, .. } => {
            format!("delete access policy \"{name}\" on \"{server}\"")
        }
        Change::CreateRule { server, body, .. } => {
            format!("rule \"{}\" on \"{server}\"", text_of(body, "name"))
        }
        Change::DeleteRule { server, name, .. } => format!("delete rule \"{name}\" on \"{server}\""),
    };
    Clean::new(&text)
}

fn text_of<'a>(body: &'a Map<String, Value>, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn edit_title(fields: &[FieldChange]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for field in fields {
        let part = match (field.from.as_str(), field.to.as_str()) {
            ("", _) => format!("add {}", field.field),
            (_, "") => format!("remove {}", field.field),
            _ => field.field.clone(),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    format!("edit the app: {}", parts.join(", "))
}

/// The risk of a change, people left aside.
pub fn risk(change: &Change) -> Risk {
    match change {
        Change::CreateApp { .. }
        | Change::UploadLogo { .. }
        | Change::AssignGroup { .. }
        | Change::AssignPerson { .. }
        | Change::AddSecret { .. }
        | Change::CreatePolicy { .. }
        | Change::CreateRule { .. } => Risk::Add,
        Change::EditApp { before, after, .. } => edit_risk(before, after),
        Change::ActivateApp { .. }
        | Change::ActivateSecret { .. }
        | Change::SetUserName { .. }
        | Change::SetSignInPolicy { .. } => Risk::Change,
        Change::DeactivateApp { .. }
        | Change::UnassignGroup { .. }
        | Change::UnassignPerson { .. }
        | Change::DeactivateSecret { .. }
        | Change::DeletePolicy { .. }
        | Change::DeleteRule { .. } => Risk::Cut,
        Change::DeleteApp { .. } | Change::DeleteSecret { .. } => Risk::Gone,
    }
}

/// A removed URI stops whoever sends it; another authentication method may replace the secrets. URIs alone, added, touch nobody.
fn edit_risk(before: &App, after: &App) -> Risk {
    let lost = |from: Vec<String>, to: Vec<String>| from.iter().any(|uri| !to.contains(uri));
    if before.client_authentication() != after.client_authentication()
        || lost(before.redirect_uris(), after.redirect_uris())
        || lost(before.sign_out_uris(), after.sign_out_uris())
    {
        return Risk::Cut;
    }
    let mut only_uris = before.clone();
    for key in ["redirect_uris", "post_logout_redirect_uris"] {
        if let Some(uris) = after.at(&format!("/settings/oauthClient/{key}")) {
            super::plan::set(&mut only_uris.0, &["settings", "oauthClient", key], uris.clone());
        }
    }
    if only_uris == *after { Risk::Add } else { Risk::Change }
}

/// The rate-limit bucket of every call that apply makes for a change when all goes well, one entry a call (Okta's rate-limit
/// page: everything below `/api/v1/apps/{id}/` counts as `apps`, the app itself as `apps/{id}`, authorization servers as `other`).
pub fn calls(change: &Change) -> &'static [&'static str] {
    match change {
        // Looked at once more just before it is replaced or deleted.
        Change::EditApp { .. } | Change::DeleteApp { .. } => &["apps/{id}", "apps/{id}"],
        // What is there is read first, for the way back, or to tell the new secret from the old ones.
        Change::UnassignGroup { .. }
        | Change::UnassignPerson { .. }
        | Change::SetUserName { .. }
        | Change::AddSecret { .. } => &["apps", "apps"],
        Change::CreateApp { .. }
        | Change::UploadLogo { .. }
        | Change::ActivateApp { .. }
        | Change::DeactivateApp { .. }
        | Change::AssignGroup { .. }
        | Change::AssignPerson { .. }
        | Change::SetSignInPolicy { .. }
        | Change::ActivateSecret { .. }
        | Change::DeactivateSecret { .. }
        | Change::DeleteSecret { .. } => &["apps"],
        Change::CreatePolicy { .. } | Change::CreateRule { .. } => &["other"],
        Change::DeletePolicy { .. } | Change::DeleteRule { .. } => &["other", "other", "other"],
    }
}

/// The app that a change is about.
pub fn app_of(change: &Change) -> Option<AppRef> {
    match change {
        Change::UploadLogo { app, .. }
        | Change::AssignGroup { app, .. }
        | Change::AssignPerson { app, .. }
        | Change::SetSignInPolicy { app, .. }
        | Change::AddSecret { app, .. }
        | Change::CreatePolicy { client: app, .. } => Some(app.clone()),
        Change::ActivateApp { app, .. }
        | Change::DeactivateApp { app, .. }
        | Change::DeleteApp { app, .. }
        | Change::UnassignGroup { app, .. }
        | Change::UnassignPerson { app, .. }
        | Change::SetUserName { app, .. }
        | Change::ActivateSecret { app, .. }
        | Change::DeactivateSecret { app, .. }
        | Change::DeleteSecret { app, .. } => Some(AppRef::Known(app.clone())),
        Change::EditApp { before, .. } => before.id().map(AppRef::Known),
        Change::CreateApp { .. }
        | Change::DeletePolicy { .. }
        | Change::CreateRule { .. }
        | Change::DeleteRule { .. } => None,
    }
}

/// Standard roles that certainly may not write to any app.
const NO_APPS: [&str; 6] = [
    "READ_ONLY_ADMIN",
    "HELP_DESK_ADMIN",
    "REPORT_ADMIN",
    "USER_ADMIN",
    "GROUP_MEMBERSHIP_ADMIN",
    "MOBILE_ADMIN",
];

/// Standard roles that certainly may not edit authorization servers: Okta names `SUPER_ADMIN` and
/// `API_ACCESS_MANAGEMENT_ADMIN` as the two that may.
const NO_SERVERS: [&str; 2] = ["APP_ADMIN", "ORG_ADMIN"];

/// Whether this session may make a change, by the roles of the token's owner. A role that we do not know, and a custom one, counts
/// as good: Okta then answers for itself.
pub fn allowed(change: &Change, me: Option<&Identity>, label: &Clean) -> Allowed {
    let Some(roles) = me.and_then(|me| me.roles.as_ref()) else { return Allowed::Yes };
    let on_server = matches!(
        change,
        Change::CreatePolicy { .. }
            | Change::DeletePolicy { .. }
            | Change::CreateRule { .. }
            | Change::DeleteRule { .. }
    );
    let refused = |kind: &str| NO_APPS.contains(&kind) || (on_server && NO_SERVERS.contains(&kind));
    if roles.iter().any(|role| !refused(role.kind.as_str())) {
        return Allowed::Yes;
    }
    let has = match roles.len() {
        0 => "has no administrator role".to_owned(),
        _ => {
            let names: Vec<&str> = roles.iter().map(|r| r.label.as_str()).collect();
            format!("has only the role {}", names.join(", "))
        }
    };
    let (what, who) = if on_server {
        ("edit authorization servers", "a Super Admin or an API Access Management Admin")
    } else {
        ("change apps", "a Super Admin, or an App Admin for this app")
    };
    Allowed::No {
        why: format!("This token may not {what}: its owner {has}."),
        ask: format!(
            "For the Okta app integration \"{label}\", through which people sign in to the Cequence AI Gateway: {}. {}This takes {who}.",
            title(change),
            server_request(change)
        ),
    }
}

/// What a policy or rule must hold, for somebody who makes it by hand in the Admin Console.
fn server_request(change: &Change) -> String {
    match change {
        Change::CreatePolicy { server, .. } => {
            format!(
                "It is an access policy on the authorization server \"{server}\" that includes this client. "
            )
        }
        Change::CreateRule { body, .. } => {
            let list = |of: &str| -> Vec<&str> {
                let include = body.get("conditions").and_then(|c| c.get(of)?.get("include")?.as_array());
                include.into_iter().flatten().filter_map(Value::as_str).collect()
            };
            format!(
                "The rule includes any user assigned to the app, the grant {} and the scopes {}. ",
                list("grantTypes").join(", "),
                list("scopes").join(", ")
            )
        }
        _ => String::new(),
    }
}

impl People {
    /// For a column: `+212`, `37`, `−14`, `≤ 14`, `all`, `?`, or nothing.
    pub fn short(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Gain(n) => format!("+{n}"),
            Self::GainAtMost(n) => format!("≤ +{n}"),
            Self::Touched(n) => n.to_string(),
            Self::Lose(who) => format!("−{}", who.len()),
            Self::LoseAtMost(n) => format!("≤ −{n}"),
            Self::Everybody => "all".into(),
            Self::Unknown => "?".into(),
        }
    }

    /// In words: `14 people lose access`.
    pub fn words(&self) -> String {
        let people = |n: usize| {
            if n == 1 { "1 person".to_owned() } else { plural(n, "people").trim_end_matches('s').to_owned() }
        };
        let count = |n: u64| people(usize::try_from(n).unwrap_or(usize::MAX));
        match self {
            Self::None => "nobody's access changes".into(),
            Self::Gain(1) => "1 person gets access".into(),
            Self::Gain(n) => format!("{} get access", count(*n)),
            Self::GainAtMost(n) => format!("at most {} get access", count(*n)),
            Self::Touched(1) => "1 person uses this app".into(),
            Self::Touched(n) => format!("{} use this app", count(*n)),
            Self::Lose(who) if who.len() == 1 => "1 person loses access".into(),
            Self::Lose(who) => format!("{} lose access", people(who.len())),
            Self::LoseAtMost(n) => format!("at most {} lose access", count(*n)),
            Self::Everybody => "everybody in the org".into(),
            Self::Unknown => "how many people this touches is not known".into(),
        }
    }
}
