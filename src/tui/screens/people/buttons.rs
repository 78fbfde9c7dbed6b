//! The buttons below the lists: with Tab, arrows and Enter alone, everything that the letters do can be done.

use super::lists::Pane;
use super::model::Model;
use super::update;
use crate::tui::command::CommandId as C;
use crate::tui::screens::{Go, Next};
use crate::tui::shared::Shared;

/// The buttons, each with what it runs.
pub(super) fn all(model: &Model) -> Vec<(&'static str, C)> {
    let mut all = vec![match model.pane {
        Pane::Available => ("Assign", C::Add),
        Pane::Assigned | Pane::Review => ("Remove", C::Remove),
    }];
    all.push(("Filter", C::Filter));
    match model.pane {
        Pane::Available => all.push(("Ask Okta", C::AskOkta)),
        Pane::Review => all.push(("Save", C::Export)),
        Pane::Assigned => {}
    }
    all.push(match (model.pane, model.groups) {
        (Pane::Review, _) => ("View", C::View),
        (_, true) => ("People", C::View),
        (_, false) => ("Groups", C::View),
    });
    all.extend([("Import", C::Import), ("Plan", C::Plan), ("Done", C::Back)]);
    all
}

/// Keys while a button has the focus; `None` where they are the list's own: then the focus is back there.
pub(super) fn command(model: &mut Model, shared: &mut Shared, id: C) -> Option<Next> {
    let at = model.button?;
    let all = all(model);
    match id {
        C::Left => model.button = Some(at.saturating_sub(1)),
        C::Right => model.button = Some((at + 1).min(all.len().saturating_sub(1))),
        C::Back => model.button = None,
        C::Open => {
            model.button = None;
            let command = all.get(at).map(|(_, command)| *command)?;
            return Some(match command {
                C::Back => Next::go(Go::Back),
                command => update::command(model, shared, command),
            });
        }
        _ => {
            model.button = None;
            return None;
        }
    }
    Some(Next::none())
}
