use super::Model;
use crate::okta::model::{App, AppId};
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

fn at(cursor: usize) -> Model {
    Model { cursor, ..Model::default() }
}

fn existing() -> AppId {
    "0oa00000000000000001".parse().unwrap()
}

/// A draft of a new app, and one of the first app of the list.
fn with_drafts() -> Shared {
    let mut shared = with_draft();
    if let Remote::Ready(start) = &mut shared.start {
        let draft = Draft { target: Target::Existing(existing()), ..Draft::new(URL) };
        start.drafts.push(SavedDraft { draft, saved: now() - jiff::SignedDuration::from_hours(3) });
    }
    shared
}

fn trouble() -> Trouble {
    let what = "GET /api/v1/apps: Okta says 403 E0000006: You do not have permission to perform the requested action";
    Trouble::new(what, "This token may not list apps: its owner needs a role that may.")
}

fn after(shared: Shared, pressed: &[Key]) -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared);
    keys(&mut model, &mut shared, pressed);
    (model, shared)
}

fn opening() -> (Model, Shared) {
    after(listed(), &[Key::Down, Key::Enter])
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut states = Vec::new();
    let mut add = |name, (model, shared): (Model, Shared)| states.push((name, model, shared));
    let apps = |apps| {
        let mut shared = listed();
        shared.apps = apps;
        shared
    };
    let door = |mut shared: Shared| {
        shared.door = Some(Route::Test);
        shared
    };
    add("loading", (at(0), apps(Remote::Loading)));
    add("listed", (at(0), listed()));
    add("draft", (at(1), with_drafts()));
    add("empty", (at(0), apps(Remote::Ready(Vec::new()))));
    add("failed", (at(0), apps(Remote::Failed(trouble(), None))));
    add("stale", (at(2), apps(Remote::Failed(trouble(), listed().apps.value().cloned()))));
    add("question", after(with_drafts(), &[Key::Char('a')]));
    add("question-of-an-app", after(with_drafts(), &[Key::Down, Key::Down, Key::Down, Key::Enter]));
    add("filter", after(with_drafts(), &[Key::Char('/'), Key::Char('p'), Key::Char('h')]));
    add("filtered", after(with_drafts(), &[Key::Char('/'), Key::Char('g'), Key::Char('a'), Key::Enter]));
    add("filter-none", after(with_drafts(), &[Key::Char('/'), Key::Char('z'), Key::Enter]));
    add("opening", opening());
    add("not-editable", after(listed(), &[Key::End, Key::Enter]));
    let (mut model, mut s) = opening();
    model.update(&mut s, Msg::Done(Slot::App, Outcome::Failed(trouble())));
    add("not-read", (model, s));
    add("test", (at(0), door(with_drafts())));
    add("test-empty", (at(0), door(apps(Remote::Ready(Vec::new())))));
    let long = (0..60).map(|n| app(&format!("0oa{n:017}"), &format!("Gateway {n}"), "ACTIVE", "web"));
    add("long", (at(40), apps(Remote::Ready(long.collect()))));
    states
}

#[test]
fn every_state_is_drawn() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, FOLDER);
    }
}

