//! `oktui rotate`: a client secret replaced in steps, over days if need be.

use super::args::{RotateAction, RotateArgs};
use super::commands::{Result, carry_out, confirm, connect, exit_of, find_app, out, pretty};
use super::exit::Exit;
use super::input::Refusal;
use super::print;
use crate::change::rotation::{Stage, Standing};
use crate::inventory::McpServer;
use crate::okta::model::{App, SecretId};
use crate::run::session::Session;
use crate::run::{inventory, rotating};
use crate::secret::Secret;
use crate::setup::SecretAsk;
use crate::store::Places;
use serde_json::{Value, json};

/// `oktui rotate`
///
/// # Errors
/// See the exit codes.
pub async fn rotate(args: &RotateArgs, places: Places) -> Result<Exit> {
    let reads_only = matches!(args.action, RotateAction::Status | RotateAction::Begin | RotateAction::Tick);
    let session = connect(&args.org, places, reads_only).await?;
    let app = find_app(&session, &args.app).await?;
    let (standing, exit) = match args.action {
        RotateAction::Status => (rotating::standing(&session, app).await?, Exit::Ok),
        RotateAction::Begin => {
            let old = args.old.as_deref().map(str::parse::<SecretId>).transpose();
            let old = old.map_err(|_| Refusal::usage("--old: this is no secret's id"))?;
            let places =
                if args.places.is_empty() { inventoried(&session, &app)? } else { args.places.clone() };
            (rotating::begin(&session, app, old.as_ref(), &places).await?, Exit::Ok)
        }
        RotateAction::Tick => {
            let mut standing = rotating::standing(&session, app).await?;
            if args.places.is_empty() {
                return Err(Refusal::usage("say which place has the new secret: --place NAME"));
            }
            for place in &args.places {
                rotating::tick(&session, &mut standing, place)?;
            }
            (standing, Exit::Ok)
        }
        RotateAction::Next => {
            let standing = rotating::standing(&session, app).await?;
            next(&session, args, standing).await?
        }
        RotateAction::Back => {
            let standing = rotating::standing(&session, app).await?;
            back(&session, args, standing).await?
        }
    };
    show(&session, args, &standing).await?;
    Ok(exit)
}

/// The places of the inventory that use an app.
fn inventoried(session: &Session, app: &App) -> Result<Vec<String>> {
    let Some(client) = app.client_id() else { return Ok(Vec::new()) };
    let all = inventory::read(&inventory::file(session.places()))?;
    Ok(all.of_app(client.as_str()).iter().map(McpServer::place).collect())
}

async fn next(session: &Session, args: &RotateArgs, standing: Standing) -> Result<(Standing, Exit)> {
    let (Some(rotation), Some(stage)) = (&standing.rotation, &standing.stage) else {
        return Err(Refusal::usage("no rotation is under way: oktui rotate begin --app … --place …"));
    };
    match stage {
        Stage::Prove | Stage::Confirm => {
            let proof = rotating::prove(session, &standing).await?;
            if !proof.taken {
                for hop in &proof.trace.hops {
                    eprintln!("{}", print::hop(hop));
                }
            }
            let exit = if proof.taken { Exit::Ok } else { Exit::FoundWrong };
            Ok((rotating::standing(session, standing.app).await?, exit))
        }
        Stage::Update(_) | Stage::Done | Stage::Broken(_) => Ok((standing, Exit::FoundWrong)),
        Stage::Clear(_) | Stage::Make | Stage::Deactivate | Stage::Delete => {
            let ask = rotation.ask(stage);
            write(session, args, standing, ask.into_iter().collect()).await
        }
    }
}

async fn back(session: &Session, args: &RotateArgs, standing: Standing) -> Result<(Standing, Exit)> {
    let Some(rotation) = &standing.rotation else { return Err(Refusal::usage("no rotation is under way")) };
    let asks = rotation.back(&standing.secrets);
    let id = rotation.app.clone();
    if asks.is_empty() {
        if standing.stage != Some(Stage::Make) {
            return Err(Refusal {
                sentence: "there is no way back from here: the old secret is gone, or places have the new one already".into(),
                exit: Exit::FoundWrong,
            });
        }
        rotating::forget(session, &id)?;
        return Ok((rotating::standing(session, standing.app).await?, Exit::Ok));
    }
    let ends = asks.iter().any(|a| matches!(a, SecretAsk::Delete(_)));
    let (standing, exit) = write(session, args, standing, asks).await?;
    if ends && exit == Exit::Ok {
        rotating::forget(session, &id)?;
    }
    Ok((rotating::standing(session, standing.app).await?, exit))
}

