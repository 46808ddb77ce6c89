"""What sources themselves give a reader to do by a day: something in use that ends, and a duty.

The sentence stands as it is, with the role that it speaks to and the day by which it is due. Few
and sure: what binds one company, what is denied, or hangs on an "if" is nothing for a reader to do,
nor is the day on which a law takes effect, which says not who must do what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from aggregator.domain.claim import Action
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import DateMention, Precision, machine_date, report_day
from aggregator.domain.entry import DateOrigin
from aggregator.domain.publishing.newsroom import all_roles
from aggregator.domain.source import Lane
from aggregator.domain.story import Story
from aggregator.english.lexical import stems, unlike
from aggregator.extract.quotable_sentences import QuotableSentence, extracted_claim
from aggregator.story.rules.audience import speaks_to
from aggregator.story.rules.commitment import is_led

_MOST = 2  # of one story
_EARLY = 5  # sentences of an article that are about its story, whatever words the headline has
_REACH = 100  # characters between the verb and its date
_ALIKE = 0.6  # share of content words from which on two sentences say the same

_OVER = (
    r"(?:shut"
    r" (?:down|off)|retired|discontinued|deprecated|sunset(?:ted)?|decommissioned|removed|turned"
    r" off|switched off|"
    r"phased out|withdrawn|disabled|deleted|closed down|wound down)"
)
_ADVERB = r"(?:\w+ly |also |then |now )?"
_SET = r"(?:is|are) (?:set|scheduled|due|planned|slated) to"
_STOPS = (
    r"(?:shut down|shutter|expire|lose support|reach (?:its |their )?end[- ]of[- ]life|end"
    r" (?:support|access|sales)|"
    r"no longer (?:be"
    r" (?:available|supported|offered|sold|updated|accessible)|work|accept|support|receive|offer)|"
    r"stop (?:working|accepting|supporting|receiving|offering|selling|updating))"
)
_ENDS_IT = (
    r"(?:shut down|sunset|retire|discontinue|deprecate|phase out|switch off|turn off|delete|remove)"
)
_ENDING = re.compile(
    rf"\b(?:(?:will|shall) {_ADVERB}be|(?:is|are) {_ADVERB}(?:being|to be)|{_SET} be)"
    rf" {_ADVERB}{_OVER}\b"
    rf"|\b(?:will|{_SET}) {_ADVERB}{_STOPS}\b"
    rf"|\b(?:will|plans? to|intends? to|(?:is|are) going to|{_SET}) {_ADVERB}{_ENDS_IT}\b"
    r"|\b(?:[Ss]upport|[Aa]ccess|[Aa]vailability|[Ss]ervice)(?: for [\w .-]{2,40})?"
    r" (?:ends|expires|will end|will expire)\b"
)
_READERS = (
    r"(?i:developers?|customers?|users?|subscribers?|companies|businesses|enterprises?|firms|"
    r"organi[sz]ations|operators?|deployers?|providers?|publishers?|employers?|administrators?|"
    r"admins?|teams|maintainers?|website owners?|site owners?|app makers?|vendors|agencies|"
    r"hospitals|banks|schools|creators|artists|authors|startups|owners|clients|CISOs|engineers)"
)
_DUTY = re.compile(
    rf"\b{_READERS}\b(?: \w+){{0,4}}? (?:must|have to|need to|(?:are|will be) (?:required|obliged)"
    r" to|will (?:have|need) to"
    r"|(?:have|will have) until|can opt out)\b"
    rf"|\b(?:requires?|obliges?|forces?|ordered) (?:\w+ ){{0,3}}{_READERS} (?:\w+ ){{0,3}}to\b"
)
_BREAKS = re.compile(  # between what ends or is due and its date: another clause, another time
    r"[;:—–?]|[“”\"]|\b(?:but|although|though|after|since|because|whereas|where|while|when|than|"
    r"said|says|was|were|had|has)\b"
)
_VOID = re.compile(
    r"\b(?:if|unless|would|could|may|might|originally|[Cc]ancel\w*|[Pp]ostpon\w*|[Dd]elay\w*|"
    r"denied|denies|[Rr]umou?r\w*|[Rr]eportedly|had (?:planned|hoped)|(?:was|were) (?:planned|"
    r"scheduled|supposed|expected)|[Pp]ropos\w+|draft|nominat\w*|apply by|applications?|register|"
    r"tickets?|submissions?)\b|n['’]t\b|\bnever\b|\bnot (?!only\b|later\b)"
)


def dated_duties(
    found: Sequence[QuotableSentence], story: Story, audience: Sequence[str], quote_words: int
) -> tuple[Action, ...]:
    """What the sources of a story give to do by a day, at most two, in the order of trust.

    `audience` are the roles that the story concerns, the first most; a site without roles has no
    duties.
    """
    if not all_roles():
        return ()
    titles = stems(" ".join(member.article.title for member in story.members))
    likely = (
        candidate
        for candidate in found
        if candidate.member.lane is not Lane.PAPER
        and (candidate.position < _EARLY or stems(candidate.sentence) & titles)
    )
    due = _due(likely, story, audience, quote_words)
    return tuple(islice(unlike(due, (), lambda action: action.claim.text, _ALIKE), _MOST))


def _due(
    found: Iterable[QuotableSentence], story: Story, audience: Sequence[str], quote_words: int
) -> Iterator[Action]:
    """What ends, or is a duty, on a day after we learnt of the story."""
    for candidate in found:
        if candidate.member.article.published.origin is DateOrigin.FIRST_SEEN or _VOID.search(
            candidate.sentence
        ):
            continue
        if not any(pattern.search(candidate.sentence) for pattern in (_ENDING, _DUTY)):
            continue
        claim = extracted_claim(candidate, quote_words)
        quote = claim.citations[0].quote if claim else ""
        mentions = date_mentions(quote, report_day(candidate.member.article.published.at))
        due = next(
            (
                mention
                for mention in mentions
                if mention.precision is not Precision.YEAR
                and mention.day > story.first_seen.date()
                and _governs(quote, mention)
            ),
            None,
        )
        if claim and due:
            yield Action(
                role=_role(quote, audience), claim=claim, by=machine_date(due.day, due.precision)
            )


def _governs(quote: str, mention: DateMention) -> bool:
    """Whether the date says when that ends or is due: led by a preposition, with no other clause
    between the two.
    """
    cues = (cue for pattern in (_ENDING, _DUTY) for cue in pattern.finditer(quote))
    led = is_led(quote, mention) or quote[: mention.start].endswith("until ")
    return led and any(_is_near(quote, cue, mention) for cue in cues)


def _is_near(quote: str, cue: re.Match[str], mention: DateMention) -> bool:
    between = (
        quote[cue.end() : mention.start]
        if cue.end() <= mention.start
        else quote[mention.end : cue.start()]
    )
    return len(between) <= _REACH and not _BREAKS.search(between)


def _role(quote: str, audience: Sequence[str]) -> str:
    """The role, of those that the story concerns, that the sentence addresses most, else the first;
    the first of the common ones, or of all, where it concerns nobody.
    """
    return max(
        audience,
        key=lambda role: (speaks_to(role, quote), -audience.index(role)),
        default=min(all_roles(), key=lambda role: not all_roles()[role].common),
    )
