//! Access tokens for the management API: got from the org's own authorization server, kept in memory, and replaced before they end.
//!
//! Two ways to one: client credentials with `private_key_jwt` (a service app), and the device grant (a person's native app). What
//! may come in: the token endpoint of the org server. What may not: a token of another server, or a place to store one.

pub mod device;
mod key;
mod read;
pub mod scopes;

pub use key::{KeyError, KeyKind, SigningKey};

use super::answer;
use super::model::{ApiError, NetKind, TokenFault, TokenProblem};
use crate::secret::Secret;
use crate::text::Clean;
use crate::wire;
use http::header::{ACCEPT, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use read::Granted;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long before its end a token is replaced, at most; a fifth of its life where that is less.
const EARLY: SignedDuration = SignedDuration::from_secs(300);
/// For how long a refusal stands before the org server is asked again: a plan of hundreds of writes would ask as often.
const STANDS: SignedDuration = SignedDuration::from_secs(10);
/// From which difference on the clock here is called wrong, seconds.
const WRONG_CLOCK: i64 = 30;
/// How often a request is repeated after a fault that is not the client's.
const REPEATS: u32 = 2;

/// How tokens are got.
pub enum Grant {
    /// Client credentials (RFC 6749 §4.4) with an assertion signed by this key (RFC 7523).
    Service {
        /// The client id of an API Services app.
        client_id: String,
        /// Its key.
        key: SigningKey,
    },
    /// A device grant that a person has approved; see [`device`].
    Device(device::Approved),
}

/// A source of access tokens. Clones share it; one of them at most asks for a new one.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    org: String,
    wire: wire::Client,
    client_id: String,
    key: Option<SigningKey>,
    held: Mutex<Option<Held>>,
    turn: Arc<tokio::sync::Mutex<Turn>>,
}

/// The token at hand.
struct Held {
    token: Secret,
    scopes: Vec<String>,
    early: Timestamp,
    end: Timestamp,
}

/// What only the one who asks may use.
struct Turn {
    scopes: Vec<String>,
    refresh: Option<Secret>,
    /// The server's clock minus ours.
    ahead: SignedDuration,
    refused: Option<(Timestamp, ApiError)>,
}

/// What may be shown of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// The client.
    pub client_id: String,
    /// The scopes that the last token has.
    pub scopes: Vec<String>,
    /// When it ends.
    pub until: Timestamp,
    /// Whether another one can be had then without anybody signing in.
    pub renews: bool,
    /// By how much the server's clock is ahead of ours, where that is more than half a minute.
    pub clock_ahead: Option<SignedDuration>,
}

impl Tokens {
    /// A source for the org at `org_url`. Sends nothing yet.
    pub fn new(org_url: &str, grant: Grant, scopes: Vec<String>, wire: wire::Client) -> Self {
        let (client_id, key, approved) = match grant {
            Grant::Service { client_id, key } => (client_id, Some(key), None),
            Grant::Device(approved) => (approved.client_id.clone(), None, Some(approved.granted)),
        };
        let refresh = approved.as_ref().and_then(|g| g.refresh.clone());
        let turn = Turn { scopes, refresh, ahead: SignedDuration::ZERO, refused: None };
        Self(Arc::new(Inner {
            org: org_url.trim_end_matches('/').to_owned(),
            wire,
            client_id,
            key,
            held: Mutex::new(approved.map(|granted| Held::new(granted, Timestamp::now()))),
            turn: Arc::new(tokio::sync::Mutex::new(turn)),
        }))
    }

    /// A token that is good now. One that ends soon is replaced meanwhile, without anybody waiting for it.
    ///
    /// # Errors
    /// [`ApiError::Token`] where the org server gives none, [`ApiError::Net`] where it cannot be reached.
    pub async fn current(&self) -> Result<Secret, ApiError> {
        let now = Timestamp::now();
        let (token, soon) = match &*self.held() {
            Some(held) if now < held.end => (Some(held.token.clone()), now >= held.early),
            _ => (None, false),
        };
        let Some(token) = token else { return self.renew(None).await };
        if soon && let Ok(mut turn) = Arc::clone(&self.0.turn).try_lock_owned() {
            let this = self.clone();
            tokio::spawn(async move {
                if this.ask(&mut turn).await.is_err()
                    && let Some(held) = &mut *this.held()
                {
                    held.early = after(Timestamp::now(), STANDS);
                }
            });
        }
        Ok(token)
    }

