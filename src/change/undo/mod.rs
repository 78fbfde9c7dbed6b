//! Undo: the journal as a history of writes, and chosen ones of them turned into a plan of their inverses.
//!
//! Pure. What comes in: a [`Journal`](super::journal::Journal), and what is live for the chosen writes, read by `run`. What goes out
//! is a [`Plan`](super::Plan) like any other: confirmed, applied and written down by the one road, so that an undo can be undone.

mod check;
mod history;
mod live;
mod mark;
mod people;
mod plan;
mod rebase;
#[cfg(test)]
mod tests;
mod words;

pub use history::{History, Part, State, Written};
pub use live::{AppNow, AppParts, Needs, Now, needs};
pub use mark::undoes;
pub use plan::{Left, plan};
pub use rebase::Conflict;
pub(in crate::change) use rebase::fields;
pub use words::Request;
