//! Taking an edit of an app back from what the app is now: only the fields that the edit changed, and only where they still hold
//! what it wrote. A field that somebody changed since then is named and left.

use crate::change::value::FieldChange;
use crate::okta::model::{App, ClientAuthentication};
use crate::text::Clean;
use serde_json::{Map, Value};

/// A field that somebody changed since the edit: it is left as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The field: `name`.
    pub field: String,
    /// What the edit wrote.
    pub wrote: Clean,
    /// What it is now.
    pub is: Clean,
}

impl Conflict {
    /// For the plan's notes.
    pub(super) fn sentence(&self) -> String {
        let shown = |v: &Clean| if v.as_str().is_empty() { "nothing".into() } else { format!("\"{v}\"") };
        format!(
            "{} was changed by somebody since: it is {}, and {} was written here. It stays as it is.",
            self.field,
            shown(&self.is),
            shown(&self.wrote)
        )
    }
}

/// Takes the edit that made `after` out of `before` back in `now`.
pub(super) fn take_back(before: &App, after: &App, now: &mut App) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    object(&mut Vec::new(), &before.0, &after.0, &mut now.0, &mut conflicts);
    conflicts
}

fn object<'a>(
    path: &mut Vec<&'a str>,
    before: &'a Map<String, Value>,
    after: &'a Map<String, Value>,
    now: &mut Map<String, Value>,
    conflicts: &mut Vec<Conflict>,
) {
    let keys = before.keys().chain(after.keys().filter(|k| !before.contains_key(*k)));
    for key in keys {
        let (was, wrote) = (before.get(key), after.get(key));
        if was == wrote {
            continue;
        }
        path.push(key);
        match (was, wrote, now.get_mut(key)) {
            (Some(Value::Object(was)), Some(Value::Object(wrote)), Some(Value::Object(is))) => {
                object(path, was, wrote, is, conflicts);
            }
            (Some(Value::Array(was)), Some(Value::Array(wrote)), Some(Value::Array(is)))
                if !same_members(wrote, is) =>
            {
                list(path, was, wrote, is, conflicts);
            }
            (was, wrote, is) => {
                let is = is.map(|v| &*v);
                if still(wrote, is) {
                    match was {
                        Some(was) => now.insert(key.clone(), was.clone()),
                        None => now.remove(key),
                    };
                } else if !still(was, is) {
                    conflicts.push(Conflict {
                        field: words(path),
                        wrote: Clean::new(&text(path, wrote)),
                        is: Clean::new(&text(path, is)),
                    });
                }
            }
        }
        path.pop();
    }
}

/// A list that others changed too: what the edit added goes, what it took away comes again, and the others' stay.
fn list(path: &[&str], was: &[Value], wrote: &[Value], is: &mut Vec<Value>, conflicts: &mut Vec<Conflict>) {
    let mut back: Vec<Value> = is.iter().filter(|v| !wrote.contains(v) || was.contains(v)).cloned().collect();
    for value in was.iter().filter(|v| !wrote.contains(v)) {
        if !back.contains(value) {
            back.push(value.clone());
        }
    }
    if back.is_empty() && !was.is_empty() {
        let joined = |list: &[Value]| Clean::new(&text(path, Some(&Value::Array(list.to_vec()))));
        conflicts.push(Conflict { field: words(path), wrote: joined(wrote), is: joined(is) });
    } else {
        *is = back;
    }
}

/// Whether a field holds what it is asked for. Okta leaves out what is `null`, adds keys of its own to objects, and does not keep the
/// order of lists.
fn still(wanted: Option<&Value>, is: Option<&Value>) -> bool {
    let some = |v: Option<&Value>| v.is_some_and(|v| !v.is_null());
    match (wanted, is) {
        (Some(Value::Array(wanted)), Some(Value::Array(is))) => same_members(wanted, is),
        (Some(Value::Object(wanted)), Some(Value::Object(is))) => {
            wanted.iter().all(|(key, value)| still(Some(value), is.get(key)))
        }
        (wanted, is) => wanted == is || (!some(wanted) && !some(is)),
    }
}

fn same_members(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().all(|v| b.contains(v)) && b.iter().all(|v| a.contains(v))
}

/// The difference between two states of an app in words, field by field; lists by what came and what went.
pub(in crate::change) fn fields(before: &App, after: &App) -> Vec<FieldChange> {
    let mut found = Vec::new();
    differences(&mut Vec::new(), &before.0, &after.0, &mut found);
    found
}

