"""Labelled questions, answered by the archives of two houses.

    python -m tests.quality.questions --demo DATABASE --captured DATABASE --json

DATABASE is the file of a house by rules: one that `aggregator demo --once --rules --into FOLDER`
made, the other refreshed from `../shared/corpus/ainews`. For each half of the first sixty questions
of `questions.toml`, and for those of each later set, it prints, of the questions with an answer in
the archive, for how many the answering fact is among the first five that are found, how many are
answered, and how many of these answers hold it; of the others how many are answered, which none
should be. `--misses` lists the questions that fail.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence, Set
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import false, or_, select

from aggregator.domain.dates import Precision, day_text
from aggregator.domain.frozen import frozen
from aggregator.domain.settings import Settings
from aggregator.plugins.questions.matching import values
from aggregator.plugins.questions.question import Evidence, Question
from aggregator.plugins.questions.stage.answering import quoted_answer, retrieve
from aggregator.store.database import Connection, Database
from aggregator.store.schema import articles
from aggregator.verify.figures import figures

LABELS = Path(__file__).with_name("questions.toml")
_TODAY = date(2026, 7, 20)
_FIRST = 5
_HALVES = ("tuned", "reported")
_WORD = re.compile(r"\d[\d.,]*\d|\w+(?:\.\d+)*")


@frozen
class Outcome:
    """What became of a question: whether a fact among the first five holds its answer, whether it
    was answered, whether the answer holds it, and whether each sentence is cited.
    """

    question: str
    asked_in: str
    is_answerable: bool
    is_found: bool
    is_answered: bool
    is_right: bool
    is_cited: bool


def labelled() -> list[dict[str, Any]]:
    """The questions with their labels."""
    found: list[dict[str, Any]] = tomllib.loads(LABELS.read_text("utf-8"))["questions"]
    return found


def outcome(connection: Connection, label: Mapping[str, Any]) -> Outcome:
    """What becomes of a question."""
    retrieved = retrieve(connection, Settings(), label["question"], _TODAY)
    answer = quoted_answer(retrieved, Settings())
    stories = _stories(connection, label.get("articles", ()))
    question = retrieved.question
    return Outcome(
        question=label["question"],
        asked_in=label.get("set")
        or _HALVES[hashlib.sha256(label["question"].encode()).digest()[-1] & 1],
        is_answerable="articles" in label,
        is_found=any(
            _answers(label, stories, question, item) for item in retrieved.evidence[:_FIRST]
        ),
        is_answered=answer.is_known,
        is_right=any(_answers(label, stories, question, item) for item in retrieved.stated)
        and ("day" not in label or len(answer.values) == 1)
        and label.get("values_hash") in (None, [_value_hash(each.text) for each in answer.values]),
        is_cited=all(sentence.citations for sentence in answer.sentences),
    )


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The counts of each half, and of what was asked later."""
    return {
        name: _counts([one for one in outcomes if one.asked_in == name])
        for name in (
            *_HALVES,
            *dict.fromkeys(label["set"] for label in labelled() if "set" in label),
        )
    }


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    asked = [one for one in outcomes if one.is_answerable]
    others = [one for one in outcomes if not one.is_answerable]
    return {
        "with_answer": len(asked),
        "among_first_five": sum(one.is_found for one in asked),
        "answered": sum(one.is_answered for one in asked),
        "answered_rightly": sum(one.is_right for one in asked),
        "without_answer": len(others),
        "answered_all_the_same": sum(one.is_answered for one in others),
        "with_a_sentence_uncited": sum(not one.is_cited for one in outcomes),
    }


def _stories(connection: Connection, addresses: Sequence[str]) -> frozenset[str]:
    """The stories of the articles at these addresses."""
    found = (articles.url.endswith(address, autoescape=True) for address in addresses)
    return frozenset(connection.scalars(select(articles.story_id).where(or_(false(), *found))))


def _answers(
    label: Mapping[str, Any], stories: Set[str], question: Question, evidence: Evidence
) -> bool:
    """Whether a fact is the answer: it holds all that the label asks for, and its story is one that
    the label names an article of; of a day, whether that is the one that is read out of it.
    """
    if evidence.found.story_id not in stories:
        return False
    if "day" in label:
        read = [text for text, _ in values(question, [evidence])]
        return read == [day_text(label["day"], Precision.DAY)]
    words = {word.lower() for word in _WORD.findall(evidence.text)}
    hashes = {_hash(word) for word in words}
    return {word.lower() for word in label.get("holds", ())} <= words and set(
        label.get("holds_hash", ())
    ) <= hashes


def _value_hash(shown: str) -> str:
    figure = figures(shown)[0]
    return _hash(f"{figure.value:.0f} {figure.unit}".strip().lower())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def main() -> None:
    """Prints the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--demo", type=Path, required=True)
    parser.add_argument("--captured", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    outcomes: list[Outcome] = []
    for world in ("demo", "captured"):
        with (
            Database(f"sqlite:///{getattr(given, world)}") as database,
            database.reading() as connection,
        ):
            outcomes += [
                outcome(connection, label) for label in labelled() if label["world"] == world
            ]
    if given.misses:
        for one in outcomes:
            if not one.is_right if one.is_answerable else one.is_answered:
                print(one)
    print(json.dumps(report(outcomes), indent=2))


if __name__ == "__main__":
    main()
