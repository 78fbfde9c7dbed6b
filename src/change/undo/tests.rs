//! The history from a journal's lines, and plans from it against small orgs made by hand.

use super::super::inverse::{Before, inverse};
use super::super::journal::{self, Entry};
use super::super::sample::{app_group, app_user, draft, group, live, live_app, me, policy, rule, user};
use super::super::value::{Allowed, AppRef, Change, Inverse, Outcome, People, Plan, PlanId, PolicyRef, Risk};
use super::super::{describe, plan as make_plan};
use super::*;
use crate::okta::model::{App, AppId, AppStatus, Assigned, ClientSecret, Readable};
use crate::text::Clean;
use proptest::prelude::*;
use serde_json::json;

const ORG: &str = "https://acme.okta.com";

fn id() -> AppId {
    "0oaApp1".parse().unwrap()
}

fn at(n: usize) -> jiff::Timestamp {
    "2026-11-22T12:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_secs(n as i64)
}

/// A plan of these changes, without more words than it needs.
fn plan_of(name: &str, changes: Vec<Change>) -> Plan {
    let mut plan = make_plan(PlanId(name.into()), &draft(), &live()).unwrap();
    let label = Clean::new("Cequence AI Gateway");
    let planned = |(i, c)| describe::planned(i + 1, c, People::None, Vec::new(), None, &label);
    plan.changes = changes.into_iter().enumerate().map(planned).collect();
    plan.reason = "CHG1".into();
    plan
}

/// The lines of plans that were applied whole: each change made, with what stood there before.
#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn write(&mut self, entry: Entry) {
        let line = journal::write(entry, at(self.0.len())).unwrap();
        self.0.push(line);
    }

    fn start(&mut self, plan: &Plan) {
        self.write(Entry::PlanStarted { plan: Box::new(plan.clone()), who: "ada@acme.example".into() });
    }

    fn intent(&mut self, plan: &Plan, number: usize, before: Before) {
        let change = plan.changes[number - 1].change.clone();
        let back = inverse(&change, &before, None);
        self.write(Entry::Intent {
            plan: plan.id.clone(),
            number,
            change: Box::new(change),
            org: ORG.into(),
            reason: plan.reason.clone(),
            who: "ada@acme.example".into(),
            before: Box::new(before),
            inverse: Some(Box::new(back)),
        });
    }

    fn outcome(&mut self, plan: &Plan, number: usize, made: Option<&str>) {
        let change = &plan.changes[number - 1].change;
        let back = made.map(|id| Box::new(inverse(change, &Before::Nothing, Some(id))));
        let outcome = Outcome::Done { request_id: Some("Zx".into()), made: made.map(str::to_owned) };
        self.write(Entry::Outcome { plan: plan.id.clone(), number, outcome, inverse: back });
    }

    fn applied(mut self, plan: &Plan, made: &[Option<&str>], before: &[Before]) -> Self {
        self.start(plan);
        for number in 1..=plan.changes.len() {
            self.intent(plan, number, before.get(number - 1).cloned().unwrap_or(Before::Nothing));
            self.outcome(plan, number, made.get(number - 1).copied().flatten());
        }
        self.write(Entry::PlanEnded { plan: plan.id.clone(), given_up: false });
        self
    }

    fn history(&self) -> History {
        History::of(&journal::read(&self.0))
    }
}

/// Changes applied in one plan `p1`.
fn applied(changes: Vec<Change>, made: &[Option<&str>], before: &[Before]) -> History {
    Lines::default().applied(&plan_of("p1", changes), made, before).history()
}

fn now_with(app: Option<App>) -> Now {
    let mut now = Now { me: Some(me(&["SUPER_ADMIN"])), ..Now::default() };
    let users = Readable::Known(Vec::new());
    let groups = Readable::Known(Vec::new());
    now.apps.insert(id(), AppNow { app, users, groups, secrets: Readable::Known(Vec::new()) });
    now
}

fn app_now(now: &mut Now) -> &mut AppNow {
    now.apps.get_mut(&id()).unwrap()
}

