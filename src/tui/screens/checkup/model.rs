//! What was found, and what of it is looked at.

use crate::checkup::{Finding, Harm, Place};
use crate::okta::model::AppId;
use crate::text::pad;
use crate::tui::shared::Remote;
use crate::tui::widgets::wrap::wrap;

/// The state of the check-up.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Which app it is about.
    pub(super) app: Option<AppId>,
    pub(super) found: Remote<Vec<Finding>>,
    /// What the look before this one found.
    pub(super) before: Vec<Finding>,
    /// Whether the client secrets are looked at as well.
    pub(super) secrets: bool,
    /// The row under the cursor, from 0: a finding, or the button below them.
    pub(super) cursor: usize,
    /// The finding under the cursor has the whole body.
    pub(super) whole: bool,
    /// Lines of it that are above the first one drawn.
    pub(super) scroll: usize,
    /// A file of this screen's is being written.
    pub(super) saving: bool,
}

impl Model {
    /// What was found.
    pub(super) fn findings(&self) -> &[Finding] {
        self.found.value().map_or(&[], Vec::as_slice)
    }

    /// The finding under the cursor.
    pub(super) fn finding(&self) -> Option<&Finding> {
        self.findings().get(self.cursor)
    }

    /// Whether the row that asks for the secrets stands below the findings.
    pub(super) fn asks_for_secrets(&self) -> bool {
        !self.secrets && self.found.value().is_some()
    }

    /// Whether the cursor is on it.
    pub(super) fn on_button(&self) -> bool {
        self.asks_for_secrets() && self.cursor == self.findings().len()
    }

    /// The last row.
    pub(super) fn last(&self) -> usize {
        (self.findings().len() + usize::from(self.asks_for_secrets())).saturating_sub(1)
    }

    /// What the look before found and this one does not.
    pub(super) fn gone(&self) -> Vec<&Finding> {
        let now = self.findings();
        let still = |f: &Finding| now.iter().any(|n| n.rule == f.rule && n.title == f.title);
        self.before.iter().filter(|f| f.harm != Harm::NotRead && !still(f)).collect()
    }
}

/// All about a finding, at most `cells` cells a line.
pub(super) fn lines(finding: &Finding, cells: usize) -> Vec<String> {
    const HEAD: usize = 7;
    let mut out = Vec::new();
    let mut say = |name: &str, text: &str| {
        for (i, part) in wrap(text, cells.saturating_sub(HEAD).max(1)).into_iter().enumerate() {
            out.push(format!("{}{part}", pad(if i == 0 { name } else { "" }, HEAD)));
        }
    };
    for (i, saw) in finding.evidence.iter().enumerate() {
        say(if i == 0 { "saw" } else { "" }, saw);
    }
    for (name, text) in [("why", finding.why.as_str()), ("help", &finding.help)] {
        if !text.is_empty() {
            say(name, text);
        }
    }
    if let Some(leads) = leads(finding) {
        say("f", &leads);
    }
    say("who", finding.who.words());
    if !finding.source.is_empty() {
        say("from", finding.source);
    }
    out
}

/// Where the key of a fix leads, in words.
fn leads(finding: &Finding) -> Option<String> {
    if let Some(fix) = &finding.fix {
        return Some(format!("{}: put into the draft, and its plan shown", fix.title));
    }
    Some(match finding.place()? {
        Place::Step(step) => format!("leads to step {step}"),
        Place::People => "leads to people and groups".into(),
        Place::Secrets => "leads to the client secrets".into(),
        Place::Plan => "leads to the plan".into(),
    })
}
