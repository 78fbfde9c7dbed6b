//! The inventory: which MCP servers use which app and which client secret. A small TOML file without secrets, fit for git, that people
//! edit as well: their comments, their order and keys that this program does not know stay as they are.
//!
//! Pure: text in, text out. May name `text`. The file itself is the caller's.

use crate::text::Clean;
use jiff::civil::Date;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value, value};

/// An MCP server behind the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct McpServer {
    /// Its name; no two have the same in one environment.
    pub name: String,
    /// Its address.
    pub url: String,
    /// The gateway's environment: `prod`, `staging` ….
    pub environment: String,
    /// Who looks after it.
    pub owner: String,
    /// The client id of the app that it signs people in with.
    pub client_id: String,
    /// The id of the client secret that was put in. Never its value.
    pub secret_id: String,
    /// When that was.
    pub updated: Option<Date>,
    /// When sign-in through it was last checked.
    pub checked: Option<Date>,
}

/// The texts of a server, by their key in the file.
const TEXTS: [&str; 6] = ["name", "url", "environment", "owner", "client_id", "secret_id"];
/// The days of a server.
const DAYS: [&str; 2] = ["updated", "checked"];

/// Why an inventory cannot be used, or a change of it cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    /// It is no TOML.
    #[error("it is not TOML: {0}")]
    NotToml(String),
    /// A newer program wrote it.
    #[error("it has version {0}, and this oktui knows version 1: a newer one wrote it")]
    Newer(i64),
    /// An entry without a name, or of another form.
    #[error("entry {0} has no name")]
    NoName(usize),
    /// Two of one name.
    #[error("{0} stands there twice")]
    Twice(Clean),
    /// It is not there.
    #[error("there is no server {0}")]
    NotThere(Clean),
    /// A key that servers do not have.
    #[error("{0} is none of name, url, environment, owner, client_id, secret_id, updated, checked")]
    NoKey(Clean),
    /// No date.
    #[error("{0} is no date: write 2026-11-23")]
    NoDate(Clean),
    /// No address.
    #[error("{0} is no http or https address")]
    NoUrl(Clean),
}

/// The document.
#[derive(Clone, Debug)]
pub struct Inventory(DocumentMut);

impl Default for Inventory {
    fn default() -> Self {
        let mut document = DocumentMut::new();
        document.insert("version", value(1));
        Self(document)
    }
}

