//! Draws the hand-over: label over value, each value from the first column and nothing after it, so that a selection in any
//! terminal copies it clean.

use super::model::{Button, Model};
use super::values::{self, NAMES, REDIRECT, Value};
use crate::text::Clean;
use crate::tui::command::CommandId as C;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, button};
use crate::tui::widgets::wrap::{hard, wrap};
use crate::tui::widgets::{confirm, heading};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(shared, theme, explain(model, shared));
    page.second = Line::raw(" Hand over: six values for the gateway's form, in its order");
    page.hints = if model.question.is_some() {
        vec![(C::Right, "choose"), (C::Open, "answer"), (C::Back, "no")]
    } else {
        let mut hints = vec![
            (C::Open, "open"),
            (C::Next, "next"),
            (C::Copy, "copy"),
            (C::CopyAll, "all, bare"),
            (C::Show, "secret 20 s"),
        ];
        if values::hand_over(shared).is_none_or(|h| h.token_url.is_empty()) {
            hints.insert(0, (C::Again, "read again"));
        }
        hints.extend([(C::Export, "save"), (C::Test, "test"), (C::Back, ""), (C::Help, "")]);
        hints
    };
    page
}

fn explain(model: &Model, shared: &Shared) -> &'static str {
    match (model.cursor, model.button(shared)) {
        (_, Some(Button::LoadSecret)) => "Okta writes into its System Log that you read the secret.",
        (_, Some(Button::Plan)) => "The plan makes the app; then its client ID and secret stand here.",
        (_, Some(Button::Rotate)) => {
            "A second secret beside this one, proved and put in everywhere before this one goes."
        }
        (_, Some(Button::Test)) => "The test signs in as the gateway would, and shows every step.",
        (0, _) => "Identifies the gateway to Okta. Not a secret.",
        (1, _) => "Proves to Okta that it is the gateway. s shows it for 20 seconds.",
        (2, _) => "Where the gateway sends people to sign in.",
        (3, _) => "Where the gateway changes the code into tokens.",
        (4, _) => "Where Okta sends people back to. Left and right choose the environment.",
        _ => "What the gateway asks for, as a JSON array.",
    }
}

/// The rows above the buttons, and which of them belongs to the cursor.
fn lines(model: &Model, shared: &Shared, theme: Theme, cells: usize) -> (Vec<Line<'static>>, usize) {
    let known = values::hand_over(shared);
    let showing = model.showing(shared);
    let (mut lines, mut at) = (Vec::new(), 0);
    for (i, (name, value)) in NAMES.iter().zip(values::all(model, shared)).enumerate() {
        let on = i == model.cursor;
        if on {
            at = lines.len();
        }
        let marker = if on { theme.marker() } else { " " };
        let mut label = vec![
            Span::raw(format!("{marker} ")),
            Span::styled(*name, if on { theme.focus() } else { theme.key() }),
        ];
        if i == REDIRECT
            && let Some(known) = known.as_ref().filter(|k| k.redirect_uris.len() > 1)
        {
            let chosen = model.environment.min(known.redirect_uris.len() - 1);
            let names = known.redirect_uris.iter().enumerate().map(|(j, (environment, _))| {
                let name = Clean::new(environment);
                if j == chosen { format!("({name})") } else { name.to_string() }
            });
            label.push(Span::styled(
                format!("   {}   left, right: choose", names.collect::<Vec<_>>().join("  ")),
                theme.quiet(),
            ));
        }
        lines.push(Line::from(label));
        let (text, style) = match &value {
            Value::Plain(text) => (text.clone(), theme.text()),
            Value::Hidden(secret) if showing => (Clean::new(secret.expose()).to_string(), theme.text()),
            Value::Hidden(secret) => (secret.mask(), theme.quiet()),
            Value::Missing(why) => (format!("({why})"), theme.warn()),
        };
        lines.extend(value_lines(&text, style, matches!(value, Value::Missing(_)), cells));
    }
    (lines, at)
}

fn value_lines(text: &str, style: Style, words: bool, cells: usize) -> Vec<Line<'static>> {
    let clean = Clean::new(text);
    let parts = if words { wrap(clean.as_str(), cells) } else { hard(clean.as_str(), cells) };
    parts.into_iter().map(|part| Line::styled(part, style)).collect()
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut rows = Rows::new(area);
    if shared.work.is_none() {
        return rows.push(frame, " No app is being worked on. Esc goes back; choose an app there.");
    }
    let intro = "Paste them into the MCP server wizard of the gateway: step Authentication, OAuth 2.0, \"+Add New OAuth 2.0 Client Credentials\".";
    let (lines, at) = lines(model, shared, theme, rows.cells());
    let question = model.question.as_ref().map(|(question, _)| question);
    let foot = question.map_or(1, |q| wrap(&q.text, rows.cells().saturating_sub(2)).len() + 1);
    for line in wrap(intro, rows.cells().saturating_sub(2)) {
        rows.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
    }
    if rows.left() > lines.len() + foot + 1 {
        rows.gap();
    }
    let buttons = model.buttons(shared);
    let room = rows.left().saturating_sub(foot.max(1));
    // The value of the row under the cursor is kept in sight with its label.
    let below = if model.button(shared).is_some() { lines.len() } else { (at + 3).min(lines.len()) };
    let skip = below.saturating_sub(room);
    for line in lines.into_iter().skip(skip).take(room) {
        rows.push(frame, line);
    }
    if let Some(question) = question {
        rows.down_to(foot);
        return confirm::draw(frame, &mut rows, question, theme);
    }
    if rows.left() > 1 {
        rows.gap();
    }
    let mut line = Line::default();
    for (i, what) in buttons.iter().enumerate() {
        let on = model.cursor == NAMES.len() + i;
        let text = match what {
            Button::LoadSecret => "Read the secret from Okta",
            Button::Plan => "Back to the plan: the app is not made yet",
            Button::Test => "Next: Test",
            Button::Rotate => "Rotate the secret",
        };
        line.spans.extend(button(theme, text, on).spans);
        if *what == Button::LoadSecret {
            line.spans.push(Span::styled(" (Okta's log records it)", theme.quiet()));
        }
    }
    rows.push(frame, line);
}
