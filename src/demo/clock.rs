//! The one clock of the demo: the machine's, plus what `POST /__demo/clock` added.

use jiff::Timestamp;

/// Seconds by which the demo is ahead of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    ahead_seconds: i64,
}

impl Clock {
    /// Milliseconds since 1970, UTC.
    pub(super) fn millis(self) -> i64 {
        Timestamp::now().as_millisecond().saturating_add(self.ahead_seconds.saturating_mul(1000))
    }

    /// Seconds since 1970, UTC.
    pub(super) fn seconds(self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// Moves the demo into the future (or back).
    pub(super) fn advance(&mut self, seconds: i64) {
        self.ahead_seconds = self.ahead_seconds.saturating_add(seconds);
    }
}

/// RFC 3339 in UTC with milliseconds, as Okta writes it: `2026-01-31T12:00:00.000Z`.
pub(super) fn rfc3339(millis: i64) -> String {
    match Timestamp::from_millisecond(millis) {
        Ok(time) => format!("{}.{:03}Z", time.strftime("%Y-%m-%dT%H:%M:%S"), millis.rem_euclid(1000)),
        Err(_) => "1970-01-01T00:00:00.000Z".to_owned(),
    }
}

/// Milliseconds since 1970 of an RFC 3339 text.
pub(super) fn parse(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}
