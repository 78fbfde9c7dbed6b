//! The state of the plan's screen, and which of its faces it shows.

use crate::change::{Allowed, Outcome, Plan, Planned};
use crate::run::job::{Applied, Pace, PlanMade, Trouble, Unfinished};
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::confirm::Question;
use crate::tui::widgets::field::Field;

/// What has the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Focus {
    /// The list.
    #[default]
    List,
    /// The reason or ticket.
    Reason,
    /// The button, or the field in which the confirmation is typed.
    Confirm,
}

/// The screen's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The row under the cursor, from 0: a change, or a problem.
    pub(super) cursor: usize,
    pub(super) focus: Focus,
    /// Whether the focused field is open.
    pub(super) open: bool,
    pub(super) reason: Field,
    pub(super) typed: Field,
    /// The typed confirmation was not the expected one.
    pub(super) wrong: bool,
    pub(super) question: Option<Question>,
    /// The detail of the row has the whole body.
    pub(super) whole: bool,
    pub(super) scroll: usize,
    pub(super) run: Option<Run>,
    /// An unfinished apply was gone on with: it is not offered again.
    pub(super) resumed: bool,
}

/// An apply that runs or has ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub plan: Plan,
    /// One for each change, in order.
    pub rows: Vec<RowState>,
    pub ended: bool,
    pub stopping: bool,
    /// The run is asked to send nothing new for now.
    pub held: bool,
    /// How fast it goes, as last told.
    pub pace: Option<Pace>,
    /// Why the apply as a whole did not go on.
    pub trouble: Option<Trouble>,
}

/// Where a change stands in an apply.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RowState {
    Waiting,
    Running,
    Ended(Outcome),
}

impl Run {
    pub fn new(plan: Plan) -> Self {
        let rows = plan.changes.iter().map(|_| RowState::Waiting).collect();
        Self { plan, rows, ended: false, stopping: false, held: false, pace: None, trouble: None }
    }

    /// Sets the state of the change with this number.
    pub fn set(&mut self, number: usize, state: RowState) {
        // Numbers ascend.
        let at = self.plan.changes.partition_point(|p| p.number < number);
        if self.plan.changes.get(at).is_some_and(|p| p.number == number)
            && let Some(row) = self.rows.get_mut(at)
        {
            *row = state;
        }
    }

    /// Takes over what the end says.
    pub fn end(&mut self, applied: &Applied) {
        if applied.plan.changes.len() != self.rows.len() {
            *self = Self::new(applied.plan.clone());
        }
        self.ended = true;
        for (number, outcome) in &applied.outcomes {
            self.set(*number, RowState::Ended(outcome.clone()));
        }
    }

    /// The place of the next change that failed, after `from` or before it; round the end.
    pub fn next_failed(&self, from: usize, forward: bool) -> Option<usize> {
        let failed: Vec<usize> =
            (0..self.rows.len()).filter(|at| self.rows.get(*at).is_some_and(RowState::is_failed)).collect();
        let next = if forward {
            failed.iter().find(|at| **at > from).or(failed.first())
        } else {
            failed.iter().rev().find(|at| **at < from).or(failed.last())
        };
        next.copied()
    }

    /// How many changes are as they were planned to be.
    pub fn made(&self) -> usize {
        self.rows.iter().filter(|row| row.is_made()).count()
    }

    /// Changes that failed or were not tried: going on makes sense.
    pub fn open_ends(&self) -> bool {
        self.trouble.is_some()
            || self.rows.iter().any(|row| !row.is_made() && *row != RowState::Ended(Outcome::NotAllowed))
    }
}

impl RowState {
    /// Whether the change is as it was planned to be.
    pub fn is_made(&self) -> bool {
        matches!(self, Self::Ended(Outcome::Done { .. } | Outcome::AlreadySo | Outcome::FoundDone { .. }))
    }

    /// Whether Okta refused it.
    pub fn is_failed(&self) -> bool {
        matches!(self, Self::Ended(Outcome::Failed { .. }))
    }

    /// The state in a word or two.
    pub fn word(&self, ended: bool) -> &'static str {
        match self {
            Self::Waiting if ended => "not tried",
            Self::Waiting => "",
            Self::Running if ended => "not known",
            Self::Running => "...",
            Self::Ended(Outcome::Done { .. } | Outcome::FoundDone { .. }) => "OK",
            Self::Ended(Outcome::AlreadySo) => "already so",
            Self::Ended(Outcome::Failed { .. }) => "FAIL",
            Self::Ended(Outcome::NotAllowed) => "NOT ALLOWED",
            Self::Ended(Outcome::NotTried) => "not tried",
        }
    }
}

