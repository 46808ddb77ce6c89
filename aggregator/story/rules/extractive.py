"""The extractive engine: fills a draft with source sentences, chosen and trimmed by rules. It
writes nothing itself.

Which sentence suits which section is decided by a linear model (`story.rules.choosing`). They are
taken one at a time with a check against what was taken before (Carbonell & Goldstein 1998), so that
no section repeats another, and a section that nothing suits stays empty. What rules cannot know
they leave out: why news matters, and what to do but for what a source says is due on a day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from functools import partial

from aggregator.domain.claim import Audience, Citation, Claim, ClaimKind, Draft
from aggregator.domain.dates import Precision
from aggregator.domain.entry import DateOrigin
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.sections import Section
from aggregator.domain.story import Member, Story
from aggregator.english.amounts import around_number
from aggregator.english.figure_phrases import figure_phrases
from aggregator.english.lexical import content_words, overlap
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    quotable_sentences,
    readable_members,
)
from aggregator.hooks.plugins import plugins
from aggregator.hooks.sections import all_sections
from aggregator.story.rules.audience import roles_of
from aggregator.story.rules.choosing import (
    AUDIENCE,
    CHANGE,
    DETAILS,
    HOOK,
    NEW_WORDS,
    Choice,
    least,
    reports_of,
    shared_words,
)
from aggregator.story.rules.commitment import implications
from aggregator.story.rules.duties import dated_duties
from aggregator.story.rules.story_headline import headline_of
from aggregator.story.rules.timeline import timeline
from aggregator.story.sections import Rule, rules_of, within_half_a_minute

_Score = Callable[[QuotableSentence], float]

_MOST_FIGURES = 2
_MOST_CHANGES = 2
_MOST_AUDIENCES = 3
_SAME = 0.5  # share of content words in common above which two sentences say the same
_NEARLY = 0.5  # of what a summary needs, for a sentence that states what changed


def page_by_rules(
    story: Story, *, language: str, quote_words: int, hook_words: int = 0
) -> Draft | None:
    """The draft of a story from its articles in `language`, in their own words; None where it has
    none.
    """
    members = readable_members(story, language)
    if not members:
        return None
    found = quotable_sentences(members)
    headline = headline_of(members, found, quote_words)
    reports = {report.article.id for report in reports_of(members)}
    names = [entity.name for entity in story.entities]
    chosen = Choice(found, headline.text, quote_words, names, hook_words=hook_words)
    pool = _Pool(chosen, reports)
    implied = implications(found, story, quote_words)
    reported = [each for each in found if each.member.article.id in reports and chosen.is_apt(each)]
    dated = timeline(story, reported, headline_of([_first_report(members)]), quote_words)
    events, others = (
        [row for row in dated if row.this_event is is_event] for is_event in (True, False)
    )
    ahead = [implication.claim for implication in implied]
    pool.leave_out(headline)
    hook = pool.hook(headline)
    roles = roles_of(
        [member.article.title for member in members], [candidate.sentence for candidate in found]
    )
    pool.reserve([*ahead, *(row.claim for row in others if row.precision is not Precision.YEAR)])
    changed = pool.take(CHANGE, _MOST_CHANGES)
    pool.reserve([row.claim for row in events])
    audiences = pool.audiences(roles, _MOST_AUDIENCES, hook)
    plain = _plain_sections(pool, members)
    drafted = Draft(
        headline=headline,
        hook=next(iter(hook), None),
        figures=pool.figures(headline, hook, _MOST_FIGURES),
        what_changed=changed,
        what_to_do_next=dated_duties(found, story, roles, quote_words),
        who_should_care=audiences,
        implications=implied,
        timeline=dated,
    ).with_items(plain)
    return within_half_a_minute(drafted)


def _plain_sections(pool: _Pool, members: Sequence[Member]) -> dict[Section, tuple[Claim, ...]]:
    """What fills the sections of plain claims by their rules; nothing where one of a plugin
    fails.
    """
    known = {section.key: section for section in all_sections()}
    filled: dict[Section, tuple[Claim, ...]] = {}
    for key, rule in rules_of().items():
        plugin = known[key].plugin
        with plugins().guarded(plugin, f"section {key}") if plugin else nullcontext():
            filled[known[key]] = _filled(key, rule, pool, members)
    return filled


def _filled(key: str, rule: Rule, pool: _Pool, members: Sequence[Member]) -> tuple[Claim, ...]:
    """What fills a section of plain claims by its rule."""
    if not rule.applies(members, pool.candidates):
        return ()
    found = (
        pool.best(rule.most, rule.weigh, rule.at_least) if rule.weigh else pool.take(key, rule.most)
    )
    return pool.in_source_order(found) if len(found) >= rule.fewest else ()


def _whole(claim: Claim, hook: Sequence[Claim]) -> Claim:
    """The hook where it quotes all that a claim does, else the claim."""
    citation = claim.citations[0]
    return next(
        (
            opening
            for opening in hook
            if opening.citations[0].passage == citation.passage
            and citation.quote in opening.citations[0].quote
        ),
        claim,
    )


def _quoted(passage: str, words: str) -> Claim:
    """A claim that is these words of a passage."""
    citation = Citation(passage=passage, quote=words)
    return Claim(text=words, kind=ClaimKind.EXTRACTED, citations=(citation,))


def _first_report(members: Sequence[Member]) -> Member:
    """The earliest member; one without a date comes after all that have one."""
    return min(
        members,
        key=lambda member: (
            member.article.published.origin is DateOrigin.FIRST_SEEN,
            member.article.published.at,
            member.article.id,
        ),
    )


class _Pool:
    """The sentences of a story, and what was taken from it so far. `reports` are the articles that
    report: what only a column says of an event is no fact of it.
    """

    def __init__(self, choice: Choice, reports: Collection[str]) -> None:
        self._choice, self._reports = choice, reports
        self.candidates = choice.candidates
        self._taken: list[frozenset[str]] = []
        self._spared: list[frozenset[str]] = []
        self._used: list[str] = []

    def take(self, section: str, most: int) -> tuple[Claim, ...]:
        """Up to `most` claims of reports that suit a section, best first."""
        return self.best(most, partial(self._suits, section), self._choice.least(section))

    def hook(self, headline: Claim) -> tuple[Claim, ...]:
        """The sentence that sums the story up and says more than the headline: the lede of an
        article, that of the headline before others; behind one that only repeats it, the next; else
        the best, else one on its matter that states what changed and can stand alone.
        """
        said = content_words(headline.text)
        own = headline.citations[0].article_id
        choices: tuple[tuple[_Score, float], ...] = (
            (partial(self._opens, own, self._choice.is_lede), 0.0),
            (partial(self._opens, own, self._choice.goes_on), 0.0),
            (partial(self._suits, HOOK), least(HOOK)),
            (partial(self._opens_with_change, headline.text), least(CHANGE)),
        )
        found = (
            self.best(1, score, at_least, said=said, section=HOOK) for score, at_least in choices
        )
        return next(filter(None, found), ())

    def _opens(
        self, own: str, does: Callable[[QuotableSentence], bool], candidate: QuotableSentence
    ) -> float:
        """Higher for an earlier sentence that does, those of the headline's own article first;
        below 0 for others.
        """
        article = candidate.member.article.id
        if article not in self._reports or not does(candidate):
            return -1.0
        return float(article == own) + 1 / (1 + candidate.article_rank * 100 + candidate.position)

    def _opens_with_change(self, headline: str, candidate: QuotableSentence) -> float:
        stands_alone = self._choice.suits(HOOK, candidate) >= _NEARLY * least(HOOK)
        shown = self._choice.shown(candidate, HOOK)
        may_open = stands_alone and shared_words(headline, shown) > 0
        return self._suits(CHANGE, candidate) if may_open else 0.0

    def figures(self, headline: Claim, hook: Sequence[Claim], most: int) -> tuple[Claim, ...]:
        """Up to `most` figures of the event in the words of their sentences: those of the hook
        first, then of others that report it, in the order of trust and of reading.
        """
        reporting = (
            (each.passage.key, each.sentence)
            for each in self.candidates
            if self._choice.is_lede(each)
            or (
                any(self._suits(key, each) >= self._choice.least(key) for key in (CHANGE, *DETAILS))
                and shared_words(headline.text, each.sentence) > 1
            )
        )
        opening = ((claim.citations[0].passage, claim.citations[0].quote) for claim in hook)
        found: dict[str, Claim] = {}
        for passage, sentence in (*opening, *reporting):
            for phrase in figure_phrases(sentence):
                found.setdefault(around_number(phrase)[1], _quoted(passage, phrase))
        return tuple(found.values())[:most]

    def audiences(
        self, roles: Sequence[str], most: int, hook: Sequence[Claim]
    ) -> tuple[Audience, ...]:
        """Up to `most` roles that should care, each with the sentence that shows best why;
        preferably one not shown yet, and no shorter cut of the hook.
        """
        concerns = {role: partial(self._choice.concerns, role, roles) for role in all_roles()}
        highest = {
            role: max(map(concern, self.candidates), default=0.0)
            for role, concern in concerns.items()
        }
        found: list[Audience] = []
        for role in sorted(all_roles(), key=lambda role: -highest[role])[:most]:
            take = partial(self.best, 1, concerns[role], least(AUDIENCE))
            found.extend(
                Audience(role=role, claim=_whole(claim, hook))
                for claim in take() or take(again=True)
            )
        return tuple(found)

    def best(
        self,
        most: int,
        score: _Score,
        at_least: float,
        *,
        again: bool = False,
        said: frozenset[str] = frozenset(),
        section: str = "",
    ) -> tuple[Claim, ...]:
        """Up to `most` claims that score as much, best first, none repeating what was taken before
        (`again` allows it) or words `said` elsewhere.
        """
        scored = ((score(candidate), candidate) for candidate in self.candidates)
        ranked = sorted(
            (pair for pair in scored if pair[0] >= at_least),
            key=lambda pair: (-pair[0], pair[1].article_rank, pair[1].position),
        )
        chosen: list[Claim] = []
        for _, option in ranked:
            claim = self._choice.claim_of(option, section)
            if len(chosen) == most:
                break
            if claim and (again or not self._is_repeated(claim, said)):
                chosen.append(claim)
                self._taken.append(content_words(claim.text))
                self._used.append(claim.citations[0].quote)
        return tuple(chosen)

    def in_source_order(self, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """Chosen sentences as their articles have them: one may lead to the next."""
        place = {id(self._choice.claim_of(each)): at for at, each in enumerate(self.candidates)}
        return tuple(sorted(claims, key=lambda claim: place[id(claim)]))

    def _suits(self, section: str, candidate: QuotableSentence) -> float:
        if candidate.member.article.id not in self._reports:
            return 0.0
        return self._choice.suits(section, candidate)

    def leave_out(self, headline: Claim) -> None:
        """Bars the sentence of an article that stands for its headline."""
        self._used.extend(citation.quote for citation in headline.citations)

    def reserve(self, claims: Sequence[Claim]) -> None:
        """Bars what another section will state: what is dated stands in the timeline, a bare year
        is as good here.
        """
        self._spared.extend(content_words(claim.text) for claim in claims)
        self._used.extend(claim.citations[0].quote for claim in claims)

    def _is_repeated(self, claim: Claim, said: frozenset[str]) -> bool:
        own, quote = content_words(claim.text), claim.citations[0].quote
        is_old = len(own - said.union(*self._taken)) < NEW_WORDS * len(own)
        return (
            is_old
            or any(used in quote or quote in used for used in self._used)
            or any(overlap(own, words) > _SAME for words in (*self._taken, *self._spared))
        )
