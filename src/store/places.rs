//! The three folders.

use super::StoreError;
use std::path::{Path, PathBuf};

/// Where oktui keeps its files. The folders need not exist: writing makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// What a person may edit and carry to another machine: orgs, settings.
    pub config: PathBuf,
    /// What is worth a backup: journal, drafts.
    pub data: PathBuf,
    /// What may be lost: locks, the fingerprint key, history of runs.
    pub state: PathBuf,
}

impl Places {
    /// The folders of this user: under `OKTUI_HOME` where that is set and not empty, else where the system keeps such files
    /// (on Linux the XDG base directories).
    pub fn find() -> Result<Self, StoreError> {
        if let Some(home) = std::env::var_os("OKTUI_HOME").filter(|home| !home.is_empty()) {
            let home = PathBuf::from(home);
            return Ok(Self::under(&std::path::absolute(&home).map_err(StoreError::io("find", &home))?));
        }
        let dirs = directories::ProjectDirs::from("", "", "oktui").ok_or(StoreError::NoHome)?;
        let data = dirs.data_local_dir().to_owned();
        // Only Linux has a folder for state.
        let state = dirs.state_dir().map_or_else(|| data.join("state"), Path::to_owned);
        Ok(Self { config: dirs.config_dir().to_owned(), data, state })
    }

    /// All three under one folder.
    pub fn under(home: &Path) -> Self {
        Self { config: home.join("config"), data: home.join("data"), state: home.join("state") }
    }
}
