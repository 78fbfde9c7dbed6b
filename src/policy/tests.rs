//! Answers worked out by hand from Okta's description of the evaluation, one line each.

use super::*;
use crate::okta::model::{ClientId, GroupId, Policy, Rule};
use proptest::prelude::*;
use serde_json::{Value, json};

fn rule(name: &str, priority: i64, grants: &[&str], scopes: &[&str], people: Value) -> Rule {
    serde_json::from_value(
        json!({"id": format!("0pr{name}"), "name": name, "priority": priority, "status": "ACTIVE",
        "conditions": {"people": people, "grantTypes": {"include": grants}, "scopes": {"include": scopes}}}),
    )
    .unwrap()
}

fn policy(name: &str, priority: i64, clients: &[&str], rules: Vec<Rule>) -> Policy {
    let raw = json!({"id": format!("00p{name}"), "name": name, "priority": priority, "status": "ACTIVE",
        "conditions": {"clients": {"include": clients}}});
    Policy { raw: raw.as_object().unwrap().clone(), rules }
}

fn everyone() -> Value {
    json!({"groups": {"include": ["EVERYONE"]}})
}
fn groups(ids: &[&str]) -> Value {
    json!({"groups": {"include": ids}})
}
fn code(name: &str, priority: i64) -> Rule {
    rule(name, priority, &["authorization_code"], &["*"], everyone())
}
fn off_policy(mut p: Policy) -> Policy {
    p.raw.insert("status".into(), json!("INACTIVE"));
    p
}
fn off_rule(mut r: Rule) -> Rule {
    r.0.insert("status".into(), json!("INACTIVE"));
    r
}

fn ask(scopes: &[&str]) -> Request {
    Request {
        client: Some("0oaC".into()),
        who: Who::Person {
            id: "00uA".parse().unwrap(),
            groups: vec!["00gM".parse().unwrap(), "00gEv".parse().unwrap()],
        },
        grant: "authorization_code".into(),
        scopes: scopes.iter().map(|s| s.to_string()).collect(),
    }
}

/// `policy/rule` of the decision, or the last condition that failed.
fn said(policies: &[Policy], request: &Request) -> String {
    match decide(policies, request) {
        Decision::Rule { policy_name, rule, .. } => format!("{policy_name}/{}", rule.name()),
        Decision::NoMatch { passed_over } => {
            passed_over.last().map_or("nothing asked".into(), |p| format!("no: {}", p.failed.words()))
        }
    }
}

