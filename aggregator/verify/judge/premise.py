"""What a judge is shown of the sources, and what of a sentence it judges at a time: of a story, and
of a labelled set as the anchors and the judge see it. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from aggregator.domain.claim import Claim
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import (
    JudgedArticle,
    LabelledClaim,
    LabelledSet,
    LabelledStory,
)
from aggregator.domain.story import Story
from aggregator.english.text import sentences, word_count
from aggregator.verify.anchors.check import objections
from aggregator.verify.anchors.index import Report, StoryIndex, story_index
from aggregator.verify.wording import Casing, casing_of

# Neighbours are left out beyond it: some 1,000 tokens, which a small model still reads well, and
# which fit every context that a writer gets.
MOST_WORDS = 700

_JOIN = re.compile(r";\s+|[,–—]\s+(?:and|but|while|whereas|yet|though|although)\s+")
# what opens a clause with a subject of its own; "and cut its price" and "and France" have none
_SUBJECTS = frozenset(
    "the a an it its they their he his she her this these that those there we our one some many"
    " most all both no nobody each every neither another".split()
)
_FEWEST_WORDS = 4  # of a statement
_OPENING, _CLOSING = "“", "”"
_VERIFY = Path(__file__).parents[1]
_CODE = (
    *sorted(_VERIFY.glob("*.py")),
    *sorted((_VERIFY / "anchors").glob("*.py")),
    Path(__file__),
    Path(__file__).with_name("slices.py"),
)


def premise_of(story: Story, claim: Claim) -> str:
    """The premise of a claim on a story or on the articles that it draws on; empty where it cites
    none of their passages.
    """
    members = (*story.members, *story.background)
    articles = {
        member.article.id: JudgedArticle(
            source=member.source_name,
            day=member.article.published.at.date(),
            passages={passage.n: passage.text for passage in member.article.passages},
        )
        for member in members
    }
    places = {
        passage.key: (passage.article_id, passage.n)
        for member in members
        for passage in member.article.passages
    }
    return premise(
        articles, [places[cited.passage] for cited in claim.citations if cited.passage in places]
    )


def premise(articles: Mapping[str, JudgedArticle], cited: Collection[tuple[str, int]]) -> str:
    """The cited passages with their neighbours, under source, day and headline of each article.

    `cited` are pairs of an article's key and a passage's number; what is not there is left out.
    Empty where nothing is cited.
    """
    shown = {(key, n) for key, n in cited if n in articles.get(key, _NONE).passages}
    left = MOST_WORDS - sum(word_count(articles[key].passages[n]) for key, n in shown)
    for key, n in sorted(shown):
        for beside in (n - 1, n + 1):
            words = word_count(articles[key].passages.get(beside, ""))
            if words and (key, beside) not in shown and words <= left:
                shown.add((key, beside))
                left -= words
    blocks = (
        _block(article, sorted(n for of, n in shown if of == key))
        for key, article in articles.items()
    )
    return "\n\n".join(block for block in blocks if block)


def statements(text: str) -> tuple[str, ...]:
    """The statements of a claim, each to be judged by itself: its sentences, and of these the
    clauses that have a subject of their own. A quotation is never parted.
    """
    return tuple(statement for sentence in _sentences(text) for statement in _clauses(sentence))


_NONE = JudgedArticle(source="", day=date.min, passages={})


def _block(article: JudgedArticle, numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    day = f"{article.day.day} {article.day:%B %Y}"
    head = f"{article.source}, {day}: {article.passages.get(0, '')}".rstrip(": ")
    lines = [head]
    last = 0
    for n in numbers:
        if n > 0:
            lines += ["…", article.passages[n]] if n > last + 1 else [article.passages[n]]
            last = n
    return "\n".join(lines)


def _sentences(text: str) -> Iterator[str]:
    """The sentences, those of one quotation together."""
    whole = ""
    for sentence in sentences(text):
        whole = f"{whole} {sentence}" if whole else sentence
        if _is_balanced(whole):
            yield whole
            whole = ""
    if whole:
        yield whole


def _clauses(sentence: str) -> Iterator[str]:
    start = 0
    for join in _JOIN.finditer(sentence):
        before, after = sentence[start : join.start()], sentence[join.end() :]
        if _is_clause(before) and _is_clause(after) and _opens_with_subject(after):
            yield _as_sentence(before)
            start = join.end()
    yield _as_sentence(sentence[start:]) if start else sentence


def _is_clause(part: str) -> bool:
    """Whether a part may stand alone: long enough, and no quotation or bracket is cut in it."""
    return word_count(part) >= _FEWEST_WORDS and _is_balanced(part)


def _is_balanced(part: str) -> bool:
    return (
        part.count('"') % 2 == 0
        and part.count(_OPENING) == part.count(_CLOSING)
        and part.count("(") == part.count(")")
    )


def _opens_with_subject(part: str) -> bool:
    first = part.split(maxsplit=1)[0].strip("“\"'(")
    return first.lower() in _SUBJECTS or first[:1].isupper() or first[:1].isdigit()


def _as_sentence(part: str) -> str:
    whole = part.strip().rstrip(",")
    ended = whole if whole.endswith((".", "!", "?", "”", '"')) else f"{whole}."
    return ended[0].upper() + ended[1:]


@frozen
class Case:
    """A labelled claim with the premise that the judge gets; None where the anchors refuse it."""

    claim: LabelledClaim
    premise: str | None


def basis_digest(labelled: LabelledSet, code: Iterable[Path] = _CODE) -> str:
    """Sixteen figures that change with all that the outcomes of a judge depend on besides itself:
    the set, and the code that chooses and checks claims and shows premises.
    """
    digest = hashlib.sha256(labelled.digest.encode())
    for file in code:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cases(labelled: LabelledSet, claims: Sequence[LabelledClaim] | None = None) -> Iterator[Case]:
    """These claims of the set, else all, as a page would have them checked: the archive whose
    casing the anchors read is all stories of the set.
    """
    archive = casing_of(
        text
        for story in labelled.stories.values()
        for article in story.articles
        for text in article.passages.values()
    )
    indexes = {name: _index(story, archive) for name, story in labelled.stories.items()}
    for claim in labelled.claims if claims is None else claims:
        story = labelled.stories[claim.story]
        is_refused = bool(objections(claim.text, indexes[claim.story]))
        yield Case(claim=claim, premise=None if is_refused else _premise(story, claim))


def _index(story: LabelledStory, archive: Casing) -> StoryIndex:
    reports = [
        Report(
            source=article.source,
            day=article.day,
            title=article.passages[0],
            paragraphs=tuple(text for n, text in article.passages.items() if n > 0),
        )
        for article in story.articles
    ]
    return story_index(reports, story.headline, archive)


def _premise(story: LabelledStory, claim: LabelledClaim) -> str:
    articles = {str(place): article for place, article in enumerate(story.articles)}
    return premise(articles, [(str(place), n) for place, n in claim.cited])
