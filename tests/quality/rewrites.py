"""True claims that a small model put in other words, of sentences that name a speaker or a version.

Qwen2.5-Coder 1.5B rewrote 176 such sentences; kept in `rewrites.jsonl` are the 101 that, each read
beside its sentence, say nothing that it does not. All are of documents of the half `held`. No text
of a publisher is stored: a row names its document by a digest and its sentence by number, and tells
what of it stays (from which word to before which) and what was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from aggregator.english.text import sentences
from tests.quality.faithfulness import paragraphs, rows, untokenised

REWRITES = Path(__file__).with_name("rewrites.jsonl")

Part = (
    list[int] | str
)  # words that stay, from the first to before the last; or words that were written


def rewritten(
    documents: Mapping[str, str], path: Path = REWRITES
) -> Iterator[tuple[str, str, str]]:
    """The set, the text and the document of each rewrite whose document is there; `documents` names
    the set of each.
    """
    by_digest = {digest(document): document for document in documents}
    for row in rows(path):
        if document := by_digest.get(row["document"]):
            yield (
                documents[document],
                joined(row["parts"], told(document)[row["sentence"]]),
                document,
            )


def documents_of(corpus: Path) -> dict[str, str]:
    """The documents that rewrites are of, each with the name of its set: `corpus` is the folder of
    all sets.
    """
    news = corpus / "clusters" / "ai-events-jan2026" / "items.jsonl"
    wrong = corpus / "faithfulness" / "aggrefact-unified" / "aggrefact_unified.jsonl"
    right = corpus / "faithfulness" / "summedits" / "summedits_news.json"
    found = {row["text"]: "ai-events" for row in rows(news)} if news.exists() else {}
    found |= {row["doc"]: "aggrefact" for row in rows(wrong)} if wrong.exists() else {}
    return found | (
        {row["doc"]: "summedits" for row in json.loads(right.read_text("utf-8"))}
        if right.exists()
        else {}
    )


def told(document: str) -> list[str]:
    """The sentences of a document in order."""
    return [untokenised(sentence) for part in paragraphs(document) for sentence in sentences(part)]


def digest(document: str) -> str:
    """What a row names a document by."""
    return hashlib.sha256(document.encode()).hexdigest()[:16]


def parted(text: str, sentence: str) -> list[Part]:
    """A text as what it keeps of a sentence and what it has of its own."""
    own, other = text.split(), sentence.split()
    blocks = SequenceMatcher(None, own, other, autojunk=False).get_opcodes()
    parts = (
        [first, last] if tag == "equal" else " ".join(own[start:end])
        for tag, start, end, first, last in blocks
        if tag == "equal" or end > start
    )
    return list(parts)


def joined(parts: Sequence[Part], sentence: str) -> str:
    """The text of which `parted` made the parts."""
    words = sentence.split()
    return " ".join(
        part if isinstance(part, str) else " ".join(words[part[0] : part[1]]) for part in parts
    )
