use super::Model;
use super::model::Item;
use crate::change::rotation::{Rotation, Standing};
use crate::inventory::McpServer;
use crate::okta::model::{App, AppId, ClientSecret, Readable};
use crate::run::job::{AppLoaded, InventoryRead, Job, Outcome, Slot, Trouble};
use crate::secret::Secret;
use crate::setup::{Ask, SecretAsk};
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{URL, drawn, existing, hints_work, keys, now, picture, shared};
use crate::tui::screens::{Go, Msg, Route, Screen};
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use proptest::prelude::*;
use serde_json::json;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/rotation/snapshots");

fn app_id() -> AppId {
    "0oa1b2c3d4e5f6g7h8i9".parse().unwrap()
}

fn app() -> App {
    serde_json::from_value(
        json!({"id": "0oa1b2c3d4e5f6g7h8i9", "label": "Cequence AI Gateway", "status": "ACTIVE",
            "credentials": {"oauthClient": {"client_id": "0oa1b2c3d4e5f6g7h8i9"}}}),
    )
    .unwrap()
}

fn secret(id: &str, active: bool, hours: i64) -> ClientSecret {
    let created = Some(now() - jiff::SignedDuration::from_hours(hours));
    ClientSecret { id: id.parse().unwrap(), value: None, hash: None, active, created }
}

fn old() -> ClientSecret {
    secret("ocs00000000000000old", true, 9_000)
}
fn new() -> ClientSecret {
    secret("ocs00000000000000new", true, 2)
}

fn standing(secrets: Vec<ClientSecret>, begun: bool, change: impl FnOnce(&mut Rotation)) -> Standing {
    let rotation = begun.then(|| {
        let what = (app_id(), app_id().as_str().parse().unwrap(), "Cequence AI Gateway".into());
        let places = ["gateway prod".to_owned(), "Tickets".to_owned()];
        let began = now() - jiff::SignedDuration::from_hours(3);
        let mut rotation = Rotation::begin(URL, what, &[old()], None, &places, began).unwrap();
        rotation.settle(&secrets, now());
        change(&mut rotation);
        rotation
    });
    let stage = rotation.as_ref().map(|r| r.stage(&secrets));
    Standing { app: app(), secrets, rotation, stage, used: Readable::NotAsked }
}

fn at(standing: Standing) -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(true));
    existing(&mut shared);
    let next = model.update(&mut shared, Msg::Shown);
    let [Effect::Start { job: Job::LoadRotation(_), .. }, Effect::Start { job: Job::LoadInventory, .. }] =
        &next.effects[..]
    else {
        panic!("{next:?}")
    };
    model.update(&mut shared, Msg::Done(Slot::Rotation, Outcome::Rotation(Box::new(standing))));
    (model, shared)
}

fn off(mut secret: ClientSecret) -> ClientSecret {
    secret.active = false;
    secret
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut states = Vec::new();
    let mut add = |name, (model, shared): (Model, Shared)| states.push((name, model, shared));
    add("before", at(standing(vec![old()], false, |_| ())));
    add("which", at(standing(vec![old(), new()], false, |_| ())));
    add("made", at(standing(vec![old(), new()], true, |_| ())));
    add(
        "update",
        at(standing(vec![old(), new()], true, |r| {
            r.proved = Some(now());
            r.tick("gateway prod", now());
        })),
    );
    add(
        "confirm",
        at(standing(vec![off(old()), new()], true, |r| {
            r.proved = Some(now());
            r.tick("gateway prod", now());
            r.tick("Tickets", now());
        })),
    );
    add("broken", at(standing(vec![old(), new()], true, |r| r.new = Some("ocsElsewhere".parse().unwrap()))));
    let (mut model, mut shared) = at(standing(vec![old(), new()], true, |_| ()));
    let refused = Trouble::new(
        "The token endpoint did not take the new secret: invalid_client.",
        "Nothing was changed.",
    );
    model.update(&mut shared, Msg::Done(Slot::Rotation, Outcome::Failed(refused)));
    add("refused", (model, shared));
    let (mut model, mut shared) = at(standing(vec![old()], false, |_| ()));
    keys(&mut model, &mut shared, &[Key::Char('a'), Key::Char('W'), Key::Char('i')]);
    add("adding", (model, shared));
    states
}

#[test]
fn what_the_log_saw_of_the_old_secret_stands_below_it() {
    let mut in_use = standing(vec![old(), new()], true, |r| r.proved = Some(now()));
    in_use.used =
        Readable::Known(vec![crate::change::rotation::Used { secret: old().id, last: now(), times: 3 }]);
    let (model, shared) = at(in_use);
    picture("old-in-use", &model, &shared, "../rotation/snapshots");
}

#[test]
fn every_state_as_it_is_drawn() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, FOLDER);
        if !model.adding {
            hints_work(&model, &shared);
        }
    }
}

