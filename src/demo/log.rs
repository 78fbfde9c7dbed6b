//! The System Log: what every flow and write leaves behind, and `GET /api/v1/logs`.

use super::call::{Answer, Call, Reply};
use super::clock;
use super::error;
use super::filter::Filter;
use super::paging;
use super::people::Person;
use super::state::Org;
use serde_json::{Map, Value, json};

/// Events kept; the oldest go first.
const KEPT: usize = 100_000;
/// Okta keeps 90 days and refuses a `since` older than 180.
const OLDEST_DAYS: i64 = 180;

/// An event being put together.
#[derive(Debug, Clone)]
pub(super) struct Event {
    kind: &'static str,
    message: String,
    result: &'static str,
    reason: Option<String>,
    severity: &'static str,
    actor: Option<Value>,
    client_id: Option<String>,
    targets: Vec<Value>,
    debug: Map<String, Value>,
    session: Option<String>,
}

impl Event {
    pub(super) fn success(kind: &'static str, message: &str) -> Self {
        Self {
            kind,
            message: message.to_owned(),
            result: "SUCCESS",
            reason: None,
            severity: "INFO",
            actor: None,
            client_id: None,
            targets: Vec::new(),
            debug: Map::new(),
            session: None,
        }
    }

    pub(super) fn failure(kind: &'static str, message: &str, reason: &str) -> Self {
        let mut event = Self::success(kind, message);
        event.result = "FAILURE";
        event.severity = "WARN";
        event.reason = Some(reason.to_owned());
        event
    }

    pub(super) fn result(mut self, result: &'static str) -> Self {
        self.result = result;
        self
    }

    pub(super) fn by_person(mut self, person: &Person) -> Self {
        self.actor = Some(json!({
            "id": person.id, "type": "User", "alternateId": person.login, "displayName": person.display(),
        }));
        self
    }

    pub(super) fn by_client(mut self, client_id: &str, label: &str) -> Self {
        if self.actor.is_none() {
            self.actor = Some(json!({
                "id": client_id, "type": "PublicClientApp", "alternateId": client_id, "displayName": label,
            }));
        }
        self.client_id = Some(client_id.to_owned());
        self
    }

    pub(super) fn target(mut self, kind: &str, id: &str, alternate: &str, display: &str) -> Self {
        self.targets
            .push(json!({ "id": id, "type": kind, "alternateId": alternate, "displayName": display }));
        self
    }

    pub(super) fn debug(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.debug.insert(key.to_owned(), value.into());
        self
    }

    pub(super) fn session(mut self, id: &str) -> Self {
        self.session = Some(id.to_owned());
        self
    }
}

impl Org {
    /// Whose token a call of the management API came with.
    fn owner(&self, call: &Call) -> Option<Person> {
        let path: Vec<&str> = call.segments.iter().skip(2).map(String::as_str).collect();
        super::management::caller(call, self, &path).ok()?.person.and_then(|n| self.person(n))
    }

    /// Writes an event. Its request id is the one in the answer's `X-Okta-Request-Id`, as Okta documents it.
    pub(super) fn record(&mut self, call: &Call, event: Event) {
        let published = self.stamp();
        self.record_at(call, event, published);
    }

    /// The same at another time than now. Events must come in the order of their times. What nobody else did was done by whom the
    /// caller's token belongs to.
    pub(super) fn record_at(&mut self, call: &Call, event: Event, published: String) {
        let event = match event.actor {
            None if call.path.starts_with("/api/v1/") => {
                self.owner(call).map_or(event.clone(), |p| event.by_person(&p))
            }
            _ => event,
        };
        let n = self.next();
        let uuid = {
            let (a, b) =
                (super::seed::mix(self.seed, "uuid", n), super::seed::mix(self.seed, "uuid tail", n));
            format!(
                "{:08x}-{:04x}-11f0-{:04x}-{:012x}",
                a >> 32,
                (a >> 16) & 0xffff,
                0x8000 | (a & 0x3fff),
                b & 0xffff_ffff_ffff
            )
        };
        let agent = call.header("user-agent").unwrap_or_default().to_owned();
        let mut debug = event.debug;
        debug.insert("requestId".into(), call.request_id.clone().into());
        debug.insert("requestUri".into(), call.path.clone().into());
        debug.insert("url".into(), call.path.clone().into());
        let mut outcome = json!({ "result": event.result });
        if let (Some(reason), Some(fields)) = (event.reason, outcome.as_object_mut()) {
            fields.insert("reason".into(), reason.into());
        }
        let actor = event.actor.unwrap_or_else(
            || json!({ "id": "unknown", "type": "User", "alternateId": "unknown", "displayName": "unknown" }),
        );
        let mut client = json!({
            "ipAddress": call.peer, "zone": "null", "device": "Unknown",
            "userAgent": { "rawUserAgent": agent, "os": "Unknown", "browser": "UNKNOWN" },
        });
        if let (Some(id), Some(fields)) = (event.client_id, client.as_object_mut()) {
            fields.insert("id".into(), id.into());
        }
        let value = json!({
            "uuid": uuid,
            "published": published,
            "version": "0",
            "eventType": event.kind,
            "legacyEventType": event.kind,
            "displayMessage": event.message,
            "severity": event.severity,
            "outcome": outcome,
            "actor": actor,
            "client": client,
            "target": event.targets,
            "transaction": { "id": call.request_id, "type": "WEB", "detail": {} },
            "authenticationContext": {
                "authenticationStep": 0,
                "externalSessionId": event.session.unwrap_or_else(|| "unknown".to_owned()),
            },
            "debugContext": { "debugData": debug },
            "request": { "ipChain": [{ "ip": call.peer, "version": "V4" }] },
            "securityContext": { "asNumber": null, "asOrg": null, "isp": null, "domain": null, "isProxy": null },
        });
        if self.log.len() >= KEPT {
            self.log.pop_front();
        }
        self.log.push_back((n, value));
    }
}

