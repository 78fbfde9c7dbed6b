//! The rows of the list of apps.

use crate::okta::model::{App, AppId};
use crate::run::job::SavedDraft;
use crate::setup::Target;
use crate::tui::screens::Route;
use crate::tui::shared::Shared;
use crate::tui::widgets::confirm::Question;
use crate::tui::widgets::field::Field;

/// The state of the list.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub(super) cursor: usize,
    pub(super) filter: Field,
    pub(super) filtering: bool,
    /// The app that is being read, and where to go with it.
    pub(super) opening: Option<(AppId, Route)>,
    pub(super) trouble: Option<crate::run::job::Trouble>,
    /// Whether to begin this app anew where there is a draft of it.
    pub(super) question: Option<(Question, Target)>,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row<'a> {
    New,
    Draft(&'a SavedDraft),
    App(&'a App),
}

/// The rows that match the filter.
pub(super) fn rows<'a>(model: &Model, shared: &'a Shared) -> Vec<Row<'a>> {
    let url = shared.session.as_ref().map(|s| s.org.url.as_str()).unwrap_or_default();
    let drafts = shared.start.value().map(|s| s.drafts.as_slice()).unwrap_or_default();
    let wanted = model.filter.text().to_lowercase();
    let mut rows = Vec::new();
    // What is to be tested or judged exists.
    if shared.door.is_none() {
        // A filter looks for what there is.
        rows.extend(wanted.is_empty().then_some(Row::New));
        let fits = |d: &&SavedDraft| {
            d.draft.org_url == url && d.draft.setup.app.name.to_lowercase().contains(&wanted)
        };
        rows.extend(drafts.iter().filter(fits).map(Row::Draft));
    }
    let apps = shared.apps.value().map(Vec::as_slice).unwrap_or_default();
    let fits = |a: &&App| {
        a.label().as_str().to_lowercase().contains(&wanted)
            || a.client_id().is_some_and(|c| c.as_str().to_lowercase().contains(&wanted))
    };
    rows.extend(apps.iter().filter(fits).map(Row::App));
    rows
}
