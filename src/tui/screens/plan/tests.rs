use super::super::{Go, Msg, Next, Route, Screen};
use super::Model;
use super::fixtures::*;
use super::model::RowState;
use crate::change::Outcome as Became;
use crate::okta::model::{ApiError, BucketState, NetKind};
use crate::run::job::{Job, Outcome, Pace, PlanMade, Slot, Start, Trouble, Unfinished};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use proptest::prelude::*;

const FOLDER: &str = "snapshots";

fn started(next: &Next) -> Vec<&Job> {
    next.effects
        .iter()
        .filter_map(|e| if let Effect::Start { job, .. } = e { Some(job) } else { None })
        .collect()
}

fn reviewing(made: PlanMade) -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    model.update(&mut shared, Msg::Shown);
    deliver(&mut model, &mut shared, Slot::Plan, Outcome::Plan(Box::new(made)));
    (model, shared)
}

fn failed() -> Became {
    let error = ApiError::Net {
        host: "acme.okta.com".into(),
        kind: NetKind::Closed,
        detail: "connection reset".into(),
        maybe_sent: true,
    };
    Became::Failed { error, unknown: true }
}

fn done() -> Became {
    Became::Done { request_id: None, made: None }
}

/// A model whose plan is being applied.
fn applying() -> (Model, Shared) {
    let (mut model, mut shared) = reviewing(adding());
    keys(&mut model, &mut shared, &[Key::Tab, Key::Enter, Key::Enter]);
    press(&mut model, &mut shared, Key::Char('y'));
    assert!(model.run.is_some());
    (model, shared)
}

/// Every state with its name.
fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut states = Vec::new();
    let (mut model, mut s) = (Model::default(), shared(false));
    model.update(&mut s, Msg::Shown);
    states.push(("loading", model.clone(), s.clone()));
    let (mut failing, mut f) = (model.clone(), s.clone());
    deliver(
        &mut failing,
        &mut f,
        Slot::Plan,
        Outcome::Failed(Trouble::new(
            "acme.okta.com: no answer in time.",
            "Check the network, then r tries again.",
        )),
    );
    states.push(("failed", failing, f));
    let (mut bad, mut b) = (model.clone(), s.clone());
    let problems = vec![
        Trouble::new(
            "No group is named \"MCP-Userz\".",
            "Step 4: choose a group of the list; MCP-Users is close.",
        ),
        Trouble::new("There is no redirect URI.", "Step 3: add the gateway's callback."),
    ];
    deliver(&mut bad, &mut b, Slot::Plan, Outcome::NoPlan(problems));
    states.push(("problems", bad, b));
    let mut nothing = adding();
    nothing.plan.changes.clear();
    let (m, s) = reviewing(nothing);
    states.push(("nothing", m, s));
    let (m, s) = reviewing(adding());
    states.push(("review", m, s));
    let (mut m, mut s) = reviewing(adding());
    keys(&mut m, &mut s, &[Key::Tab, Key::Tab, Key::Enter]);
    states.push(("question", m, s));
    let (mut m, mut s) = reviewing(cutting());
    keys(&mut m, &mut s, &[Key::Down, Key::Down, Key::Down, Key::Down]);
    states.push(("cut", m.clone(), s.clone()));
    press(&mut m, &mut s, Key::Enter);
    states.push(("cut-whole", m, s));
    let (mut m, mut s) = reviewing(cutting());
    keys(&mut m, &mut s, &[Key::End]);
    states.push(("not-allowed", m, s));
    let (mut m, mut s) = reviewing(cutting());
    keys(
        &mut m,
        &mut s,
        &[Key::Tab, Key::Char('C'), Key::Char('H'), Key::Char('G'), Key::Tab, Key::Char('1'), Key::Enter],
    );
    states.push(("typed-wrong", m, s));
    let (mut m, mut s) = reviewing(adding());
    s.session.as_mut().unwrap().read_only = true;
    press(&mut m, &mut s, Key::BackTab);
    states.push(("read-only", m, s));
    let (mut m, mut s) = applying();
    deliver(&mut m, &mut s, Slot::Apply, Outcome::Begins(1));
    deliver(&mut m, &mut s, Slot::Apply, Outcome::Change(1, done()));
    deliver(&mut m, &mut s, Slot::Apply, Outcome::Begins(2));
    s.waiting = Some(("apps".into(), "2026-11-22T19:04:45Z".parse().unwrap()));
    states.push(("applying", m.clone(), s.clone()));
    s.waiting = None;
    let (mut quick, mut q) = (m.clone(), s.clone());
    deliver(&mut quick, &mut q, Slot::Apply, Outcome::Pace(pace(false)));
    states.push(("applying-many", quick.clone(), q.clone()));
    deliver(&mut quick, &mut q, Slot::Apply, Outcome::Pace(pace(true)));
    states.push(("applying-held", quick, q));
    let plan = m.run.as_ref().unwrap().plan.clone();
    let (mut good, mut g) = (m.clone(), s.clone());
    deliver(
        &mut good,
        &mut g,
        Slot::Apply,
        Outcome::Applied(Box::new(applied(&plan, vec![done(), Became::AlreadySo]))),
    );
    states.push(("applied", good, g));
    deliver(&mut m, &mut s, Slot::Apply, Outcome::Applied(Box::new(applied(&plan, vec![done(), failed()]))));
    states.push(("applied-partly", m, s));
    let (mut m, mut s) = (Model::default(), shared(false));
    let unfinished = vec![Unfinished { plan: cutting().plan, done: 3 }];
    s.start = Remote::Ready(Start { unfinished, ..Start::default() });
    m.update(&mut s, Msg::Shown);
    states.push(("resume", m, s));
    let (m, mut s) = (Model::default(), shared(false));
    s.work = None;
    states.push(("no-app", m, s));
    states
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, FOLDER);
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn showing_it_asks_for_the_plan_once() {
    let (mut model, mut shared) = (Model::default(), shared(false));
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(started(&next)[..], [Job::MakePlan { .. }]));
    assert_eq!(model.update(&mut shared, Msg::Shown), Next::none());
}

