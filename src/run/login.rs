//! Signing in to the management API: an API token, a service app's key, or a person's device code; and what a session may do.

use super::error::RunError;
use super::job::{DeviceCode, SignIn, SignedIn};
pub use super::job::{Feature, Right};
use super::session::Session;
use crate::okta::model::{ApiError, Identity, Role, User, UserId, UserStatus};
use crate::okta::read::Reader;
use crate::okta::token::{Grant, KeyKind, SigningKey, TokenFacts, Tokens, device, scopes};
use crate::okta::{Authorization, net};
use crate::profile;
use crate::store::{self, Places};
use crate::text::Clean;
use crate::wire;
use serde_json::Value;
use std::path::Path;

/// The largest key file that is read, bytes: an RSA key of 16,384 bits is far smaller.
const LARGEST_KEY: u64 = 64 * 1024;

/// A way to sign in as the file of orgs has it; no secret is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// `token`, `service` or `device`.
    pub auth: Option<String>,
    /// The client id of the service or native app.
    pub client_id: Option<String>,
    /// Where its key lies.
    pub key: Option<String>,
    /// The key's id, where it is not the key's own.
    pub kid: Option<String>,
}

/// What the profile of this org says about signing in; nothing where the org is not known.
pub fn remembered(places: &Places, url: &str) -> Remembered {
    let Ok(address) = crate::okta::address::normalise(url) else { return Remembered::default() };
    let orgs = profile::load(places).unwrap_or_default();
    let Some(org) = orgs.find(&address.url) else { return Remembered::default() };
    Remembered {
        auth: org.auth.clone(),
        client_id: org.client_id.clone(),
        key: org.key.clone(),
        kid: org.kid.clone(),
    }
}

/// The way of a profile as a value, where it needs no token and is whole.
pub(super) fn kept(org: &profile::Org) -> Option<SignIn> {
    let client_id = org.client_id.clone()?;
    match org.auth.as_deref()? {
        "service" => Some(SignIn::Service { client_id, key: org.key.clone()?.into(), kid: org.kid.clone() }),
        "device" => Some(SignIn::Device { client_id }),
        _ => None,
    }
}

/// Keeps the way to sign in with the org's profile: names and paths, no secret.
///
/// # Errors
/// The file of orgs cannot be read or written.
pub fn remember(places: &Places, session: &Session) -> Result<(), RunError> {
    let mut orgs = profile::load(places)?;
    let url = session.org().url.clone();
    let known = orgs.find(&url).cloned();
    let mut org = known.unwrap_or_else(|| profile::Org::new(session.org().host(), url));
    (org.auth, org.client_id, org.key, org.kid) = match session.way() {
        SignIn::Token(_) => (None, None, None, None),
        SignIn::Service { client_id, key, kid } => {
            let absolute = std::path::absolute(key).unwrap_or_else(|_| key.clone());
            let key = absolute.to_string_lossy().into_owned();
            (Some("service".into()), Some(client_id.clone()), Some(key), kid.clone())
        }
        SignIn::Device { client_id } => (Some("device".into()), Some(client_id.clone()), None, None),
    };
    orgs.remember(org);
    Ok(profile::save(places, &orgs)?)
}

/// Reads a private key from a file.
///
/// # Errors
/// The file cannot be read, or holds no key that Okta takes; nothing of the file is in the sentence.
pub fn read_key(path: &Path, kid: Option<&str>) -> Result<SigningKey, RunError> {
    let shown = Clean::new(&path.to_string_lossy());
    let refuse = |why: &str| RunError::Missing {
        what: format!("the private key {shown} cannot be used: {why}"),
        help: "oktui login new-key --out FILE makes one, and prints its public JWK for Okta.".into(),
    };
    let facts = std::fs::metadata(path).map_err(|e| refuse(&e.to_string()))?;
    if !facts.is_file() || facts.len() > LARGEST_KEY {
        return Err(refuse("it is no file of the size of a key"));
    }
    let bytes = zeroize::Zeroizing::new(std::fs::read(path).map_err(|e| refuse(&e.to_string()))?);
    let text =
        std::str::from_utf8(&bytes).map_err(|_| refuse("it is no text; DER has to be made PEM first"))?;
    SigningKey::parse(text, kid).map_err(|e| refuse(&e.to_string()))
}

/// Makes a key pair: the private half goes to `out`, which only its owner can read and which must not be there yet; gives the public
/// half as a JWK (RFC 7517).
///
/// # Errors
/// The file is there already or cannot be written.
pub fn new_key(out: &Path, rsa: bool) -> Result<Value, RunError> {
    let shown = Clean::new(&out.to_string_lossy());
    let kind = if rsa { KeyKind::Rsa } else { KeyKind::Ec };
    let (pem, key) = SigningKey::generate(kind)
        .map_err(|e| RunError::Missing { what: e.to_string(), help: "Try again.".into() })?;
    if !store::write_private_new(out, pem.expose().as_bytes())? {
        return Err(RunError::Missing {
            what: format!("{shown} is there already, and a key that is in use would be lost"),
            help: "Give another name with --out.".into(),
        });
    }
    Ok(key.public_jwk().clone())
}

