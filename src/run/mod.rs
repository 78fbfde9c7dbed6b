//! Jobs as values, and the runner that carries them out: shared by both faces, so that neither the screens nor the command line
//! holds a rule of its own. The runner's sessions hold the one `Writer`.

pub mod applying;
pub mod assigning;
pub mod bundle;
pub mod capture;
pub mod checkup;
pub mod details;
pub mod diagnosing;
pub mod drafts;
mod drift;
pub mod error;
pub mod history;
pub mod inventory;
pub mod job;
pub mod live;
mod logging;
pub mod login;
pub mod lookup;
mod pace;
pub mod profiles;
pub mod remember;
pub mod reviewing;
pub mod rotating;
pub mod runner;
pub mod session;
pub mod side;
pub mod temporary;
pub mod testing;
pub mod tokens;
pub mod undo;
