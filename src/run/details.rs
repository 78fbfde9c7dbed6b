//! What is known of one person or one group, what Okta's own search finds, and why somebody can or cannot sign in.

use super::error::RunError;
use super::job::Outcome;
use super::session::Session;
use crate::okta::read::{GroupQuery, PeopleQuery};

/// Asks Okta's search.
///
/// # Errors
/// Those of the calls.
pub(super) async fn search(session: &Session, text: String, groups: bool) -> Result<Outcome, RunError> {
    let reader = session.reader();
    Ok(if groups {
        Outcome::FoundGroups(reader.groups(GroupQuery::Search(text), true).all().await?)
    } else {
        Outcome::FoundPeople(reader.people(PeopleQuery::Search(text)).all().await?)
    })
}
