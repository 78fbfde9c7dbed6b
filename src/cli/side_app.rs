//! `oktui test --side-app`: a native app for one run, made before it and deleted after it.

use super::commands::{Result, confirm};
use super::exit::Exit;
use super::input::Refusal;
use super::print;
use super::this_machine::listenable;
use crate::change::temporary::uri;
use crate::flow::trace::Way;
use crate::okta::model::App;
use crate::run::session::Session;
use crate::run::side::{self, Made};

/// Shows the plan that makes the app, asks, and applies it.
///
/// # Errors
/// The way is none that such an app can go; the port is taken; it was not confirmed; it could not be made. Nothing is left behind then.
pub(super) async fn begin(
    session: &Session,
    web: &App,
    way: Way,
    port: u16,
    (yes, quiet): (bool, bool),
) -> Result<Made> {
    match way {
        Way::Browser => listenable(port, "--side-app")?,
        Way::Device => {}
        _ => return Err(Refusal::usage("--side-app is for --kind device, code or refresh")),
    }
    let made = side::plan(session, web, &uri(port)).await?;
    if !quiet {
        eprint!("{}", print::plan(&made.plan, &made.estimate));
    }
    confirm(&made, yes)?;
    match side::make(session, made.plan).await {
        Ok(made) => Ok(made),
        Err(e) => {
            take_back(session).await;
            Err(e.into())
        }
    }
}

/// Deletes what tests have made, this run's and those of runs that were killed, and says so. What cannot be deleted now is tried again at
/// the next start.
pub(super) async fn take_back(session: &Session) -> Exit {
    match side::take_back(session).await {
        Ok(deleted) => {
            for one in deleted {
                eprintln!("Deleted again: the app \"{}\"", one.label);
            }
            Exit::Ok
        }
        Err(e) => {
            let trouble = e.trouble();
            eprintln!("The app of a test could not be deleted: {}. {}", trouble.what, trouble.help);
            Exit::PartlyDone
        }
    }
}
