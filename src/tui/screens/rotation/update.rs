//! What keys and answers do to the rotation.

use super::super::{Go, Msg, Next, Route};
use super::model::{Item, Model};
use crate::change::rotation::Stage;
use crate::inventory::McpServer;
use crate::okta::model::{AppId, Readable};
use crate::run::job::{Job, Outcome, Slot, Trouble};
use crate::setup::{Ask, SecretAsk, Target};
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::field::Field;
use jiff::SignedDuration;

/// For how long the secret stays in the open, in milliseconds.
const SHOWN_MS: u64 = 20_000;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: Msg) -> Next {
    match msg {
        Msg::Shown => shown(model, shared),
        Msg::Edit(key) => edit(model, key),
        Msg::Paste(text) => {
            if model.adding {
                model.field.paste(&text);
            }
            Next::none()
        }
        Msg::Command(id) => command(model, shared, id),
        Msg::Done(Slot::Rotation, outcome) => done(model, shared, outcome),
        Msg::Done(Slot::Inventory, Outcome::Inventory(read)) => {
            let client = client_of(shared);
            let of_app = read.servers.iter().filter(|s| Some(&s.client_id) == client.as_ref());
            for place in of_app.map(McpServer::place) {
                if !model.places.contains(&place) {
                    model.places.push(place);
                }
            }
            Next::none()
        }
        Msg::Tick => tick(model, shared),
        Msg::Done(..) => Next::none(),
    }
}

fn app_of(shared: &Shared) -> Option<AppId> {
    match &shared.work.as_ref()?.draft.target {
        Target::Existing(id) => Some(id.clone()),
        Target::New => None,
    }
}

fn shown(model: &mut Model, shared: &mut Shared) -> Next {
    let app = app_of(shared);
    let mut effects = Vec::new();
    if model.app != app {
        effects.push(shared.start(Slot::Inventory, Job::LoadInventory));
        *model = Model { app, ..Model::default() };
        // The gateway's environments of the Setup are the first places.
        let environments = shared.work.iter().flat_map(|w| &w.draft.setup.redirect_uris);
        model.places = environments.map(|r| format!("gateway {}", r.environment)).collect();
        let servers = shared.work.iter().flat_map(|w| &w.draft.setup.mcp_servers);
        model.places.extend(servers.map(|s| s.name.clone()));
    }
    model.adding = false;
    model.shown_until = None;
    read(model, shared).and(effects)
}

/// The client id of the app: by it the inventory knows which servers are to get the new secret.
fn client_of(shared: &Shared) -> Option<String> {
    let loaded = shared.work.as_ref()?.loaded.value()?;
    loaded.app.client_id().map(|id| id.to_string())
}

fn read(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(app) = model.app.clone() else { return Next::none() };
    model.trouble = None;
    model.busy = Some("reading the client secrets");
    if model.standing.value().is_none() {
        model.standing = Remote::Loading;
    }
    Next::effects([shared.start(Slot::Rotation, Job::LoadRotation(app))])
}

fn edit(model: &mut Model, key: Key) -> Next {
    match key {
        Key::Enter => {
            let name = model.field.text().trim().to_owned();
            model.adding = false;
            model.field = Field::default();
            if !name.is_empty() && !model.places.iter().any(|p| p.eq_ignore_ascii_case(&name)) {
                model.places.push(name);
                model.cursor += 1;
            }
        }
        key => {
            model.field.key(key);
        }
    }
    Next::none()
}