fn undo(history: &History, chosen: &[usize], now: &Now) -> Result<Plan, Vec<Left>> {
    plan(PlanId("undo".into()), ORG, "CHG2", chosen, history, now)
}

fn titles(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(|c| c.title.to_string()).collect()
}

fn assign(name: &str) -> Change {
    let group = format!("00g{name}").parse().unwrap();
    Change::AssignGroup { app: AppRef::Known(id()), group, name: name.into() }
}

fn unassign(name: &str) -> Change {
    Change::UnassignGroup { app: id(), group: format!("00g{name}").parse().unwrap(), name: name.into() }
}

fn with_groups(now: &mut Now, names: &[&str]) {
    let group = |n: &&str| app_group(&group(&format!("00g{n}"), n, 2));
    app_now(now).groups = Readable::Known(names.iter().map(group).collect());
}

#[test]
fn a_write_is_told_whole() {
    let history = applied(vec![assign("A"), assign("B")], &[], &[]);
    let [a, b] = &history.writes[..] else { panic!("{history:#?}") };
    assert_eq!((a.number, b.number, b.in_plan, b.plan.0.as_str()), (1, 2, 2, "p1"));
    assert_eq!((a.who.as_str(), a.reason.as_str(), a.org.as_str()), ("ada@acme.example", "CHG1", ORG));
    assert_eq!((a.word(), a.way_back(), a.label.as_str()), ("done", "exact", "Cequence AI Gateway"));
    assert_eq!(a.request_id.as_ref().unwrap().as_str(), "Zx");
    assert_eq!(history.open_plans().count(), 0);
    assert_eq!(history.of_plan("p1"), [1, 2]);
}

#[test]
fn a_write_that_is_tried_again_is_one_write() {
    let plan = plan_of("p1", vec![assign("A")]);
    let mut lines = Lines::default();
    lines.start(&plan);
    lines.intent(&plan, 1, Before::Nothing);
    assert_eq!(lines.history().writes[0].word(), "not known");
    assert_eq!(lines.history().open_plans().count(), 1);
    lines.intent(&plan, 1, Before::Nothing);
    lines.outcome(&plan, 1, None);
    let history = lines.history();
    assert_eq!((history.writes.len(), history.writes[0].word()), (1, "done"));
    // Made, taken away by hand, and made by the same plan again: two writes.
    lines.intent(&plan, 1, Before::Nothing);
    lines.outcome(&plan, 1, None);
    assert_eq!(lines.history().writes.len(), 2);
}

#[test]
fn a_lost_line_leaves_what_the_others_tell() {
    let plan = plan_of("p1", vec![assign("A")]);
    let whole = Lines::default().applied(&plan, &[], &[]);
    let without = |lost: &[usize]| {
        let lines = whole.0.iter().enumerate().filter(|(i, _)| !lost.contains(i)).map(|(_, l)| l.clone());
        Lines(lines.collect()).history()
    };
    let no_intent = without(&[1]);
    assert_eq!((no_intent.writes[0].word(), no_intent.writes[0].way_back()), ("done", "exact"));
    assert_eq!(no_intent.writes[0].title.as_str(), "assign group A");
    let no_start = without(&[0]);
    assert_eq!((no_start.writes[0].word(), no_start.writes[0].title.as_str()), ("done", "assign group A"));
    let neither = without(&[0, 1]);
    assert_eq!((neither.writes[0].change.as_ref(), neither.writes[0].way_back()), (None, "none"));
    assert!(neither.writes[0].title.as_str().contains("line is lost"));
    assert_eq!(without(&[2]).writes[0].word(), "not known");
}

