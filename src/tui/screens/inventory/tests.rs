use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Route, Screen};
use super::Model;
use crate::change::Outcome as Became;
use crate::inventory::{Edit, Inventory, McpServer};
use crate::okta::model::{App, Readable};
use crate::run::job::{AppLoaded, InventoryRead, Job, Outcome, Slot, Trouble};
use crate::setup::{AccessMode, Place, Target};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use proptest::prelude::*;

const CLIENT: &str = "0oa1b2c3d4e5f6g7h8i9";

fn server(name: &str, environment: &str, owner: &str, client_id: &str) -> McpServer {
    McpServer {
        name: name.into(),
        url: format!("https://{}.acme.example/mcp", name.to_lowercase()),
        environment: environment.into(),
        owner: owner.into(),
        client_id: client_id.into(),
        updated: "2026-08-02".parse().ok(),
        ..McpServer::default()
    }
}

fn inventory() -> InventoryRead {
    let mut all = Inventory::default();
    for one in [
        server("Tickets", "prod", "ops@acme.example", CLIENT),
        server("Tickets", "staging", "dev@acme.example", CLIENT),
        server("Wiki", "prod", "", "0oaWiki"),
        McpServer {
            name: "Payroll \u{202e}with a name that is longer than its column".into(),
            ..McpServer::default()
        },
    ] {
        all.add(&one).unwrap();
    }
    InventoryRead {
        file: "/home/ada/.config/oktui/servers.toml".into(),
        servers: all.servers(),
        advice: all.advice(),
    }
}

fn app(id: &str, label: &str) -> App {
    serde_json::from_value(serde_json::json!({
        "id": id, "label": label, "status": "ACTIVE", "signOnMode": "OPENID_CONNECT", "name": "oidc_client",
        "credentials": {"oauthClient": {"client_id": id}}, "settings": {"oauthClient": {}},
    }))
    .unwrap()
}

fn edits(next: &Next) -> Vec<Edit> {
    let edit = |effect: &Effect| match effect {
        Effect::Start { slot: Slot::Inventory, job: Job::EditInventory(edit), .. } => Some((**edit).clone()),
        _ => None,
    };
    next.effects.iter().filter_map(edit).collect()
}

/// The screen with this inventory, and the app with [`CLIENT`] open.
fn told_of(read: InventoryRead) -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    existing(&mut shared);
    shared.apps = Remote::Ready(vec![app(CLIENT, "Cequence AI Gateway"), app("0oaWiki", "Wiki")]);
    let work = shared.work.as_mut().unwrap();
    let setup = work.draft.setup.clone();
    let (users, groups) = (Readable::Known(Vec::new()), Readable::Known(Vec::new()));
    work.loaded = Remote::Ready(AppLoaded { app: app(CLIENT, "Cequence AI Gateway"), users, groups, setup });
    let next = model.update(&mut shared, Msg::Shown);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::LoadInventory, .. }]), "{next:?}");
    deliver(&mut model, &mut shared, Slot::Inventory, Outcome::Inventory(Box::new(read)));
    (model, shared)
}

fn told() -> (Model, Shared) {
    told_of(inventory())
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let (list, a) = told();
    let (empty, b) = told_of(InventoryRead { file: "/x/servers.toml".into(), ..InventoryRead::default() });
    let (mut form, mut c) = told();
    keys(&mut form, &mut c, &[Key::Enter, Key::Down, Key::Down, Key::Down, Key::Down]);
    let (mut adding, mut d) = told();
    keys(&mut adding, &mut d, &[Key::Char('a'), Key::Char('N'), Key::Enter]);
    let (mut advice, mut e) = told();
    press(&mut advice, &mut e, Key::Char('v'));
    let (mut question, mut f) = told();
    press(&mut question, &mut f, Key::Char('d'));
    let (mut filter, mut g) = told();
    keys(&mut filter, &mut g, &[Key::Char('/'), Key::Char('w'), Key::Char('i')]);
    let (mut failed, mut h) = (Model::default(), shared(false));
    failed.update(&mut h, Msg::Shown);
    let trouble =
        Trouble::new("servers.toml: it is not TOML: line 3.", "It was left as it is; an editor can mend it.");
    deliver(&mut failed, &mut h, Slot::Inventory, Outcome::Failed(trouble));
    vec![
        ("list", list, a),
        ("empty", empty, b),
        ("form", form, c),
        ("adding", adding, d),
        ("advice", advice, e),
        ("question", question, f),
        ("filter", filter, g),
        ("failed", failed, h),
    ]
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../inventory/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).chain([Key::Enter]).collect()
}

