//! From a fix to the place where its change is made: a step of the app that is being worked on. Nothing is written from here.

use super::model::Model;
use crate::diagnose::rules;
use crate::setup::Target;
use crate::tui::screens::mend::{Clues, change_of, mend};
use crate::tui::screens::{Go, Next};
use crate::tui::shared::{Shared, Work};

/// Leads to where the first fix that a plan can make is made; else says why there is none, or what to open first.
pub(super) fn fix(model: &Model, shared: &mut Shared) -> Next {
    let (Some(finding), Some(looked)) = (model.finding(), &model.looked) else { return Next::none() };
    if change_of(finding).is_some()
        && let Some(words) = in_the_way(model, shared)
    {
        shared.notice = Some(words);
        return Next::none();
    }
    match mend(finding, &Clues::of(&looked.evidence, None), shared) {
        Ok((route, words)) => {
            shared.notice = Some(words);
            Next::go(Go::To(route))
        }
        Err(sentence) => {
            shared.notice = Some(sentence);
            Next::none()
        }
    }
}

/// What keeps a fix from being made here, and what to do about it.
fn in_the_way(model: &Model, shared: &Shared) -> Option<String> {
    if shared.session.is_none() {
        return Some("Connect the org first, open the app there, and come back here: f goes on.".into());
    }
    let looked = model.looked.as_ref()?;
    let client = rules::client_id(&looked.evidence);
    let live = |work: &Work| {
        let app = work.loaded.value().filter(|_| matches!(work.draft.target, Target::Existing(_)))?;
        app.app.client_id().map(|id| id.to_string())
    };
    let Some(open) = shared.work.as_ref().and_then(live) else {
        let which =
            client.map_or_else(|| "the app".into(), |id| format!("the app with client ID {}", clean(&id)));
        return Some(format!("Open {which} first, in the list of apps, and press f here again."));
    };
    // Evidence that names no client is taken to be about the app that is open.
    match client {
        Some(id) if id != open => {
            Some(format!("This is about client ID {}; another app is open. Open that one first.", clean(&id)))
        }
        _ => None,
    }
}

fn clean(id: &str) -> crate::text::Clean {
    crate::text::Clean::new(id)
}
