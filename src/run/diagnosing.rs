//! Asks the org what a diagnosis would like to know. Reads only; what may not be read is said so and never taken for *nothing there*.

use super::error::RunError;
use super::session::Session;
use crate::diagnose::{self, Answer, AppFacts, AppUserFacts, Evidence, LogEvent, Need, ServerName, judge};
use crate::okta::model::{
    ApiError, App, AppId, AppStatus, Assigned, ClientId, LogEvent as OrgEvent, LogResult, ServerId, User,
};
use crate::okta::read::{LOG_KEPT, LogQuery};
use crate::policy::{Cover, covers};
use crate::text::{Clean, time};
use jiff::Timestamp;

/// More rounds than a chain of needs has.
const ROUNDS: usize = 8;

/// Judges, answers what is open, and judges again, until no need is new. Answers of before are asked anew: the org may be another, or
/// have changed. `who` is the login of the person who was refused, where the evidence does not say; a need that nobody can be asked
/// about stays open.
///
/// # Errors
/// The session is no longer good (401). Everything else that goes wrong is an answer.
pub async fn answer(
    session: &Session,
    mut evidence: Evidence,
    who: Option<&str>,
) -> Result<Evidence, RunError> {
    evidence.answers.clear();
    let mut org = Org { session, who, app: None };
    for _ in 0..ROUNDS {
        let mut new = false;
        for need in judge(&evidence).needs {
            let said = match org.ask(&need, &evidence).await {
                Ok(said) => said,
                Err(e) if not_allowed(&e) => Some(Answer::NotAllowed),
                Err(e) if e.is_unauthorized() => return Err(e.into()),
                Err(_) => Some(Answer::NotReached),
            };
            if let Some(said) = said {
                evidence.answers.push((need, said));
                new = true;
            }
        }
        if !new {
            break;
        }
    }
    Ok(evidence)
}

/// 403, or the 401 of an org that lacks the feature (`E0000015`).
fn not_allowed(error: &ApiError) -> bool {
    error.is_forbidden() || matches!(error, ApiError::Okta(p) if p.code.as_str() == "E0000015")
}

struct Org<'a> {
    session: &'a Session,
    who: Option<&'a str>,
    /// The app that was looked up last, by its client id.
    app: Option<(String, Option<App>)>,
}

