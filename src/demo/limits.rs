//! Rate limits: one window a minute for each bucket, halved for an API token, told in `X-Rate-Limit-*`.
//!
//! The numbers are the last table Okta published (until December 2025), column "Enterprise"; scenario `free-org` takes
//! "Integrator Free". Today Okta shows them on a dashboard only.

use super::Traffic;
use http::Method;
use std::collections::HashMap;

/// Calls counted in the current window of a bucket.
#[derive(Debug, Clone, Copy)]
struct Window {
    started_millis: i64,
    used: u32,
}

/// What the headers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// UTC epoch seconds.
    pub(super) reset: i64,
    pub(super) allowed: bool,
}

/// All windows of the org.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    windows: HashMap<String, Window>,
}

/// A bucket and its limits a minute: (name, Integrator Free, Enterprise).
type Bucket = (&'static str, u32, u32);

/// The bucket a management path belongs to; `None`: not limited.
pub(super) fn bucket(method: &Method, segments: &[&str]) -> Option<Bucket> {
    Some(match segments {
        ["api", "v1", "apps", _] => ("/api/v1/apps/{id}", 100, 600),
        ["api", "v1", "apps", ..] => ("/api/v1/apps", 20, 100),
        ["api", "v1", "groups", _] => ("/api/v1/groups/{id}", 100, 600),
        ["api", "v1", "groups", ..] => ("/api/v1/groups", 100, 600),
        ["api", "v1", "users"] => ("/api/v1/users", 100, 600),
        ["api", "v1", "users", _] if *method == Method::GET => ("/api/v1/users/{id}", 100, 1000),
        ["api", "v1", "logs"] => ("/api/v1/logs", 20, 50),
        ["api", "v1", "authn", ..] => ("/api/v1/authn", 100, 600),
        ["api", "v1", ..] => ("/api/v1", 100, 600),
        ["oauth2", "v1", "clients", ..] => ("/oauth2/v1/clients", 25, 100),
        ["oauth2", "v1", "keys"] | ["oauth2", _, "v1", "keys"] | [".well-known", ..] => return None,
        ["oauth2", _, ".well-known", ..] | ["oauth2", ".well-known", ..] => return None,
        ["oauth2", ..] => ("/oauth2", 300, 1200),
        _ => return None,
    })
}

impl Limits {
    /// Counts one call under `key` against `limit` in the window of `traffic`, of which other clients use up their part as time goes by.
    pub(super) fn count(&mut self, key: &str, limit: u32, traffic: &Traffic, now_millis: i64) -> Verdict {
        let (window_millis, others_percent) = (traffic.window_ms.max(1), traffic.others_percent);
        let window =
            self.windows.entry(key.to_owned()).or_insert(Window { started_millis: now_millis, used: 0 });
        if now_millis >= window.started_millis.saturating_add(window_millis)
            || now_millis < window.started_millis
        {
            *window = Window { started_millis: now_millis, used: 0 };
        }
        let gone = now_millis.saturating_sub(window.started_millis).max(0);
        let others = i64::from(limit) * i64::from(others_percent) / 100 * gone / window_millis;
        let others = u32::try_from(others).unwrap_or(limit).min(limit);
        let allowed = window.used + others < limit;
        if allowed {
            window.used += 1;
        }
        let end = window.started_millis.saturating_add(window_millis);
        Verdict {
            limit,
            remaining: limit - (window.used + others).min(limit),
            reset: end.div_euclid(1000) + i64::from(end % 1000 > 0),
            allowed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_fills_and_empties_by_the_clock() {
        let mut limits = Limits::default();
        let second = Traffic { window_ms: 1_000, ..Traffic::default() };
        assert_eq!(
            limits.count("a", 2, &second, 5_000),
            Verdict { limit: 2, remaining: 1, reset: 6, allowed: true }
        );
        assert!(limits.count("a", 2, &second, 5_999).allowed);
        assert_eq!(
            limits.count("a", 2, &second, 5_999),
            Verdict { limit: 2, remaining: 0, reset: 6, allowed: false }
        );
        assert!(limits.count("b", 2, &second, 5_999).allowed);
        assert!(limits.count("a", 2, &second, 6_000).allowed);
    }

    #[test]
    fn others_use_up_their_part_as_time_goes_by() {
        let (mut limits, traffic) =
            (Limits::default(), Traffic { window_ms: 1_000, others_percent: 30, ..Traffic::default() });
        assert_eq!(limits.count("a", 100, &traffic, 0).remaining, 99);
        assert_eq!(limits.count("a", 100, &traffic, 500).remaining, 83);
        assert_eq!(limits.count("a", 100, &traffic, 1_000).remaining, 99);
    }

    #[test]
    fn one_app_and_what_lies_under_it_are_two_buckets() {
        let name = |path: &[&str]| bucket(&Method::GET, path).map(|b| b.0);
        assert_eq!(name(&["api", "v1", "apps", "0oa1"]), Some("/api/v1/apps/{id}"));
        assert_eq!(name(&["api", "v1", "apps", "0oa1", "users"]), Some("/api/v1/apps"));
        assert_eq!(name(&["api", "v1", "apps"]), Some("/api/v1/apps"));
        assert_eq!(name(&["oauth2", "default", "v1", "keys"]), None);
        assert_eq!(name(&[".well-known", "openid-configuration"]), None);
    }
}
