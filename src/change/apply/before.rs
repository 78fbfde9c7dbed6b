//! What stands there before a change, read by GET, for the way back.

use super::run::Run;
use crate::change::inverse::Before;
use crate::change::value::{AppRef, Change};
use crate::okta::model::{ApiError, AppId, AppUser, Assigned, UserId};
use crate::text::Clean;

impl Run<'_> {
    /// The change as it will be made, with its before-image; `None` when there is nothing left to do.
    pub(super) async fn before(&self, change: Change) -> Result<Option<(Change, Before)>, ApiError> {
        let reader = self.session.reader;
        let before = match &change {
            Change::UnassignPerson { app, person, .. } => match self.assignment(app, person).await? {
                Some(user) if user.via == Assigned::Directly => Before::Person(user),
                _ => return Ok(None),
            },
            Change::SetUserName { app, person, to, .. } => match reader.app_user(app, person).await? {
                Some(user) if user.user_name.as_ref() == Some(&Clean::new(to)) => return Ok(None),
                Some(user) => Before::Person(user),
                // Okta's own answer says that they are not assigned.
                None => Before::Nothing,
            },
            Change::UnassignGroup { app, group, .. } => {
                let groups = reader.app_groups(app).await?;
                match groups.into_iter().find(|g| g.id == *group) {
                    Some(group) => Before::Group(group),
                    None => return Ok(None),
                }
            }
            Change::DeleteApp { app, .. } => match reader.app(app).await {
                Ok(app) => Before::App(app),
                Err(e) if e.is_not_found() => return Ok(None),
                Err(e) => return Err(e),
            },
            Change::AddSecret { app: AppRef::Known(app), known } => {
                // The list of the plan may be old. Where it may not be read the plan's has to do.
                let known = match reader.secrets(app).await {
                    Ok(now) => now.into_iter().map(|s| s.id).collect(),
                    Err(e) if e.is_forbidden() => known.clone(),
                    Err(e) => return Err(e),
                };
                let change = Change::AddSecret { app: AppRef::Known(app.clone()), known };
                return Ok(Some((change, Before::Nothing)));
            }
            Change::DeletePolicy { server, policy, .. } => {
                let policies = reader.policies(server).await?;
                match policies.into_iter().find(|p| p.id().as_ref() == Some(policy)) {
                    Some(policy) => Before::Policy { rules: policy.rules.clone(), policy },
                    None => return Ok(None),
                }
            }
            Change::DeleteRule { server, policy, rule, .. } => {
                let rules = reader.rules(server, policy).await?;
                match rules.into_iter().find(|r| r.id().as_ref() == Some(rule)) {
                    Some(rule) => Before::Rule(rule),
                    None => return Ok(None),
                }
            }
            // An edit carries what was read in itself; the others have nothing before them, or nothing that is lost.
            _ => Before::Nothing,
        };
        Ok(Some((change, before)))
    }

    /// A person's assignment: from the list, where one was read for many of them.
    async fn assignment(&self, app: &AppId, person: &UserId) -> Result<Option<AppUser>, ApiError> {
        match &self.assigned {
            Some(assigned) => Ok(assigned.get(person).cloned()),
            None => self.session.reader.app_user(app, person).await,
        }
    }
}
