"""The Markdown of a story, from the record of its page. Outside text is escaped, never markup; what
is not quoted has the curly marks of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from functools import lru_cache, partial

from aggregator.domain.claim import SECTIONS
from aggregator.domain.dates import local_day
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.site.story.cited import Footnote
from aggregator.site.story.implications import PageImplication
from aggregator.site.story.insight import PageCell, PageTable
from aggregator.site.story.questions import PageAnswered
from aggregator.site.story.records import PageDate, PageUpdate, StoryPage
from aggregator.templating.environment import curly
from aggregator.templating.translation import IN_ENGLISH, Translations

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!])")
_OPENING = re.compile(r"^(\d*)([-+=.)])")  # what makes a line a list or a heading rule
_URL_SPECIAL = str.maketrans(
    {"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C"}
)


def story_markdown(page: StoryPage, words: Translations = IN_ENGLISH, zone: tzinfo = UTC) -> str:
    """The story as CommonMark, citations as numbered notes at the end, days those of `zone`."""
    blocks = [
        f"# {plain(page.headline.text)}",
        *_opening(page, words, zone),
        *_sections(page, words, zone),
        *_sources(page, words),
        *notes(page.citations, words),
    ]
    return "\n\n".join(blocks) + "\n"


def _opening(page: StoryPage, words: Translations, zone: tzinfo) -> Iterator[str]:
    if page.hook:
        yield cited(page.hook, words)
    if page.gap:
        yield page.gap
    if page.changes:
        later = "; ".join(
            plain(f"{change.product} · {change.name}: {change.value} ({change.day})")
            for change in page.changes
        )
        yield f"{words('Since then:')} {later}."
    if page.headline_as_published:
        published = cited(page.headline_as_published, words)
        yield words(
            "Headline by the editor of this site; as published: %(headline)s", headline=published
        )
    if page.note:
        yield words("Editor’s note: %(note)s", note=plain(page.note))
    day = words.day(local_day(page.published if page.is_dated else page.first_seen, zone))
    seen = day if page.is_dated else f"{words('First seen')} {day}"
    facts = dict.fromkeys((page.facts, *page.labels))  # of one source both say so
    yield " · ".join((seen, *facts, f"<{page.url}>"))


def _sections(page: StoryPage, words: Translations, zone: tzinfo) -> Iterator[str]:
    text = partial(cited, words=words)
    heading = {section.key: words(section.heading) for section in SECTIONS if section.heading}
    yield from _section(words("Updates"), [_update(update, words, zone) for update in page.updates])
    yield from _section(heading["what_changed"], [text(claim) for claim in page.what_changed])
    yield from _section(heading["why_it_matters"], [text(claim) for claim in page.why_it_matters])
    actions = [
        f"**{action.name}**: {text(action.claim)}"
        + (f" ({plain(action.terms)})" if action.terms else "")
        for action in page.what_to_do_next
    ]
    yield from _section(heading["what_to_do_next"], actions)
    yield from _section(
        heading["who_should_care"],
        [f"**{audience.name}**: {text(audience.claim)}" for audience in page.who_should_care],
    )
    for point in page.points:
        yield from _section(point.heading, [text(claim) for claim in point.claims])
    yield from _comparison(page.comparison, words)
    if page.specification:
        yield from _section(words("Specification"), _specification(page.specification, words))
    for part in page.depth:
        yield from _section(part.heading, [text(claim) for claim in part.claims])
    yield from _section(
        heading["timeline"],
        [_date(row, words, zone) for row in page.timeline] if page.has_timeline else [],
    )
    yield from _section(
        heading["implications"],
        [_implication(implication, words) for implication in page.implications],
    )
    differing = [
        f"{plain(disagreement.question)} {' '.join(map(text, disagreement.claims))}"
        for disagreement in page.disagreements
    ]
    yield from _section(heading["disagreements"], differing)
    yield from _section(heading["unknowns"], [text(claim) for claim in page.unknowns])
    yield from _section(
        words("Answered since"), [_answered(answered, words) for answered in page.answered]
    )
    for group in page.related_groups:
        related = [
            f"{link(related.headline, related.url)} ({plain(related.reason)})"
            for related in group.stories
        ]
        about = words("More about %(name)s", name=plain(group.about))
        yield from _section(about if group.about else words("Related stories"), related)
    tags = [
        f"{group.name}: {', '.join(plain(tag.name) for tag in group.tags)}"
        for group in page.tags.groups
    ]
    yield from _section(words("In this story"), tags)


def _implication(implication: PageImplication, words: Translations) -> str:
    by = words("By %(day)s", day=implication.by)
    sign = (
        ""
        if implication.is_own_sign
        else f" {words('Comes true if: %(sign)s', sign=plain(implication.sign))}"
    )
    quotations = "; ".join(cited(claim, words) for claim in implication.premise)
    premise = f" {words('Based on:')} {quotations}" if quotations else ""
    band = f" ({implication.band})" if implication.band else ""
    return (
        f"**{by}**, {implication.likely}{band}, {implication.outcome_name}:"
        f" {cited(implication.claim, words)}{premise}{sign}"
    )


def _answered(answered: PageAnswered, words: Translations) -> str:
    asked = [plain(answered.question)] if answered.question else []
    claims = (cited(claim, words) for claim in answered.claims)
    return " ".join((*asked, *claims, words("Since then:"), cited(answered.answer, words)))


def _date(row: PageDate, words: Translations, zone: tzinfo) -> str:
    said = row.planned_on
    since = f" {words('as of %(day)s', day=words.day(local_day(said, zone)))}" if said else ""
    planned = f" ({words('planned')}{since})" if row.planned else ""
    own = f" ({words('this story')})" if row.this_event else ""
    source_story = (
        f" ({words('from “%(headline)s”', headline=plain(row.other_story.name))})"
        if row.other_story
        else ""
    )
    return f"**{row.name}**{planned}{own}: {cited(row.claim, words)}{source_story}"


def _comparison(table: PageTable | None, words: Translations) -> Iterator[str]:
    """A table of GitHub's Markdown."""
    if table:
        yield f"## {words('How they compare')}"
        head = ["", *map(plain, table.products)]
        rows = [
            [plain(row.name), *(_cell(cell, words) for cell in row.cells)] for row in table.rows
        ]
        yield "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _specification(table: PageTable, words: Translations) -> list[str]:
    stated = [
        f"**{plain(row.name)}**: {_cell(row.cell, words)}" for row in table.rows if row.is_stated
    ]
    missing = ", ".join(map(plain, table.not_stated))
    gaps = [words("Not stated by any source: %(names)s.", names=missing)] if missing else []
    return [plain(table.products[0]), *stated, *gaps]


