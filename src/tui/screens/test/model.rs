//! The state of the flow tester's screen.

use super::form::{Form, Item};
use super::history::History;
use super::run::Run;
use crate::flow::trace::Trace;
use crate::okta::model::AppId;
use crate::secret::Secret;
use crate::tui::shared::Shared;
use crate::tui::widgets::confirm::Question;

/// The screen's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Absent until the screen is shown for the first time.
    pub(super) form: Option<Form>,
    pub(super) run: Option<Run>,
    /// The run of this session, while an older one stands in its place.
    pub(super) aside: Option<Run>,
    /// The list of runs of before, once it was opened.
    pub(super) history: Option<History>,
    /// From which hop on the run that starts next stops.
    pub(super) from: Option<usize>,
    /// The form is in front of the last run.
    pub(super) on_form: bool,
    /// The runs of this session that have ended, the newest first, the shown one aside.
    pub(super) past: Vec<Trace>,
    /// How many runs there were in this session.
    pub(super) runs: u32,
    /// The app that this is about.
    pub(super) app: Option<AppId>,
    /// Whether a redirect URI of this machine may be written for one run.
    pub(super) question: Option<Question>,
    /// That was answered with yes, for the run that starts now.
    pub(super) agreed: bool,
    /// Its client secret, where the hand-over has read it.
    pub(super) secret: Option<Secret>,
}

impl Model {
    /// The run, where it is in front.
    pub(super) fn shown_run(&self) -> Option<&Run> {
        self.run.as_ref().filter(|_| !self.on_form)
    }

    /// The form, where it is in front.
    pub(super) fn shown_form(&self) -> Option<&Form> {
        let shown = (self.on_form || self.run.is_none()) && self.history.is_none();
        self.form.as_ref().filter(|_| shown)
    }

    /// The list of runs of before, where it is in front.
    pub(super) fn shown_history(&self) -> Option<&History> {
        self.history.as_ref().filter(|_| self.shown_run().is_none())
    }

    /// Whether a text field is open.
    pub(super) fn editing(&self) -> bool {
        match (self.shown_run(), self.shown_form()) {
            (Some(run), _) => {
                let altering = run.paused.as_ref().is_some_and(|paused| paused.field.is_some());
                run.unmasked.is_some() || altering || run.need.is_some() && run.open
            }
            (None, Some(form)) => form.open,
            (None, None) => false,
        }
    }

    /// The row of the form under the cursor.
    pub(super) fn item(&self, shared: &Shared) -> Option<Item> {
        self.shown_form().map(|form| form.item(shared))
    }
}
