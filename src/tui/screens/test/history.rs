//! The runs of before: a list, and one of them opened, masked for good.

use super::super::Next;
use super::form;
use super::model::Model;
use super::run::Run;
use crate::flow::trace::Trace;
use crate::run::job::{Job, KeptRun, KeptRuns, Outcome, Slot, TestRequest};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};

/// Rows that a page key moves the cursor.
const PAGE: usize = 10;

/// The list's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    pub runs: Remote<KeptRuns>,
    pub cursor: usize,
    /// The run under the cursor is being read.
    pub opening: bool,
}

impl History {
    fn rows(&self) -> &[KeptRun] {
        self.runs.value().map_or(&[], |kept| &kept.runs)
    }
}

/// Opens the list. Not while a run goes on: it could not be stopped from there.
pub(super) fn open(model: &mut Model, shared: &mut Shared) -> Next {
    if model.run.as_ref().is_some_and(|run| !run.ended) {
        shared.notice = Some("A run goes on: v shows it. The runs of before open when it has ended.".into());
        return Next::none();
    }
    let Some(subject) = form::subject(shared) else { return Next::none() };
    model.on_form = true;
    model.history = Some(History { runs: Remote::Loading, ..History::default() });
    Next::effects([shared.start(Slot::Runs, Job::LoadRuns(subject.client_id))])
}

/// What keys do in the list.
pub(super) fn command(model: &mut Model, shared: &mut Shared, id: C) -> Next {
    let Some(history) = &mut model.history else { return Next::none() };
    let last = history.rows().len().saturating_sub(1);
    match id {
        C::Up | C::Previous => history.cursor = history.cursor.saturating_sub(1),
        C::Down | C::Next => history.cursor = (history.cursor + 1).min(last),
        C::PageUp => history.cursor = history.cursor.saturating_sub(PAGE),
        C::PageDown => history.cursor = (history.cursor + PAGE).min(last),
        C::Top => history.cursor = 0,
        C::Bottom => history.cursor = last,
        C::Open => {
            if let Some(kept) = history.rows().get(history.cursor) {
                let job = Job::OpenRun(kept.file.clone());
                history.opening = true;
                return Next::effects([shared.start(Slot::Runs, job)]);
            }
        }
        C::Back => model.history = None,
        _ => {}
    }
    Next::none()
}

/// What came back.
pub(super) fn done(model: &mut Model, shared: &mut Shared, outcome: Outcome) {
    let Some(history) = &mut model.history else { return };
    match outcome {
        Outcome::Runs(kept) => history.runs = Remote::Ready(kept),
        Outcome::Opened(trace) => {
            history.opening = false;
            show(model, shared, *trace);
        }
        Outcome::Failed(trouble) if history.opening => {
            history.opening = false;
            shared.notice = Some(format!("{} {}", trouble.what, trouble.help));
        }
        Outcome::Failed(trouble) => history.runs = Remote::Failed(trouble, None),
        _ => {}
    }
}

/// Puts an older run in front; the one of this session stands aside.
fn show(model: &mut Model, shared: &Shared, trace: Trace) {
    let kept = model.history.as_ref().and_then(|history| history.rows().get(history.cursor));
    let (Some(kept), Some(subject)) = (kept, form::subject(shared)) else { return };
    let request = TestRequest {
        app: subject.app,
        client_id: subject.client_id,
        label: kept.label.clone(),
        server: subject.server,
        authentication: subject.authentication,
        secret: None,
        redirect_uri: String::new(),
        sign_out_uri: None,
        scopes: Vec::new(),
        way: trace.way,
        temporary: None,
        side: false,
        whole_life: false,
        login: String::new(),
        password: None,
        stepping: None,
        run: trace.run,
    };
    let mut run = Run { older: Some(kept.file.clone()), ..Run::new(request) };
    run.end(trace);
    model.aside = model.run.replace(run);
    model.on_form = false;
}

/// Back from an older run to the list, and the run of this session in its place again.
pub(super) fn leave(model: &mut Model) {
    if model.run.as_ref().is_some_and(|run| run.older.is_some()) {
        model.run = model.aside.take();
        model.on_form = true;
    }
}
