//! A whole small Okta on loopback: people, groups, apps, authorization servers, policies, sign-in, tokens, System Log.
//!
//! It stands apart: nothing of this crate comes in, not even a type, so that a mistake in how oktui reads Okta's API
//! description cannot be the same mistake here. It is a second reading of the same description (management and OAuth
//! OpenAPI, release 2026.06.3). Everything is derived from a seed; what is created while it runs lives in memory and is
//! gone when it stops. It listens on 127.0.0.1 only and holds no real secret.
//!
//! Besides Okta's own paths, the same port has a control path, JSON and without authentication:
//!
//! | call | what it does |
//! | --- | --- |
//! | `GET /__demo/describe` | addresses, tokens, groups, authorization servers |
//! | `GET /__demo/people` | of the first 60, everybody with a note among them: login, password, note, status; `current_code` where a one-time code is enrolled |
//! | `GET /__demo/writes` | every management call that changed something: method, path, status, request id |
//! | `GET /__demo/counts` | management calls so far by the status of their answer, `"0"` where it was broken off; `DELETE` begins anew |
//! | `GET /__demo/oauth` | every call of an OAuth endpoint |
//! | `GET /__demo/callbacks` | what arrived at the gateway's callback |
//! | `GET /__demo/scenario` | the scenario that is played, and all there are |
//! | `POST /__demo/scenario` `{"name":"mfa-required"}` | switches the [`Scenario`]; the app of the one before is taken away, with what was repaired on it |
//! | `POST /__demo/faults` `{"match":"/api/v1/apps","kind":"status","status":429,"times":2}` | trouble on demand; kinds `status truncate html big slow reset reset_after` (the last one after the work is done), `method` and `delay_ms` optional; with `"percent":1` in place of `times` that part of the matching calls, without end |
//! | `DELETE /__demo/faults` | forgets the faults that wait |
//! | `POST /__demo/traffic` `{"latency_ms":40,"window_ms":6000,"limit":600,"concurrent":15,"others_percent":30,"headers":"okta"}` | latency, limits, other clients, and what is told of them (`okta`, `none`, `retry-after`); what is not named stays; another limit or window begins anew |
//! | `POST /__demo/login/service-app` `{"jwks":{"keys":[…]},"scopes":["okta.apps.read"],"roles":["APP_ADMIN"],"dpop":false,"label":…}` | makes an API Services app with `private_key_jwt`, its grants and administrator roles; gives `id` and `client_id` |
//! | `POST /__demo/login/device-app` `{"scopes":[…],"refresh":true,"label":…}` | makes a native app with the device grant, open to everybody |
//! | `GET /activate` | the page on which a person does the same, with their password |
//! | `GET /__demo/login/device` | the device codes that wait |
//! | `POST /__demo/login/device` `{"user_code":"ABCDEFGH","login":"ana@…","deny":false}` | a person approves a device, or refuses; who is not assigned refuses |
//! | `POST /__demo/login/tokens` `{"lifetime_seconds":5,"all_or_nothing":false}` | how long access tokens with `okta.*` scopes live (`null`: an hour), and whether one scope that is not granted makes the request fail |
//! | `DELETE /__demo/login/tokens` | revokes all access and refresh tokens; with `?refresh=keep` the access tokens alone |
//! | `POST /__demo/clock` `{"advance_seconds":301}` | moves the demo's clock |

mod apps;
mod assignments;
mod authn;
mod authorize;
mod bearer;
mod call;
mod client_auth;
mod client_settings;
mod clock;
mod control;
mod device;
mod discovery;
mod error;
mod faults;
mod filter;
mod grants;
mod groups;
mod history;
mod issue;
mod keys;
mod limits;
mod log;
mod login;
mod management;
mod organization;
mod page;
mod paging;
mod people;
mod policy;
mod practice;
mod routes;
mod scenario;
mod secrets;
mod seed;
mod serve;
mod server_policies;
mod servers;
mod service;
mod signon;
mod state;
mod token;
mod traffic;
mod users;

