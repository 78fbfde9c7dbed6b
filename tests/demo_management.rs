//! The demo org's management API over HTTP: rights, pages, limits, secrets, faults.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::demo::{self, Options, Running, Scenario};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;
type Outcome = Result<(), Failure>;

fn http() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()
}

async fn get(demo: &Running, path: &str) -> Result<reqwest::Response, reqwest::Error> {
    let token = format!("SSWS {}", demo.api_token());
    http()?.get(format!("{}{path}", demo.org_url())).header("authorization", token).send().await
}

async fn send(demo: &Running, method: &str, path: &str) -> Result<(u16, Value), Failure> {
    let token = format!("SSWS {}", demo.api_token());
    let request =
        http()?.request(method.parse()?, format!("{}{path}", demo.org_url())).header("authorization", token);
    let answer = request.json(&json!({})).send().await?;
    Ok((answer.status().as_u16(), answer.json().await.unwrap_or_default()))
}

async fn control(demo: &Running, path: &str, body: Value) -> Outcome {
    let answer = http()?.post(format!("{}{path}", demo.org_url())).json(&body).send().await?;
    if answer.status().is_success() { Ok(()) } else { Err(answer.text().await?.into()) }
}

fn text(value: &Value) -> Result<&str, Failure> {
    value.as_str().ok_or_else(|| format!("no text: {value}").into())
}

/// Path and query of the next page.
fn next(demo: &Running, answer: &reqwest::Response) -> Option<String> {
    let mut links = answer.headers().get_all("link").iter().filter_map(|l| l.to_str().ok());
    let line = links.find(|l| l.ends_with("rel=\"next\""))?;
    line.split('>').next()?.strip_prefix('<')?.strip_prefix(demo.org_url()).map(str::to_owned)
}

#[tokio::test]
async fn a_hundred_thousand_people_are_paged_from_the_first_on() -> Outcome {
    let demo = demo::start(Options { users: 100_000, ..Options::default() }).await?;
    let first = get(&demo, "/api/v1/users?limit=200").await?;
    let path = next(&demo, &first).ok_or("no next page")?;
    let (first, second): (Value, Value) = (first.json().await?, get(&demo, &path).await?.json().await?);
    assert_eq!(first.as_array().map(Vec::len), Some(200));
    assert_ne!(first[199]["id"], second[0]["id"]);
    assert_eq!(demo.describe()["users"].as_array().map(Vec::len), Some(60));
    Ok(())
}

#[tokio::test]
async fn all_members_of_a_group_are_reached_by_following_next() -> Outcome {
    let demo = demo::start(Options { users: 500, ..Options::default() }).await?;
    let groups: Value =
        get(&demo, "/api/v1/groups?filter=type+eq+%22BUILT_IN%22&expand=stats").await?.json().await?;
    let everyone = groups
        .as_array()
        .into_iter()
        .flatten()
        .find(|g| g["profile"]["name"] == "Everyone")
        .ok_or("Everyone")?;
    assert_eq!(everyone["_embedded"]["stats"]["usersCount"], 500);
    let mut path = Some(format!("/api/v1/groups/{}/users?limit=120", text(&everyone["id"])?));
    let mut seen = std::collections::HashSet::new();
    while let Some(here) = path {
        let page = get(&demo, &here).await?;
        path = next(&demo, &page);
        for user in page.json::<Value>().await?.as_array().into_iter().flatten() {
            assert!(seen.insert(text(&user["id"])?.to_owned()), "shown twice");
        }
    }
    assert_eq!(seen.len(), 500);
    Ok(())
}

#[tokio::test]
async fn tokens_decide_what_may_be_done() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let url = format!("{}/api/v1/apps", demo.org_url());
    let none = http()?.get(&url).send().await?;
    assert_eq!(
        (none.status().as_u16(), &none.json::<Value>().await?["errorCode"]),
        (401, &json!("E0000011"))
    );
    let weak = format!("SSWS {}", text(&demo.describe()["read_only_api_token"])?);
    assert_eq!(http()?.get(&url).header("authorization", &weak).send().await?.status().as_u16(), 200);
    let write = http()?.post(&url).header("authorization", &weak).json(&json!({})).send().await?;
    assert_eq!(
        (write.status().as_u16(), &write.json::<Value>().await?["errorCode"]),
        (403, &json!("E0000006"))
    );
    let me: Value = get(&demo, "/api/v1/users/me").await?.json().await?;
    assert_eq!(me["profile"]["login"], "admin@acme.example");
    Ok(())
}

#[tokio::test]
async fn a_free_org_allows_ten_app_calls_a_minute() -> Outcome {
    let demo = demo::start(Options { scenario: Scenario::FreeOrg, ..Options::default() }).await?;
    for left in (0..10).rev() {
        let answer = get(&demo, "/api/v1/apps").await?;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.headers()["x-rate-limit-remaining"], left.to_string().as_str());
    }
    let refused = get(&demo, "/api/v1/apps").await?;
    assert_eq!(refused.status().as_u16(), 429);
    assert!(refused.headers().contains_key("x-rate-limit-reset"));
    assert_eq!(refused.json::<Value>().await?["errorCode"], "E0000047");
    assert_eq!(get(&demo, "/api/v1/users/me").await?.status().as_u16(), 200, "another bucket");
    control(&demo, "/__demo/clock", json!({ "advance_seconds": 61 })).await?;
    assert_eq!(get(&demo, "/api/v1/apps").await?.status().as_u16(), 200);
    Ok(())
}

