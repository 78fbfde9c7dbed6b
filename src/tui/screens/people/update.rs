//! What the keys do on the lists, and what comes back from afar.

use super::detail::{GroupView, PersonView};
use super::import::ImportView;
use super::item::{Entry, FoundByOkta};
use super::lists::Pane;
use super::model::{Model, Over, Typing};
use super::press::{mark_all, mark_one, mark_range, stage, unstage};
use super::{buttons, over, staging};
use crate::people::{Purpose, Source};
use crate::run::job::{Job, Outcome, Slot};
use crate::secret::Secret;
use crate::setup::Target;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next, Route};
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::field::Field;

/// Rows that a page key moves by.
pub(super) const PAGE: usize = 15;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    let next = match msg {
        Msg::Shown => shown(model, shared),
        Msg::Done(slot, outcome) => done(model, shared, slot, outcome),
        Msg::Paste(text) => paste(model, shared, text),
        Msg::Edit(key) => edit(model, shared, key),
        Msg::Command(id) if model.typing != Typing::Nothing => close(model, id),
        Msg::Command(id) if model.over.is_some() => over::command(model, shared, id),
        Msg::Command(id) => command(model, shared, id),
        Msg::Tick => Next::none(),
    };
    settle(model, shared);
    next
}

/// Makes the lists fit what is there now. Where nothing changed that costs nothing.
fn settle(model: &mut Model, shared: &mut Shared) {
    // What is typed begins at the top.
    let on = if model.typing == Typing::Filter { None } else { model.entry(model.cursor()) };
    let Some(work) = &mut shared.work else { return };
    if !model.of.as_ref().is_some_and(|of| staging::is_as(&work.draft, of)) {
        // A plan is of the draft that it was made from.
        if model.of.replace(staging::stamp(&work.draft)).is_some() {
            work.plan = Remote::Idle;
            work.problems.clear();
        }
        model.lists.restand(shared, model.groups);
    }
    model.find(shared, on);
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    let about = shared.work.as_ref().map(|w| (w.draft.org_url.clone(), w.draft.target.clone()));
    if model.about != about {
        *model = Model { about, ..Model::default() };
    }
    (model.over, model.typing, model.trouble, model.of) = (None, Typing::Nothing, None, None);
    model.button = None;
    Next::effects(wanted(shared))
}

/// Reads what nobody has asked for yet.
fn wanted(shared: &mut Shared) -> Vec<Effect> {
    let mut effects = Vec::new();
    if shared.session.is_none() {
        return effects;
    }
    if let Some(work) = &mut shared.work
        && let (Target::Existing(id), Remote::Idle) = (&work.draft.target, &work.loaded)
    {
        let id = id.clone();
        work.loaded = Remote::Loading;
        effects.push(shared.start(Slot::App, Job::LoadApp(id)));
    }
    let directory = &mut shared.directory;
    let untouched = !directory.loading && !directory.complete && directory.trouble.is_none();
    if untouched && directory.people.is_empty() {
        directory.loading = true;
        effects.push(shared.start(Slot::Directory, Job::LoadDirectory));
    }
    effects
}

fn done(model: &mut Model, shared: &mut Shared, slot: Slot, outcome: Outcome) -> Next {
    match (slot, outcome) {
        (Slot::Directory, Outcome::Groups(_)) => {
            model.lists.forget();
            model.of = None;
        }
        // Names of those who are assigned may have come with the last page.
        (Slot::Directory, Outcome::DirectoryComplete(_)) | (Slot::App, _) => model.of = None,
        (Slot::Search, Outcome::FoundPeople(people)) => {
            if let Some(found) = &mut model.found {
                (found.people, found.asking) = (people, false);
            }
        }
        (Slot::Search, Outcome::FoundGroups(groups)) => {
            if let Some(found) = &mut model.found {
                (found.groups, found.asking) = (groups, false);
            }
        }
        (Slot::Search, Outcome::Failed(trouble)) => {
            (model.found, model.trouble) = (None, Some(trouble));
        }
        (Slot::Review, Outcome::Review(review)) => {
            model.lists.list_review(&review, model.only);
            (model.review, model.reading) = (Remote::Ready(*review), None);
        }
        (Slot::Review, Outcome::Reading(done, all)) => model.reading = Some((done, all)),
        (Slot::Review, Outcome::Failed(trouble)) => {
            (model.review, model.reading) = (Remote::Failed(trouble, None), None);
        }
        (Slot::Save, Outcome::Saved(path)) if model.pane == Pane::Review || model.over.is_some() => {
            let more = if model.over.is_some() {
                ""
            } else if model.as_markdown {
                " e again saves it as Markdown."
            } else {
                " e again saves it as CSV."
            };
            shared.notice = Some(format!("Saved as {path}; only you can read it.{more}"));
        }
        (slot, outcome) => over::done(model, slot, outcome),
    }
    Next::none()
}

