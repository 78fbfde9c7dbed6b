//! Plans applied to a demo org: whole, twice, cut short at every point, with trouble on the way.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod bulk;
mod org;
mod relay;

use jiff::Timestamp;
use oktui::change::apply::{ApplyError, JournalFile, Progress, give_up};
use oktui::change::describe::planned;
use oktui::change::journal::{Entry, unfinished};
use oktui::change::{Inverse, Outcome, People, Plan, PlanId};
use oktui::okta::model::ApiError;
use oktui::setup::{Ask, RedirectUri, Target};
use oktui::store::LockError;
use org::{Org, session, status};
use relay::Hang;
use serde_json::json;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Mutex;
use std::task::Poll;
use tokio_util::sync::CancellationToken;

fn request_ids(org: &Org) -> Vec<String> {
    let journal = JournalFile::look(&org.journal_path()).unwrap();
    let id = |entry: &Entry| match entry {
        Entry::Outcome { outcome: Outcome::Done { request_id, .. }, .. } => {
            request_id.as_ref().map(|r| r.to_string())
        }
        _ => None,
    };
    journal.lines.iter().filter_map(|line| id(&line.entry)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_app_from_nothing_to_its_values() {
    let org = Org::start().await;
    let mut draft = org.draft("Gateway");
    let plan = org.plan("p1", &draft).await;
    assert_eq!(plan.changes.len(), 5, "{:#?}", plan.changes);
    let told = Mutex::new(Vec::new());
    let applied =
        org.apply_until(&plan, &CancellationToken::new(), &|p| told.lock().unwrap().push(p)).await.unwrap();
    assert!(applied.finished && applied.complete(), "{:#?}", applied.outcomes);
    assert_eq!(told.lock().unwrap().len(), 10);
    let app = org.whole("Gateway", "new app").await;
    assert_eq!((applied.client_id.clone(), applied.app.unwrap().id()), (app.client_id(), app.id()));

    let secret = applied.secret.expect("the answer's secret");
    let stored = org.reader.secrets(&app.id().unwrap()).await.unwrap();
    assert_eq!(stored[0].value.as_ref(), Some(&secret));
    let text = org.journal_text();
    assert!(
        !text.contains(secret.expose()) && !text.contains("client_secret\""),
        "the journal holds no secret"
    );
    assert!(!text.contains(org.demo.api_token()));
    assert!(text.contains("CHG0041234") && text.contains("admin@acme.example"));

    assert_eq!(
        request_ids(&org),
        org.writes().await,
        "what the journal tells is what the org saw, one for one"
    );
    assert_eq!(applied.request_ids.len(), 5);
    assert!(unfinished(&org.journal().read().unwrap()).is_empty());

    draft.target = Target::Existing(app.id().unwrap());
    let again = org.plan("p2", &draft).await;
    assert!(again.changes.is_empty(), "applying twice changes nothing: {:#?}", again.changes);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(org.journal_path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_plan_twice_makes_no_second_app() {
    let org = Org::start().await;
    let plan = org.plan("p1", &org.draft("Gateway")).await;
    org.apply(&plan).await.unwrap();
    let again = org.apply(&plan).await.unwrap();
    assert!(again.finished && again.secret.is_some(), "{:#?}", again.outcomes);
    org.whole("Gateway", "the same plan twice").await;
    let found = again.outcomes.values().filter(|o| matches!(o, Outcome::FoundDone { .. })).count();
    assert_eq!(found, 3, "app, policy and rule: {:#?}", again.outcomes);
}

/// The inverses in the journal, last first, bring back what was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journals_inverses_undo_a_new_app() {
    let org = Org::start().await;
    let default = "default".parse().unwrap();
    let before = (org.reader.apps(None).await.unwrap(), org.reader.policies(&default).await.unwrap().len());
    let mut plan = org.plan("p1", &org.draft("Gateway")).await;
    org.apply(&plan).await.unwrap();
    assert_ne!(org.reader.apps(None).await.unwrap().len(), before.0.len());

    let mut inverses = BTreeMap::new();
    for line in JournalFile::look(&org.journal_path()).unwrap().lines {
        if let Entry::Intent { number, inverse: Some(i), .. }
        | Entry::Outcome { number, inverse: Some(i), .. } = line.entry
        {
            inverses.insert(number, *i);
        }
    }
    let numbers: Vec<usize> = inverses.keys().copied().collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5], "every change has its way back");
    plan.id = PlanId("undo".into());
    plan.changes.clear();
    for inverse in inverses.into_values().rev() {
        let Inverse::Exact(changes) = inverse else { panic!("{inverse:?}") };
        for change in changes {
            let number = plan.changes.len() + 1;
            plan.changes.push(planned(number, change, People::None, Vec::new(), None, &plan.label));
        }
    }
    let undone = org.apply(&plan).await.unwrap();
    assert!(undone.complete(), "{:#?}", undone.outcomes);
    let after = (org.reader.apps(None).await.unwrap(), org.reader.policies(&default).await.unwrap().len());
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_okta_refuses_ends_the_plan() {
    let org = Org::start().await;
    org.apply(&org.plan("p1", &org.draft("Gateway")).await).await.unwrap();
    org.post("scenario", json!({"name": "unique-labels"})).await;
    let plan = org.plan("p2", &org.draft("Gateway")).await;
    assert!(plan.notes.iter().any(|n| n.contains("edit that one instead")), "{:?}", plan.notes);
    let applied = org.apply(&plan).await.unwrap();
    let Outcome::Failed { error: ApiError::Okta(problem), unknown: false } = &applied.outcomes[&1] else {
        panic!("{:#?}", applied.outcomes)
    };
    assert_eq!(problem.code.as_str(), "E0000040");
    assert!(applied.outcomes.values().skip(1).all(|o| *o == Outcome::NotTried));
    assert!(applied.finished && !applied.complete(), "{:#?}", applied.outcomes);
    assert!(org.resume().await.is_none(), "nothing is left to go on with");
}

/// Runs a plan and drops the run, as `kill -9` does, when the relay hangs or when the journal has `lines` lines. Whether it was
/// dropped.
async fn killed(org: &Org, plan: &Plan, lines: usize) -> bool {
    let stop = CancellationToken::new();
    let mut run = Box::pin(org.apply_until(plan, &stop, &|_| {}));
    let dead = || org.journal_text().lines().count() >= lines;
    let run = poll_fn(|cx| if dead() { Poll::Ready(None) } else { run.as_mut().poll(cx).map(Some) });
    tokio::select! {
        () = org.relay.hung() => true,
        ended = run => ended.is_none_or(|result| !result.unwrap().finished),
    }
}

async fn survives(org: &Org, k: usize, hang: Hang, lines: usize) -> bool {
    let what = format!("{hang:?}, killed at {lines} lines");
    let name = format!("Gateway {k}");
    let plan = org.plan(&format!("kill{k}"), &org.draft(&name)).await;
    // A journal of its own, so that lines count from the plan's beginning.
    let _ = std::fs::remove_file(org.journal_path());
    org.relay.hang(hang);
    let died = killed(org, &plan, lines).await;
    org.relay.hang(Hang::Never);
    if died {
        let applied = org.resume().await.unwrap_or_else(|| panic!("{what}: the plan is open"));
        assert!(applied.finished && applied.complete(), "{what}: {:#?}", applied.outcomes);
        assert!(applied.secret.is_some() && applied.client_id.is_some(), "{what}");
    }
    org.whole(&name, &what).await;
    assert!(unfinished(&org.journal().read().unwrap()).is_empty(), "{what}: nothing is left open");
    died
}

/// Before and after each of the five writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_around_any_write_it_ends_with_one_app_and_one_secret() {
    let org = Org::start().await;
    for n in 1..=5 {
        assert!(survives(&org, n, Hang::Before(n), usize::MAX).await, "write {n} was reached");
        assert!(survives(&org, 10 + n, Hang::After(n), usize::MAX).await, "write {n} was reached");
    }
}

/// At every length of the journal: 1 line for the start, 2 for each of five changes, 1 for the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_line_of_the_journal_it_ends_with_one_app_and_one_secret() {
    let org = Org::start().await;
    let mut died = 0;
    for lines in 1..=11 {
        died += usize::from(survives(&org, 100 + lines, Hang::Never, lines).await);
    }
    assert!(died >= 10, "only {died} of 11 runs were cut short");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_last_line_that_was_torn_does_not_matter() {
    let org = Org::start().await;
    let plan = org.plan("torn", &org.draft("Gateway")).await;
    org.relay.hang(Hang::After(1));
    assert!(killed(&org, &plan, usize::MAX).await);
    org.relay.hang(Hang::Never);
    let mut text = org.journal_text();
    text.push_str(r#"{"v":1,"at":"2026-11-22T12:00:00Z","entry":{"outcome":{"plan":"to"#);
    std::fs::write(org.journal_path(), text).unwrap();
    assert!(org.resume().await.unwrap().finished);
    org.whole("Gateway", "torn").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_between_changes_it_goes_on_at_the_next_start() {
    let org = Org::start().await;
    let plan = org.plan("stop", &org.draft("Gateway")).await;
    let stop = CancellationToken::new();
    let progress = |p: Progress| {
        if let Progress::Ended(2, _) = p {
            stop.cancel();
        }
    };
    let applied = org.apply_until(&plan, &stop, &progress).await.unwrap();
    assert_eq!((applied.made(), applied.finished), (2, false));
    assert_eq!(applied.outcomes[&3], Outcome::NotTried);
    assert_eq!(org.writes().await.len(), 2);
    let other = org.plan("other", &org.draft("Other")).await;
    let refused = org.apply(&other).await.unwrap_err();
    assert!(matches!(refused, ApplyError::Unfinished { .. }), "{refused}");
    assert!(org.resume().await.unwrap().complete());
    org.whole("Gateway", "stopped").await;
    assert_eq!(request_ids(&org), org.writes().await);
    assert!(org.apply(&other).await.unwrap().finished);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_is_given_up_is_over() {
    let org = Org::start().await;
    let plan = org.plan("give-up", &org.draft("Gateway")).await;
    org.relay.hang(Hang::Before(1));
    assert!(killed(&org, &plan, usize::MAX).await);
    org.relay.hang(Hang::Never);
    {
        let journal = org.journal();
        let left = unfinished(&journal.read().unwrap()).remove(0);
        assert_eq!((left.settled(), left.open.len()), (0, 1));
        give_up(&left, &journal, Timestamp::now()).await.unwrap();
    }
    assert!(org.resume().await.is_none());
    assert!(org.writes().await.is_empty());
}

/// Trouble in the middle of a run; if it does not get through by itself, the next start does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_in_the_middle() {
    let org = Org::start().await;
    let faults = [
        status(500, "POST", "/api/v1/apps", 1),
        status(500, "PUT", "/groups/", 2),
        status(503, "POST", "/users", 1),
        status(500, "POST", "/policies", 1),
        status(500, "POST", "/rules", 4),
        status(429, "POST", "/api/v1/apps", 1),
        json!({"match": "/api/v1/apps", "method": "POST", "kind": "reset"}),
        json!({"match": "/api/v1/apps", "method": "POST", "kind": "truncate"}),
        json!({"match": "/groups/", "method": "PUT", "kind": "truncate"}),
        json!({"match": "/users", "method": "POST", "kind": "truncate"}),
        json!({"match": "/policies", "method": "POST", "kind": "truncate"}),
        json!({"match": "/rules", "method": "POST", "kind": "truncate"}),
        json!({"match": "/rules", "method": "POST", "kind": "reset"}),
        json!({"match": "/policies", "method": "POST", "kind": "html"}),
    ];
    for (k, fault) in faults.into_iter().enumerate() {
        let what = fault.to_string();
        let name = format!("Trouble {k}");
        let plan = org.plan(&format!("trouble{k}"), &org.draft(&name)).await;
        org.fault(fault).await;
        let mut applied = org.apply(&plan).await.unwrap();
        for _ in 0..3 {
            if applied.finished {
                break;
            }
            applied = org.resume().await.unwrap();
        }
        assert!(applied.finished && applied.complete(), "{what}: {:#?}", applied.outcomes);
        org.whole(&name, &what).await;
    }
}

/// A link that is gone is not tried change by change: the run stops, says so, and the next start goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_link_stops_the_run() {
    let org = Org::start().await;
    let plan = org.plan("p1", &org.draft("Gateway")).await;
    org.fault(json!({"match": "/users", "method": "POST", "kind": "reset", "times": 100})).await;
    let applied = org.apply(&plan).await.unwrap();
    assert!(!applied.finished && applied.secret.is_some());
    let Outcome::Failed { error: ApiError::Net { .. }, unknown: true } = &applied.outcomes[&3] else {
        panic!("{:#?}", applied.outcomes)
    };
    assert_eq!((&applied.outcomes[&4], &applied.outcomes[&5]), (&Outcome::NotTried, &Outcome::NotTried));
    org.clear_faults().await;
    assert!(org.resume().await.unwrap().complete());
    org.whole("Gateway", "link").await;
}

/// No intent on disk, no call; and what was made before is handed back all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_journal_the_run_stops() {
    let org = Org::start().await;
    let plan = org.plan("p1", &org.draft("Gateway")).await;
    let path = org.journal_path();
    let progress = |p: Progress| {
        if p == Progress::Begun(3) {
            std::fs::remove_file(&path).unwrap();
            std::fs::create_dir(&path).unwrap();
        }
    };
    let applied = org.apply_until(&plan, &CancellationToken::new(), &progress).await.unwrap();
    assert!(applied.journal_failed.is_some() && !applied.finished);
    assert!(applied.secret.is_some() && applied.client_id.is_some());
    assert_eq!((applied.made(), org.writes().await.len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_may_only_read_writes_nothing() {
    let org = Org::start().await;
    let token = org.control("describe").await["read_only_api_token"].as_str().unwrap().to_owned();
    let (reader, writer) = session(&org.relay.url, &token);
    let draft = org.draft("Gateway");
    let plan = oktui::change::plan(PlanId("ro".into()), &draft, &org::live(&reader, &draft).await);
    let plan = plan.unwrap();
    let journal = org.journal();
    let stop = CancellationToken::new();
    let session = oktui::change::apply::Session {
        reader: &reader,
        writer: &writer,
        journal: &journal,
        who: "reader@acme.example".into(),
        clock: &Timestamp::now,
        progress: &|_| {},
        stop: &stop,
        hold: tokio::sync::watch::channel(false).1,
    };
    let applied = oktui::change::apply::apply(&plan, &session).await.unwrap();
    assert!(applied.finished);
    for outcome in applied.outcomes.values() {
        let refused = match outcome {
            Outcome::NotAllowed | Outcome::NotTried => true,
            Outcome::Failed { error, .. } => error.is_forbidden(),
            _ => false,
        };
        assert!(refused, "{outcome:?}");
    }
    assert!(org.writes().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_was_changed_in_between_is_left_alone() {
    let org = Org::start().await;
    let mut draft = org.draft("Gateway");
    let created = org.apply(&org.plan("p1", &draft).await).await.unwrap();
    let id = created.app.unwrap().id().unwrap();
    draft.target = Target::Existing(id.clone());
    draft
        .setup
        .redirect_uris
        .push(RedirectUri { environment: "staging".into(), uri: "https://stg.example/cb".into() });
    let mine = org.plan("p2", &draft).await;
    assert_eq!(mine.changes.len(), 1);

    let mut theirs = draft.clone();
    theirs.setup.redirect_uris[1].uri = "https://theirs.example/cb".into();
    let theirs = org.apply(&org.plan("p3", &theirs).await).await.unwrap();
    assert!(theirs.complete(), "{:?}", theirs.outcomes);
    let before = org.writes().await.len();
    let applied = org.apply(&mine).await.unwrap();
    let Outcome::Failed { error, unknown: false } = &applied.outcomes[&1] else {
        panic!("{:?}", applied.outcomes)
    };
    let said = error.to_string();
    assert!(matches!(error, ApiError::Changed { .. }), "{said}");
    assert!(said.contains("was changed by admin@acme.example at 20"), "{said}");
    assert!(said.ends_with(": redirect URI: added https://theirs.example/cb"), "{said}");
    assert_eq!(org.writes().await.len(), before);
    assert!(org.resume().await.is_none(), "a plan made from what is no longer there is over");
    let uris = org.reader.app(&id).await.unwrap().redirect_uris();
    assert!(
        uris.contains(&"https://theirs.example/cb".to_owned())
            && !uris.contains(&"https://stg.example/cb".to_owned())
    );

    // Made anew it adds, and keeps what the other one added.
    let applied = org.apply(&org.plan("p4", &draft).await).await.unwrap();
    assert!(applied.complete());
    assert_eq!(org.reader.app(&id).await.unwrap().redirect_uris().len(), 3);
    // Okta answers a replace with the secret: it is handed back, and is not in the journal.
    let secret = applied.secret.expect("the answer's secret");
    assert!(!org.journal_text().contains(secret.expose()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removals_by_name_and_their_before_images() {
    let org = Org::start().await;
    let mut draft = org.draft("Gateway");
    let created = org.apply(&org.plan("p1", &draft).await).await.unwrap();
    let id = created.app.unwrap().id().unwrap();
    let ben = org.reader.person("ben@acme.example").await.unwrap().unwrap();
    let group = org.reader.app_groups(&id).await.unwrap().remove(0);
    draft.target = Target::Existing(id.clone());
    draft.setup.access.people.clear();
    draft.setup.access.groups.clear();
    draft.asks = vec![
        Ask::UnassignPerson { id: ben.id.clone(), login: ben.login.clone() },
        Ask::UnassignGroup { id: group.id.clone(), name: group.name.clone().unwrap() },
    ];
    let plan = org.plan("p2", &draft).await;
    let applied = org.apply(&plan).await.unwrap();
    assert!(applied.complete(), "{:?}", applied.outcomes);
    assert!(org.reader.app_users(&id).all().await.unwrap().is_empty());
    assert!(org.reader.app_groups(&id).await.unwrap().is_empty());
    let journal = JournalFile::look(&org.journal_path()).unwrap();
    let kept = journal.lines.iter().any(|line| match &line.entry {
        Entry::Intent { before, .. } => {
            matches!(&**before, oktui::change::Before::Person(user) if user.id == ben.id)
        }
        _ => false,
    });
    assert!(kept, "the app profile is in the journal");
    // The same plan once more, from a copy: all is so already, and no call writes.
    let before = org.writes().await.len();
    let again = org.apply(&plan).await.unwrap();
    assert!(again.outcomes.values().all(|o| *o == Outcome::AlreadySo), "{:?}", again.outcomes);
    assert_eq!(org.writes().await.len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logo_goes_up_and_a_missing_one_stops_the_run_before_it_begins() {
    let org = Org::start().await;
    let mut draft = org.draft("Gateway");
    let path = org.home.path().join("logo.png");
    draft.setup.app.logo = Some(path.to_string_lossy().into_owned());
    let plan = org.plan("p1", &draft).await;
    assert!(matches!(org.apply(&plan).await, Err(ApplyError::Logo { .. })));
    assert!(org.writes().await.is_empty() && org.journal_text().is_empty());
    std::fs::write(&path, png()).unwrap();
    let applied = org.apply(&plan).await.unwrap();
    assert!(applied.complete(), "{:#?}", applied.outcomes);
    let logos = org.control("writes").await;
    let logos =
        logos.as_array().unwrap().iter().filter(|w| w["path"].as_str().unwrap().ends_with("/logo")).count();
    assert_eq!(logos, 1);
    // The app links a logo of its own now: nothing is left to do.
    draft.target = Target::Existing(applied.app.unwrap().id().unwrap());
    let again = org.plan("p2", &draft).await;
    assert!(again.changes.is_empty(), "{:#?}", again.changes);
}

/// A PNG of one pixel.
fn png() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
    png.extend(b"\0\0\0\rIDATx\x9cc\xf8\x0f\0\x01\x01\x01\0\x18\xdd\x8d\xb0\0\0\0\0IEND\xaeB`\x82");
    png
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_oktui_at_a_time_and_one_org_for_a_plan() {
    let org = Org::start().await;
    let held = org.journal();
    let Err(LockError::Held { pid, .. }) = JournalFile::open(&org.journal_path()) else { panic!("not held") };
    assert_eq!(pid, Some(std::process::id()));
    drop(held);
    let mut plan = org.plan("p1", &org.draft("Gateway")).await;
    plan.org_url = "https://other.okta.com".into();
    assert!(matches!(org.apply(&plan).await, Err(ApplyError::OtherOrg { .. })));
    assert!(org.writes().await.is_empty());
}
