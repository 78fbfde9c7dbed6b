//! Values for the tests of the screens of an app, and the frame drawn into lines.

use super::super::{Msg, Next, Screen};
use crate::change::{Allowed, AppRef, Change, HandOver, People, Plan, PlanId, Planned, Risk};
use crate::okta::model::{BucketState, Engine, Identity, OrgFacts, ServerKind, User, UserStatus};
use crate::run::job::{Applied, Connected, Demo, DemoPerson, Outcome, PlanMade, Slot};
use crate::secret::Secret;
use crate::setup::{Draft, Target};
use crate::tui::command::{self, CommandId};
use crate::tui::key::Key;
use crate::tui::shared::{Remote, Shared, Work};
use crate::tui::theme::Theme;
use crate::tui::widgets::page;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::fmt::Debug;

pub(in crate::tui::screens) const URL: &str = "https://acme.okta.com";

pub(in crate::tui::screens) fn now() -> jiff::Timestamp {
    "2026-11-22T19:04:05Z".parse().unwrap()
}

#[allow(clippy::field_reassign_with_default, reason = "two fields are private")]
pub(in crate::tui::screens) fn shared(demo: bool) -> Shared {
    let user = User {
        id: "00u1".parse().unwrap(),
        login: "admin@acme.example".into(),
        name: "Ada Admin".into(),
        email: "admin@acme.example".into(),
        status: UserStatus::Active,
        last_login: None,
    };
    let person = |login: &str, note: &str, code: Option<&str>| DemoPerson {
        login: login.into(),
        password: Secret::new("Oktui-demo-1"),
        note: note.into(),
        code: code.map(Secret::new),
    };
    let session = Connected {
        org: OrgFacts { url: URL.into(), id: None, engine: Engine::Identity, custom_domain: None },
        me: Identity { user, roles: None },
        label: "prod".into(),
        prod: !demo,
        read_only: false,
        notes: Vec::new(),
        callbacks: Vec::new(),
        authorization_server: None,
        signed_in: crate::run::job::SignedIn::default(),
        demo: demo.then(|| Demo {
            people: vec![
                person("ana@acme.example", "works", None),
                person("ben@acme.example", "not assigned", None),
                person("cho@acme.example", "one-time code", Some("481516")),
                person("dana@acme.example", "locked out", None),
            ],
        }),
    };
    let mut draft = Draft::new(URL);
    draft.setup.redirect_uris.push(crate::setup::RedirectUri {
        environment: "staging".into(),
        uri: "https://auth.stg.acme.example/v1/outbound/oauth/callback".into(),
    });
    let work = Work {
        draft,
        loaded: Remote::Idle,
        server: Remote::Idle,
        plan: Remote::Idle,
        problems: Vec::new(),
        applied: None,
        saved: None,
        held_by: None,
        undo: None,
        stagings: Vec::new(),
    };
    let bucket = BucketState { name: "apps".into(), limit: 10, remaining: 7, reset: now() };
    let mut shared = Shared::default();
    shared.now = now();
    shared.session = Some(session);
    shared.work = Some(work);
    shared.budget = vec![bucket];
    shared
}

pub(in crate::tui::screens) fn hand_over(client: bool) -> HandOver {
    HandOver {
        client_id: client.then(|| "0oa1b2c3d4e5f6g7h8i9".parse().unwrap()),
        server: ServerKind::Custom("default".parse().unwrap()),
        authorization_url: format!("{URL}/oauth2/default/v1/authorize"),
        token_url: format!("{URL}/oauth2/default/v1/token"),
        redirect_uris: vec![
            ("prod".into(), crate::setup::GATEWAY_CALLBACK.into()),
            ("staging".into(), "https://auth.stg.acme.example/v1/outbound/oauth/callback".into()),
        ],
        scopes: ["email", "profile", "openid"].map(str::to_owned).to_vec(),
    }
}

fn planned(
    number: usize,
    change: Change,
    title: &str,
    risk: Risk,
    people: People,
    details: &[&str],
) -> Planned {
    Planned {
        number,
        change,
        title: title.into(),
        details: details.iter().map(|d| (*d).to_owned()).collect(),
        risk,
        people,
        calls: vec!["apps".into()],
        allowed: Allowed::Yes,
    }
}

