//! What keys and answers do to the inventory.

use super::model::{Form, Model, Saving, open_client};
use crate::inventory::{Edit, KEYS, McpServer};
use crate::run::job::{InventoryRead, Job, Outcome, Slot};
use crate::setup::{Access, AccessMode, Draft, Place, Target};
use crate::text::Clean;
use crate::tui::command::CommandId as C;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next, Route, resume};
use crate::tui::shared::{Remote, Shared, Work};
use crate::tui::widgets::confirm::Question;
use crate::tui::widgets::field::Field;

/// Rows that a page key moves.
const PAGE: usize = 10;
/// The step of the wizard where people and groups are chosen.
const ACCESS: u8 = 4;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => {
            (model.question, model.filtering, model.form) = (None, false, None);
            return read(model, shared);
        }
        Msg::Edit(key) => return edit(model, shared, key),
        Msg::Paste(text) => paste(model, &text),
        Msg::Done(Slot::Inventory, Outcome::Inventory(read)) => took(model, shared, *read),
        Msg::Done(Slot::Inventory, Outcome::Failed(trouble)) => match model.saving.take() {
            // The file is as it was, and so is what is shown of it.
            Some(_) => shared.notice = Some(format!("{} {}", trouble.what, trouble.help)),
            None => {
                let before = std::mem::take(&mut model.read);
                model.read = Remote::Failed(trouble, before.value().cloned());
            }
        },
        Msg::Done(_, Outcome::Applied(applied)) => {
            // The app that was made for a server: from now on the server is with it.
            let made = applied.hand_over.client_id.filter(|_| applied.app.is_some());
            let place = shared.work.as_mut().and_then(|work| work.draft.splits.take());
            let (Some(Place { name, environment }), Some(client)) = (place, made) else {
                return Next::none();
            };
            let server = McpServer { name, environment, ..McpServer::default() };
            return set(model, shared, Saving::Split(server.clone()), &server, "client_id", client.as_str());
        }
        Msg::Command(id) if model.question.is_some() => return answer(model, shared, id),
        Msg::Command(id) if model.form.is_some() => return form(model, shared, id),
        Msg::Command(id) => return list(model, shared, id),
        Msg::Done(..) | Msg::Tick => {}
    }
    Next::none()
}

fn read(model: &mut Model, shared: &mut Shared) -> Next {
    if model.read.value().is_none() {
        model.read = Remote::Loading;
    }
    model.saving = None;
    Next::effects([shared.start(Slot::Inventory, Job::LoadInventory)])
}

/// The file as it is now.
fn took(model: &mut Model, shared: &mut Shared, read: InventoryRead) {
    let saved = model.saving.take();
    let named = |server: &McpServer| read.servers.iter().find(|s| s.place() == server.place()).cloned();
    match &saved {
        Some(Saving::Add(server)) => {
            shared.notice = Some(format!("{} is in the inventory.", Clean::new(&server.place())));
            model.form = None;
        }
        Some(Saving::Set { key, text }) => {
            if let Some(form) = &mut model.form
                && let Some(mut server) = form.server.clone()
            {
                match *key {
                    "name" => server.name.clone_from(text),
                    "environment" => server.environment.clone_from(text),
                    _ => {}
                }
                if let Some(now) = named(&server) {
                    let (at, open) = (form.at, form.open);
                    *form = Form { at, open, ..Form::of(&now) };
                }
            }
        }
        Some(Saving::Split(server)) => {
            shared.notice =
                Some(format!("The inventory has the new app for {}.", Clean::new(&server.place())));
        }
        Some(Saving::Remove) | None => {}
    }
    let cursor = match &saved {
        Some(Saving::Add(server)) => read.servers.iter().position(|s| s.place() == server.place()),
        _ => None,
    };
    model.read = Remote::Ready(read);
    if cursor.is_some() {
        model.filter = Field::default();
    }
    model.cursor = cursor.unwrap_or(model.cursor).min(model.rows().len().saturating_sub(1));
}

fn set(
    model: &mut Model,
    shared: &mut Shared,
    saving: Saving,
    server: &McpServer,
    key: &str,
    text: &str,
) -> Next {
    let edit = Edit::Set {
        name: server.name.clone(),
        environment: server.environment.clone(),
        key: key.to_owned(),
        text: text.to_owned(),
    };
    save(model, shared, saving, edit)
}

fn save(model: &mut Model, shared: &mut Shared, saving: Saving, edit: Edit) -> Next {
    model.saving = Some(saving);
    Next::effects([shared.start(Slot::Inventory, Job::EditInventory(Box::new(edit)))])
}

fn paste(model: &mut Model, text: &str) {
    if model.filtering {
        model.filter.paste(text);
        model.cursor = 0;
    } else if let Some(field) = model.form.as_mut().filter(|form| form.open).and_then(Form::field) {
        field.paste(text.trim());
    }
}

