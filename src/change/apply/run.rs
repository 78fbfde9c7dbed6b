//! One run of one plan: change by change, intent, call, outcome.

use super::call::{Logo, Made};
use super::find::Found;
use super::stretch::{self, Assigned, Preparing};
use super::{Applied, ApplyError, Progress, Session};
use crate::change::describe::app_of;
use crate::change::inverse::{Before, inverse};
use crate::change::journal::Entry;
use crate::change::value::{Allowed, AppRef, Change, Inverse, Outcome, Plan, PolicyRef};
use crate::okta::model::{ApiError, App, AppId, ClientId};
use crate::secret::Secret;
use crate::text::Clean;
use std::collections::{BTreeMap, BTreeSet};

/// One run of one plan.
pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    pub(super) session: &'a Session<'a>,
    pub(super) logo: Option<Logo>,
    pub(super) outcomes: BTreeMap<usize, Outcome>,
    /// Changes whose call may have gone out in an earlier run, as they were about to be made.
    pub(super) open: BTreeMap<usize, Change>,
    /// The same plan was applied before, to its end: what makes an object is looked for first, so that there is no second one.
    pub(super) seen: bool,
    pub(super) app: Option<App>,
    pub(super) secret: Option<Secret>,
    pub(super) request_ids: BTreeMap<usize, Clean>,
    pub(super) journal_failed: Option<String>,
    pub(super) halted: bool,
    /// The assignments that many removals are about, read at once.
    pub(super) assigned: Option<Assigned>,
    /// Counts this one as about to be sent, until it is.
    pub(super) preparing: Option<Preparing>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        session: &'a Session<'a>,
        logo: Option<Logo>,
        mut outcomes: BTreeMap<usize, Outcome>,
        open: BTreeMap<usize, Change>,
    ) -> Self {
        outcomes.retain(|_, outcome| outcome.is_settled());
        Self {
            plan,
            session,
            logo,
            outcomes,
            open,
            seen: false,
            app: None,
            secret: None,
            request_ids: BTreeMap::new(),
            journal_failed: None,
            halted: false,
            assigned: None,
            preparing: None,
        }
    }

    pub(super) async fn go(mut self) -> Applied {
        let changes = &self.plan.changes;
        let mut next = 0;
        while let Some(planned) = changes.get(next) {
            let alike = stretch::length(changes.get(next..).unwrap_or_default());
            if let (2.., Some(stretch)) = (alike, changes.get(next..next + alike)) {
                next += alike;
                self.together(stretch).await;
                continue;
            }
            next += 1;
            let number = planned.number;
            if self.outcomes.contains_key(&number) {
                continue;
            }
            if !self.halted {
                self.session.not_held().await;
            }
            let outcome = if planned.allowed != Allowed::Yes {
                self.settle(number, Outcome::NotAllowed, None).await
            } else if self.halted || self.session.stop.is_cancelled() {
                Outcome::NotTried
            } else {
                (self.session.progress)(Progress::Begun(number));
                match self.resolved(&planned.change) {
                    Some(change) => self.change(number, change).await,
                    None => Outcome::NotTried,
                }
            };
            (self.session.progress)(Progress::Ended(number, outcome.clone()));
            self.outcomes.insert(number, outcome);
        }
        self.end().await
    }

    pub(super) async fn change(&mut self, number: usize, change: Change) -> Outcome {
        let again = (self.seen && makes_an_object(&change)).then(|| change.clone());
        if let Some(begun) = self.open.remove(&number).or(again) {
            match self.find(&begun).await {
                Ok(Found::Done(made)) => {
                    let back = inverse_made(&begun, made.as_deref());
                    return self.settle(number, Outcome::FoundDone { made }, back).await;
                }
                Ok(Found::NotThere) => {}
                // Where looking is refused, what makes no new object is made again, and its own answer counts.
                Err(error) if makes_an_object(&begun) || !refused(&error) => {
                    return self.failed(number, error, true).await;
                }
                Err(_) => {}
            }
        }
        match self.make(number, change).await {
            Ok(outcome) => outcome,
            Err(journal) => {
                self.halted = true;
                self.journal_failed = Some(journal.to_string());
                Outcome::NotTried
            }
        }
    }

    /// Intent, call, outcome. An error is one of the journal, before the call.
    async fn make(&mut self, number: usize, change: Change) -> Result<Outcome, ApplyError> {
        let (change, before) = match self.before(change).await {
            Ok(Some(ready)) => ready,
            Ok(None) => return Ok(self.settle(number, Outcome::AlreadySo, None).await),
            Err(error) => return Ok(self.failed(number, error, false).await),
        };
        let known_back = match inverse(&change, &before, None) {
            Inverse::None { .. } if makes_an_object(&change) => None,
            back => Some(Box::new(back)),
        };
        self.session
            .write(Entry::Intent {
                plan: self.plan.id.clone(),
                number,
                change: Box::new(change.clone()),
                org: self.plan.org_url.clone(),
                reason: self.plan.reason.clone(),
                who: self.session.who.clone(),
                before: Box::new(before),
                inverse: known_back,
            })
            .await?;
        let mut result = self.call(&change).await;
        if let Err(error) = &result
            && error.outcome_unknown()
        {
            let answered = matches!(error, ApiError::Okta(_));
            match self.find(&change).await {
                Ok(Found::Done(made)) => {
                    let back = inverse_made(&change, made.as_deref());
                    return Ok(self.settle(number, Outcome::FoundDone { made }, back).await);
                }
                // What makes a new object is tried again only after an answer: a request without one may still be under way.
                Ok(Found::NotThere) if answered || !makes_an_object(&change) => {
                    result = self.call(&change).await;
                }
                _ => {}
            }
        }
        Ok(match result {
            Ok(Made { already: true, id: None, .. }) => self.settle(number, Outcome::AlreadySo, None).await,
            Ok(made) => {
                if let Some(id) = &made.request_id {
                    self.request_ids.insert(number, id.clone());
                }
                let back = inverse_made(&change, made.id.as_deref());
                let outcome = Outcome::Done { request_id: made.request_id, made: made.id };
                self.settle(number, outcome, back).await
            }
            Err(error) => {
                let unknown = error.outcome_unknown();
                self.failed(number, error, unknown).await
            }
        })
    }

    async fn failed(&mut self, number: usize, error: ApiError, unknown: bool) -> Outcome {
        self.halted |= stops_the_run(&error);
        self.settle(number, Outcome::Failed { error, unknown }, None).await
    }

    /// Writes an outcome down. Where that fails the outcome stands all the same, and the run stops.
    pub(super) async fn settle(
        &mut self,
        number: usize,
        outcome: Outcome,
        inverse: Option<Inverse>,
    ) -> Outcome {
        let entry = Entry::Outcome {
            plan: self.plan.id.clone(),
            number,
            outcome: outcome.clone(),
            inverse: inverse.map(Box::new),
        };
        if let Err(e) = self.session.write(entry).await {
            self.halted = true;
            self.journal_failed = Some(e.to_string());
        }
        outcome
    }

    async fn end(mut self) -> Applied {
        // A plan made from what is no longer there is over: what is left of it needs a new one.
        let moved = |o: &Outcome| matches!(o, Outcome::Failed { error: ApiError::Changed { .. }, .. });
        let given_up = self.outcomes.values().any(moved);
        let settled = (given_up || self.nothing_left()) && self.journal_failed.is_none();
        let entry = Entry::PlanEnded { plan: self.plan.id.clone(), given_up };
        if settled && let Err(e) = self.session.write(entry).await {
            self.journal_failed = Some(e.to_string());
        }
        if !self.halted {
            self.look_for_the_secret().await;
        }
        let client_id = match &self.app {
            Some(app) => app.client_id(),
            None => self.plan.hand_over.client_id.clone(),
        };
        Applied {
            finished: settled && self.journal_failed.is_none(),
            outcomes: self.outcomes,
            app: self.app,
            client_id,
            secret: self.secret,
            request_ids: self.request_ids,
            journal_failed: self.journal_failed,
        }
    }

    /// Whether every change is settled, or depends on one that is settled and was not made.
    fn nothing_left(&self) -> bool {
        let mut not_made = BTreeSet::new();
        self.plan.changes.iter().all(|planned| {
            let outcome = self.outcomes.get(&planned.number);
            let settled = outcome.is_some_and(Outcome::is_settled)
                || needed(&planned.change).is_some_and(|n| not_made.contains(&n));
            if settled && !outcome.is_some_and(Outcome::is_so) {
                not_made.insert(planned.number);
            }
            settled
        })
    }

    /// After a create whose answer was lost the secret is read: Okta shows it at any time, and writes an event into its log.
    async fn look_for_the_secret(&mut self) {
        let made = self.plan.changes.iter().find_map(|p| match (&p.change, self.outcomes.get(&p.number)) {
            (Change::CreateApp { .. }, Some(outcome)) if outcome.is_so() => {
                outcome.made()?.parse::<AppId>().ok()
            }
            _ => None,
        });
        let (Some(app), None) = (made, &self.secret) else { return };
        if self.app.is_none() {
            self.app = self.session.reader.app(&app).await.ok();
        }
        // Not being allowed to see secrets leaves the result without one; the hand-over screen says so.
        if let Ok(secrets) = self.session.reader.secrets(&app).await {
            self.secret = secrets.into_iter().find(|s| s.active).and_then(|s| s.value);
        }
    }

    /// The change with references to earlier ones replaced by what those made; `None` when one of them was not made.
    pub(super) fn resolved(&self, change: &Change) -> Option<Change> {
        let made = |n: &usize| self.outcomes.get(n).filter(|o| o.is_so()).and_then(Outcome::made);
        let mut change = change.clone();
        match &mut change {
            Change::UploadLogo { app, .. }
            | Change::AssignGroup { app, .. }
            | Change::AssignPerson { app, .. }
            | Change::SetSignInPolicy { app, .. }
            | Change::AddSecret { app, .. }
            | Change::CreatePolicy { client: app, .. } => {
                if let AppRef::MadeBy(n) = app {
                    *app = AppRef::Known(made(n)?.parse().ok()?);
                }
            }
            Change::CreateRule { policy, .. } => {
                if let PolicyRef::MadeBy(n) = policy {
                    *policy = PolicyRef::Known(made(n)?.parse().ok()?);
                }
            }
            _ => {}
        }
        Some(change)
    }

    /// The client id of an app: normally the app's id, and not always.
    pub(super) async fn client_id(&mut self, app: &AppId) -> Result<ClientId, ApiError> {
        if let (Some(planned), Some(client)) = (&self.plan.app, &self.plan.hand_over.client_id)
            && planned == app
        {
            return Ok(client.clone());
        }
        if self.app.as_ref().and_then(App::id).as_ref() != Some(app) {
            self.app = Some(self.session.reader.app(app).await?);
        }
        let told = self.app.as_ref().and_then(App::client_id);
        told.ok_or_else(|| ApiError::Unreadable {
            endpoint: format!("GET /api/v1/apps/{app}"),
            status: 200,
            detail: "the app has no client id".into(),
        })
    }
}

