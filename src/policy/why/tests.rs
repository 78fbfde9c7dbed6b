//! One case for each answer of each question, and that nothing unread is ever judged.

use super::*;
use crate::okta::model::{ApiError, GroupKind, Problem, SignOnRule, UserStatus};
use proptest::prelude::*;
use serde_json::{Value, json};

fn refused() -> ApiError {
    ApiError::Okta(Problem {
        endpoint: "GET /api/v1/x".into(),
        status: 403,
        code: "E0000006".into(),
        summary: "You do not have permission".into(),
        causes: Vec::new(),
        error_id: None,
        request_id: None,
    })
}

fn app(value: Value) -> App {
    let mut base = json!({"id": "0oaA", "label": "Gateway", "status": "ACTIVE",
        "credentials": {"oauthClient": {"client_id": "0oaA"}}, "settings": {"implicitAssignment": false}});
    if let (Some(base), Some(more)) = (base.as_object_mut(), value.as_object()) {
        base.extend(more.clone());
    }
    App(base.as_object().unwrap().clone())
}

fn group(id: &str, name: &str, kind: GroupKind) -> Group {
    Group { id: id.parse().unwrap(), name: name.into(), description: None, kind, members: None }
}

fn app_group(id: &str) -> AppGroup {
    AppGroup { id: id.parse().unwrap(), name: None, priority: None, profile: Default::default() }
}

fn assigned(via: &str, status: &str) -> Option<AppUser> {
    let via = if via == "USER" {
        crate::okta::model::Assigned::Directly
    } else {
        crate::okta::model::Assigned::ThroughGroup
    };
    Some(AppUser {
        id: "00uM".parse().unwrap(),
        via,
        status: status.into(),
        user_name: None,
        profile: Default::default(),
    })
}

fn rule(value: Value) -> SignOnRule {
    let mut base = json!({"id": "rul1", "name": "Catch-all", "status": "ACTIVE", "priority": 1});
    if let (Some(base), Some(more)) = (base.as_object_mut(), value.as_object()) {
        base.extend(more.clone());
    }
    SignOnRule(base.as_object().unwrap().clone())
}

fn mode(mode: &str) -> Value {
    json!({"actions": {"appSignOn": {"access": "ALLOW", "verificationMethod": {"type": "ASSURANCE", "factorMode": mode}}}})
}

fn policy(clients: &[&str], groups: &[&str], scopes: &[&str]) -> Policy {
    let raw = json!({"id": "00p1", "name": "Gateway", "status": "ACTIVE", "priority": 1, "conditions": {"clients": {"include": clients}}});
    let rule = json!({"id": "0pr1", "name": "code flow", "status": "ACTIVE", "priority": 1, "conditions": {
        "people": {"groups": {"include": groups}}, "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": scopes}}});
    Policy { raw: raw.as_object().unwrap().clone(), rules: vec![serde_json::from_value(rule).unwrap()] }
}

/// Everything passes.
fn facts() -> Facts {
    Facts {
        app: app(json!({})),
        person: User {
            id: "00uM".parse().unwrap(),
            login: "marta@acme.com".into(),
            name: "Marta Nowak".into(),
            email: "marta@acme.com".into(),
            status: UserStatus::Active,
            last_login: None,
        },
        assignment: Readable::Known(assigned("GROUP", "ACTIVE")),
        app_groups: Readable::Known(vec![app_group("00gE"), app_group("00gX")]),
        groups: Readable::Known(vec![
            group("00gAll", "Everyone", GroupKind::BuiltIn),
            group("00gE", "Engineering", GroupKind::Okta),
        ]),
        server: ServerKind::Custom("default".parse().unwrap()),
        server_answers: Readable::Known(true),
        policies: Readable::Known(vec![policy(&["0oaA"], &["EVERYONE"], &["*"])]),
        scopes: vec!["openid".into()],
        sign_on: Readable::Known(SignOn::Simulated { session: None, app: Some(rule(mode("1FA"))) }),
        factors: Readable::Known(Vec::new()),
    }
}

/// The line of a question after a change of the facts.
fn asked(question: Question, change: impl FnOnce(&mut Facts)) -> Line {
    let mut f = facts();
    change(&mut f);
    why(&f).lines.into_iter().find(|l| l.question == question).unwrap()
}

