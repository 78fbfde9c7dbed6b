//! The calls of the management API that this session made, the newest first: what the screens stand on, to look at or to repeat in a
//! shell. Neither tokens nor bodies are in it.
//!
//! What may come in: [`Job::LoadCalls`](crate::run::job::Job::LoadCalls)'s answer.

#[cfg(test)]
mod tests;
mod update;
mod view;

use super::{Msg, Next, Screen};
use crate::okta::model::CallMade;
use crate::tui::command::Scope;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use ratatui::Frame;
use ratatui::layout::Rect;

/// The screen's state.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The newest first.
    calls: Vec<CallMade>,
    /// The row under the cursor, from 0.
    cursor: usize,
    /// The call under the cursor has the whole body.
    whole: bool,
}

impl Model {
    fn under_cursor(&self) -> Option<&CallMade> {
        self.calls.get(self.cursor)
    }
}

impl Screen for Model {
    fn update(&mut self, shared: &mut Shared, msg: Msg) -> Next {
        update::update(self, shared, msg)
    }
    fn scopes(&self, _shared: &Shared) -> Vec<Scope> {
        vec![Scope::List]
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
