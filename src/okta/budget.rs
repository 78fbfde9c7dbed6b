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
        let reset = reset_time(headers)?;
        let server_now = server_time(headers).unwrap_or(now);
        let away = reset.duration_since(server_now).clamp(SignedDuration::ZERO, LONGEST_WAIT);
        Some(Self { limit, remaining, reset: now.checked_add(away).unwrap_or(now) })
    }

    /// Whether this is the shape of a concurrency limit: nothing to wait for, too many requests at once.
    pub fn is_concurrency(&self) -> bool {
        self.limit == 0 && self.remaining == 0
    }
}

/// `Date`, on the server's clock.
fn server_time(headers: &http::HeaderMap) -> Option<Timestamp> {
    let date = headers.get("date")?.to_str().ok()?;
    Timestamp::try_from(httpdate::parse_http_date(date.trim()).ok()?).ok()
}

/// `X-Rate-Limit-Reset`, on the server's clock.
fn reset_time(headers: &http::HeaderMap) -> Option<Timestamp> {
    let reset = headers.get("x-rate-limit-reset")?.to_str().ok()?;
    Timestamp::from_second(reset.trim().parse().ok()?).ok()
}

/// When a window ends that began with the request whose answer arrived at `now`. The reset is told in whole seconds, so that it may
/// be a second late; a window has a whole number of them that divides the minute (Okta's has 60).
fn window_end(reset: Timestamp, now: Timestamp) -> Timestamp {
    let seconds = reset.duration_since(now).as_secs_f64();
    let most = seconds.ceil() as i64;
    let divides = |n: &i64| *n > 0 && 60 % *n == 0;
    // `Date` is rounded down and the reset up, so that their difference is up to a second too long. Where both lengths would do, the
    // longer one: too late costs a second, too early a refusal.
    let Some(length) = [most, most - 1].into_iter().find(divides) else { return reset };
    now.checked_add(SignedDuration::from_secs(length)).map_or(reset, |end| end.min(reset))
}

/// Whether a request may set out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Now; it is counted as under way until [`Budget::answered`] or [`Budget::given_up`].
    Go,
    /// Not before this time; ask again then.
    WaitUntil(Timestamp),
    /// When one of those under way has ended; ask again then.
    Full,
}

/// How many requests of one bucket are under way at most, where the answers tell what is left. Okta's own limit of requests at once is
/// 35 to 75 for the whole org.
const AT_ONCE: u32 = 50;
/// The same where they do not: nothing warns before the limit is hit, and whatever is under way then is refused.
const AT_ONCE_BLIND: u32 = 10;

#[derive(Clone, Copy, Debug)]
struct Window {
    told: Option<(u32, u32, Timestamp)>,
    under_way: u32,
    /// How many may be under way.
    at_once: u32,
    /// Answers since `at_once` was changed last.
    calm: u32,
    /// Requests that set out before this time were under way when too many were: their refusals say nothing new.
    lowered: Option<Timestamp>,
    /// A refusal that did not tell until when: one request at a time looks whether the window is open again.
    looking: bool,
    /// How many such refusals came one after the other.
    blind_refusals: u32,
    /// Whether an answer ever told what is left.
    tells: bool,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            told: None,
            under_way: 0,
            at_once: AT_ONCE_BLIND,
            calm: 0,
            lowered: None,
            looking: false,
            blind_refusals: 0,
            tells: false,
        }
    }
}

/// What is left of each bucket.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    windows: BTreeMap<Bucket, Window>,
    /// Percent of each limit that is left to others.
    headroom: u8,
    /// By how much the server's clock is ahead of ours, at the least: `Date` has whole seconds, so the largest of many is the best.
    ahead: Option<SignedDuration>,
}

impl Budget {
    /// Leaves this many percent of each limit to the org's other users from now on. Small limits are rounded in our favour: of ten
    /// requests one is left, of nine none.
    pub fn set_headroom(&mut self, percent: u8) {
        self.headroom = percent.min(95);
    }

    /// Asks for one request, and counts it if it may go.
    pub fn decide(&mut self, bucket: Bucket, now: Timestamp) -> Decision {
        if bucket == Bucket::Unlimited {
            return Decision::Go;
        }
        let decision = self.room(bucket, 0, 0, now);
        if decision == Decision::Go {
            self.given_out(bucket);
        }
        decision
    }

    /// Whether one more request could go now, if `ahead` others went first and up to `over` too many at once did no harm. Counts
    /// nothing.
    pub fn room(&mut self, bucket: Bucket, ahead: u32, over: u32, now: Timestamp) -> Decision {
        let headroom = u32::from(self.headroom);
        let window = self.windows.entry(bucket).or_default();
        if let Some((limit, _, reset)) = window.told
            && (now >= reset || reset.duration_since(now) > LONGEST_WAIT)
        {
            // A new window (or our clock was set back): full until an answer says otherwise. Of a bucket that was only ever closed nothing is known.
            let next = now.checked_add(LONGEST_WAIT).unwrap_or(reset);
            window.told = (limit > 0).then_some((limit, limit, next));
        }
        if let Some((limit, remaining, reset)) = window.told {
            let kept = u32::try_from(u64::from(limit) * u64::from(headroom) / 100).unwrap_or(0);
            if remaining <= window.under_way.saturating_add(ahead).saturating_add(kept) {
                return Decision::WaitUntil(reset);
            }
        }
        let most = if window.looking { 1 } else { window.at_once.saturating_add(over) };
        if window.under_way.saturating_add(ahead) >= most {
            return Decision::Full;
        }
        Decision::Go
    }