#[test]
fn a_plan_without_loss_needs_a_yes_that_is_not_on_the_key_that_asked() {
    let (mut model, mut shared) = reviewing(adding());
    keys(&mut model, &mut shared, &[Key::Tab, Key::Tab, Key::Enter]);
    // Enter asked; Enter again is No.
    let next = press(&mut model, &mut shared, Key::Enter);
    assert_eq!((next, model.question.is_none(), model.run.is_none()), (Next::none(), true, true));
    keys(&mut model, &mut shared, &[Key::Enter, Key::Right]);
    let next = press(&mut model, &mut shared, Key::Enter);
    assert!(matches!(started(&next)[..], [Job::Apply(_)]));
}

#[test]
fn a_loss_is_typed_and_the_reason_goes_along() {
    let (mut model, mut shared) = reviewing(cutting());
    keys(&mut model, &mut shared, &[Key::Tab, Key::Char('C'), Key::Char('7'), Key::Enter, Key::Char('1')]);
    assert_eq!(press(&mut model, &mut shared, Key::Enter), Next::none());
    assert!(model.wrong);
    let next = keys(&mut model, &mut shared, &[Key::Char('4'), Key::Enter]);
    let [Job::Apply(plan)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(plan.reason, "C7");
    assert_eq!(shared.work.unwrap().draft.reason, "C7");
}

#[test]
fn a_read_only_session_applies_nothing() {
    let (mut model, mut shared) = reviewing(cutting());
    shared.session.as_mut().unwrap().read_only = true;
    let next =
        keys(&mut model, &mut shared, &[Key::Tab, Key::Tab, Key::Char('1'), Key::Char('4'), Key::Enter]);
    assert_eq!(next.effects, []);
    assert!(model.run.is_none());
}

#[test]
fn a_new_app_is_planned_again_as_the_one_that_was_made() {
    let (mut model, mut shared) = applying();
    let plan = model.run.as_ref().unwrap().plan.clone();
    deliver(
        &mut model,
        &mut shared,
        Slot::Apply,
        Outcome::Applied(Box::new(applied(&plan, vec![done(), failed()]))),
    );
    let next = press(&mut model, &mut shared, Key::Char('r'));
    let [Job::MakePlan { draft, .. }] = started(&next)[..] else { panic!("{next:?}") };
    assert!(matches!(draft.target, crate::setup::Target::Existing(_)));
}

#[test]
fn done_leads_to_the_hand_over_and_drops_the_draft() {
    let (mut model, mut shared) = applying();
    let plan = model.run.as_ref().unwrap().plan.clone();
    let end = Outcome::Applied(Box::new(applied(&plan, vec![done(), done()])));
    let next = deliver(&mut model, &mut shared, Slot::Apply, end);
    assert!(matches!(started(&next)[..], [Job::DropDraft(_)]));
    assert_eq!(press(&mut model, &mut shared, Key::Enter), Next::go(Go::To(Route::HandOver)));
}

#[test]
fn a_draft_that_changed_after_an_apply_is_planned_again() {
    let (_, mut model, mut shared) = states().into_iter().find(|(name, ..)| *name == "applied").unwrap();
    assert_eq!(model.update(&mut shared, Msg::Shown), Next::none());
    shared.work.as_mut().unwrap().plan = Remote::Idle;
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(started(&next)[..], [Job::MakePlan { .. }]));
}

#[test]
fn a_held_key_does_not_type_into_the_reason() {
    let (mut model, mut shared) = reviewing(adding());
    keys(&mut model, &mut shared, &[Key::Char('j'); 6]);
    assert!(!model.editing(&shared));
    assert_eq!(shared.work.unwrap().draft.reason, "");
}

fn pace(paused: bool) -> Pace {
    let reset = "2026-11-22T19:05:00Z".parse().unwrap();
    let bucket = BucketState { name: "apps".into(), limit: 600, remaining: 412, reset };
    Pace {
        done: 612,
        total: 2_000,
        failed: 3,
        per_minute: Some(580),
        bucket: Some(bucket),
        headroom: 10,
        seconds_left: (!paused).then_some(140),
        paused,
    }
}

