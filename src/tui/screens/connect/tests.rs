use super::Model;
use super::model::{Connecting, Row, Way};
use crate::run::job::{DeviceCode, Job, Outcome, RememberedOrg, SignIn, Slot, Start, Trouble};
use crate::secret::Secret;
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{drawn, hints_work, keys, picture, shared};
use crate::tui::screens::{Go, Msg, Next, Route, Screen};
use crate::tui::shared::{Remote, Shared, Wanted};
use crate::tui::theme::Theme;
use proptest::prelude::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/connect/snapshots");

fn opened() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    shared.session = None;
    shared.work = None;
    model.update(&mut shared, Msg::Shown);
    (model, shared)
}

fn filled() -> (Model, Shared) {
    let (mut model, mut shared) = opened();
    model.update(&mut shared, Msg::Paste("https://acme.okta.com\n".into()));
    keys(&mut model, &mut shared, &[Key::Enter]);
    model.update(&mut shared, Msg::Paste("00token".into()));
    (model, shared)
}

fn failed() -> (Model, Shared) {
    let (mut model, mut shared) = filled();
    keys(&mut model, &mut shared, &[Key::Enter]);
    let trouble = Trouble::new(
        "GET /api/v1/users/me: Okta says 401 E0000011: Invalid token provided",
        "Make a new one.",
    );
    model.update(&mut shared, Msg::Done(Slot::Connect, Outcome::Failed(trouble)));
    (model, shared)
}

fn connecting() -> (Model, Shared) {
    let (mut model, mut shared) = filled();
    keys(&mut model, &mut shared, &[Key::Enter]);
    (model, shared)
}

/// The form of a service app, filled with keys alone.
fn service() -> (Model, Shared) {
    let (mut model, mut shared) = opened();
    model.update(&mut shared, Msg::Paste("https://acme.okta.com".into()));
    keys(&mut model, &mut shared, &[Key::BackTab, Key::Right, Key::Tab, Key::Tab]);
    model.update(&mut shared, Msg::Paste("0oa1service".into()));
    keys(&mut model, &mut shared, &[Key::Enter]);
    model.update(&mut shared, Msg::Paste("/home/me/oktui.pem".into()));
    (model, shared)
}

fn waiting_for_approval() -> (Model, Shared) {
    let (mut model, mut shared) = opened();
    model.update(&mut shared, Msg::Paste("https://acme.okta.com".into()));
    keys(&mut model, &mut shared, &[Key::BackTab, Key::Left, Key::Tab, Key::Tab]);
    model.update(&mut shared, Msg::Paste("0oa1native".into()));
    keys(&mut model, &mut shared, &[Key::Enter]);
    let code = DeviceCode {
        user_code: "ABCDEFGH".into(),
        url: "https://acme.okta.com/activate".into(),
        url_with_code: Some("https://acme.okta.com/activate?user_code=ABCDEFGH".into()),
        minutes: 10,
    };
    model.update(&mut shared, Msg::Done(Slot::Connect, Outcome::DeviceCode(code)));
    (model, shared)
}

#[test]
fn a_service_app_is_its_client_id_and_a_file() {
    let (mut model, mut shared) = service();
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    let [Effect::Start { job: Job::Connect { way, .. }, .. }] = &next.effects[..] else { panic!("{next:?}") };
    let expected =
        SignIn::Service { client_id: "0oa1service".into(), key: "/home/me/oktui.pem".into(), kid: None };
    assert_eq!(way, &expected);
    let trouble = Trouble::new("the app has no public key", "Paste the public JWK.");
    model.update(&mut shared, Msg::Done(Slot::Connect, Outcome::Failed(trouble)));
    assert_eq!((model.row, model.client_id.text()), (Row::Key, "0oa1service"), "nothing is lost");
}

#[test]
fn a_device_code_is_shown_until_it_is_stopped() {
    let (mut model, mut shared) = waiting_for_approval();
    let screen = drawn(&model, &shared, Theme::new(true, false), (80, 24));
    assert!(screen.contains("ABCDEFGH") && screen.contains("https://acme.okta.com/activate"), "{screen}");
    model.update(&mut shared, Msg::Command(C::Cancel));
    let screen = drawn(&model, &shared, Theme::new(true, false), (80, 24));
    assert!(!screen.contains("ABCDEFGH") && screen.contains("0oa1native"), "{screen}");
}

