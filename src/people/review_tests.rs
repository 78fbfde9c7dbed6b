use super::*;
use crate::okta::model::{GroupKind, UserStatus};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn id(n: usize) -> UserId {
    format!("00u{n}").parse().unwrap()
}

fn group(n: usize) -> Group {
    Group {
        id: format!("00g{n}").parse().unwrap(),
        name: format!("G{n}").as_str().into(),
        description: None,
        kind: GroupKind::Okta,
        members: None,
    }
}

fn app_user(n: usize, via: Assigned) -> AppUser {
    AppUser { id: id(n), via, status: "ACTIVE".into(), user_name: None, profile: serde_json::Map::new() }
}

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
}

fn facts(users: Vec<AppUser>, groups: Vec<(Group, Members)>) -> Facts {
    Facts {
        label: "Gateway".into(),
        read: at(0),
        everybody: false,
        active: true,
        users: Ok(users),
        groups: Ok(groups),
        people: HashMap::new(),
        sign_ins: SignIns::back_to(at(-90)),
    }
}

fn sign_in(n: usize, day: i64) -> LogEvent {
    LogEvent {
        id: "u".into(),
        published: at(day),
        kind: "user.authentication.sso".into(),
        message: "".into(),
        result: crate::okta::model::LogResult::Success,
        reason: None,
        actor: Some(id(n)),
        actor_login: None,
        client: None,
        address: None,
        apps: Vec::new(),
        redirect_uri: None,
        secret_hash: None,
        groups: Vec::new(),
        request_id: None,
    }
}

#[test]
fn the_one_group_that_was_not_read_is_inferred_and_two_are_not() {
    let unread = || Members::NotRead("it is large".into());
    let users = vec![app_user(1, Assigned::ThroughGroup), app_user(2, Assigned::Directly)];
    let one = review(facts(users.clone(), vec![(group(1), unread())]));
    assert_eq!(one.rows[0].ways.words(), "G1");
    assert_eq!(one.rows[1].ways.words(), "by name", "the other may be in it or not");
    assert!(one.notes[0].contains("G1 were not read: it is large"));
    let two = review(facts(users, vec![(group(1), unread()), (group(2), unread())]));
    assert!(two.rows[0].ways.some_group && two.rows[0].ways.groups.is_empty());
}

#[test]
fn the_last_sign_in_is_the_latest_and_none_is_not_unread() {
    let mut all = facts(vec![app_user(1, Assigned::Directly), app_user(2, Assigned::Directly)], Vec::new());
    all.sign_ins.take(&[sign_in(1, -5), sign_in(1, -2), sign_in(1, -9)]);
    assert!(all.sign_ins.cover(&[id(1)]) && !all.sign_ins.cover(&[id(1), id(2)]));
    let read = review(all.clone());
    assert_eq!(read.rows[0].last, LastSignIn::At(at(-2)));
    assert_eq!(read.rows[1].last, LastSignIn::NoneSince(at(-90)));
    all.sign_ins = SignIns::NotRead("403".into());
    let unread = review(all);
    assert!(unread.rows.iter().all(|r| r.last == LastSignIn::NotRead && !r.is_unused()));
    assert!(unread.notes[0].contains("which is not \"never\""));
}

#[test]
fn forbidden_is_not_empty() {
    let mut all = facts(Vec::new(), vec![(group(1), Members::All([id(1)].into()))]);
    all.users = Err("403".into());
    let read = review(all.clone());
    assert_eq!(read.rows.len(), 1, "members of an assigned group have access all the same");
    assert!(read.notes[0].contains("assigned by name are missing"));
    all.users = Ok(vec![app_user(1, Assigned::ThroughGroup)]);
    all.groups = Err("403".into());
    let read = review(all);
    assert!(read.rows[0].ways.some_group);
    assert!(read.notes[0].contains("does not say through which group"));
}

