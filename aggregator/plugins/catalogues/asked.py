"""What catalogues say to a question, or of a sentence, about models."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.frozen import grouped
from aggregator.domain.publishing.listed_fact import ListedFact
from aggregator.plugins.catalogues.names import known_names, model_key
from aggregator.plugins.catalogues.offers import Offer, shown_value
from aggregator.plugins.catalogues.page import (
    KIND_NAMES,
    Labels,
    labels,
    of_makers,
    stored_catalogues,
)
from aggregator.plugins.catalogues.records import PRICES, ValueKind
from aggregator.plugins.catalogues.told import OVER, ToldValue, models_in, told_values
from aggregator.services import Services
from aggregator.store.database import Connection

_MOST_MODELS = 3
_ASKED = (
    (PRICES, re.compile(r"\b(?:costs?|priced?|prices|pricing)\b", re.IGNORECASE)),
    ((ValueKind.CONTEXT,), re.compile(r"\bcontext (?:window|length|limit)\b", re.IGNORECASE)),
    ((ValueKind.RETIREMENT,), OVER),
    ((ValueKind.LICENCE,), re.compile(r"\blicen[cs]e", re.IGNORECASE)),
)
_PAST = re.compile(r"\b(?:did|was|were|had)\b", re.IGNORECASE)


def listed_facts(connection: Connection, services: Services, text: str) -> Iterator[ListedFact]:
    """What answers a question, or speaks for or against a sentence that states a value of one
    model. One about another day than today is only answered.
    """
    asked = {kind for kinds, words in _ASKED if words.search(text) for kind in kinds}
    if not asked or _PAST.search(text):
        return
    called = labels(services.settings, services.registry, {})
    offers = of_makers(stored_catalogues(connection, services.settings).offers(), called)
    by_model = grouped((model_key(offer.subject), offer) for offer in offers)
    named = sorted(models_in(text, by_model, known_names(services.registry).vocabulary))
    today = services.clock.now().date()
    told = [*told_values(text, today)] if len(named) == 1 else []
    if date_mentions(text, today):
        told = [value for value in told if value.kinds == (ValueKind.RETIREMENT,)]
    for key in named[:_MOST_MODELS]:
        for offer in by_model[key]:
            yield from _facts(offer, asked, told, called)


def _facts(
    offer: Offer, asked: set[ValueKind], told: list[ToldValue], called: Labels
) -> Iterator[ListedFact]:
    wanted = {kind for value in told for kind in value.kinds} or asked
    for kind in (kind for kind in ValueKind if kind in wanted):
        of_kind = [value for value in told if kind in value.kinds]
        for value in offer.of(kind):
            line = called.line(offer, value)
            parts = [
                f"{offer.name} ({called.provider(offer)}): {called.words(KIND_NAMES[kind])}",
                shown_value(kind, value.value, called.words),
                called.words("for a million tokens") if kind in PRICES else "",
                "" if line.is_confirmed else f"({called.words('not confirmed yet')})",
            ]
            is_same = any(each.is_same(value.value) for each in of_kind)
            is_sure = bool(of_kind) and (is_same or all(len(each.kinds) == 1 for each in of_kind))
            yield ListedFact(
                text=" ".join(filter(None, parts)),
                quote=line.text,
                source=line.source,
                url=line.url,
                day=line.since,
                agrees=is_same if is_sure else None,
            )
