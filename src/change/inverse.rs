//! The way back from a change, as changes.

use super::value::{AppRef, Change, FieldChange, Inverse, PolicyRef};
use crate::okta::model::{App, AppGroup, AppUser, Policy, Rule};
use crate::text::Clean;
use serde::{Deserialize, Serialize};
use serde_json::Map;

/// What stood there before a change, read by GET. Never made from the answer to a POST or PUT: those hold the client secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Before {
    /// Nothing did, or nothing is needed for the way back.
    Nothing,
    /// The app.
    App(App),
    /// The person's assignment, with the app profile that Okta destroys when it goes.
    Person(AppUser),
    /// The group's assignment.
    Group(AppGroup),
    /// The policy and its rules.
    Policy {
        /// The policy.
        policy: Policy,
        /// Its rules, by priority.
        rules: Vec<Rule>,
    },
    /// The rule.
    Rule(Rule),
}

/// The way back from `change`. `made` is the id of the object that it made; references to earlier changes must be resolved to
/// `Known` before, or there is no way back to name.
pub fn inverse(change: &Change, before: &Before, made: Option<&str>) -> Inverse {
    let unknown = || Inverse::None { why: "It is not known which object this made.".into() };
    let exact = |changes: Vec<Change>| Inverse::Exact(changes);
    match change {
        Change::CreateApp { body } => {
            match made.and_then(|id| id.parse::<crate::okta::model::AppId>().ok()) {
                Some(app) => {
                    let label = App(body.clone()).label();
                    exact(vec![
                        Change::DeactivateApp { app: app.clone(), label: label.clone() },
                        Change::DeleteApp { app, label },
                    ])
                }
                None => unknown(),
            }
        }
        Change::EditApp { before, after, fields } => {
            let back = Change::EditApp {
                before: after.clone(),
                after: before.clone(),
                fields: fields
                    .iter()
                    .map(|f| FieldChange { field: f.field.clone(), from: f.to.clone(), to: f.from.clone() })
                    .collect(),
            };
            if before.client_authentication() == after.client_authentication() {
                exact(vec![back])
            } else {
                Inverse::Partial {
                    changes: vec![back],
                    lost: "Client secrets that Okta replaced or deleted with the authentication method do not come back.".into(),
                }
            }
        }
        Change::UploadLogo { .. } => {
            Inverse::None { why: "Okta takes a logo, but gives no old one back and removes none.".into() }
        }
        Change::SetSignInPolicy { .. } => Inverse::None {
            why: "An app has one sign-in policy always; that of a new app goes with the app.".into(),
        },
        Change::ActivateApp { app, label } => {
            exact(vec![Change::DeactivateApp { app: app.clone(), label: label.clone() }])
        }
        Change::DeactivateApp { app, label } => Inverse::Partial {
            changes: vec![Change::ActivateApp { app: app.clone(), label: label.clone() }],
            lost: "Tokens that died do not come back: people sign in again.".into(),
        },
        Change::DeleteApp { .. } => Inverse::None {
            why: "A deleted app's client id, secrets and assignments do not come back.".into(),
        },
        Change::AssignGroup { app: AppRef::Known(app), group, name } => {
            exact(vec![Change::UnassignGroup { app: app.clone(), group: group.clone(), name: name.clone() }])
        }
        Change::UnassignGroup { app, group, name } => {
            let back = Change::AssignGroup {
                app: AppRef::Known(app.clone()),
                group: group.clone(),
                name: name.clone(),
            };
            Inverse::Partial {
                changes: vec![back],
                lost: "App profiles that were edited by hand for people of this group: Okta fills them anew from their Okta profile.".into(),
            }
        }
        Change::AssignPerson { app: AppRef::Known(app), person, login, .. } => {
            exact(vec![Change::UnassignPerson {
                app: app.clone(),
                person: person.clone(),
                login: login.clone(),
            }])
        }
        Change::UnassignPerson { app, person, login } => {
            let profile = match before {
                Before::Person(user) => Some(user.profile.clone()),
                _ => None,
            };
            let kept = profile.is_some();
            let mut back = vec![Change::AssignPerson {
                app: AppRef::Known(app.clone()),
                person: person.clone(),
                login: login.clone(),
                profile,
            }];
            // Okta fills in the login by default; a name of its own has to be given back.
            if let Before::Person(AppUser { user_name: Some(name), .. }) = before
                && name != login
            {
                back.push(Change::SetUserName {
                    app: app.clone(),
                    person: person.clone(),
                    login: login.clone(),
                    from: Some(login.clone()),
                    to: name.to_string(),
                });
            }
            if kept {
                exact(back)
            } else {
                Inverse::Partial {
                    changes: back,
                    lost: "Their app profile: it could not be read before.".into(),
                }
            }
        }
        Change::SetUserName { app, person, login, from, to } => match (from, before) {
            (Some(name), _) | (None, Before::Person(AppUser { user_name: Some(name), .. })) => {
                exact(vec![Change::SetUserName {
                    app: app.clone(),
                    person: person.clone(),
                    login: login.clone(),
                    from: Some(Clean::new(to)),
                    to: name.to_string(),
                }])
            }
            _ => Inverse::None { why: "What the app called them could not be read before.".into() },
        },
        Change::AddSecret { app: AppRef::Known(app), .. } => match made.and_then(|id| id.parse().ok()) {
            Some(secret) => {
                let secret: crate::okta::model::SecretId = secret;
                exact(vec![
                    Change::DeactivateSecret { app: app.clone(), secret: secret.clone() },
                    Change::DeleteSecret { app: app.clone(), secret },
                ])
            }
            None => unknown(),
        },
        Change::ActivateSecret { app, secret } => {
            exact(vec![Change::DeactivateSecret { app: app.clone(), secret: secret.clone() }])
        }
        Change::DeactivateSecret { app, secret } => {
            exact(vec![Change::ActivateSecret { app: app.clone(), secret: secret.clone() }])
        }
        Change::DeleteSecret { .. } => {
            Inverse::None { why: "A deleted secret's value does not come back: make a new one.".into() }
        }
        Change::CreatePolicy { server, body, .. } => match made.and_then(|id| id.parse().ok()) {
            Some(policy) => exact(vec![Change::DeletePolicy {
                server: server.clone(),
                policy,
                name: Rule(body.clone()).name(),
            }]),
            None => unknown(),
        },
        Change::CreateRule { server, policy: PolicyRef::Known(policy), body } => {
            match made.and_then(|id| id.parse().ok()) {
                Some(rule) => exact(vec![Change::DeleteRule {
                    server: server.clone(),
                    policy: policy.clone(),
                    rule,
                    name: Rule(body.clone()).name(),
                }]),
                None => unknown(),
            }
        }
        Change::DeletePolicy { server, .. } => policy_back(server, before),
        Change::DeleteRule { server, policy, .. } => match before {
            Before::Rule(rule) => Inverse::Partial {
                changes: vec![Change::CreateRule {
                    server: server.clone(),
                    policy: PolicyRef::Known(policy.clone()),
                    body: without_server_fields(&rule.0),
                }],
                lost: "The rule's id, and its place among the others: Okta renumbers priorities.".into(),
            },
            _ => Inverse::None { why: "The rule could not be read before.".into() },
        },
        Change::AssignGroup { .. }
        | Change::AssignPerson { .. }
        | Change::AddSecret { .. }
        | Change::CreateRule { .. } => unknown(),
    }
}

