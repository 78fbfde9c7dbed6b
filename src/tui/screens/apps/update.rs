//! What the keys of the list of apps do.

use super::model::{Model, Row, rows};
use crate::okta::model::{App, AppId};
use crate::run::job::{Job, Outcome, Slot, Trouble};
use crate::setup::{Draft, Target};
use crate::text::{Clean, time};
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next, Route, resume};
use crate::tui::shared::{Remote, Shared, Work};
use crate::tui::widgets::confirm::Question;
use crate::tui::widgets::field::Field;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    let last = rows(model, shared).len().saturating_sub(1);
    model.cursor = model.cursor.min(last);
    if let (Some((question, _)), Msg::Command(id)) = (&mut model.question, &msg) {
        if matches!(id, C::Left | C::Right | C::Next | C::Previous) {
            question.on_yes = !question.on_yes;
            return Next::none();
        }
        let yes = *id == C::Yes || (*id == C::Open && question.on_yes);
        let anew = model.question.take().map(|(_, target)| target);
        return match anew.filter(|_| yes) {
            None => Next::none(),
            Some(Target::New) => new_app(shared),
            Some(Target::Existing(id)) => read_app(model, shared, id, Route::Wizard),
        };
    }
    match msg {
        Msg::Shown => return shown(model, shared),
        Msg::Edit(Key::Enter | Key::Down | Key::Up) | Msg::Command(C::Next | C::Previous)
            if model.filtering =>
        {
            model.filtering = false;
        }
        Msg::Edit(key) => {
            model.filter.key(key);
            model.cursor = 0;
        }
        Msg::Paste(text) if model.filtering => {
            model.filter.paste(&text);
            model.cursor = 0;
        }
        Msg::Command(C::Back) if model.filtering => model.filtering = false,
        Msg::Command(C::Back) if model.opening.take().is_some() => {
            return Next::effects([Effect::Stop(Slot::App)]);
        }
        Msg::Command(C::Back) if !model.filter.text().is_empty() => {
            model.filter = Field::default();
            model.cursor = 0;
        }
        Msg::Command(C::Back) => return Next::go(Go::Back),
        Msg::Command(C::Up | C::Previous) => move_to(model, model.cursor.saturating_sub(1)),
        Msg::Command(C::Down | C::Next) => move_to(model, (model.cursor + 1).min(last)),
        Msg::Command(C::PageUp) => move_to(model, model.cursor.saturating_sub(10)),
        Msg::Command(C::PageDown) => move_to(model, (model.cursor + 10).min(last)),
        Msg::Command(C::Top) => move_to(model, 0),
        Msg::Command(C::Bottom) => move_to(model, last),
        Msg::Command(C::Filter) => model.filtering = true,
        Msg::Command(C::Again) => return read(shared),
        // Through the doors of the test and the check-up nothing is made.
        Msg::Command(C::Add) if shared.door.is_none() => return ask_new(model, shared),
        Msg::Command(C::Open) => return open(model, shared, shared.door.unwrap_or(Route::Wizard)),
        Msg::Command(C::Test) => return open(model, shared, Route::Test),
        Msg::Command(C::CheckUp) => return open(model, shared, Route::CheckUp),
        Msg::Done(Slot::App, Outcome::App(loaded)) => return loaded_app(model, shared, *loaded),
        Msg::Done(Slot::App, Outcome::Failed(trouble)) if model.opening.take().is_some() => {
            model.trouble = Some(trouble);
        }
        // A read that was stopped answers nothing more.
        Msg::Command(C::Cancel) if model.opening.take().is_some() => shared.notice = Some("Stopped.".into()),
        _ => {}
    }
    Next::none()
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    model.trouble = None;
    model.question = None;
    model.opening = None;
    model.filtering = false;
    if matches!(shared.apps, Remote::Idle) { read(shared) } else { Next::none() }
}

fn read(shared: &mut Shared) -> Next {
    shared.apps = Remote::Loading;
    Next::effects([shared.start(Slot::Apps, Job::LoadApps), shared.start(Slot::Start, Job::ReadStart)])
}

/// What is said about the row under the cursor is about that row only.
fn move_to(model: &mut Model, row: usize) {
    model.cursor = row;
    model.trouble = None;
}

/// The draft of this app, from this session or from the disk: its name, and when it was saved.
fn earlier(shared: &Shared, target: &Target) -> Option<String> {
    let url = &shared.session.as_ref()?.org.url;
    if let Some(draft) = resume::in_hand(shared, url, target).filter(|_| *target == Target::New) {
        return Some(format!("\"{}\"", Clean::new(&draft.setup.app.name)));
    }
    let drafts = &shared.start.value()?.drafts;
    let saved = drafts.iter().find(|d| d.draft.org_url == *url && d.draft.target == *target)?;
    let name = Clean::new(&saved.draft.setup.app.name);
    Some(format!("\"{name}\", saved {}", time::ago(saved.saved, shared.now)))
}

/// A draft is kept for each app, and one for a new app: an earlier one is not written over without a word.
fn ask_anew(model: &mut Model, earlier: &str, target: Target) -> Next {
    let text =
        format!("There is a draft: {earlier}. Its own row goes on with it; beginning anew replaces it.");
    model.question = Some((Question::new(text, "Yes, begin anew"), target));
    Next::none()
}

fn ask_new(model: &mut Model, shared: &mut Shared) -> Next {
    match earlier(shared, &Target::New) {
        Some(earlier) => ask_anew(model, &earlier, Target::New),
        None => new_app(shared),
    }
}

fn new_app(shared: &mut Shared) -> Next {
    let Some(draft) = resume::fresh(shared) else { return Next::none() };
    shared.work = Some(Work::new(draft));
    Next::go(Go::To(Route::Wizard))
}

fn open(model: &mut Model, shared: &mut Shared, route: Route) -> Next {
    model.trouble = None;
    let not_made = "This app is not in Okta yet. Enter goes on with its steps.";
    match rows(model, shared).into_iter().nth(model.cursor) {
        Some(Row::New) if route == Route::Wizard => ask_new(model, shared),
        Some(Row::Draft(saved)) if route == Route::Wizard || saved.draft.target != Target::New => {
            let draft = saved.draft.clone();
            Next::go(Go::To(route)).and(resume::draft(shared, draft))
        }
        Some(Row::New | Row::Draft(_)) => {
            shared.notice = Some(not_made.into());
            Next::none()
        }
        Some(Row::App(app)) => {
            if let Some(why) = not_editable(app) {
                model.trouble = Some(Trouble::new(why.0, why.1));
                return Next::none();
            }
            let Some(id) = app.id() else { return Next::none() };
            let target = Target::Existing(id.clone());
            match earlier(shared, &target).filter(|_| route == Route::Wizard) {
                Some(earlier) => ask_anew(model, &earlier, target),
                None => read_app(model, shared, id, route),
            }
        }
        None => Next::none(),
    }
}

fn read_app(model: &mut Model, shared: &mut Shared, id: AppId, route: Route) -> Next {
    model.opening = Some((id.clone(), route));
    Next::effects([shared.start(Slot::App, Job::LoadApp(id))])
}

/// Why an app cannot be opened here, and what helps.
pub(super) fn not_editable(app: &App) -> Option<(&'static str, &'static str)> {
    if app.is_oidc_web() {
        None
    } else if app.is_oidc() {
        Some((
            "This is not a web application, and the gateway needs one.",
            "Okta cannot change an app's type: make a new app.",
        ))
    } else {
        Some(("This is not an OpenID Connect app: the gateway cannot use it.", "Make a new app."))
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
