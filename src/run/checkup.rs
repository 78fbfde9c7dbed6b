//! Reads what the check-up of an app judges. Reads only; reading the client secrets is asked for apart, since Okta logs it.

use super::error::RunError;
use super::session::Session;
use super::{live, remember, testing};
use crate::checkup::{Facts, Finding, SecretFacts, check_up};
use crate::okta::model::{App, Engine, Readable, User};
use crate::setup::Context;
use crate::uri::Callback;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The app as it is in the org, judged. `secrets`: also how old its client secrets are.
///
/// # Errors
/// The app cannot be read. What else may not be read is a finding.
pub async fn of_app(session: &Session, app: &App, secrets: bool) -> Result<Vec<Finding>, RunError> {
    Ok(check_up(&read(session, app, secrets).await?))
}

/// What the check-up judges.
///
/// # Errors
/// As [`of_app`].
pub(super) async fn read(session: &Session, app: &App, secrets: bool) -> Result<Facts, RunError> {
    let reader = session.reader();
    let Some(id) = app.id() else {
        return Err(RunError::Missing { what: "the app has no id".into(), help: "Read it again.".into() });
    };
    let callbacks = remember::own_callbacks(session.places(), session);
    let callbacks: Vec<Callback> =
        callbacks.into_iter().map(|(environment, uri)| Callback { environment, uri }).collect();
    let server = testing::server_of(session, &id).await;
    let loaded = live::app(session, &id, server, &callbacks).await?;
    let Some(kind) = loaded.setup.authorization_server.kind() else {
        return Err(RunError::Missing {
            what: "the authorization server of this app is not known".into(),
            help: "Say which one with --server.".into(),
        });
    };
    let client = app.client_id();
    let (probe, people, everyone, servers, sign_on, read) = tokio::join!(
        live::probe(session, &kind, client.as_ref()),
        reader.app_people(&id).all(),
        live::everyone(session),
        reader.servers(),
        async {
            match session.org().engine {
                Engine::Classic => Readable::NotAsked,
                _ => reader.app_sign_on_rules(app).await.into(),
            }
        },
        async {
            match secrets {
                true => Readable::from(reader.secrets(&id).await),
                false => Readable::NotAsked,
            }
        }
    );
    let people = Readable::from(people);
    let named: BTreeMap<String, User> = people
        .known()
        .into_iter()
        .flatten()
        .filter_map(|(_, person)| person.as_ref())
        .map(|person| (person.login.to_string(), person.clone()))
        .collect();
    let callbacks_told = !callbacks.is_empty();
    let context = Context {
        callbacks: if callbacks.is_empty() { Context::with_gateway_callback().callbacks } else { callbacks },
        discovery: probe.discovery,
        scopes: probe.scopes,
        servers: servers.into(),
        app: Some(loaded.app.clone()),
        people: people.known().map(|_| named),
        ..Context::default()
    };
    let read = match read {
        Readable::Known(all) => Readable::Known(
            all.into_iter().map(|s| SecretFacts { active: s.active, created: s.created }).collect(),
        ),
        Readable::NotAsked => Readable::NotAsked,
        Readable::Forbidden(e) => Readable::Forbidden(e),
        Readable::Failed(e) => Readable::Failed(e),
    };
    Ok(Facts {
        app: loaded.app,
        setup: loaded.setup,
        context,
        callbacks_told,
        server: kind,
        policies: probe.policies,
        people,
        groups: loaded.groups,
        everyone,
        secrets: read,
        sign_on,
        engine: session.org().engine,
        prod: session.prod(),
        now: Timestamp::now(),
    })
}
