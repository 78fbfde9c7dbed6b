//! The road to a write: `Change → Plan → Apply → Journal`. Nothing writes to Okta by any other road (the first law).
//!
//! Pure, but for `apply`. A [`Change`] is one write as a value; `plan` makes a [`Plan`] from a Setup, what was asked for and
//! what is live; `apply` carries it out, writing each intent to the journal before the call and its outcome after.

pub mod live;
mod value;

pub use live::Live;
pub use value::{
    Allowed, AppRef, Change, FieldChange, HandOver, Inverse, Outcome, People, Plan, PlanId, Planned,
    PolicyRef, Risk,
};