/// The number of the earlier change that a change depends on.
fn needed(change: &Change) -> Option<usize> {
    match (app_of(change), change) {
        (Some(AppRef::MadeBy(n)), _) => Some(n),
        (_, Change::CreateRule { policy: PolicyRef::MadeBy(n), .. }) => Some(*n),
        _ => None,
    }
}

/// After these nothing else would come through, or the plan is no longer about what is there.
fn stops_the_run(error: &ApiError) -> bool {
    match error {
        ApiError::Net { .. }
        | ApiError::NotJson { .. }
        | ApiError::Limited { .. }
        | ApiError::Token(_)
        | ApiError::Changed { .. } => true,
        ApiError::Okta(_) | ApiError::Unreadable { .. } => error.is_unauthorized(),
    }
}

/// Whether Okta answered that this cannot be looked at.
fn refused(error: &ApiError) -> bool {
    matches!(error, ApiError::Okta(p) if (400..500).contains(&p.status) && p.status != 401)
}

/// Whether a second call would make a second object.
fn makes_an_object(change: &Change) -> bool {
    matches!(
        change,
        Change::CreateApp { .. }
            | Change::AddSecret { .. }
            | Change::CreatePolicy { .. }
            | Change::CreateRule { .. }
    )
}

fn inverse_made(change: &Change, made: Option<&str>) -> Option<Inverse> {
    makes_an_object(change).then(|| inverse(change, &Before::Nothing, made))
}
