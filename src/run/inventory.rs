//! The file of the inventory of MCP servers. Every change reads it anew, so that what somebody else has written meanwhile stays.

use super::error::RunError;
use super::job::InventoryRead;
use crate::inventory::{Inventory, InventoryError};
use crate::store::{self, Lock, Places};
use crate::text::Clean;
use std::path::{Path, PathBuf};

/// Where the inventory is, if nothing else is said.
pub fn file(places: &Places) -> PathBuf {
    places.config.join("servers.toml")
}

/// Reads the inventory; an empty one where there is no file.
///
/// # Errors
/// It is there and cannot be read or used. It is left as it is.
pub fn read(path: &Path) -> Result<Inventory, RunError> {
    let bytes = store::read(path)?.unwrap_or_default();
    let text = String::from_utf8(bytes).map_err(|_| refused(path, "it is not UTF-8"))?;
    Inventory::parse(&text).map_err(|e| refused(path, &e.to_string()))
}

/// Makes a change in the file: reads it, changes it, writes it, while no other oktui does.
///
/// # Errors
/// The file cannot be used, another oktui is changing it, or the change does not fit.
pub fn change(
    path: &Path,
    edit: impl FnOnce(&mut Inventory) -> Result<(), InventoryError>,
) -> Result<Inventory, RunError> {
    let _only = Lock::exclusive(&path.with_extension("lock"))?;
    let mut inventory = read(path)?;
    edit(&mut inventory)
        .map_err(|e| RunError::Missing { what: e.to_string(), help: "The inventory is as it was.".into() })?;
    store::write_private(path, inventory.to_toml().as_bytes())?;
    Ok(inventory)
}

/// As a screen wants it.
pub(super) fn shown(path: &Path, inventory: &Inventory) -> InventoryRead {
    InventoryRead {
        file: Clean::new(&path.to_string_lossy()),
        servers: inventory.servers(),
        advice: inventory.advice(),
    }
}

fn refused(path: &Path, why: &str) -> RunError {
    RunError::Missing {
        what: format!("{}: {why}", Clean::new(&path.to_string_lossy())),
        help: "It was left as it is; an editor can mend it.".into(),
    }
}
