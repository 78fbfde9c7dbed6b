//! What Okta's System Log has about a run of the tester. A query between two times misses what Okta stores late (*System Log query*), so
//! whoever wants that asks again.

use super::error::RunError;
use super::job::{Belongs, LoggedRun, RunEvent};
use super::session::Session;
use crate::okta::model::{LogEvent, UserId};
use crate::okta::read::LogQuery;
use jiff::{SignedDuration, Timestamp};

/// By how much the clocks of this machine and of Okta may differ.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

/// The events that belong to a run, in the order of their times.
///
/// # Errors
/// The log may not be read (`okta.logs.read`), or Okta does not answer.
pub(super) async fn of_run(session: &Session, run: &LoggedRun) -> Result<Vec<RunEvent>, RunError> {
    let reader = session.reader();
    // Who is not in the org has no id to look for; what they did has the client's.
    let person = match &run.login {
        Some(login) => reader.person(login.as_str()).await?.map(|person| person.id),
        None => None,
    };
    let (since, until) = window(run);
    let query = LogQuery::OfRun { client: run.client.clone(), person: person.clone() };
    let page = reader.log(&query, since, until).next().await.transpose()?.unwrap_or_default();
    Ok(sorted(page, run, person.as_ref()))
}

fn window(run: &LoggedRun) -> (Timestamp, Timestamp) {
    let since = run.began.checked_sub(SLACK).unwrap_or(run.began);
    (since, run.ended.checked_add(SLACK).unwrap_or(run.ended))
}

fn sorted(page: Vec<LogEvent>, run: &LoggedRun, person: Option<&UserId>) -> Vec<RunEvent> {
    let mut events: Vec<RunEvent> = page
        .into_iter()
        .filter_map(|event| belongs(&event, run, person).map(|by| RunEvent { event, by }))
        .collect();
    events.sort_by_key(|e| e.event.published);
    events
}

/// By what an event belongs to the run, the surest first; `None`: it does not.
fn belongs(event: &LogEvent, run: &LoggedRun, person: Option<&UserId>) -> Option<Belongs> {
    let hop = event.request_id.as_ref().and_then(|id| run.requests.iter().find(|(known, _)| known == id));
    if let Some((_, hop)) = hop {
        return Some(Belongs::Hop(*hop));
    }
    if event.client.as_ref().is_some_and(|client| client.as_str() == run.client.as_str()) {
        return Some(Belongs::Client);
    }
    (person.is_some() && event.actor.as_ref() == person).then_some(Belongs::Person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::okta::model::LogResult;

    fn event(at: &str, request: Option<&str>, client: Option<&str>, actor: Option<&str>) -> LogEvent {
        LogEvent {
            id: at.into(),
            published: format!("2026-11-23T12:00:{at}Z").parse().unwrap(),
            kind: "app.oauth2.as.authorize".into(),
            message: "".into(),
            result: LogResult::Failure,
            reason: None,
            actor: actor.map(|a| a.parse().unwrap()),
            actor_login: None,
            client: client.map(Into::into),
            address: None,
            apps: Vec::new(),
            redirect_uri: None,
            secret_hash: None,
            groups: Vec::new(),
            request_id: request.map(Into::into),
        }
    }

    fn run() -> LoggedRun {
        LoggedRun {
            client: "0oaA".parse().unwrap(),
            login: Some("ana@acme.example".into()),
            began: "2026-11-23T12:00:00Z".parse().unwrap(),
            ended: "2026-11-23T12:00:09Z".parse().unwrap(),
            requests: vec![("req1".into(), 1), ("req4".into(), 4)],
        }
    }

    #[test]
    fn a_request_id_is_surer_than_a_client_and_a_client_than_a_person() {
        let ana: UserId = "00uAna".parse().unwrap();
        let page = vec![
            event("07", Some("req9"), None, Some("00uAna")),
            event("05", None, Some("0oaA"), Some("00uAna")),
            event("03", Some("req4"), Some("0oaA"), Some("00uAna")),
            event("01", Some("req7"), Some("0oaOther"), Some("00uBen")),
        ];
        let found: Vec<_> = sorted(page.clone(), &run(), Some(&ana)).iter().map(|e| e.by).collect();
        assert_eq!(found, [Belongs::Hop(4), Belongs::Client, Belongs::Person], "by time, without another's");
        assert_eq!(sorted(page, &run(), None).len(), 2, "nobody is not everybody");
    }

    #[test]
    fn clocks_may_differ() {
        let (since, until) = window(&run());
        assert!(since < run().began && until > run().ended);
    }
}
