//! What keys and answers do to the plan's screen.

use super::super::{Go, Msg, Next, Route};
use super::model::{Confirmation, Face, Focus, Model, RowState, Run, confirmation};
use crate::change::{Allowed, Change, Plan, Planned, undo};
use crate::okta::model::User;
use crate::run::job::{Applied, Job, Outcome, Slot};
use crate::secret::Secret;
use crate::setup::{Ask, Draft, Target};
use crate::text::plural;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::{Chosen, Remote, Shared};
use crate::tui::widgets::confirm::Question;
use crate::tui::widgets::field::Field;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => shown(model, shared),
        Msg::Edit(key) => edit(model, shared, key),
        Msg::Paste(text) => {
            if model.editing(shared) {
                field(model).paste(&text);
                typed_on(model, shared);
            }
            Next::none()
        }
        Msg::Command(id) if model.question.is_some() => answer(model, shared, id),
        Msg::Command(id) => command(model, shared, id),
        Msg::Done(slot, outcome) => done(model, shared, slot, outcome),
        Msg::Tick => Next::none(),
    }
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    model.question = None;
    model.open = false;
    let Some(work) = &mut shared.work else { return Next::none() };
    model.reason = Field::new(work.draft.reason.as_str());
    if work.applied.is_none() {
        work.draft.step = 6;
    }
    let idle = work.plan == Remote::Idle;
    // The draft was changed after the apply: what ended is history.
    if idle && model.run.as_ref().is_some_and(|run| run.ended) {
        model.run = None;
    }
    if !idle || matches!(model.face(shared), Face::Run(_) | Face::Resume(_)) {
        return Next::none();
    }
    make_plan(model, shared)
}

/// Reads the org and makes the plan, unless it is being made already.
fn make_plan(model: &mut Model, shared: &mut Shared) -> Next {
    model.run = None;
    model.question = None;
    model.whole = false;
    model.wrong = false;
    model.typed = Field::default();
    model.focus = Focus::List;
    model.open = false;
    let Some(work) = &mut shared.work else { return Next::none() };
    work.plan = Remote::Loading;
    work.problems = Vec::new();
    let job = match &work.undo {
        Some(undo) => Job::PlanUndo {
            writes: undo.writes.iter().map(|w| w.number).collect(),
            reason: work.draft.reason.trim().to_owned(),
        },
        None => {
            let draft = Box::new(work.draft.clone());
            // A login costs a call, thousands the whole list once more.
            let named: std::collections::HashSet<String> =
                draft.setup.access.people.iter().map(|p| p.to_lowercase()).collect();
            let is_named = |u: &&User| named.contains(&u.login.as_str().to_lowercase());
            let known = if named.is_empty() {
                Vec::new()
            } else {
                shared.directory.people.iter().filter(is_named).cloned().collect()
            };
            Job::MakePlan { draft, known }
        }
    };
    Next::effects([shared.start(Slot::Plan, job)])
}

fn done(model: &mut Model, shared: &mut Shared, slot: Slot, outcome: Outcome) -> Next {
    match (slot, outcome) {
        (Slot::Plan, Outcome::Plan(_) | Outcome::NoPlan(_)) => {
            model.cursor = model.cursor.min(model.rows(shared).saturating_sub(1));
            model.scroll = 0;
            Next::none()
        }
        (Slot::Apply, Outcome::Begins(number)) => row(model, number, RowState::Running),
        (Slot::Apply, Outcome::Change(number, outcome)) => row(model, number, RowState::Ended(outcome)),
        (Slot::Apply, Outcome::Pace(pace)) => {
            if let Some(run) = &mut model.run {
                run.held = pace.paused;
                run.pace = Some(pace);
            }
            Next::none()
        }
        (Slot::Apply, Outcome::Applied(applied)) => ended(model, shared, &applied),
        (Slot::Apply, Outcome::Failed(trouble)) => {
            applying(shared, false);
            if let Some(run) = &mut model.run {
                run.ended = true;
                run.trouble = Some(trouble);
            }
            Next::none()
        }
        (Slot::Save, Outcome::Saved(path)) => {
            shared.notice = Some(format!("Saved as {path}; only you can read it."));
            Next::none()
        }
        _ => Next::none(),
    }
}

fn row(model: &mut Model, number: usize, state: RowState) -> Next {
    if let Some(run) = &mut model.run {
        run.set(number, state);
    }
    Next::none()
}

/// Notes whether an undo is being applied.
fn applying(shared: &mut Shared, now: bool) {
    if let Some(undo) = shared.work.as_mut().and_then(|work| work.undo.as_mut()) {
        undo.applying = now;
    }
}

