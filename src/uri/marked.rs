//! Two URIs one above the other, with a mark below the place where they differ.

use super::characters::{describe, drawn, name};
use super::compare::compare;
use unicode_width::UnicodeWidthStr;

/// `registered`, `sent` and a line with `^` below the first difference, each in at most `cells` terminal cells.
///
/// Where the two are too long they lose their beginning first, then the middle of what follows the difference; never the
/// difference, and never the tail, where the mistake usually is. Characters that cannot be seen are written as `<200B>`. When the
/// two are equal the third line is empty.
pub fn marked(registered: &str, sent: &str, cells: usize) -> [String; 3] {
    let Some(found) = compare(registered, sent) else {
        let line = cut_middle(&pieces(registered), cells);
        return [line.clone(), line, String::new()];
    };
    let (r, s) = (pieces(registered), pieces(sent));
    let (prefix, rest_r) = r.split_at(found.index.min(r.len()));
    let (_, rest_s) = s.split_at(found.index.min(s.len()));
    let longest = width(rest_r).max(width(rest_s)).max(1);
    let whole = width(prefix);
    let (for_prefix, for_rest) = if whole + longest <= cells {
        (whole, longest)
    } else {
        let context = whole.min(cells / 3);
        let for_rest = longest.min(cells - context);
        (whole.min(cells - for_rest), for_rest)
    };
    let head = cut_start(prefix, for_prefix);
    let column = head.as_str().width();
    [
        head.clone() + &cut_middle(rest_r, for_rest),
        head + &cut_middle(rest_s, for_rest),
        mark(column, &what_differs(registered, sent), cells),
    ]
}

/// What differs, in a few words seen from `sent`: `one "/" too many (U+002F)`, `"s" missing (U+0073)`,
/// `"C" (U+0043) instead of "c" (U+0063)`. Empty when the two are equal.
pub fn what_differs(registered: &str, sent: &str) -> String {
    let (r, s): (Vec<char>, Vec<char>) = (registered.chars().collect(), sent.chars().collect());
    let before = r.iter().zip(&s).take_while(|(a, b)| a == b).count();
    let (r, s) = (r.get(before..).unwrap_or_default(), s.get(before..).unwrap_or_default());
    let after = r.iter().rev().zip(s.iter().rev()).take_while(|(a, b)| a == b).count();
    let r = r.get(..r.len() - after).unwrap_or_default();
    let s = s.get(..s.len() - after).unwrap_or_default();
    match (r, s) {
        ([], []) => String::new(),
        ([], [one]) if name(*one).starts_with('"') => {
            format!("one {} too many (U+{:04X})", name(*one), *one as u32)
        }
        ([], [one]) => format!("{} too many (U+{:04X})", name(*one), *one as u32),
        ([one], []) => format!("{} missing (U+{:04X})", name(*one), *one as u32),
        ([one], [other]) => format!("{} instead of {}", describe(*other), describe(*one)),
        ([], many) => format!("{} too many", quoted(many)),
        (many, []) => format!("{} missing", quoted(many)),
        (wanted, given) => format!("{} instead of {}", quoted(given), quoted(wanted)),
    }
}

/// Up to 20 characters in quotation marks, or how many there are and how they begin.
fn quoted(chars: &[char]) -> String {
    match chars {
        [one] => describe(*one),
        short if short.len() <= 20 => {
            format!("\"{}\"", short.iter().map(|c| drawn(*c)).collect::<String>())
        }
        [first, ..] => format!("{} characters from {} on", chars.len(), describe(*first)),
        [] => "nothing".to_owned(),
    }
}

fn pieces(s: &str) -> Vec<String> {
    s.chars().map(drawn).collect()
}

fn width(pieces: &[String]) -> usize {
    pieces.iter().map(|p| p.as_str().width()).sum()
}

/// As many pieces from the front of `pieces` as fit.
fn take<'a>(pieces: impl Iterator<Item = &'a String>, cells: usize) -> Vec<&'a str> {
    let mut used = 0;
    pieces
        .take_while(|p| {
            used += p.as_str().width();
            used <= cells
        })
        .map(String::as_str)
        .collect()
}

/// The end of a text that is longer than `cells`, after `…`.
fn cut_start(pieces: &[String], cells: usize) -> String {
    if width(pieces) <= cells {
        return pieces.concat();
    }
    let Some(room) = cells.checked_sub(1) else { return String::new() };
    let mut tail = take(pieces.iter().rev(), room);
    tail.push("…");
    tail.reverse();
    tail.concat()
}

/// The beginning and the end of a text that is longer than `cells`, around `…`.
fn cut_middle(pieces: &[String], cells: usize) -> String {
    if width(pieces) <= cells {
        return pieces.concat();
    }
    let Some(room) = cells.checked_sub(1) else { return String::new() };
    let mut tail = take(pieces.iter().rev(), room / 2);
    tail.reverse();
    let head = take(pieces.iter(), room - room / 2);
    head.concat() + "…" + &tail.concat()
}

/// `^` under the column, the words on the side that has room for them.
fn mark(column: usize, words: &str, cells: usize) -> String {
    if column >= cells {
        return String::new();
    }
    let long = words.width();
    if column + 2 + long <= cells {
        return format!("{}^ {words}", " ".repeat(column));
    }
    if long < column {
        return format!("{}{words} ^", " ".repeat(column - 1 - long));
    }
    let (right, left) = (cells.saturating_sub(column + 2), column.saturating_sub(1));
    let words: Vec<String> = words.chars().map(String::from).collect();
    if right >= left {
        format!("{}^ {}", " ".repeat(column), cut_end(&words, right)).trim_end().to_owned()
    } else {
        let cut = cut_end(&words, left);
        format!("{}{cut} ^", " ".repeat(left - cut.as_str().width()))
    }
}

fn cut_end(pieces: &[String], cells: usize) -> String {
    if width(pieces) <= cells {
        return pieces.concat();
    }
    cells.checked_sub(1).map_or_else(String::new, |room| take(pieces.iter(), room).concat() + "…")
}
