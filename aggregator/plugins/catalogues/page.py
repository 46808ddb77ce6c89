"""The page of prices and windows, and what pages of models and lists show of catalogues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta

from aggregator.domain.dates import local_day, week_days
from aggregator.domain.frozen import frozen, grouped
from aggregator.domain.publishing.page import PagePart
from aggregator.domain.registry import Registry
from aggregator.domain.settings import Settings
from aggregator.domain.story import EntityKind
from aggregator.domain.wording import N_
from aggregator.english.text import slug
from aggregator.plugins.catalogues import store
from aggregator.plugins.catalogues.differences import CatalogueValue
from aggregator.plugins.catalogues.names import model_key, subject_of
from aggregator.plugins.catalogues.offers import (
    Catalogues,
    Difference,
    Offer,
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
PATH = "prices/"
_MOST_ROWS = 400
_MOST_PROVIDERS = 3  # of a model whose own maker is not among them
_MOST_ROWS_OF_NAME = 12
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
    """An offer as a row; `key` is that of the model's page, where it has one, `lines` are the
    records that its cells open.
    """

    id: str
    key: str
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
    groups: tuple[PriceGroup, ...]
    sources: tuple[tuple[str, str], ...]
    unshown: int


@frozen
class EntityPrices:
    """What a model costs, and how its price changed; of a company, what its models cost."""

    rows: tuple[PriceRow, ...]
    chart: StepChart | None = None
    is_company: bool = False


@frozen
class ChangedLine:
    """A difference in words; `key` is that of the model's page, where it has one."""

    name: str
    key: str
    texts: tuple[str, ...]
    record: RecordLine


@frozen
class ChangedList:
    """The differences of a time that matter most."""

    lines: tuple[ChangedLine, ...]


@frozen
class Labels:
    """What pages call things: the names and addresses of `sources` by key, those of providers by
    how catalogues write them, and the keys of the models that have a page.
    """

    words: Translations
    sources: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    def provider(self, offer: Offer) -> str:
        """Who offers it."""
        return self.providers.get(subject_of(offer.provider), offer.provider)

    def line(self, offer: Offer, value: CatalogueValue) -> RecordLine:
        """The record that states a value of an offer."""
        source, url = self.sources.get(value.source_key, (value.source_key, ""))
        return RecordLine(
            text=value.text,
            source=source,
            url=offer.pages[value.source_key, value.record] or url,
            since=value.since.date(),
            is_confirmed=value.confirmed is not None,
        )

    def row(self, offer: Offer, id: str) -> PriceRow:
        """An offer as a row of a table."""
        return PriceRow(
            id=id,
            key=self.models.get(model_key(offer.subject), ""),
            name=offer.name,
            provider=self.provider(offer),
            cells=tuple(
                PriceCell(
                    head=self.words(KIND_NAMES[kind]),
                    texts=tuple(
                        shown_value(kind, each.value, self.words) for each in offer.of(kind)
                    ),
                )
                for kind in COLUMNS
            ),
            lines=tuple(self.line(offer, value) for value in offer.values),
        )


def labels(settings: Settings, registry: Registry, named: Mapping[str, str]) -> Labels:
    """What pages call things; `named` are the names that have a page, by key."""
    return Labels(
        words=translations(settings.site.language),
        sources={source.key: (source.name, source.link) for source in settings.sources},
        providers=provider_names(registry),
        models={model_key(name): key for key, name in named.items()},
    )


def stored_catalogues(connection: Connection, settings: Settings) -> Catalogues:
    """What is stored of the catalogues that are on."""
    on = {source.key for source in settings.sources if source.enabled}
    records, values = store.listed_records(connection), store.stated_values(connection)
    return Catalogues(
        records=tuple(record for record in records if record.source_key in on),
        values=tuple(value for value in values if value.source_key in on),
        readings=store.followed_readings(connection, settings),
    )


def prices_page(inputs: PageInputs) -> PricesPage | None:
    """The page of prices and windows; none before a catalogue was read."""
    known = stored_catalogues(inputs.connection, inputs.services.settings)
    if not known.readings:
        return None
    services = inputs.services
    called = labels(services.settings, services.registry, inputs.content.names.called)
    offers = [
        offer
        for offer in known.offers()
        if offer.of(ValueKind.INPUT_PRICE) and not offer.is_over(known.as_of.date())
    ]
    shown = of_makers(offers, called)[:_MOST_ROWS]
    return PricesPage(
        head=Head(
            title=called.words("Prices and windows"),
            description=called.words("What models cost, how much they read, and when they retire."),
            url=absolute(inputs.services.settings.site, PATH),
        ),
        as_of=known.as_of,
        groups=tuple(
            PriceGroup(
                id=slug(provider),
                name=called.provider(several[0]),
                rows=tuple(
                    called.row(offer, f"r{slug(provider)}-{number}")
                    for number, offer in enumerate(sorted(several, key=_by_price), 1)
                ),
            )
            for provider, several in grouped((offer.provider, offer) for offer in shown).items()
        ),
        sources=tuple(called.sources[reading.source_key] for reading in known.readings),
        unshown=len(offers) - len(shown),
    )


