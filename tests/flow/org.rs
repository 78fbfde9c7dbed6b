//! A demo org with an app of its own, and runs against it.

use oktui::demo;
use oktui::flow::trace::{Hop, Leg, RunVerdict, Safe, Step, Trace, Verdict, Way};
use oktui::flow::{self, Answer, ClientAuth, Event, Need, Random, Spec};
use oktui::secret::{FingerprintKey, Secret};
use oktui::wire;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A demo org with an app of its own: group MCP-Users assigned, grants code and refresh.
pub struct Org {
    pub running: demo::Running,
    pub client: wire::Client,
    pub people: Value,
    pub app: Value,
}

/// What a run gave.
pub struct Run {
    pub trace: Trace,
    pub safe: Safe,
    pub events: Vec<Event>,
}

impl Org {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Value)) -> Self {
        let running = demo::start(demo::Options::default()).await.unwrap();
        let client = wire::Client::new(wire::Options::default()).unwrap();
        let mut org = Self { running, client, people: Value::Null, app: Value::Null };
        org.people = org.call("GET", "/__demo/people", None).await;
        let mut app = json!({
            "name": "oidc_client", "label": "Gateway under test", "signOnMode": "OPENID_CONNECT",
            "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic", "pkce_required": false}},
            "settings": {"oauthClient": {
                "application_type": "web", "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"], "redirect_uris": [org.running.gateway_callback()],
                "refresh_token": {"rotation_type": "ROTATE", "leeway": 0},
            }},
        });
        change(&mut app);
        org.app = org.call("POST", "/api/v1/apps", Some(app)).await;
        let description = org.running.describe();
        let groups = description["groups"].as_array().unwrap();
        let group = groups.iter().find(|group| group["name"] == "MCP-Users").unwrap()["id"].as_str().unwrap();
        let path = format!("/api/v1/apps/{}/groups/{group}", org.app["id"].as_str().unwrap());
        org.call("PUT", &path, Some(json!({}))).await;
        org
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let mut headers = http::HeaderMap::new();
        headers.insert("accept", "application/json".parse().unwrap());
        headers.insert("content-type", "application/json".parse().unwrap());
        if path.starts_with("/api") {
            headers.insert("authorization", format!("SSWS {}", self.running.api_token()).parse().unwrap());
        }
        let request = wire::Request {
            method: method.parse().unwrap(),
            url: format!("{}{path}", self.running.org_url()),
            headers,
            body: body.map_or(wire::Body::Empty, |b| wire::Body::Bytes(b.to_string().into_bytes())),
        };
        let response = self.client.send(request).await.unwrap();
        assert!(response.status < 300, "{method} {path}: {}", String::from_utf8_lossy(&response.body));
        serde_json::from_slice(&response.body).unwrap_or_default()
    }

    pub async fn scenario(&self, name: &str) {
        self.call("POST", "/__demo/scenario", Some(json!({ "name": name }))).await;
    }

    pub async fn fault(&self, path: &str, kind: &str, status: u16) {
        let fault = json!({"match": path, "kind": kind, "status": status, "times": 1});
        self.call("POST", "/__demo/faults", Some(fault)).await;
    }

    pub fn issuer(&self, server: &str) -> String {
        let description = self.running.describe();
        let servers = description["authorization_servers"].as_array().unwrap();
        let found = servers.iter().find(|s| s["name"] == server).unwrap();
        found["issuer"].as_str().unwrap().to_owned()
    }

    pub fn password(&self, login: &str) -> Secret {
        let people = self.people.as_array().unwrap();
        let person = people.iter().find(|p| p["login"] == login).unwrap();
        Secret::new(person["password"].as_str().unwrap())
    }

    /// The custom server "Gateway", whose policy covers every client.
    pub fn spec(&self) -> Spec {
        self.spec_at(self.issuer("Gateway"))
    }

    pub fn spec_at(&self, issuer: String) -> Spec {
        let oauth = &self.app["credentials"]["oauthClient"];
        Spec {
            discovery_url: format!("{issuer}/.well-known/openid-configuration"),
            issuer,
            org_url: Some(self.running.org_url().to_owned()),
            identity_engine: true,
            client_id: oauth["client_id"].as_str().unwrap().to_owned(),
            client_secret: Some(Secret::new(oauth["client_secret"].as_str().unwrap())),
            authentication: ClientAuth::Basic,
            redirect_uri: self.running.gateway_callback().to_owned(),
            sign_out_uri: None,
            scopes: ["openid", "profile", "email", "offline_access"].map(str::to_owned).to_vec(),
            way: Way::Terminal,
            whole_life: false,
            login: Some("ana@acme.example".to_owned()),
            stepping: None,
            patience: flow::PATIENCE,
            run: 1,
        }
    }

    /// Runs `spec`; a one-time code is looked up where the demo shows it. A second passes in the org first: Okta takes four
    /// passwords a second for one person.
    pub async fn run(&self, spec: Spec) -> Run {
        self.call("POST", "/__demo/clock", Some(json!({"advance_seconds": 1}))).await;
        let password = spec.login.as_deref().map(|login| self.password(login));
        let (events, mut received) = mpsc::channel(64);
        let (answers, answer) = mpsc::channel(4);
        let (now, key, stop) =
            (jiff::Timestamp::now(), FingerprintKey::new(&[5; 32]), CancellationToken::new());
        let running = flow::run(spec, password, random(), now, key, events, answer, stop);
        let listening = async {
            let mut all = Vec::new();
            while let Some(event) = received.recv().await {
                if let Event::Need(Need::Passcode { factors, .. }) = &event {
                    let people = self.call("GET", "/__demo/people", None).await;
                    let cho =
                        people.as_array().unwrap().iter().find(|p| p["login"] == "cho@acme.example").unwrap();
                    let code = Secret::new(cho["current_code"].as_str().unwrap());
                    answers.send(Answer::Passcode(code, factors[0].id.clone())).await.unwrap();
                }
                all.push(event);
            }
            all
        };
        let ((trace, safe), events) = tokio::join!(running, listening);
        Run { trace, safe, events }
    }

    pub async fn run_as(&self, login: &str) -> Run {
        self.run(Spec { login: Some(login.to_owned()), ..self.spec() }).await
    }
}

