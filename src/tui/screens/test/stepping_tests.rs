//! A run that has stopped before a request, on the screen.

use super::super::plan::fixtures::*;
use super::super::{Msg, Next, Screen};
use super::Model;
use super::tests::{hop, shown, started};
use crate::flow::trace::{HoleId, Parameter, Party, Piece, Place, Safe, SecretKind, Step, Text, Verdict};
use crate::flow::{Alteration, Pause};
use crate::run::job::{Job, Outcome, Slot, StepWord, Trouble};
use crate::secret::{FingerprintKey, Secret};
use crate::tui::command::Scope;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;

const CODE: &str = "cOdE-0123456789-abcdefghijklmnopqrstuvwxyz";

fn pause(altered: &[&str]) -> Pause {
    let mut safe = Safe::new(FingerprintKey::new(&[1; 32]));
    let mut hole = safe.lift(SecretKind::Code, CODE);
    hole.id = HoleId(0);
    let parameter = |name: &str, value: Text, meaning: &'static str| Parameter {
        place: Place::Form,
        name: name.into(),
        value,
        meaning: meaning.into(),
    };
    Pause {
        hop: 2,
        request: Text::plain("POST https://acme.okta.com/oauth2/default/v1/token"),
        parameters: vec![
            parameter(
                "grant_type",
                Text::plain("authorization_code"),
                "What is exchanged (RFC 6749 §4.1.3).",
            ),
            parameter("code", Text::of(vec![Piece::Hole(hole)]), "The authorization code (RFC 6749 §4.1.2)."),
            parameter("redirect_uri", Text::plain("https://gw.acme.example/callback"), ""),
        ],
        altered: altered.iter().map(|s| (*s).to_owned()).collect(),
    }
}

fn stop(model: &mut Model, shared: &mut Shared, altered: &[&str]) {
    let mut next = hop(2, Party::Okta, Step::Token, Text::plain("POST /token"), Verdict::NotRun, None, 90, 0);
    next.why = vec!["It is not sent yet.".into()];
    next.altered = pause(altered).altered;
    deliver(model, shared, Slot::Test, Outcome::Hop(Box::new(next)));
    deliver(model, shared, Slot::Test, Outcome::Paused(Box::new(pause(altered))));
}

/// A run that was asked for step by step, and has stopped before its second request.
fn stopped() -> (Model, Shared) {
    let (mut model, mut shared) = shown(false);
    let up = [Key::Up, Key::Right, Key::Down, Key::Enter];
    let next = keys(&mut model, &mut shared, &up);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(request.stepping, Some(1));
    let first =
        hop(1, Party::Okta, Step::Authorize, Text::plain("GET discovery"), Verdict::Pass, None, 0, 80);
    deliver(&mut model, &mut shared, Slot::Test, Outcome::Hop(Box::new(first)));
    stop(&mut model, &mut shared, &[]);
    (model, shared)
}

fn words(model: &mut Model, shared: &mut Shared, pressed: &[Key]) -> Vec<StepWord> {
    let next = keys(model, shared, pressed);
    next.effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Answer { slot: Slot::Test, job: Job::Step(word) } => Some(word),
            _ => None,
        })
        .collect()
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).chain([Key::Enter]).collect()
}

#[test]
fn pictures_of_a_stop() {
    let (mut model, mut shared) = stopped();
    picture("paused", &model, &shared, "../test/snapshots");
    hints_work(&model, &shared);
    keys(&mut model, &mut shared, &[Key::Enter, Key::Down]);
    picture("paused-parameters", &model, &shared, "../test/snapshots");
    hints_work(&model, &shared);
    press(&mut model, &mut shared, Key::Char('d'));
    stop(&mut model, &mut shared, &["code removed"]);
    keys(&mut model, &mut shared, &[Key::Char('a')]);
    keys(&mut model, &mut shared, &typed("x=1")[..3]);
    picture("paused-add", &model, &shared, "../test/snapshots");
    hints_work(&model, &shared);
}

