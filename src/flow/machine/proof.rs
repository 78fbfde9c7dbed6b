//! The A/B test of the client's proof of itself: the token endpoint with a made-up code, once for each way to send the secret.
//!
//! A server that knows the client answers `invalid_grant` to the code, one that does not answers `invalid_client`. So the answers side
//! by side tell a wrong secret from a wrong method from a wrong encoding, and nobody signs in. A secret with one character altered is
//! sent as well: if that is taken, the server looks at the code first, and nothing is proved. RFC 6749 does not fix that order.

use super::metadata::{self, Metadata};
use super::reply::{NoAnswer, Reply};
use super::request::Outgoing;
use super::{Action, Call, Input, Judgement, LocalHop, lines};
use crate::flow::checks::Judged;
use crate::flow::trace::{Party, Step, Verdict};
use crate::flow::{ClientAuth, Random, Spec};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::collections::VecDeque;

const METHOD: &str = "RFC 6749 §2.3.1; OIDC Core §9";
const CONCLUSION: &str = "what the answers say together";

/// A way to send the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variant {
    /// As the app is set.
    AsSet,
    /// By the other method.
    Other,
    /// In the header, but not form-encoded first, as many clients do it.
    Raw,
    /// As the app is set, one character altered.
    Altered,
}

/// What an answer to the made-up code says of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// `invalid_grant`: it was known.
    Known,
    /// `invalid_client`: it was not.
    Unknown,
    /// Neither.
    Unclear,
}

enum Stage {
    Start,
    Discovery,
    Sent(Variant),
    Done,
}

pub(super) struct Proof {
    spec: Spec,
    code: Secret,
    verifier: Secret,
    stage: Stage,
    metadata: Metadata,
    to_send: VecDeque<Variant>,
    said: Vec<(Variant, Said)>,
    stopped: bool,
}

impl Proof {
    pub(super) fn new(spec: Spec, random: &Random) -> Self {
        let encode = |bytes: &[u8]| Secret::new(URL_SAFE_NO_PAD.encode(bytes));
        Self {
            code: encode(&random.code),
            verifier: encode(&random.verifier),
            spec,
            stage: Stage::Start,
            metadata: Metadata::default(),
            to_send: VecDeque::new(),
            said: Vec::new(),
            stopped: false,
        }
    }

    pub(super) fn step(&mut self, input: Input) -> Vec<Action> {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        match (stage, input) {
            (Stage::Done, _) => Vec::new(),
            (_, Input::Stop) => {
                self.stopped = true;
                self.done()
            }
            (Stage::Start, Input::Start) => self.start(),
            (Stage::Discovery, Input::Answer(Ok(reply))) => self.discovered(&reply),
            (Stage::Sent(variant), Input::Answer(Ok(reply))) => self.answered(variant, &reply),
            (_, Input::Answer(Err(why))) => self.no_answer(&why),
            (stage, _) => {
                self.stage = stage;
                Vec::new()
            }
        }
    }

    fn start(&mut self) -> Vec<Action> {
        let why = match (&self.spec.client_secret, self.spec.authentication) {
            (_, ClientAuth::None) => "This client has no secret (none): there is nothing to tell apart.",
            (None, _) => "The secret is not known here, so it cannot be tried.",
            (Some(_), _) => {
                let request = Outgoing::get(&self.spec.discovery_url);
                return self.send(Stage::Discovery, Step::Authorize, "GET discovery", request);
            }
        };
        let judgement = Judgement::fail(lines(&[why]));
        let mut actions = vec![here("the client's secret", judgement)];
        actions.extend(self.done());
        actions
    }

    fn discovered(&mut self, reply: &Reply) -> Vec<Action> {
        let (metadata, judgement) = metadata::judge(reply, &self.spec);
        let mut actions = vec![Action::Judge(judgement)];
        let Some(metadata) = metadata else {
            actions.push(here(CONCLUSION, Judgement::not_run(&["An earlier step failed."])));
            actions.extend(self.done());
            return actions;
        };
        self.metadata = metadata;
        self.to_send = [Variant::AsSet, Variant::Other].into();
        if self.encoding_matters() {
            self.to_send.push_back(Variant::Raw);
        }
        self.to_send.push_back(Variant::Altered);
        actions.extend(self.next());
        actions
    }

    /// Whether form-encoding changes the id or the secret: else both spellings of the header are the same bytes.
    fn encoding_matters(&self) -> bool {
        let changed = |raw: &str| encoded(raw) != raw;
        let secret = self.spec.client_secret.as_ref().is_some_and(|secret| changed(secret.expose()));
        secret || changed(&self.spec.client_id)
    }

    fn next(&mut self) -> Vec<Action> {
        let Some(variant) = self.to_send.pop_front() else { return self.conclude() };
        let request = self.request(variant);
        let title = format!("POST /token, made-up code, {}", self.words(variant));
        self.send(Stage::Sent(variant), Step::Token, &title, request)
    }