fn differences<'a>(
    path: &mut Vec<&'a str>,
    before: &'a Map<String, Value>,
    after: &'a Map<String, Value>,
    found: &mut Vec<FieldChange>,
) {
    let keys = before.keys().chain(after.keys().filter(|k| !before.contains_key(*k)));
    for key in keys {
        let (from, to) = (before.get(key), after.get(key));
        if from == to {
            continue;
        }
        path.push(key);
        let mut push = |from: &str, to: &str| {
            found.push(FieldChange { field: words(path), from: Clean::new(from), to: Clean::new(to) });
        };
        match (from, to) {
            (Some(Value::Object(from)), Some(Value::Object(to))) => differences(path, from, to, found),
            (Some(Value::Array(from)), Some(Value::Array(to))) => {
                to.iter().filter(|v| !from.contains(v)).for_each(|v| push("", &plain(v)));
                from.iter().filter(|v| !to.contains(v)).for_each(|v| push(&plain(v), ""));
            }
            (from, to) => push(&text(path, from), &text(path, to)),
        }
        path.pop();
    }
}

/// What taking an edit back means for those who use the app.
pub(super) fn consequences(before: &App, after: &App) -> Vec<String> {
    let mut found = Vec::new();
    if before.client_authentication() != after.client_authentication() {
        found.push(match after.client_authentication() {
            Some(ClientAuthentication::PrivateKeyJwt) => {
                "Okta DELETES this app's client secrets: the gateway stops working until it signs with the key.".into()
            }
            method => format!(
                "Okta may REPLACE the client's secrets, and refuses every method but {}: the gateway stops working until it uses it.",
                method.map_or("the old one", ClientAuthentication::as_str)
            ),
        });
    }
    let gone = |from: Vec<String>, to: Vec<String>| from.iter().any(|v| !to.contains(v));
    if gone(before.redirect_uris(), after.redirect_uris()) {
        found.push("Whoever sends a removed redirect URI is refused from then on.".into());
    }
    if gone(before.grant_types(), after.grant_types()) {
        found.push("What was granted by a grant that goes, such as refresh tokens, stops working.".into());
    }
    if after.pkce_required() && !before.pkce_required() {
        found.push("Sign-ins without a code challenge are refused from then on.".into());
    }
    found
}

/// A field as the plans name it; one that they do not know, by its own name.
fn words(path: &[&str]) -> String {
    match path {
        ["label"] => "name".into(),
        [.., "token_endpoint_auth_method"] => "client authentication".into(),
        [.., "pkce_required"] => "PKCE".into(),
        [.., "redirect_uris"] => "redirect URI".into(),
        [.., "post_logout_redirect_uris"] => "sign-out URI".into(),
        [.., "grant_types"] => "grant".into(),
        [.., "refresh_token"] => "refresh tokens".into(),
        [.., "refresh_token", part] => format!("refresh tokens, {}", part.replace('_', " ")),
        [.., last] => last.replace('_', " "),
        [] => String::new(),
    }
}

