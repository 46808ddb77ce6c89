"""Implications as pages show them: the prediction, its last day, likelihood and outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from aggregator.domain.claim import BANDS, Implication, Likelihood
from aggregator.domain.frozen import frozen
from aggregator.domain.prediction import Outcome, Prediction, without_repeats
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.wording import N_
from aggregator.english.lexical import stems
from aggregator.site.story.cited import Citations
from aggregator.templating.translation import Translations

LIKELIHOOD_NAMES: dict[Likelihood, str] = {
    Likelihood.RULED: N_("ruled"),
    Likelihood.SCHEDULED: N_("scheduled"),
    Likelihood.ANNOUNCED: N_("announced"),
    Likelihood.PLANNED: N_("planned"),
    Likelihood.FORECAST: N_("forecast"),
    Likelihood.VERY_LIKELY: N_("very likely"),
    Likelihood.LIKELY: N_("likely"),
    Likelihood.EVEN: N_("about as likely as not"),
    Likelihood.UNLIKELY: N_("unlikely"),
}
OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.OPEN: N_("open"),
    Outcome.DUE: N_("awaiting a verdict"),
    Outcome.CAME_TRUE: N_("came true"),
    Outcome.DID_NOT: N_("did not come true"),
    Outcome.UNDECIDABLE: N_("cannot be settled"),
    Outcome.WITHDRAWN: N_("withdrawn"),
}


@frozen
class PageImplication:
    """An implication. `horizon` is the last day by which it should come true, `by` the same in
    words; `band` is in per cent, empty for a word of a source; `premise` are the quotations that it
    was inferred from; `sign` is in the language of the sources, and only repeats the
    claim if `is_own_sign`.
    """

    id: str
    claim: PrintedClaim
    premise: tuple[PrintedClaim, ...]
    horizon: str
    by: str
    likelihood: str
    likely: str
    band: str
    sign: str
    is_own_sign: bool
    outcome: Outcome
    outcome_name: str


def page_implications(
    predictions: Sequence[Prediction], cited: Citations, words: Translations
) -> tuple[PageImplication, ...]:
    """The implications of predictions that cite an article of the page, each event once."""
    found = (
        page_implication(prediction, cited, words) for prediction in without_repeats(predictions)
    )
    return tuple(implication for implication in found if implication.claim.citations)


def page_implication(
    prediction: Prediction, cited: Citations, words: Translations
) -> PageImplication:
    """The implication of a prediction."""
    implication = prediction.implication
    return PageImplication(
        id=prediction.id,
        claim=cited.claim(implication.claim),
        premise=cited.claims(implication.premise),
        horizon=implication.horizon.isoformat(),
        by=_last_day(implication.horizon, words),
        likelihood=implication.likelihood.value,
        likely=words(LIKELIHOOD_NAMES[implication.likelihood]),
        band=band_text(implication.likelihood, words),
        sign=implication.sign,
        is_own_sign=is_own_sign(implication),
        outcome=prediction.outcome,
        outcome_name=words(OUTCOME_NAMES[prediction.outcome]),
    )


def is_own_sign(implication: Implication) -> bool:
    """Whether what would show that it came true only repeats it: "will release", "releases"."""
    return stems(implication.sign) <= stems(implication.claim.text)


def _last_day(day: date, words: Translations) -> str:
    """The day in words; that a year or a month ends is all that its last day says."""
    following = day + timedelta(days=1)
    if (following.month, following.day) == (1, 1):
        return words("the end of %(year)s", year=day.year)
    return (
        words("the end of %(month)s", month=words.month(day))
        if following.day == 1
        else words.day(day)
    )


def band_text(likelihood: Likelihood, words: Translations) -> str:
    """The band of a likelihood: "66–90%"; empty for the word of a source, which has none."""
    if likelihood not in BANDS:
        return ""
    least, most = BANDS[likelihood]
    return words("%(least)s–%(most)s%%", least=least, most=most)
