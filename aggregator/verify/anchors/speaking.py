"""Who is said to have said what: the same as in the story, an outlet as the source of its report.

What a report says in its own voice ("our test") its source says. The words of somebody else are not
those of a source that does not report them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.verify.anchors.index import StoryIndex
from aggregator.verify.anchors.line import Line
from aggregator.verify.quotes import quotations
from aggregator.verify.speakers import Attribution
from aggregator.verify.wording import wording

_MATCHES = 0.4  # weight of what is said that a sentence must have to be what was said
_NEAR_BEST = 0.8  # and, of the most that any has, at least this much
_OF_OWN = 0.6  # the same of a report whose source or author is said to say it
_ALIGNED = 0.5  # weight from which nothing else can be meant
_TOUCHES = 0.3  # weight that a paragraph must have to speak of the same at all
_BEHIND_TITLE = re.compile(r"\s[|–—-]\s|\bby\s")
_ARTICLES = {"the", "a", "an"}
_LINKS = {"of", "for"}  # "Review of Models": those who speak are known without


def misattributed(claim: Sequence[Line], story: StoryIndex) -> tuple[str, ...]:
    """Those to whom a claim gives what the story has from others, or from nobody, as it writes
    them.
    """
    return tuple(
        _as_written(attribution.head, line.text)
        for line in claim
        for attribution in line.attributions
        if attribution.head and _is_misattributed(line, attribution, story)
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
                for part in (report.source, *_BEHIND_TITLE.split(report.source))
            )
            or own <= set(wording(report.byline).split())
            or own == set(wording(_BEHIND_TITLE.split(report.title)[-1]).split())
        )
    )


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
