//! Finding out by reading what became of a change whose answer was never seen.

use super::run::Run;
use crate::change::done::{app_made, edit_landed, policy_made, rule_made, secret_made};
use crate::change::value::{AppRef, Change, PolicyRef};
use crate::okta::model::{ApiError, AppId, AppStatus, Assigned, SecretId};
use crate::text::Clean;

/// What reading says of a change.
pub(super) enum Found {
    /// It is made; with the id of the object that it made.
    Done(Option<String>),
    /// It is not, or it cannot be seen and may be made again.
    NotThere,
}

impl From<bool> for Found {
    fn from(done: bool) -> Self {
        if done { Self::Done(None) } else { Self::NotThere }
    }
}

impl Run<'_> {
    pub(super) async fn find(&mut self, change: &Change) -> Result<Found, ApiError> {
        let reader = self.session.reader;
        Ok(match change {
            Change::CreateApp { .. } => {
                let apps = reader.apps(None).await?;
                let app = app_made(&self.plan.id, &apps).cloned();
                let id = app.as_ref().and_then(|app| app.id());
                self.app = app.or(self.app.take());
                id.map_or(Found::NotThere, |id| Found::Done(Some(id.to_string())))
            }
            Change::EditApp { before, after, .. } => match before.id() {
                Some(id) => {
                    let now = reader.app(&id).await?;
                    let landed = edit_landed(before, after, &now);
                    self.app = Some(now);
                    landed.into()
                }
                None => Found::NotThere,
            },
            Change::ActivateApp { app, .. } => self.has_status(app, AppStatus::Active).await?,
            Change::DeactivateApp { app, .. } => self.has_status(app, AppStatus::Inactive).await?,
            Change::DeleteApp { app, .. } => match reader.app(app).await {
                Ok(_) => Found::NotThere,
                Err(e) if e.is_not_found() => Found::Done(None),
                Err(e) => return Err(e),
            },
            Change::AssignGroup { app: AppRef::Known(app), group, .. } => {
                reader.app_groups(app).await?.iter().any(|g| g.id == *group).into()
            }
            Change::UnassignGroup { app, group, .. } => {
                (!reader.app_groups(app).await?.iter().any(|g| g.id == *group)).into()
            }
            Change::AssignPerson { app: AppRef::Known(app), person, .. } => {
                let user = reader.app_user(app, person).await?;
                user.is_some_and(|u| u.via == Assigned::Directly).into()
            }
            Change::UnassignPerson { app, person, .. } => {
                let user = reader.app_user(app, person).await?;
                (!user.is_some_and(|u| u.via == Assigned::Directly)).into()
            }
            Change::SetUserName { app, person, to, .. } => {
                let user = reader.app_user(app, person).await?;
                user.is_some_and(|u| u.user_name == Some(Clean::new(to))).into()
            }
            Change::SetSignInPolicy { app: AppRef::Known(app), policy } => {
                (reader.app(app).await?.sign_in_policy().as_ref() == Some(policy)).into()
            }
            Change::AddSecret { app: AppRef::Known(app), known } => {
                let now = reader.secrets(app).await?;
                match secret_made(known, &now) {
                    Some(secret) => {
                        self.secret = secret.value.clone();
                        Found::Done(Some(secret.id.to_string()))
                    }
                    None => Found::NotThere,
                }
            }
            Change::ActivateSecret { app, secret } => self.secret_is(app, secret, Some(true)).await?,
            Change::DeactivateSecret { app, secret } => self.secret_is(app, secret, Some(false)).await?,
            Change::DeleteSecret { app, secret } => self.secret_is(app, secret, None).await?,
            Change::CreatePolicy { server, client: AppRef::Known(app), body } => {
                let client = self.client_id(app).await?;
                let policies = reader.policies(server).await?;
                policy_made(body, &client, &policies)
                    .map_or(Found::NotThere, |id| Found::Done(Some(id.to_string())))
            }
            Change::CreateRule { server, policy: PolicyRef::Known(policy), body } => {
                let rules = reader.rules(server, policy).await?;
                rule_made(body, &rules).map_or(Found::NotThere, |id| Found::Done(Some(id.to_string())))
            }
            Change::DeletePolicy { server, policy, .. } => {
                let policies = reader.policies(server).await?;
                (!policies.iter().any(|p| p.id().as_ref() == Some(policy))).into()
            }
            Change::DeleteRule { server, policy, rule, .. } => {
                let rules = reader.rules(server, policy).await?;
                (!rules.iter().any(|r| r.id().as_ref() == Some(rule))).into()
            }
            // A logo cannot be compared; uploading it again replaces it by itself. Without what it refers to, nothing was sent.
            Change::UploadLogo { .. }
            | Change::AssignGroup { .. }
            | Change::AssignPerson { .. }
            | Change::SetSignInPolicy { .. }
            | Change::AddSecret { .. }
            | Change::CreatePolicy { .. }
            | Change::CreateRule { .. } => Found::NotThere,
        })
    }

    async fn has_status(&self, app: &AppId, status: AppStatus) -> Result<Found, ApiError> {
        Ok((self.session.reader.app(app).await?.status() == status).into())
    }

    /// Whether the secret is active (`Some(true)`), inactive, or gone (`None`).
    async fn secret_is(&self, app: &AppId, id: &SecretId, active: Option<bool>) -> Result<Found, ApiError> {
        let now = self.session.reader.secrets(app).await?;
        Ok((now.iter().find(|s| s.id == *id).map(|s| s.active) == active).into())
    }
}
