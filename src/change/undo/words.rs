//! A write of the history in words: what was before and what was after, and the call to Okta that it took.

use super::history::Written;
use crate::change::inverse::Before;
use crate::change::value::{AppRef, Change, FieldChange, PolicyRef};
use crate::text::Clean;
use serde_json::{Map, Value, json};

/// The call of a write, as it goes to Okta.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// `POST`.
    pub method: &'static str,
    /// Below the org's URL: `/api/v1/apps/0oa…/groups/00g…`. `{made}` stands for what an earlier change of the plan makes.
    pub path: String,
    /// The body; secrets are masked. An app is replaced as a whole, so that of a `PUT` is long.
    pub body: Option<Value>,
}

/// What stands for a secret.
const MASK: &str = "••••••••";

/// Keys whose values are secrets wherever they stand (RFC 7591 §2, RFC 7517 §4, RFC 7518 §6).
const SECRETS: [&str; 10] = ["client_secret", "password", "secret", "value", "d", "p", "q", "dp", "dq", "qi"];

impl FieldChange {
    /// From what to what: `PKCE: required → not required`.
    pub fn words(&self) -> String {
        let shown = |v: &Clean| if v.as_str().is_empty() { "nothing".to_owned() } else { v.to_string() };
        format!("{}: {} → {}", Clean::new(&self.field), shown(&self.from), shown(&self.to))
    }
}

impl Written {
    /// What was there before, and what there is after, field by field.
    pub fn differences(&self) -> Vec<FieldChange> {
        let one = |field: &str, from: &str, to: &str| {
            vec![FieldChange { field: field.into(), from: Clean::new(from), to: Clean::new(to) }]
        };
        let Some(change) = &self.change else { return Vec::new() };
        match change {
            Change::EditApp { fields, .. } => fields.clone(),
            Change::SetUserName { login, from, to, .. } => {
                let was = match (&self.before, from) {
                    (Before::Person(user), None) => user.user_name.clone(),
                    (_, from) => from.clone(),
                };
                one(&format!("what the app calls {login}"), was.as_ref().map_or("", Clean::as_str), to)
            }
            Change::CreateApp { .. } => one("the app", "", "active"),
            Change::ActivateApp { .. } => one("the app", "inactive", "active"),
            Change::DeactivateApp { .. } => one("the app", "active", "inactive"),
            Change::DeleteApp { .. } => one("the app", "inactive", "deleted"),
            Change::UploadLogo { .. } => one("the logo", "", "uploaded"),
            Change::AssignGroup { name, .. } => one(&format!("group {name}"), "not assigned", "assigned"),
            Change::UnassignGroup { name, .. } => one(&format!("group {name}"), "assigned", "not assigned"),
            Change::AssignPerson { login, .. } => {
                one(login.as_str(), "not assigned by name", "assigned by name")
            }
            Change::UnassignPerson { login, .. } => {
                let mut found = one(login.as_str(), "assigned by name", "not assigned by name");
                if let Before::Person(user) = &self.before
                    && !user.profile.is_empty()
                {
                    let profile = Value::Object(user.profile.clone()).to_string();
                    found.extend(one("their app profile", &profile, ""));
                }
                found
            }
            Change::SetSignInPolicy { policy, .. } => {
                one("sign-in policy", "the org's default", policy.as_str())
            }
            Change::AddSecret { .. } => one("a second client secret", "", "active"),
            Change::ActivateSecret { secret, .. } => {
                one(&format!("client secret {secret}"), "inactive", "active")
            }
            Change::DeactivateSecret { secret, .. } => {
                one(&format!("client secret {secret}"), "active", "inactive")
            }
            Change::DeleteSecret { secret, .. } => {
                one(&format!("client secret {secret}"), "inactive", "deleted")
            }
            Change::CreatePolicy { .. } => one("the access policy", "", "active"),
            Change::DeletePolicy { name, .. } => {
                one(&format!("access policy \"{name}\""), "active", "deleted")
            }
            Change::CreateRule { .. } => one("the rule", "", "active"),
            Change::DeleteRule { name, .. } => one(&format!("rule \"{name}\""), "active", "deleted"),
        }
    }

    /// The call that it took; `None` where the line that says so is lost.
    pub fn request(&self) -> Option<Request> {
        self.change.as_ref().map(request)
    }
}

fn app(app: &AppRef) -> String {
    match app {
        AppRef::Known(id) => format!("/api/v1/apps/{id}"),
        AppRef::MadeBy(_) => "/api/v1/apps/{made}".into(),
    }
}