def _cell(cell: PageCell, words: Translations) -> str:
    text = "; ".join(cited(claim, words) for claim in cell.claims)
    marks = [mark for mark in (cell.as_of, *cell.marks) if mark]
    stated = f"{text} ({', '.join(map(plain, marks))})" if marks else text
    return f"{stated}; {_cell(cell.later, words)}" if cell.later else stated


def _update(update: PageUpdate, words: Translations, zone: tzinfo) -> str:
    before = (
        f" {words('Before: %(before)s', before=cited(update.before, words))}"
        if update.before
        else ""
    )
    return (
        f"**{words.day(local_day(update.at, zone))}**, {update.name}:"
        f" {cited(update.claim, words)}{before}"
    )


def _sources(page: StoryPage, words: Translations) -> Iterator[str]:
    rows = [
        f"{plain(row.name)}: {link(row.title, row.url)} ({row.read_name})"
        + (f", {words('copy of %(name)s', name=plain(row.copy_of))}" if row.copy_of else "")
        for origin in page.origins
        for row in origin.rows
    ]
    yield from _section(words("Sources"), rows)
    if page.carried:
        carried = ", ".join(link(issue.name, issue.url) for issue in page.carried)
        yield words("In newsletters: %(newsletters)s", newsletters=carried)
    provenance = page.provenance
    rights = words("All content rights belong to the original publishers.")
    yield " ".join(filter(None, (provenance.how, plain(provenance.judged), rights)))


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}"
        yield "\n".join(f"- {line}" for line in lines)


def cited(claim: PrintedClaim, words: Translations = IN_ENGLISH) -> str:
    """A claim with the numbers of its notes."""
    shown = claim.shown
    text = words("“%(quote)s”", quote=_escaped(shown)) if claim.quoted else plain(shown)
    inferred = f" ({words('inference')})" if claim.inferred else ""
    return text + inferred + "".join(f"[^{citation.number}]" for citation in claim.citations)


def notes(footnotes: Sequence[Footnote], words: Translations = IN_ENGLISH) -> Iterator[str]:
    """The cited passages as notes, one block; nothing where none is cited."""
    lines = [
        f"[^{note.citation.number}]: {words('“%(quote)s”', quote=_escaped(note.citation.shown))}"
        f" {link(note.citation.source, note.citation.url)}"
        for note in footnotes
    ]
    if lines:
        yield "\n".join(lines)


def link(text: str, url: str) -> str:
    """A link, or the text alone where there is no address."""
    return f"[{plain(text)}]({url.translate(_URL_SPECIAL)})" if url else plain(text)


@lru_cache(maxsize=128)  # a story says its headline, its quotes and its sources several times
def plain(text: str) -> str:
    """The text with curly marks on one line, with everything that Markdown would read as markup
    escaped.
    """
    return _escaped(curly(text))


@lru_cache(maxsize=128)
def _escaped(text: str) -> str:
    return _OPENING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))
