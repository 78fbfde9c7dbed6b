//! Client credentials (RFC 6749 §4.4): the client asks for a token of its own, and nobody signs in.
//!
//! Discovery, token, introspection, revocation, introspection again.

use super::held::{self, Held, Holdings};
use super::metadata::{self, Metadata};
use super::reply::{NoAnswer, Reply};
use super::request::Outgoing;
use super::{Action, Call, Input, Judgement, LocalHop};
use crate::flow::checks::clock::Skew;
use crate::flow::checks::life;
use crate::flow::checks::tokens::{self, Tokens};
use crate::flow::trace::{Party, Step, Verdict};
use crate::flow::{ClientAuth, Spec};

enum Stage {
    Start,
    Discovery,
    Token,
    Look(Held),
    Revoke(Held),
    Gone(Held),
    Done,
}

pub(super) struct ClientFlow {
    spec: Spec,
    stage: Stage,
    metadata: Metadata,
    tokens: Tokens,
    holdings: Holdings,
    skew: Option<Skew>,
    stopped: bool,
}

const TOKEN: &str = "POST /token: client credentials";
const LOOK: &str = "POST /introspect: access token";

impl ClientFlow {
    pub(super) fn new(spec: Spec) -> Self {
        Self {
            spec,
            stage: Stage::Start,
            metadata: Metadata::default(),
            tokens: Tokens::default(),
            holdings: Holdings::default(),
            skew: None,
            stopped: false,
        }
    }

    pub(super) fn step(&mut self, input: Input) -> Vec<Action> {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        match (stage, input) {
            (Stage::Done, _) => Vec::new(),
            (stage, Input::Stop) => self.stop(stage),
            (Stage::Start, Input::Start) => self.start(),
            (stage, Input::Answer(Ok(reply))) => {
                self.skew = Skew::measure(reply.header("date"), reply.sent, reply.received).or(self.skew);
                match stage {
                    Stage::Discovery => self.discovered(&reply),
                    Stage::Token => self.answered(&reply),
                    Stage::Look(held) => self.looked_up(&held, &reply),
                    Stage::Revoke(held) => self.revoked(held, Some(&reply)),
                    Stage::Gone(held) => self.gone(&held, Some(&reply)),
                    Stage::Start | Stage::Done => Vec::new(),
                }
            }
            (stage, Input::Answer(Err(why))) => self.no_answer(stage, &why),
            (stage, _) => {
                self.stage = stage;
                Vec::new()
            }
        }
    }

    fn start(&mut self) -> Vec<Action> {
        if self.spec.client_secret.is_none() || self.spec.authentication == ClientAuth::None {
            let why = "Client credentials are for clients that can keep a secret (RFC 6749 §4.4): this run has none.";
            let judgement = Judgement::fail(vec![why.into()]);
            let hop = LocalHop { to: Party::Here, step: Step::Token, title: TOKEN.into(), judgement };
            return vec![Action::Here(hop), self.done()];
        }
        self.send(Stage::Discovery, Step::Authorize, "GET discovery", Outgoing::get(&self.spec.discovery_url))
    }

    fn discovered(&mut self, reply: &Reply) -> Vec<Action> {
        let (metadata, judgement) = metadata::judge(reply, &self.spec);
        let mut actions = vec![Action::Judge(judgement)];
        match metadata {
            Some(metadata) => {
                self.metadata = metadata;
                let scope = self.spec.scopes.join(" ");
                let mut form = vec![("grant_type", "client_credentials")];
                if !scope.is_empty() {
                    form.push(("scope", &scope));
                }
                let endpoint = &self.metadata.token;
                let request = Outgoing::client_form(endpoint, &form, &self.spec, self.spec.authentication);
                actions.extend(self.send(Stage::Token, Step::Token, TOKEN, request));
            }
            None => {
                actions.push(not_run(Step::Token, TOKEN));
                actions.push(not_run(Step::Use, LOOK));
                actions.push(self.done());
            }
        }
        actions
    }

