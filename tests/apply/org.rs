//! A demo org behind a relay, a home folder, and what a plan needs to know of them.

use super::relay::Relay;
use jiff::Timestamp;
use oktui::change::apply::{Applied, ApplyError, JournalFile, Progress, Session, apply, resume};
use oktui::change::journal::unfinished;
use oktui::change::{Live, Plan, PlanId, plan};
use oktui::demo::{self, Running};
use oktui::okta::model::{App, ServerKind};
use oktui::okta::read::{GroupQuery, Reader};
use oktui::okta::write::Writer;
use oktui::okta::{Authorization, Transport};
use oktui::secret::Secret;
use oktui::setup::{AccessMode, Draft, Target};
use oktui::wire;
use serde_json::{Value, json};
use std::path::PathBuf;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub struct Org {
    pub demo: Running,
    pub relay: Relay,
    pub home: tempfile::TempDir,
    pub reader: Reader,
    pub writer: Writer,
    http: reqwest::Client,
}

impl Org {
    pub async fn start() -> Self {
        // Rate-limit windows pass quickly, so that many runs fit into one test.
        let traffic = demo::Traffic { window_ms: 100, ..Default::default() };
        Self::with(demo::Options { traffic, ..Default::default() }).await
    }

    pub async fn with(options: demo::Options) -> Self {
        let demo = demo::start(options).await.unwrap();
        let relay = Relay::start(demo.org_url()).await;
        let (reader, writer) = session(&relay.url, demo.api_token());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { demo, relay, home: tempfile::tempdir().unwrap(), reader, writer, http }
    }

    pub fn journal_path(&self) -> PathBuf {
        self.home.path().join("state").join("journal.jsonl")
    }

    pub fn journal(&self) -> JournalFile {
        JournalFile::open(&self.journal_path()).unwrap()
    }

    pub fn journal_text(&self) -> String {
        std::fs::read_to_string(self.journal_path()).unwrap_or_default()
    }

