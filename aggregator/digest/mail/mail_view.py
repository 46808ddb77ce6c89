"""The view of an edition's mail, part by part: cut to a subscriber's choice and to what fits.

Everything in the edition's record is bounded here once more: a mail that a provider clips hides its
unsubscribe line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from aggregator.domain.claim import ClaimKind
from aggregator.domain.dates import local_day, week_days
from aggregator.domain.publishing.edition import Edition, EditionClaim, EditionStory, StoredEdition
from aggregator.domain.publishing.subscriber import Segment
from aggregator.domain.settings import EmailSettings, SiteSettings
from aggregator.domain.web.urls import fetchable_url
from aggregator.domain.wording import N_, inner_quotation
from aggregator.english.text import normalised
from aggregator.site.edition.page import section_name, week_facts
from aggregator.site.lists.lines import SIDE_LANES
from aggregator.templating.translation import Translations, translations

_MOST_HEADLINE = 300  # characters; test_mail.py builds editions of 10 KB titles
_MOST_CLAIM = 1_200
_MOST_QUOTE = 300
_MOST_NAME = 80
_MOST_URL = 600  # a longer address is not linked: a handful of them would fill a mail
_MOST_ROWS = 12  # themes, reasons, corrections
_SUBJECT_HEADLINE = 90  # what is left of it in a list of mails on a telephone is 40 to 60
_PREHEADER = 140
_BAR_PX = 40

_WEEKDAYS = (
    N_("Mon"),
    N_("Tue"),
    N_("Wed"),
    N_("Thu"),
    N_("Fri"),
    N_("Sat"),
    N_("Sun"),
)
_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he ks ps sd syr ug ur yi".split())
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """The number of a citation, with the address of its source if it has one."""

    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSentence:
    """A claim as the mail prints it. `said_by` names whose words are quoted; `ours`: in the
    language of the mail.
    """

    text: str
    quoted: bool
    inferred: bool
    ours: bool
    said_by: str
    numerals: tuple[Numeral, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailStory:
    """A story. `facts` are its theme, its source and how widely it is reported."""

    headline: str
    lang: str
    url: str
    facts: tuple[str, ...]
    is_update: bool
    why: str
    hook: MailSentence | None
    changes: tuple[MailSentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSection:
    """Stories under one heading. `large`: they are what the edition leads with; `tight`: they are
    listed.
    """

    name: str
    stories: tuple[MailStory, ...]
    large: bool
    tight: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    """One day of the week in the chart."""

    day: str
    date: int
    stories: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A line of the list of sources."""

    number: int
    source: str
    quote: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """The whole mail. `unseen` says how many stories are on the web page only, `chosen` which
    choice cut it.
    """

    subject: str
    preheader: str
    lang: str
    dir: str
    told_in: str
    site: str
    site_url: str
    title: str
    facts: tuple[str, ...]
    corrections: tuple[tuple[str, str], ...]
    quiet: bool
    opening: tuple[MailSentence, ...]
    themes: tuple[tuple[str, str], ...]
    sections: tuple[MailSection, ...]
    unseen: str
    chosen: str
    week: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    bars: tuple[DayBar, ...]
    left_out: tuple[tuple[str, str], ...]
    sources: tuple[CitedSource, ...]
    legend: tuple[str, ...]
    contact: str
    postal_address: str


def wanted_stories(edition: Edition, segment: Segment) -> tuple[EditionStory, ...]:
    """The stories that a subscriber chose to get, in the edition's order."""
    return tuple(story for story in edition.stories() if segment.wants(story.roles, story.lane))


def unit_count(edition: Edition, segment: Segment) -> int:
    """How many sentences of the opening and stories there are to choose from; `mail_view` takes the
    first of them.
    """
    return len(edition.opening) + len(wanted_stories(edition, segment))


