//! The state of the inventory's screen.

use crate::inventory::{KEYS, McpServer};
use crate::run::job::InventoryRead;
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::confirm::Question;
use crate::tui::widgets::field::Field;

/// The screen's state.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub(super) read: Remote<InventoryRead>,
    /// The row under the cursor, an index into [`Model::rows`].
    pub(super) cursor: usize,
    pub(super) filter: Field,
    /// Whether the filter's field is open.
    pub(super) filtering: bool,
    /// The advice is in front: one app for all, or one of its own.
    pub(super) advice: bool,
    /// One server, being looked at or changed.
    pub(super) form: Option<Form>,
    /// Whether this server is to be taken out.
    pub(super) question: Option<(Question, McpServer)>,
    /// A change is on its way to the file.
    pub(super) saving: Option<Saving>,
}

/// A change that is on its way, and what the screen does once it is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Saving {
    /// A new server: back to the list.
    Add(McpServer),
    /// A key of the server of the form.
    Set { key: &'static str, text: String },
    /// One was taken out.
    Remove,
    /// A server got the app that was made for it.
    Split(McpServer),
}

/// One server as a form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    /// As it stands in the file; `None`: it is not there yet.
    pub server: Option<McpServer>,
    /// A text for each of [`KEYS`].
    pub texts: Vec<Field>,
    /// The row under the cursor: a key, or the button below them where the server is new.
    pub at: usize,
    /// Whether the field under the cursor is open.
    pub open: bool,
}

impl Form {
    /// Of a server of the file.
    pub fn of(server: &McpServer) -> Self {
        Self { server: Some(server.clone()), ..Self::new(server) }
    }

    /// Of a new one, with what is known already; its name is asked for first.
    pub fn new(server: &McpServer) -> Self {
        let texts = KEYS.iter().map(|key| Field::new(server.text(key))).collect();
        Self { server: None, texts, at: 0, open: false }
    }

    /// The key under the cursor; `None`: the button.
    pub fn key(&self) -> Option<&'static str> {
        KEYS.get(self.at).copied()
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        KEYS.len() + usize::from(self.server.is_none())
    }

    pub fn field(&mut self) -> Option<&mut Field> {
        self.texts.get_mut(self.at)
    }

    pub fn text(&self, key: &str) -> &str {
        let at = KEYS.iter().position(|k| *k == key);
        at.and_then(|at| self.texts.get(at)).map_or("", Field::text).trim()
    }
}

impl Model {
    /// The servers of the list: those that the filter leaves.
    pub(super) fn rows(&self) -> Vec<&McpServer> {
        let wanted = self.filter.text().trim().to_lowercase();
        let all = self.read.value().map(|read| read.servers.as_slice()).unwrap_or_default();
        let fits = |s: &&McpServer| KEYS.iter().any(|key| s.text(key).to_lowercase().contains(&wanted));
        all.iter().filter(fits).collect()
    }

    pub(super) fn server(&self) -> Option<&McpServer> {
        self.rows().get(self.cursor).copied()
    }

    pub(super) fn editing(&self) -> bool {
        self.filtering || self.form.as_ref().is_some_and(|form| form.open)
    }
}

/// The name of the app with this client id, where the list of apps was read.
pub(super) fn app_name(shared: &Shared, client_id: &str) -> Option<String> {
    let apps = shared.apps.value()?;
    let app = apps.iter().find(|app| app.client_id().is_some_and(|id| id.as_str() == client_id))?;
    Some(app.label().to_string())
}

/// The client id of the app that is open.
pub(super) fn open_client(shared: &Shared) -> Option<String> {
    let work = shared.work.as_ref()?;
    let loaded = work.loaded.value().and_then(|loaded| loaded.app.client_id());
    let made = work.applied.as_ref().and_then(|applied| applied.hand_over.client_id.clone());
    loaded.or(made).map(|id| id.to_string())
}