#[test]
fn whoever_passes_everything_can_sign_in() {
    let why = why(&facts());
    assert_eq!(why.can_sign_in(), Some(true), "{why:#?}");
    assert_eq!(why.sentence("Marta", "Gateway"), "Marta can sign in to Gateway.");
    assert_eq!(asked(Question::Assignment, |_| ()).saw, "Assigned through the group \"Engineering\".");
    assert_eq!(asked(Question::AccessPolicy, |_| ()).saw, "Policy \"Gateway\", rule \"code flow\" matches.");
}

#[test]
fn an_inactive_app_stops_everybody_and_can_be_activated() {
    let line = asked(Question::App, |f| f.app = app(json!({"status": "INACTIVE"})));
    assert_eq!((line.verdict, line.remedy), (Verdict::Fail, Some(Remedy::ActivateApp)));
    assert_eq!(asked(Question::App, |f| f.app = app(json!({"status": "ODD"}))).verdict, Verdict::NotJudged);
}

#[test]
fn each_status_has_its_answer_and_its_way_out() {
    use UserStatus::*;
    for (status, verdict) in [
        (Active, Verdict::Pass),
        (PasswordExpired, Verdict::NotJudged),
        (Recovery, Verdict::NotJudged),
        (Unknown, Verdict::NotJudged),
        (Staged, Verdict::Fail),
        (Provisioned, Verdict::Fail),
        (LockedOut, Verdict::Fail),
        (Suspended, Verdict::Fail),
        (Deprovisioned, Verdict::Fail),
    ] {
        let line = asked(Question::Status, |f| f.person.status = status);
        assert_eq!(line.verdict, verdict, "{status:?}");
        assert_eq!(line.remedy.is_some(), status != Active, "{status:?}");
    }
}

#[test]
fn an_assignment_says_its_way_and_a_missing_one_what_helps() {
    let by_name = asked(Question::Assignment, |f| f.assignment = Readable::Known(assigned("USER", "ACTIVE")));
    assert_eq!(by_name.saw, "Assigned by name, and through the group \"Engineering\".");
    let nobody = asked(Question::Assignment, |f| {
        f.assignment = Readable::Known(None);
        f.app_groups = Readable::Known(vec![app_group("00gX")]);
    });
    assert_eq!((nobody.verdict, nobody.remedy), (Verdict::Fail, Some(Remedy::AssignPerson)));
    let not_yet = asked(Question::Assignment, |f| f.assignment = Readable::Known(None));
    assert_eq!(not_yet.verdict, Verdict::NotJudged);
    let which = asked(Question::Assignment, |f| f.groups = Readable::Forbidden(refused()));
    assert_eq!(which.saw, "Assigned through a group; which one is not readable.");
    let off = asked(Question::Assignment, |f| f.assignment = Readable::Known(assigned("USER", "SUSPENDED")));
    assert_eq!(off.verdict, Verdict::NotJudged);
    let broker = asked(Question::Assignment, |f| {
        f.app = app(json!({"settings": {"implicitAssignment": true}}));
        f.assignment = Readable::Known(None);
    });
    assert_eq!(broker.verdict, Verdict::Pass);
}

#[test]
fn the_access_policy_that_stops_somebody_is_named() {
    let q = Question::AccessPolicy;
    let org = asked(q, |f| {
        f.server = ServerKind::Org;
        f.policies = Readable::NotAsked;
    });
    assert_eq!(org.verdict, Verdict::Pass);
    let gone = asked(q, |f| f.server_answers = Readable::Known(false));
    assert_eq!(gone.verdict, Verdict::Fail);
    let none = asked(q, |f| f.policies = Readable::Known(Vec::new()));
    assert_eq!((none.verdict, none.remedy), (Verdict::Fail, Some(Remedy::CoverClient)));
    assert_eq!(none.saw, "The authorization server has no access policy.");
    let other = asked(q, |f| f.policies = Readable::Known(vec![policy(&["0oaB"], &["EVERYONE"], &["*"])]));
    assert_eq!(other.saw, "No access policy covers this client.");
    let scope =
        asked(q, |f| f.policies = Readable::Known(vec![policy(&["0oaA"], &["EVERYONE"], &["email"])]));
    assert_eq!(scope.remedy, Some(Remedy::CoverClient));
    assert!(scope.saw.contains("does not include the scope openid"), "{}", scope.saw);
    let person = asked(q, |f| f.policies = Readable::Known(vec![policy(&["0oaA"], &["00gZ"], &["*"])]));
    assert_eq!(person.verdict, Verdict::Fail);
    let Some(Remedy::Words(words)) = person.remedy else { panic!("{person:?}") };
    assert!(words.contains("rule \"code flow\" of policy \"Gateway\""), "{words}");
    let own = asked(q, |f| f.policies = Readable::Known(vec![policy(&["ALL_CLIENTS"], &["00gE"], &["*"])]));
    assert_eq!(own.verdict, Verdict::Pass);
}

