//! The authorization code flow with PKCE, the person signing in in the terminal.
//!
//! Discovery, sign-in, authorize, (callback not sent), token, keys, ID token, userinfo, refresh, clean-up; with `whole_life` also
//! introspection, the replaced refresh token once more, and proof that what was revoked is gone. What fails ends the
//! run: the steps after it are in the trace as *not run*, and what was obtained is still cleaned up.

mod clean_up;
mod used;

use super::authn::{self, Factor, Transaction};
use super::held::{Held, Holdings};
use super::metadata::{self, Metadata};
use super::reply::{NoAnswer, Reply};
use super::request::{Outgoing, with_query};
use super::{Action, Call, Input, Judgement, LocalHop, callback_not_sent, lines};
use crate::flow::checks::clock::Skew;
use crate::flow::checks::tokens::{self, Tokens};
use crate::flow::checks::{answer, id_token};
use crate::flow::explain::{Refusal, SIGN_IN_PAGE, STEP_UP};
use crate::flow::trace::{Party, Step, Verdict, lift};
use crate::flow::{Need, Random, Spec};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// One-time codes that a person may try before the run ends; Okta locks the factor after some more.
const PASSCODE_TRIES: u32 = 3;

/// Okta's session cookies: `sid` on Classic, `idx` on Identity Engine. Others, of the device, come without a session too.
const SESSION_COOKIES: [&str; 2] = ["sid", "idx"];

/// What waits for an answer.
enum Stage {
    Start,
    Discovery,
    Password,
    AskPasscode,
    Passcode,
    Authorize {
        challenge: String,
    },
    Token,
    Keys {
        again: bool,
    },
    UserInfo,
    /// A live token is looked up.
    Look(Held),
    Refresh,
    /// The refresh token that another one replaced is sent again.
    Reuse,
    /// What that did to the newer one.
    Family,
    Cancel,
    Revoke(Held),
    /// A revoked token is looked up.
    Gone(Held),
    EndSession,
    Done,
}

/// The run.
pub(super) struct CodeFlow {
    spec: Spec,
    password: Option<Secret>,
    state: Secret,
    nonce: Secret,
    verifier: Secret,
    stage: Stage,
    metadata: Metadata,
    /// Of a sign-in that waits for a second factor.
    state_token: Option<Secret>,
    factors: Vec<Factor>,
    tries: u32,
    /// Whether a session token was handed to `/authorize`, and whether a session cookie came back.
    asked_for_session: bool,
    session: bool,
    tokens: Tokens,
    /// Those that are still to be given back.
    holdings: Holdings,
    /// The refresh token that was replaced last.
    replaced: Option<Secret>,
    skew: Option<Skew>,
    /// Our time when the last answer was here.
    now: Timestamp,
    stopped: bool,
}

impl CodeFlow {
    pub(super) fn new(spec: Spec, password: Option<Secret>, random: &Random) -> Self {
        let encode = |bytes: &[u8]| Secret::new(URL_SAFE_NO_PAD.encode(bytes));
        Self {
            spec,
            password,
            state: encode(&random.state),
            nonce: encode(&random.nonce),
            verifier: encode(&random.verifier),
            stage: Stage::Start,
            metadata: Metadata::default(),
            state_token: None,
            factors: Vec::new(),
            tries: 0,
            asked_for_session: false,
            session: false,
            tokens: Tokens::default(),
            holdings: Holdings::default(),
            replaced: None,
            skew: None,
            now: Timestamp::UNIX_EPOCH,
            stopped: false,
        }
    }

    pub(super) fn step(&mut self, input: Input) -> Vec<Action> {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        match (stage, input) {
            (Stage::Done, _) => Vec::new(),
            (stage, Input::Stop) => self.stop(stage),
            (Stage::Start, Input::Start) => self.start(),
            (Stage::AskPasscode, Input::Passcode { code, factor }) => self.passcode(&code, &factor),
            (stage, Input::Answer(Ok(reply))) => self.answer(stage, &reply),
            (stage, Input::Answer(Err(why))) => self.no_answer(stage, &why),
            // An input that nobody waits for changes nothing.
            (stage, _) => {
                self.stage = stage;
                Vec::new()
            }
        }
    }

