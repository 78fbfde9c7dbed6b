//! oktui: sets up, tests and troubleshoots Okta single sign-on for the Cequence AI Gateway.
//!
//! ARCHITECTURE.md draws the house; each room's `mod.rs` says what it is for and what may come in.

pub mod change;
pub mod checkup;
pub mod cli;
pub mod demo;
pub mod diagnose;
pub mod flow;
pub mod inventory;
pub mod okta;
pub mod people;
pub mod policy;
pub mod profile;
pub mod report;
pub mod run;
pub mod secret;
pub mod setup;
pub mod store;
pub mod text;
pub mod tui;
pub mod uri;
pub mod vault;
pub mod wire;
