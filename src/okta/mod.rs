//! One Okta org: its types, and the road to its management API.
//!
//! [`model`] is pure and may be named by every room. The client stands on `wire` and is split by what it may do: `read` looks,
//! `write` changes. Only `change/apply` and `run` may name the writer; that is the first law of the house.
//!
//! A call goes `read` or `write` → `call` (a value) → `transport` (budget, repetition) → `wire`, and its answer comes back
//! through `answer` (errors) and `decode` (types).

pub mod address;
mod answer;
mod authorization;
pub mod budget;
mod call;
mod decode;
mod link;
pub mod model;
pub mod read;
#[cfg(test)]
mod tests;
pub mod token;
mod transport;
pub mod write;

pub use answer::net;
pub use authorization::Authorization;
pub use transport::{Headroom, Transport, Waiting};
