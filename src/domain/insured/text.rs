//! 記号, 番号 and 枝番 in one line, as people type and systems hand them over.

use super::{Branch, match_form, number_match_form, send_form, weak_match_form};
use crate::domain::{
    check::{CheckError, compact, is_dash},
    insurer_number::{InsurerNumber, Scheme},
    warning::{Parsed, Warning},
};

/// What identifies an insured person, as written; the insurer only where the line names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsuredText {
    /// 保険者番号.
    pub insurer: Option<InsurerNumber>,
    /// 記号 as written; empty where there is none.
    pub symbol: String,
    /// 番号 as written.
    pub number: String,
    /// 枝番; `None` where not written.
    pub branch: Option<Branch>,
}

/// Insurer, symbol, number and branch, each as written.
type Parts = [String; 4];

impl InsuredText {
    /// Reads a line: `保険者番号:記号:番号:枝番` (JP Core; also with commas, as the slip of a 電子処方箋 has it, what follows
    /// left out), `記号 12-34 番号 567 枝番 01`, or symbol, number and branch with spaces between. One word is a 番号 alone.
    ///
    /// # Errors
    /// When there is no 番号 in it, or an insurer number or branch that is none.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        compact(text)?; // empty or too long
        let mut warnings = vec![];
        let parts = divide(text, &mut warnings).ok_or(CheckError::NotInsured)?;
        let [insurer, symbol, number, branch] = parts.map(|part| part.trim().to_owned());
        let stray = |part: &str| {
            let form = match_form(part);
            form.contains(':') || LABELS.iter().any(|label| form.contains(label))
        };
        if match_form(&number).is_empty() || stray(&symbol) || stray(&number) {
            return Err(CheckError::NotInsured);
        }
        let branch = match branch.as_str() {
            "" => None,
            text => Some(Branch::parse(text).ok_or(CheckError::NotInsured)?),
        };
        let insurer = if insurer.is_empty() { None } else { Some(InsurerNumber::parse(&insurer)?) };
        warnings.extend(insurer.iter().flat_map(|parsed| parsed.warnings.iter().copied()));
        let value = Self { insurer: insurer.map(|parsed| parsed.value), symbol, number, branch };
        warnings.extend(value.warnings());
        Ok(Parsed { value, warnings })
    }

    /// The form for sending (JP Core): insurer in eight digits, symbol and number each in one width, branch; three colons.
    #[must_use]
    pub fn canonical(&self) -> String {
        let insurer = self.insurer.map(|insurer| insurer.to_string()).unwrap_or_default();
        let branch = self.branch.map(|branch| branch.to_string()).unwrap_or_default();
        format!("{insurer}:{}:{}:{branch}", send_form(&self.symbol), send_form(&self.number))
    }

    /// Symbol and number as they are compared.
    #[must_use]
    pub fn match_key(&self) -> String {
        format!("{}:{}", match_form(&self.symbol), number_match_form(&self.number))
    }

    /// The weaker form, for finding candidates only: middle dots count as dashes.
    #[must_use]
    pub fn weak_key(&self) -> String {
        let number = weak_match_form(&self.number);
        format!("{}:{}", weak_match_form(&self.symbol), number.trim_start_matches('0'))
    }

    fn warnings(&self) -> Vec<Warning> {
        let scheme = self.insurer.map(InsurerNumber::scheme);
        let (symbol, number) = (match_form(&self.symbol), match_form(&self.number));
        let digits = |text: &str, lengths: &[usize]| {
            lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        let mixed = [&self.symbol, &self.number].into_iter().any(|part| width_is_mixed(part));
        let late_stage = symbol.is_empty() && digits(&number, &[8]);
        let flaws = [
            (mixed, Warning::WidthMixed),
            (self.too_long_for_claim(), Warning::TooLongForClaim),
            (scheme == Some(Scheme::LateStage) && !late_stage, Warning::LateStageNumber),
            (
                scheme == Some(Scheme::JapanHealth) && !digits(&symbol, &[7, 8]),
                Warning::KyokaiSymbol,
            ),
        ];
        flaws.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect()
    }

    /// 38 bytes each, and 38 letters together in the composite of CLINS.
    fn too_long_for_claim(&self) -> bool {
        const BYTES_MAX: usize = 38;
        const LETTERS_MAX: usize = 38;
        let (symbol, number) = (send_form(&self.symbol), send_form(&self.number));
        let bytes =
            |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
        bytes(&symbol) > BYTES_MAX
            || bytes(&number) > BYTES_MAX
            || symbol.chars().count() + number.chars().count() > LETTERS_MAX
    }
}

