//! Hundreds of people in one plan: side by side, within the limits, nobody lost and nobody twice.

use super::org::{Org, session};
use super::relay::{Hang, Seen};
use oktui::change::apply::{JournalFile, Progress};
use oktui::change::inverse::Before;
use oktui::change::journal::Entry;
use oktui::change::{AppRef, Change, Outcome, Plan, PlanId};
use oktui::demo::{Options, RateHeaders, Traffic};
use oktui::okta::model::{AppId, Assigned, User, UserStatus};
use oktui::okta::read::PeopleQuery;
use oktui::setup::Target;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const PEOPLE: usize = 200;

async fn crowd(traffic: Traffic) -> Org {
    // Some of them are not active, so that there are enough who are.
    Org::with(Options { users: 300, traffic, ..Default::default() }).await
}

/// A generous org whose windows pass quickly.
fn roomy() -> Traffic {
    Traffic { limit: Some(100_000), window_ms: 1_000, ..Default::default() }
}

async fn active(org: &Org) -> Vec<User> {
    let all = org.reader.people(PeopleQuery::All).all().await.unwrap();
    all.into_iter().filter(|u| u.status == UserStatus::Active).take(PEOPLE).collect()
}

/// An app, and a plan that assigns these people to it one by one.
async fn plan_for(org: &Org, people: &[User]) -> (AppId, Plan) {
    let mut draft = org.draft("Gateway");
    draft.setup.access.people.clear();
    let made = org.apply(&org.plan("app", &draft).await).await.unwrap();
    let app = made.app.unwrap().id().unwrap();
    draft.target = Target::Existing(app.clone());
    draft.setup.access.people = vec!["ben@acme.example".into()];
    let mut plan = org.plan("bulk", &draft).await;
    let sample =
        plan.changes.iter().find(|p| matches!(p.change, Change::AssignPerson { .. })).cloned().unwrap();
    plan.changes.clear();
    for (n, user) in people.iter().enumerate() {
        let mut planned = sample.clone();
        planned.number = n + 1;
        planned.change = Change::AssignPerson {
            app: AppRef::Known(app.clone()),
            person: user.id.clone(),
            login: user.login.clone(),
            profile: None,
        };
        plan.changes.push(planned);
    }
    org.relay.seen();
    (app, plan)
}

fn removal(mut plan: Plan) -> Plan {
    plan.id = PlanId("off".into());
    for planned in &mut plan.changes {
        let Change::AssignPerson { app: AppRef::Known(app), person, login, .. } = planned.change.clone()
        else {
            unreachable!()
        };
        planned.change = Change::UnassignPerson { app, person, login };
    }
    plan
}

async fn direct(org: &Org, app: &AppId) -> HashSet<String> {
    let users = org.reader.app_users(app).all().await.unwrap();
    users.into_iter().filter(|u| u.via == Assigned::Directly).map(|u| u.id.to_string()).collect()
}

fn ids(people: &[User]) -> HashSet<String> {
    people.iter().map(|u| u.id.to_string()).collect()
}

fn posts(seen: &[Seen]) -> usize {
    seen.iter().filter(|s| s.method == http::Method::POST).count()
}

