"""Plants false cells among what a model notes of products, and counts those that are printed:
`python -m tests.quality.cells --seeds 20 --json`.

Each invented sentence states values of two products or companies. True cells give each its own;
false ones give each the other's, or its own value as another attribute. A cell passes the rules
that look for value and owner in the cited sentence, then the judge, which is asked about the
sentence that the cell says: *yes* agrees to everything, *oracle* knows the truth, and a graded one
is that of `tests.quality.thresholds` behind the threshold of an unaudited writer.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from statistics import NormalDist, mean
from typing import Any

from aggregator.cluster.entities import gazetteer, mentions_in, tokens_of
from aggregator.config.registry_file import load_registry
from aggregator.domain.claim import Citation
from aggregator.domain.fact import Fact, FactKind
from aggregator.domain.frozen import frozen
from aggregator.domain.story import Mention
from aggregator.plugins.attributes.noted import noted_attributes
from aggregator.resources import DEFAULT_REGISTRY
from aggregator.story.facts import cell_sentence
from aggregator.verify.judge.policy import decision
from tests.quality.thresholds import TOGETHER, calibrated, graded
from tests.unit.story.makers import reported

SEEDS, QUOTE_WORDS = 20, 40
ACCURACIES = (0.77, 0.70)
_INDEX = gazetteer(load_registry(DEFAULT_REGISTRY))
# a headline, a sentence, an attribute, whose value it is, the value, and the other's
_STATED = (
    ("Zhipu opens GLM-4.7-Flash", "GLM-4.7-Flash has 31 billion parameters, while GLM-4.7 has 358"
     " billion.", "parameters", ("GLM-4.7-Flash", "31B"), ("GLM-4.7", "358B")),
    ("Northwind opens Skua 2", "Skua 2 has 12 billion parameters and Halden's Tern 3 has 70"
     " billion parameters.", "parameters", ("Skua 2", "12 billion"), ("Tern 3", "70 billion")),
    ("Northwind opens Skua 2", "Skua 2 reads 128,000 tokens of context, four times the 32,000"
     " tokens of context of Tern 3.", "context", ("Skua 2", "128,000 tokens"),
     ("Tern 3", "32,000 tokens")),
    ("Northwind opens Skua 2", "Skua 2 costs $1.50 per million input tokens; Tern 3 costs $5 per"
     " million input tokens.", "price", ("Skua 2", "$1.50 per million input tokens"),
     ("Tern 3", "$5 per million input tokens")),
    ("Northwind opens Skua 2", "Skua 2 was published under Apache 2.0 and Tern 3 under the MIT"
     " licence.", "licence", ("Skua 2", "Apache 2.0"), ("Tern 3", "MIT")),
    ("Osprey Mini beats Osprey Max", "Osprey Mini scored 71.2% on GPQA and Osprey Max scored 68.9%"
     " on GPQA.", "GPQA", ("Osprey Mini", "71.2%"), ("Osprey Max", "68.9%")),
    ("Osprey Mini is out", "On SWE-bench Verified, Osprey Mini solves 61.5 percent of the tasks,"
     " against 74 percent for Osprey Max.", "SWE-bench Verified", ("Osprey Mini", "61.5 percent"),
     ("Osprey Max", "74 percent")),
    ("Halden is worth 9 billion", "Halden reached a valuation of $9 billion, three times the"
     " valuation of $3 billion of Northwind.", "valuation", ("Halden", "$9 billion"),
     ("Northwind", "$3 billion")),
    ("Halden doubles revenue", "Halden reported revenue of $400 million for the year; Northwind"
     " reported revenue of $90 million.", "revenue", ("Halden", "$400 million"),
     ("Northwind", "$90 million")),
    ("Perch passes 40 million users", "Perch has 40 million users, Loon has 12 million users.",
     "users", ("Perch", "40 million users"), ("Loon", "12 million users")),
    ("Perch speaks more", "Perch translates between 40 languages, where Loon offers 23 languages.",
     "languages", ("Perch", "40 languages"), ("Loon", "23 languages")),
    ("Northwind opens Skua 2", "Skua 2 was trained on 9 trillion tokens, Tern 3 was trained on 15"
     " trillion tokens.", "training tokens", ("Skua 2", "9 trillion tokens"),
     ("Tern 3", "15 trillion tokens")),
    ("Skua 2 is faster", "Skua 2 writes 140 tokens per second and Tern 3 writes 60 tokens per"
     " second.", "speed", ("Skua 2", "140 tokens per second"), ("Tern 3", "60 tokens per second")),
    ("Skua 2 fits a laptop", "Skua 2 needs 9 GB of memory; Tern 3 needs 48 GB of memory.",
     "memory", ("Skua 2", "9 GB"), ("Tern 3", "48 GB")),
    ("Heron Lite has 3 billion active", "Heron Lite activates 3 billion parameters per token,"
     " Heron Pro activates 22 billion parameters per token.", "active parameters",
     ("Heron Lite", "3 billion"), ("Heron Pro", "22 billion")),
    ("Gannet and Petrel compared", "Compared with the 7 billion parameters of Gannet, Petrel gets"
     " by with 2 billion parameters.", "parameters", ("Petrel", "2 billion"),
     ("Gannet", "7 billion")),
)  # fmt: skip
_TAKEN_FOR = {  # what an attribute is mistaken for
    "parameters": "active parameters",
    "active parameters": "parameters",
    "context": "training tokens",
    "training tokens": "context",
    "revenue": "valuation",
    "valuation": "revenue",
    "speed": "context",
    "memory": "parameters",
}


@frozen
class Planted:
    """A cell as a model notes it of an article of one sentence, and whether that says so."""

    headline: str
    sentence: str
    product: str
    attribute: str
    value: str
    is_true: bool

    @property
    def says(self) -> str:
        """What the judge is asked."""
        return cell_sentence(self.product, self.attribute, self.value)


def planted() -> Iterator[Planted]:
    """All true and all false cells."""
    for headline, sentence, attribute, (one, its), (other, others) in _STATED:
        named = {one: its, other: others}
        for product, is_true in ((one, True), (other, True), (one, False), (other, False)):
            value = named[product] if is_true else named[other if product == one else one]
            yield Planted(
                headline=headline, sentence=sentence, product=product, attribute=attribute,
                value=value, is_true=is_true,
            )  # fmt: skip
        if attribute in _TAKEN_FOR:
            for product, value in named.items():
                yield Planted(
                    headline=headline, sentence=sentence, product=product,
                    attribute=_TAKEN_FOR[attribute], value=value, is_true=False,
                )  # fmt: skip


@cache
def passes_rules(cell: Planted) -> bool:
    """Whether the rules find value and owner in the sentence."""
    member = reported(cell.headline, cell.sentence)
    around = frozenset(tokens_of(f"{cell.headline} {cell.sentence}").folded)

    def mentions(text: str) -> Sequence[Mention]:
        return mentions_in(text, _INDEX, around)

    passage = member.article.passages[1]
    fact = Fact(
        kind=FactKind.ATTRIBUTE,
        text=cell.says,
        citations=(Citation(passage=passage.key, quote=cell.sentence),),
        product=cell.product,
        attribute=cell.attribute,
        value=cell.value,
    )
    return bool(noted_attributes(member, [fact], mentions, QUOTE_WORDS))


def report(seeds: int) -> Iterator[dict[str, Any]]:
    """What each judge prints."""
    cells = tuple(planted())
    true = [cell for cell in cells if cell.is_true]
    left = [cell for cell in cells if passes_rules(cell)]
    counts = {"true": len(true), "false": len(cells) - len(true)}
    for name, passes in (("yes", lambda cell: True), ("oracle", lambda cell: cell.is_true)):
        printed = [cell for cell in left if passes(cell)]
        yield {"judge": name, **counts, **_printed(printed)}
    for accuracy in ACCURACIES:
        several = [_printed(_let_through(left, accuracy, seed)) for seed in range(seeds)]
        means = {key: round(mean(each[key] for each in several), 2) for key in several[0]}
        yield {"judge": f"{accuracy}", **counts, **means}


def _printed(cells: Sequence[Planted]) -> dict[str, float]:
    true = sum(cell.is_true for cell in cells)
    return {"true_printed": true, "false_printed": len(cells) - true}


def _let_through(cells: Sequence[Planted], accuracy: float, seed: int) -> list[Planted]:
    """The cells that a graded judge lets pass."""
    threshold = decision(calibrated(graded(accuracy, seed))).threshold
    if threshold is None:
        return []
    chance = random.Random(f"cells {accuracy} {seed}")
    strength = NormalDist().inv_cdf(accuracy)
    shifts = {cell.sentence: chance.gauss(0.0, TOGETHER) for cell in cells}
    return [
        cell
        for cell in cells
        if NormalDist().cdf(
            (strength if cell.is_true else -strength)
            + shifts[cell.sentence]
            + chance.gauss(0.0, 1.0)
        )
        >= threshold
    ]


def main() -> int:
    """Prints what each judge prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, help="draws to average")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    for row in report(arguments.seeds):
        text = "  ".join(f"{key} {value}" for key, value in row.items())
        print(json.dumps(row) if arguments.json else text, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
