//! Which parameters, fields, cookies and headers are secret, by name.

use crate::flow::trace::SecretKind;

/// How a header is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// The value is a secret.
    Secret,
    /// `Authorization`: the scheme is kept, the credentials are a secret.
    Authorization,
    /// `Cookie`: names are kept.
    Cookie,
    /// `Set-Cookie`: the name and the attributes are kept.
    SetCookie,
    /// A URL: its parameters are looked at.
    Url,
    /// Kept, but scanned.
    Plain,
}

/// How the header `name` is treated. Names that speak of tokens, secrets or authentication are secret unless they are known to
/// describe only: `WWW-Authenticate` names the error and the realm, and is needed.
pub fn header(name: &str) -> Header {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "authorization" | "proxy-authorization" => Header::Authorization,
        "cookie" => Header::Cookie,
        "set-cookie" => Header::SetCookie,
        "location" | "referer" | "content-location" => Header::Url,
        "www-authenticate"
        | "proxy-authenticate"
        | "authentication-info"
        | "access-control-allow-headers" => Header::Plain,
        "dpop" | "dpop-nonce" | "x-api-key" => Header::Secret,
        name if ["token", "secret", "auth"].iter().any(|part| name.contains(part)) => Header::Secret,
        _ => Header::Plain,
    }
}

/// The kind of secret that a parameter, a form field or a JSON field of this name holds; `None` for one that may be shown.
/// Upper and lower case do not matter.
pub fn kind_of(name: &str) -> Option<SecretKind> {
    let name = name.to_ascii_lowercase();
    KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// Names in lower case.
const KINDS: &[(&str, SecretKind)] = &[
    // RFC 6749, RFC 7636, OpenID Connect
    ("code", SecretKind::Code),
    ("state", SecretKind::State),
    ("nonce", SecretKind::Nonce),
    ("code_verifier", SecretKind::CodeVerifier),
    ("code_challenge", SecretKind::CodeChallenge),
    ("client_secret", SecretKind::ClientSecret),
    ("access_token", SecretKind::AccessToken),
    ("refresh_token", SecretKind::RefreshToken),
    ("id_token", SecretKind::IdToken),
    ("id_token_hint", SecretKind::IdToken),
    ("password", SecretKind::Password),
    ("client_assertion", SecretKind::Credential),
    ("assertion", SecretKind::Credential),
    ("token", SecretKind::Credential),
    ("subject_token", SecretKind::Credential),
    ("actor_token", SecretKind::Credential),
    ("device_code", SecretKind::Credential),
    ("user_code", SecretKind::Credential),
    ("request", SecretKind::Credential),
    ("request_uri", SecretKind::Credential),
    ("registration_access_token", SecretKind::Credential),
    ("mfa_token", SecretKind::Credential),
    ("oob_code", SecretKind::Credential),
    // sessions
    ("session", SecretKind::Session),
    ("sid", SecretKind::Session),
    ("sessiontoken", SecretKind::Session),
    ("statetoken", SecretKind::Session),
    ("statehandle", SecretKind::Session),
    ("interactioncode", SecretKind::Session),
    ("interaction_code", SecretKind::Session),
    ("interactionhandle", SecretKind::Session),
    ("interaction_handle", SecretKind::Session),
    // Okta's sign-in
    ("passcode", SecretKind::Passcode),
    ("answer", SecretKind::Passcode),
    ("otp", SecretKind::Passcode),
    ("activationtoken", SecretKind::Credential),
    ("recoverytoken", SecretKind::Credential),
    ("sharedsecret", SecretKind::Credential),
    // SAML and others
    ("samlrequest", SecretKind::Credential),
    ("samlresponse", SecretKind::Credential),
    ("relaystate", SecretKind::Credential),
    ("ticket", SecretKind::Credential),
    ("api_key", SecretKind::Credential),
    ("apikey", SecretKind::Credential),
];

/// The members of a JSON Web Key that are private (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
pub fn is_private_key_member(name: &str) -> bool {
    matches!(name, "d" | "p" | "q" | "dp" | "dq" | "qi" | "k" | "oth")
}
