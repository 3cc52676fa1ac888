//! What the field knows, pure: numbers, names, dates, shares, evidence and the answer. No clock, disk or network.

pub mod answer;
pub mod area;
pub mod burden;
pub mod check;
pub mod check_digit;
pub mod checkup;
pub mod decide;
pub mod drug_code;
pub mod evidence;
pub mod facility_code;
pub mod insured;
pub mod insurer_number;
pub mod kana;
pub mod keys;
pub mod medication;
pub mod names;
pub mod paper;
pub mod person;
pub mod policy;
pub mod public_payer;
mod register;
pub mod time;
pub mod verified;
pub mod visit;
pub mod wareki;
pub mod warning;
