//! Step 5, authentication: the authorization server (probed, never assumed), scopes, the access policy, the six values as far as
//! they are known, and the MCP servers that use them.

use super::model::{Id, Model};
use crate::okta::model::{Group, Readable, ServerKind};
use crate::policy::{Cover, covers};
use crate::run::job::ServerProbe;
use crate::setup::Field as About;
use crate::tui::shared::{Remote, Shared, Work};
use crate::tui::widgets::form::{Part, Row, safe};
use serde_json::Value;

pub(super) fn rows(model: &Model, shared: &Shared, work: &Work) -> Vec<Row<Id>> {
    let mut rows = vec![Row::heading("Authorization server")];
    servers(model, shared, work, &mut rows);
    probe(work, &mut rows);
    rows.push(Row::heading("Scopes that the gateway asks for"));
    let setup = &work.draft.setup.authorization_server;
    for name in scopes(work) {
        let at = setup.scopes.iter().position(|s| *s == name);
        let word = at.map_or("", |at| model.word(&[About::Scope(at)]));
        let note = match name.as_str() {
            "openid" => "needed: it is what makes this a sign-in",
            "offline_access" => "for refresh tokens",
            _ => "",
        };
        let part = Part::Switch { on: at.is_some(), title: safe(&name), note: note.into() };
        rows.push(Row::new(Id::Scope(name), part).state(word));
    }
    rows.push(
        Row::new(Id::OwnScope, Part::Field { label: "+ another".into(), value: String::new() })
            .state(Some(model.word(&[About::Scopes])).filter(|w| *w != "OK").unwrap_or_default()),
    );
    policy(model, shared, work, &mut rows);
    let note = "nothing to grant there (w why)";
    rows.push(Row::new(Id::ApiScopes, Part::Fixed { label: "API Scopes tab".into(), value: note.into() }));
    rows.push(Row::heading("For the gateway's form"));
    for (label, value) in values(work) {
        let part =
            Part::Tall { label: label.into(), value: safe(&value.unwrap_or_else(|said| said.to_owned())) };
        rows.push(Row::new(Id::Value(label), part));
    }
    rows.push(Row::heading("MCP servers that use these values"));
    for (at, server) in work.draft.setup.mcp_servers.iter().enumerate() {
        let value = if server.url.is_empty() { "no URL".into() } else { safe(&server.url) };
        let name = if server.name.is_empty() { "no name".into() } else { safe(&server.name) };
        rows.push(
            Row::new(Id::McpUrl(at), Part::Field { label: name, value })
                .label_id(Id::McpName(at))
                .state(model.word(&[About::McpServer(at)])),
        );
    }
    rows.push(Row::new(Id::AddMcp, Part::Add("add an MCP server".into())));
    rows
}

fn servers(model: &Model, shared: &Shared, work: &Work, rows: &mut Vec<Row<Id>>) {
    let chosen = work.draft.setup.authorization_server.id.as_str();
    let known = shared.servers.value().and_then(Readable::known);
    let mut offered = vec![
        ("org".to_owned(), "the org's own".to_owned(), "every org has it; no scopes of your own".to_owned()),
        ("default".to_owned(), "default".to_owned(), "custom, made by Okta; may be missing".to_owned()),
    ];
    for server in known.into_iter().flatten() {
        if !server.is_default && server.id.as_str() != "default" {
            let off = if server.active { "" } else { " (inactive)" };
            let note = format!("{}{off}", server.audience);
            offered.push((server.id.to_string(), server.name.to_string(), note));
        }
    }
    let listed = offered.iter().any(|(id, _, _)| id == chosen);
    if !listed {
        offered.push((chosen.to_owned(), safe(chosen), "by its id".into()));
    }
    for (id, title, note) in offered {
        let on = id == chosen;
        let word = if on { model.word(&[About::Server]) } else { "" };
        // Not OK before it has answered.
        let word = if word == "OK" && answer(work).is_none() { "" } else { word };
        rows.push(Row::new(Id::Server(id), Part::Choice { on, title, note }).state(word));
    }
    let unread = match &shared.servers {
        Remote::Loading => Some("The list of custom servers is being read.".to_owned()),
        Remote::Failed(trouble, _) => {
            Some(format!("The list of servers could not be read: {} r reads it again.", trouble.what))
        }
        Remote::Ready(list) => list.error().map(|e| format!("You may not see the list of servers: {e}.")),
        Remote::Idle => None,
    };
    if let Some(words) = unread {
        rows.push(Row::text(words));
    }
    if known.is_none() {
        let part = Part::Field { label: "Another, by id".into(), value: String::new() };
        rows.push(Row::new(Id::OtherServer, part));
    }
}

/// The answer of the chosen server, if it is of that one.
fn answer(work: &Work) -> Option<&ServerProbe> {
    let kind = work.draft.setup.authorization_server.kind()?;
    work.server.value().filter(|p| p.server == kind)
}

