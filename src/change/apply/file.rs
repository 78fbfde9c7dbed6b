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
    /// Lines that wait for the disk, and how many there ever were.
    queue: std::sync::Mutex<(Vec<String>, u64)>,
    /// Whose turn it is to write.
    turn: tokio::sync::Mutex<Written>,
    _lock: Lock,
}

/// What became of the lines so far.
#[derive(Debug, Default)]
struct Written {
    /// How many are on the disk.
    on_disk: u64,
    /// A write failed: how. What came with it and after it is not on the disk, and nothing more is written.
    failed: Option<(std::io::ErrorKind, String)>,
}

impl JournalFile {
    /// Takes the journal at `path`, made with its first entry, and the lock beside it.
    ///
    /// # Errors
    /// [`LockError::Held`], which names the process, when another oktui has it.
    pub fn open(path: &Path) -> Result<Self, LockError> {
        let mut lock = path.as_os_str().to_owned();
        lock.push(".lock");
        let lock = Lock::exclusive(Path::new(&lock))?;
        Ok(Self { path: path.to_owned(), queue: Default::default(), turn: Default::default(), _lock: lock })
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

    /// Adds an entry; it is on the disk when this returns. Entries that come while another one is being synced go to the disk together,
    /// in the order in which they came.
    pub(super) async fn append(&self, entry: Entry, at: Timestamp) -> Result<(), ApplyError> {
        let line = journal::write(entry, at)?;
        let mine = {
            let mut queue = self.queue();
            queue.0.push(line);
            queue.1 += 1;
            queue.1
        };
        let mut written = self.turn.lock().await;
        if written.on_disk >= mine {
            return Ok(());
        }
        if let Some((kind, how)) = &written.failed {
            let error = std::io::Error::new(*kind, how.clone());
            return Err(StoreError::io("add to", &self.path)(error).into());
        }
        let (lines, last) = {
            let mut queue = self.queue();
            (std::mem::take(&mut queue.0), queue.1)
        };
        let path = self.path.clone();
        // A sync takes milliseconds on a good disk and seconds on a bad one: not on the thread that draws and reads keys.
        match tokio::task::spawn_blocking(move || store::append_lines_synced(&path, &lines)).await {
            Ok(Ok(())) => written.on_disk = last,
            Ok(Err(error)) => {
                written.failed = Some(match &error {
                    StoreError::Io { source, .. } => (source.kind(), source.to_string()),
                    other => (std::io::ErrorKind::InvalidInput, other.to_string()),
                });
                return Err(error.into());
            }
            Err(gone) => std::panic::resume_unwind(gone.into_panic()),
        }
        Ok(())
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, (Vec<String>, u64)> {
        self.queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
