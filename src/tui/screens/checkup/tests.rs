use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Route, Screen};
use super::Model;
use crate::checkup::{Finding, Harm, Who};
use crate::run::job::{Job, Outcome, Slot, Trouble};
use crate::setup::{Edit, Fix, Target};
use crate::tui::command::CommandId;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use proptest::prelude::*;

fn finding(rule: &'static str, harm: Harm, title: &str) -> Finding {
    Finding {
        rule,
        harm,
        title: title.into(),
        evidence: vec!["Grants: authorization_code, implicit".into()],
        why: "The gateway does not use it, and whoever has the client id may try it.".into(),
        help: "Switch it off in the Admin Console (General tab, Grant type).".into(),
        fix: None,
        step: None,
        who: Who::OktaAdmin,
        source: "RFC 9700 §2.1.2",
    }
}

fn found() -> Vec<Finding> {
    let mut redirect = finding(
        "redirect-uri-missing",
        Harm::Everybody,
        "The gateway's callback is not among the redirect URIs.",
    );
    redirect.fix = Some(Fix { title: "call it Gate".into(), edit: Edit::SetName("Gate".into()) });
    redirect.step = Some(3);
    let mut broker =
        finding("policy-for-some", Harm::Some, "The access policy lets only some people through.");
    broker.step = Some(5);
    vec![
        redirect,
        broker,
        finding("nobody-assigned", Harm::Some, "Nobody is assigned to the app."),
        finding("weak-grant", Harm::Exposed, "The implicit grant is on."),
        finding("old-secret", Harm::Later, "The client secret is older than a year."),
        finding("not-readable", Harm::NotRead, "The access policies could not be read."),
        finding("pkce-optional", Harm::Note, "PKCE is checked when it is sent, and not demanded."),
    ]
}

fn opened() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(true));
    shared.work.as_mut().unwrap().draft.target = Target::Existing("0oa1".parse().unwrap());
    let next = model.update(&mut shared, Msg::Shown);
    assert!(
        matches!(&next.effects[..], [Effect::Start { job: Job::CheckUp { secrets: false, .. }, .. }]),
        "{next:?}"
    );
    (model, shared)
}

fn looked(found: Vec<Finding>) -> (Model, Shared) {
    let (mut model, mut shared) = opened();
    deliver(&mut model, &mut shared, Slot::CheckUp, Outcome::CheckUp(found));
    (model, shared)
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let (reading, a) = opened();
    let (list, b) = looked(found());
    let (mut whole, mut c) = looked(found());
    keys(&mut whole, &mut c, &[Key::Down, Key::Down, Key::Down, Key::Enter]);
    let (mut button, mut d) = looked(found());
    keys(&mut button, &mut d, &[Key::End]);
    let (well, e) = looked(Vec::new());
    let (mut failed, mut f) = opened();
    let trouble = Trouble::new("Okta did not answer in time.", "Look at the network.");
    deliver(&mut failed, &mut f, Slot::CheckUp, Outcome::Failed(trouble));
    let mut new = shared(true);
    let mut none = Model::default();
    assert_eq!(none.update(&mut new, Msg::Shown), Next::none());
    vec![
        ("reading", reading, a),
        ("list", list, b),
        ("whole", whole, c),
        ("button", button, d),
        ("well", well, e),
        ("failed", failed, f),
        ("new-app", none, new),
    ]
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../checkup/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn a_fix_goes_into_the_draft_and_leads_to_the_plan() {
    let (mut model, mut shared) = looked(found());
    assert_eq!(press(&mut model, &mut shared, Key::Char('f')), Next::go(Go::To(Route::Plan)));
    assert_eq!(shared.work.unwrap().draft.setup.app.name, "Gate");
}

#[test]
fn what_has_no_edit_leads_to_where_it_is_mended() {
    let (mut model, mut shared) = looked(found());
    for (rule, route) in [
        ("policy-for-some", Some(Route::Wizard)),
        ("nobody-assigned", Some(Route::People)),
        ("old-secret", Some(Route::Rotation)),
        ("weak-grant", None),
    ] {
        model.cursor = model.findings().iter().position(|f| f.rule == rule).unwrap();
        let next = press(&mut model, &mut shared, Key::Char('f'));
        assert_eq!(next.go, route.map(Go::To), "{rule}");
        assert!(shared.notice.is_some(), "{rule}");
    }
    assert_eq!(shared.work.unwrap().draft.step, 5);
}

#[test]
fn the_secrets_are_looked_at_when_that_is_asked_for() {
    let (mut model, mut shared) = looked(found());
    let next = keys(&mut model, &mut shared, &[Key::End, Key::Enter]);
    assert!(
        matches!(&next.effects[..], [Effect::Start { job: Job::CheckUp { secrets: true, .. }, .. }]),
        "{next:?}"
    );
    deliver(&mut model, &mut shared, Slot::CheckUp, Outcome::CheckUp(found()));
    assert!(!model.asks_for_secrets());
}

#[test]
fn after_an_apply_it_is_looked_at_again_and_what_is_gone_is_said() {
    let (mut model, mut shared) = looked(found());
    let applied = crate::run::job::Applied {
        plan: adding().plan,
        outcomes: Vec::new(),
        app: None,
        secret: None,
        hand_over: hand_over(true),
        authentication: crate::okta::model::ClientAuthentication::ClientSecretBasic,
    };
    deliver(&mut model, &mut shared, Slot::Apply, Outcome::Applied(Box::new(applied)));
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::CheckUp { .. }, .. }]), "{next:?}");
    deliver(&mut model, &mut shared, Slot::CheckUp, Outcome::CheckUp(found().split_off(2)));
    assert_eq!(
        shared.notice.as_deref(),
        Some("No longer found: The gateway's callback is not among the redirect URIs. And 1 more.")
    );
}

#[test]
fn a_read_that_is_stopped_leaves_what_was_found() {
    let (mut model, mut shared) = looked(found());
    press(&mut model, &mut shared, Key::Char('r'));
    let next = press(&mut model, &mut shared, Key::Esc);
    assert_eq!(next.effects, [Effect::Stop(Slot::CheckUp)]);
    assert_eq!(model.findings().len(), found().len());
    let (mut model, mut shared) = opened();
    model.update(&mut shared, Msg::Command(CommandId::Cancel));
    assert_eq!(press(&mut model, &mut shared, Key::Esc), Next::go(Go::Back));
}

#[test]
fn another_app_is_judged_anew() {
    let (mut model, mut shared) = looked(found());
    assert_eq!(model.update(&mut shared, Msg::Shown), Next::none());
    shared.work.as_mut().unwrap().draft.target = Target::Existing("0oa2".parse().unwrap());
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(&next.effects[..], [Effect::Start { .. }]), "{next:?}");
    assert!(model.findings().is_empty() && model.before.is_empty());
}

#[test]
fn the_report_is_saved_without_a_secret_in_it() {
    let (mut model, mut shared) = looked(found());
    let next = press(&mut model, &mut shared, Key::Char('e'));
    let [Effect::Start { job: Job::SaveFile { name, content }, .. }] = &next.effects[..] else {
        panic!("{next:?}")
    };
    assert!(name.starts_with("check-up-") && name.ends_with(".md"), "{name}");
    assert!(content.expose().contains("The implicit grant is on."));
}

proptest! {
    #[test]
    fn no_size_panics(cols in 1u16..140, rows in 1u16..50, state in 0usize..7) {
        let (_, model, shared) = states().remove(state);
        let _ = drawn(&model, &shared, crate::tui::theme::Theme::new(false, false), (cols, rows));
    }
}
