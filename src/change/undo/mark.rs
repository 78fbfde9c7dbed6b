//! How a change of an undo names the writes that it undoes: a sentence among its details, written and read here only. It goes into
//! the journal with the plan, so that the history knows what was undone without another kind of line.

use crate::change::value::{PlanId, Planned};
use std::collections::BTreeMap;

const BEGINS: &str = "Undoes ";
const BETWEEN: &str = " of plan ";

/// What ends the id of a plan that is an undo.
const UNDO: &str = "-undo";

impl PlanId {
    /// This id for a plan that undoes others.
    pub fn for_undo(self) -> Self {
        Self(self.0 + UNDO)
    }

    /// Whether the plan with this id undoes others.
    pub fn is_undo(&self) -> bool {
        self.0.ends_with(UNDO)
    }
}

/// One sentence for each plan: `Undoes 1, 3-500 of plan 20261122-1a2b3c4d.`
pub(super) fn sentences<'a>(writes: impl IntoIterator<Item = (&'a PlanId, usize)>) -> Vec<String> {
    let mut by_plan: BTreeMap<&PlanId, Vec<usize>> = BTreeMap::new();
    for (plan, number) in writes {
        by_plan.entry(plan).or_default().push(number);
    }
    by_plan.into_iter().map(|(plan, n)| format!("{BEGINS}{}{BETWEEN}{}.", ranges(n), plan.0)).collect()
}

fn ranges(mut numbers: Vec<usize>) -> String {
    numbers.sort_unstable();
    numbers.dedup();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for n in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => runs.push((n, n)),
        }
    }
    let words = runs.into_iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") });
    words.collect::<Vec<_>>().join(", ")
}

/// The writes that a change says it undoes: plans, each with the first and the last of every run of numbers in it.
pub fn undoes(planned: &Planned) -> Vec<(PlanId, Vec<(usize, usize)>)> {
    planned.details.iter().filter_map(|line| read(line)).collect()
}

fn read(line: &str) -> Option<(PlanId, Vec<(usize, usize)>)> {
    let (numbers, plan) = line.strip_prefix(BEGINS)?.strip_suffix('.')?.split_once(BETWEEN)?;
    let run = |part: &str| match part.split_once('-') {
        Some((a, b)) => Some((a.parse().ok()?, b.parse().ok()?)),
        None => part.parse().ok().map(|n| (n, n)),
    };
    let runs = numbers.split(", ").map(run).collect::<Option<Vec<_>>>()?;
    Some((PlanId(plan.to_owned()), runs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_undo_is_known_by_its_id() {
        let id = PlanId("20261122-1a2b3c4d".into());
        assert!(!id.is_undo() && id.for_undo().is_undo());
    }

    #[test]
    fn a_sentence_for_each_plan() {
        let (a, b) = (PlanId("20261122-aa".into()), PlanId("20261122-bb".into()));
        let said = sentences([(&a, 3), (&b, 1), (&a, 5), (&a, 4), (&a, 1), (&a, 3)]);
        assert_eq!(said, ["Undoes 1, 3-5 of plan 20261122-aa.", "Undoes 1 of plan 20261122-bb."]);
        assert_eq!(read("Undoes what you did of plan x."), None);
        assert_eq!(read("Undo: none, Okta removes no logo."), None);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(numbers in prop::collection::btree_set(1usize..600, 1..40)) {
            let plan = PlanId("20261122-1a2b3c4d".into());
            let said = sentences(numbers.iter().map(|n| (&plan, *n)));
            let (read_plan, runs) = read(&said[0]).unwrap();
            let all: Vec<usize> = runs.into_iter().flat_map(|(a, b)| a..=b).collect();
            prop_assert_eq!((read_plan, all), (plan, numbers.into_iter().collect::<Vec<_>>()));
        }
    }
}
