//! Signing in in the terminal: Okta's primary authentication, then `/authorize` with the session token.

use super::{CodeFlow, Stage};
use crate::flow::Need;
use crate::flow::explain::{Refusal, SIGN_IN_PAGE};
use crate::flow::machine::authn::{self, Transaction};
use crate::flow::machine::request::Outgoing;
use crate::flow::machine::{Action, Judgement, Reply, lines};
use crate::flow::trace::{Step, Verdict};
use crate::secret::Secret;

/// One-time codes that a person may try before the run ends; Okta locks the factor after some more.
const PASSCODE_TRIES: u32 = 3;

/// Okta's session cookies: `sid` on Classic, `idx` on Identity Engine. Others, of the device, come without a session too.
const SESSION_COOKIES: [&str; 2] = ["sid", "idx"];

impl CodeFlow {
    /// The one place where the password leaves for primary authentication; taking it makes a second time impossible.
    pub(super) fn sign_in_here(&mut self) -> Vec<Action> {
        match (&self.spec.org_url, &self.spec.login, self.password.take()) {
            (Some(org), Some(login), Some(password)) => {
                let request = authn::primary(org, login, &password);
                self.send(Stage::Password, Step::SignIn, "POST sign-in: password", request)
            }
            _ => self.abandon(Step::SignIn),
        }
    }

    pub(super) fn signed_in(&mut self, stage: &Stage, reply: &Reply) -> Vec<Action> {
        let what = if matches!(stage, Stage::Password) { "password" } else { "one-time code" };
        let org = self.spec.org_url.clone().unwrap_or_default();
        match authn::read(reply, &org) {
            Transaction::Success(token) => {
                let why =
                    format!("Okta took the {what} and gave a session token, good once for five minutes.");
                let mut actions = vec![Action::Judge(Judgement::pass(Vec::new(), &[&why]))];
                actions.extend(self.authorize(&token));
                actions
            }
            Transaction::Passcode { state_token, factors, others } => {
                let mut why = vec![format!("Okta took the {what} and asks for a second factor.")];
                if !others.is_empty() {
                    why.push(format!("Only a typed code can be given here, not: {}.", others.join(", ")));
                }
                self.state_token = Some(state_token);
                self.factors = factors;
                let judgement = Judgement { why, ..Judgement::default() }.or(Verdict::Pass);
                vec![Action::Judge(judgement), self.ask("Okta asks for a one-time code.")]
            }
            Transaction::Refused(refusal, others) => self.refused(stage, &refusal, &others),
        }
    }

    fn refused(&mut self, stage: &Stage, refusal: &Refusal, others: &[String]) -> Vec<Action> {
        let wrong_code = matches!(stage, Stage::Passcode) && refusal.code == "E0000068";
        if wrong_code && self.tries < PASSCODE_TRIES {
            let why = refusal.why(Step::SignIn);
            let judgement = Judgement { verdict: Some(Verdict::Warn), why, ..Judgement::default() };
            let left = PASSCODE_TRIES - self.tries;
            let message = format!("That code was not accepted. {left} more can be tried in this run.");
            return vec![Action::Judge(judgement), self.ask(&message)];
        }
        let mut why = refusal.why(Step::SignIn);
        if !others.is_empty() {
            why.push(format!("The person's factors: {}.", others.join(", ")));
        }
        let mut actions = vec![Action::Judge(Judgement::fail(why))];
        actions.extend(self.abandon(Step::Authorize));
        actions
    }

    fn ask(&mut self, message: &str) -> Action {
        self.stage = Stage::AskPasscode;
        let factors = self.factors.iter().map(|factor| factor.choice.clone()).collect();
        Action::Ask(Need::Passcode { factors, message: message.to_owned() })
    }

    pub(super) fn passcode(&mut self, code: &Secret, id: &str) -> Vec<Action> {
        let factor = self.factors.iter().find(|factor| factor.choice.id == id);
        let (Some(factor), Some(state_token)) = (factor, &self.state_token) else {
            return vec![self.ask("That factor is not one of those offered.")];
        };
        self.tries += 1;
        let request = authn::verify(factor, state_token, code);
        self.send(Stage::Passcode, Step::SignIn, "POST sign-in: one-time code", request)
    }

    fn authorize(&mut self, session_token: &Secret) -> Vec<Action> {
        let url = self.authorize_url(&[("prompt", "none"), ("sessionToken", session_token.expose())]);
        self.state_token = None;
        self.asked_for_session = true;
        self.send(Stage::Authorize, Step::Authorize, "GET /authorize", Outgoing::browse(url))
    }

    pub(super) fn authorized(&mut self, reply: &Reply) -> Vec<Action> {
        self.session = SESSION_COOKIES.iter().any(|name| reply.sets_cookie(name));
        match reply.location().filter(|to| to.starts_with(&self.spec.redirect_uri)) {
            Some(location) => self.called_back("GET /authorize", location, Some(reply.status)),
            None => self.not_redirected(reply),
        }
    }

    /// Okta answered the person instead of the redirect URI.
    pub(super) fn not_redirected(&mut self, reply: &Reply) -> Vec<Action> {
        let (title, why) = if reply.status >= 400 {
            ("GET /authorize → error page", reply.refusal().why(Step::Authorize))
        } else if reply.starts_sign_in() {
            let mut why = lines(&[SIGN_IN_PAGE.headline, SIGN_IN_PAGE.meaning]);
            why.extend(lines(SIGN_IN_PAGE.fixes));
            ("GET /authorize → sign-in", why)
        } else {
            let what = format!(
                "Okta answered {} with {} instead of a redirect.",
                reply.status,
                reply.kind_of_body()
            );
            (
                "GET /authorize → page",
                vec![what, "Something else than Okta may answer at this address.".into()],
            )
        };
        let mut actions = vec![Action::Judge(Judgement::fail(why).titled(title))];
        actions.extend(self.abandon(Step::Token));
        actions
    }
}
