//! What stands over the lists: one person, one group, and why somebody can or cannot sign in.

use crate::okta::model::User;
use crate::people::{GroupDetail, PersonDetail};
use crate::policy::why::{Remedy, Why};
use crate::run::job::Trouble;
use crate::tui::shared::Remote;

/// One person.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PersonView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) detail: Remote<PersonDetail>,
    pub(super) scroll: usize,
}

/// One group, its members page by page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GroupView {
    pub(super) name: String,
    pub(super) detail: Remote<GroupDetail>,
    pub(super) members: Vec<User>,
    /// All members that are shown are there.
    pub(super) complete: bool,
    /// Why they are not all of them.
    pub(super) trouble: Option<Trouble>,
    pub(super) scroll: usize,
}

/// Why somebody can or cannot sign in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WhyView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) why: Remote<Why>,
    pub(super) cursor: usize,
}

impl WhyView {
    /// The line under the cursor.
    pub(super) fn remedy(&self) -> Option<&Remedy> {
        self.why.value()?.lines.get(self.cursor)?.remedy.as_ref()
    }

    /// Everything in words, for the clipboard.
    pub(super) fn text(&self, app: &str) -> Option<String> {
        let why = self.why.value()?;
        let mut out = why.sentence(&self.login, app);
        for line in &why.lines {
            out.push_str(&format!("\n{}: {}. {}", line.question.words(), line.verdict.words(), line.saw));
            if let Some(remedy) = &line.remedy {
                out.push_str(&format!(" {}", remedy.sentence()));
            }
        }
        Some(out)
    }
}
