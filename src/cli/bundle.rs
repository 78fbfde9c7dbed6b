//! `oktui bundle`: what support needs to help, in one folder that is safe to send.

use super::args::BundleArgs;
use super::commands::{Result, connect, find_app, out, pretty};
use super::diagnose::seen;
use super::exit::Exit;
use super::input::Refusal;
use crate::run::bundle::{self, Contents};
use crate::run::diagnosing;
use crate::store::Places;
use serde_json::json;

/// `oktui bundle [TEXT|-] [--har FILE] [--app A] [--out FOLDER]`
///
/// # Errors
/// There is nothing to put in it, what was given cannot be read, or a secret would be readable.
pub async fn bundle(args: &BundleArgs, places: Places) -> Result<Exit> {
    let given = args.seen.text.is_some() || args.seen.har.is_some();
    if !given && args.app.is_none() {
        return Err(Refusal::usage(
            "nothing to put in it: name the app (--app), and give what failed (a text, - or --har FILE)",
        ));
    }
    let mut evidence = if given { Some(seen(&args.seen)?) } else { None };
    let mut connected = None;
    if let Some(name) = &args.app {
        let session = connect(&args.org, places, true).await?;
        let app = find_app(&session, name).await?;
        if let Some(known) = evidence.take() {
            evidence = Some(diagnosing::answer(&session, known, args.seen.person.as_deref()).await?);
        }
        connected = Some((session, app));
    }
    let contents = Contents {
        evidence: evidence.as_ref(),
        app: connected.as_ref().map(|(_, app)| app),
        secrets: args.secrets,
        run: None,
    };
    let files = bundle::make(connected.as_ref().map(|(session, _)| session), contents).await?;
    let folder = bundle::write(&files, &args.out)?;
    let folder = folder.to_string_lossy();
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    if args.org.json {
        out(&pretty(&json!({ "folder": folder, "files": names })));
    } else {
        out(&format!(
            "{folder}: {}\nIt holds no password, code, token or secret, and people are tags. Read report.md before you send it.\n",
            names.join(", ")
        ));
    }
    Ok(Exit::Ok)
}
