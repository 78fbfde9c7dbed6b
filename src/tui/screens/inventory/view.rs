//! Draws the inventory: the list, one server, or the advice.

use super::model::{Form, Model, app_name, open_client};
use crate::inventory::{KEYS, McpServer};
use crate::text::{Clean, cut_end, cut_middle, pad, plural};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, button, first_row};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{confirm, heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Cells of a server's name, of its environment, of a day.
const NAME: usize = 22;
const ENVIRONMENT: usize = 12;
const DAY: usize = 12;
/// Cells of a form's labels.
const LABEL: usize = 16;
/// Cells of a client id: Okta's have 20.
const CLIENT: usize = 28;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(shared, theme, explain(model));
    page.title = "MCP servers".into();
    page.second = Line::raw(match model.read.value() {
        Some(read) => {
            let file = cut_middle(read.file.as_str(), 56);
            format!(" {} in {file}", plural(read.servers.len(), "server"))
        }
        None => " Which MCP servers use which app and which client secret".to_owned(),
    });
    page.hints = hints(model, shared);
    page
}

fn explain(model: &Model) -> &'static str {
    let Some(form) = &model.form else {
        return match model.advice {
            true => "Okta assigns people to an app: who may use one of its servers may use all.",
            false => "A note of yours, without secrets: rotation takes its checklist from it.",
        };
    };
    match form.key() {
        Some("name") => "Its name; no two have the same in one environment.",
        Some("url") => "Its address behind the gateway.",
        Some("environment") => "The gateway's environment: prod, staging ...",
        Some("owner") => "Who looks after it, and puts a new secret in.",
        Some("client_id") => "The app that it signs people in with; left and right go through the org's.",
        Some("secret_id") => "The id of the client secret that was put in; never its value.",
        Some("updated") => "When the secret was put in. Ticking it off in a rotation writes it too.",
        Some("checked") => "When sign-in through it was last tried.",
        _ => "Into the file; in Okta nothing changes.",
    }
}

fn hints(model: &Model, shared: &Shared) -> Vec<(C, &'static str)> {
    if model.question.is_some() {
        return vec![(C::Yes, "yes"), (C::Right, "choose"), (C::Open, "answer"), (C::Back, "no")];
    }
    if model.filtering {
        return vec![(C::Back, "close the filter")];
    }
    if let Some(form) = &model.form {
        return form_hints(form, shared);
    }
    if model.advice {
        return vec![(C::View, "the list"), (C::Back, ""), (C::Help, "")];
    }
    let mut hints = Vec::new();
    if model.read.value().is_none() {
        return vec![(C::Again, "read again"), (C::Back, ""), (C::Help, "")];
    }
    if let Some(server) = model.server() {
        hints.push((C::Open, "edit"));
        hints.push((C::Remove, "take out"));
        if !server.client_id.is_empty() && open_client(shared).as_ref() == Some(&server.client_id) {
            hints.push((C::Fix, "own app"));
        }
        hints.push((C::View, "advice"));
        hints.push((C::Filter, ""));
    }
    hints.insert(0, (C::Add, "add"));
    hints.extend([(C::Back, ""), (C::Help, "")]);
    hints
}

fn form_hints(form: &Form, shared: &Shared) -> Vec<(C, &'static str)> {
    match (form.open, form.server.is_some()) {
        (true, true) => vec![(C::Next, "keep"), (C::Back, "leave it as it was")],
        (true, false) => {
            vec![(C::Next, "next field"), (C::Previous, "field before"), (C::Back, "stop editing")]
        }
        (false, in_file) => {
            let word = if form.key().is_some() { "edit" } else { "add it" };
            let mut hints = vec![(C::Open, word)];
            if form.key() == Some("client_id") && shared.apps.value().is_some_and(|apps| !apps.is_empty()) {
                hints.push((C::Right, "next app"));
            }
            hints.push((C::Back, if in_file { "list" } else { "do not add it" }));
            hints.push((C::Help, ""));
            hints
        }
    }
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut rows = Rows::new(area);
    if let Some((question, _)) = &model.question {
        return confirm::draw(frame, &mut rows, question, theme);
    }
    match &model.read {
        Remote::Idle | Remote::Loading => {
            return rows.push(frame, Line::styled(" Reading the inventory …", theme.quiet()));
        }
        Remote::Failed(why, _) => {
            for line in trouble::lines(theme, "FAIL", why, "r reads it again.", rows.cells()) {
                rows.push(frame, line);
            }
            rows.gap();
        }
        Remote::Ready(_) => {}
    }
    if let Some(form) = &model.form {
        return draw_form(form, frame, &mut rows, shared, theme);
    }
    if model.advice {
        return draw_advice(model, frame, &mut rows, shared, theme);
    }
    if model.read.value().is_some() {
        draw_list(model, frame, &mut rows, shared, theme);
    }
}

