//! `oktui servers`: the inventory of MCP servers. It needs no org.

use super::args::{ServersAction, ServersArgs, SplitArgs};
use super::commands::{Result, carry_out, confirm, connect, exit_of, find_app, make_plan, out, pretty};
use super::exit::Exit;
use super::input::Refusal;
use super::print;
use crate::inventory::{Inventory, InventoryError, McpServer};
use crate::run::error::RunError;
use crate::run::job::Trouble;
use crate::run::{inventory, live, testing};
use crate::setup::{Access, AccessMode, Target};
use crate::store::Places;
use crate::text::Clean;
use serde_json::json;
use std::path::Path;

/// `oktui servers`
///
/// # Errors
/// The file cannot be used, or the change does not fit it.
pub async fn servers(args: &ServersArgs, places: Places) -> Result<Exit> {
    let path = args.file.clone().unwrap_or_else(|| inventory::file(&places));
    let edited = |edit: &dyn Fn(&mut Inventory) -> std::result::Result<(), InventoryError>| {
        inventory::change(&path, edit).map_err(refusal)
    };
    let inventory = match &args.action {
        None | Some(ServersAction::List) => inventory::read(&path).map_err(refusal)?,
        Some(ServersAction::Advice) => {
            return Ok(advice(&inventory::read(&path).map_err(refusal)?, args.json));
        }
        Some(ServersAction::Split(split)) => return split_off(split, &path, places).await,
        Some(ServersAction::Add { name, url, environment, owner, client_id }) => {
            let server = McpServer {
                name: name.clone(),
                url: url.clone(),
                environment: environment.clone(),
                owner: owner.clone(),
                client_id: client_id.clone(),
                ..McpServer::default()
            };
            edited(&|all| all.add(&server))?
        }
        Some(ServersAction::Set { name, key, value, environment }) => {
            edited(&|all| all.set(name, environment.as_deref(), key, value))?
        }
        Some(ServersAction::Remove { name, environment }) => {
            edited(&|all| all.remove(name, environment.as_deref()))?
        }
    };
    let servers = inventory.servers();
    if args.json {
        let list: Vec<_> = servers
            .iter()
            .map(|s| {
                json!({
                    "name": s.name, "url": s.url, "environment": s.environment, "owner": s.owner,
                    "client_id": s.client_id, "secret_id": s.secret_id, "updated": s.updated, "checked": s.checked,
                })
            })
            .collect();
        out(&pretty(&json!({"file": path.to_string_lossy(), "servers": list})));
    } else if servers.is_empty() {
        out("no MCP server yet: oktui servers add NAME --url … --environment … --client-id …");
    } else {
        for s in &servers {
            let day = |d: Option<jiff::civil::Date>| d.map_or_else(|| "never".to_owned(), |d| d.to_string());
            out(&format!(
                "{:<28} {:<22} secret updated {:<10} checked {}",
                Clean::new(&s.place()).as_str(),
                Clean::new(&s.client_id).as_str(),
                day(s.updated),
                day(s.checked)
            ));
        }
    }
    Ok(Exit::Ok)
}

/// What is wrong with the file, or with what was asked of it, is for the one who called.
fn refusal(e: RunError) -> Refusal {
    let Trouble { what, help } = e.trouble();
    Refusal::usage(format!("{what} {help}").trim_end().to_owned())
}

fn advice(inventory: &Inventory, as_json: bool) -> Exit {
    let all = inventory.advice();
    if as_json {
        let rows: Vec<_> = all
            .iter()
            .map(|a| json!({"client_id": a.client_id, "servers": a.servers, "own_apps": !a.reasons.is_empty(), "reasons": a.reasons}))
            .collect();
        out(&pretty(&json!(rows)));
        return Exit::Ok;
    }
    for one in &all {
        let servers = Clean::new(&one.servers.join(", "));
        out(&format!("{}: {servers}\n", Clean::new(&one.client_id)));
        if one.reasons.is_empty() {
            out(
                "  One app for all is right while the same people may use all of it: one secret to rotate, one place to assign.\n",
            );
        } else {
            out(&format!("  {}\n", Clean::new(&one.reasons.join(" "))));
            out(
                "  Okta assigns people to an app: whoever may use one of these may use all. Own apps tell them apart, and a secret that leaks opens one server only: oktui servers split.\n",
            );
        }
    }
    Exit::Ok
}

/// An app of its own for one server: as the app that it shares, with another name and with the people and groups named.
async fn split_off(args: &SplitArgs, path: &Path, places: Places) -> Result<Exit> {
    if args.groups.is_empty() && args.people.is_empty() {
        return Err(Refusal::usage("say who may use it: --group NAME, --person LOGIN, or both"));
    }
    let fits =
        |s: &McpServer| s.name == args.name && args.environment.as_ref().is_none_or(|e| s.environment == *e);
    let found: Vec<McpServer> =
        inventory::read(path).map_err(refusal)?.servers().into_iter().filter(fits).collect();
    let [server] = &found[..] else {
        let why = if found.is_empty() {
            "is not in the inventory"
        } else {
            "stands there several times: say --environment"
        };
        return Err(Refusal::usage(format!("{} {why}", Clean::new(&args.name))));
    };
    if server.client_id.is_empty() {
        return Err(Refusal::usage(
            "the inventory does not say which app it uses: oktui servers set … client_id …",
        ));
    }
    let session = connect(&args.org, places, false).await?;
    let app = find_app(&session, &server.client_id).await?;
    let Some(id) = app.id() else { return Err(Refusal::usage("the app has no id")) };
    let used = testing::server_of(&session, &id).await;
    let mut setup = live::app(&session, &id, used, &[]).await?.setup;
    setup.app.name = args.label.clone().unwrap_or_else(|| format!("{} - {}", setup.app.name, server.name));
    setup.app.logo = None;
    setup.access =
        Access { mode: AccessMode::Controlled, people: args.people.clone(), groups: args.groups.clone() };
    if live::target(&session, &setup).await? != Target::New {
        return Err(Refusal::usage(format!(
            "there is an app named \"{}\" already: choose another name with --label",
            Clean::new(&setup.app.name)
        )));
    }
    let made = make_plan(&session, setup, args.reason.clone()).await?;
    if !args.org.json {
        eprint!("{}", print::plan(&made.plan, &made.estimate));
    }
    if session.read_only() {
        return Err(Refusal { sentence: "read-only: nothing was written".into(), exit: Exit::NotAllowed });
    }
    confirm(&made, args.yes)?;
    let applied = carry_out(&session, made.plan, args.org.json).await?;
    let exit = exit_of(&applied);
    if let Some(client) = &applied.hand_over.client_id {
        inventory::change(path, |all| {
            all.set(&server.name, Some(&server.environment), "client_id", client.as_str())
        })
        .map_err(refusal)?;
    }
    let secret = applied.secret.as_ref();
    if args.org.json {
        let ok = exit == Exit::Ok;
        let (plan, outcomes) = (&applied.plan, &applied.outcomes);
        out(&pretty(&print::applied_json(plan, outcomes, &applied.hand_over, secret, args.show_secret, ok)));
    } else {
        out(&print::values(&applied.hand_over, secret, args.show_secret));
        eprintln!(
            "Put these values into the gateway's entry for {}; the old app keeps its other servers.",
            Clean::new(&server.name)
        );
    }
    Ok(exit)
}