fn paste(model: &mut Model, shared: &mut Shared, text: String) -> Next {
    match model.typing {
        // A list that is pasted where its path is asked for is the list.
        Typing::Path if text.trim().contains(['\n', '\r']) => look_up(model, shared, Source::Text(text)),
        Typing::Filter => {
            model.filter.paste(&text);
            Next::none()
        }
        Typing::Nothing if model.over.is_none() => look_up(model, shared, Source::Text(text)),
        Typing::Nothing => Next::none(),
        Typing::Okta | Typing::Path | Typing::UserName => {
            model.field.paste(&text);
            Next::none()
        }
    }
}

fn look_up(model: &mut Model, shared: &mut Shared, source: Source) -> Next {
    let name = match &source {
        Source::File(path) => path.clone(),
        Source::Text(_) => "the paste".into(),
    };
    let app = shared.work.as_ref().and_then(|w| match &w.draft.target {
        Target::Existing(id) => Some(id.clone()),
        Target::New => None,
    });
    let mut import = ImportView::asked(name);
    import.answer = Remote::Loading;
    (model.over, model.typing) = (Some(Over::Import(Box::new(import))), Typing::Nothing);
    Next::effects([shared.start(Slot::People, Job::LookUp { source, app, purpose: Purpose::Assign })])
}

/// Keys while a field is open.
fn edit(model: &mut Model, shared: &mut Shared, key: Key) -> Next {
    match (model.typing, key) {
        (Typing::Filter, Key::Enter | Key::Down | Key::Up) => model.typing = Typing::Nothing,
        (Typing::Filter, key) => {
            model.filter.key(key);
            model.lists.set_cursor(model.pane, 0);
            model.last_mark = None;
        }
        (Typing::Okta, Key::Enter) => return ask_okta(model, shared),
        (Typing::Path, Key::Enter) => {
            let path = model.field.text().trim().to_owned();
            if path.is_empty() {
                shared.notice = Some("Type the path of a file, or paste the list itself.".into());
                return Next::none();
            }
            return look_up(model, shared, Source::File(path));
        }
        (Typing::UserName, Key::Enter) => over::rename(model, shared),
        (_, key) => {
            model.field.key(key);
        }
    }
    Next::none()
}

fn ask_okta(model: &mut Model, shared: &mut Shared) -> Next {
    let text = model.field.text().trim().to_owned();
    model.typing = Typing::Nothing;
    model.trouble = None;
    if text.is_empty() {
        model.found = None;
        return Next::none();
    }
    model.found = Some(FoundByOkta { text: text.clone(), asking: true, ..FoundByOkta::default() });
    model.filter = Field::default();
    model.lists.set_cursor(Pane::Available, 0);
    model.pane = Pane::Available;
    Next::effects([shared.start(Slot::Search, Job::Search { text, groups: model.groups })])
}

/// Commands while a field is open: the field closes, its text stays.
fn close(model: &mut Model, id: C) -> Next {
    if matches!(id, C::Back | C::Next | C::Previous) {
        if model.typing == Typing::Path
            && matches!(&model.over, Some(Over::Import(import)) if import.answer == Remote::Idle)
        {
            model.over = None;
        }
        model.typing = Typing::Nothing;
    }
    Next::none()
}