pub fn random() -> Random {
    Random::from(|bytes| aws_lc_rs::rand::fill(bytes).unwrap())
}

impl Run {
    pub fn failed(&self) -> (Leg, Step, &str, &[String]) {
        match &self.trace.verdict {
            RunVerdict::Failed { leg, step: Some(step), headline, fixes } => (*leg, *step, headline, fixes),
            other => panic!("{other:?}\n{}", self.table()),
        }
    }

    pub fn passed(&self) -> &str {
        match &self.trace.verdict {
            RunVerdict::Passed { judged_not } => judged_not,
            other => panic!("{other:?}\n{}", self.table()),
        }
    }

    /// The trace as a list, for a failed test.
    pub fn table(&self) -> String {
        let row = |hop: &Hop| {
            let status = hop.exchange.as_ref().and_then(|e| e.status);
            let bad: Vec<_> = hop.checks.iter().filter(|c| c.verdict != Verdict::Pass).collect();
            format!("{:4} {} {:?} {:?} {:?}", hop.verdict.word(), hop.title.masked(), status, hop.why, bad)
        };
        self.trace.hops.iter().map(row).collect::<Vec<_>>().join("\n")
    }

    pub fn hop(&self, title: &str) -> &Hop {
        let found = self.trace.hops.iter().find(|hop| hop.title.masked().starts_with(title));
        found.unwrap_or_else(|| panic!("no hop {title}\n{}", self.table()))
    }

    /// No secret of the run can be read in what is stored of it.
    pub fn holds_no_secret(&self) {
        let json = serde_json::to_string(&self.trace).unwrap();
        for (kind, secret) in self.safe.values().filter(|(_, secret)| secret.chars() >= 6) {
            let percent: String = url::form_urlencoded::byte_serialize(secret.expose().as_bytes()).collect();
            for spelling in [secret.expose(), &percent] {
                assert!(!json.contains(spelling), "a {} is in the trace", kind.words());
            }
        }
    }
}
