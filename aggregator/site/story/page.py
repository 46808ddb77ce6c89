"""The record of a story's page, from which HTML, JSON, Markdown and feed entry are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from aggregator.domain.article import Read
from aggregator.domain.claim import Action, Analysis, Claim, Draft, difference_text
from aggregator.domain.outline import Outline
from aggregator.domain.publishing.news_section import SECTION_LABELS, news_section
from aggregator.domain.publishing.newsroom import role_name
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.sections import Content, SectionPlace
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import (
    HistoryEntry,
    Member,
    PublishedStory,
    Story,
    by_article,
    without_copies,
)
from aggregator.domain.web.urls import fetchable_url
from aggregator.domain.wording import N_, inner_quotation
from aggregator.english.amounts import key_figure
from aggregator.hooks.sections import all_sections
from aggregator.memory.timeline import StoryRow, story_timeline
from aggregator.site.head import Head, Link, absolute, contact_link, share_links
from aggregator.site.paths import path_of, story_path
from aggregator.site.publish.added import page_parts
from aggregator.site.story.cited import Citations, foreign_language
from aggregator.site.story.dated_rows import is_expected, page_date
from aggregator.site.story.implications import page_implications
from aggregator.site.story.importance import reception, shown_reasons, why_it_leads
from aggregator.site.story.insight import page_comparison, page_specification
from aggregator.site.story.origins import (
    headline_language,
    origins_of,
    other_headlines,
    sources_counted,
)
from aggregator.site.story.provenance import page_provenance
from aggregator.site.story.records import (
    Neighbours,
    PageAction,
    PageAudience,
    PageDisagreement,
    PageFigure,
    PageRelated,
    PageSection,
    Recap,
    StoryPage,
    is_timeline,
)
from aggregator.site.story.tags import page_tags
from aggregator.site.story.updates import page_update, updates_shown
from aggregator.templating.translation import ENGLISH, Translations, translations
from aggregator.verify.quoted_context import Contexts

_NO_TOPICS: Mapping[str, str] = MappingProxyType({})
_NO_CONTEXTS: Contexts = MappingProxyType({})
_ALONE = Neighbours()

_EFFORTS = {
    "hours": N_("Takes hours"),
    "days": N_("Takes days"),
    "weeks": N_("Takes weeks"),
}


def neighbours_of(
    stories: Iterable[Outline], without_page: Collection[str]
) -> dict[str, Neighbours]:
    """The neighbours of each story that has a page, by its id, in the order of publication."""
    ordered = sorted(
        (story for story in stories if story.id not in without_page),
        key=lambda story: (story.published, story.id),
    )
    paths = ["", *(path_of(story.id, story.slug) for story in ordered), ""]
    return {
        story.id: Neighbours(older=older, newer=newer)
        for story, older, newer in zip(ordered, paths, paths[2:], strict=False)
    }


def story_page(
    published: PublishedStory,
    site: SiteSettings,
    others: Sequence[PublishedStory] = (),
    *,
    related: Sequence[PageRelated] = (),
    topic_names: Mapping[str, str] = _NO_TOPICS,
    listed: Collection[str] = (),
    contexts: Contexts = _NO_CONTEXTS,
    neighbours: Neighbours = _ALONE,
) -> StoryPage:
    """The page record of a story; `others` are the stories of the archive whose dates its timeline
    may show.

    `listed` are the keys of the entities that have a page, `contexts` the words around quotations.
    """
    story, analysis, words = published.story, published.analysis, translations(site.language)
    implications = tuple(prediction.implication for prediction in story.predictions)
    timeline = tuple(
        row for row in story_timeline(published, others) if not is_expected(row.row, implications)
    )
    draft = replace(
        analysis.kept, implications=implications, timeline=tuple(row.row for row in timeline)
    )
    updates = updates_shown(story)
    cited = Citations(
        _in_order(published, draft, updates), _members(published, timeline), site.language, contexts
    )
    headline, hook = (
        cited.claim(published.headline),
        cited.claim(draft.hook) if draft.hook else None,
    )
    path = story_path(story)
    url = absolute(site, path)
    origins = origins_of(story, site.language)
    section = news_section(story.section, story.lane)
    what_changed = cited.claims(draft.what_changed)
    dates = tuple(
        page_date(row, cited, words, is_own=row.published is published) for row in timeline
    )
    printed = draft if is_timeline(dates, headline.text) else replace(draft, timeline=())
    return StoryPage(
        head=Head(
            title=headline.text,
            description=hook.text if hook else headline.text,
            url=url,
            kind="article",
        ),
        id=story.id,
        path=path,
        url=url,
        lane=story.lane,
        section=section,
        section_name=words(SECTION_LABELS[section]) if section in SECTION_LABELS else "",
        headline=headline,
        lang=headline_language(published, site.language),
        headlines_as_published=other_headlines(story, headline.text, site.language),
        published=story.published,
        first_seen=story.first_seen,
        analysed=analysis.analysed_at,
        updated=story.updated,
        hook=hook,
        figure=None if draft.figures else _figure(hook),
        figures=cited.claims(draft.figures),
        gap="" if hook else _gap(story, analysis, words),
        what_changed=what_changed,
        why_it_matters=cited.claims(draft.why_it_matters),
        what_to_do_next=tuple(
            page_action(action, cited.claim(action.claim), words)
            for action in draft.what_to_do_next
        ),
        who_should_care=_audiences(draft, cited, words),
        points=_plain_sections(SectionPlace.POINTS, draft, cited, words),
        comparison=(
            page_comparison(published.insight.comparison, cited, words)
            if published.insight.comparison
            else None
        ),
        depth=_plain_sections(SectionPlace.DEPTH, draft, cited, words),
        specification=(
            page_specification(published.insight.specification, cited, words)
            if published.insight.specification
            else None
        ),
        implications=page_implications(story.predictions, cited, words),
        timeline=dates,
        disagreements=tuple(
            PageDisagreement(
                question=difference_text(each.question, words), claims=cited.claims(each.claims)
            )
            for each in draft.disagreements
        ),
        unknowns=cited.claims(draft.unknowns),
        updates=tuple(page_update(update, cited, words) for update in updates),
        related=tuple(related),
        tags=page_tags(story, topic_names, listed, words),
        headline_as_published=cited.claim(draft.headline) if story.operator.headline else None,
        note=story.operator.note,
        pinned=story.operator.pinned,
        carried=tuple(
            Link(name=vote.source, url=fetchable_url(vote.url) or "") for vote in story.newsletters
        ),
        origins=origins,
        parts=(
            *page_parts("comparison", published.insight.comparison, site),
            *page_parts("origins", origins, site),
        ),
        independent_origins=story.independent_origins,
        facts=_facts(story, words),
        sources_counted=sources_counted(story, words),
        reception=reception(story, words),
        why=why_it_leads(story, words),
        importance=story.importance,
        reasons=shown_reasons(story, words),
        labels=_labels(story, words),
        citations=cited.all(),
        provenance=page_provenance(
            analysis,
            story,
            kept=(*draft.claims(), *published.insight.claims()),
            shown=(*_sentences(printed), *published.insight.claims()),
            words=words,
        ),
        recap=Recap(week=story.week, name=words.week(story.week), path=f"week/{story.week}/"),
        neighbours=neighbours,
        share=share_links(headline.text, url, words),
        report=_report(story, analysis, headline.text, url, site),
        cite=words(
            "“%(headline)s”, %(site)s, %(day)s. %(url)s",
            headline=inner_quotation(headline.text),
            site=site.title,
            day=words.day(story.first_seen.date()),
            url=url,
        ),
    )


def page_action(action: Action, claim: PrintedClaim, words: Translations) -> PageAction:
    """An action whose claim is printed as `claim`."""
    trigger = action.trigger.text if action.trigger else ""
    terms = [
        words("Applies to: %(whom)s", whom=trigger) if trigger else "",
        words(_EFFORTS[action.effort]) if action.effort in _EFFORTS else "",
    ]
    return PageAction(
        role=action.role,
        name=words(role_name(action.role)),
        claim=claim,
        trigger=trigger,
        effort=action.effort,
        by=action.by,
        terms=" · ".join(term for term in terms if term),
    )


def _members(published: PublishedStory, timeline: Sequence[StoryRow]) -> dict[str, Member]:
    """The articles that the page may cite, by id: of the story, of the stories in its timeline, and
    those that it rests on besides.
    """
    told = (published.story, *(row.published.story for row in timeline))
    return by_article(published.story.background) | by_article(
        member for story in told for member in story.members
    )


def _in_order(
    published: PublishedStory, draft: Draft, updates: Sequence[Sequence[HistoryEntry | None]]
) -> tuple[Claim, ...]:
    """The claims of the page in the order in which their citations are numbered. The headline has
    no numerals: its citations come last.
    """
    opening = (*((draft.hook,) if draft.hook else ()), *draft.figures)
    news = (fact.claim for pair in updates for fact in pair if fact)
    before_tables = (
        claim
        for section in draft.sections
        if section.is_before_tables
        for item in draft.items(section)
        for claim in item.all_claims()
    )
    in_tables = (fact.claim for fact in published.insight.facts())
    return (*opening, *news, *before_tables, *in_tables, *draft.claims())


def _sentences(draft: Draft) -> Iterator[Claim]:
    """The claims of a draft but for those to whom an action applies, which no page marks or shows
    as a sentence.
    """
    whom = {action.trigger for action in draft.what_to_do_next}
    return (claim for claim in draft.claims() if claim not in whom)


def _facts(story: Story, words: Translations) -> str:
    """How many articles from how many origins, for a single one as its label says it."""
    counted = sources_counted(story, words)
    if len(story.members) == 1:
        return counted
    return f"{words.counted(len(story.members), '%s article', '%s articles')}, {counted}"


def _report(story: Story, analysis: Analysis, headline: str, url: str, site: SiteSettings) -> str:
    """The link for reporting a mistake, prefilled with the story and its version."""
    words = translations(site.language)
    version = words("version of %(moment)s", moment=f"{analysis.analysed_at:%Y-%m-%d %H:%M} UTC")
    body = f"{headline}\n{url}\n{version}\n{words('The sentence, or the number of its passage:')} "
    return contact_link(
        site.contact, subject=words("Correction to story %(id)s", id=story.id), body=body
    )


def _gap(story: Story, analysis: Analysis, words: Translations) -> str:
    """Why a page opens without a sentence; empty where its sections speak for themselves."""
    articles = [member.article for member in story.members]
    if all(foreign_language(article.language, ENGLISH) for article in articles):
        return words(
            "The sources are in another language. They are counted and linked here, but"
            " not analysed."
        )
    if all(article.read is Read.HEADLINE for article in articles):
        return words("Only the headline could be read.")
    if analysis.rejected and not any(
        analysis.kept.items(section)
        for section in analysis.kept.sections
        if section.is_before_tables and section.content is not Content.ACTIONS
    ):
        return words("No sentence of the sources passed the checks.")
    if all(article.read is not Read.FULL for article in articles):
        return words("Only an excerpt could be read.")
    return ""


def _figure(hook: PrintedClaim | None) -> PageFigure | None:
    """The figure of the hook that is worth marking, with its unit where that follows it."""
    figure = key_figure(hook.text) if hook else None
    if not hook or not figure:
        return None
    shown, plain = hook.shown, hook.shown.replace("\N{NO-BREAK SPACE}", " ")
    full = f"{figure.number} {figure.unit}".strip()
    text = full if full in plain else figure.number
    start = plain.find(text)
    end = start + len(text)
    return (
        PageFigure(before=shown[:start], text=shown[start:end], after=shown[end:])
        if start >= 0
        else None
    )


def _plain_sections(
    place: SectionPlace, draft: Draft, cited: Citations, words: Translations
) -> tuple[PageSection, ...]:
    return tuple(
        PageSection(
            section=section,
            heading=words((not draft.hook and section.heading_alone) or section.heading),
            claims=cited.claims(draft.statements(section)),
        )
        for section in all_sections()
        if section.is_plain and section.place is place
    )


def _labels(story: Story, words: Translations) -> tuple[str, ...]:
    originals = without_copies(story.members)
    single = (words("single source"),) if story.independent_origins == 1 else ()
    vendor = (
        (words("announcement"),)
        if originals and all(member.primary for member in originals)
        else ()
    )
    return single + vendor


def _audiences(draft: Draft, cited: Citations, words: Translations) -> tuple[PageAudience, ...]:
    above = (draft.hook, *draft.what_changed, *draft.why_it_matters)
    texts = {claim.text for claim in above if claim}
    return tuple(
        PageAudience(
            role=audience.role,
            name=words(role_name(audience.role)),
            claim=cited.claim(audience.claim),
            is_repeated=audience.claim.text in texts,
        )
        for audience in draft.who_should_care
    )
