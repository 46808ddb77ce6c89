"""The editor's opening of an edition: a model words again what the leads' accepted claims say, and
the gates judge each sentence.

The model sees claims that passed the gates, not articles. A sentence may rest on the claims of one
story only, and what it cites are the passages that these claims rest on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from aggregator.domain.article import Passage
from aggregator.domain.claim import Claim
from aggregator.domain.frozen import frozen
from aggregator.ports import Prompt, Reply
from aggregator.resources import TEMPLATES
from aggregator.story.answers import NUMBERS, TEXT, Unusable, opening_claims, record, several
from aggregator.story.evidence import Evidence, EvidenceSource, Numbered
from aggregator.templating.environment import plain_renderer
from aggregator.verify.gates import Refusal

# A claim, and what stands before it: why it is refused.
Gate = Callable[[Claim, Sequence[Claim]], Refusal | None]

FEWEST_SENTENCES = 2  # of fewer no opening is made: what is counted stands there instead

MOST_OPENING = 4  # sentences of an edition's opening
_MOST_WORDS = 30  # of a statement: what a reader takes in at once
_ANSWER_TOKENS = 700  # MODELS.md: 600 or more, or answers are cut

_render = plain_renderer(TEMPLATES / "prompts")


@frozen
class Lead:
    """A lead story for the opening: its accepted claims, the passages they cite, and their gate."""

    story_id: str
    headline: str
    day: str
    claims: tuple[Claim, ...]
    passages: Mapping[str, Passage]
    gate: Gate


async def model_opening(
    leads: Sequence[Lead], ask: Callable[[Prompt], Awaitable[Reply]], quote_words: int
) -> tuple[tuple[str, Claim], ...]:
    """The sentences that survive, each with the id of its story; none where fewer than two do.
    Raises LlmError.
    """
    seen, of_story = _evidence(leads)
    if not of_story:
        return ()
    claims = opening_claims(await ask(opening_prompt(seen)), seen.numbered(), quote_words)
    if isinstance(claims, Unusable):
        return ()
    kept: list[tuple[str, Claim]] = []
    by_id = {lead.story_id: lead for lead in leads}
    for claim in claims[:MOST_OPENING]:
        stories = {of_story.get(citation.passage, "") for citation in claim.citations}
        lead = by_id.get(stories.pop()) if len(stories) == 1 else None
        if lead and lead.gate(claim, [earlier for _, earlier in kept]) is None:
            kept.append((lead.story_id, claim))
    return tuple(kept) if len(kept) >= FEWEST_SENTENCES else ()


def _evidence(leads: Sequence[Lead]) -> tuple[Evidence, dict[str, str]]:
    """The claims as numbered statements, a story after the other, and the story of each passage
    that they cite.
    """
    number = 0
    sources: list[EvidenceSource] = []
    of_story: dict[str, str] = {}
    for lead in leads:
        numbered: list[Numbered] = []
        for claim in lead.claims:
            passage = lead.passages.get(claim.citations[0].passage) if claim.citations else None
            if (
                passage is not None
                and of_story.setdefault(passage.key, lead.story_id) == lead.story_id
            ):
                number += 1
                numbered.append(Numbered(number=number, passage=passage, text=claim.text))
        if numbered:
            sources.append(
                EvidenceSource(name=lead.headline, day=lead.day, passages=tuple(numbered))
            )
    return Evidence(sources=tuple(sources)), of_story


def opening_prompt(leads: Evidence) -> Prompt:
    """The question for the opening of an edition; what is written of a story does not depend on its
    words.
    """
    return Prompt(
        system=_render("system.txt", most_words=_MOST_WORDS),
        prefix=_render("evidence.txt", sources=leads.sources, archive=leads.archive),
        task=_render("edition/opening.txt"),
        schema=record(opening=several(record(text=TEXT, passages=NUMBERS), MOST_OPENING)),
        most_tokens=_ANSWER_TOKENS,
    )
