//! One oktui at a time on a draft, a plan or a journal.

use super::StoreError;
use super::files::{folder_of, private};
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A lock on a file, held until it is dropped or its process ends, however it ends: the system keeps it, not the file's presence.
/// The file stays and is used again.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another oktui has it.
    #[error("another oktui{} works on this: end that one, or look on here without writing", pid.map(|p| format!(" (process {p})")).unwrap_or_default())]
    Held {
        /// The lock's file.
        path: PathBuf,
        /// The process that has it, where it said so.
        pid: Option<u32>,
    },
    /// The file could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Lock {
    /// Takes the lock at once or says who has it; never waits.
    pub fn exclusive(path: &Path) -> Result<Self, LockError> {
        folder_of(path)?;
        let fail = || StoreError::io("lock", path);
        let mut file =
            private().read(true).write(true).create(true).truncate(false).open(path).map_err(fail())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // The holder may be between its lock and its number: then there is no number to tell.
                let _ = Read::by_ref(&mut file).take(20).read_to_string(&mut text);
                return Err(LockError::Held { path: path.to_owned(), pid: text.trim().parse().ok() });
            }
            Err(TryLockError::Error(e)) => return Err(fail()(e).into()),
        }
        file.set_len(0).map_err(fail())?;
        file.write_all(format!("{}\n", std::process::id()).as_bytes()).map_err(fail())?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Only so that nobody reads an old number; closing the file is what unlocks it.
        let _ = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)).map(drop));
    }
}
