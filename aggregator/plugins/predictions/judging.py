"""Marks the predictions that are due, finds what may decide one, and records the operator's
decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from aggregator.cluster.members import members
from aggregator.domain.article import Passage
from aggregator.domain.claim import Citation
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.report import Note
from aggregator.domain.prediction import Decision, Outcome, Prediction, without_repeats
from aggregator.domain.story import Member
from aggregator.domain.web.urls import fetchable_url
from aggregator.domain.wording import counted
from aggregator.english.lexical import stems
from aggregator.english.text import sentences
from aggregator.errors import ArgumentError
from aggregator.plugins.predictions import store
from aggregator.services import Services, Tally
from aggregator.store.database import Connection
from aggregator.store.news import articles

_MOST_STORIES = 60  # looked through for what may decide a prediction, the newest
_SAME_WORDS = 2  # of headlines, by stem
_MOST_PASSAGES = 3  # put before the operator
# share of a prediction's content words that a sentence must have to be put before the operator
_ALIKE = 0.4
_PASSAGE = re.compile(r"[^.]+\.\d{1,6}\.\d{1,6}", re.ASCII)  # the form of its key
_NEEDS_PROOF = frozenset({Outcome.CAME_TRUE, Outcome.DID_NOT})


@frozen
class PossibleEvidence:
    """A sentence of a later article that may decide a prediction, by the key of its passage."""

    passage: str
    sentence: str
    source: str
    url: str


@frozen
class OperatorDecision:
    """The operator's decision on a prediction, and what it rests on: the key of a passage, or an
    address.
    """

    outcome: Outcome
    passage: str = ""
    url: str = ""
    note: str = ""


def mark_due(services: Services, tally: Tally) -> None:
    """Marks the predictions whose last day is over, and reports how many wait for a decision: each
    event once, as they are listed.
    """
    with services.database.writing() as connection:
        if not store.mark_due(connection, services.clock.now().date()):
            return
        stored = without_repeats(store.stored_predictions(connection))
    number = sum(prediction.outcome is Outcome.DUE for prediction in stored)
    if number:
        tally.counts["predictions_due"] = number
        text = (
            f"{counted(number, 'prediction')} due to be judged: `aggregator predictions list --due`"
        )
        tally.notes.append(Note(source="predictions", text=text))


def decide(services: Services, which: str, verdict: OperatorDecision) -> Prediction:
    """Records the outcome of a prediction. Raises ArgumentError where it is unknown, or nothing
    decides it.
    """
    with services.database.writing(durable=True) as connection:
        found = store.prediction(connection, which)
        if found is None:
            raise ArgumentError(
                f"no prediction {which}; `aggregator predictions list --all` shows all of them"
            )
        if verdict.outcome is Outcome.OPEN:
            store.reopen(connection, which)
        else:
            store.decide(connection, which, _decision(connection, services, found, verdict))
        return store.prediction(connection, which) or found


def _decision(
    connection: Connection, services: Services, found: Prediction, verdict: OperatorDecision
) -> Decision:
    url = fetchable_url(verdict.url) or ""
    if verdict.url and not url:
        raise ArgumentError(f"not a URL that readers can open: {verdict.url}")
    if verdict.outcome in _NEEDS_PROOF and not (verdict.passage or url):
        raise ArgumentError(
            "give the evidence: --passage KEY of a stored article, or --url ADDRESS"
        )
    cited = _cited(connection, services, found, verdict.passage) if verdict.passage else None
    return Decision(
        outcome=verdict.outcome, at=services.clock.now(), citation=cited, url=url, note=verdict.note
    )


def _cited(connection: Connection, services: Services, found: Prediction, key: str) -> Citation:
    """The sentence of a passage that has most words of the prediction, as it may be quoted."""
    from aggregator.english.trimming import trimmed
    from aggregator.extract.admission import evidence_sentences

    passage = _stored(connection, key)
    stated = evidence_sentences(passage, services.settings.analysis.language) if passage else ()
    if not stated:
        raise ArgumentError(
            f"no passage {key}; `aggregator predictions list --due` lists some that may decide it"
        )
    wanted, most = stems(found.implication.claim.text), services.settings.analysis.quote_words
    best = max(stated, key=lambda sentence: len(stems(sentence) & wanted))
    return Citation(passage=key, quote=trimmed(best, most) or " ".join(best.split()[:most]))


def _stored(connection: Connection, key: str) -> Passage | None:
    """A passage by its key (`<article>.<version>.<n>`), None where there is no such one."""
    return articles.passages_by_key(connection, [key]).get(key) if _PASSAGE.fullmatch(key) else None


def evidence(
    connection: Connection, services: Services, found: Prediction
) -> tuple[PossibleEvidence, ...]:
    """Sentences of later articles that may decide a prediction, the likeliest first: from its own
    story and from those with similar headlines.
    """
    own = articles.articles_of(connection, [found.story_id], passages=False)[found.story_id]
    titles, first = (
        [article.title for article, _ in own],
        min(article.published.at for article, _ in own),
    )
    near = near_stories(titles, articles.headlines_since(connection, first))
    placed = articles.articles_of(
        connection, [found.story_id, *near[-_MOST_STORIES:]], passages=True
    )
    named = members([pair for several in placed.values() for pair in several], services.sources())
    ranked = sorted(_likely(found, named), key=lambda pair: (-pair[0], pair[1].passage))
    return tuple(pair for _, pair in ranked[:_MOST_PASSAGES])


def near_stories(titles: Sequence[str], others: Mapping[str, Sequence[str]]) -> list[str]:
    """The stories whose headlines share enough words with these to be about the same, in the order
    given.
    """
    wanted = frozenset().union(*map(stems, titles))
    return [
        key
        for key, headlines in others.items()
        if len(wanted & frozenset().union(*map(stems, headlines))) >= _SAME_WORDS
    ]


def _likely(found: Prediction, named: Sequence[Member]) -> Iterator[tuple[float, PossibleEvidence]]:
    wanted = stems(found.implication.claim.text)
    told_by = {citation.article_id for citation in found.implication.claim.citations}
    told_at = max(
        (member.article.published.at for member in named if member.article.id in told_by),
        default=found.noted,
    )
    for member in named:
        if member.article.published.at <= told_at or member.copy_of is not None:
            continue
        for passage in member.article.passages:
            for sentence in sentences(passage.text):
                share = len(stems(sentence) & wanted) / len(wanted) if wanted else 0.0
                if share >= _ALIKE:
                    yield (
                        share,
                        PossibleEvidence(
                            passage=passage.key,
                            sentence=sentence,
                            source=member.source_name,
                            url=member.article.url,
                        ),
                    )
