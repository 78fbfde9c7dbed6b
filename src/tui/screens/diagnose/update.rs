//! What the keys of Diagnose do.

use super::model::{Asks, Model, Tab};
use super::{body, fix};
use crate::diagnose::{paste, words};
use crate::run::job::{Capture, Job, Outcome, Slot};
use crate::secret::Secret;
use crate::setup::Target;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next};
use crate::tui::shared::Shared;
use crate::tui::widgets::field::Field;
use std::sync::Arc;

/// The longest text that is read between two frames, in bytes; a longer one is a job.
const AT_ONCE: usize = 64 * 1024;
/// Cells in which lines are counted for scrolling, and copied.
const CELLS: usize = 76;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        // What was found stays while the program runs; leaving to look something up is part of the work.
        Msg::Shown => Next::none(),
        Msg::Paste(text) => pasted(model, shared, &text),
        Msg::Edit(Key::Enter) => entered(model, shared),
        Msg::Edit(Key::Down | Key::PageDown) if model.looked.is_some() => {
            model.close();
            Next::none()
        }
        Msg::Edit(key) => {
            model.field.key(key);
            Next::none()
        }
        Msg::Done(Slot::Capture, Outcome::Evidence(evidence)) => {
            model.take(evidence);
            Next::none()
        }
        Msg::Done(Slot::Capture, Outcome::Answered(evidence)) => {
            model.answered(evidence);
            Next::none()
        }
        Msg::Done(Slot::Capture, Outcome::Failed(trouble)) => {
            (model.reading, model.asking) = (None, false);
            model.trouble = Some(trouble);
            Next::none()
        }
        Msg::Done(Slot::Save, Outcome::Saved(folder)) if std::mem::take(&mut model.saving) => {
            shared.notice =
                Some(format!("For support, masked: {folder}. Read report.md before you send it."));
            Next::none()
        }
        Msg::Done(Slot::Save, Outcome::Failed(trouble)) if std::mem::take(&mut model.saving) => {
            shared.notice = Some(format!("{} {}", trouble.what, trouble.help));
            Next::none()
        }
        Msg::Command(id) => command(model, shared, id),
        Msg::Done(..) | Msg::Tick => Next::none(),
    }
}

/// A paste is looked at wherever the cursor is; a path is opened.
fn pasted(model: &mut Model, shared: &mut Shared, text: &str) -> Next {
    if matches!(model.asks, Some(Asks::File | Asks::Who)) {
        model.field.paste(text);
        return Next::none();
    }
    if is_path(text) {
        return read(model, shared, Capture::File(text.trim().to_owned()));
    }
    look(model, shared, text)
}

fn entered(model: &mut Model, shared: &mut Shared) -> Next {
    let text = model.field.text().trim().to_owned();
    if model.asks == Some(Asks::Who) {
        return ask_org(model, shared, Some(text).filter(|login| !login.is_empty()));
    }
    if text.is_empty() {
        if model.looked.is_some() {
            model.close();
        }
        return Next::none();
    }
    if model.asks == Some(Asks::File) || is_path(&text) {
        return read(model, shared, Capture::File(text));
    }
    look(model, shared, &text)
}

/// One line that names a capture. An address that ends so has `://` in it.
fn is_path(text: &str) -> bool {
    let path = text.trim().trim_matches(['\'', '"']);
    path.len() < 4_096
        && path.to_ascii_lowercase().ends_with(".har")
        && !path.contains(['\n', '{', '=', '<'])
        && !path.contains("://")
}

fn look(model: &mut Model, shared: &mut Shared, text: &str) -> Next {
    if text.len() > AT_ONCE {
        return read(model, shared, Capture::Text(Secret::new(text)));
    }
    // An answer about what was looked at before must not come over this.
    let busy = model.reading.is_some() || model.asking;
    model.take(Arc::new(paste(text, &shared.callbacks(), Some(shared.now))));
    model.trouble = None;
    if busy { Next::effects([shared.give_up(Slot::Capture)]) } else { Next::none() }
}

