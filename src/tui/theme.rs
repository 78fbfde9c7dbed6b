//! Roles, never colours: the sixteen named ANSI colours, or none; no background is painted. Every state has a word or sign too.

use ratatui::style::{Color, Modifier, Style};

/// How things look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    colour: bool,
    ascii: bool,
}

impl Theme {
    /// `colour` is off with `NO_COLOR`; `ascii` is on with `--ascii`, a locale without UTF-8, or a Linux console.
    pub fn new(colour: bool, ascii: bool) -> Self {
        Self { colour, ascii }
    }

    fn role(self, colour: Color, mono: Modifier) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new().add_modifier(mono) }
    }

    /// Ordinary text.
    pub fn text(self) -> Style {
        Style::new()
    }
    /// Titles.
    pub fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }
    /// What matters less.
    pub fn quiet(self) -> Style {
        self.role(Color::DarkGray, Modifier::DIM)
    }
    /// The row or field that has the focus; it also has a marker.
    pub fn focus(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }
    /// `OK`.
    pub fn good(self) -> Style {
        self.role(Color::Green, Modifier::empty())
    }
    /// `WARN`.
    pub fn warn(self) -> Style {
        self.role(Color::Yellow, Modifier::BOLD)
    }
    /// `FAIL`, `CUT`, `GONE`, `PROD`.
    pub fn bad(self) -> Style {
        if self.colour {
            Style::new().fg(Color::Red).add_modifier(Modifier::BOLD)
        } else {
            Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED)
        }
    }
    /// Keys in hints, links.
    pub fn key(self) -> Style {
        self.role(Color::Cyan, Modifier::UNDERLINED)
    }
    /// The `DEMO` badge.
    pub fn badge(self) -> Style {
        self.role(Color::Magenta, Modifier::BOLD)
    }

    /// The style of a state's word: `OK`, `WARN`, `FAIL`, `...`, `--`.
    pub fn state(self, word: &str) -> Style {
        match word {
            "OK" => self.good(),
            "WARN" => self.warn(),
            "FAIL" | "CUT" | "GONE" | "NOT ALLOWED" => self.bad(),
            _ => self.quiet(),
        }
    }

    /// Whether only ASCII may be drawn for lines and signs.
    pub fn ascii(self) -> bool {
        self.ascii
    }
    /// The marker of the row under the cursor.
    pub fn marker(self) -> &'static str {
        if self.ascii { ">" } else { "▸" }
    }
    /// A horizontal line's character.
    pub fn line(self) -> &'static str {
        if self.ascii { "-" } else { "─" }
    }
    /// A bar of the waterfall.
    pub fn bar(self) -> &'static str {
        if self.ascii { "#" } else { "█" }
    }
    /// Between the org and the app in a title.
    pub fn crumb(self) -> &'static str {
        if self.ascii { ">" } else { "›" }
    }
}
