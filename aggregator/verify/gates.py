"""The gates: one table, in order, of why a claim is rejected, which claims that is asked of, how it
is found, and how it is put to a model and to a reader.

A gate sees the passages that a claim cites and nothing else: what another passage says, or a model
remembers, supports nothing. A sentence that code copied has no writer, so the gates that judge what
a writer did leave it out. A reason that several gates give has the same words in each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from aggregator.domain.article import Passage
from aggregator.domain.claim import Claim, ClaimKind, Rejection, TimelineRow
from aggregator.domain.wording import N_
from aggregator.english.speech_acts import is_safe_label
from aggregator.verify.citations import (
    has_long_quote,
    has_unknown_passage,
    has_wrong_quote,
    is_empty,
)
from aggregator.verify.dates import is_undated, missing_dates
from aggregator.verify.figures import missing_figures
from aggregator.verify.leaks import has_leak, is_copied_order
from aggregator.verify.markup import has_link, has_markup
from aggregator.verify.names import missing_names
from aggregator.verify.overlap.certainty import is_made_certain
from aggregator.verify.overlap.direction import is_turned_round
from aggregator.verify.overlap.polarity import has_other_polarity
from aggregator.verify.overlap.support import is_unsupported
from aggregator.verify.overlap.support_classifier import is_doubtful
from aggregator.verify.phrases import has_empty_phrase, is_dangling
from aggregator.verify.quotes import missing_quotations
from aggregator.verify.repetition import is_repeated
from aggregator.verify.speakers import has_other_speaker
from aggregator.verify.versions import missing_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedClaim:
    """A claim before the gates, with all that they may look at.

    `evidence` are the passages that it cites, each once, as far as they exist; `texts` are theirs.
    `passages` is keyed as citations write it; `published` holds the day of publication of every
    article in it. `prompts` are sentences of the prompt that must not come back as claims. `row`
    is the timeline row that the claim stands in; `before` is what the draft says before the claim.
    """

    claim: Claim
    evidence: tuple[Passage, ...]
    texts: tuple[str, ...]
    passages: Mapping[str, Passage]
    published: Mapping[str, date]
    quote_words: int
    prompts: Sequence[str] = ()
    row: TimelineRow | None = None
    before: Sequence[str] = ()

    @property
    def text(self) -> str:
        """What the claim says."""
        return self.claim.text


class AppliesTo(StrEnum):
    """What a gate is asked of. What only the maker of an answer or of a page can see is checked
    there.
    """

    CLAIMS = "every claim"
    NOT_COPIED = "what was written or inferred"
    COPIED = "what code copied from a text"
    ROWS = "the claim of a timeline row"
    ANSWERS = "a section of a model's answer, checked where it is asked for"
    PAGES = "a whole page, checked where it is put together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One reason to reject a claim. `check` is true of a claim that fails.

    `for_model` goes to the model that gets one attempt at repair; `for_reader` names the reason on
    pages, as a message for the catalogues.
    """

    reason: Rejection
    applies_to: AppliesTo
    check: Callable[[CitedClaim], object]
    for_model: str
    for_reader: str

    def rejects(self, cited: CitedClaim) -> bool:
        """Whether the gate is asked of the claim and the claim fails."""
        return self._is_asked_of(cited) and bool(self.check(cited))

    def _is_asked_of(self, cited: CitedClaim) -> bool:
        is_copied = cited.claim.kind is ClaimKind.EXTRACTED
        match self.applies_to:
            case AppliesTo.CLAIMS:
                return True
            case AppliesTo.NOT_COPIED:
                return not is_copied
            case AppliesTo.COPIED:
                return is_copied
            case AppliesTo.ROWS:
                return cited.row is not None
            case AppliesTo.ANSWERS | AppliesTo.PAGES:
                return False
            case _:
                assert_never(self.applies_to)


def _elsewhere(cited: CitedClaim) -> bool:
    """The check of a gate that is not asked of one claim with its passages."""
    return False


_LEAK = Gate(
    reason=Rejection.LEAK,
    applies_to=AppliesTo.NOT_COPIED,
    check=lambda cited: has_leak(cited.text, cited.texts, cited.prompts),
    for_model="It talks about the task, the passages or yourself instead of the news.",
    for_reader=N_("talks of its own task"),
)
_DATE = Gate(
    reason=Rejection.DATE,
    applies_to=AppliesTo.CLAIMS,
    check=lambda cited: missing_dates(cited.text, cited.evidence, cited.published),
    for_model="A date in it is not in the cited passages.",
    for_reader=N_("a date that the passage does not give"),
)
_SUPPORT = Gate(
    reason=Rejection.SUPPORT,
    applies_to=AppliesTo.CLAIMS,
    check=lambda cited: is_unsupported(cited.text, cited.texts, cited.claim.kind),
    for_model="Too little of what it says is in the cited passages; stay closer to their words.",
    for_reader=N_("too little of it stands in the passage"),
)

