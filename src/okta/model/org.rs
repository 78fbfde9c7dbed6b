//! The org itself: what it is, who we are in it, and how many requests are left.

use super::{Role, User};
use crate::text::Clean;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `pipeline` of `/.well-known/okta-organization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Engine {
    /// Okta Identity Engine (`idx`): app sign-in policies decide.
    Identity,
    /// Classic Engine (`v1`).
    Classic,
    /// Not told.
    Unknown,
}

/// What an org says of itself to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgFacts {
    /// The org URL without a trailing slash: scheme, host and, on loopback, port.
    pub url: String,
    /// `id`.
    pub id: Option<Clean>,
    /// Which engine it runs.
    pub engine: Engine,
    /// A custom domain it also answers on (`_links.alternate`).
    pub custom_domain: Option<Clean>,
}

impl OrgFacts {
    /// The host, for titles: `acme.okta.com`, or `127.0.0.1:4040`.
    pub fn host(&self) -> &str {
        self.url.split_once("://").map_or(self.url.as_str(), |(_, host)| host)
    }
}

/// Who the session acts as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The owner of the token.
    pub user: User,
    /// Their roles; `None` when the token may not read them, which is not the same as none.
    pub roles: Option<Vec<Role>>,
}

/// What is left of one rate-limit bucket, as its last answer said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketState {
    /// The endpoint group: `apps`, `users`, `groups`, `authorize` ….
    pub name: String,
    /// `X-Rate-Limit-Limit`: requests a window.
    pub limit: u32,
    /// `X-Rate-Limit-Remaining`.
    pub remaining: u32,
    /// `X-Rate-Limit-Reset`, corrected by the server's `Date`.
    pub reset: Timestamp,
}
