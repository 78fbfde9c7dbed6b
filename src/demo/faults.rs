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
    /// The same, after the call was carried out.
    ResetAfter,
}

/// One fault: used up after `times` matching calls, or for a share of them.
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
    /// Only this part of the matching calls, in hundredths of a percent; then without end.
    pub(super) share: Option<u64>,
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
            "reset_after" => Kind::ResetAfter,
            other => {
                return Err(format!(
                    "kind: {other} is none of status, truncate, html, big, slow, reset, reset_after"
                ));
            }
        };
        let status = value.get("status").map_or(Ok(500), |s| {
            s.as_u64().filter(|s| (200..=599).contains(s)).ok_or_else(|| "status: 200 to 599".to_owned())
        })?;
        let share = match value.get("percent") {
            None => None,
            Some(percent) => {
                let percent = percent.as_f64().filter(|p| (0.0..=100.0).contains(p));
                Some((percent.ok_or("percent: 0 to 100")? * 100.0).round() as u64)
            }
        };
        Ok(Self {
            share,
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

/// Takes the first fault that covers the call and counts it down. `dice` decides, 0 to 9,999, whether the call is of a fault's share.
pub(super) fn take(faults: &mut Vec<Fault>, method: &str, path: &str, dice: u64) -> Option<Fault> {
    // Shares follow each other on the same dice, so that 1 % and 1 % hit different calls.
    let mut dice = dice % 10_000;
    let at = faults.iter().position(|f| {
        f.covers(method, path)
            && match f.share {
                None => f.times > 0,
                Some(share) if dice < share => true,
                Some(share) => {
                    dice -= share;
                    false
                }
            }
    })?;
    let fault = faults.get_mut(at)?;
    if fault.share.is_some() {
        return Some(fault.clone());
    }
    fault.times -= 1;
    let taken = fault.clone();
    faults.retain(|f| f.times > 0 || f.share.is_some());
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
        assert_eq!(take(&mut faults, "GET", "/api/v1/users", 0), None);
        assert_eq!(take(&mut faults, "GET", "/api/v1/apps", 0).map(|f| f.status), Some(503));
        assert!(take(&mut faults, "POST", "/api/v1/apps/x", 0).is_some());
        assert_eq!(take(&mut faults, "GET", "/api/v1/apps", 0), None);
        assert!(Fault::read(&json!({ "kind": "flood" })).is_err());
        assert!(Fault::read(&json!({ "status": 99 })).is_err());
    }

    #[test]
    fn shares_hit_their_part_of_the_calls_and_each_other_never() {
        let share = |kind: &str| Fault::read(&json!({ "kind": kind, "percent": 1.5 })).expect("fault");
        let mut faults = vec![share("reset"), share("reset_after")];
        let kinds: Vec<_> =
            (0..10_000).map(|dice| take(&mut faults, "GET", "/", dice).map(|f| f.kind)).collect();
        assert_eq!(kinds.iter().filter(|k| **k == Some(Kind::Reset)).count(), 150);
        assert_eq!(kinds.iter().filter(|k| **k == Some(Kind::ResetAfter)).count(), 150);
        assert!(Fault::read(&json!({ "percent": 101 })).is_err());
    }
}
