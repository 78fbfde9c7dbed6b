//! The jobs of people at a real org's size, through the runner as a screen uses it: looked up, reviewed, one person's events, stopped.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::demo::{self, Options, Running, Traffic};
use oktui::okta::model::{AppId, LogResult};
use oktui::people::{Found, LastSignIn, Preview, Purpose, Source};
use oktui::run::job::{Event, Job, Outcome, SignIn, Slot, Ticket};
use oktui::run::runner::Runner;
use oktui::secret::Secret;
use oktui::store::Places;
use tokio::sync::mpsc;

struct Face {
    demo: Running,
    runner: Runner,
    events: mpsc::Receiver<Event>,
    next: u64,
    _home: tempfile::TempDir,
}

impl Face {
    async fn start(users: usize, latency_ms: u64) -> Self {
        let traffic = Traffic { limit: Some(100_000), window_ms: 1_000, latency_ms, ..Default::default() };
        let demo = demo::start(Options { users, traffic, ..Default::default() }).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let (sender, events) = mpsc::channel(256);
        let runner = Runner::new(Places::under(home.path()), sender, None);
        let mut face = Self { demo, runner, events, next: 0, _home: home };
        let token = Secret::new(face.demo.api_token());
        let url = face.demo.org_url().to_owned();
        let connect = Job::Connect {
            url,
            way: SignIn::Token(token),
            label: String::new(),
            prod: false,
            read_only: true,
            passphrase: None,
        };
        let came = face.all_of(Slot::Connect, connect).await;
        assert!(matches!(came.last(), Some(Outcome::Connected(_))), "{came:?}");
        face
    }

    fn begin(&mut self, slot: Slot, job: Job) -> Ticket {
        self.next += 1;
        self.runner.start(Ticket(self.next), slot, job);
        Ticket(self.next)
    }

    /// The next that comes for a ticket, budgets aside; `None` for the budget that closes a job.
    async fn answer(&mut self, ticket: Ticket) -> Option<Outcome> {
        loop {
            let event = self.events.recv().await.unwrap();
            if event.ticket == ticket {
                return match event.outcome {
                    Outcome::Budget(_) => None,
                    other => Some(other),
                };
            }
        }
    }

    /// All that comes for a job.
    async fn all_of(&mut self, slot: Slot, job: Job) -> Vec<Outcome> {
        let ticket = self.begin(slot, job);
        let mut came = Vec::new();
        while let Some(outcome) = self.answer(ticket).await {
            came.push(outcome);
        }
        came
    }

