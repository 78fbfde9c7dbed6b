//! What the keys of Home do.

use super::model::{Model, Row, rows};
use crate::run::job::{Job, Slot};
use crate::tui::command::CommandId as C;
use crate::tui::screens::{Go, Msg, Next, Route};
use crate::tui::shared::{Shared, Wanted};

pub(super) fn update(model: &mut Model, shared: &mut Shared, msg: &Msg) -> Next {
    let rows = rows(shared);
    let last = rows.len().saturating_sub(1);
    model.cursor = model.cursor.min(last);
    match msg {
        Msg::Command(C::Up | C::Previous) => model.cursor = model.cursor.saturating_sub(1),
        Msg::Command(C::Down | C::Next) => model.cursor = (model.cursor + 1).min(last),
        Msg::Command(C::Top | C::PageUp) => model.cursor = 0,
        Msg::Command(C::Bottom | C::PageDown) => model.cursor = last,
        Msg::Command(C::Open) => {
            return rows.get(model.cursor).map_or_else(Next::none, |row| open(shared, row));
        }
        Msg::Command(C::Remove) => return forget(shared, rows.get(model.cursor)),
        Msg::Command(C::Again) => return Next::effects([shared.start(Slot::Start, Job::ReadStart)]),
        _ => {}
    }
    Next::none()
}

fn open(shared: &mut Shared, row: &Row) -> Next {
    match row {
        Row::SetUp | Row::Test => {
            shared.wanted = None;
            let route = if shared.session.is_some() { Route::Apps } else { Route::Connect };
            shared.door = if *row == Row::Test { Some(Route::Test) } else { None };
            Next::go(Go::To(route))
        }
        Row::Diagnose => Next::go(Go::To(Route::Diagnose)),
        Row::Demo => {
            shared.wanted = Some(Wanted::Demo);
            Next::go(Go::To(Route::Connect))
        }
        Row::Unfinished(left) => {
            shared.wanted = Some(Wanted::Resume { url: left.plan.org_url.clone() });
            to_org(shared, &left.plan.org_url)
        }
        Row::Draft(saved) => {
            shared.wanted = Some(Wanted::Draft(Box::new(saved.draft.clone())));
            to_org(shared, &saved.draft.org_url)
        }
        Row::Org(org) => {
            shared.wanted = Some(Wanted::Org { url: org.url.clone() });
            to_org(shared, &org.url)
        }
        Row::Connect => {
            shared.wanted = None;
            Next::go(Go::To(Route::Connect))
        }
    }
}

/// To the org's screens where it is connected, else to Connect, which goes on from there.
fn to_org(shared: &Shared, url: &str) -> Next {
    let connected = shared.session.as_ref().is_some_and(|s| s.org.url == url);
    Next::go(Go::To(if connected { Route::Apps } else { Route::Connect }))
}

fn forget(shared: &mut Shared, row: Option<&Row>) -> Next {
    match row {
        Some(Row::Org(org)) => {
            shared.notice = Some(format!("{} is forgotten here. In Okta nothing changes.", org.label));
            Next::effects([shared.start(Slot::Start, Job::ForgetOrg { url: org.url.clone() })])
        }
        Some(Row::Draft(saved)) => {
            shared.notice = Some("The draft is discarded. In Okta nothing changes.".into());
            let job = Job::DropDraft(Box::new(saved.draft.clone()));
            let drop = shared.start(Slot::Draft, job);
            Next::effects([drop, shared.start(Slot::Start, Job::ReadStart)])
        }
        _ => Next::none(),
    }
}
