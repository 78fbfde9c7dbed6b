//! The battery: mistakes and attacks that a server must refuse, one request each, without anybody signing in.
//!
//! Discovery; the good request, since refusals prove nothing where it is refused as well; the cases of [`cases`]; the score. Nothing is
//! followed, no code and no token is ever got, so nothing is burnt; what stays are refusals in the server's log.

mod cases;

use super::metadata::{self, Metadata};
use super::reply::{NoAnswer, Reply};
use super::request::{Outgoing, with_query};
use super::{Action, Call, Input, Judgement, LocalHop, lines};
use crate::flow::checks::{Judged, answer};
use crate::flow::trace::{Party, Step, Verdict, lift};
use crate::flow::{Random, Spec};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cases::{CASES, Case, Weight};

/// The errors that say: nobody is signed in, and all else was accepted (OIDC Core §3.1.2.6).
const ACCEPTED: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it must be.
    Refused,
    /// It got through.
    Accepted,
    /// The answer says neither: a rate limit, an error of the server's own.
    Unclear,
}

/// What the requests are made of.
pub(super) struct Facts {
    pub spec: Spec,
    pub metadata: Metadata,
    pub state: Secret,
    pub nonce: Secret,
    pub verifier: Secret,
    pub challenge: String,
    pub code: Secret,
}

enum Stage {
    Start,
    Discovery,
    Good,
    Case(usize),
    Done,
}

pub(super) struct Battery {
    facts: Facts,
    stage: Stage,
    judged: Vec<Judged>,
    refusals: usize,
    stopped: bool,
}

impl Facts {
    /// The authorization request, `changes` made: a value in place of its own, or none for one that is left out.
    pub fn authorize(&self, changes: &[(&str, Option<&str>)]) -> Outgoing {
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
            ("prompt", "none"),
        ];
        for (name, value) in changes {
            pairs.retain(|(n, _)| n != name);
            pairs.extend(value.map(|value| (*name, value)));
        }
        Outgoing::browse(with_query(&self.metadata.authorization, &pairs)).without_cookies()
    }

    /// How the server took an authorization request whose answer would go to `redirect_uri`.
    pub fn taken(&self, redirect_uri: &str, reply: &Reply) -> Outcome {
        let to_it = reply.location().filter(|to| to.starts_with(redirect_uri) && !redirect_uri.is_empty());
        if let Some(location) = to_it {
            let pairs = lift::pairs(location);
            let error = pairs.iter().find(|(name, _)| name == "error").map(|(_, value)| value.as_str());
            return match error {
                // An error is only ever sent to a redirect URI that is good.
                _ if redirect_uri != self.spec.redirect_uri => Outcome::Accepted,
                Some(error) if !ACCEPTED.contains(&error) => Outcome::Refused,
                _ => Outcome::Accepted,
            };
        }
        let own = reply.location().filter(|to| to.starts_with(&self.spec.redirect_uri));
        match reply.status {
            // The answer went to the redirect URI of the client: the one asked for was not used.
            _ if own.is_some() => Outcome::Refused,
            429 | 500.. => Outcome::Unclear,
            400..=499 => Outcome::Refused,
            _ if reply.starts_sign_in() => Outcome::Accepted,
            _ => Outcome::Unclear,
        }
    }
}

impl Battery {
    pub(super) fn new(spec: Spec, random: &Random) -> Self {
        let encode = |bytes: &[u8]| Secret::new(URL_SAFE_NO_PAD.encode(bytes));
        let verifier = encode(&random.verifier);
        let facts = Facts {
            state: encode(&random.state),
            nonce: encode(&random.nonce),
            challenge: answer::challenge(&verifier),
            verifier,
            code: encode(&random.code),
            metadata: Metadata::default(),
            spec,
        };
        Self { facts, stage: Stage::Start, judged: Vec::new(), refusals: 0, stopped: false }
    }

    pub(super) fn step(&mut self, input: Input) -> Vec<Action> {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        match (stage, input) {
            (Stage::Done, _) => Vec::new(),
            (_, Input::Stop) => {
                self.stopped = true;
                self.score()
            }
            (Stage::Start, Input::Start) => {
                let request = Outgoing::get(&self.facts.spec.discovery_url);
                self.send(Stage::Discovery, Step::Authorize, "GET discovery", request)
            }
            (Stage::Discovery, Input::Answer(Ok(reply))) => self.discovered(&reply),
            (Stage::Good, Input::Answer(Ok(reply))) => self.good(&reply),
            (Stage::Case(at), Input::Answer(Ok(reply))) => self.answered(at, &reply),
            (_, Input::Answer(Err(why))) => self.no_answer(&why),
            (stage, _) => {
                self.stage = stage;
                Vec::new()
            }
        }
    }

    fn discovered(&mut self, reply: &Reply) -> Vec<Action> {
        let (metadata, judgement) = metadata::judge(reply, &self.facts.spec);
        let mut actions = vec![Action::Judge(judgement)];
        match metadata {
            Some(metadata) => {
                self.facts.metadata = metadata;
                let request = self.facts.authorize(&[]);
                actions.extend(self.send(
                    Stage::Good,
                    Step::Authorize,
                    "GET /authorize, all as it should be",
                    request,
                ));
            }
            None => actions.extend(self.score()),
        }
        actions
    }

