//! The rate budget: may a request go now, or when. Pure: the present comes in as a value, so do the headers of each answer.
//!
//! Okta counts requests per endpoint group in windows of 60 s that start with the first request, and tells on each answer
//! what is left of the window (`X-Rate-Limit-Limit`, `-Remaining`, `-Reset`). Nothing is known before the first answer, so the
//! first request always goes; from then on a request waits rather than run into a 429.

use super::model::BucketState;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// A window lasts 60 s, and nobody is made to wait longer for one than that (and the second for which `Date` is rounded).
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(61);

/// An endpoint group with a limit of its own (Okta's table of management API limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// `/api/v1/apps`: list and create, *and everything below* `/apps/{id}/`. The narrow one: 20 a minute on a free org.
    Apps,
    /// `/api/v1/apps/{id}` exactly.
    App,
    /// `/api/v1/users`.
    Users,
    /// `/api/v1/users/{id}` exactly.
    User,
    /// `/api/v1/groups`, and below `/groups/{id}/`.
    Groups,
    /// `/api/v1/groups/{id}` exactly.
    Group,
    /// `/api/v1/logs`.
    Logs,
    /// `/oauth2/v1/clients`.
    Clients,
    /// Everything else below `/api/v1`: authorization servers, policies, the org, and what lies below `/users/{id}/`, of which
    /// the table says nothing.
    Other,
    /// Metadata documents: Okta does not limit them.
    Unlimited,
}

impl Bucket {
    /// The group that a path belongs to.
    pub fn of(segments: &[String]) -> Self {
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["api", "v1", "apps", _] => Self::App,
            ["api", "v1", "apps", ..] => Self::Apps,
            ["api", "v1", "users"] => Self::Users,
            ["api", "v1", "users", _] => Self::User,
            ["api", "v1", "groups", _] => Self::Group,
            ["api", "v1", "groups", ..] => Self::Groups,
            ["api", "v1", "logs"] => Self::Logs,
            ["oauth2", "v1", "clients", ..] => Self::Clients,
            [".well-known", ..] | ["oauth2", _, ".well-known", ..] => Self::Unlimited,
            _ => Self::Other,
        }
    }

    /// Its name on screen: `apps`, `apps/{id}`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apps => "apps",
            Self::App => "apps/{id}",
            Self::Users => "users",
            Self::User => "users/{id}",
            Self::Groups => "groups",
            Self::Group => "groups/{id}",
            Self::Logs => "logs",
            Self::Clients => "clients",
            Self::Other => "other",
            Self::Unlimited => "unlimited",
        }
    }
}

/// What an answer said about its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// `X-Rate-Limit-Limit`.
    pub limit: u32,
    /// `X-Rate-Limit-Remaining`.
    pub remaining: u32,
    /// `X-Rate-Limit-Reset` on our clock.
    pub reset: Timestamp,
}

impl Told {
    /// Reads the three headers of an answer that arrived at `now`. The reset is on the server's clock, and ours may be wrong,
    /// so the distance is measured from the answer's own `Date` where there is one.
    pub fn read(headers: &http::HeaderMap, now: Timestamp) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
        let limit = text("x-rate-limit-limit")?.parse().ok()?;
        let remaining = text("x-rate-limit-remaining")?.parse().ok()?;
        let reset = Timestamp::from_second(text("x-rate-limit-reset")?.parse().ok()?).ok()?;
        let server_now = text("date")
            .and_then(|d| httpdate::parse_http_date(d).ok())
            .and_then(|t| Timestamp::try_from(t).ok())
            .unwrap_or(now);
        let away = reset.duration_since(server_now).clamp(SignedDuration::ZERO, LONGEST_WAIT);
        Some(Self { limit, remaining, reset: now.checked_add(away).unwrap_or(now) })
    }

    /// Whether this is the shape of a concurrency limit: nothing to wait for, too many requests at once.
    pub fn is_concurrency(&self) -> bool {
        self.limit == 0 && self.remaining == 0
    }
}

/// Whether a request may set out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Now; it is counted as under way until [`Budget::answered`] or [`Budget::given_up`].
    Go,
    /// Not before this time; ask again then.
    WaitUntil(Timestamp),
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    told: Option<(u32, u32, Timestamp)>,
    under_way: u32,
}

/// What is left of each bucket.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    windows: BTreeMap<Bucket, Window>,
}

