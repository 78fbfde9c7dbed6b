//! Carrying a plan out: the only part of `change` that is not pure, and the only road to a write.
//!
//! For each change: its intent goes to disk, then the call goes out, then its outcome goes to disk. So a run that was killed, or
//! whose link dropped, knows of every change whose fate nobody knows; [`resume`] finds out by reading and goes on with the rest.
//! Assignments of people that follow each other go out side by side; everything else one after the other.
//! Secrets stay in memory. May name `okta::read`, `okta::write` and `store`; never `flow` or `diagnose`.

mod before;
mod call;
mod error;
mod file;
mod find;
mod run;
mod stretch;

pub use error::ApplyError;
pub use file::JournalFile;

use super::journal::{self, Entry, Unfinished};
use super::value::{Outcome, Plan};
use crate::okta::model::{App, ClientId};
use crate::okta::read::Reader;
use crate::okta::write::Writer;
use crate::secret::Secret;
use crate::text::Clean;
use jiff::Timestamp;
use run::Run;
use std::collections::BTreeMap;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What a run needs of the world.
pub struct Session<'a> {
    /// Looks.
    pub reader: &'a Reader,
    /// Writes.
    pub writer: &'a Writer,
    /// Where intents and outcomes go; holding it is holding its lock.
    pub journal: &'a JournalFile,
    /// Who applies: the login of the token's owner.
    pub who: Clean,
    /// The time.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// Told of every change as it begins and ends. Must return at once.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Stops the run before the next change. A write in flight is never cancelled.
    pub stop: &'a CancellationToken,
    /// While this is true no further change begins; what is under way goes on.
    pub hold: watch::Receiver<bool>,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// The change with this number begins.
    Begun(usize),
    /// It ended so.
    Ended(usize, Outcome),
}

/// What a run did.
#[derive(Debug)]
pub struct Applied {
    /// What became of every change, by number.
    pub outcomes: BTreeMap<usize, Outcome>,
    /// Nothing is left that could be done or found out. Otherwise the plan stays open in the journal, and [`resume`] goes on with it.
    pub finished: bool,
    /// The app as it was read or answered last, where the run saw it.
    pub app: Option<App>,
    /// `clientId` for the gateway's form.
    pub client_id: Option<ClientId>,
    /// `clientSecret`, where the run made or had to look for one. In memory only.
    pub secret: Option<Secret>,
    /// `X-Okta-Request-Id` of each write, by the change's number: its name in Okta's System Log.
    pub request_ids: BTreeMap<usize, Clean>,
    /// The journal could not be written; the run stopped there. A sentence.
    pub journal_failed: Option<String>,
}

impl Applied {
    /// How many changes are so now.
    pub fn made(&self) -> usize {
        self.outcomes.values().filter(|o| o.is_so()).count()
    }

    /// Whether every change that this session may make is so now.
    pub fn complete(&self) -> bool {
        self.outcomes.values().all(|o| o.is_so() || matches!(o, Outcome::NotAllowed))
    }
}

/// Applies a plan from its beginning.
///
/// # Errors
/// Before anything is written to Okta: the plan is for another org, another plan for it is open, the logo cannot be read, or the
/// journal cannot be written.
pub async fn apply(plan: &Plan, session: &Session<'_>) -> Result<Applied, ApplyError> {
    right_org(plan, session)?;
    let written = session.journal.read()?;
    let open = journal::unfinished(&written);
    if let Some(other) = open.iter().find(|u| u.plan.org_url == plan.org_url) {
        return Err(ApplyError::Unfinished { label: other.plan.label.clone(), started: other.started });
    }
    let logo = call::logo(plan)?;
    let mut run = Run::new(plan, session, logo, BTreeMap::new(), BTreeMap::new());
    run.seen = written.has_started(&plan.id);
    session.write(Entry::PlanStarted { plan: Box::new(plan.clone()), who: session.who.clone() }).await?;
    Ok(run.go().await)
}

/// Goes on with a plan that was started and not ended: finds out by reading what became of the change that was under way, then
/// makes what is left.
///
/// # Errors
/// As [`apply`].
pub async fn resume(left: Unfinished, session: &Session<'_>) -> Result<Applied, ApplyError> {
    right_org(&left.plan, session)?;
    let logo = call::logo(&left.plan)?;
    Ok(Run::new(&left.plan, session, logo, left.outcomes, left.open).go().await)
}

/// Ends a plan that was started and not finished, without doing what is left of it.
///
/// # Errors
/// If the journal cannot be written.
pub async fn give_up(left: &Unfinished, journal: &JournalFile, at: Timestamp) -> Result<(), ApplyError> {
    journal.append(Entry::PlanEnded { plan: left.plan.id.clone(), given_up: true }, at).await
}

fn right_org(plan: &Plan, session: &Session<'_>) -> Result<(), ApplyError> {
    let here = session.reader.transport().org_url();
    if plan.org_url.trim_end_matches('/') == here {
        Ok(())
    } else {
        Err(ApplyError::OtherOrg { plan: Clean::new(&plan.org_url), here: Clean::new(here) })
    }
}

impl Session<'_> {
    /// Waits while the run is held. Whoever may hold it being gone ends that too.
    async fn not_held(&self) {
        let mut hold = self.hold.clone();
        let going_on = async {
            let _ = hold.wait_for(|held| !held).await;
        };
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = going_on => {}
        }
    }

    async fn write(&self, entry: Entry) -> Result<(), ApplyError> {
        self.journal.append(entry, (self.clock)()).await
    }
}