/// The call of a change (Okta management API: Applications, Authorization Servers).
fn request(change: &Change) -> Request {
    let on = |id: &crate::okta::model::AppId| format!("/api/v1/apps/{id}");
    let server = |id: &crate::okta::model::ServerId| format!("/api/v1/authorizationServers/{id}/policies");
    let call = |method, path, body: Option<Value>| Request { method, path, body: body.map(masked) };
    let object = |body: &Map<String, Value>| Some(Value::Object(body.clone()));
    match change {
        Change::CreateApp { body } => call("POST", "/api/v1/apps?activate=true".into(), object(body)),
        Change::EditApp { after, .. } => {
            let path = after.id().map_or_else(|| "/api/v1/apps/?".into(), |id| on(&id));
            call("PUT", path, object(&after.0))
        }
        Change::UploadLogo { app: a, .. } => call("POST", format!("{}/logo", app(a)), None),
        Change::ActivateApp { app, .. } => call("POST", format!("{}/lifecycle/activate", on(app)), None),
        Change::DeactivateApp { app, .. } => call("POST", format!("{}/lifecycle/deactivate", on(app)), None),
        Change::DeleteApp { app, .. } => call("DELETE", on(app), None),
        Change::AssignGroup { app: a, group, .. } => {
            call("PUT", format!("{}/groups/{group}", app(a)), Some(json!({})))
        }
        Change::UnassignGroup { app, group, .. } => {
            call("DELETE", format!("{}/groups/{group}", on(app)), None)
        }
        Change::AssignPerson { app: a, person, profile, .. } => {
            let mut body = json!({"id": person.as_str(), "scope": "USER"});
            if let (Some(profile), Some(body)) = (profile, body.as_object_mut()) {
                body.insert("profile".into(), Value::Object(profile.clone()));
            }
            call("POST", format!("{}/users", app(a)), Some(body))
        }
        Change::UnassignPerson { app, person, .. } => {
            call("DELETE", format!("{}/users/{person}?sendEmail=false", on(app)), None)
        }
        Change::SetUserName { app, person, to, .. } => {
            let body = json!({"credentials": {"userName": to}});
            call("POST", format!("{}/users/{person}", on(app)), Some(body))
        }
        Change::SetSignInPolicy { app: a, policy } => {
            call("PUT", format!("{}/policies/{policy}", app(a)), None)
        }
        Change::AddSecret { app: a, .. } => {
            call("POST", format!("{}/credentials/secrets", app(a)), Some(json!({})))
        }
        Change::ActivateSecret { app, secret } => {
            call("POST", format!("{}/credentials/secrets/{secret}/lifecycle/activate", on(app)), None)
        }
        Change::DeactivateSecret { app, secret } => {
            call("POST", format!("{}/credentials/secrets/{secret}/lifecycle/deactivate", on(app)), None)
        }
        Change::DeleteSecret { app, secret } => {
            call("DELETE", format!("{}/credentials/secrets/{secret}", on(app)), None)
        }
        Change::CreatePolicy { server: s, body, .. } => call("POST", server(s), object(body)),
        Change::DeletePolicy { server: s, policy, .. } => {
            call("DELETE", format!("{}/{policy}", server(s)), None)
        }
        Change::CreateRule { server: s, policy, body } => {
            let policy = match policy {
                PolicyRef::Known(id) => id.to_string(),
                PolicyRef::MadeBy(_) => "{made}".into(),
            };
            call("POST", format!("{}/{policy}/rules", server(s)), object(body))
        }
        Change::DeleteRule { server: s, policy, rule, .. } => {
            call("DELETE", format!("{}/{policy}/rules/{rule}", server(s)), None)
        }
    }
}

/// The journal holds no secret; should one ever get in, it does not get out of here.
fn masked(mut value: Value) -> Value {
    fn mask(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(text) if SECRETS.contains(&key.as_str()) => *text = MASK.into(),
                        value => mask(value),
                    }
                }
            }
            Value::Array(list) => list.iter_mut().for_each(mask),
            _ => {}
        }
    }
    mask(&mut value);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_get_out() {
        let body = json!({"credentials": {"oauthClient": {"client_secret": "s3cr3t", "client_id": "0oa1"}},
            "settings": {"oauthClient": {"jwks": {"keys": [{"kty": "RSA", "n": "public", "d": "private"}]}}}});
        let create = Change::CreateApp { body: body.as_object().unwrap().clone() };
        let shown = request(&create).body.unwrap().to_string();
        assert!(!shown.contains("s3cr3t") && !shown.contains("private"), "{shown}");
        assert!(shown.contains("0oa1") && shown.contains("public"));
    }
}
