//! The answer slip: what the counter was told, on paper, in the words of the screen.

use super::{
    PrintError, Printed,
    card::symbol_or_none,
    shapes::Shape,
    sheet::{Area, BOTTOM_MM, Ink, MARGIN_MM, RIGHT_MM, Sheet, Stroke, bold, plain},
    table::Fields,
    words,
};
use crate::domain::{
    answer::{Answer, BurdenSource, Verdict},
    claim::ClaimHelp,
    insured::Identity,
    time::Stamp,
};
use jiff::civil::Date;

/// About whom was asked, as typed or scanned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedFor {
    /// Insurer, symbol, number, branch.
    pub identity: Option<Identity>,
    /// 生年月日.
    pub birth: Option<Date>,
    /// 氏名, where a verified source told it.
    pub name: Option<String>,
    /// What helps with a paper claim, where somebody is named.
    pub claim: Option<ClaimHelp>,
}

/// One slip for one answer. `journal_mark` says where the answer stands in the journal.
pub fn answer_slip(
    answer: &Answer,
    who: &AskedFor,
    facility: &str,
    answered_at: Stamp,
    journal_mark: &str,
) -> Result<Printed, PrintError> {
    let footer = format!("{facility}　{}　記録番号 {journal_mark}", words::moment(answered_at));
    let mut sheet = Sheet::new("資格確認の結果", answered_at.day(), footer);
    sheet.text(MARGIN_MM, 14.0, "資格確認の結果", bold(15.0))?;
    sheet.text(MARGIN_MM, 21.5, "Eligibility answer", plain(9.0))?;
    let facility_style = Sheet::fitted(facility, 95.0, plain(10.0), (1, 7.0))?;
    for (row, line) in Sheet::lines(facility, 95.0, facility_style)?.iter().take(2).enumerate() {
        sheet.text_right(
            RIGHT_MM,
            12.5 + row as f32 * facility_style.line_mm(),
            line,
            facility_style,
        )?;
    }
    sheet.text_right(RIGHT_MM, 21.5, &words::moment(answered_at), plain(9.5))?;
    let y = verdict_band(&mut sheet, 28.0, answer.verdict)?;
    let width = RIGHT_MM - MARGIN_MM;
    let look = Fields { x: MARGIN_MM, width, name_width: 44.0, name_size: 9.0, value: plain(11.0) };
    let y = sheet.fields(y + 4.0, &look, &person_rows(who))?;
    let y = sheet.fields(y + 3.0, &look, &basis_rows(answer))?;
    let reasons: Vec<_> = answer.reasons.iter().map(|r| (r.ja(), r.en())).collect();
    let steps: Vec<_> = answer.next_steps.iter().map(|s| (s.ja(), s.en())).collect();
    let y = list(&mut sheet, y + 5.0, "次にすること　What to do next", &steps, Mark::Number)?;
    let y = list(&mut sheet, y + 3.0, "理由　Why", &reasons, Mark::Dot)?;
    if let Some(claim) = &who.claim {
        claim_part(&mut sheet, y + 4.0, claim)?;
    }
    sheet.finish()
}

/// For whoever writes the claim by hand: field by field, and what would bring it back.
fn claim_part(sheet: &mut Sheet, y: f32, claim: &ClaimHelp) -> Result<f32, PrintError> {
    let risks: Vec<_> = claim.risks.iter().map(|risk| (risk.ja(), risk.en())).collect();
    let y = if claim.transcribe.is_empty() { y } else { transcription(sheet, y, claim)? };
    list(sheet, y + 3.0, "返戻になりやすいところ　What may bring it back", &risks, Mark::Dot)
}

fn transcription(sheet: &mut Sheet, y: f32, claim: &ClaimHelp) -> Result<f32, PrintError> {
    let heading = bold(11.5);
    let y = if y + 30.0 > BOTTOM_MM {
        sheet.new_page()?;
        MARGIN_MM
    } else {
        y
    };
    sheet.text(MARGIN_MM, y, "明細書に書き写す　For the paper claim", heading)?;
    let rows: Vec<_> =
        claim.transcribe.iter().map(|line| (line.field.ja(), line.text.clone())).collect();
    let width = RIGHT_MM - MARGIN_MM;
    let look = Fields { x: MARGIN_MM, width, name_width: 44.0, name_size: 9.0, value: plain(11.0) };
    sheet.fields(y + heading.line_mm() + 1.0, &look, &rows)
}

/// One colour, one shape, one word.
fn look_of(verdict: Verdict) -> (Ink, Shape) {
    match verdict {
        Verdict::Eligible => (Ink::Green, Shape::Circle),
        Verdict::NotEligible => (Ink::Red, Shape::Cross),
        Verdict::CannotTell => (Ink::Amber, Shape::Triangle),
    }
}

fn verdict_band(sheet: &mut Sheet, y: f32, verdict: Verdict) -> Result<f32, PrintError> {
    const HEIGHT_MM: f32 = 40.0;
    let (ink, shape) = look_of(verdict);
    let width = RIGHT_MM - MARGIN_MM;
    // A thick rim instead of a filled band: it spares toner and survives a fax.
    sheet.fill(Area { x: MARGIN_MM, y, width, height: HEIGHT_MM }, ink);
    let inside =
        Area { x: MARGIN_MM + 1.6, y: y + 1.6, width: width - 3.2, height: HEIGHT_MM - 3.2 };
    sheet.fill(inside, Ink::White);
    sheet.shape(shape, (MARGIN_MM + 8.0, y + 7.0), 26.0, ink);
    let x = MARGIN_MM + 44.0;
    sheet.text(x, y + 5.0, verdict.ja(), bold(44.0).ink(ink))?;
    sheet.text(x + 0.8, y + 26.0, verdict.en(), bold(17.0).ink(ink))?;
    Ok(y + HEIGHT_MM)
}

