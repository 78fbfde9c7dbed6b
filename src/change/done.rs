//! Whether a change is so already, and which object a call whose answer was lost has made.

use super::live::Live;
use super::value::{AppRef, Change, PlanId, PolicyRef};
use crate::okta::model::{
    App, AppId, AppStatus, Assigned, ClientId, ClientSecret, Policy, PolicyId, Rule, RuleId, SecretId,
};
use crate::text::Clean;
use serde_json::{Map, Value};

/// Whether `change` is so already in what was read. `None` where that was not read, so that nobody can tell.
pub fn already_so(change: &Change, live: &Live) -> Option<bool> {
    let is_app = |id: &AppId| live.app.as_ref().and_then(App::id).is_some_and(|live| live == *id);
    let known = |app: &AppRef| matches!(app, AppRef::Known(id) if is_app(id));
    let status = |id: &AppId, wanted: AppStatus| {
        live.app.as_ref().filter(|_| is_app(id)).map(|app| app.status() == wanted)
    };
    match change {
        Change::CreateApp { body } => {
            let note = body.get("settings")?.get("notes")?.get("admin")?.as_str();
            Some(live.app.as_ref().is_some_and(|app| app.admin_note() == note))
        }
        Change::EditApp { before, after, .. } => {
            let app = live.app.as_ref().filter(|app| app.id() == before.id())?;
            Some(edit_landed(before, after, app))
        }
        Change::ActivateApp { app, .. } => status(app, AppStatus::Active),
        Change::DeactivateApp { app, .. } => status(app, AppStatus::Inactive),
        Change::DeleteApp { app, .. } => live.app.as_ref().map(|_| !is_app(app)),
        Change::AssignGroup { app, group, .. } if known(app) => {
            Some(live.app_groups.known()?.iter().any(|g| g.id == *group))
        }
        Change::UnassignGroup { app, group, .. } if is_app(app) => {
            Some(!live.app_groups.known()?.iter().any(|g| g.id == *group))
        }
        Change::AssignPerson { app, person, .. } if known(app) => {
            Some(live.app_users.known()?.iter().any(|u| u.id == *person && u.via == Assigned::Directly))
        }
        Change::UnassignPerson { app, person, .. } if is_app(app) => {
            Some(!live.app_users.known()?.iter().any(|u| u.id == *person && u.via == Assigned::Directly))
        }
        Change::SetUserName { app, person, to, .. } if is_app(app) => Some(
            live.app_users
                .known()?
                .iter()
                .any(|u| u.id == *person && u.user_name.as_ref() == Some(&Clean::new(to))),
        ),
        Change::SetSignInPolicy { app, policy } if known(app) => {
            Some(live.app.as_ref()?.sign_in_policy().as_ref() == Some(policy))
        }
        Change::AddSecret { app, known: before } if known(app) => {
            Some(secret_made(before, live.secrets.known()?).is_some())
        }
        Change::ActivateSecret { app, secret } if is_app(app) => {
            Some(live.secrets.known()?.iter().any(|s| s.id == *secret && s.active))
        }
        Change::DeactivateSecret { app, secret } if is_app(app) => {
            Some(!live.secrets.known()?.iter().any(|s| s.id == *secret && s.active))
        }
        Change::DeleteSecret { app, secret } if is_app(app) => {
            Some(!live.secrets.known()?.iter().any(|s| s.id == *secret))
        }
        Change::CreatePolicy { client, body, .. } if known(client) => {
            let client = live.app.as_ref()?.client_id()?;
            Some(policy_made(body, &client, live.policies.known()?).is_some())
        }
        Change::DeletePolicy { policy, .. } => {
            Some(!live.policies.known()?.iter().any(|p| p.id().as_ref() == Some(policy)))
        }
        Change::CreateRule { policy: PolicyRef::Known(policy), body, .. } => {
            let policies = live.policies.known()?;
            let policy = policies.iter().find(|p| p.id().as_ref() == Some(policy))?;
            Some(rule_made(body, &policy.rules).is_some())
        }
        Change::DeleteRule { policy, rule, .. } => {
            let policies = live.policies.known()?;
            let policy = policies.iter().find(|p| p.id().as_ref() == Some(policy));
            Some(!policy.is_some_and(|p| p.rules.iter().any(|r| r.id().as_ref() == Some(rule))))
        }
        // A logo cannot be compared. What is about another app, or one that is not made yet, cannot be told from this reading.
        _ => None,
    }
}

/// The app that a plan has made: by the mark in its notes, never by its label, which need not be unique.
pub fn app_made<'a>(plan: &PlanId, apps: &'a [App]) -> Option<&'a App> {
    let mark = plan.mark();
    apps.iter().find(|app| app.admin_note() == Some(mark.as_str()))
}

/// The secret that is there beside those that were known before.
pub fn secret_made<'a>(known: &[SecretId], now: &'a [ClientSecret]) -> Option<&'a ClientSecret> {
    now.iter().find(|secret| !known.contains(&secret.id))
}

/// The policy with the body's name that includes the client.
pub fn policy_made(body: &Map<String, Value>, client: &ClientId, now: &[Policy]) -> Option<PolicyId> {
    let name = body.get("name").and_then(Value::as_str)?;
    let same = |p: &&Policy| {
        p.raw.get("name").and_then(Value::as_str) == Some(name)
            && p.clients().iter().any(|c| c == client.as_str())
    };
    now.iter().find(same)?.id()
}