fn assign(name: &str) -> Change {
    Change::AssignGroup { app: AppRef::MadeBy(1), group: "00g1".parse().unwrap(), name: name.into() }
}

/// A plan for a new app: nothing is lost.
pub(in crate::tui::screens) fn adding() -> PlanMade {
    let changes = vec![
        planned(
            1,
            Change::CreateApp { body: serde_json::Map::new() },
            "create app Cequence AI Gateway",
            Risk::Add,
            People::None,
            &[
                "OIDC web application with Authorization Code and Refresh Token.",
                "Undo: deactivates and deletes it; its client id does not come back.",
            ],
        ),
        planned(
            2,
            assign("MCP-Users"),
            "assign group MCP-Users",
            Risk::Add,
            People::Gain(212),
            &["212 members get access."],
        ),
    ];
    made(changes, None, false)
}

/// The plan of the design review: somebody loses access, and one change may not be made.
pub(in crate::tui::screens) fn cutting() -> PlanMade {
    let lose: Vec<crate::text::Clean> = [
        "ben.ortiz",
        "cho.min",
        "dana.kovac",
        "eli.stone",
        "fay.adeyemi",
        "gus.lind",
        "hal.moro",
        "ida.berg",
        "jon.park",
        "kim.lee",
        "lou.reed",
        "mia.wong",
        "ned.ash",
        "ola.dahl",
    ]
    .map(Into::into)
    .to_vec();
    let mut changes = vec![
        planned(
            1,
            assign("x"),
            "redirect URIs: add staging",
            Risk::Add,
            People::None,
            &["The callback of the staging gateway."],
        ),
        planned(2, assign("x"), "grant Refresh Token: on", Risk::Change, People::Touched(37), &[]),
        planned(3, assign("MCP-Users"), "assign group MCP-Users", Risk::Add, People::Gain(212), &[]),
        planned(4, assign("x"), "assign Marta Nowak", Risk::Add, People::Gain(1), &[]),
        planned(
            5,
            Change::UnassignGroup {
                app: "0oa1".parse().unwrap(),
                group: "00g2".parse().unwrap(),
                name: "Contractors".into(),
            },
            "remove group Contractors",
            Risk::Cut,
            People::Lose(lose),
            &[
                "Contractors has 16 members; 2 keep access through MCP-Users, 14 lose it.",
                "New sign-ins stop at once; access tokens live until they end (60 min).",
                "Undo: assigns the group again; 14 app profiles come back from the journal.",
            ],
        ),
        planned(6, assign("x"), "access policy for this client on \"default\"", Risk::Add, People::None, &[]),
    ];
    changes[5].allowed = Allowed::No {
        why: "This token may not edit authorization servers (403).".into(),
        ask: "For the Okta app integration \"Cequence AI Gateway\": an access policy on the authorization server \"default\" that includes this client.".into(),
    };
    made(changes, Some(("14 people lose access. Type 14 to apply 5 changes".into(), "14".into())), true)
}

fn made(changes: Vec<Planned>, typed: Option<(String, String)>, client: bool) -> PlanMade {
    let plan = Plan {
        id: PlanId("p1a2b3".into()),
        org_url: URL.into(),
        label: "Cequence AI Gateway".into(),
        reason: String::new(),
        app: None,
        app_read_at: None,
        changes,
        notes: vec!["Another app has the same name: 0oa9zzz (inactive).".into()],
        hand_over: hand_over(client),
    };
    let estimate = "9 calls, about 55 s at Okta's 10 a minute".into();
    PlanMade { plan, estimate, typed }
}

/// How an apply of `plan` ended, with these outcomes from number 1 on.
pub(in crate::tui::screens) fn applied(plan: &Plan, outcomes: Vec<crate::change::Outcome>) -> Applied {
    Applied {
        plan: plan.clone(),
        outcomes: outcomes.into_iter().enumerate().map(|(i, o)| (i + 1, o)).collect(),
        app: Some("0oa1b2c3d4e5f6g7h8i9".parse().unwrap()),
        secret: Some(Secret::new("tHis-is_a.Secret-of-64-characters-that-nobody-may-see-0123456789")),
        hand_over: hand_over(true),
        authentication: Default::default(),
    }
}

