"""The clustering stage: assigns every article to a story.

The judge is asked about pairs of articles that their words leave undecided, at most as often a run
as the settings allow. Each answer is stored, so a run that was killed asks nothing twice, and the
stories stay what they are while the judge is away. A judge that fails is reported, and the run goes
on without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from aggregator.cluster.assign import assignments, undecided_pairs
from aggregator.cluster.members import (
    Assignment,
    ClusterItem,
    members_among,
    story_of_members,
)
from aggregator.cluster.same_event import (
    CLAIM,
    ShownArticle,
    both_reports,
    question_digest,
    shown_article,
    tells_same,
)
from aggregator.cluster.similarity.copies import shingles_of
from aggregator.cluster.similarity.event_similarity import (
    EmbeddingBlend,
    blend_of,
    text_to_embed,
    wants_vector,
)
from aggregator.cluster.similarity.features import LEAD_WORDS, with_terms
from aggregator.domain.article import Article, Judgement, Read
from aggregator.domain.entry import DateOrigin
from aggregator.domain.frozen import frozen
from aggregator.domain.ids import stable_id
from aggregator.domain.operation.report import Failure
from aggregator.domain.story import Member
from aggregator.english.text import sentences
from aggregator.errors import LlmError
from aggregator.extract.admission import usable_article
from aggregator.hooks.plugins import plugins
from aggregator.ports import Embedder, JudgeSeat
from aggregator.services import Services, Tally, Watch
from aggregator.store.database import Connection
from aggregator.store.news import articles, similarity, stories
from aggregator.store.news.articles import PlacedArticle, Sketch
from aggregator.store.news.similarity import StoredJudgement, save_judgement, stored_judgements
from aggregator.store.publishing import editions

_AT_ONCE = 64  # headlines in one question and one transaction: what a kill can cost
_MOST_A_RUN = 10_000  # headlines; the rest is clustered by words alone until the next run
_WINDOWS_KEPT = (
    3  # times lookback_days: articles that come in late still find their neighbours' vectors
)


@frozen
class UnsettledArticles:
    """The articles of a run. `closed` are those that their publishers close to models."""

    pending: Sequence[ClusterItem]
    placed: Sequence[ClusterItem]
    closed: Collection[str]


async def same_event_answers(
    services: Services, of: UnsettledArticles, watch: Watch, tally: Tally, *, may_ask: bool
) -> tuple[Judgement, ...]:
    """The stored answers about these articles, and the judge's new ones if it may be asked and
    answers.
    """
    questions = _PairQuestions(services, of)
    left = services.settings.cluster.judge_questions if may_ask else 0
    asked = list(islice(questions.pairs(), left)) if left else []
    if not asked:
        return tuple(questions.answers)
    seat = await services.find_judge()
    if not isinstance(seat, JudgeSeat):  # where one is required, the analysis reports it missing
        return tuple(questions.answers)
    watch.stage("doubts", left)
    while asked:
        for one, other in asked:
            try:
                await questions.ask(seat, one, other, tally)
            except LlmError as error:
                tally.failures.append(
                    Failure(source=seat.model, stage="judging", reason=str(error))
                )
                return tuple(questions.answers)
            watch.step(questions.title(one))
        left -= len(asked)
        asked = list(islice(questions.pairs(), left))
    return tuple(questions.answers)


class _PairQuestions:
    """The answers so far, and the articles as the model may see them."""

    def __init__(self, services: Services, of: UnsettledArticles) -> None:
        self._services, self._of = services, of
        self._items = {item.article_id: item for item in (*of.placed, *of.pending)}
        self._articles: dict[str, ShownArticle | None] = {}
        dates = [item.published for item in self._items.values()]
        with services.database.reading() as connection:
            kept = stored_judgements(connection, min(dates), max(dates)) if dates else ()
        self.answers = [answer.judgement for answer in kept if self._is_current(answer)]

    def title(self, article_id: str) -> str:
        """The headline of an article."""
        return self._items[article_id].title

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The undecided pairs that may be shown, the earlier article first."""
        for pair in undecided_pairs(
            self._of.pending, self._of.placed, self._services.settings.cluster, self.answers
        ):
            one, other = sorted(
                (pair.one, pair.other), key=lambda key: (self._items[key].published, key)
            )
            if self._article(one) and self._article(other):
                yield one, other

    async def ask(self, seat: JudgeSeat, one: str, other: str, tally: Tally) -> None:
        """Asks the judge about a pair and stores its answer. Raises LlmError."""
        first, second = self._article(one), self._article(other)
        if first is None or second is None:
            return
        before = seat.judge.spent_tokens
        probability = await seat.judge.supports(both_reports(first, second), CLAIM)
        tally.counts["tokens_judged"] += seat.judge.spent_tokens - before
        smaller, larger = sorted((one, other))
        judgement = Judgement(
            one=smaller, other=larger, same=tells_same(probability), by=seat.model
        )
        kept = StoredJudgement(
            judgement=judgement,
            shown=self._shown(judgement),
            prompts=question_digest(),
            asked=self._services.clock.now(),
        )
        with self._services.database.writing() as connection:
            save_judgement(connection, kept)
        self.answers.append(judgement)

    def _is_current(self, kept: StoredJudgement) -> bool:
        pair = kept.judgement
        return (
            pair.one in self._items
            and pair.other in self._items
            and kept.shown == self._shown(pair)
        )

    def _shown(self, pair: Judgement) -> tuple[str, str]:
        one, other = (
            article.digest if article else ""
            for article in (self._article(pair.one), self._article(pair.other))
        )
        return one, other

    def _article(self, article_id: str) -> ShownArticle | None:
        if article_id not in self._articles:
            item, language = self._items[article_id], self._services.settings.analysis.language
            is_closed = article_id in self._of.closed
            self._articles[article_id] = (
                None
                if is_closed
                else shown_article(item.title, item.published, item.lead, language)
            )
        return self._articles[article_id]