/// The end of an apply. A new app exists from now on: planning again must find it, not make a second one.
fn ended(model: &mut Model, shared: &mut Shared, applied: &Applied) -> Next {
    let run = model.run.get_or_insert_with(|| Run::new(applied.plan.clone()));
    run.end(applied);
    let whole = !run.open_ends();
    applying(shared, false);
    // An undo has no draft that could be done with.
    let Some(work) = shared.work.as_mut().filter(|work| work.undo.is_none()) else { return Next::none() };
    if let Some(mending) = shared.mending.as_mut().filter(|_| whole) {
        mending.applied = true;
    }
    let drop = whole.then(|| Job::DropDraft(Box::new(work.draft.clone())));
    if let (Some(app), Target::New) = (&applied.app, &work.draft.target) {
        work.draft.target = Target::Existing(app.clone());
    }
    Next::effects(drop.map(|job| shared.start(Slot::Draft, job)))
}

fn edit(model: &mut Model, shared: &mut Shared, key: Key) -> Next {
    if !model.editing(shared) {
        return Next::none();
    }
    match key {
        Key::Enter if model.focus == Focus::Reason => focus(model, shared, Focus::Confirm),
        Key::Enter => return confirm_typed(model, shared),
        Key::Up if model.focus == Focus::Reason => focus(model, shared, Focus::List),
        Key::Up => focus(model, shared, Focus::Reason),
        Key::Down => {
            if model.focus == Focus::Reason {
                focus(model, shared, Focus::Confirm);
            }
        }
        key => {
            if field(model).key(key) {
                typed_on(model, shared);
            }
        }
    }
    Next::none()
}

fn field(model: &mut Model) -> &mut Field {
    if model.focus == Focus::Reason { &mut model.reason } else { &mut model.typed }
}

/// After a field's text changed: the reason belongs to the draft, and is saved with it.
fn typed_on(model: &mut Model, shared: &mut Shared) {
    model.wrong = false;
    if model.focus == Focus::Reason
        && let Some(work) = &mut shared.work
    {
        work.draft.reason = model.reason.text().to_owned();
    }
}

/// Moves the focus; a field that gets it opens.
fn focus(model: &mut Model, shared: &Shared, to: Focus) {
    model.focus = to;
    model.open = match to {
        Focus::List => false,
        Focus::Reason => true,
        Focus::Confirm => matches!(confirmation(shared), Confirmation::Typed(..)),
    };
}

fn confirm_typed(model: &mut Model, shared: &mut Shared) -> Next {
    let Confirmation::Typed(_, expected) = confirmation(shared) else { return Next::none() };
    if model.typed.text().trim() == expected {
        return apply(model, shared);
    }
    model.wrong = true;
    Next::none()
}

fn apply(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(work) = &shared.work else { return Next::none() };
    let Remote::Ready(made) = &work.plan else { return Next::none() };
    let mut plan: Plan = made.plan.clone();
    plan.reason = work.draft.reason.trim().to_owned();
    model.run = Some(Run::new(plan.clone()));
    model.focus = Focus::List;
    model.open = false;
    model.whole = false;
    model.typed = Field::default();
    applying(shared, true);
    Next::effects([shared.start(Slot::Apply, Job::Apply(Box::new(plan)))])
}

/// While a question is open: arrows choose, Enter gives the answer under the cursor, `y` is yes, anything else is no.
fn answer(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let Some(question) = &mut model.question else { return Next::none() };
    match id {
        C::Left | C::Right | C::Next | C::Previous => question.on_yes = !question.on_yes,
        C::Yes => {
            model.question = None;
            return apply(model, shared);
        }
        C::Open if question.on_yes => {
            model.question = None;
            return apply(model, shared);
        }
        _ => model.question = None,
    }
    Next::none()
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    match id {
        C::Up | C::Down | C::Top | C::Bottom | C::PageUp | C::PageDown => move_to(model, shared, id),
        C::Next | C::Previous if matches!(model.face(shared), Face::Run(_)) => {
            let next = model.run.as_ref().and_then(|run| run.next_failed(model.cursor, id == C::Next));
            model.cursor = next.unwrap_or(model.cursor);
            model.scroll = 0;
        }
        C::Next => step_focus(model, shared, 1),
        C::Previous => step_focus(model, shared, 2),
        C::Open => return open(model, shared),
        C::Back => {
            if model.open {
                model.open = false;
            } else if model.whole {
                model.whole = false;
            } else {
                return Next::go(Go::Back);
            }
        }
        C::Copy => return copy(model, shared),
        C::Unstage => return unstage(model, shared),
        C::Export => return export(model, shared),
        C::Again if model.run.as_ref().is_none_or(|run| run.ended) => return make_plan(model, shared),
        C::Cancel => {
            if let Some(run) = model.run.as_mut().filter(|run| !run.ended) {
                run.stopping = true;
                return Next::effects([Effect::Stop(Slot::Apply)]);
            }
        }
        C::Mark => {
            if let Some(run) = model.run.as_mut().filter(|run| !run.ended) {
                run.held = !run.held;
                return Next::effects([Effect::Answer { slot: Slot::Apply, job: Job::Pause(run.held) }]);
            }
        }
        C::PreviousStep if model.undoing(shared) => return Next::go(Go::To(Route::Journal)),
        C::NextStep | C::HandOver | C::Test if model.undoing(shared) => {
            shared.notice =
                Some("An undo changes no value of the gateway's form; b goes to the journal.".into());
        }
        C::NextStep | C::HandOver => return Next::go(Go::To(Route::HandOver)),
        C::Test => return Next::go(Go::To(Route::Test)),
        C::PreviousStep => return Next::go(Go::Instead(Route::Wizard)),
        _ => {}
    }
    Next::none()
}

