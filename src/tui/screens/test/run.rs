//! A run on the screen: its hops as rows, folded where they belong together.

use super::cause::Cause;
use super::log::Log;
use super::stepping::Paused;
use super::unmasked::Asked;
use crate::flow::trace::{HoleId, Hop, RunVerdict, Step, Trace, Verdict};
use crate::run::job::{Need, TestRequest, Trouble};
use crate::secret::Secret;
use crate::tui::widgets::field::Field;
use jiff::Timestamp;
use std::path::PathBuf;

/// The tabs of the detail, in order.
pub(super) const TABS: [&str; 6] = ["Why", "Request", "Response", "Decoded", "Checks", "Log"];

/// A run that goes on or has ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub request: TestRequest,
    pub hops: Vec<Hop>,
    pub trace: Option<Trace>,
    pub ended: bool,
    pub stopping: bool,
    /// The run could not begin, or broke off.
    pub trouble: Option<Trouble>,
    pub need: Option<Need>,
    /// The request that it has stopped before.
    pub paused: Option<Paused>,
    pub factor: usize,
    pub passcode: Field,
    /// Whether the passcode's field is open.
    pub open: bool,
    pub cursor: usize,
    /// The cursor stays on the newest hop until the user moves it.
    pub follow: bool,
    pub unfolded: bool,
    pub tab: usize,
    pub scroll: usize,
    /// The detail has the whole body.
    pub whole: bool,
    pub sequence: bool,
    /// Which past run this one is compared with, and what is different.
    pub compared: Option<(usize, u32, Vec<String>)>,
    pub revealed: Option<(HoleId, Secret, Timestamp)>,
    /// It is a run of before, read from this file: its values are not kept.
    pub older: Option<PathBuf>,
    /// Okta's System Log about it, once it was asked.
    pub log: Option<Log>,
    /// Why it failed, once that was asked for.
    pub cause: Option<Cause>,
    /// How the run failed that this one repeats, after a change was applied.
    pub before: Option<String>,
    /// It was saved, masked: the next time it may be asked for otherwise.
    pub saved: bool,
    /// What is typed for a file that is not masked.
    pub unmasked: Option<Asked>,
    /// How many values were asked for: each `s` shows the next one of the detail.
    pub asked: usize,
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A hop, by its place.
    Hop(usize),
    /// The hops of the sign-in, from one place to another (inclusive).
    Group(usize, usize),
    /// How it ended.
    End,
}

impl Run {
    pub fn new(request: TestRequest) -> Self {
        Self {
            request,
            hops: Vec::new(),
            trace: None,
            ended: false,
            stopping: false,
            trouble: None,
            need: None,
            paused: None,
            factor: 0,
            passcode: Field::secret(),
            open: false,
            cursor: 0,
            follow: true,
            unfolded: false,
            tab: 0,
            scroll: 0,
            whole: false,
            sequence: false,
            compared: None,
            revealed: None,
            older: None,
            log: None,
            cause: None,
            before: None,
            saved: false,
            unmasked: None,
            asked: 0,
        }
    }

    /// The rows in order. Two sign-in hops or more stand in one row that folds.
    pub fn rows(&self) -> Vec<Row> {
        let (mut rows, mut i) = (Vec::new(), 0);
        while let Some(hop) = self.hops.get(i) {
            let same = self.hops.iter().skip(i).take_while(|h| h.step == Step::SignIn).count();
            if hop.step == Step::SignIn && same > 1 {
                rows.push(Row::Group(i, i + same - 1));
                if self.unfolded {
                    rows.extend((i..i + same).map(Row::Hop));
                }
                i += same;
            } else {
                rows.push(Row::Hop(i));
                i += 1;
            }
        }
        if self.ended {
            rows.push(Row::End);
        }
        rows
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<Row> {
        self.rows().get(self.cursor).copied()
    }

    /// A hop that is new, or that replaces the one with its number.
    pub fn take(&mut self, hop: Hop) {
        match self.hops.iter_mut().find(|h| h.number == hop.number) {
            Some(old) => *old = hop,
            None => self.hops.push(hop),
        }
        if self.follow {
            self.cursor = self.rows().len().saturating_sub(1);
        }
    }

    /// The end: the cursor goes to what failed first, or to how it ended.
    pub fn end(&mut self, trace: Trace) {
        self.hops.clone_from(&trace.hops);
        self.ended = true;
        (self.need, self.paused) = (None, None);
        self.open = false;
        self.trace = Some(trace);
        if let Some(failed) = self.failed_hop() {
            let step = self.hops.get(failed).map(|h| h.step);
            self.unfolded |= step == Some(Step::SignIn);
            self.cursor = self.rows().iter().position(|r| *r == Row::Hop(failed)).unwrap_or(0);
        } else {
            self.cursor = self.rows().len().saturating_sub(1);
        }
        self.tab = 0;
        self.scroll = 0;
    }

    /// The hop that the verdict is about: the first that failed.
    pub fn failed_hop(&self) -> Option<usize> {
        let failed = matches!(self.verdict(), RunVerdict::Failed { .. });
        self.hops.iter().position(|h| h.verdict == Verdict::Fail).filter(|_| failed)
    }

    pub fn verdict(&self) -> &RunVerdict {
        self.trace.as_ref().map_or(&RunVerdict::Running, |t| &t.verdict)
    }

    /// Whether the person's sign-in was refused: then the same password is not sent again by one key.
    pub fn sign_in_refused(&self) -> bool {
        matches!(self.verdict(), RunVerdict::Failed { step: Some(Step::SignIn), .. })
    }

    /// Milliseconds from the first hop's beginning to the last one's end.
    pub fn whole_ms(&self) -> u64 {
        self.hops.iter().map(|h| h.at_ms.saturating_add(h.took_ms)).max().unwrap_or(0)
    }
}

/// The verdict of a folded row: the worst of its hops.
pub(super) fn worst(hops: &[Hop]) -> Verdict {
    let bad = hops.iter().map(|h| h.verdict).filter(|v| *v != Verdict::NotRun).max();
    bad.unwrap_or(Verdict::NotRun)
}