#[test]
fn groups_newest_first_and_only_what_still_is() {
    let history = applied(vec![assign("A"), assign("B"), unassign("C")], &[], &[]);
    let mut now = now_with(Some(live_app()));
    with_groups(&mut now, &["A", "B"]);
    let c: crate::okta::model::GroupId = "00gC".parse().unwrap();
    now.groups.insert(c.clone(), Readable::Known(Some(group("00gC", "C renamed", 3))));
    let plan = undo(&history, &[1, 2, 3], &now).unwrap();
    assert_eq!(titles(&plan), ["assign group C renamed", "remove group B", "remove group A"]);
    assert!(plan.changes[0].details.iter().any(|d| d == "It was named C then, and is named C renamed now."));
    assert!(plan.changes[0].details.iter().any(|d| d.starts_with("What does not come back:")));
    assert!(plan.changes[1].details.contains(&"Undoes 2 of plan p1.".to_owned()), "{plan:#?}");
    assert_eq!((plan.app.clone(), plan.app_read_at.as_deref()), (Some(id()), live_app().last_updated()));
    assert_eq!(plan.hand_over.client_id, live_app().client_id());

    with_groups(&mut now, &["B", "C"]);
    let plan = undo(&history, &[1, 2, 3], &now).unwrap();
    assert_eq!(titles(&plan), ["remove group B"]);
    assert_eq!(plan.notes.len(), 2, "{:?}", plan.notes);
    with_groups(&mut now, &["B"]);
    now.groups.insert(c, Readable::Known(None));
    let plan = undo(&history, &[2, 3], &now).unwrap();
    assert!(
        plan.notes[0].contains("Not undone: 3") && plan.notes[0].contains("deleted since"),
        "{:?}",
        plan.notes
    );
    let left = undo(&history, &[3], &now).unwrap_err();
    assert_eq!((left.len(), left[0].number), (1, 3));
}

#[test]
fn what_cancels_out_is_not_written() {
    // Assigned, taken away, assigned again: undoing all of it takes it away once.
    let history = applied(vec![assign("A"), unassign("A"), assign("A")], &[], &[]);
    let mut now = now_with(Some(live_app()));
    with_groups(&mut now, &["A"]);
    let plan = undo(&history, &[1, 2, 3], &now).unwrap();
    assert_eq!(titles(&plan), ["remove group A"]);
    assert!(plan.notes[0].contains("cancel each other out"), "{:?}", plan.notes);
    let plan = undo(&history, &[2, 3], &now).unwrap();
    assert_eq!(titles(&plan), Vec::<String>::new());
}

#[test]
fn what_was_made_and_deleted_again_stays_away() {
    let server = || "default".parse().unwrap();
    let body = json!({"name": "r"}).as_object().unwrap().clone();
    let in_policy = || "00p1".parse::<crate::okta::model::PolicyId>().unwrap();
    let makes = Change::CreateRule { server: server(), policy: PolicyRef::Known(in_policy()), body };
    let deletes = Change::DeleteRule {
        server: server(),
        policy: in_policy(),
        rule: "0prr".parse().unwrap(),
        name: "r".into(),
    };
    let image = Before::Rule(serde_json::from_value(rule("r", json!({}), &["*"])).unwrap());
    let history = applied(vec![makes, deletes], &[Some("0prr")], &[Before::Nothing, image]);
    let mut now = now_with(Some(live_app()));
    let live = policy("00p1", "P", &["0oaApp1"], Vec::new());
    now.policies.insert(server(), Readable::Known(Some(vec![live])));
    assert_eq!(titles(&undo(&history, &[1, 2], &now).unwrap()), Vec::<String>::new());
    assert_eq!(titles(&undo(&history, &[2], &now).unwrap()), ["rule \"r\" on \"default\""]);
    // A secret that was switched off and on again.
    let secret = "ocs1".parse::<crate::okta::model::SecretId>().unwrap();
    let off = Change::DeactivateSecret { app: id(), secret: secret.clone() };
    let on = Change::ActivateSecret { app: id(), secret: secret.clone() };
    let history = applied(vec![off, on], &[], &[]);
    let other = "ocs2".parse().unwrap();
    let active = |id| ClientSecret { id, value: None, hash: None, active: true, created: None };
    app_now(&mut now).secrets = Readable::Known(vec![active(secret), active(other)]);
    assert_eq!(titles(&undo(&history, &[1, 2], &now).unwrap()), Vec::<String>::new());
    assert_eq!(undo(&history, &[2], &now).unwrap().changes.len(), 1);
}