    /// Another token than `stale`, which the org has refused although its time is not up: it was revoked, or the clocks differ.
    ///
    /// # Errors
    /// Those of [`Tokens::current`].
    pub async fn replace(&self, stale: &Secret) -> Result<Secret, ApiError> {
        self.renew(Some(stale)).await
    }

    /// What may be shown of the token at hand.
    pub fn facts(&self) -> Option<TokenFacts> {
        // Whoever has the turn is renewing it at this moment.
        let (ahead, renews) = match self.0.turn.try_lock() {
            Ok(turn) => (turn.ahead, self.0.key.is_some() || turn.refresh.is_some()),
            Err(_) => (SignedDuration::ZERO, true),
        };
        self.held().as_ref().map(|held| TokenFacts {
            client_id: self.0.client_id.clone(),
            scopes: held.scopes.clone(),
            until: held.end,
            renews,
            clock_ahead: (ahead.as_secs().abs() > WRONG_CLOCK).then_some(ahead),
        })
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Held>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn renew(&self, stale: Option<&Secret>) -> Result<Secret, ApiError> {
        let mut turn = self.0.turn.lock().await;
        let now = Timestamp::now();
        // Whoever was here before has brought one.
        if let Some(held) = &*self.held()
            && now < held.end
            && stale != Some(&held.token)
        {
            return Ok(held.token.clone());
        }
        if let Some((at, error)) = &turn.refused
            && now < after(*at, STANDS)
        {
            return Err(error.clone());
        }
        self.ask(&mut turn).await
    }

    /// Asks the org server, by the one way there is.
    async fn ask(&self, turn: &mut Turn) -> Result<Secret, ApiError> {
        let asked = match (&self.0.key, turn.refresh.clone()) {
            (Some(key), _) => self.ask_by_key(key, turn).await,
            (None, Some(refresh)) => self.ask_by_refresh(&refresh, turn).await,
            (None, None) => Err(ApiError::Token(TokenProblem::of(TokenFault::NoRefreshToken))),
        };
        let now = Timestamp::now();
        match asked {
            Ok(granted) => {
                turn.refused = None;
                // A server that rotates has given a new one; the old one is then good for no more (RFC 6749 §6).
                turn.refresh = granted.refresh.clone().or(turn.refresh.take());
                let token = granted.token.clone();
                *self.held() = Some(Held::new(granted, now));
                Ok(token)
            }
            Err(error) => {
                if matches!(error, ApiError::Token(_)) {
                    turn.refused = Some((now, error.clone()));
                }
                Err(error)
            }
        }
    }

    /// Client credentials. Where the refusal may come of a clock here that is wrong, the server's is taken and it is tried once more.
    /// Where one scope among many makes Okta refuse all (its documentation is silent on that), each is tried alone.
    async fn ask_by_key(&self, key: &SigningKey, turn: &mut Turn) -> Result<Granted, ApiError> {
        let wanted = turn.scopes.clone();
        let before = turn.ahead;
        let mut asked = self.ask_once_by_key(key, &wanted, turn).await;
        let moved = (turn.ahead - before).as_secs().abs() > WRONG_CLOCK;
        if moved
            && matches!(&asked, Err(ApiError::Token(p)) if matches!(p.code.as_str(), "invalid_client" | "invalid_request"))
        {
            asked = self.ask_once_by_key(key, &wanted, turn).await;
        }
        let by_scope =
            |p: &TokenProblem| matches!(p.fault, TokenFault::UnknownScope | TokenFault::NotGranted);
        match asked {
            Err(ApiError::Token(problem)) if by_scope(&problem) && wanted.len() > 1 => {
                let mut good = Vec::new();
                for scope in &wanted {
                    match self.ask_once_by_key(key, std::slice::from_ref(scope), turn).await {
                        Ok(_) => good.push(scope.clone()),
                        Err(ApiError::Token(p)) if by_scope(&p) => {}
                        Err(e) => return Err(e),
                    }
                }
                if good.is_empty() {
                    return Err(ApiError::Token(problem));
                }
                turn.scopes = good.clone();
                self.ask_once_by_key(key, &good, turn).await
            }
            other => other,
        }
    }

    async fn ask_once_by_key(
        &self,
        key: &SigningKey,
        scopes: &[String],
        turn: &mut Turn,
    ) -> Result<Granted, ApiError> {
        let audience = format!("{}/oauth2/v1/token", self.0.org);
        let mut repeats = 0;
        loop {
            let now = after(Timestamp::now(), turn.ahead);
            let assertion = key.assertion(&self.0.client_id, &audience, now).map_err(|e| ApiError::Net {
                host: Clean::new(&self.0.org),
                kind: NetKind::Other,
                detail: Clean::new(&e.to_string()),
                maybe_sent: false,
            })?;
            let form = [
                ("grant_type", "client_credentials"),
                ("scope", &scopes.join(" ")),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion.expose()),
            ];
            let answered = post(&self.0.wire, &audience, &form).await;
            let result = answered.and_then(|a| {
                turn.ahead = a.ahead.unwrap_or(turn.ahead);
                a.granted(scopes)
            });
            match result {
                // Nothing is used up by asking twice: every assertion has an id of its own.
                Err(e) if passing(&e) && repeats < REPEATS => {
                    repeats += 1;
                    tokio::time::sleep(Duration::from_millis(200 << repeats)).await;
                }
                other => return other,
            }
        }
    }

