//! A one-line text field. It is open (printable keys are text) or closed (they are commands).

use crate::secret::Secret;
use crate::text::{is_unsafe, width};
use crate::tui::key::Key;
use tui_input::{Input, InputRequest};
use zeroize::Zeroize;

/// The longest text that a paste may bring into a field, in characters.
pub const LONGEST: usize = 16_384;

/// A text field's content and cursor.
#[derive(Clone, Debug, Default)]
pub struct Field {
    input: Input,
    masked: bool,
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.input.value() == other.input.value()
            && self.input.cursor() == other.input.cursor()
            && self.masked == other.masked
    }
}

impl Field {
    /// A field with this text, the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        Self { input: Input::new(text.into()), masked: false }
    }

    /// An empty field for a secret: it shows dots.
    pub fn secret() -> Self {
        Self { input: Input::default(), masked: true }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Takes the text out as a secret and leaves the field empty.
    pub fn take_secret(&mut self) -> Secret {
        let mut text = self.input.value_and_reset();
        let secret = Secret::new(text.trim());
        text.zeroize();
        secret
    }

    /// Handles a key while the field is open; true if it was one of the field's own.
    pub fn key(&mut self, key: Key) -> bool {
        use InputRequest as R;
        let request = match key {
            Key::Char(c) if !is_unsafe(c) => R::InsertChar(c),
            Key::Backspace => R::DeletePrevChar,
            Key::Delete => R::DeleteNextChar,
            Key::Left => R::GoToPrevChar,
            Key::Right => R::GoToNextChar,
            Key::Home | Key::Ctrl('a') => R::GoToStart,
            Key::End | Key::Ctrl('e') => R::GoToEnd,
            Key::Ctrl('u') => R::DeleteLine,
            Key::Ctrl('k') => R::DeleteTillEnd,
            Key::Ctrl('w') => R::DeletePrevWord,
            Key::Char(_) => return true,
            _ => return false,
        };
        self.input.handle(request);
        true
    }

    /// Takes a paste: line breaks and control characters go, blanks at the ends too, and it is cut at [`LONGEST`].
    pub fn paste(&mut self, text: &str) {
        let line: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        for c in line.trim().chars() {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    /// What is drawn in `cells` cells, and the cursor's cell in it. The text scrolls so that the cursor stays visible.
    /// Invisible characters are drawn by their code point, as everywhere.
    pub fn shown(&self, cells: usize) -> (String, usize) {
        let dots: String;
        let (text, cursor) = if self.masked {
            let n = self.input.value().chars().count();
            dots = "•".repeat(n);
            (dots.as_str(), self.input.cursor())
        } else {
            (self.input.value(), self.input.cursor())
        };
        let left: String = text.chars().take(cursor).collect();
        let left = crate::text::Clean::new(&left);
        let right: String = text.chars().skip(cursor).collect();
        let right = crate::text::Clean::new(&right);
        let room = cells.saturating_sub(1);
        let mut skip = 0;
        let mut before: &str = left.as_str();
        while width(before) > room {
            skip += 1;
            let at = left.as_str().char_indices().nth(skip).map_or(left.as_str().len(), |(i, _)| i);
            before = left.as_str().get(at..).unwrap_or_default();
        }
        let column = width(before);
        (crate::text::pad(&format!("{before}{}", right.as_str()), cells), column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(keys: &[Key]) -> Field {
        let mut field = Field::default();
        for k in keys {
            assert!(field.key(*k));
        }
        field
    }

    #[test]
    fn it_edits_as_shells_do() {
        let mut f = typed(&[Key::Char('a'), Key::Char('b'), Key::Ctrl('a'), Key::Char('x')]);
        assert_eq!(f.text(), "xab");
        f.key(Key::Ctrl('u'));
        assert_eq!(f.text(), "");
        assert!(!f.key(Key::Enter) && !f.key(Key::Tab) && !f.key(Key::Up));
    }

    #[test]
    fn a_paste_loses_its_line_breaks() {
        let mut f = Field::default();
        f.paste("  https://h/cb\r\n?x=1\n");
        assert_eq!(f.text(), "https://h/cb?x=1");
    }

    #[test]
    fn a_secret_shows_dots_and_is_taken_out() {
        let mut f = Field::secret();
        f.paste("s3cret ");
        assert_eq!(f.shown(10).0, "••••••    ");
        assert_eq!(f.take_secret(), Secret::new("s3cret"));
        assert_eq!(f.text(), "");
    }

    proptest! {
        #[test]
        fn drawing_fits_and_shows_the_cursor(text in "\\PC{0,30}", lefts in 0usize..30, cells in 1usize..20) {
            let mut f = Field::new(text);
            for _ in 0..lefts { f.key(Key::Left); }
            let (shown, column) = f.shown(cells);
            prop_assert!(width(&shown) <= cells);
            prop_assert!(column < cells);
        }
    }
}
