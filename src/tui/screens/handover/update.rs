//! What keys and answers do to the hand-over.

use super::super::{Go, Msg, Next, Route};
use super::model::{Asked, Button, Model};
use super::values::{self, NAMES, REDIRECT, SECRET, Value};
use crate::okta::model::Readable;
use crate::run::job::{Job, Outcome, Slot};
use crate::secret::Secret;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::confirm::Question;
use jiff::SignedDuration;

/// For how long a secret stays in the open, in milliseconds.
pub(super) const SHOWN_MS: u64 = 20_000;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => shown(model, shared),
        Msg::Command(id) if model.question.is_some() => answer(model, shared, id),
        Msg::Command(id) => command(model, shared, id),
        Msg::Done(Slot::Secrets, outcome) => {
            model.loading = false;
            match outcome {
                Outcome::Secrets(secrets) => model.secrets = secrets,
                Outcome::Failed(trouble) => model.trouble = Some(trouble),
                _ => {}
            }
            let last = NAMES.len() + model.buttons(shared).len() - 1;
            model.cursor = model.cursor.min(last);
            Next::none()
        }
        Msg::Done(Slot::Save, Outcome::Saved(path)) => {
            shared.notice = Some(format!("Saved as {path}; only you can read it."));
            Next::none()
        }
        Msg::Tick => tick(model, shared),
        Msg::Edit(_) | Msg::Paste(_) | Msg::Done(..) => Next::none(),
    }
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    let app = values::app_id(shared);
    if model.app != app {
        *model = Model { app, ..Model::default() };
    }
    model.question = None;
    model.shown_until = None;
    if model.cursor < NAMES.len() && model.buttons(shared) == [Button::Plan] {
        model.cursor = NAMES.len();
    }
    if let Some(work) = shared.work.as_mut().filter(|w| w.applied.is_none()) {
        work.draft.step = 7;
    }
    probe(shared, false)
}

/// Asks the authorization server for its endpoints, where nobody has yet: they are read, not assumed.
fn probe(shared: &mut Shared, again: bool) -> Next {
    let Some(server) = shared.server_kind() else { return Next::none() };
    let known =
        values::hand_over(shared).is_some_and(|h| !h.authorization_url.is_empty() && !h.token_url.is_empty());
    let client = values::hand_over(shared).and_then(|h| h.client_id);
    let Some(work) = &mut shared.work else { return Next::none() };
    if work.server == Remote::Loading || (!again && (known || work.server != Remote::Idle)) {
        return Next::none();
    }
    work.server = Remote::Loading;
    Next::effects([shared.start(Slot::Server, Job::ProbeServer { server, client })])
}

fn tick(model: &mut Model, shared: &Shared) -> Next {
    let Some(until) = model.shown_until else { return Next::none() };
    let left = until.duration_since(shared.now).as_millis();
    if left > 0 {
        return Next::effects([Effect::Wake(u64::try_from(left).unwrap_or(SHOWN_MS).min(SHOWN_MS))]);
    }
    model.shown_until = None;
    Next::none()
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let last = NAMES.len() + model.buttons(shared).len() - 1;
    match id {
        C::Up => model.cursor = model.cursor.saturating_sub(1),
        C::Down => model.cursor = (model.cursor + 1).min(last),
        C::Next => model.cursor = if model.cursor >= last { 0 } else { model.cursor + 1 },
        C::Previous => model.cursor = model.cursor.checked_sub(1).unwrap_or(last),
        C::Top | C::PageUp => model.cursor = 0,
        C::Bottom | C::PageDown => model.cursor = last,
        C::Left => environment(model, shared, -1),
        C::Right => environment(model, shared, 1),
        C::Open => return open(model, shared),
        C::Copy => return copy(model, shared),
        C::CopyAll => {
            if matches!(values::secret(model, shared), Value::Hidden(_)) {
                let text = "A bare screen shows all six values, the client secret too, and your terminal may keep them in its scrollback.";
                model.question = Some((Question::new(text, "Yes, show all"), Asked::Bare));
            } else {
                return Next::effects([Effect::Bare(values::as_lines(&values::all(model, shared)))]);
            }
        }
        C::Show => return show(model, shared),
        C::Export => return export(model, shared),
        C::Again => return again(model, shared),
        C::NextStep | C::Test => return Next::go(Go::To(Route::Test)),
        C::PreviousStep | C::Plan => return Next::go(Go::Instead(Route::Plan)),
        C::Back => return Next::go(Go::Back),
        _ => {}
    }
    Next::none()
}

