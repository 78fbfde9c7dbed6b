use super::super::sample::{self, app_group, app_user, draft, existing, group, live, me, user};
use super::super::value::{Allowed, Change, People, PlanId, PolicyRef};
use super::super::{Plan, needs_typing};
use super::*;
use crate::okta::model::{
    ApiError, AppStatus, Assigned, ClientAuthentication, Problem, Readable, RefreshRotation, UserStatus,
};
use crate::setup::{AccessMode, Ask, RedirectUri};
use serde_json::json;

fn id() -> PlanId {
    PlanId("p7".into())
}

fn make(draft: &Draft, live: &Live) -> Plan {
    plan(id(), draft, live).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// `title | risk | people`, a line a change.
fn lines(plan: &Plan) -> Vec<String> {
    let line = |p: &Planned| format!("{} | {} | {}", p.title, p.risk.word(), p.people.short());
    plan.changes.iter().map(line).collect()
}

fn forbidden() -> ApiError {
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

#[test]
fn a_new_app() {
    let mut draft = draft();
    draft.setup.app.logo = Some("/home/admin/logo.png".into());
    draft.setup.access.people = vec!["ana@acme.example".into()];
    let plan = make(&draft, &live());
    assert_eq!(
        lines(&plan),
        [
            "create the app \"Cequence AI Gateway\" | add | ",
            "upload the logo logo.png | add | ",
            "assign group MCP-Users | add | ≤ +212",
            "assign ana@acme.example | add | +1",
            "access policy \"Cequence AI Gateway\" on \"default\" | add | ",
            "rule \"Authorization code\" on \"default\" | add | ",
        ]
    );
    assert_eq!(plan.hand_over.token_url, "https://acme.okta.com/oauth2/default/v1/token");
    assert_eq!(plan.hand_over.scopes_json(), r#"["email", "profile", "openid"]"#);
    assert_eq!((plan.app.clone(), plan.hand_over.client_id.clone()), (None, None));
    assert!(plan.changes.iter().all(|p| p.allowed == Allowed::Yes));
    let Change::CreateApp { body } = &plan.changes[0].change else { panic!() };
    insta::assert_snapshot!(serde_json::to_string_pretty(body).unwrap());
    insta::assert_snapshot!(
        "new_app_details",
        plan.changes
            .iter()
            .map(|p| format!("{}\n  {}\n", p.title, p.details.join("\n  ")))
            .collect::<String>()
    );
}

#[test]
fn the_rule_asks_for_the_setups_scopes_and_goes_into_the_new_policy() {
    let plan = make(&draft(), &live());
    let [.., policy, last] = plan.changes.as_slice() else { panic!() };
    let Change::CreateRule { policy: PolicyRef::MadeBy(n), body, .. } = &last.change else { panic!() };
    assert_eq!(*n, policy.number);
    assert_eq!(body["conditions"]["scopes"]["include"], json!(["email", "profile", "openid"]));
    assert_eq!(body["conditions"]["people"]["groups"]["include"], json!(["EVERYONE"]));
    let Change::CreatePolicy { client: AppRef::MadeBy(1), .. } = &policy.change else { panic!() };
}

#[test]
fn without_the_refresh_token_grant_no_refresh_token_object_is_sent() {
    let mut draft = draft();
    draft.setup.grants.refresh_token = false;
    let plan = make(&draft, &live());
    let Change::CreateApp { body } = &plan.changes[0].change else { panic!() };
    let oauth = &body["settings"]["oauthClient"];
    assert_eq!(oauth["grant_types"], json!(["authorization_code"]));
    assert!(oauth.get("refresh_token").is_none());
}

#[test]
fn on_the_orgs_own_server_there_is_no_policy() {
    let mut draft = draft();
    draft.setup.authorization_server.id = "org".into();
    assert_eq!(make(&draft, &live()).changes.len(), 2);
}

#[test]
fn everyone_is_the_built_in_group() {
    let mut draft = draft();
    draft.setup.access.mode = AccessMode::Everyone;
    let plan = make(&draft, &live());
    let Change::AssignGroup { group, .. } = &plan.changes[1].change else { panic!() };
    assert_eq!((group.as_str(), &plan.changes[1].people), ("00gEveryone", &People::Everybody));
    let mut blind = live();
    blind.everyone = Readable::Forbidden(forbidden());
    assert!(matches!(plan_problems(&draft, &blind).as_slice(), [PlanProblem::EveryoneNotReadable(_)]));
}

fn plan_problems(draft: &Draft, live: &Live) -> Vec<PlanProblem> {
    plan(id(), draft, live).expect_err("problems")
}

#[test]
fn an_app_that_is_as_wanted_needs_nothing() {
    let (draft, live) = existing();
    let plan = make(&draft, &live);
    assert_eq!(lines(&plan), [""; 0]);
    assert_eq!(plan.hand_over.client_id.unwrap().as_str(), "0oaApp1");
    assert_eq!(plan.app_read_at.as_deref(), Some("2026-11-01T10:00:00.000Z"));
}

#[test]
fn an_edit_changes_the_wanted_fields_and_keeps_the_rest() {
    let (mut draft, live) = existing();
    let staging = "https://auth.stg.acme.example/v1/outbound/oauth/callback";
    draft.setup.redirect_uris.push(RedirectUri { environment: "staging".into(), uri: staging.into() });
    let plan = make(&draft, &live);
    assert_eq!(lines(&plan), ["edit the app: add redirect URI | add | "]);
    let Change::EditApp { before, after, fields } = &plan.changes[0].change else { panic!() };
    assert_eq!(fields.len(), 1);
    let mut expected = before.0.clone();
    set(
        &mut expected,
        &["settings", "oauthClient", "redirect_uris"],
        json!([crate::setup::GATEWAY_CALLBACK, "https://other.example/cb", staging]),
    );
    assert_eq!(after.0, expected, "the other app's URI, the consent method and unknown fields stay");
}

#[test]
fn edits_and_their_risks() {
    type Case = (&'static str, fn(&mut Draft), &'static str);
    let table: Vec<Case> = vec![
        ("name", |d| d.setup.app.name = "Gateway".into(), "edit the app: name | change | "),
        ("pkce", |d| d.setup.app.pkce_required = true, "edit the app: PKCE | change | 1"),
        (
            "refresh off",
            |d| d.setup.grants.refresh_token = false,
            "edit the app: grant Refresh Token | change | 1",
        ),
        (
            "rotation",
            |d| d.setup.grants.refresh_rotation = RefreshRotation::Rotate,
            "edit the app: refresh tokens | change | 1",
        ),
        ("leeway while static", |d| d.setup.grants.refresh_leeway_seconds = 7, ""),
        (
            "method",
            |d| d.setup.app.client_authentication = ClientAuthentication::ClientSecretPost,
            "edit the app: client authentication | CUT | 1",
        ),
        (
            "remove a URI",
            |d| d.asks.push(Ask::RemoveRedirectUri("https://other.example/cb".into())),
            "edit the app: remove redirect URI | CUT | 1",
        ),
        (
            "remove one that is not there",
            |d| d.asks.push(Ask::RemoveRedirectUri("https://nowhere.example/cb".into())),
            "",
        ),
        (
            "sign-out URI",
            |d| d.setup.sign_out.uris.push("https://h.example/out".into()),
            "edit the app: add sign-out URI | add | ",
        ),
    ];
    for (what, change, expected) in table {
        let (mut draft, mut live) = existing();
        live.app_users = Readable::Known(vec![app_user(&user("00uana", "ana"), Assigned::ThroughGroup)]);
        change(&mut draft);
        let plan = make(&draft, &live);
        assert_eq!(lines(&plan).join("\n"), expected, "{what}");
        if expected.contains("CUT") {
            assert!(needs_typing(&plan, false).is_some(), "{what}");
        }
    }
}

#[test]
fn the_words_about_secrets_are_as_hard_as_the_facts() {
    let (mut draft, mut live) = existing();
    draft.setup.app.client_authentication = ClientAuthentication::ClientSecretPost;
    let details = make(&draft, &live).changes[0].details.join("\n");
    assert!(details.contains("may REPLACE the client's secrets"), "{details}");
    draft.setup.app.client_authentication = ClientAuthentication::PrivateKeyJwt;
    assert_eq!(plan_problems(&draft, &live), [PlanProblem::NoKey]);
    set(
        &mut live.app.as_mut().unwrap().0,
        &["settings", "oauthClient", "jwks_uri"],
        json!("https://h.example/jwks"),
    );
    let details = make(&draft, &live).changes[0].details.join("\n");
    assert!(details.contains("DELETES this app's client secrets"), "{details}");
}

#[test]
fn a_secret_in_what_was_read_does_not_reach_the_plan() {
    let (mut draft, mut live) = existing();
    set(
        &mut live.app.as_mut().unwrap().0,
        &["credentials", "oauthClient", "client_secret"],
        json!("s3cr3t-value"),
    );
    draft.setup.app.pkce_required = true;
    assert!(!serde_json::to_string(&make(&draft, &live)).unwrap().contains("s3cr3t"));
}

#[test]
fn the_authorization_code_grant_comes_back_when_it_is_missing() {
    let (draft, mut live) = existing();
    let app = live.app.as_mut().unwrap();
    set(&mut app.0, &["settings", "oauthClient", "grant_types"], json!(["refresh_token"]));
    set(&mut app.0, &["settings", "oauthClient", "response_types"], json!(["token"]));
    let plan = make(&draft, &live);
    let Change::EditApp { after, .. } = &plan.changes[0].change else { panic!() };
    assert_eq!(after.grant_types(), ["authorization_code", "refresh_token"]);
    assert_eq!(after.at("/settings/oauthClient/response_types"), Some(&json!(["token", "code"])));
}

#[test]
fn an_inactive_app_is_activated_and_federation_broker_is_left_alone() {
    let (mut draft, mut live) = existing();
    let app = live.app.as_mut().unwrap();
    app.0.insert("status".into(), json!("INACTIVE"));
    assert_eq!(live.app.as_ref().unwrap().status(), AppStatus::Inactive);
    assert_eq!(lines(&make(&draft, &live)), ["activate the app \"Cequence AI Gateway\" | change | 0"]);
    let app = live.app.as_mut().unwrap();
    app.0.insert("status".into(), json!("ACTIVE"));
    set(&mut app.0, &["settings", "implicitAssignment"], json!(true));
    draft.setup.access.people = vec!["ben@acme.example".into()];
    draft.setup.app.pkce_required = true;
    let plan = make(&draft, &live);
    assert_eq!(
        lines(&plan),
        ["edit the app: PKCE | change | all"],
        "no assignment: Okta refuses them in this mode"
    );
    let Change::EditApp { after, .. } = &plan.changes[0].change else { panic!() };
    assert!(after.federation_broker());
    assert!(plan.notes.iter().any(|n| n.contains("Federation Broker Mode")), "{:?}", plan.notes);
}

#[test]
fn what_stands_in_the_way_is_said_all_at_once() {
    let mut draft = draft();
    draft.setup.app.name = " ".into();
    draft.setup.redirect_uris.clear();
    draft.setup.access.groups = vec!["MCP-User".into(), "Twins".into()];
    draft.setup.access.people = vec!["nobody@acme.example".into()];
    draft.setup.authorization_server.id = "no/server".into();
    draft.setup.authorization_server.scopes.clear();
    draft.setup.app.client_authentication = ClientAuthentication::None;
    let mut live = live();
    live.groups.insert("Twins".into(), vec![group("00g1", "Twins", 1), group("00g2", "Twins", 2)]);
    let problems = plan_problems(&draft, &live);
    assert_eq!(problems.len(), 8, "{problems:?}");
    let sentences: Vec<String> = problems.iter().map(|p| format!("{p}. {}", p.fix())).collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn no_such_server_no_such_app_no_web_app() {
    let (mut draft, mut live) = existing();
    live.discovery = Readable::Known(None);
    assert_eq!(plan_problems(&draft, &live), [PlanProblem::NoServer("default".into())]);
    live = existing().1;
    set(&mut live.app.as_mut().unwrap().0, &["settings", "oauthClient", "application_type"], json!("native"));
    assert_eq!(plan_problems(&draft, &live), [PlanProblem::NotWebApp("Cequence AI Gateway".into())]);
    live.app = None;
    draft.target = Target::Existing("0oaGone".parse().unwrap());
    assert_eq!(plan_problems(&draft, &live), [PlanProblem::AppGone("0oaGone".parse().unwrap())]);
}

#[test]
fn a_half_made_app_of_this_draft_is_edited_not_made_again() {
    let (_, mut live) = existing();
    live.policies = Readable::Known(Vec::new());
    let mut draft = draft();
    draft.target = Target::New;
    let titles = lines(&make(&draft, &live)).join("\n");
    assert!(!titles.contains("create the app") && titles.contains("access policy"), "{titles}");
}

#[test]
fn notes_for_names_taken_and_people_who_cannot_sign_in() {
    let (mut draft, mut live) = (draft(), live());
    live.same_label = vec![sample::live_app()];
    draft.setup.access.people = vec!["dana@acme.example".into()];
    live.people.get_mut("dana@acme.example").unwrap().status = UserStatus::LockedOut;
    let notes = make(&draft, &live).notes.join("\n");
    assert!(notes.contains("0oaApp1, active") && notes.contains("edit that one instead"), "{notes}");
    assert!(notes.contains("dana@acme.example is locked out"), "{notes}");
}

#[test]
fn many_people_who_cannot_sign_in_are_one_note() {
    let (mut draft, mut live) = (draft(), live());
    draft.setup.access.people = (0..1_500).map(|n| format!("p{n}@acme.example")).collect();
    for (n, login) in draft.setup.access.people.iter().enumerate() {
        let mut person = user(&format!("00up{n}"), login);
        person.status = if n < 1_200 { UserStatus::Suspended } else { UserStatus::Active };
        live.people.insert(login.clone(), person);
    }
    let plan = make(&draft, &live);
    let said: Vec<&String> = plan.notes.iter().filter(|n| n.contains("suspended")).collect();
    assert_eq!(
        said,
        [
            "1,200 people (p0@acme.example, p1@acme.example, p2@acme.example and 1,197 more) are suspended: Okta may refuse the \
          assignment, and they cannot sign in until that changes."
        ]
    );
    assert!(plan.notes.len() < 6, "{:?}", plan.notes);
    let of = |login: &str| {
        let found = plan.changes.iter().find(|p| p.title.as_str() == format!("assign {login}")).unwrap();
        found.details.iter().any(|d| d.as_str().contains("suspended"))
    };
    assert!(of("p1199@acme.example") && !of("p1200@acme.example"));
}

#[test]
fn people_who_are_in_through_a_group_stay_so() {
    let (mut draft, mut live) = existing();
    let ana = live.people["ana@acme.example"].clone();
    live.app_users = Readable::Known(vec![app_user(&ana, Assigned::ThroughGroup)]);
    draft.setup.access.people = vec!["ana@acme.example".into()];
    let plan = make(&draft, &live);
    assert!(plan.changes.is_empty() && plan.notes[0].contains("through a group already"), "{:?}", plan.notes);
    // … but by name when a group goes at the same time.
    draft.setup.access.groups.clear();
    draft.asks = vec![Ask::UnassignGroup { id: "00gMcp".parse().unwrap(), name: "MCP-Users".into() }];
    assert_eq!(lines(&make(&draft, &live))[0], "assign ana@acme.example | add | ");
}

#[test]
fn a_removed_group_counts_each_person_once_and_those_who_stay_not_at_all() {
    let (mut draft, mut live) = existing();
    let [ana, ben, cho, dana] =
        ["ana", "ben", "cho", "dana"].map(|n| live.people[&format!("{n}@acme.example")].clone());
    let con = group("00gCon", "Contractors", 3);
    live.app_groups = Readable::Known(vec![app_group(&group("00gMcp", "MCP-Users", 1)), app_group(&con)]);
    live.app_users = Readable::Known(
        [
            (&ana, Assigned::ThroughGroup),
            (&ben, Assigned::ThroughGroup),
            (&cho, Assigned::Directly),
            (&dana, Assigned::Directly),
        ]
        .map(|(u, via)| app_user(u, via))
        .to_vec(),
    );
    live.members.insert("00gMcp".into(), vec![ana.clone()]);
    live.members.insert("00gCon".into(), vec![ana.clone(), ben.clone(), dana.clone()]);
    draft.asks = vec![
        Ask::UnassignGroup { id: con.id.clone(), name: con.name.clone() },
        Ask::UnassignPerson { id: dana.id.clone(), login: dana.login.clone() },
        Ask::UnassignPerson { id: cho.id.clone(), login: cho.login.clone() },
    ];
    let plan = make(&draft, &live);
    assert_eq!(
        lines(&plan),
        [
            "remove group Contractors | CUT | −2",
            "remove dana@acme.example | change | ",
            "remove cho@acme.example | CUT | −1"
        ],
        "ana stays through MCP-Users; ben and dana go with the group, dana is not counted twice"
    );
    assert_eq!(needs_typing(&plan, false).unwrap().expected, "3");
    live.members.remove("00gMcp");
    assert_eq!(lines(&make(&draft, &live))[0], "remove group Contractors | CUT | ≤ −3");
    live.members.remove("00gCon");
    assert_eq!(lines(&make(&draft, &live))[0], "remove group Contractors | CUT | ≤ −16");
    let everyone = group("00gEveryone", "Everyone", 1204);
    live.app_groups = Readable::Known(vec![
        app_group(&everyone),
        app_group(&con),
        app_group(&group("00gMcp", "MCP-Users", 1)),
    ]);
    assert_eq!(lines(&make(&draft, &live))[0], "remove group Contractors | change | ");
}

#[test]
fn controlled_access_beside_an_assigned_everyone_is_said() {
    let (mut draft, mut live) = existing();
    let everyone = group("00gEveryone", "Everyone", 1204);
    live.app_groups =
        Readable::Known(vec![app_group(&everyone), app_group(&group("00gMcp", "MCP-Users", 1))]);
    let said = |plan: &Plan| plan.notes.iter().any(|n| n.contains("Everyone is still assigned"));
    live.everyone = Readable::Known(everyone.clone());
    assert!(said(&make(&draft, &live)));
    draft.asks = vec![Ask::UnassignGroup { id: everyone.id.clone(), name: everyone.name.clone() }];
    assert!(!said(&make(&draft, &live)));
    draft.asks.clear();
    draft.setup.access.mode = AccessMode::Everyone;
    assert!(!said(&make(&draft, &live)));
}

#[test]
fn nothing_is_both_wanted_and_removed() {
    let (mut draft, live) = existing();
    draft.asks = vec![
        Ask::UnassignGroup { id: "00gMcp".parse().unwrap(), name: "MCP-Users".into() },
        Ask::RemoveRedirectUri(crate::setup::GATEWAY_CALLBACK.into()),
    ];
    assert_eq!(plan_problems(&draft, &live).len(), 2);
}

#[test]
fn a_rule_that_is_missing_goes_into_the_apps_own_policy() {
    let (mut draft, live) = existing();
    draft.setup.authorization_server.scopes.push("offline_access".into());
    let plan = make(&draft, &live);
    assert_eq!(lines(&plan), ["rule \"Authorization code (2)\" on \"default\" | add | "]);
    let Change::CreateRule { policy: PolicyRef::Known(policy), .. } = &plan.changes[0].change else {
        panic!()
    };
    assert_eq!(policy.as_str(), "00pMine");
}

#[test]
fn a_rule_for_some_people_is_not_widened() {
    let (mut draft, mut live) = existing();
    let narrow = sample::rule("r", json!({"groups": {"include": ["00gMcp"]}}), &["*"]);
    live.policies = Readable::Known(vec![sample::policy("00pN", "Narrow", &["ALL_CLIENTS"], vec![narrow])]);
    let plan = make(&draft, &live);
    assert!(
        plan.changes.is_empty() && plan.notes.is_empty(),
        "the Setup's one group is the rule's: {:?}",
        plan.notes
    );
    draft.setup.access.people = vec!["ben@acme.example".into()];
    let plan = make(&draft, &live);
    assert_eq!(lines(&plan), ["assign ben@acme.example | add | +1"]);
    assert!(plan.notes[0].contains("for some people only"), "{:?}", plan.notes);
}

#[test]
fn who_may_not_edit_servers_gets_a_text_for_somebody_who_may() {
    let mut live = live();
    live.me = Some(me(&["APP_ADMIN"]));
    let plan = make(&draft(), &live);
    let refused: Vec<usize> =
        plan.changes.iter().filter(|p| p.allowed != Allowed::Yes).map(|p| p.number).collect();
    assert_eq!(refused, [3, 4]);
    let Allowed::No { why, ask } = &plan.changes[3].allowed else { panic!() };
    insta::assert_snapshot!(format!("{why}\n{ask}"));
    live.me = Some(me(&["APP_ADMIN", "CUSTOM"]));
    assert!(
        make(&draft(), &live).changes.iter().all(|p| p.allowed == Allowed::Yes),
        "a custom role may have it"
    );
    live.me = Some(me(&["READ_ONLY_ADMIN"]));
    let plan = make(&draft(), &live);
    assert!(plan.changes.iter().all(|p| p.allowed != Allowed::Yes));
    assert!(plan.notes.iter().any(|n| n.contains("may make none")));
    if let Some(me) = &mut live.me {
        me.roles = None;
    }
    assert!(
        make(&draft(), &live).changes.iter().all(|p| p.allowed == Allowed::Yes),
        "roles unread: Okta decides"
    );
}

#[test]
fn policies_that_may_not_be_read_are_not_missing() {
    let mut live = live();
    live.policies = Readable::Forbidden(forbidden());
    let plan = make(&draft(), &live);
    assert_eq!(plan.changes.len(), 2);
    assert!(plan.notes[0].contains("may not read the access policies"), "{:?}", plan.notes);
    live.policies = Readable::NotAsked;
    assert!(make(&draft(), &live).notes[0].contains("were not read"));
}

#[test]
fn assignments_that_cannot_be_read_are_planned_again() {
    let (draft, mut live) = existing();
    live.app_groups = Readable::Forbidden(forbidden());
    let plan = make(&draft, &live);
    assert_eq!(lines(&plan), ["assign group MCP-Users | add | +212"]);
    assert!(plan.notes.iter().any(|n| n.contains("could not be read")));
}

#[test]
fn endpoints_that_were_not_confirmed_say_so() {
    let (draft, mut live) = existing();
    live.discovery = Readable::NotAsked;
    let plan = make(&draft, &live);
    assert_eq!(plan.hand_over.authorization_url, "https://acme.okta.com/oauth2/default/v1/authorize");
    assert!(plan.notes[0].contains("not confirmed"));
}

#[test]
fn planning_is_deterministic() {
    let (draft, live) = existing();
    assert_eq!(plan(id(), &draft, &live), plan(id(), &draft, &live));
}

#[test]
fn what_is_asked_of_secrets_keeps_oktas_rules() {
    use crate::okta::model::ClientSecret;
    use crate::setup::SecretAsk;
    let secret = |id: &str, active| ClientSecret {
        id: id.parse().unwrap(),
        value: None,
        hash: None,
        active,
        created: None,
    };
    let planned = |live_secrets: &[(&str, bool)], asks: &[SecretAsk]| {
        let (mut draft, mut live) = existing();
        live.secrets = Readable::Known(live_secrets.iter().map(|(id, active)| secret(id, *active)).collect());
        draft.asks = asks.iter().cloned().map(Ask::Secret).collect();
        plan(id(), &draft, &live).map(|p| lines(&p)).map_err(|p| p[0].to_string())
    };
    let id = |id: &str| id.parse().unwrap();
    let (one, two) = ([("ocsA", true)], [("ocsA", true), ("ocsB", true)]);
    assert_eq!(planned(&one, &[SecretAsk::Add]).unwrap(), ["make a second client secret | add | "]);
    assert_eq!(planned(&two, &[SecretAsk::Add]).unwrap_err(), "The app has two client secrets already");
    assert_eq!(
        planned(&two, &[SecretAsk::Deactivate(id("ocsA")), SecretAsk::Delete(id("ocsA")), SecretAsk::Add])
            .unwrap(),
        [
            "deactivate client secret ocsA | CUT | ",
            "delete client secret ocsA | GONE | ",
            "make a second client secret | add | "
        ]
    );
    assert_eq!(
        planned(&one, &[SecretAsk::Deactivate(id("ocsA"))]).unwrap_err(),
        "ocsA is the only active client secret"
    );
    // One that the same plan makes is another active one.
    assert_eq!(planned(&one, &[SecretAsk::Add, SecretAsk::Deactivate(id("ocsA"))]).unwrap().len(), 2);
    assert_eq!(
        planned(&two, &[SecretAsk::Delete(id("ocsB"))]).unwrap_err(),
        "The client secret ocsB is active"
    );
    assert_eq!(planned(&one, &[SecretAsk::Activate(id("ocsA"))]).unwrap(), Vec::<String>::new());
    let (mut draft, mut live) = existing();
    draft.asks = vec![Ask::Secret(SecretAsk::Add)];
    live.secrets = Readable::Forbidden(forbidden());
    assert!(
        matches!(plan(super::tests::id(), &draft, &live), Err(p) if matches!(p[0], PlanProblem::SecretsNotReadable(_)))
    );
}
