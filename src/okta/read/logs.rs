//! The System Log (Okta management API: `GET /api/v1/logs`), bounded: by `since` and `until`, newest first, to an end.
//!
//! A bounded query sorts by the time of the event, is finite, and may miss an event that Okta stores late (*System Log query*). Okta keeps
//! events for 90 days.

use super::{Pages, Reader};
use crate::okta::call::Call;
use crate::okta::decode;
use crate::okta::model::{AppId, ClientId, LogEvent, UserId};
use jiff::{SignedDuration, Timestamp};

/// How long Okta keeps events.
pub const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The most events on one page.
const MOST: &str = "1000";
/// How many events of a run's minutes are read.
const SOME: &str = "100";
/// How many events a person's detail shows.
const FEW: &str = "20";

/// Events that say that somebody signed in to an app: the sign-on itself, and the code that an authorization server gave for it (`.as.`
/// is a custom one). Which of them an org writes differs by engine, so each counts.
const SIGN_INS: [&str; 4] = [
    "user.authentication.sso",
    "app.oauth2.signon",
    "app.oauth2.as.authorize.code",
    "app.oauth2.authorize.code",
];

/// Which events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogQuery {
    /// Successful sign-ins to an app.
    SignIns {
        /// The app.
        app: AppId,
        /// Its client id, where it has one.
        client: Option<ClientId>,
    },
    /// What a person did with an app, and what was done to them there: the last few only.
    OfPerson {
        /// Who.
        person: UserId,
        /// With which app.
        app: AppId,
    },
    /// Edits of an app: the last few only.
    EditsOf {
        /// The app.
        app: AppId,
    },
    /// The groups that a person was taken out of: the last few only.
    LeftGroups {
        /// Who.
        person: UserId,
    },
    /// What an OAuth client did that did not succeed: the last few only.
    OfClient {
        /// The client.
        client: ClientId,
    },
    /// The token requests of an OAuth client, whatever came of them: the last ones.
    TokensOf {
        /// The client.
        client: ClientId,
    },
    /// What an OAuth client did, and one person beside it, whatever came of it: for the minutes of a run.
    OfRun {
        /// The client.
        client: ClientId,
        /// Who signed in, where that is known.
        person: Option<UserId>,
    },
}

impl LogQuery {
    /// The filter (SCIM, RFC 7644 §3.4.2.2). Ids hold no quote, so none can leave its place.
    fn filter(&self) -> String {
        match self {
            Self::SignIns { app, client } => {
                let kinds = SIGN_INS.map(|kind| format!("eventType eq \"{kind}\"")).join(" or ");
                let client = client.as_ref().map_or(app.as_str(), ClientId::as_str);
                format!(
                    "({kinds}) and outcome.result eq \"SUCCESS\" and (target.id eq \"{app}\" or client.id eq \"{client}\")"
                )
            }
            Self::EditsOf { app } => {
                format!("eventType eq \"application.lifecycle.update\" and target.id eq \"{app}\"")
            }
            Self::LeftGroups { person } => {
                format!("eventType eq \"group.user_membership.remove\" and target.id eq \"{person}\"")
            }
            Self::OfClient { client } => {
                format!("client.id eq \"{client}\" and outcome.result eq \"FAILURE\"")
            }
            Self::TokensOf { client } => {
                format!(
                    "client.id eq \"{client}\" and eventType sw \"app.oauth2\" and eventType co \"token.grant\""
                )
            }
            Self::OfRun { client, person: None } => format!("client.id eq \"{client}\""),
            Self::OfRun { client, person: Some(person) } => {
                format!("client.id eq \"{client}\" or actor.id eq \"{person}\"")
            }
            Self::OfPerson { person, app } => format!(
                "(actor.id eq \"{person}\" or target.id eq \"{person}\") and (target.id eq \"{app}\" or client.id eq \"{app}\")"
            ),
        }
    }
}

impl Reader {
    /// Events between two times, the newest first, up to 1000 a page. `since` must not be more than 180 days ago.
    pub fn log(&self, query: &LogQuery, since: Timestamp, until: Timestamp) -> Pages<LogEvent> {
        let limit = match query {
            LogQuery::SignIns { .. } => MOST,
            LogQuery::OfRun { .. } | LogQuery::TokensOf { .. } => SOME,
            LogQuery::OfPerson { .. }
            | LogQuery::EditsOf { .. }
            | LogQuery::LeftGroups { .. }
            | LogQuery::OfClient { .. } => FEW,
        };
        let call = Call::get(&["api", "v1", "logs"])
            .with("since", since.to_string())
            .with("until", until.to_string())
            .with("filter", query.filter())
            .with("sortOrder", "DESCENDING")
            .with("limit", limit);
        self.pages(call, decode::log_event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_ins_are_looked_for_by_app_or_by_client() {
        let app: AppId = "0oaA".parse().unwrap();
        let filter = |client: Option<&str>| {
            LogQuery::SignIns { app: app.clone(), client: client.map(|c| c.parse().unwrap()) }.filter()
        };
        assert!(filter(Some("own-id")).ends_with(r#"(target.id eq "0oaA" or client.id eq "own-id")"#));
        assert!(filter(None).ends_with(r#"client.id eq "0oaA")"#));
        assert!(filter(None).contains(r#"(eventType eq "user.authentication.sso" or "#));
    }
}
