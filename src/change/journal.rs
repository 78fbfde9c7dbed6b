//! The journal: what was meant and what became of it, one JSON line an entry. Free of secrets.
//!
//! An intent is on disk before its call, its outcome after; so a run that was killed leaves at most one intent without an outcome,
//! and the next start finds out by reading. Before-images come from GET. Pure: `apply` does the writing.

use super::inverse::Before;
use super::value::{Change, Inverse, Outcome, Plan, PlanId};
use crate::okta::model::ApiError;
use crate::text::Clean;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the lines that this program writes.
pub const VERSION: u32 = 1;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The version of the line's shape.
    pub v: u32,
    /// When, in UTC.
    pub at: Timestamp,
    /// What.
    pub entry: Entry,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A plan is about to be applied.
    PlanStarted {
        /// The plan whole, so that the next start needs no memory.
        plan: Box<Plan>,
        /// Who applies it: the login of the token's owner.
        who: Clean,
    },
    /// A call is about to be made.
    Intent {
        /// The plan.
        plan: PlanId,
        /// The change's number in it.
        number: usize,
        /// The change, with every reference to an earlier one resolved.
        change: Box<Change>,
        /// The org.
        org: String,
        /// Reason or ticket.
        reason: String,
        /// Who.
        who: Clean,
        /// What stood there before, read by GET.
        before: Box<Before>,
        /// The way back, where it is known before the call; a change that makes an object has it in its outcome.
        inverse: Option<Box<Inverse>>,
    },
    /// What became of a change.
    Outcome {
        /// The plan.
        plan: PlanId,
        /// The change's number in it.
        number: usize,
        /// What became of it.
        outcome: Outcome,
        /// The way back, where only the answer made it known.
        inverse: Option<Box<Inverse>>,
    },
    /// Nothing of the plan is left to do or to find out.
    PlanEnded {
        /// The plan.
        plan: PlanId,
        /// Given up by the user: what is left is not done.
        given_up: bool,
    },
}

impl Entry {
    fn plan(&self) -> &PlanId {
        match self {
            Self::PlanStarted { plan, .. } => &plan.id,
            Self::Intent { plan, .. } | Self::Outcome { plan, .. } | Self::PlanEnded { plan, .. } => plan,
        }
    }
}

/// A line of JSON for an entry, without the line feed.
pub fn write(entry: Entry, at: Timestamp) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Line { v: VERSION, at, entry })
}

/// The lines of a journal that this program understands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// In the order of the file.
    pub lines: Vec<Line>,
    /// How many lines were skipped: torn by a crash, or written by a newer oktui.
    pub skipped: usize,
}

impl Journal {
    /// Whether this plan was ever begun.
    pub fn has_started(&self, id: &PlanId) -> bool {
        let started = |line: &Line| matches!(&line.entry, Entry::PlanStarted { plan, .. } if plan.id == *id);
        self.lines.iter().any(started)
    }
}

/// Reads a journal. A line that is torn or of an unknown shape is skipped and counted, never an error.
pub fn read<S: AsRef<str>>(lines: &[S]) -> Journal {
    let mut journal = Journal::default();
    for line in lines.iter().map(AsRef::as_ref).filter(|l| !l.trim().is_empty()) {
        match serde_json::from_str::<Line>(line) {
            Ok(line) if line.v == VERSION => journal.lines.push(line),
            _ => journal.skipped += 1,
        }
    }
    journal
}

/// A plan that was started and not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// The plan.
    pub plan: Plan,
    /// When it was started.
    pub started: Timestamp,
    /// What became of its changes so far, by number; the last word on each.
    pub outcomes: BTreeMap<usize, Outcome>,
    /// Intents without an outcome: the change as it was about to be made, whose fate reading must find out.
    pub open: BTreeMap<usize, Change>,
}

impl Unfinished {
    /// How many of the changes are settled.
    pub fn settled(&self) -> usize {
        self.outcomes.values().filter(|o| o.is_settled()).count()
    }
}

impl Outcome {
    /// Whether nothing is left to do or to find out about the change.
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Done { .. } | Self::AlreadySo | Self::FoundDone { .. } | Self::NotAllowed => true,
            Self::Failed { error, unknown } => !unknown && !is_passing(error),
            Self::NotTried => false,
        }
    }

    /// Whether the change is so now.
    pub fn is_so(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::AlreadySo | Self::FoundDone { .. })
    }

    /// The id of the object that the change made.
    pub fn made(&self) -> Option<&str> {
        match self {
            Self::Done { made, .. } | Self::FoundDone { made } => made.as_deref(),
            _ => None,
        }
    }
}

/// Whether the trouble was on the way or with the session, so that the same call may well succeed at the next start.
fn is_passing(error: &ApiError) -> bool {
    match error {
        ApiError::Net { .. } | ApiError::NotJson { .. } | ApiError::Limited { .. } | ApiError::Token(_) => {
            true
        }
        ApiError::Okta(_) | ApiError::Unreadable { .. } | ApiError::Changed { .. } => error.is_unauthorized(),
    }
}