pub use scenario::Scenario;
pub use traffic::{RateHeaders, Traffic};

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What kind of org to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// People in the org, the eight with a note included. Default 60.
    pub users: usize,
    /// Groups, the six that are always there included. Default 12.
    pub groups: usize,
    /// Decides ids, names, memberships and the API token. Default 1.
    pub seed: u64,
    /// Port on 127.0.0.1; 0 takes a free one. Default 0.
    pub port: u16,
    /// Which Okta this is. Default [`Engine::Identity`].
    pub engine: Engine,
    /// How the org is set up to behave. Default [`Scenario::Plain`].
    pub scenario: Scenario,
    /// How crowded it is, and how long the way to it. Default: nobody else, no latency, Okta's limits.
    pub traffic: Traffic,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            users: 60,
            groups: 12,
            seed: 1,
            port: 0,
            engine: Engine::Identity,
            scenario: Scenario::Plain,
            traffic: Traffic::default(),
        }
    }
}

/// Okta's two generations, told apart by `pipeline` in `/.well-known/okta-organization`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// Okta Identity Engine, `pipeline: idx`: apps have a sign-in policy of their own.
    #[default]
    Identity,
    /// Okta Classic Engine, `pipeline: v1`: app sign-on rules are not in the public API.
    Classic,
}

impl Engine {
    /// `identity` or `classic`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Classic => "classic",
        }
    }
}

/// A name that is none of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not known; known are: {known}")]
pub struct UnknownName {
    given: String,
    known: String,
}

impl FromStr for Engine {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "identity" => Ok(Self::Identity),
            "classic" => Ok(Self::Classic),
            _ => Err(UnknownName { given: text.to_owned(), known: "identity, classic".to_owned() }),
        }
    }
}

/// Why the demo org did not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The port is taken, or loopback cannot be used.
    #[error("the demo org cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A demo org at work. Dropping it stops the server.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    org_url: String,
    api_token: String,
    gateway_callback: String,
    shared: Arc<serve::Shared>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

/// Binds 127.0.0.1 and serves. Returns as soon as the port listens; the signing key is made meanwhile, and only what
/// needs a signature waits for it.
pub async fn start(options: Options) -> Result<Running, DemoError> {
    let port = options.port;
    let listen = |source| DemoError::Listen { port, source };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let org = state::Org::new(&options);
    let api_token = org.api_token.clone();
    let shared = Arc::new(serve::Shared::new(org));
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve::run(listener, Arc::clone(&shared), stopped));
    let org_url = format!("http://{address}");
    let gateway_callback = format!("{org_url}/gateway/v1/outbound/oauth/callback");
    Ok(Running { address, org_url, api_token, gateway_callback, shared, stop: Some(stop), server })
}

impl Running {
    /// `http://127.0.0.1:{port}`, without a slash at the end.
    pub fn org_url(&self) -> &str {
        &self.org_url
    }

    /// An SSWS token that may do everything.
    pub fn api_token(&self) -> &str {
        &self.api_token
    }

    /// The redirect URI of the stand-in for the gateway; what arrives there is listed by `GET /__demo/callbacks`.
    pub fn gateway_callback(&self) -> &str {
        &self.gateway_callback
    }

    /// Where the demo listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `{org_url, api_token, read_only_api_token, gateway_callback, engine, scenario, people, users: [{id, login, name,
    /// password, status, note}], groups: [{id, name, type}], authorization_servers: [{id, name, issuer, audience}]}`.
    ///
    /// `users` holds the first 60 at most, which include everybody with a note, however many there are; the org
    /// authorization server has `id: null`.
    pub fn describe(&self) -> serde_json::Value {
        self.shared.org().describe(&self.org_url)
    }

    /// Stops the server and waits until the port is free.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone only if the server has ended already.
            let _ = stop.send(());
        }
        // A connection that somebody keeps open must not hold this up.
        let ended = tokio::time::timeout(std::time::Duration::from_millis(500), &mut self.server).await;
        if ended.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for (name, _) in Scenario::list() {
            assert_eq!(name.parse::<Scenario>().map(Scenario::name), Ok(name));
        }
        assert_eq!("classic".parse(), Ok(Engine::Classic));
        assert!("mfa".parse::<Scenario>().is_err());
    }
}