/// The credential for an org. A device code is shown by `show`, and waited for.
///
/// # Errors
/// A key that cannot be used; a sign-in that the org refuses.
pub(super) async fn authorization(
    way: SignIn,
    org_url: &str,
    read_only: bool,
    wire: &wire::Client,
    show: &(dyn Fn(DeviceCode) + Send + Sync),
) -> Result<(Authorization, Option<Tokens>), RunError> {
    let wanted = scopes::wanted(read_only);
    if let SignIn::Service { client_id, .. } | SignIn::Device { client_id } = &way {
        client_id_as_id(client_id)?;
    }
    let grant = match way {
        SignIn::Token(token) if !token.expose().chars().all(in_a_token) => {
            return Err(RunError::Missing {
                what: "the API token has a character in it that no token has".into(),
                help: "Paste it alone: without quotes, blanks, line breaks, or the word SSWS.".into(),
            });
        }
        SignIn::Token(token) => return Ok((Authorization::ApiToken(token), None)),
        SignIn::Service { client_id, key, kid } => {
            Grant::Service { client_id, key: read_key(&key, kid.as_deref())? }
        }
        SignIn::Device { client_id } => {
            let pending = device::begin(wire, org_url, &client_id, wanted.clone()).await?;
            show(DeviceCode {
                user_code: pending.user_code.clone(),
                url: pending.verification_uri.clone(),
                url_with_code: pending.verification_uri_complete.clone(),
                minutes: pending.expires_in.as_secs().div_ceil(60),
            });
            Grant::Device(pending.approved(wire).await?)
        }
    };
    let tokens = Tokens::new(org_url, grant, wanted, wire.clone());
    Ok((Authorization::Bearer(tokens.clone()), Some(tokens)))
}

/// Who the session is. A service app is nobody to `users/me`: it is known by its client id, its app's name and its own roles.
///
/// # Errors
/// Those of the calls; a name or roles that may not be read are no error.
pub(super) async fn identity(
    reader: &Reader,
    tokens: Option<&Tokens>,
    service: Option<&str>,
) -> Result<Identity, RunError> {
    let Some(client_id) = service else { return Ok(reader.identity().await?) };
    if let Some(tokens) = tokens {
        tokens.current().await?;
    }
    let name = match reader.raw_get(&["api", "v1", "apps", client_id], &[]).await {
        Ok(app) => app.get("label").and_then(Value::as_str).unwrap_or("service app").to_owned(),
        Err(e) if e.is_forbidden() || e.is_not_found() => "service app".to_owned(),
        Err(e) => return Err(e.into()),
    };
    let roles = match reader.raw_get(&["oauth2", "v1", "clients", client_id, "roles"], &[]).await {
        Ok(list) => Some(roles(&list)),
        Err(e) if e.is_forbidden() || e.is_not_found() => None,
        Err(e) => return Err(e.into()),
    };
    let user = User {
        id: client_id_as_id(client_id)?,
        login: Clean::new(client_id),
        name: Clean::new(&name),
        email: Clean::default(),
        status: UserStatus::Active,
        last_login: None,
    };
    Ok(Identity { user, roles })
}

/// A client id that could not be one is told before anything is sent.
fn client_id_as_id(client_id: &str) -> Result<UserId, RunError> {
    client_id.trim().parse().map_err(|_| RunError::Missing {
        what: "that is no client id: it has characters in it that none has, or is empty".into(),
        help: "Copy it from the app's General tab in Okta.".into(),
    })
}

fn roles(list: &Value) -> Vec<Role> {
    let text =
        |role: &Value, name: &str| Clean::new(role.get(name).and_then(Value::as_str).unwrap_or_default());
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|role| Role { kind: text(role, "type"), label: text(role, "label") }).collect()
}

/// What may be shown of a sign-in.
pub(super) fn signed_in(way: &SignIn, facts: Option<TokenFacts>) -> SignedIn {
    SignedIn {
        way: way.name(),
        client_id: facts.as_ref().map(|f| Clean::new(&f.client_id)),
        scopes: facts.as_ref().map(|f| f.scopes.iter().map(|s| Clean::new(s)).collect()),
        until: facts.as_ref().map(|f| f.until),
        renews: facts.as_ref().is_some_and(|f| f.renews),
        clock_ahead_seconds: facts.and_then(|f| f.clock_ahead).map(|d| d.as_secs()),
    }
}

/// Okta's tokens are letters, digits, `-` and `_`; what merely can be in a header is let through, since no page says so.
fn in_a_token(c: char) -> bool {
    c.is_ascii_graphic() && !"\"'`<>".contains(c)
}

/// How a feature is tried.
enum Probe {
    Get(&'static [&'static str], &'static [(&'static str, &'static str)]),
    Roles,
    /// Not tried: these roles have it.
    Write(&'static [&'static str]),
}

/// Roles that may write apps; `CUSTOM` may or may not (Okta: Compare administrator roles).
const WRITES_APPS: [&str; 4] = ["SUPER_ADMIN", "ORG_ADMIN", "APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"];
const WRITES_SERVERS: [&str; 2] = ["SUPER_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"];

