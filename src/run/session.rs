//! A session with one org: the reader, the one writer, who we are, and where its drafts and journal lie.

use super::error::RunError;
use super::job::{Connected, Demo, DemoPerson, DemoScenario, DeviceCode, SignIn, SignedIn};
use super::login;
use super::remember;
use crate::change::HEADROOM;
use crate::okta::model::{Identity, OrgFacts};
use crate::okta::read::Reader;
use crate::okta::token::Tokens;
use crate::okta::write::Writer;
use crate::okta::{Authorization, Transport, address};
use crate::secret::Secret;
use crate::store::Places;
use crate::text::Clean;
use crate::wire;
use std::sync::Arc;
use tokio::sync::Mutex;

/// How to reach an org, as given.
#[derive(Clone, Debug)]
pub struct Access {
    /// The org URL as typed.
    pub url: String,
    /// How to sign in.
    pub way: SignIn,
    /// A name for lists; the host when empty.
    pub label: String,
    /// Marked as production.
    pub prod: bool,
    /// No writes at all.
    pub read_only: bool,
    /// Percent of each rate limit that is left to the org's other users while a plan is applied; `None`: as the org's profile says.
    pub headroom: Option<u8>,
}

/// What a started demo org tells, for the runner to connect to it.
#[derive(Clone, Debug)]
pub struct DemoAccess {
    /// Its URL.
    pub org_url: String,
    /// Its API token.
    pub api_token: Secret,
    /// The stand-in for the gateway's callback.
    pub gateway_callback: String,
    /// Where it lists its people with notes and passwords.
    pub people_url: String,
}

/// A session. Clones share it.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    reader: Reader,
    /// `None` for a read-only session: then no write is possible at all.
    writer: Mutex<Option<Writer>>,
    way: SignIn,
    tokens: Option<Tokens>,
    org: OrgFacts,
    me: Identity,
    label: Clean,
    prod: bool,
    read_only: bool,
    headroom: u8,
    notes: Vec<String>,
    places: Places,
    demo: Option<DemoAccess>,
}

impl Session {
    /// Normalises the URL, asks the org what it is, signs in, and asks who we are there. `show` is called with the code where a person
    /// has to approve the sign-in on a page.
    ///
    /// # Errors
    /// A URL that is none; an org that cannot be reached; a key that cannot be used; a sign-in that the org does not take.
    pub async fn connect(
        access: Access,
        places: Places,
        demo: Option<DemoAccess>,
        show: &(dyn Fn(DeviceCode) + Send + Sync),
    ) -> Result<Self, RunError> {
        let address = address::normalise(&access.url).map_err(|e| RunError::Address(e.to_string()))?;
        let marks = remember::marks(&places, &address.url, access.read_only)?;
        let access = Access {
            read_only: access.read_only || marks.read_only,
            prod: access.prod || marks.prod,
            label: if access.label.trim().is_empty() { marks.label } else { access.label },
            ..access
        };
        let wire = login::wire()?;
        let anonymous = Transport::new(&address.url, Authorization::Anonymous, wire.clone());
        // Before anything secret is sent: a host that turns out to be no org never sees it.
        let org = Reader::new(anonymous).org_facts().await?;
        let way = access.way.clone();
        let (authorization, tokens) =
            login::authorization(access.way, &address.url, access.read_only, &wire, show).await?;
        let transport = Transport::new(&address.url, authorization, wire);
        let reader = Reader::new(transport.clone());
        let service = match &way {
            SignIn::Service { client_id, .. } => Some(client_id.as_str()),
            _ => None,
        };
        let me = login::identity(&reader, tokens.as_ref(), service).await?;
        let label = if access.label.trim().is_empty() {
            Clean::new(org.host())
        } else {
            Clean::new(access.label.trim())
        };
        let headroom = access.headroom.or_else(|| remember::headroom(&places, &org.url)).unwrap_or(HEADROOM);
        let writer = Mutex::new((!access.read_only).then(|| Writer::new(transport)));
        Ok(Self(Arc::new(Inner {
            reader,
            writer,
            way,
            tokens,
            org,
            me,
            label,
            prod: access.prod,
            read_only: access.read_only,
            headroom,
            notes: address.notes,
            places,
            demo,
        })))
    }

    /// Reads.
    pub fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// The writer's place: locked by who writes; `None` inside for a read-only session.
    pub(super) fn writer(&self) -> &Mutex<Option<Writer>> {
        &self.0.writer
    }

    /// The org.
    pub fn org(&self) -> &OrgFacts {
        &self.0.org
    }

    /// Who we are there.
    pub fn me(&self) -> &Identity {
        &self.0.me
    }

    /// What may be shown of the sign-in, as it stands now.
    pub fn signed_in(&self) -> SignedIn {
        login::signed_in(&self.0.way, self.0.tokens.as_ref().and_then(Tokens::facts))
    }

