//! Reads what the check-up of an app judges. Reads only; reading the client secrets is asked for apart, since Okta logs it.

use super::error::RunError;
use super::session::Session;
use super::{live, remember, testing};
use crate::checkup::{Facts, Field, Finding, SecretFacts, check_up, drift};
use crate::okta::model::{App, Assigned, Engine, Readable, User};
use crate::setup::{AuthorizationServer, Context, Setup};
use crate::uri::Callback;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The app as it is in the org, judged. `secrets`: also how old its client secrets are.
///
/// # Errors
/// The app cannot be read. What else may not be read is a finding.
pub async fn of_app(session: &Session, app: &App, secrets: bool) -> Result<Vec<Finding>, RunError> {
    Ok(check_up(&read(session, app, secrets, None).await?))
}

/// An app as a Setup wants it against the app as it is, field by field; with the Setup that describes it as it is, people included.
///
/// # Errors
/// The app cannot be read.
pub async fn against(session: &Session, app: &App, wanted: &Setup) -> Result<(Vec<Field>, Setup), RunError> {
    let facts = read(session, app, false, Some(wanted.authorization_server.clone())).await?;
    let mut live = facts.setup.clone();
    if let Some(people) = facts.people.known() {
        let direct = people.iter().filter(|(user, _)| user.via == Assigned::Directly);
        live.access.people =
            direct.filter_map(|(_, person)| Some(person.as_ref()?.login.to_string())).collect();
    }
    // What Okta does not know stays as the Setup has it.
    live.mcp_servers.clone_from(&wanted.mcp_servers);
    live.app.logo = wanted.app.logo.clone().filter(|_| app.logo_href().is_some());
    for row in &mut live.redirect_uris {
        if let Some(named) = wanted.redirect_uris.iter().find(|w| w.uri == row.uri) {
            row.environment.clone_from(&named.environment);
        }
    }
    Ok((drift(wanted, &facts), live))
}

/// What the check-up judges. `server`: the authorization server that the app is used with, where that is known.
///
/// # Errors
/// As [`of_app`].
pub(super) async fn read(
    session: &Session,
    app: &App,
    secrets: bool,
    server: Option<AuthorizationServer>,
) -> Result<Facts, RunError> {
    let reader = session.reader();
    let Some(id) = app.id() else {
        return Err(RunError::Missing { what: "the app has no id".into(), help: "Read it again.".into() });
    };
    let callbacks = remember::own_callbacks(session.places(), session);
    let callbacks: Vec<Callback> =
        callbacks.into_iter().map(|(environment, uri)| Callback { environment, uri }).collect();
    let server = match server {
        Some(server) => server,
        None => testing::server_of(session, &id).await,
    };
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