fn done(model: &mut Model, shared: &mut Shared, outcome: Outcome) -> Next {
    match outcome {
        Outcome::Rotation(standing) if standing.app.id() == model.app => {
            model.busy = None;
            // Where the rotation stands is what the eye looks for: the cursor goes to its next step.
            let first = model.standing.value().is_none();
            let moved = model.standing.value().is_some_and(|s| s.stage != standing.stage);
            model.standing = Remote::Ready(*standing);
            let items = model.items();
            if (first || moved) && model.under_way() {
                let open = model.places().iter().position(|p| p.updated.is_none());
                let updating =
                    matches!(model.standing.value().and_then(|s| s.stage.as_ref()), Some(Stage::Update(_)));
                let wanted = open.filter(|_| updating).map_or(Item::Next, Item::Place);
                model.cursor = items.iter().position(|i| *i == wanted).unwrap_or(model.cursor);
            }
            model.cursor = model.cursor.min(items.len().saturating_sub(1));
        }
        Outcome::Secrets(Readable::Known(secrets)) => {
            model.busy = None;
            let new = model.standing.value().and_then(|s| s.rotation.as_ref()?.new.clone());
            model.secret = secrets.into_iter().find(|s| Some(&s.id) == new.as_ref()).and_then(|s| s.value);
            if model.secret.is_none() {
                let help = "A role with the permission okta.apps.clientCredentials.read sees it.";
                model.trouble = Some(Trouble::new("The value of the new secret may not be read.", help));
                return Next::none();
            }
            return show(model, shared);
        }
        Outcome::Secrets(other) => {
            model.busy = None;
            model.trouble = other.error().cloned().map(Trouble::from);
        }
        Outcome::Failed(trouble) => {
            model.busy = None;
            if model.standing == Remote::Loading {
                model.standing = Remote::Failed(trouble.clone(), None);
            }
            model.trouble = Some(trouble);
        }
        _ => {}
    }
    Next::none()
}

fn tick(model: &mut Model, shared: &Shared) -> Next {
    let Some(until) = model.shown_until else { return Next::none() };
    let left = until.duration_since(shared.now).as_millis();
    if left > 0 {
        return Next::effects([Effect::Wake(u64::try_from(left).unwrap_or(SHOWN_MS).min(SHOWN_MS))]);
    }
    model.shown_until = None;
    Next::none()
}

fn show(model: &mut Model, shared: &Shared) -> Next {
    let span = SignedDuration::from_millis(i64::try_from(SHOWN_MS).unwrap_or(i64::MAX));
    model.shown_until = shared.now.checked_add(span).ok();
    Next::effects([Effect::Wake(SHOWN_MS)])
}

fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let last = model.items().len().saturating_sub(1);
    match id {
        C::Back if model.adding => model.adding = false,
        C::Back => return Next::go(Go::Back),
        C::Cancel if model.busy.take().is_some() => {
            shared.notice = Some("Stopped.".into());
            return Next::effects([Effect::Stop(Slot::Rotation)]);
        }
        C::Up | C::Previous => model.cursor = model.cursor.saturating_sub(1),
        C::Down | C::Next => model.cursor = (model.cursor + 1).min(last),
        C::Top | C::PageUp => model.cursor = 0,
        C::Bottom | C::PageDown => model.cursor = last,
        C::Again => return read(model, shared),
        C::Add if model.standing.value().is_some_and(|s| s.rotation.is_none()) => {
            model.adding = true;
            model.field = Field::default();
            model.cursor = model.items().iter().position(|i| *i == Item::AddPlace).unwrap_or(model.cursor);
        }
        C::Remove => remove(model, shared),
        C::Show => return reveal(model, shared),
        C::Copy if model.showing(shared) => {
            if let Some(secret) = model.secret.clone() {
                shared.notice = Some(
                    "The new secret was sent to your terminal's clipboard; some terminals ignore it.".into(),
                );
                return Next::effects([Effect::Copy(secret)]);
            }
        }
        C::Plan => return Next::go(Go::To(Route::Plan)),
        C::Test => return Next::go(Go::To(Route::Test)),
        C::Open | C::Mark => return open(model, shared),
        _ => {}
    }
    Next::none()
}

fn remove(model: &mut Model, shared: &mut Shared) {
    match (model.item(), model.standing.value().map(|s| s.rotation.is_none())) {
        (Some(Item::Place(row)), Some(true)) if row < model.places.len() => {
            model.places.remove(row);
            model.cursor = model.cursor.min(model.items().len().saturating_sub(1));
        }
        (Some(Item::Place(_)), _) => {
            shared.notice = Some(
                "The checklist stands as the rotation began: tick the place when it has the new secret."
                    .into(),
            );
        }
        _ => {}
    }
}

