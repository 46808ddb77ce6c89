"""Origins: "according to" where a key statement rests on the word of one party alone.

What rests on an earlier report alone is told with who reported it and when, unless it states its
date itself.

A party is who announces its own; an outlet that reports stands beside the citation. Key are the
statements of a model in sections that state the news, of some sections those with figures:
quotations name their source wherever they stand, and the headline has its label. A copy is the
voice of what it repeats, two sources of one family are one voice. Who was named for the statement
before is not named again, and a statement that says who said it is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from aggregator.domain.claim import Claim, ClaimKind
from aggregator.domain.date_mentions import stated_years
from aggregator.domain.dates import Precision, day_text, report_day
from aggregator.domain.sections import Section, SourceNaming
from aggregator.domain.story import Member, PublishedStory, by_article
from aggregator.domain.web.urls import registrable_domain
from aggregator.english.text import folded
from aggregator.verify.figures import figures
from aggregator.verify.speakers import is_attributed
from aggregator.verify.wording import wording

_CHANNEL = re.compile(
    r"\s+(?:blog|news|newsroom|research|press(?: releases?)?|releases|updates|announcements)$",
    re.IGNORECASE,
)
_PLAIN_END = re.compile(r"(?<=[\w%)])\.?$")


def attributed(published: PublishedStory) -> PublishedStory:
    """The story with its key statements of a single party attributed to it, and what is of earlier
    reports dated.
    """
    kept = published.analysis.kept
    several = {
        section: kept.statements(section)
        for section in kept.sections
        if section.is_key or section.recalls
    }
    if all(claim.kind is ClaimKind.EXTRACTED for some in several.values() for claim in some):
        return published
    voices = _Voices(by_article(published.story.members))
    earlier = by_article(published.story.background)
    draft = kept.with_items(
        {
            section: [_worded(claim, section, voices, earlier) for claim in some]
            for section, some in several.items()
        }
    )
    return (
        published
        if draft == kept
        else replace(published, analysis=replace(published.analysis, kept=draft))
    )


def _worded(
    claim: Claim, section: Section, voices: _Voices, earlier: Mapping[str, Member]
) -> Claim:
    """The claim as its section has it: with its only party, with the day of an earlier report."""
    if section.naming is SourceNaming.ALWAYS or (
        section.naming is SourceNaming.FIGURES and figures(claim.text)
    ):
        claim = voices.attributed(claim)
    return _dated(claim, earlier) if section.recalls else claim


class _Voices:
    """Attributes statements in the order of the page, each voice when it begins to speak."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self._members = members
        self._speaking: str | None = None

    def attributed(self, claim: Claim) -> Claim:
        """The claim, with the name of its only origin if that is a party, unless it was named
        last.
        """
        behind = self._behind(claim)
        families = {member.family for member in behind}
        if claim.kind is ClaimKind.EXTRACTED or len(families) != 1 or not behind[0].primary:
            self._speaking = None
            return claim
        family = families.pop()
        if family == self._speaking or is_attributed(claim.text):
            return claim
        self._speaking = family
        return replace(claim, text=_according_to(claim.text, behind[0]))

    def _behind(self, claim: Claim) -> Sequence[Member]:
        """The originals that a claim rests on, in the order cited."""
        cited = (citation.article_id for citation in claim.citations)
        return [
            self._original(self._members[article_id])
            for article_id in cited
            if article_id in self._members
        ]

    def _original(self, member: Member) -> Member:
        seen = {member.article.id}
        while (
            original := self._members.get(member.copy_of or "")
        ) and original.article.id not in seen:
            member = original
            seen.add(member.article.id)
        return member


def _dated(claim: Claim, earlier: Mapping[str, Member]) -> Claim:
    """ "…, Wired reported on 29 May 2024.": the claim with the day of the earliest report, where it
    rests on these alone.
    """
    cited = [earlier.get(citation.article_id) for citation in claim.citations]
    reports = [member for member in cited if member]
    if claim.kind is ClaimKind.EXTRACTED or not reports or len(reports) < len(cited):
        return claim
    member = min(reports, key=lambda member: (member.article.published.at, member.article.id))
    day = report_day(member.article.published.at)
    if stated_years(claim.text, day):
        return claim
    name, day_name = _outlet(member), day_text(day, Precision.DAY)
    if is_attributed(claim.text) or not _PLAIN_END.search(claim.text):
        return replace(claim, text=f"{day_name}: {claim.text}")
    return replace(
        claim,
        text=_PLAIN_END.sub(lambda _: f", {name} reported on {day_name}.", claim.text, count=1),
    )


def _outlet(member: Member) -> str:
    """What a source is called, by the company where it announces its own: "Vexel", not "Vexel
    News"; "AI News" reports on others.
    """
    name = outlet_name(member.source_name, member.article.canonical_url)
    return _CHANNEL.sub("", name) if member.primary else name


def _according_to(text: str, member: Member) -> str:
    """ "…, according to Vexel.", or "Vexel …, it says." of what Vexel announces of itself."""
    name = _outlet(member)
    if wording(text).removeprefix(" the").startswith(wording(name).removeprefix(" the")):
        return _PLAIN_END.sub(", it says.", text, count=1)
    if not _PLAIN_END.search(text):
        return f"According to {name}: {text}"
    return _PLAIN_END.sub(lambda _: f", according to {name}.", text, count=1)


@lru_cache(maxsize=1024)
def outlet_name(source: str, url: str) -> str:
    """The words at the beginning of a source's name, or of a part of it, that the domain of its
    article is named after; the name as it is where there are none.
    """
    domain = registrable_domain(url)
    named = {folded(domain), folded(domain.partition(".")[0])} - {""}
    parts = source.split()
    opens = [
        place
        for place in range(len(parts))
        if not place or parts[place - 1].endswith(":") or not folded(parts[place - 1])
    ]
    for start in opens:
        for end in range(start + 1, len(parts) + 1):
            if folded("".join(parts[start:end])) in named:
                return " ".join(parts[start:end]).rstrip(":,")
    return source