#[test]
fn what_makes_the_assignments_meaningless_is_said() {
    let mut all = facts(Vec::new(), Vec::new());
    (all.everybody, all.active) = (true, false);
    let read = review(all);
    assert!(read.notes[0].contains("Federation Broker Mode") && read.notes[1].contains("inactive"));
}

proptest! {
    /// Against the ways worked out from the truth: who is in which group, who is assigned by name, which groups were read.
    #[test]
    fn the_ways_are_those_of_a_brute_force_computation(
        direct in proptest::collection::btree_set(0..12_usize, 0..6),
        membership in proptest::collection::vec(
            (proptest::collection::btree_set(0..12_usize, 0..8), 0..3_u8, any::<bool>()), 0..5),
        signed_in in proptest::collection::vec((0..12_usize, -90..0_i64), 0..20),
        suspended in proptest::collection::btree_set(0..12_usize, 0..6),
    ) {
        // The truth: (members, is everybody, was read) of each assigned group.
        let everybody: BTreeSet<usize> = (0..12).collect();
        let truth: Vec<(BTreeSet<usize>, bool, bool)> = membership.into_iter()
            .map(|(members, kind, read)| if kind == 0 { (everybody.clone(), true, true) } else { (members, false, read) })
            .collect();
        let assigned: BTreeSet<usize> =
            direct.iter().copied().chain(truth.iter().flat_map(|(m, ..)| m.iter().copied())).collect();
        // What Okta tells of it: a direct assignment hides the groups.
        let users = assigned.iter()
            .map(|n| app_user(*n, if direct.contains(n) { Assigned::Directly } else { Assigned::ThroughGroup }))
            .collect();
        let groups = truth.iter().enumerate().map(|(n, (members, all, read))| {
            let members = match (all, read) {
                (true, _) => Members::Everybody,
                (false, true) => Members::All(members.iter().map(|m| id(*m)).collect()),
                (false, false) => Members::NotRead("too large".into()),
            };
            (group(n), members)
        }).collect();
        let mut all = facts(users, groups);
        let events: Vec<LogEvent> = signed_in.iter().map(|(n, day)| sign_in(*n, *day)).collect();
        for page in events.chunks(3) {
            all.sign_ins.take(page);
        }
        for n in 0..12 {
            let status = if suspended.contains(&n) { UserStatus::Suspended } else { UserStatus::Active };
            let login = format!("p{n:02}@x");
            all.people.insert(id(n), User {
                id: id(n), login: login.as_str().into(), name: "".into(), email: "".into(), status, last_login: None,
            });
        }
        let read = review(all);
        let order: Vec<&str> = read.rows.iter().map(Access::login).collect();
        prop_assert!(order.is_sorted());
        prop_assert_eq!(read.rows.len(), assigned.len());
        for n in assigned {
            let row = read.rows.iter().find(|r| r.id == id(n)).unwrap();
            prop_assert_eq!(row.ways.direct, direct.contains(&n));
            let told: BTreeSet<String> = row.ways.groups.iter().map(|(g, _)| g.to_string()).collect();
            let mut really = BTreeSet::new();
            let mut known = BTreeSet::new();
            for (g, (members, _, read)) in truth.iter().enumerate() {
                if members.contains(&n) {
                    really.insert(format!("00g{g}"));
                    if *read { known.insert(format!("00g{g}")); }
                }
            }
            // Nothing is said that is not true, and everything that was read is said.
            prop_assert!(told.is_subset(&really), "{told:?} {really:?}");
            prop_assert!(known.is_subset(&told), "{known:?} {told:?}");
            prop_assert_eq!(row.ways.has_group() || row.ways.direct, true, "everybody in the list has some way");
            if row.ways.some_group { prop_assert!(known.is_empty() && !really.is_empty()); }
            let last = signed_in.iter().filter(|(p, _)| *p == n).map(|(_, day)| at(*day)).max();
            prop_assert_eq!(row.last, last.map_or(LastSignIn::NoneSince(at(-90)), LastSignIn::At));
            prop_assert_eq!(row.is_inactive(), suspended.contains(&n));
        }
    }
}
