//! The journal and the undo of what it tells, against a demo org: what was applied goes back, whatever happened in between.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::change::undo::{History, State};
use oktui::change::{Change, Outcome as ChangeOutcome, Plan, Risk};
use oktui::demo::{self, Running};
use oktui::okta::model::{App, AppId, RefreshRotation};
use oktui::run::error::RunError;
use oktui::run::job::{Applied, Outcome, PlanMade, SignIn};
use oktui::run::session::{Access, Session};
use oktui::run::{applying, live, rotating, undo};
use oktui::secret::Secret;
use oktui::setup::{Ask, Draft, RedirectUri, SecretAsk, Target};
use oktui::store::Places;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

const DEFAULT: &str = "/api/v1/authorizationServers/default/policies";

struct Org {
    demo: Running,
    home: tempfile::TempDir,
    session: Session,
    http: reqwest::Client,
}

impl Org {
    async fn start(users: usize) -> Self {
        // Rate-limit windows pass quickly, so that many runs fit into one test.
        let options = demo::Options {
            traffic: demo::Traffic { window_ms: 100, ..Default::default() },
            users,
            ..Default::default()
        };
        let demo = demo::start(options).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let session = session(&demo, home.path(), false).await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { demo, home, session, http }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self
            .http
            .request(method.parse().unwrap(), format!("{}{path}", self.demo.org_url()))
            .header("authorization", format!("SSWS {}", self.demo.api_token()))
            .header("accept", "application/json");
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, value) = self.call("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    /// All pages of a list; empty where the app has none of the kind.
    async fn list(&self, path: &str) -> Vec<Value> {
        let mut next = Some(format!("{}{path}", self.demo.org_url()));
        let mut all = Vec::new();
        while let Some(url) = next.take() {
            let token = format!("SSWS {}", self.demo.api_token());
            let answer = self.http.get(url).header("authorization", token).send().await.unwrap();
            let links: Vec<String> = answer
                .headers()
                .get_all("link")
                .iter()
                .map(|l| l.to_str().unwrap().to_owned())
                .filter(|l| l.contains("rel=\"next\""))
                .collect();
            next = links.first().and_then(|l| Some(l.split_once('<')?.1.split_once('>')?.0.to_owned()));
            let page: Value = answer.json().await.unwrap();
            all.extend(page.as_array().cloned().unwrap_or_default());
        }
        all
    }

    /// A write by somebody else, past this program.
    async fn elsewhere(&self, method: &str, path: &str, body: Option<Value>) {
        let (status, value) = self.call(method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {value}");
    }

    async fn edited_elsewhere(&self, app: &AppId, edit: impl FnOnce(&mut Value)) {
        let path = format!("/api/v1/apps/{app}");
        let mut raw = self.get(&path).await;
        edit(&mut raw);
        self.elsewhere("PUT", &path, Some(raw)).await;
    }

    /// Every app with its assignments, and every policy with its rules; what Okta sets by itself left out.
    async fn dump(&self) -> Value {
        let mut apps = Map::new();
        for app in self.list("/api/v1/apps?limit=200&includeNonDeleted=true").await {
            let id = app["id"].as_str().unwrap();
            let mut parts = Vec::new();
            for part in ["users?limit=500", "groups?limit=200", "credentials/secrets"] {
                parts.push(self.list(&format!("/api/v1/apps/{id}/{part}")).await);
            }
            apps.insert(id.into(), json!([app, parts]));
        }
        let mut policies = Vec::new();
        for policy in self.get(DEFAULT).await.as_array().unwrap() {
            let rules = self.get(&format!("{DEFAULT}/{}/rules", policy["id"].as_str().unwrap())).await;
            policies.push(json!([policy, rules]));
        }
        let mut all = json!({"apps": apps, "policies": policies});
        normalise(&mut all);
        all
    }

    fn draft(&self, name: &str) -> Draft {
        let mut draft = Draft::new(&self.session.org().url);
        draft.setup.app.name = name.into();
        draft.setup.access.groups = vec!["MCP-Users".into()];
        draft.setup.access.people = vec!["ben@acme.example".into()];
        draft.reason = "CHG0041234".into();
        draft
    }

    async fn apply(&self, plan: Plan) -> Applied {
        apply(&self.session, plan, CancellationToken::new()).await
    }

    /// Plans the draft and applies it whole.
    async fn make(&self, draft: &Draft) -> Plan {
        let made = applying::plan(&self.session, draft).await.unwrap();
        let applied = self.apply(made.plan.clone()).await;
        assert!(applied.outcomes.iter().all(|(_, o)| o.is_so()), "{:#?}", applied.outcomes);
        made.plan
    }

    async fn app_named(&self, name: &str) -> App {
        self.session.reader().find_apps_by_label(name).await.unwrap().remove(0)
    }

    /// A draft of the app as it is, to be changed.
    async fn draft_of(&self, name: &str) -> Draft {
        let id = self.app_named(name).await.id().unwrap();
        let server = oktui::setup::AuthorizationServer::default();
        let loaded = live::app(&self.session, &id, server, &[]).await.unwrap();
        let mut draft = Draft::new(&self.session.org().url);
        draft.target = Target::Existing(id);
        draft.setup = loaded.setup;
        draft.reason = "CHG0041235".into();
        draft
    }

    fn history(&self) -> History {
        undo::history(self.session.places(), &self.session.org().url).unwrap()
    }

    async fn plan_undo(&self, writes: &[usize]) -> Result<PlanMade, RunError> {
        undo::plan(&self.session, writes, "CHG9").await
    }

    /// Undoes all that a plan has made.
    async fn undo_plan(&self, plan: &Plan) -> Plan {
        let made = self.plan_undo(&self.history().of_plan(&plan.id.0)).await.unwrap();
        let applied = self.apply(made.plan.clone()).await;
        assert!(applied.outcomes.iter().all(|(_, o)| o.is_so()), "{:#?}", applied.outcomes);
        made.plan
    }

    async fn person(&self, login: &str) -> oktui::okta::model::User {
        self.session.reader().person(login).await.unwrap().unwrap()
    }
}

async fn session(demo: &Running, home: &std::path::Path, read_only: bool) -> Session {
    let access = Access {
        url: demo.org_url().to_owned(),
        way: SignIn::Token(Secret::new(demo.api_token())),
        label: String::new(),
        prod: false,
        read_only,
        headroom: None,
    };
    Session::connect(access, Places::under(home), None, &|_| ()).await.unwrap()
}

/// Of an apply that nobody holds.
fn never_held() -> tokio::sync::watch::Receiver<bool> {
    tokio::sync::watch::channel(false).1
}

async fn apply(session: &Session, plan: Plan, stop: CancellationToken) -> Applied {
    let (sink, mut events) = applying::channel();
    let (ended, applied) = tokio::join!(applying::apply(session, plan, &sink, stop, never_held()), async {
        loop {
            if let Outcome::Applied(applied) = events.recv().await.unwrap().outcome {
                return *applied;
            }
        }
    });
    ended.unwrap();
    applied
}

/// What the drift normaliser leaves aside: what Okta writes by itself, and the priority of groups, policies and rules.
fn normalise(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in ["lastUpdated", "statusChanged", "priority", "created", "_links"] {
                map.remove(key);
            }
            map.values_mut().for_each(normalise);
        }
        Value::Array(list) => list.iter_mut().for_each(normalise),
        _ => {}
    }
}

