use super::Model;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{drawn, hints_work, keys, picture, shared};
use crate::tui::screens::{Go, Msg, Next, Screen};
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/diagnose/snapshots");
const REFUSED: &str = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?state=abc&error=access_denied&error_description=User+is+not+assigned+to+the+client+application.";

fn opened() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    model.update(&mut shared, Msg::Shown);
    (model, shared)
}

fn pasted(text: &str) -> (Model, Shared) {
    let (mut model, mut shared) = opened();
    model.update(&mut shared, Msg::Paste(text.into()));
    (model, shared)
}

#[test]
fn every_state_is_drawn() {
    let (empty, shared) = opened();
    picture("empty", &empty, &shared, FOLDER);
    let (refused, shared) = pasted(REFUSED);
    picture("refused", &refused, &shared, FOLDER);
    let (slash, shared) = pasted(
        "https://acme.okta.com/oauth2/default/v1/authorize?client_id=0oa1&response_type=code&scope=openid&state=x&redirect_uri=https%3A%2F%2Fauth.aigateway.cequence.ai%2Fv1%2Foutbound%2Foauth%2Fcallback%2F",
    );
    picture("slash", &slash, &shared, FOLDER);
    let (unknown, shared) = pasted("what now");
    picture("unknown", &unknown, &shared, FOLDER);
}

#[test]
fn typing_and_enter_look_at_it_too() {
    let (mut model, mut shared) = opened();
    assert!(model.editing(&shared));
    for c in "error=access_denied".chars() {
        keys(&mut model, &mut shared, &[Key::Char(c)]);
    }
    keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(!model.editing(&shared) && model.pasted.is_some());
}

#[test]
fn escape_leads_back_and_enter_takes_another() {
    let (mut model, mut shared) = pasted(REFUSED);
    assert_eq!(model.update(&mut shared, Msg::Command(C::Back)), Next::go(Go::Back));
    model.update(&mut shared, Msg::Command(C::Open));
    assert!(model.editing(&shared) && model.field.text().is_empty());
}

#[test]
fn what_is_copied_has_no_secret_in_it() {
    let (mut model, mut shared) = pasted("https://h/cb?code=s3cr3tc0de&state=x");
    let next = model.update(&mut shared, Msg::Command(C::Copy));
    let [Effect::Copy(text)] = &next.effects[..] else { panic!("{next:?}") };
    assert!(text.expose().contains("Okta issued a code") && !text.expose().contains("s3cr3tc0de"));
}

#[test]
fn hints_do_something() {
    let (empty, shared) = opened();
    hints_work(&empty, &shared);
    let (refused, shared) = pasted(REFUSED);
    hints_work(&refused, &shared);
}

#[test]
fn an_escape_sequence_in_a_paste_is_drawn_as_pictures() {
    let (model, shared) = pasted("error=a%1b%5D52;c;x%07&state=1");
    let screen = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    assert!(!screen.contains('\x1b') && !screen.contains('\x07'), "{screen}");
}