fn read(model: &mut Model, shared: &mut Shared, from: Capture) -> Next {
    model.reading = Some(match &from {
        Capture::File(path) => crate::text::Clean::new(path).to_string(),
        Capture::Text(_) => "the paste".into(),
    });
    model.trouble = None;
    model.asking = false;
    model.close();
    let callbacks = shared.callbacks();
    Next::effects([shared.start(Slot::Capture, Job::ReadCapture { from, callbacks })])
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    match id {
        C::Back if model.asks.is_some() && model.looked.is_some() => model.close(),
        C::Back if model.whole => (model.whole, model.scroll) = (false, 0),
        C::Back | C::Cancel if model.reading.is_some() || model.asking => {
            (model.reading, model.asking) = (None, false);
            return Next::effects([shared.give_up(Slot::Capture)]);
        }
        C::Back => return Next::go(Go::Back),
        C::Add => ask(model, Asks::Text),
        C::Diagnose => ask(model, Asks::File),
        C::Left | C::Right | C::Next | C::Previous if model.asks.is_none() && model.looked.is_some() => {
            model.tab = if model.tab == Tab::Why { Tab::Evidence } else { Tab::Why };
            model.scroll = 0;
        }
        // With no finding to open there is room for a paste.
        C::Open if model.looked.is_none() => ask(model, Asks::Text),
        C::Open => (model.whole, model.scroll) = (!model.whole, 0),
        C::Down => down(model),
        C::Up => up(model),
        C::PageDown => scroll(model, 10),
        C::PageUp => scroll(model, -10),
        C::Top => (model.cursor, model.scroll) = (0, 0),
        C::Bottom => scroll(model, isize::MAX),
        C::Again if model.can_ask() && model.asks.is_none() && !model.asking => {
            if shared.session.is_none() {
                shared.notice =
                    Some("Connect the org first: from the first screen. What is here stays.".into());
            } else if model.who_is_missing() {
                ask(model, Asks::Who);
            } else {
                return ask_org(model, shared, None);
            }
        }
        C::Fix => return fix::fix(model, shared),
        C::Copy => return copy(model, shared),
        C::Export => return bundle(model, shared),
        _ => {}
    }
    Next::none()
}

/// Asks the org what would settle it; without a login what is about the person stays open.
fn ask_org(model: &mut Model, shared: &mut Shared, who: Option<String>) -> Next {
    model.close();
    let Some(looked) = &model.looked else { return Next::none() };
    let evidence = looked.evidence.clone();
    (model.asking, model.trouble) = (true, None);
    Next::effects([shared.start(Slot::Capture, Job::AnswerNeeds { evidence, who })])
}

fn ask(model: &mut Model, asks: Asks) {
    model.asks = Some(asks);
    model.field = Field::default();
}

/// To the next finding; below the last one the text goes on.
fn down(model: &mut Model) {
    if model.tab == Tab::Why && !model.whole && model.cursor + 1 < model.count() {
        (model.cursor, model.scroll) = (model.cursor + 1, 0);
    } else {
        scroll(model, 1);
    }
}

fn up(model: &mut Model) {
    if model.scroll == 0 && model.tab == Tab::Why && !model.whole {
        model.cursor = model.cursor.saturating_sub(1);
    } else {
        scroll(model, -1);
    }
}

fn scroll(model: &mut Model, by: isize) {
    let last = body::lines(model, CELLS).len().saturating_sub(1);
    model.scroll = model.scroll.saturating_add_signed(by).min(last);
}

/// A folder for support: this, the configuration of the app that is open, and the last run.
fn bundle(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(looked) = &model.looked else { return Next::none() };
    let app = shared.work.as_ref().and_then(|work| match &work.draft.target {
        Target::Existing(id) => Some(id.clone()),
        Target::New => None,
    });
    model.saving = true;
    shared.notice = Some("Putting it together …".into());
    let evidence = Some(looked.evidence.clone());
    Next::effects([shared.start(Slot::Save, Job::SaveBundle { evidence, app })])
}

/// The finding as a message to whoever can do the fix, or the hops in order. No secret is in either.
fn copy(model: &Model, shared: &mut Shared) -> Next {
    let (text, said) = match (model.tab, model.finding(), &model.looked) {
        (Tab::Evidence, _, Some(looked)) => (words::hops(&looked.evidence).join("\n"), "The hops".to_owned()),
        (Tab::Why, Some(finding), _) => (
            words::message(finding),
            format!("A message for the {}", finding.who.words().trim_start_matches("the ")),
        ),
        _ => return Next::none(),
    };
    shared.notice = Some(format!("{said}: sent to your terminal's clipboard; some terminals ignore it."));
    Next::effects([Effect::Copy(Secret::new(text))])
}
