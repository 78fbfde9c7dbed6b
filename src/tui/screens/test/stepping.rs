//! Step mode: the request that a run has stopped before, looked at, altered and let go.

use super::super::Next;
use super::run::Run;
use crate::flow::trace::Piece;
use crate::flow::{Alteration, Pause};
use crate::run::job::{Job, Slot, StepWord};
use crate::secret::Secret;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::widgets::field::Field;

/// The tab of the detail that a stop shows first: the request.
const REQUEST: usize = 1;

/// A stop on the screen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Paused {
    pub pause: Pause,
    /// Its parameters are in front, to be altered.
    pub open: bool,
    /// The parameter under the cursor.
    pub at: usize,
    /// What is being typed.
    pub field: Option<Typed>,
    /// An alteration is under way: places count anew when it is there.
    pub waits: bool,
}

/// What is typed while a run stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Typed {
    /// Another value for the parameter under the cursor.
    Value(Field),
    /// One more, as `name=value`.
    More(Field),
}

impl Typed {
    pub fn field(&mut self) -> &mut Field {
        match self {
            Self::Value(field) | Self::More(field) => field,
        }
    }
}

/// The run has stopped, or what it stopped before was altered.
pub(super) fn stopped(run: &mut Run, pause: Pause) {
    let before = run.paused.take().filter(|paused| paused.pause.hop == pause.hop);
    let last = pause.parameters.len().saturating_sub(1);
    if before.is_none() {
        (run.tab, run.scroll, run.whole) = (REQUEST, 0, false);
        run.cursor = run.rows().len().saturating_sub(1);
        run.follow = true;
    }
    let (open, at) = before.map_or((false, 0), |paused| (paused.open, paused.at.min(last)));
    run.paused = Some(Paused { pause, open, at, field: None, waits: false });
}

/// Whether the keys of step mode are in force: from a run's first stop until another run, so that a key too many sends nobody to
/// another screen.
pub(super) fn is_stepping(run: &Run) -> bool {
    run.request.stepping.is_some() && run.older.is_none()
}

fn tell(word: StepWord) -> Next {
    Next::effects([Effect::Answer { slot: Slot::Test, job: Job::Step(word) }])
}

fn alter(paused: &mut Paused, alteration: Alteration) -> Next {
    (paused.waits, paused.field) = (true, None);
    tell(StepWord::Alter(alteration))
}

/// A key while something is typed.
pub(super) fn key(run: &mut Run, key: Key) -> Next {
    let Some(paused) = &mut run.paused else { return Next::none() };
    let at = paused.at;
    match (&mut paused.field, key) {
        (Some(Typed::Value(field)), Key::Enter) => {
            let value = Secret::new(field.text());
            return alter(paused, Alteration::Set(at, value));
        }
        (Some(Typed::More(field)), Key::Enter) => {
            let (name, value) = field.text().split_once('=').unwrap_or((field.text(), ""));
            let (name, value) = (name.trim().to_owned(), Secret::new(value));
            if name.is_empty() {
                paused.field = None;
                return Next::none();
            }
            return alter(paused, Alteration::Add(name, value));
        }
        (Some(typed), key) => {
            typed.field().key(key);
        }
        (None, _) => {}
    }
    Next::none()
}

/// What a key does while a run stands; `None`: the same as always.
pub(super) fn command(run: &mut Run, id: C) -> Option<Next> {
    let Some(paused) = run.paused.as_mut() else {
        return matches!(id, C::SendHop | C::RunOn).then(Next::none);
    };
    match id {
        C::SendHop | C::RunOn if paused.waits => return Some(Next::none()),
        C::SendHop | C::RunOn => {
            run.paused = None;
            return Some(tell(if id == C::SendHop { StepWord::Send } else { StepWord::RunOn }));
        }
        C::Back if paused.field.is_some() => {
            paused.field = None;
            return Some(Next::none());
        }
        _ => {}
    }
    if !paused.open {
        let on_it = run.cursor + 1 == run.rows().len();
        let paused = run.paused.as_mut()?;
        if id == C::Open && on_it {
            paused.open = true;
            return Some(Next::none());
        }
        return None;
    }
    let (at, count) = (paused.at, paused.pause.parameters.len());
    match id {
        C::Up => paused.at = at.saturating_sub(1),
        C::Down => paused.at = (at + 1).min(count.saturating_sub(1)),
        C::Top | C::PageUp => paused.at = 0,
        C::Bottom | C::PageDown => paused.at = count.saturating_sub(1),
        C::Back => paused.open = false,
        C::Open | C::Next if !paused.waits => {
            let parameter = paused.pause.parameters.get(at)?;
            // What is masked is typed anew: it is not brought here for that.
            let masked = parameter.value.pieces().iter().any(|piece| matches!(piece, Piece::Hole(_)));
            let text = if masked { String::new() } else { parameter.value.masked() };
            paused.field = Some(Typed::Value(Field::new(&text)));
        }
        C::Add if !paused.waits => paused.field = Some(Typed::More(Field::default())),
        C::Remove if !paused.waits && at < count => return Some(alter(paused, Alteration::Remove(at))),
        C::Unstage if !paused.waits => return Some(alter(paused, Alteration::Undo)),
        C::Cancel => return None,
        _ => {}
    }
    Some(Next::none())
}
