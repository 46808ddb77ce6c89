"""Claims with their documents that people judged, as `../shared/corpus/faithfulness` keeps them.

SummEdits (Laban et al. 2023): summaries with a small edit or a true paraphrase; the summary they
came from is not read. QAGS (Wang et al. 2020): sentences of summaries, true where most of three
voters said so. FaithBench (Bao et al. 2025): summaries by language models, true where nobody marked
a span as unwanted. AggreFact-Unified (Tang et al. 2023): summaries that all have an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from aggregator.config.layers import json_lines
from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation, Claim, ClaimKind, Rejection
from aggregator.domain.frozen import frozen
from aggregator.english.text import normalised, sentences
from aggregator.verify.anchors.index import Report, story_index
from aggregator.verify.cited import Grounds
from aggregator.verify.verdict import refusal

PUBLISHED = date(2023, 2, 24)
ANY_LENGTH = 1_000_000
SENTENCES_A_PASSAGE = 3  # for documents that come as one paragraph


@frozen
class Judged:
    """What is claimed of a document, and whether people found it true; `data` names the set."""

    data: str
    text: str
    document: str
    is_true: bool

    @property
    def passages(self) -> tuple[str, ...]:
        """The paragraphs of its document."""
        return paragraphs(self.document)


def judged(folder: Path) -> Iterator[Judged]:
    """What one folder of the corpus holds, in a fixed order."""
    return _READERS[folder.name](folder)


def reasons(judged_claim: Judged) -> set[Rejection]:
    """What the product's gates have against the sentences of a text that a model wrote and that
    cites a whole document.
    """
    cited = [
        Passage(article_id="a", version=1, n=n, text=text)
        for n, text in enumerate(judged_claim.passages, 1)
    ]
    citations = tuple(Citation(passage=passage.key, quote=passage.text) for passage in cited)
    report = Report(source="", day=PUBLISHED, title="", paragraphs=judged_claim.passages)
    grounds = Grounds(
        passages={passage.key: passage for passage in cited},
        published={"a": PUBLISHED},
        quote_words=ANY_LENGTH,
        index=cache(partial(story_index, [report])),
    )
    found = (
        refusal(Claim(text=sentence, kind=ClaimKind.WRITTEN, citations=citations), grounds)
        for sentence in sentences(judged_claim.text)
    )
    return {refused.reason for refused in found if refused}


def paragraphs(document: str) -> tuple[str, ...]:
    """The paragraphs of a document, or groups of its sentences where it has none."""
    found = [text for part in re.split(r"\n+", document) if (text := untokenised(part))]
    if len(found) > 1:
        return tuple(found)
    whole = sentences(found[0]) if found else ()
    return tuple(
        " ".join(whole[n : n + SENTENCES_A_PASSAGE])
        for n in range(0, len(whole), SENTENCES_A_PASSAGE)
    )


def untokenised(text: str) -> str:
    """The text without the spaces and marks that the tokenisers of the data sets left: "$ 1, 200
    -lrb- `x' )".
    """
    plain = normalised(text).replace("``", '"').replace("''", '"')
    plain = (
        re.sub(r"(?<!\w)`\s?([^`']+)'", r'"\1"', plain)
        .replace("`", '"')
        .replace("-lrb-", "(")
        .replace("-rrb-", ")")
    )
    plain = re.sub(
        r"(?<=\d)(\.)\s(?=\d)|(?<=\d)(,)\s(?=\d{3}(?!\d))",
        lambda match: match[1] or match[2],
        plain,
    )
    plain = re.sub(r"\s+([,.;:!?%)])|(?<=\w)\s+(?='s\b)", lambda match: match[1] or "", plain)
    return re.sub(r"([$£€(])\s+", r"\1", re.sub(r"(?<=\w) - (?=\w)", "-", plain))


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file with one a line."""
    return json_lines(path.read_text("utf-8"))


def _summedits(folder: Path) -> Iterator[Judged]:
    for row in json.loads((folder / "summedits_news.json").read_text("utf-8")):
        yield _judged("summedits", row["summary"], row["doc"], is_true=row["label"] == 1)


def _qags(folder: Path) -> Iterator[Judged]:
    for path in sorted(folder.glob("mturk_*.jsonl")):
        for row in rows(path):
            for each in row["summary_sentences"]:
                is_true = each["votes"].count("yes") > len(each["votes"]) / 2
                yield _judged(
                    f"qags-{path.stem.removeprefix('mturk_')}",
                    each["sentence"],
                    row["article"],
                    is_true=is_true,
                )


def _faithbench(folder: Path) -> Iterator[Judged]:
    """The summaries, but those about which the annotators only had questions."""
    for row in rows(folder / "faithbench.jsonl"):
        labels = {label for each in row["annotations"] for label in each["label"]}
        is_false = any(label.startswith("Unwanted") for label in labels)
        if is_false or not any(label.startswith("Questionable") for label in labels):
            yield _judged("faithbench", row["summary"], row["source"], is_true=not is_false)


def _aggrefact(folder: Path) -> Iterator[Judged]:
    for row in rows(folder / "aggrefact_unified.jsonl"):
        yield _judged("aggrefact-unified", row["summ"], row["doc"], is_true=False)


def _judged(data: str, text: str, document: str, *, is_true: bool) -> Judged:
    return Judged(data=data, text=untokenised(text), document=document, is_true=is_true)


_READERS: dict[str, Callable[[Path], Iterator[Judged]]] = {
    "summedits": _summedits,
    "qags": _qags,
    "faithbench": _faithbench,
    "aggrefact-unified": _aggrefact,
}
