"""The extractive engine: fills a draft with source sentences, chosen and trimmed by rules. It
writes nothing itself.

Sentences are weighed as lead-biased extraction does (Nenkova & Vanderwende 2005: words that the
story's articles share; Lin & Hovy 1997: position), and taken one at a time with a check against
what was taken before (Carbonell & Goldstein 1998), so that no section repeats another. Sections
that need writing stay absent; what to do next holds what sources themselves give to do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

from aggregator.domain.article import Read
from aggregator.domain.claim import SECTIONS, Audience, Citation, Claim, ClaimKind, Draft, Role
from aggregator.domain.dates import Precision
from aggregator.domain.entry import DateOrigin
from aggregator.domain.settings import AnalysisSettings
from aggregator.domain.story import Member, Story
from aggregator.english.lexical import content_words, overlap
from aggregator.english.trimming import trimmed
from aggregator.extract.quotable_sentences import (
    QuotableSentence,
    extracted_claim,
    quotable_sentences,
    readable_members,
)
from aggregator.extract.statements import STATEMENTS, is_label
from aggregator.ports import Engine
from aggregator.story.rules.actions import actions
from aggregator.story.rules.headline import shared_part, shared_words
from aggregator.story.rules.implications import implications
from aggregator.story.rules.opinion import reports_of
from aggregator.story.rules.roles import roles_of, speaks_to
from aggregator.story.rules.timeline import timeline
from aggregator.story.sections import RULES_OF, Rule, is_specific

_Wanted = Callable[[QuotableSentence], bool]

# goes into an analysis's digest: a change of rules has every story analysed again
RULES = "extractive-17"

_MOST_CHANGES = 2
_MOST_REASONS = 1
_SAME = 0.5  # share of content words in common above which two sentences say the same
_RESTATED = 0.6  # the same for a reason, which names the event again to say what follows from it
_NEW_WORDS = 0.4  # share of a sentence's content words that nothing before it has
_LATEST_CHANGE = 15  # sentences into an article: what changed is news, and news stands early
_ON_HEADLINE = (
    3.0  # points of a hook that has every word of the headline: twice as much as being the lead
)
_OFF_DAY = 1.0  # points that a hook loses for a day that is not the event's
# points that "the method" costs where nothing says which: shown only where there is nothing else
_BARE = 3.0

_CHANGE = re.compile(
    r"\b(?:announc(?:ed|es|ing)|launch(?:ed|es|ing)|releas(?:ed|es|ing)|introduc(?:ed|es|ing)|"
    r"unveil(?:ed|s|ing)|published|open-sourc(?:ed|es|ing)|acquir(?:ed|es|ing)|bought|raised|"
    r"ban(?:ned|s)|sue[sd]|suing|ordered|agreed|signed|approved|rejected|joined|appointed|"
    r"resigned|added|expand(?:ed|s|ing)|roll(?:ed|s|ing) out|reached|revoked|suspended|stopped|"
    r"plans? to|(?:began|begins|started|starts)(?! (?:from|with|by|at)\b)|ended|ends|replac(?:ed|"
    r"es|ing)|updated|upgraded|reported|dropped|drops|fired|raises|adds|joins|cuts?|fell|rose|"
    r"won|lost|merged|merges|passed|fined|arrested|charged|new|now|will)\b",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"\b(?:said|says|told|tells|warn(?:s|ed)|argu(?:es|ed)|calls? (?:for|on)|called"
    r" (?:for|on)|wrote|writes)\b",
    re.I,
)
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:today|yesterday|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
_FULL_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d|\b[A-Z][a-z]+\.? \d{1,2}(?:, 20\d\d)?\b")
_REASON = re.compile(
    r"\b(?:(?<!no )(?<!that )(?<!what )matters?(?! of\b)|means that|which means|meaning that|"
    r"significan\w+|implications?|at stake|raises? (?:concerns?|questions?)|"
    r"raised (?:concerns?|questions?)|warn(?:s|ed|ing)? (?:that|of|about|against)|has warned|"
    r"would (?:allow|let|make|mean|give)|risks?|(?<!-)threat\w*|(?<!to )leverage|"
    r"paves? the way|for the first time|forc(?:es?|ed|ing) (?:[\w’'-]+ ){1,5}to|"
    r"depend(?:s|ent|ence)|reduc(?:e|es|ed|ing) (?:the |"
    r"its |their |\w+ )?(?:costs?|risks?|needs?|dependence|reliance|time|latency|demand|burden|"
    r"workload)|could (?:\w+ )?(?:lead|mean|make|cost|cut|force|help|change|allow|undermine|"
    r"threaten|harm|expose|affect|become|give|reshape|trigger|weaken|strengthen|reduce|increase|"
    r"limit|raise|let|hurt|boost|leave|pose|slow|speed|disrupt|replace|affected|harmed|exposed|"
    r"forced|threatened|replaced))\b",
    re.IGNORECASE,
)
_LEADS_ON = re.compile(
    r"^[“\"]|^\W*(?:[\w’'.-]+,? ){1,3}(?:also|however|meanwhile|went on to)\b"
)  # what no page begins with: "Huang also unveiled …"
_LINK = re.compile(r"\s*https?://\S+")  # some titles carry one; a headline of ours does not
_OPENING = re.compile(
    r"(?P<name>[A-Z]\w+)(?: [A-Z][\w’'-]*)*"
)  # what may be a name at the head of a headline
_FEWEST_OTHERS = 3  # headlines beside one, before it may count as straying from them
_FEW_SHARE = 0.2  # of the other headlines
_HYPE = re.compile(
    r"[?!]|\b(?:you|your|why|how|what|here's|this|these|game-?chang\w+|insane|shocking|best|top"
    r" \d+|revolution\w*)\b",
    re.IGNORECASE,
)


def extractive_engine(settings: AnalysisSettings) -> Engine:
    """The engine as the pipeline takes it; its settings are part of its rules."""
    rules = f"{RULES} {STATEMENTS} {settings.language} {settings.quote_words}"
    return Engine(
        name="extractive",
        model=None,
        rules=rules,
        draft=partial(draft, language=settings.language, quote_words=settings.quote_words),
    )


def draft(story: Story, *, language: str, quote_words: int) -> Draft | None:
    """The draft of a story from its articles in `language`; None where it has none."""
    members = readable_members(story, language)
    if not members:
        return None
    headline = headline_of(members)
    pool = _Pool(quotable_sentences(members), members, headline.text, quote_words)
    reported = partial(_only_from, {report.article.id for report in reports_of(members)})
    implied = implications(pool.candidates, story, quote_words)
    dated = timeline(story, pool.candidates, headline_of([_first_report(members)]), quote_words)
    events, others = (
        [row for row in dated if row.this_event is is_event] for is_event in (True, False)
    )
    ahead = [implication.claim for implication in implied]
    hook = _hook(
        pool, headline.text, [*ahead, *(row.claim for row in others)], reported, quote_words
    )
    roles = roles_of(
        [member.article.title for member in members],
        [candidate.sentence for candidate in pool.candidates],
    )
    following = actions(
        pool.candidates, story, roles, [claim.citations[0].quote for claim in hook], quote_words
    )
    pool.mark_used(
        [action.claim for action in following if not action.by]
    )  # what ends on a day is what changed, too
    pool.reserve([*ahead, *(row.claim for row in others if row.precision is not Precision.YEAR)])
    changed = pool.take(_MOST_CHANGES, weigh=_change_weight, wanted=reported(_is_change))
    pool.reserve([row.claim for row in events])
    reasons = pool.take(
        _MOST_REASONS, weigh=_reason_weight, wanted=reported(_is_reason), alike=_RESTATED
    )
    audiences = _audiences(pool, roles)
    plain = {key: _filled(rule, pool, members, reported) for key, rule in RULES_OF.items()}
    return Draft(
        headline=headline,
        hook=next(iter(hook), None),
        what_changed=changed,
        why_it_matters=reasons,
        what_to_do_next=following,
        who_should_care=audiences,
        implications=implied,
        timeline=dated,
    ).with_items({section: plain[section.key] for section in SECTIONS if section.key in plain})


def _filled(
    rule: Rule, pool: _Pool, members: Sequence[Member], reported: Callable[[_Wanted], _Wanted]
) -> tuple[Claim, ...]:
    """What fills a section of plain claims by its rule."""
    if not rule.applies(members, pool.candidates):
        return ()
    wanted = reported(rule.wanted) if rule.is_reported else rule.wanted
    found = pool.take(rule.most, weigh=rule.weigh, wanted=wanted)
    return found if len(found) >= rule.fewest else ()


def _hook(
    pool: _Pool,
    headline: str,
    aside: Sequence[Claim],
    reported: Callable[[_Wanted], _Wanted],
    quote_words: int,
) -> tuple[Claim, ...]:
    """The sentence that reports the headline's event: early with a word of it, else with two, else
    the opening of an excerpt.

    None where there is none of them: any other sentence would be taken for the event. `aside` are
    sentences about other days.
    """
    weigh = partial(
        _hook_weight, headline, {claim.citations[0].quote for claim in aside}, quote_words
    )
    reporting: tuple[_Wanted, ...] = (
        partial(_reports_early, headline),
        partial(_reports_late, headline),
        _opens_excerpt,
    )
    tried = (pool.take(1, weigh=weigh, wanted=reported(is_wanted)) for is_wanted in reporting)
    return next((found for found in tried if found), ())


def _only_from(articles: Collection[str], wanted: _Wanted) -> _Wanted:
    """The condition, for sentences of these articles only: what only a column says of an event is
    no fact of it.
    """
    return lambda candidate: candidate.member.article.id in articles and wanted(candidate)


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
    """The sentences of a story with their weights, and what was taken from it so far."""

    def __init__(
        self,
        found: Sequence[QuotableSentence],
        members: Sequence[Member],
        headline: str,
        quote_words: int,
    ) -> None:
        self.candidates, self._quote_words = tuple(found), quote_words
        self._words = {id(candidate): content_words(candidate.sentence) for candidate in found}
        self._taken: list[frozenset[str]] = []
        self._spared: list[frozenset[str]] = []
        self._used: list[str] = []
        shared = Counter(
            word
            for member in members
            for word in content_words(f"{member.article.title} {member.article.text[:1500]}")
        )
        titles = content_words(" ".join((headline, *(member.article.title for member in members))))
        self._weights = {
            id(candidate): _weight(
                candidate, self._words[id(candidate)], shared, titles, len(members)
            )
            for candidate in found
        }
        self._headline = content_words(headline)

    def take(
        self,
        most: int,
        *,
        weigh: Callable[[QuotableSentence], float],
        wanted: _Wanted,
        alike: float = _SAME,
        again: bool = False,
    ) -> tuple[Claim, ...]:
        """Up to `most` claims, best first, none repeating what was taken before (`again` allows it,
        best in another sentence).
        """
        ranked = sorted(
            (candidate for candidate in self.candidates if wanted(candidate)),
            key=lambda option: (
                again and self._is_used(option),
                -self._weights[id(option)] - weigh(option),
                option.article_rank,
                option.position,
            ),
        )
        chosen: list[Claim] = []
        for option in ranked:
            if len(chosen) == most:
                break
            if (again or not self._is_repeated(option, alike)) and (
                claim := self._claim(option, wanted)
            ):
                chosen.append(claim)
                self._taken.append(content_words(claim.text))
                self._used.append(claim.citations[0].quote)
        return tuple(chosen)

    def _claim(self, candidate: QuotableSentence, wanted: _Wanted) -> Claim | None:
        """The candidate as it will be shown, if that is still what is wanted: a cut may take the
        reason off.
        """
        claim = extracted_claim(candidate, self._quote_words)
        return (
            claim
            if claim and wanted(replace(candidate, sentence=claim.citations[0].quote))
            else None
        )

    def mark_used(self, claims: Sequence[Claim]) -> None:
        """Bars what other parts of the page state."""
        self._taken.extend(content_words(claim.text) for claim in claims)

    def reserve(self, claims: Sequence[Claim]) -> None:
        """Bars what another section will state: what is dated stands in the timeline, a bare year
        is as good here.
        """
        self._spared.extend(content_words(claim.text) for claim in claims)
        self._used.extend(claim.citations[0].quote for claim in claims)

    def _is_used(self, candidate: QuotableSentence) -> bool:
        """Whether the sentence stands on the page already."""
        return any(quote in candidate.sentence for quote in self._used)

    def _is_repeated(self, candidate: QuotableSentence, alike: float) -> bool:
        own = self._words[id(candidate)]
        known = frozenset().union(*self._taken)
        is_old = len(own - known) < _NEW_WORDS * len(own)
        return (
            self._is_used(candidate)
            or is_old
            or any(overlap(own, words) > alike for words in (*self._taken, *self._spared))
        )


def _weight(
    candidate: QuotableSentence,
    own: frozenset[str],
    shared: Counter[str],
    titles: frozenset[str],
    articles: int,
) -> float:
    """How central a sentence is: words of the headlines, words that several articles use, early
    position, a trusted article.
    """
    if not own:
        return 0.0
    on_title = len(own & titles) / len(own)
    agreed = sum(shared[word] > 1 for word in own) / len(own) if articles > 1 else 0.0
    position = 1.0 / (1 + candidate.position)
    voice = 0.4 if candidate.is_publishers_voice else 0.0
    bare = _BARE if candidate.is_bare else 0.0
    return 1.5 * on_title + agreed + 1.2 * position - 0.1 * candidate.article_rank - voice - bare


def _hook_weight(
    headline: str, aside: Collection[str], quote_words: int, candidate: QuotableSentence
) -> float:
    """What reports the event of the headline, as far as it is shown: its words, what was done, the
    lead of an article.

    `aside` are the sentences on what led to the event, or is to come of it.
    """
    shown = trimmed(candidate.sentence, quote_words) or ""
    lead = 1.5 if candidate.position == 0 else 0.5 if candidate.position < 3 else 0.0
    change = (1.0 if _CHANGE.search(headline) else 0.5) if _CHANGE.search(shown) else 0.0
    off_day = _OFF_DAY if shown in aside else 0.0
    return _ON_HEADLINE * shared_part(headline, shown) + lead + change - off_day


def _change_weight(candidate: QuotableSentence) -> float:
    """The weight as a change: reported with its day, early, as something that happened rather than
    something said.
    """
    dated = (
        1.5
        if _FULL_DATE.search(candidate.sentence)
        else 0.6
        if _DATE.search(candidate.sentence)
        else 0.0
    )
    return dated + 0.5 * bool(_CHANGE.search(candidate.sentence)) + 0.3 * is_specific(candidate)


def _reason_weight(candidate: QuotableSentence) -> float:
    return 0.5 * len(_REASON.findall(candidate.sentence))


def _reports_early(headline: str, candidate: QuotableSentence) -> bool:
    is_fit = (
        candidate.position < 8
        and is_specific(candidate)
        and not _LEADS_ON.search(candidate.sentence)
    )
    return is_fit and shared_words(headline, candidate.sentence) > 0


def _reports_late(headline: str, candidate: QuotableSentence) -> bool:
    return is_specific(candidate) and shared_words(headline, candidate.sentence) > 1


def _opens_excerpt(candidate: QuotableSentence) -> bool:
    """Whether a sentence opens the excerpt of an article that we could not read in full."""
    return (
        candidate.position == 0
        and candidate.member.article.read is not Read.FULL
        and is_specific(candidate)
    )


def _is_change(candidate: QuotableSentence) -> bool:
    """Whether a sentence reports something that happened, early; a statement counts only in a lead,
    where making it was the event.

    A sentence that names a year gone by is background.
    """
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", candidate.sentence)]
    if years and max(years) < candidate.member.article.published.at.year:
        return False
    is_change = candidate.position < _LATEST_CHANGE and _CHANGE.search(candidate.sentence)
    return bool(is_change or (candidate.position < 4 and _STATEMENT.search(candidate.sentence)))


def _is_reason(candidate: QuotableSentence) -> bool:
    return says_why(candidate.sentence) and not candidate.is_publishers_voice


def says_why(text: str) -> bool:
    """Whether a sentence says why something matters: what follows from it, what is at risk."""
    return bool(_REASON.search(text))


def headline_of(members: Sequence[Member]) -> Claim:
    """The headline that has most of what the others have, with the least salesmanship; as
    published, cited like any claim.
    """
    shared = Counter(word for member in members for word in content_words(member.article.title))

    def key(ranked: tuple[int, Member]) -> tuple[bool, bool, float, int]:
        rank, member = ranked
        own = content_words(member.article.title)
        agreed = sum(shared[word] - 1 for word in own) / (len(own) or 1)
        length = len(member.article.title.split())
        odd = 1.0 if length < 4 or length > 18 else 0.0
        score = agreed - 0.7 * bool(_HYPE.search(member.article.title)) - odd - 0.15 * rank
        is_untold = is_label(member.article.title, member.source_name)
        return (is_untold, _is_stray(member, shared, len(members) - 1), -score, rank)

    _, chosen = min(enumerate(members), key=key)
    title = chosen.article.passages[0]
    text = _LINK.sub("", title.text).strip(" -–—:|") or title.text
    return Claim(
        text=text,
        kind=ClaimKind.EXTRACTED,
        citations=(Citation(passage=title.key, quote=title.text),),
    )


def _is_stray(member: Member, shared: Counter[str], others: int) -> bool:
    """Whether a headline opens with a name that hardly any other of several headlines has: it is
    about a side of the story.

    `shared` counts the headlines that hold a word.
    """
    first = _OPENING.match(member.article.title)
    if first is None or others < _FEWEST_OTHERS:
        return False
    if (
        max((shared[word] - 1 for word in content_words(first[0])), default=0)
        >= _FEW_SHARE * others
    ):
        return False
    written = re.findall(rf"\b{re.escape(first['name'])}\b", member.article.text, re.IGNORECASE)
    return bool(written) and all(capital[0].isupper() for capital in written)


def _audiences(pool: _Pool, roles: Sequence[Role]) -> tuple[Audience, ...]:
    """The roles whose words the story uses, each with the sentence that shows it; preferably one
    not shown yet.
    """
    found: list[Audience] = []
    for role in roles:
        take = partial(
            pool.take, 1, weigh=partial(_role_weight, role), wanted=partial(_speaks_to, role)
        )
        found.extend(Audience(role=role, claim=claim) for claim in take() or take(again=True))
    return tuple(found)


def _role_weight(role: Role, candidate: QuotableSentence) -> float:
    return 0.5 * speaks_to(role, candidate.sentence)


def _speaks_to(role: Role, candidate: QuotableSentence) -> bool:
    return speaks_to(role, candidate.sentence) > 0
