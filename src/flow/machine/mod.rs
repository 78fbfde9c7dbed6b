//! A run as a state machine: values in, values out. It says what to send next and judges what came back; it sends nothing
//! itself, so that another driver (a browser, a recording) can drive the same machine.

pub mod authn;
mod battery;
mod callback;
mod client;
mod code_flow;
mod forms;
mod held;
mod metadata;
mod probe;
mod proof;
mod reply;
mod request;

pub use callback::is_whole;
pub use metadata::Metadata;
pub use reply::{NoAnswer, Reply};
pub use request::Outgoing;

use super::checks::Judged;
use super::trace::{Party, Step, Verdict, Way};
use super::{ClientAuth, Need, Random, Spec};
use crate::secret::Secret;
use battery::Battery;
use client::ClientFlow;
use code_flow::CodeFlow;
use probe::Probe;
use proof::Proof;

/// What comes in.
pub enum Input {
    /// Begin.
    Start,
    /// What came of the last [`Action::Send`].
    Answer(Result<Reply, NoAnswer>),
    /// What the person typed after [`Action::Ask`].
    Passcode {
        /// The code.
        code: Secret,
        /// The id of the factor.
        factor: String,
    },
    /// What the person pasted after [`Need::Browser`].
    Pasted(Secret),
    /// The pause of [`Action::Wait`] is over.
    Waited,
    /// Stop: clean up what there is, and end.
    Stop,
}

/// What is to be done, in order. A list ends with at most one of `Send`, `Ask`, `Wait` and `Done`, and with nothing after it.
pub enum Action {
    /// Send this and record it as a hop.
    Send {
        /// Which step.
        step: Step,
        /// In a few words.
        title: String,
        /// What.
        call: Call,
    },
    /// A request that the person's browser makes: recorded, and not sent.
    Browse {
        /// Which step.
        step: Step,
        /// In a few words.
        title: String,
        /// What.
        request: Outgoing,
    },
    /// Where that browser ended, as the person says: a URL, or the parameters of one.
    Told(Secret),
    /// The judgement of the hop that was sent last.
    Judge(Judgement),
    /// A hop on which nothing went on the wire.
    Here(LocalHop),
    /// Tell the person something that they are to do elsewhere; no answer is waited for.
    Show(Need),
    /// Wait so many seconds.
    Wait(u64),
    /// Ask the person.
    Ask(Need),
    /// Something that the run leaves behind, with what was done about it.
    Left(String),
    /// The run is over.
    Done {
        /// Whether the user stopped it.
        stopped: bool,
        /// What this way cannot judge, if no hop failed.
        judged_not: String,
    },
}

/// A request.
pub enum Call {
    /// Fully described.
    Http(Outgoing),
    /// The code for tokens (RFC 6749 §4.1.3), made by the `oauth2` crate.
    Exchange {
        /// The token endpoint as the metadata say it.
        endpoint: String,
        /// The code.
        code: Secret,
        /// The PKCE verifier.
        verifier: Secret,
        /// How the client proves itself, on this request.
        authentication: ClientAuth,
    },
    /// New tokens for a refresh token (RFC 6749 §6), made by the `oauth2` crate.
    Refresh {
        /// The token endpoint as the metadata say it.
        endpoint: String,
        /// The refresh token.
        refresh_token: Secret,
    },
}

/// What became of a hop.
#[derive(Default)]
pub struct Judgement {
    /// How it ended; `None`: as its checks did.
    pub verdict: Option<Verdict>,
    /// Another step, now that the answer is known.
    pub step: Option<Step>,
    /// A better title, now that the answer is known.
    pub title: Option<String>,
    /// Its checks.
    pub checks: Vec<Judged>,
    /// What happened and what it means.
    pub why: Vec<String>,
}

/// A hop on which nothing went on the wire.
pub struct LocalHop {
    /// To whom it would have gone.
    pub to: Party,
    /// Which step.
    pub step: Step,
    /// In a few words.
    pub title: String,
    /// What became of it.
    pub judgement: Judgement,
}

/// A run.
pub struct Machine(Kind);

enum Kind {
    CodeFlow(Box<CodeFlow>),
    Client(Box<ClientFlow>),
    Probe(Box<Probe>),
    Proof(Box<Proof>),
    Battery(Box<Battery>),
}

impl Machine {
    /// A run of `spec`, which has not begun. The password is needed for [`Way::Terminal`] and [`Way::Form`], and is sent at most once.
    pub fn new(spec: Spec, password: Option<Secret>, random: &Random) -> Self {
        Self(match spec.way {
            Way::Terminal | Way::Browser | Way::Form | Way::Device => {
                Kind::CodeFlow(Box::new(CodeFlow::new(spec, password, random)))
            }
            Way::Client => Kind::Client(Box::new(ClientFlow::new(spec))),
            Way::Secret => Kind::Proof(Box::new(Proof::new(spec, random))),
            Way::Battery => Kind::Battery(Box::new(Battery::new(spec, random))),
            Way::Probe => Kind::Probe(Box::new(Probe::new(spec, random))),
        })
    }

    /// One step.
    pub fn step(mut self, input: Input) -> (Self, Vec<Action>) {
        let actions = match &mut self.0 {
            Kind::CodeFlow(flow) => flow.step(input),
            Kind::Client(flow) => flow.step(input),
            Kind::Probe(probe) => probe.step(input),
            Kind::Proof(proof) => proof.step(input),
            Kind::Battery(battery) => battery.step(input),
        };
        (self, actions)
    }
}

impl Judgement {
    /// Passed, with lines of explanation.
    fn pass(checks: Vec<Judged>, why: &[&str]) -> Self {
        Self { checks, why: lines(why), ..Self::default() }.or(Verdict::Pass)
    }

    /// Failed, with lines of explanation.
    fn fail(why: Vec<String>) -> Self {
        Self { verdict: Some(Verdict::Fail), why, ..Self::default() }
    }

    /// Not run, because of an earlier hop.
    fn not_run(why: &[&str]) -> Self {
        Self { verdict: Some(Verdict::NotRun), why: lines(why), ..Self::default() }
    }

    /// With this verdict where the checks have none.
    fn or(mut self, verdict: Verdict) -> Self {
        let judged = super::checks::verdict_of(&self.checks);
        self.verdict = Some(if judged == Verdict::NotRun { verdict } else { judged });
        self
    }

    fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }
}

fn lines(list: &[&str]) -> Vec<String> {
    list.iter().map(|line| (*line).to_owned()).collect()
}

/// The hop that is in every trace: the answer was not handed to the gateway.
fn callback_not_sent(has_code: bool) -> Action {
    let what = if has_code { "code" } else { "error" };
    Action::Here(LocalHop {
        to: Party::Gateway,
        step: Step::Callback,
        title: "callback not sent: it belongs to the gateway".into(),
        judgement: Judgement::not_run(&[&format!(
            "A browser would now take the {what} to the gateway. The gateway did not ask for it, so it is not sent."
        )]),
    })
}

#[cfg(test)]
mod tests;
