//! The journal: every write that was ever made from here, by whom, what became of it, and the way back. Marked ones are undone as a
//! plan, which the plan's screen shows, has confirmed and applies.
//!
//! What may come in: [`Job::LoadJournal`](crate::run::job::Job::LoadJournal)'s answer. With a session it is the journal of that org,
//! without one those of all orgs.

mod detail;
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
        vec![Scope::Journal, Scope::List]
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