#[test]
fn a_run_is_held_and_goes_on_with_the_same_key() {
    let (mut model, mut shared) = applying();
    let asked = |next: Next| match &next.effects[..] {
        [Effect::Answer { slot: Slot::Apply, job: Job::Pause(hold) }] => *hold,
        other => panic!("{other:?}"),
    };
    assert!(asked(press(&mut model, &mut shared, Key::Char(' '))));
    assert!(drawn(&model, &shared, Theme::new(false, false), (80, 24)).contains("Applying"));
    assert!(!asked(press(&mut model, &mut shared, Key::Char(' '))));
    deliver(&mut model, &mut shared, Slot::Apply, Outcome::Pace(pace(true)));
    assert!(!asked(press(&mut model, &mut shared, Key::Char(' '))), "the run's own word counts");
}

#[test]
fn tab_goes_from_one_that_failed_to_the_next_and_says_why() {
    let (mut model, mut shared) = applying();
    let run = model.run.as_mut().unwrap();
    let total = run.rows.len();
    assert!(total > 1, "{total}");
    let failed = |what: &str| {
        let error = ApiError::Changed {
            what: what.into(),
            at: "then".into(),
            read: "before".into(),
            by: None,
            fields: Vec::new(),
        };
        RowState::Ended(Became::Failed { error, unknown: false })
    };
    let numbers: Vec<usize> = run.plan.changes.iter().map(|p| p.number).collect();
    run.set(numbers[0], failed("the first refusal"));
    run.set(numbers[total - 1], failed("the second refusal"));
    let mut places = Vec::new();
    for key in [Key::Tab, Key::Tab, Key::Tab, Key::BackTab] {
        press(&mut model, &mut shared, key);
        places.push(model.cursor);
    }
    assert_eq!(places, [total - 1, 0, total - 1, 0]);
    press(&mut model, &mut shared, Key::Tab);
    model.run.as_mut().unwrap().ended = true;
    let picture = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    assert!(picture.contains("second refusal") && !picture.contains("first refusal"), "{picture}");
    press(&mut model, &mut shared, Key::Tab);
    assert!(drawn(&model, &shared, Theme::new(false, false), (80, 24)).contains("first refusal"));
}

#[test]
fn stopping_asks_the_runner_and_says_so() {
    let (mut model, mut shared) = applying();
    assert_eq!(model.running(&shared), Some(Slot::Apply));
    let next = press(&mut model, &mut shared, Key::Ctrl('c'));
    assert_eq!(next.effects, [Effect::Stop(Slot::Apply)]);
    assert!(drawn(&model, &shared, Theme::new(false, false), (80, 24)).contains("Stopping after the write"));
}

#[test]
fn unstaging_takes_it_out_of_the_draft_and_plans_again() {
    let (mut model, mut shared) = reviewing(adding());
    shared.work.as_mut().unwrap().draft.setup.access.groups = vec!["MCP-Users".into()];
    let next = press(&mut model, &mut shared, Key::Char('u'));
    assert_eq!(next, Next::none());
    assert!(shared.notice.is_some(), "creating the app cannot be unstaged, and that is said");
    let next = keys(&mut model, &mut shared, &[Key::Down, Key::Char('u')]);
    let [Job::MakePlan { draft, .. }] = started(&next)[..] else { panic!("{next:?}") };
    assert!(draft.setup.access.groups.is_empty());
}

#[test]
fn an_interrupted_apply_is_gone_on_with() {
    let (_, mut model, mut shared) = states().into_iter().find(|(name, ..)| *name == "resume").unwrap();
    let next = press(&mut model, &mut shared, Key::Enter);
    assert_eq!(started(&next), [&Job::ResumeApply]);
    assert_eq!(model.running(&shared), Some(Slot::Apply));
}

#[test]
fn the_request_for_an_admin_is_copied() {
    let (mut model, mut shared) = reviewing(cutting());
    let next = keys(&mut model, &mut shared, &[Key::End, Key::Char('y')]);
    let [Effect::Copy(text)] = &next.effects[..] else { panic!("{next:?}") };
    assert!(text.expose().contains("access policy"));
}

#[test]
fn a_saved_plan_is_json_that_reads_back() {
    let (mut model, mut shared) = reviewing(cutting());
    let next = press(&mut model, &mut shared, Key::Char('e'));
    let [Job::SaveFile { content, .. }] = started(&next)[..] else { panic!("{next:?}") };
    let plan: crate::change::Plan = serde_json::from_str(content.expose()).unwrap();
    assert_eq!(plan, cutting().plan);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_size_makes_it_panic(w in 1u16..200, h in 1u16..60, ascii in any::<bool>()) {
        for (_, model, shared) in states() {
            drawn(&model, &shared, Theme::new(true, ascii), (w, h));
        }
    }
}
