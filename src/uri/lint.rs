//! What is wrong, or unusual, with one redirect URI in its place.

mod known;
mod shape;
mod text;

pub use known::is_near;

use super::Callback;
use super::compare::{Difference, compare};

/// From this length on a URI is warned about. The limit is ours: Okta documents none, and every browser takes 2,000 characters.
pub const MAX_CHARS: usize = 2_000;

/// Which of Okta's two lists a URI stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum List {
    /// *Sign-in redirect URIs* (`redirect_uris`).
    #[default]
    SignIn,
    /// *Sign-out redirect URIs* (`post_logout_redirect_uris`).
    SignOut,
}

/// What stands around a URI. `LintContext::default()` knows nothing: only self-evident mistakes are reported then.
#[derive(Clone, Copy, Debug, Default)]
pub struct LintContext<'a> {
    /// The list that the URI stands in.
    pub list: List,
    /// The environment that its row belongs to; empty when it belongs to none.
    pub environment: &'a str,
    /// The gateway's callbacks that are known to be right.
    pub known: &'a [Callback],
    /// The other rows of the same list.
    pub rows: &'a [&'a str],
    /// The rows of the other list.
    pub other_list: &'a [&'a str],
    /// The app has `wildcard_redirect: SUBDOMAIN`.
    pub wildcard: bool,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Okta or a standard refuses it.
    Fail,
    /// Sign-in fails unless somebody meant exactly this.
    Warn,
    /// Worth knowing.
    Info,
}

/// One thing to know about a URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Stable name of the rule: `fragment`, `trailing-slash` ….
    pub check: &'static str,
    /// How bad.
    pub severity: Severity,
    /// What it is and what it means, ready to be drawn.
    pub sentence: String,
    /// The URI as it should be. It has no `Fail` and no `Warn` in the same place; where there is no such URI, nothing is offered.
    pub fix: Option<String>,
    /// From the URI as it should be to this one, where there is one.
    pub difference: Option<Difference>,
}

/// What a rule found: the repair is of this one thing only.
struct Finding {
    check: &'static str,
    severity: Severity,
    sentence: String,
    repair: Option<String>,
    expected: Option<String>,
}

impl Finding {
    fn new(check: &'static str, severity: Severity, sentence: impl Into<String>) -> Self {
        Self { check, severity, sentence: sentence.into(), repair: None, expected: None }
    }

    fn repair(mut self, uri: impl Into<String>) -> Self {
        self.repair = Some(uri.into());
        self
    }

    /// The value that this one was compared with, shown where it cannot be the repair.
    fn expected(mut self, uri: impl Into<String>) -> Self {
        self.expected = Some(uri.into());
        self
    }
}

/// Everything to know about `uri` in its place, in the order in which a person would want it: `Fail`, `Warn`, `Info`.
///
/// Without a known callback only what is wrong by itself warns (RFC 6749 §3.1.2, RFC 3986 §2, RFC 8252 §8.3, Okta's own rules);
/// with one, a near miss of it warns as well. Nothing found means: nothing against it.
pub fn lint(uri: &str, context: &LintContext<'_>) -> Vec<Lint> {
    let mut out: Vec<Lint> = judge(uri, context)
        .into_iter()
        .map(|found| {
            let fix = found.repair.and_then(|start| repaired(start, context));
            let against = fix.as_ref().or(found.expected.as_ref());
            let difference = against.and_then(|against| compare(against, uri));
            Lint { check: found.check, severity: found.severity, sentence: found.sentence, fix, difference }
        })
        .collect();
    out.sort_by_key(|lint| lint.severity);
    out
}

/// What every rule has to say, in the order of the rules.
fn judge(uri: &str, context: &LintContext<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let plain = text::judge(uri, &mut out);
    if plain.is_empty() {
        out.clear();
        let blank = Finding::new("blank", Severity::Fail, "This row is blank: fill it in or remove it.");
        let expected = known::expected(context).first().map(|callback| callback.uri.clone());
        out.push(Finding { repair: expected, ..blank });
        return out;
    }
    shape::judge(&plain, context, &mut out);
    known::judge(uri, &plain, context, &mut out);
    out
}

/// Repairs one finding after the other until none is left that fails or warns.
fn repaired(mut uri: String, context: &LintContext<'_>) -> Option<String> {
    // More steps than there are repairs; two repairs that undo each other end here too.
    for _ in 0..16 {
        let mut bad = judge(&uri, context).into_iter().filter(|f| f.severity != Severity::Info).peekable();
        if bad.peek().is_none() {
            return Some(uri);
        }
        uri = bad.find_map(|f| f.repair)?;
    }
    None
}
