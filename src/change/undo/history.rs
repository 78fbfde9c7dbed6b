//! Every write that was ever made or tried from here, as the journal tells it.

use super::mark;
use crate::change::describe;
use crate::change::inverse::{Before, inverse};
use crate::change::journal::{Entry, Journal};
use crate::change::value::{AppRef, Change, HandOver, Inverse, Outcome, Plan, PlanId, Planned};
use crate::okta::model::AppId;
use crate::text::Clean;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// What became of a write.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It was made; Okta's answer, or reading, said so.
    Made,
    /// It was so already: Okta wrote nothing.
    AlreadySo,
    /// It was not made: Okta refused, or the link broke before.
    Failed {
        /// Why, in a sentence.
        why: Clean,
    },
    /// Nobody knows: its outcome was never written. Going on with the interrupted apply finds out.
    Unknown,
}

/// A write that was made or tried from here.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Its number in the history of its org: 1 is the oldest. It stays the same as the journal grows.
    pub number: usize,
    /// The plan.
    pub plan: PlanId,
    /// Its number in the plan.
    pub in_plan: usize,
    /// When it was about to be made.
    pub at: Timestamp,
    /// Who: the login of the token's owner.
    pub who: Clean,
    /// The org's URL.
    pub org: String,
    /// The name of the app that the plan was about.
    pub label: Clean,
    /// The app that the write was about, or that it made; of what names none, such as a rule, the app of its plan.
    pub app: Option<AppId>,
    /// Reason or ticket.
    pub reason: String,
    /// The write; `None` where its line was lost.
    pub change: Option<Change>,
    /// In a few words.
    pub title: Clean,
    /// What became of it.
    pub state: State,
    /// `X-Okta-Request-Id` of the call: its name in Okta's System Log.
    pub request_id: Option<Clean>,
    /// The id of the object that it made.
    pub made: Option<String>,
    /// What stood there before.
    pub before: Before,
    /// The way back.
    pub back: Inverse,
    /// The plan that has undone it, as long as that is not undone in its turn.
    pub undone_by: Option<PlanId>,
    /// It undoes earlier writes: their numbers.
    pub undoes: Vec<usize>,
}

impl Written {
    /// Whether Okta was changed by it, as far as is known.
    pub fn is_made(&self) -> bool {
        self.state == State::Made
    }

    /// Its state in a word: `done`, `undone`, `failed`, `not known`, `already so`.
    pub fn word(&self) -> &'static str {
        match &self.state {
            State::Made if self.undone_by.is_some() => "undone",
            State::Made => "done",
            State::AlreadySo => "already so",
            State::Failed { .. } => "failed",
            State::Unknown => "not known",
        }
    }

    /// The way back in a word: `exact`, `partial`, `none`; a dash where there is nothing to go back from.
    pub fn way_back(&self) -> &'static str {
        match (&self.state, &self.back) {
            (State::Made, _) if self.undone_by.is_some() => "-",
            (State::Made, Inverse::Exact(_)) => "exact",
            (State::Made, Inverse::Partial { .. }) => "partial",
            (State::Made, Inverse::None { .. }) => "none",
            (State::Unknown, _) => "?",
            _ => "-",
        }
    }

    /// The way back in a sentence.
    pub fn way_back_words(&self) -> String {
        match (&self.state, &self.undone_by, &self.back) {
            (State::Made, Some(plan), _) => format!("Undone already, by plan {}.", plan.0),
            (State::Made, None, Inverse::Exact(changes)) => {
                let titles: Vec<String> = changes.iter().map(|c| describe::title(c).to_string()).collect();
                format!("Undoing makes all as it was: {}.", titles.join(", then "))
            }
            (State::Made, None, Inverse::Partial { lost, .. }) => {
                format!("Undoing brings most of it back. What does not come back: {lost}")
            }
            (State::Made, None, Inverse::None { why }) => format!("There is none. {why}"),
            (State::Unknown, ..) => {
                "Whether it was made is not known: go on with the interrupted apply, which finds out.".into()
            }
            _ => "It changed nothing, so there is nothing to undo.".into(),
        }
    }
}

/// A plan that was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The plan's id.
    pub id: PlanId,
    /// The name of its app.
    pub label: Clean,
    /// When it was begun.
    pub started: Timestamp,
    /// The values of its app, for the plan that undoes it.
    pub hand_over: HandOver,
    /// The app that it was for, if that existed.
    pub app: Option<AppId>,
    /// The app that it made.
    pub made: Option<AppId>,
    /// It was begun and has not ended.
    pub open: bool,
}

/// Every write that was ever made or tried from here, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The writes.
    pub writes: Vec<Written>,
    /// The plans that were begun, in order.
    pub plans: Vec<Part>,
    /// How many lines could not be read: torn by a crash, or written by a newer oktui.
    pub skipped: usize,
}

