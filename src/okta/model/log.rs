//! The System Log (Okta management API: `GET /api/v1/logs`).

use super::{AppId, GroupId, UserId};
use crate::text::Clean;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `outcome.result` of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogResult {
    /// `SUCCESS`, also `ALLOW`.
    Success,
    /// `FAILURE`, also `DENY`.
    Failure,
    /// Any other: `CHALLENGE`, `SKIPPED`, `UNKNOWN`, `RATE_LIMIT` ….
    Other(Clean),
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    /// `uuid`.
    pub id: Clean,
    /// `published`.
    pub published: Timestamp,
    /// `eventType`, such as `user.authentication.sso`.
    pub kind: Clean,
    /// `displayMessage`.
    pub message: Clean,
    /// `outcome.result`.
    pub result: LogResult,
    /// `outcome.reason`.
    pub reason: Option<Clean>,
    /// `actor.id`, where it can be an id.
    pub actor: Option<UserId>,
    /// `actor.alternateId`: the login, for a person.
    pub actor_login: Option<Clean>,
    /// `client.id`: the OAuth client, on OAuth calls.
    pub client: Option<Clean>,
    /// `client.ipAddress`.
    pub address: Option<Clean>,
    /// The targets of type `AppInstance`.
    pub apps: Vec<AppId>,
    /// The targets of type `UserGroup`, with their names.
    pub groups: Vec<(GroupId, Clean)>,
    /// `debugContext.debugData.redirectUri`. Its keys are not stable by contract.
    pub redirect_uri: Option<Clean>,
    /// `debugContext.debugData.clientSecret`: the hash of the client secret that was sent, as the secret's own `secret_hash`.
    pub secret_hash: Option<Clean>,
    /// `debugContext.debugData.requestId`.
    pub request_id: Option<Clean>,
}
