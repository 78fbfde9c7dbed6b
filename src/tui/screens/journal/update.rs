//! What keys and answers do to the journal's screen.

use super::model::{Model, can_go_back};
use crate::change::undo::Written;
use crate::report;
use crate::run::job::{Job, Outcome, Slot};
use crate::secret::Secret;
use crate::setup::{Draft, Target};
use crate::text::plural;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next, Route};
use crate::tui::shared::{Chosen, Remote, Shared, Undo, Wanted, Work};
use crate::tui::widgets::field::Field;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => shown(model, shared),
        Msg::Done(Slot::Journal, Outcome::Journal(histories)) => {
            model.take(histories);
            Next::none()
        }
        Msg::Done(Slot::Journal, Outcome::Failed(trouble)) => {
            model.histories = Remote::Failed(trouble, model.histories.value().cloned());
            Next::none()
        }
        Msg::Edit(Key::Enter | Key::Down | Key::Up) => {
            model.filtering = false;
            Next::none()
        }
        Msg::Edit(key) => {
            if model.filter.key(key) {
                model.match_filter();
            }
            Next::none()
        }
        Msg::Paste(text) if model.filtering => {
            model.filter.paste(&text);
            model.match_filter();
            Next::none()
        }
        Msg::Command(id) if model.export.is_some() => choose_form(model, shared, id),
        Msg::Command(id) => command(model, shared, id),
        Msg::Done(..) | Msg::Paste(_) | Msg::Tick => Next::none(),
    }
}

/// What was worked on before an undo comes back to hand, unless the undo is being applied at this moment.
fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    model.filtering = false;
    model.export = None;
    let mut effects = take_up_again(shared);
    effects.extend(read(model, shared).effects);
    Next::effects(effects)
}

fn take_up_again(shared: &mut Shared) -> Vec<Effect> {
    let Some(work) = &mut shared.work else { return Vec::new() };
    let applied = work.applied.is_some();
    let Some(undo) = work.undo.as_mut().filter(|undo| !undo.applying) else { return Vec::new() };
    shared.work = undo.aside.take();
    // A plan of the undo that is still on its way is nobody's any more.
    let mut effects = vec![shared.give_up(Slot::Plan)];
    if let Some(work) = shared.work.as_mut().filter(|_| applied) {
        // What was read of the app is as it was before the undo.
        work.plan = Remote::Idle;
        if let Target::Existing(id) = work.draft.target.clone() {
            work.loaded = Remote::Loading;
            effects.push(shared.start(Slot::App, Job::LoadApp(id)));
        }
    }
    effects
}

fn read(model: &mut Model, shared: &mut Shared) -> Next {
    if model.histories.value().is_none() {
        model.histories = Remote::Loading;
    }
    Next::effects([shared.start(Slot::Journal, Job::LoadJournal)])
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let last = model.shown.len().saturating_sub(1);
    match id {
        C::Back if model.filtering => model.filtering = false,
        C::Next | C::Previous if model.filtering => model.filtering = false,
        C::Back if model.whole => model.whole = false,
        C::Back if !model.filter.text().is_empty() => {
            model.filter = Field::default();
            model.match_filter();
        }
        C::Back if !model.marked.is_empty() => model.marked.clear(),
        C::Back => return Next::go(Go::Back),
        C::Undo => return undo(model, shared),
        C::Export if !model.shown.is_empty() => model.export = Some(false),
        C::Again => return read(model, shared),
        C::Up | C::Down | C::PageUp | C::PageDown | C::Top | C::Bottom if model.whole => scroll(model, id),
        C::Next | C::Previous => model.on_button = !model.on_button && !model.shown.is_empty(),
        C::Up if model.on_button => model.on_button = false,
        C::Down if model.cursor >= last && !model.shown.is_empty() => model.on_button = true,
        C::Up => model.cursor = model.cursor.saturating_sub(1),
        C::Down => model.cursor = (model.cursor + 1).min(last),
        C::PageUp => model.cursor = model.cursor.saturating_sub(10),
        C::PageDown => model.cursor = (model.cursor + 10).min(last),
        C::Top => model.cursor = 0,
        C::Bottom => model.cursor = last,
        C::Filter if !model.whole => {
            model.filtering = true;
            model.on_button = false;
        }
        C::Mark => mark(model, shared),
        C::MarkPlan => mark_plan(model, shared),
        C::Open if model.on_button => return undo(model, shared),
        C::Open if !model.shown.is_empty() => {
            model.whole = !model.whole;
            model.scroll = 0;
        }
        _ => {}
    }
    Next::none()
}

