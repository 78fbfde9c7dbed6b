//! `oktui login`, and how every command that needs an org signs in to it.

use super::args::{AuthArg, KeyKindArg, LoginAction, LoginArgs, OrgArgs};
use super::commands::{connect, out, pretty};
use super::exit::Exit;
use super::input::{self, Refusal};
use crate::run::job::{DeviceCode, SignIn};
use crate::run::login::{self, Feature, Right};
use crate::run::session::Session;
use crate::secret::Secret;
use crate::store::Places;
use crate::text::{pad, time};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The way to sign in: a flag goes before the environment (both are in `args`), and that before the org's profile. What the profile
/// says of another way than the one chosen is not used.
pub(super) async fn way(args: &OrgArgs, places: &Places, url: &str) -> Result<SignIn, Refusal> {
    let known = login::remembered(places, url);
    let said = known.auth.as_deref();
    let chosen = match (args.auth, said) {
        (Some(chosen), _) => chosen,
        (None, Some("service")) => AuthArg::Service,
        (None, Some("device")) => AuthArg::Device,
        (None, _) => AuthArg::Token,
    };
    let name = match chosen {
        AuthArg::Token => return Ok(SignIn::Token(token(places, url).await?)),
        AuthArg::Service => "service",
        AuthArg::Device => "device",
    };
    let known = if said == Some(name) { known } else { login::Remembered::default() };
    let text =
        |given: &Option<String>, kept: Option<String>| given.clone().filter(|t| !t.is_empty()).or(kept);
    let client_id = text(&args.client_id, known.client_id).ok_or_else(|| {
        Refusal::usage(format!("--auth {name} needs --client-id or OKTUI_CLIENT_ID: the app's client id"))
    })?;
    if chosen == AuthArg::Device {
        return Ok(SignIn::Device { client_id });
    }
    let key = args.key.clone().or(known.key.map(PathBuf::from)).ok_or_else(|| {
        Refusal::usage(
            "--auth service needs --key or OKTUI_KEY: the file of the private key. oktui login new-key makes one",
        )
    })?;
    Ok(SignIn::Service { client_id, key, kid: text(&args.kid, known.kid) })
}

/// The API token: from the environment, else the vault's, else typed or given on standard input.
async fn token(places: &Places, url: &str) -> Result<Secret, Refusal> {
    let given = std::env::var_os("OKTUI_API_TOKEN").is_some_and(|v| !v.is_empty());
    match if given { None } else { super::vault::token(places, url).await? } {
        Some(token) => Ok(token),
        None => input::secret("OKTUI_API_TOKEN", "API token"),
    }
}

/// Shows on standard error what a person has to enter, and where.
pub(super) fn show_code(code: DeviceCode) {
    eprintln!("Open {} in any browser, and enter the code {}.", code.url, code.user_code);
    if let Some(url) = &code.url_with_code {
        eprintln!("Or open {url}, and compare the code.");
    }
    eprintln!("It is good for {} minutes. Waiting …", code.minutes);
}

/// `oktui login`
pub(super) async fn login(args: &LoginArgs, places: Places) -> Result<Exit, Refusal> {
    if let Some(LoginAction::NewKey { out: file, kind }) = &args.action {
        let public = login::new_key(file, *kind == KeyKindArg::Rsa)?;
        out(&pretty(&public));
        eprintln!("The private key is in {}.", crate::text::Clean::new(&file.to_string_lossy()));
        eprintln!(
            "Paste the JWK above into the app in Okta: General > Client Credentials > Public keys > Add key."
        );
        return Ok(Exit::Ok);
    }
    let session = connect(&args.org, places.clone(), false).await?;
    if args.save {
        login::remember(&places, &session)?;
    }
    let features = login::preflight(&session).await?;
    if args.org.json {
        out(&pretty(&document(&session, &features)));
    } else {
        out(&shown(&session, &features));
    }
    Ok(if features.iter().any(Feature::is_missing) { Exit::FoundWrong } else { Exit::Ok })
}

fn result(right: &Right) -> (&'static str, Option<&str>) {
    match right {
        Right::Works => ("works", None),
        Right::NoScope => ("no-scope", None),
        Right::NoRole => ("no-role", None),
        Right::NotTold => ("not-told", None),
        Right::Not(why) => ("not-there", Some(why.as_str())),
    }
}

fn document(session: &Session, features: &[Feature]) -> Value {
    let (me, signed_in) = (session.me(), session.signed_in());
    let rows: Vec<Value> = features
        .iter()
        .map(|f| {
            let (result, detail) = result(&f.right);
            json!({
                "feature": f.name, "scope": f.scope, "role": f.role, "configured": f.configured, "granted": f.granted,
                "result": result, "detail": detail,
            })
        })
        .collect();
    json!({
        "oktui_login": 1, "org": session.org().url, "way": signed_in.way, "client_id": signed_in.client_id,
        "who": { "login": me.user.login, "name": me.user.name },
        "roles": me.roles.as_ref().map(|list| list.iter().map(|r| r.kind.as_str()).collect::<Vec<_>>()),
        "scopes": signed_in.scopes, "until": signed_in.until.map(|t| t.to_string()),
        "clock_ahead_seconds": signed_in.clock_ahead_seconds, "preflight": rows,
    })
}

fn shown(session: &Session, features: &[Feature]) -> String {
    let (me, signed_in) = (session.me(), session.signed_in());
    let mut lines =
        vec![format!("Signed in to {} as {} ({})", session.org().host(), me.user.name, me.user.login)];
    let roles = match &me.roles {
        None => "may not be read".to_owned(),
        Some(list) if list.is_empty() => "none".to_owned(),
        Some(list) => list.iter().map(|r| r.label.as_str()).collect::<Vec<_>>().join(", "),
    };
    lines.push(format!("Roles: {roles}"));
    if let Some(until) = signed_in.until {
        let then = if signed_in.renews { "and is replaced before" } else { "and then you sign in again" };
        lines.push(format!("The access token is good until {}, {then}.", time::utc(until)));
    }
    if let Some(seconds) = signed_in.clock_ahead_seconds {
        let how = if seconds > 0 { "slow" } else { "fast" };
        lines.push(format!(
            "WARN  The clock of this machine is {} s {how} against the org's; the org's was used.",
            seconds.abs()
        ));
    }
    lines.push(String::new());
    for f in features {
        let word = match &f.right {
            Right::Works => "ok  ",
            Right::NoScope | Right::NoRole => "FAIL",
            Right::NotTold | Right::Not(_) => "?   ",
        };
        let why = f.why();
        lines.push(format!("{word}  {}  {why}", pad(f.name, 32)).trim_end().to_owned());
    }
    lines.join("\n")
}
