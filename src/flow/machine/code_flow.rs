//! The authorization code flow with PKCE, the person signing in in the terminal.
//!
//! Discovery, sign-in, authorize, (callback not sent), token, keys, ID token, userinfo, refresh, clean-up. What fails ends the
//! run: the steps after it are in the trace as *not run*, and what was obtained is still cleaned up.

use super::metadata::{self, Metadata};
use super::reply::{NoAnswer, Reply};
use super::request::{Outgoing, with_query};
use super::{Action, Call, Input, Judgement, LocalHop, callback_not_sent, lines};
use crate::flow::checks::clock::{self, Skew};
use crate::flow::checks::jwt::Jwt;
use crate::flow::checks::keys::Keys;
use crate::flow::checks::tokens::{self, Tokens};
use crate::flow::checks::{answer, id_token};
use crate::flow::explain::{Refusal, STEP_UP};
use crate::flow::signin::authn::{self, Factor, Transaction};
use crate::flow::trace::{Party, Step, Verdict, lift};
use crate::flow::{Need, Random, Spec};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// One-time codes that a person may try before the run ends; Okta locks the factor after some more.
const PASSCODE_TRIES: u32 = 3;

/// What waits for an answer.
enum Stage {
    Start,
    Discovery,
    Password,
    AskPasscode,
    Passcode,
    Authorize { challenge: String },
    Token,
    Keys { again: bool },
    UserInfo,
    Refresh,
    Revoke,
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
    state_token: Option<Secret>,
    factors: Vec<Factor>,
    tries: u32,
    session: bool,
    tokens: Tokens,
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
            session: false,
            tokens: Tokens::default(),
            skew: None,
            now: Timestamp::UNIX_EPOCH,
            stopped: false,
        }
    }

    pub(super) fn step(&mut self, input: Input) -> Vec<Action> {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        match (stage, input) {
            (Stage::Done, _) => Vec::new(),
            (stage, Input::Stop) => self.stop(&stage),
            (Stage::Start, Input::Start) => self.start(),
            (Stage::AskPasscode, Input::Passcode { code, factor }) => self.passcode(&code, &factor),
            (stage, Input::Answer(Ok(reply))) => self.answer(stage, &reply),
            (stage, Input::Answer(Err(why))) => self.no_answer(&stage, &why),
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
            Stage::Refresh => self.refreshed(reply),
            Stage::Revoke => self.revoked(Some(reply)),
            Stage::EndSession => self.session_ended(Some(reply)),
            Stage::Start | Stage::AskPasscode | Stage::Done => Vec::new(),
        }
    }

    // ── the way there ───────────────────────────────────────────────────────────────────────────────────────────────────

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
        let stage = Stage::Authorize { challenge };
        self.send(stage, Step::Authorize, "GET /authorize", Outgoing::browse(url))
    }

    fn authorized(&mut self, challenge: &str, reply: &Reply) -> Vec<Action> {
        self.session = reply.sets_cookie();
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
                let mut why = refusal.why(Step::Authorize);
                if refusal.code == "login_required" {
                    why = vec![refusal.quoted(), STEP_UP.headline.into(), STEP_UP.meaning.into()];
                    why.extend(STEP_UP.fixes.iter().map(|fix| (*fix).to_owned()));
                }
                why.push(
                    "Okta sends this error to the gateway: people see the gateway's page, not Okta's.".into(),
                );
                let title = "GET /authorize → callback?error=…";
                let judgement = Judgement { checks, ..Judgement::fail(why) }.titled(title);
                let mut actions = vec![Action::Judge(judgement), callback_not_sent(false)];
                actions.extend(self.abandon(Step::Token));
                actions
            }
        }
    }

    /// Okta answered the person instead of the redirect URI.
    fn not_redirected(&mut self, reply: &Reply) -> Vec<Action> {
        let mut refusal = reply.refusal();
        if refusal.code.is_empty() && reply.status < 400 {
            refusal.code = "sign-in-page".into();
        }
        let title =
            if reply.status < 400 { "GET /authorize → sign-in" } else { "GET /authorize → error page" };
        let judgement = Judgement::fail(refusal.why(Step::Authorize)).titled(title);
        let mut actions = vec![Action::Judge(judgement)];
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

    // ── checks and use ──────────────────────────────────────────────────────────────────────────────────────────────────

    fn get_keys(&mut self, url: &str, again: bool) -> Vec<Action> {
        let title = if again { "GET keys again: the key is new" } else { "GET keys" };
        self.send(Stage::Keys { again }, Step::Verify, title, Outgoing::get(url))
    }

    fn keys(&mut self, again: bool, reply: &Reply) -> Vec<Action> {
        let Some(keys) = Keys::read(&reply.body).filter(|_| reply.status == 200) else {
            let mut why = vec![format!(
                "Okta answered {} with {} instead of keys.",
                reply.status,
                reply.kind_of_body()
            )];
            why.push("Without the keys no signature can be checked.".into());
            let mut actions = vec![Action::Judge(Judgement::fail(why))];
            actions.extend(self.verified(Err("the answer held none.")));
            return actions;
        };
        let why = format!("{} of the issuer's public keys.", keys.len());
        let mut actions = vec![Action::Judge(Judgement::pass(Vec::new(), &[&why]))];
        let raw = self.tokens.id.clone();
        let jwt = raw.as_ref().and_then(|raw| Jwt::read(raw.expose()).ok());
        let unknown = jwt.is_some_and(|jwt| jwt.kid().is_some() && keys.find(jwt.kid()).is_none());
        actions.extend(match self.metadata.keys.clone() {
            // Keys are rotated; an unknown one is worth one more look (OIDC Core §10.1.1).
            Some(url) if unknown && !again => self.get_keys(&url, true),
            _ => self.verified(Ok(&keys)),
        });
        actions
    }

    /// The ID token's checks, as a hop of their own, then on to userinfo. A wrong ID token does not end the run: what userinfo
    /// says may tell why it is wrong.
    fn verified(&mut self, keys: Result<&Keys, &str>) -> Vec<Action> {
        let Some(raw) = self.tokens.id.clone() else { return self.get_userinfo() };
        let expected = id_token::Expected {
            issuer: &self.spec.issuer,
            client_id: &self.spec.client_id,
            client_secret: self.spec.client_secret.as_ref(),
            nonce: Some(&self.nonce),
            access_token: self.tokens.access.as_ref(),
            algorithms: &self.metadata.algorithms,
            keys,
            now: self.now,
            skew: self.skew,
            max_age: None,
        };
        let mut checks = id_token::check(raw.expose(), &expected);
        let passed = checks.iter().filter(|check| check.verdict == Verdict::Pass).count();
        let title = format!("ID token: {passed} of {} checks", checks.len());
        checks.push(clock::check(self.skew));
        let signature = checks.iter().any(|c| c.name == "signature" && c.verdict == Verdict::Pass);
        // A pass without the signature would promise more than was looked at.
        let mut judgement = Judgement { checks, ..Judgement::default() }.or(Verdict::NotRun);
        if !signature && judgement.verdict == Some(Verdict::Pass) {
            judgement.verdict = Some(Verdict::Warn);
        }
        let mut actions =
            vec![Action::Here(LocalHop { to: Party::Here, step: Step::Verify, title, judgement })];
        actions.extend(self.get_userinfo());
        actions
    }

    fn get_userinfo(&mut self) -> Vec<Action> {
        let openid = self.spec.scopes.iter().any(|scope| scope == "openid");
        match (self.metadata.userinfo.clone(), self.tokens.access.clone()) {
            (Some(url), Some(token)) if openid => {
                let request = Outgoing::get(url).bearer(&token);
                self.send(Stage::UserInfo, Step::Use, "GET /userinfo", request)
            }
            (endpoint, token) => {
                let why = match (endpoint, token) {
                    (None, _) => "The metadata name no userinfo endpoint.",
                    (_, None) => "There is no access token.",
                    _ => "userinfo wants the scope openid, which was not asked for.",
                };
                let mut actions = vec![not_run(Party::Okta, Step::Use, "GET /userinfo", why)];
                actions.extend(self.refresh());
                actions
            }
        }
    }

    fn userinfo(&mut self, reply: &Reply) -> Vec<Action> {
        let judgement = if reply.status == 200 {
            let check = tokens::userinfo(self.tokens.id.as_ref(), &reply.body, reply.media_type());
            Judgement::pass(vec![check], &["The access token was taken."])
        } else {
            Judgement::fail(reply.refusal().why(Step::Use))
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.refresh());
        actions
    }

    fn refresh(&mut self) -> Vec<Action> {
        let Some(refresh_token) = self.tokens.refresh.clone() else { return self.clean_up() };
        self.stage = Stage::Refresh;
        let call = Call::Refresh { endpoint: self.metadata.token.clone(), refresh_token };
        vec![Action::Send { step: Step::Refresh, title: "POST /token: refresh".into(), call }]
    }

    fn refreshed(&mut self, reply: &Reply) -> Vec<Action> {
        let judgement = match Tokens::read(&reply.body).filter(|_| reply.status == 200) {
            Some(after) => {
                let checks = tokens::refreshed(&self.tokens, &after);
                self.tokens.refresh = after.refresh.or(self.tokens.refresh.take());
                self.tokens.access = after.access.or(self.tokens.access.take());
                Judgement::pass(checks, &["The refresh token gave new tokens without the person."])
            }
            None => Judgement::fail(reply.refusal().why(Step::Refresh)),
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.clean_up());
        actions
    }

    // ── clean-up ────────────────────────────────────────────────────────────────────────────────────────────────────────

    fn clean_up(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(seconds) = self.tokens.access.take().and(self.tokens.expires_in) {
            let length = crate::text::time::length(u64::try_from(seconds).unwrap_or(0));
            actions
                .push(Action::Left(format!("access token: was not revoked, ends by itself within {length}")));
        }
        match (self.tokens.refresh.clone(), self.metadata.revocation.clone()) {
            (Some(token), Some(url)) => {
                let form = [("token", token.expose()), ("token_type_hint", "refresh_token")];
                let request = Outgoing::client_form(url, &form, &self.spec, self.spec.authentication);
                actions.extend(self.send(Stage::Revoke, Step::Use, "POST /revoke: refresh token", request));
            }
            (Some(_), None) => {
                actions.push(Action::Left(
                    "refresh token: not revoked, the metadata name no revocation endpoint".into(),
                ));
                actions.extend(self.end_session());
            }
            (None, _) => actions.extend(self.end_session()),
        }
        actions
    }

    fn revoked(&mut self, reply: Option<&Reply>) -> Vec<Action> {
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
            if self.tries > 0 || self.password.is_none() {
                actions.push(Action::Left(
                    "Okta session: no session cookie was set, nothing to close here".into(),
                ));
            }
            actions.push(self.done());
            return actions;
        }
        let request = match (&self.tokens.id, &self.metadata.end_session, &self.spec.org_url) {
            (Some(id), Some(url), _) => Outgoing::browse(with_query(url, &[("id_token_hint", id.expose())])),
            (_, _, Some(org)) => {
                let url = format!("{}/api/v1/sessions/me", org.trim_end_matches('/'));
                Outgoing { method: "DELETE", ..Outgoing::get(url) }
            }
            _ => {
                let left = Action::Left("Okta session: NOT closed, it ends by itself".into());
                return vec![left, self.done()];
            }
        };
        let title = if request.method == "GET" { "GET /logout" } else { "DELETE session" };
        self.send(Stage::EndSession, Step::Use, title, request)
    }

    fn session_ended(&mut self, reply: Option<&Reply>) -> Vec<Action> {
        self.session = false;
        let done = reply.is_some_and(|reply| (200..400).contains(&reply.status));
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(tidied(done, reply, Step::Use)));
        }
        let what = if done { "closed" } else { "NOT closed, it ends by itself" };
        actions.push(Action::Left(format!("Okta session: {what}")));
        actions.push(self.done());
        actions
    }

    fn done(&mut self) -> Action {
        self.stage = Stage::Done;
        let judged_not = if self.spec.identity_engine {
            "the app's own sign-in policy was not judged: this way meets the session policy only"
        } else {
            "the gateway's half was not judged: its callback, and the secret in its form"
        };
        Action::Done { stopped: self.stopped, judged_not: judged_not.to_owned() }
    }

    // ── what may happen at any step ─────────────────────────────────────────────────────────────────────────────────────

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

    fn no_answer(&mut self, stage: &Stage, why: &NoAnswer) -> Vec<Action> {
        let judgement = |verdict| {
            let mut lines = vec![why.sentence.clone()];
            if why.maybe_sent && matches!(stage, Stage::Token) {
                lines.push("The code may have been used up: start again rather than try it again.".into());
            }
            if why.maybe_sent && matches!(stage, Stage::Password) {
                lines.push(
                    "The password may have arrived: this may count as one of the person's attempts.".into(),
                );
            }
            Action::Judge(Judgement { verdict: Some(verdict), why: lines, ..Judgement::default() })
        };
        let mut actions = vec![judgement(Verdict::Fail)];
        match stage {
            Stage::Revoke | Stage::EndSession => {
                actions = vec![judgement(Verdict::Warn)];
                let revoke = matches!(stage, Stage::Revoke);
                actions.extend(if revoke { self.revoked(None) } else { self.session_ended(None) });
            }
            Stage::Keys { .. } => actions.extend(self.verified(Err("no answer came."))),
            Stage::UserInfo => actions.extend(self.refresh()),
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

    fn stop(&mut self, stage: &Stage) -> Vec<Action> {
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
}

fn id_token_title() -> String {
    format!("ID token, {} checks", id_token::COUNT)
}

fn not_run(to: Party, step: Step, title: &str, why: &str) -> Action {
    Action::Here(LocalHop { to, step, title: title.to_owned(), judgement: Judgement::not_run(&[why]) })
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