fn policy_back(server: &crate::okta::model::ServerId, before: &Before) -> Inverse {
    let Before::Policy { policy, rules } = before else {
        return Inverse::None { why: "The policy could not be read before.".into() };
    };
    // A CreatePolicy is for one client; `ALL_CLIENTS` parses as no client's id would be wanted, so it is left out as well.
    let client = match policy.clients().as_slice() {
        [one] if one != "ALL_CLIENTS" => one.parse().ok(),
        _ => None,
    };
    let Some(client) = client else {
        return Inverse::None {
            why: "The policy was for more than one client; make it again in the Admin Console.".into(),
        };
    };
    let mut body = without_server_fields(&policy.raw);
    body.remove("conditions");
    let mut changes =
        vec![Change::CreatePolicy { server: server.clone(), client: AppRef::Known(client), body }];
    changes.extend(rules.iter().map(|rule| Change::CreateRule {
        server: server.clone(),
        policy: PolicyRef::MadeBy(1),
        body: without_server_fields(&rule.0),
    }));
    Inverse::Partial {
        changes,
        lost: "The policy's id, and its place among the others: Okta renumbers priorities.".into(),
    }
}

/// A body for POST from an object that was read: without what Okta sets itself.
fn without_server_fields(raw: &Map<String, serde_json::Value>) -> Map<String, serde_json::Value> {
    let mut body = raw.clone();
    for key in ["id", "created", "lastUpdated", "system", "_links", "_embedded", "priority"] {
        body.remove(key);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::super::sample::{app_user, live_app, policy, rule, user};
    use super::*;
    use crate::okta::model::{Assigned, ClientAuthentication};
    use serde_json::json;

    fn known() -> AppRef {
        AppRef::Known("0oaApp1".parse().unwrap())
    }

    #[test]
    fn what_was_made_is_undone_by_its_id() {
        let create = Change::CreateApp { body: live_app().0 };
        let Inverse::Exact(back) = inverse(&create, &Before::Nothing, Some("0oaNew")) else { panic!() };
        assert!(
            matches!(&back[..], [Change::DeactivateApp { app, .. }, Change::DeleteApp { .. }] if app.as_str() == "0oaNew")
        );
        assert!(matches!(inverse(&create, &Before::Nothing, None), Inverse::None { .. }));
        let secret = Change::AddSecret { app: known(), known: Vec::new() };
        let Inverse::Exact(back) = inverse(&secret, &Before::Nothing, Some("ocs2")) else { panic!() };
        assert_eq!(back.len(), 2);
        let unresolved = Change::AddSecret { app: AppRef::MadeBy(1), known: Vec::new() };
        assert!(matches!(inverse(&unresolved, &Before::Nothing, Some("ocs2")), Inverse::None { .. }));
    }

    #[test]
    fn an_edit_goes_back_unless_secrets_went() {
        let before = live_app();
        let mut after = before.clone();
        after.0.insert("label".into(), json!("B"));
        let edit = |after: &App| Change::EditApp {
            before: before.clone(),
            after: after.clone(),
            fields: Vec::new(),
        };
        let Inverse::Exact(back) = inverse(&edit(&after), &Before::Nothing, None) else { panic!() };
        assert!(matches!(&back[..], [Change::EditApp { after, .. }] if *after == before));
        let method = &mut after.0["credentials"]["oauthClient"]["token_endpoint_auth_method"];
        *method = json!(ClientAuthentication::ClientSecretPost.as_str());
        assert!(matches!(inverse(&edit(&after), &Before::Nothing, None), Inverse::Partial { .. }));
    }

    #[test]
    fn an_unassigned_person_gets_their_profile_back() {
        let ana = user("00uana", "ana@acme.example");
        let change = Change::UnassignPerson {
            app: "0oaApp1".parse().unwrap(),
            person: ana.id.clone(),
            login: ana.login.clone(),
        };
        let mut image = app_user(&ana, Assigned::Directly);
        image.profile.insert("locale".into(), json!("pl"));
        let Inverse::Exact(back) = inverse(&change, &Before::Person(image), None) else { panic!() };
        assert!(matches!(&back[..], [Change::AssignPerson { profile: Some(p), .. }] if p["locale"] == "pl"));
        assert!(matches!(inverse(&change, &Before::Nothing, None), Inverse::Partial { .. }));
    }

    #[test]
    fn a_deleted_policy_comes_back_with_its_rules_for_its_one_client() {
        let rules = vec![Rule(rule("r", json!({}), &["*"]).as_object().unwrap().clone())];
        let change = Change::DeletePolicy {
            server: "default".parse().unwrap(),
            policy: "00p1".parse().unwrap(),
            name: "P".into(),
        };
        let image = |clients: &[&str]| Before::Policy {
            policy: policy("00p1", "P", clients, Vec::new()),
            rules: rules.clone(),
        };
        let Inverse::Partial { changes, .. } = inverse(&change, &image(&["0oaApp1"]), None) else { panic!() };
        let [
            Change::CreatePolicy { body, .. },
            Change::CreateRule { policy: PolicyRef::MadeBy(1), body: rule, .. },
        ] = &changes[..]
        else {
            panic!("{changes:?}")
        };
        assert!(!body.contains_key("id") && body["name"] == "P" && !rule.contains_key("id"));
        assert!(matches!(inverse(&change, &image(&["ALL_CLIENTS"]), None), Inverse::None { .. }));
    }
}
