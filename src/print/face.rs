//! The faces: which characters they have, how wide those are, and cutting a subset for one document.

use super::PrintError;
use allsorts::{
    binary::read::ReadScope,
    font_data::FontData,
    subset::{CmapTarget, SubsetProfile, subset},
};
use printpdf::ParsedFont;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// The faces a document may use. Sources and licence: `assets/SOURCES.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FaceName {
    /// BIZ UDPGothic Regular.
    Regular,
    /// BIZ UDPGothic Bold.
    Bold,
    /// Rare kanji of names, regular weight only.
    Rare,
}

/// Printed for a character no face has (下駄).
pub(super) const GETA: char = '〓';

/// What is known of one face.
pub(super) struct Face {
    bytes: &'static [u8],
    glyphs: BTreeMap<u32, u16>,
    widths: BTreeMap<u16, u16>,
    units_per_em: f32,
}

static REGULAR: LazyLock<Option<Face>> =
    LazyLock::new(|| Face::read(include_bytes!("../../assets/fonts/BIZUDPGothic-Regular.ttf")));
static BOLD: LazyLock<Option<Face>> =
    LazyLock::new(|| Face::read(include_bytes!("../../assets/fonts/BIZUDPGothic-Bold.ttf")));
static RARE: LazyLock<Option<Face>> =
    LazyLock::new(|| Face::read(include_bytes!("../../assets/fonts/SonaeFallback-Regular.ttf")));

/// The face behind a name.
pub(super) fn face(name: FaceName) -> Result<&'static Face, PrintError> {
    let face = match name {
        FaceName::Regular => REGULAR.as_ref(),
        FaceName::Bold => BOLD.as_ref(),
        FaceName::Rare => RARE.as_ref(),
    };
    face.ok_or(PrintError::Font("an embedded face cannot be read"))
}

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let parsed = ParsedFont::from_bytes(bytes, 0, &mut vec![])?;
        Some(Self {
            bytes,
            glyphs: parsed.codepoint_to_glyph,
            widths: parsed.glyph_widths,
            units_per_em: f32::from(parsed.units_per_em.max(1)),
        })
    }

    /// Whether the face draws this character.
    pub(super) fn has(&self, c: char) -> bool {
        self.glyphs.get(&u32::from(c)).is_some_and(|glyph| *glyph != 0)
    }

    /// The advance in parts of the em.
    pub(super) fn width_em(&self, c: char) -> f32 {
        let width = self.glyphs.get(&u32::from(c)).and_then(|glyph| self.widths.get(glyph));
        width.map_or(1.0, |units| f32::from(*units) / self.units_per_em)
    }

    /// A font of these characters alone. printpdf without `text_layout` embeds what it is given, whole (dependencies 3).
    pub(super) fn cut(&self, characters: &BTreeSet<char>) -> Result<ParsedFont, PrintError> {
        let wanted = characters.iter().filter_map(|c| self.glyphs.get(&u32::from(*c)).copied());
        let glyphs: BTreeSet<u16> = wanted.chain([0]).collect();
        let glyphs: Vec<u16> = glyphs.into_iter().collect();
        let broken = |_| PrintError::Font("an embedded face cannot be parsed");
        let file = ReadScope::new(self.bytes).read::<FontData<'_>>().map_err(broken)?;
        let provider = file
            .table_provider(0)
            .map_err(|_| PrintError::Font("an embedded face has no tables"))?;
        let bytes = subset(&provider, &glyphs, &SubsetProfile::Minimal, CmapTarget::Unicode)
            .map_err(|_| PrintError::Font("a subset cannot be cut"))?;
        ParsedFont::from_bytes(&bytes, 0, &mut vec![])
            .ok_or(PrintError::Font("a subset cannot be read back"))
    }
}

/// The face that draws a character in the wanted weight; `None` if none does.
pub(super) fn face_for(wanted: FaceName, c: char) -> Result<Option<FaceName>, PrintError> {
    for name in [wanted, FaceName::Rare] {
        if face(name)?.has(c) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_computers_like_to_lose_can_be_drawn() {
        for c in "髙﨑邉邊𠮷德濵槗辻祐館閒鄧煕".chars() {
            assert!(face_for(FaceName::Regular, c).unwrap().is_some(), "{c}");
        }
        assert_eq!(face_for(FaceName::Bold, '𠮷').unwrap(), Some(FaceName::Rare));
        assert_eq!(face_for(FaceName::Bold, '髙').unwrap(), Some(FaceName::Bold));
        assert_eq!(face_for(FaceName::Bold, '\u{1F600}').unwrap(), None);
    }

    #[test]
    fn a_subset_still_knows_its_characters() {
        for (name, text) in [(FaceName::Regular, "資格確認書A1"), (FaceName::Rare, "𠮷槗")]
        {
            let characters: BTreeSet<char> = text.chars().collect();
            let cut = face(name).unwrap().cut(&characters).unwrap();
            assert!(cut.original_bytes.len() < 20_000, "{}", cut.original_bytes.len());
            for c in characters {
                assert!(cut.lookup_glyph_index(u32::from(c)).is_some_and(|g| g != 0), "{c}");
            }
        }
    }
}
