"""Makes `aggregator/verify/opposites.txt` from WordNet: `python tools/opposites.py /usr/share/wordnet`.

The folder is that of Debian's `wordnet-base`. Kept are antonyms of single words of which both occur in WordNet's tagged
texts, or one five times: 1,400 of 3,200 pairs.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parent.parent / "aggregator" / "verify" / "opposites.txt"
OFTEN = 5
PARTS = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}

Synset = tuple[list[str], list[list[str]]]


def synsets(folder: Path) -> dict[tuple[str, str], Synset]:
    """The words of each synset and its pointers, by part of speech and offset; the format is wndb(5)."""
    return {
        (part, line.split(" ", 1)[0]): _synset(line.split(" "))
        for part in set(PARTS.values())
        for line in (folder / f"data.{part}").read_text("latin-1").splitlines()
        if not line.startswith("  ")
    }


def _synset(fields: list[str]) -> Synset:
    count = int(fields[3], 16)
    words = [fields[4 + 2 * n].lower().split("(")[0] for n in range(count)]
    first = 5 + 2 * count
    return words, [fields[first + 4 * n : first + 4 * n + 4] for n in range(int(fields[first - 1]))]


def antonyms(found: dict[tuple[str, str], Synset]) -> Iterator[tuple[str, str]]:
    """The pairs of single words, each in the order of the alphabet."""
    for words, pointers in found.values():
        for symbol, offset, part, places in pointers:
            own, other = int(places[:2], 16), int(places[2:], 16)
            if symbol == "!" and own and other:
                pair = words[own - 1], found[PARTS[part], offset][0][other - 1]
                if pair[0] < pair[1] and all(word.isalpha() for word in pair):
                    yield pair


def main() -> None:
    """Writes the pairs below the licence that the file has."""
    folder = Path(sys.argv[1])
    uses: Counter[str] = Counter()
    for line in (folder / "cntlist.rev").read_text("latin-1").splitlines():
        key, _, count = line.split()
        uses[key.split("%")[0].lower()] += int(count)
    pairs = {
        pair
        for pair in antonyms(synsets(folder))
        if all(uses[each] for each in pair) or any(uses[each] >= OFTEN for each in pair)
    }
    notice = [line for line in TARGET.read_text("utf-8").splitlines() if line.startswith("#")]
    TARGET.write_text("\n".join([*notice, *(" ".join(pair) for pair in sorted(pairs))]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
