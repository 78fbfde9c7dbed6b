//! Step 3, redirect URIs and sign-out URIs: a row for each environment of the gateway.

use super::model::{Id, Model};
use crate::setup::{Ask, Draft, Field as About, RedirectUri, Target};
use crate::tui::shared::{Shared, Work};
use crate::tui::widgets::form::{Part, Row, safe};
use crate::uri::Callback;

pub(super) fn rows(model: &Model, shared: &Shared, work: &Work) -> Vec<Row<Id>> {
    let setup = &work.draft.setup;
    let mut rows = vec![
        Row::heading("Redirect URIs"),
        Row::text("Okta sends people back to one of these. It compares character by character."),
        Row::blank(),
    ];
    for (at, line) in setup.redirect_uris.iter().enumerate() {
        let part = Part::Field { label: safe(&line.environment), value: safe(&line.uri) };
        rows.push(
            Row::new(Id::Uri(at), part)
                .label_id(Id::Environment(at))
                .state(model.word(&[About::RedirectUri(at), About::RedirectEnvironment(at)])),
        );
    }
    for (at, callback) in missing(shared, work).into_iter().enumerate() {
        let title = format!("add the known callback of {}", safe(&callback.environment));
        rows.push(Row::new(Id::Known(at), Part::Add(title)));
    }
    rows.push(Row::new(Id::AddUri, Part::Add("add a URI".into())).state(model.word(&[About::RedirectUris])));
    rows.push(Row::heading("Sign-out URIs (own list: Okta never mixes the two)"));
    for (at, uri) in setup.sign_out.uris.iter().enumerate() {
        let part = Part::Field { label: "sign-out".into(), value: safe(uri) };
        rows.push(Row::new(Id::SignOut(at), part).state(model.word(&[About::SignOutUri(at)])));
    }
    rows.push(Row::new(Id::AddSignOut, Part::Add("add a URI".into())));
    if work.draft.asks.iter().any(is_uri) {
        rows.push(Row::heading("Staged for removal"));
    }
    for (at, ask) in work.draft.asks.iter().enumerate() {
        let (label, uri) = match ask {
            Ask::RemoveRedirectUri(uri) => ("sign-in", uri),
            Ask::RemoveSignOutUri(uri) => ("sign-out", uri),
            Ask::UnassignPerson { .. }
            | Ask::UnassignGroup { .. }
            | Ask::SetUserName { .. }
            | Ask::Secret(_) => continue,
        };
        rows.push(Row::new(Id::Removed(at), Part::Fixed { label: label.into(), value: safe(uri) }));
    }
    rows
}

/// Whether an ask is about a URI: this step's.
pub(super) fn is_uri(ask: &Ask) -> bool {
    matches!(ask, Ask::RemoveRedirectUri(_) | Ask::RemoveSignOutUri(_))
}

/// Known callbacks that have no row.
pub(super) fn missing(shared: &Shared, work: &Work) -> Vec<Callback> {
    let rows = &work.draft.setup.redirect_uris;
    let there = |c: &Callback| {
        rows.iter().any(|r| r.uri == c.uri || r.environment.eq_ignore_ascii_case(&c.environment))
    };
    shared.callbacks().into_iter().filter(|c| !there(c)).collect()
}

/// Adds an empty row and tells which.
pub(super) fn add(draft: &mut Draft) -> Id {
    let taken =
        |name: &str| draft.setup.redirect_uris.iter().any(|r| r.environment.eq_ignore_ascii_case(name));
    let names = ["prod", "staging", "test", "dev"].map(str::to_owned);
    let numbered = (2..).map(|n| format!("other-{n}"));
    let environment = names.into_iter().chain(numbered).find(|n| !taken(n)).unwrap_or_default();
    draft.setup.redirect_uris.push(RedirectUri { environment, uri: String::new() });
    Id::Uri(draft.setup.redirect_uris.len().saturating_sub(1))
}

/// Takes a row away. A URI that an existing app has in Okta is asked to be removed as well: without that it would stay.
pub(super) fn remove(work: &mut Work, id: &Id) -> bool {
    let (live_in, live_out) = match work.loaded.value() {
        Some(loaded) => (loaded.app.redirect_uris(), loaded.app.sign_out_uris()),
        None => (Vec::new(), Vec::new()),
    };
    let draft = &mut work.draft;
    let existing = draft.target != Target::New;
    let ask = match id {
        Id::Uri(at) | Id::Environment(at) if *at < draft.setup.redirect_uris.len() => {
            let uri = draft.setup.redirect_uris.remove(*at).uri;
            let kept = draft.setup.redirect_uris.iter().any(|r| r.uri == uri);
            (existing && !kept && live_in.contains(&uri)).then_some(Ask::RemoveRedirectUri(uri))
        }
        Id::SignOut(at) if *at < draft.setup.sign_out.uris.len() => {
            let uri = draft.setup.sign_out.uris.remove(*at);
            let kept = draft.setup.sign_out.uris.contains(&uri);
            (existing && !kept && live_out.contains(&uri)).then_some(Ask::RemoveSignOutUri(uri))
        }
        _ => return false,
    };
    draft.asks.extend(ask);
    true
}

/// Takes a staged removal back: the row is there again.
pub(super) fn unstage(draft: &mut Draft, at: usize) -> bool {
    if !draft.asks.get(at).is_some_and(is_uri) {
        return false;
    }
    match draft.asks.remove(at) {
        Ask::RemoveRedirectUri(uri) if draft.setup.redirect_uris.iter().all(|r| r.uri != uri) => {
            add(draft);
            if let Some(row) = draft.setup.redirect_uris.last_mut() {
                row.uri = uri;
            }
        }
        Ask::RemoveSignOutUri(uri) if !draft.setup.sign_out.uris.contains(&uri) => {
            draft.setup.sign_out.uris.push(uri);
        }
        _ => {}
    }
    true
}
