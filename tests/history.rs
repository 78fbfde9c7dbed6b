//! The history of the tester's runs, through the runner as a screen uses it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::demo::{self, Options};
use oktui::flow::trace::Way;
use oktui::okta::model::{ClientAuthentication, ServerKind};
use oktui::run::job::{Event, Job, Outcome, SignIn, Slot, TestRequest, Ticket};
use oktui::run::runner::Runner;
use oktui::secret::Secret;
use oktui::store::Places;
use tokio::sync::mpsc;

/// All that comes for a job; the budget closes it.
async fn all_of(runner: &Runner, events: &mut mpsc::Receiver<Event>, slot: Slot, job: Job) -> Vec<Outcome> {
    runner.start(Ticket(1), slot, job);
    let mut came = Vec::new();
    loop {
        match events.recv().await.unwrap().outcome {
            Outcome::Budget(_) => return came,
            outcome => came.push(outcome),
        }
    }
}

#[tokio::test]
async fn a_run_is_found_again_by_a_runner_that_is_started_anew() {
    let demo = demo::start(Options::default()).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut shown = Vec::new();
    for start in 0..2 {
        let (sender, mut events) = mpsc::channel(256);
        let runner = Runner::new(Places::under(home.path()), sender, None);
        let connect = Job::Connect {
            url: demo.org_url().to_owned(),
            way: SignIn::Token(Secret::new(demo.api_token())),
            label: String::new(),
            prod: false,
            read_only: true,
            passphrase: None,
        };
        all_of(&runner, &mut events, Slot::Connect, connect).await;
        let apps = all_of(&runner, &mut events, Slot::Apps, Job::LoadApps).await.pop();
        let Some(Outcome::Apps(apps)) = apps else { panic!("{apps:?}") };
        let app = apps.iter().find(|app| !app.redirect_uris().is_empty()).unwrap();
        if start == 0 {
            let request = TestRequest {
                app: app.id().unwrap(),
                client_id: app.client_id().unwrap(),
                label: app.label(),
                server: ServerKind::Org,
                authentication: ClientAuthentication::None,
                secret: None,
                redirect_uri: app.redirect_uris().remove(0),
                sign_out_uri: None,
                scopes: vec!["openid".into()],
                way: Way::Probe,
                temporary: None,
                side: false,
                whole_life: false,
                login: String::new(),
                password: None,
                stepping: None,
                run: 1,
            };
            shown = all_of(&runner, &mut events, Slot::Test, Job::Test(Box::new(request))).await;
            assert!(!shown.iter().any(|outcome| matches!(outcome, Outcome::NotKept(_))), "{shown:?}");
        }
        let load = Job::LoadRuns(app.client_id().unwrap());
        let kept = all_of(&runner, &mut events, Slot::Runs, load).await.pop();
        let Some(Outcome::Runs(kept)) = kept else { panic!("{kept:?}") };
        assert_eq!((kept.runs.len(), kept.damaged.len()), (1, 0), "start {start}");
        let open = Job::OpenRun(kept.runs[0].file.clone());
        let opened = all_of(&runner, &mut events, Slot::Runs, open).await.pop();
        let (Some(Outcome::Opened(opened)), Some(Outcome::Tested(run))) = (opened, shown.last()) else {
            panic!("{shown:?}")
        };
        assert_eq!((opened.hops.len(), &opened.verdict), (run.hops.len(), &run.verdict));
        runner.shut_down().await;
    }
}
