"""The scorecard: predictions, their outcomes, and how well each word for a likelihood was
calibrated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field

from aggregator.domain.claim import Likelihood
from aggregator.domain.frozen import frozen
from aggregator.domain.prediction import SCORED, Outcome, Prediction, without_repeats
from aggregator.domain.publishing.printed import PrintedClaim
from aggregator.domain.settings import SiteSettings
from aggregator.domain.story import Member
from aggregator.site.head import Head, Link, absolute
from aggregator.site.lists.lines import StoryLine
from aggregator.site.story.cited import Citations, Footnote, has_sole_source
from aggregator.site.story.implications import (
    LIKELIHOOD_NAMES,
    PageImplication,
    band_text,
    page_implication,
)
from aggregator.templating.translation import Translations, translations

_FEWEST_OF_SHARE = 10  # decided predictions: a percentage of fewer says more than is known
MOST_SHOWN = 60  # of each kind on the page: some 100 KB


@frozen
class ScoreLine:
    """A prediction with its story and with what decided it: a passage, an address or the
    operator.
    """

    prediction: PageImplication
    story: Link
    noted: str
    decided: str
    by: PrintedClaim | None
    url: str
    note: str


@frozen
class BandScore:
    """The outcomes of predictions of one likelihood. `share` is that of the decided ones that came
    true, empty for fewer than ten.
    """

    likely: str
    band: str
    written: int
    true: int
    false: int
    share: str


@frozen
class ScorecardPage:
    """The predictions that are due, scored and open.

    `verdict` says how many of those settled came true, if any are; `counts` are of all, by outcome;
    `unshown` says how many of them the page has no room for. `infers`: a model infers some, or did.
    """

    head: Head
    verdict: str
    due: tuple[ScoreLine, ...]
    scored: tuple[ScoreLine, ...]
    open: tuple[ScoreLine, ...]
    bands: tuple[BandScore, ...]
    counts: Mapping[str, int]
    unshown: int
    citations: tuple[Footnote, ...]
    infers: bool

    @property
    def is_sole(self) -> bool:
        """Whether it quotes one source only, so that quotations need not name it."""
        return has_sole_source(self.citations)

    @property
    def has_shares(self) -> bool:
        """Whether any likelihood has a share to show."""
        return any(band.share for band in self.bands)

    @property
    def is_empty(self) -> bool:
        """Whether there is no prediction yet."""
        return not (self.due or self.scored or self.open)


@frozen
class PredictionLedger:
    """The predictions of published stories, the nearest day first, and the members that their
    claims cite.

    Where `counts` has their number by likelihood and outcome, only those that the scorecard shows
    are needed.
    """

    predictions: Sequence[Prediction] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    counts: Mapping[tuple[Likelihood, Outcome], int] = field(default_factory=dict)


def shown(predictions: Sequence[Prediction]) -> tuple[Prediction, ...]:
    """The predictions that the scorecard shows, in its order: the longest due, the latest scored,
    the nearest open first.
    """
    due = [prediction for prediction in predictions if prediction.outcome is Outcome.DUE]
    scored = [
        prediction
        for prediction in predictions
        if prediction.decision and prediction.outcome in SCORED
    ]
    scored.sort(
        key=lambda prediction: (
            -prediction.decision.at.timestamp() if prediction.decision else 0.0,
            prediction.id,
        )
    )
    ahead = [prediction for prediction in predictions if prediction.outcome is Outcome.OPEN]
    return (*due[:MOST_SHOWN], *scored[:MOST_SHOWN], *ahead[:MOST_SHOWN])


def scorecard_page(
    ledger: PredictionLedger,
    lines: Mapping[str, StoryLine],
    site: SiteSettings,
    *,
    infers: bool = True,
) -> ScorecardPage:
    """The scorecard; `lines` are those of the stories with predictions, by id."""
    words = translations(site.language)
    all_known = [prediction for prediction in ledger.predictions if prediction.story_id in lines]
    known = without_repeats(all_known)
    chosen = shown(known)
    counts = Counter(ledger.counts) or _counted(all_known)
    counts -= _counted(all_known) - _counted(known)  # a repeat is not recorded twice
    decided = (prediction.decision.claim for prediction in chosen if prediction.decision)
    claims = (
        *(prediction.implication.claim for prediction in chosen),
        *(claim for claim in decided if claim),
    )
    cited = Citations(claims, ledger.members, site.language)
    rows = [
        (prediction.outcome, _line(prediction, cited, lines[prediction.story_id], words))
        for prediction in chosen
    ]
    return ScorecardPage(
        head=Head(
            title=words("Scorecard"),
            description=words("Predictions and how they turned out."),
            url=absolute(site, "scorecard/"),
        ),
        verdict=_verdict(counts, words),
        due=tuple(row for outcome, row in rows if outcome is Outcome.DUE),
        scored=tuple(row for outcome, row in rows if outcome in SCORED),
        open=tuple(row for outcome, row in rows if outcome is Outcome.OPEN),
        bands=tuple(
            _band(likelihood, counts, words)
            for likelihood in Likelihood
            if any(likely is likelihood for likely, _ in counts)
        ),
        counts={
            outcome.value: sum(
                number for (_, decided), number in counts.items() if decided is outcome
            )
            for outcome in Outcome
        },
        unshown=counts.total() - len(chosen),
        citations=cited.all(),
        infers=infers,
    )


def _verdict(counts: Mapping[tuple[Likelihood, Outcome], int], words: Translations) -> str:
    true, false = (
        sum(number for (_, decided), number in counts.items() if decided is outcome)
        for outcome in (Outcome.CAME_TRUE, Outcome.DID_NOT)
    )
    if true + false == 1:
        return (
            words("The only prediction settled so far came true.")
            if true
            else words("The only prediction settled so far did not come true.")
        )
    return (
        words(
            "%(true)s of the %(settled)s predictions settled so far came true.",
            true=words.number(true),
            settled=words.number(true + false),
        )
        if true + false
        else ""
    )


def _counted(predictions: Sequence[Prediction]) -> Counter[tuple[Likelihood, Outcome]]:
    return Counter(
        (prediction.implication.likelihood, prediction.outcome) for prediction in predictions
    )


def _line(
    prediction: Prediction, cited: Citations, line: StoryLine, words: Translations
) -> ScoreLine:
    decision = prediction.decision
    return ScoreLine(
        prediction=page_implication(prediction, cited, words),
        story=Link(name=line.headline, url=f"source/{line.sources[0]}/" if line.url else line.path),
        noted=words.day(prediction.noted.date()),
        decided=words.day(decision.at.date()) if decision else "",
        by=cited.claim(decision.claim) if decision and decision.claim else None,
        url=decision.url if decision else "",
        note=decision.note if decision else "",
    )


def _band(
    likelihood: Likelihood, counts: Mapping[tuple[Likelihood, Outcome], int], words: Translations
) -> BandScore:
    true, false = (
        counts.get((likelihood, outcome), 0) for outcome in (Outcome.CAME_TRUE, Outcome.DID_NOT)
    )
    return BandScore(
        likely=words(LIKELIHOOD_NAMES[likelihood]),
        band=band_text(likelihood, words),
        written=sum(number for (likely, _), number in counts.items() if likely is likelihood),
        true=true,
        false=false,
        share=words("%(share)s%%", share=round(100 * true / (true + false)))
        if true + false >= _FEWEST_OF_SHARE
        else "",
    )