def mail_view(
    stored: StoredEdition, site: SiteSettings, email: EmailSettings, segment: Segment, units: int
) -> MailView:
    """The mail with the first `units` of the opening's sentences and the stories; what is cut is
    counted in `unseen`.
    """
    edition = stored.edition
    opening = edition.opening[:units]
    wanted = wanted_stories(edition, segment)
    shown = wanted[: max(0, units - len(edition.opening))]
    claims = (*opening, *(claim for story in shown for claim in _claims(story)))
    words, lang = translations(site.language), _language(site.language) or "en"
    return MailView(
        subject=_subject(edition, wanted, words),
        preheader=_line(
            " · ".join(story.headline for story in wanted[1:4]) or site.description, _PREHEADER
        ),
        lang=lang,
        dir="rtl" if lang in _RIGHT_TO_LEFT else "ltr",
        told_in=site.story_language,
        site=_line(site.title, _MOST_NAME),
        site_url=site.base_url.rstrip("/") + "/",
        title=_title(edition, wanted, words),
        facts=(
            words("No. %(number)s", number=edition.number),
            words.week(edition.week),
            words.counted(max(1, edition.minutes), "%s minute to read", "%s minutes to read"),
        ),
        corrections=_corrections(stored, site),
        quiet=edition.quiet,
        opening=tuple(_sentence(claim) for claim in opening),
        themes=_themes(edition, wanted, words),
        sections=_sections(edition, shown, site),
        unseen=(
            words.counted(len(wanted) - len(shown), "%s more story", "%s more stories")
            if len(wanted) > len(shown)
            else ""
        ),
        chosen=_chosen(edition, wanted, segment, words),
        week=week_facts(edition, words),
        figures=_figures(edition, words),
        bars=_bars(edition, words),
        left_out=_left_out(edition, words),
        sources=_sources(claims),
        legend=_legend(claims, words),
        contact=_line(site.contact, _MOST_HEADLINE),
        postal_address=_line(email.postal_address, _MOST_HEADLINE),
    )


@lru_cache(
    maxsize=4096
)  # a mail that is cut to size asks again for each text: 85 % of the time of setting it
def _line(text: str, most: int) -> str:
    """One visible line, cut with an ellipsis."""
    line = normalised(text[: 2 * most])
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _language(tag: str) -> str:
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return primary if _LANGUAGE.fullmatch(primary) else ""


def _link(url: str) -> str:
    address = fetchable_url(url) or "" if len(url) <= _MOST_URL else ""
    return address if len(address) <= _MOST_URL else ""


def _subject(edition: Edition, wanted: Sequence[EditionStory], words: Translations) -> str:
    first = (
        _line(wanted[0].headline, _SUBJECT_HEADLINE)
        if wanted
        else _line(edition.title, _SUBJECT_HEADLINE)
    )
    headline = first.rstrip(".")
    if len(wanted) <= 1:
        return words("%(headline)s · No. %(number)s", headline=headline, number=edition.number)
    return words(
        "%(headline)s, and %(others)s more · No. %(number)s",
        headline=headline,
        others=len(wanted) - 1,
        number=edition.number,
    )


def _title(edition: Edition, wanted: Sequence[EditionStory], words: Translations) -> str:
    """The edition's title, unless it is the headline of its first story, which stands right
    below.
    """
    title = _line(edition.title, _MOST_HEADLINE)
    is_headline = bool(wanted) and _line(wanted[0].headline, _MOST_HEADLINE).startswith(
        title.rstrip("…")
    )
    return words("The week") if is_headline or not title else title


def _corrections(stored: StoredEdition, site: SiteSettings) -> tuple[tuple[str, str], ...]:
    zone, words = ZoneInfo(site.timezone), translations(site.language)
    newest = stored.corrections[-_MOST_ROWS:]
    return tuple(
        (words.day(local_day(correction.at, zone)), _line(correction.text, _MOST_CLAIM))
        for correction in newest
    )


def _themes(
    edition: Edition, wanted: Sequence[EditionStory], words: Translations
) -> tuple[tuple[str, str], ...]:
    ids = {story.id for story in wanted}
    counts = (
        (theme, sum(story in ids for story in theme.stories))
        for theme in edition.themes[:_MOST_ROWS]
    )
    return tuple(
        (_line(theme.name, _MOST_NAME), words.counted(count, "%s story", "%s stories"))
        for theme, count in counts
        if count
    )


def _sections(
    edition: Edition, shown: Sequence[EditionStory], site: SiteSettings
) -> tuple[MailSection, ...]:
    ids = {story.id for story in shown}
    themes = {story: theme.name for theme in reversed(edition.themes) for story in theme.stories}
    words = translations(site.language)
    parts = (
        (words("The lead") if len(edition.leads) == 1 else words("The leads"), edition.leads),
        *(
            (words("Also this week") if key == "further" else section_name(key, words), stories)
            for key, stories in edition.sections()
        ),
    )
    sections = (
        MailSection(
            name=name,
            stories=tuple(
                _story(story, themes.get(story.id, ""), site)
                for story in stories
                if story.id in ids
            ),
            large=stories is edition.leads,
            tight=all(story.lane in SIDE_LANES for story in stories),
        )
        for name, stories in parts
    )
    return tuple(section for section in sections if section.stories)


