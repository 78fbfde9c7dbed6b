//! What the screens of an app have in common around their body: org and app on the left of the title line, and on its right what
//! the admin must never lose sight of (`PROD`, `DEMO`, `read-only`, the tightest rate limit).

use super::page::Page;
use crate::setup::Target;
use crate::text::{Clean, thousands};
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;

/// A page with its title line and, where something was just done, that in the line that explains.
pub fn page(shared: &Shared, theme: Theme, explain: impl Into<String>) -> Page {
    let mut title = shared
        .session
        .as_ref()
        .map_or("no org connected".to_owned(), |s| Clean::new(s.org.host()).to_string());
    if let Some(work) = &shared.work {
        let undo = if work.undo.is_some() { "undo, " } else { "" };
        let new = if work.undo.is_none() && work.draft.target == Target::New && work.applied.is_none() {
            " (new)"
        } else {
            ""
        };
        let name = Clean::new(&work.draft.setup.app.name);
        title = format!("{title} {} {undo}{name}{new}", theme.crumb());
    }
    let mut badges = Vec::new();
    if let Some(session) = &shared.session {
        if session.demo.is_some() {
            badges.push(("DEMO".to_owned(), theme.badge()));
        }
        if session.prod {
            badges.push(("PROD".to_owned(), theme.bad()));
        }
        if session.read_only {
            badges.push(("read-only".to_owned(), theme.warn()));
        }
    }
    if let Some(bucket) = shared.tightest() {
        badges.push((format!("{} {}/{}", bucket.name, bucket.remaining, bucket.limit), theme.quiet()));
    }
    if let Some(Remote::Ready(made)) = shared.work.as_ref().filter(|w| w.applied.is_none()).map(|w| &w.plan)
        && !made.plan.changes.is_empty()
    {
        badges.push((format!("{} staged", thousands(made.plan.changes.len())), theme.quiet()));
    }
    let explain = shared.notice.clone().unwrap_or_else(|| explain.into());
    Page { title, badges, explain, notice: shared.notice.is_some(), ..Page::default() }
}
