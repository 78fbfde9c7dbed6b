//! The full-screen face: model, message, update, view. No rule of the domain lives here.
//!
//! `update` is synchronous and pure: it takes a message and gives effects as values. One loop reads keys and job events, hands
//! effects to `run`, and draws only when something changed. A screen is a folder: `model.rs`, `update.rs`, `view.rs`, `tests.rs`.
//! Widgets know no screen. Commands are data ([`command`]): the hint line, the help, the palette and the README's table are one list.

pub mod app;
pub mod command;
pub mod directory;
pub mod effect;
pub mod event_loop;
pub mod key;
pub mod popup;
pub mod screens;
pub mod shared;
pub mod start;
pub mod terminal;
pub mod theme;
pub mod view;
pub mod widgets;
