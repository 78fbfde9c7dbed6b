//! The device authorization grant (RFC 8628) at the org server and every custom one. Who approves does so on the page `/activate`, or
//! over the control path.

use super::apps::App;
use super::authn::{self, Password};
use super::call::{Answer, Call, Reply, first};
use super::client_auth::{Refused, client, fail};
use super::issue::{Issue, answer, put, record_grant, tokens};
use super::keys::SigningKey;
use super::policy::{self, ORG_LIFETIMES, Question};
use super::state::{Org, RefreshToken, Session};
use super::{assignments, error, management, page};
use serde_json::{Value, json};

/// `grant_type` of it.
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// For how long a code is good, seconds, and how often it may be asked about.
const SECONDS: i64 = 600;
const INTERVAL: i64 = 1;

/// A code that waits.
#[derive(Debug, Clone)]
pub(super) struct Device {
    client_id: String,
    /// The custom server; `None`: the org's own.
    server: Option<String>,
    user_code: String,
    scopes: Vec<String>,
    expires: i64,
    /// When it was asked about last, epoch milliseconds.
    asked: i64,
    verdict: Option<Verdict>,
}

#[derive(Debug, Clone)]
enum Verdict {
    Approved(u64),
    Denied,
}

/// `POST …/v1/device/authorize`
pub(super) fn authorize(call: &Call, org: &mut Org, server: Option<&str>) -> Answer {
    let form = call.form();
    let app = client(call, org, server, &form)?;
    if !app.settings("grant_types").contains(&GRANT) {
        let text = "The client is not authorized to use the provided grant type.";
        let refused = Refused::new(400, "unauthorized_client", "unauthorized_client", text);
        return Err(fail(call, org, server, &app, refused));
    }
    let asked: Vec<&str> = first(&form, "scope").unwrap_or_default().split_whitespace().collect();
    let scopes = match scopes(org, server, &app, &asked) {
        Ok(scopes) => scopes,
        Err(refused) => return Err(fail(call, org, server, &app, refused)),
    };
    let code = Org::unguessable(40);
    let user_code: String = Org::unguessable(32)
        .chars()
        .filter(char::is_ascii_uppercase)
        .chain("WXYZWXYZ".chars())
        .take(8)
        .collect();
    let device = Device {
        client_id: app.client_id().to_owned(),
        server: server.map(str::to_owned),
        user_code: user_code.clone(),
        scopes,
        expires: org.now() + SECONDS,
        asked: 0,
        verdict: None,
    };
    org.login.devices.insert(code.clone(), device);
    Ok(answer(json!({
        "device_code": code, "user_code": user_code, "verification_uri": format!("{}/activate", call.base),
        "verification_uri_complete": format!("{}/activate?user_code={user_code}", call.base),
        "expires_in": SECONDS, "interval": INTERVAL,
    })))
}

/// What of the scopes asked for is given: at the org server the `okta.*` ones by the app's grants, at a custom one those it has.
fn scopes(
    org: &Org,
    server: Option<&str>,
    app: &App,
    asked: &[&str],
) -> Result<Vec<String>, Refused<'static>> {
    if let Some(found) = server.and_then(|id| org.server(id)) {
        let text = "One or more scopes are not configured for the authorization server resource.";
        return match asked.iter().all(|scope| found.has_scope(scope)) && !asked.is_empty() {
            true => Ok(asked.iter().map(|s| (*s).to_owned()).collect()),
            false => Err(Refused::new(400, "invalid_scope", "no_matching_scope", text)),
        };
    }
    let plain = |s: &&&str| ["openid", "profile", "email", "offline_access"].contains(*s);
    let mut scopes = management::granted(app, asked);
    if scopes.is_empty() && (asked.is_empty() || asked.iter().any(|s| s.starts_with("okta."))) {
        let text = "You are not allowed any of the requested scopes.";
        return Err(Refused::new(400, "consent_required", "no_org_scopes_granted", text));
    }
    scopes.extend(asked.iter().filter(plain).map(|s| (*s).to_owned()));
    Ok(scopes)
}