/// The rule with the body's name.
pub fn rule_made(body: &Map<String, Value>, now: &[Rule]) -> Option<RuleId> {
    let name = body.get("name").and_then(Value::as_str)?;
    now.iter().find(|r| r.0.get("name").and_then(Value::as_str) == Some(name))?.id()
}

/// Whether every field that an edit changes has its new value. Other fields, and what Okta sets itself, are left aside.
pub fn edit_landed(before: &App, after: &App, now: &App) -> bool {
    object_landed(&before.0, &after.0, &now.0)
}

fn object_landed(before: &Map<String, Value>, after: &Map<String, Value>, now: &Map<String, Value>) -> bool {
    let keys = before.keys().chain(after.keys().filter(|k| !before.contains_key(*k)));
    keys.into_iter().all(|key| {
        let (was, wanted, is) = (before.get(key), after.get(key), now.get(key));
        if was == wanted {
            return true;
        }
        match (was, wanted, is) {
            (Some(Value::Object(was)), Some(Value::Object(wanted)), Some(Value::Object(is))) => {
                object_landed(was, wanted, is)
            }
            // Left out on purpose: Okta keeps or drops it as it sees fit (`refresh_token` without its grant).
            (Some(_), None, _) => true,
            (_, Some(Value::Array(wanted)), Some(Value::Array(is))) => {
                wanted.len() == is.len() && wanted.iter().all(|v| is.contains(v))
            }
            (_, Some(Value::Object(wanted)), Some(Value::Object(is))) => {
                object_landed(&Map::new(), wanted, is)
            }
            _ => wanted == is,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{after, existing, live_app};
    use super::super::value::PlanId;
    use super::super::{plan, sample};
    use super::*;
    use crate::okta::model::Readable;
    use crate::setup::Ask;
    use serde_json::json;

    #[test]
    fn every_change_of_a_plan_is_not_so_before_and_is_so_after() {
        let (mut draft, mut live) = existing();
        draft.setup.access.groups = vec!["Contractors".into()];
        draft.setup.access.people = vec!["ana@acme.example".into()];
        draft.setup.app.name = "Gateway".into();
        draft.setup.grants.refresh_token = false;
        draft.asks = vec![
            Ask::UnassignGroup { id: "00gMcp".parse().unwrap(), name: "MCP-Users".into() },
            Ask::RemoveRedirectUri("https://other.example/cb".into()),
        ];
        live.policies = Readable::Known(Vec::new());
        let plan = plan(PlanId("p".into()), &draft, &live).unwrap();
        let then = after(&plan, &live);
        let told: Vec<_> = plan
            .changes
            .iter()
            .map(|p| (already_so(&p.change, &live), already_so(&p.change, &then)))
            .collect();
        let yes = (Some(false), Some(true));
        // The last one is a rule in a policy that is still to be made.
        assert_eq!(told, [yes, yes, yes, yes, yes, (None, None)]);
    }

    #[test]
    fn what_was_not_read_cannot_be_told() {
        let (_, mut live) = existing();
        live.app_groups = Readable::NotAsked;
        let app = AppRef::Known("0oaApp1".parse().unwrap());
        let change = Change::AssignGroup { app, group: "00gMcp".parse().unwrap(), name: "M".into() };
        assert_eq!(already_so(&change, &live), None);
    }

    #[test]
    fn a_made_app_is_known_by_its_mark_never_by_its_label() {
        let mut mine = live_app();
        let id = PlanId("p9".into());
        assert_eq!(app_made(&id, std::slice::from_ref(&mine)), None);
        mine.0["settings"]["notes"]["admin"] = json!("oktui p9");
        assert_eq!(app_made(&id, std::slice::from_ref(&mine)), Some(&mine));
        assert_eq!(app_made(&PlanId("p".into()), std::slice::from_ref(&mine)), None);
    }

    #[test]
    fn an_edit_has_landed_when_its_own_fields_have() {
        let before = live_app();
        let mut wanted = before.clone();
        wanted.0["label"] = json!("B");
        wanted.0["settings"]["oauthClient"]["redirect_uris"] = json!(["https://a/cb", "https://b/cb"]);
        assert!(!edit_landed(&before, &wanted, &before));
        let mut now = wanted.clone();
        now.0["lastUpdated"] = json!("later");
        now.0["invented"] = json!("changed by somebody else");
        now.0["settings"]["oauthClient"]["redirect_uris"] = json!(["https://b/cb", "https://a/cb"]);
        assert!(edit_landed(&before, &wanted, &now));
        now.0["label"] = json!("C");
        assert!(!edit_landed(&before, &wanted, &now));
    }

    #[test]
    fn policies_and_rules_are_found_by_name_and_client() {
        let made = sample::policy("00p1", "P", &["0oaApp1"], vec![sample::rule("r", json!({}), &["*"])]);
        let body = |name: &str| json!({"name": name}).as_object().unwrap().clone();
        let all = [sample::policy("00p0", "P", &["0oaOther"], Vec::new()), made.clone()];
        assert_eq!(policy_made(&body("P"), &"0oaApp1".parse().unwrap(), &all).unwrap().as_str(), "00p1");
        assert_eq!(policy_made(&body("Q"), &"0oaApp1".parse().unwrap(), &all), None);
        assert_eq!(rule_made(&body("r"), &made.rules).unwrap().as_str(), "0prr");
        assert_eq!(rule_made(&body("s"), &made.rules), None);
    }
}
