//! Draws the list of apps: only the visible rows are built.

use super::model::{Model, Row, rows};
use super::update::not_editable;
use crate::okta::model::AppStatus;
use crate::run::job::Connected;
use crate::text::{Clean, pad, plural, time};
use crate::tui::command::CommandId as C;
use crate::tui::screens::Route;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, first_row};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{confirm, heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(shared, theme, "");
    let door = shared.door;
    if let Some(session) = &shared.session {
        page.title = format!("{} {} apps", session.org.host(), theme.crumb());
        let name = format!("{} ({})", session.me.user.name, session.me.user.login);
        page.second = Line::raw(format!(" {name}{}{}", roles(shared), sign_in(session)));
    }
    page.explain = shared.notice.clone().unwrap_or_else(|| {
        match (model.filtering, door) {
            _ if model.question.is_some() => "Nothing is written to Okta by this.",
            (true, _) => "Part of a name or of a client id.",
            (false, Some(Route::CheckUp)) => "Choose the app to check up.",
            (false, Some(_)) => "Choose the app to test.",
            (false, None) => "Choose an app to edit, or make a new one.",
        }
        .into()
    });
    if let Some(apps) = shared.apps.value() {
        let listed = rows(model, shared).iter().filter(|r| matches!(r, Row::App(_))).count();
        page.explain_right = match plural(apps.len(), "app") {
            all if listed == apps.len() => all,
            all => format!("{listed} of {all}"),
        };
    }
    page.hints = hints(model, door);
    page
}

fn hints(model: &Model, door: Option<Route>) -> Vec<(C, &'static str)> {
    if model.question.is_some() {
        return vec![(C::Yes, "yes"), (C::Right, "choose"), (C::Open, "answer"), (C::Back, "no")];
    }
    if model.filtering {
        return vec![(C::Next, "to the list"), (C::Back, "close the filter, text stays")];
    }
    let back = match (&model.opening, model.filter.text()) {
        (Some(_), _) => "stop reading",
        (None, "") => "back",
        (None, _) => "show all",
    };
    let open = match door {
        Some(Route::CheckUp) => "check it up",
        Some(_) => "test it",
        None => "edit",
    };
    let mut hints = vec![(C::Down, "move"), (C::Open, open)];
    if door.is_none() {
        hints.extend([(C::Add, "new app"), (C::Test, "test"), (C::CheckUp, "check up")]);
    }
    hints.extend([(C::Filter, "filter"), (C::Again, "reload"), (C::Back, back), (C::Help, "")]);
    hints
}

fn roles(shared: &Shared) -> String {
    let Some(session) = &shared.session else { return String::new() };
    match &session.me.roles {
        Some(roles) if roles.is_empty() => ", no administrator role".into(),
        Some(roles) => format!(", {}", roles.iter().map(|r| r.label.as_str()).collect::<Vec<_>>().join(", ")),
        None => ", roles: not readable with this token".into(),
    }
}

/// How long the session lasts, where it is not an API token's.
fn sign_in(session: &Connected) -> String {
    match (session.signed_in.until, session.signed_in.renews) {
        (None, _) => String::new(),
        (Some(_), true) => "; access renewed by itself".into(),
        (Some(until), false) => format!("; access until {}", crate::text::time::utc(until)),
    }
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut out = Rows::new(area);
    let cells = out.cells();
    if model.filtering || !model.filter.text().is_empty() {
        let (shown, column) = model.filter.shown(40);
        if let Some(row) = out.next(1) {
            frame.render_widget(
                Line::from(vec![Span::styled(" filter: ", theme.key()), Span::raw(shown)]),
                row,
            );
            if model.filtering {
                frame.set_cursor_position((row.x + 9 + u16::try_from(column).unwrap_or(0), row.y));
            }
        }
    }
    let name = cells.saturating_sub(54).clamp(20, 60);
    let head = format!("   {} {} {}", pad("Name", name), pad("State", 10), pad("Client ID", 22));
    out.push(frame, Line::styled(head, theme.quiet()));
    let all = rows(model, shared);
    let room = out.left().saturating_sub(4);
    let first = first_row(model.cursor, all.len(), room);
    for (i, row) in all.iter().enumerate().skip(first).take(room) {
        let on = i == model.cursor;
        let marker = if on { theme.marker() } else { " " };
        let style = if on { theme.focus() } else { theme.text() };
        let line = match row {
            Row::New => vec![Span::raw(format!(" {marker} ")), Span::styled("+ new app", style)],
            Row::Draft(saved) => vec![
                Span::raw(format!(" {marker} ")),
                Span::styled(pad(Clean::new(&saved.draft.setup.app.name).as_str(), name), style),
                Span::styled(format!(" draft, {}", time::ago(saved.saved, shared.now)), theme.quiet()),
            ],
            Row::App(app) => {
                let state = match app.status() {
                    AppStatus::Active => "active",
                    AppStatus::Inactive => "inactive",
                    AppStatus::Other => "unknown",
                };
                let kind = if not_editable(app).is_some() { "not a web app" } else { "" };
                let id = app.client_id().map(|c| c.to_string()).unwrap_or_default();
                vec![
                    Span::raw(format!(" {marker} ")),
                    Span::styled(pad(app.label().as_str(), name), style),
                    Span::raw(format!(" {} {}", pad(state, 10), pad(&id, 22))),
                    Span::styled(format!(" {kind}"), theme.quiet()),
                ]
            }
        };
        out.push(frame, Line::from(line));
    }
    out.gap();
    let said = |out: &mut Rows, frame: &mut Frame, text: &str, style| {
        for line in wrap(text, cells.saturating_sub(2)) {
            out.push(frame, Line::styled(format!(" {line}"), style));
        }
    };
    if let Some((question, _)) = &model.question {
        return confirm::draw(frame, &mut out, question, theme);
    }
    if let Some((id, _)) = &model.opening {
        let apps = shared.apps.value().map(Vec::as_slice).unwrap_or_default();
        let label = apps.iter().find(|a| a.id().as_ref() == Some(id)).map(|a| a.label().to_string());
        let label = label.unwrap_or_else(|| id.to_string());
        said(&mut out, frame, &format!("Reading {label} and its assignments …"), theme.quiet());
    }
    if let Some(trouble) = &model.trouble {
        let lines = trouble::lines(theme, "WARN", trouble, "", cells);
        lines.into_iter().for_each(|line| out.push(frame, line));
    }
    match &shared.apps {
        Remote::Idle | Remote::Loading => said(&mut out, frame, "Reading the org's apps …", theme.quiet()),
        Remote::Failed(trouble, _) => {
            let lines = trouble::lines(theme, "FAIL", trouble, "r reads again.", cells);
            lines.into_iter().for_each(|line| out.push(frame, line));
        }
        Remote::Ready(apps) if apps.is_empty() => {
            let help = if shared.door.is_some() { " Esc, then Set up makes one." } else { "" };
            let text = format!("This org has no OpenID Connect app yet.{help}");
            said(&mut out, frame, &text, theme.quiet());
        }
        Remote::Ready(_) if all.is_empty() => said(&mut out, frame, "No app is named so.", theme.quiet()),
        Remote::Ready(_) => {}
    }
}
