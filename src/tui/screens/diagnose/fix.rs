//! From a fix to the place where its change is made: a step of the app that is being worked on. Nothing is written from here.

use super::model::Model;
use crate::diagnose::{ChangeKind, rules};
use crate::setup::{RedirectUri, Target};
use crate::tui::screens::{Go, Next, Route};
use crate::tui::shared::{Remote, Shared, Work};

/// Leads to where the first fix that a plan can make is made; else says why there is none, or what to open first.
pub(super) fn fix(model: &Model, shared: &mut Shared) -> Next {
    let Some(finding) = model.finding() else { return Next::none() };
    let Some(change) = finding.fix.iter().find_map(|fix| fix.change) else {
        let who = finding.who.words();
        shared.notice = Some(format!("No change in Okta helps here; it is for: {who}. y copies a message."));
        return Next::none();
    };
    if let Some(words) = in_the_way(model, shared) {
        shared.notice = Some(words);
        return Next::none();
    }
    let requested = model.requested();
    let Some(work) = &mut shared.work else { return Next::none() };
    let (route, words) = match change {
        ChangeKind::AddRedirectUri => {
            work.draft.step = 3;
            (Route::Wizard, add_redirect_uri(work, requested))
        }
        ChangeKind::Assign => (Route::People, "Assign the person, or a group they are in."),
        ChangeKind::AddGrant | ChangeKind::AuthMethod | ChangeKind::AppSetting => {
            work.draft.step = 2;
            (Route::Wizard, "Step 2 has grant types, the client's authentication and PKCE.")
        }
        ChangeKind::AccessPolicy | ChangeKind::AddScope => {
            work.draft.step = 5;
            (Route::Wizard, "Step 5 has the authorization server, its scopes and its access policy.")
        }
        ChangeKind::NewSecret => (Route::Rotation, "A new secret is made here."),
        ChangeKind::Activate => (Route::Plan, "The plan of an app that is inactive activates it."),
    };
    shared.notice = Some(words.into());
    Next::go(Go::To(route))
}

/// What keeps a fix from being made here, and what to do about it.
fn in_the_way(model: &Model, shared: &Shared) -> Option<String> {
    if shared.session.is_none() {
        return Some("Connect the org first, open the app there, and come back here: f goes on.".into());
    }
    if shared.undoing() {
        return Some("An undo is under way: apply it or leave it first.".into());
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
    if shared.work.as_ref().is_some_and(|work| work.held_by.is_some()) {
        return Some("Another oktui has this app's draft open: make the change there.".into());
    }
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

/// Puts the redirect URI that was asked for into the draft. It came from what was pasted: whoever plans looks at it first.
fn add_redirect_uri(work: &mut Work, requested: Option<(String, Option<String>)>) -> &'static str {
    let Some((uri, environment)) = requested else {
        return "The redirect URI that was asked for is not known: add it here.";
    };
    let uris = &mut work.draft.setup.redirect_uris;
    if uris.iter().any(|row| row.uri == uri) {
        return "The redirect URI that was asked for is in the draft already.";
    }
    // A callback of the gateway is that environment's; of any other nobody knows whose it is.
    let known = environment.is_some();
    let wanted = environment.unwrap_or_else(|| "other".into());
    let name = (1..=uris.len() + 1)
        .map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}-{n}") })
        .find(|name| uris.iter().all(|row| row.environment != *name))
        .unwrap_or(wanted);
    uris.push(RedirectUri { environment: name, uri });
    work.plan = Remote::Idle;
    if known {
        "Added to the draft: the redirect URI that was asked for, a callback of the gateway."
    } else {
        "Added to the draft, and no known callback of the gateway: look at it before you plan."
    }
}
