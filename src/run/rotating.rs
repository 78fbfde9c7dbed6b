//! Rotation of a client secret against the session's org: where it stands, its next step as a plan, its proof at the token endpoint.
//! What Okta cannot know of it rests in one small file an app, without any secret value.

use super::error::RunError;
use super::job::{Outcome, PlanMade, TestRequest};
use super::session::Session;
use super::{applying, inventory, live, testing};
use crate::change::rotation::{Rotation, Stage, Standing, Used, used};
use crate::flow::trace::{Step, Trace, Verdict, Way};
use crate::okta::model::{App, AppId, ClientAuthentication, ClientSecret, Readable, SecretId};
use crate::okta::read::LogQuery;
use crate::secret::Secret;
use crate::setup::{Ask, Draft, SecretAsk, Target};
use crate::store::{self, Places};
use jiff::Timestamp;
use std::path::PathBuf;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn file(places: &Places, app: &AppId) -> PathBuf {
    places.data.join("rotation").join(format!("{app}.json"))
}

fn load(session: &Session, app: &AppId) -> Result<Option<Rotation>, RunError> {
    let path = file(session.places(), app);
    let Some(bytes) = store::read(&path)? else { return Ok(None) };
    let unreadable = |e: String| RunError::Missing {
        what: format!("the notes of this app's rotation cannot be read: {e}"),
        help: format!("Move {} away and begin again; the secrets themselves are in Okta.", path.display()),
    };
    let rotation: Rotation = serde_json::from_slice(&bytes).map_err(|e| unreadable(e.to_string()))?;
    if rotation.version != 1 {
        return Err(unreadable("a newer oktui wrote them".into()));
    }
    Ok((rotation.org_url == session.org().url).then_some(rotation))
}

fn save(session: &Session, rotation: &Rotation) -> Result<(), RunError> {
    let text = serde_json::to_vec_pretty(rotation).unwrap_or_default();
    Ok(store::write_private(&file(session.places(), &rotation.app), &text)?)
}

async fn secrets(session: &Session, app: &AppId) -> Result<Vec<ClientSecret>, RunError> {
    let mut secrets = session.reader().secrets(app).await?;
    secrets.sort_by_key(|s| s.created);
    Ok(secrets)
}

fn without_values(secrets: &[ClientSecret]) -> Vec<ClientSecret> {
    secrets.iter().map(|s| ClientSecret { value: None, ..s.clone() }).collect()
}

/// Reads where the rotation of an app stands. Okta's log records the read of the secrets.
///
/// # Errors
/// The app or its secrets cannot be read, or the notes on disk.
pub async fn standing(session: &Session, app: App) -> Result<Standing, RunError> {
    let id = need_id(&app)?;
    let secrets = without_values(&secrets(session, &id).await?);
    let mut rotation = load(session, &id)?;
    if let Some(r) = &mut rotation {
        let before = r.clone();
        r.settle(&secrets, Timestamp::now());
        if *r != before {
            save(session, r)?;
        }
    }
    let stage = rotation.as_ref().map(|r| r.stage(&secrets));
    let used = match (&rotation, &stage) {
        (Some(rotation), Some(Stage::Update(_) | Stage::Deactivate)) => {
            in_use(session, rotation, &secrets).await
        }
        _ => Readable::NotAsked,
    };
    Ok(Standing { app, secrets, rotation, stage, used })
}

/// What Okta's log has of the client's token requests since its second secret was made.
async fn in_use(session: &Session, rotation: &Rotation, secrets: &[ClientSecret]) -> Readable<Vec<Used>> {
    let new = secrets.iter().find(|s| rotation.new.as_ref() == Some(&s.id));
    let (since, now) = (new.and_then(|s| s.created).unwrap_or(rotation.began), Timestamp::now());
    let query = LogQuery::TokensOf { client: rotation.client_id.clone() };
    match session.reader().log(&query, since, now).next().await.transpose() {
        Ok(page) => {
            let requests: Vec<_> = page
                .unwrap_or_default()
                .into_iter()
                .filter_map(|event| Some((event.published, event.secret_hash?)))
                .collect();
            Readable::Known(used(secrets, &requests))
        }
        Err(e) => Err(e).into(),
    }
}

fn need_id(app: &App) -> Result<AppId, RunError> {
    app.id()
        .ok_or_else(|| RunError::Missing { what: "the app has no id".into(), help: "Read it again.".into() })
}

