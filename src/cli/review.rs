//! `oktui review`: who has access to an app.

use super::args::ReviewArgs;
use super::commands::{Result, connect, find_app, out, pretty};
use super::exit::Exit;
use super::people::{save, watched};
use crate::okta::model::AppId;
use crate::people::{Access, LastSignIn, Review};
use crate::report;
use crate::run::{applying, reviewing};
use crate::store::Places;
use crate::text::pad;
use serde_json::{Value, json};

/// `oktui review`
///
/// # Errors
/// See the exit codes.
pub async fn review(args: &ReviewArgs, places: Places) -> Result<Exit> {
    let session = connect(&args.org, places, true).await?;
    let app = find_app(&session, &args.app).await?;
    let (sink, mut events) = applying::channel();
    let review = watched(&session, &mut events, reviewing::of_app(&session, &app, &sink)).await?;
    let cannot_tell = args.never && review.rows.iter().any(|row| row.last == LastSignIn::NotRead);
    let chosen = |row: &&Access| {
        !(args.inactive || args.never) || args.inactive && row.is_inactive() || args.never && row.is_unused()
    };
    let rows: Vec<&Access> = review.rows.iter().filter(chosen).collect();
    if let Some(path) = &args.csv {
        save(path, &report::review_csv(&rows), rows.len())?;
    }
    if let Some(path) = &args.markdown {
        save(path, &report::review_markdown(&review, &rows), rows.len())?;
    }
    if args.org.json {
        out(&pretty(&document(&review, &rows, app.id().as_ref())));
    } else {
        if args.csv.is_none() && args.markdown.is_none() {
            rows.iter().for_each(|row| out(&line(row)));
        }
        eprintln!("{}.", review.summary());
        review.notes.iter().for_each(|note| eprintln!("Note: {note}"));
    }
    Ok(if cannot_tell { Exit::CannotTell } else { Exit::Ok })
}

fn line(row: &Access) -> String {
    let status = row.person.as_ref().map_or("not known", |p| p.status.words());
    format!(
        "{}  {}  {}  {}",
        pad(row.login(), 36),
        pad(status, 16),
        pad(&row.last.words(), 24),
        row.ways.words()
    )
}

fn document(review: &Review, rows: &[&Access], app: Option<&AppId>) -> Value {
    let people: Vec<Value> = rows.iter().map(|row| person(row)).collect();
    let groups: Vec<Value> =
        review.groups.iter().map(|g| json!({"id": g.id, "name": g.name, "members": g.members})).collect();
    json!({"oktui_review": 1, "app": review.label, "app_id": app, "read": review.read, "summary": review.summary(),
        "notes": review.notes, "groups": groups, "people": people})
}

fn person(row: &Access) -> Value {
    let person = row.person.as_ref();
    let groups: Vec<Value> =
        row.ways.groups.iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
    let (last, none_since) = match row.last {
        LastSignIn::At(then) => (Some(then), None),
        LastSignIn::NoneSince(since) => (None, Some(since)),
        LastSignIn::NotRead => (None, None),
    };
    json!({"id": row.id, "login": row.login(), "name": person.map(|p| &p.name), "email": person.map(|p| &p.email),
        "status": person.map(|p| p.status), "by_name": row.ways.direct, "groups": groups, "some_group": row.ways.some_group,
        "last_sign_in": last, "none_since": none_since})
}
