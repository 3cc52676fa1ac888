//! QR symbols: the strongest correction that still fits, as runs of dark modules.

use super::PrintError;
use qrcode::{EcLevel, QrCode, Version, bits::Bits};

/// What goes into a symbol. Mode is chosen here: left alone, the encoder may take Kanji mode inside binary (dependencies 4).
#[derive(Clone, Copy, Debug)]
pub(super) enum Payload<'a> {
    /// Digits of a credential or order, numeric mode.
    Digits(&'a str),
    /// Bytes of a JAHIS symbol, byte mode.
    Bytes(&'a [u8]),
}

/// Q up to version 13, else M up to version 13 (credentials 4): larger symbols do not survive a year in a wallet. What is
/// read at once from a flat sheet, a drug list, may grow beyond.
const LADDER: &[(EcLevel, i16)] = &[(EcLevel::Q, 13), (EcLevel::M, 13)];
const FLAT_SHEET_LADDER: &[(EcLevel, i16)] =
    &[(EcLevel::Q, 13), (EcLevel::M, 13), (EcLevel::M, 20), (EcLevel::L, 25)];

/// A light frame of four modules on every side (JIS X 0510).
pub(super) const QUIET_MODULES: usize = 4;

/// A square of modules.
pub(super) struct Symbol {
    width: usize,
    dark: Vec<bool>,
}

/// One horizontal row of dark modules without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DarkRun {
    /// Row, from the top.
    pub row: usize,
    /// First column.
    pub from: usize,
    /// Number of modules.
    pub length: usize,
}

impl Symbol {
    /// Encodes a payload.
    pub(super) fn of(payload: Payload<'_>) -> Result<Self, PrintError> {
        let (bytes, ladder) = match payload {
            Payload::Digits(digits) => (digits.as_bytes(), LADDER),
            Payload::Bytes(bytes) => (bytes, FLAT_SHEET_LADDER),
        };
        if let Payload::Digits(digits) = payload
            && (digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(PrintError::NotDigits);
        }
        let code = ladder.iter().find_map(|(level, version_max)| {
            (1..=*version_max).find_map(|version| encode(payload, *level, version))
        });
        let code = code.ok_or(PrintError::QrTooLong { bytes: bytes.len() })?;
        let dark = code.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect();
        Ok(Self { width: code.width(), dark })
    }

    /// Modules on a side, with the quiet zone.
    pub(super) fn modules(&self) -> usize {
        self.width + 2 * QUIET_MODULES
    }

    /// The dark modules, counted from the corner of the quiet zone.
    pub(super) fn runs(&self) -> Vec<DarkRun> {
        let mut runs = vec![];
        for (row, modules) in self.dark.chunks(self.width.max(1)).enumerate() {
            let mut at = 0;
            for part in modules.chunk_by(|a, b| a == b) {
                if part.first() == Some(&true) {
                    runs.push(DarkRun {
                        row: row + QUIET_MODULES,
                        from: at + QUIET_MODULES,
                        length: part.len(),
                    });
                }
                at += part.len();
            }
        }
        runs
    }
}

fn encode(payload: Payload<'_>, level: EcLevel, version: i16) -> Option<QrCode> {
    let mut bits = Bits::new(Version::Normal(version));
    match payload {
        Payload::Digits(digits) => bits.push_numeric_data(digits.as_bytes()),
        Payload::Bytes(bytes) => bits.push_byte_data(bytes),
    }
    .ok()?;
    bits.push_terminator(level).ok()?;
    QrCode::with_bits(bits, level).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correction_is_the_strongest_that_fits_version_13() {
        let modules = |digits: usize| Symbol::of(Payload::Digits(&"7".repeat(digits)));
        assert_eq!(modules(399).unwrap().modules(), 61 + 8); // version 11, Q (credentials 4)
        assert_eq!(modules(744).unwrap().modules(), 69 + 8); // version 13, M
        assert!(matches!(modules(900), Err(PrintError::QrTooLong { bytes: 900 })));
    }

    #[test]
    fn only_digits_become_a_code_of_digits() {
        for text in ["", "12a", "１２"] {
            assert_eq!(Symbol::of(Payload::Digits(text)).err(), Some(PrintError::NotDigits));
        }
    }
}
