//! What writes to the demo org do, and what they lose: replace, priorities, policies, lifecycle, the log as a live tail.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::demo::{self, Options, Running};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Failure = Box<dyn std::error::Error>;
type Outcome = Result<(), Failure>;

async fn send(demo: &Running, method: &str, path: &str, body: Value) -> Result<(u16, Value), Failure> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
    let token = format!("SSWS {}", demo.api_token());
    let path = path.strip_prefix(demo.org_url()).unwrap_or(path);
    let request =
        http.request(method.parse()?, format!("{}{path}", demo.org_url())).header("authorization", token);
    let answer = request.json(&body).send().await?;
    Ok((answer.status().as_u16(), answer.json().await.unwrap_or_default()))
}

fn text(value: &Value) -> Result<&str, Failure> {
    value.as_str().ok_or_else(|| format!("no text: {value}").into())
}

fn new_app() -> Value {
    json!({
        "name": "oidc_client", "label": "Gateway", "signOnMode": "OPENID_CONNECT",
        "credentials": { "oauthClient": { "token_endpoint_auth_method": "client_secret_basic", "pkce_required": false } },
        "settings": {
            "notes": { "admin": "plan 7", "enduser": null },
            "oauthClient": {
                "application_type": "web", "grant_types": ["authorization_code"], "response_types": ["code"],
                "redirect_uris": ["https://gw.example/cb"],
            },
        },
    })
}

#[tokio::test]
async fn a_replace_keeps_the_secret_and_loses_the_notes() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let (_, app) = send(&demo, "POST", "/api/v1/apps", new_app()).await?;
    let path = format!("/api/v1/apps/{}", text(&app["id"])?);
    let secret = text(&app["credentials"]["oauthClient"]["client_secret"])?;
    let (_, mut read) = send(&demo, "GET", &path, json!({})).await?;
    assert_eq!(read["credentials"]["oauthClient"].get("client_secret"), None);
    assert_eq!(read["settings"]["notes"]["admin"], "plan 7");
    read["settings"].as_object_mut().ok_or("settings")?.remove("notes");
    read["credentials"]["oauthClient"]["client_secret"] = json!("");
    let (status, replaced) = send(&demo, "PUT", &path, read).await?;
    assert_eq!(status, 200, "{replaced}");
    assert_eq!(replaced["credentials"]["oauthClient"]["client_secret"], secret);
    assert_eq!(replaced["settings"]["notes"]["admin"], Value::Null);
    assert_eq!(replaced["id"], app["id"]);

    let (status, refused) = send(&demo, "DELETE", &path, json!({})).await?;
    assert_eq!((status, &refused["errorCode"]), (403, &json!("E0000056")));
    assert_eq!(send(&demo, "POST", &format!("{path}/lifecycle/deactivate"), json!({})).await?.0, 200);
    assert_eq!(send(&demo, "DELETE", &path, json!({})).await?.0, 204);
    assert_eq!(send(&demo, "GET", &path, json!({})).await?.0, 404);
    Ok(())
}

#[tokio::test]
async fn inactive_apps_are_listed_when_asked_for() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let (_, app) = send(&demo, "POST", "/api/v1/apps", new_app()).await?;
    let id = text(&app["id"])?;
    let off = format!("/api/v1/apps/{id}/lifecycle/deactivate");
    assert_eq!(send(&demo, "POST", &off, json!({})).await?.0, 200);
    for (query, listed) in [
        ("", false),
        ("?q=Gateway", false),
        ("?includeNonDeleted=false", false),
        ("?includeNonDeleted=true", true),
        ("?q=Gateway&includeNonDeleted=true", true),
        ("?filter=status%20eq%20%22INACTIVE%22", true),
        ("?filter=status%20eq%20%22ACTIVE%22", false),
    ] {
        let (_, apps) = send(&demo, "GET", &format!("/api/v1/apps{query}"), json!({})).await?;
        let apps = apps.as_array().ok_or("no list")?;
        assert_eq!(apps.iter().any(|a| a["id"] == id), listed, "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn group_priorities_have_no_gaps() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let (_, app) = send(&demo, "POST", "/api/v1/apps", new_app()).await?;
    let path = format!("/api/v1/apps/{}/groups", text(&app["id"])?);
    let (_, groups) = send(&demo, "GET", "/api/v1/groups?limit=3", json!({})).await?;
    let ids = [text(&groups[0]["id"])?, text(&groups[1]["id"])?, text(&groups[2]["id"])?];
    for id in ids {
        assert_eq!(send(&demo, "PUT", &format!("{path}/{id}"), json!({})).await?.0, 200);
    }
    send(&demo, "PUT", &format!("{path}/{}", ids[2]), json!({ "priority": 0 })).await?;
    send(&demo, "DELETE", &format!("{path}/{}", ids[0]), json!({})).await?;
    let (_, list) = send(&demo, "GET", &format!("{path}?expand=group"), json!({})).await?;
    let order: Vec<_> =
        list.as_array().into_iter().flatten().map(|g| (g["id"].as_str(), g["priority"].as_u64())).collect();
    assert_eq!(order, [(Some(ids[2]), Some(0)), (Some(ids[1]), Some(1))]);
    assert!(list[0]["_embedded"]["group"]["profile"]["name"].is_string());
    Ok(())
}

#[tokio::test]
async fn assignments_say_how_a_person_came_and_refuse_the_suspended() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let (_, app) = send(&demo, "POST", "/api/v1/apps", new_app()).await?;
    let path = format!("/api/v1/apps/{}", text(&app["id"])?);
    let person = async |login: &str| -> Result<String, Failure> {
        let (_, user) = send(&demo, "GET", &format!("/api/v1/users/{login}@acme.example"), json!({})).await?;
        Ok(text(&user["id"])?.to_owned())
    };
    let (ana, fay) = (person("ana").await?, person("fay").await?);
    let (_, groups) = send(&demo, "GET", "/api/v1/groups?q=MCP-Users", json!({})).await?;
    send(&demo, "PUT", &format!("{path}/groups/{}", text(&groups[0]["id"])?), json!({})).await?;
    let scope = async || -> Result<Value, Failure> {
        Ok(send(&demo, "GET", &format!("{path}/users/{ana}"), json!({})).await?.1["scope"].clone())
    };
    assert_eq!(scope().await?, "GROUP");
    let (status, _) =
        send(&demo, "POST", &format!("{path}/users"), json!({ "id": ana, "scope": "USER" })).await?;
    assert_eq!((status, scope().await?), (200, json!("USER")));
    assert_eq!(send(&demo, "DELETE", &format!("{path}/users/{ana}"), json!({})).await?.0, 204);
    assert_eq!(scope().await?, "GROUP");
    let (status, body) =
        send(&demo, "POST", &format!("{path}/users"), json!({ "id": fay, "scope": "USER" })).await?;
    assert_eq!((status, &body["errorCode"]), (403, &json!("E0000117")));
    let (status, body) =
        send(&demo, "POST", &format!("{path}/users/{ana}"), json!({ "profile": { "name": "A" } })).await?;
    assert_eq!(
        (status, body["errorCauses"].is_object()),
        (400, true),
        "the one error whose causes are an object"
    );
    Ok(())
}

