//! Going on with what was left: a draft, or an apply that was interrupted. Home, Connect and the list of apps all lead here.

use crate::change::Plan;
use crate::run::job::{Job, Slot};
use crate::setup::{Draft, RedirectUri, Target};
use crate::tui::effect::Effect;
use crate::tui::shared::{Remote, Shared, Work};

/// A new app's draft as it begins: with the gateway's callbacks that are known for this org.
pub(super) fn fresh(shared: &Shared) -> Option<Draft> {
    let session = shared.session.as_ref()?;
    let mut draft = Draft::new(session.org.url.clone());
    if !session.callbacks.is_empty() {
        let callback = |(environment, uri): &(String, String)| RedirectUri {
            environment: environment.clone(),
            uri: uri.clone(),
        };
        draft.setup.redirect_uris = session.callbacks.iter().map(callback).collect();
    }
    if let Some(server) = &session.authorization_server {
        draft.setup.authorization_server.id.clone_from(server);
    }
    Some(draft)
}

/// The draft that is being worked on, if it is this app's and something was done to it: newer than what is on disk.
pub(super) fn in_hand<'a>(shared: &'a Shared, org_url: &str, target: &Target) -> Option<&'a Draft> {
    let draft = &shared.work.as_ref().filter(|work| work.undo.is_none())?.draft;
    let untouched = *target == Target::New && fresh(shared).is_some_and(|f| f.setup == draft.setup);
    (draft.org_url == org_url && draft.target == *target && !untouched).then_some(draft)
}

/// Goes on with a draft: with the one in hand where it is of the same app. An app that exists is read again beside it.
pub(super) fn draft(shared: &mut Shared, saved: Draft) -> Vec<Effect> {
    if in_hand(shared, &saved.org_url, &saved.target).is_some() {
        return Vec::new();
    }
    let target = saved.target.clone();
    let mut work = Work::new(saved);
    let effects = match target {
        Target::New => Vec::new(),
        Target::Existing(id) => {
            work.loaded = Remote::Loading;
            vec![shared.start(Slot::App, Job::LoadApp(id))]
        }
    };
    shared.work = Some(work);
    effects
}

/// Goes on with an apply that was interrupted: another app's draft steps aside.
pub(super) fn apply(shared: &mut Shared, plan: &Plan) {
    if shared.work.as_ref().is_some_and(|w| w.draft.setup.app.name != plan.label.as_str()) {
        shared.work = None;
    }
}
