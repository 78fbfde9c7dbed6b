//! Draws the calls: only the visible rows are built.

use super::Model;
use crate::okta::model::CallMade;
use crate::text::{cut_middle, pad, plural, thousands};
use crate::tui::command::CommandId as C;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::heading;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, first_row};
use crate::tui::widgets::wrap::wrap;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Cells of the columns beside the call.
const TIME: usize = 9;
const STATUS: usize = 8;
const MILLIS: usize = 7;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let explain = "Tokens and bodies are not kept. What a write said is in the journal.";
    let mut page = heading::page(shared, theme, explain);
    let org = shared.session.as_ref().map_or("no org", |s| s.org.host());
    page.title = format!("{} {} calls", crate::text::Clean::new(org), theme.crumb());
    page.second = Line::raw(match model.calls.len() {
        0 => " Calls of Okta's management API".into(),
        n => format!(" The last {} of Okta's management API, the newest first (UTC)", plural(n, "call")),
    });
    page.hints = match (model.calls.is_empty(), model.whole) {
        (true, _) => vec![(C::Back, ""), (C::Help, "")],
        (false, true) => vec![
            (C::Open, "back to the list"),
            (C::Down, "older"),
            (C::Copy, "copy for a shell"),
            (C::Back, ""),
            (C::Help, ""),
        ],
        (false, false) => vec![
            (C::Open, "detail"),
            (C::Copy, "copy for a shell"),
            (C::Again, "read again"),
            (C::Back, ""),
            (C::Help, ""),
        ],
    };
    page
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut rows = Rows::new(area);
    if model.calls.is_empty() {
        let said = if shared.session.is_some() { "No call was made yet." } else { "No org is connected." };
        return rows.push(frame, Line::styled(format!(" {said}"), theme.quiet()));
    }
    if model.whole {
        return draw_whole(model, frame, &mut rows, shared, theme);
    }
    let target = rows.cells().saturating_sub(2 + TIME + 7 + STATUS + MILLIS + 1);
    let head = format!(
        "  {}{}{}{:>STATUS$}{:>MILLIS$}",
        pad("sent", TIME),
        pad("call", 7),
        pad("", target),
        "status",
        "ms"
    );
    rows.push(frame, Line::styled(head, theme.quiet()));
    let room = rows.left();
    let first = first_row(model.cursor, model.calls.len(), room);
    for (i, call) in model.calls.iter().enumerate().skip(first).take(room) {
        let on = i == model.cursor;
        let marker = if on { theme.marker() } else { " " };
        let line = vec![
            Span::raw(format!(" {marker}")),
            Span::styled(pad(&call.at.strftime("%H:%M:%S").to_string(), TIME), theme.quiet()),
            Span::raw(pad(&call.method, 7)),
            Span::styled(
                pad(&cut_middle(call.target.as_str(), target), target),
                if on { theme.focus() } else { theme.text() },
            ),
            Span::styled(format!("{:>STATUS$}", status(call)), look(call, theme)),
            Span::styled(format!("{:>MILLIS$}", call.took_ms), theme.quiet()),
        ];
        rows.push(frame, Line::from(line));
    }
}

fn status(call: &CallMade) -> String {
    call.status.map_or("none".into(), |status| status.to_string())
}

fn look(call: &CallMade, theme: Theme) -> Style {
    match call.status {
        Some(200..=399) => theme.text(),
        Some(429) => theme.warn(),
        _ => theme.bad(),
    }
}

fn draw_whole(model: &Model, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    let Some(call) = model.under_cursor() else { return };
    let mut said = vec![
        ("call", format!("{} {}", call.method, call.target)),
        ("sent", call.at.strftime("%Y-%m-%d %H:%M:%S%.3f UTC").to_string()),
        (
            "answer",
            match call.trouble {
                Some(trouble) => trouble.to_owned(),
                None => format!(
                    "{}, {} bytes in {} ms",
                    status(call),
                    thousands(call.bytes),
                    thousands(usize::try_from(call.took_ms).unwrap_or(usize::MAX))
                ),
            },
        ),
        ("limit", format!("taken from {}", call.bucket)),
    ];
    if let Some(id) = &call.request_id {
        said.push(("request id", format!("{id}  (names the call in Okta's System Log)")));
    }
    if call.repeated > 0 {
        said.push(("repeated", format!("it had been sent {} before", plural(call.repeated, "time"))));
    }
    if let Some(session) = &shared.session {
        said.push(("in a shell", call.curl(&session.org.url)));
    }
    let cells = rows.cells().saturating_sub(14);
    for (name, text) in said {
        for (i, part) in wrap(&text, cells).into_iter().enumerate() {
            let name = if i == 0 { name } else { "" };
            let line = vec![Span::styled(format!(" {}", pad(name, 12)), theme.quiet()), Span::raw(part)];
            rows.push(frame, Line::from(line));
        }
    }
}
