//! The call of a change: the one place where the writer is used.

use super::ApplyError;
use super::run::Run;
use crate::change::moved;
use crate::change::value::{AppRef, Change, Plan, PolicyRef};
use crate::okta::model::{ApiError, App, AppId};
use crate::okta::read::LogQuery;
use crate::okta::write::Done;
use crate::secret::Secret;
use crate::setup::{LogoKind, logo_facts};
use crate::store;
use crate::text::Clean;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::path::Path;

/// How much earlier than an object was read edits of it are looked for.
const EARLIER: SignedDuration = SignedDuration::from_mins(10);

/// What a call made.
pub(super) struct Made {
    /// The id of the object that it made, where it made one.
    pub(super) id: Option<String>,
    /// `X-Okta-Request-Id`.
    pub(super) request_id: Option<Clean>,
    /// Okta said that it was so before.
    pub(super) already: bool,
}

impl Made {
    fn of<T>(done: Done<T>, id: impl FnOnce(T) -> Option<String>) -> Self {
        Self { request_id: done.request_id, already: done.already, id: id(done.value) }
    }

    fn nothing<T>(done: Done<T>) -> Self {
        Self::of(done, |_| None)
    }
}

/// A logo file, read before the first write so that a missing file leaves no half-made app.
pub(super) struct Logo {
    name: String,
    media_type: &'static str,
    bytes: Vec<u8>,
}

pub(super) fn logo(plan: &Plan) -> Result<Option<Logo>, ApplyError> {
    let path = plan.changes.iter().find_map(|p| match &p.change {
        Change::UploadLogo { path, .. } => Some(path),
        _ => None,
    });
    let Some(path) = path else { return Ok(None) };
    let refuse = |why: &str| ApplyError::Logo { path: Clean::new(path), why: Clean::new(why) };
    let bytes = store::read(Path::new(path))
        .map_err(|e| refuse(&e.to_string()))?
        .ok_or_else(|| refuse("there is no such file"))?;
    let facts = logo_facts(&bytes, bytes.len() as u64).map_err(|e| refuse(&e.to_string()))?;
    let (ending, media_type) = match facts.kind {
        LogoKind::Png => ("png", "image/png"),
        LogoKind::Jpeg => ("jpg", "image/jpeg"),
        LogoKind::Gif => ("gif", "image/gif"),
        LogoKind::Svg => ("svg", "image/svg+xml"),
    };
    // Okta stores the picture under a name of its own; this one only has to be harmless in a header.
    Ok(Some(Logo { name: format!("logo.{ending}"), media_type, bytes }))
}

