//! Where API tokens rest, if at all: one file in the age format (<https://age-encryption.org/v1>), sealed with a passphrase, so that
//! the `age` tool opens it too. Nothing of it is ever on disk in the clear.
//!
//! May name `store`, `text`, `uri`, `secret`. What is in the file is in `content`, which is pure; only the functions of this file read
//! and write, through `store`. Opening takes about a second on purpose (scrypt): callers on a runtime use a blocking thread.

mod content;

pub use content::{Content, ContentError, Kept};

use crate::secret::Secret;
use crate::store::{self, Lock, LockError, Places, StoreError};
use age::secrecy::SecretString;
use age::{DecryptError, scrypt};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The work of opening a vault: scrypt's N is two to this power. What the `age` tool writes.
pub const WORK: u8 = 18;
/// More work than this is refused: a file that somebody put there could keep the machine busy for hours.
const MOST_WORK: u8 = 22;
/// The fewest characters of a passphrase.
pub const SHORTEST: usize = 8;

/// The vault could not be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another oktui writes it at this moment.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is none yet.
    #[error("there is no vault yet: oktui vault put makes one")]
    None,
    /// The passphrase is not the one that it was sealed with.
    #[error("that is not the passphrase of the vault. Nothing was changed")]
    Passphrase,
    /// Too short.
    #[error("a passphrase of fewer than {SHORTEST} characters does not protect a token: choose a longer one")]
    TooShort,
    /// The file is there and is no vault. It is left as it is.
    #[error(
        "{}: {why}. It is left as it is: mend it, or move it away and put the tokens in again",
        store_path(path)
    )]
    NotOurs {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The passphrase was right, what was sealed is not a vault's content.
    #[error("{}: {problem}", store_path(path))]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: ContentError,
    },
    /// It could not be sealed.
    #[error("the vault could not be sealed: {0}. The file is as it was")]
    Seal(String),
}

fn store_path(path: &std::path::Path) -> crate::text::Clean {
    crate::text::Clean::new(&path.to_string_lossy())
}

/// The file.
pub fn path(places: &Places) -> PathBuf {
    places.config.join("vault.age")
}

/// Whether there is a vault.
///
/// # Errors
/// It cannot be told.
pub fn exists(places: &Places) -> Result<bool, VaultError> {
    Ok(store::read(&path(places))?.is_some())
}

/// Opens the vault.
///
/// # Errors
/// There is none, the passphrase is wrong, or the file is not a vault.
pub fn open(places: &Places, passphrase: &Secret) -> Result<Content, VaultError> {
    let path = path(places);
    let sealed = store::read(&path)?.ok_or(VaultError::None)?;
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
    identity.set_max_work_factor(MOST_WORK);
    let clear = Zeroizing::new(age::decrypt(&identity, &sealed).map_err(|e| refused(&e, path.clone()))?);
    Content::parse(&clear).map_err(|problem| VaultError::Content { path, problem })
}

/// Changes what is in the vault, and makes one where there is none. Between reading and writing nobody else writes it.
///
/// # Errors
/// As [`open`]; the passphrase of a new vault is too short; the file cannot be written. The file is as it was then.
pub fn change<T>(
    places: &Places,
    passphrase: &Secret,
    work: u8,
    change: impl FnOnce(&mut Content) -> T,
) -> Result<T, VaultError> {
    let _lock = Lock::exclusive(&places.state.join("vault.lock"))?;
    let mut content = match open(places, passphrase) {
        Err(VaultError::None) if passphrase.chars() < SHORTEST => return Err(VaultError::TooShort),
        Err(VaultError::None) => Content::default(),
        other => other?,
    };
    let changed = change(&mut content);
    write(places, passphrase, work, &content)?;
    Ok(changed)
}

/// Seals the vault with another passphrase.
///
/// # Errors
/// As [`change`].
pub fn reseal(places: &Places, old: &Secret, new: &Secret, work: u8) -> Result<(), VaultError> {
    let _lock = Lock::exclusive(&places.state.join("vault.lock"))?;
    let content = open(places, old)?;
    if new.chars() < SHORTEST {
        return Err(VaultError::TooShort);
    }
    write(places, new, work, &content)
}

fn write(places: &Places, passphrase: &Secret, work: u8, content: &Content) -> Result<(), VaultError> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
    recipient.set_work_factor(work);
    let clear = content.write();
    let sealed =
        age::encrypt_and_armor(&recipient, clear.as_bytes()).map_err(|e| VaultError::Seal(e.to_string()))?;
    Ok(store::write_private(&path(places), sealed.as_bytes())?)
}

