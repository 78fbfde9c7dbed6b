//! The questions, each answered from the facts alone.

use super::{Facts, Line, Question, Remedy, Verdict, Why};
use crate::okta::model::{
    AppStatus, Asks, Assigned, GroupId, Readable, ServerKind, SignOn, SignOnRule, UserStatus,
};
use crate::policy::decide::{Condition, Decision, PassedOver, Request, Who, decide};
use crate::policy::{Cover, covers};

/// Answers every question, in the order in which Okta asks them.
pub fn why(facts: &Facts) -> Why {
    let mut lines = vec![app(facts), status(facts), assignment(facts), access_policy(facts)];
    lines.extend(sign_on(facts));
    Why { lines }
}

fn line(question: Question, verdict: Verdict, saw: impl Into<String>, remedy: Option<Remedy>) -> Line {
    Line { question, verdict, saw: saw.into(), remedy }
}

fn words(text: impl Into<String>) -> Option<Remedy> {
    Some(Remedy::Words(text.into()))
}

/// The line for what was not read.
fn unread<T>(question: Question, what: &str, part: &Readable<T>) -> Line {
    match part {
        Readable::Forbidden(e) => line(
            question,
            Verdict::NotReadable,
            format!("{what} may not be read with this token: {e}."),
            words(e.help()),
        ),
        Readable::Failed(e) => {
            line(question, Verdict::NotReadable, format!("{what} could not be read: {e}."), words(e.help()))
        }
        Readable::NotAsked | Readable::Known(_) => {
            line(question, Verdict::NotReadable, format!("{what}: nobody asked."), None)
        }
    }
}

fn app(facts: &Facts) -> Line {
    let q = Question::App;
    match facts.app.status() {
        AppStatus::Active => line(q, Verdict::Pass, "The app is active.", None),
        AppStatus::Inactive => {
            line(q, Verdict::Fail, "The app is inactive: nobody can sign in.", Some(Remedy::ActivateApp))
        }
        AppStatus::Other => line(
            q,
            Verdict::NotJudged,
            "The app is neither active nor inactive.",
            words("Look at the app in the Admin Console: its status is one that this program does not know."),
        ),
    }
}

fn status(facts: &Facts) -> Line {
    let q = Question::Status;
    let saw = format!("Their status is \"{}\".", facts.person.status.words());
    let fail = |help: &str| line(q, Verdict::Fail, saw.clone(), words(help));
    match facts.person.status {
        UserStatus::Active => line(q, Verdict::Pass, saw, None),
        UserStatus::PasswordExpired => line(
            q,
            Verdict::NotJudged,
            saw,
            words(
                "They have to set a new password on Okta's sign-in page first; then they can go on. A test in this terminal stops there.",
            ),
        ),
        UserStatus::Recovery => line(
            q,
            Verdict::NotJudged,
            saw,
            words("A reset of their password is under way: they can sign in when they have finished it."),
        ),
        UserStatus::Staged => {
            fail("An administrator activates them: Directory › People › the person › Activate.")
        }
        UserStatus::Provisioned => fail(
            "They were activated and have no password yet: they open the activation mail, or an administrator sends it again.",
        ),
        UserStatus::LockedOut => fail(
            "An administrator unlocks them: Directory › People › the person › Unlock. Too many wrong passwords lock an account.",
        ),
        UserStatus::Suspended => {
            fail("An administrator lifts the suspension: Directory › People › the person › Unsuspend.")
        }
        UserStatus::Deprovisioned => fail(
            "They are deactivated. An administrator can activate them again; their assignments do not come back by themselves.",
        ),
        UserStatus::Unknown => line(
            q,
            Verdict::NotJudged,
            "Their status is one that this program does not know.",
            words("Look at the person in the Admin Console."),
        ),
    }
}

/// Assignment statuses with which nobody signs in, as far as their names tell: Okta's description does not explain them.
const NOT_WORKING: [&str; 5] = ["DEPROVISIONED", "INACTIVE", "REVOKED", "SUSPENDED", "UNASSIGNED"];

