//! Who may sign in through an app: people and groups in two panes, their details, why somebody cannot sign in, lists from files, and
//! the review of who has access.
//!
//! The draft in `shared.work` is the state of record: what is staged here goes there, and the plan alone writes. People stay where
//! they were read into, `shared.directory`; here are only their places in it. Nothing here reads or writes: `update` asks for jobs.

mod buttons;
mod detail;
mod import;
mod item;
mod lists;
mod model;
mod over;
mod press;
pub(super) mod staging;
mod update;
mod view;

#[cfg(test)]
mod tests;

pub use model::Model;

use super::{Msg, Next, Screen};
use crate::run::job::Slot;
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
        vec![Scope::People, Scope::List, Scope::App]
    }
    fn editing(&self, _shared: &Shared) -> bool {
        self.editing()
    }
    fn running(&self, shared: &Shared) -> Option<Slot> {
        self.running().or(shared.directory.loading.then_some(Slot::Directory))
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