#[test]
fn a_server_is_added_with_the_client_id_of_the_open_app() {
    let (mut model, mut shared) = told();
    press(&mut model, &mut shared, Key::Char('a'));
    assert!(model.editing());
    for text in ["Maps", "https://maps.acme.example/mcp", "prod", "geo@acme.example", "", "", "", ""] {
        keys(&mut model, &mut shared, &typed(text));
    }
    let next = press(&mut model, &mut shared, Key::Enter);
    let wanted = McpServer { updated: None, ..server("Maps", "prod", "geo@acme.example", CLIENT) };
    assert_eq!(edits(&next), [Edit::Add(wanted.clone())]);
    let mut read = inventory();
    read.servers.push(wanted);
    deliver(&mut model, &mut shared, Slot::Inventory, Outcome::Inventory(Box::new(read)));
    assert_eq!(model.server().unwrap().name, "Maps", "the cursor is on it");
    assert!(shared.notice.as_ref().unwrap().contains("Maps (prod)"));
}

#[test]
fn what_has_no_name_or_no_date_is_not_added() {
    let (mut model, mut shared) = told();
    keys(&mut model, &mut shared, &[Key::Char('a'), Key::Esc, Key::End]);
    assert_eq!(press(&mut model, &mut shared, Key::Enter), Next::none());
    assert!(model.editing(), "its name is asked for");
    keys(&mut model, &mut shared, &typed("Maps"));
    keys(&mut model, &mut shared, &[Key::Esc, Key::End, Key::Up, Key::Enter, Key::Ctrl('u')]);
    keys(&mut model, &mut shared, &typed("last week"));
    assert_eq!(press(&mut model, &mut shared, Key::Enter), Next::none());
    assert!(shared.notice.as_ref().unwrap().contains("no date"));
}

#[test]
fn a_change_goes_into_the_file_at_once_and_a_refused_one_leaves_the_screen_as_it_was() {
    let (mut model, mut shared) = told();
    keys(&mut model, &mut shared, &[Key::Enter, Key::Enter, Key::Ctrl('u')]);
    let next = keys(&mut model, &mut shared, &typed("Jira"));
    let set = |key: &str, text: &str| Edit::Set {
        name: "Tickets".into(),
        environment: "prod".into(),
        key: key.into(),
        text: text.into(),
    };
    assert_eq!(edits(&next), [set("name", "Jira")]);
    let mut read = inventory();
    read.servers[0].name = "Jira".into();
    deliver(&mut model, &mut shared, Slot::Inventory, Outcome::Inventory(Box::new(read)));
    let form = model.form.as_ref().unwrap();
    assert_eq!(form.server.as_ref().unwrap().name, "Jira");
    // The same text again is no change.
    assert_eq!(keys(&mut model, &mut shared, &[Key::Enter, Key::Enter]), Next::none());

    let (mut model, mut shared) = told();
    keys(&mut model, &mut shared, &[Key::Enter, Key::Down, Key::Enter, Key::Ctrl('u')]);
    let next = keys(&mut model, &mut shared, &typed("maps"));
    assert_eq!(edits(&next), [set("url", "maps")]);
    let trouble = Trouble::new("maps is no http or https address", "The inventory is as it was.");
    deliver(&mut model, &mut shared, Slot::Inventory, Outcome::Failed(trouble));
    assert!(shared.notice.as_ref().unwrap().contains("no http"));
    assert_eq!(model.read.value().unwrap().servers, inventory().servers);
    press(&mut model, &mut shared, Key::Enter);
    press(&mut model, &mut shared, Key::Esc);
    assert_eq!(model.form.as_ref().unwrap().text("url"), "https://tickets.acme.example/mcp");
}

