"""Which sentences of a page may not be printed, and why: their form here, their truth by a check
that is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from aggregator.domain.claim import Claim, ClaimKind, Rejection
from aggregator.domain.dates import stated_years
from aggregator.domain.refusal import Refusal
from aggregator.domain.sections import Content
from aggregator.english.lexical import content_words
from aggregator.english.speech_acts import is_statement
from aggregator.english.text import word_count, words
from aggregator.story.material import Material
from aggregator.story.model.inferred import unfalsifiable
from aggregator.story.page.sentences import (
    HEADLINE,
    SECTION_OF,
    TIMELINE,
    Sentence,
    implication_of,
)
from aggregator.story.rules.choosing import says_why
from aggregator.story.sections import WRITING_OF, Writing

# A claim, and what the page says before it: why it may not be printed, None if it may.
Check = Callable[[Claim, Sequence[Claim]], Refusal | None]

_MOST_HOOK_WORDS, _MOST_HEADLINE = 25, 90
_NOTED = Writing(most=0)
# A step without a name or a figure, and with words of its own mostly, is advice that fits any news.
_SPECIFIC = re.compile(r"(?<!^)\b[A-Z]|\d")
_LEAST_STATED = 0.5


def refusals(
    sentences: Sequence[Sentence],
    material: Material,
    check: Check,
    judged: Mapping[Claim, Refusal] | None = None,
) -> dict[int, Refusal]:
    """The sentences that may not be printed, by their place. `judged` are the claims that a judge
    turned away.
    """
    refused: dict[int, Refusal] = {}
    before = [material.headline]
    for place, sentence in enumerate(sentences):
        claim, is_headline = sentence.claim, sentence.section == HEADLINE
        found = (
            check(claim, () if sentence.section in (HEADLINE, TIMELINE) else before)
            or unfit(sentence, material)
            or (judged or {}).get(claim)
        )
        if found:
            refused[place] = found
        elif sentence.is_asked_for:
            before = [claim] if is_headline else [*before, claim]
    return refused


def unfit(sentence: Sentence, material: Material) -> Refusal | None:
    """Why a sentence does not do in its section, however true it is."""
    if sentence.section == HEADLINE and len(sentence.claim.text) > _MOST_HEADLINE:
        because = f"It has more than {_MOST_HEADLINE} characters."
        return Refusal(reason=Rejection.PHRASE, because=because)
    if sentence.content is Content.CLAIM and word_count(sentence.claim.text) > _MOST_HOOK_WORDS:
        because = f"It has more than {_MOST_HOOK_WORDS} words."
        return Refusal(reason=Rejection.PHRASE, because=because)
    forecast = implication_of(sentence)
    reason = unfalsifiable(forecast, material.reported) if forecast else _misfit(sentence, material)
    return Refusal(reason=reason) if reason else None


def _misfit(sentence: Sentence, material: Material) -> Rejection | None:
    claim, writing = sentence.claim, WRITING_OF.get(sentence.section, _NOTED)
    is_quoted, is_step = claim.kind is ClaimKind.EXTRACTED, sentence.content is Content.ACTIONS
    reasons = (
        (Rejection.LEAK, not is_step and not is_statement(claim.text, material.names.values())),
        # a copy that cannot stand alone: else it would be a quotation
        (Rejection.QUOTE_TOO_LONG, not is_quoted and words(claim.text) in material.sentences),
        (Rejection.EARLIER, is_out_of_time(sentence, material)),
        (
            Rejection.REASON,
            writing.gives_reasons and is_quoted and not says_why(claim.text),
        ),
        (Rejection.PHRASE, is_step and not _is_specific(claim, material)),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _is_specific(step: Claim, material: Material) -> bool:
    """Whether a step names something, or does so in words that the story has."""
    own = content_words(step.text)
    shared = own & content_words(" ".join(material.texts.values()))
    return bool(_SPECIFIC.search(step.text)) or len(shared) >= _LEAST_STATED * len(own)


def is_out_of_time(sentence: Sentence, material: Material) -> bool:
    """Whether it rests on the archive where news is asked for, or on both without the year of the
    earlier; what is inferred from both is no news of the archive's.
    """
    passages = [each.passage for each in sentence.claim.citations]
    earlier = [each for each in passages if each.partition(".")[0] in material.earlier]
    if not earlier:
        return False
    if len(earlier) < len(passages):
        if WRITING_OF.get(sentence.section, _NOTED).is_inferred:
            return False
        years = frozenset[int]().union(
            *(stated_years(material.texts.get(each, ""), material.reported) for each in earlier)
        )
        return stated_years(sentence.claim.text, material.reported).isdisjoint(years)
    return not SECTION_OF[sentence.section].recalls
