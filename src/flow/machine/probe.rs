//! The probe: how far the configuration carries, without any person.
//!
//! Discovery; `/authorize` with `prompt=none` and no cookies; the same with one character of the redirect URI altered, which must
//! be refused; the token endpoint with a made-up code, which tells whether the secret is right. Each verdict says what it
//! proves and what it does not.

use super::metadata::{self, Metadata};
use super::reply::{NoAnswer, Reply};
use super::request::{Outgoing, with_query};
use super::{Action, Call, Input, Judgement, LocalHop, callback_not_sent, lines};
use crate::flow::checks::{Judged, answer};
use crate::flow::explain::Refusal;
use crate::flow::trace::{Party, Step, Verdict, lift};
use crate::flow::{ClientAuth, Random, Spec};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The answers to `prompt=none` that mean: nobody is signed in, and everything up to there was accepted.
const ACCEPTED: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];

enum Stage {
    Start,
    Discovery,
    Authorize { challenge: String },
    Control,
    Secret { authentication: ClientAuth, first: bool },
    Done,
}

pub(super) struct Probe {
    spec: Spec,
    state: Secret,
    nonce: Secret,
    verifier: Secret,
    code: Secret,
    stage: Stage,
    metadata: Metadata,
    secret_judged: bool,
    stopped: bool,
}

impl Probe {
    pub(super) fn new(spec: Spec, random: &Random) -> Self {
        let encode = |bytes: &[u8]| Secret::new(URL_SAFE_NO_PAD.encode(bytes));
        Self {
            spec,
            state: encode(&random.state),
            nonce: encode(&random.nonce),
            verifier: encode(&random.verifier),
            code: encode(&random.code),
            stage: Stage::Start,
            metadata: Metadata::default(),
            secret_judged: false,
            stopped: false,
        }
    }

    pub(super) fn step(&mut self, input: Input) -> Vec<Action> {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        match (stage, input) {
            (Stage::Done, _) => Vec::new(),
            (_, Input::Stop) => {
                self.stopped = true;
                vec![self.done()]
            }
            (Stage::Start, Input::Start) => {
                let request = Outgoing::get(&self.spec.discovery_url);
                self.send(Stage::Discovery, Step::Authorize, "GET discovery", request)
            }
            (Stage::Discovery, Input::Answer(Ok(reply))) => self.discovered(&reply),
            (Stage::Authorize { challenge }, Input::Answer(Ok(reply))) => self.authorized(&challenge, &reply),
            (Stage::Control, Input::Answer(Ok(reply))) => self.controlled(&reply),
            (Stage::Secret { authentication, first }, Input::Answer(Ok(reply))) => {
                self.secret_answered(authentication, first, &reply)
            }
            (stage, Input::Answer(Err(why))) => self.no_answer(&stage, &why),
            (stage, _) => {
                self.stage = stage;
                Vec::new()
            }
        }
    }

    fn discovered(&mut self, reply: &Reply) -> Vec<Action> {
        let (metadata, judgement) = metadata::judge(reply, &self.spec);
        let mut actions = vec![Action::Judge(judgement)];
        match metadata {
            Some(metadata) => {
                self.metadata = metadata;
                let challenge = answer::challenge(&self.verifier);
                let request = self.authorize(&self.spec.redirect_uri, &challenge);
                let title = "GET /authorize, nobody signed in";
                actions.extend(self.send(Stage::Authorize { challenge }, Step::Authorize, title, request));
            }
            None => {
                let why = "An earlier step failed.";
                actions.push(not_run(Step::Authorize, "GET /authorize, nobody signed in", why));
                actions.push(not_run(Step::Authorize, CONTROL_TITLE, why));
                actions.push(not_run(Step::Token, SECRET_TITLE, why));
                actions.push(self.done());
            }
        }
        actions
    }

