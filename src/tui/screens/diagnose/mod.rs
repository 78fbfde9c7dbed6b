//! Diagnose: paste what failed or open a capture, and read which leg and why. Needs no org; nothing is kept. With an org
//! connected, a key asks it what would settle the matter, by reads only, and another leads to where a fix is made.
//!
//! What may come in: text, or a file that the runner reads. What it means is said by the room `diagnose`.

mod body;
mod fix;
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
    fn scopes(&self, _shared: &Shared) -> Vec<Scope> {
        vec![Scope::List]
    }
    fn editing(&self, _shared: &Shared) -> bool {
        self.asks.is_some()
    }
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        (self.reading.is_some() || self.asking).then_some(Slot::Capture)
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, _shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, theme);
    }
}
