//! The page that every screen stands on: a title line, a second line, a rule, the body, a rule, a line that explains, and the keys.

use crate::text::{cut_end, width};
use crate::tui::command::{self, CommandId};
use crate::tui::theme::Theme;
use crate::tui::widgets::wrap::wrap;
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
    /// That line says what was just done, until the next key: where it is too long it goes on in the line of the keys.
    pub notice: bool,
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
    if page.notice && width(&page.explain) > w.saturating_sub(2) {
        let mut lines = wrap(&page.explain, w.saturating_sub(2)).into_iter();
        let first = lines.next().unwrap_or_default();
        let rest = cut_end(&lines.collect::<Vec<_>>().join(" "), w.saturating_sub(2));
        for (n, text) in [first, rest].into_iter().enumerate() {
            let y = foot + 1 + u16::from(n > 0);
            frame.render_widget(Line::raw(format!(" {text}")), row(y));
        }
        return Rect { x: area.x, y: area.y + 3, width: area.width, height: foot.saturating_sub(3) };
    }
    let beside = width(&page.explain) + width(&page.explain_right) + 3 <= w;
    let explain_right = if page.notice && !beside { "" } else { page.explain_right.as_str() };
    let right = width(explain_right);
    let explain = cut_end(&page.explain, w.saturating_sub(right + if right == 0 { 2 } else { 3 }));
    let gap = w.saturating_sub(width(&explain) + right + 2);
    frame.render_widget(
        Line::from(vec![
            Span::raw(" "),
            Span::raw(explain),
            Span::raw(" ".repeat(gap)),
            Span::styled(explain_right.to_owned(), theme.quiet()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn foot(page: &Page) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(60, 20)).unwrap();
        terminal
            .draw(|frame| {
                draw(frame, Theme::new(false, false), page);
            })
            .unwrap();
        let screen = terminal.backend().to_string();
        screen.lines().skip(18).map(|line| line.trim_matches(['"', ' ']).to_owned()).collect()
    }

    #[test]
    fn a_long_notice_takes_the_line_of_the_keys_and_a_short_one_leaves_it() {
        let hints = vec![(CommandId::Back, "back")];
        let page = |explain: &str, notice: bool| Page {
            explain: explain.into(),
            explain_right: "12 people".into(),
            notice,
            hints: hints.clone(),
            ..Page::default()
        };
        let long =
            "What was just done took many words to say, so many that they do not fit beside each other.";
        assert_eq!(
            foot(&page(long, true)),
            ["What was just done took many words to say, so many that", "they do not fit beside each other."]
        );
        let cut = foot(&page(long, false));
        assert!(cut[0].ends_with("12 people") && cut[0].contains('…') && cut[1] == "Esc back", "{cut:?}");
        let short = foot(&page("Saved.", true));
        assert!(short[0].starts_with("Saved.") && short[0].ends_with("12 people"), "{short:?}");
        let middle = foot(&page("This fits alone and not beside the count on the right.", true));
        assert_eq!(middle, ["This fits alone and not beside the count on the right.", "Esc back"]);
    }
}
