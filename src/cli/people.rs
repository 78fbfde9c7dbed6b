//! `oktui people`: the people of the org as a list, and how a long read tells where it is.

use super::args::PeopleCommand;
use super::commands::{Result, connect, out, pretty};
use super::exit::Exit;
use crate::okta::model::User;
use crate::run::details;
use crate::run::error::RunError;
use crate::run::job::{Event, Outcome};
use crate::run::session::Session;
use crate::store::Places;
use crate::text::{Clean, pad, plural};
use serde_json::{Value, json};
use std::future::Future;
use std::io::{IsTerminal, Write};
use tokio::sync::mpsc;

/// `oktui people …`
///
/// # Errors
/// See the exit codes.
pub async fn people(command: &PeopleCommand, places: Places) -> Result<Exit> {
    let (org, query, limit) = match command {
        PeopleCommand::List { limit, org } => (org, None, *limit),
        PeopleCommand::Search { text, limit, org } => (org, Some(text.as_str()), *limit),
    };
    let session = connect(org, places, true).await?;
    let most = limit.unwrap_or(usize::MAX);
    let mut pages = details::people(&session, query);
    if limit.is_none() {
        pages = pages.ahead();
    }
    let (mut found, mut count, mut more) = (Vec::new(), 0, false);
    while count < most
        && let Some(page) = pages.next().await
    {
        let page = page.map_err(RunError::from)?;
        more = page.len() > most - count;
        for user in page.into_iter().take(most - count) {
            count += 1;
            if org.json {
                found.push(person_json(&user));
            } else {
                out(&line(&user));
            }
        }
    }
    let more = more || pages.more() && count == most;
    if org.json {
        out(&pretty(&json!({"people": found, "more": more})));
    } else {
        let more = if more { "; there are more" } else { "" };
        let people = if count == 1 { "1 person".into() } else { format!("{count} people") };
        eprintln!("{people}{more}.");
    }
    let nobody = count == 0 && matches!(command, PeopleCommand::Search { .. }) && most > 0;
    Ok(if nobody { Exit::FoundWrong } else { Exit::Ok })
}

/// A person for programs.
pub(super) fn person_json(user: &User) -> Value {
    json!({"id": user.id, "login": user.login, "name": user.name, "email": user.email, "status": user.status,
        "last_login": user.last_login})
}

fn line(user: &User) -> String {
    format!("{}  {}  {}  {}", user.id, pad(user.status.words(), 16), pad(user.login.as_str(), 40), user.name)
}

/// Carries out something that reads for long, and tells on standard error how far it is and what it waits for.
///
/// # Errors
/// Those of the work.
pub(super) async fn watched<T>(
    session: &Session,
    events: &mut mpsc::Receiver<Event>,
    work: impl Future<Output = std::result::Result<T, RunError>>,
) -> std::result::Result<T, RunError> {
    let mut waiting = session.reader().transport().waiting();
    let shows = std::io::stderr().is_terminal();
    let mut open = false;
    tokio::pin!(work);
    let result = loop {
        tokio::select! {
            done = &mut work => break done,
            Some(event) = events.recv() => if let (true, Outcome::Reading(done, total)) = (shows, event.outcome) {
                let of = if total > 0 { format!(" of {total}") } else { String::new() };
                eprint!("\r{done}{of} read");
                let _ = std::io::stderr().flush();
                open = true;
            },
            Ok(()) = waiting.changed() => {
                let first = waiting.borrow_and_update().iter().min_by_key(|w| w.until).cloned();
                if let Some(wait) = first {
                    let seconds = wait.until.duration_since(jiff::Timestamp::now()).as_secs().max(1);
                    eprintln!("{}waiting {seconds} s for Okta's limit on {}", if open { "\n" } else { "" }, wait.bucket);
                    open = false;
                }
            },
        }
    };
    if open {
        eprintln!();
    }
    result
}

/// Saves a report that only this user can read, and says so.
///
/// # Errors
/// The file cannot be written.
pub(super) fn save(path: &std::path::Path, text: &str, rows: usize) -> Result<()> {
    crate::store::write_private(path, text.as_bytes()).map_err(RunError::from)?;
    let shown = Clean::new(&path.to_string_lossy());
    eprintln!("{} saved as {shown}; only you can read it.", plural(rows, "row"));
    Ok(())
}
