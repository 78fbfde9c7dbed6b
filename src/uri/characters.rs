//! Characters that a person cannot see or tell apart, and how to write them so that they can.

/// Whether `c` is white space of any kind, line breaks included.
pub(super) fn is_whitespace(c: char) -> bool {
    c.is_whitespace()
}

/// Whether `c` takes no ink: a control, a zero-width or a direction mark. White space is not counted.
pub(super) fn is_invisible(c: char) -> bool {
    !c.is_whitespace()
        && (c.is_control()
            || matches!(c,
                '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
                | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}'))
}

/// The ASCII character that `c` passes for, when `c` is another one.
///
/// Our own choice among Unicode's confusables (UTS #39): letters of keyboards that people have, and what word processors and
/// input methods put in place of `-`, `/`, `:` and `.`.
pub(super) fn passes_for(c: char) -> Option<char> {
    Some(match c {
        // Fullwidth forms: ASCII moved up by 0xFEE0.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0)?,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => '-',
        '\u{2044}' | '\u{2215}' | '\u{29F8}' | '\u{2571}' => '/',
        '\u{2236}' | '\u{A789}' | '\u{02D0}' | '\u{0589}' | '\u{FE55}' => ':',
        '\u{2024}' | '\u{3002}' | '\u{FF61}' | '\u{FE52}' => '.',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201C}' | '\u{201D}' => '"',
        // Cyrillic.
        'а' => 'a',
        'с' => 'c',
        'ԁ' => 'd',
        'е' => 'e',
        'һ' => 'h',
        'і' => 'i',
        'ј' => 'j',
        'ӏ' => 'l',
        'о' => 'o',
        'р' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'ѵ' => 'v',
        'ԝ' => 'w',
        'х' => 'x',
        'у' => 'y',
        'А' => 'A',
        'В' => 'B',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'І' => 'I',
        'Ј' => 'J',
        'К' => 'K',
        'М' => 'M',
        'О' => 'O',
        'Р' => 'P',
        'Ѕ' => 'S',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        // Greek.
        'α' => 'a',
        'ι' => 'i',
        'κ' => 'k',
        'ν' => 'v',
        'ο' => 'o',
        'ρ' => 'p',
        'τ' => 't',
        'υ' => 'u',
        'χ' => 'x',
        'Α' => 'A',
        'Β' => 'B',
        'Ε' => 'E',
        'Ζ' => 'Z',
        'Η' => 'H',
        'Ι' => 'I',
        'Κ' => 'K',
        'Μ' => 'M',
        'Ν' => 'N',
        'Ο' => 'O',
        'Ρ' => 'P',
        'Τ' => 'T',
        'Υ' => 'Y',
        'Χ' => 'X',
        // Latin.
        'ı' => 'i',
        'ȷ' => 'j',
        'ɑ' => 'a',
        'ɡ' => 'g',
        'ℓ' => 'l',
        'ո' => 'n',
        'օ' => 'o',
        'ѡ' => 'w',
        _ => return None,
    })
}

/// Whether a reader would take one of two different characters for the other.
pub(super) fn look_alike(a: char, b: char) -> bool {
    let folded = |c: char| match passes_for(c).unwrap_or(c) {
        'I' | '1' => 'l',
        '0' => 'O',
        c => c,
    };
    a != b && folded(a) == folded(b)
}

/// What a character is called: `"/"`, `a zero-width space`.
pub(super) fn name(c: char) -> String {
    let name = match c {
        ' ' => "a space",
        '\t' => "a tab",
        '\n' => "a line feed",
        '\r' => "a carriage return",
        '\u{00A0}' => "a no-break space",
        '\u{00AD}' => "a soft hyphen",
        '\u{200B}' => "a zero-width space",
        '\u{200C}' => "a zero-width non-joiner",
        '\u{200D}' => "a zero-width joiner",
        '\u{200E}' => "a left-to-right mark",
        '\u{200F}' => "a right-to-left mark",
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => "a direction mark",
        '\u{2060}' => "a word joiner",
        '\u{FEFF}' => "a byte order mark",
        '"' => "a quotation mark",
        c if c.is_whitespace() => "white space",
        c if c.is_control() => "a control character",
        c if is_invisible(c) => "an invisible character",
        c => return format!("\"{c}\""),
    };
    name.to_owned()
}

/// One character so that it can be read and looked up: `"/" (U+002F)`, `a zero-width space (U+200B)`.
pub fn describe(c: char) -> String {
    format!("{} (U+{:04X})", name(c), c as u32)
}

/// One character as it may be drawn: itself, or its code point as `<200B>` where it would move, hide or reorder text.
pub(super) fn drawn(c: char) -> String {
    if c != ' ' && (is_whitespace(c) || is_invisible(c)) {
        format!("<{:04X}>", c as u32)
    } else {
        c.to_string()
    }
}

/// A text as it may be drawn, character by character.
pub(super) fn drawn_text(s: &str) -> String {
    s.chars().map(drawn).collect()
}
