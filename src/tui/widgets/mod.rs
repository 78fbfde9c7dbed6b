//! Widgets: they know no screen.

pub mod confirm;
pub mod field;
pub mod form;
pub mod heading;
pub mod page;
pub mod qr;
pub mod rows;
pub mod tabs;
pub mod trouble;
pub mod waterfall;
pub mod wrap;
