//! A run as a file for others: HAR 1.2, JSON, Markdown; and the JSON read back. Masked, but for [`unmasked`], which has to be asked for
//! by that name.
//!
//! Two things are done before a word leaves. Every hole becomes a tag that is equal for equal values of the run and says nothing
//! else, and what names the person (login, name, e-mail address) becomes one as well. Then the finished text is searched for
//! every secret of the run, in every spelling: one that is found keeps the file from being written.

mod har;
mod json;
mod markdown;
mod masks;
mod read;

use super::trace::{Safe, SecretKind, Trace};
use crate::secret::Secret;
use masks::Masks;
pub use read::{Summary, Unreadable, read};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// HTTP Archive 1.2: browsers' developer tools and proxies open it. Hops on which nothing was sent are not in it.
    Har,
    /// Everything, for programs.
    Json,
    /// Everything, for people: a ticket, a wiki.
    Markdown,
}

impl Format {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Har, Self::Json, Self::Markdown];

    /// How a file of it ends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Har => "har",
            Self::Json => "json",
            Self::Markdown => "md",
        }
    }
}

/// What a file says of itself.
const MASKED: &str = "Masked: passwords, codes, tokens, secrets, cookies and session values, and what names the person, are replaced by tags; equal tags were equal values.";

/// What a file says of itself that is not.
const UNMASKED: &str = "NOT masked: whoever has this file has the client secret, the codes, the tokens and the cookies of the run.";

/// A secret of the run would have been in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value of the run ({}) would be in the file, so it is not written", kind.words())]
pub struct Leak {
    /// What it is.
    pub kind: SecretKind,
}

/// The run as the text of a file. `safe` is the run's own: what it holds is searched for in the text.
///
/// # Errors
/// [`Leak`]: a secret would be readable.
pub fn export(trace: &Trace, safe: &Safe, format: Format) -> Result<String, Leak> {
    let masks = Masks::of(trace);
    let text = match format {
        Format::Har => har::write(trace, &masks),
        Format::Json => json::write(trace, &masks),
        Format::Markdown => markdown::write(trace, &masks),
    };
    match safe.found_in(&text) {
        Some(kind) => Err(Leak { kind }),
        None => Ok(text),
    }
}

/// The run as a HAR with its secrets in the clear, for a tool that has to send them again. The person's password and one-time codes stay
/// masked: they are good for more than this client.
pub fn unmasked(trace: &Trace, safe: &Safe) -> Secret {
    Secret::new(har::write(trace, &Masks::none(safe)))
}

#[cfg(test)]
mod tests;
