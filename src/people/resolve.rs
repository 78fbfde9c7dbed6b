//! Whom the rows of a list mean, from what was read of the directory, and whether there is anything to do for them.
//!
//! A row means the person with that id, else with that login, else with that e-mail address, else with that login short name, the
//! part before the `@`: Okta itself takes a short name where it is unique (management API, *Retrieve a user*; *Sign in with the short
//! name*). Several with the same address or short name are never decided between.

use super::bulk::{self, Entry, List};
use super::{Found, Preview, Purpose, Row};
use crate::okta::model::{Assigned, User, UserId};
use crate::text::{Clean, plural};
use std::collections::HashMap;

/// A list under way: it is shown people, keeps those whom its rows could mean, and forgets the others. An org of a hundred thousand
/// costs no more memory than the list itself.
#[derive(Debug)]
pub struct Lookup {
    list: List,
    asked: HashMap<String, Hits>,
}

#[derive(Debug, Default)]
struct Hits {
    id: Option<User>,
    login: Option<User>,
    email: Vec<User>,
    short: Vec<User>,
    not_read: Option<Clean>,
}

impl Hits {
    fn is_empty(&self) -> bool {
        self.id.is_none() && self.login.is_none() && self.email.is_empty() && self.short.is_empty()
    }
}

/// How people come to the app now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignments(pub HashMap<UserId, Assigned>);

impl Lookup {
    /// Nothing is looked up yet.
    pub fn new(list: List) -> Self {
        let asked = list.entries.iter().map(|e| (bulk::key(e.asked.as_str()), Hits::default())).collect();
        Self { list, asked }
    }

    /// How many different people are asked for.
    pub fn len(&self) -> usize {
        self.asked.len()
    }

    /// Whether nobody is asked for. A list is never empty.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// Shows it a person. The same one may come twice.
    pub fn see(&mut self, person: &User) {
        fn put(into: &mut Vec<User>, person: &User) {
            if !into.iter().any(|p| p.id == person.id) {
                into.push(person.clone());
            }
        }
        if let Some(hits) = self.asked.get_mut(person.id.as_str()) {
            hits.id = Some(person.clone());
        }
        let login = person.login.as_str().to_lowercase();
        if let Some(hits) = self.asked.get_mut(&login) {
            hits.login = Some(person.clone());
        }
        if let Some(hits) = self.asked.get_mut(&person.email.as_str().to_lowercase()) {
            put(&mut hits.email, person);
        }
        if let Some((short, _)) = login.split_once('@')
            && let Some(hits) = self.asked.get_mut(short)
        {
            put(&mut hits.short, person);
        }
    }

    /// What is asked for and not found by now, as it stands in the list, in its order.
    pub fn open(&self) -> Vec<Clean> {
        let open = |e: &&Entry| {
            e.repeats.is_none() && self.asked.get(&bulk::key(e.asked.as_str())).is_some_and(Hits::is_empty)
        };
        self.list.entries.iter().filter(open).map(|e| e.asked.clone()).collect()
    }

    /// Whether nobody whom it is still shown could change its answers: each row is known by an id or a login, which are unique.
    pub fn is_settled(&self) -> bool {
        self.asked.values().all(|h| h.id.is_some() || h.login.is_some())
    }

