//! One line of text without anything a terminal would obey.

use std::fmt;

/// Text that is safe to draw: no control character, no bidirectional override, no invisible mark.
///
/// C0 and C1 controls become the pictures of Unicode's *Control Pictures* block (`ESC` is drawn as `␛`); marks that reorder
/// or hide text become `<202E>`, their code point in hexadecimal. Ordinary text of every script passes unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clean(Box<str>);

impl Clean {
    /// Cleans `raw`. Nothing is lost that a person could have read.
    pub fn new(raw: &str) -> Self {
        if !raw.chars().any(is_unsafe) {
            return Self(raw.into());
        }
        let mut out = String::with_capacity(raw.len() + 8);
        for c in raw.chars() {
            push(&mut out, c);
        }
        Self(out.into_boxed_str())
    }

    /// The cleaned text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `c` could move the cursor, change the terminal, reorder the line or hide in it.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Cleans a text of several lines: line feeds stay, a carriage return before one goes, a tab becomes four spaces, all else as
/// in [`Clean`].
pub fn clean_block(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push('\n'),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\t' => out.push_str("    "),
            c => push(&mut out, c),
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '\0'..='\x1f' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{FFFD}')),
        '\x7f' => out.push('␡'),
        c if is_unsafe(c) => out.push_str(&format!("<{:04X}>", c as u32)),
        c => out.push(c),
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for Clean {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Clean {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for Clean {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Clean {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_escape_sequence_becomes_pictures() {
        assert_eq!(Clean::new("a\x1b[31mred\x07").as_str(), "a␛[31mred␇");
        assert_eq!(Clean::new("\u{9b}31m").as_str(), "<009B>31m");
    }

    #[test]
    fn a_bidi_override_is_shown_by_its_code_point() {
        assert_eq!(Clean::new("user\u{202e}nimda").as_str(), "user<202E>nimda");
        assert_eq!(Clean::new("a\u{200b}b").as_str(), "a<200B>b");
    }

    #[test]
    fn ordinary_scripts_pass() {
        for name in ["Marek Dvořák", "田中 まり", "תמר לוי", "Ağaoğlu", "Ольга"] {
            assert_eq!(Clean::new(name).as_str(), name);
        }
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(clean_block("a\r\nb\n\tc\x1b"), "a\nb\n    c␛");
    }

    proptest! {
        #[test]
        fn nothing_unsafe_survives(raw in any::<String>()) {
            prop_assert!(!Clean::new(&raw).as_str().chars().any(is_unsafe));
            prop_assert!(!clean_block(&raw).chars().any(|c| c != '\n' && is_unsafe(c)));
        }

        #[test]
        fn cleaning_twice_changes_nothing(raw in any::<String>()) {
            let once = Clean::new(&raw);
            prop_assert_eq!(Clean::new(once.as_str()), once);
        }
    }
}
