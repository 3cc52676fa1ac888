//! Text before it meets the paper: cleaned, given a face character by character, measured and broken into lines.

use super::{
    PrintError,
    face::{FaceName, GETA, face, face_for},
};
use std::collections::BTreeSet;
use unicode_normalization::char::compose;

/// Never first in a line (行頭禁則).
const NOT_FIRST: &str =
    "、。，．・：；？！」』）］｝〕】〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々％,.:;?!)]}%";
/// Never last in a line (行末禁則).
const NOT_LAST: &str = "「『（［｛〔【〈《([{";

/// Takes out what must not reach a glyph table: controls, variation selectors (they draw a box), joiners and direction
/// marks; and joins a kana with the combining voice mark some systems write behind it.
///
/// Not NFC for the whole text: that would turn 﨑-like compatibility kanji of a name (神 U+FA19) into other characters.
pub(super) fn clean(text: &str) -> String {
    let mut out: Vec<char> = vec![];
    for c in text.chars() {
        match c {
            '\n' => out.push(c),
            '\t' | '\u{a0}' => out.push(' '),
            '\u{3099}' | '\u{309a}' => {
                let joined = out.last().and_then(|base| compose(*base, c));
                match (out.last_mut(), joined) {
                    (Some(base), Some(joined)) => *base = joined,
                    _ => out.push(if c == '\u{3099}' { '゛' } else { '゜' }),
                }
            }
            c if is_invisible(c) => {}
            c => out.push(c),
        }
    }
    out.into_iter().collect()
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A piece of a line that one face draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Which face.
    pub face: FaceName,
    /// What it draws.
    pub text: String,
}

/// Splits cleaned text by face. What no face has becomes 〓 and is noted in `missing`.
pub(super) fn runs(
    text: &str,
    wanted: FaceName,
    missing: &mut BTreeSet<char>,
) -> Result<Vec<Run>, PrintError> {
    let mut runs: Vec<Run> = vec![];
    for c in text.chars() {
        let (name, drawn) = match face_for(wanted, c)? {
            Some(name) => (name, c),
            None => {
                missing.insert(c);
                (wanted, GETA)
            }
        };
        match runs.last_mut() {
            Some(run) if run.face == name => run.text.push(drawn),
            _ => runs.push(Run { face: name, text: drawn.into() }),
        }
    }
    Ok(runs)
}

fn char_em(wanted: FaceName, c: char) -> Result<f32, PrintError> {
    match face_for(wanted, c)? {
        Some(name) => Ok(face(name)?.width_em(c)),
        None => Ok(face(wanted)?.width_em(GETA)),
    }
}

/// The width of cleaned text, in parts of the em.
pub(super) fn width_em(text: &str, wanted: FaceName) -> Result<f32, PrintError> {
    text.chars().try_fold(0.0, |sum, c| Ok(sum + char_em(wanted, c)?))
}

/// Breaks cleaned text into lines of at most `limit_em`: words of the Latin script stay whole where they can, and the
/// plain Japanese rules for first and last characters hold. A line has at least one character, however narrow the place.
pub(super) fn lines(
    text: &str,
    wanted: FaceName,
    limit_em: f32,
) -> Result<Vec<String>, PrintError> {
    let mut all = vec![];
    for paragraph in text.split('\n') {
        let mut line: Vec<char> = vec![];
        let mut width = 0.0;
        for c in paragraph.chars() {
            let advance = char_em(wanted, c)?;
            if width + advance > limit_em && !line.is_empty() && c != ' ' {
                let rest = line.split_off(break_at(&line, c));
                all.push(trimmed(&line));
                line = rest;
                width = line
                    .iter()
                    .try_fold(0.0, |sum, c| Ok::<f32, PrintError>(sum + char_em(wanted, *c)?))?;
            }
            if !(line.is_empty() && c == ' ') {
                line.push(c);
                width += advance;
            }
        }
        all.push(trimmed(&line));
    }
    Ok(all)
}

fn trimmed(line: &[char]) -> String {
    line.iter().collect::<String>().trim_end_matches(' ').to_owned()
}

/// Where to cut a full line before `next`; everything from there on goes to the next line.
fn break_at(line: &[char], next: char) -> usize {
    (1..=line.len()).rev().find(|at| may_break(line, *at, next)).unwrap_or(line.len())
}

fn may_break(line: &[char], at: usize, next: char) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|last| line.get(last)) else { return false };
    let after = line.get(at).copied().unwrap_or(next);
    // Full-width letters and digits too: a strength torn apart ("1" and "4cm") is read wrongly.
    let latin =
        |c: char| c.is_ascii_alphanumeric() || "-_./'．".contains(c) || ('０'..='ｚ').contains(&c);
    !(NOT_FIRST.contains(after) || NOT_LAST.contains(*before) || (latin(*before) && latin(after)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn variation_selectors_and_controls_never_reach_the_paper() {
        assert_eq!(clean("邉\u{e0101}\u{fe00}太\u{200d}郎\u{7}"), "邉太郎");
        assert_eq!(clean("か\u{3099}き"), "がき");
        assert_eq!(clean("\u{fa19}"), "\u{fa19}");
    }

    #[test]
    fn a_character_nobody_can_draw_becomes_a_geta_and_is_named() {
        let mut missing = BTreeSet::new();
        let runs = runs("𠮷田\u{1F600}", FaceName::Bold, &mut missing).unwrap();
        let faces: Vec<_> = runs.iter().map(|run| (run.face, run.text.as_str())).collect();
        assert_eq!(faces, [(FaceName::Rare, "𠮷"), (FaceName::Bold, "田〓")]);
        assert_eq!(missing.into_iter().collect::<Vec<_>>(), ['\u{1F600}']);
    }

    #[test]
    fn words_stay_whole_and_no_line_begins_with_a_full_stop() {
        let english =
            lines("Receive the patient under insurance.", FaceName::Regular, 9.0).unwrap();
        assert!(english.iter().all(|line| !line.starts_with(' ') && !line.ends_with(' ')));
        assert_eq!(english.join(" "), "Receive the patient under insurance.");
        let japanese = lines("氏名を見比べる。次へ", FaceName::Regular, 7.2).unwrap();
        assert!(japanese.iter().all(|line| !line.starts_with('。')), "{japanese:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn no_line_is_wider_than_its_place_and_no_character_is_lost(
            text in "[亜-字ァ-ンa-z。「」、 ]{0,80}", limit in 3.0_f32..30.0
        ) {
            let broken = lines(&text, FaceName::Regular, limit).unwrap();
            for line in &broken {
                let short = line.chars().count() <= 1;
                prop_assert!(short || width_em(line, FaceName::Regular).unwrap() <= limit + 0.01);
            }
            let squeeze = |s: &str| s.replace(' ', "");
            prop_assert_eq!(squeeze(&broken.concat()), squeeze(&text));
        }
    }
}
