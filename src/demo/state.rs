//! Everything the demo org remembers. One value behind one lock; nothing here waits.

use super::apps::App;
use super::clock::{Clock, rfc3339};
use super::faults::Fault;
use super::limits::Limits;
use super::people::{Directory, Person, Status};
use super::servers::Server;
use super::signon::SignOn;
use super::{Engine, Options, Scenario, Traffic, apps, seed, servers, signon};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// Records of calls kept for the control path; older ones are dropped.
const KEPT: usize = 20_000;

/// Somebody is signed in.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) person: u64,
    /// Epoch seconds.
    pub(super) since: i64,
    /// RFC 8176 values: `pwd`, `otp`, `mfa`.
    pub(super) methods: Vec<&'static str>,
    pub(super) id: String,
}

impl Session {
    pub(super) fn two_factors(&self) -> bool {
        self.methods.contains(&"mfa")
    }
}

/// A sign-in between two steps: of `/api/v1/authn`, or of the sign-in page.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) person: Option<u64>,
    /// Epoch seconds.
    pub(super) expires: i64,
    /// The authorize request that waits for this sign-in.
    pub(super) authorize: Option<super::authorize::Request>,
}

/// An authorization code and what it was given for.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) request: super::authorize::Request,
    pub(super) session: Session,
    pub(super) scopes: Vec<String>,
    pub(super) lifetimes: super::policy::Lifetimes,
    /// Epoch seconds.
    pub(super) expires: i64,
}

/// An access token that was issued.
#[derive(Debug, Clone)]
pub(super) struct AccessToken {
    pub(super) server: String,
    pub(super) client_id: String,
    pub(super) person: Option<u64>,
    pub(super) scopes: Vec<String>,
    pub(super) issued: i64,
    pub(super) expires: i64,
    pub(super) jti: String,
    pub(super) audience: String,
    pub(super) family: u64,
}

/// A refresh token. Tokens of one sign-in share a family, which falls as a whole when one is used twice.
#[derive(Debug, Clone)]
pub(super) struct RefreshToken {
    pub(super) server: String,
    pub(super) client_id: String,
    pub(super) session: Session,
    pub(super) scopes: Vec<String>,
    pub(super) lifetimes: super::policy::Lifetimes,
    pub(super) expires: Option<i64>,
    pub(super) idle_until: Option<i64>,
    pub(super) family: u64,
    /// Epoch seconds at which ROTATE replaced it.
    pub(super) replaced: Option<i64>,
    pub(super) nonce: Option<String>,
}

/// The org.
#[derive(Debug)]
pub(super) struct Org {
    pub(super) seed: u64,
    pub(super) engine: Engine,
    pub(super) scenario: Scenario,
    pub(super) clock: Clock,
    /// When the demo started, epoch milliseconds.
    pub(super) began: i64,
    /// Who signed in since then, and when, epoch milliseconds.
    pub(super) signed_in: HashMap<u64, i64>,
    pub(super) directory: Directory,
    pub(super) status: HashMap<u64, Status>,
    pub(super) passwords: HashMap<u64, String>,
    pub(super) apps: Vec<App>,
    pub(super) servers: Vec<Server>,
    pub(super) signon: SignOn,
    pub(super) sessions: HashMap<String, Session>,
    pub(super) session_tokens: HashMap<String, (Session, i64)>,
    pub(super) pending: HashMap<String, Pending>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) spent_codes: HashMap<String, u64>,
    pub(super) access: HashMap<String, AccessToken>,
    pub(super) refresh: HashMap<String, RefreshToken>,
    pub(super) dead_families: HashSet<u64>,
    /// The last half-minute whose code each person used; a code is good once.
    pub(super) used_codes: HashMap<u64, i64>,
    pub(super) log: VecDeque<(u64, Value)>,
    pub(super) limits: Limits,
    pub(super) traffic: Traffic,
    pub(super) faults: Vec<Fault>,
    /// Those of the scenario; `faults` are the control path's.
    pub(super) scenario_faults: Vec<Fault>,
    /// Policies of the default server that the scenario has taken away until it ends.
    pub(super) policies_aside: Vec<super::policy::Policy>,
    pub(super) writes: VecDeque<Value>,
    pub(super) oauth_calls: VecDeque<Value>,
    /// Management calls by the status of their answer, 0 where it was broken off.
    pub(super) counts: BTreeMap<u16, u64>,
    pub(super) callbacks: VecDeque<Value>,
    /// The hash of the secret with which the last client proved itself, for the log's events of that call.
    pub(super) secret_sent: Option<String>,
    /// Sign-in to the management API by other ways than an API token.
    pub(super) login: super::login::Login,
    pub(super) api_token: String,
    pub(super) read_only_token: String,
    counter: u64,
}

impl Org {
    pub(super) fn new(options: &Options) -> Self {
        let seed = options.seed;
        let directory = Directory::new(seed, options.users, options.groups);
        let mut org = Self {
            seed,
            engine: options.engine,
            scenario: Scenario::Plain,
            clock: Clock::default(),
            began: Clock::default().millis(),
            signed_in: HashMap::new(),
            directory,
            status: HashMap::new(),
            passwords: HashMap::new(),
            apps: Vec::new(),
            servers: Vec::new(),
            signon: SignOn::default(),
            sessions: HashMap::new(),
            session_tokens: HashMap::new(),
            pending: HashMap::new(),
            codes: HashMap::new(),
            spent_codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            dead_families: HashSet::new(),
            used_codes: HashMap::new(),
            log: VecDeque::new(),
            limits: Limits::default(),
            traffic: options.traffic,
            faults: Vec::new(),
            scenario_faults: Vec::new(),
            policies_aside: Vec::new(),
            writes: VecDeque::new(),
            oauth_calls: VecDeque::new(),
            counts: BTreeMap::new(),
            callbacks: VecDeque::new(),
            secret_sent: None,
            login: super::login::Login::default(),
            api_token: format!("00{}", seed::text(seed, "api token", 0, 40)),
            read_only_token: format!("00{}", seed::text(seed, "api token", 1, 40)),
            counter: 0,
        };
        org.signon = signon::initial(&org);
        org.apps = apps::initial(&org);
        org.servers = servers::initial(&org);
        org.recall();
        org.play(options.scenario);
        org
    }

