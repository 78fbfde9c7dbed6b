//! The road to a write: `Change → Plan → Apply → Journal`. Nothing writes to Okta by any other road (the first law).
//!
//! Pure, but for `apply`. A [`Change`] is one write as a value; `plan` makes a [`Plan`] from a Setup, what was asked for and
//! what is live; `apply` carries it out, writing each intent to the journal before the call and its outcome after.

pub mod apply;
pub mod confirm;
pub mod describe;
pub mod done;
pub mod inverse;
pub mod journal;
pub mod live;
mod moved;
pub mod plan;
pub mod rotation;
#[cfg(test)]
pub(crate) mod sample;
pub mod side;
pub mod temporary;
pub mod undo;
mod value;

pub use confirm::{Counted, Estimate, HEADROOM, Typed, estimate, needs_typing};
pub use done::already_so;
pub use inverse::{Before, inverse};
pub use live::Live;
pub use moved::moved;
pub use plan::{PlanProblem, plan};
pub use value::{
    Allowed, AppRef, Change, FieldChange, HandOver, Inverse, Outcome, People, Plan, PlanId, Planned,
    PolicyRef, Risk,
};