#[test]
fn a_person_comes_back_with_profile_and_name_and_not_when_deactivated() {
    let ana = user("00uana", "ana@acme.example");
    let mut image = app_user(&ana, Assigned::Directly);
    image.profile.insert("locale".into(), json!("pl"));
    image.user_name = Some("ana.gateway".into());
    let goes = Change::UnassignPerson { app: id(), person: ana.id.clone(), login: ana.login.clone() };
    let history = applied(vec![goes], &[], &[Before::Person(image)]);
    let mut now = now_with(Some(live_app()));
    now.people.insert(ana.id.clone(), Readable::Known(Some(ana.clone())));
    let plan = undo(&history, &[1], &now).unwrap();
    assert_eq!(
        titles(&plan),
        ["assign ana@acme.example", "call ana@acme.example \"ana.gateway\" in this app"]
    );
    assert!(
        matches!(&plan.changes[0].change, Change::AssignPerson { profile: Some(p), .. } if p["locale"] == "pl")
    );
    assert_eq!(plan.changes[0].people, People::Gain(1));
    // Its mark is on the last: half an undo is none.
    assert!(undoes(&plan.changes[0]).is_empty() && undoes(&plan.changes[1]).len() == 1);
    let mut gone = ana.clone();
    gone.status = crate::okta::model::UserStatus::Deprovisioned;
    now.people.insert(ana.id.clone(), Readable::Known(Some(gone)));
    assert!(undo(&history, &[1], &now).unwrap_err()[0].why.contains("deactivated"));
}

#[test]
fn names_go_back_to_the_first_and_a_name_of_somebody_elses_stays() {
    let ana = user("00uana", "ana@acme.example");
    let name = |from: &str, to: &str| Change::SetUserName {
        app: id(),
        person: ana.id.clone(),
        login: ana.login.clone(),
        from: Some(from.into()),
        to: to.into(),
    };
    let history = applied(vec![name("a", "b"), name("b", "c")], &[], &[]);
    let mut now = now_with(Some(live_app()));
    let called = |n: &str| {
        let mut assigned = app_user(&ana, Assigned::Directly);
        assigned.user_name = Some(n.into());
        Readable::Known(vec![(assigned, Some(ana.clone()))])
    };
    app_now(&mut now).users = called("c");
    let plan = undo(&history, &[1, 2], &now).unwrap();
    assert_eq!(titles(&plan), ["call ana@acme.example \"a\" in this app"]);
    assert!(plan.changes[0].details.contains(&"Undoes 1-2 of plan p1.".to_owned()));
    let there_and_back = applied(vec![name("a", "b"), name("b", "a")], &[], &[]);
    app_now(&mut now).users = called("a");
    assert!(undo(&there_and_back, &[1, 2], &now).unwrap().changes.is_empty());
    app_now(&mut now).users = called("theirs");
    assert!(undo(&history, &[2], &now).unwrap_err()[0].why.contains("\"theirs\""));
}