/// The lists that there are.
pub(super) fn panes(shared: &Shared) -> &'static [Pane] {
    if shared.existing() {
        &[Pane::Available, Pane::Assigned, Pane::Review]
    } else {
        &[Pane::Available, Pane::Assigned]
    }
}

/// The last list; the first one, going back.
fn end(shared: &Shared, forward: bool) -> Pane {
    let panes = panes(shared);
    let end = if forward { panes.last() } else { panes.first() };
    end.copied().unwrap_or_default()
}

fn turn(model: &mut Model, shared: &mut Shared, by: usize) -> Next {
    let panes = panes(shared);
    let at = panes.iter().position(|p| *p == model.pane).unwrap_or(0);
    model.pane = panes.get((at + by) % panes.len()).copied().unwrap_or_default();
    model.last_mark = None;
    if model.pane == Pane::Review && model.review == Remote::Idle {
        review(model, shared)
    } else {
        Next::none()
    }
}

fn review(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(work) = &shared.work else { return Next::none() };
    let Target::Existing(app) = work.draft.target.clone() else { return Next::none() };
    (model.review, model.reading) = (Remote::Loading, None);
    Next::effects([shared.start(Slot::Review, Job::LoadReview(app))])
}

pub(super) fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let (forward, on_buttons) = (id == C::Next, model.button.is_some());
    if let Some(next) = buttons::command(model, shared, id) {
        return next;
    }
    let (len, cursor) = (model.len(), model.cursor());
    let last = len.saturating_sub(1);
    let panes = panes(shared).len();
    let go = |model: &mut Model, at: usize| model.lists.set_cursor(model.pane, at);
    match id {
        // The buttons are the stop between the last list and the first.
        C::Next | C::Previous if !on_buttons && model.pane == end(shared, forward) => {
            model.button = Some(0);
        }
        C::Next | C::Previous if on_buttons => {
            model.pane = end(shared, forward);
            return turn(model, shared, if forward { 1 } else { panes - 1 });
        }
        C::Next | C::Right => return turn(model, shared, 1),
        C::Previous | C::Left => return turn(model, shared, panes - 1),
        C::Down => go(model, (cursor + 1).min(last)),
        C::Up => go(model, cursor.saturating_sub(1)),
        C::PageDown => go(model, (cursor + PAGE).min(last)),
        C::PageUp => go(model, cursor.saturating_sub(PAGE)),
        C::Top => go(model, 0),
        C::Bottom => go(model, last),
        C::Filter => model.typing = Typing::Filter,
        C::AskOkta => (model.typing, model.field) = (Typing::Okta, Field::new(model.filter.text())),
        C::Import => {
            (model.typing, model.field) = (Typing::Path, Field::default());
            model.over = Some(Over::Import(Box::new(ImportView::asked(""))));
        }
        C::View if model.pane == Pane::Review => {
            model.only = model.only.next();
            if let Some(review) = model.review.value() {
                model.lists.list_review(review, model.only);
            }
            go(model, 0);
        }
        C::View => {
            (model.groups, model.found, model.of, model.last_mark) = (!model.groups, None, None, None);
            // What narrows people seldom narrows groups.
            model.filter = Field::default();
            go(model, 0);
        }
        C::Mark => mark_one(model, shared),
        C::MarkRange => mark_range(model, shared),
        C::MarkAll => mark_all(model, shared),
        C::Add | C::Remove => stage(model, shared, id == C::Add),
        C::Unstage => unstage(model, shared),
        C::Open => return open(model, shared),
        C::Why => return over::why(model, shared),
        C::Test => return test(model, shared),
        C::Export => return export(model, shared),
        C::Again => return again(model, shared),
        C::Cancel | C::Back if model.found.as_ref().is_some_and(|f| f.asking) => {
            model.found = None;
            return Next::effects([shared.give_up(Slot::Search)]);
        }
        C::Cancel | C::Back if model.review == Remote::Loading => {
            (model.review, model.pane) = (Remote::Idle, Pane::Available);
            return Next::effects([shared.give_up(Slot::Review)]);
        }
        C::Cancel if shared.directory.loading => {
            shared.directory.loading = false;
            shared.directory.trouble = Some(crate::run::job::Trouble::new("reading was stopped.", ""));
            shared.notice = Some("Stopped. What was read stays; r reads it all again.".into());
            return Next::effects([shared.give_up(Slot::Directory)]);
        }
        C::Back if model.trouble.take().is_some() => {}
        C::Back if model.found.take().is_some() => {}
        C::Back if !model.filter.text().is_empty() => model.filter = Field::default(),
        C::Back if !model.marked.is_empty() => model.marked.clear(),
        C::Back => return Next::go(Go::Back),
        C::Plan => return Next::go(Go::To(Route::Plan)),
        C::HandOver => return Next::go(Go::To(Route::HandOver)),
        C::NextStep | C::PreviousStep => {
            let step = if id == C::NextStep { 5 } else { 4 };
            if let Some(work) = &mut shared.work {
                work.draft.step = step;
            }
            return Next::go(Go::Instead(Route::Wizard));
        }
        _ => {}
    }
    Next::none()
}

