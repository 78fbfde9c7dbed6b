use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Screen};
use super::Model;
use crate::run::job::{Feature, Job, Outcome, Right, Slot, Trouble};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use proptest::prelude::*;

fn feature(name: &'static str, scope: &'static str, role: &'static str, right: Right) -> Feature {
    let in_token = Some(right != Right::NoScope);
    Feature { name, scope, role, configured: in_token, granted: in_token, right }
}

fn features() -> Vec<Feature> {
    let mut token = feature("own roles", "okta.roles.read", "READ_ONLY_ADMIN", Right::NotTold);
    (token.granted, token.configured) = (None, None);
    vec![
        feature("read apps", "okta.apps.read", "READ_ONLY_ADMIN", Right::Works),
        feature("System Log", "okta.logs.read", "READ_ONLY_ADMIN", Right::NoScope),
        feature(
            "write authorization servers",
            "okta.authorizationServers.manage",
            "API_ACCESS_MANAGEMENT_ADMIN",
            Right::NoRole,
        ),
        feature(
            "sign-in policies",
            "okta.policies.read",
            "READ_ONLY_ADMIN",
            Right::Not("this org does not have it".into()),
        ),
        token,
    ]
}

fn told() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::Preflight, .. }]), "{next:?}");
    deliver(&mut model, &mut shared, Slot::Rights, Outcome::Rights(features()));
    (model, shared)
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let (told_one, a) = told();
    let (mut failed, mut b) = told();
    let trouble = Trouble::new("acme.okta.com: no answer in time.", "Check the network.");
    deliver(&mut failed, &mut b, Slot::Rights, Outcome::Failed(trouble));
    let (mut none, mut c) = (Model::default(), shared(false));
    c.session = None;
    assert_eq!(none.update(&mut c, Msg::Shown), Next::none());
    let (mut asked, mut d) = (Model::default(), shared(false));
    asked.update(&mut d, Msg::Shown);
    let (mut last, mut e) = told();
    press(&mut last, &mut e, Key::End);
    vec![
        ("told", told_one, a),
        ("failed", failed, b),
        ("no-org", none, c),
        ("asked", asked, d),
        ("works", last, e),
    ]
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../rights/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn what_is_missing_stands_first_and_is_copied_as_a_request() {
    let (mut model, mut shared) = told();
    assert_eq!(model.rows()[0].name, "System Log");
    assert_eq!(model.rows()[4].name, "read apps");
    let next = press(&mut model, &mut shared, Key::Char('y'));
    let [Effect::Copy(text)] = &next.effects[..] else { panic!("{next:?}") };
    assert!(text.expose().contains("- System Log: needs okta.logs.read"), "{}", text.expose());
    assert!(!text.expose().contains("read apps"));
    assert_eq!(press(&mut model, &mut shared, Key::Esc), Next::go(Go::Back));
}

#[test]
fn it_is_asked_once_until_somebody_signs_in_anew() {
    let (mut model, mut shared) = told();
    assert_eq!(model.update(&mut shared, Msg::Shown), Next::none());
    assert_eq!(press(&mut model, &mut shared, Key::Char('r')).effects.len(), 1);
}

proptest! {
    #[test]
    fn no_size_panics(cols in 1u16..140, rows in 1u16..50, state in 0usize..5) {
        let (_, model, shared) = states().remove(state);
        let _ = drawn(&model, &shared, crate::tui::theme::Theme::new(false, false), (cols, rows));
    }
}