fn edit(model: &mut Model, shared: &mut Shared, key: Key) -> Next {
    if model.filtering {
        match key {
            Key::Enter | Key::Up | Key::Down => model.filtering = false,
            key => {
                model.filter.key(key);
                model.cursor = 0;
            }
        }
        return Next::none();
    }
    let Some(form) = &mut model.form else { return Next::none() };
    match key {
        Key::Enter | Key::Down => leave(model, shared, 1),
        Key::Up => leave(model, shared, -1),
        key => {
            if let Some(field) = form.field() {
                field.key(key);
            }
            Next::none()
        }
    }
}

/// Leaves the open field: what was typed of a server of the file is saved, and of a new one the next field opens.
fn leave(model: &mut Model, shared: &mut Shared, by: isize) -> Next {
    let Some(form) = &mut model.form else { return Next::none() };
    let Some(key) = form.key() else { return Next::none() };
    let typed = form.text(key).to_owned();
    match form.server.clone() {
        Some(server) => {
            form.open = false;
            if server.text(key) == typed {
                return Next::none();
            }
            let saving = Saving::Set { key, text: typed.clone() };
            set(model, shared, saving, &server, key, &typed)
        }
        None => {
            form.at = form.at.saturating_add_signed(by).min(form.rows().saturating_sub(1));
            form.open = form.key().is_some();
            Next::none()
        }
    }
}

fn form(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let Some(form) = &mut model.form else { return Next::none() };
    let last = form.rows().saturating_sub(1);
    match id {
        C::Next | C::Previous if form.open => {
            let by = if id == C::Next { 1 } else { -1 };
            return leave(model, shared, by);
        }
        C::Back if form.open => {
            form.open = false;
            // Of a server of the file, what was not kept with Enter goes.
            if let Some(server) = &form.server {
                *form = Form { at: form.at, ..Form::of(server) };
            }
        }
        C::Back => model.form = None,
        C::Up | C::Previous => form.at = form.at.saturating_sub(1),
        C::Down | C::Next => form.at = (form.at + 1).min(last),
        C::Top | C::PageUp => form.at = 0,
        C::Bottom | C::PageDown => form.at = last,
        C::Left | C::Right => turn(model, shared, id == C::Right),
        C::Open => match form.key() {
            Some(key) => {
                let day = matches!(key, "updated" | "checked") && form.text(key).is_empty();
                if let (true, Some(field)) = (day, form.field()) {
                    // The day that is nearly always meant; Ctrl-U clears it.
                    *field = Field::new(today(shared));
                }
                form.open = true;
            }
            None => return add(model, shared),
        },
        id => return leads(shared, id),
    }
    Next::none()
}

