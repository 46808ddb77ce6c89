"""What a model's vote adds: `python -m tests.quality.votes --data ../shared/corpus/faithfulness
--config FILE --most 40 --json`.

Asks the model of a configuration about claims that the gates let pass and `verify.doubt` holds for
doubtful, true and false ones in turn, planted errors (`tests.quality.unseen`) among the false, of
documents that nothing was learnt from; and counts how many of either fall by its vote.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from aggregator.bootstrap import language_model
from aggregator.config.configuration import load
from aggregator.domain.claim import ClaimKind
from aggregator.domain.settings import AnalysisSettings
from aggregator.story.model.prompt import vote_prompt
from aggregator.story.model.reply import vote
from aggregator.verify.overlap.support_classifier import is_tied
from tests.quality.planted import is_claim, planted, samples, verdict
from tests.quality.unseen import UNSEEN

Case = tuple[str, tuple[str, ...], bool]  # a claim, the passages that it cites, whether it is true


def doubtful(data: Path) -> tuple[list[Case], list[Case]]:
    """The true and the false claims that would be put to the vote."""
    own = [sample for sample in samples(data) if sample.half == "held" and is_claim(sample)]
    false = (
        (each, text)
        for kind in UNSEEN.values()
        for each, text in planted([one for one in own if one.is_true], kind)
    )
    cases = chain(
        ((sample, sample.text, sample.is_true) for sample in own),
        ((each, text, False) for each, text in false),
    )
    tied = [
        (text, each.passages, is_true)
        for each, text, is_true in cases
        if verdict(each, text) is None and is_tied(text, each.passages, ClaimKind.WRITTEN)
    ]
    return [case for case in tied if case[2]], [case for case in tied if not case[2]]


async def voted(settings: AnalysisSettings, cases: Sequence[Case]) -> dict[str, Any]:
    """How the model votes on each case."""
    began, votes = time.monotonic(), list[tuple[bool, Any]]()
    async with language_model(settings) as llm:
        await llm.facts()
        for text, passages, is_true in cases:
            votes.append((is_true, vote(await llm.answer(vote_prompt(text, passages)))))
            print(f"{'true' if is_true else 'false'}: {votes[-1][1]}", file=sys.stderr)
    fell = {
        label: [answer is False for is_true, answer in votes if is_true is label]
        for label in (True, False)
    }
    return {
        "true": len(fell[True]),
        "true_fallen": sum(fell[True]),
        "false": len(fell[False]),
        "false_fallen": sum(fell[False]),
        "no_vote": sum(not isinstance(answer, bool) for _, answer in votes),
        "seconds_a_vote": round((time.monotonic() - began) / max(1, len(votes)), 1),
    }


def _sampled(true: Sequence[Case], false: Sequence[Case], most: int) -> Iterator[Case]:
    """As many of either, spread over all."""
    for cases in (true, false):
        step = max(1, len(cases) * 2 // most)
        yield from cases[::step][: most // 2]


def main() -> int:
    """Prints the counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object (the default is the same)"
    )
    arguments = parser.parse_args()
    true, false = doubtful(arguments.data)
    found = asyncio.run(
        voted(
            load(arguments.config, os.environ).analysis, list(_sampled(true, false, arguments.most))
        )
    )
    print(json.dumps({"doubtful": {"true": len(true), "false": len(false)}} | found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
