"""What a refresh would do now, and about what a model would read for it: `refresh --dry-run`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial

from aggregator.crawl.plan import due_sources
from aggregator.crawl.stage.source_status import followed
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Failure
from aggregator.domain.operation.rules import Depth
from aggregator.domain.story import Story
from aggregator.english.text import CHAT_TOKENS, estimated_tokens
from aggregator.ports import ModelEngine, Prompt
from aggregator.services import RefreshOptions, Services
from aggregator.store.database import Connection
from aggregator.store.news import articles, entries, stories
from aggregator.store.news import sources as stored_sources
from aggregator.store.rows import batches
from aggregator.store.schema import REVISION
from aggregator.store.writing import analyses
from aggregator.store.writing.models import Spent, kept_speed, places_held, stored_answer
from aggregator.story.fact_question import facts_prompt
from aggregator.story.page.question import page_prompt
from aggregator.story.run import inputs_digest
from aggregator.story.stage.analyse import for_model, in_order, outdated_for
from aggregator.story.stage.background import with_background
from aggregator.story.stage.gating import with_texts
from aggregator.story.stage.judging import SentenceJudge, judged_engine, sentence_judge
from aggregator.story.stage.model_analysis import material_for, question_key
from aggregator.story.stage.places import daily_places, depth_of
from aggregator.story.writer import brief_prompt

_UNKNOWN = "not measured yet"  # no run of this model was
_STORY_BATCH = 50  # stories whose texts are in memory at once
_FACTS_TOKENS = 900  # of the facts of a story, which the question for its page holds


@frozen
class _Price:
    """Stories that a model would be asked about, by depth, and about how many tokens of prompts,
    without repairs. What follows from them is not known before a run of this model was
    measured.
    """

    in_depth: int = 0
    in_brief: int = 0
    prompt_tokens: int = 0
    completion_tokens: int | str = 0
    judge_tokens: int | str = 0
    minutes: float | str = 0.0


async def refresh_plan(services: Services, options: RefreshOptions) -> dict[str, float | str]:
    """What a refresh would do now with what is stored, and about what a model would read for it;
    nothing is written.

    No source is asked, and of the model's server only what it has.
    """
    is_current = services.database.revision() == REVISION
    find = partial(judged_engine, services) if is_current else services.find_model
    found = await find() if options.analysis else None
    model = found if isinstance(found, ModelEngine) else None
    named = (
        f"{model.name} ({model.model})"
        if model
        else f"none: {found.reason}"
        if isinstance(found, Failure)
        else "none"
    )
    if not is_current:
        due_now = sum(source.enabled for source in services.settings.sources)
        return {"sources_due": due_now, "model": named, **_priced(_Price())}
    judge = await sentence_judge(services, writer=model) if model else SentenceJudge(why="none")
    now = services.clock.now()
    with services.database.reading() as connection:
        states = stored_sources.fetch_states(connection)
        asked = followed(connection, services.settings.sources)
        due = due_sources(asked, states, now, everything=options.everything, only=options.only)
        stale = frozenset(stories.stale_ids(connection))
        texts_since = services.settings.retention.texts_since(now)
        asked_about = _waiting(connection, services, model, texts_since) if model else ()
        cost = _price(connection, services, model, asked_about) if model else _Price()
        return {
            "sources_due": len(due.asked),
            "sources_not_due": len(due.not_due),
            "entries_to_read": len(entries.pending_entries(connection)),
            "pages_to_ask_again": len(articles.pages_due(connection, now)),
            "articles_to_place": articles.unplaced_count(connection),
            "doubts_for_model": services.settings.cluster.judge_questions if model else 0,
            "stories_to_analyse": len(stale.union(story.id for story in asked_about)),
            "model": named,
            "judge": judge.model or judge.why,
            **_priced(cost),
        }


def _priced(cost: _Price) -> dict[str, float | str]:
    return {"stories_for_model": cost.in_depth + cost.in_brief, **asdict(cost)}


def _waiting(
    connection: Connection, services: Services, engine: ModelEngine, since: datetime | None
) -> tuple[Story, ...]:
    """The stories that the model would look at, the most important first."""
    stale = {story.id for story in for_model(connection, services)}
    others = outdated_for(connection, services, engine, since)
    ranked = daily_places(connection, services).ranked
    return in_order(connection, [each for each in ranked if each in stale.union(others)])


def _price(
    connection: Connection, services: Services, engine: ModelEngine, bare: Sequence[Story]
) -> _Price:
    """What these stories would cost with the places that the day has left; a question that was
    answered costs nothing.
    """
    made = analyses.analysis_origins(connection, [story.id for story in bare])
    places = daily_places(connection, services)
    held = places_held(connection, places.day)
    found: list[tuple[Depth, int]] = []
    for some in batches(bare, _STORY_BATCH):
        for story in with_texts(connection, services, some):
            before = made.get(story.id)
            depth = places.open_to(held, story.id, depth_of(before))
            if depth is None or (before and before.inputs == inputs_digest(story, engine)):
                continue
            whole = with_background(connection, services, story)
            if tokens := _prompt_tokens(connection, engine, whole, depth):
                held[story.id] = depth
                found.append((depth, tokens))
    count = Counter(depth for depth, _ in found)
    return _at_speed(
        _Price(
            in_depth=count[Depth.IN_DEPTH],
            in_brief=count[Depth.IN_BRIEF],
            prompt_tokens=sum(tokens for _, tokens in found),
        ),
        kept_speed(connection, engine.digest),
    )


def _at_speed(found: _Price, spent: Spent | None) -> _Price:
    """The price by the speed of earlier runs: their answers, judging and time a token asked."""
    if not found.prompt_tokens:
        return found
    if spent is None:
        return replace(found, completion_tokens=_UNKNOWN, judge_tokens=_UNKNOWN, minutes=_UNKNOWN)
    share = found.prompt_tokens / spent.prompt_tokens
    return replace(
        found,
        completion_tokens=round(share * spent.completion_tokens),
        judge_tokens=round(share * spent.judge_tokens),
        minutes=round(share * spent.seconds / 60, 1),
    )


def _prompt_tokens(connection: Connection, engine: ModelEngine, story: Story, depth: Depth) -> int:
    """About what a story costs; the page's question holds facts that nobody knows yet."""
    material = material_for(story, engine.options)
    if material is None:
        return 0

    def tokens(question: Prompt) -> int:
        is_kept = stored_answer(connection, question_key(engine.digest, question)) is not None
        return 0 if is_kept else _tokens(question)

    if depth is Depth.IN_BRIEF:
        return tokens(brief_prompt(material))
    page = page_prompt(material.headline.text, ())
    return tokens(facts_prompt(material.evidence)) + _tokens(page) + _FACTS_TOKENS


def _tokens(question: Prompt) -> int:
    texts = (question.system, question.prefix, question.task)
    return sum(map(estimated_tokens, texts)) + CHAT_TOKENS
