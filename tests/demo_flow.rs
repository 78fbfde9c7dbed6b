//! The demo org end to end, over HTTP: create an app, assign it, sign in, exchange the code, use the token.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use oktui::demo::{self, Options, Running, Scenario};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;
type Outcome = Result<(), Failure>;

struct Client {
    http: reqwest::Client,
    demo: Running,
}

impl Client {
    async fn new(options: Options) -> Result<Self, Failure> {
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { http, demo: demo::start(options).await? })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.demo.org_url())
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Result<(u16, Value), Failure> {
        let token = format!("SSWS {}", self.demo.api_token());
        let request = self.http.request(method.parse()?, self.url(path)).header("authorization", token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request.header("content-length", "0"),
        };
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        Ok((status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? }))
    }

    async fn get(&self, path: &str) -> Result<Value, Failure> {
        let (status, value) = self.send("GET", path, None).await?;
        if status == 200 { Ok(value) } else { Err(format!("GET {path}: {status} {value}").into()) }
    }

    async fn control(&self, path: &str, body: Value) -> Outcome {
        let answer = self.http.post(self.url(path)).json(&body).send().await?;
        if answer.status().is_success() { Ok(()) } else { Err(answer.text().await?.into()) }
    }

    /// An app for the gateway, assigned to `MCP-Users`.
    async fn app(&self, rotation: &str) -> Result<Value, Failure> {
        let body = json!({
            "name": "oidc_client", "label": "Cequence AI Gateway", "signOnMode": "OPENID_CONNECT",
            "credentials": { "oauthClient": { "token_endpoint_auth_method": "client_secret_basic", "pkce_required": false } },
            "settings": { "oauthClient": {
                "application_type": "web", "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "redirect_uris": [self.demo.gateway_callback()], "refresh_token": { "rotation_type": rotation, "leeway": 0 },
            } },
        });
        let (status, app) = self.send("POST", "/api/v1/apps", Some(body)).await?;
        assert_eq!(status, 200, "{app}");
        let groups = self.get("/api/v1/groups?q=MCP-Users").await?;
        let path = format!("/api/v1/apps/{}/groups/{}", text(&app["id"])?, text(&groups[0]["id"])?);
        assert_eq!(self.send("PUT", &path, Some(json!({}))).await?.0, 200);
        Ok(app)
    }

    async fn password(&self, login: &str) -> Result<String, Failure> {
        let people = self.get("/__demo/people").await?;
        let found =
            people.as_array().into_iter().flatten().find(|p| p["login"] == login).ok_or("no such person")?;
        Ok(text(&found["password"])?.to_owned())
    }

    async fn session_token(&self, login: &str) -> Result<String, Failure> {
        let body = json!({ "username": login, "password": self.password(login).await? });
        let answer =
            self.http.post(self.url("/api/v1/authn")).json(&body).send().await?.json::<Value>().await?;
        Ok(text(&answer["sessionToken"])?.to_owned())
    }

    /// Query parameters of the redirect that a silent authorize request ends in.
    async fn authorize(&self, issuer: &str, app: &Value, more: &[(&str, &str)]) -> Result<Value, Failure> {
        let mut query = vec![
            ("client_id", text(&app["id"])?),
            ("redirect_uri", self.demo.gateway_callback()),
            ("response_type", "code"),
            ("scope", "openid profile email offline_access"),
            ("state", "s-1"),
            ("prompt", "none"),
        ];
        query.extend_from_slice(more);
        let answer = self.http.get(format!("{issuer}/v1/authorize")).query(&query).send().await?;
        assert_eq!(answer.status().as_u16(), 302);
        let location = answer.headers()["location"].to_str()?.to_owned();
        assert!(location.starts_with(self.demo.gateway_callback()), "{location}");
        let pairs = url::Url::parse(&location)?;
        let pairs = pairs.query_pairs().map(|(k, v)| (k.into_owned(), Value::from(v.into_owned())));
        Ok(pairs.collect::<serde_json::Map<_, _>>().into())
    }

    async fn token(&self, issuer: &str, app: &Value, form: &[(&str, &str)]) -> Result<(u16, Value), Failure> {
        let client = &app["credentials"]["oauthClient"];
        let (id, secret) = (text(&client["client_id"])?, text(&client["client_secret"])?);
        let answer = self
            .http
            .post(format!("{issuer}/v1/token"))
            .basic_auth(id, Some(secret))
            .form(form)
            .send()
            .await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    fn issuer(&self, name: &str) -> Result<String, Failure> {
        let all = self.demo.describe();
        let found = all["authorization_servers"].as_array().into_iter().flatten().find(|s| s["name"] == name);
        Ok(text(&found.ok_or("no such server")?["issuer"])?.to_owned())
    }

    /// Event types of the System Log with their outcomes, oldest first.
    async fn log(&self) -> Result<Vec<(String, String)>, Failure> {
        let events = self.get("/api/v1/logs?limit=1000").await?;
        let owned = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        Ok(events
            .as_array()
            .into_iter()
            .flatten()
            .map(|e| (owned(&e["eventType"]), owned(&e["outcome"]["result"])))
            .collect())
    }
}

