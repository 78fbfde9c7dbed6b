//! Reads the Setup file that an app is held against.

use super::error::RunError;
use crate::setup::{self, Setup};
use crate::store;
use crate::text::Clean;
use std::path::Path;

/// The largest file that is read, in bytes: a Setup names people, and thousands of them fit.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The Setup in a file.
///
/// # Errors
/// It is not there, too large, no text, or no Setup; the sentence says where.
pub(super) fn setup(path: &Path) -> Result<Setup, RunError> {
    let shown = Clean::new(&path.to_string_lossy());
    let no = |what: String| RunError::Missing {
        what,
        help: "oktui setup example prints one; on this screen, e saves what the org has as one.".into(),
    };
    let about = std::fs::metadata(path).map_err(|e| no(format!("{shown} cannot be read: {e}")))?;
    if !about.is_file() || about.len() > LONGEST {
        return Err(no(format!("{shown} is no Setup file: it is a folder, or larger than 4 MiB")));
    }
    let bytes = store::read(path)?.ok_or_else(|| no(format!("{shown} is not there")))?;
    let text = String::from_utf8(bytes).map_err(|_| no(format!("{shown} is not UTF-8 text")))?;
    setup::parse(&text).map_err(|e| no(format!("{shown}: {e}")))
}