def _story(story: EditionStory, theme: str, site: SiteSettings) -> MailStory:
    facts = (
        _line(theme, _MOST_NAME),
        _line(story.source, _MOST_NAME),
        _line(story.reach, _MOST_NAME),
    )
    return MailStory(
        headline=_line(story.headline, _MOST_HEADLINE) or translations(site.language)("Untitled"),
        lang=_language(story.lang),
        url=_link(story.url or f"{site.base_url.rstrip('/')}/{story.path.lstrip('/')}"),
        facts=tuple(fact for fact in facts if fact),
        is_update=story.is_update,
        why=story.why,
        hook=_sentence(story.hook) if story.hook else None,
        changes=tuple(_sentence(claim) for claim in story.changes),
    )


def _claims(story: EditionStory) -> tuple[EditionClaim, ...]:
    return (story.hook, *story.changes) if story.hook else story.changes


def _sentence(claim: EditionClaim) -> MailSentence:
    quoted = claim.kind is ClaimKind.EXTRACTED
    text = _line(claim.text, _MOST_CLAIM)
    names = (
        dict.fromkeys(_line(citation.source, _MOST_NAME) for citation in claim.citations)
        if quoted
        else {}
    )
    return MailSentence(
        text=inner_quotation(text) if quoted else text,
        quoted=quoted,
        inferred=claim.kind is ClaimKind.INFERRED,
        ours=claim.kind is ClaimKind.ABSENT,
        said_by=", ".join(names),
        numerals=tuple(
            Numeral(number=citation.number, url=_link(citation.url)) for citation in claim.citations
        ),
    )


def _chosen(
    edition: Edition, wanted: Sequence[EditionStory], segment: Segment, words: Translations
) -> str:
    """What a subscriber chose, where that left something out."""
    others = len(edition.stories()) - len(wanted)
    if not others:
        return ""
    chosen = ", ".join(words(name) for name in segment.names)
    stories = words.counted(others, "%s story", "%s stories")
    return words(
        "You chose: %(choice)s. %(stories)s for others: on the web.", choice=chosen, stories=stories
    )


def _figures(edition: Edition, words: Translations) -> tuple[tuple[str, str], ...]:
    numbers = edition.numbers
    named = (
        (words("stories"), numbers.stories),
        (words("articles"), numbers.articles),
        (words("sources"), numbers.sources),
        (words("origins"), numbers.origins),
        (words("papers"), numbers.papers),
        (words("releases"), numbers.releases),
    )
    return tuple((words.number(number), name) for name, number in named if number)


def _bars(edition: Edition, words: Translations) -> tuple[DayBar, ...]:
    counts = edition.numbers.days[:7]
    most = max(counts, default=0)
    if most <= 0:
        return ()
    monday, _ = week_days(edition.week)
    days = (monday + timedelta(days=place) for place in range(len(counts)))
    return tuple(
        DayBar(
            day=words(_WEEKDAYS[day.weekday()]),
            date=day.day,
            stories=count,
            height=max(1, round(_BAR_PX * count / most)),
        )
        for day, count in zip(days, counts, strict=True)
    )


def _left_out(edition: Edition, words: Translations) -> tuple[tuple[str, str], ...]:
    rows = edition.left_out[:_MOST_ROWS]
    return tuple(
        (words.counted(row.stories, "%s story", "%s stories"), _line(row.reason, _MOST_HEADLINE))
        for row in rows
    )


def _sources(claims: Iterable[EditionClaim]) -> tuple[CitedSource, ...]:
    by_number = {citation.number: citation for claim in claims for citation in claim.citations}
    return tuple(
        CitedSource(
            number=number,
            source=_line(cited.source, _MOST_NAME),
            quote=inner_quotation(_line(cited.quote, _MOST_QUOTE)),
            url=_link(cited.url),
        )
        for number, cited in sorted(by_number.items())
    )


def _legend(claims: Sequence[EditionClaim], words: Translations) -> tuple[str, ...]:
    """How to recognise what is quoted, written and inferred, as far as it occurs."""
    kinds = {claim.kind for claim in claims}
    lines = (
        (ClaimKind.EXTRACTED, words("Words between quotation marks are a source’s own.")),
        (
            ClaimKind.WRITTEN,
            words(
                "Sentences without them were written by a language model and checked against the"
                " sources."
            ),
        ),
        (
            ClaimKind.INFERRED,
            words("What is marked inference is concluded from the sources, not stated in them."),
        ),
    )
    return (
        (
            *(text for kind, text in lines if kind in kinds),
            words("The numbers lead to the sources at the end."),
        )
        if kinds
        else ()
    )
