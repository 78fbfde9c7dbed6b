use super::Model;
use crate::change::inverse::{Before, inverse};
use crate::change::undo::{History, State, Written};
use crate::change::{AppRef, Change, FieldChange, Inverse, PlanId, describe};
use crate::run::job::{Job, Outcome, Slot, Trouble};
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{URL, deliver, drawn, hints_work, keys, now, picture, shared};
use crate::tui::screens::{Go, Msg, Next, Route, Screen};
use crate::tui::shared::{Shared, Wanted};
use crate::tui::theme::Theme;
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/journal/snapshots");

fn written(number: usize, plan: &str, change: Change, made: Option<&str>) -> Written {
    let before = Before::Nothing;
    Written {
        number,
        plan: PlanId(plan.into()),
        in_plan: number,
        at: now() - jiff::SignedDuration::from_hours(9_000 / (number as i64 * number as i64)),
        who: "admin@acme.example".into(),
        org: URL.into(),
        label: "Cequence AI Gateway".into(),
        app: Some("0oa1b2c3d4e5f6g7h8i9".parse().unwrap()),
        reason: "CHG0041234".into(),
        title: describe::title(&change),
        state: State::Made,
        request_id: Some(format!("ZxReq{number}").as_str().into()),
        made: made.map(str::to_owned),
        back: inverse(&change, &before, made),
        before,
        change: Some(change),
        undone_by: None,
        undoes: Vec::new(),
    }
}

fn history() -> History {
    let app = || AppRef::Known("0oa1b2c3d4e5f6g7h8i9".parse().unwrap());
    let body = json!({"label": "Cequence AI Gateway", "name": "oidc_client"}).as_object().unwrap().clone();
    let group =
        |name: &str| Change::AssignGroup { app: app(), group: "00g1".parse().unwrap(), name: name.into() };
    let field =
        FieldChange { field: "name".into(), from: "Gateway".into(), to: "Cequence AI Gateway".into() };
    let raw: crate::okta::model::App =
        serde_json::from_value(json!({"id": "0oa1b2c3d4e5f6g7h8i9", "label": "Gateway"})).unwrap();
    let mut after = raw.clone();
    after.0.insert("label".into(), json!("Cequence AI Gateway"));
    let mut writes = vec![
        written(1, "20251112-aaaa0001", Change::CreateApp { body }, Some("0oa1b2c3d4e5f6g7h8i9")),
        written(2, "20251112-aaaa0001", group("MCP-Users"), None),
        written(3, "20261103-bbbb0002", group("Contractors"), None),
        written(4, "20261103-bbbb0002", Change::EditApp { before: raw, after, fields: vec![field] }, None),
        written(
            5,
            "20261117-cccc0003",
            Change::UnassignGroup {
                app: "0oa1b2c3d4e5f6g7h8i9".parse().unwrap(),
                group: "00g2".parse().unwrap(),
                name: "Contractors \u{1b}[31m".into(),
            },
            None,
        ),
        written(6, "20261120-dddd0004", Change::UploadLogo { app: app(), path: "logo.png".into() }, None),
        written(7, "20261121-eeee0005", group("Field"), None),
        written(8, "20261121-eeee0005", group("Everyone EU"), None),
    ];
    writes[2].undone_by = Some(PlanId("20261117-cccc0003".into()));
    writes[4].undoes = vec![3];
    writes[6].state = State::Failed { why: "PUT /api/v1/apps: Okta says 403 E0000006".into() };
    writes[6].request_id = None;
    writes[7].state = State::Unknown;
    History { writes, plans: Vec::new(), skipped: 1 }
}

fn read(histories: Vec<History>) -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(true));
    shared.work = None;
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::LoadJournal, .. }]), "{next:?}");
    model.update(&mut shared, Msg::Done(Slot::Journal, Outcome::Journal(Arc::new(histories))));
    (model, shared)
}

