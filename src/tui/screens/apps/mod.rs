//! The apps of an org: edit one, make a new one, or test one.
//!
//! What may come in: a session. The list is read once and kept in `shared.apps`.

mod model;
#[cfg(test)]
mod tests;
mod update;
mod view;

use super::{Msg, Next, Screen};
use crate::tui::command::Scope;
use crate::tui::shared::Shared;
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
        if self.question.is_some() {
            vec![Scope::Question, Scope::List]
        } else {
            vec![Scope::List, Scope::App]
        }
    }
    fn running(&self, _shared: &Shared) -> Option<crate::run::job::Slot> {
        self.opening.is_some().then_some(crate::run::job::Slot::App)
    }
    fn editing(&self, _shared: &Shared) -> bool {
        self.filtering
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
