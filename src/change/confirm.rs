//! What a plan costs, and what must be typed before it is applied.

use super::value::{Allowed, Change, People, Plan, Planned, Risk};
use crate::okta::model::BucketState;
use crate::text::{plural, time};

/// Calls and time of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Calls that apply makes when all goes well; changes that may not be made left out.
    pub calls: usize,
    /// About how long it takes, in seconds.
    pub seconds: u64,
    /// For the plan's head: `9 calls, about 5 s`.
    pub sentence: String,
}

/// How many calls of assignments go out at once, at most: see `apply`.
const AT_ONCE: u64 = 50;

/// Percent of each rate limit that is left to the org's other users while a plan is applied, where nothing else is set.
pub const HEADROOM: u8 = 10;

/// Estimates the time of a plan from the rate-limit buckets as last seen. A call takes about half a second; assignments of people go
/// out side by side. `headroom` percent of each limit stay with the org's other users; where a bucket has fewer requests left than
/// the plan needs, the rest waits for whole windows of 60 s.
pub fn estimate(plan: &Plan, buckets: &[BucketState], headroom: u8) -> Estimate {
    let calls: Vec<&str> = may(plan).flat_map(|p| p.calls.iter().map(String::as_str)).collect();
    let side_by_side: usize = may(plan)
        .filter(|p| matches!(p.change, Change::AssignPerson { .. } | Change::UnassignPerson { .. }))
        .map(|p| p.calls.len())
        .sum();
    let tightest = buckets
        .iter()
        .filter_map(|bucket| {
            let needed = calls.iter().filter(|c| **c == bucket.name).count() as u64;
            let kept = u64::from(bucket.limit) * u64::from(headroom) / 100;
            let over = needed.saturating_sub(u64::from(bucket.remaining).saturating_sub(kept));
            let window = u64::from(bucket.limit).saturating_sub(kept).max(1);
            (over > 0).then(|| (over.div_ceil(window), bucket))
        })
        .max_by_key(|(windows, _)| *windows);
    let one_after_the_other = (calls.len() - side_by_side) as u64;
    let own = (one_after_the_other + (side_by_side as u64).div_ceil(AT_ONCE)).div_ceil(2);
    let seconds = own + tightest.map_or(0, |(windows, _)| windows * 60);
    let counted = plural(calls.len(), "call");
    let sentence = match tightest {
        _ if calls.is_empty() => counted,
        None => format!("{counted}, about {}", time::length(seconds)),
        Some((_, bucket)) => {
            format!("{counted}, about {} at Okta's {} a minute", time::length(seconds), bucket.limit,)
        }
    };
    Estimate { calls: calls.len(), seconds, sentence }
}

/// The people of a plan, each counted once; changes that may not be made left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many get access.
    pub gain: u64,
    /// Of those that get access the number is a bound.
    pub gain_at_most: bool,
    /// Everybody in the org gets access.
    pub everybody: bool,
    /// How many lose access.
    pub lose: u64,
    /// Of those that lose access the number is a bound.
    pub lose_at_most: bool,
    /// For some change it could not be counted.
    pub unknown: bool,
}

impl Counted {
    /// Counts.
    pub fn of(plan: &Plan) -> Self {
        let mut counted = Self::default();
        for planned in may(plan) {
            match &planned.people {
                People::Gain(n) => counted.gain += n,
                People::GainAtMost(n) => {
                    counted.gain += n;
                    counted.gain_at_most = true;
                }
                People::Lose(who) => counted.lose += who.len() as u64,
                People::LoseAtMost(n) => {
                    counted.lose += n;
                    counted.lose_at_most = true;
                }
                People::Everybody => counted.everybody = true,
                People::Unknown => counted.unknown = true,
                People::None | People::Touched(_) => {}
            }
        }
        counted
    }

    /// `212 people get access, 14 lose it`; empty when nobody's access changes.
    pub fn sentence(&self) -> String {
        let people = |n: u64| if n == 1 { "1 person".to_owned() } else { format!("{n} people") };
        let at_most = |bound: bool| if bound { "at most " } else { "" };
        let mut parts = Vec::new();
        if self.everybody {
            parts.push("everybody in the org gets access".to_owned());
        } else if self.gain > 0 {
            let verb = if self.gain == 1 { "gets" } else { "get" };
            parts.push(format!("{}{} {verb} access", at_most(self.gain_at_most), people(self.gain)));
        }
        if self.lose > 0 {
            let verb = if self.lose == 1 { "loses" } else { "lose" };
            parts.push(format!("{}{} {verb} access", at_most(self.lose_at_most), people(self.lose)));
        }
        if self.unknown {
            parts.push("for one change or more it could not be counted".to_owned());
        }
        parts.join(", ")
    }
}

/// What must be typed before a plan is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The question: `14 people lose access. Type 14 to apply 1 to 5`.
    pub prompt: String,
    /// The answer that counts; compared without the blanks around it.
    pub expected: String,
}

