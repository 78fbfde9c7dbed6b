//! The Setup: what the admin wants, as a TOML document without secrets, fit for git. The wizard edits one; the command line
//! reads one. Pure; names only `okta::model`, `text`, `uri`, `secret`.
//!
//! oktui never rewrites a Setup file that a person wrote; it writes its own, commented (`to_commented_toml`).

mod accepted;
mod check;
mod checks;
mod context;
mod document;
mod draft;
mod existing;
mod logo;

#[cfg(test)]
mod tests;

pub use accepted::accept;
pub use check::{Check, Edit, Field, Fix, Severity, StepState, apply_fix, rail};
pub use checks::{checks, client_secret_problem};
pub use context::Context;
pub use document::{SetupError, example, parse, to_commented_toml};
pub use draft::{Ask, Draft, Place, SecretAsk, Target};
pub use existing::{Assignments, from_app};
pub use logo::{LOGO_HEAD, LogoFacts, LogoKind, NotALogo, logo_facts};

use crate::okta::model::{ClientAuthentication, RefreshRotation, ServerId, ServerKind};
use serde::{Deserialize, Serialize};

/// The callback of the Cequence AI Gateway's production environment (the gateway's own guide).
pub const GATEWAY_CALLBACK: &str = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback";

/// What the admin wants. Field by field the wizard's five steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The version of this document's shape: 1.
    pub version: u32,
    /// Step 1: the app integration.
    pub app: AppSection,
    /// Step 2: grant types.
    #[serde(default)]
    pub grants: Grants,
    /// Step 3: where Okta sends people back to after sign-in, one for each environment of the gateway.
    #[serde(default, rename = "redirect_uri")]
    pub redirect_uris: Vec<RedirectUri>,
    /// Step 3: where Okta sends people back to after sign-out. A list of its own: Okta never mixes the two.
    #[serde(default)]
    pub sign_out: SignOut,
    /// Step 4: who may sign in. Additive: nobody loses access because a name is missing here.
    #[serde(default)]
    pub access: Access,
    /// Step 5: the authorization server and the scopes that the gateway asks for.
    #[serde(default)]
    pub authorization_server: AuthorizationServer,
    /// The MCP servers that use this app's values in their authentication step.
    #[serde(default, rename = "mcp_server", skip_serializing_if = "Vec::is_empty")]
    pub mcp_servers: Vec<McpServer>,
}

/// Step 1, basic info. The type is always *OIDC - OpenID Connect*, *Web Application*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppSection {
    /// The app integration's name (`label`).
    pub name: String,
    /// A logo file: PNG, JPG, GIF or SVG under 1 MB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// How the gateway proves who it is at the token endpoint.
    #[serde(default)]
    pub client_authentication: ClientAuthentication,
    /// Whether Okta refuses a sign-in without PKCE (RFC 7636). Whether the gateway sends PKCE is not known, so the default is no;
    /// Okta checks a challenge that is sent all the same.
    #[serde(default)]
    pub pkce_required: bool,
}

/// Step 2, grant types. Authorization Code is always on: a web application must have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// The Refresh Token grant. A refresh token is only issued when `offline_access` is asked for as well.
    pub refresh_token: bool,
    /// Whether each use of a refresh token gives a new one.
    pub refresh_rotation: RefreshRotation,
    /// For how many seconds (0 to 60) a used refresh token stays good when they rotate.
    pub refresh_leeway_seconds: u32,
}

impl Default for Grants {
    fn default() -> Self {
        Self { refresh_token: true, refresh_rotation: RefreshRotation::Static, refresh_leeway_seconds: 0 }
    }
}

/// One callback of the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedirectUri {
    /// Which environment of the gateway this is: `prod`, `staging` ….
    pub environment: String,
    /// The URI, byte for byte: Okta compares character by character.
    pub uri: String,
}

/// Sign-out redirect URIs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignOut {
    /// The URIs, byte for byte.
    pub uris: Vec<String>,
}

/// Okta's three choices for assignments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessMode {
    /// *Limit access to selected groups* and people: recommended for production.
    #[default]
    Controlled,
    /// *Allow everyone in your organization to access*: the built-in group Everyone is assigned. Federation Broker Mode is
    /// another thing, and oktui never switches it.
    Everyone,
    /// *Skip group assignment for now*.
    Later,
}

/// Step 4, assignments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// Which of Okta's three choices.
    pub mode: AccessMode,
    /// People by login.
    pub people: Vec<String>,
    /// Groups by name.
    pub groups: Vec<String>,
}

/// Step 5, the authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthorizationServer {
    /// `org`, `default`, or the id of a custom one.
    pub id: String,
    /// The scopes that the gateway asks for.
    pub scopes: Vec<String>,
    /// Make an access policy for this client where none on that server covers it.
    pub access_policy: bool,
}

impl Default for AuthorizationServer {
    fn default() -> Self {
        let scopes = ["email", "profile", "openid"].map(str::to_owned).to_vec();
        Self { id: "default".into(), scopes, access_policy: true }
    }
}

impl AuthorizationServer {
    /// Which server that is; `None` when the text is no identifier.
    pub fn kind(&self) -> Option<ServerKind> {
        match self.id.as_str() {
            "org" => Some(ServerKind::Org),
            id => id.parse::<ServerId>().ok().map(ServerKind::Custom),
        }
    }
}

/// An MCP server that uses this app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct McpServer {
    /// Its name in the gateway.
    pub name: String,
    /// Its URL.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            version: 1,
            app: AppSection {
                name: "Cequence AI Gateway".into(),
                logo: None,
                client_authentication: ClientAuthentication::default(),
                pkce_required: false,
            },
            grants: Grants::default(),
            redirect_uris: vec![RedirectUri { environment: "prod".into(), uri: GATEWAY_CALLBACK.into() }],
            sign_out: SignOut::default(),
            access: Access::default(),
            authorization_server: AuthorizationServer::default(),
            mcp_servers: Vec::new(),
        }
    }
}