    async fn ask_by_refresh(&self, refresh: &Secret, turn: &mut Turn) -> Result<Granted, ApiError> {
        let url = format!("{}/oauth2/v1/token", self.0.org);
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", self.0.client_id.as_str()),
            ("refresh_token", refresh.expose()),
        ];
        let known = self.held().as_ref().map(|h| h.scopes.clone()).unwrap_or_default();
        let answered = post(&self.0.wire, &url, &form).await?;
        turn.ahead = answered.ahead.unwrap_or(turn.ahead);
        answered.granted(&known)
    }
}

impl Held {
    fn new(granted: Granted, now: Timestamp) -> Self {
        let life = SignedDuration::from_secs(granted.seconds);
        let early = EARLY.min(life / 5);
        Self {
            token: granted.token,
            scopes: granted.scopes,
            early: after(now, life - early),
            end: after(now, life),
        }
    }
}

/// An answer of one of the org server's endpoints.
struct Answered {
    endpoint: String,
    status: u16,
    headers: HeaderMap,
    body: Zeroizing<Vec<u8>>,
    /// The server's clock minus ours, by its `Date`.
    ahead: Option<SignedDuration>,
}

impl Answered {
    fn granted(&self, asked: &[String]) -> Result<Granted, ApiError> {
        read::granted(&self.endpoint, self.status, &self.headers, &self.body, asked)
    }
}

/// Posts a form. The values are secrets; they are in no error.
async fn post(wire: &wire::Client, url: &str, form: &[(&str, &str)]) -> Result<Answered, ApiError> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let request = wire::Request {
        method: Method::POST,
        url: url.to_owned(),
        headers,
        body: wire::Body::Bytes(body.into_bytes()),
    };
    let response = wire.send(request).await.map_err(answer::net)?;
    let date = response.headers.get(DATE).and_then(|d| d.to_str().ok());
    let date = date
        .and_then(|d| httpdate::parse_http_date(d).ok())
        .and_then(|d| Timestamp::try_from(d).ok())
        .map(|d| d.duration_since(Timestamp::now()));
    let path = url::Url::parse(url).map(|u| u.path().to_owned()).unwrap_or_default();
    Ok(Answered {
        endpoint: format!("POST {path}"),
        status: response.status,
        headers: response.headers,
        body: Zeroizing::new(response.body),
        ahead: date,
    })
}

/// Whether asking again may help by itself.
fn passing(error: &ApiError) -> bool {
    match error {
        ApiError::Okta(p) => p.status >= 500,
        ApiError::NotJson { status, .. } => *status >= 500,
        ApiError::Net { kind, .. } => matches!(kind, NetKind::Closed),
        _ => false,
    }
}

fn after(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(time)
}

#[cfg(test)]
mod tests;