fn after(pressed: &[Key]) -> (Model, Shared) {
    let (mut model, mut shared) = read(vec![history()]);
    keys(&mut model, &mut shared, pressed);
    (model, shared)
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

/// Rows are newest first: 8 is at the top, 1 at the bottom.
fn down(rows: usize) -> Vec<Key> {
    vec![Key::Down; rows]
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut states = Vec::new();
    let mut add = |name, (model, shared): (Model, Shared)| states.push((name, model, shared));
    let then = |first: Vec<Key>, more: &[Key]| after(&[&first[..], more].concat());
    add("listed", after(&[]));
    add("undone", after(&down(5)));
    add("marked", then(down(3), &[Key::Char(' '), Key::Char(' ')]));
    add("marked-plan", then(down(6), &[Key::Char('a')]));
    add("button", then(down(3), &[Key::Tab]));
    add("export", then(down(3), &[Key::Char('e'), Key::Right]));
    add("filter", after(&typed("/assign field")));
    add("filtered", then(typed("/contractors"), &[Key::Enter]));
    add("filter-none", then(typed("/xyzzy"), &[Key::Enter]));
    add("detail-edit", then(down(4), &[Key::Enter]));
    add("detail-create", then(down(7), &[Key::Enter]));
    add("detail-failed", after(&[Key::Down, Key::Enter]));
    add("detail-not-known", after(&[Key::Enter]));
    add("empty", read(Vec::new()));
    let (mut model, mut shared) = read(Vec::new());
    model.histories = Default::default();
    model.update(&mut shared, Msg::Shown);
    add("loading", (model, shared));
    let (mut model, mut shared) = read(vec![history()]);
    let trouble =
        Trouble::new("cannot read journal/acme.okta.com.jsonl: denied", "Give yourself the right to it.");
    model.update(&mut shared, Msg::Done(Slot::Journal, Outcome::Failed(trouble)));
    add("stale", (model, shared));
    let (model, mut shared) = after(&[]);
    shared.session = None;
    add("all-orgs", (model, shared));
    states
}

#[test]
fn every_state_is_drawn() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, FOLDER);
    }
}

/// The plan's screen while it is an undo.
fn planned(answer: Outcome) -> (crate::tui::screens::plan::Model, Shared) {
    let (mut model, mut s) = after(&down(3));
    keys(&mut model, &mut s, &[Key::Char('u')]);
    let mut plan = crate::tui::screens::plan::Model::default();
    plan.update(&mut s, Msg::Shown);
    deliver(&mut plan, &mut s, Slot::Plan, answer);
    (plan, s)
}

fn made(empty: bool) -> Outcome {
    let mut made = crate::tui::screens::plan::fixtures::adding();
    let says = |said: &[&str]| said.iter().map(|s| (*s).to_owned()).collect();
    made.plan.changes.remove(0);
    made.plan.changes[0].number = 1;
    made.plan.changes[0].details = says(&[
        "What does not come back: App profiles that were edited by hand.",
        "5 was made 2026-11-07 19:04:05 UTC by admin@acme.example, for CHG0041234.",
        "Undoes 5 of plan 20261117-cccc0003.",
    ]);
    made.plan.notes = says(&[
        "Not undone: 4 edit the app: name: name was changed by somebody since: it is \"Theirs\", and \"Cequence AI Gateway\" was written here. It stays as it is.",
    ]);
    if empty {
        made.plan.changes.clear();
        made.plan.notes = says(&["5 remove group Contractors: Contractors is assigned again already."]);
    }
    Outcome::Plan(Box::new(made))
}

#[test]
fn the_plan_of_an_undo_is_drawn() {
    let refused = Trouble::new("4 edit the app: name is not undone.", "the app was deleted since.");
    for (name, answer) in [
        ("plan", made(false)),
        ("plan-nothing", made(true)),
        ("plan-refused", Outcome::NoPlan(vec![refused])),
    ] {
        let (plan, s) = planned(answer);
        picture(name, &plan, &s, FOLDER);
        hints_work(&plan, &s);
    }
}

#[test]
fn hints_do_something() {
    for (name, model, shared) in states() {
        if !["loading", "empty"].contains(&name) {
            hints_work(&model, &shared);
        }
    }
}

