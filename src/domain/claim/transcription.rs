//! 転記: the patient's part of a paper claim (診療報酬明細書, 入院外).

use super::Claimant;
use crate::domain::{
    answer::worded,
    burden::{AgeClass, Percent, class_in},
    insured::Identity,
    oqs_codes::LimitClass,
    paper::PrintedLimitClass,
    person::{Relation, Sex},
    wareki,
};
use jiff::civil::Date;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// Items of the patient's part (訪問看護・柔整の記載要領が同じ区分を用いる).
const FORM_RULE: &str =
    "診療報酬請求書等の記載要領 (患者欄): 保険者番号、記号・番号、本人・家族の区分、給付割合";
const NOTE_RULE: &str = "診療報酬請求書等の記載要領 (特記事項 26区ア〜30区オ)";
const LATE_NOTE_RULE: &str = "特記事項 41区カ・42区キ (2022年10月の後期高齢2割から): 未確認";
const YOUNG_NOTE_RULE: &str =
    "特記事項 26区ア〜30区オ (70歳未満、限度額適用の提示があったとき): 未確認";

worded! {
    /// A field of the form.
    ClaimField {
        InsurerNumber = "insurer_number" "保険者番号" "Insurer number"
        SymbolAndNumber = "symbol_and_number" "記号・番号（枝番）" "Symbol, number (branch)"
        Kind = "kind" "本人・家族の区分" "Kind of claim"
        Benefit = "benefit" "給付割合" "Benefit ratio"
        Name = "name" "氏名" "Name"
        Sex = "sex" "性別" "Sex"
        Birth = "birth" "生年月日" "Birth date"
        SpecialNote = "special_note" "特記事項" "Special note"
    }
}

/// One field and what to write there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which field.
    pub field: ClaimField,
    /// What to write, as the form wants it.
    pub text: String,
    /// Where the rule is written.
    pub source: &'static str,
    /// Whether that rule was confirmed in a public source.
    pub confirmed: bool,
}

pub(super) fn lines(claimant: &Claimant, share: Option<Percent>, on: Date) -> Vec<Line> {
    use ClaimField::{Benefit, Birth, InsurerNumber, Kind, Name, Sex, SymbolAndNumber};
    let class = class_in(claimant.identity.insurer.scheme(), claimant.birth, on);
    let by_form = |field, text| Line { field, text, source: FORM_RULE, confirmed: true };
    let mut lines = vec![
        by_form(InsurerNumber, claimant.identity.insurer.display_form()),
        by_form(SymbolAndNumber, symbol_and_number(&claimant.identity)),
        by_form(Kind, kind(class, claimant.relation, share).into()),
        by_form(Benefit, benefit(share)),
        by_form(Name, claimant.name.clone()),
        by_form(Sex, sex(claimant.sex).into()),
        by_form(Birth, birth(claimant.birth)),
    ];
    lines.extend(special_note(claimant.limit_class.as_deref(), class, share));
    lines
}

/// Symbol and number divided by a middle dot, the branch in brackets; a circled letter as a letter in brackets.
fn symbol_and_number(identity: &Identity) -> String {
    let number = spelled(&identity.number);
    let pair = match spelled(&identity.symbol).as_str() {
        "" => number,
        symbol => format!("{symbol}・{number}"),
    };
    identity.branch.map_or(pair.clone(), |branch| format!("{pair}（枝番）{branch}"))
}

fn spelled(printed: &str) -> String {
    let spell = |c: char| match c {
        // Circled digits, letters and katakana.
        '\u{2460}'..='\u{2473}' | '\u{24b6}'..='\u{24ea}' | '\u{32d0}'..='\u{32fe}' => {
            format!("（{}）", c.nfkc().collect::<String>())
        }
        other => other.to_string(),
    };
    printed.trim().chars().map(spell).collect()
}

