"""How an engine did on invented stories: its score."""

from __future__ import annotations

from aggregator.domain.frozen import frozen


@frozen
class Outcome:
    """What all pages together came to. `written` are sentences in the engine's own words,
    `facts_written` the facts that those report, `facts_unaided` those that the engine reports
    without what rules add to a model's page, quotations among them, and `facts_reported` those of
    the whole page; a false claim reports none. `empty` counts sections without a claim, `false`
    names each falsehood with its claim.

    Of the set's own sentences, `truths_refused` and `falsehoods_passed` count what its checks made
    of them.
    """

    written: int = 0
    facts_written: int = 0
    facts_unaided: int = 0
    facts_reported: int = 0
    empty: int = 0
    false: tuple[str, ...] = ()
    truths_refused: int = 0
    falsehoods_passed: int = 0


@frozen
class Score:
    """The score of an engine. Tokens are those that a server evaluated and wrote, and that a judge
    took; `seconds` are wall-clock time.

    `cases` is the digest of what it was scored on, `form` how the model was asked for pages in the
    end. `calls` are questions, repairs included, `unusable` their answers out of shape. Of the
    claims `proposed`, `refused` did not pass the anchors (mere repetition is not counted), and
    `judged_false` not the judge. `anchors` is what the anchors alone let through, `printed` what a
    refresh would print: without a `judge`, no sentence of a model's own, and `why` says why.
    """

    engine: str
    model: str
    digest: str
    prompts: str
    judge: str
    cases: str
    stories: int
    form: str
    calls: int
    unusable: int
    proposed: int
    refused: int
    judged_false: int
    facts: int
    falsehoods: int
    sections: int
    anchors: Outcome
    printed: Outcome
    read_tokens: int
    written_tokens: int
    judged_tokens: int
    seconds: float
    why: str = ""
    failures: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What it is compared by: the printed pages, or where no judge passes a sentence of a
        model's, what the anchors let through.
        """
        return self.printed if self.judge or not self.model else self.anchors

    @property
    def valid_share(self) -> float:
        """The share of answers that were in the schema; 1 where nothing was asked."""
        return 1.0 - self.unusable / self.calls if self.calls else 1.0

    @property
    def passed_share(self) -> float:
        """The share of a model's claims that the anchors let pass; 1 where it proposed none."""
        return 1.0 - self.refused / self.proposed if self.proposed else 1.0

    @property
    def coverage(self) -> float:
        """The share of gold facts that some claim states."""
        return self.outcome.facts_reported / self.facts if self.facts else 1.0
