//! The people of a plan against a count by brute force: who can sign in before, who can after.

use super::super::confirm::Counted;
use super::super::{sample, value::People};
use super::*;
use crate::okta::model::{Assigned, Group, Readable, User};
use crate::setup::Ask;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
struct Org {
    /// The members of each group.
    members: Vec<BTreeSet<usize>>,
    /// Groups that are assigned, that are to be, and that are to go.
    assigned: BTreeSet<usize>,
    add: BTreeSet<usize>,
    remove: BTreeSet<usize>,
    /// People assigned by name, who are to be, and who are to go.
    direct: BTreeSet<usize>,
    add_people: BTreeSet<usize>,
    remove_people: BTreeSet<usize>,
}

const PEOPLE: usize = 12;
const GROUPS: usize = 5;

fn some(of: usize) -> impl Strategy<Value = BTreeSet<usize>> {
    prop::collection::btree_set(0..of, 0..of)
}

prop_compose! {
    fn any_org()(
        members in prop::collection::vec(some(PEOPLE), GROUPS),
        assigned in some(GROUPS), add in some(GROUPS), remove in some(GROUPS),
        direct in some(PEOPLE), add_people in some(PEOPLE), remove_people in some(PEOPLE),
    ) -> Org {
        // What is both wanted and removed is refused as a contradiction; what is not there cannot go.
        let remove: BTreeSet<_> = remove.intersection(&assigned).copied().filter(|g| !add.contains(g)).collect();
        let remove_people = remove_people.intersection(&direct).copied().filter(|p| !add_people.contains(p)).collect();
        Org { members, assigned, add, remove, direct, add_people, remove_people }
    }
}

fn person(n: usize) -> User {
    sample::user(&format!("00u{n}"), &format!("p{n}@acme.example"))
}

impl Org {
    fn group(&self, n: usize) -> Group {
        sample::group(&format!("00g{n}"), &format!("g{n}"), self.members[n].len() as u64)
    }

    fn access(&self, groups: &BTreeSet<usize>, direct: &BTreeSet<usize>) -> BTreeSet<usize> {
        groups.iter().flat_map(|g| self.members[*g].iter().copied()).chain(direct.iter().copied()).collect()
    }

    fn before(&self) -> BTreeSet<usize> {
        self.access(&self.assigned, &self.direct)
    }

    fn after(&self) -> BTreeSet<usize> {
        let groups = self.assigned.union(&self.add).copied().filter(|g| !self.remove.contains(g)).collect();
        let direct = self
            .direct
            .union(&self.add_people)
            .copied()
            .filter(|p| !self.remove_people.contains(p))
            .collect();
        self.access(&groups, &direct)
    }

    fn plan(&self) -> Plan {
        let (mut draft, mut live) = sample::existing();
        live.app_groups =
            Readable::Known(self.assigned.iter().map(|g| sample::app_group(&self.group(*g))).collect());
        live.app_users = Readable::Known(
            self.before()
                .iter()
                .map(|p| {
                    let via =
                        if self.direct.contains(p) { Assigned::Directly } else { Assigned::ThroughGroup };
                    sample::app_user(&person(*p), via)
                })
                .collect(),
        );
        live.groups = (0..GROUPS).map(|g| (format!("g{g}"), vec![self.group(g)])).collect();
        live.people = (0..PEOPLE).map(|p| (person(p).login.to_string(), person(p))).collect();
        live.members = (0..GROUPS)
            .map(|g| (format!("00g{g}"), self.members[g].iter().map(|p| person(*p)).collect()))
            .collect();
        draft.setup.access.groups = self.add.iter().map(|g| format!("g{g}")).collect();
        draft.setup.access.people = self.add_people.iter().map(|p| person(*p).login.to_string()).collect();
        draft.asks = self
            .remove
            .iter()
            .map(|g| Ask::UnassignGroup { id: self.group(*g).id, name: self.group(*g).name })
            .chain(
                self.remove_people
                    .iter()
                    .map(|p| Ask::UnassignPerson { id: person(*p).id, login: person(*p).login }),
            )
            .collect();
        plan(PlanId("p".into()), &draft, &live).unwrap_or_else(|problems| panic!("{problems:?}"))
    }
}

proptest! {
    #[test]
    fn who_gets_and_who_loses_access_is_exact(org in any_org()) {
        let plan = org.plan();
        let (before, after) = (org.before(), org.after());
        let mut lost: Vec<String> = plan
            .changes
            .iter()
            .filter_map(|p| match &p.people {
                People::Lose(who) => Some(who),
                _ => None,
            })
            .flatten()
            .map(ToString::to_string)
            .collect();
        lost.sort();
        let mut wanted: Vec<String> = before.difference(&after).map(|p| person(*p).login.to_string()).collect();
        wanted.sort();
        prop_assert_eq!(lost, wanted);
        let counted = Counted::of(&plan);
        prop_assert_eq!(counted.gain, after.difference(&before).count() as u64);
        prop_assert_eq!(counted.lose, before.difference(&after).count() as u64);
        prop_assert!(!counted.gain_at_most && !counted.lose_at_most && !counted.unknown && !counted.everybody);
    }
}