/// 本人・家族の区分 of an outpatient's claim.
fn kind(class: AgeClass, relation: Relation, share: Option<Percent>) -> &'static str {
    match (class, relation, share.map(Percent::value)) {
        (AgeClass::Preschool, ..) => "4 六外",
        (AgeClass::General, Relation::Insured, _) => "2 本外",
        (AgeClass::General, Relation::Family, _) => "6 家外",
        (AgeClass::Elderly70 | AgeClass::LateStage75, _, Some(30)) => "0 高外7",
        (AgeClass::Elderly70 | AgeClass::LateStage75, _, Some(_)) => "8 高外一",
        (AgeClass::Elderly70 | AgeClass::LateStage75, _, None) => "8 高外一（3割なら 0 高外7）",
    }
}

fn benefit(share: Option<Percent>) -> String {
    match share.map(Percent::value) {
        None => "負担割合を確かめてから".into(),
        Some(30) => "7割（空欄でもよい）".into(),
        Some(share) if share % 10 == 0 => format!("{}割", 10 - share / 10),
        Some(share) => format!("{}%", 100 - share),
    }
}

fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1 男",
        Sex::Female => "2 女",
        Sex::Unstated => "本人に確かめて記入",
    }
}

/// The era by its digit, as the form has it: `3昭 31・11・1生`.
fn birth(day: Date) -> String {
    let words = wareki::format(day);
    let eras =
        [("明治", "1明"), ("大正", "2大"), ("昭和", "3昭"), ("平成", "4平"), ("令和", "5令")];
    let found = eras.iter().find_map(|(era, digit)| Some((digit, words.strip_prefix(era)?)));
    let Some((digit, rest)) = found else { return words };
    let year = rest.split('年').next().unwrap_or_default().replace('元', "1");
    format!("{digit} {year}・{}・{}生", day.month(), day.day())
}

/// From 70 always one of the classes; below only where one was shown. A class that nobody knows is never guessed.
fn special_note(shown: Option<&str>, class: AgeClass, share: Option<Percent>) -> Option<Line> {
    let shown = PrintedLimitClass::parse(shown.unwrap_or_default());
    let (text, source, confirmed) = match shown.map(PrintedLimitClass::class) {
        None => ("区分を見て記入", NOTE_RULE, false),
        Some(Some(limit)) => of_limit_class(limit).or_else(|| of_share(class, share))?,
        Some(None) => of_share(class, share)?,
    };
    Some(Line { field: ClaimField::SpecialNote, text: text.into(), source, confirmed })
}

/// Text, source, and whether the source settles it.
type Note = (&'static str, &'static str, bool);

/// What a class says by itself; 一般 before 75 says no more than the share.
fn of_limit_class(limit: LimitClass) -> Option<Note> {
    use LimitClass as L;
    Some(match limit {
        L::A01 => ("26区ア", YOUNG_NOTE_RULE, false),
        L::A02 => ("27区イ", YOUNG_NOTE_RULE, false),
        L::A03 => ("28区ウ", YOUNG_NOTE_RULE, false),
        L::A04 => ("29区エ", YOUNG_NOTE_RULE, false),
        L::A05 | L::A06 => ("30区オ", YOUNG_NOTE_RULE, false),
        L::B01 => ("26区ア", NOTE_RULE, true),
        L::B02 => ("27区イ", NOTE_RULE, true),
        L::B03 => ("28区ウ", NOTE_RULE, true),
        L::B04 => return None,
        L::B05 | L::B06 | L::B07 | L::B08 => ("30区オ", NOTE_RULE, true),
        L::B09 => ("41区カ", LATE_NOTE_RULE, false),
        L::B10 => ("42区キ", LATE_NOTE_RULE, false),
    })
}

fn of_share(class: AgeClass, share: Option<Percent>) -> Option<Note> {
    match (class, share.map(Percent::value)) {
        (AgeClass::Preschool | AgeClass::General, _) => None,
        (_, Some(30)) => Some(("26区ア", NOTE_RULE, true)),
        (AgeClass::LateStage75, Some(20)) => Some(("41区カ", LATE_NOTE_RULE, false)),
        (AgeClass::LateStage75, Some(10)) => Some(("42区キ", LATE_NOTE_RULE, false)),
        (AgeClass::Elderly70, Some(_)) => Some(("29区エ", NOTE_RULE, true)),
        (AgeClass::Elderly70 | AgeClass::LateStage75, _) => {
            Some(("負担割合と限度額の区分による", NOTE_RULE, true))
        }
    }
}