impl Inventory {
    /// Reads one; an empty text is an empty inventory.
    ///
    /// # Errors
    /// [`InventoryError`]. Nothing of the text is lost: it is simply not used.
    pub fn parse(text: &str) -> Result<Self, InventoryError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let document: DocumentMut = text
            .parse()
            .map_err(|e: toml_edit::TomlError| InventoryError::NotToml(e.message().to_owned()))?;
        match document.get("version").and_then(Item::as_integer) {
            None | Some(1) => {}
            Some(other) => return Err(InventoryError::Newer(other)),
        }
        let inventory = Self(document);
        let servers = inventory.servers();
        for (n, server) in servers.iter().enumerate() {
            if server.name.trim().is_empty() {
                return Err(InventoryError::NoName(n + 1));
            }
            let before = servers.iter().take(n);
            if before.clone().any(|s| s.is(&server.name, &server.environment)) {
                return Err(InventoryError::Twice(Clean::new(&server.name)));
            }
        }
        Ok(inventory)
    }

    /// As the file is to be.
    pub fn to_toml(&self) -> String {
        self.0.to_string()
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        self.0.get("server").and_then(Item::as_array_of_tables).into_iter().flat_map(ArrayOfTables::iter)
    }

    /// All of them, in the order of the file.
    pub fn servers(&self) -> Vec<McpServer> {
        self.tables().map(McpServer::of).collect()
    }

    /// Those that use an app, by its client id.
    pub fn of_app(&self, client_id: &str) -> Vec<McpServer> {
        self.servers().into_iter().filter(|s| s.client_id == client_id).collect()
    }

    /// Adds one at the end.
    ///
    /// # Errors
    /// The name is taken in that environment, or the address is none.
    pub fn add(&mut self, server: &McpServer) -> Result<(), InventoryError> {
        if server.name.trim().is_empty() {
            return Err(InventoryError::NoName(self.servers().len() + 1));
        }
        if self.servers().iter().any(|s| s.is(&server.name, &server.environment)) {
            return Err(InventoryError::Twice(Clean::new(&server.name)));
        }
        let mut table = Table::new();
        for (key, text) in TEXTS.into_iter().zip(server.texts()) {
            if !text.is_empty() {
                set(&mut table, key, text)?;
            }
        }
        for (key, day) in DAYS.into_iter().zip([server.updated, server.checked]) {
            if let Some(day) = day {
                set(&mut table, key, &day.to_string())?;
            }
        }
        let servers = self.0.entry("server").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        if let Some(servers) = servers.as_array_of_tables_mut() {
            servers.push(table);
        }
        Ok(())
    }

    /// Sets a key of one.
    ///
    /// # Errors
    /// There is no such server or key, or the text does not fit the key.
    pub fn set(
        &mut self,
        name: &str,
        environment: Option<&str>,
        key: &str,
        text: &str,
    ) -> Result<(), InventoryError> {
        let at = self.position(name, environment)?;
        if key == "name" || key == "environment" {
            let mut renamed = self.servers().get(at).cloned().unwrap_or_default();
            if key == "name" {
                renamed.name = text.into()
            } else {
                renamed.environment = text.into()
            }
            let taken = |(n, s): (usize, McpServer)| n != at && s.is(&renamed.name, &renamed.environment);
            if self.servers().into_iter().enumerate().any(taken) {
                return Err(InventoryError::Twice(Clean::new(text)));
            }
            if renamed.name.trim().is_empty() {
                return Err(InventoryError::NoName(at + 1));
            }
        }
        match self.table(at) {
            Some(table) => set(table, key, text),
            None => Err(InventoryError::NotThere(Clean::new(name))),
        }
    }

    /// Takes one away.
    ///
    /// # Errors
    /// There is no such server.
    pub fn remove(&mut self, name: &str, environment: Option<&str>) -> Result<(), InventoryError> {
        let at = self.position(name, environment)?;
        if let Some(servers) = self.0.get_mut("server").and_then(Item::as_array_of_tables_mut) {
            servers.remove(at);
        }
        Ok(())
    }

    fn position(&self, name: &str, environment: Option<&str>) -> Result<usize, InventoryError> {
        let fits = |s: &McpServer| {
            s.name.eq_ignore_ascii_case(name)
                && environment.is_none_or(|e| s.environment.eq_ignore_ascii_case(e))
        };
        let mut found =
            self.servers().iter().enumerate().filter(|(_, s)| fits(s)).map(|(n, _)| n).collect::<Vec<_>>();
        match (found.pop(), found.is_empty()) {
            (Some(at), true) => Ok(at),
            (Some(_), false) => Err(InventoryError::Twice(Clean::new(name))),
            (None, _) => Err(InventoryError::NotThere(Clean::new(name))),
        }
    }

    fn table(&mut self, at: usize) -> Option<&mut Table> {
        self.0.get_mut("server")?.as_array_of_tables_mut()?.get_mut(at)
    }
}

/// The keys of a server, in the order of the file.
pub const KEYS: [&str; 8] =
    ["name", "url", "environment", "owner", "client_id", "secret_id", "updated", "checked"];

/// A change of an inventory, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Adds a server.
    Add(McpServer),
    /// Sets a key of one.
    Set {
        /// Its name.
        name: String,
        /// Its environment; empty where it has none.
        environment: String,
        /// One of [`KEYS`].
        key: String,
        /// The text, as it was typed.
        text: String,
    },
    /// Takes one away.
    Remove {
        /// Its name.
        name: String,
        /// Its environment; empty where it has none.
        environment: String,
    },
}

impl Inventory {
    /// Makes a change.
    ///
    /// # Errors
    /// It does not fit; then nothing is changed.
    pub fn edit(&mut self, edit: &Edit) -> Result<(), InventoryError> {
        match edit {
            Edit::Add(server) => self.add(server),
            Edit::Set { name, environment, key, text } => self.set(name, Some(environment), key, text),
            Edit::Remove { name, environment } => self.remove(name, Some(environment)),
        }
    }
}