/// The token request of a device.
pub(super) fn redeem(
    call: &Call,
    org: &mut Org,
    key: &SigningKey,
    server: Option<&str>,
    app: &App,
    form: &[(String, String)],
) -> Answer {
    let refuse = |org: &mut Org, error: &str, text: &str| {
        Err(fail(call, org, server, app, Refused::new(400, error, error, text)))
    };
    let code = first(form, "device_code").unwrap_or_default().to_owned();
    let (now, millis) = (org.now(), org.clock.millis());
    let Some(device) = org
        .login
        .devices
        .get_mut(&code)
        .filter(|d| d.client_id == app.client_id() && d.server.as_deref() == server)
    else {
        return refuse(org, "invalid_grant", "The device code is invalid.");
    };
    let hasty = millis - device.asked < INTERVAL * 1000 * 8 / 10;
    device.asked = millis;
    let device = device.clone();
    if device.expires <= now {
        return refuse(org, "expired_token", "The device code has expired.");
    }
    let n = match device.verdict {
        None if hasty => {
            // A poll is no failure of anything: nothing is written to the log.
            return Err(error::oauth(400, "slow_down", "The client polls too often."));
        }
        None => {
            let text = "The device authorization is pending. Please try again later.";
            return Err(error::oauth(400, "authorization_pending", text));
        }
        Some(Verdict::Denied) => {
            return refuse(
                org,
                "access_denied",
                "The resource owner or authorization server denied the request.",
            );
        }
        Some(Verdict::Approved(n)) => n,
    };
    org.login.devices.remove(&code);
    let Some(person) = org.person(n) else { return Err(error::okta(500, "E0000009")) };
    let groups = assignments::group_ids(org, n);
    let lifetimes = match server.and_then(|id| org.server(id)) {
        None => Some(ORG_LIFETIMES),
        Some(found) => policy::decide(
            &found.policies,
            Question {
                client_id: app.client_id(),
                person: Some((&person.id, &groups)),
                grant: GRANT,
                scopes: &device.scopes,
            },
        ),
    };
    let Some(lifetimes) = lifetimes else {
        let text = "Policy evaluation failed for this request, please check the policy configurations.";
        let refused = Refused::new(400, "access_denied", "no_matching_policy", text);
        return Err(fail(call, org, server, app, refused));
    };
    let session = Session { person: n, since: now, methods: vec!["pwd"], id: Org::unguessable(24) };
    let family = org.next();
    let issue = Issue {
        server,
        app,
        person: Some((&person, &session)),
        scopes: &device.scopes,
        lifetimes,
        family,
        nonce: None,
    };
    let mut body = tokens(call, org, key, &issue)?;
    if device.scopes.iter().any(|s| s == "offline_access")
        && app.settings("grant_types").contains(&"refresh_token")
    {
        let value = Org::unguessable(43);
        let refresh = RefreshToken {
            server: server.unwrap_or_default().to_owned(),
            client_id: app.client_id().to_owned(),
            session: session.clone(),
            scopes: device.scopes.clone(),
            lifetimes,
            expires: (lifetimes.refresh > 0).then(|| now + lifetimes.refresh * 60),
            idle_until: (lifetimes.window > 0).then(|| now + lifetimes.window * 60),
            family,
            replaced: None,
            nonce: None,
        };
        org.refresh.insert(value.clone(), refresh);
        put(&mut body, "refresh_token", value);
        record_grant(call, org, &issue, "refresh_token");
    }
    Ok(answer(body))
}

/// `GET /__demo/login/device`: the codes that wait. `POST {"user_code", "login", "deny"}`: what the person does on Okta's page.
pub(super) fn control(call: &Call, org: &mut Org, body: &Value) -> Answer {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    if call.method == http::Method::GET {
        let waiting = org.login.devices.values().filter(|d| d.verdict.is_none());
        return Reply::ok(waiting.map(|d| json!({ "user_code": d.user_code, "scopes": d.scopes })).collect());
    }
    let person = match org.find_person(text("login")).map(|p| p.n) {
        _ if body.get("deny").and_then(Value::as_bool) == Some(true) => None,
        Some(n) => Some(n),
        None => return Err(Reply::json(400, json!({ "error": "login: nobody has it" }))),
    };
    match decide(org, text("user_code"), person) {
        Some(_) => Reply::ok(json!({})),
        None => Err(Reply::json(404, json!({ "error": "user_code: none waits by that name" }))),
    }
}

/// The page on which a person enters the code of a device. `GET /activate` shows it; a POST of it approves, or refuses.
pub(super) fn activate(call: &Call, org: &mut Org) -> Answer {
    if call.method != http::Method::POST {
        let code = call.param("user_code").unwrap_or_default().to_owned();
        return Ok(Reply::html(200, page::activate(&code, None)));
    }
    let form = call.form();
    let get = |name: &str| first(&form, name).unwrap_or_default();
    let code = get("user_code");
    let person = match authn::check(call, org, get("username"), get("password")) {
        Password::Right(person) => person.n,
        _ => return Ok(Reply::html(401, page::activate(code, Some("Unable to sign in")))),
    };
    let person = Some(person).filter(|_| get("answer") != "no");
    Ok(match decide(org, code, person) {
        Some(true) => Reply::html(200, page::told("Device activated", "Go back to your device.")),
        Some(false) => Reply::html(403, page::told("Device not activated", "The request was refused.")),
        None => Reply::html(400, page::activate(code, Some("No device waits by that code"))),
    })
}

/// What becomes of a code that waits: approved for a person who is assigned, refused for anybody else. `None`: none waits so.
fn decide(org: &mut Org, user_code: &str, person: Option<u64>) -> Option<bool> {
    let code = user_code.trim().replace('-', "").to_ascii_uppercase();
    let found = org.login.devices.values().find(|d| d.user_code == code).map(|d| d.client_id.clone())?;
    let app = org.apps.iter().find(|a| a.client_id() == found);
    let assigned =
        |n: u64| app.is_some_and(|a| a.implicit_assignment() || assignments::scope(org, a, n).is_some());
    let verdict = match person {
        Some(n) if assigned(n) => Verdict::Approved(n),
        _ => Verdict::Denied,
    };
    let approved = matches!(verdict, Verdict::Approved(_));
    org.login.devices.values_mut().find(|d| d.user_code == code)?.verdict = Some(verdict);
    Some(approved)
}
