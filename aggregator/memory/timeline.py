"""Timelines that the archive adds to: rows of other stories, each with its own claim, citations and
page.

A story's own rows come from its own articles (`story.rules.timeline`), and passed its gates. Rows
of other stories, of its affair or on a dated fact it looks back at, passed theirs.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from zlib import crc32

from aggregator.cluster.similarity.lexicon import sentence_tokens, word_case
from aggregator.cluster.similarity.terms import RATES, tokens
from aggregator.domain.claim import TimelineRow
from aggregator.domain.dates import Precision, floor_day, report_day
from aggregator.domain.entry import DateOrigin
from aggregator.domain.frozen import frozen
from aggregator.domain.outline import Outline, OutlineDate
from aggregator.domain.source import Lane
from aggregator.domain.story import PublishedStory
from aggregator.english.event_kind import NO_NEWS, EventKind
from aggregator.english.lexical import content_words, overlap, uninflected
from aggregator.english.speech_acts import is_question
from aggregator.english.vocabulary import MONTH_NAMES, WEEKDAYS

MOST_ROWS = 12
FEWEST_ROWS = 2  # that are shown: one date alone is no timeline
SAME = 0.5  # share of content words in common above which two rows of one date state the same
OF_ALL_NEWS = content_words(
    "announce announces announced announcing launch launches launched launching release releases"
    " released releasing introduce introduces introduced introducing unveil unveils unveiled meet"
    " new today available availability ai agent agents model models says said company companies"
    " tool tools app apps feature features product products code coding week month year time first"
    " latest could may plans make makes use using get gets report reports how what why support"
    " supports build builds building built work works working bring brings go goes going don't"
    " don’t actually across better best researcher researchers update updates"
    f" {' '.join(WEEKDAYS)}"
)
_SHORTEST = 4  # letters: shorter ones are abbreviations of many things
_GENERIC = frozenset({"ai"})  # no name by itself
_FEWEST_LISTED, _FEWEST_NAMES = 3, 5
# who comes behind it is not whom a headline is about: "Halden opens a shop as it battles Northwind"
_BESIDE = re.compile(
    r"(?i:,? \b(?:as|amid|while|despite|against|versus|vs\.?|without|unlike|takes?"
    r" on|battles|rivals|challenges|"
    r"to (?:rival|challenge))\b)"
)
STEP = re.compile(  # what somebody does that moves a matter on
    r"\b(?:(?:re)?launch|releas|announc|unveil|introduc|debut|open-sourc|rais|acquir|merg|"
    r"partner|appoint|expand|complet)(?:e?s|e|ed|ing)?\b|\b(?:intros|buys?|bought|joins?|joined|"
    r"signs?|signed|names?|named|founds?|founded|closed|agrees|agreed|enters?|entered|opens?|"
    r"opened|rolls? out|rolled out|teams? up|teamed up|becomes?|became)\b",
    re.IGNORECASE,
)
_NO_EVENTS = NO_NEWS | {EventKind.OPINION}
_OF_MANY = frozenset({Lane.LETTER, Lane.COMMUNITY})
_FINEST_FIRST = (Precision.DAY, Precision.MONTH, Precision.YEAR)


@frozen
class StoryRow:
    """A row of a timeline with the story it comes from: its claim cites that story's articles."""

    row: TimelineRow
    published: PublishedStory


def merged_rows(stories: Iterable[PublishedStory]) -> tuple[StoryRow, ...]:
    """The dated rows of several stories, oldest first, each fact once: with the finest date and
    from the story with the most origins.

    What one story planned and the newest of them has behind it is planned no more.
    """
    found = [
        StoryRow(row=row, published=story)
        for story in stories
        for row in story.analysis.kept.timeline
        if _is_step(row, story)
    ]
    kept: list[StoryRow] = []
    for candidate in sorted(found, key=_trust):
        if not any(
            _repeats(other.row, candidate.row) or _is_same_plan(other, candidate) for other in kept
        ):
            kept.append(candidate)
    return _in_order(kept)


