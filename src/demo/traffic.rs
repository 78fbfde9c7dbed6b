//! How crowded the org is, and how long the way to it: what decides the speed of a client, settable at start and over
//! `POST /__demo/traffic`.

use serde_json::{Value, json};

/// How much of the rate limits an answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateHeaders {
    /// `X-Rate-Limit-Limit`, `-Remaining` and `-Reset`, as Okta sends them.
    #[default]
    Okta,
    /// None at all.
    None,
    /// `Retry-After` on a 429, nothing besides.
    RetryAfter,
}

impl RateHeaders {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Okta, "okta"), (Self::None, "none"), (Self::RetryAfter, "retry-after")];

    /// `okta`, `none` or `retry-after`.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("okta", |(_, name)| name)
    }
}

/// The traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// Every answer comes this much later, milliseconds. At most 10,000.
    pub latency_ms: u64,
    /// How long a rate-limit window is, milliseconds. Okta's is a minute.
    pub window_ms: i64,
    /// Calls in a window, in every bucket, in place of the table's.
    pub limit: Option<u32>,
    /// How many management calls may be under way at once; the next one is answered with 429, limit and remaining 0.
    pub concurrent: Option<u32>,
    /// How much of each limit other clients use up, spread evenly over the window, percent.
    pub others_percent: u32,
    /// What the headers tell.
    pub headers: RateHeaders,
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            latency_ms: 0,
            window_ms: 60_000,
            limit: None,
            concurrent: None,
            others_percent: 0,
            headers: RateHeaders::Okta,
        }
    }
}

impl Traffic {
    /// With what the JSON names; the error names the field.
    pub(super) fn with(mut self, value: &Value) -> Result<Self, String> {
        let number = |name: &str, most: u64| match value.get(name) {
            None => Ok(None),
            Some(n) => match n.as_u64().filter(|n| *n <= most) {
                Some(n) => Ok(Some(n)),
                None => Err(format!("{name}: a whole number up to {most}")),
            },
        };
        // `null` takes a limit away again.
        let unset = |name: &str| value.get(name).is_some_and(Value::is_null);
        if let Some(ms) = number("latency_ms", 10_000)? {
            self.latency_ms = ms;
        }
        if let Some(ms) = number("window_ms", 3_600_000)? {
            self.window_ms = i64::try_from(ms).unwrap_or(i64::MAX).max(1);
        }
        if unset("limit") {
            self.limit = None;
        } else if let Some(n) = number("limit", 1_000_000)? {
            self.limit = u32::try_from(n).ok();
        }
        if unset("concurrent") {
            self.concurrent = None;
        } else if let Some(n) = number("concurrent", 1_000_000)? {
            self.concurrent = u32::try_from(n).ok();
        }
        if let Some(n) = number("others_percent", 100)? {
            self.others_percent = u32::try_from(n).unwrap_or(100);
        }
        if let Some(name) = value.get("headers") {
            let named = RateHeaders::ALL.iter().find(|(_, n)| Some(*n) == name.as_str());
            self.headers = named.ok_or("headers: okta, none or retry-after")?.0;
        }
        Ok(self)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "latency_ms": self.latency_ms, "window_ms": self.window_ms, "limit": self.limit, "concurrent": self.concurrent,
            "others_percent": self.others_percent, "headers": self.headers.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_set_and_the_rest_stays() {
        let traffic = Traffic { others_percent: 30, ..Traffic::default() };
        let more =
            json!({"latency_ms": 40, "limit": 600, "window_ms": 6_000, "concurrent": 15, "headers": "none"});
        let traffic = traffic.with(&more).expect("traffic");
        assert_eq!((traffic.latency_ms, traffic.limit, traffic.window_ms), (40, Some(600), 6_000));
        assert_eq!((traffic.concurrent, traffic.others_percent), (Some(15), 30));
        assert_eq!(traffic.headers, RateHeaders::None);
        assert_eq!(traffic.with(&json!({"limit": null})).map(|t| t.limit), Ok(None));
        assert_eq!(Traffic::default().with(&traffic.json()), Ok(traffic));
        assert!(traffic.with(&json!({"latency_ms": "much"})).is_err());
        assert!(traffic.with(&json!({"headers": "all"})).is_err());
        assert!(traffic.with(&json!({"others_percent": 101})).is_err());
    }
}
