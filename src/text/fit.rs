//! Width in terminal cells, cut at graphemes.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many cells `s` takes in a terminal (East Asian wide characters take two).
pub fn width(s: &str) -> usize {
    s.width()
}

/// `s`, or its beginning and `…`, in at most `cells` cells.
pub fn cut_end(s: &str, cells: usize) -> String {
    if width(s) <= cells {
        return s.to_owned();
    }
    if cells == 0 {
        return String::new();
    }
    let mut out = take(s.graphemes(true), cells - 1);
    out.push('…');
    out
}

/// `s`, or its beginning, `…` and its end, in at most `cells` cells. For URIs: the mistake sits at the tail.
pub fn cut_middle(s: &str, cells: usize) -> String {
    if width(s) <= cells {
        return s.to_owned();
    }
    if cells == 0 {
        return String::new();
    }
    let room = cells - 1;
    let tail: String = take(s.graphemes(true).rev(), room.div_ceil(2)).graphemes(true).rev().collect();
    let mut out = take(s.graphemes(true), room - width(&tail).min(room));
    out.push('…');
    out.push_str(&tail);
    out
}

fn take<'a>(graphemes: impl Iterator<Item = &'a str>, cells: usize) -> String {
    let (mut out, mut used) = (String::new(), 0);
    for g in graphemes {
        let w = width(g);
        if used + w > cells {
            break;
        }
        used += w;
        out.push_str(g);
    }
    out
}

/// `s` in exactly `cells` cells: cut at the end, or filled with spaces.
pub fn pad(s: &str, cells: usize) -> String {
    let mut out = cut_end(s, cells);
    let w = width(&out);
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(w)));
    out
}

/// `1 call`, `2 calls`: an English count. `one` is the singular; its plural takes an `s`.
pub fn plural(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {one}s", thousands(n)) }
}

/// A number with commas between its thousands: `1,204`.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn thousands_are_told_apart() {
        let said: Vec<String> = [0, 7, 999, 1_000, 12_345, 100_000, 1_234_567].map(thousands).into();
        assert_eq!(said, ["0", "7", "999", "1,000", "12,345", "100,000", "1,234,567"]);
        assert_eq!((plural(1, "call"), plural(1_466, "call")), ("1 call".into(), "1,466 calls".into()));
    }

    #[test]
    fn a_uri_keeps_its_tail() {
        assert_eq!(
            cut_middle("https://auth.example/v1/outbound/oauth/callback/", 21),
            "https://au…/callback/"
        );
    }

    #[test]
    fn wide_characters_count_two() {
        assert_eq!(cut_end("田中まり", 5), "田中…");
        assert_eq!(pad("田中", 6), "田中  ");
    }

    proptest! {
        #[test]
        fn never_wider_than_asked(s in "\\PC{0,40}", cells in 0usize..30) {
            prop_assert!(width(&cut_end(&s, cells)) <= cells);
            prop_assert!(width(&cut_middle(&s, cells)) <= cells);
            prop_assert!(width(&pad(&s, cells)) <= cells);
        }
    }
}