#[test]
fn hand_worked_decisions() {
    let basic = ["openid", "email", "profile"];
    let sub = |people| policy("P", 1, &["0oaC"], vec![rule("r", 1, &["authorization_code"], &["*"], people)]);
    let scoped = |scopes: &[&str]| {
        policy("P", 1, &["0oaC"], vec![rule("r", 1, &["authorization_code"], scopes, everyone())])
    };
    let granted = |grants: &[&str]| policy("P", 1, &["0oaC"], vec![rule("r", 1, grants, &["*"], everyone())]);
    let with_grant = |grant: &str| Request { grant: grant.into(), ..ask(&basic) };
    let machine =
        |scopes: &[&str]| Request { who: Who::Client, grant: "client_credentials".into(), ..ask(scopes) };
    let new_client = || Request { client: None, ..ask(&basic) };
    let table: Vec<(&str, Vec<Policy>, Request, &str)> = vec![
        ("no policy at all", vec![], ask(&basic), "nothing asked"),
        ("one that fits", vec![policy("P", 1, &["0oaC"], vec![code("r", 1)])], ask(&basic), "P/r"),
        ("all clients", vec![policy("P", 1, &["ALL_CLIENTS"], vec![code("r", 1)])], ask(&basic), "P/r"),
        (
            "all clients, new client",
            vec![policy("P", 1, &["ALL_CLIENTS"], vec![code("r", 1)])],
            new_client(),
            "P/r",
        ),
        (
            "named clients, new client",
            vec![policy("P", 1, &["0oaC"], vec![code("r", 1)])],
            new_client(),
            "no: it is for other clients",
        ),
        (
            "other client",
            vec![policy("P", 1, &["0oaX"], vec![code("r", 1)])],
            ask(&basic),
            "no: it is for other clients",
        ),
        (
            "no client named",
            vec![policy("P", 1, &[], vec![code("r", 1)])],
            ask(&basic),
            "no: it is for other clients",
        ),
        (
            "policy inactive",
            vec![off_policy(policy("P", 1, &["0oaC"], vec![code("r", 1)]))],
            ask(&basic),
            "no: the policy is inactive",
        ),
        ("no rule", vec![policy("P", 1, &["0oaC"], vec![])], ask(&basic), "no: it has no rule"),
        (
            "rule inactive",
            vec![policy("P", 1, &["0oaC"], vec![off_rule(code("r", 1))])],
            ask(&basic),
            "no: the rule is inactive",
        ),
        (
            "rule inactive, next one",
            vec![policy("P", 1, &["0oaC"], vec![off_rule(code("r", 1)), code("s", 2)])],
            ask(&basic),
            "P/s",
        ),
        (
            "priority, not the list's order",
            vec![policy("P", 1, &["0oaC"], vec![code("s", 2), code("r", 1)])],
            ask(&basic),
            "P/r",
        ),
        (
            "policies by priority too",
            vec![
                policy("Q", 2, &["0oaC"], vec![code("r", 1)]),
                policy("P", 1, &["ALL_CLIENTS"], vec![code("r", 1)]),
            ],
            ask(&basic),
            "P/r",
        ),
        (
            "a policy without a match hands on",
            vec![
                policy("P", 1, &["0oaC"], vec![off_rule(code("r", 1))]),
                policy("Q", 2, &["ALL_CLIENTS"], vec![code("r", 1)]),
            ],
            ask(&basic),
            "Q/r",
        ),
        ("all scopes listed", vec![scoped(&["openid", "email", "profile"])], ask(&basic), "P/r"),
        (
            "one scope missing",
            vec![scoped(&["openid", "email"])],
            ask(&basic),
            "no: the rule does not include the scope profile",
        ),
        (
            "two scopes missing",
            vec![scoped(&["openid"])],
            ask(&basic),
            "no: the rule does not include the scopes email, profile",
        ),
        (
            "offline_access is asked for like any other",
            vec![scoped(&["openid"])],
            ask(&["openid", "offline_access"]),
            "no: the rule does not include the scope offline_access",
        ),
        (
            "scopes.include empty matches nothing",
            vec![scoped(&[])],
            ask(&basic),
            "no: the rule includes no scope, so it matches nothing",
        ),
        (
            "… not even a request without scopes",
            vec![scoped(&[])],
            ask(&[]),
            "no: the rule includes no scope, so it matches nothing",
        ),
        ("a request without scopes", vec![scoped(&["openid"])], ask(&[]), "P/r"),
        (
            "a scope's case counts",
            vec![scoped(&["OpenID"])],
            ask(&["openid"]),
            "no: the rule does not include the scope openid",
        ),
        (
            "grant not included",
            vec![granted(&["client_credentials"])],
            ask(&basic),
            "no: the rule does not include this grant type",
        ),
        (
            "no grant included",
            vec![granted(&[])],
            ask(&basic),
            "no: the rule does not include this grant type",
        ),
        (
            "refresh follows the code grant",
            vec![granted(&["authorization_code"])],
            with_grant("refresh_token"),
            "P/r",
        ),
        (
            "… and not another one",
            vec![granted(&["client_credentials"])],
            with_grant("refresh_token"),
            "no: the rule does not include this grant type",
        ),
        (
            "device code",
            vec![granted(&["authorization_code"])],
            with_grant("urn:ietf:params:oauth:grant-type:device_code"),
            "no: the rule does not include this grant type",
        ),
        (
            "client credentials has no person",
            vec![policy(
                "P",
                1,
                &["0oaC"],
                vec![rule("r", 1, &["client_credentials"], &["mcp"], groups(&["00gZ"]))],
            )],
            machine(&["mcp"]),
            "P/r",
        ),
        ("group of theirs", vec![sub(groups(&["00gM"]))], ask(&basic), "P/r"),
        ("Everyone by its id", vec![sub(groups(&["00gEv"]))], ask(&basic), "P/r"),
        ("another group", vec![sub(groups(&["00gZ"]))], ask(&basic), "no: the rule is for other people"),
        ("by name", vec![sub(json!({"users": {"include": ["00uA"]}}))], ask(&basic), "P/r"),
        (
            "by name or by group",
            vec![sub(json!({"users": {"include": ["00uB"]}, "groups": {"include": ["00gM"]}}))],
            ask(&basic),
            "P/r",
        ),
        (
            "left out by name",
            vec![sub(
                json!({"users": {"include": [], "exclude": ["00uA"]}, "groups": {"include": ["EVERYONE"]}}),
            )],
            ask(&basic),
            "no: the rule leaves this person out",
        ),
        (
            "left out by group",
            vec![sub(json!({"groups": {"include": ["EVERYONE"], "exclude": ["00gM"]}}))],
            ask(&basic),
            "no: the rule leaves this person out",
        ),
        (
            "left out of one, in the next",
            vec![policy(
                "P",
                1,
                &["0oaC"],
                vec![
                    rule(
                        "r",
                        1,
                        &["authorization_code"],
                        &["*"],
                        json!({"groups": {"include": ["EVERYONE"], "exclude": ["00gM"]}}),
                    ),
                    code("s", 2),
                ],
            )],
            ask(&basic),
            "P/s",
        ),
        ("nobody named", vec![sub(json!({}))], ask(&basic), "no: the rule names no people"),
        (
            "a narrower rule first decides",
            vec![policy(
                "P",
                1,
                &["0oaC"],
                vec![rule("m", 1, &["authorization_code"], &["*"], groups(&["00gM"])), code("r", 2)],
            )],
            ask(&basic),
            "P/m",
        ),
    ];
    assert!(table.len() >= 20);
    for (what, policies, request, expected) in table {
        assert_eq!(said(&policies, &request), expected, "{what}");
    }
}

