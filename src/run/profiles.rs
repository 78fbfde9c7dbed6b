//! The profiles: what is true of an org before anybody has signed in to it. What a profile says counts for every face.

use super::error::RunError;
use crate::okta::address;
use crate::okta::model::ServerId;
use crate::profile::{self, Org, Orgs};
use crate::store::Places;
use crate::text::Clean;
use crate::uri::Callback;

/// What can be set, in the order of the help. `callback.ENVIRONMENT` is another.
pub const KEYS: [&str; 9] =
    ["label", "prod", "read_only", "headroom", "authorization_server", "auth", "client_id", "key", "kid"];

fn missing(what: impl Into<String>, help: impl Into<String>) -> RunError {
    RunError::Missing { what: what.into(), help: help.into() }
}

/// Every profile, the last used first.
///
/// # Errors
/// The file cannot be read, or is not ours.
pub fn all(places: &Places) -> Result<Vec<Org>, RunError> {
    Ok(profile::load(places)?.org)
}

/// The file that they are in, for people.
pub fn file(places: &Places) -> Clean {
    Clean::new(&profile::orgs_file(places).to_string_lossy())
}

/// The profile with this label, or else with this URL.
///
/// # Errors
/// There is none, or several have that label; the file cannot be read.
pub fn find(places: &Places, name: &str) -> Result<Org, RunError> {
    Ok(one(&profile::load(places)?, name)?.clone())
}

fn one<'a>(orgs: &'a Orgs, name: &str) -> Result<&'a Org, RunError> {
    let labelled: Vec<&Org> = orgs.org.iter().filter(|org| org.label == name).collect();
    let by_url = || {
        let url = address::normalise(name).ok()?.url;
        orgs.find(&url)
    };
    match labelled[..] {
        [org] => Ok(org),
        [] => by_url().ok_or_else(|| {
            let known: Vec<&str> = orgs.org.iter().map(|org| org.label.as_str()).collect();
            let known = if known.is_empty() {
                "There is none yet.".into()
            } else {
                format!("There are: {}.", known.join(", "))
            };
            missing(
                format!("there is no profile \"{}\"", Clean::new(name)),
                format!("{} oktui profiles add makes one.", Clean::new(&known)),
            )
        }),
        _ => Err(missing(
            format!("several profiles are called \"{}\"", Clean::new(name)),
            "Name it by its URL.",
        )),
    }
}

/// Makes a profile for an org. Nothing is asked of the org.
///
/// # Errors
/// The URL is none; there is one for it already, or one of that label; the file cannot be read or written.
pub fn add(places: &Places, label: &str, url: &str) -> Result<Org, RunError> {
    let url = address::normalise(url).map_err(|e| RunError::Address(e.to_string()))?.url;
    let mut orgs = profile::load(places)?;
    if let Some(known) = orgs.find(&url) {
        return Err(missing(
            format!("{url} has a profile already: \"{}\"", Clean::new(&known.label)),
            "oktui profiles set changes it.",
        ));
    }
    let label = free_label(&orgs, label, &url)?;
    let org = Org::new(label, url);
    orgs.remember(org.clone());
    profile::save(places, &orgs)?;
    Ok(org)
}

fn free_label(orgs: &Orgs, label: &str, url: &str) -> Result<String, RunError> {
    let label = label.trim();
    if label.is_empty() || label.chars().any(char::is_control) {
        return Err(missing("a label is a word or two, on one line", "Such as prod."));
    }
    match orgs.org.iter().find(|org| org.label == label && org.url != url) {
        Some(_) => Err(missing(
            format!("\"{}\" is the label of another profile", Clean::new(label)),
            "Take another.",
        )),
        None => Ok(label.to_owned()),
    }
}

/// Forgets a profile. Journal and drafts of the org stay.
///
/// # Errors
/// There is none; the file cannot be read or written.
pub fn forget(places: &Places, name: &str) -> Result<Org, RunError> {
    let mut orgs = profile::load(places)?;
    let org = one(&orgs, name)?.clone();
    orgs.forget(&org.url);
    profile::save(places, &orgs)?;
    Ok(org)
}

