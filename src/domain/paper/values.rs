//! What the items of a paper may say, read from every way they are printed or typed, printed in one way.
//!
//! `*` and 「法定負担割合のとおり」 are values of their own (field D9); nothing printed is a value, too. None of them
//! becomes a share or a class here.

use crate::domain::{
    burden::Percent,
    check::compact,
    oqs_codes::{Code, LimitClass},
    person::{Relation, Sex},
};
use serde::{Serialize, Serializer};
use std::fmt;

const STATUTORY: &str = "法定負担割合のとおり";
const STATUTORY_TYPED: &[&str] = &[STATUTORY, "法定負担割合の通り", "法定負担割合どおり"];
/// Shares there are, in percent. 「7割」 is what the insurer pays, never what the patient does.
const SHARES_IN_USE: &[u8] = &[0, 10, 20, 30, 100];

/// Width folded, spaces gone; "" for nothing, `None` for more than any item says.
fn folded(text: &str) -> Option<String> {
    if text.trim().is_empty() { Some(String::new()) } else { compact(text).ok() }
}

fn is_star(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, '*' | '∗' | '⁎' | '✱'))
}

/// 一部負担金割合 as a paper prints it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrintedRatio {
    /// 「2割」.
    Percent(Percent),
    /// 「法定負担割合のとおり」: the share that the law gives for the age; below 70 only (field D9).
    Statutory,
    /// 「*」: the column is there and says nothing.
    Star,
    /// Nothing printed.
    #[default]
    Absent,
}

impl PrintedRatio {
    /// Reads 2割, ２割, 二割, 2割負担, 20%, ２０％, 20, 2, 020 (OQSCD, three characters), 法定負担割合のとおり, `*`, nothing.
    ///
    /// `None` for anything else, a share not in use among them (0, 1, 2, 3 and 10 割 are).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = folded(text)?;
        match text.as_str() {
            "" => Some(Self::Absent),
            star if is_star(star) => Some(Self::Star),
            words if STATUTORY_TYPED.contains(&words) => Some(Self::Statutory),
            share => {
                let percent = percent(share.strip_suffix("負担").unwrap_or(share))?;
                SHARES_IN_USE
                    .contains(&percent)
                    .then(|| Percent::new(percent).map(Self::Percent))?
            }
        }
    }

    /// The share, where the paper says one.
    #[must_use]
    pub fn percent(self) -> Option<Percent> {
        match self {
            Self::Percent(percent) => Some(percent),
            Self::Statutory | Self::Star | Self::Absent => None,
        }
    }
}

fn percent(text: &str) -> Option<u8> {
    let number = |digits: &str| -> Option<u8> {
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok())?
    };
    if let Some(tenths) = text.strip_suffix('割') {
        let tenths = match tenths {
            "一" => 1,
            "二" => 2,
            "三" => 3,
            "十" => 10,
            digits => number(digits)?,
        };
        return tenths.checked_mul(10);
    }
    match text.strip_suffix('%') {
        Some(digits) => number(digits),
        None if text.len() == 1 => number(text)?.checked_mul(10),
        None if text.len() <= 3 => number(text),
        None => None,
    }
}

/// As insurers print it; "" where nothing is printed.
impl fmt::Display for PrintedRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{}割", percent.value() / 10),
            Self::Statutory => f.write_str(STATUTORY),
            Self::Star => f.write_str("*"),
            Self::Absent => Ok(()),
        }
    }
}

/// 限度額適用区分 as a paper prints it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrintedLimitClass {
    /// 「ウ」, 「低所得Ⅱ」.
    Class(LimitClass),
    /// 「*」: nobody applied for one (field D9).
    Star,
    /// Nothing printed.
    #[default]
    Absent,
}

impl PrintedLimitClass {
    /// Reads the classes of OQSCD012 by code (A03) and by name (ウ, 区分ウ, 現役並みⅡ), `*`, and nothing.
    ///
    /// `None` for anything else: classes are to be divided anew from 2027-08 (codes-and-formats 3.4), and what is not
    /// known then must not pass for what is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = folded(text)?;
        match text.as_str() {
            "" => Some(Self::Absent),
            star if is_star(star) => Some(Self::Star),
            class => find_class(class).map(Self::Class),
        }
    }

    /// The class, where the paper says one.
    #[must_use]
    pub fn class(self) -> Option<LimitClass> {
        match self {
            Self::Class(class) => Some(class),
            Self::Star | Self::Absent => None,
        }
    }
}

