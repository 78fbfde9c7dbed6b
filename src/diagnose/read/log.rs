//! Events of Okta's System Log, as the console and the API give them.

use crate::diagnose::evidence::{Evidence, LogEvent};
use crate::diagnose::mask;
use crate::text::Clean;
use serde_json::Value;

/// Whether `value` is an event; it is added then.
pub(super) fn event(value: &Value, evidence: &mut Evidence) -> bool {
    if value.get("eventType").and_then(Value::as_str).is_none() || value.get("outcome").is_none() {
        return false;
    }
    let text = |path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let clean = |path: &str| mask::plain(text(path));
    let targets = value.get("target").and_then(Value::as_array);
    let app = targets
        .into_iter()
        .flatten()
        .find(|t| matches!(t.get("type").and_then(Value::as_str), Some("AppInstance" | "PublicClientApp")));
    let app = app.and_then(|t| t.get("id")).and_then(Value::as_str).unwrap_or_default();
    let debug = "/debugContext/debugData";
    evidence.events.push(LogEvent {
        kind: clean("/eventType"),
        result: clean("/outcome/result"),
        reason: clean("/outcome/reason"),
        actor: clean("/actor/alternateId"),
        client: match text("/client/id") {
            "" => Clean::new(app),
            id => Clean::new(id),
        },
        redirect_uri: Some(text(&format!("{debug}/redirectUri")).to_owned()).filter(|uri| !uri.is_empty()),
        scopes: clean(&format!("{debug}/requestedScopes")),
        published: clean("/published"),
    });
    true
}