async def cluster_stage(
    services: Services, watch: Watch, tally: Tally, *, may_ask: bool = True
) -> None:
    """Assigns every article without a story to one, all in one transaction; stories that grew or
    shrank become stale.

    `may_ask`: whether a model may be asked about undecided pairs, where the settings allow it.
    """
    with services.database.reading() as connection:
        language = services.settings.analysis.language
        unplaced = [
            usable_article(article, language) for article in articles.unplaced_articles(connection)
        ]
        if not unplaced:
            return
        reach = timedelta(days=services.settings.cluster.lookback_days)
        dates = [article.published.at for article in unplaced]
        placed = articles.placed_articles(connection, min(dates) - reach, max(dates) + reach)
    watch.stage("stories", len(unplaced))
    members = members_among(services.sources())
    sketches = _sketches(unplaced)
    pending = with_terms(
        [
            _item(member, sketches[member.article.id])
            for member in members([(article, None) for article in unplaced])
        ]
    )
    terms = {item.article_id: item.terms for item in pending}
    spots = {placement.article.id: placement for placement in placed}
    known = with_terms(
        [
            cluster_item(member, spots[member.article.id])
            for member in members([(spot.article, spot.copy_of) for spot in placed])
        ]
    )
    pending, known, blend = await with_vectors(services, pending, known, tally)
    closed = {
        article.id
        for article in (*unplaced, *(placement.article for placement in placed))
        if article.reserved
    }
    answers = await same_event_answers(
        services,
        UnsettledArticles(pending=pending, placed=known, closed=closed),
        watch,
        tally,
        may_ask=may_ask,
    )
    decided = assignments(pending, known, services.settings.cluster, blend, answers)
    with services.database.writing() as connection:
        _place(
            connection,
            services,
            {article.id: article for article in unplaced},
            spots,
            decided,
            tally,
        )
        plugins().all("articles_placed", connection=connection, first=min(dates), last=max(dates))
        articles.save_sketches(
            connection,
            [
                (article, replace(sketches[article.id], terms=terms[article.id]))
                for article in unplaced
            ],
        )
    for article in unplaced:
        watch.step(article.title)


def _sketches(several: Sequence[Article]) -> dict[str, Sketch]:
    """The sketches of articles by id, without terms; of an excerpt there are no shingles."""
    texts = [article.text if article.read is Read.FULL else "" for article in several]
    return {
        article.id: Sketch(lead=" ".join(article.text.split()[:LEAD_WORDS]), shingles=kept)
        for article, kept in zip(several, shingles_of(texts), strict=True)
    }


def cluster_item(member: Member, spot: PlacedArticle) -> ClusterItem:
    """A placed article as clustering sees it."""
    return _item(member, spot.sketch or _sketches([spot.article])[spot.article.id], spot)


def _item(member: Member, sketch: Sketch, spot: PlacedArticle | None = None) -> ClusterItem:
    article = member.article
    return ClusterItem(
        article_id=article.id,
        title=_title(member, sketch.lead),
        lead=sketch.lead,
        shingles=sketch.shingles,
        terms=sketch.terms,
        published=article.published.at,
        source_key=article.source_key,
        family=member.family,
        lane=member.lane,
        canonical_url=article.canonical_url,
        story_id=spot.story_id if spot else None,
        storyline=spot.storyline if spot else None,
        affairs=spot.affairs if spot else (),
        copy_of=member.copy_of,
        dated=article.published.origin is not DateOrigin.FIRST_SEEN,
    )