fn text(value: &Value) -> Result<&str, Failure> {
    value.as_str().ok_or_else(|| format!("no text: {value}").into())
}

#[tokio::test]
async fn from_a_new_app_to_userinfo() -> Outcome {
    let client = Client::new(Options::default()).await?;
    let app = client.app("STATIC").await?;
    let issuer = client.issuer("Gateway")?;
    // RFC 7636 appendix B.
    let (verifier, challenge) =
        ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let session = client.session_token("ana@acme.example").await?;
    let more = [
        ("sessionToken", session.as_str()),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        ("nonce", "n-1"),
    ];
    let answer = client.authorize(&issuer, &app, &more).await?;
    assert_eq!(answer["state"], "s-1");
    let form = [
        ("grant_type", "authorization_code"),
        ("code", text(&answer["code"])?),
        ("redirect_uri", client.demo.gateway_callback()),
    ];
    let right = [&form[..], &[("code_verifier", verifier)]].concat();
    let wrong = client.token(&issuer, &app, &[&form[..], &[("code_verifier", "x")]].concat()).await?;
    assert_eq!((wrong.0, &wrong.1["error"]), (400, &json!("invalid_grant")));
    let (status, tokens) = client.token(&issuer, &app, &right).await?;
    assert_eq!(status, 200, "{tokens}");

    // The signatures are real: an independent library checks them against the published key.
    let keys: jsonwebtoken::jwk::JwkSet =
        client.http.get(format!("{issuer}/v1/keys")).send().await?.json().await?;
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let key = jsonwebtoken::DecodingKey::from_jwk(keys.keys.first().ok_or("no key")?)?;
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    rules.set_issuer(&[&issuer]);
    rules.set_audience(&[text(&app["id"])?]);
    let claims = jsonwebtoken::decode::<Value>(text(&tokens["id_token"])?, &key, &rules)?.claims;
    assert_eq!((&claims["nonce"], &claims["amr"]), (&json!("n-1"), &json!(["pwd"])));
    rules.set_audience(&["api://gateway"]);
    let bearer = text(&tokens["access_token"])?;
    let access = jsonwebtoken::decode::<Value>(bearer, &key, &rules)?.claims;
    assert_eq!((&access["sub"], &access["cid"]), (&json!("ana@acme.example"), &app["id"]));

    let user: Value =
        client.http.get(format!("{issuer}/v1/userinfo")).bearer_auth(bearer).send().await?.json().await?;
    assert_eq!((&user["email"], &user["sub"]), (&json!("ana@acme.example"), &claims["sub"]));
    let again = client.token(&issuer, &app, &right).await?;
    assert_eq!((again.0, &again.1["error"]), (400, &json!("invalid_grant")));
    let after = client.http.get(format!("{issuer}/v1/userinfo")).bearer_auth(bearer).send().await?;
    assert_eq!(after.status().as_u16(), 401, "a code used twice kills what came of it");

    let log = client.log().await?;
    for (event, result) in [
        ("application.lifecycle.create", "SUCCESS"),
        ("group.application_assignment.add", "SUCCESS"),
        ("user.session.start", "SUCCESS"),
        ("app.oauth2.as.authorize.code", "SUCCESS"),
        ("app.oauth2.as.token.grant", "FAILURE"),
        ("app.oauth2.as.token.grant.id_token", "SUCCESS"),
    ] {
        assert!(log.contains(&(event.to_owned(), result.to_owned())), "{event} {result} in {log:?}");
    }
    assert_eq!(client.get("/__demo/writes").await?.as_array().map(Vec::len), Some(2));
    client.demo.stop().await;
    Ok(())
}