    /// Who was found, each once.
    pub fn people(&self) -> Vec<UserId> {
        let mut ids: Vec<UserId> = self.asked.values().filter_map(|h| one(h).map(|u| u.id.clone())).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// Notes that a row could not be looked up.
    pub fn failed(&mut self, asked: &str, why: impl AsRef<str>) {
        if let Some(hits) = self.asked.get_mut(&bulk::key(asked)) {
            hits.not_read = Some(Clean::new(why.as_ref()));
        }
    }

    /// The rows with whom they mean. Without `assignments` (a new app, or they may not be read) nobody is taken for assigned.
    pub fn preview(
        self,
        purpose: Purpose,
        assignments: Option<&Assignments>,
        more_notes: Vec<String>,
    ) -> Preview {
        let Self { list, asked } = self;
        let mut first_of: HashMap<UserId, u64> = HashMap::new();
        let mut rows = Vec::with_capacity(list.entries.len());
        for entry in list.entries {
            let hits = asked.get(&bulk::key(entry.asked.as_str()));
            let found = match (entry.repeats, hits) {
                (Some(first), _) => Found::Repeated { first },
                (None, None) => Found::NotFound,
                (None, Some(hits)) => match one(hits) {
                    // Once by login and once by address is twice all the same.
                    Some(person) => match first_of.get(&person.id) {
                        Some(first) => Found::Repeated { first: *first },
                        None => {
                            first_of.insert(person.id.clone(), entry.line);
                            judge(person, purpose, assignments)
                        }
                    },
                    None => nobody_sure(hits),
                },
            };
            rows.push(Row { line: entry.line, asked: entry.asked, found });
        }
        let mut notes = list.notes;
        notes.extend(more_notes);
        Preview { purpose, rows, form: list.form, notes }
    }
}

fn one(hits: &Hits) -> Option<&User> {
    let only = |found: &'_ [User]| -> Option<usize> { (found.len() == 1).then_some(0) };
    hits.id.as_ref().or(hits.login.as_ref()).or_else(|| match (&hits.email[..], &hits.short[..]) {
        ([], short) => only(short).and_then(|at| short.get(at)),
        (email, _) => only(email).and_then(|at| email.get(at)),
    })
}

fn nobody_sure(hits: &Hits) -> Found {
    let several = if hits.email.is_empty() { &hits.short } else { &hits.email };
    match (&several[..], &hits.not_read) {
        ([], Some(why)) => Found::NotRead(why.clone()),
        ([], None) => Found::NotFound,
        (several, _) => {
            let mut several = several.to_vec();
            several.sort_by(|a, b| a.login.cmp(&b.login));
            Found::Ambiguous(several)
        }
    }
}

fn judge(person: &User, purpose: Purpose, assignments: Option<&Assignments>) -> Found {
    let via = assignments.and_then(|a| a.0.get(&person.id)).copied();
    let person = person.clone();
    match purpose {
        // A plan assigns nobody by name who comes through a group: what that would do to the assignment, Okta does not say.
        Purpose::Assign if via.is_some() => Found::Already(person, via),
        Purpose::Assign if !person.status.can_sign_in() => Found::Inactive(person),
        Purpose::Assign => Found::One(person),
        Purpose::Remove if assignments.is_none() || via == Some(Assigned::Directly) => Found::One(person),
        Purpose::Remove => Found::Already(person, via),
    }
}

impl Found {
    /// One word for it, as programs get it: `one`, `ambiguous`, `not-found`, `already`, `inactive`, `repeated`, `not-read`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::One(_) => "one",
            Self::Ambiguous(_) => "ambiguous",
            Self::NotFound => "not-found",
            Self::Already(..) => "already",
            Self::Inactive(_) => "inactive",
            Self::Repeated { .. } => "repeated",
            Self::NotRead(_) => "not-read",
        }
    }

    /// The person, where it is one.
    pub fn person(&self) -> Option<&User> {
        match self {
            Self::One(user) | Self::Already(user, _) | Self::Inactive(user) => Some(user),
            _ => None,
        }
    }

    /// For whom there is something to do. With `inactive` those who cannot sign in now are among them: Okta has the last word.
    pub fn to_do(&self, inactive: bool) -> Option<&User> {
        match self {
            Self::One(user) => Some(user),
            Self::Inactive(user) if inactive => Some(user),
            _ => None,
        }
    }

    /// What it means for this row, in words.
    pub fn words(&self, purpose: Purpose) -> String {
        match (self, purpose) {
            (Self::One(_), Purpose::Assign) => "to be assigned".into(),
            (Self::One(_), Purpose::Remove) => "direct assignment to be taken away".into(),
            (Self::Ambiguous(several), _) => {
                let logins: Vec<&str> = several.iter().take(5).map(|u| u.login.as_str()).collect();
                let more = several.len().saturating_sub(logins.len());
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("could be {}{more}: say which by login or id", logins.join(", "))
            }
            (Self::NotFound, _) => "nobody has this login, e-mail address or id".into(),
            (Self::Already(_, Some(Assigned::ThroughGroup)), Purpose::Assign) => {
                "has access through a group already".into()
            }
            (Self::Already(..), Purpose::Assign) => "assigned by name already".into(),
            (Self::Already(_, Some(Assigned::ThroughGroup)), Purpose::Remove) => {
                "not assigned by name, but through a group: that stays".into()
            }
            (Self::Already(..), Purpose::Remove) => "not assigned".into(),
            (Self::Inactive(user), _) => {
                format!(
                    "{}: Okta may refuse it, and they cannot sign in until that changes",
                    user.status.words()
                )
            }
            (Self::Repeated { first }, _) => format!("the same as line {first}"),
            (Self::NotRead(why), _) => format!("could not be looked up: {why}"),
        }
    }
}

