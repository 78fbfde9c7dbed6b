//! The inventory: which MCP servers use which app and which client secret. Every change goes into its file at once.
//!
//! What may come in: [`Outcome::Inventory`](crate::run::job::Outcome::Inventory), and how an apply ended that gave a server an app of
//! its own.

mod model;
#[cfg(test)]
mod tests;
mod update;
mod view;

use super::{Msg, Next, Screen};
use crate::run::job::Slot;
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
    fn scopes(&self, shared: &Shared) -> Vec<Scope> {
        if self.question.is_some() {
            return vec![Scope::Question, Scope::List];
        }
        match shared.work {
            Some(_) => vec![Scope::List, Scope::App],
            None => vec![Scope::List],
        }
    }
    fn editing(&self, _shared: &Shared) -> bool {
        self.editing()
    }
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        None
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
