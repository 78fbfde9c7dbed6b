//! Why a run does not begin.

use crate::store::StoreError;
use crate::text::{Clean, time};
use jiff::Timestamp;

/// Why a run does not begin. Nothing was written to Okta.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A plan is for one org.
    #[error(
        "The plan is for {plan}, and this session is with {here}. Connect there, or make a plan for this org."
    )]
    OtherOrg {
        /// The plan's org.
        plan: Clean,
        /// The session's.
        here: Clean,
    },
    /// An earlier run was cut short.
    #[error("A plan for \"{label}\" was begun at {} and is not finished. Go on with it, or give it up, first.", time::utc(*started))]
    Unfinished {
        /// The app it is about.
        label: Clean,
        /// When it was begun.
        started: Timestamp,
    },
    /// The logo cannot be read.
    #[error("The logo {path} cannot be used: {why}. Put the file back, or take the logo out in step 1.")]
    Logo {
        /// The file.
        path: Clean,
        /// Why.
        why: Clean,
    },
    /// The journal cannot be read or written. Without it nothing is written to Okta.
    #[error("The journal cannot be used, and without it nothing is written to Okta: {0}")]
    Journal(#[from] StoreError),
    /// An entry has no form in JSON.
    #[error("The journal's entry cannot be written as JSON: {0}")]
    Entry(#[from] serde_json::Error),
}
