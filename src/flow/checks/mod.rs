//! The checks of a flow, as pure functions: what came back, against what the standards say must come back. Each gives a list of
//! [`Judged`], never one verdict, and a check that could not run says why and is never green.
//!
//! What may come in: values and the time. What may not: the wire, the clock, Okta's management API.

pub mod access;
pub mod answer;
pub mod clock;
pub mod id_token;
pub mod jwt;
pub mod keys;
pub mod life;
pub mod sign_out;
pub mod tokens;

use crate::flow::trace::{Check, Piece, Safe, SecretKind, Text, Verdict};
use crate::secret::Secret;
use std::borrow::Cow;

/// A value that a check shows: as it is, or as a hole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// May be shown.
    Plain(String),
    /// Must not.
    Secret(SecretKind, Secret),
}

impl Shown {
    fn text(self, safe: &mut Safe) -> Text {
        match self {
            Self::Plain(raw) => safe.seal(&raw),
            Self::Secret(kind, secret) if !secret.is_empty() => {
                Text::of(vec![Piece::Hole(safe.lift(kind, secret.expose()))])
            }
            Self::Secret(..) => Text::default(),
        }
    }
}

/// The outcome of one check, before its secrets are lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What was checked.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was expected.
    pub expected: Option<Shown>,
    /// What was there.
    pub actual: Option<Shown>,
    /// In a sentence.
    pub sentence: String,
    /// The clause.
    pub source: &'static str,
}

impl Judged {
    /// A check with its outcome.
    pub fn new(
        name: &'static str,
        verdict: Verdict,
        sentence: impl Into<String>,
        source: &'static str,
    ) -> Self {
        Self { name, verdict, expected: None, actual: None, sentence: sentence.into(), source }
    }

    /// Passed or failed, by `good`.
    pub fn of(
        name: &'static str,
        good: bool,
        sentences: (impl Into<String>, impl Into<String>),
        source: &'static str,
    ) -> Self {
        if good {
            Self::new(name, Verdict::Pass, sentences.0, source)
        } else {
            Self::new(name, Verdict::Fail, sentences.1, source)
        }
    }

    /// With what was expected and what was there.
    pub fn values(mut self, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        self.expected = Some(Shown::Plain(expected.into()));
        self.actual = Some(Shown::Plain(actual.into()));
        self
    }

    /// With what was expected and what was there, both secret.
    pub fn secrets(mut self, kind: SecretKind, expected: &Secret, actual: Option<&Secret>) -> Self {
        self.expected = Some(Shown::Secret(kind, expected.clone()));
        self.actual = actual.map(|secret| Shown::Secret(kind, secret.clone()));
        self
    }

    /// As it stands in a trace.
    pub fn into_check(self, safe: &mut Safe) -> Check {
        Check {
            name: self.name.to_owned(),
            verdict: self.verdict,
            expected: self.expected.map(|shown| shown.text(safe)),
            actual: self.actual.map(|shown| shown.text(safe)),
            sentence: safe.seal(&self.sentence).masked(),
            source: Cow::Borrowed(self.source),
        }
    }
}

/// How a list of checks ended as a whole: the worst of those that ran; not run when none did.
pub fn verdict_of(checks: &[Judged]) -> Verdict {
    let ran = checks.iter().map(|check| check.verdict).filter(|verdict| *verdict != Verdict::NotRun);
    ran.max().unwrap_or(Verdict::NotRun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_as_bad_as_its_worst_and_never_green_when_nothing_ran() {
        let check = |verdict| Judged::new("x", verdict, "s", "RFC 0");
        assert_eq!(verdict_of(&[check(Verdict::NotRun)]), Verdict::NotRun);
        assert_eq!(verdict_of(&[check(Verdict::Pass), check(Verdict::NotRun)]), Verdict::Pass);
        assert_eq!(verdict_of(&[check(Verdict::Fail), check(Verdict::Warn)]), Verdict::Fail);
    }
}
