//! From a finding to where it is mended. Nothing is written from here.

use super::model::Model;
use crate::checkup::Place;
use crate::tui::screens::{Go, Next, Route};
use crate::tui::shared::{Remote, Shared};

/// Puts the edit of the finding under the cursor into the draft and leads to the plan, or leads to where it is mended by hand.
pub(super) fn fix(model: &Model, shared: &mut Shared) -> Next {
    let Some(finding) = model.finding() else { return Next::none() };
    let Some(place) = finding.place() else {
        shared.notice = Some(format!(
            "No plan of oktui's mends this; it is for: {}. y copies a message.",
            finding.who.words()
        ));
        return Next::none();
    };
    let Some(work) = &mut shared.work else { return Next::none() };
    if work.held_by.is_some() {
        shared.notice = Some("Another oktui has this app's draft open: make the change there.".into());
        return Next::none();
    }
    let (route, words) = match (place, &finding.fix) {
        (_, Some(fix)) => {
            let live = work.loaded.value().map(|loaded| &loaded.app);
            let words = if work.draft.mend(fix, live) {
                format!("In the draft now: {}.", fix.title)
            } else {
                format!("The draft has it already: {}.", fix.title)
            };
            work.plan = Remote::Idle;
            (Route::Plan, words)
        }
        (Place::Plan, None) => (Route::Plan, "The plan sets it as the gateway needs it.".into()),
        (Place::People, None) => (Route::People, "Who may sign in is chosen here.".into()),
        (Place::Secrets, None) => (Route::Rotation, "The client secrets, and their rotation.".into()),
        (Place::Step(step), None) => {
            work.draft.step = step;
            (Route::Wizard, format!("Step {step}: {}", finding.help))
        }
    };
    let next = Next::go(Go::To(route));
    shared.notice = Some(words);
    next
}
