//! Assignments of people that follow each other in a plan: made side by side, as many at once as the rate limit and the org allow.
//!
//! Each of them is a run of its own over one change, so it has the same intent, call and outcome as any other change; the lines of
//! several go to the disk together. What one of them finds out (the link is down, the token is gone) stops the ones that have not begun.

use super::run::Run;
use super::{Progress, Session};
use crate::change::value::{Allowed, Change, Outcome, Plan, Planned};
use crate::okta::model::{AppId, AppUser, UserId};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Assignments by person.
pub(super) type Assigned = Arc<HashMap<UserId, AppUser>>;

/// From how many removals on the assignments are listed, 500 a call, rather than read one by one.
const LIST_FROM: usize = 20;

/// How many of these changes, from the first on, may be made side by side: they assign people, or they all take people off.
pub(super) fn length(changes: &[Planned]) -> usize {
    let kind = |planned: &Planned| match planned.change {
        Change::AssignPerson { .. } => Some(true),
        Change::UnassignPerson { .. } => Some(false),
        _ => None,
    };
    let Some(first) = changes.first().and_then(kind) else { return 0 };
    changes.iter().take_while(|planned| kind(planned) == Some(first)).count()
}

/// One that has begun and is not sent yet.
pub(super) struct Preparing(Arc<AtomicU32>);

impl Preparing {
    fn of(all: &Arc<AtomicU32>) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(all))
    }
}

impl Drop for Preparing {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<'a> Run<'a> {
    /// Makes these changes side by side.
    pub(super) async fn together(&mut self, stretch: &'a [Planned]) {
        let assigned = self.listed(stretch).await;
        let mut waiting =
            stretch.iter().filter(|p| !self.outcomes.contains_key(&p.number)).collect::<Vec<_>>();
        waiting.reverse();
        let preparing = Arc::new(AtomicU32::new(0));
        let mut running = FuturesUnordered::new();
        loop {
            let over = waiting.is_empty() || self.halted || self.session.stop.is_cancelled();
            if over && running.is_empty() {
                break;
            }
            let may_begin = async {
                self.session.not_held().await;
                self.session.writer.room_to_assign(preparing.load(Ordering::Relaxed)).await;
            };
            tokio::select! {
                biased;
                Some((number, outcome, part)) = running.next() => {
                    self.take_in(part);
                    self.ended(number, outcome);
                }
                () = self.session.stop.cancelled(), if !over => {}
                () = may_begin, if !over => {
                    let Some(planned) = waiting.pop() else { continue };
                    let number = planned.number;
                    let change = self.resolved(&planned.change);
                    let mut part = self.part(number, assigned.clone());
                    part.preparing = Some(Preparing::of(&preparing));
                    if planned.allowed == Allowed::Yes {
                        (self.session.progress)(Progress::Begun(number));
                    }
                    running.push(async move {
                        let outcome = match change {
                            _ if planned.allowed != Allowed::Yes => part.settle(number, Outcome::NotAllowed, None).await,
                            Some(change) => part.change(number, change).await,
                            None => Outcome::NotTried,
                        };
                        part.preparing = None;
                        (number, outcome, part)
                    });
                }
            }
        }
        for planned in waiting.into_iter().rev() {
            self.ended(planned.number, Outcome::NotTried);
        }
    }

    fn ended(&mut self, number: usize, outcome: Outcome) {
        (self.session.progress)(Progress::Ended(number, outcome.clone()));
        self.outcomes.insert(number, outcome);
    }

    /// A run over one change of this one.
    fn part(&mut self, number: usize, assigned: Option<Assigned>) -> Self {
        let (plan, session): (&'a Plan, &'a Session<'a>) = (self.plan, self.session);
        let open = self.open.remove(&number).map(|change| (number, change)).into_iter().collect();
        let mut part = Run::new(plan, session, None, BTreeMap::new(), open);
        (part.seen, part.assigned) = (self.seen, assigned);
        part
    }

    /// What a part found out.
    fn take_in(&mut self, part: Self) {
        self.halted |= part.halted;
        self.request_ids.extend(part.request_ids);
        if self.journal_failed.is_none() {
            self.journal_failed = part.journal_failed;
        }
    }

    /// For many removals: what stands there before, by lists. `None` when they are few, or the list cannot be read: then each is read.
    async fn listed(&self, stretch: &[Planned]) -> Option<Assigned> {
        let mut app: Option<&AppId> = None;
        let mut wanted = HashSet::new();
        for planned in stretch.iter().filter(|p| !self.outcomes.contains_key(&p.number)) {
            let Change::UnassignPerson { app: of, person, .. } = &planned.change else { return None };
            if app.is_some_and(|app| app != of) {
                return None;
            }
            app = Some(of);
            wanted.insert(person);
        }
        if wanted.len() < LIST_FROM {
            return None;
        }
        let mut found = HashMap::with_capacity(wanted.len());
        let mut pages = self.session.reader.app_users(app?).ahead();
        while let Some(page) = pages.next().await {
            let page = page.ok()?;
            found.extend(page.into_iter().filter(|u| wanted.contains(&u.id)).map(|u| (u.id.clone(), u)));
        }
        Some(Arc::new(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::sample::{draft, live};
    use crate::change::value::PlanId;

    #[test]
    fn only_neighbours_of_one_kind_go_together() {
        let mut draft = draft();
        draft.setup.access.people = vec!["ben@acme.example".into()];
        let mut changes = crate::change::plan(PlanId("p".into()), &draft, &live()).unwrap().changes;
        let person =
            changes.iter().find(|p| matches!(p.change, Change::AssignPerson { .. })).cloned().unwrap();
        let other = changes.iter().find(|p| matches!(p.change, Change::AssignGroup { .. })).cloned().unwrap();
        let mut off = person.clone();
        let Change::AssignPerson { person: id, login, .. } = person.change.clone() else { unreachable!() };
        off.change = Change::UnassignPerson { app: "0oa1".parse().unwrap(), person: id, login };
        changes = vec![person.clone(), person.clone(), off.clone(), off.clone(), other.clone(), person];
        let lengths: Vec<usize> = (0..=changes.len()).map(|at| length(&changes[at..])).collect();
        assert_eq!(lengths, [2, 1, 2, 1, 0, 1, 0]);
    }
}
