"""The days of a page's sentences: by when a step is due, and by when something is to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aggregator.domain.claim import Claim
from aggregator.domain.dates import date_mentions, machine_date
from aggregator.domain.sections import Content
from aggregator.story.material import Material
from aggregator.story.model.inferred import grounded
from aggregator.story.page.sentences import Sentence, implication_of


def dated(sentence: Sentence, material: Material) -> Sentence:
    """The sentence with the day that its sources give it.

    What is to come keeps the day that its writer gave, which is part of what is inferred, where its
    passages give it none.
    """
    foretold = implication_of(sentence)
    if foretold:
        found = grounded(foretold, _cited(foretold.claim, material))
        return replace(sentence, horizon=found.horizon) if found else sentence
    if sentence.content is Content.ACTIONS:
        claims = [each for each in (sentence.trigger, sentence.claim) if each]
        return replace(sentence, by=_due(claims, material))
    return sentence


def _cited(claim: Claim, material: Material) -> list[tuple[str, date]]:
    keys = dict.fromkeys(each.passage for each in claim.citations)
    return [
        (material.texts[key], material.days[key.partition(".")[0]])
        for key in keys
        if key in material.texts
    ]


def _due(claims: Sequence[Claim], material: Material) -> str:
    """The first day that a step or its trigger states, not before the news itself."""
    for claim in claims:
        if claim.citations:
            published = material.days[claim.citations[0].passage.partition(".")[0]]
            for mention in date_mentions(claim.text, published):
                if mention.day >= published:
                    return machine_date(mention.day, mention.precision)
    return ""
