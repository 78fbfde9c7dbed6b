use super::Model;
use crate::run::job::{Job, Outcome, RememberedOrg, SavedDraft, Slot, Start, Trouble, Unfinished};
use crate::setup::Draft;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
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
        sign_in: None,
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
        vault: false,
        troubles: vec![Trouble::new(
            "the draft /home/ada/.local/share/oktui/drafts/acme.okta.com--new.json cannot be read: expected value at line 1 column 12",
            "It is left as it is. Move it away to be rid of this message.",
        )],
        now: now(),
    });
    shared
}

fn at(cursor: usize) -> Model {
    Model { cursor, ..Model::default() }
}

/// Many orgs and drafts: more rows than the screen has.
fn crowded() -> Shared {
    let mut shared = known();
    if let Remote::Ready(start) = &mut shared.start {
        let (org, draft) = (start.orgs[1].clone(), start.drafts[0].clone());
        start.orgs.extend((0..9).map(|n| RememberedOrg { label: format!("test {n}").into(), ..org.clone() }));
        start.drafts.extend(std::iter::repeat_n(draft, 4));
    }
    shared
}

fn asked() -> (Model, Shared) {
    let (mut model, mut shared) = (at(8), known());
    assert_eq!(keys(&mut model, &mut shared, &[Key::Char('d')]), Next::none());
    (model, shared)
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut loading = fresh();
    loading.start = Remote::Loading;
    let mut failed = fresh();
    let trouble =
        Trouble::new("/home/ada/.local/share/oktui: permission denied", "oktui goes on without it.");
    failed.start = Remote::Failed(trouble, None);
    let mut connected = shared(true);
    connected.work = None;
    connected.start = known().start;
    let (question, asked) = asked();
    vec![
        ("loading", at(0), loading),
        ("failed", at(0), failed),
        ("first-start", at(0), fresh()),
        ("known", at(7), known()),
        ("org", at(9), known()),
        ("crowded", at(20), crowded()),
        ("connected", at(0), connected),
        ("question", question, asked),
    ]
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
        hints_work(&model, &shared);
    }
}

#[test]
fn every_door_leads_somewhere() {
    let press = |shared: &mut Shared, row: usize| at(row).update(shared, Msg::Command(C::Open));
    let mut s = known();
    assert_eq!(press(&mut s, 0), Next::go(Go::To(Route::Connect)));
    assert_eq!(press(&mut s, 1), Next::go(Go::To(Route::Connect)));
    assert_eq!(s.door, Some(Route::Test));
    assert_eq!(press(&mut s, 2), Next::go(Go::To(Route::Connect)));
    assert_eq!(s.door, Some(Route::CheckUp));
    assert_eq!(press(&mut s, 3), Next::go(Go::To(Route::Diagnose)));
    press(&mut s, 4);
    assert_eq!((&s.wanted, s.door), (&Some(Wanted::Demo), None));
    assert_eq!(press(&mut s, 5), Next::go(Go::To(Route::Journal)));
    assert_eq!(press(&mut s, 6), Next::go(Go::To(Route::Inventory)));
    press(&mut s, 7);
    assert!(matches!(s.wanted, Some(Wanted::Resume { .. })));
    press(&mut s, 8);
    assert!(matches!(s.wanted, Some(Wanted::Draft(_))));
    press(&mut s, 10);
    assert_eq!(s.wanted, Some(Wanted::Org { url: "https://acme-test.oktapreview.com".into() }));
    press(&mut s, 11);
    assert_eq!(s.wanted, None);
}

#[test]
fn with_a_session_the_rows_of_its_org_lead_straight_on() {
    let mut s = shared(false);
    s.start = known().start;
    s.door = Some(Route::Test);
    let press = |shared: &mut Shared, row: usize| at(row).update(shared, Msg::Command(C::Open));
    assert_eq!(press(&mut s, 0), Next::go(Go::To(Route::Apps)));
    // What is in hand is newer than the draft on the disk.
    s.work.as_mut().unwrap().draft.setup.app.name = "newer".into();
    assert_eq!(press(&mut s, 8), Next::go(Go::To(Route::Wizard)));
    assert_eq!(s.work.as_ref().unwrap().draft.setup.app.name, "newer");
    s.work = None;
    assert_eq!(press(&mut s, 8), Next::go(Go::To(Route::Wizard)));
    assert_eq!(s.work.as_ref().unwrap().draft.step, 3);
    s.work.as_mut().unwrap().draft.setup.app.name = "another app".into();
    assert_eq!(press(&mut s, 7), Next::go(Go::To(Route::Plan)));
    assert!(s.work.is_none(), "the apply that stopped is of another app");
    assert_eq!(press(&mut s, 9), Next::go(Go::To(Route::Apps)));
    assert_eq!((s.door, &s.wanted), (None, &None));
    // The other org is not connected.
    assert_eq!(press(&mut s, 10), Next::go(Go::To(Route::Connect)));
}

#[test]
fn a_draft_is_discarded_after_a_yes_and_the_list_is_read_again() {
    let (mut model, mut s) = asked();
    assert_eq!(keys(&mut model, &mut s, &[Key::Enter]), Next::none());
    assert!(model.question.is_none(), "No is the default");
    let (mut model, mut s) = asked();
    let work = crate::tui::shared::Work::new(Draft::new("https://acme.okta.com"));
    s.work = Some(work);
    let next = keys(&mut model, &mut s, &[Key::Tab, Key::Enter]);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::DropDraft(_), .. }]), "{next:?}");
    assert!(s.work.is_none(), "else it would be saved again");
    let next = model.update(&mut s, Msg::Done(Slot::Draft, Outcome::DraftSaved(now())));
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::ReadStart, .. }]), "{next:?}");
}

#[test]
fn an_org_is_forgotten_and_that_is_said() {
    let (mut model, mut s) = (at(10), known());
    let next = keys(&mut model, &mut s, &[Key::Char('d')]);
    let [Effect::Start { job: Job::ForgetOrg { url }, .. }] = &next.effects[..] else { panic!("{next:?}") };
    assert_eq!(url, "https://acme-test.oktapreview.com");
    assert!(s.notice.unwrap().contains("In Okta nothing changes"));
}

#[test]
fn being_shown_again_reads_what_was_left() {
    let next = at(0).update(&mut known(), Msg::Shown);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::ReadStart, .. }]), "{next:?}");
}

#[test]
fn the_cursor_stays_on_the_rows() {
    let (mut model, mut shared) = (Model::default(), known());
    keys(&mut model, &mut shared, &[Key::Up, Key::End, Key::Down, Key::Down]);
    assert_eq!(model.cursor, 11);
    keys(&mut model, &mut shared, &[Key::Home]);
    assert_eq!(model.cursor, 0);
}

proptest! {
    #[test]
    fn no_size_panics(width in 1u16..200, height in 1u16..60, cursor in 0usize..20, ascii in any::<bool>()) {
        drawn(&at(cursor), &crowded(), Theme::new(true, ascii), (width, height));
        for (_, model, shared) in states() {
            drawn(&model, &shared, Theme::new(true, ascii), (width, height));
        }
    }
}

#[test]
fn what_could_not_be_read_is_in_sight_below_the_last_row() {
    let text = drawn(&at(11), &known(), Theme::new(true, false), (80, 24));
    assert!(text.contains("▸ + connect an org") && text.contains("be rid of this message"), "{text}");
}