fn today(shared: &Shared) -> String {
    shared.now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// In the row of the client id: that of the next app of the org.
fn turn(model: &mut Model, shared: &mut Shared, forward: bool) {
    let Some(form) = model.form.as_mut().filter(|form| form.key() == Some("client_id")) else { return };
    let apps = shared.apps.value().map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<String> = apps.iter().filter_map(|app| app.client_id()).map(|id| id.to_string()).collect();
    if ids.is_empty() {
        shared.notice = Some("The apps of the org are not read: its list of apps does that.".into());
        return;
    }
    let at = ids.iter().position(|id| id == form.text("client_id"));
    let next = match (at, forward) {
        (None, _) => 0,
        (Some(at), true) => (at + 1) % ids.len(),
        (Some(at), false) => (at + ids.len() - 1) % ids.len(),
    };
    if let (Some(field), Some(id)) = (form.field(), ids.into_iter().nth(next)) {
        *field = Field::new(id);
        // As if typed: Enter keeps it.
        form.open = true;
    }
}

/// Adds the server of the form, unless it has no name.
fn add(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(form) = &mut model.form else { return Next::none() };
    if form.text("name").is_empty() {
        (form.at, form.open) = (0, true);
        shared.notice = Some("A server needs a name.".into());
        return Next::none();
    }
    let mut days = Vec::new();
    for key in ["updated", "checked"] {
        match form.text(key) {
            "" => days.push(None),
            text => match text.parse() {
                Ok(day) => days.push(Some(day)),
                Err(_) => {
                    form.at = KEYS.iter().position(|k| *k == key).unwrap_or(0);
                    form.open = true;
                    shared.notice = Some("This is no date: write it as 2026-11-23.".into());
                    return Next::none();
                }
            },
        }
    }
    let text = |key: &str| form.text(key).to_owned();
    let server = McpServer {
        name: text("name"),
        url: text("url"),
        environment: text("environment"),
        owner: text("owner"),
        client_id: text("client_id"),
        secret_id: text("secret_id"),
        updated: days.first().copied().flatten(),
        checked: days.get(1).copied().flatten(),
    };
    save(model, shared, Saving::Add(server.clone()), Edit::Add(server))
}

fn list(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let last = model.rows().len().saturating_sub(1);
    match id {
        C::Back if model.filtering => model.filtering = false,
        C::Back if model.advice => model.advice = false,
        C::Back if !model.filter.text().is_empty() => {
            (model.filter, model.cursor) = (Field::default(), 0);
        }
        C::Back => return Next::go(Go::Back),
        C::Again => return read(model, shared),
        C::View => (model.advice, model.cursor) = (!model.advice, 0),
        C::Next | C::Previous if model.filtering => model.filtering = false,
        C::Up | C::Previous => model.cursor = model.cursor.saturating_sub(1),
        C::Down | C::Next => model.cursor = (model.cursor + 1).min(most(model, last)),
        C::PageUp => model.cursor = model.cursor.saturating_sub(PAGE),
        C::PageDown => model.cursor = (model.cursor + PAGE).min(most(model, last)),
        C::Top => model.cursor = 0,
        C::Bottom => model.cursor = most(model, last),
        C::Filter if !model.advice => model.filtering = true,
        C::Add if model.read.value().is_some() => {
            // Of the app that is open, the client id is known.
            let client_id = open_client(shared).unwrap_or_default();
            model.form =
                Some(Form { open: true, ..Form::new(&McpServer { client_id, ..McpServer::default() }) });
        }
        C::Open if !model.advice => model.form = model.server().map(Form::of),
        C::Remove if !model.advice => {
            if let Some(server) = model.server().cloned() {
                let text = format!(
                    "Take {} out of the inventory? In Okta nothing changes.",
                    Clean::new(&server.place())
                );
                model.question = Some((Question::new(text, "Yes, take it out"), server));
            }
        }
        C::Fix if !model.advice => return split(model, shared),
        id => return leads(shared, id),
    }
    Next::none()
}

/// The last row: of the list, or of the advice, which only scrolls.
fn most(model: &Model, last: usize) -> usize {
    match (model.advice, model.read.value()) {
        (true, Some(read)) => (read.advice.len() * 5).saturating_sub(1),
        _ => last,
    }
}

fn leads(shared: &Shared, id: C) -> Next {
    if shared.work.is_none() {
        return Next::none();
    }
    match id {
        C::Plan => Next::go(Go::To(Route::Plan)),
        C::Test => Next::go(Go::To(Route::Test)),
        C::HandOver => Next::go(Go::To(Route::HandOver)),
        _ => Next::none(),
    }
}

fn answer(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let Some((question, server)) = &mut model.question else { return Next::none() };
    if matches!(id, C::Left | C::Right | C::Next | C::Previous) {
        question.on_yes = !question.on_yes;
        return Next::none();
    }
    let yes = id == C::Yes || (id == C::Open && question.on_yes);
    let server = server.clone();
    model.question = None;
    if !yes {
        return Next::none();
    }
    let edit = Edit::Remove { name: server.name, environment: server.environment };
    save(model, shared, Saving::Remove, edit)
}

/// An app of its own for a server: as the open app, which it shares, but named for it and with nobody assigned yet.
fn split(model: &Model, shared: &mut Shared) -> Next {
    let Some(server) = model.server().cloned() else { return Next::none() };
    let client = open_client(shared);
    let say = |shared: &mut Shared, text: &str| {
        shared.notice = Some(text.to_owned());
        Next::none()
    };
    if server.client_id.is_empty() {
        return say(shared, "The inventory does not say which app it uses: Enter, then its client id.");
    }
    if client.as_ref() != Some(&server.client_id) {
        return say(shared, "Open the app that it uses first, in the list of apps; there 8 leads here.");
    }
    let Some(work) = shared.work.as_ref().filter(|w| w.undo.is_none()) else { return Next::none() };
    let Some(loaded) = work.loaded.value() else {
        return say(shared, "The app is not read as it is live: open it in the list of apps.");
    };
    let org_url = work.draft.org_url.clone();
    if resume::in_hand(shared, &org_url, &Target::New).is_some() {
        return say(shared, "A new app is being made already: apply or discard that first.");
    }
    let mut draft = Draft::new(org_url);
    draft.setup = loaded.setup.clone();
    draft.setup.app.name = format!("{} - {}", draft.setup.app.name, server.name);
    draft.setup.app.logo = None;
    draft.setup.access = Access { mode: AccessMode::Controlled, ..Access::default() };
    draft.setup.mcp_servers.retain(|s| s.name == server.name);
    draft.splits = Some(Place { name: server.name.clone(), environment: server.environment.clone() });
    draft.step = ACCESS;
    shared.work = Some(Work::new(draft));
    shared.notice = Some(format!(
        "An app of its own for {}: choose who may use it; the plan shows the rest.",
        Clean::new(&server.place())
    ));
    Next::go(Go::To(Route::Wizard))
}
