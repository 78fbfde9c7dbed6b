//! The client against a server that misbehaves as told.

use super::model::{ApiError, AppId, NetKind, PolicyId, ServerId, ServerKind};
use super::read::{GroupQuery, PeopleQuery, Reader};
use super::write::Writer;
use super::{Authorization, Transport};
use crate::secret::Secret;
use crate::wire::scripted::{Reply, Scripted, Seen};
use crate::wire::{Client, Options};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::time::Duration;

fn transport(server: &Scripted) -> Transport {
    let options = Options { total_timeout: Duration::from_secs(5), ..Options::default() };
    let token = Authorization::ApiToken(Secret::new("00token"));
    Transport::new(server.origin(), token, Client::new(options).unwrap())
}

async fn scripted(
    script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
) -> (Scripted, Reader, Writer) {
    let server = Scripted::start(script).await;
    let transport = transport(&server);
    (server, Reader::new(transport.clone()), Writer::new(transport))
}

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

fn refusal(status: u16, code: &str) -> Reply {
    let body = json!({"errorCode": code, "errorSummary": "no", "errorId": "oae1", "errorCauses": []});
    Reply::json(status, body.to_string()).header("X-Okta-Request-Id", "req1")
}

fn limits(reply: Reply, limit: u32, remaining: u32, reset_in: i64) -> Reply {
    let now = Timestamp::now();
    reply
        .header("X-Rate-Limit-Limit", limit)
        .header("X-Rate-Limit-Remaining", remaining)
        .header("X-Rate-Limit-Reset", now.as_second() + reset_in)
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[tokio::test]
async fn every_request_says_who_sends_it_and_in_what_form() {
    let (server, reader, _) = scripted(|_, _| Reply::json(200, r#"{"id":"0oa1"}"#)).await;
    reader.app(&id("0oa1")).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "GET /api/v1/apps/0oa1 HTTP/1.1");
    assert_eq!(seen.header("authorization"), Some("SSWS 00token"));
    assert_eq!(
        (seen.header("accept"), seen.header("content-type")),
        (Some("application/json"), Some("application/json"))
    );
    assert!(seen.header("user-agent").unwrap().starts_with("oktui/"));
}

#[tokio::test]
async fn what_an_org_tells_anybody_is_asked_without_the_token() {
    let (server, reader, _) = scripted(|n, _| match n {
        0 => Reply::json(200, r#"{"id":"00o1","pipeline":"idx"}"#),
        _ => refusal(404, "E0000007"),
    })
    .await;
    reader.org_facts().await.unwrap();
    assert_eq!(reader.discovery(&ServerKind::Custom(id("default")), None).await.unwrap(), None);
    assert!(server.seen().iter().all(|seen| seen.header("authorization").is_none()));
}

#[tokio::test]
async fn refusals_come_with_code_and_request_id_and_are_not_repeated() {
    for (status, code) in
        [(400, "E0000001"), (401, "E0000011"), (403, "E0000006"), (404, "E0000007"), (501, "E0000060")]
    {
        let (server, reader, _) = scripted(move |_, _| refusal(status, code)).await;
        match reader.servers().await.unwrap_err() {
            ApiError::Okta(p) => {
                assert_eq!(
                    (p.status, p.code.as_str(), p.endpoint.as_str()),
                    (status, code, "GET /api/v1/authorizationServers")
                );
                assert_eq!(p.request_id.unwrap().as_str(), "req1");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn roles_that_may_not_be_read_are_not_no_roles() {
    for (reply, roles) in
        [(None, None), (Some("[]"), Some(0)), (Some(r#"[{"type":"SUPER_ADMIN"}]"#), Some(1))]
    {
        let (_server, reader, _) = scripted(move |n, _| match (n, reply) {
            (0, _) => Reply::json(200, r#"{"id":"00u1","profile":{"login":"ana"}}"#),
            (_, Some(roles)) => Reply::json(200, roles),
            (_, None) => refusal(403, "E0000006"),
        })
        .await;
        assert_eq!(reader.identity().await.unwrap().roles.map(|r| r.len()), roles);
    }
}

#[tokio::test]
async fn a_get_is_repeated_after_faults_and_a_create_is_not() {
    let script = |n: usize, _: &Seen| match n {
        0 => refusal(500, "E0000009"),
        1 => Reply::Reset,
        2 => Reply::html(502, "<title>Bad gateway</title>"),
        _ => Reply::json(200, r#"{"id":"0oa1"}"#),
    };
    let (server, reader, writer) = scripted(script).await;
    reader.app(&id("0oa1")).await.unwrap();
    assert_eq!(server.seen().len(), 4);

    drop((server, reader, writer));
    for (number, unknown) in [(0, true), (1, true), (2, true)] {
        let (server, _, writer) = scripted(move |_, seen| script(number, seen)).await;
        let e = writer.create_app(&Map::new()).await.unwrap_err();
        assert_eq!((server.seen().len(), e.outcome_unknown()), (1, unknown), "{e}");
    }
}

#[tokio::test]
async fn a_fault_that_stays_is_told_after_four_repeats() {
    let (server, reader, _) = scripted(|_, _| refusal(503, "E0000010")).await;
    assert!(matches!(reader.app(&id("0oa1")).await.unwrap_err(), ApiError::Okta(p) if p.status == 503));
    assert_eq!(server.seen().len(), 5);
}

#[tokio::test]
async fn calls_are_remembered_with_their_answers_and_without_the_token() {
    let (_server, reader, _) = scripted(|n, _| match n {
        0 => refusal(503, "E0000010"),
        _ => Reply::json(200, "[]"),
    })
    .await;
    reader.find_apps_by_label("Gateway & co").await.unwrap();
    let made = reader.transport().made();
    let told: Vec<(u64, Option<u16>, usize)> =
        made.iter().map(|c| (c.number, c.status, c.repeated)).collect();
    assert_eq!(told, [(2, Some(200), 1), (1, Some(503), 0)], "the newest first");
    assert!(made[0].target.as_str().starts_with("/api/v1/apps?"), "{made:?}");
    assert!(!format!("{made:?}").contains("SSWS"), "{made:?}");
    for _ in 0..600 {
        reader.find_apps_by_label("x").await.unwrap();
    }
    let made = reader.transport().made();
    assert_eq!((made.len(), made[0].number), (500, 602), "a long session stays small");
}

#[tokio::test]
async fn a_request_waits_for_the_reset_and_says_so() {
    let (server, reader, _) = scripted(|_, _| limits(Reply::json(200, "[]"), 10, 0, 2)).await;
    let mut waiting = reader.transport().waiting();
    reader.apps(None).await.unwrap();
    assert_eq!(reader.transport().tightest().unwrap().name, "apps");
    let second = tokio::spawn({
        let reader = reader.clone();
        async move { reader.apps(None).await }
    });
    let seen = waiting.wait_for(|all| !all.is_empty()).await.unwrap().clone();
    assert_eq!((seen[0].bucket.as_str(), server.seen().len()), ("apps", 1), "it waits before it asks");
    second.await.unwrap().unwrap();
    assert!(Timestamp::now() >= seen[0].until && server.seen().len() == 2);
    assert!(waiting.wait_for(Vec::is_empty).await.is_ok());
}

#[tokio::test]
async fn a_dropped_wait_is_no_longer_told() {
    let (_server, reader, _) = scripted(|_, _| limits(Reply::json(200, "[]"), 10, 0, 50)).await;
    let mut waiting = reader.transport().waiting();
    reader.apps(None).await.unwrap();
    let second = tokio::spawn({
        let reader = reader.clone();
        async move { reader.apps(None).await }
    });
    waiting.wait_for(|all| !all.is_empty()).await.unwrap();
    second.abort();
    waiting.wait_for(Vec::is_empty).await.unwrap();
}

#[tokio::test]
async fn a_429_is_waited_out_for_a_create_too() {
    let (server, _, writer) = scripted(|n, _| match n {
        0 => limits(refusal(429, "E0000047"), 10, 0, 0),
        _ => Reply::json(200, r#"{"id":"0oa1"}"#),
    })
    .await;
    let begun = Timestamp::now();
    writer.create_app(&Map::new()).await.unwrap();
    assert_eq!(server.seen().len(), 2);
    assert!(Timestamp::now().duration_since(begun).as_millis() >= 900, "a second after the reset");
}

#[tokio::test]
async fn a_concurrency_limit_is_backed_off_from() {
    let (server, reader, _) = scripted(|n, _| match n {
        0 => limits(refusal(429, "E0000047"), 0, 0, 40),
        _ => Reply::json(200, r#"{"id":"0oa1"}"#),
    })
    .await;
    reader.app(&id("0oa1")).await.unwrap();
    assert_eq!(server.seen().len(), 2);
    assert!(reader.transport().budget().iter().all(|b| b.limit > 0));
}

#[tokio::test]
async fn pages_are_followed_as_they_are_given_and_arrive_one_by_one() {
    let server = Scripted::start(|n, seen| {
        let host = seen.header("host").unwrap();
        let page = Reply::json(
            200,
            json!([{"id": format!("00u{n}"), "profile": {"login": "a\u{1b}]0;x\u{7}"}}]).to_string(),
        );
        match n {
            0..2 => {
                page.header("Link", format!(r#"<http://{host}/api/v1/users?after=c{n}&odd=%2F>; rel="next""#))
            }
            _ => page,
        }
    })
    .await;
    let reader = Reader::new(transport(&server));
    let mut pages = reader.people(PeopleQuery::Search("o'\"a".into()));
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first[0].id.as_str(), first[0].login.as_str(), pages.more()), ("00u0", "a␛]0;x␇", true));
    assert_eq!(server.seen().len(), 1, "the next page is not asked for before it is wanted");
    assert_eq!(pages.all().await.unwrap().len(), 2);
    assert_eq!(server.seen()[1].line, "GET /api/v1/users?after=c0&odd=%2F HTTP/1.1");
}

#[tokio::test]
async fn a_link_to_another_host_is_refused_and_gets_no_token() {
    let elsewhere = Scripted::start(|_, _| Reply::json(200, "[]")).await;
    let foreign = elsewhere.url("/api/v1/groups?after=1");
    let (_server, reader, _) =
        scripted(move |_, _| Reply::json(200, "[]").header("Link", format!(r#"<{foreign}>; rel="next""#)))
            .await;
    let e = reader.groups(GroupQuery::All, false).all().await.unwrap_err();
    assert!(
        matches!(&e, ApiError::Net { kind: NetKind::NotAllowed, detail, .. } if detail.as_str().contains("another host")),
        "{e}"
    );
    assert_eq!(elsewhere.seen().len(), 0);
}

#[tokio::test]
async fn a_link_that_leads_in_a_circle_ends() {
    let (server, reader, _) = scripted(|_, seen| {
        let host = seen.header("host").unwrap();
        Reply::json(200, "[]").header("Link", format!(r#"<http://{host}/api/v1/groups?after=1>; rel="next""#))
    })
    .await;
    let e = reader.groups(GroupQuery::All, false).all().await.unwrap_err();
    assert!(matches!(e, ApiError::Unreadable { .. }) && server.seen().len() == 2);
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    type Check = fn(&ApiError) -> bool;
    let cases: [(fn() -> Reply, Check); 7] = [
        (|| Reply::json(200, r#"{"id":"0o"#), |e| matches!(e, ApiError::Unreadable { status: 200, .. })),
        (|| Reply::json(200, "[]"), |e| matches!(e, ApiError::Unreadable { .. })),
        (|| Reply::json(200, ""), |e| matches!(e, ApiError::Unreadable { .. })),
        (
            || Reply::html(200, "<html><title>Sign in to the Wi-Fi\u{1b}[2J</title>"),
            |e| matches!(e, ApiError::NotJson { first_line, .. } if first_line.as_str() == "Sign in to the Wi-Fi␛[2J"),
        ),
        (
            || Reply::json(302, "").header("Location", "https://proxy.example/login?t=1"),
            |e| matches!(e, ApiError::NotJson { status: 302, first_line, .. } if first_line.as_str().ends_with("proxy.example/login")),
        ),
        (
            || Reply::large(10 * 1024 * 1024, false),
            |e| matches!(e, ApiError::Net { kind: NetKind::TooLarge, .. }),
        ),
        (|| refusal(404, "E0000007"), ApiError::is_not_found),
    ];
    for (number, (reply, check)) in cases.into_iter().enumerate() {
        let (_server, reader, _) = scripted(move |_, _| reply()).await;
        let e = reader.app(&id("0oa1")).await.unwrap_err();
        assert!(check(&e), "case {number}: {e:?}");
        assert!(!e.to_string().chars().any(crate::text::is_unsafe));
    }
}

#[tokio::test]
async fn a_created_app_has_its_secret_beside_it() {
    let answer = json!({"id": "0oa1", "label": "G", "credentials": {"oauthClient": {"client_id": "0oa1", "client_secret": "s3cret"}}});
    let (server, _, writer) =
        scripted(move |_, _| Reply::json(200, answer.to_string()).header("X-Okta-Request-Id", "req7")).await;
    let done = writer.create_app(&object(json!({"label": "G"}))).await.unwrap();
    let (app, secret) = done.value;
    assert_eq!((secret, done.request_id.unwrap().as_str()), (Some(Secret::new("s3cret")), "req7"));
    assert!(!serde_json::to_string(&app).unwrap().contains("s3cret"));
    assert_eq!(server.seen()[0].line, "POST /api/v1/apps?activate=true HTTP/1.1");
}

fn stored(last_updated: &str) -> Value {
    json!({
        "id": "0oa1", "name": "oidc_client", "label": "Gate \u{1b}way", "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
        "created": "x", "lastUpdated": last_updated, "orn": "o", "features": [], "universalLogout": {}, "_links": {"a": 1},
        "invented": {"deep": [1, null]}, "profile": {"a": "b"},
        "credentials": {"oauthClient": {"client_id": "0oa1", "client_secret": "s3cret", "odd": 1}},
        "settings": {"emOptInStatus": "NONE", "notes": {"admin": "n"}, "oauthClient": {"redirect_uris": ["https://h/cb"]}},
    })
}

#[tokio::test]
async fn a_replace_keeps_what_it_does_not_know_and_leaves_out_what_is_oktas() {
    let (server, reader, writer) = scripted(|_, _| Reply::json(200, stored("t1").to_string())).await;
    let app: AppId = id("0oa1");
    // As read, a secret in it would be gone already; one that somebody put there must not be set by accident either.
    let read = super::model::App(object(stored("t1")));
    assert_eq!(reader.app(&app).await.unwrap().raw_label(), read.raw_label());
    let done = writer.replace_app(&app, "t1", &read).await.unwrap();
    assert!(!format!("{:?}", done.value.0).contains("s3cret"));
    let put = &server.seen()[2];
    assert_eq!(put.line, "PUT /api/v1/apps/0oa1 HTTP/1.1");
    let mut expected = object(stored("t1"));
    for own in ["id", "created", "lastUpdated", "status", "orn", "features", "universalLogout", "_links"] {
        expected.remove(own);
    }
    expected["settings"].as_object_mut().unwrap().remove("emOptInStatus");
    expected["credentials"]["oauthClient"].as_object_mut().unwrap().remove("client_secret");
    assert_eq!(put.json(), Value::Object(expected));
}

#[tokio::test]
async fn an_app_that_changed_in_between_is_not_replaced() {
    let (server, reader, writer) =
        scripted(|n, _| Reply::json(200, stored(if n == 0 { "t1" } else { "t2" }).to_string())).await;
    let read = reader.app(&id("0oa1")).await.unwrap();
    let e = writer.replace_app(&id("0oa1"), "t1", &read).await.unwrap_err();
    assert_eq!(
        e.to_string(),
        r#"the app "Gate ␛way" was changed by somebody else at t2 (it was read as of t1)"#
    );
    assert!(server.seen().iter().all(|seen| seen.line.starts_with("GET")));
}

#[tokio::test]
async fn already_assigned_is_done() {
    let (_server, _, writer) = scripted(|n, _| match n {
        0 => refusal(409, "E0000062"),
        1 => Reply::json(200, r#"{"id":"00u1","scope":"USER","profile":{"name":"A"}}"#),
        _ => refusal(409, "E0000195"),
    })
    .await;
    let (app, user) = (id("0oa1"), id("00u1"));
    let done = writer.assign_person(&app, &user, None).await.unwrap();
    assert!(done.already && done.value.is_none());
    let done = writer.assign_person(&app, &user, Some(&object(json!({"name": "A"})))).await.unwrap();
    assert_eq!(done.value.unwrap().profile["name"], "A");
    assert!(writer.assign_person(&app, &user, None).await.is_err(), "another conflict is not that one");
}

#[tokio::test]
async fn a_delete_whose_answer_was_lost_is_done() {
    let (server, _, writer) = scripted(|n, _| match n {
        0 => Reply::Reset,
        _ => refusal(404, "E0000007"),
    })
    .await;
    writer.unassign_person(&id("0oa1"), &id("00u1")).await.unwrap();
    assert_eq!(server.seen()[0].line, "DELETE /api/v1/apps/0oa1/users/00u1?sendEmail=false HTTP/1.1");
    let (_server, _, writer) = scripted(|_, _| refusal(404, "E0000007")).await;
    assert!(writer.delete_app(&id("0oa1")).await.unwrap_err().is_not_found(), "the first answer stands");
}

#[tokio::test]
async fn bodyless_posts_say_their_length() {
    let (server, _, writer) = scripted(|_, _| Reply::json(200, "{}")).await;
    writer.deactivate_app(&id("0oa1")).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(
        (seen.line.as_str(), seen.header("content-length")),
        ("POST /api/v1/apps/0oa1/lifecycle/deactivate HTTP/1.1", Some("0"))
    );
}

#[tokio::test]
async fn a_logo_goes_as_a_form_and_not_as_json() {
    let (server, _, writer) = scripted(|_, _| Reply::json(201, "")).await;
    writer.upload_logo(&id("0oa1"), "l.png", "image/png", b"PNG".to_vec()).await.unwrap();
    let types: Vec<_> = server.seen()[0]
        .headers
        .iter()
        .filter(|(n, _)| n == "content-type")
        .map(|(_, v)| v.clone())
        .collect();
    assert!(types.len() == 1 && types[0].starts_with("multipart/form-data"), "{types:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_to_one_app_go_one_after_the_other() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    // The script blocks its thread while the request is under way; with four of them, requests would overlap.
    let server = Scripted::start(|_, _| {
        let now = UNDER_WAY.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
        Reply::json(200, r#"{"id":"00g1"}"#)
    })
    .await;
    let writer = Writer::new(transport(&server));
    let (app, groups) = (id::<AppId>("0oa1"), ["00g1", "00g2", "00g3"].map(id));
    let all = groups.iter().map(|group| writer.assign_group(&app, group));
    let done = futures_util::future::join_all(all).await;
    assert!(done.iter().all(Result::is_ok));
    assert_eq!(MOST.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn policies_come_with_their_rules_in_the_order_in_which_okta_asks_them() {
    let (_server, reader, _) = scripted(|_, seen| {
        Reply::json(
            200,
            match seen.line.split(' ').nth(1).unwrap() {
                "/api/v1/authorizationServers/default/policies" => {
                    r#"[{"id":"00p2","priority":2},{"id":"00p1","priority":1}]"#
                }
                "/api/v1/authorizationServers/default/policies/00p1/rules" => {
                    r#"[{"id":"0pr9","priority":9},{"id":"0pr1","priority":1}]"#
                }
                _ => "[]",
            },
        )
    })
    .await;
    let policies = reader.policies(&id::<ServerId>("default")).await.unwrap();
    let order: Vec<PolicyId> = policies.iter().filter_map(super::model::Policy::id).collect();
    assert_eq!(order, [id("00p1"), id("00p2")]);
    assert_eq!(policies[0].rules.iter().map(super::model::Rule::priority).collect::<Vec<_>>(), [1, 9]);
}

#[tokio::test]
async fn a_policy_423_is_tried_again() {
    let (server, _, writer) = scripted(|n, _| match n {
        0 => refusal(423, "E0000239"),
        _ => Reply::json(201, r#"{"id":"00p1"}"#),
    })
    .await;
    writer.create_policy(&id("default"), &object(json!({"name": "G", "_links": {}}))).await.unwrap();
    assert_eq!(server.seen()[1].json(), json!({"name": "G"}));
}

#[tokio::test]
async fn a_rule_goes_back_as_it_came_less_what_is_okta_s() {
    let (server, _, writer) = scripted(|_, _| Reply::json(200, r#"{"id":"0pr1"}"#)).await;
    let rule = json!({"id": "0pr1", "created": "x", "lastUpdated": "x", "_links": {}, "system": false, "odd": [null]});
    let rule = super::model::Rule(object(rule));
    writer.replace_rule(&id("default"), &id("00p1"), &id("0pr1"), &rule).await.unwrap();
    assert_eq!(server.seen()[0].json(), json!({"system": false, "odd": [null]}));
}

#[tokio::test]
async fn apps_are_found_by_their_whole_label_inactive_ones_too() {
    let list = r#"[{"id":"0oa1","label":"G&W"},{"id":"0oa2","label":"G&W test"},{"id":"0oa3","label":"G&W","status":"INACTIVE"}]"#;
    let (server, reader, _) = scripted(move |_, _| Reply::json(200, list)).await;
    let found = reader.find_apps_by_label("G&W").await.unwrap();
    assert_eq!(found.iter().filter_map(super::model::App::id).collect::<Vec<_>>(), [id("0oa1"), id("0oa3")]);
    assert_eq!(server.seen()[0].line, "GET /api/v1/apps?limit=200&includeNonDeleted=true&q=G%26W HTTP/1.1");
    let call =
        "GET /api/v1/apps?limit=200&includeNonDeleted=true&filter=name%20eq%20%22oidc_client%22 HTTP/1.1";
    assert_eq!(reader.apps(Some("")).await.unwrap(), [], "none of them is OpenID Connect");
    assert_eq!(server.seen()[1].line, call);
}

#[tokio::test]
async fn a_login_that_no_path_can_carry_is_looked_up_by_filter() {
    let (server, reader, _) = scripted(|_, _| Reply::json(200, "[]")).await;
    assert_eq!(reader.person("a/b").await.unwrap(), None);
    assert!(
        server.seen()[0]
            .line
            .starts_with("GET /api/v1/users?limit=200&filter=profile.login%20eq%20%22a%2Fb%22")
    );
}

#[tokio::test]
async fn a_token_with_a_line_break_is_told_before_anything_is_sent() {
    let server = Scripted::start(|_, _| Reply::json(200, "[]")).await;
    let token = Authorization::ApiToken(Secret::new("00abc\n"));
    let reader =
        Reader::new(Transport::new(server.origin(), token, Client::new(Options::default()).unwrap()));
    let e = reader.apps(None).await.unwrap_err();
    assert!(matches!(&e, ApiError::Net { maybe_sent: false, .. }) && !e.to_string().contains("00abc"), "{e}");
    assert_eq!(server.seen().len(), 0);
}
