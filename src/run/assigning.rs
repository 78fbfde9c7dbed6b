//! A list of people, and groups, as a plan for an app: through the same road as everything else that is written.

use super::error::RunError;
use super::job::PlanMade;
use super::session::Session;
use super::{applying, testing};
use crate::okta::model::{App, AppGroup, AppId, User};
use crate::people::{Preview, Purpose};
use crate::setup::{self, Access, AccessMode, Ask, Assignments, Draft, Target};
use crate::text::Clean;
use std::collections::BTreeMap;

/// What is to be assigned, or taken away.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// To assign, or to remove.
    pub purpose: Purpose,
    /// The people, looked up.
    pub people: Option<&'a Preview>,
    /// Whether those who cannot sign in now are assigned as well.
    pub inactive: bool,
    /// Groups by name, or, where they are to be removed, by id as well.
    pub groups: &'a [String],
    /// Reason or ticket, kept in the journal.
    pub reason: &'a str,
}

/// Makes the plan. The app itself stays as it is, and no access policy is made on the way.
///
/// # Errors
/// A group that is to be removed is not assigned; else those of [`applying::plan`].
pub async fn plan(session: &Session, app: &App, wanted: Wanted<'_>) -> Result<PlanMade, RunError> {
    let Some(id) = app.id() else {
        return Err(RunError::Missing { what: "the app has no id".into(), help: "Read it again.".into() });
    };
    let nobody = Assignments { groups: &[], people: &[], logins: &BTreeMap::new(), everyone: None };
    let server = testing::server_of(session, &id).await;
    let mut setup = setup::from_app(app, nobody, server, &[]);
    setup.authorization_server.access_policy = false;
    let rows = wanted.people.into_iter().flat_map(|p| &p.rows);
    let people: Vec<User> = rows.filter_map(|row| row.found.to_do(wanted.inactive)).cloned().collect();
    let mut draft = Draft::new(session.org().url.clone());
    match wanted.purpose {
        Purpose::Assign => {
            let people = people.iter().map(|p| p.login.to_string()).collect();
            setup.access = Access { mode: AccessMode::Controlled, people, groups: wanted.groups.to_vec() };
        }
        Purpose::Remove => {
            setup.access = Access { mode: AccessMode::Controlled, ..Access::default() };
            draft.asks = people
                .iter()
                .map(|p| Ask::UnassignPerson { id: p.id.clone(), login: p.login.clone() })
                .collect();
            draft.asks.extend(groups_to_remove(session, &id, wanted.groups).await?);
        }
    }
    draft.target = Target::Existing(id);
    draft.setup = setup;
    draft.reason = wanted.reason.to_owned();
    applying::plan_knowing(session, &draft, &people).await
}

async fn groups_to_remove(session: &Session, app: &AppId, named: &[String]) -> Result<Vec<Ask>, RunError> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let assigned = session.reader().app_groups(app).await?;
    named.iter().map(|name| group_to_remove(&assigned, name)).collect()
}

fn group_to_remove(assigned: &[AppGroup], named: &str) -> Result<Ask, RunError> {
    let shown = Clean::new(named);
    let is = |g: &&AppGroup| g.id.as_str() == named || g.name.as_ref().is_some_and(|n| *n == shown);
    let found: Vec<&AppGroup> = assigned.iter().filter(is).collect();
    match &found[..] {
        [one] => Ok(Ask::UnassignGroup {
            id: one.id.clone(),
            name: one.name.clone().unwrap_or_else(|| Clean::new(one.id.as_str())),
        }),
        [] => {
            let names: Vec<&str> =
                assigned.iter().map(|g| g.name.as_ref().map_or(g.id.as_str(), Clean::as_str)).collect();
            let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            Err(RunError::Missing {
                what: format!("no group {shown} is assigned to this app"),
                help: format!("Assigned are: {there}."),
            })
        }
        several => Err(RunError::Missing {
            what: format!("{} assigned groups are named {shown}", several.len()),
            help: format!(
                "Say which by its id: {}.",
                several.iter().map(|g| g.id.as_str()).collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_to_remove_is_one_that_is_assigned() {
        let group = |id: &str, name: Option<&str>| AppGroup {
            id: id.parse().unwrap(),
            name: name.map(Clean::new),
            priority: None,
            profile: serde_json::Map::new(),
        };
        let assigned = [group("00g1", Some("A")), group("00g2", Some("B")), group("00g3", Some("B"))];
        let ask = |named| group_to_remove(&assigned, named);
        assert!(matches!(ask("A"), Ok(Ask::UnassignGroup { id, .. }) if id.as_str() == "00g1"));
        assert!(matches!(ask("00g3"), Ok(Ask::UnassignGroup { id, .. }) if id.as_str() == "00g3"));
        assert!(ask("B").unwrap_err().trouble().help.as_str().contains("00g2, 00g3"));
        assert!(ask("C").unwrap_err().trouble().help.as_str().contains("A, B, B"));
    }
}
