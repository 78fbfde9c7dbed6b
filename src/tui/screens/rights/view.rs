//! Draws the rights.

use super::Model;
use crate::run::job::{Feature, Right};
use crate::text::{cut_end, pad};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, first_row, rule};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Cells of a feature's name.
const NAME: usize = 33;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(
        shared,
        theme,
        "Each was tried by a small read; what writes is judged by scope and role.",
    );
    page.title = "What this session may do".into();
    page.second = Line::raw(format!(" {}", who(shared)));
    page.hints = vec![(C::Again, "try again"), (C::Back, ""), (C::Help, "")];
    if !model.rows().is_empty() {
        page.hints.insert(0, (C::Copy, "copy a request"));
    }
    if model.cursor + 1 < model.rows().len() {
        page.hints.insert(0, (C::Down, "move"));
    }
    if shared.session.is_none() {
        page.hints = vec![(C::Back, ""), (C::Help, "")];
    }
    page
}

fn who(shared: &Shared) -> String {
    let Some(session) = &shared.session else { return "No org is connected".into() };
    let roles = match &session.me.roles {
        None => "roles may not be read".to_owned(),
        Some(list) if list.is_empty() => "no role".to_owned(),
        Some(list) => list.iter().map(|role| role.label.as_str()).collect::<Vec<_>>().join(", "),
    };
    format!("{} ({}), {roles}", session.me.user.name, session.me.user.login)
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut rows = Rows::new(area);
    match &model.features {
        Remote::Idle if shared.session.is_none() => {
            return rows.push(
                frame,
                Line::styled(" Connect an org first: the first screen leads there.", theme.quiet()),
            );
        }
        Remote::Idle | Remote::Loading => {
            return rows.push(frame, Line::styled(" Trying each feature …", theme.quiet()));
        }
        Remote::Failed(why, _) => {
            for line in trouble::lines(theme, "FAIL", why, "r tries again.", rows.cells()) {
                rows.push(frame, line);
            }
            rows.gap();
        }
        Remote::Ready(_) => {}
    }
    let all = model.rows();
    if all.is_empty() {
        return;
    }
    // The detail below takes five rows.
    let room = all.len().min(rows.left().saturating_sub(6)).max(1);
    rows.push(frame, Line::styled(format!("        {}{}", pad("feature", NAME), "needs"), theme.quiet()));
    let first = first_row(model.cursor, all.len(), room);
    for (at, feature) in all.iter().enumerate().skip(first).take(room) {
        rows.push(frame, line_of(feature, at == model.cursor, rows.cells(), theme));
    }
    let Some(feature) = model.feature() else { return };
    rows.push(frame, rule(theme, rows.cells()));
    for line in detail(feature) {
        for part in wrap(&line, rows.cells().saturating_sub(2)) {
            rows.push(frame, Line::raw(format!(" {part}")));
        }
    }
}

fn line_of(feature: &Feature, on: bool, cells: usize, theme: Theme) -> Line<'static> {
    let (word, look) = match &feature.right {
        Right::Works => ("OK", theme.good()),
        Right::NoScope | Right::NoRole => ("FAIL", theme.bad()),
        Right::NotTold => ("?", theme.warn()),
        Right::Not(_) => ("--", theme.quiet()),
    };
    let marker = if on { theme.marker() } else { " " };
    let style = if on { theme.focus() } else { theme.text() };
    let needs = if feature.granted.is_some() { feature.scope } else { feature.role };
    Line::from(vec![
        Span::raw(format!(" {marker} ")),
        Span::styled(pad(word, 5), look),
        Span::styled(pad(feature.name, NAME), style),
        Span::raw(cut_end(needs, cells.saturating_sub(8 + NAME))),
    ])
}

/// What it needs, what there is, and who gives the rest.
fn detail(feature: &Feature) -> Vec<String> {
    let said = |yes: Option<bool>| match yes {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not told",
    };
    let mut lines = Vec::new();
    match feature.granted {
        Some(_) => lines.push(format!(
            "Scope {}: granted to the app {}, in the token {}. Role: {} or more.",
            feature.scope,
            said(feature.configured),
            said(feature.granted),
            feature.role
        )),
        // An API token has no scopes: it may what its owner may.
        None => lines.push(format!("Role: {} or more. An API token has no scopes.", feature.role)),
    }
    let why = feature.why();
    lines.push(match (&feature.right, why.chars().next()) {
        (Right::Works, _) => "It works.".into(),
        (_, Some(first)) => {
            let rest: String = why.chars().skip(1).collect();
            format!("{}{rest}.", first.to_uppercase())
        }
        (_, None) => String::new(),
    });
    lines
}
