//! The wizard through its own `update` and its own drawing.

use super::Model;
use super::model::{Id, step};
use crate::okta::model::{
    ApiError, App, AppUser, Assigned, Discovery, Engine, Group, GroupKind, Identity, OrgFacts, Policy,
    Problem, Readable, ServerKind, User, UserStatus,
};
use crate::run::job::{AppLoaded, Connected, Job, Outcome, ServerProbe, Slot, Trouble};
use crate::setup::AccessMode;
use crate::setup::{Ask, Draft, RedirectUri, Setup, Target};
use crate::text::Clean;
use crate::tui::command::{self, CommandId as C};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::{Go, Msg, Next, Route, Screen};
use crate::tui::shared::{Directory, Remote, Shared, Work};
use crate::tui::theme::Theme;
use crate::tui::widgets::page;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::json;

const CALLBACK: &str = "https://auth.stg.acme.example/v1/outbound/oauth/callback";

fn person(id: &str, name: &str, login: &str, status: UserStatus) -> User {
    let id = id.parse().unwrap();
    User {
        id,
        login: Clean::new(login),
        name: Clean::new(name),
        email: Clean::new(login),
        status,
        last_login: None,
    }
}

fn group(id: &str, name: &str, kind: GroupKind, members: u64) -> Group {
    Group { id: id.parse().unwrap(), name: Clean::new(name), description: None, kind, members: Some(members) }
}

fn forbidden() -> ApiError {
    ApiError::Okta(Problem {
        endpoint: "GET /api/v1/groups".into(),
        status: 403,
        code: Clean::new("E0000006"),
        summary: Clean::new("You do not have permission to perform the requested action"),
        causes: Vec::new(),
        error_id: None,
        request_id: None,
    })
}

/// A session with a small org, and a new app on step `at`.
fn shared(at: u8) -> Shared {
    let me = person("00uana", "Ana Admin", "ana@acme.com", UserStatus::Active);
    let org = OrgFacts {
        url: "https://acme.okta.com".into(),
        id: None,
        engine: Engine::Identity,
        custom_domain: None,
    };
    let session = Connected {
        org,
        me: Identity { user: me.clone(), roles: None },
        label: Clean::new("prod"),
        prod: true,
        read_only: false,
        notes: Vec::new(),
        authorization_server: None,
        callbacks: vec![
            ("prod".into(), crate::setup::GATEWAY_CALLBACK.into()),
            ("staging".into(), CALLBACK.into()),
        ],
        signed_in: crate::run::job::SignedIn::default(),
        demo: None,
    };
    let people = vec![
        me,
        person("00umarta", "Marta Nowak", "marta.nowak@acme.com", UserStatus::Active),
        person("00umarek", "Marek Dvořák", "marek.dvorak@acme.com", UserStatus::Active),
        person("00umarcio", "Márcio Souza", "marcio.souza@acme.com", UserStatus::LockedOut),
        person("00utanaka", "田中 まり", "mari.tanaka@acme.com", UserStatus::Active),
        person("00uomar", "Omar Farouk", "omar.farouk@acme.com", UserStatus::Suspended),
    ];
    let groups = vec![
        group("00gall", "Everyone", GroupKind::BuiltIn, 1204),
        group("00gmcp", "MCP-Users", GroupKind::Okta, 212),
        group("00gcon", "Contractors", GroupKind::Okta, 16),
    ];
    let directory = Directory::of(people, groups);
    let mut draft = Draft::new("https://acme.okta.com");
    draft.step = at;
    let mut shared = Shared::default();
    shared.session = Some(session);
    shared.apps = Remote::Ready(vec![app()]);
    shared.directory = directory;
    shared.servers = Remote::Ready(Readable::Known(Vec::new()));
    shared.work = Some(Work {
        draft,
        loaded: Remote::Idle,
        server: Remote::Ready(probe("default")),
        plan: Remote::Idle,
        problems: Vec::new(),
        applied: None,
        saved: None,
        held_by: None,
        undo: None,
        stagings: Vec::new(),
    });
    shared
}

