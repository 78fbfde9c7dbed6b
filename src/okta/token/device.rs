//! The device authorization grant (RFC 8628) at the org server: a person approves in any browser, this machine needs none.

use super::read::{self, Granted};
use super::{ApiError, Clean, Duration, Secret, post};
use crate::wire;
use serde_json::Value;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// RFC 8628 §3.5: what `slow_down` adds to the interval, and the interval where none is told.
const STEP: Duration = Duration::from_secs(5);

/// What to show to the person, and how to ask whether they have approved.
pub struct Pending {
    org: String,
    client_id: String,
    scopes: Vec<String>,
    device_code: Secret,
    interval: Duration,
    /// What the person types.
    pub user_code: Clean,
    /// Where.
    pub verification_uri: Clean,
    /// The same with the code in it, for a link or a QR code.
    pub verification_uri_complete: Option<Clean>,
    /// For how long the code is good.
    pub expires_in: Duration,
}

/// A sign-in that was approved.
pub struct Approved {
    pub(super) client_id: String,
    pub(super) granted: Granted,
}

/// Asks for a code. `offline_access` is asked for besides the scopes: only then is there a refresh token (Okta: Device
/// Authorization Grant).
///
/// # Errors
/// [`ApiError::Token`] where the app may not; [`ApiError::Net`].
pub async fn begin(
    wire: &wire::Client,
    org_url: &str,
    client_id: &str,
    scopes: Vec<String>,
) -> Result<Pending, ApiError> {
    let org = org_url.trim_end_matches('/').to_owned();
    let asked = format!("openid offline_access {}", scopes.join(" "));
    let url = format!("{org}/oauth2/v1/device/authorize");
    let answered = post(wire, &url, &[("client_id", client_id), ("scope", &asked)]).await?;
    let value: Value = serde_json::from_slice(&answered.body).unwrap_or_default();
    if !(200..300).contains(&answered.status) {
        let (status, headers) = (answered.status, &answered.headers);
        return Err(read::refused(&answered.endpoint, status, headers, &answered.body, &value));
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let seconds = |name: &str| value.get(name).and_then(Value::as_u64).map(Duration::from_secs);
    let (Some(device_code), Some(user_code), Some(uri)) =
        (text("device_code"), text("user_code"), text("verification_uri"))
    else {
        return Err(ApiError::Unreadable {
            endpoint: answered.endpoint,
            status: answered.status,
            detail: Clean::new("it holds no code for a device"),
        });
    };
    Ok(Pending {
        org,
        client_id: client_id.to_owned(),
        scopes,
        device_code: Secret::new(device_code),
        interval: seconds("interval").unwrap_or(STEP).min(Duration::from_secs(60)),
        user_code: Clean::new(user_code),
        verification_uri: Clean::new(uri),
        verification_uri_complete: text("verification_uri_complete").map(Clean::new),
        expires_in: seconds("expires_in").unwrap_or(Duration::from_secs(600)),
    })
}

impl Pending {
    /// Waits until the person has approved or refused, or the code has run out. A lost connection does not end it.
    ///
    /// # Errors
    /// [`ApiError::Token`] for a refusal, or when the time is up.
    pub async fn approved(mut self, wire: &wire::Client) -> Result<Approved, ApiError> {
        let url = format!("{}/oauth2/v1/token", self.org);
        let end = tokio::time::Instant::now() + self.expires_in;
        loop {
            tokio::time::sleep(self.interval).await;
            if tokio::time::Instant::now() >= end {
                return Err(ApiError::Token(super::TokenProblem::of(super::TokenFault::CodeExpired)));
            }
            let form = [
                ("grant_type", GRANT),
                ("client_id", self.client_id.as_str()),
                ("device_code", self.device_code.expose()),
            ];
            let answered = match post(wire, &url, &form).await {
                Ok(answered) => answered,
                // RFC 8628 §3.5: after a time-out, ask less often.
                Err(ApiError::Net { .. }) => {
                    self.interval = (self.interval * 2).min(Duration::from_secs(60));
                    continue;
                }
                Err(e) => return Err(e),
            };
            match answered.granted(&self.scopes) {
                Ok(granted) => return Ok(Approved { client_id: self.client_id, granted }),
                Err(ApiError::Token(p)) if p.code.as_str() == "authorization_pending" => {}
                Err(ApiError::Token(p)) if p.code.as_str() == "slow_down" => self.interval += STEP,
                Err(ApiError::Okta(p)) if p.status == 429 || p.status >= 500 => self.interval += STEP,
                Err(e) => return Err(e),
            }
        }
    }
}
