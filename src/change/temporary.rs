//! A redirect URI that an app has for one run of the tester: what marks the plan that adds it, and which of them are still there.
//!
//! The marks are in the plan's id, so that they are in the journal with it and a killed program finds at its next start what it has to
//! take back.

use super::undo::{History, State, Written};
use super::value::{Change, PlanId};
use crate::okta::model::AppId;
use crate::text::Clean;
use jiff::Timestamp;

/// The port that is listened at where nobody chooses one.
pub const PORT: u16 = 8765;

/// The redirect URI at this port of this machine. An address and not `localhost`: RFC 8252 §8.3.
pub fn uri(port: u16) -> String {
    format!("http://127.0.0.1:{port}/callback")
}

/// What ends the id of a plan that adds a redirect URI for one run.
const TEMPORARY: &str = "-temporary";

impl PlanId {
    /// This id for a plan that adds a redirect URI for one run.
    pub fn for_temporary(self) -> Self {
        Self(self.0 + TEMPORARY)
    }

    /// Whether the plan with this id adds a redirect URI for one run.
    pub fn is_temporary(&self) -> bool {
        self.0.ends_with(TEMPORARY)
    }

    /// Whether the plan with this id takes such a redirect URI back.
    pub fn ends_temporary(&self) -> bool {
        let (undone, undo) = (Self(TEMPORARY.into()).for_undo(), &self.0);
        undo.ends_with(&undone.0)
    }
}

impl PlanId {
    /// Whether a run of the tester made this plan, for itself alone or to take back what it had made: nothing that an admin goes on with.
    pub fn is_of_a_test(&self) -> bool {
        self.is_temporary() || self.ends_temporary() || self.is_side() || self.ends_side()
    }
}

/// A redirect URI that was added for one run and is, as far as the journal knows, still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Temporary {
    /// The number of the write in the history of its org.
    pub write: usize,
    /// Which app has it.
    pub app: AppId,
    /// The app's name.
    pub label: Clean,
    /// The redirect URIs that the write added.
    pub uris: Vec<String>,
    /// Since when.
    pub at: Timestamp,
}

/// The redirect URIs that were added for one run and not taken back, oldest first.
pub fn left(history: &History) -> Vec<Temporary> {
    let still = |w: &&Written| {
        w.plan.is_temporary() && matches!(w.state, State::Made | State::Unknown) && w.undone_by.is_none()
    };
    history.writes.iter().filter(still).filter_map(of).collect()
}

fn of(written: &Written) -> Option<Temporary> {
    let Some(Change::EditApp { before, after, .. }) = &written.change else { return None };
    let had = before.redirect_uris();
    let uris = after.redirect_uris().into_iter().filter(|uri| !had.contains(uri)).collect();
    Some(Temporary {
        write: written.number,
        app: written.app.clone()?,
        label: written.label.clone(),
        uris,
        at: written.at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_are_told_apart() {
        let plain = PlanId("20261122-1a2b3c4d".into());
        let added = plain.clone().for_temporary();
        let taken_back = added.clone().for_undo();
        let marks = |id: &PlanId| (id.is_temporary(), id.ends_temporary(), id.is_undo());
        assert_eq!(marks(&plain), (false, false, false));
        assert_eq!(marks(&plain.for_undo()), (false, false, true));
        assert_eq!(marks(&added), (true, false, false));
        assert_eq!(marks(&taken_back), (false, true, true));
    }
}
