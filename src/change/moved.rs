//! What somebody else changed in an app between reading it and writing it.

use super::undo;
use crate::okta::model::App;
use crate::text::Clean;

/// Members that say nothing of what anybody wanted: they follow from other changes, or are links.
const FOLLOW: [&str; 4] = ["lastUpdated", "status", "features", "orn"];
/// Fields that are named; one sentence is not to hold the whole app.
const MOST: usize = 8;

/// The differences from `before` to `now`, a line for each field: `redirect URI: added https://…`, `PKCE: required, it was not required`.
pub fn moved(before: &App, now: &App) -> Vec<Clean> {
    let bare = |app: &App| {
        let mut app = app.clone();
        app.0.retain(|key, _| !key.starts_with('_') && !FOLLOW.contains(&key.as_str()));
        app
    };
    let fields = undo::fields(&bare(before), &bare(now));
    let more = fields.len().saturating_sub(MOST);
    let line = |field: &super::FieldChange| match (field.from.as_str(), field.to.as_str()) {
        ("", to) => format!("{}: added {to}", field.field),
        (from, "") => format!("{}: removed {from}", field.field),
        (from, to) => format!("{}: {to}, it was {from}", field.field),
    };
    let mut lines: Vec<Clean> = fields.iter().take(MOST).map(|field| Clean::new(&line(field))).collect();
    if more > 0 {
        lines.push(Clean::new(&format!("and {} more", crate::text::plural(more, "field"))));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn app(value: serde_json::Value) -> App {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn each_field_is_named_and_what_follows_by_itself_is_not() {
        let before = app(
            json!({"label": "Gateway", "lastUpdated": "1", "_links": {"a": 1}, "settings": {"oauthClient": {
            "redirect_uris": ["https://a/cb", "https://b/cb"]}}, "credentials": {"oauthClient": {"pkce_required": false}}}),
        );
        let now = app(
            json!({"label": "Gateway", "lastUpdated": "2", "_links": {"a": 2}, "settings": {"oauthClient": {
            "redirect_uris": ["https://a/cb", "https://c/cb"]}}, "credentials": {"oauthClient": {"pkce_required": true}}}),
        );
        let lines: Vec<String> = moved(&before, &now).iter().map(ToString::to_string).collect();
        assert!(lines.contains(&"redirect URI: added https://c/cb".to_owned()), "{lines:?}");
        assert!(lines.contains(&"redirect URI: removed https://b/cb".to_owned()), "{lines:?}");
        assert!(lines.contains(&"PKCE: required, it was not required".to_owned()), "{lines:?}");
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(moved(&before, &before).is_empty());
    }
}
