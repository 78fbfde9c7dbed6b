//! Drift: a Setup file against the app as it is in the org, field by field; either side can be taken.
//!
//! What may come in: the file's path, and [`Job::Drift`](crate::run::job::Job::Drift)'s answer.

#[cfg(test)]
mod tests;
mod update;
mod view;

use super::{Msg, Next, Screen};
use crate::checkup::{Drifted, Field as Row};
use crate::okta::model::AppId;
use crate::run::job::{Drift, Slot};
use crate::tui::command::Scope;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::page::Page;
use ratatui::Frame;
use ratatui::layout::Rect;

/// The screen's state.
#[derive(Clone, Debug, Default)]
pub struct Model {
    app: Option<AppId>,
    /// The file.
    path: Field,
    /// Whether its field is open.
    open: bool,
    read: Remote<Drift>,
    /// Fields that are the same are shown too.
    all: bool,
    /// The row under the cursor: 0 is the file, then the fields.
    cursor: usize,
    /// A file of this screen's is being written.
    saving: bool,
}

impl Model {
    /// The rows that are shown: what is not the same, or all.
    fn rows(&self) -> Vec<&Row> {
        let fields = self.read.value().map(|drift| drift.fields.as_slice()).unwrap_or_default();
        fields.iter().filter(|field| self.all || field.kind != Drifted::Same).collect()
    }

    fn field(&self) -> Option<&Row> {
        self.rows().get(self.cursor.checked_sub(1)?).copied()
    }
}

impl Screen for Model {
    fn update(&mut self, shared: &mut Shared, msg: Msg) -> Next {
        update::update(self, shared, msg)
    }
    fn scopes(&self, _shared: &Shared) -> Vec<Scope> {
        vec![Scope::List, Scope::App]
    }
    fn editing(&self, _shared: &Shared) -> bool {
        self.open
    }
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        matches!(self.read, Remote::Loading).then_some(Slot::Drift)
    }
    fn page(&self, shared: &Shared, theme: Theme) -> Page {
        view::page(self, shared, theme)
    }
    fn draw(&self, frame: &mut Frame, area: Rect, _shared: &Shared, theme: Theme) {
        view::draw(self, frame, area, theme);
    }
}
