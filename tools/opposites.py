"""Makes `opposites.txt` and `kindred.txt` of `aggregator/verify` from WordNet: `python
tools/opposites.py /usr/share/wordnet`.

The folder is that of Debian's `wordnet-base`. Kept of the first are antonyms of single words of
which both occur in WordNet's tagged texts, or one five times: 1,400 of 3,200 pairs. The second has
a row for each two meanings that are opposed: the words of one with those of its kin (adjectives
like it, kinds of the same deed, their adverbs) | those of the other.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

VERIFY = Path(__file__).parent.parent / "aggregator" / "verify" / "overlap"
OFTEN = 5
SENSES = 3  # meanings of a word, the most used first, by which it is taken
PARTS = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}
ANTONYM, LIKE, KIND, OF_ADJECTIVE = "!", "&", "~", "\\"

Key = tuple[str, str]
"""The part of speech of a synset and its offset."""


@dataclass(frozen=True, slots=True)
class Synset:
    """The words of one meaning, and its pointers: symbol, the synset pointed at, and the two words
    concerned, 0 for all.
    """

    words: tuple[str, ...]
    pointers: tuple[tuple[str, Key, int, int], ...]

    def at(self, symbol: str) -> Iterator[Key]:
        """The synsets that pointers of a kind point at."""
        return (key for each, key, _, _ in self.pointers if each == symbol)


@dataclass(frozen=True, slots=True)
class WordNet:
    """Its synsets, the first meanings of each word, how often words were tagged, and the adverbs
    made of adjectives.
    """

    synsets: Mapping[Key, Synset]
    senses: Mapping[str, set[Key]]
    uses: Mapping[str, int]
    adverbs: Mapping[Key, set[Key]]


def wordnet(folder: Path) -> WordNet:
    """The database of a folder; the formats are those of wndb(5) and cntlist(5)."""
    synsets: dict[Key, Synset] = {}
    senses: dict[str, set[Key]] = defaultdict(set)
    uses: Counter[str] = Counter()
    adverbs: dict[Key, set[Key]] = defaultdict(set)
    for part in sorted(set(PARTS.values())):
        for line in _lines(folder / f"data.{part}"):
            synsets[part, line.split(" ", 1)[0]] = _synset(line.split(" "))
        for line in _lines(folder / f"index.{part}"):
            fields = line.split()
            senses[fields[0]] |= {(part, offset) for offset in fields[-int(fields[2]) :][:SENSES]}
    for line in _lines(folder / "cntlist.rev"):
        key, _, count = line.split()
        uses[key.split("%")[0].lower()] += int(count)
    for adverb, synset in synsets.items():
        for adjective in synset.at(OF_ADJECTIVE) if adverb[0] == "adv" else ():
            adverbs[adjective].add(adverb)
    return WordNet(synsets, senses, uses, adverbs)


def _lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text("latin-1").splitlines() if not line.startswith("  "))


def _synset(fields: list[str]) -> Synset:
    count = int(fields[3], 16)
    first = 5 + 2 * count
    pointers = (fields[first + 4 * n : first + 4 * n + 4] for n in range(int(fields[first - 1])))
    return Synset(
        words=tuple(fields[4 + 2 * n].lower().split("(")[0] for n in range(count)),
        pointers=tuple(
            (symbol, (PARTS[part], at), int(ends[:2], 16), int(ends[2:], 16))
            for symbol, at, part, ends in pointers
        ),
    )


def antonyms(net: WordNet) -> Iterator[str]:
    """The pairs of single words in use, each in the order of the alphabet."""
    for synset in net.synsets.values():
        for symbol, key, own, other in synset.pointers:
            if symbol == ANTONYM and own and other:
                pair = synset.words[own - 1], net.synsets[key].words[other - 1]
                used = [net.uses[each] for each in pair]
                if (
                    pair[0] < pair[1]
                    and all(word.isalpha() for word in pair)
                    and (all(used) or max(used) >= OFTEN)
                ):
                    yield " ".join(pair)


def kindred(net: WordNet) -> Iterator[str]:
    """The rows of opposed meanings with their kin, where either has more than one word that the
    other lacks.
    """
    for key, synset in net.synsets.items():
        for other in set(synset.at(ANTONYM)):
            one, two = (_kin(each, net) for each in sorted((key, other)))
            if len(one ^ two) > 2 and one - two and two - one:
                yield f"{' '.join(sorted(one - two))} | {' '.join(sorted(two - one))}"


def _kin(key: Key, net: WordNet) -> frozenset[str]:
    near = {
        key,
        *net.synsets[key].at(LIKE),
        *(net.synsets[key].at(KIND) if key[0] == "verb" else ()),
    }
    near |= {adverb for each in near for adverb in net.adverbs.get(each, ())}
    words = ((word, each) for each in near for word in net.synsets[each].words)
    return frozenset(
        word
        for word, each in words
        if word.isalpha() and net.uses[word] and each in net.senses[word]
    )


def main() -> None:
    """Writes the rows of each file below the licence that it has."""
    net = wordnet(Path(sys.argv[1]))
    for name, rows in (("opposites.txt", antonyms(net)), ("kindred.txt", kindred(net))):
        file = VERIFY / name
        notice = [line for line in file.read_text("utf-8").splitlines() if line.startswith("#")]
        file.write_text("\n".join([*notice, *sorted(set(rows))]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
