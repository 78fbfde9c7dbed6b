//! What the keys do while a person, a group, a why or a list to import stands over the lists.

use super::detail::WhyView;
use super::model::{Model, Over, Typing};
use super::press::{no_assignments, stage_these};
use super::staging::{self, Subject};
use super::update::PAGE;
use crate::policy::why::Remedy;
use crate::run::job::{Job, Outcome, Slot};
use crate::secret::Secret;
use crate::setup::{Ask, Target};
use crate::text::Clean;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::screens::{Go, Next, Route};
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::field::Field;

pub(super) fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    match id {
        C::Back => {
            let slot = match model.over.take() {
                Some(Over::Import(import)) if import.reading() => Slot::People,
                Some(Over::Why(_)) => Slot::Why,
                Some(Over::Person(_) | Over::Group(_)) => Slot::Detail,
                _ => return Next::none(),
            };
            return Next::effects([shared.give_up(slot)]);
        }
        C::Cancel if model.running() == Some(Slot::People) => {
            model.over = None;
            return Next::effects([shared.give_up(Slot::People)]);
        }
        C::Plan => return Next::go(Go::To(Route::Plan)),
        C::Down => step(model, 1),
        C::Up => step(model, -1),
        C::PageDown => step(model, isize::try_from(PAGE).unwrap_or(1)),
        C::PageUp => step(model, -isize::try_from(PAGE).unwrap_or(1)),
        C::Top => step(model, isize::MIN),
        C::Bottom => step(model, isize::MAX),
        _ => return of_its_own(model, shared, id),
    }
    Next::none()
}

fn step(model: &mut Model, by: isize) {
    let to = |from: usize, last: usize| from.saturating_add_signed(by).min(last);
    match &mut model.over {
        Some(Over::Person(view)) => view.scroll = to(view.scroll, 200),
        Some(Over::Group(view)) => view.scroll = to(view.scroll, view.members.len()),
        Some(Over::Why(view)) => {
            let last = view.why.value().map_or(0, |w| w.lines.len().saturating_sub(1));
            view.cursor = to(view.cursor, last);
        }
        Some(Over::Import(view)) => view.cursor = to(view.cursor, view.rows().saturating_sub(1)),
        None => {}
    }
}

fn of_its_own(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    match (&mut model.over, id) {
        (Some(Over::Person(_)), C::Why) => return why(model, shared),
        (Some(Over::Person(view)), C::Add | C::Remove) => {
            let subject = Subject { id: view.id.clone(), group: false, name: view.login.clone() };
            shared.notice = Some(stage_these(shared, vec![subject], id == C::Add).1);
        }
        (Some(Over::Person(view)), C::Test) => {
            shared.test_as = Some(view.login.clone());
            return Next::go(Go::To(Route::Test));
        }
        (Some(Over::Person(view)), C::Open) => {
            let user = view.detail.value().and_then(|d| d.app_user.known()).and_then(Option::as_ref);
            match user {
                Some(user) => {
                    let name = user.user_name.as_ref().map(Clean::to_string).unwrap_or_default();
                    (model.field, model.typing) = (Field::new(name), Typing::UserName);
                }
                None => shared.notice = Some("They are not assigned: the app has no name for them.".into()),
            }
        }
        (Some(Over::Person(view)), C::Again) => {
            view.detail = Remote::Loading;
            let Ok(person) = view.id.parse() else { return Next::none() };
            let app = app(shared);
            return Next::effects([shared.start(Slot::Detail, Job::LoadPerson { person, app })]);
        }
        (Some(Over::Why(view)), C::Copy) => {
            let app = label(shared);
            let Some(text) = view.text(&app) else { return Next::none() };
            shared.notice = Some("Sent to your terminal's clipboard; some terminals ignore it.".into());
            return Next::effects([Effect::Copy(Secret::new(text))]);
        }
        (Some(Over::Why(view)), C::Fix | C::Open) => {
            let remedy = view.remedy().cloned();
            return fix(model, shared, remedy);
        }
        (Some(Over::Why(_)), C::Again) => return why(model, shared),
        (Some(Over::Import(import)), C::Open | C::Add) => {
            let subjects = import.subjects();
            if subjects.is_empty() {
                shared.notice = Some("Nobody in this list is to be assigned.".into());
                return Next::none();
            }
            shared.notice = Some(stage_these(shared, subjects, true).1);
            model.over = None;
        }
        (Some(Over::Import(import)), C::Export) => {
            let Some(preview) = import.answer.value() else { return Next::none() };
            let content = Secret::new(crate::report::people_csv(preview));
            let name = "people-looked-up.csv".to_owned();
            return Next::effects([shared.start(Slot::Save, Job::SaveFile { name, content })]);
        }
        (Some(Over::Import(_)), C::Import | C::Again) => {
            (model.typing, model.field) = (Typing::Path, Field::default());
            model.over = Some(Over::Import(Box::new(super::import::ImportView::asked(""))));
        }
        _ => {}
    }
    Next::none()
}

fn app(shared: &Shared) -> Option<crate::okta::model::AppId> {
    match &shared.work.as_ref()?.draft.target {
        Target::Existing(id) => Some(id.clone()),
        Target::New => None,
    }
}

/// The app's name.
pub(super) fn label(shared: &Shared) -> String {
    shared.work.as_ref().map(|w| Clean::new(&w.draft.setup.app.name).to_string()).unwrap_or_default()
}

