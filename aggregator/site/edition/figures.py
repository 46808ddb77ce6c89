"""The figures of an edition: what its period had, and its chart."""

from __future__ import annotations

from datetime import timedelta

from aggregator.domain.dates import week_days
from aggregator.domain.publishing.edition import Edition
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.wording import N_
from aggregator.site.edition.records import DayBar, EditionFigure
from aggregator.site.edition.rhythm import DAYS
from aggregator.templating.translation import Translations

_SHORT_DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_CHART_HEIGHT = 64
_BAR_STEP, _BAR_WIDTH = 32, 24


def chart_text(edition: Edition, words: Translations) -> str:
    """The chart in words; empty for a day."""
    if edition.kind is PeriodKind.DAY:
        return ""
    days = ", ".join(
        f"{words(day)} {number}" for day, number in zip(DAYS, edition.numbers.days, strict=True)
    )
    return words("Stories per day: %(days)s", days=days)


def period_facts(edition: Edition, words: Translations) -> tuple[str, ...]:
    """The figures of a period that say something, each as a line; none of what there was not."""
    numbers = edition.numbers
    lines = []
    if numbers.rounds:
        rounds = words.counted(numbers.rounds, "%s funding round", "%s funding rounds")
        total = _dollars(numbers.raised, words)
        lines.append(
            words("%(rounds)s with a sum in the headline: %(sum)s", rounds=rounds, sum=total)
            if numbers.rounds == 1
            else words(
                "%(rounds)s with a sum in the headline, together %(sum)s", rounds=rounds, sum=total
            )
        )
    if numbers.models:
        models = words.counted(
            numbers.models,
            "%s story on a model’s release, update or price",
            "%s stories on models’ releases, updates or prices",
        )
        if numbers.open_models == numbers.models:
            models = (
                words("%(models)s (open weights)", models=models)
                if numbers.models == 1
                else words("%(models)s (all on open weights)", models=models)
            )
        elif numbers.open_models:
            models = words(
                "%(models)s (%(open)s on open weights)",
                models=models,
                open=words.number(numbers.open_models),
            )
        lines.append(models)
    if numbers.acquisitions:
        lines.append(words.counted(numbers.acquisitions, "%s acquisition", "%s acquisitions"))
    if numbers.rulings:
        lines.append(words.counted(numbers.rulings, "%s law or ruling", "%s laws and rulings"))
    if numbers.incidents:
        lines.append(
            words.counted(numbers.incidents, "%s incident or outage", "%s incidents and outages")
        )
    return tuple(lines)


def _dollars(amount: int, words: Translations) -> str:
    """`$1.2 billion`."""
    for unit, name in ((10**9, words("billion")), (10**6, words("million"))):
        if amount >= unit:
            figure = f"{amount / unit:.1f}".removesuffix(".0")
            return f"${figure.replace('.', words.pgettext('in a decimal', '.'))} {name}"
    return f"${words.number(amount)}"


def figures(edition: Edition, words: Translations) -> tuple[EditionFigure, ...]:
    """The counts of an edition, with their names."""
    numbers = edition.numbers
    counts = (
        ("stories", words("stories"), numbers.stories),
        ("articles", words("articles"), numbers.articles),
        ("sources", words("sources"), numbers.sources),
        ("papers", words("papers"), numbers.papers),
        ("releases", words("releases"), numbers.releases),
    )
    return tuple(EditionFigure(key=key, name=name, number=number) for key, name, number in counts)


def bars(edition: Edition, words: Translations) -> tuple[DayBar, ...]:
    """The bars of the chart of stories a day; a day with any has a bar that can be seen. One day is
    no chart.
    """
    if edition.kind is PeriodKind.DAY:
        return ()
    days, (monday, _) = edition.numbers.days, week_days(edition.week)
    most = max((*days, 1))
    heights = [max(round(_CHART_HEIGHT * number / most), 2 if number else 0) for number in days]
    return tuple(
        DayBar(
            day=words.day(monday + timedelta(days=place)),
            short=words(_SHORT_DAYS[place]),
            stories=number,
            x=place * _BAR_STEP,
            y=16 + _CHART_HEIGHT - heights[place],
            height=heights[place],
            middle=place * _BAR_STEP + _BAR_WIDTH // 2,
        )
        for place, number in enumerate(days)
    )
