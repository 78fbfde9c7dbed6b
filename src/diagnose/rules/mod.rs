//! The rules: one value for each cause, in one file for each family. A rule looks at evidence and nothing else; it never fetches.
//!
//! A server's refusal belongs to one rule: the first whose pattern fits takes it, so within a family the telling patterns stand before
//! the coarse ones, and the catalogue of `flow::explain` comes last. Rules that look by themselves ([`Rule::sees`]) all look.

mod assignment;
mod catalogue;
mod client;
mod dpop;
mod gateway;
mod mcp;
pub mod network;
mod org;
mod pattern;
mod pkce;
mod policy;
mod practice;
mod rate;
mod redirect;
mod refresh;
mod request;
mod scope;
mod server;
mod sign_in;
mod token;

pub use pattern::Pattern;
use pattern::{ANY, AUTHORIZE, TOKEN, Whose, anybody, gateway, okta, seen_at};

use super::address::Endpoint;
use super::evidence::{Evidence, Hop, LogEvent, Provenance, Value};
use super::finding::{ChangeKind, Confidence, Diagnosis, Finding, Fix, Rank, Saw, Seen, Who};
use super::need::{Answer, Need};
use super::redirect::Comparison;
use crate::flow::trace::{Leg, Step};
use crate::text::Clean;

/// A cause with its symptoms.
#[derive(Debug)]
pub struct Rule {
    /// Family and case: `client.secret-wrong`.
    pub name: &'static str,
    /// What happened, in a sentence.
    pub headline: &'static str,
    /// Why, and what it means here.
    pub cause: &'static str,
    /// What helps, the best first.
    pub fixes: &'static [Fix],
    /// Where it is written.
    pub sources: &'static [&'static str],
    /// On which leg; `None` takes the hop's.
    pub leg: Option<Leg>,
    /// At which step; `None` takes the hop's.
    pub step: Option<Step>,
    /// How sure the symptom alone makes it.
    pub confidence: Confidence,
    /// Among which findings it stands.
    pub rank: Rank,
    /// The refusals that it explains.
    pub refusals: &'static [Pattern],
    /// The reasons in Okta's System Log that it explains (`outcome.reason`).
    pub reasons: &'static [&'static str],
    /// What it sees without a refusal, or beside one.
    pub sees: Option<fn(&Evidence) -> Vec<Sight>>,
    /// What it adds when it explains a refusal.
    pub adds: Option<fn(&Evidence, &Hop, &mut Sight)>,
    /// What would settle it.
    pub needs: &'static [Ask],
}

impl Rule {
    /// What most rules have in common: a refusal of Okta's that means one thing.
    const OKTA: Self = Self {
        name: "",
        headline: "",
        cause: "",
        fixes: &[],
        sources: &[],
        leg: Some(Leg::GatewayToOkta),
        step: None,
        confidence: Confidence::Certain,
        rank: Rank::Refused,
        refusals: &[],
        reasons: &[],
        sees: None,
        adds: None,
        needs: &[],
    };
}

/// A question that a rule would like answered; [`need_of`] fills it in from the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The app behind the client ID.
    App,
    /// Whether the person is assigned.
    AppUser,
    /// Which policy and rule decide.
    AccessPolicy,
    /// The authorization server.
    Server,
    /// The app's secrets.
    Secrets,
    /// The System Log.
    LogEvents,
}

/// What a rule saw.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// At which hop.
    pub hop: Option<usize>,
    /// The lines of evidence.
    pub seen: Vec<Seen>,
    /// Expected and actual.
    pub saw: Option<Saw>,
    /// Redirect URIs side by side.
    pub compared: Vec<Comparison>,
    /// A headline that says more than the rule's.
    pub headline: Option<String>,
    /// Sentences after the rule's cause.
    pub more: Vec<String>,
    /// A leg or step that only the sight knows.
    pub leg: Option<Leg>,
    /// As [`Sight::leg`].
    pub step: Option<Step>,
    /// What the evidence makes of the rule's confidence.
    pub confidence: Option<Confidence>,
    /// As [`Sight::confidence`], for the rank.
    pub rank: Option<Rank>,
}

impl Sight {
    /// One line of what was observed, at a hop.
    fn at(hop: &Hop, saw: impl Into<String>) -> Self {
        let seen = Seen { saw: saw.into(), provenance: Provenance::Observed, hop: number(hop) };
        Self {
            hop: number(hop),
            seen: vec![seen],
            leg: Some(leg_of(hop)),
            step: step_of(hop),
            ..Self::default()
        }
    }