#[test]
fn edits_become_one_and_come_first() {
    let mut second = live_app();
    second.0["label"] = json!("B");
    let mut third = second.clone();
    third.0["label"] = json!("C");
    third.0.insert("invented".into(), json!("changed"));
    let edit = |before: &App, after: &App| Change::EditApp {
        before: before.clone(),
        after: after.clone(),
        fields: Vec::new(),
    };
    let history = applied(vec![edit(&live_app(), &second), assign("A"), edit(&second, &third)], &[], &[]);
    let mut live = third.clone();
    live.0["lastUpdated"] = json!("2026-11-22T13:00:00.000Z");
    let mut now = now_with(Some(live));
    with_groups(&mut now, &["A"]);
    let plan = undo(&history, &[1, 2, 3], &now).unwrap();
    let said = titles(&plan);
    assert!(said[0].starts_with("edit the app: ") && said[0].contains("name"), "{said:?}");
    assert_eq!(said[1..], ["remove group A"]);
    let Change::EditApp { before, after, .. } = &plan.changes[0].change else { panic!() };
    assert_eq!((before.raw_label(), after.raw_label()), ("C", "Cequence AI Gateway"));
    assert_eq!(after.0["invented"], live_app().0["invented"]);
    let said = &plan.changes[0].details;
    assert!(said.contains(&"name: C → Cequence AI Gateway".to_owned()), "{said:?}");
    assert_eq!(plan.app_read_at, before.last_updated().map(str::to_owned));
    // The first alone: its field was changed again, by the third.
    let left = undo(&history, &[1], &now).unwrap_err();
    assert!(left[0].why.contains("\"C\"") && left[0].why.contains("from here later, by 3"), "{left:?}");
    assert!(
        plan.changes[0].details.contains(&"Undoes 1, 3 of plan p1.".to_owned()),
        "{:?}",
        plan.changes[0].details
    );
}

#[test]
fn an_app_goes_with_all_that_was_done_to_it() {
    let create = Change::CreateApp { body: live_app().0 };
    let ana = user("00uana", "ana@acme.example");
    let (policy_body, client) = (json!({"name": "P"}), AppRef::Known(id()));
    let access = Change::CreatePolicy {
        server: "default".parse().unwrap(),
        client,
        body: policy_body.as_object().unwrap().clone(),
    };
    let in_it = Change::CreateRule {
        server: "default".parse().unwrap(),
        policy: PolicyRef::Known("00p1".parse().unwrap()),
        body: json!({"name": "r"}).as_object().unwrap().clone(),
    };
    let made = [Some("0oaApp1"), None, Some("00p1"), Some("0prr")];
    let history = applied(vec![create, assign("A"), access, in_it], &made, &[]);
    let mut now = now_with(Some(live_app()));
    with_groups(&mut now, &["A", "Theirs"]);
    app_now(&mut now).users =
        Readable::Known(vec![(app_user(&ana, Assigned::ThroughGroup), Some(ana.clone()))]);
    let theirs = rule("theirs", json!({}), &["*"]);
    let live = policy("00p1", "P", &["0oaApp1"], vec![rule("r", json!({}), &["*"]), theirs]);
    now.policies.insert("default".parse().unwrap(), Readable::Known(Some(vec![live])));
    let plan = undo(&history, &[1, 2, 3, 4], &now).unwrap();
    let wanted = [
        "delete access policy \"P\" on \"default\"",
        "deactivate the app \"Cequence AI Gateway\"",
        "delete the app \"Cequence AI Gateway\"",
    ];
    assert_eq!(titles(&plan), wanted);
    let said = |n: usize, what: &str| plan.changes[n].details.iter().any(|d| d.contains(what));
    assert!(said(0, "\"theirs\"") && said(0, "Undoes 3-4 of plan p1."), "{:?}", plan.changes[0].details);
    assert!(said(2, "Theirs") && said(2, "Undoes 1-2 of plan p1."), "{:?}", plan.changes[2].details);
    assert!(said(2, "Undo: none."), "{:?}", plan.changes[2].details);
    assert_eq!(plan.changes[1].people, People::Lose(vec![ana.login.clone()]));
    assert_eq!((plan.changes[2].risk, plan.changes[2].people.clone()), (Risk::Gone, People::None));
    // Inactive already: it is deleted all the same. Gone: nothing is left.
    let mut inactive = live_app();
    inactive.0["status"] = json!("INACTIVE");
    assert_eq!(inactive.status(), AppStatus::Inactive);
    app_now(&mut now).app = Some(inactive);
    assert_eq!(titles(&undo(&history, &[1], &now).unwrap()), wanted[2..]);
    app_now(&mut now).app = None;
    assert!(undo(&history, &[1, 2], &now).unwrap().changes.is_empty());
    // A policy that others use by now is not taken from them.
    let shared = policy("00p1", "P", &["0oaApp1", "0oaOther"], Vec::new());
    now.policies.insert("default".parse().unwrap(), Readable::Known(Some(vec![shared])));
    assert!(undo(&history, &[3], &now).unwrap_err()[0].why.contains("other clients"));
}