    async fn first_app(&mut self) -> AppId {
        match self.all_of(Slot::Apps, Job::LoadApps).await.pop() {
            Some(Outcome::Apps(apps)) => apps.first().unwrap().id().unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

fn looked_up(came: &[Outcome]) -> &Preview {
    match came.last() {
        Some(Outcome::LookedUp(preview)) => preview,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_pasted_list_is_looked_up_for_an_app_that_does_not_exist_yet() {
    let mut face = Face::start(60, 0).await;
    let job = Job::LookUp {
        source: Source::Text("Ana <ana@acme.example>; dana@acme.example; x@acme.example".into()),
        app: None,
        purpose: Purpose::Assign,
    };
    let came = face.all_of(Slot::People, job).await;
    assert_eq!(came.iter().filter(|o| matches!(o, Outcome::Reading(_, 3))).count(), 3, "{came:?}");
    let preview = looked_up(&came);
    assert!(matches!(preview.rows[0].found, Found::One(_)));
    assert!(matches!(preview.rows[1].found, Found::Inactive(_)));
    assert_eq!(preview.rows[2].found, Found::NotFound);
    assert_eq!(preview.form, "semicolon-separated, all in one line, UTF-8");
}

#[tokio::test]
async fn a_file_that_is_no_list_is_refused_with_its_name() {
    let mut face = Face::start(60, 0).await;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("list.xlsx");
    std::fs::write(&path, b"PK\x03\x04").unwrap();
    for (path, said) in
        [(path.as_path(), "list.xlsx: this is a spreadsheet"), (home.path(), "cannot be read")]
    {
        let source = Source::File(path.to_str().unwrap().to_owned());
        let came =
            face.all_of(Slot::People, Job::LookUp { source, app: None, purpose: Purpose::Assign }).await;
        match came.last() {
            Some(Outcome::Failed(trouble)) => assert!(trouble.what.as_str().contains(said), "{trouble:?}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_long_look_up_that_is_stopped_says_nothing_more() {
    let mut face = Face::start(5_000, 20).await;
    // More rows than the directory has pages: the whole list is read, page by page.
    let text: String = (0..100).map(|n| format!("nobody{n}@acme.example\n")).collect();
    let job = Job::LookUp { source: Source::Text(text), app: None, purpose: Purpose::Assign };
    let ticket = face.begin(Slot::People, job);
    let first = face.answer(ticket).await;
    assert!(matches!(first, Some(Outcome::Reading(_, total)) if total >= 5_000), "{first:?}");
    face.runner.stop(Slot::People);
    while let Some(outcome) = face.answer(ticket).await {
        assert!(matches!(outcome, Outcome::Reading(..)), "{outcome:?}");
    }
    face.runner.shut_down().await;
}

#[tokio::test]
async fn few_rows_in_a_large_org_do_not_list_it() {
    let mut face = Face::start(50_000, 0).await;
    let text: String = (0..60).map(|n| format!("nobody{n}@acme.example\n")).collect();
    let job = Job::LookUp { source: Source::Text(text), app: None, purpose: Purpose::Assign };
    let came = face.all_of(Slot::People, job).await;
    let preview = looked_up(&came);
    assert!(preview.rows.iter().all(|r| r.found == Found::NotFound));
    assert!(preview.notes.is_empty(), "the directory was not listed: {:?}", preview.notes);
    assert!(came.iter().any(|o| matches!(o, Outcome::Reading(60, 60))));
}

#[tokio::test]
async fn a_review_and_the_events_of_one_of_its_people_agree() {
    let mut face = Face::start(60, 0).await;
    let app = face.first_app().await;
    let came = face.all_of(Slot::Review, Job::LoadReview(app.clone())).await;
    assert!(matches!(came.first(), Some(Outcome::Reading(_, 0))), "{came:?}");
    let review = match came.last() {
        Some(Outcome::Review(review)) => review,
        other => panic!("{other:?}"),
    };
    let (mut with, mut without) = (0, 0);
    for row in &review.rows {
        let job = Job::LoadPerson { person: row.id.clone(), app: Some(app.clone()) };
        let came = face.all_of(Slot::Detail, job).await;
        let events = match came.last() {
            Some(Outcome::Person(detail)) => detail.events.known().unwrap().clone(),
            other => panic!("{other:?}"),
        };
        assert!(events.is_sorted_by_key(|e| std::cmp::Reverse(e.published)), "the newest first");
        let last = events
            .iter()
            .find(|e| e.kind.as_str() == "user.authentication.sso" && e.result == LogResult::Success);
        match (row.last, last) {
            (LastSignIn::At(then), Some(event)) => {
                assert_eq!(then, event.published);
                assert_eq!((event.actor.as_ref(), &event.apps[..]), (Some(&row.id), &[app.clone()][..]));
                with += 1;
            }
            (LastSignIn::NoneSince(_), None) => without += 1,
            other => panic!("{}: {other:?}", row.login()),
        }
    }
    assert!(with > 0 && without > 0, "{with} with and {without} without a sign-in");
    let none =
        face.all_of(Slot::Detail, Job::LoadPerson { person: review.rows[0].id.clone(), app: None }).await;
    assert!(
        matches!(none.last(), Some(Outcome::Person(d)) if d.events.known().is_none() && d.events.error().is_none())
    );
}