/// Begins a rotation, or gives the one that is under way. Writes nothing to Okta.
///
/// # Errors
/// It is not clear which secret goes, or something cannot be read.
pub async fn begin(
    session: &Session,
    app: App,
    old: Option<&SecretId>,
    places: &[String],
) -> Result<Standing, RunError> {
    let standing = standing(session, app).await?;
    if standing.stage.as_ref().is_some_and(|s| !matches!(s, Stage::Done | Stage::Broken(_))) {
        return Ok(standing);
    }
    let (id, client) = (need_id(&standing.app)?, standing.app.client_id());
    let missing = || RunError::Missing {
        what: "the app has no client id".into(),
        help: "Only OIDC apps have client secrets.".into(),
    };
    let what = (id, client.ok_or_else(missing)?, standing.app.label());
    let url = &session.org().url;
    let rotation = Rotation::begin(url, what, &standing.secrets, old, places, Timestamp::now())
        .map_err(|e| RunError::Missing { what: e.to_string(), help: e.help().into() })?;
    save(session, &rotation)?;
    let stage = Some(rotation.stage(&standing.secrets));
    Ok(Standing { rotation: Some(rotation), stage, ..standing })
}

/// The plan for asks of an app's secrets, nothing else in it.
///
/// # Errors
/// As [`applying::plan`].
pub async fn plan(
    session: &Session,
    app: &AppId,
    asks: Vec<SecretAsk>,
    reason: &str,
) -> Result<PlanMade, RunError> {
    let server = testing::server_of(session, app).await;
    let loaded = live::app(session, app, server, &[]).await?;
    let mut draft = Draft::new(session.org().url.clone());
    draft.target = Target::Existing(app.clone());
    draft.setup = loaded.setup;
    // The app stays as it is: no policy is made for it on the way.
    draft.setup.authorization_server.access_policy = false;
    draft.asks = asks.into_iter().map(Ask::Secret).collect();
    draft.reason = reason.to_owned();
    applying::plan(session, &draft).await
}

/// What the token endpoint said to the new secret.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Whether it took the secret.
    pub taken: bool,
    /// The run, for whoever wants to see it.
    pub trace: Trace,
}

/// Proves the new secret with a code that cannot be right: the endpoint looks at the client first, so its answer tells one from the
/// other. Nobody signs in.
///
/// # Errors
/// There is no new secret, its value may not be read, or the run could not begin.
pub async fn prove(session: &Session, standing: &Standing) -> Result<Proof, RunError> {
    let missing = |what: &str, help: &str| RunError::Missing { what: what.into(), help: help.into() };
    let Some(mut rotation) = standing.rotation.clone() else {
        return Err(missing("no rotation is under way", "Begin one first: oktui rotate begin."));
    };
    let Some(new) = rotation.new.clone() else {
        return Err(missing("the new secret is not made yet", "oktui rotate next makes it."));
    };
    let value = value(session, &rotation.app, &new).await?;
    let app = &standing.app;
    let server = testing::server_of(session, &rotation.app).await.kind();
    let request = TestRequest {
        temporary: None,
        side: false,
        app: rotation.app.clone(),
        client_id: rotation.client_id.clone(),
        label: rotation.label.clone(),
        server: server.unwrap_or(crate::okta::model::ServerKind::Org),
        authentication: app.client_authentication().unwrap_or(ClientAuthentication::ClientSecretBasic),
        secret: Some(value),
        redirect_uri: app.redirect_uris().into_iter().next().unwrap_or_default(),
        sign_out_uri: None,
        scopes: vec!["openid".into()],
        way: Way::Probe,
        whole_life: false,
        login: String::new(),
        password: None,
        stepping: None,
        run: 1,
    };
    let (sink, mut events) = applying::channel();
    let (_replies, answers) = mpsc::channel(1);
    let drain = tokio::spawn(async move { while events.recv().await.is_some() {} });
    let ended = testing::run(session, request, &sink, answers, CancellationToken::new()).await;
    drain.abort();
    let (trace, _safe) = ended?;
    // Other hops may have failed (no policy, a redirect URI): only the token endpoint's word on the client counts here.
    let taken = trace.hops.iter().any(|hop| hop.step == Step::Token && hop.verdict == Verdict::Pass);
    if taken {
        let now = Timestamp::now();
        rotation.proved.get_or_insert(now);
        if rotation.deactivated.is_some() {
            rotation.confirmed.get_or_insert(now);
        }
        save(session, &rotation)?;
    }
    Ok(Proof { taken, trace })
}

