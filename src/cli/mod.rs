//! The command line: the same jobs as the screens, for scripts and for the first day on a new machine.
//!
//! Data goes to standard output, talk to standard error; `--json` makes the data one JSON document. Exit codes are in [`exit`].

pub mod args;
pub mod exit;
pub mod print;
