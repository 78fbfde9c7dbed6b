//! A device code on the screen.

use super::super::plan::fixtures::*;
use super::super::{Msg, Screen};
use super::Model;
use super::tests::{hop, shown, started};
use crate::flow::trace::{Party, Step, Text, Verdict, Way};
use crate::run::job::{Job, Need, Outcome, Slot};
use crate::secret::Secret;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;

const ADDRESS: &str = "https://acme.okta.com/activate?user_code=ABCDEFGH";

fn poll(number: usize, step: Step, verdict: Verdict) -> Outcome {
    let title = Text::plain("POST /token: device code");
    Outcome::Hop(Box::new(hop(number, Party::Okta, step, title, verdict, None, 0, 5)))
}

/// A run that shows its code.
fn showing() -> (Model, Shared) {
    let (mut model, mut shared) = shown(true);
    let next = keys(&mut model, &mut shared, &[Key::Home, Key::Down, Key::Down, Key::Enter, Key::Char('r')]);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!((request.way, &request.password, request.login.as_str()), (Way::Device, &None, ""));
    let need = Need {
        message:
            "Open this address in any browser, and enter the code ABCDEFGH. The code is good for 10 min."
                .into(),
        factors: Vec::new(),
        open: Some(Secret::new(ADDRESS)),
        code: Some("ABCDEFGH".into()),
        waits: true,
    };
    deliver(&mut model, &mut shared, Slot::Test, Outcome::Need(need));
    (model, shared)
}

#[test]
fn the_code_is_shown_until_the_person_has_approved() {
    let (mut model, mut shared) = showing();
    picture("need-device", &model, &shared, "../test/snapshots");
    hints_work(&model, &shared);
    let screen = |model: &Model, shared: &Shared| drawn(model, shared, Theme::new(false, false), (80, 24));
    for (step, verdict) in [(Step::Token, Verdict::NotRun), (Step::SignIn, Verdict::Pass)] {
        deliver(&mut model, &mut shared, Slot::Test, poll(3, step, verdict));
        assert!(screen(&model, &shared).contains("Code  ABCDEFGH"), "{}", screen(&model, &shared));
    }
    deliver(&mut model, &mut shared, Slot::Test, poll(4, Step::Token, Verdict::Pass));
    assert!(!screen(&model, &shared).contains("ABCDEFGH"));
}

#[test]
fn the_address_and_the_code_are_handed_over_clean_and_nothing_is_pasted() {
    let (mut model, mut shared) = showing();
    let bare = press(&mut model, &mut shared, Key::Char('v'));
    assert_eq!(bare.effects, [Effect::Bare(vec![Secret::new(ADDRESS), Secret::new("ABCDEFGH")])]);
    assert_eq!(press(&mut model, &mut shared, Key::Char('y')).effects, [Effect::Copy(Secret::new(ADDRESS))]);
    model.update(&mut shared, Msg::Paste("x".into()));
    keys(&mut model, &mut shared, &[Key::Enter, Key::Tab]);
    assert!(!model.editing(), "there is nothing to type here");
}
