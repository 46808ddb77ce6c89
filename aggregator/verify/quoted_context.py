"""The words around a quotation, for readers who open a citation: the sentence it stands in, the one
before and the one after, as far as the share of the article leaves room.

They come from the cited passage alone, which is kept as long as the citation is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from aggregator.domain.article import Passage, Verdict
from aggregator.domain.claim import Citation
from aggregator.domain.frozen import frozen
from aggregator.domain.story import PublishedStory
from aggregator.english.text import word_count
from aggregator.extract.admission import sentence_verdicts
from aggregator.verify.share import shown_claims, words_left

_WORD = re.compile(r"\S+")
_FEWEST = 4  # words of a sentence that is cut: fewer say nothing


@frozen
class QuotedContext:
    """What stands before and after a quotation in its passage; cut ends have an ellipsis."""

    before: str
    after: str


Contexts = Mapping[Citation, QuotedContext]


def cited_passages(published: PublishedStory) -> Iterable[str]:
    """The keys of the passages that the story's page quotes, headlines apart; some repeatedly."""
    return (citation.passage for citation in _citations(published))


def quoted_contexts(
    published: PublishedStory,
    passages: Mapping[str, Passage],
    *,
    language: str,
    share: float,
    least_words: int,
    most_words: int,
) -> dict[Citation, QuotedContext]:
    """The words around the story's quotations, at most `most_words` on both sides together.

    `passages` are those that it cites, by key. The words count towards the share of their article,
    in the order of the page; where it is used up a quotation stands alone.
    """
    found: dict[Citation, QuotedContext] = {}
    left = words_left(published, share, least_words)
    for citation in _citations(published):
        passage, article = passages.get(citation.passage), citation.article_id
        room = min(most_words, left.get(article, 0))
        if passage is None or citation in found or room < _FEWEST:
            continue
        context = _around(citation.quote, passage, language, room)
        if context:
            found[citation] = context
            left[article] -= word_count(context.before) + word_count(context.after)
    return found


def _citations(published: PublishedStory) -> Iterable[Citation]:
    return (
        citation
        for claim in shown_claims(published)
        for citation in claim.citations
        if not citation.passage.endswith(".0")
    )


def _around(quote: str, passage: Passage, language: str, room: int) -> QuotedContext | None:
    text = passage.text
    start = text.find(quote)
    if start < 0:
        return None
    end = start + len(quote)
    first, last = _surrounding(passage, language, start, end)
    before, after = text[first:start].lstrip(), text[end:last]
    wanted = word_count(before), word_count(after)
    given_after = min(wanted[1], max(room - wanted[0], room // 2))
    before, after = _last(before, room - given_after), _first(after, given_after)
    if not any(character.isalnum() for character in before + after):
        return None
    return QuotedContext(before=before, after=after)


def _surrounding(passage: Passage, language: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence before that of `text[start:end]` begins and the one after ends; one that
    is no evidence stays out.
    """
    first, last, place, is_after = start, end, 0, False
    for sentence, verdict in sentence_verdicts(passage, language):
        begins = passage.text.index(sentence, place)
        place = begins + len(sentence)
        if place <= start:
            first = begins if verdict is Verdict.EVIDENCE else place
        elif begins < end:
            first, last = (min(first, begins), place)
        elif not is_after:
            is_after = True
            last = place if verdict is Verdict.EVIDENCE else last
    return first, last


def _last(text: str, most: int) -> str:
    words = [match.start() for match in _WORD.finditer(text)]
    if len(words) <= most:
        return text
    return f"… {text[words[-most] :]}" if most >= _FEWEST else ""


def _first(text: str, most: int) -> str:
    words = [match.end() for match in _WORD.finditer(text)]
    if len(words) <= most:
        return text
    return f"{text[: words[most - 1]]} …" if most >= _FEWEST else ""
