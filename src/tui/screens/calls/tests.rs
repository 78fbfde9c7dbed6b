use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Screen};
use super::Model;
use crate::okta::model::CallMade;
use crate::run::job::{Job, Outcome, Slot};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use proptest::prelude::*;

fn call(number: u64, method: &str, target: &str, status: Option<u16>) -> CallMade {
    CallMade {
        number,
        at: "2026-11-22T19:04:05.120Z".parse().unwrap(),
        method: method.into(),
        target: target.into(),
        status,
        trouble: status.is_none().then_some("no answer in time"),
        took_ms: 30 + number,
        bytes: 1_200,
        request_id: status.map(|_| format!("req{number}").as_str().into()),
        bucket: "apps".into(),
        repeated: usize::from(status.is_none()),
        bearer: false,
    }
}

fn calls() -> Vec<CallMade> {
    vec![
        call(4, "POST", "/api/v1/apps/0oa1b2c3d4e5f6g7h8i9/users", Some(429)),
        call(
            3,
            "GET",
            "/api/v1/users?limit=200&after=00u1234567890abcdefghijklmnopqrstuvwxyz0123456789",
            Some(200),
        ),
        call(2, "GET", "/api/v1/authorizationServers/default", None),
        call(1, "GET", "/.well-known/okta-organization", Some(200)),
    ]
}

fn shown() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(true));
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::LoadCalls, .. }]), "{next:?}");
    deliver(&mut model, &mut shared, Slot::Calls, Outcome::Calls(calls()));
    (model, shared)
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let (model, s) = shown();
    let (mut whole, mut t) = shown();
    keys(&mut whole, &mut t, &[Key::Down, Key::Down, Key::Enter]);
    let mut nobody = shared(true);
    nobody.session = None;
    vec![("list", model, s), ("whole", whole, t), ("no-org", Model::default(), nobody)]
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../calls/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn the_cursor_stays_on_its_call_when_others_come() {
    let (mut model, mut shared) = shown();
    press(&mut model, &mut shared, Key::Down);
    let mut more = calls();
    more.insert(0, call(5, "GET", "/api/v1/groups", Some(200)));
    deliver(&mut model, &mut shared, Slot::Calls, Outcome::Calls(more));
    assert_eq!(model.under_cursor().unwrap().number, 3);
}

#[test]
fn a_call_is_copied_for_a_shell_without_the_token() {
    let (mut model, mut shared) = shown();
    let next = press(&mut model, &mut shared, Key::Char('y'));
    let [Effect::Copy(text)] = &next.effects[..] else { panic!("{next:?}") };
    assert!(
        text.expose().starts_with("curl -X POST -H \"Authorization: SSWS $OKTUI_API_TOKEN\""),
        "{}",
        text.expose()
    );
    assert_eq!(press(&mut model, &mut shared, Key::Esc), Next::go(Go::Back));
}

proptest! {
    #[test]
    fn no_size_panics(cols in 1u16..140, rows in 1u16..50, state in 0usize..3) {
        let (_, model, shared) = states().remove(state);
        let _ = drawn(&model, &shared, crate::tui::theme::Theme::new(false, false), (cols, rows));
    }
}