fn assignment(facts: &Facts) -> Line {
    let q = Question::Assignment;
    if facts.app.federation_broker() {
        return line(
            q,
            Verdict::Pass,
            "Federation Broker Mode is on: everybody in the org may sign in, assigned or not.",
            None,
        );
    }
    let Some(assigned) = facts.assignment.known() else {
        return unread(q, "The assignment", &facts.assignment);
    };
    let ways = ways(facts);
    match assigned {
        Some(user) if NOT_WORKING.contains(&user.status.as_str()) => line(
            q,
            Verdict::NotJudged,
            format!("They are assigned, and their assignment is {}.", user.status.as_str().to_lowercase()),
            words("Take the assignment away and assign them again."),
        ),
        Some(user) => {
            let saw = match (user.via, ways.as_deref()) {
                (Assigned::Directly, Some([])) | (Assigned::Directly, None) => "Assigned by name.".to_owned(),
                (Assigned::Directly, Some(groups)) => {
                    format!("Assigned by name, and through {}.", list(groups))
                }
                (Assigned::ThroughGroup, Some([])) | (Assigned::ThroughGroup, None) => {
                    "Assigned through a group; which one is not readable.".to_owned()
                }
                (Assigned::ThroughGroup, Some(groups)) => format!("Assigned through {}.", list(groups)),
            };
            line(q, Verdict::Pass, saw, None)
        }
        None => match ways.as_deref() {
            Some([]) => line(
                q,
                Verdict::Fail,
                "They are not assigned, and none of their groups is.",
                Some(Remedy::AssignPerson),
            ),
            // Okta carries the assignment of a large group out in the background.
            Some(groups) => line(
                q,
                Verdict::NotJudged,
                format!(
                    "They are in {}, which is assigned, but Okta has not assigned them yet.",
                    list(groups)
                ),
                words(
                    "Wait a minute and ask again: Okta works through the members of a large group in the background.",
                ),
            ),
            None => line(q, Verdict::Fail, "They are not assigned.", Some(Remedy::AssignPerson)),
        },
    }
}

/// Names of the person's groups that are assigned to the app; `None` where one of the lists is not known.
fn ways(facts: &Facts) -> Option<Vec<String>> {
    let (assigned, own) = (facts.app_groups.known()?, facts.groups.known()?);
    let through = own.iter().filter(|g| assigned.iter().any(|a| a.id == g.id));
    Some(through.map(|g| format!("\"{}\"", g.name)).collect())
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("the group {one}"),
        [most @ .., last] => format!("the groups {} and {last}", most.join(", ")),
    }
}

fn access_policy(facts: &Facts) -> Line {
    let q = Question::AccessPolicy;
    if facts.server == ServerKind::Org {
        return line(q, Verdict::Pass, "The org's own authorization server has no access policies.", None);
    }
    if facts.server_answers == Readable::Known(false) {
        return line(
            q,
            Verdict::Fail,
            format!("The authorization server \"{}\" does not exist or is inactive.", facts.server.as_str()),
            words(
                "Choose another one in step 5, or activate it: Security › API. Without API Access Management the org's own server is the one to use.",
            ),
        );
    }
    let Some(policies) = facts.policies.known() else {
        return unread(q, "The access policies", &facts.policies);
    };
    let client = facts.app.client_id();
    let everyone = facts.groups.known().and_then(|all| all.iter().find(|g| g.is_everyone())).map(|g| &g.id);
    let cover = covers(policies, client.as_ref(), &facts.scopes, everyone);
    let Some(groups) = facts.groups.known() else {
        return match cover {
            Cover::Yes { policy, rule } => {
                line(q, Verdict::Pass, matches(policy.as_str(), rule.as_str()), None)
            }
            Cover::No { why } => line(q, Verdict::Fail, why.sentence(), Some(Remedy::CoverClient)),
            Cover::SomePeopleOnly { .. } => unread(q, "Their groups", &facts.groups),
        };
    };
    let request = Request {
        client: client.map(|c| c.to_string()),
        who: Who::Person { id: facts.person.id.clone(), groups: own_ids(groups) },
        grant: "authorization_code".into(),
        scopes: facts.scopes.clone(),
    };
    match decide(policies, &request) {
        Decision::Rule { policy_name, rule, .. } => {
            line(q, Verdict::Pass, matches(policy_name.as_str(), rule.name().as_str()), None)
        }
        Decision::NoMatch { passed_over } => no_rule(cover, &passed_over),
    }
}

fn matches(policy: &str, rule: &str) -> String {
    format!("Policy \"{policy}\", rule \"{rule}\" matches.")
}

fn own_ids(groups: &[crate::okta::model::Group]) -> Vec<GroupId> {
    groups.iter().map(|g| g.id.clone()).collect()
}

/// No rule matches this person. If one matches others, it is the one to change, by hand: whom a rule is for is somebody's decision.
fn no_rule(cover: Cover, passed_over: &[PassedOver]) -> Line {
    let q = Question::AccessPolicy;
    if let Cover::No { why } = cover {
        return line(q, Verdict::Fail, why.sentence(), Some(Remedy::CoverClient));
    }
    let person = |p: &&PassedOver| {
        matches!(p.failed, Condition::Person | Condition::PersonExcluded | Condition::NobodyNamed)
    };
    let near: Vec<&PassedOver> = passed_over.iter().filter(person).collect();
    let saw: Vec<String> = near.iter().map(|p| p.words()).collect();
    let which = near.first().map_or_else(String::new, |p| {
        let rule = p.rule.as_ref().map_or_else(String::new, |r| format!("rule \"{r}\" of "));
        let what = match p.failed {
            Condition::PersonExcluded => "if it did not leave them out",
            _ => "if it included them or one of their groups",
        };
        format!(
            "Would match {what}: {rule}policy \"{}\". Who may edit it: API Access Management administrators, Security › API › Access Policies.",
            p.policy
        )
    });
    line(q, Verdict::Fail, format!("No rule matches this person ({}).", saw.join("; ")), words(which))
}

