//! Reading, replacing, appending and removing one file.

use super::StoreError;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Replaces the file at `path`, mode 0600: whoever reads it sees all of the old bytes or all of the new ones, also after a crash.
///
/// A temporary file in the same folder is written, synced and renamed, then the folder is synced. Missing folders are made 0700.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = folder_of(path)?;
    let file = written(folder, path, bytes)?;
    file.persist(path).map_err(|e| StoreError::io("write", path)(e.error))?;
    sync_folder(folder)
}

/// As [`write_private`], but only where there is no such file yet. `false`: there is one, and it was left as it is.
pub fn write_private_new(path: &Path, bytes: &[u8]) -> Result<bool, StoreError> {
    let folder = folder_of(path)?;
    match written(folder, path, bytes)?.persist_noclobber(path) {
        Ok(_) => sync_folder(folder).map(|()| true),
        Err(e) if e.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(StoreError::io("write", path)(e.error)),
    }
}

/// The bytes of a file; `None` when there is no such file.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(StoreError::io("read", path)(e)),
    }
}

/// Adds a line to a file, mode 0600, and returns when it is on the disk: one write with its newline, then `fdatasync`.
///
/// A last line without newline is what a crash left of an earlier append that never returned; it is cut off first, so that every
/// line of the file is whole. One process appends to a file at a time: hold a [`super::Lock`] on a file beside it.
pub fn append_synced(path: &Path, line: &str) -> Result<(), StoreError> {
    append_lines_synced(path, &[line])
}

/// The same for several lines: one write and one sync for all of them.
///
/// # Errors
/// As [`append_synced`]; then none of them counts as written.
pub fn append_lines_synced<S: AsRef<str>>(path: &Path, lines: &[S]) -> Result<(), StoreError> {
    if lines.iter().any(|line| line.as_ref().contains(['\n', '\r'])) {
        return Err(StoreError::NotALine { path: path.to_owned() });
    }
    let text: String = lines.iter().flat_map(|line| [line.as_ref(), "\n"]).collect();
    let folder = folder_of(path)?;
    let fail = || StoreError::io("add to", path);
    let (mut file, is_new) = open_to_append(path).map_err(fail())?;
    let end = end_of_whole_lines(&mut file).map_err(fail())?;
    if file.metadata().map_err(fail())?.len() != end {
        file.set_len(end).map_err(fail())?;
    }
    file.seek(SeekFrom::Start(end)).map_err(fail())?;
    file.write_all(text.as_bytes()).map_err(fail())?;
    file.sync_data().map_err(fail())?;
    if is_new { sync_folder(folder) } else { Ok(()) }
}

/// The lines of an append-only file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Every whole line, oldest first, without its newline. Bytes that are not UTF-8 become U+FFFD.
    pub whole: Vec<String>,
    /// Whether a crash left a last line without its newline. It was never confirmed to its writer, and is left out.
    pub torn: bool,
}

/// Reads what [`append_synced`] wrote; nothing where there is no such file.
pub fn read_lines(path: &Path) -> Result<Lines, StoreError> {
    let bytes = read(path)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let (whole, rest) = text.rsplit_once('\n').map_or(("", &*text), |(whole, rest)| (whole, rest));
    let whole = if text.contains('\n') { whole.split('\n').map(str::to_owned).collect() } else { Vec::new() };
    Ok(Lines { whole, torn: !rest.is_empty() })
}

/// Removes a file. `false` when there was none.
pub fn remove(path: &Path) -> Result<bool, StoreError> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
        Err(e) => Err(StoreError::io("remove", path)(e)),
    }
}

/// The folder of a file, made with its parents where it is missing.
pub(super) fn folder_of(path: &Path) -> Result<&Path, StoreError> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(StoreError::io("make the folder", folder))?;
    Ok(folder)
}

/// Open options of a file that only its owner may read. The mode counts when the file is made.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn written(folder: &Path, path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, StoreError> {
    let fail = || StoreError::io("write", path);
    // tempfile makes its files 0600 on Unix; it removes this one again when anything below fails.
    let mut file = tempfile::Builder::new().prefix(".oktui-").tempfile_in(folder).map_err(fail())?;
    file.write_all(bytes).map_err(fail())?;
    file.as_file().sync_all().map_err(fail())?;
    Ok(file)
}

/// Puts a folder's new entries on the disk.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    // Windows cannot open a folder so, and needs no such call.
    if cfg!(unix) {
        File::open(folder).and_then(|f| f.sync_all()).map_err(StoreError::io("sync the folder", folder))?;
    }
    Ok(())
}

fn open_to_append(path: &Path) -> std::io::Result<(File, bool)> {
    match private().read(true).write(true).create_new(true).open(path) {
        Ok(file) => Ok((file, true)),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            Ok((OpenOptions::new().read(true).write(true).open(path)?, false))
        }
        Err(e) => Err(e),
    }
}

/// The offset after the last newline, read from the end in blocks.
fn end_of_whole_lines(file: &mut File) -> std::io::Result<u64> {
    const BLOCK: u64 = 4_096;
    let mut end = file.metadata()?.len();
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(start))?;
        block.clear();
        Read::by_ref(file).take(end - start).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|b| *b == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
