//! From a run that failed to the plan that mends it, and to the same run after that.

use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Route, Screen};
use super::Model;
use super::tests::{failed, shown, started};
use crate::diagnose::{Answer, AppUserFacts, Evidence, Need, paste};
use crate::flow::trace::{RunVerdict, Verdict};
use crate::run::job::{Job, Outcome, Slot, Trouble};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use std::sync::Arc;

const NOT_ASSIGNED: &str = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?state=abc&error=access_denied&error_description=User+is+not+assigned+to+the+client+application.";
const SECRET_REFUSED: &str = r#"{"error":"invalid_client","error_description":"The client secret supplied for a confidential client is invalid."}"#;
const ANA: &str = "ana@acme.example";

fn not_assigned() -> Evidence {
    let mut evidence = paste(NOT_ASSIGNED, &[], None);
    let facts = AppUserFacts { login: ANA.into(), status: "ACTIVE".into(), ..AppUserFacts::default() };
    let need = Need::AppUser { client_id: "0oa1".into(), login: Some(ANA.into()) };
    evidence.answers.push((need, Answer::AppUser(facts)));
    evidence
}

fn asked() -> (Model, Shared) {
    let (mut model, mut shared) = failed();
    let next = model.update(&mut shared, Msg::Command(C::Fix));
    let [Job::FindCause { trace, who, callbacks }] = started(&next)[..] else { panic!("{next:?}") };
    assert!(matches!(trace.verdict, RunVerdict::Failed { .. }) && !callbacks.is_empty());
    assert_eq!(
        who.as_deref(),
        shared.session.as_ref().unwrap().demo.as_ref().map(|d| d.people[0].login.as_str())
    );
    (model, shared)
}

fn answered(evidence: Evidence) -> (Model, Shared, Next) {
    let (mut model, mut shared) = asked();
    let next = model.update(&mut shared, Msg::Done(Slot::Cause, Outcome::Answered(Arc::new(evidence))));
    (model, shared, next)
}

#[test]
fn a_fix_that_a_plan_can_make_is_in_the_draft_and_its_plan_is_next() {
    let (mut model, mut shared, next) = answered(not_assigned());
    assert_eq!(next, Next::go(Go::To(Route::Plan)));
    let people = |shared: &Shared| shared.work.as_ref().unwrap().draft.setup.access.people.clone();
    assert_eq!(people(&shared).last().map(String::as_str), Some(ANA));
    assert!(matches!(shared.work.as_ref().unwrap().plan, Remote::Idle));
    let mending = shared.mending.clone().unwrap();
    assert!(mending.failed.contains("Okta refused the client secret.") && !mending.applied && !mending.again);
    // The cause stays on the screen; once more, and the draft has the person once.
    assert!(drawn(&model, &shared, Theme::new(false, false), (80, 24)).contains("not assigned"));
    assert_eq!(model.update(&mut shared, Msg::Command(C::Fix)), Next::go(Go::To(Route::Plan)));
    assert_eq!(people(&shared).iter().filter(|p| *p == ANA).count(), 1);
    picture("fix-found", &model, &shared, FOLDER);
}

#[test]
fn a_fix_for_somebody_else_stays_here_and_is_copied_as_a_message() {
    let mut page = paste("<html><title>Sign in</title><body>proxy</body></html>", &[], None);
    page.recognised.clear();
    let (mut model, mut shared, next) = answered(page);
    assert_eq!(next, Next::none());
    assert!(shared.mending.is_none());
    assert!(shared.notice.as_ref().unwrap().contains("y copies a message"));
    let next = model.update(&mut shared, Msg::Command(C::Copy));
    assert_eq!(next.effects.len(), 1);
    assert!(shared.notice.as_ref().unwrap().contains("A message for"));
}

#[test]
fn a_secret_is_mended_where_secrets_are() {
    let (_, shared, next) = answered(paste(SECRET_REFUSED, &[], None));
    assert_eq!(next, Next::go(Go::To(Route::Rotation)), "{:?}", shared.notice);
}

#[test]
fn a_cause_that_cannot_be_found_out_can_be_asked_for_again() {
    let (mut model, mut shared) = asked();
    assert_eq!(model.update(&mut shared, Msg::Command(C::Fix)), Next::none(), "it is being asked");
    let trouble = Trouble::new("acme.okta.com: no answer in time.", "Check the network.");
    model.update(&mut shared, Msg::Done(Slot::Cause, Outcome::Failed(trouble)));
    assert!(shared.notice.as_ref().unwrap().contains("no answer in time"));
    assert_eq!(started(&model.update(&mut shared, Msg::Command(C::Fix))).len(), 1);
}

#[test]
fn what_did_not_fail_has_nothing_to_fix() {
    let (mut model, mut shared) = shown(true);
    assert!(started(&model.update(&mut shared, Msg::Command(C::Fix))).is_empty());
    let (mut model, mut shared) = super::tests::green();
    assert!(started(&model.update(&mut shared, Msg::Command(C::Fix))).is_empty());
    assert!(shared.notice.as_ref().unwrap().contains("nothing to fix"));
    assert!(!drawn(&model, &shared, Theme::new(false, false), (80, 24)).contains("f fix"));
}

#[test]
fn after_the_apply_the_same_run_begins_and_says_how_it_was_before() {
    let (mut model, mut shared, _) = answered(not_assigned());
    shared.mending.as_mut().unwrap().applied = true;
    assert!(model.update(&mut shared, Msg::Shown).effects.iter().all(|e| !is_test(e)), "not by itself");
    shared.mending.as_mut().unwrap().again = true;
    let next = model.update(&mut shared, Msg::Shown);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert!(request.password.is_some() && request.run == 2);
    assert!(model.update(&mut shared, Msg::Shown).effects.iter().all(|e| !is_test(e)), "and once");
    let trace = super::tests::trace_of(Verdict::Pass);
    model.update(&mut shared, Msg::Done(Slot::Test, Outcome::Tested(Box::new(trace))));
    assert!(shared.mending.is_none());
    let screen = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    assert!(screen.contains("PASSED") && screen.contains("Before the change: FAILED, Leg 2"), "{screen}");
    picture("mended", &model, &shared, FOLDER);
}

fn is_test(effect: &crate::tui::effect::Effect) -> bool {
    matches!(effect, crate::tui::effect::Effect::Start { job: Job::Test(_), .. })
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/test/snapshots");