#[test]
fn the_apps_of_the_org_and_today_are_offered() {
    let (mut model, mut shared) = told();
    keys(&mut model, &mut shared, &[Key::Enter, Key::Down, Key::Down, Key::Down, Key::Down, Key::Right]);
    assert_eq!(model.form.as_ref().unwrap().text("client_id"), "0oaWiki");
    let next = press(&mut model, &mut shared, Key::Enter);
    assert!(
        matches!(&edits(&next)[..], [Edit::Set { key, text, .. }] if key == "client_id" && text == "0oaWiki")
    );
    let next = keys(&mut model, &mut shared, &[Key::End, Key::Enter, Key::Enter]);
    let today = now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    assert!(matches!(&edits(&next)[..], [Edit::Set { key, text, .. }] if key == "checked" && *text == today));
}

#[test]
fn one_is_taken_out_after_a_yes_only() {
    let (mut model, mut shared) = told();
    press(&mut model, &mut shared, Key::Char('d'));
    assert_eq!(press(&mut model, &mut shared, Key::Enter), Next::none(), "No is under the cursor");
    press(&mut model, &mut shared, Key::Char('d'));
    let next = press(&mut model, &mut shared, Key::Char('y'));
    assert_eq!(edits(&next), [Edit::Remove { name: "Tickets".into(), environment: "prod".into() }]);
}

#[test]
fn a_server_gets_an_app_of_its_own_and_the_inventory_learns_of_it() {
    let (mut model, mut shared) = told();
    let next = press(&mut model, &mut shared, Key::Char('f'));
    assert_eq!(next, Next::go(Go::To(Route::Wizard)));
    let draft = &shared.work.as_ref().unwrap().draft;
    assert_eq!((&draft.target, draft.step), (&Target::New, 4));
    assert_eq!(draft.setup.app.name, "Cequence AI Gateway - Tickets");
    assert_eq!(draft.setup.access.mode, AccessMode::Controlled);
    assert!(draft.setup.access.groups.is_empty() && draft.setup.access.people.is_empty());
    assert!(!draft.setup.redirect_uris.is_empty(), "what the gateway needs is as in the app that it shared");
    assert_eq!(draft.splits, Some(Place { name: "Tickets".into(), environment: "prod".into() }));
    let end = applied(&adding().plan, vec![Became::AlreadySo]);
    let next = model.update(&mut shared, Msg::Done(Slot::Apply, Outcome::Applied(Box::new(end.clone()))));
    let Some(Edit::Set { name, environment, key, text }) = edits(&next).into_iter().next() else {
        panic!("{next:?}")
    };
    assert_eq!(
        (name.as_str(), environment.as_str(), key.as_str(), text.as_str()),
        ("Tickets", "prod", "client_id", CLIENT)
    );
    // Once only: another apply is about something else.
    let next = model.update(&mut shared, Msg::Done(Slot::Apply, Outcome::Applied(Box::new(end))));
    assert_eq!(next, Next::none());
}

#[test]
fn without_the_app_open_or_beside_another_new_app_none_is_made() {
    let (mut model, mut shared) = told();
    keys(&mut model, &mut shared, &[Key::End, Key::Char('f')]);
    assert!(shared.notice.as_ref().unwrap().contains("does not say which app"));
    keys(&mut model, &mut shared, &[Key::Up, Key::Char('f')]);
    assert!(shared.notice.as_ref().unwrap().contains("Open the app"));
    assert_ne!(shared.work.as_ref().unwrap().draft.target, Target::New);
}

#[test]
fn terminal_escapes_and_marks_of_direction_of_the_file_are_not_drawn() {
    let (model, shared) = told();
    let screen = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    assert!(screen.contains("Payroll") && !screen.contains('\u{202e}'), "{screen}");
}

proptest! {
    #[test]
    fn no_size_panics(cols in 1u16..140, rows in 1u16..50, state in 0usize..8) {
        let (_, model, shared) = states().remove(state);
        let _ = drawn(&model, &shared, Theme::new(false, false), (cols, rows));
    }

    #[test]
    fn no_key_panics(pressed in proptest::collection::vec(0usize..14, 0..40)) {
        let all = [Key::Up, Key::Down, Key::Left, Key::Right, Key::Enter, Key::Esc, Key::Tab, Key::End, Key::Char('a'),
            Key::Char('d'), Key::Char('v'), Key::Char('/'), Key::Char('f'), Key::Ctrl('u')];
        let (mut model, mut shared) = told();
        for at in pressed {
            press(&mut model, &mut shared, all[at]);
        }
        let _ = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    }
}
