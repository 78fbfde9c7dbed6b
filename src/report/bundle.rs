//! A support bundle: what is known about a sign-in that fails, as files that are safe to send. Pure: what was read comes in, files come
//! out.

use super::people::hidden;
use super::table::Table;
use super::{checkup, diagnosis};
use crate::checkup::{Facts, Finding};
use crate::diagnose::{Diagnosis, Evidence, Need};
use crate::okta::model::{Engine, OrgFacts, Readable, ServerKind};
use crate::policy::Cover;
use crate::setup;
use crate::text::time;
use jiff::Timestamp;

/// What a bundle is made of; each part may be absent.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The version of oktui.
    pub version: &'a str,
    /// Now.
    pub now: Timestamp,
    /// The org, where one is connected.
    pub org: Option<&'a OrgFacts>,
    /// What was pasted or opened, and what it means.
    pub diagnosis: Option<(&'a Diagnosis, &'a Evidence)>,
    /// The app's configuration, and what the check-up found in it.
    pub checkup: Option<(&'a Facts, &'a [Finding])>,
    /// A run of the tester, exported and masked: names and texts of its files.
    pub run: &'a [(String, String)],
}

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

const SAFE: &str = "Safe to send: it holds no password, code, token or client secret, and people are tags (the same tag is the same person).";

/// The files, the report for people first.
pub fn files(parts: &Parts) -> Vec<File> {
    let mut out = vec![("report.md".to_owned(), report(parts))];
    if let Some((found, evidence)) = parts.diagnosis {
        out.push(("diagnosis.json".into(), pretty(&diagnosis::json(found, evidence))));
    }
    if let Some((facts, findings)) = parts.checkup {
        let secrets = matches!(facts.secrets, Readable::Known(_));
        out.push(("check-up.json".into(), pretty(&checkup::json(&facts.app.label(), findings, secrets))));
        out.push(("setup.toml".into(), setup::to_commented_toml(&facts.setup)));
    }
    out.extend(parts.run.iter().cloned());
    let (files, texts): (Vec<_>, Vec<_>) = out.into_iter().unzip();
    let texts = hidden(texts, &people(parts));
    files.into_iter().zip(texts).map(|(name, text)| File { name, text }).collect()
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Logins that need not look like addresses.
fn people(parts: &Parts) -> Vec<String> {
    let mut names = Vec::new();
    if let Some((facts, _)) = parts.checkup {
        names.extend(facts.setup.access.people.iter().cloned());
        for (user, person) in facts.people.known().into_iter().flatten() {
            names.extend(user.user_name.as_ref().map(ToString::to_string));
            if let Some(person) = person {
                names.extend([&person.login, &person.name, &person.email].map(ToString::to_string));
            }
        }
    }
    if let Some((found, evidence)) = parts.diagnosis {
        let needs = found.needs.iter().chain(evidence.answers.iter().map(|(need, _)| need));
        names.extend(needs.filter_map(|need| match need {
            Need::AppUser { login: Some(login), .. } => Some(login.clone()),
            _ => None,
        }));
        names.extend(evidence.events.iter().map(|event| event.actor.to_string()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn report(parts: &Parts) -> String {
    let mut out = format!(
        "# Okta sign-in for the Cequence AI Gateway: support bundle\n\nMade with oktui {} at {}. {SAFE}\n",
        parts.version,
        time::utc(parts.now)
    );
    if let Some((found, evidence)) = parts.diagnosis {
        out += &format!("\n## What failed\n\n{}", diagnosis::markdown(found, evidence));
    }
    if let Some((facts, findings)) = parts.checkup {
        out += &format!("\n## Configuration\n\n{}", configuration(parts.org, facts));
        let secrets = matches!(facts.secrets, Readable::Known(_));
        let page = checkup::markdown(&facts.app.label(), findings, secrets, facts.now);
        // One level below the page's own headings.
        for line in page.lines() {
            let deeper = if line.starts_with('#') { "#" } else { "" };
            out += &format!("{}{deeper}{line}\n", if line.starts_with("# ") { "\n" } else { "" });
        }
    }
    if !parts.run.is_empty() {
        let names: Vec<&str> = parts.run.iter().map(|(name, _)| name.as_str()).collect();
        out += &format!("\n## A run of the flow tester\n\nSee {}.\n", names.join(", "));
    }
    if parts.checkup.is_none() {
        out += "\nNo org was connected: what is configured there is not in this bundle.\n";
    }
    out
}

fn configuration(org: Option<&OrgFacts>, facts: &Facts) -> String {
    let app = &facts.app;
    let mut table = Table::new(&["What", "As it is in Okta"]);
    let mut row = |what: &str, value: String| table.row([what.to_owned(), value]);
    if let Some(org) = org {
        row("org", org.url.clone());
        row("custom domain", org.custom_domain.as_ref().map_or("none".into(), ToString::to_string));
    }
    row(
        "engine",
        match facts.engine {
            Engine::Identity => "Identity Engine".into(),
            Engine::Classic => "Classic Engine".into(),
            Engine::Unknown => "not known".into(),
        },
    );
    row("app", format!("{} ({})", app.label(), app.id().map_or_else(String::new, |id| id.to_string())));
    row("client id", app.client_id().map_or_else(|| "none".into(), |id| id.to_string()));
    row("status", format!("{:?}", app.status()).to_uppercase());
    row("client authentication", app.client_authentication().map_or("not known", |m| m.as_str()).into());
    row("grants", app.grant_types().join(", "));
    row("PKCE demanded", yes(app.pkce_required()));
    row("DPoP demanded", yes(app.dpop_bound()));
    row("wildcard redirect URIs", yes(app.wildcard_redirect()));
    row("Federation Broker Mode", yes(app.federation_broker()));
    for uri in app.redirect_uris() {
        row("redirect URI", uri);
    }
    for uri in app.sign_out_uris() {
        row("sign-out URI", uri);
    }
    row(
        "authorization server",
        match &facts.server {
            ServerKind::Org => "the org's own".into(),
            ServerKind::Custom(id) => id.to_string(),
        },
    );
    row(
        "access policy",
        match facts.cover() {
            None => "not looked at".into(),
            Some(Cover::Yes { policy, rule }) => format!("\"{policy}\", rule \"{rule}\": everybody"),
            Some(Cover::SomePeopleOnly { policy, rule, .. }) => {
                format!("\"{policy}\", rule \"{rule}\": some people only")
            }
            Some(Cover::No { why }) => why.sentence(),
        },
    );
    row(
        "assigned",
        format!(
            "{}, {}",
            counted(&facts.people, "person", "people"),
            counted(&facts.groups, "group", "groups")
        ),
    );
    row("scopes asked for", facts.setup.authorization_server.scopes.join(" "));
    table.markdown()
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.into()
}

fn counted<T>(read: &Readable<Vec<T>>, one: &str, many: &str) -> String {
    match read {
        Readable::Known(all) if all.len() == 1 => format!("1 {one}"),
        Readable::Known(all) => format!("{} {many}", all.len()),
        Readable::NotAsked => format!("{many}: not asked"),
        Readable::Forbidden(_) | Readable::Failed(_) => format!("{many}: could not be read"),
    }
}