fn refused(seen: &[Seen]) -> usize {
    seen.iter().filter(|s| s.status == 429).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_people_are_one_call_each_and_many_at_once() {
    let org = crowd(Traffic { latency_ms: 20, ..roomy() }).await;
    let people = active(&org).await;
    assert_eq!(people.len(), PEOPLE);
    let (app, plan) = plan_for(&org, &people).await;
    let told = Mutex::new(Vec::new());
    let applied =
        org.apply_until(&plan, &CancellationToken::new(), &|p| told.lock().unwrap().push(p)).await.unwrap();
    assert!(applied.finished && applied.complete());
    assert_eq!(applied.request_ids.len(), PEOPLE);
    assert_eq!(direct(&org, &app).await, ids(&people));
    let seen = org.relay.seen();
    assert_eq!((posts(&seen), refused(&seen)), (PEOPLE, 0));
    assert!(org.relay.most_at_once() > 20, "{} at once", org.relay.most_at_once());
    // Each begins once and ends once, in this order.
    let mut open = HashSet::new();
    for progress in told.into_inner().unwrap() {
        match progress {
            Progress::Begun(n) => assert!(open.insert(n)),
            Progress::Ended(n, outcome) => assert!(open.remove(&n) && outcome.is_so()),
        }
    }
    // Each intent is in the journal before its outcome; again, nothing is sent twice.
    let journal = JournalFile::look(&org.journal_path()).unwrap();
    let mut intents = HashSet::new();
    for line in &journal.lines {
        match &line.entry {
            Entry::Intent { plan, number, .. } if plan.0 == "bulk" => assert!(intents.insert(*number)),
            Entry::Outcome { plan, number, .. } if plan.0 == "bulk" => assert!(intents.contains(number)),
            _ => {}
        }
    }
    assert_eq!(intents.len(), PEOPLE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tight_limit_is_kept_without_a_refusal() {
    // Five windows of a second: forty a window are ours to use up.
    let org = crowd(Traffic { limit: Some(50), window_ms: 1_000, ..Default::default() }).await;
    let people: Vec<User> = active(&org).await.into_iter().take(100).collect();
    let (app, plan) = plan_for(&org, &people).await;
    let headroom = org.reader.transport().leave_headroom(20);
    assert!(org.apply(&plan).await.unwrap().complete());
    drop(headroom);
    let seen = org.relay.seen();
    assert_eq!(direct(&org, &app).await, ids(&people));
    assert_eq!((posts(&seen), refused(&seen)), (100, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_crowd_and_with_little_told_nobody_is_lost() {
    let base = Traffic { limit: Some(50), window_ms: 1_000, ..Default::default() };
    for (what, traffic) in [
        ("others use 30 %", Traffic { others_percent: 30, ..base }),
        ("fifteen at once", Traffic { concurrent: Some(15), limit: Some(100_000), latency_ms: 5, ..base }),
        ("no headers", Traffic { headers: RateHeaders::None, limit: Some(100), ..base }),
        ("Retry-After only", Traffic { headers: RateHeaders::RetryAfter, limit: Some(100), ..base }),
    ] {
        let mut org = crowd(roomy()).await;
        let people = active(&org).await;
        let (app, plan) = plan_for(&org, &people).await;
        org.post("traffic", json!({
            "limit": traffic.limit, "window_ms": traffic.window_ms, "concurrent": traffic.concurrent,
            "others_percent": traffic.others_percent, "headers": traffic.headers.name(), "latency_ms": traffic.latency_ms,
        }))
        .await;
        // A session that knows nothing of the org's limits yet.
        (org.reader, org.writer) = session(&org.relay.url, org.demo.api_token());
        let applied = org.apply(&plan).await.unwrap();
        assert!(applied.complete(), "{what}");
        let seen = org.relay.seen();
        org.post(
            "traffic",
            json!({"limit": 100_000, "concurrent": null, "others_percent": 0, "headers": "okta"}),
        )
        .await;
        assert_eq!(direct(&org, &app).await, ids(&people), "{what}");
        assert!(
            posts(&seen) <= PEOPLE + PEOPLE / 3,
            "{what}: {} requests, {} refused",
            posts(&seen),
            refused(&seen)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_on_the_way_lose_nobody() {
    let org = crowd(roomy()).await;
    let people = active(&org).await;
    let (app, plan) = plan_for(&org, &people).await;
    for kind in ["status", "reset", "reset_after"] {
        org.fault(json!({"kind": kind, "status": 503, "match": "/users", "method": "POST", "percent": 3}))
            .await;
    }
    let applied = org.apply(&plan).await.unwrap();
    org.clear_faults().await;
    assert!(applied.complete(), "{:?}", applied.outcomes.values().find(|o| !o.is_so()));
    assert_eq!(direct(&org, &app).await, ids(&people));
    let seen = org.relay.seen();
    let ill = seen.iter().filter(|s| s.status == 0 || s.status == 503).count();
    assert!(ill > 0, "the faults hit");
    assert_eq!(posts(&seen), PEOPLE + ill, "each fault costs one request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_it_goes_on_and_sends_nothing_that_was_answered_again() {
    for hang in [Hang::Before(60), Hang::After(60)] {
        let org = crowd(roomy()).await;
        let people = active(&org).await;
        let (app, plan) = plan_for(&org, &people).await;
        org.relay.hang(hang);
        tokio::select! {
            _ = org.apply(&plan) => panic!("it hangs"),
            () = org.relay.hung() => {}
        }
        org.relay.hang(Hang::Never);
        let answered: HashMap<usize, bool> = {
            let left = oktui::change::journal::unfinished(&JournalFile::look(&org.journal_path()).unwrap());
            left[0].outcomes.iter().map(|(n, o)| (*n, o.is_so())).collect()
        };
        assert!(answered.len() < PEOPLE);
        org.relay.seen();
        let applied = org.resume().await.unwrap();
        assert!(applied.finished && applied.complete(), "{hang:?}");
        assert_eq!(direct(&org, &app).await, ids(&people), "{hang:?}");
        assert!(
            posts(&org.relay.seen()) <= PEOPLE - answered.len(),
            "{hang:?}: what was answered is not sent again"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_it_begins_nothing_and_then_goes_on() {
    let org = crowd(Traffic { latency_ms: 5, ..roomy() }).await;
    let people = active(&org).await;
    let (app, plan) = plan_for(&org, &people).await;
    let (hold, held) = watch::channel(false);
    let (counts, mut counted) = watch::channel((0, 0));
    let progress = |p: Progress| {
        counts.send_modify(|(begun, ended)| match p {
            Progress::Begun(_) => *begun += 1,
            Progress::Ended(..) => *ended += 1,
        });
        if counts.borrow().0 == 50 {
            hold.send_replace(true);
        }
    };
    let watching = async {
        let mut stopped = None;
        counted.wait_for(|(begun, ended)| *begun >= 50 && begun == ended).await.unwrap();
        stopped.replace(*counted.borrow());
        // What could begin would begin at once: there is nothing under way that it would wait for.
        tokio::task::yield_now().await;
        assert_eq!(Some(*counted.borrow()), stopped);
        hold.send_replace(false);
        stopped.unwrap().0
    };
    let never = CancellationToken::new();
    let (applied, begun) = tokio::join!(org.apply_held(&plan, &never, held, &progress), watching);
    assert_eq!(begun, 50);
    assert!(applied.unwrap().complete());
    assert_eq!(direct(&org, &app).await, ids(&people));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_or_cut_off_the_rest_is_not_tried_and_is_made_at_the_next_start() {
    for cut_off in [false, true] {
        let org = crowd(Traffic { latency_ms: 5, ..roomy() }).await;
        let people = active(&org).await;
        let (app, plan) = plan_for(&org, &people).await;
        let stop = CancellationToken::new();
        if cut_off {
            org.fault(
                json!({"kind": "status", "status": 401, "match": "/users", "method": "POST", "times": 1}),
            )
            .await;
        }
        let progress = |p: Progress| {
            if !cut_off && p == Progress::Begun(60) {
                stop.cancel();
            }
        };
        let applied = org.apply_until(&plan, &stop, &progress).await.unwrap();
        assert!(!applied.finished && !applied.complete());
        assert_eq!(applied.outcomes.len(), PEOPLE, "each has an outcome");
        let not_tried = applied.outcomes.values().filter(|o| matches!(o, Outcome::NotTried)).count();
        assert!(not_tried > 0, "{cut_off}");
        assert!(org.resume().await.unwrap().complete(), "{cut_off}");
        assert_eq!(direct(&org, &app).await, ids(&people), "{cut_off}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_removals_read_what_was_there_from_lists() {
    let org = crowd(roomy()).await;
    let people = active(&org).await;
    let (app, plan) = plan_for(&org, &people).await;
    assert!(org.apply(&plan).await.unwrap().complete());
    org.relay.seen();
    let plan = removal(plan);
    assert!(org.apply(&plan).await.unwrap().complete());
    let seen = org.relay.seen();
    let gets = seen.iter().filter(|s| s.method == http::Method::GET).count();
    let deletes = seen.iter().filter(|s| s.method == http::Method::DELETE).count();
    assert!(gets <= 2, "{gets} reads");
    assert_eq!((deletes, direct(&org, &app).await.len()), (PEOPLE, 0));
    let journal = JournalFile::look(&org.journal_path()).unwrap();
    let before = journal.lines.iter().filter(|line| match &line.entry {
        Entry::Intent { plan, before, .. } => plan.0 == "off" && matches!(**before, Before::Person(_)),
        _ => false,
    });
    assert_eq!(before.count(), PEOPLE, "each has its before-image");
    // Again: nobody is there, nothing is sent.
    let again = Plan { id: PlanId("again".into()), ..plan };
    let applied = org.apply(&again).await.unwrap();
    assert!(applied.outcomes.values().all(|o| *o == Outcome::AlreadySo));
    assert!(org.relay.seen().iter().all(|s| s.method == http::Method::GET));
}
