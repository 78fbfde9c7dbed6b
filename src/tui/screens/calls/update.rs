//! What keys and answers do to the list of calls.

use super::Model;
use crate::run::job::{Job, Outcome, Slot};
use crate::secret::Secret;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::screens::{Go, Msg, Next};
use crate::tui::shared::Shared;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => {
            model.whole = false;
            model.cursor = 0;
            read(model, shared)
        }
        Msg::Done(Slot::Calls, Outcome::Calls(calls)) => {
            // The cursor stays on its call, whatever came on top of it.
            let held = model.under_cursor().map(|c| c.number).filter(|_| model.cursor > 0 || model.whole);
            model.calls = calls;
            model.cursor =
                held.and_then(|n| model.calls.iter().position(|c| c.number == n)).unwrap_or_default();
            Next::none()
        }
        Msg::Command(id) => command(model, shared, id),
        Msg::Done(..) | Msg::Edit(_) | Msg::Paste(_) | Msg::Tick => Next::none(),
    }
}

fn read(model: &mut Model, shared: &mut Shared) -> Next {
    if shared.session.is_none() {
        model.calls.clear();
        return Next::none();
    }
    Next::effects([shared.start(Slot::Calls, Job::LoadCalls)])
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let last = model.calls.len().saturating_sub(1);
    match id {
        C::Back if model.whole => model.whole = false,
        C::Back => return Next::go(Go::Back),
        C::Again => return read(model, shared),
        C::Open => model.whole = !model.whole && !model.calls.is_empty(),
        C::Up => model.cursor = model.cursor.saturating_sub(1),
        C::Down => model.cursor = (model.cursor + 1).min(last),
        C::PageUp => model.cursor = model.cursor.saturating_sub(10),
        C::PageDown => model.cursor = (model.cursor + 10).min(last),
        C::Top => model.cursor = 0,
        C::Bottom => model.cursor = last,
        C::Copy => {
            let (Some(call), Some(session)) = (model.under_cursor(), &shared.session) else {
                return Next::none();
            };
            let text = Secret::new(call.curl(&session.org.url));
            shared.notice =
                Some("Sent to your terminal's clipboard, without the token: the environment has it.".into());
            return Next::effects([Effect::Copy(text)]);
        }
        _ => {}
    }
    Next::none()
}
