"""The Markdown twin of a story: the same record for readers without a browser. Outside text is escaped, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from aggregator.compose.cited import PageCitation, PageClaim
from aggregator.compose.foretold import PageImplication
from aggregator.compose.questions import PageAnswered
from aggregator.compose.story import PageUpdate, StoryPage
from aggregator.domain.wording import day_name

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!])")
_OPENING = re.compile(r"^(\d*)([-+=.)])")  # what makes a line a list or a heading rule
_URL_SPECIAL = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C"})


def story_markdown(page: StoryPage) -> str:
    """The story as CommonMark, citations as numbered notes at the end."""
    blocks = [f"# {plain(page.headline.text)}", *_opening(page), *_sections(page), *_sources(page), *notes(page.citations)]
    return "\n\n".join(blocks) + "\n"


def _opening(page: StoryPage) -> Iterator[str]:
    if page.hook:
        yield cited(page.hook)
    if page.gap:
        yield page.gap
    if page.headline_as_published:
        yield f"Headline by the operator of this site; as published: {cited(page.headline_as_published)}"
    if page.note:
        yield f"Note by the operator of this site: {plain(page.note)}"
    yield f"{day_name(page.published.date())} · {' · '.join((page.facts, *page.labels))} · <{page.url}>"


def _sections(page: StoryPage) -> Iterator[str]:
    yield from _section("Updates", [_update(each) for each in page.updates])
    yield from _section("What changed", [cited(claim) for claim in page.what_changed])
    yield from _section("Why it matters", [cited(claim) for claim in page.why_it_matters])
    actions = [
        f"**{each.name}**: {cited(each.claim)}{f' ({plain(each.terms)})' if each.terms else ''}" for each in page.what_to_do_next
    ]
    yield from _section("What to do next", actions)
    yield from _section("Who should care", [f"**{each.name}**: {cited(each.claim)}" for each in page.who_should_care])
    yield from _section("Key takeaways", [cited(claim) for claim in page.takeaways])
    yield from _section("What is to come", [_implication(each) for each in page.implications])
    rows = [
        f"**{row.name}**{' (planned)' if row.planned else ''}{' (this story)' if row.this_event else ''}: {cited(row.claim)}"
        + (f" (from “{plain(row.told_in.name)}”)" if row.told_in else "")
        for row in page.timeline
    ]
    yield from _section("Timeline", rows if page.has_timeline else [])
    differing = [f"{plain(each.question)} {' '.join(map(cited, each.claims))}" for each in page.disagreements]
    yield from _section("Where reports differ", differing)
    yield from _section("Not yet known", [cited(claim) for claim in page.unknowns])
    yield from _section("Answered since", [_answered(each) for each in page.answered])
    yield from _section("Related updates", [f"{link(each.headline, each.url)} ({plain(each.reason)})" for each in page.related])
    tags = [f"{group.name}: {', '.join(plain(tag.name) for tag in group.tags)}" for group in page.tags.groups]
    yield from _section("What it is about", tags)


def _implication(each: PageImplication) -> str:
    terms = f"{each.likely} ({each.band}), {each.outcome_name}"
    return f"**By {each.by}**, {terms}: {cited(each.claim)} Sign to watch: {plain(each.sign)}"


def _answered(each: PageAnswered) -> str:
    asked = [plain(each.question)] if each.question else []
    return " ".join((*asked, *map(cited, each.claims), "Since then:", cited(each.answer)))


def _update(update: PageUpdate) -> str:
    before = f" Before: {cited(update.before)}" if update.before else ""
    return f"**{day_name(update.at.date())}**, {update.name}: {cited(update.claim)}{before}"


def _sources(page: StoryPage) -> Iterator[str]:
    rows = [
        f"{plain(row.name)}: {link(row.title, row.url)} ({row.read_name})"
        + (f", copy of {plain(row.copy_of)}" if row.copy_of else "")
        for origin in page.origins
        for row in origin.rows
    ]
    yield from _section("Sources", rows)
    yield f"{page.provenance.how} All content rights belong to the original publishers."


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}"
        yield "\n".join(f"- {line}" for line in lines)


def cited(claim: PageClaim) -> str:
    """A claim with the marks of its notes."""
    text = f"“{plain(claim.shown)}”" if claim.quoted else plain(claim.shown)
    inferred = " (inference)" if claim.inferred else ""
    return text + inferred + "".join(f"[^{each.number}]" for each in claim.citations)


def notes(citations: Sequence[PageCitation]) -> Iterator[str]:
    """The cited passages as notes, one block; nothing where none is cited."""
    several = [f"[^{each.number}]: “{plain(each.shown)}” {link(each.source, each.url)}" for each in citations]
    if several:
        yield "\n".join(several)


def link(text: str, url: str) -> str:
    """A link, or the text alone where there is no address."""
    return f"[{plain(text)}]({url.translate(_URL_SPECIAL)})" if url else plain(text)


@lru_cache(maxsize=128)  # a story says its headline, its quotes and its sources several times
def plain(text: str) -> str:
    """The text on one line with everything that Markdown would read as markup escaped."""
    return _OPENING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))
