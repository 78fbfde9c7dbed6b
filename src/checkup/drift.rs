//! Drift: what a Setup wants against what the org has, field by field. Okta's defaults and the order of lists are no difference.

use super::Facts;
use crate::okta::model::{Assigned, Readable, RefreshRotation, ServerKind};
use crate::policy::Cover;
use crate::setup::{AccessMode, Setup};
use crate::text::Clean;
use std::collections::BTreeSet;

/// How the two sides of a field stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drifted {
    /// They are the same.
    Same,
    /// They differ.
    Differs,
    /// Only the Setup has it: applying adds it.
    OnlyWanted,
    /// Only the org has it: applying leaves it.
    OnlyLive,
    /// The org's side could not be read.
    NotReadable,
}

impl Drifted {
    /// As JSON names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::OnlyWanted => "only_wanted",
            Self::OnlyLive => "only_live",
            Self::NotReadable => "not_readable",
        }
    }
}

/// A field with its two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name: `redirect URI`.
    pub name: &'static str,
    /// What the Setup wants; empty where it wants nothing.
    pub wanted: Clean,
    /// What the org has; empty where it has nothing.
    pub live: Clean,
    /// How they stand.
    pub kind: Drifted,
}

struct Fields(Vec<Field>);

impl Fields {
    fn push(&mut self, name: &'static str, wanted: &str, live: &str, kind: Drifted) {
        self.0.push(Field { name, wanted: Clean::new(wanted), live: Clean::new(live), kind });
    }

    fn both(&mut self, name: &'static str, wanted: &str, live: &str) {
        let kind = if wanted == live { Drifted::Same } else { Drifted::Differs };
        self.push(name, wanted, live, kind);
    }

    /// Two lists in which the order means nothing. `same`: what makes two entries one.
    fn lists(
        &mut self,
        name: &'static str,
        wanted: &[String],
        live: &[String],
        same: impl Fn(&str) -> String,
    ) {
        let has = |list: &[String], one: &String| list.iter().any(|other| same(other) == same(one));
        for one in wanted {
            match live.iter().find(|other| same(other) == same(one)) {
                Some(other) => self.push(name, one, other, Drifted::Same),
                None => self.push(name, one, "", Drifted::OnlyWanted),
            }
        }
        for one in live.iter().filter(|one| !has(wanted, one)) {
            self.push(name, "", one, Drifted::OnlyLive);
        }
    }
}

/// Every field that a Setup can say something about, in the order of the wizard's steps. `facts` are of the authorization server that the
/// Setup names.
pub fn drift(wanted: &Setup, facts: &Facts) -> Vec<Field> {
    let mut fields = Fields(Vec::new());
    client(wanted, facts, &mut fields);
    addresses(wanted, facts, &mut fields);
    access(wanted, facts, &mut fields);
    server(wanted, facts, &mut fields);
    fields.0
}

fn word(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}

fn client(wanted: &Setup, facts: &Facts, out: &mut Fields) {
    let (app, live) = (&facts.app, &facts.setup);
    out.both("name", wanted.app.name.trim(), app.raw_label().trim());
    if let Some(logo) = &wanted.app.logo {
        // Okta does not say which picture it is, only that there is one.
        let kind = if app.logo_href().is_some() { Drifted::Same } else { Drifted::OnlyWanted };
        out.push("logo", logo, if kind == Drifted::Same { "there is one" } else { "" }, kind);
    }
    let method = wanted.app.client_authentication.as_str();
    match app.client_authentication() {
        Some(live) => out.both("client authentication", method, live.as_str()),
        None => out.push("client authentication", method, "another method", Drifted::Differs),
    }
    out.both("PKCE required", word(wanted.app.pkce_required), word(app.pkce_required()));
    let mut grants = vec!["authorization_code".to_owned()];
    if wanted.grants.refresh_token {
        grants.push("refresh_token".into());
    }
    out.lists("grant", &grants, &app.grant_types(), str::to_owned);
    if wanted.grants.refresh_token && live.grants.refresh_token {
        let rotation = |r: RefreshRotation, seconds: u32| match r {
            RefreshRotation::Static => "stays the same".to_owned(),
            RefreshRotation::Rotate => format!("rotates, {seconds} s leeway"),
        };
        out.both(
            "refresh token",
            &rotation(wanted.grants.refresh_rotation, wanted.grants.refresh_leeway_seconds),
            &rotation(live.grants.refresh_rotation, live.grants.refresh_leeway_seconds),
        );
    }
}