#[test]
fn a_write_goes_through_the_plan_and_a_proof_does_not() {
    let (mut model, mut shared) = at(standing(vec![old()], true, |_| ()));
    assert_eq!(model.item(), Some(Item::Next), "the cursor is on the next step");
    assert_eq!(keys(&mut model, &mut shared, &[Key::Enter]).go, Some(Go::To(Route::Plan)));
    assert_eq!(shared.work.as_ref().unwrap().draft.asks, [Ask::Secret(SecretAsk::Add)]);
    let (mut model, mut shared) = at(standing(vec![old(), new()], true, |_| ()));
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::ProveSecret(_), .. }]), "{next:?}");
    assert_eq!(model.running(&shared), Some(Slot::Rotation));
}

#[test]
fn what_was_asked_of_secrets_before_is_replaced() {
    let (mut model, mut shared) = at(standing(vec![old()], true, |_| ()));
    for _ in 0..2 {
        keys(&mut model, &mut shared, &[Key::Enter]);
    }
    assert_eq!(shared.work.as_ref().unwrap().draft.asks.len(), 1);
}

#[test]
fn places_are_named_before_and_ticked_after() {
    let (mut model, mut shared) = at(standing(vec![old()], false, |_| ()));
    assert_eq!(model.places, ["gateway prod", "gateway staging"]);
    let typed: Vec<Key> = "aWiki".chars().map(Key::Char).chain([Key::Enter]).collect();
    keys(&mut model, &mut shared, &typed);
    keys(&mut model, &mut shared, &[Key::Home, Key::Char('d')]);
    assert_eq!(model.places, ["gateway staging", "Wiki"]);
    // The inventory's servers of this app are places as well; those of other apps are not.
    shared.work.as_mut().unwrap().loaded = Remote::Ready(AppLoaded {
        app: app(),
        users: Readable::NotAsked,
        groups: Readable::NotAsked,
        setup: Default::default(),
    });
    let server =
        |name: &str, client_id: String| McpServer { name: name.into(), client_id, ..Default::default() };
    let servers =
        vec![server("Maps", app().client_id().unwrap().to_string()), server("Other", "0oaX".into())];
    let read = InventoryRead { servers, ..InventoryRead::default() };
    model.update(&mut shared, Msg::Done(Slot::Inventory, Outcome::Inventory(Box::new(read))));
    assert_eq!(model.places, ["gateway staging", "Wiki", "Maps"]);
    let next = keys(&mut model, &mut shared, &[Key::End, Key::Enter]);
    let [Effect::Start { job: Job::BeginRotation { places, .. }, .. }] = &next.effects[..] else {
        panic!("{next:?}")
    };
    assert_eq!(places, &["gateway staging", "Wiki", "Maps"]);

    let (mut model, mut shared) = at(standing(vec![old(), new()], true, |r| r.proved = Some(now())));
    assert_eq!(model.item(), Some(Item::Place(0)), "the cursor is on the first open place");
    let next = keys(&mut model, &mut shared, &[Key::Down, Key::Char(' ')]);
    assert!(
        matches!(&next.effects[..], [Effect::Start { job: Job::TickPlace { place, .. }, .. }] if place == "Tickets")
    );
}

#[test]
fn the_new_secret_is_shown_for_twenty_seconds_only() {
    let (mut model, mut shared) = at(standing(vec![old(), new()], true, |_| ()));
    let next = model.update(&mut shared, Msg::Command(C::Show));
    assert!(matches!(&next.effects[..], [Effect::Start { job: Job::LoadSecrets(_), .. }]), "{next:?}");
    let mut read = new();
    read.value = Some(Secret::new("correct-horse-battery"));
    model
        .update(&mut shared, Msg::Done(Slot::Rotation, Outcome::Secrets(Readable::Known(vec![old(), read]))));
    let screen = |model: &Model, shared: &Shared| drawn(model, shared, Theme::new(true, false), (120, 40));
    assert!(screen(&model, &shared).contains("correct-horse-battery"));
    shared.now += jiff::SignedDuration::from_secs(21);
    model.update(&mut shared, Msg::Tick);
    assert!(!screen(&model, &shared).contains("correct-horse-battery"));
    assert!(!format!("{model:?}").contains("correct-horse"));
}

proptest! {
    #[test]
    fn no_key_and_no_size_makes_it_panic(
        state in 0_usize..8, pressed in prop::collection::vec(0_usize..16, 0..12), width in 1_u16..130, height in 1_u16..45,
    ) {
        let all = [
            Key::Up, Key::Down, Key::Enter, Key::Esc, Key::Tab, Key::Home, Key::End, Key::Char(' '), Key::Char('a'), Key::Char('d'),
            Key::Char('s'), Key::Char('y'), Key::Char('r'), Key::Char('x'), Key::PageDown, Key::Left,
        ];
        let Some((_, mut model, mut shared)) = states().into_iter().nth(state) else { return Ok(()) };
        for key in pressed {
            keys(&mut model, &mut shared, &[all[key]]);
        }
        drawn(&model, &shared, Theme::new(true, false), (width, height));
    }
}
