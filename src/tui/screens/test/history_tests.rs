use super::super::Next;
use super::super::plan::fixtures::*;
use super::Model;
use super::tests::{failed, running, shown, started};
use crate::flow::trace::{Leg, RunVerdict, Step, Trace, Way};
use crate::run::job::{Job, KeptRun, KeptRuns, Outcome, Slot, Trouble};
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use proptest::prelude::*;

fn kept(minute: i8, verdict: RunVerdict) -> KeptRun {
    KeptRun {
        file: format!("/home/ada/.local/state/oktui/runs/0oa1-6f1c/{minute}.json").into(),
        at: URL.into(),
        client_id: "0oa1b2c3d4e5f6g7h8i9".into(),
        label: "Cequence AI Gateway".into(),
        began: format!("2026-11-20T08:{minute:02}:00Z").parse().unwrap(),
        way: if verdict == RunVerdict::Stopped { Way::Browser } else { Way::Probe },
        verdict,
    }
}

fn refused() -> RunVerdict {
    RunVerdict::Failed {
        leg: Leg::GatewayToOkta,
        step: Some(Step::Token),
        headline: "Okta refused the client secret.".into(),
        fixes: Vec::new(),
    }
}

fn runs() -> KeptRuns {
    let passed = RunVerdict::Passed { judged_not: String::new() };
    KeptRuns {
        runs: vec![kept(40, refused()), kept(21, RunVerdict::Stopped), kept(3, passed)],
        damaged: vec![Trouble::new(
            "/home/ada/.local/state/oktui/runs/0oa1-6f1c/1.json is no run that can be read: EOF while parsing",
            "It was left as it is. Nothing else needs it: remove it if you like.",
        )],
    }
}

/// The list, opened with arrows and Enter.
fn listing(model: &mut Model, shared: &mut Shared) -> Next {
    keys(model, shared, &[Key::End, Key::Enter])
}

fn listed() -> (Model, Shared) {
    let (mut model, mut shared) = shown(true);
    let next = listing(&mut model, &mut shared);
    let [Job::LoadRuns(client)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(client.as_str(), "0oa1b2c3d4e5f6g7h8i9");
    deliver(&mut model, &mut shared, Slot::Runs, Outcome::Runs(runs()));
    (model, shared)
}

fn trace() -> Trace {
    let (model, _) = failed();
    Trace { way: Way::Probe, login: None, verdict: refused(), ..model.run.unwrap().trace.unwrap() }
}

fn opened() -> (Model, Shared) {
    let (mut model, mut shared) = listed();
    let next = press(&mut model, &mut shared, Key::Enter);
    assert_eq!(started(&next), [&Job::OpenRun(runs().runs[0].file.clone())]);
    deliver(&mut model, &mut shared, Slot::Runs, Outcome::Opened(Box::new(trace())));
    (model, shared)
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut states = Vec::new();
    let (mut m, mut s) = shown(true);
    listing(&mut m, &mut s);
    states.push(("history-reading", m.clone(), s.clone()));
    deliver(&mut m, &mut s, Slot::Runs, Outcome::Runs(KeptRuns::default()));
    states.push(("history-empty", m.clone(), s.clone()));
    let trouble = Trouble::new(
        "cannot read /home/ada/.local/state/oktui/runs: permission denied",
        "Give yourself the right to it.",
    );
    deliver(&mut m, &mut s, Slot::Runs, Outcome::Failed(trouble));
    states.push(("history-failed", m, s));
    let (m, s) = listed();
    states.push(("history", m, s));
    let (m, s) = opened();
    states.push(("history-opened", m, s));
    states
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../test/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn an_older_run_is_read_only_and_esc_leads_back() {
    let (mut model, mut shared) = opened();
    for (key, said) in [('s', "not kept"), ('e', "40.json"), ('c', "of this session")] {
        let next = press(&mut model, &mut shared, Key::Char(key));
        assert_eq!(started(&next), Vec::<&Job>::new(), "{key}");
        assert!(shared.notice.take().is_some_and(|n| n.contains(said)), "{key}");
    }
    let screen = |model: &Model, shared: &Shared| drawn(model, shared, Theme::new(false, false), (80, 24));
    assert!(screen(&model, &shared).contains("before: FAILED"), "{}", screen(&model, &shared));
    press(&mut model, &mut shared, Key::Esc);
    assert!(screen(&model, &shared).contains("Runs of before, the newest first"));
    press(&mut model, &mut shared, Key::Esc);
    assert!(screen(&model, &shared).contains("[ Run ]"));
}

#[test]
fn the_run_of_this_session_is_there_again_after_an_older_one() {
    let (mut model, mut shared) = failed();
    let session = model.run.clone().unwrap();
    keys(&mut model, &mut shared, &[Key::Esc]);
    listing(&mut model, &mut shared);
    deliver(&mut model, &mut shared, Slot::Runs, Outcome::Runs(runs()));
    press(&mut model, &mut shared, Key::Enter);
    deliver(&mut model, &mut shared, Slot::Runs, Outcome::Opened(Box::new(trace())));
    assert!(model.run.as_ref().unwrap().older.is_some());
    // A new run begins from here: the older one is not among those of the session.
    let mut other = (model.clone(), shared.clone());
    let next = press(&mut other.0, &mut other.1, Key::Char('r'));
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!((request.run, other.0.past.len(), other.0.past[0].way), (2, 1, Way::Terminal));
    keys(&mut model, &mut shared, &[Key::Esc, Key::Esc, Key::Char('v')]);
    assert_eq!(model.run, Some(session));
}

#[test]
fn a_damaged_run_is_told_and_the_list_stays() {
    let (mut model, mut shared) = listed();
    press(&mut model, &mut shared, Key::Enter);
    let trouble = Trouble::new("40.json is no run that can be read", "It was left as it is.");
    deliver(&mut model, &mut shared, Slot::Runs, Outcome::Failed(trouble));
    assert!(shared.notice.as_ref().is_some_and(|n| n.contains("left as it is")));
    assert!(drawn(&model, &shared, Theme::new(false, false), (80, 24)).contains("08:21:00"));
}

#[test]
fn the_list_does_not_open_over_a_run_that_goes_on() {
    let (mut model, mut shared) = running();
    model.on_form = true;
    assert_eq!(started(&listing(&mut model, &mut shared)), Vec::<&Job>::new());
    assert!(shared.notice.is_some() && model.history.is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn no_size_makes_it_panic(w in 1u16..200, h in 1u16..60, ascii in any::<bool>()) {
        for (_, model, shared) in states() {
            drawn(&model, &shared, Theme::new(true, ascii), (w, h));
        }
    }
}