fn addresses(wanted: &Setup, facts: &Facts, out: &mut Fields) {
    let uris: Vec<String> = wanted.redirect_uris.iter().map(|row| row.uri.clone()).collect();
    // Byte for byte: so Okta compares them.
    out.lists("redirect URI", &uris, &facts.app.redirect_uris(), str::to_owned);
    out.lists("sign-out URI", &wanted.sign_out.uris, &facts.app.sign_out_uris(), str::to_owned);
    if facts.app.wildcard_redirect() {
        out.push("wildcard redirect URIs", "", "allowed", Drifted::OnlyLive);
    }
}

fn access(wanted: &Setup, facts: &Facts, out: &mut Fields) {
    if facts.app.federation_broker() {
        out.push("Federation Broker Mode", "off", "on: assignments have no effect", Drifted::Differs);
    }
    if wanted.access.mode == AccessMode::Later {
        return;
    }
    let mode = |mode: AccessMode| if mode == AccessMode::Everyone { "everyone" } else { "limited" };
    match (&facts.groups, facts.everyone.known()) {
        (Readable::Known(_), Some(_)) => {
            out.both("who has access", mode(wanted.access.mode), mode(facts.setup.access.mode));
        }
        _ => out.push("who has access", mode(wanted.access.mode), "", Drifted::NotReadable),
    }
    match &facts.groups {
        Readable::Known(_) => {
            out.lists("group", &wanted.access.groups, &facts.setup.access.groups, str::to_owned);
        }
        _ => out.push("groups", &wanted.access.groups.join(", "), "", Drifted::NotReadable),
    }
    match &facts.people {
        Readable::Known(all) => {
            let direct = all.iter().filter(|(user, _)| user.via == Assigned::Directly);
            let login = |(user, person): &(crate::okta::model::AppUser, Option<crate::okta::model::User>)| {
                let name = person.as_ref().map(|p| &p.login).or(user.user_name.as_ref());
                name.map_or_else(|| user.id.to_string(), ToString::to_string)
            };
            let live: Vec<String> = direct.map(login).collect();
            // Okta's logins are the same in capitals.
            out.lists("person", &wanted.access.people, &live, str::to_lowercase);
        }
        _ => out.push("people", &wanted.access.people.join(", "), "", Drifted::NotReadable),
    }
}

fn server(wanted: &Setup, facts: &Facts, out: &mut Fields) {
    let id = wanted.authorization_server.id.as_str();
    match &facts.context.discovery {
        Readable::Known(Some(_)) => out.push("authorization server", id, id, Drifted::Same),
        Readable::Known(None) => out.push("authorization server", id, "", Drifted::OnlyWanted),
        _ => out.push("authorization server", id, "", Drifted::NotReadable),
    }
    let known: Option<BTreeSet<String>> =
        match (&facts.server, &facts.context.scopes, &facts.context.discovery) {
            (ServerKind::Custom(_), Readable::Known(scopes), _) => {
                Some(scopes.iter().map(|scope| scope.name.to_string()).collect())
            }
            (_, _, Readable::Known(Some(discovery))) => {
                Some(discovery.scopes_supported.iter().map(ToString::to_string).collect())
            }
            _ => None,
        };
    for scope in &wanted.authorization_server.scopes {
        match &known {
            None => out.push("scope", scope, "", Drifted::NotReadable),
            Some(known) if known.contains(scope) => out.push("scope", scope, scope, Drifted::Same),
            Some(_) => out.push("scope", scope, "", Drifted::OnlyWanted),
        }
    }
    if wanted.authorization_server.access_policy && matches!(facts.server, ServerKind::Custom(_)) {
        let covers = "a rule covers this client";
        match facts.cover() {
            None => out.push("access policy", covers, "", Drifted::NotReadable),
            Some(Cover::Yes { .. }) => out.push("access policy", covers, covers, Drifted::Same),
            Some(Cover::SomePeopleOnly { rule, .. }) => {
                out.push(
                    "access policy",
                    covers,
                    &format!("for some people only (rule \"{rule}\")"),
                    Drifted::Differs,
                );
            }
            Some(Cover::No { why }) => out.push("access policy", covers, &why.sentence(), Drifted::Differs),
        }
    }
}
