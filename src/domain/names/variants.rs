//! Variant kanji (異体字): our own table of forms of one letter, and pairs that are merely alike.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// The variants that people meet in names; the first of each row stands for all of it.
///
/// Written for this table from the forms that 法務省 and the insurers' own notes name; only forms of one and the same
/// letter are in a row, and rows do not meet, so that no chain of likenesses grows.
#[rustfmt::skip]
const VARIANTS: &[&str] = &[
    "高髙", "崎﨑嵜㟢", "辺邊邉", "斎齋", "斉齊", "浜濱濵", "柳栁桺", "徳德", "富冨", "真眞", "沢澤", "桜櫻",
    "国國囯", "広廣", "竜龍", "滝瀧", "島嶋嶌", "橋槗𣘺", "桑桒", "吉𠮷", "青靑", "増增", "瀬瀨", "土𡈽圡",
    "凛凜", "恵惠", "与與", "礼禮", "弥彌", "巌巖", "黒黑", "関關", "塩鹽", "浅淺", "渋澁澀", "巻卷", "郷鄕",
    "緑綠", "録錄", "清淸", "静靜", "横橫", "黄黃", "亀龜", "鶴靏靎", "鉄鐵銕", "豊豐", "来來", "児兒",
    "条條", "栄榮", "営營", "蛍螢", "労勞", "桧檜", "会會", "絵繪", "伝傳", "転轉", "円圓", "団團", "図圖",
    "園薗", "奥奧", "応應", "桝枡", "温溫", "穏穩", "隠隱", "画畫", "楽樂", "薬藥", "覚覺", "学學斈", "岳嶽",
    "勧勸", "歓歡", "観觀", "単單", "弾彈", "禅禪", "戦戰", "気氣", "帰歸", "旧舊", "挙擧", "峡峽", "狭狹",
    "尭堯", "暁曉", "勲勳", "薫薰", "群羣", "径徑", "茎莖", "軽輕", "経經", "継繼", "渓溪", "鶏鷄", "芸藝",
    "県縣", "剣劍劒剱", "検檢", "権權", "顕顯", "厳嚴", "号號", "済濟", "歳歲", "桟棧", "参參", "賛贊",
    "糸絲", "辞辭", "実實", "釈釋", "寿壽", "収收", "従從", "縦縱", "緒緖", "叙敍敘", "将將", "奨奬獎",
    "渉涉", "乗乘", "浄淨", "畳疊疉", "縄繩", "壌壤", "嬢孃", "譲讓", "慎愼", "鎮鎭", "尽盡", "粋粹", "穂穗",
    "随隨", "数數", "枢樞", "専專", "潜潛濳", "繊纖", "双雙", "壮壯", "荘莊", "総總緫", "聡聰", "蔵藏",
    "体體軆", "対對", "帯帶", "台臺", "昼晝", "庁廳", "聴聽", "点點", "灯燈", "当當", "党黨", "稲稻", "闘鬪",
    "独獨", "読讀", "弐貳", "拝拜", "売賣", "麦麥", "発發", "仏佛", "並竝", "弁辨", "宝寶寳", "萌萠", "毎每",
    "万萬", "満滿", "訳譯", "予豫", "余餘", "誉譽", "様樣", "謡謠", "遥遙", "瑶瑤", "頼賴", "乱亂", "両兩",
    "励勵", "霊靈", "恋戀", "湾灣", "亘亙", "鴎鷗", "頬頰", "曽曾", "蝉蟬", "尓爾", "祢禰", "槙槇", "薮藪",
    "檪櫟", "莱萊", "蝋蠟", "涌湧", "崖崕", "峰峯", "館舘", "船舩", "淵渕渊", "兎兔", "煕熙熈", "晋晉",
    "昂昻", "翠翆", "秋穐", "野埜", "松枩", "梅楳", "喜㐂", "間閒", "達逹", "角⻆",
];

/// Letters that are not one letter, but are taken for one another in names: every two of a row.
const CONFUSED: &[&str] = &["斎斉齋齊"];

/// The letter that stands for all forms of this one, in our own table; the letter itself if it is in no row.
#[must_use]
pub fn leading_form(c: char) -> char {
    static LEADING: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let row = |row: &'static str| {
            let first = row.chars().next();
            row.chars().skip(1).filter_map(move |c| Some((c, first?)))
        };
        VARIANTS.iter().copied().flat_map(row).collect()
    });
    LEADING.get(&c).copied().unwrap_or(c)
}

/// Whether two letters may be the same one written otherwise: forms of one letter, or a pair of Mozc's list.
///
/// Pairs do not lead on to further letters: a chain of likenesses soon joins what nobody would (井 and 牛).
#[must_use]
pub fn alike(a: char, b: char) -> bool {
    static PAIRS: LazyLock<HashSet<(char, char)>> =
        LazyLock::new(|| mozc().chain(confused()).map(|(a, b)| in_order(a, b)).collect());
    leading_form(a) == leading_form(b) || PAIRS.contains(&in_order(a, b))
}

fn in_order(a: char, b: char) -> (char, char) {
    (a.min(b), a.max(b))
}

/// Mozc's list of single kanji: the common form, then its variants with a slash between.
fn mozc() -> impl Iterator<Item = (char, char)> {
    let lines = include_str!("../../../assets/names/variants-mozc.tsv").lines();
    lines.filter_map(|line| line.split_once('\t')).flat_map(|(common, variants)| {
        let common = common.chars().next();
        variants.split('/').filter_map(move |variant| Some((common?, variant.chars().next()?)))
    })
}

fn confused() -> impl Iterator<Item = (char, char)> {
    CONFUSED.iter().flat_map(|row| row.chars().flat_map(|a| row.chars().map(move |b| (a, b))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_letter_stands_in_two_rows() {
        let mut seen = BTreeSet::new();
        for letter in VARIANTS.iter().flat_map(|row| row.chars()) {
            assert!(seen.insert(letter), "{letter} stands twice");
        }
    }

    #[test]
    fn the_variants_of_surnames_are_alike() {
        let rows = [
            "髙高",
            "﨑崎",
            "嵜崎",
            "邉邊辺",
            "齋齊斎斉",
            "濵濱浜",
            "栁柳",
            "德徳",
            "冨富",
            "眞真",
            "澤沢",
            "櫻桜",
            "國国",
            "廣広",
            "龍竜",
            "瀧滝",
            "嶋嶌島",
            "槗橋",
            "桒桑",
            "𠮷吉",
            "靑青",
            "増增",
            "瀨瀬",
            "𡈽土",
            "凜凛",
            "惠恵",
            "與与",
            "禮礼",
            "彌弥",
            "巖巌",
        ];
        for row in rows {
            for (a, b) in row.chars().flat_map(|a| row.chars().map(move |b| (a, b))) {
                assert!(alike(a, b), "{a}{b}");
            }
        }
    }

    #[test]
    fn every_pair_of_mozcs_list_is_alike_and_no_chain_grows_from_it() {
        assert_eq!(mozc().count(), 606);
        assert!(mozc().all(|(a, b)| a != b && alike(a, b) && alike(b, a)));
        // 弁 stands for 辨 and for 辯, which are two letters
        assert!(alike('弁', '辨') && alike('弁', '辯') && !alike('辨', '辯'));
        for (a, b) in [('井', '牛'), ('山', '川'), ('太', '大')] {
            assert!(!alike(a, b), "{a}{b}");
        }
    }
}
