//! Marks, and what is staged for the marked rows: assignments, removals, and back again.

use super::item::Who;
use super::model::Model;
use super::staging::{self, Subject, persons};
use crate::setup::AccessMode;
use crate::text::thousands;
use crate::tui::shared::Shared;

/// Marks or unmarks the row under the cursor, and goes on to the next.
pub(super) fn mark_one(model: &mut Model, shared: &Shared) {
    let at = model.cursor();
    let Some(mark) = marks(model, shared, at..at + 1).pop() else { return };
    if !model.marked.remove(&mark) {
        model.marked.insert(mark);
    }
    model.last_mark = Some(at);
    model.lists.set_cursor(model.pane, (at + 1).min(model.len().saturating_sub(1)));
}

/// What stands for these rows among the marks.
fn marks(model: &Model, shared: &Shared, rows: std::ops::Range<usize>) -> Vec<u64> {
    rows.filter_map(|at| model.who(shared, model.entry(at)?)).map(Who::mark).collect()
}

/// Marks the rows from the one that was marked last to this one.
pub(super) fn mark_range(model: &mut Model, shared: &mut Shared) {
    let at = model.cursor();
    let from = model.last_mark.unwrap_or(at);
    let before = model.marked.len();
    model.marked.extend(marks(model, shared, from.min(at)..from.max(at) + 1));
    model.last_mark = Some(at);
    let (new, all) = (model.marked.len() - before, model.marked.len());
    shared.notice = Some(format!("{} more marked, {} in all.", thousands(new), thousands(all)));
}

/// Marks all that match; where they all are, takes their marks away.
pub(super) fn mark_all(model: &mut Model, shared: &mut Shared) {
    let marks = marks(model, shared, 0..model.len());
    if marks.iter().all(|mark| model.marked.contains(mark)) {
        marks.iter().for_each(|mark| {
            model.marked.remove(mark);
        });
    } else {
        model.marked.extend(marks);
    }
    shared.notice = Some(format!("{} marked.", thousands(model.marked.len())));
}

/// Why nobody can be assigned or removed here.
pub(super) fn no_assignments(shared: &Shared) -> Option<&'static str> {
    let work = shared.work.as_ref()?;
    if work.held_by.is_some() {
        return Some("Another oktui has this draft open: you can only read it here.");
    }
    work.loaded.value()?.app.federation_broker().then_some(
        "Federation Broker Mode is on for this app: Okta lets everybody pass and looks at no assignment. Switch it off in Okta first.",
    )
}

/// Stages for the chosen rows.
pub(super) fn stage(model: &mut Model, shared: &mut Shared, adding: bool) {
    let chosen = model.chosen(shared);
    let asleep = chosen.iter().filter(|who| adding && !who.able()).count();
    let subjects: Vec<Subject> = chosen.into_iter().map(Who::subject).collect();
    let (changed, mut said) = stage_these(shared, subjects, adding);
    if changed > 0 {
        model.marked.clear();
        if asleep > 0 {
            said = format!("{said} {} cannot sign in as they are: see their status.", persons(asleep));
        }
    }
    shared.notice = Some(said);
}

/// Stages for these. Says for how many, and in a sentence what was done and what was not.
pub(super) fn stage_these(shared: &mut Shared, mut subjects: Vec<Subject>, adding: bool) -> (usize, String) {
    if let Some(why) = no_assignments(shared) {
        return (0, why.into());
    }
    let Shared { work, directory, .. } = shared;
    let Some(work) = work else { return (0, String::new()) };
    let mut said = Vec::new();
    if adding {
        if work.draft.setup.access.mode == AccessMode::Everyone {
            return (0, "Everybody may sign in: the mode is Everyone. Step 4 changes that.".into());
        }
        // Everyone is a mode of its own: the plan finds the group by its type.
        let everyone = |s: &Subject| s.group && directory.group(&s.id).is_some_and(|g| g.is_everyone());
        if subjects.iter().any(everyone) {
            subjects.retain(|s| !everyone(s));
            said.push("Everyone is everybody: choose that mode in step 4 instead.".to_owned());
        }
    }
    staging::note(work);
    let (changed, note) = if adding {
        staging::assign(work, directory, &subjects)
    } else {
        staging::unassign(work, directory, &subjects)
    };
    said.extend(note);
    if changed == 0 {
        work.stagings.pop();
        if said.is_empty() {
            said.push(if adding { "Assigned already." } else { "Not assigned: nothing to remove." }.into());
        }
        return (0, said.join(" "));
    }
    let access = &mut work.draft.setup.access;
    if adding && access.mode == AccessMode::Later {
        access.mode = AccessMode::Controlled;
        said.push("The mode is Controlled now.".into());
    }
    let word = if adding { "to be assigned" } else { "to be removed or taken back" };
    said.insert(0, format!("{} {word}; u takes it back, p plans.", thousands(changed)));
    (changed, said.join(" "))
}

/// Takes back what is staged for the marked rows; without marks, the last staging.
pub(super) fn unstage(model: &mut Model, shared: &mut Shared) {
    if let Some(why) = no_assignments(shared) {
        shared.notice = Some(why.into());
        return;
    }
    let subjects: Vec<Subject> = match model.marked.is_empty() {
        true => Vec::new(),
        false => model.chosen(shared).into_iter().map(Who::subject).collect(),
    };
    let Shared { work, directory, .. } = shared;
    let Some(work) = work else { return };
    if subjects.is_empty() {
        let done = staging::take_back(work);
        let said = if done { "Taken back." } else { "Nothing was staged here in this session." };
        shared.notice = Some(said.into());
        return;
    }
    staging::note(work);
    let changed = staging::unstage(work, directory, &subjects);
    if changed == 0 {
        work.stagings.pop();
    }
    model.marked.clear();
    shared.notice = Some(format!("{} taken back.", thousands(changed)));
}
