//! A native app for one run of the tester: made by a plan that was looked at and confirmed, deleted after the run whatever became of that,
//! and at the next start where the program was killed in between. Both ways are read back.

use super::error::RunError;
use super::job::PlanMade;
use super::session::Session;
use super::{applying, live, temporary, testing, undo};
use crate::change::side::{self, Model, Side};
use crate::change::{self, Plan};
use crate::flow::trace::RunVerdict;
use crate::okta::model::{App, AppId, ClientAuthentication, ClientId, ServerKind};
use crate::text::Clean;

/// The plan that makes such an app for `web`, with this redirect URI of this machine.
///
/// # Errors
/// An interrupted apply of this org has to end first; or the plan cannot be made.
pub async fn plan(session: &Session, web: &App, redirect_uri: &str) -> Result<PlanMade, RunError> {
    let id = web.id().ok_or_else(|| missing("the app has no id", "Read it again."))?;
    temporary::nothing_interrupted(session)?;
    let server = testing::server_of(session, &id).await;
    let kind = server.kind().unwrap_or(ServerKind::Org);
    let setup = live::app(session, &id, server, &[]).await?.setup;
    let (draft, left_out) = side::draft(&session.org().url, setup, redirect_uri.to_owned());
    let now = live::read_knowing(session, &draft, &[]).await?;
    let made = change::plan(applying::plan_id()?, &draft, &now).map_err(|problems| {
        RunError::NoPlan(problems.iter().map(|p| super::job::Trouble::new(p.to_string(), p.fix())).collect())
    })?;
    let policies = now.policies.known().map(Vec::as_slice).unwrap_or_default();
    let model = Model { web, me: now.me.as_ref(), server: &kind, policies };
    Ok(applying::made(session, side::complete(made, &model, left_out)))
}

/// A native app that stands in for a web app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub app: AppId,
    /// Its client id.
    pub client_id: ClientId,
    /// How it proves itself: not at all.
    pub authentication: ClientAuthentication,
}

/// Applies such a plan.
///
/// # Errors
/// It was not written, or only in part: what was made is deleted by [`take_back`].
pub async fn make(session: &Session, plan: Plan) -> Result<Made, RunError> {
    let applied = Box::pin(temporary::carry_out(session, plan)).await?;
    let (app, client_id) = (applied.app.clone(), applied.hand_over.client_id.clone());
    temporary::done(applied)?;
    match (app, client_id) {
        (Some(app), Some(client_id)) => {
            Ok(Made { app, client_id, authentication: ClientAuthentication::None })
        }
        _ => Err(missing("Okta made the app for the test and does not show it", "Try again.")),
    }
}

/// Makes such an app for the web app with this id; [`plan`] and [`make`] in one, after somebody said yes.
///
/// # Errors
/// Those of the two. What was half done is deleted.
pub(super) async fn begin(session: &Session, web: &AppId) -> Result<Made, RunError> {
    let web = session.reader().app(web).await?;
    let made = plan(session, &web, &temporary::this_machine()).await?;
    match make(session, made.plan).await {
        Ok(made) => Ok(made),
        Err(e) => {
            // What is left of it is told at the next start: this error comes first.
            let _ = take_back(session).await;
            Err(e)
        }
    }
}

/// How a run ended that such an app stood in for `label` in: never more than it judged.
pub fn said_of(verdict: RunVerdict, label: &Clean) -> RunVerdict {
    let not = format!(
        "a native app stood in for \"{label}\": its own client id, secret and redirect URIs were not judged"
    );
    match verdict {
        RunVerdict::Passed { judged_not } if judged_not.is_empty() => RunVerdict::Passed { judged_not: not },
        RunVerdict::Passed { judged_not } => {
            RunVerdict::Passed { judged_not: format!("{not}; {judged_not}") }
        }
        verdict => verdict,
    }
}

/// What runs of the tester made in this org and did not delete, by the journal.
///
/// # Errors
/// The journal cannot be read.
pub fn left(session: &Session) -> Result<Vec<Side>, RunError> {
    Ok(side::left(&undo::history(session.places(), &session.org().url)?))
}

/// Deletes every app that a run of the tester made in this org, with its access policies, and reads back that it is gone. Gives those that
/// it deleted.
///
/// # Errors
/// One of them could not be deleted: it stays in the journal, and the next call tries again.
pub async fn take_back(session: &Session) -> Result<Vec<Side>, RunError> {
    if left(session)?.is_empty() && !temporary::interrupted(session)? {
        return Ok(Vec::new());
    }
    temporary::end_interrupted(session).await?;
    let mut deleted = Vec::new();
    for side in left(session)? {
        let writes = still_there(session, &side).await?;
        if writes.is_empty() {
            // Somebody else deleted it.
            continue;
        }
        let id = applying::plan_id()?.for_side().for_undo();
        let made = undo::plan_as(session, &writes, "app of a test, deleted", id).await?;
        if !made.plan.changes.is_empty() {
            temporary::done(Box::pin(temporary::carry_out(session, made.plan)).await?)?;
        }
        if !still_there(session, &side).await?.is_empty() {
            return Err(missing(
                &format!("the app of a test, \"{}\", is still there", side.label),
                "Deactivate and delete it in the Admin Console; the journal shows when it was made.",
            ));
        }
        deleted.push(side);
    }
    Ok(deleted)
}

/// The writes whose objects are still there.
async fn still_there(session: &Session, side: &Side) -> Result<Vec<usize>, RunError> {
    let mut writes = Vec::new();
    if let Some((write, app)) = &side.app {
        match session.reader().app(app).await {
            Ok(_) => writes.push(*write),
            Err(e) if e.is_not_found() => {}
            Err(e) => return Err(e.into()),
        }
    }
    for (write, server, policy) in &side.policies {
        match session.reader().policies(server).await {
            Ok(policies) if policies.iter().any(|p| p.id().as_ref() == Some(policy)) => writes.push(*write),
            Ok(_) => {}
            Err(e) if e.is_not_found() => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(writes)
}

/// [`take_back`] at a start: what became of it in sentences, none where nothing was left.
pub async fn end_left(session: &Session) -> Vec<String> {
    match take_back(session).await {
        Ok(deleted) => deleted
            .iter()
            .map(|side| format!("A test that was cut off had left the app \"{}\": deleted.", side.label))
            .collect(),
        Err(e) => {
            let trouble = e.trouble();
            vec![format!("The app of a test could not be deleted: {}. {}", trouble.what, trouble.help)]
        }
    }
}

fn missing(what: &str, help: &str) -> RunError {
    RunError::Missing { what: what.into(), help: help.into() }
}
