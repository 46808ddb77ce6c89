"""The page of prices and windows, and what pages of models and lists show of catalogues."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from aggregator.domain.dates import local_day, week_days
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.registry import Registry
from aggregator.domain.story import EntityKind
from aggregator.domain.wording import N_
from aggregator.english.text import slug
from aggregator.plugins.catalogues import store
from aggregator.plugins.catalogues.names import subject_of
from aggregator.plugins.catalogues.offers import (
    Catalogues,
    Difference,
    Offer,
    of_model,
    percent,
    shown_value,
)
from aggregator.plugins.catalogues.records import PRICES, ValueKind
from aggregator.plugins.catalogues.steps import StepChart, step_chart
from aggregator.services import Services
from aggregator.site.head import Head, absolute
from aggregator.site.stage.added_pages import PageInputs
from aggregator.store.database import Connection
from aggregator.templating.translation import Translations, translations

KIND_NAMES = {
    ValueKind.INPUT_PRICE: N_("Input"),
    ValueKind.OUTPUT_PRICE: N_("Output"),
    ValueKind.CACHED_PRICE: N_("Cached input"),
    ValueKind.CONTEXT: N_("Context window"),
    ValueKind.OUTPUT_LIMIT: N_("Longest output"),
    ValueKind.LICENCE: N_("Licence"),
    ValueKind.RELEASED: N_("Released"),
    ValueKind.ANNOUNCED: N_("Retirement announced"),
    ValueKind.RETIREMENT: N_("Retirement"),
}
COLUMNS = (*PRICES[:2], ValueKind.CONTEXT, ValueKind.OUTPUT_LIMIT, ValueKind.RETIREMENT)
_MOST_ROWS = 400
_MOST_PROVIDERS = 3  # of a model whose own maker is not among them
_MOST_CHANGED = 5
_RECENT = timedelta(days=7)


@frozen
class RecordLine:
    """A line of a record that states a value: where the catalogue says so, and since when."""

    text: str
    source: str
    url: str
    since: date
    is_confirmed: bool


@frozen
class PriceCell:
    """What is stated of one kind; of several texts, the catalogues disagree."""

    head: str
    texts: tuple[str, ...]


@frozen
class PriceRow:
    """An offer as a row; `lines` are the records that its cells open."""

    id: str
    name: str
    provider: str
    cells: tuple[PriceCell, ...]
    lines: tuple[RecordLine, ...]


@frozen
class PriceGroup:
    """The rows of one provider, the dearest last."""

    id: str
    name: str
    rows: tuple[PriceRow, ...]


@frozen
class PricesPage:
    """Prices and windows of the models that can be used. `unshown` counts offers that are not on
    the page.
    """

    head: Head
    as_of: datetime
    heads: tuple[str, ...]
    groups: tuple[PriceGroup, ...]
    sources: tuple[tuple[str, str], ...]
    unshown: int = 0


@frozen
class ModelPrices:
    """What a model costs, and how its price changed."""

    heads: tuple[str, ...]
    rows: tuple[PriceRow, ...]
    chart: StepChart | None


@frozen
class ChangedLine:
    """A difference in words."""

    name: str
    texts: tuple[str, ...]
    note: str
    url: str
    source: str


@frozen
class ChangedList:
    """The differences of a time that matter most."""

    lines: tuple[ChangedLine, ...]


def stored_catalogues(connection: Connection, services: Services) -> Catalogues:
    """What is stored of the catalogues that are on."""
    on = _on(services)
    records, values = store.all_records(connection), store.all_values(connection)
    return Catalogues(
        records=tuple(record for record in records if record.source_key in on),
        values=tuple(value for value in values if value.source_key in on),
    )


def prices_page(inputs: PageInputs) -> PricesPage | None:
    """The page of prices and windows; none before a catalogue was read."""
    services, connection = inputs.services, inputs.connection
    site = services.settings.site
    words = translations(site.language)
    on = _on(services)
    readings = [each for each in store.reading_states(connection) if each.source_key in on]
    if not readings:
        return None
    as_of = max(reading.at for reading in readings)
    offers = [
        offer
        for offer in stored_catalogues(connection, services).offers()
        if offer.of(ValueKind.INPUT_PRICE) and not offer.is_over(as_of.date())
    ]
    chosen = of_makers(offers, provider_names(services.registry))
    names, called = _names(services), provider_names(services.registry)
    shown = chosen[:_MOST_ROWS]
    by_provider = grouped((offer.provider, offer) for offer in shown)
    return PricesPage(
        head=Head(
            title=words("Prices and windows"),
            description=words("What models cost, how much they read, and when they retire."),
            url=absolute(site, "prices/"),
        ),
        as_of=as_of,
        heads=tuple(words(KIND_NAMES[kind]) for kind in COLUMNS),
        groups=tuple(
            PriceGroup(
                id=slug(provider),
                name=called.get(subject_of(provider), provider),
                rows=tuple(
                    _row(offer, f"r{slug(provider)}-{number}", names, called, words)
                    for number, offer in enumerate(sorted(several, key=_by_price), 1)
                ),
            )
            for provider, several in by_provider.items()
        ),
        sources=tuple(names[key] for reading in readings if (key := reading.source_key) in names),
        unshown=len(offers) - len(shown),
    )


def provider_names(registry: Registry) -> dict[str, str]:
    """What we call the makers of models, by how catalogues write them: a company, or the family of
    models that it offers ("gemini").
    """
    found: dict[str, str] = {}
    for kind in (EntityKind.MODEL, EntityKind.COMPANY):
        for key, entry in registry.entities.get(kind, {}).items():
            written = (key, *(subject_of(name) for name in (entry.name, *entry.aliases)))
            found |= dict.fromkeys(written, entry.name)
    return found


def of_makers(offers: Sequence[Offer], called: Mapping[str, str]) -> list[Offer]:
    """The offers of those who make the models, and of a model that no maker offers the first."""
    chosen: list[Offer] = []
    for several in grouped((offer.subject, offer) for offer in offers).values():
        own = [offer for offer in several if subject_of(offer.provider) in called]
        chosen += own or several[:_MOST_PROVIDERS]
    return sorted(chosen, key=lambda offer: (offer.provider.lower(), offer.subject))


def entity_parts(
    connection: Connection, services: Services, named: Mapping[str, str]
) -> Iterator[tuple[str, PagePart]]:
    """What the pages of models show; `named` are their names by key."""
    known = stored_catalogues(connection, services)
    offers = known.offers()
    words = translations(services.settings.site.language)
    names, called = _names(services), provider_names(services.registry)
    for key, name in named.items() if offers else ():
        several = of_makers(of_model(name, offers), called)
        several = [offer for offer in several if any(offer.of(kind) for kind in COLUMNS)]
        if not several:
            continue
        rows = tuple(
            _row(offer, f"price-{number}", names, called, words)
            for number, offer in enumerate(several[: _MOST_PROVIDERS * 2], 1)
        )
        history = known.prices_over_time(several[0], ValueKind.OUTPUT_PRICE)
        newest = max(reading.at for reading in store.reading_states(connection))
        record = ModelPrices(
            heads=tuple(words(KIND_NAMES[kind]) for kind in COLUMNS),
            rows=rows,
            chart=step_chart(history, newest, words),
        )
        yield key, PagePart(template="model-prices.html", record=record)


def changed_parts(
    connection: Connection, services: Services, place: str, keys: Collection[str]
) -> Iterator[tuple[str, PagePart]]:
    """The list of what changed, for the front page and for each week and day."""
    readings = store.reading_states(connection)
    if not readings:
        return
    site = services.settings.site
    as_of = max(reading.at for reading in readings)
    differences = stored_catalogues(connection, services).differences()
    names, words = _names(services), translations(site.language)
    for key in keys:
        first, last = _days(key) if place == "period" else ((as_of - _RECENT).date(), as_of.date())
        chosen = [each for each in differences if first <= local_day(each.at, site.zone) <= last]
        lines = most_changed(chosen, last, names, words)
        if lines:
            yield key, PagePart(template="changed.html", record=ChangedList(lines=lines))


def most_changed(
    differences: Sequence[Difference],
    today: date,
    names: Mapping[str, tuple[str, str]],
    words: Translations,
) -> tuple[ChangedLine, ...]:
    """The differences with the most effect, each model once."""
    ranked = sorted(differences, key=lambda each: each.effect(today))
    once = {each.offer.subject: each for each in reversed(ranked)}
    chosen = [each for each in ranked if once[each.offer.subject] is each][:_MOST_CHANGED]
    return tuple(_changed(each, names, words) for each in chosen)


def difference_words(difference: Difference, words: Translations) -> tuple[str, ...]:
    """What changed, a phrase for each value."""
    found = [words("new")] if difference.is_new else []
    for value, before in difference.pairs:
        name, now = words(KIND_NAMES[value.kind]), shown_value(value.kind, value.value, words)
        if not before or difference.is_new:
            found.append(f"{name} {now}")
            continue
        was = shown_value(value.kind, before, words)
        share = percent(before, value.value) if value.kind in PRICES else ""
        found.append(f"{name} {was} → {now}" + (f" ({share})" if share else ""))
    return tuple(found)


def _changed(
    difference: Difference, names: Mapping[str, tuple[str, str]], words: Translations
) -> ChangedLine:
    source, url = names.get(difference.source_key, (difference.source_key, ""))
    day = words.day(difference.at.date())
    return ChangedLine(
        name=difference.offer.name,
        texts=difference_words(difference, words),
        note=words("listed since %(day)s", day=day),
        source=source,
        url=difference.pairs[0][0].page or url,
    )


def _row(
    offer: Offer,
    id: str,
    names: Mapping[str, tuple[str, str]],
    called: Mapping[str, str],
    words: Translations,
) -> PriceRow:
    return PriceRow(
        id=id,
        name=offer.name,
        provider=called.get(subject_of(offer.provider), offer.provider),
        cells=tuple(
            PriceCell(
                head=words(KIND_NAMES[kind]),
                texts=tuple(shown_value(kind, each.value, words) for each in offer.of(kind)),
            )
            for kind in COLUMNS
        ),
        lines=tuple(
            RecordLine(
                text=value.text,
                source=names.get(value.source_key, (value.source_key, ""))[0],
                url=value.page or names.get(value.source_key, ("", ""))[1],
                since=value.since,
                is_confirmed=value.is_confirmed,
            )
            for value in offer.values
        ),
    )


def _by_price(offer: Offer) -> tuple[object, ...]:
    amounts = [offer.amount(kind) for kind in PRICES[:2]]
    return (*(amount if amount is not None else -1 for amount in amounts), offer.subject)


def _on(services: Services) -> frozenset[str]:
    return frozenset(source.key for source in services.settings.sources if source.enabled)


def _names(services: Services) -> dict[str, tuple[str, str]]:
    """The name and the address of each source."""
    return {source.key: (source.shown_name, source.link) for source in services.settings.sources}


def _days(period: str) -> tuple[date, date]:
    if "W" in period:
        return week_days(period)
    day = date.fromisoformat(period)
    return day, day