#[tokio::test]
async fn rules_without_scopes_are_stored_empty_and_priorities_are_settled_by_the_server() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let base = "/api/v1/authorizationServers/default/policies";
    let policy = |name: &str| json!({ "type": "OAUTH_AUTHORIZATION_POLICY", "name": name, "description": "d", "priority": 1, "conditions": { "clients": { "include": ["ALL_CLIENTS"] } } });
    let (status, first) = send(&demo, "POST", base, policy("first")).await?;
    assert_eq!(status, 201, "{first}");
    send(&demo, "POST", base, policy("second")).await?;
    let (_, list) = send(&demo, "GET", base, json!({})).await?;
    let names: Vec<_> =
        list.as_array().into_iter().flatten().map(|p| (p["name"].as_str(), p["priority"].as_u64())).collect();
    assert_eq!(
        names,
        [(Some("second"), Some(1)), (Some("first"), Some(2)), (Some("HR Portal only"), Some(3))]
    );
    let rules = format!("{base}/{}/rules", text(&first["id"])?);
    let rule = json!({ "type": "RESOURCE_ACCESS", "name": "r", "conditions": { "grantTypes": { "include": ["authorization_code"] }, "scopes": {} } });
    let (status, stored) = send(&demo, "POST", &rules, rule.clone()).await?;
    assert_eq!((status, &stored["conditions"]["scopes"]["include"]), (201, &json!([])));
    let mut short = rule;
    short["actions"] = json!({ "token": { "accessTokenLifetimeMinutes": 4 } });
    assert_eq!(send(&demo, "POST", &rules, short).await?.0, 400);
    Ok(())
}

#[tokio::test]
async fn the_log_is_an_endless_tail_that_names_the_request() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let token = format!("SSWS {}", demo.api_token());
    let read = async |url: String| -> Result<(Value, String), Failure> {
        let answer = http.get(url).header("authorization", &token).send().await?;
        let links: Vec<String> = answer
            .headers()
            .get_all("link")
            .iter()
            .filter_map(|l| Some(l.to_str().ok()?.to_owned()))
            .collect();
        let next = links.iter().find(|l| l.ends_with("rel=\"next\"")).ok_or("no next")?;
        let next = next.split('>').next().and_then(|l| l.strip_prefix('<')).ok_or("no next")?.to_owned();
        Ok((answer.json().await?, next))
    };
    let filter = "filter=eventType+sw+%22application.%22";
    let (none, next) = read(format!("{}/api/v1/logs?{filter}", demo.org_url())).await?;
    assert_eq!(none, json!([]));
    let made = http
        .post(format!("{}/api/v1/apps", demo.org_url()))
        .header("authorization", &token)
        .json(&new_app())
        .send()
        .await?;
    let id = made.headers()["x-okta-request-id"].to_str()?.to_owned();
    let (events, next) = read(next).await?;
    let kinds: Vec<_> =
        events.as_array().into_iter().flatten().filter_map(|e| e["eventType"].as_str()).collect();
    assert_eq!(kinds, ["application.lifecycle.create", "application.lifecycle.activate"]);
    assert_eq!(events[0]["debugContext"]["debugData"]["requestId"], id);
    assert_eq!(read(next).await?.0, json!([]), "shown once");
    Ok(())
}

#[tokio::test]
async fn a_post_without_a_length_is_411() -> Outcome {
    let demo = demo::start(Options::default()).await?;
    let mut stream = tokio::net::TcpStream::connect(demo.address()).await?;
    let head = format!(
        "POST /api/v1/apps HTTP/1.1\r\nHost: {}\r\nAuthorization: SSWS {}\r\nConnection: close\r\n\r\n",
        demo.address(),
        demo.api_token()
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    assert!(answer.starts_with("HTTP/1.1 411"), "{answer}");
    Ok(())
}