def story_timeline(
    published: PublishedStory, others: Iterable[PublishedStory]
) -> tuple[StoryRow, ...]:
    """The story's own rows, the event itself always among them, and those of others as far as there
    is room for twelve: their events and plans, and of what else they date only what is of the same
    matter.

    A vague row of its own gives way to a finer date for the same fact, and any to another section
    that has its sentence.
    """
    own = [StoryRow(row=row, published=published) for row in published.analysis.kept.timeline]
    matter = _own_words(published)
    further = [
        row
        for row in merged_rows(others)
        if (row.row.this_event or row.row.planned or not matter.isdisjoint(_substance(row.row)))
        and not any(_repeats(mine.row, row.row) for mine in own)
    ]
    own = [mine for mine in own if not any(_repeats(row.row, mine.row) for row in further)]
    elsewhere = _stated_elsewhere(published)
    own = [mine for mine in own if mine.row.this_event or mine.row.claim.text not in elsewhere]
    further = [row for row in further if row.row.claim.text not in elsewhere]
    further = [
        replace(row, row=replace(row.row, this_event=False)) for row in sorted(further, key=_trust)
    ]
    return _in_order([*own, *further][:MOST_ROWS])


def archive_timeline(
    stories: Iterable[PublishedStory],
    most: int,
    rank: Callable[[StoryRow], int | None] = lambda row: 0,
) -> tuple[StoryRow, ...]:
    """The dated facts of an archive, oldest first: of too many those of a lower `rank`, events
    before background, then the best attested, the newest. One without a rank is left out.
    """
    ranked = ((rank(row), row) for row in merged_rows(stories))
    rows = sorted(
        (pair for pair in ranked if pair[0] is not None),
        key=lambda pair: (
            pair[0],
            _trust(pair[1])[:-2],
            -pair[1].row.day.toordinal(),
            pair[1].published.story.id,
        ),
    )[:most]
    return _in_order([replace(row, row=replace(row.row, this_event=False)) for _, row in rows])


def is_subject(name: str, headline: frozenset[str], lane: Lane) -> bool:
    """Whether a headline of these content words is about who bears the name; one of a letter lists
    what it is full of.
    """
    return lane not in _OF_MANY and not headline.isdisjoint(content_words(name) - _GENERIC)


def lists_many(headline: str) -> bool:
    """Whether a headline lists what its article is full of, as letters do: three subjects with
    their own words, or five names.
    """
    parts = [part.removeprefix("and ").strip() for part in headline.split(", ")]
    fewest = _FEWEST_LISTED if all(" " in part for part in parts) else _FEWEST_NAMES
    return len(parts) >= fewest and all(part[:1].isupper() for part in parts)


def outline(published: PublishedStory) -> Outline:
    """What other stories need to know of this one."""
    story = published.story
    return Outline(
        id=story.id,
        slug=story.slug,
        published=story.published,
        first_seen=story.first_seen,
        lane=story.lane,
        affairs=story.affairs,
        independent_origins=story.independent_origins,
        topics=story.topics,
        entities=story.entities,
        subjects=_subjects(published),
        dates=tuple(
            OutlineDate(
                day=row.day,
                precision=row.precision,
                this_event=row.this_event and _is_step(row, published),
                words=packed_words(_substance(row)),
            )
            for row in published.analysis.kept.timeline
            if not row.this_event or _is_step(row, published)
        ),
        names=headline_names(
            (member.article.title for member in story.members),
            {word for entity in story.entities for word in tokens(entity.name)},
        ),
    )


def _subjects(published: PublishedStory) -> tuple[str, ...]:
    """The entities that the headline is about: it has a word of their name, and not beside another
    matter.
    """
    if lists_many(published.analysis.kept.headline.text):
        return ()
    text = _BESIDE.split(published.analysis.kept.headline.text)[0]
    headline = content_words(text)
    return tuple(
        entity.key
        for entity in published.story.entities
        if is_subject(entity.name, headline, published.story.lane)
    )


def _stated_elsewhere(published: PublishedStory) -> frozenset[str]:
    """The sentences on a story's page apart from its headline and its timeline."""
    beside = replace(published.analysis.kept, timeline=(), implications=())
    predictions = (prediction.implication.claim for prediction in published.story.predictions)
    return frozenset(
        claim.text for claim in (*beside.claims(), *predictions) if claim is not beside.headline
    )


def _own_words(published: PublishedStory) -> frozenset[str]:
    """The words of a story's event without the names of its entities and those common in all
    news.
    """
    kept = published.analysis.kept
    events = (_substance(row) for row in kept.timeline if row.this_event)
    words = content_words(kept.headline.text).union(*events)
    names = (content_words(entity.name) for entity in published.story.entities)
    return words.difference(OF_ALL_NEWS, *names)


