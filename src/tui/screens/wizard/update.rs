//! What keys and answers do to the wizard.

use super::authentication;
use super::model::{Id, Model, step};
use super::press::{accept, add, fix, press, remove, unstage};
use crate::run::job::{Job, Outcome, Slot};
use crate::secret::Secret;
use crate::setup::{Ask, Draft, NotALogo, Target, logo_facts};
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::people::staging;
use crate::tui::screens::{Go, Msg, Next, Route};
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::field::Field;
use crate::tui::widgets::form::stops;

/// How far PgUp and PgDn go.
pub(super) const PAGE: usize = 10;

/// Where answers come from that change what is shown or checked here.
const OURS: [Slot; 8] = [
    Slot::Connect,
    Slot::Apps,
    Slot::App,
    Slot::Directory,
    Slot::Servers,
    Slot::Server,
    Slot::Logo,
    Slot::Apply,
];

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    // Pages of people come by the hundred, and what other screens ask for is no business of this one.
    if let Msg::Done(slot, outcome) = &msg
        && (!OURS.contains(slot) || matches!(outcome, Outcome::People(_)))
    {
        return Next::none();
    }
    let before = shared.work.as_ref().map(|w| w.draft.clone());
    // Answers reach every screen, also one that is not shown: they never start another read.
    let mine = !matches!(msg, Msg::Done(..) | Msg::Tick);
    let mut next = match msg {
        Msg::Shown => shown(model, shared),
        Msg::Edit(key) => edit(model, shared, key),
        Msg::Paste(text) => paste(model, shared, &text),
        Msg::Command(id) => command(model, shared, id),
        Msg::Done(slot, outcome) => done(model, shared, slot, outcome),
        Msg::Tick => Next::none(),
    };
    if let (Some(before), Some(work)) = (before, &mut shared.work) {
        if work.held_by.is_some() && work.draft != before {
            let step = work.draft.step;
            work.draft = Draft { step, ..before };
            shared.notice = Some("Another oktui has this draft open: you can only read it here.".into());
        } else if (&work.draft.setup, &work.draft.asks) != (&before.setup, &before.asks) {
            work.plan = Remote::Idle;
            work.problems.clear();
            // A URI that is wanted again is no longer one to remove.
            let setup = &work.draft.setup;
            work.draft.asks.retain(|ask| match ask {
                Ask::RemoveRedirectUri(uri) => setup.redirect_uris.iter().all(|r| r.uri != *uri),
                Ask::RemoveSignOutUri(uri) => !setup.sign_out.uris.contains(uri),
                Ask::UnassignPerson { .. }
                | Ask::UnassignGroup { .. }
                | Ask::SetUserName { .. }
                | Ask::Secret(_) => true,
            });
        }
    }
    model.recheck(shared);
    if mine {
        next.effects.extend(wanted(model, shared));
    }
    next
}

/// Reads what the step that is shown needs and nobody has asked for yet.
fn wanted(model: &mut Model, shared: &mut Shared) -> Vec<Effect> {
    let mut effects = Vec::new();
    if shared.session.is_none() {
        return effects;
    }
    let step = step(shared);
    let Some(work) = &mut shared.work else { return effects };
    if let (Target::Existing(id), Remote::Idle) = (&work.draft.target, &work.loaded) {
        let id = id.clone();
        work.loaded = Remote::Loading;
        effects.push(shared.start(Slot::App, Job::LoadApp(id)));
    }
    if step == 1 && shared.apps == Remote::Idle {
        shared.apps = Remote::Loading;
        effects.push(shared.start(Slot::Apps, Job::LoadApps));
    }
    let directory = &mut shared.directory;
    let untouched = !directory.loading && !directory.complete && directory.trouble.is_none();
    if step == 4 && untouched && directory.people.is_empty() {
        directory.loading = true;
        effects.push(shared.start(Slot::Directory, Job::LoadDirectory));
    }
    if step == 5 {
        if shared.servers == Remote::Idle {
            shared.servers = Remote::Loading;
            effects.push(shared.start(Slot::Servers, Job::LoadServers));
        }
        effects.extend(probe(model, shared));
    }
    effects
}