fn probe(server: &str) -> ServerProbe {
    let base = format!("https://acme.okta.com/oauth2/{server}");
    let policy: Policy = serde_json::from_value(json!({
        "id": "00p1", "name": "Other app", "status": "ACTIVE", "priority": 1,
        "conditions": {"clients": {"include": ["0oaother"]}}
    }))
    .unwrap();
    let scope =
        |name: &str| crate::okta::model::Scope { name: Clean::new(name), consent: false, published: true };
    ServerProbe {
        server: ServerKind::Custom(server.parse().unwrap()),
        discovery: Readable::Known(Some(Discovery {
            issuer: base.clone(),
            authorization_endpoint: format!("{base}/v1/authorize"),
            token_endpoint: format!("{base}/v1/token"),
            scopes_supported: Vec::new(),
            grant_types_supported: Vec::new(),
        })),
        scopes: Readable::Known(
            ["openid", "email", "profile", "offline_access", "mcp:tools"].map(scope).to_vec(),
        ),
        policies: Readable::Known(vec![policy]),
    }
}

fn app() -> App {
    serde_json::from_value(json!({
        "id": "0oagate", "label": "Gateway", "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"client_id": "0oagate", "token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {"oauthClient": {"application_type": "web", "redirect_uris": [crate::setup::GATEWAY_CALLBACK, CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"]}}
    }))
    .unwrap()
}

/// The same with an app that exists: Marta directly, Marek through a group.
fn existing(at: u8) -> Shared {
    let mut shared = shared(at);
    let user = |id: &str, via| AppUser {
        id: id.parse().unwrap(),
        via,
        status: Clean::new("ACTIVE"),
        user_name: None,
        profile: serde_json::Map::new(),
    };
    let mut setup = Setup::default();
    setup.app.name = "Gateway".into();
    setup.redirect_uris.push(RedirectUri { environment: "staging".into(), uri: CALLBACK.into() });
    setup.access.people = vec!["marta.nowak@acme.com".into()];
    let work = shared.work.as_mut().unwrap();
    work.draft.target = Target::Existing("0oagate".parse().unwrap());
    work.draft.setup = setup.clone();
    work.loaded = Remote::Ready(AppLoaded {
        app: app(),
        users: Readable::Known(vec![
            user("00umarta", Assigned::Directly),
            user("00umarek", Assigned::ThroughGroup),
        ]),
        groups: Readable::Known(Vec::new()),
        setup,
    });
    shared
}

fn screen(model: &Model, shared: &Shared, w: u16, h: u16) -> String {
    let theme = Theme::new(false, false);
    let mut terminal = Terminal::new(TestBackend::new(w, h)).unwrap();
    terminal
        .draw(|frame| {
            let body =
                if h >= 8 { page::draw(frame, theme, &model.page(shared, theme)) } else { frame.area() };
            model.draw(frame, body, shared, theme);
        })
        .unwrap();
    terminal.backend().to_string()
}

/// As the app does it: a key is a command, or goes to the open field.
fn press(model: &mut Model, shared: &mut Shared, key: Key) -> Next {
    shared.notice = None;
    match command::lookup(key, &model.scopes(shared), model.editing(shared)) {
        Some(id) => model.update(shared, Msg::Command(id)),
        None => model.update(shared, Msg::Edit(key)),
    }
}

fn type_in(model: &mut Model, shared: &mut Shared, text: &str) {
    for c in text.chars() {
        press(model, shared, Key::Char(c));
    }
}

fn at(shared: &mut Shared) -> Model {
    let mut model = Model::default();
    model.update(shared, Msg::Shown);
    if model.editing(shared) {
        press(&mut model, shared, Key::Esc);
    }
    model
}

fn draft(shared: &Shared) -> &Draft {
    &shared.work.as_ref().unwrap().draft
}

/// Focuses a row by walking to it with Down, as a person would.
fn walk_to(model: &mut Model, shared: &mut Shared, id: &Id) {
    for _ in 0..60 {
        if model.focused(shared).as_ref() == Some(id) {
            return;
        }
        press(model, shared, Key::Down);
    }
    panic!("{id:?} cannot be reached");
}

/// Every state that is drawn and whose hints are pressed.
fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut out = Vec::new();
    for (name, step) in [("basic", 1), ("grants", 2), ("redirects", 3), ("access", 4), ("authentication", 5)]
    {
        let mut s = shared(step);
        out.push((name, at(&mut s), s));
    }
    let mut s = shared(1);
    s.work.as_mut().unwrap().draft.setup.app.name = "gateway".into();
    out.push(("name-taken", at(&mut s), s));
    let mut s = shared(1);
    let mut m = Model::default();
    m.update(&mut s, Msg::Shown);
    out.push(("name-open", m, s));
    let mut s = shared(3);
    let setup = &mut s.work.as_mut().unwrap().draft.setup;
    setup.redirect_uris.push(RedirectUri { environment: "staging".into(), uri: CALLBACK.into() });
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Uri(1));
    press(&mut m, &mut s, Key::Enter);
    press(&mut m, &mut s, Key::Char('/'));
    out.push(("redirects-open", m, s));
    let mut s = existing(3);
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Uri(1));
    press(&mut m, &mut s, Key::Char('d'));
    out.push(("redirects-existing", m, s));
    let mut s = existing(4);
    out.push(("access-existing", at(&mut s), s));
    let mut s = shared(4);
    s.directory.set_groups(Readable::Forbidden(forbidden()));
    out.push(("groups-forbidden", at(&mut s), s));
    let mut s = shared(5);
    let work = s.work.as_mut().unwrap();
    work.server = Remote::Failed(Trouble::new("No answer in time.", "Nothing is lost: try again."), None);
    s.servers = Remote::Ready(Readable::Forbidden(forbidden()));
    let mut m = Model { asked: Some(ServerKind::Custom("default".parse().unwrap())), ..Model::default() };
    m.update(&mut s, Msg::Shown);
    out.push(("server-failed", m, s));
    out.push(("no-app", Model::default(), Shared::default()));
    out
}

