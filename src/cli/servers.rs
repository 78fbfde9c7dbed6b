//! `oktui servers`: the inventory of MCP servers. It needs no org.

use super::args::{ServersAction, ServersArgs};
use super::commands::{Result, out, pretty};
use super::exit::Exit;
use super::input::Refusal;
use crate::inventory::{Inventory, InventoryError, McpServer};
use crate::run::error::RunError;
use crate::store::{self, Places};
use crate::text::Clean;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where the inventory is, if nothing else is said.
pub(super) fn file(places: &Places) -> PathBuf {
    places.config.join("servers.toml")
}

/// Reads the inventory; an empty one where there is no file.
///
/// # Errors
/// It is there and cannot be read or used. It is left as it is.
pub(super) fn read(path: &Path) -> Result<Inventory> {
    let bytes = store::read(path).map_err(RunError::from)?.unwrap_or_default();
    let text = String::from_utf8(bytes).map_err(|_| refusal(path, "it is not UTF-8"))?;
    Inventory::parse(&text).map_err(|e| refusal(path, &e.to_string()))
}

fn refusal(path: &Path, why: &str) -> Refusal {
    Refusal::usage(format!("{}: {why}", Clean::new(&path.to_string_lossy())))
}

/// `oktui servers`
///
/// # Errors
/// The file cannot be used, or the change does not fit it.
pub fn servers(args: &ServersArgs, places: &Places) -> Result<Exit> {
    let path = args.file.clone().unwrap_or_else(|| file(places));
    let mut inventory = read(&path)?;
    let changed: std::result::Result<bool, InventoryError> = match &args.action {
        None | Some(ServersAction::List) => Ok(false),
        Some(ServersAction::Add { name, url, environment, owner, client_id }) => {
            let server = McpServer {
                name: name.clone(),
                url: url.clone(),
                environment: environment.clone(),
                owner: owner.clone(),
                client_id: client_id.clone(),
                ..McpServer::default()
            };
            inventory.add(&server).map(|()| true)
        }
        Some(ServersAction::Set { name, key, value, environment }) => {
            inventory.set(name, environment.as_deref(), key, value).map(|()| true)
        }
        Some(ServersAction::Remove { name, environment }) => {
            inventory.remove(name, environment.as_deref()).map(|()| true)
        }
    };
    if changed.map_err(|e| Refusal::usage(e.to_string()))? {
        store::write_private(&path, inventory.to_toml().as_bytes()).map_err(RunError::from)?;
    }
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
