//! The detail of the change under the cursor, in lines of words.

use super::model::{Face, Model, RowState};
use crate::change::{Allowed, Outcome, People, Planned};
use crate::text::clean_block;
use crate::tui::shared::Shared;

/// What is said about the change under the cursor; then the plan's notes, which belong to no change.
pub(super) fn lines(model: &Model, shared: &Shared) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(planned) = model.planned(shared) {
        lines.extend(of_change(planned));
    }
    match model.face(shared) {
        Face::Review(made) | Face::Nothing(made) => {
            lines.extend(made.plan.notes.iter().map(|note| format!("Note: {note}")));
        }
        Face::Run(run) => {
            if let Some(row) = run.rows.get(model.cursor) {
                lines.extend(of_state(row));
            }
        }
        _ => {}
    }
    lines.iter().map(|line| clean_block(line)).collect()
}

/// Whether a sentence tells of something that cannot be taken back lightly: those have a word in capitals (`DELETES`, `REPLACE`).
pub(super) fn is_grave(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphabetic()).any(|word| matches!(word, "DELETES" | "REPLACE" | "STOPS"))
}

fn of_change(planned: &Planned) -> Vec<String> {
    let mut lines = Vec::new();
    if let Allowed::No { why, ask } = &planned.allowed {
        lines.push(why.clone());
        lines.push(format!("y copies this for an admin: {ask}"));
    }
    lines.extend(planned.details.iter().cloned());
    match &planned.people {
        People::None => {}
        People::Lose(who) => {
            let names: Vec<&str> = who.iter().map(|login| login.as_str()).collect();
            lines.push(format!("{}: {}", planned.people.words(), names.join("  ")));
        }
        people => lines.push(format!("People: {}.", people.words())),
    }
    lines
}

/// What became of a change: nothing to add where it is plain from its row.
pub(super) fn of_state(row: &RowState) -> Vec<String> {
    match row {
        RowState::Ended(Outcome::Failed { error, unknown }) => {
            let mut lines = vec![error.to_string(), error.help()];
            if *unknown {
                lines.push("Okta may have made it all the same; planning again finds out.".into());
            }
            lines
        }
        RowState::Ended(Outcome::FoundDone { .. }) => {
            vec!["It was made before the link dropped; found by reading.".into()]
        }
        RowState::Ended(Outcome::NotTried) => {
            vec!["Left out: something it depends on was not made, or you stopped.".into()]
        }
        _ => Vec::new(),
    }
}
