//! App integrations, their secrets and their assignments (Okta management API: Applications).

use super::{AppId, ClientId, GroupId, PolicyId, SecretId, UserId};
use crate::secret::Secret;
use crate::text::Clean;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An app integration as Okta sent it, every field kept. A GET never contains the client secret; a POST or PUT answer does, and
/// the client takes it out before it makes an `App`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct App(pub Map<String, Value>);

/// `status` of an app integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppStatus {
    /// In use.
    Active,
    /// Deactivated: its client id is refused.
    Inactive,
    /// Gone, or a status this program does not know.
    Other,
}

/// `token_endpoint_auth_method`: how the client proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// Client id and secret in the `Authorization: Basic` header (RFC 6749 §2.3.1). Okta's default.
    #[default]
    ClientSecretBasic,
    /// Client id and secret in the form body (RFC 6749 §2.3.1).
    ClientSecretPost,
    /// A JWT signed with the secret (OpenID Connect Core §9).
    ClientSecretJwt,
    /// A JWT signed with a private key (RFC 7523). The app has no secret then.
    PrivateKeyJwt,
    /// No authentication: a public client.
    None,
}

impl ClientAuthentication {
    /// As it stands on the wire: `client_secret_basic`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// The method with that wire name.
    pub fn parse(s: &str) -> Option<Self> {
        [
            Self::ClientSecretBasic,
            Self::ClientSecretPost,
            Self::ClientSecretJwt,
            Self::PrivateKeyJwt,
            Self::None,
        ]
        .into_iter()
        .find(|m| m.as_str() == s)
    }
}

/// `refresh_token.rotation_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefreshRotation {
    /// The same refresh token stays good: Okta's default for web apps.
    #[default]
    Static,
    /// Each use gives a new one; the old one stays good for the leeway.
    Rotate,
}

impl RefreshRotation {
    /// As it stands on the wire: `STATIC` or `ROTATE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Static => "STATIC",
            Self::Rotate => "ROTATE",
        }
    }
}

impl App {
    /// The value at a JSON pointer (RFC 6901), such as `/settings/oauthClient/redirect_uris`.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        let mut parts = pointer.strip_prefix('/')?.split('/');
        let first = self.0.get(parts.next()?)?;
        parts.try_fold(first, |value, key| value.get(key))
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer).and_then(Value::as_str)
    }

    fn texts(&self, pointer: &str) -> Vec<String> {
        let list = self.at(pointer).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// `id`; absent only in an app that is not created yet.
    pub fn id(&self) -> Option<AppId> {
        self.text("/id")?.parse().ok()
    }

    /// `credentials.oauthClient.client_id`, or the app's id where Okta left it out.
    pub fn client_id(&self) -> Option<ClientId> {
        self.text("/credentials/oauthClient/client_id").or_else(|| self.text("/id"))?.parse().ok()
    }

    /// `label`, cleaned: what the Admin Console shows as the name.
    pub fn label(&self) -> Clean {
        Clean::new(self.raw_label())
    }

    /// `label`, byte for byte as Okta sent it; for comparing, never for drawing.
    pub fn raw_label(&self) -> &str {
        self.text("/label").unwrap_or_default()
    }

    /// `status`.
    pub fn status(&self) -> AppStatus {
        match self.text("/status") {
            Some("ACTIVE") => AppStatus::Active,
            Some("INACTIVE") => AppStatus::Inactive,
            _ => AppStatus::Other,
        }
    }

    /// `lastUpdated`, RFC 3339, as Okta wrote it: compared before a replace to see whether somebody else was faster.
    pub fn last_updated(&self) -> Option<&str> {
        self.text("/lastUpdated")
    }

    /// Whether this is an OpenID Connect web application, the only kind that oktui sets up.
    pub fn is_oidc_web(&self) -> bool {
        self.text("/signOnMode") == Some("OPENID_CONNECT")
            && self.text("/settings/oauthClient/application_type") == Some("web")
    }

    /// Whether this is any OpenID Connect client.
    pub fn is_oidc(&self) -> bool {
        self.text("/signOnMode") == Some("OPENID_CONNECT")
    }

    /// `settings.oauthClient.redirect_uris`, byte for byte.
    pub fn redirect_uris(&self) -> Vec<String> {
        self.texts("/settings/oauthClient/redirect_uris")
    }

    /// `settings.oauthClient.post_logout_redirect_uris`, byte for byte.
    pub fn sign_out_uris(&self) -> Vec<String> {
        self.texts("/settings/oauthClient/post_logout_redirect_uris")
    }

    /// `settings.oauthClient.grant_types`.
    pub fn grant_types(&self) -> Vec<String> {
        self.texts("/settings/oauthClient/grant_types")
    }

    /// `settings.oauthClient.wildcard_redirect` is `SUBDOMAIN`.
    pub fn wildcard_redirect(&self) -> bool {
        self.text("/settings/oauthClient/wildcard_redirect") == Some("SUBDOMAIN")
    }

    /// `credentials.oauthClient.token_endpoint_auth_method`; `None` when Okta sent one that we do not know.
    pub fn client_authentication(&self) -> Option<ClientAuthentication> {
        match self.text("/credentials/oauthClient/token_endpoint_auth_method") {
            None => Some(ClientAuthentication::default()),
            Some(method) => ClientAuthentication::parse(method),
        }
    }

    /// `credentials.oauthClient.pkce_required`.
    pub fn pkce_required(&self) -> bool {
        self.at("/credentials/oauthClient/pkce_required").and_then(Value::as_bool).unwrap_or(false)
    }

    /// `settings.oauthClient.dpop_bound_access_tokens`.
    pub fn dpop_bound(&self) -> bool {
        self.at("/settings/oauthClient/dpop_bound_access_tokens").and_then(Value::as_bool).unwrap_or(false)
    }

    /// `settings.implicitAssignment`: Federation Broker Mode, in which everybody passes and assignments are invisible.
    pub fn federation_broker(&self) -> bool {
        self.at("/settings/implicitAssignment").and_then(Value::as_bool).unwrap_or(false)
    }

    /// `settings.oauthClient.refresh_token.rotation_type` and `.leeway` in seconds, where Okta shows them.
    pub fn refresh_behaviour(&self) -> Option<(RefreshRotation, u32)> {
        let rotation = match self.text("/settings/oauthClient/refresh_token/rotation_type")? {
            "ROTATE" => RefreshRotation::Rotate,
            _ => RefreshRotation::Static,
        };
        let leeway =
            self.at("/settings/oauthClient/refresh_token/leeway").and_then(Value::as_u64).unwrap_or(0);
        Some((rotation, u32::try_from(leeway).unwrap_or(u32::MAX)))
    }

    /// `settings.notes.admin`: where oktui writes which plan made the app, so that a half-made one is found again.
    pub fn admin_note(&self) -> Option<&str> {
        self.text("/settings/notes/admin")
    }

    /// Whether a logo of its own was uploaded: Okta then links it from `_links.logo[]` without `default` in its path.
    pub fn logo_href(&self) -> Option<&str> {
        self.at("/_links/logo")?.as_array()?.first()?.get("href")?.as_str()
    }

    /// The id of the app's sign-in policy, on Identity Engine only.
    pub fn sign_in_policy(&self) -> Option<PolicyId> {
        self.access_policy_href()?.trim_end_matches('/').rsplit('/').next()?.parse().ok()
    }

    /// `_links.accessPolicy.href`: the sign-on policy, on Identity Engine only.
    pub fn access_policy_href(&self) -> Option<&str> {
        self.text("/_links/accessPolicy/href")
    }
}

