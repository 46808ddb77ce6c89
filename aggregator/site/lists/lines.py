"""A story as one line of a list, and the order of lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain, repeat

from aggregator.domain.claim import Claim
from aggregator.domain.entry import DateOrigin
from aggregator.domain.frozen import frozen
from aggregator.domain.publishing.artwork import subject_name
from aggregator.domain.publishing.edition import about_paths
from aggregator.domain.publishing.news_section import NewsSection, news_section
from aggregator.domain.publishing.newsroom import concerned_roles
from aggregator.domain.publishing.printed import PrintedCitation, PrintedClaim
from aggregator.domain.source import SIDE_LANES, Lane
from aggregator.domain.story import Member, PublishedStory, Story, by_article, without_copies
from aggregator.english.event_kind import NO_NEWS, EventKind
from aggregator.english.headline_text import is_telling
from aggregator.english.speech_acts import is_credited
from aggregator.site.paths import story_path
from aggregator.site.record_json import record_from_json, record_json
from aggregator.site.story.cited import source_label
from aggregator.site.story.importance import reach, why_it_leads
from aggregator.site.story.origins import headline_language, sources_counted
from aggregator.site.story.page import page_action
from aggregator.site.story.records import PageAction
from aggregator.templating.translation import Translations, translations

REMEMBERED = 2_048  # lines, 10 MB: each stands in four or five lists of one build
# where a probable kind counts, too: of the releases counted so in labelled reports 18 in 19 are
_OWN_SECTIONS = {
    EventKind.MODEL_RELEASE: NewsSection.MODELS,
    EventKind.FUNDING: NewsSection.MONEY,
}
_LIKELY = 0.6  # the share of a kind of event from which on a headline may stand for a summary


@frozen
class StoryLine:
    """A story as lists show it. `figures` are those that the hook does not state, `matters` is the
    first reason why it does, `actions` are what its page tells each role to do next. `weight` is
    the number of origins in words, empty for one; `reach` always has it, with the names of others
    that report it and its points and comments. `why` is what speaks for its importance.

    `update` is the newest fact added after the first publication, and `updated` its time. `topics`
    are keys, `roles` those that it concerns, `entities` keys of the registry, `subjects` those of
    entities that it is about and does not just mention, `sources` the keys of its articles'
    sources; the lists of all these show it. `changed` is the last change of the
    story's page. Without a date from a source it is not `is_dated`, and `published` is when it was
    first seen. `url` is its address at its source where it has no page; there is then nothing
    at `path`. `headline_says` is set where the headline alone says what happened. `subject` is the
    name of the entity that its headline names first, `reported` the keys of those that the
    headlines of its articles are about. One line is stored per story, so it has only
    what lists show or choose by.
    """

    id: str
    path: str
    headline: str
    lang: str
    hook: PrintedClaim | None
    changes: tuple[PrintedClaim, ...]
    published: datetime
    changed: datetime
    lane: Lane
    topics: tuple[str, ...]
    roles: tuple[str, ...]
    entities: tuple[str, ...]
    source: str
    families: tuple[str, ...]
    weight: str
    reach: str
    score: float
    importance: float = 0.0
    why: str = ""
    figures: tuple[PrintedClaim, ...] = ()
    matters: PrintedClaim | None = None
    actions: tuple[PageAction, ...] = ()
    update: PrintedClaim | None = None
    updated: datetime | None = None
    pinned: bool = False
    sources: tuple[str, ...] = ()
    is_dated: bool = True
    url: str = ""
    section: NewsSection = NewsSection.OTHER
    kind: EventKind = EventKind.OTHER
    is_kind_sure: bool = False
    headline_says: bool = False
    subject: str = ""
    subjects: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[str, ...]:
        """What a reader may follow and it is about, by the path of its page without the last
        slash.
        """
        return about_paths(self.topics, self.roles, self.subjects)

    @property
    def is_news(self) -> bool:
        """Whether it reports an event, or the operator pinned it: advice, promotion and notices
        do not.
        """
        return self.lane not in SIDE_LANES and (self.pinned or self.kind not in NO_NEWS)

    @property
    def leads(self) -> bool:
        """Whether it may be shown large: it is news, and a sentence or its headline says what
        happened.
        """
        return self.is_news and (self.hook is not None or self.headline_says)

    @property
    def is_sole(self) -> bool:
        """Whether a single origin reports it."""
        return not self.weight

    @property
    def names_source(self) -> bool:
        """Whether its sentences name its source already."""
        sentences = [sentence for sentence in (self.hook, *self.changes, self.update) if sentence]
        return any(
            sentence.attribution == self.source
            if sentence.quoted
            else is_credited(sentence.text, self.source)
            for sentence in sentences
        )

    @property
    def topic(self) -> str:
        """The first of its topics, empty where it has none."""
        return self.topics[0] if self.topics else ""


def story_line(published: PublishedStory, language: str) -> StoryLine:
    """The line of a story."""
    story, draft = published.story, published.analysis.kept
    members = by_article(story.members)
    first = story.members[0]
    words = translations(language)
    section = news_section(story.section, story.lane)
    named = [audience.role for audience in draft.who_should_care]
    named += [action.role for action in draft.what_to_do_next]
    update = next(iter(story.news_since(story.first_seen)), None)
    lang = headline_language(published, language)
    return StoryLine(
        id=story.id,
        path=story_path(story),
        headline=published.headline.text,
        lang=lang,
        hook=_sentence(draft.hook, members, words) if draft.hook else None,
        changes=tuple(_sentence(claim, members, words) for claim in draft.what_changed),
        published=story.published,
        changed=max(story.updated, published.analysis.analysed_at),
        lane=story.lane,
        topics=story.topics,
        roles=concerned_roles(named, section),
        entities=tuple(entity.key for entity in story.entities),
        source=first.source_name,
        families=tuple(sorted({member.family for member in without_copies(story.members)})),
        weight=sources_counted(story, words) if story.independent_origins > 1 else "",
        reach=reach(story, words),
        score=story.score,
        importance=story.importance,
        why=why_it_leads(story, words),
        figures=tuple(_sentence(figure, members, words) for figure in draft.further_figures),
        matters=next((_sentence(why, members, words) for why in draft.why_it_matters), None),
        actions=tuple(
            page_action(action, _sentence(action.claim, members, words), words)
            for action in draft.what_to_do_next
        ),
        update=_sentence(update.claim, members, words) if update else None,
        updated=update.at if update else None,
        pinned=story.operator.pinned,
        sources=tuple(sorted({member.article.source_key for member in story.members})),
        is_dated=any(
            member.article.published.origin is not DateOrigin.FIRST_SEEN for member in story.members
        ),
        url="" if published.has_page else first.article.url,
        section=section,
        kind=story.kind,
        is_kind_sure=story.is_kind_sure
        or (story.is_kind_probable and _OWN_SECTIONS.get(story.kind) is story.section),
        headline_says=not lang and _headline_says(story, published.headline.text),
        subject=subject_name(published.headline.text, story.entities),
        subjects=_subjects(story),
        reported=story.subjects,
    )


def _headline_says(story: Story, headline: str) -> bool:
    """Whether a headline alone says that something happened, by the kind of event or by how many
    report it.
    """
    kind, share = story.kinds[0] if story.kinds else (EventKind.OTHER, 0.0)
    is_event = kind not in {EventKind.OTHER, EventKind.OPINION} and share >= _LIKELY
    return (is_event or story.independent_origins > 1) and is_telling(headline)


def _subjects(story: Story) -> tuple[str, ...]:
    """The keys of the entity that a story names most, and of those that its headlines are about."""
    most = (entity.key for entity in story.entities[:1])
    return tuple(dict.fromkeys((*most, *story.subjects)))


def line_json(line: StoryLine) -> str:
    """A line as JSON for the store: equal lines give equal text."""
    return record_json(line)


@lru_cache(REMEMBERED)
def line_from_json(text: str) -> StoryLine:
    """The stored line."""
    return record_from_json(StoryLine, text)


def by_importance(lines: Iterable[StoryLine]) -> list[StoryLine]:
    """What the operator pinned, then the most important first; equals by newest, then id."""
    return _ranked(lines, lambda line: line.importance)


def by_score(lines: Iterable[StoryLine]) -> list[StoryLine]:
    """What the operator pinned, then the important and fresh first; equals by newest, then id."""
    return _ranked(lines, lambda line: line.score)


def _ranked(lines: Iterable[StoryLine], worth: Callable[[StoryLine], float]) -> list[StoryLine]:
    return sorted(
        lines,
        key=lambda line: (not line.pinned, -worth(line), -line.published.timestamp(), line.id),
    )


def by_time(lines: Iterable[StoryLine]) -> list[StoryLine]:
    """Newest first; equals by id."""
    return sorted(lines, key=lambda line: (-line.published.timestamp(), line.id))


def varied(
    lines: Iterable[StoryLine], most: int, per_source: int = 2, per_topic: int = 0
) -> tuple[StoryLine, ...]:
    """The first `most` lines, at most `per_source` of them from one source alone: what several
    report is no source's own.

    Lines beyond `per_topic` of one topic come after all others, if there is room; 0 means no such
    limit.
    """
    chosen: list[StoryLine] = []
    passed_over: list[StoryLine] = []
    founded, of_topic = Counter[str](), Counter[str]()
    for line, may_wait in chain(zip(lines, repeat(True)), ((line, False) for line in passed_over)):
        if len(chosen) == most:
            break
        if line.is_sole and founded[line.source] == per_source:
            continue
        if may_wait and per_topic and line.topic and of_topic[line.topic] == per_topic:
            passed_over.append(line)
            continue
        founded[line.source] += line.is_sole
        of_topic[line.topic] += 1
        chosen.append(line)
    return tuple(chosen)


def summarised_first(ranked: Sequence[StoryLine], most: int) -> list[StoryLine]:
    """The same lines; of the first twice `most` those pinned or with a summary come first: a bare
    headline shown large says no more than it does in a list.
    """
    near, others = ranked[: 2 * most], ranked[2 * most :]
    return [*sorted(near, key=lambda line: not (line.pinned or line.hook)), *others]


def without(lines: Iterable[StoryLine], *shown: Iterable[StoryLine]) -> list[StoryLine]:
    """The lines that are not among those shown already, in their order."""
    ids = {line.id for some in shown for line in some}
    return [line for line in lines if line.id not in ids]


def _sentence(claim: Claim, members: Mapping[str, Member], words: Translations) -> PrintedClaim:
    cited = [(members.get(citation.article_id), citation.quote) for citation in claim.citations]
    names = dict.fromkeys(
        source_label(member.source_name, quote, words) for member, quote in cited if member
    )
    sources = tuple(PrintedCitation(source=name) for name in names)
    return PrintedClaim(text=claim.text, kind=claim.kind, citations=sources)