impl Preview {
    /// How many rows are of each kind, those that occur: `3 to be assigned, 1 not found`.
    pub fn summary(&self) -> String {
        let count = |word: &str| self.rows.iter().filter(|r| r.found.word() == word).count();
        let to_do = match self.purpose {
            Purpose::Assign => "to be assigned",
            Purpose::Remove => "to be taken away",
        };
        let already = match self.purpose {
            Purpose::Assign => "with access already",
            Purpose::Remove => "not assigned by name",
        };
        let kinds = [
            ("one", to_do),
            ("inactive", "who cannot sign in now"),
            ("already", already),
            ("repeated", "repeated"),
            ("ambiguous", "ambiguous"),
            ("not-found", "not found"),
            ("not-read", "not looked up"),
        ];
        let parts: Vec<String> = kinds
            .into_iter()
            .filter_map(|(word, words)| Some((count(word), words)).filter(|(n, _)| *n > 0))
            .map(|(n, words)| format!("{n} {words}"))
            .collect();
        format!("{}: {}", plural(self.rows.len(), "row"), parts.join(", "))
    }

    /// Whether every row is known to mean one person: none is ambiguous, unknown or unread.
    pub fn is_clear(&self) -> bool {
        !self
            .rows
            .iter()
            .any(|r| matches!(r.found, Found::Ambiguous(_) | Found::NotFound | Found::NotRead(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::okta::model::UserStatus;
    use proptest::prelude::*;

    fn user(id: &str, login: &str, email: &str) -> User {
        User {
            id: id.parse().unwrap(),
            login: login.into(),
            name: "A B".into(),
            email: email.into(),
            status: UserStatus::Active,
            last_login: None,
        }
    }

    fn lookup(text: &str, people: &[User]) -> Lookup {
        let mut lookup = Lookup::new(bulk::parse(text.as_bytes()).unwrap());
        people.iter().for_each(|p| lookup.see(p));
        lookup
    }

    fn words(preview: &Preview) -> Vec<&'static str> {
        preview.rows.iter().map(|r| r.found.word()).collect()
    }

    const ID: &str = "00uaaaaaaaaaaaaaaaA1";

    #[test]
    fn id_login_address_and_short_name_in_this_order() {
        let people = [
            user(ID, "Ana@x.com", "shared@x.com"),
            user("00uB", "shared@x.com", "b@x.com"),
            user("00uC", "cho@x.com", "team@x.com"),
            user("00uD", "dan@x.com", "team@x.com"),
            user("00uE", "dan@y.com", "dan@y.com"),
        ];
        let list = format!("{ID}\n{}\nSHARED@x.com\nteam@X.com\ncho\ndan\nnobody", ID.to_lowercase());
        let preview = lookup(&list, &people).preview(Purpose::Assign, None, Vec::new());
        assert_eq!(
            words(&preview),
            ["one", "not-found", "one", "ambiguous", "one", "ambiguous", "not-found"],
            "an id in another case is another id"
        );
        assert_eq!(
            preview.rows[2].found.person().unwrap().id.as_str(),
            "00uB",
            "a login goes before an address"
        );
        assert_eq!(preview.rows[4].found.person().unwrap().id.as_str(), "00uC");
        assert!(preview.rows[3].found.words(Purpose::Assign).contains("cho@x.com, dan@x.com"));
        assert!(!preview.is_clear());
        assert_eq!(preview.summary(), "7 rows: 3 to be assigned, 2 ambiguous, 2 not found");
    }

    #[test]
    fn the_same_person_by_login_and_by_id_is_one() {
        let preview = lookup(&format!("ana@x.com\n{ID}\n"), &[user(ID, "ana@x.com", "a@x.com")]).preview(
            Purpose::Assign,
            None,
            Vec::new(),
        );
        assert_eq!(preview.rows[1].found, Found::Repeated { first: 1 });
    }

    #[test]
    fn what_there_is_to_do_depends_on_the_assignment() {
        let mut suspended = user("00uC", "c@x.com", "c@x.com");
        suspended.status = UserStatus::Suspended;
        let people = [user("00uA", "a@x.com", "a@x.com"), user("00uB", "b@x.com", "b@x.com"), suspended];
        let via = [("00uA", Assigned::Directly), ("00uB", Assigned::ThroughGroup)];
        let assignments = Assignments(via.map(|(id, via)| (id.parse().unwrap(), via)).into());
        let of = |purpose, assignments| {
            let looked_up = lookup("a@x.com\nb@x.com\nc@x.com\n", &people);
            words(&looked_up.preview(purpose, assignments, Vec::new()))
        };
        assert_eq!(of(Purpose::Assign, Some(&assignments)), ["already", "already", "inactive"]);
        assert_eq!(of(Purpose::Remove, Some(&assignments)), ["one", "already", "already"]);
        assert_eq!(of(Purpose::Assign, None), ["one", "one", "inactive"]);
        assert_eq!(of(Purpose::Remove, None), ["one", "one", "one"], "unread is not unassigned");
    }

    #[test]
    fn what_could_not_be_read_is_not_called_not_found() {
        let mut looked_up = lookup("a\nb\n", &[]);
        assert_eq!(looked_up.open().len(), 2);
        looked_up.failed("a", "Okta was busy");
        let preview = looked_up.preview(Purpose::Assign, None, vec!["note".into()]);
        assert_eq!(words(&preview), ["not-read", "not-found"]);
        assert_eq!(preview.notes, ["note"]);
    }

    proptest! {
        /// Against the rule written down without an index.
        #[test]
        fn the_index_finds_what_a_search_through_everybody_finds(
            logins in proptest::collection::btree_set("[abAB]{1,2}(@[xy])?", 1..12),
            emails in proptest::collection::vec("[ab]{1,2}@[xy]", 12),
            asked in proptest::collection::vec("[abAB]{1,2}(@[xy])?", 1..8),
        ) {
            // Okta's logins are unique without regard to case.
            let mut seen = std::collections::HashSet::new();
            let logins: Vec<String> = logins.into_iter().filter(|l| seen.insert(l.to_lowercase())).collect();
            let people: Vec<User> = logins.iter().zip(&emails).enumerate()
                .map(|(n, (login, email))| user(&format!("00u{n}"), login, email)).collect();
            let preview = lookup(&asked.join("\n"), &people).preview(Purpose::Assign, None, Vec::new());
            for row in preview.rows.iter().filter(|r| !matches!(r.found, Found::Repeated { .. })) {
                let a = row.asked.as_str().to_lowercase();
                let all = |rule: &dyn Fn(&User) -> bool| -> Vec<&User> { people.iter().filter(|p| rule(p)).collect() };
                let by_login = all(&|p| p.login.as_str().to_lowercase() == a);
                let by_email = all(&|p| p.email.as_str() == a);
                let by_short = all(&|p| p.login.as_str().to_lowercase().split_once('@').is_some_and(|(s, _)| s == a));
                let meant = [by_login, by_email, by_short].into_iter().find(|f| !f.is_empty()).unwrap_or_default();
                match &meant[..] {
                    [] => prop_assert_eq!(&row.found, &Found::NotFound),
                    [one] => prop_assert_eq!(row.found.person(), Some(*one)),
                    several => prop_assert!(matches!(&row.found, Found::Ambiguous(f) if f.len() == several.len())),
                }
            }
        }
    }
}