#[test]
fn every_state_is_drawn_whole() {
    for (name, model, shared) in states() {
        for (w, h) in [(80, 24), (120, 40)] {
            insta::assert_snapshot!(format!("{name}-{w}x{h}"), screen(&model, &shared, w, h));
        }
    }
}

#[test]
fn every_hinted_command_does_something() {
    for (at, (name, model, shared)) in states().into_iter().enumerate() {
        let hints = model.page(&shared, Theme::new(true, false)).hints;
        assert!(!hints.is_empty(), "{name} has no hints");
        for (hint, _) in hints.into_iter().filter(|(id, _)| *id != C::Help) {
            let (_, mut model, mut shared) = states().swap_remove(at);
            shared.notice = None;
            let before = (model.clone(), shared.work.clone());
            let key = command::of(hint).unwrap().keys[0];
            let next = press(&mut model, &mut shared, key);
            let idle = next == Next::none() && shared.notice.is_none() && before == (model, shared.work);
            assert!(!idle, "{name}: {hint:?} does nothing");
        }
    }
}

#[test]
fn a_new_app_begins_with_its_name_open_and_letters_are_text() {
    let mut s = shared(1);
    let mut m = Model::default();
    m.update(&mut s, Msg::Shown);
    assert!(m.editing(&s));
    type_in(&mut m, &mut s, " n2");
    assert_eq!(draft(&s).setup.app.name, "Cequence AI Gateway n2");
    press(&mut m, &mut s, Key::Esc);
    assert_eq!(draft(&s).setup.app.name, "Cequence AI Gateway n2", "Esc keeps the text");
    press(&mut m, &mut s, Key::Char('n'));
    assert_eq!(step(&s), 2);
}

#[test]
fn a_name_that_is_taken_is_told_on_leaving_and_leads_to_that_app() {
    let mut s = shared(1);
    let mut m = Model::default();
    m.update(&mut s, Msg::Shown);
    press(&mut m, &mut s, Key::Ctrl('u'));
    type_in(&mut m, &mut s, "gateway");
    assert!(m.checks.iter().all(|c| c.name != "name-taken"), "told while typing");
    press(&mut m, &mut s, Key::Enter);
    assert!(m.checks.iter().any(|c| c.name == "name-taken"));
    walk_to(&mut m, &mut s, &Id::EditThatApp);
    let next = press(&mut m, &mut s, Key::Enter);
    let Some(Effect::Start { slot: Slot::App, job: Job::LoadApp(id), .. }) = next.effects.first() else {
        panic!("{next:?}")
    };
    assert_eq!(draft(&s).target, Target::Existing(id.clone()));
    let loaded = existing(1).work.unwrap().loaded.value().unwrap().clone();
    m.update(&mut s, Msg::Done(Slot::App, Outcome::App(Box::new(loaded.clone()))));
    assert_eq!(draft(&s).setup, loaded.setup);
}

#[test]
fn a_slash_too_many_is_shown_and_fixed() {
    let mut s = shared(3);
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Uri(0));
    press(&mut m, &mut s, Key::Enter);
    press(&mut m, &mut s, Key::Char('/'));
    let drawn = screen(&m, &s, 80, 24);
    assert!(drawn.contains("U+002F") && drawn.contains("oauth/callback/"), "{drawn}");
    press(&mut m, &mut s, Key::Esc);
    press(&mut m, &mut s, Key::Char('f'));
    assert_eq!(draft(&s).setup.redirect_uris[0].uri, crate::setup::GATEWAY_CALLBACK);
}