def _title(member: Member, lead: str) -> str:
    """The headline, or the first sentence if the headline is a label of ours: equal labels do not
    mean the same event.
    """
    return member.article.headline or next(iter(sentences(lead)), "")


def _place(
    connection: Connection,
    services: Services,
    new: Mapping[str, Article],
    spots: Mapping[str, PlacedArticle],
    decided: Sequence[Assignment],
    tally: Tally,
) -> None:
    moved = [
        assignment
        for assignment in decided
        if _is_moved(assignment, spots.get(assignment.article_id))
    ]
    line_of = {each.story_id: (each.storyline, each.affairs) for each in decided}
    heirs: dict[str, str] = {}
    for assignment in moved:
        if assignment.article_id in spots:
            heirs.setdefault(spots[assignment.article_id].story_id, assignment.story_id)
    touched = sorted({assignment.story_id for assignment in moved} | heirs.keys())
    known = stories.known_ids(connection, touched)
    grown = articles.articles_of(connection, touched, passages=False)
    gone = {assignment.article_id for assignment in moved}
    for story_id in touched:
        grown[story_id] = [pair for pair in grown[story_id] if pair[0].id not in gone]
    for assignment in moved:
        article = new.get(assignment.article_id) or spots[assignment.article_id].article
        grown[assignment.story_id].append((article, assignment.copy_of))
    members = members_among(services.sources())
    out = editions.published_weeks(connection)
    for story_id, found in grown.items():
        if found:
            made = story_of_members(story_id, members(found), services.settings.site.timezone, out)
            storyline, affairs = line_of.get(story_id, (story_id, ()))
            stories.save_story(connection, replace(made, storyline=storyline, affairs=affairs))
        if story_id in known:
            stories.merge_into(connection, story_id, None if found else heirs[story_id])
    for assignment in moved:
        articles.place_article(
            connection,
            assignment.article_id,
            assignment.story_id,
            assignment.copy_of,
            because=assignment.reason,
            similarity=assignment.similarity,
        )
    for story_id in sorted(line_of.keys() - set(touched)):
        stories.set_storyline(connection, story_id, *line_of[story_id])
    tally.counts.update(stories_new=len(touched) - len(known), stories_updated=len(known))


def _is_moved(decided: Assignment, spot: PlacedArticle | None) -> bool:
    """Whether an article is new or changes its story or origin, not only its story's storyline."""
    return spot is None or (decided.story_id, decided.copy_of) != (spot.story_id, spot.copy_of)


async def with_vectors(
    services: Services, pending: Sequence[ClusterItem], placed: Sequence[ClusterItem], tally: Tally
) -> tuple[list[ClusterItem], list[ClusterItem], EmbeddingBlend | None]:
    """The articles with their headlines' vectors, and how these are used; as they came where no
    embedder answers.
    """
    found = await services.find_embedder()
    if isinstance(found, Failure):
        tally.failures.append(found)
    if found is None or isinstance(found, Failure):
        return list(pending), list(placed), None
    model = await found.model()
    texts = {
        item.article_id: text_to_embed(item) for item in (*pending, *placed) if wants_vector(item)
    }
    vector_of = await _vectors(services, found, model, texts, tally)
    newest = max((item.published for item in (*pending, *placed)), default=services.clock.now())
    with services.database.writing() as connection:
        similarity.forget_vectors(
            connection,
            newest - timedelta(days=_WINDOWS_KEPT * services.settings.cluster.lookback_days),
        )

    def seen(items: Sequence[ClusterItem]) -> list[ClusterItem]:
        return [replace(item, vector=vector_of.get(item.article_id, b"")) for item in items]

    return seen(pending), seen(placed), blend_of(model.partition("@")[0])


async def _vectors(
    services: Services, embedder: Embedder, model: str, texts: dict[str, str], tally: Tally
) -> dict[str, bytes]:
    """The vectors of these texts, by article: those kept, and those that can be made now."""
    digests = {key: stable_id("headline", text) for key, text in texts.items()}
    with services.database.reading() as connection:
        found = similarity.stored_vectors(connection, model, digests)
    missing = iter(islice((key for key in sorted(texts) if key not in found), _MOST_A_RUN))
    while some := list(islice(missing, _AT_ONCE)):
        try:
            made = await embedder.embed([texts[key] for key in some])
        except LlmError as error:
            tally.failures.append(Failure(source=model, stage="embedding", reason=str(error)))
            break
        with services.database.writing() as connection:
            similarity.save_vectors(
                connection,
                model,
                [(key, digests[key], vector) for key, vector in zip(some, made, strict=True)],
            )
        found |= dict(zip(some, made, strict=True))
    return found
