//! Areas that orders and keys speak of: prefectures and municipalities.

use serde::Serialize;

/// A prefecture or a municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// 都道府県番号 (JIS X 0401), 1–47.
    Prefecture(u8),
    /// 全国地方公共団体コード (JIS X 0402), six digits with check digit.
    Municipality(u32),
}

impl Area {
    /// One or two digits are a prefecture, six with a valid check digit a municipality.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let value: u32 = text.parse().ok()?;
        match text.len() {
            1 | 2 => Self::prefecture(u8::try_from(value).ok()?),
            6 => Self::municipality(value),
            _ => None,
        }
    }

    /// A prefecture from 1 to 47.
    #[must_use]
    pub fn prefecture(number: u8) -> Option<Self> {
        (1..=47).contains(&number).then_some(Self::Prefecture(number))
    }

    /// A municipality whose check digit fits: Σ d1…d5 × (6,5,4,3,2), (11 − S mod 11) mod 10 (codes-and-formats 7.6).
    #[must_use]
    pub fn municipality(code: u32) -> Option<Self> {
        let digit = |place: u32| code / 10_u32.pow(place) % 10;
        let sum: u32 = (1..=5).map(|place| digit(place) * (place + 1)).sum();
        let fits = (11 - sum % 11) % 10 == digit(0) && (1..=47).contains(&(code / 10_000));
        fits.then_some(Self::Municipality(code))
    }

    /// Whether the municipality with this code lies in the area.
    #[must_use]
    pub fn covers(self, municipality: u32) -> bool {
        match self {
            Self::Prefecture(number) => municipality / 10_000 == u32::from(number),
            Self::Municipality(code) => municipality == code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_municipality_is_not_an_area() {
        assert_eq!(Area::parse("131016"), Some(Area::Municipality(131_016)));
        assert_eq!(Area::parse("131017"), None);
        assert_eq!(Area::parse("17"), Some(Area::Prefecture(17)));
        assert_eq!(Area::parse("48"), None);
    }

    #[test]
    fn a_prefecture_covers_its_own_municipalities_only() {
        let ishikawa = Area::Prefecture(17);
        assert!(ishikawa.covers(172_049) && !ishikawa.covers(131_016));
        assert!(
            Area::Municipality(172_049).covers(172_049)
                && !Area::Municipality(172_049).covers(172_022)
        );
    }
}
