//! The fields of Connect.

use crate::run::job::{DeviceCode, SignIn, Trouble};
use crate::tui::widgets::field::Field;

/// The rows, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Row {
    Way,
    #[default]
    Url,
    Token,
    Passphrase,
    ClientId,
    Key,
    Label,
    Prod,
    ReadOnly,
    Connect,
    Demo,
}

/// Ways to sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Way {
    #[default]
    Token,
    Service,
    Device,
}

impl Way {
    pub(super) const ALL: [(Self, &'static str); 3] =
        [(Self::Token, "API token"), (Self::Service, "service app"), (Self::Device, "device code")];

    /// The row that the secret, or what stands for it, is in: the last one that has to be filled.
    pub(super) fn last_needed(self) -> Row {
        match self {
            Self::Token => Row::Token,
            Self::Service => Row::Key,
            Self::Device => Row::ClientId,
        }
    }

    pub(super) fn beside(self, by: isize) -> Self {
        let at = Self::ALL.iter().position(|(way, _)| *way == self).unwrap_or(0);
        let to = at.cast_signed().saturating_add(by).rem_euclid(Self::ALL.len().cast_signed());
        Self::ALL.get(to.unsigned_abs()).map_or(self, |(way, _)| *way)
    }
}

/// What is being connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Connecting {
    Org(String),
    Demo,
}

/// The state of Connect.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) way: Way,
    pub(super) url: Field,
    pub(super) token: Field,
    /// Of the vault.
    pub(super) passphrase: Field,
    /// There is a vault.
    pub(super) vault: bool,
    pub(super) client_id: Field,
    pub(super) key: Field,
    /// The key's id in Okta, as the profile has it.
    pub(super) kid: Option<String>,
    pub(super) label: Field,
    pub(super) prod: bool,
    pub(super) read_only: bool,
    pub(super) row: Row,
    pub(super) open: bool,
    pub(super) connecting: Option<Connecting>,
    /// What the person has to enter on Okta's page, while it is waited for.
    pub(super) code: Option<DeviceCode>,
    pub(super) trouble: Option<Trouble>,
    /// What is missing, said when Connect was pressed too early.
    pub(super) missing: Option<&'static str>,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            way: Way::Token,
            url: Field::default(),
            token: Field::secret(),
            passphrase: Field::secret(),
            vault: false,
            client_id: Field::default(),
            key: Field::default(),
            kid: None,
            label: Field::default(),
            prod: false,
            read_only: false,
            row: Row::Url,
            open: false,
            connecting: None,
            code: None,
            trouble: None,
            missing: None,
        }
    }
}

impl Model {
    /// The rows of the form. A passphrase opens what is there: without a vault there is nothing to open.
    pub(super) fn rows(&self) -> Vec<Row> {
        use Row::{ClientId, Connect, Demo, Key, Label, Passphrase, Prod, ReadOnly, Token, Url};
        let of_way: &[Row] = match self.way {
            Way::Token if self.vault => &[Token, Passphrase],
            Way::Token => &[Token],
            Way::Service => &[ClientId, Key],
            Way::Device => &[ClientId],
        };
        [&[Row::Way, Url], of_way, &[Label, Prod, ReadOnly, Connect, Demo]].concat()
    }

    /// The demo org is being opened already: the program was started for it.
    pub fn wait_for_demo(&mut self) {
        self.connecting = Some(Connecting::Demo);
        self.open = false;
    }

    pub(super) fn field(&mut self) -> Option<&mut Field> {
        match self.row {
            Row::Url => Some(&mut self.url),
            Row::Token => Some(&mut self.token),
            Row::Passphrase => Some(&mut self.passphrase),
            Row::ClientId => Some(&mut self.client_id),
            Row::Key => Some(&mut self.key),
            Row::Label => Some(&mut self.label),
            _ => None,
        }
    }

    pub(super) fn go_to(&mut self, row: Row) {
        self.row = row;
        self.open = self.field().is_some();
    }

    pub(super) fn step(&mut self, by: isize) {
        let rows = self.rows();
        let at = rows.iter().position(|r| *r == self.row).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(rows.len().saturating_sub(1));
        self.go_to(rows.get(to).copied().unwrap_or_default());
    }

    /// The first field that is empty and must not be, with what to say.
    pub(super) fn missing(&self) -> Option<(Row, &'static str)> {
        let needed = [
            (Row::Url, &self.url, "The org's URL is missing."),
            (Row::Token, &self.token, "The API token is missing."),
            (Row::ClientId, &self.client_id, "The app's client id is missing."),
            (Row::Key, &self.key, "The file of the private key is missing."),
        ];
        let rows = self.rows();
        // The vault may have the token.
        let in_vault = |row: Row| row == Row::Token && self.vault && !self.passphrase.text().is_empty();
        let empty = needed
            .into_iter()
            .find(|(row, field, _)| rows.contains(row) && field.text().trim().is_empty() && !in_vault(*row));
        empty.map(|(row, _, words)| (row, words))
    }

    /// How to sign in, by what is in the fields. The token leaves its own.
    pub(super) fn sign_in(&mut self) -> SignIn {
        let client_id = self.client_id.text().trim().to_owned();
        match self.way {
            Way::Token => SignIn::Token(self.token.take_secret()),
            Way::Service => {
                SignIn::Service { client_id, key: self.key.text().trim().into(), kid: self.kid.clone() }
            }
            Way::Device => SignIn::Device { client_id },
        }
    }

    /// Fills the fields with a way that is remembered.
    pub(super) fn take_way(&mut self, way: &SignIn) {
        self.kid = None;
        match way {
            SignIn::Token(_) => self.way = Way::Token,
            SignIn::Service { client_id, key, kid } => {
                self.way = Way::Service;
                self.client_id = Field::new(client_id.as_str());
                self.key = Field::new(key.to_string_lossy());
                self.kid.clone_from(kid);
            }
            SignIn::Device { client_id } => {
                self.way = Way::Device;
                self.client_id = Field::new(client_id.as_str());
            }
        }
    }
}
