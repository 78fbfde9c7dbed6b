//! Breaks text into lines that fit: at blanks where it can, else in the middle of a word.

use crate::text::width;
use unicode_segmentation::UnicodeSegmentation;

/// `text` in lines of at most `cells` cells. Line feeds break too; blanks at the start of a line of `text` are kept, so that
/// what is indented stays so.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(line, cells)).collect()
}

/// `text` broken every `cells` cells, nothing taken away: what is copied from the screen is what was there.
pub fn hard(text: &str, cells: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for grapheme in text.graphemes(true) {
        let w = width(grapheme);
        if used + w > cells && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if w <= cells {
            line.push_str(grapheme);
            used += w;
        }
    }
    lines.push(line);
    lines
}

fn wrap_line(line: &str, cells: usize) -> Vec<String> {
    if width(line) <= cells {
        return vec![line.to_owned()];
    }
    let (mut lines, mut current) = (Vec::new(), String::new());
    for word in line.split_inclusive(' ') {
        if width(current.as_str()) + width(word.trim_end()) > cells && !current.trim().is_empty() {
            lines.push(std::mem::take(&mut current).trim_end().to_owned());
        }
        // Too long even for a line of its own, or for what the indent leaves of it.
        if width(current.as_str()) + width(word.trim_end()) > cells {
            let mut parts = hard(&format!("{current}{word}"), cells);
            current = parts.pop().unwrap_or_default();
            lines.extend(parts);
        } else {
            current.push_str(word);
        }
    }
    if !current.trim().is_empty() {
        lines.extend(hard(current.trim_end(), cells));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_indent_counts() {
        assert_eq!(wrap(" 田田a 田", 5), [" 田田", "a 田"]);
    }

    #[test]
    fn it_breaks_at_blanks_and_keeps_the_indent() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("  a\nb", 8), ["  a", "b"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }

    proptest! {
        #[test]
        fn lines_fit_and_lose_nothing_but_blanks(text in "[a-z田 \n]{0,80}", cells in 2usize..30) {
            let lines = wrap(&text, cells);
            prop_assert!(lines.iter().all(|l| width(l) <= cells), "{lines:?}");
            let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }

        #[test]
        fn hard_lines_are_the_text(text in "[a-z田 ]{0,80}", cells in 2usize..30) {
            let lines = hard(&text, cells);
            prop_assert!(lines.iter().all(|l| width(l) <= cells));
            prop_assert_eq!(lines.concat(), text);
        }
    }
}