impl History {
    /// Reads a journal: one pass, in proportion to its length.
    pub fn of(journal: &Journal) -> Self {
        let mut reader = Reader::default();
        for line in &journal.lines {
            reader.line(line.at, &line.entry);
        }
        Self { writes: reader.writes, plans: reader.parts, skipped: journal.skipped }
    }

    /// The write with that number.
    pub fn write(&self, number: usize) -> Option<&Written> {
        self.writes.get(number.checked_sub(1)?)
    }

    /// The numbers of a plan's writes that were made, oldest first.
    pub fn of_plan(&self, id: &str) -> Vec<usize> {
        self.writes.iter().filter(|w| w.plan.0 == id && w.is_made()).map(|w| w.number).collect()
    }

    /// Whether this plan was ever begun.
    pub fn knows_plan(&self, id: &str) -> bool {
        self.plans.iter().any(|p| p.id.0 == id) || self.writes.iter().any(|w| w.plan.0 == id)
    }

    /// Plans that were begun and have not ended.
    pub fn open_plans(&self) -> impl Iterator<Item = &Part> {
        self.plans.iter().filter(|p| p.open)
    }
}

/// The history in the making.
#[derive(Default)]
struct Reader<'a> {
    writes: Vec<Written>,
    parts: Vec<Part>,
    plans: HashMap<&'a PlanId, Begun<'a>>,
    /// The last write with this number in a plan, by its position.
    last: HashMap<&'a PlanId, BTreeMap<usize, usize>>,
    /// Which writes a write has undone, by their positions.
    undone: HashMap<usize, Vec<usize>>,
}

#[derive(Clone, Copy)]
struct Begun<'a> {
    plan: &'a Plan,
    who: &'a Clean,
    part: usize,
}

/// What a line tells of a write.
struct Told<'a> {
    change: Option<&'a Change>,
    org: &'a str,
    reason: &'a str,
    who: Clean,
    before: Option<&'a Before>,
    back: Inverse,
}

impl<'a> Reader<'a> {
    fn line(&mut self, at: Timestamp, entry: &'a Entry) {
        match entry {
            Entry::PlanStarted { plan, who } => self.started(at, plan, who),
            Entry::Intent { plan, number, change, org, reason, who, before, inverse } => {
                let unknown = || Inverse::None { why: "It is not known which object this made.".into() };
                let back = inverse.as_deref().cloned().unwrap_or_else(unknown);
                let (change, before, who) = (Some(&**change), Some(&**before), who.clone());
                self.begins(at, plan, *number, Told { change, org, reason, who, before, back });
            }
            Entry::Outcome { plan, number, outcome, inverse } => {
                self.ends(at, plan, *number, outcome, inverse.as_deref());
            }
            Entry::PlanEnded { plan, .. } => {
                if let Some(part) = self.plans.get(plan).and_then(|b| self.parts.get_mut(b.part)) {
                    part.open = false;
                }
            }
        }
    }

    fn started(&mut self, at: Timestamp, plan: &'a Plan, who: &'a Clean) {
        let part = match self.plans.get(&plan.id) {
            Some(begun) => begun.part,
            None => {
                self.parts.push(Part {
                    id: plan.id.clone(),
                    label: plan.label.clone(),
                    started: at,
                    hand_over: plan.hand_over.clone(),
                    app: plan.app.clone(),
                    made: None,
                    open: true,
                });
                self.parts.len() - 1
            }
        };
        if let Some(part) = self.parts.get_mut(part) {
            part.open = true;
        }
        self.plans.insert(&plan.id, Begun { plan, who, part });
    }

