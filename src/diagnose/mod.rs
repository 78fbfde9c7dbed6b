//! What went wrong, from something pasted: a callback or authorize URL, an error text, a JSON body, a page. Needs no org and asks
//! nobody.
//!
//! Pure. May name `flow` (its pure part), `uri` and `text`. A pasted thing that is not recognised is said so, with what to try next:
//! never a wrong guess dressed as an answer.

mod pasted;
#[cfg(test)]
mod tests;

pub use pasted::{Finding, Pasted, Shown, diagnose};
