//! Where and as whom: the orgs that oktui knows, without their tokens, and the key of this installation's fingerprints.
//!
//! May name `store`, `text`, `uri`, `secret`. What belongs here: what is true of an org before anybody has signed in to it. The
//! pure part is in `orgs`; only the functions of this file read and write, through `store`.

mod orgs;

pub use orgs::{Org, Orgs, OrgsError};

use crate::secret::FingerprintKey;
use crate::store::{self, Places, StoreError};
use std::path::PathBuf;

/// The orgs could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file is there and is not ours to read. It is left as it is.
    #[error("{}: {problem}. Mend it, or move it away: oktui makes a new one", path.display())]
    Orgs {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: OrgsError,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes for the key of fingerprints")]
    NoRandom,
}

/// The file that the orgs are in.
pub fn orgs_file(places: &Places) -> PathBuf {
    places.config.join("orgs.toml")
}

/// Reads the orgs; none where there is no file yet.
pub fn load(places: &Places) -> Result<Orgs, ProfileError> {
    let path = orgs_file(places);
    let Some(bytes) = store::read(&path)? else { return Ok(Orgs::default()) };
    Orgs::parse(&bytes).map_err(|problem| ProfileError::Orgs { path, problem })
}

/// Writes the orgs. Keys that this program does not know were kept by [`load`] and are written back; comments are not.
pub fn save(places: &Places, orgs: &Orgs) -> Result<(), ProfileError> {
    let path = orgs_file(places);
    let text = orgs.to_toml().map_err(|problem| ProfileError::Orgs { path: path.clone(), problem })?;
    Ok(store::write_private(&path, text.as_bytes())?)
}

/// The key under which this installation shows fingerprints of secrets: 32 random bytes, made at the first start, mode 0600,
/// never sent anywhere. A file of another length is replaced: old fingerprints are then not comparable, and nothing else is lost.
pub fn install_key(places: &Places) -> Result<FingerprintKey, ProfileError> {
    let path = places.state.join("fingerprint.key");
    let read = || -> Result<Option<[u8; 32]>, StoreError> {
        Ok(store::read(&path)?.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()))
    };
    if let Some(key) = read()? {
        return Ok(FingerprintKey::new(&key));
    }
    let mut key = [0; 32];
    aws_lc_rs::rand::fill(&mut key).map_err(|_| ProfileError::NoRandom)?;
    if !store::write_private_new(&path, &key)? {
        // Another oktui made one since, or the one that is there is damaged.
        match read()? {
            Some(theirs) => key = theirs,
            None => store::write_private(&path, &key)?,
        }
    }
    Ok(FingerprintKey::new(&key))
}

#[cfg(test)]
mod tests;
