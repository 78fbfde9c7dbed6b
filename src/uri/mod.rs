//! Redirect URIs as strings: where two of them differ, what that means at Okta, and what is wrong with one by itself.
//!
//! A leaf: names no other room. Pure. Okta compares redirect URIs character by character (RFC 6749 §3.1.2.3, RFC 3986 §6.2.1),
//! so nothing here normalises a value that is kept, compared or sent: `url::Url` adds slashes, drops ports and lower-cases hosts,
//! and is used only to explain. What belongs here: facts about one URI, or about two. Which URI the gateway really uses is
//! somebody else's knowledge and comes in as a [`Callback`].

mod characters;
mod class;
mod compare;
mod encoding;
mod lint;
mod marked;
mod parts;

#[cfg(test)]
mod tests;

pub use characters::describe;
pub use class::Class;
pub use compare::{Difference, compare, edits};
pub use lint::{Lint, LintContext, List, MAX_CHARS, Severity, is_near, lint};
pub use marked::{marked, what_differs};

use serde::{Deserialize, Serialize};

/// A callback of the gateway that is known to be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Which environment of the gateway: `prod`, `staging` ….
    pub environment: String,
    /// The URI, byte for byte.
    pub uri: String,
}
