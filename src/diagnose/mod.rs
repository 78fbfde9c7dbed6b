//! What went wrong, from what somebody has at hand: a pasted address, an error text, a JSON body, a token, a HAR. Needs no org and asks
//! nobody; what the org could add is said as a [`Need`].
//!
//! Pure: evidence in, findings out. May name `flow` (its pure part), `uri` and `text`. A thing that is not recognised is said so, with
//! what to try next: never a wrong guess dressed as an answer. `read` makes evidence, `rules` judge it; secrets end in `read`.

mod address;
mod evidence;
mod finding;
mod mask;
mod need;
mod read;
pub mod redirect;
pub mod rules;
#[cfg(test)]
mod tests;
pub mod words;

pub use address::{Address, Endpoint, Host, ServerName};
pub use evidence::{
    Basic, ClientAuth, Evidence, Hop, LogEvent, Mark, Odd, Parameter, Provenance, Token, Value,
};
pub use finding::{ChangeKind, Confidence, Diagnosis, Finding, Fix, Rank, Saw, Seen, Who};
pub use need::{Answer, AppFacts, AppUserFacts, Need};
pub use read::{LONGEST, har, paste};
pub use rules::judge;

/// Judges, lets `answer` see to what is needed, and judges again, until no need is new. A need that cannot be answered is answered
/// with [`Answer::NotAllowed`] or [`Answer::NotReached`]; it is not asked again.
pub fn settle(mut evidence: Evidence, mut answer: impl FnMut(&Need) -> Answer) -> (Evidence, Diagnosis) {
    // More rounds than a chain of needs has; each round answers every need that is open.
    for _ in 0..8 {
        let diagnosis = judge(&evidence);
        if diagnosis.needs.is_empty() {
            return (evidence, diagnosis);
        }
        for need in diagnosis.needs {
            let said = answer(&need);
            evidence.answers.push((need, said));
        }
    }
    let diagnosis = judge(&evidence);
    (evidence, diagnosis)
}
