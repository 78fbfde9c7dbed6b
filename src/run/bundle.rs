//! Puts a support bundle together: reads what it is made of, searches it for what must not be in it, and writes it into a folder of its
//! own that only this user can read.

use super::checkup;
use super::error::RunError;
use super::session::Session;
use super::testing;
use crate::diagnose::{Evidence, judge};
use crate::flow::export::Format;
use crate::flow::trace::{Safe, Trace};
use crate::okta::model::App;
use crate::report::bundle::{File, Parts, files};
use crate::store;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// What is to be in it.
#[derive(Clone, Copy, Default)]
pub struct Contents<'a> {
    /// What was pasted or opened, with what the org answered so far.
    pub evidence: Option<&'a Evidence>,
    /// The app whose configuration goes in; it takes a session.
    pub app: Option<&'a App>,
    /// Also how old its client secrets are: reading them leaves an event in Okta's log.
    pub secrets: bool,
    /// A run of the tester with its values, which are searched for.
    pub run: Option<(&'a Trace, &'a Safe)>,
}

/// The files of the bundle.
///
/// # Errors
/// The app cannot be read, or a secret would be readable in a file.
pub async fn make(session: Option<&Session>, contents: Contents<'_>) -> Result<Vec<File>, RunError> {
    let diagnosis = contents.evidence.map(|evidence| (judge(evidence), evidence));
    let facts = match (session, contents.app) {
        (Some(session), Some(app)) => Some(checkup::read(session, app, contents.secrets, None).await?),
        _ => None,
    };
    let findings = facts.as_ref().map(crate::checkup::check_up);
    let mut run = Vec::new();
    if let Some((trace, safe)) = contents.run {
        for format in Format::ALL {
            run.push((format!("run.{}", format.extension()), testing::exported(trace, safe, format)?));
        }
    }
    let all = files(&Parts {
        version: env!("CARGO_PKG_VERSION"),
        now: Timestamp::now(),
        org: session.map(Session::org),
        diagnosis: diagnosis.as_ref().map(|(diagnosis, evidence)| (diagnosis, *evidence)),
        checkup: facts.as_ref().zip(findings.as_deref()),
        run: &run,
    });
    for file in &all {
        let live = contents.run.and_then(|(_, safe)| safe.found_in(&file.text)).map(|kind| kind.words());
        if let Some(what) = live.or_else(|| has_token(&file.text).then_some("a token")) {
            return Err(RunError::Missing {
                what: format!("{what} would be readable in {}, so the bundle is not written", file.name),
                help: "Leave that part out, and tell the makers of oktui what it was made from.".into(),
            });
        }
    }
    Ok(all)
}

/// Whether a signed JWT (RFC 7515 §7.1) stands in the text: three parts, the first a JSON object in Base64url.
fn has_token(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(|c: char| !part(c) && c != '.').any(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        matches!(parts[..], [head, body, signature]
            if head.starts_with("eyJ") && head.len() > 10 && body.len() > 10 && signature.len() > 10)
    })
}

/// Writes the files into a new folder: `folder`, or `folder-2` and so on where that is taken.
///
/// # Errors
/// The disk is full, or the folder may not be made.
pub fn write(files: &[File], folder: &Path) -> Result<PathBuf, RunError> {
    for n in 1..1_000 {
        let name = folder.file_name().map_or_else(|| "oktui-bundle".into(), |n| n.to_string_lossy());
        let numbered = if n == 1 { folder.to_owned() } else { folder.with_file_name(format!("{name}-{n}")) };
        if numbered.symlink_metadata().is_ok() {
            continue;
        }
        for file in files {
            store::write_private_new(&numbered.join(&file.name), file.text.as_bytes())?;
        }
        return Ok(numbered);
    }
    Err(RunError::Missing {
        what: "there are too many bundles of this name".into(),
        help: "Remove some, or name another folder with --out.".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_seen_wherever_it_stands() {
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIwMHUxIn0.c2lnbmF0dXJlLW9mLWl0";
        assert!(has_token(&format!("\"id_token\": \"{token}\"")) && has_token(&format!("a={token}&b")));
        assert!(!has_token("eyJ is how it begins; auth.aigateway.cequence.ai is a host"));
    }

    #[test]
    fn a_bundle_of_before_is_not_written_over() {
        let home = tempfile::tempdir().unwrap();
        let file = File { name: "report.md".into(), text: "# A".into() };
        let first = write(std::slice::from_ref(&file), &home.path().join("bundle")).unwrap();
        let second = write(std::slice::from_ref(&file), &home.path().join("bundle")).unwrap();
        assert_eq!(second.file_name().unwrap(), "bundle-2");
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&first), mode(&first.join("report.md"))), (0o700, 0o600));
    }
}