/// What the program around a screen does with an answer before the screen sees it.
pub(in crate::tui::screens) fn take_in(shared: &mut Shared, slot: Slot, outcome: &Outcome) {
    let Some(work) = shared.work.as_mut() else { return };
    match (slot, outcome) {
        (Slot::Plan, Outcome::Plan(made)) => work.plan = Remote::Ready((**made).clone()),
        (Slot::Plan, Outcome::NoPlan(problems)) => {
            work.plan = Remote::Idle;
            work.problems = problems.clone();
        }
        (Slot::Plan, Outcome::Failed(trouble)) => work.plan = Remote::Failed(trouble.clone(), None),
        (Slot::Server, Outcome::Server(probe)) => work.server = Remote::Ready((**probe).clone()),
        (Slot::Server, Outcome::Failed(trouble)) => work.server = Remote::Failed(trouble.clone(), None),
        (Slot::Apply, Outcome::Applied(applied)) => work.applied = Some((**applied).clone()),
        _ => {}
    }
}

pub(in crate::tui::screens) fn deliver(
    screen: &mut impl Screen,
    shared: &mut Shared,
    slot: Slot,
    outcome: Outcome,
) -> Next {
    take_in(shared, slot, &outcome);
    screen.update(shared, Msg::Done(slot, outcome))
}

/// Presses a key as the program would pass it on.
pub(in crate::tui::screens) fn press(screen: &mut impl Screen, shared: &mut Shared, key: Key) -> Next {
    shared.notice = None;
    let editing = screen.editing(shared);
    match command::lookup(key, &screen.scopes(shared), editing) {
        Some(id) => screen.update(shared, Msg::Command(id)),
        None if editing => screen.update(shared, Msg::Edit(key)),
        None => Next::none(),
    }
}

pub(in crate::tui::screens) fn keys(screen: &mut impl Screen, shared: &mut Shared, keys: &[Key]) -> Next {
    keys.iter().fold(Next::none(), |_, key| press(screen, shared, *key))
}

/// The whole screen as lines, blanks at their ends cut.
pub(in crate::tui::screens) fn drawn(
    screen: &impl Screen,
    shared: &Shared,
    theme: Theme,
    size: (u16, u16),
) -> String {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal
        .draw(|frame| {
            let page = screen.page(shared, theme);
            let area = page::draw(frame, theme, &page);
            screen.draw(frame, area, shared, theme);
        })
        .unwrap();
    let buffer = terminal.backend().buffer().clone();
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = crate::text::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Writes or compares the pictures of one state at both sizes.
pub(in crate::tui::screens) fn picture(name: &str, screen: &impl Screen, shared: &Shared, folder: &str) {
    let theme = Theme::new(false, false);
    for size in [(80, 24), (120, 40)] {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            insta::assert_snapshot!(
                format!("{name}-{}x{}", size.0, size.1),
                drawn(screen, shared, theme, size)
            )
        });
    }
}

/// Every hinted key does something: to the screen, to what is shared, or by an effect or another screen.
pub(in crate::tui::screens) fn hints_work<S: Screen + Clone + Debug>(screen: &S, shared: &Shared) {
    let page = screen.page(shared, Theme::new(false, false));
    for (id, _) in &page.hints {
        if matches!(id, CommandId::Help | CommandId::Palette | CommandId::Quit) {
            continue;
        }
        let key = command::of(*id).unwrap().keys[0];
        let found = command::lookup(key, &screen.scopes(shared), screen.editing(shared));
        assert_eq!(found, Some(*id), "{key} is hinted as {id:?} and is another command here");
        let (mut screen_now, mut shared_now) = (screen.clone(), shared.clone());
        let next = screen_now.update(&mut shared_now, Msg::Command(*id));
        let before = format!("{screen:?}{shared:?}");
        let same = before == format!("{screen_now:?}{shared_now:?}");
        assert!(!same || next != Next::none(), "{id:?} does nothing in {screen:?}");
    }
}

pub(in crate::tui::screens) fn existing(shared: &mut Shared) {
    shared.work.as_mut().unwrap().draft.target = Target::Existing("0oa1b2c3d4e5f6g7h8i9".parse().unwrap());
}