#[test]
fn an_accepted_warning_is_quiet_until_its_value_changes() {
    let mut s = shared(2);
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Refresh);
    assert_eq!(m.rail()[1].word(), "WARN");
    press(&mut m, &mut s, Key::Char('i'));
    assert_eq!((draft(&s).accepted.len(), m.rail()[1].word()), (1, "OK"));
    press(&mut m, &mut s, Key::Char(' '));
    press(&mut m, &mut s, Key::Char('5'));
    walk_to(&mut m, &mut s, &Id::Scope("offline_access".into()));
    press(&mut m, &mut s, Key::Char(' '));
    assert_eq!(m.rail()[1].word(), "WARN", "the scope without the grant is another matter");
}

#[test]
fn a_live_uri_is_staged_for_removal_and_comes_back() {
    let mut s = existing(3);
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Uri(1));
    press(&mut m, &mut s, Key::Char('d'));
    assert_eq!(draft(&s).asks, [Ask::RemoveRedirectUri(CALLBACK.into())]);
    press(&mut m, &mut s, Key::Char('u'));
    assert!(draft(&s).asks.is_empty());
    assert_eq!(draft(&s).setup.redirect_uris[1].uri, CALLBACK);
    walk_to(&mut m, &mut s, &Id::Uri(1));
    press(&mut m, &mut s, Key::Char('d'));
    walk_to(&mut m, &mut s, &Id::Known(0));
    press(&mut m, &mut s, Key::Enter);
    assert!(draft(&s).asks.is_empty(), "a URI that is wanted again is not removed");
}

#[test]
fn controlled_access_stages_the_removal_of_an_assigned_everyone() {
    let mut s = existing(4);
    let everyone: crate::okta::model::GroupId = "00gall".parse().unwrap();
    let work = s.work.as_mut().unwrap();
    work.draft.setup.access.mode = AccessMode::Everyone;
    if let Remote::Ready(loaded) = &mut work.loaded {
        let assigned = crate::okta::model::AppGroup {
            id: everyone.clone(),
            name: Some("Everyone".into()),
            priority: None,
            profile: serde_json::Map::new(),
        };
        loaded.groups = Readable::Known(vec![assigned]);
    }
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Mode(AccessMode::Controlled));
    press(&mut m, &mut s, Key::Enter);
    let staged = |s: &Shared| {
        draft(s).asks.iter().any(|a| matches!(a, Ask::UnassignGroup { id, .. } if *id == everyone))
    };
    assert!(staged(&s), "what is chosen is what will be");
    walk_to(&mut m, &mut s, &Id::Mode(AccessMode::Everyone));
    press(&mut m, &mut s, Key::Enter);
    assert!(!staged(&s));
}

#[test]
fn federation_broker_mode_offers_nothing_but_its_explanation() {
    let mut s = existing(4);
    if let Some(Remote::Ready(loaded)) = s.work.as_mut().map(|w| &mut w.loaded) {
        loaded.app.0.get_mut("settings").unwrap()["implicitAssignment"] = json!(true);
    }
    let m = at(&mut s);
    assert_eq!(m.focused(&s), Some(Id::Next));
    assert!(screen(&m, &s, 80, 24).contains("Federation Broker Mode is on"));
}

#[test]
fn an_empty_row_goes_and_a_change_takes_the_plan_away() {
    let mut s = shared(3);
    let mut m = at(&mut s);
    s.work.as_mut().unwrap().plan = Remote::Loading;
    press(&mut m, &mut s, Key::Char('a'));
    assert_eq!((draft(&s).setup.redirect_uris.len(), &s.work.as_ref().unwrap().plan), (2, &Remote::Idle));
    press(&mut m, &mut s, Key::Esc);
    assert_eq!(draft(&s).setup.redirect_uris.len(), 1);
}

#[test]
fn the_lists_are_a_screen_of_their_own_and_yourself_is_one_key_away() {
    let mut s = shared(4);
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Choose);
    assert_eq!(press(&mut m, &mut s, Key::Enter).go, Some(Go::To(Route::People)));
    assert_eq!(press(&mut m, &mut s, Key::Char('a')).go, Some(Go::To(Route::People)));
    walk_to(&mut m, &mut s, &Id::Yourself);
    press(&mut m, &mut s, Key::Enter);
    assert_eq!(draft(&s).setup.access.people, ["ana@acme.com"]);
    press(&mut m, &mut s, Key::Char('u'));
    assert!(draft(&s).setup.access.people.is_empty());
}