    /// Expected and actual.
    fn expected(mut self, expected: &str, actual: &str) -> Self {
        self.saw = Some(Saw { expected: Clean::new(expected), actual: Clean::new(actual) });
        self
    }

    /// Another line.
    fn and(mut self, saw: impl Into<String>, provenance: Provenance) -> Self {
        self.seen.push(Seen { saw: saw.into(), provenance, hop: self.hop });
        self
    }

    /// The refusal of the hop was seen: this is why.
    fn if_refused(mut self, refused: bool, otherwise: (Rank, Confidence)) -> Self {
        if !refused {
            (self.rank, self.confidence) = (Some(otherwise.0), Some(otherwise.1));
        }
        self
    }
}

/// Every family, the most telling first.
const FAMILIES: &[&[Rule]] = &[
    redirect::RULES,
    assignment::RULES,
    policy::RULES,
    scope::RULES,
    pkce::RULES,
    dpop::RULES,
    refresh::RULES,
    client::RULES,
    org::RULES,
    server::RULES,
    mcp::AUDIENCE,
    token::RULES,
    sign_in::RULES,
    gateway::RULES,
    mcp::RULES,
    rate::RULES,
    network::RULES,
    request::RULES,
    practice::RULES,
];

/// Every rule, in the order in which they look.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().copied().flatten()
}

/// What follows from the evidence, and what would have to be asked.
pub fn judge(evidence: &Evidence) -> Diagnosis {
    let mut matched: Vec<(usize, &Rule, Sight)> = Vec::new();
    let mut findings: Vec<(usize, Finding)> = Vec::new();
    for hop in &evidence.hops {
        let Some(refusal) = &hop.refusal else { continue };
        let taken = all().enumerate().find(|(_, rule)| rule.refusals.iter().any(|p| p.fits(hop, refusal)));
        match taken {
            Some((order, rule)) => {
                let mut sight = Sight::at(hop, refusal.quoted_by(who_said(hop)));
                if let Some(adds) = rule.adds {
                    adds(evidence, hop, &mut sight);
                }
                if hop.provenance == Some(Provenance::Inferred) {
                    let sure = sight.confidence.unwrap_or(rule.confidence);
                    sight.confidence = Some(sure.max(Confidence::Likely));
                }
                matched.push((order, rule, sight));
            }
            None => {
                if let Some((order, finding)) = catalogue::finding(hop, refusal) {
                    add(&mut findings, order, finding);
                }
            }
        }
    }
    for event in &evidence.events {
        let by_reason = all().enumerate().find(|(_, rule)| rule.reasons.contains(&event.reason.as_str()));
        if let Some((order, rule)) = by_reason {
            let mut sight = of_event(event);
            if let Some(uri) = &event.redirect_uri {
                sight.compared = redirect::against_known(uri, evidence);
            }
            matched.push((order, rule, sight));
        }
    }
    for (order, rule) in all().enumerate() {
        for sight in rule.sees.map(|sees| sees(evidence)).unwrap_or_default() {
            matched.push((order, rule, sight));
        }
    }
    let (needs, could_not_look) = open_needs(evidence, matched.iter().map(|(_, rule, _)| *rule));
    for (order, rule, sight) in matched {
        add(&mut findings, order, finding(rule, sight));
    }
    // What happened later decides, where all else is equal: the failure that a person saw is the last one.
    findings.sort_by_key(|(order, f)| {
        let last_hop = f.evidence.iter().filter_map(|seen| seen.hop).max().unwrap_or(0);
        (f.rank, f.confidence, std::cmp::Reverse(last_hop), *order)
    });
    let mut findings: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).collect();
    if findings.iter().any(|f| f.rank < Rank::Practice) {
        findings.retain(|f| f.rank != Rank::Remark);
    }
    if findings.iter().all(|f| f.rank == Rank::Practice) {
        findings.push(catalogue::unknown(evidence));
    }
    Diagnosis {
        recognised: evidence.recognised.clone(),
        findings,
        needs,
        could_not_look,
        notes: evidence.notes.clone(),
    }
}

