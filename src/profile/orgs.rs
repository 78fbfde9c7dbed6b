//! The orgs as a document. Pure.

use crate::text::Clean;
use crate::uri::Callback;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use toml::Table;

/// Every org that was connected and not forgotten, the latest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Orgs {
    /// The version of the document's shape: 1.
    pub version: u32,
    /// The orgs.
    #[serde(default)]
    pub org: Vec<Org>,
    /// Keys of the file that this program does not know, kept as they are.
    #[serde(flatten)]
    pub other: Table,
}

/// One org, without its token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Org {
    /// What the admin calls it: `prod`, `acme test`.
    pub label: String,
    /// The org URL without a trailing slash. It identifies the org here.
    pub url: String,
    /// Whether people depend on it: changes are then confirmed by typing.
    #[serde(default)]
    pub prod: bool,
    /// Whether oktui may write there at all.
    #[serde(default)]
    pub read_only: bool,
    /// Percent of each rate limit that is left to the org's other users while a plan is applied, 0 to 90; 10 where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headroom: Option<u8>,
    /// How to sign in there: `token`, `service` or `device`; an API token where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<String>,
    /// The client id of the service or native app that signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The file of the service app's private key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The id of that key in Okta, where it is not the key's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// When it was last connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Timestamp>,
    /// The authorization server that was chosen last: `org`, `default` or an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_server: Option<String>,
    /// The callbacks of the gateway's environments that sign in with this org.
    #[serde(default, rename = "callback", skip_serializing_if = "Vec::is_empty")]
    pub callbacks: Vec<Callback>,
    /// Keys of the file that this program does not know, kept as they are.
    #[serde(flatten)]
    pub other: Table,
}

/// Why a file of orgs cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrgsError {
    /// It is not UTF-8.
    #[error("it is not a text in UTF-8")]
    NotText,
    /// It is no TOML of this shape, or cannot be written as such.
    #[error("{0}")]
    Toml(Clean),
    /// A newer oktui wrote it.
    #[error("it has version {0}, and this oktui reads version 1: a newer one wrote it")]
    Version(u32),
}

impl Default for Orgs {
    fn default() -> Self {
        Self { version: Self::VERSION, org: Vec::new(), other: Table::new() }
    }
}

impl Org {
    /// An org that is seen for the first time: nothing is assumed of it but its address.
    pub fn new(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            headroom: None,
            auth: None,
            client_id: None,
            key: None,
            kid: None,
            label: label.into(),
            url: url.into(),
            prod: false,
            read_only: false,
            last_used: None,
            authorization_server: None,
            callbacks: Vec::new(),
            other: Table::new(),
        }
    }
}

impl Orgs {
    /// The version that this program reads and writes.
    pub const VERSION: u32 = 1;

    /// Reads the document.
    pub fn parse(bytes: &[u8]) -> Result<Self, OrgsError> {
        let text = std::str::from_utf8(bytes).map_err(|_| OrgsError::NotText)?;
        let orgs: Self = toml::from_str(text).map_err(|e| {
            let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            OrgsError::Toml(Clean::new(&format!("line {line}: {}", e.message())))
        })?;
        if orgs.version == Self::VERSION { Ok(orgs) } else { Err(OrgsError::Version(orgs.version)) }
    }

    /// The document as text.
    pub fn to_toml(&self) -> Result<String, OrgsError> {
        let body = toml::to_string(self).map_err(|e| OrgsError::Toml(Clean::new(&e.to_string())))?;
        Ok(format!("# The orgs that oktui knows. It writes this file; no token is in it.\n{body}"))
    }

    /// The org with that URL.
    pub fn find(&self, url: &str) -> Option<&Org> {
        self.org.iter().find(|org| org.url == url)
    }

    /// Puts an org first, in the place of the one with the same URL: the one that was used last.
    pub fn remember(&mut self, org: Org) {
        self.forget(&org.url);
        self.org.insert(0, org);
    }

    /// Drops an org. `false` when there was none with that URL.
    pub fn forget(&mut self, url: &str) -> bool {
        let before = self.org.len();
        self.org.retain(|org| org.url != url);
        self.org.len() < before
    }
}
