//! Trouble on demand: `POST /__demo/faults`.

use serde_json::Value;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An error answer in Okta's shape with the given status; 429 comes with reset headers.
    Status,
    /// The body ends before `Content-Length` says.
    Truncate,
    /// A web page where JSON belongs.
    Html,
    /// A body of 64 MiB.
    Big,
    /// The answer comes after `delay_ms`.
    Slow,
    /// The connection closes without an answer.
    Reset,
}

/// One fault, used up after `times` matching calls.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    /// Matches a path that contains this text; empty matches all.
    pub(super) matching: String,
    /// Only this method, if given.
    pub(super) method: Option<String>,
    pub(super) kind: Kind,
    pub(super) status: u16,
    pub(super) times: u64,
    pub(super) delay_ms: u64,
}

impl Fault {
    /// Reads the JSON of the control path; the error names the field.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let kind = match text("kind").unwrap_or("status") {
            "status" => Kind::Status,
            "truncate" => Kind::Truncate,
            "html" => Kind::Html,
            "big" => Kind::Big,
            "slow" => Kind::Slow,
            "reset" => Kind::Reset,
            other => {
                return Err(format!("kind: {other} is none of status, truncate, html, big, slow, reset"));
            }
        };
        let status = value.get("status").map_or(Ok(500), |s| {
            s.as_u64().filter(|s| (200..=599).contains(s)).ok_or_else(|| "status: 200 to 599".to_owned())
        })?;
        Ok(Self {
            matching: text("match").unwrap_or_default().to_owned(),
            method: text("method").map(str::to_ascii_uppercase),
            kind,
            status: status as u16,
            times: value.get("times").and_then(Value::as_u64).unwrap_or(1),
            delay_ms: value.get("delay_ms").and_then(Value::as_u64).unwrap_or(0).min(120_000),
        })
    }

    fn covers(&self, method: &str, path: &str) -> bool {
        path.contains(&self.matching) && self.method.as_deref().is_none_or(|m| m == method)
    }
}

/// Takes the first fault that covers the call and counts it down.
pub(super) fn take(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Fault> {
    let at = faults.iter().position(|f| f.times > 0 && f.covers(method, path))?;
    let fault = faults.get_mut(at)?;
    fault.times -= 1;
    let taken = fault.clone();
    faults.retain(|f| f.times > 0);
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fault_is_used_up() {
        let fault =
            Fault::read(&json!({ "match": "/api/v1/apps", "status": 503, "times": 2 })).expect("fault");
        let mut faults = vec![fault];
        assert_eq!(take(&mut faults, "GET", "/api/v1/users"), None);
        assert_eq!(take(&mut faults, "GET", "/api/v1/apps").map(|f| f.status), Some(503));
        assert!(take(&mut faults, "POST", "/api/v1/apps/x").is_some());
        assert_eq!(take(&mut faults, "GET", "/api/v1/apps"), None);
        assert!(Fault::read(&json!({ "kind": "flood" })).is_err());
        assert!(Fault::read(&json!({ "status": 99 })).is_err());
    }
}