#[test]
fn what_is_marked_is_planned_and_what_was_worked_on_waits() {
    let (mut model, mut s) = after(&down(3));
    s.work = shared(true).work;
    let before = s.work.clone();
    let next = keys(&mut model, &mut s, &[Key::Char(' '), Key::Char(' '), Key::Char('u')]);
    assert_eq!(next.go, Some(Go::To(Route::Plan)));
    let undo = s.work.as_ref().unwrap().undo.clone().unwrap();
    assert_eq!(undo.writes.iter().map(|w| w.number).collect::<Vec<_>>(), [5, 4]);
    let mut plan = crate::tui::screens::plan::Model::default();
    let next = plan.update(&mut s, Msg::Shown);
    let wanted = Job::PlanUndo { writes: vec![5, 4], reason: String::new() };
    assert!(
        matches!(&next.effects[..], [Effect::Start { job, slot: Slot::Plan, .. }] if *job == wanted),
        "{next:?}"
    );
    // Back at the journal all is as it was, and the plan that is still on its way is nobody's.
    let next = model.update(&mut s, Msg::Shown);
    assert!(next.effects.contains(&Effect::Stop(Slot::Plan)), "{next:?}");
    assert_eq!(s.work, before);
}

#[test]
fn an_undo_leaves_out_what_is_unstaged_and_what_was_applied_is_read_anew() {
    let (mut model, mut s) = after(&down(3));
    let mut work = shared(true).work.unwrap();
    let app = "0oa1b2c3d4e5f6g7h8i9".parse::<crate::okta::model::AppId>().unwrap();
    work.draft.target = crate::setup::Target::Existing(app);
    s.work = Some(work);
    keys(&mut model, &mut s, &[Key::Char(' '), Key::Char(' '), Key::Char('u')]);
    let mut plan = crate::tui::screens::plan::Model::default();
    plan.update(&mut s, Msg::Shown);
    let mut made = crate::tui::screens::plan::fixtures::adding();
    made.plan.changes[0].details = vec!["Undoes 4 of plan 20261103-bbbb0002.".into()];
    let answer = |made: &crate::run::job::PlanMade| Outcome::Plan(Box::new(made.clone()));
    deliver(&mut plan, &mut s, Slot::Plan, answer(&made));
    let next = keys(&mut plan, &mut s, &[Key::Char('u')]);
    let wanted = Job::PlanUndo { writes: vec![5], reason: String::new() };
    assert!(matches!(&next.effects[..], [Effect::Start { job, .. }] if *job == wanted), "{next:?}");
    // The last one stays: leaving that out is leaving the plan.
    made.plan.changes[0].details = vec!["Undoes 5 of plan 20261117-cccc0003.".into()];
    deliver(&mut plan, &mut s, Slot::Plan, answer(&made));
    assert_eq!(keys(&mut plan, &mut s, &[Key::Char('u')]), Next::none());
    assert!(s.notice.as_ref().unwrap().contains("all that is to be undone"));
    // The values of the gateway's form are not an undo's affair.
    assert_eq!(keys(&mut plan, &mut s, &[Key::Char('m')]), Next::none());
    assert_eq!(keys(&mut plan, &mut s, &[Key::Char('b')]).go, Some(Go::To(Route::Journal)));
    // Applied: no draft is dropped, and the app that was worked on before is read again.
    let applied = crate::tui::screens::plan::fixtures::applied(&made.plan, Vec::new());
    let next = deliver(&mut plan, &mut s, Slot::Apply, Outcome::Applied(Box::new(applied)));
    assert_eq!(next, Next::none());
    let next = model.update(&mut s, Msg::Shown);
    let reads = |e: &Effect| matches!(e, Effect::Start { job: Job::LoadApp(_), .. });
    assert!(next.effects.iter().any(reads) && !s.undoing(), "{next:?}");
}

#[test]
fn the_button_and_the_key_plan_the_same() {
    let (mut model, mut s) = after(&down(3));
    assert_eq!(keys(&mut model, &mut s, &[Key::Tab, Key::Enter]).go, Some(Go::To(Route::Plan)));
    let by_button = s.work.unwrap().undo.unwrap().writes;
    let (mut model, mut s) = after(&down(3));
    assert_eq!(keys(&mut model, &mut s, &[Key::Char('u')]).go, Some(Go::To(Route::Plan)));
    assert_eq!(s.work.unwrap().undo.unwrap().writes, by_button);
}

#[test]
fn what_has_no_way_back_says_why() {
    for (row, said) in
        [(0, "interrupted apply"), (1, "changed nothing"), (2, "no old one back"), (5, "Undone already")]
    {
        for key in ['u', ' '] {
            let (mut model, mut s) = after(&down(row));
            let next = keys(&mut model, &mut s, &[Key::Char(key)]);
            assert_eq!((next, s.work.is_none(), model.marked.len()), (Next::none(), true, 0));
            assert!(s.notice.as_ref().unwrap().contains(said), "{said}: {:?}", s.notice);
        }
    }
}

