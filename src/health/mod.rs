//! What the box can say about itself: the doctor's checks and the numbers for a monitoring system.
//!
//! [`probe`] collects facts, [`doctor`] judges them and does nothing else. A fact that could not be had is `None` and is
//! told as such: not knowing is a warning at most, never an alarm.

mod cache;
mod checks;
mod metrics;
mod probe;

pub use checks::{Check, Examination, Grade, doctor, examine, worst};
pub use metrics::{Numbers, metrics};
pub use probe::{
    CacheFacts, DirAccess, HouseFacts, Journal, Machine, Outbox, OwnFacts, Probe, Rtc, Thresholds,
    TrustListAge, machine, probe,
};