const LIMIT: &[(&str, &str)] = &[("limit", "1")];

/// The features with what each needs. Scopes and roles: Okta, OAuth 2.0 scopes; Compare administrator roles.
const FEATURES: [(&str, &str, &str, Probe); 9] = [
    ("read apps", "okta.apps.read", "READ_ONLY_ADMIN", Probe::Get(&["api", "v1", "apps"], LIMIT)),
    ("write apps, secrets, assignments", "okta.apps.manage", "APP_ADMIN", Probe::Write(&WRITES_APPS)),
    ("people", "okta.users.read", "READ_ONLY_ADMIN", Probe::Get(&["api", "v1", "users"], LIMIT)),
    ("groups", "okta.groups.read", "READ_ONLY_ADMIN", Probe::Get(&["api", "v1", "groups"], LIMIT)),
    (
        "authorization servers",
        "okta.authorizationServers.read",
        "READ_ONLY_ADMIN",
        Probe::Get(&["api", "v1", "authorizationServers"], LIMIT),
    ),
    (
        "write authorization servers",
        "okta.authorizationServers.manage",
        "API_ACCESS_MANAGEMENT_ADMIN",
        Probe::Write(&WRITES_SERVERS),
    ),
    (
        "sign-in policies",
        "okta.policies.read",
        "READ_ONLY_ADMIN",
        Probe::Get(&["api", "v1", "policies"], &[("type", "OKTA_SIGN_ON")]),
    ),
    ("System Log", "okta.logs.read", "READ_ONLY_ADMIN", Probe::Get(&["api", "v1", "logs"], LIMIT)),
    ("own roles", "okta.roles.read", "READ_ONLY_ADMIN", Probe::Roles),
];

/// Tries what the session may do: one small GET for each feature that reads; nothing is written. Features that write are left out for a
/// read-only session.
///
/// # Errors
/// The org cannot be reached, or ends the session meanwhile.
pub async fn preflight(session: &Session) -> Result<Vec<Feature>, RunError> {
    let reader = session.reader();
    let signed_in = session.signed_in();
    let granted: Option<Vec<String>> =
        signed_in.scopes.as_ref().map(|list| list.iter().map(ToString::to_string).collect());
    let configured = match &signed_in.client_id {
        Some(client) => configured(reader, client.as_str()).await?,
        None => None,
    };
    let mut features = Vec::new();
    for (name, scope, role, probe) in FEATURES {
        if session.read_only() && matches!(probe, Probe::Write(_)) {
            continue;
        }
        let in_token = granted.as_ref().map(|list| scopes::covers(list, scope));
        let right = match &probe {
            _ if in_token == Some(false) => Right::NoScope,
            Probe::Write(roles) => by_role(&session.me().roles, roles),
            Probe::Roles if session.me().roles.is_some() => Right::Works,
            Probe::Roles => Right::NoRole,
            Probe::Get(segments, query) => judged(reader.raw_get(segments, query).await)?,
        };
        let configured = configured.as_ref().map(|list| scopes::covers(list, scope));
        features.push(Feature { name, scope, role, configured, granted: in_token, right });
    }
    Ok(features)
}

fn by_role(mine: &Option<Vec<Role>>, enough: &[&str]) -> Right {
    match mine {
        Some(mine) if mine.iter().any(|r| enough.contains(&r.kind.as_str())) => Right::Works,
        Some(mine) if mine.iter().any(|r| r.kind.as_str() == "CUSTOM") => Right::NotTold,
        Some(_) => Right::NoRole,
        None => Right::NotTold,
    }
}

fn judged(answer: Result<Value, ApiError>) -> Result<Right, RunError> {
    match answer {
        Ok(_) => Ok(Right::Works),
        Err(ApiError::Okta(p)) if p.status == 403 && p.code.as_str() == "insufficient_scope" => {
            Ok(Right::NoScope)
        }
        Err(e) if e.is_forbidden() => Ok(Right::NoRole),
        // E0000015: the org has not bought the feature.
        Err(ApiError::Okta(p)) if p.code.as_str() == "E0000015" || p.status == 404 => {
            Ok(Right::Not("this org does not have it".into()))
        }
        Err(ApiError::Okta(p)) if p.status == 400 => Ok(Right::Not(p.summary)),
        Err(e) => Err(e.into()),
    }
}

/// The scopes that are granted to the app; `None` where that cannot be read.
async fn configured(reader: &Reader, client_id: &str) -> Result<Option<Vec<String>>, RunError> {
    match reader.raw_get(&["api", "v1", "apps", client_id, "grants"], &[("limit", "200")]).await {
        Ok(list) => {
            let active = |g: &&Value| g.get("status").and_then(Value::as_str) != Some("REVOKED");
            let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
            let scopes = list.iter().filter(active).filter_map(|g| g.get("scopeId")?.as_str());
            Ok(Some(scopes.map(str::to_owned).collect()))
        }
        Err(e) if e.is_forbidden() || e.is_not_found() => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// A client of the wire for signing in, and for what comes after it.
pub(super) fn wire() -> Result<wire::Client, RunError> {
    Ok(wire::Client::new(wire::Options::default()).map_err(net)?)
}
