//! Step 4: who may sign in.

use super::super::{AccessMode, Check, Context, Edit, Field, Setup, Severity};
use crate::okta::model::App;
use crate::text::Clean;
use Severity::{Fail, Info, Ok, Warn};
use std::collections::HashSet;

pub(super) fn check(setup: &Setup, context: &Context, out: &mut Vec<Check>) {
    let broker = context.app.as_ref().is_some_and(App::federation_broker);
    if broker {
        federation_broker(setup.access.mode, out);
    }
    mode(setup, broker, out);
    people(setup, context, out);
    groups(setup, context, out);
}

fn federation_broker(mode: AccessMode, out: &mut Vec<Check>) {
    let severity = if mode == AccessMode::Everyone { Info } else { Warn };
    out.push(
        Check::new(
            "federation-broker",
            Field::AccessMode,
            severity,
            "Federation Broker Mode is on for this app: everybody in the org passes, and \
                Okta shows no assignments, whatever is chosen here.",
        )
        .why(
            "The app's sign-on policy and the access policy of the authorization server \
            decide alone then. Switching the mode can lose app profiles, so oktui never does \
            it: Admin Console, the app's General tab.",
        ),
    );
}

fn mode(setup: &Setup, broker: bool, out: &mut Vec<Check>) {
    let check = |rule, severity, sentence: &str| Check::new(rule, Field::AccessMode, severity, sentence);
    let named = |list: &[String]| list.iter().any(|name| !name.trim().is_empty());
    out.push(match setup.access.mode {
        AccessMode::Controlled if named(&setup.access.people) || named(&setup.access.groups) => {
            check("access", Ok, "Only the people and groups below may sign in.")
        }
        AccessMode::Controlled if broker => return,
        AccessMode::Controlled => check("access-nobody", Warn, "Nobody is named yet: nobody can sign in."),
        AccessMode::Everyone => check(
            "access-everyone",
            Info,
            "Everybody in the org may sign in, everybody who comes later included. For \
            production, name groups.",
        )
        .why(
            "The built-in group Everyone is assigned. Least privilege is what the \
                gateway's guide recommends.",
        )
        .fix("limit access to groups and people", Edit::SetAccessMode(AccessMode::Controlled)),
        AccessMode::Later => check(
            "access-later",
            Info,
            "Nobody is assigned now. Sign-in answers access_denied until somebody is.",
        ),
    });
}

fn people(setup: &Setup, context: &Context, out: &mut Vec<Check>) {
    // Thousands may be named.
    let mut seen = HashSet::new();
    for (row, login) in setup.access.people.iter().enumerate() {
        let (field, remove) = (Field::Person(row), Edit::RemovePerson { row, from: login.clone() });
        let check = |rule, severity, sentence: String| {
            Check::new(rule, field, severity, sentence).fix("remove this row", remove.clone())
        };
        let shown = Clean::new(login);
        if login.trim().is_empty() {
            out.push(check("person-blank", Fail, "This row names nobody.".into()));
        } else if !seen.insert(login.to_ascii_lowercase()) {
            out.push(check("person-twice", Warn, format!("{shown} is named twice.")));
        } else if let Some(found) = &context.people {
            match found.get(login) {
                None => out.push(check(
                    "person-unknown",
                    Fail,
                    format!("Nobody in this org has the login {shown}."),
                )),
                Some(user) if !user.status.can_sign_in() => {
                    let sentence =
                        format!("{shown} is {}: assigned or not, no sign-in works.", user.status.words());
                    out.push(Check::new("person-status", field, Warn, sentence));
                }
                Some(_) => {}
            }
        }
    }
}

fn groups(setup: &Setup, context: &Context, out: &mut Vec<Check>) {
    for (row, name) in setup.access.groups.iter().enumerate() {
        let (field, remove) = (Field::Group(row), Edit::RemoveGroup { row, from: name.clone() });
        let check = |rule, severity, sentence: String| {
            Check::new(rule, field, severity, sentence).fix("remove this row", remove.clone())
        };
        let shown = Clean::new(name);
        if name.trim().is_empty() {
            out.push(check("group-blank", Fail, "This row names no group.".into()));
            continue;
        }
        if setup.access.groups.iter().take(row).any(|g| g == name) {
            out.push(check("group-twice", Warn, format!("{shown} is named twice.")));
            continue;
        }
        let found = context.groups.as_ref().map(|groups| groups.get(name).map_or(&[][..], Vec::as_slice));
        match found {
            Some([]) => {
                out.push(check("group-unknown", Fail, format!("No group in this org is called {shown}.")))
            }
            Some([one]) if setup.access.mode == AccessMode::Controlled && one.is_everyone() => {
                let sentence =
                    "Everyone is the built-in group of the whole org: nothing is limited by it.".to_owned();
                out.push(check("group-everyone", Warn, sentence));
            }
            Some([_]) | None => {}
            Some(many) => {
                let sentence =
                    format!("{} groups are called {shown}: a name alone does not say which one.", many.len());
                out.push(check("group-ambiguous", Fail, sentence));
            }
        }
    }
}
