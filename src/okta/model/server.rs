//! Authorization servers, their scopes, access policies and rules (Okta management API: Authorization Servers).

use super::{PolicyId, RuleId, ServerId};
use crate::text::Clean;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which authorization server: the org's own, or a custom one (`default` is a custom one that may be missing).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ServerKind {
    /// `/oauth2/v1`: every org has it. Its access tokens are for Okta's own APIs.
    Org,
    /// `/oauth2/{id}/v1`: needs Okta's API Access Management, or a free org.
    Custom(ServerId),
}

impl ServerKind {
    /// As a Setup file names it: `org`, `default` or an id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Org => "org",
            Self::Custom(id) => id.as_str(),
        }
    }

    /// The base of its endpoints under an org URL: `https://acme.okta.com/oauth2/default/v1`.
    pub fn base(&self, org_url: &str) -> String {
        match self {
            Self::Org => format!("{org_url}/oauth2/v1"),
            Self::Custom(id) => format!("{org_url}/oauth2/{id}/v1"),
        }
    }

    /// Its issuer under an org URL. A custom domain may make Okta answer with another one: discovery tells.
    pub fn issuer(&self, org_url: &str) -> String {
        match self {
            Self::Org => org_url.to_owned(),
            Self::Custom(id) => format!("{org_url}/oauth2/{id}"),
        }
    }
}

/// A custom authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// `id`.
    pub id: ServerId,
    /// `name`.
    pub name: Clean,
    /// `audiences[0]`: the `aud` of its access tokens.
    pub audience: Clean,
    /// `issuer`.
    pub issuer: Clean,
    /// `status` is `ACTIVE`.
    pub active: bool,
    /// Whether Okta marks it as the server with the alias `default`.
    pub is_default: bool,
}

/// A scope of a custom authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// `name`.
    pub name: Clean,
    /// `consent` is `REQUIRED` or `FLEXIBLE`: people may be asked.
    pub consent: bool,
    /// Listed in the discovery document (`metadataPublish` is `ALL_CLIENTS`).
    pub published: bool,
}

/// What a discovery document says (OpenID Connect Discovery §3). Raw strings: they are compared, never normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// `issuer`.
    pub issuer: String,
    /// `authorization_endpoint`.
    pub authorization_endpoint: String,
    /// `token_endpoint`.
    pub token_endpoint: String,
    /// `scopes_supported`.
    #[serde(default)]
    pub scopes_supported: Vec<String>,
    /// `grant_types_supported`.
    #[serde(default)]
    pub grant_types_supported: Vec<String>,
}

/// An access policy, every field kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The object as Okta sent it.
    #[serde(flatten)]
    pub raw: Map<String, Value>,
    /// Its rules by priority, where they were read.
    #[serde(skip)]
    pub rules: Vec<Rule>,
}

/// A rule of an access policy, every field kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rule(pub Map<String, Value>);

/// Token lifetimes of a rule, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetimes {
    /// `accessTokenLifetimeMinutes`, 5 to 1440.
    pub access_token: u64,
    /// `refreshTokenLifetimeMinutes`; 0 is without end.
    pub refresh_token: u64,
    /// `refreshTokenWindowMinutes`: idle time after which a refresh token ends.
    pub refresh_idle: u64,
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn active(raw: &Map<String, Value>) -> bool {
    // Policies made without a status are active (default of the schema).
    raw.get("status").and_then(Value::as_str).is_none_or(|s| s == "ACTIVE")
}

fn name(raw: &Map<String, Value>) -> Clean {
    Clean::new(raw.get("name").and_then(Value::as_str).unwrap_or_default())
}

fn priority(raw: &Map<String, Value>) -> i64 {
    raw.get("priority").and_then(Value::as_i64).unwrap_or(i64::MAX)
}

impl Policy {
    /// `id`.
    pub fn id(&self) -> Option<PolicyId> {
        self.raw.get("id")?.as_str()?.parse().ok()
    }
    /// `name`.
    pub fn name(&self) -> Clean {
        name(&self.raw)
    }
    /// `status` is `ACTIVE`.
    pub fn active(&self) -> bool {
        active(&self.raw)
    }
    /// `priority`; 1 is asked first.
    pub fn priority(&self) -> i64 {
        priority(&self.raw)
    }
    /// `conditions.clients.include`: client ids, or `ALL_CLIENTS`.
    pub fn clients(&self) -> Vec<String> {
        texts(self.raw.get("conditions").and_then(|c| c.get("clients")?.get("include")))
    }
}

impl Rule {
    fn condition(&self, of: &str, key: &str) -> Vec<String> {
        texts(self.0.get("conditions").and_then(|c| c.get(of)?.get(key)))
    }
    fn people(&self, of: &str, key: &str) -> Vec<String> {
        texts(self.0.get("conditions").and_then(|c| c.get("people")?.get(of)?.get(key)))
    }
    /// `id`.
    pub fn id(&self) -> Option<RuleId> {
        self.0.get("id")?.as_str()?.parse().ok()
    }
    /// `name`.
    pub fn name(&self) -> Clean {
        name(&self.0)
    }
    /// `status` is `ACTIVE`.
    pub fn active(&self) -> bool {
        active(&self.0)
    }
    /// `priority`; 1 is asked first.
    pub fn priority(&self) -> i64 {
        priority(&self.0)
    }
    /// `conditions.grantTypes.include`.
    pub fn grant_types(&self) -> Vec<String> {
        self.condition("grantTypes", "include")
    }
    /// `conditions.scopes.include`: names, or `*`. Empty matches no scope.
    pub fn scopes(&self) -> Vec<String> {
        self.condition("scopes", "include")
    }
    /// `conditions.people.users.include`: user ids.
    pub fn users_included(&self) -> Vec<String> {
        self.people("users", "include")
    }
    /// `conditions.people.users.exclude`: user ids.
    pub fn users_excluded(&self) -> Vec<String> {
        self.people("users", "exclude")
    }
    /// `conditions.people.groups.include`: group ids, or the literal `EVERYONE`.
    pub fn groups_included(&self) -> Vec<String> {
        self.people("groups", "include")
    }
    /// `conditions.people.groups.exclude`: group ids.
    pub fn groups_excluded(&self) -> Vec<String> {
        self.people("groups", "exclude")
    }
    /// `actions.token` lifetimes; Okta's defaults where they are missing.
    pub fn lifetimes(&self) -> Lifetimes {
        let minutes = |key: &str, default: u64| {
            self.0.get("actions").and_then(|a| a.get("token")?.get(key)?.as_u64()).unwrap_or(default)
        };
        Lifetimes {
            access_token: minutes("accessTokenLifetimeMinutes", 60),
            refresh_token: minutes("refreshTokenLifetimeMinutes", 0),
            refresh_idle: minutes("refreshTokenWindowMinutes", 10_080),
        }
    }
}