/// The texts under a dotted path, through arrays.
fn values(event: &Value, path: &str) -> Vec<String> {
    let mut found = vec![event];
    for key in path.split('.') {
        found = found
            .into_iter()
            .flat_map(|v| match v {
                Value::Array(list) => list.iter().collect::<Vec<_>>(),
                other => vec![other],
            })
            .filter_map(|v| v.get(key))
            .collect();
    }
    found
        .into_iter()
        .flat_map(|v| match v {
            Value::Array(list) => list.iter().collect::<Vec<_>>(),
            other => vec![other],
        })
        .filter_map(|v| match v {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        })
        .collect()
}

/// `GET /api/v1/logs`. Without `until` and ascending it is the endless poll: the answer always holds `rel="next"`.
pub(super) fn list(call: &Call, org: &Org) -> Answer {
    let invalid = |what: &str| {
        error::with_summary(
            400,
            "E0000053",
            &format!("Invalid parameter: {what}"),
            json!([{ "errorSummary": what }]),
        )
    };
    let limit = match call.param("limit").map(str::parse::<usize>) {
        None => 100,
        Some(Ok(n)) if n <= 1000 => n,
        Some(_) => return Err(invalid("limit must be between 0 and 1000")),
    };
    let filter = match call.param("filter") {
        None => None,
        Some(text) => {
            let filter = Filter::parse(text).ok_or_else(|| invalid("The filter expression is not valid"))?;
            if !filter.uses_only(&|path| path != "published") {
                return Err(invalid("filtering on published is not allowed, use since and until"));
            }
            Some(filter)
        }
    };
    let time = |name: &str| match call.param(name) {
        None => Ok(None),
        Some(text) => {
            clock::parse(text).map(Some).ok_or_else(|| invalid(&format!("{name} is no RFC 3339 time")))
        }
    };
    let (since, until) = (time("since")?, time("until")?);
    let now = org.clock.millis();
    if since.is_some_and(|s| s < now - OLDEST_DAYS * 86_400_000) {
        return Err(invalid("since is more than 180 days ago"));
    }
    let after = match call.param("after") {
        None => None,
        Some(text) => {
            Some(text.split('_').next().and_then(|n| n.parse::<u64>().ok()).ok_or_else(|| invalid("after"))?)
        }
    };
    let since = since.unwrap_or(until.unwrap_or(now) - 7 * 86_400_000);
    let words: Vec<String> =
        call.param("q").unwrap_or_default().to_lowercase().split_whitespace().map(str::to_owned).collect();
    let descending = call.param("sortOrder").is_some_and(|s| s.eq_ignore_ascii_case("DESCENDING"));
    let wanted = |(n, event): &&(u64, Value)| {
        let published = event.get("published").and_then(Value::as_str).and_then(clock::parse).unwrap_or(0);
        let beyond = match (after, descending) {
            (Some(after), false) => *n > after,
            (Some(after), true) => *n < after,
            (None, _) => published >= since,
        };
        beyond
            && until.is_none_or(|u| published < u)
            && filter.as_ref().is_none_or(|f| f.matches(&|path| values(event, path)))
            && (words.is_empty() || {
                let text = event.to_string().to_lowercase();
                let parts: Vec<&str> = text
                    .split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '@'))
                    .collect();
                words.iter().all(|w| parts.contains(&w.as_str()))
            })
    };
    let mut found: Vec<&(u64, Value)> = if descending {
        org.log.iter().rev().filter(wanted).take(limit + 1).collect()
    } else {
        org.log.iter().filter(wanted).take(limit + 1).collect()
    };
    let more = found.len() > limit;
    found.truncate(limit);
    let newest = org.log.back().map_or(0, |(n, _)| *n);
    let cursor = match found.last() {
        Some((n, _)) if more || limit > 0 => *n,
        _ => after.unwrap_or(newest),
    };
    let polling = until.is_none() && !descending;
    let next = (more || polling).then(|| format!("{cursor}_1"));
    let reply = Reply::json(200, found.into_iter().map(|(_, e)| e.clone()).collect());
    Ok(paging::links(reply, call, next.as_deref()))
}
