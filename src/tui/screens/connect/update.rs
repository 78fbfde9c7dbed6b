//! What the keys of Connect do, and where a connection leads.

use super::model::{Connecting, Model, Row, Way};
use crate::run::job::{Job, Outcome, Slot};
use crate::tui::command::CommandId as C;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next, Route, resume};
use crate::tui::shared::{Shared, Wanted};

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => shown(model, shared),
        Msg::Edit(key) => edit(model, shared, key),
        Msg::Paste(text) => {
            if model.open
                && let Some(field) = model.field()
            {
                field.paste(&text);
                model.trouble = None;
                model.missing = None;
            }
            Next::none()
        }
        Msg::Command(id) => command(model, shared, id),
        // What is remembered may be read only when this screen is up.
        Msg::Done(Slot::Start, Outcome::Start(start)) => {
            model.vault = start.vault;
            Next::none()
        }
        Msg::Done(Slot::Connect, Outcome::DeviceCode(code)) => {
            if model.connecting.is_some() {
                model.code = Some(code);
            }
            Next::none()
        }
        Msg::Done(Slot::Connect, Outcome::Connected(_)) => connected(model, shared),
        Msg::Done(Slot::Connect, Outcome::Failed(trouble)) => {
            stopped(model);
            model.trouble = Some(trouble);
            Next::none()
        }
        Msg::Done(..) | Msg::Tick => Next::none(),
    }
}

/// Back to the form. A token was taken out of its field to be sent: it must be given again.
fn stopped(model: &mut Model) {
    model.connecting = None;
    model.code = None;
    let row = if model.url.text().is_empty() { Row::Url } else { model.way.last_needed() };
    model.go_to(row);
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    model.trouble = None;
    model.missing = None;
    model.vault = shared.start.value().is_some_and(|start| start.vault);
    if model.connecting.is_some() {
        return Next::none();
    }
    match &shared.wanted {
        Some(Wanted::Demo) => return start_demo(model, shared),
        Some(wanted) => {
            let url = wanted.url().unwrap_or_default().to_owned();
            let known = shared.start.value().and_then(|s| s.orgs.iter().find(|o| o.url == url));
            if let Some(org) = known {
                model.label = crate::tui::widgets::field::Field::new(org.label.as_str());
                model.prod = org.prod;
                model.read_only = org.read_only;
                if let Some(way) = &org.sign_in {
                    model.take_way(way);
                }
            }
            model.url = crate::tui::widgets::field::Field::new(url);
            let complete = model.way != Way::Token && model.missing().is_none();
            model.go_to(if complete { Row::Connect } else { model.way.last_needed() });
        }
        None => model.go_to(Row::Url),
    }
    Next::none()
}

fn edit(model: &mut Model, shared: &mut Shared, key: Key) -> Next {
    match key {
        Key::Enter if model.row == Row::Label => {
            model.go_to(Row::Connect);
            Next::none()
        }
        // The name is optional: from the token on, Enter connects.
        Key::Enter
            if (model.row == model.way.last_needed() || model.row == Row::Passphrase)
                && !model.url.text().is_empty()
                && model.field().is_some_and(|f| !f.text().is_empty()) =>
        {
            connect(model, shared)
        }
        Key::Enter | Key::Down => {
            model.step(1);
            Next::none()
        }
        Key::Up => {
            model.step(-1);
            Next::none()
        }
        key => {
            if model.field().is_some_and(|f| f.key(key)) {
                model.trouble = None;
                model.missing = None;
            }
            Next::none()
        }
    }
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    if model.connecting.is_some() {
        return match id {
            // Ctrl-C has stopped it; what was stopped answers nothing more.
            C::Cancel => {
                stopped(model);
                shared.notice = Some("Stopped.".into());
                Next::none()
            }
            C::Back => {
                model.connecting = None;
                model.code = None;
                shared.wanted = None;
                Next::go(Go::Back).and([crate::tui::effect::Effect::Stop(Slot::Connect)])
            }
            _ => Next::none(),
        };
    }
    match id {
        C::Back if model.open => model.open = false,
        C::Back => {
            shared.wanted = None;
            return Next::go(Go::Back);
        }
        C::Next | C::Down => model.step(1),
        C::Previous | C::Up => model.step(-1),
        C::Top => model.go_to(Row::Way),
        C::Left if model.row == Row::Way => model.way = model.way.beside(-1),
        C::Right if model.row == Row::Way => model.way = model.way.beside(1),
        C::Bottom => model.go_to(Row::Connect),
        C::Open | C::Mark => match model.row {
            Row::Prod => model.prod = !model.prod,
            Row::ReadOnly => model.read_only = !model.read_only,
            Row::Connect => return connect(model, shared),
            Row::Demo => return start_demo(model, shared),
            Row::Way => model.way = model.way.beside(1),
            Row::Url | Row::Token | Row::Passphrase | Row::ClientId | Row::Key | Row::Label => {
                model.open = true
            }
        },
        _ => {}
    }
    Next::none()
}

fn connect(model: &mut Model, shared: &mut Shared) -> Next {
    if let Some((row, words)) = model.missing() {
        model.missing = Some(words);
        model.go_to(row);
        return Next::none();
    }
    let given = model.vault && model.way == Way::Token && !model.passphrase.text().is_empty();
    let job = Job::Connect {
        url: model.url.text().to_owned(),
        way: model.sign_in(),
        label: model.label.text().to_owned(),
        prod: model.prod,
        read_only: model.read_only,
        passphrase: Some(model.passphrase.take_secret()).filter(|_| given),
    };
    model.open = false;
    model.trouble = None;
    model.connecting = Some(Connecting::Org(model.url.text().to_owned()));
    Next::effects([shared.start(Slot::Connect, job)])
}

fn start_demo(model: &mut Model, shared: &mut Shared) -> Next {
    model.open = false;
    model.trouble = None;
    model.connecting = Some(Connecting::Demo);
    Next::effects([shared.start(Slot::Connect, Job::StartDemo)])
}

/// Where a connection leads: to what it was wanted for, else to the apps.
fn connected(model: &mut Model, shared: &mut Shared) -> Next {
    model.connecting = None;
    model.code = None;
    model.trouble = None;
    model.open = false;
    let wanted = shared.wanted.take();
    let url = shared.session.as_ref().map(|s| s.org.url.clone()).unwrap_or_default();
    if let Some(session) = &shared.session
        && !session.notes.is_empty()
    {
        shared.notice = Some(session.notes.join(" "));
    }
    match wanted {
        Some(Wanted::Draft(draft)) if draft.org_url == url => {
            Next::go(Go::Instead(Route::Wizard)).and(resume::draft(shared, *draft))
        }
        Some(Wanted::Resume { url: wanted }) if wanted == url => Next::go(Go::Instead(Route::Plan)),
        Some(Wanted::Journal { url: wanted }) if wanted == url => Next::go(Go::Instead(Route::Journal)),
        other => {
            // The demo org is for walking through: its first screen is the app to be made.
            if matches!(other, Some(Wanted::Demo)) {
                shared.door = None;
            }
            Next::go(Go::Instead(Route::Apps))
        }
    }
}