impl Run<'_> {
    pub(super) async fn call(&mut self, change: &Change) -> Result<Made, ApiError> {
        let writer = self.session.writer;
        // From here on it counts as under way.
        self.preparing = None;
        Ok(match change {
            Change::CreateApp { body } => {
                let done = writer.create_app(body).await?;
                Made::of(done, |answer| self.keep(answer))
            }
            Change::EditApp { before, after, .. } => {
                let (Some(id), Some(read)) =
                    (before.id(), self.plan.app_read_at.as_deref().or(before.last_updated()))
                else {
                    return Err(unresolved());
                };
                let done = match writer.replace_app(&id, read, after).await {
                    Err(moved @ ApiError::Changed { .. }) => return Err(self.told(moved, &id, before).await),
                    done => done?,
                };
                Made::of(done, |answer| {
                    self.keep(answer);
                    None
                })
            }
            Change::UploadLogo { app: AppRef::Known(app), .. } => match &self.logo {
                Some(logo) => Made::nothing(
                    writer.upload_logo(app, &logo.name, logo.media_type, logo.bytes.clone()).await?,
                ),
                None => return Err(unresolved()),
            },
            Change::ActivateApp { app, .. } => Made::nothing(writer.activate_app(app).await?),
            Change::DeactivateApp { app, .. } => Made::nothing(writer.deactivate_app(app).await?),
            Change::DeleteApp { app, .. } => Made::nothing(writer.delete_app(app).await?),
            Change::AssignGroup { app: AppRef::Known(app), group, .. } => {
                Made::nothing(writer.assign_group(app, group).await?)
            }
            Change::UnassignGroup { app, group, .. } => {
                Made::nothing(writer.unassign_group(app, group).await?)
            }
            Change::AssignPerson { app: AppRef::Known(app), person, profile, .. } => {
                Made::nothing(writer.assign_person(app, person, profile.as_ref()).await?)
            }
            Change::UnassignPerson { app, person, .. } => {
                Made::nothing(writer.unassign_person(app, person).await?)
            }
            Change::SetUserName { app, person, to, .. } => {
                Made::nothing(writer.set_user_name(app, person, to).await?)
            }
            Change::SetSignInPolicy { app: AppRef::Known(app), policy } => {
                Made::nothing(writer.set_sign_in_policy(app, policy).await?)
            }
            Change::AddSecret { app: AppRef::Known(app), .. } => {
                let done = writer.add_secret(app).await?;
                self.secret = done.value.value.clone();
                Made::of(done, |secret| Some(secret.id.to_string()))
            }
            Change::ActivateSecret { app, secret } => {
                Made::nothing(writer.activate_secret(app, secret).await?)
            }
            Change::DeactivateSecret { app, secret } => {
                Made::nothing(writer.deactivate_secret(app, secret).await?)
            }
            Change::DeleteSecret { app, secret } => Made::nothing(writer.delete_secret(app, secret).await?),
            Change::CreatePolicy { server, client: AppRef::Known(app), body } => {
                let client = self.client_id(app).await?;
                let mut body = body.clone();
                let clients: Value = json!({"clients": {"include": [client.as_str()]}});
                body.insert("conditions".into(), clients);
                let done = writer.create_policy(server, &body).await?;
                Made::of(done, |policy| policy.id().map(|id| id.to_string()))
            }
            Change::DeletePolicy { server, policy, .. } => {
                Made::nothing(writer.delete_policy(server, policy).await?)
            }
            Change::CreateRule { server, policy: PolicyRef::Known(policy), body } => {
                let done = writer.create_rule(server, policy, body).await?;
                Made::of(done, |rule| rule.id().map(|id| id.to_string()))
            }
            Change::DeleteRule { server, policy, rule, .. } => {
                Made::nothing(writer.delete_rule(server, policy, rule).await?)
            }
            Change::UploadLogo { .. }
            | Change::AssignGroup { .. }
            | Change::AssignPerson { .. }
            | Change::SetSignInPolicy { .. }
            | Change::AddSecret { .. }
            | Change::CreatePolicy { .. }
            | Change::CreateRule { .. } => return Err(unresolved()),
        })
    }

    /// The refusal to write over what somebody else changed, with who and what. That is a remark: what cannot be read is left out.
    async fn told(&self, moved: ApiError, id: &AppId, before: &App) -> ApiError {
        let ApiError::Changed { what, at, read, .. } = moved else { return moved };
        let (reader, now) = (self.session.reader, (self.session.clock)());
        // Okta's clock and this one may differ by minutes.
        let since = read.as_str().parse().ok().and_then(|t: Timestamp| t.checked_sub(EARLIER).ok());
        let until = now.checked_add(EARLIER).unwrap_or(now);
        let edits = LogQuery::EditsOf { app: id.clone() };
        let mut edits = reader.log(&edits, since.unwrap_or(now), until);
        let (app, edits) = tokio::join!(reader.app(id), edits.next());
        let newest = edits.and_then(Result::ok).unwrap_or_default().into_iter().next();
        let fields = app.map(|now| moved::moved(before, &now)).unwrap_or_default();
        ApiError::Changed { what, at, read, by: newest.and_then(|event| event.actor_login), fields }
    }

    fn keep(&mut self, (app, secret): (App, Option<Secret>)) -> Option<String> {
        let id = app.id().map(|id| id.to_string());
        self.app = Some(app);
        self.secret = secret.or(self.secret.take());
        id
    }
}

/// A change that names what no earlier one made. `resolved` lets none through; nothing is sent for one.
fn unresolved() -> ApiError {
    ApiError::Unreadable {
        endpoint: "plan".into(),
        status: 0,
        detail: "the change refers to something that was not made; nothing was sent".into(),
    }
}
