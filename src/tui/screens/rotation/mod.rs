//! The client secrets of an app, and their rotation step by step: make a second one, prove it, put it in everywhere, let the old one go.
//!
//! What may come in: an app that is being worked on, and where its rotation stands. Writes go through the plan like all others.

mod model;
#[cfg(test)]
mod tests;
mod update;
mod view;

use super::{Msg, Next, Screen};
use crate::run::job::Slot;
use crate::tui::command::Scope;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
pub use model::Model;
use ratatui::Frame;
use ratatui::layout::Rect;

impl Screen for Model {
    fn update(&mut self, shared: &mut Shared, msg: Msg) -> Next {
        update::update(self, shared, msg)
    }
    fn scopes(&self, _shared: &Shared) -> Vec<Scope> {
        vec![Scope::List, Scope::App]
    }
    fn editing(&self, _shared: &Shared) -> bool {
        self.adding
    }
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        (self.standing == Remote::Loading || self.busy.is_some()).then_some(Slot::Rotation)
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
