//! One request, one decision.

use crate::okta::model::{GroupId, Policy, PolicyId, Rule, RuleId, UserId};
use crate::text::Clean;

/// What stands in `conditions.clients.include` when a policy is for every client.
pub(super) const ALL_CLIENTS: &str = "ALL_CLIENTS";
/// What stands in `conditions.people.groups.include` when a rule is for everybody.
pub(super) const EVERYONE: &str = "EVERYONE";

/// Who asks for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// No person: the client credentials grant.
    Client,
    /// A person.
    Person {
        /// Who.
        id: UserId,
        /// Their groups, the built-in Everyone among them when the org answered with it.
        groups: Vec<GroupId>,
    },
}

/// A request for tokens, as a policy sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The client id; `None` for a client that is not created yet, which only a policy for all clients covers.
    pub client: Option<String>,
    /// Who asks.
    pub who: Who,
    /// The grant type, such as `authorization_code`. `refresh_token` is judged as the grant it came from: rules do not list it
    /// (the references have it so, unverified on a real org), so a rule that lists either is taken to match.
    pub grant: String,
    /// The scopes asked for. None at all matches any rule that includes a scope: Okta then takes the server's default scopes.
    pub scopes: Vec<String>,
}

/// The condition of a policy or rule that a request does not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The policy is not active.
    PolicyInactive,
    /// The policy is for other clients.
    Client,
    /// The policy has no rule.
    NoRule,
    /// The rule is not active.
    RuleInactive,
    /// The rule does not include this grant type.
    Grant,
    /// The rule does not include these of the scopes asked for.
    Scopes(Vec<String>),
    /// The rule includes no scope at all, so it matches nothing.
    NoScope,
    /// The rule is for other people.
    Person,
    /// The rule leaves this person out by name or by group.
    PersonExcluded,
    /// The rule names no people. What Okta makes of that is not documented; taken as nobody, the answer that warns.
    NobodyNamed,
}

impl Condition {
    /// In words, as the end of a sentence: `it does not include the scope offline_access`.
    pub fn words(&self) -> String {
        match self {
            Self::PolicyInactive => "the policy is inactive".into(),
            Self::Client => "it is for other clients".into(),
            Self::NoRule => "it has no rule".into(),
            Self::RuleInactive => "the rule is inactive".into(),
            Self::Grant => "the rule does not include this grant type".into(),
            Self::Scopes(missing) => match missing.as_slice() {
                [one] => format!("the rule does not include the scope {}", Clean::new(one)),
                many => format!("the rule does not include the scopes {}", Clean::new(&many.join(", "))),
            },
            Self::NoScope => "the rule includes no scope, so it matches nothing".into(),
            Self::Person => "the rule is for other people".into(),
            Self::PersonExcluded => "the rule leaves this person out".into(),
            Self::NobodyNamed => "the rule names no people".into(),
        }
    }
}

/// A policy, or a rule in it, that was asked and did not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The policy's name.
    pub policy: Clean,
    /// The rule's name; `None` when the policy itself did not match.
    pub rule: Option<Clean>,
    /// The first condition that was not met.
    pub failed: Condition,
}

impl PassedOver {
    /// In a sentence without a full stop: `policy "A", rule "B": the rule is inactive`.
    pub fn words(&self) -> String {
        match &self.rule {
            Some(rule) => format!("policy \"{}\", rule \"{rule}\": {}", self.policy, self.failed.words()),
            None => format!("policy \"{}\": {}", self.policy, self.failed.words()),
        }
    }
}

/// What the policies say to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// This rule decides: the request passes, with the rule's lifetimes.
    Rule {
        /// The policy's id.
        policy: Option<PolicyId>,
        /// The policy's name.
        policy_name: Clean,
        /// The rule's id.
        id: Option<RuleId>,
        /// The rule, for its name and lifetimes.
        rule: Rule,
        /// What was asked before it.
        passed_over: Vec<PassedOver>,
    },
    /// Nothing matches: Okta answers `access_denied` (`no_matching_policy`).
    NoMatch {
        /// What was asked.
        passed_over: Vec<PassedOver>,
    },
}

