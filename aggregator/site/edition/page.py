"""The record of an edition's page, from which HTML, JSON, Markdown and feed entry are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from types import MappingProxyType

from aggregator.domain.publishing.edition import (
    CHANGED,
    Edition,
    StoredEdition,
)
from aggregator.domain.publishing.news_section import SECTION_NAMES
from aggregator.domain.publishing.newsroom import role_name, subject
from aggregator.domain.publishing.period import PeriodKind, period_days
from aggregator.domain.settings import SiteSettings
from aggregator.domain.wording import N_
from aggregator.hooks.plugins import plugins
from aggregator.site.edition.figures import bars, chart_text, figures, period_facts
from aggregator.site.edition.records import (
    EditionLine,
    EditionPage,
    EditionSection,
    EditionsPage,
)
from aggregator.site.head import Head, Link, absolute, contact_link
from aggregator.site.paths import edition_path, list_path, topic_path
from aggregator.site.publish.added import page_parts
from aggregator.site.story.cited import Footnote
from aggregator.templating.translation import Translations, translations

SHORT = 12  # stories: a list by role of so few repeats them all
_HEADINGS: Mapping[str, str] = {
    "leads": N_("Lead stories"),
    "papers": N_("Papers"),
    "releases": N_("Releases"),
    **{section.value: name for section, name in SECTION_NAMES.items()},
}
_CHANGED = {
    PeriodKind.WEEK: N_("Changed since last week"),
    PeriodKind.DAY: N_("More on earlier stories"),
}
_NO_TOPICS: Mapping[str, str] = MappingProxyType({})
_MODEL = re.compile(r"\(([^()]+)\)")


def edition_feeds(words: Translations, kind: PeriodKind = PeriodKind.WEEK) -> Link:
    """The feeds of the editions of a kind."""
    is_week = kind is PeriodKind.WEEK
    name = words("Weekly editions") if is_week else words("Daily editions")
    return Link(name=name, url=f"{kind.value}/")


def edition_line(stored: StoredEdition, words: Translations) -> EditionLine:
    """What a list shows of an edition."""
    edition = stored.edition
    return EditionLine(
        number=edition.number,
        week=edition.week,
        period=edition.period,
        name=words.period(edition.period),
        path=edition_path(edition.period),
        title=edition.title,
        lang=next((story.lang for story in edition.stories()), ""),
        facts=f"{_extent(edition, words)}, {_reading_time(edition, words)}",
        published=edition.published,
    )


def _extent(edition: Edition, words: Translations) -> str:
    """How many stories it has, and of how many: lists of all weeks count those."""
    shown, known = len(edition.stories()), edition.numbers.stories
    stories = words.counted(max(shown, known), "%s story", "%s stories")
    return (
        words("%(shown)s of %(stories)s", shown=words.number(shown), stories=stories)
        if shown < known
        else stories
    )


def edition_pages(
    kept: Iterable[StoredEdition],
    paths_with_page: Collection[str],
    site: SiteSettings,
    topics: Mapping[str, str] = _NO_TOPICS,
    listed: Collection[str] = (),
) -> tuple[EditionPage, ...]:
    """The pages of the editions, each kind by period: one may be built after that of a later one.

    `paths_with_page` are the paths of the stories that have a page, `topics` the names of the
    topics by key, `listed` the weeks that have stories: the newest of them is this week.
    """
    paths = {name: topic_path(key) for key, name in topics.items()}
    ordered = sorted(kept, key=lambda stored: (stored.edition.kind, stored.edition.period))
    words = translations(site.language)
    newest = max(listed, default="")
    composed = (
        _page(stored, paths_with_page, paths, site, earlier=earlier, later=later)
        for _, of_kind in groupby(ordered, key=lambda stored: stored.edition.kind)
        for stored, earlier, later in _with_neighbours(tuple(of_kind), words)
    )
    return tuple(
        replace(
            page,
            head=replace(
                page.head,
                place="week"
                if page.line.kind is PeriodKind.WEEK and page.line.week >= newest
                else "archive",
            ),
            full_list=list_path(page.line.week)
            if page.line.kind is PeriodKind.WEEK and page.line.week in listed
            else "",
        )
        for page in composed
    )


def _with_neighbours(
    ordered: Sequence[StoredEdition], words: Translations
) -> Iterator[tuple[StoredEdition, EditionLine | None, EditionLine | None]]:
    lines = [None, *(edition_line(edition, words) for edition in ordered), None]
    return zip(ordered, lines, lines[2:], strict=False)


def editions_page(pages: Sequence[EditionPage], due: str, site: SiteSettings) -> EditionsPage:
    """The list of editions."""
    words = translations(site.language)
    head = Head(
        title=words("Editions"),
        description=words("All editions, each numbered and dated."),
        url=absolute(site, "edition/"),
        feeds=edition_feeds(words),
    )
    lines = sorted(
        (page.line for page in pages),
        key=lambda line: period_days(line.period)[::-1],
        reverse=True,
    )
    return EditionsPage(
        head=head,
        lines=tuple(lines),
        due=due,
        forms=edition_forms(site),
        parts=page_parts("editions", len(lines), site),
    )


def edition_forms(site: SiteSettings) -> tuple[Link, ...]:
    """The files of plugins beside each edition, with the words of their links."""
    forms: tuple[Link, ...] = plugins().all("edition_forms", site=site)
    return forms


def _page(
    stored: StoredEdition,
    paths_with_page: Collection[str],
    topics: Mapping[str, str],
    site: SiteSettings,
    *,
    earlier: EditionLine | None,
    later: EditionLine | None,
) -> EditionPage:
    words = translations(site.language)
    edition, line = stored.edition, edition_line(stored, words)
    url = absolute(site, line.path)
    told = {story.path for story in edition.stories()} | {plan.path for plan in edition.watch}
    looked_at = words.counted(edition.numbers.stories, "%s story", "%s stories")
    return EditionPage(
        head=Head(
            title=edition.title,
            description=words(
                "The %(subject)s news of %(week)s, edition %(number)s: %(told)s of %(stories)s.",
                **subject().worded(words),
                week=line.name,
                number=edition.number,
                told=len(edition.stories()),
                stories=looked_at,
            ),
            url=url,
            kind="article",
            feeds=edition_feeds(words, edition.kind),
        ),
        edition=edition,
        line=line,
        url=url,
        home=absolute(site, ""),
        linked=tuple(sorted(told & frozenset(paths_with_page))),
        digest=stored.digest,
        changed=max((edition.published, *(correction.at for correction in stored.corrections))),
        reading=_reading_time(edition, words),
        quiet=short_edition(edition, words),
        coverage=_coverage(edition, looked_at, words),
        taken_out=_removal_note(stored, words),
        minute=tuple(
            (words(role_name(top.role)), top)
            for top in edition.minute
            if top.stories and len(edition.stories()) > SHORT
        ),
        sections=tuple(
            EditionSection(key=key, name=section_name(edition, key, words), stories=stories)
            for key, stories in (("leads", edition.leads), *edition.sections())
            if stories
        ),
        facts=period_facts(edition, words),
        figures=figures(edition, words),
        bars=bars(edition, words),
        chart=chart_text(edition, words),
        topics=tuple((topic, topics.get(topic.name, "")) for topic in edition.topics),
        models=_model_names(edition.engine),
        corrections=stored.corrections,
        footnotes=_footnotes(edition),
        report=contact_link(
            site.contact,
            subject=words("Correction to edition %(number)s", number=edition.number),
            body=f"{edition.title}\n{url}\n\n",
        ),
        full_list="",
        forms=edition_forms(site),
        earlier=earlier,
        later=later,
    )


def _reading_time(edition: Edition, words: Translations) -> str:
    return words.counted(edition.minutes, "%s min read", "%s min read")


def short_edition(edition: Edition, words: Translations) -> str:
    """How few of how many stories stand in a short edition; empty for any other."""
    if not edition.quiet:
        return ""
    shown, known = len(edition.stories()), edition.numbers.stories
    stories = words.counted(known, "%s story", "%s stories")
    part = {"stories": stories, "shown": words.number(shown)}
    if edition.kind is PeriodKind.DAY:
        if shown < known:
            return words("A short edition: %(shown)s of the day’s %(stories)s.", **part)
        return words("A short edition: %(stories)s on this day.", stories=stories)
    if shown < known:
        return words("A short edition: %(shown)s of the week’s %(stories)s.", **part)
    return words("A short edition: %(stories)s this week.", stories=stories)


def _coverage(edition: Edition, looked_at: str, words: Translations) -> str:
    number = len(edition.stories())
    if number == edition.numbers.stories:
        return words("Nothing: the edition has every story of its period.")
    if edition.kind is PeriodKind.DAY:
        return words(
            "The edition has %(number)s of the %(stories)s that were new or updated on this day.",
            number=number,
            stories=looked_at,
        )
    return words(
        "The edition has %(told)s of the %(stories)s that were new or updated this week.",
        told=number,
        stories=looked_at,
    )


def _removal_note(stored: StoredEdition, words: Translations) -> str:
    if not stored.taken_out:
        return ""
    number = words.counted(stored.taken_out, "%s story", "%s stories")
    return words(
        "Since publication, the operator of this site has removed %(stories)s from it.",
        stories=number,
    )


def _model_names(engines: str) -> str:
    """The models among the engines that an edition is kept with: those in brackets, each once."""
    return ", ".join(dict.fromkeys(_MODEL.findall(engines)))


def section_name(edition: Edition, key: str, words: Translations) -> str:
    """The heading of a section of an edition, in the language of the site."""
    if key == "leads" and len(edition.leads) == 1:
        return words("Lead story")
    return words(_CHANGED[edition.kind] if key == CHANGED else _HEADINGS[key])


def _footnotes(edition: Edition) -> tuple[Footnote, ...]:
    """Every citation once, by number."""
    found = {
        citation.number: Footnote(citation=citation, link=citation.url)
        for claim in edition.claims()
        for citation in claim.citations
    }
    return tuple(found[number] for number in sorted(found))
