//! Insurers with numbers that pass the check digit, and symbols and numbers in each scheme's manner
//! (codes-and-formats 1 and 2). Numbers of 協会けんぽ follow its public rule; every other insurer is invented.

use super::{lists::Municipality, lot::Lot};
use crate::domain::{insured::Identity, insurer_number::InsurerNumber};

/// A kind of public health insurance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// 協会けんぽ (法別 01).
    Association,
    /// 健保組合 (法別 06).
    Society,
    /// 国保 (six digits).
    NationalHealth,
    /// 共済 (法別 31–34).
    MutualAid,
    /// 後期高齢者医療 (法別 39).
    LateElderly,
}

/// Who insures, and the symbol and number one family holds there.
#[derive(Clone, Debug)]
pub(super) struct Cover {
    pub(super) scheme: Scheme,
    insurer: InsurerNumber,
    pub(super) insurer_name: String,
    symbol: String,
    number: String,
}

/// 検証番号: weights 2, 1, 2 … from the right, digit sums, complement to ten (codes-and-formats 1.2).
fn check_digit(mut body: u32) -> u32 {
    let (mut sum, mut weight) = (0, 2);
    while body > 0 {
        let product = body % 10 * weight;
        sum += product / 10 + product % 10;
        weight = 3 - weight;
        body /= 10;
    }
    (10 - sum % 10) % 10
}

/// Seven digits and their check digit: eight digits always fit, the way back to zero is never taken.
fn insurer_number(body: u32) -> InsurerNumber {
    let body = body % 10_000_000;
    let whole = body * 10 + check_digit(body);
    InsurerNumber::from_value(whole).unwrap_or_else(|| insurer_number(0))
}

/// Spreads consecutive numbers over the range without ever giving one twice (both moduli are coprime to the factor).
fn spread(value: u64, modulus: u64) -> u64 {
    value.wrapping_mul(7_368_787) % modulus
}

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '-' => '－',
            '0'..='9' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
            other => other,
        })
        .collect()
}

/// 協会けんぽ branches that people of the region belong to: prefecture, name, weight.
const ASSOCIATION_BRANCHES: &[(u32, &str, u32)] =
    &[(17, "石川", 90), (16, "富山", 3), (18, "福井", 2), (13, "東京", 4), (27, "大阪", 1)];

const SOCIETY_TRADES: &[&str] = &[
    "あおぞら機械",
    "北陸織物",
    "白嶺電子",
    "能登海運",
    "加賀食品",
    "金沢印刷",
    "日本海物産",
    "はくさん情報",
    "ひばり交通",
    "みなと建材",
    "ゆきつり観光",
    "しろやま化学",
    "さくら商事",
    "いずみ製薬",
    "うみかぜ電力",
    "こまつ重工",
    "たてやま運輸",
    "つばき銀行",
    "のぞみ通信",
    "まつかぜ工業",
];

/// 共済: 法別, number within the prefecture, name, symbol.
const MUTUAL_AIDS: &[(u32, u32, &str, &str)] = &[
    (31, 1, "国家北陸共済組合（架空）", "国北陸"),
    (32, 1, "石川地域職員共済組合（架空）", "石共"),
    (33, 1, "石川けいさつ共済組合（架空）", "警石"),
    (34, 1, "公立学校いしかわ共済組合（架空）", "公立石川"),
    (34, 2, "私学あおば共済事業団（架空）", "私学"),
];

impl Cover {
    /// An insurer of a scheme for somebody living in `home`, with a symbol and number that no other `family` has there.
    pub(super) fn choose(scheme: Scheme, home: Municipality, family: u64, lot: &mut Lot) -> Self {
        match scheme {
            Scheme::Association => association(family, lot),
            Scheme::Society => society(family, lot),
            Scheme::NationalHealth => national_health(home, family),
            Scheme::MutualAid => mutual_aid(family, lot),
            Scheme::LateElderly => Self {
                scheme,
                insurer: insurer_number(3_917_000 + home.code / 10 % 1000),
                insurer_name: "石川県後期高齢者医療広域連合".into(),
                symbol: String::new(),
                number: (10_000_000 + spread(family, 89_999_999)).to_string(),
            },
        }
    }

