"""The Markdown twin of a story: the same record for readers without a browser. Outside text is escaped, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.compose.cited import PageClaim
from aggregator.compose.story import StoryPage
from aggregator.domain.wording import day_name

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!])")
_OPENING = re.compile(r"^(\d*)([-+=.)])")  # what makes a line a list or a heading rule
_URL_SPECIAL = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C"})


def story_markdown(page: StoryPage) -> str:
    """The story as CommonMark, citations as numbered notes at the end."""
    blocks = [f"# {_plain(page.headline.text)}", *_opening(page), *_sections(page), *_sources(page), *_notes(page)]
    return "\n\n".join(blocks) + "\n"


def _opening(page: StoryPage) -> Iterator[str]:
    if page.hook:
        yield _cited(page.hook)
    if page.gap:
        yield page.gap
    yield f"{day_name(page.published.date())} · {' · '.join((page.facts, *page.labels))} · <{page.url}>"


def _sections(page: StoryPage) -> Iterator[str]:
    yield from _section("What changed", [_cited(claim) for claim in page.what_changed])
    yield from _section("Why it matters", [_cited(claim) for claim in page.why_it_matters])
    actions = [
        f"**{each.name}**: {_cited(each.claim)}{f' ({_plain(each.terms)})' if each.terms else ''}"
        for each in page.what_to_do_next
    ]
    yield from _section("What to do next", actions)
    yield from _section("Who should care", [f"**{each.name}**: {_cited(each.claim)}" for each in page.who_should_care])
    yield from _section("Key takeaways", [_cited(claim) for claim in page.takeaways])
    rows = [
        f"**{row.name}**{' (planned)' if row.planned else ''}{' (this story)' if row.this_event else ''}: {_cited(row.claim)}"
        for row in page.timeline
    ]
    yield from _section("Timeline", rows if page.has_timeline else [])


def _sources(page: StoryPage) -> Iterator[str]:
    rows = [
        f"{_plain(row.name)}: {_link(row.title, row.url)} ({row.read_name})"
        + (f", copy of {_plain(row.copy_of)}" if row.copy_of else "")
        for origin in page.origins
        for row in origin.rows
    ]
    yield from _section("Sources", rows)
    yield f"{page.provenance.how} All content rights belong to the original publishers."


def _notes(page: StoryPage) -> Iterator[str]:
    notes = [f"[^{each.number}]: “{_plain(each.shown)}” {_link(each.source, each.url)}" for each in page.citations]
    if notes:
        yield "\n".join(notes)


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}"
        yield "\n".join(f"- {line}" for line in lines)


def _cited(claim: PageClaim) -> str:
    text = f"“{_plain(claim.shown)}”" if claim.quoted else _plain(claim.shown)
    inferred = " (inference)" if claim.inferred else ""
    return text + inferred + "".join(f"[^{each.number}]" for each in claim.citations)


def _link(text: str, url: str) -> str:
    return f"[{_plain(text)}]({url.translate(_URL_SPECIAL)})" if url else _plain(text)


def _plain(text: str) -> str:
    """The text on one line with everything that Markdown would read as markup escaped."""
    return _OPENING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))