fn reveal(model: &mut Model, shared: &mut Shared) -> Next {
    if model.showing(shared) {
        model.shown_until = None;
        return Next::none();
    }
    if model.secret.is_some() {
        return show(model, shared);
    }
    let made = model.standing.value().is_some_and(|s| s.rotation.as_ref().is_some_and(|r| r.new.is_some()));
    let (true, Some(app)) = (made, model.app.clone()) else {
        shared.notice = Some("There is no new secret yet.".into());
        return Next::none();
    };
    model.busy = Some("reading the new secret");
    Next::effects([shared.start(Slot::Rotation, Job::LoadSecrets(app))])
}

fn open(model: &mut Model, shared: &mut Shared) -> Next {
    if model.busy.is_some() {
        return Next::none();
    }
    let Some(app) = model.app.clone() else { return Next::none() };
    model.trouble = None;
    match model.item() {
        Some(Item::Secret(row)) => {
            let old = model.standing.value().and_then(|s| s.secrets.get(row)).map(|s| s.id.clone());
            begin(model, shared, app, old)
        }
        Some(Item::Place(row)) => {
            let Some(place) = model.places().into_iter().nth(row) else { return Next::none() };
            if !model.under_way() {
                shared.notice = Some("Begin first; a place is ticked when it has the new secret.".into());
                return Next::none();
            }
            model.busy = Some("noting it");
            Next::effects([shared.start(Slot::Rotation, Job::TickPlace { app, place: place.name })])
        }
        Some(Item::AddPlace) => {
            model.adding = true;
            model.field = Field::default();
            Next::none()
        }
        Some(Item::Next) => next(model, shared, app),
        Some(Item::Reveal) => reveal(model, shared),
        Some(Item::Back) => back(model, shared, app),
        None => Next::none(),
    }
}

fn begin(
    model: &mut Model,
    shared: &mut Shared,
    app: AppId,
    old: Option<crate::okta::model::SecretId>,
) -> Next {
    model.busy = Some("beginning");
    let places = model.places.clone();
    Next::effects([shared.start(Slot::Rotation, Job::BeginRotation { app, old, places })])
}

fn next(model: &mut Model, shared: &mut Shared, app: AppId) -> Next {
    let Some(standing) = model.standing.value() else { return Next::none() };
    let (Some(rotation), Some(stage)) = (&standing.rotation, &standing.stage) else {
        return begin(model, shared, app, None);
    };
    if let Some(ask) = rotation.ask(stage) {
        return plan(shared, vec![ask]);
    }
    match stage {
        Stage::Prove | Stage::Confirm => {
            model.busy = Some("asking the token endpoint");
            Next::effects([shared.start(Slot::Rotation, Job::ProveSecret(app))])
        }
        Stage::Done => {
            model.busy = Some("closing it");
            Next::effects([shared.start(Slot::Rotation, Job::ForgetRotation(app))])
        }
        Stage::Broken(_) => begin(model, shared, app, None),
        stage => {
            shared.notice = Some(stage.sentence());
            Next::none()
        }
    }
}

fn back(model: &mut Model, shared: &mut Shared, app: AppId) -> Next {
    let Some(standing) = model.standing.value() else { return Next::none() };
    let asks = standing.rotation.as_ref().map(|r| r.back(&standing.secrets)).unwrap_or_default();
    if asks.is_empty() {
        model.busy = Some("forgetting it");
        return Next::effects([shared.start(Slot::Rotation, Job::ForgetRotation(app))]);
    }
    plan(shared, asks)
}

/// Writes go through the plan: what is asked joins the draft, whose other asks of secrets it replaces.
fn plan(shared: &mut Shared, asks: Vec<SecretAsk>) -> Next {
    let Some(work) = &mut shared.work else { return Next::none() };
    work.draft.asks.retain(|a| !matches!(a, Ask::Secret(_)));
    work.draft.asks.extend(asks.into_iter().map(Ask::Secret));
    work.plan = Remote::Idle;
    work.applied = None;
    Next::go(Go::To(Route::Plan))
}
