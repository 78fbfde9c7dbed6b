//! What the keys of the list of apps do.

use super::model::{Model, Row, rows};
use crate::okta::model::App;
use crate::run::job::{Job, Outcome, Slot};
use crate::setup::{Draft, RedirectUri, Target};
use crate::tui::command::CommandId as C;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next, Route};
use crate::tui::shared::{Remote, Shared, Work};
use crate::tui::widgets::confirm::Question;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    let last = rows(model, shared).len().saturating_sub(1);
    model.cursor = model.cursor.min(last);
    if let (Some(question), Msg::Command(id)) = (&model.question, &msg) {
        match id {
            C::Left | C::Right => {}
            C::Yes => return begin_anew(model, shared),
            C::Open if question.on_yes => return begin_anew(model, shared),
            _ => {
                model.question = None;
                return Next::none();
            }
        }
    }
    match msg {
        Msg::Shown => return shown(model, shared),
        Msg::Edit(Key::Enter) => model.filtering = false,
        Msg::Edit(Key::Down | Key::Up) => model.filtering = false,
        Msg::Edit(key) => {
            model.filter.key(key);
            model.cursor = 0;
        }
        Msg::Paste(text) if model.filtering => model.filter.paste(&text),
        Msg::Command(C::Back) if model.filtering => model.filtering = false,
        Msg::Command(C::Back) if !model.filter.text().is_empty() => model.filter = Default::default(),
        Msg::Command(C::Back) => return Next::go(Go::Back),
        Msg::Command(C::Up | C::Previous) => model.cursor = model.cursor.saturating_sub(1),
        Msg::Command(C::Down | C::Next) => model.cursor = (model.cursor + 1).min(last),
        Msg::Command(C::PageUp) => model.cursor = model.cursor.saturating_sub(10),
        Msg::Command(C::PageDown) => model.cursor = (model.cursor + 10).min(last),
        Msg::Command(C::Top) => model.cursor = 0,
        Msg::Command(C::Bottom) => model.cursor = last,
        Msg::Command(C::Filter) => model.filtering = true,
        Msg::Command(C::Again) => return read(shared),
        Msg::Command(C::Add) => return ask_new(model, shared),
        Msg::Command(C::Left) if model.question.is_some() => answer(model, false),
        Msg::Command(C::Right) if model.question.is_some() => answer(model, true),
        Msg::Command(C::Open | C::Test) => {
            let test = msg == Msg::Command(C::Test) || shared.door == Some(Route::Test);
            return open(model, shared, if test { Route::Test } else { Route::Wizard });
        }
        Msg::Done(Slot::App, Outcome::App(loaded)) => return loaded_app(model, shared, *loaded),
        Msg::Done(Slot::App, Outcome::Failed(trouble)) if model.opening.take().is_some() => {
            model.trouble = Some(trouble);
        }
        // A read that was stopped answers nothing more.
        Msg::Command(C::Cancel) => model.opening = None,
        _ => {}
    }
    Next::none()
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    model.trouble = None;
    model.question = None;
    if matches!(shared.apps, Remote::Idle) { read(shared) } else { Next::none() }
}

fn read(shared: &mut Shared) -> Next {
    shared.apps = Remote::Loading;
    Next::effects([shared.start(Slot::Apps, Job::LoadApps), shared.start(Slot::Start, Job::ReadStart)])
}

fn begin_anew(model: &mut Model, shared: &mut Shared) -> Next {
    model.question = None;
    new_app(shared)
}

fn answer(model: &mut Model, yes: bool) {
    if let Some(question) = &mut model.question {
        question.on_yes = yes;
    }
}

/// A new app. There is one draft of a new app for each org: an earlier one is not thrown away without a word.
fn ask_new(model: &mut Model, shared: &mut Shared) -> Next {
    let url = shared.session.as_ref().map(|s| s.org.url.clone()).unwrap_or_default();
    let drafts = shared.start.value().map(|s| s.drafts.as_slice()).unwrap_or_default();
    match drafts.iter().find(|d| d.draft.org_url == url && d.draft.target == Target::New) {
        None => new_app(shared),
        Some(saved) => {
            let name = crate::text::Clean::new(&saved.draft.setup.app.name);
            let text = format!(
                "There is a draft of a new app, \"{name}\". Beginning anew discards it; the row below goes on with it."
            );
            model.question = Some(Question::new(text, "Yes, begin anew"));
            Next::none()
        }
    }
}

fn new_app(shared: &mut Shared) -> Next {
    let Some(session) = &shared.session else { return Next::none() };
    let mut draft = Draft::new(session.org.url.clone());
    if !session.callbacks.is_empty() {
        let uris = session.callbacks.iter();
        draft.setup.redirect_uris = uris
            .map(|(environment, uri)| RedirectUri { environment: environment.clone(), uri: uri.clone() })
            .collect();
    }
    shared.work = Some(Work::new(draft));
    Next::go(Go::To(Route::Wizard))
}

fn open(model: &mut Model, shared: &mut Shared, route: Route) -> Next {
    model.trouble = None;
    let row = rows(model, shared).into_iter().nth(model.cursor);
    match row {
        Some(Row::New) => ask_new(model, shared),
        Some(Row::Draft(saved)) => {
            let draft = saved.draft.clone();
            let target = draft.target.clone();
            shared.work = Some(Work::new(draft));
            let next = Next::go(Go::To(Route::Wizard));
            match target {
                Target::New => next,
                Target::Existing(id) => {
                    if let Some(work) = &mut shared.work {
                        work.loaded = Remote::Loading;
                    }
                    next.and([shared.start(Slot::App, Job::LoadApp(id))])
                }
            }
        }
        Some(Row::App(app)) => {
            if let Some(why) = not_editable(app) {
                shared.notice = Some(why.into());
                return Next::none();
            }
            let Some(id) = app.id() else { return Next::none() };
            model.opening = Some((id.clone(), route));
            Next::effects([shared.start(Slot::App, Job::LoadApp(id))])
        }
        None => Next::none(),
    }
}

/// Why an app cannot be opened here.
pub(super) fn not_editable(app: &App) -> Option<&'static str> {
    if app.is_oidc_web() {
        None
    } else if app.is_oidc() {
        Some(
            "This is not a web application: the gateway needs one. An app's type cannot be changed: make a new app.",
        )
    } else {
        Some("This is no OpenID Connect app: the gateway cannot use it. Make a new app.")
    }
}

/// The app was read: its Setup becomes the draft.
fn loaded_app(model: &mut Model, shared: &mut Shared, loaded: crate::run::job::AppLoaded) -> Next {
    let Some((id, route)) = model.opening.take_if(|(id, _)| loaded.app.id().as_ref() == Some(id)) else {
        return Next::none();
    };
    let Some(session) = &shared.session else { return Next::none() };
    let draft = Draft {
        target: Target::Existing(id),
        setup: loaded.setup.clone(),
        ..Draft::new(session.org.url.clone())
    };
    let mut work = Work::new(draft);
    work.loaded = Remote::Ready(loaded);
    shared.work = Some(work);
    Next::go(Go::To(route))
}
