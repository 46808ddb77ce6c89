"""Which sentences may not be printed for their form or their part, however true they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregator.domain.claim import Citation, Claim, ClaimKind, Likelihood, Rejection
from aggregator.story.material import Material, material_of
from aggregator.story.page.sentences import Sentence, dated
from aggregator.story.page.settling import refusals, unfit
from tests.unit.story import notes
from tests.unit.story.makers import reported, story

EARLIER = reported(
    "Northwind opens its first model",
    "Northwind opened its first model in May 2024 with 3 billion parameters.",
    key="archive",
)


def archived() -> Material:
    """The material of the story with an earlier report."""
    of = replace(story(notes.DAILY, notes.LEDGER), background=(EARLIER,))
    made = material_of(of, language="en", quote_words=25, evidence_tokens=3000)
    assert made is not None
    return made


def sentence(
    text: str, section: str, *passages: str, kind: ClaimKind = ClaimKind.WRITTEN
) -> Sentence:
    """A sentence that cites these passages."""
    keys = passages or (notes.DAILY.article.passages[1].key,)
    cited = tuple(Citation(passage=key, quote="") for key in keys)
    return Sentence(
        section=section, claim=Claim(text=text, kind=ClaimKind.WRITTEN, citations=cited)
    )


@pytest.mark.parametrize(
    ("text", "section", "reason"),
    [
        (notes.HOOK, "hook", None),
        (f"Northwind {'and its model ' * 9}are here.", "hook", Rejection.PHRASE),
        (f"Northwind {'and its model ' * 9}are here.", "takeaways", None),
        ("Stay aware of what comes next.", "what_to_do_next", Rejection.PHRASE),
        ("Test the second model.", "what_to_do_next", None),
        ("Test the model of Northwind.", "what_to_do_next", None),
        ("Write a note on the model of Northwind.", "takeaways", Rejection.LEAK),
        ("Is the model of Northwind free?", "what_changed", Rejection.LEAK),
        (notes.DAILY.article.passages[2].text, "takeaways", Rejection.QUOTE_TOO_LONG),
    ],
    ids=[
        "a hook",
        "too long for a hook",
        "not too long elsewhere",
        "advice for any news",
        "a step in words of its passage",
        "a step",
        "an order",
        "a question",
        "a copy",
    ],
)
def test_a_sentence_must_do_in_its_section(
    text: str, section: str, reason: Rejection | None
) -> None:
    found = unfit(sentence(text, section), notes.material())

    assert (found.reason if found else None) == reason


@pytest.mark.parametrize(
    ("text", "section", "both", "reason"),
    [
        ("The first model had 3 billion parameters.", "what_changed", False, Rejection.EARLIER),
        ("The first model had 3 billion parameters.", "takeaways", False, None),
        ("The second model is larger than the first.", "takeaways", True, Rejection.EARLIER),
        ("It is larger than the first one in 2024, Northwind says.", "takeaways", True, None),
    ],
    ids=["old as news", "old as background", "both without a year", "both with the year"],
)
def test_what_rests_on_the_archive_says_so_and_is_no_news(
    text: str, section: str, both: bool, reason: Rejection | None
) -> None:
    keys = [EARLIER.article.passages[1].key]
    keys += [notes.DAILY.article.passages[2].key] if both else []
    found = unfit(sentence(text, section, *keys), archived())

    assert (found.reason if found else None) == reason


def predicted(text: str, key: str, by: date) -> Sentence:
    """What is to come, as a model has it."""
    bare = sentence(text, "implications", key)
    return replace(bare, likelihood=Likelihood.LIKELY, horizon=by, sign="The code is published.")


def test_what_is_to_come_has_the_day_of_its_source_or_the_one_that_its_writer_gives() -> None:
    passages = notes.DAILY.article.passages
    plan = predicted(notes.PLAN, passages[5].key, date(2026, 12, 1))
    guess = predicted("Rivals of Northwind will follow.", passages[1].key, date(2026, 9, 30))
    endless = replace(guess, horizon=date.max)
    of = notes.material()

    assert dated(plan, of).horizon == date(2026, 9, 1)
    assert unfit(dated(plan, of), of) is None
    assert dated(guess, of).horizon == date(2026, 9, 30)
    assert unfit(dated(guess, of), of) is None
    assert [getattr(unfit(dated(endless, of), of), "reason", None)] == [Rejection.DATE]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A rival will publish a second model.", None),
        ("Northwind will open further offices.", None),
        ("Somebody will do the same elsewhere.", Rejection.PHRASE),
        ("Northwind will continue to grow.", Rejection.PHRASE),
    ],
    ids=["in words of the story", "by name", "of any news", "a trend"],
)
def test_what_is_to_come_is_an_event_of_this_story(text: str, reason: Rejection | None) -> None:
    passage = notes.DAILY.article.passages[1].key
    made = replace(predicted(text, passage, date(2026, 9, 30)), sign="They announce it.")
    found = unfit(made, notes.material())

    assert (found.reason if found else None) == reason


def test_a_headline_is_short_and_repeats_nothing_that_stands_before_it() -> None:
    of = notes.material()
    own = Sentence(section="headline", claim=of.headline)
    long = sentence(f"Northwind opens {'its second model ' * 6}to all", "headline")

    assert refusals([own], of, notes.refusing()) == {}
    assert [each.reason for each in refusals([long], of, notes.refusing()).values()] == [
        Rejection.PHRASE
    ]


def test_a_step_is_due_on_the_day_that_it_states() -> None:
    step = sentence(
        "Plan for the code that Northwind publishes on 1 September 2026.", "what_to_do_next"
    )

    assert dated(step, notes.material()).by == "2026-09-01"


def test_a_sentence_is_checked_against_those_before_it_that_may_be_printed() -> None:
    texts = ("Northwind has 45 models.", "Northwind has a model.", "Northwind has a model.")
    several = [sentence(each, "takeaways") for each in texts]
    found = refusals(several, notes.material(), notes.refusing("45"))

    assert {place: each.reason for place, each in found.items()} == {
        0: Rejection.NUMBER,
        2: Rejection.REPEATED,
    }
