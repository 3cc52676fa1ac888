//! 被保険者資格申立書 on paper: what is known is filled in, what is not stays a line to write on.

use super::{
    PrintError, Printed,
    sheet::{Area, Ink, MARGIN_MM, RIGHT_MM, Sheet, Stroke, bold, plain},
    table::Fields,
    words,
};
use crate::domain::{
    person::Sex,
    statement::{InsuranceKind, Statement},
    time::Stamp,
};

const DECLARATION: &str = "私は、下記のとおり医療保険の被保険者（被扶養者）であることを申し立てます。本日は資格を確認できるもの（マイナ保険証による確認結果、資格確認書）を示せないため、この申立書を提出します。番号が分かり次第お知らせします。";
const DECLARATION_EN: &str = "I state that I am insured as below. I cannot show proof today and will tell the number as soon as I know it.";
const KEEPING: &str = "この用紙は医療機関で保管し、診療報酬の支払いを確認した後に破棄できます。";
const KEEPING_EN: &str =
    "Kept by the facility; it may be destroyed once the payment has been confirmed.";

/// The form as one page. `number` is its number at this facility.
pub fn statement_sheet(
    statement: &Statement,
    facility: &str,
    taken_at: Stamp,
    number: u64,
) -> Result<Printed, PrintError> {
    let footer =
        format!("被保険者資格申立書　{facility}　{}　No. {number}", words::moment(taken_at));
    let mut sheet = Sheet::new("被保険者資格申立書", taken_at.day(), footer);
    sheet.text(MARGIN_MM, 15.0, "被保険者資格申立書", bold(22.0))?;
    sheet.text(MARGIN_MM, 26.0, "Statement of eligibility", plain(10.0))?;
    sheet.text_right(RIGHT_MM, 17.0, &format!("No. {number}"), plain(10.0))?;
    sheet.text_right(RIGHT_MM, 23.0, &words::day(taken_at.day()), plain(10.0))?;
    let width = RIGHT_MM - MARGIN_MM;
    let y = sheet.paragraph(MARGIN_MM, 35.0, width, &addressee(facility), plain(12.0))?;
    let y = sheet.paragraph(MARGIN_MM, y + 2.0, width, DECLARATION, plain(10.5))?;
    let y = sheet.paragraph(MARGIN_MM, y, width, DECLARATION_EN, plain(8.0).ink(Ink::Grey))?;
    let look = Fields { x: MARGIN_MM, width, name_width: 46.0, name_size: 9.0, value: plain(12.5) };
    let y = sheet.fields(y + 4.0, &look, &rows(statement))?;
    let y = signature(&mut sheet, y + 8.0)?;
    let y = sheet.paragraph(MARGIN_MM, y + 8.0, width, KEEPING, plain(9.0))?;
    sheet.paragraph(MARGIN_MM, y - 0.5, width, KEEPING_EN, plain(7.5).ink(Ink::Grey))?;
    sheet.finish()
}

fn addressee(facility: &str) -> String {
    format!("{facility}　御中")
}

/// Two ideographic spaces keep a blank row tall enough to write on.
fn or_blank(text: &str) -> String {
    if text.trim().is_empty() { "　\n　".into() } else { text.trim().to_owned() }
}

fn rows(statement: &Statement) -> Vec<(&'static str, String)> {
    let Statement { name, kana, birth, sex, contact, kind, insurer_name, share } = statement;
    let birth =
        birth.map_or_else(|| "明治・大正・昭和・平成・令和　　　年　　月　　日".into(), words::day);
    vec![
        ("フリガナ Reading", or_blank(kana)),
        ("氏名（カード券面） Name as on the card", or_blank(name)),
        ("生年月日 Birth date", birth),
        ("性別 Sex", sex_boxes(*sex)),
        ("住所（カード券面） Address as on the card", or_blank(&contact.address)),
        ("連絡先 Telephone", or_blank(&contact.phone)),
        ("保険の種類 Kind of insurance", kind_boxes(*kind)),
        ("保険者名 Insurer", or_blank(&join(insurer_name, &contact.union))),
        ("勤務先（事業所名） Employer", or_blank(&contact.employer)),
        ("一部負担金の割合 Share", share_boxes(share.map(|percent| percent.value()))),
    ]
}

fn join(one: &str, other: &str) -> String {
    [one, other].into_iter().filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join("　")
}

/// `■` where it is so, `□` to be ticked by hand.
fn boxes<T: PartialEq>(choices: &[(T, &str)], chosen: Option<&T>, between: &str) -> String {
    let tick = |(value, words): &(T, &str)| {
        format!("{}{words}", if chosen == Some(value) { "■" } else { "□" })
    };
    choices.iter().map(tick).collect::<Vec<_>>().join(between)
}

fn sex_boxes(sex: Sex) -> String {
    boxes(&[(Sex::Male, "男"), (Sex::Female, "女")], Some(&sex), "　　")
}

fn kind_boxes(kind: Option<InsuranceKind>) -> String {
    let choices: Vec<_> = InsuranceKind::ALL.iter().map(|kind| (*kind, kind.ja())).collect();
    boxes(&choices, kind.as_ref(), "\n")
}

fn share_boxes(percent: Option<u8>) -> String {
    boxes(&[(30, "3割"), (20, "2割"), (10, "1割")], percent.as_ref(), "　　")
}

fn signature(sheet: &mut Sheet, y: f32) -> Result<f32, PrintError> {
    let left = MARGIN_MM + 70.0;
    sheet.text(left, y, "署名 Signature", plain(9.0))?;
    sheet.line((left + 28.0, y + 7.0), (RIGHT_MM, y + 7.0), Stroke::Hair);
    sheet.text(
        left,
        y + 11.0,
        "本人でない場合の続柄 Relation if signed for the patient",
        plain(7.5),
    )?;
    sheet.frame(
        Area { x: left - 2.0, y: y - 3.0, width: RIGHT_MM - left + 2.0, height: 19.0 },
        Stroke::Hair,
    );
    Ok(y + 16.0)
}
