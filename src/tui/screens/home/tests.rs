use super::Model;
use crate::run::job::{RememberedOrg, SavedDraft, Start, Trouble, Unfinished};
use crate::setup::Draft;
use crate::tui::command::CommandId as C;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{adding, drawn, hints_work, keys, now, picture, shared};
use crate::tui::screens::{Go, Msg, Next, Route, Screen};
use crate::tui::shared::{Remote, Shared, Wanted};
use crate::tui::theme::Theme;
use proptest::prelude::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/home/snapshots");

fn fresh() -> Shared {
    let mut shared = shared(false);
    shared.session = None;
    shared.work = None;
    shared.budget.clear();
    shared.start = Remote::Ready(Start { now: now(), ..Start::default() });
    shared
}

fn known() -> Shared {
    let mut shared = fresh();
    let org = |label: &str, url: &str, prod: bool, read_only: bool| RememberedOrg {
        label: label.into(),
        url: url.into(),
        prod,
        read_only,
        last_used: Some(now() - jiff::SignedDuration::from_mins(12)),
    };
    let mut draft = Draft::new("https://acme.okta.com");
    draft.step = 3;
    shared.start = Remote::Ready(Start {
        orgs: vec![
            org("prod", "https://acme.okta.com", true, false),
            org("test", "https://acme-test.oktapreview.com", false, true),
        ],
        drafts: vec![SavedDraft { draft, saved: now() }],
        unfinished: vec![Unfinished { plan: adding().plan, done: 1 }],
        troubles: vec![Trouble::new("a draft cannot be read", "It is left as it is.")],
        now: now(),
    });
    shared
}

#[test]
fn every_state_is_drawn() {
    let mut loading = fresh();
    loading.start = Remote::Loading;
    picture("loading", &Model::default(), &loading, FOLDER);
    picture("first-start", &Model::default(), &fresh(), FOLDER);
    picture("known", &Model { cursor: 4 }, &known(), FOLDER);
}

#[test]
fn every_door_leads_somewhere() {
    let press = |shared: &mut Shared, row: usize| Model { cursor: row }.update(shared, Msg::Command(C::Open));
    let mut s = known();
    assert_eq!(press(&mut s, 0), Next::go(Go::To(Route::Connect)));
    assert_eq!(press(&mut s, 1), Next::go(Go::To(Route::Connect)));
    assert_eq!(s.door, Some(Route::Test));
    assert_eq!(press(&mut s, 2), Next::go(Go::To(Route::Diagnose)));
    press(&mut s, 3);
    assert_eq!(s.wanted, Some(Wanted::Demo));
    press(&mut s, 4);
    assert!(matches!(s.wanted, Some(Wanted::Resume { .. })));
    press(&mut s, 5);
    assert!(matches!(s.wanted, Some(Wanted::Draft(_))));
    press(&mut s, 7);
    assert_eq!(s.wanted, Some(Wanted::Org { url: "https://acme-test.oktapreview.com".into() }));
    press(&mut s, 8);
    assert_eq!(s.wanted, None);
}

#[test]
fn with_a_session_set_up_leads_to_its_apps() {
    let mut s = shared(false);
    assert_eq!(Model::default().update(&mut s, Msg::Command(C::Open)), Next::go(Go::To(Route::Apps)));
}

#[test]
fn the_cursor_stays_on_the_rows() {
    let (mut model, mut shared) = (Model::default(), known());
    keys(&mut model, &mut shared, &[Key::Up, Key::End, Key::Down, Key::Down]);
    assert_eq!(model.cursor, 8);
    keys(&mut model, &mut shared, &[Key::Home]);
    assert_eq!(model.cursor, 0);
}

#[test]
fn hints_do_something() {
    hints_work(&Model { cursor: 5 }, &known());
}

proptest! {
    #[test]
    fn no_size_panics(width in 1u16..200, height in 1u16..60, cursor in 0usize..20) {
        drawn(&Model { cursor }, &known(), Theme::new(true, true), (width, height));
    }
}
