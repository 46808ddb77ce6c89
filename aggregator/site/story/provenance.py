"""The provenance of a story's claims, as its page shows it: engine, articles read, claims kept and
rejected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from aggregator.domain.article import Read
from aggregator.domain.claim import (
    Analysis,
    Claim,
    ClaimKind,
    Rejection,
)
from aggregator.domain.frozen import frozen
from aggregator.domain.operation.calibration import JudgeRates
from aggregator.domain.story import Story
from aggregator.domain.wording import N_
from aggregator.site.labels import READ_NAMES
from aggregator.templating.translation import Translations
from aggregator.verify.gates import reason_name

_KIND_COUNTS: dict[ClaimKind, str] = {
    ClaimKind.EXTRACTED: N_("%(number)s quoted"),
    ClaimKind.WRITTEN: N_("%(number)s written by a model"),
    ClaimKind.INFERRED: N_("%(number)s inferred"),
}


@frozen
class ReadCount:
    """How many articles were read to this extent; `name` is its displayed name."""

    read: Read
    name: str
    number: int


@frozen
class RejectionCount:
    """How many claims a gate rejected, with its reason in words."""

    reason: Rejection
    name: str
    number: int


@frozen
class Provenance:
    """How the claims were made and checked. `label` is short, `how` a sentence, `judged` two on the
    judge of the written sentences; empty without one.

    `prompts` names the version of the rules or prompts, `read` counts the articles by how much of
    them was read. `kept` and the numbers of each kind count the claims as JSON has them; `shown`
    counts each text of the page once, `kinds` has the same by kind, in words.
    """

    label: str
    how: str
    judged: str
    engine: str
    model: str | None
    prompts: str
    judge: JudgeRates | None
    read: tuple[ReadCount, ...]
    kept: int
    rejected: tuple[RejectionCount, ...]
    extracted: int
    written: int
    inferred: int
    absent: int
    shown: int
    kinds: tuple[str, ...]


def page_provenance(
    analysis: Analysis,
    story: Story,
    kept: Iterable[Claim],
    shown: Iterable[Claim],
    words: Translations,
) -> Provenance:
    """The provenance of the claims of a story that were kept, and of those that its page shows."""
    kinds = Counter(claim.kind for claim in kept)
    texts = Counter({claim.text: claim.kind for claim in shown}.values())
    has_own = bool(kinds[ClaimKind.WRITTEN] + kinds[ClaimKind.INFERRED])
    read = Counter(member.article.read for member in story.members)
    return Provenance(
        label=_label(analysis, words, has_own=has_own),
        how=_how(analysis, words, has_own=has_own),
        judged=_judged(analysis.judge, words) if analysis.judge and has_own else "",
        engine=analysis.engine,
        model=analysis.model,
        prompts=analysis.rules,
        judge=analysis.judge,
        read=tuple(
            ReadCount(read=extent, name=words(READ_NAMES[extent]), number=read[extent])
            for extent in Read
            if read[extent]
        ),
        kept=kinds.total() - kinds[ClaimKind.ABSENT],
        rejected=tuple(
            RejectionCount(reason=reason, name=words(reason_name(reason)), number=number)
            for reason, number in sorted(analysis.rejected)
            if number
        ),
        extracted=kinds[ClaimKind.EXTRACTED],
        written=kinds[ClaimKind.WRITTEN],
        inferred=kinds[ClaimKind.INFERRED],
        absent=kinds[ClaimKind.ABSENT],
        shown=texts.total() - texts[ClaimKind.ABSENT],
        kinds=tuple(
            words(message, number=words.number(texts[kind]))
            for kind, message in _KIND_COUNTS.items()
            if texts[kind]
        ),
    )


def _label(analysis: Analysis, words: Translations, *, has_own: bool) -> str:
    if analysis.model is None:
        return words("Quotations only")
    if not has_own:
        return words("Quotations only, selected with a model")
    return words("Written by a model, checked against the sources")


def _how(analysis: Analysis, words: Translations, *, has_own: bool) -> str:
    if analysis.model is None:
        return words(
            "Every sentence is a quotation, selected automatically; none was written by a model."
        )
    if not has_own:
        return words(
            "Every sentence is a quotation, selected automatically from facts that the model"
            " (%(model)s) noted; none was written by it.",
            model=analysis.model,
        )
    return words(
        "A language model (%(model)s) wrote this page from the sources. Software checked every"
        " sentence against the passages it cites; nobody edited the page.",
        model=analysis.model,
    )


def _judged(judge: JudgeRates, words: Translations) -> str:
    by = words(
        "A judging model (%(model)s) compared each written sentence with its sources.",
        model=judge.model,
    )
    return f"{by} {rates_text(judge, words)}"


def rates_text(judge: JudgeRates, words: Translations) -> str:
    """How often a judge is wrong, of 100 claims, or of 1,000 where a rate is below one in 100; and
    how many false drafts its threshold reckons with.
    """
    of = 100 if min(judge.false_passed, judge.true_refused) >= 0.01 else 1000
    wrong = words(
        "In tests on claims known to be true or false, the judge wrongly accepts %(passed)s in"
        " %(all)s false ones and wrongly rejects %(refused)s in %(all)s true ones.",
        passed=words.number(round(of * judge.false_passed)),
        refused=words.number(round(of * judge.true_refused)),
        all=words.number(of),
    )
    return f"{wrong} {_prior_text(judge, words)}".rstrip()


def _prior_text(judge: JudgeRates, words: Translations) -> str:
    if judge.prior is None:
        return ""
    number = words.number(round(100 * judge.prior) or 1)
    if judge.is_raised:
        return words(
            "Its threshold rests on an estimated %(number)s false drafts in 100, because the judge"
            " rejected more drafts of this model than expected.",
            number=number,
        )
    if not judge.audited:
        return words(
            "Its threshold rests on an assumed %(number)s false drafts in 100; no sample of this"
            " model's drafts has been checked.",
            number=number,
        )
    return words(
        "Its threshold rests on at most %(number)s false drafts in 100, found by a person who"
        " checked %(read)s of them.",
        number=number,
        read=words.number(judge.audited),
    )
