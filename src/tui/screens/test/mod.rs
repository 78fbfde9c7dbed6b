//! The flow tester: what is to be run, the hops as they come, and what each of them says.
//!
//! What may come in: a form's keys, hops, a question for a passcode, the trace at the end, a revealed value. The trace has holes
//! where secrets were; a value comes here only on the user's word, and goes again after 20 seconds.

mod body;
mod cause;
#[cfg(test)]
mod cause_tests;
mod detail;
#[cfg(test)]
mod device_tests;
mod form;
mod history;
#[cfg(test)]
mod history_tests;
mod log;
#[cfg(test)]
mod log_tests;
mod model;
mod run;
mod stepping;
#[cfg(test)]
mod stepping_tests;
#[cfg(test)]
mod tests;
mod unmasked;
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
            return vec![Scope::Question, Scope::List];
        }
        let mut scopes = vec![Scope::Test, Scope::List, Scope::App];
        if self.shown_run().is_some_and(stepping::is_stepping) {
            scopes.insert(0, Scope::Paused);
        }
        scopes
    }
    fn editing(&self, _shared: &Shared) -> bool {
        self.editing()
    }
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        self.run.as_ref().is_some_and(|run| !run.ended).then_some(Slot::Test)
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, shared, theme);
    }
}
