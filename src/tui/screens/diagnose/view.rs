//! Draws Diagnose.

use super::model::Model;
use crate::diagnose::Pasted;
use crate::text::{pad, width};
use crate::tui::command::CommandId as C;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::heading;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::Rows;
use crate::tui::widgets::wrap::wrap;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let explain = if model.pasted.is_some() && !model.open {
        "Secrets in it are masked. Enter takes another."
    } else {
        "A failed address, an error page's text, or a JSON body. Enter looks at it."
    };
    let mut page = heading::page(shared, theme, explain);
    page.title = "Diagnose".into();
    page.second = Line::raw(" Paste what failed. Nothing is sent anywhere, and no Okta account is needed.");
    page.hints = if model.open {
        vec![(C::Back, "back")]
    } else {
        vec![
            (C::Open, "paste another"),
            (C::Down, "scroll"),
            (C::Copy, "copy this"),
            (C::Back, "back"),
            (C::Help, "help"),
        ]
    };
    page
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, _shared: &Shared, theme: Theme) {
    let mut out = Rows::new(area);
    if let Some(row) = out.next(1) {
        let marker = if model.open { theme.marker() } else { " " };
        let cells = usize::from(row.width).saturating_sub(12);
        let (shown, column) = model.field.shown(cells);
        let (left, right) = if model.open { ("[", "]") } else { (" ", " ") };
        frame.render_widget(
            Line::from(vec![
                Span::styled(format!(" {marker} {}{left}", pad("pasted", 7)), theme.title()),
                Span::raw(shown),
                Span::raw(right),
            ]),
            row,
        );
        if model.open {
            let x = row.x + 11 + u16::try_from(column).unwrap_or(0);
            frame.set_cursor_position((x.min(row.right().saturating_sub(1)), row.y));
        }
    }
    out.gap();
    let Some(pasted) = &model.pasted else {
        for line in [
            "For example",
            "  the address after a failed sign-in     https://…/oauth/callback?error=…",
            "  the address of Okta's sign-in page     https://…/v1/authorize?client_id=…",
            "  the text of Okta's error page          The 'redirect_uri' parameter must be …",
            "  the answer of the token endpoint       {\"error\": \"invalid_client\", …}",
            "  an error of the gateway's              outbound_auth_failed",
        ] {
            out.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
        }
        return;
    };
    let cells = out.cells().saturating_sub(2);
    for line in lines(pasted, cells).into_iter().skip(model.scroll) {
        let style =
            if line.starts_with("  !") || !line.starts_with(' ') { theme.title() } else { theme.text() };
        out.push(frame, Line::styled(format!(" {line}"), style));
    }
}

/// What is said of it, in lines of at most `cells` cells; headlines begin at the left, the rest is indented.
pub(super) fn lines(pasted: &Pasted, cells: usize) -> Vec<String> {
    let mut out = vec![format!("This is {}.", pasted.recognised)];
    let mut said = |head: &str, text: &str| {
        for (i, line) in wrap(text, cells.saturating_sub(9)).into_iter().enumerate() {
            out.push(format!("  {}{line}", pad(if i == 0 { head } else { "" }, 6)));
        }
    };
    for finding in &pasted.findings {
        let step = finding.step.map_or(String::new(), |s| format!(", step {}", s.word()));
        said("", "");
        said("!", &format!("{}{step}: {}", finding.leg.words(), finding.headline));
        for (head, list) in [("saw", &finding.cause), ("fix", &finding.fix)] {
            for (i, text) in list.iter().enumerate() {
                said(if i == 0 { head } else { "" }, text);
            }
        }
    }
    if !pasted.parameters.is_empty() {
        said("", "");
        said("", "In it:");
        let name = pasted.parameters.iter().map(|p| width(p.name.as_str())).max().unwrap_or(0).min(24);
        for p in &pasted.parameters {
            said("", &format!("{}  {}", pad(p.name.as_str(), name), p.value));
            if !p.meaning.is_empty() {
                said("", &format!("{}  {}", pad("", name), p.meaning));
            }
        }
    }
    out
}