#[test]
fn a_policy_comes_back_with_its_rules() {
    let raw = |v: serde_json::Value| serde_json::from_value::<crate::okta::model::Rule>(v).unwrap();
    let rules = vec![raw(rule("r", json!({}), &["*"])), raw(rule("s", json!({}), &["*"]))];
    let before = Before::Policy { policy: policy("00p1", "P", &["0oaApp1"], Vec::new()), rules };
    let goes = Change::DeletePolicy {
        server: "default".parse().unwrap(),
        policy: "00p1".parse().unwrap(),
        name: "P".into(),
    };
    let history = applied(vec![assign("A"), goes], &[], &[Before::Nothing, before]);
    let mut now = now_with(Some(live_app()));
    with_groups(&mut now, &["A"]);
    now.policies.insert("default".parse().unwrap(), Readable::Known(Some(Vec::new())));
    let plan = undo(&history, &[1, 2], &now).unwrap();
    assert_eq!(plan.changes.len(), 4, "{:?}", titles(&plan));
    for change in &plan.changes[1..3] {
        assert!(
            matches!(&change.change, Change::CreateRule { policy: PolicyRef::MadeBy(1), .. }),
            "{change:?}"
        );
    }
    now.policies.insert("default".parse().unwrap(), Readable::Known(None));
    assert!(undo(&history, &[2], &now).unwrap_err()[0].why.contains("server was deleted"));
    app_now(&mut now).app = None;
    assert!(undo(&history, &[2], &now).unwrap_err()[0].why.contains("app that the policy was for"));
}

#[test]
fn a_secret_goes_unless_it_is_the_last_one() {
    let add = Change::AddSecret { app: AppRef::Known(id()), known: Vec::new() };
    let history = applied(vec![add], &[Some("ocs2")], &[]);
    let secret = |id: &str, active| ClientSecret {
        id: id.parse().unwrap(),
        value: None,
        hash: None,
        active,
        created: None,
    };
    let mut now = now_with(Some(live_app()));
    let mut with = |secrets: Vec<ClientSecret>| {
        app_now(&mut now).secrets = Readable::Known(secrets);
        undo(&history, &[1], &now)
    };
    assert_eq!(with(vec![secret("ocs1", true), secret("ocs2", true)]).unwrap().changes.len(), 2);
    assert_eq!(with(vec![secret("ocs1", true), secret("ocs2", false)]).unwrap().changes.len(), 1);
    assert!(
        with(vec![secret("ocs1", false), secret("ocs2", true)]).unwrap_err()[0].why.contains("only active")
    );
    assert!(with(vec![secret("ocs1", true)]).unwrap().changes.is_empty());
}

