//! The journal's file: appended line by line, each on the disk before anything else happens.

use super::ApplyError;
use crate::change::journal::{self, Entry, Journal};
use crate::store::{self, Lock, LockError, StoreError};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// A journal on disk, held by one oktui at a time.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    _lock: Lock,
}

impl JournalFile {
    /// Takes the journal at `path`, made with its first entry, and the lock beside it.
    ///
    /// # Errors
    /// [`LockError::Held`], which names the process, when another oktui has it.
    pub fn open(path: &Path) -> Result<Self, LockError> {
        let mut lock = path.as_os_str().to_owned();
        lock.push(".lock");
        Ok(Self { path: path.to_owned(), _lock: Lock::exclusive(Path::new(&lock))? })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All that is written in it.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn read(&self) -> Result<Journal, StoreError> {
        Self::look(&self.path)
    }

    /// All that is written in a journal, without taking it: for a list of what was begun and not finished.
    ///
    /// # Errors
    /// As [`JournalFile::read`].
    pub fn look(path: &Path) -> Result<Journal, StoreError> {
        Ok(journal::read(&store::read_lines(path)?.whole))
    }

    /// Adds an entry; it is on the disk when this returns.
    pub(super) async fn append(&self, entry: Entry, at: Timestamp) -> Result<(), ApplyError> {
        let line = journal::write(entry, at)?;
        let path = self.path.clone();
        // A sync takes milliseconds on a good disk and seconds on a bad one: not on the thread that draws and reads keys.
        match tokio::task::spawn_blocking(move || store::append_synced(&path, &line)).await {
            Ok(written) => Ok(written?),
            Err(gone) => std::panic::resume_unwind(gone.into_panic()),
        }
    }
}
