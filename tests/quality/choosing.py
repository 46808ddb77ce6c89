"""Fits and scores the linear model by which rules choose sentences, and draws samples to be read.

`python -m tests.quality.choosing fit --section KEY --database URL --config FILE` writes the weights
of a section in `aggregator/story/rules/choosing.toml` from the labels in `choosing.csv`, those of
one half of the stories, and prints how they do on the other. `read --section KEY --number N
--seed S` prints so many sentences that the rules show of stories of the other half, each with its
headline and address, for a reader who says of each whether it does its work. `shares` prints how
many stories that were read in full have each section.

The database is that of a refresh over a captured web. `choosing.csv` names a sentence by the
address of its article without host, its place in it and the start of its SHA-256, and has two
labels, of two readers: h reports the event of the headline, c states a change of this story, r
gives a reason why it matters (a consequence, more than a motive), t is worth keeping. The weights
of the wording of a reason are of earlier labels, where a motive counted. `audiences.csv` says
of a role and a sentence, likewise, whether the sentence shows why the role should care (1) or not
(0).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import random
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import tomlkit

from aggregator.cluster.members import members
from aggregator.config.configuration import load
from aggregator.domain.article import Read
from aggregator.domain.claim import Draft
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.story import Member, Story
from aggregator.extract.admission import with_evidence_only
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    quotable_sentences,
    readable_members,
)
from aggregator.store.database import Database
from aggregator.store.news import articles, stories
from aggregator.store.rows import batches
from aggregator.story.rules import choosing
from aggregator.story.rules.audience import roles_of
from aggregator.story.rules.extractive import page_by_rules
from aggregator.story.rules.story_headline import headline_of

LABELS = Path(__file__).with_suffix(".csv")
PAIRS = Path(__file__).with_name("audiences.csv")
_LETTERS = {
    choosing.HOOK: "h",
    choosing.CHANGE: "c",
    choosing.WORDING: "r",
    "takeaways": "t",
}
# share of the sentences of a section that must be right, by the labels of the half that is fitted
_RIGHT = {
    choosing.HOOK: 0.85,
    choosing.CHANGE: 0.75,
    "takeaways": 0.85,
    choosing.AUDIENCE: 0.8,
    choosing.WORDING: 0.6,
}
_RIDGE = 2.0
_FOLDS = 5
_LANGUAGE, _QUOTE_WORDS, _HOOK_WORDS = "en", 25, 45


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence of a story with its two labels, as a reader would see it."""

    story: Story
    candidate: QuotableSentence
    choice: choosing.Choice
    headline: str
    labels: tuple[str, str]

    def shown(self, section: str) -> str:
        """The words of the sentence that a section of a page would quote."""
        return self.choice.shown(self.candidate, section)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a section is fitted on: features by name, targets, and the story of each row."""

    features: list[Mapping[str, float]]
    targets: list[float]
    stories: list[Story]

    def matrix(self, names: Sequence[str]) -> Any:
        """Rows by features."""
        return np.array([[row.get(name, 0.0) for name in names] for row in self.features])


def address(member: Member) -> str:
    """The address of an article without scheme and host, which a captured web makes up."""
    parts = urlsplit(member.article.canonical_url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def is_held_back(story: Story) -> bool:
    """Whether a story belongs to the half that nothing is fitted on."""
    return hashlib.sha256(address(story.members[0]).encode()).digest()[0] % 2 == 1


def stories_of(database: str, config: Path) -> list[Story]:
    """The stories with an analysis, as the rules see them."""
    sources = {each.key: each for each in load(config, os.environ).sources}
    with closing(Database(database)) as opened, opened.reading() as connection:
        bare = stories.analysed_stories(connection)
        placed = {
            key: several
            for some in batches([story.id for story in bare])
            for key, several in articles.articles_of(connection, some, passages=True).items()
        }
    return [
        replace(
            story,
            members=tuple(
                with_evidence_only(member, _LANGUAGE)
                for member in members(placed[story.id], sources)
            ),
        )
        for story in bare
    ]


def is_read_in_full(story: Story) -> bool:
    """Whether the whole text of one of its articles is known."""
    return any(member.article.read is Read.FULL for member in story.members)


def labelled(found: Sequence[Story]) -> Iterator[Labelled]:
    """Every sentence of these stories that has labels, by story and place."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        kept = {
            (row["address"], row["hash"]): (row["first"], row["second"])
            for row in csv.DictReader(file)
        }
    addresses = {key for key, _ in kept}
    for story in found:
        readable = readable_members(story, _LANGUAGE)
        if not any(address(member) in addresses for member in readable):
            continue
        headline = headline_of(readable).text
        choice = choosing.Choice(
            quotable_sentences(readable), headline, _QUOTE_WORDS, hook_words=_HOOK_WORDS
        )
        for candidate in choice.candidates:
            labels = kept.get((address(candidate.member), digest(candidate.sentence)))
            if labels:
                yield Labelled(story, candidate, choice, headline, labels)


