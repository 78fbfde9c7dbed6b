//! Okta's JSON as our types. Pure. A field that is missing or of another type is read as absent; only an object without its
//! identity is no object.

use super::model::*;
use crate::secret::Secret;
use crate::text::Clean;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

fn object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn clean(value: &Value, pointer: &str) -> Option<Clean> {
    text(value, pointer).map(Clean::new)
}

fn time(value: &Value, pointer: &str) -> Option<jiff::Timestamp> {
    text(value, pointer)?.parse().ok()
}

fn map_at(value: &Value, pointer: &str) -> Map<String, Value> {
    value.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// What serde reads by itself: discovery documents and the like.
pub(super) fn plain<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

/// An app without its secret, and the secret where the answer had one (POST and PUT have, GET has not).
pub(super) fn app(value: Value) -> Option<(App, Option<Secret>)> {
    let mut map = object(value)?;
    let secret = lift_secret(&mut map);
    map.get("id")?.as_str()?;
    Some((App(map), secret))
}

/// An app of a list.
pub(super) fn listed_app(value: Value) -> Option<App> {
    app(value).map(|(app, _)| app)
}

/// Takes `credentials.oauthClient.client_secret` out of an app.
pub(super) fn lift_secret(app: &mut Map<String, Value>) -> Option<Secret> {
    let client = app.get_mut("credentials")?.get_mut("oauthClient")?.as_object_mut()?;
    match client.remove("client_secret")? {
        Value::String(value) if !value.is_empty() => Some(Secret::new(value)),
        _ => None,
    }
}

/// A client secret.
pub(super) fn client_secret(mut value: Value) -> Option<ClientSecret> {
    let lifted = value.as_object_mut()?.remove("client_secret");
    Some(ClientSecret {
        id: text(&value, "/id")?.parse().ok()?,
        value: lifted.and_then(|v| v.as_str().map(|s| Secret::new(s.to_owned()))),
        hash: clean(&value, "/secret_hash"),
        active: text(&value, "/status").is_none_or(|s| s == "ACTIVE"),
        created: time(&value, "/created"),
    })
}

/// A rule of a sign-in policy.
pub(super) fn sign_on_rule(value: Value) -> Option<SignOnRule> {
    object(value).map(SignOnRule)
}

/// A simulation (`SimulatePolicyResponse`): an array of evaluations, of which the example of the description has one more level,
/// `evaluation`. `policyType` is an array in the schema and a word in the example.
pub(super) fn simulation(value: &Value) -> Simulation {
    let mut out = Simulation::default();
    let list = value.get("evaluation").or_else(|| value.get("evaluations")).unwrap_or(value);
    for evaluation in list.as_array().into_iter().flatten() {
        let kind = evaluation.get("policyType");
        let is = |name: &str| match kind {
            Some(Value::String(s)) => s == name,
            Some(Value::Array(all)) => all.iter().any(|k| k.as_str() == Some(name)),
            _ => false,
        };
        let policies = |part: &str| {
            evaluation.pointer(&format!("/{part}/policies")).and_then(Value::as_array).into_iter().flatten()
        };
        let matched = |v: &&Value| text(v, "/status").is_none_or(|s| s == "MATCH");
        let rule = policies("result").filter(matched).find_map(|policy| {
            let rules = policy.get("rules").and_then(Value::as_array);
            let rule = rules.into_iter().flatten().find(matched)?;
            Some(Simulated::Rule {
                policy: text(policy, "/id")?.parse().ok()?,
                rule: text(rule, "/id")?.parse().ok()?,
            })
        });
        // A rule that could not be judged and comes first may decide as well.
        let open = policies("undefined").next().is_some();
        let said = if open { Some(Simulated::Undefined) } else { rule };
        if is("OKTA_SIGN_ON") {
            out.session = said;
        } else if is("ACCESS_POLICY") {
            out.app = said;
        }
    }
    out
}

/// A person.
pub(super) fn user(value: Value) -> Option<User> {
    let name = ["/profile/firstName", "/profile/lastName"].iter().filter_map(|p| text(&value, p));
    let name = name.filter(|n| !n.is_empty()).collect::<Vec<_>>().join(" ");
    let status = value.get("status").cloned().and_then(plain);
    Some(User {
        id: text(&value, "/id")?.parse().ok()?,
        login: clean(&value, "/profile/login").unwrap_or_default(),
        name: Clean::new(&name),
        email: clean(&value, "/profile/email").unwrap_or_default(),
        status: status.unwrap_or(UserStatus::Unknown),
        last_login: time(&value, "/lastLogin"),
    })
}

/// A page of people, read without a tree of values in between: lists of people are the long ones. `None` where a person has no id
/// or a field is of another type, which [`user`] then judges by itself.
pub(super) fn users(body: &[u8]) -> Option<Vec<User>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Person {
        id: UserId,
        status: Option<UserStatus>,
        last_login: Option<String>,
        profile: Profile,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Profile {
        login: Option<String>,
        email: Option<String>,
        first_name: Option<String>,
        last_name: Option<String>,
    }
    let people: Vec<Person> = serde_json::from_slice(body).ok()?;
    let clean = |text: &Option<String>| text.as_deref().map(Clean::new).unwrap_or_default();
    let mut name = String::new();
    let read = |person: Person| {
        name.clear();
        for part in [&person.profile.first_name, &person.profile.last_name].into_iter().flatten() {
            if !name.is_empty() && !part.is_empty() {
                name.push(' ');
            }
            name.push_str(part);
        }
        User {
            login: clean(&person.profile.login),
            name: Clean::new(&name),
            email: clean(&person.profile.email),
            status: person.status.unwrap_or(UserStatus::Unknown),
            last_login: person.last_login.and_then(|t| t.parse().ok()),
            id: person.id,
        }
    };
    Some(people.into_iter().map(read).collect())
}

/// A group.
pub(super) fn group(value: Value) -> Option<Group> {
    Some(Group {
        id: text(&value, "/id")?.parse().ok()?,
        name: clean(&value, "/profile/name").unwrap_or_default(),
        description: clean(&value, "/profile/description").filter(|d| !d.as_str().is_empty()),
        kind: match text(&value, "/type") {
            Some("BUILT_IN") => GroupKind::BuiltIn,
            Some("APP_GROUP") => GroupKind::App,
            _ => GroupKind::Okta,
        },
        members: value.pointer("/_embedded/stats/usersCount").and_then(Value::as_u64),
    })
}

/// A person assigned to an app.
pub(super) fn app_user(value: Value) -> Option<AppUser> {
    Some(AppUser {
        id: text(&value, "/id")?.parse().ok()?,
        via: if text(&value, "/scope") == Some("GROUP") {
            Assigned::ThroughGroup
        } else {
            Assigned::Directly
        },
        status: clean(&value, "/status").unwrap_or_default(),
        user_name: clean(&value, "/credentials/userName"),
        profile: map_at(&value, "/profile"),
    })
}

/// A person assigned to an app, with the person where the list was read with `expand=user`.
pub(super) fn app_person(mut value: Value) -> Option<(AppUser, Option<User>)> {
    let person = value.pointer_mut("/_embedded/user").map(Value::take).and_then(user);
    Some((app_user(value)?, person))
}

/// A group assigned to an app. Its name comes only with `expand=group`.
pub(super) fn app_group(value: Value) -> Option<AppGroup> {
    Some(AppGroup {
        id: text(&value, "/id")?.parse().ok()?,
        name: clean(&value, "/_embedded/group/profile/name"),
        priority: value.get("priority").and_then(Value::as_i64),
        profile: map_at(&value, "/profile"),
    })
}

/// An administrator role.
pub(super) fn role(value: Value) -> Option<Role> {
    let kind = clean(&value, "/type")?;
    Some(Role { label: clean(&value, "/label").unwrap_or_else(|| kind.clone()), kind })
}

/// An enrolled factor.
pub(super) fn factor(value: Value) -> Option<Factor> {
    Some(Factor {
        kind: clean(&value, "/factorType")?,
        provider: clean(&value, "/provider").unwrap_or_default(),
        status: clean(&value, "/status").unwrap_or_default(),
    })
}

/// An event of the System Log. One without an id or a time is none; whatever else is missing stays empty, since Okta's event types differ.
pub(super) fn log_event(value: Value) -> Option<LogEvent> {
    let result = match text(&value, "/outcome/result") {
        Some("SUCCESS" | "ALLOW") => LogResult::Success,
        Some("FAILURE" | "DENY") => LogResult::Failure,
        other => LogResult::Other(Clean::new(other.unwrap_or_default())),
    };
    // The actor of a token request is the client; an unknown person is `unknown`.
    let is_person = text(&value, "/actor/type").is_none_or(|t| t == "User");
    let actor = text(&value, "/actor/id").filter(|id| is_person && *id != "unknown");
    let targets = value.get("target").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let apps = targets.iter().filter(|t| text(t, "/type") == Some("AppInstance"));
    let groups = targets.iter().filter(|t| text(t, "/type") == Some("UserGroup"));
    let group =
        |t: &Value| Some((text(t, "/id")?.parse().ok()?, clean(t, "/displayName").unwrap_or_default()));
    Some(LogEvent {
        groups: groups.filter_map(group).collect(),
        id: clean(&value, "/uuid")?,
        published: time(&value, "/published")?,
        kind: clean(&value, "/eventType").unwrap_or_default(),
        message: clean(&value, "/displayMessage").unwrap_or_default(),
        result,
        reason: clean(&value, "/outcome/reason"),
        actor: actor.and_then(|id| id.parse().ok()),
        actor_login: clean(&value, "/actor/alternateId").filter(|_| actor.is_some()),
        client: clean(&value, "/client/id"),
        address: clean(&value, "/client/ipAddress"),
        apps: apps.filter_map(|t| text(t, "/id")?.parse().ok()).collect(),
        redirect_uri: clean(&value, "/debugContext/debugData/redirectUri"),
        secret_hash: clean(&value, "/debugContext/debugData/clientSecret"),
        request_id: clean(&value, "/debugContext/debugData/requestId"),
    })
}

/// A custom authorization server. `default: true` is in recorded answers but not in the description; the issuer tells it too.
pub(super) fn server(value: Value) -> Option<Server> {
    let by_issuer = text(&value, "/issuer").is_some_and(|i| i.ends_with("/oauth2/default"));
    Some(Server {
        id: text(&value, "/id")?.parse().ok()?,
        name: clean(&value, "/name").unwrap_or_default(),
        audience: clean(&value, "/audiences/0").unwrap_or_default(),
        issuer: clean(&value, "/issuer").unwrap_or_default(),
        active: text(&value, "/status").is_none_or(|s| s == "ACTIVE"),
        is_default: by_issuer || value.get("default").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// A scope.
pub(super) fn scope(value: Value) -> Option<Scope> {
    Some(Scope {
        name: clean(&value, "/name")?,
        consent: matches!(text(&value, "/consent"), Some("REQUIRED" | "FLEXIBLE")),
        published: text(&value, "/metadataPublish") == Some("ALL_CLIENTS"),
    })
}

/// An access policy; its rules are read on their own.
pub(super) fn policy(value: Value) -> Option<Policy> {
    let raw = object(value)?;
    raw.get("id")?.as_str()?;
    Some(Policy { raw, rules: Vec::new() })
}

/// A rule.
pub(super) fn rule(value: Value) -> Option<Rule> {
    let raw = object(value)?;
    raw.get("id")?.as_str()?;
    Some(Rule(raw))
}

/// What an org says of itself; `url` is where it was asked.
pub(super) fn org_facts(value: &Value, url: &str) -> Option<OrgFacts> {
    let id = clean(value, "/id");
    let engine = match text(value, "/pipeline") {
        Some("idx") => Engine::Identity,
        Some("v1") => Engine::Classic,
        _ => Engine::Unknown,
    };
    // Neither of them: some other service's JSON.
    if id.is_none() && engine == Engine::Unknown {
        return None;
    }
    Some(OrgFacts { url: url.to_owned(), id, engine, custom_domain: clean(value, "/_links/alternate/href") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_secret_of_an_app_is_lifted_out() {
        let answer = json!({"id": "0oa1", "credentials": {"oauthClient": {"client_id": "0oa1", "client_secret": "s3cret"}}});
        let (app, secret) = app(answer).unwrap();
        assert_eq!(secret, Some(Secret::new("s3cret")));
        assert!(!serde_json::to_string(&app).unwrap().contains("s3cret"));
        assert!(!format!("{app:?}").contains("client_secret"));
        let (_, none) =
            super::app(json!({"id": "0oa1", "credentials": {"oauthClient": {"client_secret": ""}}})).unwrap();
        assert_eq!(none, None);
    }

    #[test]
    fn people_have_clean_names_and_statuses_we_may_not_know() {
        let u = user(json!({"id": "00u1", "status": "FROZEN", "profile": {"login": "a@b", "firstName": "A\u{1b}[31m", "lastName": null}})).unwrap();
        assert_eq!((u.name.as_str(), u.status, u.email.as_str()), ("A␛[31m", UserStatus::Unknown, ""));
        assert_eq!(user(json!({"id": "../x"})), None);
        assert_eq!(user(json!([])), None);
    }

    proptest! {
        /// Reading a page at once gives what reading its entries one by one gives, or leaves it to that.
        #[test]
        fn both_ways_of_reading_people_agree(
            people in prop::collection::vec((
                prop::sample::select(vec![json!("00u1"), json!("../x"), json!(7), json!(null)]),
                prop::sample::select(vec![json!("ACTIVE"), json!("LOCKED_OUT"), json!("FROZEN"), json!(null), json!(1)]),
                prop::sample::select(vec![json!("2026-11-01T10:00:00.000Z"), json!("yesterday"), json!(null), json!([])]),
                prop::sample::select(vec![json!("Ana"), json!(""), json!("A\u{1b}"), json!(null), json!({})]),
            ), 0..4),
        ) {
            let page: Vec<Value> = people
                .into_iter()
                .map(|(id, status, last, name)| json!({
                    "id": id, "status": status, "lastLogin": last, "invented": [1],
                    "profile": {"login": "a@b", "email": "a@b", "firstName": name, "lastName": "Z", "x": null},
                }))
                .collect();
            let slow: Option<Vec<User>> = page.iter().cloned().map(user).collect();
            if let Some(quick) = users(&serde_json::to_vec(&page).unwrap()) {
                prop_assert_eq!(Some(quick), slow);
            }
        }
    }

    #[test]
    fn a_page_of_people_is_read_at_once() {
        let page = br#"[{"id": "00u1", "status": "ACTIVE", "profile": {"login": "a@b", "firstName": "A", "lastName": "B"}}]"#;
        assert_eq!(users(page).unwrap()[0].name.as_str(), "A B");
        assert_eq!(users(b"{}"), None);
    }

    #[test]
    fn an_event_is_read_however_little_it_says() {
        let event = log_event(json!({
            "uuid": "u1", "published": "2026-11-22T19:04:05.123Z", "eventType": "user.authentication.sso",
            "outcome": {"result": "ALLOW"}, "actor": {"id": "00uA", "type": "User", "alternateId": "a\u{1b}@x"},
            "target": [{"id": "0oaA", "type": "AppInstance"}, {"id": "00uB", "type": "User"}],
            "debugContext": {"debugData": {"requestId": "r1"}},
        }))
        .unwrap();
        assert_eq!(event.result, LogResult::Success);
        assert_eq!(event.apps, ["0oaA".parse().unwrap()]);
        assert_eq!(event.actor_login.unwrap().as_str(), "a␛@x");
        assert_eq!(event.request_id.unwrap().as_str(), "r1");
        let least = json!({"uuid": "u", "published": "2026-11-22T19:04:05Z", "target": null,
            "actor": {"id": "0oaA", "type": "PublicClientApp", "alternateId": "0oaA"}});
        let event = log_event(least.clone()).unwrap();
        assert_eq!((event.actor, event.actor_login), (None, None), "a client is nobody");
        assert_eq!(event.result, LogResult::Other(Clean::default()));
        let mut timeless = least;
        timeless["published"] = json!("yesterday");
        assert!(log_event(timeless).is_none());
    }

    #[test]
    fn everyone_is_known_by_type_and_name() {
        let made =
            |kind: &str| group(json!({"id": "00g1", "type": kind, "profile": {"name": "Everyone"}})).unwrap();
        assert!(made("BUILT_IN").is_everyone() && !made("OKTA_GROUP").is_everyone());
    }

    #[test]
    fn some_other_services_json_is_not_an_org() {
        assert_eq!(org_facts(&json!({"hello": "world"}), "https://x"), None);
        let facts = org_facts(&json!({"id": "00o1", "pipeline": "idx"}), "https://x").unwrap();
        assert_eq!(facts.engine, Engine::Identity);
    }
}
