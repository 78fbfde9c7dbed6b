//! `oktui profiles`: what is true of an org before anybody has signed in to it, and which org a command is for.

use super::args::{OrgArgs, ProfilesCommand};
use super::commands::{Result, out, pretty};
use super::exit::Exit;
use super::input::Refusal;
use crate::run::profiles;
use crate::store::Places;
use crate::text::{Clean, pad, time};
use serde_json::{Value, json};
use std::fmt::Write;

/// `oktui profiles`
///
/// # Errors
/// There is no such profile, a value does not fit, or the file cannot be used.
pub fn profiles(command: &ProfilesCommand, places: &Places) -> Result<Exit> {
    match command {
        ProfilesCommand::List { json } => list(*json, places),
        ProfilesCommand::Show { name, json } => {
            let document = document(places, name)?;
            out(&if *json { pretty(&document) } else { text(&document) });
            Ok(Exit::Ok)
        }
        ProfilesCommand::Add { label, url } => {
            let org = profiles::add(places, label, url)?;
            eprintln!(
                "\"{}\" is {} from now on. oktui profiles set marks it.",
                Clean::new(&org.label),
                org.url
            );
            Ok(Exit::Ok)
        }
        ProfilesCommand::Set { name, key, value } => {
            let org = profiles::set(places, name, key, value)?;
            out(&text(&document(places, &org.url)?));
            Ok(Exit::Ok)
        }
        ProfilesCommand::Forget { name } => {
            let org = profiles::forget(places, name)?;
            eprintln!(
                "\"{}\" is forgotten here: in Okta nothing changes, and its journal stays.",
                Clean::new(&org.label)
            );
            Ok(Exit::Ok)
        }
    }
}

fn list(as_json: bool, places: &Places) -> Result<Exit> {
    let all = profiles::all(places)?;
    if as_json {
        let rows = all.iter().map(|org| document(places, &org.url)).collect::<Result<Vec<Value>>>()?;
        out(&pretty(&Value::Array(rows)));
        return Ok(Exit::Ok);
    }
    if all.is_empty() {
        eprintln!("There is no profile yet. Connecting to an org makes one, and so does oktui profiles add.");
    }
    let mut text = String::new();
    for org in &all {
        let marks: Vec<&str> = [(org.prod, "PROD"), (org.read_only, "read-only")]
            .into_iter()
            .filter(|m| m.0)
            .map(|m| m.1)
            .collect();
        let used = org.last_used.map_or("never used".into(), |at| format!("used {}", time::utc(at)));
        let _ = writeln!(
            text,
            "{} {} {} {used}",
            pad(Clean::new(&org.label).as_str(), 16),
            pad(&org.url, 40),
            pad(&marks.join(", "), 16)
        );
    }
    out(&text);
    Ok(Exit::Ok)
}

fn document(places: &Places, name: &str) -> Result<Value> {
    let org = profiles::find(places, name)?;
    let callbacks: serde_json::Map<String, Value> =
        org.callbacks.iter().map(|c| (c.environment.clone(), json!(c.uri))).collect();
    Ok(json!({
        "label": org.label, "url": org.url, "prod": org.prod, "read_only": org.read_only, "headroom": org.headroom,
        "authorization_server": org.authorization_server, "auth": org.auth, "client_id": org.client_id, "key": org.key,
        "kid": org.kid, "callbacks": callbacks, "last_used": org.last_used,
    }))
}

fn text(document: &Value) -> String {
    let mut text = String::new();
    for (key, value) in document.as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::Object(callbacks) => {
                for (environment, uri) in callbacks {
                    let key = format!("callback.{environment}");
                    let _ =
                        writeln!(text, "{} {}", pad(&key, 22), Clean::new(uri.as_str().unwrap_or_default()));
                }
            }
            Value::String(value) => {
                let _ = writeln!(text, "{} {}", pad(key, 22), Clean::new(value));
            }
            value => {
                let _ = writeln!(text, "{} {value}", pad(key, 22));
            }
        }
    }
    text
}

/// The URL of the org that a command is for. A flag goes before the environment, and `--org` and `--profile` together must mean the same.
///
/// # Errors
/// None is named, the profile is not there, or the two contradict each other.
pub(super) fn org_url(args: &OrgArgs, places: &Places) -> Result<String> {
    let given = |value: &Option<String>| value.clone().filter(|v| !v.trim().is_empty());
    let (org, profile) = (given(&args.org), given(&args.profile));
    let from = |name: &str, value: &Option<String>| value.is_some() && std::env::var(name).ok() == *value;
    let (org_by_env, profile_by_env) = (from("OKTUI_ORG_URL", &org), from("OKTUI_PROFILE", &profile));
    match (org, profile) {
        (None, None) => Err(Refusal::usage(
            "no org: give --profile or --org, or set OKTUI_ORG_URL. `oktui demo --serve` prints one to try",
        )),
        (Some(org), None) => Ok(org),
        (None, Some(profile)) => Ok(profiles::find(places, &profile)?.url),
        // The flag says more than what the environment happens to hold.
        (Some(org), Some(_)) if profile_by_env && !org_by_env => Ok(org),
        (Some(_), Some(profile)) if org_by_env && !profile_by_env => {
            Ok(profiles::find(places, &profile)?.url)
        }
        (Some(org), Some(profile)) => {
            let found = profiles::find(places, &profile)?;
            let same = profiles::find(places, &org).is_ok_and(|by_url| by_url.url == found.url);
            if same {
                return Ok(found.url);
            }
            Err(Refusal::usage(format!(
                "--profile {} is {}, and --org says {}: which of the two?",
                Clean::new(&profile),
                found.url,
                Clean::new(&org)
            )))
        }
    }
}