    fn answer(&mut self, stage: Stage, reply: &Reply) -> Vec<Action> {
        match stage {
            Stage::Discovery => self.discovered(reply),
            Stage::Password | Stage::Passcode => self.signed_in(&stage, reply),
            Stage::Authorize { challenge } => self.authorized(&challenge, reply),
            Stage::Token => self.exchanged(reply),
            Stage::Keys { again } => self.keys(again, reply),
            Stage::UserInfo => self.userinfo(reply),
            Stage::Look(held) => self.looked_up(&held, reply),
            Stage::Refresh => self.refreshed(reply),
            Stage::Reuse => self.reused(reply),
            Stage::Family => self.family(reply),
            Stage::Cancel => self.cancelled(Some(reply)),
            Stage::Revoke(held) => self.revoked(held, Some(reply)),
            Stage::Gone(held) => self.gone(&held, Some(reply)),
            Stage::EndSession => self.session_ended(Some(reply)),
            Stage::Start | Stage::AskPasscode | Stage::Done => Vec::new(),
        }
    }

    fn start(&mut self) -> Vec<Action> {
        let missing = match (&self.spec.org_url, &self.spec.login, &self.password) {
            (None, _, _) => {
                Some("Signing in here needs an Okta org; for another provider, use a browser or the probe.")
            }
            (_, None, _) => Some("Nobody was named to sign in."),
            (_, _, None) => Some("No password was given."),
            _ => None,
        };
        if let Some(why) = missing {
            let judgement = Judgement::fail(lines(&[why]));
            let hop = LocalHop { to: Party::Here, step: Step::SignIn, title: "sign-in".into(), judgement };
            return vec![Action::Here(hop), self.done()];
        }
        self.send(Stage::Discovery, Step::Authorize, "GET discovery", Outgoing::get(&self.spec.discovery_url))
    }

    fn discovered(&mut self, reply: &Reply) -> Vec<Action> {
        let (metadata, judgement) = metadata::judge(reply, &self.spec);
        self.measure(reply);
        let mut actions = vec![Action::Judge(judgement)];
        let Some(metadata) = metadata else {
            actions.extend(self.abandon(Step::Authorize));
            return actions;
        };
        self.metadata = metadata;
        // The one place where the password leaves; taking it makes a second time impossible.
        match (&self.spec.org_url, &self.spec.login, self.password.take()) {
            (Some(org), Some(login), Some(password)) => {
                let request = authn::primary(org, login, &password);
                actions.extend(self.send(Stage::Password, Step::SignIn, "POST sign-in: password", request));
            }
            _ => actions.extend(self.abandon(Step::SignIn)),
        }
        actions
    }

