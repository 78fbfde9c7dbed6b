//! The values themselves, from whatever is known: the end of an apply, the app as it is live, the discovery document.

use super::model::Model;
use crate::change::HandOver;
use crate::okta::model::{AppId, ClientSecret, Readable};
use crate::secret::Secret;
use crate::setup::Target;
use crate::tui::shared::{Remote, Shared};

/// The names in the gateway's form, in its order.
pub(super) const NAMES: [&str; 6] =
    ["clientId", "clientSecret", "authorizationUrl", "tokenUrl", "redirectUri", "scopes"];

/// The row of the secret.
pub(super) const SECRET: usize = 1;
/// The row of the redirect URI.
pub(super) const REDIRECT: usize = 4;

/// What is known of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// It may be shown.
    Plain(String),
    /// It is shown on demand only.
    Hidden(Secret),
    /// It is not there; why, and what helps.
    Missing(String),
}

/// The app in question, if it exists.
pub(super) fn app_id(shared: &Shared) -> Option<AppId> {
    let work = shared.work.as_ref()?;
    match &work.draft.target {
        Target::Existing(id) => Some(id.clone()),
        Target::New => work.applied.as_ref()?.app.clone(),
    }
}

/// What the form needs, with what is not known left empty.
pub(super) fn hand_over(shared: &Shared) -> Option<HandOver> {
    let work = shared.work.as_ref()?;
    if let Some(applied) = &work.applied {
        return Some(applied.hand_over.clone());
    }
    if let Some(made) = work.plan.value() {
        return Some(made.plan.hand_over.clone());
    }
    let setup = &work.draft.setup;
    let server = setup.authorization_server.kind()?;
    let discovery = work.server.value().filter(|probe| probe.server == server);
    let discovery = discovery.and_then(|probe| probe.discovery.known()).and_then(Option::as_ref);
    Some(HandOver {
        client_id: work.loaded.value().and_then(|loaded| loaded.app.client_id()),
        server,
        authorization_url: discovery.map(|d| d.authorization_endpoint.clone()).unwrap_or_default(),
        token_url: discovery.map(|d| d.token_endpoint.clone()).unwrap_or_default(),
        redirect_uris: setup.redirect_uris.iter().map(|r| (r.environment.clone(), r.uri.clone())).collect(),
        scopes: setup.authorization_server.scopes.clone(),
    })
}

/// The newest active secret with a value.
pub(super) fn newest(secrets: &[ClientSecret]) -> Option<&Secret> {
    let usable = secrets.iter().filter(|s| s.active && s.value.is_some());
    usable.max_by_key(|s| s.created).and_then(|s| s.value.as_ref())
}

/// The secret, or why it is not there.
pub(super) fn secret(model: &Model, shared: &Shared) -> Value {
    let Some(work) = &shared.work else { return Value::Missing("no app is being worked on".into()) };
    if let Some(secret) = work.applied.as_ref().and_then(|a| a.secret.as_ref()) {
        return Value::Hidden(secret.clone());
    }
    if app_id(shared).is_none() {
        return Value::Missing("made by apply".into());
    }
    match &model.secrets {
        _ if model.loading => Value::Missing("being read ...".into()),
        Readable::Known(secrets) => match newest(secrets) {
            Some(secret) => Value::Hidden(secret.clone()),
            None if secrets.is_empty() => Value::Missing("this app has no client secret".into()),
            None => Value::Missing("Okta shows no active secret with its value to this token".into()),
        },
        Readable::Forbidden(error) => Value::Missing(format!(
            "this token may not read client secrets ({error}); copy it in the Admin Console, or use a token that may"
        )),
        Readable::Failed(error) => Value::Missing(format!("not read: {error}. {}", error.help())),
        Readable::NotAsked => match &model.trouble {
            Some(trouble) => Value::Missing(format!("not read: {} {}", trouble.what, trouble.help)),
            None => Value::Missing("not read yet".into()),
        },
    }
}

/// The six values, in the form's order.
pub(super) fn all(model: &Model, shared: &Shared) -> [Value; 6] {
    let known = hand_over(shared);
    let plain = |text: Option<String>, missing: &str| match text.filter(|t| !t.is_empty()) {
        Some(text) => Value::Plain(text),
        None => Value::Missing(missing.into()),
    };
    let known = known.as_ref();
    let endpoint = match shared.work.as_ref().map(|w| &w.server) {
        Some(Remote::Failed(trouble, _)) => {
            format!("not known: {} r reads it again", trouble.what)
        }
        Some(Remote::Ready(_)) => "not known: step 5 shows what this server answered".into(),
        _ => "being read ...".into(),
    };
    let redirect = known.and_then(|h| {
        let at = model.environment.min(h.redirect_uris.len().saturating_sub(1));
        h.redirect_uris.get(at).map(|(_, uri)| uri.clone())
    });
    [
        plain(known.and_then(|h| h.client_id.as_ref()).map(ToString::to_string), &no_client(shared)),
        secret(model, shared),
        plain(known.map(|h| h.authorization_url.clone()), &endpoint),
        plain(known.map(|h| h.token_url.clone()), &endpoint),
        plain(redirect, "none yet: step 3"),
        plain(known.map(HandOver::scopes_json), "none yet: step 5"),
    ]
}

/// Why there is no client id. *Not read* is not *not made*.
fn no_client(shared: &Shared) -> String {
    if app_id(shared).is_none() {
        return "made by apply".into();
    }
    match shared.work.as_ref().map(|w| &w.loaded) {
        Some(Remote::Loading) => "being read ...".into(),
        Some(Remote::Failed(trouble, _)) => format!("not read: {} {}", trouble.what, trouble.help),
        _ => "not read yet: the plan reads it".into(),
    }
}

/// All values as a JSON object with the form's names, for a file.
pub(super) fn as_json(values: &[Value; 6]) -> Secret {
    let mut lines = Vec::new();
    for (name, value) in NAMES.iter().zip(values) {
        let text = match value {
            Value::Plain(text) if *name == "scopes" => text.clone(),
            Value::Plain(text) => serde_json::Value::from(text.as_str()).to_string(),
            Value::Hidden(secret) => serde_json::Value::from(secret.expose()).to_string(),
            Value::Missing(_) => "null".into(),
        };
        lines.push(format!("  \"{name}\": {text}"));
    }
    Secret::new(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

/// All values, label over value, for the bare screen.
pub(super) fn as_lines(values: &[Value; 6]) -> Vec<Secret> {
    let mut lines = Vec::new();
    for (name, value) in NAMES.iter().zip(values) {
        lines.push(Secret::new(*name));
        lines.push(match value {
            Value::Plain(text) => Secret::new(text.as_str()),
            Value::Hidden(secret) => secret.clone(),
            Value::Missing(why) => Secret::new(format!("({why})")),
        });
    }
    lines
}
