//! `oktui diagnose`: what went wrong, from something at hand. It needs no session and sends nothing, unless the org is to be asked.

use super::args::{DiagnoseArgs, SeenArgs};
use super::commands::{Result, connect, out, pretty};
use super::exit::Exit;
use super::input::Refusal;
use crate::diagnose::{self, Evidence};
use crate::report::diagnosis;
use crate::run::job::Trouble;
use crate::run::{capture, diagnosing};
use crate::setup::GATEWAY_CALLBACK;
use crate::store::Places;
use crate::uri::Callback;
use jiff::Timestamp;
use std::io::{self, IsTerminal};
use tokio_util::sync::CancellationToken;

/// `oktui diagnose [TEXT|-] [--har FILE] [--ask]`
///
/// # Errors
/// The file or standard input cannot be read, nothing in it was recognised, or the org that is to be asked cannot be.
pub async fn diagnose(args: &DiagnoseArgs) -> Result<Exit> {
    let mut evidence = seen(&args.seen)?;
    if args.ask {
        let places = Places::find().map_err(|e| Refusal::usage(e.to_string()))?;
        let session = connect(&args.org, places, true).await?;
        evidence = diagnosing::answer(&session, evidence, args.seen.person.as_deref()).await?;
    }
    let found = diagnose::judge(&evidence);
    if args.org.json {
        out(&pretty(&diagnosis::json(&found, &evidence)));
    } else {
        out(&diagnosis::text(&found, &evidence));
        out("\n");
    }
    Ok(if evidence.is_empty() {
        Exit::Usage
    } else if found.found_wrong() {
        Exit::FoundWrong
    } else {
        Exit::Ok
    })
}

/// What was given, recognised.
///
/// # Errors
/// Nothing was given, or it cannot be read.
pub(super) fn seen(args: &SeenArgs) -> Result<Evidence> {
    let mut callbacks: Vec<Callback> =
        args.callbacks.iter().map(|uri| Callback { environment: "given".into(), uri: uri.clone() }).collect();
    if callbacks.is_empty() {
        callbacks.push(Callback { environment: "public".into(), uri: GATEWAY_CALLBACK.into() });
    }
    let now = Timestamp::now();
    match (&args.har, args.text.as_deref()) {
        (Some(path), _) => {
            capture::open(path, true, &callbacks, now, &CancellationToken::new()).map_err(|e| refused(&e))
        }
        (None, Some(text)) if text != "-" => Ok(diagnose::paste(text, &callbacks, Some(now))),
        (None, None) if io::stdin().is_terminal() => {
            Err(Refusal::usage("nothing to look at: give a text, - for standard input, or --har FILE"))
        }
        (None, _) => capture::read(io::stdin().lock(), &callbacks, now)
            .map_err(|e| Refusal::usage(format!("standard input cannot be read: {e}"))),
    }
}

fn refused(trouble: &Trouble) -> Refusal {
    Refusal::usage(format!("{} {}", trouble.what, trouble.help))
}