fn move_to(model: &mut Model, shared: &Shared, id: C) {
    if model.whole {
        model.scroll = match id {
            C::Up => model.scroll.saturating_sub(1),
            C::PageUp => model.scroll.saturating_sub(10),
            C::Top => 0,
            C::PageDown => model.scroll.saturating_add(10).min(super::detail::lines(model, shared).len()),
            _ => model.scroll.saturating_add(1).min(super::detail::lines(model, shared).len()),
        };
        return;
    }
    let last = model.rows(shared).saturating_sub(1);
    let down = matches!(id, C::Down | C::Bottom | C::PageDown);
    if model.focus != Focus::List {
        let to = match (model.focus, down) {
            (Focus::Reason, false) | (Focus::List, _) => Focus::List,
            (Focus::Reason, true) => Focus::Confirm,
            (Focus::Confirm, _) => Focus::Reason,
        };
        focus(model, shared, to);
        model.open = false;
        return;
    }
    model.scroll = 0;
    if id == C::Down && model.cursor >= last && matches!(model.face(shared), Face::Review(_)) {
        // Closed: whoever holds `j` down must not type into it.
        model.focus = Focus::Reason;
        return;
    }
    model.cursor = match id {
        C::Up => model.cursor.saturating_sub(1),
        C::Down => (model.cursor + 1).min(last),
        C::PageUp => model.cursor.saturating_sub(10),
        C::PageDown => (model.cursor + 10).min(last),
        C::Top => 0,
        _ => last,
    };
}

fn step_focus(model: &mut Model, shared: &Shared, by: usize) {
    if !matches!(model.face(shared), Face::Review(_)) || model.whole {
        return;
    }
    let order = [Focus::List, Focus::Reason, Focus::Confirm];
    let at = order.iter().position(|f| *f == model.focus).unwrap_or(0);
    if let Some(to) = order.get((at + by) % order.len()) {
        focus(model, shared, *to);
    }
}

fn open(model: &mut Model, shared: &mut Shared) -> Next {
    match model.face(shared) {
        Face::Run(run) if !run.ended => toggle(model),
        Face::Run(run) if run.open_ends() => return make_plan(model, shared),
        Face::Run(_) | Face::Nothing(_) if shared.mended() && !model.undoing(shared) => {
            if let Some(mending) = &mut shared.mending {
                mending.again = true;
            }
            return Next::go(Go::To(Route::Test));
        }
        Face::Run(_) | Face::Nothing(_) => {
            let to = if model.undoing(shared) { Route::Journal } else { Route::HandOver };
            return Next::go(Go::To(to));
        }
        Face::Resume(unfinished) => {
            let plan = unfinished.plan.clone();
            model.run = Some(Run::new(plan));
            model.resumed = true;
            return Next::effects([shared.start(Slot::Apply, Job::ResumeApply)]);
        }
        Face::NoWork => return Next::go(Go::Back),
        Face::Loading => {}
        Face::Failed(_) => return make_plan(model, shared),
        Face::Problems(_) if shared.undoing() => return Next::go(Go::To(Route::Journal)),
        Face::Problems(_) => return Next::go(Go::Instead(Route::Wizard)),
        Face::Review(_) => match model.focus {
            Focus::List => toggle(model),
            Focus::Reason => model.open = true,
            Focus::Confirm => match confirmation(shared) {
                Confirmation::Typed(..) => model.open = true,
                Confirmation::Button(changes) => {
                    let host = shared.session.as_ref().map_or("Okta", |s| s.org.host());
                    let text = format!("Write {} to {host}.", plural(changes, "change"));
                    model.question = Some(Question::new(text, "Yes, apply"));
                }
                Confirmation::Not(why) => shared.notice = Some(why),
            },
        },
    }
    Next::none()
}

fn toggle(model: &mut Model) {
    model.whole = !model.whole;
    model.scroll = 0;
}