#[tokio::test]
async fn each_reason_for_a_refusal_is_its_own() -> Outcome {
    let client = Client::new(Options::default()).await?;
    let app = client.app("STATIC").await?;
    let (gateway, default) = (client.issuer("Gateway")?, client.issuer("default")?);

    let nobody = client.authorize(&gateway, &app, &[]).await?;
    assert_eq!(nobody["error"], "login_required");
    let token = client.session_token("ben@acme.example").await?;
    let answer = client.authorize(&gateway, &app, &[("sessionToken", &token)]).await?;
    assert_eq!(answer["error_description"], "User is not assigned to the client application.");
    let twice = client.authorize(&gateway, &app, &[("sessionToken", &token)]).await?;
    assert_eq!(twice["error"], "login_required", "a session token is good once");
    let token = client.session_token("ana@acme.example").await?;
    let answer = client.authorize(&default, &app, &[("sessionToken", &token)]).await?;
    assert!(text(&answer["error_description"])?.starts_with("Policy evaluation failed"), "{answer}");
    let answer = client.authorize(&gateway, &app, &[("scope", "openid")]).await?;
    assert!(text(&answer["error_description"])?.contains("more than once"), "{answer}");
    client.control("/__demo/scenario", json!({ "name": Scenario::MfaRequired.name() })).await?;
    let token = client.session_token("ana@acme.example").await?;
    let answer = client.authorize(&gateway, &app, &[("sessionToken", &token)]).await?;
    assert_eq!(answer["error"], "login_required");

    for login in ["dana@acme.example", "fay@acme.example", "gus@acme.example"] {
        let body = json!({ "username": login, "password": client.password(login).await? });
        let answer = client.http.post(client.url("/api/v1/authn")).json(&body).send().await?;
        assert_eq!(answer.status().as_u16(), 401, "{login}");
        assert_eq!(answer.json::<Value>().await?["errorCode"], "E0000004");
    }

    // Okta's two shapes: its own envelope for an unknown client, the RFC's for a wrong secret.
    let bogus = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "https://x.example/")];
    let mut other = app.clone();
    other["credentials"]["oauthClient"]["client_id"] = json!("0oaNobody");
    let (status, body) = client.token(&gateway, &other, &bogus).await?;
    assert_eq!((status, &body["errorCode"]), (401, &json!("invalid_client")));
    let mut other = app.clone();
    other["credentials"]["oauthClient"]["client_secret"] = json!("wrong");
    let (status, body) = client.token(&gateway, &other, &bogus).await?;
    assert_eq!((status, &body["error"]), (401, &json!("invalid_client")));
    assert_eq!(client.token(&gateway, &app, &bogus).await?.1["error"], "invalid_grant");

    let id = text(&app["id"])?;
    let page = client
        .http
        .get(format!("{gateway}/v1/authorize?client_id={id}&redirect_uri=https://x.example/"))
        .send()
        .await?;
    assert_eq!(page.status().as_u16(), 400);
    assert!(page.text().await?.contains("must be a Login redirect URI"));
    let unknown = client.http.get(format!("{gateway}/v1/authorize?client_id=0oaNobody")).send().await?;
    assert_eq!(
        (unknown.status().as_u16(), &unknown.json::<Value>().await?["errorCode"]),
        (400, &json!("invalid_client"))
    );
    Ok(())
}

#[tokio::test]
async fn a_rotated_refresh_token_used_again_ends_the_family() -> Outcome {
    let client = Client::new(Options::default()).await?;
    let app = client.app("ROTATE").await?;
    let issuer = client.issuer("Gateway")?;
    let session = client.session_token("ana@acme.example").await?;
    let answer = client.authorize(&issuer, &app, &[("sessionToken", &session)]).await?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", text(&answer["code"])?),
        ("redirect_uri", client.demo.gateway_callback()),
    ];
    let (_, first) = client.token(&issuer, &app, &form).await?;
    let first = [("grant_type", "refresh_token"), ("refresh_token", text(&first["refresh_token"])?)];
    let (status, second) = client.token(&issuer, &app, &first).await?;
    assert_eq!(status, 200, "{second}");
    let second = [("grant_type", "refresh_token"), ("refresh_token", text(&second["refresh_token"])?)];
    assert_ne!(first, second);
    client.control("/__demo/clock", json!({ "advance_seconds": 2 })).await?;
    assert_eq!(client.token(&issuer, &app, &first).await?.0, 400);
    assert_eq!(client.token(&issuer, &app, &second).await?.0, 400, "the newest one dies with the reused one");
    assert!(client.log().await?.iter().any(|(event, _)| event == "app.oauth2.as.token.detect_reuse"));
    Ok(())
}

