//! The share (負担割合) as papers and files write it.

use crate::domain::{
    burden::Percent,
    check::{CheckError, compact},
    warning::{Parsed, Warning},
};
use std::fmt;

/// What a paper says about the share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatioText {
    /// The patient's share.
    Share(Percent),
    /// 法定負担割合のとおり: as the age says (国保組合, under 70).
    Statutory,
}

/// 10割 and 100 %.
const WHOLE: u8 = 100;
/// From here on nobody's own share is meant but the insurer's: 7, 8 or 9 tenths.
const BENEFIT_FROM: u8 = 70;
/// The shares there are.
const IN_USE: [u8; 5] = [0, 10, 20, 30, WHOLE];
const STATUTORY: &str = "法定負担割合のとおり";

impl RatioText {
    /// Reads 030 and 30 (オンライン資格確認, JAHIS), 3割, 三割, 30%, with 負担 or 給付 beside it, and 法定負担割合のとおり.
    ///
    /// 7割 to 9割 are the insurer's part (給付割合) and are turned into the patient's, with a warning.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        let text = compact(text)?;
        if text == STATUTORY {
            return Ok(Parsed::clean(Self::Statutory));
        }
        let word = ["自己負担", "負担", "給付"]
            .iter()
            .fold(text.clone(), |rest, word| rest.replace(word, ""));
        let value = percent(&word).ok_or(CheckError::NotARatio)?;
        let own = text.contains("負担");
        let benefit = text.contains("給付") || (!own && (BENEFIT_FROM..WHOLE).contains(&value));
        let share = if benefit { WHOLE - value } else { value };
        let in_use = IN_USE.contains(&share).then(|| Percent::new(share)).flatten();
        let share = in_use.ok_or(CheckError::NotARatio)?;
        let warnings = if benefit { vec![Warning::BenefitShare] } else { vec![] };
        Ok(Parsed { value: Self::Share(share), warnings })
    }

    /// The patient's share in percent; `None` where the age decides.
    #[must_use]
    pub fn percent(self) -> Option<u8> {
        match self {
            Self::Share(share) => Some(share.value()),
            Self::Statutory => None,
        }
    }
}

/// Three digits, as オンライン資格確認 writes it.
impl fmt::Display for RatioText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => write!(f, "{:03}", share.value()),
            Self::Statutory => f.write_str(STATUTORY),
        }
    }
}

/// Whole tenths up to 100, by any way of writing them.
fn percent(word: &str) -> Option<u8> {
    let tenths = |text: &str| -> Option<u8> {
        let kanji = "〇一二三四五六七八九十".chars().position(|c| text.chars().eq([c]));
        kanji.and_then(|place| u8::try_from(place).ok()).or_else(|| text.parse().ok())
    };
    let plain =
        |text: &str| text.parse::<u8>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let value = match (word.strip_suffix('割'), word.strip_suffix('%')) {
        (Some(text), _) => tenths(text)?.checked_mul(10)?,
        (None, Some(text)) => plain(text)?,
        (None, None) if matches!(word.len(), 2 | 3) => plain(word)?,
        (None, None) => return None,
    };
    (value <= WHOLE && value % 10 == 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<u8>, Vec<Warning>) {
        let read = RatioText::parse(text).unwrap();
        (read.value.percent(), read.warnings)
    }

    #[test]
    fn a_share_is_read_in_every_way_it_is_written() {
        for text in [
            "030",
            "30",
            "3割",
            "３割",
            "三割",
            "30%",
            "３０％",
            "負担3割",
            "3割負担",
            "自己負担 30％",
        ] {
            assert_eq!(read(text), (Some(30), vec![]), "{text}");
        }
        assert_eq!(
            (read("010").0, read("020").0, read("000").0, read("10割").0),
            (Some(10), Some(20), Some(0), Some(100))
        );
        assert_eq!(read("法定負担割合のとおり"), (None, vec![]));
    }

    #[test]
    fn the_insurers_part_is_turned_into_the_patients_with_a_warning() {
        for (text, share) in [("7割", 30), ("8割", 20), ("9割", 10), ("給付7割", 30), ("070", 30)]
        {
            assert_eq!(read(text), (Some(share), vec![Warning::BenefitShare]), "{text}");
        }
    }

    #[test]
    fn what_is_no_share_is_refused_and_what_is_prints_back() {
        for text in [
            "3",
            "35%",
            "11割",
            "*",
            "割",
            "負担",
            "0.3",
            "+30",
            "300",
            "給付1割",
            "負担7割",
            "5割",
        ] {
            assert_eq!(RatioText::parse(text), Err(CheckError::NotARatio), "{text}");
        }
        assert_eq!(RatioText::parse(""), Err(CheckError::Empty));
        for share in [0, 10, 20, 30, 100] {
            let value = RatioText::Share(Percent::new(share).unwrap());
            assert_eq!(RatioText::parse(&value.to_string()), Ok(Parsed::clean(value)));
        }
    }
}