/// Everything that a plan for an existing app can change.
async fn many_changes(org: &Org) -> Draft {
    let mut draft = org.draft_of("Gateway").await;
    draft.setup.app.name = "Gateway 2".into();
    draft.setup.app.pkce_required = true;
    draft.setup.grants.refresh_rotation = RefreshRotation::Rotate;
    let uri = "https://auth.stg.acme.example/v1/outbound/oauth/callback";
    draft.setup.redirect_uris.push(RedirectUri { environment: "staging".into(), uri: uri.into() });
    draft.setup.access.people = vec!["ana@acme.example".into(), "cho@acme.example".into()];
    draft.setup.access.groups = vec!["Contractors".into()];
    let ben = org.person("ben@acme.example").await;
    let group = org.session.reader().groups_named("MCP-Users").await.unwrap().remove(0);
    draft.asks = vec![
        Ask::UnassignPerson { id: ben.id, login: ben.login },
        Ask::UnassignGroup { id: group.id, name: group.name },
    ];
    draft
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_applied_goes_back_and_so_does_the_undo() {
    let org = Org::start(60).await;
    let empty = org.dump().await;
    let first = org.make(&org.draft("Gateway")).await;
    // A profile and a name of their own, which unassigning destroys at Okta.
    let app = org.app_named("Gateway").await.id().unwrap();
    let ben = org.person("ben@acme.example").await;
    let path = format!("/api/v1/apps/{app}/users/{}", ben.id);
    let own = json!({"credentials": {"userName": "ben.gateway"}, "profile": {"locale": "pl"}});
    org.elsewhere("POST", &path, Some(own)).await;
    let before = org.dump().await;
    let second = org.make(&many_changes(&org).await).await;
    let after = org.dump().await;
    assert_ne!(before, after);
    assert!(second.changes.len() >= 6, "{:#?}", second.changes);

    let undo = org.undo_plan(&second).await;
    assert_eq!(org.dump().await, before, "all of it went back");
    assert!(matches!(undo.changes[0].change, Change::EditApp { .. }), "edits come first");
    let history = org.history();
    let of_second: Vec<_> = history.writes.iter().filter(|w| w.plan == second.id).collect();
    assert!(of_second.iter().all(|w| w.undone_by.as_ref() == Some(&undo.id)), "{of_second:#?}");
    let again = org.plan_undo(&history.of_plan(&second.id.0)).await.unwrap().plan;
    assert!(again.changes.is_empty() && again.notes[0].contains("undone already"), "{:?}", again.notes);

    let redo = org.undo_plan(&undo).await;
    assert_eq!(org.dump().await, after, "an undo is undone by the same road");
    let history = org.history();
    assert!(history.writes.iter().filter(|w| w.plan == second.id).all(|w| w.undone_by.is_none()));
    org.undo_plan(&redo).await;
    assert_eq!(org.dump().await, before);

    let plan = org.undo_plan(&first).await;
    assert_eq!(org.dump().await, empty);
    let titles: Vec<&str> = plan.changes.iter().map(|c| c.title.as_str()).collect();
    assert_eq!(titles.len(), 3, "assignments go with the app, rules with their policy: {titles:?}");
    assert_eq!(plan.changes.iter().map(|c| c.risk).max(), Some(Risk::Gone));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_that_somebody_changed_is_named_and_left() {
    let org = Org::start(60).await;
    org.make(&org.draft("Gateway")).await;
    let second = org.make(&many_changes(&org).await).await;
    let app = org.app_named("Gateway 2").await.id().unwrap();
    org.edited_elsewhere(&app, |raw| {
        raw["label"] = json!("Theirs");
        let uris = raw["settings"]["oauthClient"]["redirect_uris"].as_array_mut().unwrap();
        uris.push(json!("https://theirs.example/cb"));
    })
    .await;
    let edit = org.history().of_plan(&second.id.0)[0];
    let made = org.plan_undo(&[edit]).await.unwrap();
    let note = made.plan.notes.iter().find(|n| n.contains("changed by somebody since")).unwrap();
    assert!(note.contains("\"Theirs\"") && note.contains("\"Gateway 2\""), "{note}");
    org.apply(made.plan).await;
    let now = org.session.reader().app(&app).await.unwrap();
    assert_eq!(now.raw_label(), "Theirs");
    assert!(!now.pkce_required(), "the fields that nobody touched went back");
    let uris = now.redirect_uris();
    assert!(uris.iter().any(|u| u == "https://theirs.example/cb"), "{uris:?}");
    assert!(!uris.iter().any(|u| u.contains("auth.stg.acme")), "{uris:?}");
    // Once more: what is left is theirs.
    let Err(RunError::NoPlan(troubles)) = org.plan_undo(&[edit]).await else { panic!("it is refused") };
    assert!(troubles[0].help.as_str().contains("It stays as it is"), "{troubles:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moved_on_is_said_and_nothing_is_written_over() {
    let org = Org::start(60).await;
    let first = org.make(&org.draft("Gateway")).await;
    let second = org.make(&many_changes(&org).await).await;
    let app = org.app_named("Gateway 2").await.id().unwrap();
    let ana = org.person("ana@acme.example").await;
    let ben = org.person("ben@acme.example").await;
    // Ana was unassigned elsewhere, Ben assigned again, and the group of the assignment renamed.
    org.elsewhere("DELETE", &format!("/api/v1/apps/{app}/users/{}", ana.id), None).await;
    let body = json!({"id": ben.id, "scope": "USER"});
    org.elsewhere("POST", &format!("/api/v1/apps/{app}/users"), Some(body)).await;
    let made = org.plan_undo(&org.history().of_plan(&second.id.0)).await.unwrap();
    let notes = made.plan.notes.join("\n");
    assert!(notes.contains("ana@acme.example is not assigned any more"), "{notes}");
    assert!(notes.contains("ben@acme.example is assigned by name again already"), "{notes}");
    let about = |who: &str| made.plan.changes.iter().filter(|c| c.title.as_str().contains(who)).count();
    assert_eq!((about("ana@"), about("ben@"), about("cho@")), (0, 0, 1));
    // The app goes, elsewhere: nothing is left to undo but the policy of the first plan.
    let path = format!("/api/v1/apps/{app}");
    org.elsewhere("POST", &format!("{path}/lifecycle/deactivate"), Some(json!({}))).await;
    org.elsewhere("DELETE", &path, None).await;
    let made = org.plan_undo(&org.history().of_plan(&second.id.0)).await.unwrap();
    assert!(made.plan.changes.is_empty(), "{:#?}", made.plan.changes);
    assert!(made.plan.notes.iter().all(|n| n.contains("the app was deleted since")), "{:?}", made.plan.notes);
    let made = org.plan_undo(&org.history().of_plan(&first.id.0)).await.unwrap();
    let titles: Vec<&str> = made.plan.changes.iter().map(|c| c.title.as_str()).collect();
    assert!(matches!(titles[..], [one] if one.starts_with("delete access policy")), "{titles:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_goes_back_until_the_old_secret_is_deleted() {
    let org = Org::start(20).await;
    org.make(&org.draft("Gateway")).await;
    let app = org.app_named("Gateway").await.id().unwrap();
    let before = org.dump().await;
    let secrets = || async { org.session.reader().secrets(&app).await.unwrap() };
    let step = async |ask: SecretAsk| {
        let plan = rotating::plan(&org.session, &app, vec![ask], "CHG0041235").await.unwrap().plan;
        let applied = org.apply(plan).await;
        assert!(applied.outcomes.iter().all(|(_, o)| o.is_so()), "{:#?}", applied.outcomes);
    };
    let old = secrets().await.remove(0).id;
    step(SecretAsk::Add).await;
    step(SecretAsk::Deactivate(old.clone())).await;
    let last_two = || {
        let n = org.history().writes.len();
        [n - 1, n]
    };
    let made = org.plan_undo(&last_two()).await.unwrap();
    assert!(made.plan.notes.iter().any(|n| n.contains("System Log")), "{:?}", made.plan.notes);
    let applied = org.apply(made.plan.clone()).await;
    assert!(applied.outcomes.iter().all(|(_, o)| o.is_so()), "{:#?}", applied.outcomes);
    assert_eq!(org.dump().await, before, "the same secret, the only one, active");

    // The undo deleted a secret: that is said to be final, and the rest of the undo cannot leave the app without one.
    let n = org.history().writes.len();
    let Err(RunError::NoPlan(troubles)) = org.plan_undo(&[n, n - 1, n - 2]).await else {
        panic!("it is refused")
    };
    let words: String = troubles.iter().map(|t| format!("{} {}\n", t.what, t.help)).collect();
    assert_eq!(words.matches("value does not come back").count(), 2, "{words}");
    assert!(words.contains("only active secret"), "{words}");

    step(SecretAsk::Add).await;
    let new = secrets().await.into_iter().find(|s| s.id != old).unwrap().id;
    step(SecretAsk::Deactivate(old.clone())).await;
    step(SecretAsk::Delete(old)).await;
    let n = org.history().writes.len();
    assert!(matches!(org.plan_undo(&[n - 2, n - 1, n]).await, Err(RunError::NoPlan(_))));
    assert_eq!(secrets().await.iter().map(|s| (s.id.clone(), s.active)).collect::<Vec<_>>(), [(new, true)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_in_the_middle_it_goes_on() {
    let org = Org::start(60).await;
    org.make(&org.draft("Gateway")).await;
    let before = org.dump().await;
    let second = org.make(&many_changes(&org).await).await;
    let made = org.plan_undo(&org.history().of_plan(&second.id.0)).await.unwrap();
    let all = made.plan.changes.len();
    // The link breaks at the first call that writes to an assignment, and stays broken.
    let fault = json!({"match": "/users", "method": "POST", "kind": "reset", "times": 60});
    org.elsewhere("POST", "/__demo/faults", Some(fault)).await;
    let (sink, mut events) = applying::channel();
    let _ = applying::apply(&org.session, made.plan, &sink, CancellationToken::new(), never_held()).await;
    drop(sink);
    let mut done = 0;
    while let Ok(event) = events.try_recv() {
        done += usize::from(matches!(event.outcome, Outcome::Change(_, ChangeOutcome::Done { .. })));
    }
    assert!(done < all, "it was cut short: {done} of {all}");
    org.elsewhere("DELETE", "/__demo/faults", None).await;
    let open = org.history();
    assert_eq!(open.open_plans().count(), 1);
    // The next start: another session on the same journal.
    let again = session(&org.demo, org.home.path(), false).await;
    let (sink, _events) = applying::channel();
    applying::resume(&again, &sink, CancellationToken::new(), never_held()).await.unwrap();
    assert_eq!(org.dump().await, before);
    assert_eq!(org.history().open_plans().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_apply_is_taken_back() {
    let org = Org::start(60).await;
    let before = org.dump().await;
    let plan = applying::plan(&org.session, &org.draft("Gateway")).await.unwrap().plan;
    let fault = json!({"match": "/policies", "method": "POST", "kind": "status", "status": 503, "times": 20});
    org.elsewhere("POST", "/__demo/faults", Some(fault)).await;
    let applied = org.apply(plan.clone()).await;
    assert!(applied.outcomes.iter().any(|(_, o)| !o.is_so()), "{:#?}", applied.outcomes);
    org.elsewhere("DELETE", "/__demo/faults", None).await;
    let writes = org.history().of_plan(&plan.id.0);
    match org.plan_undo(&writes).await {
        Ok(made) => {
            org.apply(made.plan).await;
        }
        // What became of the policy is not known: going on finds out, then all of it is undone.
        Err(RunError::NoPlan(troubles)) => {
            assert!(troubles[0].help.as_str().contains("Go on with it first"), "{troubles:?}");
            let (sink, _events) = applying::channel();
            applying::resume(&org.session, &sink, CancellationToken::new(), never_held()).await.unwrap();
            org.undo_plan(&plan).await;
        }
        Err(other) => panic!("{other}"),
    }
    assert_eq!(org.dump().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_changes_go_back_exactly() {
    let org = Org::start(1_000).await;
    org.make(&org.draft("Gateway")).await;
    let before = org.dump().await;
    let mut draft = org.draft_of("Gateway").await;
    let people = org.session.reader().people(oktui::okta::read::PeopleQuery::All).all().await.unwrap();
    let assigned =
        org.session.reader().app_users(&org.app_named("Gateway").await.id().unwrap()).all().await.unwrap();
    let free = people.iter().filter(|p| p.status.can_sign_in() && !assigned.iter().any(|a| a.id == p.id));
    draft.setup.access.people = free.take(500).map(|p| p.login.to_string()).collect();
    assert_eq!(draft.setup.access.people.len(), 500);
    let plan = org.make(&draft).await;
    assert_eq!(plan.changes.len(), 500);
    let after = org.dump().await;
    assert_ne!(before, after);
    let undo = org.undo_plan(&plan).await;
    assert_eq!(undo.changes.len(), 500);
    assert_eq!(org.dump().await, before);
    // And a part of it, by hand: three people come back.
    let numbers: Vec<usize> = org.history().of_plan(&undo.id.0).into_iter().take(3).collect();
    let made = org.plan_undo(&numbers).await.unwrap();
    assert_eq!(made.plan.changes.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_tells_who_when_what_and_the_request() {
    let org = Org::start(60).await;
    let plan = org.make(&org.draft("Gateway")).await;
    let history = org.history();
    assert_eq!(history.writes.len(), plan.changes.len());
    let writes = org.get("/__demo/writes").await;
    let seen: Vec<&str> =
        writes.as_array().unwrap().iter().map(|w| w["request_id"].as_str().unwrap()).collect();
    let mut told: Vec<&str> =
        history.writes.iter().map(|w| w.request_id.as_ref().unwrap().as_str()).collect();
    told.sort_by_key(|id| seen.iter().position(|s| s == id));
    assert_eq!(told, seen, "what the journal tells is what the org saw, one for one");
    for written in &history.writes {
        assert_eq!(written.state, State::Made);
        assert_eq!((written.reason.as_str(), written.label.as_str()), ("CHG0041234", "Gateway"));
        assert_eq!(&written.who, &org.session.me().user.login);
    }
    // A line that a crash cut, and one from the future.
    let folder = org.home.path().join("data").join("journal");
    let folder = if folder.exists() { folder } else { org.session.places().data.join("journal") };
    let file = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "jsonl"))
        .unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let intent = lines.iter().position(|l| l.contains("\"intent\"") && l.contains("AssignGroup")).unwrap();
    let mut cut: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
    cut[intent].truncate(60);
    cut.insert(0, r#"{"v":9,"at":"2030-01-01T00:00:00Z","entry":{"moon":{}}}"#.into());
    std::fs::write(&file, cut.join("\n") + "\n").unwrap();
    let survived = org.history();
    assert_eq!((survived.skipped, survived.writes.len()), (2, history.writes.len()));
    let before = org.dump().await;
    let made = org.plan_undo(&survived.of_plan(&plan.id.0)).await.unwrap();
    org.apply(made.plan).await;
    assert_ne!(org.dump().await, before);
    assert!(org.session.reader().find_apps_by_label("Gateway").await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_session_plans_and_never_writes() {
    let org = Org::start(60).await;
    let plan = org.make(&org.draft("Gateway")).await;
    let writes = org.get("/__demo/writes").await;
    let looking = session(&org.demo, org.home.path(), true).await;
    let made = undo::plan(&looking, &org.history().of_plan(&plan.id.0), "").await.unwrap();
    assert!(!made.plan.changes.is_empty() && made.typed.is_some());
    let (sink, _events) = applying::channel();
    let ended = applying::apply(&looking, made.plan, &sink, CancellationToken::new(), never_held()).await;
    assert!(matches!(ended, Err(RunError::ReadOnly)));
    assert_eq!(org.get("/__demo/writes").await, writes);
}