fn copy(model: &Model, shared: &mut Shared) -> Next {
    let Some(planned) = model.planned(shared) else { return Next::none() };
    let (text, what) = match &planned.allowed {
        Allowed::No { ask, .. } => (ask.clone(), "The request for an admin"),
        Allowed::Yes => (in_words(planned), "This change, in words,"),
    };
    shared.notice = Some(format!("{what} was sent to your terminal's clipboard; some terminals ignore it."));
    Next::effects([Effect::Copy(Secret::new(text))])
}

fn in_words(planned: &Planned) -> String {
    let mut text = format!("{} ({}; {})", planned.title, planned.risk.word(), planned.people.words());
    for detail in &planned.details {
        text.push('\n');
        text.push_str(detail);
    }
    text
}

fn export(model: &Model, shared: &mut Shared) -> Next {
    let mut plan = match model.face(shared) {
        Face::Run(run) => run.plan.clone(),
        Face::Review(made) | Face::Nothing(made) => made.plan.clone(),
        Face::Resume(unfinished) => unfinished.plan.clone(),
        _ => return Next::none(),
    };
    if let Some(work) = shared.work.as_ref().filter(|_| model.run.is_none()) {
        plan.reason = work.draft.reason.trim().to_owned();
    }
    let name = format!("oktui-plan-{}.json", plan.id.0);
    match serde_json::to_string_pretty(&plan) {
        Ok(json) => {
            Next::effects([shared.start(Slot::Save, Job::SaveFile { name, content: Secret::new(json) })])
        }
        Err(error) => {
            shared.notice = Some(format!("The plan cannot be written as JSON: {error}"));
            Next::none()
        }
    }
}

/// Takes the change under the cursor out of the draft, where the draft can do without it, and plans again.
fn unstage(model: &mut Model, shared: &mut Shared) -> Next {
    if !matches!(model.face(shared), Face::Review(_)) {
        return Next::none();
    }
    if shared.undoing() {
        return keep(model, shared);
    }
    let Some(change) = model.planned(shared).map(|p| p.change.clone()) else { return Next::none() };
    if shared.work.as_mut().is_some_and(|work| take_out(&mut work.draft, &change)) {
        return make_plan(model, shared);
    }
    shared.notice =
        Some("This change comes from the app's own settings: b goes to the steps, change it there.".into());
    Next::none()
}

/// Leaves out of an undo what the change under the cursor would take back, and plans again.
fn keep(model: &mut Model, shared: &mut Shared) -> Next {
    let undoes = model.planned(shared).map(undo::undoes).unwrap_or_default();
    let Some(undo) = shared.work.as_mut().and_then(|work| work.undo.as_mut()) else { return Next::none() };
    let goes = |w: &Chosen| {
        undoes
            .iter()
            .any(|(plan, runs)| *plan == w.plan && runs.iter().any(|(a, b)| (*a..=*b).contains(&w.in_plan)))
    };
    let left: Vec<Chosen> = undo.writes.iter().filter(|w| !goes(w)).cloned().collect();
    if left.len() == undo.writes.len() {
        shared.notice =
            Some("This change leads to a later one: leave that out, and this goes with it.".into());
        return Next::none();
    }
    if left.is_empty() {
        shared.notice = Some("It is all that is to be undone: Esc leaves it as it is.".into());
        return Next::none();
    }
    undo.writes = left;
    make_plan(model, shared)
}

fn take_out(draft: &mut Draft, change: &Change) -> bool {
    let asks = draft.asks.len();
    let access = &mut draft.setup.access;
    match change {
        Change::UnassignPerson { person, .. } => {
            draft.asks.retain(|a| !matches!(a, Ask::UnassignPerson { id, .. } if id == person));
            draft.asks.len() < asks
        }
        Change::UnassignGroup { group, .. } => {
            draft.asks.retain(|a| !matches!(a, Ask::UnassignGroup { id, .. } if id == group));
            draft.asks.len() < asks
        }
        Change::SetUserName { person, .. } => {
            draft.asks.retain(|a| !matches!(a, Ask::SetUserName { id, .. } if id == person));
            draft.asks.len() < asks
        }
        Change::AssignGroup { name, .. } => remove(&mut access.groups, name.as_str()),
        Change::AssignPerson { login, .. } => remove(&mut access.people, login.as_str()),
        Change::UploadLogo { .. } => draft.setup.app.logo.take().is_some(),
        Change::CreatePolicy { .. } | Change::CreateRule { .. } => {
            std::mem::take(&mut draft.setup.authorization_server.access_policy)
        }
        _ => false,
    }
}

fn remove(names: &mut Vec<String>, name: &str) -> bool {
    let before = names.len();
    names.retain(|n| !n.eq_ignore_ascii_case(name));
    names.len() < before
}
