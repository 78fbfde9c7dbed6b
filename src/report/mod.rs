//! What leaves oktui as a file: lists and reports as CSV, Markdown and JSON, as text.
//!
//! Pure: values in, text out. Every value that a server sent is cleaned, and a field that a spreadsheet would take for a formula is
//! defused.

pub mod journal;
