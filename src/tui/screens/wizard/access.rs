//! Step 4, assignments: Okta's three choices. The lists of people and groups are a screen of their own.

use super::model::{Id, Model};
use crate::okta::model::Readable;
use crate::setup::{AccessMode, Field as About};
use crate::text::thousands;
use crate::tui::screens::people::staging::yourself;
use crate::tui::shared::{Shared, Work};
use crate::tui::widgets::form::{Part, Row, safe};

/// How many people have a row here; all of them are in the list.
const MOST: usize = 20;

/// Why people or groups cannot be listed, in words.
fn unread(shared: &Shared, groups: bool) -> Option<String> {
    if groups {
        return match &shared.directory.groups {
            Readable::Forbidden(e) => Some(format!("You may not see the groups: {e}.")),
            Readable::Failed(e) => Some(format!("The groups could not be read: {e}. r reads again.")),
            Readable::Known(_) | Readable::NotAsked => None,
        };
    }
    let trouble = shared.directory.trouble.as_ref()?;
    Some(format!("People could not be read to the end: {} {}", trouble.what, trouble.help))
}

pub(super) fn rows(model: &Model, shared: &Shared, work: &Work) -> Vec<Row<Id>> {
    let access = &work.draft.setup.access;
    let mut rows = vec![Row::heading("Who may sign in")];
    if work.loaded.value().is_some_and(|l| l.app.federation_broker()) {
        rows.push(Row::blank());
        rows.push(Row::text(
            "Federation Broker Mode is on for this app: Okta lets everybody of the org pass, and does not look at \
             assignments. Assigning people or groups would change nothing, so nothing is offered here. To control \
             who may sign in, switch the mode off first, in Okta's Admin Console under the app's General tab.",
        ));
        return rows;
    }
    for (mode, title, note) in [
        (AccessMode::Controlled, "Controlled (recommended)", "only the people and groups that you choose"),
        (AccessMode::Everyone, "Everyone", "every person in the org, new ones too"),
        (AccessMode::Later, "Later", "nobody can sign in until somebody is assigned"),
    ] {
        let on = access.mode == mode;
        let word = if on { model.word(&[About::AccessMode]) } else { "" };
        let part = Part::Choice { on, title: title.into(), note: note.into() };
        rows.push(Row::new(Id::Mode(mode), part).state(word));
    }
    rows.push(Row::blank());
    match access.mode {
        AccessMode::Everyone => rows.push(Row::text(
            "The plan assigns Okta's built-in group Everyone, found by its type: other groups can have a name like it.",
        )),
        AccessMode::Later => {
            rows.push(Row::text("Until then Okta refuses every sign-in: the app is not assigned to anybody."));
        }
        AccessMode::Controlled => controlled(model, shared, work, &mut rows),
    }
    rows
}

fn controlled(model: &Model, shared: &Shared, work: &Work, rows: &mut Vec<Row<Id>>) {
    let access = &work.draft.setup.access;
    rows.push(Row::new(Id::Choose, Part::Button("Choose people and groups".into())));
    if let Some(me) = yourself(shared, work) {
        let title = format!("assign yourself first ({}), test, then widen", safe(&me.name));
        rows.push(Row::new(Id::Yourself, Part::Add(title)));
    }
    let directory = &shared.directory;
    if directory.loading {
        rows.push(Row::text("People and groups are being read."));
    }
    for groups in [false, true] {
        rows.extend(unread(shared, groups).map(Row::text));
    }
    for (at, name) in access.groups.iter().enumerate() {
        let part = Part::Fixed { label: "group".into(), value: safe(name) };
        rows.push(Row::new(Id::Group(at), part).state(model.word(&[About::Group(at)])));
    }
    for (at, login) in access.people.iter().enumerate().take(MOST) {
        let part = Part::Fixed { label: "person".into(), value: safe(login) };
        rows.push(Row::new(Id::Person(at), part).state(model.word(&[About::Person(at)])));
    }
    if access.people.len() > MOST {
        let more = thousands(access.people.len() - MOST);
        rows.push(Row::text(format!("and {more} people more: Choose people and groups lists them.")));
    }
    let field = |label: &str| Part::Field { label: label.into(), value: String::new() };
    rows.push(Row::new(Id::AddGroup, field("+ group by name")));
    rows.push(Row::new(Id::AddPerson, field("+ person by login")));
    let staged = model.tally.words();
    if !staged.is_empty() {
        rows.push(Row::text(format!("Staged: {staged}")));
    }
}
