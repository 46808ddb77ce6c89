"""Builds the edition of a week or a day, keeps it for good, and publishes the site with it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.digest.edition.record import edition_of
from aggregator.digest.edition.selection import began_in, selected
from aggregator.digest.edition.written_opening import FEWEST_SENTENCES, Lead, model_opening
from aggregator.domain.article import Passage
from aggregator.domain.dates import iso_week, local_day
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.edition import Correction, Edition, Opening, StoredEdition
from aggregator.domain.publishing.period import (
    PeriodKind,
    last_period,
    period_days,
    period_end,
    period_kind,
    period_of,
    period_start,
)
from aggregator.domain.settings import Settings
from aggregator.domain.story import PublishedStory, Story
from aggregator.domain.wording import period_name
from aggregator.english.text import normalised
from aggregator.errors import (
    ArgumentError,
    EditionError,
    GateError,
    LlmError,
    NothingToPublishError,
)
from aggregator.log import log
from aggregator.ports import ModelEngine
from aggregator.services import Services, Tally, Watch
from aggregator.site.stage.publish import publish_stage
from aggregator.store.database import Connection
from aggregator.store.news import stories
from aggregator.store.publishing import editions
from aggregator.store.writing import history as stored_history
from aggregator.story.stage.canary import fit_model
from aggregator.story.stage.gating import Gates, with_texts
from aggregator.story.stage.judging import sentence_judge
from aggregator.story.stage.stored import shown_stories

_PREVIEW = "`aggregator edition build --preview` shows"
_BEGINS = {PeriodKind.WEEK: "week in which", PeriodKind.DAY: "day on which"}
_BELONGS = {
    PeriodKind.WEEK: "published, or first read where the edition of that week was out by then",
    PeriodKind.DAY: "first read, backlog to the one on which it was published",
}
MOST_CORRECTION = 2_000  # characters
# that a preview searches for stories: a new installation has weeks of backlog
_MOST_PERIODS_BACK = 12


@frozen
class BuiltEdition:
    """An edition, and whether it was made just now or was there before."""

    stored: StoredEdition
    is_new: bool


async def build_edition(services: Services, period: str | None, watch: Watch) -> BuiltEdition:
    """Builds the edition of a period, by default the last week that is over, and publishes the
    site.

    An existing edition is returned as it is. Raises EditionError for a period that is not over,
    NothingToPublishError if it has nothing to publish, ArgumentError if it is no period.
    """
    now = services.clock.now()
    zone = services.settings.site.zone
    chosen = period or last_period(PeriodKind.WEEK, now, zone)
    demand_over(chosen, now, zone)
    with services.database.reading() as connection:
        known = editions.stored_edition(connection, chosen)
        inputs = _edition_input(connection, services.settings, chosen) if known is None else None
    if inputs:
        opening = await _opening(services, inputs)
        with services.database.writing(durable=True) as connection:
            built = editions.save_edition(
                connection, _edition(connection, services, inputs, now, opening)
            )
    publish_stage(services, watch, full=False)
    return BuiltEdition(stored=known or built, is_new=known is None)


def preview_edition(
    connection: Connection, services: Services, period: str | None
) -> StoredEdition:
    """The edition of a period as it would be built now, without a model's opening; nothing is
    stored.

    The default is the current week, or the newest week that has stories; the day, if
    `edition.period` has no weeks. A published edition is returned unchanged. Raises
    NothingToPublishError, ArgumentError.
    """
    if period:
        return _preview(connection, services, period)
    kinds, zone = services.settings.edition.period, services.settings.site.zone
    kind = PeriodKind.WEEK if PeriodKind.WEEK in kinds else kinds[0]
    current = period_of(kind, local_day(services.clock.now(), zone))
    with_stories = {
        began_in(story, kind, zone)
        for story in stories.analysed_stories(connection)
        if not story.operator.dropped
    }
    earlier = sorted((older for older in with_stories if older < current), reverse=True)
    for older in (current, *earlier[:_MOST_PERIODS_BACK]):
        with contextlib.suppress(NothingToPublishError):
            return _preview(connection, services, older)
    return _preview(connection, services, current)


def _preview(connection: Connection, services: Services, period: str) -> StoredEdition:
    _demand_period(period)
    if published := editions.stored_edition(connection, period):
        return published
    inputs = _edition_input(connection, services.settings, period)
    return StoredEdition(
        edition=_edition(connection, services, inputs, services.clock.now(), None), digest=""
    )


@frozen
class _EditionInput:
    """What an edition is made from: `candidates` are its candidates, `before` are the stories of
    earlier ones.
    """

    period: str
    candidates: tuple[PublishedStory, ...]
    before: Mapping[str, datetime]


def _edition_input(connection: Connection, settings: Settings, period: str) -> _EditionInput:
    before = published_stories(connection, period)
    candidates = edition_candidates(connection, settings, period, before)
    return _EditionInput(period=period, candidates=candidates, before=before)


def _edition(
    connection: Connection,
    services: Services,
    inputs: _EditionInput,
    now: datetime,
    opening: Opening | None,
) -> Edition:
    """The edition with its counts. Raises NothingToPublishError if it would be empty."""
    site = services.settings.site
    edition = edition_of(
        inputs.candidates,
        inputs.period,
        number=editions.next_number(connection, period_kind(inputs.period)),
        published=now,
        published_before=inputs.before,
        edition=services.settings.edition,
        site=site,
        opening=opening,
    )
    if not edition.stories():
        raise NothingToPublishError(
            _no_edition_reason(edition, services.settings, _stories_by_week(connection), now)
        )
    return edition


def correct_edition(services: Services, period: str, text: str, watch: Watch) -> StoredEdition:
    """Appends a correction to the edition of a period and publishes the site; the edition itself
    stays as it was.

    Raises ArgumentError where the period has no edition, and for a text that is empty or too long.
    """
    _demand_period(period)
    plain = normalised(text)
    if not plain:
        raise ArgumentError("a correction needs a text: state what was wrong and what is right")
    if len(plain) > MOST_CORRECTION:
        raise ArgumentError(
            f"the correction has {len(plain):,} characters; the limit is {MOST_CORRECTION:,}"
        )
    with services.database.writing(durable=True) as connection:
        editions.append_correction(
            connection, period, Correction(at=services.clock.now(), text=plain)
        )
        corrected = editions.stored_edition(connection, period)
    publish_stage(services, watch, full=False)
    if corrected is None:  # `append_correction` has raised by then
        raise ArgumentError(f"no edition of {period}")
    return corrected


def demand_over(period: str, now: datetime, zone: ZoneInfo) -> None:
    """Raises EditionError for a period that is not over, ArgumentError for what is none."""
    _demand_period(period)
    ends = period_end(period, zone)
    if now < ends:
        raise EditionError(
            f"{_named(period)} is not over. Its edition can be built from"
            f" {ends:%Y-%m-%d %H:%M} {zone.key} on"
        )


def _demand_period(period: str) -> None:
    try:
        period_days(period)
    except ValueError:
        raise ArgumentError(
            f"{period!r} is neither an ISO week such as 2026-W47 nor a day such as 2026-11-18"
        ) from None


def _named(period: str) -> str:
    is_week = period_kind(period) is PeriodKind.WEEK
    return f"week {period} ({period_name(period)})" if is_week else period_name(period)


async def _opening(services: Services, inputs: _EditionInput) -> Opening | None:
    """What a model writes of the leads, as far as the gates let it pass; None where nothing is left
    or none answers.
    """
    engine = await fit_model(services, Tally(), may_ask=True)
    if not isinstance(engine, ModelEngine):
        if engine is not None:
            log().warning("the edition gets no opening: no model", reason=engine.reason)
        return None
    judge = await sentence_judge(services)
    if judge.threshold is None:
        log().warning("the edition gets no opening: no judge", reason=judge.why)
        return None
    settings = services.settings
    leads = selected(
        inputs.candidates, inputs.period, inputs.before, settings.edition, settings.site
    ).lead_stories
    with services.database.reading() as connection:
        texts = with_texts(connection, services, [lead.story for lead in leads])
    several = [
        _lead(published, story, settings)
        for published, story in zip(leads, texts, strict=True)
        if _is_readable(published, story)
    ]
    try:
        written = await model_opening(several, engine.llm.answer, settings.analysis.quote_words)
        by_id = {story.id: story for story in texts}
        sentences = tuple(
            [
                (story_id, claim)
                for story_id, claim in written
                if not await judge.refused(by_id[story_id], [claim])
            ]
        )
    except (LlmError, GateError) as error:
        log().warning("the edition gets no opening", reason=str(error))
        return None
    if len(sentences) < FEWEST_SENTENCES:
        return None
    return Opening(sentences=sentences, by=f"{engine.name} ({engine.model})")


def _readable_passages(story: Story) -> dict[str, Passage]:
    """What a model may read of a story: not the articles whose publishers close their texts to AI
    systems.
    """
    articles = [member.article for member in story.members if not member.article.reserved]
    return {passage.key: passage for article in articles for passage in article.passages}


def _is_readable(published: PublishedStory, story: Story) -> bool:
    """Whether a model may see the headline of a lead: it may be quoted from an article that is
    closed to it.
    """
    return all(
        citation.passage in _readable_passages(story)
        for citation in published.analysis.kept.headline.citations
    )


def _lead(published: PublishedStory, story: Story, settings: Settings) -> Lead:
    draft, gates = published.analysis.kept, Gates.around(story, settings.analysis)
    hook = (draft.hook,) if draft.hook else ()
    day = published.story.published.date()
    return Lead(
        story_id=published.story.id,
        headline=draft.headline.text,
        day=f"{day.day} {day:%B %Y}",
        claims=(*hook, *draft.what_changed, *draft.why_it_matters),
        passages=_readable_passages(story),
        gate=gates.against,
    )


def published_stories(connection: Connection, period: str) -> dict[str, datetime]:
    """The stories in earlier editions of its kind, by the story that has their articles now, each
    with when it was last published.
    """
    into = {redirect.id: redirect.into for redirect in stories.redirects(connection)}
    before = (
        edition.edition
        for edition in editions.stored_editions(connection)
        if edition.edition.kind is period_kind(period) and edition.edition.period < period
    )
    last: dict[str, datetime] = {}
    for edition in before:
        for story in edition.stories():
            now_in = into.get(story.id, story.id)
            last[now_in] = max(edition.published, last.get(now_in, edition.published))
    return last


def edition_candidates(
    connection: Connection, settings: Settings, period: str, before: Mapping[str, datetime]
) -> tuple[PublishedStory, ...]:
    """The stories that an edition considers: those of its period, earlier ones with an article
    since its first day, those with news.
    """
    zone, kind = settings.site.zone, period_kind(period)
    since = period_start(period, zone) - timedelta(days=1)  # a day without a time is UTC's
    newest = stored_history.newest(connection)
    known = stories.analysed_stories(connection)
    ids = [
        story.id
        for story in known
        if (began := began_in(story, kind, zone)) == period
        or (began < period and story.updated >= since)
        or (story.id in before and newest.get(story.id, before[story.id]) > before[story.id])
    ]
    return shown_stories(connection, settings, only=ids)


def _stories_by_week(connection: Connection) -> Counter[str]:
    return Counter(
        story.week for story in stories.analysed_stories(connection) if not story.operator.dropped
    )


def _no_edition_reason(
    edition: Edition, settings: Settings, of_weeks: Counter[str], now: datetime
) -> str:
    """Why a period has no edition, which weeks have stories, and when the first edition can be
    built.
    """
    named = _named(edition.period)
    if edition.left_out:
        reasons = ", ".join(f"{out.stories} {out.reason}" for out in edition.left_out)
        why = (
            f"no story from {named} qualifies: {reasons}; edition.minimum_score is"
            f" {settings.edition.minimum_score:g}"
        )
    else:
        why = (
            f"no stories from {named}; a story belongs to the {_BEGINS[edition.kind]} it was"
            f" {_BELONGS[edition.kind]}"
        )
    current = iso_week(now, settings.site.zone)
    if edition.kind is PeriodKind.DAY:
        return why
    if edition.week == current or not of_weeks:
        return f"{why}; run `aggregator refresh` to fetch the sources"
    older = sum(count for week, count in of_weeks.items() if week < current)
    earlier = f", and {older} to earlier weeks" if older else ""
    newest = of_weeks[current]
    belong = "belong" if newest > 1 else "belongs"
    where = f"{why}; of all stories, {newest or 'none'} {belong} to this week, {current}{earlier}"
    if not newest:
        return f"{where}; {_PREVIEW} the newest of them as an edition"
    opens = period_end(current, settings.site.zone)
    return (
        f"{where}. This week's edition can be built from {opens:%Y-%m-%d %H:%M}"
        f" {settings.site.timezone}; {_PREVIEW} it as it is now"
    )
