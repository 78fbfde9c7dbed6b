//! What was pasted, and what it means.

use crate::diagnose::Pasted;
use crate::tui::widgets::field::Field;

/// The state of Diagnose.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) field: Field,
    pub(super) open: bool,
    pub(super) pasted: Option<Pasted>,
    pub(super) scroll: usize,
}

impl Default for Model {
    fn default() -> Self {
        Self { field: Field::default(), open: true, pasted: None, scroll: 0 }
    }
}
