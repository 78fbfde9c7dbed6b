//! What the org adds to a diagnosis, through the runner as the screen uses it, against the demo org.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::demo::{self, Options, Running, Scenario};
use oktui::diagnose::{Answer, Diagnosis, Evidence, Need, judge, paste};
use oktui::okta::model::{AppStatus, AppUser};
use oktui::run::job::{Event, Job, Outcome, SignIn, Slot, Ticket};
use oktui::run::runner::Runner;
use oktui::secret::Secret;
use oktui::store::Places;
use std::sync::Arc;
use tokio::sync::mpsc;

struct Face {
    demo: Running,
    runner: Runner,
    events: mpsc::Receiver<Event>,
    next: u64,
    _home: tempfile::TempDir,
}

impl Face {
    async fn start() -> Self {
        Self::of(Options::default()).await
    }

    async fn of(options: Options) -> Self {
        let demo = demo::start(options).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let (sender, events) = mpsc::channel(256);
        let runner = Runner::new(Places::under(home.path()), sender, None);
        let mut face = Self { demo, runner, events, next: 0, _home: home };
        let (token, url) = (Secret::new(face.demo.api_token()), face.demo.org_url().to_owned());
        let connect = Job::Connect {
            url,
            way: SignIn::Token(token),
            label: String::new(),
            prod: false,
            read_only: true,
            passphrase: None,
        };
        assert!(matches!(face.last(Slot::Connect, connect).await, Outcome::Connected(_)));
        face
    }

    /// The last that comes for a job; a budget closes it.
    async fn last(&mut self, slot: Slot, job: Job) -> Outcome {
        self.next += 1;
        let ticket = Ticket(self.next);
        self.runner.start(ticket, slot, job);
        let mut last = None;
        loop {
            let event = self.events.recv().await.unwrap();
            match event.outcome {
                _ if event.ticket != ticket => {}
                Outcome::Budget(_) => return last.unwrap(),
                other => last = Some(other),
            }
        }
    }

    async fn client(&mut self) -> String {
        match self.last(Slot::Apps, Job::LoadApps).await {
            Outcome::Apps(apps) => apps.first().unwrap().client_id().unwrap().to_string(),
            other => panic!("{other:?}"),
        }
    }

    /// The client of an active app to which nobody with this login is assigned.
    async fn client_without(&mut self, login: &str) -> String {
        let Outcome::Apps(apps) = self.last(Slot::Apps, Job::LoadApps).await else { panic!("no apps") };
        for app in apps.iter().filter(|app| app.status() == AppStatus::Active) {
            let job = Job::LoadApp(app.id().unwrap());
            let Outcome::App(loaded) = self.last(Slot::App, job).await else { panic!("no app") };
            let named = |user: &AppUser| user.user_name.as_ref().is_some_and(|name| name.as_str() == login);
            if !loaded.users.known().unwrap().iter().any(named) {
                return app.client_id().unwrap().to_string();
            }
        }
        panic!("{login} is assigned to every app")
    }

    async fn settled(&mut self, text: &str, who: Option<&str>) -> (Arc<Evidence>, Diagnosis) {
        let evidence = Arc::new(paste(text, &[], None));
        let job = Job::AnswerNeeds { evidence, who: who.map(str::to_owned) };
        match self.last(Slot::Capture, job).await {
            Outcome::Answered(evidence) => {
                let diagnosis = judge(&evidence);
                (evidence, diagnosis)
            }
            other => panic!("{other:?}"),
        }
    }
}

const CALLBACK: &str = "https://h.example/cb?state=abc&error=access_denied&error_description=User+is+not+assigned+to+the+client+application.";

/// The request that was refused, and what came back.
fn refused(org: &str, client: &str, more: &str) -> String {
    format!(
        "{org}/oauth2/default/v1/authorize?client_id={client}&response_type=code&scope=openid&state=abc&redirect_uri=https%3A%2F%2Fh.example%2Fcb{more}\n{CALLBACK}"
    )
}

#[tokio::test]
async fn the_finding_names_the_person_who_is_not_assigned() {
    let mut face = Face::start().await;
    let (org, client) = (face.demo.org_url().to_owned(), face.client_without("ben@acme.example").await);
    let hint = refused(&org, &client, "&login_hint=ben%40acme.example");
    for (text, who) in [(hint, None), (refused(&org, &client, ""), Some("ben@acme.example"))] {
        let (evidence, diagnosis) = face.settled(&text, who).await;
        let first = diagnosis.findings.first().unwrap();
        assert_eq!(first.rule, "assignment.none", "{diagnosis:?}");
        assert!(first.headline.starts_with("ben@acme.example was never assigned"), "{first:?}");
        assert!(diagnosis.needs.is_empty() && diagnosis.could_not_look.is_empty(), "{diagnosis:?}");
        assert!(evidence.answers.iter().any(|(need, answer)| {
            matches!((need, answer), (Need::App { .. }, Answer::App(facts)) if facts.active)
        }));
    }
}

#[tokio::test]
async fn the_group_that_was_lost_is_named_with_its_time() {
    let mut face = Face::of(Options { scenario: Scenario::GroupLost, ..Options::default() }).await;
    let org = face.demo.org_url().to_owned();
    let client = face.demo.describe()["practice_app"]["id"].as_str().unwrap().to_owned();
    let (_, diagnosis) = face.settled(&refused(&org, &client, ""), Some("ana@acme.example")).await;
    let headline = &diagnosis.findings[0].headline;
    assert!(headline.starts_with("ana@acme.example lost the app at 20"), "{headline}");
    assert!(headline.ends_with("with the group One-Time-Code."), "{headline}");
}

#[tokio::test]
async fn nobody_with_that_login_and_nobody_named_are_told_apart() {
    let mut face = Face::start().await;
    let (org, client) = (face.demo.org_url().to_owned(), face.client().await);
    let text = refused(&org, &client, "");
    let (_, unknown) = face.settled(&text, Some("zoe@acme.example")).await;
    assert!(unknown.findings[0].headline.contains("Nobody in this org"), "{unknown:?}");
    let (_, unsaid) = face.settled(&text, None).await;
    assert!(matches!(unsaid.needs[..], [Need::AppUser { login: None, .. }]), "{unsaid:?}");
}

#[tokio::test]
async fn a_client_of_another_org_is_no_app_here() {
    let mut face = Face::start().await;
    let org = face.demo.org_url().to_owned();
    let (evidence, _) = face.settled(&refused(&org, "0oaNobodys", ""), Some("ben@acme.example")).await;
    assert!(evidence.answers.iter().all(|(_, answer)| *answer == Answer::NoApp), "{:?}", evidence.answers);
    assert!(!evidence.answers.is_empty());
}
