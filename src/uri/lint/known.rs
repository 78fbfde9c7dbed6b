//! A URI against the gateway's known callbacks and against the other rows.

use super::super::characters::{drawn_text, is_invisible, is_whitespace, passes_for};
use super::super::compare::{compare, edits};
use super::super::encoding::decode;
use super::super::{Callback, Class};
use super::{Finding, LintContext, List, Severity};
use Severity::{Info, Warn};

/// The callbacks that are known for the environment of this row.
pub(super) fn expected<'a>(context: &LintContext<'a>) -> Vec<&'a Callback> {
    let name = context.environment.trim();
    let same = |c: &&Callback| !name.is_empty() && c.environment.trim().eq_ignore_ascii_case(name);
    match context.list {
        List::SignIn => context.known.iter().filter(same).collect(),
        List::SignOut => Vec::new(),
    }
}

/// `plain` is `uri` without blanks, invisible characters and look-alikes: those were reported already.
pub(super) fn judge(uri: &str, plain: &str, context: &LintContext<'_>, out: &mut Vec<Finding>) {
    if context.rows.contains(&uri) {
        out.push(Finding::new("duplicate", Warn, "Another row of this list says the same: remove one."));
    }
    match context.list {
        List::SignOut => sign_out(uri, context, out),
        List::SignIn => sign_in(uri, plain, context, out),
    }
}

fn sign_out(uri: &str, context: &LintContext<'_>, out: &mut Vec<Finding>) {
    let callback = context.known.iter().any(|known| known.uri == uri);
    let listed = context.other_list.contains(&uri);
    if callback && !listed {
        let sentence = "This is the gateway's callback, in the list for sign-out. Okta never mixes the \
            two lists: sign-in needs it in the other.";
        out.push(Finding::new("wrong-list", Warn, sentence));
    } else if listed {
        let sentence = "The sign-in list has this URI too. Okta keeps two lists: here it is only where \
            people land after sign-out.";
        out.push(Finding::new("both-lists", Info, sentence));
    }
}

fn sign_in(uri: &str, plain: &str, context: &LintContext<'_>, out: &mut Vec<Finding>) {
    if let Some(known) = context.known.iter().find(|known| known.uri == uri) {
        if !context.environment.trim().is_empty()
            && !context.known.iter().any(|k| k.uri == uri && same_name(&k.environment, context.environment))
        {
            let sentence = format!(
                "This is the callback of {}, and this line says {}.",
                drawn_text(&known.environment),
                drawn_text(context.environment)
            );
            out.push(Finding::new("environment", Info, sentence));
        }
        return;
    }
    if context.known.iter().any(|known| known.uri == plain) {
        // Right but for characters that were reported already.
        return;
    }
    let wanted = expected(context);
    let nearest = |of: &[&Callback]| {
        of.iter().map(|c| (edits(&c.uri, plain), (*c).clone())).min_by_key(|(d, _)| *d).map(|(_, c)| c)
    };
    if let Some(callback) = nearest(&wanted) {
        let difference = compare(&callback.uri, uri);
        let (place, words) = difference.map_or((0, ""), |d| (d.index + 1, d.class.words()));
        let sentence = format!(
            "Not the callback of {}: it differs at character {place}. {words}",
            drawn_text(&callback.environment)
        );
        out.push(
            Finding::new("callback", Warn, sentence).repair(callback.uri.clone()).expected(callback.uri),
        );
        return;
    }
    let near: Vec<&Callback> = context.known.iter().filter(|known| is_near(&known.uri, plain)).collect();
    if let Some(callback) = nearest(&near) {
        let difference = compare(&callback.uri, uri);
        let (place, words) = difference.map_or((0, ""), |d| (d.index + 1, d.class.words()));
        let sentence = format!(
            "Almost the callback of {}: it differs at character {place}. {words}",
            drawn_text(&callback.environment)
        );
        out.push(
            Finding::new("near-callback", Warn, sentence).repair(callback.uri.clone()).expected(callback.uri),
        );
    } else if !context.known.is_empty() {
        let sentence = "Not a callback that oktui knows: taken as your own.";
        out.push(Finding::new("own", Info, sentence));
    }
}

fn same_name(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

/// Whether somebody who wrote `uri` most likely meant `known`, and it is not the same. Another host is another environment, not a slip.
pub fn is_near(known: &str, uri: &str) -> bool {
    match compare(known, uri).map(|d| d.class) {
        None | Some(Class::Host | Class::Subdomain | Class::Other) => false,
        Some(_) => essence(known) == essence(uri) || edits(known, uri) <= 3,
    }
}

/// What is left of a URI when every slip that has a class is taken out of it.
fn essence(uri: &str) -> String {
    let folded: String = uri
        .chars()
        .filter(|c| !is_whitespace(*c) && !is_invisible(*c))
        .map(|c| passes_for(c).unwrap_or(c))
        .collect();
    let once = decode(&folded, |_| true);
    let twice = decode(&String::from_utf8_lossy(&once), |_| true);
    let text = String::from_utf8_lossy(&twice).to_lowercase();
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = text.replacen("https:", "http:", 1).replacen(":443", "", 1).replacen(":80/", "/", 1);
    text.split('/').filter(|s| !matches!(*s, "" | ".")).collect::<Vec<_>>().join("/").replacen(
        "localhost",
        "127.0.0.1",
        1,
    )
}
