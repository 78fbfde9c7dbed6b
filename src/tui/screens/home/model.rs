//! The rows of Home, derived from what is remembered.

use crate::run::job::{RememberedOrg, SavedDraft, Unfinished};
use crate::setup::Draft;
use crate::tui::shared::Shared;
use crate::tui::widgets::confirm::Question;

/// The state of Home.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub(super) cursor: usize,
    /// Whether to discard this draft.
    pub(super) question: Option<(Question, Box<Draft>)>,
}

/// A row that can be opened.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    SetUp,
    Test,
    CheckUp,
    Diagnose,
    Demo,
    Scenarios,
    Journal,
    Unfinished(Box<Unfinished>),
    Draft(Box<SavedDraft>),
    Org(RememberedOrg),
    Connect,
    Rights,
    Servers,
}

/// Every row in order.
pub(super) fn rows(shared: &Shared) -> Vec<Row> {
    let mut rows = vec![Row::SetUp, Row::Test, Row::CheckUp, Row::Diagnose];
    if shared.session.as_ref().is_none_or(|s| s.demo.is_none()) {
        rows.push(Row::Demo);
    } else {
        rows.push(Row::Scenarios);
    }
    rows.push(Row::Journal);
    rows.push(Row::Servers);
    if let Some(start) = shared.start.value() {
        rows.extend(start.unfinished.iter().cloned().map(|u| Row::Unfinished(Box::new(u))));
        rows.extend(start.drafts.iter().cloned().map(|d| Row::Draft(Box::new(d))));
        rows.extend(start.orgs.iter().cloned().map(Row::Org));
    }
    rows.push(Row::Connect);
    if shared.session.is_some() {
        rows.push(Row::Rights);
    }
    rows
}
