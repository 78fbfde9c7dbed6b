//! The state of the hand-over.

use super::values::NAMES;
use crate::okta::model::{AppId, ClientSecret, Readable};
use crate::run::job::Trouble;
use crate::tui::shared::Shared;
use crate::tui::widgets::confirm::Question;
use jiff::Timestamp;

/// The screen's state. The secret of an apply stays where the apply left it; here are only secrets that were read for this screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The row under the cursor: a value, then the buttons.
    pub(super) cursor: usize,
    /// Which environment's redirect URI is shown.
    pub(super) environment: usize,
    pub(super) question: Option<(Question, Asked)>,
    /// Until when the secret is shown.
    pub(super) shown_until: Option<Timestamp>,
    /// The app whose secrets these are.
    pub(super) app: Option<AppId>,
    pub(super) secrets: Readable<Vec<ClientSecret>>,
    pub(super) loading: bool,
    pub(super) trouble: Option<Trouble>,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Sending the secret to the clipboard.
    Copy,
    /// All values on the bare screen, the secret among them.
    Bare,
}

/// What stands in a row below the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Button {
    /// Reads the secret of an existing app.
    LoadSecret,
    /// To the plan: there is no app yet.
    Plan,
    /// To the test.
    Test,
    /// To the client secrets and their rotation.
    Rotate,
}

impl Model {
    /// The buttons below the values.
    pub(super) fn buttons(&self, shared: &Shared) -> Vec<Button> {
        if super::values::app_id(shared).is_none() {
            return vec![Button::Plan];
        }
        let missing = matches!(super::values::secret(self, shared), super::values::Value::Missing(_));
        let mut buttons = vec![Button::Test, Button::Rotate];
        if missing && !self.loading {
            buttons.insert(0, Button::LoadSecret);
        }
        buttons
    }

    /// The button under the cursor.
    pub(super) fn button(&self, shared: &Shared) -> Option<Button> {
        self.buttons(shared).get(self.cursor.checked_sub(NAMES.len())?).copied()
    }

    /// Whether the secret is in the open.
    pub(super) fn showing(&self, shared: &Shared) -> bool {
        self.shown_until.is_some_and(|until| shared.now < until)
    }
}