    fn method(&self, variant: Variant) -> ClientAuth {
        match (variant, self.spec.authentication) {
            (Variant::Raw, _) | (Variant::Other, ClientAuth::Post) => ClientAuth::Basic,
            (Variant::Other, _) => ClientAuth::Post,
            (_, set) => set,
        }
    }

    fn words(&self, variant: Variant) -> String {
        let method = self.method(variant).name();
        match variant {
            Variant::AsSet => format!("{method}, as the app is set"),
            Variant::Other => method.to_owned(),
            Variant::Raw => format!("{method}, not form-encoded"),
            Variant::Altered => format!("{method}, secret altered"),
        }
    }

    /// The right redirect URI and a well-formed verifier go along, so that the code is the one thing wrong.
    fn request(&self, variant: Variant) -> Outgoing {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", self.code.expose()),
            ("redirect_uri", self.spec.redirect_uri.as_str()),
            ("code_verifier", self.verifier.expose()),
        ];
        let url = &self.metadata.token;
        let method = self.method(variant);
        match (variant, &self.spec.client_secret) {
            (Variant::Raw, Some(secret)) => {
                let both = format!("{}:{}", self.spec.client_id, secret.expose());
                let bare = Spec { client_secret: None, client_id: String::new(), ..self.spec.clone() };
                let mut request = Outgoing::client_form(url, &form, &bare, ClientAuth::Basic);
                request.headers.push(("authorization", format!("Basic {}", STANDARD.encode(both))));
                request
            }
            (Variant::Altered, Some(secret)) => {
                let altered = Spec { client_secret: Some(altered(secret)), ..self.spec.clone() };
                Outgoing::client_form(url, &form, &altered, method)
            }
            _ => Outgoing::client_form(url, &form, &self.spec, method),
        }
    }

    fn answered(&mut self, variant: Variant, reply: &Reply) -> Vec<Action> {
        let refusal = reply.refusal();
        let said = match refusal.code.as_str() {
            "invalid_grant" => Said::Known,
            "invalid_client" => Said::Unknown,
            // It differs from one that was understood by its encoding alone, which some servers call malformed.
            "invalid_request" if variant == Variant::Raw => Said::Unknown,
            _ => Said::Unclear,
        };
        let (verdict, what) = match (variant, said) {
            (_, Said::Unclear) => {
                (Verdict::Warn, "This answer says neither that the client is known nor that it is not.")
            }
            (Variant::Altered, Said::Known) => (
                Verdict::Warn,
                "A wrong secret is answered like a right one: the server looks at the code first.",
            ),
            (Variant::Altered, Said::Unknown) => {
                (Verdict::Pass, "A wrong secret is refused, so the other answers prove what they say.")
            }
            (_, Said::Known) => {
                (Verdict::Pass, "The code was judged, so the client was known: this way works.")
            }
            (Variant::AsSet, Said::Unknown) => {
                (Verdict::Warn, "The client was not known in the way that the app is set.")
            }
            (_, Said::Unknown) => (Verdict::Pass, "This way is not taken."),
        };
        self.said.push((variant, said));
        let mut checks = Vec::new();
        if self.method(variant) == ClientAuth::Basic && refusal.code == "invalid_client" {
            let good = reply.status == 401 && reply.header("www-authenticate").is_some();
            let verdict = if good { Verdict::Pass } else { Verdict::Warn };
            let sentence = "A client refused by its header is answered 401 with WWW-Authenticate.";
            let sentence = if good { sentence.to_owned() } else { format!("Not so here: {sentence}") };
            checks.push(Judged::new("challenge", verdict, sentence, "RFC 6749 §5.2"));
        }
        let why = vec![refusal.quoted(), what.to_owned()];
        let mut actions =
            vec![Action::Judge(Judgement { verdict: Some(verdict), why, checks, ..Judgement::default() })];
        actions.extend(self.next());
        actions
    }

    fn said(&self, variant: Variant) -> Option<Said> {
        self.said.iter().find(|(v, _)| *v == variant).map(|(_, said)| *said)
    }

    /// What the answers say together, as a hop of its own.
    fn conclude(&mut self) -> Vec<Action> {
        let known = |variant| self.said(variant) == Some(Said::Known);
        let set = self.spec.authentication.name();
        let other = self.method(Variant::Other).name();
        let not_run =
            |name: &'static str, sentence: &str| Judged::new(name, Verdict::NotRun, sentence, METHOD);
        let checks = if self.said(Variant::Altered) != Some(Said::Unknown) {
            let sentence = "This server does not tell a wrong secret from a right one before it looks at the code: only a real sign-in can.";
            vec![Judged::new("order", Verdict::Warn, sentence, "RFC 6749 §5.2 fixes no order")]
        } else if known(Variant::AsSet) {
            let both = if known(Variant::Other) {
                format!("{set} is taken, as the app is set; {other} is taken as well.")
            } else {
                format!("{set} is taken, as the app is set; {other} is not.")
            };
            vec![
                Judged::new("secret", Verdict::Pass, "The client ID and the secret are right.", METHOD),
                Judged::new("method", Verdict::Pass, both, METHOD),
                self.encoding(),
            ]
        } else if known(Variant::Other) {
            let sentence = format!("The app takes the secret by {other}, not by {set}.");
            vec![
                Judged::new("secret", Verdict::Pass, "The client ID and the secret are right.", METHOD),
                Judged::new("method", Verdict::Fail, sentence, METHOD).values(other, set),
                self.encoding(),
            ]
        } else if known(Variant::Raw) {
            vec![
                Judged::new("secret", Verdict::Pass, "The client ID and the secret are right.", METHOD),
                self.encoding(),
            ]
        } else if self.said.iter().any(|(_, said)| *said == Said::Unclear) {
            vec![not_run("secret", "The answers say neither that the secret is right nor that it is wrong.")]
        } else {
            let sentence = "No way to send it is taken: the client ID or the secret is wrong, or the client is not active.";
            vec![
                Judged::new("secret", Verdict::Fail, sentence, METHOD),
                not_run("method", "It cannot be told while the secret is wrong."),
            ]
        };
        let why: Vec<String> = checks.iter().map(|check| check.sentence.clone()).collect();
        let judgement = Judgement { checks, why, ..Judgement::default() }.or(Verdict::NotRun);
        let mut actions = vec![here(CONCLUSION, judgement)];
        actions.extend(self.done());
        actions
    }

    fn encoding(&self) -> Judged {
        const SOURCE: &str = "RFC 6749 §2.3.1, App. B";
        let encoded = [Variant::AsSet, Variant::Other]
            .into_iter()
            .find(|variant| self.method(*variant) == ClientAuth::Basic)
            .and_then(|variant| self.said(variant));
        let (verdict, sentence) = match (encoded, self.said(Variant::Raw)) {
            (_, None) => (
                Verdict::NotRun,
                "Nothing in the client ID or the secret is changed by form-encoding: both spellings are the same.",
            ),
            (Some(Said::Known), Some(Said::Known)) => {
                (Verdict::Pass, "In the header it is taken form-encoded and as it is.")
            }
            (Some(Said::Known), _) => (
                Verdict::Warn,
                "In the header it is taken form-encoded only, as RFC 6749 asks: a gateway that does not encode is refused.",
            ),
            (_, Some(Said::Known)) => (
                Verdict::Fail,
                "In the header it is taken only when it is not form-encoded: a client that keeps to RFC 6749 is refused. A secret of letters and digits alone avoids it.",
            ),
            _ => (Verdict::NotRun, "The header is not taken at all, so its encoding cannot be judged."),
        };
        Judged::new("encoding", verdict, sentence, SOURCE)
    }

    fn no_answer(&mut self, why: &NoAnswer) -> Vec<Action> {
        let mut actions = vec![Action::Judge(Judgement::fail(vec![why.sentence.clone()]))];
        actions.push(here(CONCLUSION, Judgement::not_run(&["A request got no answer."])));
        actions.extend(self.done());
        actions
    }

    fn send(&mut self, stage: Stage, step: Step, title: &str, request: Outgoing) -> Vec<Action> {
        self.stage = stage;
        vec![Action::Send { step, title: title.to_owned(), call: Call::Http(request) }]
    }

    fn done(&mut self) -> Vec<Action> {
        self.stage = Stage::Done;
        let mut actions = Vec::new();
        if !self.said.is_empty() {
            let many = crate::text::plural(self.said.len(), "failed token request");
            actions
                .push(Action::Left(format!("the server's log: {many} of this client, with a made-up code")));
        }
        let judged_not = "nobody signed in: only the client's proof of itself was judged";
        actions.push(Action::Done { stopped: self.stopped, judged_not: judged_not.to_owned() });
        actions
    }
}

fn encoded(raw: &str) -> String {
    url::form_urlencoded::byte_serialize(raw.as_bytes()).collect()
}

/// The secret with its last character replaced by another letter, so that length and alphabet stay.
fn altered(secret: &Secret) -> Secret {
    let mut characters: Vec<char> = secret.expose().chars().collect();
    if let Some(last) = characters.last_mut() {
        *last = if *last == 'a' { 'b' } else { 'a' };
    }
    Secret::new(characters.into_iter().collect::<String>())
}

fn here(title: &str, judgement: Judgement) -> Action {
    Action::Here(LocalHop { to: Party::Here, step: Step::Token, title: title.to_owned(), judgement })
}
