//! What `update` wants done, as values. One runner in the loop carries them out.

use crate::run::job::{Job, Slot, Ticket};
use crate::secret::Secret;

/// Something to do outside of the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start a job; its events carry the ticket.
    Start {
        /// The ticket.
        ticket: Ticket,
        /// Where it belongs. A read that runs in this slot is cancelled.
        slot: Slot,
        /// What to do.
        job: Job,
    },
    /// Pass something on to the job that runs in this slot (a passcode).
    Answer {
        /// Which slot.
        slot: Slot,
        /// What.
        job: Job,
    },
    /// Stop what runs in a slot. An apply stops after the write that is in flight.
    Stop(Slot),
    /// Send a value to the terminal's clipboard (OSC 52). There is no acknowledgement.
    Copy(Secret),
    /// Leave the alternate screen and print these lines unboxed and unpadded, so that they can be selected clean; come back on Enter.
    Bare(Vec<Secret>),
    /// Send a tick after this many milliseconds.
    Wake(u64),
    /// Suspend (Ctrl-Z).
    Suspend,
    /// Draw everything again.
    Redraw,
    /// Leave.
    Quit,
}