/// What the rules that matched would like to know and nobody answered yet, and what could not be looked at.
fn open_needs<'a>(evidence: &Evidence, rules: impl Iterator<Item = &'a Rule>) -> (Vec<Need>, Vec<String>) {
    let (mut needs, mut could_not_look) = (Vec::new(), Vec::new());
    for need in rules.flat_map(|rule| rule.needs).filter_map(|ask| need_of(*ask, evidence)) {
        let refused = match evidence.answer(&need) {
            None if !needs.contains(&need) => {
                needs.push(need);
                continue;
            }
            Some(Answer::NotAllowed) => {
                format!("Could not look at {}: needs {}.", need.words(), need.scope())
            }
            Some(Answer::NotReached) => {
                format!("Could not look at {}: the org did not answer.", need.words())
            }
            _ => continue,
        };
        if !could_not_look.contains(&refused) {
            could_not_look.push(refused);
        }
    }
    (needs, could_not_look)
}

fn finding(rule: &Rule, sight: Sight) -> Finding {
    let mut cause = rule.cause.to_owned();
    for sentence in &sight.more {
        if !cause.is_empty() {
            cause.push(' ');
        }
        cause.push_str(sentence);
    }
    let leg = rule.leg.or(sight.leg).unwrap_or(Leg::Unknown);
    Finding {
        rule: rule.name,
        headline: sight.headline.unwrap_or_else(|| rule.headline.to_owned()),
        leg,
        step: rule.step.or(sight.step).filter(|_| leg == Leg::GatewayToOkta),
        cause,
        confidence: sight.confidence.unwrap_or(rule.confidence),
        evidence: sight.seen,
        saw: sight.saw,
        compared: sight.compared,
        fix: rule.fixes.to_vec(),
        who: rule.fixes.first().map_or(Who::You, |fix| fix.who),
        sources: rule.sources.to_vec(),
        rank: sight.rank.unwrap_or(rule.rank),
    }
}

/// Lines of evidence that one finding keeps: the same failure again and again is said once.
const LINES: usize = 4;

fn add(findings: &mut Vec<(usize, Finding)>, order: usize, finding: Finding) {
    let same = findings.iter_mut().find(|(_, f)| f.rule == finding.rule && f.headline == finding.headline);
    let Some((_, known)) = same else {
        findings.push((order, finding));
        return;
    };
    known.confidence = known.confidence.min(finding.confidence);
    known.rank = known.rank.min(finding.rank);
    for seen in finding.evidence {
        if known.evidence.len() < LINES && !known.evidence.contains(&seen) {
            known.evidence.push(seen);
        }
    }
    if known.compared.is_empty() {
        known.compared = finding.compared;
    }
}

fn of_event(event: &LogEvent) -> Sight {
    let actor = if event.actor.as_str().is_empty() { String::new() } else { format!(" by {}", event.actor) };
    let saw = format!("System Log: {} {}, {}{actor}.", event.kind, event.result, event.reason);
    let step = if event.kind.as_str().contains("token") { Step::Token } else { Step::Authorize };
    Sight {
        seen: vec![Seen { saw, provenance: Provenance::Observed, hop: None }],
        leg: Some(Leg::GatewayToOkta),
        step: Some(step),
        ..Sight::default()
    }
}

/// Fills a question in from the evidence; `None` when the evidence does not say whom to ask about.
pub fn need_of(ask: Ask, evidence: &Evidence) -> Option<Need> {
    let client_id = client_id(evidence);
    match ask {
        Ask::App => Some(Need::App { client_id: client_id? }),
        Ask::AppUser => Some(Need::AppUser { client_id: client_id?, login: login(evidence) }),
        Ask::AccessPolicy => Some(Need::AccessPolicy {
            client_id: client_id?,
            server: server_id(evidence),
            scopes: scopes(evidence),
        }),
        Ask::Server => Some(Need::Server { server: server_id(evidence)? }),
        Ask::Secrets => Some(Need::Secrets { client_id: client_id? }),
        Ask::LogEvents => Some(Need::LogEvents { client_id: client_id?, request_id: None }),
    }
}