impl Budget {
    /// Asks for one request, and counts it if it may go.
    pub fn decide(&mut self, bucket: Bucket, now: Timestamp) -> Decision {
        if bucket == Bucket::Unlimited {
            return Decision::Go;
        }
        let window = self.windows.entry(bucket).or_default();
        if let Some((limit, _, reset)) = window.told
            && (now >= reset || reset.duration_since(now) > LONGEST_WAIT)
        {
            // A new window (or our clock was set back): full until an answer says otherwise. Of a bucket that was only ever closed nothing is known.
            let next = now.checked_add(LONGEST_WAIT).unwrap_or(reset);
            window.told = (limit > 0).then_some((limit, limit, next));
        }
        match window.told {
            Some((_, remaining, reset)) if remaining <= window.under_way => Decision::WaitUntil(reset),
            _ => {
                window.under_way = window.under_way.saturating_add(1);
                Decision::Go
            }
        }
    }

    /// A request that went has been answered.
    pub fn answered(&mut self, bucket: Bucket, told: Option<Told>, now: Timestamp) {
        self.given_up(bucket);
        let Some(told) = told.filter(|t| !t.is_concurrency()) else { return };
        let Some(window) = self.windows.get_mut(&bucket) else { return };
        let remaining = match window.told {
            // Answers of one window overtake each other: the lowest count is the latest. Resets differ by the rounding of `Date`.
            Some((_, before, reset))
                if now < reset && told.reset.duration_since(reset).abs().as_secs() <= 2 =>
            {
                before.min(told.remaining)
            }
            _ => told.remaining,
        };
        window.told = Some((told.limit, remaining, told.reset));
    }

    /// A request that went will not be answered.
    pub fn given_up(&mut self, bucket: Bucket) {
        if let Some(window) = self.windows.get_mut(&bucket) {
            window.under_way = window.under_way.saturating_sub(1);
        }
    }

    /// Closes a bucket until `until`, after a 429.
    pub fn close(&mut self, bucket: Bucket, until: Timestamp) {
        let window = self.windows.entry(bucket).or_default();
        let limit = window.told.map_or(0, |(limit, ..)| limit);
        window.told = Some((limit, 0, until));
    }

    /// Every bucket of which an answer told, as it stands at `now`.
    pub fn states(&self, now: Timestamp) -> Vec<BucketState> {
        let known = self.windows.iter().filter_map(|(bucket, window)| Some((bucket, window.told?)));
        known
            .map(|(bucket, (limit, remaining, reset))| BucketState {
                name: bucket.as_str().to_owned(),
                limit,
                remaining: if now >= reset { limit } else { remaining },
                reset,
            })
            .collect()
    }

