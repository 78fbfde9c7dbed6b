//! One Okta org: its types, and the road to its management API.
//!
//! [`model`] is pure and may be named by every room. The client stands on `wire` and is split by what it may do: `read` looks,
//! `write` changes. Only `change/apply` and `run` may name the writer; that is the first law of the house.

pub mod model;
