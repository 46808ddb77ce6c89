"""The view of an edition's mail, part by part: cut to a subscriber's choice and to what fits.

Everything in the edition's record is bounded here once more: a mail that a provider clips hides its
unsubscribe line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from aggregator.digest.edition.sentences import address, bounded
from aggregator.digest.mail.records import MailPlan, MailSection, MailView, speakers
from aggregator.digest.mail.wanted_stories import followed_stories, wanted_stories
from aggregator.domain.claim import ClaimKind
from aggregator.domain.dates import local_day
from aggregator.domain.publishing.edition import (
    Edition,
    EditionStory,
    StoredEdition,
)
from aggregator.domain.publishing.newsroom import role_name
from aggregator.domain.publishing.period import PeriodKind
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim
from aggregator.domain.publishing.subscriber import Segment
from aggregator.domain.settings import EmailSettings, SiteSettings
from aggregator.domain.wording import inner_quotation
from aggregator.english.speech_acts import is_credited
from aggregator.english.text import normalised
from aggregator.site.edition.figures import period_facts
from aggregator.site.edition.page import SHORT, edition_forms, section_name, short_edition
from aggregator.site.head import absolute
from aggregator.site.paths import edition_path
from aggregator.templating.translation import Translations, translations

_MOST_HEADLINE = 300  # characters; test_mail.py builds editions of 10 KB titles
_MOST_CLAIM = 1_200
_MOST_NAME = 80
_MOST_FACTS = 200
_MOST_ROWS = 12  # corrections
_SUBJECT_HEADLINE = 90  # what is left of it in a list of mails on a telephone is 40 to 60
_PREHEADER = 140
_MOST_OF_EACH_ROLE = 3
_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he ks ps sd syr ug ur yi".split())
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
# an article that is cited: its source, its address, and 0, or its number where it has no address
_Cited: TypeAlias = tuple[str, str, int]


def unit_count(edition: Edition, segment: Segment) -> int:
    """How many sentences of the opening and stories there are to choose from; `mail_view` takes the
    first of them.
    """
    wanted = wanted_stories(edition, segment)
    return len(_opening(edition, wanted)) + len(wanted)


def mail_view(
    stored: StoredEdition, site: SiteSettings, email: EmailSettings, segment: Segment, units: int
) -> MailView:
    """The mail with the first `units` of the opening's sentences and the stories; what is cut is
    counted in `unseen`.
    """
    edition = stored.edition
    wanted = wanted_stories(edition, segment)
    opening = _opening(edition, wanted)
    mailed = replace(edition, opening=opening[:units])
    shown = [
        replace(story, hook=None) if mailed.opens_with(story) else story
        for story in wanted[: max(0, units - len(opening))]
    ]
    opening = mailed.opening
    ids = {story.id for story in shown}
    watch = tuple(plan for plan in edition.watch if plan.story in ids)
    claims = (
        *opening,
        *(claim for story in shown for claim in (*_parts(story), *story.figures) if claim),
        *(plan.claim for plan in watch),
    )
    cited = _article_numbers(claims)
    stories = {story.id: _bounded_story(story, site, cited) for story in shown}
    words, lang = translations(site.language), _language(site.language) or "en"
    title, is_day = _title(edition, wanted, words), edition.kind is PeriodKind.DAY
    return MailView(
        subject=_subject(edition, wanted),
        preheader=_line(
            " · ".join(story.headline for story in wanted[1:3]) or site.description, _PREHEADER
        ),
        lang=lang,
        dir="rtl" if lang in _RIGHT_TO_LEFT else "ltr",
        told_in=site.story_language,
        site=_line(site.title, _MOST_NAME),
        site_url=absolute(site, ""),
        title=title,
        facts=(
            words("Edition %(number)s", number=edition.number),
            *(() if title == (period := words.period(edition.period)) else (period,)),
            words.counted(max(1, edition.minutes), "%s min read", "%s min read"),
        ),
        corrections=_corrections(stored, site),
        quiet=short_edition(edition, words),
        opening=tuple(_mail_claim(claim, cited) for claim in opening),
        minute=_minute(edition, stories, segment, words),
        sections=_sections(edition, stories, segment, words),
        unseen=(
            words.counted(len(wanted) - len(shown), "%s more story", "%s more stories")
            if len(wanted) > len(shown)
            else ""
        ),
        chosen=_choice_note(edition, wanted, segment, words),
        watch=tuple(
            MailPlan(
                day=words.day(plan.day),
                what=_mail_claim(plan.claim, cited),
                headline=_line(plan.headline, _MOST_HEADLINE),
                url=address(absolute(site, plan.path)),
            )
            for plan in watch
        ),
        numbers=() if is_day else period_facts(edition, words),
        left_out="" if is_day else _left_out(edition, words),
        forms=tuple(
            replace(form, url=absolute(site, edition_path(edition.period) + form.url))
            for form in edition_forms(site)
        ),
        sources=tuple(
            PrintedCitation(number=number, source=source, url=url)
            for (source, url, _), number in cited.items()
        ),
        legend=_legend(claims, words),
        contact=_line(site.contact, _MOST_HEADLINE),
        postal_address=_line(email.postal_address, _MOST_HEADLINE),
    )


@lru_cache(
    maxsize=4096
)  # a mail that is cut to size asks again for each text: 85 % of the time of setting it
def _line(text: str, most: int) -> str:
    """One visible line, cut at a word with an ellipsis."""
    line = normalised(text[: 2 * most])
    return line if len(line) <= most else bounded(line, most - 1)


def _language(tag: str) -> str:
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return primary if _LANGUAGE.fullmatch(primary) else ""


def _opening(edition: Edition, wanted: Iterable[EditionStory]) -> tuple[PrintedClaim, ...]:
    """What the opening has about these stories, unless it is the headlines of the leads, which
    stand right below.
    """
    if not any(claim.citations for claim in edition.opening):
        return ()
    ids = {"", *(story.id for story in wanted)}
    return tuple(claim for claim in edition.opening if claim.story in ids)


def _subject(edition: Edition, wanted: Sequence[EditionStory]) -> str:
    """The news of the first story."""
    first = (
        _line(wanted[0].headline, _SUBJECT_HEADLINE)
        if wanted
        else _line(edition.title, _SUBJECT_HEADLINE)
    )
    return first.rstrip(".")


def _title(edition: Edition, wanted: Sequence[EditionStory], words: Translations) -> str:
    """The edition's title; its dates where that is the headline of its first story,
    which stands right below.
    """
    title = _line(edition.title, _MOST_HEADLINE)
    is_headline = bool(wanted) and _line(wanted[0].headline, _MOST_HEADLINE).startswith(
        title.rstrip("…")
    )
    return words.period(edition.period) if is_headline or not title else title


def _corrections(stored: StoredEdition, site: SiteSettings) -> tuple[tuple[str, str], ...]:
    zone, words = site.zone, translations(site.language)
    newest = stored.corrections[-_MOST_ROWS:]
    return tuple(
        (words.day(local_day(correction.at, zone)), _line(correction.text, _MOST_CLAIM))
        for correction in newest
    )


def _minute(
    edition: Edition, shown: Mapping[str, EditionStory], segment: Segment, words: Translations
) -> tuple[tuple[str, tuple[EditionStory, ...]], ...]:
    """What every role should read first; nothing where the mail is hardly longer, or has only what
    is for the subscriber's roles.
    """
    if segment.roles or len(shown) <= SHORT:
        return ()
    firsts = (
        (
            words(role_name(top.role)),
            tuple(shown[story] for story in top.stories if story in shown),
        )
        for top in edition.minute
    )
    return tuple((name, stories[:_MOST_OF_EACH_ROLE]) for name, stories in firsts if stories)


def _sections(
    edition: Edition, shown: Mapping[str, EditionStory], segment: Segment, words: Translations
) -> tuple[MailSection, ...]:
    followed = followed_stories(edition, segment)
    parts = (
        (words("From what you follow"), followed),
        (section_name(edition, "leads", words), edition.leads),
        *(
            (
                words("Also this week") if key == "further" else section_name(edition, key, words),
                stories,
            )
            for key, stories in edition.sections()
        ),
    )
    sections = (
        MailSection(
            name=name,
            stories=tuple(
                (shown[story.id], _facts(shown[story.id], segment, words))
                for story in stories
                if story.id in shown and (stories is followed or story not in followed)
            ),
            large=stories is edition.leads,
        )
        for name, stories in parts
    )
    return tuple(section for section in sections if section.stories)


def _bounded_story(
    story: EditionStory, site: SiteSettings, cited: Mapping[_Cited, int]
) -> EditionStory:
    hook, change, matters = (
        _mail_claim(claim, cited) if claim else None for claim in _parts(story)
    )
    untitled = translations(site.language)("Untitled")
    return replace(
        story,
        headline=_line(story.headline, _MOST_HEADLINE) or untitled,
        lang=_language(story.lang),
        source=_line(story.source, _MOST_NAME),
        reach=_line(story.reach, _MOST_FACTS),
        url=_story_link(story, site),
        hook=hook,
        changes=(change,) if change else (),
        matters=matters,
        figures=tuple(_mail_claim(claim, cited) for claim in story.figures),
    )


def _facts(story: EditionStory, segment: Segment, words: Translations) -> tuple[str, ...]:
    is_named = any(_credits(claim, story.source) for claim in story.claims)
    names = ", ".join(segment.reasons(story.about))
    facts = (
        "" if is_named else story.source,
        f"{story.reach[:1].upper()}{story.reach[1:]}" if is_named else story.reach,
        _line(words("because you follow %(names)s", names=names), _MOST_FACTS) if names else "",
    )
    return tuple(fact for fact in facts if fact)


def _credits(claim: PrintedClaim, source: str) -> bool:
    """Whether a sentence says that a source reports it."""
    return source in speakers(claim) if claim.quoted else is_credited(claim.text, source)


def _story_link(story: EditionStory, site: SiteSettings) -> str:
    return address(story.url or absolute(site, story.path))


def _parts(
    story: EditionStory,
) -> tuple[PrintedClaim | None, PrintedClaim | None, PrintedClaim | None]:
    """What happened, and either what changed or why it matters."""
    change = None if story.matters else next(iter(story.changes), None)
    return story.hook, change, story.matters


def _mail_claim(claim: PrintedClaim, cited: Mapping[_Cited, int]) -> PrintedClaim:
    """A sentence that cites articles by their numbers in the mail."""
    articles = {cited[_article_key(citation)]: citation for citation in claim.citations}
    text = _line(claim.text, _MOST_CLAIM)
    return replace(
        claim,
        text=inner_quotation(text) if claim.quoted else text,
        citations=tuple(
            PrintedCitation(
                number=number,
                source=_line(citation.source, _MOST_NAME),
                url=address(citation.url),
            )
            for number, citation in articles.items()
        ),
    )


def _choice_note(
    edition: Edition, wanted: Sequence[EditionStory], segment: Segment, words: Translations
) -> str:
    """What of a subscriber's choice the site no longer has, and what they chose, where that left
    something out.
    """
    notes = []
    if segment.gone:
        notes.append(
            words(
                "This site no longer has: %(choice)s. The rest of your choice stays; you can"
                " change it under Preferences.",
                choice=", ".join(words(name) for name in segment.gone),
            )
        )
    if others := len(edition.stories()) - len(wanted):
        notes.append(
            words(
                "You chose: %(choice)s. %(stories)s for other readers: see the web edition.",
                choice=", ".join(words(name) for name in segment.names),
                stories=words.counted(others, "%s story", "%s stories"),
            )
        )
    return " ".join(notes)


def _left_out(edition: Edition, words: Translations) -> str:
    count = sum(row.stories for row in edition.left_out)
    return words.counted(count, "%s story", "%s stories") if count else ""


def _article_numbers(claims: Iterable[PrintedClaim]) -> dict[_Cited, int]:
    """The articles cited, numbered from 1 as they are met: the numbers of the web edition are those
    of all its passages, of which an email has a part.
    """
    articles = dict.fromkeys(_article_key(one) for claim in claims for one in claim.citations)
    return {article: number for number, article in enumerate(articles, 1)}


def _article_key(cited: PrintedCitation) -> _Cited:
    """Which article is cited; one without an address is told apart by the number of its passage."""
    url = address(cited.url)
    return _line(cited.source, _MOST_NAME), url, 0 if url else cited.number


def _legend(claims: Sequence[PrintedClaim], words: Translations) -> tuple[str, ...]:
    """How to recognise what is quoted, written and inferred, as far as it occurs."""
    kinds = {claim.kind for claim in claims}
    lines = (
        (
            ClaimKind.EXTRACTED,
            words(
                "Text in quotation marks, and the headline of a story made of quotations only,"
                " are a source’s words."
            ),
        ),
        (
            ClaimKind.WRITTEN,
            words(
                "Other sentences were written by a language model and checked against the sources."
            ),
        ),
        (
            ClaimKind.INFERRED,
            words("Sentences marked as inference are a model’s conclusions from the sources."),
        ),
    )
    return (
        (
            *(text for kind, text in lines if kind in kinds),
            words("Numbers refer to the articles below."),
        )
        if kinds
        else ()
    )
