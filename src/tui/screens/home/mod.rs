//! Home: the doors, what was left unfinished, and the orgs that are known.
//!
//! What may come in: what is remembered on disk, and a session once there is one. A door that cannot be opened is not shown.

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
        update::update(self, shared, &msg)
    }
    fn scopes(&self, _shared: &Shared) -> Vec<Scope> {
        if self.question.is_some() { vec![Scope::Question, Scope::List] } else { vec![Scope::List] }
    }
    fn editing(&self, _shared: &Shared) -> bool {
        false
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
