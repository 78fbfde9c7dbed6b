//! The page that every screen stands on: a title line, a second line, a rule, the body, a rule, a line that explains, and the keys.

use crate::text::{cut_end, width};
use crate::tui::command::{self, CommandId};
use crate::tui::theme::Theme;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The smallest terminal in which screens are drawn.
pub const SMALLEST: (u16, u16) = (60, 20);

/// What stands around a body.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Left of the title line: `acme.okta.com › Cequence AI Gateway (new)`.
    pub title: String,
    /// Right of the title line, each with its style: `PROD`, `apps 7/10`, `DEMO`.
    pub badges: Vec<(String, Style)>,
    /// The second line: the rail, or what the screen is about.
    pub second: Line<'static>,
    /// The line above the keys: what the focused thing means, or what was just done.
    pub explain: String,
    /// Right of that line.
    pub explain_right: String,
    /// The keys in force, with a word for each where the command's own does not fit.
    pub hints: Vec<(CommandId, &'static str)>,
}

/// Draws the page and gives the body's area.
pub fn draw(frame: &mut Frame, theme: Theme, page: &Page) -> Rect {
    let area = frame.area();
    let w = usize::from(area.width);
    let row = |y: u16| Rect { x: area.x, y: area.y + y, width: area.width, height: 1 };
    let badges: usize = page.badges.iter().map(|(t, _)| width(t) + 2).sum();
    let title = cut_end(&page.title, w.saturating_sub(badges + 2));
    let gap = w.saturating_sub(width(&title) + 1 + badges);
    let mut spans = vec![Span::raw(" "), Span::styled(title, theme.title()), Span::raw(" ".repeat(gap))];
    for (text, style) in &page.badges {
        spans.push(Span::styled(text.clone(), *style));
        spans.push(Span::raw("  "));
    }
    frame.render_widget(Line::from(spans), row(0));
    frame.render_widget(page.second.clone(), row(1));
    let rule = Line::styled(theme.line().repeat(w), theme.quiet());
    frame.render_widget(rule.clone(), row(2));
    let foot = area.height.saturating_sub(3);
    frame.render_widget(rule, row(foot));
    let right = width(&page.explain_right);
    let explain = cut_end(&page.explain, w.saturating_sub(right + 3));
    let gap = w.saturating_sub(width(&explain) + right + 2);
    frame.render_widget(
        Line::from(vec![
            Span::raw(" "),
            Span::raw(explain),
            Span::raw(" ".repeat(gap)),
            Span::styled(page.explain_right.clone(), theme.quiet()),
        ]),
        row(foot + 1),
    );
    frame.render_widget(hint_line(theme, &page.hints, w), row(foot + 2));
    Rect { x: area.x, y: area.y + 3, width: area.width, height: foot.saturating_sub(3) }
}

/// The keys as one line, as many as fit: `Enter open  y copy  ? help`.
pub fn hint_line(theme: Theme, hints: &[(CommandId, &'static str)], cells: usize) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (id, word) in hints {
        let Some(command) = command::of(*id) else { continue };
        let Some(key) = command.keys.first() else { continue };
        let word = if word.is_empty() { command.short } else { word };
        let key = key.to_string();
        let w = width(&key) + 1 + width(word) + 2;
        if used + w > cells + 2 {
            break;
        }
        used += w;
        spans.push(Span::styled(key, theme.key()));
        spans.push(Span::raw(format!(" {word}  ")));
    }
    Line::from(spans)
}