#[tokio::test]
async fn secrets_keep_oktas_rules() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let apps: Value = get(&demo, "/api/v1/apps").await?.json().await?;
    assert_eq!(apps[0]["credentials"]["oauthClient"].get("client_secret"), None);
    let base = format!("/api/v1/apps/{}/credentials/secrets", text(&apps[0]["id"])?);
    let (status, new) = send(&demo, "POST", &base).await?;
    assert_eq!((status, &new["status"]), (201, &json!("ACTIVE")));
    let (status, third) = send(&demo, "POST", &base).await?;
    assert_eq!(status, 400);
    assert!(text(&third["errorCauses"][0]["errorSummary"])?.contains("maximum number"), "{third}");
    let id = text(&new["id"])?;
    assert_eq!(send(&demo, "DELETE", &format!("{base}/{id}")).await?.0, 400, "active");
    assert_eq!(send(&demo, "POST", &format!("{base}/{id}/lifecycle/deactivate")).await?.0, 200);
    let (_, list) = send(&demo, "GET", &base).await?;
    let other = text(&list[0]["id"])?;
    assert_eq!(
        send(&demo, "POST", &format!("{base}/{other}/lifecycle/deactivate")).await?.0,
        400,
        "the only active one"
    );
    assert_eq!(send(&demo, "DELETE", &format!("{base}/{id}")).await?.0, 204);
    Ok(())
}

#[tokio::test]
async fn faults_break_one_call_and_no_more() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    for kind in ["truncate", "reset"] {
        control(&demo, "/__demo/faults", json!({ "match": "/api/v1/org", "kind": kind })).await?;
        let broken = match get(&demo, "/api/v1/org").await {
            Ok(answer) => answer.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(broken, "{kind}");
        assert_eq!(get(&demo, "/api/v1/org").await?.status().as_u16(), 200);
    }
    control(&demo, "/__demo/faults", json!({ "match": "/api/v1/org", "status": 429 })).await?;
    let limited = get(&demo, "/api/v1/org").await?;
    assert_eq!(
        (limited.status().as_u16(), limited.headers()["x-rate-limit-remaining"].to_str()?),
        (429, "0")
    );
    control(&demo, "/__demo/faults", json!({ "match": "/api/v1/org", "kind": "html" })).await?;
    assert!(get(&demo, "/api/v1/org").await?.headers()["content-type"].to_str()?.starts_with("text/html"));
    Ok(())
}

#[tokio::test]
async fn links_follow_the_host_that_was_asked() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let url = format!("{}/oauth2/default/.well-known/openid-configuration", demo.org_url());
    let doc: Value = http()?.get(&url).header("host", "proxy.example:4040").send().await?.json().await?;
    assert_eq!(doc["issuer"], "http://proxy.example:4040/oauth2/default");
    let inserted = format!("{}/.well-known/oauth-authorization-server/oauth2/default", demo.org_url());
    let doc: Value = http()?.get(inserted).send().await?.json().await?;
    assert_eq!(doc["issuer"], format!("{}/oauth2/default", demo.org_url()));
    Ok(())
}

#[tokio::test]
async fn a_call_that_broke_after_the_work_is_done_all_the_same() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let apps: Value = get(&demo, "/api/v1/apps").await?.json().await?;
    let people: Value = get(&demo, "/api/v1/users").await?.json().await?;
    let (app, person) = (text(&apps[0]["id"])?, text(&people[1]["id"])?);
    let path = format!("/api/v1/apps/{app}/users");
    let token = format!("SSWS {}", demo.api_token());
    for (kind, there) in [("reset", 404), ("reset_after", 200)] {
        control(&demo, "/__demo/faults", json!({ "match": path, "method": "POST", "kind": kind })).await?;
        let call = http()?.post(format!("{}{path}", demo.org_url())).header("authorization", &token);
        assert!(call.json(&json!({ "id": person, "scope": "USER" })).send().await.is_err());
        let found = get(&demo, &format!("{path}/{person}")).await?;
        let direct = found.status() == 200 && found.json::<Value>().await?["scope"] == "USER";
        assert_eq!(direct, there == 200, "{kind}");
    }
    Ok(())
}

#[tokio::test]
async fn traffic_sets_limits_crowds_and_what_is_told_of_them() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    control(&demo, "/__demo/traffic", json!({ "limit": 2, "window_ms": 3_600_000 })).await?;
    let first = get(&demo, "/api/v1/groups").await?;
    assert_eq!(first.headers()["x-rate-limit-limit"], "2");
    assert_eq!(first.headers()["x-rate-limit-remaining"], "1");
    assert_eq!(get(&demo, "/api/v1/groups").await?.status(), 200);
    assert_eq!(get(&demo, "/api/v1/groups").await?.status(), 429);
    control(&demo, "/__demo/traffic", json!({ "headers": "retry-after" })).await?;
    let refused = get(&demo, "/api/v1/groups").await?;
    assert!(
        refused.headers().contains_key("retry-after")
            && !refused.headers().contains_key("x-rate-limit-reset")
    );
    control(&demo, "/__demo/traffic", json!({ "headers": "none", "limit": null })).await?;
    let open = get(&demo, "/api/v1/groups").await?;
    assert!(open.status() == 200 && !open.headers().contains_key("x-rate-limit-limit"));

    // One at a time: of two that come together, one is sent away.
    control(&demo, "/__demo/traffic", json!({ "headers": "okta", "concurrent": 1, "latency_ms": 300 }))
        .await?;
    let (a, b) = tokio::join!(get(&demo, "/api/v1/users"), get(&demo, "/api/v1/users"));
    let (a, b) = (a?, b?);
    let crowded = if a.status() == 429 { &a } else { &b };
    assert_eq!(crowded.status(), 429);
    assert_eq!(crowded.headers()["x-rate-limit-limit"], "0");
    assert_eq!(crowded.headers()["x-rate-limit-remaining"], "0");
    assert_eq!(a.status().as_u16() + b.status().as_u16(), 629);
    Ok(())
}
