"""What each check of a written sentence is worth: `python -m tests.quality.checks --data
../shared/corpus/claims`.

On the stories of the labelled claims there and of `calibration/`, false sentences of each kind are
those that are labelled so, and others planted in true ones: a figure, date, name or version that
stands nowhere in the story, a quotation with one word changed, talk of the task, sentences of our
prompts, orders to the reader, links, markup, empty phrases, and what was said before. A check
earns its place by those that it alone refuses and that a judge of balanced accuracy .77 behind the
threshold of an unaudited writer would print; what it costs are the true sentences that it alone
refuses. Form and repetition are no matter of truth: such a judge takes what is planted of them for
as true as before.

Counted on the stories of one half; both were seen while this was made.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from statistics import NormalDist
from typing import Any

from aggregator.domain.claim import Citation, Claim, ClaimKind
from aggregator.domain.frozen import frozen
from aggregator.story.prompts import prompt_sentences
from aggregator.story.stage.gating import Gates
from aggregator.verify.anchors.index import StoryIndex
from aggregator.verify.cited import CitedClaim
from aggregator.verify.gates import GATES
from aggregator.verify.judge.policy import decision
from tests.quality.claims import HALVES, Labelled, beginning, labelled, stories
from tests.quality.planted import places
from tests.quality.swapped import swaps_of
from tests.quality.thresholds import MODEST, TOGETHER, calibrated, graded

CALIBRATION = Path(__file__).parents[2] / "calibration"
SEEDS = 20
MOST = 60  # planted of one kind in one half
# what a small model says around a sentence, as seen in summaries by eight of them, or made up
TALK = (
    "The passages state that {}",
    "According to the passage, {}",
    "Based on the provided text, {}",
    "The article discusses how {}",
    "Here is the summary: {}",
    "Here's a sentence for the hook: {}",
    "Sure! {}",
    "Hook: {}",
    "As an AI language model, I can only say that {}",
    "I'm not able to verify this, but {}",
    "The text mentions that {}",
    "{} This is not specified in the passages.",
    "{} (passage 3)",
    "{} [2]",
    "Okay, the user wants one sentence: {}",
    "We can infer from the sources that {}",
    "The output should be JSON: {}",
    "Let me write it in fewer words: {}",
    "{} I hope this helps.",
    "Following the instructions above, {}",
    "Note: the word limit is respected. {}",
    "The given context says {}",
    "The source does not give a date, but {}",
    "Answer: {}",
)
# what they write where they have nothing to say, made up
EMPTY = (
    "This highlights the importance of trust in the technology.",
    "It marks an important milestone for the whole field.",
    "The move underscores how quickly things are changing.",
    "It remains to be seen how the market will react.",
    "This could change the way people work forever.",
    "Companies should stay informed about further developments.",
    "The news is a reminder that progress has its price.",
    "It is a significant step towards a better future.",
    "Experts will be watching closely.",
    "Such innovations are shaping the future of technology.",
    "This is an exciting time for everybody involved.",
    "The announcement reflects a broader trend in the industry.",
    "It could have far-reaching consequences for society.",
    "This opens up new possibilities for many users.",
    "The development raises important questions about responsibility.",
    "It shows the growing demand for such solutions.",
    "The partnership is expected to drive innovation.",
    "Organisations need a robust strategy to keep up.",
    "This demonstrates the company's commitment to quality.",
    "The decision will have a lasting impact on the sector.",
    "It plays a crucial role in the evolving landscape.",
    "Staying ahead of the competition is more important than ever.",
    "The results pave the way for further research.",
    "Users can look forward to a seamless experience.",
    "The technology has the potential to revolutionise the industry.",
    "This sets a new standard for what is possible.",
    "Stakeholders should assess the impact on their operations.",
    "The case sheds light on a complex topic.",
    "It offers valuable insights for decision makers.",
    "Only a balanced approach will bring lasting success.",
    "The launch could be a game changer.",
    "It is a testament to the power of collaboration.",
    "Readers may want to follow the story as it develops.",
    "This matters because it affects the industry as a whole.",
    "The step has sparked a lively debate.",
    "It is worth noting that the situation is evolving.",
    "In today's fast-moving world, such news is no surprise.",
    "The future of work may look very different.",
    "It unlocks new opportunities for growth.",
    "The competition in the market is heating up.",
)


# where sentences lead to
LINKS = (
    "See huggingface.com",
    "Via @openwatcher",
    "At https://news.example/story",
    "Ask ada@lab.example",
)
# and how they end sentences
TAILS = (
    "highlighting the growing importance of trust in the technology",
    "marking an important milestone for the whole field",
    "underscoring how quickly things are changing",
    "paving the way for broader adoption",
    "raising questions about responsibility and oversight",
    "signalling a shift in how companies approach innovation",
    "setting a new standard for what is possible",
    "opening up new possibilities for many users",
    "reflecting a broader trend in the industry",
    "which could have far-reaching consequences for society",
    "a significant step towards a better future",
    "demonstrating a commitment to quality and safety",
    "driving innovation across various sectors",
    "which is a testament to the power of collaboration",
    "shaping the future of the technology landscape",
    "making it a game changer for businesses",
    "sparking a lively debate among experts",
    "emphasizing the need for robust strategies",
    "with implications that reach well beyond the industry",
    "and it remains to be seen how rivals will respond",
    "showcasing its potential to transform everyday life",
    "offering valuable insights for decision makers",
    "further intensifying the competition in the market",
    "solidifying its position as a leader in the field",
    "which matters for anyone who follows the sector",
    "ensuring a seamless experience for customers",
    "reinforcing the idea that progress has its price",
    "bringing both opportunities and challenges",
    "which helps organisations stay ahead of the curve",
    "positioning it at the forefront of the revolution",
)

ORDERS = tuple(dict.fromkeys(place.order for place in places()))


@frozen
class Planted:
    """A sentence on a story, with what the page says before it; `kind` is empty of a true one, and
    a judge that knows all calls it `supported`.
    """

    claim: Labelled
    kind: str
    supported: bool
    before: tuple[str, ...] = ()


def planted(folder: Path, half: str, gates: dict[str, Gates]) -> Iterator[Planted]:
    """The labelled claims of a half, and all that is planted in its true ones."""
    claims = [claim for claim in labelled(folder) if claim.half == half]
    names = list(gates)
    strangers = dict(zip(names, (names[-1], *names), strict=False))
    talk, empty, tails, told, links, orders = (
        cycle(some[HALVES.index(half) :: 2])
        for some in (TALK, EMPTY, TAILS, prompt_sentences(), LINKS, ORDERS)
    )
    for claim in claims:
        yield Planted(
            claim=claim, kind="" if claim.is_true else claim.error, supported=claim.is_true
        )
        if not claim.is_true:
            continue
        index = gates[claim.story].grounds.story()
        stranger = gates[strangers[claim.story]].grounds.story()
        false = [(swap.kind, swap.text) for swap in swaps_of(claim.text, index, stranger)]
        false += [("quotation", text) for text in _misquoting(claim, index, stranger)]
        false += [("phrase", f"{claim.text} {next(empty)}"), ("prompt", next(told))]
        false += [("empty end", f"{claim.text.rstrip('.')}, {next(tails)}.")]
        true = [
            ("leak", next(talk).format(claim.text)),
            ("markup", f"**{claim.text}**"),
            ("link", f"{claim.text} {next(links)}."),
            ("order", next(orders).capitalize()),
        ]
        for kind, text in (*false, *true):
            yield Planted(
                claim=replace(claim, text=text), kind=kind, supported=(kind, text) in true
            )
        yield Planted(
            claim=replace(claim, text=_turned(claim.text)),
            kind="repeat",
            supported=True,
            before=(claim.text,),
        )


def _misquoting(claim: Labelled, index: StoryIndex, stranger: StoryIndex) -> Iterator[str]:
    """The claim with a run of words of its story in quotation marks, one of them from another."""
    chance = random.Random(claim.text)
    words = chance.choice(index.lines).text.split()
    long = [place for place, word in enumerate(words) if word.isalpha() and len(word) > 4]
    others = [
        word
        for line in stranger.lines
        for word in line.text.split()
        if word.isalpha() and word.islower() and len(word) > 4
        and not any(word in text for text in index.texts)
    ]  # fmt: skip
    if long and others:
        place = chance.choice(long)
        words[place] = chance.choice(others)
        run = " ".join(words[max(0, place - 3) : place + 4]).strip('.,;:“”"')
        yield f"{claim.text.rstrip('.')}: “{run}”."


def _turned(text: str) -> str:
    """A sentence with its last clause first, or else begun by a word more."""
    parts = re.split(r", (?=\w)", text.rstrip("."))
    if len(parts) == 1:
        return f"Notably, {text}"
    return f"{parts[-1].capitalize()}, {', '.join(parts[:-1])}."


def refusing(sentence: Planted, gates: Gates) -> frozenset[str]:
    """The rows of the table of gates that refuse a sentence."""
    claim = sentence.claim
    of_number = {passage.n: passage for passage in gates.grounds.passages.values() if passage.n}
    citations = tuple(
        Citation(passage=of_number[n].key, quote=beginning(of_number[n].text)) for n in claim.cited
    )
    cited = CitedClaim(
        claim=Claim(text=claim.text, kind=ClaimKind(claim.kind), citations=citations),
        grounds=gates.grounds,
        before=sentence.before,
    )
    return frozenset(f"{gate.reason} of {gate.applies_to}" for gate in GATES if gate.refusal(cited))


def judged(sentences: Sequence[Planted]) -> list[float]:
    """How often a judge of .77 behind the threshold of an unaudited writer accepts each."""
    strength = NormalDist().inv_cdf(MODEST)
    accepted = [0.0] * len(sentences)
    for seed in range(SEEDS):
        threshold = decision(calibrated(graded(MODEST, seed))).threshold
        if threshold is None:
            continue
        chance = random.Random(f"checks {seed}")
        shifts = {
            story: chance.gauss(0.0, TOGETHER)
            for story in sorted({each.claim.story for each in sentences})
        }
        for place, each in enumerate(sentences):
            own = strength if each.supported else -strength
            score = NormalDist().cdf(own + shifts[each.claim.story] + chance.gauss(0.0, 1.0))
            accepted[place] += (score >= threshold) / SEEDS
    return accepted


def sample(folders: Sequence[Path], half: str) -> tuple[list[Planted], list[frozenset[str]]]:
    """What is counted of one half: all true sentences, and so many of each kind of others; with
    the checks that refuse each.
    """
    found: dict[str, list[tuple[Planted, Gates]]] = {}
    for folder in folders:
        gates = stories(folder)
        for sentence in planted(folder, half, gates):
            found.setdefault(sentence.kind, []).append((sentence, gates[sentence.claim.story]))
    chance = random.Random(0)
    chosen = [
        pair
        for kind, some in sorted(found.items())
        for pair in (some if not kind else chance.sample(some, min(MOST, len(some))))
    ]
    return [each for each, _ in chosen], [refusing(each, gates) for each, gates in chosen]


def report(folders: Sequence[Path], half: str) -> Iterator[dict[str, Any]]:
    """A row for each check, by what it alone refuses."""
    sentences, refused = sample(folders, half)
    accepted = judged(sentences)
    kinds = Counter(each.kind for each in sentences)
    for check in sorted(frozenset().union(*refused)):
        alone = [place for place, checks in enumerate(refused) if checks == {check}]
        of_kind = Counter(sentences[place].kind for place in alone)
        yield {
            "check": check,
            "refused": sum(check in checks for checks in refused),
            "true_alone": of_kind.pop("", 0),
            "true": kinds[""],
            "false_alone": sum(of_kind.values()),
            "would_print": round(sum(accepted[n] for n in alone if sentences[n].kind), 1),
            "by_kind": {kind: f"{n} of {kinds[kind]}" for kind, n in of_kind.most_common()},
        }
    passed = Counter(
        each.kind for each, checks in zip(sentences, refused, strict=True) if not checks
    )
    yield {
        "check": "none",
        "passed": {kind: f"{n} of {kinds[kind]}" for kind, n in sorted(passed.items())},
    }


def main() -> int:
    """Prints a row for each check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with `news` and `invented`")
    parser.add_argument("--half", choices=HALVES, default=HALVES[0])
    given = parser.parse_args()
    shared = [given.data / "news", given.data / "invented"] if given.data else []
    for row in report([*shared, CALIBRATION], given.half):
        print(json.dumps(row), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
