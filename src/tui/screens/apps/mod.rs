//! The apps of an org: edit one, or make a new one.

use super::{Msg, Next, Screen};
use crate::tui::command::Scope;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use ratatui::Frame;
use ratatui::layout::Rect;

/// The screen's state.
#[derive(Debug, Default)]
pub struct Model;

impl Screen for Model {
    fn update(&mut self, _shared: &mut Shared, _msg: Msg) -> Next {
        Next::none()
    }
    fn scopes(&self, _shared: &Shared) -> Vec<Scope> {
        vec![Scope::List]
    }
    fn editing(&self, _shared: &Shared) -> bool {
        false
    }
    fn page(&self, _shared: &Shared, _theme: Theme) -> Page {
        Page::default()
    }
    fn draw(&self, _frame: &mut Frame, _area: Rect, _shared: &Shared, _theme: Theme) {}
}
