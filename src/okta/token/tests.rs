use super::*;
use crate::okta::model::Problem;
use crate::okta::read::Reader;
use crate::okta::{Authorization, Transport};
use crate::wire::scripted::{Reply, Scripted, Seen};
use crate::wire::{Client, Options};

fn client() -> Client {
    Client::new(Options::default()).unwrap()
}

fn token(n: usize, seconds: i64) -> Reply {
    let body = serde_json::json!({ "access_token": format!("t{n}"), "expires_in": seconds, "scope": "okta.apps.read" });
    Reply::json(200, body.to_string())
}

fn is_token(seen: &Seen) -> bool {
    seen.line.starts_with("POST /oauth2/v1/token")
}

async fn service(script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> (Scripted, Tokens) {
    let server = Scripted::start(script).await;
    let (_, key) = SigningKey::generate(KeyKind::Ec).unwrap();
    let grant = Grant::Service { client_id: "0oa1".into(), key };
    let tokens = Tokens::new(server.origin(), grant, vec!["okta.apps.read".into()], client());
    (server, tokens)
}

fn device(server: &Scripted, seconds: i64, refresh: Option<&str>) -> Tokens {
    let granted = Granted {
        token: Secret::new("first"),
        seconds,
        scopes: vec!["okta.apps.read".into()],
        refresh: refresh.map(Secret::new),
    };
    let grant = Grant::Device(device::Approved { client_id: "0oa2".into(), granted });
    Tokens::new(server.origin(), grant, Vec::new(), client())
}

fn reader(server: &Scripted, tokens: &Tokens) -> Reader {
    Reader::new(Transport::new(server.origin(), Authorization::Bearer(tokens.clone()), client()))
}

#[tokio::test]
async fn many_who_need_a_token_ask_for_one() {
    let (server, tokens) = service(|n, _| token(n, 3600)).await;
    let all = (0..20).map(|_| {
        let tokens = tokens.clone();
        tokio::spawn(async move { tokens.current().await.unwrap() })
    });
    for one in futures_util::future::join_all(all).await {
        assert_eq!(one.unwrap().expose(), "t0");
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_token_that_ends_soon_is_replaced_while_the_old_one_is_used() {
    let (server, tokens) = service(|n, _| token(n, 3600)).await;
    tokens.current().await.unwrap();
    tokens.held().as_mut().unwrap().early = Timestamp::UNIX_EPOCH;
    assert_eq!(tokens.current().await.unwrap().expose(), "t0");
    // The one in the background has the turn now; whoever wants another one waits for it.
    let stale = Secret::new("t0");
    assert_eq!(tokens.replace(&stale).await.unwrap().expose(), "t1");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_revoked_token_is_replaced_once_and_the_call_repeated() {
    let script = |n, seen: &Seen| match seen.header("authorization") {
        _ if is_token(seen) => token(n, 3600),
        Some("Bearer t0") => Reply::json(401, r#"{"errorCode":"E0000011"}"#),
        _ => Reply::json(200, "[]"),
    };
    let (server, tokens) = service(script).await;
    reader(&server, &tokens).apps(None).await.unwrap();
    let lines: Vec<bool> = server.seen().iter().map(is_token).collect();
    assert_eq!(lines, [true, false, true, false]);
}

#[tokio::test]
async fn a_token_that_stays_refused_ends_in_one_error() {
    let script = |n, seen: &Seen| {
        if is_token(seen) { token(n, 3600) } else { Reply::json(401, r#"{"errorCode":"E0000011"}"#) }
    };
    let (server, tokens) = service(script).await;
    let error = reader(&server, &tokens).apps(None).await.unwrap_err();
    assert!(
        error.is_unauthorized() && error.help().contains("revoked its tokens"),
        "{error} {}",
        error.help()
    );
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_missing_scope_is_named_with_and_without_oktas_word() {
    for challenge in [r#"Bearer error="insufficient_scope", scope="okta.apps.read""#, "Bearer"] {
        let script = move |_, seen: &Seen| match () {
            () if is_token(seen) => {
                Reply::json(200, r#"{"access_token":"t","expires_in":9,"scope":"okta.users.read"}"#)
            }
            () => Reply::json(403, "").header("WWW-Authenticate", challenge),
        };
        let (server, tokens) = service(script).await;
        let error = reader(&server, &tokens).apps(None).await.unwrap_err();
        assert!(
            matches!(&error, ApiError::Okta(Problem { code, .. }) if code.as_str() == "insufficient_scope")
        );
        assert!(error.to_string().contains("okta.apps.read"), "{error}");
    }
}

#[tokio::test]
async fn a_403_with_the_scope_in_hand_is_about_the_role() {
    let script = |n, seen: &Seen| {
        if is_token(seen) { token(n, 3600) } else { Reply::json(403, r#"{"errorCode":"E0000006"}"#) }
    };
    let (server, tokens) = service(script).await;
    let error = reader(&server, &tokens).apps(None).await.unwrap_err();
    assert!(error.help().contains("role") && !error.to_string().contains("scope"), "{error}");
}

#[tokio::test]
async fn a_refusal_stands_for_a_while() {
    let (server, tokens) = service(|_, _| Reply::json(401, r#"{"error":"invalid_client"}"#)).await;
    for _ in 0..5 {
        let error = tokens.current().await.unwrap_err();
        assert!(matches!(error, ApiError::Token(p) if p.fault == TokenFault::UnknownClient));
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_fault_of_the_server_is_asked_about_again() {
    let script = |n, _: &Seen| if n == 0 { Reply::json(503, "{}") } else { token(n, 3600) };
    let (server, tokens) = service(script).await;
    assert_eq!(tokens.current().await.unwrap().expose(), "t1");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_refresh_token_that_rotates_is_the_next_one_sent() {
    let script = |n, _: &Seen| {
        Reply::json(200, format!(r#"{{"access_token":"t{n}","expires_in":1,"refresh_token":"r{n}"}}"#))
    };
    let server = Scripted::start(script).await;
    let tokens = device(&server, 3600, Some("r-first"));
    assert_eq!(tokens.current().await.unwrap().expose(), "first");
    assert_eq!(tokens.replace(&Secret::new("first")).await.unwrap().expose(), "t0");
    assert_eq!(tokens.replace(&Secret::new("t0")).await.unwrap().expose(), "t1");
    let sent: Vec<String> =
        server.seen().iter().map(|s| String::from_utf8_lossy(&s.body).into_owned()).collect();
    assert!(sent[0].contains("refresh_token=r-first") && sent[1].contains("refresh_token=r0"), "{sent:?}");
    assert_eq!(tokens.facts().unwrap().scopes, ["okta.apps.read"], "scopes that are not told are as before");
}

#[tokio::test]
async fn without_a_refresh_token_the_sign_in_ends_with_a_sentence() {
    let server = Scripted::start(|n, _| token(n, 3600)).await;
    let tokens = device(&server, 3600, None);
    let error = tokens.replace(&Secret::new("first")).await.unwrap_err();
    assert!(matches!(&error, ApiError::Token(p) if p.fault == TokenFault::NoRefreshToken));
    assert!(error.help().contains("Sign in again"));
    assert_eq!(server.seen().len(), 0);
}