/// What must be typed, or `None` when `y` is enough (with *No* as the default). CUT and GONE are typed everywhere; in an org marked
/// `prod`, changes are too. Where people lose access their number is typed, else the app's name, or, where that is not ASCII and
/// may be hard to type, the number of changes.
pub fn needs_typing(plan: &Plan, prod: bool) -> Option<Typed> {
    let worst = may(plan).map(|p| p.risk).max()?;
    if worst < if prod { Risk::Change } else { Risk::Cut } {
        return None;
    }
    let counted = Counted::of(plan);
    let (lose, bound) = (counted.lose, counted.lose_at_most);
    let count = may(plan).count();
    let apply = format!("apply {}", plural(count, "change"));
    if lose > 0 {
        let (at_most, people) =
            (if bound { "At most " } else { "" }, if lose == 1 { "person" } else { "people" });
        let verb = if lose == 1 && !bound { "loses" } else { "lose" };
        return Some(Typed {
            prompt: format!("{at_most}{lose} {people} {verb} access. Type {lose} to {apply}"),
            expected: lose.to_string(),
        });
    }
    let what = match worst {
        Risk::Gone => "There is no way back",
        Risk::Cut => cut_words(plan),
        Risk::Change | Risk::Add => "This is a production org",
    };
    let label = plan.label.as_str().trim();
    let expected = if label.is_ascii() && !label.is_empty() { label.to_owned() } else { count.to_string() };
    Some(Typed { prompt: format!("{what}. Type {expected} to {apply}"), expected })
}

impl Typed {
    /// Whether this is the answer.
    pub fn matches(&self, answer: &str) -> bool {
        answer.trim() == self.expected
    }
}

fn cut_words(plan: &Plan) -> &'static str {
    let unassigns = may(plan).any(|p| {
        p.risk == Risk::Cut
            && matches!(p.change, Change::UnassignGroup { .. } | Change::UnassignPerson { .. })
    });
    if unassigns { "People lose access; how many is not known" } else { "A client may stop working" }
}

fn may(plan: &Plan) -> impl Iterator<Item = &Planned> {
    plan.changes.iter().filter(|p| p.allowed == Allowed::Yes)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{draft, existing, live, me};
    use super::super::value::PlanId;
    use super::super::{Live, plan};
    use super::*;
    use crate::setup::{Ask, Draft};
    use crate::text::Clean;

    fn make(draft: &Draft, live: &Live) -> Plan {
        plan(PlanId("p".into()), draft, live).unwrap()
    }

    fn bucket(name: &str, limit: u32, remaining: u32) -> BucketState {
        let reset = "2026-11-22T12:00:00Z".parse().unwrap();
        BucketState { name: name.into(), limit, remaining, reset }
    }

    #[test]
    fn the_estimate_waits_for_whole_windows_of_the_tightest_bucket() {
        let mut plan = make(&draft(), &live());
        assert_eq!(estimate(&plan, &[], HEADROOM).sentence, "4 calls, about 2 s");
        assert_eq!(estimate(&plan, &[bucket("apps", 10, 3)], HEADROOM).sentence, "4 calls, about 2 s");
        let tight = estimate(&plan, &[bucket("other", 50, 50), bucket("apps", 10, 1)], HEADROOM);
        assert_eq!(tight.sentence, "4 calls, about 1 min 2 s at Okta's 10 a minute");
        assert_eq!((tight.calls, tight.seconds), (4, 62));
        assert_eq!(estimate(&plan, &[bucket("apps", 1, 0)], HEADROOM).seconds, 122);
        assert_eq!(
            estimate(&plan, &[bucket("apps", 0, 0)], HEADROOM).seconds,
            122,
            "a limit of 0 is a concurrency limit"
        );
        plan.changes.clear();
        assert_eq!(estimate(&plan, &[], HEADROOM).sentence, "0 calls");
    }

    #[test]
    fn what_may_not_be_made_costs_nothing() {
        let mut live = live();
        live.me = Some(me(&["APP_ADMIN"]));
        assert_eq!(estimate(&make(&draft(), &live), &[], HEADROOM).calls, 2);
        live.me = Some(me(&["READ_ONLY_ADMIN"]));
        let plan = make(&draft(), &live);
        assert_eq!((estimate(&plan, &[], HEADROOM).calls, needs_typing(&plan, true)), (0, None));
    }

    #[test]
    fn what_must_be_typed() {
        let (mut draft, mut live) = existing();
        assert_eq!(needs_typing(&make(&draft, &live), true), None, "nothing to do");
        draft.setup.app.pkce_required = true;
        let change = make(&draft, &live);
        assert_eq!(needs_typing(&change, false), None);
        let typed = needs_typing(&change, true).unwrap();
        assert_eq!(typed.prompt, "This is a production org. Type Cequence AI Gateway to apply 1 change");
        assert!(
            typed.matches(" Cequence AI Gateway ")
                && !typed.matches("cequence ai gateway")
                && !typed.matches("y")
        );

        draft.asks = vec![Ask::RemoveRedirectUri("https://other.example/cb".into())];
        let mut cut = make(&draft, &live);
        let typed = needs_typing(&cut, false).unwrap();
        assert_eq!(typed.prompt, "A client may stop working. Type Cequence AI Gateway to apply 1 change");
        cut.label = Clean::new("ゲートウェイ");
        assert_eq!(needs_typing(&cut, false).unwrap().expected, "1");

        draft.setup.access.groups.clear();
        draft.asks = vec![Ask::UnassignGroup { id: "00gMcp".parse().unwrap(), name: "MCP-Users".into() }];
        let typed = needs_typing(&make(&draft, &live), false).unwrap();
        assert_eq!(typed.prompt, "At most 212 people lose access. Type 212 to apply 2 changes");
        live.groups.clear();
        let typed = needs_typing(&make(&draft, &live), false).unwrap();
        assert!(typed.prompt.starts_with("People lose access; how many is not known."), "{}", typed.prompt);
    }
}
