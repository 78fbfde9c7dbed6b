//! What is remembered between sessions: orgs without their tokens, and which authorization server an app was set up with.

use super::applying;
use super::error::RunError;
use super::job::{Connected, RememberedOrg, Start, Trouble, Unfinished};
use super::session::Session;
use crate::okta::model::AppId;
use crate::profile::{self, Org};
use crate::secret::FingerprintKey;
use crate::setup::GATEWAY_CALLBACK;
use crate::store::Places;
use crate::text::Clean;
use jiff::Timestamp;

/// Orgs and unfinished applies. What cannot be read is told, never a reason not to start.
pub fn start(places: &Places) -> Start {
    let mut start = Start::default();
    match profile::load(places) {
        Ok(orgs) => {
            start.orgs = orgs
                .org
                .iter()
                .map(|org| RememberedOrg {
                    label: Clean::new(&org.label),
                    url: org.url.clone(),
                    prod: org.prod,
                    read_only: org.read_only,
                    last_used: org.last_used,
                    sign_in: super::login::kept(org),
                })
                .collect();
            start.orgs.sort_by_key(|o| std::cmp::Reverse(o.last_used));
        }
        Err(e) => start.troubles.push(Trouble::new(e.to_string(), "")),
    }
    for org in &start.orgs {
        match applying::journal_of(places, &org.url) {
            Ok(journal) => start.unfinished.extend(
                crate::change::journal::unfinished(&journal)
                    .into_iter()
                    // A redirect URI for one run is taken back at the next connect, without anybody asked to go on.
                    .filter(|u| !u.plan.id.is_of_a_test())
                    .map(|u| Unfinished { done: u.settled(), plan: u.plan }),
            ),
            Err(e) => start.troubles.push(e.trouble()),
        }
    }
    start
}

/// Remembers an org that was connected to.
///
/// # Errors
/// The file of orgs cannot be read or written.
pub fn used(places: &Places, connected: &Connected) -> Result<(), RunError> {
    let mut orgs = profile::load(places)?;
    let known = orgs.find(&connected.org.url).cloned();
    let mut org = known.unwrap_or_else(|| Org::new(connected.label.to_string(), connected.org.url.clone()));
    org.label = connected.label.to_string();
    org.prod = connected.prod;
    org.read_only = connected.read_only;
    org.last_used = Some(Timestamp::now());
    orgs.remember(org);
    Ok(profile::save(places, &orgs)?)
}

/// What the profile of an org says of every session there.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    pub label: String,
    pub prod: bool,
    pub read_only: bool,
}

/// The marks of an org's profile: they hold whatever a face asks for. A file of orgs that cannot be read may hold one that forbids to
/// write, so without it there is no writing.
///
/// # Errors
/// The file cannot be read, and the session would write.
pub(super) fn marks(places: &Places, org_url: &str, read_only: bool) -> Result<Marks, RunError> {
    match profile::load(places) {
        Ok(orgs) => Ok(orgs.find(org_url).map_or_else(Marks::default, |org| Marks {
            label: org.label.clone(),
            prod: org.prod,
            read_only: org.read_only,
        })),
        Err(_) if read_only => Ok(Marks::default()),
        Err(e) => Err(e.into()),
    }
}

/// Forgets an org.
///
/// # Errors
/// The file of orgs cannot be read or written.
pub fn forget(places: &Places, url: &str) -> Result<(), RunError> {
    let mut orgs = profile::load(places)?;
    if orgs.forget(url) {
        profile::save(places, &orgs)?;
    }
    Ok(())
}

/// The gateway's callbacks that are known for an org: its own, else the production one of the gateway's guide.
pub fn callbacks(places: &Places, session: &Session) -> Vec<(String, String)> {
    let own = own_callbacks(places, session);
    if own.is_empty() { vec![("prod".into(), GATEWAY_CALLBACK.into())] } else { own }
}

/// The gateway's callbacks that the org's profile names.
pub(super) fn own_callbacks(places: &Places, session: &Session) -> Vec<(String, String)> {
    let orgs = profile::load(places).unwrap_or_default();
    let own = orgs.find(&session.org().url).map(|o| o.callbacks.clone()).unwrap_or_default();
    own.into_iter().map(|c| (c.environment, c.uri)).collect()
}

/// The authorization server that the org's profile names for new apps, and for those that nobody set up from here.
pub(super) fn default_server(places: &Places, org_url: &str) -> Option<String> {
    profile::load(places).unwrap_or_default().find(org_url)?.authorization_server.clone()
}

/// Percent of each rate limit that is left to the other users of this org, where its profile says so.
pub fn headroom(places: &Places, org_url: &str) -> Option<u8> {
    profile::load(places).unwrap_or_default().find(org_url)?.headroom.map(|percent| percent.min(90))
}

/// The authorization server that an app was last set up with from here, as its plan in the journal says.
pub fn server_of(places: &Places, org_url: &str, app: &AppId) -> Option<String> {
    let journal = applying::journal_of(places, org_url).ok()?;
    applying::last_hand_over(&journal, app).map(|h| h.server.as_str().to_owned())
}

/// The key of fingerprints of this installation.
///
/// # Errors
/// Its file cannot be read or made.
pub fn fingerprint_key(places: &Places) -> Result<FingerprintKey, RunError> {
    Ok(profile::install_key(places)?)
}
