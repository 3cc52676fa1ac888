//! What looks wrong about a value that could still be read. A warning never stops the counter: real papers break rules.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// A value, and what looked wrong while reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What was read.
    pub value: T,
    /// What to look at twice; empty for a value without a flaw.
    pub warnings: Vec<Warning>,
}

impl<T> Parsed<T> {
    /// A value without a flaw.
    pub fn clean(value: T) -> Self {
        Self { value, warnings: vec![] }
    }

    /// Keeps the warnings, changes the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { value: change(self.value), warnings: self.warnings }
    }
}

const SETTING_RULES: &str = "厚生労働省「保険者番号等の設定要領」(保険者番号、公費負担者番号、受給者番号並びに医療機関コード及び薬局コード設定要領)";
const FACILITY_LIST: &str = "設定要領、医科97,024件(令和7年8月)で確認: 10桁全体、埼玉・千葉・東京・神奈川は末尾7桁。歯科・薬局・訪問看護では未確認 (unconfirmed)";
const JP_CORE_ORGANIZATION: &str = "HL7 FHIR JP Core JP_Organization「上記に該当しない施設の場合」。厚生労働省の定めではない慣行 (custom, no rule of the ministry)";
const PRICE_LIST: &str =
    "薬価基準収載医薬品コード: 令和7年7月16日薬価基準の全12,434件で確認した規則";
const HOT_LIST: &str = "MEDIS 標準医薬品マスター HOT7: 公開19,558件で確認した規則";
const ERA_LAW: &str = "元号法・改元の政令(明治・大正は登極の詔書)";
const CLAIM_FIELDS: &str =
    "レセプト電算処理 記録条件仕様 HOレコード(記号・番号は各38バイト、全角と半角を混ぜない)";
const COVERAGE: &str = "HL7 FHIR JP Core JP_Coverage(被保険者証の記号・番号)";
const CLAIM_LETTERS: &str =
    "レセプト電算処理 使用文字(JIS第1・第2水準)、健康保険組合の外字縮退の告知";

/// Declares each warning once: what it means, machine name, Japanese, English, and where the rule is written.
macro_rules! warnings {
    ($($(#[doc = $doc:literal])+ $name:ident $code:literal { $ja:literal $en:literal $source:expr })*) => {
        /// What looked wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Warning {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Warning {
            /// Every warning, in the order they are declared.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable name for machines; several rules may share one.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What to look at, Japanese.
            #[must_use]
            pub fn ja(self) -> &'static str {
                match self { $(Self::$name => $ja),* }
            }

            /// What to look at, English.
            #[must_use]
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en),* }
            }

            /// The rule that was broken, and where it is written; "unconfirmed" where only a second hand tells it.
            #[must_use]
            pub fn source(self) -> &'static str {
                match self { $(Self::$name => $source),* }
            }
        }
    };
}

