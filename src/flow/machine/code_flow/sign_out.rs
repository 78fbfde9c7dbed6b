//! The end of the session that `/authorize` opened: with the ID token at the sign-out endpoint (RP-Initiated Logout 1.0 §2), else by the
//! session's own link.

use super::{CodeFlow, Stage};
use crate::flow::checks::sign_out::{ELSEWHERE, refused, returned};
use crate::flow::machine::held;
use crate::flow::machine::request::with_query;
use crate::flow::machine::{Action, Judgement, Outgoing, Reply, lines};
use crate::flow::trace::{Step, Verdict};

impl CodeFlow {
    /// Ends the session, where there is one. `DELETE /api/v1/sessions/me` is what Okta's session objects name.
    pub(super) fn end_session(&mut self) -> Vec<Action> {
        if !self.session {
            let mut actions: Vec<Action> = self.browser_left().into_iter().collect();
            if self.asked_for_session {
                let left = "Okta session: no session cookie came, so there is nothing to close here";
                actions.push(Action::Left(left.into()));
            }
            actions.push(self.done());
            return actions;
        }
        let (stage, title, request) = match (&self.tokens.id, &self.metadata.end_session, &self.spec.org_url)
        {
            (Some(id), Some(url), _) => {
                let hint = ("id_token_hint", id.expose());
                let to =
                    |uri| [hint, ("post_logout_redirect_uri", uri), ("state", self.sign_out_state.expose())];
                // What must be refused comes first: it ends no session.
                if self.spec.whole_life && !self.stopped && !self.tried_elsewhere {
                    self.tried_elsewhere = true;
                    let request = Outgoing::browse(with_query(url, &to(ELSEWHERE)));
                    (Stage::SignOutElsewhere, "GET /logout: unregistered URI", request)
                } else if let Some(uri) = &self.spec.sign_out_uri {
                    let request = Outgoing::browse(with_query(url, &to(uri)));
                    (Stage::EndSession, "GET /logout: sign-out URI", request)
                } else {
                    (Stage::EndSession, "GET /logout", Outgoing::browse(with_query(url, &[hint])))
                }
            }
            (_, _, Some(org)) => {
                let url = format!("{}/api/v1/sessions/me", org.trim_end_matches('/'));
                let request = Outgoing { method: "DELETE", cookies: true, ..Outgoing::get(url) };
                (Stage::EndSession, "DELETE session", request)
            }
            _ => {
                let left = Action::Left(format!("{}: NOT closed, it ends by itself", self.session_name()));
                return vec![left, self.done()];
            }
        };
        self.send(stage, Step::Use, title, request)
    }

    /// After an address that nobody registered was named.
    pub(super) fn signed_out_elsewhere(&mut self, reply: Option<&Reply>) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            let check = refused(reply.location());
            let why = vec![check.sentence.clone()];
            let judgement = Judgement { why, checks: vec![check], ..Judgement::default() };
            actions.push(Action::Judge(judgement.or(Verdict::NotRun)));
        }
        actions.extend(self.end_session());
        actions
    }

    pub(super) fn session_ended(&mut self, reply: Option<&Reply>) -> Vec<Action> {
        self.session = false;
        let uri = self.spec.sign_out_uri.as_deref().filter(|_| self.tokens.id.is_some());
        let location = reply.and_then(Reply::location);
        let checks = uri.map(|uri| returned(location, uri, self.sign_out_state.expose())).unwrap_or_default();
        let there = uri.is_some() && checks.first().is_some_and(|check| check.verdict == Verdict::Pass);
        // An ID token that Okta does not take leads to an error page, also by way of a redirect.
        let to_error = !there && location.is_some_and(|to| to.contains("error"));
        // A page with a form asks the person whether they mean it.
        let asks = reply.is_some_and(|reply| reply.status == 200 && reply.starts_sign_in());
        let done = !to_error && !asks && reply.is_some_and(|reply| (200..400).contains(&reply.status));
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            let judgement = match asks {
                true => Judgement {
                    verdict: Some(Verdict::Warn),
                    why: lines(&["The server asks the person whether to sign out; nobody answers here."]),
                    ..Judgement::default()
                },
                false => held::tidied(done, reply, Step::Use),
            };
            actions.push(Action::Judge(with(judgement, checks)));
        }
        let what = if done { "closed" } else { "NOT closed, it ends by itself" };
        actions.push(Action::Left(format!("{}: {what}", self.session_name())));
        actions.push(self.done());
        actions
    }

    fn session_name(&self) -> &'static str {
        if self.spec.org_url.is_some() { "Okta session" } else { "session at the server" }
    }
}

/// With checks of where it ended. Signing out is not what fails a sign-in: they warn.
fn with(mut judgement: Judgement, checks: Vec<crate::flow::checks::Judged>) -> Judgement {
    if checks.iter().any(|check| check.verdict == Verdict::Fail) {
        judgement.verdict = Some(Verdict::Warn);
        let failed = checks.iter().filter(|check| check.verdict == Verdict::Fail);
        judgement.why.extend(failed.map(|check| check.sentence.clone()));
    }
    judgement.checks.extend(checks);
    judgement
}
