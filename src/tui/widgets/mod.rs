//! Widgets: they know no screen.

pub mod field;
pub mod form;
pub mod page;
