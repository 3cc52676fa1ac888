//! The rules as a page of Markdown, for people who answer for them: Japanese first, English beside it.

use serde_json::Value;

/// The dated rules in the order of the page: heading, and the codes under it.
const SECTIONS: [(&str, &[&str]); 6] = [
    (
        "保険証・資格確認書・お知らせ / Cards and papers",
        &["insurance_card", "old_card_grace", "notice_alone_grace", "late_stage_certificate_age"],
    ),
    (
        "一部負担金の割合 / Shares",
        &[
            "share_preschool",
            "share_general",
            "share_elderly_70",
            "share_late_stage_75",
            "share_year_start",
            "outpatient_relief_yen",
        ],
    ),
    (
        "高額療養費 / High-cost care",
        &["monthly_limits", "limits_halved_at_75", "specified_disease_caps"],
    ),
    ("請求 / Claims", &["claim_disaster", "claim_fault", "disaster_marks"]),
    ("薬剤情報 / Drug histories", &["drug_history"]),
    (
        "情報の古さ / Age of what a box holds",
        &["grades_snapshot", "grades_revocation", "grades_trust_list"],
    ),
];

const HEAD: &str = "\
# 規則の一覧 / The rules Sonae answers by

<!-- generated: SONAE_BLESS=1 cargo test -p sonae --lib rules_page -->

この頁は、Sonae が答えるときに使う規則を、期間・値・出典とともにすべて並べたものです。`sonae rules --markdown` で同じものが出ます。
This page lists every rule Sonae answers by, with its days, value and source; `sonae rules --markdown` prints it.

- 「表示のみ」の規則は、知らせるために載せてあるだけで、Sonae は判定にも計算にも使いません。 /
  A rule marked 表示のみ (told only) stands here to be read: no answer and no amount of Sonae goes by it.
- 期間は両端の日を含みます。始まりの「―」は調べていないこと、終わりの「―」は終わりが決まっていないことを表します。 /
  Days include both ends. A dash at the beginning: not looked up; at the end: no end is known.
