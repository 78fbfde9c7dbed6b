//! Why a run failed, with what the org says about it; and from there to the plan that mends it.

use super::super::mend::{Clues, mend};
use super::super::{Go, Next};
use super::form;
use super::model::Model;
use super::run::Run;
use crate::diagnose::{Diagnosis, Evidence, words};
use crate::flow::trace::{RunVerdict, Text};
use crate::run::job::{Job, Slot, Trouble};
use crate::secret::Secret;
use crate::text::pad;
use crate::tui::effect::Effect;
use crate::tui::shared::{Mending, Shared};

/// What was found out about a failed run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cause {
    /// Okta is being asked.
    Asking,
    /// What came of it.
    Found(Box<(Diagnosis, Clues)>),
}

/// Whether `f` has something to do: the run has failed, and is of this session.
pub(super) fn can_fix(run: &Run) -> bool {
    // What was altered for an experiment is not mended in the org.
    let experiment = run.hops.iter().any(|hop| !hop.altered.is_empty());
    // An app that stood in for this run is gone: the org knows nothing of it.
    !experiment
        && !run.request.side
        && run.older.is_none()
        && run.trace.is_some()
        && matches!(run.verdict(), RunVerdict::Failed { .. })
}

/// Finds out why the run failed; where that is known, leads to the plan that mends it.
pub(super) fn fix(model: &mut Model, shared: &mut Shared) -> Next {
    let Some(run) = model.run.as_mut().filter(|run| can_fix(run)) else {
        shared.notice =
            Some("There is nothing to fix: f is for a run of this session that has failed.".into());
        return Next::none();
    };
    match &run.cause {
        Some(Cause::Asking) => Next::none(),
        Some(Cause::Found(_)) => lead(run, shared),
        None => {
            let Some(trace) = run.trace.clone() else { return Next::none() };
            let who = Some(run.request.login.clone()).filter(|login| !login.is_empty());
            let callbacks = shared.callbacks();
            run.cause = Some(Cause::Asking);
            shared.notice = Some("Asking Okta why ...".into());
            let job = Job::FindCause { trace: Box::new(trace), who, callbacks };
            Next::effects([shared.start(Slot::Cause, job)])
        }
    }
}

/// Takes what was found out, and goes on to the plan where there is one to go to.
pub(super) fn found(run: &mut Run, shared: &mut Shared, evidence: &Evidence) -> Next {
    if run.cause != Some(Cause::Asking) {
        return Next::none();
    }
    let clues = Clues::of(evidence, Some(run.request.login.as_str()));
    run.cause = Some(Cause::Found(Box::new((crate::diagnose::judge(evidence), clues))));
    (run.tab, run.scroll) = (0, 0);
    lead(run, shared)
}

/// It could not be found out; `f` tries again.
pub(super) fn failed(run: &mut Run, shared: &mut Shared, trouble: &Trouble) {
    run.cause = None;
    shared.notice = Some(format!("{} {}", trouble.what, trouble.help));
}

fn lead(run: &Run, shared: &mut Shared) -> Next {
    let Some(Cause::Found(found)) = &run.cause else { return Next::none() };
    let (diagnosis, clues) = found.as_ref();
    let Some(finding) = diagnosis.findings.first() else { return Next::none() };
    match mend(finding, clues, shared) {
        Ok((route, words)) => {
            let (_, failed) = super::detail::headline(run, form::session_only(shared));
            shared.mending =
                Some(Mending { app: run.request.app.clone(), failed, applied: false, again: false });
            shared.notice = Some(words);
            Next::go(Go::To(route))
        }
        Err(sentence) => {
            shared.notice = Some(sentence);
            Next::none()
        }
    }
}

/// The first finding as lines: what the org says stands above what the run alone could tell.
pub(super) fn lines(run: &Run) -> Vec<Text> {
    let Some(Cause::Found(found)) = &run.cause else { return Vec::new() };
    let (diagnosis, _) = found.as_ref();
    let Some(finding) = diagnosis.findings.first() else { return Vec::new() };
    let mut lines = vec![Text::plain(&finding.headline)];
    let rows = words::rows(finding);
    lines.extend(rows.iter().map(|row| Text::plain(&format!("  {}{}", pad(row.head, 11), row.text))));
    lines.extend(diagnosis.could_not_look.iter().map(|said| Text::plain(&format!("  {said}"))));
    lines
}

/// A message for whoever can do the fix, once the cause is known.
pub(super) fn message(run: &Run) -> Option<Effect> {
    let Some(Cause::Found(found)) = &run.cause else { return None };
    let finding = found.0.findings.first()?;
    Some(Effect::Copy(Secret::new(words::message(finding))))
}

/// How the failed run that was mended ended, as the first line of the one that follows it.
pub(super) fn before(run: &Run) -> Option<Text> {
    run.before.as_ref().map(|failed| Text::plain(&format!("Before the change: FAILED, {failed}")))
}
