//! oktui: sets up, tests and troubleshoots Okta single sign-on for the Cequence AI Gateway.

pub mod demo;
pub mod okta;
pub mod secret;
pub mod text;
pub mod wire;
