//! The clocks: how far the server's is from ours, as far as one answer can tell.

use super::Judged;
use crate::flow::trace::Verdict;
use jiff::{SignedDuration, Timestamp};

/// Seconds of leeway for times in tokens: "usually no more than a few minutes" (RFC 7519 §4.1.4).
pub const LEEWAY: i64 = 120;

/// The server's clock minus ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    /// Milliseconds; positive when the server is ahead.
    pub ms: i64,
    /// How wrong that may be, in milliseconds either way.
    pub error_ms: i64,
}

impl Skew {
    /// Measured from an answer's `Date` header (RFC 9110 §6.6.1, whole seconds) against the middle of sending and receiving.
    /// `None` without a readable date.
    pub fn measure(date: Option<&str>, sent: Timestamp, received: Timestamp) -> Option<Self> {
        let date = httpdate::parse_http_date(date?.trim()).ok()?;
        let date = Timestamp::try_from(date).ok()?;
        let round_trip = received.as_millisecond() - sent.as_millisecond();
        let middle = sent.as_millisecond() + round_trip / 2;
        // A date of whole seconds was cut, on average by half a second.
        Some(Self { ms: date.as_millisecond() + 500 - middle, error_ms: 500 + round_trip / 2 })
    }

    /// The server's time at our time `now`.
    pub fn server_time(self, now: Timestamp) -> Timestamp {
        now.checked_add(SignedDuration::from_millis(self.ms)).unwrap_or(now)
    }
}

/// Says how far the clocks are apart. Only what was measured is claimed: the gateway's clock is another one.
pub fn check(skew: Option<Skew>) -> Judged {
    const SOURCE: &str = "RFC 7519 §4.1.4; RFC 9110 §6.6.1";
    let Some(skew) = skew else {
        return Judged::new("clock", Verdict::NotRun, "The answer had no readable Date header.", SOURCE);
    };
    let apart = (skew.ms.abs() - skew.error_ms).max(0) / 1000;
    let side = if skew.ms > 0 { "behind" } else { "ahead of" };
    if apart > LEEWAY {
        let sentence = format!(
            "This machine's clock is {apart} s {side} the server's. Tokens are judged by the server's."
        );
        Judged::new("clock", Verdict::Warn, sentence, SOURCE)
    } else {
        let sentence =
            "This machine's clock agrees with the server's. The gateway's clock was not looked at.";
        Judged::new("clock", Verdict::Pass, sentence, SOURCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skew_is_measured_from_the_middle() {
        let sent: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let received: Timestamp = "2026-11-22T12:00:02Z".parse().unwrap();
        let skew = Skew::measure(Some("Sun, 22 Nov 2026 12:10:01 GMT"), sent, received).unwrap();
        assert_eq!(skew, Skew { ms: 600_500, error_ms: 1_500 });
        assert_eq!(check(Some(skew)).verdict, Verdict::Warn);
        assert!(check(Some(skew)).sentence.contains("behind"));
        let same = Skew::measure(Some("Sun, 22 Nov 2026 12:00:01 GMT"), sent, received).unwrap();
        assert_eq!(check(Some(same)).verdict, Verdict::Pass);
        assert_eq!(check(Skew::measure(Some("yesterday"), sent, received)).verdict, Verdict::NotRun);
        assert_eq!(Skew::measure(None, sent, received), None);
    }
}