async fn write(
    session: &Session,
    args: &RotateArgs,
    standing: Standing,
    asks: Vec<SecretAsk>,
) -> Result<(Standing, Exit)> {
    let Some(rotation) = &standing.rotation else { return Err(Refusal::usage("no rotation is under way")) };
    let made = rotating::plan(session, &rotation.app, asks, &args.reason).await?;
    if !args.org.json {
        eprint!("{}", print::plan(&made.plan, &made.estimate));
    }
    confirm(&made, args.yes)?;
    let applied = carry_out(session, made.plan, args.org.json).await?;
    let exit = exit_of(&applied);
    Ok((rotating::standing(session, standing.app).await?, exit))
}

async fn show(session: &Session, args: &RotateArgs, standing: &Standing) -> Result<()> {
    let new = standing.rotation.as_ref().and_then(|r| r.new.clone());
    let secret = match (&standing.rotation, new) {
        (Some(rotation), Some(new)) if args.show_secret => {
            Some(rotating::value(session, &rotation.app, &new).await?)
        }
        _ => None,
    };
    if args.org.json {
        out(&pretty(&document(standing, secret.as_ref())));
    } else {
        out(&text(standing, secret.as_ref()));
    }
    Ok(())
}

fn role(standing: &Standing, id: &SecretId) -> Option<&'static str> {
    let rotation = standing.rotation.as_ref()?;
    if rotation.old == *id {
        Some("old")
    } else if rotation.new.as_ref() == Some(id) {
        Some("new")
    } else {
        None
    }
}

fn document(standing: &Standing, secret: Option<&Secret>) -> Value {
    let secrets: Vec<Value> = standing
        .secrets
        .iter()
        .map(|s| json!({"id": s.id, "active": s.active, "created": s.created, "role": role(standing, &s.id)}))
        .collect();
    let places: Vec<Value> = standing
        .rotation
        .iter()
        .flat_map(|r| &r.places)
        .map(|p| json!({"name": p.name, "updated": p.updated}))
        .collect();
    let stage = standing.stage.as_ref();
    let mut document = json!({
        "app": standing.app.label(), "secrets": secrets, "stage": stage.map(Stage::as_str),
        "next": stage.map(Stage::sentence), "places": places, "old_in_use": standing.old_in_use(),
        "used": standing.used.known().map(|used| {
            used.iter().map(|u| json!({"id": u.secret, "last": u.last, "times": u.times})).collect::<Vec<_>>()
        }),
    });
    if let (Some(secret), Some(fields)) = (secret, document.as_object_mut()) {
        fields.insert("secret".into(), secret.expose().into());
    }
    document
}

fn text(standing: &Standing, secret: Option<&Secret>) -> String {
    let mut text = format!("{}\n", standing.app.label());
    for s in &standing.secrets {
        let state = if s.active { "active" } else { "inactive" };
        let made =
            s.created.map_or_else(|| "unknown".into(), |t| t.strftime("%Y-%m-%d %H:%M UTC").to_string());
        let role = role(standing, &s.id).unwrap_or_default();
        text += &format!("{:<24} {state:<9} made {made}  {role}\n", s.id.as_str());
    }
    for place in standing.rotation.iter().flat_map(|r| &r.places) {
        let mark = if place.updated.is_some() { "x" } else { " " };
        text += &format!("[{mark}] {}\n", crate::text::Clean::new(&place.name));
    }
    if let Some(said) = standing.old_in_use() {
        text += &format!("{said}\n");
    }
    match &standing.stage {
        Some(stage) => text += &format!("next: {}\n", stage.sentence()),
        None => text += "no rotation is under way\n",
    }
    if let Some(secret) = secret {
        text += &format!("new secret: {}\n", secret.expose());
    }
    text
}
