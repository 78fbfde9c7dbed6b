//! What leaves oktui as a file: lists and reports as CSV and Markdown, as text.
//!
//! Pure: values in, text out. Every value that a server sent was cleaned before it came here, and a field that a spreadsheet would take
//! for a formula is defused.

pub mod bundle;
pub mod checkup;
pub mod diagnosis;
pub mod journal;
mod lists;
mod people;
mod review;
mod table;

pub use lists::{Done, people_csv, results_csv};
pub use review::{review_csv, review_markdown};
