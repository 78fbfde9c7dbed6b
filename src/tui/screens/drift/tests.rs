use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Route, Screen};
use super::Model;
use crate::checkup::{Drifted, Field};
use crate::run::job::{Drift, Job, Outcome, Slot, Trouble};
use crate::setup::Setup;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::{Remote, Shared};
use proptest::prelude::*;

fn drift() -> Drift {
    let field = |name: &'static str, wanted: &str, live: &str, kind| Field {
        name,
        wanted: wanted.into(),
        live: live.into(),
        kind,
    };
    let mut wanted = Setup::default();
    wanted.app.name = "As the file says".into();
    let fields = vec![
        field("name", "Gateway", "Gateway", Drifted::Same),
        field("PKCE required", "no", "yes", Drifted::Differs),
        field(
            "redirect URI",
            "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback",
            "",
            Drifted::OnlyWanted,
        ),
        field(
            "redirect URI",
            "",
            "https://somebody.example/with/a/long/path/to/a/callback/that/is/cut",
            Drifted::OnlyLive,
        ),
        field("access policy", "yes", "", Drifted::NotReadable),
    ];
    Drift { fields, wanted, live: Setup::default() }
}

fn opened() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    existing(&mut shared);
    assert_eq!(model.update(&mut shared, Msg::Shown), Next::none());
    assert!(model.editing(&shared), "the file is named first");
    (model, shared)
}

fn asked() -> (Model, Shared) {
    let (mut model, mut shared) = opened();
    model.update(&mut shared, Msg::Paste("~/setup.toml\n".into()));
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    let [Effect::Start { job: Job::Drift { path, .. }, .. }] = &next.effects[..] else { panic!("{next:?}") };
    assert_eq!(path, "~/setup.toml");
    (model, shared)
}

fn told() -> (Model, Shared) {
    let (mut model, mut shared) = asked();
    deliver(&mut model, &mut shared, Slot::Drift, Outcome::Drift(Box::new(drift())));
    (model, shared)
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let (open, a) = opened();
    let (loading, b) = asked();
    let (differs, c) = told();
    let (mut all, mut d) = told();
    keys(&mut all, &mut d, &[Key::Char('v'), Key::Down, Key::Down]);
    let (mut failed, mut e) = asked();
    let trouble =
        Trouble::new("~/setup.toml: line 3, column 1: \"nmae\" is not known here.", "Look at the file.");
    deliver(&mut failed, &mut e, Slot::Drift, Outcome::Failed(trouble));
    let (mut same, mut f) = asked();
    let none = Drift { fields: drift().fields.into_iter().take(1).collect(), ..drift() };
    deliver(&mut same, &mut f, Slot::Drift, Outcome::Drift(Box::new(none)));
    vec![
        ("open", open, a),
        ("loading", loading, b),
        ("differs", differs, c),
        ("all", all, d),
        ("failed", failed, e),
        ("same", same, f),
    ]
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../drift/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn the_files_side_goes_into_the_draft_and_the_orgs_into_a_file() {
    let (mut model, mut shared) = told();
    let next = press(&mut model, &mut shared, Key::Char('e'));
    let [Effect::Start { job: Job::SaveFile { name, content }, .. }] = &next.effects[..] else {
        panic!("{next:?}")
    };
    assert!(name.ends_with(".toml") && content.expose().contains("version = 1"));
    assert_eq!(press(&mut model, &mut shared, Key::Char('a')), Next::go(Go::To(Route::Plan)));
    let work = shared.work.as_ref().unwrap();
    assert_eq!(work.draft.setup.app.name, "As the file says");
    assert!(work.plan == Remote::Idle);
}

#[test]
fn a_draft_that_another_oktui_has_is_left_alone() {
    let (mut model, mut shared) = told();
    shared.work.as_mut().unwrap().held_by = Some(7);
    assert_eq!(press(&mut model, &mut shared, Key::Char('a')), Next::none());
    assert_ne!(shared.work.as_ref().unwrap().draft.setup.app.name, "As the file says");
}

proptest! {
    #[test]
    fn no_size_panics(cols in 1u16..140, rows in 1u16..50, state in 0usize..6) {
        let (_, model, shared) = states().remove(state);
        let _ = drawn(&model, &shared, crate::tui::theme::Theme::new(false, false), (cols, rows));
    }
}
