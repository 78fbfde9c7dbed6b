//! Drafts on disk: one file for each org and app, written whole and atomically, so that a dropped link costs nothing.

use super::job::{SavedDraft, Trouble};
use crate::setup::{Draft, Target};
use crate::store::{self, Lock, LockError, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The drafts of this user. It holds the lock of every draft that it has saved, until it is dropped or the draft is removed.
#[derive(Debug)]
pub struct Drafts {
    folder: PathBuf,
    locks: HashMap<String, Lock>,
}

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    saved: Timestamp,
    draft: Draft,
}

impl Drafts {
    /// The drafts under the data folder.
    pub fn under(data: &Path) -> Self {
        Self { folder: data.join("drafts"), locks: HashMap::new() }
    }

    /// Every draft, the newest first, and what could not be read.
    pub fn list(&self) -> (Vec<SavedDraft>, Vec<Trouble>) {
        let (mut drafts, mut troubles) = (Vec::new(), Vec::new());
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|e| e != "json") {
                continue;
            }
            match read(&path) {
                Ok(Some(saved)) => drafts.push(saved),
                Ok(None) => {}
                Err(trouble) => troubles.push(trouble),
            }
        }
        drafts.sort_by_key(|d| std::cmp::Reverse(d.saved));
        (drafts, troubles)
    }

    /// Saves a draft. The first save takes its lock: [`LockError::Held`] says that another oktui has it open.
    pub fn save(&mut self, draft: &Draft, now: Timestamp) -> Result<(), LockError> {
        let name = name(draft);
        if !self.locks.contains_key(&name) {
            let lock = Lock::exclusive(&self.folder.join(format!("{name}.lock")))?;
            self.locks.insert(name.clone(), lock);
        }
        let file = File { version: 1, saved: now, draft: draft.clone() };
        // A Draft is plain data: writing it as JSON cannot fail.
        let bytes = serde_json::to_vec_pretty(&file).unwrap_or_default();
        store::write_private(&self.folder.join(format!("{name}.json")), &bytes)?;
        Ok(())
    }

    /// Removes a draft: it was applied, or discarded.
    pub fn remove(&mut self, draft: &Draft) -> Result<(), StoreError> {
        let name = name(draft);
        store::remove(&self.folder.join(format!("{name}.json")))?;
        self.locks.remove(&name);
        Ok(())
    }
}

fn read(path: &Path) -> Result<Option<SavedDraft>, Trouble> {
    let help = "It is left as it is. Move it away to be rid of this message.";
    let bytes = store::read(path).map_err(|e| Trouble::new(e.to_string(), help))?;
    let Some(bytes) = bytes else { return Ok(None) };
    let file: File = serde_json::from_slice(&bytes)
        .map_err(|e| Trouble::new(format!("the draft {} cannot be read: {e}", path.display()), help))?;
    Ok(Some(SavedDraft { draft: file.draft, saved: file.saved }))
}

/// A file name from the org's host and the app: only letters, digits, dots and dashes.
fn name(draft: &Draft) -> String {
    let host = draft.org_url.split_once("://").map_or(draft.org_url.as_str(), |(_, host)| host);
    let app = match &draft.target {
        Target::New => "new",
        Target::Existing(id) => id.as_str(),
    };
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
    format!("{host}--{app}").chars().map(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: &str) -> Timestamp {
        s.parse().unwrap()
    }

    #[test]
    fn a_draft_comes_back_as_it_was_saved_and_the_newest_first() {
        let home = tempfile::tempdir().unwrap();
        let mut drafts = Drafts::under(home.path());
        let mut one = Draft::new("https://acme.okta.com");
        one.setup.app.name = "Gateway".into();
        one.reason = "CHG1".into();
        let two = Draft { target: Target::Existing("0oa1".parse().unwrap()), ..one.clone() };
        drafts.save(&one, at("2026-11-22T10:00:00Z")).unwrap();
        drafts.save(&two, at("2026-11-22T11:00:00Z")).unwrap();
        drafts.save(&one, at("2026-11-22T12:00:00Z")).unwrap();
        let (list, troubles) = drafts.list();
        assert_eq!(list.iter().map(|d| &d.draft).collect::<Vec<_>>(), [&one, &two]);
        assert!(troubles.is_empty());
        drafts.remove(&one).unwrap();
        assert_eq!(drafts.list().0.len(), 1);
    }

    #[test]
    fn a_second_oktui_is_told_who_has_the_draft() {
        let home = tempfile::tempdir().unwrap();
        let (mut first, mut second) = (Drafts::under(home.path()), Drafts::under(home.path()));
        let draft = Draft::new("https://acme.okta.com");
        first.save(&draft, Timestamp::UNIX_EPOCH).unwrap();
        let held = second.save(&draft, Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(matches!(held, LockError::Held { pid: Some(pid), .. } if pid == std::process::id()));
        drop(first);
        second.save(&draft, Timestamp::UNIX_EPOCH).unwrap();
    }

    #[test]
    fn a_broken_file_is_a_sentence_not_a_crash() {
        let home = tempfile::tempdir().unwrap();
        let drafts = Drafts::under(home.path());
        store::write_private(&home.path().join("drafts/x.json"), b"{\"version\":").unwrap();
        let (list, troubles) = drafts.list();
        assert!(list.is_empty());
        assert!(troubles[0].what.as_str().contains("cannot be read"));
    }

    #[test]
    fn a_name_cannot_leave_its_folder() {
        let draft = Draft::new("https://../../etc/passwd");
        assert!(!name(&draft).contains('/'));
    }
}