def digest(sentence: str) -> str:
    """By what a sentence is known without its words."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:8]


def section_rows(found: Sequence[Labelled], section: str) -> Rows:
    """The rows of a section; a label of one pass counts half."""
    letter, rows = _LETTERS[section], Rows([], [], [])
    for one in found:
        shown = one.shown(section)
        rows.features.append(choosing.features(one.candidate, shown, one.headline))
        rows.targets.append(sum(letter in label for label in one.labels) / 2)
        rows.stories.append(one.story)
    return rows


def fitted(matrix: Any, targets: Any, ridge: float) -> Any:
    """Weights of a logistic regression with L2, by Newton's method."""
    weights = np.zeros(matrix.shape[1])
    penalty = np.eye(matrix.shape[1]) * ridge
    for _ in range(50):
        found = _probabilities(matrix, weights)
        slope = matrix.T @ (found - targets) + penalty @ weights
        bend = (matrix * (found * (1 - found))[:, None]).T @ matrix + penalty
        step = np.linalg.solve(bend, slope)
        weights -= step
        if abs(step).max() < 1e-9:
            break
    return weights


def _probabilities(matrix: Any, weights: Any) -> Any:
    return 1 / (1 + np.exp(-(matrix @ weights)))


def cross_validated(rows: Rows, matrix: Any, targets: Any, ridge: float) -> Any:
    """The probability of each row by weights of the other stories."""
    folds = np.array(
        [int(hashlib.sha256(story.id.encode()).hexdigest(), 16) % _FOLDS for story in rows.stories]
    )
    found = np.zeros(len(targets))
    for fold in range(_FOLDS):
        apart = folds == fold
        found[apart] = _probabilities(matrix[apart], fitted(matrix[~apart], targets[~apart], ridge))
    return found


def bound(found: Any, targets: Any, right: float) -> float:
    """The lowest probability from which on so large a share is right."""
    order = np.argsort(-found)
    shares = np.cumsum(targets[order]) / np.arange(1, len(order) + 1)
    fit = np.flatnonzero((shares >= right) & (np.arange(len(order)) >= 9))
    return float(found[order[fit[-1]]]) if len(fit) else float(found.max())


def wording_rows(found: Sequence[Labelled]) -> Rows:
    """The rows of a reason that is told by its words alone, with neither place nor headline."""
    rows = section_rows(found, choosing.WORDING)
    return replace(rows, features=[choosing.text_features(one.shown("")) for one in found])


