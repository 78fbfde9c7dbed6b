//! The authorization code flow with PKCE, the person signing in in the terminal, in a browser, or through a plain form.
//!
//! Discovery, sign-in, authorize, (callback not sent), token, keys, ID token, userinfo, refresh, clean-up; with `whole_life` also
//! introspection, the replaced refresh token once more, and proof that what was revoked is gone. What fails ends the
//! run: the steps after it are in the trace as *not run*, and what was obtained is still cleaned up.

mod browser;
mod callback;
mod clean_up;
mod device;
mod pages;
mod sign_out;
mod terminal;
mod used;

use super::authn::Factor;
use super::held::{Held, Holdings};
use super::metadata::{self, Metadata};
use super::reply::{NoAnswer, Reply};
use super::request::{Outgoing, with_query};
use super::{Action, Call, Input, Judgement, LocalHop, lines};
use crate::flow::checks::clock::Skew;
use crate::flow::checks::tokens::{self, Tokens};
use crate::flow::checks::{answer, id_token};
use crate::flow::trace::{Party, Step, Verdict, Way};
use crate::flow::{Random, Spec};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// What waits for an answer.
enum Stage {
    Start,
    Discovery,
    Password,
    AskPasscode,
    Passcode,
    Authorize,
    /// The browser's answer.
    AskPaste,
    /// The answer of the device authorization endpoint.
    DeviceBegin,
    /// The pause before the next question.
    DevicePause,
    DevicePoll,
    /// A page on the way, at this address.
    Page {
        url: String,
        title: String,
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
    /// A sign-out that names an address which is not registered.
    SignOutElsewhere,
    EndSession,
    Done,
}

/// The run.
pub(super) struct CodeFlow {
    spec: Spec,
    password: Option<Secret>,
    state: Secret,
    nonce: Secret,
    /// `state` of the sign-out.
    sign_out_state: Secret,
    verifier: Secret,
    /// The PKCE challenge as it was sent.
    challenge: String,
    /// What the browser was to open.
    browser_url: Option<Secret>,
    /// Redirects and pages so far.
    pages: u32,
    stage: Stage,
    metadata: Metadata,
    /// A device code that waits for its person.
    device: Option<device::DeviceCode>,
    /// Of a sign-in that waits for a second factor.
    state_token: Option<Secret>,
    factors: Vec<Factor>,
    tries: u32,
    /// Whether a session token was handed to `/authorize`, and whether a session cookie came back.
    asked_for_session: bool,
    session: bool,
    tried_elsewhere: bool,
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
            sign_out_state: encode(&random.code),
            verifier: encode(&random.verifier),
            challenge: String::new(),
            browser_url: None,
            pages: 0,
            stage: Stage::Start,
            metadata: Metadata::default(),
            device: None,
            state_token: None,
            factors: Vec::new(),
            tries: 0,
            asked_for_session: false,
            session: false,
            tried_elsewhere: false,
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
            (Stage::AskPaste, Input::Pasted(text)) => self.pasted(&text),
            (Stage::DevicePause, Input::Waited) => self.device_poll(),
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
            Stage::Authorize => self.authorized(reply),
            Stage::Page { url, title } => self.paged(&url, &title, reply),
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
            Stage::SignOutElsewhere => self.signed_out_elsewhere(Some(reply)),
            Stage::EndSession => self.session_ended(Some(reply)),
            Stage::DeviceBegin => self.device_began(reply),
            Stage::DevicePoll => self.device_polled(reply),
            Stage::Start | Stage::AskPasscode | Stage::AskPaste | Stage::DevicePause | Stage::Done => {
                Vec::new()
            }
        }
    }

    fn start(&mut self) -> Vec<Action> {
        let missing = match (self.spec.way, &self.spec.org_url, &self.spec.login, &self.password) {
            (Way::Browser | Way::Device, _, _, _) => None,
            (Way::Terminal, None, _, _) => {
                Some("Signing in here needs an Okta org; for another provider, use its form or a browser.")
            }
            (_, _, None, _) => Some("Nobody was named to sign in."),
            (_, _, _, None) => Some("No password was given."),
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
        actions.extend(match self.spec.way {
            Way::Browser => self.sign_in_by_browser(),
            Way::Form => self.sign_in_by_form(),
            Way::Device => self.sign_in_by_device(),
            _ => self.sign_in_here(),
        });
        actions
    }

    /// The authorization request as an address, `more` added.
    fn authorize_url(&mut self, more: &[(&str, &str)]) -> String {
        self.challenge = answer::challenge(&self.verifier);
        let scope = self.spec.scopes.join(" ");
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.spec.client_id.as_str()),
            ("redirect_uri", self.spec.redirect_uri.as_str()),
            ("scope", scope.as_str()),
            ("state", self.state.expose()),
            ("nonce", self.nonce.expose()),
            ("code_challenge", self.challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        pairs.extend_from_slice(more);
        // OIDC Core §11 asks for it where offline access is wanted; some servers give no refresh token without. Okta has its own rule:
        // the policy decides.
        let offline = self.spec.scopes.iter().any(|scope| scope == used::OFFLINE);
        if self.spec.org_url.is_none() && offline {
            pairs.push(("prompt", "consent"));
        }
        with_query(&self.metadata.authorization, &pairs)
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
            if self.spec.way == Way::Browser && reply.refusal().code == "invalid_grant" {
                why.push("The browser took the code to its redirect URI first: if something there spent it, this says nothing of the client.".into());
            }
            if reply.status == 200 {
                why = vec![format!("Okta answered 200 with {} instead of tokens.", reply.kind_of_body())];
            }
            let mut actions = vec![Action::Judge(Judgement::fail(why))];
            actions.extend(self.abandon(Step::Verify));
            return actions;
        };
        let checks = tokens::response(&tokens, &self.spec.scopes, reply.header("cache-control"));
        let why = match self.spec.way {
            Way::Device => "The person approved: Okta took the device code, and gave tokens.",
            _ => "Okta took the code, the verifier and the client's proof of itself, and gave tokens.",
        };
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
        if matches!(&stage, Stage::DevicePoll) {
            return self.device_unanswered(why);
        }
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
            Stage::Cancel
            | Stage::Revoke(_)
            | Stage::Gone(_)
            | Stage::SignOutElsewhere
            | Stage::EndSession => {
                actions = vec![judgement(Verdict::Warn)];
                actions.extend(match stage {
                    Stage::Cancel => self.cancelled(None),
                    Stage::Revoke(held) => self.revoked(held, None),
                    Stage::Gone(held) => self.gone(&held, None),
                    Stage::SignOutElsewhere => self.signed_out_elsewhere(None),
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
            Stage::Authorize | Stage::Page { .. } | Stage::DeviceBegin => {
                actions.extend(self.abandon(Step::Token))
            }
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
