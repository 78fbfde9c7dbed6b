//! The lists of people and groups: moving, marking, assigning, staging.

use super::access::{self, Tab};
use super::model::Model;
use super::press::unstage;
use super::update::PAGE;
use crate::okta::model::Readable;
use crate::tui::command::CommandId as C;
use crate::tui::screens::Next;
use crate::tui::shared::Shared;
use crate::tui::widgets::field::Field;

/// Keys on the list of people and groups.
pub(super) fn list(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let list = &mut model.list;
    let len = list.entries.len();
    let tabs = [Tab::Available, Tab::Assigned, Tab::Staged];
    let at = tabs.iter().position(|t| *t == list.tab).unwrap_or(0);
    let mut turn = |by: usize| {
        list.tab = tabs.get((at + by) % 3).copied().unwrap_or_default();
        list.cursor = 0;
        list.filtering = false;
    };
    match id {
        C::Next | C::Right => turn(1),
        C::Previous | C::Left => turn(2),
        C::Down if len > 0 => list.cursor = (list.cursor + 1) % len,
        C::Up if len > 0 => list.cursor = (list.cursor + len - 1) % len,
        C::PageDown => list.cursor = (list.cursor + PAGE).min(len.saturating_sub(1)),
        C::PageUp => list.cursor = list.cursor.saturating_sub(PAGE),
        C::Top => list.cursor = 0,
        C::Bottom => list.cursor = len.saturating_sub(1),
        C::Back if list.filtering => list.filtering = false,
        C::Back if !list.filter.text().is_empty() => list.filter = Field::default(),
        C::Back => {
            list.shown = false;
            list.marked.clear();
        }
        C::Filter => list.filtering = true,
        C::View => {
            list.groups = !list.groups;
            list.cursor = 0;
        }
        C::Mark | C::Open => {
            let entry = list.entries.get(list.cursor);
            if let Some(item) = entry.zip(shared.work.as_ref()).and_then(|(e, w)| e.item(shared, w)) {
                if !list.marked.remove(&item.id) {
                    list.marked.insert(item.id);
                }
                if list.cursor + 1 < len {
                    list.cursor += 1;
                }
            }
        }
        C::Add | C::Remove => stage(model, shared, id == C::Add),
        C::Unstage => unstage(model, shared),
        C::Why => {
            shared.notice = Some(
                "Assignments are staged here; the plan names everybody who gains or loses access.".into(),
            );
        }
        _ => {}
    }
    Next::none()
}

pub(super) fn stage(model: &mut Model, shared: &mut Shared, adding: bool) {
    let chosen = model.list.chosen(shared);
    let everyone: Vec<String> = match &shared.directory.groups {
        Readable::Known(groups) => {
            groups.iter().filter(|g| g.is_everyone()).map(|g| g.id.to_string()).collect()
        }
        _ => Vec::new(),
    };
    let Some(work) = &mut shared.work else { return };
    let then = access::snapshot(&work.draft);
    let (mut changed, mut notice) = (0_usize, None);
    for item in &chosen {
        if adding && item.group && everyone.contains(&item.id) {
            notice = Some("That is everybody: choose Everyone as the mode instead (Esc).".to_owned());
            continue;
        }
        let done =
            if adding { Ok(access::assign(&mut work.draft, item)) } else { access::unassign(work, item) };
        match done {
            Ok(true) => changed += 1,
            Ok(false) => {}
            Err(why) => notice = Some(why),
        }
        if adding && !item.able {
            notice =
                Some(format!("{} is {}: assigned, but cannot sign in as it is.", item.login, item.status));
        }
    }
    if changed > 0 {
        model.list.undo.push(then);
    }
    model.list.marked.clear();
    let word = if adding { "assigned" } else { "staged for removal" };
    let said =
        if changed == 0 { "Nothing to do for these.".to_owned() } else { format!("{changed} {word}.") };
    shared.notice = Some(notice.unwrap_or(said));
}
