//! 電子処方箋 引換番号控え: `保険者番号,記号,番号,枝番,生年月日,引換番号` on one line, as one clinic system prints it
//! (seen in public source; no specification found, unconfirmed).

use super::{Format, Notebook, order::Voucher};
use crate::domain::wareki;

const FIELDS: usize = 6;
const VOUCHER_DIGITS: usize = 16;
const INSURER_DIGITS_MAX: usize = 8;

/// Whether a text is a 引換番号控え.
#[must_use]
pub fn is_voucher(text: &str) -> bool {
    voucher(text).is_some()
}

/// Reads such a text; `None` for any other.
pub(super) fn read(text: &str) -> Option<Notebook> {
    Some(Notebook {
        format: Format::Voucher,
        version: 0,
        direction: None,
        patient: None,
        patient_remarks: vec![],
        own_drugs: vec![],
        memos: vec![],
        visits: vec![],
        family_pharmacists: vec![],
        voucher: Some(voucher(text)?),
        raw: vec![],
        warnings: vec![],
    })
}

fn voucher(text: &str) -> Option<Voucher> {
    let line = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{1A}');
    let mut fields = line.split(',').map(str::trim);
    let values: [&str; FIELDS] = std::array::from_fn(|_| fields.next().unwrap_or_default());
    let [insurer, symbol, number, branch, birth, voucher_number] = values;
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_one = fields.next().is_none()
        && !line.contains(['\r', '\n'])
        && all_digits(insurer)
        && insurer.len() <= INSURER_DIGITS_MAX
        && all_digits(branch)
        && all_digits(voucher_number)
        && voucher_number.len() == VOUCHER_DIGITS;
    let birth = match birth {
        "" => None,
        told => Some(wareki::parse(told).ok()?.value),
    };
    let maybe = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    is_one.then(|| Voucher {
        insurer_number: maybe(insurer),
        symbol: maybe(symbol),
        number: maybe(number),
        branch: maybe(branch),
        birth,
        voucher_number: voucher_number.to_owned(),
    })
}
