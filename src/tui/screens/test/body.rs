//! A JSON body, indented for reading. The order of its members and every hole in it stay as they are.

use crate::flow::trace::{Piece, Text};
use serde::de::IgnoredAny;

/// Deeper nesting is not indented further.
const DEEPEST: usize = 20;

/// `text` indented, or as it is where it is no JSON (RFC 8259): cut short, HTML, a form.
pub(super) fn pretty(text: &Text) -> Text {
    let mut indenter = Indenter::default();
    for piece in text.pieces() {
        match piece {
            Piece::Plain(plain) => plain.chars().for_each(|c| indenter.char(c)),
            Piece::Hole(hole) => {
                indenter.breaks();
                // What stands for the secret when the shape is checked: part of a string, or a number.
                indenter.shape.push(if indenter.in_string { 'x' } else { '0' });
                indenter.pieces.push(Piece::Plain(std::mem::take(&mut indenter.out)));
                indenter.pieces.push(Piece::Hole(hole.clone()));
            }
        }
    }
    let starts = indenter.shape.trim_start().starts_with(['{', '[']);
    if !starts || serde_json::from_str::<IgnoredAny>(&indenter.shape).is_err() {
        return text.clone();
    }
    indenter.pieces.push(Piece::Plain(indenter.out));
    indenter.pieces.retain(|p| !matches!(p, Piece::Plain(s) if s.is_empty()));
    Text::of(indenter.pieces)
}

#[derive(Default)]
struct Indenter {
    pieces: Vec<Piece>,
    out: String,
    /// The text with stand-ins for the holes: to see whether it is JSON.
    shape: String,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// A bracket was opened or a comma written: a new line follows, unless the bracket is closed at once.
    pending: bool,
}

impl Indenter {
    fn char(&mut self, c: char) {
        self.shape.push(c);
        if self.in_string {
            self.out.push(c);
            match c {
                _ if self.escaped => self.escaped = false,
                '\\' => self.escaped = true,
                '"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match c {
            ' ' | '\n' | '\r' | '\t' => {}
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                if !std::mem::take(&mut self.pending) {
                    self.line();
                }
                self.out.push(c);
            }
            c => {
                self.breaks();
                self.out.push(c);
                match c {
                    '"' => self.in_string = true,
                    ':' => self.out.push(' '),
                    ',' => self.pending = true,
                    '{' | '[' => {
                        self.depth += 1;
                        self.pending = true;
                    }
                    _ => {}
                }
            }
        }
    }

    fn breaks(&mut self) {
        if std::mem::take(&mut self.pending) {
            self.line();
        }
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(self.depth.min(DEEPEST)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::trace::{Safe, SecretKind};
    use crate::secret::FingerprintKey;
    use proptest::prelude::*;

    fn plain(raw: &str) -> String {
        pretty(&Text::plain(raw)).masked()
    }

    #[test]
    fn it_indents_and_keeps_the_order() {
        assert_eq!(
            plain(r#"{"b":1,"a":[true,{}],"s":"x, {y}\" :"}"#),
            "{\n  \"b\": 1,\n  \"a\": [\n    true,\n    {}\n  ],\n  \"s\": \"x, {y}\\\" :\"\n}"
        );
    }

    #[test]
    fn what_is_no_json_stays() {
        for raw in ["<html>{}</html>", "a=b&c=d", "{\"cut\": \"sho", "7", ""] {
            assert_eq!(plain(raw), Text::plain(raw).masked());
        }
    }

    #[test]
    fn holes_stay_where_they_were() {
        let mut safe = Safe::new(FingerprintKey::new(&[1; 32]));
        let hole = safe.lift(SecretKind::AccessToken, "eyJ.a.b");
        let text = Text::of(vec![
            Piece::Plain("{\"access_token\":\"".into()),
            Piece::Hole(hole.clone()),
            Piece::Plain("\",\"expires_in\":3600}".into()),
        ]);
        let shown = pretty(&text);
        assert!(shown.pieces().contains(&Piece::Hole(hole)));
        assert!(shown.masked().ends_with("\",\n  \"expires_in\": 3600\n}"), "{}", shown.masked());
        assert!(!shown.masked().contains("eyJ"));
    }

    proptest! {
        #[test]
        fn it_means_the_same(keys in proptest::collection::vec("[a-z\"\\\\{}\\[\\],: é]{0,6}", 0..6)) {
            let value = serde_json::json!({"list": keys, "deep": [[[]], {"k": keys}]});
            let shown = plain(&value.to_string());
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        }

        #[test]
        fn nothing_makes_it_panic(raw in "[\\PC\n]{0,60}") {
            plain(&raw);
        }
    }
}
