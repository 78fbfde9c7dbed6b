//! Draws the scenarios: only the visible rows are built.

use super::Model;
use crate::text::{cut_end, pad};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, first_row};
use crate::tui::widgets::{heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Cells of a name.
const NAME: usize = 26;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(
        shared,
        theme,
        "Enter plays it. What Okta holds is broken there, and can be mended there.",
    );
    page.title = "Scenarios of the demo org".into();
    page.second = Line::raw(" One app, Practice Gateway, broken in one way: find out which, and mend it");
    page.hints = if model.rows().is_empty() {
        vec![(C::Back, ""), (C::Help, "")]
    } else {
        vec![(C::Open, "play it"), (C::Down, "move"), (C::Back, ""), (C::Help, "")]
    };
    page
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, theme: Theme) {
    let mut rows = Rows::new(area);
    match &model.scenarios {
        Remote::Idle => {
            return rows.push(
                frame,
                Line::styled(" The demo org is not connected: it is what plays them.", theme.quiet()),
            );
        }
        Remote::Loading => return rows.push(frame, Line::styled(" Asking the demo org …", theme.quiet())),
        Remote::Failed(why, _) => {
            for line in trouble::lines(theme, "FAIL", why, "r asks again.", rows.cells()) {
                rows.push(frame, line);
            }
        }
        Remote::Ready(_) => {}
    }
    let (all, room) = (model.rows(), rows.left());
    let first = first_row(model.cursor, all.len(), room);
    let cells = rows.cells().saturating_sub(NAME + 7);
    for (at, one) in all.iter().enumerate().skip(first).take(room) {
        let on = at == model.cursor;
        let line = vec![
            Span::raw(format!(" {} ", if on { theme.marker() } else { " " })),
            Span::styled(if one.now { "* " } else { "  " }, theme.key()),
            Span::styled(pad(one.name.as_str(), NAME), if on { theme.focus() } else { theme.text() }),
            Span::styled(cut_end(one.what.as_str(), cells), theme.quiet()),
        ];
        rows.push(frame, Line::from(line));
    }
}
