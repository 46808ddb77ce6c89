"""The anchors of a claim: what in it the whole story does not bear out, by reason; names and
speakers here.

Who is said to have said what is the same as in the story, an outlet as the source of its report.
What a report says in its own voice ("our test") its source says. The words of somebody else are not
those of a source that does not report them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.domain.claim import Rejection
from aggregator.domain.frozen import frozen
from aggregator.verify.anchors.amounts import missing_amounts
from aggregator.verify.anchors.index import Line, StoryIndex, line_of
from aggregator.verify.anchors.slots import is_misplaced_amount, misplaced_dates, missing_dates
from aggregator.verify.names import missing_names
from aggregator.verify.quotes import missing_quotations, quotations
from aggregator.verify.speakers import Attribution
from aggregator.verify.versions import missing_versions
from aggregator.verify.wording import is_written_as_name, is_written_small, read, wording

_MATCHES = 0.4  # weight of what is said that a sentence must have to be what was said
_NEAR_BEST = 0.8  # and, of the most that any has, at least this much
_OF_OWN = 0.6  # the same of a report whose source or author is said to say it
_ALIGNED = 0.5  # weight from which nothing else can be meant
_TOUCHES = 0.3  # weight that a paragraph must have to speak of the same at all
_BEHIND_TITLE = re.compile(r"\s[|–—-]\s|\bby\s")
_ARTICLES = {"the", "a", "an"}
_LINKS = {"of", "for"}  # "Review of Models": those who speak are known without
_FIRST = re.compile(r"""(?:^|[.!?:;…—–]["'”’)\]]*\s+|["“‘(\[]\s?)["'“‘(\[]*([A-Z][a-z'’-]*)\b""")


def misattributed(claim: Sequence[Line], story: StoryIndex) -> tuple[str, ...]:
    """Those to whom a claim gives what the story has from others, or from nobody, as it writes
    them.
    """
    return tuple(
        _as_written(attribution.head, line.text)
        for line in claim
        for attribution in line.attributions
        if attribution.head and not _is_ordinary_opening(attribution.head, line, story)
        if _is_misattributed(line, attribution, story)
    )


def _is_ordinary_opening(name: str, line: Line, story: StoryIndex) -> bool:
    """Whether it is the first word of a sentence, and an ordinary one: "Risk estimates rise"."""
    return wording(line.text).startswith(name) and is_written_small(
        name.strip(), story.casing, story.archive
    )


def _as_written(name: str, text: str) -> str:
    found = re.search(r"\W+(?:\w+\W+)??".join(map(re.escape, name.split())), text, re.IGNORECASE)
    return found[0] if found else name.strip()


def _is_misattributed(claim: Line, claimed: Attribution, story: StoryIndex) -> bool:
    quoted = [quotation for quotation in quotations(claim.text) if " " in quotation]
    scored = [
        (
            1.0
            if any(quotation in line.text for quotation in quoted)
            else story.share(claimed.content, line.stems),
            line,
        )
        for line in story.lines
    ]
    best = max((score for score, _ in scored), default=0.0)
    if best < _MATCHES:
        return False
    own = _own_reports(claimed.head, story)
    least = max(_MATCHES, _OF_OWN * best)
    if any(score >= least and line.report in own for score, line in scored):
        return False
    verdicts = {
        _has_said(claimed, line, story, is_source=bool(own))
        for score, line in scored
        if score >= max(_MATCHES, _NEAR_BEST * best)
    }
    return True not in verdicts and (
        False in verdicts or (best >= _ALIGNED and _is_foreign(claimed, story))
    )


def _has_said(claimed: Attribution, line: Line, story: StoryIndex, is_source: bool) -> bool | None:
    """Whether a sentence that has the content has it from the claimed speaker; None where it does
    not say from whom.
    """
    found = [
        attribution
        for attribution in line.attributions
        if story.share(claimed.content, attribution.content) >= _MATCHES / 2
    ]
    if found:
        return any(
            not attribution.speakers or _is_among(claimed.head, attribution.speakers)
            for attribution in found
        )
    if _is_named(claimed.head, line):
        return True
    return False if is_source else None


def _own_reports(name: str, story: StoryIndex) -> frozenset[int]:
    """The reports whose source or author (of the byline, or behind the title) bears a name."""
    own = set(name.split()) - _ARTICLES - _LINKS
    return frozenset(
        number
        for number, report in enumerate(story.reports)
        if own
        and (
            any(
                own == set(wording(part).split()) - _ARTICLES - _LINKS
                or _run_together(name) == _run_together(part)
                for part in (report.source, *_BEHIND_TITLE.split(report.source))
            )
            or own <= set(wording(report.byline).split())
            or own == set(wording(_BEHIND_TITLE.split(report.title)[-1]).split())
        )
    )


def _run_together(name: str) -> str:
    """A name as addresses have it: "AI Business" is "aibusiness"."""
    return wording(name).replace(" ", "")


def _is_foreign(claimed: Attribution, story: StoryIndex) -> bool:
    """Whether the paragraphs that name the claimed speaker speak of something else."""
    named = {line.paragraph for line in story.lines if _is_named(claimed.head, line)}
    return not any(
        story.share(
            claimed.content,
            frozenset().union(*(line.stems for line in story.lines if line.paragraph == paragraph)),
        )
        >= _TOUCHES
        for paragraph in named
    )


def _is_named(name: str, line: Line) -> bool:
    return f" {name.rsplit(maxsplit=1)[-1]} " in wording(line.text)


def _is_among(name: str, speakers: frozenset[str]) -> bool:
    """Whether a name is one of the speakers, shorter or longer."""
    own = set(name.split())
    known = {word for speaker in speakers for word in speaker.split()}
    return own <= known or any(set(speaker.split()) <= own for speaker in speakers)


@frozen
class Objection:
    """Why a claim is rejected, and the words of it that the story does not bear out."""

    reason: Rejection
    words: tuple[str, ...]


def objections(text: str, story: StoryIndex) -> tuple[Objection, ...]:
    """What a story has against a claim, empty where nothing: number, version, date, name,
    quotation and speaker in this order.
    """
    lines = [line_of(sentence, story.days[0]) for sentence in read(text)]
    versions = missing_versions(text, story.texts)
    products = " ".join(versions)  # whose names are part of them
    found = (
        (Rejection.NUMBER, _amounts(lines, story)),
        (Rejection.VERSION, versions),
        (Rejection.DATE, _dates(lines, story)),
        (
            Rejection.NAME,
            tuple(naming for naming in missing_namings(text, story) if naming not in products),
        ),
        (Rejection.QUOTATION, missing_quotations(text, story.texts)),
        (Rejection.SPEAKER, misattributed(lines, story)),
    )
    return tuple(Objection(reason=reason, words=words) for reason, words in found if words)


def _amounts(lines: list[Line], story: StoryIndex) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for line in lines for word in missing_amounts(line, story)))


