//! What a run leaves behind, and what is done about it. It never fails a run: the trace says what was not done.

use super::used::OFFLINE;
use super::{CodeFlow, Stage};
use crate::flow::checks::life;
use crate::flow::machine::authn;
use crate::flow::machine::held::{self, Held};
use crate::flow::machine::{Action, Reply};
use crate::flow::trace::{Step, Way};

impl CodeFlow {
    pub(super) fn stop(&mut self, stage: Stage) -> Vec<Action> {
        self.stopped = true;
        let mut actions = Vec::new();
        if matches!(&stage, Stage::AskPaste) {
            actions.push(self.never_pasted());
        }
        actions.extend(self.device_left());
        if matches!(&stage, Stage::Token | Stage::DevicePoll) {
            let left = "the code: may have been exchanged; its tokens would end by themselves";
            actions.push(Action::Left(left.into()));
        }
        // Also in the middle of a clean-up: to revoke and to sign out may be repeated.
        if let Stage::Revoke(held) = stage {
            self.holdings.again(held);
        }
        actions.extend(self.clean_up());
        actions
    }

    /// The first thing that is still to be cleaned up, or the end.
    pub(super) fn clean_up(&mut self) -> Vec<Action> {
        match (&self.state_token, &self.spec.org_url) {
            (Some(state_token), Some(org)) => {
                let request = authn::cancel(org, state_token);
                self.send(Stage::Cancel, Step::SignIn, "POST sign-in: cancel", request)
            }
            _ => self.revoke(),
        }
    }

    /// After the sign-in that waited for a second factor was cancelled.
    pub(super) fn cancelled(&mut self, reply: Option<&Reply>) -> Vec<Action> {
        self.state_token = None;
        let done = reply.is_some_and(|reply| reply.status == 200);
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(held::tidied(done, reply, Step::SignIn)));
        }
        let what = if done { "cancelled" } else { "NOT cancelled, it ends by itself within minutes" };
        actions.push(Action::Left(format!("sign-in half done: {what}")));
        actions.extend(self.revoke());
        actions
    }

    /// Gives back the next token, or goes on to the session.
    fn revoke(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some(held) = self.holdings.next() {
            if let Some(request) = held::revoke(&held, &self.metadata, &self.spec) {
                let title = format!("POST /revoke: {}", held.sort.words());
                actions.extend(self.send(Stage::Revoke(held), Step::Use, &title, request));
                return actions;
            }
            let ends = held::ends_by_itself(&held);
            let left = format!(
                "{}: NOT revoked, the metadata name no revocation endpoint; {ends}",
                held.sort.words()
            );
            actions.push(Action::Left(left));
        }
        actions.extend(self.end_session());
        actions
    }

    pub(super) fn revoked(&mut self, held: Held, reply: Option<&Reply>) -> Vec<Action> {
        let done = reply.is_some_and(|reply| reply.status == 200);
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(held::tidied(done, reply, Step::Use)));
        }
        let look = held::introspect(&held, &self.metadata, &self.spec);
        match look.filter(|_| done && self.spec.whole_life && !self.stopped) {
            Some(request) => {
                let title = format!("POST /introspect: revoked {}", held.sort.words());
                actions.extend(self.send(Stage::Gone(held), Step::Use, &title, request));
            }
            None => {
                actions.push(Action::Left(held::left(&held, done, None)));
                actions.extend(self.revoke());
            }
        }
        actions
    }

    /// After a revoked token was looked up.
    pub(super) fn gone(&mut self, held: &Held, reply: Option<&Reply>) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(held::gone(held, reply)));
        }
        let gone = reply.filter(|reply| reply.status == 200).and_then(|reply| life::active(&reply.body));
        actions.push(Action::Left(held::left(held, true, gone.map(|active| !active))));
        actions.extend(self.revoke());
        actions
    }

    pub(super) fn done(&mut self) -> Action {
        self.stage = Stage::Done;
        let asked = self.spec.scopes.iter().any(|scope| scope == OFFLINE);
        let judged_not = if self.spec.whole_life && self.tokens.refresh.is_none() && !asked {
            "no refresh was tried: offline_access is not among the scopes"
        } else if self.spec.identity_engine && self.spec.way == Way::Terminal {
            "the app's own sign-in policy was not judged: this way meets the session policy only"
        } else if self.spec.way == Way::Device {
            "redirect URI, code and PKCE were not judged: a device needs none of them"
        } else {
            "the gateway's half was not judged: its callback, and the secret in its form"
        };
        Action::Done { stopped: self.stopped, judged_not: judged_not.to_owned() }
    }
}
