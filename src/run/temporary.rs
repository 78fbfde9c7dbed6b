//! A redirect URI of this machine that an app has for one run of the tester, so that a browser here, or at the other end of an SSH
//! tunnel, brings the answer by itself. It is a plan like any other, looked at and confirmed before it is written; it is taken back
//! after the run whatever became of that, and at the next start where the program was killed in between. Both ways are read back.

use super::applying::{self, plan_id};
use super::error::RunError;
use super::job::{Applied, Outcome, PlanMade};
use super::session::Session;
use super::{testing, undo};
use crate::change::temporary::{self, Temporary, uri};
use crate::change::{Outcome as ChangeOutcome, Plan, journal};
use crate::okta::model::{App, AppId};
use crate::setup::{self, Access, AccessMode, Assignments, Draft, RedirectUri, Target};
use crate::text::Clean;
use std::collections::BTreeMap;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The plan that adds `uri` to the redirect URIs of `app`, and nothing else. Empty where the app has it already: then nothing is to be
/// taken back either.
///
/// # Errors
/// An interrupted apply of this org has to end first, since a new plan would give it up; else those of [`applying::plan`].
pub async fn plan(session: &Session, app: &App, uri: &str) -> Result<PlanMade, RunError> {
    let Some(id) = app.id() else {
        return Err(RunError::Missing { what: "the app has no id".into(), help: "Read it again.".into() });
    };
    nothing_interrupted(session)?;
    let nobody = Assignments { groups: &[], people: &[], logins: &BTreeMap::new(), everyone: None };
    let server = testing::server_of(session, &id).await;
    let mut setup = setup::from_app(app, nobody, server, &[]);
    setup.authorization_server.access_policy = false;
    setup.access = Access { mode: AccessMode::Controlled, ..Access::default() };
    if !setup.redirect_uris.iter().any(|known| known.uri == uri) {
        setup.redirect_uris.push(RedirectUri { environment: "this test".into(), uri: uri.to_owned() });
    }
    let mut draft = Draft::new(session.org().url.clone());
    draft.target = Target::Existing(id);
    draft.setup = setup;
    draft.reason = "redirect URI of this machine, for one test".into();
    let mut made = applying::plan_knowing(session, &draft, &[]).await?;
    made.plan.id = made.plan.id.for_temporary();
    made.plan.notes.push(
        "For this run alone: it is taken back after it, whatever becomes of the run; at the latest when oktui connects to this org again."
            .into(),
    );
    Ok(made)
}

/// The redirect URI of this machine at the port where nobody chooses one.
pub(super) fn this_machine() -> String {
    uri(temporary::PORT)
}

/// Adds the redirect URI at this port to the app with this id; [`plan`] and [`add`] in one, after somebody said yes.
///
/// # Errors
/// Those of the two. What was half done is taken back.
pub(super) async fn begin(session: &Session, app: &AppId, port: u16) -> Result<(), RunError> {
    let app = session.reader().app(app).await?;
    let uri = uri(port);
    let made = plan(session, &app, &uri).await?;
    if let Err(e) = add(session, made.plan, &uri).await {
        // What is left of it is told by that: this error comes first.
        let _ = take_back(session).await;
        return Err(e);
    }
    Ok(())
}

/// Applies such a plan and reads back that the app has the URI.
///
/// # Errors
/// It was not written, or Okta does not show it.
pub async fn add(session: &Session, plan: Plan, uri: &str) -> Result<(), RunError> {
    let app = plan.app.clone();
    if !plan.changes.is_empty() {
        done(carry_out(session, plan).await?)?;
    }
    match app {
        Some(app) if has(session, &app, uri).await? => Ok(()),
        _ => Err(RunError::Missing {
            what: format!("Okta took the redirect URI {uri} and does not show it"),
            help: "Another admin, or a tool such as Terraform, may have put the app back. Try again.".into(),
        }),
    }
}

/// The redirect URIs that runs of the tester left in this org, by the journal.
///
/// # Errors
/// The journal cannot be read.
pub fn left(session: &Session) -> Result<Vec<Temporary>, RunError> {
    Ok(temporary::left(&undo::history(session.places(), &session.org().url)?))
}