    /// Without cookies: one from an earlier answer could sign somebody in, or be counted by Okta's limits as the same browser.
    fn authorize(&self, redirect_uri: &str, challenge: &str) -> Outgoing {
        let scope = self.spec.scopes.join(" ");
        let pairs = [
            ("response_type", "code"),
            ("client_id", self.spec.client_id.as_str()),
            ("redirect_uri", redirect_uri),
            ("scope", &scope),
            ("state", self.state.expose()),
            ("nonce", self.nonce.expose()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
            ("prompt", "none"),
        ];
        Outgoing::browse(with_query(&self.metadata.authorization, &pairs)).without_cookies()
    }

    fn authorized(&mut self, challenge: &str, reply: &Reply) -> Vec<Action> {
        let mut actions = Vec::new();
        let accepted = match self.read(reply) {
            Answered::Accepted(code, values) => {
                let mut checks = values;
                checks.push(answer::pkce(&self.verifier, challenge));
                let proves = match code.as_str() {
                    "" => "Okta would start the sign-in here: the request was accepted so far.".to_owned(),
                    code => format!(
                        "{code}: Okta accepted the request and stopped only because nobody is signed in."
                    ),
                };
                let mut judgement = Judgement::pass(
                    checks,
                    &[
                        &proves,
                        "Proves: client ID, redirect URI, response type and the form of PKCE are accepted; usually the scopes too.",
                        "Does not prove: person, assignment, policies, secret. Whether Okta looks at the access policy before anybody is signed in is not documented.",
                    ],
                );
                if code.is_empty() {
                    // prompt=none forbids a page (OIDC Core §3.1.2.1), so this is less than an error would prove.
                    judgement.verdict = Some(Verdict::Warn);
                }
                let title = if code.is_empty() {
                    "GET /authorize → sign-in".to_owned()
                } else {
                    format!("GET /authorize → {code}")
                };
                actions.push(Action::Judge(judgement.titled(title)));
                if !code.is_empty() {
                    actions.push(callback_not_sent(false));
                }
                true
            }
            Answered::Refused(refusal, to_callback, checks) => {
                let title = if to_callback {
                    "GET /authorize → callback?error=…"
                } else {
                    "GET /authorize → error"
                };
                let judgement = Judgement { checks, ..Judgement::fail(refusal.why(Step::Authorize)) };
                actions.push(Action::Judge(judgement.titled(title)));
                if to_callback {
                    actions.push(callback_not_sent(false));
                }
                // An error at the redirect URI was sent there: so the redirect URI was accepted.
                to_callback
            }
            Answered::Code(checks) => {
                let why = "Okta gave a code though nobody signed in here: this client or network signs people in by itself.";
                let judgement = Judgement {
                    checks,
                    verdict: Some(Verdict::Warn),
                    why: lines(&[why]),
                    ..Judgement::default()
                };
                actions.push(Action::Judge(judgement.titled("GET /authorize → callback?code=…")));
                actions.push(callback_not_sent(true));
                true
            }
        };
        match altered(&self.spec.redirect_uri).filter(|_| accepted) {
            Some(uri) => {
                let request = self.authorize(&uri, challenge);
                actions.extend(self.send(Stage::Control, Step::Authorize, CONTROL_TITLE, request));
            }
            None => {
                let why = "The redirect URI itself was not accepted, so there is nothing to compare with.";
                actions.push(not_run(Step::Authorize, CONTROL_TITLE, why));
                actions.extend(self.try_secret(self.spec.authentication, true));
            }
        }
        actions
    }

    fn read(&self, reply: &Reply) -> Answered {
        let to_us = reply.location().filter(|to| to.starts_with(&self.spec.redirect_uri));
        let Some(location) = to_us else {
            if reply.starts_sign_in() {
                return Answered::Accepted(String::new(), Vec::new());
            }
            return Answered::Refused(reply.refusal(), false, Vec::new());
        };
        let pairs = lift::pairs(location.get(self.spec.redirect_uri.len()..).unwrap_or_default());
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let checks = vec![
            answer::redirect_target(&self.spec.redirect_uri, location),
            answer::state(&self.state, value("state")),
            answer::iss(&self.spec.issuer, self.metadata.announces_iss, value("iss")),
        ];
        match value("error") {
            Some(error) if ACCEPTED.contains(&error) => Answered::Accepted(error.to_owned(), checks),
            Some(error) => {
                let words = value("error_description").unwrap_or_default().to_owned();
                let refusal = Refusal { status: Some(reply.status), code: error.to_owned(), words };
                Answered::Refused(refusal, true, checks)
            }
            None => Answered::Code(checks),
        }
    }

    fn controlled(&mut self, reply: &Reply) -> Vec<Action> {
        let to_altered = reply
            .location()
            .is_some_and(|to| altered(&self.spec.redirect_uri).is_some_and(|uri| to.starts_with(&uri)));
        let judgement = if to_altered || reply.starts_sign_in() {
            let why = [
                "Okta accepted a redirect URI with one character altered.",
                "Either that one is registered as well, or a wildcard is: then the hop before proves less than it says.",
            ];
            Judgement { verdict: Some(Verdict::Warn), why: lines(&why), ..Judgement::default() }
        } else if (400..429).contains(&reply.status) {
            let why = "Refused, as it must be: so Okta does compare the redirect URI, and the hop before proves what it says.";
            Judgement::pass(Vec::new(), &[&reply.refusal().quoted(), why])
        } else {
            let refusal = reply.refusal();
            let mut why = refusal.why(Step::Authorize);
            why.push("So the negative control did not run.".into());
            Judgement { verdict: Some(Verdict::NotRun), why, ..Judgement::default() }
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.try_secret(self.spec.authentication, true));
        actions
    }

    fn try_secret(&mut self, authentication: ClientAuth, first: bool) -> Vec<Action> {
        if self.spec.client_secret.is_none() && authentication != ClientAuth::None {
            let why = "The secret is not known here, so it was not judged.";
            return vec![not_run(Step::Token, SECRET_TITLE, why), self.done()];
        }
        self.stage = Stage::Secret { authentication, first };
        let title = format!("{SECRET_TITLE}, {}", authentication.name());
        // The right redirect URI and a well-formed verifier, so that the code is the one thing wrong.
        let call = Call::Exchange {
            endpoint: self.metadata.token.clone(),
            code: self.code.clone(),
            verifier: self.verifier.clone(),
            authentication,
        };
        vec![Action::Send { step: Step::Token, title, call }]
    }

    fn secret_answered(&mut self, authentication: ClientAuth, first: bool, reply: &Reply) -> Vec<Action> {
        let refusal = reply.refusal();
        let other = match authentication {
            ClientAuth::Basic => Some(ClientAuth::Post),
            ClientAuth::Post => Some(ClientAuth::Basic),
            ClientAuth::None => None,
        };
        let judgement = match (refusal.code.as_str(), first) {
            ("invalid_grant", true) => {
                self.secret_judged = true;
                Judgement::pass(
                    Vec::new(),
                    &[
                        &refusal.quoted(),
                        "Okta judged the made-up code only after it knew the client: client ID, secret and method are right.",
                        "Does not prove: the secret in the gateway's form, nor that a real code would be exchanged. Okta logs this as a failed event.",
                    ],
                )
            }
            ("invalid_grant", false) => {
                self.secret_judged = true;
                let set = self.spec.authentication.name();
                let sentence = format!(
                    "The secret is right, but this app takes it by {}, not by {set}.",
                    authentication.name()
                );
                let check = Judged::new("method", Verdict::Fail, sentence, "RFC 6749 §2.3.1; OIDC Core §9")
                    .values(authentication.name(), set);
                Judgement { checks: vec![check], ..Judgement::fail(vec![refusal.quoted()]) }
            }
            ("invalid_client", true) if other.is_some() => {
                let why =
                    vec![refusal.quoted(), "Secret or method is wrong. The other method tells which.".into()];
                let judgement = Judgement { verdict: Some(Verdict::Warn), why, ..Judgement::default() };
                let mut actions = vec![Action::Judge(judgement)];
                actions.extend(self.try_secret(other.unwrap_or(authentication), false));
                return actions;
            }
            ("invalid_client", _) => {
                self.secret_judged = true;
                Judgement::fail(refusal.why(Step::Token))
            }
            _ if refusal.status == Some(429) || reply.status >= 500 => {
                Judgement::fail(refusal.why(Step::Token))
            }
            _ => {
                // RFC 6749 does not say which check comes first, so this proves neither.
                let why = vec![
                    refusal.quoted(),
                    "This answer says neither that the secret is right nor that it is wrong.".into(),
                ];
                Judgement { verdict: Some(Verdict::Warn), why, ..Judgement::default() }
            }
        };
        vec![Action::Judge(judgement), self.done()]
    }

    fn no_answer(&mut self, stage: &Stage, why: &NoAnswer) -> Vec<Action> {
        let mut actions = vec![Action::Judge(Judgement::fail(vec![why.sentence.clone()]))];
        let skipped = "An earlier step got no answer.";
        if matches!(stage, Stage::Discovery) {
            actions.push(not_run(Step::Authorize, "GET /authorize, nobody signed in", skipped));
        }
        if matches!(stage, Stage::Discovery | Stage::Authorize { .. }) {
            actions.push(not_run(Step::Authorize, CONTROL_TITLE, skipped));
        }
        if !matches!(stage, Stage::Secret { .. }) {
            actions.push(not_run(Step::Token, SECRET_TITLE, skipped));
        }
        actions.push(self.done());
        actions
    }

    fn send(&mut self, stage: Stage, step: Step, title: &str, request: Outgoing) -> Vec<Action> {
        self.stage = stage;
        vec![Action::Send { step, title: title.to_owned(), call: Call::Http(request) }]
    }

    fn done(&mut self) -> Action {
        self.stage = Stage::Done;
        let judged_not = if self.secret_judged {
            "nobody signed in: assignment, policies and the exchange of a real code were not judged"
        } else {
            "nobody signed in: assignment, policies, the secret and the exchange of a real code were not judged"
        };
        Action::Done { stopped: self.stopped, judged_not: judged_not.to_owned() }
    }
}

enum Answered {
    /// The error that means so, or nothing for a sign-in page.
    Accepted(String, Vec<Judged>),
    /// The refusal, and whether it went to the redirect URI.
    Refused(Refusal, bool, Vec<Judged>),
    /// A code, though nobody signed in.
    Code(Vec<Judged>),
}

const CONTROL_TITLE: &str = "GET /authorize, redirect URI altered";
const SECRET_TITLE: &str = "POST /token, made-up code";

/// The redirect URI with its last letter or digit replaced by its neighbour; `None` when there is none to replace after the
/// host, since another host must not even be named.
fn altered(uri: &str) -> Option<String> {
    let path = uri.find("://").and_then(|at| Some(at + 3 + uri.get(at + 3..)?.find('/')?))?;
    let (at, c) = uri.char_indices().rfind(|(at, c)| *at > path && c.is_ascii_alphanumeric())?;
    let other = match c {
        'z' => 'y',
        'Z' => 'Y',
        '9' => '8',
        c => char::from_u32(c as u32 + 1)?,
    };
    Some(format!("{}{other}{}", uri.get(..at)?, uri.get(at + 1..)?))
}

fn not_run(step: Step, title: &str, why: &str) -> Action {
    let judgement = Judgement::not_run(&[why]);
    Action::Here(LocalHop { to: Party::Okta, step, title: title.to_owned(), judgement })
}

#[cfg(test)]
mod tests {
    use super::altered;

    #[test]
    fn one_character_after_the_host_is_altered() {
        assert_eq!(
            altered("https://g.example/v1/callback").as_deref(),
            Some("https://g.example/v1/callbacl")
        );
        assert_eq!(altered("https://g.example/cz/").as_deref(), Some("https://g.example/cy/"));
        assert_eq!(altered("https://g.example/"), None);
        assert_eq!(altered("https://g.example"), None);
        assert_eq!(altered("myapp"), None);
    }
}
