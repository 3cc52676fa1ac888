//! Whose box it is.

use super::{ConfigError, FacilityFile};
use crate::{domain::area::Area, limits};
use std::fmt;

/// 医療機関コード: prefecture (2), fee table (1), institution (7) (codes-and-formats 1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacilityCode(String);

impl FacilityCode {
    /// Ten digits of a prefecture and a known fee table. The check digit is not asked for: an applicant has none yet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit());
        let prefecture: u8 = text.get(..2)?.parse().ok()?;
        let known_table = matches!(text.get(2..3)?, "1" | "3" | "4" | "6");
        (digits && (1..=47).contains(&prefecture) && known_table).then(|| Self(text.into()))
    }
}

impl fmt::Display for FacilityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A facility that has been set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facility {
    /// 医療機関コード.
    pub code: FacilityCode,
    /// 医療機関名.
    pub name: String,
    /// 全国地方公共団体コード of where it stands: decides which orders concern it.
    pub municipality: u32,
}

impl Facility {
    /// Checks what the file says.
    pub(super) fn settle(written: FacilityFile) -> Result<Self, ConfigError> {
        let name = written.name.trim();
        if name.is_empty() || name.chars().count() > limits::NAME_CHARS_MAX {
            return Err(ConfigError::FacilityName);
        }
        Area::municipality(written.municipality)
            .ok_or(ConfigError::Municipality(written.municipality))?;
        Ok(Self {
            code: FacilityCode::parse(&written.code).ok_or(ConfigError::FacilityCode)?,
            name: name.into(),
            municipality: written.municipality,
        })
    }
}