#[test]
fn without_a_session_it_leads_to_connect_and_back() {
    let (mut model, mut s) = after(&down(3));
    s.session = None;
    let next = keys(&mut model, &mut s, &[Key::Char('u')]);
    assert_eq!(next.go, Some(Go::To(Route::Connect)));
    assert_eq!(s.wanted, Some(Wanted::Journal { url: URL.into() }));
    let mut connect = crate::tui::screens::connect::Model::default();
    s.session = shared(false).session;
    let connected = Box::new(s.session.clone().unwrap());
    let next = connect.update(&mut s, Msg::Done(Slot::Connect, Outcome::Connected(connected)));
    assert_eq!(next.go, Some(Go::Instead(Route::Journal)));
}

#[test]
fn both_forms_are_saved_and_hold_what_is_shown() {
    for (pressed, ends, begins) in [
        (&[Key::Char('e'), Key::Enter][..], "md", "# Changes"),
        (&[Key::Char('e'), Key::Tab, Key::Enter], "json", "{"),
    ] {
        let (mut model, mut s) = after(&[&typed("/contractors")[..], &[Key::Enter]].concat());
        let next = keys(&mut model, &mut s, pressed);
        let [Effect::Start { job: Job::SaveFile { name, content }, .. }] = &next.effects[..] else {
            panic!("{next:?}")
        };
        let text = content.expose();
        assert!(name.ends_with(ends) && text.starts_with(begins), "{name} {text}");
        assert!(
            text.contains("Contractors") && !text.contains("MCP-Users") && !text.contains('\u{1b}'),
            "{text}"
        );
    }
}

#[test]
fn an_undo_that_is_applied_is_not_put_aside() {
    let (mut model, mut s) = after(&down(3));
    keys(&mut model, &mut s, &[Key::Char('u')]);
    s.work.as_mut().unwrap().undo.as_mut().unwrap().applying = true;
    model.update(&mut s, Msg::Shown);
    assert!(s.undoing());
    let next = model.update(&mut s, Msg::Command(C::Undo));
    assert_eq!(next.go, Some(Go::To(Route::Plan)));
    assert!(s.notice.unwrap().contains("being applied"));
}

#[test]
fn esc_leads_out_step_by_step() {
    let (mut model, mut s) = after(
        &[&down(3)[..], &[Key::Char(' '), Key::Char('/'), Key::Char('c'), Key::Enter, Key::Enter]].concat(),
    );
    assert!(model.whole);
    for left in [(false, "c", 1), (false, "", 1), (false, "", 0)] {
        keys(&mut model, &mut s, &[Key::Esc]);
        assert_eq!((model.whole, model.filter.text(), model.marked.len()), left);
    }
    assert_eq!(keys(&mut model, &mut s, &[Key::Esc]).go, Some(Go::Back));
}

#[test]
fn a_new_reading_drops_marks_that_make_no_sense_any_more() {
    let (mut model, mut s) = after(&[&down(3)[..], &[Key::Char(' ')]].concat());
    assert_eq!(model.marked.len(), 1);
    // Of all orgs there are several histories: the mark stays on its write.
    let mut other = history();
    other.writes.iter_mut().for_each(|w| w.org = "https://other.okta.com".into());
    model.update(&mut s, Msg::Done(Slot::Journal, Outcome::Journal(Arc::new(vec![other, history()]))));
    let marked: Vec<_> = model.chosen().iter().map(|w| (w.org.clone(), w.number)).collect();
    assert_eq!((marked, model.under_cursor().unwrap().org.as_str()), (vec![(URL.to_owned(), 5)], URL));
    let mut newer = history();
    newer.writes[4].undone_by = Some(PlanId("x".into()));
    model.update(&mut s, Msg::Done(Slot::Journal, Outcome::Journal(Arc::new(vec![newer]))));
    assert!(model.marked.is_empty());
    let none = Inverse::None { why: "gone".into() };
    assert!(!super::model::can_go_back(&Written { back: none, ..history().writes.remove(0) }));
}

proptest! {
    #[test]
    fn no_size_panics(width in 1u16..200, height in 1u16..60, ascii in any::<bool>()) {
        for (_, model, shared) in states() {
            drawn(&model, &shared, Theme::new(true, ascii), (width, height));
        }
    }
}