fn text(path: &[&str], value: Option<&Value>) -> String {
    match (path.last(), value) {
        (_, None | Some(Value::Null)) => String::new(),
        (Some(&"pkce_required"), Some(Value::Bool(on))) => {
            if *on { "required" } else { "not required" }.into()
        }
        (_, Some(Value::Array(list))) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        (_, Some(value)) => plain(value),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::live_app;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const OAUTH: &str = "/settings/oauthClient";

    fn set(app: &mut App, path: &[&str], value: Value) {
        crate::change::plan::set(&mut app.0, path, value);
    }

    fn edited() -> (App, App) {
        let before = live_app();
        let mut after = before.clone();
        set(&mut after, &["label"], json!("Gateway 2"));
        set(&mut after, &["credentials", "oauthClient", "pkce_required"], json!(true));
        set(
            &mut after,
            &["settings", "oauthClient", "redirect_uris"],
            json!([crate::setup::GATEWAY_CALLBACK, "https://new.example/cb"]),
        );
        (before, after)
    }

    #[test]
    fn what_nobody_touched_comes_back_as_it_was() {
        let (before, after) = edited();
        let mut now = after.clone();
        set(&mut now, &["lastUpdated"], json!("later"));
        assert_eq!(take_back(&before, &after, &mut now), []);
        set(&mut now, &["lastUpdated"], before.0["lastUpdated"].clone());
        assert_eq!(now, before);
    }

    #[test]
    fn a_field_that_somebody_changed_is_named_and_left() {
        let (before, after) = edited();
        let mut now = after.clone();
        set(&mut now, &["label"], json!("Theirs"));
        let conflicts = take_back(&before, &after, &mut now);
        assert_eq!(conflicts.len(), 1);
        assert_eq!(
            conflicts[0].sentence(),
            "name was changed by somebody since: it is \"Theirs\", and \"Gateway 2\" was written here. It stays as it is."
        );
        assert_eq!((now.raw_label(), now.pkce_required()), ("Theirs", false));
    }

    #[test]
    fn in_a_list_the_others_entries_stay() {
        let (before, after) = edited();
        let mut now = after.clone();
        let mut uris = now.redirect_uris();
        uris.push("https://theirs.example/cb".into());
        set(&mut now, &["settings", "oauthClient", "redirect_uris"], json!(uris));
        assert_eq!(take_back(&before, &after, &mut now), []);
        assert_eq!(
            now.redirect_uris(),
            [crate::setup::GATEWAY_CALLBACK, "https://theirs.example/cb", "https://other.example/cb"]
        );
        let only = |uri: &str| json!([uri]);
        let (mut b, mut a) = (before.clone(), before.clone());
        set(&mut b, &["settings", "oauthClient", "redirect_uris"], only("https://a/cb"));
        set(&mut a, &["settings", "oauthClient", "redirect_uris"], json!(["https://a/cb", "https://b/cb"]));
        let mut now = a.clone();
        set(&mut now, &["settings", "oauthClient", "redirect_uris"], only("https://b/cb"));
        assert_eq!(take_back(&b, &a, &mut now).len(), 1, "the last redirect URI is not taken away");
        assert_eq!(now.redirect_uris(), ["https://b/cb"]);
    }

    #[test]
    fn what_the_edit_added_goes_though_okta_added_to_it() {
        let before = live_app();
        let mut after = before.clone();
        set(&mut after, &["settings", "oauthClient", "jwks"], json!({"keys": []}));
        let mut now = after.clone();
        set(&mut now, &["settings", "oauthClient", "jwks", "invented"], json!(1));
        assert_eq!(take_back(&before, &after, &mut now), []);
        assert_eq!(now.at(&format!("{OAUTH}/jwks")), None);
        // An absent field and an empty one are the same to Okta.
        let mut after = before.clone();
        after.0.remove("invented");
        let mut now = after.clone();
        set(&mut now, &["invented"], Value::Null);
        assert_eq!(take_back(&before, &after, &mut now), []);
        assert_eq!(now.0["invented"], before.0["invented"]);
    }

    #[test]
    fn the_difference_is_said_in_the_words_of_plans() {
        let (before, after) = edited();
        let said: Vec<String> =
            fields(&before, &after).iter().map(|f| format!("{}: {} > {}", f.field, f.from, f.to)).collect();
        assert!(said.contains(&"PKCE: not required > required".to_owned()), "{said:?}");
        assert!(said.contains(&"redirect URI:  > https://new.example/cb".to_owned()), "{said:?}");
        assert!(said.contains(&"redirect URI: https://other.example/cb > ".to_owned()), "{said:?}");
        assert_eq!(said.len(), 4);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            "[ab]{0,2}".prop_map(Value::from),
            prop::collection::vec("[abc]", 0..3).prop_map(|l| json!(l)),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop::collection::btree_map("[xyz]", inner, 0..3).prop_map(|m| json!(m))
        })
    }

    fn any_app() -> impl Strategy<Value = App> {
        prop::collection::btree_map("[xyz]", value(), 0..4)
            .prop_map(|m| serde_json::from_value(json!(m)).unwrap())
    }

    proptest! {
        /// Where nobody was in between, all comes back; else nothing that the edit did not touch is changed.
        #[test]
        fn nothing_but_the_edits_own_fields_moves(before in any_app(), after in any_app(), other in any_app()) {
            let mut now = after.clone();
            prop_assert_eq!(take_back(&before, &after, &mut now), []);
            let _ = fields(&now, &before);
            prop_assert!(still(Some(&json!(before.0)), Some(&json!(now.0))), "{now:?} {before:?}");
            let mut theirs = other.clone();
            take_back(&before, &after, &mut theirs);
            for (key, value) in &other.0 {
                if before.0.get(key) == after.0.get(key) {
                    prop_assert_eq!(theirs.0.get(key), Some(value));
                }
            }
        }
    }
}
