//! State-machine tests and snapshots.