    /// How it was signed in.
    pub(super) fn way(&self) -> &SignIn {
        &self.0.way
    }

    /// Whether no write is possible.
    pub fn read_only(&self) -> bool {
        self.0.read_only
    }

    /// What was changed in the URL as typed, in sentences.
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// Whether the org is marked as production.
    pub fn prod(&self) -> bool {
        self.0.prod
    }

    /// Percent of each rate limit that is left to the org's other users while a plan is applied.
    pub fn headroom(&self) -> u8 {
        self.0.headroom
    }

    /// Where drafts and journal lie: a passing folder for the demo org.
    pub fn places(&self) -> &Places {
        &self.0.places
    }

    /// What the demo org tells, where this is one.
    pub fn demo(&self) -> Option<&DemoAccess> {
        self.0.demo.as_ref()
    }

    /// What a face shows. In the demo org the people are asked for their notes.
    ///
    /// # Errors
    /// The demo org does not answer.
    pub async fn connected(&self, callbacks: Vec<(String, String)>) -> Result<Connected, RunError> {
        let demo = match &self.0.demo {
            Some(access) => Some(Demo { people: demo_people(&access.people_url).await? }),
            None => None,
        };
        Ok(Connected {
            org: self.0.org.clone(),
            me: self.0.me.clone(),
            label: self.0.label.clone(),
            prod: self.0.prod,
            read_only: self.0.read_only,
            notes: self.0.notes.clone(),
            callbacks,
            authorization_server: remember::default_server(&self.0.places, &self.0.org.url),
            signed_in: self.signed_in(),
            demo,
        })
    }
}

/// The scenarios of the demo org; `play` is played first, where one is named.
///
/// # Errors
/// It does not answer, or has no such scenario.
pub(super) async fn demo_scenarios(
    access: &DemoAccess,
    play: Option<&str>,
) -> Result<Vec<DemoScenario>, RunError> {
    let wire = wire::Client::new(wire::Options::default()).map_err(crate::okta::net)?;
    let ask = async |method: http::Method, body: wire::Body| {
        let url = format!("{}/__demo/scenario", access.org_url);
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        let request = wire::Request { method, url, headers, body };
        let response = wire.send(request).await.map_err(crate::okta::net)?;
        let value: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
        if response.status != 200 {
            return Err(RunError::Missing {
                what: "the demo org has no such scenario".into(),
                help: "oktui demo --scenario list names them.".into(),
            });
        }
        Ok(value)
    };
    if let Some(name) = play {
        ask(
            http::Method::POST,
            wire::Body::Bytes(serde_json::json!({ "name": name }).to_string().into_bytes()),
        )
        .await?;
    }
    let value = ask(http::Method::GET, wire::Body::Empty).await?;
    let text = |v: &serde_json::Value, key: &str| v.get(key).and_then(|t| t.as_str()).map(Clean::new);
    let now = text(&value, "name");
    let list = value.get("scenarios").and_then(|s| s.as_array()).into_iter().flatten();
    Ok(list
        .filter_map(|s| {
            let name = text(s, "name")?;
            Some(DemoScenario { now: now.as_ref() == Some(&name), what: text(s, "what")?, name })
        })
        .collect())
}

/// The demo org's people, from its control path.
///
/// # Errors
/// It does not answer, or not as documented.
pub async fn demo_people(url: &str) -> Result<Vec<DemoPerson>, RunError> {
    let wire = wire::Client::new(wire::Options::default()).map_err(crate::okta::net)?;
    let request = wire::Request {
        method: http::Method::GET,
        url: url.to_owned(),
        headers: http::HeaderMap::new(),
        body: wire::Body::Empty,
    };
    let response = wire.send(request).await.map_err(crate::okta::net)?;
    let unreadable = || RunError::Missing {
        what: "the demo org does not tell its people".into(),
        help: "Leave oktui and start the demo again.".into(),
    };
    let value: serde_json::Value = serde_json::from_slice(&response.body).map_err(|_| unreadable())?;
    let list = value.as_array().or_else(|| value.get("people")?.as_array()).ok_or_else(unreadable)?;
    let text = |v: &serde_json::Value, key: &str| v.get(key).and_then(|t| t.as_str()).map(str::to_owned);
    Ok(list
        .iter()
        // The others are there to fill lists; who has a note is there to be tried.
        .filter(|p| p.get("note").and_then(|n| n.as_str()).is_some_and(|n| !n.is_empty()))
        .filter_map(|p| {
            Some(DemoPerson {
                login: Clean::new(&text(p, "login")?),
                password: Secret::new(text(p, "password")?),
                note: Clean::new(&text(p, "note").unwrap_or_default()),
                code: text(p, "current_code").map(Secret::new),
            })
        })
        .collect())
}