impl Org<'_> {
    async fn ask(&mut self, need: &Need, evidence: &Evidence) -> Result<Option<Answer>, ApiError> {
        let reader = self.session.reader();
        Ok(Some(match need {
            Need::App { client_id } => self.app(client_id).await?.map_or(Answer::NoApp, |app| facts(&app)),
            Need::AppUser { client_id, login } => {
                let Some(login) = login.as_deref().or(self.who) else { return Ok(None) };
                let login = login.to_owned();
                match self.app(client_id).await?.and_then(|app| app.id()) {
                    Some(app) => self.app_user(&app, &login).await?,
                    None => Answer::NoApp,
                }
            }
            Need::AccessPolicy { client_id, server: Some(server), scopes } => {
                let (Ok(server), Ok(client)) = (server.parse::<ServerId>(), client_id.parse::<ClientId>())
                else {
                    return Ok(None);
                };
                let (policies, everyone) = tokio::join!(reader.policies(&server), reader.everyone());
                // Without the built-in group's id a rule that names it is not known to be for everybody.
                let everyone = everyone?.map(|group| group.id);
                of_cover(covers(&policies?, Some(&client), scopes, everyone.as_ref()))
            }
            // No server in the evidence is not yet the org's own.
            Need::AccessPolicy { server: None, .. } => {
                let org_server =
                    evidence.hops.iter().rev().find_map(|hop| hop.address.as_ref()?.server.as_ref());
                if org_server != Some(&ServerName::Org) {
                    return Ok(None);
                }
                Answer::AccessPolicy {
                    allows: true,
                    sentence: "The org's own authorization server has no access policies.".into(),
                }
            }
            Need::Server { server } => {
                let Ok(id) = server.parse::<ServerId>() else { return Ok(Some(Answer::NoServer)) };
                match reader.server(&id).await? {
                    None => Answer::NoServer,
                    Some(server) => Answer::Server {
                        active: server.active,
                        scopes: reader.scopes(&id).await?.into_iter().map(|scope| scope.name).collect(),
                    },
                }
            }
            Need::Secrets { client_id } => match self.app(client_id).await?.and_then(|app| app.id()) {
                None => Answer::NoApp,
                Some(app) => {
                    let mut secrets = reader.secrets(&app).await?;
                    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.created));
                    let made =
                        |at: Option<Timestamp>| at.map_or_else(|| "at a time unknown".into(), time::utc);
                    Answer::Secrets(
                        secrets.iter().map(|s| (Clean::new(&made(s.created)), s.active)).collect(),
                    )
                }
            },
            Need::LogEvents { client_id, .. } => {
                let Ok(client) = client_id.parse::<ClientId>() else { return Ok(None) };
                let events = self.events(&LogQuery::OfClient { client }).await?;
                Answer::LogEvents(events.into_iter().map(event).collect())
            }
        }))
    }

    /// The app behind a client id. The id of an app and its client id are the same unless somebody chose another.
    async fn app(&mut self, client_id: &str) -> Result<Option<App>, ApiError> {
        if let Some((_, app)) = self.app.as_ref().filter(|(known, _)| known == client_id) {
            return Ok(app.clone());
        }
        let is_it = |app: &App| app.client_id().is_some_and(|id| id.as_str() == client_id);
        let reader = self.session.reader();
        let by_id = match client_id.parse::<AppId>() {
            Ok(id) => match reader.app(&id).await {
                Ok(app) => Some(app).filter(is_it),
                Err(e) if e.is_not_found() => None,
                Err(e) => return Err(e),
            },
            Err(_) => None,
        };
        let app = match by_id {
            Some(app) => Some(app),
            None => reader.apps(None).await?.into_iter().find(is_it),
        };
        self.app = Some((client_id.to_owned(), app.clone()));
        Ok(app)
    }

    async fn app_user(&self, app: &AppId, login: &str) -> Result<Answer, ApiError> {
        let reader = self.session.reader();
        let mut facts = AppUserFacts { login: Clean::new(login), ..AppUserFacts::default() };
        let Some(person) = reader.person(login).await? else { return Ok(Answer::AppUser(facts)) };
        facts.status = status(&person);
        match reader.app_user(app, &person.id).await? {
            Some(user) => {
                facts.assigned = true;
                if user.via == Assigned::ThroughGroup {
                    let (own, assigned) =
                        tokio::join!(reader.person_groups(&person.id), reader.app_groups(app));
                    // Which group is a remark: the assignment is known without it.
                    if let (Ok(own), Ok(assigned)) = (own, assigned) {
                        let through = own.into_iter().find(|g| assigned.iter().any(|a| a.id == g.id));
                        facts.via = through.map(|group| group.name);
                    }
                }
            }
            None => {
                // When they lost it is a remark as well: many tokens may not read the log.
                let (own, left) = (
                    LogQuery::OfPerson { person: person.id.clone(), app: app.clone() },
                    LogQuery::LeftGroups { person: person.id.clone() },
                );
                let (own, left, assigned) =
                    tokio::join!(self.events(&own), self.events(&left), reader.app_groups(app));
                let (own, assigned) = (own.unwrap_or_default(), assigned.unwrap_or_default());
                let at = |event: &OrgEvent| Clean::new(&format!("at {}", time::utc(event.published)));
                let of_app = |event: &OrgEvent| {
                    event.groups.iter().find(|(id, _)| assigned.iter().any(|a| a.id == *id)).cloned()
                };
                let group = left.unwrap_or_default().into_iter().find_map(|e| Some((at(&e), of_app(&e)?.1)));
                let lost = own.iter().find(|e| e.kind.as_str() == "application.user_membership.remove");
                match (group, lost) {
                    (Some((lost, via)), _) => (facts.lost, facts.via) = (Some(lost), Some(via)),
                    (None, lost) => facts.lost = lost.map(at),
                }
            }
        }
        Ok(Answer::AppUser(facts))
    }

    /// The newest page of events.
    async fn events(&self, query: &LogQuery) -> Result<Vec<OrgEvent>, ApiError> {
        let now = Timestamp::now();
        let since = now.saturating_sub(LOG_KEPT).unwrap_or(now);
        let page = self.session.reader().log(query, since, now).next().await;
        page.unwrap_or_else(|| Ok(Vec::new()))
    }
}

/// As Okta writes it: `LOCKED_OUT`.
fn status(person: &User) -> Clean {
    let wire = serde_json::to_value(person.status).ok();
    Clean::new(wire.as_ref().and_then(|v| v.as_str()).unwrap_or("UNKNOWN"))
}

fn facts(app: &App) -> Answer {
    Answer::App(AppFacts {
        label: app.label(),
        active: app.status() == AppStatus::Active,
        redirect_uris: app.redirect_uris(),
        sign_out_uris: app.sign_out_uris(),
        grants: app.grant_types().iter().map(|grant| Clean::new(grant)).collect(),
        auth_method: app.client_authentication().map_or_else(Clean::default, |m| m.as_str().into()),
        pkce_required: app.pkce_required(),
        dpop: app.dpop_bound(),
        federation_broker: app.federation_broker(),
    })
}

fn of_cover(cover: Cover) -> Answer {
    let (allows, sentence) = match cover {
        Cover::Yes { policy, rule } => {
            (true, format!("Policy \"{policy}\", rule \"{rule}\" lets everybody in."))
        }
        Cover::SomePeopleOnly { policy, rule, .. } => {
            (true, format!("Policy \"{policy}\", rule \"{rule}\" lets some people in, and not everybody."))
        }
        Cover::No { why } => (false, why.sentence()),
    };
    Answer::AccessPolicy { allows, sentence: Clean::new(&sentence) }
}

fn event(event: OrgEvent) -> diagnose::LogEvent {
    LogEvent {
        kind: event.kind,
        result: match event.result {
            LogResult::Success => "SUCCESS".into(),
            LogResult::Failure => "FAILURE".into(),
            LogResult::Other(other) => other,
        },
        reason: event.reason.unwrap_or_default(),
        actor: event.actor_login.unwrap_or_default(),
        client: event.client.unwrap_or_default(),
        redirect_uri: event.redirect_uri.map(|uri| uri.to_string()),
        scopes: Clean::default(),
        published: Clean::new(&time::utc(event.published)),
    }
}