    fn answered(&mut self, reply: &Reply) -> Vec<Action> {
        let Some(tokens) = Tokens::read(&reply.body).filter(|_| reply.status == 200) else {
            let mut why = reply.refusal().why(Step::Token);
            if reply.status == 200 {
                why = vec![format!(
                    "The server answered 200 with {} instead of a token.",
                    reply.kind_of_body()
                )];
            }
            return vec![Action::Judge(Judgement::fail(why)), not_run(Step::Use, LOOK), self.done()];
        };
        let checks = tokens::of_client(&tokens, &self.spec.scopes, reply.header("cache-control"));
        let why = "The server took the client's proof of itself and gave a token of its own.";
        let mut actions = vec![Action::Judge(Judgement::pass(checks, &[why]))];
        self.holdings.take(&tokens);
        self.tokens = tokens;
        let look = self.tokens.access.clone().map(Held::access);
        let request = look.as_ref().and_then(|held| held::introspect(held, &self.metadata, &self.spec));
        match (look, request) {
            (Some(held), Some(request)) => {
                actions.extend(self.send(Stage::Look(held), Step::Use, LOOK, request));
            }
            _ => {
                let why = "The metadata name no introspection endpoint, or there is no token.";
                actions.push(Action::Here(LocalHop {
                    to: Party::Okta,
                    step: Step::Use,
                    title: LOOK.into(),
                    judgement: Judgement::not_run(&[why]),
                }));
                actions.extend(self.revoke());
            }
        }
        actions
    }

    fn looked_up(&mut self, held: &Held, reply: &Reply) -> Vec<Action> {
        let judgement = if reply.status == 200 {
            let expected = life::Expected {
                client_id: &self.spec.client_id,
                issuer: &self.spec.issuer,
                scopes: self.tokens.scope.as_deref(),
                now: self.skew.map_or(reply.received, |skew| skew.server_time(reply.received)),
            };
            held::live(held, life::live(&reply.body, &expected))
        } else {
            held::unanswered(reply)
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.revoke());
        actions
    }

    fn revoke(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some(held) = self.holdings.next() {
            if let Some(request) = held::revoke(&held, &self.metadata, &self.spec) {
                let title = format!("POST /revoke: {}", held.sort.words());
                actions.extend(self.send(Stage::Revoke(held), Step::Use, &title, request));
                return actions;
            }
            let ends = held::ends_by_itself(&held);
            let words = held.sort.words();
            let left = format!("{words}: NOT revoked, the metadata name no revocation endpoint; {ends}");
            actions.push(Action::Left(left));
        }
        actions.push(self.done());
        actions
    }

    fn revoked(&mut self, held: Held, reply: Option<&Reply>) -> Vec<Action> {
        let done = reply.is_some_and(|reply| reply.status == 200);
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(held::tidied(done, reply, Step::Use)));
        }
        match held::introspect(&held, &self.metadata, &self.spec).filter(|_| done && !self.stopped) {
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

    fn gone(&mut self, held: &Held, reply: Option<&Reply>) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(reply) = reply {
            actions.push(Action::Judge(held::gone(held, reply)));
        }
        let active = reply.filter(|reply| reply.status == 200).and_then(|reply| life::active(&reply.body));
        actions.push(Action::Left(held::left(held, true, active.map(|active| !active))));
        actions.extend(self.revoke());
        actions
    }

    fn stop(&mut self, stage: Stage) -> Vec<Action> {
        self.stopped = true;
        let mut actions = Vec::new();
        match stage {
            Stage::Token => {
                let left = "access token: may have been given; it would end by itself";
                actions.push(Action::Left(left.into()));
            }
            // To revoke may be repeated.
            Stage::Revoke(held) => self.holdings.again(held),
            _ => {}
        }
        actions.extend(self.revoke());
        actions
    }

    fn no_answer(&mut self, stage: Stage, why: &NoAnswer) -> Vec<Action> {
        let tidying = matches!(stage, Stage::Revoke(_) | Stage::Gone(_));
        let verdict = if tidying { Verdict::Warn } else { Verdict::Fail };
        let why = vec![why.sentence.clone()];
        let mut actions =
            vec![Action::Judge(Judgement { verdict: Some(verdict), why, ..Judgement::default() })];
        actions.extend(match stage {
            Stage::Revoke(held) => self.revoked(held, None),
            Stage::Gone(held) => self.gone(&held, None),
            Stage::Discovery => vec![not_run(Step::Token, TOKEN), not_run(Step::Use, LOOK), self.done()],
            _ => self.revoke(),
        });
        actions
    }

    fn send(&mut self, stage: Stage, step: Step, title: &str, request: Outgoing) -> Vec<Action> {
        self.stage = stage;
        vec![Action::Send { step, title: title.to_owned(), call: Call::Http(request) }]
    }

    fn done(&mut self) -> Action {
        self.stage = Stage::Done;
        let judged_not = "nobody signed in: the client asked for itself";
        Action::Done { stopped: self.stopped, judged_not: judged_not.to_owned() }
    }
}

fn not_run(step: Step, title: &str) -> Action {
    let judgement = Judgement::not_run(&["An earlier step failed."]);
    Action::Here(LocalHop { to: Party::Okta, step, title: title.to_owned(), judgement })
}
