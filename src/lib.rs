//! oktui: sets up, tests and troubleshoots Okta single sign-on for the Cequence AI Gateway.

pub mod change;
pub mod demo;
pub mod flow;
pub mod okta;
pub mod secret;
pub mod setup;
pub mod text;
pub mod wire;
