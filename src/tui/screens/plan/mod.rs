//! Review and apply: the one plan of everything that is staged, its confirmation, and its progress while it is applied.
//!
//! What may come in: a [`Job::MakePlan`](crate::run::job::Job::MakePlan) and its answer, an apply and its answers. What a change is
//! and what it costs is said by `change`; nothing is decided here.

mod detail;
#[cfg(test)]
pub(in crate::tui::screens) mod fixtures;
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
        if self.question.is_some() {
            vec![Scope::Question, Scope::List]
        } else {
            vec![Scope::Plan, Scope::List, Scope::App]
        }
    }
    fn editing(&self, shared: &Shared) -> bool {
        self.editing(shared)
    }
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        self.run.as_ref().is_some_and(|run| !run.ended).then_some(Slot::Apply)
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
