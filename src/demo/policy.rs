//! Which rule of an authorization server's access policies decides a token request.
//!
//! Policies by priority, in each the rules by priority, only active ones; the first rule that covers person, grant and every
//! requested scope decides. No rule: `no_matching_policy`.

use serde_json::Value;
use std::collections::HashSet;

/// A policy with its rules, as written through the API.
#[derive(Debug, Clone, Default)]
pub(super) struct Policy {
    pub(super) value: Value,
    pub(super) rules: Vec<Value>,
}

/// Minutes a deciding rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetimes {
    pub(super) access: i64,
    /// 0: without end.
    pub(super) refresh: i64,
    /// Idle time after which a refresh token dies; 0: never.
    pub(super) window: i64,
}

/// The org authorization server's fixed lifetimes: access one hour, refresh 90 days without an idle limit.
pub(super) const ORG_LIFETIMES: Lifetimes = Lifetimes { access: 60, refresh: 90 * 24 * 60, window: 0 };

/// A token request to judge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) client_id: &'a str,
    /// Id and group ids; `None` for client credentials, where people do not count.
    pub(super) person: Option<(&'a str, &'a HashSet<String>)>,
    pub(super) grant: &'a str,
    pub(super) scopes: &'a [String],
}

fn list<'a>(value: &'a Value, path: &str) -> Vec<&'a str> {
    value
        .pointer(path)
        .and_then(Value::as_array)
        .map(|l| l.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

fn active(value: &Value) -> bool {
    value.get("status").and_then(Value::as_str) != Some("INACTIVE")
}

fn priority(value: &Value) -> i64 {
    value.get("priority").and_then(Value::as_i64).unwrap_or(i64::MAX)
}

fn covers_person(rule: &Value, person: Option<(&str, &HashSet<String>)>) -> bool {
    let Some((id, groups)) = person else { return true };
    let users = list(rule, "/conditions/people/users/include");
    let wanted = list(rule, "/conditions/people/groups/include");
    if list(rule, "/conditions/people/users/exclude").contains(&id)
        || list(rule, "/conditions/people/groups/exclude").iter().any(|g| groups.contains(*g))
    {
        return false;
    }
    users.contains(&id) || wanted.iter().any(|g| *g == "EVERYONE" || groups.contains(*g))
}

/// The lifetimes of the deciding rule, or nothing.
pub(super) fn decide(policies: &[Policy], question: Question<'_>) -> Option<Lifetimes> {
    let mut sorted: Vec<&Policy> = policies.iter().filter(|p| active(&p.value)).collect();
    sorted.sort_by_key(|p| priority(&p.value));
    for policy in sorted {
        let clients = list(&policy.value, "/conditions/clients/include");
        if !clients.contains(&"ALL_CLIENTS") && !clients.contains(&question.client_id) {
            continue;
        }
        let mut rules: Vec<&Value> = policy.rules.iter().filter(|r| active(r)).collect();
        rules.sort_by_key(|r| priority(r));
        for rule in rules {
            let scopes = list(rule, "/conditions/scopes/include");
            let all = scopes.contains(&"*") || question.scopes.iter().all(|s| scopes.contains(&s.as_str()));
            if all
                && list(rule, "/conditions/grantTypes/include").contains(&question.grant)
                && covers_person(rule, question.person)
            {
                let minutes = |name: &str, default| {
                    rule.pointer("/actions/token")
                        .and_then(|t| t.get(name))
                        .and_then(Value::as_i64)
                        .unwrap_or(default)
                };
                return Some(Lifetimes {
                    access: minutes("accessTokenLifetimeMinutes", 60),
                    refresh: minutes("refreshTokenLifetimeMinutes", 0),
                    window: minutes("refreshTokenWindowMinutes", 10_080),
                });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(priority: i64, access: i64, groups: &[&str], scopes: &[&str]) -> Value {
        json!({
            "status": "ACTIVE", "priority": priority,
            "conditions": {
                "people": { "groups": { "include": groups } }, "grantTypes": { "include": ["authorization_code"] },
                "scopes": { "include": scopes },
            },
            "actions": { "token": { "accessTokenLifetimeMinutes": access } },
        })
    }

    fn policy(priority: i64, clients: &[&str], rules: Vec<Value>) -> Policy {
        Policy {
            value: json!({ "status": "ACTIVE", "priority": priority, "conditions": { "clients": { "include": clients } } }),
            rules,
        }
    }

    fn access(
        policies: &[Policy],
        client: &str,
        groups: &[&str],
        grant: &str,
        scopes: &[&str],
    ) -> Option<i64> {
        let groups: HashSet<String> = groups.iter().map(|g| (*g).to_owned()).collect();
        let scopes: Vec<String> = scopes.iter().map(|s| (*s).to_owned()).collect();
        let question = Question { client_id: client, person: Some(("u1", &groups)), grant, scopes: &scopes };
        decide(policies, question).map(|l| l.access)
    }

    #[test]
    fn the_first_rule_that_covers_everything_decides() {
        let policies = [
            policy(2, &["ALL_CLIENTS"], vec![rule(1, 30, &["EVERYONE"], &["*"])]),
            policy(1, &["c1"], vec![rule(2, 20, &["g1"], &["*"]), rule(1, 10, &["g1"], &["openid"])]),
        ];
        assert_eq!(access(&policies, "c1", &["g1"], "authorization_code", &["openid"]), Some(10));
        assert_eq!(access(&policies, "c1", &["g1"], "authorization_code", &["openid", "email"]), Some(20));
        assert_eq!(access(&policies, "c1", &["g2"], "authorization_code", &["openid"]), Some(30));
        assert_eq!(access(&policies, "c2", &["g1"], "authorization_code", &["openid"]), Some(30));
        assert_eq!(access(&policies, "c1", &["g1"], "client_credentials", &["openid"]), None);
        assert_eq!(
            access(policies.get(1..).unwrap_or_default(), "c2", &["g1"], "authorization_code", &["openid"]),
            None
        );
    }

    #[test]
    fn a_rule_without_scopes_covers_no_scope_and_exclusions_win() {
        assert_eq!(
            access(
                &[policy(1, &["ALL_CLIENTS"], vec![rule(1, 5, &["EVERYONE"], &[])])],
                "c",
                &[],
                "authorization_code",
                &["openid"]
            ),
            None
        );
        let mut excluding = rule(1, 5, &["EVERYONE"], &["*"]);
        *excluding.pointer_mut("/conditions/people").expect("people") =
            json!({ "groups": { "include": ["EVERYONE"] }, "users": { "exclude": ["u1"] } });
        assert_eq!(
            access(
                &[policy(1, &["ALL_CLIENTS"], vec![excluding])],
                "c",
                &[],
                "authorization_code",
                &["openid"]
            ),
            None
        );
    }
}
