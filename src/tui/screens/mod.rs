//! The screens, one folder each. Every screen has a `Model` with the same four functions; see [`Screen`].

use super::command::{CommandId, Scope};
use super::effect::Effect;
use super::key::Key;
use super::shared::Shared;
use super::theme::Theme;
use super::widgets::page::Page;
use crate::run::job::{Outcome, Slot};
use ratatui::Frame;
use ratatui::layout::Rect;

pub mod apps;
pub mod calls;
pub mod checkup;
pub mod connect;
pub mod diagnose;
pub mod drift;
pub mod handover;
pub mod home;
pub mod inventory;
pub mod journal;
mod mend;
pub mod people;
pub mod plan;
mod resume;
pub mod rights;
pub mod rotation;
pub mod scenarios;
pub mod test;
pub mod wizard;

/// Which screen is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// The doors.
    Home,
    /// Connecting to an org.
    Connect,
    /// The apps of the org.
    Apps,
    /// The five steps.
    Wizard,
    /// Who may sign in.
    People,
    /// Review and apply.
    Plan,
    /// The six values.
    HandOver,
    /// The client secrets, and their rotation.
    Rotation,
    /// The flow tester.
    Test,
    /// What went wrong, from something pasted.
    Diagnose,
    /// An app's configuration, judged.
    CheckUp,
    /// Every write that was made from here.
    Journal,
    /// The calls of the management API.
    Calls,
    /// What the demo org can play.
    Scenarios,
    /// What the session may do.
    Rights,
    /// A Setup file against the app.
    Drift,
    /// Which MCP servers use which app.
    Inventory,
}

/// A message to a screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// It is shown now, for the first time or again.
    Shown,
    /// A command that is in force.
    Command(CommandId),
    /// A key that is text or editing, while a field is open.
    Edit(Key),
    /// A paste. With no field open a screen may take it for what it is, or ignore it.
    Paste(String),
    /// An event of a job; every screen gets it, after the shared state has taken it in.
    Done(Slot, Outcome),
    /// A tick that was asked for with [`Effect::Wake`].
    Tick,
}

/// What an update leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Next {
    /// Effects, in order.
    pub effects: Vec<Effect>,
    /// Another screen.
    pub go: Option<Go>,
}

/// A way to another screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// To this screen; Esc comes back here.
    To(Route),
    /// To this screen in place of this one.
    Instead(Route),
    /// Back to where we came from.
    Back,
}

impl Next {
    /// Nothing follows.
    pub fn none() -> Self {
        Self::default()
    }
    /// Only these effects.
    pub fn effects(effects: impl IntoIterator<Item = Effect>) -> Self {
        Self { effects: effects.into_iter().collect(), go: None }
    }
    /// Only another screen.
    pub fn go(go: Go) -> Self {
        Self { effects: Vec::new(), go: Some(go) }
    }
    /// These effects as well.
    pub fn and(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects.extend(effects);
        self
    }
}

/// What every screen's model offers. `update` is pure: it reads no clock and no file, and never fails.
pub trait Screen {
    /// Takes a message.
    fn update(&mut self, shared: &mut Shared, msg: Msg) -> Next;
    /// The scopes in force, narrowest first.
    fn scopes(&self, shared: &Shared) -> Vec<Scope>;
    /// Whether a text field is open: then every printable key is text.
    fn editing(&self, shared: &Shared) -> bool;
    /// Whether something runs that Ctrl-C should stop before it leaves.
    fn running(&self, _shared: &Shared) -> Option<Slot> {
        None
    }
    /// Title, second line, explanation and hints.
    fn page(&self, shared: &Shared, theme: Theme) -> Page;
    /// Draws the body.
    fn draw(&self, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme);
}
