//! Tabs as a rule with names in it; the open one has the marker, so that it is seen without colour.

use crate::text::width;
use crate::tui::theme::Theme;
use ratatui::text::{Line, Span};

/// `──▸Why────  Request    Response  ────` in `cells` cells.
pub fn line(theme: Theme, names: &[&str], open: usize, cells: usize) -> Line<'static> {
    let rule = |n: usize| Span::styled(theme.line().repeat(n), theme.quiet());
    let mut spans = vec![rule(2)];
    let mut used = 2;
    for (i, name) in names.iter().enumerate() {
        let (text, style) = if i == open {
            (format!("{}{name} ", theme.marker()), theme.focus())
        } else {
            (format!(" {name} "), theme.text())
        };
        used += width(&text) + 2;
        spans.push(Span::styled(text, style));
        spans.push(rule(2));
    }
    spans.push(rule(cells.saturating_sub(used)));
    Line::from(spans)
}
