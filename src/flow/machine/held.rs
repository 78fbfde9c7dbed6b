//! The tokens that a run holds and must give back: each is revoked at its end and, where the tokens' whole life is tested, looked
//! up before and after (RFC 7662, RFC 7009).

use super::metadata::Metadata;
use super::reply::Reply;
use super::request::Outgoing;
use super::{Judgement, lines};
use crate::flow::Spec;
use crate::flow::checks::jwt::Jwt;
use crate::flow::checks::life;
use crate::flow::checks::tokens::Tokens;
use crate::flow::trace::{Step, Verdict};
use crate::secret::Secret;

/// Which token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Access,
    Refresh,
}

impl Sort {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Access => "access token",
            Self::Refresh => "refresh token",
        }
    }

    /// As `token_type_hint` (RFC 7009 §2.1).
    fn hint(self) -> &'static str {
        match self {
            Self::Access => "access_token",
            Self::Refresh => "refresh_token",
        }
    }
}

/// A token that was given to this run.
#[derive(Clone)]
pub(super) struct Held {
    pub sort: Sort,
    pub value: Secret,
    /// Seconds that it lives, where the answer says so.
    expires_in: Option<i64>,
}

impl Held {
    pub fn access(value: Secret) -> Self {
        Self { sort: Sort::Access, value, expires_in: None }
    }

    pub fn refresh(value: Secret) -> Self {
        Self { sort: Sort::Refresh, value, expires_in: None }
    }
}

/// What is still to be given back, the newest last.
#[derive(Default)]
pub(super) struct Holdings(Vec<Held>);

impl Holdings {
    /// Takes the tokens of an answer, those that are here already aside.
    pub fn take(&mut self, tokens: &Tokens) {
        let access = (Sort::Access, tokens.access.clone(), tokens.expires_in);
        let refresh = (Sort::Refresh, tokens.refresh.clone(), None);
        for (sort, value, expires_in) in [access, refresh] {
            let Some(value) = value else { continue };
            if !self.0.iter().any(|held| held.value == value) {
                self.0.push(Held { sort, value, expires_in });
            }
        }
    }

    /// A refresh token that another one replaced: it is good for nothing more.
    pub fn replaced(&mut self, refresh: &Secret) {
        self.0.retain(|held| held.value != *refresh);
    }

    /// One whose giving back was broken off.
    pub fn again(&mut self, held: Held) {
        self.0.push(held);
    }

    /// The next one to give back: refresh tokens first, since they give more of the others, and of each the newest.
    pub fn next(&mut self) -> Option<Held> {
        let refresh = self.0.iter().rposition(|held| held.sort == Sort::Refresh);
        let at = refresh.or_else(|| self.0.len().checked_sub(1))?;
        Some(self.0.remove(at))
    }
}

/// Asks the server about a token; `None` when the metadata name no such endpoint.
pub(super) fn introspect(held: &Held, metadata: &Metadata, spec: &Spec) -> Option<Outgoing> {
    let form = [("token", held.value.expose()), ("token_type_hint", held.sort.hint())];
    let url = metadata.introspection.as_deref()?;
    Some(Outgoing::client_form(url, &form, spec, spec.authentication))
}

/// Gives a token back; `None` when the metadata name no such endpoint.
pub(super) fn revoke(held: &Held, metadata: &Metadata, spec: &Spec) -> Option<Outgoing> {
    let form = [("token", held.value.expose()), ("token_type_hint", held.sort.hint())];
    let url = metadata.revocation.as_deref()?;
    Some(Outgoing::client_form(url, &form, spec, spec.authentication))
}

/// An answer of introspection that is none: the endpoint is not open to this client, or not there.
pub(super) fn unanswered(reply: &Reply) -> Judgement {
    let mut why = reply.refusal().why(Step::Token);
    why.push("The gateway needs no introspection; so this is noted only.".into());
    Judgement { verdict: Some(Verdict::Warn), why, ..Judgement::default() }
}

/// What was looked up about a token that was revoked.
pub(super) fn gone(held: &Held, reply: &Reply) -> Judgement {
    if reply.status != 200 {
        return unanswered(reply);
    }
    let self_contained = held.sort == Sort::Access && Jwt::read(held.value.expose()).is_ok();
    let check = life::gone(&reply.body, self_contained);
    Judgement { why: vec![check.sentence.clone()], checks: vec![check], ..Judgement::default() }
        .or(Verdict::NotRun)
}

/// The judgement of a clean-up: it never fails the run.
pub(super) fn tidied(done: bool, reply: &Reply, step: Step) -> Judgement {
    if done {
        Judgement::pass(Vec::new(), &["Cleaned up after the test."])
    } else {
        let why = reply.refusal().why(step);
        Judgement { verdict: Some(Verdict::Warn), why, ..Judgement::default() }
    }
}

/// What is said of a token at the end. RFC 7009 §2.2: 200 also for a token that the server does not know. It is the token of
/// this run, so it does; only introspection proves it.
pub(super) fn left(held: &Held, revoked: bool, gone: Option<bool>) -> String {
    let what = match (revoked, gone) {
        (true, Some(true)) => "revoked, and gone when looked up".to_owned(),
        (true, Some(false)) => "revoked, but STILL LIVE when looked up".to_owned(),
        (true, None) => "revoked".to_owned(),
        (false, _) => format!("NOT revoked: {}", ends_by_itself(held)),
    };
    format!("{}: {what}", held.sort.words())
}

/// When a token ends that cannot be revoked.
pub(super) fn ends_by_itself(held: &Held) -> String {
    match held.expires_in.and_then(|seconds| u64::try_from(seconds).ok()) {
        Some(seconds) => format!("it ends by itself within {}", crate::text::time::length(seconds)),
        None => "revoke it at the server, or let it end".to_owned(),
    }
}

/// The *Why* of a live token.
pub(super) fn live(held: &Held, checks: Vec<crate::flow::checks::Judged>) -> Judgement {
    let why = format!("The server was asked about the {} that it gave.", held.sort.words());
    Judgement { checks, why: lines(&[&why]), ..Judgement::default() }.or(Verdict::NotRun)
}
