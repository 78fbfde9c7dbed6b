use super::Model;
use crate::okta::model::App;
use crate::run::job::{AppLoaded, Job, Outcome, SavedDraft, Slot, Start, Trouble};
use crate::setup::{Draft, Setup, Target};
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{URL, drawn, hints_work, keys, now, picture, shared};
use crate::tui::screens::{Go, Msg, Next, Route, Screen};
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use proptest::prelude::*;
use serde_json::json;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/apps/snapshots");

fn app(id: &str, label: &str, status: &str, kind: &str) -> App {
    serde_json::from_value(json!({"id": id, "label": label, "status": status, "signOnMode": "OPENID_CONNECT",
        "settings": {"oauthClient": {"application_type": kind}}}))
    .unwrap()
}

fn listed() -> Shared {
    let mut shared = shared(true);
    shared.work = None;
    shared.apps = Remote::Ready(vec![
        app("0oa00000000000000001", "Cequence AI Gateway", "ACTIVE", "web"),
        app("0oa00000000000000002", "Cequence AI Gateway", "INACTIVE", "web"),
        app("0oa00000000000000003", "Phone \u{1b}[31mapp", "ACTIVE", "native"),
    ]);
    shared
}

fn with_draft() -> Shared {
    let mut shared = listed();
    let drafts = vec![SavedDraft { draft: Draft::new(URL), saved: now() }];
    shared.start = Remote::Ready(Start { drafts, now: now(), ..Start::default() });
    shared
}

#[test]
fn every_state_is_drawn() {
    let mut loading = listed();
    loading.apps = Remote::Loading;
    picture("loading", &Model::default(), &loading, FOLDER);
    picture("listed", &Model::default(), &listed(), FOLDER);
    picture("draft", &Model { cursor: 1, ..Model::default() }, &with_draft(), FOLDER);
    let mut empty = listed();
    empty.apps = Remote::Ready(Vec::new());
    picture("empty", &Model::default(), &empty, FOLDER);
    let mut failed = listed();
    failed.apps = Remote::Failed(
        Trouble::new("GET /api/v1/apps: Okta says 403 E0000006", "This token may not do that."),
        None,
    );
    picture("failed", &Model::default(), &failed, FOLDER);
    let (mut model, mut shared) = (Model::default(), with_draft());
    keys(&mut model, &mut shared, &[Key::Char('a')]);
    picture("question", &model, &shared, FOLDER);
    let (mut model, mut shared) = (Model::default(), listed());
    keys(&mut model, &mut shared, &[Key::Char('/'), Key::Char('p'), Key::Char('h')]);
    picture("filter", &model, &shared, FOLDER);
}

#[test]
fn opening_an_app_reads_it_and_leads_to_the_wizard_or_the_test() {
    for (key, route) in [(C::Open, Route::Wizard), (C::Test, Route::Test)] {
        let (mut model, mut shared) = (Model { cursor: 1, ..Model::default() }, listed());
        let next = model.update(&mut shared, Msg::Command(key));
        assert!(matches!(&next.effects[..], [Effect::Start { job: Job::LoadApp(_), .. }]), "{next:?}");
        let loaded = AppLoaded {
            app: app("0oa00000000000000001", "Cequence AI Gateway", "ACTIVE", "web"),
            users: Default::default(),
            groups: Default::default(),
            setup: Setup::default(),
        };
        let next = model.update(&mut shared, Msg::Done(Slot::App, Outcome::App(Box::new(loaded))));
        assert_eq!(next.go, Some(Go::To(route)));
        assert!(matches!(shared.work.unwrap().draft.target, Target::Existing(_)));
    }
}

#[test]
fn an_app_that_is_no_web_app_says_why() {
    let (mut model, mut shared) = (Model { cursor: 3, ..Model::default() }, listed());
    assert_eq!(model.update(&mut shared, Msg::Command(C::Open)), Next::none());
    assert!(shared.notice.unwrap().contains("not a web application"));
}

#[test]
fn a_failed_read_is_said_here() {
    let (mut model, mut shared) = (Model { cursor: 1, ..Model::default() }, listed());
    model.update(&mut shared, Msg::Command(C::Open));
    model
        .update(&mut shared, Msg::Done(Slot::App, Outcome::Failed(Trouble::new("it is gone", "read again"))));
    assert!(drawn(&model, &shared, Theme::new(true, false), (80, 24)).contains("it is gone"));
}

#[test]
fn an_earlier_draft_is_not_thrown_away_without_a_word() {
    let (mut model, mut shared) = (Model::default(), with_draft());
    assert_eq!(model.update(&mut shared, Msg::Command(C::Open)), Next::none());
    assert!(shared.work.is_none() && model.question.is_some());
    keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(shared.work.is_none() && model.question.is_none(), "No is the default");
    keys(&mut model, &mut shared, &[Key::Enter, Key::Right]);
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    assert_eq!(next.go, Some(Go::To(Route::Wizard)));
}

#[test]
fn for_a_test_only_what_exists_is_listed() {
    let mut shared = with_draft();
    shared.door = Some(Route::Test);
    let screen = drawn(&Model::default(), &shared, Theme::new(true, false), (80, 24));
    assert!(!screen.contains("+ new app") && !screen.contains("draft"), "{screen}");
}

#[test]
fn hints_do_something() {
    hints_work(&Model { cursor: 1, ..Model::default() }, &listed());
    let (mut model, mut shared) = (Model::default(), with_draft());
    keys(&mut model, &mut shared, &[Key::Char('a')]);
    hints_work(&model, &shared);
}

proptest! {
    #[test]
    fn no_size_panics(width in 1u16..200, height in 1u16..60, cursor in 0usize..9) {
        let model = Model { cursor, ..Model::default() };
        drawn(&model, &with_draft(), Theme::new(true, true), (width, height));
    }
}
