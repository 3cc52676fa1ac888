//! What the field knows, pure: numbers, names, dates, shares, evidence and the answer. No clock, disk or network.

pub mod answer;
pub mod area;
pub mod burden;
pub mod evidence;
pub mod insured;
pub mod insurer_number;
pub mod keys;
pub mod medication;
pub mod person;
pub mod policy;
pub mod time;
pub mod verified;