/// What papers print before each part.
const LABELS: [&str; 3] = ["記号", "番号", "枝番"];

fn divide(text: &str, warnings: &mut Vec<Warning>) -> Option<Parts> {
    if LABELS.iter().any(|label| text.contains(label)) {
        return by_labels(text, warnings);
    }
    let fields: Vec<&str> = text.split([':', '：']).collect();
    let fields = if fields.len() > 1 { fields } else { text.split([',', '，', '\t']).collect() };
    if fields.len() > 1 {
        return by_fields(&fields);
    }
    let [symbol, number, branch] = by_spaces(bare(text), warnings)?;
    Some([String::new(), symbol, number, branch])
}

/// 記号 … 番号 … 枝番 …; the first two may also stand without labels.
fn by_labels(text: &str, warnings: &mut Vec<Warning>) -> Option<Parts> {
    let (head, branch) = text.split_once("枝番").unwrap_or((text, ""));
    let [symbol, number] = match head.split_once("番号") {
        Some((before, number)) => {
            let before = bare(before);
            let symbol = before.strip_prefix("記号").or(before.is_empty().then_some(""))?;
            [bare(symbol).to_owned(), bare(number).to_owned()]
        }
        None => {
            let [symbol, number, more] = by_spaces(bare(head), warnings)?;
            more.is_empty().then_some([symbol, number])?
        }
    };
    Some([String::new(), symbol, number, bare(branch).to_owned()])
}

/// Two to four fields, the last ones of insurer, symbol, number, branch; or the six of a 電子処方箋's slip.
fn by_fields(fields: &[&str]) -> Option<Parts> {
    let field = |at: usize| fields.get(at).map_or("", |f| f.trim().trim_matches('"')).to_owned();
    let none = String::new();
    match fields.len() {
        2 => Some([none.clone(), field(0), field(1), none]),
        3 => Some([none, field(0), field(1), field(2)]),
        4 | 6 => Some([field(0), field(1), field(2), field(3)]),
        _ => None,
    }
}

/// Symbol, number and branch; a single word is a number, unless one middle dot divides it (field.md C23).
fn by_spaces(head: &str, warnings: &mut Vec<Warning>) -> Option<[String; 3]> {
    let words: Vec<&str> = head.split_whitespace().collect();
    let own = |[symbol, number, branch]: [&str; 3]| [symbol, number, branch].map(str::to_owned);
    match words[..] {
        [word] => {
            let halves: Vec<&str> = word.split(['・', '･', '·']).collect();
            let [symbol, number] = halves[..] else { return Some(own(["", word, ""])) };
            warnings.push(Warning::DividerGuessed);
            Some(own([symbol, number, ""]))
        }
        [symbol, number] => Some(own([symbol, number, ""])),
        [symbol, number, branch] => Some(own([symbol, number, branch])),
        _ => None,
    }
}

/// Without the spaces, brackets, dots and colons that stand about labels.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || "()（）[]【】・･:：".contains(c))
}

