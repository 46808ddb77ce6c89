"""What we say: claims, the passages they rest on, and the verdict that code reached on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from aggregator.domain.article import article_of
from aggregator.domain.dates import Precision
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import JudgeRates
from aggregator.domain.sections import Content, Section, SectionPlace, SourceNaming, holding
from aggregator.domain.wording import N_, translated_message

# as it is kept; figures in the words of their sources
_DIFFERENCE = N_("%(first)s in one report, %(last)s in another")
_LONGEST_NAME = 24  # characters of an outlet's name in a sentence


def difference_of(figures: Sequence[str], outlets: Sequence[str]) -> str:
    """What several outlets state differently, as one sentence in the words of their sources: "60
    percent of the users (The Daily), about 55 percent (Wire)"; of two with long names it says
    "in one report" and "in another".
    """
    if len(figures) == 2 and any(len(name) > _LONGEST_NAME for name in outlets):
        sentence = _DIFFERENCE % {"first": figures[0], "last": figures[1]}
    else:
        named = zip(figures, outlets, strict=True)
        sentence = ", ".join(f"{figure} ({name})" for figure, name in named)
    return sentence[0].upper() + sentence[1:]


def difference_text(stated: str, words: Callable[..., str]) -> str:
    """A stored difference in another language; the figures stay as the sources have them."""
    return translated_message(stated, (_DIFFERENCE,), words)


class ClaimKind(StrEnum):
    """How a claim came about: copied from a source, written by a model from sources, or inferred
    from them.

    `absent`: no source states it. Code found that something is not stated, or counted, and there is
    nothing to cite.
    """

    EXTRACTED = "extracted"
    WRITTEN = "written"
    INFERRED = "inferred"
    ABSENT = "absent"


class Rejection(StrEnum):
    """Why a gate turned a claim away: a closed list, counted in every run report and page."""

    EMPTY = "empty"
    NO_CITATION = "no_citation"
    UNKNOWN_PASSAGE = "unknown_passage"
    QUOTE_NOT_FOUND = "quote_not_found"
    QUOTE_TOO_LONG = "quote_too_long"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    VERSION = "version"
    QUOTATION = "quotation"
    LINK = "link"
    MARKUP = "markup"
    LEAK = "leak"
    SPEAKER = "speaker"
    PHRASE = "phrase"
    EARLIER = "earlier"
    REASON = "reason"
    JUDGED = "judged"
    REPEATED = "repeated"
    SHARE = "share"


def known_rejections(counts: Iterable[tuple[str, int]]) -> dict[Rejection, int]:
    """Stored counts by reason, without the reasons that an earlier version had."""
    reasons = {reason.value: reason for reason in Rejection}
    return {reasons[name]: count for name, count in counts if name in reasons}


class Likelihood(StrEnum):
    """How likely an implication is: what a source commits itself to, in its own word; what a model
    infers, in the words of the IPCC's guidance note (Mastrandrea et al. 2010), which have a band.
    """

    RULED = "ruled"
    SCHEDULED = "scheduled"
    ANNOUNCED = "announced"
    PLANNED = "planned"
    FORECAST = "forecast"
    VERY_LIKELY = "very likely"
    LIKELY = "likely"
    EVEN = "about as likely as not"
    UNLIKELY = "unlikely"


# What each word of the note means, in per cent. It lets "likely" reach to 100; cut where the next
# word begins, each case has one band.
BANDS: dict[Likelihood, tuple[int, int]] = {
    Likelihood.VERY_LIKELY: (90, 100),
    Likelihood.LIKELY: (66, 90),
    Likelihood.EVEN: (33, 66),
    Likelihood.UNLIKELY: (0, 33),
}


@frozen
class Citation:
    """Claim → passage. `quote` stands verbatim in the passage that `passage` names
    (`<article>.<version>.<n>`).
    """

    passage: str
    quote: str

    @property
    def article_id(self) -> str:
        """The article that it cites."""
        return article_of(self.passage)


@frozen
class Claim:
    """One statement that can be checked alone."""

    text: str
    kind: ClaimKind
    citations: tuple[Citation, ...]

    def all_claims(self) -> tuple[Claim, ...]:
        """Itself."""
        return (self,)


@frozen
class Audience:
    """A role that should care, with the claim that shows why."""

    role: str
    claim: Claim

    def all_claims(self) -> tuple[Claim, ...]:
        """Its one."""
        return (self.claim,)


@frozen
class Action:
    """Something a role could do next. `trigger` says when it applies; `effort` is hours, days,
    weeks or nothing.

    `by` is the day by which it is due, as far as the claim or the trigger states one: `2026-08-01`,
    `2026-08`, `2026`.
    """

    role: str
    claim: Claim
    trigger: Claim | None = None
    effort: str = ""
    by: str = ""

    def all_claims(self) -> tuple[Claim, ...]:
        """What to do, then when."""
        return (self.claim, self.trigger) if self.trigger else (self.claim,)


@frozen
class TimelineRow:
    """Something that happened or is planned on `day`, as far as `precision` reaches."""

    day: date
    precision: Precision
    planned: bool
    this_event: bool
    claim: Claim

    def all_claims(self) -> tuple[Claim, ...]:
        """Its one."""
        return (self.claim,)


@frozen
class Implication:
    """Something that is to come: it can be found right or wrong after `horizon`, the last day by
    which it should be.

    `sign` says what would show that it came true: the claim itself where a source states it.
    """

    claim: Claim
    horizon: date
    likelihood: Likelihood
    sign: str

    @property
    def premise(self) -> tuple[Claim, ...]:
        """What it was inferred from, in its sources’ words, with a mark where they are cut; empty
        where a source states it.
        """
        if self.claim.kind is not ClaimKind.INFERRED:
            return ()
        return tuple(
            Claim(text=_marked(citation), kind=ClaimKind.EXTRACTED, citations=(citation,))
            for citation in self.claim.citations
        )

    def all_claims(self) -> tuple[Claim, ...]:
        """Its one."""
        return (self.claim,)


def _marked(citation: Citation) -> str:
    """A quotation with a mark where it begins or ends within a sentence; a headline has neither."""
    quote, is_headline = citation.quote, citation.passage.endswith(".0")
    before = "… " if quote.partition(" ")[0].islower() else ""
    is_whole = is_headline or quote.rstrip("\"'”’)").endswith((".", "!", "?", "…"))
    return f"{before}{quote}{'' if is_whole else ' …'}"


@frozen
class Disagreement:
    """What reports of one event state differently: a sentence that sets their figures side by side,
    and the claims that have them.
    """

    question: str
    claims: tuple[Claim, ...]

    def all_claims(self) -> tuple[Claim, ...]:
        """Those that differ."""
        return self.claims


Item: TypeAlias = Claim | Action | Audience | TimelineRow | Implication | Disagreement


@frozen
class Draft:
    """What an engine proposes for a story, before any gate: the same shape for every engine.

    Its fields are the table of the sections, in the order of the page; see `SECTIONS`. `added` has
    what those of plugins hold, each with its section. `disagreements` are no engine's: code finds
    them, and the gates add them to what they keep.
    """

    headline: Claim
    hook: Claim | None = field(
        default=None,
        metadata={
            "section": Section(
                content=Content.CLAIM, place=SectionPlace.OPENING, naming=SourceNaming.ALWAYS
            )
        },
    )
    figures: tuple[Claim, ...] = holding(
        Section(content=Content.CLAIMS, place=SectionPlace.OPENING, heading=N_("Key figures"))
    )
    what_changed: tuple[Claim, ...] = holding(
        Section(
            content=Content.CLAIMS,
            place=SectionPlace.BRIEF,
            heading=N_("What changed"),
            naming=SourceNaming.ALWAYS,
        )
    )
    why_it_matters: tuple[Claim, ...] = holding(
        Section(
            content=Content.CLAIMS,
            place=SectionPlace.BRIEF,
            heading=N_("Why it matters"),
            recalls=True,
        )
    )
    what_to_do_next: tuple[Action, ...] = holding(
        Section(content=Content.ACTIONS, place=SectionPlace.BRIEF, heading=N_("What to do next"))
    )
    who_should_care: tuple[Audience, ...] = holding(
        Section(content=Content.AUDIENCES, place=SectionPlace.BRIEF, heading=N_("Who should care"))
    )
    takeaways: tuple[Claim, ...] = holding(
        Section(
            content=Content.CLAIMS,
            place=SectionPlace.POINTS,
            heading=N_("Key takeaways"),
            heading_alone=N_("From the sources"),
            naming=SourceNaming.FIGURES,
            recalls=True,
            fewest=2,  # one bullet that is left of several is a sentence that lost its paragraph
            is_ranked=True,
        )
    )
    timeline: tuple[TimelineRow, ...] = holding(
        Section(content=Content.TIMELINE, place=SectionPlace.DEPTH, heading=N_("Timeline"))
    )
    implications: tuple[Implication, ...] = holding(
        Section(
            content=Content.IMPLICATIONS, place=SectionPlace.DEPTH, heading=N_("What to expect")
        )
    )
    disagreements: tuple[Disagreement, ...] = holding(
        Section(
            content=Content.DISAGREEMENTS,
            place=SectionPlace.OPEN,
            heading=N_("Where reports differ"),
        )
    )
    unknowns: tuple[Claim, ...] = holding(
        Section(content=Content.CLAIMS, place=SectionPlace.OPEN, heading=N_("Not yet known"))
    )
    added: tuple[tuple[Section, tuple[Item, ...]], ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        """Those that it may hold something in, in the order of the page."""
        return page_order(section for section, _ in self.added)

    @property
    def further_figures(self) -> tuple[Claim, ...]:
        """The figures that the hook does not state."""
        said = self.hook.text if self.hook else ""
        return tuple(figure for figure in self.figures if figure.text not in said)

    def items(self, section: Section) -> tuple[Item, ...]:
        """What a section holds."""
        if section.plugin:
            return dict(self.added).get(section, ())
        held = getattr(self, section.key)
        return held if isinstance(held, tuple) else (held,) if held else ()

    def statements(self, section: Section) -> tuple[Claim, ...]:
        """The claims of a section of plain claims; none of any other."""
        return tuple(item for item in self.items(section) if isinstance(item, Claim))

    def with_items(self, items: Mapping[Section, Sequence[Item]]) -> Draft:
        """The draft with these items in these sections, and the others as they are."""
        own = {
            section.key: _as_field(section, some)
            for section, some in items.items()
            if not section.plugin
        }
        of_plugins = {section: tuple(some) for section, some in items.items() if section.plugin}
        added = dict(self.added) | of_plugins
        return replace(
            self, **own, added=tuple((section, some) for section, some in added.items() if some)
        )

    def claims(self) -> Iterator[Claim]:
        """Every claim of the draft, in the order of the page."""
        yield self.headline
        for section in self.sections:
            for item in self.items(section):
                yield from item.all_claims()


def _as_field(section: Section, items: Sequence[Item]) -> Any:
    """The items as the field of a section holds them."""
    return next(iter(items), None) if section.content is Content.CLAIM else tuple(items)


SECTIONS: tuple[Section, ...] = tuple(
    replace(section_field.metadata["section"], key=section_field.name)
    for section_field in fields(Draft)
    if "section" in section_field.metadata
)
_PLAIN = [at for at, section in enumerate(SECTIONS) if section.is_plain]
_BEFORE, _AFTER = SECTIONS[: _PLAIN[0]], SECTIONS[_PLAIN[-1] + 1 :]


def page_order(added: Iterable[Section]) -> tuple[Section, ...]:
    """Our sections and these, of plain claims: each stands after ours of its place, in the order of
    the names of their plugins.
    """
    plain = (*(SECTIONS[at] for at in _PLAIN), *added)
    by_place = sorted(plain, key=lambda it: (it.place is SectionPlace.DEPTH, it.plugin))
    return (*_BEFORE, *by_place, *_AFTER)


@frozen
class Analysis:
    """What survived the gates for one story, with how it came about.

    `inputs` is the digest of all that went in (passages, engine, rules): an analysis with the same
    digest is never made twice. `rejected` counts the rejected claims by reason.
    `rules` names the version of the rules or prompts that it was made by, once it is stored.
    `judge` is the judge of its written sentences, None where none was asked.
    """

    story_id: str
    engine: str
    model: str | None
    analysed_at: datetime
    inputs: str
    kept: Draft
    rejected: tuple[tuple[Rejection, int], ...] = ()
    judge: JudgeRates | None = None
    rules: str = field(default="", compare=False)
