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
from aggregator.verify.share import shown_claims, unquotable, words_left

_WORD = re.compile(r"\S+")
_FEWEST = 4  # words of a sentence that is cut: fewer say nothing


@frozen
class QuotedContext:
    """What stands before and after a quotation in its passage; cut ends have an ellipsis."""

    before: str
    after: str


Contexts = Mapping[Citation, QuotedContext]


def cited_passages(published: PublishedStory) -> Iterable[str]:
    """The keys of the passages that the story's page may quote, headlines apart; some
    repeatedly.
    """
    return (citation.passage for citation in _citations(published))


def quoted_contexts(
    published: PublishedStory,
    passages: Mapping[str, Passage],
    *,
    language: str,
    share: float,
    least_words: int,
    most_words: int,
    opened: float = 0.0,
) -> dict[Citation, QuotedContext]:
    """The words around the story's quotations, at most `most_words` on both sides together.

    `passages` are those that it cites, by key. The words count towards what may open of their
    article, each word once: the sentences that are cited before their neighbours, in the order of
    the page. Where that is used up a quotation stands alone, but for the first of each article: if
    anything opens at all, its sentence does.
    """
    found: dict[Citation, QuotedContext] = {}
    left = words_left(published, share, least_words, opened)
    cited = [one for one in dict.fromkeys(_citations(published)) if one.passage in passages]
    shown: dict[str, set[int]] = {}
    unopened = {citation.article_id for citation in cited} if opened else set()
    for citation in cited:
        text = passages[citation.passage].text
        shown.setdefault(citation.passage, set()).update(_places(text, citation.quote))
    for has_neighbours in (False, True):
        for citation in cited:
            passage, article = passages[citation.passage], citation.article_id
            known = found.get(citation)
            own = word_count(known.before) + word_count(known.after) if known else 0
            for room in (most_words, min(most_words, left.get(article, 0) + own)):
                around = _around(
                    citation.quote, passage, language, room, has_neighbours=has_neighbours
                )
                if room < _FEWEST or around is None:
                    continue
                whole = f"{around.before.lstrip('… ')}{citation.quote}{around.after.rstrip('… ')}"
                new = {*_places(passage.text, whole)} - shown[citation.passage]
                if len(new) <= left.get(article, 0) or article in unopened:
                    found[citation] = around
                    left[article] = max(0, left.get(article, 0) - len(new))
                    shown[citation.passage] |= new
                    break
            unopened.discard(article)
    return found


def _places(text: str, part: str) -> list[int]:
    """Where the words of a part stand in a text."""
    start = text.find(part)
    if start < 0:
        return []
    return [match.start() for match in _WORD.finditer(text, start, start + len(part))]


def _citations(published: PublishedStory) -> Iterable[Citation]:
    closed = unquotable(published)
    return (
        citation
        for claim in shown_claims(published)
        for citation in claim.citations
        if not citation.passage.endswith(".0") and citation.article_id not in closed
    )


def _around(
    quote: str, passage: Passage, language: str, room: int, *, has_neighbours: bool
) -> QuotedContext | None:
    text = passage.text
    start = text.find(quote)
    if start < 0:
        return None
    end = start + len(quote)
    first, last = _surrounding(passage, language, start, end, has_neighbours=has_neighbours)
    before, after = text[first:start].lstrip(), text[end:last]
    wanted = word_count(before), word_count(after)
    given_after = min(wanted[1], max(room - wanted[0], room // 2))
    before, after = _last(before, room - given_after), _first(after, given_after)
    if not any(character.isalnum() for character in before + after):
        return None
    return QuotedContext(before=before, after=after)


def _surrounding(
    passage: Passage, language: str, start: int, end: int, *, has_neighbours: bool
) -> tuple[int, int]:
    """Where the sentence of `text[start:end]` begins and ends, or the one before it begins and the
    one after it ends; one that is no evidence stays out.
    """
    first, last, place, is_after = start, end, 0, False
    for sentence, verdict in sentence_verdicts(passage, language):
        begins = passage.text.index(sentence, place)
        place = begins + len(sentence)
        if place <= start:
            first = begins if has_neighbours and verdict is Verdict.EVIDENCE else place
        elif begins < end:
            first, last = (min(first, begins), place)
        elif not is_after:
            is_after = True
            last = place if has_neighbours and verdict is Verdict.EVIDENCE else last
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
