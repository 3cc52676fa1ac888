"""Cuts SonaeFallback-Regular.ttf: kanji of names that BIZ UDPGothic lacks, from Noto Sans CJK JP, as TrueType outlines.

    pip install fonttools
    python cut_fallback.py NotoSansCJK-Regular.ttc BIZUDPGothic-Regular.ttf ipamjm.ttf SonaeFallback-Regular.ttf

ipamjm.ttf is only asked which characters the Japanese family registers know; nothing of it goes into the font.
"""
import sys

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem

ERROR_UNITS = 2.0  # of 1000 to the em, when cubic curves become quadratic
UNITS_PER_EM = 256  # coarse enough for one-byte steps, finer than a 600 dpi printer at 12 pt


def jis_kanji():
    """JIS X 0208, 0212 and 0213, through the codecs that contain them."""
    pairs = [bytes([a, b]) for a in range(0xA1, 0xFF) for b in range(0xA1, 0xFF)]
    found = set()
    for codec in ("euc_jis_2004", "euc_jp"):
        for raw in (prefix + pair for prefix in (b"", b"\x8f") for pair in pairs):
            try:
                found |= set(map(ord, raw.decode(codec)))
            except UnicodeDecodeError:
                pass
    return {x for x in found if 0x3400 <= x <= 0x9FFF or 0xF900 <= x <= 0xFAFF or x >= 0x20000}


def only_hong_kong(x):
    try:
        chr(x).encode("big5hkscs")
        return True
    except UnicodeEncodeError:
        return False


def wanted(noto, biz, registers):
    rare = {x for x in noto & registers if x >= 0x20000 and not only_hong_kong(x)}
    return ((jis_kanji() & noto) | rare) - biz


def to_quadratic(font):
    order, outlines, glyphs = font.getGlyphOrder(), font.getGlyphSet(), {}
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, ERROR_UNITS, reverse_direction=True))
        glyphs[name] = pen.glyph()
    del font["CFF "]
    font.sfntVersion = "\0\1\0\0"
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    maxp = font["maxp"]
    maxp.tableVersion = 0x10000
    for key in ("Zones TwilightPoints Storage FunctionDefs InstructionDefs StackElements SizeOfInstructions "
                "ComponentElements Points Contours CompositePoints CompositeContours ComponentDepth").split():
        setattr(maxp, "max" + key, int(key == "Zones"))
    font["post"].formatType = 3.0
    for name in order:
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyphs[name], "xMin", 0) or 0)


def main(noto_path, biz_path, registers_path, out_path):
    faces = TTCollection(noto_path).fonts
    font = next(face for face in faces if face["name"].getDebugName(4) == "Noto Sans CJK JP")
    characters = [set(f.getBestCmap()) for f in (font, TTFont(biz_path), TTFont(registers_path))]
    options = subset.Options()
    options.layout_features, options.hinting, options.notdef_outline = [], False, True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "GPOS", "GSUB", "DSIG"]
    options.desubroutinize = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted(*characters))
    cutter.subset(font)
    to_quadratic(font)
    names = {1: "Sonae Fallback", 3: "Sonae Fallback 1", 4: "Sonae Fallback", 6: "SonaeFallback-Regular"}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.string)
    scale_upem(font, UNITS_PER_EM)
    font["cmap"].tables = [table for table in font["cmap"].tables if table.format == 12]
    font["head"].modified, font.recalcTimestamp = font["head"].created, False
    font.save(out_path)


if __name__ == "__main__":
    main(*sys.argv[1:])
