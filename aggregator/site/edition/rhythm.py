"""The rhythm of editions in words: how often mail comes, and when the next one is built."""

from __future__ import annotations

from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.settings import EditionSettings, ScheduleSettings, SiteSettings
from aggregator.domain.wording import N_
from aggregator.templating.translation import translations

DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def rhythm_words(edition: EditionSettings, site: SiteSettings) -> str:
    """How often subscribers get mail, as a sentence."""
    words = translations(site.language)
    if PeriodKind.WEEK not in edition.period:
        return words("One email a day.")
    if PeriodKind.DAY in edition.period:
        return words("One email a week, or one a day.")
    return words("One email a week.")


def due_words(edition: EditionSettings, schedule: ScheduleSettings, site: SiteSettings) -> str:
    """When `aggregator run` builds an edition, to go after "is built"."""
    words = translations(site.language)
    if schedule.edition:
        return words(
            "by the schedule “%(schedule)s” (%(zone)s)",
            schedule=schedule.edition,
            zone=site.timezone,
        )
    at = f"{edition.hour:02}:00"
    if PeriodKind.WEEK not in edition.period:
        return words("every day at %(time)s %(zone)s", time=at, zone=site.timezone)
    day = next(
        (words(name) for name in DAYS if name.lower().startswith(edition.weekday)), edition.weekday
    )
    return words("on %(day)s at %(time)s %(zone)s", day=day, time=at, zone=site.timezone)
