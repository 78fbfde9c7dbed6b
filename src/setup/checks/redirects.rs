//! Step 3: redirect URIs and sign-out URIs.

use super::super::check::free_environment;
use super::super::{Check, Context, Edit, Field, GATEWAY_CALLBACK, RedirectUri, Setup, Severity};
use crate::text::plural;
use crate::uri::{self, Lint, LintContext, List, lint};
use Severity::{Fail, Info, Ok, Warn};

pub(super) fn check(setup: &Setup, context: &Context, out: &mut Vec<Check>) {
    let sign_in: Vec<&str> = setup.redirect_uris.iter().map(|row| row.uri.as_str()).collect();
    let sign_out: Vec<&str> = setup.sign_out.uris.iter().map(String::as_str).collect();
    if sign_in.is_empty() {
        let callback = context.callbacks.first();
        let environment = callback.map_or("prod", |c| &c.environment).to_owned();
        let uri = callback.map_or(GATEWAY_CALLBACK, |c| &c.uri).to_owned();
        out.push(
            Check::new(
                "redirect-uri-missing",
                Field::RedirectUris,
                Fail,
                "There is no redirect URI yet: Okta wants at least one.",
            )
            .fix("add the gateway's callback", Edit::AddRedirectUri(RedirectUri { environment, uri })),
        );
    }
    let wildcard = context.app.as_ref().is_some_and(crate::okta::model::App::wildcard_redirect);
    for (row, line) in setup.redirect_uris.iter().enumerate() {
        environment(setup, row, line, out);
        let others = others(&sign_in, row);
        let around = LintContext {
            list: List::SignIn,
            environment: &line.environment,
            known: &context.callbacks,
            rows: &others,
            other_list: &sign_out,
            wildcard,
        };
        let found = lint(&line.uri, &around);
        let known = context.callbacks.iter().any(|c| c.uri == line.uri);
        row_ok(Field::RedirectUri(row), &found, known, out);
        out.extend(
            found
                .into_iter()
                .filter(|l| l.check != "duplicate" || is_repeated(&sign_in, row))
                .map(|l| sign_in_check(row, &line.uri, l)),
        );
    }
    for (row, line) in setup.sign_out.uris.iter().enumerate() {
        let others = others(&sign_out, row);
        let around = LintContext {
            list: List::SignOut,
            environment: "",
            known: &context.callbacks,
            rows: &others,
            other_list: &sign_in,
            wildcard: false,
        };
        let found = lint(line, &around);
        row_ok(Field::SignOutUri(row), &found, false, out);
        out.extend(
            found
                .into_iter()
                .filter(|l| l.check != "duplicate" || is_repeated(&sign_out, row))
                .map(|l| sign_out_check(row, line, l)),
        );
    }
    kept(setup, context, out);
}

/// Of equal rows only the later ones are called duplicates.
fn is_repeated(rows: &[&str], row: usize) -> bool {
    rows.get(row).is_some_and(|uri| rows.iter().take(row).any(|earlier| earlier == uri))
}

fn others<'a>(rows: &[&'a str], row: usize) -> Vec<&'a str> {
    rows.iter().enumerate().filter(|(at, _)| *at != row).map(|(_, uri)| *uri).collect()
}

fn row_ok(field: Field, found: &[Lint], known: bool, out: &mut Vec<Check>) {
    if found.iter().all(|l| l.severity == uri::Severity::Info) {
        let sentence = match (field, known) {
            (Field::SignOutUri(_), _) => "Okta may send people here after sign-out.",
            (_, true) => "The gateway's callback, character by character.",
            (_, false) => {
                "Nothing against it. Whether the gateway sends exactly this, only the gateway knows."
            }
        };
        out.push(Check::new("redirect-uri", field, Ok, sentence));
    }
}

fn severity(of: uri::Severity) -> Severity {
    match of {
        uri::Severity::Fail => Fail,
        uri::Severity::Warn => Warn,
        uri::Severity::Info => Info,
    }
}

fn from_lint(field: Field, lint: &Lint) -> Check {
    let mut check = Check::new(lint.check, field, severity(lint.severity), lint.sentence.clone());
    check.difference = lint.difference;
    check.expected.clone_from(&lint.fix);
    check.why = lint.difference.map(|d| format!("{} ({})", d.class.words(), d.class.source()));
    check
}

fn sign_in_check(row: usize, uri: &str, lint: Lint) -> Check {
    let from = uri.to_owned();
    let check = from_lint(Field::RedirectUri(row), &lint);
    match (lint.check, lint.fix) {
        (_, Some(to)) => check.fix("write it so", Edit::SetRedirectUri { row, from, to }),
        ("blank" | "duplicate", None) => check.fix("remove this row", Edit::RemoveRedirectUri { row, from }),
        ("callback" | "near-callback", None) => {
            check.fix("remove this row: the right one is there", Edit::RemoveRedirectUri { row, from })
        }
        (_, None) => check,
    }
}

fn sign_out_check(row: usize, uri: &str, lint: Lint) -> Check {
    let from = uri.to_owned();
    let check = from_lint(Field::SignOutUri(row), &lint);
    match (lint.check, lint.fix) {
        (_, Some(to)) => check.fix("write it so", Edit::SetSignOutUri { row, from, to }),
        ("blank" | "duplicate", None) => check.fix("remove this row", Edit::RemoveSignOutUri { row, from }),
        ("wrong-list", None) => check.fix("move it to the sign-in list", Edit::MoveToSignIn { row, from }),
        (_, None) => check,
    }
}

/// Environments are ours, not Okta's: they name the rows, so each needs a name of its own.
fn environment(setup: &Setup, row: usize, line: &RedirectUri, out: &mut Vec<Check>) {
    let field = Field::RedirectEnvironment(row);
    let name = line.environment.trim();
    let from = line.environment.clone();
    if name.is_empty() {
        let to = free_environment(setup, "prod");
        out.push(
            Check::new("environment-empty", field, Fail, "This row says for no environment of the gateway.")
                .fix(format!("call it {to}"), Edit::SetEnvironment { row, from, to }),
        );
    } else if setup.redirect_uris.iter().take(row).any(|r| r.environment.trim().eq_ignore_ascii_case(name)) {
        let to = free_environment(setup, name);
        out.push(
            Check::new(
                "environment-twice",
                field,
                Warn,
                "Another row is for the same environment: nobody can tell which one that gateway sends.",
            )
            .fix(format!("call it {}", crate::text::Clean::new(&to)), Edit::SetEnvironment { row, from, to }),
        );
    }
}

/// A Setup is additive: what the app has beside it stays.
fn kept(setup: &Setup, context: &Context, out: &mut Vec<Check>) {
    let Some(app) = &context.app else { return };
    let more =
        app.redirect_uris().iter().filter(|uri| !setup.redirect_uris.iter().any(|r| r.uri == **uri)).count();
    if more > 0 {
        let sentence = format!(
            "Okta has {} for this app that this list does not name. They stay until you remove them by name.",
            plural(more, "more redirect URI")
        );
        out.push(Check::new("redirect-uri-kept", Field::RedirectUris, Info, sentence));
    }
}