    fn given_out(&mut self, bucket: Bucket) {
        if let Some(window) = self.windows.get_mut(&bucket) {
            window.under_way = window.under_way.saturating_add(1);
        }
    }

    /// What an answer that arrived at `now` tells of its bucket, with the reset as exact as the answers so far allow.
    pub fn read(&mut self, headers: &http::HeaderMap, now: Timestamp) -> Option<Told> {
        if let Some(date) = server_time(headers) {
            let ahead = date.duration_since(now);
            // More than a second less than before: one of the clocks was set.
            let set = |before: SignedDuration| before > ahead + SignedDuration::from_secs(3);
            self.ahead = Some(match self.ahead {
                Some(before) if !set(before) => before.max(ahead),
                _ => ahead,
            });
        }
        let mut told = Told::read(headers, now)?;
        if let (Some(ahead), Some(reset)) = (self.ahead, reset_time(headers))
            && let Ok(ours) = reset.checked_sub(ahead)
        {
            told.reset = told.reset.min(ours.max(now));
        }
        Some(told)
    }

    /// A request that went has been answered.
    pub fn answered(&mut self, bucket: Bucket, told: Option<Told>, now: Timestamp) {
        let together = self.windows.get(&bucket).map_or(0, |w| w.under_way);
        self.given_up(bucket);
        let Some(window) = self.windows.get_mut(&bucket) else { return };
        let Some(told) = told.filter(|t| !t.is_concurrency()) else { return };
        if !window.tells {
            (window.tells, window.at_once) = (true, window.at_once.max(AT_ONCE));
        }
        let (remaining, reset) = match window.told {
            // Answers of one window overtake each other: the lowest count is the latest. Resets differ by the rounding of `Date`.
            Some((_, before, reset))
                if now < reset && told.reset.duration_since(reset).abs().as_secs() <= 2 =>
            {
                (before.min(told.remaining), reset.min(told.reset))
            }
            // A new window. If all that is used of it is ours, it began with us.
            _ if told.limit.saturating_sub(told.remaining) <= together => {
                (told.remaining, window_end(told.reset, now))
            }
            _ => (told.remaining, told.reset),
        };
        window.told = Some((told.limit, remaining, reset));
    }

    /// A request was carried out or refused for another reason than a limit: one more may be under way after a long calm.
    pub fn went_well(&mut self, bucket: Bucket) {
        let Some(window) = self.windows.get_mut(&bucket) else { return };
        (window.looking, window.blind_refusals) = (false, 0);
        window.calm += 1;
        let most = if window.tells { AT_ONCE } else { AT_ONCE * 2 };
        if window.at_once < most && window.calm >= window.at_once.saturating_mul(8) {
            (window.at_once, window.calm) = (window.at_once + 1, 0);
        }
    }

    /// Too many were under way at once, says the refusal of a request that set out at `sent`: half as many from now on.
    pub fn too_many_at_once(&mut self, bucket: Bucket, sent: Timestamp, now: Timestamp) {
        let window = self.windows.entry(bucket).or_default();
        if window.lowered.is_none_or(|at| sent > at) {
            window.at_once = (window.under_way.min(window.at_once) / 2).max(1);
            window.calm = 0;
            window.lowered = Some(now);
        }
    }

    /// A refusal that told no time came for a request that set out at `sent`. Until when the bucket is closed: 1, 2, 4 … seconds, with
    /// as much again by chance (`chance` of 1), so that several programs do not come back together.
    pub fn closed_blindly(
        &mut self,
        bucket: Bucket,
        chance: f64,
        sent: Timestamp,
        now: Timestamp,
    ) -> Timestamp {
        let window = self.windows.entry(bucket).or_default();
        // Those that were under way together count once.
        let first = window.lowered.is_none_or(|at| sent > at);
        if first {
            window.blind_refusals += 1;
            if !window.looking {
                window.at_once = (window.at_once / 2).max(1);
                window.calm = 0;
            }
            (window.looking, window.lowered) = (true, Some(now));
        }
        let base = 1_000_i64 << window.blind_refusals.saturating_sub(1).min(5);
        let millis = base + (base as f64 * chance.clamp(0.0, 1.0)) as i64;
        let until = now.checked_add(SignedDuration::from_millis(millis)).unwrap_or(now);
        match window.told {
            Some((_, 0, closed)) if !first && closed > now => closed,
            _ => {
                self.close(bucket, until);
                until
            }
        }
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
    fn a_window_that_began_with_us_ends_when_it_is_over_not_when_the_rounded_reset_says() {
        // Date 12:00:00 for 12:00:00.9, reset 12:01:01 for 12:01:00.9: a difference of 61 s for a window of 60.
        for (told, ends) in [(61, 60), (60, 60), (7, 6), (6, 6), (5, 5), (47, 47)] {
            assert_eq!(window_end(at(told), at(0)), at(ends), "{told}");
        }
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