/// Asks the chosen server, unless it was asked. Nothing is asked while its id is typed.
fn probe(model: &mut Model, shared: &mut Shared) -> Option<Effect> {
    let kind = shared.server_kind()?;
    let work = shared.work.as_mut()?;
    let asked = work.server != Remote::Idle && model.asked.as_ref() == Some(&kind);
    let known = work.server.value().is_some_and(|p| p.server == kind);
    if asked || known || model.open.is_some() {
        return None;
    }
    work.server = Remote::Loading;
    model.asked = Some(kind.clone());
    let client = work.loaded.value().and_then(|l| l.app.client_id());
    Some(shared.start(Slot::Server, Job::ProbeServer { server: kind, client }))
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    close(model, shared);
    model.why = false;
    let Some(work) = &mut shared.work else { return Next::none() };
    if work.draft.step > 5 {
        work.draft.step = 5;
    }
    // A new app begins with its name open: the first thing to type.
    if work.draft.step <= 1 && work.draft.target == Target::New && !model.greeted {
        model.greeted = true;
        open(model, shared, Id::Name);
    }
    Next::none()
}

fn done(model: &mut Model, shared: &mut Shared, slot: Slot, outcome: Outcome) -> Next {
    match (slot, outcome) {
        (Slot::Logo, Outcome::Logo(answer)) => {
            let path = shared.work.as_ref().and_then(|w| w.draft.setup.app.logo.clone()).unwrap_or_default();
            model.logo = Some(match answer {
                Ok(file) => (file.path.clone(), logo_facts(&file.head, file.bytes)),
                Err(trouble) => (path, Err(NotALogo::Unreadable(trouble.what))),
            });
        }
        (Slot::App, Outcome::App(loaded)) => {
            let id = loaded.app.id();
            if let (Some(work), true) = (&mut shared.work, model.adopt.is_some() && model.adopt == id) {
                work.draft.setup = loaded.setup.clone();
                work.loaded = Remote::Ready(*loaded);
                work.server = Remote::Idle;
                model.adopt = None;
                shared.notice = Some("This is the app as it is in Okta; what you change is staged.".into());
            }
        }
        _ => {}
    }
    Next::none()
}

fn paste(model: &mut Model, shared: &mut Shared, text: &str) -> Next {
    if let Some(field) = &mut model.open {
        field.paste(text);
        typed(model, shared);
    }
    Next::none()
}

fn edit(model: &mut Model, shared: &mut Shared, key: Key) -> Next {
    match key {
        Key::Enter | Key::Down => leave(model, shared, 1),
        Key::Up => leave(model, shared, -1),
        key => {
            let digits = model.focus == Some(Id::Leeway);
            let letter = matches!(key, Key::Char(c) if !c.is_ascii_digit());
            if digits && letter {
                shared.notice = Some("Digits only: 0 to 60 seconds.".into());
            } else if let Some(field) = &mut model.open {
                field.key(key);
                typed(model, shared);
            }
            Next::none()
        }
    }
}