def _dates(lines: list[Line], story: StoryIndex) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            word
            for line in lines
            for word in (*missing_dates(line.text, story), *misplaced_dates(line, story))
        )
    )


def contested(text: str, story: StoryIndex) -> tuple[str, ...]:
    """The figures and dates of a claim for which the story gives others, in their very place."""
    lines = [line_of(sentence, story.days[0]) for sentence in read(text)]
    amounts = (
        figure.text
        for line in lines
        for figure in line.figures
        if not (figure.in_date or figure.in_version) and is_misplaced_amount(figure, line, story)
    )
    dates = (word for line in lines for word in misplaced_dates(line, story))
    return tuple(dict.fromkeys((*amounts, *dates)))


def missing_namings(text: str, story: StoryIndex) -> tuple[str, ...]:
    """The names of a claim that no report, headline or source of the story has."""
    opening = {match[1] for match in _FIRST.finditer(text)}
    sources = {_run_together(report.source) for report in story.reports}
    return tuple(
        name
        for name in missing_names(text, story.texts)
        if not (name in opening and not is_written_as_name(name, story.casing, story.archive))
        and not _is_common_acronym(name, story)
        and _run_together(name) not in sources
    )


def _is_common_acronym(name: str, story: StoryIndex) -> bool:
    """Whether it is an acronym of which the archive writes the plural: a thing that one can have
    several of, as "GPU".
    """
    return name.isupper() and any(
        f"{name.lower()}s" in table for table in (story.casing, story.archive)
    )