def provider_names(registry: Registry) -> dict[str, str]:
    """What we call those who offer models, by how catalogues write them: a company, or the family
    of models that it makes ("gemini").
    """
    found: dict[str, str] = {}
    companies = registry.entities.get(EntityKind.COMPANY, {})
    for kind in (EntityKind.MODEL, EntityKind.COMPANY):
        for key, entry in registry.entities.get(kind, {}).items():
            written = (key, *(subject_of(name) for name in (entry.name, *entry.aliases)))
            found |= dict.fromkeys(written, companies.get(entry.maker, entry).name)
    return found


def of_makers(offers: Iterable[Offer], called: Labels) -> list[Offer]:
    """The offers of those who make the models, and of a model that no maker offers the first."""
    chosen: list[Offer] = []
    for several in grouped((offer.subject, offer) for offer in offers).values():
        own = [offer for offer in several if subject_of(offer.provider) in called.providers]
        chosen += own or several[:_MOST_PROVIDERS]
    return sorted(chosen, key=lambda offer: (offer.provider.lower(), offer.subject))


def entity_parts(
    connection: Connection, services: Services, named: Mapping[str, str]
) -> Iterator[tuple[str, PagePart]]:
    """What the pages of models and companies show; `named` are their names by key."""
    known = stored_catalogues(connection, services.settings)
    called = labels(services.settings, services.registry, named)
    offers = [
        offer
        for offer in of_makers(known.offers(), called)
        if any(offer.of(kind) for kind in COLUMNS)
    ]
    of_model = grouped((model_key(offer.subject), offer) for offer in offers)
    of_company = grouped(
        (called.provider(offer), offer)
        for offer in sorted(offers, key=_by_release, reverse=True)
        if not offer.is_over(known.as_of.date())
    )
    for key, name in named.items():
        of_name = of_model.get(model_key(name), ())
        several = (of_name or of_company.get(name, ()))[:_MOST_ROWS_OF_NAME]
        if several:
            record = EntityPrices(
                rows=tuple(
                    called.row(offer, f"price-{number}") for number, offer in enumerate(several, 1)
                ),
                chart=step_chart(
                    known.prices_over_time(several[0], ValueKind.OUTPUT_PRICE),
                    known.as_of,
                    called.words,
                )
                if of_name
                else None,
                is_company=not of_name,
            )
            yield key, PagePart(template="entity-prices.html", record=record)


def changed_parts(
    connection: Connection,
    services: Services,
    place: str,
    keys: Iterable[str],
    named: Mapping[str, str],
) -> Iterator[tuple[str, PagePart]]:
    """The list of what changed, for the front page and for each week and day; `named` are the names
    that have a page, by key.
    """
    known = stored_catalogues(connection, services.settings)
    if not known.readings:
        return
    today, zone = known.as_of.date(), services.settings.site.zone
    differences, called = known.differences(), labels(services.settings, services.registry, named)
    for key in keys:
        first, last = _days(key) if place == "period" else (today - _RECENT, today)
        chosen = [each for each in differences if first <= local_day(each.at, zone) <= last]
        lines = most_changed(chosen, last, called)
        if lines:
            yield key, PagePart(template="changed.html", record=ChangedList(lines=lines))


def most_changed(
    differences: Iterable[Difference], today: date, called: Labels
) -> tuple[ChangedLine, ...]:
    """The differences with the most effect, each model once."""
    ranked = sorted(differences, key=lambda each: each.effect(today))
    once = {each.offer.subject: each for each in reversed(ranked)}
    chosen = [each for each in ranked if once[each.offer.subject] is each][:_MOST_CHANGED]
    return tuple(changed_line(each, called) for each in chosen)


def changed_line(difference: Difference, called: Labels) -> ChangedLine:
    """A difference in words."""
    offer = difference.offer
    return ChangedLine(
        name=offer.name,
        key=called.models.get(model_key(offer.subject), ""),
        texts=difference_words(difference, called.words),
        record=called.line(offer, difference.pairs[0][0]),
    )


def made_by_makers(known: Catalogues, called: Labels) -> list[Difference]:
    """The differences of offers by those who make the models."""
    own = {(offer.provider, offer.subject) for offer in of_makers(known.offers(), called)}
    return [
        each for each in known.differences() if (each.offer.provider, each.offer.subject) in own
    ]


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
        text = words("%(name)s from %(before)s to %(now)s", name=name, before=was, now=now)
        found.append(text + (f" ({share})" if share else ""))
    return tuple(found)


def _by_price(offer: Offer) -> tuple[object, ...]:
    amounts = [offer.amount(kind) for kind in PRICES[:2]]
    return (*(amount if amount is not None else -1 for amount in amounts), offer.subject)


def _by_release(offer: Offer) -> tuple[str, str]:
    released = offer.of(ValueKind.RELEASED)
    return (released[0].value if released else "", offer.subject)


def _days(period: str) -> tuple[date, date]:
    if "W" in period:
        return week_days(period)
    day = date.fromisoformat(period)
    return day, day