/// Opens a field with its text.
pub(super) fn open(model: &mut Model, shared: &Shared, id: Id) {
    let Some(work) = &shared.work else { return };
    let setup = &work.draft.setup;
    let row = |at: usize| setup.redirect_uris.get(at);
    let text = match &id {
        Id::Name => setup.app.name.clone(),
        Id::Logo => setup.app.logo.clone().unwrap_or_default(),
        Id::Leeway => setup.grants.refresh_leeway_seconds.to_string(),
        Id::Environment(at) => row(*at).map(|r| r.environment.clone()).unwrap_or_default(),
        Id::Uri(at) => row(*at).map(|r| r.uri.clone()).unwrap_or_default(),
        Id::SignOut(at) => setup.sign_out.uris.get(*at).cloned().unwrap_or_default(),
        Id::McpName(at) => setup.mcp_servers.get(*at).map(|s| s.name.clone()).unwrap_or_default(),
        Id::McpUrl(at) => setup.mcp_servers.get(*at).map(|s| s.url.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    model.before.clone_from(&text);
    model.open = Some(Field::new(text));
    model.focus = Some(id);
}

/// The draft follows the open field at every key.
fn typed(model: &Model, shared: &mut Shared) {
    let (Some(field), Some(id), Some(work)) = (&model.open, &model.focus, &mut shared.work) else { return };
    let (text, setup) = (field.text().to_owned(), &mut work.draft.setup);
    match id {
        Id::Name => setup.app.name = text,
        Id::Logo => setup.app.logo = Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
        Id::Leeway => {
            let digits: String = text.chars().filter(char::is_ascii_digit).take(4).collect();
            setup.grants.refresh_leeway_seconds = digits.parse().unwrap_or(0);
        }
        Id::Environment(at) => {
            if let Some(row) = setup.redirect_uris.get_mut(*at) {
                row.environment = text;
            }
        }
        Id::Uri(at) => {
            if let Some(row) = setup.redirect_uris.get_mut(*at) {
                row.uri = text;
            }
        }
        Id::SignOut(at) => {
            if let Some(row) = setup.sign_out.uris.get_mut(*at) {
                *row = text;
            }
        }
        Id::McpName(at) => {
            if let Some(row) = setup.mcp_servers.get_mut(*at) {
                row.name = text;
            }
        }
        Id::McpUrl(at) => {
            if let Some(row) = setup.mcp_servers.get_mut(*at) {
                row.url = text.trim().to_owned();
            }
        }
        _ => {}
    }
}

/// Closes the open field; its text stays. Rows that were left empty go.
fn close(model: &mut Model, shared: &mut Shared) -> Next {
    let (Some(field), Some(id)) = (model.open.take(), model.focus.clone()) else { return Next::none() };
    let text = field.text().trim().to_owned();
    let Some(work) = &mut shared.work else { return Next::none() };
    let live =
        work.loaded.value().map(|l| (l.app.redirect_uris(), l.app.sign_out_uris())).unwrap_or_default();
    let setup = &mut work.draft.setup;
    match id {
        Id::Logo if !text.is_empty() && model.logo.as_ref().is_none_or(|(path, _)| *path != text) => {
            return Next::effects([shared.start(Slot::Logo, Job::ReadLogo { path: text })]);
        }
        Id::Uri(at) if text.is_empty() => {
            if at < setup.redirect_uris.len() {
                setup.redirect_uris.remove(at);
            }
            model.focus = Some(Id::AddUri);
        }
        Id::SignOut(at) if text.is_empty() => {
            if at < setup.sign_out.uris.len() {
                setup.sign_out.uris.remove(at);
            }
            model.focus = Some(Id::AddSignOut);
        }
        Id::McpName(at) | Id::McpUrl(at)
            if setup.mcp_servers.get(at).is_some_and(|s| s.name.trim().is_empty() && s.url.is_empty()) =>
        {
            setup.mcp_servers.remove(at);
            model.focus = Some(Id::AddMcp);
        }
        Id::OwnScope if !text.is_empty() => {
            if !setup.authorization_server.scopes.contains(&text) {
                setup.authorization_server.scopes.push(text.clone());
            }
            model.focus = Some(Id::Scope(text.clone()));
        }
        Id::OtherServer if !text.is_empty() => {
            setup.authorization_server.id.clone_from(&text);
            model.focus = Some(Id::Server(text.clone()));
        }
        Id::AddPerson if !text.is_empty() => {
            staging::note(work);
            if !work.draft.setup.access.people.iter().any(|p| p.eq_ignore_ascii_case(&text)) {
                work.draft.setup.access.people.push(text.clone());
            }
        }
        Id::AddGroup if !text.is_empty() => {
            staging::note(work);
            if !work.draft.setup.access.groups.contains(&text) {
                work.draft.setup.access.groups.push(text.clone());
            }
        }
        _ => {}
    }
    let was_live = match &model.focus {
        Some(Id::SignOut(_) | Id::AddSignOut) => live.1.contains(&model.before),
        Some(Id::Uri(_) | Id::AddUri) => live.0.contains(&model.before),
        _ => false,
    };
    if was_live && text != model.before {
        shared.notice =
            Some("The old URI stays in Okta: add it again and press d to stage its removal.".into());
    }
    Next::none()
}

/// Closes the field if one is open, and moves.
fn leave(model: &mut Model, shared: &mut Shared, by: isize) -> Next {
    let from = model.focus.clone();
    let next = close(model, shared);
    if model.focus == from {
        walk(model, shared, by);
    }
    next
}

/// Moves the focus; past an end it comes in at the other.
fn walk(model: &mut Model, shared: &Shared, by: isize) {
    let stops = stops(&model.rows(shared));
    let now = model.focused(shared).and_then(|id| stops.iter().position(|s| *s == id)).unwrap_or(0);
    let (Ok(len), Ok(now)) = (isize::try_from(stops.len()), isize::try_from(now)) else { return };
    if len > 0 {
        let to = usize::try_from((now + by).rem_euclid(len)).unwrap_or(0);
        model.focus = stops.get(to).cloned();
    }
}

pub(super) fn go_to(model: &mut Model, shared: &mut Shared, to: u8) -> Next {
    let next = close(model, shared);
    model.focus = None;
    model.why = false;
    match (&mut shared.work, to) {
        (_, 0) => next_go(next, Go::Back),
        (Some(work), 1..=5) => {
            work.draft.step = to;
            next
        }
        _ => next_go(next, Go::To(Route::Plan)),
    }
}

fn next_go(next: Next, go: Go) -> Next {
    Next { go: Some(go), ..next }
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let why = std::mem::take(&mut model.why);
    let now = step(shared);
    match id {
        C::Step1 => return go_to(model, shared, 1),
        C::Step2 => return go_to(model, shared, 2),
        C::Step3 => return go_to(model, shared, 3),
        C::Step4 => return go_to(model, shared, 4),
        C::Step5 => return go_to(model, shared, 5),
        C::NextStep => return go_to(model, shared, now + 1),
        C::PreviousStep => return go_to(model, shared, now - 1),
        C::Plan => return Next::go(Go::To(Route::Plan)),
        C::HandOver => return Next::go(Go::To(Route::HandOver)),
        C::Test => return Next::go(Go::To(Route::Test)),
        C::Again => return again(shared),
        _ => {}
    }
    match id {
        C::Next => return leave(model, shared, 1),
        C::Previous => return leave(model, shared, -1),
        C::Down => walk(model, shared, 1),
        C::Up => walk(model, shared, -1),
        C::PageDown => page(model, shared, 1),
        C::PageUp => page(model, shared, -1),
        C::Top => model.focus = stops(&model.rows(shared)).into_iter().next(),
        C::Bottom => model.focus = Some(Id::Next),
        C::Left | C::Right => beside(model, shared, id == C::Right),
        C::Back if model.open.is_some() => return close(model, shared),
        C::Back if why => {}
        C::Back => return Next::go(Go::Back),
        C::Open | C::Mark => return press(model, shared),
        C::Add => return add(model, shared),
        C::Remove => remove(model, shared),
        C::Unstage => unstage(model, shared),
        C::Fix => fix(model, shared),
        C::Accept => accept(model, shared),
        C::Why => model.why = !why && reasons(model, shared).is_some(),
        C::Copy => return copy(model, shared),
        _ => {}
    }
    Next::none()
}

fn page(model: &mut Model, shared: &Shared, by: isize) {
    let stops = stops(&model.rows(shared));
    let now = model.focused(shared).and_then(|id| stops.iter().position(|s| *s == id)).unwrap_or(0);
    let to = if by > 0 { (now + PAGE).min(stops.len().saturating_sub(1)) } else { now.saturating_sub(PAGE) };
    model.focus = stops.get(to).cloned();
}

/// From a row's name to its value and back.
fn beside(model: &mut Model, shared: &Shared, right: bool) {
    model.focus = match (model.focused(shared), right) {
        (Some(Id::Environment(at)), true) => Some(Id::Uri(at)),
        (Some(Id::Uri(at)), false) => Some(Id::Environment(at)),
        (Some(Id::McpName(at)), true) => Some(Id::McpUrl(at)),
        (Some(Id::McpUrl(at)), false) => Some(Id::McpName(at)),
        (same, _) => same,
    };
}

/// Why, for the row with the focus.
pub(super) fn reasons(model: &Model, shared: &Shared) -> Option<String> {
    if model.focused(shared) == Some(Id::ApiScopes) {
        return Some(
            "Okta's tab Okta API Scopes grants scopes like okta.users.read, for apps that manage Okta itself. The \
             gateway asks for openid, email and profile, which the authorization server gives, so there is nothing \
             to grant in that tab."
                .into(),
        );
    }
    let check = model.check(shared)?;
    let source = check.difference.as_ref().map(|d| format!("{} ({})", d.class.words(), d.class.source()));
    let parts: Vec<String> = check.why.clone().into_iter().chain(source).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

pub(super) fn copy(model: &Model, shared: &mut Shared) -> Next {
    let Some(work) = &shared.work else { return Next::none() };
    let setup = &work.draft.setup;
    let text = match model.focused(shared) {
        Some(Id::Value(name)) => {
            let found = authentication::values(work).into_iter().find(|(n, _)| *n == name);
            match found.map(|(_, v)| v) {
                Some(Ok(value)) => Some(value),
                Some(Err(said)) => {
                    shared.notice = Some(format!("{name}: {said}."));
                    return Next::none();
                }
                None => None,
            }
        }
        Some(Id::Name) => Some(setup.app.name.clone()),
        Some(Id::Uri(at)) => setup.redirect_uris.get(at).map(|r| r.uri.clone()),
        Some(Id::SignOut(at)) => setup.sign_out.uris.get(at).cloned(),
        Some(Id::McpUrl(at)) => setup.mcp_servers.get(at).map(|s| s.url.clone()),
        _ => None,
    };
    let Some(text) = text else { return Next::none() };
    shared.notice = Some("Sent to your terminal's clipboard; some terminals ignore it.".into());
    Next::effects([Effect::Copy(Secret::new(&text))])
}

/// Reads again what the step shows.
fn again(shared: &mut Shared) -> Next {
    let now = step(shared);
    let Some(work) = &mut shared.work else { return Next::none() };
    if matches!(work.loaded, Remote::Failed(..)) {
        work.loaded = Remote::Idle;
    }
    match now {
        1 if shared.apps != Remote::Loading => shared.apps = Remote::Idle,
        4 if !shared.directory.loading => shared.directory = crate::tui::shared::Directory::default(),
        5 => {
            if work.server != Remote::Loading {
                work.server = Remote::Idle;
            }
            if shared.servers != Remote::Loading {
                shared.servers = Remote::Idle;
            }
        }
        _ => {}
    }
    Next::none()
}

/// Whether the focused row has something that can be fixed, accepted or explained: for the hint line.
pub(super) fn remedies(model: &Model, shared: &Shared) -> (bool, bool, bool) {
    let Some(work) = &shared.work else { return (false, false, false) };
    let check = model.check(shared);
    let accepts = check.is_some_and(|c| c.acceptance(&work.draft.setup).is_some());
    (check.is_some_and(|c| c.fix.is_some()), accepts, reasons(model, shared).is_some())
}

/// Whether the row can be taken away with `d`.
pub(super) fn removable(model: &Model, shared: &Shared) -> bool {
    let Some(work) = &shared.work else { return false };
    match model.focused(shared) {
        Some(Id::Scope(name)) => work.draft.setup.authorization_server.scopes.contains(&name),
        Some(Id::Logo) => work.draft.setup.app.logo.is_some(),
        Some(id) => matches!(
            id,
            Id::Uri(_)
                | Id::Environment(_)
                | Id::SignOut(_)
                | Id::McpName(_)
                | Id::McpUrl(_)
                | Id::Person(_)
                | Id::Group(_)
        ),
        None => false,
    }
}