#[test]
fn every_rule_passed_over_is_named_with_its_condition() {
    let policies = [
        policy("A", 1, &["0oaX"], vec![code("r", 1)]),
        policy(
            "B",
            2,
            &["0oaC"],
            vec![rule("c", 1, &["client_credentials"], &["*"], everyone()), code("r", 2)],
        ),
    ];
    let Decision::Rule { passed_over, policy, id, .. } = decide(&policies, &ask(&["openid"])) else {
        panic!()
    };
    let words: Vec<String> = passed_over.iter().map(PassedOver::words).collect();
    assert_eq!(
        words,
        [
            "policy \"A\": it is for other clients",
            "policy \"B\", rule \"c\": the rule does not include this grant type"
        ]
    );
    assert_eq!((policy.unwrap().as_str(), id.unwrap().as_str()), ("00pB", "0prr"));
}

#[test]
fn hand_worked_cover() {
    let client: ClientId = "0oaC".parse().unwrap();
    let ev: GroupId = "00gEv".parse().unwrap();
    let scopes = ["openid".to_owned()];
    let of = |people| {
        vec![policy("P", 1, &["0oaC"], vec![rule("r", 1, &["authorization_code"], &["openid"], people)])]
    };
    let yes = Cover::Yes { policy: "P".into(), rule: "r".into() };
    assert_eq!(covers(&of(everyone()), Some(&client), &scopes, None), yes);
    assert_eq!(covers(&of(groups(&["00gEv"])), Some(&client), &scopes, Some(&ev)), yes);
    assert!(matches!(
        covers(&of(groups(&["00gEv"])), Some(&client), &scopes, None),
        Cover::SomePeopleOnly { .. }
    ));
    let some = covers(&of(groups(&["00gM"])), Some(&client), &scopes, Some(&ev));
    assert!(
        matches!(some, Cover::SomePeopleOnly { groups, users, .. } if groups == ["00gM"] && users.is_empty())
    );
    let out = covers(
        &of(json!({"groups": {"include": ["EVERYONE"], "exclude": ["00gM"]}})),
        Some(&client),
        &scopes,
        None,
    );
    assert!(matches!(out, Cover::SomePeopleOnly { groups, .. } if groups.is_empty()), "somebody is left out");
    assert_eq!(covers(&[], Some(&client), &scopes, None), Cover::No { why: Gap::NoPolicy });
    assert_eq!(covers(&of(everyone()), None, &scopes, None), Cover::No { why: Gap::NoPolicyForClient });
    let off = [off_policy(policy("P", 1, &["0oaC"], vec![code("r", 1)]))];
    assert_eq!(covers(&off, Some(&client), &scopes, None), Cover::No { why: Gap::NoPolicyForClient });
    let missing = covers(&of(everyone()), Some(&client), &["mcp:tools".to_owned()], None);
    let Cover::No { why } = missing else { panic!("{missing:?}") };
    assert_eq!(
        why.sentence(),
        "No rule matches this client's sign-in (policy \"P\", rule \"r\": the rule does not include the scope mcp:tools)."
    );
    let broad_behind_narrow = vec![
        policy("N", 1, &["0oaC"], vec![rule("n", 1, &["authorization_code"], &["*"], groups(&["00gM"]))]),
        policy("P", 2, &["ALL_CLIENTS"], vec![code("r", 1)]),
    ];
    assert_eq!(covers(&broad_behind_narrow, Some(&client), &scopes, None), yes);
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let people = prop_oneof![
        Just(json!({})),
        Just(everyone()),
        Just(groups(&["00gM"])),
        Just(groups(&["00gZ"])),
        Just(json!({"groups": {"include": ["EVERYONE"], "exclude": ["00gM"]}}))
    ];
    let scopes =
        prop_oneof![Just(vec![]), Just(vec!["*"]), Just(vec!["openid"]), Just(vec!["openid", "email"])];
    let grants =
        prop_oneof![Just(vec![]), Just(vec!["authorization_code"]), Just(vec!["client_credentials"])];
    ("[a-e]", 1i64..4, grants, scopes, people, any::<bool>()).prop_map(|(name, priority, g, s, p, on)| {
        let r = rule(&name, priority, &g, &s, p);
        if on { r } else { off_rule(r) }
    })
}

