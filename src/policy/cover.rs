//! Whether the people who sign in through a client will find a rule that matches.

use super::decide::{
    Condition, EVERYONE, PassedOver, by_priority, policy_fails, rule_fails, rules_by_priority,
};
use crate::okta::model::{ClientId, GroupId, Policy, Rule};
use crate::text::Clean;

/// Whether a client's sign-ins (authorization code) find a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    /// For everybody: this rule.
    Yes {
        /// The policy's name.
        policy: Clean,
        /// The rule's name.
        rule: Clean,
    },
    /// For some people only, by these rules. Everybody else gets `access_denied` (`no_matching_policy`).
    SomePeopleOnly {
        /// The first such rule's policy, by name.
        policy: Clean,
        /// The first such rule, by name.
        rule: Clean,
        /// Ids of the groups that some matching rule includes without leaving anybody out.
        groups: Vec<String>,
        /// Ids of the people whom some matching rule includes by name.
        users: Vec<String>,
    },
    /// For nobody.
    No {
        /// Why.
        why: Gap,
    },
}

/// Why no rule matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The server has no access policy at all: the state in which a free org ships `default`.
    NoPolicy,
    /// None of its active policies is for this client.
    NoPolicyForClient,
    /// Policies are for this client, but none of their rules matches; which condition each one fails.
    NoRule(Vec<PassedOver>),
}

impl Gap {
    /// In a sentence, without what follows from it.
    pub fn sentence(&self) -> String {
        match self {
            Self::NoPolicy => "The authorization server has no access policy.".into(),
            Self::NoPolicyForClient => "No access policy covers this client.".into(),
            Self::NoRule(passed) => {
                let reasons: Vec<String> = passed.iter().map(PassedOver::words).collect();
                format!("No rule matches this client's sign-in ({}).", reasons.join("; "))
            }
        }
    }
}

/// Looks for the rule that matches an authorization code sign-in of everybody through `client` with `scopes`.
///
/// `client` is `None` for one that is not created yet. `everyone` is the id of the built-in group, which a rule may name in the
/// place of the literal `EVERYONE`.
pub fn covers(
    policies: &[Policy],
    client: Option<&ClientId>,
    scopes: &[String],
    everyone: Option<&GroupId>,
) -> Cover {
    let mut some: Option<(Clean, Clean)> = None;
    let (mut groups, mut users) = (Vec::new(), Vec::new());
    let mut passed = Vec::new();
    for policy in by_priority(policies) {
        match policy_fails(policy, client.map(ClientId::as_str)) {
            Some(Condition::PolicyInactive | Condition::Client) => continue,
            Some(failed) => {
                passed.push(PassedOver { policy: policy.name(), rule: None, failed });
                continue;
            }
            None => {}
        }
        for rule in rules_by_priority(policy) {
            let failed = rule_fails(rule, "authorization_code", scopes).or_else(|| nobody_named(rule));
            if let Some(failed) = failed {
                passed.push(PassedOver { policy: policy.name(), rule: Some(rule.name()), failed });
                continue;
            }
            let leaves_out = !rule.users_excluded().is_empty() || !rule.groups_excluded().is_empty();
            let included = rule.groups_included();
            let all = included.iter().any(|g| g == EVERYONE || everyone.is_some_and(|e| e.as_str() == g));
            if all && !leaves_out {
                return Cover::Yes { policy: policy.name(), rule: rule.name() };
            }
            some.get_or_insert_with(|| (policy.name(), rule.name()));
            users.extend(rule.users_included());
            if !leaves_out {
                groups.extend(included);
            }
        }
    }
    match some {
        Some((policy, rule)) => Cover::SomePeopleOnly { policy, rule, groups, users },
        None if policies.is_empty() => Cover::No { why: Gap::NoPolicy },
        None if passed.is_empty() => Cover::No { why: Gap::NoPolicyForClient },
        None => Cover::No { why: Gap::NoRule(passed) },
    }
}

fn nobody_named(rule: &Rule) -> Option<Condition> {
    (rule.users_included().is_empty() && rule.groups_included().is_empty()).then_some(Condition::NobodyNamed)
}
