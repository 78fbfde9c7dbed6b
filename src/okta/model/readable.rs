//! *Forbidden is not empty*: what was read, or why it could not be.

use super::ApiError;
use serde::{Deserialize, Serialize};

/// A part of an org that was read, or could not be. A list that may not be read is never shown as an empty one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Readable<T> {
    /// Nobody asked yet.
    #[default]
    NotAsked,
    /// What Okta answered.
    Known(T),
    /// This session may not read it (401 for a missing feature, or 403).
    Forbidden(ApiError),
    /// It could not be read for another reason.
    Failed(ApiError),
}

impl<T> Readable<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Why it is not known, if reading was tried.
    pub fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Forbidden(e) | Self::Failed(e) => Some(e),
            Self::NotAsked | Self::Known(_) => None,
        }
    }
}

impl<T> From<Result<T, ApiError>> for Readable<T> {
    fn from(result: Result<T, ApiError>) -> Self {
        match result {
            Ok(value) => Self::Known(value),
            Err(e) if e.is_forbidden() || e.is_unauthorized() => Self::Forbidden(e),
            Err(e) => Self::Failed(e),
        }
    }
}