    pub async fn control(&self, path: &str) -> Value {
        let url = format!("{}/__demo/{path}", self.demo.org_url());
        let text = self.http.get(url).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    pub async fn fault(&self, fault: Value) {
        self.post("faults", fault).await;
    }

    pub async fn clear_faults(&self) {
        let url = format!("{}/__demo/faults", self.demo.org_url());
        assert!(self.http.delete(url).send().await.unwrap().status().is_success());
    }

    pub async fn post(&self, path: &str, body: Value) {
        let url = format!("{}/__demo/{path}", self.demo.org_url());
        let sent = self.http.post(url).body(body.to_string()).header("content-type", "application/json");
        let answer = sent.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Request ids of every write that the org carried out.
    pub async fn writes(&self) -> Vec<String> {
        let writes = self.control("writes").await;
        writes.as_array().unwrap().iter().map(|w| w["request_id"].as_str().unwrap().to_owned()).collect()
    }

    pub fn draft(&self, name: &str) -> Draft {
        let mut draft = Draft::new(&self.relay.url);
        draft.setup.app.name = name.into();
        draft.setup.access.groups = vec!["MCP-Users".into()];
        draft.setup.access.people = vec!["ben@acme.example".into()];
        draft.reason = "CHG0041234".into();
        draft
    }

    /// Reads what a plan for this draft needs.
    pub async fn live(&self, draft: &Draft) -> Live {
        live(&self.reader, draft).await
    }

    pub async fn plan(&self, id: &str, draft: &Draft) -> Plan {
        plan(PlanId(id.into()), draft, &self.live(draft).await).unwrap()
    }

    pub async fn apply(&self, plan: &Plan) -> Result<Applied, ApplyError> {
        self.apply_until(plan, &CancellationToken::new(), &|_| {}).await
    }

    pub async fn apply_until(
        &self,
        plan: &Plan,
        stop: &CancellationToken,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Applied, ApplyError> {
        self.apply_held(plan, stop, watch::channel(false).1, progress).await
    }

    pub async fn apply_held(
        &self,
        plan: &Plan,
        stop: &CancellationToken,
        hold: watch::Receiver<bool>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Applied, ApplyError> {
        let journal = self.journal();
        let who = "admin@acme.example".into();
        let (reader, writer, clock) = (&self.reader, &self.writer, &Timestamp::now);
        let session = Session { reader, writer, journal: &journal, who, clock, progress, stop, hold };
        apply(plan, &session).await
    }

    /// Goes on with the one plan that is open, as the next start does: with a session of its own.
    pub async fn resume(&self) -> Option<Applied> {
        let journal = self.journal();
        let left = unfinished(&journal.read().unwrap()).pop()?;
        let (reader, writer) = session(&self.relay.url, self.demo.api_token());
        let stop = CancellationToken::new();
        let session = Session {
            reader: &reader,
            writer: &writer,
            journal: &journal,
            who: "admin@acme.example".into(),
            clock: &Timestamp::now,
            progress: &|_| {},
            stop: &stop,
            hold: watch::channel(false).1,
        };
        Some(resume(left, &session).await.unwrap())
    }

    /// The one app of that name, and that it is whole: one secret, every assignment, one policy with one rule.
    pub async fn whole(&self, name: &str, what: &str) -> App {
        let apps = self.reader.find_apps_by_label(name).await.unwrap();
        assert_eq!(apps.len(), 1, "{what}: one app");
        let app = apps.into_iter().next().unwrap();
        let id = app.id().unwrap();
        assert_eq!(self.reader.secrets(&id).await.unwrap().len(), 1, "{what}: one secret");
        let groups = self.reader.app_groups(&id).await.unwrap();
        let names: Vec<&str> = groups.iter().filter_map(|g| g.name.as_ref()).map(|n| n.as_str()).collect();
        assert_eq!(names, ["MCP-Users"], "{what}");
        let users = self.reader.app_users(&id).all().await.unwrap();
        let direct = users.iter().filter(|u| u.via == oktui::okta::model::Assigned::Directly).count();
        assert_eq!(direct, 1, "{what}: one person by name");
        let policies = self.reader.policies(&"default".parse().unwrap()).await.unwrap();
        let mine: Vec<_> =
            policies.iter().filter(|p| p.clients() == [app.client_id().unwrap().as_str()]).collect();
        assert_eq!(mine.len(), 1, "{what}: one policy");
        assert_eq!(mine[0].rules.len(), 1, "{what}: one rule");
        app
    }
}

pub fn session(url: &str, token: &str) -> (Reader, Writer) {
    let wire = wire::Client::new(wire::Options::default()).unwrap();
    let transport = Transport::new(url, Authorization::ApiToken(Secret::new(token)), wire);
    (Reader::new(transport.clone()), Writer::new(transport))
}

pub async fn live(reader: &Reader, draft: &Draft) -> Live {
    let setup = &draft.setup;
    let mut live = Live { me: reader.identity().await.ok(), ..Live::default() };
    let labelled = reader.find_apps_by_label(&setup.app.name).await.unwrap_or_default();
    match &draft.target {
        Target::New => live.same_label = labelled,
        Target::Existing(id) => {
            live.app = Some(reader.app(id).await.unwrap());
            live.app_users = reader.app_users(id).all().await.into();
            live.app_groups = reader.app_groups(id).await.into();
        }
    }
    for login in &setup.access.people {
        if let Some(person) = reader.person(login).await.unwrap() {
            live.people.insert(login.clone(), person);
        }
    }
    if setup.access.mode == AccessMode::Controlled && !setup.access.groups.is_empty() {
        let all = reader.groups(GroupQuery::All, true).all().await.unwrap();
        for name in &setup.access.groups {
            let found = all.iter().filter(|g| g.name.as_str() == name).cloned().collect();
            live.groups.insert(name.clone(), found);
        }
    }
    if let Ok(Some(everyone)) = reader.everyone().await {
        live.everyone = oktui::okta::model::Readable::Known(everyone);
    }
    if let Some(kind @ ServerKind::Custom(server)) = &setup.authorization_server.kind() {
        live.discovery = reader.discovery(kind, None).await.into();
        live.policies = reader.policies(server).await.into();
        live.scopes = reader.scopes(server).await.into();
    }
    live
}

pub fn status(status: u16, method: &str, path: &str, times: u64) -> Value {
    json!({"match": path, "method": method, "kind": "status", "status": status, "times": times})
}
