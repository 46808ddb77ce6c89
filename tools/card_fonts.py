"""Makes the two fonts of the card images from the ones they are cut out of, by Adobe, under the SIL
Open Font License.

    python -m tools.card_fonts SourceSerif4Display-Semibold.otf SourceSans3-Medium.otf

The sources are Source Serif 4.005 (the npm package source-serif) and Source Sans 3.052 (Debian's
fonts-adobe-sourcesans3). Kept are the scripts that can be set letter by letter: Latin, Greek,
Cyrillic. What shaping needs is left out, and the kerning of the headlines' font goes into a table
by characters: a card is set by our own code and comes out the same with and without a shaping
library. A changed font may not bear the name that is reserved for the original, hence ours.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

OUTPUT = Path(__file__).parents[1] / "templates" / "cards"
BLOCKS = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B9, 0x2DC), (0x370, 0x3FF), (0x400, 0x45F), (0x490, 0x4FF),
    (0x1E00, 0x1EFF), (0x2010, 0x205F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x22FF),
)  # fmt: skip
# Letters with marks are kerned as the letter alone, so these do.
KERNED = (
    "".join(
        map(
            chr,
            (*range(0x21, 0x7F), *range(0x391, 0x3AA), *range(0x3B1, 0x3CA), *range(0x410, 0x450)),
        )
    )
    + "‘’“”«»–—…"
)
LEAST_KERNING = 14  # thousandths of an em: one pixel at the largest size a headline has


def main() -> None:
    """Writes both fonts, and beside them the kerning and the characters that each has."""
    serif, sans = (TTFont(source, recalcTimestamp=False) for source in sys.argv[1:3])
    told: dict[str, Any] = {"kerning": dict(_by_left(_kerning(serif)))}
    for name, font in (("serif", serif), ("sans", sans)):
        _cut(font)
        _name(font, f"Aggregator Card {name.title()}")
        font.save(OUTPUT / f"{name}.otf")
        told[name] = "".join(map(chr, sorted(font.getBestCmap())))
    compact = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("},", "},\n")
    (OUTPUT / "fonts.json").write_text(compact + "\n", "utf-8")


def _cut(font: TTFont) -> None:
    options = subset.Options(
        layout_features=[], hinting=False, name_IDs=[0, 1, 2, 5, 13, 14], notdef_outline=True,
        drop_tables=["GSUB", "GPOS", "GDEF", "BASE", "DSIG", "GlyphOrder"],
    )  # fmt: skip
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for code in font.getBestCmap() if _is_in(code, BLOCKS)])
    cutter.subset(font)


def _name(font: TTFont, family: str) -> None:
    """Gives the font its own name wherever one stands; copyright and licence stay."""
    plain = family.replace(" ", "")
    for number, text in ((1, family), (2, "Regular"), (3, plain), (4, family), (6, plain)):
        font["name"].setName(text, number, 3, 1, 0x409)
    outlines = font["CFF "].cff
    outlines.fontNames = [plain]
    for attribute in ("FullName", "FamilyName"):
        setattr(outlines.topDictIndex[0], attribute, family)


def _kerning(font: TTFont) -> dict[tuple[str, str], int]:
    """What to add between two characters, in thousandths of an em; the first rule that knows a pair
    counts.
    """
    glyphs = font.getBestCmap()
    kept = {glyphs[ord(character)]: character for character in KERNED if ord(character) in glyphs}
    found: dict[tuple[str, str], int] = {}
    for rule in _rules(font):
        for left in kept.keys() & set(rule.Coverage.glyphs):
            for right, value in _row(rule, left, kept.keys()):
                if _may_meet(kept[left], kept[right]):
                    found.setdefault((kept[left], kept[right]), value)
    return {pair: value for pair, value in found.items() if abs(value) >= LEAST_KERNING}


def _may_meet(left: str, right: str) -> bool:
    """Whether two characters stand side by side in a word: not a Latin letter and a Greek one."""
    scripts = {unicodedata.name(each).partition(" ")[0] for each in left + right if each.isalpha()}
    return len(scripts) < 2


def _by_left(pairs: dict[tuple[str, str], int]) -> Iterator[tuple[str, dict[str, str]]]:
    """For each first character the second ones by what to add: a fifth of the size of one line a
    pair.
    """
    for left in sorted({left for left, _ in pairs}):
        row: dict[str, str] = {}
        for (first, right), value in sorted(pairs.items()):
            if first == left:
                row[str(value)] = row.get(str(value), "") + right
        yield left, row


def _rules(font: TTFont) -> Iterator[Any]:
    table = font["GPOS"].table
    wanted = {
        n
        for each in table.FeatureList.FeatureRecord
        if each.FeatureTag == "kern"
        for n in each.Feature.LookupListIndex
    }
    for number in sorted(wanted):
        for rule in table.LookupList.Lookup[number].SubTable:
            inner = getattr(rule, "ExtSubTable", rule)
            if inner.LookupType == 2:
                yield inner


def _row(rule: Any, left: str, kept: Set[str]) -> Iterator[tuple[str, int]]:
    if rule.Format == 1:
        for each in rule.PairSet[rule.Coverage.glyphs.index(left)].PairValueRecord:
            if each.SecondGlyph in kept:
                yield each.SecondGlyph, getattr(each.Value1, "XAdvance", 0) or 0
        return
    row = rule.Class1Record[rule.ClassDef1.classDefs.get(left, 0)].Class2Record
    for right in kept:
        value = getattr(row[rule.ClassDef2.classDefs.get(right, 0)].Value1, "XAdvance", 0)
        yield right, value or 0


def _is_in(code: int, blocks: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in blocks)


if __name__ == "__main__":
    main()
