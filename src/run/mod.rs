//! Jobs as values, and the runner that carries them out: shared by both faces, so that neither the screens nor the command line
//! holds a rule of its own. The runner is the only place that makes a `Writer`.

pub mod drafts;
pub mod job;
