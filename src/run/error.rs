//! What a job can fail with, for both faces.

use super::job::Trouble;
use crate::okta::model::{ApiError, NetKind};
use crate::store::{LockError, StoreError};

/// Why a job failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A call to the management API.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The org URL as typed.
    #[error("{0}")]
    Address(String),
    /// A file of ours.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] crate::vault::VaultError),
    /// The file of orgs, or the key of fingerprints.
    #[error(transparent)]
    Profile(#[from] crate::profile::ProfileError),
    /// Another oktui works on the same.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// An apply does not begin.
    #[error(transparent)]
    Apply(#[from] crate::change::apply::ApplyError),
    /// There is no session with an org.
    #[error("no org is connected")]
    NoSession,
    /// The session is read-only: there is no writer.
    #[error("this session is read-only: nothing is written")]
    ReadOnly,
    /// The Setup cannot be made into a plan.
    #[error("{}", .0.iter().map(|t| t.what.as_str()).collect::<Vec<_>>().join("; "))]
    NoPlan(Vec<Trouble>),
    /// Something that was asked for is not there.
    #[error("{what}")]
    Missing {
        /// What, in a sentence.
        what: String,
        /// What helps.
        help: String,
    },
}

impl RunError {
    /// For people: what happened and what helps.
    pub fn trouble(&self) -> Trouble {
        let help = match self {
            Self::Api(e) => e.help(),
            Self::Address(_) => "An org URL looks like https://acme.okta.com.".into(),
            Self::Profile(_) => "Until then only what does not write works: --read-only.".into(),
            Self::Store(_) | Self::Lock(_) | Self::Apply(_) | Self::Vault(_) => String::new(),
            Self::NoSession => "Connect an org first, or open the demo org.".into(),
            Self::ReadOnly => "Connect again without read-only to write.".into(),
            Self::NoPlan(troubles) => troubles.iter().map(|t| t.help.as_str()).collect::<Vec<_>>().join(" "),
            Self::Missing { help, .. } => help.clone(),
        };
        Trouble::new(self.to_string(), help)
    }

    /// Whether the org could not be reached, as opposed to having answered.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Api(ApiError::Net { kind, .. }) if *kind != NetKind::NotAllowed)
            || matches!(self, Self::Api(ApiError::NotJson { .. } | ApiError::Unreadable { .. }))
    }

    /// Whether the org refused us: a wrong token, a missing right.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Api(e) if e.is_forbidden() || e.is_unauthorized())
            || matches!(self, Self::ReadOnly)
    }
}