/// Sets one key of a profile; an empty value takes it away.
///
/// # Errors
/// There is no such profile or key, the value does not fit, or the file cannot be read or written.
pub fn set(places: &Places, name: &str, key: &str, value: &str) -> Result<Org, RunError> {
    let mut orgs = profile::load(places)?;
    let url = one(&orgs, name)?.url.clone();
    let label = if key == "label" { Some(free_label(&orgs, value, &url)?) } else { None };
    let Some(org) = orgs.org.iter_mut().find(|org| org.url == url) else {
        return Err(missing("the profile is gone", "Try again."));
    };
    let text = Some(value.trim().to_owned()).filter(|v| !v.is_empty());
    match key {
        "label" => org.label = label.unwrap_or_default(),
        "prod" => org.prod = truth(key, value)?,
        "read_only" => org.read_only = truth(key, value)?,
        "headroom" => org.headroom = text.as_deref().map(percent).transpose()?,
        "authorization_server" => org.authorization_server = text.as_deref().map(server).transpose()?,
        "auth" => org.auth = text.as_deref().map(way).transpose()?,
        "client_id" => org.client_id = text,
        "key" => org.key = text,
        "kid" => org.kid = text,
        key => match key.strip_prefix("callback.").filter(|environment| !environment.is_empty()) {
            Some(environment) => callback(org, environment, text),
            None => {
                return Err(missing(
                    format!("a profile has no key \"{}\"", Clean::new(key)),
                    format!("There are: {}, callback.ENVIRONMENT.", KEYS.join(", ")),
                ));
            }
        },
    }
    let changed = org.clone();
    profile::save(places, &orgs)?;
    Ok(changed)
}

fn truth(key: &str, value: &str) -> Result<bool, RunError> {
    match value.trim() {
        "true" | "yes" | "on" => Ok(true),
        "false" | "no" | "off" | "" => Ok(false),
        other => Err(missing(format!("{key} is true or false, not \"{}\"", Clean::new(other)), "")),
    }
}

fn percent(value: &str) -> Result<u8, RunError> {
    let number: Option<u8> = value.trim_end_matches('%').trim().parse().ok();
    number.filter(|n| *n <= 90).ok_or_else(|| missing("headroom is a percentage from 0 to 90", ""))
}

fn server(value: &str) -> Result<String, RunError> {
    if value == "org" || value.parse::<ServerId>().is_ok() {
        return Ok(value.to_owned());
    }
    Err(missing("authorization_server is org, default, or a server's id", ""))
}

fn way(value: &str) -> Result<String, RunError> {
    match value {
        "token" | "service" | "device" => Ok(value.to_owned()),
        _ => Err(missing("auth is token, service or device", "")),
    }
}

/// Kept byte for byte: redirect URIs are compared so.
fn callback(org: &mut Org, environment: &str, uri: Option<String>) {
    org.callbacks.retain(|c| c.environment != environment);
    org.callbacks.extend(uri.map(|uri| Callback { environment: environment.into(), uri }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> (tempfile::TempDir, Places) {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        add(&places, "prod", "acme.okta.com").unwrap();
        (home, places)
    }

    #[test]
    fn what_is_set_is_there_and_an_empty_value_takes_it_away() {
        let (_home, places) = places();
        for (key, value) in [
            ("prod", "true"),
            ("read_only", "yes"),
            ("headroom", "25%"),
            ("authorization_server", "default"),
            ("auth", "service"),
            ("client_id", "0oaS"),
            ("callback.staging", "https://stg.example/cb"),
            ("callback.prod", "https://h.example/cb"),
        ] {
            set(&places, "prod", key, value).unwrap();
        }
        let org = set(&places, "acme.okta.com", "callback.prod", "").unwrap();
        assert_eq!((org.prod, org.read_only, org.headroom), (true, true, Some(25)));
        assert_eq!(org.callbacks.len(), 1);
        assert_eq!(find(&places, "prod").unwrap(), org);
        assert_eq!(set(&places, "prod", "headroom", "").unwrap().headroom, None);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_nothing_is_written() {
        let (_home, places) = places();
        add(&places, "test", "acme-test.oktapreview.com").unwrap();
        let before = std::fs::read(profile::orgs_file(&places)).unwrap();
        for (key, value) in [
            ("prod", "perhaps"),
            ("headroom", "91"),
            ("headroom", "-1"),
            ("auth", "password"),
            ("label", "test"),
            ("label", " "),
            ("colour", "red"),
            ("callback.", "https://h.example"),
            ("url", "https://evil.example"),
        ] {
            let error = set(&places, "prod", key, value).unwrap_err();
            assert!(!error.trouble().what.as_str().is_empty(), "{key}");
        }
        assert!(
            set(&places, "nobody", "prod", "true")
                .unwrap_err()
                .trouble()
                .help
                .as_str()
                .contains("test, prod")
        );
        assert!(add(&places, "again", "https://acme.okta.com/").is_err());
        assert!(add(&places, "x", "http://acme.okta.com").is_err());
        assert_eq!(std::fs::read(profile::orgs_file(&places)).unwrap(), before);
        assert_eq!(forget(&places, "test").unwrap().label, "test");
        assert_eq!(all(&places).unwrap().len(), 1);
    }
}
