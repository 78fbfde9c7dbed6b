//! Runs of the tester of before: each that ended lies on disk as a file of its own, masked, and is found again after a restart.
//!
//! A file holds the run as the JSON export has it, with what was tested: at which org or issuer, which client. It is searched for
//! every value of the run before it is written, has mode 0600, and is never changed. What cannot be read is told and left alone.

use super::error::RunError;
use super::job::{KeptRun, KeptRuns, Trouble};
use super::testing;
use crate::flow::export::{self, Format, Summary};
use crate::flow::trace::{Safe, Trace};
use crate::store::{self, Places, StoreError};
use crate::text::Clean;
use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Runs of one client that are kept.
pub const MOST: usize = 50;
/// A longer file is none of ours: a run has some 30 hops, each body is cut at 64 KiB.
const LONGEST: u64 = 16 * 1024 * 1024;
/// The form that is written now.
const FORM: u32 = 1;

/// What was tested: runs of the same belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The org's URL, or the issuer where no org is known.
    pub at: String,
    /// The client id.
    pub client_id: String,
    /// The app's name; empty where it is not known.
    pub label: String,
}

/// Which runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Which<'a> {
    /// At this org or issuer.
    pub at: Option<&'a str>,
    /// Of the client with this id, or of the app with this name.
    pub client: Option<&'a str>,
}

/// Keeps a run that has ended, and lets go of the oldest of the same client beyond [`MOST`].
///
/// # Errors
/// A value of the run would be readable in the file, or it cannot be written.
pub fn keep(places: &Places, subject: &Subject, trace: &Trace, safe: &Safe) -> Result<PathBuf, RunError> {
    let head = json!({"oktui_history": FORM, "at": subject.at, "client_id": subject.client_id, "label": subject.label});
    let head = head.to_string();
    if let Some(kind) = safe.found_in(&head) {
        return Err(RunError::Missing {
            what: format!("the run is not kept: its {} is also the name of what was tested", kind.words()),
            help: "Check which value is the client's id, and which its secret.".into(),
        });
    }
    let run = testing::exported(trace, safe, Format::Json)?;
    let text = format!("{},\"run\":{run}}}\n", head.trim_end_matches('}'));
    let folder = folder(places, subject);
    let began = trace.began.strftime("%Y%m%dT%H%M%S");
    let began = format!("{began}.{:03}Z", trace.began.subsec_millisecond());
    let mut kept = None;
    // Two runs of one client may begin in the same millisecond.
    for n in 1..100 {
        let name = if n == 1 { format!("{began}.json") } else { format!("{began}-{n}.json") };
        if store::write_private_new(&folder.join(&name), text.as_bytes())? {
            kept = Some(folder.join(name));
            break;
        }
    }
    let_go(&folder)?;
    kept.ok_or_else(|| RunError::Missing {
        what: "the run is not kept: there are too many of the same moment".into(),
        help: "Check this machine's clock.".into(),
    })
}

/// The runs of before, the newest first.
///
/// # Errors
/// The folder cannot be read. A file that cannot be is told beside the others.
pub fn list(places: &Places, which: Which<'_>) -> Result<KeptRuns, RunError> {
    let mut found = KeptRuns::default();
    for folder in entries(&root(places))? {
        if !folder.is_dir() {
            continue;
        }
        for file in files(&folder)? {
            match head(&file) {
                Ok(head) => {
                    let client = |c: &str| c == head.client_id || c == head.label;
                    if which.at.is_none_or(|at| at == head.at) && which.client.is_none_or(client) {
                        found.runs.push(head.kept(file));
                    }
                }
                Err(trouble) => found.damaged.push(trouble),
            }
        }
    }
    found.runs.sort_by(|a, b| (b.began, &b.file).cmp(&(a.began, &a.file)));
    Ok(found)
}

/// A run of before, whole.
///
/// # Errors
/// The file is gone, or is no run.
pub fn open(file: &Path) -> Result<Trace, RunError> {
    let whole: Whole = parsed(file)?;
    export::read(whole.run).map_err(|e| damaged(file, &e.to_string()))
}

/// The head of a file: the hops are passed over.
#[derive(Deserialize)]
struct Head {
    oktui_history: u32,
    at: String,
    client_id: String,
    label: String,
    run: Summary,
}

#[derive(Deserialize)]
struct Whole {
    run: Value,
}

impl Head {
    fn kept(self, file: PathBuf) -> KeptRun {
        KeptRun {
            file,
            at: Clean::new(&self.at),
            client_id: Clean::new(&self.client_id),
            label: Clean::new(&self.label),
            began: self.run.began,
            way: self.run.way,
            verdict: self.run.verdict,
        }
    }
}

fn head(file: &Path) -> Result<Head, Trouble> {
    let head: Head = parsed(file).map_err(|e| e.trouble())?;
    match head.oktui_history {
        FORM => Ok(head),
        other => {
            Err(damaged(file, &format!("another version of oktui wrote it: its form is {other}")).trouble())
        }
    }
}

fn parsed<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, RunError> {
    let long = std::fs::metadata(file).is_ok_and(|facts| facts.len() > LONGEST);
    if long {
        return Err(damaged(file, "it is too long"));
    }
    let bytes = store::read(file)?.ok_or_else(|| damaged(file, "it is gone"))?;
    serde_json::from_slice(&bytes).map_err(|e| damaged(file, &e.to_string()))
}

fn damaged(file: &Path, why: &str) -> RunError {
    RunError::Missing {
        what: format!("{} is no run that can be read: {why}", Clean::new(&file.to_string_lossy())),
        help: "It was left as it is. Nothing else needs it: remove it if you like.".into(),
    }
}

