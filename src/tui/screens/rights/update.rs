//! What keys and answers do to the rights.

use super::Model;
use crate::run::job::{Feature, Job, Outcome, Right, Slot};
use crate::secret::Secret;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::screens::{Go, Msg, Next};
use crate::tui::shared::{Remote, Shared};

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    let last = model.rows().len().saturating_sub(1);
    match msg {
        // Another org, or the same one signed in to anew: what was tried is of before.
        Msg::Done(Slot::Connect, Outcome::Connected(_)) => *model = Model::default(),
        Msg::Shown if matches!(model.features, Remote::Idle) => return ask(model, shared),
        Msg::Done(Slot::Rights, Outcome::Rights(mut all)) => {
            all.sort_by_key(order);
            model.cursor = 0;
            model.features = Remote::Ready(all);
        }
        Msg::Done(Slot::Rights, Outcome::Failed(trouble)) => {
            let before = std::mem::take(&mut model.features);
            model.features = Remote::Failed(trouble, before.value().cloned());
        }
        Msg::Command(C::Back) => return Next::go(Go::Back),
        Msg::Command(C::Up | C::Previous) => model.cursor = model.cursor.saturating_sub(1),
        Msg::Command(C::Down | C::Next) => model.cursor = (model.cursor + 1).min(last),
        Msg::Command(C::PageUp | C::Top) => model.cursor = 0,
        Msg::Command(C::PageDown | C::Bottom) => model.cursor = last,
        Msg::Command(C::Again) => return ask(model, shared),
        Msg::Command(C::Copy) => return copy(model, shared),
        Msg::Shown | Msg::Done(..) | Msg::Edit(_) | Msg::Paste(_) | Msg::Tick | Msg::Command(_) => {}
    }
    Next::none()
}

/// What is missing first, then what cannot be told.
fn order(feature: &Feature) -> u8 {
    match feature.right {
        Right::NoScope | Right::NoRole => 0,
        Right::NotTold | Right::Not(_) => 1,
        Right::Works => 2,
    }
}

fn ask(model: &mut Model, shared: &mut Shared) -> Next {
    if shared.session.is_none() {
        model.features = Remote::Idle;
        return Next::none();
    }
    if model.rows().is_empty() {
        model.features = Remote::Loading;
    }
    Next::effects([shared.start(Slot::Rights, Job::Preflight)])
}

/// A request for whoever can grant what is missing.
fn copy(model: &Model, shared: &mut Shared) -> Next {
    let missing: Vec<String> = model
        .rows()
        .iter()
        .filter(|feature| feature.is_missing())
        .map(|feature| format!("- {}: {}", feature.name, feature.why()))
        .collect();
    if missing.is_empty() {
        shared.notice = Some("Nothing is missing that could be asked for.".into());
        return Next::none();
    }
    let session = shared.session.as_ref();
    let (host, who) = session.map_or_else(Default::default, |s| (s.org.host(), s.me.user.login.to_string()));
    let text = format!("{who} at {host} needs, for oktui:\n{}\n", missing.join("\n"));
    shared.notice = Some(
        "A request for an admin was sent to your terminal's clipboard; some terminals ignore it.".into(),
    );
    Next::effects([Effect::Copy(Secret::new(text))])
}
