//! What keys and answers do to the drift.

use super::Model;
use crate::okta::model::AppId;
use crate::run::job::{Job, Outcome, Slot};
use crate::secret::Secret;
use crate::setup::{Target, to_commented_toml};
use crate::tui::command::CommandId as C;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next, Route};
use crate::tui::shared::{Remote, Shared};

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => shown(model, shared),
        Msg::Edit(Key::Enter) => return read(model, shared),
        Msg::Edit(key) => drop(model.path.key(key)),
        Msg::Paste(text) => {
            // A path that is dropped on the terminal comes as a paste.
            model.open = true;
            model.path.paste(text.trim());
        }
        Msg::Done(Slot::Drift, Outcome::Drift(drift)) => {
            model.read = Remote::Ready(*drift);
            model.cursor = usize::from(!model.rows().is_empty());
        }
        Msg::Done(Slot::Drift, Outcome::Failed(trouble)) => model.read = Remote::Failed(trouble, None),
        Msg::Done(Slot::Save, Outcome::Saved(path)) if std::mem::take(&mut model.saving) => {
            shared.notice = Some(format!("What the org has, as a Setup file: {path}"));
        }
        // What was read is of before.
        Msg::Done(_, Outcome::Applied(_)) => model.read = Remote::Idle,
        Msg::Command(id) => return command(model, shared, id),
        Msg::Done(..) | Msg::Tick => {}
    }
    Next::none()
}

fn app_of(shared: &Shared) -> Option<AppId> {
    let work = shared.work.as_ref()?;
    match &work.draft.target {
        Target::Existing(id) => Some(id.clone()),
        Target::New => work.applied.as_ref()?.app.clone(),
    }
}

fn shown(model: &mut Model, shared: &Shared) {
    let app = app_of(shared);
    if model.app != app {
        let path = std::mem::take(&mut model.path);
        *model = Model { app, path, ..Model::default() };
    }
    // The first thing to do is to name a file.
    model.open = model.path.text().is_empty();
}

fn read(model: &mut Model, shared: &mut Shared) -> Next {
    let path = model.path.text().trim().to_owned();
    let Some(app) = model.app.clone().filter(|_| !path.is_empty()) else {
        model.open = false;
        return Next::none();
    };
    model.open = false;
    model.read = Remote::Loading;
    Next::effects([shared.start(Slot::Drift, Job::Drift { app, path })])
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let last = model.rows().len();
    match id {
        C::Back if model.open => model.open = false,
        C::Back | C::Cancel if matches!(model.read, Remote::Loading) => {
            model.read = Remote::Idle;
            return Next::effects([shared.give_up(Slot::Drift)]);
        }
        C::Back => return Next::go(Go::Back),
        C::Again => return read(model, shared),
        C::Open if model.cursor == 0 => model.open = true,
        C::View => {
            model.all = !model.all;
            model.cursor = model.cursor.min(model.rows().len());
        }
        C::Up | C::Previous => model.cursor = model.cursor.saturating_sub(1),
        C::Down | C::Next => model.cursor = (model.cursor + 1).min(last),
        C::PageUp => model.cursor = model.cursor.saturating_sub(10),
        C::PageDown => model.cursor = (model.cursor + 10).min(last),
        C::Top => model.cursor = 0,
        C::Bottom => model.cursor = last,
        C::Add => return take_the_file(model, shared),
        C::Export => {
            let Some(drift) = model.read.value() else { return Next::none() };
            model.saving = true;
            let content = Secret::new(to_commented_toml(&drift.live));
            let name = "setup-of-the-org.toml".to_owned();
            return Next::effects([shared.start(Slot::Save, Job::SaveFile { name, content })]);
        }
        C::Plan => return Next::go(Go::To(Route::Plan)),
        C::Test => return Next::go(Go::To(Route::Test)),
        C::HandOver => return Next::go(Go::To(Route::HandOver)),
        _ => {}
    }
    Next::none()
}

/// The file's side into the draft. What only the org has stays: a Setup adds, and takes nothing away.
fn take_the_file(model: &Model, shared: &mut Shared) -> Next {
    let (Some(drift), Some(work)) = (model.read.value(), &mut shared.work) else { return Next::none() };
    if work.held_by.is_some() || work.undo.is_some() {
        shared.notice = Some(
            "This draft is not to be changed here: another oktui has it, or an undo is under way.".into(),
        );
        return Next::none();
    }
    work.draft.setup = drift.wanted.clone();
    work.plan = Remote::Idle;
    shared.notice = Some("The draft is as the file says; what only the org has stays.".into());
    Next::go(Go::To(Route::Plan))
}