fn root(places: &Places) -> PathBuf {
    places.state.join("runs")
}

/// The folder of one client: its id, so that a person finds it, and a digest, since a name of a file cannot hold every character.
fn folder(places: &Places, subject: &Subject) -> PathBuf {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = subject.client_id.chars().take(40).map(fits).collect();
    let whole = digest(&SHA256, format!("{}\n{}", subject.at, subject.client_id).as_bytes());
    let short: String = whole.as_ref().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    root(places).join(format!("{name}-{short}"))
}

/// The files of one client, the newest first.
fn files(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let mut files = entries(folder)?;
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.reverse();
    Ok(files)
}

/// What is in a folder, by name; nothing where there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let mut found = match std::fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(StoreError::io("read", folder)(e).into()),
    };
    found.sort();
    Ok(found)
}

/// Removes the oldest beyond [`MOST`]. Only a file that is a run of ours: what is damaged may be wanted by somebody.
fn let_go(folder: &Path) -> Result<(), RunError> {
    for old in files(folder)?.into_iter().skip(MOST) {
        if head(&old).is_ok() {
            store::remove(&old)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::trace::{Hop, Party, Piece, RunVerdict, SecretKind, Step, Text, Verdict, Way};
    use crate::secret::FingerprintKey;
    use jiff::{SignedDuration, Timestamp};

    const SECRET: &str = "the-client's-own/secret";

    fn subject(client_id: &str) -> Subject {
        Subject { at: "https://acme.okta.com".into(), client_id: client_id.into(), label: "Gateway".into() }
    }

    fn run(minute: usize) -> (Trace, Safe) {
        let mut safe = Safe::new(FingerprintKey::new(&[3; 32]));
        let hole = safe.lift(SecretKind::ClientSecret, SECRET);
        let began: Timestamp = "2026-11-22T19:00:00Z".parse().unwrap();
        let hop = Hop {
            number: 1,
            to: Party::Okta,
            step: Step::Token,
            title: Text::of(vec![Piece::Plain("POST /token ".into()), Piece::Hole(hole)]),
            verdict: Verdict::Pass,
            exchange: None,
            checks: Vec::new(),
            why: Vec::new(),
            connection: None,
            altered: Vec::new(),
            at_ms: 0,
            took_ms: 5,
        };
        let trace = Trace {
            run: 1,
            title: "client credentials".into(),
            way: Way::Client,
            login: None,
            began: began + SignedDuration::from_mins(i64::try_from(minute).unwrap()),
            hops: vec![hop],
            verdict: RunVerdict::Passed { judged_not: String::new() },
            left: Vec::new(),
        };
        (trace, safe)
    }

    fn kept(places: &Places, client: &str, minute: usize) -> PathBuf {
        let (trace, safe) = run(minute);
        keep(places, &subject(client), &trace, &safe).unwrap()
    }

    #[test]
    fn a_run_is_found_again_and_opened_without_its_values() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        assert_eq!(list(&places, Which::default()).unwrap(), KeptRuns::default());
        let file = kept(&places, "0oa1", 1);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!std::fs::read_to_string(&file).unwrap().contains(SECRET));
        let found = list(&places, Which::default()).unwrap();
        assert_eq!((found.runs.len(), found.damaged.len()), (1, 0));
        assert_eq!(found.runs[0].label.as_str(), "Gateway");
        assert_eq!((found.runs[0].way, found.runs[0].began), (Way::Client, run(1).0.began));
        let opened = open(&file).unwrap();
        assert!(
            opened.hops[0].title.masked().contains("value not kept"),
            "{}",
            opened.hops[0].title.masked()
        );
    }

    #[test]
    fn the_newest_come_first_and_other_clients_are_left_out() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        for (client, minute) in [("0oa1", 1), ("0oa2", 2), ("0oa1", 3), ("0oa1", 3)] {
            kept(&places, client, minute);
        }
        let minutes = |which| {
            let runs = list(&places, which).unwrap().runs;
            runs.iter().map(|r| r.began.strftime("%M").to_string()).collect::<Vec<_>>()
        };
        assert_eq!(minutes(Which::default()), ["03", "03", "02", "01"]);
        assert_eq!(minutes(Which { client: Some("0oa1"), at: None }), ["03", "03", "01"]);
        assert_eq!(minutes(Which { client: Some("Gateway"), at: None }).len(), 4);
        assert_eq!(minutes(Which { client: None, at: Some("https://other.okta.com") }).len(), 0);
    }

    #[test]
    fn the_oldest_go_and_what_is_damaged_stays_and_is_told() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        let first = kept(&places, "0oa1", 0);
        std::fs::write(&first, "{\"oktui_history\":1,").unwrap();
        (1..=MOST + 2).for_each(|minute| drop(kept(&places, "0oa1", minute)));
        let found = list(&places, Which::default()).unwrap();
        assert_eq!(found.runs.len(), MOST);
        assert_eq!(found.runs[MOST - 1].began, run(3).0.began, "the two oldest are gone");
        let [damaged] = &found.damaged[..] else { panic!("{found:?}") };
        assert!(damaged.what.as_str().contains(first.file_name().unwrap().to_str().unwrap()), "{damaged:?}");
        assert!(first.exists());
        assert!(open(&first).is_err());
    }

    #[test]
    fn a_run_that_would_give_a_value_away_is_not_kept() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        let (mut trace, safe) = run(1);
        assert!(keep(&places, &subject(SECRET), &trace, &safe).is_err());
        trace.hops[0].why.push(format!("It sent {SECRET}."));
        assert!(keep(&places, &subject("0oa1"), &trace, &safe).is_err());
        assert_eq!(list(&places, Which::default()).unwrap(), KeptRuns::default());
    }
}
