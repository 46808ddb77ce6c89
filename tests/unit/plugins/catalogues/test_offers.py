"""What two catalogues state of one model, together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from aggregator.plugins.catalogues.differences import CatalogueValue, Ending
from aggregator.plugins.catalogues.names import model_key
from aggregator.plugins.catalogues.offers import Catalogues, percent
from aggregator.plugins.catalogues.page import Labels, difference_words, most_changed
from aggregator.plugins.catalogues.records import ValueKind
from aggregator.plugins.catalogues.store import ListedRecord
from aggregator.templating.translation import IN_ENGLISH

FIRST = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def record(source_key: str, provider: str, key: str, *, days: int = 0) -> ListedRecord:
    return ListedRecord(
        source_key=source_key,
        record=f"{provider}/{key}",
        provider=provider,
        name=key,
        subject=key,
        page="",
        digest="",
        since=FIRST + days * DAY,
        is_base=not days,
        is_known=True,
    )


def value(of: ListedRecord, kind: ValueKind, stated: str, *, days: int = 0) -> CatalogueValue:
    return CatalogueValue(
        source_key=of.source_key,
        record=of.record,
        kind=kind,
        since=FIRST + days * DAY,
        value=stated,
        text=f"{of.name} · {kind} = {stated}",
        is_base=not days,
        confirmed=FIRST if not days else None,
    )


ONE = record("lite", "openai", "gpt-5-2")
OTHER = record("deprecations", "OpenAI", "gpt-5-2")
OLD = value(ONE, ValueKind.INPUT_PRICE, "USD 10")
NEW = value(ONE, ValueKind.INPUT_PRICE, "USD 6", days=8)
ENDED = replace(OLD, until=NEW.since, ending=Ending.REPLACED)


def test_two_catalogues_that_write_a_provider_differently_have_one_offer() -> None:
    end = value(OTHER, ValueKind.RETIREMENT, "2026-12-01")
    (offer,) = Catalogues(records=(OTHER, ONE), values=(OLD, end)).offers()

    assert [each.source_key for each in offer.values] == ["deprecations", "lite"]
    assert (offer.is_over(date(2026, 12, 1)), offer.is_over(date(2026, 11, 30))) == (True, False)


def test_catalogues_that_disagree_show_both_values() -> None:
    dearer = value(OTHER, ValueKind.INPUT_PRICE, "USD 12")
    (offer,) = Catalogues(records=(OTHER, ONE), values=(OLD, dearer)).offers()

    assert [each.value for each in offer.of(ValueKind.INPUT_PRICE)] == ["USD 12", "USD 10"]


def test_a_retirement_soon_comes_before_a_price_and_a_price_before_a_new_model() -> None:
    young = record("lite", "openai", "gpt-5-9", days=9)
    soon = record("lite", "openai", "gpt-4")
    known = Catalogues(
        records=(ONE, young, soon),
        values=(
            ENDED,
            NEW,
            value(young, ValueKind.INPUT_PRICE, "USD 2", days=9),
            value(soon, ValueKind.RETIREMENT, "2026-07-01", days=8),
        ),
    )
    lines = most_changed(known.differences(), date(2026, 6, 10), Labels(words=IN_ENGLISH))

    assert [(line.name, *line.texts) for line in lines] == [
        ("gpt-4", "Retirement 1 July 2026"),
        ("gpt-5-2", "Input from $10 to $6 (−40\u00a0%)"),
        ("gpt-5-9", "new", "Input $2"),
    ]


def test_the_value_before_is_the_last_that_was_confirmed() -> None:
    slip = replace(
        value(ONE, ValueKind.INPUT_PRICE, "USD 1", days=5), until=NEW.since, ending="replaced"
    )
    known = Catalogues(records=(ONE,), values=(replace(OLD, until=slip.since), slip, NEW))
    (difference,) = known.differences()

    assert difference_words(difference, IN_ENGLISH) == ("Input from $10 to $6 (−40\u00a0%)",)


def test_prices_of_two_currencies_are_never_compared() -> None:
    assert percent("USD 10", "EUR 6") == ""
    assert percent("USD 0", "USD 6") == ""


def test_a_model_is_found_by_its_name_in_the_news() -> None:
    dated = record("lite", "anthropic", "claude-3-5-haiku-20241022")
    mini = record("lite", "openai", "gpt-5-2-mini")
    numbered = record("lite", "deepseek", "deepseek-v3")
    offers = Catalogues(records=(dated, mini, ONE, numbered)).offers()

    def called(name: str) -> list[str]:
        return [each.subject for each in offers if model_key(each.subject) == model_key(name)]

    assert called("Claude Haiku 3.5") == [dated.subject]
    assert called("GPT-5.2") == [ONE.subject]
    assert called("DeepSeek-V3") == [numbered.subject]
