//! A list of people, looked up or carried out, as CSV: one row for each of its rows, so that it can be laid beside what came in.

use super::table::Table;
use crate::change::{Change, Outcome, Plan};
use crate::okta::model::UserId;
use crate::people::{Preview, Purpose, Row};
use std::collections::HashMap;

const HEAD: &[&str] = &["line", "asked", "id", "login", "result", "detail"];

/// What became of the rows of a list, by person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done(HashMap<UserId, (&'static str, String)>);

impl Done {
    /// From a plan and the outcomes of its changes, by their numbers.
    pub fn of(plan: &Plan, outcomes: &[(usize, Outcome)]) -> Self {
        let outcomes: HashMap<usize, &Outcome> = outcomes.iter().map(|(n, o)| (*n, o)).collect();
        let by_person = plan.changes.iter().filter_map(|planned| {
            let person = match &planned.change {
                Change::AssignPerson { person, .. } | Change::UnassignPerson { person, .. } => person,
                _ => return None,
            };
            let told = outcomes.get(&planned.number).map_or(("not-tried", String::new()), |o| outcome(o));
            Some((person.clone(), told))
        });
        Self(by_person.collect())
    }

    /// The word and the detail for a row: what became of its change, else what the preview says.
    pub fn row(&self, row: &Row, purpose: Purpose) -> (&'static str, String) {
        let planned = row.found.to_do(true).and_then(|person| self.0.get(&person.id));
        match planned {
            Some((word, detail)) => (word, detail.clone()),
            // Somebody else was quicker between the preview and the plan, or Okta takes no assignments for this app.
            None if row.found.to_do(false).is_some() => {
                ("not-planned", "the plan has nothing for this row: its notes say why".into())
            }
            None => (row.found.word(), row.found.words(purpose)),
        }
    }
}

fn outcome(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Done { request_id, .. } => {
            ("done", request_id.as_ref().map(|id| format!("request {id}")).unwrap_or_default())
        }
        Outcome::AlreadySo => ("already-so", String::new()),
        Outcome::FoundDone { .. } => ("found-done", "made by a call whose answer was lost".into()),
        Outcome::Failed { error, unknown } => {
            let unknown = if *unknown { "; it may have been made all the same" } else { "" };
            ("failed", format!("{error}{unknown}"))
        }
        Outcome::NotAllowed => ("not-allowed", "this token may not write it".into()),
        Outcome::NotTried => ("not-tried", String::new()),
    }
}

/// A list that was looked up and not carried out. Columns: `line`, `asked`, `id`, `login`, `result` (`one`, `ambiguous`, `not-found`,
/// `already`, `inactive`, `repeated` or `not-read`) and `detail`.
pub fn people_csv(preview: &Preview) -> String {
    table(preview, |row| (row.found.word(), row.found.words(preview.purpose)))
}

/// A list that was carried out. `result` is besides `done`, `already-so`, `found-done`, `failed`, `not-allowed`, `not-tried` or
/// `not-planned` where there was something to do.
pub fn results_csv(preview: &Preview, done: &Done) -> String {
    table(preview, |row| done.row(row, preview.purpose))
}

fn table(preview: &Preview, told: impl Fn(&Row) -> (&'static str, String)) -> String {
    let mut table = Table::new(HEAD);
    for row in &preview.rows {
        let person = row.found.person();
        let (result, detail) = told(row);
        table.row([
            row.line.to_string(),
            row.asked.to_string(),
            person.map(|p| p.id.to_string()).unwrap_or_default(),
            person.map(|p| p.login.to_string()).unwrap_or_default(),
            result.to_owned(),
            detail,
        ]);
    }
    table.csv()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::okta::model::{User, UserStatus};
    use crate::people::Found;

    #[test]
    fn each_row_says_what_became_of_it() {
        let user = |id: &str| User {
            id: id.parse().unwrap(),
            login: format!("{id}@x.com").as_str().into(),
            name: "".into(),
            email: "".into(),
            status: UserStatus::Active,
            last_login: None,
        };
        let found = [
            Found::One(user("00uA")),
            Found::One(user("00uB")),
            Found::Already(user("00uC"), None),
            Found::NotFound,
            Found::Repeated { first: 1 },
            Found::Ambiguous(vec![user("00uD"), user("00uE")]),
        ];
        let rows = (1..).zip(found).map(|(line, found)| Row { line, asked: "=x".into(), found }).collect();
        let preview = Preview { purpose: Purpose::Assign, rows, form: String::new(), notes: Vec::new() };
        let done = Done(HashMap::from([(user("00uA").id, ("failed", "busy".to_owned()))]));
        insta::assert_snapshot!(results_csv(&preview, &done));
        assert!(people_csv(&preview).contains("1,'=x,00uA,00uA@x.com,one,to be assigned"));
    }
}