/// Decides a request. `policies` may come in any order; their `priority` counts (1 is asked first).
pub fn decide(policies: &[Policy], request: &Request) -> Decision {
    let mut passed_over = Vec::new();
    for policy in by_priority(policies) {
        if let Some(failed) = policy_fails(policy, request.client.as_deref()) {
            passed_over.push(PassedOver { policy: policy.name(), rule: None, failed });
            continue;
        }
        for rule in rules_by_priority(policy) {
            let failed = rule_fails(rule, &request.grant, &request.scopes)
                .or_else(|| person_fails(rule, &request.who));
            match failed {
                Some(failed) => {
                    passed_over.push(PassedOver { policy: policy.name(), rule: Some(rule.name()), failed });
                }
                None => {
                    return Decision::Rule {
                        policy: policy.id(),
                        policy_name: policy.name(),
                        id: rule.id(),
                        rule: rule.clone(),
                        passed_over,
                    };
                }
            }
        }
    }
    Decision::NoMatch { passed_over }
}

/// Policies in the order in which Okta asks them; equal priorities keep the order of the list.
pub(super) fn by_priority(policies: &[Policy]) -> Vec<&Policy> {
    let mut sorted: Vec<&Policy> = policies.iter().collect();
    sorted.sort_by_key(|p| p.priority());
    sorted
}

/// Rules of a policy in the order in which Okta asks them.
pub(super) fn rules_by_priority(policy: &Policy) -> Vec<&Rule> {
    let mut sorted: Vec<&Rule> = policy.rules.iter().collect();
    sorted.sort_by_key(|r| r.priority());
    sorted
}

/// The condition of the policy itself that is not met. `client` is `None` for one that is not created yet.
pub(super) fn policy_fails(policy: &Policy, client: Option<&str>) -> Option<Condition> {
    let clients = policy.clients();
    if !policy.active() {
        Some(Condition::PolicyInactive)
    } else if !clients.iter().any(|c| c == ALL_CLIENTS || Some(c.as_str()) == client) {
        Some(Condition::Client)
    } else if policy.rules.is_empty() {
        Some(Condition::NoRule)
    } else {
        None
    }
}

/// The condition of a rule, people left aside, that is not met.
pub(super) fn rule_fails(rule: &Rule, grant: &str, scopes: &[String]) -> Option<Condition> {
    if !rule.active() {
        return Some(Condition::RuleInactive);
    }
    let original = if grant == "refresh_token" { "authorization_code" } else { grant };
    if !rule.grant_types().iter().any(|g| g == grant || g == original) {
        return Some(Condition::Grant);
    }
    let included = rule.scopes();
    if included.is_empty() {
        return Some(Condition::NoScope);
    }
    let covered = |scope: &String| included.iter().any(|i| i == "*" || i == scope);
    let missing: Vec<String> = scopes.iter().filter(|s| !covered(s)).cloned().collect();
    (!missing.is_empty()).then_some(Condition::Scopes(missing))
}

fn person_fails(rule: &Rule, who: &Who) -> Option<Condition> {
    let Who::Person { id, groups } = who else { return None };
    let of_groups = |list: &[String]| list.iter().any(|g| groups.iter().any(|own| own.as_str() == g));
    let (users_in, groups_in) = (rule.users_included(), rule.groups_included());
    let (users_out, groups_out) = (rule.users_excluded(), rule.groups_excluded());
    let named = |list: &[String]| list.iter().any(|u| u == id.as_str());
    if users_in.is_empty() && groups_in.is_empty() {
        Some(Condition::NobodyNamed)
    } else if named(&users_out) || of_groups(&groups_out) || groups_out.iter().any(|g| g == EVERYONE) {
        Some(Condition::PersonExcluded)
    } else if named(&users_in) || of_groups(&groups_in) || groups_in.iter().any(|g| g == EVERYONE) {
        None
    } else {
        Some(Condition::Person)
    }
}