fn probe(work: &Work, rows: &mut Vec<Row<Id>>) {
    let fixed =
        |label: &str, value: &str| Row::shown(Part::Fixed { label: label.into(), value: safe(value) });
    match (&work.server, answer(work)) {
        (Remote::Failed(trouble, _), _) => rows.push(Row::text(format!(
            "The server could not be asked: {} {} r asks again.",
            trouble.what, trouble.help
        ))),
        (Remote::Loading, _) => rows.push(Row::text("Asking this server.")),
        (_, Some(probe)) => match &probe.discovery {
            Readable::Known(Some(found)) => rows.push(fixed("Issuer", &found.issuer)),
            Readable::Known(None) => rows.push(Row::text("This org has no such server: choose another one.")),
            Readable::Forbidden(e) | Readable::Failed(e) => {
                rows.push(Row::text(format!("The server did not tell about itself: {e}. r asks again.")));
            }
            Readable::NotAsked => {}
        },
        (_, None) => rows.push(Row::text("This server was not asked yet; r asks it.")),
    }
}

/// The scopes that are asked for, then the others that the server offers.
fn scopes(work: &Work) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let asked = work.draft.setup.authorization_server.scopes.iter().cloned();
    let usual = ["openid", "email", "profile", "offline_access"].map(str::to_owned);
    let offered: Vec<String> = answer(work).map_or_else(Vec::new, |p| match (&p.scopes, &p.discovery) {
        (Readable::Known(scopes), _) => scopes.iter().map(|s| s.name.to_string()).collect(),
        (_, Readable::Known(Some(found))) => found.scopes_supported.clone(),
        _ => Vec::new(),
    });
    for name in asked.chain(usual).chain(offered) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn policy(model: &Model, shared: &Shared, work: &Work, rows: &mut Vec<Row<Id>>) {
    rows.push(Row::heading("Access policy of this server"));
    let setup = &work.draft.setup.authorization_server;
    if setup.kind() == Some(ServerKind::Org) {
        rows.push(Row::text("The org's own server has none: there is nothing to set up."));
        return;
    }
    let client = work.loaded.value().and_then(|l| l.app.client_id());
    let groups = shared.directory.groups.known().map(Vec::as_slice).unwrap_or_default();
    let everyone = groups.iter().find(|g| Group::is_everyone(g)).map(|g| &g.id);
    let (word, said) = match answer(work).map(|p| &p.policies) {
        Some(Readable::Known(policies)) => match covers(policies, client.as_ref(), &setup.scopes, everyone) {
            Cover::Yes { policy, rule } => {
                ("OK", format!("\"{policy}\" covers this client, by its rule \"{rule}\"."))
            }
            Cover::SomePeopleOnly { policy, rule, .. } => (
                "WARN",
                format!(
                    "\"{policy}\" covers this client for some people only, by its rule \"{rule}\". Everybody \
                    else is refused."
                ),
            ),
            Cover::No { why } => {
                let word = if setup.access_policy { "" } else { "WARN" };
                let next = if setup.access_policy { "The plan will make one." } else { "Sign-in fails." };
                (word, format!("{} {next}", why.sentence()))
            }
        },
        Some(Readable::Forbidden(e)) => ("WARN", format!("You may not see the policies: {e}.")),
        Some(Readable::Failed(e)) => ("WARN", format!("The policies could not be read: {e}. r asks again.")),
        Some(Readable::NotAsked) | None => {
            ("", "Whether a policy covers this client is not known yet.".into())
        }
    };
    rows.push(Row::text(said).state(word));
    let note = "where none covers this client";
    let part = Part::Switch { on: setup.access_policy, title: "Make one".into(), note: note.into() };
    rows.push(Row::new(Id::Policy, part).state(model.word(&[About::AccessPolicy])));
}

/// The six values of the gateway's form: known, or in words why they are not yet.
pub(super) fn values(work: &Work) -> [(&'static str, Result<String, &'static str>); 6] {
    let found = answer(work).and_then(|p| p.discovery.known()?.as_ref());
    let client = work.loaded.value().and_then(|l| l.app.client_id());
    let scopes: Vec<String> = work
        .draft
        .setup
        .authorization_server
        .scopes
        .iter()
        .map(|s| Value::from(s.as_str()).to_string())
        .collect();
    let unknown = "known when the server has answered";
    [
        ("clientId", client.map(|c| c.to_string()).ok_or("made by apply")),
        (
            "clientSecret",
            Err(if work.loaded.value().is_some() { "on the values screen: m" } else { "made by apply" }),
        ),
        ("authorizationUrl", found.map(|d| d.authorization_endpoint.clone()).ok_or(unknown)),
        ("tokenUrl", found.map(|d| d.token_endpoint.clone()).ok_or(unknown)),
        (
            "redirectUri",
            work.draft.setup.redirect_uris.first().map(|r| r.uri.clone()).ok_or("step 3 has none yet"),
        ),
        ("scopes", Ok(format!("[{}]", scopes.join(", ")))),
    ]
}