/// Finds out why the person in question can or cannot sign in.
pub(super) fn why(model: &mut Model, shared: &mut Shared) -> Next {
    let who = match &model.over {
        Some(Over::Person(view)) => Some((view.id.clone(), view.name.clone(), view.login.clone())),
        Some(Over::Why(view)) => Some((view.id.clone(), view.name.clone(), view.login.clone())),
        _ => model.here(shared).filter(|i| !i.group).map(|i| (i.id, i.name, i.login)),
    };
    let Some((id, name, login)) = who else {
        shared.notice = Some("Choose a person: a group does not sign in.".into());
        return Next::none();
    };
    let Some(app) = app(shared) else {
        shared.notice =
            Some("The app is not in Okta yet: nobody can sign in before the plan is applied.".into());
        return Next::none();
    };
    let Ok(person) = id.parse() else {
        shared.notice = Some("Only the login is known: Okta has not been asked for this person yet.".into());
        return Next::none();
    };
    let Some(server) = shared.server_kind() else { return Next::none() };
    let scopes =
        shared.work.as_ref().map(|w| w.draft.setup.authorization_server.scopes.clone()).unwrap_or_default();
    model.over = Some(Over::Why(Box::new(WhyView { id, name, login, why: Remote::Loading, cursor: 0 })));
    Next::effects([shared.start(Slot::Why, Job::Why { app, person, server, scopes })])
}

fn fix(model: &mut Model, shared: &mut Shared, remedy: Option<Remedy>) -> Next {
    let Some(Over::Why(view)) = &model.over else { return Next::none() };
    match remedy {
        Some(Remedy::AssignPerson) => {
            let subject = Subject { id: view.id.clone(), group: false, name: view.login.clone() };
            shared.notice = Some(stage_these(shared, vec![subject], true).1);
        }
        // The plan of an app that is inactive activates it.
        Some(Remedy::ActivateApp) => return Next::go(Go::To(Route::Plan)),
        Some(Remedy::CoverClient) => {
            if let Some(work) = &mut shared.work {
                work.draft.step = 5;
            }
            return Next::go(Go::To(Route::Wizard));
        }
        Some(Remedy::Words(words)) => shared.notice = Some(words),
        None => shared.notice = Some("This line needs no fix.".into()),
    }
    Next::none()
}

/// Stages what the app is to call the person whose detail is shown.
pub(super) fn rename(model: &mut Model, shared: &mut Shared) {
    model.typing = Typing::Nothing;
    let Some(Over::Person(view)) = &model.over else { return };
    let name = model.field.text().trim().to_owned();
    let user = view.detail.value().and_then(|d| d.app_user.known()).and_then(Option::as_ref);
    let before = user.and_then(|u| u.user_name.as_ref()).map(Clean::to_string).unwrap_or_default();
    let Ok(id) = view.id.parse::<crate::okta::model::UserId>() else { return };
    if let Some(why) = no_assignments(shared) {
        shared.notice = Some(why.into());
        return;
    }
    let Some(work) = &mut shared.work else { return };
    if name.is_empty() {
        shared.notice = Some("An empty name is none: it stays as it is.".into());
        return;
    }
    staging::note(work);
    work.draft.asks.retain(|ask| !matches!(ask, Ask::SetUserName { id: who, .. } if *who == id));
    if name == before {
        shared.notice = Some("That is their name already.".into());
    } else {
        let login = Clean::new(&view.login);
        shared.notice = Some(format!("Staged: the app will call them {}.", Clean::new(&name)));
        work.draft.asks.push(Ask::SetUserName { id, login, name });
    }
}

/// What comes back for what stands over the lists.
pub(super) fn done(model: &mut Model, slot: Slot, outcome: Outcome) {
    match (&mut model.over, slot, outcome) {
        (Some(Over::Person(view)), Slot::Detail, Outcome::Person(detail)) => {
            view.detail = Remote::Ready(*detail)
        }
        (Some(Over::Person(view)), Slot::Detail, Outcome::Failed(t)) => view.detail = Remote::Failed(t, None),
        (Some(Over::Group(view)), Slot::Detail, Outcome::Group(detail)) => {
            view.detail = Remote::Ready(*detail)
        }
        (Some(Over::Group(view)), Slot::Detail, Outcome::Members(people)) => view.members.extend(people),
        (Some(Over::Group(view)), Slot::Detail, Outcome::MembersComplete(trouble)) => {
            (view.complete, view.trouble) = (true, trouble);
        }
        (Some(Over::Group(view)), Slot::Detail, Outcome::Failed(t)) => {
            (view.detail, view.complete) = (Remote::Failed(t, None), true);
        }
        (Some(Over::Why(view)), Slot::Why, Outcome::Why(why)) => {
            let fail = why.lines.iter().position(|l| l.verdict == crate::policy::why::Verdict::Fail);
            (view.cursor, view.why) = (fail.unwrap_or(0), Remote::Ready(*why));
        }
        (Some(Over::Why(view)), Slot::Why, Outcome::Failed(t)) => view.why = Remote::Failed(t, None),
        (Some(Over::Import(view)), Slot::People, Outcome::LookedUp(preview)) => view.take(*preview),
        (Some(Over::Import(view)), Slot::People, Outcome::Reading(done, all)) => {
            view.read = Some((done, all))
        }
        (Some(Over::Import(view)), Slot::People, Outcome::Failed(t)) => view.answer = Remote::Failed(t, None),
        _ => {}
    }
}
