//! What a run leaves behind, and what is done about it. It never fails a run: the trace says what was not done.

use super::{CodeFlow, Stage};
use crate::flow::machine::authn;
use crate::flow::machine::request::with_query;
use crate::flow::machine::{Action, Judgement, Outgoing, Reply};
use crate::flow::trace::{Step, Verdict};

impl CodeFlow {
    pub(super) fn stop(&mut self, stage: &Stage) -> Vec<Action> {
        self.stopped = true;
        let mut actions = Vec::new();
        if matches!(stage, Stage::Token) {
            let left = "the code: may have been exchanged; its tokens would end by themselves";
            actions.push(Action::Left(left.into()));
        }
        // Also in the middle of a clean-up: to revoke and to sign out may be repeated.
        actions.extend(self.clean_up());
        actions
    }

    /// The first thing that is still to be cleaned up, or the end.
    pub(super) fn clean_up(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(seconds) = self.tokens.access.take().and(self.tokens.expires_in) {
            let length = crate::text::time::length(u64::try_from(seconds).unwrap_or(0));
            let left = format!("access token: was not revoked, ends by itself within {length}");
            actions.push(Action::Left(left));
        }
        actions.extend(match (&self.state_token, &self.spec.org_url) {
            (Some(state_token), Some(org)) => {
                let request = authn::cancel(org, state_token);
                self.send(Stage::Cancel, Step::SignIn, "POST sign-in: cancel", request)
            }
            _ => self.revoke(),
        });
        actions
    }

    /// After the sign-in that waited for a second factor was cancelled.
    pub(super) fn cancelled(&mut self, reply: Option<&Reply>) -> Vec<Action> {
        self.state_token = None;
        let done = reply.is_some_and(|reply| reply.status == 200);
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(tidied(done, reply, Step::SignIn)));
        }
        let what = if done { "cancelled" } else { "NOT cancelled, it ends by itself within minutes" };
        actions.push(Action::Left(format!("sign-in half done: {what}")));
        actions.extend(self.revoke());
        actions
    }

    fn revoke(&mut self) -> Vec<Action> {
        match (self.tokens.refresh.clone(), self.metadata.revocation.clone()) {
            (Some(token), Some(url)) => {
                let form = [("token", token.expose()), ("token_type_hint", "refresh_token")];
                let request = Outgoing::client_form(url, &form, &self.spec, self.spec.authentication);
                self.send(Stage::Revoke, Step::Use, "POST /revoke: refresh token", request)
            }
            (Some(_), None) => {
                let left = "refresh token: NOT revoked, the metadata name no revocation endpoint";
                let mut actions = vec![Action::Left(left.into())];
                actions.extend(self.end_session());
                actions
            }
            (None, _) => self.end_session(),
        }
    }

    pub(super) fn revoked(&mut self, reply: Option<&Reply>) -> Vec<Action> {
        self.tokens.refresh = None;
        let done = reply.is_some_and(|reply| reply.status == 200);
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(tidied(done, reply, Step::Use)));
        }
        // RFC 7009 §2.2: 200 also for a token that the server does not know. It is the token of this run, so it does.
        let what = if done { "revoked" } else { "NOT revoked: revoke it in Okta, or let it end" };
        actions.push(Action::Left(format!("refresh token: {what}")));
        actions.extend(self.end_session());
        actions
    }

    /// Ends the session that `/authorize` opened: with the ID token at the documented sign-out endpoint, else by the session's
    /// own link (`DELETE /api/v1/sessions/me`, as Okta's session objects name it).
    fn end_session(&mut self) -> Vec<Action> {
        if !self.session {
            let mut actions = Vec::new();
            if self.asked_for_session {
                let left = "Okta session: no session cookie came, so there is nothing to close here";
                actions.push(Action::Left(left.into()));
            }
            actions.push(self.done());
            return actions;
        }
        let request = match (&self.tokens.id, &self.metadata.end_session, &self.spec.org_url) {
            (Some(id), Some(url), _) => Outgoing::browse(with_query(url, &[("id_token_hint", id.expose())])),
            (_, _, Some(org)) => {
                let url = format!("{}/api/v1/sessions/me", org.trim_end_matches('/'));
                Outgoing { method: "DELETE", cookies: true, ..Outgoing::get(url) }
            }
            _ => {
                let left = Action::Left("Okta session: NOT closed, it ends by itself".into());
                return vec![left, self.done()];
            }
        };
        let title = if request.method == "GET" { "GET /logout" } else { "DELETE session" };
        self.send(Stage::EndSession, Step::Use, title, request)
    }

    pub(super) fn session_ended(&mut self, reply: Option<&Reply>) -> Vec<Action> {
        self.session = false;
        // An ID token that Okta does not take leads to an error page, also by way of a redirect.
        let to_error = reply.and_then(Reply::location).is_some_and(|to| to.contains("error"));
        let done = !to_error && reply.is_some_and(|reply| (200..400).contains(&reply.status));
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(tidied(done, reply, Step::Use)));
        }
        let what = if done { "closed" } else { "NOT closed, it ends by itself" };
        actions.push(Action::Left(format!("Okta session: {what}")));
        actions.push(self.done());
        actions
    }

    pub(super) fn done(&mut self) -> Action {
        self.stage = Stage::Done;
        let judged_not = if self.spec.identity_engine {
            "the app's own sign-in policy was not judged: this way meets the session policy only"
        } else {
            "the gateway's half was not judged: its callback, and the secret in its form"
        };
        Action::Done { stopped: self.stopped, judged_not: judged_not.to_owned() }
    }
}

/// The judgement of a clean-up: it never fails the run.
fn tidied(done: bool, reply: &Reply, step: Step) -> Judgement {
    if done {
        Judgement::pass(Vec::new(), &["Cleaned up after the test."])
    } else {
        let why = reply.refusal().why(step);
        Judgement { verdict: Some(Verdict::Warn), why, ..Judgement::default() }
    }
}
