//! Which access policy of a custom authorization server decides, and for whom one does.
//!
//! Pure: policies come in as values. May name `okta::model` and `text` only. Source of the rules: Okta, *Authorization server
//! evaluation* (policies by priority, in each the rules by priority, the first match decides, only `ACTIVE` ones count; a rule
//! must cover the person, the grant and every requested scope, otherwise the next one is tried). The caller looks whether the
//! server itself is active. The org's own server has no policies: everybody who is assigned passes there.

mod cover;
mod decide;
#[cfg(test)]
mod tests;
pub mod why;

pub use cover::{Cover, Gap, covers};
pub use decide::{Condition, Decision, PassedOver, Request, Who, decide};
