//! Okta's System Log beside a run.

use super::super::plan::fixtures::*;
use super::super::{Msg, Next, Screen};
use super::Model;
use super::tests::failed;
use crate::okta::model::{LogEvent, LogResult};
use crate::run::job::{Belongs, Job, Outcome, RunEvent, Slot, Trouble};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use jiff::SignedDuration;

fn event(at: &str, kind: &str, by: Belongs) -> RunEvent {
    let event = LogEvent {
        id: at.into(),
        published: format!("2026-11-22T19:04:{at}Z").parse().unwrap(),
        kind: kind.into(),
        message: "OAuth2 token grant".into(),
        result: LogResult::Failure,
        reason: Some("invalid_client".into()),
        actor: None,
        actor_login: Some("0oa1".into()),
        client: Some("0oa1".into()),
        address: None,
        apps: Vec::new(),
        redirect_uri: Some("https://h.example/cb".into()),
        secret_hash: None,
        groups: Vec::new(),
        request_id: Some("a1b2".into()),
    };
    RunEvent { event, by }
}

/// The tab of the log, opened on a run that has failed.
fn opened() -> (Model, Shared, Next) {
    let (mut model, mut shared) = failed();
    let next = press(&mut model, &mut shared, Key::Left);
    (model, shared, next)
}

fn asks(next: &Next) -> bool {
    matches!(&next.effects[..], [Effect::Start { slot: Slot::Log, job: Job::LoadRunLog(_), .. }])
}

fn later(shared: &mut Shared, seconds: i64) {
    shared.now = shared.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
}

#[test]
fn it_is_asked_for_by_what_the_run_knows() {
    let (_, _, next) = opened();
    let [Effect::Start { job: Job::LoadRunLog(run), .. }] = &next.effects[..] else { panic!("{next:?}") };
    assert_eq!(run.client.as_str(), "0oa1b2c3d4e5f6g7h8i9");
    assert_eq!(run.login.as_ref().map(|l| l.as_str()), Some("ana@acme.example"));
    assert!(run.requests.contains(&("a1b2".into(), 1)), "{run:?}");
    assert!(run.ended > run.began);
}

#[test]
fn late_events_are_asked_for_with_growing_pauses_and_then_no_more() {
    let (mut model, mut shared, _) = opened();
    for pause in [6, 12, 24, 48] {
        let one = vec![event("04", "app.oauth2.as.token.grant", Belongs::Hop(7))];
        let next = deliver(&mut model, &mut shared, Slot::Log, Outcome::RunLog(one));
        assert_eq!(next.effects, [Effect::Wake(pause * 1_000)]);
        later(&mut shared, i64::try_from(pause).unwrap() - 1);
        assert!(model.update(&mut shared, Msg::Tick).effects.is_empty(), "not before its time");
        later(&mut shared, 1);
        assert!(asks(&model.update(&mut shared, Msg::Tick)), "after {pause} s");
    }
    let next = deliver(&mut model, &mut shared, Slot::Log, Outcome::RunLog(Vec::new()));
    assert!(next.effects.is_empty(), "it was asked often enough: {next:?}");
    // Looking away and back asks again.
    assert!(press(&mut model, &mut shared, Key::Left).effects.is_empty());
    assert!(asks(&press(&mut model, &mut shared, Key::Right)));
}

#[test]
fn a_screen_that_was_left_goes_on_where_it_was() {
    let (mut model, mut shared, _) = opened();
    deliver(&mut model, &mut shared, Slot::Log, Outcome::RunLog(Vec::new()));
    later(&mut shared, 2);
    assert_eq!(model.update(&mut shared, Msg::Shown).effects, [Effect::Wake(4_000)]);
    later(&mut shared, 60);
    assert!(asks(&model.update(&mut shared, Msg::Shown)));
}

#[test]
fn pictures_of_the_log() {
    let (reading, shared, _) = opened();
    picture("log-reading", &reading, &shared, "../test/snapshots");
    let (mut model, mut shared, _) = opened();
    let events = vec![
        event("02", "user.session.start", Belongs::Person),
        event("03", "app.oauth2.as.authorize.code", Belongs::Client),
        event("04", "app.oauth2.as.token.grant", Belongs::Hop(7)),
    ];
    deliver(&mut model, &mut shared, Slot::Log, Outcome::RunLog(events));
    picture("log", &model, &shared, "../test/snapshots");
    let (mut model, mut shared, _) = opened();
    let trouble = Trouble::new(
        "Okta refuses it: this token may not read the System Log (403).",
        "It takes okta.logs.read, or the Read-only Administrator role.",
    );
    deliver(&mut model, &mut shared, Slot::Log, Outcome::Failed(trouble));
    picture("log-failed", &model, &shared, "../test/snapshots");
}

#[test]
fn nothing_is_asked_before_the_run_has_ended() {
    let (mut model, mut shared) = super::tests::running();
    assert!(press(&mut model, &mut shared, Key::Left).effects.is_empty());
}
