use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Route, Screen};
use super::Model;
use crate::change::Outcome as Became;
use crate::okta::model::{ApiError, ClientSecret, Discovery, Problem, Readable};
use crate::run::job::{Job, Outcome, ServerProbe, Slot, Trouble};
use crate::secret::Secret;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use proptest::prelude::*;

const SECRET: &str = "tHis-is_a.Secret-of-64-characters-that-nobody-may-see-0123456789";

fn started(next: &Next) -> Vec<&Job> {
    next.effects
        .iter()
        .filter_map(|e| if let Effect::Start { job, .. } = e { Some(job) } else { None })
        .collect()
}

/// After an apply of a new app: the secret is in memory.
fn fresh() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    let end = applied(&adding().plan, vec![Became::AlreadySo, Became::AlreadySo]);
    shared.work.as_mut().unwrap().applied = Some(end);
    model.update(&mut shared, Msg::Shown);
    (model, shared)
}

/// An app that existed: its secret is not in memory.
fn old() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(true));
    existing(&mut shared);
    let mut made = adding();
    made.plan.hand_over = hand_over(true);
    shared.work.as_mut().unwrap().plan = Remote::Ready(made);
    model.update(&mut shared, Msg::Shown);
    (model, shared)
}

fn forbidden() -> ApiError {
    ApiError::Okta(Problem {
        endpoint: "GET /api/v1/apps/0oa1b2c3d4e5f6g7h8i9/credentials/secrets".into(),
        status: 403,
        code: "E0000006".into(),
        summary: "You do not have permission to perform the requested action".into(),
        causes: Vec::new(),
        error_id: None,
        request_id: None,
    })
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut states = Vec::new();
    let (m, s) = fresh();
    states.push(("masked", m, s));
    let (mut m, mut s) = fresh();
    press(&mut m, &mut s, Key::Char('s'));
    states.push(("revealed", m, s));
    let (mut m, mut s) = fresh();
    keys(&mut m, &mut s, &[Key::Down, Key::Char('y')]);
    states.push(("question", m, s));
    let (mut m, mut s) = fresh();
    keys(&mut m, &mut s, &[Key::End, Key::Left]);
    states.push(("environment", m, s));
    let (mut m, mut s) = old();
    keys(&mut m, &mut s, &[Key::End, Key::Up]);
    states.push(("existing", m, s));
    let (mut m, mut s) = old();
    keys(&mut m, &mut s, &[Key::End, Key::Up, Key::Up, Key::Enter]);
    deliver(&mut m, &mut s, Slot::Secrets, Outcome::Secrets(Readable::Forbidden(forbidden())));
    states.push(("forbidden", m, s));
    let (mut m, mut s) = (Model::default(), shared(false));
    m.update(&mut s, Msg::Shown);
    states.push(("before-apply", m, s));
    let (mut m, mut s) = (Model::default(), shared(false));
    m.update(&mut s, Msg::Shown);
    deliver(
        &mut m,
        &mut s,
        Slot::Server,
        Outcome::Failed(Trouble::new("acme.okta.com: no answer in time.", "Check the network.")),
    );
    states.push(("no-endpoints", m, s));
    let (m, mut s) = (Model::default(), shared(false));
    s.work = None;
    states.push(("no-app", m, s));
    states
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../handover/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn the_secret_is_masked_until_it_is_asked_for_and_again_after_20_seconds() {
    let theme = Theme::new(false, false);
    let (mut model, mut shared) = fresh();
    assert!(!drawn(&model, &shared, theme, (120, 40)).contains(SECRET));
    let next = press(&mut model, &mut shared, Key::Char('s'));
    assert_eq!(next.effects, [Effect::Wake(20_000)]);
    assert!(drawn(&model, &shared, theme, (120, 40)).contains(SECRET));
    shared.now = "2026-11-22T19:04:15Z".parse().unwrap();
    assert_eq!(model.update(&mut shared, Msg::Tick).effects, [Effect::Wake(10_000)]);
    shared.now = "2026-11-22T19:04:25Z".parse().unwrap();
    model.update(&mut shared, Msg::Tick);
    assert!(!drawn(&model, &shared, theme, (120, 40)).contains(SECRET));
}

#[test]
fn each_value_stands_in_the_first_column_with_nothing_after_it() {
    let (model, shared) = fresh();
    let screen = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    for value in [
        "0oa1b2c3d4e5f6g7h8i9",
        "https://acme.okta.com/oauth2/default/v1/authorize",
        "https://acme.okta.com/oauth2/default/v1/token",
        crate::setup::GATEWAY_CALLBACK,
        r#"["email", "profile", "openid"]"#,
    ] {
        assert!(screen.lines().any(|line| line == value), "{value} in\n{screen}");
    }
}

#[test]
fn a_secret_is_copied_only_after_a_yes_that_is_not_the_key_that_asked() {
    let (mut model, mut shared) = fresh();
    let next = keys(&mut model, &mut shared, &[Key::Down, Key::Char('y'), Key::Char('y')]);
    assert_eq!((next, model.question.is_none()), (Next::none(), true));
    let next = keys(&mut model, &mut shared, &[Key::Char('y'), Key::Right, Key::Enter]);
    assert_eq!(next.effects, [Effect::Copy(Secret::new(SECRET))]);
    let next = keys(&mut model, &mut shared, &[Key::Up, Key::Char('y')]);
    assert_eq!(next.effects, [Effect::Copy(Secret::new("0oa1b2c3d4e5f6g7h8i9"))]);
}

#[test]
fn the_bare_screen_has_all_values_in_the_forms_order() {
    let (mut model, mut shared) = fresh();
    let next = keys(&mut model, &mut shared, &[Key::Char('c'), Key::Char('y')]);
    let [Effect::Bare(lines)] = &next.effects[..] else { panic!("{next:?}") };
    let lines: Vec<&str> = lines.iter().map(Secret::expose).collect();
    assert_eq!(lines[..4], ["clientId", "0oa1b2c3d4e5f6g7h8i9", "clientSecret", SECRET]);
    assert_eq!(lines[10..], ["scopes", r#"["email", "profile", "openid"]"#]);
}

#[test]
fn the_chosen_environment_decides_what_is_saved() {
    let (mut model, mut shared) = fresh();
    let next = keys(&mut model, &mut shared, &[Key::Right, Key::Char('e')]);
    let [Job::SaveFile { content, .. }] = started(&next)[..] else { panic!("{next:?}") };
    let json: serde_json::Value = serde_json::from_str(content.expose()).unwrap();
    assert_eq!(json["redirectUri"], "https://auth.stg.acme.example/v1/outbound/oauth/callback");
    assert_eq!(json["clientSecret"], SECRET);
    assert_eq!(json["scopes"][2], "openid");
}

#[test]
fn an_existing_apps_secret_is_read_on_request_only() {
    let (mut model, mut shared) = old();
    assert!(drawn(&model, &shared, Theme::new(false, false), (80, 24)).contains("log records it"));
    let next = keys(&mut model, &mut shared, &[Key::End, Key::Up, Key::Up, Key::Enter]);
    assert!(matches!(started(&next)[..], [Job::LoadSecrets(_)]));
    let secret = |id: &str, value: &str, active, created: &str| ClientSecret {
        id: id.parse().unwrap(),
        value: Some(Secret::new(value)),
        hash: None,
        active,
        created: created.parse().ok(),
    };
    let secrets = vec![
        secret("ocs1", "old", true, "2026-01-01T00:00:00Z"),
        secret("ocs2", "new", true, "2026-06-01T00:00:00Z"),
        secret("ocs3", "newer but inactive", false, "2026-07-01T00:00:00Z"),
    ];
    deliver(&mut model, &mut shared, Slot::Secrets, Outcome::Secrets(Readable::Known(secrets)));
    let next = keys(&mut model, &mut shared, &[Key::Home, Key::Down, Key::Char('y'), Key::Right, Key::Enter]);
    assert_eq!(next.effects, [Effect::Copy(Secret::new("new"))]);
}

#[test]
fn another_apps_secret_is_forgotten() {
    let (mut model, mut shared) = old();
    model.secrets = Readable::Known(Vec::new());
    shared.work.as_mut().unwrap().draft.target = crate::setup::Target::Existing("0oaOther".parse().unwrap());
    model.update(&mut shared, Msg::Shown);
    assert_eq!(model.secrets, Readable::NotAsked);
}

#[test]
fn endpoints_are_read_where_nothing_knows_them() {
    let (mut model, mut shared) = (Model::default(), shared(false));
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(started(&next)[..], [Job::ProbeServer { .. }]));
    let discovery = Discovery {
        issuer: "https://id.acme.example/oauth2/default".into(),
        authorization_endpoint: "https://id.acme.example/oauth2/default/v1/authorize".into(),
        token_endpoint: "https://id.acme.example/oauth2/default/v1/token".into(),
        scopes_supported: Vec::new(),
        grant_types_supported: Vec::new(),
    };
    let probe = ServerProbe {
        server: shared.server_kind().unwrap(),
        discovery: Readable::Known(Some(discovery)),
        scopes: Readable::NotAsked,
        policies: Readable::NotAsked,
    };
    deliver(&mut model, &mut shared, Slot::Server, Outcome::Server(Box::new(probe)));
    let screen = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    assert!(screen.contains("\nhttps://id.acme.example/oauth2/default/v1/authorize\n"), "{screen}");
    assert_eq!(press(&mut model, &mut shared, Key::Enter), Next::go(Go::Instead(Route::Plan)));
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
