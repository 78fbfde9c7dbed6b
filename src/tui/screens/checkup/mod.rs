//! The check-up of the app that is being worked on: its configuration as it is in the org, judged without a sign-in. What keeps people
//! out comes first; a key leads from a finding to where it is mended.
//!
//! What may come in: [`Job::CheckUp`](crate::run::job::Job::CheckUp)'s answer. What is wrong is said by the room `checkup`.

mod fix;
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
        false
    }
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        matches!(self.found, Remote::Loading).then_some(Slot::CheckUp)
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, _shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, theme);
    }
}
