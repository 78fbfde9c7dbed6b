//! What the keys of Home do.

use super::model::{Model, Row, rows};
use crate::run::job::{Job, Outcome, Slot};
use crate::setup::Draft;
use crate::text::Clean;
use crate::tui::command::CommandId as C;
use crate::tui::screens::{Go, Msg, Next, Route, resume};
use crate::tui::shared::{Shared, Wanted};
use crate::tui::widgets::confirm::Question;

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: &Msg) -> Next {
    let rows = rows(shared);
    let last = rows.len().saturating_sub(1);
    model.cursor = model.cursor.min(last);
    if let (Some((question, _)), Msg::Command(id)) = (&mut model.question, msg) {
        match id {
            C::Left | C::Right | C::Next | C::Previous => {
                question.on_yes = !question.on_yes;
                return Next::none();
            }
            _ => {}
        }
        let yes = *id == C::Yes || (*id == C::Open && question.on_yes);
        let draft = model.question.take().map(|(_, draft)| draft);
        return draft.filter(|_| yes).map_or_else(Next::none, |draft| discard(shared, draft));
    }
    match msg {
        // An apply of this session may have left something, or ended what was left.
        Msg::Shown => {
            model.question = None;
            return read(shared);
        }
        Msg::Command(C::Up | C::Previous) => model.cursor = model.cursor.saturating_sub(1),
        Msg::Command(C::Down | C::Next) => model.cursor = (model.cursor + 1).min(last),
        Msg::Command(C::Top | C::PageUp) => model.cursor = 0,
        Msg::Command(C::Bottom | C::PageDown) => model.cursor = last,
        Msg::Command(C::Open) => {
            return rows.get(model.cursor).map_or_else(Next::none, |row| open(shared, row));
        }
        Msg::Command(C::Remove) => return forget(model, shared, rows.get(model.cursor)),
        // A draft was saved or removed: the lists of drafts, here and among the apps, are to show it.
        Msg::Done(Slot::Draft, Outcome::DraftSaved(_)) => return read(shared),
        Msg::Command(C::Again) => return read(shared),
        _ => {}
    }
    Next::none()
}

fn open(shared: &mut Shared, row: &Row) -> Next {
    match row {
        Row::SetUp | Row::Test | Row::CheckUp => {
            shared.wanted = None;
            let route = if shared.session.is_some() { Route::Apps } else { Route::Connect };
            shared.door = match row {
                Row::Test => Some(Route::Test),
                Row::CheckUp => Some(Route::CheckUp),
                _ => None,
            };
            Next::go(Go::To(route))
        }
        Row::Diagnose => Next::go(Go::To(Route::Diagnose)),
        Row::Scenarios => Next::go(Go::To(Route::Scenarios)),
        Row::Journal => Next::go(Go::To(Route::Journal)),
        Row::Demo => connect_for(shared, Some(Wanted::Demo)),
        Row::Unfinished(left) => {
            if connected(shared, &left.plan.org_url) {
                resume::apply(shared, &left.plan);
                return Next::go(Go::To(Route::Plan));
            }
            connect_for(shared, Some(Wanted::Resume { url: left.plan.org_url.clone() }))
        }
        Row::Draft(saved) => {
            if connected(shared, &saved.draft.org_url) {
                return Next::go(Go::To(Route::Wizard)).and(resume::draft(shared, saved.draft.clone()));
            }
            connect_for(shared, Some(Wanted::Draft(Box::new(saved.draft.clone()))))
        }
        Row::Org(org) => {
            shared.door = None;
            if connected(shared, &org.url) {
                return Next::go(Go::To(Route::Apps));
            }
            connect_for(shared, Some(Wanted::Org { url: org.url.clone() }))
        }
        Row::Rights => Next::go(Go::To(Route::Rights)),
        Row::Servers => Next::go(Go::To(Route::Inventory)),
        Row::Connect => connect_for(shared, None),
    }
}

fn connected(shared: &Shared, url: &str) -> bool {
    shared.session.as_ref().is_some_and(|s| s.org.url == url)
}

/// To Connect, which goes on from there to what it is wanted for.
fn connect_for(shared: &mut Shared, wanted: Option<Wanted>) -> Next {
    shared.wanted = wanted;
    shared.door = None;
    Next::go(Go::To(Route::Connect))
}

fn read(shared: &mut Shared) -> Next {
    Next::effects([shared.start(Slot::Start, Job::ReadStart)])
}

/// An org is forgotten at once, for it is soon connected again; a draft is work, so that is asked.
fn forget(model: &mut Model, shared: &mut Shared, row: Option<&Row>) -> Next {
    match row {
        Some(Row::Org(org)) => {
            shared.notice = Some(format!("{} is forgotten here. In Okta nothing changes.", org.label));
            Next::effects([shared.start(Slot::Start, Job::ForgetOrg { url: org.url.clone() })])
        }
        Some(Row::Draft(saved)) => {
            let name = Clean::new(&saved.draft.setup.app.name);
            let text = format!("Discard the draft of \"{name}\"? In Okta nothing changes.");
            model.question = Some((Question::new(text, "Yes, discard it"), Box::new(saved.draft.clone())));
            Next::none()
        }
        _ => Next::none(),
    }
}

fn discard(shared: &mut Shared, draft: Box<Draft>) -> Next {
    shared.notice = Some("The draft is discarded. In Okta nothing changes.".into());
    if shared
        .work
        .as_ref()
        .is_some_and(|w| w.draft.org_url == draft.org_url && w.draft.target == draft.target)
    {
        // Else its next change would save it again.
        shared.work = None;
    }
    Next::effects([shared.start(Slot::Draft, Job::DropDraft(draft))])
}
