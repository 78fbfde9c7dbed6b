//! What the session may do: each feature with the scope and the role that it needs, tried by small reads.
//!
//! What may come in: [`Job::Preflight`](crate::run::job::Job::Preflight)'s answer.

#[cfg(test)]
mod tests;
mod update;
mod view;

use super::{Msg, Next, Screen};
use crate::run::job::{Feature, Slot};
use crate::tui::command::Scope;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use ratatui::Frame;
use ratatui::layout::Rect;

/// The screen's state.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What is missing first.
    features: Remote<Vec<Feature>>,
    /// The row under the cursor, from 0.
    cursor: usize,
}

impl Model {
    fn rows(&self) -> &[Feature] {
        self.features.value().map_or(&[], Vec::as_slice)
    }

    fn feature(&self) -> Option<&Feature> {
        self.rows().get(self.cursor)
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
