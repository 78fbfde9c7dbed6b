//! Every rule of a Setup, one file for each of the wizard's steps.
//!
//! A rule is pure, has a stable name, and says something only where it has something to say; a field with nothing against it has
//! one `Ok` check. Rules never change the Setup: they offer a fix.

mod access;
mod authentication;
mod basic;
mod grants;
mod redirects;

use super::check::{Check, Field, Severity};
use super::{Context, Setup};

pub use grants::client_secret_problem;

/// Everything there is to say about a Setup, in the order of the wizard's steps and of the fields on them.
pub fn checks(setup: &Setup, context: &Context) -> Vec<Check> {
    let mut out = Vec::new();
    basic::check(setup, context, &mut out);
    grants::check(setup, &mut out);
    redirects::check(setup, context, &mut out);
    access::check(setup, context, &mut out);
    authentication::check(setup, context, &mut out);
    out
}

/// Adds an `Ok` check for a field that nothing was said against.
fn otherwise_ok(out: &mut Vec<Check>, name: &'static str, field: Field, sentence: impl Into<String>) {
    if !out.iter().any(|c| c.field == field && c.severity >= Severity::Warn) {
        out.push(Check::new(name, field, Severity::Ok, sentence));
    }
}