GATES: tuple[Gate, ...] = (
    Gate(
        reason=Rejection.EMPTY,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: is_empty(cited.text),
        for_model="It holds no words.",
        for_reader=N_("empty or no sentence"),
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
        check=lambda cited: has_unknown_passage(cited.claim, cited.passages),
        for_model="It cites a passage that was not given.",
        for_reader=N_("cites a passage that does not exist"),
    ),
    Gate(
        reason=Rejection.QUOTE_NOT_FOUND,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: has_wrong_quote(cited.claim, cited.passages),
        for_model="Its quote does not stand word for word in the cited passage.",
        for_reader=N_("its quote does not stand in the passage"),
    ),
    Gate(
        reason=Rejection.QUOTE_TOO_LONG,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: has_long_quote(cited.claim, cited.passages, cited.quote_words),
        for_model=(
            "It is a sentence of the source, too long to be quoted: say less of it, in words of "
            "your own."
        ),
        for_reader=N_("quotes more than is fair"),
    ),
    _LEAK,
    replace(
        _LEAK,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: not is_safe_label(cited.text),
    ),
    replace(
        _LEAK,
        applies_to=AppliesTo.COPIED,
        check=lambda cited: is_copied_order(cited.text, cited.evidence),
    ),
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
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: missing_figures(cited.text, cited.texts),
        for_model="A number in it, or the number's unit, is not in the cited passages.",
        for_reader=N_("a number that the passage does not give"),
    ),
    Gate(
        reason=Rejection.VERSION,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: missing_versions(cited.text, cited.texts),
        for_model="A version or product number in it is not in the cited passages.",
        for_reader=N_("a version that the passage does not give"),
    ),
    _DATE,
    Gate(
        reason=Rejection.NAME,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: missing_names(cited.text, cited.texts),
        for_model="A name in it is not in the cited passages.",
        for_reader=N_("a name that the passage does not give"),
    ),
    Gate(
        reason=Rejection.QUOTATION,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: missing_quotations(cited.text, cited.texts),
        for_model="The words in quotation marks do not stand like that in the cited passages.",
        for_reader=N_("words in quotation marks that nobody said"),
    ),
    Gate(
        reason=Rejection.SPEAKER,
        applies_to=AppliesTo.NOT_COPIED,
        check=lambda cited: has_other_speaker(cited.text, cited.texts),
        for_model="The cited passages do not have this from the speaker it names.",
        for_reader=N_("said by somebody else"),
    ),
    Gate(
        reason=Rejection.NEGATION,
        applies_to=AppliesTo.NOT_COPIED,
        check=lambda cited: has_other_polarity(cited.text, cited.texts),
        for_model="It says no where the cited passages say yes, or yes where they say no.",
        for_reader=N_("says no where the passage says yes, or the reverse"),
    ),
    Gate(
        reason=Rejection.DIRECTION,
        applies_to=AppliesTo.NOT_COPIED,
        check=lambda cited: is_turned_round(cited.text, cited.texts),
        for_model=(
            "It turns round what the cited passages say: up and down, before and after, or who "
            "did it to whom."
        ),
        for_reader=N_("turns the passage round"),
    ),
    Gate(
        reason=Rejection.CERTAINTY,
        applies_to=AppliesTo.NOT_COPIED,
        check=lambda cited: is_made_certain(cited.text, cited.texts),
        for_model=(
            "It tells as done, or as so by now, what the cited passages say is planned, possible "
            "or to come."
        ),
        for_reader=N_("tells as done what the passage leaves open"),
    ),
    _SUPPORT,
    Gate(
        reason=Rejection.DANGLING,
        applies_to=AppliesTo.NOT_COPIED,
        check=lambda cited: is_dangling(cited.text),
        for_model=(
            "It cannot stand alone: write a whole sentence that begins with a name, not with it, "
            "this or we."
        ),
        for_reader=N_("cannot stand alone"),
    ),
    Gate(
        reason=Rejection.PHRASE,
        applies_to=AppliesTo.NOT_COPIED,
        check=lambda cited: has_empty_phrase(cited.text, cited.texts),
        for_model="It uses an empty phrase; say what happens and to whom.",
        for_reader=N_("an empty phrase"),
    ),
    replace(
        _SUPPORT,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: is_doubtful(cited.text, cited.texts, cited.claim.kind),
    ),
    replace(
        _DATE,
        applies_to=AppliesTo.ROWS,
        check=lambda cited: cited.row and is_undated(cited.row, cited.evidence, cited.published),
    ),
    Gate(
        reason=Rejection.REPEATED,
        applies_to=AppliesTo.CLAIMS,
        check=lambda cited: is_repeated(cited.text, cited.before),
        for_model="It tells again what was told before; say something new.",
        for_reader=N_("says again what was said"),
    ),
    Gate(
        reason=Rejection.EARLIER,
        applies_to=AppliesTo.ANSWERS,
        check=_elsewhere,
        for_model="It rests on an earlier report; tell here what the passages before those say.",
        for_reader=N_("tells as news what an earlier report says"),
    ),
    Gate(
        reason=Rejection.REASON,
        applies_to=AppliesTo.ANSWERS,
        check=_elsewhere,
        for_model=(
            "It is a sentence of the source that says what happened: say what follows from that, "
            "and for whom."
        ),
        for_reader=N_("quotes what happened as the reason why it matters"),
    ),
    Gate(
        reason=Rejection.JUDGED,
        applies_to=AppliesTo.ANSWERS,
        check=_elsewhere,
        for_model="The passages do not clearly say this.",
        for_reader=N_("the judge does not find it in the sources"),
    ),
    Gate(
        reason=Rejection.SHARE,
        applies_to=AppliesTo.PAGES,
        check=_elsewhere,
        for_model="It would show more of an article than is fair.",
        for_reader=N_("would show more of an article than is fair"),
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