fn open(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(item) = model.here(shared) else { return Next::none() };
    let app = shared.work.as_ref().and_then(|w| match &w.draft.target {
        Target::Existing(id) => Some(id.clone()),
        Target::New => None,
    });
    if item.group {
        let Ok(group) = item.id.parse() else {
            shared.notice = Some("Only its name is known: Okta has not been asked for it yet.".into());
            return Next::none();
        };
        model.over = Some(Over::Group(Box::new(GroupView {
            name: item.name,
            detail: Remote::Loading,
            members: Vec::new(),
            complete: false,
            trouble: None,
            scroll: 0,
        })));
        return Next::effects([shared.start(Slot::Detail, Job::LoadGroup { group, app })]);
    }
    let Ok(person) = item.id.parse() else {
        shared.notice = Some("Only the login is known: Okta has not been asked for this person yet.".into());
        return Next::none();
    };
    model.over = Some(Over::Person(Box::new(PersonView {
        id: item.id,
        name: item.name,
        login: item.login,
        detail: Remote::Loading,
        scroll: 0,
    })));
    Next::effects([shared.start(Slot::Detail, Job::LoadPerson { person, app })])
}

/// To the tester, as this person.
fn test(model: &mut Model, shared: &mut Shared) -> Next {
    if let Some(item) = model.here(shared).filter(|item| !item.group) {
        shared.test_as = Some(item.login);
    }
    Next::go(Go::To(Route::Test))
}

fn export(model: &mut Model, shared: &mut Shared) -> Next {
    let (Pane::Review, Some(review)) = (model.pane, model.review.value()) else {
        shared.notice = Some("What can be saved from here is the review: Tab goes there.".into());
        return Next::none();
    };
    // What is filtered away is not what was asked for.
    let shown = (0..model.len()).filter_map(|at| match model.entry(at)? {
        Entry::Reviewed(n) => review.rows.get(n as usize),
        _ => None,
    });
    let rows: Vec<_> = shown.collect();
    let (end, text) = if model.as_markdown {
        ("md", crate::report::review_markdown(review, &rows))
    } else {
        ("csv", crate::report::review_csv(&rows))
    };
    model.as_markdown = !model.as_markdown;
    let name = format!("access-{}.{end}", review.label.as_str().to_lowercase());
    Next::effects([shared.start(Slot::Save, Job::SaveFile { name, content: Secret::new(text) })])
}

fn again(model: &mut Model, shared: &mut Shared) -> Next {
    if model.pane == Pane::Review {
        return review(model, shared);
    }
    let directory = &mut shared.directory;
    if directory.loading {
        return Next::none();
    }
    *directory = crate::tui::shared::Directory { loading: true, ..Default::default() };
    model.lists.forget();
    (model.found, model.of) = (None, None);
    Next::effects([shared.start(Slot::Directory, Job::LoadDirectory)])
}