fn person_rows(who: &AskedFor) -> Vec<(&'static str, String)> {
    let mut rows = vec![];
    if let Some(name) = &who.name {
        rows.push(("氏名 Name", name.clone()));
    }
    if let Some(identity) = &who.identity {
        let branch = identity.branch.map_or_else(|| "（なし）".into(), |b| b.to_string());
        rows.push(("保険者番号 Insurer no.", identity.insurer.to_string()));
        let symbol = symbol_or_none(&identity.symbol);
        let text = format!("{symbol}・{}　枝番 {branch}", identity.number);
        rows.push(("記号・番号 Number", text));
    }
    let birth = who.birth.map_or_else(|| "入力なし not given".into(), words::day);
    rows.push(("生年月日 Birth date", birth));
    rows
}

fn basis_rows(answer: &Answer) -> Vec<(&'static str, String)> {
    let as_of =
        answer.as_of.map_or_else(|| "なし none".into(), |at| format!("{} 時点", words::moment(at)));
    let fresh = format!("{}　{}", answer.freshness.ja(), answer.freshness.en());
    let (clock_ja, clock_en) = words::clock(answer.clock);
    vec![
        ("負担割合 Share", share(answer)),
        ("根拠 Basis", basis(answer)),
        ("いつの情報か As of", as_of),
        ("新しさ Freshness", fresh),
        ("この箱の時計 Clock", format!("{clock_ja}　{clock_en}")),
        ("確認の程度 Level", format!("{}　{}", answer.level.ja(), answer.level.en())),
    ]
}

fn basis(answer: &Answer) -> String {
    match &answer.received {
        Some(origin) => format!("{}　{}", origin.ja(), origin.en()),
        None => format!("{}　{}", answer.basis.ja(), answer.basis.en()),
    }
}

fn share(answer: &Answer) -> String {
    let source = answer.burden_ratio.source.map_or("出どころなし no source", source_words);
    let first = match answer.burden_ratio.percent {
        Some(percent) => format!("{}　{source}", words::share(percent)),
        None => "分かりません（本人に確認） not known: ask the patient".into(),
    };
    // Two sources that differ are both shown.
    let also = answer.burden_ratio.also.iter();
    let also = also
        .map(|other| format!("\n{}　{}", words::share(other.percent), source_words(other.source)));
    std::iter::once(first).chain(also).collect()
}

fn source_words(source: BurdenSource) -> &'static str {
    match source {
        BurdenSource::Live => "オンライン資格確認の結果 online result",
        BurdenSource::Document => "書類に署名された割合 from the signed paper",
        BurdenSource::Snapshot => "地域データの登録 from the snapshot",
        BurdenSource::OwnRecord => "この施設が受け取った資格情報 received by this facility",
        BurdenSource::Seen => "画面か書類を目で確認 seen on a screen or paper",
        BurdenSource::Statutory => "「法定負担割合のとおり」 statutory share, by age",
        BurdenSource::Declared => "本人の申立て declared by the patient",
        BurdenSource::AgeRule => "年齢から計算（要確認） computed from age: confirm",
    }
}

/// What stands before each item.
#[derive(Clone, Copy)]
enum Mark {
    Number,
    Dot,
}

fn list(
    sheet: &mut Sheet,
    y: f32,
    heading: &str,
    items: &[(&str, &str)],
    mark: Mark,
) -> Result<f32, PrintError> {
    if items.is_empty() {
        return Ok(y);
    }
    let (x, width) = (MARGIN_MM + 10.5, RIGHT_MM - MARGIN_MM - 10.5);
    let mut y = y;
    let heading_style = bold(11.5);
    let mut headed = Headed::NotYet;
    for (index, (ja, en)) in items.iter().enumerate() {
        let room = if matches!(headed, Headed::NotYet) { 26.0 } else { 13.0 };
        if y + room > BOTTOM_MM {
            sheet.new_page()?;
            y = MARGIN_MM;
        }
        if matches!(headed, Headed::NotYet) {
            sheet.text(MARGIN_MM, y, heading, heading_style)?;
            y += heading_style.line_mm() + 0.8;
            sheet.line((MARGIN_MM, y), (RIGHT_MM, y), Stroke::Hair);
            y += 1.2;
            headed = Headed::Done;
        }
        let (before, style) = match mark {
            Mark::Number => ((index + 1).to_string(), bold(12.0)),
            Mark::Dot => ("・".to_owned(), plain(10.5)),
        };
        sheet.text(MARGIN_MM + 2.0, y, &before, style)?;
        y = sheet.paragraph(x, y, width, ja, style)?;
        y = sheet.paragraph(x, y - 0.6, width, en, plain(8.5).ink(Ink::Grey))? + 1.0;
    }
    Ok(y)
}

/// Whether a list's heading stands already.
enum Headed {
    NotYet,
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_verdicts_share_a_colour_a_shape_or_a_word() {
        let verdicts = [Verdict::Eligible, Verdict::NotEligible, Verdict::CannotTell];
        for (at, one) in verdicts.iter().enumerate() {
            for other in verdicts.iter().skip(at + 1) {
                let ((ink, shape), (other_ink, other_shape)) = (look_of(*one), look_of(*other));
                assert!(ink != other_ink && shape != other_shape && one.ja() != other.ja());
            }
        }
    }
}
