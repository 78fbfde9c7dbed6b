//! `oktui test --this-machine`: a redirect URI of this machine for one run, added before it and taken back after it.

use super::commands::{Result, confirm};
use super::exit::Exit;
use super::input::Refusal;
use super::print;
use crate::change::temporary::uri;
use crate::okta::model::App;
use crate::run::session::Session;
use crate::run::temporary;
use std::net::TcpListener;

/// Shows the plan that adds the redirect URI, asks, and writes it. Gives the URI.
///
/// # Errors
/// The port is taken; it was not confirmed; it could not be written. Nothing is left behind then.
pub(super) async fn begin(session: &Session, app: &App, port: u16, yes: bool, quiet: bool) -> Result<String> {
    listenable(port, "--this-machine")?;
    let uri = uri(port);
    let made = temporary::plan(session, app, &uri).await?;
    if !quiet && !made.plan.changes.is_empty() {
        eprint!("{}", print::plan(&made.plan, &made.estimate));
    }
    confirm(&made, yes)?;
    if let Err(e) = temporary::add(session, made.plan, &uri).await {
        take_back(session).await;
        return Err(e.into());
    }
    Ok(uri)
}

/// Whether a browser can be waited for at this port.
///
/// # Errors
/// It is taken.
pub(super) fn listenable(port: u16, option: &str) -> Result<()> {
    TcpListener::bind(("127.0.0.1", port)).map(drop).map_err(|e| {
        Refusal::usage(format!(
            "port {port} of this machine cannot be listened at ({e}): choose another one with {option} PORT"
        ))
    })
}

/// Takes back what tests have added, this run's and those of runs that were killed, and says so. What cannot be taken back now is tried
/// again at the next start.
pub(super) async fn take_back(session: &Session) -> Exit {
    match temporary::take_back(session).await {
        Ok(taken) => {
            for one in taken {
                eprintln!("Taken back from \"{}\": {}", one.label, one.uris.join(", "));
            }
            Exit::Ok
        }
        Err(e) => {
            let trouble = e.trouble();
            eprintln!(
                "The redirect URI of a test could not be taken back: {}. {}",
                trouble.what, trouble.help
            );
            Exit::PartlyDone
        }
    }
}
