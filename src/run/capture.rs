//! Opens what is to be diagnosed: a capture on disk, or a paste that takes longer to read than a frame may.

use super::job::Trouble;
use crate::diagnose::{self, Evidence, har};
use crate::text::Clean;
use crate::uri::Callback;
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// The largest capture that is read, in bytes.
pub const LONGEST: u64 = 1024 * 1024 * 1024;
/// Where a HAR says that it is one, in bytes from its beginning.
const HEAD: u64 = 4 * 1024;

/// Opens a capture, or a text file that holds what would be pasted. With `pipes`, what is no file is read too; it may never end.
///
/// # Errors
/// It cannot be read, is a folder, or is larger than [`LONGEST`].
pub fn open(
    path: &Path,
    pipes: bool,
    callbacks: &[Callback],
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<Evidence, Trouble> {
    let shown = Clean::new(&path.to_string_lossy());
    let failed = |e: io::Error| {
        Trouble::new(
            format!("{shown} cannot be read: {e}."),
            "The path is one of the machine that oktui runs on.",
        )
    };
    // A pipe waits for its writer already while it is opened.
    let about = fs::metadata(path).map_err(failed)?;
    if about.is_dir() {
        return Err(Trouble::new(format!("{shown} is a folder."), "Name the capture in it."));
    }
    if !pipes && !about.is_file() {
        return Err(Trouble::new(format!("{shown} is not a file."), "Save the capture to a file first."));
    }
    if about.len() > LONGEST {
        return Err(Trouble::new(
            format!("{shown} is larger than 1 GiB."),
            "Record the failing sign-in alone.",
        ));
    }
    let file = Stoppable { inner: File::open(path).map_err(failed)?, stop: stop.clone() };
    read(file, callbacks, now).map_err(failed)
}

/// Reads a capture, which is not held in memory, or a paste.
///
/// # Errors
/// What the reader answers.
pub fn read(mut input: impl Read, callbacks: &[Callback], now: Timestamp) -> io::Result<Evidence> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head)?;
    if let Some(sentence) = unreadable(&head) {
        return Ok(Evidence { notes: vec![sentence.into()], now: Some(now), ..Evidence::default() });
    }
    let begin = String::from_utf8_lossy(&head).into_owned();
    if begin.trim_start_matches('\u{FEFF}').trim_start().starts_with('{') && begin.contains("\"log\"") {
        return Ok(har::read(io::Cursor::new(head).chain(input).take(LONGEST), callbacks, Some(now)));
    }
    input.take(diagnose::LONGEST as u64 + 1).read_to_end(&mut head)?;
    Ok(diagnose::paste(&String::from_utf8_lossy(&head), callbacks, Some(now)))
}

/// What a file is that is no text, by its first bytes; each with what helps.
fn unreadable(head: &[u8]) -> Option<&'static str> {
    match head {
        [] => Some("It is empty: the capture was not saved, or not yet to its end."),
        // RFC 1952 §2.3.1
        [0x1F, 0x8B, ..] => Some("It is compressed with gzip: unpack it first, with gunzip."),
        [b'P', b'K', 3, 4, ..] => Some("It is a ZIP archive: unpack it first, and open the capture in it."),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            Some("It is UTF-16, as Windows PowerShell writes it: save it as UTF-8 (Out-File -Encoding utf8).")
        }
        // UTF-16 without its mark: the quote and the brace of a JSON text are ASCII.
        [b'{', 0, ..] | [0, b'{', ..] => Some("It is UTF-16 without a byte order mark: save it as UTF-8."),
        _ => None,
    }
}

/// A path as people type, paste or drop it: in quotes, with `\ ` for a blank, with `~` for the home folder.
pub fn typed(path: &str, home: Option<&Path>) -> PathBuf {
    let path = path.trim();
    let quoted = ['\'', '"'].iter().find_map(|q| path.strip_prefix(*q)?.strip_suffix(*q)).map(str::to_owned);
    let path =
        quoted.unwrap_or_else(|| if cfg!(windows) { path.to_owned() } else { path.replace("\\ ", " ") });
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// A reader that ends with an error when nobody waits for it any more.
struct Stoppable<R> {
    inner: R,
    stop: CancellationToken,
}

impl<R: Read> Read for Stoppable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("stopped"));
        }
        self.inner.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn open_one(content: &[u8]) -> Result<Evidence, Trouble> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        open(file.path(), false, &[], Timestamp::UNIX_EPOCH, &CancellationToken::new())
    }

    #[test]
    fn a_capture_and_a_text_are_told_apart() {
        let har = br#" {"log":{"entries":[{"request":{"method":"GET","url":"https://acme.okta.com/oauth2/v1/authorize?client_id=0oa1"},"response":{"status":400}}]}}"#;
        assert_eq!(open_one(har).unwrap().recognised, ["a HAR capture"]);
        assert_eq!(
            open_one(b"https://h/cb?error=access_denied&state=abc\n").unwrap().recognised,
            ["a callback with an error"]
        );
        assert!(open_one(&[0xFF, 0x00, 0xFE]).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_text_gets_a_sentence() {
        let utf16: Vec<u8> = "{\"log\":{}}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&[0xFF, 0xFE][..], &utf16].concat();
        for (content, says) in [
            (&b""[..], "empty"),
            (&[0x1F, 0x8B, 8, 0, 0], "gzip"),
            (b"PK\x03\x04rest", "ZIP"),
            (&marked, "PowerShell"),
            (&utf16, "UTF-16"),
        ] {
            let evidence = open_one(content).unwrap();
            assert!(evidence.notes.iter().any(|note| note.contains(says)), "{says}: {evidence:?}");
            assert!(evidence.is_empty());
        }
    }

    #[test]
    fn what_is_no_file_is_said_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let open = |path: &Path| open(path, false, &[], Timestamp::UNIX_EPOCH, &CancellationToken::new());
        assert!(open(folder.path()).unwrap_err().what.as_str().contains("is a folder"));
        assert!(open(&folder.path().join("none.har")).unwrap_err().what.as_str().contains("cannot be read"));
        #[cfg(unix)]
        assert!(open(Path::new("/dev/zero")).unwrap_err().what.as_str().contains("not a file"));
    }

    #[test]
    fn a_stopped_reading_ends() {
        let stop = CancellationToken::new();
        stop.cancel();
        let endless = Stoppable { inner: io::repeat(b' '), stop };
        assert!(read(endless, &[], Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn a_path_is_taken_as_people_give_it() {
        let home = Some(Path::new("/home/ana"));
        for (given, wanted) in [
            ("~/Downloads/a.har", "/home/ana/Downloads/a.har"),
            (" '/tmp/a b.har' ", "/tmp/a b.har"),
            ("\"/tmp/a b.har\"", "/tmp/a b.har"),
            ("a.har", "a.har"),
        ] {
            assert_eq!(typed(given, home), Path::new(wanted), "{given}");
        }
        #[cfg(unix)]
        assert_eq!(typed("/tmp/a\\ b.har", home), Path::new("/tmp/a b.har"));
    }
}