def audience_rows(found: Sequence[Story]) -> Rows:
    """The rows of who should care: one for each pair of a role and a sentence that has labels."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        kept = {
            (row["address"], row["hash"], row["role"]): (int(row["first"]) + int(row["second"])) / 2
            for row in csv.DictReader(file)
        }
    addresses, rows = {key for key, _, _ in kept}, Rows([], [], [])
    for story in found:
        readable = readable_members(story, _LANGUAGE)
        if not any(address(member) in addresses for member in readable):
            continue
        sentences = quotable_sentences(readable)
        choice = choosing.Choice(
            sentences, headline_of(readable).text, _QUOTE_WORDS, hook_words=_HOOK_WORDS
        )
        roles = roles_of(
            [member.article.title for member in readable], [each.sentence for each in sentences]
        )
        for candidate, role in product(choice.candidates, all_roles()):
            key = (address(candidate.member), digest(candidate.sentence), role)
            if key in kept:
                rows.features.append(choice.audience_features(role, roles, candidate))
                rows.targets.append(kept[key])
                rows.stories.append(story)
    return rows


def fit(found: Sequence[Story], only: Collection[str]) -> dict[str, Any]:
    """Writes weights and bounds of these sections; gives the precision and recall of each on the
    half held back. Who should care builds on what the other sections weigh.
    """
    every = list(labelled(found)) if {*only} - {choosing.AUDIENCE} else []
    document = tomlkit.parse(choosing.FILE.read_text("utf-8"))
    weights, least, report = document["weights"], document["least"], {}
    for section in only:
        known = [one for one in every if one.shown(section)]
        rows_of: dict[str, Callable[[], Rows]] = {
            choosing.WORDING: partial(wording_rows, known),
            choosing.AUDIENCE: partial(audience_rows, found),
        }
        rows = rows_of.get(section, partial(section_rows, known, section))()
        names = sorted({name for row in rows.features for name in row})
        matrix, targets = rows.matrix(names), np.array(rows.targets)
        held = np.array([is_held_back(story) for story in rows.stories])
        own = Rows([], [], [each for each, out in zip(rows.stories, held, strict=True) if not out])
        found_own = cross_validated(own, matrix[~held], targets[~held], _RIDGE)
        weighed = fitted(matrix[~held], targets[~held], _RIDGE)
        table = tomlkit.table()
        for name, weight in zip(names, weighed, strict=True):
            if abs(weight) >= 0.005:
                table[name] = round(float(weight), 3)
        weights[section] = table
        likely = np.zeros(len(targets))
        likely[~held], likely[held] = found_own, _probabilities(matrix[held], weighed)
        for name, kept in _groups(section, known, rows, likely).items():
            own_kept, right = kept & ~held, _RIGHT[section]
            limit = bound(likely[own_kept], targets[own_kept], right)
            least[name] = round(limit, 3)
            report[name] = {
                "fitted": _measured(likely[own_kept], targets[own_kept], limit),
                "held": _measured(likely[kept & held], targets[kept & held], limit),
            }
    choosing.FILE.write_text(tomlkit.dumps(document), "utf-8")
    return report


def _groups(section: str, known: Sequence[Labelled], rows: Rows, likely: Any) -> dict[str, Any]:
    """The rows on which each bound of a section is set: of summaries the best of a story, and
    beside them the first that may be its lede, of changes those with words of the headline, of
    takeaways that may be any those beside a summary and those of stories without one apart.
    """
    if section == choosing.HOOK:
        kept = np.zeros(len(likely), dtype=bool)
        kept[_best_of_story(rows, likely)] = True
        return {section: kept, choosing.LEDE: _first_of_story(known)}
    if section == choosing.CHANGE:
        return {section: np.array([choosing.is_of_headline(row) for row in rows.features])}
    if section in choosing.DETAILS:
        beside = np.array([one.choice.has_summary for one in known])
        may = np.array([one.choice.suits(section, one.candidate) > 0 for one in known])
        return {section: may & beside, choosing.ALONE.format(section): may & ~beside}
    return {section: np.ones(len(likely), dtype=bool)}


def _best_of_story(rows: Rows, found: Any) -> Any:
    """The row of each story that scores best: only one is shown."""
    best: dict[str, int] = {}
    for place in np.argsort(-found):
        best.setdefault(rows.stories[place].id, int(place))
    return np.array(sorted(best.values()))


def _first_of_story(known: Sequence[Labelled]) -> Any:
    """The rows that may be the lede of their story and have none before them that may."""
    first: dict[str, int] = {}
    for place, one in enumerate(known):
        if one.choice.may_open(one.candidate):
            first.setdefault(one.story.id, place)
    kept = np.zeros(len(known), dtype=bool)
    kept[list(first.values())] = True
    return kept


def _measured(found: Any, targets: Any, limit: float) -> dict[str, Any]:
    taken = found >= limit
    wins = targets[:, None] > targets[None, :]
    pairs = (found[:, None] > found[None, :]) + 0.5 * (found[:, None] == found[None, :])
    return {
        "sentences": len(targets),
        "suit": float(targets.sum()),
        "area": round(float(pairs[wins].mean()), 3) if wins.any() else 0.0,
        "taken": int(taken.sum()),
        "right": round(float(targets[taken].mean()), 3) if taken.any() else 0.0,
        "found": round(float(targets[taken].sum() / targets.sum()), 3) if targets.any() else 0.0,
    }


def shares(found: Sequence[Story]) -> dict[str, Any]:
    """The share of the stories read in full that have each section, by the rules alone."""
    full = [story for story in found if is_read_in_full(story)]
    drafts = [draft_of(story) for story in full]
    keys = (*choosing.SECTIONS, choosing.AUDIENCE)
    return {
        "stories": len(full),
        **{
            key: round(sum(bool(getattr(each, key)) for each in drafts) / len(full), 3)
            for key in keys
        },
    }


def sample(found: Sequence[Story], section: str, number: int, seed: int) -> list[str]:
    """Lines to be read: headline, address, what the section shows."""
    shown = [
        (story, text)
        for story in sorted(found, key=lambda story: story.id)
        if is_held_back(story) and is_read_in_full(story)
        for text in _shown(draft_of(story), section)
    ]
    drawn = random.Random(seed).sample(shown, min(number, len(shown)))
    return [
        f"{place}. [{headline_of(readable_members(story, _LANGUAGE)).text}]"
        f" {address(story.members[0])}\n    {text}"
        for place, (story, text) in enumerate(drawn, 1)
    ]


def draft_of(story: Story) -> Draft:
    """What the rules write of a story."""
    found = page_by_rules(
        story, language=_LANGUAGE, quote_words=_QUOTE_WORDS, hook_words=_HOOK_WORDS
    )
    assert found is not None, story.id
    return found


def _shown(found: Draft, section: str) -> list[str]:
    if section == choosing.HOOK:
        return [found.hook.text] if found.hook else []
    if section == choosing.AUDIENCE:
        return [f"{each.role}: {each.claim.text}" for each in found.who_should_care]
    return [claim.text for claim in getattr(found, section)]


def main() -> int:
    """Fits, measures, or draws a sample."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", choices=("fit", "shares", "read"))
    parser.add_argument("--database", required=True, help="its address, such as sqlite:///FILE")
    parser.add_argument("--config", type=Path, required=True, help="the file of its sources")
    parser.add_argument("--section", default=choosing.HOOK, help="the one to fit or to read")
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--seed", type=int, default=22)
    options = parser.parse_args()
    found = stories_of(options.database, options.config)
    if options.work == "read":
        print("\n".join(sample(found, options.section, options.number, options.seed)))
    else:
        done = fit(found, [options.section]) if options.work == "fit" else shares(found)
        print(json.dumps(done, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
