//! Something that went wrong, in a body: the word of its state, what happened, and below it what helps.

use super::wrap::wrap;
use crate::run::job::Trouble;
use crate::tui::theme::Theme;
use ratatui::text::{Line, Span};

/// Its lines in `cells` cells, with `word` (`WARN`, `FAIL`) before the first. `more` follows what helps.
pub fn lines(
    theme: Theme,
    word: &'static str,
    trouble: &Trouble,
    more: &str,
    cells: usize,
) -> Vec<Line<'static>> {
    let cells = cells.saturating_sub(8).max(1);
    let help = format!("{} {more}", trouble.help);
    let what = wrap(trouble.what.as_str(), cells).into_iter().map(|line| (line, theme.state(word)));
    let help = wrap(help.trim(), cells).into_iter().map(|line| (line, theme.text()));
    let said = what.chain(help).filter(|(line, _)| !line.is_empty());
    let word = |i| if i == 0 { word } else { "" };
    said.enumerate()
        .map(|(i, (line, style))| {
            Line::from(vec![Span::styled(format!(" {:<4}  ", word(i)), style), Span::styled(line, style)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_begins_on_a_line_of_its_own() {
        let trouble = Trouble::new("the file cannot be read", "It is left as it is.");
        let lines = lines(Theme::new(false, false), "WARN", &trouble, "Move it away.", 30);
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let wanted = [
            " WARN  the file cannot be",
            "       read",
            "       It is left as it is.",
            "       Move it away.",
        ];
        assert_eq!(lines, wanted);
    }
}
