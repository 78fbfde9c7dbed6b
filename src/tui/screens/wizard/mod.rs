//! The five steps of the gateway's guide, for a new app and for an existing one.
//!
//! The draft in `shared.work` is the state of record: everything here only adds to it, and the plan alone writes. `model` holds focus
//! and open field, each step builds its rows in a file of its own, `update` walks and changes them, `view` draws them.

mod access;
mod authentication;
mod basic;
mod grants;
mod model;
mod press;
mod redirects;
mod update;
mod view;

#[cfg(test)]
mod tests;

pub use model::Model;

use super::{Msg, Next, Screen};
use crate::tui::command::Scope;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use ratatui::Frame;
use ratatui::layout::Rect;

impl Screen for Model {
    fn update(&mut self, shared: &mut Shared, msg: Msg) -> Next {
        update::update(self, shared, msg)
    }
    fn scopes(&self, _shared: &Shared) -> Vec<Scope> {
        vec![Scope::Wizard, Scope::App, Scope::List]
    }
    fn editing(&self, _shared: &Shared) -> bool {
        self.open.is_some()
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
