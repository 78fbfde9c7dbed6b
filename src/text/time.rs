//! Times as people read them. Pure: the present comes in as a value.

use jiff::Timestamp;

/// How long ago `then` was, seen from `now`: `just now`, `12 min ago`, `3 h ago`, `yesterday`, `5 days ago`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs();
    match seconds {
        ..60 => "just now".into(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..172_800 => "yesterday".into(),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// A length of time in seconds as people say it: `40 s`, `5 min`, `1 h 20 min`.
pub fn length(seconds: u64) -> String {
    match (seconds / 3_600, seconds % 3_600 / 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) if m < 5 => format!("{m} min {s} s"),
        (0, m, _) => format!("{m} min"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// `2026-11-22 19:04:05 UTC`: a time that means the same to everyone who reads it.
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `19:04 UTC`: the time of day, where the day is clear.
pub fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ago_is_said_in_the_coarsest_unit_that_helps() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (then, said) in [
            ("2026-11-22T11:59:30Z", "just now"),
            ("2026-11-22T12:00:30Z", "just now"),
            ("2026-11-22T11:48:00Z", "12 min ago"),
            ("2026-11-22T09:00:00Z", "3 h ago"),
            ("2026-11-21T11:00:00Z", "yesterday"),
            ("2026-11-17T12:00:00Z", "5 days ago"),
        ] {
            assert_eq!(ago(then.parse().unwrap(), now), said);
        }
    }

    #[test]
    fn lengths() {
        assert_eq!(length(40), "40 s");
        assert_eq!(length(90), "1 min 30 s");
        assert_eq!(length(3_600), "1 h");
        assert_eq!(length(4_800), "1 h 20 min");
    }
}