    fn planned(&self, plan: &PlanId, number: usize) -> Option<&'a Planned> {
        let changes = &self.plans.get(plan)?.plan.changes;
        // Numbers ascend.
        changes.get(changes.partition_point(|p| p.number < number)).filter(|p| p.number == number)
    }

    /// The app that a plan is for, or that it has made by now.
    fn app_of(&self, plan: &PlanId) -> Option<AppId> {
        let part = self.parts.get(self.plans.get(plan)?.part)?;
        part.app.clone().or_else(|| part.made.clone())
    }

    fn place(&self, plan: &PlanId, number: usize) -> Option<usize> {
        self.last.get(plan)?.get(&number).copied()
    }

    fn begins(&mut self, at: Timestamp, plan: &'a PlanId, number: usize, told: Told<'a>) {
        // Tried again after a crash or a failure it is still the same write.
        let again = self.place(plan, number).filter(|p| self.writes.get(*p).is_some_and(|w| !w.is_made()));
        let place = again.unwrap_or(self.writes.len());
        let change = told.change.cloned();
        let lost = || Clean::new(&format!("change {number} of plan {}, whose line is lost", plan.0));
        let written = Written {
            number: place + 1,
            plan: plan.clone(),
            in_plan: number,
            at,
            who: told.who,
            org: told.org.to_owned(),
            label: self.plans.get(plan).map_or_else(|| Clean::new(""), |b| b.plan.label.clone()),
            app: change.as_ref().and_then(about).or_else(|| self.app_of(plan)),
            reason: told.reason.to_owned(),
            title: change.as_ref().map_or_else(lost, describe::title),
            change,
            state: State::Unknown,
            request_id: None,
            made: None,
            before: told.before.cloned().unwrap_or(Before::Nothing),
            back: told.back,
            undone_by: None,
            undoes: self.undoes(plan, number),
        };
        match self.writes.get_mut(place) {
            Some(earlier) => *earlier = written,
            None => self.writes.push(written),
        }
        self.last.entry(plan).or_default().insert(number, place);
    }

    fn ends(
        &mut self,
        at: Timestamp,
        plan: &'a PlanId,
        number: usize,
        outcome: &'a Outcome,
        back: Option<&Inverse>,
    ) {
        if self.place(plan, number).is_none() {
            // Nothing was tried; or what was is on a line that is lost.
            if !outcome.is_so() || *outcome == Outcome::AlreadySo {
                return;
            }
            self.intent_lost(at, plan, number, outcome);
        }
        let Some(place) = self.place(plan, number) else { return };
        let Some(written) = self.writes.get_mut(place) else { return };
        if written.is_made() {
            // The same plan applied again: it was found done.
            return;
        }
        written.state = match outcome {
            Outcome::Done { .. } | Outcome::FoundDone { .. } => State::Made,
            Outcome::AlreadySo => State::AlreadySo,
            Outcome::Failed { unknown: true, .. } => State::Unknown,
            Outcome::Failed { error, .. } => State::Failed { why: Clean::new(&error.to_string()) },
            Outcome::NotAllowed | Outcome::NotTried => State::Failed { why: "It was not tried.".into() },
        };
        if let Outcome::Done { request_id, .. } = outcome {
            written.request_id.clone_from(request_id);
        }
        written.made = outcome.made().map(str::to_owned);
        if let Some(back) = back {
            written.back = back.clone();
        }
        if let (Some(Change::CreateApp { .. }), Some(id)) = (&written.change, &written.made) {
            written.app = id.parse().ok();
            let made = written.app.clone();
            if let Some(part) = self.plans.get(plan).and_then(|b| self.parts.get_mut(b.part)) {
                part.made = made;
            }
        }
        if written.is_made() {
            self.was_made(place);
        }
    }

    /// The line of an intent is lost, and its outcome is there: the plan says what was to be written, if that line is there.
    fn intent_lost(&mut self, at: Timestamp, plan: &'a PlanId, number: usize, outcome: &Outcome) {
        let change = self.planned(plan, number).map(|p| &p.change);
        let lost =
            || Inverse::None { why: "The journal's line that says what stood there before is lost.".into() };
        let begun = self.plans.get(plan).copied();
        let told = Told {
            change,
            org: begun.map_or("", |b| b.plan.org_url.as_str()),
            reason: begun.map_or("", |b| b.plan.reason.as_str()),
            who: begun.map_or_else(|| Clean::new(""), |b| b.who.clone()),
            before: None,
            back: change.map_or_else(lost, |c| inverse(c, &Before::Nothing, outcome.made())),
        };
        self.begins(at, plan, number, told);
    }

    /// The writes that a change undoes, by their numbers.
    fn undoes(&self, plan: &PlanId, number: usize) -> Vec<usize> {
        let Some(planned) = self.planned(plan, number) else { return Vec::new() };
        let mut found = Vec::new();
        for (id, runs) in mark::undoes(planned) {
            let Some(of) = self.last.get(&id) else { continue };
            for (from, to) in runs.into_iter().filter(|(from, to)| from <= to) {
                found.extend(of.range(from..=to).map(|(_, place)| place + 1));
            }
        }
        found.sort_unstable();
        found
    }

    /// What a write that was made has undone; and what it brings back into force by undoing an undo.
    fn was_made(&mut self, place: usize) {
        let Some(written) = self.writes.get(place) else { return };
        let by = written.plan.clone();
        let undoes: Vec<usize> = written.undoes.iter().filter_map(|n| n.checked_sub(1)).collect();
        for of in &undoes {
            if let Some(undone) = self.writes.get_mut(*of) {
                undone.undone_by = Some(by.clone());
            }
            for back in self.undone.remove(of).unwrap_or_default() {
                if let Some(written) = self.writes.get_mut(back) {
                    written.undone_by = None;
                }
            }
        }
        self.undone.insert(place, undoes);
    }
}

fn about(change: &Change) -> Option<AppId> {
    match describe::app_of(change) {
        Some(AppRef::Known(id)) => Some(id),
        _ => None,
    }
}