#[tokio::test]
async fn a_browser_signs_in_with_a_password_and_a_code() -> Outcome {
    let client = Client::new(Options { scenario: Scenario::MfaRequired, ..Options::default() }).await?;
    let app = client.app("STATIC").await?;
    let issuer = client.issuer("Gateway")?;
    let callback = client.demo.gateway_callback();
    let query = [
        ("client_id", text(&app["id"])?),
        ("redirect_uri", callback),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s"),
    ];
    let page = client.http.get(format!("{issuer}/v1/authorize")).query(&query).send().await?.text().await?;
    let state = page
        .split("name=\"stateToken\" value=\"")
        .nth(1)
        .and_then(|p| p.split('"').next())
        .ok_or("no form")?;
    let password = client.password("cho@acme.example").await?;
    let form = [("stateToken", state), ("username", "cho@acme.example"), ("password", &password)];
    let second = client.http.post(client.url("/login/password")).form(&form).send().await?.text().await?;
    assert!(second.contains("passCode"), "{second}");
    let people = client.get("/__demo/people").await?;
    let code =
        people.as_array().into_iter().flatten().find_map(|p| p["current_code"].as_str()).ok_or("no code")?;
    let answer = client
        .http
        .post(client.url("/login/code"))
        .form(&[("stateToken", state), ("passCode", code)])
        .send()
        .await?;
    assert_eq!(answer.status().as_u16(), 302);
    let location = answer.headers()["location"].to_str()?.to_owned();
    let cookie = answer.headers()["set-cookie"].to_str()?.split(';').next().ok_or("cookie")?.to_owned();
    client.http.get(location).send().await?;
    let callbacks = client.get("/__demo/callbacks").await?;
    assert_eq!(callbacks[0]["query"]["state"], "s");
    assert!(callbacks[0]["query"]["code"].is_string(), "{callbacks}");
    let silent = client.http.get(format!("{issuer}/v1/authorize")).query(&query).query(&[("prompt", "none")]);
    let silent = silent.header("cookie", cookie).send().await?;
    assert!(silent.headers()["location"].to_str()?.contains("code="), "the session holds");
    Ok(())
}

#[tokio::test]
async fn a_direct_assignment_and_a_policy_repair_a_refused_sign_in() -> Outcome {
    let client = Client::new(Options::default()).await?;
    let app = client.app("STATIC").await?;
    let issuer = client.issuer("default")?;
    let error = async |login: &str| -> Result<Value, Failure> {
        let session = client.session_token(login).await?;
        let answer = client.authorize(&issuer, &app, &[("sessionToken", &session)]).await?;
        Ok(answer.get("error_description").cloned().unwrap_or_default())
    };
    assert_eq!(error("ben@acme.example").await?, "User is not assigned to the client application.");
    let ben = client.get("/api/v1/users/ben@acme.example").await?;
    let path = format!("/api/v1/apps/{}/users", text(&app["id"])?);
    assert_eq!(client.send("POST", &path, Some(json!({ "id": ben["id"], "scope": "USER" }))).await?.0, 200);
    assert!(text(&error("ben@acme.example").await?)?.starts_with("Policy evaluation failed"));
    let policies = "/api/v1/authorizationServers/default/policies";
    let policy = json!({
        "type": "OAUTH_AUTHORIZATION_POLICY", "name": "Gateway", "description": "d", "priority": 1,
        "conditions": { "clients": { "include": [app["id"]] } },
    });
    let (_, policy) = client.send("POST", policies, Some(policy)).await?;
    let rule = json!({
        "type": "RESOURCE_ACCESS", "name": "code", "priority": 1,
        "conditions": {
            "people": { "groups": { "include": ["EVERYONE"] } }, "grantTypes": { "include": ["authorization_code"] },
            "scopes": { "include": ["*"] },
        },
    });
    let rules = format!("{policies}/{}/rules", text(&policy["id"])?);
    assert_eq!(client.send("POST", &rules, Some(rule)).await?.0, 201);
    assert_eq!(error("ben@acme.example").await?, Value::Null);
    // Without API Access Management the server is gone altogether.
    client.control("/__demo/scenario", json!({ "name": "no-api-access-management" })).await?;
    assert_eq!(client.send("GET", policies, None).await?.0, 401);
    let gone = client.http.get(format!("{issuer}/.well-known/openid-configuration")).send().await?;
    assert_eq!(gone.status().as_u16(), 404);
    assert_eq!(client.demo.describe()["authorization_servers"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_one_time_code_is_good_once() -> Outcome {
    let client = Client::new(Options::default()).await?;
    let login = "cho@acme.example";
    let body = json!({ "username": login, "password": client.password(login).await? });
    let begin = async || -> Result<Value, Failure> {
        Ok(client.http.post(client.url("/api/v1/authn")).json(&body).send().await?.json().await?)
    };
    let verify = async |transaction: &Value, code: &str| -> Result<(u16, Value), Failure> {
        let url = text(&transaction["_embedded"]["factors"][0]["_links"]["verify"]["href"])?;
        let body = json!({ "stateToken": transaction["stateToken"], "passCode": code });
        let answer = client.http.post(url).json(&body).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    };
    let transaction = begin().await?;
    assert_eq!(transaction["status"], "MFA_REQUIRED");
    let (status, refused) = verify(&transaction, "abcdef").await?;
    assert_eq!((status, &refused["errorCode"]), (403, &json!("E0000068")));
    let people = client.get("/__demo/people").await?;
    let code =
        people.as_array().into_iter().flatten().find_map(|p| p["current_code"].as_str()).ok_or("no code")?;
    let (status, done) = verify(&transaction, code).await?;
    assert_eq!((status, &done["status"]), (200, &json!("SUCCESS")));
    assert_eq!(verify(&begin().await?, code).await?.0, 403);
    Ok(())
}
