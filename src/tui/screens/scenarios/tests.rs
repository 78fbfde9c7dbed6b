use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Screen};
use super::Model;
use crate::run::job::{DemoScenario, Job, Outcome, Slot, Trouble};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::{Remote, Shared};
use proptest::prelude::*;

fn scenarios(now: &str) -> Vec<DemoScenario> {
    [
        ("plain", "one factor is enough"),
        ("practice", "the app Practice Gateway is there, and works"),
        ("redirect-slash", "the registered redirect URI ends in a slash"),
        ("dpop-required", "the app demands DPoP"),
    ]
    .map(|(name, what)| DemoScenario { name: name.into(), what: what.into(), now: name == now })
    .to_vec()
}

fn listed() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(true));
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::Scenario(None), .. }]), "{next:?}");
    deliver(&mut model, &mut shared, Slot::Scenarios, Outcome::Scenarios(scenarios("practice")));
    (model, shared)
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let (list, a) = listed();
    let (mut failed, mut b) = listed();
    let trouble = Trouble::new("the demo org does not answer", "Leave oktui and start the demo again.");
    deliver(&mut failed, &mut b, Slot::Scenarios, Outcome::Failed(trouble));
    let (mut none, mut c) = (Model::default(), shared(false));
    assert_eq!(none.update(&mut c, Msg::Shown), Next::none());
    let (mut asked, mut d) = (Model::default(), shared(true));
    asked.update(&mut d, Msg::Shown);
    vec![("list", list, a), ("failed", failed, b), ("no-demo", none, c), ("asked", asked, d)]
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../scenarios/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn the_cursor_begins_on_what_is_played_and_enter_plays_another() {
    let (mut model, mut shared) = listed();
    shared.apps = Remote::Ready(Vec::new());
    let next = keys(&mut model, &mut shared, &[Key::Down, Key::Enter]);
    let [Effect::Start { job: Job::Scenario(Some(name)), .. }] = &next.effects[..] else {
        panic!("{next:?}")
    };
    assert_eq!(name, "redirect-slash");
    assert!(shared.apps == Remote::Idle && shared.work.is_none(), "what was read is of before");
    deliver(&mut model, &mut shared, Slot::Scenarios, Outcome::Scenarios(scenarios("redirect-slash")));
    assert_eq!(model.cursor, 2);
    assert_eq!(press(&mut model, &mut shared, Key::Esc), Next::go(Go::Back));
}

proptest! {
    #[test]
    fn no_size_panics(cols in 1u16..140, rows in 1u16..50, state in 0usize..4) {
        let (_, model, shared) = states().remove(state);
        let _ = drawn(&model, &shared, crate::tui::theme::Theme::new(false, false), (cols, rows));
    }
}