/// The value of a secret: reading it leaves an event in Okta's log.
///
/// # Errors
/// It is not there, or its value may not be read.
pub async fn value(session: &Session, app: &AppId, id: &SecretId) -> Result<Secret, RunError> {
    let found = secrets(session, app).await?.into_iter().find(|s| s.id == *id);
    found.and_then(|s| s.value).ok_or_else(|| RunError::Missing {
        what: format!("the value of the client secret {id} may not be read"),
        help: "A role with the permission okta.apps.clientCredentials.read sees it; or make a new one."
            .into(),
    })
}

/// Notes that a place has the new secret.
///
/// # Errors
/// There is no such place, or the notes cannot be written.
pub fn tick(session: &Session, standing: &mut Standing, place: &str) -> Result<(), RunError> {
    let Some(rotation) = &mut standing.rotation else {
        return Err(RunError::Missing {
            what: "no rotation is under way".into(),
            help: "Begin one first: oktui rotate begin.".into(),
        });
    };
    if !rotation.tick(place, Timestamp::now()) {
        let known: Vec<&str> = rotation.places.iter().map(|p| p.name.as_str()).collect();
        return Err(RunError::Missing {
            what: format!("there is no place {}", crate::text::Clean::new(place)),
            help: format!("There are: {}.", known.join(", ")),
        });
    }
    save(session, rotation)?;
    let new = rotation.new.clone();
    standing.stage = Some(rotation.stage(&standing.secrets));
    in_inventory(session, place, new.as_ref())
}

/// Notes in the inventory, where the place is a server of it, which secret it has and since when.
fn in_inventory(session: &Session, place: &str, secret: Option<&SecretId>) -> Result<(), RunError> {
    let path = inventory::file(session.places());
    let servers = inventory::read(&path)?.servers();
    let (Some(server), Some(secret)) =
        (servers.iter().find(|s| s.place().eq_ignore_ascii_case(place)), secret)
    else {
        return Ok(());
    };
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    inventory::change(&path, |all| {
        let environment = Some(server.environment.as_str());
        all.set(&server.name, environment, "secret_id", secret.as_str())?;
        all.set(&server.name, environment, "updated", &today)
    })?;
    Ok(())
}

/// Forgets the notes of a rotation that went back or is done.
///
/// # Errors
/// The file cannot be removed.
pub fn forget(session: &Session, app: &AppId) -> Result<(), RunError> {
    store::remove(&file(session.places(), app))?;
    Ok(())
}

/// What a face can ask of a rotation.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    Look,
    Begin { old: Option<SecretId>, places: Vec<String> },
    Prove,
    Tick(String),
    Forget,
}

/// Carries out a step that writes nothing to Okta.
///
/// # Errors
/// Those of the step. A secret that the token endpoint did not take is one as well: the run was for nothing else.
pub(super) async fn job(session: &Session, app: &AppId, wish: Wish) -> Result<Outcome, RunError> {
    let app = session.reader().app(app).await?;
    let standing = match wish {
        Wish::Look => standing(session, app).await?,
        Wish::Begin { old, places } => begin(session, app, old.as_ref(), &places).await?,
        Wish::Tick(place) => {
            let mut now = standing(session, app).await?;
            tick(session, &mut now, &place)?;
            now
        }
        Wish::Forget => {
            forget(session, &need_id(&app)?)?;
            standing(session, app).await?
        }
        Wish::Prove => {
            let now = standing(session, app).await?;
            let proof = prove(session, &now).await?;
            if !proof.taken {
                return Err(RunError::Missing {
                    what: format!(
                        "the token endpoint did not take the new secret: {}",
                        word_on_it(&proof.trace)
                    ),
                    help:
                        "Nothing was changed. Run the test (t) to see every step; the old secret still works."
                            .into(),
                });
            }
            standing(session, now.app).await?
        }
    };
    Ok(Outcome::Rotation(Box::new(standing)))
}

/// The first line of why the first hop that failed did.
fn word_on_it(trace: &Trace) -> String {
    let hop = trace.hops.iter().find(|h| matches!(h.verdict, Verdict::Fail | Verdict::Warn));
    hop.and_then(|h| h.why.first().cloned()).unwrap_or_else(|| "it was not asked".into())
}