    fn good(&mut self, reply: &Reply) -> Vec<Action> {
        let outcome = self.facts.taken(&self.facts.spec.redirect_uri, reply);
        if outcome != Outcome::Accepted {
            let mut why = reply.refusal().why(Step::Authorize);
            why.push(
                "The good request is refused: then refusals of bad ones prove nothing, and none is sent."
                    .into(),
            );
            let mut actions = vec![Action::Judge(Judgement::fail(why))];
            actions.extend(self.score());
            return actions;
        }
        let why = "The good request is accepted, so a refusal is of what is wrong with a request.";
        let mut actions = vec![Action::Judge(Judgement::pass(Vec::new(), &[why]))];
        actions.extend(self.next(0));
        actions
    }

    /// Sends the first case from `at` on that applies here.
    fn next(&mut self, at: usize) -> Vec<Action> {
        let mut actions = Vec::new();
        for (at, case) in CASES.iter().enumerate().skip(at) {
            match (case.request)(&self.facts) {
                Ok(request) => {
                    let title = format!("{} {}", request.method, case.title);
                    actions.extend(self.send(Stage::Case(at), case.step, &title, request));
                    return actions;
                }
                Err(why) => self.judged.push(Judged::new(case.name, Verdict::NotRun, why, case.source)),
            }
        }
        actions.extend(self.score());
        actions
    }

    fn answered(&mut self, at: usize, reply: &Reply) -> Vec<Action> {
        let Some(case) = CASES.get(at) else { return self.score() };
        let outcome = (case.outcome)(&self.facts, reply);
        let judged = judge(case, outcome, reply);
        if outcome == Outcome::Refused {
            self.refusals += 1;
        }
        let why = lines(&[&judged.sentence, case.danger]);
        let judgement = Judgement { checks: vec![judged.clone()], why, ..Judgement::default() };
        let mut actions = vec![Action::Judge(judgement.or(Verdict::NotRun))];
        self.judged.push(judged);
        if reply.status == 429 {
            let rest = CASES.iter().skip(at + 1);
            let why = "The server's rate limit was reached; the rest is not sent.";
            self.judged.extend(rest.map(|case| Judged::new(case.name, Verdict::NotRun, why, case.source)));
            actions.extend(self.score());
        } else {
            actions.extend(self.next(at + 1));
        }
        actions
    }

    fn no_answer(&mut self, why: &NoAnswer) -> Vec<Action> {
        let mut actions = vec![Action::Judge(Judgement::fail(vec![why.sentence.clone()]))];
        actions.extend(self.score());
        actions
    }

    /// The score, as a hop of its own, with every case.
    fn score(&mut self) -> Vec<Action> {
        self.stage = Stage::Done;
        let count = |verdict| self.judged.iter().filter(|judged| judged.verdict == verdict).count();
        let (good, odd, bad) = (count(Verdict::Pass), count(Verdict::Warn), count(Verdict::Fail));
        let run = good + odd + bad;
        let mut why = vec![format!("{good} of {run} mistakes and attacks were refused.")];
        if bad > 0 {
            why.push(format!("{bad} that a server must refuse got through."));
        }
        if odd > 0 {
            why.push(format!("{odd} that a server should refuse got through."));
        }
        let left_out = CASES.len().saturating_sub(run);
        if left_out > 0 {
            why.push(format!("{left_out} were not run, or do not apply here."));
        }
        // The hops have the verdicts; here they are only counted, so that a failure is told where it happened.
        let verdict = if run == 0 { Verdict::NotRun } else { Verdict::Pass };
        let title = format!("score: {good} of {run} refused");
        let judgement =
            Judgement { verdict: Some(verdict), checks: self.judged.clone(), why, ..Judgement::default() };
        let mut actions = vec![Action::Here(LocalHop { to: Party::Here, step: Step::Use, title, judgement })];
        if self.refusals > 0 {
            let many = crate::text::plural(self.refusals, "refused request");
            actions.push(Action::Left(format!("the server's log: {many} of this client")));
        }
        let judged_not = "nobody signed in: what a server does with a real code, and with a person's session, was not judged";
        actions.push(Action::Done { stopped: self.stopped, judged_not: judged_not.to_owned() });
        actions
    }

    fn send(&mut self, stage: Stage, step: Step, title: &str, request: Outgoing) -> Vec<Action> {
        self.stage = stage;
        vec![Action::Send { step, title: title.to_owned(), call: Call::Http(request) }]
    }
}

fn judge(case: &Case, outcome: Outcome, reply: &Reply) -> Judged {
    let said = reply.refusal().quoted();
    let (verdict, sentence) = match (outcome, case.weight) {
        (Outcome::Refused, _) => (Verdict::Pass, format!("Refused, as it must be. {said}")),
        (Outcome::Accepted, Weight::Must) => {
            (Verdict::Fail, "It got through. It must be refused.".to_owned())
        }
        (Outcome::Accepted, Weight::Should) => {
            (Verdict::Warn, "It got through. It should be refused.".to_owned())
        }
        (Outcome::Unclear, _) => (Verdict::NotRun, format!("The answer says neither. {said}")),
    };
    let status = reply
        .location()
        .map_or_else(|| reply.status.to_string(), |_| format!("{}, a redirect", reply.status));
    Judged::new(case.name, verdict, sentence, case.source).values("refused", status)
}