#[test]
fn a_person_of_the_setup_is_removed_from_its_row() {
    let mut s = existing(4);
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Person(0));
    press(&mut m, &mut s, Key::Char('d'));
    assert!(
        matches!(draft(&s).asks.as_slice(), [Ask::UnassignPerson { id, .. }] if id.as_str() == "00umarta")
    );
    assert!(draft(&s).setup.access.people.is_empty());
}

#[test]
fn a_forbidden_list_is_not_an_empty_one() {
    let (_, m, s) = states().into_iter().find(|(n, ..)| *n == "groups-forbidden").unwrap();
    let drawn = screen(&m, &s, 80, 24);
    assert!(drawn.contains("You may not see the groups") && !drawn.contains("Okta has none"), "{drawn}");
}

#[test]
fn the_chosen_server_is_asked_also_while_another_one_is() {
    let mut s = shared(5);
    s.work.as_mut().unwrap().server = Remote::Idle;
    let mut m = Model::default();
    let asked = |next: &Next| {
        next.effects.iter().find_map(|e| match e {
            Effect::Start { job: Job::ProbeServer { server, .. }, .. } => Some(server.as_str().to_owned()),
            _ => None,
        })
    };
    assert_eq!(asked(&m.update(&mut s, Msg::Shown)), Some("default".into()));
    walk_to(&mut m, &mut s, &Id::Server("org".into()));
    assert_eq!(asked(&press(&mut m, &mut s, Key::Enter)), Some("org".into()));
    assert_eq!(asked(&press(&mut m, &mut s, Key::Down)), None);
}

#[test]
fn the_button_leads_through_all_five_to_the_plan() {
    let mut s = shared(1);
    let mut m = at(&mut s);
    for to in 2..=5 {
        walk_to(&mut m, &mut s, &Id::Next);
        press(&mut m, &mut s, Key::Enter);
        assert_eq!(step(&s), to);
    }
    walk_to(&mut m, &mut s, &Id::Next);
    assert_eq!(press(&mut m, &mut s, Key::Enter).go, Some(Go::To(Route::Plan)));
}

#[test]
fn a_draft_that_another_process_holds_is_only_read() {
    let mut s = shared(2);
    s.work.as_mut().unwrap().held_by = Some(7);
    let before = draft(&s).clone();
    let mut m = at(&mut s);
    walk_to(&mut m, &mut s, &Id::Pkce);
    press(&mut m, &mut s, Key::Char(' '));
    assert_eq!(*draft(&s), before);
    assert!(s.notice.is_some());
}

#[test]
fn nothing_a_server_sends_reaches_the_screen_raw() {
    let mut s = existing(3);
    s.work.as_mut().unwrap().draft.setup.redirect_uris[0].uri = "https://h/\u{1b}[2J\u{202e}".into();
    let m = at(&mut s);
    let drawn = screen(&m, &s, 80, 24);
    assert!(!drawn.contains('\u{1b}') && !drawn.contains('\u{202e}'));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn it_draws_at_every_size(w in 1_u16..200, h in 1_u16..60, which in 0_usize..13) {
        let all = states();
        let (_, model, shared) = &all[which % all.len()];
        screen(model, shared, w, h);
    }

    #[test]
    fn no_key_makes_it_fall(keys in proptest::collection::vec(0_usize..22, 0..60), at_step in 1_u8..6, old in any::<bool>()) {
        let all = [Key::Up, Key::Down, Key::Left, Key::Right, Key::Enter, Key::Tab, Key::BackTab, Key::Esc,
            Key::PageDown, Key::PageUp, Key::End, Key::Backspace, Key::Char(' '), Key::Char('a'), Key::Char('d'),
            Key::Char('u'), Key::Char('f'), Key::Char('i'), Key::Char('w'), Key::Char('v'), Key::Char('n'), Key::Char('b')];
        let mut s = if old { existing(at_step) } else { shared(at_step) };
        let mut m = Model::default();
        m.update(&mut s, Msg::Shown);
        for key in keys {
            press(&mut m, &mut s, all[key]);
        }
        screen(&m, &s, 80, 24);
    }
}