    fn signed_in(&mut self, stage: &Stage, reply: &Reply) -> Vec<Action> {
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

    fn passcode(&mut self, code: &Secret, id: &str) -> Vec<Action> {
        let factor = self.factors.iter().find(|factor| factor.choice.id == id);
        let (Some(factor), Some(state_token)) = (factor, &self.state_token) else {
            return vec![self.ask("That factor is not one of those offered.")];
        };
        self.tries += 1;
        let request = authn::verify(factor, state_token, code);
        self.send(Stage::Passcode, Step::SignIn, "POST sign-in: one-time code", request)
    }

    fn authorize(&mut self, session_token: &Secret) -> Vec<Action> {
        let challenge = answer::challenge(&self.verifier);
        let scope = self.spec.scopes.join(" ");
        let url = with_query(
            &self.metadata.authorization,
            &[
                ("response_type", "code"),
                ("client_id", &self.spec.client_id),
                ("redirect_uri", &self.spec.redirect_uri),
                ("scope", &scope),
                ("state", self.state.expose()),
                ("nonce", self.nonce.expose()),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
                ("prompt", "none"),
                ("sessionToken", session_token.expose()),
            ],
        );
        self.state_token = None;
        self.asked_for_session = true;
        let stage = Stage::Authorize { challenge };
        self.send(stage, Step::Authorize, "GET /authorize", Outgoing::browse(url))
    }

    fn authorized(&mut self, challenge: &str, reply: &Reply) -> Vec<Action> {
        self.session = SESSION_COOKIES.iter().any(|name| reply.sets_cookie(name));
        let to_us = reply.location().filter(|to| to.starts_with(&self.spec.redirect_uri));
        let Some(location) = to_us else {
            return self.not_redirected(reply);
        };
        let pairs = lift::pairs(location.get(self.spec.redirect_uri.len()..).unwrap_or_default());
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let mut checks = vec![
            answer::redirect_target(&self.spec.redirect_uri, location),
            answer::state(&self.state, value("state")),
            answer::iss(&self.spec.issuer, self.metadata.announces_iss, value("iss")),
        ];
        let safe = checks.iter().all(|check| check.verdict != Verdict::Fail);
        match (value("error"), value("code").filter(|code| !code.is_empty())) {
            (None, Some(code)) => {
                checks.push(answer::pkce(&self.verifier, challenge));
                let code = Secret::new(code);
                let why = "Okta signed the person in for this app and gave a code.";
                let judgement = Judgement::pass(checks, &[why]).titled("GET /authorize → callback?code=…");
                let mut actions = vec![Action::Judge(judgement), callback_not_sent(true)];
                actions.extend(if safe { self.exchange(code) } else { self.abandon(Step::Token) });
                actions
            }
            (error, _) => {
                let refusal = Refusal {
                    status: Some(reply.status),
                    code: error.unwrap_or_default().to_owned(),
                    words: value("error_description").unwrap_or_default().to_owned(),
                };
                let why = self.why_refused(&refusal, safe);
                let title = "GET /authorize → callback?error=…";
                let judgement = Judgement { checks, ..Judgement::fail(why) }.titled(title);
                let mut actions = vec![Action::Judge(judgement), callback_not_sent(false)];
                actions.extend(self.abandon(Step::Token));
                actions
            }
        }
    }

    /// The *Why* of an error at the redirect URI.
    fn why_refused(&self, refusal: &Refusal, safe: bool) -> Vec<String> {
        if !safe {
            // The words of somebody else are not to be acted on, nor explained (RFC 9207 §2.4).
            let why = "This is no answer to this request from this issuer: what it says is not explained.";
            return lines(&[why]);
        }
        if refusal.code.is_empty() {
            return lines(&["The answer has neither a code nor an error (RFC 6749 §4.1.2)."]);
        }
        let mut why = match refusal.code.as_str() {
            "login_required" => STEP_UP.why(refusal),
            _ => refusal.why(Step::Authorize),
        };
        why.push("Okta sends this error to the gateway: people see the gateway's page, not Okta's.".into());
        why
    }

    /// Okta answered the person instead of the redirect URI.
    fn not_redirected(&mut self, reply: &Reply) -> Vec<Action> {
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

    fn exchange(&mut self, code: Secret) -> Vec<Action> {
        self.stage = Stage::Token;
        let call = Call::Exchange {
            endpoint: self.metadata.token.clone(),
            code,
            verifier: self.verifier.clone(),
            authentication: self.spec.authentication,
        };
        vec![Action::Send { step: Step::Token, title: "POST /token".into(), call }]
    }

    fn exchanged(&mut self, reply: &Reply) -> Vec<Action> {
        self.measure(reply);
        let tokens = Tokens::read(&reply.body).filter(|_| reply.status == 200);
        let Some(tokens) = tokens else {
            let mut why = reply.refusal().why(Step::Token);
            if reply.status == 200 {
                why = vec![format!("Okta answered 200 with {} instead of tokens.", reply.kind_of_body())];
            }
            let mut actions = vec![Action::Judge(Judgement::fail(why))];
            actions.extend(self.abandon(Step::Verify));
            return actions;
        };
        let checks = tokens::response(&tokens, &self.spec.scopes, reply.header("cache-control"));
        let why = "Okta took the code, the verifier and the client's proof of itself, and gave tokens.";
        let mut actions = vec![Action::Judge(Judgement::pass(checks, &[why]))];
        self.holdings.take(&tokens);
        self.tokens = tokens;
        actions.extend(match (&self.tokens.id, self.metadata.keys.clone()) {
            (Some(_), Some(url)) => self.get_keys(&url, false),
            (Some(_), None) => self.verified(Err("the metadata name no jwks_uri.")),
            (None, _) => {
                let why = "There is no ID token to check.";
                let mut actions = vec![not_run(Party::Here, Step::Verify, &id_token_title(), why)];
                actions.extend(self.get_userinfo());
                actions
            }
        });
        actions
    }

    fn send(&mut self, stage: Stage, step: Step, title: &str, request: Outgoing) -> Vec<Action> {
        self.stage = stage;
        vec![Action::Send { step, title: title.to_owned(), call: Call::Http(request) }]
    }

    fn measure(&mut self, reply: &Reply) {
        self.now = reply.received;
        self.skew = Skew::measure(reply.header("date"), reply.sent, reply.received).or(self.skew);
    }

    /// Marks the steps from `from` on as not run, and cleans up.
    fn abandon(&mut self, from: Step) -> Vec<Action> {
        let rest = [
            (Party::Okta, Step::Authorize, "GET /authorize".to_owned()),
            (Party::Okta, Step::Token, "POST /token".to_owned()),
            (Party::Here, Step::Verify, id_token_title()),
            (Party::Okta, Step::Use, "GET /userinfo".to_owned()),
        ];
        let why = "An earlier step failed.";
        let rest = rest.into_iter().filter(|(_, step, _)| *step >= from);
        let mut actions: Vec<Action> = rest.map(|(to, step, title)| not_run(to, step, &title, why)).collect();
        actions.extend(self.clean_up());
        actions
    }

    fn no_answer(&mut self, stage: Stage, why: &NoAnswer) -> Vec<Action> {
        let judgement = |verdict| {
            let mut lines = vec![why.sentence.clone()];
            if why.maybe_sent && matches!(&stage, Stage::Token) {
                lines.push("The code may have been used up: start again rather than try it again.".into());
            }
            if why.maybe_sent && matches!(&stage, Stage::Password) {
                lines.push(
                    "The password may have arrived: this may count as one of the person's attempts.".into(),
                );
            }
            Action::Judge(Judgement { verdict: Some(verdict), why: lines, ..Judgement::default() })
        };
        let mut actions = vec![judgement(Verdict::Fail)];
        match stage {
            Stage::Cancel | Stage::Revoke(_) | Stage::Gone(_) | Stage::EndSession => {
                actions = vec![judgement(Verdict::Warn)];
                actions.extend(match stage {
                    Stage::Cancel => self.cancelled(None),
                    Stage::Revoke(held) => self.revoked(held, None),
                    Stage::Gone(held) => self.gone(&held, None),
                    _ => self.session_ended(None),
                });
            }
            Stage::Look(_) => actions.extend(self.refresh()),
            Stage::Reuse | Stage::Family => actions.extend(self.clean_up()),
            Stage::Keys { .. } => actions.extend(self.verified(Err("no answer came."))),
            Stage::UserInfo => actions.extend(self.look()),
            Stage::Refresh => {
                if why.maybe_sent {
                    let left = "refresh token: a new one may have been made and lost; it would end by itself";
                    actions.push(Action::Left(left.into()));
                }
                actions.extend(self.clean_up());
            }
            Stage::Token => actions.extend(self.abandon(Step::Verify)),
            Stage::Authorize { .. } => actions.extend(self.abandon(Step::Token)),
            _ => actions.extend(self.abandon(Step::Authorize)),
        }
        actions
    }
}

fn id_token_title() -> String {
    format!("ID token, {} checks", id_token::COUNT)
}

fn not_run(to: Party, step: Step, title: &str, why: &str) -> Action {
    Action::Here(LocalHop { to, step, title: title.to_owned(), judgement: Judgement::not_run(&[why]) })
}