#[test]
fn an_org_that_is_known_brings_its_way_to_sign_in() {
    let (mut model, mut shared) = (Model::default(), opened().1);
    let way = SignIn::Service { client_id: "0oa1".into(), key: "/k.pem".into(), kid: Some("k1".into()) };
    let org = RememberedOrg {
        label: "prod".into(),
        url: "https://acme.okta.com".into(),
        prod: false,
        read_only: false,
        last_used: None,
        sign_in: Some(way.clone()),
    };
    shared.start = Remote::Ready(Start { orgs: vec![org], ..Start::default() });
    shared.wanted = Some(Wanted::Org { url: "https://acme.okta.com".into() });
    model.update(&mut shared, Msg::Shown);
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(
        matches!(&next.effects[..], [Effect::Start { job: Job::Connect { way: w, .. }, .. }] if *w == way),
        "{next:?}"
    );
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut states = Vec::new();
    let mut add = |name, (model, shared): (Model, Shared)| states.push((name, model, shared));
    add("opened", opened());
    add("filled", filled());
    let (mut model, mut s) = filled();
    keys(&mut model, &mut s, &[Key::Tab, Key::Tab, Key::Char(' ')]);
    add("closed", (model, s));
    let (mut model, mut s) = opened();
    model.update(&mut s, Msg::Paste("https://acme.okta.com".into()));
    keys(&mut model, &mut s, &[Key::Esc, Key::End, Key::Enter]);
    add("missing", (model, s));
    add("failed", failed());
    add("connecting", connecting());
    let (mut model, mut s) = connecting();
    model.update(&mut s, Msg::Command(C::Cancel));
    add("stopped", (model, s));
    add("service", service());
    add("code", waiting_for_approval());
    let (mut model, mut s) = (Model::default(), opened().1);
    s.wanted = Some(Wanted::Demo);
    model.update(&mut s, Msg::Shown);
    add("demo", (model, s));
    states
}

#[test]
fn every_state_is_drawn() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, FOLDER);
    }
}

#[test]
fn two_fields_and_enter_connect_and_the_token_leaves_its_field() {
    let (mut model, mut shared) = filled();
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    let [
        Effect::Start {
            slot: Slot::Connect, job: Job::Connect { url, way: SignIn::Token(token), .. }, ..
        },
    ] = &next.effects[..]
    else {
        panic!("{next:?}")
    };
    assert_eq!((url.as_str(), token), ("https://acme.okta.com", &Secret::new("00token")));
    assert_eq!(model.token.text(), "");
    assert!(!drawn(&model, &shared, Theme::new(true, false), (80, 24)).contains("00token"));
}

#[test]
fn a_failure_keeps_the_form_and_asks_for_the_token_again() {
    let (model, shared) = failed();
    assert_eq!((model.url.text(), model.row, model.open), ("https://acme.okta.com", Row::Token, true));
    assert!(drawn(&model, &shared, Theme::new(true, false), (80, 24)).contains("E0000011"));
}

#[test]
fn what_is_missing_is_said() {
    let (mut model, mut shared) = opened();
    keys(&mut model, &mut shared, &[Key::Esc]);
    model.go_to(Row::Connect);
    let next = model.update(&mut shared, Msg::Command(C::Open));
    assert_eq!((next, model.row, model.missing.is_some()), (Next::none(), Row::Url, true));
}

#[test]
fn ctrl_c_brings_the_form_back() {
    let (mut model, mut shared) = filled();
    keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(matches!(model.connecting, Some(Connecting::Org(_))));
    model.update(&mut shared, Msg::Command(C::Cancel));
    assert!(model.connecting.is_none() && model.editing(&shared));
}

