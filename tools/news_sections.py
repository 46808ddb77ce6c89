"""Fits the weights of `aggregator.cluster.topics` on labels of ours.

    python -m tools.news_sections --digests FOLDER --database FILE...           writes the weights
    python -m tools.news_sections --digests FOLDER --database FILE... --check   scores them

FOLDER and FILE are those of `tools.linear_fit`. `section_labels.csv` holds the labels without a
word of the texts: a hash of the address, the section that a good editor would choose, and a second
one where two are fair; the reports that we made up count as much as a labelled one does on average.
Multinomial logistic regression with L2 over the features of `section_features`.

Kinds and topics of labelled reports come from models that have not seen their publishers, as those
of the news do, and `--check` scores sections in the same way, five-fold over publishers. A section
counts as right if it is the first or the second label.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.cluster import section_model as program
from aggregator.cluster.section_model import section_features
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.news_section import NewsSection
from tools import event_kinds, topics
from tools.linear_fit import (
    Fit,
    arguments,
    even_weights,
    examples,
    exclusive,
    fitted,
    publishers,
    reports,
    write_model,
)

LABELS = Path(__file__).with_name("section_labels.csv")
_OUT = Path(program.__file__).with_name("section_weights.json")
_SECTIONS = [section.value for section in NewsSection]
_FOLDS = 5
_L2 = 4.0  # with 1 and a quarter of the weight for made-up reports, one point less is right
_SECOND = 0.3  # what a second label counts where there is one
_SMALLEST = 0.1


@frozen
class Labelled:
    """A report with the sections that are right for it, the best first; `fold` is -1 for one made
    up.
    """

    sections: tuple[str, ...]
    fold: int
    whole: Mapping[str, float]
    headline: Mapping[str, float]
    weight: float = 1.0

    @property
    def wanted(self) -> list[float]:
        """How much each section is wanted."""
        best, *second = self.sections
        shares = {best: 1.0 - _SECOND * len(second), **dict.fromkeys(second, _SECOND)}
        return [shares.get(section, 0.0) for section in _SECTIONS]


def labelled(found: Mapping[str, tuple[str, str, str]]) -> list[Labelled]:
    """The labelled ones of these reports, with kinds and topics by models without their fold."""
    with LABELS.open(encoding="utf-8") as lines:
        rows = {
            row["report"]: (row["section"], *filter(None, [row["second"]]))
            for row in csv.DictReader(lines)
            if row["report"] in found
        }
    publisher_of = publishers(found)
    fold_of = _folds(publisher_of, rows)
    even = even_weights([publisher_of[key] for key in rows])
    weights = dict(zip(rows, even, strict=True))
    known = []
    for fold in range(_FOLDS):
        others = {key: report for key, report in found.items() if fold_of[key] != fold}
        kind_fit, topic_fit = event_kinds.fit(others), topics.fit(others)
        for key in sorted(key for key in rows if fold_of[key] == fold):
            url, headline, text = found[key]
            kinds = event_kinds.shares(kind_fit, headline, text, url)
            strengths = topics.strengths(
                topic_fit, headline, text, event_kinds.shares(kind_fit, headline, text, "")
            )
            known.append(
                Labelled(
                    sections=rows[key],
                    fold=fold,
                    whole=topics.nameless(section_features(headline, text, kinds, strengths)),
                    headline=topics.nameless(section_features(headline, "", kinds, strengths)),
                    weight=weights[key],
                )
            )
    return known


def _folds(publisher_of: Mapping[str, str], labels: Collection[str]) -> dict[str, int]:
    """One of five folds for each report: those of a publisher together, as many labels in each."""
    counts = Counter(publisher_of[key] for key in labels)
    sizes = [0] * _FOLDS
    folds: dict[str, int] = {}
    for publisher in sorted(set(publisher_of.values()), key=lambda name: (-counts[name], name)):
        folds[publisher] = sizes.index(min(sizes))
        sizes[folds[publisher]] += counts[publisher]
    return {key: folds[publisher] for key, publisher in publisher_of.items()}


def made_up() -> list[Labelled]:
    """The reports that we made up; kinds and topics have seen them, so only their words count."""
    return [
        Labelled(
            sections=(row["section"],),
            fold=-1,
            whole=_words(row["headline"], row["lede"]),
            headline=_words(row["headline"], ""),
        )
        for row in examples("section")
    ]


def _words(headline: str, lede: str) -> dict[str, float]:
    return topics.nameless(section_features(headline, lede, {}, {}))


def _fit(seen: Sequence[Labelled]) -> Fit:
    return fitted(
        [one.whole for one in seen],
        [one.headline for one in seen],
        np.array([one.wanted for one in seen]),
        counted=[one.weight for one in seen],
        shares=exclusive,
        l2=_L2,
    )


def check(known: Sequence[Labelled]) -> dict[str, Any]:
    """Accuracy on the unseen folds, with precision and recall of each section, and what stands
    there instead.
    """
    invented = made_up()
    pairs: list[tuple[Labelled, str]] = []
    for fold in range(_FOLDS):
        unseen = [one for one in known if one.fold == fold]
        fit = _fit([*(one for one in known if one.fold != fold), *invented])
        best = fit.totals([one.whole for one in unseen]).argmax(axis=1)
        pairs += zip(unseen, (_SECTIONS[place] for place in best), strict=True)
    return scores(pairs)


def scores(pairs: Sequence[tuple[Labelled, str]]) -> dict[str, Any]:
    """How many sections are right: of all, of those found, of those that were to be found."""
    rows = [(one.sections[0], found, found in one.sections) for one, found in pairs]
    return {
        "reports": len(rows),
        "accuracy": _share([is_right for _, _, is_right in rows]),
        "sections": {
            section: {
                "reports": sum(wanted == section for wanted, _, _ in rows),
                "precision": _share([right for _, found, right in rows if found == section]),
                "recall": _share([right for wanted, _, right in rows if wanted == section]),
                "wrongly in": dict(
                    Counter(
                        found for wanted, found, right in rows if wanted == section and not right
                    ).most_common()
                ),
            }
            for section in _SECTIONS
        },
    }


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 3) if hits else None


def main() -> None:
    """Fits and writes the weights, or scores them."""
    given = arguments("tools.news_sections").parse_args()
    known = labelled(reports(given.digests, given.database))
    if given.check:
        sys.stdout.write(json.dumps(check(known), indent=2) + "\n")
    else:
        write_model(_OUT, _fit([*known, *made_up()]), _SECTIONS, _SMALLEST, lambda _: 1.0)


if __name__ == "__main__":
    main()
