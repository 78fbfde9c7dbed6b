//! How fast an apply goes, from what it told so far. Pure: the time comes in.

use super::job::Pace;
use crate::change::apply::Progress;
use crate::change::{Outcome, Plan};
use crate::okta::model::BucketState;
use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// Over how many seconds the rate is measured; as long as Okta's rate-limit window, so that its waits are in it.
const OVER: i64 = 60;
/// After how many seconds a rate a minute is told.
const TELLING: i64 = 10;

/// Watches one apply.
#[derive(Debug)]
pub(super) struct Meter {
    total: usize,
    done: usize,
    failed: usize,
    began: Option<Timestamp>,
    /// When the changes of the last minute ended.
    ended: VecDeque<Timestamp>,
    /// The bucket that each change takes its calls from.
    buckets: BTreeMap<usize, String>,
    bucket: Option<String>,
}

impl Meter {
    pub(super) fn new(plan: &Plan) -> Self {
        let buckets = plan.changes.iter().filter_map(|p| Some((p.number, p.calls.last()?.clone())));
        Self {
            total: plan.changes.len(),
            done: 0,
            failed: 0,
            began: None,
            ended: VecDeque::new(),
            buckets: buckets.collect(),
            bucket: None,
        }
    }

    pub(super) fn saw(&mut self, progress: &Progress, now: Timestamp) {
        self.began.get_or_insert(now);
        match progress {
            Progress::Begun(number) => {
                if let Some(bucket) = self.buckets.get(number) {
                    self.bucket = Some(bucket.clone());
                }
            }
            Progress::Ended(_, Outcome::NotTried | Outcome::NotAllowed) => {}
            Progress::Ended(_, outcome) => {
                self.done += 1;
                self.failed += usize::from(matches!(outcome, Outcome::Failed { .. }));
                self.ended.push_back(now);
                while self.ended.front().is_some_and(|first| now.duration_since(*first).as_secs() >= OVER) {
                    self.ended.pop_front();
                }
            }
        }
    }

    pub(super) fn pace(&self, buckets: &[BucketState], headroom: u8, paused: bool, now: Timestamp) -> Pace {
        let bucket = self.bucket.as_ref().and_then(|name| buckets.iter().find(|b| b.name == *name)).cloned();
        let millis = self.began.map_or(0, |began| now.duration_since(began).as_millis());
        let recent = self.ended.iter().filter(|at| now.duration_since(**at).as_secs() < OVER).count() as i128;
        let over = millis.clamp(1, i128::from(OVER) * 1_000);
        let per_minute = u32::try_from(recent * 60_000 / over).unwrap_or(u32::MAX);
        let left = (self.total - self.done.min(self.total)) as u64;
        let by_rate = left.saturating_mul(60).checked_div(u64::from(per_minute));
        // In the first minute the rate says nothing of the waits to come; what the bucket tells does.
        let by_limit = bucket.as_ref().and_then(|b| windows(left, b, headroom, now));
        let seconds_left = match (by_rate, by_limit) {
            _ if paused => None,
            (Some(rate), Some(limit)) if millis < i128::from(OVER) * 1_000 => Some(rate.max(limit)),
            (Some(rate), _) => Some(rate),
            (None, limit) => limit.filter(|_| self.done > 0),
        };
        Pace {
            done: self.done,
            total: self.total,
            failed: self.failed,
            per_minute: (millis >= i128::from(TELLING) * 1_000).then_some(per_minute),
            bucket,
            headroom,
            seconds_left,
            paused,
        }
    }
}

/// How many seconds of waiting for this bucket are in `left` calls; `None` when it waits for nothing.
fn windows(left: u64, bucket: &BucketState, headroom: u8, now: Timestamp) -> Option<u64> {
    let kept = u64::from(bucket.limit) * u64::from(headroom) / 100;
    let over = left.saturating_sub(u64::from(bucket.remaining).saturating_sub(kept));
    let window = u64::from(bucket.limit).saturating_sub(kept).max(1);
    let until = u64::try_from(bucket.reset.duration_since(now).as_secs()).unwrap_or(0);
    (over > 0).then(|| until + (over - 1) / window * 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::sample::{draft, live};
    use crate::change::{PlanId, plan};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    fn done(number: usize) -> Progress {
        Progress::Ended(number, Outcome::AlreadySo)
    }

    #[test]
    fn the_rate_is_that_of_the_last_minute() {
        let mut meter = Meter::new(&plan(PlanId("p".into()), &draft(), &live()).unwrap());
        meter.total = 1_000;
        for n in 0..200 {
            meter.saw(&Progress::Begun(n), at(n as i64 * 100));
            meter.saw(&done(n), at(n as i64 * 100));
        }
        let pace = meter.pace(&[], 10, false, at(20_000));
        assert_eq!((pace.done, pace.per_minute, pace.seconds_left), (200, Some(600), Some(80)));
        let pace = meter.pace(&[], 10, false, at(70_000));
        assert_eq!(
            (pace.per_minute, pace.seconds_left),
            (Some(99), Some(484)),
            "half of them have left the minute"
        );
        assert_eq!(meter.pace(&[], 10, true, at(70_000)).seconds_left, None);
    }

    #[test]
    fn the_waits_to_come_are_in_the_time_left() {
        let mut meter = Meter::new(&plan(PlanId("p".into()), &draft(), &live()).unwrap());
        (meter.total, meter.bucket) = (100, Some("apps".into()));
        meter.saw(&done(1), at(0));
        let bucket = BucketState { name: "apps".into(), limit: 10, remaining: 0, reset: at(30_000) };
        // 99 are left, nine a window: eleven windows, the first in 30 s.
        let pace = meter.pace(&[bucket], 10, false, at(1_000));
        assert_eq!(pace.seconds_left, Some(29 + 10 * 60));
    }

    #[test]
    fn what_was_not_tried_is_not_done() {
        let mut meter = Meter::new(&plan(PlanId("p".into()), &draft(), &live()).unwrap());
        meter.saw(&Progress::Begun(1), at(0));
        meter.saw(&Progress::Ended(1, Outcome::NotTried), at(1));
        let pace = meter.pace(&[], 0, false, at(2));
        assert_eq!((pace.done, pace.failed, pace.seconds_left), (0, 0, None));
    }
}