#[test]
fn groups_are_needed_only_where_a_rule_is_for_some() {
    let q = Question::AccessPolicy;
    let everybody = asked(q, |f| f.groups = Readable::Forbidden(refused()));
    assert_eq!(everybody.verdict, Verdict::Pass);
    let some = asked(q, |f| {
        f.groups = Readable::Forbidden(refused());
        f.policies = Readable::Known(vec![policy(&["0oaA"], &["00gE"], &["*"])]);
    });
    assert_eq!(some.verdict, Verdict::NotReadable);
}

#[test]
fn a_denying_rule_fails_and_two_factors_need_one_enrolled() {
    let deny = json!({"actions": {"appSignOn": {"access": "DENY"}}});
    let denied = |sign_on: SignOn| asked(Question::SignOn, |f| f.sign_on = Readable::Known(sign_on)).verdict;
    assert_eq!(denied(SignOn::Simulated { session: None, app: Some(rule(deny.clone())) }), Verdict::Fail);
    assert_eq!(denied(SignOn::Rules(vec![rule(deny.clone())])), Verdict::Fail);
    let session = json!({"actions": {"signon": {"access": "DENY"}}});
    assert_eq!(
        denied(SignOn::Simulated { session: Some(rule(session)), app: Some(rule(mode("1FA"))) }),
        Verdict::Fail
    );
    // A rule that denies somewhere else says nothing of here.
    let mut elsewhere = deny;
    elsewhere["conditions"] = json!({"network": {"connection": "ZONE"}});
    assert_eq!(denied(SignOn::Rules(vec![rule(elsewhere), rule(mode("1FA"))])), Verdict::NotJudged);
    assert_eq!(denied(SignOn::NotTold), Verdict::NotJudged);

    let two = |enrolled: &[(&str, &str)]| {
        asked(Question::Factors, |f| {
            f.sign_on = Readable::Known(SignOn::Simulated { session: None, app: Some(rule(mode("2FA"))) });
            let one = |(kind, status): &(&str, &str)| Factor {
                kind: (*kind).into(),
                provider: "OKTA".into(),
                status: (*status).into(),
            };
            f.factors = Readable::Known(enrolled.iter().map(one).collect());
        })
        .verdict
    };
    assert_eq!(two(&[]), Verdict::NotJudged);
    assert_eq!(two(&[("question", "ACTIVE")]), Verdict::NotJudged);
    assert_eq!(two(&[("push", "PENDING_ACTIVATION")]), Verdict::NotJudged);
    assert_eq!(two(&[("token:software:totp", "ACTIVE")]), Verdict::Pass);
}

fn readable<T: Clone + std::fmt::Debug + 'static>(known: T) -> impl Strategy<Value = Readable<T>> {
    prop_oneof![
        Just(Readable::NotAsked),
        Just(Readable::Known(known)),
        Just(Readable::Forbidden(refused())),
        Just(Readable::Failed(refused())),
    ]
}

proptest! {
    /// What was not read is neither passed nor failed, and without it nobody is told that they can sign in.
    #[test]
    fn nothing_unread_is_judged(
        assignment in readable(assigned("GROUP", "ACTIVE")), app_groups in readable(vec![app_group("00gE")]),
        groups in readable(facts().groups.known().cloned().unwrap()), policies in readable(facts().policies.known().cloned().unwrap()),
        sign_on in readable(facts().sign_on.known().cloned().unwrap()), factors in readable(Vec::new()),
    ) {
        let f = Facts { assignment, app_groups, groups, policies, sign_on, factors, ..facts() };
        let why = why(&f);
        let verdict = |q: Question| why.lines.iter().find(|l| l.question == q).map(|l| l.verdict);
        if f.assignment.known().is_none() {
            prop_assert_eq!(verdict(Question::Assignment), Some(Verdict::NotReadable));
            prop_assert_eq!(why.can_sign_in(), None);
        }
        if f.policies.known().is_none() {
            prop_assert_eq!(verdict(Question::AccessPolicy), Some(Verdict::NotReadable));
            prop_assert_eq!(why.can_sign_in(), None);
        }
        if f.sign_on.known().is_none() {
            prop_assert_eq!(verdict(Question::SignOn), Some(Verdict::NotReadable));
        }
        prop_assert!(why.lines.iter().all(|l| l.verdict != Verdict::Fail));
    }
}
