"""Text to numbered passages, the units that citations point into. Pure.

A stored passage is normalised once, here, so that every quote of it later matches character by
character.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from aggregator.domain.article import Passage
from aggregator.english.text import normalised, sentences

PASSAGE_CHARACTERS = (
    600  # a long news paragraph; about 150 tokens, so that a citation points at something readable
)
MAX_PASSAGES = 400  # of one article; the longest article of the corpus has 180
MAX_CHARACTERS = 200_000  # of one article, some 35,000 words


def passages(
    article_id: str, version: int, title: str, paragraphs: Iterable[str]
) -> tuple[Passage, ...]:
    """The headline as passage 0 and the paragraphs after it, long ones cut between sentences, at
    most 400 in all.
    """
    texts = [normalised(title), *_bounded(paragraphs)]
    return tuple(
        Passage(article_id=article_id, version=version, n=n, text=text)
        for n, text in enumerate(texts)
    )


def text_digest(title: str, paragraphs: Iterable[str]) -> str:
    """A SHA-256 of what would be stored: equal digests mean that an article did not change."""
    stored = "\n".join((normalised(title), *_bounded(paragraphs)))
    return hashlib.sha256(stored.encode("utf-8", "surrogatepass")).hexdigest()


def _bounded(paragraphs: Iterable[str]) -> Iterator[str]:
    left, room = MAX_CHARACTERS, MAX_PASSAGES - 1
    for paragraph in paragraphs:
        for part in _parts(normalised(paragraph)):
            if not room or len(part) > left:
                return
            yield part
            left, room = left - len(part), room - 1


def _parts(paragraph: str) -> Iterator[str]:
    """Runs of whole sentences of about equal length, none much over 600 characters."""
    if len(paragraph) <= PASSAGE_CHARACTERS:
        if paragraph:
            yield paragraph
        return
    fair = len(paragraph) / -(-len(paragraph) // PASSAGE_CHARACTERS)
    part = ""
    for sentence in _pieces(paragraph):
        joined = f"{part} {sentence}" if part else sentence
        if part and (len(joined) > PASSAGE_CHARACTERS or len(part) >= fair):
            yield part
            joined = sentence
        part = joined
    yield part


def _pieces(paragraph: str) -> Iterator[str]:
    """The sentences; one that is a passage and a half long by itself is cut between words."""
    for sentence in sentences(paragraph):
        rest = sentence
        while len(rest) > 1.5 * PASSAGE_CHARACTERS:
            head = rest[:PASSAGE_CHARACTERS].rpartition(" ")[0] or rest[:PASSAGE_CHARACTERS]
            yield head
            rest = rest[len(head) :].lstrip()
        yield rest