/// What is to be said of the servers that share an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The app's client id.
    pub client_id: String,
    /// The servers that use it.
    pub servers: Vec<String>,
    /// Why some of them want an app of their own; empty: one for all is right.
    pub reasons: Vec<String>,
}

impl Inventory {
    /// One app for all, or an app of one's own: Okta assigns people to an app, so whoever may use one server of an app may use all.
    pub fn advice(&self) -> Vec<Advice> {
        let servers = self.servers();
        let mut clients: Vec<&str> =
            servers.iter().map(|s| s.client_id.as_str()).filter(|c| !c.is_empty()).collect();
        clients.sort_unstable();
        clients.dedup();
        clients
            .into_iter()
            .map(|client| {
                let of: Vec<&McpServer> = servers.iter().filter(|s| s.client_id == client).collect();
                let mut reasons = Vec::new();
                for (what, value) in [
                    ("environments", (|s: &McpServer| s.environment.clone()) as fn(&McpServer) -> String),
                    ("owners", |s: &McpServer| s.owner.clone()),
                ] {
                    let mut values: Vec<String> =
                        of.iter().map(|s| value(s)).filter(|v| !v.is_empty()).collect();
                    values.sort_unstable();
                    values.dedup();
                    if values.len() > 1 {
                        reasons.push(format!("They have different {what}: {}.", values.join(", ")));
                    }
                }
                let servers = of.iter().map(|s| s.place()).collect();
                Advice { client_id: client.to_owned(), servers, reasons }
            })
            .collect()
    }
}

impl McpServer {
    /// The text of a key of [`KEYS`]; empty where there is none.
    pub fn text(&self, key: &str) -> String {
        let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
        match key {
            "updated" => day(self.updated),
            "checked" => day(self.checked),
            key => {
                let texts = TEXTS.into_iter().zip(self.texts());
                texts.into_iter().find(|(k, _)| *k == key).map_or_else(String::new, |(_, t)| t.to_owned())
            }
        }
    }

    fn of(table: &Table) -> Self {
        let text = |key: &str| table.get(key).and_then(Item::as_str).unwrap_or_default().to_owned();
        let day = |key: &str| match table.get(key) {
            Some(Item::Value(Value::Datetime(d))) => d.value().date.map(|d| d.to_string())?.parse().ok(),
            Some(item) => item.as_str()?.parse().ok(),
            None => None,
        };
        Self {
            name: text("name"),
            url: text("url"),
            environment: text("environment"),
            owner: text("owner"),
            client_id: text("client_id"),
            secret_id: text("secret_id"),
            updated: day("updated"),
            checked: day("checked"),
        }
    }

    fn texts(&self) -> [&str; 6] {
        [&self.name, &self.url, &self.environment, &self.owner, &self.client_id, &self.secret_id]
    }

    fn is(&self, name: &str, environment: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.environment.eq_ignore_ascii_case(environment)
    }

    /// Its name, with the environment where it has one: a place on the checklist of a rotation.
    pub fn place(&self) -> String {
        if self.environment.is_empty() {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.environment)
        }
    }
}

/// Sets a value; its comment stays.
fn set(table: &mut Table, key: &str, text: &str) -> Result<(), InventoryError> {
    if DAYS.contains(&key) && text.is_empty() {
        table.remove(key);
        return Ok(());
    }
    let new = if DAYS.contains(&key) {
        let day: Date = text.parse().map_err(|_| InventoryError::NoDate(Clean::new(text)))?;
        let day = day.to_string().parse().map_err(|_| InventoryError::NoDate(Clean::new(text)))?;
        Value::Datetime(toml_edit::Formatted::new(day))
    } else if TEXTS.contains(&key) {
        let web = |u: &url::Url| matches!(u.scheme(), "http" | "https") && u.has_host();
        if key == "url" && !text.is_empty() && !url::Url::parse(text).is_ok_and(|u| web(&u)) {
            return Err(InventoryError::NoUrl(Clean::new(text)));
        }
        Value::from(text)
    } else {
        return Err(InventoryError::NoKey(Clean::new(key)));
    };
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(key, Item::Value(new));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
