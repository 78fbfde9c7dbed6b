//! What happened before the demo started: who signed in when, and to which of the first apps.

use super::assignments;
use super::call::Call;
use super::clock::rfc3339;
use super::log::Event;
use super::people::{Person, Status};
use super::seed;
use super::state::Org;
use http::{HeaderMap, Method};

const DAY: i64 = 86_400_000;
/// Okta keeps its log for 90 days.
const KEPT_DAYS: i64 = 90;
/// Of how many people single events are kept: the history of 100,000 would cost more than the whole start.
const PEOPLE: u64 = 500;

impl Org {
    /// When a person last signed in to anything, epoch milliseconds: since the start if they did, else what the seed says. One in five
    /// of those who may has not for more than the 90 days of the log, and a few never have.
    pub(super) fn last_login(&self, person: &Person) -> Option<i64> {
        if let Some(then) = self.signed_in.get(&person.n) {
            return Some(*then);
        }
        if matches!(person.status, Status::Staged | Status::Provisioned) || person.note.is_some() {
            return None;
        }
        let dice = seed::mix(self.seed, "last login", person.n);
        if dice.is_multiple_of(20) {
            return None;
        }
        let days = if dice % 5 == 1 { 91 + (dice >> 8) % 300 } else { (dice >> 8) % 60 };
        let hours = (dice >> 24) % 23 + 1;
        let before = i64::try_from(days).unwrap_or(0) * DAY + i64::try_from(hours).unwrap_or(1) * 3_600_000;
        Some(self.began - before)
    }

    /// Writes the sign-ins that the log still has.
    pub(super) fn recall(&mut self) {
        let mut sign_ins = Vec::new();
        for person in (0..self.directory.people.min(PEOPLE)).filter_map(|n| self.person(n)) {
            let Some(then) = self.last_login(&person).filter(|t| *t > self.began - KEPT_DAYS * DAY) else {
                continue;
            };
            let open: Vec<(String, String)> = self
                .apps
                .iter()
                .filter(|app| assignments::scope(self, app, person.n).is_some())
                .map(|app| (app.id.clone(), app.label().to_owned()))
                .collect();
            let dice = seed::mix(self.seed, "which app", person.n);
            let count = open.len() as u64;
            if let Some(app) = dice.checked_rem(count).and_then(|at| open.get(at as usize)) {
                sign_ins.push((then, person, app.clone()));
            }
        }
        sign_ins.sort_by_key(|(then, ..)| *then);
        for (then, person, (app, label)) in sign_ins {
            let event = Event::success("user.authentication.sso", "User single sign on to app")
                .by_person(&person)
                .by_client(&app, &label)
                .target("AppInstance", &app, "oidc_client", &label);
            let call = self.unseen("/oauth2/v1/authorize", person.n);
            self.record_at(&call, event, rfc3339(then));
        }
    }

    /// A call that nobody made: for an event of what happened elsewhere.
    fn unseen(&mut self, path: &str, person: u64) -> Call {
        let n = self.next();
        Call {
            method: Method::GET,
            path: path.into(),
            target: path.into(),
            segments: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            base: String::new(),
            request_id: seed::text(self.seed, "request", n, 27),
            peer: format!("192.0.2.{}", person % 250 + 1),
        }
    }

    /// Writes that an administrator took a person out of a group.
    pub(super) fn left_group(&mut self, person: u64, group: &str) {
        let (Some(person), Some(name)) =
            (self.person(person), self.directory.group(group).map(|g| g.name.clone()))
        else {
            return;
        };
        let event = Event::success("group.user_membership.remove", "Remove user from group membership")
            .target("User", &person.id, &person.login, &person.display())
            .target("UserGroup", group, "unknown", &name);
        let call = self.unseen("/api/v1/groups", person.n);
        let now = self.stamp();
        self.record_at(&call, event, now);
    }
}

#[cfg(test)]
mod tests {
    use crate::demo::state::Org;
    use crate::demo::{Options, clock};

    #[test]
    fn the_log_holds_sign_ins_of_assigned_people_in_the_order_of_their_times() {
        let org = Org::new(&Options::default());
        let times: Vec<i64> =
            org.log.iter().filter_map(|(_, e)| clock::parse(e.get("published")?.as_str()?)).collect();
        assert!(times.len() > 10 && times.is_sorted(), "{times:?}");
        assert!(times.iter().all(|t| *t < org.began && *t > org.began - 90 * super::DAY));
        let people: Vec<_> = (0..60).filter_map(|n| org.person(n)).collect();
        let never = people.iter().filter(|p| org.last_login(p).is_none()).count();
        let long_ago =
            people.iter().filter_map(|p| org.last_login(p)).filter(|t| *t < org.began - 90 * super::DAY);
        assert!(never > 5 && long_ago.count() > 3);
    }
}