- 「確認」が「済」の規則は、出典の公的な資料で裏づけられています。「未」は裏づけが見つかっていないもので、[未確認・未解決](#open)にまとめました。 /
  済 means that the source settles the rule; 未 that none was found that does; all of these stand under [Open](#open).
- 値のない期間は、発表されたが額や内容を確かめられない変更です。前の値を印つきで見せることはあっても、計算には使いません。 /
  A period without a value is an announced change that could not be confirmed: the former value may be shown with a mark, and nothing is reckoned with it.
- 表は `assets/rules.toml` で、プログラムに入っています。署名された信頼リストが別の表を運べば、その箱では表全体が置き換わります
  （`sonae trust list draft --rules FILE`）。規則が欠けた表、出典のない表、期間の重なる表は、リストごと断ります。 /
  The table is `assets/rules.toml`, in the binary. A signed trust list may carry another, which replaces it whole on that box. A list whose
  table lacks a rule or a source, or has overlapping periods, is refused.
";

/// The page, from the document of `sonae rules`.
pub fn page(document: &Value) -> String {
    let mut page = format!("{HEAD}\n版 / Edition: {}\n{DECISION}", text(document, "edition"));
    page += &rows(document, "decision").iter().map(decision_row).collect::<String>();
    page += REMARKS;
    page += &rows(document, "remarks").iter().map(remark_row).collect::<String>();
    for (heading, codes) in SECTIONS {
        page += &format!("\n## {heading}\n");
        for code in codes {
            let mark = if is_told_only(document, code) { TOLD_ONLY_MARK } else { "" };
            page += &format!("\n### `{code}`{mark}\n\n{DATED}");
            page += &rows(document, code).iter().map(dated_row).collect::<String>();
        }
    }
    page += "\n## プログラムが計算する規則 / What the program computes\n\n";
    page += "表を替えても変わりません。 / A table does not change these.\n\n";
    page += "| 規則 Rule | 内容 | 出典 Source | 確認 |\n|---|---|---|---|\n";
    let fixed = rows(document, "fixed");
    page += &fixed.iter().map(|rule| named_row(&text(rule, "code"), rule)).collect::<String>();
    page + &open(document)
}

const TOLD_ONLY_MARK: &str = "（表示のみ / told only）";

fn is_told_only(document: &Value, code: &str) -> bool {
    rows(document, "told_only").iter().any(|told| told.as_str() == Some(code))
}

const DECISION: &str = "
## 判定表 / The decision

答えは次の表の一行で決まります。前半は確かめられたもの（当日のオンライン結果・署名のある書類・登録データ）の組み合わせで、どの組み合わせにも
行が一つだけあります。後半は見聞きしただけのもので、受け付けてよいかを言いますが、「有効」とは言いません。
出典が house rule の行は、この製品の決まりです。
One row decides. The first part goes by what is verified; every combination has exactly one row. The second goes by what was only seen or heard: it
says whether the patient may be received, never that they are eligible. `house rule`: a rule of this product, with no public source.

| 行 Row | 条件 When | 判定 Verdict | 根拠・確認の程度 Basis, level | 受付 Reception | 理由 Reasons | 次の手順 Next steps | 出典 Source |
|---|---|---|---|---|---|---|---|
";

const REMARKS: &str = "
### 行に添えて伝えること / What may be told beside a row

| 理由 Reason | 次の手順 Next step |
|---|---|
";

fn decision_row(row: &Value) -> String {
    let parts = [("live", "当日の結果"), ("paper", "書類"), ("register", "登録"), ("shown", "")];
    let when = parts.iter().filter_map(|(name, ja)| {
        let said = row.get("when")?.get(name).filter(|said| !said.is_null())?;
        Some(if ja.is_empty() { both(said) } else { format!("{ja}: {}", both(said)) })
    });
    let when: Vec<_> = when.collect();
    let one = |name| row.get(name).map(both).unwrap_or_default();
    let all = |name| rows(row, name).iter().map(both).collect::<Vec<_>>().join("<br>");
    format!(
        "| `{}` | {} | {} | {}<br>{} | {} | {} | {} | {} |\n",
        text(row, "code"),
        if when.is_empty() { "いつも / always".to_owned() } else { when.join("<br>") },
        one("verdict"),
        one("basis"),
        one("level"),
        one("reception"),
        all("reasons"),
        all("next_steps"),
        text(row, "source"),
    )
}

fn remark_row(remark: &Value) -> String {
    let one = |name| remark.get(name).filter(|said| !said.is_null()).map_or("―".to_owned(), both);
    format!("| {} | {} |\n", one("reason"), one("next_step"))
}

/// Japanese words, English beside them.
fn both(said: &Value) -> String {
    format!("{} ({})", text(said, "ja"), text(said, "en"))
}

const DATED: &str =
    "| 期間 Days | 値 Value | 規則 Rule | 出典 Source | 確認 |\n|---|---|---|---|---|\n";

fn dated_row(period: &Value) -> String {
    format!("| {} | {} | {}\n", days(period), value(period), &told(period))
}

fn named_row(code: &str, rule: &Value) -> String {
    format!("| `{code}` | {}\n", told(rule))
}

/// Everything that is not confirmed, whatever kind of rule it is.
fn open(document: &Value) -> String {
    let mut page = "\n<a id=\"open\"></a>\n\n## 未確認・未解決 / Open\n\n".to_owned();
    page += "確かめられていない規則と、まだ答えのない問い。 / Rules that are not confirmed, and questions without an answer.\n\n";
    page += "| 規則 Rule | 内容 | 出典・手がかり Source | 確認 |\n|---|---|---|---|\n";
    let codes = SECTIONS.iter().flat_map(|(_, codes)| codes.iter());
    let dated = codes.flat_map(|code| rows(document, code).iter().map(move |row| (*code, row)));
    for (code, period) in dated.filter(|(_, period)| !confirmed(period)) {
        page += &named_row(code, period);
    }
    for rule in rows(document, "fixed").iter().filter(|rule| !confirmed(rule)) {
        page += &named_row(&text(rule, "code"), rule);
    }
    for point in rows(document, "open") {
        page += &format!("| ― | {}\n", told(point));
    }
    page
}

fn rows<'a>(document: &'a Value, code: &str) -> &'a [Value] {
    document.get(code).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn confirmed(row: &Value) -> bool {
    row.get("confirmed") == Some(&Value::Bool(true))
}

/// Sentence, source and mark, as the last cells of a row.
fn told(row: &Value) -> String {
    let mark = if confirmed(row) { "済" } else { "未" };
    format!("{}<br>{} | {} | {mark} |", text(row, "ja"), text(row, "en"), text(row, "source"))
}

fn days(period: &Value) -> String {
    let day = |name| match period.get(name).and_then(Value::as_str) {
        Some(day) => day.to_owned(),
        None => "―".to_owned(),
    };
    format!("{} ～ {}", day("from"), day("until"))
}

fn value(period: &Value) -> String {
    match period.get("value") {
        Some(Value::Object(parts)) => {
            let parts = parts.iter().filter(|(_, part)| !part.is_null());
            let parts: Vec<_> =
                parts.map(|(name, part)| format!("`{name}` {}", plain(part))).collect();
            parts.join("<br>")
        }
        Some(other) => plain(other),
        None => String::new(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "**未確認 / not confirmed**".to_owned(),
        Value::Bool(true) => "はい / yes".to_owned(),
        Value::Bool(false) => "いいえ / no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => cell(text),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(parts) => {
            let parts = parts.iter().filter(|(_, part)| !part.is_null());
            parts
                .map(|(name, part)| format!("{name} {}", plain(part)))
                .collect::<Vec<_>>()
                .join(", ")
        }
    }
}

fn text(row: &Value, name: &str) -> String {
    cell(row.get(name).and_then(Value::as_str).unwrap_or_default())
}

/// What may stand in one cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::rules,
        domain::{rulebook::Rulebook, table},
    };
    use std::collections::BTreeSet;

    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");

    fn document() -> Value {
        rules::document(Rulebook::built_in()).unwrap()
    }

    #[test]
    fn every_rule_of_the_table_has_its_place_on_the_page() {
        let document = document();
        let known: BTreeSet<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
        let listed = SECTIONS.iter().flat_map(|(_, codes)| codes.iter().copied());
        let listed: Vec<_> = listed
            .chain(["edition", "fixed", "open", "decision", "remarks", "told_only"])
            .collect();
        assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), known);
        assert_eq!(listed.len(), known.len(), "each once");
    }

    #[test]
    fn every_row_of_the_decision_stands_on_the_page_once() {
        let page = page(&document());
        let (decision, _) = page.split_once("### 行に添えて").unwrap();
        assert!(table::rows().count() > 20);
        for row in table::rows() {
            assert_eq!(
                decision.matches(&format!("\n| `{}` |", row.code)).count(),
                1,
                "{}",
                row.code
            );
        }
    }

    #[test]
    fn no_cell_of_the_page_is_without_its_words() {
        let page = page(&document());
        assert!(!page.contains("()"), "words are missing");
        assert!(
            page.contains("| 資格あり (Eligible) | オンライン資格確認の結果 (verified online)<br>")
        );
    }

    #[test]
    fn a_rule_that_no_answer_uses_says_so_on_the_page() {
        let page = page(&document());
        let told_only = |code| page.contains(&format!("### `{code}`（表示のみ / told only）\n"));
        for code in [
            "late_stage_certificate_age",
            "outpatient_relief_yen",
            "monthly_limits",
            "limits_halved_at_75",
            "specified_disease_caps",
            "disaster_marks",
            "drug_history",
        ] {
            assert!(told_only(code), "{code}");
        }
        for code in ["old_card_grace", "share_general", "share_year_start", "claim_fault"] {
            assert!(!told_only(code), "{code}");
        }
    }

    #[test]
    fn what_is_not_confirmed_is_listed_as_open_and_what_is_confirmed_is_not() {
        let page = page(&document());
        let open = page.split_once("<a id=\"open\">").unwrap().1;
        for code in ["old_card_grace", "notice_alone_grace", "monthly_limits", "disaster_marks"] {
            assert_eq!(open.matches(&format!("| `{code}` |")).count(), 1, "{code}");
        }
        assert!(open.contains("born_on_29_february") && !open.contains("`claim_fault`"));
        assert!(!open.contains("| 済 |"));
    }

    #[test]
    fn a_table_from_elsewhere_cannot_break_out_of_its_cell() {
        let text =
            include_str!("../../assets/rules.toml").replacen("義務教育就学前は", "|\\n# ", 1);
        let rules = Rulebook::parse(&text).unwrap();
        let page = page(&rules::document(&rules).unwrap());
        assert!(page.contains("\\| # 2割。") && !page.contains("\n# 2割。"));
    }

    /// `SONAE_BLESS=1` writes the page anew.
    #[test]
    #[allow(clippy::disallowed_methods, reason = "a page need not survive a power cut")]
    fn the_page_in_docs_is_the_programs_own() {
        let written = page(&document());
        if std::env::var_os("SONAE_BLESS").is_some() {
            std::fs::write(PAGE, &written).unwrap();
        }
        let held = std::fs::read_to_string(PAGE).unwrap_or_default();
        assert!(held == written, "out of date: SONAE_BLESS=1 cargo test -p sonae --lib rules_page");
    }
}