fn environment(model: &mut Model, shared: &mut Shared, by: isize) {
    let count = values::hand_over(shared).map_or(0, |h| h.redirect_uris.len());
    if count < 2 {
        shared.notice = Some("There is one redirect URI; step 3 adds others.".into());
        return;
    }
    model.cursor = REDIRECT;
    let at = model.environment.min(count - 1);
    model.environment = if by < 0 { (at + count - 1) % count } else { (at + 1) % count };
}

fn open(model: &mut Model, shared: &mut Shared) -> Next {
    match model.button(shared) {
        Some(Button::LoadSecret) => load(model, shared),
        Some(Button::Plan) => Next::go(Go::Instead(Route::Plan)),
        Some(Button::Test) => Next::go(Go::To(Route::Test)),
        Some(Button::Rotate) => Next::go(Go::To(Route::Rotation)),
        None if model.cursor == REDIRECT
            && values::hand_over(shared).is_some_and(|h| h.redirect_uris.len() > 1) =>
        {
            environment(model, shared, 1);
            Next::none()
        }
        None if model.cursor == SECRET => show(model, shared),
        None => copy(model, shared),
    }
}

fn load(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(app) = values::app_id(shared) else { return Next::none() };
    model.loading = true;
    model.trouble = None;
    model.secrets = Readable::NotAsked;
    Next::effects([shared.start(Slot::Secrets, Job::LoadSecrets(app))])
}

fn again(model: &mut Model, shared: &mut Shared) -> Next {
    let next = probe(shared, true);
    if next == Next::none() {
        shared.notice = Some("It is being read already.".into());
    }
    model.trouble = None;
    next
}

fn show(model: &mut Model, shared: &mut Shared) -> Next {
    model.cursor = SECRET;
    if matches!(values::secret(model, shared), Value::Missing(_)) {
        shared.notice = Some("There is no client secret here to show.".into());
        return Next::none();
    }
    if model.showing(shared) {
        model.shown_until = None;
        return Next::none();
    }
    let span = SignedDuration::from_millis(i64::try_from(SHOWN_MS).unwrap_or(i64::MAX));
    model.shown_until = shared.now.checked_add(span).ok();
    Next::effects([Effect::Wake(SHOWN_MS)])
}

fn copy(model: &mut Model, shared: &mut Shared) -> Next {
    let values = values::all(model, shared);
    match (values.get(model.cursor), NAMES.get(model.cursor)) {
        (Some(Value::Plain(text)), Some(name)) => {
            let text = Secret::new(text.as_str());
            sent(shared, name, text)
        }
        (Some(Value::Hidden(_)), _) => {
            let text =
                "The client secret goes to your terminal's clipboard, where other programs can read it.";
            model.question = Some((Question::new(text, "Yes, send it"), Asked::Copy));
            Next::none()
        }
        (Some(Value::Missing(why)), Some(name)) => {
            shared.notice = Some(format!("There is no {name} to copy: {why}."));
            Next::none()
        }
        _ => {
            shared.notice = Some("Move to a value first; c shows all of them.".into());
            Next::none()
        }
    }
}

fn sent(shared: &mut Shared, name: &str, text: Secret) -> Next {
    shared.notice = Some(format!("{name} was sent to your terminal's clipboard; some terminals ignore it."));
    Next::effects([Effect::Copy(text)])
}

fn answer(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let Some((question, asked)) = &mut model.question else { return Next::none() };
    let yes = match id {
        C::Left | C::Right | C::Next | C::Previous => {
            question.on_yes = !question.on_yes;
            return Next::none();
        }
        C::Yes => true,
        C::Open => question.on_yes,
        _ => false,
    };
    let asked = *asked;
    model.question = None;
    match (yes, asked, values::secret(model, shared)) {
        (true, Asked::Copy, Value::Hidden(secret)) => sent(shared, "clientSecret", secret),
        (true, Asked::Bare, _) => {
            Next::effects([Effect::Bare(values::as_lines(&values::all(model, shared)))])
        }
        _ => Next::none(),
    }
}

fn export(model: &Model, shared: &mut Shared) -> Next {
    let all = values::all(model, shared);
    let name =
        values::app_id(shared).map_or("oktui-values.json".to_owned(), |id| format!("oktui-values-{id}.json"));
    Next::effects([shared.start(Slot::Save, Job::SaveFile { name, content: values::as_json(&all) })])
}