/// The client that the evidence is about: of the last hop that names one.
pub fn client_id(evidence: &Evidence) -> Option<String> {
    let in_header = |hop: &Hop| hop.basic.as_ref().map(|basic| basic.client_id.shown.to_string());
    let of_hops = evidence.hops.iter().rev().map(|hop| match hop.text("client_id") {
        "" => in_header(hop).unwrap_or_default(),
        id => id.to_owned(),
    });
    let of_events = evidence.events.iter().map(|event| event.client.to_string());
    let of_tokens = evidence.tokens.iter().map(|token| token.client.to_string());
    of_hops.chain(of_events).chain(of_tokens).find(|id| !id.is_empty())
}

fn login(evidence: &Evidence) -> Option<String> {
    let hint = evidence
        .hops
        .iter()
        .rev()
        .flat_map(|hop| ["login_hint", "username"].map(|name| hop.text(name).to_owned()));
    let actor = evidence.events.iter().map(|event| event.actor.to_string());
    hint.chain(actor).find(|login| !login.is_empty() && login != "unknown")
}

fn server_id(evidence: &Evidence) -> Option<String> {
    use super::address::ServerName;
    evidence.hops.iter().rev().filter_map(|hop| hop.address.as_ref()?.server.as_ref()).find_map(|server| {
        match server {
            ServerName::Custom(id) => Some(id.to_string()),
            ServerName::Org => None,
        }
    })
}

fn scopes(evidence: &Evidence) -> Vec<String> {
    let sent = evidence.hops.iter().rev().map(|hop| hop.text("scope")).find(|scope| !scope.is_empty());
    sent.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// The app, where the org was asked and answered.
fn app(evidence: &Evidence) -> Option<&super::need::AppFacts> {
    evidence.answers.iter().find_map(|(_, answer)| match answer {
        Answer::App(facts) => Some(facts),
        _ => None,
    })
}

/// The leg of a hop, as far as its address tells.
pub(super) fn leg_of(hop: &Hop) -> Leg {
    match (&hop.address, hop.endpoint) {
        (Some(address), endpoint) => address.leg(endpoint),
        (None, Endpoint::Mcp | Endpoint::ResourceMetadata) => Leg::ClientToGateway,
        (None, _) => Leg::Unknown,
    }
}

/// The step of a hop. What a callback carries was said by the authorization endpoint.
fn step_of(hop: &Hop) -> Option<Step> {
    match hop.endpoint {
        Endpoint::Callback if hop.refusal.is_some() => Some(Step::Authorize),
        endpoint => endpoint.step(),
    }
}

fn number(hop: &Hop) -> Option<usize> {
    Some(hop.number).filter(|n| *n > 0)
}

/// Who said it, in a quotation.
fn who_said(hop: &Hop) -> &'static str {
    match leg_of(hop) {
        Leg::GatewayToOkta => "Okta",
        Leg::ClientToGateway => "The gateway",
        _ => "The server",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_says_who_does_what_and_where_it_is_written() {
        let mut names = Vec::new();
        for rule in all() {
            assert!(rule.headline.ends_with('.') && !rule.headline.contains('!'), "{}", rule.name);
            assert!(rule.cause.is_empty() || rule.cause.ends_with('.'), "{}", rule.name);
            assert!(!rule.sources.is_empty(), "{} has no source", rule.name);
            assert!(rule.name.contains('.') && !names.contains(&rule.name), "{}", rule.name);
            assert!(rule.fixes.iter().all(|fix| fix.words.ends_with('.')), "{}", rule.name);
            assert!(!rule.fixes.is_empty() || rule.rank == Rank::Remark, "{} helps nobody", rule.name);
            assert!(
                !rule.refusals.is_empty() || !rule.reasons.is_empty() || rule.sees.is_some(),
                "{} has no symptom",
                rule.name
            );
            for pattern in rule.refusals {
                assert_eq!(pattern.says, pattern.says.to_lowercase(), "{}", rule.name);
            }
            names.push(rule.name);
        }
    }

    #[test]
    fn no_pattern_stands_behind_one_that_takes_everything_from_it() {
        let mut seen: Vec<(&Rule, &Pattern)> = Vec::new();
        for rule in all() {
            for pattern in rule.refusals {
                for (other, before) in &seen {
                    let hides = before.code == pattern.code
                        && before.says == pattern.says
                        && before.whose == pattern.whose
                        && pattern.at.iter().all(|e| before.at.contains(e));
                    assert!(
                        !hides || pattern.at.is_empty() != before.at.is_empty(),
                        "{} hides {}",
                        other.name,
                        rule.name
                    );
                }
                seen.push((rule, pattern));
            }
        }
    }
}
