"""The page about the site itself: how it works, with the counts of all that it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aggregator.domain.article import Read
from aggregator.domain.claim import ClaimKind, Rejection
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import Calibration, JudgeRates
from aggregator.domain.operation.evaluation import Score
from aggregator.domain.operation.source_status import SourceStatus
from aggregator.domain.settings import SiteSettings
from aggregator.domain.source import Lane
from aggregator.site.head import Head, absolute, contact_link
from aggregator.site.labels import LANE_NAMES, READ_NAMES
from aggregator.site.lists.side_lists import CountGroup, NamedCount
from aggregator.site.story.provenance import rates_text
from aggregator.templating.translation import Translations, translations
from aggregator.verify.gates import reason_name

_EXTRACTIVE = "extractive"


@frozen
class StoryNumbers:
    """Counts of the stories on the site; `corroborated`: of two independent sources or more;
    `newest`: the last news.
    """

    stories: int
    corroborated: int
    lanes: Mapping[Lane, int]
    read: Mapping[Read, int]
    copies: int
    claims: Mapping[ClaimKind, int]
    rejected: Mapping[Rejection, int]
    newest: datetime | None


@frozen
class AboutPage:
    """How the site works, with its counts. `extractive`: no model writes; `infers`: one does, or
    sentences that it inferred are still there; `newest` is the time of the last news. `judge` is
    the model that judged the newest written sentences and `rates` a sentence on how often it is
    wrong; both are empty where none did. `calibrating` says how far the test of a new judge is,
    empty where none is under way. `score` says what the model scored on invented stories,
    empty where that is not shown.

    `checks` are the reasons for which claims were rejected.
    """

    head: Head
    engine: str
    extractive: bool
    infers: bool
    judge: str
    rates: str
    score: str
    stories: str
    kept: str
    rejected: str
    checks: tuple[NamedCount, ...]
    numbers: tuple[CountGroup, ...]
    newest: datetime | None
    report: str
    contact: str
    sends_mail: bool
    calibrating: str = ""


def is_inferring(engine: str, counts: StoryNumbers) -> bool:
    """Whether a model infers sentences, or did."""
    return engine != _EXTRACTIVE or bool(counts.claims.get(ClaimKind.INFERRED))


def about_page(
    counts: StoryNumbers,
    engine: str,
    statuses: Sequence[SourceStatus],
    editions: int,
    site: SiteSettings,
    judge: JudgeRates | None = None,
    score: Score | None = None,
    *,
    sends_mail: bool = False,
) -> AboutPage:
    """The page about the site. `engine` is the one in use now; each story names its own, and its
    judge; `judge` is the newest, `score` that of the model in use.
    """
    words = translations(site.language)
    followed = [status for status in statuses if status.source.enabled]
    met = [reason for reason in Rejection if counts.rejected.get(reason)]
    return AboutPage(
        head=Head(
            title=words("About"),
            description=words("How this site is made."),
            url=absolute(site, "about/"),
            place="about",
        ),
        engine=engine,
        extractive=engine == _EXTRACTIVE,
        infers=is_inferring(engine, counts),
        judge=judge.model if judge else "",
        rates=rates_text(judge, words) if judge else "",
        score=_score_text(score, words) if score else "",
        stories=words(
            "%(stories)s and follows %(sources)s",
            stories=words.counted(counts.stories, "%s story", "%s stories"),
            sources=words.counted(len(followed), "%s source", "%s sources"),
        ),
        kept=words.counted(sum(counts.claims.values()), "%s sentence", "%s sentences"),
        rejected=words.number(sum(counts.rejected.values())),
        checks=tuple(
            NamedCount(
                name=words(reason_name(reason)), number=words.number(counts.rejected[reason])
            )
            for reason in met
        ),
        numbers=_numbers(counts, followed, editions, words),
        newest=counts.newest,
        report=contact_link(
            site.contact,
            subject=words("Correction: %(title)s", title=site.title),
            body=f"{site.base_url}\n\n",
        ),
        contact=site.contact,
        sends_mail=sends_mail,
    )


def calibrating_text(calibration: Calibration | None, words: Translations) -> str:
    """How far the calibration of a judge is; empty where none is under way."""
    if calibration is None:
        return ""
    return words(
        "The judging model %(model)s is being tested: %(done)s of at most %(all)s claims are done."
        " Sentences written by a model are printed once the test ends, after at most %(runs)s of"
        " the site.",
        model=calibration.model,
        done=words.number(len(calibration.outcomes)),
        all=words.number(len(calibration.outcomes) + calibration.left),
        runs=words.counted(calibration.runs_left, "%s more update", "%s more updates"),
    )


def _score_text(score: Score, words: Translations) -> str:
    printed = score.printed
    return words(
        "On %(stories)s invented stories, the model %(model)s reported %(own)s of %(facts)s facts"
        " in sentences of its own and %(all)s in all, and printed %(false)s of %(falsehoods)s known"
        " falsehoods.",
        stories=words.number(score.stories),
        model=score.model,
        own=words.number(printed.facts_written),
        facts=words.number(score.facts),
        all=words.number(printed.facts_reported),
        false=words.number(len(printed.false)),
        falsehoods=words.number(score.falsehoods),
    )


def _numbers(
    counts: StoryNumbers, followed: Sequence[SourceStatus], editions: int, words: Translations
) -> tuple[CountGroup, ...]:
    failing = sum(status.failing_since is not None for status in followed)

    def group(name: str, total: int, parts: dict[str, int]) -> CountGroup:
        named = tuple(
            NamedCount(name=part, number=words.number(number))
            for part, number in parts.items()
            if number
        )
        return CountGroup(name=name, total=words.number(total), counts=named)

    return (
        group(
            words("Stories"),
            counts.stories,
            {words(LANE_NAMES[lane]): counts.lanes.get(lane, 0) for lane in Lane},
        ),
        group(
            words("Articles used in stories"),
            sum(counts.read.values()),
            {
                **{words(READ_NAMES[read]): counts.read.get(read, 0) for read in Read},
                words("copies"): counts.copies,
            },
        ),
        group(
            words("Sentences that passed the checks"),
            sum(counts.claims.values()),
            {
                words("in a source’s own words"): counts.claims.get(ClaimKind.EXTRACTED, 0),
                words("written by a model"): counts.claims.get(ClaimKind.WRITTEN, 0),
                words("inferred"): counts.claims.get(ClaimKind.INFERRED, 0),
                words("notes that something is not stated"): counts.claims.get(ClaimKind.ABSENT, 0),
            },
        ),
        group(words("Stories that two or more publishers reported"), counts.corroborated, {}),
        group(words("Sources followed"), len(followed), {words("failing"): failing}),
        group(words("Editions published"), editions, {}),
    )
