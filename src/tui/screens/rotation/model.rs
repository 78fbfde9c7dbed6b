//! The state of the rotation, and what the cursor can be on.

use crate::change::rotation::{Place, Stage, Standing};
use crate::okta::model::AppId;
use crate::run::job::Trouble;
use crate::secret::Secret;
use crate::tui::shared::{Remote, Shared};
use crate::tui::widgets::field::Field;
use jiff::Timestamp;

/// The screen's state. The value of the new secret is here only after it was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    pub(super) app: Option<AppId>,
    pub(super) standing: Remote<Standing>,
    /// Places that are named before a rotation begins.
    pub(super) places: Vec<String>,
    pub(super) cursor: usize,
    pub(super) adding: bool,
    pub(super) field: Field,
    /// What is under way, in words.
    pub(super) busy: Option<&'static str>,
    pub(super) trouble: Option<Trouble>,
    /// The new secret, once it was read, and until when it is shown.
    pub(super) secret: Option<Secret>,
    pub(super) shown_until: Option<Timestamp>,
}

/// What the cursor can be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A secret, by its row: where two are active, Enter on one says that it is the one that goes.
    Secret(usize),
    /// A place, by its row.
    Place(usize),
    /// Names another place.
    AddPlace,
    /// Begins, or goes on with the next step.
    Next,
    /// Shows the new secret.
    Reveal,
    /// Goes back.
    Back,
}

impl Model {
    /// The places as they stand.
    pub(super) fn places(&self) -> Vec<Place> {
        match self.standing.value().and_then(|s| s.rotation.as_ref()) {
            Some(rotation) => rotation.places.clone(),
            None => self.places.iter().map(|name| Place { name: name.clone(), updated: None }).collect(),
        }
    }

    /// Whether a rotation is under way: begun, and not at its end.
    pub(super) fn under_way(&self) -> bool {
        let stage = self.standing.value().and_then(|s| s.stage.as_ref());
        stage.is_some_and(|s| !matches!(s, Stage::Done))
    }

    /// Whether two secrets are active and nobody has said which one goes.
    pub(super) fn which_goes(&self) -> bool {
        let Some(standing) = self.standing.value() else { return false };
        standing.rotation.is_none() && standing.secrets.iter().filter(|s| s.active).count() > 1
    }

    /// Everything that the cursor can be on, from the top down.
    pub(super) fn items(&self) -> Vec<Item> {
        let Some(standing) = self.standing.value() else { return Vec::new() };
        let mut items = Vec::new();
        if self.which_goes() {
            items.extend((0..standing.secrets.len()).map(Item::Secret));
        }
        items.extend((0..self.places().len()).map(Item::Place));
        if standing.rotation.is_none() {
            items.push(Item::AddPlace);
        }
        if !self.which_goes() {
            items.push(Item::Next);
        }
        if let Some(rotation) = &standing.rotation {
            if rotation.new.is_some() {
                items.push(Item::Reveal);
            }
            let at_start = standing.stage == Some(Stage::Make);
            if at_start || !rotation.back(&standing.secrets).is_empty() {
                items.push(Item::Back);
            }
        }
        items
    }

    /// What the cursor is on.
    pub(super) fn item(&self) -> Option<Item> {
        self.items().get(self.cursor).copied()
    }

    /// Whether the new secret is in the open.
    pub(super) fn showing(&self, shared: &Shared) -> bool {
        self.secret.is_some() && self.shown_until.is_some_and(|until| shared.now < until)
    }
}
