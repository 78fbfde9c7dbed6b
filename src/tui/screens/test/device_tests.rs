//! A device code on the screen.

use super::super::plan::fixtures::*;
use super::super::{Msg, Next, Screen};
use super::Model;
use super::form::Item;
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

/// A run by device that was asked for: a native app has to stand in, since Okta gives web apps no device codes.
fn asked(demo: bool) -> (Model, Shared) {
    let (mut model, mut shared) = shown(demo);
    let next = press(&mut model, &mut shared, Key::Home);
    assert_eq!(next, Next::none());
    while model.item(&shared) != Some(Item::Way(Way::Device)) {
        press(&mut model, &mut shared, Key::Down);
    }
    let next = keys(&mut model, &mut shared, &[Key::Enter, Key::Char('r')]);
    assert_eq!(next, Next::none(), "nothing begins before the yes");
    (model, shared)
}

#[test]
fn the_app_that_stands_in_is_asked_for_first_and_told_after() {
    let (mut model, mut shared) = asked(true);
    picture("side-app", &model, &shared, "../test/snapshots");
    hints_work(&model, &shared);
    assert_eq!(press(&mut model, &mut shared, Key::Enter), Next::none(), "No is under the cursor");
    // On an org that is marked as production, and in a session that may not write, it is not even asked.
    let (prod, mut shared) = asked(false);
    assert!(prod.question.is_none());
    let said = shared.notice.take().unwrap();
    assert!(said.contains("oktui test --side-app"), "{said}");
    shared.session.as_mut().unwrap().read_only = true;
    let mut model = prod;
    press(&mut model, &mut shared, Key::Char('r'));
    assert!(shared.notice.as_ref().unwrap().contains("read-only") && model.question.is_none());
}

/// A run that shows its code.
fn showing() -> (Model, Shared) {
    let (mut model, mut shared) = asked(true);
    let next = press(&mut model, &mut shared, Key::Char('y'));
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!((request.way, &request.password, request.login.as_str()), (Way::Device, &None, ""));
    assert!(request.side);
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