def _is_step(row: TimelineRow, published: PublishedStory) -> bool:
    """Whether a row dates something for other stories: not a bare year, nor the day on which we
    came across an undated article, nor that of a comment or a question.
    """
    cited = {citation.article_id for citation in row.claim.citations}
    undated = (
        member.article
        for member in published.story.members
        if member.article.published.origin is DateOrigin.FIRST_SEEN
    )
    is_guess = row.this_event and any(
        article.id in cited and report_day(article.published.at) == row.day for article in undated
    )
    is_no_event = row.this_event and (
        lists_many(row.claim.text)
        or is_question(row.claim.text)
        or published.story.kind in _NO_EVENTS
    )
    return row.precision is not Precision.YEAR and not (is_guess or is_no_event)


def _trust(candidate: StoryRow) -> tuple[bool, int, int, date, str]:
    """Events before the background of other stories, fine dates before vague ones, then by
    origins.
    """
    row, story = candidate.row, candidate.published.story
    return (
        not row.this_event,
        _FINEST_FIRST.index(row.precision),
        -story.independent_origins,
        row.day,
        story.id,
    )


def _repeats(finer: TimelineRow, row: TimelineRow) -> bool:
    """Whether a row of the same date or a finer one says what another row says."""
    return is_within(finer, row) and overlap(_substance(finer), _substance(row)) >= SAME


def _is_same_plan(one: StoryRow, other: StoryRow) -> bool:
    """Whether two stories have the same plan for a day: both name something, and the rows share a
    word beside its name ("the final template follows", "the office will publish a template").
    """
    if not (one.row.planned and other.row.planned and one.row.day == other.row.day):
        return False
    if {one.row.precision, other.row.precision} != {Precision.DAY}:
        return False
    shared = set(one.published.story.entities) & set(other.published.story.entities)
    names = frozenset[str]().union(*(content_words(entity.name) for entity in shared))
    return bool(shared) and not (_substance(one.row) & _substance(other.row) <= names)


def is_within(finer: TimelineRow | OutlineDate, row: TimelineRow | OutlineDate) -> bool:
    """Whether the date of one row is that of another, or a finer one within it."""
    begins_alike = floor_day(finer.day, row.precision) == floor_day(row.day, row.precision)
    return begins_alike and _FINEST_FIRST.index(finer.precision) <= _FINEST_FIRST.index(
        row.precision
    )


def packed_words(words: Iterable[str]) -> bytes:
    """The hashes of some words, four bytes each, in ascending order."""
    return array(
        "I", sorted({crc32(word.encode("utf-8", "surrogatepass")) for word in words})
    ).tobytes()


def _substance(row: TimelineRow) -> frozenset[str]:
    """The content words of a row's claim but for those that dates are made of."""
    return (
        frozenset(word for word in content_words(row.claim.text) if not word.isdigit())
        - MONTH_NAMES
    )


def _in_order(rows: Sequence[StoryRow]) -> tuple[StoryRow, ...]:
    """Oldest first, and as of the newest story among them: what lies before its last report is
    planned no more.
    """
    newest = max((row.published.story.updated.date() for row in rows), default=date.min)
    return tuple(
        replace(row, row=replace(row.row, planned=row.row.planned and row.row.day > newest))
        for row in sorted(rows, key=_place)
    )


def _place(row: StoryRow) -> tuple[date, int, datetime, str]:
    """The sort key within a timeline: within a day, when the story was published, which is the time
    of its event as far as one is known.
    """
    return (
        row.row.day,
        -_FINEST_FIRST.index(row.row.precision),
        row.published.story.published,
        row.published.story.id,
    )


def headline_names(headlines: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The names in these headlines as written, in order of the alphabet, but the words in `known`
    and those common in all news. Of a headline that capitalises most of its words only those with
    capitals inside count; a first word never does, nor a compound ("Test-Time").
    """
    barred = {uninflected(word) for word in known}
    found: dict[str, str] = {}
    for headline in headlines:
        for word in _names(headline):
            if uninflected(word) not in barred and uninflected(word) not in RATES:
                found.setdefault(uninflected(word), word)
    return tuple(sorted(found.values()))


def _names(headline: str) -> list[str]:
    words = [word for sentence in sentence_tokens(headline) for word in sentence[1:]]
    capital = [word for word in words if word_case(word).capital]
    is_shouting = 2 * len(capital) > len(words)
    return [
        word.removesuffix("'s")
        for word in capital
        if len(word) >= _SHORTEST and "-" not in word and (not is_shouting or _is_coined(word))
    ]


def _is_coined(word: str) -> bool:
    """Whether a word is written as no word of the language is: "OpenClaw", "Qwen3"."""
    return word[0].isupper() and not word.isupper() and any(map(str.isupper, word[1:]))
