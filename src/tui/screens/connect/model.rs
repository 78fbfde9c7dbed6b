//! The fields of Connect.

use crate::run::job::Trouble;
use crate::tui::widgets::field::Field;

/// The rows, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Row {
    #[default]
    Url,
    Token,
    Label,
    Prod,
    ReadOnly,
    Connect,
    Demo,
}

pub(super) const ROWS: [Row; 7] =
    [Row::Url, Row::Token, Row::Label, Row::Prod, Row::ReadOnly, Row::Connect, Row::Demo];

/// What is being connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Connecting {
    Org(String),
    Demo,
}

/// The state of Connect.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) url: Field,
    pub(super) token: Field,
    pub(super) label: Field,
    pub(super) prod: bool,
    pub(super) read_only: bool,
    pub(super) row: Row,
    pub(super) open: bool,
    pub(super) connecting: Option<Connecting>,
    pub(super) trouble: Option<Trouble>,
    /// What is missing, said when Connect was pressed too early.
    pub(super) missing: Option<&'static str>,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            url: Field::default(),
            token: Field::secret(),
            label: Field::default(),
            prod: false,
            read_only: false,
            row: Row::Url,
            open: false,
            connecting: None,
            trouble: None,
            missing: None,
        }
    }
}

impl Model {
    /// The demo org is being opened already: the program was started for it.
    pub fn wait_for_demo(&mut self) {
        self.connecting = Some(Connecting::Demo);
        self.open = false;
    }

    pub(super) fn field(&mut self) -> Option<&mut Field> {
        match self.row {
            Row::Url => Some(&mut self.url),
            Row::Token => Some(&mut self.token),
            Row::Label => Some(&mut self.label),
            _ => None,
        }
    }

    pub(super) fn go_to(&mut self, row: Row) {
        self.row = row;
        self.open = self.field().is_some();
    }

    pub(super) fn step(&mut self, by: isize) {
        let at = ROWS.iter().position(|r| *r == self.row).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(ROWS.len() - 1);
        self.go_to(ROWS.get(to).copied().unwrap_or_default());
    }
}
