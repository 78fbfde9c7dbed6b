//! From a finding to its mending: what a plan can change is put into the draft of the app that is open, and the plan is shown; what
//! it cannot is said. Nothing is written from here.

use super::Route;
use crate::diagnose::{Answer, ChangeKind, ClientAuth, Endpoint, Evidence, Finding, Need};
use crate::okta::model::ClientAuthentication;
use crate::setup::{AccessMode, Context, Edit, RedirectUri, Setup, Target, checks};
use crate::tui::shared::{Remote, Shared, Work};
use crate::uri::{Callback, is_near};

/// The scope that asks for a refresh token (OpenID Connect Core §11).
const OFFLINE: &str = "offline_access";

/// What the evidence says that a change would need.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Clues {
    /// The redirect URI that was asked for last, not cleaned, and the environment of the gateway whose callback it is.
    pub(super) requested: Option<(String, Option<String>)>,
    /// The login of the person who was refused.
    pub(super) login: Option<String>,
    /// How the client proved itself.
    pub(super) method: Option<ClientAuthentication>,
}

impl Clues {
    /// What `evidence` says; `login` where somebody has said who was refused.
    pub(super) fn of(evidence: &Evidence, login: Option<&str>) -> Self {
        let uri = evidence.hops.iter().rev().find_map(|hop| hop.redirect_uri.clone());
        let known =
            |uri: &str| evidence.callbacks.iter().find(|c| c.uri == uri).map(|c| c.environment.clone());
        let asked = evidence.answers.iter().find_map(|(need, answer)| match (need, answer) {
            (Need::AppUser { .. }, Answer::AppUser(facts)) => Some(facts.login.to_string()),
            _ => None,
        });
        let method = evidence.at(Endpoint::Token).filter_map(|hop| hop.client_auth).last();
        Self {
            requested: uri.map(|uri| (uri.clone(), known(&uri))),
            login: asked.or_else(|| login.map(str::to_owned)).filter(|login| !login.is_empty()),
            method: method.and_then(|method| match method {
                ClientAuth::Basic => Some(ClientAuthentication::ClientSecretBasic),
                ClientAuth::Post => Some(ClientAuthentication::ClientSecretPost),
                ClientAuth::Both | ClientAuth::Assertion | ClientAuth::None => None,
            }),
        }
    }
}

/// The kind of change that a plan could make for a finding: of its first fix that has one.
pub(super) fn change_of(finding: &Finding) -> Option<ChangeKind> {
    finding.fix.iter().find_map(|fix| fix.change)
}

/// Puts the change of the finding's first fix that has one into the draft, and says where to go with it.
///
/// # Errors
/// A sentence: nothing was changed, since it is for somebody else, or something is in the way.
pub(super) fn mend(finding: &Finding, clues: &Clues, shared: &mut Shared) -> Result<(Route, String), String> {
    let Some(change) = change_of(finding) else {
        let who = finding.who.words();
        return Err(format!("No change in Okta helps here; it is for: {who}. y copies a message."));
    };
    if shared.undoing() {
        return Err("An undo is under way: apply it or leave it first.".into());
    }
    let Some(work) = &mut shared.work else { return Err("Open the app first, in the list of apps.".into()) };
    if work.held_by.is_some() {
        return Err("Another oktui has this app's draft open: make the change there.".into());
    }
    let setup = &mut work.draft.setup;
    let (route, words) = match change {
        ChangeKind::AddRedirectUri => redirect_uri(work, clues.requested.clone()),
        ChangeKind::Assign => match &clues.login {
            Some(login) => (Route::Plan, assign(setup, login)),
            None => (Route::People, "Assign the person, or a group they are in.".into()),
        },
        ChangeKind::AccessPolicy => {
            setup.authorization_server.access_policy = true;
            (Route::Plan, "In the draft now: an access policy for this app, where none covers it.".into())
        }
        ChangeKind::AddGrant if finding.rule.starts_with("refresh.") => {
            setup.grants.refresh_token = true;
            let scopes = &mut setup.authorization_server.scopes;
            if !scopes.iter().any(|scope| scope == OFFLINE) {
                scopes.push(OFFLINE.into());
            }
            let words = "In the draft now: the Refresh Token grant, and offline_access.";
            (Route::Plan, words.into())
        }
        ChangeKind::AddGrant => {
            (Route::Plan, "The plan switches on the grants that the gateway needs.".into())
        }
        ChangeKind::AuthMethod => match clues.method {
            Some(method) => {
                setup.app.client_authentication = method;
                (Route::Plan, format!("In the draft now: {}, as it was sent.", method.as_str()))
            }
            None => {
                work.draft.step = 2;
                (Route::Wizard, "Step 2 has the client's authentication.".into())
            }
        },
        ChangeKind::AppSetting if finding.rule.starts_with("pkce.") => {
            setup.app.pkce_required = false;
            (
                Route::Plan,
                "In the draft now: Okta no longer demands PKCE; it still checks what is sent.".into(),
            )
        }
        ChangeKind::AppSetting => {
            return Err("For the Admin Console: the app's General tab. Plans leave this setting.".into());
        }
        ChangeKind::AddScope => {
            work.draft.step = 5;
            (Route::Wizard, "Step 5 has the authorization server and the scopes that are asked for.".into())
        }
        ChangeKind::NewSecret => (Route::Rotation, "A new secret is made here.".into()),
        ChangeKind::Activate => (Route::Plan, "The plan of an app that is inactive activates it.".into()),
    };
    if route == Route::Plan {
        // It is made from the draft as it is now.
        if let Some(work) = &mut shared.work {
            work.plan = Remote::Idle;
        }
    }
    Ok((route, words))
}