fn draw_list(model: &Model, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    let cells = rows.cells();
    if model.filtering || !model.filter.text().is_empty() {
        let (shown, cursor) = model.filter.shown(cells.saturating_sub(6));
        let left: String = shown.chars().take(cursor).collect();
        let right: String = shown.chars().skip(cursor + usize::from(model.filtering)).collect();
        let mut spans = vec![Span::raw(" / "), Span::styled(left, theme.focus())];
        if model.filtering {
            spans.push(Span::styled("_", theme.key()));
        }
        spans.push(Span::styled(right, theme.focus()));
        rows.push(frame, Line::from(spans));
    }
    let all = model.rows();
    if all.is_empty() {
        let none = match model.filter.text().is_empty() {
            true => "No MCP server is noted yet. a adds one: its name, its app, who looks after it.",
            false => "None matches.",
        };
        return rows.push(frame, Line::styled(format!(" {none}"), theme.quiet()));
    }
    let app = cells.saturating_sub(4 + NAME + ENVIRONMENT + 2 * DAY - 2);
    let head = format!(
        "   {}{}{}{}checked",
        pad("server", NAME),
        pad("environment", ENVIRONMENT),
        pad("app", app),
        pad("updated", DAY)
    );
    rows.push(frame, Line::styled(head, theme.quiet()));
    let first = first_row(model.cursor, all.len(), rows.left());
    let room = rows.left();
    for (at, server) in all.iter().enumerate().skip(first).take(room) {
        let on = at == model.cursor;
        let marker = if on { theme.marker() } else { " " };
        let look = if on { theme.focus() } else { theme.text() };
        let column = |text: &str, cells: usize| pad(&cut_end(Clean::new(text).as_str(), cells - 1), cells);
        let day = |key: &str| match server.text(key) {
            day if day.is_empty() => "never".to_owned(),
            day => day,
        };
        rows.push(
            frame,
            Line::from(vec![
                Span::raw(format!(" {marker} ")),
                Span::styled(column(&server.name, NAME), look),
                Span::raw(column(&server.environment, ENVIRONMENT)),
                Span::raw(column(&app_of(server, shared), app.max(2))),
                Span::raw(pad(&day("updated"), DAY)),
                Span::raw(day("checked")),
            ]),
        );
    }
}

/// The app that a server uses, by name where the org's apps are known.
fn app_of(server: &McpServer, shared: &Shared) -> String {
    match server.client_id.as_str() {
        "" => "-".into(),
        id => app_name(shared, id).unwrap_or_else(|| id.to_owned()),
    }
}

fn label(key: &str) -> &'static str {
    match key {
        "name" => "Name",
        "url" => "Address",
        "environment" => "Environment",
        "owner" => "Owner",
        "client_id" => "Client ID",
        "secret_id" => "Secret ID",
        "updated" => "Secret put in",
        _ => "Last checked",
    }
}

fn draw_form(form: &Form, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    let title = match &form.server {
        Some(server) => format!(" {}", Clean::new(&server.place())),
        None => " A server that is not in the inventory yet".to_owned(),
    };
    rows.push(frame, Line::styled(title, theme.title()));
    rows.gap();
    let room = rows.cells().saturating_sub(LABEL + 6);
    for (at, (key, field)) in KEYS.iter().zip(&form.texts).enumerate() {
        let on = at == form.at;
        let marker = if on { theme.marker() } else { " " };
        let look = if on { theme.focus() } else { theme.text() };
        // Beside a client id stands the name of its app.
        let room = if *key == "client_id" { room.min(CLIENT) } else { room };
        let (shown, cursor) = field.shown(room);
        let mut spans = vec![Span::raw(format!(" {marker} {}[", pad(label(key), LABEL)))];
        if on && form.open {
            let left: String = shown.chars().take(cursor).collect();
            let right: String = shown.chars().skip(cursor + 1).collect();
            let edit = [Span::styled(left, look), Span::styled("_", theme.key()), Span::styled(right, look)];
            spans.extend(edit);
        } else {
            spans.push(Span::styled(shown, look));
        }
        spans.push(Span::raw("]"));
        if *key == "client_id"
            && let Some(name) = app_name(shared, field.text().trim())
        {
            spans.push(Span::styled(format!("  {}", Clean::new(&name)), theme.quiet()));
        }
        rows.push(frame, Line::from(spans));
    }
    if form.server.is_none() {
        rows.gap();
        rows.push(frame, button(theme, "Add it", form.key().is_none()));
    }
}

fn draw_advice(model: &Model, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    let advice = model.read.value().map(|read| read.advice.as_slice()).unwrap_or_default();
    if advice.is_empty() {
        return rows.push(frame, Line::styled(" No server says which app it uses.", theme.quiet()));
    }
    let cells = rows.cells().saturating_sub(4);
    let mut lines = Vec::new();
    for one in advice {
        let name = app_name(shared, &one.client_id).unwrap_or_else(|| one.client_id.clone());
        lines.push(Line::styled(format!(" {}", Clean::new(&name)), theme.title()));
        let mut say = |text: &str, look| {
            lines.extend(wrap(text, cells).into_iter().map(|line| Line::styled(format!("   {line}"), look)));
        };
        say(Clean::new(&one.servers.join(", ")).as_str(), theme.quiet());
        if one.reasons.is_empty() {
            say(
                "One app for all is right while the same people may use all of it: one secret, one place to assign.",
                theme.text(),
            );
        } else {
            say(Clean::new(&one.reasons.join(" ")).as_str(), theme.warn());
            say(
                "Own apps tell them apart, and a secret that leaks opens one server only: f in the list, with this app open.",
                theme.text(),
            );
        }
        lines.push(Line::default());
    }
    let skip = model.cursor.min(lines.len().saturating_sub(rows.left()));
    for line in lines.into_iter().skip(skip).take(rows.left()) {
        rows.push(frame, line);
    }
}