fn sign_on(facts: &Facts) -> Vec<Line> {
    let q = Question::SignOn;
    let Some(known) = facts.sign_on.known() else {
        return vec![unread(q, "The sign-on policy", &facts.sign_on)];
    };
    match known {
        SignOn::NotTold => vec![line(
            q,
            Verdict::NotJudged,
            "Okta's API does not tell which sign-on rules this app has.",
            words("Look at the app's Sign On tab in the Admin Console, or run the test as this person."),
        )],
        SignOn::Simulated { session, app } => {
            let rules: Vec<&SignOnRule> = session.iter().chain(app).collect();
            if let Some(rule) = rules.iter().find(|r| r.denies()) {
                return vec![denied(rule)];
            }
            let Some(app) = app else {
                return vec![line(
                    q,
                    Verdict::NotJudged,
                    "Okta's simulation names no rule of the app's policy.",
                    words("Run the test as this person."),
                )];
            };
            let names: Vec<String> = rules.iter().map(|r| format!("\"{}\"", r.name())).collect();
            let saw = format!("Okta's simulation: {} decides{}.", names.join(", then "), asking(app));
            let mut lines = vec![line(q, Verdict::Pass, saw, None)];
            lines.extend(factors(facts, rules.iter().map(|r| r.asks())));
            lines
        }
        SignOn::Rules(rules) => by_rules(facts, rules),
    }
}

fn denied(rule: &SignOnRule) -> Line {
    line(
        Question::SignOn,
        Verdict::Fail,
        format!("The sign-on rule \"{}\" denies access.", rule.name()),
        words(
            "An administrator changes that rule, or the order of the rules: Security › Authentication policies.",
        ),
    )
}

fn asking(rule: &SignOnRule) -> &'static str {
    match rule.asks() {
        Asks::One => " and asks for one factor",
        Asks::Two => " and asks for two factors",
        Asks::Unknown => "",
    }
}

/// Without a simulation: the first active rule decides if it has no condition; else it depends on the sign-in.
fn by_rules(facts: &Facts, rules: &[SignOnRule]) -> Vec<Line> {
    let q = Question::SignOn;
    let active: Vec<&SignOnRule> = rules.iter().filter(|r| r.active()).collect();
    if !active.is_empty() && active.iter().all(|r| r.denies()) {
        return active.first().map(|r| denied(r)).into_iter().collect();
    }
    match active.first() {
        Some(rule) if rule.conditions().is_empty() && rule.denies() => vec![denied(rule)],
        Some(rule) if rule.conditions().is_empty() => {
            // The org's own policy comes before the app's, and was not asked.
            let saw = format!(
                "The app's rule \"{}\" applies to everybody{}. The org's session policy was not judged.",
                rule.name(),
                asking(rule)
            );
            let mut lines = vec![line(q, Verdict::Pass, saw, None)];
            lines.extend(factors(facts, [rule.asks()].into_iter()));
            lines
        }
        Some(rule) => vec![line(
            q,
            Verdict::NotJudged,
            format!(
                "The app's rule \"{}\" depends on the sign-in itself ({}).",
                rule.name(),
                crate::text::Clean::new(&rule.conditions().join(", "))
            ),
            words("Run the test as this person, from where they sign in."),
        )],
        None => vec![line(
            q,
            Verdict::NotJudged,
            "The app's sign-on policy has no active rule.",
            words("Look at it in the Admin Console: Security › Authentication policies."),
        )],
    }
}

/// What proves nothing besides a password.
const NO_SECOND: [&str; 2] = ["password", "question"];

fn factors(facts: &Facts, asked: impl Iterator<Item = Asks>) -> Option<Line> {
    let q = Question::Factors;
    let mut unknown = false;
    let mut two = false;
    for asks in asked {
        two |= asks == Asks::Two;
        unknown |= asks == Asks::Unknown;
    }
    if !two {
        return unknown.then(|| {
            line(
                q,
                Verdict::NotJudged,
                "The rule asks for something that this program cannot compare with what they have enrolled.",
                words("Run the test as this person in a browser."),
            )
        });
    }
    let Some(enrolled) = facts.factors.known() else {
        return Some(unread(q, "Their factors", &facts.factors));
    };
    let usable: Vec<String> = enrolled
        .iter()
        .filter(|f| f.status.as_str() == "ACTIVE" && !NO_SECOND.contains(&f.kind.as_str()))
        .map(|f| f.kind.to_string())
        .collect();
    Some(if usable.is_empty() {
        line(
            q,
            Verdict::NotJudged,
            "Two factors are asked for, and none is enrolled besides a password.",
            words(
                "Okta's sign-in page lets them enrol one where the enrolment policy allows it; a test in this terminal stops there.",
            ),
        )
    } else {
        line(q, Verdict::Pass, format!("Two factors are asked for; enrolled: {}.", usable.join(", ")), None)
    })
}