/// Takes back every redirect URI that a run of the tester left in this org, and reads back that it is gone. Gives those that it took
/// back; what somebody else changed in the app since stays.
///
/// # Errors
/// One of them could not be taken back: it stays in the journal, and the next call tries again.
pub async fn take_back(session: &Session) -> Result<Vec<Temporary>, RunError> {
    if left(session)?.is_empty() && !interrupted(session)? {
        return Ok(Vec::new());
    }
    end_interrupted(session).await?;
    let mut taken = Vec::new();
    for one in left(session)? {
        let mut there = false;
        for uri in &one.uris {
            there |= has(session, &one.app, uri).await?;
        }
        if !there {
            // Somebody else took it away, or the app with it.
            continue;
        }
        let made = undo::plan_as(
            session,
            &[one.write],
            "redirect URI of a test, taken back",
            plan_id()?.for_temporary().for_undo(),
        )
        .await?;
        if !made.plan.changes.is_empty() {
            done(carry_out(session, made.plan).await?)?;
        }
        for uri in &one.uris {
            if has(session, &one.app, uri).await? {
                return Err(RunError::Missing {
                    what: format!(
                        "the redirect URI {} of a test is still registered at \"{}\"",
                        Clean::new(uri),
                        one.label
                    ),
                    help: "Remove it in step 3 of the app; the journal shows when it was added.".into(),
                });
            }
        }
        taken.push(one);
    }
    Ok(taken)
}

/// [`take_back`] at a start: what became of it in sentences, none where nothing was left.
pub async fn end_left(session: &Session) -> Vec<String> {
    match take_back(session).await {
        Ok(taken) => taken
            .iter()
            .map(|one| {
                format!(
                    "A test that was cut off had left {} at \"{}\": taken back.",
                    one.uris.join(", "),
                    one.label
                )
            })
            .collect(),
        Err(e) => {
            let trouble = e.trouble();
            vec![format!(
                "The redirect URI of a test could not be taken back: {}. {}",
                trouble.what, trouble.help
            )]
        }
    }
}

/// Goes on with what a test was writing when it was cut off: that finds out what became of it. What else was interrupted has to end first.
///
/// # Errors
/// Those of going on; or something else was interrupted.
pub(super) async fn end_interrupted(session: &Session) -> Result<(), RunError> {
    if interrupted(session)? {
        let (sink, mut events) = applying::channel();
        let going_on = async {
            let ended =
                applying::resume(session, &sink, CancellationToken::new(), watch::channel(false).1).await;
            drop(sink);
            ended
        };
        let (ended, ()) = tokio::join!(going_on, async { while events.recv().await.is_some() {} });
        ended?;
    }
    nothing_interrupted(session)
}

/// Whether what was interrupted first in this org is a write of a test, or its way back.
pub(super) fn interrupted(session: &Session) -> Result<bool, RunError> {
    let journal = applying::journal_of(session.places(), &session.org().url)?;
    let first = journal::unfinished(&journal).into_iter().next();
    Ok(first.is_some_and(|left| left.plan.id.is_of_a_test()))
}

pub(super) fn nothing_interrupted(session: &Session) -> Result<(), RunError> {
    match applying::unfinished(session)? {
        0 => Ok(()),
        _ => Err(RunError::Missing {
            what: "an apply in this org was interrupted".into(),
            help: "Go on with it first: Home offers it, and oktui apply does it by itself.".into(),
        }),
    }
}

async fn has(session: &Session, app: &AppId, uri: &str) -> Result<bool, RunError> {
    match session.reader().app(app).await {
        Ok(app) => Ok(app.redirect_uris().iter().any(|known| known == uri)),
        // A deleted app has none.
        Err(e) if e.is_not_found() => Ok(false),
        Err(e) => Err(e.into()),
    }
}

pub(super) async fn carry_out(session: &Session, plan: Plan) -> Result<Applied, RunError> {
    let (sink, mut events) = applying::channel();
    let applying = async {
        let ended =
            applying::apply(session, plan, &sink, CancellationToken::new(), watch::channel(false).1).await;
        drop(sink);
        ended
    };
    let (ended, applied) = tokio::join!(applying, async {
        let mut applied = None;
        while let Some(event) = events.recv().await {
            if let Outcome::Applied(told) = event.outcome {
                applied = Some(*told);
            }
        }
        applied
    });
    ended?;
    applied.ok_or_else(|| RunError::Missing {
        what: "the write did not end".into(),
        help: "oktui finds out what became of it when it connects again.".into(),
    })
}

/// That every change was made.
pub(super) fn done(applied: Applied) -> Result<(), RunError> {
    for (_, outcome) in applied.outcomes {
        match outcome {
            ChangeOutcome::Failed { error, .. } => return Err(error.into()),
            ChangeOutcome::NotAllowed | ChangeOutcome::NotTried => {
                return Err(RunError::Missing {
                    what: "this token may not change the app".into(),
                    help: "Its owner needs a role that may manage this app. Or test in a browser and paste the address back: that writes nothing."
                        .into(),
                });
            }
            _ => {}
        }
    }
    Ok(())
}