/// Whether half-width and full-width letters stand together, or spaces inside (JP Core, JP_Coverage).
fn width_is_mixed(part: &str) -> bool {
    let half = |c: char| c.is_ascii_graphic() || matches!(c, '\u{ff61}'..='\u{ff9f}');
    let dashless = || part.chars().filter(|c| !is_dash(*c));
    part.contains(char::is_whitespace) || (dashless().any(half) && dashless().any(|c| !half(c)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Parsed<InsuredText> {
        InsuredText::parse(text).unwrap()
    }

    #[test]
    fn every_way_to_hand_over_symbol_and_number_is_read() {
        let lines = [
            ("00012345:あいう:１８７:05", "00012345:あいう:187:05"),
            ("00012345::１８７:", "00012345::187:"),
            ("\"00012345\",\"１２－３４\",\"５６７８\",\"00\"", "00012345:１２－３４:5678:00"),
            ("06139992,12-34,5678,1,19800101,1234567890123456", "06139992:１２－３４:5678:01"),
            ("06139992,,5678,,19800101,1234567890123456", "06139992::5678:"),
            ("１２－３４:５６７８", ":１２－３４:5678:"),
            ("12-34:5678:7", ":１２－３４:5678:07"),
            ("記号 １２－３４ 番号 ５６７８ （枝番）０１", ":１２－３４:5678:01"),
            ("記号:", ""),
            ("記号：12-34　番号：5678　枝番：1", ":１２－３４:5678:01"),
            ("12-34 5678 枝番 1", ":１２－３４:5678:01"),
            ("記号12-34番号5678", ":１２－３４:5678:"),
            ("番号 01234567", "::01234567:"),
            ("宮市かきく 12", ":宮市かきく:12:"),
            ("1060708 12 00", ":1060708:12:00"),
            ("公立京都　１２３", ":公立京都:123:"),
            ("12345678", "::12345678:"),
        ];
        for (line, canonical) in lines {
            match InsuredText::parse(line) {
                Ok(parsed) => assert_eq!(parsed.value.canonical(), canonical, "{line}"),
                Err(cause) => {
                    assert_eq!((cause, canonical), (CheckError::NotInsured, ""), "{line}")
                }
            }
        }
    }

    #[test]
    fn what_was_written_is_kept_and_the_key_is_derived() {
        let card = read("０１－２３ ０００４５６").value;
        assert_eq!((card.symbol.as_str(), card.number.as_str()), ("０１－２３", "０００４５６"));
        for other in ["01-23 456", "01―23 456", "01ー23 0456"] {
            assert_eq!(read(other).value.match_key(), card.match_key(), "{other}");
        }
        assert_eq!(card.match_key(), "01-23:456");
        assert_ne!(read("かきく 1").value.match_key(), read("カキク 1").value.match_key());
    }

    #[test]
    fn middle_dots_and_bracketed_circles_agree_only_weakly() {
        let (dot, dash) = (read("あ・い 1").value, read("あ-い 1").value);
        assert_ne!(dot.match_key(), dash.match_key());
        assert_eq!(dot.weak_key(), dash.weak_key());
        assert_eq!(read("㋐1 2").value.weak_key(), read("(ア)1 2").value.weak_key());
        let guessed = read("宮市かきく・12");
        assert_eq!(
            (guessed.value.canonical().as_str(), guessed.warnings),
            (":宮市かきく:12:", vec![Warning::DividerGuessed])
        );
    }

    #[test]
    fn what_a_claim_or_an_insurer_would_not_take_is_warned_about() {
        let cases = [
            ("01040013:41020003:5:", vec![]),
            ("01040013:1010000:5:", vec![]),
            ("01450014:宮市かきく:5:", vec![Warning::KyokaiSymbol]),
            ("39131008::12345678:", vec![]),
            ("39131008:1:12345678:", vec![Warning::LateStageNumber]),
            ("39131008::1234567:", vec![Warning::LateStageNumber]),
            ("06130488:あ1:5:", vec![Warning::WidthMixed]),
            ("06130488:あ　い:5:", vec![Warning::WidthMixed]),
            ("06130488:１２－３４:5678:", vec![]),
            ("06130489:1:5:", vec![Warning::CheckDigit]),
        ];
        for (line, warnings) in cases {
            assert_eq!(read(line).warnings, warnings, "{line}");
        }
        let (nineteen, twenty) = ("あ".repeat(19), "あ".repeat(20));
        assert_eq!(read(&format!("{nineteen} {}", "1".repeat(19))).warnings, []);
        assert_eq!(read(&format!("{twenty} 1")).warnings, [Warning::TooLongForClaim]);
        assert_eq!(
            read(&format!("{nineteen} {}", "1".repeat(20))).warnings,
            [Warning::TooLongForClaim]
        );
    }

    #[test]
    fn without_a_number_nothing_is_read() {
        for text in [
            "::",
            "記号 1",
            "1 2 3 4",
            "1 2 枝番 A",
            "1:2:100",
            "12 34 5 枝番 6",
            ":1::",
            "1,2,3,4,5",
            "・",
            "番号 5 枝 番 1",
        ] {
            assert_eq!(InsuredText::parse(text), Err(CheckError::NotInsured), "{text}");
        }
        assert_eq!(InsuredText::parse("x:1:2:"), Err(CheckError::NotDigits));
        assert_eq!(InsuredText::parse(" "), Err(CheckError::Empty));
    }

    proptest! {
        #[test]
        fn a_printed_line_reads_back(text in ".{0,20}|[0-9０-９A-z:：,・－ 　あ-んｱ-ﾟ記号番枝（）]{0,20}") {
            if let Ok(line) = InsuredText::parse(&text) {
                let canonical = line.value.canonical();
                if canonical.chars().count() <= crate::limits::CHECK_CHARS_MAX {
                    let again = read(&canonical).value;
                    prop_assert_eq!(again.canonical(), canonical);
                    prop_assert_eq!(again.match_key(), line.value.match_key());
                    prop_assert_eq!(again.weak_key(), line.value.weak_key());
                }
            }
        }
    }
}
