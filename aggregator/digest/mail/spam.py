"""Whether a headline would get its mail classified as spam, by traits that filters commonly look
for.

The traits and most of the words are from SpamAssassin's rules (20_head_tests.cf, 20_drugs.cf,
20_phrases.cf).
"""

from __future__ import annotations

import re
import unicodedata
from string import ascii_letters

from aggregator.domain.publishing.edition import StoredEdition

HELD_FROM = 2  # points; none of 4,490 captured headlines has that many

_WORD = re.compile(r"[^\W\d_]+")
_LONG = 4  # letters: shorter words in capitals are names, such as GPU and NASA
_LEAST_SHOUTED = 3  # words
_GAPPY = re.compile(r"\b(?:[a-z]([-_. *~/])\1{0,2}){4}", re.IGNORECASE)
_RUNS = re.compile(r"!\s?!|\?!|!\?|\?{3}|[$€£]\s?[$€£]")
_DRUGS = re.compile(
    r"\b(?:viagra|cialis|levitra|sildenafil|tadalafil|xanax|valium|alprazolam|diazepam|"
    r"phentermine|tramadol|ambien|hydrocodone|oxycontin|vicodin|hoodia)\b|\b(?:cheap|online|"
    r"discount) (?:meds|pharmacy|pills)\b"
)
_GAMBLING = re.compile(
    r"\b(?:online )?(?:casinos?|jackpots?|lottery|free spins|slot machines?|sports? betting)\b"
)
_LURES = re.compile(
    r"\b(?:act now|click here|limited time|order now|buy now|apply now|call now|no"
    r" obligation|risk[- ]free|100% free"
    r"|free (?:money|gift|trial|access|bonus|cash)|make money|earn (?:cash|money|\$)|extra"
    r" income|work from home|cash bonus"
    r"|special offer|lowest prices?|you(?:'ve| have)? won|winners?|double your|lose weight|get"
    r" rich|dear friend|congratulations)"
)
_AS_LETTERS = str.maketrans("4@1!|03$5", "aaiiioess")
_DRAWN = re.compile("[\U0001d400-\U0001d7ff]{3}|[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
# Greek and Cyrillic letters that look like Latin ones.
_LATIN = frozenset(ascii_letters)
_DRAWN_AS_LATIN = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοΑВЕЅІЈКМНОРСТХаеорсухіјѕԁһ")


def spam_traits(headline: str) -> dict[str, int]:
    """The spam traits of a headline, each with its points."""
    plain = unicodedata.normalize("NFKC", headline).casefold()
    found = {
        "lookalike letters": 2 * _is_disguised(headline),
        "spaced letters": 2 * bool(_GAPPY.search(plain)),
        "drug names": 2 * bool(_DRUGS.search(plain) or _DRUGS.search(plain.translate(_AS_LETTERS))),
        "shouting": int(_shouts(headline)),
        "repeated punctuation": int(bool(_RUNS.search(headline))),
        "gambling": int(bool(_GAMBLING.search(plain))),
        "a lure": int(bool(_LURES.search(plain))),
    }
    return {name: points for name, points in found.items() if points}


def spam_reason(stored: StoredEdition) -> str:
    """Why a mail of this edition would look like spam, empty if not.

    Every headline is checked: which one leads and becomes the subject depends on a reader's
    choices.
    """
    for story in stored.edition.stories():
        traits = spam_traits(story.headline)
        if sum(traits.values()) >= HELD_FROM:
            return f'"{story.headline}" looks like spam ({", ".join(traits)})'
    return ""


def _is_disguised(headline: str) -> bool:
    """Whether a word mixes alphabets that look alike, contains invisible characters, or uses
    mathematical letters.
    """
    words = [set(word) for word in _WORD.findall(headline)]
    if any(word & _LATIN and word & _DRAWN_AS_LATIN for word in words):
        return True
    return _DRAWN.search(headline) is not None


def _shouts(headline: str) -> bool:
    long = [word for word in _WORD.findall(headline) if len(word) >= _LONG]
    shouted = len([word for word in long if word.isupper()])
    return shouted >= _LEAST_SHOUTED and 2 * shouted > len(long)
