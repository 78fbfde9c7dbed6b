//! What the keys of Diagnose do.

use super::model::Model;
use super::view::lines;
use crate::diagnose::diagnose;
use crate::secret::Secret;
use crate::setup::GATEWAY_CALLBACK;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next};
use crate::tui::shared::Shared;
use crate::tui::widgets::field::Field;
use crate::uri::Callback;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => *model = Model::default(),
        Msg::Paste(text) => {
            // The whole of it is looked at, line breaks too; the field shows it on one line.
            model.field = Field::default();
            model.field.paste(&text);
            look(model, shared, &text);
        }
        Msg::Edit(Key::Enter) => {
            let text = model.field.text().to_owned();
            look(model, shared, &text);
        }
        Msg::Edit(Key::Down | Key::PageDown) => model.open = false,
        Msg::Edit(key) => {
            model.field.key(key);
        }
        Msg::Command(C::Back) if model.open && model.pasted.is_some() => model.open = false,
        Msg::Command(C::Back) => return Next::go(Go::Back),
        Msg::Command(C::Open | C::Add | C::Next) => {
            model.open = true;
            model.field = Field::default();
        }
        Msg::Command(C::Down) => scroll(model, 1),
        Msg::Command(C::Up) => scroll(model, -1),
        Msg::Command(C::PageDown) => scroll(model, 10),
        Msg::Command(C::PageUp) => scroll(model, -10),
        Msg::Command(C::Top) => model.scroll = 0,
        Msg::Command(C::Bottom) => scroll(model, 10_000),
        Msg::Command(C::Copy) => {
            let Some(pasted) = &model.pasted else { return Next::none() };
            shared.notice = Some("Sent to your terminal's clipboard; some terminals ignore it.".into());
            return Next::effects([Effect::Copy(Secret::new(lines(pasted, 72).join("\n")))]);
        }
        _ => {}
    }
    Next::none()
}

fn look(model: &mut Model, shared: &Shared, text: &str) {
    let known = shared.session.as_ref().map(|s| s.callbacks.as_slice()).unwrap_or_default();
    let mut callbacks: Vec<Callback> = known
        .iter()
        .map(|(environment, uri)| Callback { environment: environment.clone(), uri: uri.clone() })
        .collect();
    if callbacks.is_empty() {
        callbacks.push(Callback { environment: "prod".into(), uri: GATEWAY_CALLBACK.into() });
    }
    model.pasted = Some(diagnose(text, &callbacks));
    model.scroll = 0;
    model.open = false;
}

fn scroll(model: &mut Model, by: isize) {
    let last = model.pasted.as_ref().map_or(0, |p| lines(p, 76).len().saturating_sub(1));
    model.scroll = model.scroll.saturating_add_signed(by).min(last);
}