/// What the screen shows.
#[derive(Debug)]
pub(super) enum Face<'a> {
    /// An apply runs or has ended.
    Run(&'a Run),
    /// An apply of an earlier session did not end.
    Resume(&'a Unfinished),
    /// No app is being worked on.
    NoWork,
    /// The plan is being made.
    Loading,
    /// The plan could not be made: the org could not be read.
    Failed(&'a Trouble),
    /// The plan cannot be made as the Setup stands.
    Problems(&'a [Trouble]),
    /// Everything is as wanted.
    Nothing(&'a PlanMade),
    /// The plan.
    Review(&'a PlanMade),
}

impl Model {
    /// Whether what is shown is an undo: what is worked on, or an apply that was gone on with.
    pub(super) fn undoing(&self, shared: &Shared) -> bool {
        self.run.as_ref().map_or_else(|| shared.undoing(), |run| run.plan.id.is_undo())
    }

    pub(super) fn face<'a>(&'a self, shared: &'a Shared) -> Face<'a> {
        if let Some(run) = &self.run {
            return Face::Run(run);
        }
        if let Some(unfinished) = self.unfinished(shared) {
            return Face::Resume(unfinished);
        }
        let Some(work) = &shared.work else { return Face::NoWork };
        match &work.plan {
            Remote::Ready(made) if made.plan.changes.is_empty() => Face::Nothing(made),
            Remote::Ready(made) => Face::Review(made),
            Remote::Failed(trouble, _) => Face::Failed(trouble),
            Remote::Loading | Remote::Idle if !work.problems.is_empty() => Face::Problems(&work.problems),
            Remote::Loading | Remote::Idle => Face::Loading,
        }
    }

    /// The apply of an earlier session that belongs to what is being worked on here.
    fn unfinished<'a>(&self, shared: &'a Shared) -> Option<&'a Unfinished> {
        // Who undoes what an interrupted apply has made has decided what becomes of it.
        let session = shared.session.as_ref().filter(|_| !self.resumed && !shared.undoing())?;
        let unfinished = &shared.start.value()?.unfinished;
        unfinished.iter().find(|u| {
            u.plan.org_url == session.org.url
                && shared.work.as_ref().is_none_or(|w| w.draft.setup.app.name == u.plan.label.as_str())
        })
    }

    pub(super) fn editing(&self, shared: &Shared) -> bool {
        self.open
            && self.question.is_none()
            && match self.face(shared) {
                Face::Review(_) => match self.focus {
                    Focus::List => false,
                    Focus::Reason => true,
                    Focus::Confirm => matches!(confirmation(shared), Confirmation::Typed(..)),
                },
                _ => false,
            }
    }

    /// How many rows the cursor can be on.
    pub(super) fn rows(&self, shared: &Shared) -> usize {
        match self.face(shared) {
            Face::Run(run) => run.plan.changes.len(),
            Face::Review(made) => made.plan.changes.len(),
            Face::Resume(unfinished) => unfinished.plan.changes.len(),
            Face::Problems(problems) => problems.len(),
            _ => 0,
        }
    }

    /// The change under the cursor.
    pub(super) fn planned<'a>(&'a self, shared: &'a Shared) -> Option<&'a Planned> {
        match self.face(shared) {
            Face::Run(run) => run.plan.changes.get(self.cursor),
            Face::Review(made) => made.plan.changes.get(self.cursor),
            Face::Resume(unfinished) => unfinished.plan.changes.get(self.cursor),
            _ => None,
        }
    }
}

/// How a plan is confirmed.
#[derive(Debug)]
pub(super) enum Confirmation<'a> {
    /// It cannot be applied from here; why, in a sentence.
    Not(String),
    /// Something is typed: the prompt, and what is expected.
    Typed(&'a str, &'a str),
    /// A button, then a question.
    Button(usize),
}

pub(super) fn confirmation(shared: &Shared) -> Confirmation<'_> {
    let Some(work) = &shared.work else { return Confirmation::Not(String::new()) };
    let Remote::Ready(made) = &work.plan else { return Confirmation::Not(String::new()) };
    if shared.session.as_ref().is_some_and(|s| s.read_only) {
        return Confirmation::Not(
            "This session is read-only: nothing is written. Esc back, e saves the plan.".into(),
        );
    }
    if let Some(pid) = work.held_by {
        return Confirmation::Not(format!(
            "Another oktui (process {pid}) has this draft open: apply it there."
        ));
    }
    let may = made.plan.changes.iter().filter(|p| p.allowed == Allowed::Yes).count();
    match &made.typed {
        _ if may == 0 => Confirmation::Not(
            "This token may make none of these changes. y copies the request for somebody who may.".into(),
        ),
        Some((prompt, expected)) => Confirmation::Typed(prompt, expected),
        None => Confirmation::Button(may),
    }
}