#[test]
fn x_sends_it_and_r_runs_on_each_only_while_it_stands() {
    for (key, word) in [('x', StepWord::Send), ('r', StepWord::RunOn)] {
        let (mut model, mut shared) = stopped();
        assert_eq!(words(&mut model, &mut shared, &[Key::Char(key)]), [word]);
        assert_eq!(words(&mut model, &mut shared, &[Key::Char(key)]), [], "it goes on already");
        // The next stop is a stop of its own.
        stop(&mut model, &mut shared, &[]);
        assert_eq!(words(&mut model, &mut shared, &[Key::Enter, Key::Char('x')]), [StepWord::Send]);
    }
}

#[test]
fn a_key_too_many_after_the_end_leads_nowhere_and_r_runs_again() {
    let (mut model, mut shared) = stopped();
    assert_eq!(model.scopes(&shared).first(), Some(&Scope::Paused));
    press(&mut model, &mut shared, Key::Char('x'));
    let trouble = Trouble::new("It broke off.", "Try again.");
    deliver(&mut model, &mut shared, Slot::Test, Outcome::Failed(trouble));
    assert_eq!(press(&mut model, &mut shared, Key::Char('x')), Next::none());
    assert!(shared.notice.as_ref().unwrap().contains("The run is over"));
    // On a hop it runs again, and stops before that one.
    let (mut again, mut beside) = (model.clone(), shared.clone());
    keys(&mut again, &mut beside, &[Key::Home, Key::Down]);
    let next = press(&mut again, &mut beside, Key::Char('x'));
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(request.stepping, Some(2));
    let next = press(&mut model, &mut shared, Key::Char('r'));
    assert!(matches!(started(&next)[..], [Job::Test(_)]), "{next:?}");
}

#[test]
fn a_parameter_is_changed_added_taken_out_and_put_back() {
    let (mut model, mut shared) = stopped();
    keys(&mut model, &mut shared, &[Key::Enter, Key::End, Key::Enter]);
    assert!(model.editing());
    let mut pressed = vec![Key::Ctrl('u')];
    pressed.extend(typed("https://other.example/cb"));
    let value = Secret::new("https://other.example/cb");
    let word = StepWord::Alter(Alteration::Set(2, value));
    assert_eq!(words(&mut model, &mut shared, &pressed), [word]);
    // Until that is there, nothing else goes: places may count otherwise then.
    assert_eq!(words(&mut model, &mut shared, &[Key::Char('d'), Key::Char('x')]), []);
    stop(&mut model, &mut shared, &["redirect_uri changed"]);
    let screen = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    assert!(screen.contains("Altered: redirect_uri changed"), "{screen}");
    assert_eq!(words(&mut model, &mut shared, &[Key::Char('d')]), [StepWord::Alter(Alteration::Remove(2))]);
    stop(&mut model, &mut shared, &[]);
    press(&mut model, &mut shared, Key::Char('a'));
    let more = StepWord::Alter(Alteration::Add("prompt".into(), Secret::new("login")));
    assert_eq!(words(&mut model, &mut shared, &typed("prompt=login")), [more]);
    stop(&mut model, &mut shared, &[]);
    assert_eq!(words(&mut model, &mut shared, &[Key::Char('u')]), [StepWord::Alter(Alteration::Undo)]);
}

#[test]
fn a_masked_value_is_typed_anew_and_a_paste_goes_into_the_field() {
    let (mut model, mut shared) = stopped();
    keys(&mut model, &mut shared, &[Key::Enter, Key::Down, Key::Enter]);
    model.update(&mut shared, Msg::Paste("another-code".into()));
    let word = StepWord::Alter(Alteration::Set(1, Secret::new("another-code")));
    assert_eq!(words(&mut model, &mut shared, &[Key::Enter]), [word]);
}

#[test]
fn esc_goes_back_level_by_level_and_ctrl_c_stops_the_run() {
    let (mut model, mut shared) = stopped();
    keys(&mut model, &mut shared, &[Key::Enter, Key::Enter, Key::Char('z'), Key::Esc]);
    assert!(!model.editing());
    let screen = |model: &Model, shared: &Shared| drawn(model, shared, Theme::new(false, false), (80, 24));
    assert!(screen(&model, &shared).contains("grant_type"));
    press(&mut model, &mut shared, Key::Esc);
    assert!(screen(&model, &shared).contains(" PAUSED "), "{}", screen(&model, &shared));
    let next = press(&mut model, &mut shared, Key::Ctrl('c'));
    assert_eq!(next.effects, [Effect::Stop(Slot::Test)]);
}