#[test]
fn a_connection_leads_to_what_it_was_wanted_for() {
    let lead = |wanted: Option<Wanted>| {
        let mut with_session = shared(true);
        with_session.wanted = wanted;
        let session = with_session.session.clone().unwrap();
        Model::default()
            .update(&mut with_session, Msg::Done(Slot::Connect, Outcome::Connected(Box::new(session))))
            .go
    };
    let url = shared(true).session.unwrap().org.url;
    assert_eq!(lead(None), Some(Go::Instead(Route::Apps)));
    assert_eq!(lead(Some(Wanted::Resume { url: url.clone() })), Some(Go::Instead(Route::Plan)));
    let draft = crate::setup::Draft::new(url);
    assert_eq!(lead(Some(Wanted::Draft(Box::new(draft)))), Some(Go::Instead(Route::Wizard)));
    let elsewhere = crate::setup::Draft::new("https://other.okta.com");
    assert_eq!(lead(Some(Wanted::Draft(Box::new(elsewhere)))), Some(Go::Instead(Route::Apps)));
}

#[test]
fn hints_do_something() {
    for (_, model, shared) in states() {
        // Ctrl-C is told to the screen by the program around it, which is tested there.
        hints_work(&model, &shared);
    }
}

#[test]
fn esc_while_connecting_stops_it_and_goes_back() {
    let (mut model, mut shared) = connecting();
    shared.wanted = Some(Wanted::Org { url: "https://acme.okta.com".into() });
    let next = keys(&mut model, &mut shared, &[Key::Esc]);
    assert_eq!((next.go, &next.effects[..]), (Some(Go::Back), &[Effect::Stop(Slot::Connect)][..]));
    assert_eq!(shared.wanted, None);
}

#[test]
fn an_org_that_is_known_brings_its_name_and_marks() {
    let (mut model, mut shared) = (Model::default(), opened().1);
    let org = RememberedOrg {
        label: "prod".into(),
        url: "https://acme.okta.com".into(),
        prod: true,
        read_only: true,
        last_used: None,
        sign_in: None,
    };
    shared.start = Remote::Ready(Start { orgs: vec![org], ..Start::default() });
    shared.wanted = Some(Wanted::Org { url: "https://acme.okta.com".into() });
    model.update(&mut shared, Msg::Shown);
    assert_eq!(
        (model.label.text(), model.prod, model.read_only, model.row),
        ("prod", true, true, Row::Token)
    );
    assert!(model.editing(&shared));
}

#[test]
fn tab_and_enter_alone_reach_every_row() {
    for (way, _) in Way::ALL {
        let (mut model, mut shared) = opened();
        model.way = way;
        keys(&mut model, &mut shared, &[Key::BackTab]);
        for row in model.rows() {
            assert_eq!(model.row, row);
            keys(&mut model, &mut shared, &[Key::Tab]);
        }
    }
    let (mut model, mut shared) = opened();
    keys(&mut model, &mut shared, &[Key::Tab; 9]);
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::StartDemo, .. }]), "{next:?}");
}

#[test]
fn a_vault_gives_the_token_or_keeps_it() {
    for token in ["", "00token"] {
        let (mut model, mut shared) = (Model::default(), shared(false));
        shared.start = Remote::Ready(Start { vault: true, ..Start::default() });
        model.update(&mut shared, Msg::Shown);
        model.url = crate::tui::widgets::field::Field::new("acme.okta.com");
        keys(&mut model, &mut shared, &[Key::Tab]);
        model.update(&mut shared, Msg::Paste(token.into()));
        keys(&mut model, &mut shared, &[Key::Tab]);
        assert_eq!(model.row, Row::Passphrase);
        model.update(&mut shared, Msg::Paste("correct horse".into()));
        picture(if token.is_empty() { "vault-gives" } else { "vault-keeps" }, &model, &shared, FOLDER);
        let next = keys(&mut model, &mut shared, &[Key::Enter]);
        let [Effect::Start { job: Job::Connect { way: SignIn::Token(sent), passphrase: Some(p), .. }, .. }] =
            &next.effects[..]
        else {
            panic!("{next:?}")
        };
        assert_eq!((sent.expose(), p.expose()), (token, "correct horse"));
        assert!(model.passphrase.text().is_empty() && model.token.text().is_empty(), "neither stays");
    }
}

proptest! {
    #[test]
    fn no_size_panics(width in 1u16..200, height in 1u16..60, ascii in any::<bool>()) {
        for (_, model, shared) in states() {
            drawn(&model, &shared, Theme::new(true, ascii), (width, height));
        }
    }
}