fn assign(setup: &mut Setup, login: &str) -> String {
    let access = &mut setup.access;
    if access.mode == AccessMode::Later {
        access.mode = AccessMode::Controlled;
    }
    if !access.people.iter().any(|known| known.eq_ignore_ascii_case(login)) {
        access.people.push(login.to_owned());
    }
    "In the draft now: the person, directly; a group of theirs would do as well.".into()
}

/// Puts the redirect URI that was asked for into the draft; in place of one that is meant to be the same, where the checks say so. What
/// came from a paste is looked at before it is planned.
fn redirect_uri(work: &mut Work, requested: Option<(String, Option<String>)>) -> (Route, String) {
    let Some((uri, environment)) = requested else {
        work.draft.step = 3;
        return (Route::Wizard, "The redirect URI that was asked for is not known: add it here.".into());
    };
    if work.draft.setup.redirect_uris.iter().any(|row| row.uri == uri) {
        if environment.is_none() {
            work.draft.step = 3;
        }
        let route = if environment.is_some() { Route::Plan } else { Route::Wizard };
        return (route, "The redirect URI that was asked for is in the draft already.".into());
    }
    let Some(environment) = environment else {
        // Of one that is no callback of the gateway nobody knows whose it is.
        let environment = free(&work.draft.setup, "other");
        work.draft.setup.redirect_uris.push(RedirectUri { environment, uri });
        work.plan = Remote::Idle;
        work.draft.step = 3;
        let words = "In the draft, and no known callback of the gateway: look at it first.";
        return (Route::Wizard, words.into());
    };
    let meant = Callback { environment: environment.clone(), uri: uri.clone() };
    let context = Context { callbacks: vec![meant], ..Context::default() };
    let slip = checks(&work.draft.setup, &context).into_iter().filter_map(|check| check.fix).find(
        |fix| matches!(&fix.edit, Edit::SetRedirectUri { from, to, .. } if *to == uri && is_near(&uri, from)),
    );
    let live = work.loaded.value().map(|loaded| &loaded.app).filter(|_| work.draft.target != Target::New);
    if let Some(fix) = slip
        && work.draft.mend(&fix, live)
    {
        return (Route::Plan, "In the draft now: the gateway's callback, in place of its near miss.".into());
    }
    let environment = free(&work.draft.setup, &environment);
    work.draft.setup.redirect_uris.push(RedirectUri { environment, uri });
    (Route::Plan, "In the draft now: the gateway's callback that was asked for.".into())
}

/// The name for an environment that no row has yet: `prod`, `prod-2` ….
fn free(setup: &Setup, wanted: &str) -> String {
    let rows = &setup.redirect_uris;
    (1..=rows.len() + 1)
        .map(|n| if n == 1 { wanted.to_owned() } else { format!("{wanted}-{n}") })
        .find(|name| rows.iter().all(|row| row.environment != *name))
        .unwrap_or_else(|| wanted.to_owned())
}
