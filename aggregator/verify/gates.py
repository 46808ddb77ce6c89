"""The gates: one table, in order, of why a claim is rejected, which claims that is asked of, how it
is found, and how it is put to a model and to a reader.

What code copied from a passage has the words of its quotes. What was written or inferred must be
borne out by the story as a whole: its anchors (`verify.anchors`) decide on figures, versions,
dates, names, quotations and speakers; whether its sentences are true is for a judge.
A reason that several gates give has the same words in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeAlias, assert_never

from aggregator.domain.article import Passage
from aggregator.domain.claim import Claim, Rejection, TimelineRow
from aggregator.domain.date_mentions import date_mentions
from aggregator.domain.dates import floor_day
from aggregator.domain.frozen import frozen
from aggregator.domain.wording import N_
from aggregator.english.lexical import content_words
from aggregator.english.text import word_count, words
from aggregator.extract.admission import is_admissible
from aggregator.verify.cited import CitedClaim, Grounds
from aggregator.verify.form import has_empty_phrase, has_leak, has_link, has_markup

Found: TypeAlias = bool | tuple[str, ...]  # whether a gate objects, or the words that it objects to

# share of a claim's content words in one earlier claim above which it adds nothing; test_repetition
# would notice
_SAME_SHARE = 0.7
# of an earlier claim that stands in this one, and of this one that it makes up
_WHOLE, _MOSTLY = 0.9, 0.6


@frozen
class Refusal:
    """Why a claim may not be printed: in a word for code that counts, in a sentence for the writer,
    and the words of the claim that it is about, if any.
    """

    reason: Rejection
    because: str = ""
    words: tuple[str, ...] = ()


class AppliesTo(StrEnum):
    """What a gate is asked of. What only the maker of an answer or of a page can see is checked
    there.
    """

    CLAIMS = "every claim"
    NOT_COPIED = "what was written or inferred"
    ROWS = "the claim of a timeline row"
    ANSWERS = "a section of a model's answer, checked when the model answers"
    PAGES = "a whole page, checked where it is put together"


@frozen
class Gate:
    """One reason to reject a claim. `check` is true of a claim that fails, or gives the words for
    which it does; none is where no single claim is checked.

    `for_model` goes to the model that gets one attempt at repair; `for_reader` names the reason on
    pages, as a message for the catalogues.
    """

    reason: Rejection
    applies_to: AppliesTo
    for_model: str
    for_reader: str
    check: Callable[[CitedClaim], Found] = lambda cited: False

    def refusal(self, cited: CitedClaim) -> Refusal | None:
        """Why the claim fails, None where it passes or the gate is not asked of it."""
        found = self._is_asked_of(cited) and self.check(cited)
        if not found:
            return None
        words = found if isinstance(found, tuple) else ()
        return Refusal(reason=self.reason, because=self.for_model, words=words)

    def _is_asked_of(self, cited: CitedClaim) -> bool:
        match self.applies_to:
            case AppliesTo.CLAIMS:
                return True
            case AppliesTo.NOT_COPIED:
                return not cited.is_copied
            case AppliesTo.ROWS:
                return cited.row is not None
            case AppliesTo.ANSWERS | AppliesTo.PAGES:
                return False
            case _:
                assert_never(self.applies_to)


def _anchored(reason: Rejection) -> Callable[[CitedClaim], Found]:
    """The check by the anchors of the story."""
    return lambda cited: cited.objections.get(reason, ())


_LEAK = Gate(
    reason=Rejection.LEAK,
    applies_to=AppliesTo.NOT_COPIED,
    check=lambda cited: has_leak(cited.text, cited.story.texts, cited.grounds.prompts),
    for_model="It talks about the task, the passages or yourself instead of the news.",
    for_reader=N_("talks about its task"),
)
_DATE = Gate(
    reason=Rejection.DATE,
    applies_to=AppliesTo.NOT_COPIED,
    check=_anchored(Rejection.DATE),
    for_model="A date in it is not in the reports, or belongs to something else.",
    for_reader=N_("contains a date found in none of the story’s articles"),
)
GATES: tuple[Gate, ...] = (
    Gate(
        reason=Rejection.EMPTY,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: is_empty(cited.text),
        for_model="It contains no words.",
        for_reader=N_("is empty or not a sentence"),
    ),
    Gate(
        reason=Rejection.NO_CITATION,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: not cited.claim.citations,
        for_model="It cites no passage.",
        for_reader=N_("cites no passage"),
    ),
    Gate(
        reason=Rejection.UNKNOWN_PASSAGE,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: has_unknown_passage(cited.claim, cited.grounds.passages),
        for_model="It cites a passage that was not given.",
        for_reader=N_("cites a passage that does not exist"),
    ),
    Gate(
        reason=Rejection.QUOTE_NOT_FOUND,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: (
            has_wrong_quote(cited.claim, cited.grounds.passages)
            or (cited.is_copied and is_altered(cited))
        ),
        for_model="Its quote does not stand word for word in the cited passage.",
        for_reader=N_("has a quotation that is not in the passage"),
    ),
    Gate(
        reason=Rejection.QUOTE_TOO_LONG,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: has_long_quote(cited.claim, cited.grounds),
        for_model=(
            "It is a sentence of the source that may not be quoted: say less of it, in words of "
            "your own."
        ),
        for_reader=N_("quotes too much of the source"),
    ),
    _LEAK,
    replace(_LEAK, applies_to=AppliesTo.CLAIMS, check=lambda cited: not is_admissible(cited.text)),
    Gate(
        reason=Rejection.LINK,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: has_link(cited.text, cited.texts),
        for_model="It contains a link or an address.",
        for_reader=N_("contains a link"),
    ),
    Gate(
        reason=Rejection.MARKUP,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: has_markup(cited.text),
        for_model="It contains markup or a reference mark; write plain words only.",
        for_reader=N_("contains markup"),
    ),
    Gate(
        reason=Rejection.NUMBER,
        applies_to=AppliesTo.NOT_COPIED,
        check=_anchored(Rejection.NUMBER),
        for_model=(
            "A number in it, or the number's unit, is not in the reports, or belongs to something "
            "else."
        ),
        for_reader=N_("contains a number found in none of the story’s articles"),
    ),
    Gate(
        reason=Rejection.VERSION,
        applies_to=AppliesTo.NOT_COPIED,
        check=_anchored(Rejection.VERSION),
        for_model="A version or product number in it is not in the reports.",
        for_reader=N_("contains a version found in none of the story’s articles"),
    ),
    _DATE,
    Gate(
        reason=Rejection.NAME,
        applies_to=AppliesTo.NOT_COPIED,
        check=_anchored(Rejection.NAME),
        for_model="A name in it is not in the reports.",
        for_reader=N_("contains a name found in none of the story’s articles"),
    ),
    Gate(
        reason=Rejection.QUOTATION,
        applies_to=AppliesTo.NOT_COPIED,
        check=_anchored(Rejection.QUOTATION),
        for_model="The words in quotation marks do not stand like that in the reports.",
        for_reader=N_("has a quotation that is not in the sources"),
    ),
    Gate(
        reason=Rejection.SPEAKER,
        applies_to=AppliesTo.NOT_COPIED,
        check=_anchored(Rejection.SPEAKER),
        for_model="The reports do not have this from the speaker it names.",
        for_reader=N_("names the wrong speaker"),
    ),
    Gate(
        reason=Rejection.PHRASE,
        applies_to=AppliesTo.NOT_COPIED,
        check=lambda cited: has_empty_phrase(cited.text, cited.texts),
        for_model="It uses an empty phrase; say what happens and to whom.",
        for_reader=N_("is an empty phrase"),
    ),
    replace(
        _DATE,
        applies_to=AppliesTo.ROWS,
        check=lambda cited: cited.row is not None and is_undated(cited.row, cited),
    ),
    Gate(
        reason=Rejection.REPEATED,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: is_repeated(cited.text, cited.before),
        for_model="It repeats what was said before; say something new.",
        for_reader=N_("repeats an earlier sentence"),
    ),
    Gate(
        reason=Rejection.EARLIER,
        applies_to=AppliesTo.ANSWERS,
        for_model="It rests on an earlier report; say here what the passages before those say.",
        for_reader=N_("presents an earlier report as news"),
    ),
    Gate(
        reason=Rejection.REASON,
        applies_to=AppliesTo.ANSWERS,
        for_model=(
            "It is a sentence of the source that says what happened: say what follows from that, "
            "and for whom."
        ),
        for_reader=N_("gives the event itself as the reason why it matters"),
    ),
    Gate(
        reason=Rejection.JUDGED,
        applies_to=AppliesTo.ANSWERS,
        for_model="The passages do not clearly say this.",
        for_reader=N_("is not supported by the sources, according to the judge"),
    ),
    Gate(
        reason=Rejection.SHARE,
        applies_to=AppliesTo.PAGES,
        for_model="It would exceed the quotation limit.",
        for_reader=N_("would exceed the quotation limit"),
    ),
)

_GATE_OF = {gate.reason: gate for gate in GATES}


def explanations() -> tuple[str, ...]:
    """What a model may be given to explain rejections: none of it may come back as a claim."""
    return tuple(gate.for_model for gate in _GATE_OF.values())


def explained(reason: Rejection) -> str:
    """What was wrong with a claim in one short sentence, for the model that wrote it."""
    return _GATE_OF[reason].for_model


def reason_name(reason: Rejection) -> str:
    """The reason as pages name it: a message of the catalogues."""
    return _GATE_OF[reason].for_reader


def is_repeated(text: str, before: Sequence[str]) -> bool:
    """Whether one of the earlier texts has nearly all the content of this one, or stands in it
    whole with little added.
    """
    own = content_words(text)
    return bool(own) and any(_repeats(own, content_words(earlier)) for earlier in before)


def _repeats(own: frozenset[str], before: frozenset[str]) -> bool:
    shared = len(own & before)
    return shared >= _SAME_SHARE * len(own) or (
        shared >= _WHOLE * len(before) and shared >= _MOSTLY * len(own)
    )


def is_empty(text: str) -> bool:
    """Whether a text has neither a letter nor a digit."""
    return not any(char.isalnum() for char in text)


def has_unknown_passage(claim: Claim, passages: Mapping[str, Passage]) -> bool:
    """Whether a claim cites a passage that does not exist."""
    return any(citation.passage not in passages for citation in claim.citations)


def has_wrong_quote(claim: Claim, passages: Mapping[str, Passage]) -> bool:
    """Whether a quote is empty or does not stand word for word in its passage."""
    return any(
        not quote.strip() or quote not in passage.text
        for quote, passage in _quoted(claim, passages)
    )


def is_undated(row: TimelineRow, cited: CitedClaim) -> bool:
    """Whether no cited passage states the row's day, read as of the day on which its article was
    published, or appeared on it; the claim's own words count as the passage's.
    """
    days = cited.grounds.published
    dated = [(passage.text, days[passage.article_id]) for passage in cited.evidence]
    return not any(
        floor_day(published, row.precision) == floor_day(row.day, row.precision)
        or any(
            mention.states(row.day, row.precision)
            for words in (text, cited.text)
            for mention in date_mentions(words, published)
        )
        for text, published in dated
    )


def is_altered(cited: CitedClaim) -> bool:
    """Whether a copied claim is no run of words of its quotes: without "not" it says the opposite.
    Of a headline the words may have others between them, as tags and asides are left out. A word
    that joins several ("Halden-2-4B") is each of them.
    """
    said = _apart(" ".join(citation.quote for citation in cited.claim.citations))
    own = _apart(cited.text)
    if all(passage.n == 0 for passage in cited.evidence):
        remaining = iter(said)
        return not all(word in remaining for word in own)
    return f" {' '.join(own)} " not in f" {' '.join(said)} "


def _apart(text: str) -> tuple[str, ...]:
    return words(text.lower().replace("-", " "))


def has_long_quote(claim: Claim, grounds: Grounds) -> bool:
    """Whether a quote has more words than it may; a headline may be quoted whole."""
    return any(
        word_count(quote) > grounds.quote_words
        for quote, passage in _quoted(claim, grounds.passages)
        if passage.n > 0
    )


def _quoted(claim: Claim, passages: Mapping[str, Passage]) -> Iterator[tuple[str, Passage]]:
    """Each quote with its passage, as far as there is one."""
    for citation in claim.citations:
        if (passage := passages.get(citation.passage)) is not None:
            yield citation.quote, passage