/// The plans that were started and not ended, oldest first.
pub fn unfinished(journal: &Journal) -> Vec<Unfinished> {
    let mut open: Vec<Unfinished> = Vec::new();
    for line in &journal.lines {
        if let Entry::PlanStarted { plan, .. } = &line.entry {
            // The same plan again: a resumed one, or one that was stopped and started anew. Its outcomes stand.
            if !open.iter().any(|u| u.plan.id == plan.id) {
                open.push(Unfinished {
                    plan: (**plan).clone(),
                    started: line.at,
                    outcomes: BTreeMap::new(),
                    open: BTreeMap::new(),
                });
            }
            continue;
        }
        let Some(place) = open.iter().position(|u| u.plan.id == *line.entry.plan()) else { continue };
        match &line.entry {
            Entry::PlanEnded { .. } => {
                open.remove(place);
            }
            Entry::Intent { number, change, .. } => {
                if let Some(u) = open.get_mut(place) {
                    u.open.insert(*number, (**change).clone());
                }
            }
            Entry::Outcome { number, outcome, .. } => {
                if let Some(u) = open.get_mut(place) {
                    // A failure after which the change may be made, or is to be tried again, leaves the intent open.
                    if outcome.is_settled() {
                        u.open.remove(number);
                    }
                    u.outcomes.insert(*number, outcome.clone());
                }
            }
            Entry::PlanStarted { .. } => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::super::sample::{draft, live};
    use super::*;
    use proptest::prelude::*;

    fn at() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn plan() -> Plan {
        super::super::plan(PlanId("p1".into()), &draft(), &live()).unwrap()
    }

    fn intent(number: usize) -> Entry {
        let plan = plan();
        Entry::Intent {
            plan: plan.id,
            number,
            change: Box::new(plan.changes[number - 1].change.clone()),
            org: plan.org_url,
            reason: plan.reason,
            who: "admin@acme.example".into(),
            before: Box::new(Before::Nothing),
            inverse: None,
        }
    }

    fn outcome(number: usize, outcome: Outcome) -> Entry {
        Entry::Outcome { plan: PlanId("p1".into()), number, outcome, inverse: None }
    }

    fn done(made: &str) -> Outcome {
        Outcome::Done { request_id: Some("Z1".into()), made: Some(made.into()) }
    }

    fn lines(entries: Vec<Entry>) -> Vec<String> {
        entries.into_iter().map(|e| write(e, at()).unwrap()).collect()
    }

    fn started() -> Entry {
        Entry::PlanStarted { plan: Box::new(plan()), who: "admin@acme.example".into() }
    }

    #[test]
    fn a_line_is_one_line_of_json_and_comes_back_equal() {
        for entry in [started(), intent(1), outcome(1, done("0oaNew"))] {
            let line = write(entry.clone(), at()).unwrap();
            assert!(
                !line.contains('\n') && line.starts_with("{\"v\":1,\"at\":\"2026-11-22T12:00:00Z\""),
                "{line}"
            );
            let journal = read(&[line]);
            assert_eq!((journal.lines[0].entry.clone(), journal.skipped), (entry, 0));
        }
    }

    #[test]
    fn a_killed_run_is_found_with_its_open_intent() {
        let mut all = lines(vec![started(), intent(1), outcome(1, done("0oaNew")), intent(2)]);
        let found = unfinished(&read(&all)).remove(0);
        assert_eq!((found.settled(), found.open.keys().copied().collect::<Vec<_>>()), (1, vec![2]));
        assert_eq!(found.outcomes[&1].made(), Some("0oaNew"));
        all.extend(lines(vec![Entry::PlanEnded { plan: PlanId("p1".into()), given_up: false }]));
        assert_eq!(unfinished(&read(&all)), []);
    }

    #[test]
    fn a_failure_of_unknown_outcome_leaves_the_intent_open() {
        let error = crate::okta::model::ApiError::Net {
            host: "h".into(),
            kind: crate::okta::model::NetKind::Closed,
            detail: "reset".into(),
            maybe_sent: true,
        };
        let failed = |unknown| outcome(1, Outcome::Failed { error: error.clone(), unknown });
        let open =
            |unknown| unfinished(&read(&lines(vec![started(), intent(1), failed(unknown)])))[0].open.len();
        assert_eq!((open(true), open(false)), (1, 1), "a broken link is tried again either way");
        let refused = crate::okta::model::ApiError::Unreadable {
            endpoint: "POST /x".into(),
            status: 400,
            detail: "no".into(),
        };
        let entry = outcome(1, Outcome::Failed { error: refused, unknown: false });
        assert_eq!(unfinished(&read(&lines(vec![started(), intent(1), entry])))[0].open.len(), 0);
    }

    #[test]
    fn torn_and_unknown_lines_are_counted_not_fatal() {
        let mut all = lines(vec![started(), intent(1)]);
        all.insert(1, r#"{"v":1,"at":"2026-11-22T12:00:00Z","entry":{"moon_phase":{}}}"#.into());
        all.insert(
            1,
            r#"{"v":2,"at":"2026-11-22T12:00:00Z","entry":{"plan_ended":{"plan":"p1","given_up":false}}}"#
                .into(),
        );
        let torn = write(outcome(1, done("0oaNew")), at()).unwrap();
        all.push(torn[..torn.len() - 9].to_owned());
        let journal = read(&all);
        assert_eq!(journal.skipped, 3);
        assert_eq!(unfinished(&journal)[0].open.len(), 1, "what a torn outcome said is found out by reading");
    }

    proptest! {
        #[test]
        fn reading_never_panics(lines in prop::collection::vec("\\PC{0,60}", 0..6)) {
            let journal = read(&lines);
            prop_assert!(journal.lines.len() + journal.skipped <= lines.len());
            let _ = unfinished(&journal);
        }
    }
}
