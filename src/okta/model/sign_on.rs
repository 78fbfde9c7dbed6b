//! Sign-in policies: the org's (global session policy, `OKTA_SIGN_ON`) and the app's (`ACCESS_POLICY`, Identity Engine only).

use super::{PolicyId, RuleId};
use crate::text::Clean;
use serde_json::{Map, Value};

/// A rule of a sign-in policy, every field kept.
#[derive(Clone, Debug, PartialEq)]
pub struct SignOnRule(pub Map<String, Value>);

/// How many factors a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// One.
    One,
    /// Two, or a chain of several steps.
    Two,
    /// The rule says it in a way that this program does not know.
    Unknown,
}

impl SignOnRule {
    fn at(&self, pointer: &str) -> Option<&Value> {
        let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
        let value = self.0.get(first)?;
        if rest.is_empty() { Some(value) } else { value.pointer(&format!("/{rest}")) }
    }

    /// `id`.
    pub fn id(&self) -> Option<RuleId> {
        self.at("id")?.as_str()?.parse().ok()
    }

    /// `name`.
    pub fn name(&self) -> Clean {
        Clean::new(self.at("name").and_then(Value::as_str).unwrap_or_default())
    }

    /// `status` is `ACTIVE`.
    pub fn active(&self) -> bool {
        self.at("status").and_then(Value::as_str).is_none_or(|s| s == "ACTIVE")
    }

    /// `priority`; the lowest is asked first.
    pub fn priority(&self) -> i64 {
        self.at("priority").and_then(Value::as_i64).unwrap_or(i64::MAX)
    }

    /// Whether it keeps everybody out: `actions.appSignOn.access`, or `actions.signon.access`, is `DENY`.
    pub fn denies(&self) -> bool {
        ["actions/appSignOn/access", "actions/signon/access"]
            .iter()
            .any(|p| self.at(p).and_then(Value::as_str) == Some("DENY"))
    }

    /// How many factors it asks for. `verificationMethod` of an app's rule: `factorMode`, or authentication chains, of which each must
    /// have two steps or more (Okta's description does not say how to read one that has not); `requireFactor` of the org's.
    pub fn asks(&self) -> Asks {
        if let Some(more) = self.at("actions/signon/requireFactor").and_then(Value::as_bool) {
            return if more { Asks::Two } else { Asks::One };
        }
        let Some(method) = self.at("actions/appSignOn/verificationMethod") else { return Asks::Unknown };
        let text = |key: &str| method.get(key).and_then(Value::as_str).unwrap_or_default();
        match (text("type"), text("factorMode")) {
            (_, "2FA") => Asks::Two,
            (_, "1FA") => Asks::One,
            ("AUTH_METHOD_CHAIN", _) => {
                let chains = method.get("chains").and_then(Value::as_array);
                let steps = |chain: &Value| 1 + chain.get("next").map_or(0, |n| usize::from(!n.is_null()));
                match chains.map(|all| all.iter().map(steps).min()) {
                    Some(Some(least)) if least >= 2 => Asks::Two,
                    _ => Asks::Unknown,
                }
            }
            _ => Asks::Unknown,
        }
    }

    /// Names of the conditions that it has: `network`, `device`, `riskScore` …. What they come to depends on the sign-in itself.
    pub fn conditions(&self) -> Vec<&str> {
        let trivial = |value: &Value| match value {
            Value::Null => true,
            Value::Object(map) => {
                map.is_empty()
                    || map.values().all(|v| match v {
                        Value::Null => true,
                        Value::String(s) => matches!(s.as_str(), "ANYWHERE" | "ANY" | ""),
                        Value::Array(list) => list.is_empty(),
                        Value::Object(inner) => inner.is_empty(),
                        Value::Bool(b) => !b,
                        Value::Number(_) => false,
                    })
            }
            _ => false,
        };
        let all = self.at("conditions").and_then(Value::as_object);
        all.into_iter().flatten().filter(|(_, v)| !trivial(v)).map(|(name, _)| name.as_str()).collect()
    }
}

/// What Okta's simulation says of one policy type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Simulated {
    /// This rule of this policy would decide.
    Rule {
        /// The policy.
        policy: PolicyId,
        /// The rule.
        rule: RuleId,
    },
    /// It depends on what the simulation was not told: the network, the device.
    Undefined,
}

/// What a simulation says of a sign-in of one person through one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulation {
    /// Of the org's policy, if it says anything.
    pub session: Option<Simulated>,
    /// Of the app's policy, if it says anything.
    pub app: Option<Simulated>,
}

/// What is known of the sign-in policies for one person and one app.
#[derive(Clone, Debug, PartialEq)]
pub enum SignOn {
    /// Okta's own simulation named the rules that decide; `None` where it named none.
    Simulated {
        /// Of the org's policy.
        session: Option<SignOnRule>,
        /// Of the app's policy.
        app: Option<SignOnRule>,
    },
    /// The simulation is not to be had; the rules of the app's policy by priority, as they were read.
    Rules(Vec<SignOnRule>),
    /// Okta's API does not tell: Classic, or an app without a policy.
    NotTold,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(value: Value) -> SignOnRule {
        SignOnRule(value.as_object().unwrap().clone())
    }
    fn method(value: Value) -> Asks {
        rule(json!({"actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": value}}})).asks()
    }

    #[test]
    fn factors_are_read_from_every_documented_form() {
        assert_eq!(method(json!({"type": "ASSURANCE", "factorMode": "2FA"})), Asks::Two);
        assert_eq!(method(json!({"type": "ASSURANCE", "factorMode": "1FA"})), Asks::One);
        let two = json!({"authenticationMethods": [{}], "next": [{"authenticationMethods": [{}]}]});
        let one = json!({"authenticationMethods": [{}], "next": null});
        assert_eq!(method(json!({"type": "AUTH_METHOD_CHAIN", "chains": [two]})), Asks::Two);
        assert_eq!(method(json!({"type": "AUTH_METHOD_CHAIN", "chains": [two, one]})), Asks::Unknown);
        assert_eq!(method(json!({"type": "ID_PROOFING"})), Asks::Unknown);
        assert_eq!(rule(json!({"actions": {"signon": {"requireFactor": true}}})).asks(), Asks::Two);
        assert_eq!(rule(json!({"actions": {"signon": {"requireFactor": false}}})).asks(), Asks::One);
        assert_eq!(rule(json!({})).asks(), Asks::Unknown);
    }

    #[test]
    fn only_conditions_that_say_something_count() {
        let r = rule(json!({"conditions": {
            "network": {"connection": "ANYWHERE"}, "authContext": {"authType": "ANY"}, "riskScore": {"level": "ANY"},
            "elCondition": null, "people": {"users": {}, "groups": {}},
        }}));
        assert_eq!(r.conditions(), Vec::<&str>::new());
        let r = rule(
            json!({"conditions": {"network": {"connection": "ZONE", "include": ["nzo1"]}, "device": {"managed": true}}}),
        );
        let mut names = r.conditions();
        names.sort_unstable();
        assert_eq!(names, ["device", "network"]);
    }

    #[test]
    fn a_denial_is_seen_in_both_kinds() {
        assert!(rule(json!({"actions": {"appSignOn": {"access": "DENY"}}})).denies());
        assert!(rule(json!({"actions": {"signon": {"access": "DENY"}}})).denies());
        assert!(!rule(json!({"actions": {"signon": {"access": "ALLOW"}}})).denies());
        assert!(!rule(json!({"actions": "DENY"})).denies());
    }
}