#[test]
fn a_rotation_goes_back_as_far_as_it_can() {
    let secret = |id: &str, active| ClientSecret {
        id: id.parse().unwrap(),
        value: None,
        hash: None,
        active,
        created: None,
    };
    let old = || "ocs1".parse::<crate::okta::model::SecretId>().unwrap();
    let mut changes = vec![
        Change::AddSecret { app: AppRef::Known(id()), known: vec![old()] },
        Change::DeactivateSecret { app: id(), secret: old() },
    ];
    let history = applied(changes.clone(), &[Some("ocs2"), None], &[]);
    let mut now = now_with(Some(live_app()));
    app_now(&mut now).secrets = Readable::Known(vec![secret("ocs1", false), secret("ocs2", true)]);
    let plan = undo(&history, &[1, 2], &now).unwrap();
    assert_eq!(
        titles(&plan),
        ["activate client secret ocs1", "deactivate client secret ocs2", "delete client secret ocs2"],
        "the old one works again before the new one goes"
    );
    assert!(
        plan.changes[1].details.iter().any(|d| d.contains("401 invalid_client")),
        "{:?}",
        plan.changes[1]
    );
    assert!(plan.changes[2].details.iter().any(|d| d.starts_with("Undo: none.")), "{:?}", plan.changes[2]);
    assert_eq!(plan.changes.iter().map(|c| c.risk).max(), Some(Risk::Gone));

    // Both were switched on: switching both off again would leave none.
    let on = ["ocs1", "ocs2"].map(|s| Change::ActivateSecret { app: id(), secret: s.parse().unwrap() });
    app_now(&mut now).secrets = Readable::Known(vec![secret("ocs1", true), secret("ocs2", true)]);
    let plan = undo(&applied(on.to_vec(), &[], &[]), &[1, 2], &now).unwrap();
    assert_eq!(titles(&plan), ["deactivate client secret ocs2"]);
    assert!(plan.notes[0].contains("only active secret"), "{:?}", plan.notes);

    // The old one was deleted: it does not come back, so the new one stays.
    changes.push(Change::DeleteSecret { app: id(), secret: old() });
    let history = applied(changes, &[Some("ocs2"), None, None], &[]);
    app_now(&mut now).secrets = Readable::Known(vec![secret("ocs2", true)]);
    let left = undo(&history, &[1, 2, 3], &now).unwrap_err();
    let why: Vec<&str> = left.iter().map(|l| l.why.as_str()).collect();
    assert!(why.iter().filter(|w| w.contains("value does not come back")).count() == 2, "{why:?}");
    assert!(why[2].contains("only active secret"), "{why:?}");

    // Where the secrets may not be read, Okta decides, and the plan says so.
    app_now(&mut now).secrets = Readable::NotAsked;
    let plan = undo(&history, &[1], &now).unwrap();
    assert!(plan.changes[0].details.iter().any(|d| d.contains("could not be read")), "{:?}", plan.changes[0]);
}

#[test]
fn people_who_lose_access_are_counted_once() {
    let people: Vec<_> = ["ana", "ben", "cho"].map(|n| user(&format!("00u{n}"), &format!("{n}@x"))).to_vec();
    let ana = Change::AssignPerson {
        app: AppRef::Known(id()),
        person: people[0].id.clone(),
        login: people[0].login.clone(),
        profile: None,
    };
    let history = applied(vec![assign("A"), assign("B"), ana], &[], &[]);
    let mut now = now_with(Some(live_app()));
    with_groups(&mut now, &["A", "B", "Stays"]);
    let users = people.iter().enumerate().map(|(i, p)| {
        let via = if i == 0 { Assigned::Directly } else { Assigned::ThroughGroup };
        (app_user(p, via), Some(p.clone()))
    });
    app_now(&mut now).users = Readable::Known(users.collect());
    let of = |n: &[usize]| n.iter().map(|i| people[*i].clone()).collect::<Vec<_>>();
    for (name, members) in [("A", of(&[0, 1])), ("B", of(&[1, 2])), ("Stays", of(&[2]))] {
        now.members.insert(format!("00g{name}").parse().unwrap(), members);
    }
    let plan = undo(&history, &[1, 2, 3], &now).unwrap();
    let lost: Vec<_> = plan.changes.iter().map(|c| c.people.words()).collect();
    // Ana first, then Ben with B; Cho stays, and with A nobody else goes.
    assert_eq!(lost, ["1 person loses access", "1 person loses access", "nobody's access changes"]);
    now.members.remove(&"00gStays".parse().unwrap());
    let plan = undo(&history, &[1, 2, 3], &now).unwrap();
    assert!(matches!(plan.changes[0].people, People::LoseAtMost(1)), "{:?}", plan.changes[0].people);
}

