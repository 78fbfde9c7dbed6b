use super::Model;
use super::model::{Connecting, Row};
use crate::run::job::{Job, Outcome, Slot, Trouble};
use crate::secret::Secret;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{drawn, hints_work, keys, picture, shared};
use crate::tui::screens::{Go, Msg, Next, Route, Screen};
use crate::tui::shared::{Shared, Wanted};
use crate::tui::theme::Theme;
use proptest::prelude::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/connect/snapshots");

fn opened() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    shared.session = None;
    shared.work = None;
    model.update(&mut shared, Msg::Shown);
    (model, shared)
}

fn filled() -> (Model, Shared) {
    let (mut model, mut shared) = opened();
    model.update(&mut shared, Msg::Paste("https://acme.okta.com\n".into()));
    keys(&mut model, &mut shared, &[Key::Enter]);
    model.update(&mut shared, Msg::Paste("00token".into()));
    (model, shared)
}

fn failed() -> (Model, Shared) {
    let (mut model, mut shared) = filled();
    keys(&mut model, &mut shared, &[Key::Enter]);
    let trouble = Trouble::new(
        "GET /api/v1/users/me: Okta says 401 E0000011: Invalid token provided",
        "Make a new one.",
    );
    model.update(&mut shared, Msg::Done(Slot::Connect, Outcome::Failed(trouble)));
    (model, shared)
}

#[test]
fn every_state_is_drawn() {
    let (model, shared) = opened();
    picture("opened", &model, &shared, FOLDER);
    let (model, shared) = filled();
    picture("filled", &model, &shared, FOLDER);
    let (model, shared) = failed();
    picture("failed", &model, &shared, FOLDER);
    let (mut model, mut shared) = filled();
    keys(&mut model, &mut shared, &[Key::Enter]);
    picture("connecting", &model, &shared, FOLDER);
}

#[test]
fn two_fields_and_enter_connect_and_the_token_leaves_its_field() {
    let (mut model, mut shared) = filled();
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    let [Effect::Start { slot: Slot::Connect, job: Job::Connect { url, token, .. }, .. }] = &next.effects[..]
    else {
        panic!("{next:?}")
    };
    assert_eq!((url.as_str(), token), ("https://acme.okta.com", &Secret::new("00token")));
    assert_eq!(model.token.text(), "");
    assert!(!drawn(&model, &shared, Theme::new(true, false), (80, 24)).contains("00token"));
}

#[test]
fn a_failure_keeps_the_form_and_asks_for_the_token_again() {
    let (model, shared) = failed();
    assert_eq!((model.url.text(), model.row, model.open), ("https://acme.okta.com", Row::Token, true));
    assert!(drawn(&model, &shared, Theme::new(true, false), (80, 24)).contains("E0000011"));
}

#[test]
fn what_is_missing_is_said() {
    let (mut model, mut shared) = opened();
    keys(&mut model, &mut shared, &[Key::Esc]);
    model.go_to(Row::Connect);
    let next = model.update(&mut shared, Msg::Command(C::Open));
    assert_eq!((next, model.row, model.missing.is_some()), (Next::none(), Row::Url, true));
}

#[test]
fn ctrl_c_brings_the_form_back() {
    let (mut model, mut shared) = filled();
    keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(matches!(model.connecting, Some(Connecting::Org(_))));
    model.update(&mut shared, Msg::Command(C::Cancel));
    assert!(model.connecting.is_none() && model.editing(&shared));
}

#[test]
fn a_connection_leads_to_what_it_was_wanted_for() {
    let lead = |wanted: Option<Wanted>| {
        let mut with_session = shared(true);
        with_session.wanted = wanted;
        let session = with_session.session.clone().unwrap();
        Model::default()
            .update(&mut with_session, Msg::Done(Slot::Connect, Outcome::Connected(Box::new(session))))
            .go
    };
    let url = shared(true).session.unwrap().org.url;
    assert_eq!(lead(None), Some(Go::Instead(Route::Apps)));
    assert_eq!(lead(Some(Wanted::Resume { url: url.clone() })), Some(Go::Instead(Route::Plan)));
    let draft = crate::setup::Draft::new(url);
    assert_eq!(lead(Some(Wanted::Draft(Box::new(draft)))), Some(Go::Instead(Route::Wizard)));
    let elsewhere = crate::setup::Draft::new("https://other.okta.com");
    assert_eq!(lead(Some(Wanted::Draft(Box::new(elsewhere)))), Some(Go::Instead(Route::Apps)));
}

#[test]
fn hints_do_something() {
    let (model, shared) = opened();
    hints_work(&model, &shared);
    let (mut model, mut shared) = filled();
    keys(&mut model, &mut shared, &[Key::Esc]);
    hints_work(&model, &shared);
    keys(&mut model, &mut shared, &[Key::Enter, Key::Enter]);
    hints_work(&model, &shared);
}

proptest! {
    #[test]
    fn no_size_panics(width in 1u16..200, height in 1u16..60) {
        let (model, shared) = failed();
        drawn(&model, &shared, Theme::new(true, true), (width, height));
        let (model, shared) = opened();
        drawn(&model, &shared, Theme::new(false, false), (width, height));
    }
}
