//! What keys and answers do to the scenarios.

use super::Model;
use crate::run::job::{Job, Outcome, Slot};
use crate::tui::command::CommandId as C;
use crate::tui::screens::{Go, Msg, Next};
use crate::tui::shared::{Remote, Shared};

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    let last = model.rows().len().saturating_sub(1);
    match msg {
        Msg::Shown => return ask(model, shared, None),
        Msg::Done(Slot::Scenarios, Outcome::Scenarios(all)) => {
            let played = all.iter().position(|s| s.now);
            if matches!(model.scenarios, Remote::Loading) && model.cursor == 0 {
                model.cursor = played.unwrap_or(0);
            }
            model.scenarios = Remote::Ready(all);
        }
        Msg::Done(Slot::Scenarios, Outcome::Failed(trouble)) => {
            let before = std::mem::take(&mut model.scenarios);
            model.scenarios = Remote::Failed(trouble, before.value().cloned());
        }
        Msg::Command(C::Back) => return Next::go(Go::Back),
        Msg::Command(C::Up | C::Previous) => model.cursor = model.cursor.saturating_sub(1),
        Msg::Command(C::Down | C::Next) => model.cursor = (model.cursor + 1).min(last),
        Msg::Command(C::PageUp) => model.cursor = model.cursor.saturating_sub(10),
        Msg::Command(C::PageDown) => model.cursor = (model.cursor + 10).min(last),
        Msg::Command(C::Top) => model.cursor = 0,
        Msg::Command(C::Bottom) => model.cursor = last,
        Msg::Command(C::Again) => return ask(model, shared, None),
        Msg::Command(C::Open) => {
            let Some(name) = model.rows().get(model.cursor).map(|s| s.name.to_string()) else {
                return Next::none();
            };
            // Another app is there, or none: what was read of the org is of before.
            shared.apps = Remote::Idle;
            shared.work = None;
            shared.notice = Some(format!(
                "The demo org plays {name} now. The app is Practice Gateway, the person is ana."
            ));
            return ask(model, shared, Some(name));
        }
        Msg::Done(..) | Msg::Edit(_) | Msg::Paste(_) | Msg::Tick | Msg::Command(_) => {}
    }
    Next::none()
}

fn ask(model: &mut Model, shared: &mut Shared, play: Option<String>) -> Next {
    if shared.session.as_ref().is_none_or(|s| s.demo.is_none()) {
        model.scenarios = Remote::Idle;
        return Next::none();
    }
    if model.rows().is_empty() {
        model.scenarios = Remote::Loading;
    }
    Next::effects([shared.start(Slot::Scenarios, Job::Scenario(play))])
}
