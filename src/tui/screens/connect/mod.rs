//! Connect: an org's URL, and an API token, a service app or a device code; or the demo org. Secrets are kept in memory only.
//!
//! What may come in: what a connection is wanted for (`shared.wanted`), and the answer to it.

mod model;
mod qr;
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
        self.open
    }
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        self.connecting.is_some().then_some(Slot::Connect)
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