fn scroll(model: &mut Model, id: C) {
    let last = model.under_cursor().map_or(0, |w| super::detail::lines(w).len());
    model.scroll = match id {
        C::Up => model.scroll.saturating_sub(1),
        C::PageUp => model.scroll.saturating_sub(10),
        C::Top => 0,
        C::PageDown => model.scroll.saturating_add(10).min(last),
        C::Bottom => last,
        _ => model.scroll.saturating_add(1).min(last),
    };
}

/// Marks the row and goes on to the next; what has no way back says why instead.
fn mark(model: &mut Model, shared: &mut Shared) {
    let Some(place) = model.shown.get(model.cursor).copied() else { return };
    let Some(written) = model.written(place) else { return };
    if !can_go_back(written) {
        shared.notice = Some(written.way_back_words());
        return;
    }
    if !model.marked.remove(&place) {
        model.marked.insert(place);
    }
    if !model.whole {
        model.cursor = (model.cursor + 1).min(model.shown.len().saturating_sub(1));
    }
}

fn mark_plan(model: &mut Model, shared: &mut Shared) {
    if !model.mark_plan() {
        shared.notice = Some("Nothing of this plan can be undone.".into());
    }
}

/// To the plan that undoes what is chosen. It needs a session with the org of the writes.
fn undo(model: &mut Model, shared: &mut Shared) -> Next {
    let chosen = model.chosen();
    let Some(first) = chosen.first() else { return Next::none() };
    if !chosen.iter().any(|w| can_go_back(w)) {
        shared.notice = Some(first.way_back_words());
        return Next::none();
    }
    let org = first.org.clone();
    if shared.session.as_ref().is_none_or(|s| s.org.url != org) {
        shared.wanted = Some(Wanted::Journal { url: org });
        shared.notice = Some("To undo, connect to the org first; this journal comes back then.".into());
        return Next::go(Go::To(Route::Connect));
    }
    if shared.work.as_ref().and_then(|w| w.undo.as_ref()).is_some_and(|u| u.applying) {
        shared.notice = Some("An undo is being applied: wait for its end.".into());
        return Next::go(Go::To(Route::Plan));
    }
    let work = work(&chosen, org, shared.work.take());
    shared.work = Some(work);
    Next::go(Go::To(Route::Plan))
}

fn work(chosen: &[&Written], org: String, aside: Option<Work>) -> Work {
    let mut draft = Draft::new(org);
    let mut labels: Vec<&str> = chosen.iter().map(|w| w.label.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    draft.setup.app.name = match labels[..] {
        [one] => one.to_owned(),
        _ => plural(labels.len(), "app"),
    };
    let writes = chosen
        .iter()
        .map(|w| Chosen { number: w.number, plan: w.plan.clone(), in_plan: w.in_plan })
        .collect();
    let mut work = Work::new(draft);
    // Work that was put aside never holds another undo.
    let aside = aside.filter(|w| w.undo.is_none());
    work.undo = Some(Box::new(Undo { writes, aside, applying: false }));
    work
}

/// While the form of an export is chosen: arrows and Tab choose, Enter saves, anything else closes.
fn choose_form(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let json = model.export.unwrap_or_default();
    match id {
        C::Left | C::Right | C::Next | C::Previous => model.export = Some(!json),
        C::Open => {
            model.export = None;
            return export(model, shared, json);
        }
        _ => model.export = None,
    }
    Next::none()
}

/// Saves what is marked, else all that is shown, newest first.
fn export(model: &Model, shared: &mut Shared, json: bool) -> Next {
    let writes: Vec<&Written> = if model.marked.is_empty() {
        model.shown.iter().filter_map(|p| model.written(*p)).collect()
    } else {
        model.chosen()
    };
    let day = shared.now.strftime("%Y%m%d");
    let (name, content) = if json {
        let value = report::journal::json(&writes, model.skipped());
        (format!("oktui-journal-{day}.json"), serde_json::to_string_pretty(&value).unwrap_or_default())
    } else {
        let text = report::journal::markdown(&writes, model.skipped(), shared.now);
        (format!("oktui-journal-{day}.md"), text)
    };
    Next::effects([shared.start(Slot::Save, Job::SaveFile { name, content: Secret::new(content) })])
}