/// As insurers print it; "" where nothing is printed.
impl fmt::Display for PrintedLimitClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(class) => f.write_str(class.printed()),
            Self::Star => f.write_str("*"),
            Self::Absent => Ok(()),
        }
    }
}

/// How papers name a class.
struct Named {
    class: LimitClass,
    printed: &'static str,
    /// Other ways to write it, in NFKC.
    also: &'static [&'static str],
}

const fn named(class: LimitClass, printed: &'static str, also: &'static [&'static str]) -> Named {
    Named { class, printed, also }
}

/// Codes and names: codes-and-formats 3.3. The short forms of the last column are unconfirmed.
static NAMES: [Named; 16] = [
    named(LimitClass::A01, "ア", &["区分ア"]),
    named(LimitClass::A02, "イ", &["区分イ"]),
    named(LimitClass::A03, "ウ", &["区分ウ"]),
    named(LimitClass::A04, "エ", &["区分エ"]),
    named(LimitClass::A05, "オ", &["区分オ"]),
    named(LimitClass::A06, "オ(境)", &["区分オ(境)"]),
    named(LimitClass::B01, "現役並みⅢ", &["現役III", "現役並III"]),
    named(LimitClass::B02, "現役並みⅡ", &["現役II", "現役並II"]),
    named(LimitClass::B03, "現役並みⅠ", &["現役I", "現役並I"]),
    named(LimitClass::B04, "一般", &[]),
    named(LimitClass::B05, "低所得Ⅱ", &["低所得者II", "区分II"]),
    named(LimitClass::B06, "低所得Ⅰ", &["低所得者I", "区分I"]),
    named(LimitClass::B07, "低所得Ⅰ(老福)", &["区分I(老福)"]),
    named(LimitClass::B08, "低所得Ⅰ(境)", &["区分I(境)"]),
    named(LimitClass::B09, "一般Ⅱ", &[]),
    named(LimitClass::B10, "一般Ⅰ", &[]),
];

fn find_class(text: &str) -> Option<LimitClass> {
    let upper = text.to_ascii_uppercase();
    let is = |name: &&Named| {
        upper == name.class.code()
            || folded(name.printed).as_deref() == Some(text)
            || name.also.contains(&text)
    };
    NAMES.iter().find(is).map(|name| name.class)
}

impl LimitClass {
    /// The name, as papers print it.
    #[must_use]
    pub fn printed(self) -> &'static str {
        NAMES.iter().find(|name| name.class == self).map_or(self.ja(), |name| name.printed)
    }
}

impl Serialize for PrintedRatio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for PrintedLimitClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// 性別: 男, 女, M, F, 1, 2; [`Sex::Unstated`] for nothing, 3 (未設定), `*` and 「裏面参照」. `None` for anything else.
#[must_use]
pub fn parse_printed_sex(text: &str) -> Option<Sex> {
    match folded(text)?.to_ascii_lowercase().as_str() {
        "男" | "男性" | "m" | "male" | "1" => Some(Sex::Male),
        "女" | "女性" | "f" | "female" | "2" => Some(Sex::Female),
        "" | "3" | "裏面参照" | "裏面" => Some(Sex::Unstated),
        star if is_star(star) => Some(Sex::Unstated),
        _ => None,
    }
}

/// 本人・家族: 本人, 被保険者, 家族, 被扶養者, 1, 2. `None` for anything else, and for nothing.
#[must_use]
pub fn parse_printed_relation(text: &str) -> Option<Relation> {
    match folded(text)?.as_str() {
        "本人" | "被保険者" | "被保険者本人" | "組合員" | "1" => {
            Some(Relation::Insured)
        }
        "家族" | "被扶養者" | "2" => Some(Relation::Family),
        _ => None,
    }
}
