//! What keys and answers do to the check-up.

use super::model::{Model, lines};
use super::{fix, view};
use crate::checkup::Finding;
use crate::okta::model::AppId;
use crate::report::checkup::{markdown, message};
use crate::run::job::{Job, Outcome, Slot};
use crate::secret::Secret;
use crate::setup::Target;
use crate::text::Clean;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::screens::{Go, Msg, Next, Route};
use crate::tui::shared::{Remote, Shared};

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => shown(model, shared),
        Msg::Command(id) => command(model, shared, id),
        Msg::Done(Slot::CheckUp, Outcome::CheckUp(found)) => {
            taken(model, shared, found);
            Next::none()
        }
        Msg::Done(Slot::CheckUp, Outcome::Failed(trouble)) => {
            model.found = Remote::Failed(trouble, None);
            Next::none()
        }
        Msg::Done(Slot::Save, Outcome::Saved(path)) if std::mem::take(&mut model.saving) => {
            shared.notice = Some(format!("Saved: {path}"));
            Next::none()
        }
        // What was applied is another app than the one that was judged.
        Msg::Done(_, Outcome::Applied(_)) => {
            model.before = std::mem::take(&mut model.found).value().cloned().unwrap_or_default();
            Next::none()
        }
        Msg::Done(..) | Msg::Edit(_) | Msg::Paste(_) | Msg::Tick => Next::none(),
    }
}

fn app_of(shared: &Shared) -> Option<AppId> {
    match &shared.work.as_ref()?.draft.target {
        Target::Existing(id) => Some(id.clone()),
        // An app that was just made is in the org, though its draft began as a new one.
        Target::New => shared.work.as_ref()?.applied.as_ref()?.app.clone(),
    }
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    let app = app_of(shared);
    if model.app != app {
        *model = Model { app, ..Model::default() };
    }
    (model.whole, model.scroll) = (false, 0);
    match model.found {
        Remote::Idle => read(model, shared),
        Remote::Loading | Remote::Ready(_) | Remote::Failed(..) => Next::none(),
    }
}

fn read(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(app) = model.app.clone() else { return Next::none() };
    if let Remote::Ready(found) = std::mem::replace(&mut model.found, Remote::Loading) {
        model.before = found;
    }
    (model.whole, model.scroll) = (false, 0);
    Next::effects([shared.start(Slot::CheckUp, Job::CheckUp { app, secrets: model.secrets })])
}

/// The cursor stays on its finding where that is still there.
fn taken(model: &mut Model, shared: &mut Shared, found: Vec<Finding>) {
    let held = model.before.get(model.cursor).map(|f| (f.rule, f.title.clone()));
    let at = held.and_then(|(rule, title)| found.iter().position(|f| f.rule == rule && f.title == title));
    model.cursor = at.unwrap_or(0);
    model.found = Remote::Ready(found);
    if let (Some(first), more) = (model.gone().first(), model.gone().len()) {
        let others = if more > 1 { format!(" And {} more.", more - 1) } else { String::new() };
        shared.notice = Some(format!("No longer found: {}{others}", first.title));
    }
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    match id {
        C::Back | C::Cancel if matches!(model.found, Remote::Loading) => {
            model.found = match std::mem::take(&mut model.before) {
                before if before.is_empty() => Remote::Idle,
                before => Remote::Ready(before),
            };
            let stopped = shared.give_up(Slot::CheckUp);
            shared.notice = Some("Stopped.".into());
            return Next::effects([stopped]);
        }
        C::Back if model.whole => (model.whole, model.scroll) = (false, 0),
        C::Back => return Next::go(Go::Back),
        C::Again => return read(model, shared),
        C::Open if model.on_button() => {
            model.secrets = true;
            return read(model, shared);
        }
        C::Open if model.finding().is_some() => (model.whole, model.scroll) = (!model.whole, 0),
        C::Up | C::Previous if model.scroll > 0 => model.scroll -= 1,
        C::Down | C::Next if model.whole => {
            let last = model.finding().map_or(0, |f| lines(f, view::CELLS).len()).saturating_sub(1);
            model.scroll = (model.scroll + 1).min(last);
        }
        C::Up | C::Previous if model.whole => {}
        C::Up | C::Previous => model.cursor = model.cursor.saturating_sub(1),
        C::Down | C::Next => model.cursor = (model.cursor + 1).min(model.last()),
        C::PageUp | C::Top if !model.whole => model.cursor = 0,
        C::PageDown | C::Bottom if !model.whole => model.cursor = model.last(),
        C::Fix => return fix::fix(model, shared),
        C::Copy => {
            let Some(finding) = model.finding() else { return Next::none() };
            let text = Secret::new(message(&label(shared), finding));
            let who = finding.who.words();
            shared.notice =
                Some(format!("A message for the {who}: sent to your terminal's clipboard; some ignore it."));
            return Next::effects([Effect::Copy(text)]);
        }
        C::Export => {
            let Remote::Ready(found) = &model.found else { return Next::none() };
            model.saving = true;
            let label = label(shared);
            let content = Secret::new(markdown(&label, found, model.secrets, shared.now));
            let name = format!("check-up-{}.md", label.as_str().to_lowercase());
            return Next::effects([shared.start(Slot::Save, Job::SaveFile { name, content })]);
        }
        C::Drift => return Next::go(Go::To(Route::Drift)),
        C::Plan => return Next::go(Go::To(Route::Plan)),
        C::Test => return Next::go(Go::To(Route::Test)),
        C::HandOver => return Next::go(Go::To(Route::HandOver)),
        _ => {}
    }
    Next::none()
}

fn label(shared: &Shared) -> Clean {
    Clean::new(shared.work.as_ref().map_or("", |w| &w.draft.setup.app.name))
}