#[test]
fn hints_do_something() {
    for (_, model, shared) in states() {
        // A key that moves does nothing where there is nowhere to go.
        if super::model::rows(&model, &shared).len() > model.cursor + 1 {
            hints_work(&model, &shared);
        }
    }
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
fn an_app_that_is_no_web_app_says_why_until_the_cursor_leaves_it() {
    let (mut model, mut shared) = (at(3), listed());
    assert_eq!(model.update(&mut shared, Msg::Command(C::Open)), Next::none());
    let screen = |model: &Model, shared: &Shared| drawn(model, shared, Theme::new(true, false), (80, 24));
    assert!(screen(&model, &shared).contains("make a new app"));
    keys(&mut model, &mut shared, &[Key::Up]);
    assert!(!screen(&model, &shared).contains("make a new app"));
}

#[test]
fn a_failed_read_is_said_here() {
    let (mut model, mut shared) = opening();
    let trouble = Trouble::new("it is gone", "read again");
    model.update(&mut shared, Msg::Done(Slot::App, Outcome::Failed(trouble)));
    assert!(drawn(&model, &shared, Theme::new(true, false), (80, 24)).contains("it is gone"));
    assert_eq!(model.running(&shared), None);
}

#[test]
fn esc_and_ctrl_c_stop_reading_and_stay() {
    let (mut model, mut shared) = opening();
    assert_eq!(model.running(&shared), Some(Slot::App));
    let next = keys(&mut model, &mut shared, &[Key::Esc]);
    assert_eq!((next.go, &next.effects[..]), (None, &[Effect::Stop(Slot::App)][..]));
    assert_eq!(model.running(&shared), None);
    assert_eq!(keys(&mut model, &mut shared, &[Key::Esc]).go, Some(Go::Back));
    let (mut model, mut shared) = opening();
    model.update(&mut shared, Msg::Command(C::Cancel));
    assert_eq!((model.running(&shared), shared.notice.as_deref()), (None, Some("Stopped.")));
}

#[test]
fn an_earlier_draft_is_not_written_over_without_a_word() {
    let (mut model, mut shared) = (Model::default(), with_draft());
    assert_eq!(model.update(&mut shared, Msg::Command(C::Open)), Next::none());
    assert!(shared.work.is_none() && model.question.is_some());
    keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(shared.work.is_none() && model.question.is_none(), "No is the default");
    for yes in [
        &[Key::Enter, Key::Right, Key::Enter][..],
        &[Key::Enter, Key::Tab, Key::Enter],
        &[Key::Char('a'), Key::Char('y')],
    ] {
        let (mut model, mut shared) = (Model::default(), with_draft());
        assert_eq!(keys(&mut model, &mut shared, yes).go, Some(Go::To(Route::Wizard)));
        assert!(shared.work.is_some());
    }
}

#[test]
fn a_new_app_of_this_session_is_not_written_over_either() {
    let (mut model, mut shared) = (Model::default(), listed());
    assert_eq!(keys(&mut model, &mut shared, &[Key::Enter]).go, Some(Go::To(Route::Wizard)));
    // Nothing was done to it: beginning again costs nothing.
    assert_eq!(keys(&mut model, &mut shared, &[Key::Enter]).go, Some(Go::To(Route::Wizard)));
    shared.work.as_mut().unwrap().draft.setup.app.name = "Mine".into();
    assert_eq!(keys(&mut model, &mut shared, &[Key::Enter]), Next::none());
    assert!(drawn(&model, &shared, Theme::new(true, false), (80, 24)).contains("\"Mine\""));
}

#[test]
fn a_draft_in_hand_is_gone_on_with_rather_than_the_one_on_the_disk() {
    let (mut model, mut shared) = (at(1), with_draft());
    assert_eq!(keys(&mut model, &mut shared, &[Key::Enter]).go, Some(Go::To(Route::Wizard)));
    shared.work.as_mut().unwrap().draft.setup.app.name = "Mine".into();
    keys(&mut model, &mut shared, &[Key::Enter]);
    assert_eq!(shared.work.unwrap().draft.setup.app.name, "Mine");
}

#[test]
fn an_app_with_a_draft_asks_before_it_is_begun_anew() {
    let (mut model, mut shared) = (at(3), with_drafts());
    assert_eq!(keys(&mut model, &mut shared, &[Key::Enter]), Next::none());
    let next = keys(&mut model, &mut shared, &[Key::Char('y')]);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::LoadApp(_), .. }]), "{next:?}");
    // A test changes nothing of the draft.
    let (mut model, mut shared) = (at(3), with_drafts());
    let next = keys(&mut model, &mut shared, &[Key::Char('t')]);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::LoadApp(_), .. }]), "{next:?}");
}

#[test]
fn a_draft_of_an_app_that_exists_reads_the_app_beside_it() {
    for (key, route) in [(Key::Enter, Route::Wizard), (Key::Char('t'), Route::Test)] {
        let (mut model, mut shared) = (at(2), with_drafts());
        let next = keys(&mut model, &mut shared, &[key]);
        assert_eq!(next.go, Some(Go::To(route)));
        assert!(matches!(&next.effects[..], [Effect::Start { job: Job::LoadApp(_), .. }]), "{next:?}");
        assert_eq!(shared.work.unwrap().loaded, Remote::Loading);
    }
}

#[test]
fn what_is_not_made_yet_is_not_tested() {
    for row in [0, 1] {
        let (mut model, mut shared) = (at(row), with_draft());
        assert_eq!(keys(&mut model, &mut shared, &[Key::Char('t')]), Next::none());
        assert!(shared.work.is_none() && shared.notice.unwrap().contains("not in Okta yet"));
    }
}

#[test]
fn a_filter_puts_the_cursor_on_what_it_found() {
    let (mut model, mut shared) = (at(3), with_drafts());
    let ph = [Key::Char('/'), Key::Char('P'), Key::Char('h'), Key::Enter];
    keys(&mut model, &mut shared, &ph);
    assert_eq!((model.cursor, super::model::rows(&model, &shared).len()), (0, 1));
    assert!(!model.editing(&shared));
    assert_eq!(keys(&mut model, &mut shared, &[Key::Esc]), Next::none());
    assert_eq!(super::model::rows(&model, &shared).len(), 6);
}

#[test]
fn for_a_test_only_what_exists_is_listed() {
    let mut shared = with_draft();
    shared.door = Some(Route::Test);
    let screen = drawn(&Model::default(), &shared, Theme::new(true, false), (80, 24));
    assert!(!screen.contains("+ new app") && !screen.contains("draft"), "{screen}");
    let (mut model, before) = (Model::default(), shared.work.clone());
    assert_eq!(keys(&mut model, &mut shared, &[Key::Char('a')]), Next::none());
    assert_eq!(shared.work, before);
}

proptest! {
    #[test]
    fn no_size_panics(width in 1u16..200, height in 1u16..60, ascii in any::<bool>()) {
        for (_, model, shared) in states() {
            drawn(&model, &shared, Theme::new(true, ascii), (width, height));
        }
    }
}