fn refused(error: &DecryptError, path: PathBuf) -> VaultError {
    let why = match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => return VaultError::Passphrase,
        DecryptError::NoMatchingKeys => "it is sealed for a key and not with a passphrase".to_owned(),
        DecryptError::ExcessiveWork { required, .. } => {
            format!(
                "opening it takes more work (2^{required}) than oktui does for a file that it did not write"
            )
        }
        DecryptError::UnknownFormat => "it is of a newer age format".to_owned(),
        DecryptError::Io(e) => format!("it is cut short or damaged ({e})"),
        _ => "it is not an age file, or it was changed".to_owned(),
    };
    VaultError::NotOurs { path, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As little work as there is: what is tested is not how long it takes.
    const LITTLE: u8 = 2;

    fn places() -> (tempfile::TempDir, Places) {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        (home, places)
    }

    fn phrase(text: &str) -> Secret {
        Secret::new(text)
    }

    fn put(places: &Places, passphrase: &str, org: &str, token: &str) -> Result<(), VaultError> {
        let kept = Kept { value: Secret::new(token), saved: "2026-11-23T12:00:00Z".parse().unwrap() };
        change(places, &phrase(passphrase), LITTLE, |content| content.put(org, kept))
    }

    #[test]
    fn a_token_comes_back_with_the_passphrase_and_with_nothing_else() {
        let (_home, places) = places();
        assert!(!exists(&places).unwrap());
        assert!(matches!(open(&places, &phrase("x")), Err(VaultError::None)));
        put(&places, "correct horse", "https://acme.okta.com", "00token").unwrap();
        put(&places, "correct horse", "https://acme-test.okta.com", "00other").unwrap();
        let content = open(&places, &phrase("correct horse")).unwrap();
        assert_eq!(content.of("https://acme.okta.com").unwrap().value, Secret::new("00token"));
        assert_eq!(content.orgs(), ["https://acme-test.okta.com", "https://acme.okta.com"]);
        let before = std::fs::read(path(&places)).unwrap();
        assert!(matches!(open(&places, &phrase("correct hors")), Err(VaultError::Passphrase)));
        assert!(matches!(put(&places, "another one", "https://x", "y"), Err(VaultError::Passphrase)));
        assert_eq!(std::fs::read(path(&places)).unwrap(), before, "a wrong passphrase changes nothing");
    }

    #[test]
    fn nothing_is_on_disk_in_the_clear_and_the_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (home, places) = places();
        put(&places, "correct horse", "https://acme.okta.com", "00-very-secret-token").unwrap();
        let mode = std::fs::metadata(path(&places)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        for entry in std::fs::read_dir(home.path())
            .unwrap()
            .flat_map(|e| std::fs::read_dir(e.unwrap().path()).unwrap())
        {
            let text = String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()).into_owned();
            for clear in ["00-very-secret-token", "acme.okta.com", "correct horse"] {
                assert!(!text.contains(clear), "{clear}");
            }
        }
    }

    #[test]
    fn another_passphrase_replaces_the_first() {
        let (_home, places) = places();
        put(&places, "correct horse", "https://acme.okta.com", "00token").unwrap();
        let reseal = |old: &str, new: &str| reseal(&places, &phrase(old), &phrase(new), LITTLE);
        assert!(matches!(reseal("wrong horse", "battery staple"), Err(VaultError::Passphrase)));
        assert!(matches!(reseal("correct horse", "short"), Err(VaultError::TooShort)));
        reseal("correct horse", "battery staple").unwrap();
        assert!(matches!(open(&places, &phrase("correct horse")), Err(VaultError::Passphrase)));
        assert!(open(&places, &phrase("battery staple")).is_ok());
    }

    #[test]
    fn a_new_vault_wants_a_passphrase_that_protects() {
        let (_home, places) = places();
        assert!(matches!(put(&places, "1234567", "https://x", "y"), Err(VaultError::TooShort)));
        assert!(!exists(&places).unwrap());
    }

    #[test]
    fn a_file_that_is_no_vault_is_told_and_left_alone() {
        let (_home, places) = places();
        put(&places, "correct horse", "https://acme.okta.com", "00token").unwrap();
        let good = std::fs::read_to_string(path(&places)).unwrap();
        let cut = &good[..good.len() / 2];
        let changed = good.replacen(|c: char| c.is_ascii_lowercase(), "#", 3);
        for bad in ["", "not an age file\n", cut, &changed] {
            std::fs::write(path(&places), bad).unwrap();
            let error = open(&places, &phrase("correct horse")).unwrap_err();
            assert!(matches!(error, VaultError::NotOurs { .. }), "{error:?}");
            assert!(put(&places, "correct horse", "https://x", "y").is_err());
            assert_eq!(std::fs::read_to_string(path(&places)).unwrap(), bad);
        }
    }

    #[test]
    fn two_at_once_do_not_lose_each_others_tokens() {
        let (_home, places) = places();
        let _held = Lock::exclusive(&places.state.join("vault.lock")).unwrap();
        assert!(matches!(put(&places, "correct horse", "https://x", "y"), Err(VaultError::Lock(_))));
    }
}
