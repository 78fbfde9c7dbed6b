//! The flow tester: the road to the wire (the second law). Every request of a flow goes through the one recorder; what was not
//! recorded did not happen.
//!
//! `trace`, `checks` and `machine` are pure. `record` and `signin` stand on `wire`. This room names neither `okta` nor `change`:
//! it tests any OpenID provider by its issuer.

pub mod checks;
pub mod trace;