    /// What identifies a member of the family.
    pub(super) fn identity(&self, branch: Option<crate::domain::insured::Branch>) -> Identity {
        Identity {
            insurer: self.insurer,
            symbol: self.symbol.clone(),
            number: self.number.clone(),
            branch,
        }
    }
}

fn association(family: u64, lot: &mut Lot) -> Cover {
    let (prefecture, name, _) =
        lot.weighted(ASSOCIATION_BRANCHES.iter(), |b| b.2).copied().unwrap_or((17, "石川", 1));
    Cover {
        scheme: Scheme::Association,
        insurer: insurer_number(100_001 + prefecture * 1000),
        insurer_name: format!("全国健康保険協会{name}支部"),
        symbol: (10_000_000 + spread(family / 29, 89_999_999)).to_string(),
        number: (family % 29 + 1).to_string(),
    }
}

fn society(family: u64, lot: &mut Lot) -> Cover {
    let at = lot.below(u32::try_from(SOCIETY_TRADES.len()).unwrap_or(1));
    let trade = SOCIETY_TRADES.get(at as usize).copied().unwrap_or("あおぞら機械");
    let office = format!("{}", family % 97 + 1);
    // Every fifth society writes its symbols full width with a full-width hyphen, as spec samples do.
    let symbol = if at.is_multiple_of(5) { full_width(&format!("01-{office}")) } else { office };
    Cover {
        scheme: Scheme::Society,
        insurer: insurer_number(617_500 + at),
        insurer_name: format!("{trade}健康保険組合（架空）"),
        symbol,
        number: (family / 97 + 1).to_string(),
    }
}

fn national_health(home: Municipality, family: u64) -> Cover {
    let number = format!("{:07}", spread(family, 9_999_991));
    let initial: String = home.name.chars().take(1).collect();
    Cover {
        scheme: Scheme::NationalHealth,
        insurer: insurer_number(17_000 + home.code / 10 % 1000),
        insurer_name: home.name.into(),
        // A third of the municipalities print a number alone.
        symbol: if home.code.is_multiple_of(3) { String::new() } else { format!("{initial}国") },
        number: if home.code % 3 == 1 { full_width(&number) } else { number },
    }
}

fn mutual_aid(family: u64, lot: &mut Lot) -> Cover {
    let (law, within, name, symbol) = *lot.pick(MUTUAL_AIDS);
    let number = format!("{}-{:03}", family / 1000, family % 1000);
    Cover {
        scheme: Scheme::MutualAid,
        insurer: insurer_number(law * 100_000 + 17_000 + 500 + within),
        insurer_name: name.into(),
        symbol: symbol.into(),
        number: full_width(&number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_agree_with_the_published_examples() {
        // MHLW's own example, 協会けんぽ 東京 and 宮城, 千葉 police, 千代田区, Tokyo's late elderly.
        for whole in [6_130_488, 1_130_012, 1_040_013, 33_120_015, 138_016, 39_131_008] {
            assert_eq!(insurer_number(whole / 10).value(), whole);
        }
    }

    #[test]
    fn no_two_families_share_a_symbol_and_number() {
        let home =
            Municipality { code: 172_014, prefecture: "石川県", name: "金沢市", weight: 1 };
        let schemes = [
            Scheme::Association,
            Scheme::Society,
            Scheme::NationalHealth,
            Scheme::MutualAid,
            Scheme::LateElderly,
        ];
        for scheme in schemes {
            let keys: std::collections::BTreeSet<_> = (0..20_000)
                .map(|family| {
                    let mut lot = Lot::new(1, 1); // the same insurer for all
                    Cover::choose(scheme, home, family, &mut lot).identity(None).family_key()
                })
                .collect();
            assert_eq!(keys.len(), 20_000, "{scheme:?}");
        }
    }
}