warnings! {
    /// The check digit (検証番号) of an insurer, payer or recipient number does not fit.
    CheckDigit "check_digit" {
        "検証番号が合いません。写し間違いがないか確かめてください。"
        "The check digit does not fit. Look for a copying mistake."
        SETTING_RULES
    }
    /// The check digit of a facility code fits neither over ten digits nor over seven.
    FacilityCheckDigit "check_digit" {
        "検証番号が合いません。写し間違いがないか確かめてください。"
        "The check digit does not fit. Look for a copying mistake."
        FACILITY_LIST
    }
    /// The check digit of a drug price listing (YJ) code does not fit.
    DrugCheckDigit "check_digit" {
        "検証番号が合いません。写し間違いがないか確かめてください。"
        "The check digit does not fit. Look for a copying mistake."
        PRICE_LIST
    }
    /// The check digit of a HOT code does not fit.
    HotCheckDigit "check_digit" {
        "検証番号が合いません。写し間違いがないか確かめてください。"
        "The check digit does not fit. Look for a copying mistake."
        HOT_LIST
    }
    /// The check digit of a municipality's code does not fit.
    MunicipalityCheckDigit "check_digit" {
        "検証番号が合いません。写し間違いがないか確かめてください。"
        "The check digit does not fit. Look for a copying mistake."
        "総務省 全国地方公共団体コード(JIS X 0402)、1,916件で確認した規則"
    }
    /// No scheme is known under this law code (法別番号).
    UnknownScheme "unknown_scheme" {
        "知られていない法別番号です。番号はそのまま使えます。"
        "No scheme is known under this law code. The number can be used."
        SETTING_RULES
    }
    /// The scheme behind the law code is no more (67 退職者医療, 27 老人保健).
    AbolishedScheme "abolished_scheme" {
        "廃止された制度の番号です。新しい資格がないか確かめてください。"
        "The scheme was abolished. Ask for the insurance that followed."
        "JAHIS 院外処方箋2次元シンボル記録条件規約 Ver.1.10(レセプト種別 退職: 令和6年度から廃止)、老人保健法(平成20年3月まで)"
    }
    /// The prefecture is not 01–47.
    Prefecture "prefecture" {
        "都道府県番号が01から47の間にありません。"
        "The prefecture is not between 01 and 47."
        SETTING_RULES
    }
    /// Four digits, as 政府管掌健康保険 used before October 2008.
    LegacyFourDigits "legacy_four_digits" {
        "2008年9月までの政府管掌健康保険の4桁の番号です。"
        "A four-digit number of the government scheme that ended in September 2008."
        SETTING_RULES
    }
    /// The fee table (点数表) digit of a facility code is not one in use.
    FeeTable "fee_table" {
        "点数表番号が医科・歯科・調剤・訪問看護のどれでもありません。"
        "The fee table digit is not medical, dental, pharmacy or home nursing."
        SETTING_RULES
    }
    /// `9` and nine digits of a telephone number, in place of a facility code.
    TelephoneCode "telephone_code" {
        "医療機関コードのない施設の代用コード(9と電話番号下9桁)です。保険の請求には使えません。"
        "A stand-in for a facility without a code: 9 and nine digits of its telephone number. Not for claims."
        JP_CORE_ORGANIZATION
    }
    /// The tail 9999999 of a workplace clinic (職域診療所) that has no facility code.
    WorkplaceClinic "workplace_clinic" {
        "医療機関コードのない職域診療所の代用コード(9999999)です。"
        "The stand-in 9999999 of a workplace clinic without a facility code."
        "JAHIS 院外処方箋2次元シンボル記録条件規約 Ver.1.11 レコードNo.1。規約の原文では未確認 (unconfirmed: seen in public code that quotes it)"
    }
    /// A recipient number of a municipal scheme, longer than the national seven digits.
    MunicipalRecipient "municipal_recipient" {
        "7桁より長い、地方単独事業の受給者番号です。検証番号は確かめていません。"
        "A municipal recipient number, longer than seven digits; its check digit was not tested."
        "デジタル庁 PMH 医療費助成 API 仕様(受給者番号は30桁まで)"
    }
    /// The municipality's code is sound but not on the list held.
    UnknownMunicipality "unknown_municipality" {
        "2026年7月の一覧にない団体コードです。合併前の番号かもしれません。"
        "The code is not on the list of July 2026; it may be from before a merger."
        "code4fukui/localgovjp(全国地方公共団体コード、2026年7月)"
    }
    /// A stand-in code that names no drug.
    PlaceholderCode "placeholder_code" {
        "薬を指さない仮のコードです。"
        "A stand-in code that names no drug."
        "社会保険診療報酬支払基金 レセプト電算処理マスター"
    }
    /// Half-width and full-width letters stand in one symbol or number, or spaces in it.
    WidthMixed "width_mixed" {
        "記号・番号に全角と半角、または空白が混ざっています。送る形にそろえました。"
        "Full-width and half-width letters or spaces are mixed; the form for sending was evened out."
        COVERAGE
    }
    /// Symbol and number are longer than a claim can carry.
    TooLongForClaim "too_long_for_claim" {
        "記号・番号がレセプトに書ける長さを超えています。"
        "Symbol and number are longer than a claim can carry."
        CLAIM_FIELDS
    }
    /// A symbol, or a number of other than eight digits, with an insurer of late-stage elderly care.
    LateStageNumber "late_stage_number" {
        "後期高齢者医療には記号がなく、番号は8桁です。券面と見比べてください。"
        "Late-stage elderly care has no symbol and a number of eight digits. Compare it with the paper."
        COVERAGE
    }
    /// 協会けんぽ, but the symbol is not seven or eight digits.
    KyokaiSymbol "kyokai_symbol" {
        "協会けんぽの記号は7桁か8桁の数字です。券面と見比べてください。"
        "A symbol of 協会けんぽ is seven or eight digits. Compare it with the paper."
        "全国健康保険協会 宮崎・宮城・京都支部(平成20年10月からの記号)"
    }
    /// Symbol and number were parted at a middle dot.
    DividerGuessed "divider_guessed" {
        "中黒で記号と番号を分けました。券面と見比べてください。"
        "Symbol and number were divided at the middle dot. Compare them with the paper."
        "訪問看護療養費の記載要領(記号と番号は空白、・ または - で分ける)"
    }
    /// ● or ■ stands for a letter that could not be written.
    HiddenLetter "hidden_letter" {
        "● や ■ で隠れた文字があります。これだけで同じ人と決めないでください。"
        "Letters are hidden behind ● or ■. Never take that alone for the same person."
        "オンライン資格確認の氏名(表示できない文字は●)、JAHIS 院外処方箋 3.2.4(外字は■)"
    }
    /// A letter outside JIS X 0208: claims refuse it, and insurers may show it as ●.
    OutsideJisX0208 "outside_jis_x_0208" {
        "JIS第1・第2水準にない文字があります。請求では受け付けられず、資格確認では●になることがあります。"
        "A letter is outside JIS X 0208: claims refuse it, and insurers may show it as ●."
        CLAIM_LETTERS
    }
    /// A letter that files in Shift_JIS (CP932) cannot hold.
    OutsideCp932 "outside_cp932" {
        "お薬手帳や処方箋のQRコードに書けない文字があります。■になります。"
        "A letter cannot be written in notebook or prescription codes; it becomes ■ there."
        "JAHIS 院外処方箋2次元シンボル記録条件規約 3.2.4 注意事項"
    }
    /// A letter of a private area (外字): another machine shows something else.
    PrivateLetter "private_letter" {
        "外字が入っています。ほかの機械では別の字になります。"
        "There is a private letter: another machine shows something else."
        CLAIM_LETTERS
    }
    /// The word for it is the insurer's part (給付割合), 7 to 9 tenths, and was turned into the patient's.
    BenefitShare "benefit_share" {
        "給付割合として読み、本人の負担に直しました。"
        "It was read as the insurer's share and turned into the patient's."
        "訪問看護・柔整の請求書 給付割合欄(7割・8割・9割)"
    }
    /// The day lies on or after the era's end (昭和100年, 平成31年5月1日).
    EraOverflow "era_overflow" {
        "その元号が終わった後の日付です。続けて数えて読みました。"
        "The day lies after the end of that era. It was read by counting on."
        ERA_LAW
    }
    /// The day lies before the era began (平成元年1月7日).
    EraNotBegun "era_not_begun" {
        "その元号が始まる前の日付です。さかのぼって読みました。"
        "The day lies before that era began. It was read by counting back."
        ERA_LAW
    }
    /// The era year is missing (令和年5月1日) and was read as the first.
    FirstYearAssumed "first_year_assumed" {
        "年が書かれていないので、元年と読みました。"
        "The year is missing and was read as the first of the era."
        ERA_LAW
    }
    /// 令和 was misread by a machine (合和, 令?和).
    EraMisread "era_misread" {
        "元号が読み違えられています。令和と読みました。"
        "The era's name was misread; it was taken for 令和."
        "文字認識で知られた読み違い(合和、令?和)"
    }
    /// Month or day are missing; the first of them was put in their place.
    PartialDate "partial_date" {
        "月または日が書かれていないので、最初の日を当てました。"
        "Month or day are missing; the first of them was used."
        "JAHIS 院外処方箋2次元シンボル記録条件規約 Ver.1.10 レコードNo.13"
    }
    /// Day 99 of a period's end: the last day of the month.
    MonthEnd "month_end" {
        "日が99なので、月の末日と読みました。"
        "The day is 99 and was read as the last of the month."
        "レセプトコンピュータの期限の書き方(日99は末日)"
    }
    /// Before 1873 Japan used another calendar.
    BeforeGregorian "before_gregorian" {
        "1873年より前の日付です。旧暦なら日がずれています。"
        "The day lies before 1873; in the old calendar it would be another day."
        "明治5年太政官布告第337号(改暦ノ布告)"
    }
    /// Letters that are not kana stand in a kana reading.
    NotKana "not_kana" {
        "仮名でない文字が混ざっています。"
        "Letters that are not kana stand in the reading."
        "オンライン資格確認等システム 外部インターフェイス仕様 氏名カナ"
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Warning", 4)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("ja", self.ja())?;
        object.serialize_field("en", self.en())?;
        object.serialize_field("source", self.source())?;
        object.end()
    }
}
