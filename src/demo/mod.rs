//! A whole small Okta on loopback.