    /// A number never given before.
    pub(super) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id for something made while the demo runs. The same calls in the same order give the same ids.
    pub(super) fn new_id(&mut self, kind: &str) -> String {
        let n = self.next();
        seed::okta_id(self.seed, kind, 1_000_000_000 + n)
    }

    /// A value nobody can guess from the outside: codes, session tokens, client secrets. Not from the seed.
    pub(super) fn unguessable(length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        let mut bytes = vec![0; length];
        // Without the system's randomness nothing else of the demo works either; the fallback keeps it running.
        if aws_lc_rs::rand::fill(&mut bytes).is_err() {
            bytes.fill_with(|| fastrand::u8(..));
        }
        bytes.iter().filter_map(|b| LETTERS.get(usize::from(b % 64))).map(|b| char::from(*b)).collect()
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.seconds()
    }

    /// Now as Okta writes it.
    pub(super) fn stamp(&self) -> String {
        rfc3339(self.clock.millis())
    }

    pub(super) fn person(&self, n: u64) -> Option<Person> {
        let mut person = self.directory.person(n)?;
        if let Some(status) = self.status.get(&n) {
            person.status = *status;
        }
        Some(person)
    }

    pub(super) fn find_person(&self, id_or_login: &str) -> Option<Person> {
        let n = self.directory.find(id_or_login)?.n;
        self.person(n)
    }

    pub(super) fn password(&self, n: u64) -> String {
        self.passwords.get(&n).cloned().unwrap_or_else(|| self.directory.password(n))
    }

    /// The shared secret of the one enrolled authenticator app.
    pub(super) fn totp_secret(&self) -> Vec<u8> {
        seed::text(self.seed, "totp", 0, 20).into_bytes()
    }

    pub(super) fn app(&self, id: &str) -> Option<&App> {
        self.apps.iter().find(|a| a.id == id)
    }

    pub(super) fn app_mut(&mut self, id: &str) -> Option<&mut App> {
        self.apps.iter_mut().find(|a| a.id == id)
    }

    /// A custom authorization server by id or alias; without API Access Management there is none.
    pub(super) fn server(&self, id: &str) -> Option<&Server> {
        self.custom_servers().iter().find(|s| s.id == id || (id == "default" && s.default))
    }

    fn custom_servers(&self) -> &[Server] {
        if self.scenario == Scenario::NoApiAccessManagement { &[] } else { &self.servers }
    }

    pub(super) fn server_mut(&mut self, id: &str) -> Option<&mut Server> {
        self.servers.iter_mut().find(|s| s.id == id || (id == "default" && s.default))
    }

    /// Adds to a record of the control path.
    pub(super) fn keep(list: &mut VecDeque<Value>, entry: Value) {
        if list.len() >= KEPT {
            list.pop_front();
        }
        list.push_back(entry);
    }

    /// Id of the key that signs every token.
    pub(super) fn signing_kid(&self) -> String {
        seed::text(self.seed, "kid", 0, 43)
    }

    /// The org's own id.
    pub(super) fn org_id(&self) -> String {
        seed::okta_id(self.seed, "00o", 0)
    }

    /// What `Running::describe` and `GET /__demo/describe` show.
    pub(super) fn describe(&self, base: &str) -> Value {
        let users: Vec<Value> = (0..self.directory.people.min(60))
            .filter_map(|n| self.person(n))
            .map(|p| self.card(&p))
            .collect();
        let groups: Vec<Value> =
            self.directory.groups.iter().map(|g| json!({ "id": g.id, "name": g.name, "type": if g.built_in { "BUILT_IN" } else { "OKTA_GROUP" } })).collect();
        let mut list: Vec<Value> = self
            .custom_servers()
            .iter()
            .map(|s| json!({ "id": s.id, "name": s.name, "issuer": s.issuer(base), "audience": s.audience }))
            .collect();
        list.push(
            json!({ "id": null, "name": "org authorization server", "issuer": base, "audience": base }),
        );
        json!({
            "org_url": base,
            "api_token": self.api_token,
            "read_only_api_token": self.read_only_token,
            "gateway_callback": format!("{base}/gateway/v1/outbound/oauth/callback"),
            "engine": self.engine.name(),
            "scenario": self.scenario.name(),
            "practice_app": self.app(&self.practice_app_id()).map(|a| json!({ "id": a.id, "label": a.label(), "client_id": a.client_id() })),
            "people": self.directory.people,
            "users": users,
            "groups": groups,
            "authorization_servers": list,
        })
    }

    /// One person as the control path shows them.
    pub(super) fn card(&self, person: &Person) -> Value {
        let mut card = json!({
            "id": person.id, "login": person.login, "name": person.display(), "password": self.password(person.n),
            "status": person.status.name(), "note": person.note,
        });
        if person.n == super::people::CHO
            && let Some(fields) = card.as_object_mut()
        {
            fields
                .insert("current_code".to_owned(), super::keys::totp(&self.totp_secret(), self.now()).into());
            fields.insert("code_valid_seconds".to_owned(), (30 - self.now().rem_euclid(30)).into());
        }
        card
    }
}