#[test]
fn what_was_not_made_or_has_no_way_back_says_so() {
    let logo = Change::UploadLogo { app: AppRef::Known(id()), path: "x.png".into() };
    let mut lines = Lines::default().applied(&plan_of("p1", vec![logo]), &[], &[]);
    let second = plan_of("p2", vec![assign("A")]);
    lines.start(&second);
    lines.intent(&second, 1, Before::Nothing);
    let history = lines.history();
    let now = now_with(Some(live_app()));
    let left = undo(&history, &[1, 2, 9], &now).unwrap_err();
    let why: Vec<&str> = left.iter().map(|l| l.why.as_str()).collect();
    assert!(why[0].contains("no write with this number"), "{why:?}");
    assert!(why[1].contains("not known") && why[2].contains("no old one back"), "{why:?}");
    let elsewhere = plan(PlanId("u".into()), "https://other.okta.com", "", &[1], &history, &now).unwrap_err();
    assert!(elsewhere[0].why.contains("It was made in https://acme.okta.com"));
}

#[test]
fn who_may_not_is_told() {
    let history = applied(vec![assign("A")], &[], &[]);
    let mut now = now_with(Some(live_app()));
    with_groups(&mut now, &["A"]);
    now.me = Some(me(&["READ_ONLY_ADMIN"]));
    let plan = undo(&history, &[1], &now).unwrap();
    assert!(matches!(plan.changes[0].allowed, Allowed::No { .. }));
}

#[test]
fn needs_are_exactly_what_the_chosen_ask_for() {
    let history = applied(vec![assign("A"), unassign("B")], &[], &[]);
    let first = needs(&history, &[1]);
    assert!(first.groups.is_empty() && first.apps[&id()].members && !first.apps[&id()].secrets);
    let second = needs(&history, &[2]);
    assert_eq!(second.groups.len(), 1);
    assert!(!second.apps[&id()].members);
    assert_eq!(needs(&history, &[7]), Needs::default());
}

#[test]
fn an_inverse_without_changes_has_none() {
    assert!(Inverse::None { why: String::new() }.changes().is_empty());
}

proptest! {
    /// Whatever lines are lost, cut or doubled: no panic, numbers in order, and nothing is undone twice.
    #[test]
    fn a_journal_in_any_state_is_survived(keep in prop::collection::vec(0usize..24, 0..40), cut in 0usize..400) {
        let plan_a = plan_of("p1", vec![assign("A"), assign("B"), unassign("C"), Change::CreateApp { body: live_app().0 }]);
        let whole = Lines::default().applied(&plan_a, &[None, None, None, Some("0oaApp1")], &[]);
        let mut lines: Vec<String> = keep.iter().filter_map(|i| whole.0.get(*i).cloned()).collect();
        if let Some(last) = lines.last_mut() {
            let end = cut.min(last.len());
            if last.is_char_boundary(end) {
                last.truncate(end);
            }
        }
        let history = Lines(lines).history();
        for (i, written) in history.writes.iter().enumerate() {
            prop_assert_eq!(written.number, i + 1);
        }
        let mut now = now_with(Some(live_app()));
        with_groups(&mut now, &["A"]);
        let all: Vec<usize> = (0..=history.writes.len() + 1).collect();
        let _ = needs(&history, &all);
        if let Ok(plan) = undo(&history, &all, &now) {
            let numbers: Vec<usize> = plan.changes.iter().map(|c| c.number).collect();
            prop_assert_eq!(numbers, (1..=plan.changes.len()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn ten_thousand_people_are_undone_and_counted() {
    let people: Vec<_> = (0..10_000).map(|n| user(&format!("00u{n}"), &format!("p{n}@x"))).collect();
    let assign = |p: &crate::okta::model::User| Change::AssignPerson {
        app: AppRef::Known(id()),
        person: p.id.clone(),
        login: p.login.clone(),
        profile: None,
    };
    let history = applied(people.iter().map(assign).collect(), &[], &[]);
    let mut now = now_with(Some(live_app()));
    let users = people.iter().map(|p| (app_user(p, Assigned::Directly), Some(p.clone())));
    app_now(&mut now).users = Readable::Known(users.collect());
    let all: Vec<usize> = (1..=people.len()).collect();
    let plan = undo(&history, &all, &now).unwrap();
    assert_eq!(plan.changes.len(), 10_000);
    assert!(plan.changes.iter().all(|c| matches!(c.people, People::Lose(_))));
}
