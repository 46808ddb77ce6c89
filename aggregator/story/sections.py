"""How the sections of a page are filled, one row a section, by its key in `domain.claim`: those of
plain claims by rules, and those that a model writes. Those of plugins bring their rows along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from aggregator.domain.claim import SECTIONS, Audience, Claim, Draft
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.sections import Content, Section, SectionPlace
from aggregator.domain.story import Member
from aggregator.english.text import word_count
from aggregator.extract.quotable_sentences import QuotableSentence
from aggregator.hooks.plugins import Plugins, plugins
from aggregator.hooks.sections import added_sections, all_sections

_MOST_WORDS = 120  # read in half a minute at 240 words a minute (Brysbaert 2019: 238)

_FOR_ROLES = [
    section.key for section in SECTIONS if section.content in (Content.ACTIONS, Content.AUDIENCES)
]
_POINTS = next(section for section in SECTIONS if section.place is SectionPlace.POINTS)


def _every_story(members: Sequence[Member], found: Sequence[QuotableSentence]) -> bool:
    return True


@frozen
class Rule:
    """Which sentences fill a section: `most`, best first, or none where there are not `fewest`.

    They are those that suit it by the linear model; where there is a `weigh`, those that weigh
    `at_least` so much instead. `applies` says whether a story has the section at all.
    """

    most: int
    fewest: int
    weigh: Callable[[QuotableSentence], float] | None = None
    at_least: float = 0.0
    applies: Callable[[Sequence[Member], Sequence[QuotableSentence]], bool] = _every_story


# in the order in which they take their sentences, after the sections of the brief
RULES_OF: Mapping[str, Rule] = {
    "takeaways": Rule(most=4, fewest=2),  # one lone bullet is a sentence that lost its paragraph
}


@frozen
class Writing:
    """What a model writes of a section: at most so many sentences; the words of the question are
    `prompt`, or stand in `templates/prompts/page/KEY.txt`.

    What is inferred follows from facts, its premise. One that `gives_reasons` takes no quotation
    that gives none. One that `goes_beyond` the others is given what they say, where each is asked
    for by itself.
    """

    most: int
    is_inferred: bool = False
    gives_reasons: bool = False
    goes_beyond: bool = False
    prompt: str = ""


# in the order in which they are asked for, which is that of the page
WRITING_OF: Mapping[str, Writing] = {
    "headline": Writing(most=1),
    "hook": Writing(most=1),
    "what_changed": Writing(most=2, goes_beyond=True),
    "why_it_matters": Writing(most=2, is_inferred=True, gives_reasons=True),
    "what_to_do_next": Writing(most=2, is_inferred=True),
    "who_should_care": Writing(most=3, is_inferred=True),
    "takeaways": Writing(most=5, goes_beyond=True),
    "implications": Writing(most=2, is_inferred=True),
}


@frozen
class StorySection:
    """A section of a plugin: what it is, and how it is filled. Its `rule` has a `weigh`; a model is
    asked where there is a `writing`, whose `prompt` says for which sentences under which key.
    """

    section: Section
    rule: Rule | None = None
    writing: Writing | None = None

    @property
    def key(self) -> str:
        """The name of the section in the store and in JSON."""
        return self.section.key


def rules_of() -> dict[str, Rule]:
    """The rules of all sections of plain claims, in the order in which they take sentences."""
    return {row.key: row.rule for row in added_sections() if row.rule} | dict(RULES_OF)


def writing_of() -> Mapping[str, Writing]:
    """What a model writes of all sections, in the order of the page; where there are no roles, not
    those that are for one.
    """
    found = _writing_of(plugins())
    return found if all_roles() else {key: found[key] for key in found if key not in _FOR_ROLES}


@lru_cache(maxsize=1)
def _writing_of(_: Plugins) -> Mapping[str, Writing]:
    known = dict(WRITING_OF) | {row.key: row.writing for row in added_sections() if row.writing}
    order = ["headline", *(section.key for section in all_sections())]
    return {key: known[key] for key in order if key in known}


def within_half_a_minute(draft: Draft) -> Draft:
    """The draft with a brief of about 120 words: the first change, the first reason and all steps,
    then audiences, more changes and more reasons as far as there is room.

    Changes and reasons without room open the takeaways; an audience without room is left out.
    """
    steps = sum(word_count(step.claim.text) for step in draft.what_to_do_next)
    first = (*draft.what_changed[:1], *draft.why_it_matters[:1])
    room = _MOST_WORDS - steps - sum(word_count(claim.text) for claim in first)
    audiences: list[Audience] = []
    for audience in draft.who_should_care:
        if not audiences or word_count(audience.claim.text) <= room:
            audiences.append(audience)
            room -= word_count(audience.claim.text)
    changed, room = _fitting(draft.what_changed, room)
    reasons, _ = _fitting(draft.why_it_matters, room)
    deeper = (*draft.what_changed[len(changed) :], *draft.why_it_matters[len(reasons) :])
    return replace(
        draft, what_changed=changed, why_it_matters=reasons, who_should_care=tuple(audiences)
    ).with_items({_POINTS: (*deeper, *draft.items(_POINTS))})


def _fitting(claims: Sequence[Claim], room: int) -> tuple[tuple[Claim, ...], int]:
    """The first claim and those after it that fit in a row, and the words that are left."""
    kept = list(claims[:1])
    for claim in claims[1:]:
        if word_count(claim.text) > room:
            break
        kept.append(claim)
        room -= word_count(claim.text)
    return tuple(kept), room