fn any_policies() -> impl Strategy<Value = Vec<Policy>> {
    let clients = prop_oneof![Just(vec!["ALL_CLIENTS"]), Just(vec!["0oaC"]), Just(vec!["0oaX"])];
    let one = ("[A-E]", 1i64..4, clients, prop::collection::vec(any_rule(), 0..4), any::<bool>()).prop_map(
        |(name, priority, c, rules, on)| {
            let p = policy(&name, priority, &c, rules);
            if on { p } else { off_policy(p) }
        },
    );
    prop::collection::vec(one, 0..4)
}

proptest! {
    /// What covers everybody lets each person through; what covers nobody lets nobody through.
    #[test]
    fn cover_agrees_with_the_decision(policies in any_policies(), email in any::<bool>()) {
        let scopes: &[&str] = if email { &["openid", "email"] } else { &["openid"] };
        let request = ask(scopes);
        let passes = matches!(decide(&policies, &request), Decision::Rule { .. });
        match covers(&policies, Some(&"0oaC".parse().unwrap()), &request.scopes, None) {
            Cover::Yes { .. } => prop_assert!(passes),
            Cover::No { .. } => prop_assert!(!passes),
            Cover::SomePeopleOnly { .. } => {}
        }
    }

    /// The order in which the list arrives does not matter while priorities differ.
    #[test]
    fn the_lists_order_does_not_matter(mut policies in any_policies()) {
        for (i, p) in policies.iter_mut().enumerate() {
            p.raw.insert("priority".into(), json!(i));
        }
        let before = said(&policies, &ask(&["openid"]));
        policies.reverse();
        let reversed = decide(&policies, &ask(&["openid"]));
        let matched = matches!(reversed, Decision::Rule { .. });
        prop_assert_eq!(said(&policies, &ask(&["openid"])).clone(), before.clone());
        prop_assert_eq!(matched, !before.starts_with("no"));
    }
}
