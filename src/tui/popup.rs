//! What stands above a screen: the help (keys that are valid here) and the palette (all commands, by name). Both are drawn from the
//! list of commands.

use super::command::{self, COMMANDS, Command, CommandId, Scope};
use super::key::Key;
use super::widgets::field::Field;

/// A popup.
#[derive(Clone, Debug, PartialEq)]
pub struct Popup {
    /// Its title.
    pub title: &'static str,
    /// The commands that it offers.
    pub commands: Vec<&'static Command>,
    /// Which one is under the cursor, among those that match.
    pub cursor: usize,
    /// What narrows the palette; the help has none.
    pub filter: Option<Field>,
}

/// What a key did to a popup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It stays.
    Stay,
    /// It closes.
    Close,
    /// It closes, and oktui is left.
    Leave,
    /// It closes, and this command runs.
    Run(CommandId),
}

/// The commands in force here, the narrowest scope first, each key named once.
fn in_force(scopes: &[Scope]) -> Vec<&'static Command> {
    let order = scopes.iter().copied().chain([Scope::Global, Scope::Always]);
    let mut seen: Vec<Key> = Vec::new();
    let mut found = Vec::new();
    for scope in order {
        for command in COMMANDS.iter().filter(|c| c.scope == scope) {
            if command.keys.first().is_some_and(|k| !seen.contains(k)) {
                seen.extend(command.keys);
                found.push(command);
            }
        }
    }
    found
}

impl Popup {
    /// The keys that are valid here.
    pub fn help(scopes: &[Scope]) -> Self {
        Self { title: "Keys that are valid here", commands: in_force(scopes), cursor: 0, filter: None }
    }

    /// All commands, narrowed by typing.
    pub fn palette(scopes: &[Scope]) -> Self {
        Self { title: "Commands", commands: in_force(scopes), cursor: 0, filter: Some(Field::default()) }
    }

    /// Whether it has a text field: then printable keys are text.
    pub fn editing(&self) -> bool {
        self.filter.is_some()
    }

    /// The commands that match the filter: every word of it stands in what it does or in its short word.
    pub fn matching(&self) -> Vec<&'static Command> {
        let wanted = self.filter.as_ref().map(|f| f.text().to_lowercase()).unwrap_or_default();
        let fits = |c: &&&'static Command| {
            let text = format!("{} {}", c.title, c.short).to_lowercase();
            wanted.split_whitespace().all(|word| text.contains(word))
        };
        self.commands.iter().filter(fits).copied().collect()
    }

    /// Takes a paste.
    pub fn paste(&mut self, text: &str) {
        if let Some(filter) = &mut self.filter {
            filter.paste(text);
            self.cursor = 0;
        }
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Answer {
        let rows = self.matching();
        let last = rows.len().saturating_sub(1);
        // In the help, the letters of the arrows move too: a cursor is to be seen. In the palette they are text.
        let moves = command::lookup(key, &[Scope::List], self.editing());
        match key {
            Key::Esc | Key::Ctrl('g') => return Answer::Close,
            Key::Ctrl('c') => return Answer::Leave,
            Key::Up | Key::BackTab => self.cursor = self.cursor.saturating_sub(1),
            Key::Down | Key::Tab => self.cursor = (self.cursor + 1).min(last),
            Key::PageUp => self.cursor = self.cursor.saturating_sub(10),
            Key::PageDown => self.cursor = (self.cursor + 10).min(last),
            _ if moves == Some(CommandId::Up) => self.cursor = self.cursor.saturating_sub(1),
            _ if moves == Some(CommandId::Down) => self.cursor = (self.cursor + 1).min(last),
            _ if moves == Some(CommandId::Top) => self.cursor = 0,
            _ if moves == Some(CommandId::Bottom) => self.cursor = last,
            Key::Enter => return rows.get(self.cursor).map_or(Answer::Close, |c| Answer::Run(c.id)),
            key => match &mut self.filter {
                Some(filter) => {
                    if filter.key(key) {
                        self.cursor = 0;
                    }
                }
                // In the help a key runs what it says; one that says nothing closes the help.
                None => match rows.iter().find(|c| c.keys.contains(&key)) {
                    Some(command) if command.id != CommandId::Help => return Answer::Run(command.id),
                    _ => return Answer::Close,
                },
            },
        }
        Answer::Stay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_narrows_and_runs() {
        let mut palette = Popup::palette(&[Scope::Wizard, Scope::List, Scope::App]);
        for c in "redirect".chars() {
            assert_eq!(palette.key(Key::Char(c)), Answer::Stay);
        }
        assert_eq!(palette.matching().first().map(|c| c.id), Some(CommandId::Step3));
        assert_eq!(palette.key(Key::Enter), Answer::Run(CommandId::Step3));
    }

    #[test]
    fn help_names_each_key_once_and_its_keys_run() {
        let mut help = Popup::help(&[Scope::List, Scope::App]);
        let keys: Vec<_> = help.commands.iter().filter_map(|c| c.keys.first()).collect();
        let mut once = keys.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), keys.len());
        assert_eq!(help.key(Key::Char('p')), Answer::Run(CommandId::Plan));
        assert_eq!(help.key(Key::Esc), Answer::Close);
    }

    #[test]
    fn its_cursor_moves_by_every_key_that_moves_and_stays_among_the_rows() {
        let mut help = Popup::help(&[Scope::List]);
        let last = help.commands.len() - 1;
        for (key, at) in [
            (Key::Up, 0),
            (Key::Char('j'), 1),
            (Key::Tab, 2),
            (Key::BackTab, 1),
            (Key::Char('k'), 0),
            (Key::End, last),
            (Key::PageDown, last),
            (Key::Down, last),
            (Key::Home, 0),
            (Key::PageDown, 10),
            (Key::Char('g'), 0),
        ] {
            assert_eq!((help.key(key), help.cursor), (Answer::Stay, at), "{key}");
        }
        let mut palette = Popup::palette(&[Scope::List]);
        for c in ['j', 'g', 'k'] {
            palette.key(Key::Char(c));
        }
        assert_eq!(palette.filter.unwrap().text(), "jgk");
    }

    #[test]
    fn a_letter_that_means_nothing_closes_the_help_and_ctrl_c_leaves_it() {
        let mut help = Popup::help(&[Scope::List]);
        assert_eq!(help.key(Key::Char('9')), Answer::Close);
        assert_eq!(help.key(Key::Char('?')), Answer::Close);
        assert_eq!(help.key(Key::Ctrl('c')), Answer::Leave);
        assert_eq!(help.key(Key::Ctrl('g')), Answer::Close);
    }

    #[test]
    fn a_palette_without_a_match_does_nothing() {
        let mut palette = Popup::palette(&[Scope::List]);
        palette.paste("no such command");
        assert_eq!(palette.key(Key::Enter), Answer::Close);
    }
}
