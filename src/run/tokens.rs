//! API tokens in the vault: kept for an org after it took them, and found again.

use super::error::RunError;
use super::job::SignIn;
use super::session::{Access, Session};
use crate::okta::address;
use crate::secret::Secret;
use crate::store::Places;
use crate::vault::{self, Kept};
use jiff::Timestamp;

/// What became of a token that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The org took it.
    Good,
    /// The org could not be reached: it is kept untried.
    Untried,
}

/// The org's URL as the vault knows it.
fn org_url(typed: &str) -> Result<String, RunError> {
    Ok(address::normalise(typed).map_err(|e| RunError::Address(e.to_string()))?.url)
}

/// Whether there is a vault.
///
/// # Errors
/// It cannot be told.
pub fn has_vault(places: &Places) -> Result<bool, RunError> {
    Ok(vault::exists(places)?)
}

/// The token that the vault has for this org.
///
/// # Errors
/// The passphrase is wrong, or the file is no vault.
pub async fn of(places: &Places, typed: &str, passphrase: &Secret) -> Result<Option<Secret>, RunError> {
    let (places, org, passphrase) = (places.clone(), org_url(typed)?, passphrase.clone());
    apart(move || Ok(vault::open(&places, &passphrase)?.of(&org).map(|kept| kept.value.clone()))).await
}

/// The orgs that the vault has a token for, with when each was put in.
///
/// # Errors
/// As [`of`].
pub async fn list(places: &Places, passphrase: &Secret) -> Result<Vec<(String, Timestamp)>, RunError> {
    let (places, passphrase) = (places.clone(), passphrase.clone());
    apart(move || {
        let content = vault::open(&places, &passphrase)?;
        let saved = |org: &str| content.of(org).map(|kept| (org.to_owned(), kept.saved));
        Ok(content.orgs().into_iter().filter_map(saved).collect())
    })
    .await
}

/// Keeps a token for an org, in place of an earlier one. It is tried first: one that the org refuses is not kept.
///
/// # Errors
/// The org refuses it; the vault cannot be opened or written.
pub async fn keep(
    places: &Places,
    typed: &str,
    token: Secret,
    passphrase: &Secret,
) -> Result<(String, Tried), RunError> {
    let org = org_url(typed)?;
    let access = Access {
        url: org.clone(),
        way: SignIn::Token(token.clone()),
        label: String::new(),
        prod: false,
        read_only: true,
        headroom: None,
    };
    let tried = match Session::connect(access, places.clone(), None, &|_| ()).await {
        Ok(_) => Tried::Good,
        Err(e) if e.is_unreachable() => Tried::Untried,
        Err(e) => return Err(e),
    };
    put(places, &org, token, passphrase).await?;
    Ok((org, tried))
}

/// Keeps a token that the org has taken.
///
/// # Errors
/// The vault cannot be opened or written.
pub(super) async fn put(
    places: &Places,
    typed: &str,
    token: Secret,
    passphrase: &Secret,
) -> Result<(), RunError> {
    let (places, passphrase, url) = (places.clone(), passphrase.clone(), org_url(typed)?);
    apart(move || {
        let kept = Kept { value: token, saved: Timestamp::now() };
        Ok(vault::change(&places, &passphrase, vault::WORK, |content| content.put(&url, kept))?)
    })
    .await
}

/// Forgets the token of an org; whether there was one.
///
/// # Errors
/// As [`keep`].
pub async fn forget(places: &Places, typed: &str, passphrase: &Secret) -> Result<bool, RunError> {
    let (places, org, passphrase) = (places.clone(), org_url(typed)?, passphrase.clone());
    apart(move || Ok(vault::change(&places, &passphrase, vault::WORK, |content| content.forget(&org))?)).await
}

/// Seals the vault with another passphrase.
///
/// # Errors
/// The old one is wrong, the new one is too short, or the file cannot be written.
pub async fn reseal(places: &Places, old: &Secret, new: &Secret) -> Result<(), RunError> {
    let (places, old, new) = (places.clone(), old.clone(), new.clone());
    apart(move || Ok(vault::reseal(&places, &old, &new, vault::WORK)?)).await
}

/// Opening a vault is a second of work on purpose: not on a thread that others wait for.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RunError> + Send + 'static,
) -> Result<T, RunError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(gone) => std::panic::resume_unwind(gone.into_panic()),
    }
}
