//! The share that the age alone gives.

use super::CheckError;
use crate::domain::{
    burden::{AgeClass, age_class},
    wareki,
    warning::Warning,
};
use jiff::civil::Date;
use serde::Serialize;

/// The share that goes with an age, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgeRatioReport {
    /// The date of birth as handed in.
    pub input: String,
    /// The day asked about.
    pub on: Date,
    /// Age class on that day.
    pub class: AgeClass,
    /// The share in percent; `None` where income decides.
    pub percent: Option<u8>,
    /// First day of the class.
    pub from: Date,
    /// Last day of the class; `None` for the last class.
    pub until: Option<Date>,
}

/// Tells the share by age on a day.
///
/// # Errors
/// When the date of birth cannot be read, lacks its day, or lies after `on`.
pub fn check_age_ratio(birth_text: &str, on: Date) -> Result<AgeRatioReport, CheckError> {
    let birth = wareki::parse(birth_text)?;
    if birth.warnings.contains(&Warning::PartialDate) {
        return Err(CheckError::DateIncomplete);
    }
    if birth.value > on {
        return Err(CheckError::BornLater);
    }
    let burden = age_class(birth.value, on);
    Ok(AgeRatioReport {
        input: birth_text.to_owned(),
        on,
        class: burden.class,
        percent: burden.percent.map(|share| share.value()),
        from: burden.from,
        until: burden.until,
    })
}
