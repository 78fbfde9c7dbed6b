//! The hand-over: the six values in the order of the gateway's form, each copyable, the secret masked until it is asked for.
//!
//! What may come in: how an apply ended, an app that exists, an authorization server's answer, client secrets.

mod model;
#[cfg(test)]
mod tests;
mod update;
mod values;
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
        match &self.question {
            // `y` asked this one, so `y` is not its yes: arrows and Enter are.
            Some((_, model::Asked::Copy)) => vec![Scope::List],
            Some((_, model::Asked::Bare)) => vec![Scope::Question, Scope::List],
            None => vec![Scope::HandOver, Scope::List, Scope::App],
        }
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
