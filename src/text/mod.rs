//! Text that may be drawn: cleaned, measured and cut by cells.
//!
//! A leaf: names no other room. Whatever a server, a file or a paste sends passes through [`Clean`] before it can reach a
//! screen, a report or a log.

mod clean;
mod fit;
pub mod time;

pub use clean::{Clean, clean_block, is_unsafe};
pub use fit::{cut_end, cut_middle, pad, plural, thousands, width};
