"""Stories to search: of the words of real items where the corpus lies beside the checkout, else of
generated ones.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from aggregator.domain.claim import Audience, Draft
from aggregator.domain.publishing.page import Page, PageFile
from aggregator.domain.settings import SiteSettings
from aggregator.site.search.index_volume import Label, SearchDocument
from aggregator.site.search.terms import STOP_WORDS
from aggregator.site.story.page import story_page
from bench.news import TEXT, reports
from tests import builders

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "digests" / "flyryan-ai-news"
_FIRST = date(2026, 1, 5)
_PER_DAY = 100
_WORDS = 90  # of a headline's hook and TL;DR, as the pages of a story have them
_FEWEST = 15
_HOOK = 25
_TOPICS, _ROLES, _COMPANIES = 14, 9, 120


def is_real() -> bool:
    """Whether there are real texts."""
    return CORPUS.is_dir()


def stories(count: int, seed: int = 1) -> list[SearchDocument]:
    """So many documents by day, each with two topics, two roles and up to two companies."""
    rng = random.Random(seed)
    texts = list(_real() if is_real() else _generated(count))
    rng.shuffle(texts)
    return [_document(number, *texts[number % len(texts)], rng) for number in range(count)]


def queries(of: Sequence[SearchDocument], count: int, seed: int = 2) -> list[str]:
    """One to three words that stand beside each other in a headline, as readers type them."""
    rng = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        words = re.findall(r"[^\W_][\w.-]*[^\W_]", rng.choice(of).headline, re.ASCII)
        telling = [word for word in words if word.lower() not in STOP_WORDS and len(word) > 2]
        size = rng.choice((1, 2, 2, 3))
        if len(telling) >= size:
            start = rng.randrange(len(telling) - size + 1)
            found.append(" ".join(telling[start : start + size]))
    return found


def story_pages(of: Sequence[SearchDocument], site: SiteSettings) -> Iterator[Page]:
    """The page of each story as the site has it: the document's text as its TL;DR, and five
    takeaways from its neighbours.
    """
    for number, each in enumerate(of):
        article = builders.article(each.headline, url=f"https://source.example/{each.id}")
        claims = [builders.claim(text, article) for text in _thirds(each.text)]
        others = (of[(number + step) % len(of)].hook for step in range(1, 6))
        draft = Draft(
            headline=builders.headline(article),
            hook=builders.claim(each.hook, article),
            what_changed=tuple(claims[:1]),
            why_it_matters=tuple(claims[1:2]),
            who_should_care=tuple(Audience(role="research", claim=claim) for claim in claims[2:]),
            takeaways=tuple(builders.claim(text, article) for text in others),
        )
        page = story_page(
            builders.published_story(builders.story((builders.member(article),)), draft), site
        )
        yield Page(
            record=page, files=(PageFile(path=f"{each.path}index.html", template="story.html"),)
        )


def _thirds(text: str) -> list[str]:
    words = text.split()
    size = -(-len(words) // 3) or 1
    return [" ".join(words[start : start + size]) for start in range(0, len(words), size)]


def _real() -> Iterator[tuple[str, list[str]]]:
    """Headline and words; a long text gives several, each with its first words for a headline."""
    for path in sorted(CORPUS.glob("*-00.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                words = (item.get("text") or "").split()
                if len(words) >= _FEWEST:
                    yield item.get("title") or " ".join(words[:10]), words[:_WORDS]
                for start in range(_WORDS, len(words) - _WORDS // 2, _WORDS):
                    yield " ".join(words[start : start + 10]), words[start : start + _WORDS]


def _generated(count: int) -> Iterator[tuple[str, list[str]]]:
    for report in islice(reports(count, TEXT), count):
        yield report.item.title, report.text.split()[:_WORDS]


def _document(
    number: int, headline: str, words: Sequence[str], rng: random.Random
) -> SearchDocument:
    day = _FIRST + timedelta(days=number // _PER_DAY)
    calendar = day.isocalendar()
    return SearchDocument(
        id=f"{number:012x}",
        path=f"story/a-slug-of-the-words-of-a-headline-{number:012x}/",
        headline=headline[:160],
        lang="",
        hook=" ".join(words[:_HOOK]),
        text=" ".join(words[_HOOK:]),
        topics=_labels("Topic", rng.sample(range(_TOPICS), 2)),
        roles=_labels("Role", rng.sample(range(_ROLES), 2)),
        companies=_labels("Company", {int(_COMPANIES * rng.random() ** 2) for _ in range(2)}),
        week=f"{calendar.year}-W{calendar.week:02}",
        day=day,
        origins=rng.randint(1, 9),
    )


def _labels(name: str, numbers: Sequence[int] | set[int]) -> tuple[Label, ...]:
    return tuple(
        Label(key=f"{name.lower()}-{number}", name=f"{name} {number}") for number in sorted(numbers)
    )