    /// The bucket with the smallest share left, at equal shares the one with the lower limit.
    pub fn tightest(&self, now: Timestamp) -> Option<BucketState> {
        let share = |s: &BucketState| u64::from(s.remaining) * 1_000_000 / u64::from(s.limit.max(1));
        self.states(now).into_iter().filter(|s| s.limit > 0).min_by_key(|s| (share(s), s.limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn told(limit: u32, remaining: u32, reset: i64) -> Option<Told> {
        Some(Told { limit, remaining, reset: at(reset) })
    }

    fn segments(path: &str) -> Vec<String> {
        path.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn paths_fall_into_the_groups_of_the_table() {
        for (path, name) in [
            ("api/v1/apps", "apps"),
            ("api/v1/apps/0oa1", "apps/{id}"),
            ("api/v1/apps/0oa1/users/00u1", "apps"),
            ("api/v1/users", "users"),
            ("api/v1/users/me", "users/{id}"),
            ("api/v1/users/00u1/roles", "other"),
            ("api/v1/groups/00g1", "groups/{id}"),
            ("api/v1/groups/00g1/users", "groups"),
            ("api/v1/authorizationServers/default/policies", "other"),
            ("oauth2/default/.well-known/openid-configuration", "unlimited"),
            (".well-known/okta-organization", "unlimited"),
        ] {
            assert_eq!(Bucket::of(&segments(path)).as_str(), name, "{path}");
        }
    }

    #[test]
    fn a_request_waits_when_nothing_is_left_and_goes_after_the_reset() {
        let mut budget = Budget::default();
        assert_eq!(budget.decide(Bucket::Apps, at(0)), Decision::Go);
        budget.answered(Bucket::Apps, told(10, 1, 40), at(0));
        assert_eq!(budget.decide(Bucket::Apps, at(1)), Decision::Go);
        assert_eq!(
            budget.decide(Bucket::Apps, at(1)),
            Decision::WaitUntil(at(40)),
            "the last one is under way"
        );
        assert_eq!(budget.decide(Bucket::Users, at(1)), Decision::Go, "another bucket is not touched");
        assert_eq!(budget.decide(Bucket::Apps, at(40)), Decision::Go);
    }

    #[test]
    fn a_request_given_up_is_not_counted() {
        let mut budget = Budget::default();
        budget.decide(Bucket::Apps, at(0));
        budget.answered(Bucket::Apps, told(10, 1, 40), at(0));
        budget.decide(Bucket::Apps, at(1));
        budget.given_up(Bucket::Apps);
        assert_eq!(budget.decide(Bucket::Apps, at(2)), Decision::Go);
    }

    #[test]
    fn an_overtaken_answer_does_not_refill_the_window() {
        let mut budget = Budget::default();
        budget.answered(Bucket::Apps, None, at(0));
        budget.decide(Bucket::Apps, at(0));
        budget.answered(Bucket::Apps, told(10, 3, 40), at(0));
        budget.answered(Bucket::Apps, told(10, 5, 41), at(1));
        assert_eq!(budget.states(at(1))[0].remaining, 3);
        budget.answered(Bucket::Apps, told(10, 9, 101), at(42));
        assert_eq!(budget.states(at(42))[0].remaining, 9, "a later window counts anew");
    }

    #[test]
    fn the_reset_is_measured_on_the_servers_clock() {
        let mut headers = HeaderMap::new();
        headers.insert("x-rate-limit-limit", "10".parse().unwrap());
        headers.insert("x-rate-limit-remaining", "0".parse().unwrap());
        headers.insert("x-rate-limit-reset", (at(500).as_second()).to_string().parse().unwrap());
        // The server's clock is 480 s ahead of ours.
        let date = httpdate::fmt_http_date(
            std::time::UNIX_EPOCH + std::time::Duration::from_secs(at(480).as_second() as u64),
        );
        headers.insert("date", date.parse().unwrap());
        assert_eq!(Told::read(&headers, at(0)), told(10, 0, 20));
        headers.remove("date");
        assert_eq!(Told::read(&headers, at(0)), told(10, 0, 61), "without it, never longer than a window");
        headers.insert("x-rate-limit-reset", "soon".parse().unwrap());
        assert_eq!(Told::read(&headers, at(0)), None);
    }

    #[test]
    fn a_concurrency_limit_does_not_close_the_window() {
        let mut budget = Budget::default();
        budget.decide(Bucket::Apps, at(0));
        budget.answered(Bucket::Apps, told(0, 0, 40), at(0));
        assert_eq!(budget.decide(Bucket::Apps, at(0)), Decision::Go);
    }

    #[test]
    fn the_tightest_is_the_one_with_the_smallest_share() {
        let mut budget = Budget::default();
        for (bucket, limit, remaining) in
            [(Bucket::Apps, 10, 7), (Bucket::Users, 300, 299), (Bucket::App, 50, 50)]
        {
            budget.decide(bucket, at(0));
            budget.answered(bucket, told(limit, remaining, 40), at(0));
        }
        let tightest = budget.tightest(at(1)).unwrap();
        assert_eq!((tightest.name.as_str(), tightest.remaining, tightest.limit), ("apps", 7, 10));
        assert_eq!(budget.tightest(at(40)).unwrap().remaining, 10, "after the reset it is full again");
    }

    #[test]
    fn a_closed_bucket_opens_again() {
        let mut budget = Budget::default();
        budget.close(Bucket::Apps, at(5));
        assert_eq!(budget.decide(Bucket::Apps, at(4)), Decision::WaitUntil(at(5)));
        assert_eq!(budget.decide(Bucket::Apps, at(5)), Decision::Go);
        assert_eq!(budget.decide(Bucket::Apps, at(5)), Decision::Go);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait() {
        let mut budget = Budget::default();
        budget.decide(Bucket::Apps, at(7_200));
        budget.answered(Bucket::Apps, told(10, 0, 7_230), at(7_200));
        assert_eq!(budget.decide(Bucket::Apps, at(0)), Decision::Go);
    }

    #[test]
    fn a_new_window_is_not_a_free_for_all() {
        let mut budget = Budget::default();
        budget.decide(Bucket::Apps, at(0));
        budget.answered(Bucket::Apps, told(10, 0, 40), at(0));
        let went = (0..30).filter(|_| budget.decide(Bucket::Apps, at(41)) == Decision::Go).count();
        assert_eq!(went, 10);
    }

    proptest! {
        #[test]
        fn never_more_under_way_than_are_left(remaining in 0u32..20, asked in 1usize..40) {
            let mut budget = Budget::default();
            budget.decide(Bucket::Apps, at(0));
            budget.answered(Bucket::Apps, told(20, remaining, 40), at(0));
            let went = (0..asked).filter(|_| budget.decide(Bucket::Apps, at(1)) == Decision::Go).count();
            prop_assert_eq!(went, asked.min(remaining as usize));
        }
    }
}
