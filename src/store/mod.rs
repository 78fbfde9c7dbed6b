//! Files of ours: where they are, and how they are written so that a crash leaves the old or the new one, never half of one.
//!
//! Not pure; besides `wire` the only room that touches the outside, and the only one that writes files. Names no other room but
//! `text`. What comes in: paths and bytes. Folders are made 0700 and files 0600 from their first moment, never changed after.

mod files;
mod lock;
mod places;

pub use files::{
    Lines, append_lines_synced, append_synced, read, read_lines, remove, write_private, write_private_new,
};
pub use lock::{Lock, LockError};
pub use places::Places;

use std::path::{Path, PathBuf};

/// A file or folder that could not be used. The sentence names it and says what helps.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no home folder to put files under.
    #[error("there is no home folder for oktui's files: set OKTUI_HOME to a folder of yours")]
    NoHome,
    /// The system refused.
    #[error("cannot {doing} {}: {source}. {}", shown(path), help(source))]
    Io {
        /// What was tried, as in *cannot read*.
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line for an append-only file must be one line.
    #[error("nothing was written to {}: the entry has a line break in it", shown(path))]
    NotALine {
        /// Which file.
        path: PathBuf,
    },
}

impl StoreError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    /// Whether the system refused for want of rights, as opposed to a full disk or a missing folder.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied)
    }
}

fn shown(path: &Path) -> crate::text::Clean {
    crate::text::Clean::new(&path.to_string_lossy())
}

fn help(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind::{
        IsADirectory, NotADirectory, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    match error.kind() {
        PermissionDenied => "Give yourself the right to it, or set OKTUI_HOME to a folder of yours",
        StorageFull | QuotaExceeded => "Make room on that disk, or set OKTUI_HOME to a folder on another",
        ReadOnlyFilesystem => "Set OKTUI_HOME to a folder that can be written",
        IsADirectory | NotADirectory => "Something else has that name: move it away, or set OKTUI_HOME",
        _ => "Set OKTUI_HOME to keep oktui's files in another folder",
    }
}

#[cfg(test)]
mod tests;