/// One of an app's client secrets. At most two exist at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSecret {
    /// Identifies the secret without showing it.
    pub id: SecretId,
    /// The value, where this session may read it.
    pub value: Option<Secret>,
    /// `secret_hash`, the form in which the System Log names it.
    pub hash: Option<Clean>,
    /// Whether the token endpoint takes it.
    pub active: bool,
    /// `created`, RFC 3339.
    pub created: Option<jiff::Timestamp>,
}

/// How a person comes to an app (`scope` of an app user).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Assigned {
    /// By name.
    Directly,
    /// Through a group; Okta does not say which.
    ThroughGroup,
}

/// A person assigned to an app, directly or through a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppUser {
    /// The person.
    pub id: UserId,
    /// Directly or through a group.
    pub via: Assigned,
    /// `status` of the assignment, such as `ACTIVE` or `PROVISIONED`.
    pub status: Clean,
    /// `credentials.userName`: what the app calls this person.
    pub user_name: Option<Clean>,
    /// `profile` of the app user. Unassigning destroys it at Okta, so a before-image keeps it.
    pub profile: Map<String, Value>,
}

/// A group assigned to an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppGroup {
    /// The group.
    pub id: GroupId,
    /// Its name, where the list was read with `expand=group`.
    pub name: Option<Clean>,
    /// 0 is the highest. Okta renumbers priorities by itself, so a change of it is never drift.
    pub priority: Option<i64>,
    /// `profile` of the assignment.
    pub profile: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn app(value: Value) -> App {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn unknown_fields_survive_a_round_trip() {
        let raw = json!({"id": "0oa1", "label": "A", "invented": {"x": [1, 2]}, "settings": {"oauthClient": {"y": null}}});
        assert_eq!(serde_json::to_value(app(raw.clone())).unwrap(), raw);
    }

    #[test]
    fn reads_what_the_wizard_shows() {
        let a = app(json!({
            "id": "0oa1", "label": "Gate\u{1b}way", "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
            "credentials": {"oauthClient": {"client_id": "0oa1", "token_endpoint_auth_method": "client_secret_post", "pkce_required": true}},
            "settings": {"implicitAssignment": true, "oauthClient": {"application_type": "web", "redirect_uris": ["https://h/cb"],
                "grant_types": ["authorization_code"], "refresh_token": {"rotation_type": "ROTATE", "leeway": 30}}}
        }));
        assert_eq!(a.label().as_str(), "Gate␛way");
        assert!(a.is_oidc_web() && a.pkce_required() && a.federation_broker());
        assert_eq!(a.client_authentication(), Some(ClientAuthentication::ClientSecretPost));
        assert_eq!(a.refresh_behaviour(), Some((RefreshRotation::Rotate, 30)));
        assert_eq!(a.redirect_uris(), ["https://h/cb"]);
    }

    #[test]
    fn fields_of_the_wrong_type_are_read_as_absent() {
        let a = app(json!({"id": 7, "label": [], "settings": "none"}));
        assert_eq!((a.id(), a.raw_label(), a.redirect_uris().len()), (None, "", 0));
    }
}
